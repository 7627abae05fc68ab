# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What belongs to a resource and has to be read by itself, such as the members of a space."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Collection, List

from .._api.client import Client
from .._planning.references import Reference, Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot


class Parts:
    """The parts of the resources of a kind, and what these name by IDs. This class is for kinds without any."""

    #: Options that ask for all parts.
    every: Params = {}
    #: Whether nothing can be compared without knowing what a task refers to, because the tenant shows only IDs.
    are_compared_by_id = False

    def are_asked(self, desired: Params) -> bool:
        """Whether a task asks for parts."""
        return False

    def unasked(self, desired: Params) -> Collection[str]:
        """The options of parts that a task does not ask for, so that they are not always read."""
        return ()

    def read(self, client: Client, path: str, resource: Resource, desired: Params) -> Resource:
        """The resource with its parts, as far as the task asks for them.

        :param path: where the resource is read.
        """
        return resource

    def of_new(self, created: Resource, desired: Params) -> Resource:
        """The response to a creation, with the parts that a new resource has, as far as the task asks for them."""
        return created

    def references_in(self, resource: Resource) -> List[Reference]:
        """The other resources that the resource names by their IDs alone."""
        return []

    def name_references(self, resource: Resource, snapshot: Snapshot) -> None:
        """Give what a resource names by IDs alone the names that the tenant has for these."""

    def remarks(self, resource: Resource, snapshot: Snapshot) -> List[str]:
        """What an audit says of a resource even if it is in sync."""
        return []
