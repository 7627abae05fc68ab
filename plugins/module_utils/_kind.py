# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""What a kind of resource is: its table of settings, what finds it, and what the tenant would refuse."""

from __future__ import annotations

from typing import Any, Dict, Hashable, Iterable, List, Mapping, Optional, Sequence

from ._client import Client
from ._errors import InvalidInput
from ._plan import Plan, plan_change, plan_creation, plan_deletion
from ._roles import RoleCatalogue
from ._settings import Params, Resource, Setting


class World:
    """What the tenant holds, as far as it has been read."""

    def __init__(self, roles: Optional[RoleCatalogue] = None) -> None:
        self.roles = roles or RoleCatalogue()
        self._resources: Dict[Hashable, Resource] = {}
        self._names: Dict[Hashable, Dict[Hashable, None]] = {}

    def add(self, kind: Kind, resources: Iterable[Resource]) -> None:
        """Remember resources under their ids and their natural keys, and the roles that they show."""
        for resource in resources:
            key = kind.natural_key(resource)
            self._resources[("id", resource["id"])] = resource
            self._resources[key] = resource
            self._names.setdefault(_folded(key), {})[key] = None
            self.roles.learn(resource.get("assignedRoles") or [])

    def held(self, key: Hashable) -> Optional[Resource]:
        """The resource of exactly this key."""
        return self._resources.get(key)

    def resources(self) -> List[Resource]:
        """All resources that have been read."""
        return list({resource["id"]: resource for resource in self._resources.values()}.values())

    def alike(self, key: Hashable) -> List[Resource]:
        """The other resources whose keys differ from this one in upper and lower case only."""
        return [self._resources[other] for other in self._names.get(_folded(key), {}) if other != key]


def _folded(key: Any) -> Hashable:
    return tuple(part.casefold() if isinstance(part, str) else part for part in key)


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
    #: What C(AnsibleModule) checks of the options beyond each one alone.
    rules: Mapping[str, Any] = {}

    def argument_spec(self) -> Dict[str, Any]:
        """The options of the single module, and of each item of the bulk module."""
        spec = dict(self.identity_spec)
        for setting in self.settings:
            spec.update(setting.argument_spec())
        return spec

    def label(self, wanted: Params) -> str:
        """The name of what is wanted, for messages and the headers of diffs."""
        raise NotImplementedError

    def key(self, wanted: Params) -> Hashable:
        """What finds the resource that is wanted: C(("id", id)) or a natural key."""
        raise NotImplementedError

    def natural_key(self, resource: Resource) -> Hashable:
        """What makes the resource unique on the tenant, other than its id: a tuple that begins with a word."""
        raise NotImplementedError

    def condition(self, wanted: Params) -> str:
        """A filter that accepts at least the resource of the natural key that is wanted."""
        raise NotImplementedError

    def blank(self, wanted: Params) -> Resource:
        """What the tenant holds after a creation that sets nothing; what only it can know is C(None)."""
        raise NotImplementedError

    def deletion_of(self, resource: Resource) -> Params:
        """The options that delete a resource."""
        return {"id": resource["id"], self.key_option: resource.get(self.key_option), "state": "absent"}

    def check(self, wanted: Params) -> None:
        """Refuse what cannot be right on any tenant.

        :raises InvalidInput: saying what was wrong and what is allowed.
        """

    def plan(self, wanted: Params, world: World) -> Plan:
        """What is left to do for one resource.

        :raises InvalidInput: when the tenant cannot do that.
        """
        held = world.held(self.key(wanted))
        if wanted["state"] == "absent":
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
        return client.list(self.collection)

    def is_asked_for(self, resource: Resource, params: Params) -> bool:
        """Whether an info module returns a resource that it has read."""
        return True

    def warnings(self, wanted: Params, plan: Plan, world: World) -> List[str]:
        """What the user should know although the task succeeds."""
        return []

    def foresee(self, client: Client, plans: Sequence[Plan], world: World) -> None:
        """Read what the tenant would look at before it carries out these plans, and refuse what it would refuse.

        :raises InvalidInput: with the reason that the tenant would have.
        """
