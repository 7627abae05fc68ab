# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spaces and who has access to them: every setting in five steps, and everything that must be refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from local_tenant.client import LocalTenant, TenantHandle
from modules.harness import (
    Json,
    Run,
    assert_five_steps,
    assert_refused,
    members_of,
    space_named,
    texts,
    user_of,
    writes_in,
)

EVERYONE = "000000000000000000000001"
#: Ids of nobody: what is left of deleted groups, deleted users and bots.
GONE_GROUP, GONE_USER, BOT = "a" * 24, "b" * 24, "c" * 24
ORPHANS: list[Json] = [
    {"assigneeId": GONE_GROUP, "type": "group", "roles": ["consumer"]},
    {"assigneeId": GONE_USER, "type": "user", "roles": ["producer"]},
    {"assigneeId": BOT, "type": "bot", "roles": ["facilitator"]},
]
FINANCE = {"group": "Finance", "roles": ["consumer"]}
ADA = {"user": "ada", "roles": ["facilitator"]}


@pytest.fixture
def people(tenant: LocalTenant) -> dict[str, str]:
    """Groups and users that can be members, and a space of which two are; their ids by name."""
    groups = ["Finance", "Sales", "Falcon", "Twin", "Twin (custom)", "Everyone (custom)"]
    kinds = ["idp", "idp", "custom", "idp", "custom", "custom"]
    planted = [
        {"name": name.partition(" (")[0], "providerType": kind} for name, kind in zip(groups, kinds, strict=True)
    ]
    users = ["ada", "bob", "eve"]
    ids = dict(zip(groups, tenant.plant_groups(planted), strict=True))
    ids.update(zip(users, tenant.plant_users([{"subject": name, "name": name.title()} for name in users]), strict=True))
    ids["admin"] = str((user_of(tenant, "local|admin") or {})["id"])
    space = {"name": "Money", "type": "shared", "description": "Cash", "owner": "bob", "members": [FINANCE, ADA]}
    (ids["Money"],) = tenant.plant_spaces([space])
    return ids


def view(tenant: TenantHandle, ids: Mapping[str, str]) -> Json:
    """All spaces: type, description, owner and members, with names for ids where there are any."""
    names = {value: name for name, value in ids.items()}
    return {
        space["name"]: (
            space["type"],
            space.get("description", ""),
            names[space["ownerId"]],
            {names.get(each["assigneeId"], each["assigneeId"]): sorted(each["roles"]) for each in space["assignments"]},
        )
        for space in tenant.spaces()
    }


HELD = ("shared", "Cash", "bob", {"Finance": ["consumer"], "ada": ["facilitator"]})


def current(**changes: Json) -> Json:
    """The planted space with changes to its type, description, owner or members."""
    kept = dict(zip(("type", "description", "owner", "members"), HELD, strict=True))
    return tuple({**kept, **changes}.values())


#: Options, the spaces afterwards beside the one that is there, and whether that is a change.
SPACES: dict[str, tuple[dict[str, Json], dict[str, Json], bool]] = {
    "create": ({"name": "New", "type": "shared"}, {"New": ("shared", "", "admin", {})}, True),
    "create managed": ({"name": "New", "type": "managed"}, {"New": ("managed", "", "admin", {})}, True),
    "create data": ({"name": "New", "type": "data"}, {"New": ("data", "", "admin", {})}, True),
    "create, described": (
        {"name": "New", "type": "shared", "description": "d"},
        {"New": ("shared", "d", "admin", {})},
        True,
    ),
    "create, no description": (
        {"name": "New", "type": "shared", "description": ""},
        {"New": ("shared", "", "admin", {})},
        True,
    ),
    "create, owned by subject": (
        {"name": "New", "type": "shared", "owner": "ada"},
        {"New": ("shared", "", "ada", {})},
        True,
    ),
    "create, owned by the caller": (
        {"name": "New", "type": "shared", "owner": "local|admin"},
        {"New": ("shared", "", "admin", {})},
        True,
    ),
    "create, no members": (
        {"name": "New", "type": "shared", "members": []},
        {"New": ("shared", "", "admin", {})},
        True,
    ),
    "create in full": (
        {
            "name": "New",
            "type": "managed",
            "description": "d",
            "owner": "eve",
            "members": [
                {"group": "Finance", "roles": ["consumer", "dataconsumer", "consumer"]},
                {"group": "Falcon", "provider_type": "custom", "roles": ["publisher"]},
                {"group": "Everyone", "roles": ["consumer"]},
                {"user": "ada", "roles": ["facilitator"]},
            ],
        },
        {
            "New": (
                "managed",
                "d",
                "eve",
                {
                    "Finance": ["consumer", "dataconsumer"],
                    "Falcon": ["publisher"],
                    EVERYONE: ["consumer"],
                    "ada": ["facilitator"],
                },
            )
        },
        True,
    ),
    "nothing asked": ({"name": "Money"}, {}, False),
    "type equal": ({"name": "Money", "type": "shared"}, {}, False),
    "description equal": ({"name": "Money", "description": "Cash"}, {}, False),
    "description": ({"name": "Money", "description": "New"}, {"Money": current(description="New")}, True),
    "description emptied": ({"name": "Money", "description": ""}, {"Money": current(description="")}, True),
    "owner equal": ({"name": "Money", "owner": "bob"}, {}, False),
    "owner": ({"name": "Money", "owner": "eve"}, {"Money": current(owner="eve")}, True),
    "members equal": ({"name": "Money", "members": [ADA, FINANCE]}, {}, False),
    "members equal, not purged": ({"name": "Money", "members": [ADA], "purge_members": False}, {}, False),
    "no members, not purged": ({"name": "Money", "members": [], "purge_members": False}, {}, False),
    "members emptied": ({"name": "Money", "members": []}, {"Money": current(members={})}, True),
    "a member less": ({"name": "Money", "members": [ADA]}, {"Money": current(members={"ada": ["facilitator"]})}, True),
    "a member more": (
        {"name": "Money", "members": [{"user": "eve", "roles": ["producer"]}], "purge_members": False},
        {"Money": current(members={"Finance": ["consumer"], "ada": ["facilitator"], "eve": ["producer"]})},
        True,
    ),
    "other members": (
        {"name": "Money", "members": [{"group": "Sales", "roles": ["producer"]}]},
        {"Money": current(members={"Sales": ["producer"]})},
        True,
    ),
    "other roles": (
        {"name": "Money", "members": [{"group": "Finance", "roles": ["producer", "codeveloper"]}, ADA]},
        {"Money": current(members={"Finance": ["codeveloper", "producer"], "ada": ["facilitator"]})},
        True,
    ),
    "roles added": (
        {"name": "Money", "members": [{"group": "Finance", "roles": ["producer"], "purge_roles": False}, ADA]},
        {"Money": current(members={"Finance": ["consumer", "producer"], "ada": ["facilitator"]})},
        True,
    ),
    "roles added that are there": (
        {"name": "Money", "members": [{"group": "Finance", "roles": ["consumer"], "purge_roles": False}, ADA]},
        {},
        False,
    ),
    "roles added, member new, nobody purged": (
        {
            "name": "Money",
            "members": [{"group": "Sales", "roles": ["producer"], "purge_roles": False}],
            "purge_members": False,
        },
        {"Money": current(members={"Finance": ["consumer"], "ada": ["facilitator"], "Sales": ["producer"]})},
        True,
    ),
    "Everyone": (
        {"name": "Money", "members": [{"group": "Everyone", "roles": ["consumer"]}]},
        {"Money": current(members={EVERYONE: ["consumer"]})},
        True,
    ),
    "Everyone by the name of the system group": (
        {"name": "Money", "members": [{"group": "com.qlik.Everyone", "roles": ["consumer"]}]},
        {"Money": current(members={EVERYONE: ["consumer"]})},
        True,
    ),
    "Everyone by id": (
        {"name": "Money", "members": [{"assignee_id": EVERYONE, "assignee_type": "group", "roles": ["consumer"]}]},
        {"Money": current(members={EVERYONE: ["consumer"]})},
        True,
    ),
    "a custom group that is called Everyone": (
        {"name": "Money", "members": [{"group": "Everyone", "provider_type": "custom", "roles": ["consumer"]}]},
        {"Money": current(members={"Everyone (custom)": ["consumer"]})},
        True,
    ),
    "twins": (
        {
            "name": "Money",
            "members": [
                {"group": "Twin", "provider_type": "idp", "roles": ["consumer"]},
                {"group": "Twin", "provider_type": "custom", "roles": ["producer"]},
            ],
        },
        {"Money": current(members={"Twin": ["consumer"], "Twin (custom)": ["producer"]})},
        True,
    ),
    "everything": (
        {"name": "Money", "description": "x", "owner": "ada", "members": [{"user": "bob", "roles": ["producer"]}]},
        {"Money": ("shared", "x", "ada", {"bob": ["producer"]})},
        True,
    ),
    "delete what is not there": ({"name": "money", "state": "absent"}, {}, False),
    "delete": ({"name": "Money", "state": "absent"}, {"Money": None}, True),
}


@pytest.mark.parametrize("case", SPACES)
def test_space(run: Run, tenant: LocalTenant, people: dict[str, str], case: str) -> None:
    options, after, changed = SPACES[case]
    expected = {name: space for name, space in {"Money": HELD, **after}.items() if space is not None}
    assert_five_steps(run, "qlik_space", options, lambda current: view(current, people), expected, changed=changed)


@pytest.mark.parametrize("case", SPACES)
def test_spaces(run: Run, tenant: LocalTenant, people: dict[str, str], case: str) -> None:
    """The same by the module for many."""
    options, after, changed = SPACES[case]
    expected = {name: space for name, space in {"Money": HELD, **after}.items() if space is not None}
    result = assert_five_steps(
        run, "qlik_spaces", {"spaces": [options]}, lambda current: view(current, people), expected, changed=changed
    )
    assert sum(result["summary"].values()) == 1


@pytest.mark.parametrize("kind", ["group", "user"])
def test_member_by_id(run: Run, tenant: LocalTenant, people: dict[str, str], kind: str) -> None:
    name = "Sales" if kind == "group" else "eve"
    member = {"assignee_id": people[name], "assignee_type": kind, "roles": ["producer"]}
    options = {"id": people["Money"], "members": [member]}
    result = assert_five_steps(
        run,
        "qlik_space",
        options,
        lambda current: view(current, people),
        {"Money": current(members={name: ["producer"]})},
    )
    shown = {"group": "Sales", "provider_type": "idp"} if kind == "group" else {"user": "eve"}
    assert result["space"]["members"] == [{**shown, "roles": ["producer"]}]


def test_owner_by_id_and_new_name(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    options = {"id": people["Money"], "name": "Cash", "owner_id": people["eve"]}
    result = assert_five_steps(
        run, "qlik_space", options, lambda current: view(current, people), {"Cash": current(owner="eve")}
    )
    assert (result["space"]["owner"], result["space"]["owner_id"]) == ("eve", people["eve"])
    assert result["diff"]["before"]["owner"] == "bob"


@pytest.mark.parametrize("what_becomes", ["dropped", "hidden"])
def test_a_member_that_becomes_the_owner(
    run: Run, tenant: LocalTenant, people: dict[str, str], what_becomes: str
) -> None:
    tenant.guess(owner_assignment=what_becomes)
    options = {"name": "Money", "owner": "ada", "members": [FINANCE]}
    assert_five_steps(run, "qlik_space", options, lambda current: view(current, people)["Money"][2], "ada")
    assert members_of(tenant, "Money").get(people["ada"]) is None


@pytest.mark.parametrize("what_becomes", ["dropped", "hidden"])
def test_a_member_that_becomes_the_owner_and_is_not_listed(
    run: Run, tenant: LocalTenant, people: dict[str, str], what_becomes: str
) -> None:
    """Nobody has asked for the owner to be a member, so nothing is wrong."""
    tenant.guess(owner_assignment=what_becomes)
    options = {"name": "Money", "owner": "ada", "members": [FINANCE], "purge_members": False}
    assert_five_steps(run, "qlik_space", options, lambda current: view(current, people)["Money"][2], "ada")


@pytest.mark.parametrize("purge", [True, False])
def test_orphans(run: Run, tenant: LocalTenant, people: dict[str, str], purge: bool) -> None:
    tenant.plant_spaces([{"name": "Money", "members": [FINANCE, *ORPHANS]}])
    options = {"name": "Money", "members": [FINANCE], "purge_members": purge}
    before = run("qlik_space_info", name="Money")["spaces"][0]["members"]
    shown = [
        {"assignee_id": each["assigneeId"], "assignee_type": each["type"], "roles": each["roles"]} for each in ORPHANS
    ]
    assert [each for each in before if "assignee_id" in each] == sorted(
        shown, key=lambda each: str(each["assignee_type"])
    )
    left = {} if purge else {each["assigneeId"]: each["roles"] for each in ORPHANS}
    expected = {people["Finance"]: ["consumer"], **left}
    result = assert_five_steps(
        run, "qlik_space", options, lambda current: members_of(current, "Money"), expected, changed=purge
    )
    assert len(result["diff"]["before"]["members"]) == 4


@pytest.mark.parametrize("kind", ["group", "user"])
def test_orphan_that_is_named_by_its_id(run: Run, tenant: LocalTenant, people: dict[str, str], kind: str) -> None:
    tenant.plant_spaces([{"name": "Money", "members": ORPHANS}])
    gone = GONE_GROUP if kind == "group" else GONE_USER
    member = {"assignee_id": gone, "assignee_type": kind, "roles": ["consumer"]}
    assert_refused(run, "qlik_space", {"name": "Money", "members": [member]}, f"The tenant has no {kind} '{gone}'")


def test_orphan_whose_user_is_deleted(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    run("qlik_user", subject="ada", state="absent")
    (space,) = run("qlik_space_info", name="Money")["spaces"]
    assert {"assignee_id": people["ada"], "assignee_type": "user", "roles": ["facilitator"]} in space["members"]
    assert_refused(run, "qlik_space", {"name": "Money", "members": [ADA, FINANCE]}, "The tenant has no user 'ada'")


def test_an_owner_that_is_gone_is_shown_by_id(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    tenant.remove_users([people["bob"]])
    result = run("qlik_space", name="Money", owner="eve")
    assert result["changed"] is True
    assert (result["diff"]["before"]["owner"], result["diff"]["after"]["owner"]) == (people["bob"], "eve")


#: Options of the space Money, or of a new one, and words of the refusal.
REFUSED: dict[str, tuple[dict[str, Json], tuple[str, ...]]] = {
    "name empty": ({"name": "", "type": "shared"}, ("name", "empty")),
    "name blank": ({"name": "  ", "type": "shared"}, ("name", "Must not be empty")),
    "name too long": ({"name": "x" * 257, "type": "shared"}, ("name: ", "1 to 256")),
    **{
        f"name with {sign}": ({"name": f"a{sign}b", "type": "shared"}, ("name: ", "without any of", repr(f"a{sign}b")))
        for sign in '"*?<>/\\|:'
    },
    "type missing": ({"name": "New"}, ("type: ", "Required", "shared, managed, data")),
    "type unknown": ({"name": "New", "type": "personal"}, ("type", "shared, managed, data")),
    "type differs": (
        {"name": "Money", "type": "managed"},
        ("type: ", "'shared'", "'managed'", "never deletes"),
    ),
    "role unknown": (
        {"name": "Money", "members": [{"group": "Finance", "roles": ["Consumer"]}]},
        (
            "members[0].roles: ",
            "'Consumer' is not a role of shared spaces",
            "Did you mean consumer",
            "Use one of codeveloper, consumer",
        ),
    ),
    "role of another type": (
        {"name": "New", "type": "shared", "members": [ADA, {"group": "Finance", "roles": ["publisher"]}]},
        ("members[1].roles: ", "'publisher' is not a role of"),
    ),
    "no roles": (
        {"name": "Money", "members": [{"group": "Finance", "roles": []}]},
        ("members[0].roles: ", "at least one"),
    ),
    "roles missing": ({"name": "Money", "members": [{"group": "Finance"}]}, ("members[0]", "roles")),
    "roles null": ({"name": "Money", "members": [{"group": "Finance", "roles": None}]}, ("members[0]", "roles")),
    "nobody": ({"name": "Money", "members": [{"roles": ["consumer"]}]}, ("members[0]", "group or user or assignee_id")),
    "of both sorts": (
        {"name": "Money", "members": [{"group": "Finance", "user": "ada", "roles": ["consumer"]}]},
        ("members[0]", "only one of"),
    ),
    "id without a type": (
        {"name": "Money", "members": [{"assignee_id": "x", "roles": ["consumer"]}]},
        ("members[0]", "assignee_id and assignee_type"),
    ),
    "group that is missing": (
        {"name": "Money", "members": [ADA, {"group": "finance", "roles": ["consumer"]}]},
        ("members[1]: ", "no idp group 'finance'"),
    ),
    "group of the other kind": (
        {"name": "Money", "members": [{"group": "Falcon", "roles": ["consumer"]}]},
        ("members[0]: ", "no idp group 'Falcon'"),
    ),
    "user that is missing": (
        {"name": "Money", "members": [{"user": "adam", "roles": ["consumer"]}]},
        ("members[0]: ", "'adam'"),
    ),
    "member twice": (
        {"name": "Money", "members": [FINANCE, ADA, FINANCE]},
        ("members[2]: ", "'Finance' is listed twice"),
    ),
    "Everyone twice": (
        {
            "name": "Money",
            "members": [{"group": name, "roles": ["consumer"]} for name in ("Everyone", "com.qlik.Everyone")],
        },
        ("members[1]: ", "'Everyone' is listed twice"),
    ),
    "id of Everyone as the id of a user": (
        {"name": "Money", "members": [{"assignee_id": EVERYONE, "assignee_type": "user", "roles": ["consumer"]}]},
        ("members[0]: ", f"The tenant has no user '{EVERYONE}'"),
    ),
    "id of Everyone as the name of a group": (
        {"name": "Money", "members": [{"group": EVERYONE, "roles": ["consumer"]}]},
        ("members[0]: ", f"The tenant has no idp group '{EVERYONE}'"),
    ),
    "id of Everyone as the subject of a user": (
        {"name": "Money", "members": [{"user": EVERYONE, "roles": ["consumer"]}]},
        ("members[0]: ", f"The tenant has no user '{EVERYONE}'"),
    ),
    "owner as a member": (
        {"name": "Money", "members": [{"user": "bob", "roles": ["consumer"]}]},
        ("members[0]: ", "'bob' is the owner"),
    ),
    "new owner as a member": (
        {"name": "Money", "owner": "ada", "members": [ADA]},
        ("members[0]: ", "'ada' is the owner"),
    ),
    "owner of a new space as a member": (
        {"name": "New", "type": "shared", "owner": "ada", "members": [ADA]},
        ("members[0]: ", "'ada' is the owner"),
    ),
    "owner unknown": ({"name": "Money", "owner": "nobody"}, ("owner: ", "The tenant has no user 'nobody'")),
    "owner by an unknown id": ({"name": "Money", "owner_id": "x" * 24}, ("owner", "The tenant has no user")),
    "owner of a new space unknown": ({"name": "New", "type": "shared", "owner": "nobody"}, ("owner: ", "'nobody'")),
    "owner twice": ({"name": "Money", "owner": "ada", "owner_id": "x"}, ("owner",)),
    "id unknown": ({"id": "x" * 24, "type": "shared"}, ("id: The tenant has no space", "Correct `id`")),
    "neither name nor id": ({"type": "shared"}, ("name", "id")),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.usefixtures("people")
def test_refused(run: Run, case: str) -> None:
    options, words = REFUSED[case]
    assert_refused(run, "qlik_space", options, *words)


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.usefixtures("people")
def test_refused_among_many(run: Run, case: str) -> None:
    """The same words with the place, and what was right among them is not written either."""
    options, words = REFUSED[case]
    fine = {"name": "Fine", "type": "shared"}
    assert_refused(run, "qlik_spaces", {"spaces": [fine, options]}, "spaces[1]", *words)
    assert_refused(run, "qlik_configuration", {"spaces": [fine, options]}, "spaces[1]", *words)


def test_renaming_to_a_name_that_is_taken(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    tenant.plant_spaces([{"name": "Cash"}, {"name": "Petty Cash"}])
    words = "name: ", "The tenant already has another space 'Cash'"
    options = {"id": people["Money"], "name": "Cash"}
    assert_refused(run, "qlik_space", options, *words)
    assert_refused(run, "qlik_spaces", {"spaces": [{"name": "Petty Cash", "description": "x"}, options]}, *words)
    assert run("qlik_space", id=people["Money"], name="cash")["changed"] is True


def test_type_that_the_tenant_does_not_have(run: Run, tenant: LocalTenant) -> None:
    tenant.set_tenant(space_types=["data", "shared"])
    options = {"name": "New", "type": "managed"}
    words = "type: ", "The tenant does not support spaces of type 'managed'. Use one of data, shared"
    assert_refused(run, "qlik_space", options, *words)
    assert_refused(run, "qlik_spaces", {"spaces": [{"name": "Fine", "type": "shared"}, options]}, "spaces[1]", *words)


def test_roles_that_the_space_itself_lacks(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    tenant.guess(codeveloper_in_shared_spaces=False)
    member = {"group": "Sales", "roles": ["codeveloper"]}
    assert_refused(
        run,
        "qlik_space",
        {"name": "Money", "members": [member]},
        "'codeveloper' is not a role of",
        "Use one of consumer,",
    )


@pytest.mark.parametrize("by", ["id", "name"])
def test_member_twice_by_name_and_id(run: Run, tenant: LocalTenant, people: dict[str, str], by: str) -> None:
    by_id = {"assignee_id": people["ada"], "assignee_type": "user", "roles": ["producer"]}
    members = [ADA, by_id] if by == "id" else [by_id, ADA]
    assert_refused(run, "qlik_space", {"name": "Money", "members": members}, "members[1]: ", "'ada' is listed twice")


def test_owner_as_a_member_by_id(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    member = {"assignee_id": people["bob"], "assignee_type": "user", "roles": ["producer"]}
    assert_refused(run, "qlik_space", {"name": "Money", "members": [member]}, "members[0]: ", "'bob' is the owner")
    by_id = {"name": "Money", "owner_id": people["ada"], "members": [FINANCE, ADA]}
    assert_refused(run, "qlik_space", by_id, "members[1]: ", "'ada' is the owner")


def test_deleting_what_holds_something(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    tenant.plant_items([{"space": "Money", "name": "Budget", "resourceType": "app"}])
    tenant.plant_spaces([{"name": "Empty"}])
    words = "cannot be deleted because it contains the app 'Budget' and possibly more", "Move or delete"
    options = {"name": "Money", "state": "absent"}
    assert_refused(run, "qlik_space", options, *words)
    assert_refused(run, "qlik_space", {"id": people["Money"], "state": "absent"}, *words)
    assert_refused(run, "qlik_spaces", {"spaces": [{"name": "Empty", "state": "absent"}, options]}, "spaces[1]", *words)
    kept = {"spaces": [{"name": "Empty"}], "prune": True}
    assert_refused(run, "qlik_spaces", kept, "contains the app 'Budget'")
    tenant.guess(space_delete_with_content="allowed")
    assert_refused(run, "qlik_space", options, *words)


def test_deleting_what_holds_something_that_no_list_shows(
    run: Run, tenant: LocalTenant, people: dict[str, str]
) -> None:
    tenant.plant_items([{"space": "Money", "name": "Budget", "resourceType": "app", "listed": False}])
    result = run("qlik_space", name="Money", state="absent")
    assert (result["failed"], result["changed"]) == (True, False)
    assert "not empty" in result["msg"]
    assert space_named(tenant, "Money") is not None


def test_names_that_differ_in_case(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    for check in (True, False):
        result = run("qlik_space", check=check, name="MONEY", type="shared")
        assert result["changed"] is True
        assert any("'MONEY'" in text and "'Money'" in text and "only by case" in text for text in texts(result))
    spaces = [{"name": name, "type": "shared"} for name in ("a b", "A B")]
    assert any("only by case" in text for text in texts(run("qlik_spaces", spaces=spaces)))
    assert texts(run("qlik_space", name="Money")) == []
    gone = run("qlik_space", name="mONEY", state="absent")
    assert gone["changed"] is False
    assert any("nothing is deleted" in text for text in texts(gone))


@pytest.mark.parametrize("module", ["qlik_space", "qlik_space_member", "qlik_configuration"])
def test_a_name_that_two_groups_have(run: Run, tenant: LocalTenant, people: dict[str, str], module: str) -> None:
    """this means the idp group, and the task says so as long as it does not say itself which is meant."""

    def options(**provider_type: str) -> dict[str, Json]:
        member = {"group": "Twin", "roles": ["consumer"], **provider_type}
        space = {"name": "Money", "members": [member], "purge_members": False}
        if module == "qlik_space_member":
            return {"space": "Money", **member}
        return space if module == "qlik_space" else {"spaces": [space]}

    for check, changed in ((True, True), (False, True), (False, False)):
        result = run(module, check=check, **options())
        assert result["changed"] is changed
        (warning,) = texts(result)
        assert "an idp and a custom group 'Twin'" in warning
        assert "this means the idp group" in warning
    assert people["Twin"] in members_of(tenant, "Money")
    assert people["Twin (custom)"] not in members_of(tenant, "Money")
    assert texts(run(module, **options(provider_type="idp"))) == []
    assert texts(run(module, **options(provider_type="custom"))) == []


def test_a_group_of_the_other_kind_is_hinted_at(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    member = {"group": "Falcon", "roles": ["consumer"]}
    assert_refused(
        run, "qlik_space", {"name": "Money", "members": [member]}, "no idp group 'Falcon'", "other provider_type"
    )


def test_who_does_not_see_every_space(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    words = "cannot list all spaces", "TenantAdmin or AnalyticsAdmin"
    key = {"api_key": tenant.api_key_without_rights}
    for space in ({"name": "Money"}, {"name": "Nowhere"}, {"id": people["Money"]}):
        assert_refused(run, "qlik_space", {**space, "state": "absent", **key}, *words)
        assert_refused(run, "qlik_spaces", {"spaces": [{**space, "state": "absent"}], **key}, *words)
        assert_refused(run, "qlik_configuration", {"spaces": [{**space, "state": "absent"}], **key}, *words)


@pytest.mark.parametrize("role", ["AnalyticsAdmin", "SharedSpaceCreator"])
def test_pruning_needs_who_sees_every_space(run: Run, tenant: LocalTenant, people: dict[str, str], role: str) -> None:
    tenant.plant_users([{"subject": "local|plain", "assignedRoles": [role]}])
    tenant.plant_spaces([{"name": "Own", "owner": "local|plain"}, {"name": "Old"}])
    options: dict[str, Json] = {"spaces": [{"name": "Own", "type": "shared"}], "prune": True, "max_deletions": 2}
    options["api_key"] = tenant.api_key_without_rights
    whole = {**options, "prune": {"spaces": {"max_deletions": 2}}}
    del whole["max_deletions"]
    if role == "SharedSpaceCreator":
        # It sees its own space alone, so that there is nothing to prune, and that would not be true.
        assert_refused(run, "qlik_spaces", options, "cannot list all spaces")
        assert_refused(run, "qlik_configuration", whole, "cannot list all spaces")
    else:
        assert run("qlik_spaces", check=True, **options)["summary"]["deleted"] == 2
        assert run("qlik_configuration", **whole)["areas"]["spaces"]["summary"]["deleted"] == 2
        assert [space["name"] for space in tenant.spaces()] == ["Own"]


# One member.

MEMBER: dict[str, tuple[dict[str, Json], Json, bool]] = {
    "new group": ({"group": "Sales", "roles": ["consumer"]}, {"Sales": ["consumer"]}, True),
    "new custom group": (
        {"group": "Falcon", "provider_type": "custom", "roles": ["consumer"]},
        {"Falcon": ["consumer"]},
        True,
    ),
    "new user": ({"user": "eve", "roles": ["producer", "consumer"]}, {"eve": ["consumer", "producer"]}, True),
    "Everyone": ({"group": "Everyone", "roles": ["consumer"]}, {EVERYONE: ["consumer"]}, True),
    "equal": (FINANCE, {}, False),
    "roles": ({"user": "ada", "roles": ["producer"]}, {"ada": ["producer"]}, True),
    "roles added": (
        {"user": "ada", "roles": ["producer"], "purge_roles": False},
        {"ada": ["facilitator", "producer"]},
        True,
    ),
    "roles added that are there": ({"user": "ada", "roles": ["facilitator"], "purge_roles": False}, {}, False),
    "gone": ({"user": "ada", "state": "absent"}, {"ada": None}, True),
    "gone, with roles": ({"group": "Finance", "roles": ["producer"], "state": "absent"}, {"Finance": None}, True),
    "gone already": ({"user": "eve", "state": "absent"}, {}, False),
    "gone, of nobody": ({"user": "nobody", "state": "absent"}, {}, False),
    "gone, of no group": ({"group": "Falcon", "state": "absent"}, {}, False),
    "gone, of the owner": ({"user": "bob", "state": "absent"}, {}, False),
}


@pytest.mark.parametrize("by", ["name", "id"])
@pytest.mark.parametrize("case", MEMBER)
def test_space_member(run: Run, tenant: LocalTenant, people: dict[str, str], case: str, by: str) -> None:
    options, changes, changed = MEMBER[case]
    space = {"space": "Money"} if by == "name" else {"space_id": people["Money"]}
    members = {**HELD[3], **changes}
    expected = {"Money": current(members={name: roles for name, roles in members.items() if roles})}
    result = assert_five_steps(
        run, "qlik_space_member", {**space, **options}, lambda seen: view(seen, people), expected, changed=changed
    )
    actions = {"new": "created", "Eve": "created", "rol": "updated", "gon": "deleted"}
    assert result["action"] == (actions[case[:3]] if changed else "unchanged")
    assert (result["member"] is None) is (options.get("state") == "absent")


@pytest.mark.parametrize("kind", ["user", "group", "gone user", "gone group", "Everyone"])
def test_space_member_by_id(run: Run, tenant: LocalTenant, people: dict[str, str], kind: str) -> None:
    """An orphan can be taken away by its id, which is more than a description can do without a purge."""
    everyone = {"group": "com.qlik.Everyone", "roles": ["consumer"]}
    tenant.plant_spaces([{"name": "Money", "members": [FINANCE, ADA, everyone, *ORPHANS]}])
    ids = {"user": "ada", "group": "Finance"}
    gone = {"gone user": GONE_USER, "gone group": GONE_GROUP, "Everyone": EVERYONE}
    assignee_id = people[ids[kind]] if kind in ids else gone[kind]
    expected = {key: roles for key, roles in members_of(tenant, "Money").items() if key != assignee_id}
    options = {"space": "Money", "assignee_id": assignee_id, "state": "absent"}
    options["assignee_type"] = "user" if "user" in kind else "group"
    result = assert_five_steps(run, "qlik_space_member", options, lambda seen: members_of(seen, "Money"), expected)
    assert (result["action"], result["member"]) == ("deleted", None)
    assert result["diff"]["before"] is not None


REFUSED_MEMBERS: dict[str, tuple[dict[str, Json], tuple[str, ...]]] = {
    "space unknown": (
        {"space": "money", **FINANCE},
        ("space: ", "The tenant has no space 'money'", "create the space first"),
    ),
    "space unknown by id": ({"space_id": "x" * 24, **FINANCE}, ("space_id: ", "The tenant has no space")),
    "space unknown, absent": (
        {"space": "money", "group": "Finance", "state": "absent"},
        ("space: ", "no space 'money'"),
    ),
    "no space": (FINANCE, ("space", "space_id")),
    "both spaces": ({"space": "Money", "space_id": "x", **FINANCE}, ("mutually exclusive", "space")),
    "no member": ({"space": "Money", "roles": ["consumer"]}, ("group", "user", "assignee_id")),
    "both sorts": ({"space": "Money", "user": "ada", **FINANCE}, ("mutually exclusive",)),
    "roles missing": ({"space": "Money", "group": "Finance"}, ("roles",)),
    "roles empty": ({"space": "Money", "group": "Finance", "roles": []}, ("roles: ", "at least one role")),
    "role of another type": (
        {"space": "Money", "group": "Finance", "roles": ["publisher"]},
        ("roles: ", "'publisher'"),
    ),
    "role misspelt": ({"space": "Money", "group": "Finance", "roles": ["producr"]}, ("Did you mean producer",)),
    "group unknown": ({"space": "Money", "group": "Finanse", "roles": ["consumer"]}, ("no idp group 'Finanse'",)),
    "user unknown": ({"space": "Money", "user": "adam", "roles": ["consumer"]}, ("no user 'adam'",)),
    "id unknown": (
        {"space": "Money", "assignee_id": "x" * 24, "assignee_type": "user", "roles": ["consumer"]},
        ("no user",),
    ),
    "the owner": ({"space": "Money", "user": "bob", "roles": ["consumer"]}, ("'bob' is the owner of the space",)),
}


@pytest.mark.parametrize("case", REFUSED_MEMBERS)
@pytest.mark.usefixtures("people")
def test_refused_member(run: Run, case: str) -> None:
    options, words = REFUSED_MEMBERS[case]
    result = assert_refused(run, "qlik_space_member", options, *words)
    assert "members[0]" not in result["msg"]


def test_planned_members(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    """What an earlier task would have created counts in check mode alone."""
    new = [{"group": "Later", "roles": ["consumer"]}, {"user": "later", "roles": ["producer"]}]
    planned: dict[str, Json] = {"planned_groups": ["Later"], "planned_users": ["later", "boss"]}
    options: dict[str, Json] = {"name": "Money", "members": new, "owner": "boss", **planned}
    result = run("qlik_space", check=True, **options)
    assert result["changed"] is True, result
    assert texts(result) == []
    assert result["diff"]["after"]["members"] == [
        {"group": "Later", "provider_type": "idp", "roles": ["consumer"]},
        {"user": "later", "roles": ["producer"]},
    ]
    assert run("qlik_space", **options)["failed"] is True
    for member in new:
        one = {"space": "Money", **member, **planned}
        result = run("qlik_space_member", check=True, **one)
        assert (result["action"], result["member"]["roles"]) == ("created", member["roles"])
        assert run("qlik_space_member", **one)["failed"] is True


# Many spaces.


def plant_types(tenant: LocalTenant, count: int) -> None:
    tenant.plant_spaces(
        [
            {"name": f"{kind} {number}", "type": kind}
            for kind in ("shared", "managed", "data")
            for number in range(count)
        ]
    )


def names_in(tenant: LocalTenant) -> list[str]:
    return sorted(space["name"] for space in tenant.spaces())


@pytest.mark.parametrize("types", [None, ["managed"], ["data", "shared"]])
def test_prune_by_type(run: Run, tenant: LocalTenant, types: list[str] | None) -> None:
    plant_types(tenant, 2)
    kept = {"name": "managed 1"}
    gone = types or ["shared", "managed"]
    expected = [
        name for name in names_in(tenant) if name == kept["name"] or not any(name.startswith(kind) for kind in gone)
    ]
    options: dict[str, Json] = {"spaces": [kept], "prune": True, "prune_types": types}
    whole: dict[str, Json] = {"spaces": [kept], "prune": {"spaces": {"types": types} if types else {}}}
    planned = run("qlik_configuration", check=True, **whole)
    assert planned["areas"]["spaces"]["summary"]["deleted"] == 6 - len(expected)
    assert_five_steps(run, "qlik_spaces", options, names_in, expected)


def test_prune_protects(run: Run, tenant: LocalTenant) -> None:
    plant_types(tenant, 3)
    options: dict[str, Json] = {
        "spaces": [{"name": "shared 0"}],
        "prune": True,
        "prune_protect": ["managed *", "shared 2"],
    }
    expected = [name for name in names_in(tenant) if name != "shared 1"]
    assert_five_steps(run, "qlik_spaces", options, names_in, expected)


def test_prune_brakes(run: Run, tenant: LocalTenant) -> None:
    plant_types(tenant, 8)
    options: dict[str, Json] = {"spaces": [{"name": "shared 0"}], "prune": True}
    assert_refused(run, "qlik_spaces", options, "15 of 16 spaces", "'managed 7'", "max_deletions")
    assert_refused(run, "qlik_spaces", {**options, "max_deletions": 14}, "15 spaces", "max_deletions is 14")
    assert_refused(run, "qlik_spaces", {"spaces": [], "prune": True}, "everything")
    assert run("qlik_spaces", **options, max_deletions=15)["summary"]["deleted"] == 15
    assert names_in(tenant) == ["data " + str(number) for number in range(8)] + ["shared 0"]


def test_many_in_one_task(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    plant_types(tenant, 2)
    spaces: list[Json] = [
        {"name": "Money", "description": "new", "members": [{"group": "Sales", "roles": ["producer"]}]},
        {"name": "New", "type": "managed", "members": [{"group": "Everyone", "roles": ["consumer"]}]},
        {"name": "shared 0", "state": "absent"},
        {"name": "managed 0"},
    ]
    expected = [name for name in [*names_in(tenant), "New"] if name != "shared 0"]
    result = assert_five_steps(run, "qlik_spaces", {"spaces": spaces}, names_in, sorted(expected))
    assert result["summary"] == {"created": 1, "updated": 1, "deleted": 1, "unchanged": 1, "failed": 0}


@pytest.mark.parametrize("by", ["name", "id", "rename"])
def test_a_space_that_is_listed_twice(run: Run, tenant: LocalTenant, people: dict[str, str], by: str) -> None:
    second = {"name": {"name": "Money"}, "id": {"id": people["Money"]}, "rename": {"id": people["Money"], "name": "X"}}
    spaces = [{"name": "Money", "description": "a"}, {**second[by], "description": "b"}]
    assert_refused(run, "qlik_spaces", {"spaces": spaces}, "spaces[1]", "spaces[0]")


# A whole description.

WHOLE: dict[str, Any] = {
    "license_settings": {"auto_assign_professional": False, "auto_assign_analyzer": True},
    "roles": [{"name": "Keys", "assigned_scopes": ["api-keys"]}],
    "groups": [
        {"name": "Finance Analysts", "assigned_roles": ["Keys"]},
        {"name": "Finance Developers", "assigned_roles": ["Steward"]},
        {"name": "Project", "provider_type": "custom"},
    ],
    "users": [{"subject": "boss", "name": "Boss"}, {"subject": "new", "name": "New", "assigned_groups": ["Project"]}],
    "spaces": [
        {
            "name": "Finance (dev)",
            "type": "shared",
            "owner": "boss",
            "members": [{"group": "Finance Developers", "roles": ["producer", "consumer"]}],
        },
        {
            "name": "Finance",
            "type": "managed",
            "description": "Released",
            "members": [
                {"group": "Finance Analysts", "roles": ["consumer"]},
                {"group": "Project", "provider_type": "custom", "roles": ["contributor"]},
                {"user": "new", "roles": ["facilitator"]},
            ],
        },
        {"name": "Money", "owner": "boss", "members": [{"user": "new", "roles": ["producer"]}], "purge_members": False},
    ],
}


def test_a_whole_description(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    before = tenant.state()
    tenant.reset_counters()
    planned = run("qlik_configuration", check=True, **WHOLE)
    assert tenant.state() == before
    assert writes_in(tenant.counters()) == []
    done = run("qlik_configuration", **WHOLE)
    assert "failed" not in done, done
    for key in ("changed", "plan", "diff"):
        assert done[key] == planned[key]
    assert done["areas"]["spaces"]["summary"] == {"created": 2, "updated": 1, "deleted": 0, "unchanged": 0, "failed": 0}
    ids = {**people, **{each["name"]: each["id"] for each in tenant.groups()}}
    ids.update({each["subject"]: each["id"] for each in tenant.users()}, admin=people["admin"])
    ids.pop("local|admin")
    seen = view(tenant, ids)
    assert seen["Finance (dev)"] == ("shared", "", "boss", {"Finance Developers": ["consumer", "producer"]})
    expected = {"Finance Analysts": ["consumer"], "Project": ["contributor"], "new": ["facilitator"]}
    assert seen["Finance"] == ("managed", "Released", "admin", expected)
    assert seen["Money"][2:] == ("boss", {**HELD[3], "new": ["producer"]})
    tenant.reset_counters()
    again = run("qlik_configuration", **WHOLE)
    assert (again["changed"], again["plan"]["steps"], again["diff"]) == (False, 0, [])
    assert writes_in(tenant.counters()) == []


def test_the_plan_that_was_approved(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    plan = run("qlik_configuration", check=True, **WHOLE)["plan"]
    assert plan == run("qlik_configuration", check=True, **{**WHOLE, "spaces": WHOLE["spaces"][::-1]})["plan"]
    tenant.plant_spaces([{"name": "Money", "members": [FINANCE]}])
    refused = run("qlik_configuration", **WHOLE, expected_plan=plan["fingerprint"])
    assert refused["failed"] is True
    assert "expected_plan" in refused["msg"]
    now = run("qlik_configuration", check=True, **WHOLE)["plan"]
    assert now["fingerprint"] != plan["fingerprint"]
    assert run("qlik_configuration", **WHOLE, expected_plan=now["fingerprint"])["changed"] is True


@pytest.mark.parametrize(
    "space", [{"description": "New"}, {"state": "absent"}, {"owner": "local|admin"}, {"members": []}]
)
def test_an_audit_has_the_plan_of_a_seed(run: Run, tenant: LocalTenant, people: dict[str, str], space: Json) -> None:
    """It reads owners and members of all spaces, also where nothing is said of them."""
    spaces = [{"name": "Money", **space}]
    plan = run("qlik_configuration", check=True, spaces=spaces)["plan"]
    assert plan["steps"] == 1
    assert run("qlik_configuration", check=True, report_unmanaged=True, spaces=spaces)["plan"] == plan


@pytest.mark.parametrize("how", ["state", "prune"])
def test_a_member_that_the_description_removes(run: Run, tenant: LocalTenant, people: dict[str, str], how: str) -> None:
    groups = [{"name": name} for name in ("Sales", "Twin")]
    options: dict[str, Json] = {"groups": groups, "spaces": [{"name": "Money", "members": [FINANCE]}]}
    if how == "state":
        options["groups"] = [*groups, {"name": "Finance", "state": "absent"}]
    else:
        options["prune"] = {"groups": {"max_deletions": 9}}
    words = "spaces[0].members[0]: ", "The same description deletes the idp group 'Finance'"
    assert_refused(run, "qlik_configuration", options, *words)


def test_an_owner_that_the_description_removes(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    options = {"users": [{"subject": "eve", "state": "absent"}], "spaces": [{"name": "Money", "owner": "eve"}]}
    assert_refused(run, "qlik_configuration", options, "spaces[0].owner: ", "description deletes the user 'eve'")


def test_all_that_is_wrong_is_said_at_once(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    spaces = [
        {"name": "Money", "type": "data"},
        {"name": "New", "type": "shared", "members": [{"group": "Nobody", "roles": ["consumer"]}]},
        {"name": "Newer", "type": "shared", "members": [{"user": "ada", "roles": ["king"]}]},
        {"name": "a/b", "type": "shared"},
    ]
    words = [f"spaces[{number}]" for number in range(4)]
    assert_refused(run, "qlik_configuration", {"spaces": spaces}, "There are 4 problems", *words)


# What info shows.


def test_info(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    everyone = {"group": "com.qlik.Everyone", "roles": ["consumer"]}
    tenant.plant_spaces(
        [
            {"name": "Open", "type": "managed", "members": [everyone, {"group": "Twin", "roles": ["consumer"]}]},
            {
                "name": "Twins",
                "type": "data",
                "members": [{"group": "Twin", "providerType": "custom", "roles": ["consumer"]}],
            },
            {"name": "money"},
        ]
    )

    def found(**options: Json) -> list[str]:
        return [space["name"] for space in run("qlik_space_info", **options)["spaces"]]

    assert found() == ["Money", "Open", "Twins", "money"]
    assert found(name="Money") == ["Money"]
    assert found(name="Mon") == []
    assert found(id=people["Money"]) == ["Money"]
    assert found(id="x" * 24) == []
    assert found(type="managed") == ["Open"]
    assert found(group="Finance") == ["Money"]
    assert found(group="Everyone") == ["Open"]
    assert found(group="Twin") == ["Open"]
    assert found(group="Twin", provider_type="custom") == ["Twins"]
    assert found(user="ada") == ["Money"]
    assert found(user="eve") == []
    without = run("qlik_space_info", name="Open", members=False)["spaces"][0]
    assert "members" not in without
    (space,) = run("qlik_space_info", name="Open")["spaces"]
    assert space["members"] == [
        {"group": "Everyone", "roles": ["consumer"]},
        {"group": "Twin", "provider_type": "idp", "roles": ["consumer"]},
    ]


def test_info_of_nobody(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    assert "The tenant has no idp group 'Nobody'" in run("qlik_space_info", group="Nobody")["msg"]
    assert "The tenant has no user 'nobody'" in run("qlik_space_info", user="nobody")["msg"]


def test_info_of_many_pages(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_spaces([{"name": f"S {number:03}"} for number in range(230)])
    tenant.plant_groups([{"name": f"G {number:03}"} for number in range(130)])
    tenant.plant_spaces(
        [{"name": "S 000", "members": [{"group": f"G {number:03}", "roles": ["consumer"]} for number in range(130)]}]
    )
    spaces = run("qlik_space_info")["spaces"]
    assert len(spaces) == 230
    assert len(spaces[0]["members"]) == 130
    assert all("group" in member for member in spaces[0]["members"])


# What others do meanwhile.


@pytest.mark.parametrize("theirs", ["consumer", "producer"])
@pytest.mark.parametrize("module", ["qlik_space", "qlik_space_member"])
@pytest.mark.usefixtures("impatient")
def test_a_member_that_somebody_else_adds_meanwhile(
    run: Run, tenant: LocalTenant, people: dict[str, str], module: str, theirs: str
) -> None:
    """The tenant answers with 409; what is left to do then is done, and only that counts as a change."""
    planted = {"assignments": [{"space": "Money", "group": "Sales", "roles": [theirs]}]}
    tenant.misbehave({"match": {"method": "POST", "path": "/assignments$", "count": 1}, "action": {"plant": planted}})
    member = {"group": "Sales", "roles": ["consumer"]}
    one = {"space": "Money", **member}
    result = run(
        module, **(one if module == "qlik_space_member" else {"name": "Money", "members": [FINANCE, ADA, member]})
    )
    assert "failed" not in result, result
    assert result["changed"] is (theirs != "consumer")
    assert members_of(tenant, "Money")[people["Sales"]] == ["consumer"]


@pytest.mark.usefixtures("impatient")
def test_a_space_that_somebody_else_creates_meanwhile(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    theirs = {"spaces": [{"name": "New", "type": "shared", "members": [{"group": "Sales", "roles": ["producer"]}]}]}
    tenant.misbehave({"match": {"method": "POST", "path": "/spaces$", "count": 1}, "action": {"plant": theirs}})
    result = run("qlik_space", name="New", type="shared", members=[FINANCE])
    assert "failed" not in result, result
    assert result["changed"] is True
    assert members_of(tenant, "New") == {people["Finance"]: ["consumer"]}


@pytest.mark.usefixtures("impatient")
def test_a_space_of_another_type_that_somebody_else_creates_meanwhile(run: Run, tenant: LocalTenant) -> None:
    theirs = {"spaces": [{"name": "New", "type": "managed"}]}
    tenant.misbehave({"match": {"method": "POST", "path": "/spaces$", "count": 1}, "action": {"plant": theirs}})
    result = run("qlik_space", name="New", type="shared")
    assert (result["failed"], result["changed"]) == (True, False)
    assert "Cannot be changed from 'managed' to 'shared'" in result["msg"]


@pytest.mark.parametrize("fault", [{"reset": "after"}, {"reset": "before"}, {"status": 503}, {"truncate": 10}])
@pytest.mark.parametrize("request_", ["POST", "PUT", "DELETE"])
@pytest.mark.usefixtures("impatient")
def test_lost_answers_about_members(
    run: Run, tenant: LocalTenant, people: dict[str, str], request_: str, fault: dict[str, Json]
) -> None:
    path = "/assignments(/[^/]+)?$"
    tenant.misbehave({"match": {"method": request_, "path": path, "count": 1}, "action": fault})
    members = [{"group": "Finance", "roles": ["producer"]}, {"user": "eve", "roles": ["consumer"]}]
    result = run("qlik_space", name="Money", members=members)
    assert "failed" not in result, result
    assert result["changed"] is True
    assert members_of(tenant, "Money") == {people["Finance"]: ["producer"], people["eve"]: ["consumer"]}
    assert sum(rule["used"] for rule in tenant.faults()) == 1
    assert len((space_named(tenant, "Money") or {})["assignments"]) == 2


@pytest.mark.usefixtures("impatient")
def test_an_assignee_that_goes_away_meanwhile(run: Run, tenant: LocalTenant, people: dict[str, str]) -> None:
    """It may be new to that service, so it is tried again for a while."""
    tenant.misbehave(
        {"match": {"method": "POST", "path": "/assignments$"}, "action": {"status": 404, "json": {"errors": []}}}
    )
    real = run("qlik_space_member", space="Money", user="eve", roles=["consumer"], retries=0)
    assert (real["failed"], real["changed"]) == (True, False)
    assert "404" in real["msg"]


@pytest.mark.parametrize(
    "response",
    [
        {"data": [{"id": 1, "name": [], "type": {}, "meta": "x", "ownerId": 7}]},
        {"data": [{"id": "x", "name": "Money", "type": "shared", "meta": {"assignableRoles": [1, None]}}]},
        {"data": [{"id": "x", "name": "Money", "type": None, "meta": [], "ownerId": {}}]},
        {"data": [{"id": "x", "name": "Money", "type": "future", "description": 7}]},
        {"data": [{"id": "a", "type": [], "assigneeId": {}, "roles": [1]}]},
        {"data": [{"id": "a", "type": "user", "assigneeId": {}, "roles": ["consumer"]}]},
        {"data": [{"id": "a", "type": "user", "assigneeId": 7, "roles": [{}]}]},
        {"data": [{"id": "a", "type": "user", "roles": None}]},
    ],
)
@pytest.mark.parametrize("path", ["/spaces$", "/assignments$", "/spaces/[^/]+$"])
@pytest.mark.usefixtures("impatient")
def test_answers_that_are_no_spaces(
    run: Run, tenant: LocalTenant, people: dict[str, str], response: Json, path: str
) -> None:
    """Whatever the tenant answers, no task ends with a fault of the collection itself."""
    tenant.misbehave({"match": {"method": "GET", "path": path}, "action": {"status": 200, "json": response}})
    space = {"name": "Money", "owner": "eve", "members": [FINANCE, ADA]}
    tasks: list[tuple[str, dict[str, Json]]] = [
        ("qlik_space", space),
        ("qlik_spaces", {"spaces": [space], "prune": True, "max_deletions": 0}),
        ("qlik_configuration", {"spaces": [space], "report_unmanaged": True}),
        ("qlik_space_member", {"space": "Money", "user": "eve", "roles": ["consumer"]}),
        ("qlik_space_member", {"space_id": people["Money"], "group": "Finance", "state": "absent"}),
        ("qlik_space_info", {}),
        ("qlik_space_info", {"group": "Finance"}),
    ]
    for module, options in tasks:
        for check in (True, False):
            result = run(module, check=check, retries=0, **options)
            assert "Unexpected error in the collection" not in result.get("msg", ""), (module, result["msg"])
