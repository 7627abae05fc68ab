# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of group settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group_settings import GroupSettings

from .cases import Cases, FaultCase, Json, SeedCase, SettingCase, roles_of


def settings(option: str, value: Json, api: str) -> SeedCase:
    return SeedCase({"qlik_seed_group_settings": {option: value}}, {f"group settings {api}": value})


CASES = Cases(
    GroupSettings(),
    seed={
        "auto_create_groups": settings("auto_create_groups", True, "autoCreateGroups"),
        "sync_idp_groups": settings("sync_idp_groups", True, "syncIdpGroups"),
        "everyone_assigned_roles": settings("everyone_assigned_roles", ["Steward"], "everyone"),
    },
    settings={
        "auto_create_groups": SettingCase(True, {"autoCreateGroups": True}),
        "sync_idp_groups": SettingCase(True, {"syncIdpGroups": True}),
        "everyone_assigned_roles": SettingCase(["DataAdmin"], {"assignedRoles": ["DataAdmin"]}),
    },
    tasks={
        "qlik_group_settings": [
            {"auto_create_groups": True},
            {"everyone_assigned_roles": ["Keys"]},
        ],
    },
    described={"auto_create_groups": True},
    faults={
        "qlik_group_settings": FaultCase(
            "qlik_group_settings",
            {"auto_create_groups": True, "everyone_assigned_roles": ["Steward"]},
            lambda state: [[state["settings"]["autoCreateGroups"], roles_of(state["everyone"])]],
            [[True, ["Steward"]]],
        ),
    },
)
