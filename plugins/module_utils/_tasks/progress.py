# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says how far a long task is, where somebody listens."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import Callable, Iterator, Optional

#: How the line begins that says what an interrupted task leaves behind.
INTERRUPTED = "Interrupted"
#: Seconds until the first line, doubled for each line after it, and the most seconds between two lines.
_FIRST_AFTER = 10.0
_LONGEST_INTERVAL = 60.0


class Progress:
    """Counts what is done of a task, and says so now and then.

    :param noun: what is counted.
    :param total: how many of them there are to do.
    :param say: takes a line of text.
    """

    def __init__(
        self, noun: str, total: int, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._noun = noun
        self._total = total
        self._say = say
        self._clock = clock
        self._began = clock()
        self._done = 0
        self._failed = 0

    def count(self, failed: bool) -> None:
        """One more is done."""
        self._done += 1
        self._failed += failed

    def line(self) -> str:
        """How far the task is: counts, rate and time left."""
        minutes = max(self._clock() - self._began, 1e-9) / 60
        rate = self._done / minutes
        left = "unknown" if not self._done else _duration(60 * (self._total - self._done) / rate)
        return "%d of %d %s written, %d failed, %.0f a minute, time left %s" % (
            self._done,
            self._total,
            self._noun,
            self._failed,
            rate,
            left,
        )

    def say_interrupted(self) -> None:
        """Say what an interrupted task leaves behind."""
        counts = (INTERRUPTED, self._done - self._failed, self._total, self._noun)
        self._say("%s: %d of %d %s are written. Run it again: it does what is left." % counts)

    def keep_saying(self, stop: threading.Event) -> None:
        """Say a line again and again, with growing intervals, until C(stop) is set."""
        interval = _FIRST_AFTER
        while not stop.wait(interval):
            self._say(self.line())
            interval = min(2 * interval, _LONGEST_INTERVAL)


@contextmanager
def progress_of(noun: str, total: int, say: Optional[Callable[[str], object]]) -> Iterator[Optional[Progress]]:
    """A :class:`Progress` that is said while the context lasts; C(None) where nobody listens."""
    if say is None:
        yield None
        return
    progress = Progress(noun, total, say)
    stop = threading.Event()
    speaker = threading.Thread(target=progress.keep_saying, args=(stop,), daemon=True)
    speaker.start()
    try:
        yield progress
    finally:
        stop.set()
        speaker.join()


def _duration(seconds: float) -> str:
    minutes = int(round(seconds / 60))
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return "%d min" % minutes
    return "%d h %02d min" % divmod(minutes, 60)
