# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of spaces (Qlik reference: spaces, assignments)."""

from __future__ import annotations

from typing import Any

import pytest

EVERYONE = "000000000000000000000001"
NOBODY = "0" * 24


@pytest.fixture
def path(tenant: Any) -> str:
    """The members of a space that the administrator owns."""
    (space,) = tenant.plant_spaces([{"name": "Finance"}])
    return f"/spaces/{space}/assignments"


@pytest.fixture
def group(tenant: Any) -> str:
    """A group."""
    (group,) = tenant.plant_groups([{"name": "Analysts"}])
    return str(group)


def member(assignee: str, *roles: Any, kind: str = "group") -> dict[str, Any]:
    return {"type": kind, "assigneeId": assignee, "roles": list(roles or ("consumer",))}


def listed(api: Any, path: str, **query: str) -> list[str]:
    return [item["assigneeId"] for item in api.listed(path, **query)]


def test_a_member_as_it_is_made_and_read(api: Any, tenant: Any, path: str, group: str) -> None:
    made = api.made(path, member(group, "producer", "consumer"))
    admin = api.user_id("local|admin")
    space_path = path[: -len("/assignments")]
    assert made == {
        "id": made["id"],
        "type": "group",
        "assigneeId": group,
        "roles": ["producer", "consumer"],
        "spaceId": space_path[len("/spaces/") :],
        "tenantId": tenant.tenant_id,
        "createdAt": made["createdAt"],
        "createdBy": admin,
        "updatedAt": made["createdAt"],
        "updatedBy": admin,
        "links": {
            "self": {"href": f"{tenant.url}/api/v1{path}/{made['id']}"},
            "space": {"href": f"{tenant.url}/api/v1{space_path}"},
        },
    }
    assert api.get(f"{path}/{made['id']}").json() == made
    assert api.listed(path) == [made]


def test_put_replaces_the_roles(api: Any, path: str, group: str) -> None:
    one = f"{path}/{api.made(path, member(group, 'producer', 'consumer'))['id']}"
    response = api.put(one, {"roles": ["dataconsumer"]})
    assert (response.status_code, response.json()["roles"]) == (200, ["dataconsumer"])
    assert api.get(one).json() == response.json()
    refused: list[dict[str, Any]] = [
        {},
        {"roles": []},
        {"roles": "consumer"},
        {"roles": ["publisher"]},
        {"roles": ["consumer"], "type": "user"},
    ]
    for body in refused:
        assert api.put(one, body).status_code == 400
    assert api.get(one).json()["roles"] == ["dataconsumer"]


def test_delete(api: Any, path: str, group: str) -> None:
    one = f"{path}/{api.made(path, member(group))['id']}"
    assert api.delete(one).status_code == 204
    for method in ("GET", "DELETE"):
        assert api.call(method, one).status_code == 404
    assert api.put(one, {"roles": ["consumer"]}).status_code == 404
    assert listed(api, path) == []


def test_an_assignment_belongs_to_its_space(api: Any, tenant: Any, path: str, group: str) -> None:
    made = api.made(path, member(group))
    (other,) = tenant.plant_spaces([{"name": "Other"}])
    assert api.get(f"/spaces/{other}/assignments/{made['id']}").status_code == 404
    assert api.delete(f"/spaces/{other}/assignments/{made['id']}").status_code == 404


def test_one_assignment_for_each_assignee(api: Any, path: str, group: str) -> None:
    api.made(path, member(group))
    response = api.post(path, member(group, "producer"))
    assert (response.status_code, response.json()["code"]) == (409, "AssignmentConflict")
    assert api.listed(path)[0]["roles"] == ["consumer"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"type": "role"}, "/type"),
        ({"type": None}, "/type"),
        ({"assigneeId": ""}, "/assigneeId"),
        ({"assigneeId": 7}, "/assigneeId"),
        ({"roles": []}, "/roles"),
        ({"roles": "consumer"}, "/roles"),
        ({"roles": ["consumer", "Producer"]}, "/roles/1"),
        ({"roles": ["publisher"]}, "/roles/0"),
        ({"roles": ["owner"]}, "/roles/0"),
        ({"roles": [{"name": "consumer"}]}, "/roles/0"),
        ({"name": "Analysts"}, "/name"),
    ],
)
def test_bodies_that_are_refused(api: Any, path: str, group: str, change: Any, pointer: str) -> None:
    response = api.post(path, {**member(group), **change})
    assert response.status_code == 400
    assert response.json()["errors"][0]["meta"]["source"]["pointer"] == pointer
    for name in ("type", "assigneeId", "roles"):
        incomplete = {key: value for key, value in member(group).items() if key != name}
        assert api.post(path, incomplete).status_code == 400
    assert listed(api, path) == []


def test_roles_that_the_type_does_not_have(api: Any, tenant: Any, path: str, group: str) -> None:
    tenant.guess(space_role_status=403)
    assert api.post(path, member(group, "publisher")).status_code == 403
    tenant.guess(codeveloper_in_shared_spaces=False)
    assert api.post(path, member(group, "codeveloper")).status_code == 403


def test_a_role_that_is_named_twice(api: Any, tenant: Any, path: str, group: str) -> None:
    tenant.guess(duplicate_space_roles="refuse")
    assert api.post(path, member(group, "consumer", "consumer")).status_code == 400
    tenant.guess(duplicate_space_roles="unite")
    assert api.made(path, member(group, "consumer", "consumer"))["roles"] == ["consumer"]


@pytest.mark.parametrize(("guess", "status"), [("404", 404), ("400", 400), ("accept", 201)])
def test_assignees_that_do_not_exist(api: Any, tenant: Any, path: str, group: str, guess: str, status: int) -> None:
    (gone,) = tenant.plant_users([{"subject": "gone", "status": "deleted"}])
    tenant.guess(unknown_assignee=guess)
    for assignee, kind in ((NOBODY, "group"), (NOBODY, "user"), (group, "user"), (gone, "user"), (group, "bot")):
        response = api.post(path, member(assignee, kind=kind))
        assert response.status_code == (status if (assignee, kind) != (NOBODY, "user") or status != 201 else 201)


def test_a_new_group_may_be_unknown_for_a_while(api: Any, tenant: Any, path: str) -> None:
    tenant.guess(new_assignee_seconds=3600)
    group = api.made("/groups", {"name": "New"})["id"]
    assert api.post(path, member(group)).status_code == 404
    tenant.guess(new_assignee_seconds=0)
    assert api.post(path, member(group)).status_code == 201


def test_pages_and_searches(api: Any, tenant: Any, path: str) -> None:
    groups = tenant.plant_groups([{"name": f"g {number}"} for number in range(12)])
    for group in groups:
        api.made(path, member(group))
    plain = api.user_id("local|plain")
    api.made(path, member(plain, kind="user"))
    first = api.get(path).json()
    assert (len(first["data"]), first["meta"]) == (10, {"count": 13})
    assert sorted(listed(api, path)) == sorted([*groups, plain])
    assert sorted(listed(api, path, limit="3")) == sorted([*groups, plain])
    assert listed(api, path, type="user") == [plain]
    assert listed(api, path, assigneeId=groups[3]) == [groups[3]]
    assert listed(api, path, assigneeId=groups[3], type="user") == []
    for query in ("type=role", "limit=101", "sort=+createdAt", "next=x", "name=g"):
        assert api.get(f"{path}?{query}").status_code == 400


def test_everyone(api: Any, tenant: Any, path: str) -> None:
    tenant.guess(everyone_as_member="refuse")
    assert api.post(path, member(EVERYONE)).status_code == 400
    tenant.guess(everyone_as_member="accept")
    api.made(path, member(EVERYONE))
    assert listed(api, path) == [EVERYONE]


def test_bots(api: Any, tenant: Any, path: str) -> None:
    bot = api.user_id(f"qlikbot\\{tenant.client_id}")
    tenant.guess(bot_assignments="refuse")
    assert api.post(path, member(bot, kind="bot")).status_code == 400
    tenant.guess(bot_assignments="accept")
    assert api.made(path, member(bot, kind="bot"))["type"] == "bot"
    assert api.post(path, member(api.user_id("local|plain"), kind="bot")).status_code == 404
    (other,) = tenant.plant_spaces([{"name": "Other"}])
    assert api.made(f"/spaces/{other}/assignments", member(bot, kind="user"))["type"] == "user"


@pytest.mark.parametrize(("guess", "status"), [("400", 400), ("409", 409), ("accept", 201)])
def test_the_owner_as_a_member_is_never_shown(api: Any, tenant: Any, path: str, guess: str, status: int) -> None:
    tenant.guess(owner_as_member=guess)
    assert api.post(path, member(api.user_id("local|admin"), kind="user")).status_code == status
    assert listed(api, path) == []


@pytest.mark.parametrize(("guess", "left"), [("hidden", 1), ("dropped", 0)])
def test_a_member_who_is_made_the_owner(api: Any, tenant: Any, path: str, guess: str, left: int) -> None:
    tenant.guess(owner_assignment=guess)
    plain, admin = api.user_id("local|plain"), api.user_id("local|admin")
    api.made(path, member(plain, kind="user"))
    space = path[: -len("/assignments")]
    assert api.patch(space, ("replace", "/ownerId", plain)).status_code == 200
    assert listed(api, path) == []
    assert api.get(path).json()["meta"]["count"] == 0
    assert api.patch(space, ("replace", "/ownerId", admin)).status_code == 200
    assert len(listed(api, path)) == left


@pytest.mark.parametrize(("guess", "left"), [("kept", 2), ("removed", 0)])
def test_members_that_are_deleted(api: Any, tenant: Any, path: str, group: str, guess: str, left: int) -> None:
    tenant.guess(assignments_of_deleted=guess)
    (ada,) = tenant.plant_users([{"subject": "ada"}])
    api.made(path, member(group))
    api.made(path, member(ada, kind="user"))
    assert api.delete(f"/groups/{group}").status_code == 204
    assert api.delete(f"/users/{ada}").status_code == 204
    assert len(listed(api, path)) == left


def test_a_group_that_comes_back_has_no_access(api: Any, tenant: Any, path: str, group: str) -> None:
    api.made(path, member(group))
    api.delete(f"/groups/{group}")
    (again,) = tenant.plant_groups([{"name": "Analysts"}])
    assert listed(api, path) == [group]
    assert again != group
