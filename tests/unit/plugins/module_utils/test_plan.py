# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Iterable, List, Optional

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, UnexpectedResponse
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.effects import show_to
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.endpoints import EVERYONE_ID
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.role import Role
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.user import User
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import Plan
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.snapshot import Snapshot
from unit.plugins.module_utils.helpers import (
    GROUP,
    Json,
    assert_says,
    desired,
    group,
    operations_of,
    payload_of,
    role,
    world_of,
)

USER, ROLE = User(), Role()
ROLES = ("A", "B", "C", "D", "TenantAdmin")
MANY = tuple("R%03d" % number for number in range(101))


def plan(params: Json, *current: Json, roles: Optional[Iterable[str]] = ROLES) -> Plan:
    return GROUP.plan(params, world_of(*current, roles=roles))


def names(*roles: str) -> List[Json]:
    return [{"name": each} for each in roles]


def ids(*roles: str) -> List[Json]:
    return [{"id": "id-of-%s" % each} for each in roles]


def replace(path: str, value: Any) -> Json:
    return {"op": "replace", "path": path, "value": value}


def shown(name: str, provider_type: str = "idp", roles: Iterable[str] = (), **more: Any) -> Json:
    return dict({"name": name, "provider_type": provider_type, "assigned_roles": list(roles)}, **more)


@pytest.mark.parametrize(
    ("given", "payload", "after"),
    [
        pytest.param({}, {"name": "g"}, shown("g"), id="nothing else"),
        pytest.param(
            {"provider_type": "idp"}, {"name": "g", "providerType": "idp"}, shown("g"), id="idp, as the default is"
        ),
        pytest.param(
            {"provider_type": "custom"},
            {"name": "g", "providerType": "custom"},
            shown("g", "custom", description=""),
            id="custom",
        ),
        pytest.param(
            {"assigned_roles": ["B", "A", "B"]},
            {"name": "g", "assignedRoles": names("A", "B")},
            shown("g", roles=["A", "B"]),
            id="roles by name",
        ),
        pytest.param(
            {"assigned_role_ids": ["id-of-B", "id-of-A"]},
            {"name": "g", "assignedRoles": ids("A", "B")},
            shown("g", roles=["A", "B"]),
            id="roles by id",
        ),
        pytest.param({"assigned_roles": []}, {"name": "g", "assignedRoles": []}, shown("g"), id="no roles"),
        pytest.param(
            {"assigned_roles": ["A"], "purge_roles": False},
            {"name": "g", "assignedRoles": names("A")},
            shown("g", roles=["A"]),
            id="at least these roles",
        ),
        pytest.param(
            {"provider_type": "custom", "description": "d", "assigned_roles": ["A"]},
            {"name": "g", "providerType": "custom", "description": "d", "assignedRoles": names("A")},
            shown("g", "custom", ["A"], description="d"),
            id="everything",
        ),
        pytest.param({"description": ""}, {"name": "g"}, shown("g"), id="no description is what an idp group has"),
    ],
)
def test_creation(given: Json, payload: Json, after: Json) -> None:
    made = plan(desired(name="g", **given))
    assert (made.action, made.changed, made.current) == ("created", True, None)
    assert (payload_of(made), operations_of(made)) == (payload, [])
    assert (made.before, made.after) == (None, after)
    assert made.predicted is not None
    assert made.predicted["id"] is None
    assert made.predicted["status"] == "active"
    assert [each["name"] for each in made.predicted["assignedRoles"]] == after["assigned_roles"]


IDP = group("g", roles=["A", "B"])
CUSTOM = group("g", "custom", ["A", "B"], description="d")


@pytest.mark.parametrize(
    ("current", "given"),
    [
        (IDP, {}),
        (IDP, {"provider_type": "idp"}),
        (IDP, {"assigned_roles": ["A", "B"]}),
        (IDP, {"assigned_roles": ["B", "A"]}),
        (IDP, {"assigned_roles": ["B", "A", "B"]}),
        (IDP, {"assigned_role_ids": ["id-of-B", "id-of-A"]}),
        (IDP, {"assigned_roles": ["A"], "purge_roles": False}),
        (IDP, {"assigned_role_ids": ["id-of-B"], "purge_roles": False}),
        (IDP, {"assigned_roles": [], "purge_roles": False}),
        (IDP, {"description": ""}),
        (group("g", roles=["B", "A"]), {"assigned_roles": ["A", "B"]}),
        (group("g"), {"assigned_roles": []}),
        (CUSTOM, {"provider_type": "custom"}),
        (CUSTOM, {"provider_type": "custom", "description": "d", "assigned_roles": ["A", "B"]}),
        (group("g", "custom"), {"provider_type": "custom", "description": ""}),
        (group("g", "custom", description=None), {"provider_type": "custom", "description": ""}),
        (group("g", None, ["A"]), {"provider_type": "idp", "assigned_roles": ["A"]}),
        (group("g", None, ["A"]), {"assigned_roles": ["A"]}),
    ],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_unchanged(current: Json, given: Json, by: str) -> None:
    made = plan(desired(**{by: current[by]}, **given), current)
    assert (made.action, made.changed) == ("unchanged", False)
    assert (payload_of(made), operations_of(made)) == (None, [])
    assert made.current is made.predicted is current
    assert made.before == made.after


@pytest.mark.parametrize(
    ("current", "given", "operations", "after"),
    [
        (IDP, {"assigned_roles": ["C"]}, [replace("/assignedRoles", names("C"))], shown("g", roles=["C"])),
        (
            IDP,
            {"assigned_roles": ["C"], "purge_roles": False},
            [replace("/assignedRoles", names("A", "B", "C"))],
            shown("g", roles=["A", "B", "C"]),
        ),
        (IDP, {"assigned_role_ids": ["id-of-C"]}, [replace("/assignedRoles", ids("C"))], shown("g", roles=["C"])),
        (
            IDP,
            {"assigned_role_ids": ["id-of-C", "id-of-A"], "purge_roles": False},
            [replace("/assignedRoles", ids("A", "B", "C"))],
            shown("g", roles=["A", "B", "C"]),
        ),
        (IDP, {"assigned_roles": ["A"]}, [replace("/assignedRoles", names("A"))], shown("g", roles=["A"])),
        (IDP, {"assigned_roles": []}, [replace("/assignedRoles", [])], shown("g")),
        (IDP, {"assigned_role_ids": []}, [replace("/assignedRoles", [])], shown("g")),
        (
            group("g", None, ["A"]),
            {"assigned_roles": ["B"]},
            [replace("/assignedRoles", names("B"))],
            shown("g", roles=["B"]),
        ),
        (
            CUSTOM,
            {"provider_type": "custom", "description": "new"},
            [replace("/description", "new")],
            shown("g", "custom", ["A", "B"], description="new"),
        ),
        (
            CUSTOM,
            {"provider_type": "custom", "description": ""},
            [replace("/description", "")],
            shown("g", "custom", ["A", "B"], description=""),
        ),
        (
            CUSTOM,
            {"provider_type": "custom", "description": "new", "assigned_roles": ["A"]},
            [replace("/description", "new"), replace("/assignedRoles", names("A"))],
            shown("g", "custom", ["A"], description="new"),
        ),
    ],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_update(current: Json, given: Json, operations: List[Json], after: Json, by: str) -> None:
    untouched = repr(current)
    made = plan(desired(**{by: current[by]}, **given), current)
    assert (made.action, payload_of(made), operations_of(made)) == ("updated", None, operations)
    assert made.after == after
    assert made.before is not None
    assert {key for key in after if after[key] != made.before[key]} == set(made.differing)
    assert made.predicted is not None
    assert made.predicted["id"] == current["id"]
    assert [each["name"] for each in made.predicted["assignedRoles"]] == after["assigned_roles"]
    assert repr(current) == untouched


def test_renaming_a_custom_group() -> None:
    made = plan(desired(id=CUSTOM["id"], name="new"), CUSTOM)
    assert operations_of(made) == [replace("/name", "new")]
    assert (made.before or {})["name"] == "g"
    assert (made.after or {})["name"] == "new"
    assert (made.predicted or {})["name"] == "new"


def test_renaming_to_another_case_only() -> None:
    assert operations_of(plan(desired(id=CUSTOM["id"], name="G"), CUSTOM)) == [replace("/name", "G")]


@pytest.mark.parametrize(
    ("given", "current", "words"),
    [
        pytest.param({"id": IDP["id"], "name": "new"}, IDP, ["name", "'g' to 'new'", "custom"], id="rename idp"),
        pytest.param(
            {"id": "g-idp-old", "name": "new"}, group("old", None), ["name", "custom"], id="rename without a type"
        ),
        pytest.param(
            {"id": IDP["id"], "provider_type": "custom"},
            IDP,
            ["provider_type", "'idp' to 'custom'", "recreate it"],
        ),
        pytest.param(
            {"id": CUSTOM["id"], "provider_type": "idp"},
            CUSTOM,
            ["provider_type", "'custom' to 'idp'", "recreate it"],
        ),
        pytest.param({"name": "g", "description": "d"}, IDP, ["description", "'d'", "custom"], id="describe idp"),
        pytest.param({"name": "x", "description": "d"}, IDP, ["description", "'d'", "custom"], id="describe new idp"),
        pytest.param({"id": "gone", "name": "g"}, IDP, ["no group gone", "Correct `id`"], id="unknown id"),
        pytest.param({"name": "g", "assigned_roles": ["a"]}, IDP, ["'a'", "Did you mean A?", "case-sensitive"]),
        pytest.param({"name": "x", "assigned_roles": ["Developer"]}, IDP, ["Developer", "api-keys"]),
        pytest.param({"name": "g", "assigned_role_ids": ["A"]}, IDP, ["ID 'A'"], id="a name among the ids"),
        pytest.param({"name": "g", "assigned_roles": ["Z"], "purge_roles": False}, IDP, ["no role 'Z'"]),
    ],
)
def test_refusals(given: Json, current: Json, words: List[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan(desired(**given), current)
    assert_says(caught.value, *words)


@pytest.mark.parametrize("given", [{"name": "g"}, {"id": IDP["id"]}])
def test_deletion(given: Json) -> None:
    made = plan(desired(state="absent", **given), IDP)
    assert (made.action, made.predicted, made.after) == ("deleted", None, None)
    assert made.before == shown("g", roles=["A", "B"])


@pytest.mark.parametrize(
    "given", [{"name": "x"}, {"id": "gone"}, {"name": "G"}, {"name": "g", "provider_type": "custom"}]
)
def test_what_is_absent_already(given: Json) -> None:
    made = plan(desired(state="absent", **given), IDP)
    assert (made.action, made.changed, made.current, made.predicted) == ("unchanged", False, None, None)
    assert made.before is made.after is None


def test_deletion_ignores_the_settings() -> None:
    params = desired(name="g", state="absent", assigned_roles=["no such role"], description="d")
    assert plan(params, IDP).action == "deleted"


HIDDEN = {key: value for key, value in IDP.items() if key != "assignedRoles"}


def test_roles_that_are_hidden_matter_only_where_they_are_asked() -> None:
    made = plan(desired(name="g"), HIDDEN)
    assert (made.action, made.after) == ("unchanged", {"name": "g", "provider_type": "idp"})


@pytest.mark.parametrize("given", [{"assigned_roles": []}, {"assigned_roles": ["A"]}, {"assigned_role_ids": []}])
@pytest.mark.parametrize("purge", [True, False])
def test_roles_that_are_hidden_cannot_be_compared(given: Json, purge: bool) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan(desired(name="g", purge_roles=purge, **given), HIDDEN)
    assert_says(caught.value, "assigned_roles: Cannot be compared", "TenantAdmin")


@pytest.mark.parametrize("odd", ["A", {"name": "A"}, ["A"], [{}], [{"id": 1}]])
def test_roles_in_another_shape(odd: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="assignedRoles"):
        plan(desired(name="g", assigned_roles=["A"]), dict(IDP, assignedRoles=odd))


@pytest.mark.parametrize(
    ("current", "given", "allowed"),
    [
        (None, {"assigned_roles": list(MANY[:100])}, True),
        (None, {"assigned_roles": list(MANY)}, False),
        (None, {"assigned_roles": list(MANY[:100] + MANY[:1])}, True),
        (group("g"), {"assigned_roles": list(MANY)}, False),
        (group("g"), {"assigned_role_ids": [role(each)["id"] for each in MANY]}, False),
        (group("g", roles=MANY[:100]), {"assigned_roles": [MANY[100]]}, True),
        (group("g", roles=MANY[:100]), {"assigned_roles": [MANY[100]], "purge_roles": False}, False),
        (group("g", roles=MANY[:99]), {"assigned_roles": [MANY[100]], "purge_roles": False}, True),
    ],
)
def test_how_many_roles(current: Optional[Json], given: Json, allowed: bool) -> None:
    snapshot = world_of(*([current] if current else []), roles=MANY)
    if allowed:
        assert GROUP.plan(desired(name="g", **given), snapshot).changed
    else:
        with pytest.raises(InvalidInput) as caught:
            GROUP.plan(desired(name="g", **given), snapshot)
        assert_says(caught.value, "assigned_roles", "101", "at most 100")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, ["name", "empty"]),
        ({"id": EVERYONE_ID}, ["Everyone", "qlik_group_settings"]),
        ({"name": "g", "description": "d"}, ["description", "custom"]),
        ({"name": "g", "description": "d", "provider_type": "idp"}, ["description", "custom"]),
    ],
)
def test_what_no_tenant_accepts(given: Json, words: List[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        GROUP.check(desired(**given))
    assert_says(caught.value, *words)


def test_a_name_that_only_old_groups_have() -> None:
    current = group("x" * 257)
    assert not GROUP.plan(desired(name="x" * 257), world_of(current)).changed
    with pytest.raises(InvalidInput) as caught:
        GROUP.plan(desired(name="y" * 257), world_of(current))
    assert_says(caught.value, "name", "1 to 256", "257")


@pytest.mark.parametrize(
    "given",
    [
        {"name": "x"},
        {"name": "x" * 256},
        {"name": "群" * 256},
        {"name": " "},
        {"id": "1"},
        {"id": "1", "description": "d"},
        {"name": "g", "description": "d", "provider_type": "custom"},
        {"name": "g", "description": ""},
    ],
)
def test_what_a_tenant_may_accept(given: Json) -> None:
    GROUP.check(desired(**given))


def test_names_that_differ_in_case_only() -> None:
    snapshot = world_of(group("admins"), group("ADMINS"), group("Admins", "custom"), roles=ROLES)
    params = desired(name="Admins")
    made = GROUP.plan(params, snapshot)
    assert made.action == "created"
    warnings = GROUP.warnings(params, made, snapshot)
    assert len(warnings) == 2
    assert "'admins'" in warnings[0]
    assert "'ADMINS'" in warnings[1]
    assert GROUP.warnings(desired(name="admins"), GROUP.plan(desired(name="admins"), snapshot), snapshot) == []


def test_one_name_in_both_kinds() -> None:
    current = [group("g", "idp", ["A"]), group("g", "custom", ["B"])]
    for provider_type, has in (("idp", "A"), ("custom", "B")):
        made = plan(desired(name="g", provider_type=provider_type, assigned_roles=[has]), *current)
        assert (made.action, (made.current or {})["providerType"]) == ("unchanged", provider_type)
    assert (plan(desired(name="g"), *current).current or {})["providerType"] == "idp"


@pytest.mark.parametrize("name", ["g ", " g", "g\u0301", "ｇ"])
def test_names_are_compared_exactly(name: str) -> None:
    assert plan(desired(name=name), IDP).action == "created"


def test_a_disabled_group() -> None:
    current = dict(IDP, status="disabled")
    snapshot = world_of(current)
    made = GROUP.plan(desired(name="g"), snapshot)
    assert made.action == "unchanged"
    (warning,) = GROUP.warnings(desired(name="g"), made, snapshot)
    assert "disabled" in warning


def test_roles_that_were_not_read_are_left_to_the_tenant() -> None:
    made = plan(desired(name="x", assigned_roles=["TenantAdmin", "mine"]), roles=None)
    assert (payload_of(made) or {})["assignedRoles"] == names("TenantAdmin", "mine")
    assert (made.after or {})["assigned_roles"] == ["TenantAdmin", "mine"]


def test_ids_that_were_not_read_are_compared_with_what_is_held() -> None:
    current = group("g", roles=["A"])
    assert plan(desired(name="g", assigned_role_ids=["id-of-A"]), current, roles=None).action == "unchanged"
    made = plan(desired(name="g", assigned_role_ids=["id-of-A", "other"]), current, roles=None)
    assert sorted(operations_of(made)[0]["value"], key=str) == [{"id": "id-of-A"}, {"id": "other"}]


def test_the_world_keeps_every_resource_once() -> None:
    assert world_of(IDP, CUSTOM, IDP).resources("group") == [IDP, CUSTOM]


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ({"name": "g"}, "group 'g' (idp)"),
        ({"name": "g", "provider_type": "custom"}, "group 'g' (custom)"),
        ({"id": "1", "name": "g"}, "group 1"),
    ],
)
def test_labels(given: Json, label: str) -> None:
    assert GROUP.label(desired(**given)) == label


ADA = {"id": "u", "subject": "ada", "name": "Ada", "status": "active", "assignedRoles": [role("A")]}


def plan_user(current: Json, **given: Any) -> Plan:
    snapshot = Snapshot()
    snapshot.roles.learn_all([role(each) for each in ROLES])
    return USER.plan({"subject": "ada", **given}, show_to(snapshot, USER, [current]))


def test_the_old_copy_of_the_roles_is_predicted_where_it_is_shown() -> None:
    changed = plan_user(dict(ADA, roles=["A"]), assigned_roles=["C", "B"])
    assert (changed.predicted or {})["roles"] == ["B", "C"]
    assert "roles" not in (plan_user(ADA, assigned_roles=["C", "B"]).predicted or {})
    renamed = plan_user(dict(ADA, roles=["A"]), name="Ada L.")
    assert (renamed.predicted or {})["roles"] == ["A"]


@pytest.mark.parametrize(
    ("current", "given", "after"),
    [
        (["a"], {"assigned_scopes": ["a", "a"]}, None),
        (["a", "a"], {"assigned_scopes": ["a"]}, None),
        (["b", "a", "b"], {"assigned_scopes": ["a", "b"]}, None),
        (["a"], {"assigned_scopes": ["a", "a"], "purge_scopes": False}, None),
        (["a"], {"assigned_scopes": ["b", "b"]}, ["b"]),
        (["a", "a"], {"assigned_scopes": ["b", "b"], "purge_scopes": False}, ["a", "b"]),
    ],
)
def test_scopes_listed_twice_are_listed_once(current: List[str], given: Json, after: Optional[List[str]]) -> None:
    mine = {"id": "r", "name": "Mine", "type": "custom", "description": "", "assignedScopes": current}
    made = ROLE.plan({"name": "Mine", **given}, show_to(Snapshot(), ROLE, [mine]))
    assert made.changed is (after is not None)
    if after is not None:
        assert (made.predicted or {})["assignedScopes"] == after
        assert all(len(set(each["value"])) == len(each["value"]) for each in operations_of(made))
    created = ROLE.plan({"name": "Mine", **given}, Snapshot())
    sent = (payload_of(created) or {})["assignedScopes"]
    assert len(sent) == len(set(sent))
