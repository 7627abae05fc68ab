# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands and pipelines of the guide on four eyes, run as they stand there, but for what they install."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant, TenantHandle

from .conftest import ROOT, ansible_environment

GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_four_eyes.rst").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^   \$ (.*)$", GUIDE, re.MULTILINE)
PIPELINES = {
    name: content
    for content, name in re.findall(r"yaml\n\n((?:   # \.github/workflows/(\w+)\.yml\n)(?:   .*\n|\n)+)", GUIDE)
}
DESCRIPTION = {"qlik_seed_standard_groups": {"Finance": ["Steward"]}}
#: GitHub's command as far as the pipelines use it: artifacts are copies, and comments a file.
GH = """#!/bin/sh
set -eu
echo "$*" >> calls
case "$*" in
    "pr comment"*) cp comment.md comment ;;
    "api repos/qlik/tenants/commits/merged/pulls"*) cat head ;;
    "run list"*"--commit other "*) ;;
    # Without a commit it lists the runs of all of them.
    "run list"*) echo 42 ;;
    "run download 42 "*) rm -rf reports && cp -r artifact reports ;;
    *) exit 1 ;;
esac
"""


class Repository:
    """A checkout with two tenants, in which pipelines run."""

    def __init__(self, folder: Path, tenants: dict[str, TenantHandle]) -> None:
        self.folder = folder
        hosts = {
            name: {"qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key} for name, tenant in tenants.items()
        }
        inventory = {"all": {"vars": DESCRIPTION, "hosts": hosts}}
        (folder / "inventory").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        (folder / "head").write_text("head\n", encoding="utf-8")
        (folder / "bin").mkdir()
        (folder / "bin" / "gh").write_text(GH, encoding="utf-8")
        (folder / "bin" / "gh").chmod(0o700)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        environment = ansible_environment(self.folder, GITHUB_REPOSITORY="qlik/tenants", GITHUB_SHA="merged")
        environment["PATH"] = f"{self.folder / 'bin'}:{environment['PATH']}"
        return subprocess.run(
            # As GitHub runs it.
            ["bash", "-e", "-o", "pipefail", "-c", command],
            env={**environment, "PULL_REQUEST": "https://github.com/qlik/tenants/pull/7"},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def pipeline(self, name: str) -> subprocess.CompletedProcess[str]:
        """The steps of a pipeline, until one fails."""
        (job,) = yaml.safe_load(dedent(PIPELINES[name]))["jobs"].values()
        assert job["env"] == {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
        install, *commands = [step["run"] for step in job["steps"] if "run" in step]
        assert [line.split(" ")[0] for line in install.splitlines()] == ["pip", "ansible-galaxy"]
        for command in commands:
            done = self.run(command)
            if done.returncode:
                break
        return done


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=2) as server:
        yield server


@pytest.fixture
def tenants(server: LocalTenant) -> dict[str, TenantHandle]:
    for tenant in server.tenants:
        tenant.reset()
        tenant.reset_counters()
    return dict(zip(("acme", "globex"), server.tenants))


def writes(tenants: dict[str, TenantHandle]) -> dict[str, Any]:
    return {name: tenant.counters()["writes"] for name, tenant in tenants.items()}


@pytest.mark.long
def test_by_hand(tmp_path: Path, tenants: dict[str, TenantHandle]) -> None:
    repository = Repository(tmp_path, tenants)
    audit, seed = COMMANDS
    done = repository.run(audit)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {
        "qlik-audit.html",
        "qlik-audit.json",
        "qlik-audit-plans.json",
    }
    assert len(re.findall(r"^(?:acme|globex): the plan is sha256:[0-9a-f]{64}$", done.stdout, re.MULTILINE)) == 2
    tenants["globex"].plant_groups([{"name": "Finance", "assignedRoles": ["TenantAdmin"]}])
    done = repository.run(seed)
    assert "qlik_seed_expected_plan['globex']: The current plan is not the approved plan" in done.stdout, (
        done.stdout + done.stderr
    )
    assert writes(tenants) == {"acme": 1, "globex": 0}


@pytest.mark.long
def test_with_a_pull_request(tmp_path: Path, tenants: dict[str, TenantHandle]) -> None:
    repository = Repository(tmp_path, tenants)
    done = repository.pipeline("plan")
    assert done.returncode == 0, done.stdout + done.stderr
    comment = (tmp_path / "comment").read_text(encoding="utf-8")
    assert "    acme: group 'Finance' (idp): created\n" in comment
    assert all(not line or line.startswith("    ") for line in comment.splitlines()[1:])
    assert writes(tenants) == {"acme": 0, "globex": 0}

    (tmp_path / "reports").rename(tmp_path / "artifact")
    unknown = repository.pipeline("apply")
    assert unknown.returncode == 0, unknown.stdout + unknown.stderr
    assert writes(tenants) == {"acme": 1, "globex": 1}

    # A commit that no pull request has planned, and one of a pull request whose plan failed.
    for tenant in tenants.values():
        tenant.reset()
        tenant.reset_counters()
    for head in ("", "other\n"):
        (tmp_path / "head").write_text(head, encoding="utf-8")
        done = repository.pipeline("apply")
        assert done.returncode != 0, done.stdout + done.stderr
    assert writes(tenants) == {"acme": 0, "globex": 0}


@pytest.mark.parametrize("name", ["plan", "apply"])
def test_pipelines_have_the_structure_that_is_published(tmp_path: Path, name: str) -> None:
    pipeline = tmp_path / "pipeline.yml"
    pipeline.write_text(dedent(PIPELINES[name]), encoding="utf-8")
    command = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(pipeline)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
