# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option C(initial) of items: values that only the creation of a resource sets."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from .._errors import InvalidInput
from .._planning.settings import Params
from .base import Kind

INITIAL = "initial"
_PREFIX = INITIAL + "."


def initial_spec(kind: Kind, spec: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the argument spec of C(initial): all settings that do not identify a resource, without defaults.

    :param spec: the argument spec of the settings.
    """
    settings = [setting for setting in kind.settings if setting.option not in kind.identity]
    names = [name for setting in settings for name in setting.argument_spec() if name != setting.purge_option]
    kept = {name: {part: value for part, value in spec[name].items() if part != "default"} for name in names}
    exclusive = [setting.exclusive_options for setting in settings if setting.exclusive_options]
    return {"type": "dict", "options": kept, **({"mutually_exclusive": exclusive} if exclusive else {})}


def with_initial(desired: Params) -> Params:
    """Return an item as its resource is created: with its initial values."""
    return {**desired, **_given(desired)}


def without_initial(desired: Params) -> Params:
    """Return an item as an existing resource is compared: without its initial values."""
    return {**desired, **dict.fromkeys(_given(desired))}


def created_by_this_task(desired: Params) -> Params:
    """Return an item whose initial values are desired values, because this task has created its resource."""
    return {**with_initial(desired), INITIAL: None}


def check_with_initial(kind: Kind, desired: Params) -> None:
    """Check an item and its initial values without the tenant.

    :raises InvalidInput: if a value is invalid on every tenant, or if the item has an initial and another value for the
        same setting.
    """
    twice = _given_twice(kind, desired)
    if twice:
        raise InvalidInput("The item also sets %s." % twice[0], "Set it in one place.", _PREFIX + twice[0])
    try:
        kind.check(with_initial(desired))
    except InvalidInput as error:
        place_in_initial(desired, error)
        raise


def place_in_initial(desired: Params, error: InvalidInput) -> None:
    """Set the option of an error about an initial value: C(initial.email) for C(email)."""
    if outermost(error.option) in _given(desired) and not error.option.startswith(_PREFIX):
        error.option = _PREFIX + error.option


def without_option(desired: Params, path: str) -> Optional[Params]:
    """Return an item without the option at a path; C(None) if the item does not have the option."""
    option = outermost(path)
    if path.startswith(_PREFIX):
        return {**desired, INITIAL: {**desired[INITIAL], option: None}}
    return None if desired.get(option) is None else {**desired, option: None}


def outermost(path: str) -> str:
    """Return the outermost option of a path: C(members) for C(members[0].roles) and C(initial.members[0].roles)."""
    inner = path[len(_PREFIX) :] if path.startswith(_PREFIX) else path
    return inner.partition("[")[0].partition(".")[0]


def _given(desired: Params) -> Dict[str, Any]:
    return {option: value for option, value in (desired.get(INITIAL) or {}).items() if value is not None}


def _given_twice(kind: Kind, desired: Params) -> List[str]:
    """Return the initial options of the settings that an item also sets otherwise."""
    initial = _given(desired)
    twice = [setting for setting in kind.settings if setting.is_given(initial) and setting.is_given(desired)]
    return [option for setting in twice for option in setting.argument_spec() if option in initial]
