# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant's own record (Qlik reference: tenants)."""

from __future__ import annotations

import dataclasses
import re

from . import patches, views
from .call import NO_CONTENT, Call, Json, Response, redirect, response
from .errors import Entry, Refusal, not_found, refuse
from .state import TENANT_BOOLEANS, TenantRecord, now

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{32}")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
PATCH_CODE = "TENANTS-10"


def get_me(call: Call) -> Response:
    """``GET /tenants/me``: 302 to the tenant."""
    path = f"/api/v1/tenants/{call.state.tenant.id}"
    return redirect(call, 302, call.guesses.tenant_me_location, path)


def get_tenant(call: Call) -> Response:
    """``GET /tenants/{id}``."""
    _check_id(call)
    return response(200, views.tenant(call))


def patch_tenant(call: Call) -> Response:
    """``PATCH /tenants/{id}``: replace only."""
    _check_id(call)

    def store(changed: TenantRecord) -> None:
        call.state.tenant = changed
        call.state.claim(changed.alias)

    try:
        patches.apply_in_order(call, call.state.tenant, lambda item, step: _patched(call, item, step), store)
    except Refusal as refusal:
        if refusal.status != 400:
            raise
        raise Refusal(400, *(_with_meta(entry) for entry in refusal.entries)) from None
    return NO_CONTENT


def _check_id(call: Call) -> None:
    if call.item_id == call.state.tenant.id:
        return
    if not WELL_FORMED.fullmatch(call.item_id):
        raise refuse(call.guesses.malformed_id_status, "Not found", "This is not the id of a tenant.")
    if call.guesses.other_tenant_status == 404:
        raise not_found("The tenant does not exist.")
    raise refuse(403, "Forbidden", "The tenant belongs to somebody else.")


def _with_meta(entry: Entry) -> Entry:
    meta = entry.meta or ((PATCH_CODE, entry.detail or entry.title),)
    return dataclasses.replace(entry, title="Invalid PATCH request", detail="", code=PATCH_CODE, meta=meta)


def _patched(call: Call, tenant: TenantRecord, operation: patches.Operation) -> TenantRecord:
    path, value = operation.path, operation.value
    if operation.op != "replace":
        raise patches.unsupported(operation)
    if path == "/name":
        if not isinstance(value, str) or not value:
            raise refuse(400, "Invalid value", "The name is a text that is not empty.", pointer=path)
        tenant = dataclasses.replace(tenant, name=value)
    elif path == "/hostnames/1":
        tenant = dataclasses.replace(tenant, alias=_alias(call, value))
    elif path[1:] in TENANT_BOOLEANS and path.startswith("/"):
        if not isinstance(value, bool):
            raise refuse(400, "Invalid value", "A boolean is required.", pointer=path)
        tenant = dataclasses.replace(tenant, booleans=(*tenant.booleans, (path[1:], value)))
    else:
        raise patches.unsupported(operation)
    return dataclasses.replace(tenant, updated=now())


def _alias(call: Call, value: Json) -> str:
    """The alias in lower case. Raises Refusal for its form, for one that is taken and where none is possible."""
    pointer = "/hostnames/1"
    if call.guesses.alias_change != "allowed":
        raise refuse(
            int(call.guesses.alias_change), "Not allowed", "This tenant cannot have an alias.", pointer=pointer
        )
    host = value.lower() if isinstance(value, str) else ""
    label, _dot, domain = host.partition(".")
    reasons = []
    if domain != call.state.domain:
        reasons.append(f"The host name must end in .{call.state.domain}.")
    if not 3 <= len(label) <= 63:
        reasons.append("The subdomain must have between 3 and 63 characters.")
    if not LABEL.fullmatch(label):
        reasons.append("The subdomain has letters, digits and hyphens, and no hyphen at its ends.")
    if reasons:
        meta = tuple((PATCH_CODE, reason) for reason in reasons)
        raise Refusal(400, Entry("Invalid value", pointer=pointer, meta=meta))
    if call.state.alias_taken(host):
        raise refuse(call.guesses.alias_taken_status, "Conflict", "The host name is taken.", pointer=pointer)
    return host
