# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task costs in API calls, by the tenant's own counters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, calls

GROUP = {"name": "Finance", "assignedRoles": ["Steward"]}
USER = {"subject": "bob", "name": "Bob", "assignedRoles": ["Steward"]}
SPACE: dict[str, Json] = {
    "name": "Money",
    "type": "shared",
    "description": "Cash",
    "members": [{"group": "Finance", "roles": ["consumer"]}, {"user": "bob", "roles": ["producer"]}],
}
# Module, options, and how many calls; the tenant has the group, the user, the role and the space named above.
COSTS: dict[str, tuple[str, dict[str, Json], int]] = {
    "group unchanged": ("qlik_group", {"name": "Finance", "assigned_roles": ["Steward"]}, 1),
    "group absent already": ("qlik_group", {"name": "HR", "state": "absent"}, 1),
    "group created": ("qlik_group", {"name": "HR", "assigned_roles": ["Steward", "DataAdmin"]}, 2),
    "custom group created": ("qlik_group", {"name": "HR", "provider_type": "custom", "description": "x"}, 2),
    "group deleted": ("qlik_group", {"name": "Finance", "state": "absent"}, 2),
    "group updated": ("qlik_group", {"name": "Finance", "assigned_roles": ["DataAdmin", "AuditAdmin"]}, 3),
    "group emptied": ("qlik_group", {"name": "Finance", "assigned_roles": []}, 3),
    "user unchanged": ("qlik_user", {"subject": "bob", "name": "Bob", "assigned_roles": ["Steward"]}, 1),
    "user created": ("qlik_user", {"subject": "eve", "email": "e@example.com", "assigned_roles": ["Steward"]}, 2),
    "user created with groups": ("qlik_user", {"subject": "eve", "assigned_groups": ["Falcon"]}, 5),
    "user updated with groups": ("qlik_user", {"subject": "bob", "assigned_groups": ["Falcon"]}, 3),
    "roles added to a user": (
        "qlik_user",
        {"subject": "bob", "assigned_roles": ["DataAdmin"], "purge_roles": False},
        3,
    ),
    "user deleted": ("qlik_user", {"subject": "bob", "state": "absent"}, 2),
    "user updated": ("qlik_user", {"subject": "bob", "name": "B", "status": "disabled", "assigned_roles": []}, 3),
    "role unchanged": ("qlik_role", {"name": "Keys", "description": "k"}, 1),
    "role created": ("qlik_role", {"name": "New", "assigned_scopes": ["a"]}, 2),
    "role deleted": ("qlik_role", {"name": "Keys", "state": "absent"}, 2),
    "role updated": ("qlik_role", {"name": "Keys", "description": "", "assigned_scopes": ["a"]}, 3),
    "settings unchanged": ("qlik_group_settings", {"auto_create_groups": False, "everyone_assigned_roles": []}, 1),
    "settings updated": ("qlik_group_settings", {"auto_create_groups": True}, 3),
    "tenant unchanged": ("qlik_tenant", {"name": "Acme"}, 2),
    "tenant updated": ("qlik_tenant", {"name": "New", "enable_app_opening_feedback": True}, 4),
    "space unchanged": ("qlik_space", {"name": "Money", "type": "shared", "description": "Cash"}, 1),
    "space unchanged, with its members": ("qlik_space", SPACE, 2 + 1 + 1),
    "space unchanged, without its members": ("qlik_space", {"name": "Money", "members": [], "purge_members": False}, 4),
    "space unchanged, with its owner": ("qlik_space", {"name": "Money", "owner": "local|admin"}, 1 + 1),
    "space absent already": ("qlik_space", {"name": "Gone", "state": "absent"}, 1 + 2),
    "space created": ("qlik_space", {"name": "New", "type": "shared"}, 1 + 1),
    "space created with members": ("qlik_space", {**SPACE, "name": "New"}, 1 + 2 + 2 + 1 + 2 + 2),
    "space created with an owner": ("qlik_space", {"name": "New", "type": "shared", "owner": "bob"}, 1 + 1 + 1 + 2),
    "space updated": ("qlik_space", {"name": "Money", "description": "x"}, 1 + 1 + 1),
    "member changed": ("qlik_space", {**SPACE, "members": [{"group": "Finance", "roles": ["producer"]}]}, 4 + 2 + 2),
    "space deleted": ("qlik_space", {"name": "Money", "state": "absent"}, 1 + 2 + 1 + 1),
    "member unchanged": ("qlik_space_member", {"space": "Money", "group": "Finance", "roles": ["consumer"]}, 4),
    "member added": ("qlik_space_member", {"space": "Money", "user": "local|plain", "roles": ["consumer"]}, 4 + 1 + 2),
    "spaces read": ("qlik_space_info", {}, 1 + 1 + 2),
    "spaces read without members": ("qlik_space_info", {"members": False}, 1 + 1),
    "license settings unchanged": ("qlik_license_settings", {"auto_assign_analyzer": True}, 1),
    "license settings updated": ("qlik_license_settings", {"auto_assign_analyzer": False}, 1 + 1 + 1),
    "tenant settings unchanged": ("qlik_tenant_settings", {}, 1),
    "tenant settings created": ("qlik_tenant_settings", {"preferred_start_page": "analytics-hub"}, 1 + 1),
    "tenant settings created and changed": ("qlik_tenant_settings", {"session_replay_opt_out": True}, 1 + 1 + 2),
    "feature settings unchanged": ("qlik_feature_settings", {"sharing": False, "report_subscriptions": False}, 1),
    "feature settings updated at once": ("qlik_feature_settings", {"sharing": True}, 1 + 1 + 1),
    # While the change runs, the tenant is read once more.
    "feature settings updated": ("qlik_feature_settings", {"data_alerts": True, "sharing": True}, 2 + 2 + 2 * 2),
    "session policy updated": ("qlik_session_policy", {"max_user_session_lifespan_minutes": 600}, 1 + 1 + 1),
    "API key settings unchanged": ("qlik_api_key_settings", {"max_api_key_expiry": "P1D"}, 1 + 1),
    "API key settings updated": ("qlik_api_key_settings", {"max_keys_per_user": 2}, 1 + 1 + 1 + 1),
    "API key created": ("qlik_api_key", {"description": "new"}, 1 + 1 + 2 + 1 + 1),
    "API keys read": ("qlik_api_key_info", {}, 1 + 1),
    "license read": ("qlik_license_info", {}, 1),
    "groups read": ("qlik_group_info", {}, 1),
    "roles read": ("qlik_role_info", {}, 1),
    "users read": ("qlik_user_info", {}, 1),
    "tenant read": ("qlik_tenant_info", {}, 2),
}


@pytest.mark.parametrize("oauth", [False, True], ids=["api key", "oauth"])
@pytest.mark.parametrize("case", COSTS)
def test_single(run: Run, tenant: LocalTenant, case: str, oauth: bool) -> None:
    module, options, cost = COSTS[case]
    tenant.plant_groups([GROUP, {"name": "Falcon", "providerType": "custom"}])
    tenant.plant_users([USER])
    tenant.plant_roles([{"name": "Keys", "description": "k"}])
    tenant.plant_spaces([SPACE])
    tenant.set_tenant(license={"auto_assign_analyzer": True})
    tenant.set_tenant(name="Acme")
    tenant.reset_counters()
    client: dict[str, Json] = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    assert "failed" not in run(module, **options, **(client if oauth else {}))
    assert calls(tenant) == cost
    assert calls(tenant, token=True) == cost + oauth


@pytest.mark.parametrize("key", ["group", "user"])
def test_by_id(run: Run, tenant: LocalTenant, key: str) -> None:
    (item_id,) = tenant.plant_groups([GROUP]) if key == "group" else tenant.plant_users([USER])
    tenant.reset_counters()
    assert run(f"qlik_{key}", id=item_id, assigned_roles=["Steward"])["changed"] is False
    assert calls(tenant) == 1
    assert tenant.counters()["routes"] == {f"GET /{key}s/{{id}}": 1}


@pytest.mark.parametrize(
    ("current", "desired", "reads"),
    [(5, 3, 1), (250, 40, 1), (250, 100, 1), (80, 150, 1), (120, 150, 2), (200, 190, 2), (250, 250, 3)],
)
def test_unchanged_groups(run: Run, tenant: LocalTenant, current: int, desired: int, reads: int) -> None:
    """The smaller of the pages of all groups and of the filters that name the wanted ones; no write."""
    tenant.plant_groups([{"name": f"G {number}", "assignedRoles": ["Steward"]} for number in range(current)])
    names = [f"G {number}" for number in range(desired)]
    groups: list[dict[str, Any]] = [
        {"name": name, "assigned_roles": ["Steward"]} if int(name[2:]) < current else {"name": name, "state": "absent"}
        for name in names
    ]
    tenant.reset_counters()
    result = run("qlik_groups", groups=groups)
    assert result["changed"] is False
    assert result["summary"]["unchanged"] == desired
    assert calls(tenant) == reads


@pytest.mark.parametrize(("order", "more"), [("name", 0), ("id", 0), ("refuse", 1)])
@pytest.mark.parametrize("size", [1000, pytest.param(10000, marks=pytest.mark.long)])
def test_unchanged_groups_in_any_order(run: Run, tenant: LocalTenant, size: int, order: str, more: int) -> None:
    """The order of a list that asks for none does not matter; one request is refused where none can be asked for."""
    groups = [{"name": f"G {number:05}"} for number in range(size)]
    tenant.plant_groups(groups)
    tenant.guess(list_order=order)
    tenant.reset_counters()
    result = run("qlik_groups", groups=groups)
    assert result["summary"]["unchanged"] == size
    assert calls(tenant) == size // 100 + more


@pytest.mark.parametrize("noun", ["users", "roles", "spaces"])
@pytest.mark.parametrize(("order", "more"), [("name", 0), ("id", 0), ("refuse", 1)])
def test_lists_in_any_order(run: Run, tenant: LocalTenant, noun: str, order: str, more: int) -> None:
    key: dict[str, str] = {"users": "subject"}
    items = [{key.get(noun, "name"): f"N {number:03}", "type": "shared"} for number in range(330)]
    if noun == "spaces":
        tenant.plant_spaces(items)
    else:
        plant = tenant.plant_users if noun == "users" else tenant.plant_roles
        plant([{name: value for name, value in item.items() if name != "type"} for item in items])
    tenant.guess(list_order=order)
    tenant.reset_counters()
    found = run(f"qlik_{noun[:-1]}_info", **({"members": False} if noun == "spaces" else {}))[noun]
    assert {item[key.get(noun, "name")] for item in found} >= {item[key.get(noun, "name")] for item in items}
    assert len({item["id"] for item in found}) == len(found)
    assert tenant.counters()["routes"][f"GET /{noun}"] == 4 + more


@pytest.mark.parametrize(("page", "reads"), [(100, 3), (50, 5), (7, 33)])
def test_pages_that_are_smaller_than_asked_for(run: Run, tenant: LocalTenant, page: int, reads: int) -> None:
    """Both ends meet whatever the size of a page is; the spaces of a tenant have no documented maximum."""
    spaces: list[dict[str, Json]] = [{"name": f"S {number:03}", "type": "shared"} for number in range(230)]
    tenant.plant_spaces(spaces)
    tenant.guess(spaces_page=page)
    tenant.reset_counters()
    assert run("qlik_spaces", spaces=spaces)["summary"]["unchanged"] == 230
    assert calls(tenant) == reads


def test_changed_groups_and_users(run: Run, tenant: LocalTenant) -> None:
    """One write for each item that differs; what is checked beforehand does not grow with the number of items."""
    tenant.plant_groups([{"name": f"G {number}", "assignedRoles": ["Steward"]} for number in range(30)])
    groups: list[dict[str, Any]] = [{"name": f"G {number}", "assigned_roles": ["Steward"]} for number in range(10)]
    groups += [{"name": f"G {number}", "state": "absent"} for number in range(10, 20)]
    groups += [{"name": f"N {number}", "assigned_roles": ["DataAdmin"]} for number in range(10)]
    tenant.reset_counters()
    result = run("qlik_groups", groups=groups, concurrency=1)
    assert result["summary"] == {"created": 10, "updated": 0, "deleted": 10, "unchanged": 10, "failed": 0}
    counters = tenant.counters()
    assert counters["writes"] == 20
    assert calls(tenant) <= 20 + 3

    users = [{"subject": f"u{number}", "name": f"U {number}"} for number in range(30)]
    tenant.reset_counters()
    assert run("qlik_users", users=users)["summary"]["created"] == 30
    assert tenant.counters()["writes"] == 30
    assert calls(tenant) <= 30 + 2


def test_updated_groups_are_read_once_more_each(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": f"G {number}"} for number in range(10)])
    groups = [{"name": f"G {number}", "assigned_roles": ["Steward"]} for number in range(10)]
    tenant.reset_counters()
    assert run("qlik_groups", groups=groups)["summary"]["updated"] == 10
    assert tenant.counters()["writes"] == 10
    assert calls(tenant) <= 2 * 10 + 2


def test_prune_reads_every_page_once(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": f"G {number:03}"} for number in range(250)])
    tenant.reset_counters()
    groups = [{"name": f"G {number:03}"} for number in range(248)]
    result = run("qlik_groups", groups=groups, prune=True, max_deletions=2)
    assert result["summary"]["deleted"] == 2
    assert calls(tenant) == 3 + 2


def test_concurrency_is_kept(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {"method": "POST", "path": "/groups$"}, "action": {"delay": 0.05}})
    tenant.reset_counters()
    assert run("qlik_groups", groups=[{"name": f"G {number}"} for number in range(12)], concurrency=3)["changed"]
    assert 1 < tenant.counters()["peak_concurrency"] <= 3


@pytest.mark.parametrize(("size", "is_repeated"), [(100, True), (101, False)])
def test_a_long_list_is_not_repeated_in_the_result(run: Run, tenant: LocalTenant, size: int, is_repeated: bool) -> None:
    groups = [{"name": f"G {number}", "state": "absent"} for number in range(size)]
    assert run("qlik_groups", groups=groups)["changed"] is False
    repeated = json.loads(run.output)["invocation"]["module_args"]
    assert repeated["groups"] == "101 items, omitted here" or is_repeated
    assert len(repeated["groups"]) == size or not is_repeated
    assert repeated["concurrency"] == 4
    assert tenant.api_key not in run.output


def space_of(number: int) -> dict[str, Json]:
    """A space with four members, of 40 groups and 4 users in all spaces."""
    groups: list[Json] = [{"group": f"G {(number + step) % 40:02}", "roles": ["consumer"]} for step in (0, 11, 23)]
    user = {"user": f"u{number % 4}", "roles": ["producer", "facilitator"]}
    return {"name": f"S {number:03}", "type": "shared", "description": "d", "members": [*groups, user]}


def plant_space_members(tenant: LocalTenant, count: int) -> list[dict[str, Json]]:
    tenant.plant_groups([{"name": f"G {number:02}"} for number in range(40)])
    tenant.plant_users([{"subject": f"u{number}"} for number in range(4)])
    spaces = [space_of(number) for number in range(count)]
    tenant.plant_spaces(spaces)
    return spaces


def test_500_spaces_with_2000_members(run: Run, tenant: LocalTenant) -> None:
    spaces = plant_space_members(tenant, 500)
    for module in ("qlik_spaces", "qlik_configuration"):
        tenant.reset_counters()
        result = run(module, spaces=spaces)
        assert result["changed"] is False, result.get("msg")
        routes = tenant.counters()["routes"]
        assert routes["GET /spaces/{id}/assignments"] == 500
        assert routes["GET /spaces"] == 5
        assert calls(tenant) <= 520


@pytest.mark.parametrize(
    ("current", "desired", "reads"),
    [(5, 3, 1), (120, 1, 1), (250, 1, 1), (250, 2, 3), (250, 40, 3), (250, 250, 3), (80, 80, 1)],
)
@pytest.mark.parametrize("with_members", [True, False])
def test_unchanged_spaces(
    run: Run, tenant: LocalTenant, current: int, desired: int, reads: int, with_members: bool
) -> None:
    """The smaller of the pages of all spaces and of one look for each, after a page that says how many there are;
    members are read where they are described.
    """
    spaces = plant_space_members(tenant, current)[-desired:]
    if not with_members:
        spaces = [{name: value for name, value in space.items() if name != "members"} for space in spaces]
    tenant.reset_counters()
    assert run("qlik_spaces", spaces=spaces)["changed"] is False
    assert tenant.counters()["routes"].get("GET /spaces") == reads
    assert calls(tenant) <= reads + (desired + 2 if with_members else 0)


def test_each_member_that_differs_is_one_write(run: Run, tenant: LocalTenant) -> None:
    spaces = plant_space_members(tenant, 20)
    changed: list[dict[str, Any]] = [dict(space, members=list(space["members"])) for space in spaces]
    changed[0]["members"] = [{"group": "G 39", "roles": ["consumer"]}, *changed[0]["members"]]
    changed[1]["members"] = [dict(changed[1]["members"][0], roles=["producer"]), *changed[1]["members"][1:]]
    changed[2]["members"] = changed[2]["members"][1:]
    changed[3]["description"] = "x"
    changed[4].update(description="x", owner="u3", members=[])
    changed.append(dict(space_of(20), name="New"))
    writes = 1 + 1 + 1 + 1 + (1 + 4) + (1 + 4)
    tenant.reset_counters()
    result = run("qlik_spaces", spaces=changed)
    assert result["summary"] == {"created": 1, "updated": 5, "deleted": 0, "unchanged": 15, "failed": 0}
    assert tenant.counters()["writes"] == writes
    reads_again, types, myself = 6 * 2, 1, 1
    assert calls(tenant) <= 1 + 20 + 2 + types + myself + writes + reads_again


#: Options, and how many calls; "nightly" has been replaced once, and "due" ends in 20 days. Capitals stand for IDs.
KEY_COSTS: dict[str, tuple[dict[str, Json], int]] = {
    "unchanged": ({"description": "due"}, 1 + 1),
    "rotated": ({"description": "due", "rotate_before_days": 30}, 1 + 1 + 2 + 1 + 1),
    "replaced, left alone": ({"description": "nightly", "rotate_before_days": 30}, 1 + 1),
    "replaced, revoked": ({"description": "nightly", "rotate_before_days": 30, "revoke_replaced": True}, 1 + 1 + 1),
    "own, revoked": ({"id": "DUE", "state": "revoked"}, 1 + 1 + 1 + 1),
    "of another, revoked": ({"id": "BOB", "state": "revoked"}, 1 + 1 + 1),
    "of another, revoked by description": ({"user": "bob", "description": "laptop", "state": "revoked"}, 1 + 1 + 1 + 1),
    "revoked already": ({"id": "OLD", "state": "revoked"}, 1),
}


@pytest.mark.parametrize("case", KEY_COSTS)
def test_api_keys(run: Run, tenant: LocalTenant, case: str) -> None:
    options, cost = KEY_COSTS[case]
    tenant.plant_users([USER])
    tenant.set_tenant(api_key_settings={"max_expiry": "P90D"})
    mine = {"user": "local|admin"}
    due, _replaced, _newest, bob, old = tenant.plant_api_keys(
        [
            {**mine, "description": "due", "ageDays": 70, "daysLeft": 20},
            {**mine, "description": "nightly", "ageDays": 61, "daysLeft": 29},
            {**mine, "description": "nightly", "ageDays": 1, "daysLeft": 89},
            {"user": "bob", "description": "laptop"},
            {"user": "bob", "description": "old", "status": "revoked"},
        ]
    )
    ids: dict[Json, Json] = {"DUE": due, "BOB": bob, "OLD": old}
    tenant.reset_counters()
    asked: dict[str, Json] = {name: ids.get(value, value) for name, value in options.items()}
    assert "failed" not in run("qlik_api_key", **asked)
    assert calls(tenant) == cost


def test_an_api_key_whose_response_is_lost(run: Run, tenant: LocalTenant) -> None:
    """One look finds it; the look that waits for the new key also finds what appears late."""
    tenant.misbehave({"match": {"method": "POST", "path": "/api-keys$", "count": 1}, "action": {"reset": "after"}})
    tenant.reset_counters()
    assert len(run("qlik_api_key", description="nightly")["lost"]) == 1
    assert calls(tenant) == 1 + 1 + 2 + 1 + (1 + 1) + 1 + 1
