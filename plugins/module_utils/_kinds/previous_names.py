# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option C(previous_names) of items: a resource with a previous name is renamed."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from .._errors import InvalidInput
from .._planning.references import Reference, Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot
from .base import Kind
from .initial import with_initial, without_initial

PREVIOUS_NAMES = "previous_names"


class Resolved(NamedTuple):
    """An item in the form in which it is planned.

    :param desired: the options: with an ID if a resource is renamed, with the initial values if one is created.
    :param previous_name: the current name of a resource that is renamed; empty if none is.
    """

    desired: Params
    previous_name: str = ""


def forms_of(kind: Kind, desired: Params) -> List[Params]:
    """Return the items whose resources must be read for an item: the item itself, and one for each previous name."""
    return [desired, *(form for _index, form in _previous_forms(kind, desired))]


def resolved(kind: Kind, desired: Params, snapshot: Snapshot) -> Resolved:
    """Return an item in the form in which it is planned, which depends on the resources of the tenant."""
    if desired.get("state") == "absent":
        return Resolved(desired)
    if snapshot.get(kind.noun, kind.key(desired)) is not None:
        return Resolved(without_initial(desired))
    found = _found(kind, desired, snapshot)
    if found and is_renamable(kind, desired):
        _index, form, resource = found[0]
        return Resolved(without_initial({**desired, "id": resource["id"]}), form[kind.identity[0]])
    return Resolved(with_initial(desired))


def refuse_ambiguity(kind: Kind, desired: Params, snapshot: Snapshot) -> None:
    """Report to the snapshot that several resources could be the one of an item, or that none can be renamed.

    :raises InvalidInput: the same, unless the snapshot collects problems.
    """
    found = _found(kind, desired, snapshot)
    if not found:
        return
    if not is_renamable(kind, desired):
        for index, _form, resource in found:
            belongings = kind.renaming.belongings(resource, snapshot) if kind.renaming else ""
            text = "The tenant has the %s. %s" % (kind.label_of(resource), belongings)
            snapshot.refuse(InvalidInput(text.rstrip(), option="%s[%d]" % (PREVIOUS_NAMES, index)))
        return
    named = snapshot.get(kind.noun, kind.key(desired))
    candidates = [*([] if named is None else [named]), *(resource for _index, _form, resource in found)]
    if len(candidates) > 1:
        labels = ["the %s with the ID %s" % (kind.label_of(resource), resource["id"]) for resource in candidates]
        text = "The tenant has %s. Only one of them can be the %s." % (" and ".join(labels), kind.label(desired))
        hint = "Move what you need to one of them and delete the others, or remove their names from `previous_names`."
        snapshot.refuse(InvalidInput(text, hint, PREVIOUS_NAMES))


def check_previous_names(kind: Kind, items: Sequence[Tuple[str, Params]]) -> Iterator[Tuple[int, InvalidInput]]:
    """Yield the mistakes in C(previous_names) of all items of an area, each with the index of its item.

    :param items: the items of the area, each with its option path.
    """
    described: Dict[Hashable, str] = {}
    for place, desired in items:
        described.setdefault(kind.natural_key_of(desired), place)
    listed: Dict[Hashable, str] = {}
    for number, (place, desired) in enumerate(items):
        if not desired.get(PREVIOUS_NAMES):
            continue
        refusal = _refusal(kind, desired)
        if refusal:
            hint = "Remove `previous_names`, and describe the %s under its new name." % kind.word
            yield number, InvalidInput(refusal, hint, PREVIOUS_NAMES)
            continue
        if desired.get("state") == "absent":
            hint = "Remove `previous_names`, or set `name` to the name to delete."
            yield number, InvalidInput("Cannot be combined with `state: absent`.", hint, PREVIOUS_NAMES)
            continue
        for index, form in _previous_forms(kind, desired):
            option = "%s[%d]" % (PREVIOUS_NAMES, index)
            own_place = "%s.%s" % (place, option) if place else option
            name, key = form[kind.identity[0]], kind.natural_key_of(form)
            hint = "Use each name and each previous name only once."
            if not name.strip():
                text, hint = "Must not be empty.", ""
            elif key == kind.natural_key_of(desired):
                text, hint = "%r is the name itself." % name, "List only earlier names."
            elif key in described:
                text = "%r is the name of %s." % (name, described[key])
            elif listed.setdefault(key, own_place) != own_place:
                text = "%r is listed twice, first as %s." % (name, listed[key])
            else:
                continue
            yield number, InvalidInput(text, hint, option)


def references_to_previous_names(kind: Kind, desired: Params) -> Iterator[Tuple[Reference, str]]:
    """Yield a reference for each previous name of an item, with the new name."""
    for _index, form in _previous_forms(kind, desired):
        yield Reference(kind.noun, kind.natural_key_of(form)), desired[kind.identity[0]]


def is_renamable(kind: Kind, desired: Params) -> bool:
    """Return whether the resource of an item can be renamed."""
    return not _refusal(kind, desired)


def _refusal(kind: Kind, desired: Params) -> str:
    """Return why the resource of an item can never be renamed; empty if it can."""
    name, *rest = [setting for option in kind.identity for setting in kind.settings if setting.option == option]
    values = zip((name, *rest), kind.natural_key_of(desired)[1:])
    new = {**kind.blank, **{setting.api: value for setting, value in values}}
    return "" if name.is_changeable(new) else name.because


def _previous_forms(kind: Kind, desired: Params) -> List[Tuple[int, Params]]:
    """Return an item for each previous name, with its index."""
    names: Any = () if desired.get("id") is not None else desired.get(PREVIOUS_NAMES) or ()
    return [(index, {**desired, kind.identity[0]: name, PREVIOUS_NAMES: None}) for index, name in enumerate(names)]


def _found(kind: Kind, desired: Params, snapshot: Snapshot) -> List[Tuple[int, Params, Resource]]:
    """Return the resources with a previous name of an item, each with the index of the name."""
    found = []
    for index, form in _previous_forms(kind, desired):
        for found_id in snapshot.ids(kind.noun, kind.key(form)):
            resource = snapshot.get(kind.noun, ("id", found_id))
            if resource is not None:
                found.append((index, form, resource))
    return found
