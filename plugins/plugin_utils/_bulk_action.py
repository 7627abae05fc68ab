# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows the progress of a bulk module while it works."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import tempfile
import threading
from typing import Any, Dict, Optional

from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.progress import VARIABLE
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say

_POLL_SECONDS = 1.0


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
                for line in file:
                    say(["%s: [%s] %s" % (self._task.action, host, line.rstrip())])
