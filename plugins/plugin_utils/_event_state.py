# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stores in a file how far the event source has read the audit logs."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import fcntl
import json
import os
import stat
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._files import read_file, replace_file
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.event_types import new_name
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.audit_log import SAME_EVENT, Event, time_of

_VERSION = 1
#: The maximum size of the file in bytes: several hundred thousand events.
_MOST_BYTES = 64 * 1024**2
#: The permissions of the file: only the owner can access it.
_MODE = 0o600
_OPTION = "state_file"
_DELETE = "Delete it to start at the newest event of each tenant, or set another file."
_FOLDER = "Its folder must exist, and you must be able to write in it. Correct this, or set another file."


class Known(NamedTuple):
    """The stored data of a delivered event."""

    time: datetime
    type: str
    object_id: str


class Received:
    """The delivered events that can be read again."""

    def __init__(self) -> None:
        self._events: Dict[str, Known] = {}
        self._by_object: Dict[Tuple[str, str], List[Known]] = {}
        self._rows: Dict[str, List[str]] = {}

    def has(self, event: Event) -> bool:
        """Return whether an event was delivered, either with its ID or with its other type name."""
        known = self._by_object.get((event.object_id, new_name(event.type)), ())
        return event.id in self._events or any(
            other.type != event.type and abs(other.time - event.time) <= SAME_EVENT for other in known
        )

    def add(self, event_id: str, event: Known) -> bool:
        """Add an event, and return whether it is new."""
        if event_id in self._events:
            return False
        self._events[event_id] = event
        self._rows[event_id] = [_text(event.time), event.type, event.object_id]
        self._by_object.setdefault((event.object_id, new_name(event.type)), []).append(event)
        return True

    def forget(self, before: datetime) -> None:
        """Remove the events before a time."""
        if any(event.time < before for event in self._events.values()):
            kept = {name: event for name, event in self._events.items() if event.time >= before}
            self._events, self._by_object, self._rows = {}, {}, {}
            for name, event in kept.items():
                self.add(name, event)

    def to_json(self) -> Dict[str, Any]:
        """Return the events by ID, in the format of the file."""
        return dict(self._rows)


@dataclass
class Position:
    """How far the log of a tenant has been read.

    :param time: the time of the newest received event, or C(None) before the first event.
    :param floor: the time before which no event is read again.
    """

    time: Optional[datetime] = None
    floor: Optional[datetime] = None
    received: Received = field(default_factory=Received)

    def start(self, overlap: timedelta) -> Optional[datetime]:
        """Return the time at which the next read starts. C(None) is the beginning of the log."""
        if self.time is None:
            return None
        start = self.time - overlap
        return start if self.floor is None else max(start, self.floor)

    def to_json(self) -> Dict[str, Any]:
        """Return the position in the format of the file."""
        return {
            "time": None if self.time is None else _text(self.time),
            "floor": None if self.floor is None else _text(self.floor),
            "received": self.received.to_json(),
        }

    @classmethod
    def from_json(cls, value: Any) -> Position:
        """Return the position for a result of C(to_json).

        :raises ValueError: if the value is not such a result.
        """
        if not isinstance(value, dict) or not isinstance(value.get("received"), dict):
            raise ValueError("not a position")
        position = cls(_optional_time(value.get("time")), _optional_time(value.get("floor")))
        for name, known in value["received"].items():
            if not isinstance(known, list) or [type(part) for part in known] != [str, str, str]:
                raise ValueError("not an event")
            position.received.add(name, Known(_time(known[0]), known[1], known[2]))
        return position


class StateFile:
    """The positions of all tenants, in a file or in memory.

    :param path: the absolute path of the file. An empty string keeps the positions in memory.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._entries: Dict[str, Any] = {}
        self._is_dirty = False
        self._lock = -1

    def open(self) -> None:
        """Lock the file for this source, and read it.

        :raises InvalidInput: if a source of this user did not write the file, or if it cannot be read or written.
        :raises BlockingIOError: if another source uses the file.
        """
        if not self.path:
            return
        self._acquire()
        try:
            self._entries = _read(self.path)
            # Problems with the folder are found before the first event.
            self._is_dirty = True
            self.save()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Unlock the file for other sources."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def position(self, tenant_url: str) -> Optional[Position]:
        """Return the position of a tenant, or C(None) if the tenant was never read."""
        value = self._entries.get(tenant_url)
        try:
            return None if value is None else Position.from_json(value)
        except ValueError:
            raise _damaged(self.path) from None

    def put(self, tenant_url: str, position: Position) -> None:
        """Set the position of a tenant. The next save writes it."""
        self._entries[tenant_url] = position.to_json()
        self._is_dirty = True

    def save(self) -> None:
        """Write all positions if one has changed since the last save.

        :raises InvalidInput: if the file cannot be written.
        """
        if not self._is_dirty or not self.path:
            return
        # Reset before the positions are read, because another thread can set one in the meantime.
        self._is_dirty = False
        content = json.dumps({"version": _VERSION, "tenants": dict(self._entries)}).encode("utf-8")
        try:
            replace_file(self.path, content, _MODE)
        except OSError as error:
            self._is_dirty = True
            raise _refused(self.path, "cannot be written: %s" % error.strerror, _FOLDER) from None

    def _acquire(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        path = self.path + ".lock"
        try:
            self._lock = os.open(path, flags, _MODE)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise _refused(path, "cannot be locked: %s" % error.strerror, _FOLDER) from None


def in_use(path: str) -> InvalidInput:
    """Return the error that another source uses the file."""
    return _refused(path, "is in use by another event source", "Give each source its own file.")


def _read(path: str) -> Dict[str, Any]:
    """Return the positions in a file, by the URL of the tenant."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _refused(path, "cannot be read: %s" % error.strerror, _FOLDER) from None
    if not stat.S_ISREG(status.st_mode):
        raise _refused(path, "is not a regular file", "Set another file.")
    if status.st_uid != os.geteuid():
        raise _refused(path, "belongs to another user", "Set a file of your own.")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _refused(path, "can be written by others", "Set its mode to 0600 if you trust what it contains.")
    try:
        content = json.loads(read_file(path, _MOST_BYTES))
    except OSError as error:
        raise _refused(path, "cannot be read: %s" % error.strerror, _FOLDER) from None
    except (ValueError, RecursionError):
        raise _damaged(path) from None
    tenants = content.get("tenants") if isinstance(content, dict) and content.get("version") == _VERSION else None
    if not isinstance(tenants, dict):
        raise _damaged(path)
    return tenants


def _damaged(path: str) -> InvalidInput:
    return _refused(path, "is damaged, or was not written by this event source", _DELETE)


def _refused(path: str, what: str, hint: str) -> InvalidInput:
    return InvalidInput("%s %s." % (printable(path), what), hint, _OPTION)


def _text(time: datetime) -> str:
    return time.isoformat()


def _time(value: Any) -> datetime:
    time = time_of(value)
    if time is None:
        raise ValueError("not a time")
    return time


def _optional_time(value: Any) -> Optional[datetime]:
    return None if value is None else _time(value)
