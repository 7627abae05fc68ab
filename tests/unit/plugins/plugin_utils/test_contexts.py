# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file with the contexts of qlik-cli: where it is, and what cannot be one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._contexts import contexts_file, read_contexts

#: Eight levels of nine references each, as a value and as merge keys.
BOMB = "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 9))
MERGED = "".join(f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 9)}]}}\n" for level in range(1, 9))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["moved/.qlik/contexts.yml", "moved/contexts.yml"], "moved/.qlik/contexts.yml"),
        (["moved/contexts.yml"], "moved/contexts.yml"),
        (["moved/other"], "moved/.qlik/contexts.yml"),
        (["moved"], "moved"),
        ([], "moved"),
    ],
)
def test_the_home_of_qlik_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str], expected: str) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert contexts_file(str(tmp_path / "moved")) == str(tmp_path / expected)
    monkeypatch.setenv("QLIK_CLI_USER_HOME_DIR", str(tmp_path / "moved"))
    assert contexts_file("") == str(tmp_path / expected)


def test_no_home_of_qlik_cli(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_CLI_USER_HOME_DIR", "")
    assert contexts_file("") == "~/.qlik/contexts.yml"


@pytest.mark.parametrize(
    "content",
    [
        f"a0: &a0 [x]\n{BOMB}contexts: {{acme: {{server: *a8, headers: {{Authorization: Bearer secret}}}}}}",
        f"a0: &a0 {{x: y}}\n{MERGED}contexts: {{acme: {{<<: *a8}}}}",
        "contexts: &all {acme: *all}",
    ],
)
def test_aliases_that_stand_for_too_much(tmp_path: Path, content: str) -> None:
    path = tmp_path / "contexts.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(AnsibleError, match="aliases .* expand to more than 200000 values") as caught:
        read_contexts(str(path))
    assert "secret" not in str(caught.value)


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """Nobody writes to it, so that reading it would never end."""
    os.mkfifo(tmp_path / "contexts.yml")
    with pytest.raises(AnsibleError, match="it is not a regular file"):
        read_contexts(str(tmp_path / "contexts.yml"))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with open(tmp_path / "contexts.yml", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(AnsibleError, match="larger than 4 MiB"):
        read_contexts(str(tmp_path / "contexts.yml"))
