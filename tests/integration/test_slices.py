# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An audit in slices, and the report that one job over all hosts would have written."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.slices import write_part
from awx.jobs import DistributedJob, lay_out, run_job
from local_tenant.client import LocalTenant, TenantHandle
from suites import long_after_first

from .conftest import Play, ansible_environment

DESCRIPTION: Play = {
    "qlik_seed_standard_groups": {"Stewards": ["Steward"]},
    "qlik_audit_formats": ["html", "json", "jsonl", "junit", "plans", "prometheus"],
}
EXCEPTION = {"area": "groups", "object": "Stewards", "reason": "Later", "owner": "Ada", "until": "2999-12-31"}
#: Times in all formats of reports, and those in the names of folders.
TIMES = re.compile(rb"\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d:?\d\d(Z| UTC)?|\b1\d{9}\b")


def contents(folder: Path) -> dict[str, bytes]:
    """Return the content of each file of a report without times, and the paths of the files too."""
    found = {str(path.relative_to(folder)).encode(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {TIMES.sub(b"(time)", name).decode(): TIMES.sub(b"(time)", content) for name, content in found.items()}


def as_awx_slices(hosts: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the hosts of each slice: every n-th in the order of names."""
    return [{name: hosts[name] for name in sorted(hosts)[first::count]} for first in range(count)]


class Slices:
    """Runs the playbooks over the hosts of a server, with the variables that all runs have in common."""

    def __init__(self, server: LocalTenant, folder: Path) -> None:
        self.folder = folder
        self.parts = folder / "parts"
        self.reports = folder / "reports"
        self.parts.mkdir()
        tenants = enumerate(server.tenants)
        self.hosts: dict[str, Play] = {
            f"t{n}": {"qlik_tenant_url": t.url, "qlik_api_key": t.api_key} for n, t in tenants
        }
        # Only one tenant has the exception.
        self.hosts["t1"]["qlik_audit_exceptions"] = [EXCEPTION]
        self.inventory = folder / "hosts.json"
        self.inventory.write_text(json.dumps({"all": {"vars": DESCRIPTION, "hosts": self.hosts}}), encoding="utf-8")

    def run(self, playbook: str, limit: str = "", **variables: Any) -> subprocess.CompletedProcess[str]:
        command = ["ansible-playbook", "-i", str(self.inventory), f"qlikops.cloud.{playbook}"]
        command += ["-e", json.dumps(variables)] + (["--limit", limit] if limit else [])
        environment = ansible_environment(self.folder, QLIK_RETRIES="0")
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def audit(self, limit: str = "", **variables: Any) -> subprocess.CompletedProcess[str]:
        return self.run("audit", limit, qlik_audit_parts_dir=str(self.parts), qlik_audit_run=7, **variables)

    def merge(self, limit: str = "", **variables: Any) -> subprocess.CompletedProcess[str]:
        given = {"qlik_audit_parts_dir": str(self.parts), "qlik_audit_run": "7", **variables}
        return self.run("audit_merge", limit, qlik_audit_report_dir=str(self.reports), **given)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    """One tenant in sync, two that have drifted, and one that cannot be read."""
    with LocalTenant(tenants=4) as server:
        server.tenants[0].plant_groups([{"name": "Stewards", "assignedRoles": ["Steward"]}])
        for tenant in server.tenants[1:3]:
            tenant.plant_groups([{"name": "Stewards", "assignedRoles": ["DataAdmin"]}, {"name": "Shadow"}])
        server.tenants[3].misbehave({"match": {"path": "/api/"}, "action": {"status": 403}})
        yield server


@pytest.fixture
def slices(server: LocalTenant, tmp_path: Path) -> Slices:
    return Slices(server, tmp_path)


@pytest.mark.every_core
@pytest.mark.parametrize("most", long_after_first(2, 500))
def test_slices_become_the_report_of_one_job(slices: Slices, most: int) -> None:
    """As one page, and as an overview with details."""
    for limit in ("t0:t3", "t1:t2"):
        done = slices.audit(limit, qlik_audit_fail_on_drift=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "The part of the run 7 with 2 tenants is" in done.stdout
    assert not slices.reports.exists()
    merged = slices.merge(qlik_audit_page_tenants=most)
    assert merged.returncode == 0, merged.stdout + merged.stderr
    assert "Of 4 tenants, 1 has drifted and 1 could not be audited completely." in merged.stdout
    assert ("qlik-audit.xml: The report has more than 2 tenants (qlik_audit_page_tenants)." in merged.stdout) is (
        most == 2
    )
    one = slices.folder / "one"
    done = slices.run("audit", qlik_audit_report_dir=str(one), qlik_audit_page_tenants=most)
    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(slices.reports) == contents(one)
    assert len(contents(one)) == (6 if most == 500 else 6 + 1 + 3)


@pytest.mark.long
def test_slices_have_the_history_of_one_job(slices: Slices, server: LocalTenant) -> None:
    """The merge compares with the previous report, and each slice reads the audit log only since that report."""
    one = slices.folder / "one"
    first = slices.run("audit", "t0:t2", qlik_audit_report_dir=str(one))
    assert first.returncode == 0, first.stdout + first.stderr
    report = slices.folder / "first.json"
    report.write_bytes((one / "qlik-audit.json").read_bytes())
    previous = {"qlik_audit_previous_report": str(report)}
    groups = server.tenants[0].groups()
    server.tenants[0].remove_groups([group["id"] for group in groups if group["name"] == "Stewards"])
    for limit in ("t0", "t1:t2"):
        assert slices.audit(limit, **previous).returncode == 0
    merged = slices.merge("t0:t2", **previous)
    assert re.search(r"Since the report of .*: 1 new, 0 resolved\.", merged.stdout), merged.stdout + merged.stderr
    assert slices.run("audit", "t0:t2", qlik_audit_report_dir=str(one), **previous).returncode == 0
    assert contents(slices.reports) == contents(one)
    server.tenants[0].plant_groups([{"name": "Stewards", "assignedRoles": ["Steward"]}])


def test_hosts_without_a_part_are_not_audited(slices: Slices) -> None:
    """They count as drift, unlike hosts on which an audit did not run; and the statistics have the plans of all."""
    done = slices.audit("t0")
    assert done.returncode == 0, done.stdout + done.stderr
    merged = slices.merge("t0:t1", qlik_audit_fail_on_drift=True)
    assert merged.returncode == 2, merged.stdout + merged.stderr
    assert "Of 2 tenants, 1 was not audited. The report is in" in merged.stdout + merged.stderr
    report = json.loads((slices.reports / "qlik-audit.json").read_text(encoding="utf-8"))
    assert {tenant["host"]: tenant["status"] for tenant in report["tenants"]} == {"t0": "in_sync", "t1": "not_audited"}
    assert [tenant["error"] for tenant in report["tenants"]][1].startswith("No part of this run has the host.")
    # A host outside of the merge is left out, and a merge without any audited host fails.
    other = slices.merge("t1")
    assert other.returncode == 2, other.stdout + other.stderr
    assert "Left out hosts that are not in this play: t0." in other.stdout + other.stderr
    assert "No tenant was audited." in other.stdout + other.stderr


@pytest.mark.long
def test_a_part_with_an_invalid_tenant_is_refused(slices: Slices) -> None:
    """Its checksum is right, and the reports remain as they are."""
    assert slices.audit("t0").returncode == 0
    assert slices.merge("t0").returncode == 0
    before = contents(slices.reports)
    (part,) = slices.parts.glob("*.jsonl")
    head, line, _checksum = map(json.loads, part.read_text(encoding="utf-8").splitlines())
    for tenant in ({}, {**line["tenant"], "host": "t1"}, {**line["tenant"], "areas": [7]}):
        write_part(str(part), head, [{**line, "tenant": tenant}], None)
        done = slices.merge("t0")
        assert done.returncode == 2, done.stdout + done.stderr
        assert "is damaged. Remove it, and audit its hosts again. Nothing was changed." in done.stdout + done.stderr
    assert contents(slices.reports) == before


def test_a_merge_cannot_write_its_reports(slices: Slices) -> None:
    assert slices.audit("t0").returncode == 0
    slices.reports.write_bytes(b"")
    merged = slices.merge("t0")
    assert merged.returncode == 2
    problem = f"qlik_audit_report_dir: Cannot write to {slices.reports}: File exists. Check its permissions and"
    assert problem in merged.stdout + merged.stderr
    assert slices.reports.read_bytes() == b""


def test_a_slice_fails_before_its_first_request(slices: Slices, server: LocalTenant) -> None:
    """If it does not see the folder, or has no name of a run."""
    slices.parts.rmdir()
    server.tenants[0].reset_counters()
    unseen = slices.audit("t0")
    assert unseen.returncode == 2
    assert f"qlik_audit_parts_dir: {slices.parts} is not a folder on this machine." in unseen.stdout + unseen.stderr
    slices.parts.mkdir()
    given = {"qlik_audit_parts_dir": str(slices.parts)}
    messages: dict[str, Play] = {
        "qlik_audit_run: Required, but not set. Set it to a name that all slices": {},
        "To repeat a slice of an earlier audit, launch the job template": {"awx_job_id": 3},
        "qlik_audit_run: '../x' is not the name of a run.": {"qlik_audit_run": "../x"},
    }
    for message, variables in messages.items():
        done = slices.run("audit", "t0", **given, **variables)
        assert (done.returncode, message in done.stdout + done.stderr) == (2, True), done.stdout + done.stderr
    merge = slices.merge("t0", qlik_audit_run="", awx_job_id=3, awx_workflow_job_id=2)
    assert "The slices hand it on in a workflow, unless all of them have failed" in merge.stdout + merge.stderr
    assert list(slices.parts.iterdir()) == []
    assert server.tenants[0].counters()["total"] == 0


def test_a_slice_without_the_previous_report_says_so(slices: Slices) -> None:
    """It is needed only to read less of the audit log, but the merge requires it."""
    damaged = slices.folder / "previous.json"
    damaged.write_text("{", encoding="utf-8")
    done = slices.audit("t1", qlik_audit_previous_report=str(damaged))
    assert done.returncode == 0, done.stdout + done.stderr
    warned = " ".join((done.stdout + done.stderr).split())
    assert "is not JSON. This slice reads the last 90 days of the audit log." in warned
    merged = slices.merge("t1", qlik_audit_previous_report=str(damaged))
    assert (merged.returncode, slices.reports.exists()) == (2, False)
    assert f"{damaged} is not JSON." in merged.stdout + merged.stderr


def stop_in_the_middle(job: DistributedJob, first: TenantHandle) -> None:
    """Kill the processes of a job on its node after its first tenant has received requests."""
    while not first.counters()["total"]:
        assert job.worker.poll() is None
        time.sleep(0.05)
    for process in descendants(job.worker.pid):
        os.kill(process, signal.SIGKILL)
    job.worker.wait(timeout=300)


def descendants(process: int) -> list[int]:
    """Return the IDs of the processes that a process has started, and of those that they have started."""
    children = (Path("/proc") / str(process) / "task" / str(process) / "children").read_text(encoding="ascii")
    return [found for child in map(int, children.split()) for found in (child, *descendants(child))]


@pytest.mark.long
def test_slices_of_awx_of_which_one_is_stopped(tmp_path: Path) -> None:
    """Three jobs over 60 tenants, as AWX hands them to its nodes; one is stopped in the middle, and launched again."""
    with LocalTenant(tenants=60) as server:
        for number, tenant in enumerate(server.tenants):
            roles = ["DataAdmin"] if number % 20 == 7 else ["Steward"]
            tenant.plant_groups([{"name": "Stewards", "assignedRoles": roles}, {"name": f"Team {number}"}])
        tenants = {f"customer{number:02}": tenant for number, tenant in enumerate(server.tenants)}
        hosts = {
            name: {**DESCRIPTION, "qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key}
            for name, tenant in tenants.items()
        }
        parts, reports, one = (tmp_path / name for name in ("parts", "reports", "one"))
        parts.mkdir()
        folders = {"qlik_audit_parts_dir": str(parts)}
        shares = as_awx_slices(hosts, 3)

        def launch(number: int, name: str, **variables: Any) -> DistributedJob:
            folder = lay_out(tmp_path / name, {}, shares[number])
            return DistributedJob(
                folder, tmp_path / f"{name}-node", "audit", "--check --forks 2", **folders, **variables
            )

        jobs = [launch(number, f"slice{number}", awx_workflow_job_id=77) for number in range(2)]
        first, *_others, last = (tenants[name] for name in shares[2])
        last.misbehave({"match": {"path": "/api/"}, "action": {"delay": 3600}})
        stop_in_the_middle(launch(2, "slice2", awx_workflow_job_id=77), first)
        last.behave()
        for job in jobs:
            statistics, shown = job.result()
            assert statistics["failures"] == {}, shown
            assert statistics["artifact_data"] == {"qlik_audit_run": "77"}

        merge = lay_out(tmp_path / "merge", {}, hosts)
        # The merge is a node of the workflow around the slices, which has another ID.
        given = {**folders, "qlik_audit_report_dir": str(reports), "awx_workflow_job_id": 76, "qlik_audit_run": "77"}
        refused, shown = run_job(merge, "merge", "--check", **given, qlik_audit_merge_unfinished=False)
        assert refused["failures"] == {"customer00": 1}, shown[-3000:]
        assert "These slices of the run 77 have not finished:" in shown
        assert not reports.exists()
        answers = {**given, "qlik_audit_fail_on_drift": "false"}
        _statistics, shown = run_job(merge, "merge", "--check", **answers)
        assert "Of 60 tenants, 2 have drifted and 20 were not audited." in shown, [
            line for line in shown.split("\n") if "Of 60" in line
        ]
        shutil.rmtree(reports)

        statistics, shown = launch(2, "again", qlik_audit_run="77").result()
        assert statistics["failures"] == {}, shown
        statistics, shown = run_job(merge, "merge", "--check", **answers)
        assert statistics["failures"] == {}, shown
        handed_on = statistics["artifact_data"]
        assert handed_on["qlik_audit"].keys() == handed_on["qlik_seed_expected_plan"].keys() == hosts.keys()
        single = lay_out(tmp_path / "single", {}, hosts)
        _statistics, shown = run_job(
            single, "audit", "--check", qlik_audit_report_dir=str(one), qlik_audit_fail_on_drift="false"
        )
        assert contents(reports) == contents(one), shown
