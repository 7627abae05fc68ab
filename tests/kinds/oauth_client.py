# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of OAuth clients."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.oauth_client import OAuthClient
from local_tenant.client import TenantHandle

from .cases import OF_EACH, FaultCase, Individual, Json, SeedCase, SettingCase, State

#: The client that every tenant has.
OWN = "Local client"
HELD: dict[str, Json] = {"name": "Held", "app_type": "web"}
JWK = {"kid": "k", "kty": "RSA", "alg": "RS256", "n": "0vx7", "e": "AQAB"}
IMPERSONATION = "urn:qlik:oauth:user-impersonation"
ORIGIN, REDIRECT, JWKS = "https://a.example", "https://a.example/c", "https://a.example/k"
LISTS = {
    "allowed_scopes": "allowedScopes",
    "allowed_grant_types": "allowedGrantTypes",
    "redirect_uris": "redirectUris",
    "allowed_origins": "allowedOrigins",
    "allowed_auth_methods": "allowedAuthMethods",
    "public_keys": "publicKeys",
}
TEXTS = {"description": "description", "client_uri": "clientUri", "logo_uri": "logoUri", "jwks_uri": "jwksUri"}


def look(item: State) -> State:
    """A client with its ID, keys, and consent as settings have them."""
    return {
        **item,
        "id": item["clientId"],
        "publishedAt": bool(item.get("publishedAt")) or None,
        "connectionConfig": item.get("connectionConfig", {}).get("consentMethod"),
        "publicKeys": [key["kid"] for key in item.get("publicKeys", [])],
    }


def facts_of(state: State) -> dict[str, Json]:
    found = {}
    for item in state["oauth_clients"]:
        found[f"OAuth client {item['clientName']}"] = {
            **{name: item.get(api, "") for name, api in TEXTS.items()},
            **{name: item.get(api, []) for name, api in LISTS.items()},
            "app_type": item["appType"],
            "public_keys": [key["kid"] for key in item.get("publicKeys", [])],
            "consent_method": item.get("connectionConfig", {}).get("consentMethod", "required"),
            "publish": bool(item.get("publishedAt")),
        }
    return found


def oauth_clients_of(state: State) -> list[Json]:
    """Name, type, description, scopes, and consent of all OAuth clients but the tenant's own, duplicates included."""
    return sorted(
        [
            item["clientName"],
            item["appType"],
            item.get("description", ""),
            sorted(item.get("allowedScopes", [])),
            item.get("connectionConfig", {}).get("consentMethod", "required"),
        ]
        for item in state["oauth_clients"]
        if item["clientName"] != OWN
    )


def secrets_of(state: State) -> Json:
    """How many secrets each OAuth client has but the tenant's own."""
    return sorted(
        [item["clientName"], len(item["clientSecrets"])] for item in state["oauth_clients"] if item["clientName"] != OWN
    )


def plant_clients(tenant: TenantHandle) -> None:
    current = {"appType": "web", "allowedScopes": ["apps"]}
    tenant.plant("oauth_clients", [{"clientName": name, **current} for name in ("Held", "Changed", "Gone")])


def plant_old_secret(tenant: TenantHandle) -> None:
    secret = {"createdAt": "2026-01-01T00:00:00.000Z"}
    tenant.plant("oauth_clients", [{"clientName": "Held", "clientSecrets": [secret]}])


def seeded(option: str, value: Json, **beside: Json) -> SeedCase:
    """A setting of the planted client, and how C(facts_of) shows it."""
    shown = {"public_keys": ["k"]}.get(option, value)
    return SeedCase(
        {"qlik_seed_oauth_clients": [{**HELD, option: value, **beside}]},
        {f"OAuth client Held {name}": setting for name, setting in {**beside, option: shown}.items()},
    )


def new_client(app_type: str, **settings: Json) -> dict[str, Json]:
    """What C(facts_of) has of a new client."""
    blank: dict[str, Json] = {"app_type": app_type, "consent_method": "required", "publish": False}
    lists: dict[str, Json] = {name: [] for name in LISTS}
    return {**blank, **dict.fromkeys(TEXTS, ""), **lists, **settings}


TASKS: list[dict[str, Json]] = [
    {"name": "New", "app_type": "web"},
    {**HELD, "description": "x", "consent_method": "trusted", "publish": True},
    {"id": "ID_OF_OAUTH_CLIENTS", "state": "absent"},
]
MANY: list[Json] = [
    {"name": "Held", "app_type": "web", "allowed_scopes": ["apps"]},
    {"name": "Changed", "app_type": "web", "description": "new", "consent_method": "trusted"},
    {"name": "Gone", "app_type": "web", "state": "absent"},
    *({"name": f"New {number}", "app_type": "web", "allowed_scopes": ["apps"]} for number in range(3)),
]
CASES = Individual(
    OAuthClient(),
    settings={
        "name": SettingCase("New", {"clientName": "New"}, {"id": "ID"}),
        "app_type": SettingCase("native", {"clientName": "New", "appType": "native"}, {"name": "New"}),
        "description": SettingCase("new", {"description": "new"}),
        "allowed_scopes": SettingCase(["webhooks", "apps"], {"allowedScopes": ["apps", "webhooks"]}),
        "allowed_grant_types": SettingCase([IMPERSONATION], {"allowedGrantTypes": [IMPERSONATION]}),
        "redirect_uris": SettingCase([REDIRECT], {"redirectUris": [REDIRECT]}),
        "allowed_origins": SettingCase(
            [ORIGIN],
            {"clientName": "New", "appType": "spa", "allowedOrigins": [ORIGIN]},
            {"name": "New", "app_type": "spa"},
        ),
        "client_uri": SettingCase(ORIGIN, {"clientUri": ORIGIN}),
        "logo_uri": SettingCase("https://a.example/l", {"logoUri": "https://a.example/l"}),
        "allowed_auth_methods": SettingCase(
            ["private_key_jwt"],
            {"allowedAuthMethods": ["private_key_jwt"], "jwksUri": JWKS},
            {"jwks_uri": JWKS},
        ),
        "public_keys": SettingCase([JWK], {"publicKeys": ["k"]}),
        "jwks_uri": SettingCase(JWKS, {"jwksUri": JWKS}),
        "consent_method": SettingCase("trusted", {"connectionConfig": "trusted"}),
        "publish": SettingCase(True, {"publishedAt": True}),
    },
    seed={
        "name": SeedCase(
            {"qlik_seed_oauth_clients": [{"name": "New", "app_type": "spa"}]}, {"OAuth client New": new_client("spa")}
        ),
        "id": SeedCase(
            {"qlik_seed_oauth_clients": [{"id": "ID_OF_OAUTH_CLIENTS", "name": "New"}]},
            {
                "OAuth client Held": None,
                "OAuth client New": new_client(
                    "web",
                    description="as it was",
                    allowed_scopes=["admin_classic"],
                    allowed_auth_methods=["client_secret"],
                ),
            },
        ),
        "app_type": SeedCase(
            {"qlik_seed_oauth_clients": [{"name": "New", "app_type": "native"}]},
            {"OAuth client New": new_client("native")},
        ),
        "initial": SeedCase(
            {
                "qlik_seed_oauth_clients": [
                    {**client, "initial": {"description": "new"}}
                    for client in (HELD, {"name": "New", "app_type": "spa"})
                ]
            },
            {"OAuth client New": new_client("spa", description="new")},
        ),
        "state": SeedCase({"qlik_seed_oauth_clients": [{**HELD, "state": "absent"}]}, {"OAuth client Held": None}),
        "description": seeded("description", "new"),
        "allowed_scopes": seeded("allowed_scopes", ["apps"]),
        "allowed_grant_types": seeded("allowed_grant_types", [IMPERSONATION]),
        "redirect_uris": seeded("redirect_uris", [REDIRECT]),
        "allowed_origins": SeedCase(
            {"qlik_seed_oauth_clients": [{"name": "New", "app_type": "spa", "allowed_origins": [ORIGIN]}]},
            {"OAuth client New": new_client("spa", allowed_origins=[ORIGIN])},
        ),
        "client_uri": seeded("client_uri", ORIGIN),
        "logo_uri": seeded("logo_uri", "https://a.example/l"),
        "allowed_auth_methods": seeded("allowed_auth_methods", ["private_key_jwt"], jwks_uri=JWKS),
        "public_keys": seeded("public_keys", [JWK]),
        **{f"public_keys.{name}": seeded("public_keys", [JWK]) for name in JWK},
        "jwks_uri": seeded("jwks_uri", JWKS),
        "consent_method": seeded("consent_method", "trusted"),
        "publish": seeded("publish", True),
    },
    tasks={
        "qlik_oauth_client": [*TASKS, {**HELD, "rotate_secret": True}, {**HELD, "delete_replaced": True}],
        "qlik_oauth_clients": [{"oauth_clients": [options]} for options in TASKS],
        "qlik_oauth_client_info": [{}, {"id": "ID_OF_OAUTH_CLIENTS"}],
    },
    faults={
        "qlik_oauth_client": FaultCase(
            "qlik_oauth_client",
            {**HELD, "name": "C", "description": "d", "allowed_scopes": ["apps"], "consent_method": "trusted"},
            oauth_clients_of,
            [["C", "web", "d", ["apps"], "trusted"]],
        ),
        "qlik_oauth_client, rotated": FaultCase(
            "qlik_oauth_client", {**HELD, "secret_max_age_days": 90}, secrets_of, [["Held", 2]], plant_old_secret
        ),
        "qlik_oauth_clients": FaultCase(
            "qlik_oauth_clients",
            {"oauth_clients": MANY, "concurrency": 2},
            oauth_clients_of,
            [
                ["Changed", "web", "new", ["apps"], "trusted"],
                ["Held", "web", "", ["apps"], "required"],
                *([f"New {number}", "web", "", ["apps"], "required"] for number in range(3)),
            ],
            plant_clients,
            OF_EACH,
        ),
        "qlik_oauth_client_info": FaultCase("qlik_oauth_client_info", {}, oauth_clients_of, None, plant_clients),
    },
    described=[{"name": "New", "app_type": "web", "allowed_scopes": ["apps"]}],
    current={
        "clientName": "Held",
        "appType": "web",
        "description": "as it was",
        "allowedScopes": ["admin_classic"],
        "clientSecrets": [{"createdAt": f"2026-01-0{day}T00:00:00.000Z"} for day in (1, 2)],
    },
    look=look,
    key=HELD,
    pair=[{"name": name, "app_type": "web"} for name in ("new", "portal")],
    nameless=({"app_type": "web"}, [": name or id is missing."]),
    rows_of=oauth_clients_of,
    row=["New", "web", "", ["apps"], "required"],
    facts_of=facts_of,
)
