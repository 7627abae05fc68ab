# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from typing import Any, Dict, Iterable, List, Optional, Sequence

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    InvalidInput,
    NotReached,
    QlikError,
    RateLimitWaitExceeded,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.settings import Params
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.snapshot import Snapshot
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.apply import Outcome
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.bulk import (
    Entry,
    Item,
    carry_out_all,
    check_all,
    entries_of,
    explain_failures,
    plan_all,
    summarize,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.problems import Problems
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.prune import (
    Pruning,
    check_pruning,
    plan_pruning,
    warnings_of_protection,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.read import Demand, read
from unit.plugins.module_utils.helpers import GROUP, Json, assert_says, client_over, desired, group, world_of
from unit.plugins.module_utils.tenant import Fault, Tenant, refused

#: Long enough for any machine; reached only when a test fails.
PATIENCE = 10


def checked(wanteds: Sequence[Json]) -> Sequence[Entry]:
    problems = Problems()
    sound = check_all(GROUP, entries_of(GROUP, wanteds), problems)
    if problems:
        raise problems.error()
    return sound


def planned(wanteds: Sequence[Params], snapshot: Snapshot) -> List[Item]:
    problems = Problems()
    items = plan_all(GROUP, entries_of(GROUP, wanteds), snapshot, problems)
    if problems:
        raise problems.error()
    return items


def pruning(protect: Any = (), limit: Optional[int] = None, provider_type: str = "idp") -> Pruning:
    return Pruning("prune_protect", protect, limit, "max_deletions", {"provider_type": provider_type})


def names_of(items: Iterable[Item]) -> List[str]:
    return [item.desired["name"] for item in items]


class Run:
    """Many groups ensured at once."""

    def __init__(self, tenant: Tenant, wanteds: Sequence[Json], concurrency: int = 1) -> None:
        client = client_over(tenant)
        snapshot = read(client, [Demand(GROUP, wanteds)])
        self.items = planned(wanteds, snapshot)
        self.reported: List[Outcome] = []
        tenant.calls.clear()
        self.outcomes = carry_out_all(client, GROUP, self.items, snapshot, concurrency, self.reported.append)
        self.actions = [outcome.action for outcome in self.outcomes]


def why(run: Run) -> InvalidInput:
    """One error for all items of a run that failed."""
    problems = Problems()
    explain_failures(run.items, run.outcomes, problems)
    return problems.error()


@pytest.mark.parametrize(
    ("wanteds", "words"),
    [
        (
            [{"name": "a"}, {"name": "b"}, {"name": "a"}],
            ["groups[2]: The group 'a' (idp) is listed twice, first as groups[0]."],
        ),
        (
            [{"name": "a"}, {"name": "a"}, {"name": "a"}],
            ["groups[1]: The group", "twice, first as groups[0]", "(also at groups[2])"],
        ),
        ([{"name": "a"}, {"name": "a", "state": "absent"}], ["groups[1]: ", "first as groups[0]"]),
        ([{"name": "a"}, {"name": "a", "provider_type": "idp"}], ["groups[1]: ", "first as groups[0]"]),
        ([{"id": "1"}, {"id": "1", "name": "b"}], ["groups[1]: The group 1 is listed twice, first as groups[0]."]),
        (
            [{"name": ""}, {"name": "ok"}, {"name": "com.qlik.Everyone"}, {"name": "d", "description": "d"}],
            ["groups[0].name: Must not be empty.", "groups[2]: The group Everyone", "groups[3].description: "],
        ),
        (
            [{"name": ""}] * 7,
            ["groups[0].name: ", "(also at groups[1].name, groups[2].name, ", "groups[5].name and 1 more)"],
        ),
    ],
)
def test_check_all_refuses(wanteds: Sequence[Json], words: List[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked([desired(**each) for each in wanteds])
    assert_says(caught.value, *words)


def test_check_all_accepts() -> None:
    wanteds = [{"name": "a"}, {"name": "A"}, {"name": "a", "provider_type": "custom"}, {"id": "1", "name": "a"}]
    params = [desired(**each) for each in wanteds]
    assert checked(params) == entries_of(GROUP, params)
    assert checked([]) == []


def test_too_many_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Group, "most_items", 2)
    checked([desired(name=each) for each in "ab"])
    with pytest.raises(InvalidInput) as caught:
        checked([desired(name=each) for each in "abc"])
    assert_says(caught.value, "groups", "3 items", "at most 2")


def test_plan_all_keeps_the_order() -> None:
    snapshot = world_of(group("b"), group("c", roles=["A"]), roles=["A"])
    wanteds = [
        desired(name="d"),
        desired(name="b", state="absent"),
        desired(name="c", assigned_roles=["A"]),
        desired(name="a", assigned_roles=["A"]),
    ]
    items = planned(wanteds, snapshot)
    assert names_of(items) == ["d", "b", "c", "a"]
    assert [item.plan.action for item in items] == ["created", "deleted", "unchanged", "created"]


def test_what_is_sound_is_planned_beside_the_problems() -> None:
    """So that one run names everything that is wrong, with the options and with the tenant."""
    wanteds = [desired(name="a"), desired(name=""), desired(name="a"), desired(name="b", assigned_roles=["Z"])]
    problems = Problems()
    entries = check_all(GROUP, entries_of(GROUP, wanteds), problems)
    assert [(entry.place, entry.is_comparable) for entry in entries] == [
        ("groups[0]", True),
        ("groups[1]", False),
        ("groups[3]", True),
    ]
    items = plan_all(GROUP, entries, world_of(roles=["A"]), problems)
    problems.add("", InvalidInput("The tenant is full.", "Make room."))
    assert [(item.place, item.is_comparable, bool(item.wrong)) for item in items] == [
        ("groups[0]", True, True),
        ("groups[1]", False, True),
        ("groups[3]", True, True),
    ]
    lines = str(problems.error()).splitlines()
    assert lines[0] == "There are 4 problems:"
    assert [line.partition(": ")[0] for line in lines[1:4]] == [
        "groups[1].name",
        "groups[2]",
        "groups[3].assigned_roles",
    ]
    assert "no role 'Z'" in lines[3]
    assert lines[4] == "The tenant is full."
    assert lines[-1] == "Make room."


def test_no_problems() -> None:
    problems = Problems()
    if problems:
        raise problems.error()
    assert not problems


def test_plan_all_names_every_unknown_role_once() -> None:
    snapshot = world_of(group("a"), roles=["Reader", "Writer"])
    wanteds = [desired(name="g%d" % number, assigned_roles=["reader", "Nope"]) for number in range(6)]
    wanteds.append(desired(name="a", assigned_roles=["Nope"]))
    wanteds.append(desired(name="fine", assigned_roles=["Reader"]))
    wanteds.append(desired(id="gone"))
    with pytest.raises(InvalidInput) as caught:
        planned(wanteds, snapshot)
    text = str(caught.value)
    for once in ("no role 'reader'. Did you mean Reader?", "no role 'Nope'.", "roles: Reader, Writer", "no group gone"):
        assert text.count(once) == 1
    assert_says(caught.value, "groups[0].assigned_roles: ", "groups[5].assigned_roles)", " and 1 more)")
    assert "groups[7]" not in text


def test_plan_all_notices_one_group_under_two_names() -> None:
    current = group("a")
    with pytest.raises(InvalidInput) as caught:
        planned([desired(name="a"), desired(id=current["id"])], world_of(current))
    assert_says(caught.value, "groups[1]: Is or would be the same group as groups[0].")


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ([{"id": "g-custom-a", "name": "b"}, {"name": "b", "provider_type": "custom"}], (0, 1)),
        ([{"name": "b", "provider_type": "custom"}, {"id": "g-custom-a", "name": "b"}], (0, 1)),
        ([{"id": "g-custom-a", "name": "n"}, {"name": "n", "provider_type": "custom"}], (0, 1)),
        ([{"id": "g-custom-a", "name": "n"}, {"name": "a", "provider_type": "custom", "state": "absent"}], (0, 1)),
        ([{"id": "g-custom-a", "name": "n"}, {"name": "x"}, {"id": "g-custom-b", "name": "n"}], (0, 2)),
    ],
)
def test_plan_all_notices_a_name_that_another_item_has_or_gets(given: List[Json], places: Any) -> None:
    snapshot = world_of(group("a", "custom"), group("b", "custom"))
    with pytest.raises(InvalidInput) as caught:
        planned([desired(**each) for each in given], snapshot)
    assert_says(caught.value, "groups[%d]: Is or would be the same group as groups[%d]." % places[::-1])


HELD = [
    group("c"),
    group("keep me"),
    group("a", None),
    group("b"),
    group("own", "custom"),
    group("Keep Me"),
    group("listed"),
]


@pytest.mark.parametrize(
    ("protect", "provider_type", "names"),
    [
        ([], "idp", ["Keep Me", "a", "b", "c", "keep me"]),
        (["keep*"], "idp", ["Keep Me", "a", "b", "c"]),
        (["keep*", "[ab]"], "idp", ["Keep Me", "c"]),
        (["?"], "idp", ["Keep Me", "keep me"]),
        (["*"], "idp", []),
        (["nothing"], "custom", ["own"]),
        (["own"], "custom", []),
    ],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_what_pruning_deletes(protect: List[str], provider_type: str, names: List[str], by: str) -> None:
    snapshot = world_of(*HELD)
    items = planned([desired(**{by: HELD[-1][by]}), desired(name="new")], snapshot)
    pruned, _refusal = plan_pruning(GROUP, items, snapshot, pruning(protect, provider_type=provider_type))
    assert names_of(pruned) == names
    assert {item.plan.action for item in pruned} <= {"deleted"}
    assert [item.desired["id"] for item in pruned] == [(item.plan.current or {})["id"] for item in pruned]


def test_a_listed_deletion_is_not_deleted_twice() -> None:
    snapshot = world_of(group("a"))
    items = planned([desired(name="a", state="absent")], snapshot)
    assert plan_pruning(GROUP, items, snapshot, pruning()) == ([], None)


@pytest.mark.parametrize("name", ["[Prod] Admins", "a*", "what?", "CN=Admins,OU=Groups,DC=acme", "[", "[!a]"])
def test_an_exact_name_is_always_protected(name: str) -> None:
    snapshot = world_of(group(name), group("other"))
    assert names_of(plan_pruning(GROUP, [], snapshot, pruning([name]))[0]) == ["other"]
    assert warnings_of_protection(GROUP, snapshot, pruning([name])) == []


def test_a_pattern_that_protects_nothing() -> None:
    snapshot = world_of(group("a1"), group("b"))
    (warning,) = warnings_of_protection(GROUP, snapshot, pruning(["a*", "b", "B", "c*", "d"]))
    assert warning == "prune_protect: no object on the tenant matches 'B' and 'c*' and 'd'."
    (warning,) = warnings_of_protection(GROUP, snapshot, pruning("a*\nb\n\n c* "))
    assert warning == "prune_protect: no object on the tenant matches 'c*'."
    assert len(warnings_of_protection(GROUP, snapshot, pruning("a*, d"))) == 2


MISTYPED: List[Any] = [
    ["breakglass a"],
    ["BREAKGLASS A", "x*"],
    "x*\nbreakglass a",
    "x, breakglass a",
    ["Breakglas A"],
    ["Braekglass A"],
    ["Breakglass-A"],
]


@pytest.mark.parametrize("protect", MISTYPED)
def test_a_near_match_of_a_protected_name(protect: Any) -> None:
    snapshot = world_of(group("Breakglass A"), group("Other"))
    with pytest.raises(InvalidInput) as refused:
        plan_pruning(GROUP, [], snapshot, pruning(protect))
    assert_says(refused.value, "prune_protect: ", "matches no object on the tenant", "the tenant has 'Breakglass A'")


def test_a_near_match_that_is_described() -> None:
    """What would not be deleted is a near match only if nothing but case, blanks or the form in Unicode differ."""
    snapshot = world_of(group("Breakglass A"))
    items = planned([desired(name="Breakglass A")], snapshot)
    assert plan_pruning(GROUP, items, snapshot, pruning(["Breakglas A"])) == ([], None)
    with pytest.raises(InvalidInput):
        plan_pruning(GROUP, items, snapshot, pruning(["breakglass A"]))


NOT_MISTYPED: List[Any] = [
    ["breakglass a", "Break*"],
    "breakglass a\nBreakglass A",
    ["Breakglass B"],
    ["Breakglass A 2"],
    ["BREAK*"],
    ["Breakglas [A]"],
    [" Breakglass A "],
    ["Broken A"],
]


@pytest.mark.parametrize("protect", NOT_MISTYPED)
def test_what_is_no_mistyped_name(protect: Any) -> None:
    """The near match is protected too, there is none, or it is a pattern."""
    plan_pruning(GROUP, [], world_of(group("Breakglass A")), pruning(protect))


def test_names_that_differ_in_a_digit_are_no_near_matches() -> None:
    snapshot = world_of(group("breakglass1"), group("breakglass-1"))
    plan_pruning(GROUP, [], snapshot, pruning(["breakglass2", "breakglass-2"]))


@pytest.mark.parametrize("entry", ["Seed*\nX*", "Seed*\n", "a\r\nb", "\n"])
def test_an_entry_with_a_line_break(entry: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_pruning(GROUP, [desired(name="a")], pruning(["ok", entry]))
    assert_says(refused.value, "prune_protect[1]: ", "contains a line break")


@pytest.mark.parametrize(
    ("given", "patterns"),
    [
        (["CN=a,OU=b", "x"], ["CN=a,OU=b", "x"]),
        ("CN=a,OU=b", ["CN=a,OU=b", "CN=a", "OU=b"]),
        ("a*, b", ["a*, b", "a*", " b", "b"]),
        ("Seed*\nX*", ["Seed*", "X*"]),
        (" a \r\n\n\tCN=b,OU=c\n", [" a ", "a", "\tCN=b,OU=c", "CN=b,OU=c", "\tCN=b", "CN=b", "OU=c"]),
        ([" a "], [" a ", "a"]),
        ("a", ["a"]),
        (None, []),
        ([], []),
    ],
)
def test_what_one_text_protects(given: Any, patterns: List[str]) -> None:
    """A line with commas protects both the name and the list that it may be."""
    assert pruning(given).protect == patterns


@pytest.mark.parametrize(("limit", "allowed"), [(None, True), (3, True), (4, True), (2, False), (0, False)])
def test_how_many_pruning_may_delete(limit: Optional[int], allowed: bool) -> None:
    snapshot = world_of(group("b"), group("a"), group("c"), group("safe"))
    pruned, refusal = plan_pruning(GROUP, [], snapshot, pruning(["safe"], limit))
    assert len(pruned) == 3
    assert (refusal is None) is allowed
    if refusal is not None:
        assert_says(refusal, "delete 3 groups", "max_deletions is %d" % (limit or 0), "'a', 'b', 'c'")
        assert_says(refusal, "set `max_deletions` to at least 3", "protect them")


@pytest.mark.parametrize("concurrency", [1, 4])
def test_creations_come_before_deletions(concurrency: int) -> None:
    tenant = Tenant(group("old1"), group("old2"), group("changed"))
    wanteds = [
        desired(name="old1", state="absent"),
        desired(name="new1"),
        desired(name="old2", state="absent"),
        desired(name="changed", assigned_roles=["A"]),
        desired(name="new2"),
    ]
    run = Run(tenant, wanteds, concurrency)
    assert run.actions == ["deleted", "created", "deleted", "updated", "created"]
    first_deletion = min(number for number, call in enumerate(tenant.calls) if call.startswith("DELETE"))
    assert all(call.startswith("DELETE") for call in tenant.calls[first_deletion:])
    assert sorted(each["name"] for each in tenant.groups.values()) == ["changed", "new1", "new2"]


@pytest.mark.parametrize("concurrency", [1, 3, 16])
def test_the_order_of_outcomes_is_that_of_the_items(concurrency: int) -> None:
    tenant = Tenant(*[group("g%02d" % number) for number in range(0, 20, 2)])
    run = Run(tenant, [desired(name="g%02d" % number) for number in range(20)], concurrency)
    assert run.actions == ["unchanged", "created"] * 10
    assert [(outcome.resource or {})["name"] for outcome in run.outcomes] == names_of(run.items)
    assert summarize(run.outcomes) == {"created": 10, "updated": 0, "deleted": 0, "unchanged": 10, "failed": 0}


def test_only_items_with_a_write_are_reported_on_the_way() -> None:
    run = Run(Tenant(group("a")), [desired(name="a"), desired(name="b")])
    assert [outcome.plan.action for outcome in run.reported] == ["created"]


def test_nothing_to_do_costs_nothing() -> None:
    tenant = Tenant(group("a"))
    assert Run(tenant, [desired(name="a")]).actions == ["unchanged"]
    assert tenant.calls == []
    assert Run(tenant, []).actions == []


@pytest.mark.parametrize("error", [refused(400), refused(500), refused(404), NotReached("no connection")])
def test_a_failure_does_not_stop_the_others(error: QlikError) -> None:
    tenant = Tenant()
    tenant.fail("POST", None, Fault(error))
    run = Run(tenant, [desired(name=each) for each in "abc"])
    if error.outcome_unknown:
        # What may have been carried out is looked up and tried again.
        assert run.actions == ["created"] * 3
    else:
        assert run.actions == ["created", "failed", "created"]
        assert summarize(run.outcomes)["failed"] == 1
        assert_says(why(run), "group 'b' (idp): ")


@pytest.mark.parametrize("error", [refused(401), refused(403), RateLimitWaitExceeded("too long")])
def test_what_has_not_begun_is_not_begun_after(error: QlikError) -> None:
    tenant = Tenant(group("z"))
    tenant.fail("POST", None, Fault(error))
    wanteds = [desired(name="z", state="absent")] + [desired(name=each) for each in "abcd"]
    run = Run(tenant, wanteds)
    assert run.actions == ["failed", "created", "failed", "failed", "failed"]
    assert [outcome.changed for outcome in run.outcomes] == [False, True, False, False, False]
    assert run.outcomes[2].error is error
    for position in (0, 3, 4):
        assert_says(run.outcomes[position].error or QlikError(""), "Not attempted", error.message)
    assert tenant.calls.count("POST groups") == 2
    assert "z" in [each["name"] for each in tenant.groups.values()]


def test_requests_really_overlap() -> None:
    tenant = Tenant()
    together = threading.Barrier(4, timeout=PATIENCE)
    tenant.on_write = lambda call: together.wait()
    run = Run(tenant, [desired(name=each) for each in "abcdefgh"], concurrency=4)
    assert run.actions == ["created"] * 8


def test_no_more_overlap_than_allowed() -> None:
    tenant = Tenant()
    inside: Dict[str, int] = {"now": 0, "most": 0}
    lock = threading.Lock()

    def count(call: str) -> None:
        with lock:
            inside["now"] += 1
            inside["most"] = max(inside["most"], inside["now"])
        with lock:
            inside["now"] -= 1

    tenant.on_write = count
    Run(tenant, [desired(name="g%d" % number) for number in range(50)], concurrency=2)
    assert inside["most"] <= 2


def test_equal_failures_are_explained_together() -> None:
    tenant = Tenant()
    tenant.fail("POST", *[Fault(NotReached("No connection.", "Check it."))] * 7)
    run = Run(tenant, [desired(name=each) for each in "abcdefg"])
    error = why(run)
    assert error.message.count("No connection.") == 1
    assert_says(error, "group 'a' (idp): ", "(also at group 'b' (idp), ", "group 'f' (idp) and 1 more)", "Check it.")


def test_summarise() -> None:
    plans: Dict[str, Any] = {item.plan.action: item.plan for item in planned(ALL_ACTIONS, WORLD)}
    outcomes = [Outcome(plan, changed=plan.changed) for plan in plans.values()]
    outcomes.append(Outcome(plans["created"], changed=True, error=QlikError("no")))
    # Somebody else did the same at the same moment.
    outcomes.append(Outcome(plans["updated"], changed=False))
    assert summarize(outcomes) == {"created": 1, "updated": 1, "deleted": 1, "unchanged": 2, "failed": 1}
    assert summarize([]) == {"created": 0, "updated": 0, "deleted": 0, "unchanged": 0, "failed": 0}


WORLD = world_of(group("b"), group("c"), group("d"), roles=["A"])
ALL_ACTIONS = [
    desired(name="a"),
    desired(name="b", assigned_roles=["A"]),
    desired(name="c", state="absent"),
    desired(name="d"),
]
