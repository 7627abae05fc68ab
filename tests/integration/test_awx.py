# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shipped for AWX: its set-up through awx.awx, the credential type, the execution environment, jobs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import awx
import pytest
import yaml
from awx.controller import TOKEN, Controller
from foreign import installed, run
from jinja2.sandbox import ImmutableSandboxedEnvironment
from local_tenant.client import LocalTenant

from .conftest import COLLECTIONS, ROOT, ansible_environment

ROLE = ROOT / "roles" / "qlik_awx"
SETTINGS = {
    "qlik_awx_project_url": "https://git.example.com/tenants.git",
    "qlik_awx_execution_environment_image": "registry.example.com/qlik:1",
    "qlik_awx_inventory_path": "inventory.yml",
    "qlik_awx_credentials": ["Acme"],
    "qlik_awx_audit_notifications": ["Mail"],
}
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_awx.rst"


@pytest.fixture(scope="session")
def with_awx(request: pytest.FixtureRequest) -> str:
    """A path of collections that has awx.awx."""
    requirements = Path(awx.__file__).parent / "requirements.txt"

    def install(folder: Path) -> None:
        # Only the collection in the package is used, which runs on older Pythons than the package itself.
        python = ROOT / ".build" / "installer" / "bin" / "python"
        pip = [str(python), "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        pip.append("--ignore-requires-python")
        run([*pip, "--dest", ".", "--requirement", "requirements.txt"], "pip download", folder)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.startswith("ansible_collections/awx/awx/")]
            archive.extractall(folder, names)
        wheel.unlink()

    folder = installed(request.config.cache, "awx", [requirements], install)
    return f"{COLLECTIONS}{os.pathsep}{folder}"


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


def test_set_up(with_awx: str, tmp_path: Path) -> None:
    """With the real modules of awx.awx, which know their options, against a controller that knows its fields."""
    with Controller() as controller:
        credential = controller.add("credentials", {"name": "Acme"})
        mail = controller.add("notification_templates", {"name": "Mail"})
        first = set_up(controller, with_awx, tmp_path, SETTINGS)
        assert first.returncode == 0, first.stdout + first.stderr
        templates = controller.named("job_templates")
        assert set(templates) == {"Qlik Cloud seed", "Qlik Cloud audit", "Qlik Cloud export"}
        audit = templates["Qlik Cloud audit"]
        assert audit["job_type"] == "check"
        assert audit["playbook"] == "audit.yml"
        assert json.loads(audit["extra_vars"]) == {"qlik_audit_report_dir": "/runner/project/reports"}
        assert controller.attached["job_templates", audit["id"], "credentials"] == [credential["id"]]
        attached = {key for key, ids in controller.attached.items() if ids == [mail["id"]]}
        assert attached == {("job_templates", audit["id"], "notification_templates_error")}
        assert templates["Qlik Cloud seed"]["ask_job_type_on_launch"] is True
        (schedule,) = controller.named("schedules").values()
        assert schedule["unified_job_template"] == audit["id"]
        (environment,) = controller.named("execution_environments").values()
        assert environment["image"] == "registry.example.com/qlik:1"
        injectors = controller.named("credential_types")["Qlik Cloud tenant"]["injectors"]
        assert injectors["env"]["QLIK_TENANT_URL"] == "{{ tenant_url | default('') }}"
        questions = {question["variable"] for survey in controller.surveys.values() for question in survey["spec"]}
        assert questions == {
            "qlik_seed_prune",
            "qlik_seed_max_deletions",
            "qlik_audit_fail_on_drift",
            "qlik_audit_count_extra",
            "qlik_export_users",
        }

        controller.writes.clear()
        again = set_up(controller, with_awx, tmp_path, SETTINGS)
        assert re.search(r"changed=0 .*failed=0", again.stdout), again.stdout + again.stderr
        assert controller.writes == []

        changed = set_up(controller, with_awx, tmp_path, {**SETTINGS, "qlik_awx_forks": 50})
        assert changed.returncode == 0, changed.stdout
        assert controller.writes == ["PATCH job_templates"] * 3


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
        assert list(controller.attached.values()).count([credential["id"]]) == 3


def test_set_up_with_mistakes_in_variables(with_awx: str, tmp_path: Path) -> None:
    with Controller() as controller:
        wrong = {"qlik_awx_project_url": "", "qlik_awx_fork": 2, "qlik_awx_credentials": [1], "qlik_seed_prun": True}
        done = set_up(controller, with_awx, tmp_path, wrong)
        assert done.returncode != 0
        for line in (
            "qlik_awx_project_url: it is missing.",
            "qlik_awx_execution_environment_image: it is missing.",
            "qlik_awx_fork: there is no such variable. Did you mean qlik_awx_forks?",
            "qlik_awx_credentials[0]: the number 1 is no text.",
            "qlik_seed_prun: there is no such variable. Did you mean qlik_seed_prune",
        ):
            assert line in done.stdout + done.stderr
        assert controller.writes == []


def test_set_up_with_blank_answers(with_awx: str, tmp_path: Path) -> None:
    """What is left blank or null gets its default; only the prefix of the names can be none."""
    blank = dict.fromkeys(yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8")), "")
    with Controller() as controller:
        done = set_up(controller, with_awx, tmp_path, {**SETTINGS, **blank, "qlik_awx_project_credential": None})
        assert done.returncode == 0, done.stdout + done.stderr
        templates = controller.named("job_templates")
        assert set(templates) == {"seed", "audit", "export"}
        assert {template["forks"] for template in templates.values()} == {20}


def test_execution_environment(tmp_path: Path) -> None:
    """ansible-builder makes a build context of it, with the collection; building takes a container engine."""
    command = ["ansible-builder", "create", "--file", str(ROLE / "files" / "execution-environment.yml")]
    done = subprocess.run([*command, "--context", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = yaml.safe_load((tmp_path / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [collection["name"] for collection in wanted["collections"]] == ["qlikops.cloud"]
    assert "ansible-runner" in next(tmp_path.glob("*file")).read_text(encoding="utf-8")


def shipped(name: str) -> Any:
    """One of the role's own variables, with the templates in it that are for AWX."""
    text = (ROLE / "vars" / "main.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=loader_of_unsafe_texts())[name]


def injected(inputs: dict[str, Any], folder: Path) -> dict[str, str]:
    """The environment that AWX makes of a credential: fields without a value are not defined, boxes are false."""
    credential_type = shipped("__qlik_awx_credential_type")
    fields = credential_type["inputs"]["fields"]
    assert inputs.keys() <= {field["id"] for field in fields}
    values = {field["id"]: False for field in fields if field["type"] == "boolean"} | inputs
    environment = ImmutableSandboxedEnvironment()
    injectors = credential_type["injectors"]
    file = folder / "injected"
    file.write_text(environment.from_string(injectors["file"]["template"]).render(values), encoding="utf-8")
    values["tower"] = {"filename": str(file)}
    return {name: environment.from_string(template).render(values) for name, template in injectors["env"].items()}


def test_certificates_are_injected_as_a_file(tmp_path: Path) -> None:
    assert injected({}, tmp_path)["QLIK_CA_PATH"] == ""
    path = injected({"ca_bundle": "-----BEGIN CERTIFICATE-----"}, tmp_path)["QLIK_CA_PATH"]
    assert Path(path).read_text(encoding="utf-8") == "-----BEGIN CERTIFICATE-----"
    assert injected({}, tmp_path)["QLIK_VALIDATE_CERTS"] == "True"
    assert injected({"skip_certificate_validation": True}, tmp_path)["QLIK_VALIDATE_CERTS"] == "False"


def loader_of_unsafe_texts() -> type[yaml.SafeLoader]:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!unsafe", lambda loader, node: node.value)
    return Loader


WAYS = {
    "api key": ["api_key"],
    "OAuth client": ["client_id", "client_secret"],
    "access token": ["access_token"],
}


@pytest.mark.parametrize("way", WAYS)
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
    job = lay_out(tmp_path, credential, host)
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


def test_a_job_without_answers_and_what_it_hands_on(tenant: LocalTenant, tmp_path: Path) -> None:
    """AWX gives an empty text for a question without an answer; the artifacts are what it passes on."""
    host = {"qlik_seed_standard_groups": {"A": ["Steward"]}}
    job = lay_out(tmp_path, {"tenant_url": tenant.url, "api_key": tenant.api_key}, host)
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
        qlik_audit_count_extra="",
    )
    assert audited["failures"] == {}, shown
    failed, shown = run_job(job, "seed", "", qlik_seed_prune="perhaps")
    assert failed["failures"] == {"acme": 1}, shown
    reason = failed["artifact_data"]["qlik_seed"]["acme"]["reason"]
    assert reason == ["qlik_seed_prune: 'perhaps' is not true or false."]


def test_audit_job(tenant: LocalTenant, tmp_path: Path) -> None:
    """It is one of type check, fails because the tenant differs, and leaves a report."""
    job = lay_out(tmp_path, {"tenant_url": tenant.url, "api_key": tenant.api_key}, {})
    reports = tmp_path / "reports"
    statistics, shown = run_job(job, "audit", "--check", qlik_audit_report_dir=str(reports))
    assert statistics["failures"] == {"acme": 1}, shown
    assert tenant.counters()["writes"] == 0
    written = {path.suffix: path.read_text(encoding="utf-8") for path in reports.iterdir()}
    assert written.keys() == {".html", ".json", ".xml"}
    assert tenant.api_key not in shown + "".join(written.values())


def test_export_job(tenant: LocalTenant, tmp_path: Path) -> None:
    tenant.plant_groups([{"name": "Finance"}])
    job = lay_out(tmp_path, {"tenant_url": tenant.url, "api_key": tenant.api_key}, {})
    statistics, shown = run_job(job, "export", "", qlik_export_dir=str(tmp_path / "export"))
    assert statistics["failures"] == {}, shown
    file = tmp_path / "export" / "acme" / "qlik_tenant.yml"
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["qlik_seed_extra_groups"][0]["name"] == "Finance"


def lay_out(folder: Path, credential: dict[str, str], host: dict[str, Any]) -> Path:
    """A private data folder as AWX makes it for one tenant: the project, the inventory as a script, the environment."""
    shutil.copytree(ROLE / "files" / "project", folder / "project")
    (folder / "env").mkdir()
    (folder / "inventory").mkdir()
    script = folder / "inventory" / "hosts"
    variables = {"remote_tower_enabled": "true", "remote_tower_id": 1, **host}
    inventory = {"all": {"hosts": ["acme"]}, "_meta": {"hostvars": {"acme": variables}}}
    script.write_text(f"#!{sys.executable}\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
    script.chmod(0o700)
    # What AWX sets and nothing else: no interpreter for the modules, for example.
    environment = {
        **injected(credential, folder / "env"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_FORCE_COLOR": "True",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
    }
    (folder / "env" / "envvars").write_text(json.dumps(environment), encoding="utf-8")
    (folder / "env" / "settings").write_text(json.dumps({"suppress_env_files": True}), encoding="utf-8")
    return folder


def answers(template: dict[str, Any], **variables: str) -> str:
    """The extra variables of a job whose survey was left as it is, as AWX writes them: texts are no templates."""
    variables = {question["variable"]: question["default"] for question in template["survey"]} | variables
    unsafe = {name: "!unsafe " if isinstance(value, str) else "" for name, value in variables.items()}
    return "".join(f"{name}: {unsafe[name]}{json.dumps(value)}\n" for name, value in variables.items())


def run_job(folder: Path, name: str, arguments: str, **variables: str) -> tuple[dict[str, dict[str, Any]], str]:
    """The statistics of a job of a template, and everything that AWX would show of it."""
    (template,) = (each for each in shipped("__qlik_awx_job_templates") if each["name"] == name)
    shutil.rmtree(folder / "artifacts", ignore_errors=True)
    (folder / "env" / "extravars").write_text(answers(template, **variables), encoding="utf-8")
    (folder / "env" / "cmdline").write_text(f"-v --diff {arguments}", encoding="utf-8")
    command = ["ansible-runner", "run", str(folder), "--ident", "1", "--playbook", f"{name}.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 2), done.stdout + done.stderr
    artifacts = folder / "artifacts" / "1"
    events = [path.read_text(encoding="utf-8") for path in (artifacts / "job_events").iterdir()]
    (statistics,) = (event for event in map(json.loads, events) if event["event"] == "playbook_on_stats")
    return statistics["event_data"], "\n".join([*events, (artifacts / "stdout").read_text(encoding="utf-8")])
