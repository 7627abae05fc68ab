# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways that modules go, from their parameters to their results."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
from functools import partial
from typing import Any, Callable, List, Mapping, Optional, Sequence

from .._api.connection import connection_argument_spec
from .._errors import InvalidInput, visible
from .._kinds.base import Kind, World
from .._planning.settings import Params, Resource
from .apply import carry_out, foretell
from .bulk import (
    Complaints,
    carry_out_all,
    check_all,
    explain_failures,
    names_alike,
    plan_all,
    plan_pruning,
    protection,
    summarise,
    useless_patterns,
)
from .module import fail, failures_explained, planned, refuse_lockout_unless_allowed
from .options import Module
from .progress import progress_of
from .read import find, read
from .result import diff, diff_of_many, item_report, without_many_items

MOST_THREADS = 16


def run_one(kind: Kind) -> None:
    """The whole of a module that ensures one resource."""
    spec = dict(connection_argument_spec(), **kind.argument_spec(), **kind.task_spec)
    module = Module(spec, kind.may_be_empty(), supports_check_mode=True, **kind.rules)
    with failures_explained(module) as task:
        module.refuse_problems()
        wanted = module.params
        kind.check(wanted)
        client = task.client()
        planned_roles = planned(module, "planned_roles")
        world = read(client, kind, [wanted], thorough=module.check_mode, planned_roles=planned_roles)
        world.planned_groups = planned(module, "planned_groups")
        plan = kind.plan(wanted, world)
        refuse_lockout_unless_allowed(module, client, kind, [plan])
        for warning in kind.warnings(wanted, plan, world):
            module.warn(visible(warning))
        if module.check_mode:
            kind.foresee(client, [plan], world)
            outcome = foretell(plan)
        else:
            kind.foresee_halfway(client, [plan], world)
            outcome = carry_out(client, kind, wanted, plan, world)
        result = {"changed": outcome.changed, "action": outcome.action, kind.noun: kind.to_user(outcome.resource)}
        if plan.unchangeable:
            result["unchangeable"] = plan.unchangeable
        if module._diff:
            result["diff"] = diff(kind.label(wanted), outcome)
        if outcome.error is not None:
            fail(module, outcome.error, unknown=outcome.unknown, **result)
    module.exit_json(**result)


def run_many(
    kind: Kind,
    spec: Mapping[str, Any],
    prunable: Optional[Callable[[Params, Resource], bool]] = None,
) -> None:
    """The whole of a module that ensures many resources of a kind.

    :param spec: the options beside those of the connection, the list of items and C(concurrency).
    :param prunable: whether the module's options let pruning delete a resource; without it there is no C(prune).
    """
    items_spec = dict(type="list", elements="dict", required=True, options=kind.argument_spec(), **kind.rules)
    module = Module(
        {
            **connection_argument_spec(rate_limit_wait=None),
            **kind.task_spec,
            **spec,
            kind.plural: items_spec,
            "concurrency": {"type": "int", "default": 4},
        },
        kind.may_be_empty(),
        supports_check_mode=True,
    )
    with failures_explained(module) as task:
        module.refuse_problems()
        params = module.params
        _check_bulk_options(kind, params)
        complaints = Complaints()
        warnings: List[str] = []
        wanteds = check_all(kind, params[kind.plural], complaints)
        client = task.client()
        prune = bool(prunable and params["prune"])
        planned_roles = planned(module, "planned_roles")
        world = read(client, kind, wanteds, thorough=True, everything=prune, planned_roles=planned_roles)
        world.planned_groups = planned(module, "planned_groups")
        items = plan_all(kind, wanteds, world, complaints)
        try:
            if prunable and prune and not complaints:
                protect = protection(module.given.get("prune_protect"))
                may_go = partial(prunable, params)
                items += plan_pruning(kind, items, world, may_go, protect, params["max_deletions"])
                warnings += _warnings_of_protection(kind, world, module.given.get("prune_protect"), protect)
            plans = [item.plan for item in items]
            kind.foresee(client, plans, world)
            refuse_lockout_unless_allowed(module, client, kind, plans)
        except InvalidInput as complaint:
            complaints.add("", complaint)
        complaints.raise_if_any()
        warnings += names_alike(kind, wanteds)
        warnings += [text for item in items for text in kind.warnings(item.wanted, item.plan, world)]
        for warning in warnings:
            module.warn(visible(warning))
        if module.check_mode:
            outcomes = [foretell(item.plan) for item in items]
        else:
            writes = sum(plan.changed for plan in plans)
            with progress_of(kind.plural, writes, os.environ) as progress:
                on_done = None if progress is None else lambda outcome: progress.count(outcome.error is not None)
                outcomes = carry_out_all(client, kind, items, world, params["concurrency"], on_done)
        summary = summarise(outcomes)
        result = {
            "changed": any(outcome.changed for outcome in outcomes),
            "summary": summary,
            kind.plural: [item_report(kind, item, outcome, module._diff) for item, outcome in zip(items, outcomes)],
            "invocation": {"module_args": without_many_items(kind, params)},
        }
        if module._diff:
            result["diff"] = diff_of_many(kind, items, outcomes)
        if summary["failed"]:
            error = explain_failures(kind, items, outcomes)
            msg = "%s of %s %s failed. %s" % (summary["failed"], len(items), kind.plural, error)
            unknown = sum(outcome.unknown for outcome in outcomes if outcome.error)
            if unknown:
                msg += " Of %d of them it is not known whether the tenant was changed." % unknown
            if task.interruption.has_come:
                half_done = [kind.label(item.wanted) for item, outcome in zip(items, outcomes) if outcome.half_done]
                module.log("%s Written, but not confirmed: %s." % (msg, ", ".join(half_done) or "none"))
            module.fail_json(msg=msg, error=error.to_result(), **result)
    module.exit_json(**result)


def run_info(kind: Kind, spec: Mapping[str, Any]) -> None:
    """The whole of a module that only reads; its result is always a list.

    :param spec: the options beside C(id) and C(filter); of the ways to say what is read only one may be used.
    """
    ways = ["id", kind.key_option, "filter"]
    module = Module(
        dict(connection_argument_spec(), id={"type": "str"}, filter={"type": "str"}, **spec),
        mutually_exclusive=[ways],
        supports_check_mode=True,
    )
    with failures_explained(module) as task:
        module.refuse_problems()
        found = find(task.client(), kind, module.params)
    module.exit_json(changed=False, **{kind.plural: [kind.to_user(resource) for resource in found]})


def run_info_of_one(kind: Kind) -> None:
    """The whole of a module that reads what a tenant has exactly one of."""
    module = Module(connection_argument_spec(), supports_check_mode=True)
    with failures_explained(module) as task:
        found = kind.read_only_one(task.client())
    module.exit_json(changed=False, **{kind.noun: kind.to_user(found)})


def _warnings_of_protection(kind: Kind, world: World, given: Any, protect: Sequence[str]) -> List[str]:
    if len(protect) > 1 and isinstance(given, str):
        return [
            "prune_protect is one text with commas, %r: it protects what is called so, and what its parts name. Give a"
            " list." % given
        ]
    useless = useless_patterns(kind, world, protect)
    if not useless:
        return []
    return ["prune_protect: %s protect nothing that the tenant has." % " and ".join(map(repr, useless))]


def _check_bulk_options(kind: Kind, params: Mapping[str, Any]) -> None:
    if not 1 <= params["concurrency"] <= MOST_THREADS:
        raise InvalidInput("concurrency must be 1 to %d, and is %d." % (MOST_THREADS, params["concurrency"]))
    limit = params.get("max_deletions")
    if limit is not None and limit < 0:
        raise InvalidInput("max_deletions must not be less than 0, and is %d." % limit)
    if params.get("prune") and not params[kind.plural] and limit is None:
        raise InvalidInput(
            "%s is empty and prune is true: this would delete everything." % kind.plural,
            "If that is what you want, say how many in max_deletions.",
        )
