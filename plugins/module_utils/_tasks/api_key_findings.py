# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks API keys against the policy of an audit (third reference, 2.4)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Set

from .._api.client import Client
from .._errors import printable
from .._kinds.api_key import ACTIVE, EXPIRED, ApiKey, list_api_keys, newest_first, owners_of
from .._kinds.base import text_of
from .._kinds.endpoints import GROUP_SETTINGS, ROLES, everyone
from .._kinds.lockout import ADMIN_ROLE
from .._planning.references import Resource
from .._planning.roles import USER_DEFAULT
from .._planning.settings import BOOLEAN, LIST_OF_TEXTS, Params
from .._planning.times import in_iso
from .finding import DAYS, Finding, in_days

#: The scope without which a user has no API keys (third reference, 2.3).
_SCOPE = "api-keys"
#: How long an expired SCIM key is a finding. The tenant keeps such keys, also of identity providers that are gone.
_EXPIRED_LATELY = timedelta(days=90)
_DELETED = "deleted"
#: The options of the policy.
SPEC: Dict[str, Dict[str, Any]] = {
    "max_lifetime_days": dict(DAYS),
    "expires_within_days": dict(DAYS),
    "allowed_owners": dict(LIST_OF_TEXTS),
    "allow_disabled_owners": dict(BOOLEAN),
    "allow_owners_without_scope": dict(BOOLEAN),
}
RULES = (
    "scim_expired",
    "scim_expires",
    "owner_gone",
    "owner_disabled",
    "owner_without_scope",
    "allowed_owners",
    "max_lifetime_days",
    "expires_within_days",
    "replaced",
)


def findings_of(client: Client, policy: Params, now: datetime, has_groups: bool) -> List[Finding]:
    """Return the violations of the policy, beginning with the keys of SCIM provisioning.

    :raises QlikError: if the tenant does not show its keys.
    """
    keys = [key for key in list_api_keys(client, status=ACTIVE) if key.status == ACTIVE]
    owners = owners_of(client, keys)
    may_have_keys: Optional[Set[str]] = None
    if not policy.get("allow_owners_without_scope") and any(not key.is_scim for key in keys):
        may_have_keys = _users_with_scope(client, owners.values())
    # After its expiry, a key is listed as expired, at once or after some time.
    expired = [key for key in list_api_keys(client, status=EXPIRED) if key.status == EXPIRED]
    scim = list(_of_scim_keys([key for key in (*keys, *expired) if key.is_scim], policy, now))
    replaced = _replaced(keys, now)
    own = [
        finding
        for key in keys
        if not key.is_scim and key.is_active(now)
        for finding in _of_user_key(key, owners.get(key.owner_id), policy, now, may_have_keys, replaced)
    ]
    return scim + own


def _of_scim_keys(keys: Sequence[ApiKey], policy: Params, now: datetime) -> Iterator[Finding]:
    """An identity provider cannot provision users any more once its last key has expired (third reference, 4)."""
    within = policy.get("expires_within_days")
    valid = {_subject_of(key): key for key in reversed(newest_first(key for key in keys if key.is_active(now)))}
    for key in keys:
        newest = valid.get(_subject_of(key))
        if key.expires is not None and key.expires <= now:
            if newest is None and now - key.expires < _EXPIRED_LATELY:
                text = (
                    "The SCIM key expired on %s. Provisioning by the identity provider has stopped. Create a new key."
                )
                yield _finding(key, "", "scim_expired", text % in_iso(key.expires))
        elif within is not None and key.expires_within(now, within):
            text = "The SCIM key expires in %s, on %s. Provisioning by the identity provider stops then"
            advice = ". Create a new key." if newest is key else ", unless it uses its newer key."
            when = (in_days(key.days_left(now)), in_iso(key.expires or now))
            yield _finding(key, "", "scim_expires", text % when + advice)


def _subject_of(key: ApiKey) -> str:
    """Return whom a key authenticates: for a SCIM key, the identity provider."""
    return text_of(key.resource.get("sub"))


def _of_user_key(
    key: ApiKey,
    owner: Optional[Resource],
    policy: Params,
    now: datetime,
    may_have_keys: Optional[Set[str]],
    replaced: Set[str],
) -> Iterator[Finding]:
    is_gone = owner is None or owner.get("status") == _DELETED
    subject = str((owner or {}).get("subject") or key.owner_id)
    if is_gone:
        yield _finding(key, subject, "owner_gone", "The owner does not exist any more. Revoke the key.")
    elif owner and owner.get("status") == "disabled" and not policy.get("allow_disabled_owners"):
        yield _finding(key, subject, "owner_disabled", "The owner is disabled. Revoke the key.")
    elif may_have_keys is not None and key.owner_id not in may_have_keys:
        text = "The owner has no role with the scope %s. Revoke the key, or assign such a role."
        yield _finding(key, subject, "owner_without_scope", text % _SCOPE)
    allowed = policy.get("allowed_owners")
    if allowed is not None and not any(_matches(subject, pattern) for pattern in allowed):
        yield _finding(
            key, subject, "allowed_owners", "The owner %s is not allowed to have API keys." % printable(subject)
        )
    longest = policy.get("max_lifetime_days")
    lifetime = key.expires - key.created if key.expires and key.created else None
    if longest is not None and lifetime is not None and lifetime > timedelta(days=longest):
        text = "The lifetime of the key is %s, longer than the %s that the policy allows."
        yield _finding(key, subject, "max_lifetime_days", text % (in_days(lifetime.days), in_days(longest)))
    within = policy.get("expires_within_days")
    if within is not None and key.expires_within(now, within):
        text = "The key expires in %s, on %s."
        yield _finding(
            key, subject, "expires_within_days", text % (in_days(key.days_left(now)), in_iso(key.expires or now))
        )
    if key.id in replaced:
        text = "A newer key has the same owner and description. This one is still valid for %s. Revoke it."
        yield _finding(key, subject, "replaced", text % in_days(key.days_left(now)))


def _finding(key: ApiKey, subject: str, rule: str, message: str) -> Finding:
    name = "%s: %s" % (subject, key.description) if subject else key.description
    return Finding("api_keys", "%s (%s)" % (name, key.id), rule, message)


def _replaced(keys: Iterable[ApiKey], now: datetime) -> Set[str]:
    """Return the IDs of active keys whose owner has a newer active key with the same description."""
    by_name: Dict[Any, List[ApiKey]] = {}
    for key in keys:
        if not key.is_scim and key.is_active(now):
            by_name.setdefault((key.owner_id, key.description), []).append(key)
    return {key.id for same in by_name.values() for key in newest_first(same)[1:]}


def _users_with_scope(client: Client, users: Iterable[Resource]) -> Set[str]:
    """Return the IDs of the users who may have API keys because of a role of their own or of a group."""
    roles = [role for role in client.list(ROLES) if _SCOPE in (role.get("assignedScopes") or [])]
    enough = {role["id"] for role in roles}
    is_default = any(role.get("name") == USER_DEFAULT for role in roles)
    everyone_has = is_default or _has_role(everyone(client.read(GROUP_SETTINGS)), enough)
    return {user["id"] for user in users if everyone_has or _has_role_at_all(user, enough)}


def _has_role_at_all(user: Resource, enough: Set[str]) -> bool:
    groups = user.get("assignedGroups")
    holders = [user, *(groups if isinstance(groups, list) else [])]
    return any(_has_role(holder, enough) for holder in holders if isinstance(holder, dict))


def _has_role(holder: Resource, enough: Set[str]) -> bool:
    roles = holder.get("assignedRoles")
    return any(
        role.get("id") in enough or role.get("name") == ADMIN_ROLE
        for role in (roles if isinstance(roles, list) else [])
        if isinstance(role, dict)
    )


def _matches(subject: str, pattern: str) -> bool:
    """Return whether a glob pattern matches a subject. A backslash is itself, as in C(ACME\\ada)."""
    return fnmatchcase(subject, pattern)
