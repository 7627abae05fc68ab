# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks API keys, OAuth clients, and identity providers against policies."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import (
    connection_argument_spec,
    connection_from,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import RULES, findings_of
from local_tenant.client import LocalTenant
from modules import keys

Json = Any
KEYS_OF_A_FRESH_TENANT = "local|"
IMPERSONATION = "urn:qlik:oauth:user-impersonation"
#: Allows what every local tenant has.
OWN_CLIENT = {"allowed_admin_classic": ["Local client"]}
INSECURE = {"allow_insecure_redirects": True}


def client_of(tenant: LocalTenant, api_key: str = "") -> Client:
    defaults = {name: rule.get("default") for name, rule in connection_argument_spec().items()}
    options = {**defaults, "tenant_url": tenant.url, "api_key": api_key or tenant.api_key, "timeout": 5.0, "retries": 0}
    return Client(Transport(connection_from(options, {})))


def found(tenant: LocalTenant, **policy: Json) -> list[tuple[str, str]]:
    """Object without its ID, and rule, of each finding about keys that the test has planted."""
    findings = findings_of(client_of(tenant), {"api_keys": policy}, False)
    return [
        (each["object"].rpartition(" (")[0], each["rule"])
        for each in findings
        if not each["object"].startswith(KEYS_OF_A_FRESH_TENANT)
    ]


@pytest.fixture
def people(tenant: LocalTenant) -> LocalTenant:
    tenant.plant_roles([{"name": "Keys", "assignedScopes": ["api-keys"]}])
    tenant.plant_groups([{"name": "Builders", "providerType": "idp", "assignedRoles": ["Keys"]}])
    tenant.plant_users(
        [
            {"subject": "ACME\\ada", "name": "Ada", "assignedRoles": ["Keys"], "status": "active"},
            {"subject": "bob", "name": "Bob", "status": "active", "assignedGroups": ["Builders"]},
            {"subject": "eve", "name": "Eve", "assignedRoles": ["Keys"], "status": "disabled"},
            {"subject": "fay", "name": "Fay", "status": "active"},
        ]
    )
    return tenant


def test_without_a_policy_nothing_is_read(people: LocalTenant) -> None:
    people.reset_counters()
    assert findings_of(None, {}, True) == []  # type: ignore[arg-type]


def test_owners(people: LocalTenant) -> None:
    people.plant_api_keys([{"user": each, "description": "k"} for each in ("ACME\\ada", "bob", "eve", "fay", "gone")])
    assert sorted(found(people)) == [
        ("eve: k", "owner_disabled"),
        ("fay: k", "owner_without_scope"),
        ("gone: k", "owner_gone"),
    ]
    assert found(people, allow_disabled_owners=True, allow_owners_without_scope=True) == [("gone: k", "owner_gone")]
    allowed = found(people, allowed_owners=["ACME\\*", "b?b"])
    assert {each for each in allowed if each[1] == "allowed_owners"} == {
        ("eve: k", "allowed_owners"),
        ("fay: k", "allowed_owners"),
        ("gone: k", "allowed_owners"),
    }


def test_a_scope_that_everybody_has(people: LocalTenant) -> None:
    people.plant_api_keys([{"user": "fay", "description": "k"}])
    people.set_tenant(settings={"everyone_roles": ["Keys"]})
    assert found(people) == []


def test_lives(people: LocalTenant) -> None:
    people.plant_api_keys(
        [
            {"user": "bob", "description": "long", "ageDays": 10, "daysLeft": 100},
            {"user": "bob", "description": "short", "ageDays": 10, "daysLeft": 20},
            {"user": "bob", "description": "ends", "ageDays": 80, "daysLeft": 5},
        ]
    )
    assert sorted(found(people, max_lifetime_days=90, expires_within_days=14)) == [
        ("bob: ends", "expires_within_days"),
        ("bob: long", "max_lifetime_days"),
    ]


@pytest.mark.parametrize("status", ["active", "expired"])
def test_scim_keys_come_first(people: LocalTenant, status: str) -> None:
    people.guess(expired_api_key_status=status)
    people.plant_api_keys(
        [
            {"user": "bob", "description": "ends", "ageDays": 80, "daysLeft": 5},
            {"sub": "SCIM\\okta", "description": "Okta", "ageDays": 345, "daysLeft": 20},
            {"sub": "SCIM\\entra", "description": "Entra", "ageDays": 365, "daysLeft": -1},
            {"sub": "SCIM\\other", "description": "Other", "daysLeft": 200},
            {"sub": "SCIM\\other", "description": "Replaced", "ageDays": 365, "daysLeft": -1},
            {"sub": "SCIM\\gone", "description": "Of long ago", "ageDays": 500, "daysLeft": -91},
        ]
    )
    rules = found(people, expires_within_days=30)
    assert sorted(rules[:2]) == [("Entra", "scim_expired"), ("Okta", "scim_expires")]
    assert rules[2:] == [("bob: ends", "expires_within_days")]


def test_a_scim_key_with_a_successor(people: LocalTenant) -> None:
    keys = [
        {"sub": "SCIM\\okta", "description": text, "ageDays": age, "daysLeft": 9} for text, age in (("a", 9), ("b", 1))
    ]
    people.plant_api_keys(keys)
    findings = findings_of(client_of(people), {"api_keys": {"expires_within_days": 30}}, False)
    ends = {each["object"][0]: each["message"].partition("identity provider ")[2] for each in findings[:2]}
    assert ends == {"a": "stops then, unless it uses its newer key.", "b": "stops then. Create a new key."}


def test_a_replaced_key_that_lives_on(people: LocalTenant) -> None:
    people.plant_api_keys(
        [
            {"user": "bob", "description": "nightly", "ageDays": 60, "daysLeft": 30},
            {"user": "bob", "description": "nightly", "ageDays": 1, "daysLeft": 89},
            {"user": "ACME\\ada", "description": "nightly", "ageDays": 60, "daysLeft": 30},
        ]
    )
    assert found(people) == [("bob: nightly", "replaced")]


@pytest.mark.parametrize("status", [403, 404, 500])
@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ("api_keys", "/api-keys"),
        ("oauth_clients", "/oauth-clients"),
        ("identity_providers", "/identity-providers"),
        ("identity_providers", "/identity-providers/status"),
    ],
)
def test_what_cannot_be_read_is_a_finding(
    people: LocalTenant, impatient: None, policy: str, path: str, status: int
) -> None:
    people.misbehave({"match": {"path": path}, "action": {"status": status}})
    (finding,) = findings_of(client_of(people), {policy: {}}, False)
    assert (finding["area"], finding["object"], finding["rule"]) == (policy, policy, "not_readable")
    assert str(status) in finding["message"]


def of_clients(tenant: LocalTenant, **policy: Json) -> list[tuple[str, str]]:
    """Object without its ID, and rule, of each finding about OAuth clients."""
    findings = findings_of(client_of(tenant), {"oauth_clients": {**OWN_CLIENT, **policy}}, True)
    assert all(each["area"] == "oauth_clients" and each["message"].endswith(".") for each in findings)
    assert {each["rule"] for each in findings} <= set(RULES["oauth_clients"])
    return [(each["object"].rpartition(" (")[0], each["rule"]) for each in findings]


def of_providers(tenant: LocalTenant, has_groups: bool = True, **policy: Json) -> list[tuple[str, str]]:
    """Rule and message of each finding about identity providers."""
    findings = findings_of(client_of(tenant), {"identity_providers": policy}, has_groups)
    assert {each["area"] for each in findings} <= {"identity_providers"}
    assert {each["rule"] for each in findings} <= set(RULES["identity_providers"])
    return [(each["rule"], each["message"]) for each in findings]


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
        ({"redirectUris": ["http://a.example", "http://b.example"]}, "allow_insecure_redirects", INSECURE),
        ({"redirectUris": ["https://localhost:8080/c"]}, "allow_insecure_redirects", INSECURE),
        ({"redirectUris": ["https://127.0.0.1"]}, "allow_insecure_redirects", INSECURE),
        ({"redirectUris": ["https://[::1]/c"]}, "allow_insecure_redirects", INSECURE),
        ({"redirectUris": ["https://a.example", "app:/callback", "https://[broken"]}, "", None),
        ({"allowedScopes": ["apps"], "allowedGrantTypes": ["client_credentials"]}, "", None),
    ],
)
def test_clients(tenant: LocalTenant, fields: dict[str, Json], rule: str, allowing: dict[str, Json] | None) -> None:
    tenant.plant("oauth_clients", [{"clientName": "CI", **fields}])
    assert of_clients(tenant) == ([("CI", rule)] if rule else [])
    if allowing is not None:
        assert of_clients(tenant, **allowing) == []


def created(days: float) -> dict[str, str]:
    """A secret that was created some days ago."""
    time = datetime.now(timezone.utc) - timedelta(days=days)
    return {"createdAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z")}


@pytest.mark.parametrize(("age", "is_old"), [(89.9, False), (90.1, True)])
def test_age_of_secrets(tenant: LocalTenant, age: float, is_old: bool) -> None:
    tenant.plant("oauth_clients", [{"clientName": "CI", "clientSecrets": [created(age), created(1)]}])
    assert of_clients(tenant) == []
    assert of_clients(tenant, secret_max_age_days=90) == ([("CI", "secret_max_age_days")] if is_old else [])


def test_an_object_has_one_finding_for_a_rule(tenant: LocalTenant) -> None:
    secrets = [{"createdAt": ""}, created(100), created(200)]
    tenant.plant("oauth_clients", [{"clientName": "CI", "clientSecrets": secrets}])
    policy = {**OWN_CLIENT, "secret_max_age_days": 90}
    (finding,) = findings_of(client_of(tenant), {"oauth_clients": policy}, False)
    assert "is 100 days old" in finding["message"]
    assert "is 200 days old" in finding["message"]
    assert "does not show the age" in finding["message"]


@pytest.mark.parametrize("form", ["short", "with_hints"])
def test_clients_are_not_checked_in_their_short_form(tenant: LocalTenant, form: str) -> None:
    tenant.guess(oauth_clients_without_rights=form)
    tenant.plant("oauth_clients", [{"clientName": "CI", "publishedAt": "2026-01-01T00:00:00.000Z"}])
    (finding,) = findings_of(client_of(tenant, tenant.api_key_without_rights), {"oauth_clients": {}}, False)
    assert finding["rule"] == "not_readable"
    assert "short form" in finding["message"]


def test_certificates(tenant: LocalTenant) -> None:
    ends_soon = {"certificate": keys.certificate(days=20.5)}
    saml = {"entityId": "e", "signOnUrl": "https://s.example", "certificates": [ends_soon]}
    jwt = {"issuer": "i", "staticKeys": [{"kid": "k", "pem": keys.certificate("b", days=-1)}]}
    tenant.plant(
        "identity_providers",
        [
            {"protocol": "SAML", "provider": "generic", "active": False, "options": saml, "pendingOptions": saml},
            {"protocol": "jwtAuth", "options": jwt},
        ],
    )
    assert [rule for rule, _message in of_providers(tenant)] == ["certificate_expired"]
    (soon, message), (expired, _message) = of_providers(tenant, certificate_days=30)
    assert (soon, expired) == ("certificate_days", "certificate_expired")
    assert "The certificate in options.certificates[0] expires in 20 days" in message
    assert "The certificate in pending_options.certificates[0] expires in 20 days" in message
    assert [rule for rule, _message in of_providers(tenant, certificate_days=20)] == ["certificate_expired"]


@pytest.mark.parametrize("counts", [True, False])
def test_qlik_account_beside_the_provider_of_the_company(tenant: LocalTenant, counts: bool) -> None:
    tenant.guess(idp_status_counts_qlik=counts)
    tenant.set_tenant(qlik_account=True)
    assert of_providers(tenant) == []
    person = {"protocol": "OIDC", "provider": "okta", "interactive": True}
    tenant.plant("identity_providers", [{**person, "options": {"discoveryUrl": "https://d.example"}}])
    assert [rule for rule, _message in of_providers(tenant)] == ["qlik_account_active"]
    tenant.set_tenant(qlik_account=False)
    assert of_providers(tenant) == []


def test_settings_of_providers(tenant: LocalTenant) -> None:
    options = {"discoveryUrl": "https://d.example", "emailVerifiedAlwaysTrue": True}
    person = {"protocol": "OIDC", "provider": "azureAD", "interactive": True, "createNewUsersOnLogin": False}
    tenant.plant("identity_providers", [{**person, "options": options}])
    rules = ["create_new_users_on_login", "email_verified_always_true"]
    assert [rule for rule, _message in of_providers(tenant)] == rules
    assert [rule for rule, _message in of_providers(tenant, has_groups=False)] == rules[1:]
