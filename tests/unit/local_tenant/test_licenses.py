# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""License settings and the subscription (Qlik reference: licenses)."""

from __future__ import annotations

from typing import Any

import pytest

SETTINGS = "/licenses/settings"
OFF = {"autoAssignAnalyzer": False, "autoAssignProfessional": False}


def test_settings(api: Any, tenant: Any) -> None:
    assert api.get(SETTINGS).json() == OFF
    desired = {"autoAssignAnalyzer": True, "autoAssignProfessional": True}
    response = api.put(SETTINGS, desired)
    assert (response.status_code, response.json()) == (200, desired)
    assert api.get(SETTINGS).json() == desired
    assert tenant.state()["license"]["settings"] == desired
    assert tenant.counters()["writes"] == 1


@pytest.mark.parametrize(("guess", "analyzer"), [("off", False), ("kept", True)])
def test_a_setting_that_is_left_out(api: Any, tenant: Any, guess: str, analyzer: bool) -> None:
    tenant.guess(license_put_omitted=guess)
    tenant.set_tenant(license={"auto_assign_analyzer": True})
    stored = {"autoAssignAnalyzer": analyzer, "autoAssignProfessional": True}
    assert api.put(SETTINGS, {"autoAssignProfessional": True}).json() == stored


@pytest.mark.parametrize("body", [[], {"autoAssignAnalyzer": "true"}, {"autoAssignAnalyzer": None}, {"surprise": True}])
def test_bodies_that_are_refused(api: Any, tenant: Any, body: Any) -> None:
    response = api.put(SETTINGS, body)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error.keys() == {"code", "title", "detail"}
    assert response.json() == {"errors": [error], "error": "util.Error", "message": error["title"]}
    tenant.guess(deprecated_error_fields=False)
    assert api.put(SETTINGS, body).json() == {"errors": [error]}
    assert api.get(SETTINGS).json() == OFF


@pytest.mark.parametrize("status", [404, 403, 400])
def test_a_subscription_without_entitlements_for_users(api: Any, tenant: Any, status: int) -> None:
    tenant.set_tenant(license={"user_based": False})
    tenant.guess(license_settings_missing=status)
    assert api.get(SETTINGS).status_code == status
    assert api.put(SETTINGS, OFF).status_code == status
    assert api.get("/licenses/overview").json()["allotments"] == []


def test_settings_may_be_missing_in_the_answer(api: Any, tenant: Any) -> None:
    tenant.set_tenant(license={"user_based": False})
    tenant.guess(license_settings_missing="empty")
    assert api.get(SETTINGS).json() == {}
    assert (api.put(SETTINGS, OFF).status_code, api.put(SETTINGS, OFF).json()) == (200, {})


def test_overview_and_status(api: Any, tenant: Any) -> None:
    tenant.set_tenant(license={"allotments": {"professional": [10, 7]}})
    overview = api.get("/licenses/overview").json()
    (allotment,) = overview["allotments"]
    assert (allotment["name"], allotment["units"], allotment["unitsUsed"]) == ("professional", 10, 7)
    assert overview["status"] == "Ok"
    assert overview["licenseKey"].count(".") == 2
    assert overview["licenseKey"] not in (tenant.api_key, tenant.api_key_without_rights)
    status = api.get("/licenses/status").json()
    assert status["product"] == overview["product"]
    assert "licenseKey" not in status
    assert api.get("/licenses/status", key=tenant.api_key_without_rights).status_code == 200
