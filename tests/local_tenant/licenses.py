# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""License settings, and what the subscription holds (Qlik reference: licenses)."""

from __future__ import annotations

import dataclasses
from typing import Any

from .call import Call, Json, Response, checked_fields, response
from .errors import BARE, Service, refuse
from .keys import local_key
from .kind import WRITE, Singleton
from .routes import Route
from .state import State

PATH = "/licenses/settings"
FIELDS = {"autoAssignAnalyzer": "auto_assign_analyzer", "autoAssignProfessional": "auto_assign_professional"}
VALID = "2026-01-01/2027-12-31"


@dataclasses.dataclass(frozen=True)
class License:
    """The license; ``user_based`` subscriptions assign entitlements to users.

    ``allotments`` are name, units and units used.
    """

    user_based: bool = True
    auto_assign_analyzer: bool = False
    auto_assign_professional: bool = False
    allotments: tuple[tuple[str, int, int], ...] = (("professional", 50, 12), ("analyzer", 200, 150))


def settings(license: License) -> dict[str, Json]:
    """The settings; a subscription without entitlements for users has none."""
    return {name: getattr(license, field) for name, field in FIELDS.items()} if license.user_based else {}


def overview(call: Call, license: License) -> dict[str, Json]:
    """The license with its key, which is a secret, and how many entitlements are left."""
    allotments = [
        {"name": name, "units": units, "unitsUsed": used, "overage": 0, "usageClass": "assigned"}
        for name, units, used in license.allotments
    ]
    return {
        "licenseKey": local_key(call.state.number, "license"),
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
    return response(200, settings(KIND.of(call.state)))


def put_settings(call: Call) -> Response:
    """``PUT /licenses/settings``, answered with what is stored."""
    _check_user_based(call)
    body = checked_fields(call, frozenset(FIELDS))
    for name, value in body.items():
        if not isinstance(value, bool):
            raise refuse(400, "Invalid value", f"{name} is a boolean.")
    license = KIND.of(call.state)
    base = settings(license) if call.guesses.license_put_omitted == "kept" else dict.fromkeys(FIELDS, False)
    if license.user_based:
        changes = {FIELDS[name]: value for name, value in {**base, **body}.items()}
        KIND.put(call.state, dataclasses.replace(license, **changes))
    return response(200, settings(KIND.of(call.state)))


def get_overview(call: Call) -> Response:
    """``GET /licenses/overview``."""
    return response(200, overview(call, KIND.of(call.state)))


def get_status(call: Call) -> Response:
    """``GET /licenses/status``."""
    license = overview(call, KIND.of(call.state))
    shown = {name: license[name] for name in ("origin", "product", "status", "trial", "valid")}
    return response(200, {**shown, "type": "Signed", "deactivated": False, "extensionStatus": "Unavailable"})


def _check_user_based(call: Call) -> None:
    """Raises Refusal where the subscription has no such settings, unless the answer is one without them."""
    guess = call.guesses.license_settings_missing
    if not KIND.of(call.state).user_based and guess != "empty":
        raise refuse(int(guess), "Not available", "The subscription has no entitlements to assign to users.")


def _planted(_state: State, license: License, changes: Any) -> License:
    """The license with changes; ``allotments`` hold units and units used by name."""
    if "allotments" in changes:
        allotments = tuple((name, *numbers) for name, numbers in changes["allotments"].items())
        changes = {**changes, "allotments": allotments}
    return dataclasses.replace(license, **changes)


KIND: Singleton[License] = Singleton(
    "license",
    License(),
    lambda call, license: {"settings": settings(license), "overview": overview(call, license)},
    (
        Route("GET", PATH, get_settings, access="admin"),
        Route("PUT", PATH, put_settings, **WRITE),
        Route("GET", "/licenses/overview", get_overview, access="admin"),
        Route("GET", "/licenses/status", get_status, access="any"),
    ),
    (Service("licenses", "LICENSES", BARE),),
    _planted,
)
