# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which settings an object differs from what is described."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, List, Mapping, Tuple


def differences(item: Mapping[str, Any]) -> List[Tuple[str, Any, Any]]:
    """The settings in which an object differs: name, what the tenant holds, what is described."""
    before, after = item["before"] or {}, item["after"] or {}
    names = [*before, *(name for name in after if name not in before)]
    differing = [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]
    return [each for difference in differing for each in _member_by_member(*difference)]


def _member_by_member(name: str, before: Any, after: Any) -> List[Tuple[str, Any, Any]]:
    """The difference of members of a space, with the roles of each of them; of other settings the difference itself."""
    if name != "members":
        return [(name, before, after)]
    sides = [{_name_of_member(member): member["roles"] for member in side or []} for side in (before, after)]
    members = dict.fromkeys([*sides[0], *sides[1]])
    roles = ((member, sides[0].get(member), sides[1].get(member)) for member in members)
    return [each for each in roles if each[1] != each[2]]


def _name_of_member(member: Mapping[str, Any]) -> str:
    if "user" in member:
        return "user %s" % member["user"]
    if "group" in member:
        kind = " (custom)" if member.get("provider_type") == "custom" else ""
        return "group %s%s" % (member["group"], kind)
    return "%s %s" % (member["assignee_type"], member["assignee_id"])
