# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No release that came out after the lock files were written changes what is installed.

``make locks`` runs this with every Python there is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from locks.project import DEMO, PYTHONS, ROOT, TOOLS, Project, sets
from locks.registry import NEWER, pins, versions_in

ENVIRONMENTS = [
    pytest.param(version, locks, id=f"{version}-{locks[-1].removesuffix('.txt')}")
    for version in PYTHONS
    for locks in sets(version)
]


def expected(python: str, locks: Sequence[str]) -> dict[str, str]:
    """Which versions the lock files say for a Python; the later file wins."""
    script = "import json, platform as p; print(json.dumps([p.python_version(), p.python_version()[:4]]))"
    full, short = json.loads(subprocess.check_output([python, "-c", script]))
    variables = {"python_full_version": full, "python_version": short.rstrip(".")}
    listed = [pin for lock in locks for pin in pins(ROOT / lock) if pin.holds(variables)]
    return {pin.name: pin.version for pin in listed}


@pytest.mark.long
@pytest.mark.parametrize(("version", "locks"), ENVIRONMENTS)
def test_the_locked_versions_come_out(project: Project, version: str, locks: list[str], tmp_path: Path) -> None:
    project.install(PYTHONS[version], tmp_path / "environment", locks)
    desired = expected(PYTHONS[version], locks)
    assert len(desired) > 1
    assert versions_in(tmp_path / "environment") == desired


@pytest.mark.long
def test_the_registry_has_newer_ones_of_all(project: Project, tmp_path: Path) -> None:
    """Without the lock files these would come."""
    project.install(sys.executable, tmp_path / "environment", [DEMO])
    names = expected(sys.executable, TOOLS)
    uv = project.root / ".build" / "installer" / "bin" / "uv"
    options = ["--no-config", "--upgrade", "--default-index", project.registry.url]
    done = project.run([uv, "pip", "install", *options, "--python", tmp_path / "environment", *names])
    assert done.returncode == 0, done.stderr
    assert versions_in(tmp_path / "environment") == dict.fromkeys(sorted(names), NEWER)
