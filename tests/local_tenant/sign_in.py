# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only a person can do: sign in, which verifies an identity provider, and becomes a user by it.

Qlik reference: identity-providers (verification); users and groups (what a login creates). No endpoint does this, so
tests do it with the control API.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from . import group_settings
from .identity_providers import KIND, SECRETS, IdentityProvider, promoted, put
from .state import Group, State, User, now


class SignInError(ValueError):
    """A sign-in that makes no sense."""


@dataclasses.dataclass(frozen=True)
class SignIn:
    """A person signs in with a provider.

    ``error`` is why the other side refuses, empty where it does not, and ``client_secret`` the secret that the other
    side has, None for whichever the tenant has. ``promote`` says whether the person goes on to make verified options
    live. With a ``subject``, the person becomes a user, with ``groups`` by name.
    """

    provider: str
    error: str = ""
    client_secret: str | None = None
    promote: bool = True
    subject: str = ""
    name: str = ""
    groups: Sequence[str] = ()


def sign_in(state: State, how: SignIn) -> dict[str, Any]:
    """Whether the sign-in succeeded, with its ``error``, and the ``user_id`` where it made or found a user.

    Raises SignInError for a provider that nobody can sign in with.
    """
    provider = KIND.of(state).get(how.provider)
    if provider is None or (provider.protocol == "OIDC" and not provider.interactive):
        raise SignInError(f"nobody can sign in with {how.provider!r}")
    pending = provider.pending_options
    options = provider.options if pending is None else pending
    error = how.error or _refusal(provider, options or {}, how.client_secret)
    if pending is not None:
        provider = _tested(provider, error)
        if not error and how.promote:
            provider = dataclasses.replace(promoted(provider), active=True)
        put(state, dataclasses.replace(provider, updated_at=now()))
    is_test = pending is not None and not how.subject
    if not error and not provider.active and not is_test:
        error = "inactive"
    user_id = ""
    if not error and how.subject:
        user_id = _user(state, provider, how)
        error = "" if user_id else "unknownUser"
    return {"signed_in": not error, "error": error, "user_id": user_id}


def _refusal(provider: IdentityProvider, options: Mapping[str, Any], client_secret: str | None) -> str:
    """Why the other side refuses: the tenant has not the secret that it asks for."""
    if provider.protocol != "OIDC":
        return ""
    current = options.get(SECRETS[0])
    return "" if current and client_secret in (None, current) else "tokenError"


def _tested(provider: IdentityProvider, error: str) -> IdentityProvider:
    result = {"protocol": provider.protocol, "status": "error" if error else "success"}
    if error:
        result["error"] = error
    return dataclasses.replace(provider, pending_state="error" if error else "verified", pending_result=result)


def _user(state: State, provider: IdentityProvider, how: SignIn) -> str:
    """Id of the user that the person is, empty for one who may not come in."""
    known = [user for user in state.users.find("subject", how.subject) if user.subject == how.subject]
    user = next((user for user in known if user.status == "active"), None)
    if user is None and (known or not provider.settings.get("createNewUsersOnLogin", True)):
        return ""
    moment = now()
    user = user or User(state.new_id(), how.subject, how.name or how.subject, moment, moment)
    current = [group for group in map(state.groups.get, user.group_ids) if group is not None]
    kept = [group.id for group in current if group.provider_type != "idp"]
    groups = [_group(state, name) for name in how.groups]
    state.users.put(dataclasses.replace(user, group_ids=(*kept, *filter(None, groups)), updated_at=moment))
    return user.id


def _group(state: State, name: str) -> str:
    """Id of the group with the text of a claim, empty where there is none and none is made."""
    group = state.group_named(name, "idp")
    if group is None and group_settings.KIND.of(state).auto_create_groups:
        group = Group(state.new_id(), name, "idp", now(), now())
        state.groups.put(group)
    return group.id if group else ""
