# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many resources of one kind in one task: planned over one reading, written by several threads."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Callable, Dict, Hashable, List, Optional, Sequence

from .._api.client import Client
from .._errors import (
    Forbidden,
    Interrupted,
    InvalidInput,
    QlikError,
    RateLimitWaitExceeded,
    Unauthorized,
    UnknownRoles,
)
from .._kinds.base import Kind, World, difference, folded
from .._planning.plan import Plan
from .._planning.settings import Params, Resource
from .apply import Outcome, carry_out

_MOST_LABELS = 5


@dataclass(frozen=True)
class Item:
    """One resource of a task, and its plan."""

    wanted: Params
    plan: Plan


class Complaints:
    """What is wrong with the items of a task; errors with the same text become one that names the items."""

    def __init__(self) -> None:
        self._places: Dict[str, List[str]] = {}
        self._hints: Dict[str, None] = {}

    def add(self, place: str, error: QlikError) -> None:
        """Remember an error of the item that C(place) names; without a name it is about the whole task."""
        for text in error.explanations if isinstance(error, UnknownRoles) else [error.message]:
            self._places.setdefault(text, []).append(place)
        self._hints[error.hint] = None

    def error(self) -> InvalidInput:
        """All that was remembered."""
        texts = []
        for text, places in self._places.items():
            named = list(filter(None, places))
            more = " and %d more" % (len(named) - _MOST_LABELS) if len(named) > _MOST_LABELS else ""
            texts.append("%s (%s%s)" % (text, ", ".join(named[:_MOST_LABELS]), more) if named else text)
        return InvalidInput(" ".join(texts), " ".join(filter(None, self._hints)))

    def __bool__(self) -> bool:
        return bool(self._places)

    def raise_if_any(self) -> None:
        """Fail with all that was remembered.

        :raises InvalidInput: if anything was.
        """
        if self:
            raise self.error()


def check_all(kind: Kind, wanteds: Sequence[Params], complaints: Complaints) -> List[Params]:
    """Complain of what cannot be right on any tenant, naming positions in the list; the items that can be right.

    :raises InvalidInput: when there are too many items.
    """
    if len(wanteds) > kind.most_items:
        raise InvalidInput(
            "%s: %d items are too many, at most %d are allowed." % (kind.plural, len(wanteds), kind.most_items)
        )
    sound = []
    positions: Dict[Hashable, int] = {}
    for position, wanted in enumerate(wanteds):
        place = "%s[%d]" % (kind.plural, position)
        try:
            kind.check(wanted)
            first = positions.setdefault(kind.key(wanted), position)
            if first != position:
                twice = "%s[%d] and %s are both the %s." % (kind.plural, first, place, kind.label(wanted))
                raise InvalidInput(twice, "List it once.")
        except InvalidInput as error:
            complaints.add(place, error)
        else:
            sound.append(wanted)
    return sound


def names_alike(kind: Kind, wanteds: Sequence[Params]) -> List[str]:
    """A warning for each item whose name is easily mistaken for that of one before it."""
    texts = []
    first: Dict[Hashable, str] = {}
    for wanted in wanteds:
        name = wanted.get(kind.key_option)
        if name is None or wanted.get("id") is not None:
            continue
        other = first.setdefault(folded(kind.key(wanted)), name)
        if other != name:
            texts.append(
                "%r and %r are both among the %s, and differ %s." % (other, name, kind.plural, difference(other, name))
            )
    return texts


def plan_all(kind: Kind, wanteds: Sequence[Params], world: World, complaints: Complaints) -> List[Item]:
    """The plans for all items that the tenant can hold, in their order; complaints of the others."""
    items = []
    labels: Dict[Hashable, str] = {}
    for wanted in wanteds:
        label = kind.label(wanted)
        try:
            item = Item(wanted, kind.plan(wanted, world))
            for resource in filter(None, (item.plan.held, item.plan.predicted)):
                for key in (("id", resource.get("id")), kind.natural_key(resource)):
                    if key != ("id", None) and labels.setdefault(key, label) != label:
                        same = "The %s and the %s are the same one, or would be." % (labels[key], label)
                        raise InvalidInput(same, "List it once.")
        except InvalidInput as error:
            complaints.add(label, error)
        else:
            items.append(item)
    return items


def plan_pruning(
    kind: Kind,
    items: Sequence[Item],
    world: World,
    prunable: Callable[[Resource], bool],
    protect: Sequence[str],
    max_deletions: Optional[int],
) -> List[Item]:
    """The deletions of what is not listed, sorted by name.

    :param prunable: whether a resource is of the sort that is pruned.
    :param protect: names, or glob patterns of names, that are never deleted.
    :raises InvalidInput: when more than C(max_deletions) would be deleted, naming them.
    """
    listed = {item.plan.held["id"] for item in items if item.plan.held}
    doomed = []
    for resource in world.resources():
        name = str(resource.get(kind.key_option))
        if resource["id"] in listed or not prunable(resource):
            continue
        if not any(_is_protected_by(pattern, name) for pattern in protect):
            doomed.append(resource)
    doomed.sort(key=lambda resource: str(resource.get(kind.key_option)))
    if max_deletions is not None and len(doomed) > max_deletions:
        names = [repr(resource.get(kind.key_option)) for resource in doomed]
        raise InvalidInput(
            "prune would delete %d %s, and max_deletions is %d: %s."
            % (len(doomed), kind.plural, max_deletions, ", ".join(names)),
            "Raise max_deletions, list what is to stay, or name it in prune_protect.",
        )
    wanteds = [kind.deletion_of(resource) for resource in doomed]
    return [Item(wanted, kind.plan(wanted, world)) for wanted in wanteds]


def protection(given: Any) -> List[str]:
    """The patterns that C(prune_protect) stands for.

    A text may be one name or a list whose parts commas separate: it protects both.

    :param given: the option as it was given, before Ansible cuts a text at its commas.
    """
    if not isinstance(given, str):
        return list(given or [])
    parts = [form for part in given.split(",") for form in (part, part.strip())]
    return list(dict.fromkeys([given, *parts]))


def useless_patterns(kind: Kind, world: World, protect: Sequence[str]) -> List[str]:
    """The patterns that protect nothing that the tenant has."""
    names = [str(resource.get(kind.key_option)) for resource in world.resources()]
    return [pattern for pattern in protect if not any(_is_protected_by(pattern, name) for name in names)]


def _is_protected_by(pattern: str, name: str) -> bool:
    # A name can hold the signs of a pattern.
    return name == pattern or fnmatchcase(name, pattern)


def carry_out_all(
    client: Client,
    kind: Kind,
    items: Sequence[Item],
    world: World,
    concurrency: int,
    on_done: Optional[Callable[[Outcome], None]] = None,
) -> List[Outcome]:
    """Write all plans, creations and changes before deletions; the outcomes in the order of the items.

    An item that fails does not stop the others. When the tenant refuses the credential, the rate limit asks for more
    patience than the task has, or the task is interrupted, what has not begun is not begun any more, and is reported
    so.

    :param on_done: is called after each item that needed a write, by one thread at a time.
    """
    stop: List[QlikError] = []
    lock = threading.Lock()

    def work(item: Item) -> Outcome:
        if stop:
            return Outcome(item.plan, item.plan.held, error=_NotBegun(stop[0]))
        outcome = carry_out(client, kind, item.wanted, item.plan, world)
        with lock:
            if isinstance(outcome.error, (Unauthorized, Forbidden, RateLimitWaitExceeded, Interrupted)):
                stop.append(outcome.error)
            if on_done is not None:
                on_done(outcome)
        return outcome

    outcomes: Dict[int, Outcome] = {}
    writes = [position for position, item in enumerate(items) if item.plan.changed]
    with ThreadPoolExecutor(max_workers=concurrency) as pool:
        for phase in (False, True):
            batch = [position for position in writes if (items[position].plan.action == "deleted") is phase]
            outcomes.update(zip(batch, pool.map(work, [items[position] for position in batch])))
    return [outcomes.get(position) or Outcome(item.plan, item.plan.held) for position, item in enumerate(items)]


def summarise(outcomes: Sequence[Outcome]) -> Dict[str, int]:
    """How many outcomes there are of each action."""
    summary = dict.fromkeys(("created", "updated", "deleted", "unchanged", "failed"), 0)
    for outcome in outcomes:
        summary[outcome.action] += 1
    return summary


def explain_failures(kind: Kind, items: Sequence[Item], outcomes: Sequence[Outcome]) -> InvalidInput:
    """One error for all items that failed."""
    complaints = Complaints()
    for item, outcome in zip(items, outcomes):
        if outcome.error is not None:
            complaints.add(kind.label(item.wanted), outcome.error)
    return complaints.error()


class _NotBegun(QlikError):
    def __init__(self, reason: QlikError) -> None:
        super().__init__("Not begun: %s" % reason.message, reason.hint)
