# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalog of what spaces hold (Qlik reference: items)."""

from __future__ import annotations

from collections.abc import Callable

from . import access, views
from .call import Call, Response
from .errors import refuse
from .filters import Schema, fold
from .paging import ListOf, boolean, list_page
from .spaces import PAGE
from .state import ContentItem

QUERY = frozenset({"sort", "spaceId", "resourceType", "name", "ownerId", "noActions"})
SORTS: dict[str, Callable[[ContentItem], str]] = {
    "createdAt": lambda item: item.created_at,
    "updatedAt": lambda item: item.created_at,
    "name": lambda item: item.name,
}


def list_items(call: Call) -> Response:
    """``GET /items``: what the catalog knows of the spaces that the caller sees."""
    if not call.query.get("sort", "+").startswith(("+", "-")):
        raise refuse(400, "Invalid sort", "The order has a sign.", parameter="sort")
    boolean(call, "noActions")
    asked = {name: text for name, text in call.query.items() if name in QUERY - {"sort", "noActions"}}
    desired: dict[str, Callable[[ContentItem, str], bool]] = {
        "spaceId": lambda item, text: item.space_id == text,
        "ownerId": lambda item, text: item.owner_id == text,
        "resourceType": lambda item, text: item.resource_type in text.split(","),
        "name": lambda item, text: fold(text) in fold(item.name),
    }

    def passes(item: ContentItem) -> bool:
        return item.listed and _sees(call, item) and all(desired[name](item, text) for name, text in asked.items())

    name = repr([call.user_id, call.as_admin, sorted(asked.items())])
    among = ("spaceId", asked["spaceId"]) if "spaceId" in asked else None
    listing = ListOf(
        call.state.items, Schema({}), SORTS, views.item, (name, passes), among=among, limit=PAGE, sort="+createdAt"
    )
    return list_page(call, listing, None)


def _sees(call: Call, item: ContentItem) -> bool:
    space = call.state.spaces.get(item.space_id)
    if space is None:
        return call.as_admin or item.owner_id == call.user_id
    if call.as_admin and call.guesses.admin_sees_items:
        return True
    return space.owner_id == call.user_id or bool(access.own_assignments(call, space.id))
