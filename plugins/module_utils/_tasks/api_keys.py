# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of C(qlik_api_key): creates, rotates, and revokes API keys."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Dict, List, Optional, Sequence, Set

from .._api.connection import connection_argument_spec, connection_from, is_sendable_credential
from .._api.transport import is_number
from .._errors import Forbidden, InvalidInput, NotFound, QlikError, UnexpectedResponse, visible
from .._kinds.api_key import (
    ACTIVE,
    API_KEYS,
    REVOKED,
    ApiKey,
    key_id_in,
    list_api_keys,
    read_api_key,
    revoke_api_key,
)
from .._kinds.api_key_settings import MOST_KEYS, ApiKeySettings
from .._kinds.endpoints import USERS
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, TEXT
from .._planning.times import duration_of, moment, utc_now
from .api_key_info import users_with
from .api_key_rules import (
    PRESENT,
    OwnKeys,
    check_options,
    check_rotation,
    end_of,
    in_words,
    longest_expiry,
    no_room,
    predicted_key,
    replaced_to_user,
)
from .secrets import MOST_READS, create_once
from .task import Flow, Result, Task, failure

_SETTINGS_MODULE = "qlik_api_key_settings"


def flow_of_api_key() -> Flow:
    """Return the flow of C(qlik_api_key)."""

    def steps(task: Task) -> Result:
        check_options(task.params, utc_now())
        return _Keys(task).ensured()

    spec = {
        **connection_argument_spec(),
        "description": TEXT,
        "id": TEXT,
        "user": TEXT,
        "state": {"type": "str", "choices": [PRESENT, REVOKED], "default": PRESENT},
        "expiry": TEXT,
        "rotate_before_days": {"type": "int"},
        "revoke_replaced": dict(BOOLEAN, default=False),
        "max_revocations": {"type": "int", "default": 10},
    }
    rules = {
        "required_one_of": [("description", "id")],
        "mutually_exclusive": [("description", "id"), ("user", "id")],
        "required_by": {"user": ("description",)},
    }
    return Flow(spec, steps, rules, secrets=("token",))


class _Keys:
    """The changes of a task to API keys."""

    def __init__(self, task: Task) -> None:
        connection = connection_from(task.params, task.environ)
        self._task = task
        self._params = task.params
        self._token = connection.token
        self._client = task.client(connection)
        self._now = utc_now()
        self._diff: List[Dict[str, Any]] = []
        self._replaced: List[Dict[str, Any]] = []
        self._lost: List[ApiKey] = []
        self._changed = False
        self._unknown = False

    def ensured(self) -> Result:
        """Bring the key to its desired state. Return the result of the task.

        :raises QlikError: if it fails before anything is changed.
        """
        if self._params["state"] == REVOKED:
            return self._revoked()
        user_id = self._user_id()
        own = self._own_keys(user_id)
        current = own.named(self._params["description"])
        for key in current:
            if key.expires is None:
                text = "GET %s: unexpected response: the expiry of the API key %s is not a time."
                raise UnexpectedResponse(text % (API_KEYS, key.id))
        days = self._params["rotate_before_days"]
        if days is None and len(current) > 1:
            raise InvalidInput(
                "You have %d active API keys with this description: %s." % (len(current), in_words(current)),
                "Revoke all but one of them by `id`, or set `rotate_before_days` to use the newest.",
                "description",
            )
        if current and (days is None or not current[0].expires_within(self._now, days)):
            return self._kept(current, own)
        return self._created(user_id, current, own)

    def _kept(self, current: Sequence[ApiKey], own: OwnKeys) -> Result:
        """Keep the newest key, and revoke the keys that it replaced if requested. Return the result."""
        newest, replaced = current[0], current[1:]
        revocable: List[ApiKey] = []
        if self._params["revoke_replaced"] and replaced:
            revocable = [key for key in replaced if own.is_used(key) is False]
            if not own.is_used_known:
                self._task.warn(
                    "revoke_replaced: No key is revoked, because the credential does not show which key it is. Run the"
                    " task with the newest key or with an OAuth client, or revoke the keys as another tenant admin."
                )
        self._check_revocations(revocable)
        self._replaced = [replaced_to_user(key, own, self._now) for key in replaced]
        try:
            for key, shown in zip(replaced, self._replaced):
                if key in revocable:
                    self._revoke(key)
                    shown["status"] = REVOKED
        except QlikError as error:
            return self._failed(error, newest.to_user(self._now))
        return self._result("revoked" if revocable else "unchanged", newest.to_user(self._now))

    def _created(self, user_id: str, current: Sequence[ApiKey], own: OwnKeys) -> Result:
        """Create a key that replaces those with the same description. Return the result.

        The replaced keys are not revoked, because a later task hands over the new key.
        """
        self._task.check_can_hide()
        expires = self._check_creation(current, own)
        self._replaced = [replaced_to_user(key, own, self._now) for key in current]
        action, token = "rotated" if current else "created", None
        if self._task.check_mode:
            shown = predicted_key(self._params["description"], expires, user_id, self._now)
        else:
            try:
                created = self._create(user_id, set(own.ids))
            except QlikError as error:
                return self._failed(error, None)
            shown, token = ApiKey(created).to_user(self._now), created["token"]
        self._changed = True
        self._add_diff(self._params["description"], None, ACTIVE)
        return self._result(action, shown, token)

    def _check_creation(self, current: Sequence[ApiKey], own: OwnKeys) -> Optional[datetime]:
        """Check that the tenant would accept the key, and that it would not be due for rotation immediately.

        :returns: when the new key expires; C(None) if only the tenant knows.
        :raises InvalidInput: if an option is invalid.
        """
        expiry, days = self._params["expiry"], self._params["rotate_before_days"]
        try:
            settings = ApiKeySettings().read_one(self._client)
        except (Forbidden, NotFound):
            # Only tenant admins can read them.
            settings = {}
        longest = longest_expiry(settings, self._now)
        most = settings.get("max_keys_per_user")
        if expiry is None:
            if longest is None and days is not None:
                raise InvalidInput(
                    "Required with `rotate_before_days`, because the credential cannot read the maximum lifetime.",
                    "Set `expiry` to a duration such as P90D.",
                    "expiry",
                )
            check_rotation(longest, self._params, self._now)
        elif longest is not None and end_of(expiry, self._now) > longest:
            raise InvalidInput(
                "%r is longer than max_api_key_expiry of the tenant, %r." % (expiry, settings["max_api_key_expiry"]),
                "Set a shorter `expiry`, or raise the limit with %s." % _SETTINGS_MODULE,
                "expiry",
            )
        if isinstance(most, int) and is_number(most, 0, MOST_KEYS) and len(own.active) >= most:
            raise no_room(current, own, most)
        return longest if expiry is None else end_of(expiry, self._now)

    def _create(self, user_id: str, known: Set[str]) -> Resource:
        """Create the key, and return it with its token.

        Only the response to the creation contains the token. If it is lost, the key is revoked, because its token is
        unknown, and the creation is sent once more.

        :param known: the IDs of the keys that existed before.
        :raises QlikError: if no key with a known token was created.
        """
        description = self._params["description"]

        def is_complete(created: Resource) -> bool:
            token = created.get("token")
            return (
                created.get("description") == description and isinstance(token, str) and is_sendable_credential(token)
            )

        def create() -> Resource:
            try:
                return self._client.create(API_KEYS, self._body(), is_complete)
            except Forbidden as error:
                error.hint = "The user requires a role with the scope api-keys."
                raise

        def note(is_known: bool) -> None:
            self._changed = self._unknown = not is_known

        try:
            created = create_once(create, lambda: self._revoke_lost(user_id, known), note)
        except QlikError as error:
            if error.outcome_unknown:
                error.message += self._cleanup_report()
            raise
        self._settle(user_id, known, created["id"], may_be_lost=self._unknown or bool(self._lost))
        return created

    def _body(self) -> Dict[str, Any]:
        """Return the body of the creation. The API only accepts durations, so a date is converted."""
        expiry = self._params["expiry"]
        body = {"description": self._params["description"]}
        end = moment(expiry)
        if end is not None:
            expiry = duration_of(max(end - utc_now(), timedelta(seconds=1)))
        return {**body, "expiry": expiry} if expiry is not None else body

    def _revoke_lost(self, user_id: str, known: Set[str]) -> bool:
        """Find the key of a creation without a response, and revoke it.

        :param known: the IDs of all other keys; the ID of the key is added.
        :returns: whether the key was found.
        """
        for reading in range(MOST_READS):
            if reading:
                self._client.transport.pause(reading - 1)
            if self._revoke_unknown(self._listed(user_id), known):
                return True
        return False

    def _revoke_unknown(self, listed: Sequence[ApiKey], known: Set[str]) -> bool:
        """Revoke unknown keys with the description. Return whether there was one."""
        description = self._params["description"]
        lost = [key for key in listed if key.id not in known and key.description == description]
        for key in lost:
            self._delete(key)
            known.add(key.id)
            self._lost.append(key)
        return bool(lost)

    def _settle(self, user_id: str, known: Set[str], created_id: str, may_be_lost: bool) -> None:
        """Wait until the tenant lists the new key, so that the next task does not create another one.

        :param may_be_lost: whether a key that is neither known nor the new one has been lost, so that it is revoked.
        """
        try:
            for reading in range(MOST_READS):
                if reading:
                    self._client.transport.pause(reading - 1)
                listed = self._listed(user_id)
                if may_be_lost:
                    self._revoke_unknown(listed, known | {created_id})
                if any(key.id == created_id for key in listed):
                    return
        except QlikError as error:
            self._task.warn("The tenant may not list the new key yet, or may list one whose token was lost: %s" % error)

    def _cleanup_report(self) -> str:
        """Return the end of the message about a creation without a response."""
        found = " The keys whose tokens were lost were revoked: %s." % in_words(self._lost) if self._lost else ""
        if not self._unknown:
            return found
        return found + " A key whose token is lost may appear later. Search for it with qlik_api_key_info."

    def _revoked(self) -> Result:
        """Revoke a key. Return the result."""
        key = self._to_revoke()
        if key is None or key.status != ACTIVE:
            return self._result("unchanged", key.to_user(self._now) if key else None)
        self._refuse_used(key)
        self._check_revocations([key])
        try:
            self._revoke(key)
        except QlikError as error:
            return self._failed(error, key.to_user(self._now))
        return self._result("revoked", {**key.to_user(self._now), "status": REVOKED})

    def _to_revoke(self) -> Optional[ApiKey]:
        """Return the key that the options identify; C(None) if there is none.

        :raises InvalidInput: if there are several.
        """
        params = self._params
        if params["id"] is not None:
            return read_api_key(self._client, params["id"])
        if params["user"] is not None:
            user_ids = [user["id"] for user in users_with(self._client, params["user"])]
        else:
            user_ids = [self._user_id()]
        listed = [key for user_id in user_ids for key in self._listed(user_id)]
        found = OwnKeys(listed, self._token, self._now).named(params["description"])
        if len(found) > 1:
            raise InvalidInput(
                "%d active API keys have this description: %s." % (len(found), in_words(found)),
                "Set `id` to revoke one of them.",
                "description",
            )
        return found[0] if found else None

    def _refuse_used(self, key: ApiKey) -> None:
        """:raises InvalidInput: if the task authenticates with the key, or may do so."""
        option = "id" if self._params["id"] is not None else "description"
        if not self._token:
            return
        if key.id == key_id_in(self._token):
            raise InvalidInput(
                "The API key %s cannot be revoked because this task authenticates with it." % key,
                "Use another credential to revoke it.",
                option,
            )
        user_id = self._user_id()
        if key.owner_id in ("", user_id) and not self._own_keys(user_id).is_used_known:
            raise InvalidInput(
                "The API key %s cannot be revoked because it may be the one that this task authenticates with: the"
                " credential does not show which key it is." % key,
                "Use an OAuth client or the credential of another tenant admin to revoke it.",
                option,
            )

    def _check_revocations(self, keys: Sequence[ApiKey]) -> None:
        """:raises InvalidInput: if there are more keys than C(max_revocations) allows to revoke."""
        most = self._params["max_revocations"]
        if len(keys) > most:
            raise InvalidInput(
                "%d API keys would be revoked, but the limit is %d: %s." % (len(keys), most, in_words(keys)),
                "Set `max_revocations: %d` to revoke all of them." % len(keys),
                "max_revocations",
            )

    def _revoke(self, key: ApiKey) -> None:
        """Revoke a key, or only predict it in check mode."""
        if not self._task.check_mode:
            self._delete(key)
        self._changed = True
        self._add_diff(key.description, ACTIVE, REVOKED, key.id)

    def _delete(self, key: ApiKey) -> None:
        try:
            revoke_api_key(self._client, key)
        except QlikError as error:
            if error.outcome_unknown:
                self._changed = self._unknown = True
            raise

    def _user_id(self) -> str:
        """Return the ID of the user that the task authenticates as."""
        return self._client.redirected_id(USERS + "/me")

    def _own_keys(self, user_id: str) -> OwnKeys:
        return OwnKeys(self._listed(user_id), self._token, self._now)

    def _listed(self, user_id: str) -> List[ApiKey]:
        """Return the keys of a user that the API lists as active."""
        listed = list_api_keys(self._client, sub=user_id, status=ACTIVE)
        return [key for key in listed if (key.owner_id, key.status) == (user_id, ACTIVE) and not key.is_scim]

    def _add_diff(self, description: str, before: Optional[str], after: Optional[str], key_id: str = "") -> None:
        header = visible("API key %r%s" % (description, " (ID %s)" % key_id if key_id else ""))
        sides = [status and {"description": description, "status": status} for status in (before, after)]
        self._diff.append({"before_header": header, "after_header": header, "before": sides[0], "after": sides[1]})

    def _result(self, action: str, key: Optional[Dict[str, Any]], token: Optional[str] = None) -> Result:
        result: Result = {"changed": self._changed, **self._members(action, key), "token": token}
        if self._task.with_diff:
            result["diff"] = self._diff
        return result

    def _failed(self, error: QlikError, key: Optional[Dict[str, Any]]) -> Result:
        members = {**self._members("failed", key), "token": None}
        return failure(self._task, error, changed=self._changed, unknown=self._unknown, **members)

    def _members(self, action: str, key: Optional[Dict[str, Any]]) -> Result:
        lost = [{**lost_key.to_user(self._now), "status": REVOKED} for lost_key in self._lost]
        return {"action": action, "api_key": key, "replaced": self._replaced, "lost": lost}
