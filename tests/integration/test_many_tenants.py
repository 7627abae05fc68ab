# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One play over many tenants: cut into slices as AWX does it, and with a tenant that holds its answers back."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_tenant.client import LocalTenant, TenantHandle

from .conftest import ansible_environment

Hosts = dict[str, dict[str, Any]]
#: The description of three tenants that are not alike.
DIFFERENCES: tuple[dict[str, Any], ...] = (
    {"qlik_seed_group_prefix": "a-"},
    {"qlik_seed_standard_groups": {}, "qlik_seed_users": [{"subject": "eve", "name": "Eve"}]},
    {"qlik_seed_extra_groups": [{"name": "X", "assigned_roles": ["No such role"]}]},
)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=len(DIFFERENCES)) as server:
        yield server


@pytest.fixture
def tenants(server: LocalTenant) -> tuple[TenantHandle, ...]:
    for tenant in server.tenants:
        tenant.behave()
        fresh(tenant)
    return server.tenants


def fresh(tenant: TenantHandle) -> None:
    tenant.reset()
    tenant.reset_counters()


def hosts_of(tenants: tuple[TenantHandle, ...]) -> Hosts:
    return {
        f"tenant{number}": {"qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key, **difference}
        for number, (tenant, difference) in enumerate(zip(tenants, DIFFERENCES))
    }


def sliced(hosts: Hosts, number: int, count: int) -> Hosts:
    """The part of an inventory that AWX gives to one of ``count`` jobs: every so many hosts, in the order of names."""
    return {name: hosts[name] for name in sorted(hosts)[number - 1 :: count]}


def start(hosts: Hosts, folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    inventory = folder / "hosts.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    return subprocess.Popen(
        ["ansible-playbook", "-i", str(inventory), "qlikops.cloud.seed", *arguments],
        env=ansible_environment(folder, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def recap(hosts: Hosts, folder: Path, *arguments: str) -> dict[str, str]:
    """The line of each host at the end of a run."""
    output, _nothing = start(hosts, folder, *arguments).communicate(timeout=120)
    lines = dict(re.findall(r"^(\S+) +: (ok=.*\d)", output.partition("PLAY RECAP")[2], re.MULTILINE))
    assert lines.keys() == hosts.keys(), output
    return lines


def done_on(tenant: TenantHandle) -> tuple[list[tuple[str, str, int]], list[Any]]:
    """What was asked of a tenant, in a settled order, and the groups and users that it holds."""
    asked = sorted((request["method"], request["path"], request["status"]) for request in tenant.requests())
    groups = sorted((group["name"], [role["name"] for role in group["assignedRoles"]]) for group in tenant.groups())
    return asked, [groups, sorted(user["subject"] for user in tenant.users())]


@pytest.mark.long
@pytest.mark.parametrize("arguments", [["--check"], []], ids=["check", "run"])
def test_slices_do_what_the_whole_does(tenants: tuple[TenantHandle, ...], tmp_path: Path, arguments: list[str]) -> None:
    hosts = hosts_of(tenants)
    whole = recap(hosts, tmp_path, *arguments)
    assert [line.split("changed=")[1].split()[0] for line in whole.values()] == ["1", "1", "0"]
    assert "failed=1" in whole["tenant2"]
    done = [done_on(tenant) for tenant in tenants]
    for tenant in tenants:
        fresh(tenant)
    slices = [sliced(hosts, number, 2) for number in (1, 2)]
    assert [list(part) for part in slices] == [["tenant0", "tenant2"], ["tenant1"]]
    parts = [recap(part, tmp_path, *arguments) for part in slices]
    assert {**parts[0], **parts[1]} == whole
    assert [done_on(tenant) for tenant in tenants] == done


@pytest.mark.long
def test_a_slow_tenant_does_not_hold_the_others(tenants: tuple[TenantHandle, ...], tmp_path: Path) -> None:
    slow, quick, _unknown_role = tenants
    # It refuses every request until the other one is seeded.
    slow.misbehave({"match": {"path": "/api/"}, "action": {"status": 429, "headers": {"Retry-After": "1"}}})
    process = start(hosts_of(tenants), tmp_path, ANSIBLE_STRATEGY="free")
    while "eve" not in {user["subject"] for user in quick.users()}:
        assert process.poll() is None
        # Where the others wait for it, it goes on refusing.
        assert slow.counters()["rate_limited"] < 300
        time.sleep(0.1)
    assert slow.counters()["writes"] == 0
    slow.behave()
    output, _nothing = process.communicate(timeout=120)
    assert re.search(r"tenant0 .*changed=1 .*failed=0", output), output
    assert "a-Qlik Stewards" in {group["name"] for group in slow.groups()}


def test_the_summary_of_many_tenants(tenants: tuple[TenantHandle, ...], tmp_path: Path) -> None:
    """A table with those that failed first, and why; the statistics of the run have each host, for AWX."""
    hosts = hosts_of(tenants)
    hosts["tenant3"] = {"qlik_tenant_url": "http://127.0.0.1:9", "qlik_api_key": "k" * 20}
    hosts["tenant4"] = {"qlik_seed_user": [], "qlik_tenant_url": tenants[0].url}
    environment = {"ANSIBLE_SHOW_CUSTOM_STATS": "true", "QLIK_RETRIES": "0"}
    output, _nothing = start(hosts, tmp_path, "--forks", "2", **environment).communicate(timeout=120)
    summary = output.partition("What happened on")[2].partition("ok: [")[0].splitlines()
    assert summary[0] == " 5 tenants, 3 failed"
    assert output.count("What happened on") == 1
    assert [line.split() for line in summary[1:] if not line.startswith(" ")][:6] == [
        ["host", "groups", "users"],
        ["tenant2", "-", "-"],
        ["tenant3", "-", "-"],
        ["tenant4", "-", "-"],
        ["tenant0", "15", "created", "-"],
        ["tenant1", "-", "1", "created"],
    ]
    reasons = [line.strip() for line in summary if line.startswith("    ")]
    assert reasons[0].startswith("qlik_seed_extra_groups[0].assigned_roles: The tenant has no role 'No such role'.")
    assert any("Connection refused" in reason for reason in reasons)
    assert any(reason.startswith("qlik_seed_user: Unknown variable.") for reason in reasons)
    assert "tenant0: group 'a-Qlik Tenant Admins' (idp): created" in summary
    assert summary[-1] == "... and 6 more"
    (line,) = (line for line in output.partition("CUSTOM STATS")[2].splitlines() if "qlik_seed" in line)
    statistics = json.loads(line.partition("RUN:")[2])["qlik_seed"]
    assert {name: (tenant["failed"], len(tenant["reason"])) for name, tenant in statistics.items()} == {
        "tenant0": (False, 0),
        "tenant1": (False, 0),
        "tenant2": (True, 1),
        "tenant3": (True, 1),
        "tenant4": (True, 1),
    }
    assert statistics["tenant0"]["areas"]["groups"]["created"] == 15
    assert statistics["tenant1"]["areas"]["users"]["created"] == 1
