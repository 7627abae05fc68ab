# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends requests to one host: authorized, within its rate limits, and with retries where they are safe."""

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

#: Whether a request is repeated after a fault: for requests that are safe to repeat (reads, replacements, deletions)
#: and for others (creations, additions, removals from lists). After an unsafe write that may have been carried out, the
#: resource is read and planned again instead (see _tasks/apply).
REPEAT_AFTER = {
    "rate limited": {"safe": True, "unsafe": True},  # 429: not carried out; the wait does not use up retries
    "not reached": {"safe": True, "unsafe": True},  # no connection: not carried out
    "response lost": {"safe": True, "unsafe": False},  # reset, timeout, unreadable: may have been carried out
    "server error": {"safe": True, "unsafe": False},  # 500, 502, 503, 504: may have been carried out
}

Query = Union[Mapping[str, Any], str]

_LONGEST_RETRY_AFTER = 300.0
_LONGEST_PAUSE = 30.0
_TOKEN_PATH = "/oauth/token"
#: Qlik reference, OAuth: a token is valid for six hours. It is renewed this many seconds before it expires.
_RENEW_BEFORE_EXPIRY = 300.0
_LONGEST_LIFETIME = 365 * 86400.0
#: The maximum nesting of a response. Qlik's responses have at most ten levels.
_DEEPEST = 50
#: The maximum memory for all responses of a task in bytes: their size, and an estimate for each value in them.
_LARGEST_TASK = 1024 * 1024 * 1024
_VALUE_SIZE = 100
#: The maximum number of bytes that are read of the body of an error response.
_LARGEST_ERROR = 1024 * 1024


@dataclass(frozen=True)
class Response:
    """A successful response: the HTTP status, the headers with names in lower case, and the parsed body, if any."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Transport:
    """A session with one host, which several threads can use.

    :param connection: the connection options.
    :param read_only: whether to refuse every write, as a safeguard in check mode.
    :param on_secret: called with each new secret, so that all output can be masked.
    :param on_warning: called once for each endpoint that Qlik has deprecated.
    :param interruption: once it is set, no request is sent and all waits end.
    :param clock: returns monotonic seconds, for tests.
    :param sleep: waits for a number of seconds, for tests.
    :param adapter: replaces the adapter of requests, for tests.
    :raises MissingLibrary: if requests cannot be imported.
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
        #: Whether a write was or may have been carried out.
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
        """Send a request, with retries if they are safe. Return the successful response.

        The attribute C(outcome_unknown) of errors says whether a write may have been carried out.

        :param path: the percent-encoded path from the root, C(/api/v1/groups).
        :param query: names with unencoded values, or the query string of a link.
        :param body: sent as JSON unless it is C(None).
        :param check: raises ResponseLost if a response is not as expected.
        :param headers: further headers of the request.
        :param receiver: returns a receiver for the body of a successful response; called once for each attempt.
        :raises ApiError: for a status of 400 and above after all retries, and for 207.
        :raises NotReached: if the request did not reach the tenant.
        :raises ResponseLost: if there was no readable response, so that the request may have been carried out.
        :raises RateLimitWaitExceeded: if the rate limit requires a longer wait than the task allows.
        :raises Interrupted: if the task is interrupted before the request or its retry is sent.
        """
        is_read = method == "GET" or path.endswith("/actions/filter")
        if self._read_only and not is_read:
            text = "Unexpected error in the collection: %s %s in check mode. It was not sent."
            raise QlikError(text % (method, path), "Report it as a bug.")
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
        """Wait before a retry. The pause doubles with each attempt.

        :param attempt: the number of the failed attempt, from 0.
        :param at_least: the minimum number of seconds.
        :raises Interrupted: if the task is interrupted.
        """
        longest = min(_LONGEST_PAUSE, 0.5 * 2 ** min(attempt, 10))
        self._wait(max(at_least, random.uniform(longest / 2, longest)))

    def _wait(self, seconds: float) -> None:
        self._sleep(seconds)
        self._interruption.raise_if_set()

    @property
    def is_local(self) -> bool:
        """Whether the server runs on the machine of the task."""
        return is_local(urlsplit(self._connection.base_url).hostname or "")

    @property
    def url_hint(self) -> str:
        """The hint for responses that do not come from a Qlik Cloud tenant."""
        return self._connection.url_hint

    def hide(self, secret: str) -> None:
        """Hide a further secret in all output; an empty text is ignored."""
        if secret:
            self._secrets.add(secret)

    def begin_task(self) -> None:
        """Begin another task in the same session: the limit of what a task reads starts anew."""
        with self._read_lock:
            self._read = 0

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def authenticate(self) -> None:
        """Get a token unless there is one, to check the credential without a request to the API."""
        self._current_token()

    @property
    def retries(self) -> int:
        """The maximum number of retries of a request."""
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
        """Return a new token after one was refused. Another thread may have fetched it already."""
        with self._token_lock:
            if self._token == refused:
                self._fetch_token()
            return self._token

    def _fetch_token(self) -> None:
        """Fetch a token with POST /oauth/token. Without a scope, it has all scopes of the client."""
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
                # Wait slightly longer than required, so that concurrent tasks do not all retry at once.
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
        beginning = printable(self._secrets.redact(content[:_LARGEST_ERROR].decode("utf-8", "replace")))
        if "html" in headers.get("content-type", "").lower() or content.lstrip()[:1] == b"<":
            text = "%s returned HTTP status %d and an HTML page instead of JSON: %s."
            raise UnexpectedResponse(text % (request, status, beginning), self._connection.url_hint)
        raise ResponseLost("%s returned HTTP status %d and an unreadable body: %s." % (request, status, beginning))

    def _account_for(self, size: int, request: str) -> None:
        with self._read_lock:
            self._read += size
            if self._read > _LARGEST_TASK:
                raise UnexpectedResponse(
                    "The response to %s exceeds the memory limit of a task, %d MiB."
                    % (request, _LARGEST_TASK // 1024 // 1024),
                    "Read less in one task, for example with a filter.",
                )


@dataclass
class _Exchange:
    """A request with all its attempts.

    :param may_be_done: whether one of the attempts was or may have been carried out.
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
    """Check that a response is not a redirect, because redirects are never followed.

    :param request: the method and the path, for the message.
    :raises UnexpectedResponse: if it is a redirect.
    """
    if not 200 <= response.status < 300:
        text = "%s returned HTTP status %d, a redirect." % (request, response.status)
        raise UnexpectedResponse(text, transport.url_hint)


def _check_token(response: Response) -> None:
    token = response.body.get("access_token") if isinstance(response.body, dict) else None
    if not isinstance(token, str) or not is_sendable_credential(token):
        raise ResponseLost("POST %s: unexpected response: no access token." % _TOKEN_PATH)


def is_number(value: Any, least: float, most: float) -> bool:
    """Return whether a value of a response is a number in a range. A boolean is not a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most


def _json_of(content: Union[str, bytes]) -> Any:
    """Return the JSON value; C(None) if the content is not JSON, or has excessive numbers or nesting."""
    try:
        value = json.loads(content, parse_int=_integer, parse_float=_fraction, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value if _values_in(value) else None


def _values_in(value: Any) -> int:
    """Return the number of values in a JSON value; 0 if it is nested too deeply."""
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
    # The time that Python needs grows with the square of the number of digits.
    if len(text) > 20:
        raise ValueError("a number of %d digits" % len(text))
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("an infinite number")
    return value


def _no_constant(text: str) -> Any:
    raise ValueError("%s is not JSON" % text)


def _seconds(retry_after: Optional[str]) -> float:
    """Return the seconds of a Retry-After header, a number or a date: 1 if it is missing or invalid, at most 300."""
    text = (retry_after or "").strip()
    try:
        seconds = float(text) if text.isdigit() else parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError, IndexError, OverflowError):
        seconds = 1.0
    return min(max(seconds, 1.0), _LONGEST_RETRY_AFTER)
