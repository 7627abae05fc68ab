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
