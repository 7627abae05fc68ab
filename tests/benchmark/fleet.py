# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures how an audit, and the merge of an audit in slices, grow with the number of tenants: a table and a JSON file.

Usage: python -m benchmark.fleet [--audits NUMBER ...] [--merges NUMBER ...] [--output FOLDER]. The audits are plays
over local tenants, and the merges are of made parts. Each size has its own processes. What counts is the growth, which
hardly depends on the machine.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from local_tenant.client import LocalTenant

from benchmark.made import ROOT, Row, make_parts, merge, with_growth
from benchmark.table import table
from benchmark.tenants import STANDARD, STRATEGIES, Play

AUDITS = (100, 1000)
MERGES = (100, 1000, 10000)
#: Groups of each tenant that are not in the description. One of the described groups has drifted on one tenant in 20.
UNMANAGED, DRIFTED = 38, 20


class AuditPlay(Play):
    """Runs qlikops.cloud.audit over tenants."""

    playbooks = ("qlikops.cloud.audit",)


def audit(size: int) -> Row:
    """Audit tenants, and return what that took."""
    with tempfile.TemporaryDirectory() as name, LocalTenant(tenants=size) as server:
        folder = Path(name)
        for number, tenant in enumerate(server.tenants):
            roles = ["DataAdmin"] if number % DRIFTED == 0 else ["Steward"]
            others = [{"name": f"Team {team}"} for team in range(UNMANAGED)]
            tenant.plant_groups([{"name": "Stewards", "assignedRoles": roles}, *others])
        play = AuditPlay(server.tenants, folder, STANDARD)
        variables = {
            "qlik_audit_report_dir": str(folder / "reports"),
            "qlik_seed_standard_groups": {"Stewards": ["Steward"]},
        }
        play.variables.write_text(json.dumps(variables), encoding="utf-8")
        row = play.run("audit", STRATEGIES[0])
        return {**row, "page_kb": (folder / "reports" / "qlik-audit.html").stat().st_size // 1024}


def merge_made(size: int) -> Row:
    """Make parts, and return what their merge took."""
    with tempfile.TemporaryDirectory() as folder:
        make_parts(Path(folder) / "parts", size)
        return {"work": "merge", **merge(Path(folder), size)}


#: The columns of the table, and the keys of the rows.
COLUMNS = {
    "work": "work",
    "tenants": "tenants",
    "seconds": "seconds",
    "requests": "requests",
    "CPU seconds": "cpu_seconds",
    "growth": "growth",
    "MB of the largest process": "largest_mb",
    "KB of the page": "page_kb",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure audits of many tenants, and their merge.")
    parser.add_argument("--audits", type=int, nargs="*", default=list(AUDITS))
    parser.add_argument("--merges", type=int, nargs="*", default=list(MERGES))
    parser.add_argument("--output", type=Path, default=ROOT / ".build" / "benchmark")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    rows = with_growth([audit(size) for size in options.audits])
    rows += with_growth([merge_made(size) for size in options.merges])
    (options.output / "fleet.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    text = table(list(COLUMNS), ([row.get(key, "") for key in COLUMNS.values()] for row in rows))
    (options.output / "fleet.rst").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
