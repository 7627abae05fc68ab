# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs on one tenant at once, and runs beside somebody else's hands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from fault_matrix.cases import CASES
from local_tenant.client import LocalTenant
from modules.harness import Json, Run

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


@pytest.mark.parametrize("lag", [0.0, 0.3])
@pytest.mark.parametrize("module", ["qlik_groups", "qlik_users"])
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


@pytest.mark.parametrize("bulk", [False, True], ids=["qlik_user", "qlik_users"])
def test_the_email_of_a_creation_is_its_own(run: Run, tenant: LocalTenant, bulk: bool) -> None:
    """The answer is lost, the look for the user comes too early, and that for its address does not."""
    tenant.misbehave({"match": {"method": "POST", "path": "/users$", "count": 1}, "action": {"reset": "after"}})
    reads = 2 if bulk else 1
    early = {"method": "GET", "path": "/users$", "skip": reads, "count": 1}
    tenant.misbehave({"match": early, "action": {"status": 200, "json": {"data": []}}})
    user = {"subject": "eve", "email": "eve@example.com"}
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
    assert "Of 2 of them it is not known whether the tenant was changed." in result["msg"]
