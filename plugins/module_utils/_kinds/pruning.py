# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which resources of a kind pruning may take away, and how."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence

from .._api.client import Client
from .._planning.references import Resource
from .._planning.settings import Params


class PruneRules:
    """How the resources of a kind are pruned. This class is for kinds that are never pruned."""

    #: The options that choose what pruning takes away and how, or C(None) where there is no pruning. It deletes unless
    #: an option C(action) says otherwise.
    spec: Optional[Mapping[str, Any]] = None

    def options(self) -> Dict[str, Any]:
        """The argument spec of pruning."""
        # A text protects what each of its lines names: as a list, Ansible would cut it at its commas.
        protect = {"type": "raw", "default": []}
        return {**(self.spec or {}), "protect": protect, "max_deletions": {"type": "int"}}

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        """Whether pruning may take a resource away that is not described.

        :param options: those of C(spec).
        """
        return True

    def refuse(self, client: Client) -> None:
        """Refuse to prune with a credential that may not see everything.

        :raises InvalidInput: saying what the credential lacks.
        """

    def protected_ids(self, client: Client) -> Sequence[str]:
        """The IDs of resources that pruning never takes away, which only the tenant can tell."""
        return ()

    def removal(self, resource: Resource, options: Params) -> Params:
        """The options that take a resource away.

        :param options: those of C(spec).
        """
        return {"id": resource["id"], "name": resource.get("name"), "state": "absent"}
