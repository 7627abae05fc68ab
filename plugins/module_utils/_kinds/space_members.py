# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings for access to a space: its members and its owner."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import quote

from .._errors import InvalidInput, UnexpectedResponse, UnknownReferences
from .._planning.references import Reference, Resource, Step
from .._planning.settings import LIST_OF_TEXTS, TEXT, Params, Setting
from .._planning.snapshot import Snapshot
from .endpoints import EVERYONE, EVERYONE_ID, EVERYONE_NAME

_EVERYONE = Reference("group", ("id", EVERYONE_ID))
MEMBER_SPEC: Dict[str, Any] = {
    "group": TEXT,
    "provider_type": {"type": "str", "choices": ["idp", "custom"]},
    "user": TEXT,
    "assignee_id": TEXT,
    "assignee_type": {"type": "str", "choices": ["group", "user"]},
    "roles": dict(LIST_OF_TEXTS, required=True),
    "purge_roles": {"type": "bool", "default": True},
}
MEMBER_RULES: Dict[str, Any] = {
    "required_one_of": [("group", "user", "assignee_id")],
    "mutually_exclusive": [("group", "user", "assignee_id")],
    "required_together": [("assignee_id", "assignee_type")],
}


class Member(NamedTuple):
    """A member of a space.

    :param kind: C(group), C(user), or any other type that the tenant shows.
    :param assignee_id: the ID of the group or user; C(None) before it is created.
    :param name: the name of a group or the subject of a user; C(None) if it does not exist on the tenant.
    :param provider_type: the type of a group.
    :param assignment_id: the ID of the assignment; C(None) before it is created.
    """

    kind: str
    assignee_id: Optional[str]
    name: Optional[str]
    provider_type: Optional[str]
    roles: Tuple[str, ...]
    assignment_id: Optional[str] = None

    @property
    def key(self) -> Tuple[str, str]:
        """The identity of the group or user, for comparisons between members."""
        return (self.kind, self.assignee_id or "%s (%s)" % (self.name, self.provider_type))

    def shown(self) -> Dict[str, Any]:
        """Return the member in the form for results and diffs."""
        roles = list(self.roles)
        if self.name is None:
            return {"assignee_id": self.assignee_id, "assignee_type": self.kind, "roles": roles}
        if self.kind == "user":
            return {"user": self.name, "roles": roles}
        if self.provider_type is None:
            return {"group": self.name, "roles": roles}
        return {"group": self.name, "provider_type": self.provider_type, "roles": roles}


def assignee_of(member: Params) -> Reference:
    """Return the reference to the group or user of an item of C(members)."""
    if member.get("group") in (EVERYONE, EVERYONE_NAME) and member.get("provider_type") is None:
        return _EVERYONE
    if member.get("group") is not None:
        return Reference("group", ("name", member["group"], member.get("provider_type") or "idp"))
    if member.get("user") is not None:
        return Reference("user", ("subject", member["user"]))
    return Reference(str(member.get("assignee_type")), ("id", member["assignee_id"]))


class Members(Setting):
    """The members of a space. Its values are lists of :class:`Member`.

    Second reference, assignments: each member is a separate object that can be created, replaced, and deleted.
    """

    refers_to = ("group", "user")
    purge_option = "purge_members"

    def __init__(self) -> None:
        spec = {"type": "list", "elements": "dict", "options": MEMBER_SPEC, **MEMBER_RULES}
        super().__init__("members", spec, "assignments", in_creation=False)

    def argument_spec(self) -> Dict[str, Any]:
        return dict(super().argument_spec(), purge_members={"type": "bool", "default": True})

    def references(self, desired: Params, current: Any = None) -> List[Reference]:
        if not self.is_given(desired):
            return []
        references = [assignee_of(member) for member in desired[self.option]]
        references += [Reference(member.kind, ("id", member.assignee_id)) for member in current or []]
        # Only users and groups can be looked up. Everyone exists on every tenant.
        return [reference for reference in references if reference.noun in self.refers_to and reference != _EVERYONE]

    def current(self, resource: Resource) -> Any:
        assignments = resource.get(self.api)
        if assignments is None:
            return None
        if not isinstance(assignments, list) or not all(map(_is_assignment, assignments)):
            raise UnexpectedResponse("Unexpected response: the members of a space are not a list of assignments.")
        return _sorted(_member_of(assignment) for assignment in assignments)

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> List[Member]:
        unlisted = {member.key: member for member in current or []}
        target: Dict[Tuple[str, str], Member] = {}
        for place, member, new in self.listed(desired, snapshot):
            if new.key in target:
                snapshot.refuse(InvalidInput("%s is listed twice." % _label(new), option=place))
            old = unlisted.pop(new.key, None)
            if member.get("state") == "absent":
                continue
            kept = old.roles if old and not member.get("purge_roles", True) else ()
            roles = tuple(sorted({*(member["roles"] or ()), *kept}))
            target[new.key] = new._replace(roles=roles, assignment_id=old.assignment_id if old else None)
        kept_members = [] if desired.get("purge_members", True) else list(unlisted.values())
        return _sorted([*target.values(), *kept_members])

    def differs(self, current: Any, target: Any) -> bool:
        return _roles_of(current or []) != _roles_of(target)

    def only_adds(self, desired: Params) -> bool:
        return not desired.get("purge_members", True)

    def own_steps(self, path: str, current: Any, target: Any) -> List[Step]:
        removed = {member.key: member for member in current or []}
        steps = []
        for member in target:
            old = removed.pop(member.key, None)
            roles = list(member.roles)
            if old is None:
                body = {"type": member.kind, "assigneeId": member.assignee_id, "roles": roles}
                steps.append(Step("POST", "%s/%s" % (path, self.api), body))
            elif old.roles != member.roles:
                steps.append(Step("PUT", self._path_of(path, old), {"roles": roles}))
        return steps + [Step("DELETE", self._path_of(path, member)) for member in removed.values()]

    def is_complete(self, target: Any) -> bool:
        return all(member.assignee_id is not None for member in target)

    def predict(self, resource: Resource, target: Any) -> None:
        resource[self.api] = [
            {
                "id": member.assignment_id,
                "type": member.kind,
                "assigneeId": member.assignee_id,
                "roles": list(member.roles),
                "name": member.name,
                "providerType": member.provider_type,
            }
            for member in target
        ]

    def shown(self, value: Any) -> List[Dict[str, Any]]:
        return [member.shown() for member in value]

    def name(self, resource: Resource, snapshot: Snapshot) -> None:
        """Add the names of the groups and users to the members of a resource."""
        for assignment in resource.get(self.api) or []:
            noun, assignee_id = str(assignment.get("type")), assignment.get("assigneeId")
            if assignee_id is None:
                continue
            if Reference(noun, ("id", assignee_id)) == _EVERYONE:
                assignment.update(name=EVERYONE, providerType=None)
                continue
            found = snapshot.get(noun, ("id", assignee_id)) or {}
            found = snapshot.planned(noun, found) or found
            name = found.get("subject" if noun == "user" else "name")
            provider_type = (found.get("providerType") or "idp") if noun == "group" and name else None
            assignment.update(name=name, providerType=provider_type)

    def listed(self, desired: Params, snapshot: Snapshot) -> Iterator[Tuple[str, Params, Member]]:
        """Yield the option path, the options, and the member without roles for each listed member.

        A missing group or user is refused.
        """
        for index, member in enumerate(desired[self.option]):
            place = "%s[%d]" % (self.option, index)
            try:
                found = self._resolved(member, snapshot.find(self._references_of(member)))
            except UnknownReferences as error:
                if member.get("state") == "absent":
                    # The assignment of a deleted group or user can be removed by ID.
                    if member.get("assignee_id") is not None:
                        reference = assignee_of(member)
                        yield place, member, Member(reference.noun, reference.value, None, None, ())
                    continue
                error.option = place
                if snapshot.has(_of_the_other_type(member)):
                    error.hint = "A group with this name and the other provider_type exists."
                snapshot.refuse(error)
                found = self._resolved(member, error.found)
            yield place, member, found

    def ambiguities(self, desired: Params, snapshot: Snapshot) -> List[str]:
        """Return a warning for each group without C(provider_type) whose name both an idp and a custom group have."""
        members = enumerate(desired.get(self.option) or [])
        return [
            "%s[%d]: The tenant has an idp and a custom group %r. Without `provider_type` this means the idp group."
            % (self.option, index, member["group"])
            for index, member in members
            if member.get("provider_type") is None
            and assignee_of(member) != _EVERYONE
            and snapshot.has(_of_the_other_type(member))
        ]

    def _path_of(self, path: str, member: Member) -> str:
        return "%s/%s/%s" % (path, self.api, quote(str(member.assignment_id), safe=""))

    @staticmethod
    def _references_of(member: Params) -> List[Reference]:
        return [reference for reference in [assignee_of(member)] if reference != _EVERYONE]

    @staticmethod
    def _resolved(member: Params, resources: Mapping[Reference, Optional[Resource]]) -> Member:
        reference = assignee_of(member)
        if reference == _EVERYONE:
            return Member("group", EVERYONE_ID, EVERYONE, None, ())
        found = resources.get(reference) or {}
        assignee_id = found.get("id") or (reference.value if reference.by == "id" else None)
        if reference.noun == "user":
            subject = found.get("subject") or (reference.value if reference.by == "subject" else None)
            return Member("user", assignee_id, subject, None, ())
        name = found.get("name") or (reference.value if reference.by == "name" else None)
        provider_type = found.get("providerType") or member.get("provider_type") or "idp"
        return Member("group", assignee_id, name, provider_type if name else None, ())


class Owner(Setting):
    """The owner of a space, given by subject or by ID. Its values are dictionaries with both."""

    refers_to = ("user",)
    exclusive_options = ("owner", "owner_id")

    def __init__(self) -> None:
        # Second reference, spaces: POST has no owner. The creator of a space becomes its owner.
        super().__init__("owner", TEXT, "ownerId", in_creation=False)

    def argument_spec(self) -> Dict[str, Any]:
        return dict(super().argument_spec(), owner_id=dict(TEXT))

    def is_given(self, desired: Params) -> bool:
        return desired.get("owner") is not None or desired.get("owner_id") is not None

    def references(self, desired: Params, current: Any = None) -> List[Reference]:
        if not self.is_given(desired):
            return []
        references = [self._reference(desired)]
        return references + [Reference("user", ("id", current["id"]))] if current and current["id"] else references

    def current(self, resource: Resource) -> Any:
        owner_id, subject = resource.get(self.api), resource.get("ownerSubject")
        if not owner_id and not subject:
            return None
        return {"id": owner_id, "subject": subject, "is_known": "ownerSubject" in resource}

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> Dict[str, Any]:
        reference = self._reference(desired)
        user = snapshot.find_or_refuse([reference])[reference] or {}
        return {
            "id": user.get("id") or desired.get("owner_id"),
            "subject": user.get("subject") or desired.get("owner"),
            "is_known": True,
        }

    def comparable(self, value: Any) -> Any:
        return value and (value["id"] or value["subject"])

    def replacement(self, desired: Params, current: Any, target: Any) -> List[Dict[str, Any]]:
        return super().replacement(desired, current, target["id"])

    def is_complete(self, target: Any) -> bool:
        return target["id"] is not None

    def predict(self, resource: Resource, target: Any) -> None:
        resource.update({self.api: target["id"], "ownerSubject": target["subject"]})
        # Second reference, assignments: the members do not include the owner.
        members = resource.get("assignments")
        if members is not None and target["id"] is not None:
            resource["assignments"] = [member for member in members if member.get("assigneeId") != target["id"]]

    def shown(self, value: Any) -> Any:
        # The ID alone tells users little, so it is hidden unless the owner was looked up.
        return value["subject"] or (value["id"] if value["is_known"] else None)

    def name(self, resource: Resource, snapshot: Snapshot) -> None:
        """Add the subject of the owner to a resource."""
        reference = Reference("user", ("id", resource.get(self.api)))
        if snapshot.knows(reference):
            resource["ownerSubject"] = (snapshot.get(*reference) or {}).get("subject")

    def references_in(self, resource: Resource) -> List[Reference]:
        """Return the reference to the owner of a resource."""
        owner_id = resource.get(self.api)
        return [Reference("user", ("id", owner_id))] if owner_id else []

    def remarks(self, resource: Resource, snapshot: Snapshot) -> List[str]:
        """Return the remarks of an audit about an owner that is not an existing human user."""
        for reference in self.references_in(resource):
            owner = snapshot.get(*reference)
            if owner is None:
                return ["The owner, user %s, no longer exists." % reference.value]
            if owner.get("clientId"):
                return ["The owner %r is the bot user of an OAuth client." % owner.get("name")]
        return []

    @staticmethod
    def _reference(desired: Params) -> Reference:
        by_id = desired.get("owner_id") is not None
        return Reference("user", ("id", desired["owner_id"]) if by_id else ("subject", desired["owner"]))


def _is_assignment(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    roles, assignee_id = value.get("roles"), value.get("assigneeId")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        return False
    # An assignee that is yet to be created has no ID.
    return assignee_id is None or isinstance(assignee_id, str)


def _member_of(assignment: Resource) -> Member:
    return Member(
        assignment["type"],
        assignment.get("assigneeId"),
        assignment.get("name"),
        assignment.get("providerType"),
        tuple(sorted(assignment["roles"])),
        assignment.get("id"),
    )


def _sorted(members: Any) -> List[Member]:
    # The ID comes last because a group that is yet to be created has none.
    return sorted(
        members,
        key=lambda member: (
            member.kind,
            str(member.name or ""),
            str(member.provider_type or ""),
            str(member.assignee_id or ""),
        ),
    )


def _roles_of(members: Sequence[Member]) -> Dict[Tuple[str, str], Tuple[str, ...]]:
    return {member.key: member.roles for member in members}


def _of_the_other_type(member: Params) -> Reference:
    """Return the reference to the group with the same name and the other C(provider_type)."""
    other = "idp" if member.get("provider_type") == "custom" else "custom"
    return Reference("group", ("name", member.get("group"), other))


def _label(member: Member) -> str:
    return "The %s %r" % (member.kind, member.name or member.assignee_id)


def roles_in(desired: Params) -> Iterator[Tuple[int, str]]:
    """Yield the index of the member and the role for each role in C(members)."""
    for index, member in enumerate(desired.get("members") or []):
        for role in member["roles"] or []:
            yield index, role
