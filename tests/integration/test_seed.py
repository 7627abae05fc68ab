# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook qlikops.cloud.seed, run as a user runs it."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds import areas
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import SPECS
from local_tenant.client import LocalTenant
from suites import long_after_first, long_unless

from .conftest import PlaybookRun, RunPlaybook

WHOLE_TENANT: dict[str, Any] = {
    "qlik_seed_tenant": {
        "name": "Acme Analytics",
        "hostname_alias": "acme-analytics",
        "auto_assign_create_shared_spaces_role_to_professionals": False,
        "enable_app_opening_feedback": True,
    },
    "qlik_seed_roles": [{"name": "API Key Users", "description": "May use keys", "assigned_scopes": ["api-keys"]}],
    "qlik_seed_group_settings": {
        "auto_create_groups": True,
        "everyone_assigned_roles": ["CollaborationPlatformUser"],
    },
    "qlik_seed_group_prefix": "acme-",
    "qlik_seed_group_suffix": " (prod)",
    "qlik_seed_standard_groups": {"Stewards": ["Steward"], "Builders": ["SharedSpaceCreator", "DataSpaceCreator"]},
    "qlik_seed_extra_groups": [
        {"name": "Key Users", "assigned_roles": ["API Key Users"]},
        {"name": "Falcon", "provider_type": "custom", "description": "Project", "assigned_roles": ["Steward"]},
    ],
    "qlik_seed_users": [
        {
            "subject": "ACME\\ada",
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "assigned_roles": ["TenantAdmin", "API Key Users"],
            "assigned_groups": ["Falcon"],
            "preferred_locale": "en",
        }
    ],
}
AREAS = [kind.area for kind in areas.AREAS]
APPLIED, SUMMARIZED = "Apply the description", "Summarize"


def lines(run: PlaybookRun) -> list[str]:
    """What the run says at its end."""
    shown: list[str] = run.tasks[SUMMARIZED]["lines"]
    assert all(line in run.output for line in shown)
    return shown


def problems(run: PlaybookRun, task: str) -> list[str]:
    """The lines of a message without its head and without its end, which says that nothing was changed."""
    assert run.failed == 1
    told: str = run.tasks[task]["msg"]
    assert told.endswith("Nothing was changed.")
    told = told.removesuffix("Nothing was changed.").strip()
    return [line for line in told.splitlines() if not line.startswith("There are ")]


@pytest.mark.every_core
def test_whole_tenant_in_one_run(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    before = tenant.state()
    dry = run_playbook("qlikops.cloud.seed", WHOLE_TENANT, check=True)
    assert (dry.code, dry.changed) == (0, 1), dry.output
    assert tenant.state() == before
    assert tenant.counters()["writes"] == 0

    first = run_playbook("qlikops.cloud.seed", WHOLE_TENANT)
    assert (first.code, first.changed) == (0, 1), first.output
    assert first.tasks[APPLIED]["diff"] == dry.tasks[APPLIED]["diff"]
    assert first.tasks[APPLIED]["plan"] == dry.tasks[APPLIED]["plan"]
    areas = ["tenant: updated", "roles: 1 created", "group_settings: updated", "groups: 4 created", "users: 1 created"]
    assert lines(dry)[:6] == [f"What would happen on {tenant.url.partition('//')[2]}", *areas]
    assert lines(first)[:6] == [f"What happened on {tenant.url.partition('//')[2]}", *areas]

    state = tenant.state()
    groups = {group["name"]: group for group in state["groups"]}
    assert set(groups) == {"acme-Stewards (prod)", "acme-Builders (prod)", "Key Users", "Falcon"}
    builders = groups["acme-Builders (prod)"]["assignedRoles"]
    assert {role["name"] for role in builders} == {"SharedSpaceCreator", "DataSpaceCreator"}
    ada = next(user for user in state["users"] if user["subject"] == "ACME\\ada")
    assert {role["name"] for role in ada["assignedRoles"]} == {"TenantAdmin", "API Key Users"}
    assert [group["name"] for group in ada["assignedGroups"]] == ["Falcon"]

    tenant.reset_counters()
    second = run_playbook("qlikops.cloud.seed", WHOLE_TENANT)
    assert (second.code, second.changed) == (0, 0), second.output
    assert tenant.counters()["writes"] == 0
    assert lines(second)[1:] == [
        "tenant: unchanged",
        "roles: 1 unchanged",
        "group_settings: unchanged",
        "groups: 4 unchanged",
        "users: 1 unchanged",
    ]

    edited = dict(WHOLE_TENANT, qlik_seed_standard_groups={"Stewards": ["Steward", "DataAdmin"]})
    third = run_playbook("qlikops.cloud.seed", edited, check=True)
    assert [entry["after"] for entry in third.tasks[APPLIED]["diff"]] == [
        {"name": "acme-Stewards (prod)", "provider_type": "idp", "assigned_roles": ["DataAdmin", "Steward"]}
    ]
    assert lines(third)[-1] == "  group 'acme-Stewards (prod)' (idp): updated (assigned_roles)"


@pytest.mark.long
def test_areas_are_chosen(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    run = run_playbook("qlikops.cloud.seed", {**WHOLE_TENANT, "qlik_seed_areas": ["roles", "tenant"]})
    assert run.changed == 1, run.output
    assert tenant.state()["groups"] == []
    assert lines(run)[1:3] == ["tenant: updated", "roles: 1 created"]
    assert not [line for line in lines(run) if line.startswith(("group", "user"))]
    assert run_playbook("qlikops.cloud.seed", {**WHOLE_TENANT, "qlik_seed_areas": ["groups"]}).changed == 1
    assert len(tenant.state()["groups"]) == 4


@pytest.mark.long
def test_default_catalog(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    run = run_playbook("qlikops.cloud.seed")
    assert run.tasks[APPLIED]["areas"]["groups"]["summary"]["created"] == 15
    # With the validation of Ansible itself.
    assert len(run.tasks) == 3, list(run.tasks)
    assert lines(run)[0].startswith("What happened on 127.0.0.1")
    assert lines(run)[-1] == "  ... and 5 more"
    assert run_playbook("qlikops.cloud.seed").changed == 0


@pytest.mark.long
def test_what_later_tasks_get(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    seed = {"name": "Seed", "ansible.builtin.include_role": {"name": "qlikops.cloud.qlik_seed"}}
    show = {"name": "Show", "ansible.builtin.debug": {"var": "qlik_seed_result"}}
    nothing = dict.fromkeys(("created", "updated", "deleted", "unchanged", "failed"), 0)
    left_alone, updated = {"changed": False, **nothing}, {**nothing, "changed": True, "updated": 1}
    clients = {**left_alone, "waiting_for_secrets": []}
    newest = {"ANSIBLE_INJECT_FACT_VARS": "False"}
    first = run_playbook([seed, show], WHOLE_TENANT, environment=newest).tasks["Show"]["qlik_seed_result"]
    assert {area: first.pop(area) for area in AREAS} == {
        **dict.fromkeys(AREAS, left_alone),
        "oauth_clients": clients,
        "tenant": updated,
        "roles": {**nothing, "changed": True, "created": 1},
        "group_settings": updated,
        "groups": {**nothing, "changed": True, "created": 4},
        "users": {**nothing, "changed": True, "created": 1},
    }
    # "changed" and "failed" are those of the task that every registered variable is of.
    assert (first["changed"], first["failed"], first["tenant_status"], first["reason"]) == (False, False, "seeded", [])
    assert first["plan"]["steps"] == 8
    second = run_playbook([seed, show], WHOLE_TENANT).tasks["Show"]["qlik_seed_result"]
    assert second["tenant"] == second["roles"] == {**left_alone, "unchanged": 1}
    assert second["groups"] == {**left_alone, "unchanged": 4}
    # What a user says takes the place of the default catalog, and is not merged with it.
    merging = {"ANSIBLE_HASH_BEHAVIOUR": "merge"}
    run = run_playbook([seed, show], {"qlik_seed_standard_groups": {}}, environment=merging)
    none = run.tasks["Show"]["qlik_seed_result"]
    assert {area: none[area] for area in AREAS} == {**dict.fromkeys(AREAS, left_alone), "oauth_clients": clients}


def test_a_role_that_is_applied_again_knows_nothing_of_the_first_time(
    tenant: LocalTenant, run_playbook: RunPlaybook
) -> None:
    """Whether its task works on another tenant, fails, or is refused, and nothing of the role stays in variables."""
    role = {"name": "qlikops.cloud.qlik_seed"}
    only_a: dict[str, Any] = {"qlik_seed_standard_groups": {"A": []}}
    found = {"found": "{{ qlik_seed_result }}"}
    kept = "{{ [found.tenant_status, found.groups.created, found.plan.steps | default('none')] }}"
    look = "{{ hostvars[inventory_hostname] | select('match', '__qlik|qlik_seed|qlik_audit') | list }}"
    tasks: list[dict[str, Any]] = [
        {"ansible.builtin.include_role": role, "vars": only_a},
        {"name": "first", "ansible.builtin.debug": {"msg": kept}, "vars": found},
        {"ansible.builtin.include_role": role, "vars": {**only_a, "qlik_seed_areas": ["users"]}},
        {"name": "second", "ansible.builtin.debug": {"msg": kept}, "vars": found},
        {
            "block": [{"ansible.builtin.include_role": role, "vars": {"qlik_seed_group": []}}],
            "rescue": [{"name": "third", "ansible.builtin.debug": {"msg": kept}, "vars": found}],
        },
        {"name": "variables", "ansible.builtin.debug": {"msg": look}},
    ]
    run = run_playbook(tasks)
    assert run.code == 0, run.output
    assert [run.tasks[name]["msg"] for name in ("first", "second", "third")] == [
        ["seeded", 1, 1],
        ["seeded", 0, 0],
        ["failed", 0, "none"],
    ]
    assert run.tasks["variables"]["msg"] == ["qlik_seed_result"]


def test_all_problems_at_once_and_nothing_is_written(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    wrong = {
        "qlik_seed_tenant": {"hostname_alias": "ab"},
        "qlik_seed_roles": [{"name": "Steward", "description": "mine"}],
        "qlik_seed_extra_groups": [{"name": "A", "assigned_roles": ["Nope"]}, {"name": "B" * 257}],
        "qlik_seed_users": [{"subject": "bob", "email": "nomail"}, {"subject": "eve", "assigned_groups": ["None"]}],
    }
    for check in (True, False):
        run = run_playbook("qlikops.cloud.seed", wrong, check=check)
        told = problems(run, APPLIED)
        for place, problem in {
            "qlik_seed_tenant.hostname_alias: ": "'ab'",
            "qlik_seed_roles[0]": "Cannot be changed from",
            "qlik_seed_extra_groups[0].assigned_roles: ": "no role 'Nope'",
            "qlik_seed_extra_groups[1].name: ": "257",
            "qlik_seed_users[0].email: ": "'nomail'",
            "qlik_seed_users[1].assigned_groups: ": "no custom group 'None'",
        }.items():
            (line,) = (line for line in told if line.startswith(place))
            assert problem in line
        assert run.failed == 1
        # Nothing would happen, so there is nothing to sum up.
        assert lines(run) == []
    assert tenant.counters()["writes"] == 0


@pytest.mark.long
def test_a_description_refers_to_itself(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    """A role that is described with its state will exist, a group of the identity provider will not be custom."""
    described: dict[str, Any] = {
        "qlik_seed_roles": [{"name": "Key Users", "state": "present"}],
        "qlik_seed_standard_groups": {"A": ["Key Users"]},
        "qlik_seed_extra_groups": [{"name": "Falcon", "provider_type": "custom", "state": "present"}],
        "qlik_seed_users": [{"subject": "bob", "assigned_groups": ["Falcon"]}],
    }
    assert run_playbook("qlikops.cloud.seed", described, check=True).code == 0
    for group in ({"name": "Falcon"}, {"name": "Falcon", "provider_type": "custom", "state": "absent"}):
        run = run_playbook("qlikops.cloud.seed", {**described, "qlik_seed_extra_groups": [group]})
        (problem, *_hints) = problems(run, APPLIED)
        assert problem.startswith("qlik_seed_users[0].assigned_groups: ")
        assert "'Falcon'" in problem
    assert tenant.counters()["writes"] == 0
    assert run_playbook("qlikops.cloud.seed", described).code == 0


@pytest.mark.long
@pytest.mark.parametrize("check", [True, False])
def test_a_mistake_in_one_entry_stops_the_whole(tenant: LocalTenant, run_playbook: RunPlaybook, check: bool) -> None:
    users = [{"name": "Ada", "email": "ada@example.com"}, {"subject": "ok", "name": "Ok"}]
    both = {"assigned_roles": ["Steward"], "assigned_role_ids": ["1"]}
    groups = [{"name": "G", **both}, {"name": "H", "assigned_roles": "Steward"}]
    wrong = {
        "qlik_seed_users": [*users, {"subject": "eve", **both}],
        "qlik_seed_extra_groups": groups,
        "qlik_seed_extra_group": [],
    }
    run = run_playbook("qlikops.cloud.seed", wrong, check=check)
    assert sorted(problems(run, APPLIED)) == [
        "qlik_seed_extra_group: Unknown variable. Did you mean qlik_seed_extra_groups?",
        "qlik_seed_extra_groups[0]: only one of assigned_roles and assigned_role_ids can be set.",
        "qlik_seed_users[0]: subject or id is missing.",
        "qlik_seed_users[2]: only one of assigned_roles and assigned_role_ids can be set.",
    ]
    assert run.code != 0
    assert "argument_spec" not in run.output.partition(APPLIED)[2]
    assert tenant.counters()["total"] == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("playbook", "needed"),
    [
        ("qlikops.cloud.seed", {}),
        ("qlikops.cloud.audit", {"qlik_audit_report_dir": "reports"}),
        ("qlikops.cloud.export", {"qlik_export_dir": "exports"}),
    ],
)
def test_a_misspelt_variable_fails_in_each_role(
    tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path, playbook: str, needed: dict[str, str]
) -> None:
    folders = {name: str(tmp_path / value) if name.endswith("_dir") else value for name, value in needed.items()}
    run = run_playbook(playbook, {**folders, "qlik_seed_extra_group": [{"name": "A"}]})
    assert run.code != 0
    assert "qlik_seed_extra_group: Unknown variable. Did you mean qlik_seed_extra_groups" in run.output
    assert tenant.counters()["total"] == 0
    assert [path.name for path in tmp_path.iterdir() if path.is_dir() and path.name in needed.values()] == []


#: A protection, an approval or a choice that comes to nothing is an error.
NEVER_NULL = {"qlik_seed_prune_protect", "qlik_seed_prune_users_protect", "qlik_seed_expected_plan"}
NEVER_BLANK = {"qlik_seed_areas", "qlik_seed_expected_plan"}


@pytest.mark.long
def test_null_counts_as_left_out(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    nulls = dict.fromkeys(SPECS["qlik_seed"].keys() - NEVER_NULL)
    run = run_playbook("qlikops.cloud.seed", {**nulls, "qlik_ca_path": None})
    assert run.tasks[APPLIED]["areas"]["groups"]["summary"]["created"] == 15, run.output
    assert "Qlik Stewards" in {group["name"] for group in tenant.groups()}
    blank = dict.fromkeys(SPECS["qlik_seed"].keys() - NEVER_BLANK, "")
    again = run_playbook("qlikops.cloud.seed", {**blank, "qlik_client_id": "", "qlik_validate_certs": ""})
    assert (again.code, again.changed) == (0, 0), again.output


@pytest.mark.long
def test_a_missing_address_is_explained(run_playbook: RunPlaybook) -> None:
    run = run_playbook("qlikops.cloud.seed", environment={"QLIK_TENANT_URL": ""})
    assert run.failed == 1
    (told,) = problems(run, APPLIED)
    for way in ("qlik_tenant_url", "QLIK_TENANT_URL", "module_defaults"):
        assert way in told


#: When the module is ended without a word: before it begins, at its first request, at its first write.
MOMENTS = {"start": "", "read": "GET", "write": "POST"}


@pytest.mark.parametrize(
    ("moment", "check"), long_unless([("write", False)], itertools.product(MOMENTS, [True, False]))
)
def test_a_module_that_is_killed_fails_the_run(
    tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path, moment: str, check: bool
) -> None:
    if moment == "write" and check:
        return
    tenant.misbehave({"match": {"method": MOMENTS[moment] or "GET"}, "action": {"delay": 2}})
    killer = threading.Thread(target=kill_module, args=(tenant, tmp_path, moment), daemon=True)
    python = tmp_path / "python"
    # The module's process says its number, and where it is to be killed at its start it is at once.
    end = "kill -9 $$" if moment == "start" else f'exec {sys.executable} "$@"'
    python.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\n{end}\n", encoding="utf-8")
    python.chmod(0o755)
    killer.start()
    run = run_playbook("qlikops.cloud.seed", check=check, options=["-e", f"ansible_python_interpreter={python}"])
    assert (run.code, run.failed) == (2, 1), run.output
    assert run.tasks[SUMMARIZED]["ansible_stats"]["data"]["qlik_seed"]["localhost"]["failed"] is True
    assert "unchanged" not in run.tasks[SUMMARIZED]["lines"]
    assert run.tasks[SUMMARIZED]["tenant_status"] == "failed"


def kill_module(tenant: LocalTenant, folder: Path, moment: str) -> None:
    """Kill the module as soon as the tenant has got the first request, or the first write."""
    if moment == "start":
        return
    while tenant.counters()["total" if moment == "read" else "writes"] < 1:
        time.sleep(0.02)
    os.kill(int((folder / "pid").read_text()), signal.SIGKILL)


@pytest.mark.every_core
def test_texts_are_shown_as_they_are(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    run = run_playbook("qlikops.cloud.seed", {"qlik_seed_standard_groups": {"Café": ["Steward"]}}, options=["-v"])
    assert "  group 'Café' (idp): created" in lines(run)
    (entry,) = run.tasks[APPLIED]["diff"]
    assert entry["after"]["name"] == "Café"
    result = run.output.partition(APPLIED)[2].partition("changed: [localhost]")[2]
    assert "Café" in result
    assert "\\u00e9" not in result


@pytest.mark.parametrize(
    ("variables", "message"),
    long_after_first(
        (
            {"qlik_seed_extra_groups": [{"name": "A", "role": "x"}]},
            "qlik_seed_extra_groups[0].role: Not a supported option.",
        ),
        (
            {"qlik_seed_standard_groups": {"A": [], False: ["Steward"]}},
            "qlik_seed_standard_groups (a group name): Must be a string, not the boolean false. Quote it",
        ),
        (
            {"qlik_seed_extra_groups": [{"name": 7}]},
            "qlik_seed_extra_groups[0].name: Must be a string, not the number 7",
        ),
        (
            {"qlik_seed_prune": True, "qlik_seed_max_deletions": -1},
            "qlik_seed_max_deletions: Must be at least 0, not -1.",
        ),
        (
            {"qlik_seed_prune": True, "qlik_seed_standard_groups": {}},
            "would delete everything. To proceed anyway, set `qlik_seed_max_deletions`.",
        ),
        (
            {"lost": None, "qlik_seed_prune": True, "qlik_seed_prune_protect": "{{ lost }}"},
            "qlik_seed_prune_protect: Null protects no object.",
        ),
        ({"qlik_seed_expected_plan": "sha256:0"}, "qlik_seed_expected_plan: 'sha256:0' is not the fingerprint"),
        (
            {"qlik_seed_expected_plan": "sha256:" + 64 * "0"},
            "qlik_seed_expected_plan: The current plan is not the approved",
        ),
        ({"qlik_api_key": "wrong-key-wrong-key"}, "401"),
        ({"qlik_client_id": "only-half"}, "client_secret is missing"),
    ),
)
def test_bad_variables(tenant: LocalTenant, run_playbook: RunPlaybook, variables: Any, message: str) -> None:
    run = run_playbook("qlikops.cloud.seed", variables)
    assert run.failed == 1
    assert message in run.output
    assert tenant.counters()["writes"] == 0


def test_an_approval_that_is_lost(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    """It is null with newer cores, and an empty text with older ones."""
    options = {"groups": [{"name": "New"}], "expected_plan": "{{ approved_plan | default(omit) }}"}
    tasks = [
        {"qlikops.cloud.qlik_configuration": options, "vars": {"approved_plan": None}, "ignore_errors": True},
        {"qlikops.cloud.qlik_configuration": options, "check_mode": True},
    ]
    run = run_playbook(tasks)
    assert "expected_plan: " in run.output
    assert (run.code, run.changed) == (0, 1), run.output
    assert tenant.counters()["writes"] == 0


def test_connection_of_each_host(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Any) -> None:
    inventory = tmp_path / "hosts.yml"
    host = {
        "qlik_tenant_url": tenant.url,
        "qlik_client_id": tenant.client_id,
        "qlik_client_secret": tenant.client_secret,
    }
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"acme": host}}}), encoding="utf-8")
    without = {"QLIK_TENANT_URL": "", "QLIK_API_KEY": ""}
    run = run_playbook("qlikops.cloud.seed", inventory=str(inventory), environment=without)
    assert (run.code, run.changed) == (0, 1), run.output
    assert tenant.client_secret not in run.output
