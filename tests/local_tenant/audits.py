# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the audit log (Qlik reference: audits); what gets into it is in ``audit_log.py``."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from .call import Call, Json, Response, response
from .cursors import Place
from .errors import not_found, refuse
from .filters import Schema
from .paging import PAGE_QUERY, ListOf, href, list_page
from .state import AuditEvent
from .times import instant, utc_now

PAGE = 10
KEPT = timedelta(days=90)
QUERY = PAGE_QUERY | {"eventTime", "eventType", "source", "userId", "id", "sort"}
NAMES_QUERY = frozenset({"next", "prev"})
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
SORTS: dict[str, Callable[[AuditEvent], str]] = {
    "source": lambda event: event.source,
    "eventType": lambda event: event.type,
    "eventTime": lambda event: event.time,
}
EXACT: dict[str, Callable[[AuditEvent], str]] = {
    "eventType": lambda event: event.type,
    "source": lambda event: event.source,
    "userId": lambda event: event.user_id,
}


def list_audits(call: Call) -> Response:
    """``GET /audits``: the events of the last 90 days, of any object: there is no filter for what was changed."""
    _check_rights(call)
    if "sort" in call.query and call.query["sort"][:1] not in ("+", "-"):
        raise refuse(400, "Invalid sort", "A field to sort by has + or - in front.", parameter="sort")
    conditions = [_condition(call, name, text) for name, text in sorted(call.query.items()) if name not in PAGE_QUERY]
    asked = {name: text for name, text in call.query.items() if name not in PAGE_QUERY | {"sort"}}
    present = utc_now()

    def passes(event: AuditEvent) -> bool:
        return _is_listed(call, event, present) and all(condition(event) for condition in conditions)

    always = (json.dumps([call.user_id, call.as_admin, sorted(asked.items())]), passes)
    events = call.state.audit_events
    # What is listed depends on the time, too.
    events.refresh()
    return list_page(call, ListOf(events, Schema({}), SORTS, view, always, limit=PAGE, sort="-eventTime"), None)


def get_audit(call: Call) -> Response:
    """``GET /audits/{id}``."""
    _check_rights(call)
    event = call.state.audit_events.get(call.item_id)
    if event is None or not _is_listed(call, event, utc_now()):
        raise not_found("There is no such event.")
    return response(200, view(call, event))


def get_archive(call: Call) -> Response:
    """``GET /audits/archive``: all events of a day, however old and however many, without a length in front."""
    _check_rights(call)
    text = call.query.get("date", "")
    try:
        day = date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise refuse(400, "Invalid parameter", "date is a day: YYYY-MM-DD.", parameter="date")
    guesses, present = call.guesses, utc_now()
    events = [event for event in call.state.audit_events if event.time.startswith(text)]
    found = sorted(filter(lambda event: _is_visible(call, event, present), events), key=lambda event: event.time)
    if not guesses.audit_archive_enabled or (not found and guesses.audit_archive_empty_day == "404"):
        raise not_found("There is no archive of this day.")
    items = [_item(call, event) for event in found]
    return dataclasses.replace(
        response(200, items if guesses.audit_archive_form == "array" else {"data": items}), chunked=True
    )


def get_settings(call: Call) -> Response:
    """``GET /audits/settings``."""
    _check_rights(call)
    ttl = int(KEPT.total_seconds())
    return response(200, {"data": {"ArchiveEnabled": call.guesses.audit_archive_enabled, "EventTTL": ttl}})


def list_sources(call: Call) -> Response:
    """``GET /audits/sources``: those of the events that the tenant has."""
    return _names(call, EXACT["source"])


def list_types(call: Call) -> Response:
    """``GET /audits/types``: those of the events that the tenant has."""
    return _names(call, EXACT["eventType"])


def view(call: Call, event: AuditEvent) -> dict[str, Json]:
    """A row of the log."""
    link = {"self": {"href": f"{call.base()}/api/v1/audits/{event.id}"}}
    return {"id": event.id, **_item(call, event), "links": link}


def _item(call: Call, event: AuditEvent) -> dict[str, Json]:
    """A row without what makes it one, as the archive has it."""
    item: dict[str, Json] = {
        "contentType": "application/json",
        "eventId": event.event_id,
        "eventTime": event.time,
        "eventType": event.type,
        "eventTypeVersion": event.version,
        "source": event.source,
        "tenantId": call.state.tenant.id,
    }
    if event.user_id or call.guesses.audit_no_actor == "empty":
        item["userId"] = event.user_id
    item["data"] = dict(event.data)
    if event.extensions:
        item["extensions"] = dict(event.extensions)
    return item


def _check_rights(call: Call) -> None:
    """Raises Refusal 403 for a caller without rights, unless a guess answers it with what it may see."""
    if not call.as_admin and call.guesses.audits_without_rights == "403":
        raise refuse(403, "Forbidden", "The caller may not read the audit log.")


def _is_visible(call: Call, event: AuditEvent, present: datetime) -> bool:
    """Whether the caller may see the event, and the log has it yet."""
    own = call.guesses.audits_without_rights == "own" and event.user_id == call.user_id
    delay = timedelta(seconds=call.guesses.audit_delay_seconds)
    return (call.as_admin or own) and instant(event.time) + delay <= present


def _is_listed(call: Call, event: AuditEvent, present: datetime) -> bool:
    return _is_visible(call, event, present) and instant(event.time) >= present - KEPT


def _condition(call: Call, name: str, text: str) -> Callable[[AuditEvent], bool]:
    """The condition of one query parameter. Raises Refusal 400."""
    if name == "eventTime":
        return _span(call, text)
    if name == "id":
        desired = set(text.split(","))
        return lambda event: event.id in desired
    is_strict = name == "eventType" and call.guesses.audit_unknown_type == "400"
    if is_strict and all(event.type != text for event in call.state.audit_events):
        raise refuse(400, "Invalid parameter", f"There is no event type {text!r}.", parameter="eventType")
    read = EXACT.get(name)
    return (lambda event: read(event) == text) if read else (lambda event: True)


def _span(call: Call, text: str) -> Callable[[AuditEvent], bool]:
    start_text, _slash, end_text = text.partition("/")
    try:
        start, end = instant(start_text), instant(end_text)
        if start > end:
            raise ValueError(text)
    except ValueError:
        if call.guesses.audit_malformed_time == "ignore":
            return lambda event: True
        detail = "eventTime is START/END, ISO 8601 times with Z, the earlier one first."
        raise refuse(400, "Invalid parameter", detail, parameter="eventTime") from None
    if call.guesses.audit_span_ends == "excluded":
        return lambda event: start < instant(event.time) < end
    return lambda event: start <= instant(event.time) <= end


def _names(call: Call, read: Callable[[AuditEvent], str]) -> Response:
    """What all visible events have of something, each once, in pages."""
    _check_rights(call)
    present = utc_now()
    events = (event for event in call.state.audit_events if _is_visible(call, event, present))
    names = sorted({read(event) for event in events})
    size = max(1, int(call.guesses.audit_names_page))
    if len(call.query) > 1:
        raise refuse(400, "Invalid cursor", "next and prev exclude each other.", parameter="next")
    start = 0
    for direction, cursor in call.query.items():
        start = call.cursors.read(cursor, call.path, direction).offset
    links: dict[str, Json] = {"self": {"href": href(call, call.query)}}
    for direction, offset in (("next", start + size), ("prev", start - size)):
        if 0 <= offset < len(names):
            cursor = call.cursors.make(call.path, direction, Place(offset, ("", "", ""), after=False), {})
            links[direction] = {"href": href(call, {direction: cursor})}
        elif direction == "next" and call.guesses.end_of_list == "null":
            links["next"] = {"href": None}
    return response(200, {"data": names[start : start + size], "links": links})
