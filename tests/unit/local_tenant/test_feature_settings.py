# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches for features of a tenant (Qlik reference: data-alerts, sharing-tasks, tenant-settings)."""

from __future__ import annotations

from typing import Any

import pytest

ALERTS, SHARING, SETTINGS = "/data-alerts/settings", "/sharing-tasks/settings", "/tenant-settings"
TOGGLE = "/tenant-settings/actions/toggle-cross-region-inference"
CONSENT = {"x-qlik-consent-verified": "true"}
ALERT, STATUS = "enable-data-alerting", "data-alerting-feature-operation-status"
SUBSCRIPTION = "enable-report-subscription"


def test_data_alerts_take_some_readings(api: Any, tenant: Any) -> None:
    tenant.guess(switch_readings=2)
    before = api.get(ALERTS).json()
    assert (before[ALERT], before[STATUS]) == (False, "none")
    done = api.call("PUT", ALERTS, {ALERT: True})
    assert (done.status_code, done.text) == (204, "")
    assert tenant.state()["feature_settings"]["dataAlerts"] is True
    for shown, value in (("old", False), ("new", True)):
        tenant.guess(switch_during_change=shown)
        during = api.get(ALERTS).json()
        assert (during[ALERT], during[STATUS]) == (value, "enabling")
        if shown == "old":
            assert api.call("PUT", ALERTS, {ALERT: True}).status_code == 409
    after = api.get(ALERTS).json()
    assert (after[ALERT], after[STATUS]) == (True, "none")
    assert api.call("PUT", ALERTS, {ALERT: True}).status_code == 204
    assert api.get(ALERTS).json()[STATUS] == "none"
    api.call("PUT", ALERTS, {ALERT: False})
    assert api.get(ALERTS).json()[STATUS] == "disabling"


def test_changes_at_once(api: Any, tenant: Any) -> None:
    tenant.guess(switch_readings=0)
    api.call("PUT", ALERTS, {ALERT: True})
    assert api.get(ALERTS).json()[STATUS] == "none"


def test_sharing_and_report_subscriptions(api: Any, tenant: Any) -> None:
    done = api.patch(SHARING, ("replace", "/enable-sharing", True), ("replace", f"/{SUBSCRIPTION}", True))
    assert (done.status_code, done.text) == (204, "")
    tenant.guess(switch_busy_status=400)
    assert api.patch(SHARING, ("replace", f"/{SUBSCRIPTION}", False)).status_code == 400
    during = api.get(SHARING).json()
    assert (during["enable-sharing"], during[SUBSCRIPTION]) == (True, False)
    assert during["reportSubscriptionStatus"] == "enabling"
    after = api.get(SHARING).json()
    assert (after[SUBSCRIPTION], after["reportSubscriptionStatus"]) == (True, "none")
    # Sharing is changed at once.
    assert api.patch(SHARING, ("replace", "/enable-sharing", False)).status_code == 204
    assert api.get(SHARING).json()["enable-sharing"] is False


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", ALERTS, {}),
        ("PUT", ALERTS, {ALERT: "yes"}),
        ("PUT", ALERTS, {ALERT: True, STATUS: "none"}),
        ("PATCH", SHARING, [{"op": "add", "path": "/enable-sharing", "value": True}]),
        ("PATCH", SHARING, [{"op": "replace", "path": "/enable-report-template", "value": True}]),
        ("PATCH", SHARING, [{"op": "replace", "path": "/enable-sharing", "value": 1}]),
        ("POST", TOGGLE, {"value": True}),
    ],
)
def test_calls_that_are_refused(api: Any, tenant: Any, method: str, path: str, body: Any) -> None:
    before = tenant.state()["feature_settings"]
    assert api.call(method, path, body).status_code == 400
    assert tenant.state()["feature_settings"] == before
    assert tenant.counters()["writes"] == 0


def test_cross_region_inference(api: Any, tenant: Any) -> None:
    assert api.call("POST", TOGGLE, {"value": True}, headers={"x-qlik-consent-verified": "false"}).status_code == 400
    tenant.guess(consent_missing_status=403)
    assert api.call("POST", TOGGLE, {"value": True}).status_code == 403
    assert api.call("POST", TOGGLE, {"value": 1}, headers=CONSENT).status_code == 400
    assert tenant.state()["tenant_settings"] is None
    done = api.call("POST", TOGGLE, {"value": True}, headers=CONSENT)
    assert (done.status_code, done.json()) == (200, {"crossRegionDataProcessing": True})
    shown = api.get(SETTINGS).json()
    assert (shown["crossRegionDataProcessing"], shown["createdBy"]) == (True, api.user_id("local|admin"))
    tenant.guess(toggle_response="none")
    done = api.call("POST", TOGGLE, {"value": False}, headers=CONSENT)
    assert (done.status_code, done.text) == (200, "")
    assert api.get(SETTINGS).json() == {**shown, "crossRegionDataProcessing": False}


def test_who_may_not(api: Any, tenant: Any) -> None:
    for method, path, body in (("GET", ALERTS, None), ("GET", SHARING, None), ("PUT", ALERTS, {ALERT: True})):
        assert api.call(method, path, body, key=tenant.api_key_without_rights).status_code == 403


def test_what_is_planted(api: Any, tenant: Any) -> None:
    tenant.set_tenant(feature_settings={"data_alerts": True, "readings": {"data_alerts": 1}})
    assert api.get(ALERTS).json()[STATUS] == "enabling"
    assert api.get(ALERTS).json()[ALERT] is True
