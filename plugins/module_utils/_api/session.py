# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends single HTTP requests. Only this file uses the library requests."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
import traceback
import zlib
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address, ip_network
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional
from urllib.parse import urlsplit

from .._errors import (
    InvalidInput,
    MissingLibrary,
    NeverReached,
    NotReached,
    QlikError,
    ResponseLost,
    UnexpectedResponse,
    printable,
)
from .._version import VERSION
from .connection import Connection, secrets_in
from .secrets import Secrets

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3
    import urllib3.exceptions
    import urllib3.util
except Exception:  # a broken installation raises more than ImportError
    REQUESTS_IMPORT_ERROR: Optional[str] = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

#: The maximum size of an uncompressed response body in bytes.
_LARGEST_BODY = 32 * 1024 * 1024
_CHUNK = 64 * 1024
#: The environment variables for a bundle of certificate authorities, as in requests.
_CA_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
#: The SOCKS schemes also require the library PySocks.
_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
#: The error of http.client if a proxy rejects a connection permanently.
_REFUSED_BY_PROXY = re.compile(r"Tunnel connection failed: 4[0-9]{2}\b")
#: The argument of zlib for each content encoding; 0 means no compression.
_WINDOW_BITS = {"": 0, "identity": 0, "gzip": 16 + zlib.MAX_WBITS}
#: The maximum duration of a request with its whole response, as a multiple of the timeout.
_LONGEST_EXCHANGE = 4
#: The maximum duration of a request with a receiver, as a multiple of the timeout.
_LONGEST_STREAM = 60


class Receiver:
    """Receives a body in parts.

    :param limit: the maximum size of the uncompressed body in bytes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def feed(self, part: bytes) -> None:
        """Receive the next part of the body."""
        raise NotImplementedError


class HttpResponse(NamedTuple):
    """A response with any status. The names of headers are in lower case."""

    status: int
    headers: Dict[str, str]
    content: bytes


class _Bearer:
    """Sets the header Authorization. Without C(auth), requests would use credentials from a .netrc file."""

    def __init__(self, token: Optional[str]) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        if self._token is not None:
            request.headers["Authorization"] = "Bearer %s" % self._token
        return request


class HttpSession:
    """A session with one host, which several threads can use.

    :param connection: the connection options.
    :param secrets: the secrets to hide in errors.
    :param adapter: replaces the adapter of requests, for tests.
    :raises MissingLibrary: if requests cannot be imported.
    :raises InvalidInput: if an environment variable contains an invalid proxy.
    """

    def __init__(self, connection: Connection, secrets: Secrets, adapter: Any = None) -> None:
        if REQUESTS_IMPORT_ERROR is not None:
            raise MissingLibrary("requests", REQUESTS_IMPORT_ERROR)
        self._connection = connection
        self._secrets = secrets
        self._proxy = _proxy_for(connection, secrets)
        self._first_turn = threading.Lock()
        self._is_first = True
        self._refusal: Optional[NotReached] = None
        self._session = self._new_session(adapter)

    def exchange(
        self,
        method: str,
        path: str,
        query: str,
        body: Any,
        token: Optional[str],
        headers: Optional[Mapping[str, str]] = None,
        receiver: Optional[Receiver] = None,
    ) -> HttpResponse:
        """Send a request, and return its response with any status.

        :param path: the percent-encoded path from the root.
        :param query: the percent-encoded query.
        :param body: sent as JSON unless it is C(None).
        :param headers: further headers of the request.
        :param receiver: receives the body of a successful response, which is empty in the result then.
        :raises NotReached: if the request did not reach the tenant.
        :raises ResponseLost: if there was no readable response, so that the request may have been carried out.
        :raises UnexpectedResponse: if the response is too large.
        :raises InvalidInput: if the URL is invalid.
        """
        if self._proxy:
            # Send only one request until a proxy accepts it: directories lock accounts after some failed sign-ins.
            with self._first_turn:
                if self._is_first:
                    self._is_first = False
                    return self._exchanged(method, path, query, body, token, headers, receiver)
            if self._refusal:
                raise NeverReached(self._refusal.message, self._refusal.hint)
        return self._exchanged(method, path, query, body, token, headers, receiver)

    def _exchanged(
        self,
        method: str,
        path: str,
        query: str,
        body: Any,
        token: Optional[str],
        headers: Optional[Mapping[str, str]],
        receiver: Optional[Receiver],
    ) -> HttpResponse:
        request = "%s %s" % (method, path)
        url = self._connection.base_url + path + ("?%s" % query if query else "")
        try:
            return self._within_time(request, method, url, body, token, headers or {}, receiver)
        except requests.exceptions.InvalidURL as error:
            option = self._connection.address_option
            raise InvalidInput("%s is not a valid URL: %s." % (option, self._shown(error))) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, zlib.error) as error:
            raise self._explained(error, request) from None

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _new_session(self, adapter: Any) -> Any:
        session: Any = requests.Session()
        # Use the environment of the task, which may differ from that of the process.
        session.trust_env = False
        if self._proxy:
            session.proxies = {"all": self._proxy.url}
        session.headers["User-Agent"] = "qlikops.cloud/%s (Ansible)" % VERSION
        session.headers["Accept"] = "application/json"
        session.headers["Accept-Encoding"] = "gzip"
        # The header qlik-api-version is not sent: it does not change the response format, and a version is supported
        # for 12 months only, so a pinned version would break an installed collection after some time.
        # Redirects are never followed, and an invalid target would raise an error.
        session.get_redirect_target = lambda response: None
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if adapter is None:
            adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=self._connection.concurrency)
        session.mount(self._connection.base_url, adapter)
        return session

    def _within_time(
        self,
        request: str,
        method: str,
        url: str,
        body: Any,
        token: Optional[str],
        headers: Mapping[str, str],
        receiver: Optional[Receiver],
    ) -> HttpResponse:
        """Send a request with a limit on its total duration. The timeouts of requests only limit each part."""
        exchanged: Future[HttpResponse] = Future()

        def work() -> None:
            try:
                exchanged.set_result(self._sent(method, url, body, token, headers, receiver))
            except BaseException as error:
                exchanged.set_exception(error)

        # A thread cannot be stopped, but a daemon thread does not prevent the process from ending.
        threading.Thread(target=work, daemon=True).start()
        longest = (_LONGEST_STREAM if receiver else _LONGEST_EXCHANGE) * self._connection.timeout
        try:
            return exchanged.result(longest)
        except FutureTimeout:
            text = "No complete response to %s within %g seconds (timeout)." % (request, longest)
            raise ResponseLost(text) from None

    def _sent(
        self,
        method: str,
        url: str,
        body: Any,
        token: Optional[str],
        headers: Mapping[str, str],
        receiver: Optional[Receiver],
    ) -> HttpResponse:
        bundles = (self._connection.ca_path, *map(self._connection.environ.get, _CA_BUNDLES), True)
        verify: Any = self._connection.validate_certs and next(filter(None, bundles))
        response = self._session.request(
            method,
            url,
            data=None if body is None else json.dumps(body).encode("utf-8"),
            headers=headers if body is None else {**headers, "Content-Type": "application/json"},
            auth=_Bearer(token),
            timeout=self._connection.timeout,
            allow_redirects=False,
            stream=True,
            verify=verify,
        )
        with response:
            its_headers = {name.lower(): value for name, value in response.headers.items()}
            try:
                request = "%s %s" % (method, urlsplit(url).path)
                is_streamed = receiver is not None and response.status_code == 200
                content = self._content(response.raw, its_headers, request, receiver if is_streamed else None)
            except urllib3.exceptions.SSLError as error:
                # Unlike an error in the handshake, this one happens after the request was sent.
                raise urllib3.exceptions.ProtocolError(*error.args) from None
            return HttpResponse(response.status_code, its_headers, content)

    def _content(
        self, raw: Any, headers: Mapping[str, str], request: str, receiver: Optional[Receiver] = None
    ) -> bytes:
        """Return the uncompressed body. urllib3 is not used for it, because it does not limit the uncompressed size.

        :param receiver: receives the body instead.
        :raises UnexpectedResponse: if the body is too large.
        """
        limit = receiver.limit if receiver else _LARGEST_BODY
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in _WINDOW_BITS:
            raise urllib3.exceptions.DecodeError("its content encoding is %r, which was not requested" % encoding)
        unpacker = zlib.decompressobj(_WINDOW_BITS[encoding]) if _WINDOW_BITS[encoding] else None
        content = bytearray()
        arrived = size = 0
        chunk = raw.read(_CHUNK, decode_content=False)
        while chunk:
            arrived += len(chunk)
            part = unpacker.decompress(chunk, limit + 1 - size) if unpacker else chunk
            size += len(part)
            if max(arrived, size) > limit:
                raise UnexpectedResponse("The response to %s is larger than %d bytes." % (request, limit))
            if receiver:
                receiver.feed(part)
            else:
                content += part
            chunk = raw.read(_CHUNK, decode_content=False)
        promised = headers.get("content-length", "")
        if re.fullmatch("[0-9]{1,15}", promised) and arrived < int(promised):
            raise urllib3.exceptions.ProtocolError("%s of %s bytes arrived" % (arrived, promised))
        if unpacker and arrived and not unpacker.eof:
            raise urllib3.exceptions.ProtocolError("its compressed body is incomplete")
        return bytes(content)

    def _explained(self, error: BaseException, request: str) -> QlikError:
        """Return the error of the collection for an error below HTTP. It tells whether the request was sent."""
        causes = list(_causes(error))

        def among_causes(*types: Any) -> bool:
            return any(isinstance(cause, types) for cause in causes)

        host, shown = self._connection.base_url, self._shown(error)
        if among_causes(ssl.SSLCertVerificationError, ssl.CertificateError):
            return NeverReached(
                "The TLS certificate of %s cannot be verified: %s." % (host, shown),
                "Set `ca_path` to the bundle of the certificate authority that signed it.",
            )
        unresolved = [cause for cause in causes if isinstance(cause, socket.gaierror)]
        is_refused = any(_REFUSED_BY_PROXY.search(str(cause)) for cause in causes)
        is_final = is_refused or (unresolved and unresolved[0].errno != socket.EAI_AGAIN)
        kind = NeverReached if is_final else NotReached
        not_connected = among_causes(
            requests.exceptions.ConnectTimeout,
            urllib3.exceptions.NewConnectionError,
            urllib3.exceptions.ConnectTimeoutError,
            socket.gaierror,
        )
        # urllib3 also reports a proxy error if an established connection through a proxy breaks.
        is_broken_off = among_causes(ConnectionResetError, BrokenPipeError, HTTPException) and not among_causes(
            requests.exceptions.ConnectTimeout, urllib3.exceptions.NewConnectionError
        )
        blames_proxy = among_causes(requests.exceptions.ProxyError, requests.exceptions.InvalidSchema)
        if (blames_proxy and not is_broken_off) or (self._proxy and not_connected):
            proxy = self._proxy.shown if self._proxy else "in between"
            hints = ["Check the environment variables for proxies.", self._proxy.hint if self._proxy else ""]
            if "407" in shown:
                hints[0] = "Add a valid user name and password to the URL of the proxy."
            failure = kind(
                "The proxy %s does not connect to %s: %s." % (proxy, host, shown),
                " ".join(filter(None, hints)),
            )
            if is_refused:
                self._refusal = failure
            return failure
        if unresolved:
            return kind(
                "The host name of %s does not resolve: %s." % (host, shown),
                "Check `%s`." % self._connection.address_option,
            )
        if among_causes(ssl.SSLError, requests.exceptions.SSLError):
            return ResponseLost("The TLS connection to %s failed: %s." % (host, shown))
        if not_connected:
            return NotReached("Cannot connect to %s: %s." % (host, shown))
        if among_causes(requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, socket.timeout):
            return ResponseLost("No response to %s within %g seconds (timeout)." % (request, self._connection.timeout))
        return ResponseLost("No readable response to %s: %s." % (request, shown))

    def _shown(self, error: BaseException) -> str:
        """Return the innermost reason of an error. The outer ones only repeat the URL and class names."""
        innermost = list(_causes(error))[-1]
        return printable(self._secrets.redact(str(innermost) or type(innermost).__name__)).rstrip(".")


class _Proxy(NamedTuple):
    """A proxy.

    :param url: its URL.
    :param shown: its URL without the password, and its environment variable, for messages.
    :param hint: a hint about special characters in the password; may be empty.
    """

    url: str
    shown: str
    hint: str


def _proxy_for(connection: Connection, secrets: Secrets) -> Optional[_Proxy]:
    """Return the proxy for a connection from the environment variables; C(None) if there is none.

    :raises InvalidInput: if its URL is invalid.
    """
    schemes = (connection.base_url.partition(":")[0], "all")
    names = [form for scheme in schemes for form in ("%s_proxy" % scheme, "%s_PROXY" % scheme.upper())]
    variable, url = next(((name, connection.environ[name]) for name in names if connection.environ.get(name)), ("", ""))
    if not url or _is_bypassed(connection):
        return None
    hint = ""
    for secret in secrets_in(url):
        secrets.add(secret)
        # The first colon separates the user name from the password.
        if re.search("[@:/?#]", secret.replace(":", "", 1)):
            hint = "Percent-encode @, :, /, ?, and # in its user name and password, for example %40 for @."
    proxy = "%s (environment variable %s)" % (printable(secrets.redact(url)), variable)
    utils: Any = requests.utils
    try:
        parts = urllib3.util.parse_url(utils.prepend_scheme_if_needed(url, "http"))
        usable = parts.host and parts.scheme in _PROXY_SCHEMES
    except (urllib3.exceptions.LocationParseError, ValueError, TypeError):
        usable = False
    if not usable:
        allowed = " ".join(filter(None, ["Use a URL such as http://host:port.", hint]))
        raise InvalidInput("The proxy %s has an invalid URL." % proxy, allowed)
    return _Proxy(url, proxy, hint)


def _is_bypassed(connection: Connection) -> bool:
    """Return whether C(no_proxy) excludes the host from the proxy.

    Its items are C(*), a domain including its subdomains, an address, or a network, with or without a port.
    """
    parts = urlsplit(connection.base_url)
    host, port = parts.hostname or "", parts.port
    listed = connection.environ.get("no_proxy") or connection.environ.get("NO_PROXY") or ""
    for entry in filter(None, (item.strip().lower() for item in listed.split(","))):
        name, _colon, own_port = entry.rpartition(":") if re.fullmatch(r"[^:]+:[0-9]+", entry) else (entry, "", "")
        if own_port and own_port != str(port):
            continue
        if name == "*" or host == name.lstrip(".") or host.endswith("." + name.lstrip(".")):
            return True
        try:
            if ip_address(host) in ip_network(name, strict=False):
                return True
        except ValueError:
            continue
    return False


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its causes, outermost first. requests and urllib3 store causes in several attributes."""
    seen: List[BaseException] = []
    queue: List[Any] = [error]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            queue += [getattr(cause, "reason", None), cause.__cause__, *cause.args]
