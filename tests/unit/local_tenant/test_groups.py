# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups and group settings (Qlik reference: groups)."""

from __future__ import annotations

import re
from typing import Any

import pytest

EVERYONE = "000000000000000000000001"


def status_of(response: Any) -> int:
    return int(response.status_code)


def test_create_as_published(api: Any, tenant: Any) -> None:
    group = api.made("/groups", {"name": "admin group", "assignedRoles": [{"name": "TenantAdmin"}]})
    assert re.fullmatch(r"[0-9a-f]{24}", group["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", group["createdAt"])
    assert group["tenantId"] == tenant.tenant_id
    assert (group["name"], group["status"], group["providerType"]) == ("admin group", "active", "idp")
    role = {"id": api.role_id("TenantAdmin"), "name": "TenantAdmin", "type": "default", "level": "admin"}
    assert group["assignedRoles"] == [role]
    assert group["createdBy"] == group["updatedBy"] == api.user_id("local|admin")
    assert group["links"]["self"]["href"].endswith(f"/api/v1/groups/{group['id']}")
    assert api.get(f"/groups/{group['id']}").json() == group
    roles = [{"name": "Steward"}, {"name": "DataAdmin"}]
    response = api.patch(f"/groups/{group['id']}", ("replace", "/assignedRoles", roles))
    assert (response.status_code, response.content) == (204, b"")
    changed = api.get(f"/groups/{group['id']}").json()
    assert [role["name"] for role in changed["assignedRoles"]] == ["Steward", "DataAdmin"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 257}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "x", "status": "disabled"}, "/status"),
        ({"name": "x", "providerType": "system"}, "/providerType"),
        ({"name": "x", "description": "idp groups have none"}, "/description"),
        ({"name": "x", "assignedRoles": {}}, "/assignedRoles"),
        ({"name": "x", "assignedRoles": ["TenantAdmin"]}, "/assignedRoles/0"),
        ({"name": "x", "assignedRoles": [{"name": "tenantadmin"}]}, "/assignedRoles/0"),
        ({"name": "x", "assignedRoles": [{"name": "Developer"}]}, "/assignedRoles/0"),
        ({"name": "x", "assignedRoles": [{"name": "UserDefault"}]}, "/assignedRoles/0"),
        ({"name": "x", "assignedRoles": [{"id": "0" * 24}]}, "/assignedRoles/0"),
        ({"name": "x", "assignedRoles": [{"id": "0" * 24, "name": "Steward"}]}, "/assignedRoles"),
        ({"name": "x", "assignedRoles": [{"name": "Steward", "type": "default"}]}, "/assignedRoles/0"),
    ],
)
def test_bodies_that_are_refused(api: Any, tenant: Any, body: Any, pointer: str) -> None:
    response = api.post("/groups", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"] == {"pointer": pointer}
    assert tenant.groups() == []


def test_names(api: Any, tenant: Any) -> None:
    api.made("/groups", {"name": "x" * 256})
    api.made("/groups", {"name": "Sales"})
    api.made("/groups", {"name": "sales"})
    api.made("/groups", {"name": " Sales "})
    api.made("/groups", {"name": "Sales", "providerType": "custom", "description": "d"})
    assert status_of(api.post("/groups", {"name": "Sales"})) == 409
    assert status_of(api.post("/groups", {"name": "Sales", "providerType": "custom"})) == 409
    tenant.guess(group_duplicate_status=400, trim_names=True)
    assert status_of(api.post("/groups", {"name": " sales "})) == 400


def test_a_disabled_group_keeps_its_name(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "old", "status": "disabled"}])
    assert status_of(api.post("/groups", {"name": "old"})) == 409
    tenant.guess(disabled_group_blocks_name=False)
    assert status_of(api.post("/groups", {"name": "old"})) == 201


def test_a_full_tenant(api: Any, tenant: Any) -> None:
    tenant.limits(active_groups=2)
    tenant.plant_groups([{"name": "a"}, {"name": "b", "status": "disabled"}])
    api.made("/groups", {"name": "c"})
    assert status_of(api.post("/groups", {"name": "d"})) == 403
    tenant.guess(full_tenant_status=400)
    assert status_of(api.post("/groups", {"name": "d"})) == 400
    tenant.limits(active_groups=3)
    tenant.guess(disabled_groups_count=True)
    assert status_of(api.post("/groups", {"name": "d"})) == 400
    tenant.guess(disabled_groups_count=False)
    assert status_of(api.post("/groups", {"name": "d"})) == 201


def test_roles_of_a_group_are_limited(api: Any, tenant: Any) -> None:
    tenant.plant_roles([{"name": f"r{number}"} for number in range(101)])
    roles = [{"name": f"r{number}"} for number in range(101)]
    assert status_of(api.post("/groups", {"name": "a", "assignedRoles": roles})) == 400
    group = api.made("/groups", {"name": "a", "assignedRoles": roles[:100]})
    assert len(group["assignedRoles"]) == 100
    tenant.guess(group_roles_status=403)
    assert status_of(api.patch(f"/groups/{group['id']}", ("replace", "/assignedRoles", roles))) == 403


def test_role_guesses(api: Any, tenant: Any) -> None:
    tenant.guess(unknown_role="ignore", mixed_role_references="accept", assign_user_default="accept")
    roles = [{"name": "Nobody"}, {"name": "Steward"}, {"id": api.role_id("UserDefault")}]
    group = api.made("/groups", {"name": "a", "assignedRoles": roles})
    assert [role["name"] for role in group["assignedRoles"]] == ["Steward", "UserDefault"]
    tenant.guess(developer_role="present")
    api.made("/groups", {"name": "b", "assignedRoles": [{"name": "Developer"}]})


def test_a_large_body_is_413(api: Any, tenant: Any) -> None:
    tenant.guess(group_body_limit=100)
    assert status_of(api.post("/groups", {"name": "a" * 200})) == 413


def test_creation_can_need_auto_create(api: Any, tenant: Any) -> None:
    tenant.guess(group_post_without_auto_create="refuse")
    assert status_of(api.post("/groups", {"name": "a"})) == 400
    assert status_of(api.patch("/groups/settings", ("replace", "/autoCreateGroups", True))) == 204
    assert status_of(api.post("/groups", {"name": "a"})) == 201


@pytest.mark.parametrize(
    ("operation", "idp", "custom"),
    [
        (("replace", "/assignedRoles", [{"name": "Steward"}]), 204, 204),
        (("replace", "assignedRoles", []), 204, 204),
        (("replace", "/name", "new"), 400, 204),
        (("replace", "name", "new"), 400, 204),
        (("replace", "/name", ""), 400, 400),
        (("replace", "/name", "x" * 257), 400, 400),
        (("replace", "/name", "taken"), 400, 400),
        (("replace", "/name", 1), 400, 400),
        (("replace", "/description", ""), 400, 204),
        (("replace", "/description", "d"), 400, 204),
        (("replace", "/description", None), 400, 400),
        (("add", "/assignedRoles/-", {"name": "Steward"}), 400, 400),
        (("remove-value", "/assignedRoles", {"name": "Steward"}), 400, 400),
        (("replace", "/assignedRoles", [{"name": "No"}]), 400, 400),
        (("replace", "/assignedRoles", "Steward"), 400, 400),
        (("replace", "/status", "disabled"), 400, 400),
        (("replace", "/providerType", "custom"), 400, 400),
        (("replace", "//name", "x"), 400, 400),
    ],
)
def test_patch(api: Any, tenant: Any, operation: Any, idp: int, custom: int) -> None:
    planted = [{"name": "g"}, {"name": "g", "providerType": "custom"}, {"name": "taken", "providerType": "custom"}]
    ids = tenant.plant_groups(planted)
    assert status_of(api.patch(f"/groups/{ids[0]}", operation)) == idp
    assert status_of(api.patch(f"/groups/{ids[1]}", operation)) == custom


def test_patch_guesses(api: Any, tenant: Any) -> None:
    group, _taken = tenant.plant_groups([{"name": name, "providerType": "custom"} for name in ("g", "taken")])
    for style, path, refused in (("slash", "/name", "name"), ("bare", "name", "/name")):
        tenant.guess(group_patch_path=style)
        assert status_of(api.patch(f"/groups/{group}", ("replace", path, style))) == 204
        assert status_of(api.patch(f"/groups/{group}", ("replace", refused, style))) == 400
    tenant.guess(group_rename_taken_status=409)
    assert status_of(api.patch(f"/groups/{group}", ("replace", "name", "taken"))) == 409


@pytest.mark.parametrize(("atomic", "name"), [(True, "g"), (False, "new")])
def test_atomicity(api: Any, tenant: Any, atomic: bool, name: str) -> None:
    tenant.guess(patch_atomic=atomic)
    (group,) = tenant.plant_groups([{"name": "g", "providerType": "custom"}])
    assert status_of(api.patch(f"/groups/{group}", ("replace", "/name", "new"), ("replace", "/no", ""))) == 400
    assert tenant.groups()[0]["name"] == name


def test_delete(api: Any, tenant: Any) -> None:
    idp, custom = tenant.plant_groups([{"name": "i"}, {"name": "c", "providerType": "custom"}])
    (user,) = tenant.plant_users([{"subject": "s", "assignedGroups": [idp, custom]}])
    for status in (400, 403, 409):
        tenant.guess(group_members_status=status)
        assert status_of(api.delete(f"/groups/{custom}")) == status
    assert status_of(api.patch(f"/users/{user}", ("remove-value", "/assignedGroups", custom))) == 204
    response = api.delete(f"/groups/{custom}")
    assert (response.status_code, response.content) == (204, b"")
    assert status_of(api.delete(f"/groups/{custom}")) == 404
    assert status_of(api.delete(f"/groups/{idp}")) == 204
    assert api.get(f"/users/{user}").json()["assignedGroups"] == []
    assert status_of(api.delete(f"/groups/{EVERYONE}")) == 400


def test_settings(api: Any, tenant: Any) -> None:
    settings = api.get("/groups/settings").json()
    assert settings.keys() == {"tenantId", "autoCreateGroups", "syncIdpGroups", "systemGroups", "links"}
    everyone = settings["systemGroups"][EVERYONE]
    assert (everyone["id"], everyone["name"], everyone["enabled"]) == (EVERYONE, "com.qlik.Everyone", True)
    roles_path = f"/systemGroups/{EVERYONE}/assignedRoles"
    operations = [
        ("replace", "/autoCreateGroups", True),
        ("replace", "/syncIdpGroups", True),
        ("replace", roles_path, [{"name": "Steward"}]),
    ]
    response = api.patch("/groups/settings", *operations)
    assert (response.status_code, response.content) == (204, b"")
    settings = api.get("/groups/settings").json()
    assert settings["autoCreateGroups"] is settings["syncIdpGroups"] is True
    assert settings["systemGroups"][EVERYONE]["assignedRoles"][0]["name"] == "Steward"
    for bad in (
        ("replace", "/autoCreateGroups", "true"),
        ("replace", "/enabled", True),
        ("replace", "autoCreateGroups", True),
        ("add", "/autoCreateGroups", True),
        ("replace", f"/systemGroups/{'0' * 24}/assignedRoles", []),
        ("replace", roles_path, [{"name": "No"}]),
    ):
        assert status_of(api.patch("/groups/settings", ("replace", roles_path, []), bad)) == 400
    assert len(api.get("/groups/settings").json()["systemGroups"][EVERYONE]["assignedRoles"]) == 1
    tenant.guess(omit_sync_idp_groups=True)
    assert "syncIdpGroups" not in api.get("/groups/settings").json()


def test_everyone_as_a_group(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "a"}])
    assert [group["name"] for group in api.listed("/groups")] == ["a"]
    listed = api.get("/groups?systemGroups=true").json()["data"]
    assert [(group["id"], group["name"]) for group in listed] == [(EVERYONE, "com.qlik.Everyone")]
    assert status_of(api.get("/groups?systemGroups=true&limit=1")) == 400
    assert status_of(api.get("/groups?systemGroups=maybe")) == 400
    assert status_of(api.get("/groups?systemGroups=false&limit=1")) == 200
    path = f"/groups/{EVERYONE}"
    assert status_of(api.patch(path, ("replace", "/assignedRoles", [{"name": "Steward"}]))) == 204
    assert api.get(path).json()["assignedRoles"][0]["name"] == "Steward"
    assert status_of(api.patch(path, ("replace", "/name", "x"))) == 400
    settings = api.get("/groups/settings").json()["systemGroups"][EVERYONE]
    assert settings["assignedRoles"][0]["name"] == "Steward"


def test_answer_guesses(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "i"}, {"name": "c", "providerType": "custom"}])
    assert all("providerType" in group for group in api.listed("/groups"))
    assert [group["name"] for group in api.listed("/groups") if "idpId" in group] == ["i"]
    tenant.guess(omit_provider_type=True, extra_fields=False)
    groups = {group["name"]: group for group in api.listed("/groups")}
    assert "providerType" not in groups["i"]
    assert groups["c"]["providerType"] == "custom"
    assert "idpId" not in groups["i"]
