# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans the writes that lead from the current to the desired state. Planning sends no requests."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._errors import InvalidForTenant, InvalidInput
from .references import Resource, Step
from .settings import Operation, Params, Setting
from .snapshot import Snapshot

Shown = Dict[str, Any]


@dataclass(frozen=True, eq=False)
class Plan:
    """The changes of one resource. Check mode returns the plan; otherwise the task applies it.

    Plans are compared by identity, so that they can be keys: two resources can require the same changes.

    :param action: C(created), C(updated), C(deleted), or C(unchanged).
    :param current: the resource in the API's form now; C(None) if it does not exist.
    :param predicted: the resource in the API's form after the writes; C(None) if it will not exist.
    :param before: the settings for the diff; C(None) if the resource does not exist.
    :param after: the settings for the diff after the writes; C(None) if the resource will not exist.
    :param steps: the requests in the order in which they are sent.
    :param is_complete: whether all values to send are known; otherwise plan again before applying it.
    :param only_adds: whether all changes only add values to lists, and so keep concurrent changes of other clients.
    :param differing: the options whose values differ in an existing resource.
    :param unchangeable: the settings that differ but can be set only at creation, each with C(current) and C(desired).
    """

    action: str
    current: Optional[Resource]
    predicted: Optional[Resource]
    before: Optional[Shown]
    after: Optional[Shown]
    steps: Sequence[Step] = ()
    is_complete: bool = True
    only_adds: bool = False
    differing: Sequence[str] = ()
    unchangeable: Mapping[str, Dict[str, Any]] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return self.action != "unchanged"

    @property
    def is_replacement(self) -> bool:
        """Whether the resource is deleted, and another one is created in its place."""
        return [step.method for step in self.steps] == ["DELETE", "POST"]

    @property
    def creates(self) -> bool:
        """Whether the plan creates a resource, as a new one or as a replacement."""
        return self.action == "created" or self.is_replacement

    @property
    def has_alternative(self) -> bool:
        """Whether the plan has an alternative for tenants that refuse its requests."""
        return any(step.alternative is not None for step in self.steps)

    def alternative(self) -> Plan:
        """Return the plan with requests that replace lists, for tenants that refuse to add to a list."""
        steps = [step if step.alternative is None else Step(*step[:2], step.alternative) for step in self.steps]
        return replace(self, steps=steps)


def plan_creation(settings: Sequence[Setting], desired: Params, blank: Resource, snapshot: Snapshot, path: str) -> Plan:
    """Plan to create a resource: one POST with all settings that a creation can set.

    :param blank: the resource that the tenant creates if no setting is given.
    :param path: the path for POST.
    :raises InvalidInput: if the resource cannot have a desired value, unless the snapshot collects problems.
    """
    payload: Dict[str, Any] = {}
    predicted = deepcopy(blank)
    is_complete = True
    for setting in settings:
        if not setting.is_given(desired):
            if setting.is_required:
                snapshot.refuse(InvalidForTenant("Required to create a new object.", option=setting.option))
            continue
        try:
            target = _target(setting, desired, None, snapshot)
            setting.refuse_blank(target)
        except InvalidInput as error:
            snapshot.refuse(error)
            continue
        if setting.applies_to(predicted):
            payload.update(setting.payload(desired, target))
            setting.predict(predicted, target)
            is_complete = is_complete and (setting.is_complete(target) or not setting.in_creation)
        elif setting.differs(setting.missing, target):
            text = "%r is not supported here. %s" % (setting.shown(target), setting.because)
            snapshot.refuse(InvalidInput(text, option=setting.option))
    steps = [Step("POST", path, payload)]
    return Plan("created", None, predicted, None, show(settings, predicted), steps, is_complete)


def plan_change(
    settings: Sequence[Setting], desired: Params, current: Resource, snapshot: Snapshot, path: str, whole: bool = False
) -> Plan:
    """Plan to change a resource: at most one request with all differences, then the requests of single settings.

    :param path: the path of the resource.
    :param whole: whether the API replaces the resource as a whole with PUT, instead of changing it with PATCH.
    :raises InvalidInput: if a setting differs but cannot be changed, or if its value is not visible. If the snapshot
        collects problems, the problem is added to it and the other settings are planned.
    """
    operations: List[Operation] = []
    replacement: List[Operation] = []
    own_steps: List[Step] = []
    unchangeable: Dict[str, Dict[str, Any]] = {}
    targets: List[Tuple[Setting, Any]] = []
    for setting in settings:
        if not setting.is_given(desired):
            continue
        value = setting.current(current)
        try:
            if value is None and setting.must_be_visible:
                raise InvalidInput(
                    "Cannot be compared because the tenant does not show the current value.",
                    "Use a credential with the role TenantAdmin.",
                    setting.option,
                )
            target = _target(setting, desired, value, snapshot)
            if not setting.differs(value, target):
                continue
            objection = setting.objection_to_change(desired, current, value, target)
            if objection is None:
                setting.refuse_blank(target)
        except InvalidInput as error:
            snapshot.refuse(error)
            continue
        if objection is not None:
            if not setting.may_stay_different:
                snapshot.refuse(objection)
            unchangeable[setting.option] = {"current": setting.shown(value), "desired": setting.shown(target)}
            continue
        steps = setting.own_steps(path, value, target)
        own_steps += steps
        if not steps:
            operations += setting.operations(desired, value, target)
            replacement += setting.replacement(desired, value, target)
        targets.append((setting, target))
    before = show(settings, current)
    if not targets:
        return Plan("unchanged", current, current, before, before, unchangeable=unchangeable)
    predicted = deepcopy(current)
    for setting, target in targets:
        setting.predict(predicted, target)
    steps = []
    if operations and whole:
        # PUT may reset booleans that it omits. So the body also has the booleans that this version has no setting for.
        body = {name: value for name, value in current.items() if isinstance(value, bool)}
        shown_values = [(setting, setting.current(predicted)) for setting in settings]
        for setting, target in [*shown_values, *targets]:
            body.update(setting.payload(desired, target) if target is not None else {})
        steps = [Step("PUT", path, {name: value for name, value in body.items() if value is not None})]
    elif operations:
        steps = [Step("PATCH", path, operations, replacement if replacement != operations else None)]
    return Plan(
        "updated",
        current,
        predicted,
        before,
        show(settings, predicted),
        steps + _joined(own_steps),
        is_complete=all(setting.is_complete(target) for setting, target in targets),
        only_adds=all(setting.only_adds(desired) for setting, target in targets),
        differing=[setting.option for setting, target in targets],
        unchangeable=unchangeable,
    )


def _joined(steps: Sequence[Step]) -> List[Step]:
    """Return the steps with one PATCH for each path, which has the operations of all of them."""
    joined: Dict[Any, Step] = {}
    for number, step in enumerate(steps):
        key = step.path if step.method == "PATCH" else number
        same = joined.get(key)
        joined[key] = step if same is None else same._replace(body=[*same.body, *step.body])
    return list(joined.values())


def plan_deletion(
    settings: Sequence[Setting],
    current: Optional[Resource],
    path: str,
    headers: Optional[Mapping[str, str]] = None,
) -> Plan:
    """Plan to delete a resource; C(current) is C(None) if it does not exist.

    :param headers: further headers that the API requires.
    """
    if current is None:
        return Plan("unchanged", None, None, None, None)
    return Plan("deleted", current, None, show(settings, current), None, [Step("DELETE", path, headers=headers)])


def show(settings: Sequence[Setting], resource: Resource) -> Shown:
    """Return the settings of a resource in the form for diffs, without values that the tenant does not show."""
    values = {setting: setting.current(resource) for setting in settings if setting.applies_to(resource)}
    shown = {setting.option: setting.shown(value) for setting, value in values.items() if value is not None}
    return {option: value for option, value in shown.items() if value is not None}


def are_equal(settings: Sequence[Setting], one: Resource, other: Resource) -> bool:
    """Return whether two resources have equal values in all settings."""
    return not any(setting.differs(setting.current(one), setting.current(other)) for setting in settings)


def _target(setting: Setting, desired: Params, current: Any, snapshot: Snapshot) -> Any:
    """Return the value that the resource will have, and set the option of errors that do not name theirs.

    :raises InvalidInput: if the resource cannot have the desired value.
    """
    known = len(snapshot.refused)
    try:
        return setting.target(desired, current, snapshot)
    except InvalidInput as error:
        error.option = error.option or setting.option
        raise
    finally:
        for refused in snapshot.refused[known:]:
            refused.option = refused.option or setting.option
