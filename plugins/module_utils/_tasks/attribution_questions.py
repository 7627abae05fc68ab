# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions about who caused each difference, and the events that identify them (third reference, 1.5 and 1.6)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Callable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._errors import QlikError
from .._kinds.base import Kind, text_of
from .._kinds.endpoints import EVERYONE_ID
from .._kinds.event_types import CREATED, DELETED, MEMBER, UPDATED, field_of, has_events, own_types_of, types_of
from .._kinds.lockout import ADMIN_ROLE, is_admin
from .._planning.references import Resource
from .._planning.settings import Setting
from .audit_log import CLOCKS_DIFFER, DAYS_KEPT, Event, plain_value, time_of
from .bulk import Item

#: The fields with the time of the last change, and of the creation.
_TIMES_OF_CHANGE = ("lastUpdatedAt", "updatedAt", "lastUpdated", "modifiedDate", "createdAt", "created", "createdDate")
_NO_EVENTS = "Qlik publishes no audit events about %s."

#: The verdict on an event for a difference: it set another value, it shows the current value, or it set the current
#: value. C(None): the event is not about the difference.
OTHER, _SHOWS, _SETS = range(3)
Verdict = Optional[int]


class Bounds(NamedTuple):
    """The limits of the search for causes.

    :param now: the time of the task, in UTC.
    :param days: how far back to look where nothing says when an object was in sync.
    :param pages: how many pages of 100 events to read of each event type.
    :param in_sync_at: by area, the time of the last report that saw everything in it in sync that may have drifted.
    :param pages_option: the name that users know the option for C(pages) by.
    """

    now: datetime
    days: int
    pages: int
    in_sync_at: Mapping[str, Optional[datetime]]
    pages_option: str

    def start(self, area: str) -> datetime:
        """Where to begin for the objects of an area."""
        earliest = self.now - timedelta(days=min(self.days, DAYS_KEPT))
        in_sync_at = self.in_sync_at.get(area)
        return max(earliest, in_sync_at - CLOCKS_DIFFER) if in_sync_at else earliest


@dataclass
class Question:
    """The question who caused a difference.

    :param setting: the option that differs; C(None) for the object itself.
    :param element: the element of a list that is unexpected or missing; C(None) for the whole value.
    :param phases: event types; those of a later phase are read only if the earlier ones identify nobody.
    :param judge: whether an event led to the current value; C(None) if it is about something else.
    :param values: the old and the new value in an event.
    :param unanswerable: the reason why no event can identify the cause.
    """

    setting: Optional[str]
    element: Any
    start: datetime
    phases: Sequence[Sequence[str]]
    judge: Callable[[Event], Verdict]
    values: Callable[[Event], Tuple[Any, Any]]
    changed_at: Optional[datetime] = None
    unanswerable: str = ""
    events: List[Event] = field(default_factory=list)
    answered_at: Optional[datetime] = None
    has_nameless_events: bool = False

    def offer(self, event: Event) -> None:
        """Add an event if it is about the difference."""
        if event.time < self.start or not any(event.type in phase for phase in self.phases):
            return
        if self.judge(event) is None:
            self.has_nameless_events = self.has_nameless_events or not event.data.get("id")
            return
        self.events = sorted([*self.events, event], key=lambda other: other.time, reverse=True)
        cause, is_certain = self.cause()
        self.answered_at = cause.time if cause is not None and is_certain else None

    def last_change(self) -> Optional[Event]:
        """Return the newest event about the difference that is not the creation of the object."""
        return next((event for event in self.events if event.change != CREATED), None)

    def cause(self) -> Tuple[Optional[Event], bool]:
        """Return the newest event that led to the current value, and whether that is certain.

        An event without old values may be about another setting of the object. Then the cause is the oldest event since
        which all events show the current value, and it is certain if an earlier event shows another value.
        """
        found: Optional[Event] = None
        for event in self.events:
            verdict = self.judge(event)
            if verdict == OTHER and found is not None:
                return found, True
            if verdict == _SETS:
                return event, True
            if verdict == _SHOWS:
                found = event
        return found, False

    def needs(self, event_type: str, phase: int, before: datetime) -> bool:
        """Return whether older events of a type are needed.

        :param before: the time back to which events of the type have been read.
        """
        if phase >= len(self.phases) or event_type not in self.phases[phase] or before < self.start:
            return False
        return self.answered_at is None or self.answered_at < before


def questions_of(kind: Kind, item: Item, bounds: Bounds) -> Iterator[Question]:
    """Yield the questions about the differences of an item."""
    plan = item.plan
    if plan.action == "unchanged" and not plan.unchangeable:
        return
    if plan.current is None:
        if plan.action == "created":
            yield _of_removal(kind, item, bounds)
        return
    if plan.predicted is None or item.is_pruned or item.is_duplicate:
        yield _of_creation(kind, plan.current, bounds)
        return
    start = bounds.start(kind.area)
    changed_at = _changed_at(plan.current)
    options = dict.fromkeys([*plan.differing, *plan.unchangeable])
    for setting in kind.settings:
        if setting.option not in options:
            continue
        if not has_events(kind.noun):
            yield _unanswerable(setting.option, start, _NO_EVENTS % kind.words)
            continue
        for element, about in _parts_of(kind, setting, item):
            yield Question(setting.option, element, start, *about, changed_at=changed_at)


def _of_creation(kind: Kind, resource: Resource, bounds: Bounds) -> Question:
    start = bounds.start(kind.area)
    if not has_events(kind.noun):
        return _unanswerable(None, start, _NO_EVENTS % kind.words)

    def judge(event: Event) -> Verdict:
        return _SETS if event.object_id == resource.get("id") else None

    created_at = time_of(resource.get("createdAt") or resource.get("created"))
    return Question(None, None, start, [types_of(kind.noun, CREATED)], judge, _no_values, created_at)


def question_of_unmanaged(kind: Kind, resource: Resource, bounds: Bounds) -> Question:
    """Return the question who created an unmanaged object, or who granted it C(TenantAdmin)."""
    roles = next((setting for setting in kind.settings if setting.api == "assignedRoles"), None)
    creation = _of_creation(kind, resource, bounds)
    if roles is None or not is_admin(resource) or creation.unanswerable:
        return creation
    about = _about_element(kind, roles, resource, ADMIN_ROLE, is_present=True)
    return Question(roles.option, ADMIN_ROLE, creation.start, *about, changed_at=creation.changed_at)


def _of_removal(kind: Kind, item: Item, bounds: Bounds) -> Question:
    """Who deleted or renamed the object that is missing. Its ID is not known, so its name has to do."""
    start = bounds.start(kind.area)
    if not has_events(kind.noun):
        return _unanswerable(None, start, _NO_EVENTS % kind.words)
    desired, key = item.desired, next(iter(kind.identity), "")

    def judge(event: Event) -> Verdict:
        if event.change == DELETED:
            if desired.get("id") is not None:
                return _SETS if event.object_id == desired["id"] else None
            return _SETS if _has_key(kind, event.data, desired) else None
        before, after = values(event)
        return _SETS if before is not None and before == desired.get(key) != after else None

    def values(event: Event) -> Tuple[Any, Any]:
        if "previousName" in event.data:
            return event.data["previousName"], event.data.get("name")
        found = ((change.before, change.after) for change in event.changes if change.path == "/%s" % key)
        return next(found, (None, None))

    phases = [types_of(kind.noun, DELETED), types_of(kind.noun, UPDATED)]
    return Question(None, None, start, phases, judge, values)


def _has_key(kind: Kind, data: Mapping[str, Any], desired: Mapping[str, Any]) -> bool:
    """Return whether an event is about the object of an item. Old events may lack a part of the key."""
    option, value, *rest = kind.natural_key_of(desired)
    if data.get(option) != value:
        return False
    settings = {setting.option: setting for setting in kind.settings}
    pairs = zip(kind.identity[1:], rest)
    return all(data.get(settings[name].api) in (None, part) for name, part in pairs)


class _About(NamedTuple):
    """The rules to recognize the events about a part of an object; see C(Question)."""

    phases: Sequence[Sequence[str]]
    judge: Callable[[Event], Verdict]
    values: Callable[[Event], Tuple[Any, Any]]


def _parts_of(kind: Kind, setting: Setting, item: Item) -> Iterator[Tuple[Any, _About]]:
    """Yield the parts of a setting that differ: elements of a list, members of a space, or the whole value."""
    current, predicted = item.plan.current or {}, item.plan.predicted or {}
    if setting.option == "members":
        yield from _members_of(setting, current, predicted)
        return
    sides = [(side or {}).get(setting.option) for side in (item.plan.before, item.plan.after)]
    if setting.option in item.plan.unchangeable or not all(map(_is_texts, sides)):
        yield None, _about_value(kind, setting, current)
        return
    before, after = ([str(element) for element in side or []] for side in sides)
    for element in before:
        if element not in after:
            yield element, _about_element(kind, setting, current, element, is_present=True)
    for element in after:
        if element not in before:
            yield element, _about_element(kind, setting, current, element, is_present=False)


def _members_of(setting: Setting, current: Resource, predicted: Resource) -> Iterator[Tuple[Any, _About]]:
    """Yield the members that differ. Each is a separate object, whose events have no old values (1.5)."""
    sides = [{member.key: member for member in setting.current(side) or []} for side in (current, predicted)]
    for key, member in {**sides[1], **sides[0]}.items():
        old, new = sides[0].get(key), sides[1].get(key)
        if old is not None and new is not None and old.roles == new.roles:
            continue
        shown = {name: value for name, value in member.shown().items() if name != "roles"}
        about = _about_member(current.get("id"), member.assignee_id, old.roles if old else None, new is None)
        yield shown, about


def _about_member(space_id: Any, assignee_id: Any, roles: Optional[Sequence[str]], is_unexpected: bool) -> _About:
    """Return the rules for the events about a member with these current roles; C(None) if it is not a member."""

    def judge(event: Event) -> Verdict:
        if event.data.get("spaceId") != space_id or event.data.get("assigneeId") != assignee_id:
            return None
        if roles is None or event.change == DELETED:
            return _SETS if roles is None and event.change == DELETED else OTHER
        if is_unexpected:
            return _SETS if event.change == CREATED else None
        if sorted(_texts_in(event.data.get("roles"))) != sorted(roles):
            return OTHER
        return _SETS if event.change == CREATED else _SHOWS

    def values(event: Event) -> Tuple[Any, Any]:
        return None, None if event.change == DELETED else _texts_in(event.data.get("roles"))

    return _About([types_of(MEMBER, CREATED, UPDATED, DELETED)], judge, values)


def _about_value(kind: Kind, setting: Setting, current: Resource) -> _About:
    def judge(event: Event) -> Verdict:
        found = _values_in(kind, setting, event) if _is_about(kind, event, current) else None
        if found is None:
            return None
        if not _is_same(setting, found.after, current):
            return OTHER
        return _SETS if found.is_change or event.change == CREATED else _SHOWS

    phases = _phases(kind, setting)
    return _About(phases, judge, lambda event: (_values_in(kind, setting, event) or _Values(None, None))[:2])


def _about_element(kind: Kind, setting: Setting, current: Resource, element: str, is_present: bool) -> _About:
    """Return the rules for the events about an element of a list, which the tenant may have now."""

    def judge(event: Event) -> Verdict:
        found = _values_in(kind, setting, event) if _is_about(kind, event, current) else None
        if found is None:
            return None
        is_in = _has_element(found.after, element)
        is_known = isinstance(found.before, list)
        if is_known and _has_element(found.before, element) == is_in:
            return None
        if is_in != is_present:
            return OTHER
        return _SETS if is_known or event.change == CREATED else _SHOWS

    def values(event: Event) -> Tuple[Any, Any]:
        found = _values_in(kind, setting, event) or _Values(None, None)
        return _in_names(found.before), _in_names(found.after)

    return _About(_phases(kind, setting), judge, values)


def _phases(kind: Kind, setting: Setting) -> List[List[str]]:
    """Return the event types of the setting, or of updates, then of creations, which can set a value too."""
    own_types = list(own_types_of(kind.noun, setting.option))
    if own_types:
        return [own_types]
    updated = types_of(kind.noun, UPDATED)
    if kind.noun == "group_settings":
        # The setting with the roles of the group Everyone also has events of the group (third reference, 1.5).
        updated += types_of("group", UPDATED)
    created = types_of(kind.noun, CREATED) if kind.identity else []
    return [updated, created] if created else [updated]


def _is_about(kind: Kind, event: Event, current: Resource) -> bool:
    if kind.identity:
        return bool(event.object_id) and event.object_id == current.get("id")
    return event.object_id == EVERYONE_ID or event.type not in types_of("group", UPDATED)


class _Values(NamedTuple):
    """A setting in an event.

    :param is_change: whether the event says that it changed this setting.
    """

    before: Any
    after: Any
    is_change: bool = False


def _values_in(kind: Kind, setting: Setting, event: Event) -> Optional[_Values]:
    """Return the old and the new value of a setting in an event; C(None) if the event is not about the setting."""
    name, own_types = field_of(kind.noun, setting.option, setting.api), own_types_of(kind.noun, setting.option)
    if event.type in own_types:
        value = own_types[event.type]
        return _Values(None, event.data.get(name) if value is None else value, is_change=True)
    whole = {"/" + name, "/systemGroups/%s/%s" % (EVERYONE_ID, name)}
    first = (setting.path or name).strip("/").partition("/")[0]
    for change in event.changes:
        if change.path in whole:
            return _Values(change.before, change.after, is_change=True)
        if change.path.strip("/").partition("/")[0] in (name, first) and name in event.data:
            return _Values(None, event.data[name], is_change=True)
    if event.changes or name not in event.data:
        return None
    # Events of spaces have the old name and owner, and no list of changes (third reference, 1.5).
    previous = "previous%s%s" % (name[:1].upper(), name[1:])
    before = event.data.get(previous)
    return _Values(before, event.data[name], is_change=before not in (None, event.data[name]))


def _is_same(setting: Setting, value: Any, current: Resource) -> bool:
    """Return whether a value of an event is the current value. Old events show every value as text."""
    own = current.get(setting.api)
    if value == own or (not isinstance(own, (list, dict)) and str(value).lower() == str(own).lower()):
        return True
    try:
        shown = setting.current(current)
        return value == shown or not setting.differs(setting.current({setting.api: value}), shown)
    except (QlikError, AttributeError, KeyError, TypeError, ValueError):
        return False


def _has_element(values: Any, element: str) -> bool:
    return any(element in (value, *_names_of(value)) for value in values) if isinstance(values, list) else False


def _names_of(value: Any) -> Tuple[str, ...]:
    return tuple(text_of(value.get(name)) for name in ("name", "id")) if isinstance(value, dict) else ()


def _in_names(values: Any) -> Any:
    if not isinstance(values, list):
        return values
    return [next(filter(None, _names_of(element)), element) for element in values]


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(element, str) for element in value)


def _texts_in(value: Any) -> List[str]:
    value = plain_value(value)
    return [element for element in value if isinstance(element, str)] if isinstance(value, list) else []


def _changed_at(resource: Resource) -> Optional[datetime]:
    times = (time_of(resource.get(name)) for name in _TIMES_OF_CHANGE)
    return next(filter(None, times), None)


def _no_values(event: Event) -> Tuple[Any, Any]:
    return None, None


def _unanswerable(setting: Optional[str], start: datetime, reason: str) -> Question:
    return Question(setting, None, start, [], lambda event: None, _no_values, unanswerable=reason)
