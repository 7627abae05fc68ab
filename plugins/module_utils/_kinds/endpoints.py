# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The endpoints and keys of the resources that other kinds refer to."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Sequence, Tuple

from .._api.client import API, Client, any_of, equals, in_filters
from .._errors import NotFound
from .._planning.references import Reference, Resource
from .._planning.roles import DEFAULT_ROLES
from .._planning.snapshot import Snapshot

ROLES = API + "/roles"
GROUPS = API + "/groups"
GROUP_SETTINGS = GROUPS + "/settings"
USERS = API + "/users"
TENANT_SETTINGS = API + "/tenant-settings"
#: The system group that every user belongs to; its ID is the same on all tenants.
EVERYONE_ID = "000000000000000000000001"
EVERYONE = "Everyone"
#: Its name in the API (Qlik reference, groups: systemGroups).
EVERYONE_NAME = "com.qlik." + EVERYONE
#: Every status but C(deleted): a deleted user can stay visible, and counts as absent.
EXISTING = ("active", "invited", "disabled", "provisioned")


def not_deleted(condition: str) -> str:
    """Return the filter C(condition) limited to existing users.

    Qlik reference, users: the conditions on the status must be in one pair of parentheses.
    """
    return "(%s) and (%s)" % (condition, any_of(equals("status", status) for status in EXISTING))


def of_any_status(condition: str) -> str:
    """Return the filter C(condition) for users including deleted ones, which lists omit by default."""
    return "(%s) and (%s)" % (condition, any_of(equals("status", status) for status in (*EXISTING, "deleted")))


def is_bot(user: Resource) -> bool:
    """Return whether the user is the bot user of an OAuth client."""
    return bool(user.get("clientId"))


def user_keys(user: Resource) -> Tuple[Any, ...]:
    """Return the keys of a user: the subject, and the email address in lower case."""
    subject = ("bot" if is_bot(user) else "subject", user.get("subject"))
    return (subject, ("email", str(user["email"]).lower())) if user.get("email") else (subject,)


def group_keys(group: Resource) -> Tuple[Any, ...]:
    """Return the keys of a group: the name with the type, which old responses omit for idp groups."""
    return (("name", group.get("name"), group.get("providerType") or "idp"),)


def everyone(settings: Any) -> Resource:
    """Return the group Everyone in the group settings; empty if they do not show it."""
    groups = settings.get("systemGroups") if isinstance(settings, dict) else None
    group = groups.get(EVERYONE_ID) if isinstance(groups, dict) else None
    return group if isinstance(group, dict) else {}


def holds_role(resource: Any, role: Resource) -> bool:
    """Return whether a user or a group has a role directly."""
    return any(assigned.get("id") == role["id"] for assigned in (resource or {}).get("assignedRoles") or [])


def caller_has_a_role(client: Client, names: Sequence[str]) -> bool:
    """Return whether the identity of the task has one of these roles, directly or through a group."""
    myself = client.read_by_id(USERS, client.redirected_id(USERS + "/me"))
    holders = [myself, *(myself.get("assignedGroups") or [])]
    roles = (role for holder in holders for role in holder.get("assignedRoles") or [])
    return any(role.get("name") in names for role in roles)


def existing_tenant_settings(read_one: Callable[[], Resource]) -> List[Resource]:
    """Return a list of the tenant settings; empty if they do not exist yet.

    :param read_one: reads the tenant settings.
    :raises NotFound: if the API does not exist.
    """
    # For a tenant without settings, Qlik returns an error in JSON. A 404 without JSON means that the API does not
    # exist, or that a proxy damaged the response, so it is requested twice.
    for is_last in (False, True):
        try:
            return [read_one()]
        except NotFound as error:
            if error.code or error.title:
                break
            if is_last:
                raise
    return []


class Endpoint:
    """Looks up referenced resources.

    :param noun: their kind.
    :param collection: the path of the collection.
    :param keys: returns the keys of a resource that references can use, the natural key first.
    :param among_existing: returns a filter limited to resources that count as existing.
    """

    #: Whether a lookup reads all resources.
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
        """Return whether a write needs no lookup, because the tenant rejects a wrong reference without changes.

        :param is_creation: whether the referring resource is created, so that a second request writes the reference.
        """
        return not is_creation

    def look_up(self, client: Client, snapshot: Snapshot, references: Iterable[Reference]) -> None:
        """Read the referenced resources and add those that exist to the snapshot."""
        conditions = dict.fromkeys(equals(reference.by, reference.value) for reference in references)
        for condition in in_filters(list(conditions)):
            self.put(snapshot, client.search(self.collection, self._among_existing(condition)))

    def put(self, snapshot: Snapshot, resources: Iterable[Resource]) -> None:
        """Add the resources of a response to the snapshot."""
        for resource in resources:
            natural_key, *claims = self._keys(resource)
            snapshot.put(self.noun, resource, natural_key, claims)


class RoleEndpoint(Endpoint):
    """Looks up roles by reading the list of all roles, which is short."""

    reads_all = True

    def is_left_to_the_tenant(self, reference: Reference, is_creation: bool) -> bool:
        return reference.by != "id" and reference.value in DEFAULT_ROLES

    def look_up(self, client: Client, snapshot: Snapshot, references: Iterable[Reference]) -> None:
        snapshot.roles.learn_all(client.list(self.collection))


#: The endpoints of referenced resources by noun.
ENDPOINTS: Dict[str, Endpoint] = {
    endpoint.noun: endpoint
    for endpoint in (
        RoleEndpoint("role", ROLES, lambda role: (("name", role.get("name")),)),
        Endpoint("group", GROUPS, group_keys),
        Endpoint("user", USERS, user_keys, not_deleted),
    )
}
