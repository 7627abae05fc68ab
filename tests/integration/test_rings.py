# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes in rings: a ring in which too many tenants fail is the last one, and the summary covers the whole run."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant

from .conftest import Play, ansible_environment
from .test_guides import steps

SEED = "qlikops.cloud.seed"
ROLE = "qlikops.cloud.qlik_seed"
GOOD: Play = {"qlik_seed_extra_groups": [{"name": "Analysts", "assigned_roles": ["Steward"]}]}
#: Descriptions that fail: on the tenant, before a request, in a template, and because there is no connection.
UNKNOWN_ROLE: Play = {"qlik_seed_extra_groups": [{"name": "Analysts", "assigned_roles": ["No such role"]}]}
MISSPELLED: Play = {**GOOD, "qlik_seed_grups": []}
UNDEFINED: Play = {"qlik_seed_extra_groups": "{{ nowhere.groups }}"}
UNREACHABLE: Play = {**GOOD, "qlik_tenant_url": "http://127.0.0.1:9"}
TENANTS = 60


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=TENANTS) as server:
        yield server


@dataclass(frozen=True)
class Run:
    """What a run did.

    :param titles: the first line of each summary.
    :param failed: the number of failed tasks of each host that has run a task.
    :param touched: the hosts whose tenants have received a request.
    """

    code: int
    output: str
    titles: list[str]
    failed: dict[str, int]
    touched: set[str]

    @property
    def end(self) -> list[str]:
        """The lines on how far the run has got."""
        lines = r"^(?:Stopped after|Completed|Tenants of later|To continue|To repeat).*"
        return re.findall(lines, self.output, re.MULTILINE)


class Fleet:
    """Runs playbooks over the tenants t01, t02, ..."""

    def __init__(self, server: LocalTenant, folder: Path) -> None:
        self.tenants = {f"t{number:02}": tenant for number, tenant in enumerate(server.tenants, 1)}
        self.variables: dict[str, Any] = {"qlik_seed_standard_groups": {}, **GOOD}
        self._folder = folder
        for tenant in server.tenants:
            tenant.reset()

    def run(
        self,
        count: int,
        descriptions: dict[str, Play],
        *arguments: str,
        playbook: str | Sequence[Play] = SEED,
        **environment: str,
    ) -> Run:
        """Run a playbook over the first tenants, some of which have descriptions of their own."""
        for tenant in self.tenants.values():
            tenant.reset_counters()
        connections = {
            host: {"qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key}
            for host, tenant in list(self.tenants.items())[:count]
        }
        hosts = {host: {**connection, **descriptions.get(host, {})} for host, connection in connections.items()}
        inventory = self._folder / "hosts.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": self.variables}}), encoding="utf-8")
        if not isinstance(playbook, str):
            (self._folder / "own.yml").write_text(yaml.safe_dump(playbook), encoding="utf-8")
            playbook = str(self._folder / "own.yml")
        done = subprocess.run(
            ["ansible-playbook", "-i", str(inventory), playbook, *arguments],
            env=ansible_environment(self._folder, QLIK_RETRIES="0", **environment),
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        output = done.stdout + done.stderr
        assert "Traceback" not in output, output
        recap = re.findall(r"^(\S+) +: ok=.* failed=(\d+)", output.partition("PLAY RECAP")[2], re.MULTILINE)
        touched = {host for host, tenant in self.tenants.items() if tenant.requests()}
        titles = re.findall(r"^What (?:would happen|happened) on (.*)", output, re.MULTILINE)
        return Run(done.returncode, output, titles, {host: int(failed) for host, failed in recap}, touched)

    def seeded(self) -> set[str]:
        """The hosts whose tenants have the group of the description."""
        groups = {host: {group["name"] for group in tenant.groups()} for host, tenant in self.tenants.items()}
        return {host for host, names in groups.items() if "Analysts" in names}


@pytest.fixture
def fleet(server: LocalTenant, tmp_path: Path) -> Fleet:
    return Fleet(server, tmp_path)


def rings(serial: Any, limit: Any = None) -> tuple[str, str]:
    """The extra variables for rings."""
    return "-e", json.dumps({"qlik_serial": serial, "qlik_max_fail_percentage": limit})


def hosts(first: int, last: int) -> set[str]:
    return {f"t{number:02}" for number in range(first, last + 1)}


TO_CONTINUE = (
    "To continue, correct the causes and run the same command again. It starts with the first ring, and tenants that"
    " are already seeded stay unchanged."
)


@pytest.mark.every_core
def test_a_failure_among_the_first_five_spares_the_others(fleet: Fleet) -> None:
    given = rings([5, "100%"], 0)
    stopped = fleet.run(TENANTS, {"t03": UNKNOWN_ROLE}, *given, ANSIBLE_SHOW_CUSTOM_STATS="true")
    assert (stopped.code, stopped.touched) == (2, hosts(1, 5)), stopped.output
    _success, summary = (block for language, block in steps("guide_rings.rst") if language == "text")
    assert stopped.titles == ["5 of 60 tenants, 1 failed"]
    assert summary in stopped.output
    assert stopped.end == [
        "Stopped after ring 1 of 2: 1 of 5 tenants failed, and qlik_max_fail_percentage is 0.",
        "Tenants of later rings, which were not started: 55.",
        TO_CONTINUE,
        "To repeat only the failed tenants, add --limit t03",
    ]
    assert stopped.failed == {**dict.fromkeys(hosts(1, 5), 0), "t03": 1}
    assert "Role names are case-sensitive." in stopped.output.partition("fatal: [t03]: FAILED!")[2].split("\n")[0]
    (line,) = (line for line in stopped.output.partition("CUSTOM STATS")[2].splitlines() if "qlik_seed" in line)
    statistics = json.loads(line.partition("RUN:")[2])["qlik_seed"]
    assert {host: found["failed"] for host, found in statistics.items()} == {
        host: host == "t03" for host in hosts(1, 5)
    }
    # The cause is corrected. The limit leaves two tenants for the second ring.
    done = fleet.run(TENANTS, {}, *given, "--limit", ",".join(hosts(1, 7)))
    assert (done.code, done.touched, done.titles) == (0, hosts(1, 7), ["7 of 7 tenants"]), done.output
    assert done.end == ["Completed ring 2 of 2."]
    assert "\nt01   1 unchanged\n" in done.output
    assert "\nt03   1 created\n" in done.output
    assert fleet.seeded() == hosts(1, 7)


@pytest.mark.every_core
def test_a_ring_in_which_all_tenants_fail_is_the_last_one(fleet: Fleet) -> None:
    """The failures differ. The first of them is alone in its ring, and the limit permits it."""
    descriptions = {"t02": UNDEFINED, "t03": MISSPELLED, "t04": UNREACHABLE}
    run = fleet.run(6, descriptions, *rings("2, 2", "50%"))
    assert (run.code, fleet.seeded(), run.touched) == (2, {"t01"}, {"t01"}), run.output
    assert run.titles == ["4 of 6 tenants, 3 failed"]
    for reason in ("nowhere", "qlik_seed_grups: Unknown variable.", "Cannot connect to "):
        assert re.search(rf"^    .*{reason}", run.output, re.MULTILINE), run.output
    assert run.end == [
        "Stopped after ring 2 of 3: 2 of 2 tenants failed, and a ring in which all tenants fail stops the run.",
        "Tenants of later rings, which were not started: 2.",
        TO_CONTINUE,
        "To repeat only the failed tenants, add --limit t02,t03,t04",
    ]
    assert run.failed == {"t01": 0, "t02": 1, "t03": 1, "t04": 1}


@pytest.mark.long
def test_failures_within_the_limit(fleet: Fleet) -> None:
    """As in a survey: texts. Each ring has one failure, and the last one is as large as the limit permits."""
    run = fleet.run(6, {"t02": UNKNOWN_ROLE, "t05": UNKNOWN_ROLE}, *rings("3,100%", "34"), "--check", "-f", "1")
    assert (run.code, run.touched, fleet.seeded()) == (2, hosts(1, 6), set()), run.output
    assert run.titles == ["6 of 6 tenants, 2 failed"]
    assert run.output.count("What would happen on") == 1
    assert run.end == ["Completed ring 2 of 2.", "To repeat only the failed tenants, add --limit t02,t05"]
    assert run.failed == {**dict.fromkeys(hosts(1, 6), 0), "t02": 1, "t05": 1}


@pytest.mark.long
def test_approved_plans(fleet: Fleet) -> None:
    """A tenant whose plan was not approved fails, and a tenant that is seeded already needs no approval."""
    stats = {"ANSIBLE_SHOW_CUSTOM_STATS": "true"}
    planned = fleet.run(3, {}, *rings([1, "100%"], 0), "--check", **stats)
    (line,) = (line for line in planned.output.partition("CUSTOM STATS")[2].splitlines() if "qlik_seed" in line)
    found = json.loads(line.partition("RUN:")[2])["qlik_seed"]
    plans = {host: tenant["plan"]["fingerprint"] for host, tenant in found.items()}
    assert plans.keys() == hosts(1, 3)
    given = ("-e", json.dumps({"qlik_seed_expected_plan": {**plans, "t02": None}, "qlik_seed_require_plan": True}))
    run = fleet.run(3, {}, *rings([1, 1, "100%"], 0), *given)
    assert (run.code, fleet.seeded()) == (2, {"t01"}), run.output
    assert run.end[0].startswith("Stopped after ring 2 of 3: 1 of 1 tenants failed")
    approved = ("-e", json.dumps({"qlik_seed_expected_plan": plans, "qlik_seed_require_plan": True}))
    assert fleet.run(3, {}, *rings([1, 1, "100%"], 0), *approved).code == 0
    assert fleet.seeded() == hosts(1, 3)


BAD: list[tuple[Any, Any, str]] = [
    (0, None, "qlik_serial: 0 must be a number of tenants from 1, or a percentage from 1% to 100%."),
    ([1, "150%"], None, "qlik_serial[1]: '150%' must be"),
    ("some", None, "qlik_serial: 'some' must be"),
    ([], None, "qlik_serial: Must not be empty."),
    (1, "-1", "qlik_max_fail_percentage: '-1' must be a percentage from 0 to 100."),
    ("", 5, "qlik_max_fail_percentage: Requires qlik_serial,"),
]
OTHERS = [pytest.param(*bad, marks=pytest.mark.long) for bad in BAD[1:]]


@pytest.mark.parametrize("playbook", [SEED, "qlikops.cloud.onboard"])
@pytest.mark.parametrize(
    ("serial", "limit", "message"), [BAD[0], *(pytest.param(*bad, marks=pytest.mark.long) for bad in BAD[1:])]
)
def test_an_invalid_value(fleet: Fleet, serial: Any, limit: Any, message: str, playbook: str) -> None:
    run = fleet.run(2, {}, *rings(serial, limit), playbook=playbook)
    assert run.code in (1, 4)
    output = " ".join(run.output.split())
    assert message in output
    assert "Nothing was changed." in output
    assert "unhandled exception" not in output
    assert run.touched == set()


NOT_IN_EFFECT = "qlik_serial and qlik_max_fail_percentage: Not in effect in this play. Its keywords with other values: "


@pytest.mark.every_core
@pytest.mark.parametrize(
    ("variables", "arguments", "playbook", "message"),
    [
        ({"qlik_serial": "1,100%"}, (), SEED, NOT_IN_EFFECT + "serial."),
        (
            {"qlik_max_fail_percentage": 0},
            rings(2)[:1] + ("qlik_serial=2",),
            SEED,
            NOT_IN_EFFECT + "max_fail_percentage.",
        ),
        pytest.param(
            {"qlik_max_fail_percentage": 0},
            (),
            SEED,
            "qlik_max_fail_percentage: Requires qlik_serial,",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"qlik_serial": 2},
            (),
            "qlikops.cloud.onboard",
            NOT_IN_EFFECT + "serial.",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {},
            rings(1, 0),
            [{"hosts": "all", "gather_facts": False, "order": "sorted", "strategy": "free", "roles": [ROLE]}],
            NOT_IN_EFFECT + "serial, max_fail_percentage, strategy, order.",
            id="keywords of an own playbook",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {},
            rings(1),
            [{"hosts": "all", "gather_facts": False, "serial": 1, "any_errors_fatal": True, "roles": [ROLE]}],
            NOT_IN_EFFECT + "any_errors_fatal.",
            id="any failure ends the play",
            marks=pytest.mark.long,
        ),
    ],
)
def test_names_without_effect_are_refused(
    fleet: Fleet, variables: Play, arguments: tuple[str, ...], playbook: str | list[Play], message: str
) -> None:
    """Ansible would ignore names in an inventory, and change all tenants at once."""
    fleet.variables.update(variables, qlik_onboard_region="eu", qlik_onboard_subscription_id="x")
    run = fleet.run(3, {}, *arguments, playbook=playbook)
    assert (run.code, run.touched) == (2, set()), run.output
    refused = len(run.failed)
    # The playbook for onboarding ends before it seeds, and a play with any_errors_fatal before it summarizes.
    ends = playbook == "qlikops.cloud.onboard" or message.endswith("any_errors_fatal.")
    titles = [] if ends else [f"{refused} tenants, {refused} failed"]
    assert run.titles == titles, run.output
    assert message in run.output
    assert "Nothing was changed." in run.output


def test_a_name_without_effect_on_one_host(fleet: Fleet) -> None:
    """The host fails, and the summary of the others has it."""
    run = fleet.run(3, {"t02": {"qlik_max_fail_percentage": 0}})
    assert (run.code, fleet.seeded(), run.titles) == (2, {"t01", "t03"}, ["3 tenants, 1 failed"]), run.output
    assert run.failed["t02"]


OWN = {
    "hosts": "all",
    "gather_facts": False,
    "serial": "{{ rings.serial | default(omit) }}",
    "max_fail_percentage": "{{ rings.max_fail_percentage | default(omit) }}",
    "strategy": "{{ rings.strategy | default(omit) }}",
    "vars": {
        "ansible_connection": "local",
        "rings": "{{ qlik_serial | default('') | qlikops.cloud.to_rings(qlik_max_fail_percentage | default('')) }}",
    },
}


@pytest.mark.long
def test_hosts_that_have_failed_in_an_earlier_play(fleet: Fleet) -> None:
    """Ansible does not count them in the later play. A ring of them has tried nothing, so no later ring starts."""
    breaking = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.assert": {"that": "inventory_hostname not in broken"}}],
    }
    plays: list[Play] = [breaking, {"ansible.builtin.import_playbook": SEED}]
    run = fleet.run(5, {}, *rings("2,100%"), "-e", '{"broken": ["t01", "t02"]}', playbook=plays)
    assert (run.code, run.touched) == (2, set()), run.output
    assert run.end[0].startswith("Stopped after ring 1 of 2: 2 of 2 tenants failed,"), run.output
    assert run.titles == ["5 of 5 tenants, 5 failed"]
    assert "This tenant is in a later ring. Nothing was changed." in run.output
    # One of them in the first ring is more than the limit permits, and is in the summary.
    run = fleet.run(5, {}, *rings("2,100%", 0), "-e", '{"broken": ["t02"]}', playbook=plays)
    assert (run.code, run.touched) == (2, {"t01"}), run.output
    assert run.titles == ["2 of 5 tenants, 1 failed"]
    assert "\nt02   -\n    The tenant failed before the role qlik_seed." in run.output


@pytest.mark.long
def test_two_plays(fleet: Fleet) -> None:
    """Each play has its own rings and its own summary. If one stops, the other does not start."""
    first, second = ({**OWN, "hosts": pattern, "roles": [ROLE]} for pattern in ("t01,t02,t03", "t03,t04,t05"))
    run = fleet.run(5, {"t04": UNKNOWN_ROLE}, *rings("1,100%", 0), playbook=[first, second], ANSIBLE_STRATEGY="free")
    assert run.titles == ["3 of 3 tenants", "3 of 3 tenants, 1 failed"], run.output
    assert run.end[0] == "Completed ring 2 of 2."
    assert (run.code, fleet.seeded()) == (2, {"t01", "t02", "t03", "t05"})
    run = fleet.run(5, {"t01": UNKNOWN_ROLE}, *rings("1,100%", 0), playbook=[first, second])
    assert (run.code, run.touched) == (2, {"t01"}), run.output
    # A playbook of the collection takes the names from its import, too.
    imported = {"ansible.builtin.import_playbook": SEED, "vars": {"qlik_serial": [1, "100%"]}}
    run = fleet.run(3, {"t01": UNKNOWN_ROLE}, playbook=[imported])
    assert (run.code, run.touched) == (2, {"t01"}), run.output


@pytest.mark.long
def test_tenants_that_a_condition_skips(fleet: Fleet) -> None:
    """They have not failed. If no later tenant is certain to follow, the summary does not wait for them."""
    role = {"name": ROLE, "when": "inventory_hostname not in skipped"}
    play = {**OWN, "roles": [role]}
    skipped = ("-e", '{"skipped": ["t01", "t03", "t05", "t06"]}')
    run = fleet.run(6, {}, *rings("1,2,100%", 0), *skipped, playbook=[play])
    assert (run.code, fleet.seeded()) == (0, {"t02", "t04"}), run.output
    assert run.titles == ["2 of 6 tenants"]
    run = fleet.run(6, {}, *rings("4,100%", 0), *skipped, playbook=[play])
    assert (run.code, run.titles, run.end) == (0, ["2 of 6 tenants"], ["Completed ring 1 of 2."]), run.output


@pytest.mark.long
def test_a_condition_of_the_whole_playbook(fleet: Fleet) -> None:
    imported = [{"import_playbook": SEED, "when": "wanted | bool"}]
    run = fleet.run(3, {}, *rings("1,100%"), "-e", "wanted=true", playbook=imported)
    assert (run.code, run.titles, run.end) == (0, ["3 of 3 tenants"], ["Completed ring 2 of 2."]), run.output


@pytest.mark.long
def test_without_rings_the_task_that_applies_the_description_fails(fleet: Fleet) -> None:
    """Without rings, the order in which Ansible counts failures does not matter."""
    run = fleet.run(3, {"t02": UNKNOWN_ROLE}, *rings(None, " "))
    assert run.output.index("fatal: [t02]: FAILED!") < run.output.index("TASK [qlikops.cloud.qlik_seed : Summarize]")
    assert (run.code, run.titles, run.end) == (2, ["3 tenants, 1 failed"], []), run.output
    batches = [{"hosts": "all", "gather_facts": False, "connection": "local", "serial": [1, 2], "roles": [ROLE]}]
    run = fleet.run(3, {}, playbook=batches)
    assert (run.code, run.titles, run.end) == (0, ["3 tenants"], []), run.output
