# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of all groups of a tenant (Qlik reference: groups)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Hashable, Optional, Sequence

from .._api.client import API, Client
from .._planning.assignments import AssignedRoles
from .._planning.plan import Plan
from .._planning.settings import Params, Resource, Setting
from .base import Kind
from .group import EVERYONE
from .lockout import Losses, has_admin_role

PATH = API + "/groups/settings"


class EveryoneAssignedRoles(AssignedRoles):
    """The roles of the system group that every user belongs to."""

    def __init__(self) -> None:
        path = "/systemGroups/%s/assignedRoles" % EVERYONE
        super().__init__("everyone_assigned_roles", path, ids_option=None, purge_option=None)

    def held(self, resource: Resource) -> Any:
        return super().held(everyone(resource))

    def put(self, resource: Resource, target: Any) -> None:
        super().put(everyone(resource), target)


def everyone(settings: Any) -> Resource:
    """The group Everyone as the settings show it."""
    groups = settings.get("systemGroups") if isinstance(settings, dict) else None
    group = groups.get(EVERYONE) if isinstance(groups, dict) else None
    return group if isinstance(group, dict) else {}


class GroupSettings(Kind):
    """What C(qlik_group_settings) manages."""

    noun = "group_settings"
    plural = "group_settings"
    collection = PATH
    task_spec = {
        "allow_lockout": {"type": "bool", "default": False},
        "planned_roles": {"type": "list", "elements": "str"},
    }
    settings = (
        Setting("auto_create_groups", "autoCreateGroups", "/autoCreateGroups", {"type": "bool"}),
        Setting(
            "sync_idp_groups",
            "syncIdpGroups",
            "/syncIdpGroups",
            {"type": "bool"},
            deprecated="sync_idp_groups is deprecated by Qlik, and can go away without notice.",
        ),
        EveryoneAssignedRoles(),
    )

    def label(self, wanted: Params) -> str:
        return "group settings of %s" % wanted["tenant_url"]

    def key(self, wanted: Params) -> Hashable:
        return ("group settings",)

    def natural_key(self, resource: Resource) -> Hashable:
        return ("group settings",)

    def path(self, resource: Resource) -> str:
        return PATH

    def read_only_one(self, client: Client) -> Optional[Resource]:
        return client.read(PATH)

    def read_again(self, client: Client, resource: Resource) -> Resource:
        return client.read(PATH)

    def shown_roles(self, resource: Resource) -> Any:
        return everyone(resource).get("assignedRoles")

    def losses(self, plans: Sequence[Plan]) -> Losses:
        return Losses(
            everyone=any(
                has_admin_role(everyone(plan.held)) and not has_admin_role(everyone(plan.predicted)) for plan in plans
            )
        )
