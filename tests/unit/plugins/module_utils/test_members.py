# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members and owners of spaces, and what plans do for settings that take requests of their own."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    InvalidInput,
    UnexpectedResponse,
    UnknownReferences,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.endpoints import EVERYONE_ID
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.license_settings import LicenseSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.space_members import (
    Member,
    Members,
    Owner,
    assignee_of,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import Plan, plan_change, plan_creation
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import Reference, Step
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.settings import TEXT, Setting
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.snapshot import Snapshot

MEMBERS, OWNER = Members(), Owner()
FINANCE = {"id": "g1", "name": "Finance", "providerType": "idp"}
TWIN = {"id": "g2", "name": "Finance", "providerType": "custom"}
ADA = {"id": "u1", "subject": "ada"}
PATH = "/api/v1/spaces/s1"


def snapshot() -> Snapshot:
    """A tenant with two groups of one name and a user."""
    known = Snapshot()
    for group in (FINANCE, TWIN):
        known.put("group", group, ("name", group["name"], group["providerType"]))
    known.put("user", ADA, ("subject", "ada"))
    return known


def assignment(number: int, assignee_id: str, *roles: str, kind: str = "group") -> dict[str, Any]:
    return {"id": f"a{number}", "type": kind, "assigneeId": assignee_id, "roles": list(roles)}


def space(*assignments: dict[str, Any]) -> dict[str, Any]:
    found = {"id": "s1", "assignments": list(assignments)}
    MEMBERS.name(found, snapshot())
    return found


def plan(members: list[dict[str, Any]], *assignments: dict[str, Any], **options: Any) -> Plan:
    return plan_change([MEMBERS], {"members": members, **options}, space(*assignments), snapshot(), PATH)


@pytest.mark.parametrize(
    ("member", "reference"),
    [
        ({"group": "A"}, ("group", ("name", "A", "idp"))),
        ({"group": "A", "provider_type": "custom"}, ("group", ("name", "A", "custom"))),
        ({"group": "Everyone"}, ("group", ("id", EVERYONE_ID))),
        ({"group": "com.qlik.Everyone"}, ("group", ("id", EVERYONE_ID))),
        ({"group": "Everyone", "provider_type": "idp"}, ("group", ("name", "Everyone", "idp"))),
        ({"group": "everyone"}, ("group", ("name", "everyone", "idp"))),
        ({"group": EVERYONE_ID}, ("group", ("name", EVERYONE_ID, "idp"))),
        ({"user": "ada"}, ("user", ("subject", "ada"))),
        ({"assignee_id": "x", "assignee_type": "user"}, ("user", ("id", "x"))),
        ({"assignee_id": "x", "assignee_type": "group"}, ("group", ("id", "x"))),
    ],
)
def test_assignee(member: dict[str, Any], reference: tuple[Any, ...]) -> None:
    assert assignee_of(member) == Reference(*reference)


def test_what_is_looked_up() -> None:
    """Neither Everyone nor what is no user and no group; the id of Everyone as that of a user is looked up."""
    desired = {
        "members": [{"group": "A"}, {"group": "Everyone"}, {"assignee_id": EVERYONE_ID, "assignee_type": "user"}]
    }
    current = [Member("bot", "b1", None, None, ()), Member("user", "u9", None, None, ())]
    assert MEMBERS.references(desired, current) == [
        Reference("group", ("name", "A", "idp")),
        Reference("user", ("id", EVERYONE_ID)),
        Reference("user", ("id", "u9")),
    ]
    assert MEMBERS.references({}, current) == []


def test_one_request_for_each_member_that_differs() -> None:
    desired = [{"group": "Finance", "roles": ["b", "a", "b"]}, {"user": "ada", "roles": ["a"]}]
    made = plan(desired, assignment(1, "g1", "a"), assignment(2, "g2", "a"), assignment(3, "b1", "a", kind="bot"))
    assert sorted(made.steps) == [
        Step("DELETE", PATH + "/assignments/a2"),
        Step("DELETE", PATH + "/assignments/a3"),
        Step("POST", PATH + "/assignments", {"type": "user", "assigneeId": "u1", "roles": ["a"]}),
        Step("PUT", PATH + "/assignments/a1", {"roles": ["a", "b"]}),
    ]
    assert made.after == {
        "members": [
            {"group": "Finance", "provider_type": "idp", "roles": ["a", "b"]},
            {"user": "ada", "roles": ["a"]},
        ]
    }
    assert made.is_complete
    assert not made.only_adds


@pytest.mark.parametrize(("purge_roles", "roles"), [(True, ["b"]), (False, ["a", "b"])])
@pytest.mark.parametrize("purge_members", [True, False])
def test_purges(purge_members: bool, purge_roles: bool, roles: list[str]) -> None:
    desired = [{"group": "Finance", "roles": ["b"], "purge_roles": purge_roles}]
    current = assignment(1, "g1", "a"), assignment(2, "u1", "a", kind="user")
    made = plan(desired, *current, purge_members=purge_members)
    deletion = [Step("DELETE", PATH + "/assignments/a2")] * purge_members
    assert list(made.steps) == [Step("PUT", PATH + "/assignments/a1", {"roles": roles}), *deletion]
    assert made.only_adds is not purge_members


@pytest.mark.parametrize("roles", [["a", "b"], ["b", "a"], ["a", "b", "a"]])
def test_neither_order_nor_repetition_of_roles_matters(roles: list[str]) -> None:
    assert plan([{"group": "Finance", "roles": roles}], assignment(1, "g1", "b", "a")).action == "unchanged"


def test_ids_are_quoted_in_paths() -> None:
    made = plan([], dict(assignment(1, "g1", "a"), id="../x?y"))
    assert made.steps == [Step("DELETE", PATH + "/assignments/..%2Fx%3Fy")]


def test_what_nothing_on_the_tenant_has_the_id_of_is_shown_by_id() -> None:
    shown = MEMBERS.shown(MEMBERS.current(space(assignment(1, "zz", "a"), assignment(2, EVERYONE_ID, "a"))))
    assert shown == [
        {"group": "Everyone", "roles": ["a"]},
        {"assignee_id": "zz", "assignee_type": "group", "roles": ["a"]},
    ] or shown == [
        {"assignee_id": "zz", "assignee_type": "group", "roles": ["a"]},
        {"group": "Everyone", "roles": ["a"]},
    ]


def test_ids_have_no_say_in_the_order_of_members() -> None:
    current = space(assignment(1, "g1", "consumer"), assignment(2, "g2", "consumer"))
    assert [member.provider_type for member in MEMBERS.current(current)] == ["custom", "idp"]


@pytest.mark.parametrize("twice", [{"group": "Finance"}, {"assignee_id": "g1", "assignee_type": "group"}])
def test_a_member_twice(twice: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=r"'Finance' is listed twice") as caught:
        plan([{"group": "Finance", "roles": ["a"]}, {**twice, "roles": ["a"]}])
    assert caught.value.option == "members[1]"


def test_a_member_that_is_missing() -> None:
    known = snapshot()
    known.seek([Reference("user", ("subject", "eve"))])
    desired = {"members": [{"user": "ada", "roles": ["a"]}, {"user": "eve", "roles": ["a"]}]}
    with pytest.raises(UnknownReferences) as caught:
        plan_change([MEMBERS], desired, space(), known, PATH)
    assert caught.value.option == "members[1]"


def test_a_member_that_is_yet_to_be_created_lets_the_plan_wait() -> None:
    known = snapshot()
    known.expect([Reference("group", ("name", "New", "idp"))])
    desired = {"members": [{"group": "New", "roles": ["a"]}]}
    made = plan_change([MEMBERS], desired, space(), known, PATH)
    assert not made.is_complete
    assert made.after == {"members": [{"group": "New", "provider_type": "idp", "roles": ["a"]}]}
    # A creation does not send them, so that it need not wait.
    assert plan_creation([MEMBERS], desired, {}, known, "/api/v1/spaces").is_complete


def test_which_of_two_groups_is_taken() -> None:
    (text,) = MEMBERS.ambiguities({"members": [{"user": "ada"}, {"group": "Finance"}]}, snapshot())
    assert text.startswith("members[1]: ")
    assert MEMBERS.ambiguities({"members": [{"group": "Finance", "provider_type": "idp"}]}, snapshot()) == []
    assert MEMBERS.ambiguities({"members": [{"group": "Everyone"}]}, snapshot()) == []


@pytest.mark.parametrize(
    "response",
    [
        {},
        "x",
        [1],
        [{"type": "group"}],
        [{"roles": [], "type": 1}],
        [{"roles": "a"}],
        [{"type": "user", "roles": [1]}],
        [{"type": "user", "roles": [], "assigneeId": {}}],
    ],
)
def test_answers_that_are_no_members(response: object) -> None:
    with pytest.raises(UnexpectedResponse):
        MEMBERS.current({"assignments": response})


def test_owner() -> None:
    current = {"id": "s1", "ownerId": "u0", "ownerSubject": "bob"}
    made = plan_change([OWNER], {"owner": "ada"}, current, snapshot(), PATH)
    assert made.steps == [Step("PATCH", PATH, [{"op": "replace", "path": "/ownerId", "value": "u1"}])]
    assert (made.before, made.after) == ({"owner": "bob"}, {"owner": "ada"})
    assert (
        plan_change([OWNER], {"owner_id": "u1"}, {**current, "ownerId": "u1"}, snapshot(), PATH).action == "unchanged"
    )


def test_an_owner_that_is_yet_to_be_created_lets_the_plan_wait_and_is_named() -> None:
    known = snapshot()
    known.expect([Reference("user", ("subject", "new"))])
    made = plan_change([OWNER], {"owner": "new"}, {"ownerId": "u0", "ownerSubject": "bob"}, known, PATH)
    assert not made.is_complete
    assert made.after == {"owner": "new"}


def test_a_new_owner_is_no_member_any_more() -> None:
    current = {**space(assignment(1, "u1", "a", kind="user"), assignment(2, "g1", "a")), "ownerId": "u0"}
    desired = {"owner": "ada", "members": [{"group": "Finance", "roles": ["a"]}], "purge_members": False}
    made = plan_change([MEMBERS, OWNER], desired, current, snapshot(), PATH)
    assert made.after is not None
    assert made.after["members"] == [{"group": "Finance", "provider_type": "idp", "roles": ["a"]}]


# What the plan does for all such settings.

NAME = Setting("name", TEXT)


def test_a_patch_comes_before_requests_of_settings_of_their_own() -> None:
    desired = {"name": "new", "members": [{"user": "ada", "roles": ["a"]}]}
    made = plan_change([MEMBERS, NAME], desired, {**space(), "name": "old"}, snapshot(), PATH)
    assert [step.method for step in made.steps] == ["PATCH", "POST"]


def test_what_is_replaced_as_a_whole_is_sent_with_what_is_held() -> None:
    settings = LicenseSettings.settings
    current = {"autoAssignProfessional": True, "autoAssignAnalyzer": False}
    made = plan_change(settings, {"auto_assign_analyzer": True}, current, Snapshot(), "/x", whole=True)
    assert made.steps == [Step("PUT", "/x", {"autoAssignProfessional": True, "autoAssignAnalyzer": True})]
    del current["autoAssignProfessional"]
    made = plan_change(settings, {"auto_assign_analyzer": True}, current, Snapshot(), "/x", whole=True)
    assert made.steps == [Step("PUT", "/x", {"autoAssignAnalyzer": True})]


def test_what_was_written_a_moment_ago_is_known() -> None:
    known = snapshot()
    reference = Reference("group", ("name", "New", "idp"))
    known.plan("group", None, None, {"id": None}, reference.key)
    assert known.has(reference)
    assert not known.has_written([reference])
    known.put("group", {"id": "g9"}, reference.key)
    known.settle("group", reference.key)
    assert known.has_written([reference])
    assert known.find([reference]) == {reference: {"id": "g9"}}
