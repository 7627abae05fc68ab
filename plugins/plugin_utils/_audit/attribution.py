# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describes who caused a difference."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence

from .settings import name_of_member

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_VERBS = {"created": "created", "deleted": "deleted"}
Json = Dict[str, Any]


def changes_of(item: Mapping[str, Any], setting: Optional[str]) -> List[Json]:
    """Return the changes in C(changed_by) of an object that are about a setting.

    :param item: an object or unmanaged object of the report.
    :param setting: the name of the setting in the report. C(None) is the object itself.
    """
    changes = (item.get("changed_by") or {}).get("changes") or []
    return [change for change in changes if setting is None or _is_about(change, setting)]


def attributions(item: Mapping[str, Any], setting: Optional[str]) -> List[str]:
    """Return a sentence for each change in C(changed_by) of an object that is about a setting."""
    return list(dict.fromkeys(in_words(change) for change in changes_of(item, setting)))


def with_notes(text: str, notes: Sequence[str]) -> str:
    """Return a line with notes in parentheses. The notes can contain commas."""
    return "%s (%s)" % (text, "; ".join(notes)) if notes else text


def in_words(change: Mapping[str, Any]) -> str:
    """Return who made a change, when, and how, or why that is unknown."""
    if "actor" in change:
        text = "%s by %s" % (_verb(change), _when_and_who(change))
        if change.get("reason"):
            text += ". %s" % change["reason"].rstrip(".")
    else:
        text = str(change["reason"]).rstrip(".")
    last = change.get("last_changed_by")
    if last:
        text += ". Last changed by %s" % _when_and_who(last)
    return text


def actor_in_words(actor: Mapping[str, Any]) -> str:
    """Return the name of the user or client that caused an event."""
    if actor["type"] == "self":
        return "this automation"
    if actor["type"] == "system":
        return str(actor["name"])
    if actor["name"] is None and actor["subject"] is None:
        return "the user %s, who is deleted or not visible" % actor["id"]
    names = dict.fromkeys(filter(None, [actor["name"], actor["subject"]]))
    client = "the OAuth client " if actor["type"] == "oauth_client" else ""
    return client + " (".join(names) + ")" * (len(names) - 1)


def time_in_words(time: str) -> str:
    """Return a time for people, such as C(28 Nov 2026, 14:03 UTC).

    :param time: the time in ISO 8601 and UTC.
    """
    return "%d %s %s, %s UTC" % (int(time[8:10]), _MONTHS[int(time[5:7]) - 1], time[:4], time[11:16])


def _when_and_who(event: Mapping[str, Any]) -> str:
    principal = event.get("on_behalf_of")
    of = " on behalf of %s" % actor_in_words(principal) if principal else ""
    return "%s%s, %s" % (actor_in_words(event["actor"]), of, time_in_words(event["time"]))


def _verb(change: Mapping[str, Any]) -> str:
    """Return what was done. Elements of lists are added or removed, and objects are created, renamed, or deleted.

    An object that was created differently from a later description has lost nothing.
    """
    element, how = change["element"], str(change["event"]).rpartition(".")[2]
    if isinstance(element, str):
        is_in = element in (change["after"] if isinstance(change["after"], list) else [])
        if how == "created":
            return "created %s %s" % ("with" if is_in else "without", element)
        return "%s %s" % (element, "added" if is_in else "removed")
    if isinstance(element, Mapping):
        return {"created": "added", "deleted": "removed"}.get(how, "changed")
    if change["setting"] is None:
        return _VERBS.get(how, "renamed")
    return "created with this value" if how == "created" else "changed"


def _is_about(change: Mapping[str, Any], setting: str) -> bool:
    element = change["element"]
    if isinstance(element, Mapping):
        return str(name_of_member({**element, "roles": []})) == setting
    # A setting can have parts, such as C(customize_no_access.text).
    return setting == change["setting"] or setting.startswith("%s." % change["setting"])
