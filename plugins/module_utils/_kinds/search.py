# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The search for resources of a collection, with as few requests as possible."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import unicodedata
from typing import Any, Iterable, Iterator, List, Sequence, Tuple

from .._api.client import Client, FirstPage, equals, in_filters
from .._errors import NotFound
from .._planning.references import Reference, Resource
from .._planning.settings import Params
from .base import Kind, Reading


class Search:
    """Finds resources with filters of the API.

    :param kind: the kind of the resources.
    :param name: the attribute and the option for the name.
    """

    #: Whether the info module has the option C(filter).
    takes_filters = True
    #: Whether one filter can find several resources.
    joins_conditions = True
    #: Whether lists have a total only on request.
    counts_on_request = True

    def __init__(self, kind: Kind, name: str) -> None:
        self.kind = kind
        self.name = name
        self.collection = kind.collection

    def condition(self, desired: Params) -> Any:
        """Return a filter that finds at least the resource of an item."""
        attribute, value, *_rest = self.kind.key(desired)
        return equals(attribute, value)

    def among_existing(self, condition: str) -> str:
        """Return the filter C(condition) limited to resources that count as existing."""
        return condition

    def find(self, client: Client, condition: Any) -> Iterable[Resource]:
        """Read the existing resources that a filter finds."""
        return client.search(self.collection, self.among_existing(condition))

    def by_id(self, client: Client, resource_id: str) -> List[Resource]:
        """Read the resource with an ID; the list is empty if there is none."""
        try:
            return [client.read_by_id(self.collection, resource_id)]
        except NotFound:
            return []

    def read_again(self, client: Client, resource: Resource) -> Resource:
        """Read the current state of a resource again.

        :raises NotFound: if it no longer exists.
        """
        return client.read_by_id(self.collection, resource["id"])

    def all(self, client: Client) -> Iterable[Resource]:
        """Read all resources of the kind."""
        return self._first_page(client).everything

    def everything(self, client: Client, params: Params) -> Iterable[Resource]:
        """Read the resources that an info module returns without an ID, a name, or a filter."""
        return self.all(client)

    def matches(self, resource: Resource, params: Params) -> bool:
        """Return whether an info module returns a resource that was read."""
        return True

    def shown(self, client: Client, params: Params) -> List[Resource]:
        """Read the resources that an info module returns, sorted by name."""
        name = params.get(self.name)
        found: Iterable[Resource]
        if params.get("id") is not None:
            found = self.by_id(client, params["id"])
        elif params.get("filter") is not None:
            found = client.search(self.collection, params["filter"])
        elif name is not None:
            found = (hit for hit in self.find(client, self.condition(params)) if self.kind.name_of(hit) == name)
        else:
            found = self.everything(client, params)
        return sorted((resource for resource in found if self.matches(resource, params)), key=self.kind.name_of)

    def desired(self, client: Client, desired: Sequence[Params]) -> Reading:
        """Read the resources of a description, with filters or all pages, whichever needs fewer requests."""
        ids = [item["id"] for item in desired if item.get("id") is not None]
        if len(ids) == len(desired) == 1:
            return Reading(self.by_id(client, ids[0]))
        filters, along = self._filters(desired)
        found: List[Resource] = []
        if len(filters) > 1:
            resources, total, everything = self._first_page(client)
            shown = {("id", resource["id"]) for resource in resources} | set(map(self.kind.natural_key, resources))
            filters, along = self._filters([item for item in desired if self.kind.key(item) not in shown])
            # A page can be smaller than requested.
            pages_left = -(-total // max(1, len(resources))) - 1
            if pages_left <= len(filters):
                return Reading(list(everything), list(self._conflicts(desired)))
            found += resources
        for condition in filters:
            found += self.find(client, condition)
        return Reading(found, along)

    def _first_page(self, client: Client) -> FirstPage:
        return client.first_page(self.collection, self.name, self.counts_on_request)

    def _filters(self, desired: Sequence[Params]) -> Tuple[List[Any], List[Reference]]:
        """Return the fewest filters that find all items, and further references that they look up.

        The filters also find conflicting resources and resources with similar names, if that adds no filter.
        """
        conditions = list(map(self.condition, desired))
        if not self.joins_conditions:
            return list(dict.fromkeys(conditions)), []
        fewest = _joined(conditions)
        along = list(dict.fromkeys(self._conflicts(desired)))
        conditions += [equals(reference.by, reference.value) for reference in along]
        similar = [condition for item in desired for condition in self._similar_names(item)]
        for filters in (_joined(conditions + similar), _joined(conditions)):
            if len(filters) == len(fewest):
                return filters, along
        return fewest, []

    def _similar_names(self, desired: Params) -> List[str]:
        """Return filters for resources whose names are easily mistaken for the name of an item.

        The API's filters ignore case, but no other difference.
        """
        name = self.kind.chosen_name(desired)
        if name is None:
            return []
        texts = (name, name.strip())
        forms = {*texts, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in texts)}
        return [equals(self.name, form) for form in sorted(forms - {name, ""})]

    def _conflicts(self, desired: Sequence[Params]) -> Iterator[Reference]:
        """Yield references to resources of the kind that may already have the unique values of an item."""
        for item in desired:
            yield from (reference for reference in self.kind.references(item, None) if reference.noun == self.kind.noun)


def _joined(conditions: Sequence[str]) -> List[str]:
    """Return the fewest filters that join all conditions with "or"."""
    return in_filters(list(dict.fromkeys(conditions)))
