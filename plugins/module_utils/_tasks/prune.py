# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deletes what is not described: what may go, what is protected, and how much is too much."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from .._errors import InvalidInput
from .._kinds.base import Kind
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.world import World
from .bulk import Item

#: What pruning may delete without being told how much: so many, or this share of what it may delete, if that is more.
_ALWAYS_PRUNABLE = 10
_LARGEST_SHARE_PRUNED = 0.3


class Pruning(NamedTuple):
    """How what is not described is pruned.

    :param place: the option that says so, for messages.
    :param given: names, or glob patterns of names, that are never deleted, as they were given.
    :param max_deletions: how many may be deleted; C(None) where the brake decides.
    :param options: what the kind's C(prune_spec) has.
    """

    place: str
    given: Any
    max_deletions: Optional[int]
    options: Params

    @property
    def protect(self) -> List[str]:
        """Names and patterns.

        A text may be one name or a list whose parts commas separate: it protects both.
        """
        if not isinstance(self.given, str):
            return list(self.given or [])
        parts = [form for part in self.given.split(",") for form in (part, part.strip())]
        return list(dict.fromkeys([self.given, *parts]))


def check_pruning(kind: Kind, wanted: Sequence[Params], limit: Optional[int], place: str) -> None:
    """Refuse pruning that cannot be meant.

    :param limit: how many may be deleted, C(None) where the task does not say.
    :param place: the option that says how many.
    :raises InvalidInput: when everything would go without a number being given, or the number cannot be one.
    """
    if limit is not None and limit < 0:
        raise InvalidInput("It must not be less than 0, and is %d." % limit, option=place)
    if not wanted and limit is None:
        text = "%s is empty and is to be pruned: this would delete everything." % kind.area
        raise InvalidInput(text, "If that is what you want, say how many in %s." % place)


def plan_pruning(kind: Kind, items: Sequence[Item], world: World, pruning: Pruning) -> List[Item]:
    """The deletions of what is not listed, sorted by name.

    :raises InvalidInput: when too many would be deleted, naming them.
    """
    listed = {item.plan.held["id"] for item in items if item.plan.held}
    protect = pruning.protect
    prunable = [
        resource
        for resource in world.resources(kind.noun)
        if kind.is_describable(resource) and kind.is_prunable(resource, pruning.options)
    ]
    doomed = [
        resource
        for resource in prunable
        if resource["id"] not in listed and not any(_protects(pattern, _name(kind, resource)) for pattern in protect)
    ]
    doomed.sort(key=lambda resource: _name(kind, resource))
    _refuse_too_many(kind, doomed, len(prunable), pruning)
    deletions = ((resource, kind.deletion_of(resource)) for resource in doomed)
    return [
        Item(pruning.place, wanted, kind.plan(wanted, world), kind.label_of(resource)) for resource, wanted in deletions
    ]


def warnings_of_protection(kind: Kind, world: World, pruning: Pruning) -> List[str]:
    """What the user should know of names and patterns that may not protect what they are to protect."""
    protect = pruning.protect
    if len(protect) > 1 and isinstance(pruning.given, str):
        return [
            "%s is one text with commas, %r: it protects what is called so, and what its parts name. Give a list."
            % (pruning.place, pruning.given)
        ]
    names = [_name(kind, resource) for resource in world.resources(kind.noun)]
    useless = [pattern for pattern in protect if not any(_protects(pattern, name) for name in names)]
    if not useless:
        return []
    return ["%s: %s protect nothing that the tenant has." % (pruning.place, " and ".join(map(repr, useless)))]


def _name(kind: Kind, resource: Resource) -> str:
    return str(resource.get(kind.key_option))


def _protects(pattern: str, name: str) -> bool:
    # A name can hold the signs of a pattern.
    return name == pattern or fnmatchcase(name, pattern)


def _refuse_too_many(kind: Kind, doomed: Sequence[Resource], prunable: int, pruning: Pruning) -> None:
    limit = pruning.max_deletions
    allowed = limit if limit is not None else max(_ALWAYS_PRUNABLE, int(prunable * _LARGEST_SHARE_PRUNED))
    if len(doomed) <= allowed:
        return
    names = ", ".join(repr(_name(kind, resource)) for resource in doomed)
    counted: Dict[str, Any] = {"doomed": len(doomed), "all": prunable, "plural": kind.plural, "limit": limit}
    if limit is not None:
        text = "prune would delete %(doomed)d %(plural)s, and max_deletions is %(limit)d: " % counted
        raise InvalidInput(text + names + ".", "Raise max_deletions, list what is to stay, or protect it.")
    counted.update(few=_ALWAYS_PRUNABLE, percent=100 * _LARGEST_SHARE_PRUNED)
    text = (
        "prune would delete %(doomed)d of %(all)d %(plural)s, more than %(few)d and %(percent)d%% of them: " % counted
    )
    hint = "If that is what you want, say how many in max_deletions. Otherwise list what is to stay, or protect it."
    raise InvalidInput(text + names + ".", hint)
