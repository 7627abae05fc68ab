# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches for features of a tenant (Qlik reference: data-alerts, sharing-tasks, tenant-settings)."""

from __future__ import annotations

import dataclasses

from . import patches
from .call import NO_CONTENT, Call, Json, Response, checked_fields, response
from .errors import refuse
from .patches import Operation, unsupported
from .state import FeatureSettings
from .tenant_settings import created

ALERTS = "enable-data-alerting"
#: The fields of PATCH, with the names here.
SHARING = {"/enable-sharing": "sharing", "/enable-report-subscription": "report_subscriptions"}
CONSENT = "x-qlik-consent-verified"
#: The reference does not list the values of a license status.
LICENSED = "licensed"


def view(settings: FeatureSettings, cross_region: bool) -> dict[str, Json]:
    """What the control API shows: each switch by a name of its own."""
    return {
        "dataAlerts": settings.data_alerts,
        "sharing": settings.sharing,
        "reportSubscriptions": settings.report_subscriptions,
        "crossRegionInference": cross_region,
    }


def get_alerts(call: Call) -> Response:
    """``GET /data-alerts/settings``."""
    value, status = _shown(call, "data_alerts")
    shown = {ALERTS: value, "data-alerting-feature-operation-status": status}
    return response(200, {**shown, "data-alerting-license-status": LICENSED})


def put_alerts(call: Call) -> Response:
    """``PUT /data-alerts/settings``, which begins a change."""
    body = checked_fields(call, frozenset({ALERTS}), frozenset({ALERTS}))
    call.state.feature_settings = _changed(call, call.state.feature_settings, "data_alerts", body[ALERTS], f"/{ALERTS}")
    return NO_CONTENT


def get_sharing(call: Call) -> Response:
    """``GET /sharing-tasks/settings``."""
    value, status = _shown(call, "report_subscriptions")
    return response(
        200,
        {
            "enable-sharing": call.state.feature_settings.sharing,
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
        call.state.feature_settings = settings

    patches.apply_in_order(call, call.state.feature_settings, patched, store)
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
    made = call.state.tenant_settings or created(call)
    call.state.tenant_settings = {**made, "crossRegionDataProcessing": body["value"]}
    shown = {"crossRegionDataProcessing": body["value"]} if call.guesses.toggle_response == "settings" else None
    return Response(200) if shown is None else response(200, shown)


def _shown(call: Call, name: str) -> tuple[bool, str]:
    """A switch and its status, as one more reading shows them."""
    settings = call.state.feature_settings
    value, readings = getattr(settings, name), dict(settings.readings)
    left = readings.get(name, 0)
    if not left:
        return value, "none"
    call.state.feature_settings = dataclasses.replace(settings, readings={**readings, name: left - 1})
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
