# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads rows of the audit log as leniently as they can be."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, api_error
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.event_types import (
    CREATED,
    MEMBER,
    UPDATED,
    all_names,
    has_events,
    new_name,
    published_types,
    types_of,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.times import in_iso
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.audit_log import (
    Actors,
    Event,
    Span,
    check_span,
    event_of,
    time_of,
    with_all_names,
    without_doubles,
)

NOON = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)
ADA = {"id": "ada", "name": "Ada Lovelace", "subject": "ACME\\ada"}
BOT = {"id": "bot", "name": "CI", "subject": "qlikbot\\ci", "clientId": "c1"}
ME = {"id": "me", "name": "Audit", "subject": "ACME\\audit"}


def row(**fields: Any) -> dict[str, Any]:
    return {
        "id": "r1",
        "eventTime": "2026-11-28T12:00:00.000Z",
        "eventType": "com.qlik.core.group.updated",
        "userId": "ada",
        "data": {"id": "g1"},
        **fields,
    }


def event(**fields: Any) -> Event:
    found = event_of(row(**fields))
    assert found is not None
    return found


class Users:
    """Answers like the client of a tenant with these users."""

    def __init__(self, *users: dict[str, Any], own_id: str = "me") -> None:
        self.users = users
        self.own = own_id
        self.requests: list[str] = []

    def search(self, collection: str, condition: str) -> list[dict[str, Any]]:
        self.requests.append(condition)
        return [user for user in self.users if f'"{user["id"]}"' in condition]

    def redirected_id(self, path: str) -> str:
        self.requests.append(path)
        return self.own


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-28T12:00:00Z", NOON),
        ("2026-11-28T12:00:00.999999999Z", NOON + timedelta(microseconds=999999)),
        ("2026-11-28T13:30:00+01:30", NOON),
        ("2026-11-28T07:00:00-0500", NOON),
        ("2026-11-28t12:00:00z", NOON),
        ("2026-11-28 12:00:00", NOON),
        ("2026-13-28T12:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (1764331200, None),
    ],
)
def test_times(text: Any, expected: datetime | None) -> None:
    assert time_of(text) == expected


def test_times_are_shown_in_utc() -> None:
    assert in_iso(datetime(2026, 11, 28, 13, 30, 5, 7, timezone(timedelta(hours=1)))) == "2026-11-28T12:30:05Z"


def test_a_span_asks_for_a_second_more_on_each_side() -> None:
    assert Span(NOON, NOON + timedelta(hours=1)).query() == "2026-11-28T11:59:59.000Z/2026-11-28T13:00:01.000Z"


@pytest.mark.parametrize("missing", ["eventTime", "eventType"])
def test_a_row_without_time_or_type_is_no_event(missing: str) -> None:
    assert event_of(row(**{missing: None})) is None


def test_a_row_of_nothing_else_is_an_event() -> None:
    found = event_of({"eventTime": "2026-11-28T12:00:00Z", "eventType": "t", "data": "text", "extensions": [1]})
    assert found == Event("", NOON, "t", "", "", "", {}, [])


@pytest.mark.parametrize("name", ["_updates", "updates"])
def test_changes_have_two_names(name: str) -> None:
    changed = event(data={"id": "g1", name: [{"path": "/name", "oldValue": "A", "newValue": "B"}, {"path": 1}, "x"]})
    assert [tuple(each) for each in changed.changes] == [("/name", "A", "B")]


def test_old_events_show_lists_as_text() -> None:
    updates = [{"path": "/assignedRoles", "oldValue": "[]", "newValue": '[{"name": "TenantAdmin"}]'}]
    assert [tuple(each) for each in event(data={"updates": updates}).changes] == [
        ("/assignedRoles", [], [{"name": "TenantAdmin"}])
    ]


@pytest.mark.parametrize(
    ("fields", "actor", "principal"),
    [
        ({"userId": "ada"}, ("ada", "Ada Lovelace", "ACME\\ada", "user"), None),
        ({"userId": "bot"}, ("bot", "CI", "qlikbot\\ci", "oauth_client"), None),
        ({"userId": "me"}, ("me", "Audit", "ACME\\audit", "self"), None),
        ({"userId": "gone"}, ("gone", None, None, "user"), None),
        ({"userId": ""}, ("", "Qlik", None, "system"), None),
        ({"userId": None}, ("", "Qlik", None, "system"), None),
        ({"userId": "SCIM\\idp1"}, ("", "SCIM provisioning", None, "system"), None),
        ({"userId": "", "eventType": "com.qlik.core.user.provisioned"}, ("", "Sign-in", None, "system"), None),
        (
            {"userId": "ada", "extensions": {"actor": {"sub": "bot", "subType": "externalClient"}}},
            ("bot", "CI", "qlikbot\\ci", "oauth_client"),
            "ada",
        ),
        (
            {"userId": "ada", "extensions": {"actor": {"sub": "ada"}}},
            ("ada", "Ada Lovelace", "ACME\\ada", "user"),
            None,
        ),
    ],
)
def test_actors(fields: dict[str, Any], actor: tuple[Any, ...], principal: str | None) -> None:
    actors = Actors(Users(ADA, BOT, ME))  # type: ignore[arg-type]
    found = event(**fields)
    actors.look_up([found])
    assert tuple(actors.actor(found)) == actor
    other = actors.principal(found)
    assert (other.id if other else None) == principal


def test_known_users_are_not_read_and_others_once() -> None:
    users = Users(BOT)
    actors = Actors(users, [ADA])  # type: ignore[arg-type]
    events = [event(userId=each) for each in ("ada", "bot", "bot", "", "SCIM\\x")]
    actors.look_up(events)
    (request,) = users.requests
    assert request.startswith('(id eq "bot") and (status eq "active" or ')
    for each in events:
        actors.actor(each)
    assert users.requests == [request, "/api/v1/users/me"]


def test_users_that_cannot_be_read_are_shown_by_their_ids() -> None:
    class Refusing(Users):
        def search(self, collection: str, condition: str) -> list[dict[str, Any]]:
            raise api_error("GET /users", 403, {}, "", str)

        def redirected_id(self, path: str) -> str:
            raise api_error("GET /users/me", 404, {}, "", str)

    actors = Actors(Refusing())  # type: ignore[arg-type]
    found = event()
    actors.look_up([found])
    assert tuple(actors.actor(found)) == ("ada", None, None, "user")
    assert actors.own() is None


def test_an_event_with_two_names_counts_once_under_its_new_name() -> None:
    new = event(id="1", eventTime="2026-11-28T12:00:01Z")
    old = event(id="2", eventTime="2026-11-28T11:59:59Z", eventType="com.qlik.v1.group.updated")
    other = event(id="3", eventTime="2026-11-28T11:59:58Z", eventType="com.qlik.v1.group.updated")
    foreign = event(id="4", eventTime="2026-11-28T12:00:00Z", eventType="com.qlik.v1.group.updated", data={"id": "g2"})
    again = event(id="5", eventTime="2026-11-28T12:00:02Z")
    found = without_doubles([old, new, other, foreign, again])
    assert [each.id for each in found] == ["5", "1", "4", "3"]


def test_names_of_types() -> None:
    assert new_name("com.qlik.v1.group.updated") == "com.qlik.core.group.updated"
    assert new_name("com.example.other") == "com.example.other"
    assert all_names("com.qlik.core.group.updated") == ("com.qlik.core.group.updated", "com.qlik.v1.group.updated")
    assert with_all_names(["com.qlik.v1.group.updated", "com.qlik.core.group.updated", "x"]) == [
        "com.qlik.core.group.updated",
        "com.qlik.v1.group.updated",
        "x",
    ]
    assert len(published_types()) == len(set(published_types()))
    assert types_of("role", CREATED, UPDATED) == [
        "com.qlik.core.role.created",
        "com.qlik.v1.role.created",
        "com.qlik.core.role.updated",
        "com.qlik.v1.role.updated",
    ]
    assert types_of(MEMBER, CREATED) == [
        "com.qlik.core.space.assignment.created",
        "com.qlik.space.assignment.created",
    ]
    assert not has_events("csp_origin")


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (timedelta(days=1), timedelta(days=2), "2026-11-27T12:00:00Z is not before `until`, 2026-11-26T12:00:00Z."),
        (timedelta(days=91), timedelta(0), "is older than the 90 days that the audit log keeps"),
    ],
)
def test_spans_that_cannot_have_events(start: timedelta, end: timedelta, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        check_span(NOON - start, NOON - end, NOON)


def test_ninety_days_are_kept() -> None:
    check_span(NOON - timedelta(days=90), NOON, NOON)
