# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of API key settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.api_key_settings import ApiKeySettings

from .cases import SeedCase, SettingCase, Single

CASES = Single(
    ApiKeySettings(),
    seed={
        "max_keys_per_user": SeedCase(
            {"qlik_seed_api_key_settings": {"max_keys_per_user": 0}}, {"api_key_settings max_keys_per_user": 0}
        ),
    },
    settings={
        "max_keys_per_user": SettingCase(2, {"max_keys_per_user": 2}),
        "max_api_key_expiry": SettingCase("P7D", {"max_api_key_expiry": "P7D"}),
        "scim_external_client_expiry": SettingCase("P26W", {"scim_externalClient_expiry": "P26W"}),
    },
    current={"max_keys_per_user": 5, "max_api_key_expiry": "PT24H", "scim_externalClient_expiry": "P365D"},
    wrong={"max_keys_per_user": 2000},
    paths=["/api/v1/api-keys/configs/{tenant}"],
)
