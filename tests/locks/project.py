# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What installs, in a folder of its own, with lock files that a registry of its own serves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pythons import interpreter, supported

from locks.registry import Registry

ROOT = Path(__file__).parents[2]
EVERY = bool(os.environ.get("EVERY_PYTHON"))
HERE = "%d.%d" % sys.version_info[:2]
FOUND = {version: interpreter(version) for version in supported() if EVERY or version == HERE}
PYTHONS = {version: path for version, path in FOUND.items() if path}
DEMO = "requirements-demo.txt"
TOOLS = [DEMO, "requirements-dev.txt"]
INSTALLER = "requirements-installer.txt"


def sets(version: str) -> list[list[str]]:
    """What is installed together for a Python."""
    return [
        [DEMO],
        TOOLS,
        [*TOOLS, "tests/benchmark/requirements.txt"],
        [*TOOLS, "tests/mutation/requirements.txt"],
        [*TOOLS, f"tests/ansible_core/{supported()[version]}.txt"],
        ["requirements-release.txt"],
        ["tests/local_tenant/foreign_clients/requirements.txt"],
    ]


class Project:
    def __init__(self, root: Path, registry: Registry, environment: Mapping[str, str]) -> None:
        self.root = root
        self.registry = registry
        self.environment = environment

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            cwd=self.root,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, python: str, folder: Path, locks: Sequence[str]) -> None:
        done = self.run([python, "tests/install.py", folder, *locks])
        assert done.returncode == 0, done.stdout + done.stderr
