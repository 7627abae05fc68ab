# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes away what is not described: what may go, what is protected, and how much is too much."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple

from .._errors import InvalidInput
from .._kinds.base import Kind
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.world import World
from .bulk import Item

#: What pruning may take away without being told how much: so many, or this share of what it may take, if that is more.
_ALWAYS_PRUNABLE = 10
_LARGEST_SHARE_PRUNED = 0.3


class Pruning(NamedTuple):
    """How what is not described is pruned.

    :param place: the option that says so, for messages.
    :param given: names, or glob patterns of names, that are never taken away, as they were given.
    :param max_deletions: how many may be taken away; C(None) where the brake decides.
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

    @property
    def action(self) -> str:
        """What pruning does with a resource: C(delete), unless the kind has other ways."""
        return str(self.options.get("action", "delete"))


def check_pruning(kind: Kind, wanted: Sequence[Params], pruning: Pruning, place: str) -> None:
    """Refuse pruning that cannot be meant.

    :param place: the option that says how many may be taken away.
    :raises InvalidInput: when everything would go without a number being given, or the number cannot be one.
    """
    limit = pruning.max_deletions
    if limit is not None and limit < 0:
        raise InvalidInput("It must not be less than 0, and is %d." % limit, option=place)
    if not wanted and limit is None:
        text = "%s is empty and is to be pruned: this would %s everything." % (kind.area, pruning.action)
        raise InvalidInput(text, "If that is what you want, say how many in %s." % place)


def plan_pruning(
    kind: Kind,
    listed_items: Sequence[Item],
    world: World,
    pruning: Pruning,
    spared: Callable[[], Sequence[str]] = tuple,
) -> Tuple[List[Item], Optional[InvalidInput]]:
    """What takes away what is not listed, sorted by name, and if that is too much the refusal, which names it.

    The duplicates among the listed items count as deletions too.

    :param spared: gives the ids of resources that are never taken away; called where there is something to take.
    """
    listed = {item.plan.held["id"] for item in listed_items if item.plan.held}
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
    if doomed:
        never = spared()
        prunable, doomed = ([each for each in some if each["id"] not in never] for some in (prunable, doomed))
    doomed.sort(key=lambda resource: _name(kind, resource))
    items = [
        Item(pruning.place, wanted, kind.plan(wanted, world), kind.label_of(resource), is_pruned=True)
        for resource in doomed
        for wanted in [kind.pruned(resource, pruning.options)]
    ]
    duplicates = [item.plan.held for item in listed_items if item.is_duplicate and item.plan.held]
    return items, _too_many(kind, [*duplicates, *doomed], len(prunable), pruning)


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


def _too_many(kind: Kind, doomed: Sequence[Resource], prunable: int, pruning: Pruning) -> Optional[InvalidInput]:
    limit = pruning.max_deletions
    allowed = limit if limit is not None else max(_ALWAYS_PRUNABLE, int(prunable * _LARGEST_SHARE_PRUNED))
    if len(doomed) <= allowed:
        return None
    names = ", ".join(repr(_name(kind, resource)) for resource in doomed)
    text = "prune would %s %d" % (pruning.action, len(doomed))
    if limit is not None:
        text += " %s, and max_deletions is %d: " % (kind.words, limit)
        return InvalidInput(text + names + ".", "Raise max_deletions, list what is to stay, or protect it.")
    share = 100 * _LARGEST_SHARE_PRUNED
    text += " of %d %s, more than %d and %d%% of them: " % (prunable, kind.words, _ALWAYS_PRUNABLE, share)
    hint = "If that is what you want, say how many in max_deletions. Otherwise list what is to stay, or protect it."
    return InvalidInput(text + names + ".", hint)
