# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of the session policy."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.session_policy import SessionPolicy

from .cases import Cases, FaultCase, Json, SeedCase, SettingCase, State, of_area


def policy_of(state: State) -> Json:
    """How long sessions live, and whether that is the default."""
    policy = state["session_policy"]
    minutes = policy["userSessionInactivityTimeoutMinutes"], policy["maxUserSessionLifespanMinutes"]
    return [["policy", *minutes, policy["isDefault"]]]


CASES = Cases(
    SessionPolicy(),
    seed={
        "user_session_inactivity_timeout_minutes": of_area(
            "session_policy", "user_session_inactivity_timeout_minutes", 30, "userSessionInactivityTimeoutMinutes"
        ),
        "max_user_session_lifespan_minutes": of_area(
            "session_policy", "max_user_session_lifespan_minutes", 600, "maxUserSessionLifespanMinutes"
        ),
        "dynamic_client_registration_enabled": SeedCase(
            {"qlik_seed_session_policy": {"dynamic_client_registration_enabled": True}},
            {
                "session_policy dynamicClientRegistrationEnabled": True,
                "session_policy dcrAllowedAuthenticationMethods": ["client_secret"],
            },
        ),
        "dcr_allowed_authentication_methods": SeedCase(
            {
                "qlik_seed_session_policy": {
                    "dynamic_client_registration_enabled": True,
                    "dcr_allowed_authentication_methods": ["none"],
                }
            },
            {
                "session_policy dynamicClientRegistrationEnabled": True,
                "session_policy dcrAllowedAuthenticationMethods": ["none"],
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
    tasks={
        "qlik_session_policy": [{"user_session_inactivity_timeout_minutes": 30}],
        "qlik_session_policy_info": [{}],
    },
    described={"user_session_inactivity_timeout_minutes": 30},
    faults={
        "qlik_session_policy": FaultCase(
            "qlik_session_policy",
            {"user_session_inactivity_timeout_minutes": 30, "max_user_session_lifespan_minutes": 600},
            policy_of,
            [["policy", 30, 600, False]],
        ),
        "qlik_session_policy_info": FaultCase("qlik_session_policy_info", {}, policy_of),
    },
)
