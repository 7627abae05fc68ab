# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting as the API asks for, together for all threads of a task."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import threading
from typing import Callable, Dict, Optional

from .._errors import RateLimitWaitExceeded

#: Qlik reference, rate limiting: every GET is tier 1, every write tier 2, the filter actions have a limit of their own.
TIERS = ("read", "write", "filter")


def tier_of(method: str, path: str) -> str:
    """Which of C(TIERS) a request counts against."""
    if method == "GET":
        return "read"
    return "filter" if path.endswith("/actions/filter") else "write"


class WaitBudget:
    """How long a task may wait for rate limits in all.

    :param limit: seconds, or C(None) for "as long as it takes".
    """

    def __init__(self, limit: Optional[float]) -> None:
        self._limit = limit
        self.spent = 0.0

    def spend(self, seconds: float) -> None:
        """Account for a wait that is about to begin.

        :raises RateLimitWaitExceeded: when it does not fit into the budget any more.
        """
        if self._limit is not None and self.spent + seconds > self._limit:
            raise RateLimitWaitExceeded(
                "The API's rate limit asks to wait another %.0f seconds. The task has waited %.0f seconds for it so"
                " far, and rate_limit_wait allows %.0f seconds in all." % (seconds, self.spent, self._limit),
                "Run the task again later, or raise rate_limit_wait.",
            )
        self.spent += seconds


class Pace:
    """Lets requests of one tier through.

    After a refusal nothing is sent until the time the API named. Then a single request tries whether the limit is
    open again, and every success doubles how many may be under way: threads that woke up together would only be
    refused together. While a tier is blocked Qlik refuses all its endpoints, hence one object for each tier.

    :param widest: how many requests may be under way at once, seconds have no part in it.
    :param clock: monotonic seconds.
    """

    def __init__(
        self, widest: int, budget: WaitBudget, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._widest = widest
        self._window = widest
        self._under_way = 0
        self._open_at = 0.0
        self._budget = budget
        self._clock = clock
        self._sleep = sleep
        self._changed = threading.Condition()

    def enter(self) -> None:
        """Return when a request may be sent; each call must be followed by C(leave) or C(refused)."""
        while True:
            with self._changed:
                wait = self._open_at - self._clock()
                if wait <= 0:
                    if self._under_way < self._window:
                        self._under_way += 1
                        return
                    self._changed.wait()
                    continue
            self._sleep(wait)

    def leave(self) -> None:
        """The request is over and was not refused."""
        with self._changed:
            self._under_way -= 1
            if self._clock() >= self._open_at:
                self._window = min(self._widest, self._window * 2)
            self._changed.notify_all()

    def refused(self, seconds: float) -> None:
        """The request was answered with 429.

        :param seconds: how long to wait.
        :raises RateLimitWaitExceeded: when the budget of the task does not allow it.
        """
        with self._changed:
            self._under_way -= 1
            self._window = 1
            self._changed.notify_all()
            now = self._clock()
            open_at = now + seconds
            if open_at > self._open_at:
                self._budget.spend(open_at - max(now, self._open_at))
                self._open_at = open_at


def paces(
    widest: int, rate_limit_wait: Optional[float], clock: Callable[[], float], sleep: Callable[[float], None]
) -> Dict[str, Pace]:
    """One :class:`Pace` for each tier; all tiers spend the same budget of C(rate_limit_wait) seconds."""
    budget = WaitBudget(rate_limit_wait)
    return {tier: Pace(widest, budget, clock, sleep) for tier in TIERS}
