# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows of modules for one kind."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Optional

from .._api.connection import connection_argument_spec
from .._kinds.absence import absence_explained
from .._kinds.base import Kind
from .._kinds.collection import Collection
from .._kinds.singleton import Singleton
from .._planning.settings import TEXT, Params
from .bulk import entries_of
from .ensure import CONCURRENCY_SPEC, area_result, ensure, ensure_one, result_of_many, result_of_one
from .prune import Pruning, check_pruning
from .read import find
from .result import diff, diff_of_many, without_many_items
from .secrets import SECRETS, SecretKeeper, keep_secrets
from .task import Flow, Result, Task
from .task_plan import Area


def flow_of_one(kind: Kind) -> Flow:
    """Return the flow of a module that manages one resource."""

    def steps(task: Task) -> Result:
        keeper = SecretKeeper(task, kind, kind.secrets) if kind.secrets is not None else None
        area, _snapshot = ensure_one(task, kind, task.params, keeper.check if keeper else None)
        item, outcome = area.items[0], area.outcomes[0]
        if keeper is not None:
            keep_secrets(task, keeper, outcome)
        result = {"action": outcome.action, kind.noun: kind.to_user(outcome.resource)}
        if item.previous_name:
            result["previous_name"] = item.previous_name
        if keeper is not None:
            result.update(keeper.members(outcome))
        if item.plan.unchangeable:
            result["unchangeable"] = item.plan.unchangeable
        if kind.pruning.deletes_duplicates:
            removed = [duplicate.plan.current for duplicate in area.outcomes[1:] if duplicate.changed]
            result["duplicates"] = [kind.to_user(resource) for resource in removed]
        if task.with_diff:
            diffs = [diff(its_item.label, its_outcome) for its_item, its_outcome in zip(area.items, area.outcomes)]
            diffs += keeper.diff(item.label) if keeper else []
            result["diff"] = diffs if len(diffs) > 1 else diffs[0]
        return result_of_one(task, area, result)

    secret_spec = kind.secrets.spec if kind.secrets is not None else {}
    spec = dict(connection_argument_spec(), **kind.argument_spec(), **kind.task_spec, **secret_spec)
    return Flow(spec, steps, kind.rules, kind.may_be_empty(), SECRETS if secret_spec else ())


def flow_of_many(kind: Collection) -> Flow:
    """Return the flow of a module that manages many resources of a kind."""

    def steps(task: Task) -> Result:
        params = task.params
        entries, limit = entries_of(kind, params[kind.plural]), params.get("max_deletions")
        area = Area(kind, entries, _pruning(kind, params), max_deletions=limit)
        ensure(task, [area])
        result: Result = {
            "changed": any(outcome.changed for outcome in area.outcomes),
            **area_result(area, task.with_diff),
            "invocation": {"module_args": without_many_items(kind, params)},
        }
        if task.with_diff:
            result["diff"] = diff_of_many([area])
        return result_of_many(task, [area], result)

    spec = {
        **connection_argument_spec(rate_limit_wait=None),
        **kind.task_spec,
        **_pruning_spec(kind),
        kind.plural: dict(kind.area_spec(), required=True),
        **CONCURRENCY_SPEC,
    }
    return Flow(spec, steps, may_be_empty=kind.may_be_empty())


def flow_of_info(kind: Collection) -> Flow:
    """Return the flow of an info module. Its result is always a list.

    At most one of C(id), the name, and C(filter) can be set. Without filters in the API, there is no C(filter).
    """

    def steps(task: Task) -> Result:
        found = find(task.client(), kind, task.params)
        return {"changed": False, kind.plural: [kind.to_user(resource) for resource in found]}

    ways = ["id", kind.key_option, *(["filter"] if kind.search.takes_filters else [])]
    spec = {**connection_argument_spec(), **dict.fromkeys(ways, TEXT), **kind.info_spec}
    return Flow(spec, steps, rules={"mutually_exclusive": [ways]})


def flow_of_singleton_info(kind: Singleton) -> Flow:
    """Return the flow of an info module for a singleton."""

    def steps(task: Task) -> Result:
        client = task.client()
        with absence_explained(kind, client):
            found = next(filter(kind.exists, kind.existing(client)), None)
        return {"changed": False, kind.noun: kind.to_user(found)}

    return Flow(connection_argument_spec(), steps)


def _pruning_spec(kind: Kind) -> Dict[str, Any]:
    """Return the argument spec of pruning for a bulk module, where most names begin with C(prune_)."""
    if kind.pruning.spec is None:
        return {}
    options = {_bulk_name(name): spec for name, spec in kind.pruning.options().items()}
    return {"prune": {"type": "bool", "default": False}, **options}


def _bulk_name(option: str) -> str:
    return option if option == "max_deletions" else "prune_" + option


def _pruning(kind: Kind, params: Params) -> Optional[Pruning]:
    if kind.pruning.spec is None or not params["prune"]:
        return None
    options = {name: params[_bulk_name(name)] for name in kind.pruning.spec}
    pruning = Pruning("prune_protect", params["prune_protect"], params["max_deletions"], "max_deletions", options)
    check_pruning(kind, params[kind.plural], pruning)
    return pruning
