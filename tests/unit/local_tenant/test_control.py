# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API, the handle and the command line."""

from __future__ import annotations

import dataclasses
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import local_tenant
import pytest
import requests
import trustme
from local_tenant.__main__ import main
from local_tenant.client import LocalTenant, LocalTenantError
from local_tenant.guesses import GuessError, Guesses
from suites import long_unless

ROOT = Path(local_tenant.__file__).parent.parent


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local_tenant", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_state_is_what_the_api_shows(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "g", "assignedRoles": ["Steward"]}])
    (space,) = tenant.plant_spaces([{"name": "s", "owner": "local|blind", "members": [{"group": "g"}]}])
    tenant.plant_items([{"space": "s", "name": "App"}])
    state = tenant.state()
    assert state["groups"] == api.listed("/groups")
    assert sorted(state["roles"], key=lambda role: str(role["name"]).casefold()) == api.listed("/roles", limit="100")
    assert state["settings"] == api.get("/groups/settings").json()
    assert state["tenant"] == api.get(f"/tenants/{tenant.tenant_id}").json()
    assert state["spaces"] == api.listed("/spaces")
    assert state["assignments"] == api.listed(f"/spaces/{space}/assignments")
    assert [{**item, "listed": True} for item in api.listed("/items")] == state["items"]
    assert state["license"]["settings"] == api.get("/licenses/settings").json()
    assert state["license"]["overview"] == api.get("/licenses/overview").json()
    assert tenant.spaces() == [{**state["spaces"][0], "assignments": state["assignments"]}]
    assert state["everyone"] == api.get("/groups/000000000000000000000001").json()
    users = {user["id"]: user for user in state["users"]}
    for user in api.listed("/users"):
        assert users[user["id"]].items() >= user.items()
    assert tenant.counters()["routes"].keys().isdisjoint({"GET unknown"})


def test_reset(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "g"}])
    tenant.plant_roles([{"name": "r"}])
    tenant.plant_spaces([{"name": "s", "members": [{"group": "g"}]}])
    tenant.plant_items([{"space": "s"}])
    tenant.set_tenant(space_types=["shared"], license={"user_based": False, "allotments": {"analyzer": [1, 1]}})
    tenant.guess(end_of_list="null")
    tenant.limits(enabled=True, active_groups=1)
    tenant.misbehave({"action": {"status": 500}})
    tenant.set_tenant(disabled=True, alias="acme.us.qlikcloud.com", taken_aliases=["x.us.qlikcloud.com"])
    tenant_id = tenant.tenant_id
    tenant.reset()
    assert (tenant.groups(), tenant.faults(), len(tenant.roles())) == ([], [], 17)
    state = tenant.state()
    assert (state["spaces"], state["assignments"], state["items"]) == ([], [], [])
    assert state["license"]["settings"] == {"autoAssignAnalyzer": False, "autoAssignProfessional": False}
    assert len(state["license"]["overview"]["allotments"]) == 2
    assert len(api.get("/spaces/types").json()["data"]) == 3
    assert tenant.guess() == dataclasses.asdict(Guesses())
    limits = tenant.limits()
    assert (limits["enabled"], limits["active_groups"]) == (False, 10_000)
    assert api.get(f"/tenants/{tenant_id}").json()["hostnames"][1:] == []


def test_planting_changes_what_is_there(tenant: Any) -> None:
    (first,) = tenant.plant_groups([{"name": "x" * 300, "status": "disabled"}])
    (again,) = tenant.plant_groups([{"name": "x" * 300, "status": "active", "assignedRoles": ["Steward"]}])
    assert first == again
    assert tenant.groups()[0]["status"] == "active"
    (user,) = tenant.plant_users([{"subject": "s", "status": "deleted"}])
    (other,) = tenant.plant_users([{"subject": "s"}])
    assert user != other
    assert tenant.remove_users([user, other, "odd"]) == 2
    (role,) = tenant.plant_roles([{"name": "r", "level": "admin"}])
    assert tenant.remove_roles([role]) == 1
    assert tenant.remove_groups([first]) == 1
    assert tenant.groups() == []


def test_planted_spaces_and_what_they_hold(tenant: Any) -> None:
    tenant.plant_groups([{"name": "g"}, {"name": "g", "providerType": "custom"}])
    (ada,) = tenant.plant_users([{"subject": "ada"}])
    everyone = {"group": "com.qlik.Everyone", "roles": ["consumer"]}
    members = [{"group": "g"}, {"group": "g", "providerType": "custom"}, {"user": "local|plain"}, everyone]
    (first,) = tenant.plant_spaces([{"name": "s", "owner": "ada", "description": "", "members": members}])
    (space,) = tenant.spaces()
    assert (space["ownerId"], space["type"], space["description"]) == (ada, "shared", "")
    assert [member["type"] for member in space["assignments"]] == ["group", "group", "user", "group"]
    assert space["assignments"][3]["assigneeId"] == "000000000000000000000001"
    orphan = {"assigneeId": "nobody", "type": "bot", "roles": ["odd"]}
    (again,) = tenant.plant_spaces([{"name": "s", "type": "managed", "members": [orphan]}])
    (space,) = tenant.spaces()
    assert (first, space["type"], len(space["assignments"])) == (again, "managed", 1)
    (member,) = tenant.plant_assignments([{**orphan, "space": "s", "roles": ["consumer"]}])
    assert tenant.spaces()[0]["assignments"][0]["roles"] == ["consumer"]
    (item,) = tenant.plant_items([{"space": first, "owner": "ada", "listed": False}])
    assert tenant.state()["items"][0]["listed"] is False
    assert (tenant.remove_items([item]), tenant.remove_assignments([member])) == (1, 1)
    tenant.plant_assignments([{"space": first, "user": ada}])
    assert tenant.remove_spaces([first]) == 1
    assert (tenant.spaces(), tenant.state()["assignments"]) == ([], [])


@pytest.mark.parametrize(
    ("method", "name", "body"),
    [
        ("POST", "groups", {}),
        ("POST", "groups", [{}]),
        ("POST", "groups", [{"name": "g", "surprise": 1}]),
        ("POST", "groups", [{"name": "g", "assignedRoles": ["Nobody"]}]),
        ("POST", "groups", [{"name": "g", "providerType": "system"}]),
        ("POST", "users", [{"subject": "s", "assignedGroups": ["g"]}]),
        ("DELETE", "groups", {}),
        ("POST", "spaces", [{"name": "s", "type": "personal"}]),
        ("POST", "spaces", [{"name": "s", "owner": "nobody"}]),
        ("POST", "spaces", [{"name": "s", "members": [{"group": "nobody"}]}]),
        ("POST", "spaces", [{"name": "s", "members": [{"roles": ["consumer"]}]}]),
        ("POST", "spaces", [{"name": "s", "members": ["g"]}]),
        ("POST", "assignments", [{"space": "nowhere", "assigneeId": "x"}]),
        ("POST", "items", [{"space": "nowhere"}]),
        ("POST", "items", [{"name": "App"}]),
        ("PUT", "tenant", {"license": {"key": "x"}}),
        ("PUT", "guesses", {"nonsense": 1}),
        ("PUT", "guesses", {"end_of_list": "sometimes"}),
        ("PUT", "guesses", {"lag_seconds": -1}),
        ("PUT", "guesses", {"lag_seconds": "long"}),
        ("PUT", "guesses", []),
        ("PUT", "limits", {"active_groups": -1}),
        ("PUT", "limits", {"surprise": 1}),
        ("PUT", "tenant", {"surprise": 1}),
        ("POST", "api_keys", [{}]),
        ("POST", "api_keys", [{"user": "x", "status": "expired"}]),
        ("POST", "api_keys", [{"user": "x", "token": "x"}]),
        ("POST", "api_keys", [{"user": "x", "expiry": "tomorrow"}]),
        ("POST", "api_keys", [{"user": "x", "created": 1}]),
        ("POST", "audit_events", [{}]),
        ("POST", "audit_events", [{"eventType": "t", "eventTime": "2026-11-28"}]),
        ("POST", "audit_events", [{"eventType": "t", "actor": {"name": "x"}}]),
        ("POST", "api_keys/token", {"id": "unknown"}),
        ("POST", "tokens", {}),
        ("POST", "tokens", {"user": "nobody"}),
        ("POST", "tokens", {"user": "local|admin", "surprise": 1}),
        ("POST", "let_pass", {"seconds": -1}),
        ("POST", "let_pass", {"days": 1}),
        ("PUT", "tenant", {"settings": {"surprise": 1}}),
        ("PUT", "tenant", {"settings": {"everyone_roles": ["Nobody"]}}),
        ("GET", "nothing", None),
    ],
)
def test_control_calls_that_are_refused(tenant: Any, method: str, name: str, body: Any) -> None:
    with pytest.raises(LocalTenantError, match="error"):
        tenant.control(method, name, body)


def test_control_bodies_are_json(tenant: Any) -> None:
    assert requests.post(f"{tenant.url}/control/groups", data="x", timeout=5).status_code == 400


def test_settings_of_the_tenant(api: Any, tenant: Any) -> None:
    tenant.set_tenant(name="Acme", settings={"auto_create_groups": True, "everyone_roles": ["Steward"]})
    assert tenant.state()["tenant"]["name"] == "Acme"
    assert tenant.state()["settings"]["autoCreateGroups"] is True
    assert tenant.state()["everyone"]["assignedRoles"][0]["name"] == "Steward"


@pytest.mark.parametrize("field", dataclasses.fields(Guesses), ids=lambda field: str(field.name))
def test_every_guess_is_described_and_can_be_changed(tenant: Any, field: Any) -> None:
    assert field.metadata["unknown"]
    assert field.metadata["reference"].startswith("Qlik reference: ")
    allowed = field.metadata["allowed"] or (field.default, 1)
    assert field.default in allowed
    assert len(allowed) > 1
    for value in allowed:
        assert tenant.guess(**{field.name: value})[field.name] == value
        assert tenant.guess(**{field.name: str(value).lower()})[field.name] == value


def test_guesses_refuse_nonsense() -> None:
    for name, value in (("no", 1), ("end_of_list", "x"), ("lag_seconds", "inf"), ("lag_seconds", -1)):
        with pytest.raises(GuessError):
            Guesses().changed({name: value})


def test_the_shell_gets_two_lines_and_a_quiet_end(tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        ready = tmp_path / f"{number}.json"
        process = subprocess.Popen(
            [sys.executable, "-m", "local_tenant", "--tenants", "2", "--groups", "3", "--ready-file", str(ready)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        lines = [process.stdout.readline() for _line in range(2)]
        described = json.loads(ready.read_text(encoding="utf-8"))["tenants"]
        assert lines[0] == f"export QLIK_TENANT_URL={described[0]['url']}\n"
        assert lines[1] == f"export QLIK_API_KEY={described[0]['api_key']}\n"
        assert described[0]["api_key"].count(".") == 2
        assert len(described) == 2
        for item in described:
            headers = {"Authorization": f"Bearer {item['api_key']}"}
            names = [
                group["name"]
                for group in requests.get(f"{item['url']}/api/v1/groups", headers=headers, timeout=5).json()["data"]
            ]
            assert names == ["Group 00001", "Group 00002", "Group 00003"]
        process.send_signal(number)
        rest, errors = process.communicate(timeout=10)
        assert (process.returncode, rest, errors) == (0, "", "")


def test_help_explains_every_option_and_guess() -> None:
    response = run("--help")
    assert response.returncode == 0
    for field in dataclasses.fields(Guesses):
        assert f"{field.name}=" in response.stdout


BAD_OPTIONS = [
    ["--port", "x"],
    ["--port", "65535", "--tenants", "2"],
    ["--tenants", "0"],
    ["--latency", "-1"],
    ["--time-scale", "0"],
    ["--guess", "nonsense=1"],
    ["--guess", "end_of_list"],
    ["--guess", "end_of_list=x"],
    ["--tls-cert", "x"],
    ["--tls-cert", "/nowhere/x", "--tls-key", "/nowhere/y"],
    ["--surprise"],
]


@pytest.mark.parametrize("arguments", BAD_OPTIONS)
def test_bad_options(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


@pytest.mark.parametrize("arguments", long_unless([BAD_OPTIONS[0]], BAD_OPTIONS))
def test_bad_options_in_a_shell(arguments: list[str]) -> None:
    response = run(*arguments)
    assert response.returncode == 2
    assert "error: " in response.stderr
    assert "Traceback" not in response.stderr


def test_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        response = run("--port", str(taken.getsockname()[1]))
    assert response.returncode == 1
    assert len(response.stderr.splitlines()) == 1
    assert "cannot listen on 127.0.0.1:" in response.stderr
    with pytest.raises(LocalTenantError, match="did not start"), LocalTenant(port=1, host="203.0.113.1"):
        pass


def test_options_survive_a_reset() -> None:
    with LocalTenant(
        groups=5, rate_limits=True, tenant_cap=True, time_scale=2, guesses={"end_of_list": "null"}
    ) as tenant:
        tenant.plant_groups([{"name": "g"}])
        tenant.guess(end_of_list="absent")
        tenant.reset()
        assert len(tenant.groups()) == 5
        assert tenant.guess()["end_of_list"] == "null"
        limits = tenant.limits()
        assert (limits["enabled"], limits["tenant_cap"], limits["time_scale"]) == (True, True, 2)
    with pytest.raises(OSError, match=r"."):
        tenant.counters()
    tenant.stop()


def test_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    cert, key, trusted = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "ca.pem"
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(str(key))
    issued.cert_chain_pems[0].write_to_path(str(cert))
    authority.cert_pem.write_to_path(str(trusted))
    with LocalTenant(tls_cert=cert, tls_key=key) as tenant:
        assert tenant.url.startswith("https://")
        headers = {"Authorization": f"Bearer {tenant.api_key}"}
        assert (
            requests.get(f"{tenant.url}/api/v1/groups", headers=headers, verify=str(trusted), timeout=5).status_code
            == 200
        )
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{tenant.url}/api/v1/groups", headers=headers, timeout=5)
        tenant.misbehave({"action": {"reset": "after"}})
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{tenant.url}/api/v1/groups", headers=headers, verify=str(trusted), timeout=5)
