# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of Qlik's API: reads, pages, filters, and writes."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, takewhile
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import quote, unquote, urlsplit

from .._errors import BadRequest, InvalidInput, ResponseLost, UnexpectedResponse, printable
from .stream import ObjectStream
from .transport import Query, Response, Transport, is_number, refuse_redirect

API = "/api/v1"
#: The path of the newest services.
CORE_API = "/api/core"
#: Qlik reference, pagination: the maximum page size, and the maximum number of IDs in the filter of a filter action.
PAGE_SIZE = 100
MOST_IN_A_FILTER = 100

_MOST_PAGES = 10000
_MOST_REPEATED_PAGES = 3
#: The maximum number of pages of texts, such as event types.
_MOST_PAGES_OF_NAMES = 100
#: The maximum length of a link to a next page, and of an ID, in characters. Python needs many times the memory of a
#: link to process it.
_LONGEST_LINK = 64 * 1024
_LONGEST_ID = 1024
#: The fields that the collection uses to find and compare objects.
_TEXT_FIELDS = ("id", "name", "subject", "email", "providerType", "origin", "ownerId", "clientName", "appType")
#: The name of the ID, for collections whose API has another name for it.
_ID_FIELDS = {API + "/oauth-clients": "clientId"}
#: The field of a secret. A response shows it only to the caller that requests a new one.
_SECRET_FIELD = "clientSecret"
#: A longer filter is sent in the body of the filter action instead of the URL.
_LONGEST_FILTER_IN_URL = 1500
#: Qlik reference: the collections with a filter action.
_WITH_FILTER_ACTION = (API + "/users", API + "/groups", "/api/core/tenants")


def equals(attribute: str, value: str) -> str:
    """Return the filter C(attribute eq "value") with the value escaped (RFC 7644: JSON strings).

    :raises InvalidInput: if the value is not valid Unicode.
    """
    return "%s eq %s" % (attribute, json.dumps(sendable(value), ensure_ascii=False))


def any_of(conditions: Iterable[str]) -> str:
    """Return a filter that joins conditions with "or"."""
    return " or ".join(conditions)


def sendable(text: str) -> str:
    """Return the text itself.

    :raises InvalidInput: if it cannot be encoded as UTF-8 because of an unpaired surrogate.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidInput("%r contains invalid Unicode (an unpaired surrogate)." % text) from None
    return text


class FirstPage(NamedTuple):
    """The first page of a collection.

    :param total: the number of objects on all pages.
    :param everything: all objects from the first one; further pages are read on iteration.
    """

    resources: List[Dict[str, Any]]
    total: int
    everything: Iterator[Dict[str, Any]]


class Client:
    """The requests of Qlik's API on one tenant. Responses are checked against the shape in the reference."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        #: New secrets by the ID of what they belong to. Only the response to the creation of a secret shows it, and no
        #: resource has it.
        self.issued_secrets: Dict[str, str] = {}
        self._tenant_id = ""
        self._tenant_id_lock = threading.Lock()

    def read(
        self, path: str, query: Query = "", is_it: Callable[[Mapping[str, Any]], bool] = lambda body: True
    ) -> Dict[str, Any]:
        """GET an object.

        :param is_it: returns whether a body is the expected object.
        :raises NotFound: if there is none.
        :raises ResponseLost: if the response is not the expected object.
        """

        def check(body: Mapping[str, Any], request: str) -> None:
            if not is_it(body):
                raise ResponseLost("%s: unexpected response: not the requested object." % request)

        return self._object("GET", path, query, check=check)

    def read_by_id(self, collection: str, resource_id: str) -> Dict[str, Any]:
        """GET C(collection/resource_id).

        :raises NotFound: if there is none.
        :raises ResponseLost: if the response is another object.
        """

        def check(body: Mapping[str, Any], request: str) -> None:
            if body.get("id") != resource_id:
                raise ResponseLost("%s: unexpected response: not the object with this ID." % request)

        return self._object("GET", member(collection, resource_id), check=check)

    def list(self, collection: str, query: Optional[Mapping[str, Any]] = None) -> Iterator[Dict[str, Any]]:
        """Yield all objects of a collection, page by page.

        :param query: the query; by default only the maximum page size.
        """
        return self._pages("GET", collection, query or {"limit": PAGE_SIZE}, None)

    def everything(self, collection: str, field: str, counted: bool = True) -> Iterator[Dict[str, Any]]:
        """Yield all objects of a collection sorted by C(field), read from both ends in parallel."""
        return self.first_page(collection, field, counted).everything

    def first_page(self, collection: str, field: str, counted: bool = True) -> FirstPage:
        """Read the first page of a collection.

        The request always has a sort order, because the default order is not guaranteed, and reading from both ends
        requires the same order. If the tenant refuses to sort, the collection is read from one end.

        :param field: the field to sort by.
        :param counted: whether to request a total; otherwise the API always returns it as C(meta.count).
        """
        query: Dict[str, Any] = {"limit": PAGE_SIZE}
        if counted:
            query["totalResults"] = "true"
        is_sorted = True
        try:
            page = self._object("GET", collection, {**query, "sort": "+" + field}, check=_check_page)
        except BadRequest:
            is_sorted = False
            page = self._object("GET", collection, query, check=_check_page)
        resources = page["data"]
        forward = self._pages("GET", collection, query, None, page)
        total = _total_of(page)
        if total is None or total < len(resources):
            return FirstPage(resources, len(resources), forward)
        if not is_sorted or len(resources) in (0, total):
            return FirstPage(resources, total, forward)
        backward = self.list(collection, {"limit": PAGE_SIZE, "sort": "-" + field})
        # If the tenant does not sort, the last page equals the first page.
        beginning = {resource["id"] for resource in resources}
        backward = takewhile(lambda resource: resource["id"] not in beginning, backward)
        return FirstPage(resources, total, _from_both_ends(forward, backward, total, len(resources)))

    def names(self, collection: str) -> List[str]:
        """Return all items of a collection of texts, from all pages.

        :raises ResponseLost: if the response is not a list of texts.
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
        """GET a list of any length, and pass on its objects one by one.

        :param limit: the maximum size of the response in bytes.
        :param reader: returns a function that receives the objects; called once for each attempt.
        :raises ResponseLost: if the response is incomplete.
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
        """Yield all objects that a filter finds. Filters ignore case, so the caller must compare the objects."""
        fits = len(quote(sendable(condition), safe="")) <= _LONGEST_FILTER_IN_URL
        if fits or collection not in _WITH_FILTER_ACTION:
            return self.list(collection, {"limit": PAGE_SIZE, "filter": condition})
        return self._pages("POST", collection + "/actions/filter", {"limit": PAGE_SIZE}, {"filter": condition})

    def count(self, collection: str, condition: str) -> int:
        """Return the number of objects that a filter finds, with one request."""
        query = {"limit": 1, "totalResults": "true", "filter": condition}
        return int(self._object("GET", collection, query, check=_check_count)["totalResults"])

    def search_counted(self, collection: str, condition: str) -> Optional[Iterator[Dict[str, Any]]]:
        """All objects that a filter accepts; C(None) if the tenant does not count them for this caller."""
        query = {"limit": PAGE_SIZE, "totalResults": "true", "filter": condition}
        page = self._object("GET", collection, query, check=_check_page)
        return None if _total_of(page) is None else self._pages("GET", collection, query, None, page)

    def create(
        self,
        collection: str,
        payload: Optional[Mapping[str, Any]],
        is_it: Callable[[Dict[str, Any]], bool] = lambda created: True,
    ) -> Dict[str, Any]:
        """POST a new object and return the object in the response.

        :param is_it: returns whether a body is the created object.
        :raises ResponseLost: if it may have been created. Search for it before a retry.
        """

        def check(body: Dict[str, Any], request: str) -> None:
            if not _is_resource(body) or not is_it(body):
                raise ResponseLost("%s: unexpected response: not the created object." % request)

        return self._object("POST", collection, body=payload, safe_to_repeat=False, check=check)

    def act(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str], required: Sequence[str] = ()
    ) -> Dict[str, Any]:
        """POST an action, which is not repeated, and return its response.

        :param required: the required fields of the response. Without them, any response is accepted and not returned.
        :raises ResponseLost: if it may have been carried out. Read the object before a retry.
        """

        def check(response: Mapping[str, Any], request: str) -> None:
            if any(not isinstance(response.get(name), str) for name in required):
                raise ResponseLost("%s: unexpected response: no %s." % (request, " and ".join(required)))

        if not required:
            self._send("POST", path, body=body, safe_to_repeat=False, headers=headers)
            return {}
        return self._object("POST", path, body=body, safe_to_repeat=False, check=check, headers=headers)

    def patch(self, path: str, operations: Sequence[Mapping[str, Any]]) -> None:
        """PATCH an object with operations of Qlik's variant of JSON Patch.

        :raises PartlyApplied: for users, if only some of the operations were carried out.
        """
        self._send("PATCH", path, body=list(operations), safe_to_repeat=is_safe_to_repeat(operations))

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        """PUT an object as a whole."""
        self._send("PUT", path, body=body)

    def delete(self, path: str, headers: Optional[Mapping[str, str]] = None) -> None:
        """DELETE an object.

        :param headers: further headers that the API requires.
        :raises NotFound: if there is none, or if an earlier attempt deleted it and its response was lost.
        """
        self._send("DELETE", path, headers=headers)

    def tenant_id(self) -> str:
        """Return the ID of the tenant, which is read once."""
        with self._tenant_id_lock:
            self._tenant_id = self._tenant_id or self.redirected_id(API + "/tenants/me")
        return self._tenant_id

    def redirected_id(self, path: str) -> str:
        """Return the ID that C(/tenants/me) or C(/users/me) redirects to.

        The redirect is not followed: it may lead to another host, which must not receive the credential.
        """
        request = "GET %s" % path

        def check(response: Response) -> None:
            if not 300 <= response.status < 400 or not id_in(response):
                raise ResponseLost("%s: unexpected response: not a redirect to an ID." % request)

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
        """Yield the objects of all pages, without repetitions, which changes between two pages can cause.

        :param page: the first page, if it has been read already.
        """
        request = "%s %s" % (method, path)
        seen_ids = set()
        seen_links = set()
        repeated_pages = 0
        for page_number in range(_MOST_PAGES):
            page = page or self._object(method, path, query, body, check=_check_page)
            is_repeated = True
            for resource in page["data"]:
                if resource["id"] not in seen_ids:
                    seen_ids.add(resource["id"])
                    is_repeated = False
                    yield resource
            next_link = _next_link(page, request)
            if next_link is None:
                return
            repeated_pages = repeated_pages + 1 if is_repeated else 0
            if next_link in seen_links or repeated_pages > _MOST_REPEATED_PAGES:
                text = "%s: unexpected response: the pages repeat themselves (page %d)."
                raise UnexpectedResponse(text % (request, page_number + 1))
            seen_links.add(next_link)
            page = None
            path, query = self._inside_api(next_link, request)
        raise UnexpectedResponse("%s: unexpected response: more than %d pages." % (request, _MOST_PAGES))

    @staticmethod
    def _inside_api(link: str, request: str) -> Tuple[str, str]:
        """Return the path and the query of a link. Its host is ignored, because it may be the alias of the tenant.

        :raises UnexpectedResponse: if the link leads out of the API.
        """
        path, query = _split(link, request)
        if not path.startswith("/api/"):
            text = "%s: unexpected response: the link to the next page leads out of the API."
            raise UnexpectedResponse(text % request)
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
        """Send a request whose response is an object. Return the object.

        :param check: called with the object and the name of the request; raises ResponseLost if it is not as expected.
        """

        def check_object(response: Response) -> None:
            request = "%s %s" % (method, path)
            if not isinstance(response.body, dict):
                raise ResponseLost("%s: unexpected response: not a JSON object." % request)
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
            self._prepare(method, path, response.body)
            check(response)

        return self.transport.send(method, path, query, body, safe_to_repeat, check_all, headers)

    def _prepare(self, method: str, path: str, body: Any) -> None:
        """Give the objects of a response an C(id) where the API calls it otherwise, and take all secrets out of it.

        A new secret is kept in C(issued_secrets).
        """
        secret = body.get(_SECRET_FIELD) if isinstance(body, dict) else None
        _drop_secrets(body)
        for collection, field in _ID_FIELDS.items():
            if not isinstance(body, dict) or not (path + "/").startswith(collection + "/"):
                continue
            listed = body.get("data")
            for resource in listed if isinstance(listed, list) else [body]:
                if isinstance(resource, dict) and field in resource:
                    resource["id"] = resource[field]
            if method in ("POST", "PATCH"):
                # Qlik reference, oauth-clients: what a client does is answered without its ID.
                below = unquote(path[len(collection) + 1 :].partition("/")[0])
                resource_id = body.setdefault("id", below)
                if isinstance(resource_id, str) and isinstance(secret, str) and secret:
                    self.issued_secrets[resource_id] = secret


def _from_both_ends(
    forward: Iterator[Dict[str, Any]], backward: Iterator[Dict[str, Any]], total: int, page_size: int
) -> Iterator[Dict[str, Any]]:
    """Yield the objects of a collection once, read from both ends in parallel.

    A page links only to the next one, so a single direction cannot be read in parallel. Both directions together take
    as many requests as one. If they do not meet, because the tenant does not sort or the order has changed, the forward
    direction is read to its end.

    :param page_size: the number of objects on a page, which may be smaller than requested.
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
    """Return all objects; none if the tenant refuses the sort order."""
    try:
        return list(resources)
    except BadRequest:
        return []


def is_safe_to_repeat(operations: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a PATCH can be repeated. Adding a custom group twice, for example, is an error."""
    return all(operation["op"] == "replace" for operation in operations)


def member(collection: str, resource_id: str) -> str:
    """Return the path of an object of a collection."""
    return "%s/%s" % (collection, quote(sendable(resource_id), safe=""))


def in_filters(conditions: Sequence[str]) -> List[str]:
    """Return the fewest filters that join all conditions with "or"."""
    return [
        any_of(conditions[start : start + MOST_IN_A_FILTER]) for start in range(0, len(conditions), MOST_IN_A_FILTER)
    ]


def _total_of(page: Mapping[str, Any]) -> Optional[int]:
    """Return the total number of objects, if the page has a plausible one."""
    meta = page.get("meta")
    total = page.get("totalResults", meta.get("count") if isinstance(meta, dict) else None)
    return total if isinstance(total, int) and is_number(total, 0, _MOST_PAGES * PAGE_SIZE) else None


def _check_count(body: Mapping[str, Any], request: str) -> None:
    if _total_of(body) is None:
        raise ResponseLost("%s: unexpected response: no valid totalResults." % request)


def _drop_secrets(value: Any) -> None:
    """Remove the secrets from a response, wherever they are."""
    if isinstance(value, dict):
        value.pop(_SECRET_FIELD, None)
        for part in value.values():
            _drop_secrets(part)
    elif isinstance(value, list):
        for item in value:
            _drop_secrets(item)


def _is_resource(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str) and 0 < len(value["id"]) <= _LONGEST_ID


def _check_texts(resource: Mapping[str, Any], request: str) -> None:
    """Check the text fields of an object.

    :raises ResponseLost: if one of them is not a string.
    """
    for field in _TEXT_FIELDS:
        if not isinstance(resource.get(field), (str, type(None))):
            raise ResponseLost("%s: unexpected response: %s of an object is not a string." % (request, field))


def _check_page(page: Mapping[str, Any], request: str) -> None:
    data = page.get("data")
    if not isinstance(data, list):
        raise ResponseLost("%s: unexpected response: not a list of objects." % request)
    if not all(map(_is_resource, data)):
        raise ResponseLost("%s: unexpected response: an item of the list is not an object with an ID." % request)
    for resource in data:
        _check_texts(resource, request)
    _next_link(page, request)


def _split(url: str, request: str) -> Tuple[str, str]:
    """Return the path and the query of a link or a redirect."""
    try:
        parts = urlsplit(url)
    except ValueError:
        text = "%s: unexpected response: %s is not a URL." % (request, printable(url))
        raise UnexpectedResponse(text) from None
    return parts.path, parts.query


def _next_link(page: Mapping[str, Any], request: str) -> Optional[str]:
    """Return C(links.next.href). The last page has no C(next), or no C(href) in it."""
    links = page.get("links") or {}
    link = links.get("next") if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else None
    if href is not None and not isinstance(href, str):
        raise ResponseLost("%s: unexpected response: the link to the next page is not a string." % request)
    if href and len(href) > _LONGEST_LINK:
        text = "%s: unexpected response: the link to the next page has more than %d characters."
        raise ResponseLost(text % (request, _LONGEST_LINK))
    return href or None
