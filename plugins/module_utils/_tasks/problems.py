# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects all problems of a task, to report each on a line that begins with its option path."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._errors import (
    ApiError,
    InvalidDescription,
    InvalidForTenant,
    InvalidInput,
    QlikError,
    UnknownReferences,
    with_heading,
)

#: The maximum number of further option paths on a line.
_MOST_PLACES = 5


class Problem(NamedTuple):
    """A problem of a description.

    :param place: the option path, C(groups[3]); empty for the whole task.
    """

    place: str
    error: QlikError


class Problems:
    """Collects problems. The same text at several option paths is one line.

    :param names: the names that users know options by, for hints.
    :param of_every_tenant: whether to ignore problems that depend on the current state of the tenant.
    """

    def __init__(self, names: Optional[Mapping[str, str]] = None, of_every_tenant: bool = False) -> None:
        self._names = names or {}
        self._of_every_tenant = of_every_tenant
        self._separate: List[Tuple[str, str]] = []
        self._places: Dict[str, List[str]] = {}
        self._by_area: Dict[str, List[Dict[str, Any]]] = {}
        self._hints: Dict[str, None] = {}
        self._response: Optional[ApiError] = None

    def add(self, place: str, error: QlikError, area: str = "", label: str = "") -> None:
        """Add an error.

        :param place: the option path, C(groups[3]); empty for the whole task.
        :param area: the area of the error, if any.
        :param label: the object of the error; empty for the whole area.
        """
        if self._of_every_tenant and isinstance(error, InvalidForTenant):
            return
        hint = re.sub(r"\w+", lambda word: self._names.get(word[0], word[0]), error.hint)
        for text in error.explanations if isinstance(error, UnknownReferences) else [error.message]:
            where = "%s.%s" % (place, error.option) if place and error.option else place or error.option
            self._places.setdefault(text, []).append(where)
            problem = {"place": where, "object": label or None, "message": text}
            self._by_area.setdefault(area, []).append(problem)
            self._separate.append((where, " ".join(filter(None, [text, hint]))))
        self._response = self._response or getattr(error, "response", None)
        self._hints[hint] = None

    def by_area(self) -> Dict[str, List[Dict[str, Any]]]:
        """Return the problems by area, each with C(place), C(object), a label or C(None), and C(message)."""
        return self._by_area

    def separate(self) -> List[Tuple[str, str]]:
        """Return the option path and the text of each problem, with its hint. The path can be empty."""
        return self._separate

    def lines(self) -> List[str]:
        """Return a line for each problem."""
        return [_line(text, [place for place in places if place]) for text, places in self._places.items()]

    def hint(self) -> str:
        """Return all hints, without repetitions."""
        return " ".join(filter(None, self._hints))

    def error(self) -> InvalidInput:
        """Return all problems as one error, with the hints after the problems."""
        lines, hints = self.lines(), list(filter(None, self._hints))
        if len(lines) == 1:
            error = InvalidInput(lines[0], self.hint())
            error.response = self._response
            return error
        return InvalidDescription([*with_heading(lines), *hints])

    def __bool__(self) -> bool:
        return bool(self._places)


def as_one(problems: Sequence[Problem]) -> InvalidInput:
    """Return the problems of one object as an error with a line for each problem."""
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
