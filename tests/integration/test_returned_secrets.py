# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result with a new secret is kept by register, and shown nowhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from local_tenant.client import LocalTenant
from suites import long_after_first

from .conftest import PROCESS, Play, RunPlaybook, ansible_environment

SECRET = "s3cr3t-that-was-just-made"
#: A module that makes secrets, with its action.
MODULE = f"""
from __future__ import annotations
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import connection_argument_spec
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Flow
DOCUMENTATION = "{{module: qlik_invented, short_description: Makes secrets}}"

def steps(task):
    task.check_can_hide()
    return {{"changed": True, "token": None if task.params["name"] == "none" else "{SECRET}"}}

FLOW = Flow(dict(connection_argument_spec(), name={{"type": "str"}}), steps, secrets=["token"])

if __name__ == "__main__":
    run(FLOW)
"""
ACTION = """
import importlib.util
from ansible_collections.qlikops.cloud.plugins.plugin_utils._action import FlowAction
spec = importlib.util.spec_from_file_location("invented", {path!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

class ActionModule(FlowAction):
    flow = module.FLOW
"""


@pytest.mark.parametrize("way", long_after_first({"QLIK_RUN_MODULES": "worker"}, PROCESS), ids=["worker", "process"])
def test_a_new_secret_is_registered_and_not_shown(tenant: LocalTenant, tmp_path: Path, way: dict[str, str]) -> None:
    for folder in ("library", "action_plugins"):
        (tmp_path / folder).mkdir()
    module = tmp_path / "library" / "qlik_invented.py"
    module.write_text(MODULE, encoding="utf-8")
    (tmp_path / "action_plugins" / "qlik_invented.py").write_text(ACTION.format(path=str(module)), encoding="utf-8")
    (tmp_path / "library" / "qlik_without_action.py").write_text(MODULE, encoding="utf-8")
    handed_over = tmp_path / "handed_over"
    tasks: list[Play] = [
        {"qlik_invented": {"name": "one"}, "register": "one"},
        {"qlik_invented": {"name": "{{ item }}"}, "loop": ["two", "none"], "register": "many"},
        {
            "ansible.builtin.copy": {
                "content": "{{ one.token }}|{{ many.results[0].token }}|{{ many.results[1].token }}",
                "dest": str(handed_over),
            },
            "no_log": True,
        },
        {"qlik_without_action": {"name": "hidden"}, "no_log": True},
        {"qlik_without_action": {"name": "shown"}, "ignore_errors": True, "register": "refused"},
        {"ansible.builtin.debug": {"msg": "{{ refused.msg }}"}},
    ]
    playbook = tmp_path / "playbook.yml"
    play = {"hosts": "localhost", "gather_facts": False, "connection": "local", "tasks": tasks}
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    log = tmp_path / "ansible.log"
    credential = {"QLIK_TENANT_URL": tenant.url, "QLIK_API_KEY": tenant.api_key}
    run = subprocess.run(
        ["ansible-playbook", "-vvv", "--diff", str(playbook)],
        env=ansible_environment(tmp_path, **credential, **way, ANSIBLE_LOG_PATH=str(log)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    output = run.stdout + run.stderr
    assert run.returncode == 0, output
    assert handed_over.read_text(encoding="utf-8") == f"{SECRET}|{SECRET}|"
    assert SECRET not in output
    assert SECRET not in log.read_text(encoding="utf-8")
    assert "The result would show a new secret" in output
    assert "censored" in output


def test_no_secret_is_created_in_a_background_job(
    tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path
) -> None:
    """Ansible prints the result of a job, and the action of the module never sees it."""
    options: Play = {"description": "job", "expiry": "PT10H"}
    job: Play = {"qlikops.cloud.qlik_api_key": options, "async": 60, "ignore_errors": True}
    tasks: list[Play] = [
        {"name": "waits", **job, "poll": 1},
        {"name": "does not wait", **job, "poll": 0},
    ]
    environment = {"ANSIBLE_ASYNC_DIR": str(tmp_path / "jobs")}
    run = run_playbook(tasks, environment=environment)
    assert "ignored=2" in run.output
    for task in tasks:
        result = run.tasks[task["name"]]
        assert result["changed"] is False
        assert result["msg"] == (
            "async: Not supported for a task that returns a secret, because Ansible prints the result of the job."
            " Remove `async`, or set `no_log: true` for this task and for async_status. Nothing was changed."
        )
    assert tenant.counters()["total"] == 0
    assert not (tmp_path / "jobs").exists()

    hidden = run_playbook([{"name": "hidden", **job, "poll": 1, "no_log": True}], environment=environment)
    assert hidden.code == 0, hidden.output
    assert tenant.counters()["writes"] == 1
    assert "ignored=0" in hidden.output
