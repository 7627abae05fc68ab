# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Summarizes a run of the role qlik_seed: lines for one tenant, a table for several."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import printable
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS

from .._output import host_of, without_certainty

#: The maximum number of differing objects in a summary.
_MOST_OBJECTS = 10
#: The maximum number of lines of a reason in a table.
_MOST_REASONS = 3
#: The reason for a tenant whose task did not run, for example because of --step or --start-at-task.
SKIPPED = (
    "The task that reads and writes the tenant was skipped. Nothing was changed. Run the role again and do not skip it."
)
#: The actions that change an object, and all actions.
_CHANGES = ("created", "updated", "deleted")
_ACTIONS = (*_CHANGES, "unchanged", "failed")
Json = Dict[str, Any]


def seeded(host: str, address: str, result: Mapping[str, Any], check_mode: bool) -> Json:
    """Return the outcome for the tenant of one host.

    :param address: the URL of the tenant.
    :param result: the result of the module qlik_configuration, or the reason why it did not run. Empty if the task was
        skipped.
    """
    failed = bool(result.get("failed")) or "areas" not in result
    # A rejected description is not applied, so the predicted outcome of its valid parts is not shown.
    is_refused = "problems" in result
    areas = {} if is_refused else result.get("areas") or {}
    reason = _reason(result) if failed else ""
    return {
        "host": host,
        "address": host_of(address),
        "check_mode": check_mode,
        "is_skipped": not result,
        "reason": [printable(line) for line in reason.splitlines() if line.strip()],
        "msg": str(result.get("msg") or reason),
        "areas": {kind.area: _counts(areas[kind.area]) for kind in AREAS if kind.area in areas},
        "objects": [text for kind in AREAS if kind.area in areas for text in _objects(kind, areas[kind.area])],
        "waiting_for_secrets": [
            {"area": kind.area, "label": kind.label({**waiting, "id": None}), **waiting}
            for kind in AREAS
            for waiting in areas.get(kind.area, {}).get("waiting_for_secrets", [])
        ],
        "plan": None if is_refused else result.get("plan"),
    }


def lines_of(tenants: Sequence[Json], total: int = 0) -> List[str]:
    """Return the lines of the summary of one or several tenants.

    :param total: the number of tenants in the play, if it has rings. These lines also tell why a single tenant failed.
    """
    if len(tenants) == 1 and not total:
        return _of_one(tenants[0])
    ordered = sorted(tenants, key=lambda tenant: (not tenant["reason"], tenant["host"]))
    failed = [tenant for tenant in ordered if tenant["reason"]]
    count = "%d of %d" % (len(tenants), total) if total else str(len(tenants))
    lines = ["%s on %s tenants%s" % (_verb(tenants[0]), count, ", %d failed" % len(failed) if failed else "")]
    described = [kind.area for kind in AREAS if any(kind.area in tenant["areas"] for tenant in tenants)]
    rows = [["host", *described]]
    rows += [[tenant["host"], *(_in_words(tenant["areas"].get(area)) for area in described)] for tenant in ordered]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines_of_rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.append(lines_of_rows[0])
    for tenant, line in zip(ordered, lines_of_rows[1:]):
        lines.append(line)
        lines += ["    " + text for text in _first(tenant["reason"], _MOST_REASONS)]
    objects = ["%s: %s" % (tenant["host"], text) for tenant in ordered for text in tenant["objects"]]
    waiting = ["%s: %s" % (tenant["host"], text) for tenant in ordered for text in _waiting(tenant)]
    return lines + _first(objects, _MOST_OBJECTS) + _first(waiting, _MOST_OBJECTS)


def result_of(tenant: Json) -> Json:
    """Return the variable C(qlik_seed_result): the outcome of each area, the plan, and the status of the tenant.

    An area has C(changed) and the number of its objects by action, which are 0 for omitted areas. The result itself
    cannot have C(changed) and C(failed), because every registered variable has these keys of its task.
    """
    result: Json = {}
    for kind in AREAS:
        counts = {**dict.fromkeys(_ACTIONS, 0), **tenant["areas"].get(kind.area, {})}
        result[kind.area] = {"changed": any(counts[action] for action in _CHANGES), **counts}
        if kind.secrets is not None:
            names = (*kind.identity, "id")
            result[kind.area]["waiting_for_secrets"] = [
                {name: waiting[name] for name in names}
                for waiting in tenant["waiting_for_secrets"]
                if waiting["area"] == kind.area
            ]
    status = "skipped" if tenant["is_skipped"] else "failed" if tenant["reason"] else "seeded"
    return {**result, "plan": tenant["plan"], "tenant_status": status, "reason": tenant["reason"]}


def statistics(tenant: Json) -> Json:
    """Return the statistics of one tenant, which AWX shows and passes on."""
    return {name: tenant[name] for name in ("reason", "areas", "plan")} | {"failed": bool(tenant["reason"])}


def _reason(result: Mapping[str, Any]) -> str:
    """Return the error message, without the hint if the module returns it separately."""
    text = (result.get("error") or {}).get("message") or result.get("msg") or result.get("exception")
    return without_certainty(str(text or (SKIPPED if not result else "The task returned no result.")))


def _of_one(tenant: Json) -> List[str]:
    if tenant["is_skipped"]:
        return ["%s on %s" % (_verb(tenant), tenant["address"]), *tenant["reason"]]
    if tenant["reason"] and not tenant["areas"]:
        # The failed task has already shown the reason.
        return []
    lines = ["%s on %s" % (_verb(tenant), tenant["address"])]
    lines += ["%s: %s" % (area, _in_words(counts)) for area, counts in tenant["areas"].items()]
    lines += ["  " + text for text in _first(tenant["objects"], _MOST_OBJECTS)]
    return lines + _first(_waiting(tenant), _MOST_OBJECTS)


def _verb(tenant: Json) -> str:
    return "What would happen" if tenant["check_mode"] else "What happened"


def _counts(area: Mapping[str, Any]) -> Json:
    return dict(area["summary"]) if "summary" in area else {area["action"]: 1}


def _in_words(counts: Optional[Mapping[str, int]]) -> str:
    if counts is None:
        return "-"
    if len(counts) == 1:
        return str(next(iter(counts)))
    named = [(action, count) for action, count in counts.items() if count and action != "unchanged"]
    if not named:
        return "%d unchanged" % counts.get("unchanged", 0)
    return ", ".join("%d %s" % (count, action) for action, count in named)


def _objects(kind: Any, area: Mapping[str, Any]) -> Iterable[str]:
    """Yield a line for each object that is not unchanged."""
    if kind.is_singleton:
        items = [] if area["action"] == "unchanged" else [area]
    else:
        items = [item for item in area.get(kind.plural) or [] if item["action"] != "unchanged"]
    for item in items:
        name = kind.noun if kind.is_singleton else kind.label(item)
        settings = item.get("settings")
        duplicate = item.get("duplicate_id")
        previous = item.get("previous_name")
        reason = ", unmanaged" if item.get("pruned") else ", duplicate %s" % duplicate if duplicate else ""
        reason = ", previously %r" % previous if previous else reason
        changed = " (%s)" % ", ".join(settings) if settings else ""
        yield printable("%s: %s%s%s" % (name, item["action"], changed, reason))


def _waiting(tenant: Json) -> List[str]:
    """Return a line for each object that waits for a secret, which a later task creates and returns."""
    text = "%s has no secret yet. Create one with `secret_max_age_days` of qlik_oauth_client."
    return [printable(text % waiting["label"]) for waiting in tenant["waiting_for_secrets"]]


def _first(lines: Sequence[str], most: int) -> List[str]:
    """Return the first lines, and the number of the others."""
    left = len(lines) - most
    return [*lines[:most], "... and %d more" % left] if left > 0 else list(lines)
