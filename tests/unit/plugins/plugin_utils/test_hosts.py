# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts of a run hand over, and which of them are waited for."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible import constants
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts

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


def test_a_host_that_begins_once_more_is_waited_for(parts: Parts) -> None:
    parts.begin("a")
    parts.put("a", {})
    parts.begin("a")
    assert (parts.are_complete(), parts.hosts()) == (False, set())
    parts.put("a", {})
    parts.forget("a")
    assert (parts.are_complete(), parts.hosts()) == (True, set())
