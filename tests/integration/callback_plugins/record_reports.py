# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies the reports of an audit before each batch, for the tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record_reports
type: notification
short_description: Copy the reports of an audit before each batch
description:
  - Copies the folder E(RECORD_REPORTS) to folders with the numbers of the batches, beside it.
options: {}
"""


class CallbackModule(CallbackBase):
    """Copies the reports as they are when a batch starts."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record_reports"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display: Any = None) -> None:
        super().__init__(display)
        self._batches = 0

    def v2_playbook_on_play_start(self, play: Any) -> None:
        folder = Path(os.environ["RECORD_REPORTS"])
        if folder.exists():
            shutil.copytree(folder, folder.with_name(f"{folder.name}.{self._batches}"))
        self._batches += 1
