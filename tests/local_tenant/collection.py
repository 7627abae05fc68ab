# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of immutable items with look-up tables, sorted views and, on demand, a view that lags behind."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from .filters import fold


class Item(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The id, which never changes."""


T = TypeVar("T", bound=Item)
SortKey = tuple[str, str, str]
MAX_SELECTIONS = 64


class Revision:
    """Counts the writes to all collections of a tenant, since filters reach from one into another."""

    def __init__(self) -> None:
        self.number = 0


class Collection(Generic[T]):
    """Items by id; ``indexes`` names the attributes found by their folded text without a scan."""

    def __init__(self, indexes: Mapping[str, Callable[[T], Iterable[str]]], revision: Revision | None = None) -> None:
        self.lag = 0.0
        self._revision = revision or Revision()
        self._selected_at = 0
        self._items: dict[str, T] = {}
        self._readers = dict(indexes)
        self._index: dict[str, dict[str, dict[str, None]]] = {name: {} for name in indexes}
        self._journal: deque[tuple[float, str, T | None]] = deque(maxlen=20_000)
        self._selections: dict[tuple[str, str, bool], list[T]] = {}
        self._before: dict[str, T | None] | None = None

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._items.values()))

    def get(self, item_id: str) -> T | None:
        """The item with this id, as it is now."""
        return self._items.get(item_id)

    def put(self, item: T) -> None:
        """Add ``item``, or replace the one with its id."""
        self._record(item.id)
        self._unlink(item.id)
        self._items[item.id] = item
        for name, read in self._readers.items():
            for text in read(item):
                self._index[name].setdefault(fold(text), {})[item.id] = None

    def remove(self, item_id: str) -> None:
        """Take the item away; nothing happens if it is not there."""
        self._record(item_id)
        self._unlink(item_id)
        self._items.pop(item_id, None)

    def ids(self, attribute: str, folded: str) -> Iterable[str] | None:
        """Ids of the items with this folded text, or None when the attribute has no index."""
        table = self._index.get(attribute)
        return None if table is None else table.get(folded, {})

    def find(self, attribute: str, text: str) -> list[T]:
        """Items whose indexed attribute equals ``text`` in any case."""
        return [self._items[item_id] for item_id in self.ids(attribute, fold(text)) or ()]

    def select(
        self,
        name: str,
        keep: Callable[[T], bool] | None,
        some: Callable[[], Iterable[str] | None],
        sort: tuple[str, bool],
        key: Callable[[T], SortKey],
    ) -> list[T]:
        """Items in the order of ``key`` that pass ``keep``.

        ``name`` stands for the condition, so that the pages of one list are selected once. ``some`` gives the ids
        that can pass at all, or None; it is not asked while the view lags, since it knows the present only.
        """
        delayed = self._delayed()
        if delayed:
            return sorted(filter(keep, self._as_seen(delayed)), key=key, reverse=sort[1])
        if self._selected_at != self._revision.number or len(self._selections) > MAX_SELECTIONS:
            self._selections.clear()
            self._selected_at = self._revision.number
        selection = (name, *sort)
        cached = self._selections.get(selection)
        if cached is not None:
            return cached
        ids = some()
        pool = self._items.values() if ids is None else [self._items[item_id] for item_id in ids]
        chosen = sorted(filter(keep, pool), key=key, reverse=sort[1])
        self._selections[selection] = chosen
        return chosen

    def watch(self) -> None:
        """From now on, remember what items were before they are written."""
        self._before = {}

    def changes(self) -> list[tuple[T | None, T | None]]:
        """What was written since ``watch``, each before and after, None where there is none; ends watching."""
        before, self._before = self._before or {}, None
        pairs = [(item, self._items.get(item_id)) for item_id, item in before.items()]
        return [pair for pair in pairs if pair != (None, None)]

    def refresh(self) -> None:
        """Let lists select anew, for conditions that depend on the time."""
        self._revision.number += 1

    def _record(self, item_id: str) -> None:
        self._revision.number += 1
        if self._before is not None:
            self._before.setdefault(item_id, self._items.get(item_id))
        if self.lag:
            self._journal.append((time.monotonic(), item_id, self._items.get(item_id)))

    def _unlink(self, item_id: str) -> None:
        old = self._items.get(item_id)
        if old is None:
            return
        for name, read in self._readers.items():
            for text in read(old):
                self._index[name].get(fold(text), {}).pop(item_id, None)

    def _delayed(self) -> dict[str, T | None]:
        """What readers of lists still see: for each item written lately, its value before the first such write."""
        if not self.lag:
            return {}
        since = time.monotonic() - self.lag
        while self._journal and self._journal[0][0] < since:
            self._journal.popleft()
        seen: dict[str, T | None] = {}
        for _moment, item_id, before in self._journal:
            seen.setdefault(item_id, before)
        return seen

    def _as_seen(self, delayed: dict[str, T | None]) -> list[T]:
        present = [item for item in self._items.values() if item.id not in delayed]
        return present + [item for item in delayed.values() if item is not None]
