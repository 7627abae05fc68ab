# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the tenant, its sessions and its API keys (Qlik reference: tenant-settings, auth-settings, api-keys)."""

from __future__ import annotations

from typing import Any

import pytest

SETTINGS, POLICY = "/tenant-settings", "/api/core/auth-settings"
PAGE = {"linkEnabled": True, "linkLabel": "Help", "linkUrl": "https://help.example.com", "message": "Ask us."}
DCR, METHODS = "/dynamicClientRegistrationEnabled", "/dcrAllowedAuthenticationMethods"


def test_settings_are_created_once_and_patched(api: Any, tenant: Any) -> None:
    assert api.get(SETTINGS).status_code == 404
    assert api.patch(SETTINGS, ("add", "/releaseCadence", "monthly")).status_code == 404
    made = api.made(SETTINGS, {"preferredStartPage": "analytics-hub"})
    assert made["preferredStartPage"] == {"value": "analytics-hub", "route": "/insights"}
    assert made["tenantId"] == tenant.tenant_id
    assert api.get(SETTINGS).json() == made == tenant.state()["tenant_settings"]
    tenant.guess(tenant_settings_again_status=400)
    assert api.post(SETTINGS, {"customizeNoAccess": PAGE}).status_code == 400
    patched = api.patch(SETTINGS, ("add", "/sessionReplayOptOut", True), ("add", "/customizeNoAccess", PAGE))
    assert patched.status_code == 200
    assert patched.json()["customizeNoAccess"] == PAGE
    assert patched.json()["updatedBy"] == api.user_id("local|admin")
    below = api.patch(
        SETTINGS, ("replace", "/customizeNoAccess/message", "New"), ("test", "/sessionReplayOptOut", True)
    )
    assert below.json()["customizeNoAccess"] == {**PAGE, "message": "New"}
    body: list[dict[str, Any]] = [
        {"op": "remove", "path": "/sessionReplayOptOut"},
        {"op": "move", "from": "/customizeNoAccess/message", "path": "/customizeNoAccess/linkLabel"},
        {"op": "copy", "from": "/customizeNoAccess/linkLabel", "path": "/customizeNoAccess/linkUrl"},
    ]
    moved = api.call("PATCH", SETTINGS, body).json()
    assert "sessionReplayOptOut" not in moved
    assert moved["customizeNoAccess"] == {"linkEnabled": True, "linkLabel": "New", "linkUrl": "New"}
    assert api.delete(SETTINGS).status_code == 204
    tenant.guess(tenant_settings_of_none="empty")
    assert (api.get(SETTINGS).status_code, api.get(SETTINGS).json()) == (200, {})


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"releaseCadence": "monthly"},
        {"preferredStartPage": "home"},
        {"customizeNoAccess": {"message": "no link"}},
        {"customizeNoAccess": {**PAGE, "linkEnabled": "yes"}},
        {"customizeNoAccess": {**PAGE, "surprise": "x"}},
        {"customizeNoAccess": "x"},
    ],
)
def test_settings_that_cannot_be_created(api: Any, tenant: Any, body: Any) -> None:
    assert api.post(SETTINGS, body).status_code == 400
    assert tenant.state()["tenant_settings"] is None


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/releaseCadence", "value": "monthly"},
        {"op": "add", "path": "/releaseCadence", "value": "weekly"},
        {"op": "add", "path": "/crossRegionDataProcessing", "value": True},
        {"op": "add", "path": "/customizeNoAccess/message", "value": "x"},
        {"op": "add", "path": "/preferredStartPage/x", "value": "x"},
        {"op": "add", "path": "/sessionReplayOptOut", "value": 1},
        {"op": "remove", "path": "/releaseCadence"},
        {"op": "remove", "path": "/releaseCadence", "value": 1},
        {"op": "test", "path": "/preferredStartPage", "value": "management-console"},
        {"op": "move", "path": "/releaseCadence"},
        {"op": "surprise", "path": "/releaseCadence", "value": "monthly"},
        {"op": ["add"], "path": "/releaseCadence", "value": "monthly"},
        {"op": "add", "path": "releaseCadence", "value": "monthly"},
        {"op": "add", "path": 1, "value": "monthly"},
        "add",
    ],
)
def test_operations_that_are_refused(api: Any, tenant: Any, operation: Any) -> None:
    made = api.made(SETTINGS, {"preferredStartPage": "analytics-hub"})
    good = {"op": "add", "path": "/sessionReplayOptOut", "value": True}
    assert api.call("PATCH", SETTINGS, [good, operation]).status_code == 400
    assert api.call("PATCH", SETTINGS, []).status_code == 400
    assert tenant.state()["tenant_settings"] == made


def test_session_policy(api: Any, tenant: Any) -> None:
    policy = api.get(POLICY).json()
    assert policy == tenant.state()["session_policy"]
    assert (policy["isDefault"], policy["tenantId"]) == (True, tenant.tenant_id)
    assert "dcrAllowedAuthenticationMethods" not in policy
    response = api.patch(
        POLICY,
        ("replace", "/userSessionInactivityTimeoutMinutes", 30),
        ("replace", "/maxUserSessionLifespanMinutes", 600),
        ("replace", DCR, True),
        ("replace", METHODS, ["none"]),
    )
    assert response.status_code == 200
    shown = response.json()
    assert shown == api.get(POLICY).json()
    assert (shown["isDefault"], shown["maxUserSessionLifespanMinutes"]) == (False, 600)
    assert shown["dcrAllowedAuthenticationMethods"] == ["none"]
    assert "dcrAllowedAuthenticationMethods" not in api.patch(POLICY, ("replace", DCR, False)).json()


@pytest.mark.parametrize(
    ("op", "path", "value"),
    [
        ("replace", "/userSessionInactivityTimeoutMinutes", 0),
        ("replace", "/userSessionInactivityTimeoutMinutes", True),
        ("replace", "/userSessionInactivityTimeoutMinutes", 30.0),
        ("replace", "/userSessionInactivityTimeoutMinutes", "30"),
        ("replace", "/maxUserSessionLifespanMinutes", 90),
        ("replace", DCR, 1),
        ("replace", METHODS, ["none"]),
        ("replace", "/isDefault", True),
        ("add", DCR, True),
    ],
)
def test_session_policies_that_are_refused(api: Any, tenant: Any, op: str, path: str, value: Any) -> None:
    before = api.get(POLICY).json()
    assert api.patch(POLICY, (op, path, value)).status_code == 400
    assert api.get(POLICY).json() == before


@pytest.mark.parametrize("methods", [[], ["password"], "none"])
def test_methods_that_are_refused(api: Any, methods: Any) -> None:
    assert api.patch(POLICY, ("replace", DCR, True), ("replace", METHODS, methods)).status_code == 400


def test_what_is_under_core_is_nowhere_else(api: Any, tenant: Any) -> None:
    assert api.get("/auth-settings").status_code == 404
    assert api.get("/api/core/groups").status_code == 404
    assert tenant.counters()["routes"] == {"GET unknown": 2}


def test_api_key_settings(api: Any, tenant: Any) -> None:
    config = f"/api-keys/configs/{tenant.tenant_id}"
    assert api.get(config).json() == {
        "max_keys_per_user": 5,
        "max_api_key_expiry": "PT24H",
        "scim_externalClient_expiry": "P365D",
    }
    response = api.patch(config, ("replace", "/max_keys_per_user", 0), ("replace", "/max_api_key_expiry", "P1W"))
    assert (response.status_code, response.text) == (204, "")
    assert api.get(config).json() == tenant.state()["api_key_settings"]
    tenant.guess(duration_form="hours")
    assert api.get(config).json()["max_api_key_expiry"] == "PT168H"
    api.patch(config, ("replace", "/max_api_key_expiry", "P1M"))
    assert api.get(config).json()["max_api_key_expiry"] == "P1M"
    assert api.get("/api-keys/configs/another").status_code == 404
    assert api.get("/api-keys/configs/another", key=tenant.api_key_without_rights).status_code == 403


@pytest.mark.parametrize(
    ("op", "path", "value"),
    [
        ("replace", "/max_keys_per_user", 1001),
        ("replace", "/max_keys_per_user", -1),
        ("replace", "/max_keys_per_user", True),
        ("replace", "/max_keys_per_user", "5"),
        ("replace", "/max_api_key_expiry", "7D"),
        ("replace", "/max_api_key_expiry", "P"),
        ("replace", "/max_api_key_expiry", "P\u0667D"),
        ("replace", "/max_api_key_expiry", "PT0S"),
        ("replace", "/max_api_key_expiry", "-P1D"),
        ("replace", "/max_api_key_expiry", 7),
        ("replace", "/scim_external_client_expiry", "P1D"),
        ("add", "/max_keys_per_user", 5),
    ],
)
def test_api_key_settings_that_are_refused(api: Any, tenant: Any, op: str, path: str, value: Any) -> None:
    assert api.patch(f"/api-keys/configs/{tenant.tenant_id}", (op, path, value)).status_code == 400
    assert tenant.counters()["writes"] == 0


def test_what_is_planted(api: Any, tenant: Any) -> None:
    tenant.set_tenant(
        tenant_settings={"sessionReplayOptOut": False},
        session_policy={"inactivity_minutes": 5},
        api_key_settings={"max_keys": 7},
    )
    assert api.get(SETTINGS).json()["sessionReplayOptOut"] is False
    assert api.get(POLICY).json()["userSessionInactivityTimeoutMinutes"] == 5
    assert api.get(f"/api-keys/configs/{tenant.tenant_id}").json()["max_keys_per_user"] == 7
    tenant.set_tenant(tenant_settings={"releaseCadence": "monthly"})
    assert api.get(SETTINGS).json()["sessionReplayOptOut"] is False
    tenant.set_tenant(tenant_settings=None)
    assert api.get(SETTINGS).status_code == 404
