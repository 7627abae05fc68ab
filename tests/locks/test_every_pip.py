# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No version of pip changes what is installed: not the oldest that may come with a Python, and not the newest."""

from __future__ import annotations

from pathlib import Path

import install
import pytest

from locks.project import INSTALLER, PYTHONS, ROOT, TOOLS, Project
from locks.registry import pins, versions_in

PIPS = sorted(path.stem for path in (ROOT / "tests" / "locks" / "pips").glob("*.in"))
#: The command as it was before there was an installer of its own.
RESOLVING = ["install", "--require-hashes", "-r"]


def pip_of(version: str, pip: str, folder: Path) -> list[str | Path]:
    """The command that is a locked version of pip, in an environment of its own."""
    install.run([PYTHONS[version], "-m", "venv", "--without-pip", folder])
    lock = ROOT / "tests" / "locks" / "pips" / f"{pip}.txt"
    locked_only = ["--no-config", "--system-certs", *install.LOCKED_ONLY]
    install.run([install.uv(), "pip", "install", *locked_only, "--python", folder, "-r", lock], install.index())
    return [folder / "bin" / "python", "-m", "pip"]


@pytest.mark.parametrize("pip", PIPS)
@pytest.mark.parametrize("version", PYTHONS)
def test_no_version_of_pip_matters(project: Project, version: str, pip: str, tmp_path: Path) -> None:
    command = pip_of(version, pip, tmp_path / "environment")
    done = project.run([*command, *install.PIP_INSTALL, INSTALLER])
    assert done.returncode == 0, done.stdout + done.stderr
    uv = pins(ROOT / INSTALLER)[0]
    assert versions_in(tmp_path / "environment")[uv.name] == uv.version


@pytest.mark.parametrize("version", PYTHONS)
def test_to_resolve_does_not_do(project: Project, version: str, tmp_path: Path) -> None:
    """The registry has what one version of pip stumbles over."""
    command = pip_of(version, "resolving", tmp_path / "environment")
    done = project.run([*command, *RESOLVING, TOOLS[1]])
    assert done.returncode != 0
    assert "must have their versions pinned" in done.stdout + done.stderr
