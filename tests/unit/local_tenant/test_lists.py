# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages, cursors, sorting and filters (Qlik reference: pagination, sorting and filtering)."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from local_tenant import filters
from local_tenant.client import LocalTenant
from suites import examples

KINDS = ["groups", "users", "roles"]


def next_of(response: Any) -> str:
    """Path and query of the next page."""
    target = urlsplit(response.json()["links"]["next"]["href"])
    return f"{target.path[len('/api/v1') :]}?{target.query}"


def cursor_in(response: Any, direction: str) -> str:
    """The cursor in the link to the page before or after."""
    href: str = response.json()["links"][direction]["href"]
    return parse_qs(urlsplit(href).query)[direction][0]


def plant(tenant: Any, kind: str, count: int) -> None:
    if kind == "groups":
        tenant.plant_groups([{"name": f"n{number:04}"} for number in range(count)])
    elif kind == "users":
        tenant.plant_users([{"subject": f"n{number:04}"} for number in range(count)])
    else:
        tenant.plant_roles([{"name": f"n{number:04}"} for number in range(count)])


@pytest.mark.parametrize("kind", KINDS)
def test_pages(api: Any, tenant: Any, kind: str) -> None:
    plant(tenant, kind, 120)
    total = len(tenant.state()[kind])
    assert len(api.get(f"/{kind}").json()["data"]) == 20
    assert "totalResults" not in api.get(f"/{kind}").json()
    first = api.get(f"/{kind}?limit=100&totalResults=true")
    assert first.json()["totalResults"] == total
    assert "prev" not in first.json()["links"]
    assert urlsplit(first.json()["links"]["self"]["href"]).query == "limit=100&totalResults=true"
    second = api.get(next_of(first))
    assert "next" not in second.json()["links"]
    items = [*first.json()["data"], *second.json()["data"]]
    assert len({item["id"] for item in items}) == len(items) == total
    names = [item["name"].casefold() for item in items]
    assert names == sorted(names)
    back = urlsplit(second.json()["links"]["prev"]["href"])
    assert api.get(f"/{kind}?{back.query}").json()["data"] == first.json()["data"]
    tenant.guess(end_of_list="null")
    assert api.get(next_of(first)).json()["links"]["next"] == {"href": None}
    for limit in ("0", "101", "-1", "x", "", "1.0", "١"):
        assert api.get(f"/{kind}", params={"limit": limit}).status_code == 400, limit
    assert api.get(f"/{kind}?limit=5&limit=6").status_code == 400
    assert api.get(f"/{kind}?totalResults=yes").status_code == 400


@pytest.mark.parametrize("kind", ["position", "offset"])
@pytest.mark.parametrize("sort", ["name", "-name"])
def test_a_page_back_comes_before_the_cursor(api: Any, tenant: Any, kind: str, sort: str) -> None:
    tenant.guess(cursor_kind=kind)
    tenant.plant_groups([{"name": name} for name in "abcde"])
    names = sorted("abcde", reverse=sort == "-name")
    second = api.get(next_of(api.get("/groups", params={"sort": sort, "limit": "2"})))
    back = api.get("/groups", params={"sort": sort, "limit": "5", "prev": cursor_in(second, "prev")})
    assert [item["name"] for item in back.json()["data"]] == names[:2]
    assert "prev" not in back.json()["links"]
    onwards = api.get("/groups", params={"sort": sort, "limit": "5", "next": cursor_in(back, "next")})
    assert [item["name"] for item in onwards.json()["data"]] == names[2:]
    last = api.get(next_of(second))
    back = api.get("/groups", params={"sort": sort, "limit": "3", "prev": cursor_in(last, "prev")})
    assert [item["name"] for item in back.json()["data"]] == names[1:4]


@pytest.mark.parametrize("kind", ["position", "offset"])
@pytest.mark.parametrize("forward", [1, 2, 3, 7])
@pytest.mark.parametrize("backward", [1, 2, 3, 7])
def test_the_way_back_meets_every_row_once(api: Any, tenant: Any, kind: str, forward: int, backward: int) -> None:
    tenant.guess(cursor_kind=kind)
    tenant.plant_groups([{"name": name} for name in "aAbBcCd"])
    response = api.get(f"/groups?limit={forward}")
    rows = response.json()["data"]
    while "next" in response.json()["links"]:
        response = api.get(next_of(response))
        rows += response.json()["data"]
    back = response.json()["data"]
    while "prev" in response.json()["links"]:
        response = api.get("/groups", params={"limit": backward, "prev": cursor_in(response, "prev")})
        back = response.json()["data"] + back
    assert back == rows


@pytest.mark.parametrize("kind", ["position", "offset"])
def test_back_from_where_nothing_is_left(api: Any, tenant: Any, kind: str) -> None:
    tenant.guess(cursor_kind=kind)
    ids = tenant.plant_groups([{"name": name} for name in "abcd"])
    first = api.get("/groups?limit=2")
    tenant.remove_groups(ids[2:])
    second = api.get(next_of(first))
    assert second.json()["data"] == []
    back = api.get("/groups", params={"limit": "2", "prev": cursor_in(second, "prev")})
    assert back.json()["data"] == first.json()["data"]
    assert back.json()["links"].keys() == {"self"}


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_back_to_where_nothing_is_left(api: Any, tenant: Any, sort: str) -> None:
    names = sorted("abcd", reverse=sort == "-name")
    ids = tenant.plant_groups([{"name": name} for name in names])
    second = api.get(next_of(api.get("/groups", params={"limit": "2", "sort": sort})))
    tenant.remove_groups(ids[:2])
    back = api.get("/groups", params={"limit": "2", "sort": sort, "prev": cursor_in(second, "prev")})
    assert back.json()["data"] == []
    assert back.json()["links"].keys() == {"self", "next"}
    assert [item["name"] for item in api.get(next_of(back)).json()["data"]] == names[2:]


@pytest.mark.parametrize("kind", KINDS)
def test_links_stay_short_however_long_the_names(api: Any, tenant: Any, kind: str) -> None:
    names = [chr(0x1F600 + number) * 256 for number in range(3)]
    if kind == "users":
        tenant.plant_users([{"subject": name, "name": 10 * name, "email": f"{name}@example.com"} for name in names])
    else:
        plant_of = {"groups": tenant.plant_groups, "roles": tenant.plant_roles}[kind]
        plant_of([{"name": name} for name in names])
    found = api.listed(f"/{kind}", limit="1", sort="-name")
    assert len(found) == len(tenant.state()[kind])
    response = api.get(f"/{kind}", params={"limit": "1", "sort": "-name", "filter": f'name eq "{names[0]}"'})
    assert response.status_code == 200


def test_an_empty_list(api: Any) -> None:
    body = api.get("/groups").json()
    assert body["data"] == []
    assert body["links"].keys() == {"self"}


@pytest.mark.parametrize("kind", ["position", "offset"])
def test_cursors_and_changes(api: Any, tenant: Any, kind: str) -> None:
    tenant.guess(cursor_kind=kind)
    ids = tenant.plant_groups([{"name": name} for name in "abcdef"])
    first = api.get("/groups?limit=2")
    tenant.remove_groups(ids[:1])
    names = [item["name"] for item in api.get(next_of(first)).json()["data"]]
    assert names == (["c", "d"] if kind == "position" else ["d", "e"])


@pytest.mark.parametrize("sort", ["%2Bname", "-name", "-createdAt", "id", "-id", "providerType"])
def test_every_sort_can_be_paged(api: Any, tenant: Any, sort: str) -> None:
    plant(tenant, "groups", 50)
    response = api.get(f"/groups?limit=7&sort={sort}")
    items = response.json()["data"]
    while "next" in response.json()["links"]:
        response = api.get(next_of(response))
        items += response.json()["data"]
    assert len({item["id"] for item in items}) == len(items) == 50
    field = sort.replace("%2B", "").lstrip("-")
    keys = [(item[field].casefold(), item["id"] if field != "name" else "") for item in items]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_cursors_cannot_be_made_up_or_carried_over(api: Any, tenant: Any) -> None:
    plant(tenant, "groups", 30)
    plant(tenant, "roles", 30)
    target = next_of(api.get("/groups?limit=10&sort=-name"))
    cursor = parse_qs(urlsplit(target).query)["next"][0]
    assert api.get(target).status_code == 200
    assert "n0019" not in cursor
    for path in (
        "/groups?next=made-up",
        "/groups?next=",
        f"/groups?limit=10&sort=-name&next={cursor[:-4]}AAAA",
        f"/groups?limit=10&sort=-name&prev={cursor}",
        f"/groups?limit=10&next={cursor}",
        f"/groups?limit=10&sort=-name&filter=status%20eq%20%22active%22&next={cursor}",
        f"/roles?limit=10&sort=-name&next={cursor}",
        f"/groups?limit=10&sort=-name&next={cursor}&prev={cursor}",
    ):
        assert api.get(path).status_code == 400, path
    tenant.reset()
    assert api.get(target).status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/groups?sort=name", 200),
        ("/groups?sort=%2Bname", 200),
        ("/groups?sort=-name", 200),
        ("/groups?sort=+name", 400),
        ("/groups?sort=description", 400),
        ("/groups?sort=", 400),
        *[(f"/users?sort=-{field}", 200) for field in ("name", "_id", "id", "tenantId", "clientId", "status")],
        *[(f"/users?sort={field}", 200) for field in ("subject", "email", "inviteExpiry", "createdAt")],
        ("/users?sort=lastUpdatedAt", 400),
    ],
)
def test_sort_fields(api: Any, path: str, status: int) -> None:
    assert api.get(path).status_code == status


def test_sort_guess_and_filter_actions(api: Any, tenant: Any) -> None:
    assert api.get("/groups?sort=createdAt").status_code == 200
    tenant.guess(sort_fields="name")
    assert api.get("/groups?sort=createdAt").status_code == 400
    for kind in ("groups", "users"):
        assert api.post(f"/{kind}/actions/filter?sort=-name", {}).status_code == 200
        assert api.post(f"/{kind}/actions/filter?sort=id", {}).status_code == 400


@pytest.mark.parametrize("kind", ["groups", "users"])
def test_filter_actions(api: Any, tenant: Any, kind: str) -> None:
    plant(tenant, kind, 30)
    path = f"/{kind}/actions/filter"
    assert api.call("POST", path).status_code == 200
    assert api.call("POST", path, data=b"x", headers={"Content-Type": "text/plain"}).status_code == 400
    body = {"filter": " or ".join(f'name eq "N{number:04}"' for number in range(25))}
    assert api.post(f"{path}?limit=20&totalResults=true", body).status_code == 400
    tenant.guess(total_in_filter_actions="accept")
    first = api.post(f"{path}?limit=20&totalResults=true", body)
    assert first.json()["totalResults"] == 25
    assert len(first.json()["data"]) == 20
    target = next_of(first)
    assert "filter=" not in target
    assert len(api.post(target, body).json()["data"]) == 5
    assert api.post(target, {"filter": 'name eq "n0001"'}).status_code == 400
    assert api.post(target, {}).status_code == 400
    bad: Any
    for bad in ({"filter": 1}, {"filter": "name"}, {"other": "x"}, []):
        assert api.post(path, bad).status_code == 400
    assert api.post(f"{path}?filter=x", {}).status_code == 400
    ids = [item["id"] for item in tenant.state()[kind]]
    many = [*ids[:20], *("0" * 24 for number in range(80))]
    text = " or ".join(f'id eq "{item}"' for item in many)
    assert len(api.post(f"{path}?limit=100", {"filter": text}).json()["data"]) == 20
    too_many = api.post(path, {"filter": f'{text} or id eq "{ids[0]}"'})
    assert too_many.status_code == 400
    assert too_many.json()["errors"][0]["source"] == {"parameter": "filter"}
    tenant.guess(filter_max_conditions=24)
    assert api.post(path, body).status_code == 400


@pytest.mark.parametrize("guess", ["alias", "called", "foreign"])
def test_hosts_of_links(api: Any, tenant: Any, guess: str) -> None:
    plant(tenant, "groups", 3)
    tenant.set_tenant(alias="acme.us.qlikcloud.com")
    tenant.guess(link_host=guess, link_scheme="https")
    target = urlsplit(api.get("/groups?limit=1").json()["links"]["next"]["href"])
    hosts = {"alias": "acme.us.qlikcloud.com", "called": urlsplit(tenant.url).netloc, "foreign": "other.example.com"}
    assert (target.scheme, target.netloc) == ("https", hosts[guess])
    tenant.guess(link_scheme="http")
    assert api.get("/groups").json()["links"]["self"]["href"].startswith("http://")


def test_links_repeat_the_filter_with_double_quotes(api: Any, tenant: Any) -> None:
    plant(tenant, "groups", 3)
    response = api.get("/groups", params={"limit": "1", "filter": "status eq 'active' and providerType eq 'idp'"})
    href = response.json()["links"]["self"]["href"]
    assert parse_qs(urlsplit(href).query)["filter"] == ['status eq "active" and providerType eq "idp"']
    assert api.get(next_of(response)).status_code == 200


GROUP_FILTERS = [
    ('name eq "ALPHA"', ["Alpha", "alpha"]),
    ("name eq 'alpha'", ["Alpha", "alpha"]),
    ('NAME EQ "alpha"', ["Alpha", "alpha"]),
    ('name eq "alpha" and providerType eq "custom"', ["alpha"]),
    ('name eq "alpha" and providerType eq "custom" or name eq "beta"', ["alpha", "beta"]),
    ('name eq "beta" or name eq "alpha" and providerType eq "custom"', ["alpha", "beta"]),
    ('(name eq "beta" or name eq "alpha") and providerType eq "custom"', ["alpha"]),
    ('( ( status eq "disabled" ) )', ["beta"]),
    ('assignedRoles.name eq "steward"', ["Alpha"]),
    ('name eq "\\u0061lpha"', ["Alpha", "alpha"]),
    ('name eq ""', []),
]


@pytest.mark.parametrize(("text", "names"), GROUP_FILTERS)
def test_group_filters(api: Any, tenant: Any, text: str, names: list[str]) -> None:
    tenant.plant_groups(
        [
            {"name": "Alpha", "assignedRoles": ["Steward"]},
            {"name": "alpha", "providerType": "custom"},
            {"name": "beta", "status": "disabled"},
        ]
    )
    assert api.names("/groups", text) == names
    found = api.post("/groups/actions/filter", {"filter": text}).json()["data"]
    assert [item["name"] for item in found] == names


def test_filterable_attributes(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "g", "assignedRoles": ["Steward"]}])
    tenant.plant_roles([{"name": "r", "description": "d"}])
    group = tenant.groups()[0]
    for name in ("id", "name", "status", "providerType", "createdAt", "lastUpdatedAt"):
        assert api.names("/groups", f'{name} eq "{group[name].upper()}"') == ["g"]
    role = next(role for role in tenant.roles() if role["name"] == "r")
    for name in ("id", "name", "type", "level", "tenantId", "description", "createdAt", "lastUpdatedAt"):
        assert "r" in api.names("/roles", f'{name} eq "{role[name]}"'), name
    assert api.names("/roles", 'permissions eq "x"') == []


def test_user_filters(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "g", "assignedRoles": ["DataAdmin"]}])
    ids = tenant.plant_users(
        [
            {
                "subject": "DOMAIN\\user",
                "name": "Jo",
                "email": "jo@example.com",
                "assignedRoles": ["Steward"],
                "assignedGroups": ["g"],
                "clientId": "c",
            },
            {"subject": "other", "name": "Joe", "status": "disabled"},
        ]
    )
    steward, group = api.role_id("Steward"), tenant.groups()[0]["id"]
    for text in (
        f'id eq "{ids[0]}"',
        'subject eq "domain\\\\USER"',
        'subject co "main\\\\u"',
        'name eq "jo"',
        'email eq "JO@example.com"',
        'email co "jo@"',
        'clientId eq "c"',
        f'assignedRoles.id eq "{steward}"',
        'assignedRoles.name eq "steward"',
        f'assignedGroups.id eq "{group}"',
        'assignedGroupsAssignedRoles.name eq "DataAdmin"',
        '(name co "jo") and (status eq "active" or status eq "invited")',
        'name co "jo" and (status eq "active")',
    ):
        assert api.names("/users", text) == ["Jo"], text
    assert api.names("/users", 'name co "JO"') == ["Jo", "Joe"]
    assert api.names("/users", 'assignedScopes eq "x"') == []


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ('(name eq "a" or name eq "b") and (status eq "active" or status eq "disabled")', True),
        ('(status eq "active" or status eq "disabled") and (name eq "a" or name eq "b")', True),
        ('name eq "a" or name eq "b" and (status eq "active" or status eq "disabled")', False),
        ('name eq "a" and name eq "b" and (status eq "active")', True),
        ('status eq "active" or status eq "disabled"', True),
        ('status eq "active"', True),
        ('(status eq "active")', True),
        ('(status eq "active" or status eq "disabled")', True),
        ('(status eq "active") and (status eq "disabled")', False),
        ('(status eq "active") or (status eq "disabled")', False),
        ('status eq "active" or (status eq "disabled")', False),
        ('status eq "active" and status eq "disabled"', False),
        ('name eq "a" and status eq "active"', False),
        ('name eq "a" or (status eq "active")', False),
        ('name eq "a" and (status eq "active") and (status eq "disabled")', False),
        ('name eq "a" and (status eq "active" or name eq "b")', False),
    ],
)
def test_status_conditions_of_users(api: Any, tenant: Any, text: str, valid: bool) -> None:
    assert api.get("/users", params={"filter": text}).status_code == (200 if valid else 400)
    tenant.guess(single_status_parentheses="optional")
    assert api.get("/users", params={"filter": 'name eq "a" and status eq "active"'}).status_code == 200


BAD_FILTERS = [
    "",
    " ",
    "name",
    "name eq",
    "name eq a",
    'name eq "a',
    'name eq "a"b"',
    'name eq "a" or',
    'name eq "a" xor name eq "b"',
    'name eq "a"or name eq "b"',
    'name eq "a" name eq "b"',
    '(name eq "a"',
    'name eq "a")',
    "()",
    'not (name eq "a")',
    "name pr",
    "name eq true",
    "name eq null",
    "name eq 1",
    'name["a"]',
    'name ne "a"',
    'name sw "a"',
    'name ew "a"',
    'name co "a"',
    'name gt "a"',
    'description eq "a"',
    'nonsense eq "a"',
    'name eq "\\x"',
    'name eq "\\u12"',
    'name eq "\\ud83d"',
    'name eq "a\nb"',
    'name eq "a\tb"',
    "(" * 30 + 'name eq "a"' + ")" * 30,
]


@pytest.mark.parametrize("text", BAD_FILTERS)
def test_filters_that_are_refused(api: Any, text: str) -> None:
    response = api.get("/groups", params={"filter": text})
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"] == {"parameter": "filter"}


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(value=ANY_TEXT, ascii_only=st.booleans())
@example('a"b\\c/\b\f\n\r\t', False)
@example("\U0001f600 ß İ", True)
def test_any_text_survives_a_filter(value: str, ascii_only: bool) -> None:
    node = filters.parse(f"name eq {json.dumps(value, ensure_ascii=ascii_only)}")
    assert isinstance(node, filters.Comparison)
    assert node.value == value
    assert filters.parse(filters.render(node)) == node


@given(value=ANY_TEXT)
def test_any_text_survives_single_quotes(value: str) -> None:
    quoted = json.dumps(value, ensure_ascii=False)[1:-1].replace("'", "\\'")
    node = filters.parse(f"name eq '{quoted}'")
    assert isinstance(node, filters.Comparison)
    assert node.value == value


@examples(10, 40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(ANY_TEXT, min_size=1, max_size=6, unique=True))
def test_equals_in_any_case_and_nothing_else_is_found(running_tenant: LocalTenant, names: list[str]) -> None:
    running_tenant.reset()
    running_tenant.plant_groups([{"name": name} for name in names])
    text = " or ".join(f"name eq {json.dumps(name)}" for name in names[:3])
    response = requests.post(
        f"{running_tenant.url}/api/v1/groups/actions/filter",
        json={"filter": text},
        headers={"Authorization": f"Bearer {running_tenant.api_key}"},
        timeout=10,
    )
    desired = {name.casefold() for name in names[:3]}
    found = sorted(item["name"] for item in response.json()["data"])
    assert found == sorted(name for name in names if name.casefold() in desired)


def test_writes_can_lag_behind_in_lists(api: Any, tenant: Any) -> None:
    kept, gone = tenant.plant_groups([{"name": "kept"}, {"name": "gone"}])
    tenant.guess(lag_seconds=0.4)
    made = api.made("/groups", {"name": "made"})["id"]
    api.delete(f"/groups/{gone}")
    api.patch(f"/groups/{kept}", ("replace", "/assignedRoles", [{"name": "Steward"}]))
    assert api.get(f"/groups/{made}").status_code == 200
    assert api.get(f"/groups/{gone}").status_code == 404
    assert len(api.get(f"/groups/{kept}").json()["assignedRoles"]) == 1
    assert [(group["name"], group["assignedRoles"]) for group in api.listed("/groups")] == [("gone", []), ("kept", [])]
    assert api.names("/groups", 'name eq "made"') == []
    assert api.names("/groups", 'name eq "gone"') == ["gone"]
    time.sleep(0.45)
    assert [group["name"] for group in api.listed("/groups")] == ["kept", "made"]


def test_ten_thousand_groups_are_listed_and_filtered(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": f"group {number:05}"} for number in range(10_000)])
    text = " or ".join(f'name eq "GROUP {number * 83:05}"' for number in range(100))
    assert len(api.post("/groups/actions/filter?limit=100", {"filter": text}).json()["data"]) == 100
    assert len(api.listed("/groups", limit="100")) == 10_000
