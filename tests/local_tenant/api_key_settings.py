# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many API keys a user may have, and how long they last (Qlik reference: api-keys)."""

from __future__ import annotations

import dataclasses

from . import patches
from .call import NO_CONTENT, Call, Json, Response, response
from .errors import not_found, refuse
from .kind import UPDATED, WRITE, Events, Singleton, old_names
from .patches import Operation, unsupported
from .routes import Route
from .times import parts

PATH = "/api-keys/configs/{tenantId}"
EXPIRIES = {"max_api_key_expiry": "max_expiry", "scim_externalClient_expiry": "scim_expiry"}
MOST_KEYS = 1000


@dataclasses.dataclass(frozen=True)
class ApiKeySettings:
    """How many API keys a user may have, and how long they last, as ISO 8601 durations."""

    max_keys: int = 5
    max_expiry: str = "PT24H"
    scim_expiry: str = "P365D"


def view(settings: ApiKeySettings, form: str) -> dict[str, Json]:
    """The settings, whose names are in snake_case in the API itself.

    ``form`` is how durations are written: ``kept`` as they were sent, or in ``hours`` where they are whole ones.
    """
    shown: dict[str, Json] = {name: _in_form(getattr(settings, field), form) for name, field in EXPIRIES.items()}
    return {"max_keys_per_user": settings.max_keys, **shown}


def get_config(call: Call) -> Response:
    """``GET /api-keys/configs/{tenantId}``."""
    _check_tenant(call)
    return response(200, view(KIND.of(call.state), call.guesses.duration_form))


def patch_config(call: Call) -> Response:
    """``PATCH /api-keys/configs/{tenantId}``."""
    _check_tenant(call)

    def store(changed: ApiKeySettings) -> None:
        KIND.put(call.state, changed)

    patches.apply_in_order(call, KIND.of(call.state), _patched, store)
    return NO_CONTENT


def _check_tenant(call: Call) -> None:
    if call.item_id != call.state.tenant.id:
        raise not_found("The tenant does not exist.")


def _patched(settings: ApiKeySettings, operation: Operation) -> ApiKeySettings:
    if operation.op != "replace":
        raise unsupported(operation)
    value, name = operation.value, operation.path[1:]
    if operation.path == "/max_keys_per_user":
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_KEYS:
            raise refuse(400, "Invalid value", f"Allowed is 0 to {MOST_KEYS}.", pointer=operation.path)
        return dataclasses.replace(settings, max_keys=value)
    if name not in EXPIRIES:
        raise unsupported(operation)
    if parts(value) is None:
        raise refuse(400, "Invalid value", "An ISO 8601 duration is required.", pointer=operation.path)
    return dataclasses.replace(settings, **{EXPIRIES[name]: value})


def _in_form(duration: str, form: str) -> str:
    years, months, weeks, days, hours, minutes, seconds = parts(duration) or (1,) * 7
    if form == "kept" or years or months or minutes or seconds:
        return duration
    return f"PT{(weeks * 7 + days) * 24 + hours}H"


def _compared(_call: Call, settings: ApiKeySettings) -> dict[str, Json]:
    return {
        "apiKeysEnabled": True,
        "maxKeysPerUser": settings.max_keys,
        "maxApiKeyExpiry": settings.max_expiry,
        "scimExternalClientExpiry": settings.scim_expiry,
    }


KIND: Singleton[ApiKeySettings] = Singleton(
    "api_key_settings",
    ApiKeySettings(),
    lambda call, settings: view(settings, "kept"),
    (Route("GET", PATH, get_config, access="admin"), Route("PATCH", PATH, patch_config, **WRITE)),
    events=Events("api-keys-config", _compared, old=old_names("com.qlik.api-keys-config", UPDATED), changes=("", "")),
)
