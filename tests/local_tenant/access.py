# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sees a space, and who may do what in it (Qlik reference: spaces, space roles)."""

from __future__ import annotations

from .call import Call
from .errors import not_found, refuse
from .guesses import Guesses
from .state import ADMIN_LEVEL_ROLES, ADMIN_ROLE, EVERYONE_ID, Assignment, Space, State, User

ADMINS = frozenset({ADMIN_ROLE, "AnalyticsAdmin"})
#: Who administers a service, where others than tenant admins do too.
ADMINS_OF = {"spaces": ADMINS, "items": ADMINS, "audits": frozenset({ADMIN_ROLE, "AuditAdmin"})}
CREATORS = {
    "shared": ADMINS | {"SharedSpaceCreator"},
    "managed": ADMINS | {"ManagedSpaceCreator"},
    "data": frozenset({ADMIN_ROLE, "DataAdmin", "DataSpaceCreator"}),
}
ROLES = {
    "shared": ("facilitator", "producer", "codeveloper", "consumer", "dataconsumer"),
    "managed": (
        "facilitator",
        "consumer",
        "dataconsumer",
        "publisher",
        "contributor",
        "basicconsumer",
        "operator",
    ),
    "data": ("facilitator", "producer", "consumer", "dataconsumer", "publisher", "operator", "datapreview"),
}
ACTIONS = ("change_owner", "create", "read", "update", "delete", "publish")
#: What a role allows beside reading.
ALLOWED = {
    "facilitator": {"update", "delete"},
    "producer": {"create"},
    "publisher": {"publish"},
}


def is_admin(state: State, user: User, service: str) -> bool:
    """Whether ``user`` administers all that ``service`` holds."""
    admins = ADMINS_OF.get(service, {ADMIN_ROLE})
    return user.status == "active" and not admins.isdisjoint(state.rights(user))


def may_create(call: Call, space_type: str) -> bool:
    """Whether the caller may create spaces of this type."""
    if call.caller is None or not (call.as_admin or call.caller.has_scope("user_default")):
        return False
    rights = call.state.rights(call.caller.user)
    if call.caller.scopes is not None and not call.as_admin:
        rights -= set(ADMIN_LEVEL_ROLES)
    return not CREATORS[space_type].isdisjoint(rights)


def assignable_roles(guesses: Guesses, space_type: str) -> list[str]:
    """The roles that a space of this type can give; the two published tables differ in what guesses decide."""
    left_out = {
        ("managed", "operator"): not guesses.operator_in_managed_spaces,
        ("shared", "codeveloper"): not guesses.codeveloper_in_shared_spaces,
    }
    return [role for role in ROLES[space_type] if not left_out.get((space_type, role))]


def own_assignments(call: Call, space_id: str) -> list[Assignment]:
    """The assignments by which the caller is a member of the space: its own, those of its groups, of Everyone."""
    if call.caller is None:
        return []
    selves = {call.user_id, EVERYONE_ID, *call.caller.user.group_ids}
    return [item for item in call.state.assignments_of(space_id) if item.assignee_id in selves]


def own_roles(call: Call, space: Space) -> list[str]:
    """The caller's roles in the space; its owner has all of them without an assignment."""
    roles = assignable_roles(call.guesses, space.type)
    if space.owner_id == call.user_id:
        return roles
    current = {role for assignment in own_assignments(call, space.id) for role in assignment.roles}
    return [role for role in roles if role in current]


def sees(call: Call, space: Space) -> bool:
    """Whether the caller has access to the space: as an administrator, as its owner or as a member."""
    return call.as_admin or space.owner_id == call.user_id or bool(own_assignments(call, space.id))


def actions(call: Call, space: Space) -> list[str]:
    """What the caller may do to a space that it sees."""
    owner = space.owner_id == call.user_id
    allowed = {"read"}
    if call.as_admin or owner:
        allowed |= {"create", "update", "delete", "publish"}
    if call.as_admin:
        allowed.add("change_owner")
    for role in own_roles(call, space):
        allowed |= ALLOWED.get(role, set())
    if not (call.as_admin or owner or call.guesses.facilitator_deletes_space):
        allowed.discard("delete")
    if space.type == "shared":
        allowed.discard("publish")
    return [action for action in ACTIONS if action in allowed]


def found(call: Call, action: str = "read") -> Space:
    """The space in the path, to which the caller may do ``action``.

    Raises Refusal: 404 for a space that is not there or that the caller does not see, 403 for what it may not do.
    """
    space = call.state.spaces.get(call.ids[0])
    if space is None or not sees(call, space):
        raise not_found("The space does not exist.")
    require(call, space, action)
    return space


def require(call: Call, space: Space, action: str) -> None:
    """Raises Refusal 403 when the caller may not do ``action`` to a space that it sees."""
    if action not in actions(call, space):
        raise refuse(403, "Forbidden", f"The caller has no right to {action.replace('_', ' ')} this space.")
