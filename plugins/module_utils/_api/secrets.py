# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hides secrets in all output."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import re
from base64 import b64encode
from html import escape
from html.entities import name2codepoint
from typing import Callable, Iterable, List, Match, Optional, Tuple
from urllib.parse import quote, quote_plus

#: Shorter pieces of base64 can occur in any text, so they are not hidden.
_SHORTEST_BASE64 = 8


#: An escaped character in URLs, HTML, JSON, and programs. The groups contain its code or name.
_ESCAPE = re.compile(
    r"%(?:25)*([0-9a-fA-F]{2})|&#[xX]0*([0-9a-fA-F]{1,2});?|&#0*([0-9]{1,3});?|&([a-z]{2,4});"
    r"|\\u00([0-9a-fA-F]{2})|\\x([0-9a-fA-F]{2})|\\([^ux])"
)
_MASK = "********"
#: A signed token, such as a license key (RFC 7515). It is a secret wherever it occurs.
_SIGNED = re.compile(r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*")


class Secrets:
    """The known secrets of a task.

    :param known: the first secrets.
    :param on_secret: called with each secret in all its usual forms, so that Ansible can hide it too.
    """

    def __init__(self, known: Iterable[str], on_secret: Callable[[str], None]) -> None:
        self._plain: List[str] = []
        self._usual: List[str] = []
        self._on_secret = on_secret
        for secret in known:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Add a secret."""
        plain = [secret, *_in_base64(secret)]
        escaped = [quote(secret, safe=""), quote_plus(secret), escape(secret), json.dumps(secret)[1:-1]]
        usual = list(dict.fromkeys(plain + escaped))
        self._plain += plain
        self._usual += usual
        for form in usual:
            self._on_secret(form)

    def redact(self, text: str) -> str:
        """Return C(text) without secrets, in plain form or base64 and with any escapes, and without signed tokens."""
        return _SIGNED.sub(_MASK, self._without_known(text))

    def _without_known(self, text: str) -> str:
        for form in self._usual:
            text = text.replace(form, _MASK)
        unescaped, starts = _unescaped(text)
        if len(unescaped) == len(text):
            return text
        for form in self._plain:
            if form in unescaped:
                text = _masked(text, form, unescaped, starts)
                unescaped, starts = _unescaped(text)
        return text


def _masked(text: str, form: str, unescaped: str, starts: List[int]) -> str:
    parts: List[str] = []
    end = 0
    begin = unescaped.find(form)
    while begin >= 0:
        parts += (text[end : starts[begin]], _MASK)
        end = starts[begin + len(form)]
        begin = unescaped.find(form, begin + len(form))
    return "".join(parts) + text[end:]


def _unescaped(text: str) -> Tuple[str, List[int]]:
    """Return the text without escapes, and for each character of it the position in the original text.

    The last position is the end of the original text.
    """
    parts: List[str] = []
    starts: List[int] = []
    end = 0
    for match in _ESCAPE.finditer(text):
        character = _character(match)
        if character is not None:
            parts += (text[end : match.start()], character)
            starts += range(end, match.start())
            starts.append(match.start())
            end = match.end()
    starts += range(end, len(text) + 1)
    return "".join(parts) + text[end:], starts


def _character(match: Match[str]) -> Optional[str]:
    percent, hexadecimal, decimal, name, json_escape, program_escape, itself = match.groups()
    digits = percent or hexadecimal or json_escape or program_escape
    if digits:
        return chr(int(digits, 16))
    if decimal:
        return chr(int(decimal))
    if name:
        return chr(name2codepoint[name]) if name in name2codepoint else None
    return str(itself)


def _in_base64(secret: str) -> List[str]:
    """Return the base64 forms of a secret at any position of an encoded text, without the characters at its ends."""
    content = secret.encode("utf-8", "surrogatepass")
    pieces = []
    for offset in range(3):
        shifted = b"\0" * offset + content
        whole = shifted[: len(shifted) // 3 * 3]
        piece = b64encode(whole).decode("ascii")[4 if offset else 0 :]
        pieces += [piece, piece.replace("+", "-").replace("/", "_")]
    return [piece for piece in dict.fromkeys(pieces) if len(piece) >= _SHORTEST_BASE64]
