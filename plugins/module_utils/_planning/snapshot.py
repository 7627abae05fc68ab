# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The snapshot of a tenant: the resources read so far, with the effects of the plans."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import unicodedata
from collections.abc import Hashable
from copy import copy
from typing import Any, Dict, Iterable, List, Mapping, Optional, Set, Tuple

from .._errors import InvalidInput, NotAvailable, UnknownReferences
from .references import Reference, Resource, hint_of_rename, nearest
from .roles import RoleCatalog

_Address = Tuple[str, Hashable]
#: The field in which other resources list the resources of a kind with their names.
_LISTED_IN = {"role": "assignedRoles", "group": "assignedGroups"}


class Snapshot:
    """The resources of a tenant that have been read, by kind, and the effects of the plans on them.

    A resource that has not been looked up is unknown, which differs from missing.
    """

    def __init__(self, roles: Optional[RoleCatalog] = None) -> None:
        self.roles = roles or RoleCatalog()
        #: The public address of the task, if the user set it.
        self.caller_address: Optional[str] = None
        #: The issuer of the token of the task, if it is known.
        self.caller_issuer: Optional[str] = None
        #: Whether the tenant accepts adding to a list; false after it refused to.
        self.takes_additions = True
        #: The kinds whose resources have all been read.
        self.complete: Set[str] = set()
        #: The problems of the plans, if the snapshot collects them.
        self.refused: List[InvalidInput] = []
        self._collects = False
        self._current: Dict[str, Dict[Any, Resource]] = {}
        self._by_name: Dict[_Address, Dict[Hashable, None]] = {}
        self._ids_by_key: Dict[_Address, Dict[Any, None]] = {}
        self._sought: Set[_Address] = set()
        self._planned: Dict[_Address, Optional[Resource]] = {}
        self._written: Set[_Address] = set()
        self._missing: Dict[str, NotAvailable] = {}
        self._new_names: Dict[Reference, str] = {}

    def put(self, noun: str, resource: Resource, key: Hashable, claims: Iterable[Hashable] = ()) -> None:
        """Add a resource.

        :param key: its natural key, a tuple that begins with an attribute and its value.
        :param claims: further keys that are unique among the resources of the kind.
        """
        current = self._current.setdefault(noun, {})
        for unique_key in (("id", resource.get("id")), key, *claims):
            current[unique_key] = resource
        self._by_name.setdefault((noun, _name_in(key)), {})[key] = None
        self._ids_by_key.setdefault((noun, key), {})[resource.get("id")] = None

    def complete_with(self, noun: str) -> None:
        """Record that all resources of a kind have been read."""
        self.complete.add(noun)
        if noun == "role":
            self.roles.complete = True

    def miss(self, noun: str, reason: NotAvailable) -> None:
        """Record that the tenant does not support a kind, and why."""
        self._missing[noun] = reason

    def missing(self, noun: str) -> Optional[NotAvailable]:
        """Return why the tenant does not support a kind; C(None) if it does."""
        return self._missing.get(noun)

    def get(self, noun: str, key: Hashable) -> Optional[Resource]:
        """Return the resource with exactly this key, if it has been read."""
        return self._current.get(noun, {}).get(key)

    def resources(self, noun: str) -> List[Resource]:
        """Return all resources of a kind that have been read."""
        current = self._current.get(noun, {})
        return [resource for key, resource in current.items() if key == ("id", resource.get("id"))]

    def ids(self, noun: str, key: Hashable) -> List[str]:
        """Return the sorted ids of all resources with this natural key that have been read; there can be several."""
        return sorted(map(str, self._ids_by_key.get((noun, key), {})))

    def near(self, noun: str, key: Hashable) -> List[Resource]:
        """Return the other resources whose names are easily mistaken for the name in C(key)."""
        return [self._current[noun][other] for other in self._by_name.get((noun, _name_in(key)), {}) if other != key]

    def alike(self, noun: str, key: Hashable) -> List[Resource]:
        """Return the other resources whose whole keys are easily mistaken for C(key)."""
        others = self._by_name.get((noun, _name_in(key)), {})
        return [self._current[noun][other] for other in others if other != key and folded(other) == folded(key)]

    def seek(self, references: Iterable[Reference]) -> None:
        """Record that these references have been looked up: those that were not found are missing."""
        self._sought.update(references)

    def knows(self, reference: Reference) -> bool:
        """Return whether it is known if the resource exists."""
        if reference.noun == "role":
            return self.roles.complete or self.roles.knows(reference)
        return self.get(*reference) is not None or reference in self._sought

    def is_missing(self, reference: Reference) -> bool:
        """Return whether the tenant is known not to have the resource."""
        return reference in self._sought and self.get(*reference) is None

    def has(self, reference: Reference) -> bool:
        """Return whether the resource is known to exist after the plans are applied."""
        return bool(self._planned.get(reference, self.get(*reference)))

    def find(self, references: Iterable[Reference], hint: str = "") -> Dict[Reference, Optional[Resource]]:
        """Return the resources as they are after the plans are applied; C(None) for unknown resources.

        :param hint: the hint of the error.
        :raises UnknownReferences: if resources are missing, or if a plan deletes them.
        """
        found: Dict[Reference, Optional[Resource]] = {}
        missing = []
        for reference in references:
            current = self.get(*reference)
            planned = self._planned.get(reference, current)
            if planned is None and reference in self._new_names:
                missing.append(hint_of_rename(*reference.named, self._new_names[reference]))
            elif planned is None and current is not None:
                missing.append("The same description deletes the %s %r." % reference.named)
            elif planned is None and reference in self._sought:
                missing.append("The tenant has no %s %r.%s" % (*reference.named, self._nearest(reference)))
            found[reference] = planned
        if missing:
            raise UnknownReferences(missing, hint, found)
        return found

    def find_or_refuse(self, references: Iterable[Reference], hint: str = "") -> Dict[Reference, Optional[Resource]]:
        """Return the resources like C(find), and report missing ones with C(refuse) to continue planning."""
        try:
            return self.find(references, hint)
        except UnknownReferences as error:
            self.refuse(error)
            found: Dict[Reference, Optional[Resource]] = error.found
            return found

    def refuse(self, error: InvalidInput) -> None:
        """Report a problem of a plan.

        :raises InvalidInput: C(error) itself, unless the snapshot collects problems.
        """
        if not self._collects:
            raise error
        self.refused.append(error)

    def collecting(self) -> Snapshot:
        """Return a copy of the snapshot that collects problems in C(refused) instead of raising the first one."""
        snapshot = copy(self)
        snapshot.refused, snapshot._collects = [], True
        return snapshot

    def plan(
        self, noun: str, current: Optional[Resource], before: Any, predicted: Optional[Resource], after: Any
    ) -> None:
        """Record the effect of a plan on a resource, so that other plans can refer to the result.

        :param current: the current resource; C(None) if the plan creates it.
        :param before: its current natural key.
        :param predicted: the resource after the plan is applied; C(None) if the plan deletes it.
        :param after: its natural key after the plan is applied.
        """
        if current is not None:
            self._planned[noun, ("id", current.get("id"))] = predicted
            self._plan_key(noun, before, None)
        if predicted is not None:
            self._plan_key(noun, after, predicted)

    def rename(self, noun: str, names: Mapping[str, str]) -> None:
        """Show the resources of a kind under their new names wherever other resources have been read with them.

        :param names: the new names by ID.
        """
        if noun == "role":
            self.roles.rename(names)
        if noun in _LISTED_IN:
            for other in self._current:
                for resource in self.resources(other):
                    _rename_in(resource, _LISTED_IN[noun], names)

    def expect_new_names(self, pairs: Iterable[Tuple[Reference, str]]) -> None:
        """Record the previous names in the description, so that references to them get a hint.

        :param pairs: a reference with a previous name, and the new name.
        """
        for reference, new_name in pairs:
            self._new_names[reference] = new_name
            if reference.noun == "role":
                self.roles.new_names[reference.value] = new_name

    def settle(self, noun: str, key: Any) -> None:
        """Drop the recorded effect of a plan that has been applied, so that the current resource counts."""
        self._planned.pop((noun, key), None)
        self._written.add((noun, key))

    def has_written(self, references: Iterable[Reference]) -> bool:
        """Return whether this task wrote any of these, so that some services of the tenant may not know it yet."""
        return not self._written.isdisjoint(references)

    def expect(self, references: Iterable[Reference]) -> None:
        """Treat resources as existing that an earlier task would have created in a real run."""
        for reference in references:
            self._plan_key(reference.noun, reference.key, {})

    def planned(self, noun: str, resource: Resource) -> Optional[Resource]:
        """Return a resource as it is after the plans are applied; C(None) if a plan deletes it."""
        return self._planned.get((noun, ("id", resource.get("id"))), resource)

    def has_plans_for(self, noun: str) -> bool:
        """Return whether there are plans for resources of a kind."""
        return any(address[0] == noun for address in self._planned)

    def apart(self, noun: str) -> Snapshot:
        """Return a copy of the snapshot without the current resources of a kind, to plan again after a write."""
        snapshot = Snapshot(self.roles)
        snapshot.takes_additions = self.takes_additions
        snapshot.caller_address, snapshot.caller_issuer = self.caller_address, self.caller_issuer
        snapshot._sought, snapshot._planned, snapshot._new_names = self._sought, self._planned, self._new_names
        snapshot._current = {other: current for other, current in self._current.items() if other != noun}
        return snapshot

    def _plan_key(self, noun: str, key: Any, resource: Optional[Resource]) -> None:
        self._planned[noun, key] = resource
        if noun == "role":
            self.roles.expect(key[1], exists=resource is not None)

    def _nearest(self, reference: Reference) -> str:
        names = [key[1] for key in self._current.get(reference.noun, {}) if _is_like(key, reference.key)]
        return nearest(reference.value, names)


def _rename_in(value: Any, field: str, names: Mapping[str, str]) -> None:
    """Change the names of the resources in all lists of a field, at any depth."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _rename_in(item, field, names)
    for listed in (value.get(field) or []) if isinstance(value, dict) else []:
        if isinstance(listed, dict) and listed.get("id") in names:
            listed["name"] = names[listed["id"]]


def folded(key: Any) -> Hashable:
    """Return a key without easily overlooked differences: case, Unicode form, white space around the name."""
    return tuple(
        unicodedata.normalize("NFKC", part).casefold().strip() if isinstance(part, str) else part for part in key
    )


def difference(one: str, other: str) -> str:
    """Return how two similar names differ, to follow "differ": C(only by case)."""
    if one.casefold() == other.casefold():
        return "only by case"
    if unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other):
        return "only in their Unicode form, %s and %s" % (ascii(one), ascii(other))
    return "only by surrounding white space, case, or Unicode form"


def _name_in(key: Any) -> Hashable:
    return folded(key[1:2])


def _is_like(key: Any, other: Any) -> bool:
    return key[0] == other[0] and key[2:] == other[2:] and isinstance(key[1], str)
