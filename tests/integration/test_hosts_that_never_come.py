# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays in which some hosts never run the role: what is said for all hosts together is said all the same."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant

from .conftest import Play, ansible_environment

#: The roles run on hosts with a tenant only.
IS_TENANT = "'none' not in inventory_hostname"
HAS_TENANT = "qlik_tenant_url is defined"
AUDIT: Play = {"name": "qlikops.cloud.qlik_audit"}
#: Counts of the recap that say something here.
Recap = dict[str, tuple[int, int, int]]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    """A tenant in sync, and one that has drifted."""
    with LocalTenant(tenants=2) as server:
        server.tenants[0].plant_groups([{"name": "Stewards", "assignedRoles": ["Steward"]}])
        yield server


@dataclass(frozen=True)
class Run:
    """What a run of ansible-playbook did.

    :param recap: of each host how many tasks failed, on how many it was unreachable, and how many were skipped.
    """

    code: int
    output: str
    recap: Recap


class Plays:
    """Runs plays over hosts whose names say what they are.

    ``drift`` has drifted and ``sync`` is in sync, ``none`` is no tenant, ``broken`` fails before the role, ``far``
    cannot be reached, the address of ``odd`` is a template that fails, and ``wrong`` has variables that the roles
    reject. The number behind tells the hosts of a play from those of others.
    """

    def __init__(self, server: LocalTenant, folder: Path) -> None:
        self._tenants = dict(zip(("sync", "drift"), server.tenants))
        self.address = server.tenants[0].url.partition("//")[2]
        self._folder = folder
        include = {"ansible.builtin.include_role": AUDIT}
        for name, tasks in {"audit": [include], "nothing": [], "ending": [END_HOST, include]}.items():
            (folder / f"{name}.yml").write_text(json.dumps(tasks), encoding="utf-8")

    def run(self, *plays: Play, **environment: str) -> Run:
        """Run plays over the hosts that each of them names with C(names)."""
        names = [name for play in plays for name in play["hosts"].split(",")]
        variables = {
            "qlik_audit_report_dir": str(self._folder / "{{ report }}"),
            "qlik_audit_formats": ["json"],
            "qlik_audit_fail_on_drift": True,
            "qlik_seed_standard_groups": {"Stewards": ["Steward"]},
        }
        inventory = self._folder / "hosts.json"
        hosts = {name: self._variables(name) for name in names}
        inventory.write_text(json.dumps({"all": {"vars": variables, "hosts": hosts}}), encoding="utf-8")
        playbook = self._folder / "playbook.yml"
        common = {"gather_facts": False, "connection": "local"}
        numbered = [
            {**common, **play, "vars": {"report": f"report{number}", **play.get("vars", {})}}
            for number, play in enumerate(plays)
        ]
        playbook.write_text(yaml.safe_dump(numbered), encoding="utf-8")
        completed = subprocess.run(
            ["ansible-playbook", "-i", str(inventory), str(playbook)],
            env=ansible_environment(
                self._folder,
                QLIK_RETRIES="0",
                ANSIBLE_CALLBACK_PLUGINS=str(Path(__file__).parent / "callback_plugins"),
                ANSIBLE_CALLBACKS_ENABLED="record_reports",
                RECORD_REPORTS=str(self._folder / "report0"),
                **environment,
            ),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        output = completed.stdout + completed.stderr
        assert "Traceback" not in output, output
        counts = r"^(\S+) +: .* unreachable=(\d+) +failed=(\d+) +skipped=(\d+)"
        rows = re.findall(counts, output.partition("PLAY RECAP")[2], re.MULTILINE)
        recap = {name: (int(failed), int(unreachable), int(skipped)) for name, unreachable, failed, skipped in rows}
        return Run(completed.returncode, output, recap)

    def writes(self) -> int:
        """How often a tenant was written to."""
        return sum(tenant.counters()["writes"] for tenant in self._tenants.values())

    def statuses(self, number: int) -> dict[str, str]:
        """What the report of a play says of each host."""
        return {host: tenant["status"] for host, tenant in self.report(number).items()}

    def audited_before_each_batch(self) -> list[int]:
        """How many hosts the report of the first play has as audited when each batch but the first starts."""
        folders = sorted(self._folder.glob("report0.*"))
        reports = [self.report(folder.name.removeprefix("report")).values() for folder in folders]
        return [sum(tenant["status"] in ("in_sync", "drift") for tenant in report) for report in reports]

    def report(self, number: int | str) -> dict[str, Any]:
        """The report of a play, by host."""
        report = json.loads((self._folder / f"report{number}" / "qlik-audit.json").read_text(encoding="utf-8"))
        return {tenant["host"]: tenant for tenant in report["tenants"]}

    def _variables(self, name: str) -> Play:
        kind = name.rstrip("0123456789")
        if kind == "none":
            return {}
        tenant = self._tenants["drift" if kind == "drift" else "sync"]
        connection = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 9}
        return {
            "qlik_tenant_url": tenant.url if kind != "odd" else "{{ lookup('ansible.builtin.file', '/nowhere') }}",
            "qlik_api_key": tenant.api_key,
            **(connection if kind == "far" else {}),
            **({"qlik_audit_attribution_days": "many", "qlik_seed_prune": "perhaps"} if kind == "wrong" else {}),
        }


@pytest.fixture
def plays(server: LocalTenant, tmp_path: Path) -> Plays:
    return Plays(server, tmp_path)


def failed(run: Run) -> set[str]:
    return {host for host, (failures, _unreachable, _skipped) in run.recap.items() if failures}


def audit(hosts: str, **play: Any) -> Play:
    """A play that audits those of its hosts that have a tenant."""
    return {"hosts": hosts, "roles": [{"role": AUDIT["name"], "when": IS_TENANT}], **play}


BREAKING = [{"ansible.builtin.assert": {"that": "'broken' not in inventory_hostname"}}]


@pytest.mark.long
def test_an_audit_waits_for_no_host_that_is_skipped(plays: Plays) -> None:
    run = plays.run(
        audit("drift0,none0,broken0", pre_tasks=BREAKING),
        audit("none1,drift1", strategy="free"),
        {"hosts": "drift2,none2,odd2", "tasks": [{"ansible.builtin.include_role": AUDIT, "when": IS_TENANT}]},
        # A host that cannot be reached is in the report, and its play goes on.
        audit("drift3,none3,sync3,far3", strategy="ansible.builtin.host_pinned"),
        # All of the first batch differs: one of it is spared, and the play goes on.
        audit("drift4,drift40,sync4,none4", serial=2),
        # The host that fails in place of another is the last one that runs the role.
        audit("none5,drift5,sync5,none50", serial=1),
    )
    not_audited = "not_audited"
    assert [plays.statuses(number) for number in range(6)] == [
        {"drift0": "drift", "none0": not_audited, "broken0": "failed"},
        {"drift1": "drift", "none1": not_audited},
        {"drift2": "drift", "none2": not_audited, "odd2": "failed"},
        {"drift3": "drift", "none3": not_audited, "sync3": "in_sync", "far3": "failed"},
        {"drift4": "drift", "drift40": "drift", "sync4": "in_sync", "none4": not_audited},
        {"drift5": "drift", "sync5": "in_sync", "none5": not_audited, "none50": not_audited},
    ]
    assert run.code == 2
    assert failed(run) - {"drift4", "drift40"} == {
        "broken0",
        "drift0",
        "drift1",
        "drift2",
        "odd2",
        "drift3",
        "far3",
        "sync5",
    }
    assert len(failed(run) & {"drift4", "drift40"}) == 1
    assert "Of 3 tenants, 1 has drifted, 1 could not be audited completely and 1 was not audited." in run.output
    assert "\nNot audited: none0. " in run.output
    assert "Failed to connect to the host via ssh: " in plays.report(3)["far3"]["error"]
    assert not any(unreachable for _failures, unreachable, _skipped in run.recap.values())
    assert plays.report(1)["none1"]["error"].startswith("The audit did not run on this host")
    for host in ("drift0", "drift1", "drift2", "drift3", "drift4", "drift5"):
        assert f'{host}: group "Stewards": missing' in run.output


def test_a_step_by_itself(plays: Plays) -> None:
    """As with --step, where each task of the role can be left out; an audit without check mode would be a seed."""
    report = {"qlikops.cloud.qlik_audit": {"step": "report"}, "ignore_errors": True}
    before = plays.writes()
    run = plays.run({"hosts": "drift0", "tasks": [report, {"qlikops.cloud.qlik_audit": None}]})
    assert run.code == 2
    output = " ".join(run.output.replace('\\"', '"').split())
    assert 'The task "Audit the tenant" was skipped, so there is nothing to report.' in output
    assert "An audit requires check mode. Set check_mode: true on the task. Nothing was changed." in output
    assert plays.writes() == before


TO_INCLUDE = {"ansible.builtin.include_role": AUDIT}
END_HOST = {"ansible.builtin.meta": "end_host", "when": f"not ({IS_TENANT})"}
PROBE = {"ansible.builtin.command": "true", "register": "probe", "changed_when": False, "when": IS_TENANT}
PROBED = "not probe.skipped | default(false)"
LEAVE = {"ansible.builtin.set_fact": {"leaves": True}, "when": f"not ({IS_TENANT})"}
INCLUDED_LEAVE = {
    "ansible.builtin.include_vars": {"file": "hosts.json", "name": "leaves"},
    "when": f"not ({IS_TENANT})",
}
STAYS = "not leaves | default(false)"
CANARY = "hostvars['drift0'].qlik_audit_result.tenant_status | default('in_sync') == 'in_sync'"
RESCUED = {
    "block": [{"ansible.builtin.fail": None, "when": f"not ({IS_TENANT})"}, TO_INCLUDE],
    "rescue": [{"ansible.builtin.fail": None, "when": IS_TENANT}],
}


@pytest.mark.parametrize(
    ("play", "statuses", "failing"),
    [
        pytest.param(audit("drift0,none0", serial=1), ["drift", "not_audited"], {"drift0"}, id="condition"),
        pytest.param(
            # No host is sure to fail in place of another, since the play can end for it.
            {"hosts": "drift0,none0,sync0", "serial": 1, "tasks": [END_HOST, TO_INCLUDE]},
            ["drift", "not_audited", "not_audited"],
            {"drift0"},
            id="end_host",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"hosts": "none0,drift0", "serial": 1, "tasks": [END_HOST, TO_INCLUDE]},
            ["drift", "not_audited"],
            {"drift0"},
            id="end_host before",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {
                "hosts": "drift0,none0",
                "serial": 1,
                "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
                "tasks": [PROBE, {**TO_INCLUDE, "when": PROBED}],
            },
            ["drift", "not_audited"],
            {"drift0"},
            id="condition that is known later",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"hosts": "drift0,none0", "serial": 1, "tasks": [LEAVE, {**TO_INCLUDE, "when": STAYS}]},
            ["drift", "not_audited"],
            {"drift0"},
            id="fact",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {
                "hosts": "drift0,none0",
                "serial": 1,
                "vars": {"stays": "{{ %s }}" % STAYS},
                "tasks": [LEAVE, {**TO_INCLUDE, "when": "stays"}],
            },
            ["drift", "not_audited"],
            {"drift0"},
            id="fact in a variable",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"hosts": "drift0,none0", "serial": 1, "tasks": [INCLUDED_LEAVE, {**TO_INCLUDE, "when": STAYS}]},
            ["drift", "not_audited"],
            {"drift0"},
            id="included variable",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"hosts": "drift0,none0", "serial": 1, "tasks": [RESCUED]},
            ["drift", "not_audited"],
            {"drift0"},
            id="rescue",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {
                "hosts": "drift0,none0",
                "serial": 1,
                "vars": {"included": "{{ 'audit' if qlik_tenant_url is defined else 'nothing' }}.yml"},
                "tasks": [{"ansible.builtin.include_tasks": "{{ included }}"}],
            },
            ["drift", "not_audited"],
            {"drift0"},
            id="include of a template",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"hosts": "drift0,none0", "serial": 1, "tasks": [{**TO_INCLUDE, "when": HAS_TENANT}]},
            ["drift", "not_audited"],
            {"drift0"},
            id="include",
            marks=pytest.mark.long,
        ),
        pytest.param(
            audit("drift0,sync0,sync1", serial=2),
            ["drift", "in_sync", "in_sync"],
            {"drift0"},
            id="batches of several",
            marks=pytest.mark.long,
        ),
        pytest.param(
            audit("drift0,broken0,none0", serial=1, pre_tasks=BREAKING),
            ["not_audited", "drift", "not_audited"],
            {"broken0"},
            id="failure",
            marks=pytest.mark.long,
        ),
        pytest.param(
            audit("drift0,sync0", serial=1, strategy="free", vars={"qlik_audit_count_unmanaged": False}),
            ["drift", "in_sync"],
            {"sync0"},
            id="free",
            marks=pytest.mark.long,
        ),
        pytest.param(
            audit("drift0,sync0", serial=1, vars={"qlik_audit_fail_on_drift": "{{ 'drift' in inventory_hostname }}"}),
            ["drift", "not_audited"],
            {"drift0"},
            id="a later host that does not fail on drift",
        ),
        pytest.param(
            audit("drift0,sync0,none0", serial=1, pre_tasks=[{"ansible.builtin.group_by": {"key": "all_of_them"}}]),
            ["drift", "not_audited", "not_audited"],
            {"drift0"},
            id="a condition beside other tasks",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"hosts": "drift0,none0", "serial": 1, "tasks": [{"ansible.builtin.include_tasks": "ending.yml"}]},
            ["drift", "not_audited"],
            {"drift0"},
            id="end_host in an include",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {
                "hosts": "drift0,none0",
                "serial": 1,
                "tasks": [{**TO_INCLUDE, "loop": "{{ [1] if qlik_tenant_url is defined else [] }}"}],
            },
            ["drift", "not_audited"],
            {"drift0"},
            id="loop",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"hosts": "drift0,sync0", "serial": 1, "roles": [{"role": AUDIT["name"], "when": CANARY}]},
            ["drift", "not_audited"],
            {"drift0"},
            id="canary",
            marks=pytest.mark.long,
        ),
    ],
)
def test_drift_fails_the_play_in_batches(plays: Plays, play: Play, statuses: list[str], failing: set[str]) -> None:
    run = plays.run(play)
    found = plays.statuses(0)
    assert ([found[host] for host in sorted(found)], failed(run)) == (statuses, failing)
    assert run.code == 2


def headlines(run: Run) -> list[str]:
    """The first line of each summary of an audit."""
    return re.findall(r"^(?:Of|All) \d+ tenants.*", run.output, re.MULTILINE)


@pytest.mark.every_core
@pytest.mark.parametrize(
    ("play", "found"),
    [
        pytest.param(
            audit("sync0,drift0,drift1,sync1", serial=1), ["Of 4 tenants, 2 have drifted."], id="the last host"
        ),
        pytest.param(
            audit("drift0,sync0,sync1,drift1", serial=3, order="reverse_sorted"),
            ["Of 4 tenants, 2 have drifted."],
            id="another order",
            marks=pytest.mark.long,
        ),
        pytest.param(
            audit("sync0,sync1,none0", serial=1),
            ["Of 3 tenants, 1 was not audited."],
            id="the last host is skipped",
            marks=pytest.mark.long,
        ),
        pytest.param(
            audit("sync0,drift0,sync1,sync2", serial=2, max_fail_percentage=0),
            ["Of 4 tenants, 1 has drifted and 2 were not audited."],
            id="max_fail_percentage",
        ),
        pytest.param(
            audit("sync0,drift0,sync1,sync2", serial=2, any_errors_fatal=True),
            ["Of 4 tenants, 1 has drifted and 2 were not audited."],
            id="any_errors_fatal",
            marks=pytest.mark.long,
        ),
    ],
)
def test_the_summary_of_batches_appears_once(plays: Plays, play: Play, found: list[str]) -> None:
    """When no later batch follows for certain. Failures that can end the play are not certain."""
    run = plays.run(play)
    assert headlines(run) == found, run.output


@pytest.mark.parametrize(
    ("play", "audited", "statuses"),
    [
        pytest.param(
            audit("sync0,drift0,wrong0", serial=1),
            [1, 2],
            ["drift", "in_sync", "not_audited"],
            id="the role rejects the variables of the last host",
            marks=pytest.mark.every_core,
        ),
        pytest.param(
            audit("sync0,sync1,broken0", serial=1, pre_tasks=BREAKING),
            [1, 2],
            ["not_audited", "in_sync", "in_sync"],
            id="a task before the role fails",
            marks=pytest.mark.long,
        ),
    ],
)
def test_no_result_of_a_batch_is_lost(plays: Plays, play: Play, audited: list[int], statuses: list[str]) -> None:
    """The files are updated after each batch, because the play can end before the next one."""
    run = plays.run(play)
    assert plays.audited_before_each_batch() == audited, run.output
    found = plays.statuses(0)
    assert [found[host] for host in sorted(found)] == statuses


@pytest.mark.long
def test_batches_with_a_report_for_each_host(plays: Plays) -> None:
    """No host writes the report of another."""
    run = plays.run(audit("sync0,drift0", serial=1, vars={"report": "report0/{{ inventory_hostname }}"}))
    assert headlines(run) == ["Of 2 tenants, 1 was not audited.", "Of 2 tenants, 1 has drifted and 1 was not audited."]
    assert plays.report("0/sync0")["sync0"]["status"] == "in_sync"
    assert plays.report("0/drift0")["drift0"]["status"] == "drift"


@pytest.mark.every_core
def test_a_part_is_finished_after_the_last_batch(plays: Plays, tmp_path: Path) -> None:
    """Until then, a merge waits. A play that ends before is a slice that did not finish."""

    def is_finished(hosts: str, **play: Any) -> bool:
        parts = tmp_path / hosts
        parts.mkdir()
        variables = {"qlik_audit_parts_dir": str(parts), "qlik_audit_run": "1"}
        run = plays.run(audit(hosts, serial=1, vars=variables, **play))
        (part,) = parts.glob("*.jsonl")
        finished = json.loads(part.read_text(encoding="ascii").split("\n")[0])["is_finished"]
        assert run.output.count("Merge the parts of all slices") == finished, run.output
        return bool(finished)

    assert is_finished("sync0,sync1")
    assert not is_finished("sync0,broken0", pre_tasks=BREAKING)


def seed(hosts: str, **play: Any) -> Play:
    """A play that seeds those of its hosts that have a tenant."""
    return {"hosts": hosts, "roles": [{"role": "qlikops.cloud.qlik_seed", "when": IS_TENANT}], **play}


@pytest.mark.every_core
@pytest.mark.parametrize(
    ("play", "titles"),
    [
        pytest.param(seed("sync0,sync1,drift0", serial=1), ["3 tenants"], id="once"),
        pytest.param(seed("sync0,odd0", serial=2), ["2 tenants, 1 failed"], id="one batch", marks=pytest.mark.long),
        pytest.param(
            # Ansible ends the play.
            seed("sync0,odd0,sync1", serial=1),
            ["2 tenants, 1 failed"],
            id="a batch in which all fail",
            marks=pytest.mark.long,
        ),
        pytest.param(
            seed("sync0,sync1,sync2", serial=2, pre_tasks=BREAKING),
            ["2 tenants", "{address}"],
            id="a task before the role",
            marks=pytest.mark.long,
        ),
    ],
)
def test_the_summary_of_seeded_batches_appears_once(plays: Plays, play: Play, titles: list[str]) -> None:
    run = plays.run(play)
    found = re.findall(r"^What happened on (.*)", run.output, re.MULTILINE)
    assert found == [title.format(address=plays.address) for title in titles], run.output


def test_a_summary_waits_for_no_host_that_is_skipped(plays: Plays) -> None:
    run = plays.run(
        seed("sync0,none0,odd0,broken0", pre_tasks=BREAKING),
        seed("none1,sync1", strategy="free"),
        # Hosts that cannot be reached are rows of the summary, with the reason.
        seed("far2,far20"),
        ANSIBLE_SHOW_CUSTOM_STATS="true",
    )
    summaries = re.findall(r"^What happened on (.*)\n(.*)", run.output, re.MULTILINE)
    assert [title for title, _table in summaries] == ["2 tenants, 1 failed", plays.address, "2 tenants, 2 failed"]
    assert len(re.findall(r"^    .*Failed to connect to the host via ssh: ", run.output, re.MULTILINE)) == 2
    (line,) = (line for line in run.output.partition("CUSTOM STATS")[2].splitlines() if "qlik_seed" in line)
    statistics = json.loads(line.partition("RUN:")[2])["qlik_seed"]
    assert {host: found["failed"] for host, found in statistics.items()} == {
        "sync0": False,
        "odd0": True,
        "sync1": False,
        "far2": True,
        "far20": True,
    }
    assert (run.code, failed(run)) == (2, {"broken0", "odd0", "far2", "far20"})
