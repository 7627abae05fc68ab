# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pythons that are tested, and where this machine has them.

Usage: pythons.py VERSION, which prints the path of its interpreter, or fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent


def supported() -> Mapping[str, str]:
    """The oldest ansible-core for each Python, the oldest Python first, as tests/environments.txt says."""
    lines = (HERE / "environments.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))


def interpreter(version: str) -> str | None:
    """The path of a Python such as 3.12, or nothing where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    check = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    for candidate in (sys.executable, f"python{version}", *sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))):
        try:
            # A name on the path can be a shim for a version that is not installed.
            done = subprocess.run([candidate, "-c", check], capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    return None


if __name__ == "__main__":
    found = interpreter(sys.argv[1])
    print(found or "")
    sys.exit(found is None)
