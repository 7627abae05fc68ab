# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of C(qlik_api_key_info)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime
from typing import Dict, List, Mapping

from .._api.client import Client, equals
from .._api.connection import connection_argument_spec
from .._errors import Forbidden, InvalidInput
from .._kinds.api_key import (
    ACTIVE,
    STATUSES,
    ApiKey,
    list_api_keys,
    owner_to_user,
    owners_of,
    read_api_key,
)
from .._kinds.endpoints import USERS
from .._planning.references import Resource
from .._planning.settings import TEXT, Params
from .._planning.times import MOST_DAYS, utc_now
from .task import Flow, Result, Task


def flow_of_api_key_info() -> Flow:
    """Return the flow of C(qlik_api_key_info)."""

    def steps(task: Task) -> Result:
        params, now = task.params, utc_now()
        days = params["expires_within_days"]
        if days is not None and not 0 <= days <= MOST_DAYS:
            raise InvalidInput("Must be 0 to %d, not %d." % (MOST_DAYS, days), option="expires_within_days")
        if days is not None and params["status"] not in (None, ACTIVE):
            raise InvalidInput(
                "Cannot be combined with `status: %s`, because only active keys expire." % params["status"],
                "Omit `status` or `expires_within_days`.",
                "expires_within_days",
            )
        client = task.client()
        keys = _selected(client, params, now)
        owners: Dict[str, Resource] = {}
        try:
            owners = owners_of(client, keys)
        except Forbidden as error:
            task.warn("Only the IDs of the owners are known, because the credential cannot read users. %s" % error)
        keys.sort(key=lambda key: (str(key.expires), key.description, key.id))
        shown = [{**key.to_user(now), "owner": owner_to_user(key, owners)} for key in keys]
        return {"changed": False, "api_keys": shown}

    spec = {
        **connection_argument_spec(),
        "id": TEXT,
        "user": TEXT,
        "status": {"type": "str", "choices": list(STATUSES)},
        "expires_within_days": {"type": "int"},
    }
    return Flow(
        spec, steps, {"mutually_exclusive": [("id", name) for name in ("user", "status", "expires_within_days")]}
    )


def users_with(client: Client, subject: str) -> List[Resource]:
    """Return the users with exactly this subject, including users that the tenant shows as deleted.

    :raises InvalidInput: if there is none.
    """
    found = [user for user in client.search(USERS, equals("subject", subject)) if user.get("subject") == subject]
    if not found:
        raise InvalidInput(
            "The tenant has no user with the subject %r." % subject,
            "Check the spelling, including upper and lower case.",
            "user",
        )
    return found


def _selected(client: Client, params: Params, now: datetime) -> List[ApiKey]:
    """Return the keys that match the options."""
    if params["id"] is not None:
        key = read_api_key(client, params["id"])
        return [key] if key else []
    days = params["expires_within_days"]
    status = params["status"] or (ACTIVE if days is not None else None)
    query = {} if status is None else {"status": status}
    if params["user"] is None:
        keys = list(list_api_keys(client, **query))
    else:
        keys = [key for user in users_with(client, params["user"]) for key in _owned(client, user["id"], query)]
    return [key for key in keys if status in (None, key.status) and (days is None or key.expires_within(now, days))]


def _owned(client: Client, user_id: str, query: Mapping[str, str]) -> List[ApiKey]:
    """Return the keys of a user, and the SCIM keys that the user has created."""
    own = list_api_keys(client, sub=user_id, **query)
    scim = (key for key in list_api_keys(client, createdByUser=user_id, **query) if key.is_scim)
    return [key for key in (*own, *scim) if key.owner_id == user_id]
