# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from typing import Optional

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.pace import TIERS, Pace, WaitBudget, paces, tier_of
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import RateLimitWaitExceeded
from unit.plugins.module_utils.helpers import FakeClock, assert_says

#: Long enough for any machine; reached only when a test fails.
PATIENCE = 10


def pace_of(clock: FakeClock, widest: int = 4, limit: Optional[float] = None) -> Pace:
    return Pace(widest, WaitBudget(limit), clock, clock.sleep)


class Visitors:
    """Threads that want to pass a pace, and what became of them."""

    def __init__(self, pace: Pace, count: int) -> None:
        self._pace = pace
        self._entered = threading.Semaphore(0)
        self.inside = 0
        self._threads = [threading.Thread(target=self._visit, daemon=True) for _number in range(count)]
        for thread in self._threads:
            thread.start()

    def _visit(self) -> None:
        self._pace.enter()
        self._entered.release()

    def await_entries(self, count: int) -> None:
        for _number in range(count):
            assert self._entered.acquire(timeout=PATIENCE)
            self.inside += 1

    def nobody_else_enters(self) -> bool:
        return not self._entered.acquire(timeout=0.02)


@pytest.mark.parametrize(
    ("method", "path", "tier"),
    [
        ("GET", "/api/v1/groups", "read"),
        ("GET", "/api/v1/groups/actions/filter", "read"),
        ("POST", "/api/v1/groups/actions/filter", "filter"),
        ("POST", "/api/v1/users/actions/filter", "filter"),
        ("POST", "/api/v1/users/actions/invite", "write"),
        ("POST", "/api/v1/groups", "write"),
        ("PATCH", "/api/v1/groups/1", "write"),
        ("DELETE", "/api/v1/groups/1", "write"),
        ("POST", "/oauth/token", "write"),
    ],
)
def test_tier_of(method: str, path: str, tier: str) -> None:
    assert tier in TIERS
    assert tier_of(method, path) == tier


def test_nothing_waits_without_a_refusal() -> None:
    clock = FakeClock()
    pace = pace_of(clock)
    for _number in range(4):
        pace.enter()
    assert clock.slept == []


def test_the_next_request_waits_as_long_as_was_asked() -> None:
    clock = FakeClock()
    pace = pace_of(clock)
    pace.enter()
    pace.refused(13)
    pace.enter()
    assert clock.slept == [13]
    pace.leave()
    pace.enter()
    assert clock.slept == [13]


def test_a_longer_wait_asked_for_meanwhile_is_kept() -> None:
    clock = FakeClock()
    pace = pace_of(clock)
    for _number in range(3):
        pace.enter()
    pace.refused(5)
    pace.refused(20)
    pace.refused(1)
    pace.enter()
    assert sum(clock.slept) == 20


def test_overlapping_refusals_count_once() -> None:
    clock = FakeClock()
    budget = WaitBudget(100)
    pace = Pace(3, budget, clock, clock.sleep)
    for _number in range(3):
        pace.enter()
    pace.refused(10)
    pace.refused(10)
    clock.now += 4
    pace.refused(10)
    assert budget.spent == 14


def test_waits_add_up_until_the_budget_is_spent() -> None:
    clock = FakeClock()
    pace = pace_of(clock, limit=25)
    for _number in range(2):
        pace.enter()
        pace.refused(10)
    pace.enter()
    with pytest.raises(RateLimitWaitExceeded) as caught:
        pace.refused(10)
    assert_says(
        caught.value,
        "another 10 seconds",
        "waited 20 seconds",
        "allows 25 seconds",
        "set `rate_limit_wait`",
    )


def test_tiers_share_the_budget_and_nothing_else() -> None:
    clock = FakeClock()
    by_tier = paces(2, 15, clock, clock.sleep)
    by_tier["read"].enter()
    by_tier["read"].refused(10)
    by_tier["write"].enter()
    assert clock.slept == []
    with pytest.raises(RateLimitWaitExceeded):
        by_tier["write"].refused(10)


@pytest.mark.parametrize("limit", [0.0, 0.9])
def test_a_budget_that_never_suffices(limit: float) -> None:
    clock = FakeClock()
    pace = pace_of(clock, limit=limit)
    pace.enter()
    with pytest.raises(RateLimitWaitExceeded):
        pace.refused(1)


def test_no_limit() -> None:
    clock = FakeClock()
    pace = pace_of(clock, limit=None)
    for _number in range(100):
        pace.enter()
        pace.refused(300)
    pace.enter()
    assert sum(clock.slept) == 30000


def test_threads_keep_to_the_widest_window() -> None:
    pace = pace_of(FakeClock(), widest=3)
    visitors = Visitors(pace, 5)
    visitors.await_entries(3)
    assert visitors.nobody_else_enters()
    pace.leave()
    visitors.await_entries(1)
    assert visitors.nobody_else_enters()
    pace.leave()
    visitors.await_entries(1)


def test_one_request_probes_and_every_success_doubles() -> None:
    pace = pace_of(FakeClock(), widest=4)
    pace.enter()
    pace.refused(10)
    visitors = Visitors(pace, 7)
    for newly_inside in (1, 2):
        visitors.await_entries(newly_inside)
        assert visitors.nobody_else_enters()
        pace.leave()
    # One of two left: the window is 4 now, and one is still inside.
    visitors.await_entries(3)
    assert visitors.nobody_else_enters()
    pace.leave()
    visitors.await_entries(1)
    assert visitors.nobody_else_enters()


def test_a_refused_probe_narrows_again() -> None:
    clock = FakeClock()
    pace = pace_of(clock, widest=4)
    pace.enter()
    pace.refused(10)
    pace.enter()
    pace.leave()
    pace.enter()
    pace.refused(10)
    visitors = Visitors(pace, 3)
    visitors.await_entries(1)
    assert visitors.nobody_else_enters()
    assert clock.slept[:2] == [10, 10]


def test_a_late_success_does_not_open_the_window() -> None:
    clock = FakeClock()
    pace = pace_of(clock, widest=2)
    pace.enter()
    pace.enter()
    pace.refused(10)
    pace.leave()
    visitors = Visitors(pace, 2)
    visitors.await_entries(1)
    assert visitors.nobody_else_enters()


def test_a_refusal_over_the_budget_lets_the_other_threads_go_on() -> None:
    pace = pace_of(FakeClock(), widest=1, limit=0)
    pace.enter()
    with pytest.raises(RateLimitWaitExceeded):
        pace.refused(5)
    visitors = Visitors(pace, 1)
    visitors.await_entries(1)
