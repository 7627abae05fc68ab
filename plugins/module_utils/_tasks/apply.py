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
from .._kinds.base import Kind, World
from .._planning.plan import Plan
from .._planning.settings import Params, Resource
from .read import read

#: How often a resource is looked at until it shows what was written, or what a conflict is about; the pauses between
#: double, and come to about 30 seconds in all.
_LOOKS = 6


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


def foretell(plan: Plan) -> Outcome:
    """The outcome that carrying the plan out would have."""
    return Outcome(plan, plan.predicted, plan.changed)


def carry_out(client: Client, kind: Kind, wanted: Params, plan: Plan, world: World) -> Outcome:
    """Write what the plan says, and make sure that the tenant holds it.

    Every write is followed by planning again from what the tenant then holds: the work is done when nothing is left
    to do. The same holds after a write whose answer was lost, or that somebody else's write got in the way of.
    """
    outcome = Outcome(plan, plan.held)
    try:
        _work_off(client, kind, wanted, world, outcome)
    except QlikError as error:
        outcome.error = error
    except Exception as error:
        # A fault of the collection itself must not hide what became of the other resources of the task.
        outcome.error = UnhandledError(error)
    return outcome


def _work_off(client: Client, kind: Kind, wanted: Params, world: World, outcome: Outcome) -> None:
    plan = outcome.plan if world.takes_additions else outcome.plan.by_replacement()
    attempt = 0
    while plan.changed:
        try:
            created = _write(client, kind, plan, outcome)
        except PartlyApplied as error:
            raise _partly_applied(client, kind, wanted, plan, error, outcome) from None
        except QlikError as error:
            if plan.action == "deleted" and isinstance(error, NotFound):
                # An attempt before this one deleted it and its answer was lost, or somebody else was quicker.
                outcome.resource = None
                return
            left = _plan_again(client, kind, wanted, plan, error, may_be_ours=outcome.changed)
            if left.changed and attempt >= _attempts(client, plan, error):
                raise
            if left.changed and plan.replacement and isinstance(error, BadRequest):
                world.takes_additions = False
                left = left.by_replacement()
            if not outcome.changed:
                outcome.plan = left
            plan, outcome.resource = left, left.held
            if plan.changed:
                client.transport.pause(attempt)
        else:
            outcome.resource = created
            if plan.action == "deleted":
                return
            plan = _left_over(client, kind, wanted, plan, outcome, world, attempt)
        attempt += 1


def _attempts(client: Client, plan: Plan, error: QlikError) -> int:
    """How often a write is tried again after looking; the transport has repeated what is safe to repeat already."""
    if isinstance(error, (Conflict, NotFound, BadRequest)):
        return _LOOKS
    return 0 if is_safe_to_repeat(plan.operations) and plan.action != "created" else client.transport.retries


def _write(client: Client, kind: Kind, plan: Plan, outcome: Outcome) -> Optional[Resource]:
    """Carry out one write, and give the new resource after a creation.

    This is the one place that notes in the outcome whether the tenant was changed.
    """
    try:
        created = None
        if plan.held is None:
            created = client.create(kind.collection, plan.payload or {}, lambda answer: _shows(kind, answer, plan))
        elif plan.action == "updated":
            client.patch(kind.path(plan.held), plan.operations)
        else:
            client.delete(kind.path(plan.held))
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
    client: Client, kind: Kind, wanted: Params, plan: Plan, error: PartlyApplied, outcome: Outcome
) -> QlikError:
    """The error of a PATCH of which only a part was carried out, saying which if that can be seen."""
    try:
        outcome.resource = kind.read_again(client, plan.held or {})
        now = World()
        now.add(kind, [outcome.resource])
        left = kind.plan(dict(wanted, id=outcome.resource["id"]), now).differing
    except QlikError:
        return error
    taken = [option for option in plan.differing if option not in left]
    error.message += " Changed: %s. Not changed: %s." % (", ".join(taken) or "nothing", ", ".join(left) or "nothing")
    return error


def _plan_again(client: Client, kind: Kind, wanted: Params, plan: Plan, error: QlikError, may_be_ours: bool) -> Plan:
    """What is left to do after a write that failed.

    :param may_be_ours: whether an earlier attempt may have been carried out, so that a refusal can be its echo.
    :raises QlikError: the error itself where looking again cannot help, or the reason that the tenant had.
    """
    refused = isinstance(error, (BadRequest, Forbidden))
    vanished = isinstance(error, NotFound) and plan.action == "updated"
    if not (refused or vanished or error.outcome_unknown or isinstance(error, Conflict)):
        raise error
    try:
        world = read(client, kind, [wanted], thorough=True)
        left = kind.plan(wanted, world)
        kind.foresee(client, [left], world)
    except InvalidInput as reason:
        if isinstance(error, ApiError):
            reason.answer = error
        raise reason from None
    except QlikError:
        raise error from None
    can_replace = isinstance(error, BadRequest) and plan.replacement
    is_the_same = (left.payload, left.operations) == (plan.payload, plan.operations)
    if refused and left.changed and is_the_same and not (may_be_ours or can_replace):
        raise error
    return left


def _shown_settings(kind: Kind, resource: Resource) -> Set[str]:
    """The settings that an answer shows: what it leaves out cannot contradict what was written."""
    return {setting.option for setting in kind.settings if setting.held(resource) is not None}


def _left_over(
    client: Client, kind: Kind, wanted: Params, done: Plan, outcome: Outcome, world: World, attempt: int
) -> Plan:
    """The plan that remains after a successful write; what was patched may need a moment to show.

    Where it shows neither what was written nor what was held before, somebody else has written since. What is only to
    be added is added to that too.

    :raises NotApplied: when it does not show after all looks.
    :raises Overtaken: when somebody else has replaced it.
    """
    for look in range(_LOOKS):
        if outcome.resource is None:
            outcome.resource = kind.read_again(client, done.held or {})
        now = World(world.roles)
        now.add(kind, [outcome.resource])
        left = kind.plan(dict(wanted, id=outcome.resource.get("id")), now)
        if done.action == "created":
            return left
        if not left.changed or not set(left.differing) & _shown_settings(kind, outcome.resource):
            return replace(left, action="unchanged")
        is_overtaken = left.before != done.before
        if is_overtaken and left.only_adds and attempt < _LOOKS:
            client.transport.pause(attempt)
            return left
        client.transport.pause(look)
        outcome.resource = None
    if is_overtaken:
        raise Overtaken(
            "PATCH %s was answered with success, but the tenant holds %s now, where %s was sent: another write has"
            " overtaken it, or the tenant keeps it in another form."
            % (kind.path(done.held or {}), left.before, left.after)
        )
    raise NotApplied(
        "PATCH %s was answered with success, but the tenant still holds %s where %s was sent."
        % (kind.path(done.held or {}), left.before, left.after)
    )
