# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is described of IP policies: who is let in can go on, write by write, or nothing is written."""

from __future__ import annotations

import ipaddress
from typing import Any, Dict, List, Optional

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.effects import show_to
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.ip_policy import IpPolicy
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.networks import (
    networks_of,
    same_network,
    uncovered,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import Plan
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.snapshot import Snapshot
from hypothesis import given
from hypothesis import strategies as st
from suites import examples

Json = Dict[str, Any]
KIND = IpPolicy()
#: A small part of the world, in which networks often overlap.
ADDRESSES = ["10.0.0.%d" % number for number in range(8)]
texts = st.sampled_from([*ADDRESSES, "10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.2/31", "10.0.0.6/31"])
allowed = st.lists(texts, min_size=1, max_size=4, unique=True)
enabled = st.sampled_from([True, True, False])
policy = st.fixed_dictionaries({"allowedIps": allowed, "enabled": enabled})
change = st.fixed_dictionaries(
    {"state": st.sampled_from(["present", "present", "absent"])}, optional={"allowed_ips": allowed, "enabled": enabled}
)


def lets_in(policies: Dict[str, Json], address: str) -> bool:
    """What the reference says: while any policy is enabled, the address has to be in one of the enabled."""
    in_force = [each for each in policies.values() if each["enabled"]]
    networks = [ipaddress.IPv4Network(text) for each in in_force for text in each["allowedIps"]]
    return not in_force or any(ipaddress.IPv4Address(address) in network for network in networks)


def planned(current: List[Json], changes: List[Json], new: List[Json], caller: Optional[str]) -> Any:
    """The policies by name, the plans in their turns, and what is refused."""
    policies = {"P%d" % number: dict(each, id="i%d" % number) for number, each in enumerate(current)}
    snapshot = show_to(Snapshot(), KIND, [dict(each, name=name) for name, each in policies.items()])
    snapshot.caller_address = caller
    desired = [dict(each, name=name) for name, each in zip(policies, changes)]
    desired += [dict(each, name="N%d" % number) for number, each in enumerate(new)]
    plans = [KIND.plan(each, snapshot) for each in desired]
    turns = [
        plan for batch in KIND.writing.batches([plan for plan in plans if plan.changed], snapshot) for plan in batch
    ]
    return policies, turns, list(KIND.writing.lockouts(plans, snapshot))


def moments(policies: Dict[str, Json], turns: List[Plan]) -> Any:
    """The policies after each write."""
    for plan in turns:
        name = (plan.predicted or plan.current or {})["name"]
        policies = {key: each for key, each in policies.items() if key != name}
        if plan.predicted is not None:
            policies[name] = plan.predicted
        yield policies


new_policies = st.lists(st.fixed_dictionaries({"allowed_ips": allowed}, optional={"enabled": enabled}), max_size=2)


@examples(80, 400)
@given(st.lists(policy, max_size=3), st.lists(change, max_size=3), new_policies, st.sampled_from(ADDRESSES))
def test_a_caller_who_is_known(current: List[Json], changes: List[Json], new: List[Json], caller: str) -> None:
    policies, turns, refused = planned(current, changes, new, caller)
    if not lets_in(policies, caller):
        return
    states = list(moments(policies, turns))
    assert bool(refused) == (bool(states) and not lets_in(states[-1], caller))
    assert refused or all(lets_in(state, caller) for state in states)


@examples(80, 400)
@given(st.lists(policy, max_size=3), st.lists(change, max_size=3), new_policies)
def test_a_caller_who_is_not_known(current: List[Json], changes: List[Json], new: List[Json]) -> None:
    """Whoever can reach the tenant before the first write can do so all the time."""
    policies, turns, refused = planned(current, changes, new, None)
    outside = "203.0.113.5"
    callers = [address for address in [*ADDRESSES, outside] if lets_in(policies, address)]
    if not refused:
        assert all(lets_in(state, caller) for state in moments(policies, turns) for caller in callers)


@given(allowed, allowed)
def test_what_networks_cover(these: List[str], others: List[str]) -> None:
    covered = {address for address in ADDRESSES if lets_in({"P": {"enabled": True, "allowedIps": others}}, address)}
    asked = {address for address in ADDRESSES if lets_in({"P": {"enabled": True, "allowedIps": these}}, address)}
    assert bool(uncovered(networks_of(these), networks_of(others))) == bool(asked - covered)


def test_what_is_no_network_stays_as_it_is() -> None:
    assert [same_network(text) for text in ("10.0.0.7", "10.0.0.0/8", "2001:db8::/32")] == [
        "10.0.0.7/32",
        "10.0.0.0/8",
        "2001:db8::/32",
    ]
    assert networks_of(["2001:db8::/32"]) == []
