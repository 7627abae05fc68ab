# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans many resources of one kind over one snapshot, and applies plans in several threads."""

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
    """An item of a description.

    :param place: its option path: C(groups[3]).
    :param desired: its options; after a check, without invalid ones.
    :param wrong: the problems of the invalid options.
    :param is_comparable: whether the item identifies a resource.
    """

    place: str
    desired: Params
    wrong: Sequence[Problem] = ()
    is_comparable: bool = True


#: The plan of an item that does not identify a resource.
_INCOMPARABLE = Plan("unchanged", None, None, None, None)


class Item(NamedTuple):
    """A resource of a task, and its plan.

    :param plan: the changes to the valid options.
    :param label: the label of the resource, for messages and the headers of diffs.
    :param is_pruned: whether pruning added it.
    :param is_duplicate: whether it is a duplicate of another resource, which is kept.
    :param wrong: the problems of the description.
    :param refused: the problems of the plan.
    :param changed_by: who caused the difference, if the audit log was read.
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
        """Whether anything could be compared with the current resource."""
        return self.plan is not _INCOMPARABLE


def entries_of(kind: Kind, desired: Sequence[Params], places: Any = None) -> List[Entry]:
    """Return the items of a description with their option paths.

    :param places: other option paths that users know the items by: a list of texts, or one text for the whole list.
    """
    if isinstance(places, list) and len(places) == len(desired):
        return [Entry(str(place), item) for place, item in zip(places, desired)]
    place = str(places or kind.area)
    return [Entry(kind.form.place(place, index), item) for index, item in enumerate(desired)]


def check_all(kind: Kind, entries: Sequence[Entry], problems: Problems) -> List[Entry]:
    """Return the entries without repetitions and invalid options, and add their problems to C(problems).

    :raises InvalidInput: if there are too many entries.
    """
    if len(entries) > kind.most_items:
        raise InvalidInput(
            "%s: %d items are too many: at most %d are allowed." % (kind.plural, len(entries), kind.most_items)
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
    """Return an entry without the options that are invalid on every tenant."""
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
    """Return a warning for each entry whose name is easily mistaken for the name of an earlier entry."""
    texts = []
    first: Dict[Hashable, str] = {}
    for entry in entries:
        name = kind.chosen_name(entry.desired)
        if name is None:
            continue
        other = first.setdefault(folded(kind.key(entry.desired)), name)
        if other != name:
            texts.append("%s: %r and %r differ %s." % (kind.plural, other, name, difference(other, name)))
    return texts


def plan_all(kind: Kind, entries: Sequence[Entry], snapshot: Snapshot, problems: Problems) -> List[Item]:
    """Return an item with a plan for each entry, then the duplicates to delete, and add their problems to C(problems).

    A problem of one setting does not prevent the comparison of the others.
    """
    items: List[Item] = []
    removals: List[Tuple[str, Resource]] = []
    first: Dict[Hashable, int] = {}
    for entry in entries:
        item, found = _planned(kind, entry, snapshot)
        duplicates = _duplicates_of(kind, item, snapshot)
        unique_keys = [*_unique_keys(kind, item.plan), *(("id", resource["id"]) for resource in duplicates)]
        positions = {key: first.setdefault(key, len(items)) for key in unique_keys}
        earlier = ((key, position) for key, position in positions.items() if position < len(items))
        key, position = next(earlier, (None, len(items)))
        if key is not None:
            found.append(Problem(entry.place, InvalidInput(_conflict(kind, key, items[position].place))))
        for problem in found:
            problems.add(problem.place, problem.error, kind.area, item.label)
        item = item._replace(wrong=[*entry.wrong, *(problem for problem in found if problem not in item.refused)])
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
    """Return an item that deletes a duplicate."""
    item, found = _planned(kind, Entry(place, kind.pruning.removal(resource, {})), snapshot)
    label = "%s (duplicate %s)" % (kind.label_of(resource), resource["id"])
    for problem in found:
        problems.add(problem.place, problem.error, kind.area, label)
    return item._replace(label=label, is_duplicate=True, wrong=found)


def _planned(kind: Kind, entry: Entry, snapshot: Snapshot) -> Tuple[Item, List[Problem]]:
    """Return an entry as an item with a plan, and the problems that planning found."""
    desired, collecting = entry.desired, snapshot.collecting()
    plan = _INCOMPARABLE
    if entry.is_comparable:
        try:
            plan = kind.plan(desired, collecting)
        except InvalidInput as error:
            collecting.refused.append(error)
    # An option that was removed because it is invalid is not missing.
    invalid = {_outermost(problem.error.option) for problem in entry.wrong} - {""}
    refused = (error for error in collecting.refused if _outermost(error.option) not in invalid)
    found = [Problem(entry.place, error) for error in refused]
    by_id = plan.current is not None and desired.get("id") is not None
    label = kind.label_of(plan.current or {}) if by_id else kind.label(desired)
    impossible = [problem for problem in found if problem.error.option in plan.unchangeable]
    return Item(entry.place, desired, plan, label, refused=impossible), found


def _outermost(option: str) -> str:
    """Return the outermost option of an option path: C(members) for C(members[0].roles)."""
    return option.partition("[")[0].partition(".")[0]


def _unique_keys(kind: Kind, plan: Plan) -> Iterator[Hashable]:
    """Yield the keys of a plan that no other plan of the task can have."""
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


def _conflict(kind: Kind, key: Any, place: str) -> str:
    if _is_identity(kind, key):
        return "Is or would be the same %s as %s." % (kind.word, place)
    return "Has the same %s as %s: %r." % (key[0], place, key[1])


def carry_out_all(
    client: Client,
    kind: Kind,
    items: Sequence[Item],
    snapshot: Snapshot,
    concurrency: int,
    on_done: Optional[Callable[[Outcome], None]] = None,
) -> List[Outcome]:
    """Apply all plans in the batches of their kind. Return the outcomes in the order of the items.

    A failed item does not stop the others, unless the kind requires it. No further item starts after the tenant rejects
    the credential, the rate limit requires a longer wait than allowed, or the task is interrupted.

    :param on_done: called after each item that required a write, by one thread at a time.
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
            if isinstance(outcome.error, Interrupted) and not outcome.changed and len(items) > 1:
                outcome.error = NotAttempted(outcome.error.message, outcome.error.hint)
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
    """Return the number of outcomes by action."""
    summary = dict.fromkeys(("created", "updated", "deleted", "unchanged", "failed"), 0)
    for outcome in outcomes:
        summary[outcome.action] += 1
    return summary


def explain_failures(items: Sequence[Item], outcomes: Sequence[Outcome], problems: Problems) -> None:
    """Add the errors of failed items to C(problems)."""
    for item, outcome in zip(items, outcomes):
        if outcome.error is not None:
            problems.add(item.label, outcome.error)
