# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is injected, and the tasks that it is injected into."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from local_tenant.client import LocalTenant, TenantHandle
from local_tenant.keys import local_key
from local_tenant.organization import CONSOLE_NUMBER, SUBSCRIPTION_ID
from local_tenant.times import instant, utc_now
from modules.harness import ORGANIZATION
from suites import diagonal

Json = Any
State = dict[str, Any]
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


@dataclass(frozen=True)
class Case:
    """A task, and what the tenant has to hold after it.

    :param prepare: plants what is there before.
    :param look: what of the tenant's state the task is about.
    :param expected: that, after the task; None for a task that changes nothing.
    :param summary: the counts of a bulk module after the first run.
    """

    module: str
    options: dict[str, Json]
    look: Callable[[State], Json]
    expected: Json = None
    prepare: Callable[[TenantHandle], object] = lambda tenant: None
    summary: dict[str, int] = field(default_factory=dict)


def groups_of(state: State) -> Json:
    """Name, roles and description of all groups, duplicates included."""
    return sorted([item["name"], roles_of(item), item.get("description", "")] for item in state["groups"])


def users_of(state: State) -> Json:
    """Subject, name, status and roles of all users that exist, but for those that every tenant has."""
    return sorted(
        [item["subject"], item["name"], item["status"], roles_of(item)]
        for item in state["users"]
        if item["status"] != "deleted" and item["subject"].startswith("s-")
    )


def custom_roles_of(state: State) -> Json:
    """Name, description and scopes of the custom roles."""
    return sorted(
        [item["name"], item["description"], sorted(item["assignedScopes"])]
        for item in state["roles"]
        if item["type"] == "custom"
    )


def spaces_of(state: State) -> Json:
    """Name, type, description, owner and members of all spaces, duplicates included; members by name."""
    names = {item["id"]: item.get("subject") or item["name"] for item in [*state["groups"], *state["users"]]}
    return sorted(
        [
            space["name"],
            space["type"],
            space.get("description", ""),
            names[space["ownerId"]],
            sorted(
                [names.get(member["assigneeId"], "Everyone"), sorted(member["roles"])]
                for member in state["assignments"]
                if member["spaceId"] == space["id"]
            ),
        ]
        for space in state["spaces"]
    )


def licence_of(state: State) -> Json:
    """Which licences new users get by themselves."""
    settings = state["licence"]["settings"]
    return [["licence", settings["autoAssignProfessional"], settings["autoAssignAnalyzer"]]]


def settings_of(state: State) -> Json:
    """Start page, session replay and what people without access see; nothing where nobody has made any."""
    settings = state["tenant_settings"]
    if settings is None:
        return []
    page = (settings.get("preferredStartPage") or {}).get("value")
    return [["settings", page, settings.get("sessionReplayOptOut"), settings.get("customizeNoAccess")]]


def plant_settings(tenant: TenantHandle) -> None:
    tenant.set_tenant(tenant_settings={"preferredStartPage": "management-console"})


def policy_of(state: State) -> Json:
    """How long sessions live, and whether that is the default."""
    policy = state["session_policy"]
    minutes = policy["userSessionInactivityTimeoutMinutes"], policy["maxUserSessionLifespanMinutes"]
    return [["policy", *minutes, policy["isDefault"]]]


def api_keys_of(state: State) -> Json:
    """How many API keys a user may have, and how long they last."""
    settings = state["api_key_settings"]
    return [["API keys", settings["max_keys_per_user"], settings["max_api_key_expiry"]]]


def keys_of(pick: Callable[..., Json]) -> Callable[[State], Json]:
    """Looks at the keys of the nightly job that one user has: days left, of which new keys have 90, and status.

    :param pick: chooses the user whose keys have become more, or fewer: each user who can be the caller has the same
        keys before the task.
    """

    def look(state: State) -> Json:
        found: dict[str, list[Json]] = {}
        for key in state["api_keys"]:
            if key["description"] == NIGHTLY["description"]:
                left = round((instant(key["expiry"]) - utc_now()) / timedelta(days=1))
                found.setdefault(key["sub"], []).append([f"{left} days left", key["status"]])
        return sorted(pick(found.values(), key=len, default=[]))

    return look


def plant_keys(*days: int) -> Callable[[TenantHandle], None]:
    """Gives each user who can be the caller keys of the nightly job for 90 days, of which so many are left."""

    def plant(tenant: TenantHandle) -> None:
        tenant.set_tenant(api_key_settings={"max_expiry": "P1Y"})
        tenant.plant_api_keys(
            [
                {"description": NIGHTLY["description"], "user": user, "daysLeft": left, "ageDays": 90 - left}
                for left in days
                for user in (ADMIN, f"qlikbot\\{tenant.client_id}")
            ]
        )

    return plant


def plant_key_of_another(tenant: TenantHandle) -> None:
    tenant.plant_api_keys([{"description": NIGHTLY["description"], "user": "local|plain"}])


def csp_origins_of(state: State) -> Json:
    """Name, origin, description and directives of all CSP origins, duplicates included."""
    return sorted(
        [
            item["name"],
            item["origin"],
            item.get("description", ""),
            sorted(name for name, value in item.items() if value is True),
        ]
        for item in state["csp_origins"]
    )


def web_integrations_of(state: State) -> Json:
    """Name and origins of all web integrations, duplicates included."""
    return sorted([item["name"], sorted(item["validOrigins"])] for item in state["web_integrations"])


def ip_policies_of(state: State) -> Json:
    """Name, addresses and whether they are in force, of all IP policies, duplicates included."""
    return sorted([item["name"], sorted(item["allowedIps"]), item["enabled"]] for item in state["ip_policies"])


def roles_of(item: State) -> list[str]:
    return sorted(role["name"] for role in item["assignedRoles"])


def plant_groups(tenant: TenantHandle) -> None:
    tenant.plant_groups([{"name": f"G {number:02}", "assignedRoles": ["Steward"]} for number in range(20)])


def plant_users(tenant: TenantHandle) -> None:
    tenant.plant_users(
        [{"subject": f"s-{number:02}", "name": f"N {number}", "assignedRoles": ["Steward"]} for number in range(20)]
    )


def plant_space(tenant: TenantHandle) -> None:
    """A space with two members, and who else can be one."""
    tenant.plant_groups([{"name": name} for name in ("A", "B", "C")])
    tenant.plant_users([{"subject": "s-1"}, {"subject": "s-2"}])
    members = [{"group": "A", "roles": ["consumer"]}, {"user": "s-1", "roles": ["producer"]}]
    tenant.plant_spaces([{"name": "S", "type": "shared", "members": members}])


def plant_spaces(tenant: TenantHandle) -> None:
    plant_space(tenant)
    member = {"group": "A", "roles": ["consumer"]}
    tenant.plant_spaces([{"name": f"S {number}", "type": "shared", "members": [member]} for number in range(8)])


ADMIN = "local|admin"
NIGHTLY: dict[str, Json] = {"description": "nightly", "expiry": "P90D"}
MANY_SPACES: list[Json] = [
    *({"name": f"S {number}", "members": [{"group": "A", "roles": ["consumer"]}]} for number in range(2)),
    *({"name": f"S {number}", "members": [{"group": "B", "roles": ["producer"]}]} for number in range(2, 4)),
    *({"name": f"S {number}", "description": "x", "members": []} for number in range(4, 6)),
    *({"name": f"S {number}", "state": "absent"} for number in range(6, 8)),
    *(
        {"name": f"S {number}", "type": "managed", "owner": ADMIN, "members": [{"group": "C", "roles": ["publisher"]}]}
        for number in range(8, 11)
    ),
]
MANY_GROUPS: list[Json] = [
    *({"name": f"G {number:02}", "assigned_roles": ["Steward"]} for number in range(5)),
    *({"name": f"G {number:02}", "assigned_roles": ["DataAdmin"]} for number in range(5, 12)),
    *({"name": f"G {number:02}", "state": "absent"} for number in range(12, 20)),
    *({"name": f"G {number:02}", "assigned_roles": ["Steward", "DataAdmin"]} for number in range(20, 35)),
]
MANY_USERS: list[Json] = [
    *({"subject": f"s-{number:02}", "assigned_roles": ["Steward"]} for number in range(5)),
    *({"subject": f"s-{number:02}", "status": "disabled", "assigned_roles": []} for number in range(5, 12)),
    *({"subject": f"s-{number:02}", "state": "absent"} for number in range(12, 20)),
    *({"subject": f"s-{number:02}", "name": "New", "assigned_roles": ["DataAdmin"]} for number in range(20, 35)),
]
MANY_ROLES: list[Json] = [
    {"name": "Held", "assigned_scopes": ["a"]},
    {"name": "Changed", "description": "new", "assigned_scopes": ["a", "b"]},
    {"name": "Gone", "state": "absent"},
    *({"name": f"New {number}", "assigned_scopes": ["api-keys"]} for number in range(4)),
]


def plant_roles(tenant: TenantHandle) -> None:
    tenant.plant_roles([{"name": name, "assignedScopes": ["a"]} for name in ("Held", "Changed", "Gone")])


HELD_ORIGIN: Json = {"origin": "a.example.com", "description": "d", "directives": ["imgSrc"]}
#: Of each action one at least; the rest is new.
MANY_ORIGINS: list[Json] = [
    {"name": "Held", "origin": "https://A.example.com/"},
    {"name": "Changed", "directives": ["frameAncestors"]},
    {"name": "Gone", "state": "absent"},
    *({"name": f"New {number}", "origin": f"{number}.example.com", "directives": ["imgSrc"]} for number in range(3)),
]
MANY_INTEGRATIONS: list[Json] = [
    {"name": "Held", "valid_origins": ["https://A.example.com/"]},
    {"name": "Changed", "valid_origins": ["https://b.example.com"]},
    {"name": "Gone", "state": "absent"},
    *({"name": f"New {number}", "valid_origins": ["https://b.example.com"]} for number in range(3)),
]
OF_EACH = {"created": 3, "updated": 1, "deleted": 1, "unchanged": 1, "failed": 0}


#: The address that every local tenant sees.
CALLER = "203.0.113.7"
MANY_POLICIES: list[Json] = [
    {"name": "Held", "allowed_ips": ["192.0.2.0/24"]},
    {"name": "Changed", "allowed_ips": ["192.0.2.8"]},
    {"name": "Gone", "state": "absent"},
    *({"name": f"New {number}", "allowed_ips": [CALLER], "enabled": True} for number in range(3)),
]


def plant_policies(tenant: TenantHandle) -> None:
    """The last two let the caller in, and are not to do so any more."""
    current = {"Held": ["192.0.2.0/24"], "Changed": ["203.0.113.0/24"], "Gone": [CALLER]}
    tenant.plant("ip_policies", [{"name": name, "allowedIps": ips, "enabled": True} for name, ips in current.items()])


def plant_origins(tenant: TenantHandle) -> None:
    tenant.plant("csp_origins", [{"name": name, **HELD_ORIGIN} for name in ("Held", "Changed", "Gone")])


def plant_integrations(tenant: TenantHandle) -> None:
    current = {"validOrigins": ["https://a.example.com"]}
    tenant.plant("web_integrations", [{"name": name, **current} for name in ("Held", "Changed", "Gone")])


#: One change of each area, and what refers to what in it.
CONFIGURATION: dict[str, Json] = {
    "tenant": {"name": "New name"},
    "tenant_settings": {"preferred_start_page": "data-integration-hub", "session_replay_opt_out": True},
    "license_settings": {"auto_assign_analyzer": True},
    "roles": [{"name": "Keys", "assigned_scopes": ["api-keys"]}],
    "group_settings": {"auto_create_groups": True},
    "groups": [
        {"name": "G", "assigned_roles": ["Keys"]},
        {"name": "Own", "provider_type": "custom", "assigned_roles": []},
        {"name": "Old", "state": "absent"},
    ],
    "users": [{"subject": "s-1", "name": "N", "assigned_roles": ["Keys"], "assigned_groups": ["Own"]}],
    "spaces": [
        {"name": "S", "type": "shared", "owner": "s-1", "members": [{"group": "G", "roles": ["producer", "consumer"]}]}
    ],
    "api_key_settings": {"max_keys_per_user": 2},
    "session_policy": {"max_user_session_lifespan_minutes": 600},
    "ip_policies": [{"name": "I", "allowed_ips": [CALLER], "enabled": True}],
    "caller_address": CALLER,
    "csp_origins": [{"name": "C", "origin": "c.example.com", "directives": ["imgSrc"]}],
    "web_integrations": [{"name": "W", "valid_origins": ["https://w.example.com"]}],
}


def configuration_of(state: State) -> Json:
    """All that a description of a tenant can say, area by area."""
    return [
        ["tenant", state["tenant"]["name"]],
        ["group settings", state["settings"]["autoCreateGroups"]],
        *(["role", *row] for row in custom_roles_of(state)),
        *(["group " + row[0], *row[1:]] for row in groups_of(state)),
        *(["user " + row[0], *row[1:]] for row in users_of(state)),
        *(["space " + row[0], *row[1:]] for row in spaces_of(state)),
        *(["origin " + row[0], *row[1:]] for row in csp_origins_of(state)),
        *(["integration " + row[0], *row[1:]] for row in web_integrations_of(state)),
        *(["policy " + row[0], *row[1:]] for row in ip_policies_of(state)),
        *licence_of(state),
        *settings_of(state),
        *api_keys_of(state),
        *policy_of(state),
    ]


def leavers(action: str) -> Case:
    """A list that seven of twenty users are not on."""
    stay = range(13)
    left = range(20) if action == "disable" else stay
    statuses = {number: "active" if number in stay else "disabled" for number in left}
    changed = {"disable": "updated", "delete": "deleted"}[action]
    return Case(
        "qlik_users",
        {
            "users": [{"subject": f"s-{number:02}"} for number in stay],
            "prune": True,
            "prune_action": action,
            "prune_protect": ["local|*"],
            "concurrency": 3,
        },
        users_of,
        [[f"s-{number:02}", f"N {number}", status, ["Steward"]] for number, status in statuses.items()],
        plant_users,
        {**dict.fromkeys(("created", "updated", "deleted", "failed"), 0), "unchanged": 13, changed: 7},
    )


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


def whose(case: Case, tenant: LocalTenant) -> TenantHandle:
    """The tenant, or its organization for a task about that."""
    return tenant.organization if case.module in ORGANIZATION else tenant


ALIAS = "acme.us.qlikcloud.com"
CONFIRMED: dict[str, Json] = {"hostname": ALIAS, "confirm_hostname": ALIAS}
MANY = {"created": 15, "updated": 7, "deleted": 8, "unchanged": 5, "failed": 0}
CASES: Mapping[str, Case] = {
    "qlik_groups": Case(
        "qlik_groups",
        {"groups": MANY_GROUPS, "concurrency": 4},
        groups_of,
        sorted([item["name"], sorted(item["assigned_roles"]), ""] for item in MANY_GROUPS if "state" not in item),
        plant_groups,
        MANY,
    ),
    "qlik_users": Case(
        "qlik_users",
        {"users": MANY_USERS, "concurrency": 4},
        users_of,
        sorted(
            [
                item["subject"],
                item.get("name", f"N {int(item['subject'][2:])}"),
                item.get("status", "active"),
                item["assigned_roles"],
            ]
            for item in MANY_USERS
            if "state" not in item
        ),
        plant_users,
        MANY,
    ),
    "qlik_users, leavers disabled": leavers("disable"),
    "qlik_users, leavers deleted": leavers("delete"),
    "qlik_roles": Case(
        "qlik_roles",
        {"roles": MANY_ROLES, "concurrency": 2},
        custom_roles_of,
        sorted(
            [item["name"], item.get("description", ""), item["assigned_scopes"]]
            for item in MANY_ROLES
            if "state" not in item
        ),
        plant_roles,
        {"created": 4, "updated": 1, "deleted": 1, "unchanged": 1, "failed": 0},
    ),
    "qlik_configuration": Case(
        "qlik_configuration",
        {**CONFIGURATION, "concurrency": 2},
        configuration_of,
        [
            ["tenant", "New name"],
            ["group settings", True],
            ["role", "Keys", "", ["api-keys"]],
            ["group G", ["Keys"], ""],
            ["group Own", [], ""],
            ["user s-1", "N", "active", ["Keys"]],
            ["space S", "shared", "", "s-1", [["G", ["consumer", "producer"]]]],
            ["origin C", "c.example.com", "", ["imgSrc"]],
            ["integration W", ["https://w.example.com"]],
            ["policy I", [CALLER], True],
            ["licence", False, True],
            ["settings", "data-integration-hub", True, None],
            ["API keys", 2, "PT24H"],
            ["policy", 20, 600, False],
        ],
        lambda tenant: tenant.plant_groups([{"name": "Old"}]),
    ),
    "qlik_group, new": Case(
        "qlik_group",
        {"name": "N", "provider_type": "custom", "description": "d", "assigned_roles": ["Steward"]},
        groups_of,
        [["N", ["Steward"], "d"]],
    ),
    "qlik_group, gone": Case(
        "qlik_group",
        {"name": "N", "state": "absent"},
        groups_of,
        [],
        lambda tenant: tenant.plant_groups([{"name": "N"}]),
    ),
    "qlik_user": Case(
        "qlik_user",
        {"subject": "s-n", "name": "N", "status": "disabled", "assigned_roles": ["Steward"]},
        users_of,
        [["s-n", "N", "disabled", ["Steward"]]],
    ),
    "qlik_role": Case(
        "qlik_role",
        {"name": "Keys", "description": "new", "assigned_scopes": ["api-keys"]},
        custom_roles_of,
        [["Keys", "new", ["api-keys"]]],
        lambda tenant: tenant.plant_roles([{"name": "Keys", "description": "old"}]),
    ),
    "qlik_group_settings": Case(
        "qlik_group_settings",
        {"auto_create_groups": True, "everyone_assigned_roles": ["Steward"]},
        lambda state: [[state["settings"]["autoCreateGroups"], roles_of(state["everyone"])]],
        [[True, ["Steward"]]],
    ),
    "qlik_tenant": Case("qlik_tenant", {"name": "New name"}, lambda state: state["tenant"]["name"], "New name"),
    "qlik_spaces": Case(
        "qlik_spaces",
        {"spaces": MANY_SPACES, "concurrency": 3},
        spaces_of,
        sorted(
            [["S", "shared", "", ADMIN, [["A", ["consumer"]], ["s-1", ["producer"]]]]]
            + [
                [
                    item["name"],
                    item.get("type", "shared"),
                    item.get("description", ""),
                    ADMIN,
                    [[member["group"], member["roles"]] for member in item["members"]],
                ]
                for item in MANY_SPACES
                if "state" not in item
            ]
        ),
        plant_spaces,
        {"created": 3, "updated": 4, "deleted": 2, "unchanged": 2, "failed": 0},
    ),
    "qlik_space, new": Case(
        "qlik_space",
        {
            "name": "S",
            "type": "managed",
            "description": "d",
            "owner": "s-1",
            "members": [{"group": "A", "roles": ["consumer"]}, {"group": "Everyone", "roles": ["basicconsumer"]}],
        },
        spaces_of,
        [["S", "managed", "d", "s-1", [["A", ["consumer"]], ["Everyone", ["basicconsumer"]]]]],
        lambda tenant: (tenant.plant_groups([{"name": "A"}]), tenant.plant_users([{"subject": "s-1"}])),
    ),
    "qlik_space, changed": Case(
        "qlik_space",
        {
            "name": "S",
            "description": "d",
            "owner": "s-2",
            "members": [{"group": "A", "roles": ["producer"]}, {"group": "B", "roles": ["consumer"]}],
        },
        spaces_of,
        [["S", "shared", "d", "s-2", [["A", ["producer"]], ["B", ["consumer"]]]]],
        plant_space,
    ),
    "qlik_space, gone": Case("qlik_space", {"name": "S", "state": "absent"}, spaces_of, [], plant_space),
    "qlik_space_member, new": Case(
        "qlik_space_member",
        {"space": "S", "group": "B", "roles": ["consumer"]},
        spaces_of,
        [["S", "shared", "", ADMIN, [["A", ["consumer"]], ["B", ["consumer"]], ["s-1", ["producer"]]]]],
        plant_space,
    ),
    "qlik_space_member, changed": Case(
        "qlik_space_member",
        {"space": "S", "user": "s-1", "roles": ["consumer"], "purge_roles": False},
        spaces_of,
        [["S", "shared", "", ADMIN, [["A", ["consumer"]], ["s-1", ["consumer", "producer"]]]]],
        plant_space,
    ),
    "qlik_space_member, gone": Case(
        "qlik_space_member",
        {"space": "S", "group": "A", "state": "absent"},
        spaces_of,
        [["S", "shared", "", ADMIN, [["s-1", ["producer"]]]]],
        plant_space,
    ),
    "qlik_license_settings": Case(
        "qlik_license_settings",
        {"auto_assign_professional": True},
        licence_of,
        [["licence", True, True]],
        lambda tenant: tenant.set_tenant(licence={"auto_assign_analyzer": True, "auto_assign_professional": False}),
    ),
    "qlik_configuration_info": Case("qlik_configuration_info", {}, spaces_of, None, plant_spaces),
    "qlik_csp_origin": Case(
        "qlik_csp_origin",
        {"name": "Changed", "directives": ["frameAncestors"]},
        csp_origins_of,
        [
            ["Changed", "a.example.com", "d", ["frameAncestors"]],
            ["Gone", "a.example.com", "d", ["imgSrc"]],
            ["Held", "a.example.com", "d", ["imgSrc"]],
        ],
        plant_origins,
    ),
    "qlik_csp_origins": Case(
        "qlik_csp_origins",
        {"csp_origins": MANY_ORIGINS, "concurrency": 2},
        csp_origins_of,
        [
            ["Changed", "a.example.com", "d", ["frameAncestors"]],
            ["Held", "a.example.com", "d", ["imgSrc"]],
            *([f"New {number}", f"{number}.example.com", "", ["imgSrc"]] for number in range(3)),
        ],
        plant_origins,
        OF_EACH,
    ),
    "qlik_csp_origin_info": Case("qlik_csp_origin_info", {}, csp_origins_of, None, plant_origins),
    "qlik_web_integration": Case(
        "qlik_web_integration",
        {"name": "New", "valid_origins": ["https://b.example.com"]},
        web_integrations_of,
        [["New", ["https://b.example.com"]]],
    ),
    "qlik_web_integrations": Case(
        "qlik_web_integrations",
        {"web_integrations": MANY_INTEGRATIONS, "concurrency": 2},
        web_integrations_of,
        [
            ["Changed", ["https://b.example.com"]],
            ["Held", ["https://a.example.com"]],
            *([f"New {number}", ["https://b.example.com"]] for number in range(3)),
        ],
        plant_integrations,
        OF_EACH,
    ),
    "qlik_ip_policy": Case(
        "qlik_ip_policy",
        {"name": "New", "allowed_ips": [CALLER], "enabled": True, "caller_address": CALLER},
        ip_policies_of,
        [["New", [CALLER], True]],
    ),
    "qlik_ip_policies": Case(
        "qlik_ip_policies",
        {"ip_policies": MANY_POLICIES, "concurrency": 2, "caller_address": CALLER},
        ip_policies_of,
        [
            ["Changed", ["192.0.2.8"], True],
            ["Held", ["192.0.2.0/24"], True],
            *([f"New {number}", [CALLER], True] for number in range(3)),
        ],
        plant_policies,
        OF_EACH,
    ),
    "qlik_ip_policy_info": Case("qlik_ip_policy_info", {}, ip_policies_of, None, plant_policies),
    "qlik_web_integration_info": Case("qlik_web_integration_info", {}, web_integrations_of, None, plant_integrations),
    "qlik_tenant_lifecycle, new": Case(
        "qlik_tenant_lifecycle",
        {
            "name": "Acme",
            "subscription_id": SUBSCRIPTION_ID,
            "region": "us",
            "allow_create": True,
            "license_key": local_key(CONSOLE_NUMBER, "licence"),
            "wait_timeout": 0.5,
        },
        tenants_of,
        [["tenant", "Acme", "active"]],
    ),
    "qlik_tenant_lifecycle, deactivated": Case(
        "qlik_tenant_lifecycle",
        {**CONFIRMED, "state": "deactivated"},
        tenants_of,
        [["tenant", "Acme", "disabled"]],
        plant_tenant("active"),
    ),
    "qlik_tenant_lifecycle, reactivated": Case(
        "qlik_tenant_lifecycle",
        CONFIRMED,
        tenants_of,
        [["tenant", "Acme", "active"]],
        plant_tenant("disabled"),
    ),
    "qlik_organization_tenant_info": Case(
        "qlik_organization_tenant_info", {}, tenants_of, None, plant_tenant("active")
    ),
    "qlik_space_info": Case("qlik_space_info", {}, spaces_of, None, plant_spaces),
    "qlik_tenant_settings": Case(
        "qlik_tenant_settings",
        {"session_replay_opt_out": True, "customize_no_access": {"text": "Ask us."}},
        settings_of,
        [["settings", "management-console", True, {"linkEnabled": False, "message": "Ask us."}]],
        plant_settings,
    ),
    "qlik_tenant_settings, created": Case(
        "qlik_tenant_settings",
        {"session_replay_opt_out": True},
        settings_of,
        [["settings", "analytics-hub", True, None]],
    ),
    "qlik_session_policy": Case(
        "qlik_session_policy",
        {"user_session_inactivity_timeout_minutes": 30, "max_user_session_lifespan_minutes": 600},
        policy_of,
        [["policy", 30, 600, False]],
    ),
    "qlik_api_key_settings": Case(
        "qlik_api_key_settings",
        {"max_keys_per_user": 2, "max_api_key_expiry": "P7D"},
        api_keys_of,
        [["API keys", 2, "P7D"]],
    ),
    "qlik_api_key, new": Case("qlik_api_key", NIGHTLY, keys_of(max), [["90 days left", "active"]], plant_keys()),
    "qlik_api_key, rotated": Case(
        "qlik_api_key",
        {**NIGHTLY, "rotate_before_days": 30, "revoke_replaced": False},
        keys_of(max),
        [["20 days left", "active"], ["90 days left", "active"]],
        plant_keys(20),
    ),
    "qlik_api_key, replaced": Case(
        "qlik_api_key",
        {**NIGHTLY, "rotate_before_days": 30, "revoke_replaced": True},
        keys_of(min),
        [["80 days left", "active"]],
        plant_keys(10, 20, 80),
    ),
    "qlik_api_key, of another user": Case(
        "qlik_api_key",
        {"description": NIGHTLY["description"], "user": "local|plain", "state": "revoked"},
        keys_of(max),
        [["30 days left", "revoked"]],
        plant_key_of_another,
    ),
    "qlik_api_key_info": Case("qlik_api_key_info", {}, keys_of(max), None, plant_keys(10, 80)),
    "qlik_tenant_settings_info": Case("qlik_tenant_settings_info", {}, settings_of, None, plant_settings),
    "qlik_session_policy_info": Case("qlik_session_policy_info", {}, policy_of),
    "qlik_api_key_settings_info": Case("qlik_api_key_settings_info", {}, api_keys_of),
    "qlik_license_info": Case("qlik_license_info", {}, licence_of),
    "qlik_group_info": Case("qlik_group_info", {}, groups_of, None, plant_groups),
    "qlik_user_info": Case("qlik_user_info", {}, users_of, None, plant_users),
    "qlik_role_info": Case("qlik_role_info", {}, custom_roles_of),
    "qlik_tenant_info": Case("qlik_tenant_info", {}, lambda state: state["tenant"]["name"]),
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
