# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts the plans of tenants to a drift report, without requests and without writing files."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Collection, Dict, Iterable, List, Mapping, Optional

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS as KINDS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._version import VERSION

from .._output import host_of, without_certainty
from .._variables import EXPECTED_PLAN
from .settings import name_of_member

#: The version of the JSON report, described by C(roles/qlik_audit/files/qlik-audit.schema.json).
SCHEMA_VERSION = 4

_NOTHING_DESCRIBED = "qlik_seed_areas limits the audit to areas that are not in the description."
AREAS = tuple(kind.area for kind in KINDS)
DRIFT = ("missing", "different", "unwanted")
#: The maximum length of a reason in the statistics of a job, which must stay small.
_LONGEST_REASON = 500
#: The statuses of an object that is in the description and not in sync.
OBJECTS = ("failed", *DRIFT)
_KIND_OF_ACTION = {
    "created": "missing",
    "updated": "different",
    "deleted": "unwanted",
    "unchanged": "in_sync",
    "failed": "failed",
}
Json = Dict[str, Any]


def audited(
    host: str,
    url: str,
    result: Mapping[str, Any],
    described: Collection[str],
    count_unmanaged: bool = False,
    read_at: Optional[str] = None,
) -> Json:
    """Return the report of one tenant.

    :param url: the URL of the tenant in its connection.
    :param result: the result of the module qlik_configuration in check mode, with C(diff) and C(report_unmanaged).
    :param described: the options in the description: areas, and C(areas) if the audit is limited to some of them.
    :param count_unmanaged: whether unmanaged objects count as drift.
    :param read_at: the time when reading the tenant began, in the format of C(generated_at).
    """
    if "areas" not in result:
        return unaudited(host, url, _reason(result))
    # The audit can be limited to some areas of the description.
    looked_at = {*result["areas"], *(result.get("not_available") or {})}.intersection(described)
    areas = [_area(kind, result, kind.area in looked_at, count_unmanaged) for kind in KINDS]
    error = _problems_in(result, "")
    statuses = ["failed" if area["failed"] else area["status"] for area in areas]
    if error:
        # Everything is compared, but a seed would be rejected, for example because it would lock out every admin.
        statuses.append("drift")
    status = next((worst for worst in ("failed", "drift") if worst in statuses), "in_sync")
    missing = [area["error"] for area in areas if area["status"] == "not_available"]
    if not is_compared(areas) and (missing or "areas" in described):
        status = "failed"
        error = "\n".join(["Nothing was compared.", *(missing or [_NOTHING_DESCRIBED])])
    return {
        "host": host,
        "address": host_of(url),
        "name": (result["areas"].get("tenant", {}).get("tenant") or {}).get("name"),
        "status": status,
        "error": error,
        "read_at": read_at,
        "plan": None if "problems" in result else result["plan"]["fingerprint"],
        "areas": areas,
        "findings": [{**finding, "accepted": []} for finding in result.get("findings") or []],
        "unmatched_exceptions": [],
        "administrators": [_administrator(admin) for admin in result.get("administrators") or []],
    }


def unaudited(host: str, url: str, error: str, status: str = "failed") -> Json:
    """Return the report of a tenant that was not audited, with the reason."""
    return {
        "host": host,
        "address": host_of(url),
        "name": None,
        "status": status,
        "error": without_certainty(error),
        "read_at": None,
        "plan": None,
        "areas": [],
        "findings": [],
        "unmatched_exceptions": [],
        "administrators": [],
    }


def is_compared(areas: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether an area of the description was compared, at least in part."""
    return any(area["status"] not in ("not_available", "not_described") for area in areas)


def has_drift(tenant: Mapping[str, Any]) -> bool:
    """Return whether a tenant has drifted, or could not be audited."""
    return bool(tenant["status"] != "in_sync")


def report_of(tenants: Iterable[Json], generated_at: str, count_unmanaged: bool) -> Json:
    """Return the whole report, in the format of the JSON report."""
    ordered = sorted(tenants, key=lambda tenant: str(tenant["host"]))
    summary = dict.fromkeys(("in_sync", "drift", "failed", "not_audited"), 0)
    objects = dict.fromkeys((*DRIFT, "failed", "unmanaged", "accepted"), 0)
    for tenant in ordered:
        summary[tenant["status"]] += 1
        for area in tenant["areas"]:
            for kind in objects:
                objects[kind] += area[kind]
    statuses = [item["status"] for tenant in ordered for area in tenant["areas"] for item in area["objects"]]
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": "qlikops.cloud %s" % VERSION,
        "generated_at": generated_at,
        "count_unmanaged": count_unmanaged,
        "summary": {
            "tenants": {"all": len(ordered), **summary},
            "objects": objects,
            "share": {
                "tenants": _share(summary["in_sync"], len(ordered)),
                "objects": _share(statuses.count("in_sync"), len(statuses)),
            },
        },
        "tenants": ordered,
    }


def headline(report: Mapping[str, Any]) -> str:
    """Return the summary of the report in one sentence."""
    counts = report["summary"]["tenants"]
    everything = counts["all"]
    if counts["in_sync"] == everything:
        return "The tenant is in sync." if everything == 1 else "All %d tenants are in sync." % everything
    parts = []
    for status, one, many in (
        ("drift", "has drifted", "have drifted"),
        ("failed", "could not be audited completely", "could not be audited completely"),
        ("not_audited", "was not audited", "were not audited"),
    ):
        if counts[status] == everything == 1:
            return "The tenant %s." % one
        if counts[status]:
            parts.append("%d %s" % (counts[status], one if counts[status] == 1 else many))
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    return "Of %d tenants, %s." % (everything, listed)


def in_words(tenant: Mapping[str, Any]) -> str:
    """Return the drift of one tenant in one sentence."""
    if tenant["status"] in ("failed", "not_audited"):
        return "%s could not be audited completely." % tenant["host"]
    counts = ((kind, sum(area[kind] for area in tenant["areas"])) for kind in (*DRIFT, "unmanaged"))
    return "%s: %s." % (tenant["host"], ", ".join("%d %s" % (count, kind) for kind, count in counts if count))


def _share(part: int, whole: int) -> Optional[float]:
    """Return a share in percent, rounded down so that only the whole is 100. C(None) if the whole is 0."""
    return part * 1000 // whole / 10 if whole else None


def statistics(tenant: Json) -> Json:
    """Return the statistics of one tenant for AWX: a summary of the audit, and the plan for a seed."""
    kinds = (*OBJECTS, "unmanaged", "accepted")
    counted = {area["area"]: {kind: area[kind] for kind in kinds if area[kind]} for area in tenant["areas"]}
    found = {
        "status": tenant["status"],
        "reason": (tenant["error"] or "")[:_LONGEST_REASON] or None,
        "areas": {area: counts for area, counts in counted.items() if counts},
        "plan": tenant["plan"],
    }
    return {"qlik_audit": {tenant["host"]: found}, EXPECTED_PLAN: {tenant["host"]: tenant["plan"]}}


def _area(kind: Kind, result: Mapping[str, Any], is_described: bool, count_unmanaged: bool) -> Json:
    """Return the report of one area of a tenant."""
    found = result["areas"].get(kind.area) or {}
    error = _problems_in(result, kind.area)
    missing = (result.get("not_available") or {}).get(kind.area) if is_described else None
    objects: List[Json] = []
    if is_described and kind.is_singleton and found:
        objects = [_object(kind.area, found, found["action"])]
    elif is_described and not kind.is_singleton:
        objects = [_object(_name_of(item), item, item["action"]) for item in found.get(kind.plural) or []]
        objects += [_object(_name_of(item), {}, "unchanged") for item in found.get("unchanged") or []]
        objects.sort(key=lambda item: str(item["name"]))
    unmanaged = [_unmanaged(kind, item) for item in (result.get("unmanaged") or {}).get(kind.area) or []]
    unmanaged.sort(key=lambda item: not item["administers"])
    counts = {kind: sum(item["status"] == kind for item in objects) for kind in (*DRIFT, "failed")}
    if any(counts.values()) or (unmanaged and count_unmanaged):
        status = "drift"
    elif error:
        status = "failed"
    elif missing:
        status = "not_available"
    else:
        status = "in_sync" if is_described else "not_described"
    return {
        "area": kind.area,
        "status": status,
        "error": error or missing,
        "described": len(objects),
        **counts,
        "unmanaged": len(unmanaged),
        "accepted": 0,
        "objects": objects,
        "unmanaged_objects": unmanaged,
        "remarks": list((result.get("remarks") or {}).get(kind.area) or []),
    }


def _object(name: str, sides: Mapping[str, Any], action: str) -> Json:
    """Return the report of one object in the description.

    C(before) has its current settings, and C(after) the settings in the description. Settings that cannot be changed
    count as differences too.
    """
    status = "unwanted" if sides.get("pruned") else _KIND_OF_ACTION[sides.get("planned") or action]
    unchangeable = sides.get("unchangeable") or {}
    before, after = sides.get("before"), sides.get("after")
    if status == "in_sync":
        before = after = None
    if unchangeable:
        status = "different" if status == "in_sync" else status
        before = {**(before or {}), **{option: values["current"] for option, values in unchangeable.items()}}
        after = {**(after or {}), **{option: values["desired"] for option, values in unchangeable.items()}}
    return {
        "name": name,
        "status": status,
        "before": before,
        "after": after,
        "unchangeable": sorted(unchangeable),
        "changed_by": sides.get("changed_by"),
        "accepted": [],
        "error": (sides.get("error") or {}).get("message"),
    }


def _unmanaged(kind: Kind, item: Mapping[str, Any]) -> Json:
    """Return the report of one unmanaged object, with the roles, scopes, and members that it has."""
    shown = item.get(kind.noun) or {}
    roles, members = shown.get("assigned_roles"), shown.get("members")
    return {
        "name": _name_of(item),
        "administers": bool(item.get("administers")),
        "roles": None if roles is None else sorted(str(role.get("name") or role.get("id")) for role in roles),
        "scopes": shown.get("assigned_scopes") if kind.noun == "role" else None,
        "changed_by": item.get("changed_by"),
        "accepted": [],
        "members": None if members is None else {name_of_member(member): member["roles"] for member in members},
    }


def _administrator(found: Mapping[str, Any]) -> Json:
    """Return a user or group that can administer the tenant, with names as in the report of objects."""
    return {
        "type": found["type"],
        "name": _name_of(found),
        "display_name": found["display_name"],
        "is_bot": found["is_bot"],
        "role": found["role"],
        "through": _name_of(found["through"]) if found["through"] else None,
    }


def _problems_in(result: Mapping[str, Any], area: str) -> Optional[str]:
    """Return a line for each problem of an area that concerns no single object, or C(None).

    :param area: an empty string is the tenant.
    """
    problems = (result.get("problems") or {}).get(area) or []
    texts = [
        ": ".join(filter(None, (problem["place"], problem["message"]))) for problem in problems if not problem["object"]
    ]
    return "\n".join(texts) or None


def _name_of(item: Mapping[str, Any]) -> str:
    # An object has no name if it is described by an ID that the tenant does not have.
    name = str(item.get("subject") or item.get("name") or item.get("place"))
    if item.get("duplicate_id"):
        return "%s (duplicate %s)" % (name, item["duplicate_id"])
    return "%s (custom)" % name if item.get("provider_type") == "custom" else name


def _reason(result: Mapping[str, Any]) -> str:
    """Return why a task has no result."""
    return without_certainty(str(result.get("msg") or result.get("exception") or "The task returned no result."))
