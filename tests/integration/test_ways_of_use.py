# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Ansible and of the machine that it runs on, which users choose for reasons of their own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from local_tenant.client import LocalTenant

from .conftest import PROCESS, RunPlaybook


@pytest.fixture
def without_requests(tmp_path: Path) -> str:
    """A folder for PYTHONPATH that keeps Python from importing requests."""
    folder = tmp_path / "shadow"
    folder.mkdir()
    (folder / "requests.py").write_text("raise AttributeError('lib has no X509')", encoding="utf-8")
    return str(folder)


@pytest.mark.long
def test_a_python_without_requests(run_playbook: RunPlaybook, without_requests: str, tmp_path: Path) -> None:
    """The single module, the one with an action plugin, and the background job say what to install and where."""
    group: dict[str, Any] = {"name": "Finance"}
    common: dict[str, Any] = {"environment": {"PYTHONPATH": without_requests}, "ignore_errors": True}
    tasks: list[dict[str, Any]] = [
        {"name": "single", "qlikops.cloud.qlik_group": group, **common},
        {"name": "bulk", "qlikops.cloud.qlik_groups": {"groups": [group]}, **common},
        {"name": "async", "qlikops.cloud.qlik_groups": {"groups": [group]}, "async": 60, "poll": 1, **common},
    ]
    environment = {"ANSIBLE_ASYNC_DIR": str(tmp_path / "async"), **PROCESS}
    run = run_playbook(tasks, environment=environment)
    for task in tasks:
        result = run.tasks[task["name"]]
        assert "cannot import the library requests: AttributeError: lib has no X509." in result["msg"]
        assert " install requests`" in result["msg"]
        assert result["msg"].endswith("Nothing was changed.")
        assert result["error"]["hint"]
    in_worker = {"PYTHONPATH": without_requests, "QLIK_RUN_MODULES": "worker"}
    result = run_playbook([{"name": "worker", "qlikops.cloud.qlik_group": group}], environment=in_worker).tasks[
        "worker"
    ]
    assert "cannot import the library requests: AttributeError: lib has no X509." in result["msg"]
    assert sys.executable in result["msg"]


#: Tasks that are skipped with --step, and what is said then. Ansible asks before each task.
STEPS = {
    "seed": ("yn", "The task that reads and writes the tenant was skipped. Nothing was changed."),
    "audit": ("n", 'The task "Audit the tenant" was skipped, so there is nothing to report.'),
}


@pytest.mark.parametrize(
    ("playbook", "steps", "words"),
    [
        ("seed", *STEPS["seed"]),
        pytest.param("audit", *STEPS["audit"], marks=pytest.mark.long),
    ],
)
def test_a_task_that_is_skipped(
    tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path, playbook: str, steps: str, words: str
) -> None:
    variables = {"qlik_audit_report_dir": str(tmp_path / "reports")}
    answers = "\n".join([*steps, "c", ""])
    run = run_playbook(f"qlikops.cloud.{playbook}", variables, options=["--step"], answers=answers)
    # Old cores show messages as JSON alone.
    assert words in " ".join(run.output.replace('\\"', '"').split())
    assert "is undefined" not in run.output
    assert tenant.counters()["total"] == 0


def test_a_temporary_folder_without_locks(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    """As in a home on NFS: the role fails before the first request."""
    (tmp_path / "sitecustomize.py").write_text(
        "import errno, fcntl, os\n"
        "def flock(file, operation):\n"
        "    if 'ansible-local' in os.readlink(f'/proc/self/fd/{file.fileno()}'):\n"
        "        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))\n"
        "fcntl.flock = flock\n",
        encoding="utf-8",
    )
    run = run_playbook("qlikops.cloud.seed", environment={"PYTHONPATH": str(tmp_path)})
    assert run.code == 2
    assert "No locks available" in run.output
    assert "ANSIBLE_LOCAL_TEMP" in run.output
    assert tenant.counters()["total"] == 0


@pytest.mark.parametrize("host", [pytest.param("x" * 251, marks=pytest.mark.long), "\u6f22" * 28])
def test_long_names_of_hosts(run_playbook: RunPlaybook, tmp_path: Path, host: str) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(f'{{"all": {{"hosts": {{"{host}": {{}}}}}}}}', encoding="utf-8")
    play = [
        {"hosts": "all", "connection": "local", "gather_facts": False, "roles": ["qlikops.cloud.qlik_seed"]},
        {"hosts": "all", "connection": "local", "gather_facts": False, "roles": ["qlikops.cloud.qlik_audit"]},
        {"hosts": "all", "connection": "local", "gather_facts": False, "roles": ["qlikops.cloud.qlik_export"]},
    ]
    (tmp_path / "site.yml").write_text(json.dumps(play), encoding="utf-8")
    variables = {"qlik_audit_report_dir": str(tmp_path / "reports"), "qlik_export_dir": str(tmp_path / "exports")}
    run = run_playbook(str(tmp_path / "site.yml"), variables, inventory=str(inventory))
    assert run.code == 0, run.output
    report = json.loads((tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))
    assert [(tenant["host"], tenant["status"]) for tenant in report["tenants"]] == [(host, "in_sync")]
    assert (tmp_path / "exports" / host / "qlik_tenant.yml").is_file()
