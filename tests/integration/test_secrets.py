# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in anything that a run shows, returns or leaves behind, at any verbosity."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant
from suites import long_after_first, long_unless

from .conftest import ansible_environment

TASKS: list[dict[str, Any]] = [
    {"qlikops.cloud.qlik_tenant": {"name": "Acme"}},
    {"qlikops.cloud.qlik_groups": {"groups": [{"name": "Finance", "assigned_roles": ["Steward"]}]}},
    {"qlikops.cloud.qlik_group": {"name": "Finance", "assigned_roles": ["No such role"]}, "ignore_errors": True},
    {"qlikops.cloud.qlik_users": {"users": [{"subject": "eve", "name": "Eve"}]}, "async": 60, "poll": 1},
    {"qlikops.cloud.qlik_user_info": {}},
    {"ansible.builtin.debug": {"var": "results"}},
]


def run(tasks: list[dict[str, Any]], options: dict[str, str], environment: dict[str, str], home: Path) -> str:
    """Everything that a run of the tasks leaves behind."""
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {"group/qlikops.cloud.qlik": options},
        "tasks": [{**task, "register": "results"} for task in tasks],
    }
    (home / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    log = home / "ansible.log"
    done = subprocess.run(
        ["ansible-playbook", "-vvvv", "--diff", str(home / "play.yml")],
        env=ansible_environment(home, ANSIBLE_LOG_PATH=str(log), ANSIBLE_ASYNC_DIR=str(home / "async"), **environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    left = [path.read_text(errors="replace") for path in home.rglob("*") if path.is_file() and path.name != "play.yml"]
    output = done.stdout + done.stderr + log.read_text(encoding="utf-8")
    assert "PLAY RECAP" in output
    assert "Traceback" not in output
    return output + "".join(left)


WAYS = (["api_key", "access_token", "client"], ["in the environment", "as options", "repeated by the server"])


@pytest.mark.parametrize(("way", "case"), long_unless([("client", "repeated by the server")], itertools.product(*WAYS)))
def test_no_secret_is_shown(tenant: LocalTenant, tmp_path: Path, way: str, case: str) -> None:
    credentials = {way: tenant.api_key}
    if way == "client":
        credentials = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    tasks = TASKS
    if case == "repeated by the server":
        tenant.misbehave({"match": {"path": "/api/"}, "action": {"echo_authorization": 400}})
        tasks = [{**task, "ignore_errors": True} for task in TASKS]
    options = {"tenant_url": tenant.url}
    environment: dict[str, str] = {}
    if case == "in the environment":
        environment = {f"QLIK_{name.upper()}": value for name, value in credentials.items()}
    else:
        options.update(credentials)
    seen = run(tasks, options, environment, tmp_path)
    assert "qlik_user_info" in seen
    for secret in (tenant.api_key, tenant.client_secret):
        assert secret not in seen
    assert "Bearer ey" not in seen


@pytest.mark.parametrize("place", long_after_first("options", "environment"))
def test_no_password_in_an_address_is_shown(tmp_path: Path, place: str) -> None:
    """Neither when the address is refused nor when Ansible refuses another option before that."""
    url = "https://ada:hunter2@acme.eu.qlikcloud.com"
    tasks: list[dict[str, Any]] = [
        {"qlikops.cloud.qlik_tenant_info": {}, "ignore_errors": True},
        {"qlikops.cloud.qlik_group": {"name": "N", "retries": "many"}, "ignore_errors": True},
        {"qlikops.cloud.qlik_groups": {"groups": [{"nme": "N"}]}, "ignore_errors": True},
    ]
    options = {"api_key": "k"}
    environment = {"HTTPS_PROXY": "http://bob:hunter3@[bad", "QLIK_TENANT_URL": url}
    if place == "options":
        # Ansible shows the lines of a play in which something is wrong.
        environment["ADDRESS"] = environment.pop("QLIK_TENANT_URL")
        options["tenant_url"] = "{{ lookup('ansible.builtin.env', 'ADDRESS') }}"
    seen = run(tasks, options, environment, tmp_path)
    assert "must not contain a user name or password" in seen
    assert [line for line in seen.splitlines() if "hunter" in line] == []
