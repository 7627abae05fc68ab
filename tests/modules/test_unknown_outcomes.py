# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says of a write whose answer does not show what became of it."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.session import HttpResponse, HttpSession
from fault_matrix.cases import CASES, SHAPES, whose
from kinds.cases import FaultCase
from local_tenant.client import LocalTenant, TenantHandle
from modules.harness import Json, Result, Run
from suites import diagonal, long_unless

DEEP = "[" * 900 + "]" * 900
#: Answers to a write that was carried out, and that do not say so.
UNREADABLE: dict[str, dict[str, Json]] = {
    "truncated but well framed": {"status": 201, "text": '{"id": "5', "processed": True},
    "broken JSON": {"invalid_json": True},
    "empty": {"status": 201, "processed": True},
    "a list": {"wrong_type": []},
    "an empty object": {"wrong_type": {}},
    "another object": {"wrong_type": {"id": "x", "name": "somebody else", "subject": "somebody else"}},
    "nested deeply": {"status": 201, "text": '{"id": "x", "name": "N", "deep": %s}' % DEEP, "processed": True},
    "an endless number": {"status": 201, "text": '{"id": "x", "quota": %s}' % ("9" * 5000), "processed": True},
}
#: Answers after which it is not known who answered.
FOREIGN: dict[str, dict[str, Json]] = {
    "a page": {"status": 200, "html": "<html>Log in</html>", "processed": True},
    "a redirect": {"redirect": "https://elsewhere.example/login", "processed": True},
    "a huge body": {"huge": 65 * 1024 * 1024},
    "a request time-out": {"status": 408, "processed": True},
    "an error of the service": {"status": 503, "processed": True},
    "a broken connection": {"reset": "after"},
}
#: What all requests meet that come after the write.
LATER: dict[str, dict[str, Json] | None] = {
    "nothing": None,
    "503": {"status": 503},
    "403": {"status": 403},
    "404": {"status": 404},
    "409": {"status": 409},
    "a wait for an hour": {"status": 429, "headers": {"Retry-After": "3600"}},
    "broken JSON": {"invalid_json": True},
    "a page": {"status": 200, "html": "<html>Log in</html>"},
}
#: The case of a creation that is not sent again, because that could make a second client.
SENT_ONCE = "qlik_oauth_client"
WRITES = {name: case for name, case in CASES.items() if case.expected is not None}
READS = [name for name in CASES if name.endswith("_info")]
ENDS = list(itertools.product([*UNREADABLE, *FOREIGN], LATER))


@pytest.fixture
def spoil(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the first write of a task be answered so, and everything after it otherwise."""

    def planted(response: dict[str, Json], later: dict[str, Json] | None = None, on: TenantHandle = tenant) -> None:
        original, lock = HttpSession.exchange, threading.Lock()
        written: list[str] = []

        def exchange(self: HttpSession, method: str, path: str, *rest: Any) -> HttpResponse:
            with lock:
                first = method != "GET" and "/oauth/" not in path and "/actions/filter" not in path and not written
                if first:
                    written.append(path)
                    match = {"method": method, "path": re.escape(path) + "$", "count": 1}
                    on.misbehave({"match": match, "action": response})
            try:
                return original(self, method, path, *rest)
            finally:
                if first and later:
                    on.misbehave({"match": {}, "action": later})

        monkeypatch.setattr(HttpSession, "exchange", exchange)

    return planted


def only_deletes(case: FaultCase) -> bool:
    """Whether the case writes many resources, and nothing but deletions."""
    if case.options.get("revoke_replaced"):
        return True
    return bool(case.summary) and not any(case.summary[action] for action in ("created", "updated", "failed"))


def assert_honest(case: FaultCase, result: Result, before: Json, after: Json) -> None:
    msg = result.get("msg", "")
    if before != after:
        assert result["changed"] is True, result
        assert "Nothing was changed" not in msg, result
    if "may have been changed" in msg:
        assert result["changed"] is True, result
    if result.get("failed"):
        assert "Unexpected error in the collection" not in msg, result
    else:
        assert after == case.expected, result


@pytest.mark.parametrize(
    ("response", "case"), long_unless(diagonal(UNREADABLE, WRITES), itertools.product(UNREADABLE, WRITES))
)
@pytest.mark.usefixtures("impatient")
def test_an_answer_that_cannot_be_read_is_a_lost_answer(
    run: Run, tenant: LocalTenant, spoil: Callable[..., None], response: str, case: str
) -> None:
    """What is safe is repeated, what is not is looked up: the task does what it should."""
    task = CASES[case]
    handle = whose(task, tenant)
    task.prepare(handle)
    spoil(UNREADABLE[response], on=handle)
    result = run(task.module, retries=2, **task.options)
    assert not result.get("failed"), result
    assert result["changed"] is True
    assert task.look(handle.state()) == task.expected


@pytest.mark.parametrize(
    ("response", "case"), long_unless(diagonal(UNREADABLE, READS), itertools.product(UNREADABLE, READS))
)
@pytest.mark.usefixtures("impatient")
def test_a_read_that_cannot_be_read_is_repeated(run: Run, tenant: LocalTenant, response: str, case: str) -> None:
    handle = whose(CASES[case], tenant)
    CASES[case].prepare(handle)
    handle.misbehave({"match": {"method": "GET", "count": 1, "path": "/api/"}, "action": UNREADABLE[response]})
    result = run(CASES[case].module, retries=1)
    assert not result.get("failed"), result


@pytest.mark.parametrize(("end", "case"), long_unless(diagonal(ENDS, SHAPES), itertools.product(ENDS, WRITES)), ids=str)
@pytest.mark.usefixtures("impatient")
def test_no_report_says_more_than_is_known(
    run: Run, tenant: LocalTenant, spoil: Callable[..., None], end: tuple[str, str], case: str
) -> None:
    """All ways in which a task can end after a write."""
    response, later = end
    task = CASES[case]
    handle = whose(task, tenant)
    task.prepare(handle)
    before = task.look(handle.state())
    spoil({**UNREADABLE, **FOREIGN}[response], LATER[later], on=handle)
    result = run(task.module, retries=1, rate_limit_wait=1, timeout=2, **task.options)
    after = task.look(handle.state())
    if later == "404" and only_deletes(task):
        # Who says of everything that it is not there says that it is deleted.
        assert (result["changed"], result.get("failed", False)) == (True, False), result
        return
    assert_honest(task, result, before, after)


@pytest.mark.parametrize("fault", [name for name in UNREADABLE if name != "another object"] + ["503", "reset"])
@pytest.mark.usefixtures("impatient")
def test_one_more_fault_in_the_look_ends_no_attempts(
    run: Run, tenant: LocalTenant, spoil: Callable[..., None], fault: str
) -> None:
    actions = {**UNREADABLE, "503": {"status": 503}, "reset": {"reset": "before"}}
    tenant.misbehave({"match": {"method": "GET", "path": "/groups", "skip": 1, "count": 1}, "action": actions[fault]})
    spoil({"reset": "before"})
    result = run("qlik_group", name="HR", retries=1)
    assert tenant.faults()[0]["used"] == 1
    assert not result.get("failed"), result
    assert len(tenant.groups()) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [{"reset": "after"}, {"reset": "before"}])
def test_an_answer_that_is_lost_behind_a_proxy_is_a_lost_answer(
    run: Run, tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch, fault: Json
) -> None:
    """The proxy is not to blame, and the request may have been carried out."""
    monkeypatch.setenv("https_proxy", tenant.organization.proxy)
    address: dict[str, Json] = {
        "tenant_url": f"https://{tenant.state()['tenant']['hostnames'][0]}",
        "ca_path": tenant.organization.authority,
        "api_key": tenant.api_key,
    }
    tenant.misbehave({"match": {"method": "POST", "count": 1}, "action": fault})
    looks: list[str] = []
    monkeypatch.setattr(HttpSession, "exchange", recorded(HttpSession.exchange, looks))
    assert run("qlik_group", name="HR", **address)["changed"] is True
    assert len(tenant.groups()) == 1
    first = looks.index("POST /api/v1/groups")
    assert looks[first + 1].startswith("GET "), "it was repeated without a look"


def recorded(original: Callable[..., HttpResponse], calls: list[str]) -> Callable[..., HttpResponse]:
    def exchange(self: HttpSession, method: str, path: str, *rest: Any) -> HttpResponse:
        calls.append(f"{method} {path}")
        return original(self, method, path, *rest)

    return exchange
