# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of spaces (Qlik reference: spaces, assignments)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timezone

from . import access, views
from .call import NO_CONTENT, Call, Json, Response, checked_fields, response, text_field
from .errors import not_found, refuse
from .filters import Schema
from .paging import ListOf, list_page
from .spaces import PAGE
from .state import EVERYONE_ID, Assignment, Group, Space, User, now

QUERY = frozenset({"type", "assigneeId"})
FIELDS = frozenset({"type", "assigneeId", "roles"})
TYPES = ("user", "group", "bot")
SORTS: dict[str, Callable[[Assignment], str]] = {"createdAt": lambda assignment: assignment.created_at}


def list_assignments(call: Call) -> Response:
    """``GET /spaces/{id}/assignments``; the owner is not among them."""
    space = access.found(call)
    kind, assignee_id = call.query.get("type"), call.query.get("assigneeId")
    if kind is not None and kind not in TYPES:
        raise refuse(400, "Invalid parameter", f"type is one of {', '.join(TYPES)}.", parameter="type")

    def passes(assignment: Assignment) -> bool:
        return (
            assignment.space_id == space.id
            and assignment.assignee_id != space.owner_id
            and kind in (None, assignment.type)
            and assignee_id in (None, assignment.assignee_id)
        )

    listing = ListOf(
        call.state.assignments,
        Schema({}),
        SORTS,
        views.assignment,
        (repr([kind, assignee_id]), passes),
        among=("spaceId", space.id),
        limit=PAGE,
        sort="+createdAt",
        capped=call.guesses.spaces_limit_above_100 == "cap",
        counted={},
    )
    return list_page(call, listing, None)


def create_assignment(call: Call) -> Response:
    """``POST /spaces/{id}/assignments``: one for each assignee."""
    space = access.found(call, "update")
    body = checked_fields(call, FIELDS, FIELDS)
    kind = body["type"]
    if kind not in TYPES:
        raise refuse(400, "Invalid value", f"type is one of {', '.join(TYPES)}.", pointer="/type")
    assignee_id = text_field(body, "assigneeId", empty=False)
    roles = _roles(call, space, body["roles"])
    _check_assignee(call, space, kind, assignee_id)
    if any((item.assignee_id, item.type) == (assignee_id, kind) for item in call.state.assignments_of(space.id)):
        raise _conflict(409)
    moment, caller = now(), call.user_id
    assignment = Assignment(
        call.state.new_id(), space.id, kind, assignee_id, roles, moment, moment, created_by=caller, updated_by=caller
    )
    call.state.assignments.put(assignment)
    return response(201, views.assignment(call, assignment))


def get_assignment(call: Call) -> Response:
    """``GET /spaces/{id}/assignments/{assignmentId}``."""
    return response(200, views.assignment(call, _found(call, access.found(call))))


def put_assignment(call: Call) -> Response:
    """``PUT /spaces/{id}/assignments/{assignmentId}``: the roles given are all that are left."""
    space = access.found(call, "update")
    assignment = _found(call, space)
    roles = _roles(call, space, checked_fields(call, frozenset({"roles"}), frozenset({"roles"}))["roles"])
    changed = dataclasses.replace(assignment, roles=roles, updated_at=now(), updated_by=call.user_id)
    call.state.assignments.put(changed)
    return response(200, views.assignment(call, changed))


def delete_assignment(call: Call) -> Response:
    """``DELETE /spaces/{id}/assignments/{assignmentId}``."""
    call.state.assignments.remove(_found(call, access.found(call, "update")).id)
    return NO_CONTENT


def _found(call: Call, space: Space) -> Assignment:
    assignment = call.state.assignments.get(call.item_id)
    if assignment is None or assignment.space_id != space.id:
        raise not_found("The assignment does not exist.")
    return assignment


def _roles(call: Call, space: Space, value: Json) -> tuple[str, ...]:
    """Roles as they were sent. Raises Refusal for an empty list and for a role that the space cannot give."""
    if not isinstance(value, list) or not value:
        raise refuse(400, "Invalid value", "roles is an array that is not empty.", pointer="/roles")
    assignable = access.assignable_roles(call.guesses, space.type)
    for index, role in enumerate(value):
        if role not in assignable:
            detail = f"A {space.type} space has no role {role!r}."
            status = call.guesses.space_role_status
            raise refuse(status, "Invalid role", detail, pointer=f"/roles/{index}")
    unique = tuple(dict.fromkeys(value))
    if len(unique) < len(value) and call.guesses.duplicate_space_roles == "refuse":
        raise refuse(400, "Invalid value", "A role is named twice.", pointer="/roles")
    return unique


def _check_assignee(call: Call, space: Space, kind: str, assignee_id: str) -> None:
    """Raises Refusal for an assignee that does not exist, and for those that guesses exclude."""
    guesses = call.guesses
    if assignee_id == space.owner_id and guesses.owner_as_member != "accept":
        if guesses.owner_as_member == "409":
            raise _conflict(409)
        raise refuse(400, "Invalid assignee", "The owner has all roles already.", pointer="/assigneeId")
    if kind == "bot" and guesses.bot_assignments == "refuse":
        raise refuse(400, "Invalid value", "Bots are assigned as users.", pointer="/type")
    if assignee_id == EVERYONE_ID and guesses.everyone_as_member == "refuse":
        raise refuse(400, "Invalid assignee", "This group cannot be assigned.", pointer="/assigneeId")
    if guesses.unknown_assignee != "accept" and not _exists(call, kind, assignee_id):
        raise refuse(int(guesses.unknown_assignee), "Not found", "The assignee does not exist.", pointer="/assigneeId")


def _exists(call: Call, kind: str, assignee_id: str) -> bool:
    """Whether the spaces service knows the assignee, which can take it a while."""
    assignee: User | Group | None
    assignee = call.state.group(assignee_id) if kind == "group" else call.state.users.get(assignee_id)
    if assignee is None or assignee.status == "deleted":
        return False
    if kind == "bot" and not (isinstance(assignee, User) and assignee.client_id):
        return False
    age = datetime.now(timezone.utc) - datetime.fromisoformat(assignee.created_at.replace("Z", "+00:00"))
    return age.total_seconds() >= call.guesses.new_assignee_seconds


def _conflict(status: int) -> Exception:
    detail = "The assignee has an assignment in this space."
    return refuse(status, "Conflict", detail, pointer="/assigneeId", code="AssignmentConflict")
