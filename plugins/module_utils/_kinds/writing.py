# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order in which the plans of a kind are written, and what the API requires for it."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from .._errors import InvalidInput
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.snapshot import Snapshot


class WriteOrder:
    """The order for most kinds: first creations and changes in parallel, then deletions.

    :param is_last: whether the kind is written after all other areas, including their deletions.
    """

    #: The options of the whole task that the order depends on.
    options: Mapping[str, Any] = {}
    #: Whether a failure stops all plans that have not started.
    stops_at_failure = False

    def __init__(self, is_last: bool = False) -> None:
        self.is_last = is_last

    def batches(self, plans: Sequence[Plan], snapshot: Snapshot) -> List[List[Plan]]:
        """Return the plans in batches. A batch starts when the one before it is done."""
        return [[plan for plan in plans if (plan.action == "deleted") is phase] for phase in (False, True)]

    def deletion_headers(self, resource: Resource) -> Optional[Dict[str, str]]:
        """Return the headers that the API requires for the deletion of a resource; C(None) for none."""
        return None

    def lockouts(self, plans: Sequence[Plan], snapshot: Snapshot) -> Iterator[InvalidInput]:
        """Yield an error for each way in which the plans would block your own address."""
        return iter(())
