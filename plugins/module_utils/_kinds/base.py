# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a kind of resource is: its table of settings, what finds it, and what the tenant would refuse."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Dict, Hashable, Iterable, List, Mapping, Optional, Sequence

from .._api.client import Client, member
from .._errors import InvalidInput
from .._planning.plan import Plan, plan_change, plan_creation, plan_deletion
from .._planning.roles import RoleCatalogue
from .._planning.settings import Params, Resource, Setting
from .lockout import Losses


class World:
    """What the tenant holds, as far as it has been read."""

    def __init__(self, roles: Optional[RoleCatalogue] = None) -> None:
        self.roles = roles or RoleCatalogue()
        #: Names of custom groups that count as existing.
        self.planned_groups: Sequence[str] = ()
        #: Whether the tenant has not refused yet to add to a list instead of replacing it.
        self.takes_additions = True
        self._resources: Dict[Hashable, Resource] = {}
        self._names: Dict[Hashable, Dict[Hashable, None]] = {}
        self._owners: Dict[Hashable, Resource] = {}

    def add(self, kind: Kind, resources: Iterable[Resource]) -> None:
        """Remember resources under their ids and their natural keys, and the roles that they show."""
        for resource in filter(kind.exists, resources):
            self.roles.learn(kind.shown_roles(resource))
            self._resources[("id", resource.get("id"))] = resource
            key = kind.natural_key(resource)
            self._resources[key] = resource
            self._names.setdefault(_name_in(key), {})[key] = None
            self._owners.update(dict.fromkeys(kind.claims(resource), resource))

    def held(self, key: Hashable) -> Optional[Resource]:
        """The resource of exactly this key."""
        return self._resources.get(key)

    def owner(self, claim: Hashable) -> Optional[Resource]:
        """The resource that has what only one can have; see C(Kind.claims)."""
        return self._owners.get(claim)

    def resources(self) -> List[Resource]:
        """All resources that have been read."""
        return [resource for key, resource in self._resources.items() if key == ("id", resource.get("id"))]

    def near(self, key: Any) -> List[Resource]:
        """The other resources whose names are easily mistaken for that of this key."""
        return [self._resources[other] for other in self._names.get(_name_in(key), {}) if other != key]

    def alike(self, key: Any) -> List[Resource]:
        """Those of them that are the same in all but the name."""
        same = folded(key)
        names = self._names.get(_name_in(key), {})
        return [self._resources[other] for other in names if other != key and folded(other) == same]


def folded(key: Any) -> Hashable:
    """A key without what is easily overlooked: upper and lower case, the form in Unicode, blanks around a name."""
    return tuple(
        unicodedata.normalize("NFKC", part).casefold().strip() if isinstance(part, str) else part for part in key
    )


def _name_in(key: Any) -> Hashable:
    return folded(key[1:2])


def difference(one: str, other: str) -> str:
    """Where two names differ that are easily mistaken for each other."""
    if one.casefold() == other.casefold():
        return "in upper and lower case only"
    if unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other):
        return "in their Unicode form only, %s and %s" % (ascii(one), ascii(other))
    return "in blanks around them, case or Unicode form only"


class Kind:
    """One kind of resource. Subclasses are tables, with a hook where a rule is no table."""

    #: The word for one and for many, also the keys of results.
    noun: str
    plural: str
    #: The path of all of them.
    collection: str
    #: The option that finds one by name, which has the same name in the API.
    key_option = "name"
    #: The options that name an item in the result of the bulk module.
    report_options: Sequence[str] = ("name",)
    #: How many of them one task can describe.
    most_items = 10000
    settings: Sequence[Setting]
    #: The options that are no settings.
    identity_spec: Mapping[str, Any] = {}
    #: The options that are about the whole task, also of the bulk module.
    task_spec: Mapping[str, Any] = {}
    #: What C(AnsibleModule) checks of the options beyond each one alone.
    rules: Mapping[str, Any] = {}

    def argument_spec(self) -> Dict[str, Any]:
        """The options of the single module, and of each item of the bulk module."""
        spec = dict(self.identity_spec)
        for setting in self.settings:
            spec.update(setting.argument_spec())
        return spec

    def may_be_empty(self) -> List[str]:
        """The options for which an empty text is a value."""
        return [setting.option for setting in self.settings if setting.may_be_empty]

    def label(self, wanted: Params) -> str:
        """The name of what is wanted, for messages and the headers of diffs."""
        raise NotImplementedError

    def key(self, wanted: Params) -> Hashable:
        """What finds the resource that is wanted: C(("id", id)) or a natural key."""
        raise NotImplementedError

    def natural_key(self, resource: Resource) -> Hashable:
        """What makes the resource unique on the tenant, other than its id: a tuple that begins with a word."""
        raise NotImplementedError

    def claims(self, resource: Resource) -> List[Hashable]:
        """What no other resource of the tenant can have too, beside the natural key."""
        return []

    def exists(self, resource: Resource) -> bool:
        """Whether what an answer shows counts as existing."""
        return True

    def shown_roles(self, resource: Resource) -> Any:
        """The roles that an answer shows beside the resource."""
        return resource.get("assignedRoles")

    def read_only_one(self, client: Client) -> Optional[Resource]:
        """The resource of a kind that a tenant has exactly one of; C(None) for all other kinds."""
        return None

    def path(self, resource: Resource) -> str:
        """Where the resource is read, patched and deleted."""
        return member(self.collection, resource["id"])

    def read_again(self, client: Client, resource: Resource) -> Resource:
        """The resource as the tenant holds it now, read by its id."""
        return client.read_by_id(self.collection, resource["id"])

    def condition(self, wanted: Params) -> str:
        """A filter that accepts at least the resource of the natural key that is wanted."""
        raise NotImplementedError

    def neighbours(self, wanted: Params) -> List[str]:
        """Filters for what could stand in the way of the resource, or be mistaken for it.

        They are read along where that costs no request. The API's filters ignore upper and lower case only.
        """
        name = wanted[self.key_option]
        texts = (name, name.strip())
        forms = {*texts, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in texts)}
        return [self.condition(dict(wanted, **{self.key_option: form})) for form in sorted(forms - {name, ""})]

    def among_existing(self, condition: str) -> str:
        """The filter C(condition), which can join several, for resources that count as existing."""
        return condition

    def blank(self, wanted: Params) -> Resource:
        """What the tenant holds after a creation that sets nothing; what only it can know is C(None)."""
        raise NotImplementedError

    def deletion_of(self, resource: Resource) -> Params:
        """The options that delete a resource."""
        return {"id": resource["id"], self.key_option: resource.get(self.key_option), "state": "absent"}

    def to_user(self, resource: Optional[Resource]) -> Any:
        """What a module returns of a resource: all that the API shows, with its names in C(snake_case)."""
        return in_snake_case(resource)

    def check(self, wanted: Params) -> None:
        """Refuse what cannot be right on any tenant.

        :raises InvalidInput: saying what was wrong and what is allowed.
        """

    def plan(self, wanted: Params, world: World) -> Plan:
        """What is left to do for one resource.

        :raises InvalidInput: when the tenant cannot do that.
        """
        held = world.held(self.key(wanted))
        if wanted.get("state") == "absent":
            return plan_deletion(self.settings, held)
        if held is None and wanted.get("id") is not None:
            raise InvalidInput(
                "The tenant has no %s, and an id cannot be chosen." % self.label(wanted),
                "Leave id out to create one.",
            )
        if held is None:
            return plan_creation(self.settings, wanted, self.blank(wanted), world.roles)
        return plan_change(self.settings, wanted, held, world.roles)

    def everything(self, client: Client, params: Params) -> Iterable[Resource]:
        """All resources of the kind, for an info module that is asked for nothing in particular."""
        return client.everything(self.collection, self.key_option)

    def is_asked_for(self, resource: Resource, params: Params) -> bool:
        """Whether an info module returns a resource that it has read."""
        return True

    def warnings(self, wanted: Params, plan: Plan, world: World) -> List[str]:
        """What the user should know although the task succeeds."""
        texts = [text for setting in self.settings for text in setting.warnings(wanted)]
        name = wanted.get(self.key_option)
        if plan.held is not None or name is None or wanted.get("id") is not None:
            return texts
        label = self.label(wanted)
        if name != name.strip():
            texts.append("The name of the %s has blanks around it." % label)
        if any(unicodedata.category(character).startswith("C") for character in name):
            texts.append("The name of the %s holds characters that cannot be seen." % label)
        if plan.action == "created":
            texts += [
                "The %s is created beside the %s: their names differ %s."
                % (label, self._label_of(other), difference(name, other[self.key_option]))
                for other in world.alike(self.key(wanted))
            ]
            return texts
        for other in world.near(self.key(wanted)):
            its_name = other[self.key_option]
            differs = "" if its_name == name else ": their names differ %s" % difference(name, its_name)
            near = (label, self._label_of(other), differs)
            texts.append("The %s is not there, so nothing is deleted. The tenant has the %s%s." % near)
        return texts

    def _label_of(self, resource: Resource) -> str:
        return self.label(dict(in_snake_case(resource), id=None))

    def foresee(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        """Read what the tenant would look at before it carries out these plans, and refuse what it would refuse.

        :raises InvalidInput: with the reason that the tenant would have.
        """

    def foresee_halfway(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        """The part of C(foresee) that no run goes without: what would be refused only after something was written.

        :raises InvalidInput: with the reason that the tenant would have.
        """

    def losses(self, plans: Sequence[Plan]) -> Losses:
        """What the plans take from those who administer the tenant."""
        return Losses()


def in_snake_case(value: Any) -> Any:
    """A value of the API with all its names in C(snake_case): C(assignedRoles) as C(assigned_roles)."""
    if isinstance(value, dict):
        return {_snake_case(name): in_snake_case(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [in_snake_case(entry) for entry in value]
    return value


@lru_cache(maxsize=1024)
def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
