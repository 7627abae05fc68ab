# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What kinds have in common whose API finds none of them by name, and whose names need not be unique."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Iterable, Iterator, List

from .._api.client import Client
from .._planning.references import Resource
from .._planning.settings import Params
from .base import Kind


class Listed(Kind):
    """A kind of which all are read. One without a name is found by something else that it has."""

    is_listed = True
    has_unique_names = False
    prune_spec = {}
    #: What stands for a name that is missing, in the API.
    nameless_by = "id"

    def list(self, client: Client) -> Iterable[Resource]:
        return self._named(client.list(self.collection))

    def by_id(self, client: Client, resource_id: str) -> List[Resource]:
        return list(self._named(iter(super().by_id(client, resource_id))))

    def read_again(self, client: Client, resource: Resource, wanted: Params) -> Resource:
        return next(self._named(iter([super().read_again(client, resource, wanted)])))

    def _named(self, resources: Iterator[Resource]) -> Iterator[Resource]:
        return (dict(each, name=each.get("name") or each.get(self.nameless_by)) for each in resources)
