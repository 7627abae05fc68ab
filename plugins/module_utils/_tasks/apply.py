# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries plans out, and looks again where an answer leaves open what the tenant holds."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional, Set

from .._api.client import Client, is_safe_to_repeat
from .._errors import (
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    InvalidInput,
    NotApplied,
    NotFound,
    Overtaken,
    PartlyApplied,
    QlikError,
    UnhandledError,
)
from .._kinds.absence import not_available
from .._kinds.base import Kind
from .._kinds.effects import show_to
from .._planning.plan import Plan
from .._planning.references import Resource, Step
from .._planning.settings import Params
from .._planning.snapshot import Snapshot
from .read import Demand, read

#: How often a resource is looked at until it shows what was written, or what a conflict is about; the pauses between
#: double, and come to about 30 seconds in all.
MOST_READS = 6
#: How often a creation that was refused is looked at where the refusal does not say whether the name is taken.
_MOST_READS_OF_A_NAME = 2


@dataclass
class Outcome:
    """What became of one resource.

    :param plan: the plan that was carried out, or that is left over if C(error) is set.
    :param resource: what the tenant holds now, in the API's form.
    :param changed: whether the tenant was changed, or may have been.
    :param unknown: whether it is not known if the tenant was changed.
    """

    plan: Plan
    resource: Optional[Resource] = None
    changed: bool = False
    unknown: bool = False
    error: Optional[QlikError] = None

    @property
    def action(self) -> str:
        if self.error is not None:
            return "failed"
        return self.plan.action if self.changed else "unchanged"

    @property
    def half_done(self) -> bool:
        """Whether something was written, or may have been, before an error."""
        return self.changed and self.error is not None

    def wrote(self, certainly: bool) -> None:
        """A write was carried out, or may have been."""
        self.unknown = not certainly and (self.unknown or not self.changed)
        self.changed = True


def predicted_outcome(plan: Plan, error: Optional[QlikError] = None) -> Outcome:
    """The outcome that carrying the plan out would have.

    :param error: why it will not be carried out.
    """
    return Outcome(plan, plan.predicted, plan.changed) if error is None else Outcome(plan, plan.current, error=error)


def carry_out(client: Client, kind: Kind, desired: Params, plan: Plan, snapshot: Snapshot) -> Outcome:
    """Write what the plan says, and make sure that the tenant holds it.

    Every write is followed by planning again from what the tenant then holds: the work is done when nothing is left
    to do. The same holds after a write whose answer was lost, or that somebody else's write got in the way of.
    """
    outcome = Outcome(plan, plan.current)
    try:
        _carry_out(client, kind, desired, snapshot, outcome)
    except QlikError as error:
        outcome.error = error
    except Exception as error:
        # A fault of the collection itself must not hide what became of the other resources of the task.
        outcome.error = UnhandledError(error)
    return outcome


def _carry_out(client: Client, kind: Kind, desired: Params, snapshot: Snapshot, outcome: Outcome) -> None:
    plan = outcome.plan if snapshot.takes_additions else outcome.plan.alternative()
    attempt = 0
    while plan.changed:
        try:
            created = _write(client, kind, plan, outcome)
        except PartlyApplied as error:
            raise _partly_applied(client, kind, desired, plan, error, outcome, snapshot) from None
        except QlikError as error:
            if plan.action == "deleted" and isinstance(error, NotFound):
                # An attempt before this one deleted it and its answer was lost, or somebody else was quicker.
                outcome.resource = None
                return
            may_change = outcome.changed or _is_early(kind, desired, plan, error, snapshot)
            left = _plan_again(client, kind, desired, plan, error, may_change)
            for reading in range(_looks_for_what_was_made(kind, plan, error)):
                if left.action != "created":
                    break
                client.transport.pause(reading)
                left = _plan_again(client, kind, desired, plan, error, may_change)
            if left.changed and attempt >= _attempts(client, kind, plan, error):
                raise
            if left.changed and plan.has_alternative and isinstance(error, BadRequest):
                snapshot.takes_additions = False
                left = left.alternative()
            if not outcome.changed:
                outcome.plan = left
            plan, outcome.resource = left, left.current
            if plan.changed:
                client.transport.pause(attempt)
        else:
            outcome.resource = created and kind.parts.of_new(created, desired)
            if plan.action == "deleted":
                return
            plan = _left_over(client, kind, desired, plan, outcome, snapshot, attempt)
        attempt += 1


def _attempts(client: Client, kind: Kind, plan: Plan, error: QlikError) -> int:
    """How often a write is tried again after looking; the transport has repeated what is safe to repeat already."""
    if _may_be_taken(kind, plan, error):
        return _MOST_READS_OF_A_NAME
    if isinstance(error, (Conflict, NotFound, BadRequest)):
        return MOST_READS
    return 0 if all(map(_is_repeated_by_the_transport, plan.steps)) else client.transport.retries


def _looks_for_what_was_made(kind: Kind, plan: Plan, error: QlikError) -> int:
    """How often to look again before a creation whose answer was lost is tried again.

    Where a name can be there twice no conflict tells of a creation that lists do not show yet.
    """
    return MOST_READS if plan.action == "created" and error.outcome_unknown and not kind.has_unique_names else 0


def _is_repeated_by_the_transport(step: Step) -> bool:
    return step.method != "POST" and (step.method != "PATCH" or is_safe_to_repeat(step.body))


def _write(client: Client, kind: Kind, plan: Plan, outcome: Outcome) -> Optional[Resource]:
    """Carry out the steps of a plan, and give the new resource after a creation.

    This is the one place that notes in the outcome whether the tenant was changed.
    """
    if not plan.is_complete:
        raise QlikError("A plan with unknown ids was about to be carried out: a bug of the collection.")
    created = None
    for step in plan.steps:
        try:
            if step.method == "POST" and plan.current is not None:
                client.create(step.path, step.body)
            elif step.method == "POST":
                created = client.create(step.path, step.body, lambda response: _shows(kind, response, plan))
            elif step.method == "PATCH":
                client.patch(step.path, step.body)
            elif step.method == "PUT":
                client.put(step.path, step.body)
            else:
                client.delete(step.path)
        except QlikError as error:
            if error.outcome_unknown:
                outcome.wrote(certainly=isinstance(error, PartlyApplied))
            raise
        except Exception:
            outcome.wrote(certainly=False)
            raise
        outcome.wrote(certainly=True)
    return created


def _shows(kind: Kind, created: Resource, plan: Plan) -> bool:
    """Whether the answer to a creation shows what was sent."""
    return kind.exists(created) and kind.natural_key(created) == kind.natural_key(plan.predicted or {})


def _partly_applied(
    client: Client, kind: Kind, desired: Params, plan: Plan, error: PartlyApplied, outcome: Outcome, snapshot: Snapshot
) -> QlikError:
    """The error of a PATCH of which only a part was carried out, saying which if that can be seen."""
    try:
        outcome.resource = kind.read_again(client, plan.current or {}, desired)
        now = show_to(snapshot.apart(kind.noun), kind, [outcome.resource])
        left = kind.plan(dict(desired, id=outcome.resource["id"]), now).differing
    except QlikError:
        return error
    taken = [option for option in plan.differing if option not in left]
    error.message += " Changed: %s. Not changed: %s." % (", ".join(taken) or "nothing", ", ".join(left) or "nothing")
    return error


def _plan_again(client: Client, kind: Kind, desired: Params, plan: Plan, error: QlikError, may_change: bool) -> Plan:
    """What is left to do after a write that failed.

    :param may_change: whether a refusal need not be the last word: it can be the echo of an earlier attempt that was
        carried out.
    :raises QlikError: the error itself where looking again cannot help, or the reason that the tenant had.
    """
    refused = isinstance(error, (BadRequest, Forbidden))
    vanished = isinstance(error, NotFound) and plan.action == "updated"
    if isinstance(error, NotFound) and plan.action == "created" and kind.absence.is_seen_at_creation:
        raise not_available(kind, error) from None
    if not (refused or vanished or error.outcome_unknown or isinstance(error, Conflict)):
        raise error
    try:
        snapshot = read(client, [Demand(kind, [desired])])
        left = kind.plan(desired, snapshot)
        for _plan, refusal in kind.refusals(client, [left], snapshot):
            raise refusal
    except InvalidInput as reason:
        if isinstance(error, ApiError):
            reason.response = error
        raise reason from None
    except QlikError:
        raise error from None
    has_alternative = isinstance(error, BadRequest) and plan.has_alternative
    is_the_same = [step[:3] for step in left.steps] == [step[:3] for step in plan.steps]
    can_change = may_change or has_alternative or _may_be_taken(kind, plan, error)
    if refused and left.changed and is_the_same and not can_change:
        raise error
    return left


def _may_be_taken(kind: Kind, plan: Plan, error: QlikError) -> bool:
    """Whether a creation can have been refused because somebody else was quicker, and no list shows it yet."""
    return plan.action == "created" and isinstance(error, BadRequest) and kind.refuses_taken_names_as_bad_requests


def _is_early(kind: Kind, desired: Params, plan: Plan, error: QlikError, snapshot: Snapshot) -> bool:
    """Whether a write can have been refused because another service does not know yet what was made a moment ago."""
    can_be = kind.parts.are_compared_by_id and isinstance(error, BadRequest)
    return can_be and snapshot.has_written(kind.references(desired, plan.current))


def _shown_settings(kind: Kind, resource: Resource) -> Set[str]:
    """The settings that an answer shows: what it leaves out cannot contradict what was written."""
    return {setting.option for setting in kind.settings if setting.current(resource) is not None}


def _left_over(
    client: Client, kind: Kind, desired: Params, done: Plan, outcome: Outcome, snapshot: Snapshot, attempt: int
) -> Plan:
    """The plan that remains after a successful write; what was patched may need a moment to show.

    Where it shows neither what was written nor what was held before, somebody else has written since. What is only to
    be added is added to that too.

    :raises NotApplied: when it does not show after all readings.
    :raises Overtaken: when somebody else has replaced it.
    """
    left = done
    is_overtaken = False
    for reading in range(MOST_READS):
        if outcome.resource is None:
            outcome.resource = kind.read_again(client, done.current or {}, desired)
        now = show_to(snapshot.apart(kind.noun), kind, [outcome.resource])
        left = kind.plan(dict(desired, id=outcome.resource.get("id")), now)
        if done.action == "created":
            return left
        if not left.changed or not set(left.differing) & _shown_settings(kind, outcome.resource):
            return replace(left, action="unchanged")
        is_overtaken = left.before != done.before
        if is_overtaken and left.only_adds and attempt < MOST_READS:
            client.transport.pause(attempt)
            return left
        client.transport.pause(reading)
        outcome.resource = None
    if is_overtaken:
        raise Overtaken(
            "PATCH %s was answered with success, but the tenant holds %s now, where %s was sent: another write has"
            " overtaken it, or the tenant keeps it in another form."
            % (kind.path(done.current or {}), left.before, left.after)
        )
    raise NotApplied(
        "PATCH %s was answered with success, but the tenant still holds %s where %s was sent."
        % (kind.path(done.current or {}), left.before, left.after)
    )
