# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles and the tenant's own record (Qlik reference: roles, tenants)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from local_tenant.client import LocalTenant

ADMIN = {"TenantAdmin", "AnalyticsAdmin", "AuditAdmin", "DataAdmin"}
FLAGS = {
    "autoAssignCreateSharedSpacesRoleToProfessionals": True,
    "autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals": True,
    "autoAssignDataServicesContributorRoleToProfessionals": True,
    "enableAnalyticCreation": False,
    "enableAppOpeningFeedback": False,
}


def status_of(response: Any) -> int:
    return int(response.status_code)


def test_default_roles(api: Any, tenant: Any) -> None:
    roles = {role["name"]: role for role in api.listed("/roles")}
    assert len(roles) == 17
    assert {name for name, role in roles.items() if role["level"] == "admin"} == ADMIN
    assert "UserDefault" in roles
    assert "Developer" not in roles
    for role in roles.values():
        assert re.fullmatch(r"[0-9a-f]{24}", role["id"])
        assert (role["type"], role["tenantId"], role["canDelete"]) == ("default", "", False)
        assert "status" not in role
    assert api.get(f"/roles/{roles['Steward']['id']}").json() == roles["Steward"]
    tenant.guess(developer_role="present", default_role_tenant_id="tenant")
    roles = {role["name"]: role for role in api.listed("/roles")}
    assert roles["Developer"]["tenantId"] == tenant.tenant_id
    tenant.guess(developer_role="absent")
    assert "Developer" not in [role["name"] for role in api.listed("/roles")]


def test_a_patch_that_ends_where_it_began(api: Any, tenant: Any) -> None:
    role = api.made("/roles", {"name": "Mine"})
    api.made("/roles", {"name": "Other"})
    path = f"/roles/{role['id']}"
    there, back = ("replace", "/name", "Yours"), ("replace", "/name", "Mine")
    assert status_of(api.patch(path, there, back)) == 204
    assert status_of(api.patch(path, there, ("replace", "/name", "Other"))) == 400
    assert api.get(path).json()["name"] == "Mine"
    group = api.made("/groups", {"name": "Mine", "providerType": "custom"})
    assert status_of(api.patch(f"/groups/{group['id']}", there, back)) == 204
    alias, other = (f"{label}.us.qlikcloud.com" for label in ("mine", "yours"))
    operations = [("replace", "/hostnames/1", host) for host in (alias, other, alias)]
    assert status_of(api.patch(f"/tenants/{tenant.tenant_id}", operations[0])) == 204
    assert status_of(api.patch(f"/tenants/{tenant.tenant_id}", *operations)) == 204


def test_custom_roles(api: Any, tenant: Any) -> None:
    body = {"name": "My role", "description": "d", "assignedScopes": ["api-keys", "admin.users:read"]}
    role = api.made("/roles", body)
    assert (role["type"], role["level"], role["tenantId"]) == ("custom", "user", tenant.tenant_id)
    assert {name: role[name] for name in body} == body
    assert role["createdBy"] == api.user_id("local|admin")
    assert status_of(api.post("/roles", body)) == 400
    assert status_of(api.post("/roles", {"name": "my role"})) == 201
    assert status_of(api.post("/roles", {"name": "Steward"})) == 400
    tenant.guess(role_duplicate_status=409)
    assert status_of(api.post("/roles", body)) == 409
    for bad in (
        {"name": ""},
        {"name": "x", "assignedScopes": "api-keys"},
        {"name": "x", "assignedScopes": ["no scope"]},
        {"name": "x", "level": "admin"},
    ):
        assert status_of(api.post("/roles", bad)) == 400


@pytest.mark.parametrize(
    ("operation", "custom", "user_default", "default"),
    [
        (("replace", "/name", "new"), 204, 403, 403),
        (("replace", "/name", ""), 400, 403, 403),
        (("replace", "/name", "Steward"), 400, 403, 403),
        (("replace", "/description", "d"), 204, 403, 403),
        (("replace", "/assignedScopes", ["api-keys"]), 204, 204, 403),
        (("replace", "/assignedScopes", "api-keys"), 400, 400, 403),
        (("add", "/assignedScopes/-", "api-keys"), 204, 204, 403),
        (("add", "/assignedScopes", "api-keys"), 400, 400, 403),
        (("remove-value", "/assignedScopes", "api-keys"), 204, 204, 403),
        (("remove-value", "/assignedScopes", ["api-keys"]), 204, 204, 403),
        (("replace", "/level", "admin"), 400, 403, 403),
        (("replace", "name", "new"), 400, 403, 403),
    ],
)
def test_patch(api: Any, tenant: Any, operation: Any, custom: int, user_default: int, default: int) -> None:
    tenant.plant_roles([{"name": "r"}])
    for name, status in (("r", custom), ("UserDefault", user_default), ("AuditAdmin", default)):
        assert status_of(api.patch(f"/roles/{api.role_id(name)}", operation)) == status


def test_scopes_change(api: Any, tenant: Any) -> None:
    path = f"/roles/{tenant.plant_roles([{'name': 'r', 'assignedScopes': ['a', 'b']}])[0]}"
    for operation, scopes in (
        (("add", "/assignedScopes/-", "c"), ["a", "b", "c"]),
        (("add", "/assignedScopes/-", "c"), ["a", "b", "c"]),
        (("remove-value", "/assignedScopes", "a"), ["b", "c"]),
        (("replace", "/assignedScopes", ["z"]), ["z"]),
    ):
        response = api.patch(path, operation)
        assert (response.status_code, response.content) == (204, b"")
        assert api.get(path).json()["assignedScopes"] == scopes


@pytest.mark.parametrize("holder", ["group", "user", "everyone"])
def test_an_assigned_role_cannot_be_deleted(api: Any, tenant: Any, holder: str) -> None:
    path = f"/roles/{tenant.plant_roles([{'name': 'r'}])[0]}"
    if holder == "group":
        tenant.plant_groups([{"name": "g", "assignedRoles": ["r"]}])
    elif holder == "user":
        tenant.plant_users([{"subject": "s", "assignedRoles": ["r"]}])
    else:
        tenant.set_tenant(settings={"everyone_roles": ["r"]})
    assert status_of(api.delete(path)) == 403
    tenant.plant_groups([{"name": "g", "assignedRoles": []}])
    tenant.plant_users([{"subject": "s", "assignedRoles": []}])
    tenant.set_tenant(settings={"everyone_roles": []})
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert status_of(api.delete(path)) == 404
    tenant.guess(role_missing_delete_status=400)
    assert status_of(api.delete(path)) == 400


def test_default_roles_cannot_be_deleted(api: Any, tenant: Any) -> None:
    for name in ("Steward", "UserDefault"):
        assert status_of(api.delete(f"/roles/{api.role_id(name)}")) == 403
    tenant.guess(default_role_status=400)
    assert status_of(api.delete(f"/roles/{api.role_id('Steward')}")) == 400
    assert status_of(api.patch(f"/roles/{api.role_id('Steward')}", ("replace", "/name", "x"))) == 400


def test_custom_roles_are_limited(api: Any, tenant: Any) -> None:
    tenant.limits(custom_roles=1)
    api.made("/roles", {"name": "a"})
    assert status_of(api.post("/roles", {"name": "b"})) == 403
    tenant.guess(full_roles_status=400)
    assert status_of(api.post("/roles", {"name": "b"})) == 400


def test_a_hidden_role_is_not_there(api: Any, tenant: Any) -> None:
    tenant.plant_roles([{"name": "Steward", "hidden": True}])
    assert "Steward" not in [role["name"] for role in api.listed("/roles")]
    assert status_of(api.get(f"/roles/{api.role_id('Steward')}")) == 404
    assert status_of(api.post("/groups", {"name": "a", "assignedRoles": [{"name": "Steward"}]})) == 400


def test_a_renamed_role_shows_everywhere(api: Any, tenant: Any) -> None:
    tenant.plant_roles([{"name": "old"}])
    tenant.plant_groups([{"name": "g", "assignedRoles": ["old"]}])
    assert api.names("/groups", 'assignedRoles.name eq "old"') == ["g"]
    api.patch(f"/roles/{api.role_id('old')}", ("replace", "/name", "new"))
    assert api.names("/groups", 'assignedRoles.name eq "old"') == []
    assert api.names("/groups", 'assignedRoles.name eq "NEW"') == ["g"]


def test_tenant(api: Any, tenant: Any) -> None:
    tenant.set_tenant(alias="your-tenant-alias.us.qlikcloud.com")
    record = api.get(f"/tenants/{tenant.tenant_id}").json()
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", record["id"])
    assert record["status"] == "active"
    assert re.fullmatch(r"[a-z0-9]{15}", record["name"])
    assert record["hostnames"] == [f"{record['name']}.us.qlikcloud.com", "your-tenant-alias.us.qlikcloud.com"]
    assert {name: record[name] for name in FLAGS} == FLAGS
    assert record["datacenter"] == "us-east-1"
    assert {"createdByUser", "created", "lastUpdated"} <= record.keys()
    link = f"http://your-tenant-alias.us.qlikcloud.com/api/v1/tenants/{tenant.tenant_id}"
    assert record["links"]["self"]["href"] == link
    response = api.patch(f"/tenants/{tenant.tenant_id}", ("replace", "/name", "Acme"))
    assert (response.status_code, response.content) == (204, b"")
    assert api.get(f"/tenants/{tenant.tenant_id}").json()["name"] == "Acme"


def test_tenant_me(api: Any, tenant: Any) -> None:
    response = api.get("/tenants/me")
    assert response.status_code == 302
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.headers["Location"] == f"{tenant.url}/api/v1/tenants/{tenant.tenant_id}"
    tenant.set_tenant(alias="acme.us.qlikcloud.com")
    location = api.get("/tenants/me").headers["Location"]
    assert location == f"https://acme.us.qlikcloud.com/api/v1/tenants/{tenant.tenant_id}"
    for guess, start in (
        ("relative", "/api"),
        ("foreign", "https://other."),
        ("system", "https://"),
        ("called", "http:"),
    ):
        tenant.guess(tenant_me_location=guess)
        assert api.get("/tenants/me").headers["Location"].startswith(start)


@pytest.mark.parametrize("flag", FLAGS)
def test_tenant_booleans(api: Any, tenant: Any, flag: str) -> None:
    path = f"/tenants/{tenant.tenant_id}"
    assert status_of(api.patch(path, ("replace", f"/{flag}", not FLAGS[flag]))) == 204
    assert api.get(path).json()[flag] is not FLAGS[flag]
    assert status_of(api.patch(path, ("replace", f"/{flag}", "true"))) == 400
    tenant.guess(omit_tenant_booleans="unset")
    assert FLAGS.keys() & api.get(path).json().keys() == {flag}
    tenant.guess(omit_tenant_booleans="newer")
    assert len(FLAGS.keys() & api.get(path).json().keys()) == 3
    tenant.guess(omit_tenant_booleans="all")
    assert not FLAGS.keys() & api.get(path).json().keys()


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (("replace", "/hostnames/1", "acme-abc.us.qlikcloud.com"), 204),
        (("replace", "/hostnames/1", "ACME.US.qlikcloud.com"), 204),
        (("replace", "/hostnames/1", "a" * 63 + ".us.qlikcloud.com"), 204),
        (("replace", "/hostnames/1", "a" * 64 + ".us.qlikcloud.com"), 400),
        (("replace", "/hostnames/1", "ab.us.qlikcloud.com"), 400),
        (("replace", "/hostnames/1", "-ab.us.qlikcloud.com"), 400),
        (("replace", "/hostnames/1", "a_b.us.qlikcloud.com"), 400),
        (("replace", "/hostnames/1", "acme.eu.qlikcloud.com"), 400),
        (("replace", "/hostnames/1", "acme.example.com"), 400),
        (("replace", "/hostnames/1", "acme"), 400),
        (("replace", "/hostnames/1", 1), 400),
        (("replace", "/hostnames/1", "taken.us.qlikcloud.com"), 400),
        (("replace", "/hostnames/0", "acme.us.qlikcloud.com"), 400),
        (("replace", "/hostnames", ["acme.us.qlikcloud.com"]), 400),
        (("add", "/hostnames/1", "acme.us.qlikcloud.com"), 400),
        (("replace", "/name", ""), 400),
        (("replace", "/name", 1), 400),
        (("replace", "/status", "disabled"), 400),
        (("replace", "name", "x"), 400),
    ],
)
def test_tenant_patch(api: Any, tenant: Any, operation: Any, status: int) -> None:
    tenant.set_tenant(taken_aliases=["taken.us.qlikcloud.com"])
    path = f"/tenants/{tenant.tenant_id}"
    assert status_of(api.patch(path, operation)) == status
    if status == 204:
        assert api.get(path).json()["hostnames"][1] == operation[2].lower()
        assert status_of(api.patch(path, ("replace", "/hostnames/1", "again.us.qlikcloud.com"))) == 204
        assert len(api.get(path).json()["hostnames"]) == 2


def test_alias_guesses(api: Any, tenant: Any) -> None:
    tenant.set_tenant(taken_aliases=["Taken.us.qlikcloud.com"])
    path = f"/tenants/{tenant.tenant_id}"
    operation = ("replace", "/hostnames/1", "taken.us.qlikcloud.com")
    error = api.patch(path, operation).json()["errors"][0]
    assert (error["code"], error["source"]) == ("TENANTS-10", {"pointer": "/hostnames/1"})
    tenant.guess(alias_taken_status=409)
    assert status_of(api.patch(path, operation)) == 409
    for status in (400, 403):
        tenant.guess(alias_change=str(status))
        assert status_of(api.patch(path, ("replace", "/hostnames/1", "free.us.qlikcloud.com"))) == status


def test_several_tenants_share_host_names_and_nothing_else() -> None:
    with LocalTenant(tenants=2) as running:
        first, second = running.tenants
        assert first.tenant_id != second.tenant_id
        assert first.api_key != second.api_key
        roles = [{role["id"] for role in tenant.roles()} for tenant in running.tenants]
        assert not roles[0] & roles[1]
        first.plant_groups([{"name": "a"}])
        assert second.groups() == []
        second.set_tenant(alias="held.us.qlikcloud.com")
        first.control("PUT", "tenant", {"alias": "mine.us.qlikcloud.com"})
        assert second.state()["tenant"]["hostnames"][1] == "held.us.qlikcloud.com"
