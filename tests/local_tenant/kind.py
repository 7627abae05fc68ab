# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant has of a kind, many objects in a collection or one, and what the audit log says of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, cast

from .call import Call, Json
from .collection import Collection, Item
from .errors import Service
from .routes import Route
from .state import State

T = TypeVar("T", bound=Item)
V = TypeVar("V")
CREATED, UPDATED, DELETED = "created", "updated", "deleted"
#: How objects are written: by administrators, with a body or without one.
WRITE: Mapping[str, Any] = {"tier": "2", "access": "write", "body": "required"}
WRITE_WITHOUT_BODY: Mapping[str, Any] = {"tier": "2", "access": "write"}


class PlantError(ValueError):
    """A planted object that makes no sense."""


@dataclasses.dataclass(frozen=True)
class Events:
    """The events of one sort of object.

    :param resource: as the new names have it.
    :param compared: an object with all that events compare.
    :param shown: those fields of it that events show; empty for all.
    :param old: old names by what happens; what has none was not published before.
    :param changes: where new and old events list what was changed; empty for events without such a list.
    :param source: where it is published.
    :param old_source: where that of the old names is another.
    :param of_changes: what happens to an object that exists before and after, as verbs with their data; None where it
        is one update.
    """

    resource: str
    compared: Callable[[Call, Any], dict[str, Json]]
    shown: tuple[str, ...] = ()
    old: Mapping[str, str] = dataclasses.field(default_factory=dict)
    changes: tuple[str, str] = ("_updates", "_updates")
    source: str = ""
    old_source: str = ""
    of_changes: Callable[[Call, Any, Any], Iterable[tuple[str, dict[str, Json]]]] | None = None


def old_names(prefix: str, *verbs: str) -> dict[str, str]:
    """The old names of events by what happens, all with the same beginning."""
    return {verb: f"{prefix}.{verb}" for verb in verbs or (CREATED, UPDATED, DELETED)}


@dataclasses.dataclass(frozen=True)
class Kind(Generic[T]):
    """Objects of one sort, of which a tenant has many. ``kinds.py`` lists all of these.

    :param name: what the control API calls them, in the plural.
    :param view: an object as the control API shows it.
    :param plant: puts an object into a tenant, new or changed, and returns its id. Raises PlantError.
    :param fields: those that a planted object can have.
    :param routes: its endpoints.
    :param indexes: see ``Collection``.
    :param service: how errors about them look.
    :param events: what the audit log says of them; None where Qlik publishes no events.
    """

    name: str
    view: Callable[[Call, T], Json]
    plant: Callable[[State, dict[str, Any]], str]
    fields: frozenset[str]
    routes: tuple[Route, ...]
    service: Service
    indexes: Mapping[str, Callable[[T], Iterable[str]]] = dataclasses.field(
        default_factory=lambda: {"id": lambda item: (item.id,)}
    )
    events: Events | None = None

    def of(self, state: State) -> Collection[T]:
        """All objects of this sort that a tenant has."""
        return cast(Collection[T], state.collections[self.name])


def _replaced(_state: State, value: Any, changes: Any) -> Any:
    return dataclasses.replace(value, **changes)


@dataclasses.dataclass(frozen=True)
class Singleton(Generic[V]):
    """What a tenant has exactly one of, such as its session policy. ``kinds.py`` lists all of these.

    :param name: what the control API calls it.
    :param initial: what a new tenant has.
    :param view: how the control API shows it.
    :param routes: its endpoints.
    :param services: how errors about it look, of services that are not in ``errors.py``.
    :param plant: returns it as a test wants it, by default with other values of its fields. Raises PlantError.
    :param events: what the audit log says of it; None where Qlik publishes no events.
    """

    name: str
    initial: V
    view: Callable[[Call, V], Json]
    routes: tuple[Route, ...]
    services: tuple[Service, ...] = ()
    plant: Callable[[State, V, Any], V] = _replaced
    events: Events | None = None

    def of(self, state: State) -> V:
        """What a tenant has."""
        return cast(V, state.singletons[self.name])

    def put(self, state: State, value: V) -> None:
        """Let a tenant have another value."""
        state.singletons[self.name] = value


def objects(items: object, known: Iterable[str], key: str = "") -> list[dict[str, Any]]:
    """The objects to plant, each with no other fields than ``known`` and with the text ``key``. Raises PlantError."""
    known = set(known)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise PlantError("a list of objects is needed")
    for item in items:
        if key and not isinstance(item.get(key), str):
            raise PlantError(f"every object needs {key!r}")
        for name in item.keys() - known:
            raise PlantError(f"unknown field {name!r}; known are {', '.join(sorted(known))}")
    return items
