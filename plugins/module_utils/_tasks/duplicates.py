# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removes duplicates that concurrent runs create in kinds whose names need not be unique."""

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

#: Equal resources by ID, including the resource of the outcome.
Equals = Dict[str, Resource]


def remove_duplicates(client: Client, kind: Kind, outcomes: Sequence[Outcome]) -> None:
    """List a kind again after creations, and delete all equal resources except the one with the smallest ID.

    Every run that created one deletes all others that it sees, so that exactly one remains, in any order of requests.
    An outcome whose resource is deleted becomes C(unchanged).

    If a kind does not delete duplicates, only the resource of a creation whose response was lost is deleted: there was
    no resource with this name before.
    """
    if kind.has_unique_names:
        return
    created = [
        outcome
        for outcome in outcomes
        if outcome.plan.creates and outcome.changed and outcome.error is None and outcome.resource
        if kind.pruning.deletes_duplicates or outcome.is_repeated
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
        error.message = "Created, but there may be duplicates: %s" % error.message
        for outcome in created:
            outcome.error = error


def _equals_of(client: Client, kind: Kind, created: Sequence[Outcome]) -> List[Tuple[Outcome, Equals]]:
    """Return the equal resources of each outcome.

    A list without the resource to keep is older than its creation, and may lack resources of other runs. So it is read
    again.
    """
    for reading in range(MOST_READS):
        if reading:
            client.transport.pause(reading - 1)
        listed: Dict[Hashable, Equals] = {}
        for resource in kind.read(client, (), everything=True).resources:
            listed.setdefault(kind.natural_key(resource), {})[resource["id"]] = resource
        pairs, is_old = [], False
        for outcome in created:
            own = outcome.resource or {}
            same_name = listed.get(kind.natural_key(own), {})
            equals = _equals_among(kind, same_name, own)
            pairs.append((outcome, equals))
            is_old = is_old or (own["id"] not in same_name and (own["id"] == min(equals) or outcome.is_repeated))
        if not is_old:
            break
    return pairs


def _equals_among(kind: Kind, same_name: Equals, own: Resource) -> Equals:
    current = same_name.get(own["id"], own)
    if not are_equal(kind.settings, current, own):
        # Another client has changed it since.
        return {own["id"]: current}
    equals = {key: resource for key, resource in same_name.items() if are_equal(kind.settings, resource, own)}
    return {**equals, own["id"]: current}


def _keep_one(client: Client, kind: Kind, outcome: Outcome, equals: Equals) -> None:
    own = (outcome.resource or {})["id"]
    kept = min(equals) if kind.pruning.deletes_duplicates else own
    for duplicate in sorted(equals.keys() - {kept}):
        try:
            client.delete(kind.path(equals[duplicate]), kind.writing.deletion_headers(equals[duplicate]))
        except NotFound:
            # Another run has deleted it.
            continue
    if own != kept:
        resource = equals[kept]
        shown = show(kind.settings, resource)
        outcome.plan, outcome.resource = Plan("unchanged", resource, resource, shown, shown), resource
        outcome.changed = outcome.unknown = False
