# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of API key settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.api_key_settings import ApiKeySettings

from .cases import Cases, FaultCase, Json, SettingCase, State, of_area


def api_keys_of(state: State) -> Json:
    """How many API keys a user may have, and how long they last."""
    settings = state["api_key_settings"]
    return [["API keys", settings["max_keys_per_user"], settings["max_api_key_expiry"]]]


CASES = Cases(
    ApiKeySettings(),
    seed={
        "max_keys_per_user": of_area("api_key_settings", "max_keys_per_user", 0, "max_keys_per_user"),
        "max_api_key_expiry": of_area("api_key_settings", "max_api_key_expiry", "P7D", "max_api_key_expiry"),
        "scim_external_client_expiry": of_area(
            "api_key_settings", "scim_external_client_expiry", "P26W", "scim_externalClient_expiry"
        ),
    },
    settings={
        "max_keys_per_user": SettingCase(2, {"max_keys_per_user": 2}),
        "max_api_key_expiry": SettingCase("P7D", {"max_api_key_expiry": "P7D"}),
        "scim_external_client_expiry": SettingCase("P26W", {"scim_externalClient_expiry": "P26W"}),
    },
    tasks={
        "qlik_api_key_settings": [{"max_keys_per_user": 2}],
        "qlik_api_key_settings_info": [{}],
    },
    described={"max_keys_per_user": 2},
    faults={
        "qlik_api_key_settings": FaultCase(
            "qlik_api_key_settings",
            {"max_keys_per_user": 2, "max_api_key_expiry": "P7D"},
            api_keys_of,
            [["API keys", 2, "P7D"]],
        ),
        "qlik_api_key_settings_info": FaultCase("qlik_api_key_settings_info", {}, api_keys_of),
    },
)
