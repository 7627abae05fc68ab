# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spaces (second reference, spaces and assignments)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .._api.client import API, PAGE_SIZE, Client
from .._errors import InvalidForTenant, InvalidInput, printable
from .._planning.plan import Plan
from .._planning.references import Reference, Resource, nearest
from .._planning.settings import TEXT, Params, Setting
from .._planning.snapshot import Snapshot
from .base import in_snake_case
from .collection import Collection
from .endpoints import EVERYONE_ID, USERS, caller_has_a_role
from .parts import Parts
from .pruning import PruneRules
from .renaming import RenameRules
from .search import Search
from .space_members import Member, Members, Owner, roles_in

TYPES = ("shared", "managed", "data")
#: The roles that can list all spaces. Other callers can list only the spaces that they are members of.
SEES_ALL_SPACES = ("TenantAdmin", "AnalyticsAdmin")
_FORBIDDEN = re.compile(r'["*?<>/\\|:]')
_LONGEST_NAME = 256
#: The assignable roles by space type, for spaces that do not exist yet (2.5 of the reference).
ROLES = {
    "shared": ("codeveloper", "consumer", "dataconsumer", "facilitator", "producer"),
    "managed": ("basicconsumer", "consumer", "contributor", "dataconsumer", "facilitator", "operator", "publisher"),
    "data": ("consumer", "dataconsumer", "datapreview", "facilitator", "operator", "producer", "publisher"),
}


class SpaceParts(Parts):
    """The members of a space, which have an endpoint of their own, and its owner."""

    every = {"members": []}
    are_compared_by_id = True
    members = Members()
    owner = Owner()

    def are_required(self, desired: Params) -> bool:
        return self.members.is_given(desired) and desired.get("state") != "absent"

    def omitted(self, desired: Params) -> List[str]:
        given = {self.members.option: self.are_required(desired), self.owner.option: self.owner.is_given(desired)}
        return [option for option, is_given in given.items() if not is_given]

    def read(self, client: Client, path: str, resource: Resource, desired: Params) -> Resource:
        if not self.are_required(desired):
            return resource
        return dict(resource, assignments=list(client.list(path + "/assignments", {"limit": PAGE_SIZE})))

    def of_new(self, created: Resource, desired: Params) -> Resource:
        return dict(created, assignments=[]) if self.are_required(desired) else created

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
                texts.append("The group Everyone is a member, with the roles %s." % ", ".join(member.roles))
            elif member.name is None and member.kind in self.members.refers_to:
                texts.append("The member %s, a %s, no longer exists." % (member.assignee_id, member.kind))
        return ["%s: %s" % (name, text) for text in texts]


class SpacePruning(PruneRules):
    """Pruning of spaces of given types, with a credential that can list all spaces."""

    spec = {"types": {"type": "list", "elements": "str", "choices": list(TYPES), "default": list(TYPES[:2])}}

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        return resource.get("type") in options["types"]

    def refuse(self, client: Client) -> None:
        if not caller_has_a_role(client, SEES_ALL_SPACES):
            text = "This credential cannot list all spaces, so it cannot delete or prune spaces reliably."
            raise InvalidInput(text, "Use a credential with the role %s." % " or ".join(SEES_ALL_SPACES))


class SpaceSearch(Search):
    """Finds spaces by a part of their name, ignoring case, or by ID. The API has no other filters."""

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
    """The kind of C(qlik_space) and C(qlik_spaces)."""

    noun = "space"
    plural = "spaces"
    collection = API + "/spaces"
    renaming = RenameRules()
    blank = {"type": None, "description": "", "ownerId": None, "meta": None}
    parts = SpaceParts()
    pruning = SpacePruning()
    settings = (
        Setting("name", TEXT),
        Setting(
            "type",
            {"type": "str", "choices": list(TYPES)},
            path=None,
            because="The type of a space cannot be changed, and the collection never deletes a space to replace it.",
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
            text = "%r is not a valid name of a space." % name
            hint = 'Use 1 to %d characters without any of " * ? < > / \\ | :' % _LONGEST_NAME
            raise InvalidInput(text, hint, "name")
        for index, member in enumerate(desired.get("members") or []):
            if not member["roles"]:
                raise InvalidInput("Must have at least one role.", option="members[%d].roles" % index)

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
            text = "Required to create a new space: one of %s." % ", ".join(TYPES)
            snapshot.refuse(InvalidForTenant(text, option="type"))
        if current is not None:
            self.parts.name_references(current, snapshot)
        plan = super().plan(desired, snapshot)
        _refuse_owner_as_member(self, desired, plan, snapshot)
        return plan

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = self.parts.members.ambiguities(desired, snapshot) if self.parts.are_required(desired) else []
        return super().warnings(desired, plan, snapshot) + ["%s: %s" % (self.label(desired), text) for text in texts]

    def to_user(self, resource: Optional[Resource]) -> Any:
        if resource is None:
            return None
        # Second reference, spaces: responses may omit a description that was never set.
        shown: Dict[str, Any] = {"description": "", **in_snake_case(resource)}
        if shown.pop("owner_subject", None) is not None:
            shown["owner"] = resource["ownerSubject"]
        if shown.pop("assignments", None) is not None:
            shown["members"] = self.parts.members.shown(self.parts.members.current(resource))
        return shown

    def looks_before_writing(self, plan: Plan) -> bool:
        # The tenant may delete a space although it has content. And the creator, who becomes the owner, cannot be a
        # member.
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
                and not snapshot.is_missing(Reference(self.noun, self.natural_key(predicted)))
                and _is_taken(self.search, client, predicted)
            ):
                yield plan, InvalidInput("The tenant already has another space %r." % predicted["name"], option="name")
            content = _content(client, plan.current) if plan.action == "deleted" and plan.current else None
            if content:
                text = "The space cannot be deleted because it contains %s." % content
                yield plan, InvalidInput(text, "Move or delete its content first.")
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
                text = "The tenant does not support spaces of type %r." % desired
                yield plan, InvalidInput(text, "Use one of %s." % printable(", ".join(types)), "type")

    def assignable_roles(self, space: Params) -> List[str]:
        """Return the sorted roles that members of a space can have; empty if they are not known."""
        meta = space.get("meta")
        own = meta.get("assignableRoles") if isinstance(meta, dict) else None
        return sorted(_texts(own) or ROLES.get(str(space.get("type")), ()))


class SpaceOfMember(Space):
    """An existing space, of which the description has a single member and nothing else."""

    def check(self, desired: Params) -> None:
        (member,) = desired["members"]
        if member["state"] == "present" and not member["roles"]:
            raise InvalidInput("Must have at least one role.", "Use `state: absent` to remove a member.", "roles")

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        if snapshot.get(self.noun, self.key(desired)) is None:
            option = "space_id" if desired["id"] else "space"
            hint = "Correct `%s`, or create the space first." % option
            raise InvalidInput("The tenant has no %s." % self.label(desired), hint, option)
        try:
            return super().plan(desired, snapshot)
        except InvalidInput as error:
            snapshot.refused.append(error)
            raise
        finally:
            # The options of the task are the options of the only member.
            for refused in snapshot.refused:
                refused.option = re.sub(r"^members\[0\]\.?", "", refused.option)


def _refuse_roles(space: Space, desired: Params, current: Optional[Resource], snapshot: Snapshot) -> None:
    kind = (current or {}).get("type") or desired.get("type")
    allowed = space.assignable_roles(current or desired)
    for index, role in roles_in(desired):
        if allowed and role not in allowed:
            text = "%r is not a role of %s spaces.%s" % (role, kind, nearest(role, allowed))
            snapshot.refuse(InvalidInput(text, "Use one of %s." % ", ".join(allowed), "members[%d].roles" % index))


def _refuse_owner_as_member(space: Space, desired: Params, plan: Plan, snapshot: Snapshot) -> None:
    if not space.parts.members.is_given(desired) or not plan.predicted:
        return
    owner = space.parts.owner.current(plan.predicted) or {}
    # Missing users and groups have been refused before.
    for place, options, member in space.parts.members.listed(desired, snapshot.collecting()):
        has_its_id = owner.get("id") and member.assignee_id == owner["id"]
        has_its_subject = member.assignee_id is None and member.name == owner.get("subject")
        if member.kind == "user" and (has_its_id or has_its_subject) and options.get("state") != "absent":
            snapshot.refuse(_owner_as_a_member(member, place))


def _is_taken(search: Search, client: Client, renamed: Resource) -> bool:
    found = search.find(client, ("name", renamed["name"]))
    return any(space.get("name") == renamed["name"] and space["id"] != renamed["id"] for space in found)


def _content(client: Client, space: Resource) -> Optional[str]:
    """Return a text about the content of a space, from the tenant's catalog; C(None) if the space is empty."""
    page = client.read(API + "/items", {"spaceId": space["id"], "limit": 1}).get("data")
    if not isinstance(page, list) or not page:
        return None
    item = page[0] if isinstance(page[0], dict) else {}
    sort, name = (printable(str(item.get(field) or "")) for field in ("resourceType", "name"))
    return "the %s %r and possibly more" % (sort or "item", name)


def _texts(value: Any) -> List[str]:
    """Return a list of strings of a response; empty if it is anything else."""
    is_list_of_texts = isinstance(value, list) and all(isinstance(text, str) for text in value)
    return list(value) if is_list_of_texts else []


def _owner_as_a_member(member: Member, place: str) -> InvalidInput:
    text = "%r is the owner of the space and cannot be a member." % (member.name or member.assignee_id)
    return InvalidInput(text, option=place)


def _may_have_its_creator_as_a_member(plan: Plan) -> bool:
    """Return whether a new space has users as members and no given owner, so that its creator becomes the owner."""
    new = plan.predicted if plan.action == "created" else None
    if new is None or new.get("ownerId") or new.get("ownerSubject"):
        return False
    return any(member.get("type") == "user" for member in new.get("assignments") or [])
