# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to one tenant: authorised, at the pace that it allows, and repeated where that is safe."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Mapping, Optional, Union
from urllib.parse import quote, urlsplit

from .._errors import (
    ApiError,
    QlikError,
    RateLimited,
    ResponseLost,
    UnexpectedResponse,
    api_error,
    printable,
)
from .announcements import Announcements
from .connection import Connection, is_local, is_sendable_credential
from .interruption import Interruption
from .pace import paces, tier_of
from .secrets import Secrets
from .session import HttpSession, Receiver

#: May a request be sent again after a fault? One answer for a request that is safe to repeat (it reads, replaces or
#: deletes), one for a request that is not (it creates, adds or takes away). A write that may not be repeated and may
#: have been carried out is looked up and planned again instead (see _tasks/apply).
REPEAT_AFTER = {
    "rate limited": {"safe": True, "unsafe": True},  # 429: it was not carried out; waiting does not use up retries
    "not reached": {"safe": True, "unsafe": True},  # no connection: it was not carried out
    "response lost": {"safe": True, "unsafe": False},  # reset, time-out, unreadable: it may have been carried out
    "server error": {"safe": True, "unsafe": False},  # 500, 502, 503, 504: it may have been carried out
}

Query = Union[Mapping[str, Any], str]

_LONGEST_RETRY_AFTER = 300.0
_LONGEST_PAUSE = 30.0
_TOKEN_PATH = "/oauth/token"
#: Qlik reference, OAuth: a token lives six hours; one that is about to expire is renewed this many seconds before.
_RENEW_BEFORE_EXPIRY = 300.0
_LONGEST_LIFETIME = 365 * 86400.0
#: No answer of Qlik is nested deeper than ten levels.
_DEEPEST = 50
#: What one task reads in all, in bytes of memory as far as they can be told: of the text, and of each value in it.
_LARGEST_TASK = 1024 * 1024 * 1024
_VALUE_SIZE = 100
#: Of the body of an error no more is looked at, in bytes.
_LARGEST_ERROR = 1024 * 1024


@dataclass(frozen=True)
class Response:
    """A successful answer: the HTTP status, headers (names in lower case) and the parsed JSON body, if any."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Transport:
    """One session with one tenant, usable by several threads.

    :param connection: where and how.
    :param read_only: refuse every write; the safety net under check mode.
    :param on_secret: is told each secret that comes up, so that it can be masked in everything that is shown.
    :param on_warning: is told once of each endpoint that Qlik announces the end of.
    :param interruption: when it has come, no request is sent any more, and no wait goes on.
    :param clock: monotonic seconds, for tests.
    :param sleep: waits for seconds, for tests.
    :param adapter: sends prepared requests in place of requests' own adapter, for tests.
    :raises MissingLibrary: when requests cannot be imported.
    """

    def __init__(
        self,
        connection: Connection,
        read_only: bool = False,
        on_secret: Callable[[str], None] = lambda secret: None,
        on_warning: Callable[[str], object] = lambda text: None,
        interruption: Optional[Interruption] = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Optional[Callable[[float], None]] = None,
        adapter: Any = None,
    ) -> None:
        self._connection = connection
        self._read_only = read_only
        self._secrets = Secrets(connection.secrets, on_secret)
        self._clock = clock
        self._interruption = interruption or Interruption()
        self._sleep = sleep or self._interruption.sleep
        self._paces = paces(connection.concurrency, connection.rate_limit_wait, clock, self._wait)
        self._session = HttpSession(connection, self._secrets, adapter)
        self._token_lock = threading.Lock()
        self._token = connection.token
        self._renew_at = float("inf")
        self._announcements = Announcements(on_warning, self._secrets.redact)
        self._read = 0
        self._read_lock = threading.Lock()
        #: Whether a write was carried out, or may have been.
        self.may_have_written = False

    def send(
        self,
        method: str,
        path: str,
        query: Query = "",
        body: Any = None,
        safe_to_repeat: bool = True,
        check: Callable[[Response], object] = lambda response: None,
        headers: Optional[Mapping[str, str]] = None,
        receiver: Callable[[], Optional[Receiver]] = lambda: None,
    ) -> Response:
        """Send a request, again if it failed and may be repeated, and return its successful answer.

        What this raises says in C(outcome_unknown) whether a write may have been carried out.

        :param path: from the root, C(/api/v1/groups); percent-encoded.
        :param query: names with values that are not encoded yet, or a query string as a link gave it.
        :param body: is sent as JSON unless it is C(None).
        :param check: raises AnswerLost for an answer that is not what was asked for.
        :param headers: beside those that every request has.
        :param receiver: makes what takes the body of a success piece by piece, once for each attempt.
        :raises ApiError: for an answer of 400 and above that repeating did not mend, and for 207.
        :raises NotReached: the request never reached the tenant.
        :raises AnswerLost: the request may have been carried out, and no answer says so.
        :raises RateLimitWaitExceeded: the API asks to wait longer than the task may.
        :raises Interrupted: the task is interrupted, and the request was not sent, or not sent again.
        """
        is_read = method == "GET" or path.endswith("/actions/filter")
        if self._read_only and not is_read:
            raise QlikError("%s %s was about to be sent in check mode: a bug of the collection." % (method, path))
        exchange = _Exchange(method, path, _encoded(query), body, safe_to_repeat, check, headers, receiver)
        try:
            return self._authorized(exchange)
        except QlikError as error:
            error.outcome_unknown = exchange.may_be_done and not is_read
            raise
        finally:
            if exchange.may_be_done and not is_read:
                self.may_have_written = True

    def pause(self, attempt: int, at_least: float = 0.0) -> None:
        """Wait before the repetition that follows attempt number C(attempt), counted from 0; seconds double.

        :raises Interrupted: when the task is interrupted.
        """
        longest = min(_LONGEST_PAUSE, 0.5 * 2 ** min(attempt, 10))
        self._wait(max(at_least, random.uniform(longest / 2, longest)))

    def _wait(self, seconds: float) -> None:
        self._sleep(seconds)
        self._interruption.raise_if_set()

    @property
    def is_local(self) -> bool:
        """Whether the server is on the computer of the task."""
        return is_local(urlsplit(self._connection.base_url).hostname or "")

    @property
    def doubt(self) -> str:
        """What to ask the user when another server seems to answer."""
        return self._connection.doubt

    def hide(self, secret: str) -> None:
        """Keep one more text out of everything that is shown; an empty one is none."""
        if secret:
            self._secrets.add(secret)

    def begin_task(self) -> None:
        """Begin another task in the same session: the limit of what a task reads starts anew."""
        with self._read_lock:
            self._read = 0

    def close(self) -> None:
        """Close all connections; nothing is sent after that."""
        self._session.close()

    def authenticate(self) -> None:
        """Get a token, unless there is one: what fails with it is found out without a request to the API."""
        self._current_token()

    @property
    def retries(self) -> int:
        """How often a request may be repeated."""
        return self._connection.retries

    def _authorized(self, exchange: _Exchange) -> Response:
        token = self._current_token()
        try:
            return self._send_repeatedly(exchange, token)
        except ApiError as error:
            if error.status != 401 or error.code == "TENANT_DISABLED" or not self._connection.client_id:
                raise
        return self._send_repeatedly(exchange, self._renewed_token(token))

    def _current_token(self) -> str:
        with self._token_lock:
            if not self._token or self._clock() >= self._renew_at:
                self._fetch_token()
            return self._token

    def _renewed_token(self, refused: str) -> str:
        """A token other than the refused one; another thread may have fetched it already."""
        with self._token_lock:
            if self._token == refused:
                self._fetch_token()
            return self._token

    def _fetch_token(self) -> None:
        """POST /oauth/token; the scope is left out, which means all that the client was granted."""
        credentials = {
            "client_id": self._connection.client_id,
            "client_secret": self._connection.client_secret,
            "grant_type": "client_credentials",
        }

        def check(response: Response) -> None:
            refuse_redirect(response, "POST %s" % _TOKEN_PATH, self)
            _check_token(response)

        response = self._send_repeatedly(_Exchange("POST", _TOKEN_PATH, "", credentials, True, check), None)
        token, lifetime = response.body["access_token"], response.body.get("expires_in")
        self._secrets.add(token)
        self._token = token
        if is_number(lifetime, 1, _LONGEST_LIFETIME):
            self._renew_at = self._clock() + lifetime - min(_RENEW_BEFORE_EXPIRY, lifetime / 2)

    def _send_repeatedly(self, exchange: _Exchange, token: Optional[str]) -> Response:
        repeatable = "safe" if exchange.safe_to_repeat else "unsafe"
        pace = self._paces[tier_of(exchange.method, exchange.path)]
        attempt = 0
        while True:
            pace.enter()
            try:
                self._interruption.raise_if_set()
                response = self._send_once(exchange, token)
            except RateLimited as error:
                # A little more than asked for, so that tasks running side by side do not all come back at once.
                pace.refused(error.retry_after + random.uniform(0, 0.25))
            except QlikError as error:
                pace.leave()
                if error.fault is None or not REPEAT_AFTER[error.fault][repeatable] or attempt >= self.retries:
                    raise
                self.pause(attempt, error.retry_after)
                attempt += 1
            except BaseException:
                pace.leave()
                raise
            else:
                pace.leave()
                return response

    def _send_once(self, exchange: _Exchange, token: Optional[str]) -> Response:
        may_have_been_done, exchange.may_be_done = exchange.may_be_done, True
        try:
            response = self._response(exchange, token)
            exchange.check(response)
        except QlikError as error:
            exchange.may_be_done = may_have_been_done or error.outcome_unknown
            raise
        return response

    def _response(self, exchange: _Exchange, token: Optional[str]) -> Response:
        request = exchange.name
        status, headers, content = self._session.exchange(
            exchange.method,
            exchange.path,
            exchange.query,
            exchange.body,
            token,
            exchange.headers,
            exchange.receiver(),
        )
        self._announcements.look_at(exchange.method, exchange.path, headers)
        if status >= 400 or status == 207:
            text = content[:_LARGEST_ERROR].decode("utf-8", "replace")
            failure = api_error(request, status, _json_of(text), text, self._secrets.redact)
            if status == 429 or "retry-after" in headers:
                failure.retry_after = _seconds(headers.get("retry-after"))
            raise failure
        if status >= 300 or not content.strip():
            return Response(status, headers, None)
        parsed = _json_of(content)
        if parsed is not None:
            self._account_for(len(content) + _VALUE_SIZE * _values_in(parsed), request)
            return Response(status, headers, parsed)
        answered = "%s returned HTTP status %d and " % (request, status)
        begins = printable(self._secrets.redact(content[:_LARGEST_ERROR].decode("utf-8", "replace")))
        if "html" in headers.get("content-type", "").lower() or content.lstrip()[:1] == b"<":
            raise UnexpectedResponse(
                "%sa page where JSON was due: %s." % (answered, begins),
                self._connection.doubt,
            )
        raise ResponseLost("%sa body that cannot be read: %s." % (answered, begins))

    def _account_for(self, size: int, request: str) -> None:
        with self._read_lock:
            self._read += size
            if self._read > _LARGEST_TASK:
                raise UnexpectedResponse(
                    "With the answer to %s the task has read more than it may hold, which is %d MiB of memory."
                    % (request, _LARGEST_TASK // 1024 // 1024),
                    "Ask for less in one task, with a filter for example.",
                )


@dataclass
class _Exchange:
    """A request with all its attempts.

    :param may_be_done: whether one of the attempts may have been carried out.
    """

    method: str
    path: str
    query: str
    body: Any
    safe_to_repeat: bool
    check: Callable[[Response], object]
    headers: Optional[Mapping[str, str]] = None
    receiver: Callable[[], Optional[Receiver]] = lambda: None
    may_be_done: bool = False

    @property
    def name(self) -> str:
        return "%s %s" % (self.method, self.path)


def _encoded(query: Query) -> str:
    if isinstance(query, str):
        return query
    return "&".join("%s=%s" % (name, quote(str(value), safe="")) for name, value in query.items())


def refuse_redirect(response: Response, request: str, transport: Transport) -> None:
    """Refuse an answer that is a redirect: none is followed.

    :param request: method and path, for the message.
    :raises UnexpectedAnswer: when it is one.
    """
    if not 200 <= response.status < 300:
        text = "%s returned HTTP status %d, a redirect." % (request, response.status)
        raise UnexpectedResponse(text, transport.doubt)


def _check_token(response: Response) -> None:
    token = response.body.get("access_token") if isinstance(response.body, dict) else None
    if not isinstance(token, str) or not is_sendable_credential(token):
        raise ResponseLost("POST %s was answered without an access token." % _TOKEN_PATH)


def is_number(value: Any, least: float, most: float) -> bool:
    """Whether a value out of an answer is a number in this range; a boolean is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most


def _json_of(content: Union[str, bytes]) -> Any:
    """The JSON value, or C(None) for anything else, and for what no program should have to work with."""
    try:
        value = json.loads(content, parse_int=_integer, parse_float=_fraction, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value if _values_in(value) else None


def _values_in(value: Any) -> int:
    """How many values a JSON value consists of; 0 when it is nested too deeply."""
    count, level = 0, [value]
    for _depth in range(_DEEPEST):
        count += len(level)
        containers = [outer for outer in level if isinstance(outer, (dict, list))]
        if not containers:
            return count
        level = []
        for outer in containers:
            level += outer.values() if isinstance(outer, dict) else outer
    return 0


def _integer(text: str) -> int:
    # Python takes a time that grows with the square of the digits.
    if len(text) > 20:
        raise ValueError("a number of %d digits" % len(text))
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("an infinite number")
    return value


def _no_constant(text: str) -> Any:
    raise ValueError("%s is no JSON" % text)


def _seconds(retry_after: Optional[str]) -> float:
    """A Retry-After header in seconds: a number or a date; 1 where it is missing or unreadable, 300 at most."""
    text = (retry_after or "").strip()
    try:
        seconds = float(text) if text.isdigit() else parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError, IndexError, OverflowError):
        seconds = 1.0
    return min(max(seconds, 1.0), _LONGEST_RETRY_AFTER)
