# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spaces (Qlik reference: spaces)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from . import access, patches, views
from .call import NO_CONTENT, Call, Json, Response, checked_fields, checked_text, response, text_field
from .errors import refuse
from .filters import Schema, fold
from .paging import ListOf, list_page
from .state import SPACE_TYPES, Space, now

MAX_NAME = 256
NAME = re.compile(r'[^"*?<>/|\\:]+')
PAGE = 10
QUERY = frozenset({"sort", "name", "type", "ownerId", "roles", "action", "environmentId", "environment.name"})
FIELDS = frozenset({"name", "type", "description"})
CHANGEABLE = frozenset({"name", "description", "ownerId"})
SORTS: dict[str, Callable[[Space], str]] = {
    "name": lambda space: space.name,
    "type": lambda space: space.type,
    "createdAt": lambda space: space.created_at,
}
PERSONAL = {"actions": ["create"], "resourceType": "personalspace"}


def list_spaces(call: Call) -> Response:
    """``GET /spaces``: those that the caller has access to; ``name`` is looked for inside names, in any case."""
    conditions = [_condition(call, name, text) for name, text in call.query.items() if name in QUERY - {"sort"}]
    asked = sorted((name, text) for name, text in call.query.items() if name in QUERY)
    name = repr([call.user_id, call.as_admin, asked])

    def passes(space: Space) -> bool:
        return access.sees(call, space) and all(condition(space) for condition in conditions)

    listing = ListOf(
        call.state.spaces,
        Schema({}),
        SORTS,
        views.space,
        (name, passes),
        limit=PAGE,
        largest=call.guesses.spaces_page,
        sort=f"+{call.guesses.spaces_order}",
        capped=call.guesses.spaces_limit_above_100 == "cap",
        counted={"personalSpace": PERSONAL},
    )
    return list_page(call, listing, None)


def list_types(call: Call) -> Response:
    """``GET /spaces/types``: those that this tenant may use."""
    return response(200, {"data": list(call.state.space_types)})


def create_space(call: Call) -> Response:
    """``POST /spaces``; who creates a space becomes its owner."""
    body = checked_fields(call, FIELDS, frozenset({"name", "type"}))
    state = call.state
    kind = body["type"]
    if kind not in SPACE_TYPES:
        raise refuse(400, "Invalid value", f"type is one of {', '.join(SPACE_TYPES)}.", pointer="/type")
    if not access.may_create(call, kind):
        raise refuse(403, "Forbidden", f"The caller may not create {kind} spaces.")
    if kind not in state.space_types:
        status = call.guesses.space_type_missing_status
        raise refuse(status, "Type not available", f"This tenant has no {kind} spaces.", pointer="/type")
    name = _name(call, body["name"])
    description = text_field(body, "description") if "description" in body else None
    _check_free(call, name, 409)
    moment = now()
    space = Space(state.new_id(), name, kind, call.user_id, moment, moment, description, call.user_id)
    state.spaces.put(space)
    return response(201, views.space(call, space))


def get_space(call: Call) -> Response:
    """``GET /spaces/{id}``; 404 also for a space that the caller does not see."""
    return response(200, views.space(call, access.found(call)))


def patch_space(call: Call) -> Response:
    """``PATCH /spaces/{id}``: replace only, answered with the space."""
    space = access.found(call, "update")
    patches.apply_in_order(call, space, lambda item, operation: _patched(call, item, operation), _store(call))
    return response(200, views.space(call, call.state.spaces.get(space.id) or space))


def put_space(call: Call) -> Response:
    """``PUT /spaces/{id}``: name, description and owner, each optional."""
    space = access.found(call, "update")
    body = checked_fields(call, CHANGEABLE)
    changed = space
    if "description" not in body and call.guesses.space_put_omitted == "cleared":
        changed = dataclasses.replace(changed, description="")
    for field, value in body.items():
        changed = _changed(call, changed, field, value)
    _store(call)(changed)
    return response(200, views.space(call, changed))


def delete_space(call: Call) -> Response:
    """``DELETE /spaces/{id}``: 412 while it holds something; its assignments go with it."""
    space = access.found(call, "delete")
    if call.state.items.find("spaceId", space.id) and call.guesses.space_delete_with_content == "412":
        raise refuse(412, "Space is not empty", "Delete or move its content first.")
    for assignment in call.state.assignments_of(space.id):
        call.state.assignments.remove(assignment.id)
    call.state.spaces.remove(space.id)
    return NO_CONTENT


def _condition(call: Call, name: str, text: str) -> Callable[[Space], bool]:
    """The condition of one query parameter. Raises Refusal 400."""
    if name == "name":
        return lambda space: fold(text) in fold(space.name)
    if name == "ownerId":
        return lambda space: space.owner_id == text
    if name in ("environmentId", "environment.name"):
        # There are no environments here, so that every space is in none.
        return lambda space: not text
    if name == "action":
        _check_among(name, [text], ["publish"])
        return lambda space: text in access.actions(call, space)
    desired = text.split(",")
    if name == "type":
        _check_among(name, desired, SPACE_TYPES)
        return lambda space: space.type in desired
    _check_among(name, desired, {role for roles in access.ROLES.values() for role in roles})
    return lambda space: not set(desired).isdisjoint(access.own_roles(call, space))


def _check_among(name: str, values: list[str], allowed: Json) -> None:
    for value in values:
        if value not in allowed:
            raise refuse(400, "Invalid parameter", f"{name} cannot be {value!r}.", parameter=name)


def _name(call: Call, value: Json) -> str:
    name = checked_text(value, "/name", maximum=MAX_NAME, empty=False)
    if call.guesses.trim_names:
        name = checked_text(name.strip(), "/name", empty=False)
    if not NAME.fullmatch(name):
        raise refuse(400, "Invalid value", 'A name has none of " * ? < > / | \\ :', pointer="/name")
    return name


def _check_free(call: Call, name: str, status: int, own_id: str = "") -> None:
    """Raises Refusal when another space of whatever type has the name."""
    insensitive = call.guesses.space_name_case == "insensitive"
    for space in call.state.spaces.find("name", name):
        if space.id != own_id and (insensitive or space.name == name):
            detail = "A space with this name exists."
            raise refuse(status, "Conflict", detail, pointer="/name", code="SpaceConflict")


def _patched(call: Call, space: Space, operation: patches.Operation) -> Space:
    field = operation.path[1:]
    if operation.op != "replace" or operation.path[:1] != "/" or field not in CHANGEABLE:
        raise patches.unsupported(operation)
    return _changed(call, space, field, operation.value)


def _changed(call: Call, space: Space, field: str, value: Json) -> Space:
    if field == "name":
        name = _name(call, value)
        _check_free(call, name, call.guesses.space_rename_taken_status, space.id)
        space = dataclasses.replace(space, name=name)
    elif field == "description":
        space = dataclasses.replace(space, description=checked_text(value, "/description"))
    elif value != space.owner_id:
        access.require(call, space, "change_owner")
        owner = call.state.users.get(checked_text(value, "/ownerId"))
        if owner is None or owner.status == "deleted":
            status = call.guesses.space_unknown_owner_status
            raise refuse(status, "Invalid owner", "The user does not exist.", pointer="/ownerId")
        space = dataclasses.replace(space, owner_id=owner.id)
    return dataclasses.replace(space, updated_at=now())


def _store(call: Call) -> Callable[[Space], None]:
    def store(space: Space) -> None:
        call.state.spaces.put(space)
        if call.guesses.owner_assignment == "dropped":
            for assignment in call.state.assignments_of(space.id):
                if assignment.assignee_id == space.owner_id:
                    call.state.assignments.remove(assignment.id)

    return store
