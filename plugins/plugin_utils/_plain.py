# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""Texts that Ansible cannot take for templates, and what values of other types are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined

# No template begins without a brace, or without the number sign of a header that moves the delimiters.
_PLAIN = re.compile(r"[\w .,:@/()&'+|\\-]*")
_NOT_PLAIN = re.compile(r"[^\w .,:@/()&'+|\\-]")


def is_plain(text: str) -> bool:
    """Whether a text has only letters, digits and a few signs that no template can begin with.

    A text is judged by what it consists of and not by what it looks like: which marks begin a template can be changed
    within a text.
    """
    return _PLAIN.fullmatch(text) is not None


def as_plain(text: str) -> str:
    """The text with a question mark for each character that a template could begin with, or a terminal act on."""
    return _NOT_PLAIN.sub("?", text)


def type_in_words(value: Any) -> str:
    """What a value is, as people who write YAML call it."""
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
