# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where resources are that kinds need to know of each other, and what tells them apart."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple, Sequence, Tuple

from .._api.client import API, Client, any_of, equals
from .._planning.members import EVERYONE_ID
from .._planning.references import Resource

ROLES = API + "/roles"
GROUPS = API + "/groups"
GROUP_SETTINGS = GROUPS + "/settings"
USERS = API + "/users"
#: Every status but C(deleted): a deleted user can stay visible, and counts as absent.
LIVING = ("active", "invited", "disabled", "provisioned")


class Endpoint(NamedTuple):
    """What finds resources that others name.

    :param keys: gives the keys by which others can name a resource, the natural key first.
    :param among_existing: limits a filter to resources that count as existing.
    """

    collection: str
    keys: Callable[[Resource], Tuple[Any, ...]]
    among_existing: Callable[[str], str] = lambda condition: condition


def not_deleted(condition: str) -> str:
    """The filter C(condition) for users that exist; Qlik wants conditions on the status in one pair of parentheses."""
    return "(%s) and (%s)" % (condition, any_of(equals("status", status) for status in LIVING))


def of_any_status(condition: str) -> str:
    """The filter C(condition) for users, deleted ones included, which a list can leave out by itself."""
    return "(%s) and (%s)" % (condition, any_of(equals("status", status) for status in (*LIVING, "deleted")))


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


ENDPOINTS: Dict[str, Endpoint] = {
    "group": Endpoint(GROUPS, group_keys),
    "user": Endpoint(USERS, user_keys, not_deleted),
}
