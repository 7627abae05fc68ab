# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts a drift report to metrics for the textfile collector of Prometheus' node exporter."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import visible
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import NOT_READABLE

from .exceptions import is_accepted_finding

_STATUSES = ("in_sync", "drift", "failed", "not_audited")
_OBJECTS = ("in_sync", "missing", "different", "unwanted", "failed", "unmanaged")
#: The metrics of findings about something that expires soon, or has expired: their policy and rules.
_NEAR_EXPIRY = {
    "qlik_audit_tenant_keys_near_expiry": ("api_keys", ("scim_expired", "scim_expires", "expires_within_days")),
    "qlik_audit_tenant_certificates_near_expiry": ("identity_providers", ("certificate_expired", "certificate_days")),
}
#: Each metric with its HELP. The collector drops a metric whose HELP differs between two files, so these are constant.
_HELP = {
    "qlik_audit_last_run_timestamp_seconds": "Time when the last audit report was written.",
    "qlik_audit_tenants": "Number of tenants by audit status.",
    "qlik_audit_tenant_status": "Audit status of a tenant: 1 for the current status, 0 for the others.",
    "qlik_audit_tenant_read_timestamp_seconds": "Time when the tenant was last read, NaN if it could not be read.",
    "qlik_audit_tenant_objects": "Number of objects of a tenant by state, NaN if the tenant could not be audited.",
    "qlik_audit_tenant_administrators": "Number of known users who can administer the tenant, +Inf if every user"
    " can, NaN if the tenant could not be audited.",
    "qlik_audit_tenant_keys_near_expiry": "Number of API keys that expire soon by the policy, NaN if the keys"
    " could not be read.",
    "qlik_audit_tenant_certificates_near_expiry": "Number of identity providers with certificates that expire soon"
    " by the policy, NaN if the providers could not be read.",
    "qlik_audit_tenant_findings": "Number of findings that are not accepted, NaN if the tenant could not be audited.",
}
_NAN = "NaN"
_INFINITE = "+Inf"
Sample = Tuple[Mapping[str, str], Any]


def prometheus_of(report: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the report in Prometheus' text format, without timestamps, which would make old samples look fresh."""
    for name, samples in _metrics(report).items():
        lines = ["# HELP %s %s" % (name, _HELP[name]), "# TYPE %s gauge" % name]
        lines += ["%s%s %s" % (name, _labels(labels), value) for labels, value in samples]
        yield "".join(line + "\n" for line in lines).encode("utf-8", "replace")


def _metrics(report: Mapping[str, Any]) -> Dict[str, List[Sample]]:
    counts = report["summary"]["tenants"]
    metrics: Dict[str, List[Sample]] = {name: [] for name in _HELP}
    metrics["qlik_audit_last_run_timestamp_seconds"].append(({}, _seconds(report["generated_at"])))
    metrics["qlik_audit_tenants"] += [({"status": status}, counts[status]) for status in _STATUSES]
    for tenant in report["tenants"]:
        for name, labels, value in _of_tenant(tenant):
            metrics[name].append(({"tenant": visible(tenant["host"]), **labels}, value))
    return metrics


def _of_tenant(tenant: Mapping[str, Any]) -> Iterator[Tuple[str, Dict[str, str], Any]]:
    """Yield the name, labels, and value of each sample of a tenant. A failed tenant has all samples too."""
    is_known = bool(tenant["areas"])
    for status in _STATUSES:
        yield "qlik_audit_tenant_status", {"status": status}, int(tenant["status"] == status)
    yield "qlik_audit_tenant_read_timestamp_seconds", {}, _seconds(tenant["read_at"] if is_known else None)
    for state in _OBJECTS:
        yield "qlik_audit_tenant_objects", {"state": state}, _count(tenant, state) if is_known else _NAN
    people = {admin["name"] for admin in tenant["administrators"] if admin["type"] == "user"}
    is_everyone = any(admin["type"] == "everyone" for admin in tenant["administrators"])
    yield "qlik_audit_tenant_administrators", {}, _INFINITE if is_everyone else len(people) if is_known else _NAN
    open_findings = [finding for finding in tenant["findings"] if not is_accepted_finding(finding)]
    unread = {finding["area"] for finding in tenant["findings"] if finding["rule"] == NOT_READABLE}
    for name, (area, rules) in _NEAR_EXPIRY.items():
        near = {finding["object"] for finding in open_findings if finding["rule"] in rules}
        yield name, {}, len(near) if is_known and area not in unread else _NAN
    yield "qlik_audit_tenant_findings", {}, len(open_findings) if is_known else _NAN


def _count(tenant: Mapping[str, Any], state: str) -> int:
    if state == "in_sync":
        return sum(item["status"] == "in_sync" for area in tenant["areas"] for item in area["objects"])
    return sum(int(area[state]) for area in tenant["areas"])


def _seconds(time: Optional[str]) -> Any:
    """Return a time of the report in seconds since 1970."""
    if time is None:
        return _NAN
    return int(datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ('%s="%s"' % (name, _escaped(value)) for name, value in labels.items())
    return "{%s}" % ",".join(pairs) if labels else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
