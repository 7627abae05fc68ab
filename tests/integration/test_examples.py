# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the documentation of all modules, run as they stand there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from foreign import COLLECTIONS as FOREIGN
from generate.words import example_key
from local_tenant.client import LocalTenant
from suites import long_unless

from .conftest import COLLECTIONS, ROOT, RunPlaybook, examples_of

MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
#: A module of each of the ways that modules go.
OF_EACH_FLOW = [
    "qlik_api_key",
    "qlik_configuration",
    "qlik_group_info",
    "qlik_space_member",
    "qlik_tenant_lifecycle",
    "qlik_users",
]


def without_connection(task: dict[str, Any]) -> dict[str, Any]:
    """The task with the connection of the test in the place of the one that the documentation shows."""
    connection = {"tenant_url", "api_key", "client_id", "client_secret"}
    task = {key: value for key, value in task.items() if key != "module_defaults"}
    for key, value in task.items():
        if key.startswith("qlikops.cloud.") and isinstance(value, dict):
            task[key] = {option: value[option] for option in value if option not in connection}
    if "block" in task:
        task["block"] = [without_connection(inner) for inner in task["block"]]
    return task


@pytest.mark.every_core
@pytest.mark.parametrize("module", long_unless(OF_EACH_FLOW, MODULES))
def test_examples_settle(tenant: LocalTenant, run_playbook: RunPlaybook, module: str, tmp_path: Path) -> None:
    tenant.plant_groups([{"name": "Finance Analysts"}, {"name": "Contractors"}])
    tenant.plant_users([{"subject": f"ACME\\{name}", "name": name} for name in ("bob", "charles", "dora")])
    tenant.plant_roles([{"name": "Report Distributors"}])
    (kestrel,) = tenant.plant_groups([{"name": "Project Kestrel", "providerType": "custom"}])
    # Where the examples say that they come from.
    tenant.set_tenant(caller_address="192.0.2.7")
    if module == "qlik_space_member":
        tenant.plant_spaces([{"name": "Finance", "type": "managed"}])
    tasks = [
        without_connection(task) for task in yaml.safe_load(examples_of(ROOT / "plugins" / "modules" / f"{module}.py"))
    ]
    if module == "qlik_audit_event_info":
        tenant.plant_users([{"subject": "ACME\\ada", "name": "ada"}])
    if module == "qlik_api_key":
        tenant.set_tenant(api_key_settings={"max_expiry": "P90D"})
        tenant.plant_api_keys([{"user": "ACME\\bob", "description": "laptop"}])
    variables: dict[str, Any] = {"kestrel_group_id": kestrel, "credentials_dir": str(tmp_path)}
    environment: dict[str, str] = {}
    if module == "qlik_tenant_lifecycle":
        (register,) = tenant.organization.registers.values()
        environment = {"QLIK_CLIENT_ID": register.client_id, "QLIK_CLIENT_SECRET": register.client_secret}
        environment["QLIK_API_KEY"] = ""
        variables["license_key"] = tenant.organization.license_key
        tasks[1]["qlikops.cloud.qlik_configuration"]["tenant_url"] = "{{ acme.tenant.tenant_url }}"
        tasks[0]["qlikops.cloud.qlik_tenant_lifecycle"]["creation_record"] = str(tmp_path / "acme.json")
    if module == "qlik_awx":
        environment = {"ANSIBLE_COLLECTIONS_PATH": f"{COLLECTIONS}{os.pathsep}{FOREIGN.installed()}"}
    place = example_key(module, AREAS)
    first = run_playbook(tasks, variables, environment=environment)
    assert first.code == 0, f"{place} fails:\n{first.output}"
    second = run_playbook(tasks, variables, environment=environment)
    assert (second.code, second.changed) == (0, 0), f"{place} changes the tenant in a second run:\n{second.output}"
