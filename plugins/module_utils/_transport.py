# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""Sends requests to one tenant. The only file that knows the library requests."""

from __future__ import annotations

import json
import random
import socket
import ssl
import threading
import time
import traceback
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Union
from urllib.parse import quote

from ._connection import Connection, is_sendable_credential
from ._errors import (
    AnswerLost,
    ApiError,
    InvalidInput,
    MissingLibrary,
    NeverReached,
    NotReached,
    QlikError,
    RateLimited,
    UnexpectedAnswer,
    api_error,
    printable,
)
from ._interruption import Interruption
from ._pace import paces, tier_of
from ._version import VERSION

try:
    import requests
    import requests.adapters
    import urllib3
    import urllib3.exceptions
except ImportError:
    REQUESTS_IMPORT_ERROR: Optional[str] = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

#: May a request be sent again after a fault? One answer for a request that is safe to repeat (it reads, replaces or
#: deletes), one for a request that is not (it creates, adds or takes away). A write that may not be repeated and may
#: have been carried out is looked up and planned again instead (see _apply).
REPEAT_AFTER = {
    "rate limited": {"safe": True, "unsafe": True},  # 429: it was not carried out; waiting does not use up retries
    "not reached": {"safe": True, "unsafe": True},  # no connection: it was not carried out
    "answer lost": {"safe": True, "unsafe": False},  # reset, time-out, truncated: it may have been carried out
    "server error": {"safe": True, "unsafe": False},  # 500, 502, 503, 504: it may have been carried out
}

Query = Union[Mapping[str, Any], str]
_Exchanged = Tuple[int, Dict[str, str], bytes]

_LONGEST_RETRY_AFTER = 300.0
_LONGEST_PAUSE = 30.0
_LARGEST_BODY = 64 * 1024 * 1024
#: The most that a request and its whole answer may take, in multiples of the time-out for each part of it.
_LONGEST_EXCHANGE = 4
_TOKEN_PATH = "/oauth/token"
#: Qlik reference, OAuth: a token lives six hours; one that is about to expire is renewed this many seconds before.
_RENEW_BEFORE_EXPIRY = 300.0


@dataclass(frozen=True)
class Answer:
    """A successful answer: the HTTP status, headers (names in lower case) and the parsed JSON body, if any."""

    status: int
    headers: Mapping[str, str]
    body: Any


class _Bearer:
    """Sets the header itself: without an C(auth) of its own, requests would take one from a .netrc file."""

    def __init__(self, token: Optional[str]) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        if self._token is not None:
            request.headers["Authorization"] = "Bearer %s" % self._token
        return request


class Transport:
    """One session with one tenant, usable by several threads.

    :param connection: where and how.
    :param read_only: refuse every write; the safety net under check mode.
    :param on_secret: is told each secret that comes up, so that it can be masked in everything that is shown.
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
        interruption: Optional[Interruption] = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Optional[Callable[[float], None]] = None,
        adapter: Any = None,
    ) -> None:
        if REQUESTS_IMPORT_ERROR is not None:
            raise MissingLibrary("requests", REQUESTS_IMPORT_ERROR)
        self._connection = connection
        self._read_only = read_only
        self._on_secret = on_secret
        self._secrets: List[str] = []
        for secret in connection.secrets:
            self._add_secret(secret)
        self._clock = clock
        self._interruption = interruption or Interruption()
        self._sleep = sleep or self._interruption.sleep
        self._paces = paces(connection.concurrency, connection.rate_limit_wait, clock, self._wait)
        self._session = self._new_session(adapter)
        self._token_lock = threading.Lock()
        self._token = connection.token
        self._renew_at = float("inf")

    def send(
        self,
        method: str,
        path: str,
        query: Query = "",
        body: Any = None,
        safe_to_repeat: bool = True,
    ) -> Answer:
        """Send a request, again if it failed and may be repeated, and return its successful answer.

        :param path: from the root, C(/api/v1/groups); percent-encoded.
        :param query: names with values that are not encoded yet, or a query string as a link gave it.
        :param body: is sent as JSON unless it is C(None).
        :raises ApiError: for an answer of 400 and above that repeating did not mend, and for 207.
        :raises NotReached: the request never reached the tenant.
        :raises AnswerLost: the request may have been carried out, and no answer says so.
        :raises RateLimitWaitExceeded: the API asks to wait longer than the task may.
        :raises Interrupted: the task is interrupted, and the request was not sent, or not sent again.
        """
        is_read = method == "GET" or path.endswith("/actions/filter")
        if self._read_only and not is_read:
            raise QlikError("%s %s was about to be sent in check mode: a bug of the collection." % (method, path))
        token = self._current_token()
        try:
            return self._send_repeatedly(method, path, query, body, safe_to_repeat, token)
        except ApiError as error:
            if error.status != 401 or error.code == "TENANT_DISABLED" or not self._connection.client_id:
                raise
        return self._send_repeatedly(method, path, query, body, safe_to_repeat, self._renewed_token(token))

    def pause(self, attempt: int, at_least: float = 0.0) -> None:
        """Wait before the repetition that follows attempt number C(attempt), counted from 0; seconds double.

        :raises Interrupted: when the task is interrupted.
        """
        longest = min(_LONGEST_PAUSE, 0.5 * 2 ** min(attempt, 10))
        self._wait(max(at_least, random.uniform(longest / 2, longest)))

    def _wait(self, seconds: float) -> None:
        self._sleep(seconds)
        self._interruption.stop_if_come()

    @property
    def retries(self) -> int:
        """How often a request may be repeated."""
        return self._connection.retries

    def redact(self, text: str) -> str:
        """C(text) without any secret, in plain, percent-encoded or JSON-escaped form."""
        for secret in self._secrets:
            for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]):
                text = text.replace(form, "********")
        return text

    def _redacted(self, value: Any) -> Any:
        """A JSON value with all its texts redacted: a server can escape a secret in more ways than one."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, list):
            return [self._redacted(entry) for entry in value]
        if isinstance(value, dict):
            return {name: self._redacted(entry) for name, entry in value.items()}
        return value

    def _add_secret(self, secret: str) -> None:
        self._secrets.append(secret)
        self._on_secret(secret)

    def _new_session(self, adapter: Any) -> Any:
        session: Any = requests.Session()
        if not self._connection.validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        session.headers["User-Agent"] = "qlikops.cloud/%s (Ansible)" % VERSION
        session.headers["Accept"] = "application/json"
        # Redirects are never followed, and a target that is no URL would raise an error.
        session.get_redirect_target = lambda response: None
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if adapter is None:
            adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=self._connection.concurrency)
        session.mount(self._connection.base_url, adapter)
        return session

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
        answer = self._send_repeatedly("POST", _TOKEN_PATH, "", credentials, safe_to_repeat=True, token=None)
        body = answer.body if isinstance(answer.body, dict) else {}
        token, lifetime = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not is_sendable_credential(token):
            raise UnexpectedAnswer("POST %s was answered without an access token." % _TOKEN_PATH)
        self._add_secret(token)
        self._token = token
        if isinstance(lifetime, (int, float)):
            self._renew_at = self._clock() + lifetime - min(_RENEW_BEFORE_EXPIRY, lifetime / 2)

    def _send_repeatedly(
        self, method: str, path: str, query: Query, body: Any, safe_to_repeat: bool, token: Optional[str]
    ) -> Answer:
        url = self._connection.base_url + path
        if query and not isinstance(query, str):
            query = "&".join("%s=%s" % (name, quote(str(value), safe="")) for name, value in query.items())
        if query:
            url += "?%s" % query
        repeatable = "safe" if safe_to_repeat else "unsafe"
        pace = self._paces[tier_of(method, path)]
        attempt = 0
        while True:
            pace.enter()
            try:
                self._interruption.stop_if_come()
                answer = self._send_once(method, url, "%s %s" % (method, path), body, token)
            except RateLimited as error:
                # A little more than asked for, so that tasks running side by side do not all come back at once.
                pace.refused(error.retry_after + random.uniform(0, 0.25))
            except QlikError as error:
                pace.leave()
                error.repeated = attempt > 0
                if error.fault is None or not REPEAT_AFTER[error.fault][repeatable] or attempt >= self.retries:
                    raise
                self.pause(attempt, error.retry_after)
                attempt += 1
            except BaseException:
                pace.leave()
                raise
            else:
                pace.leave()
                return answer

    def _send_once(self, method: str, url: str, request: str, body: Any, token: Optional[str]) -> Answer:
        try:
            status, headers, content = self._exchange(method, url, request, body, token)
        except requests.exceptions.InvalidURL as error:
            raise InvalidInput("tenant_url is not a URL that can be called: %s." % self._shown(error)) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._explained(error, request) from None
        if status >= 400 or status == 207:
            text = content.decode("utf-8", "replace")
            failure = api_error(request, status, self._redacted(_parsed(text)), self.redact(text))
            if status == 429 or "retry-after" in headers:
                failure.retry_after = _seconds(headers.get("retry-after"))
            raise failure
        if status >= 300 or not content.strip():
            return Answer(status, headers, None)
        body = _parsed(content)
        if body is None:
            raise UnexpectedAnswer(
                "%s was answered with HTTP status %d and something else than JSON: %s."
                % (request, status, printable(self.redact(content.decode("utf-8", "replace")))),
                "Is tenant_url the address of a Qlik Cloud tenant?",
            )
        return Answer(status, headers, body)

    def _exchange(self, method: str, url: str, request: str, body: Any, token: Optional[str]) -> _Exchanged:
        """One request and its answer, given up when it takes too long: the time-outs of requests are for each part."""
        exchanged: Future[_Exchanged] = Future()

        def work() -> None:
            try:
                exchanged.set_result(self._exchange_unbounded(method, url, body, token))
            except BaseException as error:
                exchanged.set_exception(error)

        # Nothing can stop a thread that waits for a drip; a daemon does not keep the process from ending.
        threading.Thread(target=work, daemon=True).start()
        longest = _LONGEST_EXCHANGE * self._connection.timeout
        try:
            return exchanged.result(longest)
        except FutureTimeout:
            reason = "it was not complete after %g seconds (timeout)" % longest
            raise AnswerLost("The answer to %s was lost: %s." % (request, reason)) from None

    def _exchange_unbounded(self, method: str, url: str, body: Any, token: Optional[str]) -> _Exchanged:
        verify: Any = self._connection.validate_certs and (self._connection.ca_path or True)
        response = self._session.request(
            method,
            url,
            data=None if body is None else json.dumps(body).encode("utf-8"),
            headers=None if body is None else {"Content-Type": "application/json"},
            auth=_Bearer(token),
            timeout=self._connection.timeout,
            allow_redirects=False,
            stream=True,
            verify=verify,
        )
        with response:
            content = bytearray()
            try:
                for chunk in response.iter_content(64 * 1024):
                    content += chunk
                    if len(content) > _LARGEST_BODY:
                        raise UnexpectedAnswer("The answer to %s is larger than %d bytes." % (method, _LARGEST_BODY))
            except requests.exceptions.SSLError as error:
                # Unlike one from the handshake, this one does not mean that nothing was sent.
                raise urllib3.exceptions.ProtocolError(*error.args) from None
            headers = {name.lower(): value for name, value in response.headers.items()}
            promised = headers.get("content-length", "")
            if promised.isdigit() and "content-encoding" not in headers and len(content) < int(promised):
                raise urllib3.exceptions.ProtocolError("%s of %s bytes arrived" % (len(content), promised))
            return response.status_code, headers, bytes(content)

    def _explained(self, error: BaseException, request: str) -> QlikError:
        """Whether the request can have been carried out, from what went wrong below HTTP."""
        causes = list(_causes(error))

        def among_causes(*types: Any) -> bool:
            return any(isinstance(cause, types) for cause in causes)

        host, shown = self._connection.base_url, self._shown(error)
        if among_causes(ssl.SSLCertVerificationError, ssl.CertificateError):
            return NeverReached(
                "The TLS certificate of %s does not verify: %s." % (host, shown),
                "Give the bundle of the authority that signed it in ca_path.",
            )
        unresolved = [cause for cause in causes if isinstance(cause, socket.gaierror)]
        if unresolved:
            kind = NotReached if unresolved[0].errno == socket.EAI_AGAIN else NeverReached
            return kind("The host name of %s does not resolve: %s." % (host, shown), "Check tenant_url.")
        if among_causes(requests.exceptions.ProxyError):
            return NotReached("The proxy for %s does not answer: %s." % (host, shown), "Check the proxy variables.")
        if among_causes(ssl.SSLError, requests.exceptions.SSLError):
            return AnswerLost("The TLS connection to %s failed: %s." % (host, shown))
        if among_causes(
            requests.exceptions.ConnectTimeout,
            urllib3.exceptions.NewConnectionError,
            urllib3.exceptions.ConnectTimeoutError,
        ):
            return NotReached("No connection to %s could be made: %s." % (host, shown))
        if among_causes(requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, socket.timeout):
            shown = "none arrived in %g seconds (timeout)" % self._connection.timeout
        return AnswerLost("The answer to %s was lost: %s." % (request, shown))

    def _shown(self, error: BaseException) -> str:
        """The innermost reason: the outer ones only repeat the URL and the names of classes."""
        innermost = list(_causes(error))[-1]
        return printable(self.redact(str(innermost) or type(innermost).__name__)).rstrip(".")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, outermost first; requests and urllib3 keep reasons in several places."""
    seen: List[BaseException] = []
    queue: List[Any] = [error]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            queue += [getattr(cause, "reason", None), cause.__cause__, *cause.args]


def _parsed(content: Union[str, bytes]) -> Any:
    """The JSON value, or C(None) for anything else."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _seconds(retry_after: Optional[str]) -> float:
    """A Retry-After header in seconds: a number or a date; 1 where it is missing or unreadable, 300 at most."""
    text = (retry_after or "").strip()
    try:
        seconds = float(text) if text.isdigit() else parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError, IndexError, OverflowError):
        seconds = 1.0
    return min(max(seconds, 1.0), _LONGEST_RETRY_AFTER)
