# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the objects of a large response one by one, so that the whole response is never in memory."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import codecs
import json
import re
from typing import Any, Callable, Dict

from .._errors import UnexpectedResponse
from .session import Receiver

#: The maximum size of an object in characters.
_LARGEST_OBJECT = 1024 * 1024
_BEGINNING = re.compile(r'\s*(?:\[|\{.*?"data"\s*:\s*\[)', re.DOTALL)
_SEPARATOR = re.compile(r"[\s,]*")


class ObjectStream(Receiver):
    """Receives a JSON list of objects, or an object with such a list as C(data).

    :param limit: the maximum size of the response in bytes.
    :param take: called with each object in order.
    """

    def __init__(self, limit: int, take: Callable[[Dict[str, Any]], object]) -> None:
        super().__init__(limit)
        self._take = take
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._json = json.JSONDecoder()
        self._text = ""
        self._has_begun = False
        self.is_complete = False

    def feed(self, part: bytes) -> None:
        """Receive the next part.

        :raises UnexpectedResponse: if the response is not a list of objects.
        """
        self._text += self._decoder.decode(part)
        if not self._has_begun:
            beginning = _BEGINNING.match(self._text)
            if beginning is None:
                self._refuse_long_text()
                return
            self._has_begun = True
            self._text = self._text[beginning.end() :]
        self._take_objects()

    def _take_objects(self) -> None:
        position = 0
        while not self.is_complete:
            position = _SEPARATOR.match(self._text, position).end()  # type: ignore[union-attr]
            if self._text[position : position + 1] == "]":
                self.is_complete = True
                break
            try:
                found, position = self._json.raw_decode(self._text, position)
            except (ValueError, RecursionError):
                break
            if not isinstance(found, dict):
                raise UnexpectedResponse("Unexpected response: an item of the list is not an object.")
            self._take(found)
        self._text = "" if self.is_complete else self._text[position:]
        self._refuse_long_text()

    def _refuse_long_text(self) -> None:
        if len(self._text) > _LARGEST_OBJECT:
            raise UnexpectedResponse(
                "Unexpected response: not a list of objects, or one with an object that is too large."
            )
