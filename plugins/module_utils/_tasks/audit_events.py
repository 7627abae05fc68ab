# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of C(qlik_audit_event_info) (third reference, section 1)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import heapq
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .._api.client import Client, equals
from .._api.connection import connection_argument_spec
from .._errors import InvalidInput, NotFound
from .._kinds.endpoints import USERS
from .._kinds.event_types import published_types
from .._planning.references import nearest
from .._planning.settings import LIST_OF_TEXTS, TEXT, Params
from .._planning.times import in_iso
from .audit_log import (
    AUDITS,
    CLOCKS_DIFFER,
    DAYS_KEPT,
    Actors,
    Event,
    Span,
    check_span,
    event_of,
    known_types,
    list_events,
    time_of,
    with_all_names,
    without_doubles,
)
from .task import Flow, Result, Task

_MOST_EVENTS = 100000
_MOST_TYPES = 8
#: The maximum size in bytes of the archive of a day, which has no pages (third reference, 1.1).
_LARGEST_ARCHIVE = 1024 * 1024 * 1024
_RELATIVE = re.compile(r"-(\d{1,5})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def flow_of_audit_event_info() -> Flow:
    """Return the flow of C(qlik_audit_event_info)."""

    def steps(task: Task) -> Result:
        params, now = task.params, datetime.now(timezone.utc)
        if not 1 <= params["max_events"] <= _MOST_EVENTS:
            raise InvalidInput("Must be 1 to %d, not %d." % (_MOST_EVENTS, params["max_events"]), option="max_events")
        day = _day_of(params["archive_date"], now)
        span = _span_of(params, now)
        client = task.client()
        types = _types_of(client, params["event_types"])
        actor_id = params["actor_id"] or _id_of(client, params["actor"])
        wants = _wants(types, params, actor_id)
        if day:
            events, is_complete = _archived(client, day, wants, params["max_events"])
        else:
            events, is_complete = _listed(client, span, types, params, actor_id, wants)
        actors = Actors(client)
        actors.look_up(events)
        return {"changed": False, "events": [_shown(event, actors) for event in events], "complete": is_complete}

    spec = {
        **connection_argument_spec(),
        "event_types": dict(LIST_OF_TEXTS),
        "source": dict(TEXT),
        "actor": dict(TEXT),
        "actor_id": dict(TEXT),
        "object_id": dict(TEXT),
        "since": dict(TEXT),
        "until": dict(TEXT),
        "archive_date": dict(TEXT),
        "max_events": {"type": "int", "default": 1000},
    }
    exclusive = [("actor", "actor_id"), ("archive_date", "since"), ("archive_date", "until")]
    return Flow(spec, steps, rules={"mutually_exclusive": exclusive})


def _day_of(text: Optional[str], now: datetime) -> Optional[date]:
    """Return the value of C(archive_date).

    :raises InvalidInput: if it is not a date, or in the future.
    """
    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise InvalidInput("%r is not a date." % text, "Use YYYY-MM-DD, such as 2026-11-28.", "archive_date") from None
    # The date on the tenant can be ahead of that on the controller.
    if day > (now + timedelta(days=1)).date():
        raise InvalidInput("%s is in the future." % text, option="archive_date")
    return day


def _span_of(params: Params, now: datetime) -> Span:
    """Return the time span of the options.

    :raises InvalidInput: if the span is empty, or older than the events that Qlik stores.
    """
    start = _moment(params["since"], now, "since") or now - timedelta(days=DAYS_KEPT)
    latest = now + CLOCKS_DIFFER
    end = _moment(params["until"], now, "until") or latest
    check_span(start, end, now)
    return Span(start, min(end, latest))


def _moment(text: Optional[str], now: datetime, option: str) -> Optional[datetime]:
    """Return the time of an option in UTC: ISO 8601, a date, or a time before now."""
    if text is None:
        return None
    relative = _RELATIVE.fullmatch(text.strip())
    if relative:
        return now - timedelta(**{_UNITS[relative.group(2)]: int(relative.group(1))})
    found = time_of(text) or time_of("%sT00:00:00Z" % text.strip())
    if found is None:
        hint = "Use ISO 8601, such as 2026-11-28T14:03:00Z, a date, or a time before now, such as -7d, -12h or -30m."
        raise InvalidInput("%r is not a time." % text, hint, option)
    return found


def _types_of(client: Client, event_types: Optional[Sequence[str]]) -> Optional[List[str]]:
    """Return the event types of the option under all their names; C(None) for all types.

    The list of the tenant is read only for types that Qlik does not publish.

    :raises InvalidInput: if a type is neither published nor known to the tenant.
    """
    if event_types is None:
        return None
    if not event_types:
        raise InvalidInput("Must not be empty.", "Omit it to read events of all types.", "event_types")
    published = published_types()
    unpublished = [(index, name) for index, name in enumerate(event_types) if name not in published]
    if unpublished:
        known = [*published, *known_types(client)]
        for index, name in unpublished:
            if name not in known:
                text = "%r is not an event type that Qlik publishes or that this tenant has had.%s"
                hint = "The tenant lists only the types of past events. Omit `event_types` to read events of all types."
                raise InvalidInput(text % (name, nearest(name, known)), hint, "event_types[%d]" % index)
    return with_all_names(event_types)


def _id_of(client: Client, subject: Optional[str]) -> Optional[str]:
    """Return the ID of the user with a subject; C(None) without a subject.

    :raises InvalidInput: if the tenant does not have the user.
    """
    if subject is None:
        return None
    for user in client.search(USERS, equals("subject", subject)):
        if user.get("subject") == subject:
            return str(user["id"])
    raise InvalidInput("The tenant has no user %r." % subject, "Use `actor_id` for a deleted user.", "actor")


def _wants(types: Optional[Sequence[str]], params: Params, actor_id: Optional[str]) -> Callable[[Event], bool]:
    """Return a function that selects events. The log has no filter for the object (third reference, 1.2)."""

    def wants(event: Event) -> bool:
        return (
            (types is None or event.type in types)
            and params["source"] in (None, event.source)
            and params["object_id"] in (None, event.object_id)
            and (actor_id is None or actor_id in (event.actor_id, event.principal_id))
        )

    return wants


def _listed(
    client: Client,
    span: Span,
    types: Optional[Sequence[str]],
    params: Params,
    actor_id: Optional[str],
    wants: Callable[[Event], bool],
) -> Tuple[List[Event], bool]:
    """Return the newest events of a span, and whether they are all events."""
    most = params["max_events"]

    def read(event_type: Optional[str]) -> Tuple[List[Event], bool]:
        log = list_events(client, span, event_type, params["source"], actor_id)
        read_events = list(islice(log, most + 1))
        return [event for event in read_events[:most] if wants(event)], len(read_events) <= most

    names: Sequence[Optional[str]] = types or [None]
    with ThreadPoolExecutor(max_workers=min(_MOST_TYPES, len(names))) as pool:
        parts = list(pool.map(read, names))
    events = without_doubles(event for part, _is_complete in parts for event in part)
    return events[:most], all(is_complete for _part, is_complete in parts) and len(events) <= most


def _archived(client: Client, day: date, wants: Callable[[Event], bool], most: int) -> Tuple[List[Event], bool]:
    """Return the newest events of a day in the archive, and whether they are all events."""
    attempts: List[_Newest] = []

    def reader() -> Callable[[Dict[str, Any]], object]:
        attempts.append(_Newest(most, wants))
        return attempts[-1].take

    try:
        client.stream(AUDITS + "/archive", {"date": day.isoformat()}, _LARGEST_ARCHIVE, reader)
    except NotFound:
        return [], True
    return without_doubles(attempts[-1].events()), not attempts[-1].has_more


class _Newest:
    """Collects the newest events, in any order of arrival."""

    def __init__(self, most: int, wants: Callable[[Event], bool]) -> None:
        self._most = most
        self._wants = wants
        self._heap: List[Tuple[datetime, int, Event]] = []
        self._count = 0

    def take(self, row: Dict[str, Any]) -> None:
        event = event_of(row)
        if event is None or not self._wants(event):
            return
        self._count += 1
        heapq.heappush(self._heap, (event.time, self._count, event))
        if len(self._heap) > self._most:
            heapq.heappop(self._heap)

    def events(self) -> List[Event]:
        return [event for _time, _number, event in self._heap]

    @property
    def has_more(self) -> bool:
        return self._count > self._most


def _shown(event: Event, actors: Actors) -> Dict[str, Any]:
    principal = actors.principal(event)
    return {
        "id": event.id or None,
        "time": in_iso(event.time),
        "type": event.type,
        "source": event.source or None,
        "actor": actors.actor(event).to_result(),
        "on_behalf_of": principal.to_result() if principal else None,
        "object_id": event.object_id or None,
        "changes": [{"path": change.path, "before": change.before, "after": change.after} for change in event.changes],
        "data": event.data,
    }
