# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares a report with the previous one: what is new, what is resolved, and since when each difference exists."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

from .attribution import attributions, changes_of
from .exceptions import exceptions_of, in_words, is_accepted
from .previous import KEY, is_incomplete
from .settings import deviations

Json = Dict[str, Any]
#: The area, name of the object, and setting. C(None) is the whole object, the whole area, or the whole tenant.
Key = Tuple[Optional[str], Optional[str], Optional[str]]


def in_sync_at(known: Optional[Mapping[str, Any]]) -> Dict[str, str]:
    """Return the time of the last report in which all objects of an area were in sync, by area of a tenant.

    Areas without a known time are omitted.

    :param known: the tenant in the previous report, as C(read_previous) returns it.
    """
    found: Dict[str, str] = {}
    if known is None:
        return found
    for area, read_at in known["compared"].items():
        times = [entry["in_sync_at"] for entry in known["differences"] if entry["area"] == area]
        if None not in times:
            found[area] = min([*times, read_at])
    return found


def add_history(tenant: Json, now: str, previous: Optional[Mapping[str, Any]]) -> None:
    """Add to a tenant since when each difference exists, and what was resolved since the previous report.

    Differences that could not be compared this time keep their last known state.

    :param tenant: the tenant in the report, which is changed.
    :param now: the time of the report.
    :param previous: the result of C(read_previous).
    """
    known = (previous["tenants"].get(tenant["host"]) if previous else None) or {"differences": [], "compared": {}}
    current = {_key(entry): entry for entry in known["differences"]}
    standing = {_key(entry): entry for entry in _standing(tenant)}
    for key, entry in standing.items():
        entry["since"] = current[key]["since"] if key in current else now
        entry["last_seen"] = now
        entry["new"] = previous is not None and key not in current
        if key in current:
            entry["in_sync_at"] = current[key]["in_sync_at"]
        else:
            entry["in_sync_at"] = known["compared"].get(entry["area"])
    is_known = _knowledge_of(tenant)
    gone = [(is_known(key), entry) for key, entry in current.items() if key not in standing]
    carried = [{**entry, "new": False} for known_now, entry in gone if not known_now]
    tenant["differences"] = [*standing.values(), *carried]
    tenant["resolved"] = [
        {name: entry[name] for name in (*KEY, "kind", "since")} for known_now, entry in gone if known_now
    ]


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


def _standing(tenant: Mapping[str, Any]) -> Iterator[Json]:
    """Yield an entry for each difference of a tenant, and for each part that could not be compared."""
    if tenant["status"] == "failed" and tenant["error"] and not tenant["areas"]:
        yield _entry(None, None, None, "failed", False, [])
    for area in tenant["areas"]:
        if is_incomplete(area):
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
    incomplete = {area["area"] for area in tenant["areas"] if is_incomplete(area)}
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
