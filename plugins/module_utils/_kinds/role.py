# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles, default and custom (Qlik reference: roles)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Iterator, List, Optional, Sequence, Tuple

from .._api.client import Client, equals
from .._errors import InvalidInput
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.roles import DEFAULT_ROLES, USER_DEFAULT
from .._planning.settings import TEXT, Params, Setting, TextSet
from .._planning.snapshot import Snapshot
from .collection import Collection
from .endpoints import GROUP_SETTINGS, GROUPS, ROLES, USERS, everyone, holds_role, not_deleted
from .renaming import RenameRules
from .writing import WriteRules

MOST_CUSTOM_ROLES = 500
#: The maximum number of holders in the message about a role that cannot be deleted.
_MOST_NAMED = 10


def is_custom(role: Resource) -> bool:
    """Return whether a role is a custom role."""
    return role.get("type") == "custom"


def has_changeable_scopes(role: Resource) -> bool:
    """Return whether the scopes of a role can be changed."""
    return is_custom(role) or role.get("name") == USER_DEFAULT


class Role(Collection):
    """The kind of C(qlik_role) and C(qlik_roles)."""

    noun = "role"
    plural = "roles"
    words = "custom roles"
    collection = ROLES
    has_id_option = False
    renaming = RenameRules()
    most_items = MOST_CUSTOM_ROLES
    #: Qlik reference, roles: POST lists no 409.
    writing = WriteRules(taken_names_are_bad_requests=True)
    blank = {"description": "", "type": "custom", "level": None, "assignedScopes": []}
    settings = (
        Setting("name", TEXT, changeable=is_custom, because="Default roles cannot be changed."),
        Setting(
            "description",
            TEXT,
            missing="",
            may_be_empty=True,
            changeable=is_custom,
            because="Default roles cannot be changed.",
        ),
        TextSet(
            "assigned_scopes",
            "purge_scopes",
            changeable=has_changeable_scopes,
            because="Of the default roles, only UserDefault can have other scopes. Use a custom role.",
        ),
    )

    def assumed(self, desired: Params, resource_id: str) -> List[Resource]:
        is_default = desired["name"] in (*DEFAULT_ROLES, USER_DEFAULT)
        (role,) = super().assumed(desired, resource_id)
        return [{**role, "type": "default" if is_default else role["type"]}]

    def shown_roles(self, resource: Resource) -> Any:
        return [resource]

    def check(self, desired: Params) -> None:
        if desired.get("name") == "":
            raise InvalidInput("Must not be empty.", option="name")

    def is_describable(self, resource: Resource) -> bool:
        return is_custom(resource)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        plan = super().plan(desired, snapshot)
        if plan.action == "deleted" and plan.current and not is_custom(plan.current):
            snapshot.refuse(InvalidInput("The default role %r cannot be deleted." % desired["name"]))
        return plan

    def refusals(
        self, client: Client, plans: Sequence[Plan], snapshot: Snapshot
    ) -> Iterator[Tuple[Optional[Plan], InvalidInput]]:
        for plan in plans:
            role = plan.current if plan.action == "deleted" and plan.current and is_custom(plan.current) else None
            holders = _holders_of(client, role, snapshot) if role else []
            if role and holders:
                more = " and %d more" % (len(holders) - _MOST_NAMED) if len(holders) > _MOST_NAMED else ""
                text = "The role %r cannot be deleted because it is assigned to %s%s."
                text %= (role["name"], ", ".join(holders[:_MOST_NAMED]), more)
                yield plan, InvalidInput(text, "Remove these assignments first.")
        creations = sum(plan.action == "created" for plan in plans)
        existing = _count(client, snapshot) if creations else 0
        if existing + creations > MOST_CUSTOM_ROLES:
            text = "At most %d custom roles are allowed: the tenant has %d, and the task would create %d more."
            text %= (MOST_CUSTOM_ROLES, existing, creations)
            yield None, InvalidInput(text, "Delete unneeded roles first.")


def _count(client: Client, snapshot: Snapshot) -> int:
    if snapshot.roles.complete:
        return sum(map(is_custom, snapshot.roles.current()))
    return client.count(ROLES, equals("type", "custom"))


def _holders_of(client: Client, role: Resource, snapshot: Snapshot) -> List[str]:
    """Return labels of the users and groups that have the role after the plans are applied."""
    holds = equals("assignedRoles.name", role["name"])
    users = (snapshot.planned("user", user) for user in client.search(USERS, not_deleted(holds)))
    groups = (snapshot.planned("group", group) for group in client.search(GROUPS, holds))
    holders = ["user %r" % user.get("subject") for user in users if user and holds_role(user, role)]
    holders += ["group %r" % group.get("name") for group in groups if group and holds_role(group, role)]
    settings = snapshot.planned("group_settings", client.read(GROUP_SETTINGS))
    return holders + ["the group Everyone"] * holds_role(everyone(settings), role)
