# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References from a description to other resources."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Dict, Iterable, Mapping, NamedTuple, Optional, Tuple

#: A resource in the form of the API.
Resource = Dict[str, Any]


class Reference(NamedTuple):
    """A reference to a resource.

    :param noun: the kind of the resource.
    :param key: the attribute that identifies it, and its value: C(("name", "Steward")). Further items make the key
        unique, such as the type of a group.
    """

    noun: str
    key: Tuple[Any, ...]

    @property
    def named(self) -> Tuple[str, str]:
        """The kind, with the items that make the key unique, and the name, for messages."""
        return " ".join([*map(str, self.key[2:]), self.noun]), self.value

    @property
    def by(self) -> str:
        """The attribute that identifies the resource."""
        return str(self.key[0])

    @property
    def value(self) -> str:
        """The value of that attribute."""
        return str(self.key[1])


class Step(NamedTuple):
    """A request that writes.

    :param path: the path from the root, C(/api/v1/groups).
    :param alternative: the body for tenants that refuse C(body); C(None) if there is none.
    :param headers: further headers that the API requires.
    """

    method: str
    path: str
    body: Any = None
    alternative: Any = None
    headers: Optional[Mapping[str, str]] = None


def nearest(name: str, names: Iterable[str], prefix: str = "") -> str:
    """Return " Did you mean ...?" with up to three names that are similar to C(name), or "" if none is similar.

    :param prefix: the beginning of C(name). Only names with this prefix are considered, and the prefix does not count
        for the similarity.
    """
    folded = {other[len(prefix) :].casefold(): other for other in names if other.startswith(prefix)}
    close = get_close_matches(name[len(prefix) :].strip().casefold(), folded, n=3, cutoff=0.7)
    return " Did you mean %s?" % " or ".join(folded[match] for match in close) if close else ""


def hint_of_rename(sort: str, name: str, new_name: str) -> str:
    """Return the problem with a reference to the previous name of a resource, and what to do."""
    return "%r is a previous name of the %s %r in the same description. Use the new name." % (name, sort, new_name)
