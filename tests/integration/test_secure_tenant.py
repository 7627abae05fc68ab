# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The baseline of the guide "A secure tenant": brought to an empty tenant, changed by hand, and audited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant
from suites import long_after_first

from .conftest import RunPlaybook
from .test_guides import steps

Json = Any
PAGE = "customize_no_access"


@pytest.fixture
def baseline() -> dict[str, Json]:
    """The variables that the guide describes a tenant with."""
    (description,) = (
        yaml.safe_load(block) for language, block in steps("guide_secure_tenant.rst") if language == "yaml"
    )
    return dict(description)


def change_by_hand(tenant: LocalTenant) -> set[tuple[str, str, str]]:
    """Twelve changes, and how an audit calls each: area, object and setting."""
    state = tenant.state()
    offices = next(policy for policy in state["ip_policies"] if policy["name"] == "Offices and VPN")
    page = {**state["tenant_settings"]["customizeNoAccess"], "linkUrl": "https://example.net/"}
    tenant.set_tenant(
        tenant_settings={"customizeNoAccess": page, "sessionReplayOptOut": False, "releaseCadence": "continuous"},
        api_key_settings={"max_keys": 50, "max_expiry": "P365D"},
        session_policy={"inactivity_minutes": 600, "dcr": True},
        settings={"everyone_roles": ["Steward"]},
    )
    (portal,) = state["csp_origins"]
    tenant.plant("csp_origins", [{"id": portal["id"], "directives": ["frameAncestors", "scriptSrc"]}])
    (integration,) = state["web_integrations"]
    origins = [*integration["validOrigins"], "https://example.net"]
    tenant.plant("web_integrations", [{"id": integration["id"], "validOrigins": origins}])
    allowed = [*offices["allowedIps"], "0.0.0.0/1"]
    tenant.plant("ip_policies", [{"id": offices["id"], "allowedIps": allowed, "enabled": False}])
    settings = {
        "tenant_settings": [f"{PAGE}.link_url", "session_replay_opt_out", "release_cadence"],
        "api_key_settings": ["max_keys_per_user", "max_api_key_expiry"],
        "session_policy": ["user_session_inactivity_timeout_minutes", "dynamic_client_registration_enabled"],
        "group_settings": ["everyone_assigned_roles"],
    }
    return {(area, area, setting) for area, names in settings.items() for setting in names} | {
        ("csp_origins", "Customer portal", "directives"),
        ("web_integrations", "Customer portal", "valid_origins"),
        ("ip_policies", "Offices and VPN", "allowed_ips"),
        ("ip_policies", "Offices and VPN", "enabled"),
    }


def differences_in(tenant: Json) -> set[tuple[str, str, str]]:
    """What an audit says that differs: area, object and setting."""
    return {
        (area["area"], item["name"], setting)
        for area in tenant["areas"]
        for item in area["objects"]
        for setting in differing(item["before"] or {}, item["after"] or {})
    }


def differing(before: dict[str, Json], after: dict[str, Json]) -> list[str]:
    """The settings, or parts of settings, of the described side that the other one has not."""
    found = []
    for name, value in after.items():
        if isinstance(value, dict):
            found += [f"{name}.{part}" for part in differing(before.get(name) or {}, value)]
        elif before.get(name) != value:
            found.append(name)
    return found


@pytest.mark.long
def test_the_baseline_is_reached_kept_and_audited(
    tenant: LocalTenant, run_playbook: RunPlaybook, baseline: dict[str, Json], tmp_path: Path
) -> None:
    tenant.set_tenant(caller_address=baseline["qlik_seed_caller_address"])
    predicted = run_playbook("qlikops.cloud.seed", baseline, check=True)
    assert (predicted.code, tenant.counters()["writes"]) == (0, 0), predicted.output
    assert run_playbook("qlikops.cloud.seed", baseline).code == 0
    reached = tenant.state()
    tenant.reset_counters()
    again = run_playbook("qlikops.cloud.seed", baseline)
    assert (again.code, again.changed, tenant.counters()["writes"]) == (0, 0, 0), again.output
    assert tenant.state() == reached

    def audited() -> Json:
        run = run_playbook("qlikops.cloud.audit", {**baseline, "qlik_audit_report_dir": str(tmp_path / "reports")})
        assert run.code == 0, run.output
        (report,) = json.loads((tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))["tenants"]
        return report

    assert audited()["status"] == "in_sync"
    changes = change_by_hand(tenant)
    assert len(changes) == 12
    report = audited()
    assert report["status"] == "drift"
    assert differences_in(report) == changes

    tenant.set_tenant(missing_services=["auth-settings", "api-keys"])
    report = audited()
    assert {area["area"] for area in report["areas"] if area["status"] == "not_available"} == {
        "api_key_settings",
        "session_policy",
    }
    gone = ("api_key_settings", "session_policy")
    assert differences_in(report) == {change for change in changes if change[0] not in gone}
    refused = run_playbook("qlikops.cloud.seed", baseline)
    assert refused.code != 0
    assert "The tenant has no session policy" in refused.output
    assert "has not rolled out this API" in refused.output
    tenant.set_tenant(missing_services=[])

    assert run_playbook("qlikops.cloud.seed", baseline).code == 0
    report = audited()
    assert (report["status"], differences_in(report)) == ("in_sync", set())


@pytest.mark.parametrize(
    ("changes", "words"),
    long_after_first(
        ({"qlik_seed_caller_address": "203.0.113.8"}, "would block your own address 203.0.113.8"),
        ({"qlik_seed_caller_address": None}, "your own address is not known"),
    ),
    ids=["in no policy", "unknown"],
)
def test_nobody_shuts_himself_out(
    tenant: LocalTenant, run_playbook: RunPlaybook, baseline: dict[str, Json], changes: dict[str, Json], words: str
) -> None:
    before = tenant.state()
    for check in (True, False):
        run = run_playbook("qlikops.cloud.seed", {**baseline, **changes}, check=check)
        assert run.code != 0
        assert words in " ".join(run.output.split())
    assert (tenant.state(), tenant.counters()["writes"]) == (before, 0)
