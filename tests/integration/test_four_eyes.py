# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was approved is done, and nothing else: the jobs of the workflow, with what AWX hands from one to the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from awx.jobs import lay_out, run_job
from local_tenant.client import LocalTenant, TenantHandle

#: Every area, with what is seen of a tenant only where it is described: what an audit reads more must not matter.
DESCRIPTION: dict[str, Any] = {
    "qlik_seed_tenant": {"name": "Acme"},
    "qlik_seed_roles": [{"name": "Keys", "assigned_scopes": ["api-keys"]}],
    "qlik_seed_group_settings": {"auto_create_groups": True},
    "qlik_seed_standard_groups": {"Stewards": ["Steward"], "Builders": ["Keys"]},
    "qlik_seed_users": [{"subject": "ada", "name": "Ada", "email": "ada@example.com"}],
    "qlik_seed_spaces": [{"name": "Finance", "type": "shared", "description": "Figures"}],
    "qlik_seed_license_settings": {"auto_assign_professional": False},
    "qlik_seed_prune": True,
    "qlik_seed_max_deletions": 5,
}
MEMBER = {"assigneeId": "gone", "type": "group", "roles": ["consumer"]}


def asked_to_write(tenant: TenantHandle) -> int:
    return int(tenant.counters()["writes"])


@pytest.mark.long
def test_what_was_approved_is_done(tmp_path: Path) -> None:
    """Three tenants, of which one is changed in between, and a fourth one that nobody could audit."""
    with LocalTenant(tenants=4) as server:
        acme, globex, initech, umbrella = server.tenants
        for tenant in server.tenants:
            tenant.plant_groups([{"name": "Shadow"}, {"name": "Stewards", "assignedRoles": ["DataAdmin"]}])
            tenant.plant_spaces([{"name": "Finance", "type": "shared", "members": [MEMBER]}])
        named = {"acme": acme, "globex": globex, "initech": initech, "umbrella": umbrella}
        hosts = {
            name: {**DESCRIPTION, "qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key}
            for name, tenant in named.items()
        }
        umbrella.misbehave({"match": {"path": "/api/"}, "action": {"status": 403}})
        job = lay_out(tmp_path, {}, hosts)

        audit, shown = run_job(
            job, "audit", "--check", qlik_audit_report_dir=str(tmp_path), qlik_audit_fail_on_drift="false"
        )
        assert audit["failures"] == {}, shown
        handed_on = audit["artifact_data"]
        plans = handed_on["qlik_seed_expected_plan"]
        assert plans["umbrella"] is None
        found = handed_on["qlik_audit"]
        assert (found["acme"]["status"], found["umbrella"]["status"]) == ("drift", "failed")
        assert found["acme"]["areas"]["groups"] == {"missing": 1, "different": 1, "unwanted": 1}
        assert "403" in found["umbrella"]["reason"]
        page = (tmp_path / "qlik-audit.html").read_text(encoding="utf-8")
        assert all(f"<code>{plans[name]}</code>" in page for name in ("acme", "globex", "initech"))
        assert [asked_to_write(tenant) for tenant in server.tenants] == [0, 0, 0, 0]

        umbrella.behave()
        globex.plant_groups([{"name": "By hand", "assignedRoles": ["TenantAdmin"]}])
        before = globex.state(), umbrella.state()
        seed, shown = run_job(job, "approved seed", "", **handed_on)
        assert seed["failures"] == {"globex": 1, "umbrella": 1}, shown
        done = seed["artifact_data"]["qlik_seed"]
        for name in ("acme", "initech"):
            assert done[name]["plan"]["fingerprint"] == plans[name]
            assert {group["name"] for group in named[name].groups()} == {"Stewards", "Builders"}
            assert asked_to_write(named[name]) == done[name]["plan"]["steps"] > 5
        assert (globex.state(), umbrella.state()) == before
        assert [asked_to_write(tenant) for tenant in (globex, umbrella)] == [0, 0]
        (reason,) = done["globex"]["reason"]
        assert reason.startswith(
            f"qlik_seed_expected_plan['globex']: The current plan is not the approved plan {plans['globex']}."
        )
        assert "group 'By hand' (idp) will be deleted" in shown
        nothing_approved = "The tenant could not be audited completely, so it has no approved plan. Audit it again."
        assert done["umbrella"]["reason"] == [f"qlik_seed_expected_plan['umbrella']: {nothing_approved}"]

        # The same again: what is done is done, and no plan is left for it to be another one.
        again, shown = run_job(job, "approved seed", "--limit acme,initech", **handed_on)
        assert (again["failures"], again["changed"]) == ({}, {}), shown


def test_without_an_approval_nothing_is_done(tenant: LocalTenant, tmp_path: Path) -> None:
    """Nor with what is no fingerprint; that of a workflow is no template either."""
    hosts = {
        name: {
            **DESCRIPTION,
            "qlik_tenant_url": tenant.url.replace("127.0.0.1", address),
            "qlik_api_key": tenant.api_key,
        }
        for name, address in (("acme", "127.0.0.1"), ("beta", "localhost"))
    }
    job = lay_out(tmp_path, {}, hosts)
    mark = tmp_path / "mark"
    for given, acme, beta in (
        ({}, "qlik_seed_expected_plan: Required because", "qlik_seed_expected_plan: Required because"),
        (
            {"qlik_seed_expected_plan": {"acme": f"{{{{ lookup('ansible.builtin.pipe', 'touch {mark}') }}}}"}},
            "qlik_seed_expected_plan['acme']: \"{{ lookup('ansible.builtin.pipe', 'touch",
            "qlik_seed_expected_plan['beta']: No plan was approved for this host.",
        ),
    ):
        seed, shown = run_job(job, "approved seed", "", **given)
        assert seed["failures"] == {"acme": 1, "beta": 1}, shown
        reasons = {name: one["reason"][0] for name, one in seed["artifact_data"]["qlik_seed"].items()}
        assert reasons["acme"].startswith(acme), json.dumps(reasons)
        assert reasons["beta"].startswith(beta), json.dumps(reasons)
    assert tenant.counters()["writes"] == 0
    assert not mark.exists()
