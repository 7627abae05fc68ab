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


@dataclasses.dataclass(frozen=True)
class Form:
    """What the errors of a service have beside title and code (Qlik reference: the type definitions of each API).

    ``status`` is the type of an entry's status, None where it has none; ``trace`` says whether the body has a traceId.
    """

    status: type | None = int
    source: bool = True
    detail: bool = True
    trace: bool = True
    number_codes: bool = False


BARE = Form(None, source=False, trace=False)


@dataclasses.dataclass(frozen=True)
class Service:
    """How the errors of a service look.

    :param prefix: how codes begin that are not published.
    :param codes: the published codes that follow from the status.
    """

    name: str
    prefix: str
    form: Form = Form()
    codes: Mapping[int, str] = dataclasses.field(default_factory=dict)


#: By name; those of the kinds in ``kinds.py`` come with them.
SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        Service("groups", "GROUPS", codes={404: "GROUPS-7"}),
        Service("users", "USERS", codes={404: "USERS-7"}),
        Service("invite", "", Form(None, source=False, trace=False, number_codes=True)),
        Service("roles", "IDENTITIES", Form(None), {404: "IDENTITIES-10402"}),
        Service("tenants", "TENANTS", Form(str), {404: "TENANTS-8"}),
        Service("spaces", "SPACES", Form(None)),
        Service("items", "ITEMS", BARE),
        Service("api-keys", "APIKEYS", Form(trace=False)),
        Service("audits", "AUDITS", Form(None, source=False)),
        Service("oauth", "OAUTH"),
        Service("gateway", "HTTP"),
    )
}
#: The errors of some calls have another form than those of their service, by service, method and status.
FORMS_OF_CALLS = {
    ("tenants", "PATCH", 400): Form(None, detail=False, trace=False),
    **{("tenant-settings", "POST", status): Form(source=False) for status in (400, 401, 403, 500)},
}


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


def shape(refusal: Refusal, service: Service, method: str, guesses: Guesses) -> dict[str, Any]:
    """The body of ``refusal`` as the service words it."""
    if any(entry.code in ("HTTP-429", "TENANT_DISABLED") for entry in refusal.entries):
        limited = refusal.status == 429
        errors = [{"code": entry.code, "title": entry.title, "detail": entry.detail} for entry in refusal.entries]
        if limited:
            return {"errors": errors}
        return {"errors": [{**error, "status": "401"} for error in errors], "traceId": trace_id()}
    key = (service.name, method, refusal.status)
    form = FORMS_OF_CALLS.get(key) or service.form
    errors = [_entry(entry, service, key, form, guesses) for entry in refusal.entries]
    body: dict[str, Any] = {"errors": errors}
    if form.trace and not guesses.terse_errors:
        body["traceId"] = trace_id()
    if guesses.deprecated_error_fields:
        body.update(_deprecated(errors[0], service.name))
    return body


def _deprecated(error: Mapping[str, Any], service: str) -> dict[str, Any]:
    """What stands beside ``errors``, from times when there was only one (Qlik reference: spaces, licenses)."""
    if service == "licenses":
        return {"error": "util.Error", "message": error["title"]}
    if service != "spaces":
        return {}
    source = error.get("meta", {}).get("source")
    return {**error, "source": source} if source else dict(error)


def _entry(
    entry: Entry, of_service: Service, key: tuple[str, str, int], form: Form, guesses: Guesses
) -> dict[str, Any]:
    service, _method, status = key
    error: dict[str, Any] = {"code": entry.code or _code(of_service, key, form), "title": entry.title}
    if guesses.terse_errors:
        return error
    if entry.detail and form.detail:
        error["detail"] = entry.detail
    if form.status is not None:
        is_number = service == "tenants" and guesses.tenant_error_status == "number"
        error["status"] = status if is_number else form.status(status)
    source = {name: value for name, value in (("pointer", entry.pointer), ("parameter", entry.parameter)) if value}
    if source and service == "spaces":
        error["meta"] = {"source": source}
    elif source and form.source:
        error["source"] = source
    if entry.meta:
        reasons = [{"code": code, "title": title} for code, title in entry.meta]
        single = guesses.tenant_error_meta == "object" or (guesses.tenant_error_meta == "auto" and len(reasons) == 1)
        error["meta"] = reasons[0] if single else reasons
    return error


def _code(service: Service, key: tuple[str, str, int], form: Form) -> str | int:
    status = key[2]
    if form.number_codes:
        return status
    if key == ("tenants", "PATCH", 400):
        return "TENANTS-10"
    return service.codes.get(status) or f"{service.prefix}-{status}"
