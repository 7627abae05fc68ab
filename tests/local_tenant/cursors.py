# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cursors: opaque, bound to one query, and impossible to make up (Qlik reference: pagination)."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping

from .collection import SortKey
from .errors import refuse

MAX_CURSORS = 100_000


@dataclasses.dataclass(frozen=True)
class Place:
    """Between two rows: how many come before, and the key of a neighbor, which is in front if ``after`` is true."""

    offset: int
    key: SortKey
    after: bool


class Cursors:
    """Makes and reads cursors; a new instance refuses those of an older one.

    What a cursor stands for is kept here, so that links stay short whatever the names of the rows are.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._places: OrderedDict[str, tuple[str, str, Place]] = OrderedDict()
        self._queries: dict[str, Mapping[str, str]] = {}

    def make(self, query: str, direction: str, place: Place, asked: Mapping[str, str]) -> str:
        """An opaque cursor that is good for ``query`` only; the same one for the same place.

        ``asked`` are the parameters of the page that it is made for.
        """
        meaning = (query, direction, place)
        text = hmac.new(self._key, repr((*meaning, sorted(asked.items()))).encode(), hashlib.sha256).hexdigest()[:40]
        self._places[text] = meaning
        self._queries[text] = dict(asked)
        self._places.move_to_end(text)
        if len(self._places) > MAX_CURSORS:
            self._queries.pop(self._places.popitem(last=False)[0])
        return text

    def query_of(self, text: str) -> Mapping[str, str]:
        """The parameters that a cursor was made with; none for one that is made up."""
        return self._queries.get(text, {})

    def read(self, text: str, query: str, direction: str) -> Place:
        """The place of a cursor. Raises Refusal 400 when it is made up or belongs to another query."""
        made_for, made_in, place = self._places.get(text, ("", "", None))
        if place is None or (made_for, made_in) != (query, direction):
            raise refuse(400, "Invalid cursor", "The cursor is not valid for this query.", parameter=direction)
        return place
