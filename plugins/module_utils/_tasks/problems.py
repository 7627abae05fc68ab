# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that is wrong with a task, said at once: a line for each problem, which begins with where it is."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from .._errors import ApiError, InvalidDescription, InvalidInput, QlikError, UnknownReferences

#: So many further places of the same problem are named.
_MOST_PLACES = 5


class Problem(NamedTuple):
    """What is wrong.

    :param place: where, an option of the task: C(groups[3]), or nothing where the whole task is meant.
    """

    place: str
    error: QlikError


class Problems:
    """Collects what is wrong, and where; the same text in several places is one line.

    :param names: how hints call options, where the user has set them under other names.
    """

    def __init__(self, names: Optional[Mapping[str, str]] = None) -> None:
        self._names = names or {}
        self._places: Dict[str, List[str]] = {}
        self._by_area: Dict[str, List[Dict[str, Any]]] = {}
        self._hints: Dict[str, None] = {}
        self._response: Optional[ApiError] = None

    def add(self, place: str, error: QlikError, area: str = "", label: str = "") -> None:
        """Remember an error.

        :param place: an option of the task, C(groups[3]), or nothing where the whole task is meant.
        :param area: the area that it is about, or nothing.
        :param label: the object that it is about, or nothing where the whole area is meant.
        """
        for text in error.explanations if isinstance(error, UnknownReferences) else [error.message]:
            where = "%s.%s" % (place, error.option) if place and error.option else place or error.option
            self._places.setdefault(text, []).append(where)
            problem = {"place": where, "object": label or None, "message": text}
            self._by_area.setdefault(area, []).append(problem)
        self._response = self._response or getattr(error, "response", None)
        self._hints[re.sub(r"\w+", lambda word: self._names.get(word[0], word[0]), error.hint)] = None

    def by_area(self) -> Dict[str, List[Dict[str, Any]]]:
        """Each problem by area: C(place), C(object), which is a label or C(None), and C(message)."""
        return self._by_area

    def lines(self) -> List[str]:
        """A line for each problem."""
        return [_line(text, [place for place in places if place]) for text, places in self._places.items()]

    def hint(self) -> str:
        """What can be done about it."""
        return " ".join(filter(None, self._hints))

    def error(self) -> InvalidInput:
        """All that was remembered; hints come after all problems."""
        lines, hints = self.lines(), list(filter(None, self._hints))
        if len(lines) == 1:
            error = InvalidInput(lines[0], self.hint())
            error.response = self._response
            return error
        return InvalidDescription(["There are %d problems:" % len(lines), *lines, *hints])

    def __bool__(self) -> bool:
        return bool(self._places)


def as_one(problems: Sequence[Problem]) -> InvalidInput:
    """What is wrong with one object: a line for each problem, which begins with its place."""
    collected = Problems()
    for problem in problems:
        collected.add(*problem)
    error = InvalidDescription(collected.lines())
    error.hint = collected.hint()
    return error


def _line(text: str, places: List[str]) -> str:
    if not places:
        return text
    first, others = places[0], places[1:]
    if not others:
        return "%s: %s" % (first, text)
    more = " and %d more" % (len(others) - _MOST_PLACES) if len(others) > _MOST_PLACES else ""
    return "%s: %s (also at %s%s)" % (first, text, ", ".join(others[:_MOST_PLACES]), more)
