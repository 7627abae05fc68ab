# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings areas to their desired state, or predicts the result, and reports the outcome."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Sequence, Tuple

from .._api.connection import connection_from, issuer_of
from .._errors import InvalidInput, visible
from .._kinds.base import Kind
from .._planning.fingerprint import refuse_other_plan
from .._planning.networks import check_address, check_public_address
from .._planning.plan import Plan
from .._planning.settings import Params
from .._planning.snapshot import Snapshot
from .apply import predicted_outcome
from .bulk import Entry, Item, check_all, explain_failures, names_alike, summarize
from .problems import Problems, as_one
from .progress import progress_of
from .prune import warnings_of_protection
from .result import item_report, names_in
from .task import Result, Task, expected_in, failure
from .task_plan import Area, carry_out_areas, plan_areas

MOST_THREADS = 16
CONCURRENCY_SPEC = {"concurrency": {"type": "int", "default": 4}}


class DescriptionRefused(InvalidInput):
    """The description has problems, so nothing was written.

    :param problems: all problems; the attribute C(problems) has them by area.
    :param snapshot: the snapshot over which the description was planned.
    """

    def __init__(self, problems: Problems, snapshot: Snapshot) -> None:
        error = problems.error()
        super().__init__("", error.hint)
        self.message = error.message
        self.response = error.response
        self.problems = problems.by_area()
        self.snapshot = snapshot


def ensure(task: Task, areas: Sequence[Area], expected_plan: Optional[str] = None) -> Snapshot:
    """Bring all areas to their desired state, or predict the outcomes in check mode. Return the snapshot.

    :param expected_plan: the fingerprint of the approved plan; C(None) accepts every plan.
    :raises DescriptionRefused: with all problems, before anything is written.
    """
    params = task.params
    concurrency = params.get("concurrency", 1)
    if not 1 <= concurrency <= MOST_THREADS:
        raise InvalidInput("Must be 1 to %d, not %d." % (MOST_THREADS, concurrency), option="concurrency")
    client = task.client()
    address = caller_address(task, is_simulation=client.transport.is_local)
    problems = Problems({option: task.place_of(option) for option in ("allow_lockout", "caller_address")})
    for area in areas:
        area.entries = check_all(area.kind, area.entries, problems)
        for problem in (wrong for entry in area.entries for wrong in entry.wrong):
            if isinstance(problem.error, InvalidInput) and problem.error.secret:
                task.on_secret(problem.error.secret)
    snapshot = plan_areas(
        client,
        areas,
        problems,
        bool(params.get("allow_lockout")),
        expected_in(task),
        address,
        issuer_of(connection_from(params, task.environ).token),
        is_written=not task.check_mode,
    )
    if problems:
        _predict(areas)
        raise DescriptionRefused(problems, snapshot)
    steps = [step for area in areas for step in area.steps()]
    refuse_other_plan(expected_plan, steps, task.place_of("expected_plan"))
    _warn(task, areas, snapshot)
    if task.check_mode:
        _predict(areas)
        return snapshot
    writes = sum(item.plan.changed for area in areas for item in area.items)
    with progress_of(_noun(areas), writes, task.say_progress) as progress:
        on_done = None if progress is None else lambda outcome: progress.count(outcome.error is not None)
        carry_out_areas(client, areas, snapshot, concurrency, on_done)
        if progress is not None and task.interruption.is_set:
            progress.say_interrupted()
    return snapshot


def ensure_one(
    task: Task, kind: Kind, desired: Params, check: Optional[Callable[[Plan], None]] = None
) -> Tuple[Area, Snapshot]:
    """Bring one resource to its desired state, or predict its outcome. Return its area and the snapshot.

    The first item of the area is the resource itself.

    :param desired: the options of the resource.
    :param check: refuses further options of the task, given the plan of the resource.
    :raises DescriptionRefused: with all problems, before anything is written.
    """
    area = Area(kind, [Entry("", desired)], is_single=True, check=check)
    return area, ensure(task, [area])


def caller_address(task: Task, is_simulation: bool) -> Optional[str]:
    """Return the value of C(caller_address), or C(None).

    :param is_simulation: whether the tenant is on this machine, so that the addresses of the documentation are allowed.
    :raises InvalidInput: if it is not an address, or if it is not public and C(allow_lockout) is false.
    """
    params = task.params
    address: Optional[str] = params.get("caller_address")
    if address is not None:
        place = task.place_of("caller_address")
        check_address(address, place)
        if not params.get("allow_lockout"):
            override = task.place_of("allow_lockout")
            check_public_address(address, place, override, with_examples=is_simulation)
    return address


def result_of_many(task: Task, areas: Sequence[Area], result: Result) -> Result:
    """Return the result of a task with many resources; failed if any of them failed."""
    pairs = [pair for area in areas for pair in zip(area.items, area.outcomes)]
    failed = [outcome for item, outcome in pairs if outcome.error is not None]
    if not failed:
        return result
    problems = Problems()
    explain_failures([item for item, outcome in pairs], [outcome for item, outcome in pairs], problems)
    error = problems.error()
    msg = "%d of %d %s failed. %s" % (len(failed), len(pairs), _noun(areas), error)
    unknown = sum(outcome.unknown for outcome in failed)
    if unknown:
        msg += " For %d of them, the tenant may have been changed." % unknown
    if task.interruption.is_set:
        half_done = [item.label for item, outcome in pairs if outcome.half_done]
        task.log("%s Written but not confirmed: %s." % (msg, ", ".join(half_done) or "none"))
    return {**result, "failed": True, "msg": msg, "error": error.to_result()}


def result_of_one(task: Task, area: Area, result: Result) -> Result:
    """Return the result of a task with one resource, including C(changed); failed if the resource failed."""
    result["changed"] = any(outcome.changed for outcome in area.outcomes)
    is_unknown = any(outcome.unknown for outcome in area.outcomes)
    for outcome in area.outcomes:
        if outcome.error is not None:
            return failure(task, outcome.error, unknown=is_unknown, **result)
    return result


def area_result(
    area: Area, with_diff: bool, only_changed: bool = False, name_unchanged: bool = False
) -> Dict[str, Any]:
    """Return the result of an area: C(action) of a singleton, or C(summary) and the items of a collection."""
    kind, reports, unchanged = area.kind, [], []
    for item, outcome in zip(area.items, area.outcomes):
        is_unchanged = outcome.action == "unchanged" and not item.plan.unchangeable
        if is_unchanged and name_unchanged:
            unchanged.append(names_in(kind, item, outcome))
        if not (is_unchanged and only_changed and kind.form.names_unchanged):
            reports.append(item_report(kind, item, outcome, with_diff))
    more: Dict[str, Any] = {"unchanged": unchanged} if name_unchanged else {}
    if kind.secrets is not None:
        waiting = [kind.to_user(resource) for resource in area.waiting_for_secrets()]
        more["waiting_for_secrets"] = [
            {option: resource.get(option) for option in (*kind.identity, "id")} for resource in waiting
        ]
    return kind.form.result(kind.plural, reports, summarize(area.outcomes), **more)


def _predict(areas: Sequence[Area]) -> None:
    for area in areas:
        area.outcomes = [predicted_outcome(item.plan, _error_of(item)) for item in area.items]


def _error_of(item: Item) -> Optional[InvalidInput]:
    problems = [*item.wrong, *item.refused]
    return as_one(problems) if problems else None


def _warn(task: Task, areas: Sequence[Area], snapshot: Snapshot) -> None:
    for area in areas:
        warnings = names_alike(area.kind, area.entries)
        for item in area.items:
            warnings += area.kind.warnings(item.desired, item.plan, snapshot)
        if area.pruning is not None:
            warnings += warnings_of_protection(area.kind, snapshot, area.pruning)
        for warning in warnings:
            task.warn(visible(warning))


def _noun(areas: Sequence[Area]) -> str:
    """Return the plural for the resources of a task, for messages."""
    return areas[0].kind.words if len(areas) == 1 else "objects"
