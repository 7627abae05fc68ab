# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipelines of guides, run as GitHub runs them, but for what they install."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from textwrap import dedent

import yaml

from .conftest import ROOT, ansible_environment

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


def text_of(guide: str) -> str:
    """The text of a guide."""
    return (ROOT / "docs" / "docsite" / "rst" / f"{guide}.rst").read_text(encoding="utf-8")


def pipelines_of(guide: str) -> dict[str, str]:
    """The pipelines of a guide by name."""
    return {
        name: dedent(content)
        for content, name in re.findall(
            r"yaml\n\n((?:   # \.github/workflows/(\w+)\.yml\n)(?:   .*\n|\n)+)", text_of(guide)
        )
    }


class Repository:
    """A checkout in which pipelines run.

    :param environment: what GitHub sets beside what it always sets.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
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
            env={**environment, "PULL_REQUEST": "https://github.com/qlik/tenants/pull/7", **self.environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def pipeline(self, content: str) -> subprocess.CompletedProcess[str]:
        """The steps of a pipeline, until one fails."""
        (job,) = yaml.safe_load(content)["jobs"].values()
        assert job["env"] == {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
        install, *commands = [step["run"] for step in job["steps"] if "run" in step]
        assert [line.split(" ")[0] for line in install.splitlines()] == ["pip", "ansible-galaxy"]
        for command in commands:
            done = self.run(command)
            if done.returncode:
                break
        return done


def assert_published_structure(folder: Path, pipeline: str) -> None:
    """A pipeline has the structure that GitHub publishes."""
    path = folder / "pipeline.yml"
    path.write_text(pipeline, encoding="utf-8")
    command = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
