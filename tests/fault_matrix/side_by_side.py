# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks on one tenant at the same moment, and judges them by what the tenant holds in the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import Barrier
from typing import Any

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.collection import Collection
from kinds import KINDS, STANDALONE
from kinds.cases import Standalone, State, roles_of
from local_tenant.client import LocalTenant, TenantHandle
from modules.harness import Json, Result, Run

from fault_matrix.judge import LAG, Tally, bounded, shorten_waits

#: What the tasks of a race say that is not so: ended well, though what it added is gone; unchanged, though it changed
#: something or nobody knows; changed, though another run did it.
FALSE = ("lost", "denied", "claimed")
COLUMNS = ("rounds", "runs", "kept", "failed", *FALSE, "duplicates")
RUNS = 3
PAUSE = 0.05
_start: Mapping[int, Any] = {}


@dataclass(frozen=True)
class Race:
    """Runs of one module at once.

    :param options: the options of the run that wants a value to be there.
    :param values: what each run wants; all the same, or all different.
    :param current: which values the tenant holds, each as often as it does.
    :param prepare: plants what is there before.
    :param promised: whether the API has what it takes for every run to keep what it wants, and to end well.
    :param has_unique_names: whether only one run can create what all of them want; otherwise each can, and what is
        kept need not be what was created first.
    """

    module: str
    options: Callable[[str], dict[str, Json]]
    values: tuple[str, ...]
    current: Callable[[State], list[str]]
    prepare: Callable[[TenantHandle], object] = lambda tenant: None
    promised: bool = True
    has_unique_names: bool = True

    @property
    def wrong(self) -> tuple[str, ...]:
        """The columns that must be 0."""
        if self.promised:
            return ("failed", *FALSE, "duplicates")
        return ("denied", "claimed", "duplicates")


def of(state: State, kind: str, **desired: str) -> dict[str, Any]:
    """The item of a kind with these fields."""
    (found,) = (item for item in state[kind] if desired.items() <= item.items())
    return dict(found)


def plant_space(tenant: TenantHandle, members: Sequence[Json] = ()) -> None:
    tenant.plant_groups([{"name": name} for name in "ABC"])
    tenant.plant_spaces([{"name": "S", "type": "shared", "members": list(members)}])


def members_of(state: State) -> list[str]:
    """The groups that are members of any space."""
    names = {group["id"]: group["name"] for group in state["groups"]}
    return [names[assignment["assigneeId"]] for assignment in state["assignments"]]


def same_new(number: int, cases: Standalone) -> Race:
    """Runs that each want the same new object, the first kind with its single module, the second with the bulk one."""
    kind = cases.kind
    shapes: list[tuple[str, Callable[[str], dict[str, Json]]]] = [
        (f"qlik_{kind.noun}", cases.named),
        (f"qlik_{kind.plural}", lambda name: {kind.plural: [cases.named(name)]}),
        ("qlik_configuration", lambda name: {kind.area: [cases.named(name)]}),
    ]
    module, options = shapes[number % len(shapes)]
    return Race(
        module,
        options,
        ("New",) * RUNS,
        lambda state: [item["name"] for item in state[kind.area]],
        has_unique_names=kind.has_unique_names,
    )


ROLES = ("Steward", "DataAdmin", "AuditAdmin")
RACES: Mapping[str, Race] = {
    "a role for a user": Race(
        "qlik_user",
        lambda value: {"subject": "s-1", "assigned_roles": [value], "purge_roles": False},
        ROLES,
        lambda state: roles_of(of(state, "users", subject="s-1")),
        lambda tenant: tenant.plant_users([{"subject": "s-1"}]),
    ),
    "a custom group for a user": Race(
        "qlik_user",
        lambda value: {"subject": "s-1", "assigned_groups": [value], "purge_groups": False},
        ("A", "B", "C"),
        lambda state: [group["name"] for group in of(state, "users", subject="s-1")["assignedGroups"]],
        lambda tenant: (
            tenant.plant_groups([{"name": name, "providerType": "custom"} for name in "ABC"]),
            tenant.plant_users([{"subject": "s-1"}]),
        ),
    ),
    "a scope for a role": Race(
        "qlik_role",
        lambda value: {"name": "Keys", "assigned_scopes": [value], "purge_scopes": False},
        ("api-keys", "knowledgebase", "automations"),
        lambda state: of(state, "roles", name="Keys")["assignedScopes"],
        lambda tenant: tenant.plant_roles([{"name": "Keys"}]),
    ),
    # A list of a group's roles can only be replaced as a whole, and there is no ETag.
    "a role for a group": Race(
        "qlik_group",
        lambda value: {"name": "G", "assigned_roles": [value], "purge_roles": False},
        ROLES,
        lambda state: roles_of(of(state, "groups", name="G")),
        lambda tenant: tenant.plant_groups([{"name": "G"}]),
        promised=False,
    ),
    "a member for a space": Race(
        "qlik_space",
        lambda value: {"name": "S", "members": [{"group": value, "roles": ["consumer"]}], "purge_members": False},
        ("A", "B", "C"),
        members_of,
        plant_space,
    ),
    # An assignment has one list of roles, which can only be replaced as a whole.
    "a role for a member": Race(
        "qlik_space_member",
        lambda value: {"space": "S", "group": "A", "roles": [value], "purge_roles": False},
        ("producer", "facilitator", "codeveloper"),
        lambda state: [role for assignment in state["assignments"] for role in assignment["roles"]],
        lambda tenant: plant_space(tenant, [{"group": "A", "roles": ["consumer"]}]),
        promised=False,
    ),
    "the same new member": Race(
        "qlik_space_member",
        lambda value: {"space": "S", "group": value, "roles": ["consumer"]},
        ("A",) * RUNS,
        members_of,
        plant_space,
    ),
    "the same new space": Race(
        "qlik_space",
        # Not with members: one run can create the space and another the member, and both have changed something.
        lambda value: {"name": value, "type": "shared", "description": "d"},
        ("New",) * RUNS,
        lambda state: [space["name"] for space in state["spaces"]],
    ),
    "the same new user": Race(
        "qlik_user",
        lambda value: {"subject": value, "name": "N", "email": "s-1@example.com", "assigned_roles": ["Steward"]},
        ("s-1",) * RUNS,
        lambda state: [user["subject"] for user in state["users"]],
    ),
    "the same new group": Race(
        "qlik_group",
        lambda value: {"name": value, "provider_type": "custom", "description": "d", "assigned_roles": ["Steward"]},
        ("G",) * RUNS,
        lambda state: [group["name"] for group in state["groups"]],
    ),
    "the same new role": Race(
        "qlik_role",
        lambda value: {"name": value, "description": "d", "assigned_scopes": ["api-keys"]},
        ("Keys",) * RUNS,
        lambda state: [role["name"] for role in state["roles"]],
    ),
    **{f"the same new {cases.kind.word}": same_new(number, cases) for number, cases in enumerate(STANDALONE.values())},
}


def slow(tenant: TenantHandle, action: str, *matches: dict[str, Json]) -> None:
    """Delay requests before they are carried out, or their answers after that."""
    tenant.misbehave(*({"match": match, "action": {action: PAUSE}} for match in matches))


LISTS = [cases.kind.collection for cases in KINDS.values() if isinstance(cases.kind, Collection)]
CREATIONS = f"/({'|'.join(['assignments', *(path.rpartition('/')[2] for path in LISTS)])})$"
WRITES = ({"method": "POST", "path": CREATIONS}, {"method": "PATCH"})
Orders = Mapping[str, Callable[[TenantHandle, int], object]]
READS = ({"method": "GET"}, {"method": "POST", "path": "/actions/filter$"})
#: How a tenant is prepared, so that the steps of the runs come in another order each time.
ORDERS: Orders = {
    "as it comes": lambda tenant, seed: None,
    "all have read before any writes": lambda tenant, seed: slow(tenant, "delay", *WRITES),
    "one writes while another waits for its answer": lambda tenant, seed: slow(tenant, "delay_after", *WRITES),
    "what was read is old": lambda tenant, seed: slow(tenant, "delay_after", *READS),
    "every other request is slow": lambda tenant, seed: slow(tenant, "delay", {"probability": 0.5, "seed": seed}),
    "lists lag": lambda tenant, seed: tenant.guess(lag_seconds=2 * LAG),
}


def all_races(
    seed: int, repetitions: int, minutes: float, races: Sequence[str], orders: Orders
) -> tuple[dict[str, Tally], list[str]]:
    """The tallies by race, of every race in every order so many times, and a line for each round that went wrong."""
    tallies: dict[str, Tally] = {name: Counter() for name in races}
    complaints: list[str] = []
    end = time.monotonic() + 60 * minutes
    barriers = {runs: Barrier(runs) for runs in range(2, RUNS + 1)}
    with LocalTenant(tenants=2) as server, ProcessPoolExecutor(RUNS, initializer=prepare, initargs=(barriers,)) as pool:
        for number, (name, order) in rounds(repetitions, races, orders):
            if time.monotonic() > end:
                break
            # The first tenant belongs to the process that started the server, and cannot be handed to others.
            tenant = server.tenants[1]
            race, runs = RACES[name], 2 + (number + seed) % (RUNS - 1)
            tenant.reset()
            race.prepare(tenant)
            orders[order](tenant, number + seed)
            values = race.values[:runs]
            pending = [pool.submit(at_once, tenant, race.module, race.options(value), runs) for value in values]
            tally = judged(race, values, [job.result() for job in pending], race.current(tenant.state()))
            tallies[name].update(tally)
            wrong = {column: tally[column] for column in race.wrong if tally[column]}
            if wrong:
                complaints.append(f"{runs} runs that each want {name}, {order}, round {number}: {wrong}")
    return tallies, complaints


def rounds(repetitions: int, races: Sequence[str], orders: Iterable[str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """All rounds with their numbers, every race in every order before any of them again."""
    return enumerate((race, order) for _time in range(repetitions) for order in orders for race in races)


def prepare(barriers: Mapping[int, Any]) -> None:
    """Make this process ready to run modules at the same moment as others."""
    global _start
    _start = barriers
    shorten_waits()


def at_once(tenant: TenantHandle, module: str, options: dict[str, Json], runs: int) -> Result:
    """The result of one of so many runs that begin together."""
    _start[runs].wait(60)
    return bounded(Run(tenant), module, **options)


def judged(race: Race, values: Sequence[str], results: Sequence[Result], current: list[str]) -> Tally:
    """The tally of one round; nothing that the runs want was there before."""
    tally: Tally = Counter(dict.fromkeys(COLUMNS, 0))
    tally.update(rounds=1, runs=len(results))
    for value, result in zip(values, results):
        failed, there = bool(result.get("failed")), value in current
        tally["kept"] += int(there)
        tally["failed"] += int(failed)
        tally["lost"] += int(not failed and not there)
        tally["denied"] += int(not result["changed"] and "may have been changed" in result.get("msg", ""))
    if len(set(values)) < len(values):
        makers = sum(result["changed"] for result in results)
        tally["claimed"] += max(0, makers - 1) if race.has_unique_names else 0
        tally["denied"] += int(makers == 0 and values[0] in current)
    else:
        tally["denied"] += sum(value in current and not result["changed"] for value, result in zip(values, results))
    tally["duplicates"] = sum(current.count(value) - 1 for value in set(values) & set(current))
    return tally
