# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the plans of a kind are written."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from .._api.client import Client
from .._errors import InvalidInput
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot


class WriteRules:
    """The rules for most kinds: first creations and changes in parallel, then deletions.

    :param is_last: whether the kind is written after all other areas, including their deletions.
    :param is_replaced: whether the API replaces a resource as a whole with PUT, instead of changing it with PATCH.
    :param taken_names_are_bad_requests: whether a creation with an existing name returns 400, like many other errors,
        instead of 409.
    """

    #: The options of the whole task that the order depends on.
    options: Mapping[str, Any] = {}
    #: Whether a failure stops all plans that have not started.
    stops_at_failure = False

    def __init__(
        self, is_last: bool = False, is_replaced: bool = False, taken_names_are_bad_requests: bool = False
    ) -> None:
        self.is_last = is_last
        self.is_replaced = is_replaced
        self.taken_names_are_bad_requests = taken_names_are_bad_requests

    def batches(self, plans: Sequence[Plan], snapshot: Snapshot) -> List[List[Plan]]:
        """Return the plans in batches. A batch starts when the one before it is done."""
        return [[plan for plan in plans if (plan.action == "deleted") is phase] for phase in (False, True)]

    def settled(self, client: Client, kind: Any, resource: Resource, desired: Params) -> Resource:
        """Return the current state of a resource once the tenant has completed all changes of it.

        Most tenants complete a change before they respond to it.

        :raises NotApplied: if the tenant takes longer than the item allows.
        """
        return resource

    def deletion_headers(self, resource: Resource) -> Optional[Dict[str, str]]:
        """Return the headers that the API requires for the deletion of a resource; C(None) for none."""
        return None

    def lockouts(self, plans: Sequence[Plan], snapshot: Snapshot) -> Iterator[InvalidInput]:
        """Yield an error for each way in which the plans would block your own address."""
        return iter(())
