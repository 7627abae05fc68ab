# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exporting what a tenant holds, and seeding from it."""

from __future__ import annotations

import json
import os
import stat
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant

from .conftest import RunPlaybook

HOSTILE = [
    "{{ 6 * 7 }}",
    "{% raw %}",
    "{# no comment #}",
    "quote ' and \" and \\",
    "# no comment",
    "- no list",
    "no: mapping",
    "true",
    "2026-01-01",
    "~",
    "new\nline",
    "  spaces around  ",
    "\u202eright to left",
    "emoji \U0001f600",
    "!unsafe no tag",
    "next\x85line\u2028and\u2029paragraph",
    "bell \x07",
]


def plant(tenant: LocalTenant) -> None:
    tenant.set_tenant(name="Acme {{ 1 }}", settings={"auto_create_groups": True, "everyone_roles": ["Steward"]})
    tenant.plant_roles([{"name": "Keys", "description": "{{ 2 }}", "assignedScopes": ["api-keys"]}, {"name": "Bare"}])
    groups: list[dict[str, Any]] = [{"name": name, "assignedRoles": ["Steward", "DataAdmin"]} for name in HOSTILE]
    groups += [
        {"name": "Team", "providerType": "custom", "description": "{{ 3 }}\nline", "assignedRoles": ["Keys"]},
        {"name": "Team", "assignedRoles": []},
    ]
    tenant.plant_groups(groups)
    tenant.plant_users(
        [
            {"subject": "b\\ob", "name": "{{ bob }}", "status": "disabled", "assignedRoles": ["Steward"]},
            {"subject": "ada", "name": "Ada", "email": "ada@example.com", "assignedGroups": ["Team"]},
            {"subject": "gone", "name": "Gone", "status": "deleted"},
        ]
    )
    plant_spaces(tenant)


def plant_spaces(tenant: LocalTenant) -> None:
    """Spaces whose members can all be named if users are exported."""
    consumer = ["consumer"]
    members: list[dict[str, Any]] = [{"group": name, "roles": consumer} for name in HOSTILE]
    members += [
        {"group": "Team", "providerType": "custom", "roles": ["publisher", "consumer"]},
        {"group": "Team", "roles": consumer},
        {"group": "com.qlik.Everyone", "roles": ["basicconsumer"]},
    ]
    people = [{"user": "b\\ob", "roles": ["facilitator"]}, {"group": "Team", "roles": ["producer"]}]
    tenant.plant_spaces(
        [
            {"name": "{{ 4 }}", "type": "managed", "description": "{{ 5 }}\nline", "members": members},
            {"name": "People", "type": "shared", "owner": "ada", "members": people},
            {"name": "Data", "type": "data"},
        ]
    )


def exported_spaces(exported: Path) -> dict[str, dict[str, Any]]:
    """What the exported file describes of each space, by its name."""
    text = exported.read_text(encoding="utf-8").replace("!unsafe ", "")
    return {space.pop("name"): space for space in yaml.safe_load(text)["qlik_seed_spaces"]}


@pytest.fixture
def exported(tenant: LocalTenant, tmp_path: Path) -> Path:
    return tmp_path / "exported" / "localhost.yml"


def test_seeding_what_was_exported_changes_nothing(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path
) -> None:
    plant(tenant)
    before = tenant.state()
    variables = {"qlik_export_dir": str(exported.parent), "qlik_export_users": True}
    tenant.reset_counters()
    run = run_playbook("qlikops.cloud.export", variables)
    assert run.code == 0, run.output
    # Two for the tenant, one for each of the six other areas, one for the members of each of the three spaces, and two
    # for the names of these groups and users.
    assert (tenant.counters()["writes"], tenant.counters()["total"]) == (0, 2 + 6 + 3 + 2)
    text = exported.read_text(encoding="utf-8")
    assert tenant.api_key not in text
    for secret_or_id in [tenant.tenant_id, *(role["id"] for role in before["roles"])]:
        assert secret_or_id not in text
    assert "local|admin" in text
    assert "gone" not in text

    again = run_playbook("qlikops.cloud.export", variables)
    assert again.changed == 0
    assert exported.read_text(encoding="utf-8") == text

    seeded = run_playbook("qlikops.cloud.seed", options=["-e", f"@{exported}"])
    assert seeded.code == 0, seeded.output
    assert seeded.changed == 0, seeded.output
    assert tenant.state() == before


@pytest.mark.parametrize("with_users", [True, False])
def test_access_that_cannot_be_described_is_left_alone(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path, with_users: bool
) -> None:
    plant(tenant)
    machine = {"subject": "qlikbot", "name": "Bot", "clientId": "some-client"}
    bot, ghost = tenant.plant_users([machine, {"subject": "ghost", "name": "Ghost"}])
    group, _everyone = tenant.plant_groups([{"name": "Ghosts"}, {"name": "Everyone"}])
    team = {"group": "Team", "roles": ["consumer"]}
    unnamed: dict[str, list[dict[str, Any]]] = {
        "gone group": [{"group": "Ghosts", "roles": ["consumer"]}],
        "gone user": [{"user": "ghost", "roles": ["consumer"]}],
        "bot": [{"user": "qlikbot", "roles": ["consumer"]}],
        "odd role": [{"group": "Team", "providerType": "custom", "roles": ["publisher"]}],
        "bot of a service": [{"assigneeId": bot, "type": "bot", "roles": ["consumer"]}],
    }
    named = {"group": "Everyone", "roles": ["producer"]}
    tenant.plant_spaces([{"name": "another Everyone", "members": [named]}])
    tenant.plant_spaces([{"name": name, "members": [team, *others]} for name, others in unnamed.items()])
    tenant.plant_spaces([{"name": "owned by a bot", "owner": "qlikbot", "members": [team]}])
    tenant.plant_spaces([{"name": "what? no", "members": [team]}])
    tenant.remove_users([ghost])
    tenant.remove_groups([group])
    before = tenant.state()
    run = run_playbook(
        "qlikops.cloud.export", {"qlik_export_dir": str(exported.parent), "qlik_export_users": with_users}
    )
    assert run.code == 0, run.output
    spaces = exported_spaces(exported)
    assert list(spaces) == sorted(spaces)
    # There is a custom group of the same name.
    team["provider_type"] = "idp"
    assert spaces["another Everyone"]["members"] == [{**named, "provider_type": "idp"}]
    for name in unnamed:
        assert spaces[name] == {"type": "shared", "members": [team], "purge_members": False} | (
            {"owner": "local|admin"} if with_users else {}
        ), name
    assert spaces["owned by a bot"] == {"type": "shared", "members": [team]}
    assert "what? no" not in spaces
    assert "what? no" in exported.read_text(encoding="utf-8")
    people: dict[str, Any] = {"type": "shared", "members": [{**team, "roles": ["producer"]}]}
    if with_users:
        people["owner"] = "ada"
        people["members"].append({"user": "b\\ob", "roles": ["facilitator"]})
        assert spaces["People"] == people
    else:
        assert spaces["People"] == {**people, "purge_members": False}
        assert "local|admin" not in exported.read_text(encoding="utf-8")
    assert "purge_members" not in spaces["{{ 4 }}"]
    assert len(spaces["{{ 4 }}"]["members"]) == len(HOSTILE) + 3

    seeded = run_playbook("qlikops.cloud.seed", options=["-e", f"@{exported}"])
    assert (seeded.code, seeded.changed) == (0, 0), seeded.output
    assert "[WARNING]" not in seeded.output
    assert tenant.state() == before


@pytest.mark.parametrize("missing", ["400", "403", "404", "empty"])
def test_a_subscription_without_licence_settings(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path, missing: str
) -> None:
    variables = {"qlik_export_dir": str(exported.parent)}
    tenant.set_tenant(licence={"user_based": True, "auto_assign_analyzer": True, "auto_assign_professional": False})
    assert run_playbook("qlikops.cloud.export", variables).code == 0
    described = yaml.safe_load(exported.read_text(encoding="utf-8"))["qlik_seed_license_settings"]
    assert described == {"auto_assign_professional": False, "auto_assign_analyzer": True}

    tenant.set_tenant(licence={"user_based": False})
    tenant.guess(licence_settings_missing=missing)
    run = run_playbook("qlikops.cloud.export", variables)
    assert (run.code, run.failed) == (0, 0), run.output
    assert not yaml.safe_load(exported.read_text(encoding="utf-8")).get("qlik_seed_license_settings")
    seeded = run_playbook("qlikops.cloud.seed", options=["-e", f"@{exported}"])
    assert (seeded.code, seeded.changed) == (0, 0), seeded.output


def test_licence_settings_that_cannot_be_read_are_not_left_out(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path
) -> None:
    tenant.misbehave({"match": {"path": "/api/v1/licenses/"}, "action": {"status": 500}})
    environment = {"QLIK_RETRIES": "0"}
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parent)}, environment=environment)
    assert run.code != 0
    assert not exported.exists()


def test_another_tenant_becomes_the_same(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    plant(tenant)
    variables = {"qlik_export_dir": str(exported.parent), "qlik_export_users": True}
    run_playbook("qlikops.cloud.export", variables)
    first = exported.read_text(encoding="utf-8")
    tenant.reset()
    assert run_playbook("qlikops.cloud.seed", options=["-e", f"@{exported}"]).code == 0
    run_playbook("qlikops.cloud.export", variables)
    assert exported.read_text(encoding="utf-8") == first

    tenant.plant_groups([{"name": "Team", "providerType": "custom", "assignedRoles": ["Keys", "Steward"]}])
    run_playbook("qlikops.cloud.export", variables)
    changed = exported.read_text(encoding="utf-8")
    lines = list(unified_diff(first.splitlines(), changed.splitlines(), n=0, lineterm=""))[3:]
    assert lines == ["+      - Steward"]


def test_what_seeding_would_refuse_is_left_out(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    tenant.plant_groups([{"name": "long\n" * 60}, {"name": "Off", "status": "disabled", "assignedRoles": ["Steward"]}])
    run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parent)})
    text = exported.read_text(encoding="utf-8")
    assert "# - name: The name of a group has 1 to 256 characters, and this one has 300 (group 'long" in text
    assert "- name: 'Off'" in text
    seeded = run_playbook("qlikops.cloud.seed", options=["-e", f"@{exported}"])
    assert (seeded.code, seeded.changed) == (0, 0), seeded.output


def test_each_host_has_its_own_folder(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    variables = {"qlik_export_dir": str(tmp_path / "{{ inventory_hostname | replace('/', '') }}")}
    environment = {"ANSIBLE_STRATEGY": "free"}
    run = run_playbook("qlikops.cloud.export", variables, inventory="a/1,b,", environment=environment)
    assert run.code == 0, run.output
    assert "run_once" not in run.output
    assert (tmp_path / "a1" / "a%2F1.yml").exists()
    assert (tmp_path / "b" / "b.yml").exists()


def test_check_mode_writes_no_file(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parent)}, check=True)
    assert run.code == 0, run.output
    assert f"{exported} would be made." in run.tasks["Write the variables"]["msg"]
    assert not exported.parent.exists()

    exported.parent.mkdir(mode=0o700)
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parent)}, check=True)
    assert run.tasks["Write the variables"]["changed"] is True
    assert not exported.exists()
    assert stat.S_IMODE(exported.parent.stat().st_mode) == 0o700
    assert "qlik_seed_users" not in run.output


@pytest.mark.parametrize("folder", ["exported", "exported/{{ inventory_hostname | replace('/', '') }}"])
def test_the_name_of_a_host_is_taken_as_it_is(
    tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path, folder: str
) -> None:
    hosts = ["x$QLIK_API_KEY", "x${QLIK_API_KEY}", "~root", "a/b", "a_b", "a%2Fb", "..", "$HOME", "-rf", "a b"]
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(json.dumps({"all": {"hosts": dict.fromkeys(hosts)}}), encoding="utf-8")
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(tmp_path / folder)}, inventory=str(inventory))
    assert run.code == 0, run.output
    assert tenant.api_key not in run.output
    assert not [path for path in tmp_path.rglob("*") if tenant.api_key in str(path)]
    names = {"x$QLIK_API_KEY", "x${QLIK_API_KEY}", "~root", "a%2Fb", "a_b", "a%252Fb", "..", "$HOME", "-rf", "a b"}
    assert {path.name for path in tmp_path.rglob("*.yml")} >= {f"{name}.yml" for name in names}


def test_who_may_read_an_export(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    def mode_after(check: bool = False, **variables: Any) -> int:
        run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parent), **variables}, check=check)
        assert run.code == 0, run.output
        assert run.changed == changed
        return stat.S_IMODE(exported.stat().st_mode)

    changed = 1
    assert mode_after() == 0o600
    assert mode_after(qlik_export_mode="0640") == 0o640
    assert mode_after(qlik_export_mode="0600", check=True) == 0o640
    tenant.plant_groups([{"name": "New"}])
    assert mode_after() == 0o640
    changed = 0
    assert mode_after() == 0o640

    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parent), "qlik_export_mode": 0o640})
    assert "qlik_export_mode must be an octal number in quotes" in run.output.replace("\n", " ")


def test_an_export_follows_no_link(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    victim = exported.parent.parent / "victim"
    victim.write_text("kept")
    exported.parent.mkdir()
    exported.symlink_to(victim)
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parent)})
    assert run.code == 0, run.output
    assert victim.read_text() == "kept"
    assert "kept" not in run.output
    assert not exported.is_symlink()
    assert [path.name for path in exported.parent.iterdir()] == [exported.name]


def test_a_folder_that_cannot_be_written(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    tenant.reset_counters()
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(tmp_path / "file" / "folder")})
    assert run.code != 0
    assert tenant.counters()["total"] == 0


def test_a_folder_without_permission(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    exported.parent.mkdir(mode=0o555)
    if os.access(exported.parent, os.W_OK):
        pytest.skip("a folder that cannot be written: run the tests as another user than root")
    tenant.reset_counters()
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parent)})
    assert f"{exported.parent} cannot be written" in run.output
    assert tenant.counters()["total"] == 0


def test_a_tenant_that_is_not_reached_leaves_its_file(run_playbook: RunPlaybook, exported: Path) -> None:
    exported.parent.mkdir()
    exported.write_text("kept")
    run = run_playbook(
        "qlikops.cloud.export",
        {"qlik_export_dir": str(exported.parent), "qlik_tenant_url": "http://127.0.0.1:9"},
        environment={"QLIK_RETRIES": "0"},
    )
    assert run.code != 0
    assert exported.read_text() == "kept"


def test_something_else_than_results(run_playbook: RunPlaybook) -> None:
    wrong: list[Any] = [{}, [], {"tenant": {"hostnames": ["a"]}, "roles": [1], "groups": []}]
    for held in wrong:
        task = {"name": "T", "ansible.builtin.debug": {"msg": "{{ held | qlikops.cloud.to_seed_variables }}"}}
        run = run_playbook([task], {"held": held})
        assert "This is not what the modules return" in run.output.replace("\n", " "), json.dumps(held)
