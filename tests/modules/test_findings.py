# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges API keys by a policy."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import (
    connection_argument_spec,
    connection_from,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import findings_of
from local_tenant.client import LocalTenant

Json = Any
KEYS_OF_A_FRESH_TENANT = "local|"


def client_of(tenant: LocalTenant) -> Client:
    defaults = {name: rule.get("default") for name, rule in connection_argument_spec().items()}
    options = {**defaults, "tenant_url": tenant.url, "api_key": tenant.api_key, "timeout": 5.0, "retries": 0}
    return Client(Transport(connection_from(options, {})))


def found(tenant: LocalTenant, **policy: Json) -> list[tuple[str, str]]:
    """Object without its ID, and rule, of each finding about keys that the test has planted."""
    findings = findings_of(client_of(tenant), {"api_keys": policy})
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
    assert findings_of(None, {}) == []  # type: ignore[arg-type]


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
    findings = findings_of(client_of(people), {"api_keys": {"expires_within_days": 30}})
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
def test_keys_that_cannot_be_read_are_a_finding(people: LocalTenant, impatient: None, status: int) -> None:
    people.misbehave({"match": {"path": "/api-keys"}, "action": {"status": status}})
    (finding,) = findings_of(client_of(people), {"api_keys": {}})
    assert finding["rule"] == "not_readable"
    assert str(status) in finding["message"]
