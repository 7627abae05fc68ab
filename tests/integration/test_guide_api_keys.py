# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to API keys, done as it says, against a local tenant, a vault, and a controller."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from awx.controller import TOKEN as CONTROLLER_TOKEN
from awx.controller import Controller
from foreign import COLLECTIONS as FOREIGN
from local_tenant.client import LocalTenant
from vault.server import TOKEN as VAULT_TOKEN
from vault.server import Vault

from .conftest import COLLECTIONS, PROCESS, ROOT, ansible_environment

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_api_keys.rst"
NIGHTLY, SHARED = "qlik/acme/nightly", "qlik/acme/shared"


def playbooks() -> dict[str, str]:
    """The playbooks and task files of the guide, by name."""
    blocks = re.findall(r"code-block:: yaml\n\n((?:   .*\n|\n)+)", GUIDE.read_text(encoding="utf-8"))
    return {block.strip().splitlines()[0].removeprefix("# "): dedent(block) for block in blocks}


@pytest.fixture
def tenant(tenant: LocalTenant) -> LocalTenant:
    """A tenant whose users may have keys that live long enough for the guide."""
    tenant.set_tenant(api_key_settings={"max_expiry": "P1Y"})
    return tenant


def plant(tenant: LocalTenant, description: str, days_left: float) -> tuple[str, str]:
    """A key of the tenant admin that was created for 90 days: its ID and its token."""
    key = {"description": description, "user": "local|admin", "ageDays": 90 - days_left, "daysLeft": days_left}
    (key_id,) = tenant.plant_api_keys([key])
    return key_id, tenant.api_key_token(key_id)


def keys(tenant: LocalTenant, description: str) -> list[str]:
    """The IDs of the active keys with a description."""
    listed = tenant.state()["api_keys"]
    return [key["id"] for key in listed if (key["description"], key["status"]) == (description, "active")]


def play(
    name: str, text: str, folder: Path, tenant: LocalTenant, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a playbook as the guide does, with no token in its output or log."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    foreign = FOREIGN.installed()
    log = folder / "ansible.log"
    done = subprocess.run(
        ["ansible-playbook", "-vvv", "--diff", str(path)],
        env=ansible_environment(
            folder,
            **{
                "ANSIBLE_COLLECTIONS_PATH": f"{COLLECTIONS}{os.pathsep}{foreign}",
                "ANSIBLE_LOG_PATH": str(log),
                "PYTHONPATH": str(foreign),
                "QLIK_TENANT_URL": tenant.url,
                "QLIK_API_KEY": tenant.api_key,
                **environment,
            },
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    output = done.stdout + done.stderr + log.read_text(encoding="utf-8")
    assert "Traceback" not in output
    tokens = [tenant.api_key_token(key["id"]) for key in tenant.state()["api_keys"]]
    assert [token for token in tokens if token in output] == []
    return done


def statistics(done: subprocess.CompletedProcess[str]) -> tuple[int, int]:
    """How many tasks changed something, and how many failed."""
    found = re.search(r"changed=(\d+) .*failed=(\d+)", done.stdout)
    assert found, done.stdout + done.stderr
    return int(found[1]), int(found[2])


@pytest.mark.long
@pytest.mark.parametrize("way", [{}, PROCESS], ids=["worker", "process"])
def test_into_a_vault(tenant: LocalTenant, tmp_path: Path, way: dict[str, str]) -> None:
    text = playbooks()["rotate_vault.yml"]
    with Vault() as vault:
        environment = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": VAULT_TOKEN, "QLIK_API_KEY": "", **way}

        def night() -> tuple[int, int]:
            return statistics(play("rotate_vault.yml", text, tmp_path, tenant, **environment))

        old, token = plant(tenant, "nightly", 31)
        vault.versions[NIGHTLY] = [{"token": token}]
        assert night() == (0, 0)
        tenant.let_pass(days=2)

        # Vault refuses the token, so the new key is revoked and the next night rotates again.
        vault.is_sealed = True
        assert night()[1] == 1
        vault.is_sealed = False
        assert (vault.versions[NIGHTLY], keys(tenant, "nightly")) == ([{"token": token}], [old])

        assert night() == (2, 0)
        (new,) = set(keys(tenant, "nightly")) - {old}
        assert vault.versions[NIGHTLY] == [{"token": token}, {"token": tenant.api_key_token(new)}]
        assert night() == (1, 0)
        assert keys(tenant, "nightly") == [new]
        assert night() == (0, 0)
        assert len(vault.versions[NIGHTLY]) == 2


@pytest.mark.long
def test_into_a_shared_path(tenant: LocalTenant, tmp_path: Path) -> None:
    """The neighbors of the token stay, and nothing is written without a new token."""
    text = playbooks()["tasks/shared_path.yml"]
    with Vault() as vault:
        environment = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": VAULT_TOKEN}
        vault.versions[SHARED] = [{"token": "old", "url": "https://acme.eu.qlikcloud.com"}]
        for token in ("new", ""):
            given = {"hosts": "localhost", "gather_facts": False, "vars": {"nightly": {"token": token}}}
            run = play(
                "shared.yml",
                yaml.safe_dump([{**given, "tasks": yaml.safe_load(text)}]),
                tmp_path,
                tenant,
                **environment,
            )
            assert statistics(run)[1] == 0
        assert vault.versions[SHARED][1:] == [{"token": "new", "url": "https://acme.eu.qlikcloud.com"}]


@pytest.mark.long
def test_into_a_credential_of_awx(tenant: LocalTenant, tmp_path: Path) -> None:
    text = playbooks()["rotate_awx.yml"]
    old, token = plant(tenant, "awx", 20)
    with Controller() as controller:
        environment = {"CONTROLLER_HOST": controller.url, "CONTROLLER_OAUTH_TOKEN": CONTROLLER_TOKEN}
        fields = [{"id": "tenant_url"}, {"id": "api_key", "secret": True}]
        kind = controller.add("credential_types", {"name": "Qlik Cloud tenant", "inputs": {"fields": fields}})
        credential = {"name": "Acme", "organization": 1, "credential_type": kind["id"], "inputs": {"api_key": token}}
        controller.add("credentials", credential)

        # The controller refuses the token, so the new key is revoked.
        refused = play("rotate_awx.yml", text, tmp_path, tenant, **{**environment, "CONTROLLER_OAUTH_TOKEN": "wrong"})
        assert statistics(refused)[1] == 1
        assert keys(tenant, "awx") == [old]

        assert statistics(play("rotate_awx.yml", text, tmp_path, tenant, **environment)) == (3, 0)
        (new,) = keys(tenant, "awx")
        current = controller.named("credentials")["Acme"]["inputs"]
        assert current == {"tenant_url": tenant.url, "api_key": tenant.api_key_token(new)}
        controller.writes.clear()
        assert statistics(play("rotate_awx.yml", text, tmp_path, tenant, **environment)) == (0, 0)
        assert (controller.writes, keys(tenant, "awx")) == ([], [new])


@pytest.mark.long
def test_into_the_next_play(tenant: LocalTenant, tmp_path: Path) -> None:
    text = playbooks()["one_run.yml"]
    before = {key["id"] for key in tenant.state()["api_keys"]}
    assert statistics(play("one_run.yml", text, tmp_path, tenant)) == (3, 0)
    assert {group["name"] for group in tenant.groups()} == {"Finance Analysts"}
    assert {key["id"] for key in tenant.state()["api_keys"]} == before
    # What goes wrong in between leaves no key behind.
    tenant.misbehave({"match": {"path": "/groups"}, "action": {"status": 403}})
    assert statistics(play("one_run.yml", text, tmp_path, tenant))[1] == 1
    tenant.behave()
    tenant.misbehave({"match": {"path": "/tenants/me"}, "action": {"status": 403}})
    assert statistics(play("one_run.yml", text, tmp_path, tenant))[1] == 1
    assert {key["id"] for key in tenant.state()["api_keys"]} == before


@pytest.mark.long
def test_who_has_which_key(tenant: LocalTenant, tmp_path: Path) -> None:
    plant(tenant, "nightly", 20.5)
    tenant.plant_api_keys([{"sub": "SCIM\\idp", "createdBy": "local|admin", "description": "scim", "daysLeft": 10.5}])
    run = play("expiring.yml", playbooks()["expiring.yml"], tmp_path, tenant)
    assert statistics(run) == (0, 0)
    assert re.search(r"scim of .*: 10 days left \(provisioning stops\)", run.stdout)
    assert re.search(r"nightly of .*: 20 days left", run.stdout)
