# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the results of all tasks to a file, for the tests."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record_results
type: notification
short_description: Write the results of all tasks to a file
description:
  - Writes the results of all tasks to the file that E(RECORD_RESULTS_FILE) names.
options: {}
"""


class CallbackModule(CallbackBase):
    """Collects results by the names of their tasks."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record_results"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display: Any = None) -> None:
        super().__init__(display)
        self._tasks: dict[str, Any] = {}

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        record = {
            "tasks": self._tasks,
            "changed": sum(stats.changed.values()),
            "failed": sum(stats.failures.values()) + sum(stats.dark.values()),
        }
        with open(os.environ["RECORD_RESULTS_FILE"], "w", encoding="utf-8") as file:
            json.dump(record, file, default=str)

    def _record(self, result: Any) -> None:
        name = result._task.get_name().partition(" : ")[2] or result._task.get_name()
        self._tasks[name] = json.loads(json.dumps(result._result, default=str))
