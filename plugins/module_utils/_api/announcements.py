# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warns about deprecated endpoints: the headers Deprecation (RFC 9745) and Sunset (RFC 8594)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
import threading
from datetime import datetime, timezone
from typing import Callable, Mapping, Set

from .._errors import printable

#: The maximum number of warnings in a task, as protection against a malicious server.
MOST_ANNOUNCEMENTS = 10
_WORDS_OF_API = {"actions", "me", "settings", "count", "filter"}


class Announcements:
    """Warns once about each deprecated endpoint.

    :param on_warning: called with the text of a warning.
    :param redact: returns a text without its secrets.
    """

    def __init__(self, on_warning: Callable[[str], object], redact: Callable[[str], str]) -> None:
        self._on_warning = on_warning
        self._redact = redact
        self._told: Set[str] = set()
        self._lock = threading.Lock()

    def look_at(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Check the headers of a response, whose names are in lower case."""
        deprecation = headers.get("deprecation", "").strip()
        sunset = headers.get("sunset", "").strip()
        if deprecation.lower() in ("", "?0", "false") and not sunset:
            return
        endpoint = "%s %s" % (method, _without_ids(path))
        with self._lock:
            if endpoint in self._told or len(self._told) >= MOST_ANNOUNCEMENTS:
                return
            self._told.add(endpoint)
            text = "Qlik has deprecated %s " % printable(self._redact(endpoint))
            text += "(header Deprecation: %s)" % self._shown(_date(deprecation)) if deprecation else ""
            text += "(header Sunset: %s)" % self._shown(sunset) if sunset else ""
            self._on_warning(text.replace(")(", "; ") + ". Check for a newer version of qlikops.cloud.")

    def _shown(self, value: str) -> str:
        return printable(self._redact(value))[:100]


def _date(value: str) -> str:
    """Return a date in seconds (RFC 9745) in ISO form; any other text unchanged."""
    if re.fullmatch("@[0-9]{1,10}", value):
        return datetime.fromtimestamp(int(value[1:]), timezone.utc).strftime("%Y-%m-%d")
    return value


def _without_ids(path: str) -> str:
    """Return a path with its IDs replaced: C(/api/v1/groups/{id}) for C(/api/v1/groups/1234)."""
    parts = path.split("/")
    return "/".join(parts[:4] + [part if part in _WORDS_OF_API else "{id}" for part in parts[4:]])
