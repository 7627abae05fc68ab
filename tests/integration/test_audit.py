# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook qlikops.cloud.audit, run as a user runs it, and its reports."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml
from local_tenant.client import LocalTenant, TenantHandle

from .conftest import PROCESS, ROOT, Play, PlaybookRun, RunPlaybook

SCHEMA = json.loads((ROOT / "roles" / "qlik_audit" / "files" / "qlik-audit.schema.json").read_text(encoding="utf-8"))
HOSTILE = '<script>alert("1")</script> & \u202e{{ 7 * 7 }}\''
DESCRIPTION: Play = {
    "qlik_seed_tenant": {"name": "Acme"},
    "qlik_seed_roles": [{"name": "Keys", "assigned_scopes": ["api-keys"]}, {"name": "Keys 2"}],
    "qlik_seed_group_settings": {"auto_create_groups": True},
    "qlik_seed_standard_groups": {"Stewards": ["Steward"], "Builders": ["SharedSpaceCreator"]},
    "qlik_seed_extra_groups": [{"name": "Gone", "state": "absent"}],
    "qlik_seed_users": [{"subject": "ada", "name": "Ada", "email": "ada@example.com"}],
}
ONLY_GROUPS: Play = {
    "qlik_seed_tenant": {},
    "qlik_seed_roles": [],
    "qlik_seed_group_settings": {},
    "qlik_seed_users": [],
}
#: The smallest description, for what is about hosts.
STEWARDS: Play = {"qlik_seed_standard_groups": {"Stewards": ["Steward"]}}
AREAS = ["tenant", "roles", "group_settings", "groups", "users"]


@pytest.fixture(scope="module")
def tenants() -> Iterator[tuple[TenantHandle, ...]]:
    with LocalTenant(tenants=3) as first:
        yield first.tenants


@pytest.fixture
def three(tenants: tuple[TenantHandle, ...]) -> tuple[TenantHandle, ...]:
    """Tenants that are as described."""
    for tenant in tenants:
        tenant.behave()
        tenant.reset()
        tenant.set_tenant(name="Acme", settings={"auto_create_groups": True})
        tenant.plant_roles([{"name": "Keys", "assignedScopes": ["api-keys"]}, {"name": "Keys 2"}])
        groups = {"Stewards": "Steward", "Builders": "SharedSpaceCreator"}
        tenant.plant_groups([{"name": name, "assignedRoles": [role]} for name, role in groups.items()])
        tenant.plant_users([{"subject": "ada", "name": "Ada", "email": "ada@example.com"}])
        tenant.reset_counters()
    return tenants


def host(tenant: TenantHandle, **variables: Any) -> Play:
    return {"qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key, **variables}


class Audit:
    """Runs audits, and has the reports of the last one."""

    def __init__(self, run_playbook: RunPlaybook, folder: Path) -> None:
        self._run_playbook = run_playbook
        self.folder = folder / "reports" / "new"
        self.inventory = folder / "hosts.yml"

    def run(self, hosts: Play, description: Play, what: str = "qlikops.cloud.audit", **options: Any) -> PlaybookRun:
        variables = {"qlik_audit_report_dir": str(self.folder), **description, **options.pop("variables", {})}
        self.inventory.write_text(yaml.safe_dump({"all": {"vars": variables, "hosts": hosts}}), encoding="utf-8")
        environment = {"QLIK_RETRIES": "0", **options.pop("environment", {})}
        return self._run_playbook(what, inventory=str(self.inventory), environment=environment, **options)

    def report(self) -> Any:
        report = json.loads((self.folder / "qlik-audit.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(SCHEMA).validate(report)
        return report

    def tenants(self) -> dict[str, Any]:
        return {tenant["host"]: tenant for tenant in self.report()["tenants"]}

    def statuses(self) -> dict[str, str]:
        return {name: tenant["status"] for name, tenant in self.tenants().items()}

    def cases(self) -> dict[tuple[str, str], str]:
        """What is wrong with each test case of the JUnit report, by class and name; each is there once."""
        root = ElementTree.fromstring((self.folder / "qlik-audit.xml").read_bytes())
        cases = [
            (
                (case.get("classname") or "", case.get("name") or ""),
                "".join(f"{child.tag}: {child.text}" for child in case),
            )
            for case in root.iter("testcase")
        ]
        assert int(root.get("tests") or 0) == len(cases) == len(dict(cases))
        assert int(root.get("failures") or 0) == len(root.findall("testsuite/testcase/failure"))
        assert int(root.get("errors") or 0) == len(root.findall("testsuite/testcase/error"))
        return dict(cases)


@pytest.fixture
def audit(run_playbook: RunPlaybook, tmp_path: Path) -> Audit:
    return Audit(run_playbook, tmp_path)


def without_times(text: str) -> str:
    """The text with the same word in the place of each time and each ID, which differ from run to run."""
    text = re.sub(r"\d\d? \w{3} \d{4}, \d\d:\d\d UTC|\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    return re.sub(r"\b[0-9a-f]{24}\b", "ID", text)


def area_of(tenant: Play, name: str) -> Any:
    """What the report has of an area of a tenant."""
    return next(area for area in tenant["areas"] if area["area"] == name)


def found(tenant: Play, area: str) -> list[tuple[str, str]]:
    """Name and status of the objects of an area that differ."""
    objects = area_of(tenant, area)["objects"]
    return sorted((item["name"], item["status"]) for item in objects if item["status"] != "in_sync")


def unmanaged(tenant: Play, area: str) -> list[str]:
    return [item["name"] for item in area_of(tenant, area)["unmanaged_objects"]]


@pytest.mark.every_core
def test_every_planted_drift_is_found_and_nothing_else(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    same, drifted, expiring = three
    drifted.set_tenant(name="Beta", settings={"auto_create_groups": False})
    drifted.remove_roles([role["id"] for role in drifted.roles() if role["name"] == "Keys 2"])
    drifted.plant_roles([{"name": "Keys", "assignedScopes": []}, {"name": HOSTILE}])
    drifted.plant_groups([{"name": "Stewards", "assignedRoles": ["DataAdmin"]}, {"name": "Gone"}, {"name": HOSTILE}])
    drifted.remove_groups([group["id"] for group in drifted.groups() if group["name"] == "Builders"])
    drifted.plant_users([{"subject": "ada", "name": "Eve"}])
    # Some of what is read side by side is answered, and some is not any more.
    expired = {"status": 401, "json": {"errors": [{"code": "AUTH-1", "title": "Expired"}]}}
    expiring.misbehave({"match": {"path": "/api/", "skip": 3}, "action": expired})
    hosts = {
        "same": host(same),
        "drifted": host(drifted),
        "expiring": host(expiring),
        "gone": {"qlik_tenant_url": "http://127.0.0.1:9", "qlik_api_key": "a-secret-key-of-gone"},
        "typo": host(same, qlik_seed_extra_groups=[{"nam": "x"}]),
        "unknown": host(same, qlik_seed_extra_groups=[{"name": "x", "assigned_roles": ["Nope"]}], **ONLY_GROUPS),
    }
    before = [tenant.state() for tenant in three]
    run = audit.run(hosts, DESCRIPTION)
    assert (run.code, run.changed, run.failed) == (0, 0, 0), run.output
    assert [tenant.counters()["writes"] for tenant in three] == [0, 0, 0]
    assert [tenant.state() for tenant in three] == before
    assert "+++ after" not in run.output
    headline = "Of 6 tenants, 1 has drifted and 4 could not be audited completely."
    assert run.output.count(headline) == 1

    tenants = audit.tenants()
    failed = dict.fromkeys(("expiring", "gone", "typo", "unknown"), "failed")
    assert audit.statuses() == {"same": "in_sync", "drifted": "drift", **failed}
    drift = tenants["drifted"]
    assert {area: found(drift, area) for area in AREAS} == {
        "tenant": [("tenant", "different")],
        "roles": [("Keys", "different"), ("Keys 2", "missing")],
        "group_settings": [("group_settings", "different")],
        "groups": [("Builders", "missing"), ("Gone", "unwanted"), ("Stewards", "different")],
        "users": [("ada", "different")],
    }
    stewards = next(item for item in area_of(drift, "groups")["objects"] if item["name"] == "Stewards")
    assert stewards["before"]["assigned_roles"] == ["DataAdmin"]
    assert stewards["after"]["assigned_roles"] == ["Steward"]
    assert unmanaged(drift, "roles") == unmanaged(drift, "groups") == [HOSTILE]
    assert unmanaged(tenants["same"], "groups") == unmanaged(tenants["same"], "roles") == []
    assert "ada" not in unmanaged(drift, "users")
    assert "Connection refused" in tenants["gone"]["error"]
    assert tenants["typo"]["error"].splitlines()[1].startswith("qlik_seed_extra_groups[0].nam: Not a supported option.")
    (unknown,) = (item for item in area_of(tenants["unknown"], "groups")["objects"] if item["status"] == "failed")
    assert (unknown["name"], area_of(tenants["unknown"], "groups")["error"]) == ("x", None)
    assert unknown["error"].startswith("qlik_seed_extra_groups[0].assigned_roles: The tenant has no role 'Nope'.")
    assert [each["name"] for each in tenants["same"]["administrators"] if not each["is_bot"]] == ["local|admin"]
    # Of a tenant that is not read completely nothing is said but that.
    assert "401" in tenants["expiring"]["error"]
    assert tenants["expiring"]["areas"] == []

    cases = audit.cases()
    assert {key for key, text in cases.items() if key[0].startswith("same.") and text} == set()
    assert sum(key[0].startswith("drifted.") for key in cases) == 8
    assert cases["drifted.groups", "Builders"].startswith("failure: Builders: missing\n")
    assert "assigned_roles: unexpected: DataAdmin, missing: Steward" in cases["drifted.groups", "Stewards"]
    assert cases["gone.tenant", "audit"].startswith("error: ")
    page = (audit.folder / "qlik-audit.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &lt;U+202E&gt;{{ 7 * 7 }}&#39;" in page
    for secret in ("a-secret-key-of-gone", same.api_key):
        assert all(secret not in path.read_text(encoding="utf-8") for path in audit.folder.iterdir())
        assert secret not in run.output
    assert sorted(path.name for path in audit.folder.iterdir()) == [
        "qlik-audit.html",
        "qlik-audit.json",
        "qlik-audit.xml",
    ]


SPACES: Play = {
    "qlik_seed_standard_groups": {"Stewards": ["Steward"], "Builders": ["SharedSpaceCreator"]},
    "qlik_seed_spaces": [
        {
            "name": "Finance",
            "type": "managed",
            "description": "What is released",
            "members": [
                {"group": "Builders", "roles": ["publisher", "consumer"]},
                {"group": "Everyone", "roles": ["consumer"]},
            ],
        },
        {"name": "Finance (dev)", "type": "shared", "members": [{"group": "Builders", "roles": ["producer"]}]},
        {"name": "Orphaned", "type": "shared", "members": [], "purge_members": False},
    ],
}


@pytest.mark.long
@pytest.mark.parametrize("action", ["disable", "delete"])
def test_leavers_are_unwanted(three: tuple[TenantHandle, ...], audit: Audit, action: str) -> None:
    """A user that is to be disabled, because nobody described it, is as unwanted as one that is to be deleted."""
    three[0].plant_users([{"subject": "off", "status": "disabled"}])
    pruning = {"qlik_seed_prune_users": True, "qlik_seed_prune_users_action": action}
    run = audit.run({"acme": host(three[0])}, {**DESCRIPTION, **pruning, "qlik_seed_prune_users_protect": ["local|p*"]})
    assert run.code == 0, run.output
    (tenant,) = audit.tenants().values()
    gone = ["local|blind"] if action == "disable" else ["local|blind", "off"]
    assert found(tenant, "users") == [(name, "unwanted") for name in gone]
    users = area_of(tenant, "users")
    assert (users["different"], users["unwanted"], users["unmanaged"]) == (0, len(gone), 5 - len(gone) - 1)
    blind = next(item for item in users["objects"] if item["name"] == "local|blind")
    assert blind["before"]["status"] == "active"
    assert (blind["after"] or {}).get("status") == ("disabled" if action == "disable" else None)
    case = audit.cases()["acme.users", "local|blind"]
    assert case.startswith("failure: local|blind: unwanted\n")
    assert ('status: is "active", should be "disabled"' in case) is (action == "disable")
    assert "will be deleted or disabled" in (audit.folder / "qlik-audit.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_who_has_access_to_spaces_is_audited(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    same, drifted, _other = three
    for tenant in (same, drifted):
        everyone = {"group": "com.qlik.Everyone", "roles": ["consumer"]}
        builders = {"group": "Builders", "roles": ["consumer", "publisher"]}
        developers = {"group": "Builders", "roles": ["producer"]}
        finance = {"name": "Finance", "type": "managed", "description": "What is released"}
        tenant.plant_spaces([{**finance, "members": [builders, everyone]}])
        tenant.plant_spaces([{"name": "Finance (dev)", "members": [developers]}])
        members = [{"assigneeId": "gone-group", "type": "group"}, {"assigneeId": "some-bot", "type": "bot"}]
        tenant.plant_spaces([{"name": "Orphaned", "members": members}])
    drifted.plant_assignments(
        [
            {"space": "Finance", "group": "Builders", "roles": ["consumer"]},
            {"space": "Finance (dev)", "user": "ada", "roles": ["facilitator"]},
        ]
    )
    drifted.plant_spaces([{"name": "Finance", "description": ""}, {"name": "By hand", "members": [everyone]}])
    run = audit.run({"same": host(same), "drifted": host(drifted)}, {**SPACES, "qlik_audit_attribution": False})
    assert (run.code, run.changed, run.failed) == (0, 0, 0), run.output
    assert audit.statuses() == {"same": "in_sync", "drifted": "drift"}
    tenants = audit.tenants()
    remarks = [
        "Finance: The group Everyone is a member, with the roles consumer.",
        "Orphaned: The member gone-group, a group, no longer exists.",
    ]
    assert area_of(tenants["same"], "spaces")["remarks"] == remarks
    by_hand = "By hand: The group Everyone is a member, with the roles consumer."
    assert area_of(tenants["drifted"], "spaces")["remarks"] == [by_hand, *remarks]
    assert found(tenants["same"], "spaces") == []
    assert found(tenants["drifted"], "spaces") == [("Finance", "different"), ("Finance (dev)", "different")]
    assert unmanaged(tenants["drifted"], "spaces") == ["By hand"]

    cases = audit.cases()
    assert cases["same.spaces", "Finance"] == cases["drifted.spaces", "Orphaned"] == ""
    assert cases["drifted.spaces", "Finance"].splitlines() == [
        "failure: Finance: different",
        'description: is empty, should be "What is released"',
        "group Builders: missing: publisher",
    ]
    assert cases["drifted.spaces", "Finance (dev)"].splitlines() == [
        "failure: Finance (dev): different",
        "user ada: unexpected: facilitator",
    ]
    page = (audit.folder / "qlik-audit.html").read_text(encoding="utf-8")
    for text in (*remarks, "user ada", "group Builders"):
        assert text in page


WRONG: Play = {
    "qlik_seed_tenant": {"name": "Acme", "hostname_alias": "umbrella"},
    "qlik_seed_standard_groups": {"Stewards": ["Steward", "Stewrad"], "Builders": ["SharedSpaceCreator"]},
    "qlik_seed_extra_groups": [{"name": "Falcon", "provider_type": "custom", "assigned_roles": ["Nope"]}],
    "qlik_seed_users": [
        {"subject": "ada", "name": "Ada", "assigned_groups": ["Falcon"]},
        {"subject": "bob", "name": "Bob", "assigned_groups": ["Nowhere"], "email": "none"},
    ],
    "qlik_seed_spaces": [
        {
            "name": "Finance",
            "type": "managed",
            "description": "Released",
            "members": [{"group": "Nobody", "roles": ["consumer"]}],
        },
        {"name": "Other", "type": "shared", "members": []},
    ],
}


@pytest.mark.long
def test_what_is_wrong_with_one_object_hides_nothing_else(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    tenant = three[0]
    tenant.set_tenant(name="By hand", alias="acme.us.qlikcloud.com")
    tenant.plant_groups([{"name": "Stewards", "assignedRoles": ["Steward", "TenantAdmin"]}])
    tenant.plant_groups([{"name": "Shadow", "assignedRoles": ["TenantAdmin"]}, {"name": "A first"}])
    tenant.plant_users([{"subject": "eve", "name": "Eve", "assignedGroups": ["Shadow"]}])
    tenant.plant_spaces([{"name": "Finance", "type": "shared", "description": "By hand"}])
    run = audit.run({"acme": host(tenant)}, WRONG)
    assert (run.code, run.changed, run.failed, tenant.counters()["writes"]) == (0, 0, 0, 0), run.output
    found_tenant = audit.tenants()["acme"]
    assert (found_tenant["status"], found_tenant["plan"], found_tenant["error"]) == ("failed", None, None)
    assert {area: found(found_tenant, area) for area in ("tenant", "groups", "users", "spaces")} == {
        "tenant": [("tenant", "different")],
        "groups": [("Falcon (custom)", "failed"), ("Stewards", "failed")],
        "users": [("ada", "different"), ("bob", "failed")],
        "spaces": [("Finance", "failed"), ("Other", "missing")],
    }
    assert [area["error"] for area in found_tenant["areas"] if area["error"]] == []

    def item(area: str, name: str) -> Any:
        return next(each for each in area_of(found_tenant, area)["objects"] if each["name"] == name)

    alias = item("tenant", "tenant")
    assert (alias["before"]["name"], alias["unchangeable"]) == ("By hand", ["hostname_alias"])
    assert "release the old one" in alias["error"]
    assert item("groups", "Stewards")["before"]["assigned_roles"] == ["Steward", "TenantAdmin"]
    assert item("groups", "Stewards")["error"].startswith("qlik_seed_standard_groups['Stewards'].assigned_roles: ")
    assert item("users", "ada")["error"] is None
    assert len(item("users", "bob")["error"].splitlines()) == 2
    assert item("spaces", "Finance")["before"]["description"] == "By hand"
    assert item("spaces", "Finance")["unchangeable"] == ["type"]

    assert unmanaged(found_tenant, "groups") == ["Shadow", "A first"]
    assert area_of(found_tenant, "groups")["unmanaged_objects"][0]["roles"] == ["TenantAdmin"]
    people = [each for each in found_tenant["administrators"] if not each["is_bot"]]
    assert [(each["type"], each["name"], each["through"]) for each in people] == [
        ("user", "local|admin", None),
        ("group", "Shadow", None),
        ("user", "eve", "Shadow"),
        ("group", "Stewards", None),
    ]
    cases = audit.cases()
    assert cases["acme.groups", "Stewards"].startswith("error: Stewards: failed: qlik_seed_standard_groups['Stewards']")
    assert "not in the description: TenantAdmin" in cases["acme.groups", "Stewards"]
    assert cases["acme.tenant", "tenant"].startswith("failure: tenant: different: ")
    page = (audit.folder / "qlik-audit.html").read_text(encoding="utf-8")
    for text in (
        "Who can administer this tenant",
        "can administer the tenant",
        "The tenant has no role",
        "1 can administer",
    ):
        assert text in page


@pytest.mark.long
def test_who_may_read_the_reports(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    def modes() -> set[int]:
        return {stat.S_IMODE(path.lstat().st_mode) for path in audit.folder.iterdir()}

    hosts = {"acme": host(three[0])}
    victim = audit.folder.parent / "victim"
    audit.folder.mkdir(parents=True)
    victim.write_text("kept")
    (audit.folder / "qlik-audit.json").symlink_to(victim)
    audit.run(hosts, STEWARDS)
    assert modes() == {0o600}
    assert victim.read_text() == "kept"
    audit.run(hosts, STEWARDS, variables={"qlik_audit_report_mode": "0644"})
    assert modes() == {0o644}
    audit.run(hosts, STEWARDS)
    assert modes() == {0o644}
    assert len(list(audit.folder.iterdir())) == 3
    run = audit.run(hosts, STEWARDS, variables={"qlik_audit_report_mode": "644"})
    assert "qlik_audit_report_mode must be an octal number in quotes" in run.output.replace("\n", " ")


@pytest.mark.long
def test_the_folder_of_the_reports_is_taken_as_it_is(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    folder = audit.folder / "$QLIK_API_KEY"
    run = audit.run({"acme": host(three[0])}, STEWARDS, variables={"qlik_audit_report_dir": str(folder)})
    assert run.code == 0, run.output
    assert (folder / "qlik-audit.json").exists()


@pytest.mark.long
def test_unmanaged_objects_count_only_if_asked(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    three[0].plant_groups([{"name": "Shadow"}])
    hosts = {"acme": host(three[0])}
    description = {**STEWARDS, "qlik_seed_roles": DESCRIPTION["qlik_seed_roles"]}
    fail = {"qlik_audit_fail_on_drift": True}
    in_sync = audit.run(hosts, description, variables=fail, check=True)
    assert in_sync.code == 0
    written = in_sync.tasks["Write the report"]
    names = ("qlik-audit.html", "qlik-audit.json", "qlik-audit.xml")
    assert (written["tenant_status"], written["files"]) == ("in_sync", [str(audit.folder / name) for name in names])
    assert audit.statuses() == {"acme": "in_sync"}
    run = audit.run(hosts, description, variables={**fail, "qlik_audit_count_unmanaged": True})
    assert run.code == 2
    assert "has drifted" in run.output
    assert unmanaged(audit.tenants()["acme"], "groups") == ["Builders", "Shadow"]
    assert audit.cases()["acme.groups", "Shadow"].startswith("failure: ")


PLAY: Play = {
    "hosts": "all",
    "gather_facts": False,
    "connection": "local",
    "pre_tasks": [{"ansible.builtin.assert": {"that": "not broken | default(false)"}}],
    "roles": ["qlikops.cloud.qlik_audit"],
}


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({}, id="linear"),
        pytest.param({"serial": 1}, id="serial", marks=pytest.mark.long),
        pytest.param({"strategy": "free"}, id="free", marks=pytest.mark.long),
    ],
)
def test_one_report_and_one_verdict_however_hosts_are_worked_off(
    three: tuple[TenantHandle, ...], audit: Audit, tmp_path: Path, how: Play
) -> None:
    three[0].plant_groups([{"name": "Stewards", "assignedRoles": []}])
    playbook = tmp_path / "own.yml"
    playbook.write_text(yaml.safe_dump([{**PLAY, **how}]), encoding="utf-8")
    hosts = {"a": host(three[0]), "b": host(three[1]), "c": host(three[2], broken=True)}
    variables = {"qlik_audit_fail_on_drift": True, "qlik_audit_formats": ["json"]}
    run = audit.run(hosts, STEWARDS, str(playbook), variables=variables)
    # With serial, the host that fails by itself is a batch of its own, and ends the play.
    assert (
        audit.statuses() == {"a": "drift", "b": "in_sync", "c": "failed"}
        if not how.get("serial")
        else {
            "a": "drift",
            "b": "in_sync",
            "c": "not_audited",
        }
    )
    assert run.code == 2
    assert [path.name for path in audit.folder.iterdir()] == ["qlik-audit.json"]


@pytest.mark.long
def test_limit_and_tags(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    """An audit that its tags left out would be green."""
    hosts = {"a": host(three[0]), "b": {}}
    options = ["--limit", "a", "--tags", "another"]
    run = audit.run(hosts, STEWARDS, options=options, variables={"qlik_audit_fail_on_drift": True})
    assert (run.code, audit.statuses()) == (0, {"a": "in_sync"})
    # Limited to what nobody has described, which is nothing.
    run = audit.run(hosts, STEWARDS, options=["--limit", "a"], variables={"qlik_seed_areas": ["spaces"]})
    assert (run.code, audit.statuses()) == (2, {"a": "failed"})
    assert "Nothing was compared." in run.output


def blocks(guide: str, language: str) -> list[str]:
    """The code blocks of a guide in a language, without their indentation."""
    text = (ROOT / "docs" / "docsite" / "rst" / guide).read_text(encoding="utf-8")
    after = text.split(f".. code-block:: {language}\n\n")[1:]
    return [textwrap.dedent(re.split(r"\n(?=\S)", part)[0]).rstrip() for part in after]


@pytest.mark.long
def test_example_of_the_guide(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    acme, beta, _other = three
    for tenant in (acme, beta):
        tenant.reset()
        tenant.plant_groups([{"name": "Finance Analysts", "assignedRoles": ["SharedSpaceCreator"]}])
    beta.plant_users([{"subject": "ACME\\ada", "name": "Ada Lovelace", "assignedRoles": ["TenantAdmin"]}])
    roles = {role["name"]: role["id"] for role in beta.roles()}
    (group,) = [group["id"] for group in beta.groups() if group["name"] == "Finance Analysts"]
    granted = [{"id": roles[name]} for name in ("SharedSpaceCreator", "DataAdmin")]
    grant = {"op": "replace", "path": "/assignedRoles", "value": granted}
    beta.send_as("ACME\\ada", "PATCH", f"/api/v1/groups/{group}", [grant])
    beta.plant_groups([{"name": "Interns"}])
    run = audit.run({"acme": host(acme), "beta": host(beta)}, yaml.safe_load(blocks("guide_audit.rst", "yaml")[0]))
    shown = blocks("guide_audit.rst", "text")[0].replace("/srv/reports", str(audit.folder))
    lines = [line for line in without_times(shown).splitlines() if not line.startswith(("TASK", "ok"))]
    assert [without_times(line) for line in run.tasks["Write the report"].get("lines", lines)] == lines
    assert "\n".join(lines) in without_times(run.output)
    groups = area_of(audit.tenants()["beta"], "groups")
    assert json.loads(without_times(blocks("guide_audit.rst", "json")[0])) == json.loads(
        without_times(json.dumps(groups))
    )
    report = without_times((audit.folder / "qlik-audit.xml").read_text(encoding="utf-8"))
    cases = "".join(line.strip() for line in report.splitlines())
    for line in without_times(blocks("guide_audit.rst", "xml")[0]).splitlines():
        assert line.strip() in cases


@pytest.mark.long
def test_the_weekly_meeting(three: tuple[TenantHandle, ...], audit: Audit, tmp_path: Path) -> None:
    drifted, same, other = three
    drifted.plant_groups([{"name": "Stewards", "assignedRoles": ["Steward", "TenantAdmin"]}])
    drifted.remove_groups([group["id"] for group in drifted.groups() if group["name"] == "Builders"])
    found = [block.get("qlik_audit_exceptions") for block in map(yaml.safe_load, blocks("guide_audit.rst", "yaml"))]
    (exceptions,) = [each for each in found if each and each[0]["area"] == "groups"]
    accepted = {**exceptions[0], "object": "Stewards", "values": ["TenantAdmin"], "until": date(9999, 12, 31)}
    expired = {**accepted, "object": "Builders", "until": "2020-01-31"}
    del expired["setting"], expired["values"]
    hosts = {"drifted": host(drifted), "same": host(same), "other": host(other, qlik_api_key="a-wrong-key")}
    description = {
        "qlik_seed_standard_groups": DESCRIPTION["qlik_seed_standard_groups"],
        "qlik_audit_attribution": False,
    }
    report_path = audit.folder / "qlik-audit.json"
    variables = {"qlik_audit_previous_report": str(report_path)}
    wrong = audit.folder.parent / "wrong.json"
    wrong.parent.mkdir()
    wrong.write_text("{}", encoding="utf-8")
    repository = ["git", "-C", str(tmp_path)]
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], [*identity, "commit", "-q", "--allow-empty", "-m", "Describe"]):
        subprocess.run(repository + command, check=True)

    refused = audit.run(hosts, description, variables={"qlik_audit_previous_report": str(wrong)})
    assert refused.failed == 3
    what = f"qlik_audit_previous_report: {wrong} is not a JSON report of this collection. Nothing was audited."
    assert what in refused.output
    mistaken = audit.run(
        {"drifted": host(drifted, qlik_audit_exceptions=[{**accepted, "until": "2026-02-30"}])}, description
    )
    assert "qlik_audit_exceptions[0].until: Must be a date as YYYY-MM-DD, not '2026-02-30'" in mistaken.output
    assert [tenant.counters()["total"] for tenant in three] == [0, 0, 0]

    run = audit.run(hosts, description, variables=variables)
    first = audit.report()
    assert f"New differences are unknown: {report_path} does not exist yet.\n" in run.output
    assert "other: could not be audited: GET /api/v1/tenants/me returned HTTP status 401" in run.output
    assert first["summary"]["share"] == {"tenants": 33.3, "objects": 50}
    assert first["revision"]["uncommitted_changes"] is True
    assert re.fullmatch("[0-9a-f]{40}", first["revision"]["commit"])

    drifted.plant_groups([{"name": "Shadow"}])
    same.plant_groups([{"name": "Stewards", "assignedRoles": []}])
    hosts["drifted"]["qlik_audit_exceptions"] = [accepted, expired]
    hosts["other"] = host(other)
    run = audit.run(hosts, description, variables=variables)
    assert run.code == 0
    second = audit.report()
    since = first["generated_at"][:10]
    expected = [
        "Of 3 tenants, 2 have drifted.",
        f'drifted: group "Builders": missing: in the description, not on the tenant (since {since}; '
        "accepted until 2020-01-31: expired)",
        'same: group "Stewards": assigned_roles: missing: Steward (new)',
        "In sync: 33.3 % of tenants and 50 % of objects.",
        "1 object is accepted.",
        f"Since the report of {first['generated_at'].replace('T', ' ').replace('Z', ' UTC')}: 1 new, 1 resolved, "
        "3 new unmanaged objects.",
        f"The report is in {audit.folder}.",
    ]
    assert run.output.partition("Write the report")[2].splitlines()[1:8] == expected
    tenants = audit.tenants()
    entries = {entry["object"]: entry for entry in tenants["drifted"]["differences"] if entry["area"] == "groups"}
    assert {name: (entry["since"], entry["new"]) for name, entry in entries.items()} == {
        "Builders": (first["generated_at"], False),
        "Stewards": (first["generated_at"], False),
        "Shadow": (second["generated_at"], True),
    }
    assert [entry["kind"] for entry in tenants["other"]["resolved"]] == ["failed"]
    assert audit.cases()["drifted.groups", "Stewards"].startswith("skipped: Stewards: accepted\n")
    page = (audit.folder / "qlik-audit.html").read_text(encoding="utf-8")
    assert "9999-12-31" in page
    assert first["revision"]["commit"][:12] in page

    # Seeding takes no notice of what is accepted.
    seeded = audit.run({"drifted": hosts["drifted"]}, description, "qlikops.cloud.seed")
    assert seeded.code == 0
    assert {group["name"]: [role["name"] for role in group["assignedRoles"]] for group in drifted.groups()}[
        "Stewards"
    ] == ["Steward"]


@pytest.mark.long
@pytest.mark.parametrize("way", ["worker", "process"])
def test_a_tenant_that_takes_too_long_is_in_the_report(three: tuple[TenantHandle, ...], audit: Audit, way: str) -> None:
    three[1].misbehave({"match": {"path": "/api/"}, "action": {"delay": 20}})
    hosts = {"quick": host(three[0]), "slow": host(three[1])}
    environment = {**PROCESS, "QLIK_RUN_MODULES": way, "ANSIBLE_TASK_TIMEOUT": "8"}
    run = audit.run(hosts, STEWARDS, environment=environment)
    assert (run.code, audit.statuses()) == (0, {"quick": "in_sync", "slow": "failed"}), run.output
    assert audit.tenants()["slow"]["error"]


def test_folder_that_cannot_be_written_to(three: tuple[TenantHandle, ...], audit: Audit) -> None:
    audit.folder.parent.write_text("a file in the place of the folder", encoding="utf-8")
    run = audit.run({"a": host(three[0]), "b": host(three[1])}, STEWARDS)
    assert run.failed == 2
    assert str(audit.folder) in run.output
    assert [tenant.counters()["total"] for tenant in three[:2]] == [0, 0]
