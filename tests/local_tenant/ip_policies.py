# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP policies: from which addresses the tenant can be reached (Qlik reference: core, ip-policies)."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Any

from . import patches
from .call import NO_CONTENT, Call, Json, Response, checked_fields, checked_text, response
from .errors import Form, Service, not_found, refuse
from .filters import Attribute, Schema
from .kind import WRITE, WRITE_WITHOUT_BODY, Events, Kind
from .paging import ListOf, list_page
from .routes import CORE_API, Route
from .state import State, now

PATH = CORE_API + "/ip-policies"
QUERY = frozenset({"fields", "filter", "limit", "page", "sort", "totalResults"})
FORM = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?")


@dataclasses.dataclass(frozen=True)
class IpPolicy:
    """Addresses and networks from which the tenant can be reached while the policy is ``enabled``.

    The flags say what may be done with it.
    """

    id: str
    allowed_ips: tuple[str, ...]
    created_at: str
    updated_at: str
    name: str | None = None
    enabled: bool = False
    editable: bool = True
    deletable: bool = True
    toggleable: bool = True
    created_by: str = ""
    updated_by: str = ""


SORTS: dict[str, Callable[[IpPolicy], str]] = {
    "name": lambda policy: policy.name or "",
    "enabled": lambda policy: str(policy.enabled),
    "createdAt": lambda policy: policy.created_at,
    "updatedAt": lambda policy: policy.updated_at,
}


def view(call: Call, policy: IpPolicy) -> dict[str, Json]:
    """An IP policy; only a list can show one without a name (Qlik reference: core, ip-policies)."""
    addresses = list(policy.allowed_ips)
    if call.guesses.ip_policy_addresses == "networks":
        addresses = [text if "/" in text else f"{text}/32" for text in addresses]
    is_listed = call.method == "GET" and not call.ids
    named = {} if policy.name is None and is_listed else {"name": policy.name or ""}
    return {
        "id": policy.id,
        **named,
        "allowedIps": addresses,
        "enabled": policy.enabled,
        "editable": policy.editable,
        "deletable": policy.deletable,
        "toggleable": policy.toggleable,
        "tenantId": call.state.tenant.id,
        "createdAt": policy.created_at,
        "createdBy": policy.created_by,
        "updatedAt": policy.updated_at,
        "updatedBy": policy.updated_by,
    }


def is_blocked(state: State, policies: Iterable[IpPolicy] | None = None) -> bool:
    """Whether the caller's address is in no enabled policy, while any is enabled."""
    enabled = [policy for policy in (KIND.of(state) if policies is None else policies) if policy.enabled]
    address = ipaddress.IPv4Address(state.caller_address)
    allowed = (ipaddress.IPv4Network(text, strict=False) for policy in enabled for text in policy.allowed_ips)
    return bool(enabled) and not any(address in network for network in allowed)


def list_policies(call: Call) -> Response:
    """``GET /api/core/ip-policies``; the cursor of a page goes on in either direction.

    It takes precedence over the other parameters: it goes on with those of the page that it comes from.
    """
    if "page" in call.query:
        page = call.query["page"]
        call = dataclasses.replace(call, query={**call.cursors.query_of(page), "page": page})
    schema: Schema[IpPolicy] = Schema(
        {
            "id": Attribute(lambda policy: (policy.id,), frozenset({"eq", "ne"})),
            "name": Attribute(lambda policy: (policy.name or "",), frozenset({"eq", "co"})),
            "enabled": Attribute(lambda policy: (str(policy.enabled).lower(),), is_boolean=True),
            "tenantId": Attribute(lambda policy: (call.state.tenant.id,)),
        }
    )
    fields = frozenset(call.query["fields"].split(",")) if "fields" in call.query else None

    def shown_fields(call: Call, policy: IpPolicy) -> Json:
        shown = view(call, policy)
        return {name: value for name, value in shown.items() if fields is None or name in fields | {"id"}}

    what = ListOf(KIND.of(call.state), schema, SORTS, shown_fields, cursors=("page", "page"))
    return list_page(call, what, call.query.get("filter"))


def create_policy(call: Call) -> Response:
    """``POST /api/core/ip-policies``; the first enabled policy keeps all other addresses out."""
    body = checked_fields(call, frozenset({"name", "allowedIps", "enabled"}), frozenset({"allowedIps"}))
    moment, caller = now(), call.user_id
    policy = IpPolicy(
        call.state.new_id(), _addresses(call, body["allowedIps"]), moment, moment, created_by=caller, updated_by=caller
    )
    unnamed = policy.id if call.guesses.new_ip_policy_name == "id" else ""
    policy = dataclasses.replace(policy, name=_name(call, body["name"]) if "name" in body else unnamed)
    enabled = _boolean(body.get("enabled", call.guesses.new_ip_policy_is_enabled))
    return response(201, view(call, _stored(call, dataclasses.replace(policy, enabled=enabled))))


def get_policy(call: Call) -> Response:
    """``GET /api/core/ip-policies/{id}``."""
    return response(200, view(call, _found(call)))


def patch_policy(call: Call) -> Response:
    """``PATCH /api/core/ip-policies/{id}``: replace only."""

    def store(policy: IpPolicy) -> None:
        _stored(call, dataclasses.replace(policy, updated_at=now(), updated_by=call.user_id))

    patches.apply_in_order(call, _found(call), lambda item, operation: _patched(call, item, operation), store)
    return NO_CONTENT


def delete_policy(call: Call) -> Response:
    """``DELETE /api/core/ip-policies/{id}``; without an enabled policy every address can reach the tenant."""
    policy = _found(call)
    if not policy.deletable:
        raise refuse(403, "Forbidden", "The policy cannot be deleted.")
    _check_reach(call, [other for other in KIND.of(call.state) if other.id != policy.id])
    KIND.of(call.state).remove(policy.id)
    return NO_CONTENT


def _found(call: Call) -> IpPolicy:
    policy = KIND.of(call.state).get(call.item_id)
    if policy is None:
        raise not_found("There is no such policy.")
    return policy


def _stored(call: Call, policy: IpPolicy) -> IpPolicy:
    _check_reach(call, [policy, *(other for other in KIND.of(call.state) if other.id != policy.id)])
    KIND.of(call.state).put(policy)
    return policy


def _check_reach(call: Call, policies: Iterable[IpPolicy]) -> None:
    """Raises Refusal when the caller could not call any more."""
    guess = call.guesses.ip_policy_lockout
    if guess != "accept" and is_blocked(call.state, policies):
        raise refuse(int(guess), "Not allowed", "The address of the caller would be in no enabled policy.")


def _patched(call: Call, policy: IpPolicy, operation: patches.Operation) -> IpPolicy:
    if operation.op != "replace" or operation.path not in ("/enabled", "/name", "/allowedIps"):
        raise patches.unsupported(operation)
    allowed = policy.toggleable if operation.path == "/enabled" else policy.editable
    if not allowed:
        raise refuse(403, "Forbidden", "The policy cannot be changed so.", pointer=operation.path)
    if operation.path == "/enabled":
        return dataclasses.replace(policy, enabled=_boolean(operation.value))
    if operation.path == "/name":
        return dataclasses.replace(policy, name=_name(call, operation.value, policy.id))
    return dataclasses.replace(policy, allowed_ips=_addresses(call, operation.value))


def _boolean(value: Json) -> bool:
    if not isinstance(value, bool):
        raise refuse(400, "Invalid value", "enabled is a boolean.", pointer="/enabled")
    return value


def _name(call: Call, value: Json, own_id: str = "") -> str:
    name = checked_text(value, "/name", empty=False)
    same = any(other.name == name and other.id != own_id for other in KIND.of(call.state))
    if same and call.guesses.ip_policy_same_name == "refuse":
        raise refuse(400, "Invalid value", "There is this name already.", pointer="/name")
    return name


def _addresses(call: Call, value: Json) -> tuple[str, ...]:
    """The addresses of a body, each once. Raises Refusal 400 unless they are of IPv4."""
    if not isinstance(value, list) or not value:
        raise refuse(400, "Invalid value", "A list of addresses is required.", pointer="/allowedIps")
    for text in value:
        try:
            if not isinstance(text, str) or not FORM.fullmatch(text):
                raise ValueError
            ipaddress.IPv4Network(text, strict=call.guesses.ip_policy_host_bits == "refuse")
        except ValueError:
            detail = "An address or a network of IPv4 is required."
            raise refuse(400, "Invalid value", detail, pointer="/allowedIps") from None
    return tuple(dict.fromkeys(value))


def _planted(state: State, item: dict[str, Any]) -> str:
    """Put an IP policy into the tenant, new, or changed where its ``id`` is there."""
    moment, admin = now(), state.admin_id
    known = KIND.of(state).get(item.get("id", ""))
    policy = known or IpPolicy(state.new_id(), ("192.0.2.1",), moment, moment, created_by=admin, updated_by=admin)
    flags = ("name", "enabled", "editable", "deletable", "toggleable")
    changes: dict[str, Any] = {name: item[name] for name in flags if name in item}
    if "allowedIps" in item:
        changes["allowed_ips"] = tuple(item["allowedIps"])
    KIND.of(state).put(dataclasses.replace(policy, updated_at=moment, **changes))
    return policy.id


KIND: Kind[IpPolicy] = Kind(
    "ip_policies",
    view,
    _planted,
    frozenset({"id", "name", "allowedIps", "enabled", "editable", "deletable", "toggleable"}),
    (
        Route("GET", PATH, list_policies, access="admin", query=QUERY),
        Route("POST", PATH, create_policy, **WRITE),
        Route("GET", PATH + "/{id}", get_policy, access="admin"),
        Route("PATCH", PATH + "/{id}", patch_policy, **WRITE),
        Route("DELETE", PATH + "/{id}", delete_policy, **WRITE_WITHOUT_BODY),
    ),
    Service("ip-policies", "IPPOLICIES", Form(None)),
    {"id": lambda policy: (policy.id,), "name": lambda policy: (policy.name or "",)},
    Events("ip-policy", view),
)
