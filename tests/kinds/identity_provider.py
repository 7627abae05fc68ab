# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of identity providers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.identity_provider import IdentityProvider
from local_tenant.client import TenantHandle
from modules import keys

from .cases import FaultCase, Individual, Json, SeedCase, SettingCase, State

PUBLIC_KEY = keys.public()
CERTIFICATE = keys.bare(keys.certificate())
DISCOVERY, OTHER = "https://held.example.com/d", "https://new.example.com/d"
LOGOUT = "https://held.example.com"
MACHINE: dict[str, Json] = {"protocol": "OIDC", "provider": "okta", "interactive": False}
SUB = {"claimsMapping": {"sub": ["/sub"]}}
HELD: dict[str, Json] = {**MACHINE, "options": {"discovery_url": DISCOVERY}}
CURRENT: dict[str, Json] = {
    **MACHINE,
    "clockToleranceSec": 5,
    "postLogoutRedirectUri": LOGOUT,
    "options": {"discoveryUrl": DISCOVERY, "realm": "OLD", **SUB},
}
#: Other providers: the options that describe them, and what the tenant shows.
NEW_MACHINE: dict[str, Json] = {
    **MACHINE,
    "options": {"discovery_url": OTHER, "claims_mapping": {"sub": ["/sub"]}},
}
NEW_MACHINE_SHOWN: dict[str, Json] = {
    **MACHINE,
    "active": True,
    "createNewUsersOnLogin": True,
    "options": {"discoveryUrl": OTHER, **SUB},
}
NEW_PERSON: dict[str, Json] = {
    "protocol": "OIDC",
    "provider": "okta",
    "interactive": True,
    "pending_options": {**NEW_MACHINE["options"], "client_id": "c", "client_secret": "secret-of-the-client"},
}
NEW_PERSON_SHOWN: dict[str, Json] = {
    **{name: value for name, value in NEW_MACHINE_SHOWN.items() if name != "options"},
    "interactive": True,
    "active": False,
    "pendingOptions": {"discoveryUrl": OTHER, "clientId": "c", "clientSecret": "secret-of-the-client", **SUB},
}
NEW_JWT: dict[str, Json] = {
    "provider": "external",
    "options": {"issuer": "i", "static_keys": [{"kid": "k", "pem": PUBLIC_KEY}]},
}
NEW_JWT_SHOWN: dict[str, Json] = {
    "protocol": "jwtAuth",
    "provider": "external",
    "interactive": False,
    "active": True,
    "options": {"issuer": "i", "staticKeys": [{"kid": "k", "pem": PUBLIC_KEY}]},
}
API = {
    "description": "description",
    "interactive": "interactive",
    "active": "active",
    "clock_tolerance_sec": "clockToleranceSec",
    "create_new_users_on_login": "createNewUsersOnLogin",
    "post_logout_redirect_uri": "postLogoutRedirectUri",
    "options": "options",
    "pending_options": "pendingOptions",
}
BLANK: dict[str, Json] = dict.fromkeys(
    ("description", "clock_tolerance_sec", "post_logout_redirect_uri", "options", "pending_options")
)


def jwt(issuer: str, kid: str = "k", **more: Json) -> dict[str, Json]:
    """The description of a JWT provider."""
    key = {"kid": kid, "pem": PUBLIC_KEY}
    return {"protocol": "jwtAuth", "options": {"issuer": issuer, "static_keys": [key]}, **more}


def identity_providers_of(state: State) -> list[Json]:
    """Address, description, and key of all JWT providers, duplicates included."""
    return sorted(
        [item["options"]["issuer"], item.get("description", ""), item["options"]["staticKeys"][0]["kid"]]
        for item in state["identity_providers"]
    )


def facts_of(state: State) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for item in state["identity_providers"]:
        shown = {name: item.get(api) for name, api in API.items()}
        for side in ("options", "pending_options"):
            (shown[side] or {}).pop("signingKeys", None)
            (shown[side] or {}).pop("signingKeySelectedRefId", None)
        facts = {name: value for name, value in shown.items() if value is not None or name in BLANK}
        found[f"identity provider {item['protocol']} {item['provider']}"] = facts
    return found


def plant_providers(tenant: TenantHandle) -> None:
    for issuer in ("current", "changed", "gone"):
        options = {"issuer": issuer, "staticKeys": [{"kid": "k", "pem": PUBLIC_KEY}]}
        tenant.plant("identity_providers", [{"protocol": "jwtAuth", "options": options}])


#: An identity provider of each sort: its options, and what the API shows of them.
CLAIMS: dict[str, Json] = {"sub": ["/sub"], "name": ["/n"], "email": ["/e"], "groups": ["/g"], "picture": ["/p"]}
MORE_CLAIMS = {name: [f"/{name}"] for name in ("email_verified", "locale", "zoneinfo", "client_id")}
ENDPOINTS = {
    "issuer": "https://i.example",
    **{
        name: f"https://i.example/{name}"
        for name in (
            *("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"),
            "introspection_endpoint",
        )
    },
}
SORTS: dict[str, tuple[str, str, bool, dict[str, Json]]] = {
    "jwt": (
        "jwtAuth",
        "external",
        False,
        {"issuer": "i", "static_keys": [{"kid": "k", "pem": PUBLIC_KEY}], "jwt_login_enabled": True},
    ),
    "machine": (
        "OIDC",
        "auth0",
        False,
        {
            "discovery_url": "https://d.example",
            "claims_mapping": {"sub": ["/sub"], "client_id": ["/c"]},
            "realm": "R",
            "audience": "a",
            "allowed_client_ids": ["c"],
        },
    ),
    "person": (
        "OIDC",
        "azureAD",
        True,
        {
            "openid_configuration": ENDPOINTS,
            "client_id": "c",
            "client_secret": "secret-of-the-client",
            "scope": "openid",
            "claims_mapping": {**CLAIMS, **MORE_CLAIMS},
            "email_verified_always_true": True,
            "block_offline_access_scope": True,
            "use_claims_from_id_token": True,
            "id_token_signature_alg": "RS512",
        },
    ),
    "url": (
        "OIDC",
        "keycloak",
        True,
        {
            "discovery_url": "https://d.example",
            "client_id": "c",
            "client_secret": "secret-of-the-client",
            "claims_mapping": CLAIMS,
            "realm": "R",
        },
    ),
    "saml": (
        "SAML",
        "generic",
        True,
        {
            "entity_id": "e",
            "sign_on_url": "https://s.example",
            "certificates": [
                {"certificate": CERTIFICATE, "name": "n", "signature": True, "encryption": False},
            ],
            "name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            "allow_idp_initiated_login": True,
            "claims_mapping": CLAIMS,
        },
    ),
}


def in_api_form(options: dict[str, Json]) -> dict[str, Json]:
    """Options in the names of the API."""
    return {
        name if name == "openid_configuration" else re.sub("_(.)", lambda match: match[1].upper(), name): value
        for name, value in options.items()
    }


def provider_options(sort: str, place: str) -> Iterator[str]:
    """The options that a provider has, and those within them."""
    for name, value in SORTS[sort][3].items():
        yield f"{place}.{name}"
        first = value[0] if isinstance(value, list) else value
        for part in first if isinstance(first, dict) else ():
            yield f"{place}.{name}.{part}"


def new_provider(sort: str, place: str, **more: Json) -> SeedCase:
    protocol, product, interactive, options = SORTS[sort]
    described = {"protocol": protocol, "provider": product, "interactive": interactive, place: options, **more}
    pending = interactive and not more.get("skip_verify")
    settings = {name: value for name, value in more.items() if name != "skip_verify"}
    shown = {name: value for name, value in options.items() if name != "metadata"}
    made = {**BLANK, "interactive": interactive, "active": not pending, **settings}
    made["pending_options" if pending else "options"] = in_api_form(shown)
    if protocol != "jwtAuth":
        made.setdefault("create_new_users_on_login", True)
    return SeedCase({"qlik_seed_identity_providers": [described]}, {f"identity provider {protocol} {product}": made})


def from_metadata(place: str) -> SeedCase:
    """A SAML provider that is described by its metadata."""
    raw = {"raw": keys.metadata()}
    item = {"protocol": "SAML", "provider": "generic", place: {"metadata": raw, "claims_mapping": CLAIMS}}
    certificate = {"certificate": CERTIFICATE, "signature": True, "encryption": False}
    said = {
        "entityId": "https://idp.example/e",
        "signOnUrl": "https://idp.example/sso",
        "certificates": [certificate],
        "claimsMapping": CLAIMS,
    }
    made = {**BLANK, "interactive": True, "active": False, "create_new_users_on_login": True}
    changes = {"identity provider SAML generic": {**made, "pending_options": said}}
    return SeedCase({"qlik_seed_identity_providers": [item]}, changes)


SAML_METADATA = {place: from_metadata(place) for place in ("options", "pending_options")}
PROVIDER_OPTIONS: dict[str, SeedCase] = {
    name: new_provider(sort, place)
    for sort in SORTS
    for place in (["options", "pending_options"] if SORTS[sort][2] else ["options"])
    for name in provider_options(sort, place)
}


def seeded(changes: dict[str, Json], error: str = "", **options: Json) -> SeedCase:
    """The planted provider with other options, and what they change."""
    named = {f"identity provider OIDC okta {name}": value for name, value in changes.items()}
    return SeedCase({"qlik_seed_identity_providers": [{**HELD, **options}]}, named, error)


REPLACED: dict[str, Json] = {"discovery_url": DISCOVERY, "audience": "new"}
TASKS: list[dict[str, Json]] = [
    jwt("new"),
    {**HELD, "description": "x"},
    {**HELD, "state": "absent"},
    {"id": "SIGN_IN", "active": False},
]
MANY: list[Json] = [
    jwt("current"),
    jwt("changed", description="new"),
    jwt("gone", state="absent"),
    *(jwt(f"new {number}") for number in range(3)),
]
CASES = Individual(
    IdentityProvider(),
    settings={
        "protocol": SettingCase("jwtAuth", NEW_JWT_SHOWN, NEW_JWT),
        "provider": SettingCase("auth0", {**NEW_MACHINE_SHOWN, "provider": "auth0"}, NEW_MACHINE),
        "interactive": SettingCase(True, NEW_PERSON_SHOWN, NEW_PERSON),
        "description": SettingCase("new", {"description": "new"}),
        "active": SettingCase(False, {"active": False}),
        "clock_tolerance_sec": SettingCase(9, {"clockToleranceSec": 9}),
        "create_new_users_on_login": SettingCase(
            False, {**NEW_MACHINE_SHOWN, "createNewUsersOnLogin": False}, NEW_MACHINE
        ),
        "post_logout_redirect_uri": SettingCase("https://a.example", {"postLogoutRedirectUri": "https://a.example"}),
        "options": SettingCase(
            {"discovery_url": DISCOVERY, "realm": "NEW"},
            {"options": {"discoveryUrl": DISCOVERY, "realm": "NEW", **SUB}},
            MACHINE,
        ),
        "pending_options": SettingCase(NEW_PERSON["pending_options"], NEW_PERSON_SHOWN, NEW_PERSON),
    },
    seed={
        **PROVIDER_OPTIONS,
        "protocol": new_provider("jwt", "options"),
        "provider": new_provider("machine", "options"),
        "interactive": new_provider("url", "options"),
        "options": new_provider("machine", "options"),
        "pending_options": new_provider("url", "pending_options"),
        "skip_verify": new_provider("url", "pending_options", skip_verify=True),
        "create_new_users_on_login": new_provider("machine", "options", create_new_users_on_login=False),
        "id": SeedCase(
            {"qlik_seed_identity_providers": [{"id": "ID_OF_IDENTITY_PROVIDERS", "description": "new"}]},
            {"identity provider OIDC okta description": "new"},
        ),
        "initial": SeedCase(
            {
                "qlik_seed_identity_providers": [
                    {**provider, "initial": {"description": "new"}}
                    for provider in (HELD, {"protocol": "jwtAuth", "options": SORTS["jwt"][3]})
                ]
            },
            new_provider("jwt", "options", description="new").changes,
        ),
        "state": SeedCase(
            {"qlik_seed_identity_providers": [{**HELD, "state": "absent"}]}, {"identity provider OIDC okta": None}
        ),
        "description": seeded({"description": "new"}, description="new"),
        "active": seeded({"active": False}, active=False),
        "clock_tolerance_sec": seeded({"clock_tolerance_sec": 9}, clock_tolerance_sec=9),
        "post_logout_redirect_uri": seeded(
            {"post_logout_redirect_uri": "https://a.example"}, post_logout_redirect_uri="https://a.example"
        ),
        "update_secret": seeded({}, "update_secret: Requires client_secret", update_secret="always"),
        "replace": seeded(
            {"options": in_api_form({**REPLACED, "realm": "OLD", "claims_mapping": {"sub": ["/sub"]}})},
            options=REPLACED,
            replace=True,
        ),
        "options.metadata": SAML_METADATA["options"],
        "options.metadata.raw": SAML_METADATA["options"],
        "pending_options.metadata": SAML_METADATA["pending_options"],
        "pending_options.metadata.raw": SAML_METADATA["pending_options"],
    },
    tasks={
        "qlik_identity_provider": [{**options, "allow_lockout": True} for options in TASKS],
        "qlik_identity_providers": [{"identity_providers": [options], "allow_lockout": True} for options in TASKS],
        "qlik_identity_provider_info": [{}, {"id": "ID_OF_IDENTITY_PROVIDERS"}],
    },
    faults={
        "qlik_identity_provider": FaultCase(
            "qlik_identity_provider", jwt("i", description="d"), identity_providers_of, [["i", "d", "k"]]
        ),
        "qlik_identity_provider, replaced": FaultCase(
            "qlik_identity_provider",
            jwt("current", "new", replace=True),
            identity_providers_of,
            [["changed", "", "k"], ["current", "", "new"], ["gone", "", "k"]],
            plant_providers,
        ),
        "qlik_identity_providers": FaultCase(
            "qlik_identity_providers",
            {"identity_providers": MANY, "concurrency": 2},
            identity_providers_of,
            [["changed", "new", "k"], ["current", "", "k"], *([f"new {number}", "", "k"] for number in range(3))],
            plant_providers,
        ),
        "qlik_identity_provider_info": FaultCase(
            "qlik_identity_provider_info", {}, identity_providers_of, None, plant_providers
        ),
    },
    described=[jwt("New")],
    not_shown=["update_secret"],
    current=CURRENT,
    key=HELD,
    pair=[jwt("https://new.example"), jwt("https://held.example")],
    nameless=(
        {"options": {"static_keys": []}},
        [
            ": protocol or id is missing.",
            ".options.static_keys: Must have exactly one key, not 0.",
        ],
    ),
    rows_of=identity_providers_of,
    row=["New", "", "k"],
    facts_of=facts_of,
)
