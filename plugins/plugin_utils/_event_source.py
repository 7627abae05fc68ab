# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Polls the audit logs of tenants, and delivers new events (third reference, section 1)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import asyncio
import logging
import os
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from itertools import islice
from time import monotonic
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple, TypeVar

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import PAGE_SIZE, Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import (
    Connection,
    connection_argument_spec,
    connection_from,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._api.interruption import Interruption
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ApiError,
    Forbidden,
    InvalidDescription,
    InvalidInput,
    QlikError,
    Unauthorized,
    UnhandledError,
    printable,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import text_of
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.event_types import (
    new_name,
    published_types,
    types_about,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import nearest
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.audit_log import (
    DAYS_KEPT,
    Actor,
    Actors,
    Event,
    Span,
    list_events,
    newest_event,
    read_own_id,
    with_all_names,
    without_doubles,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import mistakes_in, read_options
from ansible_collections.qlikops.cloud.plugins.plugin_utils._contexts import Context, contexts_file, read_contexts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._event_state import (
    Known,
    Position,
    StateFile,
    in_use,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import absolute
from ansible_collections.qlikops.cloud.plugins.plugin_utils._inventory import can_be_host
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import as_plain

#: The arguments of the source, as an argument spec.
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "tenants": {"type": "list", "elements": "str", "default": ["*"]},
    "contexts_path": {"type": "str"},
    "event_types": {"type": "list", "elements": "str"},
    "ignored_actors": {"type": "list", "elements": "str", "default": []},
    "interval": {"type": "float", "default": 60.0},
    "overlap": {"type": "float", "default": 300.0},
    "state_file": {"type": "str"},
}
#: Arguments that ansible-rulebook adds.
_FROM_ENGINE = ("eda_feedback_queue",)
#: Arguments for which an empty or blank string counts as omitted.
_MAY_BE_EMPTY = ("contexts_path", "state_file")
_MOST_EVENTS = 100
_LONGEST_INTERVAL = 86400.0
#: The maximum pause after consecutive failures in seconds, unless the interval is longer.
_LONGEST_PAUSE = 300.0
#: The maximum time in seconds that a reloaded source waits for its predecessor to release the state file.
_LONGEST_RELEASE = 5.0
#: The maximum length of a text, and number of changed paths, in a message about an event.
_LONGEST_TEXT = 200
_MOST_PATHS = 50
_TOKEN_PATH = "/oauth/token"
#: The name of the tenant in the environment: the host of playbooks without an inventory.
_LOCALHOST = "localhost"
_PATTERN_SIGNS = "*?["

_logger = logging.getLogger("qlikops.cloud.audit_events")
Value = TypeVar("Value")


class EventSourceError(Exception):
    """Ends the source. The message is the reason."""


class Tenant(NamedTuple):
    """A tenant to poll.

    :param name: the name of its host in the inventory.
    """

    name: str
    connection: Connection


async def run(queue: Any, arguments: Mapping[str, Any]) -> None:
    """Poll tenants until the task is canceled.

    :param queue: receives messages.
    :param arguments: the arguments of the source in the rulebook.
    :raises EventSourceError: if the source cannot start, or if no tenant is left to poll.
    """
    try:
        params = read_arguments(arguments)
        tenants = tenants_of(params, os.environ)
        await _poll_all(queue, params, tenants)
    except QlikError as error:
        raise EventSourceError(str(error)) from None


async def _poll_all(queue: Any, params: Mapping[str, Any], tenants: List[Tenant]) -> None:
    state = StateFile(absolute(params["state_file"]) if params["state_file"] else "")
    if not params["state_file"]:
        _logger.warning("Without state_file, events that happen while the source is not running are not delivered.")
    await _open(state)
    interruption = Interruption()
    pollers: List[Poller] = []
    try:
        saving = asyncio.Lock()
        for tenant in tenants:
            pollers.append(Poller(tenant, params, queue, state, saving, interruption))
        number = "1 tenant" if len(tenants) == 1 else "%d tenants" % len(tenants)
        _logger.info("Polling %s every %g seconds.", number, params["interval"])
        await asyncio.gather(*(poller.run() for poller in pollers))
    finally:
        interruption.set()
        for poller in pollers:
            poller.close()
        state.close()
    reasons = " ".join("%s: %s" % (poller.name, poller.rejection) for poller in pollers)
    raise EventSourceError("Every tenant rejects its credential, so no tenant is left to poll. %s" % reasons)


async def _open(state: StateFile) -> None:
    """Open the state file. A source that is ending can still use it for a short time."""
    deadline = monotonic() + _LONGEST_RELEASE
    while True:
        try:
            return state.open()
        except BlockingIOError:
            if monotonic() > deadline:
                raise in_use(state.path) from None
            await asyncio.sleep(0.1)


def read_arguments(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the arguments of the source, with defaults for omitted arguments.

    :raises InvalidInput: if an argument is unknown or invalid.
    """
    values = {
        name: value
        for name, value in given.items()
        if name not in _FROM_ENGINE and value is not None and not (name in _MAY_BE_EMPTY and not str(value).strip())
    }
    mistakes = [_unknown(name) for name in values if name not in ARGUMENTS]
    mistakes += mistakes_in(ARGUMENTS, values)
    if mistakes:
        raise InvalidDescription(mistakes)
    params: Dict[str, Any] = ArgumentSpecValidator(ARGUMENTS).validate(values).validated_parameters
    if not 1 <= params["interval"] <= _LONGEST_INTERVAL:
        raise InvalidInput("Must be 1 to %d seconds, not %g." % (_LONGEST_INTERVAL, params["interval"]), "", "interval")
    if not 0 <= params["overlap"] <= _LONGEST_INTERVAL:
        raise InvalidInput("Must be 0 to %d seconds, not %g." % (_LONGEST_INTERVAL, params["overlap"]), "", "overlap")
    for name in ("tenants", "event_types"):
        if params[name] == []:
            raise InvalidInput("Must not be empty.", "Omit it to poll everything.", name)
    published = published_types()
    for position, event_type in enumerate(params["event_types"] or ()):
        if event_type not in published:
            text = "event_types[%d]: %s is not an event type that Qlik publishes.%s"
            _logger.warning(text, position, printable(repr(event_type)), nearest(event_type, published))
    return params


def _unknown(name: str) -> str:
    if name in connection_argument_spec():
        hint = "Set the connection in the environment, such as QLIK_TENANT_URL and QLIK_API_KEY, or in a contexts file."
        return "%s: Credentials and connections are not arguments. %s" % (name, hint)
    text = "%s: Unknown argument.%s The arguments are %s."
    return text % (printable(str(name)), nearest(str(name), ARGUMENTS), ", ".join(sorted(ARGUMENTS)))


def tenants_of(params: Mapping[str, Any], environ: Mapping[str, str]) -> List[Tenant]:
    """Return the tenants to poll: the tenant in the environment, or those in a contexts file.

    :raises InvalidInput: if there is no tenant, or if a connection is invalid.
    """
    if environ.get("QLIK_TENANT_URL") and not params["contexts_path"]:
        return [_tenant_of_environment(params["tenants"], environ)]
    path = contexts_file(params["contexts_path"] or environ.get("QLIK_CONTEXTS_PATH") or "")
    try:
        contexts = read_contexts(path)
    except AnsibleError as error:
        hint = "Set contexts_path, or set the URL and the credential of one tenant in the environment."
        raise InvalidInput(printable(str(error)), hint) from None
    for text in contexts.skipped:
        _logger.warning("%s", printable(text))
    patterns = params["tenants"]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in contexts.usable):
            text = "%r matches no context in %s.%s" % (pattern, path, nearest(pattern, contexts.usable))
            raise InvalidInput(text, "Set the names of contexts, or glob patterns.", "tenants")
    chosen = [name for name in contexts.usable if any(fnmatchcase(name, pattern) for pattern in patterns)]
    tenants: Dict[str, Tenant] = {}
    for name in chosen:
        tenant = Tenant(name, _connection(name, _given(contexts.usable[name]), environ))
        other = tenants.setdefault(tenant.connection.base_url, tenant)
        if other is not tenant:
            text = "The contexts %r and %r have the same tenant, %s." % (
                other.name,
                name,
                tenant.connection.base_url,
            )
            raise InvalidInput(text, "Set only one of them.", "tenants")
    return list(tenants.values())


def _tenant_of_environment(names: List[str], environ: Mapping[str, str]) -> Tenant:
    name = _LOCALHOST if names == ["*"] else names[0]
    if len(names) > 1 or any(sign in name for sign in _PATTERN_SIGNS) or not can_be_host(name):
        text = "QLIK_TENANT_URL is the URL of one tenant, so the name of one host is required, not %s." % ", ".join(
            map(repr, names)
        )
        raise InvalidInput(text, "Set contexts_path to poll several tenants.", "tenants")
    return Tenant(name, _connection(name, {}, environ))


def _given(context: Context) -> Dict[str, Any]:
    """Return the connection options in a context."""
    values = context._asdict()
    del values["comment"]
    return {name: value for name, value in values.items() if value is not None}


def _connection(name: str, given: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    """Return the connection to a tenant, without a limit for waiting on the rate limit."""
    options = read_options("audit_events", connection_argument_spec(), {}, (), given, environ)
    if options.refusal:
        raise InvalidInput(options.refusal, "", name)
    try:
        return replace(connection_from(options.params, environ), rate_limit_wait=None)
    except InvalidInput as error:
        raise InvalidInput(error.message, error.hint, name) from None


@dataclass
class _Reading:
    """The events received from one read of the log.

    :param poll: the unique ID of the read.
    :param pending: the events to deliver.
    :param newest: the newest time of the events.
    :param is_ordered: whether all events were received oldest first, so that no older event follows.
    """

    poll: str = field(default_factory=lambda: str(uuid.uuid4()))
    pending: List[Event] = field(default_factory=list)
    newest: Optional[datetime] = None
    is_ordered: bool = True

    def take(self, event: Event) -> None:
        """Update the newest time and the order with an event."""
        if self.newest is None or event.time >= self.newest:
            self.newest = event.time
        else:
            self.is_ordered = False


class Poller:
    """Polls one tenant."""

    def __init__(
        self,
        tenant: Tenant,
        params: Mapping[str, Any],
        queue: Any,
        state: StateFile,
        saving: asyncio.Lock,
        interruption: Interruption,
    ) -> None:
        self.name = tenant.name
        #: Why polling of the tenant has stopped.
        self.rejection = ""
        self._url = tenant.connection.base_url
        self._queue = queue
        self._state = state
        self._saving = saving
        self._interval = params["interval"]
        self._overlap = timedelta(seconds=params["overlap"])
        self._types = frozenset(with_all_names(params["event_types"] or types_about(kind.noun for kind in AREAS)))
        self._ignored = frozenset(params["ignored_actors"])
        self._position = state.position(self._url)
        self._unchanged_since = monotonic()
        self._own_id = ""
        self._transport = Transport(tenant.connection, read_only=True, on_warning=self._warn, interruption=interruption)
        self._client = Client(self._transport)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    async def run(self) -> None:
        """Poll the tenant until it rejects the credential."""
        failures = 0
        while True:
            problem = ""
            try:
                await self.poll()
            except QlikError as error:
                if _is_rejection(error):
                    self.rejection = str(error)
                    _logger.error(
                        "%s: %s Correct this, and restart the source to poll this tenant again.", self.name, error
                    )
                    return
                problem = str(error)
            except Exception as error:
                # A bug must not stop the other tenants.
                problem = str(UnhandledError(error))
            if not problem:
                if failures:
                    _logger.warning("%s: The audit log can be read again.", self.name)
                failures = 0
                await asyncio.sleep(self._interval)
                continue
            pause = min(self._interval * 2 ** min(failures, 10), max(self._interval, _LONGEST_PAUSE))
            failures += 1
            level = logging.WARNING if failures == 1 else logging.INFO
            _logger.log(level, "%s: %s The next attempt is in %g seconds.", self.name, printable(problem), pause)
            await asyncio.sleep(pause)

    async def poll(self) -> None:
        """Deliver new events.

        :raises QlikError: if the log cannot be read to its end. Events received before the error are delivered.
        """
        self._transport.begin_task()
        if not self._own_id:
            self._own_id = await _in_thread(lambda: read_own_id(self._client))
        newest = await _in_thread(lambda: newest_event(self._client))
        if self._position is None:
            self._position = await self._baseline(newest)
            await self._save()
        elif newest is not None:
            before = self._position.time
            await self._read(self._position, newest.time)
            if self._position.time != before:
                self._unchanged_since = monotonic()
            else:
                self._settle(self._position)
        await self._save()

    async def _baseline(self, newest: Optional[Event]) -> Position:
        """Return the position at the newest event. Older events are not delivered."""
        if newest is None:
            text = "%s: The audit log shows no events. The credential requires the role TenantAdmin or AuditAdmin."
            _logger.warning(text, self.name)
            position = Position()
        else:
            position = Position(newest.time, newest.time)
            await self._mark(position, newest.time)
        self._state.put(self._url, position)
        return position

    async def _mark(self, position: Position, moment: datetime) -> None:
        """Mark the events at a time as delivered. More can follow, because times can be whole seconds."""
        log = list_events(self._client, Span(moment, moment), oldest_first=True)
        for event in await _in_thread(lambda: list(log)):
            if event.type in self._types:
                position.received.add(event.id, _known(event))

    async def _read(self, position: Position, newest: datetime) -> None:
        """Deliver the events between the position, or the overlap before it, and the newest event."""
        oldest = newest - timedelta(days=DAYS_KEPT)
        start = max(position.start(self._overlap) or oldest, oldest)
        # Both ends are fixed before the first request, so that the read ends.
        log = list_events(self._client, Span(start, max(newest, start)), oldest_first=True)
        reading = _Reading()
        while True:
            events, error = await _in_thread(lambda: _next_events(log))
            for event in events:
                reading.take(event)
                if event.type in self._types and event.actor_id != self._own_id and not position.received.has(event):
                    reading.pending.append(event)
            is_last = error is not None or len(events) < PAGE_SIZE
            if is_last or len(reading.pending) >= _MOST_EVENTS:
                await self._deliver(position, reading, is_complete=is_last and error is None)
            if error is not None:
                raise error
            if is_last:
                return

    async def _deliver(self, position: Position, reading: _Reading, is_complete: bool) -> None:
        """Deliver the pending events, and then move the position. A crash in between delivers them again."""
        pending, reading.pending = reading.pending, []
        events = sorted(without_doubles(pending), key=lambda event: event.time)
        actors = Actors(self._client, own_id=self._own_id)
        await _in_thread(lambda: actors.look_up(events))
        shown = [event for event in events if not self._is_ignored(actors.actor(event))]
        for start in range(0, len(shown), _MOST_EVENTS):
            part = shown[start : start + _MOST_EVENTS]
            await self._queue.put(self._message(part, actors, reading.poll))
            _logger.info("%s: %d events.", self.name, len(part))
            if start + _MOST_EVENTS < len(shown):
                await self._keep(position, part, position.time)
        await self._keep(position, pending, reading.newest if is_complete or reading.is_ordered else None)

    async def _keep(self, position: Position, delivered: List[Event], moment: Optional[datetime]) -> None:
        """Mark events as delivered, move the position to a later time, and save it."""
        new = [event for event in delivered if position.received.add(event.id, _known(event))]
        is_later = moment is not None and (position.time is None or moment > position.time)
        if is_later:
            position.time = moment
        if new or is_later:
            self._forget(position)
            await self._save()

    def _settle(self, position: Position) -> None:
        """Stop reading the overlap again when the log has had no new events for long enough.

        Events become visible within the overlap, and their times differ by less than the overlap.
        """
        quiet = timedelta(seconds=monotonic() - self._unchanged_since)
        if quiet >= 2 * self._overlap and position.floor != position.time:
            position.floor = position.time
            self._forget(position)

    def _forget(self, position: Position) -> None:
        start = position.start(self._overlap)
        if start is not None:
            position.received.forget(start)
        self._state.put(self._url, position)

    async def _save(self) -> None:
        async with self._saving:
            await _in_thread(self._state.save)

    def _is_ignored(self, actor: Actor) -> bool:
        return actor.id in self._ignored or actor.subject in self._ignored

    def _message(self, events: List[Event], actors: Actors, poll: str) -> Dict[str, Any]:
        return {
            "tenant": self.name,
            "tenant_url": self._url,
            "poll": poll,
            "types": sorted({new_name(event.type) for event in events}),
            "events": [_shown(event, actors) for event in events],
        }

    def _warn(self, text: str) -> None:
        _logger.warning("%s: %s", self.name, printable(text))


def _is_rejection(error: QlikError) -> bool:
    """Return whether the tenant rejects the credential. The error for an invalid OAuth client is undocumented."""
    is_token = isinstance(error, ApiError) and error.request.endswith(_TOKEN_PATH) and error.status == 400
    return is_token or isinstance(error, (Unauthorized, Forbidden))


def _next_events(log: Iterator[Event]) -> Tuple[List[Event], Optional[QlikError]]:
    """Return the next events of a log, and the error that ended it early, or C(None)."""
    events: List[Event] = []
    try:
        for event in islice(log, PAGE_SIZE):
            events.append(event)
    except QlikError as error:
        return events, error
    return events, None


def _known(event: Event) -> Known:
    return Known(event.time, event.type, event.object_id)


def _shown(event: Event, actors: Actors) -> Dict[str, Any]:
    """Return an event in the format of messages, without changed values, which an audit shows."""
    principal = actors.principal(event)
    return {
        "id": _text(event.id),
        "time": event.time.isoformat().replace("+00:00", "Z"),
        "type": new_name(event.type),
        "object_id": _text(event.object_id),
        "object_name": _text(text_of(event.data.get("name"))),
        "actor": _shown_actor(actors.actor(event)),
        "on_behalf_of": _shown_actor(principal) if principal else None,
        "changed": [_text(change.path) for change in event.changes[:_MOST_PATHS]],
    }


def _shown_actor(actor: Actor) -> Dict[str, Optional[str]]:
    return {name: _text(value) for name, value in actor.to_result().items()}


def _text(value: Optional[str]) -> Optional[str]:
    """Return a text of a tenant that cannot be a template, because a playbook can get it as a variable."""
    return as_plain(value[:_LONGEST_TEXT]) if value else None


async def _in_thread(function: Callable[[], Value]) -> Value:
    """Return the result of a function that would block the event loop, from a thread.

    The thread is a daemon, so that a hanging request does not keep the process from ending.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Value] = loop.create_future()

    def settle(error: Optional[BaseException], value: Any) -> None:
        if outcome.done():
            return
        if error is None:
            outcome.set_result(value)
        else:
            outcome.set_exception(error)

    def work() -> None:
        error: Optional[BaseException] = None
        value: Any = None
        try:
            value = function()
        except BaseException as raised:
            error = raised
        # The loop may have ended in the meantime.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, error, value)

    threading.Thread(target=work, daemon=True).start()
    return await outcome
