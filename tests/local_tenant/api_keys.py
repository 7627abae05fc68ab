# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys (Qlik reference: api-keys)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from . import api_key_settings, patches
from .call import NO_CONTENT, Call, Json, Response, checked_fields, checked_text, response, text_field
from .collection import SortKey
from .errors import not_found, refuse
from .filters import fold
from .paging import ID_CURSORS, page_by_id
from .patches import Operation, unsupported
from .state import ADMIN_ROLE, USER_DEFAULT, ApiKey, State, User, now
from .times import instant, later, parts, utc_now, written

PAGE = 20
SCOPE = "api-keys"
STATUSES = ("active", "expired", "revoked")
SCIM = "externalClient"
SCIM_SUBJECT = re.compile(r"SCIM\\[^\\]+")
QUERY = frozenset({"createdByUser", "sub", "status", "limit", "sort", *ID_CURSORS})
FIELDS = frozenset({"description", "expiry", "sub", "subType"})
#: What keys can be sorted by, beside their status.
SORTS: dict[str, Callable[[ApiKey], str]] = {
    "createdByUser": lambda key: key.created_by,
    "sub": lambda key: key.sub,
    "description": lambda key: key.description,
    "created": lambda key: key.created_at,
}


def key_view(call: Call, key: ApiKey) -> dict[str, Json]:
    """An API key; its token is shown once only, to whoever creates it."""
    return {
        "id": key.id,
        "tenantId": call.state.tenant.id,
        "description": key.description,
        "sub": key.sub,
        "subType": key.sub_type,
        "status": _status(call, key),
        "expiry": key.expiry,
        "createdByUser": key.created_by,
        "created": key.created_at,
        "lastUpdated": key.updated_at,
    }


def list_keys(call: Call) -> Response:
    """``GET /api-keys``: those of all users for administrators, those of the caller for everybody else."""
    status, sort = call.query.get("status"), call.query.get("sort", "-created")
    field = sort[1:] if sort[:1] in ("+", "-") else sort
    if status is not None and status not in STATUSES:
        raise refuse(400, "Invalid parameter", f"status is one of {', '.join(STATUSES)}.", parameter="status")
    if field not in (*SORTS, "status"):
        raise refuse(400, "Invalid sort", f"Sorting by {sort!r} is not supported.", parameter="sort")

    def read(key: ApiKey) -> str:
        return SORTS[field](key) if field in SORTS else _status(call, key)

    def passes(key: ApiKey) -> bool:
        return (
            (call.as_admin or _is_own(call, key))
            and call.query.get("createdByUser", key.created_by) == key.created_by
            and call.query.get("sub", key.sub) == key.sub
            and status in (None, _status(call, key))
        )

    def order(key: ApiKey) -> SortKey:
        return fold(read(key)), read(key), key.id

    keys = call.state.api_keys
    # The status depends on the time, too.
    keys.refresh()
    asked = [call.user_id, call.as_admin, *(call.query.get(name) for name in ("createdByUser", "sub", "status"))]
    found = keys.select(repr(asked), passes, lambda: None, (field, sort[:1] == "-"), order)
    return page_by_id(call, found, key_view, PAGE, 1)


def create_key(call: Call) -> Response:
    """``POST /api-keys``: the only answer with the token."""
    body = checked_fields(call, FIELDS, frozenset({"description"}))
    description = text_field(body, "description", empty=False)
    sub_type = text_field(body, "subType", "user")
    if sub_type not in ("user", SCIM):
        raise refuse(400, "Invalid value", f"subType is user or {SCIM}.", pointer="/subType")
    state, guesses, caller = call.state, call.guesses, call.caller
    assert caller is not None
    if not has_scope(call, caller.user):
        raise refuse(403, "Forbidden", f"The scope {SCOPE} is needed.")
    sub = text_field(body, "sub", "" if sub_type == SCIM else call.user_id, empty=False)
    _check_subject(call, sub_type, sub)
    settings = api_key_settings.KIND.of(state)
    maximum = settings.scim_expiry if sub_type == SCIM else settings.max_expiry
    duration = body.get("expiry", maximum)
    if parts(duration) is None:
        raise refuse(400, "Invalid value", "An ISO 8601 duration is required.", pointer="/expiry")
    moment = utc_now()
    ends = later(moment, duration)
    if ends > later(moment, maximum):
        status = guesses.api_key_too_long_status
        raise refuse(status, "Invalid value", f"The tenant allows {maximum} at most.", pointer="/expiry")
    if (sub_type != SCIM or guesses.scim_keys_count) and _counted(call, sub) >= settings.max_keys:
        raise refuse(guesses.api_key_limit_status, "Too many keys", f"A user has {settings.max_keys} keys at most.")
    created = written(moment)
    key = ApiKey(state.new_uuid(), description, sub, call.user_id, written(ends), created, created, sub_type=sub_type)
    state.api_keys.put(key)
    return response(201, {**key_view(call, key), "token": call.token_of(key, guesses)})


def get_key(call: Call) -> Response:
    """``GET /api-keys/{id}``."""
    return response(200, key_view(call, _found(call)))


def patch_key(call: Call) -> Response:
    """``PATCH /api-keys/{id}``: the description only."""

    def patched(key: ApiKey, operation: Operation) -> ApiKey:
        if (operation.op, operation.path) != ("replace", "/description"):
            raise unsupported(operation)
        text = checked_text(operation.value, "/description", empty=False)
        return dataclasses.replace(key, description=text, updated_at=now())

    patches.apply_in_order(call, _found(call), patched, call.state.api_keys.put)
    return NO_CONTENT


def delete_key(call: Call) -> Response:
    """``DELETE /api-keys/{id}``: the owner deletes a key; an administrator revokes that of somebody else."""
    key = _found(call)
    has_ended = key.status == "revoked" or instant(key.expiry) <= utc_now()
    if has_ended and call.guesses.api_key_ended_delete == "404":
        raise not_found("There is no such key.")
    if key.status == "revoked":
        return NO_CONTENT
    if _is_own(call, key):
        call.state.api_keys.remove(key.id)
    else:
        call.state.api_keys.put(dataclasses.replace(key, status="revoked", updated_at=now()))
    return NO_CONTENT


def has_scope(call: Call, user: User) -> bool:
    """Whether the roles of ``user`` let it have API keys."""
    state: State = call.state
    names = {*state.rights(user), USER_DEFAULT}
    if ADMIN_ROLE in names and call.guesses.api_keys_of_admins:
        return True
    roles = [state.role_named(name, hidden=True) for name in names]
    return any(role is not None and SCOPE in role.scopes for role in roles)


def _status(call: Call, key: ApiKey) -> str:
    expires = call.guesses.expired_api_key_status == "expired"
    if key.status == "active" and expires and instant(key.expiry) <= utc_now():
        return "expired"
    return key.status


def _is_own(call: Call, key: ApiKey) -> bool:
    """Whether the caller owns the key; that of an identity provider belongs to nobody."""
    return (key.sub_type, key.sub) == ("user", call.user_id)


def _found(call: Call) -> ApiKey:
    """The key in the path. Raises Refusal: 404 for one that is not there, 403 for that of somebody else."""
    key = call.state.api_keys.get(call.item_id)
    if key is None:
        raise not_found("There is no such key.")
    if not (call.as_admin or _is_own(call, key)):
        raise refuse(403, "Forbidden", "The key belongs to another user.")
    return key


def _check_subject(call: Call, sub_type: str, sub: str) -> None:
    """Raises Refusal unless the caller may create a key that acts as ``sub``."""
    if sub_type == SCIM:
        if not SCIM_SUBJECT.fullmatch(sub):
            detail = "The sub of a SCIM key is SCIM\\ and the id of the identity provider."
            raise refuse(400, "Invalid value", detail, pointer="/sub")
        if not call.as_admin:
            raise refuse(403, "Forbidden", "Only administrators create SCIM keys.")
        return
    if sub == call.user_id:
        return
    if not call.as_admin or call.guesses.api_key_for_others == "403":
        raise refuse(403, "Forbidden", "Users create their own keys.", pointer="/sub")
    user = call.state.users.get(sub)
    if user is None or user.status == "deleted":
        raise refuse(400, "Invalid value", "The user does not exist.", pointer="/sub")


def _counted(call: Call, sub: str) -> int:
    """How many active keys count against the limit of a user."""
    present = utc_now()
    active = [key for key in call.state.api_keys if key.status == "active" and instant(key.expiry) > present]
    made = [key for key in active if key.sub_type == SCIM and key.created_by == call.user_id]
    own = [key for key in active if (key.sub_type, key.sub) == ("user", sub)]
    return len(own) + (len(made) if call.guesses.scim_keys_count else 0)
