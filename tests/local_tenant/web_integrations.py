# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web integrations: the origins from which browsers may call the tenant (Qlik reference: web-integrations)."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlsplit

from . import patches, views
from .call import NO_CONTENT, Call, Json, Response, checked_fields, response
from .collection import SortKey
from .errors import Form, Refusal, Service, not_found, refuse
from .filters import fold
from .kind import WRITE, WRITE_WITHOUT_BODY, Events, Kind, old_names
from .paging import ID_CURSORS, page_by_id
from .routes import Route
from .state import State, now

PATH = "/web-integrations"
PAGE = 10
QUERY = frozenset({"limit", "sort", "tenantId", *ID_CURSORS})
SORTS = ("name", "+name", "-name")
MISSING, INVALID, BAD_PATCH = "WEBINTEGRATIONS-5", "WEBINTEGRATIONS-6", "WEBINTEGRATIONS-4"


@dataclasses.dataclass(frozen=True)
class WebIntegration:
    """A web integration."""

    id: str
    name: str
    created_at: str
    updated_at: str
    valid_origins: tuple[str, ...] = ()
    created_by: str = ""


def view(call: Call, integration: WebIntegration) -> dict[str, Json]:
    """A web integration."""
    return {
        "id": integration.id,
        "name": integration.name,
        "validOrigins": list(integration.valid_origins),
        "tenantId": call.state.tenant.id,
        "created": integration.created_at,
        "createdBy": integration.created_by,
        "lastUpdated": integration.updated_at,
    }


def list_integrations(call: Call) -> Response:
    """``GET /web-integrations``: pages begin behind, or end in front of, an integration that is named by its id."""
    sort = call.query.get("sort", "id" if call.guesses.list_order == "id" else "name")
    if "sort" in call.query and (sort not in SORTS or call.guesses.list_order == "refuse"):
        raise refuse(400, "Invalid sort", f"Sorting by {sort!r} is not supported.", parameter="sort")

    def key(item: WebIntegration) -> SortKey:
        return (item.id, "", "") if sort == "id" else (fold(item.name), item.name, item.id)

    mine = call.query.get("tenantId", call.state.tenant.id) == call.state.tenant.id
    found = KIND.of(call.state).select("all", None, lambda: None, (sort, sort == "-name"), key) if mine else []
    return page_by_id(call, found, view, PAGE, 0)


def create_integration(call: Call) -> Response:
    """``POST /web-integrations``."""
    body = checked_fields(call, frozenset({"name", "validOrigins"}))
    if "name" not in body:
        raise refuse(400, "Missing field", "Field 'name' is required.", pointer="/name", code=MISSING)
    name = _name(call, body["name"])
    origins = _origins(body.get("validOrigins", []))
    moment = now()
    integration = WebIntegration(call.state.new_id(), name, moment, moment, origins, call.user_id)
    KIND.of(call.state).put(integration)
    return response(201, {**view(call, integration), "links": views.self_link(call, f"{PATH}/{integration.id}")})


def get_integration(call: Call) -> Response:
    """``GET /web-integrations/{id}``."""
    return response(200, view(call, _found(call)))


def patch_integration(call: Call) -> Response:
    """``PATCH /web-integrations/{id}``: replace only."""
    apply, store = patches.apply_in_order, KIND.of(call.state).put
    try:
        apply(call, _found(call), lambda item, operation: _patched(call, item, operation), store)
    except Refusal as refusal:
        if refusal.status == 400:
            refusal.entries = tuple(dataclasses.replace(entry, code=BAD_PATCH) for entry in refusal.entries)
        raise
    return NO_CONTENT


def delete_integration(call: Call) -> Response:
    """``DELETE /web-integrations/{id}``."""
    KIND.of(call.state).remove(_found(call).id)
    return NO_CONTENT


def _found(call: Call) -> WebIntegration:
    integration = KIND.of(call.state).get(call.item_id)
    if integration is None:
        raise not_found("There is no such web integration.")
    return integration


def _patched(call: Call, item: WebIntegration, operation: patches.Operation) -> WebIntegration:
    if operation.op != "replace" or operation.path not in ("/name", "/validOrigins"):
        raise patches.unsupported(operation)
    if operation.path == "/name":
        return dataclasses.replace(item, name=_name(call, operation.value, item.id), updated_at=now())
    return dataclasses.replace(item, valid_origins=_origins(operation.value), updated_at=now())


def _name(call: Call, value: Json, own_id: str = "") -> str:
    if not isinstance(value, str) or not value.strip():
        raise refuse(400, "Invalid value", "The name is a text that is not empty.", pointer="/name", code=INVALID)
    others = (item for item in KIND.of(call.state) if item.id != own_id)
    if call.guesses.web_integration_same_name == "refuse" and any(item.name == value for item in others):
        raise refuse(400, "Invalid value", "There is this name already.", pointer="/name", code=INVALID)
    return value


def _origins(value: Json) -> tuple[str, ...]:
    """The origins of a body, each once. Raises Refusal 400 unless they are URIs with a scheme and a host."""
    if not isinstance(value, list):
        raise refuse(400, "Invalid value", "The origins are a list.", pointer="/validOrigins", code=INVALID)
    for origin in value:
        parts = urlsplit(origin) if isinstance(origin, str) else None
        if parts is None or not parts.scheme or not parts.hostname or any(map(str.isspace, origin)):
            detail = "An origin is a URI with a scheme."
            raise refuse(400, "Invalid value", detail, pointer="/validOrigins", code=INVALID)
    return tuple(dict.fromkeys(value))


def _planted(state: State, item: dict[str, Any]) -> str:
    """Put a web integration into the tenant, new, or changed where its ``id`` is there."""
    moment, admin = now(), state.admin_id
    known = KIND.of(state).get(item.get("id", ""))
    integration = known or WebIntegration(state.new_id(), "Integration", moment, moment, created_by=admin)
    changes: dict[str, Any] = {"name": item["name"]} if "name" in item else {}
    if "validOrigins" in item:
        changes["valid_origins"] = tuple(item["validOrigins"])
    KIND.of(state).put(dataclasses.replace(integration, updated_at=moment, **changes))
    return integration.id


KIND: Kind[WebIntegration] = Kind(
    "web_integrations",
    view,
    _planted,
    frozenset({"id", "name", "validOrigins"}),
    (
        Route("GET", PATH, list_integrations, access="admin", query=QUERY),
        Route("POST", PATH, create_integration, **WRITE),
        Route("GET", PATH + "/{id}", get_integration, access="admin"),
        Route("PATCH", PATH + "/{id}", patch_integration, **WRITE),
        Route("DELETE", PATH + "/{id}", delete_integration, **WRITE_WITHOUT_BODY),
    ),
    Service(
        "web-integrations",
        "WEBINTEGRATIONS",
        Form(str),
        {400: "BAD_REQUEST", 403: "WEBINTEGRATIONS_FORBIDDEN", 404: "WEBINTEGRATIONS_NOT_FOUND"},
    ),
    events=Events("web-integration", view, ("id", "name", "validOrigins"), old_names("com.qlik.web-integration")),
)
