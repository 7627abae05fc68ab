# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of an audit in slices: which are merged, left out, and refused."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.slices import (
    check_folder,
    head_of,
    merging,
    new_part,
    part_paths,
    parts_of,
    run_of,
    write_part,
)

REVISION = {"commit": "0123456789abcdef" * 2 + "01234567", "uncommitted_changes": True}


def write(folder: Path, *hosts: str, run: str = "7", started_at: str = "1", **more: Any) -> Path:
    """Write the part of a finished slice, and return its path."""
    path = new_part(str(folder), run)
    head = {**head_of(run, None, hosts, False, None), "is_finished": True, "started_at": started_at, **more}
    lines = ({"host": host, "tenant": {"host": host}, "exceptions": []} for host in sorted(hosts))
    write_part(path, head, lines if head["is_finished"] else [], None)
    return Path(path)


def refusal(folder: Path, run: str = "7") -> str:
    with pytest.raises(InvalidInput) as caught:
        parts_of(str(folder), run)
    return str(caught.value)


def test_the_parts_of_a_run_are_read_a_host_at_a_time(tmp_path: Path) -> None:
    write(tmp_path, "b", "d", started_at="2")
    write(tmp_path, "c", "a", started_at="1")
    (tmp_path / "qlik-audit.json").write_text("{}", encoding="utf-8")
    parts = parts_of(str(tmp_path), "7")
    assert [line["host"] for part in parts.slices for line in part.lines()] == ["a", "c", "b", "d"]
    assert (parts.unfinished, parts.warnings) == ([], [])


def test_a_host_in_two_parts_is_taken_from_the_newer_one(tmp_path: Path) -> None:
    new = write(tmp_path, "a", started_at="2")
    write(tmp_path, "a", "b", started_at="1")
    parts = parts_of(str(tmp_path), "7")
    assert parts.slices[-1].path == str(new)
    (warning,) = parts.warnings
    assert warning == "Several slices have audited a. The report has the results of the slice that started last."


def test_parts_of_another_run_are_left_out_and_named(tmp_path: Path) -> None:
    """By their names, without reading them, and by their heads, if a part was renamed."""
    other = write(tmp_path, "a", run="6")
    other.write_bytes(b"")
    renamed = write(tmp_path, "a", run="5")
    renamed.rename(str(renamed).replace("part.5.", "part.7."))
    expected = f"{tmp_path} has no parts of the run 7. Left out the parts of other runs in {tmp_path}: 5, 6."
    assert refusal(tmp_path) == f"qlik_audit_parts_dir: {expected} Check the folder and qlik_audit_run."
    write(tmp_path, "b")
    assert parts_of(str(tmp_path), "7").warnings == [f"Left out the parts of other runs in {tmp_path}: 5, 6."]


def test_a_slice_that_has_not_finished(tmp_path: Path) -> None:
    """It counts until a later slice has all of its hosts, and again if it starts once more."""
    write(tmp_path, "a", started_at="1")
    interrupted = write(tmp_path, "a", "b", started_at="2", is_finished=False, job="31")
    (unfinished,) = parts_of(str(tmp_path), "7").unfinished
    assert (unfinished.path, unfinished.label) == (str(interrupted), "job 31 (hosts a, b)")
    write(tmp_path, "b", started_at="3")
    assert [part.path for part in parts_of(str(tmp_path), "7").unfinished] == [str(interrupted)]
    write(tmp_path, "a", started_at="4")
    assert parts_of(str(tmp_path), "7").unfinished == []
    repeated = write(tmp_path, "b", started_at="5", is_finished=False)
    (unfinished,) = parts_of(str(tmp_path), "7").unfinished
    assert unfinished.label == f"{repeated.name} (hosts b)"


DAMAGED = "It is damaged or was not written completely."


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"",
        lambda content: b"\n",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b'"tenant"', b'"tenent"'),
        lambda content: b"\n".join(content.split(b"\n")[1:]),
        lambda content: b"[" * 100000,
        lambda content: b'{"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}\n',
    ],
)
def test_a_damaged_part_is_refused_with_its_path(tmp_path: Path, change: Any) -> None:
    write(tmp_path, "b")
    path = write(tmp_path, "a")
    path.write_bytes(change(path.read_bytes()))
    assert refusal(tmp_path).split("\n") == [
        "qlik_audit_parts_dir: These parts cannot be merged.",
        f"{path}: {DAMAGED}",
        "Remove these files, and audit their hosts again.",
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"generator": "qlikops.cloud 0.9.0"}, "It was written by qlikops.cloud 0.9.0, not by qlikops.cloud "),
        ({"schema_version": 3}, "It has schema_version 3, not 4. Use the same version in all jobs."),
        ({"hosts": ["a", "b"]}, DAMAGED),
        ({"hosts": "a"}, DAMAGED),
        ({"hosts": [{}], "is_finished": False}, DAMAGED),
        ({"started_at": None}, DAMAGED),
        ({"is_finished": 1}, DAMAGED),
    ],
)
def test_a_part_of_another_version_or_with_an_invalid_head_is_refused(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    path = write(tmp_path, "a", **change)
    assert f"{path}: {reason}" in refusal(tmp_path)


def test_links_and_folders_are_no_parts(tmp_path: Path) -> None:
    outside = write(tmp_path, "a")
    parts = tmp_path / "parts"
    parts.mkdir()
    link, folder, pipe = (Path(new_part(str(parts), "7")) for _number in range(3))
    link.symlink_to(outside)
    folder.mkdir()
    os.mkfifo(pipe)
    message = refusal(parts)
    assert f"{link}: It is a link." in message
    assert f"{folder}: " in message
    assert f"{pipe}: It is not a regular file." in message


def test_slices_with_different_revisions_are_named_and_those_with_different_counts_refused(tmp_path: Path) -> None:
    write(tmp_path, "a", revision=REVISION)
    write(tmp_path, "b", revision={**REVISION, "commit": "f" * 40, "uncommitted_changes": False})
    (warning,) = parts_of(str(tmp_path), "7").warnings
    assert "0123456789ab with changes" in warning
    assert "ffffffffffff" in warning
    write(tmp_path, "c", count_unmanaged=True)
    assert "qlik_audit_count_unmanaged: The slices of the run 7 have different values." in refusal(tmp_path)


def test_slices_that_were_repeated_do_not_count(tmp_path: Path) -> None:
    """If later slices have all hosts of a slice, their revisions and counts replace its own."""
    write(tmp_path, "a", "b", started_at="1", revision=REVISION, count_unmanaged=True)
    new = [write(tmp_path, host, started_at=f"{number}") for number, host in enumerate("ab", 2)]
    parts = parts_of(str(tmp_path), "7")
    assert [part.path for part in parts.slices] == list(map(str, new))
    assert parts.warnings == [
        "Several slices have audited a, b. The report has the results of the slice that started last."
    ]
    write(tmp_path, "b", "c", started_at="0", count_unmanaged=True)
    assert "qlik_audit_count_unmanaged: " in refusal(tmp_path)


def test_two_merges_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with merging(str(tmp_path)):
        message = f"Another merge is reading the parts in {tmp_path}."
        with pytest.raises(InvalidInput, match=message), merging(str(tmp_path)):
            pass
    with merging(str(tmp_path)):
        pass

    def without_locks(*_arguments: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", without_locks)
    message = "No locks available. Use a file system with file locks."
    with pytest.raises(InvalidInput, match=message), merging(str(tmp_path)):
        pass


def test_the_lock_is_no_link(tmp_path: Path) -> None:
    (tmp_path / ".qlik-audit-merge.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidInput, match="Cannot lock"), merging(str(tmp_path)):
        pass
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["7", "nightly-2026.11_1", "a" * 100, 7, date(2026, 11, 29)])
def test_names_of_runs(name: Any) -> None:
    assert run_of(name) == str(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-a", "a b", "a\n", "\uff11", "a" * 101])
def test_what_is_no_name_of_a_run_is_refused(name: Any) -> None:
    with pytest.raises(InvalidInput, match="qlik_audit_run: .* is not the name of a run."):
        run_of(name)


@pytest.mark.parametrize("value", [True, None, 1.5, ["a"], datetime(2026, 11, 29, 12)])
def test_a_name_of_a_run_that_yaml_reads_as_another_type_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        run_of(value)
    assert str(caught.value) == f"qlik_audit_run: {value} is not a string. Quote the name of the run."


def test_the_paths_of_parts_do_not_count_as_changes_of_the_description(tmp_path: Path) -> None:
    part = write(tmp_path, "a")
    (tmp_path / "hosts.yml").write_text("", encoding="utf-8")
    with merging(str(tmp_path)):
        assert set(part_paths(str(tmp_path))) == {str(path) for path in tmp_path.iterdir() if path.name != "hosts.yml"}
    assert str(part) in part_paths(str(tmp_path))
    assert len(part_paths(str(tmp_path / "none"))) == 1


def test_the_folder_is_never_created(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", Path(write(tmp_path, "a"))):
        for check in (check_folder, lambda given: new_part(given, "7")):
            with pytest.raises(InvalidInput, match="is not a folder on this machine. Create it, or mount the folder"):
                check(str(folder))


def test_a_part_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"qlik_audit_parts_dir: Cannot write to .*: No such file or directory."):
        write_part(str(tmp_path / "none" / "part"), {}, [], None)


def test_a_part_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = write(tmp_path, "a")
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_bytes().split(b"\n")[1])["host"] == "a"
