# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML in the style of handwritten files: indented lists, and long texts wrapped over several lines."""

from __future__ import annotations

import textwrap
from typing import Any

import yaml

WIDTH = 120


def to_yaml(value: Any, width: int = WIDTH) -> str:
    """Return a value as a YAML document that ends with a newline.

    :param value: dictionaries, lists, and scalars. The order of keys is kept.
    :param width: the maximum length of lines whose text can be wrapped.
    """
    return "".join(f"{line}\n" for line in _lines(value, width))


def tidy(document: str) -> str:
    """Return a YAML document with all long texts rewrapped."""
    return to_yaml(yaml.safe_load(document))


def _lines(value: Any, width: int) -> list[str]:
    if isinstance(value, dict) and value:
        return [line for key, entry in value.items() for line in _entry(f"{_scalar(key)}:", entry, width, "  ")]
    if isinstance(value, list) and value:
        return [line for entry in value for line in _item(entry, width)]
    return [_scalar(value)]


def _item(value: Any, width: int) -> list[str]:
    if isinstance(value, (dict, list)) and value:
        first, *rest = _lines(value, width - 2)
        return [f"- {first}", *(f"  {line}" for line in rest)]
    return _entry("-", value, width, "  ")


def _entry(start: str, value: Any, width: int, indent: str) -> list[str]:
    if isinstance(value, (dict, list)) and value:
        return [start, *(indent + line for line in _lines(value, width - len(indent)))]
    line = f"{start} {_scalar(value)}"
    if len(line) <= width:
        return [line]
    words = textwrap.TextWrapper(width - len(indent), break_long_words=False, break_on_hyphens=False)
    if _scalar(value) != value:
        return [f"{start} >-", *(indent + part for part in words.wrap(value))]
    words.width, words.initial_indent, words.subsequent_indent = width, f"{start} ", indent
    return words.wrap(value)


def _scalar(value: Any) -> str:
    """Return a scalar on one line, with quotes only if necessary."""
    dumped: str = yaml.safe_dump(value, width=float("inf"), allow_unicode=True, default_flow_style=True)
    return dumped.removesuffix("\n").removesuffix("\n...")
