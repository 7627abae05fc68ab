# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IP policies: from which addresses a tenant can be reached (second reference, other tenant governance)."""

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
from .writing import WriteOrder

_EVERYWHERE = Network("0.0.0.0/0")
_OVERRIDE = "set allow_lockout to do it all the same."
#: The networks of each enabled policy, by what tells policies apart.
Reach = Dict[Any, List[Network]]


def is_editable(policy: Resource) -> bool:
    """Whether the name and the addresses of a policy can be changed."""
    return policy.get("editable") is not False


def is_toggleable(policy: Resource) -> bool:
    """Whether a policy can be enabled and disabled."""
    return policy.get("toggleable") is not False


def is_deletable(policy: Resource) -> bool:
    """Whether a policy can be deleted."""
    return policy.get("deletable") is not False


class PolicyPruning(ListedPruning):
    """Policies that the tenant protects are left alone."""

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        return is_deletable(resource)


class PolicyOrder(WriteOrder):
    """IP policies are written one by one, in an order in which the task can always go on."""

    options = {"caller_address": dict(TEXT), "allow_lockout": dict(BOOLEAN, default=False)}
    stops_at_failure = True

    def batches(self, plans: Sequence[Plan], snapshot: Snapshot) -> List[List[Plan]]:
        # What lets the caller in comes first, what keeps the caller out last; of the rest what only adds addresses
        # comes before what takes some away.
        caller = networks_of([snapshot.caller_address] if snapshot.caller_address else [])

        def rank(plan: Plan) -> Any:
            before, after = _networks_of(plan.current), _networks_of(plan.predicted)
            was_in, is_in = not uncovered(caller, before), not uncovered(caller, after)
            return was_in - is_in, bool(uncovered(before, after)), bool(not uncovered(after, before))

        return [[plan] for plan in sorted(plans, key=rank)]

    def lockouts(self, plans: Sequence[Plan], snapshot: Snapshot) -> Iterator[InvalidInput]:
        writes = [plan for batch in self.batches([plan for plan in plans if plan.changed], snapshot) for plan in batch]
        reach: Reach = {}
        for policy in snapshot.resources("ip_policy"):
            _put(reach, policy["id"], policy)
        moments: List[Optional[List[Network]]] = [_union(reach)] if reach else [None]
        for plan in writes:
            _put(reach, plan.current["id"] if plan.current else plan, plan.predicted)
            moments.append(_union(reach) if reach else None)
        if writes:
            problem = _shut_out(moments, snapshot.caller_address)
            if problem is not None:
                yield problem


class IpPolicy(Listed):
    """What C(qlik_ip_policy) and C(qlik_ip_policies) manage.

    While any policy is enabled, the tenant answers nobody whose address is in no enabled policy.
    """

    noun = "ip_policy"
    plural = "ip_policies"
    words = "IP policies"
    word = "IP policy"
    collection = CORE_API + "/ip-policies"
    pruning = PolicyPruning()
    writing = PolicyOrder(is_last=True)
    blank = {"allowedIps": [], "enabled": False, "updatedAt": None}
    settings = (
        Setting("name", TEXT, changeable=is_editable, because="The tenant says that the policy cannot be edited."),
        TextSet(
            "allowed_ips",
            same=same_network,
            is_needed=True,
            changeable=is_editable,
            because="The tenant says that the policy cannot be edited.",
        ),
        Setting(
            "enabled",
            BOOLEAN,
            changeable=is_toggleable,
            because="The tenant says that the policy can be neither enabled nor disabled.",
        ),
    )

    def check(self, desired: Params) -> None:
        if desired.get("allowed_ips") == [] and desired.get("state") != "absent":
            raise InvalidInput(
                "A policy has at least one address.", "Disable or delete the policy instead.", "allowed_ips"
            )
        for place, text in enumerate(desired.get("allowed_ips") or []):
            check_network(text, "allowed_ips[%d]" % place)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        is_new = desired.get("id") is None and snapshot.get(self.noun, self.key(desired)) is None
        if is_new and desired.get("enabled") is None:
            # What the tenant makes of one that does not say so is not documented, and it can be what locks people out.
            desired = dict(desired, enabled=False)
        plan = super().plan(desired, snapshot)
        if plan.action == "deleted" and plan.current and not is_deletable(plan.current):
            raise InvalidInput("The tenant says that the policy cannot be deleted.")
        return plan

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        if plan.changed and _EVERYWHERE in _networks_of(plan.predicted):
            texts.append("The %s allows every address there is." % self.label(desired))
        return texts


def _shut_out(moments: Sequence[Optional[List[Network]]], address: Optional[str]) -> Optional[InvalidInput]:
    """Why the caller can be shut out, if that can be.

    :param moments: what the enabled policies cover, before the first write and after each, C(None) where there are
        none and so everybody can reach the tenant.
    """
    before = moments[0]
    caller = networks_of([address] if address else [])
    if address and (before is None or not uncovered(caller, before)):
        if not any(moment is not None and uncovered(caller, moment) for moment in moments):
            return None
        text = "The caller's address %s would be in no enabled policy while there is one, so that the task shuts itself"
        return InvalidInput((text + " out.") % address, "Allow it in an enabled policy, or " + _OVERRIDE)
    if before is None:
        loss = "enable a first policy, which keeps out everybody whose address is in no enabled one"
        is_safe = all(moment is None for moment in moments)
    else:
        lost = [network for moment in moments if moment is not None for network in uncovered(before, moment)]
        loss = "take addresses from the enabled policies, such as %s" % (lost[0] if lost else "")
        opened = moments.index(None) if None in moments else len(moments)
        is_safe = not lost and all(moment is None for moment in moments[opened:])
        if not lost:
            loss = "enable a first policy again"
    if is_safe:
        return None
    if not address:
        text = "This would %s, and it is not known which address the task comes from." % loss
        hint = "Give the public address that the tenant sees as caller_address, or " + _OVERRIDE
    else:
        text = "This would %s. The address %s is in no policy that is enabled now although the tenant answers," % (
            loss,
            address,
        )
        text += " so the task comes from another one."
        hint = "Give the address that the tenant sees as caller_address, or " + _OVERRIDE
    return InvalidInput(text, hint)


def _put(reach: Reach, key: Any, policy: Optional[Resource]) -> None:
    """Remember what a policy covers, if there is one that is enabled."""
    reach.pop(key, None)
    if policy is not None and policy.get("enabled") is True:
        reach[key] = _networks_of(policy)


def _union(reach: Reach) -> List[Network]:
    return networks_of(str(network) for networks in reach.values() for network in networks)


def _networks_of(policy: Optional[Resource]) -> List[Network]:
    """What a policy covers; nothing if there is none or it is disabled."""
    if policy is None or policy.get("enabled") is not True:
        return []
    return networks_of(policy.get("allowedIps") or [])
