# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches for features of a tenant (Qlik reference: data-alerts, sharing-tasks, tenant-settings)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from . import patches, tenant_settings
from .call import NO_CONTENT, Call, Json, Response, checked_fields, response
from .errors import Service, refuse
from .kind import WRITE, Singleton
from .patches import Operation, unsupported
from .routes import Route

ALERTS_PATH, SHARING_PATH = "/data-alerts/settings", "/sharing-tasks/settings"
TOGGLE_PATH = tenant_settings.PATH + "/actions/toggle-cross-region-inference"
ALERTS = "enable-data-alerting"
#: The fields of PATCH, with the names here.
SHARING = {"/enable-sharing": "sharing", "/enable-report-subscription": "report_subscriptions"}
CONSENT = "x-qlik-consent-verified"
#: The reference does not list the values of a license status.
LICENSED = "licensed"


@dataclasses.dataclass(frozen=True)
class FeatureSettings:
    """Switches of features; ``readings`` has how many readings will still show a change as running, by name."""

    data_alerts: bool = False
    sharing: bool = False
    report_subscriptions: bool = False
    readings: Mapping[str, int] = dataclasses.field(default_factory=dict)


def view(call: Call, settings: FeatureSettings) -> dict[str, Json]:
    """What the control API shows: each switch by a name of its own."""
    of_tenant = tenant_settings.KIND.of(call.state) or {}
    return {
        "dataAlerts": settings.data_alerts,
        "sharing": settings.sharing,
        "reportSubscriptions": settings.report_subscriptions,
        "crossRegionInference": bool(of_tenant.get("crossRegionDataProcessing")),
    }


def get_alerts(call: Call) -> Response:
    """``GET /data-alerts/settings``."""
    value, status = _shown(call, "data_alerts")
    shown = {ALERTS: value, "data-alerting-feature-operation-status": status}
    return response(200, {**shown, "data-alerting-license-status": LICENSED})


def put_alerts(call: Call) -> Response:
    """``PUT /data-alerts/settings``, which begins a change."""
    body = checked_fields(call, frozenset({ALERTS}), frozenset({ALERTS}))
    KIND.put(call.state, _changed(call, KIND.of(call.state), "data_alerts", body[ALERTS], f"/{ALERTS}"))
    return NO_CONTENT


def get_sharing(call: Call) -> Response:
    """``GET /sharing-tasks/settings``."""
    value, status = _shown(call, "report_subscriptions")
    return response(
        200,
        {
            "enable-sharing": KIND.of(call.state).sharing,
            "enable-report-subscription": value,
            "reportSubscriptionStatus": status,
            "maxRecipients": 100,
            "reporting-service-license-status": LICENSED,
        },
    )


def patch_sharing(call: Call) -> Response:
    """``PATCH /sharing-tasks/settings``, which begins a change of report subscriptions."""

    def patched(settings: FeatureSettings, operation: Operation) -> FeatureSettings:
        if operation.op != "replace" or operation.path not in SHARING:
            raise unsupported(operation)
        return _changed(call, settings, SHARING[operation.path], operation.value, operation.path)

    def store(settings: FeatureSettings) -> None:
        KIND.put(call.state, settings)

    patches.apply_in_order(call, KIND.of(call.state), patched, store)
    return NO_CONTENT


def toggle_cross_region(call: Call) -> Response:
    """``POST /tenant-settings/actions/toggle-cross-region-inference``, which needs the consent of a person.

    It makes the tenant settings where there are none.
    """
    if call.headers.get(CONSENT) != "true":
        raise refuse(call.guesses.consent_missing_status, "No consent", f"{CONSENT} must be true.")
    body = checked_fields(call, frozenset({"value"}), frozenset({"value"}))
    if not isinstance(body["value"], bool):
        raise refuse(400, "Invalid value", "A boolean is required.", pointer="/value")
    made = tenant_settings.KIND.of(call.state) or tenant_settings.created(call)
    tenant_settings.KIND.put(call.state, {**made, "crossRegionDataProcessing": body["value"]})
    shown = {"crossRegionDataProcessing": body["value"]} if call.guesses.toggle_response == "settings" else None
    return Response(200) if shown is None else response(200, shown)


def _shown(call: Call, name: str) -> tuple[bool, str]:
    """A switch and its status, as one more reading shows them."""
    settings = KIND.of(call.state)
    value, readings = getattr(settings, name), dict(settings.readings)
    left = readings.get(name, 0)
    if not left:
        return value, "none"
    KIND.put(call.state, dataclasses.replace(settings, readings={**readings, name: left - 1}))
    return value is (call.guesses.switch_during_change == "new"), "enabling" if value else "disabling"


def _changed(call: Call, settings: FeatureSettings, name: str, value: Json, pointer: str) -> FeatureSettings:
    """The settings with a change that has begun. Raises Refusal while another change of the switch runs."""
    if not isinstance(value, bool):
        raise refuse(400, "Invalid value", "A boolean is required.", pointer=pointer)
    if settings.readings.get(name):
        raise refuse(call.guesses.switch_busy_status, "Conflict", "The feature is being changed.", pointer=pointer)
    readings = dict(settings.readings)
    if name != "sharing" and value is not getattr(settings, name):
        readings[name] = int(call.guesses.switch_readings)
    return dataclasses.replace(settings, readings=readings, **{name: value})


KIND: Singleton[FeatureSettings] = Singleton(
    "feature_settings",
    FeatureSettings(),
    view,
    (
        Route("POST", TOGGLE_PATH, toggle_cross_region, **WRITE),
        Route("GET", ALERTS_PATH, get_alerts, access="admin"),
        Route("PUT", ALERTS_PATH, put_alerts, **WRITE, status=204),
        Route("GET", SHARING_PATH, get_sharing, access="admin"),
        Route("PATCH", SHARING_PATH, patch_sharing, **WRITE),
    ),
    (Service("data-alerts", "DATAALERTS"), Service("sharing-tasks", "SHARINGTASKS")),
)
