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
from .roles import RoleCatalogue
from .settings import Operation, Params, Resource, Setting

Shown = Dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What one resource needs. In check mode the plan is the result; otherwise it is carried out.

    :param action: C(created), C(updated), C(deleted) or C(unchanged).
    :param before: the settings as a diff shows them, C(None) if the resource does not exist; C(after) likewise.
    :param predicted: the resource in the API's form after the writes, C(None) if it does not exist then.
    :param payload: the body of the POST.
    :param operations: the body of the PATCH.
    :param replacement: the body that does it on tenants that refuse C(operations), empty where that is the same.
    :param only_adds: whether all that differs is to be held beside what others write.
    :param differing: the options that a PATCH is needed for.
    :param unchangeable: settings that differ and stay so, because only a creation can set them: C(held), C(wanted).
    """

    action: str
    held: Optional[Resource]
    predicted: Optional[Resource]
    before: Optional[Shown]
    after: Optional[Shown]
    payload: Optional[Dict[str, Any]] = None
    operations: Sequence[Operation] = ()
    replacement: Sequence[Operation] = ()
    only_adds: bool = False
    differing: Sequence[str] = ()
    unchangeable: Mapping[str, Dict[str, Any]] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return self.action != "unchanged"

    def by_replacement(self) -> Plan:
        """The same plan for a tenant that refuses to add to a list."""
        return replace(self, operations=self.replacement or self.operations, replacement=())


def plan_creation(settings: Sequence[Setting], wanted: Params, blank: Resource, roles: RoleCatalogue) -> Plan:
    """The plan for a resource that does not exist.

    :param blank: what the tenant makes of a creation that sets nothing.
    :raises InvalidInput: when a setting is asked that such a resource does not have.
    """
    payload: Dict[str, Any] = {}
    predicted = deepcopy(blank)
    for setting in settings:
        if not setting.is_asked(wanted):
            continue
        target = setting.target(wanted, None, roles)
        setting.refuse_blank(target)
        if setting.applies_to(predicted):
            payload.update(setting.payload(wanted, target))
            setting.put(predicted, target)
        elif setting.differs(setting.missing, target):
            raise InvalidInput("%s cannot be %r here. %s" % (setting.option, setting.shown(target), setting.because))
    return Plan("created", None, predicted, None, show(settings, predicted), payload=payload)


def plan_change(settings: Sequence[Setting], wanted: Params, held: Resource, roles: RoleCatalogue) -> Plan:
    """The plan for a resource that exists: at most one PATCH with all that differs.

    :raises InvalidInput: when a setting differs that cannot be changed, or whose value the caller may not see.
    """
    operations: List[Operation] = []
    replacement: List[Operation] = []
    unchangeable: Dict[str, Dict[str, Any]] = {}
    targets: List[Tuple[Setting, Any]] = []
    for setting in settings:
        if not setting.is_asked(wanted):
            continue
        value = setting.held(held)
        if value is None and setting.must_be_visible:
            raise InvalidInput(
                "The tenant does not show %s, so what is asked cannot be compared with it." % setting.api,
                "The credential may not see it; it needs the role TenantAdmin.",
            )
        target = setting.target(wanted, value, roles)
        if setting.differs(value, target):
            if setting.warns and not setting.is_changeable(held):
                unchangeable[setting.option] = {"held": setting.shown(value), "wanted": setting.shown(target)}
                continue
            if not setting.is_changeable(held):
                change = (setting.option, setting.shown(value), setting.shown(target), setting.because)
                raise InvalidInput("%s cannot be changed from %r to %r. %s" % change)
            setting.refuse_blank(target)
            operations += setting.operations(wanted, value, target)
            replacement += setting.replacement(wanted, value, target)
            targets.append((setting, target))
    before = show(settings, held)
    if not operations:
        return Plan("unchanged", held, held, before, before, unchangeable=unchangeable)
    predicted = deepcopy(held)
    for setting, target in targets:
        setting.put(predicted, target)
    return Plan(
        "updated",
        held,
        predicted,
        before,
        show(settings, predicted),
        operations=operations,
        replacement=replacement if replacement != operations else (),
        only_adds=all(setting.only_adds(wanted) for setting, target in targets),
        differing=[setting.option for setting, target in targets],
        unchangeable=unchangeable,
    )


def plan_deletion(settings: Sequence[Setting], held: Optional[Resource]) -> Plan:
    """The plan for a resource that must not exist."""
    if held is None:
        return Plan("unchanged", None, None, None, None)
    return Plan("deleted", held, None, show(settings, held), None)


def show(settings: Sequence[Setting], resource: Resource) -> Shown:
    """The settings of a resource as a diff shows them: what the user may set and the caller may see."""
    values = {setting: setting.held(resource) for setting in settings if setting.applies_to(resource)}
    return {setting.option: setting.shown(value) for setting, value in values.items() if value is not None}
