# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README is short, and what it links to exists."""

from __future__ import annotations

import re

import picture
import yaml
from demo import ROOT

TEXT = picture.README.read_text(encoding="utf-8")
#: Files that the README links to, as paths from the root of the project.
LINKED = re.findall(r"\]\((?!https?://)([^)#]+)", TEXT)
MOST_LINES = 120
MOST_BYTES_OF_PICTURE = 300_000


def test_the_readme_is_short() -> None:
    assert len(TEXT.splitlines()) <= MOST_LINES


def test_links_lead_to_files() -> None:
    assert len(LINKED) > 20
    assert [path for path in LINKED if not (ROOT / path).is_file()] == []


def test_every_guide_and_role_is_linked() -> None:
    extra_docs = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
    guides = [f"docs/docsite/rst/{name}.rst" for section in extra_docs["sections"] for name in section["toctree"]]
    roles = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("roles/*/README.md")]
    assert [path for path in [*guides, *roles] if path not in LINKED] == []


def test_the_picture_of_the_page_is_there_and_can_be_made_anew() -> None:
    assert picture.PICTURE.relative_to(ROOT).as_posix() in LINKED
    content = picture.PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    assert len(content) <= MOST_BYTES_OF_PICTURE
    assert "\npicture: tools ##" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert picture.shown(TEXT)
