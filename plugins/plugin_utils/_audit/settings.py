# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which settings an object differs from what is described."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
from typing import Any, Iterator, List, Mapping, NamedTuple, Optional, Tuple

_WHOLE = {
    "missing": "missing: described, and not on the tenant",
    "unwanted": "unwanted: on the tenant, and to be deleted",
    "unmanaged": "unmanaged: on the tenant, not in the description",
}
_DISABLED = "unwanted: on the tenant, and to be disabled"


class MemberName(str):
    """The name of a member of a space, in the place of a setting: the roles of each member differ by themselves."""


def differences(item: Mapping[str, Any]) -> List[Tuple[str, Any, Any]]:
    """The settings in which an object differs: name, what the tenant holds, what is described."""
    before, after = item["before"] or {}, item["after"] or {}
    names = [*before, *(name for name in after if name not in before)]
    differing = [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]
    return [each for difference in differing for each in _part_by_part(*difference)]


class Deviation(NamedTuple):
    """One way in which a tenant is not as described.

    :param item: the object or unmanaged object of the report.
    :param kind: C(missing), C(different), C(unwanted), C(failed) or C(unmanaged), also where it is accepted.
    :param setting: C(None) is the object itself.
    :param words: what is different, for people, on one line.
    """

    area: str
    item: Mapping[str, Any]
    kind: str
    setting: Optional[str]
    words: str


def deviations(tenant: Mapping[str, Any]) -> Iterator[Deviation]:
    """All ways in which the objects of a tenant are not as described."""
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
    """The settings in which an object that exists differs; nothing where it is all of the object that does."""
    if item["before"] is None or item["after"] is None or item["status"] == "failed":
        return []
    return differences(item)


def kind_of(item: Mapping[str, Any]) -> str:
    """In which way an object differs, accepted or not: C(missing), C(different), C(unwanted) or its status."""
    if item["status"] != "accepted":
        return str(item["status"])
    return "missing" if item["before"] is None else "unwanted" if item["after"] is None else "different"


def _part_by_part(name: str, before: Any, after: Any) -> List[Tuple[str, Any, Any]]:
    """The difference of each part of a setting that has parts, such as the roles of each member of a space."""
    if isinstance(before, dict) or isinstance(after, dict):
        before, after = before or {}, after or {}
        parts = [("%s.%s" % (name, part), before.get(part), after.get(part)) for part in {**before, **after}]
        return [each for each in parts if each[1] != each[2]]
    if name != "members":
        return [(name, before, after)]
    sides = [{name_of_member(member): member["roles"] for member in side or []} for side in (before, after)]
    members = dict.fromkeys([*sides[0], *sides[1]])
    roles = ((MemberName(member), sides[0].get(member), sides[1].get(member)) for member in members)
    return [each for each in roles if each[1] != each[2]]


def name_of_member(member: Mapping[str, Any]) -> str:
    """What a report calls a member of a space."""
    if "user" in member:
        return "user %s" % member["user"]
    if "group" in member:
        kind = " (custom)" if member.get("provider_type") == "custom" else ""
        return "group %s%s" % (member["group"], kind)
    return "%s %s" % (member["assignee_type"], member["assignee_id"])


def words_for(item: Mapping[str, Any], setting: str) -> Tuple[str, str]:
    """The words for an entry of a list that only the tenant has, and for one that only the description has.

    Nobody has done anything to an object of which only one side is there, and of one that is described wrongly it is
    not known who is right.
    """
    if item["before"] is None or item["after"] is None:
        return "", ""
    return ("not described", "not on the tenant") if item["status"] == "failed" else by_hand(setting)


def difference_in_words(setting: str, before: Any, after: Any, words: Optional[Tuple[str, str]] = None) -> str:
    """What somebody has done to a setting by hand, on one line; of a setting that is no list, what it is and is to be.

    :param before: what the tenant holds.
    :param after: what is described.
    :param words: for an entry that only the one and that only the other has, if not those of C(by_hand).
    """
    if not isinstance(before, list) and not isinstance(after, list):
        return "is %s, described as %s" % (_value(before), _value(after))
    added = [str(entry) for entry in before or [] if entry not in (after or [])]
    taken = [str(entry) for entry in after or [] if entry not in (before or [])]
    given, missing = words or by_hand(setting)
    parts = ["%s: %s" % (given, ", ".join(added))] if added else []
    parts += ["%s: %s" % (missing, ", ".join(taken))] if taken else []
    return ", ".join(parts) or "in another order"


def by_hand(setting: str) -> Tuple[str, str]:
    """The words for an entry of a list that only the tenant has, and for one that only the description has.

    A list of roles grants, also that of a member of a space.
    """
    is_granted = setting.endswith("roles") or isinstance(setting, MemberName)
    return "granted by hand" if is_granted else "added by hand", "taken away"


def _value(value: Any) -> str:
    if value is None or value == "":
        return "empty" if value == "" else "nothing"
    return json.dumps(value, ensure_ascii=False)
