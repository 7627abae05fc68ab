# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups (Qlik reference: groups)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from . import group_settings, patches, references, views
from .call import NO_CONTENT, Call, Json, Response, checked_fields, checked_text, response, text_field
from .errors import not_found, refuse
from .filters import MAX_IDS, Attribute, Schema
from .paging import ListOf, boolean, filter_of_body, list_page
from .state import Group, State, now

MAX_NAME = 256
FIELDS = frozenset({"name", "status", "providerType", "description", "assignedRoles"})
SORTS: dict[str, Callable[[Group], str]] = {
    "name": lambda group: group.name,
    "id": lambda group: group.id,
    "status": lambda group: group.status,
    "providerType": lambda group: group.provider_type,
    "createdAt": lambda group: group.created_at,
    "lastUpdatedAt": lambda group: group.updated_at,
}


def list_groups(call: Call) -> Response:
    """``GET /groups``, or the system groups, which no other parameter goes with."""
    if not boolean(call, "systemGroups"):
        return list_page(call, _listing(call), call.query.get("filter"))
    if len(call.query) > 1:
        detail = "systemGroups cannot be combined with other parameters."
        raise refuse(400, "Invalid parameter", detail, parameter="systemGroups")
    links = {"self": {"href": f"{call.base()}{call.path}?systemGroups=true"}}
    return response(200, {"data": [views.group(call, call.state.everyone)], "links": links})


def filter_groups(call: Call) -> Response:
    """``POST /groups/actions/filter``: sorted by name only, at most 100 ids."""
    listing = _listing(call)
    listing = dataclasses.replace(listing, sorts={"name": listing.sorts["name"]}, max_ids=MAX_IDS)
    return list_page(call, listing, filter_of_body(call))


def create_group(call: Call) -> Response:
    """``POST /groups``."""
    body = checked_fields(call, FIELDS, frozenset({"name"}))
    guesses, state = call.guesses, call.state
    name = _name(call, body["name"])
    provider_type = text_field(body, "providerType", "idp")
    if provider_type not in ("idp", "custom"):
        raise refuse(400, "Invalid value", "providerType is idp or custom.", pointer="/providerType")
    if body.get("status", "active") != "active":
        raise refuse(400, "Invalid value", "A group is created active.", pointer="/status")
    description = text_field(body, "description")
    if description and provider_type == "idp":
        raise refuse(400, "Invalid value", "Only custom groups have a description.", pointer="/description")
    role_ids = _roles(call, body.get("assignedRoles", []), "/assignedRoles")
    if guesses.group_post_without_auto_create == "refuse" and not group_settings.KIND.of(state).auto_create_groups:
        raise refuse(400, "Creation of groups is off", "autoCreateGroups is off.")
    taken = state.group_named(name, provider_type)
    if taken is not None and (taken.status == "active" or guesses.disabled_group_blocks_name):
        raise refuse(guesses.group_duplicate_status, "Conflict", "A group with this name exists.", pointer="/name")
    if _counted(call) >= state.capacity.active_groups:
        detail = f"A tenant has at most {state.capacity.active_groups} active groups."
        raise refuse(guesses.full_tenant_status, "Too many groups", detail)
    moment = now()
    group = Group(
        state.new_id(),
        name,
        provider_type,
        moment,
        moment,
        description=description,
        role_ids=role_ids,
        created_by=call.user_id,
        updated_by=call.user_id,
    )
    state.groups.put(group)
    return response(201, views.group(call, group))


def get_group(call: Call) -> Response:
    """``GET /groups/{id}``; Everyone can be read by its id."""
    return response(200, views.group(call, _found(call)))


def patch_group(call: Call) -> Response:
    """``PATCH /groups/{id}``: replace only; name and description of custom groups only."""
    group = _found(call)

    def store(changed: Group) -> None:
        if changed.provider_type == "system":
            call.state.everyone = changed
        else:
            call.state.groups.put(changed)

    patches.apply_in_order(call, group, lambda item, operation: _patched(call, item, operation), store)
    return NO_CONTENT


def delete_group(call: Call) -> Response:
    """``DELETE /groups/{id}``; a custom group must not have members."""
    group = _found(call)
    if group.provider_type == "system":
        raise refuse(400, "Not allowed", "A system group cannot be deleted.")
    members = call.state.members(group.id)
    if group.provider_type == "custom" and members:
        raise refuse(call.guesses.group_members_status, "Group has members", "Remove all members first.")
    for user in members:
        left = tuple(group_id for group_id in user.group_ids if group_id != group.id)
        call.state.users.put(dataclasses.replace(user, group_ids=left))
    call.state.groups.remove(group.id)
    if call.guesses.assignments_of_deleted == "removed":
        call.state.forget_assignee(group.id)
    return NO_CONTENT


def _listing(call: Call) -> ListOf[Group]:
    sorts = SORTS if call.guesses.sort_fields == "filterable" else {"name": SORTS["name"]}
    return ListOf(call.state.groups, _schema(call.state), sorts, views.group)


def _schema(state: State) -> Schema[Group]:
    def role_names(group: Group) -> list[str]:
        roles = [state.roles.get(role_id) for role_id in group.role_ids]
        return [role.name for role in roles if role]

    return Schema(
        {
            "id": Attribute(lambda group: (group.id,)),
            "name": Attribute(lambda group: (group.name,)),
            "status": Attribute(lambda group: (group.status,)),
            "providerType": Attribute(lambda group: (group.provider_type,)),
            "createdAt": Attribute(lambda group: (group.created_at,)),
            "lastUpdatedAt": Attribute(lambda group: (group.updated_at,)),
            "assignedRoles.name": Attribute(role_names),
        }
    )


def _found(call: Call) -> Group:
    group = call.state.group(call.item_id)
    if group is None:
        raise not_found("The group does not exist.")
    return group


def _name(call: Call, value: Json) -> str:
    name = checked_text(value, "/name", maximum=MAX_NAME, empty=False)
    if call.guesses.trim_names:
        name = checked_text(name.strip(), "/name", empty=False)
    return name


def _roles(call: Call, value: Json, pointer: str) -> tuple[str, ...]:
    return references.role_ids(call, value, pointer, call.state.capacity.group_roles)


def _counted(call: Call) -> int:
    if call.guesses.disabled_groups_count or len(call.state.groups) < call.state.capacity.active_groups:
        return len(call.state.groups)
    return sum(group.status == "active" for group in call.state.groups)


def _patched(call: Call, group: Group, operation: patches.Operation) -> Group:
    style = call.guesses.group_patch_path
    slashed = operation.path.startswith("/")
    field = operation.path[1:] if slashed else operation.path
    misplaced = (style == "slash" and not slashed) or (style == "bare" and slashed)
    if operation.op != "replace" or field not in ("assignedRoles", "name", "description") or misplaced:
        raise patches.unsupported(operation)
    if field == "assignedRoles":
        group = dataclasses.replace(group, role_ids=_roles(call, operation.value, "/assignedRoles"))
    elif group.provider_type != "custom":
        raise refuse(400, "Not allowed", f"Only custom groups can change {field}.", pointer=f"/{field}")
    elif field == "description":
        group = dataclasses.replace(group, description=checked_text(operation.value, "/description"))
    else:
        name = _name(call, operation.value)
        taken = call.state.group_named(name, group.provider_type)
        if taken is not None and taken.id != group.id:
            status = call.guesses.group_rename_taken_status
            raise refuse(status, "Name taken", "A group with this name exists.", pointer="/name")
        group = dataclasses.replace(group, name=name)
    return dataclasses.replace(group, updated_at=now(), updated_by=call.user_id)
