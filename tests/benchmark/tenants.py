# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures one play over many local tenants, as an inventory with a host for each: a table and a JSON file.

Usage: python -m benchmark.tenants [--quick] [--organization] [--ways NUMBER] [--offline] [--output FOLDER]. One play
seeds, audits and exports all tenants of an organization, which is its inventory; --organization measures that alone.
--ways compares modules in Ansible's worker, modules in processes, and a play of one ping, over so many unchanged
tenants. --offline compares the check of descriptions without tenants with a play that does nothing. The tenants share
one process and the cores of the machine with Ansible. Memory is the peak of all processes of the play together, with
pages that they share counted once (the sum of PSS, sampled), and that of its largest process (from the kernel).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from local_tenant.client import LocalTenant, TenantHandle

from benchmark.__main__ import FIRST, LATENCY, ROOT, UNCHANGED
from benchmark.table import table

FORKS = 20
STRATEGIES = ("linear", "free")
STANDARD, EVERY_AREA = "standard", "every area"
#: What is described: nothing but the groups that the role has by itself, and something in each area.
DESCRIPTIONS: dict[str, dict[str, Any]] = {
    STANDARD: {},
    EVERY_AREA: {
        "qlik_seed_tenant": {"name": "Acme", "enable_app_opening_feedback": True},
        "qlik_seed_roles": [{"name": f"Role {number}", "assigned_scopes": ["api-keys"]} for number in range(10)],
        "qlik_seed_group_settings": {"auto_create_groups": True},
        "qlik_seed_extra_groups": [
            {"name": f"Group {number}", "assigned_roles": [f"Role {number % 10}"]} for number in range(25)
        ],
        "qlik_seed_users": [{"subject": f"u{number}", "name": f"User {number}"} for number in range(15)],
    },
}
#: Seconds that every answer of the slow tenant takes longer.
SLOW = 10.0
SAMPLE_SECONDS = 0.25
OFFLINE_SIZES = (3, 50)

Row = dict[str, Any]


class Play:
    """Runs qlikops.cloud.seed over tenants.

    :param tenants: a host for each.
    :param folder: for the inventory and the log.
    :param description: one of DESCRIPTIONS.
    """

    playbooks: Sequence[str] = ("qlikops.cloud.seed",)

    def __init__(self, tenants: Sequence[TenantHandle], folder: Path, description: str) -> None:
        self.tenants = tenants
        self.description = description
        self.variables = folder / "description.json"
        self.variables.write_text(json.dumps(DESCRIPTIONS[description]), encoding="utf-8")
        self.inventory = folder / "tenants.json"
        self.log = folder / "ansible.log"
        hosts = {
            f"tenant{number:03}": {"qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key}
            for number, tenant in enumerate(tenants)
        }
        self.inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")

    #: Where the hosts are from.
    kind = "list"

    def environment(self) -> dict[str, str]:
        """What the play is told beside its inventory."""
        return {}

    def run(self, work: str, strategy: str, way: str = "worker") -> Row:
        """One run: its seconds, requests, CPU time and memory.

        :param way: where modules run, ``worker`` or ``process``.
        """
        self.log.unlink(missing_ok=True)
        for tenant in self.tenants:
            tenant.reset_counters()
        environment = {
            **os.environ,
            **self.environment(),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
            "ANSIBLE_STRATEGY": strategy,
            "QLIK_RUN_MODULES": way,
            "ANSIBLE_LOG_PATH": str(self.log),
        }
        command = ["ansible-playbook", "-i", str(self.inventory), "--forks", str(FORKS), *self.playbooks]
        command += ["-e", f"@{self.variables}"]
        began = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        memory = Memory(process.pid)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        if status:
            raise SystemExit(self.log.read_text(encoding="utf-8")[-4000:])
        counters = [tenant.counters() for tenant in self.tenants]
        return {
            "tenants": len(self.tenants),
            "inventory": self.kind,
            "described": self.description,
            "work": work,
            "strategy": strategy,
            "way": way,
            "seconds": round(seconds, 1),
            "requests": sum(each["total"] for each in counters),
            "writes": sum(each["writes"] for each in counters),
            "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
            "cpu_of_one": round((usage.ru_utime + usage.ru_stime) / len(self.tenants), 2),
            "memory_mb": memory.peak(),
            "largest_mb": usage.ru_maxrss // 1024,
        }

    def seconds_of(self, others_than: str) -> float:
        """After how many seconds all hosts but one had done their last task."""
        stamp = re.compile(r"^(\S+ \S+) p=\d+ .*?\| (?:ok|changed|skipping): \[([^\]]+)\]", re.MULTILINE)
        text = self.log.read_text(encoding="utf-8")
        times = [(datetime.fromisoformat(when.replace(",", ".")), host) for when, host in stamp.findall(text)]
        first = datetime.fromisoformat(text.split(" p=", 1)[0].replace(",", "."))
        return round(max((when - first).total_seconds() for when, host in times if host != others_than), 1)


class PingPlay(Play):
    """Does nothing but Ansible's own smallest module."""

    def __init__(self, tenants: Sequence[TenantHandle], folder: Path) -> None:
        super().__init__(tenants, folder, STANDARD)
        self.description = "ping"
        variables = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        play = {"hosts": "all", "gather_facts": False, "vars": variables, "tasks": [{"ansible.builtin.ping": None}]}
        playbook = folder / "ping.json"
        playbook.write_text(json.dumps([play]), encoding="utf-8")
        self.playbooks = (str(playbook),)


class OfflinePlay(Play):
    """Checks the descriptions without their tenants."""

    playbooks = ("qlikops.cloud.validate",)


class EmptyPlay(Play):
    """Starts Ansible, reads the inventory, and does nothing."""

    def __init__(self, tenants: Sequence[TenantHandle], folder: Path) -> None:
        super().__init__(tenants, folder, EVERY_AREA)
        self.description = "nothing"
        playbook = folder / "empty.json"
        play = {"hosts": "all", "gather_facts": False, "tasks": [{"ansible.builtin.meta": "noop"}]}
        playbook.write_text(json.dumps([play]), encoding="utf-8")
        self.playbooks = (str(playbook),)


class OrganizationPlay(Play):
    """Seeds, audits and exports all tenants of an organization in one play, with the organization as the inventory.

    Every tenant is called by its own name, with TLS.
    """

    playbooks = ("qlikops.cloud.seed", "qlikops.cloud.audit", "qlikops.cloud.export")
    kind = "organization"

    def __init__(self, server: LocalTenant, folder: Path, description: str) -> None:
        super().__init__(server.tenants, folder, description)
        self._organization = server.organization
        self._folder = folder
        self.inventory = folder / "qlik_organization.yml"
        self.inventory.write_text("plugin: qlikops.cloud.qlik_organization\n", encoding="utf-8")
        variables = {
            **DESCRIPTIONS[description],
            "qlik_audit_report_dir": str(folder / "reports"),
            "qlik_export_dir": str(folder / "exported"),
        }
        self.variables.write_text(json.dumps(variables), encoding="utf-8")

    def environment(self) -> dict[str, str]:
        (register,) = self._organization.registers.values()
        return {
            "QLIK_ORGANIZATION_URL": self._organization.url,
            "QLIK_ORGANIZATION_CLIENT_ID": self._organization.client_id,
            "QLIK_ORGANIZATION_CLIENT_SECRET": self._organization.client_secret,
            "QLIK_CLIENT_ID": register.client_id,
            "QLIK_CLIENT_SECRET": register.client_secret,
            "HTTPS_PROXY": self._organization.proxy,
            "QLIK_CA_PATH": self._organization.authority,
        }

    def check(self) -> None:
        """Refuse a run that has left a tenant out."""
        report = json.loads((self._folder / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))
        exported = list((self._folder / "exported").glob("*/qlik_tenant.yml"))
        counts = (report["summary"]["tenants"]["in_sync"], len(exported))
        if counts != (len(self.tenants), len(self.tenants)):
            raise SystemExit(f"Of {len(self.tenants)} tenants are in sync and exported: {counts}")


class Memory:
    """The peak of the memory of a process and all its descendants, sampled from now until it ends."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def peak(self) -> int:
        """MB, once the process has ended."""
        self._thread.join()
        return self._peak // 1024

    def _watch(self) -> None:
        while Path(f"/proc/{self._pid}/task").exists():
            self._peak = max(self._peak, sum(map(_kilobytes, _family(self._pid))))
            time.sleep(SAMPLE_SECONDS)


def _family(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def _kilobytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        match = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(match[1]) if match else 0
    return 0


def growth(tenants: Sequence[TenantHandle], sizes: Sequence[int], folder: Path) -> list[Row]:
    """A first run and an unchanged run of each description at each size, and with each strategy for the standard."""
    rows = []
    for size in sizes:
        for description, strategy in [*((STANDARD, each) for each in STRATEGIES), (EVERY_AREA, STRATEGIES[0])]:
            play = Play(tenants[:size], folder, description)
            for tenant in play.tenants:
                tenant.reset()
            for work in (FIRST, UNCHANGED):
                rows.append(play.run(work, strategy))
                print(rows[-1], flush=True)
    return rows


def one_slow(tenants: Sequence[TenantHandle], folder: Path) -> list[Row]:
    """An unchanged run with each strategy, where one tenant is slow: when the others were done."""
    play = Play(tenants, folder, STANDARD)
    tenants[0].misbehave({"match": {"path": "/api/"}, "action": {"delay": SLOW}})
    rows = []
    for strategy in STRATEGIES:
        row = play.run("one is slow", strategy)
        rows.append({**row, "others_seconds": play.seconds_of("tenant000")})
        print(rows[-1], flush=True)
    return rows


def of_organization(server: LocalTenant, folder: Path) -> list[Row]:
    """A first run and an unchanged run over all tenants of the organization."""
    rows = []
    for tenant in server.tenants:
        tenant.reset()
    play = OrganizationPlay(server, folder, EVERY_AREA)
    for work in (FIRST, UNCHANGED):
        rows.append(play.run(work, STRATEGIES[0]))
        play.check()
        print(rows[-1], flush=True)
    return rows


def ways(server: LocalTenant, folder: Path) -> list[Row]:
    """Unchanged runs over all tenants in the worker and in processes, between two plays of one ping."""
    rows = []

    def measure(play: Play, way: str) -> None:
        rows.append(play.run(UNCHANGED, STRATEGIES[0], way))
        print(rows[-1], flush=True)

    for description in (STANDARD, EVERY_AREA):
        for tenant in server.tenants:
            tenant.reset()
        play = Play(server.tenants, folder, description)
        play.run(FIRST, STRATEGIES[0])
        measure(PingPlay(server.tenants, folder), "worker")
        play = Play(server.tenants, folder, description)
        for way in ("worker", "process"):
            measure(play, way)
    organization = OrganizationPlay(server, folder, EVERY_AREA)
    organization.run(FIRST, STRATEGIES[0])
    for way in ("worker", "process"):
        measure(organization, way)
    return rows


def offline(tenants: Sequence[TenantHandle], folder: Path) -> list[Row]:
    """A check of few and of many descriptions, each after a play that does nothing."""
    rows = []
    for size in OFFLINE_SIZES:
        for play in (EmptyPlay(tenants[:size], folder), OfflinePlay(tenants[:size], folder, EVERY_AREA)):
            rows.append(play.run("offline", STRATEGIES[0]))
            print(rows[-1], flush=True)
    return rows


#: The columns of the table, and the keys of the rows.
COLUMNS = {
    "tenants": "tenants",
    "inventory": "inventory",
    "described": "described",
    "work": "work",
    "strategy": "strategy",
    "modules in": "way",
    "seconds": "seconds",
    "others done": "others_seconds",
    "requests": "requests",
    "CPU seconds": "cpu_seconds",
    "of one": "cpu_of_one",
    "MB in all": "memory_mb",
    "MB of the largest process": "largest_mb",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure one play over many tenants.")
    parser.add_argument("--quick", action="store_true", help="few tenants")
    parser.add_argument("--organization", action="store_true", help="only the organization's inventory")
    parser.add_argument("--ways", type=int, metavar="NUMBER", help="only both ways, over so many tenants")
    parser.add_argument("--offline", action="store_true", help="only the check without tenants")
    parser.add_argument("--output", type=Path, default=ROOT / ".build" / "benchmark")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    sizes = (
        list(OFFLINE_SIZES)
        if options.offline
        else [options.ways]
        if options.ways
        else [2, 5, 10]
        if options.quick
        else [10, 50, 200]
    )
    with tempfile.TemporaryDirectory() as folder, LocalTenant(tenants=sizes[-1], latency=LATENCY, proxy=True) as server:
        if options.ways:
            rows = ways(server, Path(folder))
        elif options.offline:
            rows = offline(server.tenants, Path(folder))
        elif options.organization:
            rows = of_organization(server, Path(folder))
        else:
            rows = growth(server.tenants, sizes, Path(folder))
            rows += of_organization(server, Path(folder))
            rows += one_slow(server.tenants[: sizes[0]], Path(folder))
    (options.output / "tenants.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    text = table(list(COLUMNS), ([row.get(key, "") for key in COLUMNS.values()] for row in rows))
    (options.output / "tenants.rst").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
