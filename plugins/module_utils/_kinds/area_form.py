# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an area is written in a description and in results: as one object, or as a list."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

from .._planning.settings import Params


class AreaForm:
    """The form of an area. Each kind of resource has one of the two below."""

    #: Whether the tenant can have resources that the description does not have.
    has_unmanaged: bool
    #: Whether results name what is unchanged instead of reporting it, since there can be thousands.
    names_unchanged: bool

    def spec(self, options: Dict[str, Any]) -> Dict[str, Any]:
        """The argument spec of the option that describes the area.

        :param options: the options of one resource, C(options), and the rules between them.
        """
        raise NotImplementedError

    def items(self, described: Any, tenant_url: str) -> List[Params]:
        """The options of each resource that an area describes."""
        raise NotImplementedError

    def place(self, area: str, index: int) -> str:
        """Where an item of the area stands, for messages.

        :param area: where the area stands.
        """
        raise NotImplementedError

    def shown(self, resources: Sequence[Any]) -> Any:
        """The resources of a tenant as a result has them; C(None) for a single one that does not exist."""
        raise NotImplementedError

    def result(self, key: str, reports: Sequence[Any], summary: Mapping[str, int], **more: Any) -> Dict[str, Any]:
        """The result of an area.

        :param key: where a list of reports stands.
        :param reports: the report of each resource.
        :param summary: how many resources there are of each action, which stands beside a list, and so does C(more).
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
