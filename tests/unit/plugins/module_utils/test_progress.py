# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a long task is."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.progress import Progress, progress_of


class Stop(threading.Event):
    """Notes the intervals that somebody waits, and is set after so many of them."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.waited: list[float] = []
        self.rounds = rounds

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        return len(self.waited) > self.rounds


@pytest.mark.parametrize(
    ("done", "seconds", "rate", "left"),
    [
        (0, 10, 0, "unknown"),
        (900, 60, 900, "less than a minute"),
        (100, 60, 100, "9 min"),
        (10, 120, 5, "3 h 18 min"),
        (1000, 60, 1000, "less than a minute"),
    ],
)
def test_line(done: int, seconds: int, rate: int, left: str) -> None:
    times = iter([100.0, 100.0 + seconds])
    progress = Progress("groups", 1000, lambda line: None, clock=lambda: next(times))
    for number in range(done):
        progress.count(failed=number == 3)
    failed = int(done > 3)
    assert progress.line() == (f"{done} of 1000 groups written, {failed} failed, {rate} per minute, time left: {left}")


def test_lines_come_less_and_less_often() -> None:
    lines: list[str] = []
    stop = Stop(rounds=8)
    Progress("users", 5, lines.append).keep_saying(stop)
    assert len(lines) == 8
    assert stop.waited[1] == 2 * stop.waited[0]
    assert stop.waited == sorted(stop.waited)
    assert stop.waited[-1] == stop.waited[-2]


def test_nobody_listens() -> None:
    with progress_of("groups", 5, None) as progress:
        assert progress is None
