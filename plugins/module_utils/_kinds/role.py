# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles, default and custom (Qlik reference: roles)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Hashable, Sequence

from .._api.client import API, Client, equals
from .._errors import InvalidInput
from .._planning.plan import Plan
from .._planning.roles import USER_DEFAULT
from .._planning.settings import Params, Resource, Setting, TextSet
from .base import Kind, World
from .group_settings import PATH as GROUP_SETTINGS
from .group_settings import everyone
from .user import COLLECTION as USERS
from .user import GROUPS, not_deleted

COLLECTION = API + "/roles"
MOST_CUSTOM_ROLES = 500
#: So many holders of a role are named when it cannot be deleted.
_MOST_NAMED = 10


def is_custom(role: Resource) -> bool:
    """Whether the role was made by the customer."""
    return role.get("type") == "custom"


def has_changeable_scopes(role: Resource) -> bool:
    """Whether the scopes of a role can be changed."""
    return is_custom(role) or role.get("name") == USER_DEFAULT


class Role(Kind):
    """What C(qlik_role) manages."""

    noun = "role"
    plural = "roles"
    collection = COLLECTION
    identity_spec = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
    settings = (
        Setting("name", "name", None, {}),
        Setting(
            "description",
            "description",
            "/description",
            {"type": "str"},
            missing="",
            may_be_empty=True,
            changeable=is_custom,
            because="Qlik's default roles cannot be changed.",
        ),
        TextSet(
            "assigned_scopes",
            "assignedScopes",
            "/assignedScopes",
            "purge_scopes",
            changeable=has_changeable_scopes,
            because="The scopes of Qlik's default roles cannot be changed, except those of UserDefault.",
        ),
    )

    def argument_spec(self) -> Dict[str, Any]:
        return dict(super().argument_spec(), **self.identity_spec)

    def label(self, wanted: Params) -> str:
        return "role %r" % wanted["name"]

    def key(self, wanted: Params) -> Hashable:
        return ("name", wanted["name"])

    def natural_key(self, resource: Resource) -> Hashable:
        return ("name", resource.get("name"))

    def condition(self, wanted: Params) -> str:
        return equals("name", wanted["name"])

    def blank(self, wanted: Params) -> Resource:
        return {
            "id": None,
            "tenantId": None,
            "name": wanted["name"],
            "description": "",
            "type": "custom",
            "level": None,
            "assignedScopes": [],
            "createdAt": None,
            "lastUpdatedAt": None,
            "createdBy": None,
            "updatedBy": None,
            "links": None,
        }

    def check(self, wanted: Params) -> None:
        if not wanted["name"]:
            raise InvalidInput("name is empty.")

    def plan(self, wanted: Params, world: World) -> Plan:
        plan = super().plan(wanted, world)
        if plan.action == "deleted" and plan.held and not is_custom(plan.held):
            raise InvalidInput("%s is one of Qlik's default roles, which cannot be deleted." % wanted["name"])
        return plan

    def foresee(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        for plan in plans:
            if plan.action == "deleted" and plan.held:
                self._refuse_holders(client, plan.held)
        creations = sum(plan.action == "created" for plan in plans)
        existing = client.count(self.collection, equals("type", "custom")) if creations else 0
        if existing + creations > MOST_CUSTOM_ROLES:
            raise InvalidInput(
                "The tenant has %d custom roles, of %d at most." % (existing, MOST_CUSTOM_ROLES),
                "Delete roles that are not needed.",
            )

    def _refuse_holders(self, client: Client, role: Resource) -> None:
        holds = equals("assignedRoles.name", role["name"])
        holders = ["user %r" % user.get("subject") for user in client.search(USERS, not_deleted(holds))]
        holders += ["group %r" % group.get("name") for group in client.search(GROUPS, holds)]
        everybody = everyone(client.read(GROUP_SETTINGS)).get("assignedRoles") or []
        if any(assigned.get("id") == role["id"] for assigned in everybody):
            holders.append("the group Everyone")
        if holders:
            more = " and %d more" % (len(holders) - _MOST_NAMED) if len(holders) > _MOST_NAMED else ""
            raise InvalidInput(
                "The role %r is still assigned to %s%s." % (role["name"], ", ".join(holders[:_MOST_NAMED]), more),
                "Take it from them first.",
            )
