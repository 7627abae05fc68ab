# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the fault matrix, and prints what was injected and survived, and what went wrong (see ``judge.py``).

Usage: python -m fault_matrix [--quick] [--long] [--seed NUMBER] [--output FOLDER]. Short, every fault meets the first
requests of every task once; quick, those of a task of each shape in turn. Long, many faults at once hit a fifth of all
requests until 10,000 have been injected, or for so many minutes. After that, runs are let loose on one tenant side by
side (see ``side_by_side.py``). A line is printed for every run that goes wrong, with the seed that repeats it.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Queue
from pathlib import Path

from local_tenant.client import LocalTenant, OrganizationHandle, TenantHandle

from fault_matrix import judge, side_by_side
from fault_matrix.cases import CASES, FAULTS, QUICK
from fault_matrix.judge import MIXES, Plan, Tally, prepare_process, run_plans

ROOT = Path(__file__).parents[2]
LONG = 10000
MINUTES = 8
MINUTES_SIDE_BY_SIDE = 2
PROCESSES = 2


def short_plans(pairs: Iterable[tuple[str, str]], seed: int) -> list[Plan]:
    """A fault at each of the first requests of a task.

    :param pairs: the faults, each with a task.
    """
    cells = [(task, fault, skip) for fault, task in pairs for skip in (0, 1)]
    return [Plan(task, fault, seed + number, skip) for number, (task, fault, skip) in enumerate(cells)]


def rounds(seed: int) -> Iterator[list[Plan]]:
    """Batches of plans with many faults at once, without end."""
    for start in itertools.count(seed, 10):
        for mix in MIXES:
            yield [Plan(case, mix, number, 0) for number in range(start, start + 10) for case in CASES]


def handed_out(servers: Sequence[LocalTenant]) -> Queue[tuple[TenantHandle, OrganizationHandle]]:
    """A queue from which every process takes a tenant and its organization; the first tenant of a server belongs to the
    process that started it.
    """
    queue: Queue[tuple[TenantHandle, OrganizationHandle]] = Queue()
    for server in servers:
        queue.put((server.tenants[1], server.organization))
    return queue


def carried_out(batches: Iterable[list[Plan]], until: float, minutes: float) -> dict[tuple[str, str], Tally]:
    """The tallies of all plans by fault and task, until so much has been injected or so much time has gone by."""
    tallies: dict[tuple[str, str], Tally] = {}
    injected = 0
    end = time.monotonic() + 60 * minutes
    with contextlib.ExitStack() as running:
        servers = [running.enter_context(LocalTenant(tenants=2, proxy=True)) for _process in range(PROCESSES)]
        tenants = handed_out(servers)
        with ProcessPoolExecutor(PROCESSES, initializer=prepare_process, initargs=(tenants,)) as pool:
            source = iter(batches)
            pending = [pool.submit(run_plans, batch) for _worker, batch in zip(range(4), source)]
            while pending:
                results, complaints = pending.pop(0).result()
                for complaint in complaints:
                    print(complaint, flush=True)
                for key, tally in results.items():
                    tallies.setdefault(key, Counter()).update(tally)
                    injected += tally["injected"]
                batch = next(source, None) if injected < until and time.monotonic() < end else None
                if batch is not None:
                    pending.append(pool.submit(run_plans, batch))
    return tallies


def table(tallies: dict[tuple[str, str], Tally], position: int, title: str) -> str:
    """The tallies summed up by fault or by task."""
    sums: dict[str, Tally] = {}
    for key, tally in tallies.items():
        sums.setdefault(key[position], Counter()).update(tally)
        if position == 1:
            sums.setdefault("all", Counter()).update(tally)
    return aligned(title, judge.COLUMNS, sums)


def aligned(title: str, columns: Sequence[str], tallies: Mapping[str, Tally]) -> str:
    """A line for each tally."""
    lines = [[title, *columns]] + [
        [name, *(str(tally[column]) for column in columns)] for name, tally in tallies.items()
    ]
    width = max(len(line[0]) for line in lines)
    return "\n".join(line[0].ljust(width) + "".join(cell.rjust(12) for cell in line[1:]) for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Every fault against every module.")
    parser.add_argument("--long", action="store_true", help=f"{LONG} faults, but no longer than {MINUTES} minutes")
    parser.add_argument("--quick", action="store_true", help="each fault with one task")
    parser.add_argument("--seed", type=int, default=1, help="where the dice begin")
    parser.add_argument("--output", type=Path, default=ROOT / ".build" / "fault_matrix")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    if options.long:
        tallies = carried_out(rounds(options.seed), until=LONG, minutes=MINUTES)
    else:
        plans = short_plans(QUICK if options.quick else itertools.product(FAULTS, CASES), options.seed)
        tallies = carried_out([plans[start::8] for start in range(8)], until=math.inf, minutes=math.inf)
    options.output.mkdir(parents=True, exist_ok=True)
    cells = [{"fault": fault, "task": task, **tally} for (fault, task), tally in tallies.items()]
    (options.output / "results.json").write_text(json.dumps(cells, indent=2) + "\n", encoding="utf-8")
    print(table(tallies, 0, "fault"))
    print()
    print(table(tallies, 1, "task"))
    print()
    repetitions, minutes = (20, MINUTES_SIDE_BY_SIDE) if options.long else (1, math.inf)
    races, complaints = side_by_side.all_races(
        options.seed, repetitions, minutes, list(side_by_side.RACES), side_by_side.ORDERS
    )
    rows = [{"race": name, **tally} for name, tally in races.items()]
    (options.output / "side_by_side.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print("\n".join([*complaints, aligned("runs that each want", side_by_side.COLUMNS, races)]))
    wrong = any(tally[column] for tally in tallies.values() for column in judge.WRONG)
    return int(wrong or bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
