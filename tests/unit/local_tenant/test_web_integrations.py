# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web integrations (Qlik reference: web-integrations)."""

from __future__ import annotations

from typing import Any

import pytest

PATH = "/web-integrations"


def test_create_read_change_and_delete(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {"name": "Portal", "validOrigins": ["https://a.example.com", "https://a.example.com"]})
    assert made["validOrigins"] == ["https://a.example.com"]
    assert made.pop("links").keys() == {"self"}
    assert api.get(f"{PATH}/{made['id']}").json() == made
    assert tenant.state()["web_integrations"] == [made]
    operations = [("replace", "/name", "New"), ("replace", "/validOrigins", ["http://b.example.com:8080"])]
    assert api.patch(f"{PATH}/{made['id']}", *operations).status_code == 204
    current = api.get(f"{PATH}/{made['id']}").json()
    assert (current["name"], current["validOrigins"]) == ("New", ["http://b.example.com:8080"])
    assert api.delete(f"{PATH}/{made['id']}").status_code == 204
    response = api.delete(f"{PATH}/{made['id']}")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "WEBINTEGRATIONS_NOT_FOUND")
    assert response.json()["errors"][0]["status"] == "404"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "WEBINTEGRATIONS-5"),
        ({"validOrigins": []}, "WEBINTEGRATIONS-5"),
        ({"name": ""}, "WEBINTEGRATIONS-6"),
        ({"name": "x", "validOrigins": "https://a.example.com"}, "WEBINTEGRATIONS-6"),
        ({"name": "x", "validOrigins": ["a.example.com"]}, "WEBINTEGRATIONS-6"),
        ({"name": "x", "validOrigins": ["https://a b"]}, "WEBINTEGRATIONS-6"),
        ({"name": "x", "surprise": 1}, "BAD_REQUEST"),
    ],
    ids=str,
)
def test_bodies_that_are_refused(api: Any, body: Any, code: str) -> None:
    response = api.post(PATH, body)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)
    assert api.listed(PATH) == []


@pytest.mark.parametrize(
    "operation",
    [("add", "/validOrigins/-", "https://b.example.com"), ("replace", "/id", "x"), ("replace", "/validOrigins", "x")],
)
def test_patches_that_are_refused(api: Any, tenant: Any, operation: Any) -> None:
    (integration_id,) = tenant.plant("web_integrations", [{"name": "Held"}])
    response = api.patch(f"{PATH}/{integration_id}", ("replace", "/name", "New"), operation)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "WEBINTEGRATIONS-4")
    assert api.get(f"{PATH}/{integration_id}").json()["name"] == "Held"


def test_names_need_not_be_unique(api: Any, tenant: Any) -> None:
    for _time in range(2):
        api.made(PATH, {"name": "Same"})
    assert len(api.listed(PATH)) == 2
    tenant.guess(web_integration_same_name="refuse")
    assert api.post(PATH, {"name": "Same"}).status_code == 400


def test_pages(api: Any, tenant: Any) -> None:
    names = [f"N{number:02}" for number in range(25)]
    ids = tenant.plant("web_integrations", [{"name": name} for name in names])
    first = api.get(PATH).json()
    assert len(first["data"]) == 10
    assert f"startingAfter={ids[9]}" in first["links"]["next"]["href"]
    assert "prev" not in first["links"]
    assert [item["name"] for item in api.listed(PATH, limit="7", sort="-name")] == names[::-1]
    back = api.get(PATH, params={"endingBefore": ids[10], "limit": "3"}).json()
    assert [item["name"] for item in back["data"]] == names[7:10]
    assert api.get(PATH, params={"limit": "0"}).json()["data"] == []
    assert api.listed(PATH, tenantId="another") == []
    both = {"startingAfter": ids[0], "endingBefore": ids[3]}
    for query in ({"limit": "101"}, {"sort": "id"}, {"startingAfter": "gone"}, both, {"next": "x"}, {"filter": "x"}):
        assert api.get(PATH, params=query).status_code == 400, query
    tenant.guess(unknown_starting_point="ignore")
    assert api.get(PATH, params={"startingAfter": "gone"}).json()["data"] == first["data"]


@pytest.mark.parametrize(
    ("body", "code"),
    [([], "BAD_REQUEST"), ({}, "WEBINTEGRATIONS-5"), ({"name": 1}, "WEBINTEGRATIONS-6"), ({"x": 1}, "BAD_REQUEST")],
    ids=str,
)
def test_codes_of_errors(api: Any, body: Any, code: str) -> None:
    assert api.post(PATH, body).json()["errors"][0]["code"] == code


def test_events(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {"name": "Portal"})
    api.patch(f"{PATH}/{made['id']}", ("replace", "/validOrigins", ["https://a.example.com"]))
    api.delete(f"{PATH}/{made['id']}")
    created, updated, deleted = tenant.audit_events()
    types = [event["eventType"].rpartition("web-integration.")[2] for event in (created, updated, deleted)]
    assert types == ["created", "updated", "deleted"]
    assert updated["data"].keys() == {"id", "name", "validOrigins", "_updates"}
