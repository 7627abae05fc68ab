# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads audit events by type, source, actor, object and span, and the archive of a day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from local_tenant.client import LocalTenant

from .harness import Run

Json = Any
MODULE = "qlik_audit_event_info"
NEW, OLD = "com.qlik.core.group.updated", "com.qlik.v1.group.updated"


def event(event_type: str = NEW, **fields: Json) -> dict[str, Json]:
    return {"eventType": event_type, "data": {"id": "g1"}, **fields}


@pytest.fixture
def ada(tenant: LocalTenant) -> str:
    return tenant.plant_users([{"subject": "ACME\\ada", "name": "Ada Lovelace"}])[0]


def days_ago(result: Json) -> list[int]:
    now = datetime.now(timezone.utc)
    return [(now - datetime.fromisoformat(each["time"].replace("Z", "+00:00"))).days for each in result["events"]]


def test_all_that_an_event_has(tenant: LocalTenant, run: Run, ada: str) -> None:
    update = {"path": "/name", "oldValue": "A", "newValue": "B"}
    (event_id,) = tenant.plant_audit_events(
        [
            event(
                eventTime=(datetime.now(timezone.utc) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.250Z"),
                user="ACME\\ada",
                source="com.qlik/identities",
                data={"id": "g1", "name": "B", "_updates": [update]},
            )
        ]
    )
    result = run(MODULE)
    (found,) = result["events"]
    assert found == {
        "id": event_id,
        "time": found["time"],
        "type": NEW,
        "source": "com.qlik/identities",
        "actor": {"id": ada, "name": "Ada Lovelace", "subject": "ACME\\ada", "type": "user"},
        "on_behalf_of": None,
        "object_id": "g1",
        "changes": [{"path": "/name", "before": "A", "after": "B"}],
        "data": {"id": "g1", "name": "B", "_updates": [update]},
    }
    assert result["complete"] is True


def test_both_names_are_read_whichever_is_listed(tenant: LocalTenant, run: Run) -> None:
    tenant.plant_audit_events(
        [event(NEW, ageDays=1), event(OLD, ageDays=2), event(OLD, ageDays=1), event("other.type")]
    )
    for name in (NEW, OLD):
        result = run(MODULE, event_types=[name])
        assert [each["type"] for each in result["events"]] == [NEW, OLD]


def test_all_pages_newest_first(tenant: LocalTenant, run: Run) -> None:
    tenant.plant_audit_events([event(ageSeconds=number) for number in range(250)])
    result = run(MODULE)
    times = [each["time"] for each in result["events"]]
    assert (len(times), times, result["complete"]) == (250, sorted(times, reverse=True), True)


@pytest.mark.parametrize(("most", "complete"), [(249, False), (250, True), (1, False)])
def test_a_bound(tenant: LocalTenant, run: Run, most: int, complete: bool) -> None:
    tenant.plant_audit_events([event(ageSeconds=number) for number in range(250)])
    result = run(MODULE, max_events=most)
    assert (len(result["events"]), result["complete"]) == (most, complete)


def test_filters(tenant: LocalTenant, run: Run, ada: str) -> None:
    tenant.plant_audit_events(
        [
            event(user="ACME\\ada", source="com.qlik/a", ageSeconds=1),
            event(source="com.qlik/b", data={"id": "g2"}, ageSeconds=2),
            event("com.qlik.core.role.updated", user="ACME\\ada", source="com.qlik/b", ageSeconds=3),
        ]
    )

    def positions(**options: Json) -> list[str]:
        return [each["type"] + (each["source"] or "") for each in run(MODULE, **options)["events"]]

    first, second, third = positions()
    assert positions(actor="ACME\\ada") == [first, third]
    assert positions(actor_id=ada) == [first, third]
    assert positions(source="com.qlik/b") == [second, third]
    assert positions(object_id="g2") == [second]
    assert positions(actor="ACME\\ada", event_types=["com.qlik.core.role.updated"]) == [third]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1, 10, 40]),
        ({"since": "-7d"}, [1]),
        ({"since": "-2w"}, [1, 10]),
        ({"since": "-90d", "until": "-9d"}, [10, 40]),
        ({"since": "-240h"}, [1]),
        ({"until": "-2000m"}, [10, 40]),
        ({"until": "9999-12-31T23:59:59.999Z"}, [1, 10, 40]),
    ],
)
def test_spans(tenant: LocalTenant, run: Run, options: dict[str, Json], expected: list[int]) -> None:
    tenant.plant_audit_events([event(ageDays=days, ageSeconds=60) for days in (1, 10, 40, 95)])
    assert days_ago(run(MODULE, **options)) == expected


@pytest.mark.parametrize("form", ["object", "array"])
def test_the_archive_of_a_day(tenant: LocalTenant, run: Run, form: str) -> None:
    tenant.guess(audit_archive_form=form)
    day = (datetime.now(timezone.utc) - timedelta(days=200)).date()
    tenant.plant_audit_events([event(eventTime=f"{day}T0{hour}:00:00Z") for hour in range(10)] + [event()])
    tenant.reset_counters()
    result = run(MODULE, archive_date=str(day), max_events=5)
    assert [each["time"][11:13] for each in result["events"]] == ["09", "08", "07", "06", "05"]
    assert result["complete"] is False
    assert len(run(MODULE, archive_date=str(day))["events"]) == 10
    assert run(MODULE, archive_date="2020-01-01") == {"changed": False, "events": [], "complete": True}


def test_a_type_that_only_the_tenant_knows(tenant: LocalTenant, run: Run) -> None:
    tenant.guess(audit_names_page=1)
    tenant.plant_audit_events([event("com.example.one"), event("com.example.two")])
    tenant.reset_counters()
    assert len(run(MODULE, event_types=["com.example.two"])["events"]) == 1
    asked = [each["path"] for each in tenant.requests()]
    assert asked.count("/api/v1/audits/types") == 2
    tenant.reset_counters()
    run(MODULE, event_types=[NEW])
    assert "/api/v1/audits/types" not in [each["path"] for each in tenant.requests()]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"since": "-1d", "until": "-2d"}, "Set `since` to a time before `until`."),
        ({"since": "9999-01-01"}, "since: 9999-01-01T00:00:00Z is in the future."),
        ({"until": "-91d"}, "is older than the 90 days that the audit log keeps. Use `archive_date` for older days."),
        ({"since": "0110-01-01"}, "since: 0110-01-01T00:00:00Z is older than the 90 days that the audit log keeps."),
        ({"since": "-91d"}, "is older than the 90 days that the audit log keeps. Use `archive_date` for older days."),
        ({"since": "yesterday"}, "since: 'yesterday' is not a time. Use ISO 8601, such as"),
        ({"until": "-7y"}, "until: '-7y' is not a time."),
        ({"archive_date": "28.11.2026"}, "archive_date: '28.11.2026' is not a date. Use YYYY-MM-DD"),
        ({"archive_date": "2999-01-01"}, "archive_date: 2999-01-01 is in the future."),
        ({"event_types": []}, "event_types: Must not be empty."),
        ({"event_types": ["com.qlik.core.group.update"]}, "Did you mean com.qlik.core.group.updated"),
        ({"event_types": [NEW, "x"]}, "event_types[1]: 'x' is not an event type"),
        ({"max_events": 0}, "max_events: Must be 1 to 100000, not 0."),
        ({"actor": "nobody"}, "actor: The tenant has no user 'nobody'."),
        ({"actor": "a", "actor_id": "b"}, "parameters are mutually exclusive: actor|actor_id"),
        ({"archive_date": "2026-11-01", "since": "-1d"}, "parameters are mutually exclusive: archive_date|since"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_bad_input(run: Run, options: dict[str, Json], message: str, check: bool) -> None:
    result = run(MODULE, check=check, **options)
    assert result["failed"]
    assert message in result["msg"], result["msg"]


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_log_that_cannot_be_read(tenant: LocalTenant, run: Run, impatient: None, status: int) -> None:
    tenant.misbehave({"match": {"path": "/audits"}, "action": {"status": status}})
    result = run(MODULE, retries=0)
    assert result["failed"]
    assert str(status) in result["msg"]


def test_pages_that_repeat_themselves_end(tenant: LocalTenant, run: Run) -> None:
    row = {"id": "a1", "eventType": NEW, "eventTime": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}
    page = {"data": [row], "links": {"next": {"href": "/api/v1/audits?next=again"}}}
    tenant.misbehave({"match": {"path": "/audits"}, "action": {"status": 200, "json": page}})
    result = run(MODULE)
    assert "the pages repeat themselves" in result["msg"]


def test_events_that_happen_between_pages(tenant: LocalTenant, run: Run) -> None:
    tenant.plant_audit_events([event(ageSeconds=60 + number, data={"id": str(number)}) for number in range(150)])
    new = {"audit_events": [event(data={"id": "new"})]}
    tenant.misbehave({"match": {"path": "/audits", "skip": 1, "count": 1}, "action": {"plant": new}})
    result = run(MODULE)
    found = [each["object_id"] for each in result["events"]]
    assert [each for each in found if each != "new"] == [str(number) for number in range(150)]
    assert tenant.requests()[-1]["status"] == 200


def test_an_actor_that_is_not_valid_unicode(tenant: LocalTenant, run: Run) -> None:
    tenant.plant_audit_events([event(user="half \ud800", data={"name": "\udfff"}), event(user="local|admin")])
    actors = [each["actor"] for each in run(MODULE)["events"]]
    assert {each["type"] for each in actors} == {"user", "self"}
    assert {each["name"] for each in actors} == {None, "Local Admin"}
