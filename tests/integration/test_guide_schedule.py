# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the guide on schedules, run as they stand there, but for what they install."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant
from suites import long_after_first

from .conftest import COLLECTIONS, ROOT

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_schedule.rst"
BIN = Path(sys.executable).parent
REPOSITORY = "/opt/qlik-tenants"
GITHUB, GITLAB = ".github/workflows/audit.yml", ".gitlab-ci.yml"
SCRIPT, SECRETS = f"{REPOSITORY}/audit.sh", "/etc/qlik-audit/environment"
SERVICE, TIMER = "/etc/systemd/system/qlik-audit.service", "/etc/systemd/system/qlik-audit.timer"


def files() -> dict[str, str]:
    """The files that the guide shows: blocks of code that begin with the name of a file."""
    text = GUIDE.read_text(encoding="utf-8")
    blocks = re.findall(r"^\.\. code-block:: \w+\n\n((?:   .*\n|\n)+)", text, re.MULTILINE)
    shown = {}
    for block in blocks:
        content = re.sub("^   ", "", block, flags=re.MULTILINE).rstrip("\n") + "\n"
        name = re.match(r"(?:#!/bin/sh\n)?# (\S+[/.]\S+)\n", content)
        if name:
            shown[name[1]] = content
    return shown


FILES = files()


class Machine:
    """A folder with the files of the guide, each at its place below it, and with a tenant that they are about."""

    def __init__(self, folder: Path, tenant: LocalTenant) -> None:
        self.folder = folder
        self.repository = self._place(REPOSITORY)
        self.environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self.secrets = {"QLIK_CLIENT_ID": tenant.client_id, "QLIK_CLIENT_SECRET": tenant.client_secret}
        for name, content in FILES.items():
            content = re.sub(r"https://\w+\.\w\w\.qlikcloud\.com", tenant.url, content)
            for place in (REPOSITORY, "/etc/qlik-audit", "/var/lib/qlik-audit"):
                content = content.replace(place, str(self._place(place)))
            path = self._place(name if name.startswith("/") else f"{REPOSITORY}/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        lines = "".join(f"{name}={value}\n" for name, value in self.secrets.items())
        self._place(SECRETS).write_text(lines, encoding="utf-8")
        self._place("/var/lib/qlik-audit").mkdir(parents=True)
        (self.repository / ".venv").mkdir()
        (self.repository / ".venv" / "bin").symlink_to(BIN)
        (self.repository / "collections" / "ansible_collections").symlink_to(COLLECTIONS / "ansible_collections")

    def run(self, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command line in the repository."""
        return subprocess.run(
            ["/bin/sh", "-c", command],
            env={**self.environment, **environment},
            cwd=self.repository,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def file(self, name: str) -> Path:
        """Where a file of the guide lies."""
        return self._place(name)

    def _place(self, path: str) -> Path:
        return self.folder / path.lstrip("/")


@pytest.fixture
def machine(tmp_path: Path, tenant: LocalTenant) -> Machine:
    return Machine(tmp_path, tenant)


def joined(content: str) -> str:
    """A file in which each line that ends in a backslash continues on the same line."""
    return re.sub(r"\\\n *", "", content)


def service_values(machine: Machine, key: str) -> list[str]:
    unit = joined(machine.file(SERVICE).read_text(encoding="utf-8"))
    return re.findall(rf"^{key}=(.*)$", unit, re.MULTILINE)


def systemd(machine: Machine) -> subprocess.CompletedProcess[str]:
    (command,) = service_values(machine, "ExecStart")
    assert service_values(machine, "WorkingDirectory") == [str(machine.repository)]
    (secrets,) = service_values(machine, "EnvironmentFile")
    lines = Path(secrets).read_text(encoding="utf-8").splitlines() + service_values(machine, "Environment")
    return machine.run(command, **dict(line.split("=", 1) for line in lines))


def cron(machine: Machine) -> subprocess.CompletedProcess[str]:
    line = machine.file("/etc/cron.d/qlik-audit").read_text(encoding="utf-8").splitlines()[-1]
    *schedule, user, command = line.split()
    assert schedule == ["0", "2", "*", "*", "*"]
    assert user == "qlik-audit"
    machine.file(SCRIPT).chmod(0o700)
    return machine.run(command)


def without_installation(commands: list[str]) -> str:
    """What is left of the commands of a pipeline; those that need a network are known to the letter."""
    assert commands[:2] == [
        "pip install ansible-core requests",
        "ansible-galaxy collection install -r collections/requirements.yml",
    ]
    (command,) = commands[2:]
    return command


def github(machine: Machine) -> subprocess.CompletedProcess[str]:
    job = yaml.safe_load(FILES[GITHUB])["jobs"]["audit"]
    steps = [step for step in job["steps"] if "run" in step]
    assert all(step.get("env") is None for step in steps[:-1])
    secret = {
        name: machine.secrets[value[len("${{ secrets.") : -len(" }}")]] for name, value in steps[-1]["env"].items()
    }
    commands = [line for step in steps for line in step["run"].splitlines()]
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), **job["env"], **secret}
    return machine.run(without_installation(commands), **environment)


def gitlab(machine: Machine) -> subprocess.CompletedProcess[str]:
    job = yaml.safe_load(FILES[GITLAB])["audit"]
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), **job["variables"], **machine.secrets}
    return machine.run(without_installation(job["script"]), **environment)


WAYS = [
    (systemd, "/var/lib/qlik-audit"),
    (cron, "/qlik-audit"),
    (github, f"{REPOSITORY}/reports"),
    (gitlab, f"{REPOSITORY}/reports"),
]


@pytest.mark.long
@pytest.mark.parametrize(("way", "reports"), WAYS)
def test_half_of_an_inventory_is_a_failure_without_a_report(
    machine: Machine, tenant: LocalTenant, way: Callable[[Machine], subprocess.CompletedProcess[str]], reports: str
) -> None:
    (machine.repository / "inventory" / "more.yml").write_text("all:\n\thosts:\n", encoding="utf-8")
    done = way(machine)
    assert done.returncode != 0
    assert "Completely failed to parse inventory source" in done.stdout + done.stderr
    assert not list(machine.file(reports).glob("*.json"))
    assert tenant.requests() == []


@pytest.mark.parametrize(("way", "reports"), long_after_first(*WAYS))
def test_a_difference_is_a_failure_with_a_report(
    machine: Machine, tenant: LocalTenant, way: Callable[[Machine], subprocess.CompletedProcess[str]], reports: str
) -> None:
    done = way(machine)
    assert done.returncode == 2, done.stdout + done.stderr
    assert {path.suffix for path in machine.file(reports).iterdir()} >= {".html", ".json", ".xml"}
    assert tenant.counters()["writes"] == 0
    assert tenant.client_secret not in done.stdout + done.stderr


@pytest.mark.long
def test_no_difference_is_a_success(machine: Machine) -> None:
    seed = "ansible-playbook -i inventory qlikops.cloud.seed --limit acme"
    assert machine.run(seed, ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS), **machine.secrets).returncode == 0
    done = systemd(machine)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_units_of_systemd(machine: Machine) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("the units of systemd: install systemd")
    units = [str(machine.file(name)) for name in (SERVICE, TIMER)]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    # The folder for reports that systemd makes is the one that the command names.
    assert service_values(machine, "StateDirectory") == ["qlik-audit"]


@pytest.mark.parametrize(("name", "schema"), [(GITHUB, "github-workflows"), (GITLAB, "gitlab-ci")])
def test_pipelines_have_the_structure_that_is_published(tmp_path: Path, name: str, schema: str) -> None:
    pipeline = tmp_path / "pipeline.yml"
    pipeline.write_text(FILES[name], encoding="utf-8")
    command = ["check-jsonschema", "--builtin-schema", f"vendor.{schema}", str(pipeline)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_secret_is_on_a_command_line() -> None:
    """Secrets are named only where a store of secrets gives them to the environment."""
    named = {name for name, content in FILES.items() if "SECRET" in content}
    assert named == {SECRETS, GITHUB}
    commands = [
        line for content in FILES.values() for line in joined(content).splitlines() if "ansible-playbook" in line
    ]
    assert len(commands) == 4
    assert not [word for line in commands for word in shlex.split(line) if re.search("secret|client|key", word, re.I)]


def test_the_repository_is_complete() -> None:
    """What every example needs of the repository is in the listing, and the other way round."""
    listing: Any = GUIDE.read_text(encoding="utf-8").split(".. code-block:: text\n\n", 1)[1].split("\n\n", 1)[0].split()
    assert [name for name in FILES if not name.startswith(("/", "."))] == listing
