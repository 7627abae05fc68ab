# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of an area in descriptions and in results: one object or a list."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

from .._planning.settings import Params


class AreaForm:
    """The form of an area: C(OneObject) or C(ListOfItems)."""

    #: Whether the tenant can have unmanaged resources.
    has_unmanaged: bool
    #: Whether results list only the names of unchanged resources, since there can be thousands.
    names_unchanged: bool

    def spec(self, options: Dict[str, Any]) -> Dict[str, Any]:
        """Return the argument spec of the option for the area.

        :param options: the options of one resource, C(options), and the rules between them.
        """
        raise NotImplementedError

    def items(self, described: Any, tenant_url: str) -> List[Params]:
        """Return the items of an area of the description."""
        raise NotImplementedError

    def place(self, area: str, index: int) -> str:
        """Return the option path of an item, for messages.

        :param area: the option path of the area.
        """
        raise NotImplementedError

    def shown(self, resources: Sequence[Any]) -> Any:
        """Return the resources in the form of results; C(None) for a singleton that does not exist."""
        raise NotImplementedError

    def result(self, key: str, reports: Sequence[Any], summary: Mapping[str, int], **more: Any) -> Dict[str, Any]:
        """Return the result of an area.

        :param key: the key of the list of reports.
        :param reports: one report per resource.
        :param summary: the number of resources by action, for lists.
        :param more: further keys, for lists.
        """
        raise NotImplementedError


class OneObject(AreaForm):
    """The form of a singleton."""

    has_unmanaged = False
    names_unchanged = False

    def spec(self, options: Dict[str, Any]) -> Dict[str, Any]:
        return dict(type="dict", **options)

    def items(self, described: Any, tenant_url: str) -> List[Params]:
        return [dict(described, tenant_url=tenant_url)]

    def place(self, area: str, index: int) -> str:
        return area

    def shown(self, resources: Sequence[Any]) -> Any:
        return next(iter(resources), None)

    def result(self, key: str, reports: Sequence[Any], summary: Mapping[str, int], **more: Any) -> Dict[str, Any]:
        return dict(next(iter(reports), {}))


class ListOfItems(AreaForm):
    """The form of a collection."""

    has_unmanaged = True
    names_unchanged = True

    def spec(self, options: Dict[str, Any]) -> Dict[str, Any]:
        return dict(type="list", elements="dict", **options)

    def items(self, described: Any, tenant_url: str) -> List[Params]:
        return list(described)

    def place(self, area: str, index: int) -> str:
        return "%s[%d]" % (area, index)

    def shown(self, resources: Sequence[Any]) -> Any:
        return list(resources)

    def result(self, key: str, reports: Sequence[Any], summary: Mapping[str, int], **more: Any) -> Dict[str, Any]:
        return {"summary": summary, key: list(reports), **more}
