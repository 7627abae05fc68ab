# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error shapes of each service (Qlik reference: errors of each API).

Qlik publishes few error codes. The others here are made of the service's prefix and the HTTP status, such as
``GROUPS-400``, so that nobody mistakes them for published ones.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping
from typing import Any

from .guesses import Guesses

PREFIXES = {
    "groups": "GROUPS",
    "users": "USERS",
    "roles": "IDENTITIES",
    "tenants": "TENANTS",
    "spaces": "SPACES",
    "items": "ITEMS",
    "licenses": "LICENSES",
    "tenant-settings": "TENANTSETTINGS",
    "auth-settings": "AUTHSETTINGS",
    "api-keys": "APIKEYS",
    "csp-origins": "CSP",
    "web-integrations": "WEBINTEGRATIONS",
    "ip-policies": "IPPOLICIES",
    "oauth": "OAUTH",
    "gateway": "HTTP",
}
#: The published codes that follow from the status.
CODES = {
    ("groups", 404): "GROUPS-7",
    ("users", 404): "USERS-7",
    ("roles", 404): "IDENTITIES-10402",
    ("tenants", 404): "TENANTS-8",
    ("web-integrations", 403): "WEBINTEGRATIONS_FORBIDDEN",
    ("web-integrations", 404): "WEBINTEGRATIONS_NOT_FOUND",
}
#: Services whose entries have neither a status nor a source, and whose bodies have no trace.
BARE = ("licenses", "csp-origins")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One element of ``errors``; an empty ``code`` is filled in by the service."""

    title: str
    detail: str = ""
    pointer: str = ""
    parameter: str = ""
    code: str | int = ""
    meta: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """A request is refused with ``status``; the dispatcher turns it into the shape of the service asked."""

    def __init__(self, status: int, *entries: Entry, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, *(entry.title for entry in entries))
        self.status = status
        self.entries = entries
        self.headers = dict(headers or {})


def refuse(
    status: int, title: str, detail: str = "", *, pointer: str = "", parameter: str = "", code: str = ""
) -> Refusal:
    """A refusal with a single entry."""
    return Refusal(status, Entry(title, detail, pointer, parameter, code))


def not_found(detail: str = "") -> Refusal:
    """What every service answers to an unknown id."""
    return refuse(404, "Not found", detail)


def rate_limited(retry_after: int) -> Refusal:
    """Over the limit: neither status nor traceId in the body (Qlik reference: rate limiting)."""
    entry = Entry("Too many requests", "Rate limit exceeded, retry later.", code="HTTP-429")
    return Refusal(429, entry, headers={"Retry-After": str(retry_after)})


def tenant_disabled() -> Refusal:
    """Any call to a deactivated tenant (Qlik reference: deleting tenants)."""
    return Refusal(401, Entry("Tenant disabled", "The tenant is disabled.", code="TENANT_DISABLED"))


def trace_id() -> str:
    """32 hex digits, as in every traceId."""
    return secrets.token_hex(16)


def shape(refusal: Refusal, service: str, method: str, guesses: Guesses) -> dict[str, Any]:
    """The body of ``refusal`` as ``service`` words it; ``service`` is a key of PREFIXES or ``invite``."""
    if any(entry.code in ("HTTP-429", "TENANT_DISABLED") for entry in refusal.entries):
        limited = refusal.status == 429
        errors = [{"code": entry.code, "title": entry.title, "detail": entry.detail} for entry in refusal.entries]
        if limited:
            return {"errors": errors}
        return {"errors": [{**error, "status": "401"} for error in errors], "traceId": trace_id()}
    bare = service == "invite" or (service == "tenants" and method == "PATCH" and refusal.status == 400)
    body: dict[str, Any] = {
        "errors": [_entry(entry, refusal.status, service, bare, guesses) for entry in refusal.entries]
    }
    if not bare and not guesses.terse_errors and service not in BARE:
        body["traceId"] = trace_id()
    if guesses.deprecated_error_fields:
        body.update(_deprecated(body["errors"][0], service))
    return body


def _deprecated(error: Mapping[str, Any], service: str) -> dict[str, Any]:
    """What stands beside ``errors``, from times when there was only one (Qlik reference: spaces, licenses)."""
    if service == "licenses":
        return {"error": "util.Error", "message": error["title"]}
    if service != "spaces":
        return {}
    source = error.get("meta", {}).get("source")
    return {**error, "source": source} if source else dict(error)


def _entry(entry: Entry, status: int, service: str, bare: bool, guesses: Guesses) -> dict[str, Any]:
    error: dict[str, Any] = {"code": entry.code or _code(status, service, bare), "title": entry.title}
    if guesses.terse_errors:
        return error
    if entry.detail:
        error["detail"] = entry.detail
    if service == "tenants" and not bare:
        error["status"] = str(status) if guesses.tenant_error_status == "string" else status
    elif service == "web-integrations":
        error["status"] = str(status)
    elif service not in ("roles", "invite", "tenants", "spaces", "ip-policies", *BARE):
        error["status"] = status
    source = {name: value for name, value in (("pointer", entry.pointer), ("parameter", entry.parameter)) if value}
    if source and service == "spaces":
        error["meta"] = {"source": source}
    elif source and service not in BARE:
        error["source"] = source
    if entry.meta:
        reasons = [{"code": code, "title": title} for code, title in entry.meta]
        single = guesses.tenant_error_meta == "object" or (guesses.tenant_error_meta == "auto" and len(reasons) == 1)
        error["meta"] = reasons[0] if single else reasons
    return error


def _code(status: int, service: str, bare: bool) -> str | int:
    if service == "invite":
        return status
    if service == "tenants" and bare:
        return "TENANTS-10"
    if (service, status) in CODES:
        return CODES[service, status]
    return f"{PREFIXES[service]}-{status}"
