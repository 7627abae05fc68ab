# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the same work done in several ways against the local tenant: tables, a JSON file and a plot of growth.

Usage: python -m benchmark [--quick] [--output FOLDER]. Requests are exact; seconds are medians, and only their ratios
within one run mean anything on another machine. The last full run is documented in guide_benchmark.rst.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from local_tenant.client import LocalTenant

from benchmark.report import draw_growth, tables

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LATENCY = 0.04
CONCURRENCY = 8
#: Seconds of the limit's window that pass in a real second. With more of them the start of Ansible, and Retry-After in
#: whole real seconds, would weigh even more than they do without a scale.
TIME_SCALE = 10.0
#: Qlik reference, rate limiting: writes that a window of five minutes lets through at once, and then in a second.
BURST, WRITES_A_SECOND = 500, 100 / 60
START, FIRST, UNCHANGED, LIMITED = "start", "first run", "unchanged", "under the rate limits"
ROLE, OTHER_ROLE = "Steward", "DataAdmin"
BULK, SINGLE, URI, SCRIPT = "qlik_groups", "loop of qlik_group", "loop of uri", "script on @qlik/api"
#: The same where modules run in processes of their own, as QLIK_RUN_MODULES=process asks for.
BULK_IN_PROCESS, SINGLE_IN_PROCESS = f"{BULK} in a process", f"{SINGLE} in processes"

Row = dict[str, Any]


def groups(size: int, changed: int = 0) -> list[dict[str, Any]]:
    """The description of groups, of which the first ones have another role."""
    return [
        {"name": f"Group {number:05}", "assigned_roles": [OTHER_ROLE if number < changed else ROLE]}
        for number in range(size)
    ]


def planted(size: int) -> list[dict[str, Any]]:
    return [{"name": group["name"], "assignedRoles": group["assigned_roles"]} for group in groups(size)]


class Bench:
    """Runs ways of working against one tenant, and keeps what was measured."""

    def __init__(self, tenant: LocalTenant, folder: Path, repeat: int) -> None:
        self.tenant = tenant
        self.folder = folder
        self.repeat = repeat
        self.rows: list[Row] = []
        self.environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "QLIK_TENANT_URL": tenant.url,
            "QLIK_API_KEY": tenant.api_key,
            "TENANT_HOST": tenant.url,
        }

    def measure(self, way: str, work: str, size: int, prepare: Callable[[], object], run: Callable[[], None]) -> Row:
        """Prepare and run as often as asked for; the row with the median of the seconds."""
        seconds = []
        for _attempt in range(1 if work == FIRST and size > 1000 else self.repeat):
            self.tenant.reset()
            prepare()
            self.tenant.reset_counters()
            began = time.monotonic()
            run()
            seconds.append(time.monotonic() - began)
        counters = self.tenant.counters()
        row = {
            "way": way,
            "work": work,
            "size": size,
            "seconds": round(statistics.median(seconds), 2),
            "requests": counters["total"],
            "reads": counters["total"] - counters["writes"] - counters["rate_limited"],
            "refused": counters["rate_limited"],
        }
        self.rows.append(row)
        print(f"{way:24} {work:16} {size:6} {row['seconds']:8.2f} s {row['requests']:6} requests", flush=True)
        return row

    def playbook(
        self, tasks: list[dict[str, Any]], items: list[dict[str, Any]], way: str = "worker"
    ) -> Callable[[], None]:
        """A run of ansible-playbook with the items in a variables file, as a user keeps them.

        :param way: where modules run, ``worker`` or ``process``.
        """
        play = self.folder / f"play-{len(list(self.folder.iterdir()))}.json"
        variables = play.with_suffix(".vars.json")
        play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
        variables.write_text(json.dumps({"desired": items}))
        command = ["ansible-playbook", str(play), "-e", f"@{variables}"]
        return lambda: self.command(command, QLIK_RUN_MODULES=way)

    def command(self, command: list[str], **environment: str) -> None:
        done = subprocess.run(
            command, env={**self.environment, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)


def bulk_task() -> list[dict[str, Any]]:
    return [{"qlikops.cloud.qlik_groups": {"groups": "{{ desired }}", "concurrency": CONCURRENCY}}]


def single_task() -> list[dict[str, Any]]:
    options = {"name": "{{ item.name }}", "assigned_roles": "{{ item.assigned_roles }}"}
    return [{"qlikops.cloud.qlik_group": options, "loop": "{{ desired }}"}]


def uri_tasks() -> list[dict[str, Any]]:
    base = "{{ lookup('env', 'QLIK_TENANT_URL') }}/api/v1/groups"
    headers = {"Authorization": "Bearer {{ lookup('env', 'QLIK_API_KEY') }}"}
    look = {"url": base + "?filter={{ ('name eq \"' ~ item.name ~ '\"') | urlencode }}", "headers": headers}
    body = {"name": "{{ item.item.name }}", "assignedRoles": [{"name": "{{ item.item.assigned_roles[0] }}"}]}
    create = {"url": base, "headers": headers, "method": "POST", "body_format": "json", "body": body}
    return [
        {"ansible.builtin.uri": look, "loop": "{{ desired }}", "register": "found"},
        {
            "ansible.builtin.uri": {**create, "status_code": 201},
            "loop": "{{ found.results }}",
            "when": "item.json.data | length == 0",
        },
    ]


def node_script(bench: Bench, name: str) -> Path | None:
    """A script on Qlik's own client with its modules beside it, or nothing where Node.js is not installed."""
    if not shutil.which("node") or not shutil.which("npm"):
        print("Node.js is not installed: the script on @qlik/api is left out")
        return None
    clients = ROOT / "tests" / "local_tenant" / "foreign_clients"
    for source in (clients / "package.json", clients / "package-lock.json", HERE / name):
        shutil.copy(source, bench.folder)
    install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run(install, cwd=bench.folder, check=True)
    return bench.folder / name


def memory(bench: Bench, size: int) -> int:
    """Peak memory of the module's process in MB, for an unchanged run."""
    arguments = bench.folder / "arguments.json"
    arguments.write_text(json.dumps({"groups": groups(size), "concurrency": CONCURRENCY}))
    command = [sys.executable, str(HERE / "module_memory.py"), str(arguments)]
    environment = {**bench.environment, "PYTHONPATH": os.pathsep.join([str(ROOT / ".build" / "collections"), "tests"])}
    output = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return int(output.split()[-1])


def ways_for(size: int, bench: Bench, node: Path | None) -> dict[str, Callable[[list[Row]], Callable[[], None]]]:
    """The ways that end in reasonable time, each making a run out of a description."""
    ways: dict[str, Callable[[list[Row]], Callable[[], None]]] = {
        BULK: lambda items: bench.playbook(bulk_task(), items)
    }
    if size in (50, 1000):
        ways[BULK_IN_PROCESS] = lambda items: bench.playbook(bulk_task(), items, "process")
    if size == 50:
        ways[SINGLE] = lambda items: bench.playbook(single_task(), items)
        ways[SINGLE_IN_PROCESS] = lambda items: bench.playbook(single_task(), items, "process")
        ways[URI] = lambda items: bench.playbook(uri_tasks(), items)
    if node and size in (50, 1000):
        command = ["node", str(node)]
        ways[SCRIPT] = lambda items: partial(bench.command, command, GROUPS=json.dumps(items))
    return ways


def compare(bench: Bench, sizes: list[int]) -> None:
    """All ways at all sizes."""

    def plant(count: int) -> None:
        bench.tenant.plant_groups(planted(count))

    bench.measure("ansible-playbook", START, 0, lambda: None, bench.playbook([{"ansible.builtin.ping": None}], []))
    node = node_script(bench, "seed.mjs")
    for size in sizes:
        for way, run in ways_for(size, bench, node).items():
            bench.measure(way, FIRST, size, lambda: None, run(groups(size)))
            unchanged = bench.measure(way, UNCHANGED, size, partial(plant, size), run(groups(size)))
            if way == BULK:
                bench.tenant.reset()
                plant(size)
                unchanged["memory_mb"] = memory(bench, size)
        edited = groups(size, changed=max(1, size // 100))
        bench.measure(BULK, "1% changed", size, partial(plant, size), bench.playbook(bulk_task(), edited))
    run_some = bench.playbook(bulk_task(), groups(50))
    bench.measure(BULK, f"50 of {sizes[-1]}", 50, partial(plant, sizes[-1]), run_some)


def limited(folder: Path, size: int) -> list[Row]:
    """Creations under the documented limits, with time scaled."""
    with LocalTenant(latency=LATENCY, rate_limits=True, time_scale=TIME_SCALE) as tenant:
        bench = Bench(tenant, folder, repeat=1)
        bench.measure(BULK, LIMITED, size, lambda: None, bench.playbook(bulk_task(), groups(size)))
        return bench.rows


def bounds(rows: list[Row], sizes: list[int]) -> list[Row]:
    """What the benchmark is to show: ``measured`` has to be at most ``bound``, or at least where ``least`` is true."""

    def row(way: str, work: str, size: int) -> Row | None:
        return next((row for row in rows if (row["way"], row["work"], row["size"]) == (way, work, size)), None)

    def seconds(way: str, work: str, size: int) -> float | None:
        found = row(way, work, size)
        return None if found is None else float(found["seconds"])

    def ratio(way: str, work: str, size: int) -> float | None:
        slow, fast = seconds(way, work, size), seconds(BULK, work, size)
        return None if slow is None or fast is None else round(slow / fast, 1)

    most = sizes[-1]
    start = seconds("ansible-playbook", START, 0) or 0.0
    full = row(BULK, UNCHANGED, most) or {}
    some = row(BULK, f"50 of {most}", 50) or {}
    limit = next(row for row in rows if row["work"] == LIMITED)
    window = (limit["size"] - BURST) / WRITES_A_SECOND / TIME_SCALE
    script = seconds(SCRIPT, UNCHANGED, 1000)
    found: list[tuple[str, Any, Any, bool]] = [
        (f"{most} unchanged: requests", full["requests"], most // 100, False),
        (f"{most} unchanged: seconds", full["seconds"], round(2 * most / 100 * LATENCY + start, 2), False),
        (f"{most} unchanged: MB of the module's process", full["memory_mb"], 150, False),
        (f"50 desired of {most}: requests", some["requests"], 2, False),
        (
            "1000 created: seconds",
            seconds(BULK, FIRST, 1000),
            round(1.5 * 1000 * LATENCY / CONCURRENCY + start, 2),
            False,
        ),
        (
            f"{limit['size']} created under the rate limits: seconds",
            limit["seconds"],
            round(1.05 * (window + start), 2),
            False,
        ),
        (
            "a loop of qlik_group, 50 unchanged: seconds, against a third of that in processes",
            seconds(SINGLE, UNCHANGED, 50),
            round((seconds(SINGLE_IN_PROCESS, UNCHANGED, 50) or 0.0) / 3, 2),
            False,
        ),
        ("a loop of uri, 50 first: times as long", ratio(URI, FIRST, 50), 20, True),
        ("a loop of uri, 50 unchanged: times as long", ratio(URI, UNCHANGED, 50), 10, True),
        ("a script on @qlik/api, 1000 first: times as long", ratio(SCRIPT, FIRST, 1000), 4, True),
        (
            "1000 unchanged: seconds, against the script and a start of ansible-playbook",
            seconds(BULK, UNCHANGED, 1000),
            None if script is None else round(script + start, 2),
            False,
        ),
    ]
    return [
        {
            "what": what,
            "measured": measured,
            "bound": bound,
            "reached": None
            if measured is None or bound is None
            else (measured >= bound if least else measured <= bound),
        }
        for what, measured, bound, least in found
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare ways to seed groups.")
    parser.add_argument("--quick", action="store_true", help="small sizes, once each")
    parser.add_argument("--output", type=Path, default=ROOT / ".build" / "benchmark")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    sizes = [50, 100, 1000] if options.quick else [50, 100, 1000, 2500, 5000, 10000]
    with tempfile.TemporaryDirectory() as folder:
        with LocalTenant(latency=LATENCY) as tenant:
            bench = Bench(tenant, Path(folder), repeat=1 if options.quick else 3)
            compare(bench, sizes)
        rows = bench.rows + limited(Path(folder), 700 if options.quick else 1500)
    results = {"rows": rows, "bounds": bounds(rows, sizes)}
    (options.output / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    draw_growth(rows, options.output / "benchmark_growth.svg")
    text = tables(rows, results["bounds"])
    (options.output / "tables.rst").write_text(text + "\n", encoding="utf-8")
    print(text)
    print(f"The results are in {options.output}")


if __name__ == "__main__":
    main()
