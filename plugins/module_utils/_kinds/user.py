# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users (Qlik reference: users)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, Hashable, Iterable, Iterator, List, Sequence, Set

from .._api.client import API, Client, any_of, equals, in_filters
from .._errors import InvalidInput
from .._planning.assignments import AssignedRoles, CustomGroups
from .._planning.plan import Plan
from .._planning.settings import EmailAddress, Params, Resource, Setting, same_address
from .base import Kind, World
from .lockout import Losses, has_admin_role, is_admin

COLLECTION = API + "/users"
GROUPS = API + "/groups"
#: Every status but C(deleted): a deleted user can stay visible, and counts as absent.
LIVING = ("active", "invited", "disabled", "provisioned")

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_ONLY_AT_CREATION = "The API sets it only when the user is created."
_TEXT = {"type": "str"}


def not_deleted(condition: str) -> str:
    """The filter C(condition) for users that exist; Qlik wants conditions on the status in one pair of parentheses."""
    return "(%s) and (%s)" % (condition, any_of(equals("status", status) for status in LIVING))


def is_bot(user: Resource) -> bool:
    """Whether the record is the bot of an OAuth client, and no person."""
    return bool(user.get("clientId"))


class User(Kind):
    """What C(qlik_user) and C(qlik_users) manage."""

    noun = "user"
    plural = "users"
    collection = COLLECTION
    key_option = "subject"
    report_options = ("subject",)
    identity_spec = {
        "id": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
    task_spec = {
        "allow_lockout": {"type": "bool", "default": False},
        "planned_roles": {"type": "list", "elements": "str"},
        "planned_groups": {"type": "list", "elements": "str"},
    }
    rules = {
        "required_one_of": [("subject", "id")],
        "mutually_exclusive": [("assigned_roles", "assigned_role_ids")],
    }
    settings = (
        Setting("subject", "subject", None, _TEXT, because=_ONLY_AT_CREATION),
        Setting("name", "name", "/name", _TEXT),
        EmailAddress("email", "email", None, _TEXT, because=_ONLY_AT_CREATION, warns=True),
        Setting("picture", "picture", None, _TEXT, because=_ONLY_AT_CREATION, warns=True),
        Setting("status", "status", "/status", {"type": "str", "choices": ["active", "disabled"]}, in_creation=False),
        AssignedRoles(can_be_added=True),
        CustomGroups(),
        Setting("preferred_locale", "preferredLocale", "/preferredLocale", _TEXT, in_creation=False),
        Setting("preferred_zoneinfo", "preferredZoneinfo", "/preferredZoneinfo", _TEXT, in_creation=False),
    )

    def label(self, wanted: Params) -> str:
        if wanted.get("id") is not None:
            return "user %s" % wanted["id"]
        return "user %r" % wanted["subject"]

    def key(self, wanted: Params) -> Hashable:
        if wanted.get("id") is not None:
            return ("id", wanted["id"])
        return ("subject", wanted["subject"])

    def natural_key(self, resource: Resource) -> Hashable:
        return ("bot" if is_bot(resource) else "subject", resource.get("subject"))

    def claims(self, resource: Resource) -> List[Hashable]:
        return [_claim(resource["email"])] if resource.get("email") else []

    def exists(self, resource: Resource) -> bool:
        return resource.get("status") != "deleted"

    def condition(self, wanted: Params) -> str:
        return equals("subject", wanted["subject"])

    def neighbours(self, wanted: Params) -> List[str]:
        of_email = [equals("email", wanted["email"])] if wanted.get("email") else []
        return super().neighbours(wanted) + of_email

    def among_existing(self, condition: str) -> str:
        return not_deleted(condition)

    def blank(self, wanted: Params) -> Resource:
        return {
            "id": None,
            "tenantId": None,
            "subject": wanted["subject"],
            "name": None,
            "status": "active",
            "assignedRoles": [],
            "assignedGroups": [],
            "createdAt": None,
            "lastUpdatedAt": None,
            "links": None,
        }

    def check(self, wanted: Params) -> None:
        if wanted.get("subject") == "":
            raise InvalidInput("subject is empty.")
        self._check_form(wanted, "email", _EMAIL, "an e-mail address such as ada@example.com")
        self._check_form(wanted, "preferred_locale", _LANGUAGE_TAG, "a language tag such as en or pt-BR")
        zone = str(wanted.get("preferred_zoneinfo") or "")
        known = _time_zones() if zone else set()
        if known and zone not in known:
            close = get_close_matches(zone, known, n=3)
            raise InvalidInput(
                "preferred_zoneinfo: %r is no time zone.%s"
                % (zone, " Did you mean %s?" % " or ".join(close) if close else ""),
                "Allowed are the names of the IANA time zone database, such as Europe/Paris.",
            )

    def plan(self, wanted: Params, world: World) -> Plan:
        plan = super().plan(wanted, world)
        bot = world.held(("bot", wanted.get("subject"))) if plan.held is None else is_bot(plan.held)
        if plan.changed and bot:
            raise InvalidInput("The %s is the bot of an OAuth client, and no person." % self.label(wanted))
        near = world.alike(self.key(wanted)) if plan.action == "created" else []
        alike = [user for user in near if user["subject"].casefold() == wanted["subject"].casefold()]
        if alike:
            raise InvalidInput(
                "The tenant has the user %r, whose subject differs from %r in upper and lower case only."
                % (alike[0]["subject"], wanted["subject"]),
                "Write the subject exactly as the identity provider sends it, or delete the other user first.",
            )
        if plan.action == "created":
            _refuse_emails(self._taken_emails([plan], world))
        return plan

    def warnings(self, wanted: Params, plan: Plan, world: World) -> List[str]:
        return super().warnings(wanted, plan, world) + [
            "%s of the %s is %r and stays so, although %r is asked for. %s"
            % (option, self.label(wanted), values["held"], values["wanted"], _ONLY_AT_CREATION)
            for option, values in plan.unchangeable.items()
        ]

    def is_asked_for(self, resource: Resource, params: Params) -> bool:
        return self.exists(resource) or params.get("id") is not None or params.get("filter") is not None

    def foresee(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        self._look_up_emails(client, plans, world)
        self._look_up_groups(client, plans, world)

    def foresee_halfway(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        # A creation cannot set groups: they are patched afterwards.
        self._look_up_groups(client, [plan for plan in plans if plan.action == "created"], world)

    def losses(self, plans: Sequence[Plan]) -> Losses:
        losses = Losses()
        for plan in plans:
            user = plan.held
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

    def _check_form(self, wanted: Params, option: str, form: Any, example: str) -> None:
        value = wanted.get(option)
        if value and not form.fullmatch(value):
            raise InvalidInput("%s: %r is not %s." % (option, value, example))

    def _taken_emails(self, creations: Sequence[Plan], world: World) -> Iterator[str]:
        """Qlik reference, add an interactive user: subject and e-mail must both be new to the tenant."""
        seen = set()
        for creation in (plan.payload or {} for plan in creations):
            if not creation.get("email"):
                continue
            claim = _claim(creation["email"])
            owner = world.owner(claim)
            # An owner of the same subject is the user itself, whom a list that lags has not shown.
            if owner and owner.get("subject") != creation["subject"]:
                yield "The e-mail address %r belongs to the user %r already." % (creation["email"], owner["subject"])
            elif claim in seen:
                yield "The e-mail address %r belongs to another user of this task already." % creation["email"]
            seen.add(claim)

    def _look_up_emails(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        """Refuse e-mail addresses of users whom nothing has shown yet, and those that the task gives to two users."""
        creations = [plan for plan in plans if plan.action == "created"]
        emails = dict.fromkeys(
            plan.payload["email"] for plan in creations if plan.payload and plan.payload.get("email")
        )
        world.add(self, self._found(client, COLLECTION, (equals("email", email) for email in emails), users=True))
        _refuse_emails(self._taken_emails(creations, world))

    def _look_up_groups(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        """Complete what the plans predict of the custom groups that users get, and refuse those that do not exist."""
        added = [
            group
            for plan in plans
            for group in (plan.predicted or {}).get("assignedGroups") or []
            if plan.changed and group.get("id") is None
        ]
        names = dict.fromkeys(group["name"] for group in added)
        found = self._found(client, GROUPS, (equals("name", name) for name in names))
        known = {group.get("name"): group for group in found if group.get("providerType") == "custom"}
        for group in added:
            shown = known.get(group["name"], {})
            group.update({field: shown.get(field) for field in ("id", "assignedRoles")})
        unknown = [repr(name) for name in names if name not in known and name not in world.planned_groups]
        if unknown:
            raise InvalidInput(
                "assigned_groups: the tenant has no custom group %s." % " and no ".join(unknown),
                "Only custom groups can be assigned; the members of idp groups come from the identity provider.",
            )

    @staticmethod
    def _found(client: Client, collection: str, conditions: Iterable[str], users: bool = False) -> Iterable[Resource]:
        for condition in in_filters(list(conditions)):
            yield from client.search(collection, not_deleted(condition) if users else condition)


def _claim(email: str) -> Hashable:
    return ("email", same_address(email))


def _refuse_emails(problems: Iterable[str]) -> None:
    text = " ".join(problems)
    if text:
        raise InvalidInput(text, "Two users of a tenant cannot have the same.")


def _time_zones() -> Set[str]:
    """The names of the IANA time zone database; empty where Python or the machine does not have it."""
    try:
        from zoneinfo import available_timezones
    except ImportError:
        return set()
    return available_timezones()
