# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways that modules go which are about one kind, from their parameters to their results."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from .._api.connection import connection_argument_spec
from .._kinds.base import Kind
from .._planning.settings import TEXT, Params
from .areas import Area
from .bulk import entries_of
from .ensure import CONCURRENCY_SPEC, area_result, end, end_of_one, ensure, ensure_one
from .module import failures_explained
from .options import Module
from .prune import Pruning, check_pruning
from .read import find
from .result import diff, diff_of_many, without_many_items


def run_one(kind: Kind) -> None:
    """The whole of a module that ensures one resource."""
    spec = dict(connection_argument_spec(), **kind.argument_spec(), **kind.task_spec)
    module = Module(spec, kind.may_be_empty(), supports_check_mode=True, **kind.rules)
    with failures_explained(module) as task:
        module.refuse_mistakes()
        area, _world = ensure_one(task, kind, module.params)
        item, outcome = area.items[0], area.outcomes[0]
        result = {"action": outcome.action, kind.noun: kind.to_user(outcome.resource)}
        if item.plan.unchangeable:
            result["unchangeable"] = item.plan.unchangeable
        pairs = list(zip(area.items, area.outcomes))
        if not kind.has_unique_names:
            removed = [each.plan.held for each in area.outcomes[1:] if each.changed]
            result["duplicates"] = [kind.to_user(resource) for resource in removed]
        if module._diff:
            entries = [diff(each.label, done) for each, done in pairs]
            result["diff"] = entries if len(entries) > 1 else entries[0]
        end_of_one(task, area, result)


def run_many(kind: Kind) -> None:
    """The whole of a module that ensures many resources of a kind."""
    module = Module(
        {
            **connection_argument_spec(rate_limit_wait=None),
            **kind.task_spec,
            **_pruning_spec(kind),
            kind.plural: dict(kind.area_spec(), required=True),
            **CONCURRENCY_SPEC,
        },
        kind.may_be_empty(),
        supports_check_mode=True,
    )
    with failures_explained(module) as task:
        module.refuse_mistakes()
        params = module.params
        entries, limit = entries_of(kind, params[kind.plural]), params.get("max_deletions")
        area = Area(kind, entries, _pruning(kind, module), max_deletions=limit)
        ensure(task, [area])
        result: Dict[str, Any] = {
            "changed": any(outcome.changed for outcome in area.outcomes),
            **area_result(area, module._diff),
            "invocation": {"module_args": without_many_items(kind, params)},
        }
        if module._diff:
            result["diff"] = diff_of_many([area])
        end(task, [area], result)


def run_info(kind: Kind, spec: Mapping[str, Any]) -> None:
    """The whole of a module that only reads; its result is always a list.

    :param spec: the options beside C(id) and, where the API has one, C(filter); of the ways to say what is read only
        one may be used.
    """
    filters = {} if kind.is_listed else {"filter": TEXT}
    ways = ["id", kind.key_option, *filters]
    module = Module(
        dict(connection_argument_spec(), id=TEXT, **filters, **spec),
        mutually_exclusive=[ways],
        supports_check_mode=True,
    )
    with failures_explained(module) as task:
        module.refuse_mistakes()
        found = find(task.client(), kind, module.params)
    module.exit_json(changed=False, **{kind.plural: [kind.to_user(resource) for resource in found]})


def run_info_of_singleton(kind: Kind) -> None:
    """The whole of a module that reads what a tenant has exactly one of."""
    module = Module(connection_argument_spec(), supports_check_mode=True)
    with failures_explained(module) as task:
        client = task.client()
        with kind.absence_explained(client):
            found = next(filter(kind.exists, kind.existing_singletons(client)), None)
    module.exit_json(changed=False, **{kind.noun: kind.to_user(found)})


def _pruning_spec(kind: Kind) -> Dict[str, Any]:
    """The options of pruning as those of a bulk module, where their names begin with C(prune_)."""
    if kind.prune_spec is None:
        return {}
    options = {_bulk_name(name): spec for name, spec in kind.prune_options().items()}
    return {"prune": {"type": "bool", "default": False}, **options}


def _bulk_name(option: str) -> str:
    return option if option == "max_deletions" else "prune_" + option


def _pruning(kind: Kind, module: Module) -> Optional[Pruning]:
    params: Params = module.params
    if kind.prune_spec is None or not params["prune"]:
        return None
    options = {name: params[_bulk_name(name)] for name in kind.prune_spec}
    given, limit = module.given.get("prune_protect"), params["max_deletions"]
    pruning = Pruning("prune_protect", given, limit, "max_deletions", options)
    check_pruning(kind, params[kind.plural], pruning)
    return pruning
