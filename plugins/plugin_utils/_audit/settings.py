# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings in which an object has drifted from its description."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
from typing import Any, Iterator, List, Mapping, NamedTuple, Optional, Tuple

_UNEXPECTED_AND_MISSING = ("unexpected", "missing")
_WHOLE = {
    "missing": "missing: in the description, not on the tenant",
    "unwanted": "unwanted: on the tenant, will be deleted",
    "unmanaged": "unmanaged: on the tenant, not in the description",
}
_DISABLED = "unwanted: on the tenant, will be disabled"


class MemberName(str):
    """The name of a member of a space, used as a setting: the roles of each member are compared separately."""


def differences(item: Mapping[str, Any]) -> List[Tuple[str, Any, Any]]:
    """Return the name, the current value, and the value in the description of each setting that differs."""
    before, after = item["before"] or {}, item["after"] or {}
    names = [*before, *(name for name in after if name not in before)]
    differing = [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]
    return [part for difference in differing for part in _part_by_part(*difference)]


class Deviation(NamedTuple):
    """One way in which a tenant has drifted.

    :param item: the object or unmanaged object of the report.
    :param kind: C(missing), C(different), C(unwanted), C(failed), or C(unmanaged), even if it is accepted.
    :param setting: C(None) is the object itself.
    :param words: the difference in words, on one line.
    """

    area: str
    item: Mapping[str, Any]
    kind: str
    setting: Optional[str]
    words: str


def deviations(tenant: Mapping[str, Any]) -> Iterator[Deviation]:
    """Yield each way in which the objects of a tenant have drifted."""
    for area in tenant["areas"]:
        for item in area["objects"]:
            kind = kind_of(item)
            settings = differing_settings(item)
            for setting, before, after in settings:
                words = _DISABLED if kind == "unwanted" else difference_in_words(setting, before, after)
                yield Deviation(area["area"], item, kind, setting, words)
            if kind != "in_sync" and not settings:
                words = _WHOLE.get(kind) or "could not be compared: %s" % item.get("error")
                yield Deviation(area["area"], item, kind, None, words)
        for item in area["unmanaged_objects"]:
            yield Deviation(area["area"], item, "unmanaged", None, _unmanaged_in_words(item))


def _unmanaged_in_words(item: Mapping[str, Any]) -> str:
    roles = ", ".join(item.get("roles") or [])
    if item.get("administers"):
        return "%s, administers the tenant%s" % (_WHOLE["unmanaged"], roles and " with %s" % roles)
    return "%s%s" % (_WHOLE["unmanaged"], roles and ", has %s" % roles)


def differing_settings(item: Mapping[str, Any]) -> List[Tuple[str, Any, Any]]:
    """Return the settings in which an existing object differs, or an empty list if the whole object differs."""
    if item["before"] is None or item["after"] is None or item["status"] == "failed":
        return []
    return differences(item)


def kind_of(item: Mapping[str, Any]) -> str:
    """Return how an object differs, accepted or not: C(missing), C(different), C(unwanted), or its status."""
    if item["status"] != "accepted":
        return str(item["status"])
    return "missing" if item["before"] is None else "unwanted" if item["after"] is None else "different"


def _part_by_part(name: str, before: Any, after: Any) -> List[Tuple[str, Any, Any]]:
    """Return the difference of a setting, or of each part if it has parts, such as the members of a space."""
    if isinstance(before, dict) or isinstance(after, dict):
        before, after = before or {}, after or {}
        parts = [("%s.%s" % (name, part), before.get(part), after.get(part)) for part in {**before, **after}]
        return [part for part in parts if part[1] != part[2]]
    if name != "members":
        return [(name, before, after)]
    sides = [{name_of_member(member): member["roles"] for member in side or []} for side in (before, after)]
    members = dict.fromkeys([*sides[0], *sides[1]])
    roles = ((MemberName(member), sides[0].get(member), sides[1].get(member)) for member in members)
    return [member for member in roles if member[1] != member[2]]


def name_of_member(member: Mapping[str, Any]) -> str:
    """Return the label of a member of a space in a report."""
    if "user" in member:
        return "user %s" % member["user"]
    if "group" in member:
        kind = " (custom)" if member.get("provider_type") == "custom" else ""
        return "group %s%s" % (member["group"], kind)
    return "%s %s" % (member["assignee_type"], member["assignee_id"])


def words_for(item: Mapping[str, Any], setting: str) -> Tuple[str, str]:
    """Return the words for an element of a list that is only on the tenant, and for one only in the description.

    The words are empty for an object that is missing or will be deleted. For an object with an invalid description, it
    is unknown which side is right.
    """
    if item["before"] is None or item["after"] is None:
        return "", ""
    return ("not in the description", "not on the tenant") if item["status"] == "failed" else _UNEXPECTED_AND_MISSING


def difference_in_words(setting: str, before: Any, after: Any, words: Optional[Tuple[str, str]] = None) -> str:
    """Return the difference of a setting on one line: unexpected and missing elements of a list, or both values.

    :param before: the value on the tenant.
    :param after: the value in the description.
    :param words: the words for an element that is only on the tenant, and for one only in the description.
    """
    if not isinstance(before, list) and not isinstance(after, list):
        return "is %s, should be %s" % (_value(before), _value(after))
    unexpected = [str(element) for element in before or [] if element not in (after or [])]
    missing = [str(element) for element in after or [] if element not in (before or [])]
    for_unexpected, for_missing = words or _UNEXPECTED_AND_MISSING
    parts = ["%s: %s" % (for_unexpected, ", ".join(unexpected))] if unexpected else []
    parts += ["%s: %s" % (for_missing, ", ".join(missing))] if missing else []
    return ", ".join(parts) or "in another order"


def _value(value: Any) -> str:
    if value is None or value == "":
        return "empty" if value == "" else "nothing"
    return json.dumps(value, ensure_ascii=False)
