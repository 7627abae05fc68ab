# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity providers: how people sign in, and whose tokens are trusted (Qlik reference: identity-providers)."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import json
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

from . import patches
from .call import NO_CONTENT, Call, Json, Response, checked_fields, response
from .errors import Form, Refusal, Service, not_found, refuse
from .filters import Schema
from .kind import WRITE, WRITE_WITHOUT_BODY, Kind, PlantError
from .paging import PAGE_QUERY, ListOf, boolean, list_page
from .routes import Route
from .shapes import Check, address, anything, bad, choice, flag, many, number, record, text
from .state import State, now

PATH = "/identity-providers"
QUERY = PAGE_QUERY | {"active"}
PROVIDERS = {
    "OIDC": ("auth0", "okta", "generic", "salesforce", "keycloak", "adfs", "azureAD"),
    "SAML": ("okta", "generic", "adfs", "azureAD"),
    "jwtAuth": ("external",),
}
PROVIDER_FIELDS = {
    "interactive": "interactive",
    "active": "active",
    "created": "created_at",
    "lastUpdated": "updated_at",
    "options": "options",
    "pendingOptions": "pending_options",
    "pendingState": "pending_state",
    "pendingResult": "pending_result",
}
PROVIDER_SETTINGS = {
    *("description", "clockToleranceSec", "createNewUsersOnLogin", "postLogoutRedirectUri", "tenantIds", "meta"),
}
#: Those that say of an email address whether it is verified, unless they are told otherwise.
MICROSOFT = ("adfs", "azureAD")
#: What promotes pending options: the name in the reference, and that in an older client of Qlik's.
MATCH_HEADERS = ("QLIK-IDP-OPTS-MATCH", "QLIK-IDP-POPTS-MATCH")
VALUE_HEADER = "QLIK-IDP-POPTS"
MASK = "********"
SECRETS = ("clientSecret",)
PEM = re.compile(r"\s*-----BEGIN ([A-Z ]+)-----\s(.+?)\s*-----END \1-----\s*", re.DOTALL)
SAML_NAMES = {"md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}
#: What the tenant signs its SAML requests with.
SIGNING_CERTIFICATE = (
    "MIIBHDCBw6ADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDGxvY2FsIHRlbmFudDAgFw0yNjAxMDEwMDAwMDBaGA8yMDU2"
    "MDEwMTAwMDAwMFowFzEVMBMGA1UEAwwMbG9jYWwgdGVuYW50MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELrODg2L8Vw3sUkGp"
    "7SVvTdX+QJPqGw6W7pgBY2Gtw04D8CbAkYUTxlaxXjrX/9DTyajZjOF4Ys8qWtqT6tIezzAKBggqhkjOPQQDAgNIADBFAiBWlABj"
    "ec4cCDfpC6KNYEbztv33EIxDTLHP2WbfRVGMFwIhAMYkNe1Mn9P9rOZWtUAm1qY5lt0rDCLN66mpNEkByRa5"
)


@dataclasses.dataclass(frozen=True)
class IdentityProvider:
    """An identity provider; ``settings`` and both sorts of options have the names of the API, and hold secrets."""

    id: str
    protocol: str
    provider: str
    interactive: bool
    active: bool
    created_at: str
    updated_at: str
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    options: Mapping[str, Any] | None = None
    pending_options: Mapping[str, Any] | None = None
    pending_state: str = ""
    pending_result: Mapping[str, Any] | None = None


def _pem(*labels: str, bare: bool = False) -> Check:
    """A public key or certificate in PEM, whose line ends can be any white space; ``bare`` takes base64 alone too."""

    def check(value: Json, pointer: str) -> None:
        text()(value, pointer)
        found = PEM.fullmatch(value)
        if found is not None and "PRIVATE" in found[1]:
            raise bad(pointer, "Must not be a private key.")
        label, body = (found[1], found[2]) if found else ("CERTIFICATE" if bare else "", value)
        if label not in labels or not _is_readable(label, body):
            raise bad(pointer, f"Must be a {' or a '.join(labels).lower()} in PEM.")

    return check


def _is_readable(label: str, body: str) -> bool:
    from cryptography.hazmat.primitives import serialization
    from cryptography.x509 import load_pem_x509_certificate

    load: Callable[[bytes], Any] = serialization.load_pem_public_key
    if label == "CERTIFICATE":
        load = load_pem_x509_certificate
    try:
        load(_armored(label, body).encode())
    except ValueError:
        return False
    return True


def _armored(label: str, body: str) -> str:
    lines = textwrap.wrap("".join(body.split()), 64)
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"]) + "\n"


def _pointer(value: Json, pointer: str) -> None:
    text()(value, pointer)
    if not value.startswith("/"):
        raise bad(pointer, "Must be a JSON pointer.")


def _base64(value: Json, pointer: str) -> None:
    text()(value, pointer)
    _from_metadata(value, pointer)


def _claims(names: tuple[str, ...], item: Check, *, required: bool = False) -> Check:
    checks = dict.fromkeys(names, many(item))
    return record(checks) if required else record({}, checks)


HTTPS = address("https", "http")
OPENID = record(
    {"issuer": text(), "authorization_endpoint": HTTPS, "token_endpoint": HTTPS, "jwks_uri": HTTPS},
    dict.fromkeys(("userinfo_endpoint", "end_session_endpoint", "introspection_endpoint"), HTTPS),
)
MACHINE_CLAIMS = _claims(("sub", "client_id"), _pointer)
PERSON_CLAIMS = _claims(
    ("sub", "name", "email", "email_verified", "groups", "picture", "locale", "zoneinfo", "client_id"), _pointer
)
SAML_CLAIMS = _claims(("sub", "name", "email", "groups", "picture"), text(), required=True)
DECRYPTING_KEY = record({"keySize": number, "keyType": text()}, {"keyId": text(), "certificate": text()})
CERTIFICATE = record(
    {"certificate": _pem("CERTIFICATE", bare=True)}, {"name": text(empty=True), "signature": flag, "encryption": flag}
)
NAME_ID_FORMATS = (
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
)
DISCOVERY: Mapping[str, Check] = {"discoveryUrl": HTTPS, "openid_configuration": OPENID, "realm": text(empty=True)}
MACHINE: Mapping[str, Check] = {
    **DISCOVERY,
    "claimsMapping": MACHINE_CLAIMS,
    "audience": text(empty=True),
    "allowedClientIds": many(text()),
}
PERSON: Mapping[str, Check] = {
    **DISCOVERY,
    "claimsMapping": PERSON_CLAIMS,
    "clientId": text(),
    "clientSecret": text(),
    "scope": text(),
    "emailVerifiedAlwaysTrue": flag,
    "blockOfflineAccessScope": flag,
    "useClaimsFromIdToken": flag,
    "idTokenSignatureAlg": choice("RS256", "RS512"),
    "decryptingKey": DECRYPTING_KEY,
}
SAML: Mapping[str, Check] = {
    "entityId": text(),
    "signOnUrl": HTTPS,
    "certificates": many(CERTIFICATE, least=1),
    "metadata": record({"raw": _base64}),
    "nameIdFormat": choice(*NAME_ID_FORMATS),
    "allowIdpInitiatedLogin": flag,
    "claimsMapping": SAML_CLAIMS,
}
JWT: Mapping[str, Check] = {
    "issuer": text(),
    "staticKeys": many(
        record({"kid": text(), "pem": _pem("PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE")}), least=1, most=1
    ),
    "jwtLoginEnabled": flag,
}
#: What a body can say beside protocol, provider, and options.
SETTINGS: Mapping[str, Check] = {
    "description": text(empty=True),
    "clockToleranceSec": number,
    "createNewUsersOnLogin": flag,
    "postLogoutRedirectUri": address(),
    "tenantIds": many(text()),
    "meta": anything,
}
SENT = {
    "jwtAuth": ("description", "clockToleranceSec", "tenantIds"),
    "OIDC": ("description", "clockToleranceSec", "tenantIds", "createNewUsersOnLogin", "postLogoutRedirectUri"),
}
SENT["SAML"] = SENT["OIDC"]
#: The paths of a PATCH, by protocol: those of the provider, and those below its options.
COMMON_PATHS = frozenset({"/active", "/description", "/postLogoutRedirectUri", "/clockToleranceSec"})
OIDC_LIVE = ("realm", "discoveryUrl", "claimsMapping")
OIDC_PENDING = (*OIDC_LIVE, "clientId", "clientSecret", "emailVerifiedAlwaysTrue")
SAML_PENDING = ("nameIdFormat", "allowIdpInitiatedLogin", "entityId", "signOnUrl", "metadata", "certificates")
PATHS = {
    "jwtAuth": frozenset({"/description"}),
    "OIDC": COMMON_PATHS
    | {"/meta", "/options", "/pendingOptions"}
    | {f"/options/{name}" for name in OIDC_LIVE}
    | {f"/pendingOptions/{name}" for name in (*OIDC_PENDING, "idTokenSignatureAlg", "decryptingKey")},
    "SAML": COMMON_PATHS
    | {"/pendingOptions"}
    | {f"/pendingOptions/{name}" for name in (*SAML_PENDING, "claimsMapping")},
}
PROMOTE = "promote-options"
SORTS: dict[str, Callable[[IdentityProvider], str]] = {
    "created": lambda provider: provider.created_at,
    "id": lambda provider: provider.id,
}


def list_providers(call: Call) -> Response:
    """``GET /identity-providers``, in which Qlik Account is not."""
    active = boolean(call, "active") if "active" in call.query else None
    always = (f"active={active}", lambda provider: active is None or provider.active == active)
    order = "+created" if call.guesses.credentials_order == "created" else "+id"
    schema: Schema[IdentityProvider] = Schema({})
    return list_page(call, ListOf(KIND.of(call.state), schema, SORTS, view, always, sort=order), None)


def create_provider(call: Call) -> Response:
    """``POST /identity-providers``: at once active, or pending until a person has signed in."""
    try:
        provider = _created(call)
        if provider.active:
            _check_only_one(call, provider)
    except Refusal as refusal:
        raise _with_body(call, refusal) from None
    put(call.state, provider)
    return _shown(call, 201, provider)


def get_status(call: Call) -> Response:
    """``GET /identity-providers/status``, the only place where Qlik Account is."""
    providers = [
        {"active": provider.active, "provider": provider.provider, "interactive": provider.interactive}
        for provider in KIND.of(call.state)
    ]
    account = {"active": has_qlik_account(call.state), "provider": "qlik", "interactive": True}
    counted = [*providers, *([account] if call.guesses.idp_status_counts_qlik else [])]
    count = sum(bool(each["active"] and each["interactive"]) for each in counted)
    return response(200, {"idps_metadata": [*providers, account], "active_interactive_idps_count": count})


def get_my_meta(call: Call) -> Response:
    """``GET /identity-providers/me/meta``: links of Qlik Account, while the company has no provider of its own."""
    if active_interactive(call.state) is None:
        links = {"userPortalLink": "https://account.example.com", "upgradeSubscriptionLink": "https://buy.example.com"}
        return response(200, links)
    if call.guesses.idp_meta_of_company == "404":
        raise not_found("The default identity provider is not in use.")
    return response(200, {})


def get_metadata(_call: Call) -> Response:
    """``GET /identity-providers/.well-known/metadata.json``, of which no content is published."""
    return response(200, {})


def get_provider(call: Call) -> Response:
    """``GET /identity-providers/{id}``."""
    return _shown(call, 200, _found(call))


def patch_provider(call: Call) -> Response:
    """``PATCH /identity-providers/{id}``: all of it or nothing."""
    provider = _found(call)
    try:
        for operation in patches.operations(call, {PROMOTE: frozenset({"path", "value"})}):
            provider = _patched(call, provider, operation)
        if provider.active:
            _check_only_one(call, provider)
    except Refusal as refusal:
        raise _with_body(call, refusal) from None
    put(call.state, dataclasses.replace(provider, updated_at=now()))
    return NO_CONTENT


def delete_provider(call: Call) -> Response:
    """``DELETE /identity-providers/{id}``, but not of the provider that people sign in with."""
    provider = _found(call)
    if provider == active_interactive(call.state):
        raise refuse(400, "Not possible", "The active interactive identity provider cannot be deleted.")
    KIND.of(call.state).remove(provider.id)
    return NO_CONTENT


def view(call: Call, provider: IdentityProvider, secret: str = "") -> dict[str, Json]:
    """A provider as answers show it; ``secret`` takes the place of the guess of how its secret is shown."""
    shown: dict[str, Json] = {
        "id": provider.id,
        "protocol": provider.protocol,
        "provider": provider.provider,
        "interactive": provider.interactive,
        "active": provider.active,
        **provider.settings,
        "created": provider.created_at,
        "lastUpdated": provider.updated_at,
    }
    secret = secret or call.guesses.idp_secret_in_answers
    if provider.options is not None:
        shown["options"] = _options_view(call, provider, provider.options, secret)
        if provider.protocol == "SAML":
            key = {"refId": f"{provider.id}-1", "certificate": _certificate(call, SIGNING_CERTIFICATE)}
            shown["options"] |= {"signingKeys": [key], "signingKeySelectedRefId": key["refId"]}
    if provider.pending_options is not None:
        shown["pendingOptions"] = _options_view(call, provider, provider.pending_options, secret)
    if provider.pending_state:
        shown["pendingState"] = provider.pending_state
    if provider.pending_result is not None:
        shown["pendingResult"] = dict(provider.pending_result)
    return shown


def active_interactive(state: State) -> IdentityProvider | None:
    """The company's provider that people sign in with, if there is one."""
    found = (provider for provider in KIND.of(state) if provider.active and provider.interactive)
    return next(found, None)


def has_qlik_account(state: State) -> bool:
    """Whether people can sign in with Qlik Account."""
    return active_interactive(state) is None if state.qlik_account is None else state.qlik_account


def put(state: State, provider: IdentityProvider) -> None:
    """Store a provider; one that becomes the active interactive provider takes the place of the one before."""
    before = active_interactive(state)
    if provider.active and provider.interactive and before is not None and before.id != provider.id:
        KIND.of(state).put(dataclasses.replace(before, active=False))
    KIND.of(state).put(provider)


def promoted(provider: IdentityProvider) -> IdentityProvider:
    """The provider with its pending options as those that people sign in with."""
    return dataclasses.replace(
        provider, options=provider.pending_options, pending_options=None, pending_state="", pending_result=None
    )


def promotion_value(provider: IdentityProvider) -> str:
    """What names the pending options, as they are, in the header of their promotion."""
    return hashlib.sha256(json.dumps(provider.pending_options, sort_keys=True).encode()).hexdigest()


def from_metadata(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of SAML with what their metadata say in the place of the metadata. Raises Refusal 400."""
    if "metadata" not in options:
        return dict(options)
    kept = {name: value for name, value in options.items() if name != "metadata"}
    return {**_from_metadata(options["metadata"]["raw"], "/metadata/raw"), **kept}


def _shown(call: Call, status: int, provider: IdentityProvider) -> Response:
    shown = response(status, view(call, provider))
    if provider.pending_options is None or call.guesses.idp_promotion_value == "hidden":
        return shown
    return dataclasses.replace(shown, headers={VALUE_HEADER: promotion_value(provider)})


def _with_body(call: Call, refusal: Refusal) -> Refusal:
    """The refusal, with the body of the request in it where the guess says so."""
    if call.guesses.idp_secret_in_errors:
        entries = (
            dataclasses.replace(entry, detail=f"{entry.detail} {json.dumps(call.body)}") for entry in refusal.entries
        )
        refusal.entries = tuple(entries)
    return refusal


def _found(call: Call) -> IdentityProvider:
    provider = KIND.of(call.state).get(call.item_id)
    if provider is None:
        raise not_found("There is no such identity provider.")
    return provider


def _check_only_one(call: Call, provider: IdentityProvider) -> None:
    """Raises Refusal 400 for a second active interactive provider, where it does not take the place of the first."""
    other = active_interactive(call.state)
    is_second = provider.interactive and other is not None and other.id != provider.id
    if is_second and call.guesses.idp_second_active == "refuse":
        raise refuse(400, "Not possible", "Another interactive identity provider is active.")


def _created(call: Call) -> IdentityProvider:
    body = call.body if isinstance(call.body, dict) else {}
    choice(*PROVIDERS)(body.get("protocol"), "/protocol")
    protocol = body["protocol"]
    choice(*PROVIDERS[protocol])(body.get("provider"), "/provider")
    fields = {"protocol", "provider", "options", *SENT[protocol]}
    if protocol != "jwtAuth":
        fields |= {"interactive", "pendingOptions", "skipVerify"}
    elif call.guesses.idp_undocumented_fields == "accept":
        fields |= {"active", "interactive"}
    required = {"options"} if protocol == "jwtAuth" else {"interactive"}
    body = checked_fields(call, frozenset(fields), frozenset(required))
    for name in ("active", "interactive", "skipVerify"):
        flag(body.get(name, False), f"/{name}")
    for name in SENT[protocol]:
        if name in body:
            SETTINGS[name](body[name], f"/{name}")
    own = call.state.tenant.id
    if own not in body.get("tenantIds", [own]):
        raise refuse(403, "Forbidden", "The tenant is not among tenantIds.", pointer="/tenantIds")
    interactive = body.get("interactive", False)
    if interactive is (protocol == "jwtAuth") and protocol != "OIDC":
        raise bad("/interactive", f"Must be {str(not interactive).lower()} for {protocol}.")
    options, pending = _sent_options(call, body, interactive=interactive)
    settings = {name: body[name] for name in SENT[protocol] if name in body}
    settings.setdefault("tenantIds", [own])
    if protocol != "jwtAuth":
        settings.setdefault("createNewUsersOnLogin", call.guesses.idp_creates_users_by_default)
    moment = now()
    return IdentityProvider(
        call.state.new_id(),
        protocol,
        body["provider"],
        interactive,
        body.get("active", pending is None),
        moment,
        moment,
        settings,
        options,
        pending,
        "pending" if pending is not None else "",
    )


def _sent_options(
    call: Call, body: Mapping[str, Json], *, interactive: bool
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Options and pending options of a body, one of which is None. Raises Refusal 400."""
    if not interactive and (body.get("skipVerify") or "pendingOptions" in body):
        raise bad("/pendingOptions", "Only an interactive identity provider is verified.")
    live = not interactive or body.get("skipVerify", False)
    name, other = ("options", "pendingOptions") if live else ("pendingOptions", "options")
    if other in body:
        raise bad(f"/{other}", "Options need skipVerify, and pendingOptions cannot have it.")
    if name not in body:
        raise bad(f"/{name}", "Is required.")
    options = _checked_options(call, body["protocol"], body["provider"], body[name], name, interactive=interactive)
    if body["protocol"] == "jwtAuth" and call.guesses.idp_same_issuer == "refuse":
        current = [each.options or {} for each in KIND.of(call.state) if each.protocol == "jwtAuth"]
        if any(each.get("issuer") == options["issuer"] for each in current):
            raise bad("/options/issuer", "Is taken.")
    return (options, None) if live else (None, options)


def _checked_options(
    call: Call, protocol: str, provider: str, value: Json, name: str, *, interactive: bool, replaced: bool = False
) -> dict[str, Any]:
    """Options as they are stored; those that replace others need no secret. Raises Refusal 400."""
    pointer = f"/{name}"
    checks, needed = {
        ("jwtAuth", False): (JWT, ("issuer", "staticKeys")),
        ("OIDC", False): (MACHINE, ("claimsMapping",)),
        ("OIDC", True): (PERSON, ("claimsMapping", "clientId", *(() if replaced else SECRETS))),
        ("SAML", True): (SAML, ("claimsMapping",)),
    }[protocol, interactive]
    if call.guesses.idp_undocumented_fields == "refuse":
        checks = {field: check for field, check in checks.items() if field != "jwtLoginEnabled"}
    record({field: checks[field] for field in needed}, checks)(value, pointer)
    if protocol == "OIDC" and not value.keys() & {"discoveryUrl", "openid_configuration"}:
        raise bad(f"{pointer}/discoveryUrl", "Is required, unless there is an openid_configuration.")
    if protocol == "SAML" and "metadata" not in value:
        for field in ("entityId", "signOnUrl", "certificates"):
            if field not in value:
                raise bad(f"{pointer}/{field}", "Is required, unless there are metadata.")
    _check_microsoft(provider, value, pointer)
    stored = from_metadata(value)
    if provider in MICROSOFT and protocol == "OIDC" and interactive:
        stored.setdefault("emailVerifiedAlwaysTrue", False)
    return stored


def _check_microsoft(provider: str, options: Mapping[str, Any], pointer: str) -> None:
    if "emailVerifiedAlwaysTrue" in options and provider not in MICROSOFT:
        raise bad(f"{pointer}/emailVerifiedAlwaysTrue", f"Only {' and '.join(MICROSOFT)} have this.")


def _from_metadata(raw: str, pointer: str) -> dict[str, Any]:
    """Entity ID, sign-on URL, and certificates of metadata in base64. Raises Refusal 400."""
    try:
        root = ElementTree.fromstring(base64.b64decode(raw, validate=True))
    except (ElementTree.ParseError, binascii.Error, ValueError):
        raise bad(pointer, "Must be XML in base64.") from None
    service = root.find(".//md:IDPSSODescriptor/md:SingleSignOnService", SAML_NAMES)
    keys = root.findall(".//md:IDPSSODescriptor/md:KeyDescriptor", SAML_NAMES)
    found = [(key.get("use"), key.findtext(".//ds:X509Certificate", "", SAML_NAMES)) for key in keys]
    certificates = [
        {"certificate": "".join(each.split()), "signature": use != "encryption", "encryption": use != "signing"}
        for use, each in found
    ]
    address_of = "" if service is None else service.get("Location", "")
    if not root.get("entityID") or not address_of or not certificates:
        raise bad(pointer, "Must be the metadata of a SAML identity provider.")
    many(CERTIFICATE)(certificates, pointer)
    return {"entityId": root.get("entityID"), "signOnUrl": address_of, "certificates": certificates}


def _patched(call: Call, provider: IdentityProvider, operation: patches.Operation) -> IdentityProvider:
    path, value = operation.path, operation.value
    if operation.op == PROMOTE and provider.protocol != "jwtAuth":
        return _promoted(call, provider)
    if operation.op != "replace" or path not in PATHS[provider.protocol]:
        raise patches.unsupported(operation)
    if path == "/active":
        flag(value, path)
        if value and provider.options is None:
            raise bad(path, "Nobody has signed in with the pending options yet.")
        return dataclasses.replace(provider, active=value)
    if path[1:] in SETTINGS:
        SETTINGS[path[1:]](value, path)
        return dataclasses.replace(provider, settings={**provider.settings, path[1:]: value})
    _empty, root, *rest = path.split("/")
    if root == "pendingOptions" and not provider.interactive:
        raise bad(path, "Only an interactive identity provider is verified.")
    options = _patched_options(call, provider, root, rest, value)
    if root == "options":
        return dataclasses.replace(provider, options=options)
    return dataclasses.replace(provider, pending_options=options, pending_state="pending", pending_result=None)


def _patched_options(call: Call, provider: IdentityProvider, root: str, rest: list[str], value: Json) -> dict[str, Any]:
    """The options below ``root`` after one operation. Raises Refusal 400."""
    current = provider.options if root == "options" else provider.pending_options
    interactive, guesses = provider.interactive, call.guesses
    if not rest:
        kind, name = provider.protocol, provider.provider
        options = _checked_options(call, kind, name, value, root, interactive=interactive, replaced=True)
        keeps = guesses.idp_whole_replacement == "keeps_secret"
        kept = {each: current[each] for each in SECRETS if current and each in current and keeps}
        return {**kept, **options}
    if current is None and root == "pendingOptions" and guesses.idp_patch_without_pending == "copy":
        current = provider.options
    if current is None:
        raise bad(f"/{root}", "There are none.")
    (name,) = rest
    checks = {"SAML": SAML, "OIDC": PERSON if interactive else MACHINE}[provider.protocol]
    checks[name](value, f"/{root}/{name}")
    _check_microsoft(provider.provider, {name: value}, f"/{root}")
    options = {**current, **from_metadata({name: value})}
    if name == "discoveryUrl" and guesses.idp_new_discovery_url == "clears_secret" and current.get(name) != value:
        options = {field: each for field, each in options.items() if field not in SECRETS}
    return options


def _promoted(call: Call, provider: IdentityProvider) -> IdentityProvider:
    """The provider after its promotion. Raises Refusal 400, or 412 without the header that names the options."""
    if provider.pending_options is None or provider.pending_state != "verified":
        raise bad("/pendingOptions", "Nobody has signed in with the pending options yet.")
    if promotion_value(provider) not in [call.headers.get(name) for name in MATCH_HEADERS]:
        raise refuse(412, "Precondition failed", f"{MATCH_HEADERS[0]} does not name the pending options.")
    return promoted(provider)


def _options_view(call: Call, provider: IdentityProvider, options: Mapping[str, Any], secret: str) -> dict[str, Json]:
    shown = dict(options)
    for name in SECRETS:
        if name in shown and secret != "shown":
            shown[name] = MASK
            if secret == "absent":
                del shown[name]
    if "discoveryUrl" in shown and call.guesses.idp_discovered == "shown":
        shown.setdefault("openid_configuration", _discovered(shown["discoveryUrl"]))
    if "certificates" in shown:
        certificates = shown["certificates"]
        shown["certificates"] = [
            {**each, "certificate": _certificate(call, each["certificate"])} for each in certificates
        ]
    if "staticKeys" in shown:
        shown["staticKeys"] = [{**key, "pem": _pem_view(call, key["pem"])} for key in shown["staticKeys"]]
    return shown


def _discovered(url: str) -> dict[str, Json]:
    """What the server would read at a discovery URL."""
    base = url.removesuffix("/.well-known/openid-configuration")
    paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
    return {"issuer": base, **{name: f"{base}/{path}" for name, path in paths.items()}}


def _certificate(call: Call, value: str) -> str:
    """A certificate of SAML in the form of the guesses."""
    found = PEM.fullmatch(value)
    form = call.guesses.idp_certificates
    if form == "bare":
        return "".join((found[2] if found else value).split())
    if form == "pem" and found is None:
        value = _armored("CERTIFICATE", value)
    return _pem_view(call, value)


def _pem_view(call: Call, value: str) -> str:
    """A key or certificate with the line ends of the guess."""
    found = PEM.fullmatch(value)
    form = call.guesses.idp_pem
    if found is None or form == "kept":
        return value
    if form == "wrapped":
        return _armored(found[1], found[2])
    return f"-----BEGIN {found[1]}----- {''.join(found[2].split())} -----END {found[1]}-----"


def _planted(state: State, item: dict[str, Any]) -> str:
    """Put a provider into the tenant, new, or changed where its ``id`` is there. Raises PlantError.

    The fields are those of the API; ``options`` and ``pendingOptions`` can have secrets, and replace those before.
    """
    moment = now()
    protocol = item.get("protocol", "OIDC")
    if protocol not in PROVIDERS:
        raise PlantError(f"protocol is one of {', '.join(PROVIDERS)}")
    known = KIND.of(state).get(item.get("id", ""))
    interactive, active = protocol != "jwtAuth", "pendingOptions" not in item or "options" in item
    settings = {"tenantIds": [state.tenant.id], **({"createNewUsersOnLogin": True} if interactive else {})}
    provider = known or IdentityProvider(
        item.get("id") or state.new_id(),
        protocol,
        item.get("provider", PROVIDERS[protocol][0]),
        interactive,
        active,
        moment,
        moment,
        settings,
        pending_state="pending" if "pendingOptions" in item else "",
    )
    changes: dict[str, Any] = {PROVIDER_FIELDS[name]: item[name] for name in PROVIDER_FIELDS if name in item}
    settings = {**provider.settings, **{name: item[name] for name in PROVIDER_SETTINGS if name in item}}
    put(state, dataclasses.replace(provider, settings=settings, **changes))
    return provider.id


def _state_view(call: Call, provider: IdentityProvider) -> Json:
    return view(call, provider, "shown")


KIND: Kind[IdentityProvider] = Kind(
    "identity_providers",
    _state_view,
    _planted,
    frozenset({"id", "protocol", "provider", *PROVIDER_FIELDS, *PROVIDER_SETTINGS}),
    (
        Route("GET", PATH, list_providers, access="admin", query=QUERY),
        Route("POST", PATH, create_provider, **WRITE),
        Route("GET", PATH + "/status", get_status, access="admin"),
        Route("GET", PATH + "/me/meta", get_my_meta, access="any"),
        Route("GET", PATH + "/.well-known/metadata.json", get_metadata, access="any"),
        Route("GET", PATH + "/{id}", get_provider, access="admin"),
        Route("PATCH", PATH + "/{id}", patch_provider, **WRITE),
        Route("DELETE", PATH + "/{id}", delete_provider, **WRITE_WITHOUT_BODY),
    ),
    Service("identity-providers", "IDP", Form(trace=False)),
)
