# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The samples in RETURN are what the modules return."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from fault_matrix.cases import CASES
from local_tenant.client import LocalTenant
from modules.examples import FIRST_EXAMPLES, READS
from modules.harness import MODULES, Json, Result, Run
from modules.test_documentation import returned

#: What only a tenant decides: of these the type is compared.
SERVER_MADE = {"fingerprint", "id", "tenant_id", "hostnames", "created_at", "last_updated_at", "message", "trace_id"}
SERVER_MADE |= {"tenant_url", "expiry", "sub", "created_by_user", "token"}
SERVER_MADE |= {"client_id", "updated_at", "created_by", "hint", "secret", "secret_hint", "pem"}
#: Counts of another task than that of the sample.
COUNTS = {"created", "updated", "deleted", "unchanged", "failed"}
#: Which of Python's types a documented type is.
TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "raw": object, "list": list, "dict": dict}

ADA = FIRST_EXAMPLES["qlik_user"]

MEMBER: Json = {"group": "Finance Analysts", "roles": ["consumer"]}
SPACE: Json = {"name": "Finance", "type": "managed", "description": "Released content of finance", "members": [MEMBER]}

ADMIN: dict[str, Json] = {"assignedRoles": ["TenantAdmin"]}
#: Those who administer every local tenant.
OWN = re.compile(r"local\||qlikbot")


def renames(noun: str, options: Json) -> list[Json]:
    """Tasks that create another object and rename it."""
    custom = {"provider_type": "custom"} if noun == "group" else {}
    return [{**options, **custom, **names} for names in ({"name": "Old"}, {"name": "Else", "previous_names": ["Old"]})]


#: Tasks that return what is documented, the last of each module more than those before it. What the modules of kinds
#: return is the sample in the words of the kind if a task asks for its first example.
TASKS: dict[str, list[Json]] = {
    **{module: [{**options, "api_key": "wrong-key"}, options] for module, options in FIRST_EXAMPLES.items()},
    **{
        f"qlik_{kind.noun}": [{**options, "api_key": "wrong-key"}, *renames(kind.noun, options), options]
        for kind in AREAS
        for options in [FIRST_EXAMPLES[f"qlik_{kind.noun}"]]
        if kind.renaming is not None
    },
    **{module: [named] for module, (_writes, named) in READS.items()},
    "qlik_user": [ADA, {**ADA, "email": "lovelace@example.com"}, {"subject": ADA["subject"], "state": "absent"}, ADA],
    "qlik_organization_tenant_info": [{"name": "Acme Analytics"}],
    "qlik_audit_event_info": [{"actor": "ACME\\nobody"}, {"actor": "ACME\\ada"}],
    "qlik_tenant_lifecycle": [
        {"hostname": "acme.us.qlikcloud.com", "confirm_hostname": "other.us.qlikcloud.com"},
        {**CASES["qlik_tenant_lifecycle, new"].options, "name": "Acme Analytics"},
    ],
    "qlik_configuration": [
        {"groups": [{"name": "HR", "assigned_roles": ["Nobody"]}]},
        {"tenant": {"name": "Acme Analytics"}},
        {"users": [], "report_unmanaged": True, "check": True},
        {
            "tenant": {"name": "Acme Analytics"},
            "groups": [{"name": "Data Stewards"}, {"name": "Operations"}],
            "spaces": [{"name": "Finance", "members": [{"group": "Everyone", "roles": ["consumer"]}]}],
            "report_unmanaged": True,
        },
    ],
    "qlik_configuration_info": [{"areas": ["Zzz"]}, {"areas": ["license_settings", "tenant", "groups"]}],
    "qlik_space_info": [{"name": "Finance"}],
    "qlik_space_member": [{"space": "Finance", **MEMBER, "roles": ["Nobody"]}, {"space": "Finance", **MEMBER}],
    "qlik_license_info": [{}],
    "qlik_api_key": [
        {"description": "weekly", "expiry": "P1Y"},
        {"description": "nightly", "expiry": "P90D", "rotate_before_days": 30},
    ],
    "qlik_api_key_info": [{"user": ADA["subject"]}],
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
                if key in SERVER_MADE | COUNTS | {"time"} | {"owner_id", "created_by"}
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
    if module == "qlik_configuration":
        tenant.plant_groups([{"name": "Contractors"}, {"name": "Operations", **ADMIN}])
        tenant.plant_users(
            [{"subject": "auth0|ada", "name": "Ada Lovelace", **ADMIN, "assignedGroups": ["Operations"]}]
        )
        everyone = {"group": "com.qlik.Everyone", "roles": ["consumer"]}
        tenant.plant_spaces([{"name": "Finance", "members": [everyone]}])
    if module == "qlik_configuration_info":
        tenant.set_tenant(name="Acme Analytics", license={"user_based": False})
        tenant.guess(license_settings_missing="empty")
        tenant.plant_groups([{"name": "Finance Analysts"}])
    if module.startswith("qlik_space"):
        tenant.plant_groups([{"name": "Finance Analysts"}])
    if module in ("qlik_space_info", "qlik_space_member"):
        tenant.plant_spaces([{**SPACE, "members": [MEMBER] if module == "qlik_space_info" else []}])
    if "ip_polic" in module:
        tenant.set_tenant(caller_address=FIRST_EXAMPLES["qlik_ip_policy"]["caller_address"])
    if module == "qlik_tenant_lifecycle":
        tenant.organization.plant_tenants([{"name": "Acme", "alias": "acme.us.qlikcloud.com"}])
    if module == "qlik_api_key":
        tenant.set_tenant(api_key_settings={"max_expiry": "P90D"})
        tenant.plant_api_keys([{"user": "local|admin", "description": "nightly", "ageDays": 60.5, "daysLeft": 29.5}])
    if module == "qlik_api_key_info":
        tenant.plant_users([{"subject": ADA["subject"], "name": "Ada Lovelace"}])
        tenant.plant_api_keys([{"user": ADA["subject"], "description": "nightly", "ageDays": 27.5, "daysLeft": 62.5}])
    if module.startswith("qlik_license"):
        license = {"auto_assign_professional": True, "allotments": {"professional": [20, 12]}}
        tenant.set_tenant(license=license)
    if module in ("qlik_tenant", "qlik_tenant_info", "qlik_organization_tenant_info"):
        run("qlik_tenant", hostname_alias="acme-analytics")
    if module == "qlik_organization_tenant_info":
        run("qlik_tenant", name="Acme Analytics")
    if module == "qlik_audit_event_info":
        tenant.plant_users([{"subject": "ACME\\ada", "name": "Ada Lovelace"}])
        changed = {
            "path": "/assignedRoles",
            "oldValue": [],
            "newValue": [{"id": "63580b8d5cf9728f19217be0", "name": "TenantAdmin"}],
        }
        data = {"id": "634d5d39b5e9a3f29d4cd2b7", "name": "Finance Analysts", "_updates": [changed]}
        event = {"eventType": "com.qlik.core.group.updated", "source": "com.qlik/identities", "user": "ACME\\ada"}
        tenant.plant_audit_events([{**event, "data": data}])
    if module in READS:
        writes, _named = READS[module]
        run(writes, **FIRST_EXAMPLES[writes])
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


def test_every_module_is_among_them() -> None:
    assert sorted(TASKS) == MODULES
