# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress of long tasks."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import Callable, Iterator, Optional

#: The beginning of the last line of an interrupted task.
INTERRUPTED = "Interrupted"
#: Seconds until the first line, which double for each further line, and their maximum.
_FIRST_AFTER = 10.0
_LONGEST_INTERVAL = 60.0


class Progress:
    """Counts the writes of a task, and shows its progress at growing intervals.

    :param noun: the plural for what is written.
    :param total: the number of writes.
    :param say: shows a line of text.
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
        """Count a write that is done."""
        self._done += 1
        self._failed += failed

    def line(self) -> str:
        """Return the progress line: the counts, the rate, and the time left."""
        minutes = max(self._clock() - self._began, 1e-9) / 60
        rate = self._done / minutes
        left = "unknown" if not self._done else _duration(60 * (self._total - self._done) / rate)
        return "%d of %d %s written, %d failed, %.0f per minute, time left: %s" % (
            self._done,
            self._total,
            self._noun,
            self._failed,
            rate,
            left,
        )

    def say_interrupted(self) -> None:
        """Show the last line of an interrupted task."""
        counts = (INTERRUPTED, self._done - self._failed, self._total, self._noun)
        self._say("%s: %d of %d %s written. Run the task again to write the rest." % counts)

    def keep_saying(self, stop: threading.Event) -> None:
        """Show progress lines at growing intervals until C(stop) is set."""
        interval = _FIRST_AFTER
        while not stop.wait(interval):
            self._say(self.line())
            interval = min(2 * interval, _LONGEST_INTERVAL)


@contextmanager
def progress_of(noun: str, total: int, say: Optional[Callable[[str], object]]) -> Iterator[Optional[Progress]]:
    """Show progress while the context lasts. The context is C(None) if C(say) is C(None)."""
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
