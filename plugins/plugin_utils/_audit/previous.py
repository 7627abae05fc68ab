# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the previous report, one tenant at a time."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import codecs
import json
import os
import re
import stat
from typing import Any, BinaryIO, Dict, Iterator, Mapping, Optional

from ansible.errors import AnsibleActionFail
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS

#: The maximum size of a report in bytes, and that of one of its tenants in characters.
_MOST_BYTES = 4 * 1024**3
_LARGEST_VALUE = 64 * 1024**2
_PART = 1024**2
#: The version of the reports that can be read. Version 1.0.0 of the collection writes it.
_VERSION = 4
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_BLANKS = re.compile(r"[ \t\n\r]*")
#: The keys that identify a difference.
KEY = ("area", "object", "setting")
_AREAS = {kind.area for kind in AREAS}
Json = Dict[str, Any]


def read_previous(variable: str, path: str, tenants: Any) -> Optional[Json]:
    """Return what a new report needs of the previous one, or C(None) if it does not exist.

    :param variable: the variable with the path, for messages.
    :param tenants: a mapping that receives each tenant by its host, so that they need not fit into memory:
        C(differences), and C(compared) with the time when the tenant was read, by compared area.
    :returns: C(generated_at), and C(tenants).
    :raises AnsibleActionFail: if the file is not a report of this collection.
    """
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            hint = ". Set the path of qlik-audit.json in the folder" if stat.S_ISDIR(mode) else ""
            raise _refusal(variable, path, "is not a regular file%s" % hint)
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > _MOST_BYTES:
                raise _refusal(variable, path, "is larger than %d MiB" % (_MOST_BYTES // 1024**2))
            generated_at = _read(file, tenants)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refusal(variable, path, "cannot be read: %s" % error.strerror) from None
    except _Unusable as error:
        raise _refusal(variable, path, str(error)) from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise _refusal(variable, path, "is not JSON") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _refusal(variable, path, "is not a JSON report of this collection") from None
    return {"generated_at": generated_at, "tenants": tenants}


class _Unusable(Exception):
    """The report cannot be compared with. The only argument states why."""


def _read(file: BinaryIO, tenants: Any) -> str:
    """Return the time of a report. Both formats are read: one object, and a line per tenant after the other keys."""
    values = _Values(file)
    head: Json = {}
    has_tenants = False
    for key in values.members():
        if key == "tenants":
            has_tenants = True
            for tenant in values.elements():
                _take(tenant, head, tenants)
        else:
            head[key] = values.value()
    _check(head)
    if not has_tenants:
        count = 0
        while not values.are_read():
            _take(values.value(), head, tenants)
            count += 1
        # A file that was cut off after a line is valid otherwise.
        if count != head["summary"]["tenants"]["all"]:
            raise _Unusable("has %d of its %d tenants" % (count, head["summary"]["tenants"]["all"]))
    elif not values.are_read():
        raise ValueError
    return str(head["generated_at"])


def _take(tenant: Mapping[str, Any], head: Mapping[str, Any], tenants: Any) -> None:
    if head.get("schema_version") == _VERSION:
        differences = [_checked(entry) for entry in tenant["differences"]]
        tenants[_text(tenant["host"])] = {"differences": differences, "compared": _compared_in(tenant)}


def _check(head: Mapping[str, Any]) -> None:
    version = head.get("schema_version")
    if isinstance(version, int) and version != _VERSION:
        age = "a newer" if version > _VERSION else "an older"
        raise _Unusable("is a report of %s version of this collection" % age)
    if version != _VERSION or not _TIME.fullmatch(head["generated_at"]):
        raise ValueError


class _Values:
    """Reads JSON values from a file one after the other, so that the whole text is never in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._json = json.JSONDecoder()
        self._text = ""
        self._position = 0
        self._is_at_end = False

    def members(self) -> Iterator[str]:
        """Yield each key of the next object. The caller reads its value before the next key."""
        if self._next() != "{":
            self.value()
            raise TypeError
        for _number in self._items("}"):
            key = self.value()
            self._expect(":")
            yield _text(key)

    def elements(self) -> Iterator[Any]:
        """Yield each element of the next list."""
        if self._next() != "[":
            raise TypeError
        for _number in self._items("]"):
            yield self.value()

    def value(self) -> Any:
        """Return the next value."""
        self._next()
        most = _PART
        while True:
            try:
                found, end = self._json.raw_decode(self._text, self._position)
                # A number can continue in the next part.
                if end < len(self._text) or self._is_at_end:
                    self._position = end
                    return found
            except json.JSONDecodeError:
                if self._is_at_end or len(self._text) - self._position > _LARGEST_VALUE:
                    raise
            self._more(most)
            most *= 2

    def are_read(self) -> bool:
        """Return whether no value is left."""
        return not self._next()

    def _items(self, end: str) -> Iterator[None]:
        """Yield before each item of an object or list, up to its end."""
        self._position += 1
        if self._next() != end:
            yield
            while self._next() == ",":
                self._position += 1
                yield
        self._expect(end)

    def _expect(self, character: str) -> None:
        if self._next() != character:
            raise json.JSONDecodeError("Unexpected character", "", 0)
        self._position += 1

    def _next(self) -> str:
        """Return the next character that is not blank, or an empty string at the end."""
        while True:
            self._position = _BLANKS.match(self._text, self._position).end()  # type: ignore[union-attr]
            if self._position < len(self._text) or self._is_at_end:
                return self._text[self._position : self._position + 1]
            self._more(_PART)

    def _more(self, most: int) -> None:
        part = self._file.read(most)
        self._is_at_end = not part
        self._text = self._text[self._position :] + self._decoder.decode(part, final=not part)
        self._position = 0


def _compared_in(tenant: Mapping[str, Any]) -> Dict[str, str]:
    """Return when a tenant was read, by each of its areas that the previous report compared completely."""
    not_compared = ("not_described", "not_available", "failed")
    areas = [area for area in tenant["areas"] if area["status"] not in not_compared and not is_incomplete(area)]
    if tenant["read_at"] is None:
        return {}
    if not _TIME.fullmatch(tenant["read_at"]):
        raise ValueError
    return {_text(area["area"]): tenant["read_at"] for area in areas}


def is_incomplete(area: Mapping[str, Any]) -> bool:
    """Return whether an area as a whole could not be compared completely."""
    return bool(area["error"]) and area["status"] != "not_available"


def _checked(entry: Mapping[str, Any]) -> Json:
    times = {name: entry[name] for name in ("since", "last_seen", "in_sync_at")}
    if not all(_TIME.fullmatch(time) for name, time in times.items() if name != "in_sync_at" or time is not None):
        raise ValueError
    key = {name: None if entry[name] is None else _text(entry[name]) for name in KEY}
    if key["area"] not in _AREAS and (key["area"], key["object"]) != (None, None):
        raise ValueError
    return {
        **key,
        "kind": _text(entry["kind"]),
        "accepted": bool(entry["accepted"]),
        "changed_by": [],
        **times,
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _refusal(variable: str, path: str, what: str) -> AnsibleActionFail:
    return AnsibleActionFail("%s: %s %s. Nothing was audited." % (variable, path, what))
