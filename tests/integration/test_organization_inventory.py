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
from suites import long_after_first

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
        return list(self.organization.registers.values())

    def listed(self, **environment: str) -> tuple[dict[str, Any], str]:
        """The inventory, and the warnings."""
        done = self.run("ansible-inventory", "--list", **environment)
        assert done.returncode == 0, done.stderr
        return plain(json.loads(done.stdout)), " ".join(done.stderr.split())


@pytest.fixture
def inventory(server: LocalTenant, tmp_path: Path) -> Inventory:
    return Inventory(server, tmp_path)


@pytest.mark.every_core
def test_hosts_variables_and_groups(inventory: Inventory, server: LocalTenant) -> None:
    inventory.write(
        keyed_groups=[{"prefix": "since", "key": "qlik_organization_tenant.created_at[:4]"}],
        compose={"shown": "qlik_organization_tenant.name"},
    )
    found, _warnings = inventory.listed()
    hosts = found["_meta"]["hostvars"]
    us, eu = (tenant.state()["tenant"]["hostnames"][0] for tenant in server.tenants)
    acme = next(host for host, variables in hosts.items() if variables["shown"] == "Acme")
    assert {us, eu, acme} < set(hosts)
    assert all(variables["qlik_tenant_url"] == f"https://{host}" for host, variables in hosts.items())
    assert hosts[acme]["qlik_organization_tenant"]["hostnames"] == [acme, "acme.eu.qlikcloud.com"]
    assert hosts[acme]["ansible_connection"] == "local"
    names = sorted(variables["qlik_organization_tenant"]["name"] for variables in hosts.values())
    assert names == sorted(["Acme", "Twin", "Twin", HOSTILE, "no host", us.split(".")[0], eu.split(".")[0]])
    assert {acme, eu} < set(found["qlik_region_eu"]["hosts"])
    assert set(found["qlik_status_active"]["hosts"]) == set(hosts)
    assert "since_2026" in found
    assert [variables["shown"] for variables in hosts.values() if variables["shown"].startswith("{{")] == [HOSTILE]
    forbidden = {"qlik_api_key", "qlik_client_secret", "qlik_client_id", "qlik_access_token"}
    assert not any(forbidden & variables.keys() for variables in hosts.values())


def test_filters_and_names(inventory: Inventory, server: LocalTenant) -> None:
    inventory.write(statuses=[], names=["Off", "Gone", "Acme"], host_name="name")
    found, _warnings = inventory.listed()
    hosts = found["_meta"]["hostvars"]
    ids = {each["name"]: each["id"] for each in server.organization.made()}
    off, gone, acme = (f"{name}-{ids[name][:8]}" for name in ("Off", "Gone", "Acme"))
    assert set(hosts) == {off, gone, acme}
    assert (found["qlik_status_deactivated"]["hosts"], found["qlik_status_deleted"]["hosts"]) == ([off], [gone])
    inventory.write(regions=["eu-west-1"], names=["Twin"], host_name="id")
    found, _warnings = inventory.listed()
    assert [len(name) for name in found["_meta"]["hostvars"]] == [32]
    inventory.write(subscription_ids=["other"])
    found, _warnings = inventory.listed()
    ((host, variables),) = found["_meta"]["hostvars"].items()
    assert (f"https://{host}", "Twin") == (variables["qlik_tenant_url"], variables["qlik_organization_tenant"]["name"])


def test_a_rate_limit_has_an_end(inventory: Inventory, server: LocalTenant) -> None:
    inventory.write()
    server.organization.misbehave({"match": {}, "action": {"status": 429, "headers": {"Retry-After": "60"}}})
    try:
        done = inventory.run("ansible-inventory", "--list", QLIK_RATE_LIMIT_WAIT="59")
    finally:
        server.organization.behave()
    assert "rate_limit_wait allows 59 seconds in total" in " ".join(done.stderr.split())
    options = yaml.safe_load(qlik_organization.DOCUMENTATION)["options"]
    assert options["rate_limit_wait"]["default"] == connection_argument_spec()["rate_limit_wait"]["default"]


@pytest.mark.long
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
    long_after_first(
        ({"QLIK_ORGANIZATION_CLIENT_SECRET": "wrong-secret"}, "OAuth client of organization level"),
        ({"QLIK_ORGANIZATION_CLIENT_ID": ""}, "organization_client_id is missing"),
        ({"QLIK_ORGANIZATION_URL": "http://console.qlikcloud.com"}, "unencrypted"),
    ),
)
def test_what_is_refused(inventory: Inventory, environment: dict[str, str], words: str) -> None:
    inventory.write()
    done = inventory.run("ansible-inventory", "--list", **environment)
    assert words in " ".join(done.stderr.split())
    assert "wrong-secret" not in done.stderr


@pytest.mark.long
def test_contexts_give_credentials_and_the_organization_what_exists(inventory: Inventory, server: LocalTenant) -> None:
    """Both sources meet in one host, and a tenant without a credential is shown as such in an audit."""
    us, eu = server.tenants
    host = us.state()["tenant"]["hostnames"][0]
    contexts = {
        "acme-prod": {"server": f"https://{host.upper()}", "headers": {"Authorization": f"Bearer {us.api_key}"}},
        "second": {"server": f"https://{host}", "headers": {"Authorization": f"Bearer {us.api_key}"}},
        "by-alias": {"server": "https://by-alias.us.qlikcloud.com", "headers": {"Authorization": "Bearer abc"}},
    }
    us.set_tenant(alias="by-alias.us.qlikcloud.com")
    (inventory.folder / "contexts.yml").write_text(yaml.safe_dump({"contexts": contexts}), encoding="utf-8")
    source = {"plugin": "qlikops.cloud.qlik_contexts", "exclude": ["second", "by-alias"]}
    (inventory.sources / "qlik_contexts.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
    inventory.write(names=[us.state()["tenant"]["name"], eu.state()["tenant"]["name"]])
    environment = {"QLIK_CONTEXTS_PATH": str(inventory.folder / "contexts.yml")}
    found, warnings = inventory.listed(**environment)
    assert "The contexts acme-prod and by-alias have the same tenant" in " ".join(warnings.split())
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


#: Texts that customers choose, each of which is the name of something else in the inventory.
CHOSEN = ["acme", "prod", "all", "localhost", "qlik_region_eu", "qlik_status_active", "../acme", "Acme-", "", "-"]


def hosts_in(found: dict[str, Any], group: str) -> set[str]:
    """The hosts of a group and of the groups in it."""
    entry = found.get(group, {})
    return {*entry.get("hosts", []), *(host for child in entry.get("children", []) for host in hosts_in(found, child))}


@pytest.mark.parametrize(
    "host_name", ["name", pytest.param("hostname", marks=pytest.mark.long), pytest.param("id", marks=pytest.mark.long)]
)
def test_no_text_of_a_customer_decides_which_host_a_tenant_is(tmp_path: Path, host_name: str) -> None:
    """Each tenant is a host of its own, in its own groups, and hosts of other sources stay out of them."""
    with LocalTenant(regions=["eu"], proxy=True) as server:
        inventory = Inventory(server, tmp_path)
        first = server.state()["tenant"]
        chosen = [*CHOSEN, first["hostnames"][0], first["id"], f"{first['name']}-{first['id'][:8]}"]
        organization = server.organization
        ids = organization.plant_tenants([{"name": name, "region": "eu"} for name in chosen])
        # One is suspended, and another one takes its name and its alias.
        off, impostor = organization.plant_tenants(
            [
                {"name": "Off", "region": "eu", "status": "disabled"},
                {"name": "Off", "region": "eu", "alias": "acme.eu.qlikcloud.com"},
            ]
        )
        secret = {"qlik_tenant_url": server.url, "qlik_api_key": server.api_key}
        other = {"prod": {"hosts": {"acme": secret, "prod-1": secret}}}
        (inventory.sources / "hosts.yml").write_text(yaml.safe_dump(other), encoding="utf-8")
        server_of_acme = {"server": "acme.eu.qlikcloud.com", "headers": {"Authorization": f"Bearer {server.api_key}"}}
        (tmp_path / "contexts.yml").write_text(yaml.safe_dump({"contexts": {"acme": server_of_acme}}), encoding="utf-8")
        inventory.write(
            host_name=host_name, keyed_groups=[{"prefix": "tenant", "key": "qlik_organization_tenant.name"}]
        )
        environment = {"QLIK_CONTEXTS_PATH": str(tmp_path / "contexts.yml")}
        found, warnings = inventory.listed(**environment)
        tenants = {
            variables["qlik_organization_tenant"]["id"]: (host, variables)
            for host, variables in found["_meta"]["hostvars"].items()
            if "qlik_organization_tenant" in variables
        }
        assert tenants.keys() == {*ids, impostor, first["id"]}
        assert "is skipped" not in warnings
        hosts = {host for host, _variables in tenants.values()}
        assert len(hosts) == len(tenants)
        assert hosts_in(found, "qlik_region_eu") == hosts_in(found, "qlik_status_active") == hosts
        assert hosts_in(found, "prod") == {"acme", "prod-1"}
        assert not hosts & {"acme", "prod-1", "localhost"}
        for tenant_id, (host, variables) in tenants.items():
            assert "qlik_api_key" not in variables
            assert {"name": tenant_id[:8], "hostname": variables["qlik_tenant_url"][8:], "id": tenant_id}[
                host_name
            ] in host
        # A context that leads to the alias would give the name of acme to whoever takes the alias.
        assert "is an alias, which tenant admins can change" in warnings
        if host_name != "name":
            return
        # What is seeded as acme gets to the tenant of acme, and to no other one.
        organization.reset_counters()
        user = [{"subject": "ada", "name": "Ada", "email": "ada@acme.example"}]
        seed = (
            "ansible-playbook",
            "qlikops.cloud.seed",
            "--limit",
            "acme",
            "-e",
            json.dumps({"qlik_seed_users": user}),
        )
        register = organization.registers["eu"]
        credential = {"QLIK_CLIENT_ID": register.client_id, "QLIK_CLIENT_SECRET": register.client_secret}
        done = inventory.run(*seed, **credential, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert organization.counters()["writes"] == 0
        assert "ada" in {each["subject"] for each in server.users()}


FOREIGN = [
    "https://attacker.example",
    "https://127.0.0.1:9",
    "localhost:9",
    "x.eu.attacker.example",
    "x.eu.evilqlikcloud.com",
    "x.eu.qlikcloud.com.attacker.example",
]


@pytest.mark.long
def test_hosts_that_are_not_trusted(inventory: Inventory, server: LocalTenant) -> None:
    """They are no hosts, whatever region they claim, out of the cache either; the others keep their places."""
    listed = [["good.eu.qlikcloud.com"], ["GOOD2.EU.qlikcloud.com."], *([name] for name in FOREIGN)]
    data = [
        {"id": f"{number:032}", "name": f"T{number}", "status": "active", "hostnames": names}
        for number, names in enumerate(listed)
    ]
    page = {"status": 200, "json": {"data": data}}
    server.organization.misbehave({"match": {"path": "/api/core/tenants"}, "action": page})
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(inventory.folder / "cache")}
    try:
        inventory.write(**cache)
        for _from in ("organization", "cache"):
            found, warnings = inventory.listed()
            assert set(found["_meta"]["hostvars"]) == {"good.eu.qlikcloud.com", "good2.eu.qlikcloud.com"}
            assert set(found["qlik_region_eu"]["hosts"]) == {"good.eu.qlikcloud.com", "good2.eu.qlikcloud.com"}
            assert warnings.count("add its domain to `trusted_domains`") == len(FOREIGN)
        inventory.write(trusted_domains=["Attacker.example."], **cache)
        found, _warnings = inventory.listed()
        hosts = found["qlik_region_eu"]["hosts"]
        assert "x.eu.attacker.example" in hosts
        assert not {"x.eu.evilqlikcloud.com", "https://attacker.example"} & set(hosts)
    finally:
        server.organization.behave()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"keyed_groups": [{"key": "region", "separator": ""}]}, "keyed_groups[0].prefix is missing. Without"),
        pytest.param(
            {"keyed_groups": [{"key": "region"}], "leading_separator": False},
            "keyed_groups[0].prefix is missing. Without",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"keyed_groups": [{"key": "region", "prefix": "tenant", "parent_group": "tenant_x"}]},
            "do not start the name with 'tenant_'",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"keyed_groups": [{"key": "region", "prefix": "tenant", "parent_group": "{{ name }}"}]},
            "Use only letters, digits, and underscores",
            marks=pytest.mark.long,
        ),
        *(
            pytest.param(
                {"keyed_groups": [{"key": "name", "prefix": prefix}]},
                "like the groups of this plugin (qlik_region_ and qlik_status_)",
                marks=() if prefix == "qlik" else pytest.mark.long,
            )
            for prefix in ("qlik", "qlik_region", "qlik_status_x")
        ),
        pytest.param({"trusted_domains": ["*.example.com"]}, "'*.example.com' is not a domain", marks=pytest.mark.long),
        pytest.param({"host_name": "alias"}, "hostname, id, name", marks=pytest.mark.long),
    ],
)
def test_options_that_are_refused(inventory: Inventory, options: dict[str, Any], words: str) -> None:
    inventory.write(**options)
    assert words in " ".join(inventory.run("ansible-inventory", "--list").stderr.split())


@pytest.mark.long
def test_the_example(inventory: Inventory) -> None:
    example = examples_of(ROOT / "plugins" / "inventory" / "qlik_organization.py")
    (inventory.sources / "qlik_organization.yml").write_text(example, encoding="utf-8")
    found, _warnings = inventory.listed()
    ((host, variables),) = found["_meta"]["hostvars"].items()
    (acme,) = (tenant for tenant in inventory.organization.made() if tenant["name"] == "Acme")
    assert host == f"Acme-{acme['id'][:8]}"
    assert variables["tenant_id"] == variables["qlik_organization_tenant"]["id"]
    assert found["since_2026"]["hosts"] == [host]
