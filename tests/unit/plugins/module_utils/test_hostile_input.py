# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers, links and texts that no well-behaved tenant or user would give."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import member
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import base_url
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    NotReached,
    PartlyApplied,
    QlikError,
    ResponseLost,
    UnexpectedResponse,
)
from requests import exceptions
from unit.plugins.module_utils.helpers import GROUP, GROUPS, Json, client_over, desired, group, response, world_of
from unit.plugins.module_utils.tenant import Fault, Tenant, refused
from unit.plugins.module_utils.test_apply import CUSTOM, assert_failed, ensure
from unit.plugins.module_utils.test_transport import OAUTH, Bench, aborted, texts_of, token_answer
from urllib3 import exceptions as below


@pytest.mark.parametrize("url", ["https://ada:hunter2@acme.eu.qlikcloud.com:port", "https://ada:hunter2@[acme"])
def test_no_password_in_the_refusal_of_a_url(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        base_url(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("step", ["html", "connection"])
def test_a_secret_is_masked_before_the_text_is_cut(step: str) -> None:
    secret = "0123456789abcdefghij"
    text = "x" * 289 + " " + secret
    fault = response(200, text=text) if step == "html" else exceptions.ConnectionError(text)
    with pytest.raises(QlikError) as caught:
        Bench(fault, token=secret, retries=0).get()
    assert secret[:8] not in texts_of(caught.value)


def test_a_secret_is_masked_however_json_escapes_it() -> None:
    secret = "abc<def&ghi/jkl"
    text = '{"errors":[{"code":"X","title":"abc\\u003cdef\\u0026ghi\\/jkl"}]}'
    with pytest.raises(QlikError) as caught:
        Bench(response(400, text=text), token=secret).get()
    assert secret not in texts_of(caught.value)


class Breaking(io.BytesIO):
    def read(self, *_args: object, **_options: object) -> bytes:
        raise below.SSLError("bad record mac")


def test_tls_that_breaks_while_the_answer_arrives() -> None:
    broken = response(201)
    broken.raw = Breaking()
    bench = Bench(broken, response(201, {}))
    with pytest.raises(ResponseLost):
        bench.transport.send("POST", GROUPS, body={}, safe_to_repeat=False)
    assert len(bench.wire.calls) == 1


def test_an_earlier_error_is_no_cause_of_a_later_one() -> None:
    bench = Bench(aborted(), retries=0)

    def look_again() -> None:
        try:
            raise exceptions.ReadTimeout("first")
        except exceptions.ReadTimeout:
            bench.get()

    with pytest.raises(ResponseLost, match="reset"):
        look_again()


@pytest.mark.parametrize("location", ["http://[bad", "https://acme/\xe9"])
def test_a_redirect_to_nowhere(location: str) -> None:
    received = Bench(response(302, headers={"Location": location})).transport.send("GET", "/api/v1/users/me")
    assert received.status == 302


def test_redirected_id_of_nowhere() -> None:
    with pytest.raises(UnexpectedResponse):
        client_over(Bench(response(302, headers={"Location": "http://[bad"})).transport).redirected_id(
            "/api/v1/users/me"
        )


def test_next_link_invalid() -> None:
    page = {"data": [], "links": {"next": {"href": "http://[bad/api/v1/groups?next=1"}}}
    with pytest.raises(UnexpectedResponse):
        list(client_over(Bench(response(200, page)).transport).list(GROUPS))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200000,
        "[" * 900 + "]" * 900,
        '{"a":' * 60 + "1" + "}" * 60,
        '{"totalResults": %s}' % ("9" * 5000),
        '{"totalResults": 1e999}',
        '{"totalResults": NaN}',
        '{"totalResults": -Infinity}',
    ],
    ids=lambda text: text[:20],
)
def test_a_success_that_no_program_should_have_to_work_with(text: str) -> None:
    with pytest.raises(ResponseLost, match="unreadable body"):
        Bench(response(200, text=text), retries=0).get()


@pytest.mark.parametrize("length", ["²", "-1", "1e3", "9" * 5000, "0x10", " "])
def test_a_length_that_is_no_number(length: str) -> None:
    assert Bench(response(200, {}, headers={"Content-Length": length})).get() == {}


@pytest.mark.parametrize("lifetime", [True, -1, 0, 10**19, 1e300, "21600", None, [], {}], ids=str)
def test_a_lifetime_of_a_token_that_cannot_be_right(lifetime: Any) -> None:
    bench = Bench(token_answer(expires_in=lifetime), response(body={}), response(body={}), **OAUTH)
    bench.get()
    bench.get()
    assert bench.wire.calls.count("POST /oauth/token") == 1


def test_a_hundred_thousand_errors() -> None:
    entry = {"code": "X-1", "title": "t" * 50, "detail": "d" * 50}
    with pytest.raises(ApiError) as caught:
        Bench(response(400, {"errors": [entry] * 100000})).get()
    assert len(str(caught.value)) < 1500


def test_an_error_of_many_long_parts() -> None:
    part = {"code": "c" * 9999, "title": "t" * 9999}
    body = {"errors": [dict(part, detail="d" * 9999, meta=[part] * 20)] * 20, "traceId": "i" * 9999}
    with pytest.raises(ApiError) as caught:
        Bench(response(400, body)).get()
    assert len(str(caught.value)) < 2000
    assert len(json.dumps(caught.value.to_result())) < 4000


@pytest.mark.parametrize("token", ["a\nb", "t\xf6k\xe9n", "a b"])
def test_a_token_that_no_header_can_carry(token: str) -> None:
    bench = Bench(token_answer(token), retries=0, **OAUTH)
    with pytest.raises(ResponseLost):
        bench.get()


def test_half_a_character_in_an_id() -> None:
    with pytest.raises(InvalidInput, match="surrogate"):
        member(GROUPS, "\ud800")


def test_half_a_character_in_a_filter() -> None:
    with pytest.raises(InvalidInput, match="surrogate"):
        list(client_over(Bench(response(200, {"data": []})).transport).search(GROUPS, 'name eq "\ud800"'))


@pytest.mark.parametrize("shown", [{"name": "A"}, {"name": "A", "id": None}])
def test_a_role_without_an_id_is_not_compared_by_id(shown: Json) -> None:
    current = dict(group("g"), assignedRoles=[shown])
    with pytest.raises(UnexpectedResponse, match="has no id"):
        GROUP.plan(desired(name="g", assigned_role_ids=["id-of-B"]), world_of(current, roles=["A", "B"]))


@pytest.mark.parametrize("shown", [{"id": "id-of-A"}, {"id": "id-of-A", "name": None}])
def test_a_role_without_a_name_is_not_compared_by_name(shown: Json) -> None:
    current = dict(group("g"), assignedRoles=[shown])
    with pytest.raises(UnexpectedResponse, match="has no name"):
        GROUP.plan(desired(name="g", assigned_roles=["A"]), world_of(current, roles=["A", "B"]))


def test_looking_fails_after_a_part_was_carried_out() -> None:
    tenant = Tenant(CUSTOM)
    tenant.fail("PATCH", Fault(refused(207)))
    tenant.fail("GET", None, Fault(NotReached("no connection")))
    outcome = ensure(tenant, name="g", provider_type="custom", description="new")
    assert_failed(outcome, PartlyApplied, changed=True)


def test_port_0() -> None:
    with pytest.raises(InvalidInput):
        base_url("https://acme.eu.qlikcloud.com:0")


def test_a_short_lived_token_is_used_more_than_once() -> None:
    bench = Bench(token_answer(expires_in=300), response(body={}), response(body={}), **OAUTH)
    bench.get()
    bench.get()


def test_expires_in_null() -> None:
    Bench(token_answer(expires_in=None), response(body={}), **OAUTH).get()


def test_conflict_after_unknown() -> None:
    from unit.plugins.module_utils.tenant import lost

    tenant = Tenant(group("g", roles=["A"]))
    tenant.fail("DELETE", lost(done=False))
    outcome = ensure(tenant, name="g", state="absent")
    print(outcome)
