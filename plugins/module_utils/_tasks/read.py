# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads from a tenant what decides about the resources of a task, with as few requests as possible."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .._api.client import Client, equals, in_filters
from .._errors import NotAvailable, NotFound
from .._kinds.base import Kind
from .._kinds.endpoints import ENDPOINTS, GROUP_SETTINGS, ROLES
from .._kinds.lockout import ADMINISTRATORS
from .._planning.references import Reference, Resource
from .._planning.roles import DEFAULT_ROLES
from .._planning.settings import Params
from .._planning.world import World

#: So many of the resources that have parts are read at once.
_MOST_READERS = 8


class Demand(NamedTuple):
    """What has to be known of one kind: the resources that are wanted, or all of them.

    :param every_part: whether what belongs to a resource is to be known where the task does not ask for it too.
    :param may_be_missing: whether it is no error that the tenant does not have the kind.
    """

    kind: Kind
    wanted: Sequence[Params]
    everything: bool = False
    every_part: bool = False
    may_be_missing: bool = False


class Reading(NamedTuple):
    """What a demand has brought.

    :param along: what else has been looked for with the same requests.
    :param missing: why there is nothing, where the tenant does not have the kind.
    """

    resources: List[Resource]
    along: Sequence[Reference] = ()
    missing: Optional[NotAvailable] = None


def read(
    client: Client,
    demands: Sequence[Demand],
    expected: Sequence[Reference] = (),
    verify: bool = True,
) -> World:
    """What the tenant holds of several kinds, read side by side and each thing once.

    :param expected: resources that count as existing.
    :param verify: whether to look up also what the tenant itself would refuse without changing anything: a default
        role that no answer has shown, and what a change refers to.
    :raises NotAvailable: when the tenant does not have a kind, unless its demand says that this can be.
    """
    world = World()
    refers_to_roles = any(reference.noun == "role" for demand in demands for reference in _references(demand, world))
    demands = [
        # Whoever refers to roles may need the list of all, which has those that are wanted too.
        demand._replace(everything=True) if demand.kind.noun == "role" and refers_to_roles and demand.wanted else demand
        for demand in demands
    ]
    readings = _side_by_side([partial(_read, client, demand) for demand in demands])
    for demand, reading in zip(demands, readings):
        if reading.missing is not None:
            world.miss(demand.kind.noun, reading.missing)
    pairs = [pair for pair in zip(demands, readings) if pair[1].missing is None]
    demands = [demand for demand, _reading in pairs]
    for demand, reading in pairs:
        demand.kind.show_to(world, reading.resources)
        world.seek(Reference(demand.kind.noun, demand.kind.key(wanted)) for wanted in demand.wanted)
        world.seek(reading.along)
        if demand.everything:
            world.complete.add(demand.kind.noun)
        if demand.everything and demand.kind.noun == "role":
            world.roles.learn_all(reading.resources)
        elif demand.everything:
            world.seek(reference for reference in _references(demand, world) if reference.noun == demand.kind.noun)
    world.expect(expected)
    references = [reference for demand in demands for reference in _references(demand, world, verify)]
    _look_up_roles(client, world, references, verify)
    look_up(client, world, references)
    return world


def read_everything(client: Client, kinds: Sequence[Kind]) -> World:
    """All that the tenant holds of several kinds, with what belongs to it and the names of what it refers to."""
    demands = [Demand(kind, (), everything=True, every_part=True, may_be_missing=True) for kind in kinds]
    world = read(client, demands)
    held = [(kind, resource) for kind in kinds for resource in world.resources(kind.noun)]
    look_up(client, world, [reference for kind, resource in held for reference in kind.references_in(resource)])
    for kind, resource in held:
        kind.name_references(resource, world)
    return world


def _references(demand: Demand, world: World, verify: bool = True) -> Iterator[Reference]:
    """What the planning of a demand refers to.

    :param verify: whether that counts too of which the tenant refuses the wrong without changing anything: it does
        so of a change, and of a creation what POST has in one go.
    """
    kind = demand.kind
    for wanted in demand.wanted:
        held = world.get(kind.noun, kind.key(wanted))
        for reference in kind.references(wanted, held):
            is_needed = verify or kind.compares_ids or reference.noun == "role"
            if is_needed or (held is None and reference.noun != kind.noun):
                yield reference


def _look_up_roles(client: Client, world: World, references: Sequence[Reference], verify: bool) -> None:
    unseen = [each for each in references if each.noun == "role" and not world.roles.knows(each)]
    if not verify:
        unseen = [each for each in unseen if each.by == "id" or each.value not in DEFAULT_ROLES]
    if unseen and not world.roles.complete and not world.missing("role"):
        world.roles.learn_all(client.list(ROLES))


def look_up_administrators(client: Client, world: World) -> None:
    """Read those who can administer the tenant, as far as they are not known: with one request at most for users, for
    groups and for the group Everyone, as long as there are no more than fit on a page.

    What the tenant does not have is not asked for; groups and their settings are one API.
    """
    missing = {noun for noun in ("user", "group", "group_settings") if world.missing(noun)}
    if missing & {"group", "group_settings"}:
        missing |= {"group", "group_settings"}
    for noun, condition in ADMINISTRATORS.items():
        if noun not in world.complete and noun not in missing:
            endpoint = ENDPOINTS[noun]
            try:
                found = list(client.search(endpoint.collection, condition))
            except NotFound as error:
                # Whether the address is that of a tenant has been found out with what is described.
                world.miss(noun, NotAvailable(error.message, answer=error))
                continue
            for resource in found:
                natural_key, *claims = endpoint.keys(resource)
                world.put(noun, resource, natural_key, claims)
    if not world.resources("group_settings") and "group_settings" not in missing:
        try:
            world.put("group_settings", client.read(GROUP_SETTINGS), ("group_settings",))
        except NotFound as error:
            world.miss("group_settings", NotAvailable(error.message, answer=error))


def look_up(client: Client, world: World, references: Sequence[Reference]) -> None:
    """Look for the resources that are referred to and not known, those of a kind together.

    Of a kind that the tenant does not have there are none.
    """
    unknown: Dict[str, Dict[Reference, None]] = {}
    for reference in references:
        if reference.noun != "role" and not world.knows(reference):
            unknown.setdefault(reference.noun, {})[reference] = None
    for noun, sought in unknown.items():
        endpoint = ENDPOINTS[noun]
        world.seek(sought)
        if world.missing(noun):
            continue
        for condition in _joined([equals(reference.by, reference.value) for reference in sought]):
            for resource in client.search(endpoint.collection, endpoint.among_existing(condition)):
                natural_key, *claims = endpoint.keys(resource)
                world.put(noun, resource, natural_key, claims)


def _read(client: Client, demand: Demand) -> Reading:
    """What a demand brings, or why it brings nothing.

    :raises NotAvailable: when the tenant does not have the kind, and that cannot be.
    """
    try:
        with demand.kind.absence_explained(client):
            reading = _demanded(client, demand)
    except NotAvailable as missing:
        if not demand.may_be_missing:
            raise
        return Reading([], missing=missing)
    if demand.kind.is_singleton:
        return reading
    asked = _asked_parts(demand, reading.resources)
    return reading._replace(resources=with_parts(client, demand.kind, reading.resources, asked))


def _demanded(client: Client, demand: Demand) -> Reading:
    kind = demand.kind
    if kind.is_singleton:
        return Reading(kind.existing_singletons(client))
    if demand.everything or kind.is_listed:
        return Reading(list(kind.list(client)))
    return _wanted(client, kind, demand.wanted)


def _asked_parts(demand: Demand, resources: Sequence[Resource]) -> List[Params]:
    """The options that ask for what belongs to each of the resources; none where nothing of it has to be known."""
    kind = demand.kind
    wanted = {kind.key(each): each for each in demand.wanted if kind.has_parts(each)}
    return [
        wanted.get(kind.natural_key(each))
        or wanted.get(("id", each["id"]))
        or (kind.every_part if demand.every_part and kind.is_describable(each) else {})
        for each in resources
    ]


def with_parts(client: Client, kind: Kind, resources: List[Resource], asked: Sequence[Params]) -> List[Resource]:
    """The resources with what belongs to them, read side by side.

    :param asked: for each, the options that ask for what belongs to it; empty where nothing of it is to be read.
    """
    if not any(asked):
        return resources
    with ThreadPoolExecutor(max_workers=_MOST_READERS) as pool:
        return list(
            pool.map(
                lambda resource, each: kind.with_parts(client, resource, each) if each else resource,
                resources,
                asked,
            )
        )


def _side_by_side(reads: Sequence[Callable[[], Reading]]) -> List[Reading]:
    if len(reads) < 2:
        return [read_one() for read_one in reads]
    with ThreadPoolExecutor(max_workers=len(reads)) as pool:
        futures = [pool.submit(read_one) for read_one in reads]
        return [future.result() for future in futures]


def find(client: Client, kind: Kind, params: Params) -> List[Resource]:
    """The resources that an info module asks for, sorted by what names them."""
    name = params.get(kind.key_option)
    found: Iterable[Resource]
    with kind.absence_explained(client):
        if params.get("id") is not None:
            found = kind.by_id(client, params["id"])
        elif params.get("filter") is not None:
            found = client.search(kind.collection, params["filter"])
        elif name is not None:
            hits = kind.find(client, kind.condition(params))
            found = (hit for hit in hits if hit.get(kind.key_option) == name)
        else:
            found = kind.everything(client, params)
        asked_for = [resource for resource in found if kind.is_asked_for(resource, params)]
    return sorted(asked_for, key=lambda resource: str(resource.get(kind.key_option)))


def _wanted(client: Client, kind: Kind, wanted: Sequence[Params]) -> Reading:
    ids = [each["id"] for each in wanted if each.get("id") is not None]
    if len(ids) == len(wanted) == 1:
        return Reading(kind.by_id(client, ids[0]))
    filters, along = _filters(kind, wanted)
    found: List[Resource] = []
    if len(filters) > 1:
        resources, total, everything = kind.first_page(client)
        shown = {("id", resource["id"]) for resource in resources} | set(map(kind.natural_key, resources))
        filters, along = _filters(kind, [each for each in wanted if kind.key(each) not in shown])
        # A page can have less than was asked for.
        pages_left = -(-total // max(1, len(resources))) - 1
        if pages_left <= len(filters):
            return Reading(list(everything), list(_standing_in_the_way(kind, wanted)))
        found += resources
    for condition in filters:
        found += kind.find(client, condition)
    return Reading(found, along)


def _filters(kind: Kind, wanted: Sequence[Params]) -> Tuple[List[Any], List[Reference]]:
    """As few filters as possible that accept all that is wanted, and what they look for along with it at no cost.

    What is easily mistaken for what is wanted is read along too where that costs nothing.
    """
    conditions = list(map(kind.condition, wanted))
    if not kind.joins_conditions:
        return list(dict.fromkeys(conditions)), []
    fewest = _joined(conditions)
    along = list(dict.fromkeys(_standing_in_the_way(kind, wanted)))
    conditions += [equals(reference.by, reference.value) for reference in along]
    neighbours = [condition for each in wanted for condition in kind.neighbours(each)]
    for filters in (_joined(conditions + neighbours), _joined(conditions)):
        if len(filters) == len(fewest):
            return filters, along
    return fewest, []


def _joined(conditions: Sequence[str]) -> List[str]:
    return in_filters(list(dict.fromkeys(conditions)))


def _standing_in_the_way(kind: Kind, wanted: Sequence[Params]) -> Iterator[Reference]:
    for each in wanted:
        yield from (reference for reference in kind.references(each, None) if reference.noun == kind.noun)
