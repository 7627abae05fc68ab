# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs qlik_groups once in this process, and prints the peak of its memory in MB. Usage: module_memory.py ARGUMENTS"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.modules import qlik_groups
from modules.harness import module_arguments


def main() -> None:
    arguments = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with module_arguments(arguments), contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        qlik_groups.main()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    main()
