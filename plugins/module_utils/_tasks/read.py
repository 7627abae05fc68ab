# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads from a tenant what decides about the resources of a task, with as few requests as possible."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Callable, Dict, Iterator, List, NamedTuple, Sequence

from .._api.client import Client
from .._errors import NotAvailable, NotFound
from .._kinds.absence import absence_explained
from .._kinds.base import Kind, Reading
from .._kinds.collection import Collection
from .._kinds.effects import show_to
from .._kinds.endpoints import ENDPOINTS, GROUP_SETTINGS
from .._kinds.lockout import ADMINISTRATORS
from .._planning.references import Reference, Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot

#: So many of the resources that have parts are read at once.
_MOST_READERS = 8


class Demand(NamedTuple):
    """What has to be known of one kind: the resources that are wanted, or all of them.

    :param every_part: whether what belongs to a resource is to be known where the task does not ask for it too.
    :param may_be_missing: whether it is no error that the tenant does not have the kind.
    """

    kind: Kind
    desired: Sequence[Params]
    everything: bool = False
    every_part: bool = False
    may_be_missing: bool = False


def read(
    client: Client,
    demands: Sequence[Demand],
    expected: Sequence[Reference] = (),
    verify: bool = True,
) -> Snapshot:
    """What the tenant holds of several kinds, read side by side and each thing once.

    :param expected: resources that count as existing.
    :param verify: whether to look up also what the tenant itself would refuse without changing anything: a default
        role that no answer has shown, and what a change refers to.
    :raises NotAvailable: when the tenant does not have a kind, unless its demand says that this can be.
    """
    snapshot = Snapshot()
    referred = {reference.noun for demand in demands for reference in _references(demand, snapshot)}
    in_full = {noun for noun in referred if noun in ENDPOINTS and ENDPOINTS[noun].reads_all}
    demands = [
        # Looking up what others refer to may take the list of all, which has those that are wanted too.
        demand._replace(everything=True) if demand.kind.noun in in_full and demand.desired else demand
        for demand in demands
    ]
    readings = _side_by_side([partial(_read, client, demand) for demand in demands])
    for demand, reading in zip(demands, readings):
        if reading.missing is not None:
            snapshot.miss(demand.kind.noun, reading.missing)
    pairs = [pair for pair in zip(demands, readings) if pair[1].missing is None]
    demands = [demand for demand, _reading in pairs]
    for demand, reading in pairs:
        show_to(snapshot, demand.kind, reading.resources)
        snapshot.seek(Reference(demand.kind.noun, demand.kind.key(desired)) for desired in demand.desired)
        snapshot.seek(reading.along)
        if demand.everything:
            snapshot.complete_with(demand.kind.noun)
            snapshot.seek(
                reference for reference in _references(demand, snapshot) if reference.noun == demand.kind.noun
            )
    snapshot.expect(expected)
    look_up(client, snapshot, [reference for demand in demands for reference in _references(demand, snapshot, verify)])
    return snapshot


def read_everything(client: Client, kinds: Sequence[Kind]) -> Snapshot:
    """All that the tenant holds of several kinds, with what belongs to it and the names of what it refers to."""
    demands = [Demand(kind, (), everything=True, every_part=True, may_be_missing=True) for kind in kinds]
    snapshot = read(client, demands)
    current = [(kind, resource) for kind in kinds for resource in snapshot.resources(kind.noun)]
    look_up(client, snapshot, [each for kind, resource in current for each in kind.parts.references_in(resource)])
    for kind, resource in current:
        kind.parts.name_references(resource, snapshot)
    return snapshot


def _references(demand: Demand, snapshot: Snapshot, verify: bool = True) -> Iterator[Reference]:
    """What the planning of a demand refers to.

    :param verify: whether that counts too of which the tenant refuses the wrong without changing anything: it does
        so of a change, and of a creation what POST has in one go.
    """
    kind = demand.kind
    for desired in demand.desired:
        current = snapshot.get(kind.noun, kind.key(desired))
        for reference in kind.references(desired, current):
            if verify or kind.parts.are_compared_by_id or not _is_left_to_the_tenant(kind, reference, current is None):
                yield reference


def _is_left_to_the_tenant(kind: Kind, reference: Reference, is_creation: bool) -> bool:
    """Whether the tenant refuses a wrong reference without changing anything."""
    return reference.noun == kind.noun or ENDPOINTS[reference.noun].is_left_to_the_tenant(reference, is_creation)


def look_up_administrators(client: Client, snapshot: Snapshot) -> None:
    """Read those who can administer the tenant, as far as they are not known: with one request at most for users, for
    groups and for the group Everyone, as long as there are no more than fit on a page.

    What the tenant does not have is not asked for; groups and their settings are one API.
    """
    missing = {noun for noun in ("user", "group", "group_settings") if snapshot.missing(noun)}
    if missing & {"group", "group_settings"}:
        missing |= {"group", "group_settings"}
    for noun, condition in ADMINISTRATORS.items():
        if noun not in snapshot.complete and noun not in missing:
            endpoint = ENDPOINTS[noun]
            try:
                found = list(client.search(endpoint.collection, condition))
            except NotFound as error:
                # Whether the address is that of a tenant has been found out with what is described.
                snapshot.miss(noun, NotAvailable(error.message, response=error))
                continue
            endpoint.put(snapshot, found)
    if not snapshot.resources("group_settings") and "group_settings" not in missing:
        try:
            snapshot.put("group_settings", client.read(GROUP_SETTINGS), ("group_settings",))
        except NotFound as error:
            snapshot.miss("group_settings", NotAvailable(error.message, response=error))


def look_up(client: Client, snapshot: Snapshot, references: Sequence[Reference]) -> None:
    """Look for the resources that are referred to and not known, those of a kind together.

    Of a kind that the tenant does not have there are none.
    """
    unknown: Dict[str, Dict[Reference, None]] = {}
    for reference in references:
        if not snapshot.knows(reference):
            unknown.setdefault(reference.noun, {})[reference] = None
    for noun in sorted(unknown, key=lambda noun: not ENDPOINTS[noun].reads_all):
        snapshot.seek(unknown[noun])
        if not snapshot.missing(noun):
            ENDPOINTS[noun].look_up(client, snapshot, unknown[noun])


def _read(client: Client, demand: Demand) -> Reading:
    """What a demand brings, or why it brings nothing.

    :raises NotAvailable: when the tenant does not have the kind, and that cannot be.
    """
    kind = demand.kind
    try:
        with absence_explained(kind, client):
            reading = kind.read(client, demand.desired, demand.everything)
    except NotAvailable as missing:
        if not demand.may_be_missing:
            raise
        return Reading([], missing=missing)
    asked = _asked_parts(demand, reading.resources)
    return reading._replace(resources=with_parts(client, kind, reading.resources, asked))


def _asked_parts(demand: Demand, resources: Sequence[Resource]) -> List[Params]:
    """The options that ask for what belongs to each of the resources; none where nothing of it has to be known."""
    kind = demand.kind
    desired = {kind.key(each): each for each in demand.desired if kind.parts.are_required(each)}
    every = kind.parts.every if demand.every_part else {}
    if not desired and not every:
        return []
    return [
        desired.get(kind.natural_key(each))
        or desired.get(("id", each["id"]))
        or (every if kind.is_describable(each) else {})
        for each in resources
    ]


def with_parts(client: Client, kind: Kind, resources: List[Resource], asked: Sequence[Params]) -> List[Resource]:
    """The resources with what belongs to them, read side by side.

    :param asked: for each, the options that ask for what belongs to it; empty where nothing of it is to be read.
    """
    if not any(asked):
        return resources

    def read_parts(resource: Resource, each: Params) -> Resource:
        return kind.parts.read(client, kind.path(resource), resource, each) if each else resource

    with ThreadPoolExecutor(max_workers=_MOST_READERS) as pool:
        return list(pool.map(read_parts, resources, asked))


def _side_by_side(reads: Sequence[Callable[[], Reading]]) -> List[Reading]:
    if len(reads) < 2:
        return [read_one() for read_one in reads]
    with ThreadPoolExecutor(max_workers=len(reads)) as pool:
        futures = [pool.submit(read_one) for read_one in reads]
        return [future.result() for future in futures]


def find(client: Client, kind: Collection, params: Params) -> List[Resource]:
    """The resources that an info module asks for, sorted by what names them."""
    with absence_explained(kind, client):
        return kind.search.shown(client, params)
