# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What passes between the HTTP layer and the services: a call with its caller, and an answer."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from .cursors import Cursors
from .errors import refuse
from .guesses import Guesses
from .state import ApiKey, State, User

Json = Any


@dataclasses.dataclass(frozen=True)
class Caller:
    """Who calls: the user, the scopes of an OAuth token (None for an API key) and whether roles stay hidden.

    ``actor`` is who acts in the name of the user, as the audit log shows it.
    """

    user: User
    scopes: frozenset[str] | None = None
    blind: bool = False
    actor: Mapping[str, str] | None = None

    def has_scope(self, *names: str) -> bool:
        """Whether one of ``names`` was granted; an API key has every scope of its user."""
        return self.scopes is None or "admin_classic" in self.scopes or any(name in self.scopes for name in names)


@dataclasses.dataclass(frozen=True)
class Call:
    """One request, already authenticated and parsed. ``ids`` are those in the path, in its order.

    ``as_admin`` says whether the caller administers what it calls; only then are roles shown. ``fail_paths`` are the
    operations a planted fault fails. ``headers`` are those of the request. ``token_of`` makes the token of an API key.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Json
    host: str
    ids: tuple[str, ...]
    caller: Caller | None
    state: State
    guesses: Guesses
    cursors: Cursors
    as_admin: bool = True
    fail_paths: tuple[str, ...] = ()
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    token_of: Callable[[ApiKey, Guesses], str] = lambda key, guesses: ""

    @property
    def item_id(self) -> str:
        """Id of what is called, the last in the path; empty for a path without ids."""
        return self.ids[-1] if self.ids else ""

    @property
    def user_id(self) -> str:
        """Id of the calling user, empty for calls without one."""
        return self.caller.user.id if self.caller else ""

    def base(self) -> str:
        """Scheme and host of links in answers (Qlik reference: pagination)."""
        hosts = {"called": self.host, "alias": self.state.tenant.alias or self.host, "foreign": "other.example.com"}
        return f"{self.guesses.link_scheme}://{hosts[self.guesses.link_host]}"


@dataclasses.dataclass(frozen=True)
class Response:
    """Status, body and headers; ``body`` None means an empty one. ``chunked`` sends it without saying its length."""

    status: int
    body: bytes | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    content_type: str = "application/json"
    chunked: bool = False


Handler = Callable[[Call], Response]


def response(status: int, value: Json) -> Response:
    """A JSON answer."""
    # Half characters, which UTF-8 cannot represent, become escapes of JSON.
    return Response(
        status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
    )


NO_CONTENT = Response(204)


def redirect(call: Call, status: int, guess: str, path: str) -> Response:
    """A redirect in text/html to the host that ``guess`` names (Qlik reference: tenants, users, ``me``)."""
    hosts = {
        "called": call.host,
        "alias": call.state.tenant.alias or call.host,
        "system": call.state.system_host,
        "foreign": "other.example.com",
    }
    secure = call.guesses.link_scheme if hosts.get(guess) == call.host else "https"
    target = path if guess == "relative" else f"{secure}://{hosts[guess]}{path}"
    return Response(status, f'<a href="{target}">Moved</a>'.encode(), {"Location": target}, "text/html")


def text_field(
    body: Mapping[str, Json], name: str, default: str = "", *, maximum: int | None = None, empty: bool = True
) -> str:
    """A text out of a request body. Raises Refusal 400 with a pointer when it is none or has the wrong length."""
    value = body.get(name, default)
    return checked_text(value, f"/{name}", maximum=maximum, empty=empty)


def checked_text(value: Json, pointer: str, *, maximum: int | None = None, empty: bool = True) -> str:
    """``value`` if it is a text of an allowed length. Raises Refusal 400 with ``pointer``."""
    if not isinstance(value, str):
        raise refuse(400, "Invalid value", "A string is required.", pointer=pointer)
    if not value and not empty:
        raise refuse(400, "Invalid value", "The value must not be empty.", pointer=pointer)
    if maximum is not None and len(value) > maximum:
        raise refuse(400, "Invalid value", f"The value is longer than {maximum} characters.", pointer=pointer)
    return value


def checked_fields(call: Call, allowed: frozenset[str], required: frozenset[str] = frozenset()) -> dict[str, Json]:
    """The body as an object. Raises Refusal 400 for another shape, an unknown field or a missing one."""
    if not isinstance(call.body, dict):
        raise refuse(400, "Invalid body", "The body must be a JSON object.")
    for name in call.body:
        if name not in allowed and call.guesses.unknown_body_field == "refuse":
            raise refuse(400, "Unknown field", f"Field {name!r} is not known.", pointer=f"/{name}")
    for name in sorted(required - call.body.keys()):
        raise refuse(400, "Missing field", f"Field {name!r} is required.", pointer=f"/{name}")
    return {name: value for name, value in call.body.items() if name in allowed}
