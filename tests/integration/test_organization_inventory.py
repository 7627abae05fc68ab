# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin for the tenants of an organization, alone and beside the contexts of qlik-cli."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.inventory import qlik_organization
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import connection_argument_spec
from local_tenant.client import LocalTenant

from .conftest import ROOT, ansible_environment, examples_of, organization_environment
from .test_contexts import plain

HOSTILE = "{{ lookup('pipe', 'touch pwned') }}"
PLANTED: list[dict[str, Any]] = [
    {"name": "Acme", "region": "eu", "alias": "acme.eu.qlikcloud.com", "created_at": "2026-05-01T00:00:00.000Z"},
    {"name": "Twin", "region": "eu"},
    {"name": "Twin", "region": "us", "subscription_id": "other"},
    {"name": "Off", "status": "disabled"},
    {"name": "Gone", "status": "deleted"},
    {"name": HOSTILE, "region": "us"},
    {"name": "no host", "alias": "{{ 6 * 7 }}.us.qlikcloud.com"},
]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=2, regions=["us", "eu"], proxy=True) as running:
        running.organization.plant_tenants(PLANTED)
        yield running


class Inventory:
    """A folder with sources, and what Ansible makes of them."""

    def __init__(self, server: LocalTenant, folder: Path) -> None:
        self.organization = server.organization
        self.folder = folder
        self.sources = folder / "tenants"
        self.sources.mkdir()

    def write(self, **options: Any) -> None:
        configuration = {"plugin": "qlikops.cloud.qlik_organization", **options}
        (self.sources / "qlik_organization.yml").write_text(yaml.safe_dump(configuration), encoding="utf-8")

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        everything = {**organization_environment(self.organization), **environment}
        done = subprocess.run(
            [*command, "-i", str(self.sources)],
            env=ansible_environment(self.folder, **everything),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        output = done.stdout + done.stderr
        assert "Traceback" not in output
        assert not (self.folder / "pwned").exists()
        for secret in (self.organization.client_secret, *(host.client_secret for host in self.tenants())):
            assert secret not in output
        return done

    def tenants(self) -> list[Any]:
        return [self.organization.registers["us"], self.organization.registers["eu"]]

    def listed(self, **environment: str) -> tuple[dict[str, Any], str]:
        """The inventory, and the warnings."""
        done = self.run("ansible-inventory", "--list", **environment)
        assert done.returncode == 0, done.stderr
        return plain(json.loads(done.stdout)), " ".join(done.stderr.split())


@pytest.fixture
def inventory(server: LocalTenant, tmp_path: Path) -> Inventory:
    return Inventory(server, tmp_path)


def test_hosts_variables_and_groups(inventory: Inventory, server: LocalTenant) -> None:
    inventory.write(
        keyed_groups=[{"prefix": "since", "key": "qlik_organization_tenant.created_at[:4]"}],
        compose={"shown": "qlik_organization_tenant.name"},
    )
    found, warnings = inventory.listed()
    hosts = found["_meta"]["hostvars"]
    us, eu = (tenant.state()["tenant"]["hostnames"][0] for tenant in server.tenants)
    assert {us, eu, "acme.eu.qlikcloud.com"} < set(hosts)
    assert hosts["acme.eu.qlikcloud.com"]["qlik_tenant_url"].endswith(".eu.qlikcloud.com")
    assert not hosts["acme.eu.qlikcloud.com"]["qlik_tenant_url"].endswith("//acme.eu.qlikcloud.com")
    assert hosts["acme.eu.qlikcloud.com"]["qlik_organization_tenant"]["name"] == "Acme"
    assert hosts["acme.eu.qlikcloud.com"]["ansible_connection"] == "local"
    names = sorted(variables["qlik_organization_tenant"]["name"] for variables in hosts.values())
    assert names == sorted(["Acme", "Twin", "Twin", HOSTILE, "no host", us.split(".")[0], eu.split(".")[0]])
    assert "its name cannot be the name of a host" in warnings
    assert {"acme.eu.qlikcloud.com", eu} < set(found["qlik_region_eu"]["hosts"])
    assert set(found["qlik_status_active"]["hosts"]) == set(hosts)
    assert "since_2026" in found
    assert [variables["shown"] for variables in hosts.values() if variables["shown"].startswith("{{")] == [HOSTILE]
    forbidden = {"qlik_api_key", "qlik_client_secret", "qlik_client_id", "qlik_access_token"}
    assert not any(forbidden & variables.keys() for variables in hosts.values())


def test_filters_and_names(inventory: Inventory, server: LocalTenant) -> None:
    inventory.write(statuses=[], names=["Off", "Gone", "Acme"], host_name="name")
    found, _warnings = inventory.listed()
    assert set(found["_meta"]["hostvars"]) == {"Off", "Gone", "Acme"}
    assert (found["qlik_status_deactivated"]["hosts"], found["qlik_status_deleted"]["hosts"]) == (["Off"], ["Gone"])
    inventory.write(names=["Twin"], host_name="name")
    found, warnings = inventory.listed()
    assert all(name.endswith(".qlikcloud.com") for name in found["_meta"]["hostvars"])
    assert (len(found["_meta"]["hostvars"]), warnings.count("it shares its name")) == (2, 2)
    inventory.write(regions=["eu-west-1"], names=["Twin"], host_name="id")
    found, _warnings = inventory.listed()
    assert [len(name) for name in found["_meta"]["hostvars"]] == [32]
    inventory.write(subscription_ids=["other"], host_name="name")
    found, _warnings = inventory.listed()
    assert set(found["_meta"]["hostvars"]) == {"Twin"}


def test_a_rate_limit_has_an_end(inventory: Inventory, server: LocalTenant) -> None:
    inventory.write()
    server.organization.misbehave({"match": {}, "action": {"status": 429, "headers": {"Retry-After": "60"}}})
    try:
        done = inventory.run("ansible-inventory", "--list", QLIK_RATE_LIMIT_WAIT="59")
    finally:
        server.organization.behave()
    assert "rate_limit_wait allows 59 seconds in all" in " ".join(done.stderr.split())
    options = yaml.safe_load(qlik_organization.DOCUMENTATION)["options"]
    assert options["rate_limit_wait"]["default"] == connection_argument_spec()["rate_limit_wait"]["default"]


def test_the_cache(inventory: Inventory, server: LocalTenant) -> None:
    """It holds no secret, and another choice of tenants needs no request."""
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(inventory.folder / "cache")}
    inventory.write(names=["Acme"], **cache)
    inventory.listed()
    server.organization.reset_counters()
    inventory.write(names=["Twin"], **cache)
    found, _warnings = inventory.listed()
    assert len(found["_meta"]["hostvars"]) == 2
    assert server.organization.counters()["total"] == 0
    stored = "".join(path.read_text(encoding="utf-8") for path in (inventory.folder / "cache").iterdir())
    assert "Twin" in stored
    assert "secret" not in stored
    shutil.rmtree(inventory.folder / "cache")
    inventory.listed()
    assert server.organization.counters()["total"] > 0


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"QLIK_ORGANIZATION_CLIENT_SECRET": "wrong-secret"}, "OAuth client of organization level"),
        ({"QLIK_ORGANIZATION_CLIENT_ID": ""}, "organization_client_id is missing"),
        ({"QLIK_ORGANIZATION_URL": "http://console.qlikcloud.com"}, "unencrypted"),
    ],
)
def test_what_is_refused(inventory: Inventory, environment: dict[str, str], words: str) -> None:
    inventory.write()
    done = inventory.run("ansible-inventory", "--list", **environment)
    assert words in " ".join(done.stderr.split())
    assert "wrong-secret" not in done.stderr


def test_contexts_give_credentials_and_the_organization_what_exists(inventory: Inventory, server: LocalTenant) -> None:
    """Both sources meet in one host, and a tenant without a credential is shown as such in an audit."""
    us, eu = server.tenants
    host = us.state()["tenant"]["hostnames"][0]
    contexts = {
        "acme-prod": {"server": f"https://{host.upper()}", "headers": {"Authorization": f"Bearer {us.api_key}"}},
        "second": {"server": f"https://{host}", "headers": {"Authorization": f"Bearer {us.api_key}"}},
    }
    (inventory.folder / "contexts.yml").write_text(yaml.safe_dump({"contexts": contexts}), encoding="utf-8")
    source = {"plugin": "qlikops.cloud.qlik_contexts", "exclude": ["second"]}
    (inventory.sources / "qlik_contexts.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
    inventory.write(names=[us.state()["tenant"]["name"], eu.state()["tenant"]["name"]])
    environment = {"QLIK_CONTEXTS_PATH": str(inventory.folder / "contexts.yml")}
    found, _warnings = inventory.listed(**environment)
    without = eu.state()["tenant"]["hostnames"][0]
    assert set(found["_meta"]["hostvars"]) == {"acme-prod", without}
    assert found["_meta"]["hostvars"]["acme-prod"]["qlik_tenant_url"] == f"https://{host}"
    assert found["_meta"]["hostvars"]["acme-prod"]["qlik_organization_tenant"]["status"] == "active"
    audit = ("ansible-playbook", "qlikops.cloud.audit", "-e", "qlik_audit_report_dir=reports")
    done = inventory.run(*audit, "-e", '{"qlik_seed_standard_groups": {}}', **environment)
    assert us.api_key not in done.stdout + done.stderr
    report = json.loads((inventory.folder / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))
    tenants = {tenant["host"]: tenant for tenant in report["tenants"]}
    assert tenants["acme-prod"]["status"] == "in_sync", tenants
    assert tenants[without]["status"] == "failed"
    assert tenants[without]["error"].startswith("There is no credential for the tenant.")


def test_the_example(inventory: Inventory) -> None:
    example = examples_of(ROOT / "plugins" / "inventory" / "qlik_organization.py")
    (inventory.sources / "qlik_organization.yml").write_text(example, encoding="utf-8")
    found, _warnings = inventory.listed()
    ((host, variables),) = found["_meta"]["hostvars"].items()
    assert (host, variables["qlik_organization_tenant"]["name"]) == ("acme.eu.qlikcloud.com", "Acme")
    assert variables["tenant_id"] == variables["qlik_organization_tenant"]["id"]
    assert found["since_2026"]["hosts"] == [host]
