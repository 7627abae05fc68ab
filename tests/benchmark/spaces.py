# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures how long it takes to see that spaces and their members are as described, in several ways.

Usage: python -m benchmark.spaces [--quick] [--output FOLDER]. Requests are exact; seconds are medians. The last full
run is documented in guide_benchmark.rst.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from local_tenant.client import LocalTenant

from benchmark.__main__ import CONCURRENCY, LATENCY, ROOT, SCRIPT, START, UNCHANGED, URI, Bench, Row, node_script
from benchmark.table import table

BULK = "qlik_spaces"
GROUPS, USERS = 40, 60


def spaces(size: int) -> list[dict[str, Any]]:
    """The description of spaces with three groups and a user each, out of the same ones."""
    return [
        {
            "name": f"Space {number:05}",
            "type": "managed",
            "members": [
                *({"group": f"Group {(number + part) % GROUPS}", "roles": ["consumer"]} for part in range(3)),
                {"user": f"u{number % USERS}", "roles": ["facilitator"]},
            ],
        }
        for number in range(size)
    ]


def plant(tenant: LocalTenant, size: int) -> None:
    tenant.plant_groups([{"name": f"Group {number}"} for number in range(GROUPS)])
    tenant.plant_users([{"subject": f"u{number}", "name": f"User {number}"} for number in range(USERS)])
    tenant.plant_spaces(spaces(size))


def bulk_task() -> list[dict[str, Any]]:
    return [{"qlikops.cloud.qlik_spaces": {"spaces": "{{ desired }}", "concurrency": CONCURRENCY}}]


def uri_tasks() -> list[dict[str, Any]]:
    """Looks each space and its members up, to add what is missing; roles are not compared.

    It is run where nothing is missing: a space that is created would need a look-up of its own after that.
    """
    base = "{{ lookup('env', 'QLIK_TENANT_URL') }}/api/v1"
    headers = {"Authorization": "Bearer {{ lookup('env', 'QLIK_API_KEY') }}"}

    def get(path: str) -> dict[str, Any]:
        return {"ansible.builtin.uri": {"url": base + path, "headers": headers}}

    def create(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        call = {"url": base + path, "headers": headers, "method": "POST", "body_format": "json", "body": body}
        return {"ansible.builtin.uri": {**call, "status_code": 201}}

    name = "{{ item.name }}"
    space_id = "{{ (item.json.data | selectattr('name', 'eq', item.item.name) | first).id }}"
    member = {"type": "{{ 'group' if item.1.group is defined else 'user' }}", "roles": "{{ item.1.roles }}"}
    ids = "ids[item.1.group | default(item.1.user)]"
    named = "{{ groups_page.json.data | items2dict('name', 'id') | combine(users_page.json.data | %s) }}"
    return [
        {**get("/groups?limit=100"), "register": "groups_page"},
        {**get("/users?limit=100"), "register": "users_page"},
        {"ansible.builtin.set_fact": {"ids": named % "items2dict('subject', 'id')"}},
        {
            **get("/spaces?limit=100&name={{ item.name | urlencode }}"),
            "loop": "{{ desired }}",
            "loop_control": {"label": name},
            "register": "found",
        },
        {
            **create("/spaces", {"name": "{{ item.item.name }}", "type": "{{ item.item.type }}"}),
            "loop": "{{ found.results }}",
            "loop_control": {"label": "{{ item.item.name }}"},
            "when": "item.item.name not in item.json.data | map(attribute='name')",
        },
        {
            **get(f"/spaces/{space_id}/assignments?limit=100"),
            "loop": "{{ found.results }}",
            "loop_control": {"label": "{{ item.item.name }}"},
            "register": "current",
        },
        {
            **create(
                "/spaces/{{ item.0.json.data[0].spaceId }}/assignments", {**member, "assigneeId": f"{{{{ {ids} }}}}"}
            ),
            "loop": "{{ current.results | subelements('item.item.members') }}",
            "loop_control": {"label": "{{ item.0.item.item.name }}"},
            "when": f"{ids} not in item.0.json.data | map(attribute='assigneeId')",
        },
    ]


def ways_for(size: int, bench: Bench, node: Path | None, slow_size: int) -> dict[str, Callable[[], None]]:
    """The ways that end in reasonable time."""
    desired = spaces(size)
    ways = {BULK: bench.playbook(bulk_task(), desired)}
    if size == slow_size:
        ways[URI] = bench.playbook(uri_tasks(), desired)
    if node:
        path = bench.folder / f"desired-{size}.json"
        path.write_text(json.dumps(desired), encoding="utf-8")
        ways[SCRIPT] = partial(bench.command, ["node", str(node)], WANTED=str(path))
    return ways


def compare(bench: Bench, sizes: list[int]) -> None:
    """All ways at all sizes, beside a playbook that does nothing. The loop of uri only at the first size."""
    bench.measure("ansible-playbook", START, 0, lambda: None, bench.playbook([{"ansible.builtin.ping": None}], []))
    node = node_script(bench, "spaces.mjs")
    for size in sizes:
        for way, run in ways_for(size, bench, node, sizes[0]).items():
            bench.measure(way, UNCHANGED, size, partial(plant, bench.tenant, size), run)


def tables(rows: list[Row]) -> str:
    """RST: what was measured, with how many times as long as the module each other way takes."""
    module = {row["size"]: row["seconds"] for row in rows if row["way"] == BULK}
    return table(
        ["spaces", "members", "by", "requests", "seconds", "times as long"],
        (
            [
                row["size"] or "",
                4 * row["size"] or "",
                row["way"],
                row["requests"] or "",
                row["seconds"],
                round(row["seconds"] / module[row["size"]], 1) if row["size"] else "",
            ]
            for row in rows
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare ways to see that spaces are as described.")
    parser.add_argument("--quick", action="store_true", help="small sizes, once each")
    parser.add_argument("--output", type=Path, default=ROOT / ".build" / "benchmark")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, LocalTenant(latency=LATENCY) as tenant:
        bench = Bench(tenant, Path(folder), repeat=1 if options.quick else 3)
        compare(bench, [10, 50] if options.quick else [50, 500])
    (options.output / "spaces.json").write_text(json.dumps(bench.rows, indent=2) + "\n", encoding="utf-8")
    text = tables(bench.rows)
    (options.output / "spaces.rst").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
