# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that says which module uses which of Qlik's endpoints, beside what the modules really call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fault_matrix.cases import CASES
from local_tenant.app import TENANT_ROUTES
from local_tenant.client import LocalTenant
from local_tenant.guesses import Guesses
from local_tenant.limits import LimitSettings
from local_tenant.organization import Organization
from local_tenant.state import Hostnames
from modules.harness import MODULES, Json, Run

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_endpoints.rst"
#: Names whose filters are too long for a URL, so that they are sent as a body where the API takes one.
LONG = "\N{HEDGEHOG}" * 200
MANY = [f"{'x' * 60} {number}" for number in range(40)]
OFF = "off.us.qlikcloud.com"
LOCKOUT: dict[str, Json] = {"assigned_roles": []}
BOB: dict[str, Json] = {"user": "bob"}
#: Of tenant settings that are created, and then have one that a creation cannot set.
SETTINGS: dict[str, Json] = {
    "tenant_settings": {"session_replay_opt_out": True},
    "api_key_settings": {"max_keys_per_user": 2},
    "session_policy": {"user_session_inactivity_timeout_minutes": 30},
}
#: A member more, one less, one with other roles, and one that is a user.
MANY_MEMBERS: list[dict[str, Json]] = [
    {
        "spaces": [
            {"name": "Money", "description": "x", "members": [{"group": "Admins", "roles": ["consumer"]}]},
            {
                "id": "MORE",
                "members": [{"group": "Finance", "roles": ["producer"]}, {"user": "bob", "roles": ["consumer"]}],
            },
        ]
    }
]
#: Tasks that together use all that each module uses, each as it is and in check mode, on the tenant of ``planted``.
CSP_ORIGINS: list[dict[str, Json]] = [
    {"name": "New", "origin": "new.example.com"},
    {"name": "Portal", "description": "x"},
    {"id": "PORTAL", "state": "absent"},
]
IP_POLICIES: list[dict[str, Json]] = [
    {"name": "New", "allowed_ips": ["192.0.2.7"]},
    {"name": "Portal", "allowed_ips": ["192.0.2.7"]},
    {"id": "POLICY", "state": "absent"},
]
WEB_INTEGRATIONS: list[dict[str, Json]] = [
    {"name": "New"},
    {"name": "Portal", "valid_origins": ["https://new.example.com"]},
    {"id": "INTEGRATION", "state": "absent"},
]
TASKS: dict[str, list[dict[str, Json]]] = {
    "qlik_group": [
        {"name": "New", "assigned_roles": ["Keys"]},
        {"name": "Finance", "assigned_roles": ["DataAdmin"]},
        {"name": "Finance", "state": "absent"},
        {"name": "Admins", **LOCKOUT},
        {"name": LONG},
        {"name": "Falcon", "provider_type": "custom", "state": "absent"},
    ],
    "qlik_groups": [
        {"groups": [{"name": name} for name in MANY]},
        {"groups": [{"name": "New", "assigned_roles": ["Keys"]}, {"name": "Finance", "assigned_roles": ["Steward"]}]},
        {"groups": [{"name": "Falcon", "provider_type": "custom", "state": "absent"}]},
        {"groups": [{"name": "Admins", **LOCKOUT}]},
        {"groups": [{"name": "New"}], "prune": True, "max_deletions": 100},
        {"groups": [{"id": "FALCON", "description": "x"}]},
    ],
    "qlik_user": [
        {"subject": "new", "email": "new@example.com", "assigned_roles": ["Keys"], "preferred_locale": "en"},
        {"subject": "bob", "name": "Bob", "assigned_groups": ["Falcon"]},
        {"subject": "bob", "state": "absent"},
        {"subject": "second", **LOCKOUT},
        {"subject": LONG},
    ],
    "qlik_users": [
        {"users": [{"subject": name} for name in MANY]},
        {"users": [{"subject": "new", "email": "new@example.com", "assigned_roles": ["Keys"]}]},
        {"users": [{"subject": "bob", "name": "Bob", "assigned_groups": ["Falcon"]}, {"id": "SECOND", "name": "x"}]},
        {"users": [{"subject": "bob", "state": "absent"}, {"subject": "second", **LOCKOUT}]},
    ],
    "qlik_role": [
        {"name": "New"},
        {"name": LONG},
        {"name": "Keys", "description": "x"},
        {"name": "Keys", "state": "absent"},
    ],
    "qlik_roles": [
        {"roles": [{"name": name} for name in MANY]},
        {"roles": [{"name": "New"}, {"name": "Keys", "description": "x"}]},
        {"roles": [{"name": "Keys", "state": "absent"}]},
    ],
    "qlik_configuration": [
        {
            "tenant": {"name": "New"},
            "group_settings": {"auto_create_groups": True, "everyone_assigned_roles": ["Keys"]},
        },
        {"roles": [{"name": "New"}, {"name": "Keys", "description": "x"}]},
        {"roles": [{"name": "Keys", "state": "absent"}]},
        {"groups": [{"name": name} for name in MANY], "users": [{"subject": name} for name in MANY]},
        {"groups": [{"id": "FALCON", "description": "x"}, {"name": "Finance", "state": "absent"}]},
        {"users": [{"id": "SECOND", "name": "x"}, {"subject": "bob", "state": "absent"}]},
        {"users": [{"subject": "second", **LOCKOUT}]},
        SETTINGS,
        {"tenant_settings": {"preferred_start_page": "analytics-hub"}},
        {"tenant": {"name": "New"}, "attribute_drift": True},
        *({"csp_origins": [options]} for options in CSP_ORIGINS),
        *({"web_integrations": [options]} for options in WEB_INTEGRATIONS),
        *({"ip_policies": [options]} for options in IP_POLICIES),
        {"license_settings": {"auto_assign_analyzer": False}, "spaces": [{"name": "New", "type": "shared"}]},
        *MANY_MEMBERS,
        {"spaces": [{"name": "Money", "state": "absent"}]},
    ],
    "qlik_group_settings": [
        {"auto_create_groups": True},
        {"everyone_assigned_roles": ["Keys"]},
    ],
    "qlik_space": [
        {"name": "New", "type": "shared", "members": [{"user": "bob", "roles": ["consumer"]}]},
        {
            "name": "Money",
            "owner": "second",
            "members": [{"group": "Admins", "roles": ["consumer"]}, {"group": "Finance", "roles": ["producer"]}],
        },
        {"name": "Money", "members": []},
        {"name": "Money", "state": "absent"},
    ],
    "qlik_spaces": [
        {"spaces": [{"name": "New", "type": "shared", "owner": "bob"}]},
        *MANY_MEMBERS,
        {"spaces": [{"name": "Money", "state": "absent"}]},
    ],
    "qlik_space_member": [
        {"space": "Money", "user": "bob", "roles": ["consumer"]},
        {"space": "Money", "group": "Finance", "roles": ["producer"]},
        {"space_id": "MONEY", "group": "Finance", "state": "absent"},
    ],
    "qlik_configuration_info": [{"exclude_areas": ["groups", "users"]}, {"areas": ["groups", "users"]}],
    "qlik_space_info": [{}, {"id": "MONEY"}],
    "qlik_csp_origin": CSP_ORIGINS,
    "qlik_csp_origins": [{"csp_origins": [options]} for options in CSP_ORIGINS],
    "qlik_csp_origin_info": [{}, {"id": "PORTAL"}],
    "qlik_web_integration": WEB_INTEGRATIONS,
    "qlik_web_integrations": [{"web_integrations": [options]} for options in WEB_INTEGRATIONS],
    "qlik_web_integration_info": [{}, {"id": "INTEGRATION"}],
    "qlik_ip_policy": IP_POLICIES,
    "qlik_ip_policies": [{"ip_policies": [options]} for options in IP_POLICIES],
    "qlik_ip_policy_info": [{}, {"id": "POLICY"}],
    "qlik_license_settings": [{"auto_assign_analyzer": False}],
    "qlik_license_info": [{}],
    "qlik_tenant_settings": [{"preferred_start_page": "analytics-hub"}, {"session_replay_opt_out": True}],
    "qlik_tenant_settings_info": [{}],
    "qlik_session_policy": [SETTINGS["session_policy"]],
    "qlik_session_policy_info": [{}],
    "qlik_api_key": [
        {"description": "nightly"},
        {"description": "nightly", "user": "bob", "state": "revoked"},
        {"description": "nightly", "user": LONG, "state": "revoked"},
        {"id": "KEY", "state": "revoked"},
    ],
    "qlik_api_key_info": [{}, {"id": "KEY"}, {"user": "bob"}, {"user": LONG}],
    "qlik_api_key_settings": [SETTINGS["api_key_settings"]],
    "qlik_api_key_settings_info": [{}],
    "qlik_tenant": [{"name": "New"}],
    "qlik_group_info": [{}, {"id": "FALCON"}, {"name": LONG}],
    "qlik_user_info": [{}, {"id": "BOB"}, {"subject": LONG}],
    "qlik_role_info": [{}, {"id": "KEYS"}, {"name": LONG}],
    "qlik_tenant_lifecycle": [
        *(CASES[f"qlik_tenant_lifecycle, {what}"].options for what in ("new", "deactivated")),
        {**CASES["qlik_tenant_lifecycle, new"].options, "name": LONG},
        {"hostname": OFF, "confirm_hostname": OFF},
    ],
    "qlik_organization_tenant_info": [{}, {"name": LONG}],
    "qlik_audit_event_info": [{}, {"actor": LONG}, {"archive_date": "2026-01-31"}, {"event_types": ["Zzz"]}],
    "qlik_tenant_info": [{}],
}


def planted(tenant: LocalTenant) -> dict[str, str]:
    """Make the tenant that the tasks are about, and say which ids stand for the words in capitals."""
    tenant.reset()
    tenant.set_tenant(settings={"everyone_roles": ["TenantAdmin"]})
    tenant.plant_audit_events([{"eventType": "com.qlik.core.role.updated", "user": "local|someone"}])
    (keys,) = tenant.plant_roles([{"name": "Keys"}])
    finance = {"name": "Finance", "assignedRoles": ["Steward"]}
    admins = {"name": "Admins", "assignedRoles": ["TenantAdmin"]}
    _finance, _admins, falcon = tenant.plant_groups([finance, admins, {"name": "Falcon", "providerType": "custom"}])
    bob, second = tenant.plant_users([{"subject": "bob"}, {"subject": "second", "assignedRoles": ["TenantAdmin"]}])
    member = {"group": "Finance", "roles": ["consumer"]}
    spaces = [{"name": name, "type": "shared", "members": [member]} for name in ("Money", "More")]
    money, more = tenant.plant_spaces(spaces)
    tenant.set_tenant(licence={"auto_assign_analyzer": True})
    (key,) = tenant.plant_api_keys([{"user": "bob", "description": "nightly"}])
    (portal,) = tenant.plant("csp_origins", [{"name": "Portal"}])
    (policy,) = tenant.plant("ip_policies", [{"name": "Portal"}])
    (integration,) = tenant.plant("web_integrations", [{"name": "Portal"}])
    return {
        "PORTAL": portal,
        "KEY": key,
        "INTEGRATION": integration,
        "POLICY": policy,
        "MONEY": money,
        "MORE": more,
        "KEYS": keys,
        "FALCON": falcon,
        "BOB": bob,
        "SECOND": second,
    }


def with_ids(options: Json, ids: dict[str, str]) -> Json:
    """Options with the ids of this tenant in the place of the words that stand for them."""
    if isinstance(options, dict):
        return {name: with_ids(value, ids) for name, value in options.items()}
    if isinstance(options, list):
        return [with_ids(value, ids) for value in options]
    return ids.get(options, options) if isinstance(options, str) else options


def on_the_page() -> dict[str, set[str]]:
    """The modules that the page names for each endpoint."""
    rows = re.findall(
        r"^   \* - ``(.+?)``\n     - (.+(?:\n       .+)*)", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {
        endpoint: set(re.findall(r":ansplugin:`qlikops\.cloud\.(\w+)#module`", modules)) for endpoint, modules in rows
    }


@pytest.mark.parametrize("module", TASKS)
def test_the_page_names_what_a_module_calls(run: Run, tenant: LocalTenant, module: str) -> None:
    called: set[str] = set()
    for options in TASKS[module]:
        for check in (True, False):
            ids = planted(tenant)
            tenant.organization.reset()
            if module == "qlik_tenant_lifecycle":
                CASES["qlik_tenant_lifecycle, deactivated"].prepare(tenant.organization)
                off = {"name": "Off", "alias": OFF, "status": "disabled", "purge_at": "2099-01-01T00:00:00.000Z"}
                tenant.organization.plant_tenants([off])
                options = {**options, "name": "New"} if options.get("name") == "Acme" else options
            tenant.reset_counters()
            tenant.organization.reset_counters()
            result = run(module, check=check, **with_ids(options, ids))
            assert "Unexpected error in the collection" not in result.get("msg", "")
            called |= set(tenant.counters()["routes"]) | set(tenant.organization.counters()["routes"])
            called.discard("POST /oauth/token")
    assert {endpoint for endpoint, modules in on_the_page().items() if module in modules} == called


def test_the_page_has_every_endpoint() -> None:
    organization = Organization(Guesses(), LimitSettings(), Hostnames(), [], ["us"])
    hosts = (organization.console, organization.registers["us"])
    tables = [TENANT_ROUTES.by_template, *(host.endpoints.by_template for host in hosts)]
    imitated = {f"{method} {path}" for table in tables for path, methods in table.items() for method in methods}
    assert on_the_page().keys() == imitated


def test_every_module_is_among_them() -> None:
    assert set(MODULES) == set(TASKS)
