# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planted misbehavior, latency, counters and the request log."""

from __future__ import annotations

import concurrent.futures
import http.client
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from local_tenant.client import LocalTenant, LocalTenantError


def plant(tenant: Any, action: dict[str, Any], **match: Any) -> None:
    tenant.misbehave({"match": match, "action": action})


def test_status_instead_of_an_answer(api: Any, tenant: Any) -> None:
    plant(tenant, {"status": 503, "headers": {"Retry-After": 7}}, method="POST", path="/groups$", count=1)
    response = api.post("/groups", {"name": "g"})
    assert (response.status_code, response.content, response.headers["Retry-After"]) == (503, b"", "7")
    assert tenant.groups() == []
    assert api.post("/groups", {"name": "g"}).status_code == 201
    tenant.behave()
    plant(tenant, {"status": 502, "html": "<h1>Bad gateway</h1>"})
    assert api.get("/groups").headers["Content-Type"].startswith("text/html")
    tenant.behave()
    plant(tenant, {"status": 500, "json": {"errors": []}})
    assert api.get("/groups").json() == {"errors": []}
    tenant.behave()
    plant(tenant, {"status": 200, "text": "hello"})
    assert api.get("/groups").text == "hello"


def test_a_lost_answer(api: Any, tenant: Any) -> None:
    plant(tenant, {"status": 504, "html": "timeout", "processed": True}, method="POST", count=1)
    assert api.post("/groups", {"name": "g"}).status_code == 504
    assert [group["name"] for group in tenant.groups()] == ["g"]
    assert tenant.counters()["writes"] == 1


@pytest.mark.parametrize(("when", "names"), [("before", []), ("after", ["g"])])
def test_reset(api: Any, tenant: Any, when: str, names: list[str]) -> None:
    plant(tenant, {"reset": when}, method="POST")
    with pytest.raises(requests.ConnectionError, match=r"[Rr]eset"):
        api.post("/groups", {"name": "g"})
    assert [group["name"] for group in tenant.groups()] == names
    assert tenant.counters()["routes"] == {"POST /groups": 1}
    assert tenant.requests()[0]["status"] == (201 if names else None)
    tenant.behave()
    assert api.get("/groups").status_code == 200


def test_delays(api: Any, tenant: Any) -> None:
    plant(tenant, {"delay": 0.3}, method="POST", count=1)
    with pytest.raises(requests.Timeout):
        api.session.post(f"{tenant.url}/api/v1/groups", timeout=0.1)
    plant(tenant, {"delay_after": 0.3}, method="POST")
    headers = {"Authorization": f"Bearer {tenant.api_key}"}
    with pytest.raises(requests.Timeout):
        api.session.post(f"{tenant.url}/api/v1/groups", json={"name": "g"}, headers=headers, timeout=0.1)
    assert [group["name"] for group in tenant.groups()] == ["g"]


def test_a_truncated_body(api: Any, tenant: Any) -> None:
    plant(tenant, {"truncate": 10})
    target = urlsplit(tenant.url)
    connection = http.client.HTTPConnection(target.netloc, timeout=5)
    connection.request("GET", "/api/v1/groups", headers={"Authorization": f"Bearer {tenant.api_key}"})
    response = connection.getresponse()
    assert response.status == 200
    with pytest.raises(http.client.IncompleteRead) as caught:
        response.read()
    assert len(caught.value.partial) == 10
    connection.close()


def test_a_slow_body(api: Any, tenant: Any) -> None:
    length = len(api.get("/groups/settings").content)
    plant(tenant, {"drip": length / 0.3})
    started = time.monotonic()
    assert api.get("/groups/settings").json()["autoCreateGroups"] is False
    assert 0.3 <= time.monotonic() - started < 5


def test_a_huge_body(api: Any, tenant: Any) -> None:
    plant(tenant, {"huge": 3_000_000})
    response = api.get("/groups")
    assert len(response.content) == 3_000_000
    assert response.json()["data"] == []


def test_broken_and_wrong_content(api: Any, tenant: Any) -> None:
    plant(tenant, {"invalid_json": True}, count=1)
    plant(tenant, {"wrong_type": True}, count=1)
    plant(tenant, {"wrong_type": {"data": 1}}, count=1)
    plant(tenant, {"headers": {"X-Extra": "1"}}, count=1)
    response = api.get("/groups")
    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        response.json()
    assert isinstance(api.get("/groups").json(), list)
    assert api.get("/groups").json() == {"data": 1}
    response = api.get("/groups")
    assert (response.headers["X-Extra"], response.json()["data"]) == ("1", [])


GARBLED = ["cut", "empty", "array", "object", "without_id", "html"]


def assert_garbled(response: Any, how: str, status: int) -> None:
    """It is framed well and has a status of success, and its body is what ``how`` says."""
    assert response.status_code == status
    assert int(response.headers.get("Content-Length", 0)) == len(response.content)
    assert response.headers.get("Content-Type", "").startswith("text/html") is (how == "html")
    if how == "without_id":
        assert "id" not in response.json()
        assert response.json()["name"]
    elif how in ("array", "object"):
        assert response.json() == {"array": [], "object": {}}[how]
    else:
        assert bool(response.content) is (how != "empty")
        with pytest.raises(ValueError, match=r"."):
            response.json()


@pytest.mark.parametrize("how", GARBLED)
def test_successes_with_a_garbled_body(api: Any, tenant: Any, how: str) -> None:
    path = f"/groups/{api.made('/groups', {'name': 'a', 'providerType': 'custom'})['id']}"
    plant(tenant, {"garble": how})
    assert_garbled(api.post("/groups", {"name": "b"}), how, 201)
    assert [group["name"] for group in tenant.groups()] == ["a", "b"]
    assert_garbled(api.get(path), how, 200)
    page = api.get("/groups")
    assert page.status_code == 200
    if how == "without_id":
        assert [row["name"] for row in page.json()["data"] if "id" not in row] == ["a", "b"]
    for response in (api.patch(path, ("replace", "/description", "d")), api.delete(path)):
        assert response.status_code == (204 if how == "empty" else 200)
        assert bool(response.text) is (how != "empty")
    assert [group["name"] for group in tenant.groups()] == ["b"]
    assert api.delete(path).status_code == 404
    assert api.delete(path).json()["errors"][0]["code"] == "GROUPS-7"


@pytest.mark.parametrize("how", GARBLED)
def test_successes_of_what_was_not_done(api: Any, tenant: Any, how: str) -> None:
    path = f"/groups/{api.made('/groups', {'name': 'a', 'providerType': 'custom'})['id']}"
    before = tenant.state()
    tenant.reset_counters()
    plant(tenant, {"garble": how, "processed": False})
    assert_garbled(api.post("/groups", {"name": "b"}), how, 201)
    for response in (api.patch(path, ("replace", "/description", "d")), api.delete(path)):
        assert response.status_code == (204 if how == "empty" else 200)
    assert api.get("/groups").status_code == 200
    assert tenant.state() == before
    assert tenant.counters()["writes"] == 0


def test_redirect(api: Any, tenant: Any) -> None:
    plant(tenant, {"redirect": "http://evil.example.com/", "redirect_status": 307})
    response = api.get("/groups")
    assert (response.status_code, response.headers["Location"]) == (307, "http://evil.example.com/")


def test_echo_of_the_token(api: Any, tenant: Any) -> None:
    plant(tenant, {"echo_authorization": 400})
    response = api.get("/groups")
    assert response.status_code == 400
    assert tenant.api_key in response.text
    assert tenant.api_key not in str(tenant.requests())


def test_bad_paging(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "a"}, {"name": "b"}])
    plant(tenant, {"endless_paging": True}, count=2)
    first, second = (api.get("/groups").json()["links"]["next"]["href"] for _attempt in range(2))
    assert first != second
    plant(tenant, {"repeat_cursor": True}, count=2)
    first, second = (api.get("/groups").json()["links"]["next"]["href"] for _attempt in range(2))
    assert first == second
    plant(tenant, {"foreign_next": "http://evil.example.com/"}, count=1)
    href = api.get("/groups?limit=1").json()["links"]["next"]["href"]
    assert href.startswith("http://evil.example.com/api/v1/groups?limit=1&next=")


def test_somebody_else_is_faster(api: Any, tenant: Any) -> None:
    plant(tenant, {"plant": {"groups": [{"name": "g", "assignedRoles": ["Steward"]}]}}, method="POST", count=1)
    assert api.post("/groups", {"name": "g"}).status_code == 409
    assert tenant.groups()[0]["assignedRoles"][0]["name"] == "Steward"


def test_which_requests_a_rule_is_for(api: Any, tenant: Any) -> None:
    plant(tenant, {"status": 500}, method="get", path="^/api/v1/groups$", skip=1, count=2)
    statuses = [api.get("/groups").status_code for _attempt in range(5)]
    assert statuses == [200, 500, 500, 200, 200]
    assert api.get("/roles").status_code == 200
    assert tenant.faults()[0]["used"] == 2
    tenant.behave()
    assert tenant.faults() == []
    chosen = []
    for _run in range(2):
        tenant.behave()
        plant(tenant, {"status": 500}, probability=0.5, seed=4)
        chosen.append([api.get("/groups").status_code for _attempt in range(20)])
    assert chosen[0] == chosen[1]
    assert set(chosen[0]) == {200, 500}


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"match": {}},
        {"action": {}},
        {"action": {"explode": True}},
        {"action": {"status": "500"}},
        {"action": {"reset": "during"}},
        {"action": {"drip": 0}},
        {"action": {"garble": "badly"}},
        {"action": {"plant": {"apps": []}}},
        {"action": {"status": 500}, "match": {"verb": "GET"}},
        {"action": {"status": 500}, "match": {"path": "("}},
        {"action": {"status": 500}, "match": []},
    ],
)
def test_rules_that_make_no_sense(tenant: Any, rule: dict[str, Any]) -> None:
    with pytest.raises(LocalTenantError):
        tenant.misbehave(rule)
    assert tenant.faults() == []


def test_counters_and_log(api: Any, tenant: Any) -> None:
    api.made("/groups", {"name": "g"})
    api.get("/groups?limit=5")
    api.get("/groups/odd")
    api.post("/groups/actions/filter", {})
    api.get("/nothing")
    counters = tenant.counters()
    assert counters["routes"] == {
        "GET /groups": 1,
        "GET /groups/{id}": 1,
        "GET unknown": 1,
        "POST /groups": 1,
        "POST /groups/actions/filter": 1,
    }
    assert (counters["total"], counters["writes"], counters["rate_limited"]) == (5, 1, 0)
    assert counters["statuses"] == {"200": 2, "201": 1, "404": 2}
    log = tenant.requests()
    assert log[1]["path"] == "/api/v1/groups"
    assert log[1]["query"] == "limit=5"
    assert log[1]["status"] == 200
    assert [entry["id"] for entry in log] == sorted(entry["id"] for entry in log)
    tenant.reset_counters()
    assert tenant.counters()["total"] == 0
    assert tenant.requests() == []
    assert len(tenant.groups()) == 1


def test_latency_overlaps() -> None:
    with LocalTenant(latency=0.2) as slow, concurrent.futures.ThreadPoolExecutor(8) as pool:
        headers = {"Authorization": f"Bearer {slow.api_key}"}
        started = time.monotonic()
        answers = list(
            pool.map(lambda _n: requests.get(f"{slow.url}/api/v1/groups", headers=headers, timeout=20), range(8))
        )
        assert {response.status_code for response in answers} == {200}
        assert time.monotonic() - started >= 0.2
        assert slow.counters()["peak_concurrency"] > 1


def test_a_reset_ends_what_was_under_way(api: Any, tenant: Any) -> None:
    plant(tenant, {"delay": 1.0}, method="POST")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        late = pool.submit(api.post, "/groups", {"name": "late"})
        while not tenant.requests():
            time.sleep(0.01)
        tenant.reset()
        with pytest.raises(requests.ConnectionError):
            late.result()
    assert tenant.groups() == []
