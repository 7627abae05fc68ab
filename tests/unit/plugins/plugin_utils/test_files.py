# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that hold personal data."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import file_name, mode_of, write_file


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_new_file_is_the_owners_alone(tmp_path: Path) -> None:
    write_file(str(tmp_path / "f"), b"new")
    assert (tmp_path / "f").read_bytes() == b"new"
    assert permissions(tmp_path / "f") == 0o600


@pytest.mark.parametrize("current", [0o600, 0o644, 0o440])
def test_a_file_keeps_its_mode_unless_one_is_asked_for(tmp_path: Path, current: int) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    path.chmod(current)
    write_file(str(path), b"new")
    assert permissions(path) == current
    write_file(str(path), b"new", 0o640)
    assert permissions(path) == 0o640


def test_no_link_is_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "f"
    victim.write_bytes(b"kept")
    victim.chmod(0o666)
    path.symlink_to(victim)
    write_file(str(path), b"new")
    assert victim.read_bytes() == b"kept"
    assert not path.is_symlink()
    assert permissions(path) == 0o600


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    with pytest.raises(IsADirectoryError):
        write_file(str(tmp_path / "f"), b"new")
    assert os.listdir(tmp_path) == ["f"]


@pytest.mark.parametrize(("value", "mode"), [(None, None), ("0640", 0o640), ("0600", 0o600)])
def test_modes(value: Any, mode: int | None) -> None:
    assert mode_of("option", value) == mode


@pytest.mark.parametrize("value", [416, "416", "600", "0888", "u=rw", "", "01777", True, "416\n"])
def test_what_is_no_mode(value: Any) -> None:
    with pytest.raises(AnsibleActionFail, match="must be an octal number in quotes"):
        mode_of("option", value)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("acme", "acme"),
        ("x$HOME ~", "x$HOME ~"),
        ("a/b%c", "a%2Fb%25c"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("", "%"),
        ("\0", "%00"),
        ("\udc80", "%uDC80"),
        ("a" * 255, "a" * 255),
    ],
)
def test_names(text: str, name: str) -> None:
    assert file_name(text) == name


@pytest.mark.parametrize("letter", ["a", "/", "\u6f22", "\U0001f600"])
@pytest.mark.parametrize("longest", [60, 255])
def test_long_names_are_cut_and_stay_different(tmp_path: Path, letter: str, longest: int) -> None:
    texts = [letter * 300 + end for end in ("", "1", "2")]
    names = {file_name(text, longest) for text in texts}
    assert len(names) == 3
    for name in names:
        assert longest - 4 < len(os.fsencode(name)) <= longest
        (tmp_path / name).touch()
    assert not any(name == file_name(name, longest) for name in names)
