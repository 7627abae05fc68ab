# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prevents a task from removing the last tenant admin, or the admin role of its own identity."""

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
#: The hint of every error about a lockout.
OVERRIDE = "Set `allow_lockout: true` to proceed anyway."


def _admins(statuses: Sequence[str]) -> str:
    """Return a filter for users with C(TenantAdmin), directly or through a group.

    Qlik reference, users: filters support the roles of users and the roles of their groups.
    """
    holds = any_of([equals("assignedRoles.name", ADMIN_ROLE), equals("assignedGroupsAssignedRoles.name", ADMIN_ROLE)])
    return "(%s) and (%s)" % (holds, any_of(equals("status", status) for status in statuses))


#: The statuses of users who can log in, or can once they accept an invitation.
_CAN_LOG_IN = ("active", "invited", "provisioned")
#: Filters for the administrators of a tenant, without the group Everyone.
ADMINISTRATORS = {"user": _admins(_CAN_LOG_IN), "group": equals("assignedRoles.name", ADMIN_ROLE)}


@dataclass
class Losses:
    """The users and groups that lose C(TenantAdmin).

    :param users: the change by the ID of the user: C(delete ...), C(disable ...), or C(remove ...) a direct role.
    :param keep_through_groups: the IDs of those users who keep the role if one of their groups has it.
    :param groups: the IDs of the groups that lose the role.
    :param everyone: whether the group Everyone loses the role.
    """

    users: Dict[str, str] = field(default_factory=dict)
    keep_through_groups: Set[str] = field(default_factory=set)
    groups: Set[str] = field(default_factory=set)
    everyone: bool = False

    def add(self, others: Losses) -> None:
        """Add the losses of other plans."""
        self.users.update(others.users)
        self.keep_through_groups |= others.keep_through_groups
        self.groups |= others.groups
        self.everyone = self.everyone or others.everyone

    def __bool__(self) -> bool:
        return bool(self.users or self.groups or self.everyone)


def has_admin_role(resource: Any) -> bool:
    """Return whether a user or a group has C(TenantAdmin) directly."""
    roles = resource.get("assignedRoles") if isinstance(resource, dict) else None
    return any(isinstance(role, dict) and role.get("name") == ADMIN_ROLE for role in roles or [])


def is_admin(user: Any) -> bool:
    """Return whether a user has C(TenantAdmin), directly or through a group."""
    return has_admin_role(user) or any(map(has_admin_role, user.get("assignedGroups") or []))


def administrators(snapshot: Snapshot) -> List[Dict[str, Any]]:
    """Return who can administer the tenant and through which group, in the form of C(qlik_configuration).

    Everyone comes first, then users with a direct role, then each group with its known members. The identity provider
    may know further members. The snapshot must contain all users and groups with the role.
    """
    users = [user for user in snapshot.resources("user") if user.get("status") in _CAN_LOG_IN]
    users.sort(key=lambda user: str(user.get("subject")))
    known = [*snapshot.resources("group"), *(group for user in users for group in user.get("assignedGroups") or [])]
    groups = {group.get("id"): group for group in known if has_admin_role(group)}
    result = []
    if any(has_admin_role(everyone(settings)) for settings in snapshot.resources("group_settings")):
        result.append(_administrator("everyone", {"name": EVERYONE}))
    result += [_administrator("user", user) for user in users if has_admin_role(user)]
    for group in sorted(groups.values(), key=lambda group: (str(group.get("name")), str(group.get("providerType")))):
        result.append(_administrator("group", group))
        result += [_administrator("user", user, group) for user in users if _is_member(user, group)]
    return result


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


def _is_member(user: Resource, group: Resource) -> bool:
    return any(assigned.get("id") == group.get("id") for assigned in user.get("assignedGroups") or [])


def has_direct_admin(client: Client) -> bool:
    """Whether an active person has C(TenantAdmin) without a group."""
    found = client.search(API + "/users", _admins(["active"]))
    return any(has_admin_role(user) and not is_bot(user) for user in found)


def refuse_lockout(client: Client, losses: Losses) -> None:
    """Check that the identity of the task and at least one human user keep C(TenantAdmin).

    :raises InvalidInput: if they do not.
    """
    if not losses:
        return
    myself = client.redirected_id(API + "/users/me")
    admins = {user["id"]: user for user in client.search(API + "/users", _admins(["active"]))}
    remaining = {user_id for user_id, user in admins.items() if _stays_admin(user, losses)}
    people = {user_id for user_id in remaining if not is_bot(admins[user_id])}
    if myself not in remaining and (myself in admins or losses.everyone or myself in losses.users):
        raise InvalidInput(
            "This would %s, the identity of this task."
            % losses.users.get(myself, "remove the role %s from %s" % (ADMIN_ROLE, myself)),
            OVERRIDE,
        )
    if not people:
        raise InvalidInput("This would leave no active human tenant admin.", OVERRIDE)


def _stays_admin(user: Any, losses: Losses) -> bool:
    through_groups = any(
        has_admin_role(group) and group.get("id") not in losses.groups for group in user.get("assignedGroups") or []
    )
    if user["id"] in losses.users:
        return user["id"] in losses.keep_through_groups and through_groups
    return has_admin_role(user) or through_groups
