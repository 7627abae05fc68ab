# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the audit log of a tenant: events and their actors (third reference, section 1)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence

from .._api.client import API, PAGE_SIZE, Client, equals, in_filters
from .._errors import InvalidInput, QlikError
from .._kinds.base import text_of
from .._kinds.endpoints import USERS, is_bot, of_any_status
from .._kinds.event_types import all_names, new_name
from .._planning.references import Resource
from .._planning.times import in_iso

AUDITS = API + "/audits"
#: The number of days for which the log lists events (third reference, 1.1).
DAYS_KEPT = 90
#: The maximum difference between the clocks of the tenant and of the controller.
CLOCKS_DIFFER = timedelta(minutes=10)
#: Two names of one event can have times that differ by this much (third reference, 1.4).
SAME_EVENT = timedelta(seconds=2)
#: The list is asked for this much more on each side: whether it includes the ends of a span is not documented (1.2).
_MARGIN = timedelta(seconds=1)
#: Rows that are read to find the newest event, because a row without a time cannot be it.
_NEWEST = 10
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))?\s*([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)
_SCIM = "SCIM\\"
#: The maximum length of a text in an event that is parsed as JSON.
_LONGEST_VALUE = 64 * 1024


class Span(NamedTuple):
    """A time span in UTC. It is fixed before the first request, so that pages do not shift."""

    start: datetime
    end: datetime

    def query(self) -> str:
        """The span as the list takes it."""
        return "%s/%s" % tuple(_in_query(time) for time in (self.start - _MARGIN, self.end + _MARGIN))

    def has(self, time: datetime) -> bool:
        """Return whether a time is in the span."""
        return self.start <= time <= self.end


class Change(NamedTuple):
    """A value that an event changed. C(None) may also mean that the event does not show the value."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Event:
    """An event of the audit log.

    :param actor_id: the ID of the user or OAuth client that sent the request; empty for Qlik itself.
    :param principal_id: the ID of the user on whose behalf the actor sent it; empty if there is none.
    :param data: the object after the change, in the form of the API.
    :param resource_id: the ID in the envelope of the event, which may be that of a parent of the object.
    """

    id: str
    time: datetime
    type: str
    source: str
    actor_id: str
    principal_id: str
    data: Mapping[str, Any]
    changes: Sequence[Change]
    resource_id: str = ""

    @property
    def object_id(self) -> str:
        """The ID of the changed object; empty if the event has none."""
        return text_of(self.data.get("id")) or self.resource_id

    @property
    def change(self) -> str:
        """The kind of change, which is the last part of the type: C(created)."""
        return self.type.rpartition(".")[2]


class Actor(NamedTuple):
    """The actor of an event.

    :param id: the ID of the user; empty for the system.
    :param name: C(None) if the tenant does not show the user.
    :param type: C(user), C(oauth_client), C(self) for the credential of the task, or C(system).
    """

    id: str
    name: Optional[str]
    subject: Optional[str]
    type: str

    def to_result(self) -> Dict[str, Any]:
        """Return the actor in the form of results."""
        return {"id": self.id or None, "name": self.name, "subject": self.subject, "type": self.type}


class Actors:
    """The actors of events, by the IDs of users.

    :param known: users that were read already.
    :param own_id: the ID of the user of the credential, if it was read already.
    """

    def __init__(self, client: Client, known: Iterable[Resource] = (), own_id: Optional[str] = None) -> None:
        self._client = client
        self._users: Dict[str, Resource] = {text_of(user.get("id")): user for user in known}
        self._own_id = own_id

    def look_up(self, events: Iterable[Event]) -> None:
        """Read who caused these events, as far as that is not known: one filter for each 100, deleted users too."""
        ids = dict.fromkeys(user_id for event in events for user_id in (event.actor_id, event.principal_id) if user_id)
        unknown = []
        for user_id in ids:
            # A text that is not valid Unicode is not an ID, and cannot be in a filter.
            with suppress(InvalidInput):
                if user_id not in self._users and not user_id.startswith(_SCIM):
                    unknown.append(equals("id", user_id))
        for condition in in_filters(unknown):
            try:
                found = list(self._client.search(USERS, of_any_status(condition)))
            except QlikError:
                # Show events without names rather than no events.
                continue
            self._users.update((user["id"], user) for user in found)

    def own(self) -> Optional[Resource]:
        """Return the user of the credential; C(None) if the tenant does not show it."""
        own_id = self.own_id()
        if own_id and own_id not in self._users:
            try:
                self._users[own_id] = self._client.read_by_id(USERS, own_id)
            except QlikError:
                return None
        return self._users.get(own_id)

    def own_id(self) -> str:
        """Return the ID of the user of the credential, which is read once; empty if it is not known."""
        if self._own_id is None:
            try:
                self._own_id = read_own_id(self._client)
            except QlikError:
                self._own_id = ""
        return self._own_id

    def actor(self, event: Event) -> Actor:
        """Return who sent the request of an event."""
        if not event.actor_id or event.actor_id.startswith(_SCIM):
            return Actor("", _name_of_system(event), None, "system")
        return self._by_id(event.actor_id)

    def principal(self, event: Event) -> Optional[Actor]:
        """Return the user on whose behalf the actor sent the request; C(None) if there is none."""
        return self._by_id(event.principal_id) if event.principal_id else None

    def _by_id(self, user_id: str) -> Actor:
        user = self._users.get(user_id) or {}
        name, subject = (text_of(user.get(field)) or None for field in ("name", "subject"))
        kind = "oauth_client" if is_bot(user) else "user"
        return Actor(user_id, name, subject, "self" if user_id == self.own_id() else kind)


def list_events(
    client: Client,
    span: Span,
    event_type: Optional[str] = None,
    source: Optional[str] = None,
    actor_id: Optional[str] = None,
    oldest_first: bool = False,
) -> Iterator[Event]:
    """The events of a span, page after page, newest first unless C(oldest_first) is true.

    :raises QlikError: if the tenant does not show its log.
    """
    # Newest first is the default order of the list (third reference, 1.2).
    query = {"eventTime": span.query(), "limit": PAGE_SIZE}
    if oldest_first:
        query["sort"] = "+eventTime"
    filters = {"eventType": event_type, "source": source, "userId": actor_id}
    query.update({name: value for name, value in filters.items() if value is not None})
    for row in client.list(AUDITS, query):
        event = event_of(row)
        if event is not None and span.has(event.time):
            yield event


def newest_event(client: Client) -> Optional[Event]:
    """The newest event of the log; C(None) where the log shows none.

    :raises QlikError: when the tenant does not show its log.
    """
    rows = client.list(AUDITS, {"limit": _NEWEST})
    return next((event for event in map(event_of, islice(rows, _NEWEST)) if event is not None), None)


def read_own_id(client: Client) -> str:
    """The ID of the user of the credential.

    :raises QlikError: when the tenant does not say it.
    """
    return client.redirected_id(USERS + "/me")


def event_of(row: Mapping[str, Any]) -> Optional[Event]:
    """Return the event in a row of the log; C(None) without a time or a type. Every other field may be missing."""
    time, event_type = time_of(row.get("eventTime")), text_of(row.get("eventType"))
    if time is None or not event_type:
        return None
    data, extensions = _dictionary(row.get("data")), _dictionary(row.get("extensions"))
    acting = _dictionary(extensions.get("actor"))
    user_id, acting_id = text_of(row.get("userId")), text_of(acting.get("sub"))
    is_impersonated = bool(acting_id) and acting_id != user_id
    return Event(
        id=text_of(row.get("id")) or text_of(row.get("eventId")),
        time=time,
        type=event_type,
        source=text_of(row.get("source")),
        actor_id=acting_id if is_impersonated else user_id,
        principal_id=user_id if is_impersonated else "",
        data=data,
        changes=[change for change in map(_change_of, _updates_in(data, extensions)) if change is not None],
        resource_id=text_of(extensions.get("topLevelResourceId")),
    )


def without_doubles(events: Iterable[Event]) -> List[Event]:
    """Return the events, newest first, without those that repeat an event under its old name (third reference, 1.4)."""
    ordered = sorted(events, key=lambda event: event.time, reverse=True)
    new: Dict[Any, List[datetime]] = {}
    for event in ordered:
        if event.type == new_name(event.type):
            new.setdefault((event.object_id, event.change, event.type), []).append(event.time)
    kept = []
    for event in ordered:
        times = new.get((event.object_id, event.change, new_name(event.type)), [])
        is_old = event.type != new_name(event.type)
        if not (is_old and any(abs(event.time - time) <= SAME_EVENT for time in times)):
            kept.append(event)
    return kept


def known_types(client: Client) -> List[str]:
    """Return the event types in the log of the tenant."""
    return client.names(AUDITS + "/types")


def with_all_names(event_types: Iterable[str]) -> List[str]:
    """Return event types under their new and old names, without repetitions."""
    return list(dict.fromkeys(name for event_type in event_types for name in all_names(event_type)))


def time_of(value: Any) -> Optional[datetime]:
    """Return an RFC 3339 time in UTC, which is also the default zone; C(None) for any other value."""
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    date, clock, fraction, zone = match.groups()
    offset = "+0000" if zone in (None, "Z", "z") else zone.replace(":", "")
    try:
        parsed = datetime.strptime(
            "%sT%s.%s%s" % (date, clock, (fraction or "0")[:6], offset), "%Y-%m-%dT%H:%M:%S.%f%z"
        )
        return parsed.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _dictionary(value: Any) -> Dict[str, Any]:
    return value if isinstance(value, dict) else {}


def plain_value(value: Any) -> Any:
    """Return a value of an event, parsed if it is JSON in a text, as in old events (third reference, 1.5)."""
    if isinstance(value, str) and value[:1] in ("[", "{") and len(value) <= _LONGEST_VALUE:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def check_span(start: datetime, end: datetime, now: datetime) -> None:
    """Check that the log can list the events of a span between the options C(since) and C(until).

    :raises InvalidInput: if it ends before it begins, begins before the oldest event that Qlik stores, or begins in the
        future.
    """
    # The tolerance of an hour is for different clocks, and for the rounding of days.
    oldest = now - timedelta(days=DAYS_KEPT, hours=1)
    for option, time in (("since", start), ("until", end)):
        if time < oldest:
            text = "%s is older than the %d days that the audit log keeps."
            raise InvalidInput(text % (in_iso(time), DAYS_KEPT), "Use `archive_date` for older days.", option)
    if start >= now + CLOCKS_DIFFER:
        raise InvalidInput("%s is in the future." % in_iso(start), "Set a time before now.", "since")
    if end <= start:
        text = "%s is not before `until`, %s."
        raise InvalidInput(text % (in_iso(start), in_iso(end)), "Set `since` to a time before `until`.", "since")


def _in_query(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (time.microsecond // 1000)


def _updates_in(data: Mapping[str, Any], extensions: Mapping[str, Any]) -> List[Any]:
    """Return the changed values, which have another name in events of groups and group settings (1.5)."""
    for found in (data.get("_updates"), data.get("updates"), extensions.get("updates")):
        if isinstance(found, list) and found:
            return found
    return []


def _change_of(update: Any) -> Optional[Change]:
    path = text_of(update.get("path")) if isinstance(update, dict) else ""
    return Change(path, plain_value(update.get("oldValue")), plain_value(update.get("newValue"))) if path else None


def _name_of_system(event: Event) -> str:
    if event.actor_id.startswith(_SCIM) or text_of(event.data.get("sub")).startswith(_SCIM):
        return "SCIM provisioning"
    if event.type in all_names("com.qlik.core.user.provisioned"):
        return "Sign-in"
    return "Qlik"
