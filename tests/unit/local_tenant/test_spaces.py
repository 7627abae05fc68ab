# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spaces and what they hold (Qlik reference: spaces, items)."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

NOBODY = "0" * 24
SHARED = ["facilitator", "producer", "codeveloper", "consumer", "dataconsumer"]
MANAGED = ["facilitator", "consumer", "dataconsumer", "publisher", "contributor", "basicconsumer", "operator"]
DATA = ["facilitator", "producer", "consumer", "dataconsumer", "publisher", "operator", "datapreview"]
ANALYTICS = ["AnalyticsAdmin"]


def space(name: Any = "Finance", **fields: Any) -> dict[str, Any]:
    return {"name": name, "type": "shared", **fields}


def names(api: Any, **query: str) -> list[str]:
    return [item["name"] for item in api.listed("/spaces", **query)]


def test_a_space_as_it_is_created_and_read(api: Any, tenant: Any) -> None:
    made = api.made("/spaces", space(description="Money"))
    assert re.fullmatch(r"[0-9a-f]{24}", made["id"])
    assert made == {
        "id": made["id"],
        "name": "Finance",
        "type": "shared",
        "description": "Money",
        "ownerId": api.user_id("local|admin"),
        "tenantId": tenant.tenant_id,
        "createdBy": api.user_id("local|admin"),
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
        "meta": {
            "actions": ["change_owner", "create", "read", "update", "delete"],
            "roles": SHARED,
            "assignableRoles": SHARED,
        },
        "links": {
            "self": {"href": f"{tenant.url}/api/v1/spaces/{made['id']}"},
            "assignments": {"href": f"{tenant.url}/api/v1/spaces/{made['id']}/assignments"},
        },
    }
    assert api.get(f"/spaces/{made['id']}").json() == made
    assert api.listed("/spaces") == [made]
    assert api.listed(f"/spaces/{made['id']}/assignments") == []


def test_actions_that_older_clients_do_not_know(api: Any, tenant: Any) -> None:
    tenant.guess(newer_space_actions=False)
    made = api.made("/spaces", space())
    assert made["meta"]["actions"] == ["create", "read", "update", "delete"]
    plain = api.user_id("local|plain")
    assert api.patch(f"/spaces/{made['id']}", ("replace", "/ownerId", plain)).json()["ownerId"] == plain


def test_roles_by_type(api: Any, tenant: Any) -> None:
    for kind, roles in (("shared", SHARED), ("managed", MANAGED), ("data", DATA)):
        meta = api.made("/spaces", space(kind, type=kind))["meta"]
        assert meta["assignableRoles"] == roles
        assert ("publish" in meta["actions"]) is (kind != "shared")
    tenant.guess(operator_in_managed_spaces=False, codeveloper_in_shared_spaces=False)
    shown = {item["type"]: item["meta"]["assignableRoles"] for item in api.listed("/spaces")}
    assert "codeveloper" not in shown["shared"]
    assert "operator" not in shown["managed"]
    assert shown["data"] == DATA


@pytest.mark.parametrize(
    ("guess", "shown"), [("set", [None, "", "x"]), ("filled", [None, None, "x"]), ("always", ["", "", "x"])]
)
def test_which_answers_carry_a_description(api: Any, tenant: Any, guess: str, shown: list[str | None]) -> None:
    tenant.guess(space_description=guess)
    bodies = [space("a"), space("b", description=""), space("c", description="x")]
    assert [api.made("/spaces", body).get("description") for body in bodies] == shown


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": "shared"}, "/name"),
        ({"name": "a"}, "/type"),
        (space(type="personal"), "/type"),
        (space(type=["shared"]), "/type"),
        (space(""), "/name"),
        (space(7), "/name"),
        (space("x" * 257), "/name"),
        *((space(f"a{character}b"), "/name") for character in '"*?<>/|\\:'),
        (space(description=None), "/description"),
        (space(ownerId="x"), "/ownerId"),
        (space(environmentId="x"), "/environmentId"),
    ],
)
def test_bodies_that_are_refused(api: Any, body: Any, pointer: str) -> None:
    response = api.post("/spaces", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["meta"]["source"] == {"pointer": pointer}
    assert api.listed("/spaces") == []


def test_a_name_may_be_long_and_have_any_other_character(api: Any) -> None:
    for name in ("x" * 256, " a ", "Finanzen 'ä' & +%#\N{HEDGEHOG}"):
        assert api.made("/spaces", space(name))["name"] == name


def test_names_are_unique_over_all_types(api: Any, tenant: Any) -> None:
    api.made("/spaces", space())
    response = api.post("/spaces", space(type="managed"))
    assert (response.status_code, response.json()["code"]) == (409, "SpaceConflict")
    other = api.made("/spaces", space("FINANCE"))
    for status in (409, 400):
        tenant.guess(space_rename_taken_status=status)
        assert api.patch(f"/spaces/{other['id']}", ("replace", "/name", "Finance")).status_code == status
    tenant.guess(space_name_case="insensitive")
    assert api.post("/spaces", space("finance")).status_code == 409
    tenant.guess(trim_names=True)
    assert api.made("/spaces", space(" Sales "))["name"] == "Sales"
    assert api.post("/spaces", space("  ")).status_code == 400


def test_types_of_the_tenant(api: Any, tenant: Any) -> None:
    assert api.get("/spaces/types").json() == {"data": ["data", "managed", "shared"]}
    tenant.set_tenant(space_types=["shared"])
    assert api.get("/spaces/types").json() == {"data": ["shared"]}
    for status in (403, 400):
        tenant.guess(space_type_missing_status=status)
        assert api.post("/spaces", space(type="managed")).status_code == status


def test_pages_have_ten(api: Any, tenant: Any) -> None:
    tenant.plant_spaces([{"name": f"Space {number:02}"} for number in range(23)])
    first = api.get("/spaces").json()
    assert len(first["data"]) == 10
    assert first["meta"]["count"] == 23
    assert first["meta"]["personalSpace"]["actions"] == ["create"]
    assert "totalResults" not in first
    assert names(api) == [f"Space {number:02}" for number in range(23)]
    assert names(api, limit="5", sort="-name") == [f"Space {number:02}" for number in reversed(range(23))]
    assert len(api.get("/spaces?limit=100").json()["data"]) == 23
    for query in ("limit=101", "limit=0", "limit=x", "next=made-up", "sort=ownerId", "totalResults=true"):
        assert api.get(f"/spaces?{query}").status_code == 400
    tenant.guess(spaces_limit_above_100="cap")
    assert len(api.get("/spaces?limit=500").json()["data"]) == 23
    assert api.get("/spaces?limit=0").status_code == 400


def test_orders(api: Any, tenant: Any) -> None:
    for name, kind in (("b", "shared"), ("C", "data"), ("a", "managed")):
        api.made("/spaces", space(name, type=kind))
        # Times are shown in milliseconds.
        time.sleep(0.002)
    assert names(api) == ["a", "b", "C"]
    assert names(api, sort="+type") == ["C", "a", "b"]
    assert names(api, sort="-createdAt")[0] == "a"
    tenant.guess(spaces_order="createdAt")
    assert names(api)[0] == "b"


def test_searches(api: Any, tenant: Any) -> None:
    tenant.plant_users([{"subject": "ada"}])
    tenant.plant_spaces(
        [
            {"name": "Finance"},
            {"name": "Griffin", "type": "managed", "owner": "ada"},
            {"name": "Sales", "type": "data", "members": [{"user": "local|admin", "roles": ["operator"]}]},
        ]
    )
    assert names(api, name="FIN") == ["Finance", "Griffin"]
    assert names(api, name="x") == []
    assert names(api, type="managed,data") == ["Griffin", "Sales"]
    assert names(api, ownerId=api.user_id("ada")) == ["Griffin"]
    assert names(api, roles="codeveloper,basicconsumer") == ["Finance"]
    assert names(api, action="publish", name="fin") == ["Griffin"]
    assert names(api, **{"environment.name": ""}) == names(api)
    assert names(api, environmentId="x") == []
    for query in ("type=personal", "type=", "roles=owner", "action=read", 'filter=name eq "Finance"'):
        assert api.get(f"/spaces?{query}").status_code == 400


def test_a_change_is_answered_with_the_space(api: Any, tenant: Any) -> None:
    (ada,) = tenant.plant_users([{"subject": "ada"}])
    path = f"/spaces/{api.made('/spaces', space())['id']}"
    response = api.patch(
        path, ("replace", "/name", "Money"), ("replace", "/description", "x"), ("replace", "/ownerId", ada)
    )
    assert response.status_code == 200
    changed = response.json()
    assert (changed["name"], changed["description"], changed["ownerId"]) == ("Money", "x", ada)
    assert changed["meta"]["roles"] == []
    assert api.get(path).json() == changed
    assert api.patch(path, ("replace", "/description", "")).json()["description"] == ""


@pytest.mark.parametrize(
    "operation",
    [
        ("replace", "/type", "managed"),
        ("replace", "name", "x"),
        ("replace", "", "x"),
        ("add", "/name", "x"),
        ("remove", "/description", ""),
        ("replace", "/name", "a:b"),
        ("replace", "/name", None),
        ("replace", "/description", None),
        ("replace", "/ownerId", 1),
        ("replace", "/ownerId", NOBODY),
    ],
)
def test_patches_that_are_refused(api: Any, operation: Any) -> None:
    made = api.made("/spaces", space())
    path = f"/spaces/{made['id']}"
    assert api.patch(path, ("replace", "/name", "Other"), operation).status_code == 400
    assert api.get(path).json() == made


def test_a_deleted_user_cannot_become_the_owner(api: Any, tenant: Any) -> None:
    (gone,) = tenant.plant_users([{"subject": "gone", "status": "deleted"}])
    path = f"/spaces/{api.made('/spaces', space())['id']}"
    for status in (400, 404):
        tenant.guess(space_unknown_owner_status=status)
        assert api.patch(path, ("replace", "/ownerId", gone)).status_code == status


def test_put(api: Any, tenant: Any) -> None:
    path = f"/spaces/{api.made('/spaces', space(description='x'))['id']}"
    assert api.put(path, {"name": "Money"}).json()["description"] == "x"
    tenant.guess(space_put_omitted="cleared")
    changed = api.put(path, {"name": "Sales"})
    assert (changed.status_code, changed.json()["name"], changed.json()["description"]) == (200, "Sales", "")
    assert api.put(path, {"type": "managed"}).status_code == 400
    assert api.put(path, []).status_code == 400


def test_only_an_empty_space_is_deleted(api: Any, tenant: Any) -> None:
    made = api.made("/spaces", space())
    path = f"/spaces/{made['id']}"
    api.made(f"{path}/assignments", {"type": "user", "assigneeId": api.user_id("local|plain"), "roles": ["consumer"]})
    listed, unlisted = tenant.plant_items([{"space": "Finance", "name": "App"}, {"space": "Finance", "listed": False}])
    assert api.delete(path).status_code == 412
    tenant.remove_items([listed])
    assert api.listed("/items", spaceId=made["id"]) == []
    assert api.delete(path).status_code == 412, "what the catalog does not know is there all the same"
    tenant.remove_items([unlisted])
    assert api.delete(path).status_code == 204
    assert tenant.state()["assignments"] == []
    for method in ("GET", "DELETE"):
        assert api.call(method, path).status_code == 404


def test_content_may_be_orphaned(api: Any, tenant: Any) -> None:
    path = f"/spaces/{api.made('/spaces', space())['id']}"
    tenant.plant_items([{"space": "Finance"}])
    tenant.guess(space_delete_with_content="allowed")
    assert api.delete(path).status_code == 204
    assert len(api.listed("/items")) == 1


def test_what_a_space_holds(api: Any, tenant: Any) -> None:
    finance, sales = tenant.plant_spaces([{"name": "Finance", "owner": "local|plain"}, {"name": "Sales"}])
    kinds = [{"resourceType": "app"}, {"resourceType": "dataset", "name": "Figures"}]
    tenant.plant_items([*({"space": "Finance", **kind} for kind in kinds), {"space": "Sales"}])
    found = api.listed("/items", spaceId=finance, limit="1")
    assert [item["resourceType"] for item in found] == ["app", "dataset"]
    assert len(api.listed("/items")) == 3
    assert len(api.listed("/items", resourceType="dataset,note")) == 1
    assert len(api.listed("/items", name="FIG")) == 1
    assert [item["spaceId"] for item in api.get("/items", key=tenant.api_key_without_rights).json()["data"]] == [
        finance,
        finance,
    ]
    assert len(api.listed("/items", ownerId=api.user_id("local|plain"))) == 2
    assert all("actions" not in item for item in api.listed("/items", noActions="true"))
    metas = [item["meta"].keys() for item in api.listed("/items", sort="-name")]
    assert metas == [{"actions", "collections", "isFavorited", "tags"}] * 3
    assert api.get("/items?surprise=1").status_code == 400
    tenant.guess(admin_sees_items=False)
    assert api.listed("/items", spaceId=finance) == [], "an administrator who is no member"
    assert [item["spaceId"] for item in api.listed("/items")] == [sales]


def test_who_sees_which_spaces(api: Any, tenant: Any) -> None:
    key = tenant.api_key_without_rights
    tenant.plant_groups([{"name": "g"}])
    tenant.plant_users([{"subject": "local|plain", "assignedGroups": ["g"]}])
    tenant.plant_spaces(
        [
            {"name": "own", "owner": "local|plain"},
            {"name": "by group", "members": [{"group": "g", "roles": ["consumer"]}]},
            {"name": "by user", "members": [{"user": "local|plain", "roles": ["producer", "consumer"]}]},
            {"name": "by Everyone", "members": [{"group": "com.qlik.Everyone", "roles": ["consumer"]}]},
            {"name": "not", "owner": "local|blind", "members": [{"user": "local|blind", "roles": ["facilitator"]}]},
        ]
    )
    listed = {item["name"]: item for item in api.get("/spaces", key=key).json()["data"]}
    assert listed.keys() == {"own", "by group", "by user", "by Everyone"}
    assert listed["by user"]["meta"]["roles"] == ["producer", "consumer"]
    assert listed["by user"]["meta"]["actions"] == ["create", "read"]
    assert listed["own"]["meta"]["actions"] == ["create", "read", "update", "delete"]
    ids = {item["name"]: item["id"] for item in tenant.spaces()}
    assert api.get(f"/spaces/{ids['not']}", key=key).status_code == 404
    assert api.get(f"/spaces/{ids['not']}/assignments", key=key).status_code == 404
    assert api.get(f"/spaces/{ids['by group']}/assignments", key=key).status_code == 200
    everything = api.get(f"/spaces/{ids['not']}").json()
    assert everything["meta"]["roles"] == [], "an administrator who is no member"
    tenant.plant_users([{"subject": "local|plain", "assignedRoles": ANALYTICS}])
    assert len(api.get("/spaces", key=key).json()["data"]) == 5


def test_who_may_do_what(api: Any, tenant: Any) -> None:
    key = tenant.api_key_without_rights
    tenant.plant_spaces(
        [
            {"name": "viewed", "members": [{"user": "local|plain", "roles": ["consumer"]}]},
            {"name": "managed", "members": [{"user": "local|plain", "roles": ["facilitator"]}]},
            {"name": "own", "owner": "local|plain"},
        ]
    )
    ids = {item["name"]: item["id"] for item in tenant.spaces()}
    blind = {"type": "user", "assigneeId": api.user_id("local|blind"), "roles": ["consumer"]}

    def statuses(name: str) -> list[int]:
        path = f"/spaces/{ids[name]}"
        return [
            api.patch(path, ("replace", "/description", "x"), key=key).status_code,
            api.patch(path, ("replace", "/ownerId", blind["assigneeId"]), key=key).status_code,
            api.post(f"{path}/assignments", blind, key=key).status_code,
            api.delete(path, key=key).status_code,
        ]

    assert statuses("viewed") == [403, 403, 403, 403]
    tenant.guess(facilitator_deletes_space=False)
    assert statuses("managed") == [200, 403, 201, 403]
    assert statuses("own") == [200, 403, 201, 204]
    tenant.guess(facilitator_deletes_space=True)
    assert api.delete(f"/spaces/{ids['managed']}", key=key).status_code == 204


@pytest.mark.parametrize(
    ("role", "types"),
    [
        (None, set()),
        ("SharedSpaceCreator", {"shared"}),
        ("ManagedSpaceCreator", {"managed"}),
        ("DataSpaceCreator", {"data"}),
        ("DataAdmin", {"data"}),
        ("AnalyticsAdmin", {"shared", "managed"}),
        ("TenantAdmin", {"shared", "managed", "data"}),
    ],
)
def test_who_may_create_which_spaces(api: Any, tenant: Any, role: str | None, types: set[str]) -> None:
    tenant.plant_users([{"subject": "local|plain", "assignedRoles": [role] if role else []}])
    key = tenant.api_key_without_rights
    answers = {kind: api.post("/spaces", space(kind, type=kind), key=key) for kind in ("shared", "managed", "data")}
    assert {kind for kind, response in answers.items() if response.status_code == 201} == types
    assert {response.status_code for response in answers.values()} <= {201, 403}
    for response in answers.values():
        if response.status_code == 201:
            assert response.json()["ownerId"] == api.user_id("local|plain")


@pytest.mark.parametrize(
    ("scope", "listed", "created"),
    [
        ("admin_classic", 1, 201),
        ("admin.spaces", 1, 201),
        ("admin.spaces:read", 1, 403),
        ("admin.users", 0, 403),
        ("user_default", 0, 403),
    ],
)
def test_scopes(api: Any, tenant: Any, scope: str, listed: int, created: int) -> None:
    tenant.plant_spaces([{"name": "Finance"}])
    client = {"client_id": tenant.client_id, "client_secret": tenant.client_secret, "scope": scope}
    token = api.post("/oauth/token", {"grant_type": "client_credentials", **client}, key="").json()["access_token"]
    assert len(api.get("/spaces", key=token).json()["data"]) == listed
    assert api.post("/spaces", space("Sales"), key=token).status_code == created


def test_errors_have_the_shape_of_the_service(api: Any, tenant: Any) -> None:
    response = api.post("/spaces", space("a:b")).json()
    source = {"pointer": "/name"}
    (error,) = response["errors"]
    assert error.keys() == {"code", "title", "detail", "meta"}
    assert response == {"errors": [error], "traceId": response["traceId"], **error, "source": source}
    assert error["meta"] == {"source": source}
    assert api.get("/spaces?limit=x").json()["errors"][0]["meta"] == {"source": {"parameter": "limit"}}
    missing = api.get(f"/spaces/{NOBODY}")
    assert (missing.status_code, missing.json()["code"]) == (404, "SPACES-404")
    assert "source" not in missing.json()
    tenant.guess(deprecated_error_fields=False)
    assert api.get(f"/spaces/{NOBODY}").json().keys() == {"errors", "traceId"}
    tenant.guess(terse_errors=True)
    assert api.get(f"/spaces/{NOBODY}").json() == {"errors": [{"code": "SPACES-404", "title": "Not found"}]}


def test_methods_and_paths_that_are_not_there(api: Any) -> None:
    assert api.put("/spaces", {}).status_code == 405
    assert api.patch(f"/spaces/{NOBODY}/assignments/{NOBODY}").status_code == 405
    for path in ("/spaces/", f"/spaces/{NOBODY}/shares", "/spaces//assignments", "/spaces/{id}/x/y"):
        assert api.get(path).status_code == 404


def test_counters_log_and_tiers(api: Any, tenant: Any) -> None:
    path = f"/spaces/{api.made('/spaces', space())['id']}"
    tenant.reset_counters()
    member = {"type": "user", "assigneeId": api.user_id("local|plain"), "roles": ["consumer"]}
    assignment = api.made(f"{path}/assignments", member)
    api.put(f"{path}/assignments/{assignment['id']}", {"roles": ["producer"]})
    api.get(f"{path}/assignments?limit=1")
    counters = tenant.counters()
    assert counters["routes"] == {
        "POST /spaces/{id}/assignments": 1,
        "PUT /spaces/{id}/assignments/{assignmentId}": 1,
        "GET /spaces/{id}/assignments": 1,
    }
    assert counters["writes"] == 2
    assert tenant.requests()[2]["query"] == "limit=1"
    tenant.limits(enabled=True, tiers={"2": {"per_minute": 1, "minutes": 1}})
    assert api.patch(path, ("replace", "/name", "x")).status_code == 200
    limited = api.delete(path)
    assert (limited.status_code, limited.json()["errors"][0]["code"]) == (429, "HTTP-429")
    assert api.get(path).status_code == 200


def test_lists_may_lag(api: Any, tenant: Any) -> None:
    tenant.guess(lag_seconds=60)
    made = api.made("/spaces", space())
    path = f"/spaces/{made['id']}"
    api.made(f"{path}/assignments", {"type": "user", "assigneeId": api.user_id("local|plain"), "roles": ["consumer"]})
    assert api.get(path).json() == made
    assert (names(api), api.listed(f"{path}/assignments")) == ([], [])


@pytest.mark.parametrize("when", ["before", "after"])
def test_faults(api: Any, tenant: Any, when: str) -> None:
    tenant.misbehave({"match": {"method": "POST", "path": "/spaces$", "count": 1}, "action": {"reset": when}})
    with pytest.raises(Exception, match="reset|aborted|closed"):
        api.post("/spaces", space())
    assert names(api) == (["Finance"] if when == "after" else [])
    member = {"user": "local|plain", "space": "Sales", "roles": ["consumer"]}
    tenant.misbehave({"match": {"path": "/assignments"}, "action": {"plant": {"assignments": [member]}}})
    (sales,) = tenant.plant_spaces([{"name": "Sales"}])
    assert len(api.listed(f"/spaces/{sales}/assignments")) == 1
    tenant.behave()
    tenant.misbehave({"action": {"garble": "object", "processed": False}, "match": {"method": "PATCH"}})
    assert api.patch(f"/spaces/{sales}", ("replace", "/name", "x")).status_code == 200
    assert "Sales" in names(api)


def test_faults_in_pages(api: Any, tenant: Any) -> None:
    (finance,) = tenant.plant_spaces([{"name": "Finance", "members": [{"user": "local|plain"}]}])
    for path in ("/spaces", f"/spaces/{finance}/assignments"):
        tenant.misbehave({"match": {"path": f"{path}$"}, "action": {"endless_paging": True}})
        assert "next=page-" in api.get(path).json()["links"]["next"]["href"]
        tenant.behave()
        tenant.misbehave({"action": {"foreign_next": "http://other.example.com"}})
        assert api.get(path).json()["links"]["next"]["href"].startswith("http://other.example.com/api/v1/spaces")
        tenant.behave()
        tenant.misbehave({"action": {"garble": "without_id"}})
        assert "id" not in api.get(path).json()["data"][0]
        tenant.behave()
