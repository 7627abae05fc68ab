# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Ansible and of the machine that it runs on, which users choose for reasons of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import RunPlaybook


@pytest.fixture
def without_requests(tmp_path: Path) -> str:
    """A folder for PYTHONPATH that keeps Python from importing requests."""
    folder = tmp_path / "shadow"
    folder.mkdir()
    (folder / "requests.py").write_text("raise AttributeError('lib has no X509')", encoding="utf-8")
    return str(folder)


def test_a_python_without_requests(run_playbook: RunPlaybook, without_requests: str, tmp_path: Path) -> None:
    """The single module, the one with an action plugin, and the background job say what to install and where."""
    group: dict[str, Any] = {"name": "Finance"}
    common: dict[str, Any] = {"environment": {"PYTHONPATH": without_requests}, "ignore_errors": True}
    tasks: list[dict[str, Any]] = [
        {"name": "single", "qlikops.cloud.qlik_group": group, **common},
        {"name": "bulk", "qlikops.cloud.qlik_groups": {"groups": [group]}, **common},
        {"name": "async", "qlikops.cloud.qlik_groups": {"groups": [group]}, "async": 60, "poll": 1, **common},
    ]
    run = run_playbook(tasks, environment={"ANSIBLE_ASYNC_DIR": str(tmp_path / "async")})
    for task in tasks:
        result = run.tasks[task["name"]]
        assert "cannot import the library requests: AttributeError: lib has no X509." in result["msg"]
        assert "-m pip install requests`" in result["msg"]
        assert result["msg"].endswith("Nothing was changed.")
        assert result["error"]["hint"]
