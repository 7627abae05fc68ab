# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the parts of an audit in slices without tenants, and measures their merge."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import audited
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.slices import head_of, new_part, write_part

ROOT = Path(__file__).parents[2]
SLICES = 10
#: Described groups in sync, and unmanaged groups, of each tenant.
DESCRIBED, UNMANAGED = 20, 20
#: One tenant of this number has drifted.
DRIFTED = 20
RUN = "made"
FORMATS = ["html", "json", "jsonl", "junit", "plans", "prometheus"]
Row = dict[str, Any]


def host_name(number: int) -> str:
    """Return the name of a host, in which the numbers have the order of the names."""
    return f"customer-{number:05}"


def made_tenant(number: int, *, has_drifted: bool) -> Row:
    """Return a tenant of the report, as an audit finds it."""
    items: list[Row] = [
        {"name": f"Group {item:02}", "provider_type": "idp", "action": "unchanged"} for item in range(DESCRIBED)
    ]
    if has_drifted:
        sides = [{"name": "Group 00", "assigned_roles": roles} for roles in (["DataAdmin"], ["Steward"])]
        items[0].update(action="updated", before=sides[0], after=sides[1])
    unmanaged = [
        {"name": f"Team {item:02} of {host_name(number)}", "group": {"assigned_roles": [{"name": "Steward"}]}}
        for item in range(UNMANAGED)
    ]
    administrator = {"type": "user", "name": "auth0|0123456789", "display_name": "Ada Lovelace", "is_bot": False}
    result = {
        "areas": {
            "tenant": {"action": "unchanged", "tenant": {"name": f"Customer {number}"}},
            "groups": {"groups": items},
        },
        "plan": {"fingerprint": f"sha256:{number:064x}"},
        "unmanaged": {"groups": unmanaged},
        "administrators": [{**administrator, "role": "TenantAdmin", "through": None}],
    }
    address = f"https://{host_name(number)}.eu.qlikcloud.com"
    return audited(host_name(number), address, result, ["groups"], read_at="2026-11-29T02:00:00Z")


def make_parts(folder: Path, size: int) -> None:
    """Write the parts of an audit of tenants of which one in twenty has drifted, cut as AWX does."""
    folder.mkdir(parents=True)
    for first in range(SLICES):
        numbers = range(first, size, SLICES)
        hosts = [host_name(number) for number in numbers]
        head = head_of(RUN, str(first), hosts, False, None)

        def lines(numbers: range = numbers) -> Iterator[Row]:
            for number in numbers:
                tenant = made_tenant(number, has_drifted=number % DRIFTED == 0)
                yield {"host": tenant["host"], "tenant": tenant, "exceptions": []}

        write_part(new_part(str(folder), RUN), {**head, "is_finished": True}, lines(), None)


def merge(folder: Path, size: int) -> Row:
    """Merge the parts of a folder into C(reports) beside it, and return what that took."""
    inventory = folder / "hosts.json"
    hosts = {host_name(number): {"qlik_tenant_url": f"https://{number}.example.com"} for number in range(size)}
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    variables = {
        "qlik_audit_parts_dir": str(folder / "parts"),
        "qlik_audit_run": RUN,
        "qlik_audit_report_dir": str(folder / "reports"),
        "qlik_audit_formats": FORMATS,
    }
    command = ["ansible-playbook", "-i", str(inventory), "qlikops.cloud.audit_merge", "-e", json.dumps(variables)]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections")}
    began = time.monotonic()
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit((folder / "log").read_text(encoding="utf-8")[-4000:])
    return {
        "tenants": size,
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "largest_mb": usage.ru_maxrss // 1024,
        "page_kb": (folder / "reports" / "qlik-audit.html").stat().st_size // 1024,
    }


def with_growth(rows: list[Row]) -> list[Row]:
    """Return rows with the growth of CPU seconds for each growth of the number of tenants, 1 if it is linear."""
    found = []
    for before, row in zip([None, *rows], rows, strict=False):
        growth: Any = ""
        if before is not None:
            factor = row["tenants"] / before["tenants"]
            growth = round(row["cpu_seconds"] / before["cpu_seconds"] / factor, 2)
        found.append({**row, "growth": growth})
    return found
