# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the same work done in several ways against the local tenant, and writes a table and a JSON file.

Usage: python -m benchmark [--quick] [--output FOLDER]. Requests are exact; seconds are medians, and only their ratios
within one run mean anything on another machine.
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

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LATENCY = 0.04
CONCURRENCY = 8
#: Seconds of the limit's window that pass in a real second.
TIME_SCALE = 20.0
ROLE, OTHER_ROLE = "Steward", "DataAdmin"

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
        for _attempt in range(self.repeat if size <= 1000 else 1):
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

    def playbook(self, tasks: list[dict[str, Any]], items: list[dict[str, Any]]) -> Callable[[], None]:
        """A run of ansible-playbook with the items in a variables file, as a user keeps them."""
        play = self.folder / f"play-{len(list(self.folder.iterdir()))}.json"
        variables = play.with_suffix(".vars.json")
        play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
        variables.write_text(json.dumps({"wanted": items}))
        command = ["ansible-playbook", str(play), "-e", f"@{variables}"]
        return lambda: self.command(command)

    def command(self, command: list[str], **environment: str) -> None:
        done = subprocess.run(
            command, env={**self.environment, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)


def bulk_task() -> list[dict[str, Any]]:
    return [{"qlikops.cloud.qlik_groups": {"groups": "{{ wanted }}", "concurrency": CONCURRENCY}}]


def single_task() -> list[dict[str, Any]]:
    options = {"name": "{{ item.name }}", "assigned_roles": "{{ item.assigned_roles }}"}
    return [{"qlikops.cloud.qlik_group": options, "loop": "{{ wanted }}"}]


def uri_tasks() -> list[dict[str, Any]]:
    base = "{{ lookup('env', 'QLIK_TENANT_URL') }}/api/v1/groups"
    headers = {"Authorization": "Bearer {{ lookup('env', 'QLIK_API_KEY') }}"}
    look = {"url": base + "?filter={{ ('name eq \"' ~ item.name ~ '\"') | urlencode }}", "headers": headers}
    body = {"name": "{{ item.item.name }}", "assignedRoles": [{"name": "{{ item.item.assigned_roles[0] }}"}]}
    create = {"url": base, "headers": headers, "method": "POST", "body_format": "json", "body": body}
    return [
        {"ansible.builtin.uri": look, "loop": "{{ wanted }}", "register": "found"},
        {
            "ansible.builtin.uri": {**create, "status_code": 201},
            "loop": "{{ found.results }}",
            "when": "item.json.data | length == 0",
        },
    ]


def node_script(bench: Bench) -> Path | None:
    """The script on Qlik's own client with its modules beside it, or nothing where Node.js is not installed."""
    if not shutil.which("node") or not shutil.which("npm"):
        print("Node.js is not installed: the script on @qlik/api is left out")
        return None
    clients = ROOT / "tests" / "local_tenant" / "foreign_clients"
    for source in (clients / "package.json", clients / "package-lock.json", HERE / "seed.mjs"):
        shutil.copy(source, bench.folder)
    install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run(install, cwd=bench.folder, check=True)
    return bench.folder / "seed.mjs"


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
        "qlik_groups": lambda items: bench.playbook(bulk_task(), items)
    }
    if size <= 50:
        ways["loop of qlik_group"] = lambda items: bench.playbook(single_task(), items)
        ways["loop of uri"] = lambda items: bench.playbook(uri_tasks(), items)
    if node and size <= 1000:
        command = ["node", str(node)]
        ways["script on @qlik/api"] = lambda items: partial(bench.command, command, GROUPS=json.dumps(items))
    return ways


def compare(bench: Bench, quick: bool) -> dict[str, Any]:
    """All ways at all sizes; the numbers that the bounds are about."""

    def plant(count: int) -> None:
        bench.tenant.plant_groups(planted(count))

    ping = bench.playbook([{"ansible.builtin.ping": None}], [])
    start = bench.measure("ansible-playbook", "start", 0, lambda: None, ping)["seconds"]
    node = node_script(bench)
    memory_mb = {}
    for size in (50, 100, 1000) if quick else (50, 100, 1000, 10000):
        for way, run in ways_for(size, bench, node).items():
            bench.measure(way, "first run", size, lambda: None, run(groups(size)))
            bench.measure(way, "unchanged", size, partial(plant, size), run(groups(size)))
        edited = groups(size, changed=max(1, size // 100))
        bench.measure("qlik_groups", "1% changed", size, partial(plant, size), bench.playbook(bulk_task(), edited))
        bench.tenant.reset()
        plant(size)
        memory_mb[size] = memory(bench, size)
    full = 1000 if quick else 10000
    run_some = bench.playbook(bulk_task(), groups(50))
    bench.measure("qlik_groups", f"50 of {full}", 50, partial(plant, full), run_some)
    return {"start": start, "memory_mb": memory_mb}


def limited(folder: Path, quick: bool) -> Row:
    """Creations under the documented limit of 500 in five minutes, with time scaled; how far above its own bound."""
    size = 700 if quick else 1500
    with LocalTenant(latency=LATENCY, rate_limits=True, time_scale=TIME_SCALE) as tenant:
        bench = Bench(tenant, folder, repeat=1)
        start = bench.measure(
            "ansible-playbook", "start", 0, lambda: None, bench.playbook([{"ansible.builtin.ping": None}], [])
        )
        row = bench.measure(
            "qlik_groups", "under the limits", size, lambda: None, bench.playbook(bulk_task(), groups(size))
        )
    bound = (size - 500) / (100 / 60) / TIME_SCALE
    return {**row, "bound": round(bound, 2), "over_bound": round((row["seconds"] - start["seconds"]) / bound - 1, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare ways to seed groups.")
    parser.add_argument("--quick", action="store_true", help="small sizes, once each")
    parser.add_argument("--output", type=Path, default=ROOT / ".build" / "benchmark")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        with LocalTenant(latency=LATENCY) as tenant:
            bench = Bench(tenant, Path(folder), repeat=1 if options.quick else 3)
            results = compare(bench, options.quick)
        results["limits"] = limited(Path(folder), options.quick)
    results["rows"] = bench.rows
    (options.output / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"The results are in {options.output / 'results.json'}")
    print(json.dumps({key: value for key, value in results.items() if key != "rows"}, indent=2))


if __name__ == "__main__":
    main()
