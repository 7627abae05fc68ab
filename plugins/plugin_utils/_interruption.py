# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows the progress of a task when the command of Ansible is interrupted."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, Optional

from ansible import constants

#: The maximum wait for an interrupted task, in seconds. After five seconds, Ansible reports a hanging process.
_LONGEST_WAIT = 4.0


@contextmanager
def final_line_shown(
    action: str,
    on_signal: Callable[[int], object],
    final_line: Callable[[], Optional[str]],
    clean_up: Callable[[], object] = lambda: None,
) -> Iterator[None]:
    """While the context lasts, show the final line of a task that SIGINT or SIGTERM interrupts.

    Ansible ends a worker without waiting for its task, and no longer shows output of the worker. Therefore, the line is
    written to the standard error of Ansible and to its log.

    :param on_signal: interrupts the task. It receives the number of the signal.
    :param final_line: returns the final line, C(None) until the task has ended, or an empty string if it ended without.
    :param clean_up: called before the signal ends the process, which can skip all C(finally) clauses.
    """
    terminal = _terminal()
    received: List[int] = []
    is_shown = threading.Event()

    def handle(number: int, frame: Any) -> None:
        # In ansible-core 2.16, a worker receives SIGINT from the terminal, then SIGTERM from the command of Ansible.
        signal.signal(number, signal.SIG_IGN)
        received.append(number)
        if len(received) == 1 and not is_shown.is_set():
            on_signal(number)
            show()
            clean_up()
            is_shown.set()
        elif not is_shown.is_set():
            return
        while received:
            pending = received.pop(0)
            signal.signal(pending, before[pending])
            os.kill(os.getpid(), pending)

    def show() -> None:
        deadline = time.monotonic() + _LONGEST_WAIT
        line = final_line()
        while line is None and time.monotonic() < deadline:
            time.sleep(0.05)
            line = final_line()
        if line:
            line = "%s: %s" % (action, line)
            os.write(terminal, ("\n%s\n" % line).encode("utf-8", "replace"))
            _log(line)

    before: Dict[int, Any] = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(terminal)


def _terminal() -> int:
    """Return a descriptor of the standard error of the command of Ansible, which this process may not have itself."""
    try:
        return os.open("/proc/%d/fd/2" % os.getppid(), os.O_WRONLY | os.O_APPEND | os.O_NOCTTY)
    except OSError:
        return os.dup(2)


def _log(line: str) -> None:
    """Add a line to Ansible's log, if it is enabled."""
    path = constants.DEFAULT_LOG_PATH
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8", errors="replace") as log:
            log.write(line + "\n")
    except OSError:
        return
