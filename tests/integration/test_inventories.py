# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tenant a host is: with an inventory that cannot be read, without an address, and with that of another host."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant, TenantHandle

from .conftest import ROOT, ansible_environment, organization_environment

SHIPPED = ROOT / "roles" / "qlik_awx" / "files" / "project"
#: What a run would do to the wrong tenant.
PRUNING: dict[str, Any] = {"qlik_seed_prune": True, "qlik_seed_standard_groups": {"Acme": []}}
#: What every playbook needs, and what it leaves behind.
REPORT = {"qlik_audit_report_dir": "reports", "qlik_export_dir": "exported"}
ENTRY = {"qlik_onboard_region": "eu", "qlik_onboard_subscription_id": "5f0000000000000000000001"}
PLAYBOOKS = ["seed", *(pytest.param(name, marks=pytest.mark.long) for name in ("audit", "export", "onboard"))]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=6) as server:
        yield server


@pytest.fixture
def tenants(server: LocalTenant) -> tuple[TenantHandle, ...]:
    for tenant in server.tenants:
        tenant.behave()
        tenant.reset()
        tenant.plant_groups([{"name": "Old"}])
        tenant.reset_counters()
    return server.tenants


def write(folder: Path, files: dict[str, Any]) -> None:
    """Write files, as YAML where they are no text."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        ["ansible-playbook", *arguments, "-e", json.dumps(REPORT)],
        env=ansible_environment(folder, **environment),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def in_words(done: subprocess.CompletedProcess[str]) -> str:
    """All output on one line: Ansible wraps what it has to say."""
    return " ".join((done.stdout + done.stderr).split())


def as_awx(tenant: TenantHandle) -> dict[str, str]:
    """The environment of a job whose credential has the address of a tenant."""
    return {"QLIK_TENANT_URL": tenant.url, "QLIK_API_KEY": tenant.api_key}


def groups(tenant: TenantHandle) -> list[str]:
    return sorted(group["name"] for group in tenant.groups())


def refuses(done: subprocess.CompletedProcess[str], tenant: TenantHandle, text: str) -> None:
    """No request was made, and the output says what was wrong."""
    assert done.returncode != 0, done.stdout
    assert text in in_words(done), done.stdout + done.stderr
    assert tenant.requests() == []


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_an_inventory_that_cannot_be_read(tenants: tuple[TenantHandle, ...], tmp_path: Path, playbook: str) -> None:
    report = tmp_path / "reports" / "qlik-audit.json"
    write(
        tmp_path,
        {
            "inv/hosts.yml": "all:\n  hosts:\n\tacme:\n",
            "inv/group_vars/all.yml": {**PRUNING, **ENTRY},
            "inv/host_vars/acme.yml": {"qlik_seed_extra_groups": [{"name": "Mine"}]},
            str(report): "{}",
        },
    )
    done = run(tmp_path, "-i", "inv", f"qlikops.cloud.{playbook}", **as_awx(tenants[0]))
    refuses(done, tenants[0], f"{tmp_path}/inv: This inventory has no hosts")
    assert report.read_text(encoding="utf-8") == "{}"
    assert not (tmp_path / "exported").exists()


@pytest.mark.long
@pytest.mark.parametrize("playbook", ["seed", "audit", "export"])
def test_a_limit_hides_no_broken_inventory(tenants: tuple[TenantHandle, ...], tmp_path: Path, playbook: str) -> None:
    write(tmp_path, {"hosts.yml": "all:\n\thosts:\n", "ansible.cfg": "[defaults]\ninventory = hosts.yml\n"})
    done = run(tmp_path, f"qlikops.cloud.{playbook}", "--limit", "acme", **as_awx(tenants[0]))
    refuses(done, tenants[0], f"{tmp_path}/hosts.yml: This inventory has no hosts")


@pytest.mark.long
def test_a_role_in_a_playbook_of_your_own(tenants: tuple[TenantHandle, ...], tmp_path: Path) -> None:
    roles = ["qlikops.cloud.qlik_seed", "qlikops.cloud.qlik_audit", "qlikops.cloud.qlik_export"]
    tasks = [
        {"block": [{"include_role": {"name": role}}], "rescue": [{"debug": {"var": "ansible_failed_result.msg"}}]}
        for role in roles
    ]
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    write(tmp_path, {"inv/hosts.yml": "\t", "own.yml": plays})
    done = run(tmp_path, "own.yml", **as_awx(tenants[0]), ANSIBLE_INVENTORY="inv")
    shown = done.stdout.count(f'"ansible_failed_result.msg": "{tmp_path}/inv: This inventory has no hosts')
    assert shown == len(roles), done.stdout
    assert tenants[0].requests() == []


def test_without_an_inventory_localhost_is_the_tenant(tenants: tuple[TenantHandle, ...], tmp_path: Path) -> None:
    done = run(tmp_path, "qlikops.cloud.audit", **as_awx(tenants[0]))
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))
    assert [tenant["host"] for tenant in report["tenants"]] == ["localhost"]


#: What our own plugins fail at.
BROKEN: dict[str, dict[str, Any]] = {
    "qlik_organization": {"organization_client_secret": "wrong", "retries": 0},
    "qlik_contexts": {"path": "/nowhere/contexts.yml"},
}


@pytest.mark.parametrize(
    ("plugin", "playbook"),
    [
        ("qlik_organization", "audit"),
        pytest.param("qlik_organization", "seed", marks=pytest.mark.long),
        pytest.param("qlik_organization", "export", marks=pytest.mark.long),
        pytest.param("qlik_contexts", "onboard", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("beside", ["hosts", pytest.param("localhost", marks=pytest.mark.long)])
def test_our_own_inventory_fails_beside_hosts(
    server: LocalTenant, tenants: tuple[TenantHandle, ...], tmp_path: Path, plugin: str, playbook: str, beside: str
) -> None:
    """Whether the play is about hosts of the other source, or about the implicit localhost."""
    hosts = {"acme": {"qlik_tenant_url": tenants[0].url, **ENTRY}}
    report = tmp_path / "reports" / "qlik-audit.json"
    source = {"plugin": f"qlikops.cloud.{plugin}", **BROKEN[plugin]}
    files = {"inv/a_hosts.yml": {"all": {"hosts": hosts}}, f"inv/{plugin}.yml": source, str(report): "{}"}
    write(tmp_path, files)
    environment = {**organization_environment(server.organization), **as_awx(tenants[0])}
    environment.pop("QLIK_ORGANIZATION_CLIENT_SECRET")
    chosen = {"hosts": [], "localhost": ["-e", "qlik_hosts=localhost"]}[beside]
    done = run(tmp_path, "-i", "inv", f"qlikops.cloud.{playbook}", *chosen, **environment)
    refuses(done, tenants[0], f"{tmp_path}/inv/{plugin}.yml: This inventory could not be read")
    assert report.read_text(encoding="utf-8") == "{}"


def test_the_shipped_configuration_takes_no_half_of_an_inventory(
    tenants: tuple[TenantHandle, ...], tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(SHIPPED, project)
    hosts = {"acme": {"qlik_tenant_url": tenants[0].url}}
    write(project, {"inventory/good.yml": {"all": {"hosts": hosts}}, "inventory/other.yml": "all:\n\thosts:\n"})
    done = run(project, "-i", "inventory", "audit.yml", **as_awx(tenants[0]))
    refuses(done, tenants[0], "Completely failed to parse inventory source")
    (project / "inventory" / "other.yml").unlink()
    if done.returncode:
        assert run(project, "-i", "inventory", "audit.yml", **as_awx(tenants[0])).returncode == 0


def test_each_host_is_a_tenant_of_its_own(tenants: tuple[TenantHandle, ...], tmp_path: Path) -> None:
    """Misspelt and missing addresses, one address twice, with and without pruning, and hosts that want SSH."""
    environment, other, twice, kept, both, pruned = tenants
    key = {tenant.url: tenant.api_key for tenant in tenants}
    elsewhere = {"ansible_connection": "ssh", "ansible_become": True, "ansible_become_method": "nowhere"}
    hosts: dict[str, dict[str, Any]] = {
        "acme": {"qlik_tennant_url": other.url, "qlik_url": other.url},
        "beta": {"qlik_seed_prune": True},
        "blank": {"qlik_tenant_url": " "},
        "gamma": {"qlik_tenant_url": twice.url},
        "gamma2": {"qlik_tenant_url": twice.url + "/"},
        "pruning": {"qlik_tenant_url": both.url, "qlik_seed_prune": True},
        "pruned": {"qlik_tenant_url": both.url.replace("http:", "HTTP:")},
        "over_ssh": {"qlik_tenant_url": pruned.url, "ansible_shell_type": "powershell", **elsewhere},
    }
    for name, variables in hosts.items():
        if "qlik_tenant_url" in variables:
            variables["qlik_api_key"] = key.get(variables["qlik_tenant_url"], both.api_key)
        variables["qlik_seed_standard_groups"] = {name: []}
    hosts["gamma2"]["qlik_api_key"] = twice.api_key
    write(tmp_path, {"hosts.yml": {"all": {"hosts": hosts, "vars": {"qlik_vault_names": ["a"]}}}})
    done = run(tmp_path, "-i", "hosts.yml", "-f", "1", "qlikops.cloud.seed", **as_awx(environment))
    output = in_words(done)
    assert done.returncode != 0
    for tenant in (environment, other, both):
        assert tenant.requests() == []
        assert groups(tenant) == ["Old"]
    assert kept.requests() == []
    for host in ("acme", "beta", "blank"):
        assert f"qlik_tenant_url: Not set for the host {host}" in output
    assert "qlik_tennant_url: Unknown variable. Did you mean qlik_tenant_url" in output
    assert "qlik_url: Unknown variable" in output
    assert output.count("[WARNING]: qlik_vault_names: Unknown variable") == 1
    assert groups(twice) == ["Old", "gamma", "gamma2"]
    assert output.count("[WARNING]: qlik_tenant_url: gamma and gamma2 have the same URL") == 1
    assert groups(pruned) == ["Old", "over_ssh"]
    assert "qlik_tenant_url: pruned and pruning have the same URL" in output


def test_an_environment_with_one_address_for_all(tenants: tuple[TenantHandle, ...], tmp_path: Path) -> None:
    """It is the address of each host, so two hosts of which one prunes are refused."""
    hosts: dict[str, Any] = {name: {"qlik_seed_standard_groups": {name: []}} for name in ("acme", "beta")}
    play: dict[str, Any] = {"hosts": "all", "gather_facts": False, "environment": {"QLIK_TENANT_URL": "{{ place }}"}}
    play.update(connection="local", roles=["qlikops.cloud.qlik_seed"])
    shared = {"place": tenants[0].url, "qlik_api_key": tenants[0].api_key, "qlik_seed_prune": True}
    write(tmp_path, {"own.yml": [play], "hosts.yml": {"all": {"hosts": hosts, "vars": shared}}})
    done = run(tmp_path, "-i", "hosts.yml", "own.yml")
    assert done.returncode != 0
    assert "qlik_tenant_url: acme and beta have the same URL" in in_words(done)
    assert tenants[0].requests() == []


@pytest.mark.long
def test_a_playbook_of_your_own_that_leaves_the_controller(tenants: tuple[TenantHandle, ...], tmp_path: Path) -> None:
    """It warns once for all hosts, and addresses may come from the play, its environment and the role."""
    hosts = {
        f"t{number}": {"place": tenant.url, "qlik_api_key": tenant.api_key} for number, tenant in enumerate(tenants)
    }
    elsewhere = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 9}
    shared: dict[str, Any] = {"qlik_seed_standard_groups": {"A": []}}
    seed = {"role": "qlikops.cloud.qlik_seed"}
    address = "{{ place }}"
    of_one = {"qlik_tenant_url": tenants[4].url, "qlik_api_key": tenants[4].api_key}
    plays: list[dict[str, Any]] = [
        {"hosts": "t2:t3", "vars": {"qlik_tenant_url": address}, "roles": [seed]},
        # Were they one tenant, the prune would be refused.
        {
            "hosts": "t4:t5",
            "environment": {"QLIK_TENANT_URL": address},
            "vars": {"qlik_seed_prune": True},
            "roles": [seed],
        },
        {"hosts": "t4:t5", "roles": [{**seed, "vars": of_one}]},
        {"hosts": "t0:t1", "vars": {"qlik_tenant_url": address, **elsewhere}, "roles": [seed]},
    ]
    for play in plays:
        play.update(gather_facts=False, connection="local")
    write(tmp_path, {"own.yml": plays, "hosts.yml": {"all": {"hosts": hosts, "vars": shared}}})
    arguments = ["-i", "hosts.yml", "own.yml"]
    done = run(tmp_path, *arguments, **as_awx(tenants[0]))
    output = in_words(done)
    assert output.count("through the connection ssh") == 1, done.stdout + done.stderr
    asked = [bool(tenant.requests()) for tenant in tenants]
    assert asked == [False, False, True, True, True, True], done.stdout + done.stderr
    assert output.count("[WARNING]: qlik_tenant_url: t4 and t5 have the same URL") == 1
