# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long sessions live, and whether clients may register themselves (Qlik reference: core, auth-settings)."""

from __future__ import annotations

import dataclasses
from typing import Any

from . import patches
from .call import Call, Json, Response, response
from .errors import Form, Service, refuse
from .kind import WRITE, Events, Singleton
from .patches import Operation, unsupported
from .routes import CORE_API, Route

PATH = CORE_API + "/auth-settings"
MINUTES = {
    "userSessionInactivityTimeoutMinutes": ("inactivity_minutes", 1),
    "maxUserSessionLifespanMinutes": ("lifespan_minutes", 60),
}
METHODS = ("none", "client_secret")
METHODS_PATH = "/dcrAllowedAuthenticationMethods"


@dataclasses.dataclass(frozen=True)
class SessionPolicy:
    """How long sessions live; ``dcr`` is dynamic client registration, whose methods are kept while it is off."""

    inactivity_minutes: int = 20
    lifespan_minutes: int = 1440
    dcr: bool = False
    dcr_methods: tuple[str, ...] = ("client_secret",)
    is_default: bool = True


def view(call: Call, policy: SessionPolicy) -> dict[str, Json]:
    """``policy``; the methods are there only while clients may register themselves."""
    shown: dict[str, Json] = {name: getattr(policy, field) for name, (field, _multiple) in MINUTES.items()}
    shown.update(tenantId=call.state.tenant.id, isDefault=policy.is_default)
    shown["dynamicClientRegistrationEnabled"] = policy.dcr
    if policy.dcr:
        shown["dcrAllowedAuthenticationMethods"] = list(policy.dcr_methods)
    return shown


def get_policy(call: Call) -> Response:
    """``GET /api/core/auth-settings``."""
    return response(200, view(call, KIND.of(call.state)))


def patch_policy(call: Call) -> Response:
    """``PATCH /api/core/auth-settings``, answered with what is stored."""

    def store(changed: SessionPolicy) -> None:
        KIND.put(call.state, dataclasses.replace(changed, is_default=False))

    patches.apply_in_order(call, KIND.of(call.state), _patched, store)
    return get_policy(call)


def _patched(policy: SessionPolicy, operation: Operation) -> SessionPolicy:
    if operation.op != "replace":
        raise unsupported(operation)
    value = operation.value
    if operation.path[1:] in MINUTES:
        field, multiple = MINUTES[operation.path[1:]]
        if not isinstance(value, int) or isinstance(value, bool) or value < 1 or value % multiple:
            text = "A whole number of hours is required." if multiple > 1 else "A whole number is required."
            raise refuse(400, "Invalid value", text, pointer=operation.path)
        changes: dict[str, Any] = {field: value}
        return dataclasses.replace(policy, **changes)
    if operation.path == "/dynamicClientRegistrationEnabled":
        if not isinstance(value, bool):
            raise refuse(400, "Invalid value", "A boolean is required.", pointer=operation.path)
        return dataclasses.replace(policy, dcr=value)
    if operation.path != METHODS_PATH:
        raise unsupported(operation)
    if not policy.dcr:
        raise refuse(400, "Invalid patch", "Clients may not register themselves.", pointer=operation.path)
    if not isinstance(value, list) or not value or any(method not in METHODS for method in value):
        raise refuse(400, "Invalid value", f"Allowed are {', '.join(METHODS)}.", pointer=operation.path)
    return dataclasses.replace(policy, dcr_methods=tuple(dict.fromkeys(value)))


KIND: Singleton[SessionPolicy] = Singleton(
    "session_policy",
    SessionPolicy(),
    view,
    (Route("GET", PATH, get_policy, access="admin"), Route("PATCH", PATH, patch_policy, **WRITE, status=200)),
    (Service("auth-settings", "AUTHSETTINGS", Form(None)),),
    events=Events("auth-settings", lambda call, policy: {"id": call.state.tenant.id, **view(call, policy)}),
)
