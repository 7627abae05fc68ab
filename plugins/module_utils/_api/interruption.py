# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends an interrupted task so that it can still report its outcome."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import Any, Dict, Iterator

from .._errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """The interruption of a task, shared by all its threads."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._reason = ""

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self, reason: str = "The task was interrupted.") -> None:
        """Interrupt the task, so that it starts no further requests.

        :param reason: why, for messages. The first call decides.
        """
        self._reason = self._reason or reason
        self._event.set()

    def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds, or until the task is interrupted."""
        self._event.wait(seconds)

    def raise_if_set(self) -> None:
        """Check that the task is not interrupted. Call this before every request.

        :raises Interrupted: if it is.
        """
        if self.is_set:
            raise Interrupted(self._reason, "Run the task again to do the rest.")


@contextmanager
def noticed(interruption: Interruption) -> Iterator[None]:
    """Interrupt the task at the first SIGINT or SIGTERM while the context lasts. The second one ends the process."""
    # In Python, only the main thread can handle signals.
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
