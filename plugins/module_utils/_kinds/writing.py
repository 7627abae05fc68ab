# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order the plans of a kind are written, and what that order must keep true."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Iterator, List, Mapping, Sequence

from .._errors import InvalidInput
from .._planning.plan import Plan
from .._planning.snapshot import Snapshot


class WriteOrder:
    """The order for most kinds: deletions come last, everything else is written at the same time.

    :param is_last: whether the kind is written when all other areas are done, their deletions included.
    """

    #: The options about the whole task that the order depends on.
    options: Mapping[str, Any] = {}
    #: Whether what is not written yet is left as it is when something fails.
    stops_at_failure = False

    def __init__(self, is_last: bool = False) -> None:
        self.is_last = is_last

    def batches(self, plans: Sequence[Plan], snapshot: Snapshot) -> List[List[Plan]]:
        """Plans that write in groups, of which each begins when the one before it is done."""
        return [[plan for plan in plans if (plan.action == "deleted") is phase] for phase in (False, True)]

    def lockouts(self, plans: Sequence[Plan], snapshot: Snapshot) -> Iterator[InvalidInput]:
        """Each way in which the plans keep the task, or everybody, from reaching the tenant."""
        return iter(())
