# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of collections whose API has no search by name, and whose names need not be unique."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Iterable, Iterator, List, Optional, Sequence

from .._api.client import Client
from .._errors import InvalidInput
from .._planning.plan import Plan, are_equal
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot
from .base import Kind, Reading
from .collection import Collection
from .pruning import PruneRules
from .search import Search


class ListedPruning(PruneRules):
    """Pruning without further options."""

    spec = {}
    deletes_duplicates = True


class ListSearch(Search):
    """Finds resources by listing all of them.

    :param nameless_by: the field of the API that replaces a missing name.
    """

    takes_filters = False

    def __init__(self, kind: Kind, name: str, nameless_by: str = "id") -> None:
        super().__init__(kind, name)
        self._nameless_by = nameless_by

    def find(self, client: Client, condition: Any) -> Iterable[Resource]:
        return self.all(client)

    def all(self, client: Client) -> Iterable[Resource]:
        return self._named(client.list(self.collection))

    def by_id(self, client: Client, resource_id: str) -> List[Resource]:
        return list(self._named(iter(super().by_id(client, resource_id))))

    def read_again(self, client: Client, resource: Resource) -> Resource:
        return next(self._named(iter([super().read_again(client, resource)])))

    def desired(self, client: Client, desired: Sequence[Params]) -> Reading:
        return Reading(list(self.all(client)))

    def _named(self, resources: Iterator[Resource]) -> Iterator[Resource]:
        for resource in resources:
            yield dict(resource, name=resource.get("name") or resource.get(self._nameless_by))


class Listed(Collection):
    """A collection that is always read as a whole. Another field identifies a resource without a name."""

    has_unique_names = False
    pruning: PruneRules = ListedPruning()

    @property
    def search(self) -> Search:
        return ListSearch(self, self.key_option)

    def named_in(self, snapshot: Snapshot, desired: Params) -> Optional[Resource]:
        named = _all_named_in(self, snapshot, desired)
        if not _are_all_equal(self, named):
            ids = " and ".join(resource["id"] for resource in named)
            which = "different " if self.pruning.deletes_duplicates else ""
            text = "The tenant has %d %s%s with this name, with the IDs %s." % (len(named), which, self.words, ids)
            hint = "The names of %s need not be unique. Set `id` to select one." % self.words
            raise InvalidInput(text, hint, self.key_option)
        return named[0] if named else None

    def duplicates(self, desired: Params, snapshot: Snapshot) -> List[Resource]:
        # Keep the smallest ID, so that concurrent runs keep the same resource.
        named = _all_named_in(self, snapshot, desired)
        return named[1:] if self.pruning.deletes_duplicates and _are_all_equal(self, named) else []

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        return super().warnings(desired, plan, snapshot) + _warnings_of_duplicates(self, desired, plan, snapshot)


def _all_named_in(kind: Kind, snapshot: Snapshot, desired: Params) -> List[Resource]:
    """Return the resources that an item identifies, sorted by ID."""
    if desired.get("id") is not None:
        current = snapshot.get(kind.noun, kind.key(desired))
        return [current] if current is not None else []
    found = (snapshot.get(kind.noun, ("id", found_id)) for found_id in snapshot.ids(kind.noun, kind.key(desired)))
    return [resource for resource in found if resource is not None]


def _are_all_equal(kind: Kind, resources: Sequence[Resource]) -> bool:
    """Whether one of them can stand for all of them."""
    if not kind.pruning.deletes_duplicates:
        return len(resources) < 2
    return all(are_equal(kind.settings, resources[0], other) for other in resources[1:])


def _warnings_of_duplicates(kind: Kind, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
    duplicates = kind.duplicates(desired, snapshot)
    if not duplicates or plan.current is None:
        return []
    ids = " and ".join(resource["id"] for resource in duplicates)
    text = "%s: the tenant has %d equal %s with this name. " % (kind.label(desired), len(duplicates) + 1, kind.words)
    if plan.action == "deleted":
        return [text + "The task deletes all of them: %s and %s." % (plan.current["id"], ids)]
    text += "The task keeps %s and deletes the duplicates: %s. To keep several, set `id` for each of them."
    return [text % (plan.current["id"], ids)]
