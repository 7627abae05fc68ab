# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Origins in the content security policy (Qlik reference: csp-origins)."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Callable, Mapping
from typing import Any

from .call import NO_CONTENT, Call, Json, Response, checked_fields, response, text_field
from .errors import BARE, Service, not_found, refuse
from .filters import Schema, fold
from .kind import WRITE, WRITE_WITHOUT_BODY, Kind, PlantError
from .paging import PAGE_QUERY, ListOf, boolean, list_page
from .routes import Route
from .state import State, now

DIRECTIVES = (
    "childSrc",
    "connectSrc",
    "connectSrcWSS",
    "fontSrc",
    "formAction",
    "frameAncestors",
    "frameSrc",
    "imgSrc",
    "mediaSrc",
    "objectSrc",
    "scriptSrc",
    "styleSrc",
    "workerSrc",
)


@dataclasses.dataclass(frozen=True)
class CspOrigin:
    """An origin in the content security policy; ``name`` and ``description`` are None while they were never set."""

    id: str
    origin: str
    created_at: str
    updated_at: str
    name: str | None = None
    description: str | None = None
    directives: frozenset[str] = frozenset()


SORTS: dict[str, Callable[[CspOrigin], str]] = {
    "name": lambda origin: origin.name or "",
    "origin": lambda origin: origin.origin,
    "createdDate": lambda origin: origin.created_at,
    "modifiedDate": lambda origin: origin.updated_at,
}
PATH = "/csp-origins"
TEXTS = ("name", "origin")
FIELDS = frozenset({"name", "origin", "description", *DIRECTIVES})
QUERY = frozenset({"sort", *TEXTS, *DIRECTIVES})
MAX_NAME, MAX_ORIGIN, MAX_DESCRIPTION = 512, 256, 1024
HEADERS = {
    **{name: fold(name[:-3]) + "-src" for name in DIRECTIVES if name.endswith("Src")},
    "formAction": "form-action",
    "frameAncestors": "frame-ancestors",
}


def view(call: Call, origin: CspOrigin) -> dict[str, Json]:
    """An origin in the content security policy."""
    view: dict[str, Json] = {"id": origin.id, "origin": origin.origin}
    if origin.name is not None:
        view["name"] = origin.name
    if origin.description is not None:
        view["description"] = origin.description
    shown = DIRECTIVES if call.guesses.csp_directives_that_are_off == "false" else sorted(origin.directives)
    view.update({directive: directive in origin.directives for directive in shown})
    return {**view, "createdDate": origin.created_at, "modifiedDate": origin.updated_at}


def list_origins(call: Call) -> Response:
    """``GET /csp-origins``; texts are looked for in any case, with ``*`` for any text."""
    if call.query.get("sort", "").startswith("+"):
        raise refuse(400, "Invalid sort", "The order has no plus sign.", parameter="sort")
    asked = sorted((name, text) for name, text in call.query.items() if name in QUERY - {"sort"})
    conditions = [_condition(call, name, text) for name, text in asked]

    def passes(origin: CspOrigin) -> bool:
        return all(condition(origin) for condition in conditions)

    listing = ListOf(KIND.of(call.state), Schema({}), SORTS, view, (repr(asked), passes))
    return list_page(call, listing, None)


def create_origin(call: Call) -> Response:
    """``POST /csp-origins``; nothing but the origin is required, and nothing is unique."""
    moment = now()
    origin = CspOrigin(call.state.new_id(), "", moment, moment)
    return response(201, view(call, _stored(call, origin, {})))


def get_origin(call: Call) -> Response:
    """``GET /csp-origins/{id}``."""
    return response(200, view(call, _found(call)))


def put_origin(call: Call) -> Response:
    """``PUT /csp-origins/{id}``, answered with what is stored."""
    origin = _found(call)
    kept = {}
    if call.guesses.csp_put_omitted == "kept":
        kept = {name: value for name, value in view(call, origin).items() if name in FIELDS}
    return response(200, view(call, _stored(call, origin, kept)))


def delete_origin(call: Call) -> Response:
    """``DELETE /csp-origins/{id}``."""
    KIND.of(call.state).remove(_found(call).id)
    return NO_CONTENT


def generate_header(call: Call) -> Response:
    """``GET /csp-origins/actions/generate-header``: the origins of each directive."""
    sources: dict[str, list[str]] = {}
    for origin in KIND.of(call.state):
        for directive in origin.directives & HEADERS.keys():
            sources.setdefault(HEADERS[directive], []).append(origin.origin)
        if "connectSrcWSS" in origin.directives:
            sources.setdefault(HEADERS["connectSrc"], []).append("wss://" + origin.origin.rpartition("://")[2])
    header = "; ".join(f"{name} {' '.join(sorted(origins))}" for name, origins in sorted(sources.items()))
    return response(200, {"Content-Security-Policy": header})


def _condition(call: Call, name: str, text: str) -> Callable[[CspOrigin], bool]:
    """The condition of one query parameter. Raises Refusal 400."""
    if name in TEXTS:
        pattern = fold(text).replace("[", "[[]").replace("?", "[?]")
        return lambda origin: fnmatch.fnmatchcase(fold(SORTS[name](origin)), pattern)
    desired = boolean(call, name)
    return lambda origin: (name in origin.directives) is desired


def _found(call: Call) -> CspOrigin:
    origin = KIND.of(call.state).get(call.item_id)
    if origin is None:
        raise not_found("There is no such origin.")
    return origin


def _stored(call: Call, origin: CspOrigin, kept: Mapping[str, Json]) -> CspOrigin:
    """The origin with all that the body says, and with nothing else but ``kept``. Raises Refusal 400."""
    body = {**kept, **checked_fields(call, FIELDS, frozenset({"origin"}))}
    address = text_field(body, "origin", maximum=MAX_ORIGIN, empty=False)
    if any(character.isspace() for character in address):
        raise refuse(400, "Invalid value", "An origin has no blanks.")
    if call.guesses.csp_scheme == "dropped":
        address = address.removeprefix("https://")
    for other in KIND.of(call.state):
        same = fold(other.origin) == fold(address) and other.id != origin.id
        if same and call.guesses.csp_same_origin == "refuse":
            raise refuse(400, "Invalid value", "There is this origin already.")
    directives = {name: value for name, value in body.items() if name in DIRECTIVES}
    for name, value in directives.items():
        if not isinstance(value, bool):
            raise refuse(400, "Invalid value", f"{name} is a boolean.")
    stored = dataclasses.replace(
        origin,
        origin=address,
        name=text_field(body, "name", maximum=MAX_NAME) if "name" in body else None,
        description=text_field(body, "description", maximum=MAX_DESCRIPTION) if "description" in body else None,
        directives=frozenset(name for name, value in directives.items() if value),
        updated_at=now(),
    )
    KIND.of(call.state).put(stored)
    return stored


def _planted(state: State, item: dict[str, Any]) -> str:
    """Put an origin into the tenant, new, or changed where its ``id`` is there. Raises PlantError."""
    moment = now()
    known = KIND.of(state).get(item.get("id", ""))
    origin = known or CspOrigin(state.new_id(), "example.com", moment, moment)
    changes: dict[str, Any] = {name: item[name] for name in ("name", "origin", "description") if name in item}
    if "directives" in item:
        changes["directives"] = frozenset(item["directives"])
        if changes["directives"] - set(DIRECTIVES):
            raise PlantError(f"directives are {', '.join(DIRECTIVES)}")
    KIND.of(state).put(dataclasses.replace(origin, updated_at=moment, **changes))
    return origin.id


KIND: Kind[CspOrigin] = Kind(
    "csp_origins",
    view,
    _planted,
    frozenset({"id", "name", "origin", "description", "directives"}),
    (
        Route("GET", PATH, list_origins, access="admin", query=PAGE_QUERY | QUERY),
        Route("POST", PATH, create_origin, **WRITE),
        Route("GET", PATH + "/actions/generate-header", generate_header, access="admin"),
        Route("GET", PATH + "/{id}", get_origin, access="admin"),
        Route("PUT", PATH + "/{id}", put_origin, **WRITE),
        Route("DELETE", PATH + "/{id}", delete_origin, **WRITE_WITHOUT_BODY),
    ),
    Service("csp-origins", "CSP", BARE),
)
