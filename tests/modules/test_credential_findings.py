# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients and identity providers that a policy does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.credential_findings import (
    Finding,
    findings_of_clients,
    findings_of_providers,
)
from local_tenant.client import LocalTenant
from modules import keys
from modules.harness import Json

INSECURE = {"allow_insecure_redirects": True}
IMPERSONATION = "urn:qlik:oauth:user-impersonation"
#: Allows what every local tenant has.
OWN = {"allowed_admin_classic": ["Local client"]}


@pytest.fixture
def client(tenant: LocalTenant) -> Iterator[Client]:
    transport = Transport(Connection(tenant.url, token=tenant.api_key))
    yield Client(transport)
    transport.close()


def now() -> datetime:
    return datetime.now(timezone.utc)


def of_clients(client: Client, **policy: Json) -> list[tuple[str, str]]:
    """The rules that are broken, each with the object, without its ID."""
    found = findings_of_clients(client, {**OWN, **policy}, now())
    assert all(each.area == "oauth_clients" and each.message.endswith(".") for each in found)
    return [(each.object.rpartition(" (")[0], each.rule) for each in found]


def of_providers(client: Client, has_groups: bool = True, **policy: Json) -> list[Finding]:
    return findings_of_providers(client, policy, now(), has_groups)


@pytest.mark.parametrize(
    ("fields", "rule", "allowing"),
    [
        ({"allowedGrantTypes": [IMPERSONATION]}, "allowed_impersonation", {"allowed_impersonation": ["CI"]}),
        (
            {"allowedScopes": ["admin_classic"]},
            "allowed_admin_classic",
            {"allowed_admin_classic": ["CI", "Local client"]},
        ),
        ({"publishedAt": "2026-01-01T00:00:00.000Z"}, "published", None),
        ({"createdByType": "dcr"}, "self_registered", None),
        ({"redirectUris": ["http://a.example"]}, "allow_insecure_redirects", INSECURE),
        (
            {"redirectUris": ["https://localhost:8080/c"]},
            "allow_insecure_redirects",
            {"allow_insecure_redirects": True},
        ),
        ({"redirectUris": ["https://127.0.0.1"]}, "allow_insecure_redirects", INSECURE),
        ({"redirectUris": ["https://a.example", "app:/callback"]}, "", None),
        ({"allowedScopes": ["apps"], "allowedGrantTypes": ["client_credentials"]}, "", None),
    ],
)
def test_clients(
    tenant: LocalTenant, client: Client, fields: dict[str, Json], rule: str, allowing: dict[str, Json] | None
) -> None:
    tenant.plant("oauth_clients", [{"clientName": "CI", **fields}])
    assert of_clients(client) == ([("CI", rule)] if rule else [])
    if allowing is not None:
        assert of_clients(client, **allowing) == []


@pytest.mark.parametrize(("age", "is_old"), [(89.9, False), (90.1, True)])
def test_secrets(tenant: LocalTenant, client: Client, age: float, is_old: bool) -> None:
    created = (now() - timedelta(days=age)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    tenant.plant("oauth_clients", [{"clientName": "CI", "clientSecrets": [{"createdAt": created}]}])
    assert of_clients(client) == []
    assert of_clients(client, secret_max_age_days=90) == ([("CI", "secret_max_age_days")] if is_old else [])


def test_an_age_that_is_not_shown(tenant: LocalTenant, client: Client) -> None:
    tenant.plant("oauth_clients", [{"clientName": "CI", "clientSecrets": [{"createdAt": ""}]}])
    assert of_clients(client, secret_max_age_days=90) == [("CI", "secret_max_age_days")]


def test_certificates(tenant: LocalTenant, client: Client) -> None:
    saml = {
        "entityId": "e",
        "signOnUrl": "https://s.example",
        "certificates": [{"certificate": keys.certificate(days=20)}],
    }
    jwt = {"issuer": "i", "staticKeys": [{"kid": "k", "pem": keys.certificate("b", days=-1)}]}
    tenant.plant(
        "identity_providers",
        [
            {"protocol": "SAML", "provider": "generic", "active": False, "options": saml, "pendingOptions": saml},
            {"protocol": "jwtAuth", "options": jwt},
        ],
    )
    assert [each.rule for each in of_providers(client)] == ["certificate_expired"]
    found = of_providers(client, certificate_days=30)
    assert [each.rule for each in found] == ["certificate_days", "certificate_days", "certificate_expired"]
    assert "The certificate in options.certificates[0] ends in 19 days" in found[0].message
    assert "pending_options.certificates[0]" in found[1].message
    assert [each.rule for each in of_providers(client, certificate_days=19)] == ["certificate_expired"]


@pytest.mark.parametrize("counts", [True, False])
def test_qlik_account(tenant: LocalTenant, client: Client, counts: bool) -> None:
    tenant.guess(idp_status_counts_qlik=counts)
    tenant.set_tenant(qlik_account=True)
    assert of_providers(client) == []
    person = {"protocol": "OIDC", "provider": "okta", "interactive": True}
    tenant.plant("identity_providers", [{**person, "options": {"discoveryUrl": "https://d.example"}}])
    assert [each.rule for each in of_providers(client)] == ["qlik_account_active"]
    tenant.set_tenant(qlik_account=False)
    assert of_providers(client) == []


def test_people(tenant: LocalTenant, client: Client) -> None:
    options = {"discoveryUrl": "https://d.example", "emailVerifiedAlwaysTrue": True}
    person = {"protocol": "OIDC", "provider": "azureAD", "interactive": True, "createNewUsersOnLogin": False}
    tenant.plant("identity_providers", [{**person, "options": options}])
    rules = ["create_new_users_on_login", "email_verified_always_true"]
    assert [each.rule for each in of_providers(client)] == rules
    assert [each.rule for each in of_providers(client, has_groups=False)] == rules[1:]
