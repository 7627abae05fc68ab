# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the results of a role's plan to a drift report. Nothing here talks to a tenant or writes a file."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple
from urllib.parse import urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._version import VERSION

#: The version of the JSON report, described by C(roles/qlik_audit/files/qlik-audit.schema.json).
SCHEMA_VERSION = 1

AREAS = ("tenant", "custom_roles", "group_settings", "groups", "users")
#: The kinds of drift, in the order in which they are shown.
DRIFT = ("missing", "different", "unwanted")
_KIND_OF_ACTION = {"created": "missing", "updated": "different", "deleted": "unwanted", "unchanged": "in_sync"}
Json = Dict[str, Any]


def audited(
    host: str, url: str, results: Mapping[str, Any], held: Mapping[str, Any], count_extra: bool = False
) -> Json:
    """The part of the report about one tenant.

    :param url: the address of the tenant as its connection has it.
    :param results: what the tasks of the plan returned, with C(diff) and in check mode: for each of C(AREAS) and,
        under C(info), for reaching the tenant.
    :param held: what the info modules returned: for each area that can have objects beyond the described ones.
    :param count_extra: whether such objects are drift.
    """
    info = results.get("info") or {}
    if "tenant" not in info:
        return unaudited(host, url, _reason(info))
    areas = [_area(area, results.get(area) or {}, held.get(area) or {}, count_extra) for area in AREAS]
    statuses = [area["status"] for area in areas]
    status = next((worst for worst in ("failed", "drift") if worst in statuses), "in_sync")
    return {
        "host": host,
        "address": address_of(url),
        "name": info["tenant"].get("name"),
        "status": status,
        "error": None,
        "areas": areas,
    }


def unaudited(host: str, url: str, error: str, status: str = "failed") -> Json:
    """The part of the report about a tenant of which nothing is known, and why."""
    return {
        "host": host,
        "address": address_of(url),
        "name": None,
        "status": status,
        "error": _without_certainty(error),
        "areas": [],
    }


def has_drift(tenant: Mapping[str, Any]) -> bool:
    """Whether a tenant is anything but what is described, or whether that is not known."""
    return bool(tenant["status"] != "in_sync")


def report_of(tenants: Iterable[Json], generated_at: str, count_extra: bool) -> Json:
    """The whole report, in the form of the JSON report."""
    ordered = sorted(tenants, key=lambda tenant: str(tenant["host"]))
    summary = dict.fromkeys(("in_sync", "drift", "failed", "not_audited"), 0)
    objects = dict.fromkeys((*DRIFT, "extra"), 0)
    for tenant in ordered:
        summary[tenant["status"]] += 1
        for area in tenant["areas"]:
            for kind in objects:
                objects[kind] += area[kind]
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": "qlikops.cloud %s" % VERSION,
        "generated_at": generated_at,
        "count_extra": count_extra,
        "summary": {"tenants": {"all": len(ordered), **summary}, "objects": objects},
        "tenants": ordered,
    }


def headline(report: Mapping[str, Any]) -> str:
    """The report in one sentence or two."""
    counts = report["summary"]["tenants"]
    everything = counts["all"]
    if counts["in_sync"] == everything:
        return "The tenant is as described." if everything == 1 else "All %d tenants are as described." % everything
    parts = []
    for status, one, many in (
        ("drift", "differs from its description", "differ from their descriptions"),
        ("failed", "could not be audited completely", "could not be audited completely"),
        ("not_audited", "is not audited yet", "are not audited yet"),
    ):
        if counts[status] == everything == 1:
            return "The tenant %s." % one
        if counts[status]:
            parts.append("%d %s" % (counts[status], one if counts[status] == 1 else many))
    return "Of %d tenants, %s." % (everything, " and ".join(parts))


def in_words(tenant: Mapping[str, Any]) -> str:
    """What is wrong with one tenant, in one sentence."""
    if tenant["status"] == "failed":
        return "%s could not be audited completely." % tenant["host"]
    counts = ((kind, sum(area[kind] for area in tenant["areas"])) for kind in (*DRIFT, "extra"))
    return "%s: %s." % (tenant["host"], ", ".join("%d %s" % (count, kind) for kind, count in counts if count))


def address_of(url: str) -> str:
    """A URL without what does not address: no credentials, path or query."""
    return urlsplit(url if "//" in url else "//" + url).netloc.rpartition("@")[2]


def _area(area: str, result: Mapping[str, Any], held: Mapping[str, Any], count_extra: bool) -> Json:
    """One area of one tenant."""
    error = None
    if result.get("skipped"):
        objects: List[Json] = []
    elif area == "custom_roles":
        objects, error = _looped(result.get("results") or [])
    elif "error" in result or not ("diff" in result or area in result):
        objects, error = [], _reason(result)
    elif area in result and "summary" in result:
        objects = [_object(_name_of(item), item, item["action"]) for item in result[area]]
    else:
        objects = [_object(area, result["diff"], result["action"])]
    extra = []
    if not error and held and not held.get("skipped"):
        if "error" in held or held.get("unreachable"):
            error = _reason(held)
        else:
            extra = _extra(area, result, held)
    counts = {kind: sum(item["status"] == kind for item in objects) for kind in DRIFT}
    described = bool(objects or error)
    if error:
        status = "failed"
    elif any(counts.values()) or (extra and count_extra):
        status = "drift"
    else:
        status = "in_sync" if described else "not_described"
    return {
        "area": area,
        "status": status,
        "error": error,
        "described": len(objects),
        **counts,
        "extra": len(extra),
        "objects": objects,
        "extra_objects": extra,
    }


def _looped(results: Sequence[Mapping[str, Any]]) -> Tuple[List[Json], Optional[str]]:
    """The objects of a task that loops over custom roles, and what is wrong with those that it failed for."""
    objects, errors = [], []
    for result in results:
        if "diff" in result:
            name = result["__qlik_seed_role"]["name"]
            objects.append(_object(name, result["diff"], result["action"]))
        else:
            errors.append(_reason(result))
    return objects, " ".join(dict.fromkeys(errors)) or None


def _object(name: str, sides: Mapping[str, Any], action: str) -> Json:
    """One described object; C(before) is what the tenant holds, C(after) what is described."""
    status = _KIND_OF_ACTION[action]
    unchangeable = sides.get("unchangeable") or {}
    before, after = sides.get("before"), sides.get("after")
    if status == "in_sync":
        before = after = None
    if unchangeable:
        status = "different"
        before = {**(before or {}), **{option: values["held"] for option, values in unchangeable.items()}}
        after = {**(after or {}), **{option: values["wanted"] for option, values in unchangeable.items()}}
    return {"name": name, "status": status, "before": before, "after": after, "unchangeable": sorted(unchangeable)}


def _name_of(item: Mapping[str, Any]) -> str:
    if "subject" in item:
        return str(item["subject"])
    return "%s (custom)" % item["name"] if item.get("provider_type") == "custom" else str(item["name"])


def _extra(area: str, result: Mapping[str, Any], held: Mapping[str, Any]) -> List[Json]:
    """What the tenant holds beyond what is described, by name."""
    if area == "custom_roles":
        described = {item["__qlik_seed_role"]["name"] for item in result.get("results") or []}
        return [{"name": role["name"]} for role in held.get("roles") or [] if role["name"] not in described]
    items = result.get(area) or []
    # A group that is described by its id can be about to get another name.
    ids = {(item.get(area[:-1]) or {}).get("id") for item in items}
    names = {_name_of(item) for item in items}
    return [
        {"name": _name_of(item)}
        for item in held.get(area) or []
        if item["id"] not in ids and _name_of(item) not in names
    ]


def _reason(result: Mapping[str, Any]) -> str:
    """Why a task has no result, in its own words."""
    return _without_certainty(str(result.get("msg") or result.get("exception") or "The task gave no result."))


def _without_certainty(text: str) -> str:
    """That nothing was changed is no news in an audit."""
    return re.sub(r" Nothing was changed\.$", "", text)
