# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans all areas of a task over one snapshot of the tenant, and writes them in order."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from .._api.client import Client
from .._errors import InvalidInput, NotAttempted, NotAvailable
from .._kinds.base import Kind
from .._kinds.effects import expect_in, settle_in, show_to
from .._kinds.initial import place_in_initial
from .._kinds.lockout import Losses, refuse_lockout
from .._kinds.previous_names import references_to_previous_names
from .._planning.fingerprint import PlannedStep
from .._planning.plan import Plan
from .._planning.references import Reference, Resource, nearest
from .._planning.roles import DEFAULT_ROLES, USER_DEFAULT
from .._planning.snapshot import Snapshot
from .apply import Outcome
from .bulk import Entry, Item, carry_out_all, plan_all
from .duplicates import remove_duplicates
from .problems import Problem, Problems
from .prune import Pruning, plan_pruning
from .read import Demand, look_up, look_up_administrators, read
from .unclaimed_secrets import discard_secrets


@dataclass
class Area:
    """An area of a description, with its plans and outcomes.

    :param entries: the described items, with their known problems.
    :param pruning: C(None): unmanaged resources are kept.
    :param report_unmanaged: whether the result lists unmanaged resources.
    :param is_audited: whether to report a tenant that does not support the kind, instead of failing.
    :param missing: why the tenant does not support the kind; C(None) if it does.
    :param max_deletions: the maximum number of duplicates to delete without pruning; C(None) for no limit.
    :param is_single: whether the task is about one resource. Then a write skips the checks of errors that the tenant
        itself detects without changing anything.
    :param check: refuses further options of the task, given the plan of its only resource; C(None) for nothing.
    """

    kind: Kind
    entries: Sequence[Entry]
    pruning: Optional[Pruning] = None
    report_unmanaged: bool = False
    is_audited: bool = False
    missing: Optional[NotAvailable] = None
    max_deletions: Optional[int] = None
    is_single: bool = False
    check: Optional[Callable[[Plan], None]] = None
    items: List[Item] = field(default_factory=list)
    outcomes: List[Outcome] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The option path of the area; empty if all options of the task are about it."""
        return "" if self.is_single else self.kind.area

    def demand(self) -> Demand:
        """Return what must be read of the tenant."""
        everything = self.pruning is not None or self.report_unmanaged
        desired = [entry.desired for entry in self.entries if entry.is_comparable]
        return Demand(self.kind, desired, everything, self.report_unmanaged, may_be_missing=True)

    def refusal_of_duplicates(self) -> Optional[InvalidInput]:
        """Return the error about too many duplicates to delete; C(None) if there is none, or if pruning counts them."""
        names = [repr(item.label) for item in self.items if item.is_duplicate]
        if self.pruning is not None or self.max_deletions is None or len(names) <= self.max_deletions:
            return None
        text = "%d duplicates would be deleted, but max_deletions is %d: %s."
        hint = "Set `max_deletions` to a higher number to delete them."
        return InvalidInput(text % (len(names), self.max_deletions, ", ".join(names)), hint)

    def plans(self) -> List[Plan]:
        """Return the plans of all items that could be compared."""
        return [item.plan for item in self.items if item.is_comparable]

    def steps(self) -> List[PlannedStep]:
        """Return the changes of all items, for the fingerprint of the plan."""
        return [
            PlannedStep(
                self.kind.area,
                self.kind.natural_key(resource),
                item.label if item.previous_name else self.kind.label_of(resource),
                item.plan,
                self.kind.parts.omitted(item.desired),
                self.kind.natural_key(item.plan.predicted or {}) if item.previous_name else None,
            )
            for item in self.items
            for resource in [item.plan.current or item.plan.predicted or {}]
            if item.plan.changed
        ]

    def waiting_for_secrets(self) -> List[Resource]:
        """Return the resources that authenticate with secrets and have none, or only one whose value is lost."""
        rules = self.kind.secrets
        if rules is None:
            return []
        pairs = [(item.plan, outcome.resource) for item, outcome in zip(self.items, self.outcomes) if outcome.resource]
        return [
            resource
            for plan, resource in pairs
            if resource
            and (rules.waits(resource) or (rules.has_secrets(resource) and not rules.of(plan.current) and plan.changed))
        ]

    def references_in(self, snapshot: Snapshot) -> List[Reference]:
        """Return the references that must be looked up to report unmanaged resources."""
        if not self.report_unmanaged:
            return []
        resources = snapshot.resources(self.kind.noun)
        return [reference for resource in resources for reference in self.kind.parts.references_in(resource)]

    def remarks(self, snapshot: Snapshot) -> List[str]:
        """Return the remarks of an audit about all resources, including those in sync."""
        resources = sorted(snapshot.resources(self.kind.noun), key=self.kind.name_of)
        return [text for resource in resources for text in self.kind.parts.remarks(resource, snapshot)]

    def unmanaged(self, snapshot: Snapshot) -> List[Resource]:
        """Return the resources on the tenant that are not in the description, sorted by name."""
        sides = ((item.plan.current, outcome.resource) for item, outcome in zip(self.items, self.outcomes))
        described = {resource["id"] for pair in sides for resource in pair if resource}
        unmanaged = [
            resource
            for resource in snapshot.resources(self.kind.noun)
            if resource["id"] not in described and self.kind.is_describable(resource)
        ]
        return sorted(unmanaged, key=self.kind.name_of)


def plan_areas(
    client: Client,
    areas: Sequence[Area],
    problems: Problems,
    allow_lockout: bool,
    expected: Sequence[Reference],
    caller_address: Optional[str] = None,
    caller_issuer: Optional[str] = None,
    is_written: bool = False,
) -> Snapshot:
    """Read what all areas require and plan them. Return the snapshot, and add all problems to C(problems).

    :param expected: references to resources that count as existing.
    :param caller_address: the public address of the task, if it is known.
    :param caller_issuer: the issuer of the token of the task, if it is known.
    :param is_written: whether the task will apply the plans.
    """
    verify = not (is_written and all(area.is_single for area in areas))
    snapshot = read(client, [area.demand() for area in areas], expected, verify)
    checked_plans: Dict[str, List[Plan]] = {area.kind.area: [] for area in areas}
    snapshot.caller_address, snapshot.caller_issuer = caller_address, caller_issuer
    _expect_new_names(snapshot, areas)
    for area in areas:
        area.missing = snapshot.missing(area.kind.noun)
        if area.missing is not None:
            if not area.is_audited:
                problems.add(area.place, area.missing, area.kind.area)
            continue
        area.items = plan_all(area.kind, area.entries, snapshot, problems)
        checked_plans[area.kind.area] = area.plans()
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
                checked_plans[area.kind.area] = area.plans()
            except InvalidInput as error:
                problems.add(area.place, error, area.kind.area)
        _expect_items(snapshot, area)
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
        plans = [plan for plan in checked_plans[area.kind.area] if verify or area.kind.looks_before_writing(plan)]
        for plan, reason in area.kind.refusals(client, plans, snapshot):
            if plan is None:
                problems.add(area.place, reason, area.kind.area)
                continue
            item = area.items[positions[plan]]
            place_in_initial(item.desired, reason)
            area.items[positions[plan]] = item._replace(refused=[*item.refused, Problem(item.place, reason)])
            problems.add(item.place, reason, area.kind.area, item.label)
        losses.add(area.kind.losses(area.plans()))
        if area.check is not None and not problems:
            try:
                area.check(*area.plans())
            except InvalidInput as error:
                problems.add(area.place, error, area.kind.area)
    if not allow_lockout and not problems:
        for area in areas:
            for lockout in area.kind.writing.lockouts(area.plans(), snapshot):
                problems.add(area.place, lockout, area.kind.area)
        try:
            refuse_lockout(client, losses)
        except InvalidInput as error:
            problems.add("", error)
    return snapshot


def _expect_new_names(snapshot: Snapshot, areas: Sequence[Area]) -> None:
    """Record the previous names of all items, which other items cannot refer to."""
    for area in areas:
        for desired in area.demand().desired:
            snapshot.expect_new_names(references_to_previous_names(area.kind, desired))


def _expect_items(snapshot: Snapshot, area: Area) -> None:
    """Record the effects of the plans of an area, so that other areas can refer to the results."""
    expect_in(snapshot, area.kind, area.plans())
    # Other items may refer to an item with problems, so it counts as existing.
    incomparable = [item.desired for item in area.items if not item.is_comparable and area.kind.is_named(item.desired)]
    snapshot.expect(Reference(area.kind.noun, area.kind.natural_key_of(desired)) for desired in incomparable)


def plan_without_tenant(areas: Sequence[Area], problems: Problems) -> List[str]:
    """Plan all areas without reading the tenant, to add problems that every tenant has to C(problems). Return warnings.

    A resource that the description deletes is assumed to exist, and every other described resource to be new. All other
    resources are unknown, so references to them are accepted, unless they use a previous name of a described resource.
    """
    snapshot = Snapshot()
    _expect_new_names(snapshot, areas)
    for area in areas:
        kind = area.kind
        for entry in area.entries:
            if entry.is_comparable and entry.desired.get("state") == "absent" and entry.desired.get("id") is None:
                show_to(snapshot, kind, kind.assumed(entry.desired, entry.place))
        area.items = plan_all(kind, area.entries, snapshot, problems)
        _expect_items(snapshot, area)
    return list(_doubtful_roles(areas, {*DEFAULT_ROLES, USER_DEFAULT, *snapshot.roles.names()}))


def _doubtful_roles(areas: Sequence[Area], known: Set[str]) -> Iterator[str]:
    """Yield a warning for each reference to a role that resembles a known role.

    :param known: the names of the default roles and of the roles in the description.
    """
    references = (
        (item.place, reference.value)
        for area in areas
        for item in area.items
        for reference in area.kind.references(item.desired, None)
        if reference.noun == "role" and reference.by == "name" and reference.value not in known
    )
    suggestions: Dict[str, str] = {}
    for place, name in references:
        if name not in suggestions:
            suggestions[name] = nearest(name, sorted(known))
        if suggestions[name]:
            text = "%s: %r is not a default role and not in the description, so the tenant must have it.%s"
            yield text % (place, name, suggestions[name])


def carry_out_areas(
    client: Client,
    areas: Sequence[Area],
    snapshot: Snapshot,
    concurrency: int,
    on_done: Optional[Callable[[Outcome], None]] = None,
) -> None:
    """Apply the plans: creations and changes in the order of the areas, then deletions in reverse order.

    A role can be deleted once no group has it, and a group once it has no members. Areas that can lock out the task are
    written last. After the first area with a failure, no further area is written.

    :param on_done: called after each item that required a write.
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
            reason = NotAttempted("%s failed before" % failed)
            done = [Outcome(item.plan, item.plan.current, error=reason) for item in batch]
        else:
            complete = [item if item.plan.is_complete else _plan_again(item, area.kind, snapshot) for item in batch]
            done = carry_out_all(client, area.kind, complete, snapshot, concurrency, on_done)
            remove_duplicates(client, area.kind, done)
            if not area.is_single:
                discard_secrets(client, area.kind, done)
            settle_in(snapshot, area.kind, [(outcome.plan, outcome.resource) for outcome in done])
        for number, outcome in zip(due, done):
            area.outcomes[number] = outcome
        if not failed and any(outcome.error is not None for outcome in done):
            failed = area.kind.area


def _is_deletion(item: Item) -> bool:
    return item.plan.action == "deleted"


def _plan_again(item: Item, kind: Kind, snapshot: Snapshot) -> Item:
    """Return an item with a new plan, which has the IDs that earlier writes created."""
    return item._replace(plan=kind.plan(item.desired, snapshot))
