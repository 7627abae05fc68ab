# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on the way: a task ends in what is described, or says what is not known; and it never tells a secret."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, calls, group_named, role_names
from suites import diagonal, long_unless

FAST: dict[str, Json] = {"retries": 2, "timeout": 1}
# What goes wrong with one request.
FAULTS: dict[str, dict[str, Json]] = {
    "429": {"status": 429, "headers": {"Retry-After": "1"}},
    "429 without a header": {"status": 429, "json": {"errors": [{"code": "HTTP-429", "title": "Too many requests"}]}},
    "503 in JSON": {"status": 503, "json": {"errors": [{"code": "X-1", "title": "Busy"}]}},
    "503 in HTML": {"status": 503, "html": "<html>Busy</html>"},
    "502 without a body": {"status": 502},
    "504 after the write": {"status": 504, "processed": True},
    "reset before the write": {"reset": "before"},
    "reset after the write": {"reset": "after"},
    "truncated": {"truncate": 20},
    "late after the write": {"delay_after": 1.3},
    "late before the write": {"delay": 1.3},
}
# Options, and the roles of the group Finance then, or None when there is none; it has Steward unless it is created.
STEPS: dict[str, tuple[dict[str, Json], list[str] | None]] = {
    "GET": ({"assigned_roles": ["Steward"]}, ["Steward"]),
    "POST": ({"assigned_roles": ["Steward"]}, ["Steward"]),
    "PATCH": ({"assigned_roles": ["DataAdmin"]}, ["DataAdmin"]),
    "DELETE": ({"state": "absent"}, None),
}


GROUPS = (FAULTS, list(itertools.product(STEPS, ["qlik_group", "qlik_groups"])))


@pytest.mark.parametrize(("fault", "task"), long_unless(diagonal(*GROUPS), itertools.product(*GROUPS)), ids=str)
def test_group(run: Run, tenant: LocalTenant, fault: str, task: tuple[str, str]) -> None:
    method, module = task
    options, expected = STEPS[method]
    if method != "POST":
        tenant.plant_groups([{"name": "Finance", "assignedRoles": ["Steward"]}])
    tenant.misbehave({"match": {"method": method, "path": "/groups(/|$)", "count": 1}, "action": FAULTS[fault]})
    group = {"name": "Finance", **options}
    described: dict[str, Json] = group if module == "qlik_group" else {"groups": [group]}
    result = run(module, **FAST, **described)
    assert tenant.faults()[0]["used"] == 1
    assert not result.get("failed"), result
    assert result["changed"] is (method != "GET")
    current = group_named(tenant, "Finance")
    assert (role_names(current) if current else None) == expected
    tenant.behave()
    assert run(module, **described)["changed"] is False


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("fault", ["503 in JSON", "reset before the write", "reset after the write"])
@pytest.mark.usefixtures("impatient")
def test_fault_that_stays(run: Run, tenant: LocalTenant, fault: str, method: str) -> None:
    """The task fails where it was not done, and never says for sure what it cannot know."""
    options, expected = STEPS[method]
    if method != "POST":
        tenant.plant_groups([{"name": "Finance", "assignedRoles": ["Steward"]}])
    tenant.misbehave({"match": {"method": method}, "action": FAULTS[fault]})
    result = run("qlik_group", name="Finance", **FAST, **options)
    current = group_named(tenant, "Finance")
    done = (role_names(current) if current else None) == expected
    assert done is (fault == "reset after the write")
    assert bool(result.get("failed")) is not done
    assert "Traceback" not in run.output
    if done:
        assert result["changed"] is True
    else:
        assert result["changed"] is True
        assert "may have been changed" in result["msg"]
    assert tenant.faults()[0]["used"] <= 1 + 3 * (1 + int(FAST["retries"]))


def test_reading_that_stays_impossible(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {}, "action": {"status": 503, "html": "<html>Busy</html>"}})
    result = run("qlik_group", name="HR", retries=1)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "503" in result["msg"]
    assert calls(tenant) == 2


@pytest.mark.parametrize("check", [True, False])
def test_rate_limit_that_is_longer_than_the_task_waits(run: Run, tenant: LocalTenant, check: bool) -> None:
    tenant.misbehave({"match": {}, "action": {"status": 429, "headers": {"Retry-After": "60"}}})
    result = run("qlik_group", name="HR", rate_limit_wait=2, check=check)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "rate limit" in result["msg"].lower()


def test_waiting_for_the_rate_limit_uses_up_no_retries(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {"count": 2}, "action": {"status": 429, "headers": {"Retry-After": "1"}}})
    assert run("qlik_group", name="HR", retries=0)["changed"] is True


def test_partial_success_of_a_user(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_users([{"subject": "bob"}])
    tenant.misbehave({"match": {"method": "PATCH"}, "action": {"fail_operations": ["/name"]}})
    result = run("qlik_user", subject="bob", name="Bob", assigned_roles=["Steward"], retries=0)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "Changed: assigned_roles. Not changed: name." in result["msg"]
    assert result["error"]["status"] == 207
    assert [role["name"] for role in result["user"]["assigned_roles"]] == ["Steward"]


def test_items_that_fail_do_not_stop_the_others(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave(
        {
            "match": {"method": "POST", "path": "/groups$", "skip": 1, "count": 1},
            "action": {"status": 400, "json": {"errors": [{"code": "X-1", "title": "No"}], "traceId": "a" * 32}},
        }
    )
    groups = [{"name": f"G {number}"} for number in range(4)]
    result = run("qlik_groups", groups=groups, concurrency=1, retries=0)
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["summary"] == {"created": 3, "updated": 0, "deleted": 0, "unchanged": 0, "failed": 1}
    assert [item["action"] for item in result["groups"]] == ["created", "failed", "created", "created"]
    assert result["groups"][1]["error"]["trace_id"] == "a" * 32
    assert "'G 1'" in result["msg"]
    assert len(tenant.groups()) == 3
    assert [entry["action"] for entry in run("qlik_groups", groups=groups)["groups"]].count("created") == 1


def test_nothing_goes_on_after_the_credential_was_refused(run: Run, tenant: LocalTenant) -> None:
    refusal = {"status": 403, "json": {"errors": [{"code": "X-1", "title": "Forbidden"}]}}
    tenant.misbehave({"match": {"method": "POST", "path": "/groups$"}, "action": refusal})
    groups = [{"name": f"G {number}"} for number in range(10)]
    result = run("qlik_groups", groups=groups, concurrency=1)
    assert result["summary"]["failed"] == 10
    assert result["changed"] is False
    assert tenant.faults()[0]["used"] == 1


def test_token_that_ends_meanwhile(run: Run, tenant: LocalTenant) -> None:
    """It is renewed once, and the refused request sent again."""
    client: dict[str, Json] = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    refusal = {"status": 401, "json": {"errors": [{"code": "X-1", "title": "Unauthorized"}]}}
    tenant.misbehave({"match": {"method": "POST", "path": "/groups$", "count": 1}, "action": refusal})
    assert run("qlik_group", name="HR", **client)["changed"] is True
    assert tenant.counters()["routes"]["POST /oauth/token"] == 2
    tenant.behave()
    tenant.reset_counters()
    tenant.misbehave({"match": {"path": "/groups"}, "action": refusal})
    result = run("qlik_group", name="HR", **client)
    assert result["failed"] is True
    assert "401" in result["msg"]
    assert tenant.counters()["routes"]["POST /oauth/token"] == 2


def test_token_that_is_revoked_between_two_tasks(run: Run, tenant: LocalTenant) -> None:
    client: dict[str, Json] = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    assert run("qlik_group", name="HR", **client)["changed"] is True
    assert tenant.revoke_tokens() == 1
    assert run("qlik_group", name="HR", **client)["changed"] is False


ECHOES = (["GET", "POST"], ["api_key", "access_token", "client"], [400, 401, 403, 404, 409, 500])


@pytest.mark.parametrize(("method", "way", "status"), long_unless(diagonal(*ECHOES), itertools.product(*ECHOES)))
@pytest.mark.usefixtures("impatient")
def test_secrets_stay_secret(run: Run, tenant: LocalTenant, method: str, way: str, status: int) -> None:
    """Also when the service repeats them in its errors."""
    credentials: dict[str, Json] = {way: tenant.api_key}
    if way == "client":
        credentials = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    tenant.misbehave(
        {"match": {"method": method, "path": "/api/"}, "action": {"echo_authorization": status}},
    )
    result = run("qlik_group", name="HR", retries=0, **credentials)
    assert result["failed"] is True
    assert tenant.faults()[0]["used"] >= 1
    assert "Bearer" not in run.output.replace("Bearer ********", "")
    for secret in (tenant.api_key, tenant.client_secret):
        assert secret not in run.output


def test_client_secret_that_the_token_endpoint_repeats(run: Run, tenant: LocalTenant) -> None:
    title = f"{tenant.client_secret} is wrong"
    body = {"errors": [{"code": "X-1", "title": title, "detail": title, "meta": {"code": title}}]}
    tenant.misbehave({"match": {"path": "/oauth"}, "action": {"status": 400, "json": body}})
    client: dict[str, Json] = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    tasks: list[tuple[str, dict[str, Json]]] = [
        ("qlik_group", {"name": "HR"}),
        ("qlik_groups", {"groups": [{"name": "HR"}]}),
        ("qlik_tenant_info", {}),
    ]
    for module, options in tasks:
        assert run(module, **options, **client)["failed"] is True
        assert tenant.client_secret not in run.output


def test_secret_that_comes_back_as_a_name(run: Run, tenant: LocalTenant) -> None:
    """What Ansible masks, it masks in successes too."""
    tenant.plant_groups([{"name": tenant.api_key}])
    run("qlik_group_info")
    assert tenant.api_key not in run.output


def test_a_body_that_drips_in(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {"method": "GET"}, "action": {"drip": 20}})
    result = run("qlik_tenant_info", timeout=0.2, retries=1)
    assert "within 0.8 seconds (timeout)" in result["msg"]
    assert "Nothing was changed." in result["msg"]
    assert calls(tenant) == 2


def test_headers_that_drip_in(run: Run) -> None:
    """Every byte comes in time, and there is no end of them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip_headers, args=(server,), daemon=True).start()
        url = "http://127.0.0.1:%d" % server.getsockname()[1]
        result = run("qlik_tenant_info", tenant_url=url, timeout=0.2, retries=0)
    assert "within 0.8 seconds (timeout)" in result["msg"]


def drip_headers(server: socket.socket) -> None:
    peer, _address = server.accept()
    with peer, contextlib.suppress(OSError):
        peer.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
        while True:
            peer.sendall(b"x")
            time.sleep(0.05)
