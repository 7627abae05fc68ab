# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation of the modules says, beside what they take and return."""

from __future__ import annotations

import importlib

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind, in_snake_case
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.settings import Setting, TextSet
from fault_matrix.cases import CASES
from kinds import PLANTED, SINGLE
from local_tenant.client import LocalTenant
from modules.examples import FIRST_EXAMPLES
from modules.harness import MODULES, PACKAGE, Json, Result, Run, flow_of

#: Keys that Ansible adds to the result of every module.
ANSIBLES_OWN = {"changed", "failed", "msg", "diff", "warnings", "deprecations", "exception"}


def returned(module: str) -> dict[str, Json]:
    """The keys that a module's RETURN documents."""
    text = importlib.import_module(f"{PACKAGE}.{module}").RETURN
    documented: dict[str, Json] = yaml.safe_load(text)
    return documented


NEW_TENANT = CASES["qlik_tenant_lifecycle, new"].options
TASKS: list[tuple[str, dict[str, Json]]] = [
    *(
        (module, {**options, **more})
        for module, options in FIRST_EXAMPLES.items()
        for more in ({}, {"api_key": "wrong-key"})
    ),
    ("qlik_group", {"name": "HR", "assigned_roles": ["Steward"]}),
    ("qlik_group", {"name": "HR", "assigned_roles": ["Zzz"]}),
    ("qlik_group", {"name": "HR", "state": "absent"}),
    ("qlik_groups", {"groups": [{"name": "HR"}]}),
    ("qlik_groups", {"groups": [{"name": "HR", "assigned_roles": ["Zzz"]}]}),
    ("qlik_user", {"subject": "bob", "email": "new@example.com"}),
    ("qlik_user", {"subject": "bob", "email": "!"}),
    ("qlik_users", {"users": [{"subject": "bob", "email": "new@example.com"}, {"subject": "eve"}]}),
    ("qlik_users", {"users": [{"subject": "bob", "email": "!"}]}),
    ("qlik_role", {"name": "Keys"}),
    ("qlik_role", {"name": "Steward", "state": "absent"}),
    ("qlik_roles", {"roles": [{"name": "Keys"}]}),
    ("qlik_roles", {"roles": [{"name": "Steward", "state": "absent"}]}),
    ("qlik_configuration", {"tenant": {"name": "Acme"}, "groups": [{"name": "HR"}], "report_unmanaged": True}),
    ("qlik_configuration", {"groups": [{"name": "HR", "assigned_roles": ["Zzz"]}, {"name": "IT"}]}),
    ("qlik_configuration", {"areas": ["Zzz"]}),
    ("qlik_configuration_info", {}),
    ("qlik_configuration_info", {"exclude_areas": ["Zzz"]}),
    *((f"qlik_{area}", options) for area, cases in SINGLE.items() for options in (cases.options(), cases.wrong)),
    ("qlik_space", {"name": "New", "type": "shared", "members": [{"user": "bob", "roles": ["consumer"]}]}),
    ("qlik_space", {"name": "New", "type": "shared", "members": [{"user": "bob", "roles": ["Zzz"]}]}),
    ("qlik_space", {"name": "Money", "state": "absent"}),
    ("qlik_spaces", {"spaces": [{"name": "New", "type": "shared"}, {"name": "Money", "description": "x"}]}),
    ("qlik_spaces", {"spaces": [{"name": "New", "type": "shared", "owner": "Zzz"}]}),
    ("qlik_space_member", {"space": "Money", "user": "bob", "roles": ["consumer"]}),
    ("qlik_space_member", {"space": "Money", "user": "bob", "roles": ["Zzz"]}),
    ("qlik_csp_origins", {"csp_origins": [{"name": "New"}], "prune": True}),
    ("qlik_identity_provider", {"protocol": "jwtAuth", "options": {"issuer": "Zzz"}}),
    ("qlik_oauth_client", {"name": "CI", "app_type": "web", "rotate_secret": True}),
    ("qlik_oauth_client", {"name": "CI", "app_type": "web", "delete_secret": "Zzz"}),
    ("qlik_oauth_clients", {"oauth_clients": [{"name": "New", "app_type": "web"}]}),
    ("qlik_ip_policies", {"ip_policies": [{"name": "New", "allowed_ips": ["192.0.2.7"], "enabled": True}]}),
    *((f"qlik_{area}", {area: [{"id": "Zzz"}]}) for area in PLANTED),
    ("qlik_api_key", {"description": "nightly"}),
    ("qlik_api_key", {"description": "nightly", "expiry": "soon"}),
    ("qlik_api_key", {"id": "Zzz", "state": "revoked"}),
    ("qlik_api_key_info", {}),
    ("qlik_api_key_info", {"user": "Zzz"}),
    ("qlik_space_info", {}),
    ("qlik_space_info", {"user": "Zzz"}),
    ("qlik_license_info", {}),
    ("qlik_license_info", {"api_key": "wrong-key"}),
    ("qlik_organization_tenant_info", {}),
    ("qlik_audit_event_info", {}),
    ("qlik_audit_event_info", {"actor": "Zzz"}),
    ("qlik_tenant_lifecycle", NEW_TENANT),
    ("qlik_tenant_lifecycle", {**NEW_TENANT, "allow_create": False}),
    ("qlik_organization_tenant_info", {"organization_client_secret": "wrong"}),
    ("qlik_group_info", {"filter": "name eq"}),
    ("qlik_user_info", {"filter": "name eq"}),
    ("qlik_role_info", {"filter": "name eq"}),
]


def undocumented(module: str, result: Result) -> set[str]:
    keys: set[str] = result.keys() - returned(module).keys() - ANSIBLES_OWN
    # Every module fails in the same form; the reading ones need not repeat it.
    return keys - {"error"} if module.endswith("_info") else keys


@pytest.mark.parametrize("number", range(len(TASKS)), ids=lambda number: f"{number} {TASKS[number][0]}")
def test_every_key_is_documented(run: Run, tenant: LocalTenant, number: int) -> None:
    module, options = TASKS[number]
    tenant.plant_users([{"subject": "bob", "email": "bob@example.com"}])
    tenant.plant_spaces([{"name": "Money"}])
    for check in (True, False):
        assert undocumented(module, run(module, check=check, **options)) == set()


def test_every_module_is_among_them() -> None:
    assert {module for module, _options in TASKS} == set(MODULES)


@pytest.mark.parametrize("kind", [kind for kind in AREAS if not kind.is_singleton], ids=lambda kind: kind.noun)
def test_keys_of_failed_items_are_documented(run: Run, tenant: LocalTenant, kind: Kind) -> None:
    refusal = {"status": 400, "json": {"errors": [{"code": "X-1", "title": "No"}]}}
    tenant.misbehave({"match": {"method": "POST"}, "action": refusal})
    module, plural = f"qlik_{kind.plural}", kind.plural
    if kind.noun == "space":
        # The member of its example.
        tenant.plant_groups([{"name": "Finance Analysts"}])
    result = run(module, **FIRST_EXAMPLES[module], retries=0)
    assert result["failed"] is True
    assert undocumented(module, result) == set()
    documented = returned(module)
    for key, found in ((plural, result[plural][0]), ("summary", result["summary"])):
        if "contains" in documented[key]:
            assert found.keys() <= documented[key]["contains"].keys()


def test_errors_are_documented(run: Run, tenant: LocalTenant) -> None:
    result = run("qlik_group", name="HR", api_key="wrong-key")
    assert result["error"].keys() == returned("qlik_group")["error"]["contains"].keys()


@pytest.mark.parametrize("kind", [kind for kind in AREAS if not kind.is_singleton], ids=lambda kind: kind.noun)
def test_items_take_the_options_of_the_single_module(kind: Kind) -> None:
    single, many, plural = flow_of(f"qlik_{kind.noun}"), flow_of(f"qlik_{kind.plural}"), kind.plural
    one, all_of_them = single.spec, many.spec
    items = all_of_them[plural]
    of_the_task = set(kind.task_spec)
    connection = {name for name in one if name in all_of_them} - of_the_task
    of_one = set(kind.secrets.spec) if kind.secrets is not None else set()
    options = {name: one[name] for name in one if name not in connection | of_the_task | of_one}
    assert items["options"] == options
    for rule in ("required_one_of", "mutually_exclusive"):
        assert items.get(rule) == single.rules.get(rule)
    assert of_the_task <= all_of_them.keys()
    assert connection >= {"tenant_url", "api_key", "retries", "rate_limit_wait"}
    assert all_of_them["rate_limit_wait"].get("default") is None


@pytest.mark.parametrize("kind", AREAS, ids=lambda kind: kind.noun)
def test_options_have_the_names_of_the_api(kind: Kind) -> None:
    """Options, names in the API and paths of patches are the same words; what differs has a class of its own."""
    for setting in kind.settings:
        if type(setting) in (Setting, TextSet):
            assert in_snake_case({setting.api: None}) == {setting.option: None}
            assert setting.path in (None, f"/{setting.api}")


@pytest.mark.parametrize("diff", [True, False])
def test_each_item_that_differs_has_its_sides_in_diff_mode(run: Run, tenant: LocalTenant, diff: bool) -> None:
    tenant.plant_groups([{"name": "Same"}, {"name": "Old"}])
    groups = [{"name": "Same"}, {"name": "Old", "state": "absent"}, {"name": "New"}]
    same, old, new = run("qlik_groups", check=True, diff=diff, groups=groups)["groups"]
    assert not {"before", "after"} & same.keys()
    if diff:
        assert (old["before"]["name"], old["after"]) == ("Old", None)
        assert (new["before"], new["after"]["name"]) == (None, "New")
    else:
        assert not {"before", "after"} & (old.keys() | new.keys())
