# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Software that nobody here wrote and that only some tests need: installed once, into pytest's cache folder.

Where that cannot be done the tests are skipped and say why, except on a CI server, which has to be able to.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest


def cannot(what: str, reason: str) -> NoReturn:
    """Skip, or fail where skipping would hide a broken installation."""
    message = f"{what}: {reason.strip()[-1000:]}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def installed(cache: Any, kind: str, sources: Sequence[Path], install: Callable[[Path], None]) -> Path:
    """The folder with copies of ``sources`` in which ``install`` has run; it is made whole or not at all."""
    content = b"".join(source.read_bytes() for source in sources) + sys.version.encode()
    root = Path(cache.mkdir("foreign"))
    target = root / f"{kind}-{hashlib.sha256(content).hexdigest()[:12]}"
    if not target.exists():
        part = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=root))
        for source in sources:
            shutil.copy(source, part)
        try:
            install(part)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return target


def run(command: list[str], what: str, folder: Path, **environment: str) -> str:
    """Standard output of an installation step."""
    env = {**os.environ, **environment}
    try:
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        cannot(what, str(error))
    if done.returncode:
        cannot(f"{what} failed", done.stdout + done.stderr)
    return done.stdout
