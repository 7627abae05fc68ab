# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares a report with the previous one: what is new, what is resolved, and since when each difference exists."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import os
import re
import stat
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

from ansible.errors import AnsibleActionFail

from .attribution import attributions, changes_of
from .exceptions import exceptions_of, in_words, is_accepted
from .report import AREAS
from .settings import deviations

#: The maximum size of a report in bytes.
_MOST_BYTES = 100 * 1024 * 1024
#: The version of the reports that can be read. Version 1.0.0 of the collection writes it.
_VERSION = 4
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_KEY = ("area", "object", "setting")
Json = Dict[str, Any]
#: The area, name of the object, and setting. C(None) is the whole object, the whole area, or the whole tenant.
Key = Tuple[Optional[str], Optional[str], Optional[str]]


def read_previous(variable: str, path: str) -> Optional[Json]:
    """Return the time, the differences, and the compared areas of the previous report, or C(None) if it does not exist.

    :param variable: the variable with the path, for messages.
    :returns: C(generated_at), C(tenants) with the differences by host, and C(compared) with the time when a host was
        read, by host and by compared area.
    :raises AnsibleActionFail: if the file is not a report of this collection.
    """
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            hint = ". Set the path of qlik-audit.json in the folder" if stat.S_ISDIR(mode) else ""
            raise _refusal(variable, path, "is not a regular file%s" % hint)
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refusal(variable, path, "cannot be read: %s" % error.strerror) from None
    if len(content) > _MOST_BYTES:
        raise _refusal(variable, path, "is larger than %d MiB" % (_MOST_BYTES // 1024**2))
    try:
        report = json.loads(content)
    except (ValueError, RecursionError):
        raise _refusal(variable, path, "is not JSON") from None
    version = report.get("schema_version") if isinstance(report, dict) else None
    if isinstance(version, int) and version != _VERSION:
        age = "a newer" if version > _VERSION else "an older"
        raise _refusal(variable, path, "is a report of %s version of this collection" % age)
    try:
        if version != _VERSION or not _TIME.fullmatch(report["generated_at"]):
            raise ValueError
        tenants = {_text(tenant["host"]): _known(tenant) for tenant in report["tenants"]}
        compared = {_text(tenant["host"]): _compared_in(tenant) for tenant in report["tenants"]}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _refusal(variable, path, "is not a JSON report of this collection") from None
    return {"generated_at": report["generated_at"], "tenants": tenants, "compared": compared}


def in_sync_at(previous: Optional[Mapping[str, Any]], host: str) -> Dict[str, str]:
    """Return the time of the last report in which all objects of an area were in sync, by area of a tenant.

    Areas without a known time are omitted.

    :param previous: the result of C(read_previous).
    """
    if previous is None:
        return {}
    found: Dict[str, str] = {}
    for area, read_at in previous["compared"].get(host, {}).items():
        times = [entry["in_sync_at"] for entry in previous["tenants"][host] if entry["area"] == area]
        if None not in times:
            found[area] = min([*times, read_at])
    return found


def add_history(report: Json, previous: Optional[Mapping[str, Any]]) -> None:
    """Add to a report since when each difference exists, and what has changed since the previous report.

    Differences that could not be compared this time keep their last known state.

    :param report: the report, which is changed.
    :param previous: the result of C(read_previous).
    """
    before = previous["tenants"] if previous else {}
    now = report["generated_at"]
    for tenant in report["tenants"]:
        compared = previous["compared"].get(tenant["host"], {}) if previous else {}
        current = {_key(entry): entry for entry in before.get(tenant["host"], [])}
        standing = {_key(entry): entry for entry in _standing(tenant)}
        for key, entry in standing.items():
            entry["since"] = current[key]["since"] if key in current else now
            entry["last_seen"] = now
            entry["new"] = previous is not None and key not in current
            if key in current:
                entry["in_sync_at"] = current[key]["in_sync_at"]
            else:
                entry["in_sync_at"] = compared.get(entry["area"])
        is_known = _knowledge_of(tenant)
        gone = [(is_known(key), entry) for key, entry in current.items() if key not in standing]
        carried = [{**entry, "new": False} for known, entry in gone if not known]
        tenant["differences"] = [*standing.values(), *carried]
        tenant["resolved"] = [
            {name: entry[name] for name in (*_KEY, "kind", "since")} for known, entry in gone if known
        ]
    report["previous_report"] = {"generated_at": previous["generated_at"]} if previous else None
    report["summary"]["changes"] = previous and {
        "new": sum(len(new_in(tenant, report)) for tenant in report["tenants"]),
        "new_unmanaged": sum(len(new_unmanaged_in(tenant, report)) for tenant in report["tenants"]),
        "resolved": sum(len(tenant["resolved"]) for tenant in report["tenants"]),
    }


class Notes:
    """The notes on the differences of a tenant, after C(add_history)."""

    def __init__(self, tenant: Mapping[str, Any], report: Mapping[str, Any]) -> None:
        self._entries = {_key(entry): entry for entry in tenant["differences"]} if report["previous_report"] else {}

    def on(self, area: str, item: Mapping[str, Any], setting: Optional[str]) -> List[str]:
        """Return since when an object differs in a setting, who caused it, and which exceptions accept it."""
        exceptions = [in_words(exception) for exception in exceptions_of(item, setting)]
        return [*self.since((area, item["name"], setting)), *attributions(item, setting), *exceptions]

    def since(self, key: Key) -> List[str]:
        """Return since when a difference exists, or an empty list if that is unknown."""
        entry = self._entries.get(key)
        return ["new" if entry["new"] else "since %s" % entry["since"][:10]] if entry else []


def new_in(tenant: Mapping[str, Any], report: Mapping[str, Any]) -> List[Json]:
    """Return the drift of a tenant that is not in the previous report."""
    return [entry for entry in _news(tenant) if entry["kind"] != "unmanaged" or report["count_unmanaged"]]


def new_unmanaged_in(tenant: Mapping[str, Any], report: Mapping[str, Any]) -> List[Json]:
    """Return the unmanaged objects that are not in the previous report, if they do not count as drift."""
    return [entry for entry in _news(tenant) if entry["kind"] == "unmanaged" and not report["count_unmanaged"]]


def _news(tenant: Mapping[str, Any]) -> List[Json]:
    return [entry for entry in tenant["differences"] if entry["new"] and not entry["accepted"]]


def _known(tenant: Mapping[str, Any]) -> List[Json]:
    """Return the differences of a tenant in the previous report."""
    return [_checked(entry) for entry in tenant["differences"]]


def _compared_in(tenant: Mapping[str, Any]) -> Dict[str, str]:
    """Return when a tenant was read, by each of its areas that the previous report compared completely."""
    not_compared = ("not_described", "not_available", "failed")
    areas = [area for area in tenant["areas"] if area["status"] not in not_compared and not _is_incomplete(area)]
    if tenant["read_at"] is None:
        return {}
    if not _TIME.fullmatch(tenant["read_at"]):
        raise ValueError
    return {_text(area["area"]): tenant["read_at"] for area in areas}


def _checked(entry: Mapping[str, Any]) -> Json:
    times = {name: entry[name] for name in ("since", "last_seen", "in_sync_at")}
    if not all(_TIME.fullmatch(time) for name, time in times.items() if name != "in_sync_at" or time is not None):
        raise ValueError
    key = {name: None if entry[name] is None else _text(entry[name]) for name in _KEY}
    if key["area"] not in AREAS and (key["area"], key["object"]) != (None, None):
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


def _standing(tenant: Mapping[str, Any]) -> Iterator[Json]:
    """Yield an entry for each difference of a tenant, and for each part that could not be compared."""
    if tenant["status"] == "failed" and tenant["error"] and not tenant["areas"]:
        yield _entry(None, None, None, "failed", False, [])
    for area in tenant["areas"]:
        if _is_incomplete(area):
            yield _entry(area["area"], None, None, "failed", False, [])
    for deviation in deviations(tenant):
        setting = None if deviation.setting is None else str(deviation.setting)
        changed_by = changes_of(deviation.item, setting)
        yield _entry(
            deviation.area,
            deviation.item["name"],
            setting,
            deviation.kind,
            is_accepted(deviation.item, deviation.setting),
            changed_by,
        )


def _entry(
    area: Optional[str], name: Optional[str], setting: Optional[str], kind: str, accepted: bool, changed_by: List[Json]
) -> Json:
    entry: Json = {"area": area, "object": name, "setting": setting, "kind": kind, "accepted": accepted}
    return {**entry, "changed_by": changed_by}


def _key(entry: Mapping[str, Any]) -> Key:
    return entry["area"], entry["object"], entry["setting"]


def _knowledge_of(tenant: Mapping[str, Any]) -> Callable[[Key], bool]:
    """Return a function that returns whether a tenant was compared completely enough to call a difference resolved."""
    incomplete = {area["area"] for area in tenant["areas"] if _is_incomplete(area)}
    objects = [(area["area"], item) for area in tenant["areas"] for item in area["objects"]]
    failed = {(area, item["name"]) for area, item in objects if item["status"] == "failed"}

    def is_known(key: Key) -> bool:
        area, name, _setting = key
        if area is None:
            return bool(tenant["status"] != "not_audited")
        if name is None:
            return bool(tenant["areas"])
        return bool(tenant["areas"]) and area not in incomplete and (area, name) not in failed

    return is_known


def _is_incomplete(area: Mapping[str, Any]) -> bool:
    """Return whether an area as a whole could not be compared completely."""
    return bool(area["error"]) and area["status"] != "not_available"


def _refusal(variable: str, path: str, what: str) -> AnsibleActionFail:
    return AnsibleActionFail("%s: %s %s. Nothing was audited." % (variable, path, what))
