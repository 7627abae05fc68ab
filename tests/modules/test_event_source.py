# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source by itself: what it delivers of the audit logs of local tenants, and what it does where it cannot."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._api import transport
from ansible_collections.qlikops.cloud.plugins.module_utils._api.interruption import Interruption
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._files import replace_file
from ansible_collections.qlikops.cloud.plugins.plugin_utils import _event_source, _event_state
from ansible_collections.qlikops.cloud.plugins.plugin_utils._event_source import (
    EventSourceError,
    Poller,
    read_arguments,
    tenants_of,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._event_state import StateFile
from local_tenant.client import LocalTenant, TenantHandle
from suites import long_unless

ROOT = Path(__file__).parents[2]
FILE = ROOT / ".build/collections/ansible_collections/qlikops/cloud/extensions/eda/plugins/event_source/audit_events.py"
Message = dict[str, Any]
USER_UPDATED = "com.qlik.core.user.updated"
PLAIN_AGE = 5


class Crash(BaseException):
    """The end of the process, as far as one process can have it."""


class Reader:
    """A queue that keeps everything, as the engine's queue with an engine that is quick."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def put(self, message: Message) -> None:
        self.messages.append(message)

    def ids(self) -> list[str]:
        return [event["id"] for message in self.messages for event in message["events"]]


class Session:
    """A source of one tenant, whose polls the test makes itself."""

    def __init__(self, queue: Any, arguments: dict[str, Any]) -> None:
        params = read_arguments(arguments)
        self.state = StateFile(params["state_file"] or "")
        self.state.open()
        (tenant,) = tenants_of(params, os.environ)
        self.poller = Poller(tenant, params, queue, self.state, asyncio.Lock(), Interruption())

    async def poll(self, times: int = 1) -> None:
        for _time in range(times):
            await self.poller.poll()

    def close(self) -> None:
        self.poller.close()
        self.state.close()


@pytest.fixture(autouse=True)
def environment(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the one tenant, and nothing of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("QLIK_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("QLIK_TENANT_URL", tenant.url)
    monkeypatch.setenv("QLIK_API_KEY", tenant.api_key)


def event(number: int = 0, **more: Any) -> dict[str, Any]:
    """A change of a user; how old it is follows from its number, so that events have an order."""
    made = {"eventType": USER_UPDATED, "user": "ada", "data": {"id": f"user{number}", "name": f"User {number}"}}
    return {**made, **({} if "eventTime" in more else {"ageSeconds": PLAIN_AGE}), **more}


def plant(tenant: TenantHandle, *events: dict[str, Any]) -> list[str]:
    return tenant.plant("audit_events", events)


def plant_many(tenant: TenantHandle, count: int, age: float = 60.0) -> list[str]:
    """Events of the last seconds, each with a time of its own."""
    return plant(tenant, *(event(number, ageSeconds=age - number * age / 2 / count) for number in range(count)))


def polled(arguments: dict[str, Any], *steps: Callable[[], object]) -> Reader:
    """What is delivered by a poll at the beginning and one after each step."""
    reader = Reader()

    async def polls() -> None:
        session = Session(reader, arguments)
        try:
            await session.poll()
            for step in steps:
                step()
                await session.poll()
        finally:
            session.close()

    asyncio.run(polls())
    return reader


def nothing() -> None:
    """A step in which nothing happens."""


@pytest.mark.every_core
def test_what_a_message_says(tenant: LocalTenant) -> None:
    tenant.plant_users([{"subject": "ACME\\ada", "name": "Ada {{ 7 * 7 }}\x1b[31m"}])
    plant(tenant, event(1, ageSeconds=60))
    (made,) = [
        event(
            2,
            user="ACME\\ada",
            data={
                "id": "u2",
                "name": "{% set x %}#jinja2:\n",
                "_updates": [{"path": "/assignedRoles", "newValue": [], "oldValue": ["secret"]}],
            },
        )
    ]
    ids: list[str] = []
    reader = polled({"tenants": ["acme"]}, lambda: ids.extend(plant(tenant, made)), nothing)
    (message,) = reader.messages
    (shown,) = message["events"]
    (row,) = [row for row in tenant.control("GET", "audit_events")["events"] if row["id"] == ids[0]]
    assert message == {
        "tenant": "acme",
        "tenant_url": tenant.url,
        "poll": message["poll"],
        "types": [USER_UPDATED],
        "events": [shown],
    }
    assert shown == {
        "id": ids[0],
        "time": row["eventTime"].replace("Z", "000Z"),
        "type": USER_UPDATED,
        "object_id": "u2",
        "object_name": "?? set x ???jinja2:?",
        "actor": {
            "id": row["userId"],
            "name": "Ada ?? 7 ? 7 ????31m",
            "subject": "ACME\\ada",
            "type": "user",
        },
        "on_behalf_of": None,
        "changed": ["/assignedRoles"],
    }
    assert "secret" not in json.dumps(message)


def test_only_what_is_asked_for_is_delivered(tenant: LocalTenant) -> None:
    """Not what the automation did itself, not what others may be ignored for, not what is of no kind of ours."""
    own = tenant.control("GET", "state")["users"][0]["id"]
    tenant.plant_users([{"subject": "ACME\\robot"}, {"subject": "ACME\\ada"}])
    types = ["com.qlik.core.space.assignment.created", "com.qlik.v1.role.updated", "com.qlik.core.group.updated"]
    ids: list[str] = []

    def happens() -> None:
        plant(tenant, event(user=own), event(user="ACME\\robot"), event(eventType="com.qlik.core.space.share.created"))
        plant(tenant, event(eventType="com.qlik.app.opened"))
        # Somebody in the name of the automation, and the automation in the name of somebody.
        ids.extend(plant(tenant, event(1, user=own, actor="ACME\\ada")))
        plant(tenant, event(2, user="ACME\\ada", actor=own))
        ids.extend(plant(tenant, *(event(number, eventType=name) for number, name in enumerate(types))))

    plant(tenant, event(9, ageSeconds=60))
    reader = polled({"ignored_actors": ["ACME\\robot"]}, happens, tenant.reset_counters)
    # Who is ignored is not looked up again.
    assert "GET /users" not in tenant.counters()["routes"]
    assert sorted(reader.ids()) == sorted(ids)
    assert {event["type"] for message in reader.messages for event in message["events"]} == {
        USER_UPDATED,
        "com.qlik.core.space.assignment.created",
        "com.qlik.core.role.updated",
        "com.qlik.core.group.updated",
    }
    plant(tenant, event(7, eventType="com.qlik.v1.role.updated"), event(8))
    chosen = polled({"event_types": ["com.qlik.core.role.updated"]}, happens)
    assert {event["type"] for message in chosen.messages for event in message["events"]} == {
        "com.qlik.core.role.updated"
    }


@pytest.mark.parametrize("ends", ["included", "excluded"])
def test_times_in_whole_seconds(tenant: LocalTenant, ends: str) -> None:
    """What happens in the second of the newest event, but after it was read, is not passed over."""
    tenant.guess(audit_span_ends=ends)
    second = (datetime.now(timezone.utc) - timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    before = plant(tenant, event(1, eventTime=second))
    ids: list[str] = []
    steps = [lambda number=number: ids.extend(plant(tenant, event(number, eventTime=second))) for number in (2, 3)]
    reader = polled({}, *steps, nothing)
    assert reader.ids() == ids
    assert before[0] not in reader.ids()


def test_events_that_become_visible_late(tenant: LocalTenant) -> None:
    plant(tenant, event(0, ageSeconds=600))
    ids: list[str] = []

    def happens(number: int, age: float) -> Callable[[], object]:
        return lambda: ids.extend(plant(tenant, event(number, ageSeconds=age)))

    reader = polled({"overlap": 100}, happens(1, 60), happens(2, 150), happens(3, 180), happens(4, 10), nothing)
    # The third is older than the overlap before the first.
    assert reader.ids() == [ids[0], ids[1], ids[3]]


def test_a_quiet_log_is_not_read_again_and_again(
    tenant: LocalTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once all of the overlap must have become visible; what follows is not delivered twice for that."""
    passed = 0.0
    monkeypatch.setattr(_event_source, "monotonic", lambda: passed)
    plant(tenant, event(0, ageSeconds=600))
    counted: list[int] = []
    settled: list[bool] = []
    ids: list[str] = []

    def later(seconds: float) -> None:
        nonlocal passed
        passed += seconds
        tenant.reset_counters()

    def count() -> None:
        (entry,) = json.loads((tmp_path / "state.json").read_text())["tenants"].values()
        settled.append(entry["floor"] == entry["time"])
        counted.append(tenant.counters()["routes"]["GET /audits"])
        tenant.reset_counters()

    def happens() -> None:
        ids.extend(plant_many(tenant, 250))

    def happens_once_more() -> None:
        ids.extend(plant(tenant, event(999, ageSeconds=1)))

    reader = polled(
        {"overlap": 200, "state_file": str(tmp_path / "state.json")},
        happens,
        lambda: later(0),
        count,
        lambda: later(400),
        lambda: later(0),
        count,
        happens_once_more,
        nothing,
    )
    assert (counted, settled) == ([4, 2], [False, True])
    assert Counter(reader.ids()) == Counter(ids)


@pytest.mark.parametrize("minutes", [-5, 5])
def test_the_clock_of_the_controller(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """Nothing follows from it."""
    skewed = time.time() + minutes * 60

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromtimestamp(skewed, tz)

    for module in (_event_source, _event_state):
        monkeypatch.setattr(module, "datetime", Clock)
    monkeypatch.setattr(time, "time", lambda: skewed)
    plant(tenant, event(0, ageSeconds=20))
    ids: list[str] = []
    steps = [lambda age=age: ids.extend(plant(tenant, event(int(age), ageSeconds=age))) for age in (15.0, 10.0, 0.0)]
    reader = polled({}, *steps)
    assert reader.ids() == ids


@pytest.mark.parametrize("names", ["both", "old"])
def test_both_names_of_one_change_are_one_event(tenant: LocalTenant, names: str) -> None:
    """Also where the other one becomes visible later."""
    new, old = "com.qlik.core.role.updated", "com.qlik.v1.role.updated"
    pair = [event(1, eventType=old, ageSeconds=11), event(1, eventType=new, ageSeconds=10)]
    plant(tenant, event(0, ageSeconds=600))
    if names == "both":
        reader = polled({}, lambda: plant(tenant, *pair), nothing)
    else:
        reader = polled({}, lambda: plant(tenant, pair[0]), lambda: plant(tenant, pair[1]), nothing)
    assert len(reader.ids()) == 1
    assert reader.messages[0]["types"] == [new]


def test_a_burst_is_grouped(tenant: LocalTenant) -> None:
    plant(tenant, event(0, ageSeconds=600))
    ids: list[str] = []
    reader = polled({}, lambda: ids.extend(plant_many(tenant, 250)), nothing)
    assert reader.ids() == ids
    assert [len(message["events"]) for message in reader.messages] == [100, 99, 51]
    assert len({message["poll"] for message in reader.messages}) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_an_error_on_the_second_page(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """What came before it is delivered, and nothing is delivered twice."""
    monkeypatch.setenv("QLIK_RETRIES", "0")
    plant(tenant, event(0, ageSeconds=600))
    ids = []
    reader = Reader()

    async def polls() -> None:
        session = Session(reader, {})
        await session.poll()
        ids.extend(plant_many(tenant, 300))
        fault = {"status": status, "headers": {"Retry-After": "1"}}
        tenant.misbehave({"match": {"path": "/audits$", "skip": 2, "count": 1}, "action": fault})
        if status == 503:
            with pytest.raises(Exception, match="HTTP status 503"):
                await session.poll()
            assert reader.ids() == ids[:99]
        await session.poll(2)
        session.close()

    asyncio.run(polls())
    assert reader.ids() == ids


def test_a_log_in_another_order_than_asked_for(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The position stays until everything has come."""
    monkeypatch.setenv("QLIK_RETRIES", "0")
    plant(tenant, event(0, ageSeconds=600))
    ids: list[str] = []
    reader = Reader()
    send = Transport.send

    def unsorted(self: Transport, method: str, path: str, query: Any = "", *args: Any, **more: Any) -> Any:
        if isinstance(query, dict) and query.get("sort") == "+eventTime":
            query = {**query, "sort": "-eventTime"}
        return send(self, method, path, query, *args, **more)

    async def polls() -> None:
        session = Session(reader, {"overlap": 0})
        await session.poll()
        ids.extend(plant_many(tenant, 150))
        tenant.misbehave({"match": {"path": "/audits$", "skip": 2, "count": 1}, "action": {"status": 503}})
        with pytest.raises(Exception, match="HTTP status 503"):
            await session.poll()
        await session.poll()
        session.close()

    monkeypatch.setattr(Transport, "send", unsorted)
    asyncio.run(polls())
    assert sorted(reader.ids()) == sorted(ids)


def crashes(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Let the process end before or after each request, each delivery, and each write: at one of these moments."""
    moments = 0

    def moment() -> None:
        nonlocal moments
        moments += 1
        if moments == at:
            raise Crash

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **more: Any) -> Any:
            moment()
            result = function(*args, **more)
            moment()
            return result

        return wrapped

    put = Reader.put

    async def putting(self: Reader, message: Message) -> None:
        moment()
        await put(self, message)
        moment()

    monkeypatch.setattr(Transport, "send", around(Transport.send))
    monkeypatch.setattr(_event_state, "replace_file", around(replace_file))
    monkeypatch.setattr(Reader, "put", putting)


@pytest.mark.parametrize("overlap", long_unless([0], [0, 300]))
def test_the_end_at_any_moment_loses_nothing(
    tenant: LocalTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overlap: int
) -> None:
    """Of 230 events on three pages."""
    arguments = {"state_file": str(tmp_path / "state.json"), "overlap": overlap}
    plant(tenant, event(0, ageSeconds=600))
    polled(arguments)
    beginning = (tmp_path / "state.json").read_bytes()
    ids = plant_many(tenant, 230)
    for at in range(1, 100):
        (tmp_path / "state.json").write_bytes(beginning)
        delivered: list[str] = []
        with monkeypatch.context() as patch:
            crashes(patch, at)
            reader = Reader()

            async def dies(reader: Reader = reader) -> None:
                session = Session(reader, arguments)
                try:
                    await session.poll()
                finally:
                    session.close()

            try:
                asyncio.run(dies())
            except Crash:
                delivered += reader.ids()
            else:
                assert at > 15
                break
        delivered += polled(arguments).ids()
        assert set(delivered) == set(ids), at
        # Twice is at most what was delivered just before.
        assert len(delivered) <= len(ids) + 100, at


def test_a_full_queue_is_waited_for(tenant: LocalTenant, tmp_path: Path) -> None:
    """Nothing counts as delivered before the queue has taken it."""
    path = tmp_path / "state.json"
    plant(tenant, event(0, ageSeconds=600))

    async def polls() -> None:
        queue: asyncio.Queue[Message] = asyncio.Queue(1)
        session = Session(queue, {"state_file": str(path)})
        await session.poll()
        ids = plant_many(tenant, 350)
        poll = asyncio.create_task(session.poll())
        found: list[str] = []
        while len(found) < len(ids):
            message = await queue.get()
            await asyncio.sleep(0.2)
            (entry,) = json.loads(path.read_text())["tenants"].values()
            taken = found + [event["id"] for event in message["events"]]
            assert set(entry["received"]) <= {*taken, *ids[len(taken) : len(taken) + 100]}
            assert not poll.done() or len(taken) == len(ids) or queue.full()
            found = taken
        await poll
        session.close()
        assert found == ids

    asyncio.run(polls())


def test_a_token_that_ends_while_nothing_happens(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QLIK_API_KEY")
    monkeypatch.setenv("QLIK_CLIENT_ID", tenant.client_id)
    monkeypatch.setenv("QLIK_CLIENT_SECRET", tenant.client_secret)
    plant(tenant, event(0, ageSeconds=600))
    ids: list[str] = []

    def ends() -> None:
        assert tenant.revoke_tokens() == 1
        ids.extend(plant(tenant, event(1)))

    assert polled({}, ends).ids() == ids


def test_what_one_reads_is_not_added_up(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task has a limit, which a source that runs for months would reach."""
    plant_many(tenant, 20)
    monkeypatch.setattr(transport, "_LARGEST_TASK", 100_000)
    polled({"overlap": 0}, *[nothing] * 20)


# What follows runs the file as the engine does, with an interval of a second.


def source() -> Callable[[Any, dict[str, Any]], Coroutine[Any, Any, None]]:
    main: Callable[[Any, dict[str, Any]], Coroutine[Any, Any, None]] = runpy.run_path(str(FILE))["main"]
    return main


@pytest.fixture
def three() -> Iterator[dict[str, TenantHandle]]:
    with LocalTenant(tenants=3) as server:
        yield dict(zip("abc", server.tenants))


def contexts(folder: Path, tenants: dict[str, TenantHandle]) -> dict[str, Any]:
    """The arguments for a source of these tenants."""
    entries = {
        name: {"server": tenant.url, "server-type": "cloud", "headers": {"Authorization": f"Bearer {tenant.api_key}"}}
        for name, tenant in tenants.items()
    }
    path = folder / "contexts.yml"
    path.write_text(yaml.safe_dump({"contexts": entries}), encoding="utf-8")
    return {"contexts_path": str(path), "interval": 1, "state_file": str(folder / "state.json")}


async def begun(path: Path, tenants: Sequence[TenantHandle]) -> None:
    """Wait until the source knows where to begin in the logs of these tenants."""
    for _time in range(1200):
        known = json.loads(path.read_text())["tenants"] if path.exists() else {}
        if {tenant.url for tenant in tenants} <= known.keys():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(known)


def test_one_tenant_does_not_hold_up_another(
    three: dict[str, TenantHandle], tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One rejects the credential, one does not answer, one has an event."""
    monkeypatch.delenv("QLIK_TENANT_URL")
    caplog.set_level(logging.INFO)
    arguments = contexts(tmp_path, three)
    hostile = "\x1b[31mno\r\n" + three["a"].api_key
    rejection = {"status": 401, "json": {"errors": [{"code": "X-1", "title": hostile}]}}
    three["a"].misbehave({"match": {"path": "/audits$"}, "action": rejection})
    three["b"].misbehave({"match": {"path": "/audits$"}, "action": {"delay": 600}})

    async def polls() -> None:
        queue: asyncio.Queue[Message] = asyncio.Queue()
        task = asyncio.create_task(source()(queue, arguments))
        await begun(tmp_path / "state.json", [three["c"]])
        ids = plant(three["c"], event(1))
        message = await asyncio.wait_for(queue.get(), 60)
        assert (message["tenant"], [event["id"] for event in message["events"]]) == ("c", ids)
        three["a"].reset_counters()
        await asyncio.sleep(2.5)
        assert three["a"].counters()["total"] == 0
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(polls())
    (rejected,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert rejected.getMessage().startswith("a: GET /api/v1/audits returned HTTP status 401")
    assert rejected.getMessage().endswith(" Correct this, and restart the source to poll this tenant again.")
    said = [record.getMessage() for record in caplog.records]
    assert all(line.isprintable() for line in said)
    assert not any(tenant.api_key in line for tenant in three.values() for line in said)


def test_all_tenants_reject_the_credential(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_API_KEY", tenant.api_key_without_rights)
    with pytest.raises(
        EventSourceError, match="Every tenant rejects its credential.* localhost: GET /api/v1/audits"
    ) as e:
        asyncio.run(source()(Reader(), {}))
    assert tenant.api_key_without_rights not in str(e.value)


@pytest.mark.parametrize("status", [400, 401])
def test_a_wrong_client_is_rejected(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """With which status is not documented."""
    tenant.misbehave({"match": {"path": "/oauth/token"}, "action": {"status": status, "json": {"errors": []}}})
    monkeypatch.delenv("QLIK_API_KEY")
    monkeypatch.setenv("QLIK_CLIENT_ID", tenant.client_id)
    monkeypatch.setenv("QLIK_CLIENT_SECRET", "wrong-secret")
    with pytest.raises(EventSourceError, match="Every tenant rejects its credential") as caught:
        asyncio.run(source()(Reader(), {}))
    assert "wrong-secret" not in str(caught.value)


def test_an_outage_does_not_end_the_source(
    tenant: LocalTenant, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told of once, and so is its end; the pauses grow up to five minutes."""
    monkeypatch.setenv("QLIK_RETRIES", "0")
    caplog.set_level(logging.INFO)
    slept: list[float] = []
    sleep = asyncio.sleep

    async def quick(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    plant(tenant, event(0, ageSeconds=600))
    tenant.misbehave({"match": {"path": "/audits$", "skip": 1, "count": 8}, "action": {"status": 503}})

    async def polls() -> None:
        queue: asyncio.Queue[Message] = asyncio.Queue()
        task = asyncio.create_task(source()(queue, {"interval": 10}))
        while "can be read again" not in caplog.text:
            await sleep(0.01)
        ids = plant(tenant, event(1))
        message = await asyncio.wait_for(queue.get(), 60)
        assert [event["id"] for event in message["events"]] == ids
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    monkeypatch.setattr(asyncio, "sleep", quick)
    asyncio.run(polls())
    pauses = [seconds for seconds in slept if seconds]
    assert pauses[: pauses.index(300.0)] == [10, 20, 40, 80, 160]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len([line for line in warnings if "HTTP status 503" in line]) == 1
    assert len([line for line in warnings if "can be read again" in line]) == 1


def test_a_tenant_that_is_down_from_the_beginning(
    tenant: LocalTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("QLIK_RETRIES", "0")
    monkeypatch.setenv("QLIK_TENANT_URL", "http://127.0.0.1:9")

    async def polls() -> None:
        task = asyncio.create_task(source()(Reader(), {"interval": 1}))
        await asyncio.sleep(1.5)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(polls())
    assert "Cannot connect to http://127.0.0.1:9" in caplog.text


def test_two_sources_do_not_share_a_file(tenant: LocalTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_event_source, "_LONGEST_RELEASE", 0.3)
    path = tmp_path / "state.json"
    arguments = {"interval": 1, "state_file": str(path)}

    async def polls() -> None:
        first = asyncio.create_task(source()(Reader(), arguments))
        await begun(path, [tenant])
        with pytest.raises(EventSourceError, match="is in use by another event source"):
            await source()(Reader(), arguments)
        # One that is reloaded waits for the one before it.
        second = asyncio.create_task(source()(Reader(), arguments))
        await asyncio.sleep(0.1)
        first.cancel()
        await asyncio.sleep(0.5)
        assert not second.done()
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)

    asyncio.run(polls())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.with_name("state.json.lock").stat().st_mode & 0o777 == 0o600


@pytest.mark.long
def test_many_events_on_one_tenant_and_one_on_another(
    three: dict[str, TenantHandle], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QLIK_TENANT_URL")
    arguments = contexts(tmp_path, three)

    async def polls() -> None:
        queue: asyncio.Queue[Message] = asyncio.Queue(1)
        for tenant in three.values():
            plant(tenant, event(0, ageSeconds=3600))
        task = asyncio.create_task(source()(queue, arguments))
        await begun(tmp_path / "state.json", list(three.values()))
        many = set(await asyncio.to_thread(plant_many, three["a"], 20_000, 600.0))
        (one,) = plant(three["b"], event(1))
        found: list[str] = []
        position = 0
        while len(found) < 20_001:
            message = await asyncio.wait_for(queue.get(), 300)
            found += [event["id"] for event in message["events"]]
            if message["tenant"] == "b":
                position = len(found)
        assert Counter(found) == Counter([*many, one])
        assert position < 2_000
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(polls())


KILLED = """
import asyncio, json, runpy, sys
main = runpy.run_path(sys.argv[1])["main"]

class Queue:
    async def put(self, message):
        print(json.dumps([event["id"] for event in message["events"]]), flush=True)
        await asyncio.sleep(0.05)

asyncio.run(main(Queue(), json.loads(sys.argv[2])))
"""


@pytest.mark.long
def test_a_process_that_is_killed(tenant: LocalTenant, tmp_path: Path) -> None:
    """Again and again, while 1,000 events are delivered."""
    path = tmp_path / "state.json"
    plant(tenant, event(0, ageSeconds=3600))
    polled({"state_file": str(path)})
    ids = plant_many(tenant, 1_000, age=600)
    delivered: list[str] = []
    command = [sys.executable, "-c", KILLED, str(FILE), json.dumps({"interval": 1, "state_file": str(path)})]
    for number in range(100):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            # What is missing comes, or is delivered twice.
            delivered += json.loads(process.stdout.readline())
            time.sleep(0.02 * (number % 10))
            process.send_signal(signal.SIGKILL)
            delivered += [each for line in process.stdout for each in json.loads(line)]
        if set(delivered) == set(ids):
            return
    raise AssertionError(len(set(delivered)))


#: Runs the file with a Python that does not know this collection.
ALONE = """
import asyncio, runpy, sys
{before}
main = runpy.run_path({file!r})["main"]
before = list(map(type, sys.meta_path)), list(sys.path_hooks)
try:
    asyncio.run(main(None, {{"interval": 0}}))
except Exception as error:
    print(type(error).__name__, error)
import ansible_collections
print(any("Ansible" in str(each) for each in [*sys.meta_path, *sys.path_hooks]))
"""
REFUSED = "EventSourceError interval: Must be 1 to 86400 seconds, not 0."


@pytest.mark.parametrize("package", long_unless([True], [True, False]))
def test_the_engine_does_not_know_the_collection(tmp_path: Path, package: bool) -> None:
    """Nor does Ansible's own loader start, whether there is a package of that name or not."""
    if package:
        (tmp_path / "ansible_collections").mkdir()
        (tmp_path / "ansible_collections" / "__init__.py").touch()
    done = alone("", PYTHONPATH=str(tmp_path))
    assert done.stdout.splitlines() == [REFUSED, "False"], done.stderr


@pytest.mark.parametrize("library", ["ansible", "requests"])
def test_a_library_is_missing(library: str) -> None:
    done = alone(f"sys.modules[{library!r}] = None")
    assert done.stdout.startswith("RuntimeError qlikops.cloud.audit_events cannot start: "), done.stderr
    assert f"{sys.executable} -m pip " in done.stdout
    assert "install ansible-core requests" in done.stdout


def test_a_file_outside_of_a_collection(tmp_path: Path) -> None:
    file = tmp_path / "audit_events.py"
    file.write_bytes(FILE.read_bytes())
    with pytest.raises(RuntimeError, match="must be in an installed collection"):
        asyncio.run(runpy.run_path(str(file))["main"](None, {}))


def alone(before: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ALONE.format(before=before, file=str(FILE))],
        env={**environment, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
