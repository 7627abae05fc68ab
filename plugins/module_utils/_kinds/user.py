# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users (Qlik reference: users)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, List, Sequence, Set, Tuple

from .._api.client import Client
from .._errors import InvalidInput
from .._planning.assignments import AssignedRoles, CustomGroups
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import TEXT, EmailAddress, Params, Setting
from .._planning.snapshot import Snapshot
from .collection import Collection
from .endpoints import USERS, is_bot, not_deleted, user_keys
from .lockout import Losses, has_admin_role, is_admin
from .pruning import PruneRules
from .search import Search

_EMAIL = re.compile(".+@.+", re.DOTALL)
_ONLY_AT_CREATION = "The API sets it only when a user is created."


class UserPruning(PruneRules):
    """Pruning that disables or deletes users, but never the identity of the task."""

    spec = {"action": {"type": "str", "choices": ["disable", "delete"], "default": "disable"}}

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        return options["action"] == "delete" or resource.get("status") != "disabled"

    def protected_ids(self, client: Client) -> Sequence[str]:
        return [client.redirected_id(USERS + "/me")]

    def removal(self, resource: Resource, options: Params) -> Params:
        change = {"state": "absent"} if options["action"] == "delete" else {"status": "disabled"}
        return {"id": resource["id"], "subject": resource.get("subject"), **change}


class UserSearch(Search):
    """Finds users. Deleted users may stay visible."""

    def among_existing(self, condition: str) -> str:
        return not_deleted(condition)

    def matches(self, resource: Resource, params: Params) -> bool:
        return exists(resource) or params.get("id") is not None or params.get("filter") is not None


def exists(user: Resource) -> bool:
    """Return whether a user counts as existing."""
    return user.get("status") != "deleted"


class User(Collection):
    """The kind of C(qlik_user) and C(qlik_users)."""

    noun = "user"
    plural = "users"
    collection = USERS
    identity = ("subject",)
    pruning = UserPruning()
    blank = {"name": None, "status": "active", "assignedRoles": [], "assignedGroups": []}
    settings = (
        Setting("subject", TEXT, path=None, because=_ONLY_AT_CREATION),
        Setting("name", TEXT),
        EmailAddress("email", TEXT, path=None, because=_ONLY_AT_CREATION, is_unique=True, may_stay_different=True),
        Setting("picture", TEXT, path=None, because=_ONLY_AT_CREATION, may_stay_different=True),
        Setting("status", {"type": "str", "choices": ["active", "disabled"]}, in_creation=False),
        AssignedRoles(can_be_added=True),
        CustomGroups(),
        Setting("preferred_locale", TEXT, in_creation=False),
        Setting("preferred_zoneinfo", TEXT, in_creation=False),
    )

    def natural_key(self, resource: Resource) -> Tuple[Any, ...]:
        return tuple(user_keys(resource)[0])

    def exists(self, resource: Resource) -> bool:
        return exists(resource)

    @property
    def search(self) -> Search:
        return UserSearch(self, self.key_option)

    def is_describable(self, resource: Resource) -> bool:
        return not is_bot(resource)

    def check(self, desired: Params) -> None:
        if desired.get("subject") == "":
            raise InvalidInput("Must not be empty.", option="subject")
        email = desired.get("email")
        if email and not _EMAIL.fullmatch(email):
            text = "%r is not an email address." % email
            raise InvalidInput(text, "Use an address such as ada@example.com.", "email")

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        zone = str(desired.get("preferred_zoneinfo") or "")
        is_written = plan.action == "created" or "preferred_zoneinfo" in plan.differing
        known = _time_zones() if zone and is_written else set()
        if known and zone not in known:
            # A warning only: the tenant's time zone database may be newer than the one on this machine.
            close = get_close_matches(zone, known, n=3)
            text = "preferred_zoneinfo of the %s: %r is not in the time zone database of this machine.%s"
            texts.append(text % (self.label(desired), zone, " Did you mean %s?" % " or ".join(close) if close else ""))
        return texts

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        plan = super().plan(desired, snapshot)
        bot = snapshot.get(self.noun, ("bot", desired.get("subject"))) if plan.current is None else is_bot(plan.current)
        if plan.changed and bot:
            text = "The %s is the bot user of an OAuth client and cannot be managed here."
            snapshot.refuse(InvalidInput(text % self.label(desired)))
        similar = snapshot.alike(self.noun, self.key(desired)) if plan.action == "created" else []
        same = [user for user in similar if user["subject"].casefold() == desired["subject"].casefold()]
        if same:
            text = "The tenant already has the user %r: the subject %r differs only by case."
            hint = "Set the subject exactly as the identity provider sends it, or delete the other user first."
            snapshot.refuse(InvalidInput(text % (same[0]["subject"], desired["subject"]), hint))
        return plan

    def losses(self, plans: Sequence[Plan]) -> Losses:
        losses = Losses()
        for plan in plans:
            user = plan.current
            if not user or user.get("status") != "active" or not is_admin(user):
                continue
            if plan.predicted is None:
                losses.users[user["id"]] = "delete the user %r" % user.get("subject")
            elif plan.predicted.get("status") != "active":
                losses.users[user["id"]] = "disable the user %r" % user.get("subject")
            elif not is_admin(plan.predicted) or (has_admin_role(user) and not has_admin_role(plan.predicted)):
                losses.users[user["id"]] = "remove the role TenantAdmin from the user %r" % user.get("subject")
                if is_admin(plan.predicted):
                    losses.keep_through_groups.add(user["id"])
        return losses


def _time_zones() -> Set[str]:
    """Return the names in the IANA time zone database; empty if Python or the machine does not have it."""
    try:
        from zoneinfo import available_timezones
    except ImportError:
        return set()
    return available_timezones()
