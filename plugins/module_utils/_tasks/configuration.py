# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows of C(qlik_configuration) and C(qlik_configuration_info)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence
from urllib.parse import urlsplit

from .._api.connection import connection_argument_spec, is_local
from .._errors import InvalidInput, visible
from .._kinds.base import Kind
from .._kinds.lockout import administrators
from .._planning.fingerprint import check_form, fingerprint_of
from .._planning.references import nearest
from .._planning.settings import BOOLEAN, LIST_OF_TEXTS, TEXT, Params
from .._planning.snapshot import Snapshot
from .attribution import attribute
from .attribution_questions import Bounds
from .audit_log import DAYS_KEPT, time_of
from .bulk import check_all, entries_of, names_alike
from .ensure import CONCURRENCY_SPEC, DescriptionRefused, area_result, caller_address, ensure, result_of_many
from .findings import findings_of
from .problems import Problems
from .prune import Pruning, check_pruning
from .read import read_everything
from .result import diff_of_many, unmanaged_report
from .task import Flow, Result, Task, failure
from .task_plan import Area, plan_without_tenant

#: The options for the attribution of drift, which takes further requests.
_ATTRIBUTION_SPEC = {
    "attribute_drift": dict(BOOLEAN, default=False),
    "attribute_unmanaged": dict(BOOLEAN, default=False),
    "attribution_days": {"type": "int", "default": DAYS_KEPT},
    "attribution_pages": {"type": "int", "default": 20},
}
_MOST_ATTRIBUTION_PAGES = 1000


def flow_of_configuration(kinds: Sequence[Kind]) -> Flow:
    """Return the flow of C(qlik_configuration).

    :param kinds: all kinds in the order in which they are written.
    """

    def steps(task: Task) -> Result:
        params = task.params
        expected = params["expected_plan"]
        check_form(expected, task.place_of("expected_plan"))
        if expected is None and params["require_plan"]:
            raise InvalidInput(
                "Required because `require_plan` is true.",
                "Set it to the fingerprint of the approved plan.",
                "expected_plan",
            )
        _check_attribution(task)
        areas = _described(kinds, task)
        try:
            snapshot = ensure(task, areas, expected)
        except DescriptionRefused as refusal:
            # In check mode, an audit needs the outcomes of all other items.
            more = _result(task, areas, refusal.snapshot) if task.check_mode else {}
            more.pop("changed", None)
            return failure(task, refusal, changed=False, unknown=False, problems=refusal.problems, **more)
        return result_of_many(task, areas, _result(task, areas, snapshot))

    prunable = {kind.area: kind for kind in kinds if kind.pruning.spec is not None}
    spec = {
        **connection_argument_spec(rate_limit_wait=None),
        **{kind.area: kind.area_spec() for kind in kinds},
        "areas": dict(LIST_OF_TEXTS),
        "prune": {
            "type": "dict",
            "options": {area: {"type": "dict", "options": kind.pruning.options()} for area, kind in prunable.items()},
        },
        "allow_lockout": dict(BOOLEAN, default=False),
        "caller_address": dict(TEXT),
        "expected_plan": dict(TEXT),
        "require_plan": dict(BOOLEAN, default=False),
        "report_unmanaged": dict(BOOLEAN, default=False),
        **_ATTRIBUTION_SPEC,
        **CONCURRENCY_SPEC,
    }
    return Flow(spec, steps, may_be_empty=[option for kind in kinds for option in kind.may_be_empty()])


def problems_without_tenant(kinds: Sequence[Kind], task: Task) -> Problems:
    """Return the problems of a description that can be detected without its tenant. Nothing is requested.

    :param task: a task of C(qlik_configuration). Its URL can be empty.
    """
    names = {option: task.place_of(option) for option in ("allow_lockout", "caller_address")}
    problems = Problems(names, of_every_tenant=True)
    areas = []

    def collect(check: Callable[[], Any], area: str = "") -> Any:
        try:
            return check()
        except InvalidInput as error:
            return problems.add("" if error.option else area, error, area)

    params = task.params
    collect(lambda: check_form(params["expected_plan"], task.place_of("expected_plan")))
    collect(lambda: caller_address(task, is_simulation=is_local(urlsplit(params["tenant_url"]).hostname or "")))
    chosen = collect(lambda: _chosen(kinds, params["areas"], "areas")) or []
    for kind in kinds:
        area = collect(partial(_area_of, kind, kind in chosen, task), kind.area)
        entries = collect(partial(check_all, kind, area.entries, problems), kind.area) if area else None
        if entries is not None:
            area.entries = entries
            areas.append(area)
    warnings = plan_without_tenant(areas, problems)
    for warning in [*(text for area in areas for text in names_alike(area.kind, area.entries)), *warnings]:
        task.warn(visible(warning))
    return problems


def flow_of_configuration_info(kinds: Sequence[Kind]) -> Flow:
    """Return the flow of C(qlik_configuration_info).

    :param kinds: all kinds.
    """

    def steps(task: Task) -> Result:
        excluded = _chosen(kinds, task.params["exclude_areas"], "exclude_areas")
        chosen = [kind for kind in _chosen(kinds, task.params["areas"], "areas") if kind not in excluded]
        snapshot = read_everything(task.client(), chosen)
        missing = {kind.area: snapshot.missing(kind.noun) for kind in chosen}
        return {
            "changed": False,
            "configuration": {kind.area: _shown(kind, snapshot) for kind in chosen if missing[kind.area] is None},
            "not_available": {area: str(reason) for area, reason in missing.items() if reason is not None},
        }

    spec = {
        **connection_argument_spec(),
        "areas": dict(LIST_OF_TEXTS),
        "exclude_areas": dict(LIST_OF_TEXTS, default=[]),
    }
    return Flow(spec, steps)


def _shown(kind: Kind, snapshot: Snapshot) -> Any:
    """Return the current resources of a kind in the form of results, sorted by name."""
    current = sorted(snapshot.resources(kind.noun), key=kind.name_of)
    return kind.form.shown([kind.to_user(resource) for resource in current])


def _chosen(kinds: Sequence[Kind], areas: Optional[Sequence[str]], option: str) -> List[Kind]:
    """Return the kinds of the given areas, or all kinds.

    :raises InvalidInput: if an area does not exist, or if C(areas) is empty.
    """
    if areas is not None and not areas and option == "areas":
        raise InvalidInput("Must not be empty.", "Omit it to include all areas.", option)
    known = [kind.area for kind in kinds]
    for name in areas or []:
        if name not in known:
            text = "%r is not an area.%s" % (name, nearest(name, known))
            raise InvalidInput(text, "Use one of %s." % ", ".join(known), option)
    return [kind for kind in kinds if areas is None or kind.area in areas]


def _described(kinds: Sequence[Kind], task: Task) -> List[Area]:
    """Return the described areas that C(areas) includes.

    :raises InvalidInput: if C(areas) or C(prune) are invalid.
    """
    chosen = _chosen(kinds, task.params["areas"], "areas")
    areas = (_area_of(kind, kind in chosen, task) for kind in kinds)
    return [area for area in areas if area is not None]


def _area_of(kind: Kind, is_chosen: bool, task: Task) -> Optional[Area]:
    """Return the area of a kind; C(None) if it is not in the description or not among C(areas).

    :raises InvalidInput: if C(prune) is invalid for it.
    """
    params: Params = task.params
    desired, prune = params[kind.area], (params["prune"] or {}).get(kind.area)
    place = "prune.%s" % kind.area
    if desired is None and prune is not None:
        raise InvalidInput(
            "Requires `%s`: without it, pruning would remove everything." % kind.area,
            "Set `%s` to the objects to keep, or remove it from `prune`." % kind.area,
            place,
        )
    if desired is None and params["areas"] is not None and is_chosen:
        text = "%s: %s is not in the description, so it stays unchanged."
        task.warn(text % (task.place_of("areas"), kind.area))
    if desired is None or not is_chosen:
        return None
    desired = kind.form.items(desired, params["tenant_url"])
    pruning = None
    if prune is not None:
        places_of_pruning = [task.place_of("%s.%s" % (place, option)) for option in ("protect", "max_deletions")]
        protect_place, limit_place = places_of_pruning
        pruning = Pruning(protect_place, prune["protect"], prune["max_deletions"], limit_place, prune)
        check_pruning(kind, desired, pruning)
    report_unmanaged = params["report_unmanaged"] and kind.form.has_unmanaged
    is_audited = params["report_unmanaged"] and task.check_mode
    entries = entries_of(kind, desired, task.places.get(kind.area))
    return Area(kind, entries, pruning, report_unmanaged, is_audited)


def _check_attribution(task: Task) -> None:
    """Check the limits of the attribution.

    :raises InvalidInput: if a limit is out of range.
    """
    for option, most in (("attribution_days", DAYS_KEPT), ("attribution_pages", _MOST_ATTRIBUTION_PAGES)):
        value = task.params[option]
        if not 1 <= value <= most:
            raise InvalidInput("Must be 1 to %d, not %d." % (most, value), option=task.place_of(option))


def _attributed(task: Task, areas: Sequence[Area], snapshot: Snapshot) -> Dict[str, Dict[str, Any]]:
    """Return who changed unmanaged resources, by area and ID, and add the same to the items. Only in check mode."""
    params = task.params
    if not (task.check_mode and params["attribute_drift"]):
        return {}
    in_sync = {area: time_of(time) for area, time in (task.audit.get("in_sync_at") or {}).items()}
    pages = "attribution_pages"
    now = datetime.now(timezone.utc)
    bounds = Bounds(now, params["attribution_days"], params[pages], in_sync, task.place_of(pages))
    return attribute(task.client(), areas, snapshot, bounds, params["attribute_unmanaged"])


def _result(task: Task, areas: Sequence[Area], snapshot: Snapshot) -> Dict[str, Any]:
    steps = [step for area in areas for step in area.steps()]
    report_unmanaged = task.params["report_unmanaged"]
    not_available = {area.kind.area: str(area.missing) for area in areas if area.missing is not None}
    areas = [area for area in areas if area.missing is None]
    changed_by = _attributed(task, areas, snapshot)
    result: Dict[str, Any] = {
        "changed": any(outcome.changed for area in areas for outcome in area.outcomes),
        "areas": {area.kind.area: area_result(area, task.with_diff, True, report_unmanaged) for area in areas},
        "plan": {"fingerprint": fingerprint_of(steps), "steps": len(steps)},
    }
    if report_unmanaged:
        result["unmanaged"] = {
            area.kind.area: [
                unmanaged_report(area.kind, resource, changed_by.get(area.kind.area, {}).get(resource["id"]))
                for resource in area.unmanaged(snapshot)
            ]
            for area in areas
            if area.kind.form.has_unmanaged
        }
        result["not_available"] = not_available
        if task.check_mode:
            result["administrators"] = administrators(snapshot)
        if task.check_mode and task.audit.get("policies"):
            has_groups = any(area.kind.noun == "group" and area.entries for area in areas)
            result["findings"] = findings_of(task.client(), task.audit["policies"], has_groups)
        result["remarks"] = {area.kind.area: area.remarks(snapshot) for area in areas if area.kind.form.has_unmanaged}
    if task.with_diff:
        result["diff"] = diff_of_many(areas)
    return result
