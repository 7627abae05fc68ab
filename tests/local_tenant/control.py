# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API under ``/control/``: what tests look at and turn; no part of what is imitated.

Every handler takes the tenant and the JSON body and returns JSON; ControlError becomes 400 ``{"error": text}``.
"""

from __future__ import annotations

import dataclasses
import ipaddress
from collections import Counter
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from . import (
    api_keys,
    audits,
    faults,
    identity_providers,
    plant,
    sign_in,
    views,
)
from . import organization as organizations
from .app import Tenant
from .call import Call
from .guesses import GuessError
from .kind import PlantError
from .kinds import KINDS, SINGLETONS
from .limits import Limiter, LimitError, changed_settings
from .organization import Console
from .state import SPACE_TYPES, Capacity

Json = Any
CAPACITIES = {field.name for field in dataclasses.fields(Capacity)}


class ControlError(ValueError):
    """A control request that cannot be carried out."""


def _counters(tenant: Tenant, _body: Json, _host: str) -> Json:
    hosts = tenant.hosts()
    routes = sum((host.routes for host in hosts), Counter[str]())
    statuses = sum((host.statuses for host in hosts), Counter[int]())
    return {
        "routes": dict(sorted(routes.items())),
        "total": sum(routes.values()),
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "rate_limited": statuses[429],
        "writes": sum(host.writes for host in hosts),
        "peak_concurrency": max(host.peak for host in hosts),
    }


def _forget(tenant: Tenant, _body: Json, _host: str) -> Json:
    for host in tenant.hosts():
        host.forget_counters()
    return {}


def _requests(tenant: Tenant, _body: Json, _host: str) -> Json:
    return {"requests": sorted((entry for host in tenant.hosts() for entry in host.log), key=itemgetter("at"))}


def _state(tenant: Tenant, _body: Json, host: str) -> Json:
    if isinstance(tenant, Console):
        return _organization_state(tenant)
    state = tenant.state
    call = Call("GET", "", {}, None, host, (), None, state, tenant.guesses, tenant.cursors)
    return {
        "tenant": views.tenant(call),
        "everyone": views.group(call, state.everyone),
        "users": [views.user(call, user, legacy_groups=True) for user in state.users],
        "groups": [views.group(call, group) for group in state.groups],
        "roles": [views.role(call, role) for role in state.roles],
        "spaces": [views.space(call, space) for space in state.spaces],
        "assignments": [views.assignment(call, assignment) for assignment in state.assignments],
        "items": [{**views.item(call, item), "listed": item.listed} for item in state.items],
        "api_keys": [api_keys.key_view(call, key) for key in state.api_keys],
        **{kind.name: [kind.view(call, item) for item in kind.of(state)] for kind in KINDS},
        **{kind.name: kind.view(call, kind.of(state)) for kind in SINGLETONS},
        "qlik_account": identity_providers.has_qlik_account(state),
    }


def _organization_state(console: Console) -> Json:
    organization = console.organization
    return {
        "quota": organization.quota,
        "tenants": [
            {
                **dataclasses.asdict(organization.listed(tenant)),
                "deactivations": tenant.life.deactivations,
                "reactivations": tenant.life.reactivations,
                "is_first": tenant not in organization.made(),
            }
            for tenant in organization.tenants.values()
        ],
    }


def _organization(tenant: Tenant, body: Json, _host: str) -> Json:
    """``quota``, and of tenants by id ``purged``, ``may_be_deactivated`` and ``created_at``."""
    organization, changes = _console(tenant).organization, _object(body)
    organization.quota = changes.pop("quota", organization.quota)
    for tenant_id, life in _object(changes.pop("tenants", {})).items():
        found = organization.tenants.get(tenant_id)
        if found is None or life.keys() - {"is_purged", "may_be_deactivated", "created_at", "ready_at"}:
            raise ControlError(f"no tenant {tenant_id!r}, or an unknown field")
        found.life = dataclasses.replace(found.life, **life)
    if changes:
        raise ControlError(f"unknown field {sorted(changes)[0]!r}; known are quota, tenants")
    organization.sync()
    return {}


def _plant_tenants(tenant: Tenant, body: Json, _host: str) -> Json:
    if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
        raise ControlError("a list of objects is needed")
    return {"ids": organizations.plant(_console(tenant).organization, body)}


def _console(tenant: Tenant) -> Console:
    if not isinstance(tenant, Console):
        raise ControlError("only an organization has that")
    return tenant


def _reset(tenant: Tenant, _body: Json, _host: str) -> Json:
    if isinstance(tenant, Console):
        tenant.organization.reset()
    else:
        tenant.reset()
    return {}


def _guesses(tenant: Tenant, body: Json, _host: str) -> Json:
    guesses = tenant.guesses.changed(_object(body))
    for host in tenant.hosts():
        host.guesses = guesses
        host.state.apply(guesses)
    return dataclasses.asdict(tenant.guesses)


def _limits(tenant: Tenant, body: Json, _host: str) -> Json:
    changes = _object(body)
    capacities = {name: changes.pop(name) for name in CAPACITIES & changes.keys()}
    for name, value in capacities.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ControlError(f"{name} is a whole number")
    tenant.limiter = Limiter(changed_settings(tenant.limiter.settings, changes))
    tenant.state.capacity = dataclasses.replace(tenant.state.capacity, **capacities)
    return {**dataclasses.asdict(tenant.limiter.settings), **dataclasses.asdict(tenant.state.capacity)}


def _plant_faults(tenant: Tenant, body: Json, _host: str) -> Json:
    items = body if isinstance(body, list) else [body]
    rules = [faults.rule(item) for item in items]
    for item in rules:
        for kind in item.action.get("plant", {}).keys() - plant.PLANTERS.keys():
            raise ControlError(f"nothing called {kind!r} can be planted")
    tenant.faults.rules.extend(rules)
    return _show_faults(tenant, None, "")


def _show_faults(tenant: Tenant, _body: Json, _host: str) -> Json:
    return {"rules": [{"seen": item.seen, "used": item.used, "action": item.action} for item in tenant.faults.rules]}


def _clear_faults(tenant: Tenant, _body: Json, _host: str) -> Json:
    tenant.faults.rules.clear()
    return {}


def _plant(kind: str) -> Callable[[Tenant, Json, str], Json]:
    return lambda tenant, body, _host: {"ids": plant.PLANTERS[kind](tenant.state, body)}


def _remove(kind: str) -> Callable[[Tenant, Json, str], Json]:
    return lambda tenant, body, _host: {"removed": plant.remove(tenant.state, kind, body)}


def _tenant(tenant: Tenant, body: Json, _host: str) -> Json:
    changes = _object(body)
    known = {
        "disabled",
        "alias",
        "name",
        "taken_aliases",
        "token_lifetime",
        "space_types",
        "missing_services",
        "caller_address",
        "qlik_account",
        *(kind.name for kind in SINGLETONS),
    }
    for name in changes.keys() - known:
        raise ControlError(f"unknown field {name!r}; known are {', '.join(sorted(known))}")
    state = tenant.state
    tenant.disabled = bool(changes.get("disabled", tenant.disabled))
    if "alias" in changes:
        state.tenant = dataclasses.replace(state.tenant, alias=changes["alias"] or "")
        state.claim(state.tenant.alias)
    if "name" in changes:
        state.tenant = dataclasses.replace(state.tenant, name=changes["name"])
    if "taken_aliases" in changes:
        tenant.hostnames.planted = {host.lower() for host in changes["taken_aliases"]}
    if "token_lifetime" in changes:
        tenant.tokens.lifetime = changes["token_lifetime"]
    if "space_types" in changes:
        state.space_types = tuple(kind for kind in SPACE_TYPES if kind in changes["space_types"])
    for kind in SINGLETONS:
        if kind.name in changes:
            kind.put(state, kind.plant(state, kind.of(state), changes[kind.name]))
    if "qlik_account" in changes:
        state.qlik_account = changes["qlik_account"]
    if "caller_address" in changes:
        state.caller_address = str(ipaddress.IPv4Address(changes["caller_address"]))
    if "missing_services" in changes:
        state.missing_services = frozenset(changes["missing_services"])
    return {}


def _sign_in(tenant: Tenant, body: Json, _host: str) -> Json:
    return sign_in.sign_in(tenant.state, sign_in.SignIn(**_object(body)))


def _revoke(tenant: Tenant, body: Json, _host: str) -> Json:
    which = _object(body).get("which", "oauth")
    return {"revoked": tenant.tokens.revoke(which)}


def _grant(tenant: Tenant, body: Json, _host: str) -> Json:
    """A token of ``user`` (a subject or id), with ``scopes`` or every right; ``actor`` acts in the name of the user."""
    asked = _object(body)
    if asked.keys() - {"user", "actor", "scopes"} or not isinstance(asked.get("user"), str):
        raise ControlError("a token has a user, and can have an actor and scopes")
    scopes = None if asked.get("scopes") is None else frozenset(asked["scopes"])
    actor = plant.actor(tenant.state, asked["actor"]) if asked.get("actor") else None
    return {"token": tenant.tokens.grant(plant.user_id(tenant.state, asked["user"]), scopes, actor)}


def _api_key_token(tenant: Tenant, body: Json, _host: str) -> Json:
    """The token of the API key with an ``id``, which the API shows only once."""
    key = tenant.state.api_keys.get(str(_object(body).get("id")))
    if key is None:
        raise ControlError("there is no such API key")
    return {"token": tenant.tokens.text_of(key, tenant.guesses)}


def _first_keys(tenant: Tenant, _body: Json, _host: str) -> Json:
    return tenant.first_keys()


def _audit_events(tenant: Tenant, _body: Json, host: str) -> Json:
    """All events, also those that are not visible yet or not listed any more, in the order in which they came."""
    call = Call("GET", "", {}, None, host, (), None, tenant.state, tenant.guesses, tenant.cursors)
    return {"events": [audits.view(call, event) for event in tenant.state.audit_events]}


def _let_pass(tenant: Tenant, body: Json, _host: str) -> Json:
    """Let ``seconds`` pass."""
    seconds = _object(body).get("seconds")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or seconds < 0:
        raise ControlError("seconds is a number that is not negative")
    plant.let_pass(tenant.state, seconds)
    tenant.tokens.age(seconds)
    return {}


def _object(body: Json) -> dict[str, Json]:
    if not isinstance(body, dict):
        raise ControlError("an object is needed")
    return dict(body)


HANDLERS: dict[tuple[str, str], Callable[[Tenant, Json, str], Json]] = {
    ("GET", "counters"): _counters,
    ("DELETE", "counters"): _forget,
    ("GET", "requests"): _requests,
    ("GET", "state"): _state,
    ("POST", "reset"): _reset,
    ("PUT", "organization"): _organization,
    ("POST", "tenants"): _plant_tenants,
    ("PUT", "guesses"): _guesses,
    ("PUT", "limits"): _limits,
    ("GET", "faults"): _show_faults,
    ("POST", "faults"): _plant_faults,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "sign_in"): _sign_in,
    ("PUT", "tenant"): _tenant,
    ("POST", "tokens/revoke"): _revoke,
    ("POST", "tokens"): _grant,
    ("POST", "api_keys/token"): _api_key_token,
    ("GET", "api_keys/first"): _first_keys,
    ("GET", "audit_events"): _audit_events,
    ("POST", "let_pass"): _let_pass,
    **{("POST", kind): _plant(kind) for kind in plant.PLANTERS},
    **{("DELETE", kind): _remove(kind) for kind in plant.PLANTERS},
}


def handle(tenant: Tenant, method: str, name: str, body: Json, host: str) -> tuple[int, Json]:
    """Status and JSON for one control request."""
    handler = HANDLERS.get((method, name))
    if handler is None:
        return 404, {"error": f"there is no control call {method} {name}"}
    try:
        return 200, handler(tenant, body, host)
    except (
        ControlError,
        GuessError,
        LimitError,
        faults.FaultError,
        PlantError,
        sign_in.SignInError,
        TypeError,
    ) as error:
        return 400, {"error": str(error)}
