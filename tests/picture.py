# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates what README.md shows of the demo: its output, and a picture of its page. ``python -m picture`` does so."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import browser
import demo

README = demo.ROOT / "README.md"
PICTURE = demo.ROOT / "docs" / "docsite" / "rst" / "audit_page.png"
#: The lines of the README around the output.
BEGIN, END = "<!-- generated: demo -->\n```diff\n", "```\n<!-- end -->\n"
WIDTH = 1000
#: What the README leaves out: the frame of Ansible's output, the first run, and the path of the page.
_LEFT_OUT = re.compile(
    r"$|PLAY |TASK |(ok|changed): |acme +: |What |== Run: |groups: .*updated|  group |(== )?The report is "
)
_TIME = re.compile(r"\d+ \w{3} \d{4}, \d\d:\d\d UTC")


class PictureError(Exception):
    """What the README shows cannot be made; the message has the reason."""


def output_of_demo() -> str:
    """Run the demo and return what it prints.

    :raises PictureError: if it fails, with its output.
    """
    done = subprocess.run([sys.executable, "-m", "demo"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PictureError(f"{done.stdout}{done.stderr}")
    return done.stdout


def excerpt(output: str) -> str:
    """Return the lines of the output that the README shows."""
    return "".join(f"{line}\n" for line in output.splitlines() if not _LEFT_OUT.match(line))


def shown(readme: str) -> str:
    """Return the output that the text of the README shows."""
    return readme.partition(BEGIN)[2].partition(END)[0]


def without_times(output: str) -> str:
    """Return the output as it is in every run."""
    return _TIME.sub("(time)", output)


def take_picture(page: Path, picture: Path) -> None:
    """Write a page as a picture, down to the end of its main part.

    :raises browser.BrowserError: if there is no browser.
    """
    with tempfile.TemporaryDirectory() as profile:
        chromium = browser.start(Path(profile))
        try:
            metrics = {"width": WIDTH, "height": 800, "deviceScaleFactor": 1, "mobile": False}
            chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            chromium.get(page.as_uri())
            height = chromium.execute_script("return document.querySelector('main').getBoundingClientRect().bottom")
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": height + 16, "scale": 1}
            taken = chromium.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
        finally:
            chromium.quit()
    picture.write_bytes(base64.b64decode(taken["data"]))


def main() -> None:
    output = output_of_demo()
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not end:
        raise PictureError(f"README.md: the block between {BEGIN!r} and {END!r} is missing.")
    README.write_text(f"{before}{begin}{excerpt(output)}{end}{after}", encoding="utf-8")
    take_picture(demo.PAGE, PICTURE)


if __name__ == "__main__":
    try:
        main()
    except (PictureError, browser.BrowserError) as error:
        sys.exit(f"README.md was not updated. {error}")
