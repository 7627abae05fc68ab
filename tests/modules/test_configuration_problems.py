# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with one object of a description does not hide how it, and everything else, differs."""

from __future__ import annotations

from typing import Any

import pytest
from kinds import INDIVIDUAL, STANDALONE
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_refused, writes_in

MODULE = "qlik_configuration"


class Look:
    """A check run of a description in which something is wrong."""

    def __init__(self, run: Run, tenant: LocalTenant, description: dict[str, Json]) -> None:
        self.result = run(MODULE, check=True, report_unmanaged=True, **description)
        assert self.result["failed"] is True
        assert self.result["changed"] is False
        current = tenant.state()
        tenant.reset_counters()
        refused = assert_refused(run, MODULE, description)
        assert refused["msg"] == self.result["msg"]
        assert "areas" not in refused
        assert writes_in(tenant.counters()) == []
        assert tenant.state() == current

    def items(self, area: str) -> dict[str, Any]:
        """The objects of an area that are not as described, by name."""
        return {item.get("name") or item["subject"]: item for item in self.result["areas"][area][area]}

    def problems(self, area: str) -> list[tuple[str, str | None]]:
        """Place and object of each problem of an area."""
        return [(problem["place"], problem["object"]) for problem in self.result["problems"][area]]

    def difference(self, item: dict[str, Any], setting: str) -> tuple[Any, Any]:
        return item["before"].get(setting), item["after"].get(setting)


def test_a_misspelt_role_fails_one_group(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups(
        [
            {"name": "Finance", "assignedRoles": ["Steward", "TenantAdmin"]},
            {"name": "Sales", "assignedRoles": ["DataAdmin"]},
            {"name": "HR", "assignedRoles": ["Steward"]},
        ]
    )
    groups = [
        {"name": "Finance", "assigned_roles": ["Steward", "Stewrad"]},
        {"name": "Sales", "assigned_roles": ["Steward"]},
        {"name": "HR", "assigned_roles": ["Steward"]},
    ]
    look = Look(run, tenant, {"tenant": {"name": "Other"}, "groups": groups})
    assert look.problems("groups") == [("groups[0].assigned_roles", "group 'Finance' (idp)")]
    assert list(look.result["problems"]) == ["groups"]
    found = look.items("groups")
    assert found.keys() == {"Finance", "Sales"}
    assert found["Finance"]["action"] == "failed"
    assert found["Finance"]["place"] == "groups[0]"
    assert "planned" not in found["Finance"]
    assert found["Finance"]["error"]["message"] == (
        "groups[0].assigned_roles: The tenant has no role 'Stewrad'. Did you mean Steward?"
    )
    # What somebody granted by hand shows all the same.
    assert look.difference(found["Finance"], "assigned_roles") == (["Steward", "TenantAdmin"], ["Steward", "Stewrad"])
    assert look.difference(found["Sales"], "assigned_roles") == (["DataAdmin"], ["Steward"])
    assert found["Sales"]["action"] == "updated"
    summary = {"created": 0, "updated": 1, "deleted": 0, "unchanged": 1, "failed": 1}
    assert look.result["areas"]["groups"]["summary"] == summary
    assert look.result["areas"]["tenant"]["action"] == "updated"


def test_an_alias_that_may_not_be_replaced_is_a_difference(run: Run, tenant: LocalTenant) -> None:
    tenant.set_tenant(name="By hand", alias="acme.us.qlikcloud.com")
    look = Look(run, tenant, {"tenant": {"name": "Acme", "hostname_alias": "umbrella"}})
    found = look.result["areas"]["tenant"]
    assert (found["action"], found["planned"], found["place"]) == ("failed", "updated", "tenant")
    assert look.difference(found, "name") == ("By hand", "Acme")
    current = {"current": "acme.us.qlikcloud.com", "desired": "umbrella.us.qlikcloud.com"}
    assert found["unchangeable"] == {"hostname_alias": current}
    assert "replace_hostname_alias" in found["error"]["hint"]
    assert found["tenant"]["name"] == "By hand"
    nowhere = Look(run, tenant, {"tenant": {"name": "Acme", "hostname_alias": "ab"}}).result["areas"]["tenant"]
    assert (nowhere["action"], nowhere.get("planned"), nowhere["after"]["name"]) == ("failed", None, "Acme")


def test_what_cannot_be_changed_is_a_difference(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_spaces(
        [{"name": "Money", "type": "shared", "description": "by hand"}, {"name": "New", "type": "shared"}]
    )
    tenant.plant_groups([{"name": "Mine", "providerType": "custom"}])
    (group_id,) = [group["id"] for group in tenant.groups()]
    spaces = [{"name": "Money", "type": "managed", "description": "Cash"}, {"name": "Missing"}]
    look = Look(run, tenant, {"groups": [{"id": group_id, "provider_type": "idp"}], "spaces": spaces})
    money, missing = look.items("spaces")["Money"], look.items("spaces")["Missing"]
    assert (money["action"], money["planned"]) == ("failed", "updated")
    assert money["unchangeable"] == {"type": {"current": "shared", "desired": "managed"}}
    assert look.difference(money, "description") == ("by hand", "Cash")
    assert (missing["action"], missing.get("planned")) == ("failed", None)
    assert "Required to create a new space: one of" in missing["error"]["message"]
    mine = look.items("groups")["Mine"]
    assert (mine["planned"], list(mine["unchangeable"])) == ("unchanged", ["provider_type"])


def test_everything_wrong_with_one_object_is_said(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_users([{"subject": "ada", "name": "Eve", "assignedRoles": ["TenantAdmin"]}])
    user = {
        "subject": "ada",
        "name": "Ada",
        "assigned_roles": ["Nope", "Nada"],
        "assigned_groups": ["Nowhere"],
        "email": "!",
    }
    look = Look(run, tenant, {"users": [user, {"subject": "bob", "email": "none"}]})
    places = ["users[0].email", "users[1].email", *["users[0].assigned_roles"] * 2]
    assert [place for place, _object in look.problems("users")] == [*places, "users[0].assigned_groups"]
    ada = look.items("users")["ada"]
    assert len(ada["error"]["message"].splitlines()) == 4
    assert look.difference(ada, "name") == ("Eve", "Ada")
    assert look.difference(ada, "assigned_roles") == (["TenantAdmin"], ["Nada", "Nope"])
    assert look.difference(ada, "assigned_groups") == ([], ["Nowhere"])
    assert look.items("users")["bob"]["after"]["subject"] == "bob"


def test_members_that_do_not_exist(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": "Finance"}, {"name": "By hand"}])
    tenant.plant_spaces(
        [{"name": "Money", "members": [{"group": "By hand", "roles": ["consumer"]}]}, {"name": "Other"}]
    )
    members = [
        {"group": "Nowhere", "roles": ["consumer"]},
        {"user": "nobody", "roles": ["facilitator"]},
        {"group": "Finance", "roles": ["publisher"]},
    ]
    spaces: list[Json] = [{"name": "Money", "members": members}, {"name": "Other", "owner": "nobody"}]
    look = Look(run, tenant, {"spaces": spaces})
    assert sorted(look.problems("spaces")) == [
        ("spaces[0].members[0]", "space 'Money'"),
        ("spaces[0].members[1]", "space 'Money'"),
        ("spaces[0].members[2].roles", "space 'Money'"),
        ("spaces[1].owner", "space 'Other'"),
    ]
    before, after = look.difference(look.items("spaces")["Money"], "members")
    assert [member.get("group") or member["user"] for member in before] == ["By hand"]
    assert [member.get("group") or member["user"] for member in after] == ["Finance", "Nowhere", "nobody"]


def test_what_is_described_wrongly_is_not_unknown_to_others(run: Run, tenant: LocalTenant) -> None:
    description: dict[str, Json] = {
        "roles": [{"name": "Keys", "assigned_scopes": [" "]}],
        "groups": [
            {"name": "Falcon", "provider_type": "custom", "assigned_roles": ["Nope"]},
            {"name": "x" * 257, "provider_type": "custom", "assigned_roles": ["Keys"]},
        ],
        "users": [
            {"subject": "ada", "email": "none", "assigned_groups": ["Falcon", "x" * 257], "assigned_roles": ["Keys"]},
        ],
        "spaces": [
            {"name": "A", "type": "shared", "members": [{"user": "ada", "roles": ["consumer"]}]},
            {"name": "B", "type": "shared", "members": [{"group": "Else", "roles": ["consumer"]}]},
        ],
    }
    look = Look(run, tenant, description)
    assert {area: [place for place, _object in look.problems(area)] for area in look.result["problems"]} == {
        "roles": ["roles[0].assigned_scopes"],
        "groups": ["groups[0].assigned_roles", "groups[1].name"],
        "users": ["users[0].email"],
        "spaces": ["spaces[1].members[0]"],
    }


def test_what_is_wrong_is_not_missing_too(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": "A"}])
    origins = [{"name": "X", "origin": "https://a b"}, {"name": "Y"}]
    others = {area: cases for area, cases in STANDALONE.items() if area != "csp_origins" and cases.wrong[1]}
    wrong = {area: [cases.named("W", **cases.wrong[0])] for area, cases in others.items()}
    look = Look(run, tenant, {"csp_origins": origins, **wrong})
    assert look.problems("csp_origins") == [
        ("csp_origins[0].origin", "CSP origin 'X'"),
        ("csp_origins[1].origin", "CSP origin 'Y'"),
    ]
    for area, cases in others.items():
        places = [f"{area}[0]{line.partition(':')[0]}" for line in cases.wrong[1]]
        assert [place for place, _object in look.problems(area)] == places


def test_one_object_that_is_listed_twice_is_one_object(run: Run, tenant: LocalTenant) -> None:
    (group_id,) = tenant.plant_groups([{"name": "A", "assignedRoles": ["DataAdmin"]}])
    tenant.plant_users([{"subject": "ada", "email": "ada@example.com"}])
    groups: list[Json] = [{"name": "A", "assigned_roles": []}, {"name": "A"}, {"id": group_id}]
    users: list[Json] = [{"subject": "ada"}, {"subject": "eve", "email": "ada@example.com"}]
    look = Look(run, tenant, {"groups": groups, "users": users})
    assert [item["name"] for item in look.result["areas"]["groups"]["groups"]] == ["A"]
    assert [line.partition(":")[0] for line in look.items("groups")["A"]["error"]["message"].splitlines()] == [
        "groups[1]",
        "groups[2]",
    ]
    assert look.difference(look.items("groups")["A"], "assigned_roles") == (["DataAdmin"], [])
    assert look.items("users").keys() == {"eve"}
    assert "ada@example.com" in look.items("users")["eve"]["error"]["message"]


def test_what_the_tenant_would_refuse_is_a_difference(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_roles([{"name": "Held"}, {"name": "Free"}])
    tenant.plant_groups([{"name": "G", "assignedRoles": ["Held"]}, {"name": "C", "providerType": "custom"}])
    tenant.plant_users([{"subject": "ada", "assignedGroups": ["C"]}])
    tenant.plant_spaces([{"name": "Full"}, {"name": "Empty"}])
    tenant.plant_items([{"space": "Full", "name": "An app"}])
    description: dict[str, Json] = {
        "roles": [{"name": name, "state": "absent"} for name in ("Held", "Free", "Steward")],
        "groups": [{"name": "C", "provider_type": "custom", "state": "absent"}],
        "spaces": [{"name": name, "state": "absent"} for name in ("Full", "Empty")],
    }
    look = Look(run, tenant, description)
    roles = look.items("roles")
    assert (roles["Held"]["action"], roles["Held"]["planned"]) == ("failed", "deleted")
    assert "G" in roles["Held"]["error"]["message"]
    assert roles["Free"]["action"] == "deleted"
    assert (roles["Steward"]["action"], roles["Steward"].get("planned")) == ("failed", None)
    assert look.items("groups")["C"]["planned"] == "deleted"
    assert look.items("spaces")["Full"]["planned"] == "deleted"
    assert look.items("spaces")["Empty"]["action"] == "deleted"


@pytest.mark.parametrize("limit", [None, 1])
def test_what_the_brake_keeps_is_a_difference(run: Run, tenant: LocalTenant, limit: int | None) -> None:
    tenant.plant_groups([{"name": f"G {number:02}"} for number in range(20)])
    groups = [{"name": f"G {number:02}"} for number in range(5)]
    prune: dict[str, Json] = {"groups": {} if limit is None else {"max_deletions": limit}}
    look = Look(
        run, tenant, {"groups": groups, "users": [{"subject": "ada", "assigned_roles": ["Nope"]}], "prune": prune}
    )
    assert look.problems("groups") == [("groups", None)]
    assert look.result["areas"]["groups"]["summary"]["deleted"] == 15
    assert look.result["unmanaged"]["groups"] == []
    # What cannot be told from what is described is not to be deleted.
    unclear = Look(
        run, tenant, {"groups": [*groups, {"assigned_roles": []}], "prune": {"groups": {"max_deletions": 20}}}
    )
    assert unclear.result["areas"]["groups"]["summary"]["deleted"] == 0
    assert len(unclear.result["unmanaged"]["groups"]) == 15


#: An item of each list that nothing names, what else is wrong with it, and the line of both.
NAMELESS: dict[str, tuple[dict[str, Json], list[str]]] = {
    "roles": ({"description": "d"}, ["roles[0]: name is missing."]),
    "groups": ({"provider_type": "custom"}, ["groups[0]: name or id is missing."]),
    "users": ({"name": "x"}, ["users[0]: subject or id is missing."]),
    "spaces": ({"type": "shared"}, ["spaces[0]: name or id is missing."]),
    **{
        area: (
            {**cases.options, **cases.wrong[0]},
            [f"{area}[0]: name or id is missing.", *(f"{area}[0]{line}" for line in cases.wrong[1])],
        )
        for area, cases in STANDALONE.items()
    },
    **{
        area: (cases.nameless[0], [f"{area}[0]{line}" for line in cases.nameless[1]])
        for area, cases in INDIVIDUAL.items()
    },
}


def test_items_that_nothing_names_do_not_hide_what_else_is_wrong(run: Run, tenant: LocalTenant) -> None:
    """Neither what is wrong with themselves, nor with others, nor how these differ."""
    tenant.plant_groups([{"name": "HR", "assignedRoles": ["Steward"]}])
    described: dict[str, list[Json]] = {area: [item] for area, (item, _lines) in NAMELESS.items()}
    described["groups"] += [{"name": "Finance", "assigned_roles": ["Nobody"]}, {"name": "HR", "assigned_roles": []}]
    look = Look(run, tenant, {**described, "session_policy": {"max_user_session_lifespan_minutes": 61}})
    lines = [line for _item, lines in NAMELESS.values() for line in lines if "name or id" not in line]
    desired = [
        *lines,
        "groups[0]: name or id is missing. (also at spaces[0]",
        "groups[1].assigned_roles: The tenant has no role 'Nobody'",
        "Must be a multiple of 60, not 61.",
    ]
    assert [line for line in desired if line not in look.result["msg"]] == []
    assert look.problems("users") == [("users[0]", "user without subject or id")]
    assert [look.problems(area)[0][0] for area in NAMELESS] == [f"{area}[0]" for area in NAMELESS]
    actions = {group["name"]: group["action"] for group in look.result["areas"]["groups"]["groups"]}
    assert actions == {None: "failed", "Finance": "failed", "HR": "updated"}


@pytest.mark.parametrize("area", NAMELESS)
def test_an_item_that_nothing_names_is_refused_alone(run: Run, tenant: LocalTenant, area: str) -> None:
    item, lines = NAMELESS[area]
    for module in (f"qlik_{area}", MODULE):
        assert_refused(run, module, {area: [item]}, lines[0])
        assert_refused(run, module, {area: [None]}, lines[0])


def test_mistakes_of_form_are_listed_with_items_that_nothing_names(run: Run, tenant: LocalTenant) -> None:
    users = [{"name": "x"}, {"subject": 7}]
    refused = assert_refused(run, MODULE, {"users": users}, "users[0]: subject or id is missing.", "the number 7")
    assert tenant.counters()["total"] == 0
    assert "unreachable" not in refused
