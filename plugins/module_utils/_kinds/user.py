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
_ONLY_AT_CREATION = "The API sets it only when the user is created."


class UserPruning(PruneRules):
    """Users are disabled or deleted, and never the one that the task runs as."""

    spec = {"action": {"type": "str", "choices": ["disable", "delete"], "default": "disable"}}

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        return options["action"] == "delete" or resource.get("status") != "disabled"

    def protected_ids(self, client: Client) -> Sequence[str]:
        return [client.redirected_id(USERS + "/me")]

    def removal(self, resource: Resource, options: Params) -> Params:
        change = {"state": "absent"} if options["action"] == "delete" else {"status": "disabled"}
        return {"id": resource["id"], "subject": resource.get("subject"), **change}


class UserSearch(Search):
    """Finds users; a deleted user can stay visible."""

    def among_existing(self, condition: str) -> str:
        return not_deleted(condition)

    def is_asked_for(self, resource: Resource, params: Params) -> bool:
        return exists(resource) or params.get("id") is not None or params.get("filter") is not None


def exists(user: Resource) -> bool:
    """Whether a user counts as existing."""
    return user.get("status") != "deleted"


class User(Collection):
    """What C(qlik_user) and C(qlik_users) manage."""

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
            raise InvalidInput("The subject is empty.", option="subject")
        email = desired.get("email")
        if email and not _EMAIL.fullmatch(email):
            raise InvalidInput("%r is not an e-mail address such as ada@example.com." % email, option="email")

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        zone = str(desired.get("preferred_zoneinfo") or "")
        is_written = plan.action == "created" or "preferred_zoneinfo" in plan.differing
        known = _time_zones() if zone and is_written else set()
        if known and zone not in known:
            # The database of the tenant can be newer than that of this machine.
            close = get_close_matches(zone, known, n=3)
            text = "preferred_zoneinfo of the %s: the time zone database of this machine does not have %r.%s"
            texts.append(text % (self.label(desired), zone, " Did you mean %s?" % " or ".join(close) if close else ""))
        return texts

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        plan = super().plan(desired, snapshot)
        bot = snapshot.get(self.noun, ("bot", desired.get("subject"))) if plan.current is None else is_bot(plan.current)
        if plan.changed and bot:
            snapshot.refuse(InvalidInput("The %s is the bot of an OAuth client, and no person." % self.label(desired)))
        near = snapshot.alike(self.noun, self.key(desired)) if plan.action == "created" else []
        alike = [user for user in near if user["subject"].casefold() == desired["subject"].casefold()]
        if alike:
            text = "The tenant has the user %r, whose subject differs from %r in upper and lower case only."
            hint = "Write the subject exactly as the identity provider sends it, or delete the other user first."
            snapshot.refuse(InvalidInput(text % (alike[0]["subject"], desired["subject"]), hint))
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
                losses.users[user["id"]] = "take the role TenantAdmin from the user %r" % user.get("subject")
                if is_admin(plan.predicted):
                    losses.keep_through_groups.add(user["id"])
        return losses


def _time_zones() -> Set[str]:
    """The names of the IANA time zone database; empty where Python or the machine does not have it."""
    try:
        from zoneinfo import available_timezones
    except ImportError:
        return set()
    return available_timezones()
