# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture of a tenant that plans are made over: what it holds, and what the plans make of it."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import unicodedata
from collections.abc import Hashable
from copy import copy
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

from .._errors import InvalidInput, NotAvailable, UnknownReferences
from .references import Reference, Resource, nearest
from .roles import RoleCatalogue

_Address = Tuple[str, Hashable]


class Snapshot:
    """What a tenant holds, as far as it has been read, each kind apart, and what plans are going to make of it.

    A resource that has not been looked for is unknown, which is something else than one that is missing.
    """

    def __init__(self, roles: Optional[RoleCatalogue] = None) -> None:
        self.roles = roles or RoleCatalogue()
        #: The address that the tenant sees the task come from, where that was given.
        self.caller_address: Optional[str] = None
        #: Whether the tenant has not refused yet to add to a list instead of replacing it.
        self.takes_additions = True
        #: The kinds of which all resources have been read.
        self.complete: Set[str] = set()
        #: What is wrong with what has been planned over this snapshot, if it collects that.
        self.refused: List[InvalidInput] = []
        self._collects = False
        self._current: Dict[str, Dict[Any, Resource]] = {}
        self._by_name: Dict[_Address, Dict[Hashable, None]] = {}
        self._ids_by_key: Dict[_Address, Dict[Any, None]] = {}
        self._sought: Set[_Address] = set()
        self._planned: Dict[_Address, Optional[Resource]] = {}
        self._written: Set[_Address] = set()
        self._missing: Dict[str, NotAvailable] = {}

    def put(self, noun: str, resource: Resource, key: Hashable, claims: Iterable[Hashable] = ()) -> None:
        """Remember a resource.

        :param key: its natural key, a tuple that begins with an attribute and its value.
        :param claims: what else no other resource of its kind can have, as keys.
        """
        current = self._current.setdefault(noun, {})
        for each in (("id", resource.get("id")), key, *claims):
            current[each] = resource
        self._by_name.setdefault((noun, _name_in(key)), {})[key] = None
        self._ids_by_key.setdefault((noun, key), {})[resource.get("id")] = None

    def complete_with(self, noun: str) -> None:
        """Remember that all resources of a kind have been read."""
        self.complete.add(noun)
        if noun == "role":
            self.roles.complete = True

    def miss(self, noun: str, reason: NotAvailable) -> None:
        """Remember that the tenant does not have a kind at all, and why."""
        self._missing[noun] = reason

    def missing(self, noun: str) -> Optional[NotAvailable]:
        """Why the tenant does not have a kind, C(None) where it has."""
        return self._missing.get(noun)

    def get(self, noun: str, key: Hashable) -> Optional[Resource]:
        """The resource of exactly this key, as far as it has been read."""
        return self._current.get(noun, {}).get(key)

    def resources(self, noun: str) -> List[Resource]:
        """All resources of a kind that have been read."""
        current = self._current.get(noun, {})
        return [resource for key, resource in current.items() if key == ("id", resource.get("id"))]

    def ids(self, noun: str, key: Hashable) -> List[str]:
        """The ids of all resources of this natural key that have been read, sorted; there can be several."""
        return sorted(map(str, self._ids_by_key.get((noun, key), {})))

    def near(self, noun: str, key: Hashable) -> List[Resource]:
        """The other resources whose names are easily mistaken for that of this key."""
        return [self._current[noun][other] for other in self._by_name.get((noun, _name_in(key)), {}) if other != key]

    def alike(self, noun: str, key: Hashable) -> List[Resource]:
        """Those of them that are the same in all but the name."""
        others = self._by_name.get((noun, _name_in(key)), {})
        return [self._current[noun][other] for other in others if other != key and folded(other) == folded(key)]

    def seek(self, references: Iterable[Reference]) -> None:
        """Remember that these have been looked for: what has not been found is missing."""
        self._sought.update(references)

    def knows(self, reference: Reference) -> bool:
        """Whether it is known what the tenant has under a reference, be it nothing."""
        if reference.noun == "role":
            return self.roles.complete or self.roles.knows(reference)
        return self.get(*reference) is not None or reference in self._sought

    def has(self, reference: Reference) -> bool:
        """Whether it is known that there is, or is going to be, what a reference names."""
        return bool(self._planned.get(reference, self.get(*reference)))

    def find(self, references: Iterable[Reference], hint: str = "") -> Dict[Reference, Optional[Resource]]:
        """The resources meant, as the plans leave them; C(None) for those that are unknown.

        :param hint: what to tell who names one that is missing.
        :raises UnknownReferences: naming all that are missing or going to be deleted.
        """
        found: Dict[Reference, Optional[Resource]] = {}
        missing = []
        for reference in references:
            current = self.get(*reference)
            planned = self._planned.get(reference, current)
            if planned is None and current is not None:
                missing.append("The %s %r is removed by the same description." % reference.named)
            elif planned is None and reference in self._sought:
                missing.append("The tenant has no %s %r.%s" % (*reference.named, self._nearest(reference)))
            found[reference] = planned
        if missing:
            raise UnknownReferences(missing, hint, found)
        return found

    def find_or_refuse(self, references: Iterable[Reference], hint: str = "") -> Dict[Reference, Optional[Resource]]:
        """The same, where planning can go on with what is not there, of which nothing but the name is known."""
        try:
            return self.find(references, hint)
        except UnknownReferences as error:
            self.refuse(error)
            found: Dict[Reference, Optional[Resource]] = error.found
            return found

    def refuse(self, error: InvalidInput) -> None:
        """Say what is wrong with what is planned: that ends the planning, unless all that is wrong is to be known.

        :raises InvalidInput: which is C(error).
        """
        if not self._collects:
            raise error
        self.refused.append(error)

    def collecting(self) -> Snapshot:
        """This snapshot for a plan that is made as far as possible, with all problems in C(refused)."""
        snapshot = copy(self)
        snapshot.refused, snapshot._collects = [], True
        return snapshot

    def plan(
        self, noun: str, current: Optional[Resource], before: Any, predicted: Optional[Resource], after: Any
    ) -> None:
        """Count on what a plan is going to make of a resource, so that others can refer to it.

        :param current: what it is now, C(None) if it is to be created.
        :param before: its natural key now.
        :param after: its natural key after that.
        """
        if current is not None:
            self._planned[noun, ("id", current.get("id"))] = predicted
            self._plan_key(noun, before, None)
        if predicted is not None:
            self._plan_key(noun, after, predicted)

    def settle(self, noun: str, key: Any) -> None:
        """Count on what is held now, and no longer on a plan, which has been carried out."""
        self._planned.pop((noun, key), None)
        self._written.add((noun, key))

    def has_written(self, references: Iterable[Reference]) -> bool:
        """Whether any of these was written a moment ago, so that not every service of the tenant may know it yet."""
        return not self._written.isdisjoint(references)

    def expect(self, references: Iterable[Reference]) -> None:
        """Count on resources that an earlier task would have created in a real run."""
        for reference in references:
            self._plan_key(reference.noun, reference.key, {})

    def planned(self, noun: str, resource: Resource) -> Optional[Resource]:
        """What the plans make of a resource, C(None) if they delete it."""
        return self._planned.get((noun, ("id", resource.get("id"))), resource)

    def has_plans_for(self, noun: str) -> bool:
        """Whether anything is planned for resources of a kind."""
        return any(address[0] == noun for address in self._planned)

    def apart(self, noun: str) -> Snapshot:
        """The same snapshot in which nothing of a kind is held, to plan again what was just written."""
        snapshot = Snapshot(self.roles)
        snapshot.takes_additions = self.takes_additions
        snapshot.caller_address = self.caller_address
        snapshot._sought, snapshot._planned = self._sought, self._planned
        snapshot._current = {other: current for other, current in self._current.items() if other != noun}
        return snapshot

    def _plan_key(self, noun: str, key: Any, resource: Optional[Resource]) -> None:
        self._planned[noun, key] = resource
        if noun == "role":
            self.roles.expect(key[1], exists=resource is not None)

    def _nearest(self, reference: Reference) -> str:
        names = [key[1] for key in self._current.get(reference.noun, {}) if _is_like(key, reference.key)]
        return nearest(reference.value, names)


def folded(key: Any) -> Hashable:
    """A key without what is easily overlooked: upper and lower case, the form in Unicode, blanks around a name."""
    return tuple(
        unicodedata.normalize("NFKC", part).casefold().strip() if isinstance(part, str) else part for part in key
    )


def difference(one: str, other: str) -> str:
    """Where two names differ that are easily mistaken for each other."""
    if one.casefold() == other.casefold():
        return "in upper and lower case only"
    if unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other):
        return "in their Unicode form only, %s and %s" % (ascii(one), ascii(other))
    return "in blanks around them, case or Unicode form only"


def _name_in(key: Any) -> Hashable:
    return folded(key[1:2])


def _is_like(key: Any, other: Any) -> bool:
    return key[0] == other[0] and key[2:] == other[2:] and isinstance(key[1], str)
