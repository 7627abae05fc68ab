# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups, of an identity provider or custom (Qlik reference: groups)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Hashable, Iterable, List, Sequence

from .._api.client import API, Client, equals
from .._errors import InvalidInput
from .._planning.assignments import AssignedRoles
from .._planning.plan import Plan
from .._planning.settings import Params, Resource, Setting
from .base import Kind, World
from .lockout import Losses, has_admin_role
from .user import COLLECTION as USERS
from .user import not_deleted

COLLECTION = API + "/groups"
#: The system group that every user belongs to; its id is the same on all tenants.
EVERYONE = "000000000000000000000001"
MOST_ACTIVE_GROUPS = 10000
LONGEST_NAME = 256
PROVIDER_TYPES = ("idp", "custom")


def is_custom(group: Resource) -> bool:
    """Only custom groups have a description and can be renamed; old answers lack the type of idp groups."""
    return group.get("providerType") == "custom"


def _natural_key(name: Any, provider_type: Any) -> Hashable:
    return ("name", name, provider_type)


class Group(Kind):
    """What C(qlik_group) and C(qlik_groups) manage."""

    noun = "group"
    plural = "groups"
    collection = COLLECTION
    report_options = ("name", "provider_type")
    most_items = MOST_ACTIVE_GROUPS
    identity_spec = {
        "id": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
    task_spec = {
        "allow_lockout": {"type": "bool", "default": False},
        "planned_roles": {"type": "list", "elements": "str"},
    }
    rules = {
        "required_one_of": [("name", "id")],
        "mutually_exclusive": [("assigned_roles", "assigned_role_ids")],
    }
    settings = (
        Setting(
            "name",
            "name",
            "/name",
            {"type": "str"},
            changeable=is_custom,
            because="Only custom groups can be renamed; the name of an idp group comes from the identity provider.",
        ),
        Setting(
            "provider_type",
            "providerType",
            None,
            {"type": "str", "choices": list(PROVIDER_TYPES)},
            missing="idp",
            because="To replace the group, delete it and create it again: what is assigned to it is lost then.",
        ),
        Setting(
            "description",
            "description",
            "/description",
            {"type": "str"},
            missing="",
            may_be_empty=True,
            applies_to=is_custom,
            because="Only custom groups have a description.",
        ),
        AssignedRoles(),
    )

    def label(self, wanted: Params) -> str:
        if wanted.get("id") is not None:
            return "group %s" % wanted["id"]
        return "group %r (%s)" % (wanted["name"], self._provider_type(wanted))

    def key(self, wanted: Params) -> Hashable:
        if wanted.get("id") is not None:
            return ("id", wanted["id"])
        return _natural_key(wanted["name"], self._provider_type(wanted))

    def natural_key(self, resource: Resource) -> Hashable:
        return _natural_key(resource.get("name"), resource.get("providerType") or "idp")

    def condition(self, wanted: Params) -> str:
        return equals("name", wanted["name"])

    def blank(self, wanted: Params) -> Resource:
        return {
            "id": None,
            "tenantId": None,
            "name": wanted["name"],
            "status": "active",
            "providerType": self._provider_type(wanted),
            "assignedRoles": [],
            "createdAt": None,
            "lastUpdatedAt": None,
            "createdBy": None,
            "updatedBy": None,
            "links": None,
        }

    def check(self, wanted: Params) -> None:
        if wanted.get("id") == EVERYONE:
            raise InvalidInput("The group Everyone is managed by qlikops.cloud.qlik_group_settings.")
        name = wanted.get("name")
        if name is not None and not 1 <= len(name) <= LONGEST_NAME:
            raise InvalidInput(
                "name: the name of a group has 1 to %d characters, and this one has %d." % (LONGEST_NAME, len(name))
            )
        if wanted.get("id") is None and self._provider_type(wanted) == "idp" and wanted.get("description"):
            raise InvalidInput("description: only groups of provider_type custom have a description.")

    def everything(self, client: Client, params: Params) -> Iterable[Resource]:
        if params["system_groups"]:
            # Qlik reference, groups: systemGroups excludes every other parameter, the page size too.
            return client.list(self.collection, {"systemGroups": "true"})
        return super().everything(client, params)

    def is_asked_for(self, resource: Resource, params: Params) -> bool:
        return params["provider_type"] in (None, resource.get("providerType") or "idp")

    def warnings(self, wanted: Params, plan: Plan, world: World) -> List[str]:
        texts = super().warnings(wanted, plan, world)
        if plan.predicted and plan.predicted.get("status") == "disabled":
            texts.append("The %s is disabled, and the API has no way to make it active." % self.label(wanted))
        return texts

    def foresee(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        creations = sum(plan.action == "created" for plan in plans)
        if creations:
            self._refuse_full_tenant(client, creations)
        for plan in plans:
            held, predicted = plan.held, plan.predicted
            if held and predicted is None and is_custom(held):
                self._refuse_members(client, held)
            if held and predicted and held["name"] != predicted["name"]:
                self._refuse_taken_name(client, predicted)

    def losses(self, plans: Sequence[Plan]) -> Losses:
        return Losses(
            groups={
                plan.held["id"]
                for plan in plans
                if plan.held and has_admin_role(plan.held) and not has_admin_role(plan.predicted)
            }
        )

    def _refuse_full_tenant(self, client: Client, creations: int) -> None:
        active = client.count(self.collection, equals("status", "active"))
        if active + creations > MOST_ACTIVE_GROUPS:
            raise InvalidInput(
                "The tenant has %d active groups, of %d at most: there is no room for %d more."
                % (active, MOST_ACTIVE_GROUPS, creations),
                "Delete groups that are not needed.",
            )

    def _refuse_taken_name(self, client: Client, renamed: Resource) -> None:
        for group in client.search(self.collection, equals("name", renamed["name"])):
            if self.natural_key(group) == self.natural_key(renamed) and group["id"] != renamed["id"]:
                raise InvalidInput("name: the tenant has another custom group %r." % renamed["name"])

    def _refuse_members(self, client: Client, group: Resource) -> None:
        members = client.count(USERS, not_deleted(equals("assignedGroups.id", group["id"])))
        if members:
            raise InvalidInput(
                "The custom group %r has %d members, and only a group without members can be deleted."
                % (group["name"], members),
                "Take the group from its members first.",
            )

    @staticmethod
    def _provider_type(wanted: Params) -> str:
        return wanted.get("provider_type") or "idp"


def prunable(params: Params, group: Resource) -> bool:
    """Whether C(qlik_groups) may delete a group that is not listed."""
    return bool((group.get("providerType") or "idp") == params["prune_provider_type"])
