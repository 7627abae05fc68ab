# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records the responses and the plans of a kind in the snapshot."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from collections.abc import Hashable
from typing import Iterable, List, Optional, Tuple

from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.snapshot import Snapshot
from .base import Kind


def show_to(snapshot: Snapshot, kind: Kind, resources: Iterable[Resource]) -> Snapshot:
    """Add resources of a response, and their roles, to the snapshot. Return the snapshot."""
    for resource in filter(kind.exists, resources):
        snapshot.roles.learn(kind.shown_roles(resource))
        snapshot.put(kind.noun, resource, kind.natural_key(resource), claims_of(kind, resource))
    return snapshot


def claims_of(kind: Kind, resource: Resource) -> List[Hashable]:
    """Return the unique values of a resource as keys, without the natural key."""
    values = ((setting, setting.current(resource)) for setting in kind.settings if setting.is_unique)
    return [(setting.api, setting.comparable(value)) for setting, value in values if value]


def expect_in(snapshot: Snapshot, kind: Kind, plans: Iterable[Plan]) -> None:
    """Record the effects of plans, so that other plans can refer to the results."""
    renamed = {}
    for plan in plans:
        if plan.changed:
            before, after = (kind.natural_key(side) if side else None for side in (plan.current, plan.predicted))
            snapshot.plan(kind.noun, plan.current, before, plan.predicted, after)
            if before and after and before != after:
                renamed[(plan.current or {})["id"]] = after[1]
    if renamed:
        snapshot.rename(kind.noun, renamed)


def settle_in(snapshot: Snapshot, kind: Kind, written: Iterable[Tuple[Plan, Optional[Resource]]]) -> None:
    """Replace the recorded effects of applied plans with the current resources."""
    for plan, resource in written:
        if resource is not None and plan.predicted is not None:
            show_to(snapshot, kind, [resource])
            snapshot.settle(kind.noun, kind.natural_key(resource))
