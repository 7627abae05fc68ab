# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant holds: its own record, groups, users and roles.

Items are immutable; a write builds a new value and puts it into its collection, so that a refused request can never
leave half a change behind unless a guess asks for it.
"""

from __future__ import annotations

import dataclasses
import random
import string
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from .collection import Collection, Revision
from .guesses import Guesses
from .times import utc_now, written

EVERYONE_ID = "000000000000000000000001"
EVERYONE_NAME = "com.qlik.Everyone"
REGION = "us"
ADMIN_ROLE = "TenantAdmin"
USER_DEFAULT = "UserDefault"
INVITE_SECONDS = 7 * 24 * 3600
#: How long the API keys last that a fresh tenant has.
FIRST_KEY_DAYS = 3650

ADMIN_LEVEL_ROLES = (ADMIN_ROLE, "AnalyticsAdmin", "AuditAdmin", "DataAdmin")
USER_LEVEL_ROLES = (
    "AutomationCreator",
    "AutomlDeploymentContributor",
    "AutomlExperimentContributor",
    "CollaborationPlatformUser",
    "DataProductManager",
    "DataServicesContributor",
    "DataSpaceCreator",
    "EmbeddedAnalyticsUser",
    "ManagedSpaceCreator",
    "PrivateAnalyticsContentCreator",
    "SharedSpaceCreator",
    "Steward",
)
#: The address that everybody seems to call from: that of the examples in the guides.
CALLER_ADDRESS = "203.0.113.7"
SPACE_TYPES = ("data", "managed", "shared")
TENANT_BOOLEANS = {
    "autoAssignCreateSharedSpacesRoleToProfessionals": True,
    "autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals": True,
    "autoAssignDataServicesContributorRoleToProfessionals": True,
    "enableAnalyticCreation": False,
    "enableAppOpeningFeedback": False,
}


@dataclasses.dataclass(frozen=True)
class Role:
    """A default or custom role."""

    id: str
    name: str
    type: str
    level: str
    created_at: str
    updated_at: str
    description: str = ""
    scopes: tuple[str, ...] = ()
    created_by: str = ""
    updated_by: str = ""
    hidden: bool = False


@dataclasses.dataclass(frozen=True)
class Group:
    """A group; ``provider_type`` is idp, custom or, for Everyone, system."""

    id: str
    name: str
    provider_type: str
    created_at: str
    updated_at: str
    status: str = "active"
    description: str = ""
    role_ids: tuple[str, ...] = ()
    created_by: str = ""
    updated_by: str = ""


@dataclasses.dataclass(frozen=True)
class User:
    """A person or the bot of an OAuth client; ``deleted`` is the monotonic time of its deletion."""

    id: str
    subject: str
    name: str
    created_at: str
    updated_at: str
    email: str = ""
    picture: str = ""
    status: str = "active"
    role_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()
    invite_expiry: int = 0
    preferred_locale: str = ""
    preferred_zoneinfo: str = ""
    client_id: str = ""
    deleted: float = 0.0


@dataclasses.dataclass(frozen=True)
class TenantRecord:
    """The tenant's own record; ``booleans`` holds only those that were set."""

    id: str
    name: str
    label: str
    created: str
    updated: str
    created_by: str = ""
    alias: str = ""
    datacenter: str = "us-east-1"
    booleans: tuple[tuple[str, bool], ...] = ()


@dataclasses.dataclass(frozen=True)
class Space:
    """A space; ``description`` is None while it was never set."""

    id: str
    name: str
    type: str
    owner_id: str
    created_at: str
    updated_at: str
    description: str | None = None
    created_by: str = ""


@dataclasses.dataclass(frozen=True)
class Assignment:
    """A member of a space; ``type`` is user, group or bot."""

    id: str
    space_id: str
    type: str
    assignee_id: str
    roles: tuple[str, ...]
    created_at: str
    updated_at: str
    created_by: str = ""
    updated_by: str = ""


@dataclasses.dataclass(frozen=True)
class ContentItem:
    """Content of a space; what is not ``listed`` is missing in the catalog, and is there all the same."""

    id: str
    name: str
    resource_type: str
    space_id: str
    owner_id: str
    created_at: str
    listed: bool = True


@dataclasses.dataclass(frozen=True)
class ApiKey:
    """An API key of a user, or of an identity provider that speaks SCIM (``sub_type`` externalClient).

    ``status`` is active or revoked; whether the key has expired, its ``expiry`` says.
    """

    id: str
    description: str
    sub: str
    created_by: str
    expiry: str
    created_at: str
    updated_at: str
    status: str = "active"
    sub_type: str = "user"


@dataclasses.dataclass(frozen=True)
class AuditEvent:
    """A row of the audit log; ``user_id`` is who did it, empty for Qlik itself.

    ``extensions`` holds ``actor`` where somebody acted in the name of that user.
    """

    id: str
    event_id: str
    time: str
    type: str
    source: str
    user_id: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    extensions: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    version: str = "1.0.0"


@dataclasses.dataclass
class Capacity:
    """Documented limits of what a tenant holds, smaller in tests that fill it."""

    active_groups: int = 10_000
    custom_roles: int = 500
    group_roles: int = 100


def now() -> str:
    """The present as the API writes it."""
    return written(utc_now())


class Hostnames:
    """Host names of all customers: those of the tenants of this process, and any that are planted as taken."""

    def __init__(self) -> None:
        self.planted: set[str] = set()
        self._current: dict[int, set[str]] = {}

    def hold(self, number: int, *hosts: str) -> None:
        """Tenant ``number`` has these names and no others; what it had before is free at once."""
        self._current[number] = {host for host in hosts if host}

    def release(self, number: int) -> None:
        """Tenant ``number`` is gone, and its names are free."""
        self._current.pop(number, None)

    def taken(self, number: int, host: str) -> bool:
        """Whether somebody else than tenant ``number`` has ``host``."""
        others = (current for holder, current in self._current.items() if holder != number)
        return host in self.planted or any(host in current for current in others)


class State:
    """All that one tenant holds. ``number`` makes ids and names differ between the tenants of one process.

    ``indexes`` are those of the kinds in ``kinds.py``, and ``singletons`` what a new tenant has of the singletons
    there, both by name.
    """

    def __init__(
        self,
        number: int,
        guesses: Guesses,
        hostnames: Hostnames,
        indexes: Mapping[str, Mapping[str, Callable[[Any], Iterable[str]]]],
        singletons: Mapping[str, Any],
        region: str = REGION,
    ) -> None:
        self.number = number
        self.region = region
        self._hostnames = hostnames
        self._random = random.Random(f"local tenant {number}")
        #: Of its own, so that the ids of everything else do not depend on what the audit log holds.
        self._random_uuids = random.Random(f"local tenant {number} UUIDs")
        self.capacity = Capacity()
        self.singletons = dict(singletons)
        revision = self._revision = Revision()
        self.groups: Collection[Group] = Collection(
            {"id": lambda group: (group.id,), "name": lambda group: (group.name,)}, revision
        )
        self.users: Collection[User] = Collection(
            {
                "id": lambda user: (user.id,),
                "name": lambda user: (user.name,),
                "subject": lambda user: (user.subject,),
                "email": lambda user: (user.email,),
                "assignedGroups.id": lambda user: user.group_ids,
            },
            revision,
        )
        self.roles: Collection[Role] = Collection(
            {"id": lambda role: (role.id,), "name": lambda role: (role.name,)}, revision
        )
        self.spaces: Collection[Space] = Collection(
            {"id": lambda space: (space.id,), "name": lambda space: (space.name,)}, revision
        )
        self.assignments: Collection[Assignment] = Collection(
            {
                "id": lambda assignment: (assignment.id,),
                "spaceId": lambda assignment: (assignment.space_id,),
                "assigneeId": lambda assignment: (assignment.assignee_id,),
            },
            revision,
        )
        self.items: Collection[ContentItem] = Collection(
            {"id": lambda item: (item.id,), "spaceId": lambda item: (item.space_id,)}, revision
        )
        #: What is not rolled out to this tenant, by the first part of its paths.
        self.missing_services: frozenset[str] = frozenset()
        #: Whether people can sign in with Qlik Account; None while that follows from the other providers.
        self.qlik_account: bool | None = None
        self.api_keys: Collection[ApiKey] = Collection({"id": lambda key: (key.id,)}, revision)
        #: In a revision of its own, since nothing else looks at it.
        self.audit_events: Collection[AuditEvent] = Collection({"id": lambda event: (event.id,)})
        #: All of them, by what the control API calls them: those above, and those of the kinds in ``kinds.py``.
        self.collections: dict[str, Collection[Any]] = {
            "groups": self.groups,
            "users": self.users,
            "roles": self.roles,
            "spaces": self.spaces,
            "assignments": self.assignments,
            "items": self.items,
            "api_keys": self.api_keys,
            "audit_events": self.audit_events,
            **{name: Collection(of_kind, revision) for name, of_kind in indexes.items()},
        }
        self._events_made = 0
        #: The address that everybody seems to call from.
        self.caller_address = CALLER_ADDRESS
        self.space_types: tuple[str, ...] = SPACE_TYPES
        created = now()
        self._seed_roles(created)
        admin = self._seed_user("local|admin", "Local Admin", "admin@example.com", (ADMIN_ROLE,), created)
        self.admin_id = admin.id
        self.plain_id = self._seed_user("local|plain", "Plain User", "plain@example.com", (), created).id
        self.blind_id = self._seed_user("local|blind", "Blind User", "blind@example.com", (), created).id
        self.client_id = self._hex(32)
        self.bot_id = self.bot_of(self.client_id)
        self.everyone = Group(EVERYONE_ID, EVERYONE_NAME, "system", created, created)
        alphabet = string.ascii_letters + string.digits + "_-"
        label = "".join(self._random.choices(string.ascii_lowercase + string.digits, k=15))
        self.tenant = TenantRecord(
            "".join(self._random.choices(alphabet, k=32)), label, label, created, created, created_by=admin.id
        )
        self.claim("")
        #: The keys that a fresh tenant has, by name.
        self.first_keys = {
            name: self._seed_key(user_id, created)
            for name, user_id in (
                ("api_key", self.admin_id),
                ("api_key_without_rights", self.plain_id),
                ("api_key_without_roles", self.blind_id),
            )
        }
        self.apply(guesses)

    def bot_of(self, client_id: str, name: str = "Local client") -> str:
        """Id of the bot that an OAuth client acts as; a client that comes for the first time gets one."""
        bots = (user for user in self.users if user.client_id == client_id)
        bot = next(bots, None)
        if bot is None:
            made = self._seed_user(f"qlikbot\\{client_id}", name, "", (ADMIN_ROLE,), now())
            bot = dataclasses.replace(made, client_id=client_id)
            self.users.put(bot)
        return bot.id

    def claim(self, alias: str) -> None:
        """Hold ``alias`` beside the system host name, and let go of the alias held before."""
        self._hostnames.hold(self.number, self.system_host, alias)

    def alias_taken(self, host: str) -> bool:
        """Whether ``host`` cannot become the alias: another customer has it, or it is this tenant's system name."""
        return host == self.system_host or self._hostnames.taken(self.number, host)

    @property
    def domain(self) -> str:
        """What all host names of the region end in."""
        return f"{self.region}.qlikcloud.com"

    @property
    def system_host(self) -> str:
        """The host name that never changes."""
        return f"{self.tenant.label}.{self.domain}"

    def apply(self, guesses: Guesses) -> None:
        """Let the state follow the guesses that are about what it holds, and lists those about what they show."""
        self._revision.number += 1
        for collection in self.collections.values():
            if collection is not self.audit_events:
                collection.lag = guesses.lag_seconds
        developer = self.role_named("Developer")
        if guesses.developer_role == "present" and developer is None:
            self._seed_role("Developer", "user", now())
        elif guesses.developer_role == "absent" and developer is not None and developer.type == "default":
            self.roles.remove(developer.id)

    def new_id(self) -> str:
        """24 lower-case hex digits, used by everything but the tenant."""
        return self._hex(24)

    def new_uuid(self) -> str:
        """A UUID, used by API keys and events."""
        return str(uuid.UUID(int=self._random_uuids.getrandbits(128), version=4))

    def new_event_id(self) -> str:
        """24 hex digits that grow, so that events of the same time are listed in the order in which they happened."""
        self._events_made += 1
        return f"{self._events_made:08x}{self._random_uuids.getrandbits(64):016x}"

    def api_keys_of(self, user_id: str) -> list[ApiKey]:
        """The API keys that act as this user."""
        return [key for key in self.api_keys if (key.sub_type, key.sub) == ("user", user_id)]

    def new_client_id(self) -> str:
        """32 lower-case hex digits, used by OAuth clients."""
        return self._hex(32)

    def new_secret(self) -> str:
        """64 lower-case hex digits, used by the secrets of OAuth clients."""
        return self._hex(64)

    def role_named(self, name: str, *, hidden: bool = False) -> Role | None:
        """The role with exactly this name, unless the subscription hides it and ``hidden`` is false."""
        same = (role for role in self.roles.find("name", name) if role.name == name)
        return next((role for role in same if hidden or not role.hidden), None)

    def group_named(self, name: str, provider_type: str) -> Group | None:
        """The group with exactly this name and kind."""
        same = (group for group in self.groups.find("name", name) if group.name == name)
        return next((group for group in same if group.provider_type == provider_type), None)

    def group(self, group_id: str) -> Group | None:
        """A group by id, Everyone included."""
        return self.everyone if group_id == EVERYONE_ID else self.groups.get(group_id)

    def assignments_of(self, space_id: str) -> list[Assignment]:
        """The members of a space."""
        return self.assignments.find("spaceId", space_id)

    def forget_assignee(self, assignee_id: str) -> None:
        """Take the assignments of a group or user away."""
        for assignment in self.assignments.find("assigneeId", assignee_id):
            self.assignments.remove(assignment.id)

    def members(self, group_id: str) -> list[User]:
        """Users in this group who are not deleted."""
        return [user for user in self.users.find("assignedGroups.id", group_id) if user.status != "deleted"]

    def role_in_use(self, role_id: str) -> bool:
        """Whether a user, a group or Everyone has this role."""
        holders: list[User | Group] = [*self.users, *self.groups, self.everyone]
        return any(role_id in holder.role_ids for holder in holders)

    def rights(self, user: User) -> set[str]:
        """Names of all roles in effect for ``user``: its own, those of its groups and those of Everyone."""
        groups = [self.groups.get(group_id) for group_id in user.group_ids]
        holders: list[User | Group] = [
            user,
            self.everyone,
            *(item for item in groups if item and item.status == "active"),
        ]
        roles = [self.roles.get(role_id) for holder in holders for role_id in holder.role_ids]
        return {role.name for role in roles if role is not None}

    def is_admin(self, user: User) -> bool:
        """Whether ``user`` is a TenantAdmin by any way."""
        return user.status == "active" and ADMIN_ROLE in self.rights(user)

    def _seed_roles(self, created: str) -> None:
        for name in ADMIN_LEVEL_ROLES:
            self._seed_role(name, "admin", created)
        for name in USER_LEVEL_ROLES:
            self._seed_role(name, "user", created)
        self._seed_role(USER_DEFAULT, "user", created, scopes=("user_default",))

    def _seed_role(self, name: str, level: str, created: str, scopes: tuple[str, ...] = ()) -> None:
        self.roles.put(Role(self.new_id(), name, "default", level, created, created, f"Default role {name}", scopes))

    def _seed_user(self, subject: str, name: str, email: str, roles: tuple[str, ...], created: str) -> User:
        role_ids = tuple(role.id for role in map(self.role_named, roles) if role is not None)
        user = User(self.new_id(), subject, name, created, created, email=email, role_ids=role_ids)
        self.users.put(user)
        return user

    def _seed_key(self, user_id: str, created: str) -> str:
        expiry = written(utc_now() + timedelta(days=FIRST_KEY_DAYS))
        key = ApiKey(self.new_uuid(), "Local tenant", user_id, user_id, expiry, created, created)
        self.api_keys.put(key)
        return key.id

    def _hex(self, digits: int) -> str:
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"


def invite_expiry() -> int:
    """Seven days ahead, in Unix seconds."""
    return int(time.time()) + INVITE_SECONDS
