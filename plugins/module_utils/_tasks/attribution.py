# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the causes of drift in the audit log (third reference, 1.6)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from .._api.client import PAGE_SIZE, Client
from .._errors import BadRequest, Forbidden, QlikError, printable
from .._kinds.lockout import ADMIN_ROLE, is_admin
from .._planning.references import Resource
from .._planning.snapshot import Snapshot
from .._planning.times import in_iso
from .attribution_questions import OTHER, Bounds, Question, question_of_unmanaged, questions_of
from .audit_log import CLOCKS_DIFFER, DAYS_KEPT, Actors, Event, Span, list_events, without_doubles
from .bulk import Item
from .task_plan import Area

#: The roles that may read all events (third reference, 1.1).
_READERS = (ADMIN_ROLE, "AuditAdmin")
_REQUIREMENT = "The credential requires the role %s" % " or ".join(_READERS)
#: The assumed maximum delay of events. It is not documented (third reference, 1.3).
_DELAY = timedelta(minutes=10)
_MOST_THREADS = 8
_OLDER = "The event has no old value, so the change may be older."


class Answers:
    """What the audit log says about the questions of an audit.

    :param client: the client of the tenant.
    :param bounds: the limits of the search.
    :param known_users: users that have been read already.
    """

    def __init__(self, client: Client, bounds: Bounds, known_users: Iterable[Resource]) -> None:
        self._client = client
        self._bounds = bounds
        self._actors = Actors(client, known_users)
        #: The errors of event types that could not be read.
        self._failures: Dict[str, QlikError] = {}
        #: The event types with unread pages, with the time of the oldest event that was read.
        self._incomplete: Dict[str, datetime] = {}
        self._lock = threading.Lock()

    def find(self, questions: Sequence[Question]) -> None:
        """Read the log until every question has its event or a limit is reached."""
        for phase in range(max((len(question.phases) for question in questions), default=0)):
            opened = [
                question for question in questions if question.answered_at is None and phase < len(question.phases)
            ]
            types = list(dict.fromkeys(name for question in opened for name in question.phases[phase]))
            if not types:
                continue
            start = min(question.start for question in opened)
            span = Span(start, self._bounds.now + CLOCKS_DIFFER)
            with ThreadPoolExecutor(max_workers=min(_MOST_THREADS, len(types))) as pool:
                list(pool.map(lambda name, phase=phase, of=opened, over=span: self._read(name, phase, of, over), types))
        for question in questions:
            question.events = without_doubles(question.events)
        self._actors.look_up(event for question in questions for event in _told(question))

    def result(self, question: Question) -> Dict[str, Any]:
        """Return the item of C(changed_by) about a difference."""
        cause, is_certain = question.cause()
        last = question.last_change()
        found: Dict[str, Any] = {}
        unread = self._unread(question, cause or last)
        if cause is not None and not unread:
            before, after = question.values(cause)
            found = {**self._shown(cause), "before": before, "after": after}
            if not is_certain:
                found["reason"] = _OLDER
        else:
            found = {"reason": question.unanswerable or unread or self._reason(question)}
        if last is not None and last is not cause and question.judge(last) == OTHER:
            found["last_changed_by"] = self._shown(last)
        return {"setting": question.setting, "element": question.element, **found}

    def _shown(self, event: Event) -> Dict[str, Any]:
        principal = self._actors.principal(event)
        return {
            "time": in_iso(event.time),
            "actor": self._actors.actor(event).to_result(),
            "on_behalf_of": principal.to_result() if principal else None,
            "event": event.type,
        }

    def _read(self, event_type: str, phase: int, questions: Sequence[Question], span: Span) -> None:
        most = self._bounds.pages * PAGE_SIZE
        count = 0
        oldest = span.end
        try:
            for event in islice(list_events(self._client, span, event_type), most):
                count += 1
                oldest = event.time
                with self._lock:
                    for question in questions:
                        question.offer(event)
                    if not any(question.needs(event_type, phase, event.time) for question in questions):
                        return
        except QlikError as error:
            with self._lock:
                self._failures[event_type] = error
            return
        if count == most:
            with self._lock:
                self._incomplete[event_type] = oldest

    def _unread(self, question: Question, event: Optional[Event]) -> str:
        """Return why the log may contain newer events than this one about a question; empty if it does not."""
        types: List[str] = []
        for phase in question.phases:
            types += phase
            if event is not None and event.type in phase:
                break
        failures = [self._failures[name] for name in types if name in self._failures]
        # A tenant can reject a type that it has never seen.
        unknown = [error for error in failures if isinstance(error, BadRequest)]
        if len(unknown) < len(types):
            failures = [error for error in failures if error not in unknown]
        if failures:
            failure = failures[0]
            hint = "%s." % _REQUIREMENT if isinstance(failure, Forbidden) else ""
            return "The audit log cannot be read: %s" % " ".join(filter(None, [printable(failure.message), hint]))
        incomplete = [name for name in types if name in self._incomplete and self._may_be_older(event, name)]
        if incomplete:
            text = "No event found in the newest %d events of %s. Raise `%s` to search older events."
            return text % (self._bounds.pages * PAGE_SIZE, " and ".join(incomplete), self._bounds.pages_option)
        return ""

    def _may_be_older(self, event: Optional[Event], event_type: str) -> bool:
        """Return whether unread events of a type can be newer than an event. Only events of one type are in order."""
        oldest = self._incomplete[event_type]
        return event is None or event.time < oldest or (event.time == oldest and event.type != event_type)

    def _reason(self, question: Question) -> str:
        if question.last_change() is not None:
            return "The newest event sets another value. The event of the current value is not in the log."
        own = self._actors.own()
        if own is not None and not _may_read_events(own):
            return "No event found, but the credential may not see all events. %s." % _REQUIREMENT
        if question.changed_at is not None and self._bounds.now - question.changed_at < _DELAY:
            text = "No event found. The object was changed at %s, which may be too recent to be in the log."
            return text % in_iso(question.changed_at)
        if question.has_nameless_events:
            return (
                "No event found. The log has events without the ID of their object, and one of them may be the cause."
            )
        # The time of the change of a deleted object is not known.
        limits = ["too recent to be in the log"] if question.changed_at is None else []
        if question.start <= self._bounds.now - timedelta(days=DAYS_KEPT):
            limits.append("older than the %d days that the log keeps" % DAYS_KEPT)
        text = "No event found since %s." % in_iso(question.start)
        return "%s The change may be %s." % (text, ", or ".join(limits)) if limits else text


def attribute(
    client: Client, areas: Sequence[Area], snapshot: Snapshot, bounds: Bounds, with_unmanaged: bool
) -> Dict[str, Dict[str, Any]]:
    """Find who caused the drift, and add C(changed_by) to each drifted item.

    :param with_unmanaged: whether to include unmanaged objects without C(TenantAdmin).
    :returns: C(changed_by) of unmanaged objects, by area and ID.
    """
    drifted: List[Tuple[Area, Item, List[Question]]] = []
    unmanaged: List[Tuple[str, str, Question]] = []
    for area in areas:
        for item in area.items:
            questions = list(questions_of(area.kind, item, bounds))
            if questions:
                drifted.append((area, item, questions))
        if area.report_unmanaged:
            for resource in area.unmanaged(snapshot):
                if with_unmanaged or is_admin(resource):
                    unmanaged.append(
                        (area.kind.area, resource["id"], question_of_unmanaged(area.kind, resource, bounds))
                    )
    answers = Answers(client, bounds, snapshot.resources("user"))
    all_questions = [question for *_rest, questions in drifted for question in questions]
    answers.find([*all_questions, *(question for *_rest, question in unmanaged)])
    for area, item, questions in drifted:
        position = next(index for index, other in enumerate(area.items) if other is item)
        changes = [answers.result(question) for question in questions]
        area.items[position] = item._replace(changed_by=_summary_of(changes))
    found: Dict[str, Dict[str, Any]] = {}
    for name, resource_id, question in unmanaged:
        found.setdefault(name, {})[resource_id] = _summary_of([answers.result(question)])
    return found


def _summary_of(changes: List[Dict[str, Any]]) -> Dict[str, Any]:
    """Return C(changed_by) of an object: its newest change, and C(changes) with all changes."""
    newest = max(changes, key=lambda change: str(change.get("time", "")))
    summary = {name: value for name, value in newest.items() if name not in ("setting", "element")}
    return {**summary, "changes": changes}


def _told(question: Question) -> List[Event]:
    """Return the events that the result names for a question."""
    cause, _is_certain = question.cause()
    return [event for event in (cause, question.last_change()) if event is not None]


def _may_read_events(user: Resource) -> bool:
    roles = [*(user.get("assignedRoles") or [])]
    for group in user.get("assignedGroups") or []:
        roles += group.get("assignedRoles") or [] if isinstance(group, dict) else []
    return any(isinstance(role, dict) and role.get("name") in _READERS for role in roles)
