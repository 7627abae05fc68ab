# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A violation of a policy of an audit."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional

#: The spec of an option with a number of days.
DAYS: Dict[str, Any] = {"type": "int"}


class Finding(NamedTuple):
    """A violation of a policy.

    :param area: the name of the policy.
    :param object: the name of what violates it, which exceptions use.
    :param rule: the rule of the policy that is violated.
    :param message: the problem, and what to do.
    """

    area: str
    object: str
    rule: str
    message: str


def in_days(count: Optional[int]) -> str:
    """Return a number of days in words. C(None) is an unknown number."""
    return "an unknown time" if count is None else "1 day" if count == 1 else "%d days" % count
