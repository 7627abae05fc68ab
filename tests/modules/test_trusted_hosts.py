# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The secret of a region is never sent to a host that only a file or a response names."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_tenant.client import LocalTenant, OrganizationHandle
from modules.harness import Json, Run
from modules.test_lifecycle import WITHOUT_ORGANIZATION, acme, planted, refused

LIFECYCLE, INFO = "qlik_tenant_lifecycle", "qlik_organization_tenant_info"
FOREIGN = [
    "https://attacker.example",
    "https://127.0.0.1:9",
    "x.eu.attacker.example",
    "acme.us.evilqlikcloud.com",
    "acme.us.qlikcloud.com.attacker.example",
]


class Stranger:
    """A host that nobody should talk to."""

    def __init__(self) -> None:
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.name = f"localhost:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                connection, _address = self._socket.accept()
                self.visits += 1
                connection.close()
        except OSError:
            pass

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stranger]:
    # The proxy of the local organization would not let a request through.
    monkeypatch.setenv("no_proxy", "localhost")
    found = Stranger()
    yield found
    assert found.visits == 0
    found.close()


@pytest.fixture
def organization(tenant: LocalTenant) -> OrganizationHandle:
    return tenant.organization


def recorded(folder: Path, organization: OrganizationHandle, hostname: Json) -> dict[str, Json]:
    """The options of a task whose record names this host."""
    about: dict[str, Json] = {"name": "Acme", "subscription_id": organization.subscription_id, "region": "us"}
    record = folder / "acme.json"
    record.write_text(json.dumps({**about, "tenant_id": "t" * 32, "hostname": hostname}), encoding="utf-8")
    return acme(organization, creation_record=str(record), retries=0)


def lists(organization: OrganizationHandle, *tenants: Json) -> None:
    """Let the organization list these tenants only."""
    data = [{"status": "active", "subscriptionId": organization.subscription_id, **tenant} for tenant in tenants]
    organization.misbehave({"match": {"path": "/api/core/tenants"}, "action": {"status": 200, "json": {"data": data}}})


@pytest.mark.parametrize("with_organization", [True, False])
def test_a_record(
    run: Run, organization: OrganizationHandle, tmp_path: Path, stranger: Stranger, with_organization: bool
) -> None:
    options: dict[str, Any] = {} if with_organization else WITHOUT_ORGANIZATION
    for hostname in (stranger.name, f"https://{stranger.name}", f"http://{stranger.name}", *FOREIGN, "", ["x"], None):
        given = recorded(tmp_path, organization, hostname)
        refused(run, organization, "creation_record: ", "trusted_domains", **given, **options)
        assert organization.counters()["total"] == 0, hostname


def test_a_host_in_a_response(run: Run, organization: OrganizationHandle, stranger: Stranger) -> None:
    """Also where nothing is asked of the host: later tasks take the address from the result."""
    for hostname in (stranger.name, *FOREIGN):
        organization.behave()
        lists(organization, {"id": "t" * 32, "name": "Acme", "hostnames": [hostname]})
        for key in (acme(organization), {"tenant_id": "t" * 32}):
            for state in ("active", "deactivated"):
                refused(run, organization, "trusted_domains", "t" * 32, **key, state=state, retries=0)


def test_all_hosts_that_are_not_trusted_are_named(run: Run, organization: OrganizationHandle) -> None:
    lists(
        organization,
        *({"id": f"{number:032}", "name": "T", "hostnames": [name]} for number, name in enumerate(FOREIGN)),
    )
    msg = run(INFO)["msg"]
    assert [name for name in FOREIGN if name not in msg] == []
    assert msg.endswith("Nothing was changed.")


def test_a_host_that_the_task_names(run: Run, organization: OrganizationHandle) -> None:
    for options in ({}, WITHOUT_ORGANIZATION):
        refused(run, organization, "hostname: ", "trusted_domains", hostname="acme.us.attacker.example", **options)
        assert organization.counters()["total"] == 0


@pytest.mark.usefixtures("impatient")
def test_the_host_of_a_new_tenant(
    run: Run, organization: OrganizationHandle, tmp_path: Path, stranger: Stranger
) -> None:
    """It is created, and its secret stays here: the next run refuses it before any request."""
    made = {"id": "t" * 32, "name": "x", "hostnames": [stranger.name]}
    organization.misbehave(
        {"match": {"method": "POST", "path": "/api/v1/tenants$"}, "action": {"status": 201, "json": made}}
    )
    options = acme(organization, creation_record=str(tmp_path / "acme.json"))
    result = run(LIFECYCLE, **options)
    assert (result["failed"], result["changed"]) == (True, True)
    assert stranger.name in result["msg"]
    assert "trusted_domains" in result["msg"]
    refused(run, organization, "creation_record: ", "trusted_domains", **options)


@pytest.mark.usefixtures("impatient")
def test_what_a_tenant_says_of_itself(run: Run, organization: OrganizationHandle) -> None:
    tenant = planted(organization, name="Acme")
    shown = {"id": tenant["id"], "name": "Acme", "status": "active", "hostnames": ["x.us.attacker.example"]}
    organization.misbehave({"match": {"path": "/api/v1/tenants/(?!me)"}, "action": {"status": 200, "json": shown}})
    refused(run, organization, "trusted_domains", hostname=tenant["hostnames"][0], **WITHOUT_ORGANIZATION)


def test_the_register_host_that_follows_from_a_tenant(
    run: Run, organization: OrganizationHandle, tmp_path: Path
) -> None:
    """A host name of Qlik with two labels would lead to register.us.com."""
    lists(organization, {"id": "t" * 32, "name": "qlikcloud", "hostnames": ["qlikcloud.com"]})
    given = recorded(tmp_path, organization, "qlikcloud.com")
    refused(run, organization, "'register.us.com'", "trusted_domains", **{**given, "register_url": ""})


def test_trusted_domains(run: Run, organization: OrganizationHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    lists(organization, {"id": "t" * 32, "name": "Acme", "hostnames": ["ACME.eu.corp.example."]})
    given = {**acme(organization), "region": "eu"}
    for domains in (["corp.example"], "other.example,CORP.example."):
        found = run(LIFECYCLE, **given, trusted_domains=domains)
        assert (found.get("failed"), found["tenant"]["tenant_url"]) == (None, "https://acme.eu.corp.example")
        assert run(INFO, trusted_domains=domains)["tenants"][0]["region"] == "eu"
    refused(run, organization, "trusted_domains[0]", "is not a domain", **given, trusted_domains=["*.corp.example"])
    assert "trusted_domains[0]: '*' is not a domain" in run(INFO, trusted_domains=["*"])["msg"]
    refused(run, organization, "acme.eu.corp.example", **given)
    monkeypatch.setenv("QLIK_TRUSTED_DOMAINS", "other.example, corp.example")
    assert run(LIFECYCLE, **given)["action"] == "unchanged"


@pytest.mark.parametrize("hostname", FOREIGN)
def test_the_list_of_tenants(run: Run, organization: OrganizationHandle, hostname: str) -> None:
    """A task would take the address of a tenant out of it."""
    organization.behave()
    good = {"id": "g" * 32, "name": "Good", "hostnames": ["good.us.qlikcloud.com"]}
    lists(organization, good, {"id": "t" * 32, "name": "Bad", "hostnames": [hostname]})
    result = run(INFO)
    assert result["failed"]
    for words in ("t" * 32, hostname, "trusted_domains", "Nothing was changed."):
        assert words in result["msg"], result["msg"]
    assert [each["name"] for each in run(INFO, id="g" * 32)["tenants"]] == ["Good"]
