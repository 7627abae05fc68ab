# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that a tenant has once somebody has made them (Qlik reference: tenant-settings)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .call import NO_CONTENT, Call, Json, Response, checked_fields, response
from .errors import Form, Service, not_found, refuse
from .kind import WRITE, WRITE_WITHOUT_BODY, Singleton
from .routes import Route
from .state import State, now

PATH = "/tenant-settings"
START_PAGES = {
    "analytics-hub": "/insights",
    "analytics-creation-hub": "/analytics",
    "data-integration-hub": "/qdi",
    "management-console": "/console",
}
NO_ACCESS = {"linkEnabled": bool, "linkLabel": str, "linkUrl": str, "message": str}
#: None until somebody has made them.
Settings = Mapping[str, Json] | None
CREATION = frozenset({"preferredStartPage", "customizeNoAccess"})
FIELDS = CREATION | {"releaseCadence", "sessionReplayOptOut"}
CADENCES = ("monthly", "continuous")
#: What each operation has beside its name and path.
OPERATIONS = {"add": "value", "replace": "value", "test": "value", "remove": "", "move": "from", "copy": "from"}


def view(_call: Call, settings: Settings) -> dict[str, Json] | None:
    """The settings as answers show them: a start page with its route, and nothing that was never set."""
    if settings is None:
        return None
    page = settings.get("preferredStartPage")
    shown = {"preferredStartPage": {"value": page, "route": START_PAGES[page]}} if page else {}
    return {**settings, **shown}


def get_settings(call: Call) -> Response:
    """``GET /tenant-settings``."""
    settings = KIND.of(call.state)
    if settings is None and call.guesses.tenant_settings_of_none == "empty":
        return response(200, {})
    return response(200, view(call, _found(call)))


def create_settings(call: Call) -> Response:
    """``POST /tenant-settings``, once; at least one of two fields is required."""
    body = checked_fields(call, CREATION)
    if not body:
        raise refuse(400, "Missing field", f"One of {', '.join(sorted(CREATION))} is required.")
    if KIND.of(call.state) is not None:
        raise refuse(call.guesses.tenant_settings_again_status, "Conflict", "The tenant has settings already.")
    _check(body)
    KIND.put(call.state, {**created(call), **body})
    return response(201, view(call, _found(call)))


def created(call: Call) -> dict[str, Json]:
    """What settings have that somebody makes now, without any setting."""
    moment = now()
    known = {"id": call.state.new_id(), "tenantId": call.state.tenant.id, "createdBy": call.user_id}
    return {**known, "createdAt": moment, "updatedAt": moment}


def patch_settings(call: Call) -> Response:
    """``PATCH /tenant-settings``, with all operations of RFC 6902; nothing of a refused list is applied."""
    settings = _found(call)
    current: dict[str, Any] = {name: value for name, value in settings.items() if name in FIELDS}
    if not isinstance(call.body, list) or not call.body:
        raise refuse(400, "Invalid patch", "The body must be an array of operations.")
    for operation in call.body:
        current = _patched(current, operation)
    _check(current)
    rest = {name: value for name, value in settings.items() if name not in FIELDS}
    KIND.put(call.state, {**rest, **current, "updatedAt": now(), "updatedBy": call.user_id})
    return response(200, view(call, _found(call)))


def delete_settings(call: Call) -> Response:
    """``DELETE /tenant-settings``."""
    _found(call)
    KIND.put(call.state, None)
    return NO_CONTENT


def _found(call: Call) -> Mapping[str, Json]:
    settings = KIND.of(call.state)
    if settings is None:
        raise not_found("The tenant has no settings.")
    return settings


def _check(settings: Mapping[str, Json]) -> None:
    """Raises Refusal 400 for a value that a field cannot have."""
    for name, value in settings.items():
        allowed = {
            "preferredStartPage": lambda value: isinstance(value, str) and value in START_PAGES,
            "releaseCadence": lambda value: value in CADENCES,
            "sessionReplayOptOut": lambda value: isinstance(value, bool),
            "customizeNoAccess": _is_page,
        }.get(name)
        if allowed is None:
            raise refuse(400, "Unknown field", f"Field {name!r} is not known.", pointer=f"/{name}")
        if not (isinstance(value, str | bool | dict) and allowed(value)):
            raise refuse(400, "Invalid value", f"{value!r} is not allowed.", pointer=f"/{name}")


def _is_page(value: Json) -> bool:
    """Whether it is what people without access see; whether there is a link is required."""
    if not isinstance(value, dict) or "linkEnabled" not in value:
        return False
    return all(name in NO_ACCESS and isinstance(part, NO_ACCESS[name]) for name, part in value.items())


def _patched(document: dict[str, Any], operation: Json) -> dict[str, Any]:
    """The document after one operation (RFC 6902). Raises Refusal 400."""
    op = operation.get("op") if isinstance(operation, dict) else None
    operand = OPERATIONS.get(op) if isinstance(op, str) else None
    if operand is None or operation.keys() != {"op", "path", *filter(None, [operand])}:
        raise refuse(400, "Invalid patch", f"{operation!r} is no operation.")
    path, source = operation["path"], operation.get("from", operation["path"])
    value = operation["value"] if operand == "value" else _value_at(document, source)
    if op in ("replace", "test", "remove"):
        current = _value_at(document, path)
        if op == "test" and current != value:
            raise refuse(400, "Invalid patch", f"The value is not {value!r}.", pointer=path)
    if op in ("remove", "move"):
        document = _with(document, source, None, there=False)
    return document if op in ("test", "remove") else _with(document, path, value)


def _value_at(document: Any, path: Json) -> Any:
    """The value that a pointer names. Raises Refusal 400 where there is none."""
    for part in _parts(path):
        if not isinstance(document, dict) or part not in document:
            raise refuse(400, "Invalid patch", "There is nothing at this path.", pointer=str(path))
        document = document[part]
    return document


def _with(document: dict[str, Any], path: Json, value: Any, *, there: bool = True) -> dict[str, Any]:
    """The document with another value at a path, or without it. Raises Refusal 400 where the path leads nowhere."""
    *parents, last = _parts(path)
    if not parents:
        kept = {name: each for name, each in document.items() if name != last}
        return {**kept, last: value} if there else kept
    parent = _value_at(document, "/" + parents[0])
    if not isinstance(parent, dict):
        raise refuse(400, "Invalid patch", "There is nothing below this path.", pointer=str(path))
    return {**document, parents[0]: _with(parent, "/" + "/".join([*parents[1:], last]), value, there=there)}


def _parts(path: Json) -> list[str]:
    """The parts of a JSON pointer, without what escapes (no name has a character that would need it)."""
    if not isinstance(path, str) or not path.startswith("/"):
        raise refuse(400, "Invalid patch", f"{path!r} is no path.")
    return path[1:].split("/")


def _planted(state: State, settings: Settings, changes: Json) -> Settings:
    """The settings that somebody else has made; None where there are none."""
    if changes is None:
        return None
    moment = now()
    made = {"id": state.new_id(), "tenantId": state.tenant.id, "createdAt": moment, "createdBy": state.admin_id}
    return {**made, **(settings or {}), "updatedAt": moment, **changes}


KIND: Singleton[Settings] = Singleton(
    "tenant_settings",
    None,
    view,
    (
        Route("GET", PATH, get_settings, access="admin"),
        Route("POST", PATH, create_settings, **WRITE),
        Route("PATCH", PATH, patch_settings, **WRITE, status=200),
        Route("DELETE", PATH, delete_settings, **WRITE_WITHOUT_BODY),
    ),
    (
        Service(
            "tenant-settings",
            "TENANTSETTINGS",
            Form(None, source=False, detail=False, trace=False, number_codes=True),
        ),
    ),
    _planted,
)
