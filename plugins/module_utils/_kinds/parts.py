# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of a resource that have endpoints of their own, such as the members of a space."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Collection, List

from .._api.client import Client
from .._planning.references import Reference, Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot


class Parts:
    """The parts of the resources of a kind, and the IDs in them. This base class is for kinds without parts."""

    #: Options that require all parts.
    every: Params = {}
    #: Whether a comparison requires the IDs of all referenced resources, because the tenant shows only IDs.
    are_compared_by_id = False

    def are_required(self, desired: Params) -> bool:
        """Return whether the description requires parts."""
        return False

    def omitted(self, desired: Params) -> Collection[str]:
        """Return the options of parts that the description does not require, so they may not have been read."""
        return ()

    def read(self, client: Client, path: str, resource: Resource, desired: Params) -> Resource:
        """Return the resource with the parts that the description requires.

        :param path: the path of the resource.
        """
        return resource

    def of_new(self, created: Resource, desired: Params) -> Resource:
        """Return the response to a creation with the initial parts that the description requires."""
        return created

    def hidden_options(self, resource: Resource) -> List[str]:
        """The options that a description of the resource needs and that no response shows, such as a secret."""
        return []

    def references_in(self, resource: Resource) -> List[Reference]:
        """Return the resources that the resource refers to only by ID."""
        return []

    def name_references(self, resource: Resource, snapshot: Snapshot) -> None:
        """Add the names of the resources that the resource refers to only by ID."""

    def remarks(self, resource: Resource, snapshot: Snapshot) -> List[str]:
        """Return the remarks of an audit about a resource, even if it is in sync."""
        return []
