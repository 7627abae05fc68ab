# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task describes, area by area: read side by side, planned over one picture of the tenant, written in order."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from .._api.client import Client
from .._errors import InvalidInput, NotAttempted, NotAvailable
from .._kinds.base import Kind
from .._kinds.effects import expect_in, settle_in
from .._kinds.lockout import Losses, refuse_lockout
from .._planning.fingerprint import PlannedStep
from .._planning.plan import Plan
from .._planning.references import Reference, Resource
from .._planning.snapshot import Snapshot
from .apply import Outcome
from .bulk import Entry, Item, carry_out_all, plan_all
from .duplicates import remove_duplicates
from .problems import Problem, Problems
from .prune import Pruning, plan_pruning
from .read import Demand, look_up, look_up_administrators, read


@dataclass
class Area:
    """What a task describes of one kind, and what becomes of it.

    :param entries: what is described, with what is known to be wrong with it.
    :param pruning: C(None) where what is not described is left alone.
    :param max_deletions: how many duplicates may be deleted without pruning; C(None) for any number.
    :param is_single: whether the task is about this one resource, so that a write needs no look at what the tenant
        itself refuses without changing anything.
    :param report_unmanaged: whether that is to be known.
    :param is_audited: whether it is enough to say so where the tenant does not have the kind.
    :param missing: why the tenant does not have the kind.
    """

    kind: Kind
    entries: Sequence[Entry]
    pruning: Optional[Pruning] = None
    report_unmanaged: bool = False
    is_audited: bool = False
    missing: Optional[NotAvailable] = None
    max_deletions: Optional[int] = None
    is_single: bool = False
    items: List[Item] = field(default_factory=list)
    outcomes: List[Outcome] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it is described: an option of the task, or nothing where all options are about it."""
        return "" if self.is_single else self.kind.area

    def demand(self) -> Demand:
        """What has to be known of the tenant."""
        everything = self.pruning is not None or self.report_unmanaged
        desired = [entry.desired for entry in self.entries if entry.is_comparable]
        return Demand(self.kind, desired, everything, self.report_unmanaged, may_be_missing=True)

    def refusal_of_duplicates(self) -> Optional[InvalidInput]:
        """Why the duplicates cannot be deleted; C(None) where they can, or where pruning counts them."""
        names = [repr(item.label) for item in self.items if item.is_duplicate]
        if self.pruning is not None or self.max_deletions is None or len(names) <= self.max_deletions:
            return None
        text = "%d duplicates would be deleted, and max_deletions is %d: %s."
        return InvalidInput(text % (len(names), self.max_deletions, ", ".join(names)), "Raise max_deletions.")

    def plans(self) -> List[Plan]:
        """How what could be compared differs."""
        return [item.plan for item in self.items if item.is_comparable]

    def steps(self) -> List[PlannedStep]:
        """What differs, as a fingerprint of the plan has it."""
        return [
            PlannedStep(
                self.kind.area,
                self.kind.natural_key(resource),
                self.kind.label_of(resource),
                item.plan,
                self.kind.parts.omitted(item.desired),
            )
            for item in self.items
            for resource in [item.plan.current or item.plan.predicted or {}]
            if item.plan.changed
        ]

    def references_in(self, snapshot: Snapshot) -> List[Reference]:
        """What has to be known beyond the description to report on it."""
        if not self.report_unmanaged:
            return []
        return [each for found in snapshot.resources(self.kind.noun) for each in self.kind.parts.references_in(found)]

    def remarks(self, snapshot: Snapshot) -> List[str]:
        """What an audit says of resources even if they are as described."""
        found = sorted(snapshot.resources(self.kind.noun), key=self.kind.name_of)
        return [text for resource in found for text in self.kind.parts.remarks(resource, snapshot)]

    def unmanaged(self, snapshot: Snapshot) -> List[Resource]:
        """What the tenant holds and the description does not have, sorted by what names it."""
        sides = ((item.plan.current, outcome.resource) for item, outcome in zip(self.items, self.outcomes))
        described = {resource["id"] for pair in sides for resource in pair if resource}
        found = [
            resource
            for resource in snapshot.resources(self.kind.noun)
            if resource["id"] not in described and self.kind.is_describable(resource)
        ]
        return sorted(found, key=self.kind.name_of)


def plan_areas(
    client: Client,
    areas: Sequence[Area],
    problems: Problems,
    allow_lockout: bool,
    expected: Sequence[Reference],
    caller_address: Optional[str] = None,
    is_written: bool = False,
) -> Snapshot:
    """Read what decides about all areas, each thing once, and plan them; what is wrong is added to the problems.

    :param expected: resources that count as existing.
    :param caller_address: the address that the tenant sees the task come from, where that is known.
    :param is_written: whether the plans are going to be carried out.
    """
    verify = not (is_written and all(area.is_single for area in areas))
    snapshot = read(client, [area.demand() for area in areas], expected, verify)
    looked_at: Dict[str, List[Plan]] = {area.kind.area: [] for area in areas}
    snapshot.caller_address = caller_address
    for area in areas:
        area.missing = snapshot.missing(area.kind.noun)
        if area.missing is not None:
            if not area.is_audited:
                problems.add(area.place, area.missing, area.kind.area)
            continue
        area.items = plan_all(area.kind, area.entries, snapshot, problems)
        looked_at[area.kind.area] = area.plans()
        duplicates = area.refusal_of_duplicates()
        if duplicates is not None:
            problems.add(area.place, duplicates, area.kind.area)
        if area.pruning is not None and len(area.plans()) == len(area.items):
            try:
                area.kind.pruning.refuse(client)
                protected = partial(area.kind.pruning.protected_ids, client)
                unmanaged, refusal = plan_pruning(area.kind, area.items, snapshot, area.pruning, protected)
                area.items += unmanaged
                if refusal is not None:
                    raise refusal
                looked_at[area.kind.area] = area.plans()
            except InvalidInput as error:
                problems.add(area.place, error, area.kind.area)
        expect_in(snapshot, area.kind, area.plans())
        # That a description is wrong does not make what it describes unknown.
        incomparable = [
            item.desired for item in area.items if not item.is_comparable and area.kind.is_named(item.desired)
        ]
        snapshot.expect(Reference(area.kind.noun, area.kind.natural_key_of(desired)) for desired in incomparable)
    look_up(client, snapshot, [reference for area in areas for reference in area.references_in(snapshot)])
    for area in areas:
        if area.report_unmanaged:
            for resource in snapshot.resources(area.kind.noun):
                area.kind.parts.name_references(resource, snapshot)
    if any(area.is_audited for area in areas):
        look_up_administrators(client, snapshot)
    losses = Losses()
    for area in areas:
        positions = {item.plan: position for position, item in enumerate(area.items)}
        plans = [plan for plan in looked_at[area.kind.area] if verify or area.kind.looks_before_writing(plan)]
        for plan, reason in area.kind.refusals(client, plans, snapshot):
            if plan is None:
                problems.add(area.place, reason, area.kind.area)
                continue
            item = area.items[positions[plan]]
            area.items[positions[plan]] = item._replace(refused=[*item.refused, Problem(item.place, reason)])
            problems.add(item.place, reason, area.kind.area, item.label)
        losses.add(area.kind.losses(area.plans()))
    if not allow_lockout and not problems:
        for area in areas:
            for lockout in area.kind.writing.lockouts(area.plans(), snapshot):
                problems.add(area.place, lockout, area.kind.area)
        try:
            refuse_lockout(client, losses)
        except InvalidInput as error:
            problems.add("", error)
    return snapshot


def carry_out_areas(
    client: Client,
    areas: Sequence[Area],
    snapshot: Snapshot,
    concurrency: int,
    on_done: Optional[Callable[[Outcome], None]] = None,
) -> None:
    """Write all areas in their order, and what goes away in the reverse order after that.

    A role can be deleted once no group has it any more, a group once it has no members. Areas that can keep the task
    from reaching the tenant are written when all that is done. At the end of the first area in which something failed,
    what has not begun is not begun any more.
    """
    failed = ""
    for area in areas:
        area.outcomes = [Outcome(item.plan, item.plan.current) for item in area.items]
    first = [area for area in areas if not area.kind.writing.is_last]
    last = [area for area in areas if area.kind.writing.is_last]
    rounds: List[Tuple[Area, Sequence[bool]]] = [(area, [False]) for area in first]
    rounds += [(area, [True]) for area in reversed(first)] + [(area, [False, True]) for area in last]
    for area, deletes in rounds:
        due = [number for number, item in enumerate(area.items) if item.plan.changed and _is_deletion(item) in deletes]
        batch = [area.items[number] for number in due]
        if failed:
            reason = NotAttempted("something failed in %s before" % failed)
            done = [Outcome(item.plan, item.plan.current, error=reason) for item in batch]
        else:
            complete = [item if item.plan.is_complete else _planned_again(item, area.kind, snapshot) for item in batch]
            done = carry_out_all(client, area.kind, complete, snapshot, concurrency, on_done)
            remove_duplicates(client, area.kind, done)
            settle_in(snapshot, area.kind, [(outcome.plan, outcome.resource) for outcome in done])
        for number, outcome in zip(due, done):
            area.outcomes[number] = outcome
        if not failed and any(outcome.error is not None for outcome in done):
            failed = area.kind.area


def _is_deletion(item: Item) -> bool:
    return item.plan.action == "deleted"


def _planned_again(item: Item, kind: Kind, snapshot: Snapshot) -> Item:
    """An item whose plan waited for what others had to write first."""
    return item._replace(plan=kind.plan(item.desired, snapshot))
