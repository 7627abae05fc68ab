# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits for the rate limits of the API, for all threads of a task together."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import threading
from typing import Callable, Dict, Optional

from .._errors import RateLimitWaitExceeded

#: Qlik reference, rate limiting: GET is tier 1, writes are tier 2, and filter actions have a separate limit.
TIERS = ("read", "write", "filter")


def tier_of(method: str, path: str) -> str:
    """Return the item of C(TIERS) that a request counts toward."""
    if method == "GET":
        return "read"
    return "filter" if path.endswith("/actions/filter") else "write"


class WaitBudget:
    """The total time that a task may wait for rate limits.

    :param limit: seconds; C(None) for no limit.
    """

    def __init__(self, limit: Optional[float]) -> None:
        self._limit = limit
        self.spent = 0.0

    def spend(self, seconds: float) -> None:
        """Add a wait before it starts.

        :raises RateLimitWaitExceeded: if it would exceed the limit.
        """
        if self._limit is not None and self.spent + seconds > self._limit:
            raise RateLimitWaitExceeded(
                "The API's rate limit requires another %.0f seconds of waiting. The task has already waited %.0f"
                " seconds, and rate_limit_wait allows %.0f seconds in total." % (seconds, self.spent, self._limit),
                "Run the task again later, or set `rate_limit_wait` to a higher value.",
            )
        self.spent += seconds


class Pace:
    """The pace of requests in one tier.

    After a 429, no request is sent until the time that the API states. Then a single request is sent, and every success
    doubles the number of concurrent requests, so that the waiting threads do not hit the limit together again. Qlik
    limits all endpoints of a tier together, so there is one object for each tier.

    :param widest: the maximum number of concurrent requests.
    :param budget: the total time for waits.
    :param clock: returns monotonic seconds.
    :param sleep: waits for a number of seconds.
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
        """Wait until a request may be sent. Call C(leave) or C(refused) afterwards."""
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
        """Record that a request is done without a 429."""
        with self._changed:
            self._under_way -= 1
            if self._clock() >= self._open_at:
                self._window = min(self._widest, self._window * 2)
            self._changed.notify_all()

    def refused(self, seconds: float) -> None:
        """Record that a request returned 429.

        :param seconds: the time to wait.
        :raises RateLimitWaitExceeded: if the wait would exceed the limit of the task.
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
    """Return a :class:`Pace` for each tier. All tiers share the limit of C(rate_limit_wait) seconds."""
    budget = WaitBudget(rate_limit_wait)
    return {tier: Pace(widest, budget, clock, sleep) for tier in TIERS}
