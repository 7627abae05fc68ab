# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts of a run hand over in the temporary folder of Ansible, and which of them are waited for."""

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
#: A name that is no name of a file.
ODD = "../a b%2F"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Parts:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return Parts("test")


def test_those_that_have_begun_are_waited_for_and_no_others(parts: Parts) -> None:
    assert parts.are_complete()
    parts.begin("a")
    parts.begin(ODD)
    parts.put("a", {"found": 1})
    assert not parts.are_complete()
    assert not parts.are_complete([ODD, "a", "never"])
    assert parts.are_complete(["a", "never"])
    parts.put(ODD, {"found": 2})
    assert parts.are_complete()
    assert parts.hosts() == {"a", ODD}
    assert [parts.get(host) for host in ("a", ODD, "never")] == [{"found": 1}, {"found": 2}, None]


def test_what_was_found_is_kept_until_the_part_is_handed_over(parts: Parts) -> None:
    assert parts.noted(ODD) is None
    parts.begin(ODD)
    assert parts.noted(ODD) is None
    parts.note(ODD, {"found": 1})
    assert (parts.noted(ODD), parts.get(ODD), parts.are_complete()) == ({"found": 1}, None, False)
    parts.begin(ODD)
    assert parts.noted(ODD) is None
    parts.note(ODD, {"found": 2})
    parts.put(ODD, parts.noted(ODD))
    assert (parts.noted(ODD), parts.get(ODD), parts.are_complete()) == (None, {"found": 2}, True)


def test_a_host_that_begins_once_more_is_waited_for(parts: Parts) -> None:
    parts.begin("a")
    parts.put("a", {})
    parts.begin("a")
    assert (parts.are_complete(), parts.hosts()) == (False, set())
    parts.put("a", {})
    parts.forget("a")
    assert (parts.are_complete(), parts.hosts()) == (True, set())


def test_every_host_has_a_part_of_its_own(parts: Parts, tmp_path: Path) -> None:
    for number, host in enumerate(HOSTS):
        parts.begin(host)
        assert not parts.are_complete()
        parts.put(host, {"number": number})
        assert parts.are_complete()
    assert parts.hosts() == set(HOSTS)
    assert [parts.get(host)["number"] for host in HOSTS] == list(range(len(HOSTS)))
    assert {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")} == {"qlik-test"}
    for host in HOSTS:
        parts.forget(host)
    assert parts.hosts() == set()
    assert parts.are_complete()


def test_a_file_system_without_locks(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(file: object, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(AnsibleActionFail, match="No locks available.*ANSIBLE_LOCAL_TEMP") as caught:  # noqa: PT012, SIM117
        with parts.locked():
            pass
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("where", ["qlik-seed", "qlik-seed/lock", "qlik-seed/begun/acme", "qlik-seed/parts"])
@pytest.mark.usefixtures("parts")
def test_a_folder_that_cannot_be_written(tmp_path: Path, where: str) -> None:
    (tmp_path / where).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / where).symlink_to(tmp_path / "nowhere" / "file")
    with pytest.raises(AnsibleActionFail, match="Cannot use .*ANSIBLE_LOCAL_TEMP"):  # noqa: PT012, SIM117
        with Parts("seed").locked():
            Parts("seed").begin("acme")
