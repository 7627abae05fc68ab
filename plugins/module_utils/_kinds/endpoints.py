# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where resources are that kinds need to know of each other, and what tells them apart."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Sequence, Tuple

from .._api.client import API, Client, any_of, equals, in_filters
from .._planning.references import Reference, Resource
from .._planning.roles import DEFAULT_ROLES
from .._planning.snapshot import Snapshot

ROLES = API + "/roles"
GROUPS = API + "/groups"
GROUP_SETTINGS = GROUPS + "/settings"
USERS = API + "/users"
#: The system group that every user belongs to; its ID is the same on all tenants.
EVERYONE_ID = "000000000000000000000001"
EVERYONE = "Everyone"
#: What the API calls it (Qlik reference, groups: systemGroups).
EVERYONE_NAME = "com.qlik." + EVERYONE
#: Every status but C(deleted): a deleted user can stay visible, and counts as absent.
EXISTING = ("active", "invited", "disabled", "provisioned")


def not_deleted(condition: str) -> str:
    """The filter C(condition) for users that exist; Qlik wants conditions on the status in one pair of parentheses."""
    return "(%s) and (%s)" % (condition, any_of(equals("status", status) for status in EXISTING))


def of_any_status(condition: str) -> str:
    """The filter C(condition) for users, deleted ones included, which a list can leave out by itself."""
    return "(%s) and (%s)" % (condition, any_of(equals("status", status) for status in (*EXISTING, "deleted")))


def is_bot(user: Resource) -> bool:
    """Whether the record is the bot of an OAuth client, and no person."""
    return bool(user.get("clientId"))


def user_keys(user: Resource) -> Tuple[Any, ...]:
    """The subject, and the e-mail address, of which upper and lower case make no difference."""
    subject = ("bot" if is_bot(user) else "subject", user.get("subject"))
    return (subject, ("email", str(user["email"]).lower())) if user.get("email") else (subject,)


def group_keys(group: Resource) -> Tuple[Any, ...]:
    """The name with the type; old answers lack the type of idp groups."""
    return (("name", group.get("name"), group.get("providerType") or "idp"),)


def everyone(settings: Any) -> Resource:
    """The group Everyone as the group settings show it."""
    groups = settings.get("systemGroups") if isinstance(settings, dict) else None
    group = groups.get(EVERYONE_ID) if isinstance(groups, dict) else None
    return group if isinstance(group, dict) else {}


def holds_role(resource: Any, role: Resource) -> bool:
    """Whether a user or a group has a role itself."""
    return any(assigned.get("id") == role["id"] for assigned in (resource or {}).get("assignedRoles") or [])


def caller_has_a_role(client: Client, names: Sequence[str]) -> bool:
    """Whether the caller has one of these roles, directly or through a group."""
    myself = client.read_by_id(USERS, client.redirected_id(USERS + "/me"))
    holders = [myself, *(myself.get("assignedGroups") or [])]
    roles = (role for holder in holders for role in holder.get("assignedRoles") or [])
    return any(role.get("name") in names for role in roles)


class Endpoint:
    """What finds resources that others name.

    :param noun: their kind.
    :param keys: gives the keys by which others can name a resource, the natural key first.
    :param among_existing: limits a filter to resources that count as existing.
    """

    #: Whether all are read where one is looked up.
    reads_all = False

    def __init__(
        self,
        noun: str,
        collection: str,
        keys: Callable[[Resource], Tuple[Any, ...]],
        among_existing: Callable[[str], str] = str,
    ) -> None:
        self.noun = noun
        self.collection = collection
        self._keys = keys
        self._among_existing = among_existing

    def is_left_to_the_tenant(self, reference: Reference, is_creation: bool) -> bool:
        """Whether a reference need not be looked up before a write, because the tenant refuses a wrong one and changes
        nothing then.

        :param is_creation: whether what refers to it is created, so that it is written in a second request.
        """
        return not is_creation

    def look_up(self, client: Client, snapshot: Snapshot, references: Iterable[Reference]) -> None:
        """Put the resources that are referred to into the snapshot, as far as the tenant has them."""
        conditions = dict.fromkeys(equals(reference.by, reference.value) for reference in references)
        for condition in in_filters(list(conditions)):
            self.put(snapshot, client.search(self.collection, self._among_existing(condition)))

    def put(self, snapshot: Snapshot, resources: Iterable[Resource]) -> None:
        """Put resources that the tenant has shown into the snapshot."""
        for resource in resources:
            natural_key, *claims = self._keys(resource)
            snapshot.put(self.noun, resource, natural_key, claims)


class RoleEndpoint(Endpoint):
    """What finds roles: one list of all, as they are few."""

    reads_all = True

    def is_left_to_the_tenant(self, reference: Reference, is_creation: bool) -> bool:
        return reference.by != "id" and reference.value in DEFAULT_ROLES

    def look_up(self, client: Client, snapshot: Snapshot, references: Iterable[Reference]) -> None:
        snapshot.roles.learn_all(client.list(self.collection))


#: What finds resources that others name, by noun.
ENDPOINTS: Dict[str, Endpoint] = {
    endpoint.noun: endpoint
    for endpoint in (
        RoleEndpoint("role", ROLES, lambda role: (("name", role.get("name")),)),
        Endpoint("group", GROUPS, group_keys),
        Endpoint("user", USERS, user_keys, not_deleted),
    )
}
