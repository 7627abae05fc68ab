# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A kind that Qlik does not have, with everything that a table of settings can say."""

from __future__ import annotations

import inspect
from copy import deepcopy
from typing import Any, Callable, Dict, List, Optional, Sequence, Type

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Response
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, UnexpectedResponse
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.collection import Collection
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.effects import claims_of, show_to
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.writing import WriteRules
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.assignments import AssignedRoles, CustomGroups
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import Plan
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import Reference, Resource, Step
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.settings import (
    BOOLEAN,
    TEXT,
    EmailAddress,
    Setting,
    TextSet,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.snapshot import Snapshot
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.apply import Outcome, carry_out
from unit.plugins.module_utils.helpers import (
    Json,
    assert_says,
    client_over,
    group,
    operations_of,
    payload_of,
    role,
)
from unit.plugins.module_utils.tenant import refused

LAMPS = "/api/v1/lamps"


def is_smart(lamp: Resource) -> bool:
    return lamp.get("model") == "smart"


class Bulbs(Setting):
    """The bulbs of a lamp, which have requests of their own; one of unknown power waits until it is known."""

    def __init__(self) -> None:
        super().__init__("bulbs", {"type": "list", "elements": "str"}, missing=[], in_creation=False)

    def own_steps(self, path: str, current: Any, target: Any) -> List[Step]:
        added = [Step("POST", path + "/bulbs", {"name": bulb}) for bulb in target if bulb not in current]
        return added + [Step("DELETE", "%s/bulbs/%s" % (path, bulb)) for bulb in current if bulb not in target]

    def is_complete(self, target: Any) -> bool:
        return "unknown" not in target


class Socket(Setting):
    """Where a lamp is plugged in, which can be a socket that is still to be made."""

    def is_complete(self, target: Any) -> bool:
        return bool(target != "unknown")


class Lamp(Collection):
    noun = "lamp"
    plural = "lamps"
    collection = LAMPS
    identity: Sequence[str] = ("name", "room")
    blank = {"model": "smart", "lookRgb": None, "tags": [], "assignedRoles": [], "assignedGroups": []}
    settings: Sequence[Setting] = (
        Setting("name", TEXT, is_required=True, changeable=is_smart, because="Only smart lamps can be renamed."),
        Setting("room", TEXT, path=None, missing="hall", because="Carry it there."),
        Setting("note", TEXT, missing="", may_be_empty=True, applies_to=is_smart, because="Only smart lamps have one."),
        Setting("color", TEXT, api="lookRgb", path="/look/rgb"),
        Setting("brightness", {"type": "int"}, in_creation=False),
        Setting("blinks", BOOLEAN, deprecated="blinks goes away."),
        EmailAddress("owner", TEXT, path=None, is_unique=True, may_stay_different=True, because="It is engraved."),
        TextSet("tags", "purge_tags"),
        AssignedRoles(can_be_added=True),
        CustomGroups(),
        Bulbs(),
        Socket("socket", TEXT),
        Setting("shade", TEXT, is_added=True, longest=6),
        Setting("laser", BOOLEAN, consent_option="goggles"),
    )


class ReplacedLamp(Lamp):
    """The same where the API knows no PATCH."""

    writing = WriteRules(is_replaced=True)
    settings = (
        Setting("name", TEXT),
        Setting("color", TEXT, api="lookRgb"),
        Setting("blinks", BOOLEAN),
    )
    identity = ("name",)


LAMP = Lamp()
HELD: Json = {
    "id": "1",
    "name": "Moon",
    "room": "attic",
    "model": "smart",
    "note": "old",
    "lookRgb": "red",
    "brightness": 1,
    "blinks": False,
    "owner": "ada@example.com",
    "tags": ["a", "b"],
    "assignedRoles": [role("A")],
    "assignedGroups": [{"id": "g1", "name": "One", "providerType": "custom"}],
    "bulbs": ["left"],
    "socket": "left",
}
KEY: Json = {"name": "Moon", "room": "attic"}
DULL = {**{name: value for name, value in HELD.items() if name != "note"}, "model": "dull"}


def world_of(*lamps: Json) -> Snapshot:
    snapshot = Snapshot()
    snapshot.roles.learn_all([role(name) for name in "ABC"])
    for name in ("One", "Two"):
        made = group(name, "custom")
        snapshot.put("group", made, ("name", name, "custom"))
    snapshot.seek([Reference("group", ("name", "Three", "custom"))])
    return show_to(snapshot, LAMP, lamps)


def plan(*current: Json, **given: Any) -> Plan:
    return LAMP.plan(given, world_of(*current))


def test_a_creation_without_what_it_needs() -> None:
    with pytest.raises(InvalidInput) as refused:
        plan(room="attic")
    assert_says(refused.value, "name: Required to create a new object.")


def replace(path: str, value: Any) -> Json:
    return {"op": "replace", "path": path, "value": value}


def test_every_flag_of_a_setting_is_used() -> None:
    """A flag that is new has to be in the table above, and so in a test."""
    parameters = list(inspect.signature(Setting.__init__).parameters)[3:]
    flags = [name for name in vars(Setting("x", TEXT)) if name not in ("option", "spec")]
    assert sorted(flag.lstrip("_") for flag in flags) == sorted(parameters)
    of_classes = [name for name, value in vars(Setting).items() if name[0] != "_" and not callable(value)]
    for flag in flags + of_classes:
        plain = {setting: Setting(setting.option, setting.spec) for setting in LAMP.settings}
        assert any(getattr(setting, flag) != getattr(usual, flag) for setting, usual in plain.items()), flag


def test_what_is_not_there_is_added() -> None:
    assert operations_of(plan(HELD, **KEY, shade="wide")) == [{"op": "add", "path": "/shade", "value": "wide"}]
    assert operations_of(plan({**HELD, "shade": "narrow"}, **KEY, shade="wide")) == [replace("/shade", "wide")]


def test_a_text_that_is_too_long() -> None:
    with pytest.raises(InvalidInput) as refused:
        LAMP.check({**KEY, "shade": "reddish"})
    assert_says(refused.value, "shade: Must have at most 6 characters, not 7.")
    LAMP.check({**KEY, "shade": "narrow"})


def test_what_needs_consent() -> None:
    assert LAMP.argument_spec()["goggles"] == {"type": "bool", "default": False}
    for goggles in (None, False):
        with pytest.raises(InvalidInput) as refused:
            LAMP.check({**KEY, "laser": False, "goggles": goggles})
        assert_says(refused.value, "laser: Requires `goggles: true`.")
    LAMP.check({**KEY, "goggles": False})
    LAMP.check({**KEY, "laser": True, "goggles": True})


def test_every_sort_of_setting_is_used() -> None:
    def below(sort: Type[Setting]) -> List[Type[Setting]]:
        return [sort, *(each for further in sort.__subclasses__() for each in below(further))]

    general = {sort for sort in below(Setting) if sort.__module__.rpartition(".")[2] in ("settings", "assignments")}
    assert general <= {type(setting) for setting in LAMP.settings}


def test_options_follow_from_the_table() -> None:
    spec = LAMP.argument_spec()
    beside = {"purge_tags", "assigned_role_ids", "purge_roles", "purge_groups", "goggles", "state", "id", "initial"}
    assert spec.keys() == {setting.option for setting in LAMP.settings} | beside
    assert LAMP.rules == {
        "mutually_exclusive": [("assigned_roles", "assigned_role_ids")],
        "required_one_of": [("name", "id")],
    }
    assert LAMP.task_spec.keys() == {"planned_roles", "planned_groups", "allow_lockout"}
    assert LAMP.may_be_empty() == ["note"]
    assert LAMP.area_spec()["options"].keys() == spec.keys()


def test_identity_follows_from_the_table() -> None:
    assert LAMP.key({"name": "Moon"}) == LAMP.natural_key({"name": "Moon"}) == ("name", "Moon", "hall")
    assert LAMP.key(KEY) == LAMP.natural_key(HELD) == ("name", "Moon", "attic")
    assert LAMP.key({**KEY, "id": "1"}) == ("id", "1")
    assert LAMP.label(KEY) == LAMP.label_of(HELD) == "lamp 'Moon' (attic)"
    assert claims_of(LAMP, dict(HELD, owner="Ada@Example.com")) == [("owner", "ada@example.com")]
    assert LAMP.area == "lamps"


def test_references_follow_from_the_table() -> None:
    given = {**KEY, "assigned_roles": ["A"], "assigned_groups": ["One", "Two"], "owner": "Ada@Example.com"}
    owner = Reference("lamp", ("owner", "ada@example.com"))
    groups = [Reference("group", ("name", name, "custom")) for name in ("One", "Two")]
    roles = [Reference("role", ("name", "A"))]
    assert set(LAMP.references(given, None)) == {owner, *groups, *roles}
    # What a lamp has already needs no look.
    assert set(LAMP.references(given, HELD)) == {groups[1], *roles}
    assert list(LAMP.references({**given, "state": "absent"}, None)) == []


# Options, what they send in a PATCH, and what the diff shows of them.
CHANGES: Dict[str, Any] = {
    "name": ({"id": "1", "name": "Sun"}, [replace("/name", "Sun")], "Sun"),
    "note": ({"note": "new"}, [replace("/note", "new")], "new"),
    "note, taken away": ({"note": ""}, [replace("/note", "")], ""),
    "color": ({"color": "blue"}, [replace("/look/rgb", "blue")], "blue"),
    "socket": ({"socket": "right"}, [replace("/socket", "right")], "right"),
    "brightness": ({"brightness": 2}, [replace("/brightness", 2)], 2),
    "blinks": ({"blinks": True}, [replace("/blinks", True)], True),
    "tags": ({"tags": ["c", "c", "a"]}, [replace("/tags", ["a", "c"])], ["a", "c"]),
    "tags, added": (
        {"tags": ["c"], "purge_tags": False},
        [{"op": "add", "path": "/tags/-", "value": "c"}],
        ["a", "b", "c"],
    ),
    "assigned_roles": ({"assigned_roles": ["B"]}, [replace("/assignedRoles", [{"name": "B"}])], ["B"]),
    "assigned_roles, added": (
        {"assigned_role_ids": ["id-of-B"], "purge_roles": False},
        [{"op": "add", "path": "/assignedRoles/-", "value": {"id": "id-of-B"}}],
        ["A", "B"],
    ),
    "assigned_groups": (
        {"assigned_groups": ["Two"]},
        [{"op": "add", "path": "/assignedGroups/-", "value": {"name": "Two", "providerType": "custom"}}],
        ["One", "Two"],
    ),
    "assigned_groups, taken away": (
        {"assigned_groups": [], "purge_groups": True},
        [{"op": "remove-value", "path": "/assignedGroups", "value": "g1"}],
        [],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change(case: str) -> None:
    given, operations, after = CHANGES[case]
    option = case.partition(",")[0]
    changed = plan(HELD, **{**KEY, **given})
    assert operations_of(changed) == operations
    assert (changed.action, changed.steps[0].path, changed.differing) == ("updated", LAMPS + "/1", [option])
    assert (changed.after or {})[option] == after
    assert {name for name in changed.after or {} if (changed.after or {})[name] != (changed.before or {})[name]} == {
        option
    }
    again = plan(changed.predicted or {}, **{**KEY, **given})
    assert (again.action, again.before) == ("unchanged", changed.after)


@pytest.mark.parametrize("option", [setting.option for setting in LAMP.settings])
def test_what_is_left_out_or_equal_is_left_alone(option: str) -> None:
    setting = next(each for each in LAMP.settings if each.option == option)
    assert plan(HELD, **KEY).action == "unchanged"
    value = setting.shown(setting.current(HELD))
    assert plan(HELD, **{**KEY, option: value}).action == "unchanged"


def test_a_creation_sends_what_it_can() -> None:
    given = {
        "name": "Sun",
        "color": "blue",
        "brightness": 2,
        "tags": ["b", "a"],
        "assigned_roles": ["A"],
        "assigned_groups": ["One"],
        "bulbs": ["left"],
    }
    created = plan(HELD, **given)
    assert (created.action, created.steps[0].path) == ("created", LAMPS)
    assert payload_of(created) == {
        "name": "Sun",
        "lookRgb": "blue",
        "tags": ["a", "b"],
        "assignedRoles": [{"name": "A"}],
    }
    assert (created.predicted or {})["brightness"] == 2
    assert LAMP.natural_key(created.predicted or {}) == ("name", "Sun", "hall")
    # The rest takes a second request, once there is an id for its path.
    left = plan({**HELD, "id": "2", "name": "Sun", "room": "hall", "brightness": None, "bulbs": None}, **given)
    assert {"brightness", "bulbs"} <= set(left.differing)


@pytest.mark.parametrize(
    ("current", "given", "words"),
    [
        (DULL, {"id": "1", "name": "Sun"}, ["name: ", "'Moon' to 'Sun'", "Only smart lamps can be renamed."]),
        (HELD, {"id": "1", "room": "hall"}, ["room: ", "'attic' to 'hall'", "Carry it there."]),
        (DULL, {"note": "new"}, ["note: ", "Only smart lamps have one."]),
        (HELD, {"color": " "}, ["color: ", "Must not be empty."]),
        (HELD, {"tags": ["a", "\t"]}, ["tags: ", "Must not be empty."]),
        (HELD, {"id": "9"}, ["no lamp 9", "Correct `id`"]),
        (HELD, {"name": "Sun", "owner": "ADA@example.com"}, ["owner: ", "is already used by the lamp 'Moon' (attic)"]),
        (HELD, {"assigned_roles": ["Z"]}, ["assigned_roles: ", "no role 'Z'"]),
        (HELD, {"assigned_groups": ["Three"]}, ["assigned_groups: ", "no custom group 'Three'"]),
        ({**HELD, "tags": None}, {"tags": []}, ["tags: ", "does not show"]),
        (
            {**HELD, "assignedRoles": None},
            {"assigned_roles": []},
            ["assigned_roles: ", "does not show"],
        ),
    ],
)
def test_refusals(current: Json, given: Json, words: Sequence[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan(current, **{**KEY, **given})
    assert_says(caught.value, *words)


@pytest.mark.parametrize("tags", ["a", [1], {}])
def test_what_is_no_list_of_texts(tags: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="tags"):
        plan({**HELD, "tags": tags}, **KEY, tags=["a"])


def test_what_does_not_apply_is_neither_shown_nor_taken_for_different() -> None:
    assert "note" not in (plan(DULL, **KEY).before or {})
    assert plan(DULL, **KEY, note="").action == "unchanged"
    assert (plan({**HELD, "note": None}, **KEY).before or {})["note"] == ""


def test_what_may_stay_different_is_a_warning() -> None:
    given = {**KEY, "owner": "eve@example.com"}
    stays = plan(HELD, **given)
    assert stays.action == "unchanged"
    assert stays.unchangeable == {"owner": {"current": "ada@example.com", "desired": "eve@example.com"}}
    (warning,) = LAMP.warnings(given, stays, world_of(HELD))
    assert "owner of the lamp 'Moon' (attic) cannot be changed from 'ada@example.com'" in warning
    assert "It is engraved." in warning
    assert plan(HELD, **{**KEY, "owner": "ADA@example.com"}).unchangeable == {}


def test_what_is_deprecated_is_a_warning_to_who_uses_it() -> None:
    for given, warnings in (({**KEY, "blinks": False}, ["blinks goes away."]), (KEY, [])):
        assert LAMP.warnings(given, plan(HELD, **given), world_of(HELD)) == warnings


def test_what_belongs_to_a_resource_has_requests_of_its_own() -> None:
    changed = plan(HELD, **KEY, bulbs=["right"], color="blue")
    assert [step[:2] for step in changed.steps] == [
        ("PATCH", LAMPS + "/1"),
        ("POST", LAMPS + "/1/bulbs"),
        ("DELETE", LAMPS + "/1/bulbs/left"),
    ]
    assert (changed.after or {})["bulbs"] == ["right"]


def test_a_plan_can_wait_for_what_others_make() -> None:
    for current in ([HELD], []):
        assert plan(*current, **KEY, socket="left").is_complete
        assert not plan(*current, **KEY, socket="unknown").is_complete
    assert not plan(HELD, **KEY, bulbs=["unknown"]).is_complete
    # What a creation cannot set is planned again anyway.
    assert plan(**KEY, bulbs=["unknown"]).is_complete


def test_what_is_replaced_as_a_whole_is_sent_as_a_whole() -> None:
    kind = ReplacedLamp()
    snapshot = show_to(Snapshot(), kind, [HELD])
    changed = kind.plan({"name": "Moon", "color": "blue"}, snapshot)
    whole = {"name": "Moon", "lookRgb": "blue", "blinks": False}
    assert changed.steps == [Step("PUT", LAMPS + "/1", whole)]


class Shop:
    """Lamps in memory that look like a transport."""

    retries = 0

    def __init__(self, *lamps: Json) -> None:
        self.lamps = {lamp["id"]: deepcopy(lamp) for lamp in lamps}
        self.calls: List[str] = []
        self.pauses = 0

    def pause(self, attempt: int, at_least: float = 0.0) -> None:
        self.pauses += 1

    def send(
        self,
        method: str,
        path: str,
        query: Any = "",
        body: Any = None,
        safe_to_repeat: bool = True,
        check: Callable[[Response], object] = lambda response: None,
        headers: Any = None,
    ) -> Response:
        self.calls.append("%s %s" % (method, path[len(LAMPS) :]))
        response = Response(200, {}, self._serve(method, path[len(LAMPS) + 1 :].split("/"), deepcopy(body)))
        check(response)
        return response

    def _serve(self, method: str, place: List[str], body: Any) -> Any:
        lamp = self.lamps.get(place[0])
        if method == "POST" and place == [""]:
            self.lamps["new"] = {"model": "smart", "room": "hall", **body, "id": "new"}
            return dict(self.lamps["new"])
        if lamp is None:
            raise refused(404)
        if place[1:] and method == "POST":
            lamp["bulbs"] = [*(lamp.get("bulbs") or []), body["name"]]
            return {"id": body["name"]}
        if place[1:] and method == "DELETE":
            lamp["bulbs"].remove(place[2])
        elif method == "PATCH":
            for operation in body:
                assert operation["op"] == "replace"
                lamp[{"/look/rgb": "lookRgb"}.get(operation["path"], operation["path"][1:])] = operation["value"]
        elif method == "PUT":
            self.lamps[place[0]] = {**body, "id": place[0]}
        return dict(lamp) if method == "GET" else None


def ensure(shop: Shop, kind: Kind, current: Optional[Json], **given: Any) -> Outcome:
    snapshot = show_to(Snapshot(), kind, [current] if current else [])
    return carry_out(client_over(shop), kind, given, kind.plan(given, snapshot), snapshot)


def test_carrying_out_what_takes_several_requests() -> None:
    shop = Shop(HELD)
    outcome = ensure(shop, LAMP, HELD, **KEY, bulbs=["right"], color="blue")
    assert (outcome.error, outcome.action) == (None, "updated")
    assert shop.calls == ["PATCH /1", "POST /1/bulbs", "DELETE /1/bulbs/left", "GET /1"]
    assert (shop.lamps["1"]["bulbs"], shop.lamps["1"]["lookRgb"]) == (["right"], "blue")


def test_a_creation_that_takes_several_requests() -> None:
    shop = Shop()
    outcome = ensure(shop, LAMP, None, name="Sun", bulbs=["left"], brightness=2)
    assert (outcome.error, outcome.action) == (None, "created")
    assert shop.calls == ["POST ", "PATCH /new", "POST /new/bulbs", "GET /new"]


def test_a_replacement() -> None:
    shop = Shop(HELD)
    outcome = ensure(shop, ReplacedLamp(), HELD, name="Moon", color="blue")
    assert (outcome.error, outcome.action) == (None, "updated")
    assert shop.calls == ["PUT /1", "GET /1"]
    assert shop.lamps["1"] == {"id": "1", "name": "Moon", "lookRgb": "blue", "blinks": False}
