# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole tenant as one plan: what refers to what, what is approved, in which order it is written, what it costs."""

from __future__ import annotations

import random
from typing import Any

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Mains, Run, assert_refused, calls, group_named, role_named, user_of, writes_in

MODULE = "qlik_configuration"
#: A description of every area, in which a group has a new role and a user a new group.
WHOLE: dict[str, Any] = {
    "tenant": {"name": "Acme"},
    "roles": [{"name": "Keys", "assigned_scopes": ["api-keys"]}],
    "group_settings": {"auto_create_groups": True, "everyone_assigned_roles": ["Keys"]},
    "groups": [
        {"name": "Developers", "assigned_roles": ["Keys", "Steward"]},
        {"name": "Falcon", "provider_type": "custom", "description": "Project"},
    ],
    "users": [
        {"subject": "ada", "name": "Ada", "assigned_roles": ["Keys"], "assigned_groups": ["Falcon"]},
        {"subject": "bob", "name": "Bob"},
    ],
}


def company() -> dict[str, Any]:
    """40 groups, 15 users, 5 custom roles, and settings."""
    roles = [f"Role {number}" for number in range(5)]
    groups = [{"name": f"Group {number}", "assigned_roles": [roles[number % 5]]} for number in range(30)]
    groups += [{"name": f"Project {number}", "provider_type": "custom"} for number in range(10)]
    users = [
        {"subject": f"u{number}", "name": f"User {number}", "assigned_groups": [f"Project {number % 10}"]}
        for number in range(15)
    ]
    return {
        "tenant": {"name": "Company", "enable_app_opening_feedback": True},
        "roles": [{"name": name, "assigned_scopes": ["api-keys"]} for name in roles],
        "group_settings": {"auto_create_groups": True},
        "groups": groups,
        "users": users,
    }


def test_check_run_and_run(run: Run, tenant: LocalTenant) -> None:
    before = tenant.state()
    tenant.reset_counters()
    planned = run(MODULE, check=True, **WHOLE)
    assert tenant.state() == before
    assert writes_in(tenant.counters()) == []
    done = run(MODULE, **WHOLE)
    for key in ("changed", "plan", "diff"):
        assert done[key] == planned[key]
    assert done["plan"]["steps"] == len(done["diff"]) == 7
    ada = user_of(tenant, "ada")
    assert ada
    assert [group["name"] for group in ada["assignedGroups"]] == ["Falcon"]
    assert [role["name"] for role in ada["assignedRoles"]] == ["Keys"]
    again = run(MODULE, **WHOLE)
    assert again["changed"] is False
    assert again["diff"] == []
    assert again["plan"]["steps"] == 0


def test_result_has_what_is_not_unchanged(run: Run) -> None:
    run(MODULE, **WHOLE)
    result = run(MODULE, **{**WHOLE, "groups": [*WHOLE["groups"], {"name": "New"}]})
    areas = result["areas"]
    assert areas["tenant"]["action"] == areas["group_settings"]["action"] == "unchanged"
    assert areas["tenant"]["tenant"]["name"] == "Acme"
    assert areas["groups"]["summary"] == {"created": 1, "updated": 0, "deleted": 0, "unchanged": 2, "failed": 0}
    assert [(item["name"], item["action"]) for item in areas["groups"]["groups"]] == [("New", "created")]
    assert areas["users"]["users"] == []
    changed = run(MODULE, roles=[{"name": "Keys", "description": "d", "assigned_scopes": ["a"]}])
    assert changed["areas"]["roles"]["roles"][0]["settings"] == ["description", "assigned_scopes"]


def test_nothing_is_read_twice(run: Run, tenant: LocalTenant) -> None:
    """The sum of what the modules of the areas need, with one list of roles for all."""
    run(MODULE, **WHOLE)
    tenant.reset_counters()
    assert run(MODULE, **WHOLE)["changed"] is False
    assert tenant.counters()["routes"] == dict.fromkeys(
        ("GET /tenants/me", "GET /tenants/{id}", "GET /roles", "GET /groups/settings", "GET /groups", "GET /users"), 1
    )
    tenant.reset_counters()
    run(MODULE, report_unmanaged=True, check=True, **WHOLE)
    assert max(tenant.counters()["routes"].values()) == 1


def test_one_write_for_each_object(run: Run, tenant: LocalTenant) -> None:
    description = company()
    tenant.reset_counters()
    result = run(MODULE, **description)
    assert result["plan"]["steps"] == 5 + 30 + 10 + 15 + 2
    # A creation cannot put a user into a group.
    assert tenant.counters()["writes"] == result["plan"]["steps"] + 15


def test_areas_are_read_side_by_side(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {"method": "GET"}, "action": {"delay": 0.1}})
    tenant.reset_counters()
    run(MODULE, check=True, **WHOLE)
    assert tenant.counters()["peak_concurrency"] > 1


def test_the_order_of_writes(run: Run, tenant: LocalTenant) -> None:
    """What others refer to is made first, and deleted last."""
    run(MODULE, **WHOLE)
    tenant.reset_counters()
    less: dict[str, Json] = {
        "roles": [{"name": "Keys", "state": "absent"}, {"name": "Other"}],
        "group_settings": {"everyone_assigned_roles": []},
        "groups": [
            {"name": "Developers", "assigned_roles": ["Other"]},
            {"name": "Falcon", "provider_type": "custom", "state": "absent"},
        ],
        "users": [
            {"subject": "ada", "assigned_roles": ["Other"], "assigned_groups": [], "purge_groups": True},
            {"subject": "bob", "state": "absent"},
        ],
    }
    planned = run(MODULE, check=True, **less)
    done = run(MODULE, **less)
    assert done["plan"] == planned["plan"]
    writes = [f"{each['method']} {each['path'].split('/')[3]}" for each in tenant.requests() if each["method"] != "GET"]
    assert writes == [
        "POST roles",
        "PATCH groups",
        "PATCH groups",
        "PATCH users",
        "DELETE users",
        "DELETE groups",
        "DELETE roles",
    ]
    assert role_named(tenant, "Keys") is None
    assert group_named(tenant, "Falcon", "custom") is None


def test_what_is_approved_is_what_is_done(run: Run, tenant: LocalTenant) -> None:
    description = company()
    approved = run(MODULE, check=True, **description)["plan"]["fingerprint"]
    tenant.plant_groups([{"name": "Group 7", "assignedRoles": ["Steward"]}])
    tenant.reset_counters()
    refused = assert_refused(
        run, MODULE, {**description, "expected_plan": approved}, "not the approved plan", "sha256:"
    )
    assert "group 'Group 7' (idp) will be updated" in refused["msg"] or " more" in refused["msg"]
    now = run(MODULE, check=True, **description)["plan"]["fingerprint"]
    assert now != approved
    assert run(MODULE, expected_plan=now, **description)["changed"] is True
    # Nothing is left to do, whatever was approved.
    assert run(MODULE, expected_plan=approved, **description)["changed"] is False


def test_the_fingerprint_has_no_order_and_no_ids(run: Run, tenant: LocalTenant) -> None:
    (group_id,) = tenant.plant_groups([{"name": "Held", "providerType": "custom"}])
    by_name = {"name": "Held", "provider_type": "custom", "assigned_roles": ["Steward", "DataAdmin"]}
    by_id = {"id": group_id, "assigned_roles": ["DataAdmin", "Steward"]}
    groups = [{"name": f"Group {number}"} for number in range(10)]
    fingerprints = set()
    for one in (by_name, by_id):
        described = [*groups, one]
        random.Random(1).shuffle(described)
        fingerprints.add(run(MODULE, check=True, groups=described)["plan"]["fingerprint"])
    assert len(fingerprints) == 1
    other = run(MODULE, check=True, groups=[*groups, {**by_name, "assigned_roles": ["Steward"]}])
    assert other["plan"]["fingerprint"] not in fingerprints


@pytest.mark.parametrize("expected", ["sha256:12", "approved", "SHA256:" + 64 * "0", "sha256:" + 64 * "g"])
def test_no_fingerprint(run: Run, expected: str) -> None:
    assert_refused(run, MODULE, {"expected_plan": expected, **WHOLE}, "expected_plan", "not the fingerprint", "64")


def test_all_problems_at_once(run: Run, tenant: LocalTenant) -> None:
    wrong = {
        "tenant": {"hostname_alias": "ab"},
        "roles": [{"name": "Steward", "description": "mine"}],
        "groups": [{"name": "A", "assigned_roles": ["Stewart"]}, {"name": "B" * 257}, {"name": "A"}],
        "users": [{"subject": "bob", "email": "nomail"}, {"subject": "eve", "assigned_groups": ["Nowhere"]}],
    }
    result = assert_refused(run, MODULE, wrong)
    lines = result["msg"].splitlines()
    for place in ("tenant.hostname_alias", "roles[0]", "groups[0]", "groups[1].name", "groups[2]", "users[0].email"):
        assert len([line for line in lines if line.startswith(place)]) == 1, lines
    assert len([line for line in lines if "Nowhere" in line and line.startswith("users[1].assigned_groups")]) == 1


def test_what_is_wrong_with_an_area_names_it(run: Run, tenant: LocalTenant) -> None:
    tenant.limits(custom_roles=500)
    tenant.plant_roles([{"name": f"Role {number}"} for number in range(500)])
    tenant.plant_groups([{"name": f"G {number}"} for number in range(3)])
    wrong = {"roles": [{"name": "New"}], "groups": [{"name": "G 0"}], "prune": {"groups": {"max_deletions": 1}}}
    lines = assert_refused(run, MODULE, wrong)["msg"].splitlines()
    assert [line.partition(": ")[0] for line in lines[1:3]] == ["groups", "roles"], lines
    assert_refused(
        run,
        "qlik_roles",
        {"roles": [{"name": "New"}]},
        "roles: At most 500 custom roles are allowed",
    )


def test_mistakes_in_options_have_their_place(run: Run) -> None:
    wrong: dict[str, Json] = {
        "tenant": "Acme",
        "groups": [{"name": "A", "assigned_roles": {"a": 1}}, {"role": "x"}, "B"],
        "users": [{"name": "Ada"}, {"subject": "ok", "status": "activ"}],
        "prune": {"groups": {"max_deletions": "many"}, "tenant": {}},
    }
    result = assert_refused(run, MODULE, wrong)
    lines = result["msg"].splitlines()
    for place in (
        "tenant: ",
        "groups[0].assigned_roles: ",
        "groups[1].role: ",
        "groups[1]: ",
        "groups[2]: ",
        "users[0]: ",
        "users[1].status: ",
        "prune.groups.max_deletions: ",
        "prune.tenant: ",
    ):
        assert len([line for line in lines if line.startswith(place)]) == 1, (place, lines)


def test_what_is_removed_cannot_be_referred_to(run: Run) -> None:
    run(MODULE, **WHOLE)
    removed = [{"name": "Falcon", "provider_type": "custom", "state": "absent"}]
    users = [{"subject": "bob", "assigned_groups": ["Falcon"]}]
    assert_refused(run, MODULE, {"groups": removed, "users": users}, "Falcon")
    roles = [{"name": "Keys", "state": "absent"}]
    assert_refused(
        run,
        MODULE,
        {"roles": roles, "groups": [{"name": "New", "assigned_roles": ["Keys"]}]},
        "The same description deletes the role",
    )
    # Somebody holds it still, whom the description leaves as he is.
    assert_refused(run, MODULE, {"roles": roles}, "it is assigned to")


def test_some_areas(run: Run, tenant: LocalTenant) -> None:
    without_groups = assert_refused(run, MODULE, {**WHOLE, "areas": ["users", "roles"]}, "Falcon")
    assert "users[0]" in without_groups["msg"]
    found = run(MODULE, areas=["roles", "groups"], **WHOLE)
    assert found["areas"].keys() == {"roles", "groups"}
    assert "not in the description" not in str(found.get("warnings"))
    alone = run(MODULE, areas=["users"], groups=WHOLE["groups"], places={"areas": "qlik_seed_areas"})
    assert alone["areas"] == {}
    assert "qlik_seed_areas: users is not in the description, so it stays unchanged." in str(alone["warnings"])
    assert user_of(tenant, "ada") is None
    assert_refused(run, MODULE, {**WHOLE, "areas": ["groups", "user"]}, "areas", "'user'", "users")


def test_prune(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": name} for name in ("A", "B", "breakglass-1")])
    prune = {"groups": {"protect": ["breakglass-*"]}}
    result = run(MODULE, groups=[{"name": "A"}], prune=prune)
    assert result["areas"]["groups"]["summary"]["deleted"] == 1
    assert {group["name"] for group in tenant.groups()} == {"A", "breakglass-1"}
    assert_refused(run, MODULE, {"tenant": {"name": "x"}, "prune": prune}, "prune.groups", "Requires `groups`")
    assert_refused(run, MODULE, {"groups": [], "prune": prune}, "delete everything", "prune.groups.max_deletions")
    assert run(MODULE, groups=[], prune={"groups": {"max_deletions": 9}})["changed"] is True


@pytest.mark.parametrize(
    ("current", "pruned", "refused"),
    [(20, 10, False), (20, 11, True), (100, 30, False), (100, 31, True), (5, 5, False)],
)
@pytest.mark.parametrize("module", [MODULE, "qlik_groups"])
def test_the_brake(run: Run, tenant: LocalTenant, module: str, current: int, pruned: int, refused: bool) -> None:
    """More than 10, and more than 30 percent of what may be deleted."""
    tenant.plant_groups([{"name": f"G {number}"} for number in range(current)])
    kept = [{"name": f"G {number}"} for number in range(pruned, current)] or [{"name": "New"}]
    prune: dict[str, Json] = {"prune": {"groups": {}}} if module == MODULE else {"prune": True}
    if refused:
        assert_refused(run, module, {"groups": kept, **prune}, f"delete {pruned} of {current}", "max_deletions")
        prune = (
            {"prune": {"groups": {"max_deletions": pruned}}} if module == MODULE else {**prune, "max_deletions": pruned}
        )
    assert "failed" not in run(module, groups=kept, **prune)
    assert len(tenant.groups()) == len(kept)


def test_writing_stops_at_the_end_of_an_area(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {"method": "POST", "path": "/groups$", "count": 1}, "action": {"status": 400}})
    result = run(MODULE, concurrency=1, **WHOLE)
    assert result["failed"] is True
    assert result["changed"] is True
    areas = result["areas"]
    assert areas["roles"]["summary"]["created"] == 1
    assert areas["groups"]["summary"]["failed"] == areas["groups"]["summary"]["created"] == 1
    assert areas["users"]["summary"] == {"created": 0, "updated": 0, "deleted": 0, "unchanged": 0, "failed": 2}
    assert {item["error"]["message"] for item in areas["users"]["users"]} == {"Not attempted: groups failed before"}
    assert user_of(tenant, "bob") is None
    assert run(MODULE, **WHOLE)["changed"] is True


@pytest.mark.parametrize("check", [True, False])
def test_extra(run: Run, tenant: LocalTenant, check: bool) -> None:
    tenant.plant_groups([{"name": "By hand", "assignedRoles": ["TenantAdmin"]}])
    tenant.plant_roles([{"name": "Old"}])
    unmanaged = run(MODULE, check=check, report_unmanaged=True, **WHOLE)["unmanaged"]
    assert [role["name"] for role in unmanaged["roles"]] == ["Old"]
    (group,) = unmanaged["groups"]
    assert (group["name"], group["provider_type"], group["administers"]) == ("By hand", "idp", True)
    assert {user["subject"]: user["administers"] for user in unmanaged["users"]}["local|plain"] is False
    assert [role["name"] for role in group["group"]["assigned_roles"]] == ["TenantAdmin"]
    assert {user["subject"] for user in unmanaged["users"]} == {"local|admin", "local|plain", "local|blind"}
    assert "unmanaged" not in run(MODULE, check=True, **WHOLE)


def test_who_can_administer(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups(
        [
            {"name": "Ops", "assignedRoles": ["Steward", "TenantAdmin"]},
            {"name": "Break glass", "providerType": "custom", "assignedRoles": ["TenantAdmin"]},
            {"name": "Harmless", "assignedRoles": ["AnalyticsAdmin"]},
        ]
    )
    tenant.plant_users(
        [
            {"subject": "ada", "name": "Ada", "assignedGroups": ["Break glass"], "assignedRoles": ["TenantAdmin"]},
            {"subject": "bob", "name": "Bob", "assignedGroups": ["Break glass"], "status": "disabled"},
            {"subject": "eve", "name": "Eve", "assignedRoles": ["Steward"]},
        ]
    )

    def administrators(**description: Json) -> list[Any]:
        return run(MODULE, check=True, report_unmanaged=True, **description)["administrators"]  # type: ignore[no-any-return]

    by_users = administrators(users=[])
    assert [(each["type"], each["name"], (each["through"] or {}).get("name")) for each in by_users] == [
        ("user", "ada", None),
        ("user", "local|admin", None),
        ("user", next(each["name"] for each in by_users if each["is_bot"]), None),
        ("group", "Break glass", None),
        ("user", "ada", "Break glass"),
        ("group", "Ops", None),
    ]
    assert by_users[0] == {
        "type": "user",
        "name": "ada",
        "provider_type": None,
        "display_name": "Ada",
        "is_bot": False,
        "role": "TenantAdmin",
        "through": None,
    }
    assert by_users[4]["through"] == {"name": "Break glass", "provider_type": "custom"}
    # However much is read anyway.
    assert administrators(groups=[]) == administrators(tenant={}) == by_users
    run("qlik_group_settings", everyone_assigned_roles=["TenantAdmin"])
    assert administrators(group_settings={})[0]["type"] == "everyone"
    assert "administrators" not in run(MODULE, report_unmanaged=True, groups=[])


@pytest.mark.parametrize(
    ("description", "more"),
    [
        (WHOLE, []),
        ({"tenant": {}, "roles": [], "groups": []}, ["GET /users", "GET /groups/settings"]),
        ({"tenant": {}, "users": []}, ["GET /groups", "GET /groups/settings"]),
        ({"group_settings": {}}, ["GET /users", "GET /groups"]),
    ],
)
def test_what_it_costs_to_see_who_can_administer(
    run: Run, tenant: LocalTenant, description: dict[str, Json], more: list[str]
) -> None:
    """One request for each of users, groups and group settings that are not read anyway."""
    run(MODULE, **WHOLE)
    tenant.reset_counters()
    run(MODULE, check=True, report_unmanaged=True, **description)
    routes = tenant.counters()["routes"]
    assert {route: routes.get(route) for route in more} == dict.fromkeys(more, 1)
    lists = {"tenant": 2, "group_settings": 1, "roles": 1, "groups": 1, "users": 1}
    assert sum(routes.values()) == sum(lists[area] for area in description) + len(more)


def test_described_by_id_is_not_extra_under_its_old_name(run: Run, tenant: LocalTenant) -> None:
    renamed, _other = tenant.plant_groups([{"name": name, "providerType": "custom"} for name in ("Old", "Other")])
    result = run(MODULE, check=True, report_unmanaged=True, groups=[{"id": renamed, "name": "New"}])
    assert [group["name"] for group in result["unmanaged"]["groups"]] == ["Other"]


def test_where_a_description_comes_from(run: Run) -> None:
    places = {"groups": ["my_groups['A']", "my_groups['B']"], "users": "my_users"}
    wrong = {
        "groups": [{"name": "A", "assigned_roles": ["Nope"]}, {"name": 300 * "x"}],
        "users": [{"subject": "x", "assigned_roles": ["Nope"]}],
    }
    text = assert_refused(run, MODULE, {**wrong, "places": places})["msg"]
    assert "my_groups['A']" in text
    assert "my_groups['B']" in text
    assert "my_users[0]" in text


def test_a_process_is_told_where_a_description_comes_from(run_main: Mains) -> None:
    wrong = [{"name": "A", "assigned_roles": ["Nope"]}]
    result = run_main(MODULE, check=True, places={"groups": ["my_groups['A']"]}, groups=wrong)
    assert result["msg"].startswith("my_groups['A'].assigned_roles: ")


def test_nobody_is_locked_out(run: Run, tenant: LocalTenant) -> None:
    """The losses of all areas count together."""
    admin = user_of(tenant, "local|admin")
    assert admin
    locked_out: dict[str, Json] = {
        "users": [{"subject": "local|admin", "assigned_roles": []}],
        "groups": [{"name": "New"}],
    }
    assert_refused(run, MODULE, locked_out, "Set `allow_lockout: true` to")
    renamed = {**locked_out, "places": {"allow_lockout": "qlik_seed_allow_lockout"}}
    assert_refused(run, MODULE, renamed, "Set `qlik_seed_allow_lockout: true` to")
    assert "failed" not in run(MODULE, allow_lockout=True, **locked_out)


def test_an_empty_description_costs_nothing(run: Run, tenant: LocalTenant) -> None:
    tenant.reset_counters()
    result = run(MODULE, groups=[], users=[], roles=[])
    assert result["changed"] is False
    assert calls(tenant) == 0
