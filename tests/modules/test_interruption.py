# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that is told to end says what it has done, and begins nothing more."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ansible.module_utils.basic import AnsibleModule
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, group_named

SIGNALS = [signal.SIGINT, signal.SIGTERM]
GROUPS: list[Json] = [{"name": f"G {number:02}", "assigned_roles": ["Steward"]} for number in range(40)]


@contextmanager
def signaled(how: signal.Signals, tenant: LocalTenant, requests: int) -> Iterator[None]:
    """Send the signal to this process as soon as the tenant has got so many requests."""
    tenant.reset_counters()

    def work() -> None:
        while tenant.counters()["total"] < requests:
            time.sleep(0.01)
        os.kill(os.getpid(), how)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the module says in the system log, which the tests cannot read everywhere."""
    messages: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda self, msg, log_args=None: messages.append(msg))
    return messages


@pytest.mark.parametrize("how", SIGNALS)
def test_bulk(run_main: Run, tenant: LocalTenant, logged: list[str], how: signal.Signals) -> None:
    tenant.misbehave({"match": {"method": "POST"}, "action": {"delay": 0.1}})
    with signaled(how, tenant, requests=10):
        result = run_main("qlik_groups", groups=GROUPS, concurrency=3)
    assert result["failed"]
    assert result["changed"]
    reported = {entry["name"]: entry["action"] for entry in result["groups"]}
    current = {group["name"] for group in tenant.groups()} - {"Everyone"}
    assert {name for name, action in reported.items() if action == "created"} == current
    assert 0 < len(current) < len(GROUPS)
    assert result["summary"] == {
        "created": len(current),
        "updated": 0,
        "deleted": 0,
        "unchanged": 0,
        "failed": len(GROUPS) - len(current),
    }
    assert "interrupted" in result["msg"]
    assert "Run the task again" in result["msg"]
    assert any(result["msg"] in message and "not confirmed: none" in message for message in logged)

    tenant.behave()
    assert run_main("qlik_groups", groups=GROUPS)["summary"]["created"] == len(GROUPS) - len(current)


def test_a_change_that_was_not_confirmed_is_named(run_main: Run, tenant: LocalTenant, logged: list[str]) -> None:
    tenant.plant_groups([{"name": "Finance"}])
    tenant.misbehave({"match": {"method": "PATCH"}, "action": {"delay_after": 0.5}})
    with signaled(signal.SIGTERM, tenant, requests=3):
        result = run_main("qlik_groups", groups=[{"name": "Finance", "assigned_roles": ["Steward"]}])
    assert result["changed"]
    assert result["groups"][0]["action"] == "failed"
    assert result["groups"][0]["changed"] is True
    assert any("not confirmed: group 'Finance' (idp)." in message for message in logged)


@pytest.mark.parametrize("how", SIGNALS)
def test_a_wait_for_the_rate_limit_ends(
    run_main: Run, tenant: LocalTenant, logged: list[str], how: signal.Signals
) -> None:
    tenant.misbehave({"match": {"method": "POST"}, "action": {"status": 429, "headers": {"Retry-After": "300"}}})
    with signaled(how, tenant, requests=2):
        result = run_main("qlik_group", name="Finance", assigned_roles=["Steward"])
    assert result["failed"]
    assert result["changed"] is False
    assert "The task was interrupted." in result["msg"]
    assert "Nothing was changed." in result["msg"]
    assert any(result["msg"] in message for message in logged)
    assert group_named(tenant, "Finance") is None


def test_a_reading_ends(run_main: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": f"G {number}"} for number in range(500)])
    tenant.misbehave({"match": {"method": "GET"}, "action": {"delay": 0.2}})
    with signaled(signal.SIGTERM, tenant, requests=2):
        result = run_main("qlik_group_info")
    assert result["failed"]
    assert "interrupted" in result["msg"]


def test_signals_are_handled_as_before_after_the_task(run_main: Run) -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    assert "failed" not in run_main("qlik_group_info")
    assert [signal.getsignal(number) for number in SIGNALS] == before
