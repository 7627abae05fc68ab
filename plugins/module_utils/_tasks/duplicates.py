# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removes duplicates that runs at the same time create, where the API does not keep names unique."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from collections.abc import Hashable
from typing import Dict, List, Sequence, Tuple

from .._api.client import Client
from .._errors import Interrupted, NotFound, QlikError
from .._kinds.base import Kind
from .._planning.plan import Plan, are_equal, show
from .._planning.references import Resource
from .apply import MOST_READS, Outcome

#: Equal resources by ID, the outcome's own among them.
Equals = Dict[str, Resource]


def remove_duplicates(client: Client, kind: Kind, outcomes: Sequence[Outcome]) -> None:
    """List a kind once more after creations, and delete all equal resources but the one with the smallest ID.

    Each run that has created one deletes all others that it sees, whoever created them: then one remains, whatever the
    order of the requests. An outcome whose own resource is deleted becomes C(unchanged).
    """
    if kind.has_unique_names:
        return
    created = [
        outcome
        for outcome in outcomes
        if outcome.plan.action == "created" and outcome.changed and outcome.error is None and outcome.resource
    ]
    if not created:
        return
    try:
        for outcome, equals in _equals_of(client, kind, created):
            _keep_one(client, kind, outcome, equals)
    except Interrupted:
        # The next run deletes them.
        return
    except QlikError as error:
        error.message = "It was created, but duplicates of it cannot be ruled out: %s" % error.message
        for outcome in created:
            outcome.error = error


def _equals_of(client: Client, kind: Kind, created: Sequence[Outcome]) -> List[Tuple[Outcome, Equals]]:
    """The equal resources of each outcome.

    A list that does not show what would be kept is older than its creation, and can lack what other runs have created.
    """
    for reading in range(MOST_READS):
        if reading:
            client.transport.pause(reading - 1)
        listed: Dict[Hashable, Equals] = {}
        for resource in kind.read(client, (), everything=True).resources:
            listed.setdefault(kind.natural_key(resource), {})[resource["id"]] = resource
        found, is_old = [], False
        for outcome in created:
            own = outcome.resource or {}
            named = listed.get(kind.natural_key(own), {})
            equals = _equals_among(kind, named, own)
            found.append((outcome, equals))
            is_old = is_old or (own["id"] == min(equals) and own["id"] not in named)
        if not is_old:
            break
    return found


def _equals_among(kind: Kind, named: Equals, own: Resource) -> Equals:
    now = named.get(own["id"], own)
    if not are_equal(kind.settings, now, own):
        # It has been changed since.
        return {own["id"]: now}
    equals = {each: resource for each, resource in named.items() if are_equal(kind.settings, resource, own)}
    return {**equals, own["id"]: now}


def _keep_one(client: Client, kind: Kind, outcome: Outcome, equals: Equals) -> None:
    own, kept = (outcome.resource or {})["id"], min(equals)
    for each in sorted(equals.keys() - {kept}):
        try:
            client.delete(kind.path(equals[each]))
        except NotFound:
            # Another run has deleted it.
            continue
    if own != kept:
        resource = equals[kept]
        shown = show(kind.settings, resource)
        outcome.plan, outcome.resource = Plan("unchanged", resource, resource, shown, shown), resource
        outcome.changed = outcome.unknown = False
