# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads from a tenant what decides about the resources of a task, with as few requests as possible."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Iterable, Iterator, List, Sequence

from .._api.client import API, PAGE_SIZE, Client, equals, in_filters
from .._errors import NotFound
from .._kinds.base import Kind, World
from .._planning.roles import DEFAULT_ROLES, RoleReference
from .._planning.settings import Params, Resource


def read(
    client: Client,
    kind: Kind,
    wanteds: Sequence[Params],
    thorough: bool,
    everything: bool = False,
    planned_roles: Sequence[str] = (),
) -> World:
    """What the tenant holds of the resources that are wanted, or of all resources of their kind.

    :param thorough: read also what the tenant itself would look at when it is written to. Without it a default role
        that no answer has shown is left for the tenant to accept or to refuse.
    :param planned_roles: names of roles that count as existing.
    """
    world = World()
    world.add(
        kind, client.everything(kind.collection, kind.key_option) if everything else _resources(client, kind, wanteds)
    )
    unseen = [reference for reference in _references(kind, wanteds) if not world.roles.knows(reference)]
    if not thorough:
        unseen = [reference for reference in unseen if reference.by == "id" or reference.value not in DEFAULT_ROLES]
    if unseen:
        world.roles.learn_all(client.list(API + "/roles"))
    world.roles.expect(planned_roles)
    return world


def find(client: Client, kind: Kind, params: Params) -> List[Resource]:
    """The resources that an info module asks for, sorted by what names them."""
    name = params.get(kind.key_option)
    found: Iterable[Resource]
    if params.get("id") is not None:
        found = _by_id(client, kind, params["id"])
    elif params.get("filter") is not None:
        found = client.search(kind.collection, params["filter"])
    elif name is not None:
        hits = client.search(kind.collection, kind.among_existing(kind.condition(params)))
        found = (hit for hit in hits if hit.get(kind.key_option) == name)
    else:
        found = kind.everything(client, params)
    asked_for = (resource for resource in found if kind.is_asked_for(resource, params))
    return sorted(asked_for, key=lambda resource: str(resource.get(kind.key_option)))


def _references(kind: Kind, wanteds: Sequence[Params]) -> Iterator[RoleReference]:
    for wanted in wanteds:
        if wanted.get("state") != "absent":
            for setting in kind.settings:
                yield from setting.references(wanted)


def _resources(client: Client, kind: Kind, wanteds: Sequence[Params]) -> Iterator[Resource]:
    only_one = kind.read_only_one(client)
    if only_one is not None:
        yield only_one
        return
    ids = [wanted["id"] for wanted in wanteds if wanted.get("id") is not None]
    if len(ids) == len(wanteds) == 1:
        yield from _by_id(client, kind, ids[0])
        return
    filters = _filters(kind, wanteds)
    if len(filters) > 1:
        resources, total, everything = client.first_page(kind.collection, kind.key_option)
        shown = {("id", resource["id"]) for resource in resources} | set(map(kind.natural_key, resources))
        filters = _filters(kind, [wanted for wanted in wanteds if kind.key(wanted) not in shown])
        pages_left = -(-total // PAGE_SIZE) - 1
        if pages_left <= len(filters):
            yield from everything
            return
        yield from resources
    for condition in filters:
        yield from client.search(kind.collection, kind.among_existing(condition))


def _filters(kind: Kind, wanteds: Sequence[Params]) -> List[str]:
    """As few filters as possible that accept all that is wanted, and its neighbours where that takes no more."""
    conditions = [
        kind.condition(wanted) if wanted.get("id") is None else equals("id", wanted["id"]) for wanted in wanteds
    ]
    neighbours = [condition for wanted in wanteds if wanted.get("id") is None for condition in kind.neighbours(wanted)]
    filters = in_filters(list(dict.fromkeys(conditions)))
    with_neighbours = in_filters(list(dict.fromkeys(conditions + neighbours)))
    return filters if len(filters) < len(with_neighbours) else with_neighbours


def _by_id(client: Client, kind: Kind, resource_id: str) -> List[Resource]:
    try:
        return [client.read_by_id(kind.collection, resource_id)]
    except NotFound:
        return []
