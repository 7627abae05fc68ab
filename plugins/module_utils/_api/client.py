# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be asked of a tenant: reading, all pages, filters, and the three kinds of write."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, takewhile
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import quote, urlsplit

from .._errors import BadRequest, InvalidInput, ResponseLost, UnexpectedResponse, printable
from .stream import ObjectStream
from .transport import Query, Response, Transport, is_number, refuse_redirect

API = "/api/v1"
#: The newest services are only here.
CORE_API = "/api/core"
#: Qlik reference, pagination: the largest page, and the most ids in the filter of a filter action.
PAGE_SIZE = 100
MOST_IN_A_FILTER = 100

_MOST_PAGES = 10000
_MOST_PAGES_WITHOUT_NEWS = 3
#: Pages of texts, such as event types: no tenant has thousands.
_MOST_PAGES_OF_NAMES = 100
#: Characters of a link to a next page, and of an ID. Python takes many times their memory to work with a link.
_LONGEST_LINK = 64 * 1024
_LONGEST_ID = 1024
#: The fields of objects by which the collection finds and compares them.
_TEXT_FIELDS = ("id", "name", "subject", "email", "providerType", "origin", "ownerId")
#: A longer filter is sent in the body of the filter action instead of the URL.
_LONGEST_FILTER_IN_URL = 1500
#: Qlik reference: others, such as roles, have no filter action.
_WITH_FILTER_ACTION = (API + "/users", API + "/groups", "/api/core/tenants")


def equals(attribute: str, value: str) -> str:
    """The filter C(attribute eq "value"), in which no character of the value can end it (RFC 7644, JSON strings).

    :raises InvalidInput: when the value is not text that can be sent.
    """
    return "%s eq %s" % (attribute, json.dumps(sendable(value), ensure_ascii=False))


def any_of(conditions: Iterable[str]) -> str:
    """One filter that accepts what any of the conditions accepts."""
    return " or ".join(conditions)


def sendable(text: str) -> str:
    """The text itself.

    :raises InvalidInput: when it holds a lone surrogate, which no UTF-8 text can.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidInput("%r holds half a character (a lone surrogate)." % text) from None
    return text


class FirstPage(NamedTuple):
    """The first page of a collection.

    :param total: how many objects there are in all.
    :param everything: all of them from the first on; the pages after the first are read when it is followed.
    """

    resources: List[Dict[str, Any]]
    total: int
    everything: Iterator[Dict[str, Any]]


class Client:
    """The verbs of Qlik's API on one tenant; answers are checked for the shape that the reference promises."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._tenant_id = ""
        self._tenant_id_lock = threading.Lock()

    def read(
        self, path: str, query: Query = "", is_it: Callable[[Mapping[str, Any]], bool] = lambda body: True
    ) -> Dict[str, Any]:
        """GET one object.

        :param is_it: tells what was asked for from something else.
        :raises NotFound: when there is none.
        :raises AnswerLost: when the answer is something else.
        """

        def check(body: Mapping[str, Any], request: str) -> None:
            if not is_it(body):
                raise ResponseLost("%s was answered with something else than was asked for." % request)

        return self._object("GET", path, query, check=check)

    def read_by_id(self, collection: str, resource_id: str) -> Dict[str, Any]:
        """GET C(collection/resource_id).

        :raises NotFound: when there is none.
        :raises AnswerLost: when the answer is about another object.
        """

        def check(body: Mapping[str, Any], request: str) -> None:
            if body.get("id") != resource_id:
                raise ResponseLost("%s was answered with something else than the object of that id." % request)

        return self._object("GET", member(collection, resource_id), check=check)

    def list(self, collection: str, query: Optional[Mapping[str, Any]] = None) -> Iterator[Dict[str, Any]]:
        """All objects of a collection, page after page; C(query) replaces the largest page size."""
        return self._pages("GET", collection, query or {"limit": PAGE_SIZE}, None)

    def everything(self, collection: str, field: str, counted: bool = True) -> Iterator[Dict[str, Any]]:
        """All objects of a collection, read from both ends of its order by C(field) at once."""
        return self.first_page(collection, field, counted).everything

    def first_page(self, collection: str, field: str, counted: bool = True) -> FirstPage:
        """The first page of a collection, and what follows.

        The order is always asked for: the one that a tenant has by itself is no promise, and both ends of two orders do
        not meet. A tenant that refuses the order is read from one end.

        :param field: what the collection is sorted by.
        :param counted: whether the API has to be asked to count; otherwise it does so by itself, in C(meta.count).
        """
        asked: Dict[str, Any] = {"limit": PAGE_SIZE}
        if counted:
            asked["totalResults"] = "true"
        is_sorted = True
        try:
            page = self._object("GET", collection, {**asked, "sort": "+" + field}, check=_check_page)
        except BadRequest:
            is_sorted = False
            page = self._object("GET", collection, asked, check=_check_page)
        resources = page["data"]
        forward = self._pages("GET", collection, asked, None, page)
        total = _total_of(page)
        if total is None or total < len(resources):
            return FirstPage(resources, len(resources), forward)
        if not is_sorted or len(resources) in (0, total):
            return FirstPage(resources, total, forward)
        backward = self.list(collection, {"limit": PAGE_SIZE, "sort": "-" + field})
        # Where the tenant does not sort, the end looks like the beginning.
        beginning = {resource["id"] for resource in resources}
        backward = takewhile(lambda resource: resource["id"] not in beginning, backward)
        return FirstPage(resources, total, _from_both_ends(forward, backward, total, len(resources)))

    def names(self, collection: str) -> List[str]:
        """All texts of a collection that has texts instead of objects, over all pages.

        :raises AnswerLost: when the answer is something else.
        """

        def check(body: Mapping[str, Any], request: str) -> None:
            data = body.get("data")
            if not isinstance(data, list) or not all(isinstance(name, str) for name in data):
                raise ResponseLost("%s: unexpected response: not a list of strings." % request)
            _next_link(body, request)

        names: Dict[str, None] = {}
        path, query = collection, ""
        for _page in range(_MOST_PAGES_OF_NAMES):
            page = self._object("GET", path, query, check=check)
            names.update(dict.fromkeys(page["data"]))
            link = _next_link(page, collection)
            if link is None:
                break
            path, query = self._inside_api(link, "GET %s" % collection)
        return list(names)

    def stream(
        self, path: str, query: Mapping[str, Any], limit: int, reader: Callable[[], Callable[[Dict[str, Any]], object]]
    ) -> None:
        """GET a list of any length, whose objects are handed over one after the other.

        :param limit: how many bytes the response may have.
        :param reader: gives what takes the objects; it is asked again when the request is repeated.
        :raises AnswerLost: when the response breaks off.
        """
        streams: List[ObjectStream] = []

        def receiver() -> ObjectStream:
            streams.append(ObjectStream(limit, reader()))
            return streams[-1]

        def check(response: Response) -> None:
            request = "GET %s" % path
            refuse_redirect(response, request, self.transport)
            if not streams[-1].is_complete:
                raise ResponseLost("%s: unexpected response: not a complete list of objects." % request)

        self.transport.send("GET", path, query, check=check, receiver=receiver)

    def search(self, collection: str, condition: str) -> Iterator[Dict[str, Any]]:
        """All objects that a filter accepts; it ignores case, so every hit has to be compared again."""
        fits = len(quote(sendable(condition), safe="")) <= _LONGEST_FILTER_IN_URL
        if fits or collection not in _WITH_FILTER_ACTION:
            return self.list(collection, {"limit": PAGE_SIZE, "filter": condition})
        return self._pages("POST", collection + "/actions/filter", {"limit": PAGE_SIZE}, {"filter": condition})

    def count(self, collection: str, condition: str) -> int:
        """How many objects a filter accepts, in one request."""
        query = {"limit": 1, "totalResults": "true", "filter": condition}
        return int(self._object("GET", collection, query, check=_check_count)["totalResults"])

    def create(
        self,
        collection: str,
        payload: Mapping[str, Any],
        is_it: Callable[[Dict[str, Any]], bool] = lambda created: True,
    ) -> Dict[str, Any]:
        """POST a new object and return it as the tenant holds it.

        :param is_it: whether what an answer shows is what was sent.
        :raises AnswerLost: it may have been created; look it up before trying again.
        """

        def check(body: Dict[str, Any], request: str) -> None:
            if not _is_resource(body) or not is_it(body):
                raise ResponseLost("%s was answered with something else than the object that was sent." % request)

        return self._object("POST", collection, body=payload, safe_to_repeat=False, check=check)

    def act(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str], needed: Sequence[str] = ()
    ) -> Dict[str, Any]:
        """POST an action, which is not repeated, and return its answer.

        :param needed: the fields without which an answer is none.
        :raises AnswerLost: it may have been carried out; look before trying again.
        """

        def check(response: Mapping[str, Any], request: str) -> None:
            if any(not isinstance(response.get(name), str) for name in needed):
                raise ResponseLost("%s was answered without %s." % (request, " and ".join(needed)))

        return self._object("POST", path, body=body, safe_to_repeat=False, check=check, headers=headers)

    def patch(self, path: str, operations: Sequence[Mapping[str, Any]]) -> None:
        """PATCH with operations of Qlik's dialect of JSON Patch; the success has no body.

        :raises PartlyApplied: for users, when only some of the operations were carried out.
        """
        self._send("PATCH", path, body=list(operations), safe_to_repeat=is_safe_to_repeat(operations))

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        """PUT one object as a whole."""
        self._send("PUT", path, body=body)

    def delete(self, path: str) -> None:
        """DELETE one object.

        :raises NotFound: when there is none, also when an attempt before this one deleted it and its answer was lost.
        """
        self._send("DELETE", path)

    def tenant_id(self) -> str:
        """The id of the tenant, which is asked for once."""
        with self._tenant_id_lock:
            self._tenant_id = self._tenant_id or self.redirected_id(API + "/tenants/me")
        return self._tenant_id

    def redirected_id(self, path: str) -> str:
        """The id that C(/tenants/me) or C(/users/me) redirects to.

        The redirect is not followed: it can name another host, which must not get the credential.
        """
        request = "GET %s" % path

        def check(response: Response) -> None:
            if not 300 <= response.status < 400 or not id_in(response):
                raise ResponseLost("%s was not answered with a redirect to an id." % request)

        def id_in(response: Response) -> str:
            return _split(response.headers.get("location", ""), request)[0].rstrip("/").rpartition("/")[2]

        return id_in(self.transport.send("GET", path, check=check))

    def _pages(
        self,
        method: str,
        path: str,
        query: Query,
        body: Optional[Mapping[str, Any]],
        page: Optional[Mapping[str, Any]] = None,
    ) -> Iterator[Dict[str, Any]]:
        """The objects of all pages, each once: a list that changes between two pages can repeat one.

        :param page: the first page, if it has been read already.
        """
        request = "%s %s" % (method, path)
        seen_ids = set()
        seen_links = set()
        pages_without_news = 0
        for page_number in range(_MOST_PAGES):
            page = page or self._object(method, path, query, body, check=_check_page)
            news = 0
            for resource in page["data"]:
                if resource["id"] not in seen_ids:
                    seen_ids.add(resource["id"])
                    news += 1
                    yield resource
            next_link = _next_link(page, request)
            if next_link is None:
                return
            pages_without_news = 0 if news else pages_without_news + 1
            if next_link in seen_links or pages_without_news > _MOST_PAGES_WITHOUT_NEWS:
                raise UnexpectedResponse("%s: the pages repeat themselves (page %d)." % (request, page_number + 1))
            seen_links.add(next_link)
            page = None
            path, query = self._inside_api(next_link, request)
        raise UnexpectedResponse("%s: there are more than %d pages." % (request, _MOST_PAGES))

    @staticmethod
    def _inside_api(link: str, request: str) -> Tuple[str, str]:
        """Path and query of a link; its host can be the tenant's alias, or anything.

        :raises UnexpectedAnswer: when the link leads out of the API.
        """
        path, query = _split(link, request)
        if not path.startswith("/api/"):
            raise UnexpectedResponse("%s: the link to the next page leads out of the API." % request)
        return path, query

    def _object(
        self,
        method: str,
        path: str,
        query: Query = "",
        body: Any = None,
        safe_to_repeat: bool = True,
        check: Callable[[Dict[str, Any], str], object] = lambda body, request: None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> Dict[str, Any]:
        """Send a request that is answered with an object.

        :param check: gets the object and the request's name, and raises AnswerLost if it is not what was asked for.
        """

        def check_object(response: Response) -> None:
            request = "%s %s" % (method, path)
            if not isinstance(response.body, dict):
                raise ResponseLost("%s was answered with something else than a JSON object." % request)
            _check_texts(response.body, request)
            check(response.body, request)

        return dict(self._send(method, path, query, body, safe_to_repeat, check_object, headers).body)

    def _send(
        self,
        method: str,
        path: str,
        query: Query = "",
        body: Any = None,
        safe_to_repeat: bool = True,
        check: Callable[[Response], object] = lambda response: None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> Response:
        def check_all(response: Response) -> None:
            refuse_redirect(response, "%s %s" % (method, path), self.transport)
            check(response)

        return self.transport.send(method, path, query, body, safe_to_repeat, check_all, headers)


def _from_both_ends(
    forward: Iterator[Dict[str, Any]], backward: Iterator[Dict[str, Any]], total: int, page_size: int
) -> Iterator[Dict[str, Any]]:
    """Each object once. A page names the next one, so only chains from different ends can be read at the same time.

    Together they are as many requests as one chain. Where they do not meet, because the tenant does not sort, or
    sorted differently a moment ago, the forward one is followed to its end.

    :param page_size: how many objects a page has, which can be less than was asked for.
    """
    from_the_end = total // page_size // 2 * page_size
    seen = set()
    with ThreadPoolExecutor(max_workers=1) as pool:
        tail = pool.submit(_unless_refused, islice(backward, from_the_end))
        for read_part in (lambda: islice(forward, total - from_the_end), tail.result, lambda: forward):
            for resource in read_part():
                if resource["id"] not in seen:
                    seen.add(resource["id"])
                    yield resource
            if len(seen) >= total:
                return


def _unless_refused(resources: Iterable[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """All of them, or none where the tenant does not take the order that was asked for."""
    try:
        return list(resources)
    except BadRequest:
        return []


def is_safe_to_repeat(operations: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a PATCH can be sent twice: adding a custom group that a user already has is refused, for example."""
    return all(operation["op"] == "replace" for operation in operations)


def member(collection: str, resource_id: str) -> str:
    """The path of one object of a collection."""
    return "%s/%s" % (collection, quote(sendable(resource_id), safe=""))


def in_filters(conditions: Sequence[str]) -> List[str]:
    """As few filters as possible that together accept what any of the conditions accepts."""
    return [
        any_of(conditions[start : start + MOST_IN_A_FILTER]) for start in range(0, len(conditions), MOST_IN_A_FILTER)
    ]


def _total_of(page: Mapping[str, Any]) -> Optional[int]:
    """How many objects there are in all, if the page says it and it can be right."""
    meta = page.get("meta")
    total = page.get("totalResults", meta.get("count") if isinstance(meta, dict) else None)
    return total if isinstance(total, int) and is_number(total, 0, _MOST_PAGES * PAGE_SIZE) else None


def _check_count(body: Mapping[str, Any], request: str) -> None:
    if _total_of(body) is None:
        raise ResponseLost("%s was answered without totalResults that can be right." % request)


def _is_resource(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str) and 0 < len(value["id"]) <= _LONGEST_ID


def _check_texts(resource: Mapping[str, Any], request: str) -> None:
    """:raises AnswerLost: when a field that names an object is not a string."""
    for field in _TEXT_FIELDS:
        if not isinstance(resource.get(field), (str, type(None))):
            raise ResponseLost("%s: unexpected response: %s of an object is not a string." % (request, field))


def _check_page(page: Mapping[str, Any], request: str) -> None:
    data = page.get("data")
    if not isinstance(data, list):
        raise ResponseLost("%s was answered without a list of objects." % request)
    if not all(map(_is_resource, data)):
        raise ResponseLost("%s was answered with an entry that is no object with an id." % request)
    for resource in data:
        _check_texts(resource, request)
    _next_link(page, request)


def _split(url: str, request: str) -> Tuple[str, str]:
    """Path and query of a link or a redirect."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UnexpectedResponse("%s: the answer leads to %s, which is no URL." % (request, printable(url))) from None
    return parts.path, parts.query


def _next_link(page: Mapping[str, Any], request: str) -> Optional[str]:
    """C(links.next.href); the last page has no C(next), or one without C(href)."""
    links = page.get("links") or {}
    link = links.get("next") if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else None
    if href is not None and not isinstance(href, str):
        raise ResponseLost("%s: the link to the next page is no text." % request)
    if href and len(href) > _LONGEST_LINK:
        raise ResponseLost("%s: the link to the next page has more than %d characters." % (request, _LONGEST_LINK))
    return href or None
