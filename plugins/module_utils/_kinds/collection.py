# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of collections: kinds of which a tenant can have many."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._api.client import Client, member
from .._errors import InvalidForTenant, InvalidInput
from .._planning.plan import Plan, plan_deletion
from .._planning.references import Resource
from .._planning.settings import LIST_OF_TEXTS, TEXT, Params
from .._planning.snapshot import Snapshot
from .area_form import ListOfItems
from .base import Kind, Reading
from .initial import initial_spec
from .names import warnings_of_name
from .search import Search


class Collection(Kind):
    """A kind of which a tenant can have many resources with names, such as groups."""

    is_singleton = False
    form = ListOfItems()
    identity: Sequence[str] = ("name",)
    #: Whether the option C(id) can identify a resource.
    has_id_option = True
    #: Further options of the info module, in addition to C(filter) and the options that identify a resource.
    info_spec: Mapping[str, Any] = {}

    def __init__(self) -> None:
        super().__init__()
        by_option = {setting.option: setting for setting in self.settings}
        self._identifying = [by_option[option] for option in self.identity]

    @property
    def area(self) -> str:
        return self.plural

    @property
    def key_option(self) -> str:
        """The option that identifies a resource."""
        return self.identity[0]

    @property
    def search(self) -> Search:
        """The search for resources of the kind."""
        return Search(self, self.key_option)

    def argument_spec(self) -> Dict[str, Any]:
        spec = super().argument_spec()
        initial = initial_spec(self, spec)
        spec["state"] = {"type": "str", "choices": ["present", "absent"], "default": "present"}
        if self.has_id_option:
            spec["id"] = dict(TEXT)
        else:
            spec[self.key_option] = dict(spec[self.key_option], required=True)
        if self.renaming is not None:
            spec["previous_names"] = dict(LIST_OF_TEXTS)
        return dict(spec, initial=initial)

    @property
    def rules(self) -> Dict[str, Any]:
        rules = {**super().rules, "required_one_of": [self.naming_options]}
        if self.renaming is not None and self.has_id_option:
            rules["mutually_exclusive"] = [*rules.get("mutually_exclusive", []), ("id", "previous_names")]
        return rules

    @property
    def naming_options(self) -> Tuple[str, ...]:
        return (self.key_option, "id") if self.has_id_option else (self.key_option,)

    def is_named(self, desired: Params) -> bool:
        return any(desired.get(option) is not None for option in self.naming_options)

    def chosen_name(self, desired: Params) -> Optional[str]:
        return None if desired.get("id") is not None else desired.get(self.key_option)

    def name_of(self, resource: Resource) -> str:
        return str(self._identifying[0].current(resource))

    def label(self, desired: Params) -> str:
        if desired.get("id") is not None:
            return "%s %s" % (self.word, desired["id"])
        name, *rest = self.natural_key_of(desired)[1:]
        if not self.is_named(desired):
            return "%s without %s" % (self.word, " or ".join(self.naming_options))
        return " ".join(["%s %r" % (self.word, name), *("(%s)" % part for part in rest)])

    def label_of(self, resource: Resource) -> str:
        return self.label({setting.option: setting.current(resource) for setting in self.settings})

    def natural_key_of(self, desired: Params) -> Tuple[Any, ...]:
        values = ((desired.get(setting.option), setting.missing) for setting in self._identifying)
        return (self.key_option, *(missing if value is None else value for value, missing in values))

    def natural_key(self, resource: Resource) -> Tuple[Any, ...]:
        return (self.key_option, *(setting.current(resource) for setting in self._identifying))

    def path(self, resource: Resource) -> str:
        return member(self.collection, resource["id"])

    def read(self, client: Client, desired: Sequence[Params], everything: bool) -> Reading:
        return Reading(list(self.search.all(client))) if everything else self.search.desired(client, desired)

    def read_again(self, client: Client, resource: Resource, desired: Params) -> Resource:
        return self.parts.read(client, self.path(resource), self.search.read_again(client, resource), desired)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        current = self.named_in(snapshot, desired)
        if desired.get("state") == "absent":
            path, headers = (self.path(current), self.writing.deletion_headers(current)) if current else ("", None)
            return plan_deletion(self.settings, current, path, headers)
        if current is None and desired.get("id") is not None:
            raise unknown_id(self, desired)
        plan = self.plan_presence(desired, current, snapshot, self.identity_of(desired))
        if current is None:
            _refuse_taken(self, plan, snapshot)
        return plan

    def identity_of(self, desired: Params) -> Resource:
        """Return the fields of the API that identify an item by its natural key."""
        values = zip(self._identifying, self.natural_key_of(desired)[1:])
        return {setting.api: value for setting, value in values}

    def assumed(self, desired: Params, resource_id: str) -> List[Resource]:
        return [{**self.blank, **self.identity_of(desired), "id": resource_id}]

    def named_in(self, snapshot: Snapshot, desired: Params) -> Optional[Resource]:
        """Return the current resource that an item identifies.

        :raises InvalidInput: if several different resources have the name.
        """
        return snapshot.get(self.noun, self.key(desired))

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        name = self.chosen_name(desired)
        if plan.current is not None or name is None:
            return texts
        return texts + warnings_of_name(self, name, desired, plan, snapshot)


def _refuse_taken(kind: Collection, creation: Plan, snapshot: Snapshot) -> None:
    new = creation.predicted or {}
    for setting in kind.settings:
        value = setting.current(new) if setting.is_unique else None
        owner = snapshot.get(kind.noun, (setting.api, setting.comparable(value))) if value else None
        # An owner with the same name is the resource itself, which an outdated list did not contain.
        if owner and kind.natural_key(owner) != kind.natural_key(new):
            text = "%r is already used by the %s." % (value, kind.label_of(owner))
            hint = "It must be unique among the %s of a tenant." % kind.words
            snapshot.refuse(InvalidInput(text, hint, setting.option))


def unknown_id(kind: Kind, desired: Params) -> InvalidForTenant:
    """Return the error for an item with the ID of no resource."""
    hint = "Correct `id`, or omit it to create a new %s." % kind.word
    return InvalidForTenant("The tenant has no %s." % kind.label(desired), hint, "id")
