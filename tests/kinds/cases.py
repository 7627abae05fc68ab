# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file of cases says of a kind, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from generate.files import Described
from local_tenant.client import TenantHandle

Json = Any
State = dict[str, Any]
#: Names whose filters are too long for a URL, so that they are sent as a body where the API takes one.
LONG = "\N{HEDGEHOG}" * 200
MANY_NAMES = [f"{'x' * 60} {number}" for number in range(40)]
#: The subject of the caller, who becomes the owner of what it creates.
ADMIN = "local|admin"
LOCKOUT: dict[str, Json] = {"assigned_roles": []}
PICTURE = "https://example.com/a.png"
#: What a bulk module says that it did with the lists of the fault matrix.
MANY_CHANGES = {"created": 15, "updated": 7, "deleted": 8, "unchanged": 5, "failed": 0}
OF_EACH = {"created": 3, "updated": 1, "deleted": 1, "unchanged": 1, "failed": 0}


class SeedCase(NamedTuple):
    """Variables, and what they change: the new value by what is changed; C(None) for what is gone.

    :param error: a part of the message with which the run fails, having changed nothing.
    """

    variables: dict[str, Json]
    changes: dict[str, Json]
    error: str = ""


class SettingCase(NamedTuple):
    """A value for a setting, and what it changes.

    :param shown: what the tenant shows then that it has not shown before, by name in the API; of a new resource all.
    :param beside: options that it takes too. If they name a resource it is that one instead of the held one.
    """

    value: Json
    shown: dict[str, Json]
    beside: dict[str, Json] = {}


@dataclass(frozen=True)
class FaultCase:
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


@dataclass(frozen=True)
class Cases:
    """Cases of a kind.

    :param settings: what changes a setting, by option.
    :param seed: what an option does in the variable of the seeding role, by option.
    :param tasks: by module, what together calls all endpoints that it calls. C(test_endpoints.py) plants what is there.
    :param faults: tasks for the fault matrix, by name.
    :param described: what a description can have of the area on any tenant.
    :param not_shown: the settings without a case, because the API shows no value of them.
    """

    kind: Kind
    settings: Mapping[str, SettingCase]
    seed: Mapping[str, SeedCase] = field(default_factory=dict)
    tasks: Mapping[str, list[dict[str, Json]]] = field(default_factory=dict)
    faults: Mapping[str, FaultCase] = field(default_factory=dict)
    described: Json = None
    not_shown: Sequence[str] = ()

    @property
    def variable(self) -> str:
        """The variable of the seeding role."""
        return Described(self.kind).variable


class Hostile(NamedTuple):
    """Objects with texts that nobody should trust, in the words of the API and without their names.

    :param form: an object with a text where its values have a certain form.
    :param value: a text of that form, with C({}) for a number.
    :param otherwise: options that differ from those of any such object, with C({}) for a number.
    :param exceptions: what an audit accepts of the differences; C(OBJECT) is the name of an object.
    """

    form: Callable[[str], dict[str, Json]]
    value: str
    otherwise: dict[str, Json]
    exceptions: list[dict[str, Json]]


class Api(NamedTuple):
    """How the API takes an object, and refuses one.

    :param body: the fields of the body that creates an object.
    :param patch: the fields that a PATCH changes, none if the API has no PATCH but a PUT.
    :param refused: a call that is refused, as method, path, and body.
    :param error: the parts of an error beside code and title, with their types.
    :param beside: what stands beside the errors.
    """

    path: str
    body: list[str]
    patch: list[str]
    refused: tuple[str, str, Json]
    error: dict[str, type]
    beside: set[str]

    @property
    def calls(self) -> list[tuple[str, str]]:
        """The calls about all objects and about one, as method and path."""
        change = "PATCH" if self.patch else "PUT"
        return [
            *((method, self.path) for method in ("GET", "POST")),
            *((method, f"{self.path}/x") for method in ("GET", change, "DELETE")),
        ]


@dataclass(frozen=True, kw_only=True)
class Planted(Cases):
    """Cases of a kind for which tests plant an object.

    :param current: an object, with the fields of the API. Its value of each setting differs from the value in the case
        of the setting.
    :param look: returns an object of the API with the fields by the names of the settings, if these are not its fields.
    """

    current: dict[str, Json]
    look: Callable[[State], State] = dict

    @property
    def id_of_held(self) -> str:
        """The word that stands for the ID of the planted object."""
        return f"ID_OF_{self.kind.area.upper()}"


@dataclass(frozen=True, kw_only=True)
class Individual(Planted):
    """Cases of a kind whose objects are identified by more than a name, all of them written by hand.

    :param key: the options that identify the planted object.
    :param pair: the options of two other objects.
    :param nameless: options without a key, and the errors about them without the area.
    :param rows_of: returns the name and some settings of each object of a tenant, including duplicates.
    :param row: what C(rows_of) returns for C(described).
    :param facts_of: returns the settings of each object of a tenant, by its name in the cases for the seeding role.
    """

    key: dict[str, Json]
    pair: list[dict[str, Json]]
    nameless: tuple[dict[str, Json], Sequence[str]]
    rows_of: Callable[[State], list[Json]]
    row: list[Json]
    facts_of: Callable[[State], dict[str, Json]]


@dataclass(frozen=True, kw_only=True)
class Standalone(Planted):
    """Cases of a kind whose objects refer to no others, and of which a tenant lists all.

    What a test plants and describes follows from a few objects here; so do C(seed), C(tasks), C(faults), and
    C(described), unless they are given.

    C(current) has the name C(Held).

    :param options: the options of another object, without its name.
    :param twin: the fields in the API of an object with C(options), with the defaults of omitted options, without its
        name.
    :param changed: options without a name whose values differ from C(current) and from C(twin).
    :param changed_twin: the fields in the API that C(changed) sets.
    :param wrong: invalid options other than the name, and the start of each message after the path of the item, such as
        C(.origin: An origin must). By default there are none.
    """

    options: dict[str, Json]
    twin: dict[str, Json]
    changed: dict[str, Json]
    changed_twin: dict[str, Json]
    wrong: tuple[dict[str, Json], Sequence[str]] = ({}, ())
    hostile: Hostile
    api: Api

    def __post_init__(self) -> None:
        derived = {
            "seed": {**self._seed(), **self.seed},
            "tasks": {**self._tasks(), **self.tasks},
            "faults": {**self._faults(), **self.faults},
            "described": self.described or [self.named("New")],
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def named(self, name: str, **more: Json) -> dict[str, Json]:
        """The description of an object that is as C(options) say but for C(more)."""
        return {"name": name, **self.options, **more}

    def facts(self, item: State) -> dict[str, Json]:
        """What an object of the API has of each setting but its name."""
        shown = {setting.api: self.look(item).get(setting.api) for setting in self.kind.settings}
        return {
            name: sorted(value) if isinstance(value, list) else None if value == "" else value
            for name, value in shown.items()
            if name != "name"
        }

    def rows_of(self, state: State) -> list[Json]:
        """The name of each object that a tenant has, duplicates included, and what it has of each setting."""
        return sorted([item["name"], *self.facts(item).values()] for item in state[self.kind.area])

    def row(self, name: str, **more: Json) -> list[Json]:
        """What C(rows_of) has of an object like the twin, but for C(more)."""
        return [name, *self.facts({**self.twin, **more}).values()]

    def _seed(self) -> dict[str, SeedCase]:
        variable, word = self.variable, self.kind.word
        cases = {
            "name": SeedCase({variable: [self.named("New")]}, {f"{word} New": self.facts(self.twin)}),
            "id": SeedCase(
                {variable: [{"id": self.id_of_held, "name": "New"}]},
                {f"{word} Held": None, f"{word} New": self.facts(self.current)},
            ),
            "previous_names": SeedCase(
                {variable: [{"name": "New", "previous_names": ["Held"]}]},
                {f"{word} Held": None, f"{word} New": self.facts(self.current)},
            ),
            "initial": SeedCase(
                {variable: [{"name": name, "initial": self.options} for name in ("New", "Held")]},
                {f"{word} New": self.facts(self.twin)},
            ),
            "state": SeedCase({variable: [{"name": "Held", "state": "absent"}]}, {f"{word} Held": None}),
        }
        for option, case in self.settings.items():
            changes = {f"{word} Held {name}": value for name, value in case.shown.items()}
            cases.setdefault(
                option, SeedCase({variable: [{"name": "Held", option: case.value, **case.beside}]}, changes)
            )
        return cases

    def _tasks(self) -> dict[str, list[dict[str, Json]]]:
        noun, plural = self.kind.noun, self.kind.plural
        gone = {"id": self.id_of_held, "state": "absent"}
        tasks = [self.named("New"), {"name": "Held", **self.changed}, gone]
        return {
            f"qlik_{noun}": tasks,
            f"qlik_{plural}": [{plural: [task]} for task in tasks],
            f"qlik_{noun}_info": [{}, {"id": self.id_of_held}],
        }

    def _faults(self) -> dict[str, FaultCase]:
        noun, plural = self.kind.noun, self.kind.plural
        many = [
            self.named("Held"),
            {"name": "Changed", **self.changed},
            {"name": "Gone", "state": "absent"},
            *(self.named(f"New {number}") for number in range(3)),
        ]
        rows = [
            self.row("Changed", **self.changed_twin),
            self.row("Held"),
            *(self.row(f"New {number}") for number in range(3)),
        ]
        one, all_of_them, info = f"qlik_{noun}", f"qlik_{plural}", f"qlik_{noun}_info"
        return {
            one: FaultCase(one, self.named("New"), self.rows_of, [self.row("New")]),
            all_of_them: FaultCase(
                all_of_them, {plural: many, "concurrency": 2}, self.rows_of, rows, self.plant_three, OF_EACH
            ),
            info: FaultCase(info, {}, self.rows_of, None, self.plant_three),
        }

    def plant_three(self, tenant: TenantHandle) -> None:
        """Plant what the fault matrix leaves, changes, and deletes: three objects like the twin."""
        tenant.plant(self.kind.area, [{"name": name, **self.twin} for name in ("Held", "Changed", "Gone")])


@dataclass(frozen=True, kw_only=True)
class Single(Cases):
    """Cases of a singleton.

    What a test describes and expects follows from C(settings); so do C(seed), C(tasks), and C(faults), unless they are
    given.

    :param current: what a new tenant shows that tasks can change, by name in the API.
    :param after: what a tenant shows of C(current) after any change.
    :param describes: the settings in C(described), by default the first one.
    :param wrong: options with an error.
    :param look: returns what the state of a tenant has of it, by default what is called like the area.
    :param paths: where the API shows it, first what has C(describes), if that is not the path of the kind. C({tenant})
        is the ID of the tenant.
    """

    current: dict[str, Json]
    after: Mapping[str, Json] = field(default_factory=dict)
    describes: Sequence[str] = ()
    wrong: dict[str, Json]
    look: Callable[[State], State] | None = None
    paths: Sequence[str] = ()

    def __post_init__(self) -> None:
        one, *infos = Described(self.kind).modules
        describes = self.describes or list(self.settings)[:1]
        faults = {info: FaultCase(info, {}, self.rows_of) for info in infos}
        derived = {
            "seed": {**{option: self._seeded(option) for option in self.settings}, **self.seed},
            "tasks": {one: [self.options(*describes)], **{info: [{}] for info in infos}, **self.tasks},
            "faults": {one: FaultCase(one, self.options(), self.rows_of, [self.row()]), **faults, **self.faults},
            "describes": describes,
            "described": self.options(*describes),
            "paths": self.paths or [self.kind.collection],
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def options(self, *names: str) -> dict[str, Json]:
        """Options that change these settings, or all of them."""
        cases = [(name, self.settings[name]) for name in names or self.settings]
        return {option: value for name, case in cases for option, value in {**case.beside, name: case.value}.items()}

    def shown_in(self, state: State) -> State:
        """All that a tenant shows of it."""
        return dict((self.look(state) if self.look else state[self.kind.area]) or {})

    def rows_of(self, state: State) -> list[Json]:
        """What a tenant shows of it that tasks can change."""
        shown = self.shown_in(state)
        return [[self.kind.word, {name: shown.get(name) for name in self.current}]]

    def row(self, *names: str) -> Json:
        """The row of a new tenant in which these settings have changed, or all of them."""
        cases = [self.settings[name] for name in names or self.settings]
        changed = {name: value for case in cases for name, value in case.shown.items()}
        return [self.kind.word, {**self.current, **self.after, **changed}]

    def _seeded(self, option: str) -> SeedCase:
        shown = {f"{self.kind.area} {name}": whole(value) for name, value in self.settings[option].shown.items()}
        return SeedCase({self.variable: self.options(option)}, shown)


def whole(value: Json) -> Json:
    """A value in the form in which an object is compared as a whole, and not by what differs in it."""
    return [value] if isinstance(value, dict) else value


def roles_of(item: State) -> list[str]:
    """The names of the roles of a user or a group, sorted."""
    return sorted(role["name"] for role in item["assignedRoles"])
