# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import gzip
import html
import json
import socket
import ssl
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Dict, List, Optional, Type
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import pytest
import requests
from ansible_collections.qlikops.cloud.plugins.module_utils._api import session, transport
from ansible_collections.qlikops.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import REPEAT_AFTER, Response, Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    MissingLibrary,
    NeverReached,
    NotReached,
    QlikError,
    RateLimitWaitExceeded,
    ResponseLost,
    Unauthorized,
    UnexpectedResponse,
)
from hypothesis import given
from hypothesis import strategies as st
from requests import exceptions
from unit.plugins.module_utils.helpers import (
    GROUPS,
    TENANT,
    FakeClock,
    Json,
    Step,
    Wire,
    assert_says,
    connection,
    raw_answer,
    response,
)
from urllib3 import exceptions as below

#: Long enough for any machine; reached only when a test fails.
PATIENCE = 10
OAUTH: Json = {"token": "", "client_id": "the-client", "client_secret": "the-secret"}


class Bench:
    """A transport with everything around it under control."""

    def __init__(self, *steps: Step, read_only: bool = False, **options: Any) -> None:
        self.clock = FakeClock()
        self.wire = Wire(*steps)
        self.secrets: List[str] = []
        self.transport = Transport(
            connection(**options),
            read_only=read_only,
            on_secret=self.secrets.append,
            clock=self.clock,
            sleep=self.clock.sleep,
            adapter=self.wire,
        )

    def get(self, path: str = GROUPS, **options: Any) -> Any:
        return self.transport.send("GET", path, **options).body


def token_answer(token: str = "token-1", **more: Any) -> requests.Response:
    return response(body=dict({"access_token": token, "token_type": "bearer", "expires_in": 21600}, **more))


def truncated() -> requests.Response:
    return response(text='{"data"', headers={"Content-Length": "100"})


def aborted() -> BaseException:
    return exceptions.ConnectionError(below.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")))


def no_route() -> BaseException:
    reason = below.NewConnectionError(None, "refused")  # type: ignore[arg-type]
    return exceptions.ConnectionError(below.MaxRetryError(None, "/", reason))  # type: ignore[arg-type]


FAULTS: Dict[str, List[Callable[[], Step]]] = {
    "rate limited": [lambda: response(429, headers={"Retry-After": "1"})],
    "not reached": [
        no_route,
        exceptions.ConnectTimeout,
        lambda: exceptions.ProxyError("proxy is away"),
        lambda: exceptions.ConnectionError(socket.gaierror(socket.EAI_AGAIN, "try again")),
    ],
    "response lost": [
        aborted,
        truncated,
        exceptions.ReadTimeout,
        lambda: exceptions.ChunkedEncodingError("incomplete read"),
        lambda: exceptions.ContentDecodingError("no gzip"),
    ],
    "server error": [partial(response, status) for status in (500, 502, 503, 504)],
}


def test_every_fault_is_tried() -> None:
    assert set(FAULTS) == set(REPEAT_AFTER)


@pytest.mark.parametrize("repeatable", ["safe", "unsafe"])
@pytest.mark.parametrize(
    ("fault", "number"), [(fault, number) for fault in FAULTS for number in range(len(FAULTS[fault]))]
)
def test_what_is_repeated(fault: str, number: int, repeatable: str) -> None:
    bench = Bench(FAULTS[fault][number](), response(201, {"id": "1"}))
    send = partial(bench.transport.send, "POST", GROUPS, body={}, safe_to_repeat=repeatable == "safe")
    if REPEAT_AFTER[fault][repeatable]:
        received = send()
        assert (received.status, received.body, len(bench.wire.calls)) == (201, {"id": "1"}, 2)
    else:
        with pytest.raises(QlikError) as caught:
            send()
        assert (caught.value.fault, caught.value.outcome_unknown, len(bench.wire.calls)) == (fault, True, 1)


@pytest.mark.parametrize("status", [207, 400, 401, 403, 404, 405, 409, 412, 413, 501, 505])
def test_what_repeating_does_not_mend(status: int) -> None:
    bench = Bench(response(status, {"errors": [{"code": "X", "title": "no"}]}))
    with pytest.raises(ApiError) as caught:
        bench.get()
    assert (caught.value.status, caught.value.code, len(bench.wire.calls)) == (status, "X", 1)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            exceptions.SSLError(ssl.SSLCertVerificationError(1, "self-signed")),
            ["certificate", "ca_path", "self-signed"],
        ),
        (
            exceptions.ConnectionError(socket.gaierror(socket.EAI_NONAME, "unknown")),
            ["does not resolve", "tenant_url", "unknown"],
        ),
    ],
)
def test_reasons_that_stay(error: BaseException, words: List[str]) -> None:
    bench = Bench(error)
    with pytest.raises(NeverReached) as caught:
        bench.get()
    assert_says(caught.value, TENANT, *words)
    assert len(bench.wire.calls) == 1


def test_a_url_that_cannot_be_called() -> None:
    bench = Bench(exceptions.InvalidURL("no host"))
    with pytest.raises(InvalidInput) as caught:
        bench.get()
    assert_says(caught.value, "tenant_url", "no host")


@pytest.mark.parametrize(
    ("step", "kind", "words"),
    [
        (exceptions.ReadTimeout(), ResponseLost, ["GET /api/v1/groups", "30 seconds"]),
        (aborted(), ResponseLost, ["reset"]),
        (no_route(), NotReached, ["Cannot connect to", TENANT]),
        (exceptions.ProxyError("away"), NotReached, ["proxy", "away"]),
    ],
)
def test_texts_of_faults(step: Step, kind: Type[QlikError], words: List[str]) -> None:
    with pytest.raises(kind) as caught:
        Bench(step, retries=0).get()
    assert_says(caught.value, *words)


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_the_number_of_retries(retries: int) -> None:
    bench = Bench(*[response(503) for _attempt in range(retries + 1)], retries=retries)
    with pytest.raises(ApiError):
        bench.get()
    assert len(bench.wire.calls) == retries + 1
    assert len(bench.clock.slept) == retries


def test_pauses_double_up_to_a_limit() -> None:
    bench = Bench(*[response(503) for _attempt in range(13)], retries=12)
    with pytest.raises(ApiError):
        bench.get()
    for attempt, pause in enumerate(bench.clock.slept):
        longest = min(30, 0.5 * 2**attempt)
        assert longest / 2 <= pause <= longest


def test_a_server_error_can_ask_for_a_longer_pause() -> None:
    bench = Bench(response(503, headers={"Retry-After": "120"}), response(body={}))
    bench.get()
    assert bench.clock.slept == [120]


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("13", 13),
        (" 13 ", 13),
        (None, 1),
        ("", 1),
        ("0", 1),
        ("-5", 1),
        ("soon", 1),
        ("1.5e400", 1),
        ("²", 1),
        ("300", 300),
        ("301", 300),
        ("99999999999999999999", 300),
        ("Mon, 01 Jan 1990 00:00:00 GMT", 1),
        ("Fri, 01 Jan 2999 00:00:00 GMT", 300),
        ("Fri, 99 Jan 2999 00:00:00 GMT", 1),
    ],
)
def test_retry_after(retry_after: Optional[str], seconds: float) -> None:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    bench = Bench(response(429, headers=headers), response(body={}))
    bench.get()
    assert seconds <= sum(bench.clock.slept) <= seconds + 0.25


def test_waiting_for_the_rate_limit_does_not_use_up_retries() -> None:
    refusals = [response(429, headers={"Retry-After": "2"}) for _number in range(10)]
    bench = Bench(*refusals, response(503), response(body={}), retries=1)
    bench.get()
    assert len(bench.wire.calls) == 12


def test_the_wait_for_the_rate_limit_has_an_end() -> None:
    refusals = [response(429, headers={"Retry-After": "40"}) for _number in range(3)]
    bench = Bench(*refusals, rate_limit_wait=100.0)
    with pytest.raises(RateLimitWaitExceeded) as caught:
        bench.get()
    assert_says(caught.value, "another 40 seconds", "rate_limit_wait allows 100 seconds")
    assert len(bench.wire.calls) == 3


def test_a_refused_tier_does_not_hold_up_the_others() -> None:
    bench = Bench(response(429, headers={"Retry-After": "200"}), response(body={}), rate_limit_wait=100.0)
    with pytest.raises(RateLimitWaitExceeded):
        bench.transport.send("POST", GROUPS, body={})
    bench.get()
    assert bench.clock.slept == []


def test_one_token_for_many_requests() -> None:
    bench = Bench(token_answer(), *[response(body={}) for _number in range(3)], **OAUTH)
    for _number in range(3):
        bench.get()
    token_request = bench.wire.requests[0]
    assert bench.wire.calls == ["POST /oauth/token"] + ["GET /api/v1/groups"] * 3
    assert bench.wire.authorizations == [None] + ["Bearer token-1"] * 3
    assert json.loads(token_request.body or b"") == {
        "client_id": "the-client",
        "client_secret": "the-secret",
        "grant_type": "client_credentials",
    }
    assert token_request.headers["Content-Type"] == "application/json"
    assert {"the-secret", "token-1"} <= set(bench.secrets)


def test_threads_ask_for_one_token_together() -> None:
    def serve(request: requests.PreparedRequest) -> requests.Response:
        return token_answer() if request.path_url == "/oauth/token" else response(body={})

    bench = Bench(serve, concurrency=4, **OAUTH)
    threads = [threading.Thread(target=bench.get) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bench.wire.calls.count("POST /oauth/token") == 1
    assert len(bench.wire.calls) == 9


@pytest.mark.parametrize(("passed", "tokens"), [(21299, 1), (21300, 2), (30000, 2)])
def test_a_token_is_renewed_before_it_expires(passed: float, tokens: int) -> None:
    answers: List[Step] = [token_answer(), response(body={})]
    answers += [token_answer("token-2")] * (tokens - 1) + [response(body={})]
    bench = Bench(*answers, **OAUTH)
    bench.get()
    bench.clock.now += passed
    bench.get()
    assert bench.wire.calls.count("POST /oauth/token") == tokens
    assert bench.wire.authorizations[-1] == "Bearer token-%d" % tokens


def test_a_token_without_a_lifetime_is_kept() -> None:
    bench = Bench(response(body={"access_token": "token-1"}), response(body={}), response(body={}), **OAUTH)
    bench.get()
    bench.clock.now += 1e9
    bench.get()
    assert bench.wire.calls.count("POST /oauth/token") == 1


def test_a_refused_token_is_renewed_once() -> None:
    bench = Bench(token_answer(), response(401), token_answer("token-2"), response(body={"id": "1"}), **OAUTH)
    assert bench.transport.send("POST", GROUPS, body={"name": "a"}, safe_to_repeat=False).body == {"id": "1"}
    assert bench.wire.authorizations == [None, "Bearer token-1", None, "Bearer token-2"]
    assert bench.wire.requests[3].body == b'{"name": "a"}'


def test_a_token_that_is_refused_twice() -> None:
    bench = Bench(token_answer(), response(401), token_answer("token-2"), response(401), **OAUTH)
    with pytest.raises(Unauthorized):
        bench.get()
    assert len(bench.wire.calls) == 4


def test_a_deactivated_tenant_is_not_asked_again() -> None:
    bench = Bench(token_answer(), response(401, {"errors": [{"code": "TENANT_DISABLED", "title": "no"}]}), **OAUTH)
    with pytest.raises(Unauthorized) as caught:
        bench.get()
    assert_says(caught.value, "deactivated")
    assert len(bench.wire.calls) == 2


def test_an_api_key_is_not_renewed() -> None:
    bench = Bench(response(401))
    with pytest.raises(Unauthorized) as caught:
        bench.get()
    assert_says(caught.value, "credential", "expired, or revoked")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "token",
        None,
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": None},
        {"access_token": "two words"},
        {"access_token": "line\n"},
        {"access_token": "tök"},
    ],
)
def test_a_token_answer_without_a_token(body: Any) -> None:
    bench = Bench(response(body=body), retries=0, **OAUTH)
    with pytest.raises(ResponseLost) as caught:
        bench.get()
    assert_says(caught.value, "POST /oauth/token", "access token")


def test_a_client_that_is_refused() -> None:
    bench = Bench(response(401, {"errors": [{"code": "OAUTH-1", "title": "the-secret is wrong"}]}), **OAUTH)
    with pytest.raises(Unauthorized) as caught:
        bench.get()
    assert_says(caught.value, "POST /oauth/token", "OAUTH-1")
    assert "the-secret" not in str(caught.value)


def test_the_token_request_may_be_repeated() -> None:
    bench = Bench(response(502), token_answer(), response(body={}), **OAUTH)
    bench.get()
    assert len(bench.wire.calls) == 3


#: Every character of it looks different in at least one of the forms.
NASTY = 'zx"9+/%&\\<=?Kq7'
ECHOES: Dict[str, Callable[[str], Step]] = {
    "in a title": lambda secret: response(400, {"errors": [{"code": secret, "title": secret, "detail": secret}]}),
    "percent-encoded in a title": lambda secret: response(400, {"errors": [{"title": quote(secret, safe="")}]}),
    "in a trace id": lambda secret: response(400, {"errors": [], "traceId": secret}),
    "in HTML of an error": lambda secret: response(502, text="<p>%s</p>" % secret),
    "in HTML of a success": lambda secret: response(200, text="<p>%s</p>" % secret),
    "percent-encoded in HTML": lambda secret: response(200, text="<a href='?t=%s'>" % quote(secret, safe="")),
    "JSON-escaped in HTML": lambda secret: response(200, text="<script>%s</script>" % json.dumps(secret)),
    "HTML-escaped": lambda secret: response(400, text="<p>%s</p>" % html.escape(secret)),
    "HTML-escaped in JSON": lambda secret: response(400, {"errors": [{"title": html.escape(secret)}]}),
    "as numbers in HTML": lambda secret: response(400, text="".join("&#%d;" % ord(each) for each in secret)),
    "as hex numbers in HTML": lambda secret: response(400, text="".join("&#x%X;" % ord(each) for each in secret)),
    "every character percent-encoded": lambda secret: response(
        400, text="".join("%%%02x" % ord(each) for each in secret)
    ),
    "percent-encoded twice": lambda secret: response(400, text=quote(quote(secret, safe=""), safe="")),
    "form-encoded": lambda secret: response(400, text=quote_plus(secret)),
    "escaped as JSON can": lambda secret: response(400, text="".join("\\u%04X" % ord(each) for each in secret)),
    "in base64": lambda secret: response(400, text=base64.b64encode(secret.encode()).decode()),
    "in base64 after one": lambda secret: response(400, text=base64.b64encode(b"x" + secret.encode()).decode()),
    "in base64 after a word": lambda secret: response(
        400, text=base64.b64encode(b"Bearer " + secret.encode()).decode()
    ),
    "in base64 for URLs": lambda secret: response(
        400, text=base64.urlsafe_b64encode(b"ada:" + secret.encode()).decode()
    ),
    "in a broken connection": lambda secret: exceptions.ConnectionError("while sending %s" % secret),
    "in a broken handshake": lambda secret: exceptions.SSLError("while sending %s" % secret),
    "in an invalid URL": lambda secret: exceptions.InvalidURL("no URL: %s" % quote(secret, safe="")),
}


def texts_of(error: QlikError) -> str:
    return " ".join([str(error), repr(error), json.dumps(error.to_result(), ensure_ascii=False)])


def forms_of(secret: str) -> List[str]:
    """The secret in plain form and escaped, and the middle of what base64 makes of it."""
    encoded = [base64.b64encode(b"x" * offset + secret.encode()).decode()[4:-4] for offset in range(3)]
    escaped = [quote(secret, safe=""), quote_plus(secret), html.escape(secret), json.dumps(secret)[1:-1]]
    numbers = ["".join(form % ord(each) for each in secret) for form in ("&#%d;", "&#x%X;", "%%%02x", "\\u%04X")]
    return [secret, *escaped, *numbers, *encoded]


@pytest.mark.parametrize("echo", list(ECHOES))
@pytest.mark.parametrize("credential", ["api key", "client secret", "token of a client"])
def test_no_secret_in_any_text(echo: str, credential: str) -> None:
    step = ECHOES[echo](NASTY)
    if credential == "api key":
        bench = Bench(step, token=NASTY, retries=0)
    elif credential == "client secret":
        bench = Bench(step, **{**OAUTH, "client_secret": NASTY, "retries": 0})
    else:
        bench = Bench(token_answer(NASTY), step, **dict(OAUTH, retries=0))
    with pytest.raises(QlikError) as caught:
        bench.get()
    assert not [form for form in forms_of(NASTY) if form in texts_of(caught.value)]
    assert "********" in texts_of(caught.value)


def test_redact() -> None:
    told: List[str] = []
    secrets = Secrets([NASTY], told.append)
    assert told[0] == NASTY
    assert {quote(NASTY, safe=""), html.escape(NASTY), base64.b64encode(NASTY.encode()).decode()} <= set(told)
    for form in forms_of(NASTY)[:-3]:
        assert secrets.redact("a %s b" % form) == "a ******** b"
    assert secrets.redact("nothing of it, not even zx") == "nothing of it, not even zx"


def test_a_secret_of_one_letter_masks_no_base64() -> None:
    assert Secrets(["q"], lambda form: None).redact("abcdefgh cXFx") == "abcdefgh cXFx"
    # Of base64, eight characters are the fewest that are taken for a secret.
    shown = [base64.b64encode(secret.encode()).decode() for secret in ("abcdef", "abc")]
    assert [len(text) for text in shown] == [8, 4]
    assert Secrets(["abcdef"], lambda form: None).redact(f"x{shown[0]}x") == "x********x"
    assert Secrets(["abc"], lambda form: None).redact(f"x{shown[1]}x") == f"x{shown[1]}x"


@given(st.text(min_size=12, max_size=40), st.binary(max_size=5), st.binary(max_size=5))
def test_no_base64_of_a_secret(secret: str, before: bytes, after: bytes) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    text = base64.b64encode(before + secret.encode() + after).decode()
    assert "********" in Secrets([secret], lambda form: None).redact(text)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    bench = Bench(response(status, text="<html/>", headers={"Location": "https://evil.example/api/v1/users/1"}))
    received = bench.transport.send("GET", "/api/v1/users/me")
    assert (received.status, received.body) == (status, None)
    assert received.headers["location"] == "https://evil.example/api/v1/users/1"
    assert [request.url for request in bench.wire.requests] == [TENANT + "/api/v1/users/me"]


@pytest.mark.parametrize("options", [{}, OAUTH])
def test_a_netrc_file_is_not_used(options: Json, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.eu.qlikcloud.com login ada password hunter2\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    bench = Bench(*[token_answer()] * bool(options), response(body={}), **options)
    bench.get()
    assert bench.wire.authorizations == ([None, "Bearer token-1"] if options else ["Bearer the-token"])


def test_cookies_are_not_kept() -> None:
    headers = Message()
    headers["Set-Cookie"] = "session=1; Path=/"
    with_cookie = response(body={})
    # Where requests looks for cookies.
    with_cookie.raw._original_response = SimpleNamespace(msg=headers, isclosed=lambda: True, close=lambda: None)
    bench = Bench(with_cookie, response(body={}))
    bench.get()
    bench.get()
    assert [request.headers.get("Cookie") for request in bench.wire.requests] == [None, None]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", GROUPS, True),
        ("POST", GROUPS + "/actions/filter", True),
        ("POST", GROUPS, False),
        ("PATCH", GROUPS + "/1", False),
        ("DELETE", GROUPS + "/1", False),
        ("POST", "/api/v1/users/actions/invite", False),
    ],
)
def test_check_mode_refuses_writes(method: str, path: str, allowed: bool) -> None:
    bench = Bench(token_answer(), response(body={}), read_only=True, **OAUTH)
    if allowed:
        bench.transport.send(method, path, body={})
        assert bench.wire.calls == ["POST /oauth/token", "%s %s" % (method, path)]
    else:
        with pytest.raises(QlikError, match="check mode"):
            bench.transport.send(method, path, body={})
        assert bench.wire.calls == []


@pytest.mark.parametrize(
    ("text", "headers"), [("<p>Welcome</p>", {}), ("Hi", {"Content-Type": "text/HTML; charset=x"})]
)
@pytest.mark.parametrize(("method", "outcome_unknown"), [("GET", False), ("POST", True)])
def test_a_success_that_is_a_page(text: str, headers: Json, method: str, outcome_unknown: bool) -> None:
    bench = Bench(response(200, text=text, headers=headers))
    with pytest.raises(UnexpectedResponse) as caught:
        bench.transport.send(method, GROUPS)
    assert_says(
        caught.value,
        "%s /api/v1/groups" % method,
        "status 200",
        text,
        "Check that `tenant_url` is the URL of a Qlik Cloud tenant.",
    )
    assert caught.value.outcome_unknown is outcome_unknown
    assert len(bench.wire.calls) == 1


@pytest.mark.parametrize("text", ["welcome", "null", '{"data": '])
def test_a_success_that_is_no_json(text: str) -> None:
    bench = Bench(response(200, text=text), response(body={}))
    assert bench.get() == {}
    with pytest.raises(ResponseLost) as caught:
        Bench(response(201, text=text)).transport.send("POST", GROUPS, safe_to_repeat=False)
    assert_says(caught.value, "POST /api/v1/groups", "status 201", text.strip())


def test_what_an_earlier_attempt_may_have_done_is_not_forgotten() -> None:
    """The second attempt is refused, and only the first one may have been carried out."""
    for last in (response(403), response(404), no_route()):
        bench = Bench(aborted(), last, retries=1)
        with pytest.raises(QlikError) as caught:
            bench.transport.send("PATCH", GROUPS + "/1", body=[])
        assert caught.value.outcome_unknown is True
        assert bench.transport.may_have_written is True


@pytest.mark.parametrize(
    "refusal", [lambda: response(403), no_route, lambda: response(429, headers={"Retry-After": "9"})]
)
def test_what_was_certainly_not_done(refusal: Callable[[], Step]) -> None:
    bench = Bench(no_route(), refusal(), retries=1, rate_limit_wait=1.0)
    with pytest.raises(QlikError) as caught:
        bench.transport.send("DELETE", GROUPS + "/1")
    assert caught.value.outcome_unknown is False
    assert bench.transport.may_have_written is False


def test_what_was_refused_for_its_token_after_a_lost_attempt() -> None:
    bench = Bench(token_answer(), aborted(), response(401), response(400), retries=1, **OAUTH)
    with pytest.raises(QlikError) as caught:
        bench.transport.send("PATCH", GROUPS + "/1", body=[])
    assert caught.value.outcome_unknown is True


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 20])
def test_a_success_that_is_no_text(content: bytes) -> None:
    received = response(200)
    received.raw = raw_answer(content)
    with pytest.raises(ResponseLost):
        Bench(received, retries=0).get()


@pytest.mark.parametrize(("status", "text"), [(204, ""), (200, ""), (202, " \n")])
def test_a_success_without_a_body(status: int, text: str) -> None:
    received = Bench(response(status, text=text)).transport.send("DELETE", GROUPS + "/1")
    assert (received.status, received.body) == (status, None)


def test_a_body_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_LARGEST_BODY", 10)
    assert Bench(response(text='"45678910"')).get() == "45678910"
    bench = Bench(response(text='"4567891011"'))
    with pytest.raises(UnexpectedResponse, match="larger than 10 bytes"):
        bench.get()
    assert len(bench.wire.calls) == 1


def packed(content: bytes, **headers: str) -> requests.Response:
    received = response(headers={"Content-Encoding": "gzip", **headers})
    received.raw = raw_answer(content)
    return received


def test_a_packed_body() -> None:
    content = gzip.compress(b'{"a": 1}')
    assert Bench(packed(content, **{"Content-Length": str(len(content))})).get() == {"a": 1}
    bench = Bench(packed(content[:-3]), packed(b"no gzip"), packed(content))
    assert bench.get() == {"a": 1}
    assert len(bench.wire.calls) == 3


def test_a_body_that_is_said_not_to_be_packed() -> None:
    assert Bench(response(body={"a": 1}, headers={"Content-Encoding": "identity"})).get() == {"a": 1}


def test_a_body_that_is_packed_as_nobody_asked_for() -> None:
    for encoding in ("br", "gzip, gzip", "deflate", "\x1b"):
        with pytest.raises(ResponseLost, match="not requested"):
            Bench(response(body={}, headers={"Content-Encoding": encoding}), retries=0).get()


def test_a_body_that_unpacks_to_more_than_memory_holds() -> None:
    """A thousandth of it arrives."""
    bomb = gzip.compress(b" " * (session._LARGEST_BODY + 1), 9)
    tracemalloc.start()
    with pytest.raises(UnexpectedResponse, match="larger than"):
        Bench(packed(bomb)).get()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * session._LARGEST_BODY


def test_what_a_task_reads_in_all_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_LARGEST_TASK", 2100)
    bodies: List[Json] = [{"text": "x" * 300}, {"list": [[], {}, 0]}]
    for body in bodies:
        bench = Bench(*[response(body=body) for _number in range(5)])
        for _number in range(4):
            bench.get()
        with pytest.raises(UnexpectedResponse, match="exceeds the memory limit"):
            bench.get()


def test_what_every_request_says() -> None:
    bench = Bench(response(body={}), response(201, {}), timeout=7.0)
    bench.get()
    bench.transport.send("POST", GROUPS, body={"name": "Büro 群"})
    read, write = bench.wire.requests
    assert str(read.headers["User-Agent"]).startswith("qlikops.cloud/")
    assert read.headers["Accept"] == "application/json"
    assert read.headers["Authorization"] == "Bearer the-token"
    assert (read.body, read.headers.get("Content-Type")) == (None, None)
    assert write.headers["Content-Type"] == "application/json"
    assert json.loads(write.body or b"") == {"name": "Büro 群"}
    assert [options["timeout"] for options in bench.wire.options] == [7.0, 7.0]


@pytest.mark.parametrize(
    ("options", "verify"),
    [
        ({}, True),
        ({"ca_path": "/etc/ca.pem"}, "/etc/ca.pem"),
        ({"validate_certs": False}, False),
        ({"validate_certs": False, "ca_path": "/etc/ca.pem"}, False),
    ],
)
def test_verification(options: Json, verify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    bench = Bench(response(body={}), **options)
    bench.get()
    assert bench.wire.options[0]["verify"] == verify


@pytest.mark.parametrize(
    "value",
    [
        "a b",
        "a+b",
        "a&b=c",
        "100%",
        "%2B",
        "#top",
        'name eq "x"',
        "it's",
        "back\\slash",
        "ümläut 群组 🎉",
        "a;b",
        "/?:@~",
    ],
)
def test_query_encoding(value: str) -> None:
    bench = Bench(response(body={}))
    bench.get(query={"limit": 100, "filter": value})
    assert parse_qsl(urlsplit(str(bench.wire.requests[0].url)).query) == [("limit", "100"), ("filter", value)]


def test_a_query_of_a_link_is_sent_as_it_is() -> None:
    bench = Bench(response(body={}))
    bench.get(query="next=a%2Bb%26c%3D%3D&limit=100")
    assert bench.wire.calls == ["GET /api/v1/groups?next=a%2Bb%26c%3D%3D&limit=100"]


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "REQUESTS_IMPORT_ERROR", "Traceback ...\nImportError: gone.\n")
    with pytest.raises(MissingLibrary) as caught:
        Transport(connection())
    assert caught.value.import_error == "Traceback ...\nImportError: gone.\n"
    message = str(caught.value)
    assert message.startswith(f"{sys.executable} cannot import the library requests: ImportError: gone. ")
    assert f"`{sys.executable} -m pip" in message
    assert "ansible_python_interpreter" in message


def test_an_interruption_frees_the_way_for_other_threads() -> None:
    bench = Bench(KeyboardInterrupt(), response(body={}))
    with pytest.raises(KeyboardInterrupt):
        bench.get()
    # It would wait for ever if the window of one request were still taken.
    bench.get()


def test_a_redirect_of_the_token_is_said_and_sent_once() -> None:
    bench = Bench(response(307, headers={"Location": "https://attacker.example/oauth/token"}), retries=5, **OAUTH)
    with pytest.raises(UnexpectedResponse) as caught:
        bench.get("/api/v1/groups")
    assert "POST /oauth/token returned HTTP status 307, a redirect." in str(caught.value)
    assert bench.wire.calls == ["POST /oauth/token"]


def test_two_threads_that_are_refused_renew_one_token() -> None:
    refused = threading.Barrier(2, timeout=PATIENCE)
    tokens = iter(["token-1", "token-2", "token-3"])

    def received(request: requests.PreparedRequest) -> requests.Response:
        if request.path_url == "/oauth/token":
            return token_answer(next(tokens))
        if request.headers["Authorization"] == "Bearer token-1":
            refused.wait()
            return response(401)
        return response(body={"by": request.headers["Authorization"]})

    bench = Bench(received, concurrency=2, **OAUTH)
    with ThreadPoolExecutor(max_workers=2) as pool:
        bodies = list(pool.map(lambda number: bench.get("/api/v1/groups/%d" % number), range(2)))
    assert bodies == [{"by": "Bearer token-2"}] * 2
    assert bench.wire.calls.count("POST /oauth/token") == 2


@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyboardInterrupt()])
def test_whatever_ends_a_request_makes_room_for_the_next(error: BaseException) -> None:
    def fail(received: Response) -> None:
        raise error

    bench = Bench(lambda request: response(body={}), concurrency=1)
    with pytest.raises(type(error)):
        bench.get(check=fail)
    after = threading.Thread(target=bench.get, daemon=True)
    after.start()
    after.join(PATIENCE)
    assert not after.is_alive()
