# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IP policies: the addresses that may access a tenant (second reference, other tenant governance)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence

from .._api.client import CORE_API
from .._errors import InvalidInput
from .._planning.networks import Network, check_network, networks_of, same_network, uncovered
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, TEXT, Params, Setting, TextSet
from .._planning.snapshot import Snapshot
from .listed import Listed, ListedPruning
from .lockout import OVERRIDE
from .renaming import RenameRules
from .writing import WriteRules

_EVERYWHERE = Network("0.0.0.0/0")
#: The allowed networks of each enabled policy, by the ID of the policy, or by its plan if it is new.
Allowed = Dict[Any, List[Network]]


def is_editable(policy: Resource) -> bool:
    """Return whether the name and the addresses of a policy can be changed."""
    return policy.get("editable") is not False


def is_toggleable(policy: Resource) -> bool:
    """Return whether a policy can be enabled and disabled."""
    return policy.get("toggleable") is not False


def is_deletable(policy: Resource) -> bool:
    """Return whether a policy can be deleted."""
    return policy.get("deletable") is not False


class PolicyPruning(ListedPruning):
    """Pruning that skips policies that the tenant does not allow to delete."""

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        return is_deletable(resource)


class PolicyOrder(WriteRules):
    """Writes IP policies one by one, in an order that never blocks the task's own address if that can be avoided."""

    options = {"caller_address": dict(TEXT), "allow_lockout": dict(BOOLEAN, default=False)}
    stops_at_failure = True

    def batches(self, plans: Sequence[Plan], snapshot: Snapshot) -> List[List[Plan]]:
        # First the plans that allow the caller's address, last those that block it. In between, plans that only add
        # addresses come before plans that remove some.
        caller = networks_of([snapshot.caller_address] if snapshot.caller_address else [])

        def rank(plan: Plan) -> Any:
            before, after = _networks_of(plan.current), _networks_of(plan.predicted)
            was_allowed, is_allowed = not uncovered(caller, before), not uncovered(caller, after)
            return was_allowed - is_allowed, bool(uncovered(before, after)), bool(not uncovered(after, before))

        return [[plan] for plan in sorted(plans, key=rank)]

    def lockouts(self, plans: Sequence[Plan], snapshot: Snapshot) -> Iterator[InvalidInput]:
        writes = [plan for batch in self.batches([plan for plan in plans if plan.changed], snapshot) for plan in batch]
        allowed: Allowed = {}
        for policy in snapshot.resources("ip_policy"):
            _put(allowed, policy["id"], policy)
        states: List[Optional[List[Network]]] = [_union(allowed)] if allowed else [None]
        for plan in writes:
            _put(allowed, plan.current["id"] if plan.current else plan, plan.predicted)
            states.append(_union(allowed) if allowed else None)
        if writes:
            problem = _lockout(states, snapshot.caller_address)
            if problem is not None:
                yield problem


class IpPolicy(Listed):
    """The kind of C(qlik_ip_policy) and C(qlik_ip_policies).

    While any policy is enabled, the tenant blocks every address that no enabled policy allows.
    """

    noun = "ip_policy"
    plural = "ip_policies"
    words = "IP policies"
    word = "IP policy"
    collection = CORE_API + "/ip-policies"
    renaming = RenameRules()
    pruning = PolicyPruning()
    writing = PolicyOrder(is_last=True)
    blank = {"allowedIps": [], "enabled": False, "updatedAt": None}
    settings = (
        Setting("name", TEXT, changeable=is_editable, because="The tenant does not allow editing this policy."),
        TextSet(
            "allowed_ips",
            same=same_network,
            is_required=True,
            changeable=is_editable,
            because="The tenant does not allow editing this policy.",
        ),
        Setting(
            "enabled",
            BOOLEAN,
            changeable=is_toggleable,
            because="The tenant does not allow enabling or disabling this policy.",
        ),
    )

    def check(self, desired: Params) -> None:
        if desired.get("allowed_ips") == [] and desired.get("state") != "absent":
            raise InvalidInput(
                "Must have at least one address.", "Disable or delete the policy instead.", "allowed_ips"
            )
        for index, text in enumerate(desired.get("allowed_ips") or []):
            check_network(text, "allowed_ips[%d]" % index)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        is_new = desired.get("id") is None and snapshot.get(self.noun, self.key(desired)) is None
        if is_new and desired.get("enabled") is None:
            # The default of the API is not documented, and an enabled policy can lock out users.
            desired = dict(desired, enabled=False)
        plan = super().plan(desired, snapshot)
        if plan.action == "deleted" and plan.current and not is_deletable(plan.current):
            raise InvalidInput("The tenant does not allow deleting this policy.")
        return plan

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        if plan.changed and _EVERYWHERE in _networks_of(plan.predicted):
            texts.append("The %s allows every address." % self.label(desired))
        return texts


def _lockout(states: Sequence[Optional[List[Network]]], address: Optional[str]) -> Optional[InvalidInput]:
    """Return why the plans may block the task's own address; C(None) if they cannot.

    :param states: the networks that the enabled policies allow, before the first write and after each write. C(None):
        no policy is enabled, so every address is allowed.
    :param address: the caller address, if the user set it.
    """
    before = states[0]
    caller = networks_of([address] if address else [])
    if address and (before is None or not uncovered(caller, before)):
        if not any(state is not None and uncovered(caller, state) for state in states):
            return None
        text = "Applying this would block your own address %s: no enabled IP policy would allow it." % address
        return InvalidInput(text, "Allow it in an enabled policy. " + OVERRIDE)
    if before is None:
        loss = "enable a first IP policy, which blocks all addresses that no enabled policy allows"
        is_safe = all(state is None for state in states)
    else:
        lost = [network for state in states if state is not None for network in uncovered(before, state)]
        loss = "remove addresses from the enabled IP policies, such as %s" % (lost[0] if lost else "")
        opened = states.index(None) if None in states else len(states)
        is_safe = not lost and all(state is None for state in states[opened:])
        if not lost:
            loss = "enable a first IP policy again"
    if is_safe:
        return None
    hint = "Set `caller_address` to the public address that the tenant sees. " + OVERRIDE
    if not address:
        return InvalidInput("This would %s, and your own address is not known." % loss, hint)
    text = "This would %s, and %s cannot be your own address: the tenant responds although no enabled policy allows it."
    return InvalidInput(text % (loss, address), hint)


def _put(allowed: Allowed, key: Any, policy: Optional[Resource]) -> None:
    """Replace the networks of a policy; remove them if it is missing or disabled."""
    allowed.pop(key, None)
    if policy is not None and policy.get("enabled") is True:
        allowed[key] = _networks_of(policy)


def _union(allowed: Allowed) -> List[Network]:
    return networks_of(str(network) for networks in allowed.values() for network in networks)


def _networks_of(policy: Optional[Resource]) -> List[Network]:
    """Return the networks that a policy allows; none if it is missing or disabled."""
    if policy is None or policy.get("enabled") is not True:
        return []
    return networks_of(policy.get("allowedIps") or [])
