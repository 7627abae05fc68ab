# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many API keys a user may have, and how long they last (Qlik reference: api-keys, configs)."""

from __future__ import annotations

import dataclasses
import re

from . import patches
from .call import NO_CONTENT, Answer, Call, Json, answer
from .errors import not_found, refuse
from .patches import Operation, unsupported
from .state import ApiKeySettings

EXPIRIES = {"max_api_key_expiry": "max_expiry", "scim_externalClient_expiry": "scim_expiry"}
MOST_KEYS = 1000
#: Years and months are no part of what the examples show; they are taken as ISO 8601 has them.
_DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.ASCII,
)


def view(settings: ApiKeySettings, form: str = "kept") -> dict[str, Json]:
    """The settings, whose names are in snake_case in the API itself.

    ``form`` is how durations are written: ``kept`` as they were sent, or in ``hours`` where they are whole ones.
    """
    shown: dict[str, Json] = {name: _in_form(getattr(settings, field), form) for name, field in EXPIRIES.items()}
    return {"max_keys_per_user": settings.max_keys, **shown}


def get_config(call: Call) -> Answer:
    """``GET /api-keys/configs/{tenantId}``."""
    _check_tenant(call)
    return answer(200, view(call.state.api_key_settings, call.guesses.duration_form))


def patch_config(call: Call) -> Answer:
    """``PATCH /api-keys/configs/{tenantId}``."""
    _check_tenant(call)

    def store(changed: ApiKeySettings) -> None:
        call.state.api_key_settings = changed

    patches.apply_in_order(call, call.state.api_key_settings, _patched, store)
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
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(int(part) for part in found.groups() if part):
        raise refuse(400, "Invalid value", "An ISO 8601 duration is required.", pointer=operation.path)
    return dataclasses.replace(settings, **{EXPIRIES[name]: value})


def _in_form(duration: str, form: str) -> str:
    found = _DURATION.fullmatch(duration)
    years, months, weeks, days, hours, minutes, seconds = (
        (int(part or 0) for part in found.groups()) if found else (1,) * 7
    )
    if form == "kept" or years or months or minutes or seconds:
        return duration
    return f"PT{(weeks * 7 + days) * 24 + hours}H"
