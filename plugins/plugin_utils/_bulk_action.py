# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows the progress of a bulk module while it works, and how far it came when it is interrupted."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Optional

from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.progress import INTERRUPTED, VARIABLE
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say

_POLL_SECONDS = 1.0
#: How long an interrupted module is waited for. Ansible waits for five seconds before it says that something hangs.
_LAST_WORDS_SECONDS = 4.0


class BulkActionModule(ActionBase):
    """Runs the module of the same name, and shows the lines that it appends to a file.

    The file is on the controller, so there are lines where the module runs there, which is where modules of a cloud
    service run: with a local connection, delegated to localhost, in an execution environment. Elsewhere, and with
    C(async), the module runs just as well, without lines.
    """

    _supports_async = True

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        if self._task.async_val or self._connection.transport != "local":
            result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
            return result
        descriptor, path = tempfile.mkstemp(prefix="qlik-progress-")
        stop = threading.Event()
        listener = threading.Thread(target=self._show_lines, args=(descriptor, stop, task_vars or {}), daemon=True)
        listener.start()
        environment = self._task.environment
        self._task.environment = [*(environment or []), {VARIABLE: path}]
        try:
            with _last_words_shown(path, self._task.action):
                result.update(self._execute_module(task_vars=task_vars))
        finally:
            self._task.environment = environment
            stop.set()
            listener.join()
            os.unlink(path)
        return result

    def _show_lines(self, descriptor: int, stop: threading.Event, task_vars: Dict[str, Any]) -> None:
        host = task_vars.get("inventory_hostname", "localhost")
        with os.fdopen(descriptor) as file:
            finished = False
            while not finished:
                finished = stop.wait(_POLL_SECONDS)
                # How far an interrupted task came is said where Ansible has no ear for it any more.
                lines = [line.rstrip() for line in file if not line.startswith(INTERRUPTED)]
                say("%s: [%s] %s" % (self._task.action, host, line) for line in lines)


@contextmanager
def _last_words_shown(path: str, action: str) -> Iterator[None]:
    """While the context lasts, an interruption is passed on to the module, and shown is how far that came.

    Ansible ends a worker without waiting for its module, and shows nothing any more that the worker has to say: the
    line goes to where Ansible writes its own last error.

    :param path: the file to which the module appends its lines.
    """
    terminal = _terminal()

    def show() -> None:
        deadline = time.monotonic() + _LAST_WORDS_SECONDS
        while time.monotonic() < deadline:
            with open(path, encoding="utf-8") as file:
                lines = [line for line in file if line.startswith(INTERRUPTED) and line.endswith("\n")]
            if lines:
                os.write(terminal, ("\n%s: %s" % (action, lines[0])).encode())
                return
            time.sleep(0.05)

    def on_signal(number: int, frame: Any) -> None:
        signal.signal(number, signal.SIG_IGN)
        # Old releases of Ansible leave the worker in the group of the command, which has been told by then.
        if os.getpgrp() == os.getpid():
            os.killpg(0, number)
        show()
        signal.signal(number, before[number])
        os.kill(os.getpid(), number)

    before: Dict[int, Any] = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
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
