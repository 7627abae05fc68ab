# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps a task from locking itself, or everybody, out of the tenant."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Set

from .._api.client import API, Client, any_of, equals
from .._errors import InvalidInput
from .._planning.references import Resource
from .._planning.snapshot import Snapshot
from .endpoints import EVERYONE, everyone, is_bot

ADMIN_ROLE = "TenantAdmin"
_OVERRIDE = "Set allow_lockout to do it all the same."


def _admins(statuses: Sequence[str]) -> str:
    """A filter for users who have the role, directly or through a group.

    Qlik reference, users: the filter knows roles of users and roles of their groups.
    """
    holds = any_of([equals("assignedRoles.name", ADMIN_ROLE), equals("assignedGroupsAssignedRoles.name", ADMIN_ROLE)])
    return "(%s) and (%s)" % (holds, any_of(equals("status", status) for status in statuses))


#: Who can log in, now or once they accept an invitation.
_CAN_LOG_IN = ("active", "invited", "provisioned")
#: Filters for those who can administer a tenant, beside the group Everyone.
ADMINISTRATORS = {"user": _admins(_CAN_LOG_IN), "group": equals("assignedRoles.name", ADMIN_ROLE)}


@dataclass
class Losses:
    """Where C(TenantAdmin) goes away.

    :param users: ids of users that are deleted, disabled, or lose the role that they hold themselves, with what the
        task does to them.
    :param keep_through_groups: those of them that keep the role if one of their groups has it.
    :param groups: ids of groups that lose the role.
    :param everyone: whether the group of all users loses it.
    """

    users: Dict[str, str] = field(default_factory=dict)
    keep_through_groups: Set[str] = field(default_factory=set)
    groups: Set[str] = field(default_factory=set)
    everyone: bool = False

    def add(self, others: Losses) -> None:
        """These and others together."""
        self.users.update(others.users)
        self.keep_through_groups |= others.keep_through_groups
        self.groups |= others.groups
        self.everyone = self.everyone or others.everyone

    def __bool__(self) -> bool:
        return bool(self.users or self.groups or self.everyone)


def has_admin_role(resource: Any) -> bool:
    """Whether a user or a group has C(TenantAdmin) directly."""
    roles = resource.get("assignedRoles") if isinstance(resource, dict) else None
    return any(isinstance(role, dict) and role.get("name") == ADMIN_ROLE for role in roles or [])


def is_admin(user: Any) -> bool:
    """Whether a user has C(TenantAdmin), directly or through a group."""
    return has_admin_role(user) or any(map(has_admin_role, user.get("assignedGroups") or []))


def administrators(snapshot: Snapshot) -> List[Dict[str, Any]]:
    """Who can administer the tenant, and through what, as the module of everything returns it.

    Everyone comes first, then users who have the role themselves, then each group with the members that the tenant
    shows: the identity provider knows more of them. The snapshot has to have all who have the role.
    """
    users = [user for user in snapshot.resources("user") if user.get("status") in _CAN_LOG_IN]
    users.sort(key=lambda user: str(user.get("subject")))
    known = [*snapshot.resources("group"), *(group for user in users for group in user.get("assignedGroups") or [])]
    groups = {group.get("id"): group for group in known if has_admin_role(group)}
    found = []
    if any(has_admin_role(everyone(settings)) for settings in snapshot.resources("group_settings")):
        found.append(_administrator("everyone", {"name": EVERYONE}))
    found += [_administrator("user", user) for user in users if has_admin_role(user)]
    for group in sorted(groups.values(), key=lambda group: (str(group.get("name")), str(group.get("providerType")))):
        found.append(_administrator("group", group))
        found += [_administrator("user", user, group) for user in users if _is_in(user, group)]
    return found


def _administrator(noun: str, resource: Resource, through: Optional[Resource] = None) -> Dict[str, Any]:
    is_user = noun == "user"
    return {
        "type": noun,
        "name": resource.get("subject" if is_user else "name"),
        "provider_type": (resource.get("providerType") or "idp") if noun == "group" else None,
        "display_name": resource.get("name") if is_user else None,
        "is_bot": is_user and is_bot(resource),
        "role": ADMIN_ROLE,
        "through": through and {"name": through.get("name"), "provider_type": through.get("providerType") or "idp"},
    }


def _is_in(user: Resource, group: Resource) -> bool:
    return any(own.get("id") == group.get("id") for own in user.get("assignedGroups") or [])


def refuse_lockout(client: Client, losses: Losses) -> None:
    """Make sure that the caller and at least one person stay tenant admins.

    :raises InvalidInput: when they do not.
    """
    if not losses:
        return
    myself = client.redirected_id(API + "/users/me")
    admins = {user["id"]: user for user in client.search(API + "/users", _admins(["active"]))}
    remaining = {user_id for user_id, user in admins.items() if _stays_admin(user, losses)}
    people = {user_id for user_id in remaining if not is_bot(admins[user_id])}
    if myself not in remaining and (myself in admins or losses.everyone or myself in losses.users):
        raise InvalidInput(
            "This would %s, the identity that the task runs as."
            % losses.users.get(myself, "take the role %s from %s" % (ADMIN_ROLE, myself)),
            _OVERRIDE,
        )
    if not people:
        raise InvalidInput("This would leave the tenant without an active tenant admin who is a person.", _OVERRIDE)


def _stays_admin(user: Any, losses: Losses) -> bool:
    through_groups = any(
        has_admin_role(group) and group.get("id") not in losses.groups for group in user.get("assignedGroups") or []
    )
    if user["id"] in losses.users:
        return user["id"] in losses.keep_through_groups and through_groups
    return has_admin_role(user) or through_groups
