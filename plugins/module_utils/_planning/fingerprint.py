# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fingerprint of a plan, which identifies an approved plan when it is computed again."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Hashable
from typing import Collection, Iterable, List, NamedTuple, Optional

from .._errors import InvalidInput
from .plan import Plan

FORM = re.compile(r"sha256:[0-9a-f]{64}")


class PlannedStep(NamedTuple):
    """The change of one object, in a form that is the same on every controller.

    :param key: the natural key of the object, never an id.
    :param label: the name of the object, for messages.
    :param omitted: options to leave out, because whether their values are known depends on what else was read.
    :param new_key: the natural key that a rename by a previous name gives the object; C(None) without a rename.
    """

    area: str
    key: Hashable
    label: str
    plan: Plan
    omitted: Collection[str] = ()
    new_key: Hashable = None

    def canonical(self) -> str:
        """Return the step as JSON with sorted keys and without white space, so that equal steps have equal texts."""
        sides = [
            side and {option: value for option, value in side.items() if option not in self.omitted}
            for side in (self.plan.before, self.plan.after)
        ]
        content = [self.area, self.key, *sides]
        if self.new_key is not None:
            # All other steps keep their form, so that approved plans keep their fingerprints.
            content.append(self.new_key)
        return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))

    def __str__(self) -> str:
        return "%s: %s will be %s" % (self.area, self.label, self.plan.action)


def fingerprint_of(steps: Iterable[PlannedStep]) -> str:
    """Return C(sha256:...) over all steps, independent of their order."""
    text = "\n".join(sorted(step.canonical() for step in steps))
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def check_form(expected: Optional[str], place: str) -> None:
    """Check that C(expected) has the form of a fingerprint.

    :param place: the option that holds it.
    :raises InvalidInput: if it does not.
    """
    if expected is not None and not FORM.fullmatch(expected):
        raise InvalidInput(
            "%r is not the fingerprint of a plan." % expected,
            "Use the value of plan.fingerprint in the result of a check run: `sha256:` and 64 hexadecimal digits in"
            " lower case.",
            place,
        )


def refuse_other_plan(expected: Optional[str], steps: List[PlannedStep], place: str) -> None:
    """Check that the plan is the approved one. An empty plan needs no approval.

    :param expected: the fingerprint of the approved plan; C(None) accepts every plan.
    :param place: the option that holds it.
    :raises InvalidInput: naming the changes of the current plan.
    """
    current = fingerprint_of(steps)
    if expected is None or not steps or current == expected:
        return
    raise InvalidInput(
        "The current plan is not the approved plan %s. It is %s, with %s." % (expected, current, _summary(steps)),
        "The tenant or the description has changed since the approval. Review the new plan in a check run, and set its"
        " fingerprint to approve it.",
        place,
    )


def _summary(steps: List[PlannedStep], most: int = 20) -> str:
    more = " and %d more" % (len(steps) - most) if len(steps) > most else ""
    return "%d changes: %s%s" % (len(steps), "; ".join(map(str, steps[:most])), more)
