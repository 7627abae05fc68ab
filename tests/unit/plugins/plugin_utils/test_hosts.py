# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts hand over in the temporary folder of Ansible."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest
from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts

HOSTS = ["acme", "a/b", "a%2Fb", "..", "x" * 251, "x" * 300, "x" * 299 + "y", "\u6f22" * 28, "\u6f22" * 90, "\udc80"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def test_every_host_has_a_part_of_its_own(folder: Path) -> None:
    parts = Parts("seed")
    for number, host in enumerate(HOSTS):
        parts.begin(host)
        assert not parts.are_complete([])
        parts.put(host, {"number": number})
        assert parts.are_complete([])
    assert parts.hosts() == set(HOSTS)
    assert [parts.get(host)["number"] for host in HOSTS] == list(range(len(HOSTS)))
    assert {path.parent.name for path in folder.rglob("*") if path.is_file()} == {"qlik-seed"}
    for host in HOSTS:
        parts.forget(host)
    assert parts.hosts() == set()
    assert parts.are_complete([])


def test_a_file_system_without_locks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(file: object, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(AnsibleActionFail, match="No locks available.*ANSIBLE_LOCAL_TEMP") as caught:
        Parts("seed").begin("acme")
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("where", ["qlik-seed", "qlik-seed/lock", "qlik-seed/begun-acme", "qlik-seed/host-acme"])
def test_a_folder_that_cannot_be_written(folder: Path, where: str) -> None:
    (folder / where).parent.mkdir(exist_ok=True)
    (folder / where).symlink_to(folder / "nowhere" / "file")
    with pytest.raises(AnsibleActionFail, match="cannot be used: .*ANSIBLE_LOCAL_TEMP"):  # noqa: PT012
        Parts("seed").begin("acme")
        Parts("seed").put("acme", {})
