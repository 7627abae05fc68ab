# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, cast
from urllib.parse import quote

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api import client as client_module
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import (
    Client,
    any_of,
    equals,
    in_filters,
    is_safe_to_repeat,
    member,
    sendable,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Response, Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    BadRequest,
    InvalidInput,
    ResponseLost,
    UnexpectedResponse,
)
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.module_utils.helpers import GROUPS, Json, assert_says, client_over

FIRST = {"limit": 100}


class Call(NamedTuple):
    method: str
    path: str
    query: Any
    body: Any
    safe_to_repeat: bool


class Script:
    """In place of the transport: gives scripted answers and keeps the calls."""

    url_hint = "Check that `tenant_url` is the URL of a Qlik Cloud tenant."

    def __init__(self, *answers: Any) -> None:
        self._answers: Iterator[Response] = iter(
            response if isinstance(response, Response) else Response(200, {}, response) for response in answers
        )
        self.calls: List[Call] = []

    def send(
        self,
        method: str,
        path: str,
        query: Any = "",
        body: Any = None,
        safe_to_repeat: bool = True,
        check: Callable[[Response], object] = lambda response: None,
        headers: Any = None,
    ) -> Response:
        self.calls.append(Call(method, path, query, body, safe_to_repeat))
        response = next(self._answers)
        check(response)
        return response


def page(*ids: str, link: Optional[str] = None, **more: Any) -> Json:
    links: Json = {"self": {"href": "https://acme.eu.qlikcloud.com/api/v1/groups"}}
    if link is not None:
        links["next"] = {"href": link}
    return dict({"data": [{"id": each} for each in ids], "links": links}, **more)


def ids_of(resources: Any) -> List[str]:
    return [resource["id"] for resource in resources]


LAST_PAGES: List[Json] = [
    {"data": [{"id": "z"}]},
    {"data": [{"id": "z"}], "links": None},
    {"data": [{"id": "z"}], "links": {}},
    {"data": [{"id": "z"}], "links": []},
    {"data": [{"id": "z"}], "links": {"next": None}},
    {"data": [{"id": "z"}], "links": {"next": {}}},
    {"data": [{"id": "z"}], "links": {"next": {"href": None}}},
    {"data": [{"id": "z"}], "links": {"next": {"href": ""}}},
]


@pytest.mark.parametrize("last", LAST_PAGES)
def test_pages_end(last: Json) -> None:
    script = Script(page("a", link="https://acme.eu.qlikcloud.com/api/v1/groups?next=b"), last)
    assert ids_of(client_over(script).list(GROUPS)) == ["a", "z"]
    assert len(script.calls) == 2


def test_an_empty_collection() -> None:
    assert list(client_over(Script(page())).list(GROUPS)) == []


@pytest.mark.parametrize(
    ("link", "path", "query"),
    [
        ("https://acme.eu.qlikcloud.com/api/v1/groups?limit=100&next=a%2Bb", GROUPS, "limit=100&next=a%2Bb"),
        ("http://alias.eu.qlikcloud.com/api/v1/groups?next=b", GROUPS, "next=b"),
        ("https://evil.example:8443/api/v1/groups?next=b", GROUPS, "next=b"),
        ("//evil.example/api/v1/groups?next=b", GROUPS, "next=b"),
        ("/api/v1/groups?next=b#top", GROUPS, "next=b"),
        ("https://acme.eu.qlikcloud.com/api/core/groups?next=b", "/api/core/groups", "next=b"),
    ],
)
def test_links_are_followed_by_path_and_query_only(link: str, path: str, query: str) -> None:
    script = Script(page("a", link=link), page("b"))
    assert ids_of(client_over(script).list(GROUPS)) == ["a", "b"]
    assert script.calls == [Call("GET", GROUPS, FIRST, None, True), Call("GET", path, query, None, True)]


@pytest.mark.parametrize("link", ["https://acme.eu.qlikcloud.com/login?next=b", "?next=b", "https://evil.example", "b"])
def test_a_link_out_of_the_api(link: str) -> None:
    with pytest.raises(UnexpectedResponse, match="out of the API"):
        list(client_over(Script(page("a", link=link))).list(GROUPS))


def test_objects_that_come_twice() -> None:
    script = Script(page("a", "b", "a", link="/api/v1/groups?next=2"), page("b", "c"))
    assert ids_of(client_over(script).list(GROUPS)) == ["a", "b", "c"]


def test_a_link_that_repeats() -> None:
    script = Script(page("a", link="/api/v1/groups?next=1"), page("b", link="/api/v1/groups?next=1"))
    with pytest.raises(UnexpectedResponse, match="repeat themselves"):
        list(client_over(script).list(GROUPS))


def test_pages_without_news() -> None:
    """A few are possible while objects are deleted; endlessly many are a fault of the service."""
    empty = [page(link="/api/v1/groups?next=%d" % number) for number in range(3)]
    script = Script(page("a", link="/api/v1/groups?next=x"), *empty, page("b"))
    assert ids_of(client_over(script).list(GROUPS)) == ["a", "b"]
    script = Script(*[page("a", link="/api/v1/groups?next=%d" % number) for number in range(100)])
    with pytest.raises(UnexpectedResponse, match="repeat themselves"):
        list(client_over(script).list(GROUPS))
    assert len(script.calls) < 10


def test_too_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_MOST_PAGES", 3)
    script = Script(*[page(str(number), link="/api/v1/groups?next=%d" % number) for number in range(9)])
    with pytest.raises(UnexpectedResponse, match="more than 3 pages"):
        list(client_over(script).list(GROUPS))


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (None, "JSON object"),
        ([], "JSON object"),
        ("text", "JSON object"),
        ({}, "list of objects"),
        ({"data": None}, "list of objects"),
        ({"data": {"id": "a"}}, "list of objects"),
        ({"data": ["a"]}, "not an object with an ID"),
        ({"data": [{}]}, "not an object with an ID"),
        ({"data": [{"id": None}]}, "not an object with an ID"),
        ({"data": [{"id": 7}]}, "not an object with an ID"),
        ({"data": [], "links": {"next": {"href": 7}}}, "not a string"),
        ({"data": [], "links": {"next": {"href": "/api/v1/groups?next=" + "b" * 2**16}}}, "more than 65536 characters"),
        ({"data": [{"id": "a" * 1025}]}, "not an object with an ID"),
        ({"data": [{"id": "a", "name": ["b"]}]}, "name of an object is not a string"),
        ({"data": [{"id": "a", "providerType": {}}]}, "providerType of an object is not a string"),
    ],
)
def test_answers_of_another_shape(response: Any, words: str) -> None:
    with pytest.raises(ResponseLost) as caught:
        list(client_over(Script(response)).list(GROUPS))
    assert_says(caught.value, "GET /api/v1/groups", words)


def test_the_query_of_a_list() -> None:
    script = Script(page("a"))
    list(client_over(script).list(GROUPS, {"systemGroups": "true"}))
    assert script.calls[0].query == {"systemGroups": "true"}


def test_search_by_url() -> None:
    condition = equals("name", "a")
    script = Script(page("a", link="/api/v1/groups?next=b"), page("b"))
    assert ids_of(client_over(script).search(GROUPS, condition)) == ["a", "b"]
    assert script.calls[0] == Call("GET", GROUPS, {"limit": 100, "filter": condition}, None, True)


def test_search_by_action_repeats_method_and_body() -> None:
    condition = any_of(equals("name", "group %d" % number) for number in range(100))
    script = Script(page("a", link="https://x/api/v1/groups/actions/filter?next=b"), page("b"))
    assert ids_of(client_over(script).search(GROUPS, condition)) == ["a", "b"]
    path, body = GROUPS + "/actions/filter", {"filter": condition}
    assert script.calls == [Call("POST", path, FIRST, body, True), Call("POST", path, "next=b", body, True)]


@pytest.mark.parametrize(("letter", "count"), [("a", 1500), ("ü", 250), (" ", 500), ("🎉", 125)])
def test_when_a_filter_is_too_long_for_a_url(letter: str, count: int) -> None:
    for condition, method in ((letter * count, "GET"), (letter * (count + 1), "POST")):
        script = Script(page())
        list(client_over(script).search(GROUPS, condition))
        assert script.calls[0].method == method


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_value_ends_its_quotes(value: str) -> None:
    prefix = "name eq "
    condition = equals("name", value)
    assert condition.startswith(prefix)
    literal, end = json.JSONDecoder().raw_decode(condition[len(prefix) :])
    assert (literal, end) == (value, len(condition) - len(prefix))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", 'name eq "plain"'),
        ("", 'name eq ""'),
        ('a" or name eq "b', r'name eq "a\" or name eq \"b"'),
        ("DOMAIN\\user", r'name eq "DOMAIN\\user"'),
        ("ends with \\", r'name eq "ends with \\"'),
        ("line\nbreak", r'name eq "line\nbreak"'),
        ("Büro 群", 'name eq "Büro 群"'),
        ("it's 100% + & more", 'name eq "it\'s 100% + & more"'),
    ],
)
def test_equals(value: str, expected: str) -> None:
    assert equals("name", value) == expected


@pytest.mark.parametrize("build", [sendable, lambda text: equals("name", text)])
@pytest.mark.parametrize("text", ["\ud800", "a\udcffb"])
def test_half_a_character(build: Callable[[str], str], text: str) -> None:
    with pytest.raises(InvalidInput, match="surrogate"):
        build(text)


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])])
def test_in_filters(count: int, sizes: List[int]) -> None:
    conditions = [equals("id", str(number)) for number in range(count)]
    filters = in_filters(conditions)
    assert [len(each.split(" or ")) for each in filters] == sizes
    assert " or ".join(filters) == " or ".join(conditions)


@pytest.mark.parametrize("resource_id", ["a", "a/b", "a?b", "a#b", "ü", "a b"])
def test_read_by_id(resource_id: str) -> None:
    script = Script({"id": resource_id, "name": "n"})
    assert client_over(script).read_by_id(GROUPS, resource_id)["name"] == "n"
    assert script.calls == [Call("GET", "/api/v1/groups/" + quote(resource_id, safe=""), "", None, True)]
    assert member(GROUPS, resource_id).count("/") == 4


@pytest.mark.parametrize("response", [{"id": "b"}, {"id": "A"}, {}, {"data": []}, [], None])
def test_read_by_id_refuses_another_object(response: Any) -> None:
    with pytest.raises(ResponseLost, match="GET /api/v1/groups/a"):
        client_over(Script(response)).read_by_id(GROUPS, "a")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Response(302, {"location": "https://alias.eu.qlikcloud.com/api/v1/tenants/T-1"}, None), "T-1"),
        (Response(301, {"location": "/api/v1/users/u1"}, None), "u1"),
        (Response(301, {"location": "/api/v1/users/u1/?fields=id"}, None), "u1"),
    ],
)
def test_redirected_id(response: Response, expected: str) -> None:
    script = Script(response)
    assert client_over(script).redirected_id("/api/v1/tenants/me") == expected
    assert script.calls == [Call("GET", "/api/v1/tenants/me", "", None, True)]


@pytest.mark.parametrize(
    "response",
    [
        Response(200, {}, {"id": "u1"}),
        Response(200, {"location": "/api/v1/users/u1"}, {}),
        Response(302, {}, None),
        Response(302, {"location": ""}, None),
        Response(302, {"location": "https://login.example"}, None),
    ],
)
def test_no_redirected_id(response: Response) -> None:
    with pytest.raises(ResponseLost, match="redirect to an ID"):
        client_over(Script(response)).redirected_id("/api/v1/users/me")


def test_count() -> None:
    script = Script(page("a", totalResults=42))
    assert client_over(script).count(GROUPS, "c") == 42
    assert script.calls[0].query == {"limit": 1, "totalResults": "true", "filter": "c"}


@pytest.mark.parametrize("total", [None, "42", True, -1, 1.5, 10**18, 10**400], ids=repr)
def test_count_without_a_total(total: Any) -> None:
    with pytest.raises(ResponseLost, match="totalResults"):
        client_over(Script(page("a", totalResults=total))).count(GROUPS, "c")


def test_first_page_reads_the_others_only_when_they_are_followed() -> None:
    script = Script(page("a", "b", link="/api/v1/groups?next=b", totalResults=3), page("c"))
    resources, total, everything = client_over(script).first_page(GROUPS, "name")
    assert ids_of(resources) == ["a", "b"]
    assert total == 3
    assert len(script.calls) == 1
    assert ids_of(everything) == ["a", "b", "c"]
    assert [call.query for call in script.calls] == [
        {"limit": 100, "totalResults": "true", "sort": "+name"},
        "next=b",
    ]


def test_no_page_where_there_are_some() -> None:
    assert ids_of(client_over(Script(page(totalResults=7))).everything(GROUPS, "name")) == []


@pytest.mark.parametrize("total", [None, "3", 0, -1, 1, True, 2.0, 10**18, 10**400], ids=repr)
def test_pages_are_followed_where_the_total_is_not_told_or_wrong(total: Any) -> None:
    script = Script(page("a", "b", link="/api/v1/groups?next=b", totalResults=total), page("c"))
    resources, known, everything = client_over(script).first_page(GROUPS, "name")
    assert ids_of(resources) == ["a", "b"]
    assert known == 2
    assert ids_of(everything) == ["a", "b", "c"]


class Sorted:
    """In place of the transport: a list in pages of 100 that knows the sort fields it is given, and no others."""

    def __init__(self, size: int, *sorts: str, ties: bool = False) -> None:
        self.ids = ["%05d" % number for number in range(size)]
        self.sorts = sorts
        self.ties = ties
        self.sent: List[str] = []

    def send(
        self,
        method: str,
        path: str,
        query: Any = "",
        body: Any = None,
        safe_to_repeat: bool = True,
        check: Callable[[Response], object] = lambda response: None,
        headers: Any = None,
    ) -> Response:
        if isinstance(query, str):
            sort, _dot, start = query[len("next=") :].partition(".")
        else:
            sort, start = query.get("sort", "+id"), "0"
        self.sent.append(sort)
        if sort not in self.sorts:
            raise BadRequest("GET %s" % path, 400)
        begin = int(start)
        ids = self.ids if sort[0] == "+" or self.ties else self.ids[::-1]
        end = begin + 100
        link = "%s?next=%s.%d" % (path, sort, end) if end < len(ids) else None
        response = Response(200, {}, page(*ids[begin:end], link=link, totalResults=len(ids)))
        check(response)
        return response


def everything_of(tenant: Sorted, field: str = "name") -> List[str]:
    return ids_of(Client(cast(Transport, tenant)).everything(GROUPS, field))


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 150, 199, 200, 201, 250, 299, 300, 301, 1000, 1050])
def test_both_ends_together_are_as_many_requests_as_one_chain(size: int) -> None:
    tenant = Sorted(size, "+name", "-name")
    assert sorted(everything_of(tenant)) == tenant.ids
    assert len(tenant.sent) == max(1, -(-size // 100))
    assert tenant.sent.count("-name") == size // 100 // 2


def test_users_are_sorted_by_what_is_unique() -> None:
    tenant = Sorted(450, "+subject", "-subject")
    assert sorted(everything_of(tenant, "subject")) == tenant.ids
    assert tenant.sent.count("-subject") == 2


@pytest.mark.parametrize(
    ("sorts", "sent"),
    [(["+name", "+id"], {"+name": 5, "-name": 1}), (["+id"], {"+name": 1, "+id": 5})],
    ids=["backward", "any"],
)
def test_a_tenant_that_refuses_the_order_is_read_from_one_end(sorts: List[str], sent: Dict[str, int]) -> None:
    tenant = Sorted(450, *sorts)
    assert everything_of(tenant) == tenant.ids
    assert Counter(tenant.sent) == sent


@pytest.mark.parametrize("size", [450, 1050])
def test_a_tenant_that_does_not_sort_costs_one_request_more(size: int) -> None:
    tenant = Sorted(size, "+name", "-name", ties=True)
    assert everything_of(tenant) == tenant.ids
    assert (tenant.sent.count("+name"), tenant.sent.count("-name")) == (-(-size // 100), 1)


def test_create_must_not_be_repeated() -> None:
    script = Script(Response(201, {}, {"id": "a"}))
    assert client_over(script).create(GROUPS, {"name": "n"}) == {"id": "a"}
    assert script.calls == [Call("POST", GROUPS, "", {"name": "n"}, False)]


@pytest.mark.parametrize("body", [None, [], {}, {"id": None}, {"id": ""}, {"id": 7}], ids=repr)
def test_create_without_an_object(body: Any) -> None:
    with pytest.raises(ResponseLost, match="POST /api/v1/groups"):
        client_over(Script(Response(201, {}, body))).create(GROUPS, {})


def test_create_with_another_object() -> None:
    with pytest.raises(ResponseLost, match="POST /api/v1/groups"):
        client_over(Script(Response(201, {}, {"id": "a"}))).create(GROUPS, {}, lambda created: False)


@pytest.mark.parametrize(
    ("ops", "safe"),
    [
        (["replace"], True),
        (["replace", "replace"], True),
        (["add"], False),
        (["replace", "add"], False),
        (["remove-value"], False),
        (["renew"], False),
    ],
)
def test_only_replacing_may_be_repeated(ops: List[str], safe: bool) -> None:
    operations = [{"op": op, "path": "/name", "value": "v"} for op in ops]
    script = Script(Response(204, {}, None))
    client_over(script).patch(GROUPS + "/a", operations)
    assert script.calls == [Call("PATCH", GROUPS + "/a", "", operations, safe)]
    assert is_safe_to_repeat(operations) is safe


def test_delete() -> None:
    script = Script(Response(204, {}, None))
    client_over(script).delete(GROUPS + "/a")
    assert script.calls == [Call("DELETE", GROUPS + "/a", "", None, True)]


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.read(GROUPS),
        lambda client: client.create(GROUPS, {}),
        lambda client: client.patch(GROUPS, []),
        lambda client: client.delete(GROUPS),
        lambda client: client.count(GROUPS, "c"),
    ],
)
def test_a_redirect_is_no_success(call: Callable[[Client], Any]) -> None:
    with pytest.raises(UnexpectedResponse, match="redirect"):
        call(client_over(Script(Response(302, {"location": "/login"}, None))))
