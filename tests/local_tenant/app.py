# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes, rights, and the way of a request through the tenant."""

from __future__ import annotations

import dataclasses
import json
import time
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from . import (
    access,
    api_keys,
    assignments,
    audit_log,
    audits,
    groups,
    ip_policies,
    items,
    roles,
    spaces,
    tenants,
    users,
)
from .call import Call, Caller, Handler, Json, Response, response
from .cursors import Cursors
from .errors import SERVICES, Refusal, not_found, rate_limited, refuse, shape, tenant_disabled
from .faults import Faults
from .guesses import Guesses
from .kinds import KINDS, SINGLETONS
from .limits import Limiter, LimitSettings
from .oauth import GRANTED, Tokens
from .paging import FILTER_QUERY, LIST_QUERY, PAGE_QUERY
from .plant import many_groups
from .routes import CORE_API, Route, Routes
from .state import REGION, Hostnames, State

API = "/api/v1"
VERSION_HEADER = "qlik-api-version"
VERSIONS = ("2026-05", "2026-08", "2026-11")
DEPRECATED_AT = 1_788_220_800
SUNSET = "Wed, 01 Sep 2027 00:00:00 GMT"
#: The OAuth scope that suffices for a service besides that of administrators; for reading that with ``:read`` too.
SCOPES = {
    "users": "admin.users",
    "spaces": "admin.spaces",
    "ip-policies": "admin.ip-policies",
    "auth-settings": "admin.auth-settings",
}
USER_BODY_LIMIT = 500_000
MAX_LOG = 50_000


def _routes() -> list[Route]:
    fields = frozenset({"fields"})
    write = {"tier": "2", "access": "write", "body": "required"}
    remove = {"tier": "2", "access": "write"}
    read_filter = {"tier": "filter", "query": LIST_QUERY, "body": "optional"}
    user_filter = {**read_filter, "query": LIST_QUERY | fields}
    # What a caller sees of the spaces, and may do to them, depends on the space.
    own_read = {"access": "any"}
    own_write = {"tier": "2", "access": "any", "body": "required"}
    own_remove = {"tier": "2", "access": "any"}
    audit = {"tier": "audits", "access": "any"}
    members, member = "/spaces/{id}/assignments", "/spaces/{id}/assignments/{assignmentId}"
    table: list[tuple[str, str, Handler, dict[str, Any]]] = [
        ("GET", "/tenants/me", tenants.get_me, {"access": "any"}),
        ("GET", "/tenants/{id}", tenants.get_tenant, {}),
        ("PATCH", "/tenants/{id}", tenants.patch_tenant, write),
        ("GET", "/users", users.list_users, {"query": FILTER_QUERY | fields | set(users.OLD_QUERY)}),
        ("POST", "/users", users.create_user, write),
        ("GET", "/users/me", users.get_me, {"access": "any", "query": fields}),
        ("GET", "/users/{id}", users.get_user, {"access": "self", "query": fields}),
        ("PATCH", "/users/{id}", users.patch_user, write),
        ("DELETE", "/users/{id}", users.delete_user, remove),
        ("GET", "/users/actions/count", users.count_users, {}),
        ("POST", "/users/actions/filter", users.filter_users, user_filter),
        ("POST", "/users/actions/invite", users.invite_users, {**write, "status": 207}),
        ("GET", "/groups", groups.list_groups, {"query": FILTER_QUERY | {"systemGroups"}}),
        ("POST", "/groups", groups.create_group, write),
        ("GET", "/groups/{id}", groups.get_group, {}),
        ("PATCH", "/groups/{id}", groups.patch_group, write),
        ("DELETE", "/groups/{id}", groups.delete_group, remove),
        ("POST", "/groups/actions/filter", groups.filter_groups, read_filter),
        ("GET", "/roles", roles.list_roles, {"access": "admin", "query": FILTER_QUERY}),
        ("POST", "/roles", roles.create_role, write),
        ("GET", "/roles/{id}", roles.get_role, {"access": "admin"}),
        ("PATCH", "/roles/{id}", roles.patch_role, write),
        ("DELETE", "/roles/{id}", roles.delete_role, remove),
        ("GET", "/spaces", spaces.list_spaces, {**own_read, "query": PAGE_QUERY | spaces.QUERY}),
        ("POST", "/spaces", spaces.create_space, own_write),
        ("GET", "/spaces/types", spaces.list_types, own_read),
        ("GET", "/spaces/{id}", spaces.get_space, own_read),
        ("PATCH", "/spaces/{id}", spaces.patch_space, {**own_write, "status": 200}),
        ("PUT", "/spaces/{id}", spaces.put_space, own_write),
        ("DELETE", "/spaces/{id}", spaces.delete_space, own_remove),
        ("GET", members, assignments.list_assignments, {**own_read, "query": PAGE_QUERY | assignments.QUERY}),
        ("POST", members, assignments.create_assignment, own_write),
        ("GET", member, assignments.get_assignment, own_read),
        ("PUT", member, assignments.put_assignment, own_write),
        ("DELETE", member, assignments.delete_assignment, own_remove),
        ("GET", "/items", items.list_items, {**own_read, "query": PAGE_QUERY | items.QUERY}),
        ("GET", "/api-keys", api_keys.list_keys, {**own_read, "query": api_keys.QUERY}),
        ("POST", "/api-keys", api_keys.create_key, own_write),
        ("GET", "/api-keys/{id}", api_keys.get_key, own_read),
        ("PATCH", "/api-keys/{id}", api_keys.patch_key, own_write),
        ("DELETE", "/api-keys/{id}", api_keys.delete_key, own_remove),
        ("GET", "/audits", audits.list_audits, {**audit, "query": audits.QUERY}),
        ("GET", "/audits/archive", audits.get_archive, {**audit, "query": frozenset({"date"})}),
        ("GET", "/audits/settings", audits.get_settings, audit),
        ("GET", "/audits/sources", audits.list_sources, {**audit, "query": audits.NAMES_QUERY}),
        ("GET", "/audits/types", audits.list_types, {**audit, "query": audits.NAMES_QUERY}),
        ("GET", "/audits/{id}", audits.get_audit, audit),
    ]
    return [
        *(Route(method, template, handler, **options) for method, template, handler, options in table),
        *(route for kind in KINDS for route in kind.routes),
        *(route for singleton in SINGLETONS for route in singleton.routes),
    ]


#: How the errors of each service look.
ERRORS = {
    **SERVICES,
    **{kind.service.name: kind.service for kind in KINDS},
    **{service.name: service for kind in SINGLETONS for service in kind.services},
}
TENANT_ROUTES = Routes(API, _routes())


@dataclasses.dataclass(frozen=True)
class Incoming:
    """A request as it came in; ``query`` holds decoded pairs in order."""

    method: str
    path: str
    query: list[tuple[str, str]]
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    host: str


@dataclasses.dataclass
class Life:
    """What becomes of a tenant as a whole.

    ``ready_at`` is the monotonic time from which on it answers; ``purge_at`` is when a disabled tenant is purged, as
    the API writes it. The numbers count what was done to it.
    """

    ready_at: float = 0.0
    purge_at: str = ""
    is_purged: bool = False
    may_be_deactivated: bool = True
    created_at: str = ""
    deactivations: int = 0
    reactivations: int = 0


class Tenant:
    """One imitated tenant: its state, credentials, limits, faults, counters, and how it answers."""

    endpoints = TENANT_ROUTES
    granted = GRANTED
    #: That of the region, id and secret.
    region_client: tuple[str, str] | None = None

    def __init__(
        self,
        number: int,
        guesses: Guesses,
        limits: LimitSettings,
        hostnames: Hostnames,
        groups: int = 0,
        region: str = REGION,
    ) -> None:
        self._options = (number, guesses, limits, hostnames, groups, region)
        self.reset()

    def reset(self) -> None:
        """Back to a fresh tenant with the options it was started with; the API keys stay the same."""
        number, guesses, limits, hostnames, group_count, region = self._options
        hostnames.planted.clear()
        self.guesses = guesses
        indexes = {kind.name: kind.indexes for kind in KINDS}
        initial = {kind.name: kind.initial for kind in SINGLETONS}
        self.state = State(number, guesses, hostnames, indexes, initial, region)
        self.hostnames = hostnames
        self.tokens = Tokens(number, self.state, self.granted, self.region_client)
        self.limiter = Limiter(limits)
        self.faults = Faults()
        self.cursors = Cursors()
        self.disabled = False
        self.life = Life()
        self.forget_counters()
        many_groups(self.state, group_count)

    def forget_counters(self) -> None:
        """Start counting anew."""
        self.routes: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.writes = 0
        self.in_flight = 0
        self.peak = 0
        self.log: deque[dict[str, Json]] = deque(maxlen=MAX_LOG)

    def route_of(self, method: str, path: str) -> tuple[str, Route | None, tuple[str, ...]]:
        """Template, route (None when there is none for this method) and ids of a path."""
        if path == "/oauth/token":
            return path, self._token_route() if method == "POST" else None, ()
        template, methods, ids = self.endpoints.find(path)
        return template, methods.get(method), ids

    def first_keys(self) -> dict[str, str]:
        """The tokens of the API keys that a fresh tenant has, by name."""
        keys = {name: self.state.api_keys.get(key_id) for name, key_id in self.state.first_keys.items()}
        return {name: self.tokens.text_of(key, self.guesses) for name, key in keys.items() if key}

    def hosts(self) -> list[Tenant]:
        """Those that the control API counts as one: this host, and for an organization all of its own."""
        return [self]

    def process(self, incoming: Incoming, fail_paths: tuple[str, ...] = ()) -> Response:
        """The answer the service gives, and the change it makes."""
        template, route, ids = self.route_of(incoming.method, incoming.path)
        service = route.service if route else "gateway"
        if route is None and template != "unknown":
            service = template.removeprefix(CORE_API).split("/")[1]
        try:
            result = self._response(incoming, template, route, ids, fail_paths)
        except Refusal as refusal:
            body = response(refusal.status, shape(refusal, ERRORS[service], incoming.method, self.guesses))
            return self._with_deprecation(dataclasses.replace(body, headers=refusal.headers), incoming)
        if route is not None and route.writes and result.status < 400:
            self.writes += 1
        return self._with_deprecation(result, incoming)

    def _with_deprecation(self, result: Response, incoming: Incoming) -> Response:
        """The answer, with what announces the end of an endpoint (RFC 9745, RFC 8594)."""
        if self.guesses.deprecation_headers == "none" or not incoming.path.startswith(API):
            return result
        unmanaged = {"Deprecation": f"@{DEPRECATED_AT}"}
        if self.guesses.deprecation_headers == "sunset":
            unmanaged["Sunset"] = SUNSET
        return dataclasses.replace(result, headers={**result.headers, **unmanaged})

    def _people(self) -> int:
        return sum(user.status != "deleted" for user in self.state.users)

    def _token_route(self) -> Route:
        return Route("POST", "/oauth/token", self.tokens.issue, tier="", access="open", body="required")

    def _response(
        self,
        incoming: Incoming,
        template: str,
        route: Route | None,
        ids: tuple[str, ...],
        fail_paths: tuple[str, ...],
    ) -> Response:
        if time.monotonic() < self.life.ready_at:
            raise refuse(self.guesses.tenant_not_ready_status, "Not ready", "The tenant is being made.")
        if self.life.is_purged:
            raise not_found("There is no such host.")
        if self.disabled:
            raise tenant_disabled()
        if ip_policies.is_blocked(self.state):
            raise refuse(self.guesses.blocked_address_status, "Blocked", "The address is not on the allowlist.")
        caller = None
        if route is None or route.access != "open":
            caller = self.tokens.caller(incoming.headers.get("Authorization", ""), self.state, self.guesses)
        if route is None and template == "unknown":
            raise not_found("There is no such endpoint.")
        if route is None:
            allowed = ", ".join(sorted(self.endpoints.by_template.get(template, {"POST": None})))
            refusal = refuse(405, "Method not allowed", f"Allowed: {allowed}.")
            refusal.headers["Allow"] = allowed
            raise refusal
        if route.service in self.state.missing_services:
            return self._missing_service()
        wait = self.limiter.admit(caller.user.id, route.tier, self._people, self.guesses) if caller else 0
        if wait:
            raise rate_limited(wait)
        as_admin = self._authorise(route, caller, ids)
        self._check_version(incoming)
        query = self._query(incoming, route)
        body = self._body(incoming, route)
        call = Call(
            incoming.method,
            incoming.path,
            query,
            body,
            incoming.host,
            ids,
            caller,
            self.state,
            self.guesses,
            self.cursors,
            as_admin=as_admin,
            fail_paths=fail_paths,
            headers=incoming.headers,
            token_of=self.tokens.text_of,
        )
        if not route.writes:
            return route.handler(call)
        with audit_log.recorded(call):
            return route.handler(call)

    def _missing_service(self) -> Response:
        """What is said of a service that is not rolled out to this tenant. Raises Refusal."""
        if self.guesses.missing_service == "page":
            return Response(404, b"<h1>404 Not Found</h1>", content_type="text/html")
        raise refuse(int(self.guesses.missing_service), "Not available", "The service is not available.")

    def _authorise(self, route: Route, caller: Caller | None, ids: tuple[str, ...]) -> bool:
        """Whether the caller calls as an administrator. Raises Refusal 403 when it may not call at all."""
        if caller is None:
            return False
        resource = route.template.removeprefix(CORE_API).split("/")[1]
        scopes = [SCOPES[resource]] if resource in SCOPES else []
        reading = [f"{scope}:read" for scope in scopes if not route.writes]
        if access.is_admin(self.state, caller.user, resource) and caller.has_scope(*scopes, *reading):
            return True
        hidden = self.guesses.without_rights == "hidden" and caller.scopes is None
        allowed = {
            "any": True,
            "read": caller.blind or (hidden and not route.template.startswith("/tenants")),
            "self": caller.blind or hidden or caller.user.id in ids,
            "admin": False,
            "write": caller.blind and self.guesses.without_roles_may_write and route.service in ("users", "groups"),
        }[route.access]
        if not allowed:
            raise refuse(403, "Forbidden", "The caller may not do this.")
        return False

    def _check_version(self, incoming: Incoming) -> None:
        """A version selects nothing in the answers yet (Qlik reference: versioning)."""
        version = incoming.headers.get(VERSION_HEADER)
        known = version is None or version in VERSIONS or incoming.path == "/oauth/token"
        if not known and self.guesses.unknown_api_version == "refuse":
            raise refuse(400, "Invalid version", f"{VERSION_HEADER} is one of {', '.join(VERSIONS)}.")

    def _query(self, incoming: Incoming, route: Route) -> dict[str, str]:
        query: dict[str, str] = {}
        for name, value in incoming.query:
            if name in query:
                raise refuse(400, "Invalid parameter", f"{name} is given twice.", parameter=name)
            counts = name == "totalResults" and route.tier == "filter"
            if name in route.query and not (counts and self.guesses.total_in_filter_actions == "refuse"):
                query[name] = value
            elif self.guesses.unknown_query == "refuse":
                raise refuse(400, "Invalid parameter", f"There is no parameter {name!r}.", parameter=name)
        return query

    def _body(self, incoming: Incoming, route: Route) -> Json:
        if route.body == "none" or (route.body == "optional" and not incoming.body):
            return None
        limits = {"/users": USER_BODY_LIMIT, "/groups": self.guesses.group_body_limit}
        if incoming.method == "POST" and len(incoming.body) > limits.get(route.template, len(incoming.body)):
            raise refuse(413, "Body too large", "The body is too large.")
        kind = incoming.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            status = self.guesses.content_type_status
            raise refuse(status, "Invalid content type", "The body must be application/json.")
        try:
            text = incoming.body.decode()
            value = json.loads(text, parse_constant=_no_constant)
            if "\\ud" in text.lower():
                json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise refuse(400, "Invalid body", "The body is not JSON.") from None
        return value


def _no_constant(name: str) -> None:
    raise ValueError(name)
