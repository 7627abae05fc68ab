# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP policies: from which addresses the tenant can be reached (Qlik reference: core, ip-policies)."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from collections.abc import Callable, Iterable

from . import patches, views
from .call import NO_CONTENT, Call, Json, Response, checked_fields, checked_text, response
from .errors import not_found, refuse
from .filters import Attribute, Schema
from .paging import ListOf, list_page
from .state import IpPolicy, State, now

QUERY = frozenset({"fields", "filter", "limit", "page", "sort", "totalResults"})
FORM = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?")
SORTS: dict[str, Callable[[IpPolicy], str]] = {
    "name": lambda policy: policy.name or "",
    "enabled": lambda policy: str(policy.enabled),
    "createdAt": lambda policy: policy.created_at,
    "updatedAt": lambda policy: policy.updated_at,
}


def is_blocked(state: State, policies: Iterable[IpPolicy] | None = None) -> bool:
    """Whether the caller's address is in no enabled policy, while any is enabled."""
    enabled = [policy for policy in (state.ip_policies if policies is None else policies) if policy.enabled]
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

    def view(call: Call, policy: IpPolicy) -> Json:
        shown = views.ip_policy(call, policy)
        return {name: value for name, value in shown.items() if fields is None or name in fields | {"id"}}

    what = ListOf(call.state.ip_policies, schema, SORTS, view, cursors=("page", "page"))
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
    return response(201, views.ip_policy(call, _stored(call, dataclasses.replace(policy, enabled=enabled))))


def get_policy(call: Call) -> Response:
    """``GET /api/core/ip-policies/{id}``."""
    return response(200, views.ip_policy(call, _found(call)))


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
    _check_reach(call, [other for other in call.state.ip_policies if other.id != policy.id])
    call.state.ip_policies.remove(policy.id)
    return NO_CONTENT


def _found(call: Call) -> IpPolicy:
    policy = call.state.ip_policies.get(call.item_id)
    if policy is None:
        raise not_found("There is no such policy.")
    return policy


def _stored(call: Call, policy: IpPolicy) -> IpPolicy:
    _check_reach(call, [policy, *(other for other in call.state.ip_policies if other.id != policy.id)])
    call.state.ip_policies.put(policy)
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
    same = any(other.name == name and other.id != own_id for other in call.state.ip_policies)
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
