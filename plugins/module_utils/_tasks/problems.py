# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that is wrong with a task, said at once: a line for each problem, which begins with where it is."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Dict, List

from .._errors import InvalidDescription, InvalidInput, QlikError, UnknownReferences

#: So many further places of the same problem are named.
_MOST_PLACES = 5


class Problems:
    """Collects what is wrong, and where; the same text in several places is one line."""

    def __init__(self) -> None:
        self._places: Dict[str, List[str]] = {}
        self._by_area: Dict[str, List[str]] = {}
        self._hints: Dict[str, None] = {}

    def add(self, place: str, error: QlikError, area: str = "") -> None:
        """Remember an error.

        :param place: an option of the task, C(groups[3]), or nothing where the whole task is meant.
        :param area: the area that it is about, or nothing.
        """
        for text in error.explanations if isinstance(error, UnknownReferences) else [error.message]:
            where = "%s.%s" % (place, error.option) if place and error.option else place or error.option
            self._places.setdefault(text, []).append(where)
            self._by_area.setdefault(area, []).append(_line(text, [where] if where else []))
        self._hints[error.hint] = None

    def by_area(self) -> Dict[str, List[str]]:
        """A line for each problem, by area."""
        return self._by_area

    def lines(self) -> List[str]:
        """A line for each problem."""
        return [_line(text, [place for place in places if place]) for text, places in self._places.items()]

    def error(self) -> InvalidInput:
        """All that was remembered; hints come after all problems."""
        lines, hints = self.lines(), list(filter(None, self._hints))
        if len(lines) == 1:
            return InvalidInput(lines[0], " ".join(hints))
        return InvalidDescription(["There are %d problems:" % len(lines), *lines, *hints])

    def __bool__(self) -> bool:
        return bool(self._places)

    def raise_if_any(self) -> None:
        """Fail with all that was remembered.

        :raises InvalidInput: if anything was.
        """
        if self:
            raise self.error()


def _line(text: str, places: List[str]) -> str:
    if not places:
        return text
    first, others = places[0], places[1:]
    if not others:
        return "%s: %s" % (first, text)
    more = " and %d more" % (len(others) - _MOST_PLACES) if len(others) > _MOST_PLACES else ""
    return "%s: %s (also at %s%s)" % (first, text, ", ".join(others[:_MOST_PLACES]), more)
