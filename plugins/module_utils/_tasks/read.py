# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what a task requires from a tenant, with as few requests as possible."""

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
from .._kinds.previous_names import forms_of, resolved
from .._planning.references import Reference, Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot

#: The maximum number of threads that read the parts of resources.
_MOST_READERS = 8


class Demand(NamedTuple):
    """The resources of one kind to read.

    :param desired: the items whose resources are read.
    :param everything: whether to read all resources of the kind.
    :param every_part: whether to read all parts, not only those in the description.
    :param may_be_missing: whether a tenant that does not support the kind is not an error.
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
    """Read several kinds in parallel, without repeated requests. Return a new snapshot.

    :param expected: references to resources that count as existing.
    :param verify: whether to look up references that the tenant itself checks before it changes anything: default
        roles, and the references of changes.
    :raises NotAvailable: if the tenant does not support a kind, unless its demand allows that.
    """
    snapshot = Snapshot()
    demands = [
        demand._replace(desired=[form for desired in demand.desired for form in forms_of(demand.kind, desired)])
        for demand in demands
    ]
    referred = {reference.noun for demand in demands for reference in _references(demand, snapshot)}
    in_full = {noun for noun in referred if noun in ENDPOINTS and ENDPOINTS[noun].reads_all}
    demands = [
        # A lookup of references to this kind reads the whole list, which contains the desired resources too.
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
    """Read all resources of several kinds, with their parts and the names of referenced resources."""
    demands = [Demand(kind, (), everything=True, every_part=True, may_be_missing=True) for kind in kinds]
    snapshot = read(client, demands)
    current = [(kind, resource) for kind in kinds for resource in snapshot.resources(kind.noun)]
    references = [reference for kind, resource in current for reference in kind.parts.references_in(resource)]
    look_up(client, snapshot, references)
    for kind, resource in current:
        kind.parts.name_references(resource, snapshot)
    return snapshot


def _references(demand: Demand, snapshot: Snapshot, verify: bool = True) -> Iterator[Reference]:
    """Yield the references that must be looked up to plan a demand.

    :param verify: whether to include references that the tenant itself checks before it changes anything.
    """
    kind = demand.kind
    for desired in demand.desired:
        current = snapshot.get(kind.noun, kind.key(desired))
        for reference in kind.references(resolved(kind, desired, snapshot).desired, current):
            if verify or kind.parts.are_compared_by_id or not _is_left_to_the_tenant(kind, reference, current is None):
                yield reference


def _is_left_to_the_tenant(kind: Kind, reference: Reference, is_creation: bool) -> bool:
    """Return whether the tenant rejects a wrong reference without changing anything."""
    return reference.noun == kind.noun or ENDPOINTS[reference.noun].is_left_to_the_tenant(reference, is_creation)


def look_up_administrators(client: Client, snapshot: Snapshot) -> None:
    """Read the administrators of the tenant that the snapshot does not contain yet.

    This takes at most one request each for users, groups, and the group Everyone, and further pages if there are many.
    Kinds that the tenant does not support are skipped. Groups and group settings belong to the same API.
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
                # The areas of the description have been read before, so the URL is known to be that of a tenant.
                snapshot.miss(noun, NotAvailable(error.message, response=error))
                continue
            endpoint.put(snapshot, found)
    if not snapshot.resources("group_settings") and "group_settings" not in missing:
        try:
            snapshot.put("group_settings", client.read(GROUP_SETTINGS), ("group_settings",))
        except NotFound as error:
            snapshot.miss("group_settings", NotAvailable(error.message, response=error))


def look_up(client: Client, snapshot: Snapshot, references: Sequence[Reference]) -> None:
    """Look up the unknown references, with joint requests for each kind.

    References to a kind that the tenant does not support count as missing.
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
    """Read a demand.

    :raises NotAvailable: if the tenant does not support the kind, unless the demand allows that.
    """
    kind = demand.kind
    try:
        with absence_explained(kind, client):
            reading = kind.read(client, demand.desired, demand.everything)
    except NotAvailable as missing:
        if not demand.may_be_missing:
            raise
        return Reading([], missing=missing)
    required = _required_parts(demand, reading.resources)
    return reading._replace(resources=with_parts(client, kind, reading.resources, required))


def _required_parts(demand: Demand, resources: Sequence[Resource]) -> List[Params]:
    """Return the options that require parts, for each resource; an empty list if no parts are required."""
    kind = demand.kind
    desired = {kind.key(item): item for item in demand.desired if kind.parts.are_required(item)}
    every = kind.parts.every if demand.every_part else {}
    if not desired and not every:
        return []
    return [
        desired.get(kind.natural_key(resource))
        or desired.get(("id", resource["id"]))
        or (every if kind.is_describable(resource) else {})
        for resource in resources
    ]


def with_parts(client: Client, kind: Kind, resources: List[Resource], required: Sequence[Params]) -> List[Resource]:
    """Return the resources with their parts, which are read in parallel.

    :param required: for each resource, the options that require parts; empty if it requires none.
    """
    if not any(required):
        return resources

    def read_parts(resource: Resource, item: Params) -> Resource:
        return kind.parts.read(client, kind.path(resource), resource, item) if item else resource

    with ThreadPoolExecutor(max_workers=_MOST_READERS) as pool:
        return list(pool.map(read_parts, resources, required))


def _side_by_side(reads: Sequence[Callable[[], Reading]]) -> List[Reading]:
    if len(reads) < 2:
        return [read_one() for read_one in reads]
    with ThreadPoolExecutor(max_workers=len(reads)) as pool:
        futures = [pool.submit(read_one) for read_one in reads]
        return [future.result() for future in futures]


def find(client: Client, kind: Collection, params: Params) -> List[Resource]:
    """Read the resources that an info module returns, sorted by name."""
    with absence_explained(kind, client):
        return kind.search.shown(client, params)
