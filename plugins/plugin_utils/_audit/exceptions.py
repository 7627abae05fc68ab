# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions: differences that are accepted until a date."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Any, Collection, Dict, Iterator, List, Mapping, Optional, Tuple

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import printable
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import nearest
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import POLICIES, RULES

from .settings import MemberName, differing_settings

_TEXT = {"type": "str"}
_KINDS = {kind.area: kind for kind in AREAS}
#: The spec of an exception. It accepts every difference of an object, a setting of it, or some values of a setting.
EXCEPTION_SPEC: Dict[str, Dict[str, Any]] = {
    "area": {**_TEXT, "choices": list(dict.fromkeys([*_KINDS, *POLICIES])), "required": True},
    "object": _TEXT,
    "setting": _TEXT,
    "values": {"type": "list", "elements": "str"},
    "reason": {**_TEXT, "required": True},
    "owner": {**_TEXT, "required": True},
    # Without quotes, YAML reads it as a date.
    "until": {"type": "raw", "required": True},
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DIFFERS = ("missing", "different", "unwanted")
_MAY_DIFFER = (*_DIFFERS, "failed")
Json = Dict[str, Any]


def read_exceptions(place: str, value: Any) -> Tuple[Any, List[str]]:
    """Return the exceptions with all their keys, and a line for each mistake that their spec does not find.

    Dates become strings.

    :param value: a list by C(EXCEPTION_SPEC). Any other value is returned unchanged.
    """
    if not isinstance(value, list):
        return value, []
    places: Dict[Tuple[Any, ...], str] = {}
    exceptions, mistakes = [], []
    for number, given in enumerate(value):
        if not isinstance(given, dict):
            continue
        here = "%s[%d]" % (place, number)
        exception = {key: given.get(key) for key in EXCEPTION_SPEC}
        kind = _KINDS.get(str(exception["area"]))
        if kind and kind.is_singleton and "object" not in given:
            exception["object"] = kind.area
        exception["until"] = _day(exception["until"])
        if isinstance(exception["values"], str):
            exception["values"] = [value.strip() for value in exception["values"].split(",")]
        mistakes += ["%s.%s" % (here, text) for text in _mistakes(given, exception, kind)]
        what = tuple(repr(exception[key]) for key in ("area", "object", "setting", "values"))
        if places.setdefault(what, here) != here:
            mistakes.append("%s: %s already accepts the same difference." % (here, places[what]))
        exceptions.append(exception)
    return exceptions, mistakes


def accept(tenant: Json, exceptions: Collection[Mapping[str, Any]], today: str, count_unmanaged: bool) -> None:
    """Remove the accepted differences from the drift of a tenant, and add the exceptions to its objects.

    Objects get C(accepted), their exceptions, each with C(expired). An object whose differences are all accepted has
    the status C(accepted), and counts as accepted. The tenant gets C(unmatched_exceptions).

    :param tenant: the report of the tenant, which is changed.
    :param today: the date, as C(YYYY-MM-DD). An exception is still valid on its own date.
    """
    used: List[int] = []
    for area in tenant["areas"]:
        mine = [(number, item) for number, item in enumerate(exceptions) if item["area"] == area["area"]]
        for item in area["objects"]:
            matching = [
                (number, exception)
                for number, exception in mine
                if exception["object"] == item["name"] and _is_about(exception, item)
            ]
            used += [number for number, _exception in matching]
            item["accepted"] = [_of_object(exception, today) for _number, exception in matching]
            if item["status"] in _DIFFERS and all(is_accepted(item, setting) for setting in _differing(item)):
                item["status"] = "accepted"
        for item in area["unmanaged_objects"]:
            matching = [
                (number, exception)
                for number, exception in mine
                if exception["object"] == item["name"] and exception["setting"] is None
            ]
            used += [number for number, _exception in matching]
            item["accepted"] = [_of_object(exception, today) for _number, exception in matching]
        _count(area, count_unmanaged)
    for finding in tenant["findings"]:
        matching = [(number, item) for number, item in enumerate(exceptions) if _accepts_finding(item, finding)]
        used += [number for number, _exception in matching]
        finding["accepted"] = [_of_object(exception, today) for _number, exception in matching]
    if tenant["status"] in ("drift", "in_sync") and not tenant["error"]:
        statuses = {area["status"] for area in tenant["areas"]}
        statuses.update("drift" for finding in tenant["findings"] if not is_accepted_finding(finding))
        tenant["status"] = next((worst for worst in ("failed", "drift") if worst in statuses), "in_sync")
    tenant["unmatched_exceptions"] = [
        _shown(exception, today)
        for number, exception in enumerate(exceptions)
        if number not in used and _is_known(tenant, exception)
    ]


def exceptions_of(item: Mapping[str, Any], setting: Optional[str]) -> List[Json]:
    """Return the exceptions for the difference of an object in a setting. C(None) is the object itself."""
    names = [None, setting, "members"] if setting and _is_member(setting) else [None, setting]
    return [entry for entry in item["accepted"] if entry["setting"] in names]


def is_accepted(item: Mapping[str, Any], setting: Optional[str]) -> bool:
    """Return whether an exception that has not expired accepts the difference of an object in a setting.

    Exceptions with values accept only a difference in these values.

    :param setting: C(None) is the object itself.
    """
    entries = [entry for entry in exceptions_of(item, setting) if not entry["expired"]]
    if not entries or any(entry["values"] is None for entry in entries):
        return bool(entries)
    covered = [value for entry in entries for value in entry["values"]]
    return all(value in covered for value in _values(item, setting))


def is_accepted_finding(finding: Mapping[str, Any]) -> bool:
    """Return whether an exception that has not expired accepts a finding."""
    return any(not entry["expired"] for entry in finding["accepted"])


def exceptions_in(tenant: Mapping[str, Any]) -> Iterator[Json]:
    """Yield the exceptions that match something on a tenant, in the format of C(unmatched_exceptions)."""
    for area in tenant["areas"]:
        for item in [*area["objects"], *area["unmanaged_objects"]]:
            for entry in item["accepted"]:
                yield {"area": area["area"], "object": item["name"], **entry}
    for finding in tenant["findings"]:
        for entry in finding["accepted"]:
            yield {"area": finding["area"], "object": finding["object"], **entry}


def in_words(entry: Mapping[str, Any]) -> str:
    """Return the text of an exception: its date, values, reason, and owner."""
    why = "expired" if entry["expired"] else "%s, %s" % (entry["reason"], entry["owner"])
    what = " for %s" % ", ".join(entry["values"]) if entry["values"] else ""
    return "accepted until %s%s: %s" % (entry["until"], what, why)


def _differing(item: Mapping[str, Any]) -> List[Optional[str]]:
    """Return the settings in which an object differs. C(None) is the object itself."""
    settings: List[Optional[str]] = [name for name, _before, _after in differing_settings(item)]
    return settings or [None] * (item["status"] in _MAY_DIFFER)


def _is_about(exception: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Return whether the object differs in what the exception accepts."""
    setting, values = exception["setting"], exception["values"]
    differing = _differing(item)
    if setting is not None:
        differing = [name for name in differing if name and setting in (name, _is_member(name) and "members")]
    if values is not None:
        return any(value in values for name in differing for value in _values(item, name))
    return bool(differing)


def _values(item: Mapping[str, Any], setting: Optional[str]) -> List[str]:
    """Return the unexpected and missing values of a setting. If it is not a list, return its current value."""
    for name, before, after in differing_settings(item):
        if name == setting:
            sides = [side if isinstance(side, list) else [] for side in (before, after)]
            if sides == [[], []]:
                return [before if isinstance(before, str) else json.dumps(before)]
            return [str(value) for value in sides[0] + sides[1] if (value in sides[0]) != (value in sides[1])]
    return []


def _is_member(setting: str) -> bool:
    """Return whether the setting is the members of a space, or one of them."""
    return setting == "members" or isinstance(setting, MemberName)


def _can_name_member(text: str) -> bool:
    """Return whether a text can be the label of a member in a report: its type and its name."""
    kind, _blank, name = text.partition(" ")
    return bool(kind and name)


def _accepts_finding(exception: Mapping[str, Any], finding: Mapping[str, Any]) -> bool:
    is_about = (exception["area"], exception["object"]) == (finding["area"], finding["object"])
    return is_about and exception["setting"] in (None, finding["rule"])


def _is_for_finding(exception: Mapping[str, Any]) -> bool:
    """Return whether an exception can accept only findings, not differences."""
    area, setting = exception["area"], exception["setting"]
    settings = [item.option for item in _KINDS[area].settings] if area in _KINDS else []
    return area in POLICIES and (area not in _KINDS or (setting in RULES[area] and setting not in settings))


def _count(area: Json, count_unmanaged: bool) -> None:
    unmanaged = [item for item in area["unmanaged_objects"] if not is_accepted(item, None)]
    area.update({status: sum(item["status"] == status for item in area["objects"]) for status in _DIFFERS})
    area["unmanaged"] = len(unmanaged)
    area["accepted"] = sum(item["status"] == "accepted" for item in area["objects"])
    area["accepted"] += len(area["unmanaged_objects"]) - len(unmanaged)
    is_drift = any(area.get(status) for status in _MAY_DIFFER) or (unmanaged and count_unmanaged)
    if area["status"] == "drift" and not is_drift:
        area["status"] = "failed" if area["error"] else "in_sync"


def _is_known(tenant: Mapping[str, Any], exception: Mapping[str, Any]) -> bool:
    """Return whether the tenant was compared completely enough to report that the exception matches nothing."""
    if _is_for_finding(exception):
        return bool(tenant["areas"])
    areas = {area["area"]: area for area in tenant["areas"]}
    area = areas.get(exception["area"])
    if area is None or area["error"]:
        return False
    return all(item["name"] != exception["object"] for item in area["objects"] if item["status"] == "failed")


def _of_object(exception: Mapping[str, Any], today: str) -> Json:
    return {name: value for name, value in _shown(exception, today).items() if name not in ("area", "object")}


def _shown(exception: Mapping[str, Any], today: str) -> Json:
    return {**exception, "expired": exception["until"] < today}


def _day(value: Any) -> Any:
    """Return a date of YAML as a string, and any other value unchanged."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def _mistakes(given: Mapping[str, Any], exception: Mapping[str, Any], kind: Optional[Kind]) -> Iterator[str]:
    """Yield a line for each mistake that the spec does not find, beginning with its key."""
    for key in EXCEPTION_SPEC:
        value = given.get(key)
        if isinstance(value, str) and value and not value.strip():
            yield "%s: Must not be empty." % key
        if key in ("object", "setting", "values") and key in given and value is None:
            yield "%s: Must not be null. Omit it instead." % key
    is_finding = _is_for_finding(exception)
    if is_finding and exception["values"] is not None:
        yield "values: Not supported for findings. Omit it."
    if (is_finding or (kind and not kind.is_singleton)) and "object" not in given:
        yield "object: Required. Only areas with a single object can omit it."
    if kind and kind.is_singleton and isinstance(given.get("object"), str) and given["object"] != kind.area:
        text = "object: Must be %s, the only object of this area, not %s."
        yield text % (kind.area, printable(repr(given["object"])))
    if exception["values"] is not None and exception["setting"] is None:
        yield "values: Requires setting. Set it, or omit values."
    if exception["values"] == []:
        yield "values: Must not be empty. Omit it to accept every value."
    setting = exception["setting"]
    if (kind or is_finding) and isinstance(setting, str) and setting.strip():
        known = sorted({*RULES.get(exception["area"], ()), *(item.option for item in (kind.settings if kind else ()))})
        is_member = "members" in known and _can_name_member(setting)
        if setting not in known and not is_member:
            yield "setting: %s is not a setting of this area.%s The settings are %s." % (
                printable(repr(setting)),
                nearest(setting, known),
                ", ".join(known),
            )
    if exception["until"] is not None and not _is_day(exception["until"]):
        yield "until: Must be a date as YYYY-MM-DD, not %s." % printable(repr(str(exception["until"])))


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date(*map(int, value.split("-")))
    except ValueError:
        return False
    return True
