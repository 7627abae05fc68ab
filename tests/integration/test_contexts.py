# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin and the lookup for qlik-cli's contexts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant
from suites import long_after_first

from .conftest import ROOT, RunPlaybook, ansible_environment, examples_of

KEY = "key-with-{{ 6 * 7 }}"
SECRET = "client-secret-{% raw %}"
CONTEXTS: dict[str, Any] = {
    "acme": {
        "server": "https://acme.eu.qlikcloud.com",
        "server-type": "cloud",
        "headers": {"authorization": f"bearer {KEY}"},
    },
    "beta-sandbox": {
        "server": "beta.us.qlikcloud.com",
        "oauth-client-id": "beta-client",
        "oauth-client-secret": SECRET,
        "insecure": True,
        "comment": "a comment",
    },
}
BROKEN: dict[str, Any] = {
    "no server": {"headers": {"Authorization": "Bearer x"}},
    "no credential": {"server": "https://x.eu.qlikcloud.com", "headers": {"Cookie": "x"}},
    "half a client": {"server": "https://x.eu.qlikcloud.com", "oauth-client-id": "x"},
    "on premises": {"server": "https://x.example.com", "server-type": "windows"},
    "nothing": None,
    "a list": {"server": ["x"], "headers": CONTEXTS["acme"]["headers"]},
    "a password": {"server": "https://me:hunter2@acme.eu.qlikcloud.com", "headers": CONTEXTS["acme"]["headers"]},
    **dict.fromkeys(
        ("", "all", "ungrouped", "../outside", "control\x07", "{{ 6 * 7 }}", "#c", "h[1:3]"), CONTEXTS["acme"]
    ),
}
#: Unusual, and usable as hosts.
UNUSUAL = ["with space", "-dash", "a,b", "R&D", "o'neil", "a|c", "caf\u00e9", "localhost"]


class Inventory:
    """A configuration of the plugin beside a contexts file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contexts = folder / "contexts.yml"
        self.source = folder / "qlik_contexts.yml"

    def write(self, contexts: Any, **options: Any) -> None:
        self.contexts.write_text(yaml.safe_dump({"contexts": contexts}), encoding="utf-8")
        configuration = {"plugin": "qlikops.cloud.qlik_contexts", "path": str(self.contexts), **options}
        self.source.write_text(yaml.safe_dump(configuration), encoding="utf-8")

    def command(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = ansible_environment(self.folder, **environment)
        done = subprocess.run(
            [*command, "-i", str(self.source)], env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def listed(self, **environment: str) -> dict[str, Any]:
        done = self.command("ansible-inventory", "--list", **environment)
        assert done.returncode == 0, done.stderr
        inventory: dict[str, Any] = plain(json.loads(done.stdout))
        return inventory


def plain(value: Any) -> Any:
    """JSON of ansible-inventory without the marks of texts that are no templates."""
    if isinstance(value, dict):
        return (
            plain(value["__ansible_unsafe"])
            if set(value) == {"__ansible_unsafe"}
            else {name: plain(item) for name, item in value.items()}
        )
    return [plain(item) for item in value] if isinstance(value, list) else value


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    return Inventory(tmp_path)


@pytest.mark.every_core
def test_hosts_and_variables(inventory: Inventory) -> None:
    inventory.write(CONTEXTS)
    hosts = inventory.listed()["_meta"]["hostvars"]
    assert hosts["acme"]["qlik_tenant_url"] == "https://acme.eu.qlikcloud.com"
    assert hosts["acme"]["ansible_connection"] == "local"
    assert "qlik_client_id" not in hosts["acme"]
    assert hosts["beta-sandbox"]["qlik_client_id"] == "beta-client"
    assert hosts["beta-sandbox"]["qlik_validate_certs"] is False


@pytest.mark.parametrize(
    "arguments",
    long_after_first(
        ["--list", "-vvvv"], ["--list", "--export", "--yaml"], ["--host", "acme"], ["--graph", "--vars"], ["--list"]
    ),
)
def test_no_credential_is_shown(inventory: Inventory, arguments: list[str]) -> None:
    inventory.write(CONTEXTS)
    done = inventory.command("ansible-inventory", *arguments)
    assert done.returncode == 0
    assert "acme" in done.stdout
    for secret in ("key-with", "client-secret-"):
        assert secret not in done.stdout + done.stderr


@pytest.mark.long
def test_credentials_on_demand(inventory: Inventory) -> None:
    inventory.write(CONTEXTS, expose_credentials=True)
    hosts = inventory.listed()["_meta"]["hostvars"]
    assert hosts["acme"]["qlik_api_key"] == KEY
    assert hosts["beta-sandbox"]["qlik_client_secret"] == SECRET


@pytest.mark.parametrize("exposed", long_after_first(True, False))
def test_credentials_are_never_templates(inventory: Inventory, exposed: bool) -> None:
    inventory.write(CONTEXTS, expose_credentials=exposed)
    message = "msg={{ qlik_api_key | default('') }}{{ qlik_client_secret | default('') }}"
    done = inventory.command("ansible", "all", "-m", "ansible.builtin.debug", "-a", message)
    assert KEY in done.stdout
    assert SECRET in done.stdout


def test_groups_filters_and_compose(inventory: Inventory) -> None:
    inventory.write(
        {**CONTEXTS, "acme-test": CONTEXTS["acme"], "other": CONTEXTS["acme"]},
        include=["acme*", "beta*"],
        exclude=["*-sandbox"],
        keyed_groups=[{"prefix": "region", "key": "qlik_tenant_url.split('.')[1]"}],
        compose={"qlik_seed_group_prefix": "qlik_context ~ '-'"},
        groups={"tests": "qlik_context is search('test')"},
    )
    listed = inventory.listed()
    assert listed["region_eu"]["hosts"] == ["acme", "acme-test"]
    assert listed["tests"]["hosts"] == ["acme-test"]
    assert set(listed["_meta"]["hostvars"]) == {"acme", "acme-test"}
    assert listed["_meta"]["hostvars"]["acme"]["qlik_seed_group_prefix"] == "acme-"


@pytest.mark.long
def test_a_context_that_is_named_like_a_group(inventory: Inventory) -> None:
    """The hosts of the group stay out of the groups of this inventory."""
    inventory.write({**CONTEXTS, "prod": CONTEXTS["acme"]}, groups={"qlik": "true"})
    other = inventory.folder / "hosts.yml"
    other.write_text("prod: {hosts: {web-1: {secret: hunter2}}}", encoding="utf-8")
    done = inventory.command("ansible-inventory", "--list", "-i", str(other))
    listed = plain(json.loads(done.stdout))
    assert set(listed["qlik"]["hosts"]) == CONTEXTS.keys()
    assert "children" not in listed["qlik"]
    warning = "The context 'prod' is skipped: it is the name of a group of the inventory."
    assert warning in " ".join(done.stderr.split())


@pytest.mark.long
def test_example_of_the_inventory(inventory: Inventory) -> None:
    inventory.write(CONTEXTS)
    home = inventory.folder / ".qlik"
    home.mkdir()
    inventory.contexts.rename(home / "contexts.yml")
    examples = examples_of(ROOT / "plugins" / "inventory" / "qlik_contexts.py")
    inventory.source.write_text(examples, encoding="utf-8")
    listed = inventory.listed()
    assert listed["region_eu"]["hosts"] == ["acme"]
    assert listed["_meta"]["hostvars"]["acme"]["qlik_seed_group_prefix"] == "acme-"
    assert "beta-sandbox" not in listed["_meta"]["hostvars"]


@pytest.mark.every_core
def test_examples_of_the_lookup(tenant: LocalTenant, run_playbook: RunPlaybook, inventory: Inventory) -> None:
    context = {"server": tenant.url, "headers": {"Authorization": f"Bearer {tenant.api_key}"}}
    inventory.write({"acme": context})
    tasks = yaml.safe_load(examples_of(ROOT / "plugins" / "lookup" / "qlik_context.py"))
    environment = {"QLIK_API_KEY": "", "QLIK_TENANT_URL": "", "QLIK_CONTEXTS_PATH": str(inventory.contexts)}
    run = run_playbook(tasks, environment=environment)
    assert run.code == 0, run.output
    assert tenant.counters()["total"] > 0


def test_the_home_of_qlik_cli(inventory: Inventory) -> None:
    """QLIK_CLI_USER_HOME_DIR comes after QLIK_CONTEXTS_PATH and before ~/.qlik, in the inventory and in the lookup."""
    places = [inventory.folder / name for name in ("named.yml", "moved/.qlik/contexts.yml", ".qlik/contexts.yml")]
    for number, place in enumerate(places):
        place.parent.mkdir(parents=True, exist_ok=True)
        context = {"server": CONTEXTS["acme"]["server"], "headers": {"Authorization": f"Bearer key-of-{number}"}}
        place.write_text(yaml.safe_dump({"contexts": {"acme": context}}), encoding="utf-8")
    inventory.source.write_text("plugin: qlikops.cloud.qlik_contexts", encoding="utf-8")
    message = "msg={{ qlik_api_key }}/{{ lookup('qlikops.cloud.qlik_context', 'acme').api_key }}"
    environment = {"QLIK_CONTEXTS_PATH": str(places[0]), "QLIK_CLI_USER_HOME_DIR": str(inventory.folder / "moved")}
    for number in range(3):
        done = inventory.command("ansible", "acme", "-m", "ansible.builtin.debug", "-a", message, **environment)
        assert f"key-of-{number}/key-of-{number}" in done.stdout, done.stdout + done.stderr
        environment.pop(next(iter(environment), ""), None)


@pytest.mark.parametrize("exposed", long_after_first(True, False))
def test_the_cache_has_no_credentials(inventory: Inventory, exposed: bool) -> None:
    cache = inventory.folder / "cache"
    inventory.write(
        CONTEXTS,
        cache=True,
        cache_plugin="ansible.builtin.jsonfile",
        cache_connection=str(cache),
        expose_credentials=exposed,
    )
    first = inventory.listed()
    kept = "".join(path.read_text(encoding="utf-8") for path in cache.iterdir()) if cache.exists() else ""
    assert ("acme" in kept) is not exposed
    assert "key-with" not in kept
    if not exposed:
        inventory.contexts.unlink()
        assert inventory.listed() == first
        configuration = yaml.safe_load(inventory.source.read_text(encoding="utf-8"))
        inventory.source.write_text(yaml.safe_dump({**configuration, "exclude": ["beta*"]}), encoding="utf-8")
        assert set(inventory.listed()["_meta"]["hostvars"]) == {"acme"}
        elsewhere = {**configuration, "path": str(inventory.folder / "elsewhere.yml")}
        inventory.source.write_text(yaml.safe_dump(elsewhere), encoding="utf-8")
        assert "acme" not in inventory.command("ansible-inventory", "--list").stdout


def test_entries_that_lead_to_no_tenant(inventory: Inventory) -> None:
    inventory.write({**CONTEXTS, **BROKEN})
    done = inventory.command("ansible-inventory", "--list")
    assert set(json.loads(done.stdout)["_meta"]["hostvars"]) == set(CONTEXTS)
    for name in BROKEN:
        assert repr(name) in done.stderr.replace("\n", " ")
    assert "Bearer" not in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.long
def test_unusual_names(inventory: Inventory) -> None:
    inventory.write(dict.fromkeys(UNUSUAL, CONTEXTS["acme"]))
    message = "msg={{ qlik_context }}-{{ qlik_api_key }}"
    done = inventory.command("ansible", "all", "-m", "ansible.builtin.debug", "-a", message)
    assert done.returncode == 0, done.stderr
    for name in UNUSUAL:
        assert f"{name}-{KEY}" in done.stdout


@pytest.mark.parametrize(
    ("content", "text"),
    long_after_first(
        (None, "Cannot read the qlik-cli contexts"),
        ("", "has no contexts"),
        ("contexts: [\n", "is not a valid YAML file"),
        ("contexts: {a: {server: x, headers: {Authorization: Bearer secret-key}}\n", "is not a valid YAML file"),
        ("\x00", "is not a valid YAML file"),
        ("[" * 5000, "is not a valid YAML file"),
        ("current-context: acme\n", "has no contexts"),
        ("contexts: []\n", "has no contexts"),
        ("- acme\n", "has no contexts"),
    ),
)
def test_a_file_that_is_none(inventory: Inventory, content: str | None, text: str) -> None:
    inventory.write({})
    inventory.contexts.unlink()
    if content is not None:
        inventory.contexts.write_text(content, encoding="utf-8")
    done = inventory.command("ansible-inventory", "--list", ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    assert done.returncode != 0
    assert text in done.stderr.replace("\n", " ")
    assert "secret-key" not in done.stderr


@pytest.mark.long
def test_seed_and_lookup(tenant: LocalTenant, run_playbook: RunPlaybook, inventory: Inventory) -> None:
    """One play configures the tenant of a context."""
    client = {"oauth-client-id": tenant.client_id, "oauth-client-secret": tenant.client_secret}
    inventory.write({"acme": {"server": tenant.url, **client}})
    environment = {"QLIK_API_KEY": "", "QLIK_TENANT_URL": "", "QLIK_CONTEXTS_PATH": str(inventory.contexts)}
    seeded = run_playbook("qlikops.cloud.seed", inventory=str(inventory.source), environment=environment)
    assert seeded.code == 0, seeded.output
    assert len(tenant.groups()) == 15
    assert tenant.client_secret not in seeded.output

    options = {"tenant_url": "{{ acme.tenant_url }}", "client_id": "{{ acme.client_id }}"}
    options["client_secret"] = "{{ acme.client_secret }}"
    tasks = [
        {
            "name": "Read",
            "qlikops.cloud.qlik_tenant_info": options,
            "vars": {"acme": "{{ lookup('qlikops.cloud.qlik_context', 'acme') }}"},
        },
        {"name": "Miss", "ansible.builtin.debug": {"msg": "{{ lookup('qlikops.cloud.qlik_context', 'other') }}"}},
    ]
    looked_up = run_playbook(tasks, environment=environment)
    assert looked_up.tasks["Read"]["tenant"]["id"] == tenant.tenant_id
    assert "has no usable context 'other'" in looked_up.output.replace("\n", " ")
