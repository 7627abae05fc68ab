# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many resources of one kind in one task: planned over one reading, written by several threads."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import threading
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._api.client import Client
from .._errors import Forbidden, Interrupted, InvalidInput, NotAttempted, QlikError, RateLimitWaitExceeded, Unauthorized
from .._kinds.base import Kind
from .._kinds.effects import claims_of
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot, difference, folded
from .apply import Outcome, carry_out
from .problems import Problem, Problems


class Entry(NamedTuple):
    """What a task describes of one resource.

    :param place: where, for messages: C(groups[3]).
    :param desired: the options; after a check those that can be right.
    :param wrong: what is wrong with the others.
    :param is_comparable: whether the resource can be found on a tenant.
    """

    place: str
    desired: Params
    wrong: Sequence[Problem] = ()
    is_comparable: bool = True


#: The plan for what cannot be looked for.
_INCOMPARABLE = Plan("unchanged", None, None, None, None)


class Item(NamedTuple):
    """One resource of a task, and its plan.

    :param plan: how what can be right differs from what the tenant holds.
    :param label: the name of the resource, for messages and the headers of diffs.
    :param is_pruned: whether it is not described.
    :param is_duplicate: whether it is equal to another resource of the task, which is kept.
    :param wrong: why what is described cannot be right.
    :param refused: why what is planned cannot be done.
    :param changed_by: who caused the difference, if that was looked up in the audit log.
    """

    place: str
    desired: Params
    plan: Plan
    label: str
    is_pruned: bool = False
    is_duplicate: bool = False
    wrong: Sequence[Problem] = ()
    refused: Sequence[Problem] = ()
    changed_by: Optional[Mapping[str, Any]] = None

    @property
    def is_comparable(self) -> bool:
        """Whether anything of it could be compared with what the tenant holds."""
        return self.plan is not _INCOMPARABLE


def entries_of(kind: Kind, desired: Sequence[Params], places: Any = None) -> List[Entry]:
    """What is described of a kind, with where it stands.

    :param places: where the items of a list stand, if not there: a list of texts, or one text for all.
    """
    if isinstance(places, list) and len(places) == len(desired):
        return [Entry(str(place), each) for place, each in zip(places, desired)]
    place = str(places or kind.area)
    return [Entry(kind.form.place(place, number), each) for number, each in enumerate(desired)]


def check_all(kind: Kind, entries: Sequence[Entry], problems: Problems) -> List[Entry]:
    """The entries, each once, with what is wrong on every tenant; that is added to the problems.

    :raises InvalidInput: when there are too many entries.
    """
    if len(entries) > kind.most_items:
        raise InvalidInput(
            "%s: %d items are too many, at most %d are allowed." % (kind.plural, len(entries), kind.most_items)
        )
    checked: List[Entry] = []
    first: Dict[Hashable, int] = {}
    for entry in entries:
        entry = _checked(kind, entry)
        position = len(checked)
        if entry.is_comparable:
            position = first.setdefault(kind.key(entry.desired), position)
        if position < len(checked):
            same, label = checked[position], kind.label(entry.desired)
            error = InvalidInput("The %s is listed twice, first as %s." % (label, same.place))
            entry = entry._replace(wrong=[*entry.wrong, Problem(entry.place, error)])
            checked[position] = same._replace(wrong=[*same.wrong, *entry.wrong])
        else:
            checked.append(entry)
        for problem in entry.wrong:
            problems.add(problem.place, problem.error, kind.area, kind.label(entry.desired))
    return checked


def _checked(kind: Kind, entry: Entry) -> Entry:
    """An entry without the options that cannot be right on any tenant."""
    desired, wrong = entry.desired, list(entry.wrong)
    is_named = kind.is_named(desired)
    if not is_named:
        text = "%s is missing." % " or ".join(kind.naming_options)
        wrong.append(Problem(entry.place, InvalidInput(text)))
    while True:
        try:
            kind.check(desired)
            return Entry(entry.place, desired, tuple(wrong), is_named)
        except InvalidInput as error:
            wrong.append(Problem(entry.place, error))
            option = _outermost(error.option)
            if desired.get(option) is None or option in kind.identity:
                return Entry(entry.place, desired, tuple(wrong), is_comparable=False)
            desired = dict(desired, **{option: None})


def names_alike(kind: Kind, entries: Sequence[Entry]) -> List[str]:
    """A warning for each entry whose name is easily mistaken for that of one before it."""
    texts = []
    first: Dict[Hashable, str] = {}
    for entry in entries:
        name = kind.chosen_name(entry.desired)
        if name is None:
            continue
        other = first.setdefault(folded(kind.key(entry.desired)), name)
        if other != name:
            texts.append(
                "%r and %r are both among the %s, and differ %s." % (other, name, kind.words, difference(other, name))
            )
    return texts


def plan_all(kind: Kind, entries: Sequence[Entry], snapshot: Snapshot, problems: Problems) -> List[Item]:
    """How each resource that is described differs, in the order of the entries; what is wrong is added to the problems.

    What is wrong with one setting of a resource does not keep the others from being compared.
    """
    items: List[Item] = []
    removals: List[Tuple[str, Resource]] = []
    first: Dict[Hashable, int] = {}
    for entry in entries:
        item, found = _planned(kind, entry, snapshot)
        duplicates = _duplicates_of(kind, item, snapshot)
        taken = [*_taken_by(kind, item.plan), *(("id", resource["id"]) for resource in duplicates)]
        positions = {key: first.setdefault(key, len(items)) for key in taken}
        key, position = next(((key, at) for key, at in positions.items() if at < len(items)), (None, len(items)))
        if key is not None:
            found.append(Problem(entry.place, InvalidInput(_twice(kind, key, items[position].place))))
        for problem in found:
            problems.add(problem.place, problem.error, kind.area, item.label)
        item = item._replace(wrong=[*entry.wrong, *(each for each in found if each not in item.refused)])
        if key is not None and _is_identity(kind, key):
            same = items[position]
            items[position] = same._replace(wrong=[*same.wrong, *item.wrong])
        else:
            items.append(item)
            removals += [(entry.place, resource) for resource in duplicates]
    return items + [_removal_of(kind, place, resource, snapshot, problems) for place, resource in removals]


def _duplicates_of(kind: Kind, item: Item, snapshot: Snapshot) -> List[Resource]:
    return kind.duplicates(item.desired, snapshot) if item.is_comparable else []


def _removal_of(kind: Kind, place: str, resource: Resource, snapshot: Snapshot, problems: Problems) -> Item:
    """An item that deletes a resource which is equal to one that is kept."""
    item, found = _planned(kind, Entry(place, kind.pruning.removal(resource, {})), snapshot)
    label = "%s (duplicate %s)" % (kind.label_of(resource), resource["id"])
    for problem in found:
        problems.add(problem.place, problem.error, kind.area, label)
    return item._replace(label=label, is_duplicate=True, wrong=found)


def _planned(kind: Kind, entry: Entry, snapshot: Snapshot) -> Tuple[Item, List[Problem]]:
    """The plan of an entry, and what the tenant shows to be wrong with it."""
    desired, collecting = entry.desired, snapshot.collecting()
    plan = _INCOMPARABLE
    if entry.is_comparable:
        try:
            plan = kind.plan(desired, collecting)
        except InvalidInput as error:
            collecting.refused.append(error)
    # What was taken out because it is wrong is not missing.
    known = {_outermost(problem.error.option) for problem in entry.wrong} - {""}
    refused = (error for error in collecting.refused if _outermost(error.option) not in known)
    found = [Problem(entry.place, error) for error in refused]
    by_id = plan.current is not None and desired.get("id") is not None
    label = kind.label_of(plan.current or {}) if by_id else kind.label(desired)
    in_vain = [problem for problem in found if problem.error.option in plan.unchangeable]
    return Item(entry.place, desired, plan, label, refused=in_vain), found


def _outermost(option: str) -> str:
    """The option that another one belongs to: C(members) of C(members[0].roles)."""
    return option.partition("[")[0].partition(".")[0]


def _taken_by(kind: Kind, plan: Plan) -> Iterator[Hashable]:
    """The keys of what only one entry can be about."""
    for resource in filter(None, (plan.current, plan.predicted)):
        if resource.get("id") is not None:
            yield ("id", resource["id"])
        if kind.has_unique_names:
            yield kind.natural_key(resource)
    if plan.action == "created" and plan.predicted:
        yield kind.natural_key(plan.predicted)
        yield from claims_of(kind, plan.predicted)


def _is_identity(kind: Kind, key: Any) -> bool:
    return key[0] in ("id", *kind.naming_options)


def _twice(kind: Kind, key: Any, place: str) -> str:
    if _is_identity(kind, key):
        return "This and %s are the same %s, or would be." % (place, kind.word)
    return "This and %s have the same %s, %r." % (place, key[0], key[1])


def carry_out_all(
    client: Client,
    kind: Kind,
    items: Sequence[Item],
    snapshot: Snapshot,
    concurrency: int,
    on_done: Optional[Callable[[Outcome], None]] = None,
) -> List[Outcome]:
    """Write all plans in the turns of their kind; the outcomes in the order of the items.

    An item that fails does not stop the others, unless the kind says so. When the tenant refuses the credential, the
    rate limit asks for more patience than the task has, or the task is interrupted, what has not begun is not begun
    any more, and is reported so.

    :param on_done: is called after each item that needed a write, by one thread at a time.
    """
    stop: List[QlikError] = []
    lock = threading.Lock()

    def work(item: Item) -> Outcome:
        if stop:
            return Outcome(item.plan, item.plan.current, error=NotAttempted(stop[0].message, stop[0].hint))
        outcome = carry_out(client, kind, item.desired, item.plan, snapshot)
        with lock:
            is_last = isinstance(outcome.error, (Unauthorized, Forbidden, RateLimitWaitExceeded, Interrupted))
            if outcome.error is not None and (is_last or kind.writing.stops_at_failure):
                stop.append(outcome.error)
            if on_done is not None:
                on_done(outcome)
        return outcome

    outcomes: Dict[int, Outcome] = {}
    positions = {item.plan: position for position, item in enumerate(items)}
    writes = [item.plan for item in items if item.plan.changed]
    with ThreadPoolExecutor(max_workers=concurrency) as pool:
        for plans in kind.writing.batches(writes, snapshot):
            batch = [positions[plan] for plan in plans]
            outcomes.update(zip(batch, pool.map(work, [items[position] for position in batch])))
    return [outcomes.get(position) or Outcome(item.plan, item.plan.current) for position, item in enumerate(items)]


def summarize(outcomes: Sequence[Outcome]) -> Dict[str, int]:
    """How many outcomes there are of each action."""
    summary = dict.fromkeys(("created", "updated", "deleted", "unchanged", "failed"), 0)
    for outcome in outcomes:
        summary[outcome.action] += 1
    return summary


def explain_failures(items: Sequence[Item], outcomes: Sequence[Outcome], problems: Problems) -> None:
    """Add what went wrong with items that failed to the problems."""
    for item, outcome in zip(items, outcomes):
        if outcome.error is not None:
            problems.add(item.label, outcome.error)
