# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of group settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group_settings import GroupSettings

from .cases import SettingCase, Single, roles_of

CASES = Single(
    GroupSettings(),
    settings={
        "auto_create_groups": SettingCase(True, {"autoCreateGroups": True}),
        "sync_idp_groups": SettingCase(True, {"syncIdpGroups": True}),
        "everyone_assigned_roles": SettingCase(["DataAdmin"], {"assignedRoles": ["DataAdmin"]}),
    },
    current={"autoCreateGroups": False, "syncIdpGroups": False, "assignedRoles": []},
    wrong={"everyone_assigned_roles": ["Zzz"]},
    look=lambda state: {
        **{name: state["settings"][name] for name in ("autoCreateGroups", "syncIdpGroups")},
        "assignedRoles": roles_of(state["everyone"]),
    },
    tasks={"qlik_group_settings": [{"auto_create_groups": True}, {"everyone_assigned_roles": ["Keys"]}]},
)
