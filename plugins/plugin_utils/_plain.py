# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""Strings that Ansible cannot mistake for templates, and names of types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined

# Every template starts with a brace, or with the number sign of a header that changes the delimiters.
_PLAIN = re.compile(r"[\w .,:@/()&'+|\\-]*")
_NOT_PLAIN = re.compile(r"[^\w .,:@/()&'+|\\-]")


def is_plain(text: str) -> bool:
    """Return whether a text has only letters, digits, and a few characters that cannot start a template.

    A search for templates is not enough, because a text can change the delimiters of templates.
    """
    return _PLAIN.fullmatch(text) is not None


def as_plain(text: str) -> str:
    """Return the text with question marks for all characters that can start a template or control a terminal."""
    return _NOT_PLAIN.sub("?", text)


def type_in_words(value: Any) -> str:
    """Return the name of a value's type in YAML."""
    if value is None:
        return "null"
    if isinstance(value, Undefined):
        return "undefined"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "a string" if isinstance(value, str) else "a value of another type"
