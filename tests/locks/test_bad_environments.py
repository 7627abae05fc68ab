# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What set-up does with an environment that is no good, and when it cannot make another."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from suites import long_unless

from locks.project import DEMO, TOOLS, Project
from locks.registry import versions_in


def half_made(environment: Path) -> None:
    (environment / "ready").unlink()


def of_a_deleted_python(environment: Path) -> None:
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("/nonexistent/python")


def of_another_python(environment: Path) -> None:
    stamp = environment / "ready"
    stamp.write_text(stamp.read_text(encoding="utf-8").replace(sys.version.split()[0], "3.9.0"), encoding="utf-8")


@pytest.mark.parametrize("spoil", long_unless([half_made], [half_made, of_a_deleted_python, of_another_python]))
def test_it_is_made_anew(project: Project, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    environment = tmp_path / "with a blank" / "environment"
    project.install(sys.executable, environment, [DEMO])
    spoil(environment)
    (environment / "left over").touch()
    project.install(sys.executable, environment, [DEMO])
    assert not (environment / "left over").exists()
    assert project.run([environment / "bin" / "python", "-c", ""]).returncode == 0


def test_without_a_network_it_stays(project: Project, tmp_path: Path) -> None:
    project.install(sys.executable, tmp_path / "environment", [DEMO])
    before = versions_in(tmp_path / "environment")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "UV_CACHE_DIR": str(tmp_path), "UV_HTTP_RETRIES": "0"}
    offline = Project(project.root, project.registry, {**project.environment, **nowhere})
    done = offline.run([sys.executable, "tests/install.py", tmp_path / "environment", *TOOLS])
    assert done.returncode == 1
    assert "Failed to fetch: http://127.0.0.1:9/simple/" in done.stderr
    assert "it is as it was before. The next run begins anew." in done.stderr
    assert "Traceback" not in done.stderr
    assert versions_in(tmp_path / "environment") == before
    project.install(sys.executable, tmp_path / "environment", TOOLS)
