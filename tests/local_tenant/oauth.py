# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens: API keys of users, and those of an OAuth client (Qlik reference: OAuth machine to machine)."""

from __future__ import annotations

import base64
import dataclasses
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta

from . import audit_log, oauth_clients
from .call import Call, Caller, Json, Response, checked_fields, response
from .errors import refuse
from .guesses import Guesses
from .keys import JTI_FORMS, api_key_text, key_id_in
from .state import ApiKey, State
from .times import instant, utc_now, written

GRANTED = frozenset({"admin_classic", "user_default"})
GRANTABLE = frozenset({"admin.users", "admin.users:read", "admin.spaces", "admin.spaces:read"})
CREDENTIALS = frozenset({"client_id", "client_secret"})
FIELDS = CREDENTIALS | {"grant_type", "scope"}
LIFETIME = 21_600


@dataclasses.dataclass(frozen=True)
class Token:
    """A bearer token that is no API key: whose it is, what was granted, and its monotonic end.

    ``name`` is ``oauth`` for that of a client and ``session`` for that of a person, who has every right (``scopes``
    None). ``actor`` is who acts in the name of the user.
    """

    name: str
    user_id: str
    scopes: frozenset[str] | None
    ends: float
    actor: Mapping[str, str] | None = None


class Tokens:
    """The bearer tokens of one host. API keys are the same in every run, so that they can be written down.

    ``granted`` are the scopes of its OAuth client; ``region_client`` is that of its region, id and secret, which is
    good for the region's tenants too.
    """

    def __init__(
        self, number: int, state: State, granted: frozenset[str] = GRANTED, region_client: tuple[str, str] | None = None
    ) -> None:
        self.lifetime = LIFETIME
        self._number = number
        self._state = state
        self._granted = granted
        self._region_client = region_client
        self.client_id = state.client_id
        self.client_secret = f"local-secret-{number}"
        self._tokens: dict[str, Token] = {}
        self._plant_client()

    def text_of(self, key: ApiKey, guesses: Guesses) -> str:
        """The token of an API key."""
        return api_key_text(self._number, key.id, key.sub, guesses.api_key_jti)

    def caller(self, authorization: str, state: State, guesses: Guesses) -> Caller:
        """Who sends this Authorization header. Raises Refusal 401, or what a disabled user gets."""
        kind, _space, text = authorization.partition(" ")
        found = self._owner(text, guesses) if kind.lower() == "bearer" else None
        user = state.users.get(found.user_id) if found else None
        if found is None or user is None or user.status == "deleted":
            raise refuse(401, "Unauthorized", "A valid bearer token is required.")
        if user.status == "disabled":
            raise refuse(guesses.disabled_user_key_status, "Forbidden", "The user is disabled.")
        blind = found.name == "api_key" and user.id == state.blind_id
        return Caller(user, found.scopes, blind, found.actor)

    def _owner(self, text: str, guesses: Guesses) -> Token | None:
        """The token, or an API key as one; None for one that is not valid (any more).

        Raises Refusal 403 for the key of an identity provider, which is good for SCIM only.
        """
        key = self._state.api_keys.get(key_id_in(text))
        if key is None or text not in {api_key_text(self._number, key.id, key.sub, form) for form in JTI_FORMS}:
            token = self._tokens.get(text)
            return token if token and token.ends > time.monotonic() else None
        is_valid = key.status == "active" and instant(key.expiry) > utc_now()
        if key.sub_type == "externalClient":
            if is_valid:
                raise refuse(403, "Forbidden", "The key is good for SCIM only.")
            audit_log.validation_failed(self._state, guesses, key)
        return Token("api_key", key.sub, None, float("inf")) if is_valid else None

    def grant(self, user_id: str, scopes: frozenset[str] | None = None, actor: Mapping[str, str] | None = None) -> str:
        """A token of a person who is signed in, as whom ``actor`` may act."""
        text = secrets.token_urlsafe(48)
        self._tokens[text] = Token("session", user_id, scopes, time.monotonic() + self.lifetime, actor)
        return text

    def age(self, seconds: float) -> None:
        """Let time pass for the tokens that are no API keys."""
        for text, token in self._tokens.items():
            self._tokens[text] = dataclasses.replace(token, ends=token.ends - seconds)

    def issue(self, call: Call) -> Response:
        """``POST /oauth/token``: a token of the client for this tenant only. Raises Refusal."""
        basic = call.headers.get("Authorization", "").partition(" ")
        in_header = basic[0].lower() == "basic" and call.guesses.oauth_basic == "accept"
        body = checked_fields(call, FIELDS, frozenset({"grant_type"} if in_header else {"grant_type", *CREDENTIALS}))
        if body["grant_type"] != "client_credentials":
            raise refuse(400, "Unsupported grant", "grant_type is client_credentials.", pointer="/grant_type")
        if in_header and CREDENTIALS & body.keys():
            raise refuse(400, "Two credentials", "The client is named in the header and in the body.")
        client = _basic(basic[2]) if in_header else (body["client_id"], body["client_secret"])
        scopes = _scopes(body.get("scope"), self._granted_to(call, client))
        text = secrets.token_urlsafe(48)
        self._tokens[text] = Token("oauth", self._state.bot_of(client[0]), scopes, time.monotonic() + self.lifetime)
        value = {
            "access_token": text,
            "token_type": "bearer",
            "expires_in": self.lifetime,
            "expires_at": written(utc_now() + timedelta(seconds=self.lifetime)),
        }
        return response(200, value)

    def _plant_client(self) -> None:
        """Let the tenant have the client that its users log in with; it is like any other, and can be deleted."""
        grantable = GRANTABLE if self._granted == GRANTED else frozenset()
        settings = {
            "clientName": "Local client",
            "allowedScopes": sorted(self._granted | grantable),
            "allowedGrantTypes": [oauth_clients.CREDENTIALS_GRANT],
            "allowedAuthMethods": [oauth_clients.SECRET_METHOD],
        }
        created = self._state.tenant.created
        hint = self.client_secret[-oauth_clients.HINT :]
        secret = {"clientSecret": self.client_secret, "hint": hint, "createdAt": created}
        oauth_clients.KIND.of(self._state).put(
            oauth_clients.OAuthClient(self.client_id, "web", settings, created, created, (secret,), consent="trusted")
        )

    def _granted_to(self, call: Call, client: tuple[Json, Json]) -> frozenset[str]:
        """The scopes of a client of the tenant, or of the region. Raises Refusal when it is neither."""
        if client == self._region_client:
            return self._granted | (GRANTABLE if self._granted == GRANTED else frozenset())
        found = oauth_clients.authenticated(call.state, *client) if all(isinstance(x, str) for x in client) else None
        if found is None:
            raise refuse(call.guesses.oauth_error_status, "Unauthorized", "Unknown client or wrong secret.")
        return frozenset(found.settings.get("allowedScopes", ()))

    def revoke(self, which: str) -> int:
        """End the tokens called ``which`` (a name of Token, or ``all``), or a first key; how many there were."""
        ended = [text for text, token in self._tokens.items() if which in ("all", token.name)]
        for text in ended:
            del self._tokens[text]
        names = {key_id: name for name, key_id in self._state.first_keys.items()}
        keys = [key for key in self._state.api_keys if key.status == "active"]
        revoked = [key for key in keys if which in ("all", names.get(key.id))]
        for key in revoked:
            self._state.api_keys.put(dataclasses.replace(key, status="revoked"))
        return len(ended) + len(revoked)


def _basic(text: str) -> tuple[str, str]:
    """Client id and secret as Qlik's Python client joins them; empty ones for anything else."""
    try:
        client_id, _colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return client_id, secret


def _scopes(value: Json, granted: frozenset[str]) -> frozenset[str]:
    """Scopes asked for: a text with spaces, or the array that some samples send; nothing means all granted."""
    if value is None or value in ("", []):
        return granted
    names = value.split() if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise refuse(400, "Invalid scope", "scope is a string.", pointer="/scope")
    if not set(names) <= granted:
        raise refuse(400, "Invalid scope", "The client was not granted this scope.", pointer="/scope")
    return frozenset(names)
