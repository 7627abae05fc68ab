# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Default and custom roles (Qlik reference: roles)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from . import patches, views
from .call import NO_CONTENT, Call, Json, Response, checked_fields, checked_text, response, text_field
from .errors import not_found, refuse
from .filters import Attribute, Schema
from .paging import ListOf, list_page
from .state import USER_DEFAULT, Role, now

FIELDS = frozenset({"name", "description", "assignedScopes"})
SCOPE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]*")
SORTS: dict[str, Callable[[Role], str]] = {
    "name": lambda role: role.name,
    "id": lambda role: role.id,
    "type": lambda role: role.type,
    "level": lambda role: role.level,
    "createdAt": lambda role: role.created_at,
    "lastUpdatedAt": lambda role: role.updated_at,
}


def list_roles(call: Call) -> Response:
    """``GET /roles``: default and custom roles, without those that the subscription hides."""
    sorts = SORTS if call.guesses.sort_fields == "filterable" else {"name": SORTS["name"]}
    always = ("visible", lambda role: not role.hidden)
    return list_page(call, ListOf(call.state.roles, _schema(call), sorts, views.role, always), call.query.get("filter"))


def create_role(call: Call) -> Response:
    """``POST /roles``: a custom role."""
    body = checked_fields(call, FIELDS, frozenset({"name"}))
    name = text_field(body, "name", empty=False)
    description = text_field(body, "description")
    scopes = _scopes(body.get("assignedScopes", []), "/assignedScopes")
    if call.state.role_named(name, hidden=True) is not None:
        raise refuse(call.guesses.role_duplicate_status, "Name taken", "A role with this name exists.", pointer="/name")
    if sum(role.type == "custom" for role in call.state.roles) >= call.state.capacity.custom_roles:
        detail = f"A tenant has at most {call.state.capacity.custom_roles} custom roles."
        raise refuse(call.guesses.full_roles_status, "Too many roles", detail)
    moment, caller = now(), call.user_id
    role = Role(
        call.state.new_id(),
        name,
        "custom",
        "user",
        moment,
        moment,
        description=description,
        scopes=scopes,
        created_by=caller,
        updated_by=caller,
    )
    call.state.roles.put(role)
    return response(201, views.role(call, role))


def get_role(call: Call) -> Response:
    """``GET /roles/{id}``."""
    return response(200, views.role(call, _found(call)))


def patch_role(call: Call) -> Response:
    """``PATCH /roles/{id}``: custom roles, and the scopes of UserDefault."""
    role = _found(call)
    if role.type == "default" and role.name != USER_DEFAULT:
        raise _immutable(call)
    apply = patches.apply_in_order
    apply(call, role, lambda item, operation: _patched(call, item, operation), call.state.roles.put)
    return NO_CONTENT


def delete_role(call: Call) -> Response:
    """``DELETE /roles/{id}``: refused with 403 while the role is assigned."""
    role = call.state.roles.get(call.item_id)
    if role is None or role.hidden:
        raise refuse(call.guesses.role_missing_delete_status, "Not found", "The role does not exist.")
    if role.type == "default":
        raise _immutable(call)
    if call.state.role_in_use(role.id):
        raise refuse(403, "Role is assigned", "Take the role away from all users and groups first.")
    call.state.roles.remove(role.id)
    return NO_CONTENT


def _schema(call: Call) -> Schema[Role]:
    return Schema(
        {
            "id": Attribute(lambda role: (role.id,)),
            "name": Attribute(lambda role: (role.name,)),
            "type": Attribute(lambda role: (role.type,)),
            "level": Attribute(lambda role: (role.level,)),
            "tenantId": Attribute(lambda role: (views.role_tenant_id(call, role),)),
            "description": Attribute(lambda role: (role.description,)),
            "permissions": Attribute(lambda role: ()),
            "createdAt": Attribute(lambda role: (role.created_at,)),
            "lastUpdatedAt": Attribute(lambda role: (role.updated_at,)),
        }
    )


def _found(call: Call) -> Role:
    role = call.state.roles.get(call.item_id)
    if role is None or role.hidden:
        raise not_found("The role does not exist.")
    return role


def _immutable(call: Call) -> Exception:
    return refuse(call.guesses.default_role_status, "Not allowed", "A default role cannot be changed.")


def _scopes(value: Json, pointer: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise refuse(400, "Invalid value", "An array of scopes is required.", pointer=pointer)
    return tuple(dict.fromkeys(_scope(item, pointer) for item in value))


def _scope(value: Json, pointer: str) -> str:
    text = checked_text(value, pointer)
    if not SCOPE.fullmatch(text):
        raise refuse(400, "Invalid value", f"{text!r} is not a scope.", pointer=pointer)
    return text


def _patched(call: Call, role: Role, operation: patches.Operation) -> Role:
    op, path, value = operation.op, operation.path, operation.value
    if role.type == "default" and not path.startswith("/assignedScopes"):
        raise _immutable(call)
    if (op, path) == ("replace", "/name"):
        name = checked_text(value, path, empty=False)
        taken = call.state.role_named(name, hidden=True)
        if taken is not None and taken.id != role.id:
            raise refuse(
                call.guesses.role_duplicate_status, "Name taken", "A role with this name exists.", pointer=path
            )
        role = dataclasses.replace(role, name=name)
    elif (op, path) == ("replace", "/description"):
        role = dataclasses.replace(role, description=checked_text(value, path))
    elif (op, path) == ("replace", "/assignedScopes"):
        role = dataclasses.replace(role, scopes=_scopes(value, path))
    elif (op, path) == ("add", "/assignedScopes/-"):
        added = _scopes(value if isinstance(value, list) else [value], path)
        role = dataclasses.replace(role, scopes=tuple(dict.fromkeys(role.scopes + added)))
    elif (op, path) == ("remove-value", "/assignedScopes"):
        removed = _scopes(value if isinstance(value, list) else [value], path)
        role = dataclasses.replace(role, scopes=tuple(scope for scope in role.scopes if scope not in removed))
    else:
        raise patches.unsupported(operation)
    return dataclasses.replace(role, updated_at=now(), updated_by=call.user_id)
