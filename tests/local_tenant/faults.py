# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Misbehavior that tests plant: what goes wrong, for which requests, how often.

``match``: ``method``; ``path``, a regular expression searched in the whole path; ``skip`` so many matches first; then
apply ``count`` times (for ever without it), each with ``probability``, drawn from ``seed``.

``action``, any of these together:

- ``status`` with ``json``, ``html``, ``text`` or an empty body, and ``headers``: instead of the service's answer, which
  is not asked for unless ``processed`` is true; ``headers`` alone are added to its answer
- ``redirect`` to a URL (``redirect_status``, 302); ``echo_authorization``: an error of this status repeats the token
- ``reset``: the connection breaks ``before`` the request is processed or ``after``
- ``delay``: seconds before the request is processed; ``delay_after``: seconds between processing and answer
- ``truncate``: only so many bytes of the announced body are sent; ``drip``: bytes a second; ``huge``: the body is
  padded to so many bytes
- ``invalid_json``; ``wrong_type``: true or the JSON to send instead
- ``garble``: what becomes of the body of a success, with a length that fits: ``cut`` in half, ``empty``, an empty
  ``array`` or ``object``, the same ``without_id``, or ``html``; a 204 becomes a 200 unless it stays empty. With
  ``processed`` false the service is not asked: a success is answered, and nothing was done
- ``endless_paging``: there is always a new next page; ``repeat_cursor``: it is always the same one; ``foreign_next``:
  the next page is on this host
- ``fail_operations``: operations of a user's PATCH that fail, by path, so that the answer is 207
- ``plant``: objects by kind, as the control API calls it (``groups``, ``csp_origins``), that somebody else makes
  just before
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Mapping
from typing import Any

ACTIONS: Mapping[str, tuple[type, ...]] = {
    "status": (int,),
    "json": (object,),
    "html": (str,),
    "text": (str,),
    "headers": (dict,),
    "processed": (bool,),
    "reset": (str,),
    "delay": (int, float),
    "delay_after": (int, float),
    "truncate": (int,),
    "drip": (int, float),
    "huge": (int,),
    "invalid_json": (bool,),
    "wrong_type": (object,),
    "garble": (str,),
    "redirect": (str,),
    "redirect_status": (int,),
    "echo_authorization": (int,),
    "endless_paging": (bool,),
    "repeat_cursor": (bool,),
    "foreign_next": (str,),
    "fail_operations": (list,),
    "plant": (dict,),
}
GARBLED = ("cut", "empty", "array", "object", "without_id", "html")
MATCHES: Mapping[str, tuple[type, ...]] = {
    "method": (str,),
    "path": (str,),
    "skip": (int,),
    "count": (int,),
    "probability": (int, float),
    "seed": (int,),
}


class FaultError(ValueError):
    """A rule that cannot be understood."""


@dataclasses.dataclass
class Rule:
    """One planted rule; ``seen`` and ``used`` count the requests it matched and those it was applied to."""

    method: str
    path: re.Pattern[str]
    skip: int
    count: int | None
    probability: float
    action: dict[str, Any]
    dice: random.Random
    seen: int = 0
    used: int = 0

    def applies(self, method: str, path: str) -> bool:
        """Whether the rule is to be applied to this request; counts it."""
        if self.count is not None and self.used >= self.count:
            return False
        if self.method not in ("", method) or not self.path.search(path):
            return False
        self.seen += 1
        if self.seen <= self.skip or self.dice.random() >= self.probability:
            return False
        self.used += 1
        return True


def rule(source: object) -> Rule:
    """A rule from its JSON form ``{"match": {...}, "action": {...}}``. Raises FaultError."""
    if not isinstance(source, dict) or set(source) - {"match", "action"} or "action" not in source:
        raise FaultError("a rule is an object with match and action")
    match, action = source.get("match", {}), source["action"]
    _check("match", match, MATCHES)
    _check("action", action, ACTIONS)
    if not action:
        raise FaultError("the action is empty")
    if action.get("reset", "before") not in ("before", "after"):
        raise FaultError("reset is before or after")
    if action.get("garble", GARBLED[0]) not in GARBLED:
        raise FaultError(f"garble is one of {', '.join(GARBLED)}")
    if action.get("drip", 1) <= 0:
        raise FaultError("drip is a number above 0")
    try:
        path = re.compile(match.get("path", ""))
    except re.error as error:
        raise FaultError(f"path is not a regular expression: {error}") from None
    return Rule(
        match.get("method", "").upper(),
        path,
        match.get("skip", 0),
        match.get("count"),
        match.get("probability", 1.0),
        dict(action),
        random.Random(match.get("seed", 0)),
    )


def _check(what: str, value: object, known: Mapping[str, tuple[type, ...]]) -> None:
    if not isinstance(value, dict):
        raise FaultError(f"{what} is an object")
    for name, item in value.items():
        if name not in known:
            raise FaultError(f"unknown {what} {name!r}; known are {', '.join(known)}")
        if not isinstance(item, known[name]):
            raise FaultError(f"{what} {name!r} cannot be {item!r}")


class Faults:
    """All planted rules, the first that applies wins."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def action(self, method: str, path: str) -> dict[str, Any]:
        """What to do to this request; empty for nothing."""
        return next((item.action for item in self.rules if item.applies(method, path)), {})
