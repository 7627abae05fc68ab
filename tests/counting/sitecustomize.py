# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the processes that Python processes start, those of their descendants included (see ``suites.py``).

Python imports this in every process that has this folder in ``PYTHONPATH``.
"""

import os
import sys

_FILE = os.environ.get("COUNTED_PROCESSES")
_STARTS = ("os.fork", "os.posix_spawn", "os.system", "subprocess.Popen")


def _count(event: str, _arguments: object) -> None:
    if _FILE and event in _STARTS:
        descriptor = os.open(_FILE, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, b".")
        finally:
            os.close(descriptor)


# Modules are also run by Python 3.7, which has no audit hooks; what they start is not counted.
if _FILE and hasattr(sys, "addaudithook"):
    sys.addaudithook(_count)
