# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes away what is not described: what may go, what is protected, and how much is too much."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import re
import unicodedata
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any, Callable, Collection, List, NamedTuple, Optional, Sequence, Tuple

from .._errors import InvalidInput
from .._kinds.base import Kind
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot
from .bulk import Item

#: What pruning may take away without being told how much: so many, or this share of what it may take, if that is more.
_ALWAYS_PRUNABLE = 10
_LARGEST_SHARE_PRUNED = 0.3
#: How much alike two words are of which one is mistyped: one letter of seven can differ.
_MISTYPED = 0.85
#: What separates names in a line of a text.
_SEPARATORS = re.compile("[,;]")


def _listed_in(text: str) -> List[str]:
    """The strings of a list in JSON; an empty list for any other text."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) and all(isinstance(each, str) for each in found) else []


def _forms(entry: str) -> List[str]:
    """What an entry can mean: itself, without blanks, without the dash of a YAML list, and without quotes."""
    plain = entry.strip()
    item = plain[2:].strip() if plain.startswith("- ") else plain
    quoted = item[1:-1] if len(item) > 2 and item[0] == item[-1] and item[0] in "'\"" else item
    return [form for form in dict.fromkeys((entry, plain, item, quoted)) if form]


class Pruning(NamedTuple):
    """How what is not described is pruned.

    :param place: the option that says so, for messages.
    :param given: names, or glob patterns of names, that are never taken away, as they were given.
    :param max_deletions: how many may be taken away; C(None) where the brake decides.
    :param limit_place: the option that says how many, for messages.
    :param options: what the kind's C(PruneRules.spec) has.
    """

    place: str
    given: Any
    max_deletions: Optional[int]
    limit_place: str
    options: Params

    @property
    def protect(self) -> List[str]:
        """Names and patterns, each as it was given and in the forms that it can be meant in."""
        return list(dict.fromkeys(form for entry in self.entries() for form in _forms(entry)))

    def entries(self, names: Collection[str] = ()) -> List[str]:
        """What was given, one by one.

        A text is cut at the ends of its lines, unless it is a list in JSON, as a command line hands it over. Each line
        may be one name, or names and patterns that commas or semicolons separate: it protects both.

        :param names: names that lines have as a whole, so that their parts mean nothing.
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
        """What pruning does with a resource: C(delete), unless the kind has other ways."""
        return str(self.options.get("action", "delete"))


def check_pruning(kind: Kind, desired: Sequence[Params], pruning: Pruning) -> None:
    """Refuse pruning that cannot be meant.

    :raises InvalidInput: when a protection has a line break, everything would go without a number being given, or the
        number cannot be one.
    """
    for position, entry in enumerate([] if isinstance(pruning.given, str) else pruning.entries()):
        if entry.splitlines() != [entry]:
            place_of_entry = "%s[%d]" % (pruning.place, position)
            raise InvalidInput("%r contains a line break." % entry, "Write one entry for each line.", place_of_entry)
    limit = pruning.max_deletions
    if limit is not None and limit < 0:
        raise InvalidInput("It must not be less than 0, and is %d." % limit, option=pruning.limit_place)
    if not desired and limit is None:
        text = "%s is empty and is to be pruned: this would %s everything." % (kind.area, pruning.action)
        raise InvalidInput(text, "If that is what you want, say how many in %s." % pruning.limit_place)


def plan_pruning(
    kind: Kind,
    listed_items: Sequence[Item],
    snapshot: Snapshot,
    pruning: Pruning,
    protected: Callable[[], Sequence[str]] = tuple,
) -> Tuple[List[Item], Optional[InvalidInput]]:
    """What takes away what is not listed, sorted by name, and if that is too much the refusal, which names it.

    The duplicates among the listed items count as deletions too.

    :raises InvalidInput: when a name that is to be protected is not there, and a near match is.
    :param spared: gives the ids of resources that are never taken away; called where there is something to take.
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
        never = protected()
        prunable, unmanaged = ([each for each in some if each["id"] not in never] for some in (prunable, unmanaged))
    unmanaged.sort(key=kind.name_of)
    items = [
        Item(pruning.place, desired, kind.plan(desired, snapshot), kind.label_of(resource), is_pruned=True)
        for resource in unmanaged
        for desired in [kind.pruning.removal(resource, pruning.options)]
    ]
    duplicates = [item.plan.current for item in listed_items if item.is_duplicate and item.plan.current]
    return items, _too_many(kind, duplicates, unmanaged, len(prunable), pruning)


def warnings_of_protection(kind: Kind, snapshot: Snapshot, pruning: Pruning) -> List[str]:
    """What the user should know of names and patterns that may not protect what they are to protect."""
    texts = []
    if isinstance(pruning.given, str) and _SEPARATORS.search(pruning.given) and not _listed_in(pruning.given):
        texts.append(
            "%s is a string with commas or semicolons, %r. It protects the whole of each line, and each part. Use a"
            " list." % (pruning.place, pruning.given)
        )
    useless = _useless(pruning, _names(kind, snapshot))
    if useless:
        texts.append("%s: no object on the tenant matches %s." % (pruning.place, " and ".join(map(repr, useless))))
    return texts


def _refuse_near_matches(kind: Kind, snapshot: Snapshot, pruning: Pruning, deletions: Collection[str]) -> None:
    """Refuse a protected name that is not on the tenant, while a near match is and no other entry protects it.

    :param deletions: the names of what would be deleted: one of them is a near match where it differs a little.
    """
    names, protect = _names(kind, snapshot), pruning.protect
    open_to_pruning = [name for name in names if not any(_protects(pattern, name) for pattern in protect)]
    near = [
        "%r matches no object on the tenant, but the tenant has %r, which is not protected." % (entry, name)
        for entry in _useless(pruning, names)
        for name in dict.fromkeys(open_to_pruning)
        if _is_near(entry, name) or (name in deletions and _is_mistyped(entry, name))
    ]
    if near:
        raise InvalidInput("%s: %s" % (pruning.place, " ".join(near)), "Write the name exactly as on the tenant.")


def _is_near(entry: str, name: str) -> bool:
    """Whether a name differs from an entry in case, Unicode form or blanks only."""
    text, other = ("".join(unicodedata.normalize("NFKC", each).casefold().split()) for each in (entry, name))
    return text == other


def _is_mistyped(entry: str, name: str) -> bool:
    """Whether an entry differs from a name in signs between words, or a little in a single word without digits."""
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


def _useless(pruning: Pruning, names: Collection[str]) -> List[str]:
    """The entries that match none of the names; of a line with commas its parts, without the blanks around them."""
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
    # A name can hold the signs of a pattern.
    return name == pattern or fnmatchcase(name, pattern)


def _too_many(
    kind: Kind, duplicates: Sequence[Resource], unmanaged: Sequence[Resource], prunable: int, pruning: Pruning
) -> Optional[InvalidInput]:
    limit, place = pruning.max_deletions, pruning.limit_place
    count = len(duplicates) + len(unmanaged)
    allowed = limit if limit is not None else max(_ALWAYS_PRUNABLE, int(prunable * _LARGEST_SHARE_PRUNED))
    if count <= allowed:
        return None
    text = "prune would %s %d" % (pruning.action, count)
    if limit is not None:
        text += " %s, and %s is %d" % (kind.words, place, limit)
    else:
        share = 100 * _LARGEST_SHARE_PRUNED
        text += " of %d %s, more than %d and %d%% of them" % (prunable, kind.words, _ALWAYS_PRUNABLE, share)
    names = [kind.name_of(resource) for resource in unmanaged]
    named = ["%r (duplicate %s)" % (kind.name_of(resource), resource["id"]) for resource in duplicates]
    named += [
        "%r (ID %s)" % (name, resource["id"]) if names.count(name) > 1 else repr(name)
        for name, resource in zip(names, unmanaged)
    ]
    hint = "If that is what you want, say how many in %s." % place
    if unmanaged:
        hint += " Otherwise list what is to stay, or protect it."
    return InvalidInput("%s: %s." % (text, ", ".join(named)), hint)
