# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""License settings, and what the subscription holds (Qlik reference: licenses)."""

from __future__ import annotations

import dataclasses

from .call import Call, Json, Response, checked_fields, response
from .errors import refuse
from .state import License

FIELDS = {"autoAssignAnalyzer": "auto_assign_analyzer", "autoAssignProfessional": "auto_assign_professional"}
VALID = "2026-01-01/2027-12-31"


def settings(license: License) -> dict[str, Json]:
    """The settings; a subscription without entitlements for users has none."""
    return {name: getattr(license, field) for name, field in FIELDS.items()} if license.user_based else {}


def overview(license: License) -> dict[str, Json]:
    """The license with its key, which is a secret, and how many entitlements are left."""
    allotments = [
        {"name": name, "units": units, "unitsUsed": used, "overage": 0, "usageClass": "assigned"}
        for name, units, used in license.allotments
    ]
    return {
        "licenseKey": license.key,
        "licenseNumber": "9999000000001204",
        "secondaryNumber": "12345",
        "parentLicenseNumber": "9999000000001200",
        "product": "Qlik Sense Enterprise SaaS",
        "status": "Ok",
        "trial": False,
        "valid": VALID,
        "changeTime": "2026-01-01T00:00:00.000Z",
        "updated": "2026-01-01T00:00:00.000Z",
        "version": "A1B2-C3D4-E5F6-G7H8-J9K0",
        "origin": "External",
        "licenseType": "user-based" if license.user_based else "capacity",
        "customerId": "local",
        "allotments": allotments if license.user_based else [],
        "parameters": [{"name": "spaces", "valid": "./.", "values": {"managed_spaces": "FULL"}}],
    }


def get_settings(call: Call) -> Response:
    """``GET /licenses/settings``."""
    _check_user_based(call)
    return response(200, settings(call.state.license))


def put_settings(call: Call) -> Response:
    """``PUT /licenses/settings``, answered with what is stored."""
    _check_user_based(call)
    body = checked_fields(call, frozenset(FIELDS))
    for name, value in body.items():
        if not isinstance(value, bool):
            raise refuse(400, "Invalid value", f"{name} is a boolean.")
    license = call.state.license
    base = settings(license) if call.guesses.license_put_omitted == "kept" else dict.fromkeys(FIELDS, False)
    if license.user_based:
        changes = {FIELDS[name]: value for name, value in {**base, **body}.items()}
        call.state.license = dataclasses.replace(license, **changes)
    return response(200, settings(call.state.license))


def get_overview(call: Call) -> Response:
    """``GET /licenses/overview``."""
    return response(200, overview(call.state.license))


def get_status(call: Call) -> Response:
    """``GET /licenses/status``."""
    shown = {name: overview(call.state.license)[name] for name in ("origin", "product", "status", "trial", "valid")}
    return response(200, {**shown, "type": "Signed", "deactivated": False, "extensionStatus": "Unavailable"})


def _check_user_based(call: Call) -> None:
    """Raises Refusal where the subscription has no such settings, unless the answer is one without them."""
    guess = call.guesses.license_settings_missing
    if not call.state.license.user_based and guess != "empty":
        raise refuse(int(guess), "Not available", "The subscription has no entitlements to assign to users.")
