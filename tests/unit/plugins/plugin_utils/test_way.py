# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a module runs in Ansible's worker."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.plugin_utils._way import why_in_a_process


class Become:
    def __init__(self, user: str) -> None:
        self.user = user

    def get_option(self, name: str) -> str:
        assert name == "become_user"
        return self.user


def action(transport: str = "local", become: str = "", asynchronous: int = 0, delegate_to: str | None = None) -> Any:
    """What the action plugin of a task has."""
    return SimpleNamespace(
        _task=SimpleNamespace(async_val=asynchronous, delegate_to=delegate_to),
        _connection=SimpleNamespace(transport=transport, become=Become(become) if become else None),
        _templar=SimpleNamespace(template=lambda value: value),
    )


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({}, ""),
        ({"transport": "ssh"}, "the connection is ssh"),
        ({"asynchronous": 60}, "the task is asynchronous"),
        ({"become": "somebody"}, "the task becomes another user"),
        ({"become": getpass.getuser()}, ""),
    ],
)
def test_the_task(task: dict[str, Any], words: str) -> None:
    assert why_in_a_process(action(**task), {}, {}) == words
    assert why_in_a_process(action(**task), {"qlik_run_modules": "process"}, {}) == "qlik_run_modules is process"
    if words:
        with pytest.raises(InvalidInput) as refused:
            why_in_a_process(action(**task), {}, {"QLIK_RUN_MODULES": "worker"})
        assert str(refused.value).startswith(
            f"QLIK_RUN_MODULES: The module cannot run in Ansible's worker because {words}"
        )


@pytest.mark.parametrize(
    "interpreter", ["", "auto", "auto_silent", "auto_legacy", "auto_legacy_silent", sys.executable]
)
def test_no_other_interpreter_is_chosen(interpreter: str) -> None:
    assert why_in_a_process(action(), {"ansible_python_interpreter": interpreter}, {}) == ""


def test_an_interpreter_by_another_name(tmp_path: Path) -> None:
    """In the folder of Ansible's own it is the same, and elsewhere not: its environment has other libraries."""
    own = Path(sys.executable)
    beside = next(each for each in own.parent.glob("python*") if each != own and each.resolve() == own.resolve())
    assert why_in_a_process(action(), {"ansible_python_interpreter": str(beside)}, {}) == ""
    elsewhere = tmp_path / "python"
    elsewhere.symlink_to(os.path.realpath(own))
    assert str(elsewhere) in why_in_a_process(action(), {"ansible_python_interpreter": str(elsewhere)}, {})
    assert "/usr/bin/env" in why_in_a_process(action(), {"ansible_python_interpreter": "/usr/bin/env python3"}, {})


def test_the_interpreter_of_a_delegated_host() -> None:
    """The host of the play has none to say."""
    variables = {
        "ansible_python_interpreter": "/of/the/play",
        "ansible_delegated_vars": {"other": {"ansible_python_interpreter": "/of/other"}},
    }
    assert "/of/other" in why_in_a_process(action(delegate_to="other"), variables, {})
    assert "/of/the/play" in why_in_a_process(action(), variables, {})
    assert why_in_a_process(action(delegate_to="unknown"), variables, {}) == ""


def test_files_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_KEEP_REMOTE_FILES", True)
    assert "ANSIBLE_KEEP_REMOTE_FILES" in why_in_a_process(action(), {}, {})


def test_a_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "macOS" in why_in_a_process(action(), {}, {})
    assert why_in_a_process(action(), {"qlik_run_modules": "worker"}, {}) == ""


@pytest.mark.parametrize("value", ["wroker", 1, ["worker"]])
def test_what_there_is_not(value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        why_in_a_process(action(), {"qlik_run_modules": value}, {})
    assert str(refused.value).startswith("qlik_run_modules: ")
    assert "is not one of auto, worker, process" in str(refused.value)


def test_the_variable_comes_before_the_environment() -> None:
    environ = {"QLIK_RUN_MODULES": "process"}
    assert why_in_a_process(action(), {"qlik_run_modules": " worker "}, environ) == ""
    assert why_in_a_process(action(), {"qlik_run_modules": None}, environ) == "QLIK_RUN_MODULES is process"
    assert why_in_a_process(action(), {"qlik_run_modules": ""}, {"QLIK_RUN_MODULES": ""}) == ""
