# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans the removal of unmanaged resources, with protection and a limit."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import re
import unicodedata
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any, Callable, Collection, List, NamedTuple, Optional, Sequence, Tuple

from .._errors import InvalidInput, counted
from .._kinds.base import Kind
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot
from .bulk import Item

#: The default limit of pruning: this number of resources, or this share of the prunable ones, whichever is more.
_ALWAYS_PRUNABLE = 10
_LARGEST_SHARE_PRUNED = 0.3
#: The minimum similarity of two words of which one is mistyped: one of seven letters can differ.
_MISTYPED = 0.85
#: The separators of names on a line of a text.
_SEPARATORS = re.compile("[,;]")


def _listed_in(text: str) -> List[str]:
    """Return the strings of a JSON list; an empty list for any other text."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) and all(isinstance(name, str) for name in found) else []


def _forms(entry: str) -> List[str]:
    """Return an entry, and the entry without surrounding white space, the dash of a YAML list, and quotes."""
    plain = entry.strip()
    item = plain[2:].strip() if plain.startswith("- ") else plain
    quoted = item[1:-1] if len(item) > 2 and item[0] == item[-1] and item[0] in "'\"" else item
    return [form for form in dict.fromkeys((entry, plain, item, quoted)) if form]


class Pruning(NamedTuple):
    """The pruning options of a task.

    :param place: the option path of the protected names, for messages.
    :param given: the names, or glob patterns of names, that are protected, as the user set them.
    :param max_deletions: the maximum number of removals; C(None) for the default limit.
    :param limit_place: the option path of the maximum, for messages.
    :param options: further options, as in C(PruneRules.spec) of the kind.
    """

    place: str
    given: Any
    max_deletions: Optional[int]
    limit_place: str
    options: Params

    @property
    def protect(self) -> List[str]:
        """The protected names and patterns in all their possible forms."""
        return list(dict.fromkeys(form for entry in self.entries() for form in _forms(entry)))

    def entries(self, names: Collection[str] = ()) -> List[str]:
        """Return the protected names and patterns as the user set them.

        A text is split into lines, unless it is a JSON list, as from a command line. A line may be one name, or several
        names and patterns with commas or semicolons between them, so both readings are protected.

        :param names: existing names. A line that equals one of them is not split.
        """
        if not isinstance(self.given, str):
            return list(self.given or [])
        found: List[str] = []
        for line in _listed_in(self.given) or filter(str.strip, self.given.splitlines()):
            found.append(line)
            if _SEPARATORS.search(line) and not set(_forms(line)).intersection(names):
                found += _SEPARATORS.split(line)
        return found

    @property
    def action(self) -> str:
        """The action for unmanaged resources: C(delete), unless the kind supports others."""
        return str(self.options.get("action", "delete"))


def check_pruning(kind: Kind, desired: Sequence[Params], pruning: Pruning) -> None:
    """Check the pruning options without the tenant.

    :raises InvalidInput: if a protected name has a line break, if C(max_deletions) is negative, or if everything would
        be removed without C(max_deletions).
    """
    for index, entry in enumerate([] if isinstance(pruning.given, str) else pruning.entries()):
        if entry.splitlines() != [entry]:
            place_of_entry = "%s[%d]" % (pruning.place, index)
            raise InvalidInput("%r contains a line break." % entry, "Use one item for each name.", place_of_entry)
    limit = pruning.max_deletions
    if limit is not None and limit < 0:
        raise InvalidInput("Must be at least 0, not %d." % limit, option=pruning.limit_place)
    if not desired and limit is None:
        text = "%s is empty, so pruning would %s everything." % (kind.area, pruning.action)
        raise InvalidInput(text, "To proceed anyway, set `%s`." % pruning.limit_place)


def plan_pruning(
    kind: Kind,
    listed_items: Sequence[Item],
    snapshot: Snapshot,
    pruning: Pruning,
    protected: Callable[[], Sequence[str]] = tuple,
) -> Tuple[List[Item], Optional[InvalidInput]]:
    """Return items that remove the unmanaged resources, sorted by name, and the error if there are too many.

    The duplicates among the listed items count as removals too.

    :param protected: returns the IDs of resources that are never removed; called only if there are unmanaged resources.
    :raises InvalidInput: if a protected name does not exist on the tenant, but a similar name does.
    """
    listed = {item.plan.current["id"] for item in listed_items if item.plan.current}
    protect = pruning.protect
    prunable = [
        resource
        for resource in snapshot.resources(kind.noun)
        if kind.is_describable(resource) and kind.pruning.is_prunable(resource, pruning.options)
    ]
    unmanaged = [
        resource
        for resource in prunable
        if resource["id"] not in listed and not any(_protects(pattern, kind.name_of(resource)) for pattern in protect)
    ]
    _refuse_near_matches(kind, snapshot, pruning, [kind.name_of(resource) for resource in unmanaged])
    if unmanaged:
        protected_ids = protected()
        prunable = [resource for resource in prunable if resource["id"] not in protected_ids]
        unmanaged = [resource for resource in unmanaged if resource["id"] not in protected_ids]
    unmanaged.sort(key=kind.name_of)
    items = [
        Item(pruning.place, desired, kind.plan(desired, snapshot), kind.label_of(resource), is_pruned=True)
        for resource in unmanaged
        for desired in [kind.pruning.removal(resource, pruning.options)]
    ]
    duplicates = [item.plan.current for item in listed_items if item.is_duplicate and item.plan.current]
    return items, _too_many(kind, duplicates, unmanaged, len(prunable), pruning)


def warnings_of_protection(kind: Kind, snapshot: Snapshot, pruning: Pruning) -> List[str]:
    """Return warnings about protected names and patterns that may have no effect."""
    texts = []
    if isinstance(pruning.given, str) and _SEPARATORS.search(pruning.given) and not _listed_in(pruning.given):
        texts.append(
            "%s: %r is a string, not a list. It protects each whole line and each part between commas or semicolons."
            " Use a list." % (pruning.place, pruning.given)
        )
    unmatched = _unmatched(pruning, _names(kind, snapshot))
    if unmatched:
        texts.append("%s: no object on the tenant matches %s." % (pruning.place, " and ".join(map(repr, unmatched))))
    return texts


def _refuse_near_matches(kind: Kind, snapshot: Snapshot, pruning: Pruning, deletions: Collection[str]) -> None:
    """Check that no protected name is missing on the tenant while a similar name is unprotected.

    :param deletions: the names of the resources to remove, for which a weaker similarity is enough.
    :raises InvalidInput: if there is one.
    """
    names, protect = _names(kind, snapshot), pruning.protect
    open_to_pruning = [name for name in names if not any(_protects(pattern, name) for pattern in protect)]
    near = [
        "%r matches no object on the tenant, but the tenant has %r, which is not protected." % (entry, name)
        for entry in _unmatched(pruning, names)
        for name in dict.fromkeys(open_to_pruning)
        if _is_near(entry, name) or (name in deletions and _is_mistyped(entry, name))
    ]
    if near:
        raise InvalidInput("%s: %s" % (pruning.place, " ".join(near)), "Use the exact name on the tenant.")


def _is_near(entry: str, name: str) -> bool:
    """Return whether a name differs from an entry only by case, Unicode form, or white space."""
    folded, other = ("".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in (entry, name))
    return folded == other


def _is_mistyped(entry: str, name: str) -> bool:
    """Return whether an entry differs from a name by punctuation, or slightly in a single word without digits."""
    if any(sign in entry for sign in "*?["):
        return False
    words, others = (re.findall(r"\w+", text.casefold()) for text in (entry, name))
    differing = [pair for pair in zip(words, others) if pair[0] != pair[1]]
    return (
        len(words) == len(others) > 0
        and len(differing) <= 1
        and not any(character.isdigit() for pair in differing for word in pair for character in word)
        and all(SequenceMatcher(None, *pair).ratio() >= _MISTYPED for pair in differing)
    )


def _unmatched(pruning: Pruning, names: Collection[str]) -> List[str]:
    """Return the entries that match none of the names; for a line with separators, its parts."""
    entries = pruning.entries(names)
    if isinstance(pruning.given, str):
        whole = set(names)
        lines = [entry for entry in entries if not _SEPARATORS.search(entry) or whole.intersection(_forms(entry))]
        entries = [entry.strip() for entry in lines if entry.strip()]
    matched = (any(_protects(form, name) for name in names for form in _forms(entry)) for entry in entries)
    return [entry for entry, is_matched in zip(entries, matched) if not is_matched]


def _names(kind: Kind, snapshot: Snapshot) -> List[str]:
    return [kind.name_of(resource) for resource in snapshot.resources(kind.noun)]


def _protects(pattern: str, name: str) -> bool:
    # A name may contain the special characters of patterns.
    return name == pattern or fnmatchcase(name, pattern)


def _too_many(
    kind: Kind, duplicates: Sequence[Resource], unmanaged: Sequence[Resource], prunable: int, pruning: Pruning
) -> Optional[InvalidInput]:
    limit, place = pruning.max_deletions, pruning.limit_place
    count = len(duplicates) + len(unmanaged)
    allowed = limit if limit is not None else max(_ALWAYS_PRUNABLE, int(prunable * _LARGEST_SHARE_PRUNED))
    if count <= allowed:
        return None
    if limit is not None:
        text = "Pruning would %s %s, but %s is %d" % (
            pruning.action,
            counted(count, kind.word, kind.words),
            place,
            limit,
        )
    else:
        text = "Pruning would %s %d of %s" % (pruning.action, count, counted(prunable, kind.word, kind.words))
        text += ", more than %d and more than %d%% of them" % (_ALWAYS_PRUNABLE, 100 * _LARGEST_SHARE_PRUNED)
    names = [kind.name_of(resource) for resource in unmanaged]
    labels = ["%r (duplicate %s)" % (kind.name_of(resource), resource["id"]) for resource in duplicates]
    labels += [
        "%r (ID %s)" % (name, resource["id"]) if names.count(name) > 1 else repr(name)
        for name, resource in zip(names, unmanaged)
    ]
    hint = "To proceed anyway, set `%s` to at least %d." % (place, count)
    if unmanaged:
        hint += " Otherwise add the objects to keep to the description, or protect them."
    return InvalidInput("%s: %s." % (text, ", ".join(labels)), hint)
