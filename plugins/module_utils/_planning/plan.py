# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what the tenant holds and what is wanted to the writes that are left to do. Nothing here talks to a tenant."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._errors import InvalidInput
from .references import Resource, Step
from .settings import Operation, Params, Setting
from .snapshot import Snapshot

Shown = Dict[str, Any]


@dataclass(frozen=True, eq=False)
class Plan:
    """What one resource needs. In check mode the plan is the result; otherwise it is carried out.

    Plans are told apart by identity, not by content, so that a plan can be a key: two resources can need the same.

    :param action: C(created), C(updated), C(deleted) or C(unchanged).
    :param before: the settings as a diff shows them, C(None) if the resource does not exist; C(after) likewise.
    :param predicted: the resource in the API's form after the writes, C(None) if it does not exist then.
    :param steps: what is written, in this order.
    :param is_complete: whether all that has to be sent is known; otherwise the plan has to be made again before.
    :param only_adds: whether all that differs is to be held beside what others write.
    :param differing: the options that an existing resource differs in.
    :param unchangeable: settings that differ and stay so, because only a creation can set them: C(current), C(desired).
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
    def has_alternative(self) -> bool:
        """Whether there is another way for tenants that refuse this one."""
        return any(step.alternative is not None for step in self.steps)

    def alternative(self) -> Plan:
        """The same plan for a tenant that refuses to add to a list."""
        steps = [step if step.alternative is None else Step(*step[:2], step.alternative) for step in self.steps]
        return replace(self, steps=steps)


def plan_creation(settings: Sequence[Setting], desired: Params, blank: Resource, snapshot: Snapshot, path: str) -> Plan:
    """The plan for a resource that does not exist: one POST with all that a creation can set.

    :param blank: what the tenant makes of a creation that sets nothing.
    :raises InvalidInput: when a setting is asked that such a resource does not have, unless the snapshot collects that.
    """
    payload: Dict[str, Any] = {}
    predicted = deepcopy(blank)
    is_complete = True
    for setting in settings:
        if not setting.is_asked(desired):
            if setting.is_needed:
                snapshot.refuse(InvalidInput("There is none yet, and a new one needs it.", option=setting.option))
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
            text = "It cannot be %r here. %s" % (setting.shown(target), setting.because)
            snapshot.refuse(InvalidInput(text, option=setting.option))
    steps = [Step("POST", path, payload)]
    return Plan("created", None, predicted, None, show(settings, predicted), steps, is_complete)


def plan_change(
    settings: Sequence[Setting], desired: Params, current: Resource, snapshot: Snapshot, path: str, whole: bool = False
) -> Plan:
    """The plan for a resource that exists: at most one request with all that differs, and those of settings that take
    requests of their own.

    :param whole: whether the API replaces such a resource as a whole, by PUT, instead of changing it by PATCH.
    :raises InvalidInput: when a setting differs that cannot be changed, or whose value the caller may not see, unless
        the snapshot collects that; the other settings are planned then.
    """
    operations: List[Operation] = []
    replacement: List[Operation] = []
    own_steps: List[Step] = []
    unchangeable: Dict[str, Dict[str, Any]] = {}
    targets: List[Tuple[Setting, Any]] = []
    for setting in settings:
        if not setting.is_asked(desired):
            continue
        value = setting.current(current)
        try:
            if value is None and setting.must_be_visible:
                raise InvalidInput(
                    "The tenant does not show it, so what is asked cannot be compared with it.",
                    "The credential may not see it; it needs the role TenantAdmin.",
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
        # What becomes of a switch that PUT leaves out is not known, so those that the tenant has beside the settings of
        # this version are kept too.
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
        steps + own_steps,
        is_complete=all(setting.is_complete(target) for setting, target in targets),
        only_adds=all(setting.only_adds(desired) for setting, target in targets),
        differing=[setting.option for setting, target in targets],
        unchangeable=unchangeable,
    )


def plan_deletion(settings: Sequence[Setting], current: Optional[Resource], path: str) -> Plan:
    """The plan for a resource that must not exist."""
    if current is None:
        return Plan("unchanged", None, None, None, None)
    return Plan("deleted", current, None, show(settings, current), None, [Step("DELETE", path)])


def show(settings: Sequence[Setting], resource: Resource) -> Shown:
    """The settings of a resource as a diff shows them: what the user may set and the caller may see."""
    values = {setting: setting.current(resource) for setting in settings if setting.applies_to(resource)}
    shown = {setting.option: setting.shown(value) for setting, value in values.items() if value is not None}
    return {option: value for option, value in shown.items() if value is not None}


def are_equal(settings: Sequence[Setting], one: Resource, other: Resource) -> bool:
    """Whether two resources have the same values in all settings that a user may set."""
    return not any(setting.differs(setting.current(one), setting.current(other)) for setting in settings)


def _target(setting: Setting, desired: Params, current: Any, snapshot: Snapshot) -> Any:
    """What the resource is to hold.

    :raises InvalidInput: which says for which option.
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
