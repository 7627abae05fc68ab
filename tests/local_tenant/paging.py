# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: filter, sort, limit and cursors (Qlik reference: pagination, sorting and filtering)."""

from __future__ import annotations

import bisect
import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar
from urllib.parse import quote

from . import filters
from .call import Call, Json, Response, response
from .collection import Collection, Item, SortKey
from .cursors import Place
from .errors import Refusal, refuse

T = TypeVar("T", bound=Item)

PAGE_QUERY = frozenset({"limit", "next", "prev"})
LIST_QUERY = PAGE_QUERY | {"sort", "totalResults"}
FILTER_QUERY = LIST_QUERY | {"filter"}
#: The cursors of the lists that name a row by its id.
ID_CURSORS = ("startingAfter", "endingBefore")
DEFAULT_LIMIT = 20
MAX_LIMIT = 100


@dataclasses.dataclass(frozen=True)
class ListOf(Generic[T]):
    """How a service lists its items. ``always`` names and holds a condition that applies beside the filter.

    ``among`` is an indexed attribute with the text that ``always`` asks of it, so that not all are looked at. ``limit``
    is the size of a page, ``smallest`` what can be asked for at least, ``largest`` how many items a page has at most,
    and ``sort`` the order of a list that asks for none; a ``capped`` list answers a limit above the maximum with the
    maximum. ``counted`` is for the services whose lists have a ``meta`` with a count, and holds what else stands there.
    ``cursors`` are the parameters that go on and back.
    """

    items: Collection[T]
    schema: filters.Schema[T]
    sorts: Mapping[str, Callable[[T], str]]
    view: Callable[[Call, T], Json]
    always: tuple[str, Callable[[T], bool]] | None = None
    max_ids: int | None = None
    among: tuple[str, str] | None = None
    limit: int = DEFAULT_LIMIT
    smallest: int = 1
    largest: int = MAX_LIMIT
    capped: bool = False
    sort: str = "+name"
    counted: Mapping[str, Json] | None = None
    cursors: tuple[str, str] = ("next", "prev")


def boolean(call: Call, name: str) -> bool:
    """A query parameter that is true or false, in any case since Qlik's Python client sends ``False``.

    Raises Refusal 400.
    """
    text = call.query.get(name, "false").lower()
    if text not in ("true", "false"):
        raise refuse(400, "Invalid parameter", f"{name} is true or false.", parameter=name)
    return text == "true"


def list_page(call: Call, what: ListOf[T], filter_text: str | None) -> Response:
    """One page. Raises Refusal 400 for a bad limit, sort, cursor or filter."""
    limit = _limit(call, what)
    field, descending = _sort(call, what)
    total = boolean(call, "totalResults")
    node = _node(call, what, filter_text)
    normal = filters.render(node) if node is not None else None
    query = json.dumps([call.path, normal, field, descending, what.always[0] if what.always else None])

    def key(item: T) -> SortKey:
        text = what.sorts[field](item) if field in what.sorts else item.id
        return filters.fold(text), text, item.id

    chosen = what.items.select(query, _keep(node, what), lambda: _some(node, what), (field, descending), key)
    start, end = _range(call, what, query, chosen, key, descending, limit)
    page = chosen[start:end]
    links: dict[str, Json] = {"self": {"href": _href(call, normal, call.query)}}
    if end < len(chosen):
        onwards = Place(end, key(page[-1]), after=True) if page else Place(end, key(chosen[end]), after=False)
        cursor = call.cursors.make(query, "next", onwards, _without_cursor(call))
        links["next"] = {"href": _href(call, normal, {**_without_cursor(call), what.cursors[0]: cursor})}
    elif call.guesses.end_of_list == "null":
        links["next"] = {"href": None}
    if start > 0 and chosen:
        before = Place(start, key(page[0]), after=False) if page else Place(len(chosen), key(chosen[-1]), after=True)
        cursor = call.cursors.make(query, "prev", before, _without_cursor(call))
        links["prev"] = {"href": _href(call, normal, {**_without_cursor(call), what.cursors[1]: cursor})}
    body: dict[str, Json] = {"data": [what.view(call, item) for item in page], "links": links}
    if what.counted is not None:
        body["meta"] = {"count": len(chosen), **what.counted}
    if total:
        body["totalResults"] = len(chosen)
    return response(200, body)


def page_by_id(
    call: Call, found: Sequence[T], view: Callable[[Call, T], Json], default: int, smallest: int
) -> Response:
    """One page of ``found``, which begins behind, or ends in front of, an item that is named by its id.

    :param default: how many items a page has without a limit.
    :param smallest: the smallest limit.
    Raises Refusal 400 for a bad limit or cursor.
    """
    text = call.query.get("limit", str(default))
    if not (text.isascii() and text.isdigit() and smallest <= int(text[:9]) <= MAX_LIMIT):
        allowed = f"The limit is a number from {smallest} to {MAX_LIMIT}."
        raise refuse(400, "Invalid limit", allowed, parameter="limit")
    start, end = _range_by_id(call, found, int(text))
    page = found[start:end]
    query = {name: text for name, text in call.query.items() if name not in ID_CURSORS}
    links: dict[str, Json] = {"self": {"href": href(call, call.query)}}
    if page and end < len(found):
        links["next"] = {"href": href(call, {**query, "startingAfter": page[-1].id})}
    elif call.guesses.end_of_list == "null":
        links["next"] = {"href": None}
    if page and start > 0:
        links["prev"] = {"href": href(call, {**query, "endingBefore": page[0].id})}
    return response(200, {"data": [view(call, item) for item in page], "links": links})


def _range_by_id(call: Call, found: Sequence[T], limit: int) -> tuple[int, int]:
    if all(name in call.query for name in ID_CURSORS):
        raise refuse(400, "Invalid cursor", "The cursors exclude each other.", parameter=ID_CURSORS[0])
    places = {item.id: place for place, item in enumerate(found)}
    for name in ID_CURSORS:
        if name not in call.query:
            continue
        place = places.get(call.query[name])
        if place is None and call.guesses.unknown_starting_point == "refuse":
            raise refuse(400, "Invalid cursor", "The list has no such item.", parameter=name)
        if place is not None:
            return (place + 1, place + 1 + limit) if name == ID_CURSORS[0] else (max(0, place - limit), place)
    return 0, limit


def filter_of_body(call: Call) -> str | None:
    """The filter in the body of a filter action; the body is optional. Raises Refusal 400."""
    if call.body is None:
        return None
    if not isinstance(call.body, dict) or set(call.body) - {"filter"}:
        raise refuse(400, "Invalid body", "The body is an object with the field 'filter'.")
    text = call.body.get("filter", "")
    if not isinstance(text, str):
        raise refuse(400, "Invalid filter", "The filter must be a string.", pointer="/filter")
    return text or None


def _limit(call: Call, what: ListOf[T]) -> int:
    text = call.query.get("limit", str(what.limit))
    number = int(text[:9]) if text.isascii() and text.isdigit() else -1
    if not what.smallest <= number <= MAX_LIMIT and not (what.capped and number > MAX_LIMIT):
        allowed = f"The limit is a number from {what.smallest} to {MAX_LIMIT}."
        raise refuse(400, "Invalid limit", allowed, parameter="limit")
    return min(number, what.largest)


def _sort(call: Call, what: ListOf[T]) -> tuple[str, bool]:
    if "sort" in call.query and call.guesses.list_order == "refuse":
        raise refuse(400, "Invalid sort", "Sorting is not supported.", parameter="sort")
    if "sort" not in call.query and what.sort == "+name" and call.guesses.list_order == "id":
        return "id", False
    text = call.query.get("sort", what.sort)
    sign, field = (text[0], text[1:]) if text[:1] in ("+", "-") else ("+", text)
    if field not in what.sorts:
        raise refuse(400, "Invalid sort", f"Sorting by {text!r} is not supported.", parameter="sort")
    return field, sign == "-"


def _node(call: Call, what: ListOf[T], text: str | None) -> filters.Node | None:
    if text is None:
        return None
    try:
        node = filters.parse(text)
        filters.check(
            node,
            what.schema,
            max_conditions=call.guesses.filter_max_conditions,
            max_ids=what.max_ids,
            bare_status=call.guesses.single_status_parentheses == "optional",
        )
    except filters.FilterError as error:
        raise refuse(400, "Invalid filter", str(error), parameter="filter") from None
    return node


def _keep(node: filters.Node | None, what: ListOf[T]) -> Callable[[T], bool] | None:
    always = what.always[1] if what.always else None
    if node is None:
        return always
    matches = filters.matcher(node, what.schema)
    if always is None:
        return matches
    return lambda item: always(item) and matches(item)


def _some(node: filters.Node | None, what: ListOf[T]) -> Iterable[str] | None:
    if what.among is not None:
        attribute, text = what.among
        return what.items.ids(attribute, filters.fold(text))
    return filters.candidates(node, what.items.ids) if node is not None else None


def _range(
    call: Call,
    what: ListOf[T],
    query: str,
    chosen: list[T],
    key: Callable[[T], SortKey],
    descending: bool,
    limit: int,
) -> tuple[int, int]:
    """Where the page starts and ends; it ends at the cursor of ``prev``, however many rows are asked for."""
    given = [(direction, name) for direction, name in zip(("next", "prev"), what.cursors) if name in call.query]
    if len(given) > 1 and len(set(what.cursors)) > 1:
        raise refuse(400, "Invalid cursor", "next and prev exclude each other.", parameter="next")
    for direction, name in given:
        try:
            place = call.cursors.read(call.query[name], query, direction)
        except Refusal:
            if (direction, name) != given[-1]:
                continue
            raise
        offset = place.offset
        if call.guesses.cursor_kind == "position":
            offset = _position(chosen, place, key, descending)
        return (offset, offset + limit) if direction == "next" else (max(0, offset - limit), offset)
    return 0, limit


def _position(chosen: list[T], place: Place, key: Callable[[T], SortKey], descending: bool) -> int:
    """Where ``place`` is in the list as it is now."""
    if not descending:
        find = bisect.bisect_right if place.after else bisect.bisect_left
        return find(chosen, place.key, key=key)
    backwards = bisect.bisect_left if place.after else bisect.bisect_right
    return len(chosen) - backwards(chosen[::-1], place.key, key=key)


def _without_cursor(call: Call) -> dict[str, str]:
    return {name: value for name, value in call.query.items() if name not in ("next", "prev", "page")}


def _href(call: Call, normal: str | None, query: Mapping[str, str]) -> str:
    return href(call, {**query, "filter": normal} if "filter" in query and normal is not None else query)


def href(call: Call, shown: Mapping[str, str]) -> str:
    """A link to what is called, with another query."""
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in shown.items())
    return f"{call.base()}{call.path}{'?' if text else ''}{text}"
