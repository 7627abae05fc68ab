# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applies plans, and reads again where a response leaves the current state open."""

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
from .._kinds.initial import created_by_this_task, without_initial
from .._kinds.previous_names import resolved
from .._planning.plan import Plan
from .._planning.references import Resource, Step
from .._planning.settings import Params
from .._planning.snapshot import Snapshot
from .read import Demand, read

#: The maximum number of reads until a resource shows a write, or the cause of a conflict. The pauses between them
#: double, to about 30 seconds in total.
MOST_READS = 6
#: The maximum number of reads after a refused creation whose response does not say whether the name exists.
_MOST_READS_OF_A_NAME = 2
#: The maximum number of requests that a message names.
_MOST_NAMED_REQUESTS = 3


@dataclass
class Outcome:
    """The result of applying a plan.

    :param plan: the plan that was applied; if C(error) is set, the plan that remains.
    :param resource: the current resource in the form of the API.
    :param changed: whether the tenant was or may have been changed.
    :param unknown: whether it is not known if the tenant was changed.
    :param is_repeated: whether a creation was sent again because there was no response to the one before.
    """

    plan: Plan
    resource: Optional[Resource] = None
    changed: bool = False
    unknown: bool = False
    error: Optional[QlikError] = None
    is_repeated: bool = False

    @property
    def action(self) -> str:
        if self.error is not None:
            return "failed"
        return self.plan.action if self.changed else "unchanged"

    @property
    def half_done(self) -> bool:
        """Whether something was or may have been written before an error."""
        return self.changed and self.error is not None

    def wrote(self, certainly: bool) -> None:
        """Record a write.

        :param certainly: false if it is not known whether the tenant carried it out.
        """
        self.unknown = not certainly and (self.unknown or not self.changed)
        self.changed = True


def predicted_outcome(plan: Plan, error: Optional[QlikError] = None) -> Outcome:
    """Return the outcome that applying a plan would have.

    :param error: why the plan cannot be applied.
    """
    return Outcome(plan, plan.predicted, plan.changed) if error is None else Outcome(plan, plan.current, error=error)


def carry_out(client: Client, kind: Kind, desired: Params, plan: Plan, snapshot: Snapshot) -> Outcome:
    """Apply a plan, and verify the result on the tenant.

    After every write, plan again from the current state until no change is left. This also covers writes whose response
    was lost, and concurrent writes of other clients.
    """
    outcome = Outcome(plan, plan.current)
    try:
        _carry_out(client, kind, desired, snapshot, outcome)
    except QlikError as error:
        if outcome.plan.is_replacement and outcome.changed and outcome.resource is None:
            text = " The old %s was deleted, and the tenant does not show the new one. Run the task again to create it."
            error.message += text % kind.word
        outcome.error = error
    except Exception as error:
        # A bug in the collection must not hide the outcomes of the other resources.
        outcome.error = UnhandledError(error)
    return outcome


def _carry_out(client: Client, kind: Kind, desired: Params, snapshot: Snapshot, outcome: Outcome) -> None:
    plan = outcome.plan if snapshot.takes_additions else outcome.plan.alternative()
    attempt = 0
    if plan.changed and plan.current is not None:
        outcome.resource = kind.writing.settled(client, kind, plan.current, desired)
    while plan.changed:
        try:
            created = _write(client, kind, plan, outcome)
        except PartlyApplied as error:
            raise _partly_applied(client, kind, desired, plan, error, outcome, snapshot) from None
        except QlikError as error:
            if plan.action == "deleted" and isinstance(error, NotFound):
                # An earlier attempt deleted it and its response was lost, or another client deleted it.
                outcome.resource = None
                return
            if plan.action == "created" and outcome.changed:
                desired = created_by_this_task(desired)
            may_change = outcome.changed or _may_be_too_early(kind, desired, plan, error, snapshot)
            left = _plan_again(client, kind, desired, plan, error, may_change)
            for reading in range(_reads_before_new_creation(kind, plan, error)):
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
            plan = left
            outcome.resource = left.current and kind.writing.settled(client, kind, left.current, desired)
            if plan.current is not None:
                # Another client has created the resource, so its initial values are not those of this task.
                desired = without_initial(desired)
            if plan.changed:
                client.transport.pause(attempt)
        else:
            if plan.action == "created":
                desired = created_by_this_task(desired)
            outcome.resource = created and kind.parts.of_new(created, desired)
            outcome.is_repeated = outcome.is_repeated or (created is not None and attempt > 0)
            if plan.action == "deleted":
                return
            plan = _left_over(client, kind, desired, plan, outcome, snapshot, attempt)
        attempt += 1


def _attempts(client: Client, kind: Kind, plan: Plan, error: QlikError) -> int:
    """Return how often to repeat a write after reading again, in addition to the retries of the transport."""
    if _may_be_taken(kind, plan, error):
        return _MOST_READS_OF_A_NAME
    if isinstance(error, (Conflict, NotFound, BadRequest)):
        return MOST_READS
    return 0 if all(map(_is_repeated_by_the_transport, plan.steps)) else client.transport.retries


def _reads_before_new_creation(kind: Kind, plan: Plan, error: QlikError) -> int:
    """Return how often to read again before a creation whose response was lost is repeated.

    If names need not be unique, a repeated creation causes no conflict, so lists must show the first one in time.
    """
    return MOST_READS if plan.creates and error.outcome_unknown and not kind.has_unique_names else 0


def _is_repeated_by_the_transport(step: Step) -> bool:
    return step.method != "POST" and (step.method != "PATCH" or is_safe_to_repeat(step.body))


def _write(client: Client, kind: Kind, plan: Plan, outcome: Outcome) -> Optional[Resource]:
    """Send the requests of a plan. Return the new resource after a creation.

    Only this function records in the outcome whether the tenant was changed.
    """
    if not plan.is_complete:
        raise QlikError("Unexpected error in the collection: a plan with unknown IDs.", "Report it as a bug.")
    created = None
    for step in plan.steps:
        try:
            if step.method == "POST" and step.headers is not None:
                client.act(step.path, step.body, step.headers)
            elif step.method == "POST" and plan.current is not None and not plan.is_replacement:
                client.create(step.path, step.body)
            elif step.method == "POST":
                created = client.create(step.path, step.body, lambda response: _shows(kind, response, plan))
            elif step.method == "PATCH":
                client.patch(step.path, step.body)
            elif step.method == "PUT":
                client.put(step.path, step.body)
            else:
                _delete(client, step, plan)
        except QlikError as error:
            if error.outcome_unknown:
                outcome.wrote(certainly=isinstance(error, PartlyApplied))
            raise
        except Exception:
            outcome.wrote(certainly=False)
            raise
        outcome.wrote(certainly=True)
    return created


def _delete(client: Client, step: Step, plan: Plan) -> None:
    try:
        client.delete(step.path, step.headers)
    except NotFound:
        # An earlier attempt has deleted what is replaced.
        if not plan.is_replacement:
            raise


def _shows(kind: Kind, created: Resource, plan: Plan) -> bool:
    """Return whether the response to a creation shows the created resource."""
    return kind.exists(created) and kind.natural_key(created) == kind.natural_key(plan.predicted or {})


def _partly_applied(
    client: Client, kind: Kind, desired: Params, plan: Plan, error: PartlyApplied, outcome: Outcome, snapshot: Snapshot
) -> QlikError:
    """Return the error of a partly applied PATCH, with the changed and unchanged options if they can be read."""
    try:
        outcome.resource = kind.read_again(client, plan.current or {}, desired)
        current = show_to(snapshot.apart(kind.noun), kind, [outcome.resource])
        left = kind.plan(dict(desired, id=outcome.resource["id"]), current).differing
    except QlikError:
        return error
    changed = [option for option in plan.differing if option not in left]
    error.message += " Changed: %s. Not changed: %s." % (", ".join(changed) or "nothing", ", ".join(left) or "nothing")
    return error


def _plan_again(client: Client, kind: Kind, desired: Params, plan: Plan, error: QlikError, may_change: bool) -> Plan:
    """Plan again after a failed write.

    :param may_change: whether the error may be the consequence of an earlier attempt that the tenant carried out, so
        that a repetition can succeed.
    :raises QlikError: C(error) itself if planning again cannot help, or the reason of the tenant if it is found.
    """
    refused = isinstance(error, (BadRequest, Forbidden))
    vanished = isinstance(error, NotFound) and plan.action == "updated"
    if isinstance(error, NotFound) and plan.action == "created" and kind.absence.is_seen_at_creation:
        raise not_available(kind, error) from None
    if not (refused or vanished or error.outcome_unknown or isinstance(error, Conflict)):
        raise error
    try:
        snapshot = read(client, [Demand(kind, [desired])])
        left = kind.plan(resolved(kind, desired, snapshot).desired, snapshot)
        for _plan, refusal in kind.refusals(client, [left], snapshot):
            raise refusal
    except InvalidInput as reason:
        if isinstance(error, ApiError):
            reason.response = error
        raise reason from None
    except QlikError:
        raise error from None
    has_alternative = isinstance(error, BadRequest) and plan.has_alternative
    is_same = [step[:3] for step in left.steps] == [step[:3] for step in plan.steps]
    can_change = may_change or has_alternative or _may_be_taken(kind, plan, error)
    if refused and left.changed and is_same and not can_change:
        raise error
    return left


def _may_be_taken(kind: Kind, plan: Plan, error: QlikError) -> bool:
    """Return whether another client may have created the resource first, although no list shows it yet."""
    return plan.action == "created" and isinstance(error, BadRequest) and kind.writing.taken_names_are_bad_requests


def _may_be_too_early(kind: Kind, desired: Params, plan: Plan, error: QlikError, snapshot: Snapshot) -> bool:
    """Return whether a service may have refused a write because it does not know a resource created just before."""
    is_possible = kind.parts.are_compared_by_id and isinstance(error, BadRequest)
    return is_possible and snapshot.has_written(kind.references(desired, plan.current))


def _shown_settings(kind: Kind, resource: Resource) -> Set[str]:
    """Return the settings that a response shows. Only these can contradict a write."""
    return {setting.option for setting in kind.settings if setting.current(resource) is not None}


def _left_over(
    client: Client, kind: Kind, desired: Params, done: Plan, outcome: Outcome, snapshot: Snapshot, attempt: int
) -> Plan:
    """Return the plan that remains after a successful write. A change may take some time to show.

    If the tenant shows neither the old nor the written values, another client has written since. A plan that only adds
    values is then repeated.

    :raises NotApplied: if the tenant still shows the old values after all reads.
    :raises Overtaken: if another client has replaced the written values.
    """
    left = done
    is_overtaken = False
    for reading in range(MOST_READS):
        if outcome.resource is None:
            outcome.resource = kind.read_again(client, done.current or {}, desired)
            outcome.resource = kind.writing.settled(client, kind, outcome.resource, desired)
        current = show_to(snapshot.apart(kind.noun), kind, [outcome.resource])
        left = kind.plan(dict(desired, id=outcome.resource.get("id")), current)
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
    requests = " and ".join("%s %s" % step[:2] for step in done.steps[:_MOST_NAMED_REQUESTS])
    if is_overtaken:
        raise Overtaken(
            "%s succeeded, but the tenant now has %s instead of %s: another client has replaced the values, or"
            " the tenant stores them in another form." % (requests, left.before, left.after)
        )
    raise NotApplied("%s succeeded, but the tenant still has %s instead of %s." % (requests, left.before, left.after))
