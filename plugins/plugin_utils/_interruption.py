# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says how far a task came when the command of Ansible is interrupted."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, Optional

from ansible import constants

#: How long an interrupted task is waited for. Ansible waits for five seconds before it says that something hangs.
_LONGEST_WAIT = 4.0


@contextmanager
def final_line_shown(
    action: str, on_signal: Callable[[int], object], words: Callable[[], Optional[str]]
) -> Iterator[None]:
    """While the context lasts, show the final line of a task that SIGINT or SIGTERM interrupts.

    Ansible ends a worker without waiting for its task, and shows nothing any more that the worker has to say: the line
    goes to where Ansible writes its own last error, and to its log.

    :param on_signal: tells the task; gets the number of the signal.
    :param words: gives the final line; C(None) until the task has ended, an empty text if it ended without one.
    """
    terminal = _terminal()

    def handle(number: int, frame: Any) -> None:
        signal.signal(number, signal.SIG_IGN)
        on_signal(number)
        deadline = time.monotonic() + _LONGEST_WAIT
        said = words()
        while said is None and time.monotonic() < deadline:
            time.sleep(0.05)
            said = words()
        if said:
            line = "%s: %s" % (action, said)
            os.write(terminal, ("\n%s\n" % line).encode("utf-8", "replace"))
            _log(line)
        signal.signal(number, before[number])
        os.kill(os.getpid(), number)

    before: Dict[int, Any] = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(terminal)


def _terminal() -> int:
    """A descriptor of what the command of Ansible has as its standard error; this process may have none of its own."""
    try:
        return os.open("/proc/%d/fd/2" % os.getppid(), os.O_WRONLY | os.O_APPEND | os.O_NOCTTY)
    except OSError:
        return os.dup(2)


def _log(line: str) -> None:
    """Add a line to Ansible's log, if there is one."""
    path = constants.DEFAULT_LOG_PATH
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8", errors="replace") as log:
            log.write(line + "\n")
    except OSError:
        return
