# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs real playbooks against a local tenant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant, OrganizationHandle
from suites import COUNTED

ROOT = Path(__file__).parents[2]
COLLECTIONS = ROOT / ".build" / "collections"

Play = dict[str, Any]


#: What makes modules run in a process of their own, with the Python of the tests.
PROCESS = {"QLIK_RUN_MODULES": "process", "ANSIBLE_PYTHON_INTERPRETER": sys.executable}


def ansible_environment(home: Path, **more: str) -> dict[str, str]:
    """The whole environment of a command of Ansible that sees this collection, and nothing of the caller."""
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        **{name: value for name, value in os.environ.items() if name in COUNTED or name.startswith("COVERAGE_")},
        **more,
    }


def organization_environment(organization: OrganizationHandle) -> dict[str, str]:
    """What leads to an organization, and to its tenants by their own names."""
    return {
        "QLIK_ORGANIZATION_URL": organization.url,
        "QLIK_ORGANIZATION_CLIENT_ID": organization.client_id,
        "QLIK_ORGANIZATION_CLIENT_SECRET": organization.client_secret,
        "HTTPS_PROXY": organization.proxy,
        "QLIK_CA_PATH": organization.authority,
    }


def examples_of(plugin: Path) -> str:
    """The text of EXAMPLES in the file of a module or plugin."""
    return plugin.read_text(encoding="utf-8").split('EXAMPLES = r"""', 1)[1].split('"""', 1)[0]


@dataclass(frozen=True)
class PlaybookRun:
    """What a run of ansible-playbook did.

    :param output: what it wrote for people, with -vvv.
    :param tasks: the result of each task of the one host, by the task's name; of tasks with the same name the last.
    """

    code: int
    output: str
    tasks: dict[str, dict[str, Any]]
    changed: int
    failed: int


RunPlaybook = Callable[..., PlaybookRun]


@pytest.fixture(scope="session")
def shared_tenant() -> Iterator[LocalTenant]:
    with LocalTenant(proxy=True) as tenant:
        yield tenant


@pytest.fixture
def tenant(shared_tenant: LocalTenant) -> LocalTenant:
    shared_tenant.behave()
    shared_tenant.reset()
    shared_tenant.organization.reset()
    shared_tenant.reset_counters()
    return shared_tenant


@pytest.fixture
def run_playbook(tenant: LocalTenant, tmp_path: Path) -> RunPlaybook:
    """Run a playbook of the collection by name, or a list of tasks, as a user would."""

    def run(
        what: str | list[Play],
        variables: Play | None = None,
        *,
        check: bool = False,
        environment: dict[str, str] | None = None,
        inventory: str = "localhost,",
        options: Sequence[str] = (),
        answers: str = "",
    ) -> PlaybookRun:
        playbook = what if isinstance(what, str) else str(tmp_path / "playbook.yml")
        if not isinstance(what, str):
            play = {"name": "Test", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": what}
            Path(playbook).write_text(yaml.safe_dump([play], allow_unicode=True), encoding="utf-8")
        variables_file = tmp_path / "variables.yml"
        variables_file.write_text(yaml.safe_dump(variables or {}, allow_unicode=True), encoding="utf-8")
        log = tmp_path / "results.json"
        log.unlink(missing_ok=True)
        command = ["ansible-playbook", "-i", inventory, playbook, "--diff", "-e", f"@{variables_file}"]
        completed = subprocess.run(
            command + ["--check"] * check + list(options),
            env=ansible_environment(
                tmp_path,
                ANSIBLE_CALLBACK_PLUGINS=str(Path(__file__).parent / "callback_plugins"),
                ANSIBLE_CALLBACKS_ENABLED="record_results",
                RECORD_RESULTS_FILE=str(log),
                **{
                    # For the modules of Ansible itself: the inventory does not leave it to localhost.
                    "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
                    "QLIK_TENANT_URL": tenant.url,
                    "QLIK_API_KEY": tenant.api_key,
                    **organization_environment(tenant.organization),
                    **(environment or {}),
                },
            ),
            input=answers,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        output = completed.stdout + completed.stderr
        assert log.exists(), output
        record = json.loads(log.read_text(encoding="utf-8"))
        assert "Traceback" not in output
        return PlaybookRun(completed.returncode, output, record["tasks"], record["changed"], record["failed"])

    return run
