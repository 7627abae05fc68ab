# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module has the same result in Ansible's worker and in a process of its own, field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from local_tenant.client import LocalTenant
from modules.needed import NEEDED

from .conftest import PROCESS, Play, PlaybookRun, RunPlaybook

Json = Any
#: What is about the process, or about a request.
IRRELEVANT = {
    "exception",
    "_ansible_parsed",
    "ansible_facts",
    "module_stdout",
    "module_stderr",
    "rc",
    "trace_id",
    "days_left",
    "_ansible_no_log",
}
SECRET = "s3cr3t-in-a-query"
#: Tasks by name, in their order: a module and its options.
TASKS: dict[str, Play] = {
    "create": {"qlik_group": {"name": "A", "assigned_roles": ["Steward"]}},
    "create again": {"qlik_group": {"name": "A", "assigned_roles": ["Steward"]}},
    "template": {"qlik_group": {"name": "{{ braces }}"}},
    "many": {"qlik_groups": {"groups": [{"name": "A", "assigned_roles": []}, {"name": "B"}, {"name": "{{ braces }}"}]}},
    "partly": {"qlik_configuration": {"groups": [{"name": "C"}], "roles": [{"name": "C"}]}},
    "info": {"qlik_group_info": {"name": "A"}},
    "everything": {"qlik_configuration": {"groups": [{"name": "A"}], "report_unmanaged": True}, "check_mode": True},
    "space": {"qlik_space": {"name": "Room", "type": "shared"}},
    "member": {"qlik_space_member": {"space": "Room", "group": "A", "roles": ["consumer"]}},
    "absent": {"qlik_group": {"name": "A", "state": "absent"}, "check_mode": True},
    "date": {"qlik_group": {"name": "{{ '2026-01-02' | to_datetime('%Y-%m-%d') }}"}},
    "unquoted date": {"qlik_user": {"subject": "day", "name": date(2026, 1, 2)}},
    "date in its place": {"qlik_audit_event_info": {"since": "{{ day }}", "until": "2020-01-01"}},
    "no text": {"qlik_group": {"name": 7}},
    "null": {"qlik_group": {"name": "N", "description": None}, "check_mode": True},
    "unknown": {"qlik_group": {"nmae": "A", "name": "A"}},
    "unknown with a token": {"qlik_group": {"nmae": 1, "name": "A", "tenant_url": "https://a.example/?x={{ secret }}"}},
    "unknown below": {"qlik_groups": {"groups": [{"nmae": "A"}, {"name": "B", "assigned_roles": 7}]}},
    "type": {"qlik_groups": {"groups": [{"name": "A"}], "concurrency": "many"}},
    "choice": {"qlik_group": {"name": "A", "state": "gone"}},
    "missing": {"qlik_group": {}},
    "together": {"qlik_space_member": {"space": "Room", "space_id": "1", "group": "A", "roles": ["consumer"]}},
    "alias": {"qlik_tenant_info": {"tenant_uri": "{{ lookup('env', 'QLIK_TENANT_URL') }}"}},
    "alias and option": {
        "qlik_tenant_info": {
            "tenant_uri": "{{ lookup('env', 'QLIK_TENANT_URL') }}",
            "tenant_url": "{{ lookup('env', 'QLIK_TENANT_URL') }}",
        }
    },
    "deprecated": {"qlik_tenant": {"enable_analytic_creation": True}},
    "wrong credential": {"qlik_tenant_info": {"api_key": "{{ secret }}", "retries": 0}},
    "two credentials": {"qlik_tenant_info": {"api_key": "{{ secret }}", "access_token": "b"}},
    "unreachable": {"qlik_tenant_info": {"tenant_url": "http://127.0.0.1:9", "api_key": "{{ secret }}", "retries": 0}},
    "mistakes": {"qlik_user": {"subject": "s", "email": "none", "name": "  ", "assigned_roles": ["Nope"]}},
    "prune": {"qlik_groups": {"groups": [{"name": "A"}], "prune": True, "prune_protect": "{{ braces }}\nB,*"}},
    "null protection": {"qlik_groups": {"groups": [{"name": "A"}], "prune": True, "prune_protect": None}},
    "defaults": {"qlik_group": {"name": "A"}, "module_defaults": {"qlik_group": {"description": "by default"}}},
}
#: One of each shape: a write, a list, a refusal by Ansible, one by the collection, a failure, and a secret.
SHORT = ["create", "many", "everything", "unknown with a token", "no text", "type", "wrong credential"]
SHORT += ["unquoted date", "date in its place"]
VARIABLES: Play = {"braces": "{{ '{{' }} 7*7 }}", "day": date(2026, 1, 2), "secret": SECRET}


def tasks_of(tasks: Mapping[str, Play]) -> list[Play]:
    found = []
    for name, task in tasks.items():
        renamed: Play = {}
        for key, value in task.items():
            if key == "module_defaults":
                value = {f"qlikops.cloud.{module}": options for module, options in value.items()}
            renamed[f"qlikops.cloud.{key}" if key.startswith("qlik_") else key] = value
        found.append({"name": name, **renamed, "ignore_errors": True})
    return found


#: A time, the ID of a trace, and other IDs: no two runs have the same.
CHANCE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?P<trace>(?<=trace )[0-9a-f]+)|(?P<id>\b(?:[0-9a-f]{24,40}|[\w-]{32})\b)"
)


def alike(results: Mapping[str, Json]) -> dict[str, Json]:
    """Results without what differs between any two runs; each ID has a number."""
    numbers: dict[str, str] = {}

    def of_chance(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"id {len(numbers)}") if found["id"] else str(found.lastgroup)

    def shown(value: Json) -> Json:
        if isinstance(value, dict):
            # Events of one millisecond have no order, so their IDs cannot be numbered.
            unordered = {"events": sorted(map(shape_of, value["events"]))} if "events" in value else {}
            return {key: shown({**value, **unordered}[key]) for key in sorted(value) if key not in IRRELEVANT}
        if isinstance(value, list):
            return [shown(each) for each in value]
        return CHANCE.sub(of_chance, value) if isinstance(value, str) else value

    comparable: dict[str, Json] = shown(results)
    for result in comparable.values():
        result["warnings"] = [words_of(warning) for warning in result.get("warnings", [])]
    return comparable


def shape_of(value: Json) -> str:
    """A text that is the same for values that differ only by chance."""
    return CHANCE.sub("", json.dumps(value, sort_keys=True))


def words_of(warning: Json) -> str:
    return warning if isinstance(warning, str) else str(warning["event"]["msg"])


def run_both(run_playbook: RunPlaybook, tenant: LocalTenant, tasks: list[Play], **options: Any) -> tuple[Any, Any]:
    runs: list[PlaybookRun] = []
    states = []
    for way in ({"QLIK_RUN_MODULES": "worker"}, PROCESS):
        tenant.reset()
        tenant.misbehave({"match": {"method": "POST", "path": "/api/v1/roles"}, "action": {"status": 500}})
        tenant.reset_counters()
        environment = {**way, "QLIK_RETRIES": "0", "ANSIBLE_INJECT_INVOCATION": "true"}
        runs.append(run_playbook(tasks, VARIABLES, environment=environment, options=["-vvv"], **options))
        states.append(sorted(group["name"] for group in tenant.groups()))
        assert SECRET not in runs[-1].output
    assert states[0] == states[1]
    return runs[0], runs[1]


@pytest.mark.every_core
def test_both_ways_have_the_same_result(run_playbook: RunPlaybook, tenant: LocalTenant) -> None:
    worker, process = run_both(run_playbook, tenant, tasks_of({name: TASKS[name] for name in SHORT}))
    assert alike(worker.tasks) == alike(process.tasks)
    assert worker.tasks["create"]["changed"]
    assert worker.tasks["unquoted date"]["msg"] == (
        "name: Must be a string, not the date 2026-01-02. Quote it: without quotes YAML reads it as a date."
        " Nothing was changed."
    )
    # The option of a date can be one.
    assert "2026-01-02" in worker.tasks["date in its place"]["msg"]
    assert "Must be a string" not in worker.tasks["date in its place"]["msg"]
    assert "runs in its own process because QLIK_RUN_MODULES is process" in process.output
    assert "runs in its own process" not in worker.output


@pytest.mark.long
@pytest.mark.parametrize("check", [False, True])
def test_each_sort_of_task(run_playbook: RunPlaybook, tenant: LocalTenant, check: bool) -> None:
    worker, process = run_both(run_playbook, tenant, tasks_of(TASKS), check=check)
    found, expected = alike(worker.tasks), alike(process.tasks)
    assert found.keys() == expected.keys() == TASKS.keys()
    for name in TASKS:
        assert found[name] == expected[name], name


@pytest.mark.long
@pytest.mark.parametrize("check", [False, True])
def test_each_module(run_playbook: RunPlaybook, tenant: LocalTenant, check: bool) -> None:
    tasks = tasks_of({module: {module: options} for module, options in NEEDED.items()})
    worker, process = run_both(run_playbook, tenant, tasks, check=check)
    found, expected = alike(worker.tasks), alike(process.tasks)
    assert found.keys() == expected.keys() == NEEDED.keys()
    for module in NEEDED:
        assert found[module] == expected[module], module
