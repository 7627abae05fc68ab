# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows of C(qlik_space_info) and C(qlik_space_member)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, List, Optional

from .._api.client import Client
from .._api.connection import connection_argument_spec
from .._kinds.space import TYPES, Space, SpaceOfMember
from .._kinds.space_members import MEMBER_RULES, MEMBER_SPEC, Member, assignee_of
from .._planning.references import Reference, Resource
from .._planning.settings import BOOLEAN, LIST_OF_TEXTS, TEXT, Params
from .._planning.snapshot import Snapshot
from .ensure import ensure_one, result_of_one
from .read import find, look_up, with_parts
from .task import Flow, Result, Task

_ASSIGNEE = ("group", "provider_type", "user", "assignee_id", "assignee_type")


def flow_of_space_info() -> Flow:
    """Return the flow of C(qlik_space_info)."""

    def steps(task: Task) -> Result:
        kind, params, client = Space(), task.params, task.client()
        spaces = _with_names(client, kind, find(client, kind, params), params)
        return {"changed": False, "spaces": [kind.to_user(space) for space in spaces]}

    spec = {
        **connection_argument_spec(),
        "id": TEXT,
        "name": TEXT,
        "type": {"type": "str", "choices": list(TYPES)},
        "group": TEXT,
        "provider_type": MEMBER_SPEC["provider_type"],
        "user": TEXT,
        "members": dict(BOOLEAN, default=True),
    }
    return Flow(spec, steps, {"mutually_exclusive": [("id", "name", "type", "group", "user")]})


def flow_of_space_member() -> Flow:
    """Return the flow of C(qlik_space_member)."""

    def steps(task: Task) -> Result:
        kind, params = SpaceOfMember(), task.params
        member = {option: params[option] for option in (*_ASSIGNEE, "state", "roles", "purge_roles")}
        desired = {"id": params["space_id"], "name": params["space"], "members": [member], "purge_members": False}
        area, snapshot = ensure_one(task, kind, desired)
        item, outcome = area.items[0], area.outcomes[0]
        before, after = (_member_in(kind, side, member, snapshot) for side in (item.plan.current, outcome.resource))
        result: Result = {
            "action": _action(outcome.action, before, after),
            "member": after.shown() if after else None,
        }
        if task.with_diff:
            planned = _member_in(kind, item.plan.predicted, member, snapshot)
            header = "member of %s" % kind.label_of(item.plan.current or {})
            sides = {"before": before and before.shown(), "after": planned and planned.shown()}
            result["diff"] = dict(sides, before_header=header, after_header=header)
        return result_of_one(task, area, result)

    spec = {
        **connection_argument_spec(),
        "space": TEXT,
        "space_id": TEXT,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **MEMBER_SPEC,
        "roles": dict(LIST_OF_TEXTS),
        "planned_groups": LIST_OF_TEXTS,
        "planned_users": LIST_OF_TEXTS,
    }
    rules = {
        "required_one_of": [("space", "space_id"), *MEMBER_RULES["required_one_of"]],
        "mutually_exclusive": [("space", "space_id"), *MEMBER_RULES["mutually_exclusive"]],
        "required_together": MEMBER_RULES["required_together"],
        "required_if": [("state", "present", ("roles",))],
    }
    return Flow(spec, steps, rules)


def _with_names(client: Client, kind: Space, spaces: List[Resource], params: Params) -> List[Resource]:
    """Return the spaces with the names of their owners and members; only those of the given member, if any."""
    if params["members"] or params["group"] or params["user"]:
        spaces = with_parts(client, kind, spaces, [kind.parts.every] * len(spaces))
    snapshot = Snapshot()
    references = [reference for space in spaces for reference in kind.parts.references_in(space)]
    member = {option: params[option] for option in ("group", "provider_type", "user")}
    reference = assignee_of(member) if params["group"] or params["user"] else None
    look_up(client, snapshot, [*references, *filter(None, [reference])])
    for space in spaces:
        kind.parts.name_references(space, snapshot)
    if reference is None:
        return spaces
    assignee_id = reference.value if reference.by == "id" else (snapshot.find([reference])[reference] or {}).get("id")
    return [space for space in spaces if _has_member(space, reference, assignee_id)]


def _has_member(space: Resource, reference: Reference, assignee_id: Any) -> bool:
    assignments = space.get("assignments") or []
    key = (reference.noun, assignee_id)
    return any((assignment.get("type"), assignment.get("assigneeId")) == key for assignment in assignments)


def _member_in(kind: Space, space: Optional[Resource], member: Params, snapshot: Snapshot) -> Optional[Member]:
    """Return the member of a space that the options identify; C(None) if it is not a member."""
    reference = assignee_of(member)
    if space is None:
        return None
    kind.parts.members.name(space, snapshot)
    members: List[Member] = kind.parts.members.current(space) or []
    for current in members:
        if current.kind != reference.noun:
            continue
        if reference.by == "id" and current.assignee_id == reference.value:
            return current
        if current.name == reference.value and current.provider_type in (None, *reference.key[2:]):
            return current
    return None


def _action(action: str, before: Optional[Member], after: Optional[Member]) -> str:
    """Return the action for the member: for the API, every change of a member is an update of its space."""
    if action != "updated":
        return action
    if before is None:
        return "created"
    return "updated" if after else "deleted"
