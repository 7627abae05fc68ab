# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens: API keys of users, and those of an OAuth client (Qlik reference: OAuth machine to machine)."""

from __future__ import annotations

import base64
import dataclasses
import secrets
import time
from datetime import datetime, timedelta, timezone

from . import oauth_clients
from .call import Answer, Call, Caller, Json, answer, checked_fields
from .errors import refuse
from .guesses import Guesses
from .keys import local_key
from .state import OAuthClient, State

GRANTED = frozenset({"admin_classic", "user_default"})
GRANTABLE = frozenset({"admin.users", "admin.users:read", "admin.spaces", "admin.spaces:read"})
CREDENTIALS = frozenset({"client_id", "client_secret"})
FIELDS = CREDENTIALS | {"grant_type", "scope"}
LIFETIME = 21_600


@dataclasses.dataclass(frozen=True)
class Token:
    """A bearer token: whose it is, what was granted (None for an API key), and its monotonic end."""

    name: str
    user_id: str
    scopes: frozenset[str] | None = None
    blind: bool = False
    ends: float = float("inf")


class Tokens:
    """The bearer tokens of one host. API keys are the same in every run, so that they can be written down.

    ``granted`` are the scopes of its OAuth client; ``region_client`` is that of its region, id and secret, which is
    good for the region's tenants too.
    """

    def __init__(
        self, number: int, state: State, granted: frozenset[str] = GRANTED, region_client: tuple[str, str] | None = None
    ) -> None:
        self.lifetime = LIFETIME
        self._state = state
        self._granted = granted
        self._region_client = region_client
        self.client_id = state.client_id
        self.client_secret = f"local-secret-{number}"
        self._plant_client()
        self.api_key = local_key(number, "admin")
        self.api_key_without_rights = local_key(number, "plain")
        self.api_key_without_roles = local_key(number, "blind")
        self._tokens = {
            self.api_key: Token("api_key", state.admin_id),
            self.api_key_without_rights: Token("api_key_without_rights", state.plain_id),
            self.api_key_without_roles: Token("api_key_without_roles", state.blind_id, blind=True),
        }

    def caller(self, authorization: str, state: State, guesses: Guesses) -> Caller:
        """Who sends this Authorization header. Raises Refusal 401, or what a disabled user gets."""
        kind, _space, text = authorization.partition(" ")
        token = self._tokens.get(text) if kind.lower() == "bearer" else None
        user = state.users.get(token.user_id) if token and token.ends > time.monotonic() else None
        if token is None or user is None or user.status == "deleted":
            raise refuse(401, "Unauthorized", "A valid bearer token is required.")
        if user.status == "disabled":
            raise refuse(guesses.disabled_user_key_status, "Forbidden", "The user is disabled.")
        return Caller(user, token.scopes, token.blind)

    def issue(self, call: Call) -> Answer:
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
        self._tokens[text] = Token(
            "oauth", self._state.bot_of(client[0]), scopes, ends=time.monotonic() + self.lifetime
        )
        ends = datetime.now(timezone.utc) + timedelta(seconds=self.lifetime)
        value = {
            "access_token": text,
            "token_type": "bearer",
            "expires_in": self.lifetime,
            "expires_at": ends.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        }
        return answer(200, value)

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
        self._state.oauth_clients.put(
            OAuthClient(self.client_id, "web", settings, created, created, (secret,), consent="trusted")
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
        """End the tokens called ``which`` (a name of Token, or ``all``); how many there were."""
        ended = [text for text, token in self._tokens.items() if which in ("all", token.name)]
        for text in ended:
            del self._tokens[text]
        return len(ended)


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
