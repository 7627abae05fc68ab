# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a description names other resources."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Dict, Iterable, NamedTuple, Tuple

#: A resource in the form of the API.
Resource = Dict[str, Any]


class Reference(NamedTuple):
    """Another resource, as a description names it.

    :param noun: its kind.
    :param key: begins with the attribute that names it and its value: C(("name", "Steward")). What follows makes it
        unique, such as the type of a group.
    """

    noun: str
    key: Tuple[Any, ...]

    @property
    def named(self) -> Tuple[str, str]:
        """The words for it: its kind, with what makes it unique, and its name."""
        return " ".join([*map(str, self.key[2:]), self.noun]), self.value

    @property
    def by(self) -> str:
        """The attribute that names it."""
        return str(self.key[0])

    @property
    def value(self) -> str:
        """The value of that attribute."""
        return str(self.key[1])


class Step(NamedTuple):
    """One request that writes.

    :param path: from the root, C(/api/v1/groups).
    :param alternative: the body that does it on tenants that refuse C(body), C(None) where there is no other.
    """

    method: str
    path: str
    body: Any = None
    alternative: Any = None


def nearest(name: str, names: Iterable[str], prefix: str = "") -> str:
    """The question whether a name was meant that is much like C(name); nothing where there is none.

    :param prefix: how C(name) begins; only names that begin the same are meant, and it makes none of them more alike.
    """
    folded = {other[len(prefix) :].casefold(): other for other in names if other.startswith(prefix)}
    close = get_close_matches(name[len(prefix) :].strip().casefold(), folded, n=3, cutoff=0.7)
    return " Did you mean %s?" % " or ".join(folded[match] for match in close) if close else ""
