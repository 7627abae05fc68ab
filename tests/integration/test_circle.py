# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an export round to an audit that finds nothing: change by hand, audit, approval, seed, audit."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant, TenantHandle

from .conftest import ansible_environment
from .test_export import NAME, plant

#: What somebody changes by hand, by what the audit is to say of it.
BY_HAND: dict[tuple[str, str], str] = {
    ("tenant", "tenant"): "different",
    ("roles", "Bare"): "different",
    ("group_settings", "group_settings"): "different",
    ("groups", "Shadow"): "unwanted",
    ("groups", "Team (custom)"): "different",
    ("users", "ada"): "different",
    ("users", "b\\ob"): "different",
    ("spaces", "Data"): "different",
}


def change_by_hand(tenant: TenantHandle) -> None:
    tenant.set_tenant(name="Changed", settings={"auto_create_groups": False})
    tenant.plant_roles([{"name": "Bare", "assignedScopes": ["api-keys"]}])
    team = {"name": "Team", "providerType": "custom", "description": "{{ 3 }}\nline", "assignedRoles": ["TenantAdmin"]}
    tenant.plant_groups([{"name": "Shadow", "assignedRoles": ["TenantAdmin"]}, team])
    tenant.plant_users(
        [
            {"subject": "ada", "name": "Ada", "status": "disabled", "assignedGroups": []},
            {"subject": "b\\ob", "name": "{{ bob }}", "status": "disabled", "assignedGroups": ["Team"]},
        ]
    )
    tenant.plant_assignments([{"space": "Data", "group": "Team", "roles": ["consumer"]}])


class Circle:
    """A folder with an inventory of tenants, in which the playbooks of the collection run."""

    def __init__(self, folder: Path, tenants: dict[str, TenantHandle]) -> None:
        self.folder = folder
        hosts = {
            name: {"qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key} for name, tenant in tenants.items()
        }
        inventory = {"all": {"vars": {"qlik_seed_prune": True}, "hosts": hosts}}
        (folder / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")

    def run(self, playbook: str, *arguments: str) -> tuple[int, str]:
        command = ["ansible-playbook", "-i", "hosts.yml", f"qlikops.cloud.{playbook}", *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=ansible_environment(self.folder),
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr

    def export(self, folder: str) -> dict[str, str]:
        """What is exported of each host."""
        code, shown = self.run("export", "-e", f"qlik_export_dir={folder}", "-e", "qlik_export_users=true")
        assert code == 0, shown
        return {file.parent.name: file.read_text("utf-8") for file in (self.folder / folder).glob(f"*/{NAME}")}

    def audit(self) -> dict[str, dict[str, Any]]:
        """The report of each tenant, with the plans of all of them in a file beside it."""
        code, shown = self.run(
            "audit", "-e", "qlik_audit_report_dir=reports", "-e", "qlik_audit_formats=html,json,plans"
        )
        assert code == 0, shown
        report = json.loads((self.folder / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))
        return {tenant["host"]: tenant for tenant in report["tenants"]}

    def approve(self) -> str:
        """What a person would do: keep the plans that the page shows, for the seed."""
        plans = json.loads((self.folder / "reports" / "qlik-audit-plans.json").read_text(encoding="utf-8"))
        page = (self.folder / "reports" / "qlik-audit.html").read_text(encoding="utf-8")
        assert any(plan in page for plan in plans["qlik_seed_expected_plan"].values())
        (self.folder / "approved.json").write_text(json.dumps(plans), encoding="utf-8")
        return "@approved.json"

    def seed(self, approved: str) -> tuple[int, str]:
        return self.run("seed", "-e", approved, "-e", "qlik_seed_require_plan=true")


def found(tenant: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (area["area"], item["name"]): item["status"]
        for area in tenant["areas"]
        for item in area["objects"]
        if item["status"] != "in_sync"
    }


@pytest.mark.long
def test_circle(tmp_path: Path) -> None:
    """Of two tenants one is changed once more between approval and seed, and comes round in the second turn."""
    with LocalTenant(tenants=2) as server:
        acme, globex = server.tenants
        for tenant in (acme, globex):
            plant(tenant)
        circle = Circle(tmp_path, {"acme": acme, "globex": globex})
        # Ansible finds them there by itself.
        exported = circle.export("host_vars")

        for tenant in (acme, globex):
            change_by_hand(tenant)
            tenant.reset_counters()
        audited = circle.audit()
        assert found(audited["acme"]) == found(audited["globex"]) == BY_HAND
        approved = circle.approve()
        globex.plant_groups([{"name": "Late", "assignedRoles": ["TenantAdmin"]}])
        code, shown = circle.seed(approved)
        assert code == 2, shown
        assert "qlik_seed_expected_plan['globex']: The current plan is not the approved plan" in shown
        assert (acme.counters()["writes"] > 0, globex.counters()["writes"]) == (True, 0)

        audited = circle.audit()
        assert found(audited["acme"]) == {}
        assert found(audited["globex"]) == {**BY_HAND, ("groups", "Late"): "unwanted"}
        code, shown = circle.seed(circle.approve())
        assert code == 0, shown
        assert re.search(r"acme +: .*changed=0 ", shown), shown
        assert {tenant["status"] for tenant in circle.audit().values()} == {"in_sync"}
        assert circle.export("again") == exported
