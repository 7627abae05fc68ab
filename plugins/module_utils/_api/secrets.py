# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps secrets out of everything that is shown."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
from typing import Any, Callable, Iterable, List
from urllib.parse import quote


class Secrets:
    """The secrets of a task, as far as they are known.

    :param on_secret: is told each of them, so that others can mask it too.
    """

    def __init__(self, known: Iterable[str], on_secret: Callable[[str], None]) -> None:
        self._known: List[str] = []
        self._on_secret = on_secret
        for secret in known:
            self.add(secret)

    def add(self, secret: str) -> None:
        """One more that has come up."""
        self._known.append(secret)
        self._on_secret(secret)

    def redact(self, text: str) -> str:
        """C(text) without any secret, in plain, percent-encoded or JSON-escaped form."""
        for secret in self._known:
            for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]):
                text = text.replace(form, "********")
        return text

    def redacted(self, value: Any) -> Any:
        """A JSON value with all its texts redacted: a server can escape a secret in more ways than one."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, list):
            return [self.redacted(entry) for entry in value]
        if isinstance(value, dict):
            return {name: self.redacted(entry) for name, entry in value.items()}
        return value
