# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and ids of roles and groups in request bodies."""

from __future__ import annotations

from .call import Call, Json
from .errors import refuse
from .state import USER_DEFAULT, Group, Role


def role_ids(call: Call, value: Json, pointer: str, maximum: int | None = None) -> tuple[str, ...]:
    """Ids of the roles in ``[{id}]`` or ``[{name}]``, in that order, each once.

    Raises Refusal 400 for another shape, for ids and names in one list, and for roles that do not exist or cannot be
    assigned (Qlik reference: users and groups, assignedRoles). ``maximum`` is the number of roles a group may have.
    """
    if not isinstance(value, list):
        raise refuse(400, "Invalid value", "An array of roles is required.", pointer=pointer)
    kinds = {name for item in value if isinstance(item, dict) for name in item}
    if kinds == {"id", "name"} and call.guesses.mixed_role_references == "refuse":
        raise refuse(400, "Invalid value", "Roles are given by id or by name, not both.", pointer=pointer)
    found = [role_id(call, item, f"{pointer}/{index}") for index, item in enumerate(value)]
    unique = tuple(dict.fromkeys(item for item in found if item))
    if maximum is not None and len(unique) > maximum:
        detail = f"A group has at most {maximum} roles."
        raise refuse(call.guesses.group_roles_status, "Too many roles", detail, pointer=pointer)
    return unique


def role_id(call: Call, value: Json, pointer: str) -> str:
    """Id of the role in ``{id}`` or ``{name}``, or empty when an unknown role is to be ignored."""
    if not isinstance(value, dict) or set(value) not in ({"id"}, {"name"}):
        raise refuse(400, "Invalid value", "A role is an object with id or name.", pointer=pointer)
    (text,) = value.values()
    if not isinstance(text, str):
        raise refuse(400, "Invalid value", "The id or name of a role is a string.", pointer=pointer)
    role = _role(call, text, by_id="id" in value)
    if role is not None and role.name == USER_DEFAULT and call.guesses.assign_user_default == "refuse":
        raise refuse(400, "Invalid role", f"{USER_DEFAULT} cannot be assigned.", pointer=pointer)
    if role is None and call.guesses.unknown_role == "refuse":
        raise refuse(400, "Invalid role", f"Role {text!r} does not exist.", pointer=pointer)
    return role.id if role else ""


def _role(call: Call, text: str, *, by_id: bool) -> Role | None:
    role = call.state.roles.get(text) if by_id else call.state.role_named(text)
    return None if role is None or role.hidden else role


def custom_group(call: Call, value: Json, pointer: str) -> Group:
    """The custom group in an id, ``{id}`` or ``{name, providerType}``.

    Raises Refusal 400 for another shape, an unknown group, and a group of an identity provider, whose members only
    that provider decides (Qlik reference: groups tutorial).
    """
    group = _group(call, value, pointer)
    if group is None:
        raise refuse(400, "Invalid group", "The group does not exist.", pointer=pointer)
    if group.provider_type != "custom":
        raise refuse(400, "Invalid group", "Only custom groups can be assigned.", pointer=pointer)
    return group


def _group(call: Call, value: Json, pointer: str) -> Group | None:
    if isinstance(value, str):
        return call.state.group(value)
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise refuse(400, "Invalid value", "A group is an id or an object.", pointer=pointer)
    if set(value) == {"id"}:
        return call.state.group(value["id"])
    if set(value) == {"name", "providerType"}:
        return call.state.group_named(value["name"], value["providerType"])
    raise refuse(400, "Invalid value", "A group has id, or name and providerType.", pointer=pointer)
