# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of tenant settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant_settings import TenantSettings
from local_tenant.client import TenantHandle

from .cases import FaultCase, Json, SeedCase, SettingCase, Single, State


def settings_of(state: State) -> Json:
    """Start page, session replay and what people without access see; nothing where nobody has made any."""
    settings = state["tenant_settings"]
    if settings is None:
        return []
    page = (settings.get("preferredStartPage") or {}).get("value")
    return [["settings", page, settings.get("sessionReplayOptOut"), settings.get("customizeNoAccess")]]


def plant_settings(tenant: TenantHandle) -> None:
    tenant.set_tenant(tenant_settings={"preferredStartPage": "management-console"})


CASES = Single(
    TenantSettings(),
    seed={
        "customize_no_access": SeedCase(
            {"qlik_seed_tenant_settings": {"customize_no_access": {"text": "Ask us.", "link_label": "Ask"}}},
            {"tenant_settings customizeNoAccess": [{"linkEnabled": False, "message": "Ask us.", "linkLabel": "Ask"}]},
        ),
    },
    settings={
        "preferred_start_page": SettingCase(
            "management-console", {"preferredStartPage": {"value": "management-console", "route": "/console"}}
        ),
        "release_cadence": SettingCase("monthly", {"releaseCadence": "monthly"}),
        "session_replay_opt_out": SettingCase(True, {"sessionReplayOptOut": True}),
        "customize_no_access": SettingCase(
            {"text": "New"}, {"customizeNoAccess": {"linkEnabled": True, "message": "New"}}
        ),
    },
    current=dict.fromkeys(["preferredStartPage", "releaseCadence", "sessionReplayOptOut", "customizeNoAccess"]),
    # A creation cannot set the second one.
    describes=["preferred_start_page", "session_replay_opt_out"],
    wrong={"customize_no_access": {"link_url": "x"}},
    tasks={"qlik_tenant_settings": [{"preferred_start_page": "analytics-hub"}, {"session_replay_opt_out": True}]},
    faults={
        "qlik_tenant_settings": FaultCase(
            "qlik_tenant_settings",
            {"session_replay_opt_out": True, "customize_no_access": {"text": "Ask us."}},
            settings_of,
            [["settings", "management-console", True, {"linkEnabled": False, "message": "Ask us."}]],
            plant_settings,
        ),
        "qlik_tenant_settings, created": FaultCase(
            "qlik_tenant_settings",
            {"session_replay_opt_out": True},
            settings_of,
            [["settings", "analytics-hub", True, None]],
        ),
        "qlik_tenant_settings_info": FaultCase("qlik_tenant_settings_info", {}, settings_of, None, plant_settings),
    },
)
