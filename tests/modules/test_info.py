# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that only read."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_refused, calls, writes_in

NOBODY = "0123456789abcdef01234567"


def names(found: list[dict[str, Json]], key: str = "name") -> list[str]:
    return [item[key] for item in found]


def test_all_pages_of_groups(run: Run, tenant: LocalTenant) -> None:
    desired = [f"G {number:03}" for number in range(250)]
    tenant.plant_groups([{"name": name} for name in reversed(desired)])
    tenant.reset_counters()
    result = run("qlik_group_info")
    assert result["changed"] is False
    assert names(result["groups"]) == desired
    assert calls(tenant) == 3
    assert writes_in(tenant.counters()) == []


def test_all_pages_of_users_and_roles(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_users([{"subject": f"u{number:03}"} for number in range(150)])
    tenant.plant_roles([{"name": f"r{number:03}"} for number in range(150)])
    assert len(run("qlik_user_info")["users"]) == len(tenant.users())
    assert names(run("qlik_role_info")["roles"]) == sorted(role["name"] for role in tenant.roles())


@pytest.mark.parametrize("check", [True, False])
def test_groups(run: Run, tenant: LocalTenant, check: bool) -> None:
    idp, custom, other = tenant.plant_groups(
        [
            {"name": "Finance", "assignedRoles": ["Steward"]},
            {"name": "Finance", "providerType": "custom"},
            {"name": "FINANCE"},
        ]
    )
    cases: list[tuple[dict[str, Json], set[str]]] = [
        ({}, {idp, custom, other}),
        ({"name": "Finance"}, {idp, custom}),
        ({"name": "Finance", "provider_type": "idp"}, {idp}),
        ({"name": "FINANCE"}, {other}),
        ({"name": "finance"}, set()),
        ({"name": "Fin"}, set()),
        ({"id": custom}, {custom}),
        ({"id": NOBODY}, set()),
        ({"provider_type": "custom"}, {custom}),
        ({"filter": 'name eq "finance"'}, {idp, custom, other}),
        ({"filter": 'providerType eq "custom"'}, {custom}),
        ({"filter": 'name eq "nobody"'}, set()),
    ]
    for options, ids in cases:
        assert {group["id"] for group in run("qlik_group_info", check=check, **options)["groups"]} == ids, options
    (found,) = run("qlik_group_info", id=idp)["groups"]
    assert names(found["assigned_roles"]) == ["Steward"]
    assert {"tenant_id", "provider_type", "created_at", "last_updated_at", "status"} <= found.keys()


def test_system_groups(run: Run) -> None:
    (everyone,) = run("qlik_group_info", system_groups=True)["groups"]
    assert everyone["name"] == "com.qlik.Everyone"
    assert everyone["assigned_roles"] == []


@pytest.mark.parametrize("subject", ["kept", "cleared"])
def test_users(run: Run, tenant: LocalTenant, subject: str) -> None:
    tenant.guess(deleted_subject=subject)
    bob, capital, disabled, gone = tenant.plant_users(
        [
            {"subject": "ACME\\bob", "email": "bob@example.com"},
            {"subject": "ACME\\BOB"},
            {"subject": "eve", "status": "disabled"},
            {"subject": "gone"},
        ]
    )
    assert run("qlik_user", id=gone, state="absent")["changed"] is True
    cases: list[tuple[dict[str, Json], set[str]]] = [
        ({"subject": "ACME\\bob"}, {bob}),
        ({"subject": "ACME\\BOB"}, {capital}),
        ({"subject": "acme\\bob"}, set()),
        ({"subject": "eve"}, {disabled}),
        ({"subject": "gone"}, set()),
        ({"id": bob}, {bob}),
        ({"id": NOBODY}, set()),
        ({"filter": 'email eq "BOB@example.com"'}, {bob}),
        ({"filter": 'status eq "disabled"'}, {disabled}),
    ]
    for options, ids in cases:
        assert {user["id"] for user in run("qlik_user_info", **options)["users"]} == ids, options
    assert gone not in {user["id"] for user in run("qlik_user_info")["users"]}


def test_roles(run: Run, tenant: LocalTenant) -> None:
    (keys,) = tenant.plant_roles([{"name": "Keys", "assignedScopes": ["api-keys"]}])
    cases: list[dict[str, Json]] = [{"name": "Keys"}, {"id": keys}, {"filter": 'type eq "custom"'}]
    for options in cases:
        (found,) = run("qlik_role_info", **options)["roles"]
        assert (found["name"], found["assigned_scopes"]) == ("Keys", ["api-keys"])
    assert run("qlik_role_info", name="keys")["roles"] == []
    assert run("qlik_role_info", id=NOBODY)["roles"] == []


def test_tenant(run: Run, tenant: LocalTenant) -> None:
    tenant.set_tenant(name="Acme", alias="acme.us.qlikcloud.com")
    found = run("qlik_tenant_info")["tenant"]
    assert found["name"] == "Acme"
    assert found["hostnames"][1] == "acme.us.qlikcloud.com"
    assert found["id"] == tenant.tenant_id


@pytest.mark.parametrize("module", ["qlik_group_info", "qlik_user_info", "qlik_role_info"])
def test_refusals(run: Run, tenant: LocalTenant, module: str) -> None:
    key = "subject" if module == "qlik_user_info" else "name"
    assert_refused(run, module, {"id": NOBODY, key: "x"}, "mutually exclusive")
    assert_refused(run, module, {"filter": "x", key: "x"}, "mutually exclusive")
    assert_refused(run, module, {"filter": "name eq"}, "HTTP status 400")
    assert_refused(run, module, {"api_key": tenant.api_key_without_rights}, "HTTP status 403")


@pytest.mark.parametrize(
    "name", ['a" or name eq "b', "a\\", '"', "a&filter=b", "100%", "a+b", "*", "(", "x y", "ü", "🏭"]
)
def test_names_cannot_break_out_of_the_filter(run: Run, tenant: LocalTenant, name: str) -> None:
    tenant.plant_groups([{"name": "a"}, {"name": "b"}, {"name": name}])
    assert names(run("qlik_group_info", name=name)["groups"]) == [name]
