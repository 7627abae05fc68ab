# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shipped for AWX: its set-up through awx.awx, the credential type, the execution environment, jobs."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from awx.controller import TOKEN, Controller
from awx.jobs import injected, lay_out, run_job
from foreign import COLLECTIONS as FOREIGN
from local_tenant.client import LocalTenant
from suites import long_after_first

from .conftest import COLLECTIONS, ROOT, ansible_environment

ROLE = ROOT / "roles" / "qlik_awx"
SETTINGS = {
    "qlik_awx_project_url": "https://git.example.com/tenants.git",
    "qlik_awx_execution_environment_image": "registry.example.com/qlik:1",
    "qlik_awx_inventory_path": "inventory.yml",
    "qlik_awx_credentials": ["Acme"],
    "qlik_awx_labels": ["Qlik", "Tenants"],
    "qlik_awx_instance_groups": ["Cloud"],
    "qlik_awx_notifications": {"started": ["Chat"], "error": ["Mail"], "approvals": ["Chat", "Mail"]},
    "qlik_awx_launch_teams": {"audit": ["Operations"], "four_eyes": ["Operations", "Service desk"], "export": None},
    "qlik_awx_approval_teams": ["Security"],
}
#: What exists on the controller beforehand.
EXISTING = {
    "credentials": ["Acme"],
    "notification_templates": ["Mail", "Chat"],
    "instance_groups": ["Cloud"],
    "teams": ["Operations", "Service desk", "Security"],
}
JOBS = ["Qlik Cloud approved seed", "Qlik Cloud audit", "Qlik Cloud export", "Qlik Cloud seed"]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_awx.rst"


@pytest.fixture(scope="session")
def with_awx() -> str:
    """A path of collections that has awx.awx."""
    return f"{COLLECTIONS}{os.pathsep}{FOREIGN.installed()}"


def set_up(
    controller: Controller,
    collections: str,
    home: Path,
    settings: dict[str, Any],
    playbook: str = "qlikops.cloud.awx_setup",
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ansible-playbook", "-vvv", playbook, "-e", json.dumps(settings)],
        env=ansible_environment(
            home,
            ANSIBLE_COLLECTIONS_PATH=collections,
            CONTROLLER_HOST=controller.url,
            CONTROLLER_OAUTH_TOKEN=TOKEN,
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def existing(controller: Controller) -> None:
    for resource, names in EXISTING.items():
        for name in names:
            fields = {"organization": 1} if resource == "teams" else {}
            controller.add(resource, {"name": name, **fields})


@pytest.mark.long
def test_set_up(with_awx: str, tmp_path: Path) -> None:
    """With the real modules of awx.awx, which know their options, against a controller that knows its fields."""
    with Controller() as controller:
        existing(controller)
        first = set_up(controller, with_awx, tmp_path, SETTINGS)
        assert first.returncode == 0, first.stdout + first.stderr
        templates = controller.named("job_templates")
        assert sorted(templates) == JOBS
        audit = templates["Qlik Cloud audit"]
        assert audit["job_type"] == "check"
        assert audit["playbook"] == "audit.yml"
        assert json.loads(audit["extra_vars"]) == {"qlik_audit_report_dir": "/runner/project/reports"}
        for name in JOBS:
            assert controller.parts("job_templates", name, "credentials") == ["Acme"]
            assert controller.parts("job_templates", name, "labels") == ["Qlik", "Tenants"]
            assert controller.parts("job_templates", name, "instance_groups") == ["Cloud"]
            assert controller.parts("job_templates", name, "notification_templates_started") == ["Chat"]
            assert controller.parts("job_templates", name, "notification_templates_error") == ["Mail"]
            assert controller.parts("job_templates", name, "notification_templates_success") == []
            # Nobody who launches can have it prune, or have an unapproved seed where approvals are due.
            assert templates[name]["ask_variables_on_launch"] is False
            assert templates[name]["ask_credential_on_launch"] is (name != "Qlik Cloud approved seed")
        approved = templates["Qlik Cloud approved seed"]
        assert json.loads(approved["extra_vars"]) == {"qlik_seed_require_plan": True}
        assert (approved["playbook"], approved["ask_job_type_on_launch"]) == ("seed.yml", False)
        assert templates["Qlik Cloud seed"]["ask_job_type_on_launch"] is True
        (schedule,) = controller.named("schedules").values()
        assert schedule["unified_job_template"] == audit["id"]
        (environment,) = controller.named("execution_environments").values()
        assert environment["image"] == "registry.example.com/qlik:1"
        (source,) = controller.named("inventory_sources").values()
        assert source["execution_environment"] == environment["id"]
        for resource in ("projects", "inventory_sources"):
            assert controller.parts(resource, "Qlik Cloud tenants", "notification_templates_error") == ["Mail"]
        injectors = controller.named("credential_types")["Qlik Cloud tenant"]["injectors"]
        assert injectors["env"]["QLIK_TENANT_URL"] == "{{ tenant_url | default('') }}"
        questions = {question["variable"] for survey in controller.surveys.values() for question in survey["spec"]}
        assert questions == {"qlik_audit_fail_on_drift", "qlik_audit_count_unmanaged", "qlik_export_users"}

        (workflow,) = controller.named("workflow_job_templates").values()
        assert workflow["name"] == "Qlik Cloud four eyes"
        assert (workflow["ask_limit_on_launch"], workflow["ask_variables_on_launch"]) == (True, False)
        nodes = controller.named("workflow_job_template_nodes")
        following = {name: controller.parts("workflow_job_template_nodes", name, "success_nodes") for name in nodes}
        assert following == {"audit": ["approval"], "approval": ["seed"], "seed": []}
        (approval,) = controller.named("workflow_approval_templates").values()
        assert (approval["name"], int(approval["timeout"])) == ("Qlik Cloud approval", 259200)
        started = {name: node["unified_job_template"] for name, node in nodes.items()}
        assert started == {"audit": audit["id"], "approval": approval["id"], "seed": approved["id"]}
        assert nodes["audit"]["extra_data"] == {"qlik_audit_fail_on_drift": "false"}
        told = controller.parts("workflow_job_templates", workflow["name"], "notification_templates_approvals")
        assert told == ["Chat", "Mail"]
        assert controller.parts("workflow_job_templates", workflow["name"], "labels") == ["Qlik", "Tenants"]

        may_launch = {name: controller.teams("job_templates", name, "execute_role") for name in JOBS}
        assert may_launch == {**dict.fromkeys(JOBS, []), "Qlik Cloud audit": ["Operations"]}
        launchers = controller.teams("workflow_job_templates", workflow["name"], "execute_role")
        assert launchers == ["Operations", "Service desk"]
        assert controller.teams("workflow_job_templates", workflow["name"], "approval_role") == ["Security"]
        assert controller.teams("job_templates", "Qlik Cloud audit", "read_role") == ["Security"]

        controller.writes.clear()
        again = set_up(controller, with_awx, tmp_path, SETTINGS)
        assert re.search(r"changed=0 .*failed=0", again.stdout), again.stdout + again.stderr
        assert controller.writes == []

        settings = {**SETTINGS, "qlik_awx_forks": 50, "qlik_awx_labels": [], "qlik_awx_approval_timeout": 60}
        changed = set_up(controller, with_awx, tmp_path, settings)
        assert changed.returncode == 0, changed.stdout
        assert controller.writes.count("PATCH job_templates") == 4
        assert controller.writes.count("PATCH workflow_approval_templates") == 1
        assert controller.parts("job_templates", JOBS[0], "labels") == []

        # What is attached by hand stays where the variables say nothing of it.
        controller.attached["job_templates", audit["id"], "labels"] = [controller.named("labels")["Qlik"]["id"]]
        left_out = {name: None for name in SETTINGS if name.startswith(("qlik_awx_l", "qlik_awx_n", "qlik_awx_c"))}
        unnamed = set_up(controller, with_awx, tmp_path, {**settings, **left_out, "qlik_awx_instance_groups": ""})
        assert re.search(r"changed=0 .*failed=0", unnamed.stdout), unnamed.stdout + unnamed.stderr
        assert controller.parts("job_templates", "Qlik Cloud audit", "labels") == ["Qlik"]
        assert controller.parts("job_templates", "Qlik Cloud audit", "instance_groups") == ["Cloud"]


@pytest.mark.long
def test_a_survey_of_before_is_taken_away(with_awx: str, tmp_path: Path) -> None:
    """A question that a template no longer asks cannot be answered any more."""
    required = {name: SETTINGS[name] for name in SETTINGS if name.endswith(("_url", "_image"))}
    with Controller() as controller:
        assert set_up(controller, with_awx, tmp_path, required).returncode == 0
        seed = controller.named("job_templates")["Qlik Cloud seed"]
        question = {"variable": "qlik_seed_prune", "type": "text", "question_name": "Prune?", "required": False}
        controller.surveys[seed["id"]] = {"name": "", "description": "", "spec": [question]}
        seed["survey_enabled"] = True
        again = set_up(controller, with_awx, tmp_path, required)
        assert re.search(r"changed=1 .*failed=0", again.stdout), again.stdout + again.stderr
        assert (seed["id"] in controller.surveys, seed["survey_enabled"]) == (False, False)


def test_set_up_without_the_collection_that_it_needs(tmp_path: Path) -> None:
    """Before anything else, mistakes in variables too."""
    with Controller() as controller:
        done = set_up(controller, str(COLLECTIONS), tmp_path, {"qlik_awx_fork": 2})
        shown = done.stdout + done.stderr
        assert done.returncode == 2
        message = "The collection awx.awx is not installed. Install it with: ansible-galaxy collection install awx.awx"
        assert message in shown
        assert "qlik_awx_fork:" not in shown
        assert "resolve" not in shown
        assert controller.writes == []


@pytest.mark.long
def test_credential_of_the_guide(with_awx: str, tmp_path: Path) -> None:
    """With the settings of the guide, and then the playbook that it shows, twice."""
    blocks = [
        yaml.safe_load(block) for block in re.findall(r"code-block:: yaml\n\n((?:   .*\n|\n)+)", GUIDE.read_text())
    ]
    settings = next(block for block in blocks if "qlik_awx_project_url" in block)
    (play,) = (block for block in blocks if isinstance(block, list))
    playbook = tmp_path / "credential.yml"
    playbook.write_text(yaml.safe_dump(play), encoding="utf-8")
    secrets = {"vaulted_client_id": "the-client", "vaulted_client_secret": "0123-the-secret-of-the-client"}
    with Controller() as controller:
        assert set_up(controller, with_awx, tmp_path, settings).returncode == 0
        first = set_up(controller, with_awx, tmp_path, secrets, str(playbook))
        assert re.search(r"changed=1 .*failed=0", first.stdout), first.stdout + first.stderr
        assert secrets["vaulted_client_secret"] not in first.stdout + first.stderr
        credential = controller.named("credentials")["Tenants"]
        assert credential["inputs"] == {"client_id": "the-client", "client_secret": "0123-the-secret-of-the-client"}
        again = set_up(controller, with_awx, tmp_path, secrets, str(playbook))
        assert re.search(r"changed=0 .*failed=0", again.stdout), again.stdout + again.stderr
        with_credential = {**settings, "qlik_awx_credentials": ["Tenants"]}
        attached = set_up(controller, with_awx, tmp_path, with_credential)
        assert re.search(r"changed=1 .*failed=0", attached.stdout), attached.stdout + attached.stderr
        assert list(controller.attached.values()).count([credential["id"]]) == 4


@pytest.mark.every_core
def test_set_up_with_mistakes_in_variables(with_awx: str, tmp_path: Path) -> None:
    with Controller() as controller:
        wrong = {
            "qlik_awx_project_url": "",
            "qlik_awx_fork": 2,
            "qlik_awx_credentials": [1],
            "qlik_seed_prun": True,
            "qlik_awx_launch_teams": {"sed": ["A"], "audit": [7]},
            "qlik_awx_notifications": ["Mail"],
        }
        done = set_up(controller, with_awx, tmp_path, wrong)
        assert done.returncode != 0
        for line in (
            "qlik_awx_project_url: Required, but not set.",
            "qlik_awx_execution_environment_image: Required, but not set.",
            "qlik_awx_fork: Unknown variable. Did you mean qlik_awx_forks?",
            "qlik_awx_credentials[0]: Must be a string, not the number 1.",
            "qlik_awx_launch_teams.sed: Not a supported option. Did you mean seed?",
            "qlik_awx_launch_teams.audit[0]: Must be a string, not the number 7.",
            "qlik_awx_notifications: ['Mail'] is not a dictionary.",
            "qlik_seed_prun: Unknown variable. Did you mean qlik_seed_prune",
        ):
            assert line in done.stdout + done.stderr
        assert controller.writes == []


@pytest.mark.long
def test_set_up_with_blank_answers(with_awx: str, tmp_path: Path) -> None:
    """What is left blank or null gets its default; only the prefix of the names can be none."""
    blank = dict.fromkeys(yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8")), "")
    with Controller() as controller:
        existing(controller)
        done = set_up(controller, with_awx, tmp_path, {**SETTINGS, **blank, "qlik_awx_project_credential": None})
        assert done.returncode == 0, done.stdout + done.stderr
        templates = controller.named("job_templates")
        assert set(templates) == {"seed", "approved seed", "audit", "export"}
        assert {template["forks"] for template in templates.values()} == {20}


def test_execution_environment(tmp_path: Path) -> None:
    """ansible-builder makes a build context of it, with the collection; building takes a container engine."""
    command = ["ansible-builder", "create", "--file", str(ROLE / "files" / "execution-environment.yml")]
    done = subprocess.run([*command, "--context", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    desired = yaml.safe_load((tmp_path / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [collection["name"] for collection in desired["collections"]] == ["qlikops.cloud"]
    assert "ansible-runner" in next(tmp_path.glob("*file")).read_text(encoding="utf-8")


def test_certificates_are_injected_as_a_file(tmp_path: Path) -> None:
    assert injected({}, tmp_path)["QLIK_CA_PATH"] == ""
    path = injected({"ca_bundle": "-----BEGIN CERTIFICATE-----"}, tmp_path)["QLIK_CA_PATH"]
    assert Path(path).read_text(encoding="utf-8") == "-----BEGIN CERTIFICATE-----"
    assert injected({}, tmp_path)["QLIK_VALIDATE_CERTS"] == "True"
    assert injected({"skip_certificate_validation": True}, tmp_path)["QLIK_VALIDATE_CERTS"] == "False"


WAYS = {
    "api key": ["api_key"],
    "OAuth client": ["client_id", "client_secret"],
    "access token": ["access_token"],
}


@pytest.mark.parametrize("way", long_after_first(*WAYS))
def test_jobs(tenant: LocalTenant, tmp_path: Path, way: str) -> None:
    """Jobs of the shipped project as AWX lays them out for ansible-runner, in check mode, for real, and again."""
    secrets = {
        "api_key": tenant.api_key,
        "access_token": tenant.api_key,
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
    }
    credential = {name: secrets[name] for name in WAYS[way]}
    host: dict[str, Any] = {"qlik_seed_group_prefix": "acme-", "qlik_seed_tenant": {"name": "Acme"}}
    if way == "OAuth client":
        # One for many tenants: each host has its own address.
        host["qlik_tenant_url"] = tenant.url
    else:
        credential["tenant_url"] = tenant.url
    job = lay_out(tmp_path, credential, {"acme": host})
    changes = []
    for arguments in ("--check", "", ""):
        before = tenant.state()
        statistics, shown = run_job(job, "seed", arguments)
        assert statistics["failures"] == {}, shown
        assert tenant.state() == before or arguments == ""
        changes.append(statistics["changed"].get("acme", 0))
        for secret in ("api_key", "client_secret"):
            assert secrets[secret] not in shown
    assert changes[0] == changes[1] > 0
    assert changes[2] == 0
    assert "acme-Qlik Stewards" in {group["name"] for group in tenant.groups()}


@pytest.mark.long
def test_a_job_without_answers_and_what_it_hands_on(tenant: LocalTenant, tmp_path: Path) -> None:
    """AWX gives an empty text for a question without an answer; the artifacts are what it passes on."""
    host = {"qlik_seed_standard_groups": {"A": ["Steward"]}}
    job = lay_out(tmp_path, {"tenant_url": tenant.url, "api_key": tenant.api_key}, {"acme": host})
    statistics, shown = run_job(job, "seed", "", qlik_seed_prune="", qlik_seed_max_deletions="")
    assert statistics["failures"] == {}, shown
    handed_on = statistics["artifact_data"]["qlik_seed"]["acme"]
    assert handed_on["areas"] == {"groups": {"created": 1, "updated": 0, "deleted": 0, "unchanged": 0, "failed": 0}}
    assert (handed_on["failed"], handed_on["reason"], handed_on["plan"]["steps"]) == (False, [], 1)
    audited, shown = run_job(
        job,
        "audit",
        "--check",
        qlik_audit_report_dir=str(tmp_path / "reports"),
        qlik_audit_fail_on_drift="",
        qlik_audit_count_unmanaged="",
    )
    assert audited["failures"] == {}, shown
    failed, shown = run_job(job, "seed", "", qlik_seed_prune="perhaps")
    assert failed["failures"] == {"acme": 1}, shown
    reason = failed["artifact_data"]["qlik_seed"]["acme"]["reason"]
    assert reason == ["qlik_seed_prune: 'perhaps' is not true or false."]


def test_audit_job(tenant: LocalTenant, tmp_path: Path) -> None:
    """It is one of type check, fails because the tenant differs, and leaves a report."""
    job = lay_out(tmp_path, {"tenant_url": tenant.url, "api_key": tenant.api_key}, {"acme": {}})
    reports = tmp_path / "reports"
    statistics, shown = run_job(job, "audit", "--check", qlik_audit_report_dir=str(reports))
    assert statistics["failures"] == {"acme": 1}, shown
    assert tenant.counters()["writes"] == 0
    written = {path.suffix: path.read_text(encoding="utf-8") for path in reports.iterdir()}
    assert written.keys() == {".html", ".json", ".xml"}
    assert tenant.api_key not in shown + "".join(written.values())


@pytest.mark.long
def test_export_job(tenant: LocalTenant, tmp_path: Path) -> None:
    tenant.plant_groups([{"name": "Finance"}])
    job = lay_out(tmp_path, {"tenant_url": tenant.url, "api_key": tenant.api_key}, {"acme": {}})
    statistics, shown = run_job(job, "export", "", qlik_export_dir=str(tmp_path / "export"))
    assert statistics["failures"] == {}, shown
    file = tmp_path / "export" / "acme" / "qlik_tenant.yml"
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["qlik_seed_extra_groups"][0]["name"] == "Finance"
