# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of modules: diffs in the form of Ansible's callbacks, and a report for each item."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence

from .._kinds.base import Kind
from .._kinds.lockout import is_admin
from .._planning.references import Resource
from .apply import Outcome
from .bulk import Item
from .task_plan import Area

#: The maximum number of items in a diff.
MOST_DIFFS = 1000
#: The options that name a resource.
_NAMES = {"name", "subject"}
#: The maximum length of a list of items in the C(invocation) of a result.
MOST_REPEATED_ITEMS = 100


def diff(label: str, outcome: Outcome) -> Dict[str, Any]:
    """Return an item of the C(diff) of a result, in the form of Ansible's callbacks."""
    return {
        "before_header": label,
        "after_header": label,
        "before": outcome.plan.before,
        "after": outcome.plan.after,
    }


def diff_of_many(areas: Sequence[Area]) -> List[Dict[str, Any]]:
    """Return the diffs of the changed items, at most C(MOST_DIFFS), with the number of further ones."""
    pairs = [pair for area in areas for pair in zip(area.items, area.outcomes)]
    diffs = [diff(item.label, outcome) for item, outcome in pairs if outcome.plan.changed]
    omitted = len(diffs) - MOST_DIFFS
    if omitted > 0:
        noun = areas[0].kind.words if len(areas) == 1 else "objects"
        diffs[MOST_DIFFS:] = [{"prepared": "... and %d more changed %s\n" % (omitted, noun)}]
    return diffs


def unmanaged_report(kind: Kind, resource: Resource, changed_by: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
    """Return the report of an unmanaged resource.

    :param changed_by: who created it or granted it C(TenantAdmin), if the audit log was read.
    """
    shown = kind.to_user(resource)
    report = {option: shown.get(option) for option in kind.identity}
    report.update(_composed_name(kind, resource))
    report.update({"administers": is_admin(resource), kind.noun: shown})
    if changed_by is not None:
        report["changed_by"] = changed_by
    return report


def without_many_items(kind: Kind, params: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the options for the C(invocation) of a result, without a long list of items."""
    items = params[kind.plural]
    if len(items) <= MOST_REPEATED_ITEMS:
        return dict(params)
    return {**params, kind.plural: "%d items, omitted here" % len(items)}


def names_in(kind: Kind, item: Item, outcome: Outcome) -> Dict[str, Any]:
    """Return the values that identify an item, by option."""
    resource = outcome.resource or item.plan.current
    known = kind.to_user(resource) or {}
    names = {option: item.desired.get(option) or known.get(option) for option in kind.identity}
    return {**names, **_composed_name(kind, resource)}


def _composed_name(kind: Kind, resource: Optional[Resource]) -> Dict[str, Any]:
    """Return the name of a resource whose options do not include a name or a subject."""
    return {} if resource is None or _NAMES & set(kind.identity) else {"name": kind.name_of(resource)}


def item_report(kind: Kind, item: Item, outcome: Outcome, with_diff: bool) -> Dict[str, Any]:
    """Return the report of an item. It includes its diff, because the diff of the task is limited."""
    resource = kind.to_user(outcome.resource)
    report = names_in(kind, item, outcome)
    report.update({"action": outcome.action, "changed": outcome.changed, kind.noun: resource})
    if with_diff and outcome.plan.changed:
        report.update({"before": outcome.plan.before, "after": outcome.plan.after})
    if item.plan.differing:
        report["settings"] = list(item.plan.differing)
    if item.previous_name:
        report["previous_name"] = item.previous_name
    if item.is_pruned:
        report["pruned"] = True
    if item.is_duplicate:
        report["duplicate_id"] = item.desired["id"]
    if item.plan.unchangeable:
        report["unchangeable"] = item.plan.unchangeable
    if item.wrong or item.refused:
        report["place"] = item.place
    if item.refused and not item.wrong:
        report["planned"] = item.plan.action
    if item.changed_by is not None:
        report["changed_by"] = item.changed_by
    if outcome.error is not None:
        report["error"] = outcome.error.to_result()
    return report
