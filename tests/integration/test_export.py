# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exporting what a tenant holds, and seeding from it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant, TenantHandle
from suites import long_after_first

from .conftest import RunPlaybook, ansible_environment

NAME = "qlik_tenant.yml"
#: The task of the role.
EXPORTED = "Export the tenant"
#: How exports began when they had no name of their own.
OLDER = "---\n# What the Qlik Cloud tenant acme.us.qlikcloud.com holds, for the role qlikops.cloud.qlik_seed.\n"
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


def plant(tenant: TenantHandle) -> None:
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
    tenant.set_tenant(
        tenant_settings={"customizeNoAccess": {"linkEnabled": True, "message": "{{ 6 }}"}, "releaseCadence": "monthly"},
        session_policy={"dcr": True, "inactivity_minutes": 30},
        api_key_settings={"max_keys": 0, "max_expiry": "PT36H"},
    )


def plant_spaces(tenant: TenantHandle) -> None:
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
    return tmp_path / "exported" / "localhost" / NAME


@pytest.mark.every_core
def test_seeding_what_was_exported_changes_nothing(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path
) -> None:
    plant(tenant)
    before = tenant.state()
    variables = {"qlik_export_dir": str(exported.parents[1]), "qlik_export_users": True}
    tenant.reset_counters()
    run = run_playbook("qlikops.cloud.export", variables)
    assert run.code == 0, run.output
    counters = tenant.counters()
    assert counters["writes"] == 0
    # Nothing is read twice but the members of spaces, and the tenant's own ID, which another area is addressed by.
    repeated = {route: count for route, count in counters["routes"].items() if count > 1}
    assert repeated.pop("GET /spaces/{id}/assignments") == 3
    assert repeated.keys() <= {"GET /tenants/me"}
    text = exported.read_text(encoding="utf-8")
    assert tenant.api_key not in text
    for secret_or_id in [tenant.tenant_id, *(role["id"] for role in before["roles"])]:
        assert secret_or_id not in text
    assert "local|admin" in text
    assert "gone" not in text

    again = run_playbook("qlikops.cloud.export", variables)
    assert again.changed == 0
    assert exported.read_text(encoding="utf-8") == text

    # Everybody is described, so that nobody is a leaver.
    seeded = run_playbook("qlikops.cloud.seed", options=["-e", f"@{exported}", "-e", "qlik_seed_prune_users=true"])
    assert seeded.code == 0, seeded.output
    assert seeded.changed == 0, seeded.output
    assert tenant.state() == before


@pytest.mark.long
@pytest.mark.parametrize("with_users", [True, False])
def test_access_that_cannot_be_described_is_left_alone(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path, with_users: bool
) -> None:
    plant(tenant)
    # To allow it is a warning of its own.
    tenant.set_tenant(session_policy={"dcr": False})
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
        "qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1]), "qlik_export_users": with_users}
    )
    assert run.code == 0, run.output
    spaces = exported_spaces(exported)
    assert list(spaces) == sorted(spaces)
    # There is a custom group of the same name.
    team["provider_type"] = "idp"
    assert spaces["another Everyone"]["members"] == [{**named, "provider_type": "idp"}]
    shared = {"type": "shared", "description": ""}
    for name in unnamed:
        assert spaces[name] == {**shared, "members": [team], "purge_members": False} | (
            {"owner": "local|admin"} if with_users else {}
        ), name
    assert spaces["owned by a bot"] == {**shared, "members": [team]}
    assert "what? no" not in spaces
    assert "what? no" in exported.read_text(encoding="utf-8")
    people: dict[str, Any] = {**shared, "members": [{**team, "roles": ["producer"]}]}
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


@pytest.mark.long
@pytest.mark.parametrize("missing", ["400", "403", "404", "empty"])
def test_a_subscription_without_license_settings(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path, missing: str
) -> None:
    variables = {"qlik_export_dir": str(exported.parents[1])}
    tenant.set_tenant(license={"user_based": True, "auto_assign_analyzer": True, "auto_assign_professional": False})
    assert run_playbook("qlikops.cloud.export", variables).code == 0
    described = yaml.safe_load(exported.read_text(encoding="utf-8"))["qlik_seed_license_settings"]
    assert described == {"auto_assign_professional": False, "auto_assign_analyzer": True}

    tenant.set_tenant(license={"user_based": False})
    tenant.guess(license_settings_missing=missing)
    run = run_playbook("qlikops.cloud.export", variables)
    assert (run.code, run.failed) == (0, 0), run.output
    assert not yaml.safe_load(exported.read_text(encoding="utf-8")).get("qlik_seed_license_settings")
    seeded = run_playbook("qlikops.cloud.seed", options=["-e", f"@{exported}"])
    assert (seeded.code, seeded.changed) == (0, 0), seeded.output


@pytest.mark.long
def test_license_settings_that_cannot_be_read_are_not_left_out(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path
) -> None:
    tenant.misbehave({"match": {"path": "/api/v1/licenses/"}, "action": {"status": 500}})
    environment = {"QLIK_RETRIES": "0"}
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1])}, environment=environment)
    assert run.code != 0
    assert not exported.exists()


@pytest.mark.long
def test_another_tenant_becomes_the_same(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    plant(tenant)
    variables = {"qlik_export_dir": str(exported.parents[1]), "qlik_export_users": True}
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


def test_an_audit_sees_what_is_changed_by_hand(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path, tmp_path: Path
) -> None:
    tenant.set_tenant(tenant_settings={"releaseCadence": "monthly"})
    tenant.plant_groups([{"name": "Team", "providerType": "custom"}])
    tenant.plant_users([{"subject": "ada", "name": "Ada", "assignedRoles": ["TenantAdmin"]}])
    run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1]), "qlik_export_users": True})

    def audit() -> dict[str, Any]:
        variables = {"qlik_audit_report_dir": str(tmp_path / "reports"), "qlik_audit_formats": ["json"]}
        run = run_playbook("qlikops.cloud.audit", variables, options=["-e", f"@{exported}"])
        assert run.code == 0, run.output
        (found,) = json.loads((tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))["tenants"]
        areas = {area["area"]: area for area in found["areas"]}
        assert {area for area, each in areas.items() if each["status"] == "not_described"} == set()
        return {"status": found["status"], **areas}

    assert audit()["status"] == "in_sync"

    tenant.plant_users([{"subject": "ada", "status": "disabled"}])
    tenant.plant_users([{"subject": "local|plain", "assignedGroups": ["Team"]}])
    tenant.plant_groups([{"name": "Unknown", "assignedRoles": ["TenantAdmin"]}])
    tenant.plant_spaces([{"name": "Unknown"}])
    found = audit()
    assert found["status"] == "drift"
    users = {each["name"]: (each["before"], each["after"]) for each in found["users"]["objects"] if each["before"]}
    assert [[side["status"] for side in users["ada"]], len(users)] == [["disabled", "active"], 2]
    assert [side["assigned_groups"] for side in users["local|plain"]] == [["Team"], []]
    for area in ("groups", "spaces"):
        assert [each["name"] for each in found[area]["unmanaged_objects"]] == ["Unknown"]


@pytest.mark.long
def test_what_seeding_would_refuse_is_left_out(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    tenant.plant_groups([{"name": "long\n" * 60}, {"name": "Off", "status": "disabled", "assignedRoles": ["Steward"]}])
    tenant.plant("csp_origins", [{"name": "P", "origin": "portal.example.com/path"}])
    run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1])})
    text = exported.read_text(encoding="utf-8")
    assert "# - origin: The origin 'portal.example.com/path' must not have a path." in text
    assert "(CSP origin 'P')" in text
    assert "- name: 'Off'" in text
    seeded = run_playbook("qlikops.cloud.seed", options=["-e", f"@{exported}"])
    assert (seeded.code, seeded.changed) == (0, 0), seeded.output


@pytest.mark.long
def test_each_host_has_its_own_folder(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    folder = str(tmp_path / "{{ inventory_hostname | replace('/', '') }}")
    variables = {"qlik_export_dir": folder, "qlik_tenant_url": tenant.url}
    environment = {"ANSIBLE_STRATEGY": "free"}
    run = run_playbook("qlikops.cloud.export", variables, inventory="a/1,b,", environment=environment)
    assert run.code == 0, run.output
    assert "run_once" not in run.output
    assert (tmp_path / "a1" / "a%2F1" / NAME).exists()
    assert (tmp_path / "b" / "b" / NAME).exists()


def test_check_mode_writes_no_file(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1])}, check=True)
    assert run.code == 0, run.output
    assert f"would write {exported}: " in run.tasks[EXPORTED]["msg"]
    assert not exported.parents[1].exists()

    exported.parents[1].mkdir(mode=0o700)
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1])}, check=True)
    assert run.tasks[EXPORTED]["changed"] is True
    assert not exported.parent.exists()
    assert stat.S_IMODE(exported.parents[1].stat().st_mode) == 0o700
    assert "qlik_seed_users" not in run.output


@pytest.mark.long
@pytest.mark.parametrize("folder", ["exported", "exported/{{ inventory_hostname | replace('/', '') }}"])
def test_the_name_of_a_host_is_taken_as_it_is(
    tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path, folder: str
) -> None:
    hosts = ["x$QLIK_API_KEY", "x${QLIK_API_KEY}", "~root", "a/b", "a_b", "a%2Fb", "..", "$HOME", "-rf", "a b"]
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(json.dumps({"all": {"hosts": dict.fromkeys(hosts)}}), encoding="utf-8")
    variables = {"qlik_export_dir": str(tmp_path / folder), "qlik_tenant_url": tenant.url}
    run = run_playbook("qlikops.cloud.export", variables, inventory=str(inventory))
    assert run.code == 0, run.output
    assert tenant.api_key not in run.output
    assert not [path for path in tmp_path.rglob("*") if tenant.api_key in str(path)]
    names = {"x$QLIK_API_KEY", "x${QLIK_API_KEY}", "~root", "a%2Fb", "a_b", "a%252Fb", "%2E%2E", "$HOME", "-rf", "a b"}
    written = list(tmp_path.rglob(NAME))
    assert {path.parent.name for path in written} == names
    assert len(written) == len(hosts)
    if "inventory_hostname" not in folder:
        assert {path.parents[1] for path in written} == {tmp_path / "exported"}


@pytest.mark.long
def test_who_may_read_an_export(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    def mode_after(check: bool = False, **variables: Any) -> int:
        run = run_playbook(
            "qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1]), **variables}, check=check
        )
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

    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1]), "qlik_export_mode": 0o640})
    assert "qlik_export_mode must be an octal number in quotes" in run.output.replace("\n", " ")


@pytest.mark.long
def test_an_export_follows_no_link(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    victim = exported.parents[2] / "victim"
    victim.write_text("kept")
    exported.parent.mkdir(parents=True)
    exported.symlink_to(victim)
    variables = {"qlik_export_dir": str(exported.parents[1]), "qlik_export_force": True}
    run = run_playbook("qlikops.cloud.export", variables)
    assert run.code == 0, run.output
    assert victim.read_text() == "kept"
    assert "kept" not in run.output
    assert not exported.is_symlink()
    assert [path.name for path in exported.parent.iterdir()] == [exported.name]


@pytest.mark.long
def test_a_folder_that_cannot_be_written(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    tenant.reset_counters()
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(tmp_path / "file" / "folder")})
    assert run.code != 0
    assert tenant.counters()["total"] == 0


@pytest.mark.long
def test_a_folder_without_permission(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    exported.parents[1].mkdir()
    exported.parent.mkdir(mode=0o555)
    if os.access(exported.parent, os.W_OK):
        pytest.skip("a folder that cannot be written: run the tests as another user than root")
    tenant.reset_counters()
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(exported.parents[1])})
    assert f"{exported.parent} is not a writable folder" in run.output
    assert tenant.counters()["total"] == 0


@pytest.mark.long
def test_a_tenant_that_is_not_reached_leaves_its_file(run_playbook: RunPlaybook, exported: Path) -> None:
    exported.parent.mkdir(parents=True)
    exported.write_text(OLDER)
    run = run_playbook(
        "qlikops.cloud.export",
        {"qlik_export_dir": str(exported.parents[1]), "qlik_tenant_url": "http://127.0.0.1:9"},
        environment={"QLIK_RETRIES": "0"},
    )
    assert run.code != 0
    assert exported.read_text() == OLDER


#: What is in the way of an export, and what is said of it.
IN_THE_WAY: dict[str, tuple[Callable[[Path], Any], str]] = {
    "file": (lambda path: path.write_text("qlik_api_key: secret\n"), "was not written by an export"),
    "empty file": (lambda path: path.write_text(""), "was not written by an export"),
    "another description": (lambda path: path.write_text(f"# mine\n{OLDER}"), "was not written by an export"),
    "folder": (lambda path: path.mkdir(), "is a folder, not a file"),
    "link": (lambda path: path.symlink_to("elsewhere"), "is a symbolic link."),
    "pipe": (os.mkfifo, "cannot be read"),
}


def identity(path: Path) -> tuple[int, ...]:
    """What is another one for whatever is replaced or written to."""
    status = path.lstat()
    return (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns)


@pytest.mark.parametrize("what", long_after_first(*IN_THE_WAY))
def test_what_no_export_has_written_is_not_replaced(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path, what: str
) -> None:
    make, told = IN_THE_WAY[what]
    exported.parent.mkdir(parents=True)
    make(exported)
    before = identity(exported)
    variables: dict[str, Any] = {"qlik_export_dir": str(exported.parents[1])}
    tenant.reset_counters()
    for check in (True, False):
        run = run_playbook("qlikops.cloud.export", variables, check=check)
        assert run.code != 0
        assert told in run.tasks[EXPORTED]["msg"]
        assert str(exported) in run.tasks[EXPORTED]["msg"]
        assert identity(exported) == before
    assert tenant.counters()["total"] == 0

    forced = run_playbook("qlikops.cloud.export", {**variables, "qlik_export_force": True})
    assert (forced.code == 0) is (what != "folder"), forced.output
    if what != "folder":
        assert yaml.safe_load(exported.read_text(encoding="utf-8"))["qlik_seed_tenant"]
    assert [path.name for path in exported.parent.iterdir()] == [NAME]


@pytest.mark.long
@pytest.mark.parametrize("extension", [".yml", ".yaml", ".json"])
def test_variables_beside_the_folder_are_not_put_out_of_effect(
    tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path, extension: str
) -> None:
    inventory = tmp_path / "inventory" / "hosts.yml"
    own = inventory.parent / "host_vars" / f"acme{extension}"
    own.parent.mkdir(parents=True)
    inventory.write_text("all:\n  hosts:\n    acme:\n", encoding="utf-8")
    own.write_text(json.dumps({"qlik_tenant_url": tenant.url}), encoding="utf-8")
    variables = {"qlik_export_dir": str(own.parent)}

    def of_acme() -> Any:
        command = ["ansible-inventory", "-i", str(inventory), "--host", "acme"]
        return json.loads(subprocess.check_output(command, env=ansible_environment(tmp_path)))

    run = run_playbook("qlikops.cloud.export", variables, inventory=str(inventory))
    assert run.code != 0
    told = run.tasks[EXPORTED]["msg"]
    assert f"{own} exists. Ansible ignores this file beside a folder with the same name" in told
    assert of_acme() == {"qlik_tenant_url": tenant.url}

    subprocess.run(told.partition("Move the file into the folder: ")[2], shell=True, check=True)
    assert run_playbook("qlikops.cloud.export", variables, inventory=str(inventory)).code == 0
    found = of_acme()
    assert (found["qlik_tenant_url"], found["qlik_seed_standard_groups"]) == (tenant.url, {})


@pytest.mark.long
def test_an_export_of_an_older_version_is_replaced(
    tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path
) -> None:
    older = exported.parents[1] / "localhost.yml"
    older.parent.mkdir()
    older.write_text(OLDER, encoding="utf-8")
    run = run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(older.parent)})
    assert run.code != 0
    subprocess.run(run.tasks[EXPORTED]["msg"].partition("Move the file into the folder: ")[2], shell=True, check=True)
    assert exported.read_text(encoding="utf-8") == OLDER
    assert run_playbook("qlikops.cloud.export", {"qlik_export_dir": str(older.parent)}).code == 0
    assert "qlik_seed_group_settings" in exported.read_text(encoding="utf-8")


@pytest.mark.long
def test_it_says_what_it_has_written(tenant: LocalTenant, run_playbook: RunPlaybook, exported: Path) -> None:
    plant(tenant)
    tenant.plant("csp_origins", [{"name": "P", "origin": "portal.example.com/path"}])
    tenant.set_tenant(missing_services=["ip-policies"])
    variables = {"qlik_export_dir": str(exported.parents[1]), "qlik_export_users": True}
    objects = f"{len(HOSTILE) + 2} groups, 5 users, 3 spaces, 1 OAuth client, 0 CSP origins"
    for done in ("wrote", "unchanged"):
        run = run_playbook("qlikops.cloud.export", variables)
        (line,) = (line for line in run.output.splitlines() if line.startswith(f"{done} {exported}: "))
        assert f": 2 custom roles, {objects}" in line
        assert line.endswith("; omitted: 1 (see the header of the file); not available: IP policies")


@pytest.mark.long
def test_something_else_than_results(run_playbook: RunPlaybook) -> None:
    wrong: list[Any] = [{}, [], {"tenant": {"hostnames": ["a"]}, "roles": [1], "groups": []}]
    for current in wrong:
        task = {"name": "T", "ansible.builtin.debug": {"msg": "{{ current | qlikops.cloud.to_seed_variables }}"}}
        run = run_playbook([task], {"current": current})
        assert "The input is not a result of the modules" in run.output.replace("\n", " "), json.dumps(current)
