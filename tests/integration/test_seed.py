# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook qlikops.cloud.seed, run as a user runs it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant

from .conftest import ROOT, PlaybookRun, RunPlaybook

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
AREAS = ("settings of the tenant", "custom roles", "group settings", "groups", "users")


def diffs(run: PlaybookRun) -> dict[str, Any]:
    """The diff of each area; those of looped tasks are with their items."""
    found = {}
    for area in AREAS:
        result = run.tasks[f"Ensure the {area}"]
        found[area] = result.get("diff") or [item["diff"] for item in result["results"]]
    return found


def test_whole_tenant_in_one_run(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    before = tenant.state()
    dry = run_playbook("qlikops.cloud.seed", WHOLE_TENANT, check=True)
    assert (dry.code, dry.changed) == (0, 5), dry.output
    assert tenant.state() == before
    assert tenant.counters()["writes"] == 0

    first = run_playbook("qlikops.cloud.seed", WHOLE_TENANT)
    assert (first.code, first.changed) == (0, 5), first.output
    assert diffs(first) == diffs(dry)

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
    # The preflight found nothing to do, and nothing was planned again.
    assert not {f"Ensure the {area}" for area in AREAS} & second.tasks.keys()
    assert second.tasks["Show what happened"]["msg"][1:] == [
        "tenant: unchanged",
        "custom roles: 0 changed",
        "group settings: unchanged",
        "groups: 0 created, 0 updated, 0 deleted, 4 unchanged, 0 failed",
        "users: 0 created, 0 updated, 0 deleted, 1 unchanged, 0 failed",
    ]

    edited = dict(WHOLE_TENANT, qlik_seed_standard_groups={"Stewards": ["Steward", "DataAdmin"]})
    third = run_playbook("qlikops.cloud.seed", edited, check=True)
    assert [entry["after"] for entry in third.tasks["Ensure the groups"]["diff"]] == [
        {"name": "acme-Stewards (prod)", "provider_type": "idp", "assigned_roles": ["DataAdmin", "Steward"]}
    ]


def test_tags_select_areas(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    tags = ["--tags", "qlik_seed_roles,qlik_seed_tenant"]
    run = run_playbook("qlikops.cloud.seed", WHOLE_TENANT, options=tags)
    assert run.changed == 2, run.output
    assert tenant.state()["groups"] == []
    assert run.tasks["Show what happened"]["msg"][1:] == [
        "tenant: changed",
        "custom roles: 1 changed",
        "group settings: unchanged",
    ]
    without_preflight = ["--skip-tags", "always", "--tags", "qlik_seed_groups"]
    assert run_playbook("qlikops.cloud.seed", WHOLE_TENANT, options=without_preflight).changed == 1
    assert len(tenant.state()["groups"]) == 4


def test_default_catalogue(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    run = run_playbook("qlikops.cloud.seed")
    assert run.tasks["Ensure the groups"]["summary"]["created"] == 15
    assert run.tasks["Show what happened"]["msg"][0].startswith("What happened on http://127.0.0.1")
    assert run_playbook("qlikops.cloud.seed").changed == 0


def test_preflight_lists_all_problems_and_writes_nothing(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    wrong = {
        "qlik_seed_tenant": {"hostname_alias": "ab"},
        "qlik_seed_roles": [{"name": "Steward", "description": "mine"}],
        "qlik_seed_extra_groups": [{"name": "A", "assigned_roles": ["Nope"]}, {"name": "B" * 257}],
        "qlik_seed_users": [{"subject": "bob", "email": "nomail"}, {"subject": "eve", "assigned_groups": ["None"]}],
    }
    run = run_playbook("qlikops.cloud.seed", wrong)
    problems = " ".join(run.tasks["Report all problems at once"]["msg"])
    for problem in ("'ab'", "default roles", "no role 'Nope'", "257", "'nomail'", "no custom group 'None'"):
        assert problem in problems
    assert run.failed == 1
    assert tenant.counters()["writes"] == 0


def test_preflight_counts_on_what_will_exist(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
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
        assert "no custom group 'Falcon'" in " ".join(run.tasks["Report all problems at once"]["msg"])
    assert tenant.counters()["writes"] == 0
    assert run_playbook("qlikops.cloud.seed", described).code == 0


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"qlik_seed_extra_groups": [{"name": "A", "role": "x"}]}, "qlik_seed_extra_groups"),
        ({"qlik_seed_standard_groups": {"A": [], False: ["Steward"]}}, "groups[1].name is the boolean false"),
        ({"qlik_seed_extra_groups": [{"name": 7}], "qlik_seed_standard_groups": {}}, "groups[0].name is the number 7"),
        ({"qlik_api_key": "wrong-key-wrong-key"}, "401"),
        ({"qlik_client_id": "only-half"}, "client_secret is missing"),
    ],
)
def test_bad_variables(tenant: LocalTenant, run_playbook: RunPlaybook, variables: Any, message: str) -> None:
    run = run_playbook("qlikops.cloud.seed", variables)
    assert run.failed == 1
    assert message in run.output
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


def test_example_of_the_readme(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    blocks = (ROOT / "README.md").read_text(encoding="utf-8").split("```yaml\n")[1:]
    examples = [yaml.safe_load(block.split("```")[0]) for block in blocks]
    variables = next(example for example in examples if "qlik_seed_tenant" in example)
    assert run_playbook("qlikops.cloud.seed", variables).changed == 5
    assert run_playbook("qlikops.cloud.seed", variables).changed == 0
    tenant.reset()
    play = next(example for example in examples if isinstance(example, list))
    assert run_playbook(play[0]["tasks"]).code == 0
