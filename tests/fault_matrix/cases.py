# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is injected, and the tasks that it is injected into."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping, Sequence

from kinds import INDIVIDUAL, KINDS, PLANTED, SINGLE, STANDALONE
from kinds.cases import FaultCase, Json, State
from kinds.group import groups_of
from kinds.ip_policy import ALLOWED, CALLER
from kinds.role import custom_roles_of
from kinds.space import plant_spaces, spaces_of
from kinds.user import users_of
from local_tenant.client import LocalTenant, TenantHandle
from local_tenant.keys import local_key
from local_tenant.organization import CONSOLE_NUMBER, SUBSCRIPTION_ID
from modules.harness import ORGANIZATION
from suites import diagonal

from fault_matrix.api_keys import CASES as API_KEYS

BUSY = {"errors": [{"code": "X-1", "title": "Busy"}]}
#: What goes wrong with one request. Late answers are later than TIMEOUT.
TIMEOUT = 0.25
FAULTS: Mapping[str, dict[str, Json]] = {
    "429, wait in seconds": {"status": 429, "headers": {"Retry-After": "1"}},
    "429, wait until a date": {
        "status": 429,
        "headers": {"Retry-After": email.utils.formatdate(time.time(), usegmt=True)},
    },
    "429, no wait named": {"status": 429, "json": BUSY},
    "500, JSON": {"status": 500, "json": BUSY},
    "502, HTML": {"status": 502, "html": "<html><h1>Bad gateway</h1></html>"},
    "503, empty": {"status": 503},
    "504, after the write": {"status": 504, "processed": True, "html": "<html>Late</html>"},
    "reset before the request": {"reset": "before"},
    "reset after the write": {"reset": "after"},
    "late answer": {"delay_after": 1.6 * TIMEOUT},
    "truncated body": {"truncate": 20},
    "broken JSON": {"invalid_json": True},
    "success without a body": {"status": 201, "processed": True},
    "JSON of another type": {"wrong_type": []},
    "error that repeats the token": {"echo_authorization": 503},
    "success, body cut": {"garble": "cut"},
    "success, body empty": {"garble": "empty"},
    "success, empty list": {"garble": "array"},
    "success, empty object": {"garble": "object"},
    "success, object without id": {"garble": "without_id"},
    "success, HTML": {"garble": "html"},
    "success, nothing done": {"garble": "cut", "processed": False},
}
#: Faults under which a task may fail, as long as it says what is true: a server that answers so cannot be trusted.
FATAL = {
    "success, empty list",
    "success, empty object",
    "success, object without id",
    "success, HTML",
    "success, nothing done",
}


#: What the tenant has of the IP policy in the description, which lets the caller in.
IN_FORCE: dict[str, dict[str, Json]] = {"ip_policies": {"allowedIps": [CALLER], "enabled": True}}
#: The settings of singletons that change.
CHANGED: dict[str, Sequence[str]] = {
    **{area: cases.describes for area, cases in SINGLE.items()},
    "feature_settings": ("data_alerts", "report_subscriptions"),
}
#: One change of each area, and what refers to what in it.
CONFIGURATION: dict[str, Json] = {
    **{area: cases.options(*CHANGED[area]) for area, cases in SINGLE.items()},
    "roles": [{"name": "Keys", "assigned_scopes": ["api-keys"]}],
    "groups": [
        {"name": "G", "assigned_roles": ["Keys"]},
        {"name": "Own", "provider_type": "custom", "assigned_roles": []},
        {"name": "Old", "state": "absent"},
    ],
    "users": [{"subject": "s-1", "name": "N", "assigned_roles": ["Keys"], "assigned_groups": ["Own"]}],
    "spaces": [
        {"name": "S", "type": "shared", "owner": "s-1", "members": [{"group": "G", "roles": ["producer", "consumer"]}]}
    ],
    **{area: cases.described for area, cases in PLANTED.items()},
    "ip_policies": [{"name": "New", **ALLOWED}],
    "caller_address": CALLER,
}


def configuration_of(state: State) -> Json:
    """All that a description of a tenant can say, area by area."""
    return [
        *(row for cases in SINGLE.values() for row in cases.rows_of(state)),
        *(["role", *row] for row in custom_roles_of(state)),
        *(["group " + row[0], *row[1:]] for row in groups_of(state)),
        *(["user " + row[0], *row[1:]] for row in users_of(state)),
        *(["space " + row[0], *row[1:]] for row in spaces_of(state)),
        *([f"{cases.kind.word} {row[0]}", *row[1:]] for cases in STANDALONE.values() for row in cases.rows_of(state)),
        *([f"{cases.kind.word} {row[0]}", *row[1:]] for cases in INDIVIDUAL.values() for row in cases.rows_of(state)),
    ]


def tenants_of(state: State) -> Json:
    """What became of the tenants of an organization that were made, each as a tenant of the same name."""
    return sorted(
        ["tenant", item["name"] if item["name"] == "Acme" else "unnamed", item["status"]]
        for item in state["tenants"]
        if not item["is_first"]
    )


def plant_tenant(status: str) -> Callable[[TenantHandle], object]:
    """Have a tenant in the organization that nothing is due for yet."""

    def plant(organization: TenantHandle) -> None:
        tenant = {"name": "Acme", "alias": ALIAS, "status": status, "purge_at": "2099-01-01T00:00:00.000Z"}
        organization.control("POST", "tenants", [tenant])

    return plant


def whose(case: FaultCase, tenant: LocalTenant) -> TenantHandle:
    """The tenant, or its organization for a task about that."""
    return tenant.organization if case.module in ORGANIZATION else tenant


ALIAS = "acme.us.qlikcloud.com"
CONFIRMED: dict[str, Json] = {"hostname": ALIAS, "confirm_hostname": ALIAS}
CASES: Mapping[str, FaultCase] = {
    **API_KEYS,
    **{name: case for cases in KINDS.values() for name, case in cases.faults.items()},
    "qlik_configuration": FaultCase(
        "qlik_configuration",
        {**CONFIGURATION, "concurrency": 2},
        configuration_of,
        [
            *(cases.row(*CHANGED[area]) for area, cases in SINGLE.items()),
            ["role", "Keys", "", ["api-keys"]],
            ["group G", ["Keys"], ""],
            ["group Own", [], ""],
            ["user s-1", "N", "active", ["Keys"]],
            ["space S", "shared", "", "s-1", [["G", ["consumer", "producer"]]]],
            *(
                [f"{cases.kind.word} New", *cases.row("New", **IN_FORCE.get(area, {}))[1:]]
                for area, cases in STANDALONE.items()
            ),
            *([f"{cases.kind.word} {cases.row[0]}", *cases.row[1:]] for cases in INDIVIDUAL.values()),
        ],
        lambda tenant: tenant.plant_groups([{"name": "Old"}]),
    ),
    "qlik_audit_event_info": FaultCase(
        "qlik_audit_event_info",
        {},
        spaces_of,
        None,
        lambda tenant: tenant.plant_audit_events(
            [{"eventType": "com.qlik.core.group.updated", "data": {"id": str(number)}} for number in range(250)]
        ),
    ),
    "qlik_configuration_info": FaultCase("qlik_configuration_info", {}, spaces_of, None, plant_spaces),
    "qlik_tenant_lifecycle, new": FaultCase(
        "qlik_tenant_lifecycle",
        {
            "name": "Acme",
            "subscription_id": SUBSCRIPTION_ID,
            "region": "us",
            "allow_create": True,
            "license_key": local_key(CONSOLE_NUMBER, "license"),
            "wait_timeout": 0.5,
        },
        tenants_of,
        [["tenant", "Acme", "active"]],
    ),
    "qlik_tenant_lifecycle, deactivated": FaultCase(
        "qlik_tenant_lifecycle",
        {**CONFIRMED, "state": "deactivated"},
        tenants_of,
        [["tenant", "Acme", "disabled"]],
        plant_tenant("active"),
    ),
    "qlik_tenant_lifecycle, reactivated": FaultCase(
        "qlik_tenant_lifecycle",
        CONFIRMED,
        tenants_of,
        [["tenant", "Acme", "active"]],
        plant_tenant("disabled"),
    ),
    "qlik_organization_tenant_info": FaultCase(
        "qlik_organization_tenant_info", {}, tenants_of, None, plant_tenant("active")
    ),
}
#: A task of each shape: what creates, patches, replaces and deletes one resource; members; many resources; nothing but
#: deletions; all areas; a whole tenant; a creation whose response has what nothing else has; deletions of what has been
#: replaced. With an even number of them, every second fault would miss some of them.
SHAPES = [
    "qlik_group, new",
    "qlik_tenant",
    "qlik_csp_origin",
    "qlik_group, gone",
    "qlik_space_member, changed",
    "qlik_groups",
    "qlik_users, leavers deleted",
    "qlik_configuration",
    "qlik_tenant_lifecycle, new",
    "qlik_api_key, new",
    "qlik_api_key, replaced",
]
#: Each fault with one task, so that each shape has its turn.
QUICK = sorted(diagonal(FAULTS, SHAPES))
