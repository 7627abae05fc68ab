# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Dict, List, Optional, Type

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils import _errors
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    NotReached,
    QlikError,
    ResponseLost,
    UnknownReferences,
    api_error,
    printable,
)
from unit.plugins.module_utils.helpers import assert_says

REQUEST = "POST /api/v1/groups"
TRACE = "0123456789abcdef0123456789abcdef"


def body(trace_id: Optional[str] = TRACE, **entry: Any) -> Dict[str, Any]:
    response: Dict[str, Any] = {"errors": [entry]}
    if trace_id:
        response["traceId"] = trace_id
    return response


@pytest.mark.parametrize(
    ("status", "response", "code", "words"),
    [
        pytest.param(
            404,
            body(code="GROUPS-7", title="Not found", detail="No such group", status=404),
            "GROUPS-7",
            ["GROUPS-7 Not found", "No such group", "Trace ID " + TRACE],
            id="groups",
        ),
        pytest.param(404, body(code="USERS-7", title="Not found", status=404.0), "USERS-7", ["USERS-7"], id="users"),
        pytest.param(404, body(code="IDENTITIES-10402", title="Gone"), "IDENTITIES-10402", ["Gone"], id="roles"),
        pytest.param(403, body(code="TENANTS-22", title="Quota", status="403"), "TENANTS-22", ["Quota"], id="tenants"),
        pytest.param(
            400,
            body(
                None,
                code="TENANTS-10",
                title="Invalid patch",
                meta={"code": "TENANTS-11", "title": "Too short"},
                source={"pointer": "/hostnames/1"},
            ),
            "TENANTS-10",
            ["Invalid patch", "TENANTS-11 Too short", "/hostnames/1"],
            id="tenants, meta is an object",
        ),
        pytest.param(
            400,
            body(None, code="TENANTS-10", title="Invalid", meta=[{"code": "A", "title": "one"}, {"title": "two"}, 3]),
            "TENANTS-10",
            ["A one", "two"],
            id="tenants, meta is a list",
        ),
        pytest.param(
            403, body(None, code=1003, title="External service failed"), "1003", ["1003 External"], id="invitations"
        ),
        pytest.param(
            429, body(None, code="HTTP-429", title="Too many requests", detail="slow down"), "HTTP-429", ["slow down"]
        ),
        pytest.param(
            401,
            body(code="TENANT_DISABLED", title="Disabled", status="401"),
            "TENANT_DISABLED",
            ["deactivated", "Reactivate"],
            id="deactivated tenant",
        ),
        pytest.param(
            400,
            body(code="X-1", title="Bad filter", source={"parameter": "filter"}),
            "X-1",
            ["Bad filter, filter"],
            id="parameter",
        ),
    ],
)
def test_error_shapes(status: int, response: Any, code: str, words: List[str]) -> None:
    error = api_error(REQUEST, status, response)
    assert_says(error, REQUEST, "HTTP status %d" % status, *words)
    result = error.to_result()
    assert (result["request"], result["status"], result["code"]) == (REQUEST, status, code)
    assert result["trace_id"] == response.get("traceId")


@pytest.mark.parametrize(
    "response",
    [
        None,
        [],
        "text",
        7,
        {},
        {"errors": None},
        {"errors": {"code": "A"}},
        {"errors": ["text", None]},
        {"errors": [{}]},
        {"errors": [{"code": None, "title": [], "meta": 3, "source": []}], "traceId": ["x"]},
        {"type": "about:blank", "title": "problem+json", "status": 500},
    ],
)
def test_bodies_of_another_shape(response: Any) -> None:
    error = api_error(REQUEST, 400, response)
    assert str(error) == "POST /api/v1/groups returned HTTP status 400."
    assert [error.to_result()[key] for key in ("code", "title", "detail", "trace_id")] == [None] * 4


def test_the_status_of_the_body_is_not_trusted() -> None:
    error = api_error(REQUEST, 502, body(code="X", title="Y", status="200"))
    assert error.status == 502


def test_several_errors() -> None:
    error = api_error(REQUEST, 400, {"errors": [{"code": "A", "title": "one"}, {"code": "B", "title": "two."}]})
    assert str(error) == "POST /api/v1/groups returned HTTP status 400: A one; B two."
    assert error.code == "A"


def test_a_body_that_is_no_json() -> None:
    error = api_error(REQUEST, 502, None, "<html>\n<h1>Bad\x00 Gateway</h1>" + "x" * 1000)
    assert_says(error, "not JSON", "<html> <h1>Bad<U+0000> Gateway</h1>", "Run the task again later")
    assert len(str(error)) < 600


@pytest.mark.parametrize(
    ("status", "kind", "fault", "outcome_unknown"),
    [
        (207, "PartlyApplied", None, True),
        (400, "BadRequest", None, False),
        (401, "Unauthorized", None, False),
        (403, "Forbidden", None, False),
        (404, "NotFound", None, False),
        (408, "PassingServerError", "server error", True),
        (409, "Conflict", None, False),
        (412, "ApiError", None, False),
        (413, "ApiError", None, False),
        (429, "RateLimited", "rate limited", False),
        (500, "PassingServerError", "server error", True),
        (501, "ServerError", None, True),
        (502, "PassingServerError", "server error", True),
        (503, "PassingServerError", "server error", True),
        (504, "PassingServerError", "server error", True),
        (505, "ServerError", None, True),
    ],
)
def test_classes(status: int, kind: str, fault: Optional[str], outcome_unknown: bool) -> None:
    error = api_error(REQUEST, status)
    assert (type(error).__name__, error.fault, error.outcome_unknown) == (kind, fault, outcome_unknown)


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        (401, "", "expired, or revoked"),
        (401, "TENANT_DISABLED", "Reactivate"),
        (403, "", "TenantAdmin"),
        (403, "CSRF-TOKEN-2", "API key or an OAuth client"),
        (500, "", "later"),
        (404, "GROUPS-7", ""),
    ],
)
def test_hints(status: int, code: str, hint: str) -> None:
    error = api_error(REQUEST, status, body(code=code, title="t"))
    assert hint in error.hint
    assert bool(hint) == bool(error.hint)
    assert str(error).endswith(error.hint)


@pytest.mark.parametrize(
    ("kind", "fault", "outcome_unknown"),
    [(NotReached, "not reached", False), (_errors.NeverReached, None, False), (ResponseLost, "response lost", True)],
)
def test_faults_below_http(kind: Type[QlikError], fault: Optional[str], outcome_unknown: bool) -> None:
    error = kind("m")
    assert (error.fault, error.outcome_unknown) == (fault, outcome_unknown)


def test_result_keys() -> None:
    assert QlikError("m", "h").to_result() == {"message": "m", "hint": "h"}
    assert str(QlikError("m", "h")) == "m h"
    assert str(QlikError("m")) == "m"
    keys = {"message", "hint", "request", "status", "code", "title", "detail", "trace_id"}
    assert set(ApiError(REQUEST, 400).to_result()) == keys


def test_a_reason_carries_the_answer_that_led_to_it() -> None:
    reason = InvalidInput("The tenant has no role 'X'.")
    reason.response = api_error(REQUEST, 400, body(code="GROUPS-1", title="Bad"))
    result = reason.to_result()
    assert (result["message"], result["code"], result["status"]) == ("The tenant has no role 'X'.", "GROUPS-1", 400)


def test_unknown_references() -> None:
    error = UnknownReferences(["No role A.", "No role B."], "Roles are C, D.")
    assert str(error) == "No role A. No role B. Roles are C, D."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("  two\n\tlines \r\n", "two lines"),
        ("bell\x07 and escape\x1b[31m", "bell<U+0007> and escape<U+001B>[31m"),
        ("right\u202eto left", "right<U+202E>to left"),
        ("ümläut 群组", "ümläut 群组"),
        ("half \ud800", "half <U+D800>"),
        ("x ##[error]y ##VSO[task.x]z ### [a]", "x ## [error]y ## VSO[task.x]z ### [a]"),
        ("x" * 300, "x" * 300),
        ("x" * 301, "x" * 300 + "…"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected
