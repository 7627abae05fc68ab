# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From where a tenant can be reached, and that nobody shuts himself out."""

from __future__ import annotations

from typing import Any

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_five_steps, assert_refused, texts, writes_in

#: The address that the tenant sees the tests come from.
ME = "203.0.113.7"
MINE: Json = {"name": "Mine", "allowedIps": [ME], "enabled": True}
OTHER: Json = {"name": "Other", "allowedIps": ["192.0.2.0/24", "198.51.100.7"], "enabled": True}
HELD: Json = {"Mine": [[ME], True], "Other": [["192.0.2.0/24", "198.51.100.7"], True]}


def view(tenant: LocalTenant) -> Json:
    return {item["name"]: [sorted(item["allowedIps"]), item["enabled"]] for item in tenant.state()["ip_policies"]}


CASES: dict[str, tuple[dict[str, Json], Json]] = {
    "nothing asked": ({}, HELD["Other"]),
    "equal in another form and order": (
        {"allowed_ips": ["198.51.100.7/32", "192.0.2.0/24", "198.51.100.7"]},
        HELD["Other"],
    ),
    "another address": ({"allowed_ips": ["198.51.100.5"]}, [["198.51.100.5"], True]),
    "one more": (
        {"allowed_ips": ["192.0.2.0/24", "198.51.100.7", "198.51.100.5"]},
        [["192.0.2.0/24", "198.51.100.5", "198.51.100.7"], True],
    ),
    "disabled": ({"enabled": False}, [HELD["Other"][0], False]),
    "gone": ({"state": "absent"}, None),
}


@pytest.mark.parametrize("case", CASES)
def test_ip_policy(run: Run, tenant: LocalTenant, case: str) -> None:
    options, expected = CASES[case]
    tenant.plant("ip_policies", [MINE, OTHER])
    after = {"Mine": HELD["Mine"], **({"Other": expected} if expected else {})}
    desired = {"name": "Other", **options, "caller_address": ME}
    assert_five_steps(run, "qlik_ip_policy", desired, view, after, changed=expected is not HELD["Other"])


def test_addresses_may_be_shown_as_networks(run: Run, tenant: LocalTenant) -> None:
    tenant.guess(ip_policy_addresses="networks")
    tenant.plant("ip_policies", [MINE, OTHER])
    options: dict[str, Json] = {"name": "Other", "allowed_ips": ["198.51.100.7", "198.51.100.5"], "caller_address": ME}
    assert [run("qlik_ip_policy", **options)["changed"] for _time in range(2)] == [True, False]
    assert view(tenant)["Other"] == [["198.51.100.5/32", "198.51.100.7/32"], True]


@pytest.mark.parametrize("enabled", [True, False])
def test_a_new_policy_is_in_force_only_if_that_is_asked(run: Run, tenant: LocalTenant, enabled: bool) -> None:
    tenant.guess(new_ip_policy_is_enabled=enabled)
    options = {"name": "New", "allowed_ips": ["192.0.2.7"]}
    assert_five_steps(run, "qlik_ip_policy", options, view, {"New": [["192.0.2.7"], False]})


class Lockout:
    """The errors about plans that would block the task's own address."""

    FIRST = "enable a first IP policy"
    TAKEN = "remove addresses from the enabled IP policies"
    SELF = f"Applying this would block your own address {ME}: no enabled IP policy would allow it."


#: The policies that are held, the options of many, and the words; none where it is allowed.
LOCKOUTS: dict[str, tuple[list[Json], dict[str, Json], list[str]]] = {
    "a first policy, address not known": (
        [],
        {"ip_policies": [{"name": "New", "allowed_ips": [ME], "enabled": True}]},
        [Lockout.FIRST, "caller_address", "allow_lockout"],
    ),
    "a first policy without the caller": (
        [],
        {"ip_policies": [{"name": "New", "allowed_ips": ["192.0.2.7"], "enabled": True}], "caller_address": ME},
        [Lockout.SELF, "allow_lockout"],
    ),
    "a first policy with the caller": (
        [],
        {"ip_policies": [{"name": "New", "allowed_ips": ["203.0.113.0/24"], "enabled": True}], "caller_address": ME},
        [],
    ),
    "first policies, the caller in the last of them": (
        [],
        {
            "ip_policies": [
                {"name": "A", "allowed_ips": ["192.0.2.7"], "enabled": True},
                {"name": "B", "allowed_ips": [ME], "enabled": True},
            ],
            "caller_address": ME,
        },
        [],
    ),
    "a disabled policy": ([], {"ip_policies": [{"name": "New", "allowed_ips": ["192.0.2.7"]}]}, []),
    "an empty policy is enabled": (
        [{**OTHER, "enabled": False}],
        {"ip_policies": [{"name": "Other", "enabled": True}]},
        [Lockout.FIRST],
    ),
    "one more policy, address not known": (
        [MINE],
        {"ip_policies": [{"name": "New", "allowed_ips": ["192.0.2.7"], "enabled": True}]},
        [],
    ),
    "addresses added, address not known": (
        [MINE],
        {"ip_policies": [{"name": "Mine", "allowed_ips": ["203.0.113.0/24"]}]},
        [],
    ),
    "narrowed, address not known": (
        [MINE, OTHER],
        {"ip_policies": [{"name": "Other", "allowed_ips": ["192.0.2.0/25", "198.51.100.7"]}]},
        [Lockout.TAKEN, "192.0.2.0/24", "not known"],
    ),
    "deleted, address not known": (
        [MINE, OTHER],
        {"ip_policies": [{"name": "Other", "state": "absent"}]},
        [Lockout.TAKEN],
    ),
    "pruned, address not known": ([MINE, OTHER], {"ip_policies": [{"name": "Mine"}], "prune": True}, [Lockout.TAKEN]),
    "pruned, of the caller": (
        [MINE, OTHER],
        {"ip_policies": [{"name": "Other"}], "prune": True, "caller_address": ME},
        [Lockout.SELF],
    ),
    "pruned, of others": ([MINE, OTHER], {"ip_policies": [{"name": "Mine"}], "prune": True, "caller_address": ME}, []),
    "the caller's own narrowed": (
        [MINE, OTHER],
        {"ip_policies": [{"name": "Mine", "allowed_ips": ["203.0.113.8"]}], "caller_address": ME},
        [Lockout.SELF],
    ),
    "the caller's own disabled": (
        [MINE, OTHER],
        {"ip_policies": [{"name": "Mine", "enabled": False}], "caller_address": ME},
        [Lockout.SELF],
    ),
    "the caller's own deleted, another one lets in": (
        [MINE, OTHER],
        {
            "ip_policies": [
                {"name": "Mine", "state": "absent"},
                {"name": "Other", "allowed_ips": [ME]},
            ],
            "caller_address": ME,
        },
        [],
    ),
    "two swap their addresses": (
        [MINE, OTHER],
        {
            "ip_policies": [
                {"name": "Mine", "allowed_ips": ["192.0.2.0/24", "198.51.100.7"]},
                {"name": "Other", "allowed_ips": [ME]},
            ],
            "caller_address": ME,
        },
        [],
    ),
    "two swap their addresses, address not known": (
        [MINE, OTHER],
        {
            "ip_policies": [
                {"name": "Mine", "allowed_ips": ["192.0.2.0/24", "198.51.100.7"]},
                {"name": "Other", "allowed_ips": [ME]},
            ]
        },
        [Lockout.TAKEN],
    ),
    "moved to another policy, address not known": (
        [MINE, OTHER],
        {
            "ip_policies": [
                {"name": "Mine", "state": "absent"},
                {"name": "Other", "allowed_ips": ["203.0.113.0/24", "192.0.2.0/23", "198.51.100.7"]},
            ]
        },
        [],
    ),
    "the last one disabled": ([MINE], {"ip_policies": [{"name": "Mine", "enabled": False}]}, []),
    "the last one deleted": ([MINE], {"ip_policies": [{"name": "Mine", "state": "absent"}]}, []),
    "all deleted": (
        [MINE, OTHER],
        {"ip_policies": [{"name": name, "state": "absent"} for name in ("Mine", "Other")], "caller_address": ME},
        [],
    ),
    "all deleted, address not known": (
        [MINE, OTHER],
        {"ip_policies": [{"name": name, "state": "absent"} for name in ("Mine", "Other")]},
        [Lockout.TAKEN],
    ),
    "an address that the tenant does not see": (
        [MINE, OTHER],
        {"ip_policies": [{"name": "Other", "allowed_ips": ["198.51.100.5"]}], "caller_address": "198.51.100.5"},
        ["198.51.100.5 cannot be your own address: the tenant responds although no enabled policy allows it."],
    ),
    "nothing to do": ([MINE], {"ip_policies": [{"name": "Mine", "enabled": True}]}, []),
}


@pytest.mark.parametrize("case", LOCKOUTS)
def test_nobody_shuts_himself_out(run: Run, tenant: LocalTenant, case: str) -> None:
    """The tenant would let it happen here, and then answer nothing any more."""
    current, options, words = LOCKOUTS[case]
    tenant.plant("ip_policies", current)
    tenant.guess(ip_policy_lockout="accept")
    if words:
        assert_refused(run, "qlik_ip_policies", options, *words)
    prune: Json = {"ip_policies": {}} if options.get("prune") else None
    everything = {**options, "prune": prune}
    if words:
        assert_refused(run, "qlik_configuration", everything, *words)
        return
    planned = run("qlik_configuration", check=True, **everything)
    result = run("qlik_ip_policies", **options)
    assert not result.get("failed"), result
    assert planned["changed"] is result["changed"] is (case != "nothing to do")
    tenant.reset_counters()
    assert run("qlik_ip_policies", **options)["changed"] is False
    assert writes_in(tenant.counters()) == []


def test_one_policy_shuts_nobody_out(run: Run, tenant: LocalTenant) -> None:
    """The single module guards in the same way, and is told to let it be in the same way."""
    tenant.plant("ip_policies", [MINE, OTHER])
    narrowed: dict[str, Json] = {"name": "Mine", "allowed_ips": ["203.0.113.8"]}
    assert_refused(run, "qlik_ip_policy", narrowed, Lockout.TAKEN)
    assert_refused(run, "qlik_ip_policy", {**narrowed, "caller_address": ME}, Lockout.SELF)
    tenant.guess(ip_policy_lockout="accept")
    assert run("qlik_ip_policy", **narrowed, allow_lockout=True, check=True)["changed"] is True
    result = run("qlik_ip_policy", **narrowed, allow_lockout=True)
    # It did, and now it cannot even look.
    assert "failed" in result
    assert view(tenant)["Mine"] == [["203.0.113.8"], True]


@pytest.mark.parametrize("status", [400, 403])
def test_the_tenant_can_refuse_it_too(run: Run, tenant: LocalTenant, status: int) -> None:
    tenant.plant("ip_policies", [MINE, OTHER])
    tenant.guess(ip_policy_lockout=status)
    result = run("qlik_ip_policy", name="Mine", state="absent", allow_lockout=True)
    assert "The address of the caller would be in no enabled policy" in result["msg"]
    assert view(tenant) == HELD


def test_what_fails_keeps_the_rest_as_it_is(run: Run, tenant: LocalTenant) -> None:
    """What lets the caller in comes first; without it nothing else may be done."""
    tenant.plant("ip_policies", [MINE, OTHER])
    refusal = {"status": 400, "json": {"errors": [{"code": "X-1", "title": "No"}]}}
    tenant.misbehave({"match": {"method": "POST"}, "action": refusal})
    desired = [{"name": "Mine", "state": "absent"}, {"name": "New", "allowed_ips": ["203.0.113.0/24"], "enabled": True}]
    result = run("qlik_ip_policies", ip_policies=desired, caller_address=ME, concurrency=4)
    assert [item["action"] for item in result["ip_policies"]] == ["failed", "failed"]
    assert result["changed"] is False
    assert view(tenant) == HELD


def test_ip_policies_are_written_when_all_else_is_done(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": "Old"}])
    run(
        "qlik_configuration",
        groups=[{"name": "Old", "state": "absent"}],
        ip_policies=[{"name": "New", "allowed_ips": [ME], "enabled": True}],
        session_policy={"max_user_session_lifespan_minutes": 600},
        caller_address=ME,
    )
    writes = [each["route"] for each in tenant.requests() if each["method"] != "GET"]
    assert writes == ["DELETE /groups/{id}", "PATCH /api/core/auth-settings", "POST /api/core/ip-policies"]


BAD: dict[str, list[str]] = {
    "192.0.2.256": ["is not an IPv4 address or network"],
    "192.0.2": ["is not an IPv4 address or network"],
    "192.0.2.07": ["is not an IPv4 address or network"],
    "192.0.2.0/33": ["is not an IPv4 address or network"],
    "192.0.2.0/255.255.255.0": ["is not an IPv4 address or network"],
    "192.0.2.0/": ["is not an IPv4 address or network"],
    " 192.0.2.7": ["is not an IPv4 address or network"],
    "192.0.2.1-192.0.2.9": ["is not an IPv4 address or network"],
    "office": ["is not an IPv4 address or network"],
    "2001:db8::1": ["The API does not support IPv6"],
    "::ffff:192.0.2.7": ["The API does not support IPv6"],
    "10.0.0.7/24": ["address 10.0.0.7", "network 10.0.0.0/24"],
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address(run: Run, tenant: LocalTenant, text: str) -> None:
    tenant.plant("ip_policies", [MINE])
    options: dict[str, Json] = {"name": "New", "allowed_ips": ["192.0.2.7", text]}
    assert_refused(run, "qlik_ip_policy", options, "allowed_ips[1]: ", *BAD[text])
    assert_refused(run, "qlik_ip_policies", {"ip_policies": [options]}, "ip_policies[0].allowed_ips[1]: ")
    as_caller: dict[str, Json] = {"ip_policies": [{"name": "Mine"}], "caller_address": text}
    for module in ("qlik_ip_policies", "qlik_configuration"):
        assert_refused(run, module, as_caller, "caller_address: ")
    assert_refused(run, "qlik_ip_policy", {"name": "Mine", "caller_address": text}, "caller_address: ")


#: Addresses that are not public, and the reserved network of each.
NOT_PUBLIC: dict[str, str] = {
    "192.168.1.7": "192.168.0.0/16 is reserved for private networks",
    "10.0.0.1": "10.0.0.0/8 is reserved for private networks",
    "172.31.255.255": "172.16.0.0/12 is reserved for private networks",
    "100.64.0.1": "100.64.0.0/10 is reserved for carrier-grade NAT",
    "127.0.0.1": "127.0.0.0/8 is reserved for loopback",
    "169.254.1.1": "169.254.0.0/16 is reserved for link-local use",
    "0.0.0.0": "0.0.0.0/8 is reserved for this network",
    "198.18.0.1": "198.18.0.0/15 is reserved for benchmarks",
    "224.0.0.1": "224.0.0.0/4 is reserved for multicast",
    "255.255.255.255": "240.0.0.0/4 is reserved for future use and broadcasts",
}


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_no_tenant_can_see(run: Run, tenant: LocalTenant, address: str) -> None:
    policy: dict[str, Json] = {"name": "New", "allowed_ips": [address, ME], "enabled": True}
    words = (
        f"caller_address: {address} is not a public address: ",
        NOT_PUBLIC[address],
        "allow_lockout: true",
    )
    assert_refused(run, "qlik_ip_policy", {**policy, "caller_address": address}, *words)
    whole: dict[str, Json] = {"groups": [{"name": "New"}], "ip_policies": [policy], "caller_address": address}
    assert_refused(run, "qlik_configuration", whole, *words)
    assert_refused(run, "qlik_ip_policies", {"ip_policies": [policy], "caller_address": address}, *words)
    assert run("qlik_ip_policy", **policy, caller_address=address, allow_lockout=True)["changed"] is True


def test_what_is_refused(run: Run, tenant: LocalTenant) -> None:
    different = {"name": "Twin", "allowedIps": ["192.0.2.200"]}
    first, second = tenant.plant("ip_policies", [{"name": "Twin"}, different])
    assert_refused(run, "qlik_ip_policy", {"name": "Twin", "enabled": False}, first, second, "Set `id`")
    assert run("qlik_ip_policy", id=first, state="absent")["changed"] is True
    assert_refused(run, "qlik_ip_policy", {"name": "New"}, "allowed_ips: Required to create a new object.")
    assert_refused(run, "qlik_ip_policy", {"name": "Twin", "allowed_ips": []}, "at least one address")
    network: dict[str, Json] = {"name": "Twin", "caller_address": "192.0.2.0/24"}
    assert_refused(run, "qlik_ip_policy", network, "caller_address: ", "Must be a single address")
    tenant.plant("ip_policies", [{"name": "Fixed", "editable": False, "toggleable": False, "deletable": False}])
    assert_refused(run, "qlik_ip_policy", {"name": "Fixed", "allowed_ips": ["192.0.2.9"]}, "does not allow editing")
    enabled: dict[str, Json] = {"name": "Fixed", "enabled": True, "caller_address": "192.0.2.1"}
    assert_refused(run, "qlik_ip_policy", enabled, "does not allow enabling or disabling this policy")
    assert_refused(run, "qlik_ip_policy", {"name": "Fixed", "state": "absent"}, "does not allow deleting this policy")
    kept: dict[str, Any] = {"ip_policies": [{"name": "Twin", "state": "absent"}], "prune": True}
    assert run("qlik_ip_policies", **kept)["summary"]["deleted"] == 1
    assert list(view(tenant)) == ["Fixed"]


def test_the_whole_internet_is_worth_a_word(run: Run, tenant: LocalTenant) -> None:
    result = run("qlik_ip_policy", name="All", allowed_ips=["0.0.0.0/0"], enabled=True, caller_address=ME)
    assert any("allows every address" in text for text in texts(result))


@pytest.mark.parametrize("response", ["404", "403", "page"])
def test_a_tenant_without_ip_policies(run: Run, tenant: LocalTenant, response: str) -> None:
    tenant.set_tenant(missing_services=["ip-policies"])
    tenant.guess(missing_service=response)
    options: dict[str, Json] = {"ip_policies": [{"name": "New", "allowed_ips": [ME]}]}
    for module in ("qlik_ip_policies", "qlik_configuration"):
        assert_refused(run, module, options, "The tenant has no IP policies")
    assert "The tenant has no IP policies" in run("qlik_ip_policy_info")["msg"]
    audited = run("qlik_configuration", check=True, **options, report_unmanaged=True)
    assert "failed" not in audited, audited
    assert "The tenant has no IP policies" in audited["not_available"]["ip_policies"]
