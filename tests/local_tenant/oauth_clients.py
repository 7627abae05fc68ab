# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients, their secrets, and whether people are asked for consent (Qlik reference: oauth-clients)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from . import patches, shapes, users
from .call import NO_CONTENT, Call, Json, Response, checked_fields, response
from .errors import BARE, Service, not_found, refuse
from .filters import Attribute, Schema
from .guesses import Guesses
from .kind import CREATED, DELETED, UPDATED, WRITE, WRITE_WITHOUT_BODY, Events, Kind, objects
from .paging import FILTER_QUERY, ListOf, list_page
from .routes import Route
from .shapes import address, bad, choice, many, record, text
from .state import State, now

#: What a client has beside its settings, by the names of the API and of its class.
CLIENT_FIELDS = {
    "publishedAt": "published_at",
    "disableTag": "disable_tag",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "createdByType": "created_by_type",
    "tenantId": "tenant_id",
    "deletedByOwner": "deleted_by_owner",
    "consentMethod": "consent",
}
SECRET_FIELDS = {"clientSecret", "hint", "createdAt", "createdBy"}
PATH = "/oauth-clients"
CLIENT, SECRETS, CONNECTION = PATH + "/{id}", PATH + "/{id}/client-secrets", PATH + "/{id}/connection-configs/me"
QUERY = FILTER_QUERY
CONFIRMATION = "qlik-confirm-delete"
MOST_SECRETS, MOST_ADDRESSES, HINT = 5, 5, 5
APP_TYPES = ("web", "native", "spa", "anonymous-embed")
CREDENTIALS_GRANT = "client_credentials"
GRANT_TYPES = (CREDENTIALS_GRANT, "urn:qlik:oauth:user-impersonation")
SECRET_METHOD, KEY_METHOD = "client_secret", "private_key_jwt"
CONSENT = ("required", "trusted")
MASK = "********"
#: Scopes that exist: those that the reference of another endpoint names, and their like.
SCOPES = frozenset(
    {
        *("admin_classic", "user_default", "offline_access", "webhooks", "admin.webhooks", "spaces.shared:create"),
        *("admin.ip-policies", "admin.auth-settings", "admin.themes", "admin.extensions", "apps:export"),
        *(f"identity.{claim}:read" for claim in ("email", "name", "picture", "subject")),
        *(
            f"{scope}{suffix}"
            for scope in (
                *("admin.apps", "admin.automations", "admin.spaces", "admin.users", "apps", "automations"),
                *("spaces.data", "spaces.managed", "spaces.shared"),
            )
            for suffix in ("", ":read")
        ),
    }
)
JWK = record(
    {"alg": choice("RS256", "RS512", "ES384"), "kid": text(), "kty": choice("RSA", "EC"), "use": choice("sig")},
    {name: text() for name in ("crv", "e", "n", "x", "y")},
)
#: What the parameters of a key are by its type, and the algorithms that it has.
KEYS = {"RSA": ({"n", "e"}, ("RS256", "RS512")), "EC": ({"crv", "x", "y"}, ("ES384",))}
TEXTS = ("description", "clientUri", "logoUri", "jwksUri")
LISTS = ("allowedScopes", "allowedGrantTypes", "allowedOrigins", "redirectUris", "publicKeys", "allowedAuthMethods")
ADDRESSES = ("allowedOrigins", "redirectUris")
CHECKS: Mapping[str, shapes.Check] = {
    "clientName": text(512),
    "description": text(4096, empty=True),
    "clientUri": text(2048, empty=True),
    "logoUri": text(2048, empty=True),
    "jwksUri": address("https", "http"),
    "allowedScopes": many(text()),
    "allowedGrantTypes": many(choice(*GRANT_TYPES)),
    "allowedOrigins": many(address("https", "http", most=256, bare=True), most=MOST_ADDRESSES),
    "redirectUris": many(address(), most=MOST_ADDRESSES),
    "publicKeys": many(JWK),
    "allowedAuthMethods": many(choice(SECRET_METHOD, KEY_METHOD)),
}
#: Settings that only some types of clients have.
TYPES_WITH = {
    "allowedGrantTypes": ("web",),
    "allowedOrigins": ("spa",),
    "redirectUris": ("web", "native", "spa"),
    "allowedAuthMethods": ("web",),
    "publicKeys": ("web",),
    "jwksUri": ("web",),
}
#: What a caller without rights sees of a client.
SHORT = ("description", "allowedScopes", "allowedGrantTypes", "clientUri", "logoUri")
SORTS: dict[str, Callable[[OAuthClient], str]] = {
    "clientId": lambda client: client.id,
    "clientName": lambda client: client.name,
    "appType": lambda client: client.app_type,
    "tenantId": lambda client: client.tenant_id,
    "createdAt": lambda client: client.created_at,
    "updatedAt": lambda client: client.updated_at,
}


@dataclasses.dataclass(frozen=True)
class OAuthClient:
    """An OAuth client; ``settings`` are what callers set, by the names of the API, without what was never set.

    So have ``secrets``: each has a ``clientSecret`` and its ``hint``, and can have ``createdAt`` and ``createdBy``.
    ``tenant_id`` is the tenant that owns it where that is another one. ``consent`` is empty while the tenant has no
    connection configuration for the client.
    """

    id: str
    app_type: str
    settings: Mapping[str, Any]
    created_at: str
    updated_at: str
    secrets: tuple[Mapping[str, str], ...] = ()
    consent: str = ""
    published_at: str = ""
    disable_tag: str = ""
    created_by_type: str = "user"
    tenant_id: str = ""
    deleted_by_owner: bool = False

    @property
    def name(self) -> str:
        """Its name, which is not unique."""
        return str(self.settings["clientName"])

    def allows(self, field: str, value: str) -> bool:
        """Whether a list among the settings has ``value``."""
        return value in self.settings.get(field, ())


def list_clients(call: Call) -> Response:
    """``GET /oauth-clients``; only administrators get totals."""
    _check_rights(call)
    if not call.as_admin:
        call = dataclasses.replace(call, query={k: v for k, v in call.query.items() if k != "totalResults"})
    own = call.state.tenant.id
    schema: Schema[OAuthClient] = Schema(
        {
            "clientId": Attribute(lambda client: (client.id,)),
            "clientName": Attribute(lambda client: (client.name,)),
            "appType": Attribute(lambda client: (client.app_type,)),
            "tenantId": Attribute(lambda client: (client.tenant_id or own,)),
            "createdByType": Attribute(lambda client: (client.created_by_type,)),
        }
    )
    order = "+createdAt" if call.guesses.credentials_order == "created" else "+clientId"

    def view_of(call: Call, client: OAuthClient) -> Json:
        return {**view(call, client), **_connection_part(client)} if call.as_admin else view(call, client)

    what = ListOf(KIND.of(call.state), schema, SORTS, view_of, sort=order)
    return list_page(call, what, call.query.get("filter"))


def create_client(call: Call) -> Response:
    """``POST /oauth-clients``; the only time that the first secret is shown."""
    known = frozenset({*CHECKS, "appType", "connectionConfig"})
    body = checked_fields(call, known, frozenset({"clientName", "appType"}))
    choice(*APP_TYPES)(body["appType"], "/appType")
    record({}, {"consentMethod": choice("trusted")})(body.get("connectionConfig", {}), "/connectionConfig")
    moment = now()
    settings = {name: value for name, value in body.items() if name in CHECKS}
    if body["appType"] == "web":
        settings.setdefault("allowedAuthMethods", [SECRET_METHOD])
    client = OAuthClient(
        call.state.new_client_id(),
        body["appType"],
        _checked(call, settings, body["appType"]),
        moment,
        moment,
        consent=body.get("connectionConfig", {}).get("consentMethod", ""),
    )
    same = [item for item in KIND.of(call.state) if (item.name, item.app_type) == (client.name, client.app_type)]
    if same and call.guesses.oauth_client_same_name == "refuse":
        raise bad("/clientName", "There is a client of this type with this name already.")
    if client.allows("allowedAuthMethods", SECRET_METHOD):
        client = dataclasses.replace(client, secrets=(new_secret(call.state, call.guesses, call.user_id),))
    _store(call, client)
    shown = {name: value for name, value in view(call, client).items() if name != "clientSecret"}
    if client.secrets:
        shown["clientSecret"] = client.secrets[-1]["clientSecret"]
    elif call.guesses.oauth_secretless_answer == "empty":
        shown["clientSecret"] = ""
    return response(201, shown)


def get_client(call: Call) -> Response:
    """``GET /oauth-clients/{id}``."""
    _check_rights(call)
    return response(200, view(call, _found(call)))


def patch_client(call: Call) -> Response:
    """``PATCH /oauth-clients/{id}``: 204, or 202 with a secret that the change needed."""
    client = _own(call)
    settings = dict(client.settings)
    for operation in patches.operations(call, {"remove": frozenset({"value"})}):
        settings = _patched(call, settings, operation)
    changed = dataclasses.replace(client, settings=_checked(call, settings, client.app_type), updated_at=now())
    has_method = changed.allows("allowedAuthMethods", SECRET_METHOD)
    if not has_method and call.guesses.oauth_secrets_without_method == "dropped":
        changed = dataclasses.replace(changed, secrets=())
    needs_secret = has_method and not client.allows("allowedAuthMethods", SECRET_METHOD) and not changed.secrets
    if needs_secret:
        changed = dataclasses.replace(changed, secrets=(new_secret(call.state, call.guesses, call.user_id),))
    _store(call, changed)
    return response(202, {"clientSecret": changed.secrets[-1]["clientSecret"]}) if needs_secret else NO_CONTENT


def delete_client(call: Call) -> Response:
    """``DELETE /oauth-clients/{id}``, which a header has to confirm; the bot user goes with the client."""
    client = _own(call)
    if call.headers.get(CONFIRMATION) != client.id:
        detail = f"The header {CONFIRMATION} must be the ID of the client."
        raise refuse(call.guesses.oauth_delete_unconfirmed_status, "Not confirmed", detail)
    KIND.of(call.state).remove(client.id)
    for user in [user for user in call.state.users if user.client_id == client.id and user.status != "deleted"]:
        if call.guesses.oauth_client_bot == "deleted":
            call.state.users.put(users.deleted(user, call.guesses.deleted_subject))
    return NO_CONTENT


def publish_client(call: Call) -> Response:
    """``POST /oauth-clients/{id}/actions/publish``, which nothing undoes."""
    client = _own(call)
    if client.published_at and call.guesses.oauth_publish_again == "refuse":
        raise refuse(400, "Not possible", "The client is published already.")
    changed = client if client.published_at else dataclasses.replace(client, published_at=now(), updated_at=now())
    KIND.of(call.state).put(changed)
    return response(201, {"publishedAt": changed.published_at})


def create_secret(call: Call) -> Response:
    """``POST /oauth-clients/{id}/client-secrets``: the only time that the secret is shown; five at most."""
    client = _own(call)
    if not client.allows("allowedAuthMethods", SECRET_METHOD):
        raise refuse(400, "Not possible", f"The client does not have the method {SECRET_METHOD}.")
    if len(client.secrets) >= MOST_SECRETS:
        detail = f"A client has at most {MOST_SECRETS} secrets."
        raise refuse(call.guesses.oauth_sixth_secret_status, "Too many secrets", detail)
    secret = new_secret(call.state, call.guesses, call.user_id)
    KIND.of(call.state).put(dataclasses.replace(client, secrets=(*client.secrets, secret), updated_at=now()))
    return response(201, {"clientId": client.id, **secret})


def delete_secret(call: Call) -> Response:
    """``DELETE /oauth-clients/{id}/client-secrets/{hint}``."""
    client = _own(call, 0)
    same = [secret for secret in client.secrets if secret["hint"] == call.ids[1]]
    if not same:
        raise not_found("There is no such secret.")
    if len(same) > 1 and call.guesses.oauth_same_hint == "refuse":
        raise refuse(400, "Not possible", "More than one secret has this hint.")
    gone = same if call.guesses.oauth_same_hint == "all" else same[:1]
    kept = tuple(secret for secret in client.secrets if secret not in gone)
    if not kept and call.guesses.oauth_last_secret == "refuse":
        raise refuse(400, "Not possible", "The last secret cannot be deleted.")
    KIND.of(call.state).put(dataclasses.replace(client, secrets=kept, updated_at=now()))
    return NO_CONTENT


def get_connection(call: Call) -> Response:
    """``GET /oauth-clients/{id}/connection-configs/me``."""
    client = _found(call)
    if not client.consent and call.guesses.oauth_connection_config_missing == "404":
        raise not_found("The client has no connection configuration.")
    return response(200, _connection(client))


def patch_connection(call: Call) -> Response:
    """``PATCH /oauth-clients/{id}/connection-configs/me``: whether people are asked for consent."""

    def patched(client: OAuthClient, operation: patches.Operation) -> OAuthClient:
        if (operation.op, operation.path) != ("replace", "/consentMethod"):
            raise patches.unsupported(operation)
        choice(*CONSENT)(operation.value, operation.path)
        return dataclasses.replace(client, consent=operation.value)

    patches.apply_in_order(call, _found(call), patched, KIND.of(call.state).put)
    return NO_CONTENT


def delete_connection(call: Call) -> Response:
    """``DELETE /oauth-clients/{id}/connection-configs/me``."""
    client = _found(call)
    if not client.consent:
        raise not_found("The client has no connection configuration.")
    KIND.of(call.state).put(dataclasses.replace(client, consent=""))
    return NO_CONTENT


def view(call: Call, client: OAuthClient) -> dict[str, Json]:
    """A client as the caller may see it; what belongs to another tenant has the short form only."""
    full = call.as_admin and not client.tenant_id
    settings = dict(client.settings)
    if call.guesses.oauth_unset_fields == "empty":
        types = {name: TYPES_WITH.get(name, APP_TYPES) for name in (*TEXTS, *LISTS)}
        unset = {name: "" if name in TEXTS else [] for name, allowed in types.items() if client.app_type in allowed}
        settings = {**unset, **settings}
    if not full:
        settings = {name: value for name, value in settings.items() if name in ("clientName", *SHORT)}
    shown: dict[str, Json] = {"clientId": client.id, "appType": client.app_type, **settings}
    if (full or call.guesses.oauth_clients_without_rights == "with_hints") and client.secrets:
        shown["clientSecrets"] = [_without_value(secret) for secret in client.secrets]
    form = call.guesses.oauth_secret_in_answers
    if full and client.secrets and form != "absent":
        shown["clientSecret"] = client.secrets[-1]["clientSecret"] if form == "shown" else MASK
    shown.update(createdByType=client.created_by_type, createdAt=client.created_at, updatedAt=client.updated_at)
    unmanaged = {"publishedAt": client.published_at, "disableTag": client.disable_tag}
    return {**shown, **{name: value for name, value in unmanaged.items() if value}}


def state_view(call: Call, client: OAuthClient) -> dict[str, Json]:
    """All that is known of a client, with its secrets, for tests."""
    more = {"tenantId": client.tenant_id or call.state.tenant.id, "clientSecrets": list(client.secrets)}
    return {**view(call, client), **_connection_part(client), **more}


def new_secret(state: State, guesses: Guesses, user_id: str) -> dict[str, str]:
    """A secret that nobody has seen yet."""
    value = state.new_secret()
    hint = value[-HINT:] if guesses.oauth_secret_hint == "last" else value[:HINT]
    dated = {"createdAt": now()} if guesses.oauth_secret_created_at == "shown" else {}
    return {"clientSecret": value, "hint": hint, **dated, "createdBy": user_id}


def authenticated(state: State, client_id: str, secret: str) -> OAuthClient | None:
    """The client with this id and one of its secrets, if it may have tokens of its own."""
    client = KIND.of(state).get(client_id)
    if client is None or client.disable_tag or not client.allows("allowedGrantTypes", CREDENTIALS_GRANT):
        return None
    return client if secret in {each["clientSecret"] for each in client.secrets} else None


def _store(call: Call, client: OAuthClient) -> None:
    """Put the client where it is, and give one that acts for itself the bot user that it acts as."""
    KIND.of(call.state).put(client)
    if client.allows("allowedGrantTypes", CREDENTIALS_GRANT):
        call.state.bot_of(client.id, client.name)


def _check_rights(call: Call) -> None:
    if not call.as_admin and call.guesses.oauth_clients_without_rights == "403":
        raise refuse(403, "Forbidden", "The caller may not do this.")


def _found(call: Call, place: int = -1) -> OAuthClient:
    client = KIND.of(call.state).get(call.ids[place])
    if client is None:
        raise not_found("There is no such client.")
    return client


def _own(call: Call, place: int = -1) -> OAuthClient:
    """The client of the path, which only the tenant that owns it can change. Raises Refusal."""
    client = _found(call, place)
    if client.tenant_id:
        raise refuse(403, "Forbidden", "The client belongs to another tenant.")
    return client


def _without_value(secret: Mapping[str, str]) -> dict[str, Json]:
    return {name: value for name, value in secret.items() if name != "clientSecret"}


def _connection(client: OAuthClient) -> dict[str, Json]:
    shown: dict[str, Json] = {"consentMethod": client.consent or CONSENT[0], "status": "approved"}
    return {**shown, "deletedByOwner": True} if client.deleted_by_owner else shown


def _connection_part(client: OAuthClient) -> dict[str, Json]:
    return {"connectionConfig": _connection(client)} if client.consent else {}


def _patched(call: Call, settings: dict[str, Any], operation: patches.Operation) -> dict[str, Any]:
    """The settings after one operation: ``add`` sets a value like ``replace``, and ``remove`` clears it."""
    name = operation.path[1:]
    if name not in CHECKS or operation.path[:1] != "/" or operation.op not in ("add", "remove", "replace"):
        raise patches.unsupported(operation)
    clears = call.guesses.oauth_clear_text
    if operation.op == "remove":
        if name == "clientName" or (name in TEXTS and clears == "empty"):
            raise patches.unsupported(operation)
        return {field: value for field, value in settings.items() if field != name}
    if name in TEXTS and operation.value == "" and clears == "remove":
        raise bad(operation.path, "Must not be empty.")
    if name == "jwksUri" and operation.value == "":
        return {field: value for field, value in settings.items() if field != name}
    return {**settings, name: operation.value}


def _checked(call: Call, settings: Mapping[str, Any], app_type: str) -> dict[str, Any]:
    """The settings of a client as they are stored. Raises Refusal 400 for those that it cannot have."""
    for name, value in settings.items():
        CHECKS[name](value, f"/{name}")
        if value and app_type not in TYPES_WITH.get(name, APP_TYPES):
            raise bad(f"/{name}", f"A client of the type {app_type} cannot have this.")
    unknown = sorted(set(settings.get("allowedScopes", ())) - SCOPES)
    if unknown and call.guesses.oauth_unknown_scope == "refuse":
        raise bad("/allowedScopes", f"There is no scope {', '.join(unknown)}.")
    keys = settings.get("publicKeys", ())
    for index, key in enumerate(keys):
        parameters, algorithms = KEYS[key["kty"]]
        if key["alg"] not in algorithms or key.keys() - {"alg", "kid", "kty", "use"} != parameters:
            raise bad(f"/publicKeys/{index}", f"Is not a key for {key['alg']}.")
    if len({key["kid"] for key in keys}) < len(keys):
        raise bad("/publicKeys", "Two keys have the same kid.")
    if KEY_METHOD in settings.get("allowedAuthMethods", ()) and not keys and not settings.get("jwksUri"):
        raise bad("/publicKeys", f"Is required with {KEY_METHOD}, unless there is a jwksUri.")
    stored = {**settings}
    for name in LISTS:
        if name in settings and name != "publicKeys":
            stored[name] = list(dict.fromkeys(map(_address(call, name), settings[name])))
    return stored


def _address(call: Call, name: str) -> Callable[[str], str]:
    """How an entry of a list is stored."""
    if name in ADDRESSES and call.guesses.oauth_addresses == "slash":
        return lambda value: f"{value}/" if urlsplit(value).netloc and not urlsplit(value).path else value
    return lambda value: value


def _planted(state: State, item: dict[str, Any]) -> str:
    """Put a client into the tenant, new, or changed where its ``clientId`` is there. Raises PlantError.

    ``clientSecrets`` replace those that are there; each may have any ``clientSecret``, ``hint``, and ``createdAt``,
    empty for none. Without them, a new web client has one secret. ``tenantId`` names another tenant that owns it.
    """
    moment, guesses = now(), Guesses()
    known = KIND.of(state).get(item.get("clientId", ""))
    settings: dict[str, Any] = {"clientName": "Client", "allowedAuthMethods": [SECRET_METHOD]}
    if item.get("appType", "web") != "web":
        del settings["allowedAuthMethods"]
    client = known or OAuthClient(
        item.get("clientId") or state.new_client_id(), item.get("appType", "web"), settings, moment, moment
    )
    changes: dict[str, Any] = {CLIENT_FIELDS[name]: item[name] for name in CLIENT_FIELDS if name in item}
    settings = {**client.settings, **{name: item[name] for name in CHECKS if name in item}}
    client = dataclasses.replace(client, settings=settings, app_type=item.get("appType", client.app_type), **changes)
    if "clientSecrets" in item:
        secrets = [_planted_secret(state, each) for each in objects(item["clientSecrets"], SECRET_FIELDS)]
        client = dataclasses.replace(client, secrets=tuple(secrets))
    elif known is None and client.allows("allowedAuthMethods", SECRET_METHOD):
        client = dataclasses.replace(client, secrets=(new_secret(state, guesses, state.admin_id),))
    KIND.of(state).put(client)
    if client.allows("allowedGrantTypes", CREDENTIALS_GRANT) and not client.tenant_id:
        state.bot_of(client.id, client.name)
    return client.id


def _planted_secret(state: State, item: dict[str, Any]) -> dict[str, str]:
    """A secret; what the item leaves out is as for a new one, and its hint the end of it."""
    value = item.get("clientSecret") or state.new_secret()
    found = {"hint": value[-HINT:], "createdAt": now(), "createdBy": state.admin_id, **item}
    return {"clientSecret": value, **{name: each for name, each in found.items() if each}}


def _in_events(_call: Call, client: OAuthClient) -> dict[str, Json]:
    """A client as events show it."""
    shown = {name: client.settings.get(name) for name in ("description", "allowedScopes", "redirectUris")}
    named = {"id": client.id, "clientId": client.id, "clientName": client.name, "appType": client.app_type}
    return {**named, **{name: value for name, value in shown.items() if value is not None}}


def _changes(call: Call, old: OAuthClient, new: OAuthClient) -> Iterator[tuple[str, dict[str, Json]]]:
    """What became of a client, of each of its secrets, and of whether people are asked for consent."""
    data = _in_events(call, new)
    named = {"id": new.id, "clientId": new.id}
    if old.settings != new.settings:
        yield UPDATED, data
    if new.published_at and not old.published_at:
        yield "published", {**data, "publishedAt": new.published_at}
    for verb, some, others in ((CREATED, new, old), (DELETED, old, new)):
        for secret in some.secrets:
            if secret not in others.secrets:
                yield f"secret.{verb}", {**named, "hint": secret["hint"]}
    if old.consent != new.consent:
        verb = "approved" if not old.consent else UPDATED if new.consent else DELETED
        consent = {"consentMethod": new.consent} if new.consent else {}
        yield f"connection-config.{verb}", {**named, **consent}


KIND: Kind[OAuthClient] = Kind(
    "oauth_clients",
    state_view,
    _planted,
    frozenset({"clientId", "appType", "clientSecrets", *CHECKS, *CLIENT_FIELDS}),
    (
        Route("GET", PATH, list_clients, access="any", query=QUERY),
        Route("POST", PATH, create_client, **WRITE),
        Route("GET", CLIENT, get_client, access="any"),
        Route("PATCH", CLIENT, patch_client, **WRITE),
        Route("DELETE", CLIENT, delete_client, **WRITE_WITHOUT_BODY),
        Route("POST", CLIENT + "/actions/publish", publish_client, **WRITE_WITHOUT_BODY),
        Route("POST", SECRETS, create_secret, **WRITE_WITHOUT_BODY),
        Route("DELETE", SECRETS + "/{hint}", delete_secret, **WRITE_WITHOUT_BODY),
        Route("GET", CONNECTION, get_connection, access="admin"),
        Route("PATCH", CONNECTION, patch_connection, **WRITE),
        Route("DELETE", CONNECTION, delete_connection, **WRITE_WITHOUT_BODY),
    ),
    Service("oauth-clients", "OAUTHCLIENTS", BARE),
    events=Events("oauth-client", _in_events, changes=("", ""), of_changes=_changes),
)
