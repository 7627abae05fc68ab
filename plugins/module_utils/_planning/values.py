# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings with a rule for their values: whole numbers, durations, sets of choices, and several in one object."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .._errors import InvalidInput
from .references import Resource
from .settings import TEXT, Params, Setting, TextSet
from .snapshot import Snapshot

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>N)Y)?(?:(?P<months>N)M)?(?:(?P<weeks>N)W)?(?:(?P<days>N)D)?"
    r"(?:T(?=.)(?:(?P<hours>N)H)?(?:(?P<minutes>N)M)?(?:(?P<seconds>N)S)?)?".replace("N", r"[0-9]+(?:[.,][0-9]+)?")
)
_MONTHS = {"years": 12, "months": 1}
_SECONDS = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
#: A longer text is not a plausible duration.
_LONGEST_DURATION = 100
_EXAMPLES = "Use an ISO 8601 duration such as P7D or PT24H."


class WholeNumber(Setting):
    """A whole number within limits.

    :param most: C(None) for no upper limit.
    :param multiple_of: the number must be a multiple of this.
    """

    def __init__(self, option: str, least: int, most: Optional[int] = None, multiple_of: int = 1, **rules: Any) -> None:
        super().__init__(option, {"type": "int"}, **rules)
        self.least = least
        self.most = most
        self.multiple_of = multiple_of

    def check(self, desired: Params) -> None:
        number = desired.get(self.option)
        if number is None:
            return
        if number < self.least or (self.most is not None and number > self.most):
            limits = "at least %d" % self.least if self.most is None else "%d to %d" % (self.least, self.most)
            raise InvalidInput("Must be %s, not %d." % (limits, number), option=self.option)
        if number % self.multiple_of:
            raise InvalidInput("Must be a multiple of %d, not %d." % (self.multiple_of, number), option=self.option)

    def comparable(self, value: Any) -> Any:
        # True equals 1 in Python.
        return repr(value) if isinstance(value, bool) else value


class Duration(Setting):
    """An ISO 8601 duration, compared by its length: C(P7D) equals C(PT168H), and C(P1Y) equals C(P12M).

    A month has no fixed number of days, so C(P1M) does not equal C(P30D).
    """

    def __init__(self, option: str, **rules: Any) -> None:
        super().__init__(option, TEXT, **rules)

    def check(self, desired: Params) -> None:
        if desired.get(self.option) is not None:
            try:
                length_of(desired[self.option])
            except InvalidInput as error:
                error.option = self.option
                raise

    def comparable(self, value: Any) -> Any:
        try:
            return length_of(value)
        except InvalidInput:
            return str(value)


def length_of(duration: Any) -> Tuple[Fraction, Fraction]:
    """Return the months and the seconds of an ISO 8601 duration.

    :raises InvalidInput: if C(duration) is not a duration, or is zero.
    """
    is_text = isinstance(duration, str) and len(duration) <= _LONGEST_DURATION
    found = _DURATION.fullmatch(duration) if is_text else None
    if found is None:
        raise InvalidInput("%r is not a duration." % duration, _EXAMPLES)
    months, seconds = (
        sum((Fraction((found[unit] or "0").replace(",", ".")) * length for unit, length in units.items()), Fraction())
        for units in (_MONTHS, _SECONDS)
    )
    if not months and not seconds:
        raise InvalidInput("%r must be longer than zero." % duration, _EXAMPLES)
    return months, seconds


class ChoiceSet(TextSet):
    """A list of choices without order. A description always gives the whole list.

    :param choices: the allowed values.
    """

    must_be_visible = False

    def __init__(self, option: str, choices: Sequence[str], **rules: Any) -> None:
        super().__init__(option, **rules)
        self.spec = dict(self.spec, choices=list(choices))


class Nested(Setting):
    """Several settings in one object of the API. Settings that a description omits stay unchanged.

    :param parts: the settings, each with its option and its name in the API.
    :param blank: the initial values by option, for an object that does not exist yet.
    """

    def __init__(self, option: str, parts: Sequence[Setting], blank: Params, **rules: Any) -> None:
        options = {name: spec for part in parts for name, spec in part.argument_spec().items()}
        super().__init__(option, {"type": "dict", "options": options}, **rules)
        self.parts = parts
        self.blank = blank

    def empty_texts(self) -> List[str]:
        return [option for part in self.parts for option in part.empty_texts()]

    def check(self, desired: Params) -> None:
        for part in self.parts:
            try:
                part.check(desired.get(self.option) or {})
            except InvalidInput as error:
                error.option = "%s.%s" % (self.option, error.option)
                raise

    def is_given(self, desired: Params) -> bool:
        return any(part.is_given(desired.get(self.option) or {}) for part in self.parts)

    def current(self, resource: Resource) -> Any:
        value = resource.get(self.api)
        if not isinstance(value, dict):
            return None
        values = {part.option: part.current(value) for part in self.parts}
        return {option: current for option, current in values.items() if current is not None}

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> Any:
        given = {
            part.option: desired[self.option][part.option] for part in self.parts if part.is_given(desired[self.option])
        }
        # An empty text equals a missing one.
        changes = {option: value for option, value in given.items() if value != "" or option in (current or {})}
        return {**(current or self.blank), **changes}

    def refuse_blank(self, target: Any) -> None:
        for part in self.parts:
            try:
                part.refuse_blank(target.get(part.option))
            except InvalidInput as error:
                error.option = "%s.%s" % (self.option, part.option)
                raise

    def predict(self, resource: Resource, target: Any) -> None:
        current = resource.get(self.api)
        resource[self.api] = {**(current if isinstance(current, dict) else {}), **self.sent(target)}

    def sent(self, target: Any) -> Dict[str, Any]:
        return {part.api: target[part.option] for part in self.parts if part.option in target}
