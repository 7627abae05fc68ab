# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP policies (Qlik reference: core, ip-policies)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

PATH = "/api/core/ip-policies"
OFFICE = {"name": "Office", "allowedIps": ["203.0.113.0/24", "192.0.2.7"], "enabled": True}


def test_create_read_change_and_delete(api: Any, tenant: Any) -> None:
    made = api.made(PATH, OFFICE)
    assert {name: made[name] for name in OFFICE} == OFFICE
    assert {made[flag] for flag in ("editable", "deletable", "toggleable")} == {True}
    assert api.get(f"{PATH}/{made['id']}").json() == made
    assert tenant.state()["ip_policies"] == [made]
    operations = [("replace", "/name", "New"), ("replace", "/allowedIps", ["203.0.113.7"])]
    assert api.patch(f"{PATH}/{made['id']}", *operations).status_code == 204
    assert api.patch(f"{PATH}/{made['id']}", ("replace", "/enabled", False)).status_code == 204
    current = api.get(f"{PATH}/{made['id']}").json()
    assert (current["name"], current["allowedIps"], current["enabled"]) == ("New", ["203.0.113.7"], False)
    assert api.delete(f"{PATH}/{made['id']}").status_code == 204
    response = api.delete(f"{PATH}/{made['id']}")
    assert response.status_code == 404
    assert response.json()["errors"][0].keys() == {"code", "title", "detail"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"allowedIps": []},
        {"allowedIps": "192.0.2.7"},
        {"allowedIps": ["192.0.2.256"]},
        {"allowedIps": ["192.0.2.7/33"]},
        {"allowedIps": ["192.0.2.7/24"]},
        {"allowedIps": ["2001:db8::1"]},
        {"allowedIps": ["192.0.2.0/255.255.255.0"]},
        {"allowedIps": ["192.0.2.7"], "name": ""},
        {"allowedIps": ["192.0.2.7"], "enabled": "true"},
        {"allowedIps": ["192.0.2.7"], "editable": True},
    ],
    ids=str,
)
def test_bodies_that_are_refused(api: Any, body: Any) -> None:
    assert api.post(PATH, body).status_code == 400
    assert api.get(PATH).json()["data"] == []


def test_what_the_reference_leaves_open(api: Any, tenant: Any) -> None:
    tenant.guess(ip_policy_host_bits="accept", ip_policy_addresses="networks", new_ip_policy_is_enabled=True)
    made = api.made(PATH, {"allowedIps": ["203.0.113.9/24", "192.0.2.7"]})
    assert (made["allowedIps"], made["enabled"]) == (["203.0.113.9/24", "192.0.2.7/32"], True)
    assert made["name"] == ""
    tenant.guess(new_ip_policy_name="id")
    made = api.made(PATH, {"allowedIps": ["203.0.113.9/24"]})
    assert made["name"] == made["id"]
    for _time in range(2):
        api.made(PATH, OFFICE)
    tenant.guess(ip_policy_same_name="refuse")
    assert api.post(PATH, OFFICE).status_code == 400


@pytest.mark.parametrize("status", [400, 403])
def test_nobody_shuts_out_the_own_address(api: Any, tenant: Any, status: int) -> None:
    tenant.guess(ip_policy_lockout=status)
    assert api.post(PATH, {**OFFICE, "allowedIps": ["192.0.2.7"]}).status_code == status
    other = api.made(PATH, {**OFFICE, "allowedIps": ["192.0.2.7"], "enabled": False})
    own = api.made(PATH, OFFICE)
    assert api.patch(f"{PATH}/{other['id']}", ("replace", "/enabled", True)).status_code == 204
    for response in (
        api.patch(f"{PATH}/{own['id']}", ("replace", "/allowedIps", ["192.0.2.8"])),
        api.patch(f"{PATH}/{own['id']}", ("replace", "/enabled", False)),
        api.delete(f"{PATH}/{own['id']}"),
    ):
        assert response.status_code == status
    assert api.delete(f"{PATH}/{other['id']}").status_code == 204
    assert api.delete(f"{PATH}/{own['id']}").status_code == 204


@pytest.mark.parametrize("status", [403, 401])
def test_who_is_not_on_the_list_is_kept_out(api: Any, tenant: Any, status: int) -> None:
    tenant.guess(ip_policy_lockout="accept", blocked_address_status=status)
    api.made(PATH, {"allowedIps": ["192.0.2.0/24"], "enabled": True})
    assert api.get("/groups").status_code == status
    tenant.set_tenant(caller_address="192.0.2.9")
    assert api.get("/groups").status_code == 200


@pytest.mark.parametrize("flag", ["editable", "toggleable", "deletable"])
def test_what_may_not_be_done_with_a_policy(api: Any, tenant: Any, flag: str) -> None:
    (policy_id,) = tenant.plant("ip_policies", [{"name": "Held", flag: False}])
    path = f"{PATH}/{policy_id}"
    statuses = {
        "editable": api.patch(path, ("replace", "/name", "New")).status_code,
        "toggleable": api.patch(path, ("replace", "/enabled", False)).status_code,
        "deletable": api.delete(path).status_code,
    }
    assert [name for name, status in statuses.items() if status == 403] == [flag]


def test_lists(api: Any, tenant: Any) -> None:
    tenant.plant("ip_policies", [{"name": f"N{number:02}"} for number in range(25)])
    first = api.get(PATH, params={"totalResults": "true"}).json()
    assert (len(first["data"]), first["totalResults"]) == (20, 25)
    onwards = first["links"]["next"]["href"]
    assert "page=" in onwards
    second = api.get(onwards[onwards.index("/api/") :]).json()
    assert [item["name"] for item in second["data"]] == [f"N{number}" for number in range(20, 25)]
    back = second["links"]["prev"]["href"]
    assert api.get(back[back.index("/api/") :]).json()["data"] == first["data"]
    assert len(api.get(PATH, params={"filter": 'name co "n1"', "limit": "100"}).json()["data"]) == 10
    for text, found in [('enabled eq "false"', 25), ("enabled eq false", 25), ("enabled eq true", 0)]:
        assert len(api.get(PATH, params={"filter": text, "limit": "100"}).json()["data"]) == found
    both = api.get(PATH, params={"filter": 'name eq "N07" and (enabled eq false)'}).json()
    assert [item["name"] for item in both["data"]] == ["N07"]
    assert "enabled%20eq%20false" in both["links"]["self"]["href"]
    for text in ("name eq true", "enabled eq yes", "enabled co true", "enabled eq False", "enabled eq trueish"):
        assert api.get(PATH, params={"filter": text}).status_code == 400, text
    assert api.get(PATH, params={"fields": "name", "limit": "1"}).json()["data"][0].keys() == {"id", "name"}
    for query in ({"limit": "0"}, {"sort": "id"}, {"page": "x"}, {"next": "x"}, {"filter": 'name sw "n"'}):
        assert api.get(PATH, params=query).status_code == 400, query


def test_a_cursor_takes_precedence_over_other_parameters(api: Any, tenant: Any) -> None:
    """It knows the filter, the order and the size of the page that it was made with."""
    tenant.plant("ip_policies", [{"name": f"{letter}{number}"} for letter in "AB" for number in range(3)])
    asked = {"filter": 'name co "b"', "sort": "-name", "limit": "2", "fields": "name", "totalResults": "true"}
    first = api.get(PATH, params=asked).json()
    assert [item["name"] for item in first["data"]] == ["B2", "B1"]
    (cursor,) = parse_qs(urlsplit(first["links"]["next"]["href"]).query)["page"]
    for query in ({}, {"filter": 'name co "a"'}, {"sort": "name", "limit": "1"}):
        second = api.get(PATH, params={**query, "page": cursor}).json()
        assert [item["name"] for item in second["data"]] == ["B0"]
        assert second["data"][0].keys() == {"id", "name"}
        assert second["totalResults"] == 3
    assert api.get(PATH, params={**asked, "page": "made-up"}).status_code == 400


def test_only_a_list_can_show_a_policy_without_a_name(api: Any, tenant: Any) -> None:
    (policy_id,) = tenant.plant("ip_policies", [{"enabled": False}])
    assert "name" not in api.get(PATH).json()["data"][0]
    assert api.get(f"{PATH}/{policy_id}").json()["name"] == ""
