# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a drift report as metrics of Prometheus."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.assembly import report_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.prometheus import prometheus_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import audited, unaudited
from prometheus_client.parser import text_string_to_metric_families

RULES = Path(__file__).parents[4] / "roles" / "qlik_audit" / "files" / "qlik-audit.rules.yml"
NOW = "2026-11-28T03:00:00Z"
HOSTILE = 'ACME\\ada "x"\nqlik_audit_tenants 7'


def report() -> Any:
    items = [
        {"name": "A", "action": "updated", "before": {"description": "a"}, "after": {"description": "b"}},
        {"name": "B", "action": "created", "before": None, "after": {}},
        {"name": "C", "action": "unchanged"},
    ]
    administrator = {"type": "user", "name": "ada", "display_name": "Ada", "is_bot": False, "role": "TenantAdmin"}
    finding = {"area": "api_keys", "object": "k (1)", "rule": "scim_expires", "message": "m"}
    certificate = {"area": "identity_providers", "object": "p (1)", "rule": "certificate_days", "message": "m"}
    result = {
        "areas": {"groups": {"summary": {}, "groups": items}},
        "plan": {"fingerprint": "f"},
        "administrators": [{**administrator, "through": None}, {**administrator, "through": {"name": "Ops"}}],
        "findings": [
            finding,
            {**finding, "rule": "expires_within_days"},
            {**finding, "rule": "owner_gone"},
            certificate,
        ],
    }
    tenants = [audited(HOSTILE, "u", result, ["groups"], read_at=NOW), unaudited("down", "u", "It cannot be reached.")]
    return report_of(tenants, NOW, False)


def metrics(report: Any) -> bytes:
    return b"".join(prometheus_of(report))


def samples(text: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(text)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_samples() -> None:
    found = samples(metrics(report()).decode())
    tenant = 'ACME\\ada "x"<U+000A>qlik_audit_tenants 7'
    assert found["qlik_audit_last_run_timestamp_seconds",] == 1795834800
    assert {key[1:]: value for key, value in found.items() if key[0] == "qlik_audit_tenants"} == {
        ("in_sync",): 0,
        ("drift",): 1,
        ("failed",): 1,
        ("not_audited",): 0,
    }
    assert {key[2]: value for key, value in found.items() if key[:2] == ("qlik_audit_tenant_objects", tenant)} == {
        "in_sync": 1,
        "missing": 1,
        "different": 1,
        "unwanted": 0,
        "failed": 0,
        "unmanaged": 0,
    }
    assert found["qlik_audit_tenant_status", tenant, "drift"] == 1
    assert found["qlik_audit_tenant_status", tenant, "failed"] == 0
    assert found["qlik_audit_tenant_administrators", tenant] == 1
    assert found["qlik_audit_tenant_keys_near_expiry", tenant] == 1
    assert found["qlik_audit_tenant_certificates_near_expiry", tenant] == 1
    assert found["qlik_audit_tenant_findings", tenant] == 4
    assert found["qlik_audit_tenant_read_timestamp_seconds", tenant] == 1795834800


def test_a_tenant_that_failed_keeps_its_series() -> None:
    found = samples(metrics(report()).decode())
    by_tenant: dict[str, set[tuple[str, ...]]] = {}
    for name, *labels in found:
        if name.startswith("qlik_audit_tenant_"):
            by_tenant.setdefault(labels[0], set()).add((name, *labels[1:]))
    failed, other = by_tenant.pop("down"), *by_tenant.values()
    assert failed == other
    assert found["qlik_audit_tenant_status", "down", "failed"] == 1
    assert math.isnan(found["qlik_audit_tenant_objects", "down", "missing"])


def test_an_unlimited_and_an_unknown_number() -> None:
    everyone = {"type": "everyone", "name": "Everyone", "display_name": None, "is_bot": False, "role": "TenantAdmin"}
    result = {
        "areas": {},
        "plan": {"fingerprint": "f"},
        "administrators": [{**everyone, "through": None}],
        "findings": [{"area": "api_keys", "object": "api_keys", "rule": "not_readable", "message": "m"}],
    }
    tenant = audited("acme", "u", result, ["groups"], read_at=NOW)
    found = samples(metrics(report_of([tenant], NOW, False)).decode())
    assert math.isinf(found["qlik_audit_tenant_administrators", "acme"])
    assert math.isnan(found["qlik_audit_tenant_keys_near_expiry", "acme"])
    assert found["qlik_audit_tenant_certificates_near_expiry", "acme"] == 0
    assert found["qlik_audit_tenant_findings", "acme"] == 1


def test_two_reports_are_read_together() -> None:
    first = metrics(report()).decode()
    second = metrics(report_of([], "2026-11-29T03:00:00Z", False)).decode()
    comments = [set(re.findall(r"^# .*$", text, re.MULTILINE)) for text in (first, second)]
    assert comments[0] == comments[1]
    assert samples(first + second)


def test_samples_have_no_timestamps() -> None:
    for line in metrics(report()).decode().splitlines():
        if not line.startswith("#"):
            assert re.fullmatch(r"\w+(\{.*\})? \S+", line)


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_has_nothing_to_say() -> None:
    subprocess.run(["promtool", "check", "metrics"], input=metrics(report()), check=True)


def test_alert_rules_use_metrics_of_the_report() -> None:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"]
    used = {name for rule in rules for name in re.findall(r"qlik_audit_\w+", rule["expr"])}
    assert used <= {sample[0] for sample in samples(metrics(report()).decode())}
    assert len(used) == 5


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_accepts_the_alert_rules() -> None:
    subprocess.run(["promtool", "check", "rules", str(RULES)], check=True)
