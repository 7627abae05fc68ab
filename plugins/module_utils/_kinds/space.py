# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spaces and their members (second reference, spaces and assignments)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .._api.client import API, PAGE_SIZE, Client
from .._errors import InvalidInput, printable
from .._planning.plan import Plan
from .._planning.references import Reference, Resource, nearest
from .._planning.settings import TEXT, Params, Setting
from .._planning.snapshot import Snapshot
from .base import in_snake_case
from .collection import Collection
from .endpoints import EVERYONE_ID, USERS, caller_has_a_role
from .parts import Parts
from .pruning import PruneRules
from .search import Search
from .space_members import Member, Members, Owner, roles_in

TYPES = ("shared", "managed", "data")
#: Who sees every space; for others the list has those that they are in.
SEES_ALL_SPACES = ("TenantAdmin", "AnalyticsAdmin")
_FORBIDDEN = re.compile(r'["*?<>/\\|:]')
_LONGEST_NAME = 256
#: The roles that a space of each type can give, where there is no space yet that names its own (2.5 of the reference).
ROLES = {
    "shared": ("codeveloper", "consumer", "dataconsumer", "facilitator", "producer"),
    "managed": ("basicconsumer", "consumer", "contributor", "dataconsumer", "facilitator", "operator", "publisher"),
    "data": ("consumer", "dataconsumer", "datapreview", "facilitator", "operator", "producer", "publisher"),
}


class SpaceParts(Parts):
    """The members of a space, which have to be read by themselves, and its owner."""

    every = {"members": []}
    are_compared_by_id = True
    members = Members()
    owner = Owner()

    def are_asked(self, desired: Params) -> bool:
        return self.members.is_asked(desired) and desired.get("state") != "absent"

    def unasked(self, desired: Params) -> List[str]:
        asked = {self.members.option: self.are_asked(desired), self.owner.option: self.owner.is_asked(desired)}
        return [option for option, is_asked in asked.items() if not is_asked]

    def read(self, client: Client, path: str, resource: Resource, desired: Params) -> Resource:
        if not self.are_asked(desired):
            return resource
        return dict(resource, assignments=list(client.list(path + "/assignments", {"limit": PAGE_SIZE})))

    def of_new(self, created: Resource, desired: Params) -> Resource:
        return dict(created, assignments=[]) if self.are_asked(desired) else created

    def references_in(self, resource: Resource) -> List[Reference]:
        return [
            *self.owner.references_in(resource),
            *self.members.references(self.every, self.members.current(resource)),
        ]

    def name_references(self, resource: Resource, snapshot: Snapshot) -> None:
        self.owner.name(resource, snapshot)
        self.members.name(resource, snapshot)

    def remarks(self, resource: Resource, snapshot: Snapshot) -> List[str]:
        name = resource.get("name")
        texts = self.owner.remarks(resource, snapshot)
        for member in self.members.current(resource) or []:
            if member.assignee_id == EVERYONE_ID:
                texts.append("Everyone is a member, as %s." % ", ".join(member.roles))
            elif member.name is None and member.kind in self.members.refers_to:
                texts.append("A member does not exist any more: the %s %s." % (member.kind, member.assignee_id))
        return ["%s: %s" % (name, text) for text in texts]


class SpacePruning(PruneRules):
    """Spaces of some types are pruned, by who sees all of them."""

    spec = {"types": {"type": "list", "elements": "str", "choices": list(TYPES), "default": list(TYPES[:2])}}

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        return resource.get("type") in options["types"]

    def refuse(self, client: Client) -> None:
        if not caller_has_a_role(client, SEES_ALL_SPACES):
            text = "The credential does not see every space, so what it does not see may exist all the same."
            raise InvalidInput(text, "Deleting and pruning spaces need the role %s." % " or ".join(SEES_ALL_SPACES))


class SpaceSearch(Search):
    """Finds spaces by a part of their name, in any case, and by their ID; the API has no other filter."""

    takes_filters = False
    joins_conditions = False
    counts_on_request = False

    def condition(self, desired: Params) -> Any:
        return self.kind.key(desired)

    def find(self, client: Client, condition: Any) -> Iterable[Resource]:
        attribute, value = condition
        if attribute == "name":
            return client.list(self.collection, {"limit": PAGE_SIZE, "name": value})
        return self.by_id(client, value)

    def everything(self, client: Client, params: Params) -> Iterable[Resource]:
        if params["type"] is not None:
            return client.list(self.collection, {"limit": PAGE_SIZE, "type": params["type"]})
        return super().everything(client, params)


class Space(Collection):
    """What C(qlik_space) and C(qlik_spaces) manage."""

    noun = "space"
    plural = "spaces"
    collection = API + "/spaces"
    blank = {"type": None, "description": "", "ownerId": None, "meta": None}
    parts = SpaceParts()
    pruning = SpacePruning()
    settings = (
        Setting("name", TEXT),
        Setting(
            "type",
            {"type": "str", "choices": list(TYPES)},
            path=None,
            because="A space keeps the type that it was created with, and is never deleted to make another.",
        ),
        Setting("description", TEXT, missing="", may_be_empty=True),
        parts.members,
        parts.owner,
    )

    @property
    def search(self) -> Search:
        return SpaceSearch(self, self.key_option)

    def check(self, desired: Params) -> None:
        name = desired.get("name")
        if name is not None and (not 1 <= len(name) <= _LONGEST_NAME or _FORBIDDEN.search(name)):
            text = 'The name of a space has 1 to %d characters, and none of " * ? < > / \\ | :' % _LONGEST_NAME
            raise InvalidInput("%s, and this one is %r." % (text, name), option="name")
        for place, member in enumerate(desired.get("members") or []):
            if not member["roles"]:
                raise InvalidInput("A member has at least one role.", option="members[%d].roles" % place)

    def is_describable(self, resource: Resource) -> bool:
        return resource.get("type") in TYPES

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        current = snapshot.get(self.noun, self.key(desired))
        if desired.get("state") != "absent":
            _refuse_roles(self, desired, current, snapshot)
        if (
            current is None
            and desired.get("state") != "absent"
            and desired.get("type") is None
            and not desired.get("id")
        ):
            text = "It is missing, and a new space needs one of %s." % ", ".join(TYPES)
            snapshot.refuse(InvalidInput(text, option="type"))
        if current is not None:
            self.parts.name_references(current, snapshot)
        plan = super().plan(desired, snapshot)
        _refuse_owner_as_member(self, desired, plan, snapshot)
        return plan

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        taken = self.parts.members.taken(desired, snapshot) if self.parts.are_asked(desired) else []
        return super().warnings(desired, plan, snapshot) + [
            "The %s: %s" % (self.label(desired), text) for text in taken
        ]

    def to_user(self, resource: Optional[Resource]) -> Any:
        if resource is None:
            return None
        # Second reference, spaces: an answer can lack the description that was never set.
        shown: Dict[str, Any] = {"description": "", **in_snake_case(resource)}
        if shown.pop("owner_subject", None) is not None:
            shown["owner"] = resource["ownerSubject"]
        if shown.pop("assignments", None) is not None:
            shown["members"] = self.parts.members.shown(self.parts.members.current(resource))
        return shown

    def looks_before_writing(self, plan: Plan) -> bool:
        # A space can lose content that the tenant does not count when it refuses to delete one, and one that is created
        # cannot have its creator as a member.
        return plan.predicted is None or _may_have_its_creator_as_a_member(plan)

    def refusals(
        self, client: Client, plans: Sequence[Plan], snapshot: Snapshot
    ) -> Iterator[Tuple[Optional[Plan], InvalidInput]]:
        if any(plan.predicted is None for plan in plans):
            try:
                self.pruning.refuse(client)
            except InvalidInput as refusal:
                yield None, refusal
        for plan in plans:
            current, predicted = plan.current, plan.predicted
            if (
                current
                and predicted
                and current["name"] != predicted["name"]
                and _is_taken(self.search, client, predicted)
            ):
                yield plan, InvalidInput("The tenant has another space %r." % predicted["name"], option="name")
            content = _content(client, plan.current) if plan.action == "deleted" and plan.current else None
            if content:
                text = "The space holds %s, and only an empty space can be deleted." % content
                yield plan, InvalidInput(text, "Move or delete what it holds first.")
        if any(map(_may_have_its_creator_as_a_member, plans)):
            myself = client.redirected_id(USERS + "/me")
            for plan in filter(_may_have_its_creator_as_a_member, plans):
                for member in self.parts.members.current(plan.predicted or {}) or []:
                    if member.assignee_id == myself:
                        yield plan, _owner_as_a_member(member, "members")
        new = any((plan.predicted or {}).get("type") for plan in plans if plan.action == "created")
        types = _texts(client.read(self.collection + "/types").get("data") if new else None)
        for plan in plans:
            desired = (plan.predicted or {}).get("type")
            if plan.action == "created" and desired is not None and types and desired not in types:
                text = "The tenant has no spaces of type %r, only of %s." % (desired, printable(", ".join(types)))
                yield plan, InvalidInput(text, option="type")

    def assignable_roles(self, space: Params) -> List[str]:
        """The roles that a space can give, sorted; none where that is not known."""
        meta = space.get("meta")
        own = meta.get("assignableRoles") if isinstance(meta, dict) else None
        return sorted(_texts(own) or ROLES.get(str(space.get("type")), ()))


class SpaceOfMember(Space):
    """A space that exists, of which a task describes one member and nothing else."""

    def check(self, desired: Params) -> None:
        (member,) = desired["members"]
        if member["state"] == "present" and not member["roles"]:
            raise InvalidInput("A member has at least one role.", "Use state absent to take one away.", "roles")

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        if snapshot.get(self.noun, self.key(desired)) is None:
            option = "space_id" if desired["id"] else "space"
            raise InvalidInput("The tenant has no %s." % self.label(desired), option=option)
        try:
            return super().plan(desired, snapshot)
        except InvalidInput as error:
            snapshot.refused.append(error)
            raise
        finally:
            # The options of the only member are those of the task.
            for refused in snapshot.refused:
                refused.option = re.sub(r"^members\[0\]\.?", "", refused.option)


def _refuse_roles(space: Space, desired: Params, current: Optional[Resource], snapshot: Snapshot) -> None:
    kind = (current or {}).get("type") or desired.get("type")
    allowed = space.assignable_roles(current or desired)
    for place, role in roles_in(desired):
        if allowed and role not in allowed:
            text = "A space of type %s has no role %r.%s" % (kind, role, nearest(role, allowed))
            snapshot.refuse(InvalidInput(text, "It has %s." % ", ".join(allowed), "members[%d].roles" % place))


def _refuse_owner_as_member(space: Space, desired: Params, plan: Plan, snapshot: Snapshot) -> None:
    if not space.parts.members.is_asked(desired) or not plan.predicted:
        return
    owner = space.parts.owner.current(plan.predicted) or {}
    # Who is not there has been refused before.
    for place, options, member in space.parts.members.listed(desired, snapshot.collecting()):
        is_owner = owner.get("id") and member.assignee_id == owner["id"]
        is_named_so = member.assignee_id is None and member.name == owner.get("subject")
        if member.kind == "user" and (is_owner or is_named_so) and options.get("state") != "absent":
            snapshot.refuse(_owner_as_a_member(member, place))


def _is_taken(search: Search, client: Client, renamed: Resource) -> bool:
    found = search.find(client, ("name", renamed["name"]))
    return any(space.get("name") == renamed["name"] and space["id"] != renamed["id"] for space in found)


def _content(client: Client, space: Resource) -> Optional[str]:
    """Something that the space holds, as the catalogue of the tenant knows it."""
    page = client.read(API + "/items", {"spaceId": space["id"], "limit": 1}).get("data")
    if not isinstance(page, list) or not page:
        return None
    item = page[0] if isinstance(page[0], dict) else {}
    sort, name = (printable(str(item.get(field) or "")) for field in ("resourceType", "name"))
    return "the %s %r and perhaps more" % (sort or "item", name)


def _texts(value: Any) -> List[str]:
    """A list of strings out of a response; empty where it is something else."""
    is_list_of_texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return list(value) if is_list_of_texts else []


def _owner_as_a_member(member: Member, place: str) -> InvalidInput:
    text = "The owner %r has all roles and cannot be a member." % (member.name or member.assignee_id)
    return InvalidInput(text, option=place)


def _may_have_its_creator_as_a_member(plan: Plan) -> bool:
    """Whether users are members of a space that will belong to whoever creates it."""
    new = plan.predicted if plan.action == "created" else None
    if new is None or new.get("ownerId") or new.get("ownerSubject"):
        return False
    return any(member.get("type") == "user" for member in new.get("assignments") or [])
