# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups, of an identity provider or custom (Qlik reference: groups)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Iterable, Iterator, List, Optional, Sequence, Tuple

from .._api.client import Client, equals
from .._errors import InvalidForTenant, InvalidInput
from .._planning.assignments import AssignedRoles
from .._planning.plan import Plan
from .._planning.references import Reference, Resource
from .._planning.settings import BOOLEAN, TEXT, Params, Setting
from .._planning.snapshot import Snapshot
from .collection import Collection
from .endpoints import EVERYONE_ID, EVERYONE_NAME, GROUPS, USERS, not_deleted
from .lockout import Losses, has_admin_role
from .pruning import PruneRules
from .renaming import RenameRules
from .search import Search

MOST_ACTIVE_GROUPS = 10000
LONGEST_NAME = 256
PROVIDER_TYPES = ("idp", "custom")
_ROLES = AssignedRoles()
_PROVIDER_TYPE = {"type": "str", "choices": list(PROVIDER_TYPES)}


def is_custom(group: Resource) -> bool:
    """Return whether a group is a custom group. Old responses omit the type of idp groups."""
    return group.get("providerType") == "custom"


class GroupPruning(PruneRules):
    """Pruning of groups of one type."""

    spec = {"provider_type": dict(_PROVIDER_TYPE, default="idp")}

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        return bool((resource.get("providerType") or "idp") == options["provider_type"])


class GroupRenaming(RenameRules):
    """Renames of custom groups, and what to move from idp groups."""

    def belongings(self, resource: Resource, snapshot: Snapshot) -> str:
        roles = ", ".join(map(repr, _ROLES.shown(_ROLES.current(resource) or [])))
        spaces = [
            repr(space["name"])
            for space in snapshot.resources("space")
            if any(member.get("assigneeId") == resource["id"] for member in space.get("assignments") or [])
        ]
        known = ", ".join(sorted(spaces)) or "`qlik_space_info` lists them with `group: %r`" % resource["name"]
        return "To move by hand: its roles (%s), and its space memberships (%s)." % (roles or "none", known)


class GroupSearch(Search):
    """Finds groups, including system groups on request."""

    def everything(self, client: Client, params: Params) -> Iterable[Resource]:
        if params["system_groups"]:
            # Qlik reference, groups: systemGroups cannot be combined with any other parameter, not even the page size.
            return client.list(self.collection, {"systemGroups": "true"})
        return super().everything(client, params)

    def matches(self, resource: Resource, params: Params) -> bool:
        return params["provider_type"] in (None, resource.get("providerType") or "idp")


class Group(Collection):
    """The kind of C(qlik_group) and C(qlik_groups)."""

    noun = "group"
    plural = "groups"
    collection = GROUPS
    identity = ("name", "provider_type")
    renaming = GroupRenaming()
    most_items = MOST_ACTIVE_GROUPS
    blank = {"status": "active", "assignedRoles": []}
    pruning = GroupPruning()
    info_spec = {"provider_type": _PROVIDER_TYPE, "system_groups": dict(BOOLEAN, default=False)}
    settings = (
        Setting(
            "name",
            TEXT,
            changeable=is_custom,
            because="Only custom groups can be renamed. The name of an idp group comes from the identity provider.",
        ),
        Setting(
            "provider_type",
            _PROVIDER_TYPE,
            path=None,
            missing="idp",
            because="To replace the group, delete and recreate it, which removes its roles and memberships.",
        ),
        Setting(
            "description",
            TEXT,
            missing="",
            may_be_empty=True,
            applies_to=is_custom,
            because="Only custom groups have a description.",
        ),
        _ROLES,
    )

    def check(self, desired: Params) -> None:
        name = desired.get("name")
        if desired.get("id") == EVERYONE_ID or name == EVERYONE_NAME:
            raise InvalidInput(
                "The group Everyone is a system group and cannot be managed here.",
                "Set its roles with `everyone_assigned_roles` of qlikops.cloud.qlik_group_settings.",
            )
        if name == "":
            raise InvalidInput("Must not be empty.", option="name")
        is_idp = desired.get("id") is None and (desired.get("provider_type") or "idp") == "idp"
        if is_idp and desired.get("description"):
            raise InvalidInput("Requires `provider_type: custom`.", "Omit it for idp groups.", "description")

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        plan = super().plan(desired, snapshot)
        name = (plan.predicted or {}).get("name") or ""
        # Qlik reference, groups: existing groups keep longer names.
        if len(name) > LONGEST_NAME and name != (plan.current or {}).get("name"):
            text = "Must have 1 to %d characters, not %d." % (LONGEST_NAME, len(name))
            snapshot.refuse(InvalidForTenant(text, option="name"))
        return plan

    def is_describable(self, resource: Resource) -> bool:
        return resource.get("id") != EVERYONE_ID

    @property
    def search(self) -> Search:
        return GroupSearch(self, self.key_option)

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        if plan.predicted and plan.predicted.get("status") == "disabled":
            texts.append("The %s is disabled. The API cannot enable it." % self.label(desired))
        return texts

    def refusals(
        self, client: Client, plans: Sequence[Plan], snapshot: Snapshot
    ) -> Iterator[Tuple[Optional[Plan], InvalidInput]]:
        creations = sum(plan.action == "created" for plan in plans)
        active = client.count(self.collection, equals("status", "active")) if creations else 0
        if active + creations > MOST_ACTIVE_GROUPS:
            yield (
                None,
                InvalidInput(
                    "At most %d active groups are allowed: the tenant has %d, and the task would create %d more."
                    % (MOST_ACTIVE_GROUPS, active, creations),
                    "Delete unneeded groups first.",
                ),
            )
        for plan in plans:
            current, predicted = plan.current, plan.predicted
            if current and predicted is None and is_custom(current):
                members = _count_members(client, current, snapshot)
                if members:
                    text = "The custom group %r cannot be deleted because it still has members: %d." % (
                        current["name"],
                        members,
                    )
                    yield plan, InvalidInput(text, "Remove its members first.")
            is_renamed = current and predicted and current["name"] != predicted["name"]
            if predicted and is_renamed and _is_taken(self, client, snapshot, predicted):
                text = "The tenant already has another custom group %r." % predicted["name"]
                yield plan, InvalidInput(text, option="name")

    def losses(self, plans: Sequence[Plan]) -> Losses:
        return Losses(
            groups={
                plan.current["id"]
                for plan in plans
                if plan.current and has_admin_role(plan.current) and not has_admin_role(plan.predicted)
            }
        )


def _is_taken(kind: Group, client: Client, snapshot: Snapshot, renamed: Resource) -> bool:
    key = kind.natural_key(renamed)
    if snapshot.is_missing(Reference(kind.noun, key)):
        return False
    found = client.search(kind.collection, equals("name", renamed["name"]))
    return any(kind.natural_key(group) == key and group["id"] != renamed["id"] for group in found)


def _count_members(client: Client, group: Resource, snapshot: Snapshot) -> int:
    """Return the number of members that the group has after the plans are applied."""
    condition = not_deleted(equals("assignedGroups.id", group["id"]))
    if not snapshot.has_plans_for("user"):
        return client.count(USERS, condition)
    members = (snapshot.planned("user", user) or {} for user in client.search(USERS, condition))
    groups = (user.get("assignedGroups") or [] for user in members)
    return sum(any(assigned.get("id") == group["id"] for assigned in user_groups) for user_groups in groups)
