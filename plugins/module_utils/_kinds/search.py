# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the resources of a collection are found: with as few requests as possible."""

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
    """Finds resources by filters of the API.

    :param kind: the kind of the resources.
    :param name: the attribute and the option that name one.
    """

    #: Whether an info module takes a filter.
    takes_filters = True
    #: Whether one filter can ask for several resources.
    joins_conditions = True
    #: Whether lists are counted only if that is asked for.
    counts_on_request = True

    def __init__(self, kind: Kind, name: str) -> None:
        self.kind = kind
        self.name = name
        self.collection = kind.collection

    def condition(self, desired: Params) -> Any:
        """A filter that accepts at least the resource that is wanted."""
        attribute, value, *_rest = self.kind.key(desired)
        return equals(attribute, value)

    def among_existing(self, condition: str) -> str:
        """The filter C(condition), which can join several, for resources that count as existing."""
        return condition

    def find(self, client: Client, condition: Any) -> Iterable[Resource]:
        """What a filter accepts, of resources that count as existing."""
        return client.search(self.collection, self.among_existing(condition))

    def by_id(self, client: Client, resource_id: str) -> List[Resource]:
        """The resource of an id, if the tenant has it."""
        try:
            return [client.read_by_id(self.collection, resource_id)]
        except NotFound:
            return []

    def read_again(self, client: Client, resource: Resource) -> Resource:
        """The resource as the tenant holds it now.

        :raises NotFound: when the tenant does not have it any more.
        """
        return client.read_by_id(self.collection, resource["id"])

    def all(self, client: Client) -> Iterable[Resource]:
        """All resources of the kind."""
        return self._first_page(client).everything

    def everything(self, client: Client, params: Params) -> Iterable[Resource]:
        """What an info module returns that is asked for nothing in particular."""
        return self.all(client)

    def is_asked_for(self, resource: Resource, params: Params) -> bool:
        """Whether an info module returns a resource that it has read."""
        return True

    def shown(self, client: Client, params: Params) -> List[Resource]:
        """The resources that an info module asks for, sorted by what names them."""
        name = params.get(self.name)
        found: Iterable[Resource]
        if params.get("id") is not None:
            found = self.by_id(client, params["id"])
        elif params.get("filter") is not None:
            found = client.search(self.collection, params["filter"])
        elif name is not None:
            found = (hit for hit in self.find(client, self.condition(params)) if hit.get(self.name) == name)
        else:
            found = self.everything(client, params)
        asked_for = [resource for resource in found if self.is_asked_for(resource, params)]
        return sorted(asked_for, key=self.kind.name_of)

    def desired(self, client: Client, desired: Sequence[Params]) -> Reading:
        """The resources that a task describes: by filters, or all pages where these are fewer."""
        ids = [each["id"] for each in desired if each.get("id") is not None]
        if len(ids) == len(desired) == 1:
            return Reading(self.by_id(client, ids[0]))
        filters, along = self._filters(desired)
        found: List[Resource] = []
        if len(filters) > 1:
            resources, total, everything = self._first_page(client)
            shown = {("id", resource["id"]) for resource in resources} | set(map(self.kind.natural_key, resources))
            filters, along = self._filters([each for each in desired if self.kind.key(each) not in shown])
            # A page can have less than was asked for.
            pages_left = -(-total // max(1, len(resources))) - 1
            if pages_left <= len(filters):
                return Reading(list(everything), list(self._standing_in_the_way(desired)))
            found += resources
        for condition in filters:
            found += self.find(client, condition)
        return Reading(found, along)

    def _first_page(self, client: Client) -> FirstPage:
        return client.first_page(self.collection, self.name, self.counts_on_request)

    def _filters(self, desired: Sequence[Params]) -> Tuple[List[Any], List[Reference]]:
        """As few filters as possible that accept all that is wanted, and what they look for along with it at no cost.

        What is easily mistaken for what is wanted is read along too where that costs nothing.
        """
        conditions = list(map(self.condition, desired))
        if not self.joins_conditions:
            return list(dict.fromkeys(conditions)), []
        fewest = _joined(conditions)
        along = list(dict.fromkeys(self._standing_in_the_way(desired)))
        conditions += [equals(reference.by, reference.value) for reference in along]
        neighbors = [condition for each in desired for condition in self._neighbours(each)]
        for filters in (_joined(conditions + neighbors), _joined(conditions)):
            if len(filters) == len(fewest):
                return filters, along
        return fewest, []

    def _neighbours(self, desired: Params) -> List[str]:
        """Filters for resources whose names are easily mistaken for that of the resource that is wanted.

        The API's filters ignore upper and lower case, and nothing else.
        """
        name = self.kind.chosen_name(desired)
        if name is None:
            return []
        texts = (name, name.strip())
        forms = {*texts, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in texts)}
        return [equals(self.name, form) for form in sorted(forms - {name, ""})]

    def _standing_in_the_way(self, desired: Sequence[Params]) -> Iterator[Reference]:
        """The resources of the kind that have what only one can have, and what is wanted is to get."""
        for each in desired:
            yield from (reference for reference in self.kind.references(each, None) if reference.noun == self.kind.noun)


def _joined(conditions: Sequence[str]) -> List[str]:
    """As few filters as possible that accept what each of the conditions accepts."""
    return in_filters(list(dict.fromkeys(conditions)))
