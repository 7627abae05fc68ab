# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that says which module uses which of Qlik's endpoints, beside what the modules really call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fault_matrix.cases import CASES
from kinds import KINDS, PLANTED, SINGLE
from kinds.cases import LOCKOUT, LONG, MANY_NAMES
from kinds.space import MANY_MEMBERS
from local_tenant.app import TENANT_ROUTES
from local_tenant.client import LocalTenant
from local_tenant.guesses import Guesses
from local_tenant.limits import LimitSettings
from local_tenant.organization import Organization
from local_tenant.state import Hostnames
from modules.harness import MODULES, Json, Run

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_endpoints.rst"
OFF = "off.us.qlikcloud.com"
TASKS: dict[str, list[dict[str, Json]]] = {
    **{module: tasks for cases in KINDS.values() for module, tasks in cases.tasks.items()},
    "qlik_configuration": [
        {area: cases.described for area, cases in SINGLE.items()},
        *(
            {area: task}
            for area, cases in SINGLE.items()
            for task in cases.tasks[f"qlik_{area}"]
            if task != cases.described
        ),
        {"roles": [{"name": "New"}, {"name": "Keys", "description": "x"}]},
        {"roles": [{"name": "Keys", "state": "absent"}]},
        {"groups": [{"name": name} for name in MANY_NAMES], "users": [{"subject": name} for name in MANY_NAMES]},
        {"groups": [{"id": "FALCON", "description": "x"}, {"name": "Finance", "state": "absent"}]},
        {"users": [{"id": "SECOND", "name": "x"}, {"subject": "bob", "state": "absent"}]},
        {"users": [{"subject": "second", **LOCKOUT}]},
        {"tenant": {"name": "New"}, "attribute_drift": True},
        *(task for cases in PLANTED.values() for task in cases.tasks[f"qlik_{cases.kind.plural}"]),
        {"spaces": [{"name": "New", "type": "shared"}]},
        *MANY_MEMBERS,
        {"spaces": [{"name": "Money", "state": "absent"}]},
    ],
    "qlik_configuration_info": [{"exclude_areas": ["groups", "users"]}, {"areas": ["groups", "users"]}],
    "qlik_api_key": [
        {"description": "nightly"},
        {"description": "nightly", "user": "bob", "state": "revoked"},
        {"description": "nightly", "user": LONG, "state": "revoked"},
        {"id": "KEY", "state": "revoked"},
    ],
    "qlik_api_key_info": [{}, {"id": "KEY"}, {"user": "bob"}, {"user": LONG}],
    "qlik_tenant_lifecycle": [
        *(CASES[f"qlik_tenant_lifecycle, {what}"].options for what in ("new", "deactivated")),
        {**CASES["qlik_tenant_lifecycle, new"].options, "name": LONG},
        {"hostname": OFF, "confirm_hostname": OFF},
    ],
    "qlik_organization_tenant_info": [{}, {"name": LONG}],
    "qlik_audit_event_info": [{}, {"actor": LONG}, {"archive_date": "2026-01-31"}, {"event_types": ["Zzz"]}],
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
    tenant.set_tenant(license={"auto_assign_analyzer": True})
    (key,) = tenant.plant_api_keys([{"user": "bob", "description": "nightly"}])
    (sign_in,) = tenant.plant(
        "identity_providers",
        [{"protocol": "OIDC", "provider": "okta", "interactive": True, "options": {"discoveryUrl": "https://a.b"}}],
    )
    return {
        **{cases.id_of_held: tenant.plant(area, [cases.current])[0] for area, cases in PLANTED.items()},
        "SIGN_IN": sign_in,
        "KEY": key,
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
