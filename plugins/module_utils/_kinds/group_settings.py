# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The group settings of a tenant (Qlik reference: groups)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Sequence

from .._planning.assignments import AssignedRoles
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, Setting
from .endpoints import EVERYONE_ID, GROUP_SETTINGS, everyone
from .lockout import Losses, has_admin_role
from .singleton import Singleton


class EveryoneAssignedRoles(AssignedRoles):
    """The roles of the group Everyone."""

    def __init__(self) -> None:
        path = "/systemGroups/%s/assignedRoles" % EVERYONE_ID
        super().__init__("everyone_assigned_roles", path, ids_option=None, purge_option=None)

    def current(self, resource: Resource) -> Any:
        return super().current(everyone(resource))

    def predict(self, resource: Resource, target: Any) -> None:
        super().predict(everyone(resource), target)


class GroupSettings(Singleton):
    """The kind of C(qlik_group_settings)."""

    noun = "group_settings"
    plural = "group_settings"
    collection = GROUP_SETTINGS
    settings = (
        Setting("auto_create_groups", BOOLEAN),
        Setting(
            "sync_idp_groups",
            BOOLEAN,
            deprecated="sync_idp_groups is deprecated: Qlik may remove it without notice.",
        ),
        EveryoneAssignedRoles(),
    )

    def shown_roles(self, resource: Resource) -> Any:
        return everyone(resource).get("assignedRoles")

    def losses(self, plans: Sequence[Plan]) -> Losses:
        return Losses(
            everyone=any(
                has_admin_role(everyone(plan.current)) and not has_admin_role(everyone(plan.predicted))
                for plan in plans
            )
        )
