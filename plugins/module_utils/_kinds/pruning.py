# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pruning rules of a kind: which unmanaged resources may be removed, and how."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence

from .._api.client import Client
from .._planning.references import Resource
from .._planning.settings import Params


class PruneRules:
    """The pruning rules of a kind. This base class is for kinds that are never pruned."""

    #: The options of pruning; C(None) if the kind has no pruning. Without an option C(action), pruning deletes.
    spec: Optional[Mapping[str, Any]] = None
    #: Whether equal resources of one name are deleted but for one of them, also without pruning.
    deletes_duplicates = False

    def options(self) -> Dict[str, Any]:
        """Return the argument spec of pruning."""
        # The type is raw because a text protects the names on its lines. With type list, Ansible splits at commas.
        protect = {"type": "raw", "default": []}
        return {**(self.spec or {}), "protect": protect, "max_deletions": {"type": "int"}}

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        """Return whether pruning may remove an unmanaged resource.

        :param options: the pruning options of the user, as in C(spec).
        """
        return True

    def refuse(self, client: Client) -> None:
        """Check that the credential can see all resources of the kind.

        :raises InvalidInput: if it cannot.
        """

    def protected_ids(self, client: Client) -> Sequence[str]:
        """Return the IDs of resources that pruning never removes, if only the tenant knows them."""
        return ()

    def removal(self, resource: Resource, options: Params) -> Params:
        """Return the item of a description that removes a resource.

        :param options: the pruning options of the user, as in C(spec).
        """
        return {"id": resource["id"], "name": resource.get("name"), "state": "absent"}
