# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules in Ansible's worker: nothing of one task reaches another, and nothing of a tenant is a template."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
import yaml
from local_tenant.client import LocalTenant
from suites import long_after_first

from .conftest import Play, RunPlaybook, ansible_environment

BRACES = "{{ 7 * 7 }}"


@pytest.fixture(scope="module")
def two() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=2, proxy=True) as server:
        yield server


@pytest.mark.every_core
def test_nothing_of_one_item_or_task_reaches_another(two: LocalTenant, run_playbook: RunPlaybook) -> None:
    """All items of a loop run in one process, and a worker may run several tasks."""
    first, second = two.tenants
    for tenant in (first, second):
        tenant.reset()
    items = [
        {"name": "first", "url": first.url, "key": first.api_key, "environment": {"QLIK_API_KEY": first.api_key}},
        {"name": "second", "url": second.url, "key": second.api_key, "environment": {"QLIK_API_KEY": second.api_key}},
        {"name": "nobody", "url": second.url, "environment": {}},
        {
            "name": "proxied",
            "url": first.url,
            "environment": {"QLIK_API_KEY": first.api_key, "HTTP_PROXY": "http://127.0.0.1:9"},
        },
        {"name": "again", "url": first.url, "environment": {"QLIK_API_KEY": first.api_key}},
    ]
    group = {"name": "{{ item.name }}", "tenant_url": "{{ item.url }}", "retries": 0}
    of_environment: Play = {
        "name": "environment",
        "qlikops.cloud.qlik_group": group,
        "environment": "{{ item.environment }}",
        "loop": items,
        "loop_control": {"label": "{{ item.name }}"},
        "ignore_errors": True,
    }
    of_options: Play = {
        "name": "options",
        "qlikops.cloud.qlik_group": {**group, "api_key": "{{ item.key }}"},
        "loop": items[:2],
        "loop_control": {"label": "{{ item.name }}"},
    }
    without: Play = {"name": "without", "qlikops.cloud.qlik_group": {"name": "late", "tenant_url": first.url}}
    defaults: Play = {
        "name": "defaults",
        "qlikops.cloud.qlik_user": {"subject": "ada", "tenant_url": first.url, "api_key": first.api_key},
        "module_defaults": {"qlikops.cloud.qlik_group": {"state": "absent", "name": "first"}},
    }
    tasks = [of_options, of_environment, {**without, "ignore_errors": True}, defaults]
    run = run_playbook(tasks, environment={"QLIK_API_KEY": "", "QLIK_RUN_MODULES": "worker"})
    outcomes = ["error" in each for each in run.tasks["environment"]["results"]]
    assert outcomes == [False, False, True, True, False]
    assert "There is no credential for the tenant" in run.tasks["environment"]["results"][2]["msg"]
    assert "HTTP_PROXY" in run.tasks["environment"]["results"][3]["msg"]
    assert "There is no credential for the tenant" in run.tasks["without"]["msg"]
    assert run.tasks["defaults"]["action"] == "created"
    assert {group["name"] for group in first.groups()} >= {"first"}
    assert {group["name"] for group in second.groups()} >= {"second"}
    assert not {"first", "late", "nobody"} & {group["name"] for group in second.groups()}


@pytest.mark.long
def test_a_role_takes_the_connection_from_defaults_of_the_group(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    """Defaults of one module do not reach it."""
    defaults: Play = {
        "group/qlikops.cloud.qlik": {"tenant_url": tenant.url, "api_key": tenant.api_key},
        "qlikops.cloud.qlik_configuration": {"api_key": "wrong"},
    }
    role: Play = {
        "name": "role",
        "ansible.builtin.include_role": {"name": "qlikops.cloud.qlik_seed"},
        "vars": {"qlik_seed_standard_groups": {"Stewards": []}},
    }
    block: Play = {"module_defaults": defaults, "block": [role]}
    run = run_playbook([block], environment={"QLIK_TENANT_URL": "", "QLIK_API_KEY": ""})
    assert run.code == 0, run.output
    assert "Stewards" in {group["name"] for group in tenant.groups()}

    # What is described is described by variables, which are checked.
    described: Play = {"module_defaults": {"qlikops.cloud.qlik_seed": {"group": []}}, "block": [role]}
    refused = run_playbook([described])
    assert refused.failed
    message = refused.tasks["Apply the description"]["msg"]
    assert message.startswith("module_defaults of qlikops.cloud.qlik_seed: group is not an option.")

    of_group: Play = {
        "module_defaults": {"group/qlikops.cloud.qlik": {"state": "absent", "tenant_urll": "x", "retries": 3}},
        "block": [role],
    }
    message = run_playbook([of_group]).tasks["Apply the description"]["msg"]
    assert message.startswith(
        "module_defaults of group/qlikops.cloud.qlik: state, tenant_urll are not options. Did you mean tenant_url"
    )


@pytest.mark.every_core
def test_what_a_tenant_says_is_no_template(tenant: LocalTenant, tmp_path: Path) -> None:
    """Registered, and used where Ansible renders."""
    tenant.plant_groups([{"name": BRACES, "providerType": "custom", "description": BRACES}])
    password = tmp_path / "password"
    password.write_text("vault", encoding="utf-8")
    encrypt = ["ansible-vault", "encrypt_string", "--vault-password-file", str(password), "--name", "key"]
    environment = ansible_environment(tmp_path, QLIK_TENANT_URL=tenant.url, QLIK_RUN_MODULES="worker")
    vaulted = subprocess.run(
        [*encrypt, tenant.api_key], env=environment, capture_output=True, text=True, check=True
    ).stdout
    (tmp_path / "template.j2").write_text("{{ found.groups[0].name }}|{{ found.groups }}", encoding="utf-8")
    playbook = tmp_path / "playbook.yml"
    head = "- hosts: localhost\n  gather_facts: false\n  vars:\n"
    head += "".join(f"    {line}\n" for line in vaulted.splitlines()) + "    day: 2026-01-02\n    names: {1: one}\n"
    tasks = [
        {"qlikops.cloud.qlik_group_info": {"provider_type": "custom", "api_key": "{{ key }}"}, "register": "found"},
        {"ansible.builtin.debug": {"msg": "debug {{ found.groups[0].name }}"}},
        {"ansible.builtin.set_fact": {"fact": "{{ found.groups[0].description }}"}},
        {"ansible.builtin.debug": {"msg": "fact {{ fact }}"}},
        {"ansible.builtin.debug": {"msg": "item {{ item.name }}"}, "loop": "{{ found.groups }}"},
        {"ansible.builtin.template": {"src": str(tmp_path / "template.j2"), "dest": str(tmp_path / "rendered")}},
        {
            "qlikops.cloud.qlik_groups": {
                "api_key": "{{ key }}",
                "groups": [{"name": "{{ day | string }}"}, {"name": "{{ found.groups[0].name }} again"}],
            }
        },
    ]
    body = yaml.safe_dump({"tasks": tasks})
    playbook.write_text(head + "".join(f"  {line}\n" for line in body.splitlines()), encoding="utf-8")
    run = subprocess.run(
        ["ansible-playbook", "-vvv", "--vault-password-file", str(password), str(playbook)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    output = run.stdout + run.stderr
    assert run.returncode == 0, output
    for where in ("debug", "fact", "item"):
        assert f"{where} {BRACES}" in output, where
    rendered = (tmp_path / "rendered").read_text(encoding="utf-8")
    assert rendered.startswith(f"{BRACES}|")
    assert rendered.count(BRACES) == 3, rendered
    assert tenant.api_key not in output
    assert {group["name"] for group in tenant.groups()} >= {"2026-01-02", f"{BRACES} again"}


def test_libraries_print_nothing(run_playbook: RunPlaybook, tmp_path: Path) -> None:
    """What urllib3 warns of when certificates are not checked."""
    certificate = trustme.CA().issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    with LocalTenant(tls_cert=tmp_path / "both.pem", tls_key=tmp_path / "both.pem") as secure:
        options = {"tenant_url": secure.url, "api_key": secure.api_key, "validate_certs": False}
        task: Play = {"name": "info", "qlikops.cloud.qlik_tenant_info": options}
        run = run_playbook([task], environment={"QLIK_RUN_MODULES": "worker", "HTTPS_PROXY": ""})
    assert run.code == 0, run.output
    assert run.tasks["info"]["tenant"]["name"]
    assert "Insecure" not in run.output
    assert "urllib3" not in run.output


@pytest.mark.parametrize("writes", long_after_first(3, 12))
def test_a_timeout_is_a_failure_that_says_what_was_written(
    tenant: LocalTenant, run_playbook: RunPlaybook, writes: int
) -> None:
    """Even if the writes that were pending are the last ones."""
    tenant.misbehave({"match": {"method": "POST"}, "action": {"delay": 1.4}})
    groups = [{"name": f"G{number}"} for number in range(writes)]
    task: Play = {"name": "late", "qlikops.cloud.qlik_groups": {"groups": groups, "concurrency": 3}}
    task["timeout"] = 1 if writes == 3 else 2
    run = run_playbook([task], environment={"QLIK_RUN_MODULES": "worker"})
    result = run.tasks["late"]
    written = {group["name"] for group in tenant.groups()} & {group["name"] for group in groups}
    assert run.failed
    assert result["changed"]
    assert result["timedout"] == {"period": task["timeout"]}
    assert {each["name"] for each in result["groups"] if each["action"] == "created"} == written
    reason = f"The task timed out after {'1 second' if writes == 3 else '2 seconds'}."
    if writes == 3:
        assert result["msg"] == f"{reason} All changes were written."
    else:
        left = {each["error"]["message"] for each in result["groups"] if each["action"] == "failed"}
        assert left == {f"Not attempted: {reason}"}
        assert result["msg"].startswith(f"{writes - len(written)} of {writes} groups failed. group ")
