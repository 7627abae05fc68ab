# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that the API shows once: their age, when a new one is due, and which may be deleted.

Third reference, OAuth clients.
"""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from .._errors import InvalidInput, listed
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, TEXT, Params
from .._planning.times import MOST_DAYS, age_in_days, moment

_DELETE = "delete_secret"
_ROTATING = ("rotate_secret", "secret_max_age_days")
#: The maximum number of secrets in a message.
_MOST_NAMED = 10


class Secret:
    """A secret of a resource, without its value, which cannot be read.

    :param resource: the secret in the form of the API. Fields of a wrong type count as missing.
    """

    def __init__(self, resource: Dict[str, Any]) -> None:
        hint, self.created_at = resource.get("hint"), resource.get("createdAt")
        self.hint: str = hint if isinstance(hint, str) else ""
        self.created = moment(self.created_at)
        self._created_by = resource.get("createdBy")

    @property
    def key(self) -> Any:
        """What distinguishes the secrets of a resource."""
        return (self.hint, str(self.created_at))

    def belongs_to(self, value: str) -> bool:
        """Return whether this can be the secret with this value. The hint is the beginning or the end of the value."""
        return bool(self.hint) and (value.startswith(self.hint) or value.endswith(self.hint))

    def age_days(self, now: datetime) -> Optional[int]:
        """Return the whole days since the secret was created; C(None) if the API does not show when."""
        return age_in_days(self.created, now)

    def to_user(self, now: datetime) -> Dict[str, Any]:
        """Return the secret in the form of results."""
        return {
            "hint": self.hint,
            "created_at": self.created_at,
            "created_by": self._created_by,
            "age_days": self.age_days(now),
        }

    def __str__(self) -> str:
        return "%r (created %s)" % (self.hint, self.created_at if self.created else "at an unknown time")


class SecretPlan(NamedTuple):
    """The changes of a task to the secrets of a resource.

    :param is_first: whether the API creates the first secret with a change of the resource.
    :param is_new: whether to create another secret.
    :param current: the current secrets, newest first.
    :param deleted: the current secrets to delete.
    """

    is_first: bool = False
    is_new: bool = False
    current: Sequence[Secret] = ()
    deleted: Sequence[Secret] = ()

    @property
    def changed(self) -> bool:
        """Whether the task changes secrets."""
        return self.is_first or self.is_new or bool(self.deleted)


class SecretRules:
    """The rules of a kind for secrets.

    :param below: the path of secrets, below the path of the resource.
    :param field: the field of a resource that lists its secrets.
    :param most: the maximum number of secrets of a resource.
    """

    def __init__(self, below: str, field: str, most: int) -> None:
        self.below = below
        self.field = field
        self.most = most

    @property
    def spec(self) -> Dict[str, Any]:
        """The options of the module for one resource."""
        return {
            "rotate_secret": dict(BOOLEAN, default=False),
            "secret_max_age_days": {"type": "int", "no_log": False},
            "delete_replaced": dict(BOOLEAN, default=False),
            # A hint.
            _DELETE: dict(TEXT, no_log=False),
            "allow_last_secret": dict(BOOLEAN, default=False),
        }

    def has_secrets(self, resource: Resource) -> bool:
        """Return whether a resource authenticates with secrets."""
        raise NotImplementedError

    def of(self, resource: Optional[Resource]) -> List[Secret]:
        """Return the secrets of a resource, newest first. Secrets without a time of creation are last."""
        listed = (resource or {}).get(self.field)
        found = [Secret(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
        times = [(str(secret.created or ""), str(secret.created_at)) for secret in found]
        order = sorted(range(len(found)), key=lambda index: (times[index], index), reverse=True)
        return [found[index] for index in order]

    def waits(self, resource: Optional[Resource]) -> bool:
        """Return whether a resource authenticates with secrets and has none."""
        return resource is not None and self.has_secrets(resource) and not self.of(resource)

    def is_given(self, params: Params) -> bool:
        """Return whether an option of the task depends on the current secrets."""
        return bool(
            params["delete_replaced"]
            or params["rotate_secret"]
            or params["secret_max_age_days"] is not None
            or params[_DELETE] is not None
        )

    def check(self, params: Params) -> None:
        """Check the options without reading the tenant.

        :raises InvalidInput: if an option is invalid.
        """
        days = params["secret_max_age_days"]
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise InvalidInput("Must be 1 to %d, not %d." % (MOST_DAYS, days), option="secret_max_age_days")
        if params["state"] == "absent" and self.is_given(params):
            option = next(name for name in self.spec if params[name] not in (None, False))
            raise InvalidInput("Requires `state: present`.", "Omit the option to delete the resource.", option)
        others = [name for name in (*_ROTATING, "delete_replaced") if params[name] not in (None, False)]
        if params[_DELETE] is not None and others:
            text = "Cannot be combined with %s." % " and ".join(others)
            raise InvalidInput(text, "Delete the secret in a separate task.", _DELETE)
        if params["delete_replaced"] and params["rotate_secret"]:
            raise InvalidInput(
                "Cannot be combined with rotate_secret, because the new secret is handed over later.",
                "Set it in a separate task, after the hand-over.",
                "delete_replaced",
            )

    def plan(self, params: Params, current: Optional[Resource], after: Optional[Resource], now: datetime) -> SecretPlan:
        """Plan the changes to the secrets of a resource.

        :param current: the current resource; C(None) if it does not exist.
        :param after: the resource after the task; C(None) if it will not exist.
        :raises InvalidInput: if this is not possible, or might delete a secret that is in use.
        """
        if after is None:
            return SecretPlan()
        secrets = self.of(current)
        if not self.has_secrets(after):
            if self.is_given(params):
                option = next(name for name in self.spec if params[name] not in (None, False))
                raise InvalidInput("This client has no secrets.", self.hint_for_secrets, option)
            return SecretPlan()
        if params[_DELETE] is not None:
            if current is None:
                text = "The client does not exist, so it has no secret to delete."
                raise InvalidInput(text, "Omit `delete_secret` to create the client.", _DELETE)
            return SecretPlan(current=secrets, deleted=[self._named(params, secrets)])
        if current is None or not (secrets or self.has_secrets(current)):
            return SecretPlan(is_first=True)
        is_new = params["rotate_secret"] or self._is_due(params["secret_max_age_days"], secrets, now)
        if is_new and len(secrets) >= self.most:
            raise InvalidInput(
                "The client already has the maximum of %d secrets: %s." % (len(secrets), _listed(secrets)),
                "Delete one with `delete_secret`, or all but the newest with `delete_replaced`.",
                "rotate_secret" if params["rotate_secret"] else "secret_max_age_days",
            )
        deleted = secrets[1:] if params["delete_replaced"] and not is_new else []
        if deleted:
            _refuse_undated(secrets, "delete_replaced")
            if secrets[0].created_at == secrets[1].created_at:
                text = "The newest secret is unknown, because two were created at the same time: %s and %s."
                hint = "Delete the unused one with `delete_secret`."
                raise InvalidInput(text % tuple(secrets[:2]), hint, "delete_replaced")
            for secret in deleted:
                _refuse_ambiguous(secret.hint, secrets, "delete_replaced")
        return SecretPlan(is_new=is_new, current=secrets, deleted=deleted)

    #: The hint of the error about a resource without secrets.
    hint_for_secrets = ""

    def _is_due(self, days: Optional[int], secrets: Sequence[Secret], now: datetime) -> bool:
        if days is None or not secrets:
            return days is not None
        _refuse_undated(secrets, "secret_max_age_days")
        return all(now - secret.created >= timedelta(days=days) for secret in secrets if secret.created)

    def _named(self, params: Params, secrets: Sequence[Secret]) -> Secret:
        """Return the secret that C(delete_secret) names."""
        hint = params[_DELETE]
        found = _refuse_ambiguous(hint, secrets, _DELETE)
        if not found:
            has = "Its secrets: %s." % _listed(secrets) if secrets else "It has no secrets."
            raise InvalidInput("The client has no secret with the hint %r. %s" % (hint, has), option=_DELETE)
        if len(secrets) == 1 and not params["allow_last_secret"]:
            raise InvalidInput(
                "%s is the only secret of the client, so nothing could authenticate with the client after its deletion."
                % found[0],
                "Set `allow_last_secret: true` to delete it anyway, for example after a failed hand-over.",
                _DELETE,
            )
        return found[0]


def _refuse_undated(secrets: Sequence[Secret], option: str) -> None:
    undated = [secret for secret in secrets if secret.created is None]
    if undated:
        raise InvalidInput(
            "The tenant does not show when these secrets were created, so their age is unknown: %s." % _listed(undated),
            "Use `rotate_secret` and `delete_secret` instead.",
            option,
        )


def _refuse_ambiguous(hint: str, secrets: Sequence[Secret], option: str) -> List[Secret]:
    """Return the secret with a hint, or nothing.

    :raises InvalidInput: if several secrets have the hint.
    """
    found = [secret for secret in secrets if secret.hint == hint]
    if len(found) > 1:
        raise InvalidInput(
            "%d secrets have the hint %r, and the API deletes secrets by their hints: %s."
            % (len(found), hint, _listed(found)),
            "Delete one of them in the management console of Qlik Cloud.",
            option,
        )
    return found


def _listed(secrets: Sequence[Secret]) -> str:
    return listed(secrets, _MOST_NAMED)
