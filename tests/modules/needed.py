# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to run each module."""

from __future__ import annotations

from typing import Any

from kinds import INDIVIDUAL, SINGLE, STANDALONE
from modules.examples import FIRST_EXAMPLES, TWO_ITEMS

Json = Any
#: The options that each module needs: the first example of its kind, unless tests need something of their own.
NEEDED: dict[str, dict[str, Json]] = {
    **FIRST_EXAMPLES,
    **TWO_ITEMS,
    "qlik_group": {"name": "Finance", "provider_type": "custom"},
    "qlik_groups": {"groups": [{"name": "Marketing"}, {"name": "Finance", "provider_type": "custom"}]},
    "qlik_user": {"subject": "bob"},
    "qlik_users": {"users": [{"subject": "eve"}, {"subject": "bob"}]},
    "qlik_role": {"name": "Keys"},
    "qlik_roles": {"roles": [{"name": "New"}, {"name": "Keys"}]},
    **{f"qlik_{area}": {area: cases.pair} for area, cases in INDIVIDUAL.items()},
    "qlik_oauth_client": {
        "name": "CI",
        "app_type": "web",
        "public_keys": [{"kid": kid, "kty": "RSA", "alg": "RS256", "n": "0vx7", "e": "AQAB"} for kid in ("a", "b")],
    },
    "qlik_configuration": {
        "roles": [{"name": "New"}, {"name": "Keys"}],
        "groups": [{"name": "Marketing"}, {"name": "Finance", "provider_type": "custom"}],
        "users": [{"subject": "eve"}, {"subject": "bob"}],
        "spaces": [{"name": "New", "type": "shared"}, {"name": "Money", "type": "data"}],
        **{area: [cases.named("new"), cases.named("portal")] for area, cases in STANDALONE.items()},
        **{area: cases.pair for area, cases in INDIVIDUAL.items()},
    },
    "qlik_space": {
        "name": "Money",
        "type": "shared",
        "members": [{"user": subject, "roles": ["consumer"]} for subject in ("local|plain", "local|blind")],
    },
    "qlik_spaces": {"spaces": [{"name": "New", "type": "shared"}, {"name": "Money", "type": "data"}]},
    "qlik_space_member": {"space": "Money", "group": "Finance", "roles": ["consumer"]},
    "qlik_configuration_info": {},
    "qlik_space_info": {},
    # Disabled policies cannot block the address of the tests.
    "qlik_ip_policy": {"name": "Offices", "allowed_ips": ["192.0.2.0/24"], "enabled": False},
    "qlik_ip_policies": {
        "ip_policies": [
            {"name": name, "allowed_ips": ["192.0.2.0/24"], "enabled": False} for name in ("Another", "Offices")
        ]
    },
    **{f"qlik_{area}": {} for area in SINGLE},
    "qlik_license_info": {},
    "qlik_api_key": {"description": "nightly"},
    "qlik_api_key_info": {},
    "qlik_organization_tenant_info": {},
    "qlik_audit_event_info": {},
    "qlik_tenant_lifecycle": {"name": "Acme", "subscription_id": "s", "region": "us", "license_key": "k"},
}
