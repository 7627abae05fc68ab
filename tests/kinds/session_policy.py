# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of the session policy."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.session_policy import SessionPolicy

from .cases import SeedCase, SettingCase, Single

CASES = Single(
    SessionPolicy(),
    seed={
        "dynamic_client_registration_enabled": SeedCase(
            {"qlik_seed_session_policy": {"dynamic_client_registration_enabled": True}},
            {
                "session_policy dynamicClientRegistrationEnabled": True,
                "session_policy dcrAllowedAuthenticationMethods": ["client_secret"],
            },
        ),
    },
    settings={
        "user_session_inactivity_timeout_minutes": SettingCase(30, {"userSessionInactivityTimeoutMinutes": 30}),
        "max_user_session_lifespan_minutes": SettingCase(600, {"maxUserSessionLifespanMinutes": 600}),
        "dynamic_client_registration_enabled": SettingCase(
            True,
            {"dynamicClientRegistrationEnabled": True, "dcrAllowedAuthenticationMethods": ["none"]},
            {"dcr_allowed_authentication_methods": ["none"]},
        ),
        "dcr_allowed_authentication_methods": SettingCase(
            ["none"],
            {"dynamicClientRegistrationEnabled": True, "dcrAllowedAuthenticationMethods": ["none"]},
            {"dynamic_client_registration_enabled": True},
        ),
    },
    current={
        "userSessionInactivityTimeoutMinutes": 20,
        "maxUserSessionLifespanMinutes": 1440,
        "dynamicClientRegistrationEnabled": False,
        "dcrAllowedAuthenticationMethods": None,
        "isDefault": True,
    },
    after={"isDefault": False},
    wrong={"max_user_session_lifespan_minutes": 5},
)
