# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of an audit in slices: files with the results of the hosts of one job, in a folder that all jobs share.

A part has a line with its head, a line for each host, and a line with the checksum of the lines before. A job writes
its part without hosts when it starts, and replaces it at the end.
"""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import stat
import uuid
from contextlib import contextmanager
from datetime import date, datetime, timezone
from itertools import chain, islice
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidDescription, InvalidInput, printable

from .._files import write_file
from .assembly import GENERATOR, SCHEMA_VERSION

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_NAME = re.compile(r"qlik-audit-part\.(.+)\.[0-9a-f]{12}\.jsonl", re.ASCII)
_LOCK = ".qlik-audit-merge.lock"
#: The types of the values in the head of a part.
_HEAD: Dict[str, Any] = {
    "generator": str,
    "schema_version": int,
    "run": str,
    "job": (str, type(None)),
    "started_at": str,
    "is_finished": bool,
    "count_unmanaged": bool,
    "revision": (dict, type(None)),
    "hosts": list,
}
_DAMAGED = "It is damaged or was not written completely."
#: The maximum size of a line in bytes.
_LONGEST_LINE = 64 * 1024**2
#: The maximum number of names in a message.
_MOST_NAMES = 10
_VARIABLE = "qlik_audit_parts_dir"
Json = Dict[str, Any]


class Slice(NamedTuple):
    """The part of one job.

    :param head: has the keys of C(_HEAD).
    """

    path: str
    head: Json

    @property
    def label(self) -> str:
        """The slice in messages: its job if it is known, otherwise its file, and its first hosts."""
        job = self.head["job"]
        return "%s (hosts %s)" % ("job %s" % job if job else os.path.basename(self.path), listed(self.head["hosts"]))

    def lines(self) -> Iterator[Json]:
        """Return C(host), C(tenant), and C(exceptions) of each host, one at a time.

        :raises ValueError: if the part was damaged since it was checked.
        """
        return islice(_lines(self.path), 1, None)


class Parts(NamedTuple):
    """The parts of a run.

    :param slices: the finished slices, the oldest first, except for those whose hosts are all in later ones.
    :param unfinished: the slices that have started, and whose hosts are in no later finished slice.
    :param warnings: what a merge leaves out or cannot decide.
    """

    slices: List[Slice]
    unfinished: List[Slice]
    warnings: List[str]


def run_of(value: Any) -> str:
    """Return the name of a run from the value of the variable, which can be a number or a date.

    :raises InvalidInput: if it cannot be a part of the name of a file.
    """
    # YAML reads 7 and 2026-11-29 without quotes as other types. Their text is what was written.
    is_plain = isinstance(value, (int, date)) and not isinstance(value, (bool, datetime))
    text = str(value) if is_plain else value
    if not isinstance(text, str):
        raise InvalidInput("qlik_audit_run: %s is not a string." % printable(str(value)), "Quote the name of the run.")
    if not _RUN.fullmatch(text):
        raise InvalidInput(
            "qlik_audit_run: %s is not the name of a run." % printable(repr(value)),
            "It must have 1 to 100 letters, digits, dots, hyphens, and underscores, and start with a letter or digit.",
        )
    return text


def new_part(folder: str, run: str) -> str:
    """Return the path for the part of a new job.

    :raises InvalidInput: if the folder does not exist. It is never created, because a job would keep its part for
        itself if it does not see the folder that the jobs share.
    """
    check_folder(folder)
    return os.path.join(folder, "qlik-audit-part.%s.%s.jsonl" % (run, uuid.uuid4().hex[:12]))


def part_paths(folder: str) -> List[str]:
    """Return the paths of all parts in a folder, and of the lock of the merge."""
    names = [name for name in os.listdir(folder) if _NAME.fullmatch(name)] if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in (*names, _LOCK)]


def check_folder(folder: str) -> None:
    """Check that the folder of the parts exists.

    :raises InvalidInput: if it does not.
    """
    if not os.path.isdir(folder):
        raise InvalidInput(
            "%s: %s is not a folder on this machine." % (_VARIABLE, printable(folder)),
            "Create it, or mount the folder that all jobs of the audit share.",
        )


def head_of(
    run: str, job: Optional[str], hosts: Iterable[str], count_unmanaged: bool, revision: Optional[Json]
) -> Json:
    """Return the head of a part that starts now."""
    return {
        "generator": GENERATOR,
        "schema_version": SCHEMA_VERSION,
        "run": run,
        "job": job,
        "started_at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "is_finished": False,
        "count_unmanaged": count_unmanaged,
        "revision": revision,
        "hosts": sorted(hosts),
    }


def write_part(path: str, head: Mapping[str, Any], lines: Iterable[Mapping[str, Any]], mode: Optional[int]) -> None:
    """Write a part.

    :raises InvalidInput: if the file cannot be written.
    """
    try:
        write_file(path, _content(head, lines), mode)
    except OSError as error:
        text = "%s: Cannot write to %s: %s." % (_VARIABLE, printable(os.path.dirname(path)), error.strerror)
        raise InvalidInput(text, "Check its permissions and free space.") from None


def _content(head: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for line in chain([head], lines):
        part = _encoded(line)
        digest.update(part)
        yield part
    yield _encoded({"sha256": digest.hexdigest()})


def _encoded(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode("ascii") + b"\n"


@contextmanager
def merging(folder: str) -> Iterator[None]:
    """Hold the lock of the folder against other merges.

    :raises InvalidInput: if another merge holds it, or if the folder cannot be locked.
    """
    path = os.path.join(folder, _LOCK)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise InvalidInput("%s: Cannot lock %s: %s." % (_VARIABLE, printable(folder), error.strerror)) from None
    with os.fdopen(descriptor, "r+"):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = "%s: Another merge is reading the parts in %s." % (_VARIABLE, printable(folder))
            raise InvalidInput(text, "Wait for it, then merge again.") from None
        except OSError as error:
            text = "%s: Cannot lock %s: %s." % (_VARIABLE, printable(folder), error.strerror)
            raise InvalidInput(text, "Use a file system with file locks.") from None
        yield


def parts_of(folder: str, run: str) -> Parts:
    """Return the parts of a run, all of them checked.

    :raises InvalidInput: listing all problems, such as damaged parts, or if there are no parts.
    """
    found: List[Slice] = []
    others: Set[str] = set()
    problems: List[str] = []
    for name in sorted(os.listdir(folder)):
        match = _NAME.fullmatch(name)
        if not match:
            continue
        if match[1] != run:
            others.add(match[1])
            continue
        path = os.path.join(folder, name)
        try:
            head = _checked_head(path)
        except (OSError, ValueError) as error:
            problems.append("%s: %s" % (printable(path), error.strerror if isinstance(error, OSError) else error))
            continue
        if head["run"] != run:
            others.add(head["run"])
        else:
            found.append(Slice(path, head))
    if problems:
        first = "%s: These parts cannot be merged." % _VARIABLE
        raise InvalidDescription([first, *problems, "Remove these files, and audit their hosts again."])
    warnings = []
    if others:
        warnings.append("Left out the parts of other runs in %s: %s." % (printable(folder), listed(sorted(others))))
    if not found:
        text = "%s: %s has no parts of the run %s." % (_VARIABLE, printable(folder), run)
        raise InvalidInput(" ".join([text, *warnings]), "Check the folder and qlik_audit_run.")
    found.sort(key=lambda part: (part.head["started_at"], part.path))
    finished = [part for part in found if part.head["is_finished"]]
    unfinished = [part for part in found if not part.head["is_finished"] and not _is_superseded(part, finished)]
    warnings += _repeated(finished)
    used = _without_repeated(finished)
    revisions = {json.dumps(part.head["revision"], sort_keys=True): part.head["revision"] for part in used}
    if len(revisions) > 1:
        names = [_revision_in_words(revision) for revision in revisions.values()]
        text = "The slices have audited different revisions of the description: %s. The report names none of them."
        warnings.append(text % listed(names))
    if len({part.head["count_unmanaged"] for part in used}) > 1:
        text = "qlik_audit_count_unmanaged: The slices of the run %s have different values." % run
        raise InvalidInput(text, "Audit all hosts again with the same value.")
    return Parts(used, unfinished, warnings)


def listed(names: Iterable[str]) -> str:
    """Return the first names for a message, and the number of the others."""
    shown = [printable(name) for name in names]
    left = len(shown) - _MOST_NAMES
    return ", ".join(shown[:_MOST_NAMES]) + (" and %d more" % left if left > 0 else "")


def _is_superseded(part: Slice, finished: Iterable[Slice]) -> bool:
    """Return whether later finished slices have all hosts of a slice that did not finish."""
    later = (other.head["hosts"] for other in finished if other.head["started_at"] >= part.head["started_at"])
    return set(part.head["hosts"]) <= {host for hosts in later for host in hosts}


def _without_repeated(finished: Sequence[Slice]) -> List[Slice]:
    """Return the finished slices, except for those whose hosts are all in later ones."""
    used: List[Slice] = []
    later: Set[str] = set()
    for part in reversed(finished):
        if not later.issuperset(part.head["hosts"]):
            used.insert(0, part)
        later.update(part.head["hosts"])
    return used


def _repeated(finished: Iterable[Slice]) -> Iterator[str]:
    """Yield a warning about the hosts in several slices."""
    seen: Set[str] = set()
    repeated: Dict[str, None] = {}
    for part in finished:
        repeated.update(dict.fromkeys(host for host in part.head["hosts"] if host in seen))
        seen.update(part.head["hosts"])
    if repeated:
        yield "Several slices have audited %s. The report has the results of the slice that started last." % listed(
            repeated
        )


def _revision_in_words(revision: Optional[Mapping[str, Any]]) -> str:
    if revision is None:
        return "unknown"
    return "%.12s%s" % (revision.get("commit"), " with changes" if revision.get("uncommitted_changes") else "")


def _checked_head(path: str) -> Json:
    """Return the head of a part after its checksum was verified.

    :raises OSError: if the file cannot be read.
    :raises ValueError: with the problem of the part.
    """
    content = _lines(path)
    head = next(content, None)
    if not isinstance(head, dict) or not isinstance(head.get("generator"), str):
        raise ValueError(_DAMAGED)
    if head["generator"] != GENERATOR:
        shown = printable(head["generator"])
        raise ValueError("It was written by %s, not by %s. Use the same version in all jobs." % (shown, GENERATOR))
    if head.get("schema_version") != SCHEMA_VERSION:
        shown = printable(repr(head.get("schema_version")))
        raise ValueError(
            "It has schema_version %s, not %s. Use the same version in all jobs." % (shown, SCHEMA_VERSION)
        )
    if any(not isinstance(head.get(key), kind) for key, kind in _HEAD.items()):
        raise ValueError(_DAMAGED)
    if not all(isinstance(host, str) for host in head["hosts"]):
        raise ValueError(_DAMAGED)
    hosts = [line.get("host") if isinstance(line, dict) else None for line in content]
    if head["is_finished"] and hosts != head["hosts"]:
        raise ValueError(_DAMAGED)
    return head


def _lines(path: str) -> Iterator[Any]:
    """Yield the values of all lines but the last, which has their checksum.

    :raises ValueError: if the checksum is wrong, at the end.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if os.path.islink(path):
            raise ValueError("It is a link.") from None
        raise error
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("It is not a regular file.")
        digest = hashlib.sha256()
        line = file.readline(_LONGEST_LINE)
        following = file.readline(_LONGEST_LINE)
        while following:
            digest.update(line)
            yield _decoded(line)
            line, following = following, file.readline(_LONGEST_LINE)
        last = _decoded(line)
    if not line.endswith(b"\n") or last != {"sha256": digest.hexdigest()}:
        raise ValueError(_DAMAGED)


def _decoded(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(_DAMAGED) from None
