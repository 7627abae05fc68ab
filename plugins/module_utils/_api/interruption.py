# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends a task that is interrupted so that it can still say what it has done."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import Any, Dict, Iterator

from .._errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether the task has been interrupted; one for all its threads."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._reason = ""

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self, reason: str = "The task was interrupted.") -> None:
        """Prevent further requests of the task.

        :param reason: why, for messages. The first call decides.
        """
        self._reason = self._reason or reason
        self._event.set()

    def sleep(self, seconds: float) -> None:
        """Wait, but not past the interruption."""
        self._event.wait(seconds)

    def raise_if_set(self) -> None:
        """Called before anything begins.

        :raises Interrupted: when nothing more is to begin.
        """
        if self.is_set:
            raise Interrupted(self._reason, "Run the task again.")


@contextmanager
def noticed(interruption: Interruption) -> Iterator[None]:
    """While the context lasts, the first SIGINT or SIGTERM is noted; only the second ends the process."""
    # Python lets no other thread handle signals.
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, frame: Any) -> None:
        interruption.set()
        signal.signal(number, before[number])

    before: Dict[int, Any] = {number: signal.signal(number, note) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
