# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of IP policies."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.ip_policy import IpPolicy
from local_tenant.client import TenantHandle

from .cases import OF_EACH, Api, FaultCase, Hostile, Json, SeedCase, SettingCase, Standalone, State

#: The address that every local tenant sees.
CALLER = "203.0.113.7"
ALLOWED: dict[str, Json] = {"allowed_ips": [CALLER], "enabled": True}
MANY_POLICIES: list[Json] = [
    {"name": "Held", "allowed_ips": ["192.0.2.0/24"]},
    {"name": "Changed", "allowed_ips": ["192.0.2.8"]},
    {"name": "Gone", "state": "absent"},
    *({"name": f"New {number}", **ALLOWED} for number in range(3)),
]


def ip_policies_of(state: State) -> Json:
    """Name, addresses and whether they are in force, of all IP policies, duplicates included."""
    return sorted([item["name"], sorted(item["allowedIps"]), item["enabled"]] for item in state["ip_policies"])


def plant_policies(tenant: TenantHandle) -> None:
    """The last two let the caller in, and are not to do so any more."""
    current = {"Held": ["192.0.2.0/24"], "Changed": ["203.0.113.0/24"], "Gone": [CALLER]}
    tenant.plant("ip_policies", [{"name": name, "allowedIps": ips, "enabled": True} for name, ips in current.items()])


CASES = Standalone(
    IpPolicy(),
    settings={
        "name": SettingCase("New", {"name": "New"}, {"id": "ID"}),
        "allowed_ips": SettingCase(["192.0.2.0/24"], {"allowedIps": ["192.0.2.0/24"]}),
        "enabled": SettingCase(True, {"enabled": True}),
    },
    seed={
        "name": SeedCase(
            {"qlik_seed_ip_policies": [{"name": "New", "allowed_ips": ["192.0.2.8"]}]},
            {"IP policy New": {"allowedIps": ["192.0.2.8"], "enabled": False}},
        ),
        "enabled": SeedCase(
            {"qlik_seed_ip_policies": [{"name": "Held", "enabled": True}]},
            {},
            "your own address is not known",
        ),
    },
    faults={
        "qlik_ip_policy": FaultCase(
            "qlik_ip_policy",
            {"name": "New", **ALLOWED, "caller_address": CALLER},
            ip_policies_of,
            [["New", [CALLER], True]],
        ),
        "qlik_ip_policies": FaultCase(
            "qlik_ip_policies",
            {"ip_policies": MANY_POLICIES, "concurrency": 2, "caller_address": CALLER},
            ip_policies_of,
            [
                ["Changed", ["192.0.2.8"], True],
                ["Held", ["192.0.2.0/24"], True],
                *([f"New {number}", [CALLER], True] for number in range(3)),
            ],
            plant_policies,
            OF_EACH,
        ),
        "qlik_ip_policy_info": FaultCase("qlik_ip_policy_info", {}, ip_policies_of, None, plant_policies),
    },
    current={"name": "Held", "allowedIps": ["192.0.2.7"], "enabled": False},
    options={"allowed_ips": ["192.0.2.7"], "enabled": False},
    twin={"allowedIps": ["192.0.2.7"], "enabled": False},
    changed={"allowed_ips": ["192.0.2.8"]},
    changed_twin={"allowedIps": ["192.0.2.8"]},
    wrong=({"allowed_ips": ["x"]}, [".allowed_ips[0]: 'x' is not an IPv4 address"]),
    hostile=Hostile(
        lambda text: {"allowedIps": [text], "enabled": False},
        "192.0.2.0/24",
        {"allowed_ips": ["198.51.100.1"], "enabled": False},
        [{"object": "OBJECT"}, {"object": "yOBJECT"}],
    ),
    api=Api(
        "/api/core/ip-policies",
        body=["name", "allowedIps", "enabled"],
        patch=["name", "allowedIps", "enabled"],
        refused=("GET", "/api/core/ip-policies?limit=0", None),
        error={"detail": str, "source": dict},
        beside={"traceId"},
    ),
)
