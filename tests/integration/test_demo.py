# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo shows what the README shows of it, in color on a terminal."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator

import demo
import picture

MOST_LINES = 60


def output_on_a_terminal(*command: str) -> str:
    """Run a command on a terminal of its own, and return what it writes there."""
    terminal, side = pty.openpty()
    # Ansible asks the terminal's description whether there are colors.
    environment = {**os.environ, "TERM": "xterm", "QLIK_TENANT_URL": "https://real.example", "QLIK_API_KEY": "real"}
    with subprocess.Popen(command, stdout=side, stderr=side, env=environment) as process:
        os.close(side)
        with open(terminal, "rb", buffering=0) as written:
            output = b"".join(parts_of(written))
    assert process.returncode == 0, output.decode()
    return output.decode().replace("\r\n", "\n")


def parts_of(written: io.RawIOBase) -> Iterator[bytes]:
    """Yield what is written to a terminal until it is closed, which Linux reports as an error."""
    with contextlib.suppress(OSError):
        yield from iter(lambda: written.read(65536) or b"", b"")


def test_demo() -> None:
    demo.PAGE.unlink(missing_ok=True)
    colored = output_on_a_terminal(sys.executable, "-m", "demo")
    output = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert len(output.splitlines()) <= MOST_LINES, output
    assert re.search(r'^\x1b\[[0-9;]+m\+ +"DataProductManager"', colored, re.MULTILINE)
    assert output.rstrip().endswith(demo.PAGE.as_uri())
    assert "Finance Analysts" in demo.PAGE.read_text(encoding="utf-8")
    excerpt, shown = (
        picture.without_times(text)
        for text in (picture.excerpt(output), picture.shown(picture.README.read_text(encoding="utf-8")))
    )
    assert excerpt == shown, "README.md shows another output of the demo. Run make picture."
