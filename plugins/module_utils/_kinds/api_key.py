# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API keys and their owners (third reference, API keys)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional

from .._api.client import API, PAGE_SIZE, Client, equals, in_filters, member
from .._errors import NotFound, QlikError
from .._planning.references import Resource
from .._planning.times import age_in_days, in_iso, moment
from .base import in_snake_case, text_of
from .endpoints import USERS

API_KEYS = API + "/api-keys"
ACTIVE, EXPIRED, REVOKED = "active", "expired", "revoked"
STATUSES = (ACTIVE, EXPIRED, REVOKED)
#: The C(subType) of the SCIM key of an identity provider, which provisions users.
_EXTERNAL_CLIENT = "externalClient"
#: The maximum length of a description in a message.
_LONGEST_SHOWN = 60


class ApiKey:
    """An API key.

    :param resource: the key in the form of the API. Fields of a wrong type count as missing.
    """

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self.resource = resource
        self.id: str = resource["id"]
        self.description = text_of(resource.get("description"))
        self.status = text_of(resource.get("status"))
        #: The ID of the user that the key authenticates, and for SCIM the ID of the user who created the key.
        self.owner_id = text_of(resource.get("createdByUser" if self.is_scim else "sub"))
        self.created = moment(resource.get("created"))
        self.expires = moment(resource.get("expiry"))

    @property
    def is_scim(self) -> bool:
        """Whether it is the SCIM key of an identity provider."""
        return self.resource.get("subType") == _EXTERNAL_CLIENT

    def is_active(self, now: datetime) -> bool:
        """Return whether the key can be used. The API may list a key as active for some time after it has expired."""
        return self.status == ACTIVE and (self.expires is None or self.expires > now)

    def expires_within(self, now: datetime, days: int) -> bool:
        """Return whether the key expires within a number of days. A key without a readable expiry does not."""
        return self.expires is not None and self.expires - now < timedelta(days=days)

    def days_left(self, now: datetime) -> Optional[int]:
        """Return the full days until the key expires: 0 on its last day, then negative; C(None) if it is not known."""
        return None if self.expires is None else (self.expires - now).days

    def age_days(self, now: datetime) -> Optional[int]:
        """Return the full days since the creation of the key; C(None) if it is not known."""
        return age_in_days(self.created, now)

    def to_user(self, now: datetime) -> Dict[str, Any]:
        """Return the key in the form of module results, without any token."""
        shown: Dict[str, Any] = in_snake_case({name: value for name, value in self.resource.items() if name != "token"})
        return {**shown, "age_days": self.age_days(now), "days_left": self.days_left(now)}

    def __str__(self) -> str:
        shown = repr(self.description)
        if len(shown) > _LONGEST_SHOWN:
            shown = shown[:_LONGEST_SHOWN] + "…"
        return "%s (ID %s, expires %s)" % (shown, self.id, in_iso(self.expires) if self.expires else "unknown")


def list_api_keys(client: Client, **query: str) -> Iterator[ApiKey]:
    """Yield API keys: those of all users for a tenant admin, and their own for other users.

    :param query: C(sub) and C(createdByUser), the IDs of users, and C(status). The API does not filter by expiry.
    """
    return (ApiKey(resource) for resource in client.list(API_KEYS, {"limit": PAGE_SIZE, **query}))


def read_api_key(client: Client, key_id: str) -> Optional[ApiKey]:
    """Read a key by its ID; C(None) if there is none."""
    try:
        return ApiKey(client.read_by_id(API_KEYS, key_id))
    except NotFound:
        return None


def owners_of(client: Client, keys: Iterable[ApiKey]) -> Dict[str, Resource]:
    """Read the owners of keys, with one request for every 100 owners. Return them by ID.

    Users that the tenant no longer shows are missing.

    :raises Forbidden: if the credential cannot read users.
    """
    ids = sorted({key.owner_id for key in keys if key.owner_id})
    if len(ids) == 1:
        # Users can read themselves without being an admin.
        try:
            return {ids[0]: client.read_by_id(USERS, ids[0])}
        except NotFound:
            return {}
    conditions = in_filters([equals("id", user_id) for user_id in ids])
    found = (user for condition in conditions for user in client.search(USERS, condition))
    return {user["id"]: user for user in found}


def revoke_api_key(client: Client, key: ApiKey) -> None:
    """Revoke a key with DELETE. After a lost response, read the key to find out whether it is revoked.

    :raises QlikError: if the key is not revoked, or if that is not known.
    """
    try:
        client.delete(member(API_KEYS, key.id))
    except NotFound:
        return
    except QlikError as error:
        if not error.outcome_unknown or not _is_revoked(client, key):
            raise


def _is_revoked(client: Client, key: ApiKey) -> bool:
    """Return whether the tenant shows that a key is revoked; false if it cannot be read."""
    try:
        found = read_api_key(client, key.id)
    except QlikError:
        return False
    return found is None or found.status != ACTIVE


def owner_to_user(key: ApiKey, owners: Mapping[str, Resource]) -> Dict[str, Any]:
    """Return the owner of a key in the form of module results; only the ID if the tenant no longer shows the user."""
    user = owners.get(key.owner_id, {})
    return {"id": key.owner_id or None, **{name: user.get(name) for name in ("name", "subject", "status")}}


def newest_first(keys: Iterable[ApiKey]) -> List[ApiKey]:
    """Return keys by their creation, newest first; by their expiry if the API does not show every creation."""
    found = list(keys)
    is_dated = all(key.created for key in found)
    times = ("created", "expiry") if is_dated else ("expiry",)
    return sorted(found, key=lambda key: [str(key.resource.get(name)) for name in times], reverse=True)


def key_id_in(token: str) -> str:
    """Return the ID in the payload of an API key's token; empty if there is none.

    The signature is not verified, so the ID is reliable only if the tenant lists a key with this ID.
    """
    parts = token.split(".")
    try:
        payload = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, RecursionError):
        return ""
    return text_of(payload.get("jti")) if isinstance(payload, dict) else ""
