# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fingerprint of a plan: what was approved can be recognised, whoever plans it again."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Hashable
from typing import Collection, Iterable, List, NamedTuple, Optional

from .._errors import InvalidInput
from .plan import Plan

_FORM = re.compile(r"sha256:[0-9a-f]{64}")


class PlannedStep(NamedTuple):
    """One object that differs, without anything that is not the same on every controller.

    :param key: the natural key of the object, never an id.
    :param label: the name of the object, for people.
    :param unasked: options that have no part in it, because whether they are known depends on what else was read.
    """

    area: str
    key: Hashable
    label: str
    plan: Plan
    unasked: Collection[str] = ()

    def canonical(self) -> str:
        """The step as a text in which no order and no white space is left to chance."""
        sides = [
            side and {option: value for option, value in side.items() if option not in self.unasked}
            for side in (self.plan.before, self.plan.after)
        ]
        content = [self.area, self.key, *sides]
        return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))

    def __str__(self) -> str:
        return "%s: %s is %s" % (self.area, self.label, self.plan.action)


def fingerprint_of(steps: Iterable[PlannedStep]) -> str:
    """C(sha256:...) over all steps; their order has no part in it."""
    text = "\n".join(sorted(step.canonical() for step in steps))
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def check_form(expected: Optional[str], place: str) -> None:
    """Refuse what cannot be a fingerprint.

    :param place: where it was given.
    :raises InvalidInput: saying what one looks like.
    """
    if expected is not None and not _FORM.fullmatch(expected):
        raise InvalidInput(
            "%r is no fingerprint of a plan." % expected,
            "A fingerprint is sha256: and 64 digits of 0 to 9 and a to f, as plan.fingerprint in the result of a check"
            " run has it.",
            place,
        )


def refuse_other_plan(expected: Optional[str], steps: List[PlannedStep], place: str) -> None:
    """Refuse a plan that is not the expected one; an empty plan is always right.

    :param place: where the expected one was given.
    :raises InvalidInput: saying what is planned now.
    """
    now = fingerprint_of(steps)
    if expected is None or not steps or now == expected:
        return
    raise InvalidInput(
        "the plan is another one than %s. Planned now, as %s, are %s." % (expected, now, _named(steps)),
        "The tenant or the description has changed since the plan was made. Look at the new plan in a check run, and"
        " give its fingerprint if it is right.",
        place,
    )


def _named(steps: List[PlannedStep], most: int = 20) -> str:
    more = " and %d more" % (len(steps) - most) if len(steps) > most else ""
    return "%d changes: %s%s" % (len(steps), "; ".join(map(str, steps[:most])), more)
