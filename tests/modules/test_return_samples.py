# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The samples in RETURN are what the modules return."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fault_matrix.cases import CASES
from local_tenant.client import LocalTenant
from modules.harness import MODULES, Json, Result, Run
from modules.test_documentation import returned

#: What only a tenant decides: of these the type is compared.
SERVER_MADE = {"fingerprint", "id", "tenant_id", "hostnames", "created_at", "last_updated_at", "message", "trace_id"}
SERVER_MADE |= {"tenant_url"}
#: Counts of another task than that of the sample.
COUNTS = {"created", "updated", "deleted", "unchanged", "failed"}
#: Which of Python's types a documented type is.
TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}

FINANCE: Json = {"name": "Finance Analysts", "assigned_roles": ["SharedSpaceCreator"]}
ADA: Json = {"subject": "ACME\\ada", "name": "Ada Lovelace", "assigned_roles": ["SharedSpaceCreator"]}
KEYS: Json = {"name": "API Key Users", "description": "May create API keys", "assigned_scopes": ["api-keys"]}

MEMBER: Json = {"group": "Finance Analysts", "roles": ["consumer"]}
SPACE: Json = {"name": "Finance", "type": "managed", "description": "What finance has released", "members": [MEMBER]}

ADMIN: dict[str, Json] = {"assignedRoles": ["TenantAdmin"]}
#: Those who administer every local tenant.
OWN = re.compile(r"local\||qlikbot")
PORTAL: Json = {
    "name": "Customer portal",
    "origin": "https://portal.example.com",
    "description": "Embeds the sales app",
    "directives": ["frameAncestors"],
}
INTEGRATION: Json = {"name": "Customer portal", "valid_origins": ["https://portal.example.com"]}

POLICY: dict[str, Json] = {
    "user_session_inactivity_timeout_minutes": 30,
    "max_user_session_lifespan_minutes": 600,
}
API_KEYS: dict[str, Json] = {"max_keys_per_user": 2, "max_api_key_expiry": "P7D"}
OFFICES: Json = {"name": "Offices", "allowed_ips": ["192.0.2.0/24", "198.51.100.7"], "enabled": True}
CALLER = "192.0.2.7"

#: Tasks that return what is documented, the last of each module more than those before it.
TASKS: dict[str, list[Json]] = {
    "qlik_group": [{**FINANCE, "assigned_roles": []}, {**FINANCE, "api_key": "wrong-key"}, FINANCE],
    "qlik_groups": [
        {"groups": [{"name": "HR", "assigned_roles": ["Nobody"]}]},
        {"groups": [{"name": "Data Stewards", "assigned_roles": ["Steward"]}]},
    ],
    "qlik_group_info": [{"name": "Finance Analysts"}],
    "qlik_group_settings": [{"everyone_assigned_roles": ["Nobody"]}, {"auto_create_groups": True}],
    "qlik_organization_tenant_info": [{"name": "Acme Analytics"}],
    "qlik_tenant_lifecycle": [
        {"hostname": "acme.us.qlikcloud.com", "confirm_hostname": "other.us.qlikcloud.com"},
        {**CASES["qlik_tenant_lifecycle, new"].options, "name": "Acme Analytics"},
    ],
    "qlik_role": [{**KEYS, "description": ""}, {**KEYS, "api_key": "wrong-key"}, KEYS],
    "qlik_role_info": [{"name": "SharedSpaceCreator"}],
    "qlik_roles": [
        {"roles": [{"name": "Steward", "description": "mine"}]},
        {"roles": [{**KEYS, "description": "May make API keys"}]},
    ],
    "qlik_configuration": [
        {"groups": [{"name": "HR", "assigned_roles": ["Nobody"]}]},
        {"tenant": {"name": "Acme Analytics"}},
        {"users": [], "report_extra": True, "check": True},
        {
            "tenant": {"name": "Acme Analytics"},
            "groups": [{"name": "Data Stewards"}, {"name": "Operations"}],
            "spaces": [{"name": "Finance", "members": [{"group": "Everyone", "roles": ["consumer"]}]}],
            "report_extra": True,
        },
    ],
    "qlik_configuration_info": [{"areas": ["Zzz"]}, {"areas": ["license_settings", "tenant", "groups"]}],
    "qlik_space": [{**SPACE, "members": [{**MEMBER, "roles": ["Nobody"]}]}, SPACE],
    "qlik_spaces": [{"spaces": [{**SPACE, "owner": "Nobody"}]}, {"spaces": [SPACE]}],
    "qlik_space_info": [{"name": "Finance"}],
    "qlik_space_member": [{"space": "Finance", **MEMBER, "roles": ["Nobody"]}, {"space": "Finance", **MEMBER}],
    "qlik_csp_origin": [{**PORTAL, "origin": "a b"}, PORTAL],
    "qlik_csp_origins": [{"csp_origins": [{**PORTAL, "directives": ["Nobody"]}]}, {"csp_origins": [PORTAL]}],
    "qlik_csp_origin_info": [{"name": "Customer portal"}],
    "qlik_web_integration": [{**INTEGRATION, "valid_origins": ["a b"]}, INTEGRATION],
    "qlik_web_integrations": [
        {"web_integrations": [{**INTEGRATION, "valid_origins": ["a b"]}]},
        {"web_integrations": [INTEGRATION]},
    ],
    "qlik_ip_policy": [{**OFFICES, "allowed_ips": ["a b"]}, {**OFFICES, "caller_address": CALLER}],
    "qlik_ip_policies": [{"ip_policies": [OFFICES]}, {"ip_policies": [OFFICES], "caller_address": CALLER}],
    "qlik_ip_policy_info": [{"name": "Offices"}],
    "qlik_web_integration_info": [{"name": "Customer portal"}],
    "qlik_license_settings": [
        {"auto_assign_analyzer": True, "api_key": "wrong-key"},
        {"auto_assign_professional": False, "auto_assign_analyzer": True},
    ],
    "qlik_license_info": [{}],
    "qlik_tenant_settings": [
        {"session_replay_opt_out": True, "api_key": "wrong-key"},
        {"session_replay_opt_out": True, "release_cadence": "monthly"},
    ],
    "qlik_tenant_settings_info": [{}],
    "qlik_session_policy": [POLICY | {"api_key": "wrong-key"}, POLICY],
    "qlik_session_policy_info": [{}],
    "qlik_api_key_settings": [API_KEYS | {"api_key": "wrong-key"}, API_KEYS],
    "qlik_api_key_settings_info": [{}],
    "qlik_tenant": [
        {"name": ""},
        {"hostname_alias": "acme-analytics", "enable_app_opening_feedback": True},
        {"name": "Acme Analytics", "enable_app_opening_feedback": False},
    ],
    "qlik_tenant_info": [{}],
    "qlik_user": [{**ADA, "assigned_roles": ["Nobody"]}, {**ADA, "email": "lovelace@example.com", "name": "Ada"}, ADA],
    "qlik_user_info": [{"subject": "ACME\\ada"}],
    "qlik_users": [{"users": [{**ADA, "assigned_roles": ["Nobody"]}]}, {"users": [ADA]}],
}


def differences(sample: Any, real: Any, place: str) -> list[str]:
    """Where a sample is not what was returned; it need not have all fields."""
    if isinstance(sample, dict) and isinstance(real, dict):
        missing = [f"{place}.{key} is not returned" for key in sample if key not in real]
        shared = [key for key in sample if key in real]
        return missing + [
            text
            for key in shared
            for text in (
                [f"{place}.{key} is {real[key]!r}"] * (type(sample[key]) is not type(real[key]))
                if key in SERVER_MADE | COUNTS | {"owner_id", "created_by"}
                else differences(sample[key], real[key], f"{place}.{key}")
            )
        ]
    if isinstance(sample, list) and isinstance(real, list) and len(sample) == len(real):
        return [text for one, other in zip(sample, real) for text in differences(one, other, f"{place}[]")]
    return [] if sample == real else [f"{place} is {real!r}"]


def of_wrong_type(documented: Json, real: Json, place: str) -> list[str]:
    """Which fields have another type than they are documented with."""
    wrong = []
    for name, entry in documented.items():
        value = real.get(name)
        values = value if isinstance(value, list) else [value]
        if value is not None and not isinstance(value, TYPES[entry["type"]]):
            wrong.append(f"{place}.{name} is no {entry['type']}")
        elif value is not None and entry["type"] == "list":
            wrong += [f"{place}.{name}[] is no {entry['elements']}"] * any(
                not isinstance(item, TYPES[entry["elements"]]) for item in values
            )
        for item in values:
            if isinstance(item, dict):
                wrong += of_wrong_type(entry.get("contains", {}), item, f"{place}.{name}")
    return wrong


@pytest.mark.parametrize("module", TASKS)
def test_samples(run: Run, tenant: LocalTenant, module: str) -> None:
    tenant.plant_users([{**prepared(ADA), "email": "ada@example.com"}])
    if module == "qlik_group_info":
        tenant.plant_groups([prepared(FINANCE)])
    if module == "qlik_configuration":
        tenant.plant_groups([{"name": "Contractors"}, {"name": "Operations", **ADMIN}])
        tenant.plant_users(
            [{"subject": "auth0|ada", "name": "Ada Lovelace", **ADMIN, "assignedGroups": ["Operations"]}]
        )
        everyone = {"group": "com.qlik.Everyone", "roles": ["consumer"]}
        tenant.plant_spaces([{"name": "Finance", "members": [everyone]}])
    if module == "qlik_configuration_info":
        tenant.set_tenant(name="Acme Analytics", licence={"user_based": False})
        tenant.guess(licence_settings_missing="empty")
        tenant.plant_groups([{"name": "Finance Analysts"}])
    if module.startswith("qlik_space"):
        tenant.plant_groups([{"name": "Finance Analysts"}])
    if module in ("qlik_space_info", "qlik_space_member"):
        tenant.plant_spaces([{**SPACE, "members": [MEMBER] if module == "qlik_space_info" else []}])
    if module == "qlik_csp_origin_info":
        run("qlik_csp_origin", **PORTAL)
    if "ip_polic" in module:
        tenant.set_tenant(caller_address=CALLER)
    if module == "qlik_ip_policy_info":
        run("qlik_ip_policy", **OFFICES, caller_address=CALLER)
    if module == "qlik_web_integration_info":
        run("qlik_web_integration", **INTEGRATION)
    if module == "qlik_tenant_lifecycle":
        tenant.organization.plant_tenants([{"name": "Acme", "alias": "acme.us.qlikcloud.com"}])
    if module.startswith("qlik_license"):
        licence = {"auto_assign_professional": True, "allotments": {"professional": [20, 12]}}
        tenant.set_tenant(licence=licence)
    for name, options in (
        ("qlik_tenant_settings", {"session_replay_opt_out": True, "release_cadence": "monthly"}),
        ("qlik_session_policy", POLICY),
        ("qlik_api_key_settings", API_KEYS),
    ):
        if module == f"{name}_info":
            run(name, **options)
    if module in ("qlik_tenant_info", "qlik_organization_tenant_info"):
        run("qlik_tenant", name="Acme Analytics", hostname_alias="acme-analytics")
    documented = returned(module)
    found: Result = {}
    for options in TASKS[module]:
        result = run(module, **options)
        assert of_wrong_type(documented, result, module) == []
        found.update(result)
    if module == "qlik_configuration":
        found["administrators"] = [each for each in found["administrators"] if not OWN.match(each["name"])]
    assert documented.keys() - {"error"} <= found.keys()
    samples = {name: entry["sample"] for name, entry in documented.items() if "sample" in entry}
    assert samples.keys() >= documented.keys() - {"error"}
    assert differences(samples, found, module) == []


def prepared(options: Json) -> Json:
    """Options as the resource that they describe."""
    return {{"assigned_roles": "assignedRoles"}.get(name, name): value for name, value in options.items()}


def test_every_module_is_among_them() -> None:
    assert sorted(TASKS) == MODULES
