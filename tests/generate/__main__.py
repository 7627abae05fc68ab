# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes all generated files and removes those that are no longer generated."""

from __future__ import annotations

import sys

from .files import generated_files, leftovers
from .words import ROOT, WordsError


def main() -> None:
    try:
        files = generated_files()
    except WordsError as error:
        sys.exit(f"{error}\nNothing was generated.")
    for path, text in files.items():
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(f"wrote {path}")
    for path in leftovers(files):
        (ROOT / path).unlink()
        print(f"removed {path}")


main()
