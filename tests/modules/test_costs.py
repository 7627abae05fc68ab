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
# Module, options, and how many calls; the tenant has the group, the user and the role named above.
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
    ("held", "wanted", "reads"),
    [(5, 3, 1), (250, 40, 1), (250, 100, 1), (80, 150, 1), (120, 150, 2), (200, 190, 2), (250, 250, 3)],
)
def test_unchanged_groups(run: Run, tenant: LocalTenant, held: int, wanted: int, reads: int) -> None:
    """The smaller of the pages of all groups and of the filters that name the wanted ones; no write."""
    tenant.plant_groups([{"name": f"G {number}", "assignedRoles": ["Steward"]} for number in range(held)])
    names = [f"G {number}" for number in range(wanted)]
    groups: list[dict[str, Any]] = [
        {"name": name, "assigned_roles": ["Steward"]} if int(name[2:]) < held else {"name": name, "state": "absent"}
        for name in names
    ]
    tenant.reset_counters()
    result = run("qlik_groups", groups=groups)
    assert result["changed"] is False
    assert result["summary"]["unchanged"] == wanted
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
    assert repeated["groups"] == "101 items, which are left out here" or is_repeated
    assert len(repeated["groups"]) == size or not is_repeated
    assert repeated["concurrency"] == 4
    assert tenant.api_key not in run.output
