# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long tasks: how far they are, what is left after an interruption, and tasks beside each other."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_tenant.client import LocalTenant
from suites import long_after_first

from .conftest import ansible_environment

MANY = 400
WAYS = long_after_first("worker", "process")


@pytest.fixture(scope="module")
def slow_tenant() -> Iterator[LocalTenant]:
    with LocalTenant(latency=0.04) as tenant:
        yield tenant


@pytest.fixture
def start(slow_tenant: LocalTenant, tmp_path: Path) -> Any:
    """Start a playbook that ensures many groups, in a process group of its own."""
    slow_tenant.reset()
    slow_tenant.reset_counters()
    task = {"qlikops.cloud.qlik_groups": {"groups": [{"name": f"Group {number}"} for number in range(MANY)]}}
    playbook = tmp_path / "many.yml"
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
    credential = {"QLIK_TENANT_URL": slow_tenant.url, "QLIK_API_KEY": slow_tenant.api_key}

    def run(**more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["ansible-playbook", str(playbook)],
            env=ansible_environment(tmp_path, **credential, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    return run


def finish(process: subprocess.Popen[str]) -> str:
    output, _nothing = process.communicate(timeout=120)
    return output


def processes_with(home: Path) -> list[int]:
    """Everything that was started with this HOME: workers of Ansible and modules leave the process group."""
    mark = f"HOME={home}\0".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environ.read_bytes():
                found.append(int(environ.parent.name))
    return found


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_next_run_does_what_is_left(
    slow_tenant: LocalTenant, start: Any, tmp_path: Path, how: signal.Signals
) -> None:
    process = start()
    while slow_tenant.counters()["writes"] < 40:
        time.sleep(0.02)
    for process_id in processes_with(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, how)
    assert "Traceback" not in finish(process)
    # What was under way when the process went away may still arrive.
    done = -1
    while done != slow_tenant.counters()["writes"]:
        done = slow_tenant.counters()["writes"]
        time.sleep(0.5)
    assert 40 <= done < MANY
    output = finish(start())
    assert "changed=1" in output
    assert slow_tenant.counters()["writes"] == MANY
    assert len({group["name"] for group in slow_tenant.groups()}) == len(slow_tenant.groups()) == MANY


@pytest.mark.parametrize("how", long_after_first(signal.SIGTERM, signal.SIGINT))
def test_a_module_that_is_told_to_end_says_what_it_did(
    slow_tenant: LocalTenant, start: Any, tmp_path: Path, how: signal.Signals
) -> None:
    process = start(QLIK_RUN_MODULES="process")
    while slow_tenant.counters()["writes"] < 40:
        time.sleep(0.02)
    for process_id in processes_with(tmp_path):
        command = Path(f"/proc/{process_id}/cmdline").read_bytes().split(b"\0")
        if command[1].endswith(b"AnsiballZ_qlik_groups.py"):
            os.kill(process_id, how)
    output = finish(process)
    done = len(slow_tenant.groups())
    assert f"{MANY - done} of {MANY} groups failed." in output
    assert "The task was interrupted." in output
    assert f'"created": {done}' in output
    assert "Traceback" not in output


@pytest.mark.parametrize("way", WAYS)
def test_a_command_that_is_interrupted_says_how_far_it_came(
    slow_tenant: LocalTenant, start: Any, tmp_path: Path, way: str
) -> None:
    log = tmp_path / "ansible.log"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = start(QLIK_RUN_MODULES=way, ANSIBLE_LOG_PATH=str(log), TMPDIR=str(temporary))
    while slow_tenant.counters()["writes"] < 40:
        time.sleep(0.02)
    # As a terminal does for Ctrl-C.
    os.killpg(process.pid, signal.SIGINT)
    output = finish(process)
    done = len(slow_tenant.groups())
    assert 40 <= done < MANY
    line = f"{done} of {MANY} groups written. Run the task again to write the rest."
    assert output.count(line) == 1, output
    assert line in log.read_text(encoding="utf-8")
    assert not list(temporary.glob("qlik-progress-*"))
    assert "Traceback" not in output


@pytest.mark.parametrize("way", WAYS)
def test_a_task_that_runs_out_of_time_begins_nothing_more(slow_tenant: LocalTenant, start: Any, way: str) -> None:
    output = finish(start(QLIK_RUN_MODULES=way, ANSIBLE_TASK_TIMEOUT="2"))
    done = len(slow_tenant.groups())
    assert 0 < done < MANY
    assert "failed=1" in output
    assert "The task timed out after 2 seconds." in output
    assert '"timedout": {"period": 2}' in output
    assert '"changed": true' in output
    if way == "worker":
        assert f'"created": {done}' in output
    else:
        assert "The tenant may have been changed." in output
    if way == "process":
        # The module notices only after its next writes that nobody waits for it.
        done = settled(slow_tenant)
    # A module that goes on would have written some more by now.
    time.sleep(1)
    assert len(slow_tenant.groups()) == done < MANY
    assert "Traceback" not in output


def settled(tenant: LocalTenant) -> int:
    """Return the number of groups when it has not changed for a second."""
    before, now = -1, len(tenant.groups())
    while now != before:
        time.sleep(1)
        before, now = now, len(tenant.groups())
    return now


@pytest.mark.long
def test_two_tasks_beside_each_other(slow_tenant: LocalTenant, start: Any) -> None:
    first, second = start(), start()
    outputs = finish(first), finish(second)
    assert all("failed=0" in output for output in outputs), outputs
    assert len(slow_tenant.groups()) == MANY


@pytest.mark.long
def test_a_short_task_says_nothing_of_its_progress(start: Any) -> None:
    assert "groups written" not in finish(start())


@pytest.mark.long
@pytest.mark.every_core
def test_a_long_task_says_how_far_it_is(slow_tenant: LocalTenant, start: Any) -> None:
    # Every write is late, so that the task takes longer than the first line of progress waits.
    slow_tenant.misbehave({"match": {"method": "POST"}, "action": {"delay": 0.12}})
    output = finish(start())
    assert f"of {MANY} groups written, 0 failed" in output
    assert "per minute, time left: " in output
