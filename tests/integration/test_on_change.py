# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change starts a run on the tenant that was changed: the playbook, the rulebook, and both under ansible-rulebook."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.plugin_utils._event_source import ARGUMENTS
from foreign import RULEBOOK
from local_tenant.client import LocalTenant, TenantHandle
from suites import long_after_first

from .conftest import ROOT, ansible_environment

EXTENSIONS = ROOT / "extensions" / "eda"
(RULEBOOK_FILE,) = (EXTENSIONS / "rulebooks").glob("*.yml")
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_events.rst").read_text(encoding="utf-8")
#: The files of the guide, by the names in their first lines.
FILES = {
    name: yaml.safe_load(dedent(content))
    for content, name in re.findall(r"yaml\n\n((?:   # (\S+)\n)(?:   .*\n|\n)+)", GUIDE)
}
GROUP = {"name": "Finance", "assigned_roles": ["Steward"]}
DESCRIPTION = {"qlik_seed_standard_groups": {}, "qlik_seed_extra_groups": [GROUP]}
PLANTED = [{"name": "Finance", "assignedRoles": ["Steward"]}]
DRIFTED = [{"name": "Finance", "assignedRoles": ["Steward", "TenantAdmin"]}]


def inventory(folder: Path, tenants: dict[str, TenantHandle]) -> Path:
    """A folder, of which the engine makes a copy for each run."""
    hosts = {name: {"qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key} for name, tenant in tenants.items()}
    content = {"all": {"vars": DESCRIPTION, "hosts": hosts, "children": {"prod": {"hosts": dict.fromkeys(hosts, {})}}}}
    (folder / "inventory").mkdir()
    (folder / "inventory" / "hosts.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder / "inventory"


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=2) as server:
        yield server


@pytest.fixture
def two(server: LocalTenant) -> dict[str, TenantHandle]:
    for tenant in server.tenants:
        tenant.reset()
        tenant.plant_groups(DRIFTED)
        tenant.reset_counters()
    return dict(zip(("acme", "globex"), server.tenants))


def run(folder: Path, tenants: dict[str, TenantHandle], **variables: Any) -> subprocess.CompletedProcess[str]:
    variables = {"qlik_audit_report_dir": str(folder / "reports"), **variables}
    return subprocess.run(
        ["ansible-playbook", "-i", inventory(folder, tenants), "qlikops.cloud.on_change", "-e", json.dumps(variables)],
        env=ansible_environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("variables", "message"),
    long_after_first(
        ({}, "The name of the tenant is missing"),
        ({"qlik_on_change_tenant": " "}, "The name of the tenant is missing"),
        ({"qlik_on_change_tenant": None}, "The name of the tenant is missing"),
        ({"qlik_on_change_tenant": {"__ansible_unsafe": "{{ event.tenant }}"}}, "is a template that was not rendered"),
        ({"qlik_on_change_tenant": "{{ event.tenant }}"}, "The name of the tenant is missing|event"),
        ({"qlik_on_change_tenant": "initech"}, "'initech' is not a host of the inventory"),
        ({"qlik_on_change_tenant": "prod"}, "'prod' is not a host of the inventory"),
        ({"qlik_on_change_tenant": "all"}, "'all' is not a host of the inventory"),
        ({"qlik_on_change_tenant": ["acme"]}, "is missing|is not a host"),
        ({"qlik_on_change_tenant": "acme", "qlik_hosts": "all"}, "The variable qlik_hosts is set, and not to 'acme'"),
        ({"qlik_on_change_tenant": "acme", "qlik_on_change_repair": "perhaps"}, "qlik_on_change_repair"),
        ({"qlik_on_change_tenant": "acme", "qlik_on_change_repiar": True}, "Did you mean qlik_on_change_repair"),
    ),
)
def test_no_tenant_no_run(
    two: dict[str, TenantHandle], tmp_path: Path, variables: dict[str, Any], message: str
) -> None:
    """No tenant sees a request, above all not each of them."""
    done = run(tmp_path, two, **{"qlik_on_change_repair": True, **variables})
    assert done.returncode != 0
    output = " ".join((done.stdout + done.stderr).split())
    assert re.search(message, output), output
    assert [tenant.counters()["total"] for tenant in two.values()] == [0, 0]


@pytest.mark.every_core
@pytest.mark.parametrize("repair", long_after_first(True, False))
def test_the_tenant_and_no_other(two: dict[str, TenantHandle], tmp_path: Path, repair: bool) -> None:
    done = run(tmp_path, two, qlik_on_change_tenant="acme", qlik_on_change_repair=repair)
    assert done.returncode == 0, done.stdout + done.stderr
    assert two["globex"].counters()["total"] == 0
    assert two["acme"].counters()["writes"] == (1 if repair else 0)
    report = json.loads((tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))
    assert [(tenant["host"], tenant["status"]) for tenant in report["tenants"]] == [("acme", "drift")]


@pytest.mark.long
def test_nothing_to_repair(two: dict[str, TenantHandle], tmp_path: Path) -> None:
    two["acme"].plant_groups(PLANTED)
    done = run(tmp_path, two, qlik_on_change_tenant="acme", qlik_on_change_repair=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert two["acme"].counters()["writes"] == 0


RULEBOOKS = {"on_change": yaml.safe_load(RULEBOOK_FILE.read_text(encoding="utf-8")), "guide": FILES["roles.yml"]}


@pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=RULEBOOKS)
def test_a_rulebook_follows_the_schema_of_the_engine(rulebook: Any) -> None:
    (schema,) = RULEBOOK.installed().glob("venv/lib/*/site-packages/ansible_rulebook/schema/ruleset_schema.json")
    jsonschema.validate(rulebook, json.loads(schema.read_text()))
    with_action = [{**rulebook[0], "rules": [{**rulebook[0]["rules"][0], "actions": FILES["action.yml"]}]}]
    jsonschema.validate(with_action, json.loads(schema.read_text()))


@pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=RULEBOOKS)
def test_a_rulebook_names_what_exists(rulebook: Any) -> None:
    """Arguments of the source, a playbook, and one run for each tenant and poll; no Jinja in a condition."""
    (ruleset,) = rulebook
    (source,) = ruleset["sources"]
    assert source["qlikops.cloud.audit_events"].keys() <= ARGUMENTS.keys()
    (rule,) = ruleset["rules"]
    assert "{" not in rule["condition"]
    assert rule["throttle"]["group_by_attributes"] == ["event.tenant", "event.poll"]
    (action,) = rule["actions"]
    name = action["run_playbook"]["name"].removeprefix("qlikops.cloud.")
    assert (ROOT / "playbooks" / f"{name}.yml").exists()


def test_the_arguments_are_documented() -> None:
    text = (EXTENSIONS / "plugins" / "event_source" / "audit_events.py").read_text(encoding="utf-8")
    documentation = yaml.safe_load(re.findall(r'DOCUMENTATION = r"""\n(.*?)"""', text, re.DOTALL)[0])
    options = {
        name: {key: value for key, value in option.items() if key != "description"}
        for name, option in documentation["options"].items()
    }
    assert options == ARGUMENTS
    described = {name: (yaml.safe_load(value) if value else None) for name, value in rows("argument")}
    assert described == {name: option.get("default") for name, option in ARGUMENTS.items()}
    (example,) = yaml.safe_load(re.findall(r'EXAMPLES = r"""\n(.*?)"""', text, re.DOTALL)[0])
    assert example["qlikops.cloud.audit_events"].keys() <= ARGUMENTS.keys()


def rows(heading: str) -> list[tuple[str, str]]:
    """The names and the defaults in a table of the guide."""
    table = GUIDE.split(f"   * - {heading}\n", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^   \* - ``(\w+)``\n     - ?(?:``(.*?)``)?", table, re.MULTILINE)


def test_the_variables_of_the_rulebook_are_documented() -> None:
    used = dict(re.findall(r"{{ (qlik_\w+) \| default\((.*?)\) }}", RULEBOOK_FILE.read_text(encoding="utf-8")))
    described = dict(rows("variable"))
    assert used.keys() == described.keys()
    for name in ("qlik_events_interval", "qlik_events_state_file", "qlik_events_report_dir", "qlik_on_change_repair"):
        assert used[name].strip("'") == described[name]
    assert FILES["vars.yml"].keys() <= used.keys()


class Engine:
    """ansible-rulebook with the rulebook of the collection."""

    def __init__(self, folder: Path, tenants: dict[str, TenantHandle]) -> None:
        self.folder = folder
        self.log = folder / "log"
        contexts = {
            name: {"server": tenant.url, "headers": {"Authorization": f"Bearer {tenant.api_key}"}}
            for name, tenant in tenants.items()
        }
        (folder / "contexts.yml").write_text(yaml.safe_dump({"contexts": contexts}), encoding="utf-8")
        variables = {
            **FILES["vars.yml"],
            "qlik_events_state_file": str(folder / "state.json"),
            "qlik_events_report_dir": str(folder / "reports"),
            "qlik_events_interval": 5,
            "qlik_on_change_repair": True,
        }
        (folder / "inventory" / "group_vars").mkdir(parents=True)
        for name in ("inventory/qlik_contexts.yml", "inventory/group_vars/all.yml"):
            (folder / name).write_text(yaml.safe_dump(FILES[name]), encoding="utf-8")
        (folder / "vars.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
        # Of its environment only the Python can be used: it was moved after it was made.
        command = [str(RULEBOOK.installed() / "venv" / "bin" / "python"), "-m", "ansible_rulebook", "--verbose"]
        command += ["--print-events", "--rulebook", "qlikops.cloud.on_change", "--inventory"]
        command += [str(folder / "inventory"), "--vars", str(folder / "vars.yml")]
        environment = ansible_environment(folder, QLIK_CONTEXTS_PATH=str(folder / "contexts.yml"))
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        environment.pop("PYTHONPATH", None)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait(self, is_done: Any, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while not is_done():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.2)

    def has_begun(self, tenants: dict[str, TenantHandle]) -> bool:
        state = self.folder / "state.json"
        known = json.loads(state.read_text())["tenants"] if state.exists() else {}
        return known.keys() == {tenant.url for tenant in tenants.values()}

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


@pytest.mark.long
def test_a_grant_by_hand_is_repaired(tmp_path: Path) -> None:
    """On one of twenty tenants, once, and with the name of who did it; the repair itself starts nothing."""
    RULEBOOK.installed()
    with LocalTenant(tenants=20) as server:
        tenants = {f"tenant{number}": tenant for number, tenant in enumerate(server.tenants)}
        for tenant in tenants.values():
            tenant.plant_groups(PLANTED)
        engine = Engine(tmp_path, tenants)
        try:
            engine.wait(lambda: engine.has_begun(tenants))
            changed = tenants["tenant7"]
            by_hand = Client(
                Transport(Connection(changed.url, client_id=changed.client_id, client_secret=changed.client_secret))
            )
            (group,) = changed.groups()
            roles = [{"name": name} for name in ("Steward", "TenantAdmin")]
            by_hand.patch(
                f"/api/v1/groups/{group['id']}", [{"op": "replace", "path": "/assignedRoles", "value": roles}]
            )
            assert is_admin(changed)
            engine.wait(lambda: not is_admin(changed))
            polls = changed.counters()["routes"]["GET /audits"]
            engine.wait(lambda: changed.counters()["routes"]["GET /audits"] > polls + 8)
            said = engine.said()
            assert said.count("PLAY RECAP") == 1, said
            assert said.count("[received event]") == 1, said
            assert f"'object_id': '{group['id']}'" in said
            assert "'type': 'oauth_client'" in said
            # A burst on another one is one run too.
            burst = tenants["tenant3"]
            event = {"eventType": "com.qlik.core.user.updated", "user": "ada"}
            burst.plant("audit_events", [{**event, "data": {"id": f"u{number}"}} for number in range(250)])
            engine.wait(lambda: engine.said().count("PLAY RECAP") == 2)
            polls = burst.counters()["routes"]["GET /audits"]
            engine.wait(lambda: burst.counters()["routes"]["GET /audits"] > polls + 8)
        finally:
            engine.end()
        said = engine.said()
        assert (said.count("PLAY RECAP"), said.count("[received event]")) == (2, 4), said
        writes = {name: tenant.counters()["writes"] for name, tenant in tenants.items()}
        # That by hand, and the repair.
        assert writes == {name: 2 if name == "tenant7" else 0 for name in tenants}
        for tenant in tenants.values():
            assert tenant.api_key not in said
        report = json.loads((tmp_path / "reports" / "tenant7" / "qlik-audit.json").read_text(encoding="utf-8"))
        assert [tenant["status"] for tenant in report["tenants"]] == ["drift"]


def is_admin(tenant: TenantHandle) -> bool:
    (group,) = tenant.groups()
    return "TenantAdmin" in [role["name"] for role in group["assignedRoles"]]
