# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs on one tenant at once, and runs beside somebody else's hands."""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from fault_matrix.cases import CASES
from fault_matrix.side_by_side import RACES, all_races
from local_tenant.client import LocalTenant, TenantHandle
from modules.harness import Json, Run, role_id, role_named, user_of
from modules.keys import public
from suites import long_unless

#: Runs a module in a process of its own.
ALONE = """
import json, sys
from local_tenant.client import TenantHandle
from modules.harness import Run
description, module, options = json.load(sys.stdin)
print(json.dumps(Run(TenantHandle(description))(module, **options)))
"""


def at_once(tenant: LocalTenant, *tasks: tuple[str, Mapping[str, Json]]) -> list[Json]:
    """The results of tasks that run side by side."""
    description = {name: value for name, value in vars(tenant).items() if isinstance(value, str)}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ALONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        for _task in tasks
    ]
    for process, (module, options) in zip(processes, tasks):
        assert process.stdin is not None
        process.stdin.write(json.dumps([description, module, options]))
        process.stdin.flush()
    return [json.loads(process.communicate(timeout=120)[0]) for process in processes]


@pytest.mark.parametrize(
    ("module", "lag"),
    long_unless(
        {("qlik_groups", 0.3), ("qlik_users", 0.0)}, itertools.product(["qlik_groups", "qlik_users"], [0.0, 0.3])
    ),
)
def test_two_runs_at_once(tenant: LocalTenant, module: str, lag: float) -> None:
    """Both succeed, whoever creates first, and everything is there once."""
    case = CASES[module]
    case.prepare(tenant)
    tenant.guess(lag_seconds=lag)
    # Both have read before either of them writes.
    tenant.misbehave({"match": {"method": "POST", "path": "/(groups|users)$", "count": 2}, "action": {"delay": 1.0}})
    results = at_once(tenant, (module, case.options), (module, case.options))
    assert [result.get("msg") for result in results if result.get("failed")] == []
    assert case.look(tenant.state()) == case.expected
    for action in ("created", "deleted"):
        assert sum(result["summary"][action] for result in results) == case.summary[action]


#: Module, what a task adds with a list, and what the tenant holds of it then.
ADDITIONS: dict[str, tuple[str, dict[str, Json], str, tuple[Json, Json]]] = {
    "roles of a user": (
        "qlik_user",
        {"subject": "bob", "purge_roles": False},
        "assigned_roles",
        (["DataAdmin"], ["Keys"]),
    ),
    "groups of a user": ("qlik_user", {"subject": "bob"}, "assigned_groups", (["Falcon"], ["Eagle"])),
    "the same group": ("qlik_user", {"subject": "bob"}, "assigned_groups", (["Falcon", "Eagle"], ["Falcon"])),
    "scopes of a role": (
        "qlik_role",
        {"name": "Keys", "purge_scopes": False},
        "assigned_scopes",
        (["apps"], ["spaces"]),
    ),
}


def with_something_to_add_to(tenant: LocalTenant) -> None:
    tenant.plant_roles([{"name": "Keys"}])
    tenant.plant_groups([{"name": name, "providerType": "custom"} for name in ("Falcon", "Eagle")])
    tenant.plant_groups([{"name": "Finance", "assignedRoles": ["Steward"]}])
    tenant.plant_users([{"subject": "bob", "assignedRoles": ["Steward"]}])


def held_names(tenant: LocalTenant, option: str) -> set[str]:
    """What the tenant holds of what C(ADDITIONS) adds to."""
    if option == "assigned_scopes":
        return set((role_named(tenant, "Keys") or {})["assignedScopes"])
    api = "assignedRoles" if option == "assigned_roles" else "assignedGroups"
    return {item["name"] for item in (user_of(tenant, "bob") or {})[api]}


@pytest.mark.parametrize(
    ("case", "guess"),
    long_unless(
        {("roles of a user", "refuse"), ("groups of a user", "accept")},
        [*((case, "accept") for case in ADDITIONS), ("roles of a user", "refuse")],
    ),
)
def test_two_runs_that_add(run: Run, tenant: LocalTenant, case: str, guess: str) -> None:
    """One adds between the reading and the writing of the other, and nothing is lost."""
    module, options, option, (first, second) = ADDITIONS[case]
    with_something_to_add_to(tenant)
    tenant.guess(user_role_add=guess)
    tenant.misbehave({"match": {"method": "PATCH", "count": 1}, "action": {"delay": 1.5}})
    before = held_names(tenant, option)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(at_once, tenant, (module, {**options, option: first}))
        wait_for_write(tenant)
        also: dict[str, Json] = {**options, option: second}
        quick = run(module, **also)
        (result,) = slow.result()
    assert "failed" not in quick, quick
    assert "failed" not in result, result
    assert held_names(tenant, option) == before | {*first, *second}


def wait_for_write(tenant: LocalTenant) -> None:
    """Until a task has begun to write."""
    while not tenant.counters()["routes"].keys() & {"PATCH /users/{id}", "PATCH /roles/{id}"}:
        time.sleep(0.02)


def test_users_whose_roles_can_only_be_replaced(run: Run, tenant: LocalTenant) -> None:
    """A refusal of additions is met once, not with every user."""
    with_something_to_add_to(tenant)
    tenant.plant_users([{"subject": f"u{number}"} for number in range(10)])
    tenant.guess(user_role_add="refuse")
    users = [{"subject": f"u{number}", "assigned_roles": ["Steward"], "purge_roles": False} for number in range(10)]
    tenant.reset_counters()
    assert run("qlik_users", users=users, concurrency=1)["summary"]["updated"] == 10
    assert tenant.counters()["routes"]["PATCH /users/{id}"] == 11


@pytest.mark.parametrize("purge", [False, True])
def test_a_list_that_somebody_else_replaces(run: Run, tenant: LocalTenant, purge: bool, impatient: None) -> None:
    """Groups have no additions: what another run replaced is added again, or named."""
    with_something_to_add_to(tenant)
    response = {"name": "Finance", "assignedRoles": [{"id": role_id(tenant, "DataAdmin"), "name": "DataAdmin"}]}
    current = next(group for group in tenant.groups() if group["name"] == "Finance")
    # What is only to be added is written again after the first look.
    look: dict[str, Json] = {"method": "GET", "path": "/groups/[0-9a-f]+$", **({} if purge else {"count": 1})}
    tenant.misbehave({"match": look, "action": {"status": 200, "json": {**current, **response}}})
    result = run("qlik_group", name="Finance", assigned_roles=["AuditAdmin"], purge_roles=purge)
    assert bool(result.get("failed")) is purge, result
    assert result["changed"] is True
    if purge:
        assert "another client has replaced the values" in result["msg"]
        assert "DataAdmin" in result["msg"]
    else:
        # The second time the real list is added to.
        assert result["action"] == "updated"
        assert tenant.counters()["writes"] == 2


@pytest.mark.parametrize("bulk", [False, True], ids=["qlik_user", "qlik_users"])
def test_the_email_of_a_creation_is_its_own(run: Run, tenant: LocalTenant, bulk: bool) -> None:
    """The answer is lost, the look for the user comes too early, and that for its address does not."""
    tenant.misbehave({"match": {"method": "POST", "path": "/users$", "count": 1}, "action": {"reset": "after"}})
    reads = 2 if bulk else 1
    early = {"method": "GET", "path": "/users$", "skip": reads, "count": 1}
    tenant.misbehave({"match": early, "action": {"status": 200, "json": {"data": []}}})
    user: dict[str, Json] = {"subject": "eve", "email": "eve@example.com"}
    result = run("qlik_users", users=[user]) if bulk else run("qlik_user", **user)
    assert "failed" not in result, result
    assert result["changed"] is True
    assert [user["subject"] for user in tenant.users()].count("eve") == 1


def test_equal_runs_that_create_one_user(tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {"method": "POST", "path": "/users$", "count": 3}, "action": {"delay": 1.0}})
    options = {"subject": "eve", "email": "eve@example.com", "name": "Eve"}
    results = at_once(tenant, *[("qlik_user", options)] * 3)
    assert [result.get("msg") for result in results if result.get("failed")] == []
    assert [result["action"] for result in results].count("created") == 1


@pytest.mark.parametrize("module", ["qlik_group", "qlik_groups"])
def test_what_somebody_else_deleted_is_not_reported_as_ours(run: Run, tenant: LocalTenant, module: str) -> None:
    """The list still shows the group, and the deletion is answered by 404."""
    (group_id,) = tenant.plant_groups([{"name": "N"}])
    tenant.guess(lag_seconds=30)
    tenant.remove_groups([group_id])
    tenant.misbehave({"match": {"method": "DELETE"}, "action": {"status": 404, "json": {"errors": []}}})
    group: dict[str, Json] = {"name": "N", "state": "absent"}
    result = run(module, **(group if module == "qlik_group" else {"groups": [group]}))
    assert "failed" not in result
    assert result["changed"] is False


def test_what_is_not_known_of_some_items_is_said(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {"method": "POST"}, "action": {"reset": "before"}})
    result = run("qlik_groups", groups=[{"name": "A"}, {"name": "B"}], retries=0)
    assert result["failed"]
    assert "For 2 of them, the tenant may have been changed." in result["msg"]


WEB_CLIENT = {"name": "CI", "app_type": "web"}


def slow_writes(tenant: LocalTenant, path: str) -> None:
    """Both runs have read before either of them writes."""
    match = {"path": path, "count": 2}
    tenant.misbehave(
        *({"match": {**match, "method": method}, "action": {"delay": 1.0}} for method in ("POST", "DELETE"))
    )


def test_two_rotations_of_one_client_both_hand_over_a_secret(tenant: LocalTenant) -> None:
    (client_id,) = tenant.plant("oauth_clients", [{"clientName": "CI"}])
    slow_writes(tenant, "/client-secrets$")
    task = ("qlik_oauth_client", {**WEB_CLIENT, "rotate_secret": True})
    secrets = {result["secret"] for result in at_once(tenant, task, task)}
    (client,) = (client for client in tenant.state()["oauth_clients"] if client["clientId"] == client_id)
    assert len(secrets) == 2
    assert secrets <= {secret["clientSecret"] for secret in client["clientSecrets"]}


def test_two_runs_that_delete_one_client(tenant: LocalTenant) -> None:
    tenant.plant("oauth_clients", [{"clientName": "CI"}])
    slow_writes(tenant, "/oauth-clients/")
    results = at_once(tenant, *[("qlik_oauth_client", {**WEB_CLIENT, "state": "absent"})] * 2)
    assert [result.get("failed", False) for result in results] == [False, False]
    assert "CI" not in [client["clientName"] for client in tenant.state()["oauth_clients"]]


def test_two_runs_that_create_one_jwt_provider(tenant: LocalTenant) -> None:
    key = {"kid": "k", "pem": public()}
    provider = {"protocol": "jwtAuth", "options": {"issuer": "https://i.example", "static_keys": [key]}}
    slow_writes(tenant, "/identity-providers$")
    results = at_once(tenant, *[("qlik_identity_provider", provider)] * 2)
    assert sorted(result["action"] for result in results) == ["created", "unchanged"]
    assert len(tenant.state()["identity_providers"]) == 1


#: The races for what the API takes twice.
NOT_UNIQUE = [name for name, race in RACES.items() if not race.has_unique_names]


def slowed(tenant: TenantHandle, _seed: int) -> None:
    """Every request takes as long as one over the internet."""
    tenant.misbehave({"match": {}, "action": {"delay": 0.06}})


@pytest.mark.parametrize("repetitions", [2, pytest.param(20, marks=pytest.mark.long)])
def test_equal_runs_create_no_duplicates(repetitions: int) -> None:
    tallies, complaints = all_races(1, repetitions, math.inf, NOT_UNIQUE, {"slow": slowed})
    assert complaints == []
    assert {name: tally["rounds"] for name, tally in tallies.items()} == dict.fromkeys(NOT_UNIQUE, repetitions)
    for tally in tallies.values():
        assert (tally["duplicates"], tally["failed"], tally["lost"]) == (0, 0, 0)
        assert tally["kept"] == tally["runs"]
