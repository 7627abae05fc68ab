# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of API keys that a task creates, rotates, or revokes (third reference, section 2)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Dict, List, Optional, Sequence

from .._errors import InvalidInput, listed
from .._kinds.api_key import (
    ACTIVE,
    ApiKey,
    key_id_in,
    newest_first,
)
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.times import MOST_DAYS, after, duration_of, in_iso, moment

PRESENT = "present"
_SETTINGS_MODULE = "qlik_api_key_settings"
#: The maximum number of keys in a message.
_MOST_NAMED = 10


class OwnKeys:
    """The active keys of the user, and the key that the task authenticates with.

    :param listed: all keys of the user that the API lists as active.
    :param token: the API key or access token of the task; empty for an OAuth client.
    """

    def __init__(self, listed: Sequence[ApiKey], token: str, now: datetime) -> None:
        self.ids = {key.id for key in listed}
        self.active = [key for key in listed if key.is_active(now)]
        used_id = key_id_in(token)
        #: Whether it is known which key the task uses. An OAuth client uses none. A token without the ID of a listed
        #: key may be any of them.
        self.is_used_known = not token or used_id in self.ids
        self._used_id = used_id

    def is_used(self, key: ApiKey) -> Optional[bool]:
        """Return whether the task uses a key; C(None) if that is not known."""
        return key.id == self._used_id if self.is_used_known else None

    def named(self, description: str) -> List[ApiKey]:
        """Return the active keys with a description, newest first."""
        return newest_first(key for key in self.active if key.description == description)


def predicted_key(description: str, expires: Optional[datetime], user_id: str, now: datetime) -> Dict[str, Any]:
    """Return the predicted result for a new key. Values that only the tenant knows are null."""
    resource = {
        "id": "",
        "description": description,
        "status": ACTIVE,
        "expiry": expires and in_iso(expires),
        "created": None,
        "lastUpdated": None,
        "sub": user_id,
        "subType": "user",
        "createdByUser": user_id,
        "tenantId": None,
    }
    return {**ApiKey(resource).to_user(now), "id": None, "age_days": 0}


def check_options(params: Params, now: datetime) -> None:
    """Check the options without reading the tenant.

    :raises InvalidInput: if an option is invalid.
    """
    for option in ("description", "id", "user"):
        if params[option] is not None and not params[option].strip():
            raise InvalidInput("Must not be empty.", option=option)
    if params["state"] == PRESENT:
        for option in ("id", "user"):
            if params[option] is not None:
                raise InvalidInput(
                    "Requires `state: revoked`, because a new key is always your own.",
                    "Omit it, and set `description` to identify the desired key.",
                    option,
                )
    else:
        for option in ("expiry", "rotate_before_days", "revoke_replaced"):
            if params[option] not in (None, False):
                raise InvalidInput("Requires `state: present`.", "Omit it to revoke a key.", option)
    days = params["rotate_before_days"]
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvalidInput("Must be 1 to %d, not %d." % (MOST_DAYS, days), option="rotate_before_days")
    if params["revoke_replaced"] and days is None:
        raise InvalidInput(
            "Requires `rotate_before_days`.", "Without it, no key replaces another one.", "revoke_replaced"
        )
    if params["max_revocations"] < 0:
        raise InvalidInput("Must be at least 0, not %d." % params["max_revocations"], option="max_revocations")
    if params["expiry"] is not None:
        check_rotation(end_of(params["expiry"], now), params, now)


def check_rotation(expires: Optional[datetime], params: Params, now: datetime) -> None:
    """Check that a new key would not be due for rotation immediately.

    :param expires: when a new key expires; C(None) if that is not known.
    :raises InvalidInput: if the new key would expire within C(rotate_before_days).
    """
    days = params["rotate_before_days"]
    if expires is None or days is None or expires - now > timedelta(days=days):
        return
    raise InvalidInput(
        "%d days are not less than the lifetime of a new key (%s), so every run would rotate the key."
        % (days, duration_of(expires - now)),
        "Set a smaller number, or a later `expiry`.",
        "rotate_before_days",
    )


def end_of(expiry: str, now: datetime) -> datetime:
    """Return when a key that is created now expires.

    :param expiry: an ISO 8601 duration, or a date with or without a time.
    :raises InvalidInput: if it is neither, or in the past.
    """
    end = moment(expiry)
    examples = "Use a duration such as P90D, or a date such as 2027-03-31."
    if end is None:
        try:
            return after(now, expiry)
        except InvalidInput as error:
            raise InvalidInput(
                error.message.replace("a duration", "a duration or a date"), examples, "expiry"
            ) from None
    if end <= now:
        raise InvalidInput("%r is in the past." % expiry, "Set a later date, or a duration such as P90D.", "expiry")
    return end


def longest_expiry(settings: Resource, now: datetime) -> Optional[datetime]:
    """Return the latest expiry of a new key that the tenant allows; C(None) if it is not known."""
    try:
        return after(now, settings.get("max_api_key_expiry"))
    except InvalidInput:
        return None


def no_room(current: Sequence[ApiKey], own: OwnKeys, most: int) -> InvalidInput:
    """Return the error about the maximum number of keys, with the keys that can be revoked."""
    others = [key for key in newest_first(own.active) if key not in current]
    # The newest key with the description stays in use until the new one is handed over.
    candidates = [key for key in [*current[1:], *others] if own.is_used(key) is False]
    hint = "Raise `max_keys_per_user` with %s." % _SETTINGS_MODULE
    if candidates:
        hint = "Revoke a key that is no longer needed: %s. Or raise `max_keys_per_user` with %s." % (
            in_words(candidates),
            _SETTINGS_MODULE,
        )
    return InvalidInput(
        "You have %d active API keys, and max_keys_per_user of the tenant is %d, so no further key can be created."
        % (len(own.active), most),
        hint,
    )


def replaced_to_user(key: ApiKey, own: OwnKeys, now: datetime) -> Dict[str, Any]:
    """Return a replaced key in the form of results."""
    return {**key.to_user(now), "in_use": own.is_used(key)}


def in_words(keys: Sequence[ApiKey]) -> str:
    """Return labels of keys for a message."""
    return listed(keys, _MOST_NAMED)
