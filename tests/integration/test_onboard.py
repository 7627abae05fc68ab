# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Customers as they come and go: three are onboarded, one of them in two runs, all are audited, and one leaves."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant, OrganizationHandle

from .conftest import ansible_environment, organization_environment

#: Whoever names the hosts of an inventory names files with them.
GAMMA = "../../gamma$QLIK_CLIENT_SECRET"
CUSTOMERS = {
    "acme": {"qlik_onboard_name": "Acme Analytics", "qlik_onboard_alias": "acme"},
    "beta": {"qlik_seed_extra_groups": [{"name": "Beta Admins", "assigned_roles": ["TenantAdmin"]}]},
    GAMMA: {"qlik_onboard_name": "Gamma {{ '{{' }}"},
}
NAMES = ["Acme Analytics", "Gamma {{", "beta"]
STANDARD = {"qlik_seed_standard_groups": {"Admins": ["TenantAdmin"]}, "qlik_seed_group_prefix": "q-"}
#: What goes wrong all the time with a request here and there.
TROUBLE: list[dict[str, Any]] = [
    {"match": {"method": "GET", "probability": 0.1, "seed": 1}, "action": {"status": 503}},
    {"match": {"method": "GET", "probability": 0.05, "seed": 2}, "action": {"reset": "after"}},
    {"match": {"probability": 0.05, "seed": 3, "count": 4}, "action": {"status": 429, "headers": {"Retry-After": "1"}}},
    {"match": {"method": "GET", "probability": 0.05, "seed": 4}, "action": {"garble": "cut"}},
]


@pytest.fixture(scope="module")
def organization() -> Iterator[OrganizationHandle]:
    with LocalTenant(regions=["eu"], proxy=True) as running:
        yield running.organization


class Partner:
    """Runs what a partner runs, from a folder with the entries of the customers."""

    def __init__(self, organization: OrganizationHandle, folder: Path) -> None:
        self.organization = organization
        self.folder = folder
        shared = {
            "qlik_onboard_region": "eu",
            "qlik_onboard_subscription_id": organization.subscription_id,
            **STANDARD,
        }
        register = organization.registers["eu"]
        self.connection = {
            "qlik_organization_url": organization.url,
            "qlik_organization_client_id": organization.client_id,
            "qlik_organization_client_secret": organization.client_secret,
            "qlik_client_id": register.client_id,
            "qlik_client_secret": register.client_secret,
            "qlik_ca_path": organization.authority,
            "qlik_onboard_license_key": organization.license_key,
        }
        inventory = {"all": {"hosts": CUSTOMERS, "vars": {**shared, **self.connection}}}
        # They come in this order.
        (folder / "customers.yml").write_text(yaml.safe_dump(inventory, sort_keys=False), encoding="utf-8")
        (folder / "tenants").mkdir()
        source = {"plugin": "qlikops.cloud.qlik_organization", "host_name": "name", "names": ["[A-Zb]*[a-z{]"]}
        (folder / "tenants" / "qlik_organization.yml").write_text(yaml.safe_dump(source), encoding="utf-8")

    def run(self, playbook: str, *arguments: str, inventory: str = "customers.yml") -> subprocess.CompletedProcess[str]:
        register = self.organization.registers["eu"]
        environment = {"PWD": str(self.folder), "HTTPS_PROXY": self.organization.proxy}
        environment["QLIK_CLIENT_SECRET"] = register.client_secret
        if playbook != "qlikops.cloud.onboard":
            # That one has them from the variables of the hosts.
            environment.update(organization_environment(self.organization))
            environment["QLIK_CLIENT_ID"] = register.client_id
        done = subprocess.run(
            ["ansible-playbook", "-i", inventory, playbook, "-vvv", "--diff", *arguments],
            env=ansible_environment(self.folder, **environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        output = done.stdout + done.stderr
        assert "Traceback" not in output
        secrets = (register.client_secret, self.organization.client_secret, self.organization.license_key)
        kept = [path.read_text(encoding="utf-8") for path in self.folder.glob("onboarding/*")]
        for secret in secrets:
            assert secret not in output
            assert not any(secret in text for text in kept)
        return done

    def made(self) -> dict[str, Any]:
        """The tenants that were made, by name."""
        found = self.organization.made()
        assert len({tenant["name"] for tenant in found}) == len(found)
        return {tenant["name"]: tenant for tenant in found}


def recap(done: subprocess.CompletedProcess[str]) -> dict[str, tuple[int, int]]:
    """How many tasks have changed something and how many have failed, by host."""
    lines = re.findall(r"^(.+?) +: ok=\d+ +changed=(\d+) .*failed=(\d+)", done.stdout, re.MULTILINE)
    return {host: (int(changed), int(failed)) for host, changed, failed in lines}


@pytest.mark.long
def test_three_come_and_one_leaves(organization: OrganizationHandle, tmp_path: Path) -> None:
    partner = Partner(organization, tmp_path)
    foreseen = partner.run("qlikops.cloud.onboard", "--check")
    assert foreseen.returncode == 0, foreseen.stdout
    assert "The tenant Acme Analytics would be created" in foreseen.stdout
    assert organization.counters()["writes"] == 0
    assert organization.made() == []

    organization.guess(tenant_ready_seconds=0.5)
    organization.misbehave(
        # The second tenant is created and cannot be named; of the third the answer is lost.
        {"match": {"method": "PATCH", "path": "/tenants/", "skip": 1, "count": 1}, "action": {"status": 400}},
        {"match": {"method": "POST", "path": "/tenants$", "skip": 2, "count": 1}, "action": {"reset": "after"}},
        *TROUBLE,
    )
    first = partner.run("qlikops.cloud.onboard")
    assert {host: failed for host, (_changed, failed) in recap(first).items()} == {"acme": 0, "beta": 1, GAMMA: 0}
    assert sorted(partner.made()) != NAMES
    assert len(organization.made()) == 3
    records = {"acme.json", "beta.json", "..%2F..%2Fgamma$QLIK_CLIENT_SECRET.json"}
    assert {path.name for path in (tmp_path / "onboarding").iterdir()} == records

    second = partner.run("qlikops.cloud.onboard")
    assert second.returncode == 0, second.stdout
    assert recap(second)["beta"][0] > 0
    tenants = partner.made()
    assert sorted(tenants) == NAMES
    assert tenants["Acme Analytics"]["hostnames"][1] == "acme.eu.qlikcloud.com"
    assert organization.counters()["routes"]["POST /tenants"] == 3

    organization.reset_counters()
    third = partner.run("qlikops.cloud.onboard")
    assert recap(third) == dict.fromkeys(CUSTOMERS, (0, 0)), third.stdout
    assert organization.counters()["writes"] == 0

    description = json.dumps({**STANDARD, "qlik_audit_report_dir": "reports"})
    audit = partner.run("qlikops.cloud.audit", "-e", description, inventory="tenants")
    assert audit.returncode == 0, audit.stdout
    report = json.loads((tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))
    assert sorted(tenant["name"] for tenant in report["tenants"]) == NAMES
    assert [tenant["status"] for tenant in report["tenants"]] == ["in_sync"] * 3, report

    leave = [
        {
            "hosts": "beta",
            "connection": "local",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "Deactivate",
                    "qlikops.cloud.qlik_tenant_lifecycle": {
                        "tenant_id": tenants["beta"]["id"],
                        "state": "deactivated",
                        "confirm_hostname": "{{ confirmed }}",
                    },
                }
            ],
        }
    ]
    (tmp_path / "leave.yml").write_text(yaml.safe_dump(leave), encoding="utf-8")
    wrong = partner.run("leave.yml", "-e", f"confirmed={tenants['Acme Analytics']['hostnames'][0]}")
    assert "is not a host name of the tenant" in wrong.stdout
    organization.misbehave({"match": {"path": "/deactivate$", "count": 1}, "action": {"reset": "after"}})
    for changed in (1, 0):
        left = partner.run("leave.yml", "-e", f"confirmed={tenants['beta']['hostnames'][0]}")
        assert recap(left) == {"beta": (changed, 0)}, left.stdout
    assert {name: (each["status"], each["deactivations"]) for name, each in partner.made().items()} == {
        "Acme Analytics": ("active", 0),
        "Gamma {{": ("active", 0),
        "beta": ("disabled", 1),
    }


@pytest.mark.every_core
def test_an_entry_that_is_not_complete(organization: OrganizationHandle, tmp_path: Path) -> None:
    partner = Partner(organization, tmp_path)
    organization.reset()
    done = partner.run("qlikops.cloud.onboard", "-e", '{"qlik_onboard_region": 7}')
    assert "fatal: [acme]: FAILED! => " in done.stdout
    assert "qlik_onboard_region: Must be a string, not the number 7." in done.stdout
    assert organization.made() == []


@pytest.mark.long
def test_a_tenant_that_takes_the_name_of_the_next_customer(organization: OrganizationHandle, tmp_path: Path) -> None:
    """It gets nothing that is meant for the customer, until somebody confirms that it is the customer's."""
    partner = Partner(organization, tmp_path)
    organization.reset()
    organization.behave()
    organization.plant_tenants([{"name": "beta", "region": "eu"}])
    (impostor,) = organization.made()
    organization.reset_counters()
    done = partner.run("qlikops.cloud.onboard", "--limit", "beta")
    assert recap(done) == {"beta": (0, 1)}
    assert "A tenant with this name already exists" in done.stdout
    assert organization.counters()["writes"] == 0


@pytest.mark.long
def test_a_confirmation_that_is_left_in_place(organization: OrganizationHandle, tmp_path: Path) -> None:
    """It is for a tenant that exists already; it does not reactivate one that was deactivated since."""
    partner = Partner(organization, tmp_path)
    organization.reset()
    organization.behave()
    organization.plant_tenants([{"name": "beta", "region": "eu"}])
    (tenant,) = organization.made()
    host = tenant["hostnames"][0]
    onboard = ("qlikops.cloud.onboard", "--limit", "beta", "-e", f"qlik_onboard_hostname={host}")
    assert recap(partner.run(*onboard))["beta"][1] == 0
    lifecycle = {"tenant_id": tenant["id"], "state": "deactivated", "confirm_hostname": host}
    task = {"name": "Deactivate", "qlikops.cloud.qlik_tenant_lifecycle": lifecycle}
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [task]}
    (tmp_path / "leave.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    assert partner.run("leave.yml").returncode == 0
    done = partner.run(*onboard)
    assert "Required to reactivate the tenant" in done.stdout
    assert [(each["status"], each["reactivations"]) for each in organization.made()] == [("disabled", 0)]


@pytest.mark.every_core
@pytest.mark.long
def test_customers_in_rings(organization: OrganizationHandle, tmp_path: Path) -> None:
    """The first creation fails: the other customer of the ring is seeded, and none of a later ring gets a tenant."""
    partner = Partner(organization, tmp_path)
    organization.reset()
    organization.behave()
    customers: dict[str, Any] = {"acme": {}, "beta": {}, "delta": {}, "eta": {}}
    inventory = yaml.safe_load((tmp_path / "customers.yml").read_text(encoding="utf-8"))
    inventory["all"]["hosts"] = customers
    (tmp_path / "customers.yml").write_text(yaml.safe_dump(inventory, sort_keys=False), encoding="utf-8")
    rings = ("-e", "qlik_serial=2,100%", "-e", "qlik_max_fail_percentage=0")
    foreseen = partner.run("qlikops.cloud.onboard", *rings, "--check")
    assert foreseen.returncode == 0, foreseen.stdout
    assert foreseen.stdout.count("What would happen on 4 of 4 tenants\n") == 1
    created = "".join(f"{host}: tenant: created and seeded\n" for host in customers)
    assert f"\n{created}Completed ring 2 of 2." in foreseen.stdout
    organization.misbehave({"match": {"method": "POST", "path": "/tenants$", "count": 1}, "action": {"status": 400}})
    stopped = partner.run("qlikops.cloud.onboard", *rings)
    assert stopped.returncode == 2
    assert {host: failed for host, (_changed, failed) in recap(stopped).items()} == {"acme": 1, "beta": 0}
    assert partner.made().keys() == {"beta"}
    assert stopped.stdout.count("What happened on 2 of 4 tenants, 1 failed\n") == 1
    assert re.search(r"^acme +-.*\n    \S.*400", stopped.stdout, re.MULTILINE), stopped.stdout
    assert "Stopped after ring 1 of 2: 1 of 2 tenants failed, and qlik_max_fail_percentage is 0." in stopped.stdout
    assert "To repeat only the failed tenants, add --limit acme" in stopped.stdout
    invalid = partner.run("qlikops.cloud.onboard", *rings, "-e", '{"qlik_onboard_region": 7}')
    assert "\n    qlik_onboard_region: Must be a string, not the number 7." in invalid.stdout
    assert "Stopped after ring 1 of 2: 2 of 2 tenants failed" in invalid.stdout
