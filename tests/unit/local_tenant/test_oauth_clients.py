# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients (Qlik reference: oauth-clients)."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

PATH = "/oauth-clients"
IMPERSONATION = "urn:qlik:oauth:user-impersonation"
MACHINE = {
    "clientName": "CI",
    "appType": "web",
    "allowedScopes": ["admin_classic"],
    "allowedGrantTypes": ["client_credentials"],
}
RSA = {"alg": "RS256", "kid": "k1", "kty": "RSA", "use": "sig", "n": "AQAB", "e": "AQAB"}
EC = {"alg": "ES384", "kid": "k2", "kty": "EC", "use": "sig", "crv": "P-384", "x": "AQAB", "y": "AQAB"}


def listed(api: Any, **query: str) -> list[dict[str, Any]]:
    """The clients in the list, without the one that every local tenant has."""
    return [client for client in api.listed(PATH, **query) if client["clientName"] != "Local client"]


def current(tenant: Any, client_id: str) -> dict[str, Any]:
    return next(client for client in tenant.state()["oauth_clients"] if client["clientId"] == client_id)


def token(api: Any, client_id: str, secret: str, **more: Any) -> Any:
    body = {"client_id": client_id, "client_secret": secret, "grant_type": "client_credentials", **more}
    return api.post("/oauth/token", body)


def confirmed(api: Any, client_id: str) -> int:
    status: int = api.delete(f"{PATH}/{client_id}", headers={"qlik-confirm-delete": client_id}).status_code
    return status


def test_create_read_change_and_delete(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {**MACHINE, "description": "Builds", "redirectUris": ["https://a.example.com/done"]})
    secret = made.pop("clientSecret")
    (shown,) = made["clientSecrets"]
    assert (shown["hint"], shown["createdBy"]) == (secret[-5:], api.user_id("local|admin"))
    assert made["allowedAuthMethods"] == ["client_secret"]
    assert api.get(f"{PATH}/{made['clientId']}").json() == made
    assert listed(api) == [made]
    assert current(tenant, made["clientId"])["clientSecrets"] == [{**shown, "clientSecret": secret}]
    operations = [("replace", "/clientName", "Nightly"), ("add", "/redirectUris", ["http://localhost:1"])]
    assert api.patch(f"{PATH}/{made['clientId']}", *operations).status_code == 204
    changed = api.get(f"{PATH}/{made['clientId']}").json()
    assert (changed["clientName"], changed["redirectUris"]) == ("Nightly", ["http://localhost:1"])
    assert changed["clientSecrets"] == made["clientSecrets"]
    assert confirmed(api, made["clientId"]) == 204
    assert api.get(f"{PATH}/{made['clientId']}").status_code == 404
    assert listed(api) == []


@pytest.mark.parametrize(
    "change",
    [
        {"clientName": None},
        {"clientName": ""},
        {"clientName": "x" * 513},
        {"description": "x" * 4097},
        {"clientUri": "x" * 2049},
        {"appType": "desktop"},
        {"allowedScopes": ["admin_classic", "root"]},
        {"allowedScopes": "admin_classic"},
        {"allowedGrantTypes": ["password"]},
        {"appType": "spa", "allowedScopes": [], "allowedGrantTypes": ["client_credentials"]},
        {"appType": "anonymous-embed", "allowedGrantTypes": [], "redirectUris": ["https://a.example.com"]},
        {"allowedOrigins": ["https://a.example.com"]},
        {"redirectUris": ["a.example.com"]},
        {"redirectUris": [f"https://{number}.example.com" for number in range(6)]},
        {"allowedAuthMethods": ["tls"]},
        {"allowedAuthMethods": ["private_key_jwt"]},
        {"allowedAuthMethods": ["private_key_jwt"], "publicKeys": [{**RSA, "d": "private"}]},
        {"allowedAuthMethods": ["private_key_jwt"], "publicKeys": [{**RSA, "alg": "ES384"}]},
        {"allowedAuthMethods": ["private_key_jwt"], "publicKeys": [RSA, {**EC, "kid": "k1"}]},
        {"publicKeys": [{name: value for name, value in EC.items() if name != "crv"}]},
        {"jwksUri": "keys.json"},
        {"connectionConfig": {"consentMethod": "required"}},
        {"connectionConfig": {"status": "approved"}},
        {"clientSecret": "chosen"},
        {"surprise": 1},
    ],
    ids=str,
)
def test_bodies_that_are_refused(api: Any, change: Any) -> None:
    body = {name: value for name, value in {**MACHINE, **change}.items() if value is not None}
    response = api.post(PATH, body)
    assert response.status_code == 400
    assert response.json().keys() == {"errors"}
    assert response.json()["errors"][0].keys() == {"code", "title", "detail"}
    assert listed(api) == []


@pytest.mark.parametrize("host", ["https://a b", "https://[::", "https://a.example.com/path", "ftp://a.example.com"])
def test_origins_that_are_refused(api: Any, host: str) -> None:
    body = {"clientName": "Page", "appType": "spa", "allowedOrigins": [host]}
    assert api.post(PATH, body).status_code == 400


def test_scopes_that_do_not_exist_are_named(api: Any, tenant: Any) -> None:
    response = api.post(PATH, {**MACHINE, "allowedScopes": ["admin_classic", "root", "bin"]})
    assert "bin, root" in response.json()["errors"][0]["detail"]
    tenant.guess(oauth_unknown_scope="accept")
    assert api.made(PATH, {**MACHINE, "allowedScopes": ["root"]})["allowedScopes"] == ["root"]


def test_each_type(api: Any) -> None:
    origin = "https://a.example.com"
    page = api.made(PATH, {"clientName": "P", "appType": "spa", "allowedOrigins": [origin], "redirectUris": [origin]})
    assert (page["allowedOrigins"], page["redirectUris"]) == ([origin], [origin])
    app = api.made(PATH, {"clientName": "A", "appType": "native", "redirectUris": ["com.example.app:/done"]})
    embed = api.made(PATH, {"clientName": "E", "appType": "anonymous-embed"})
    for client in (page, app, embed):
        assert client.keys().isdisjoint({"clientSecret", "clientSecrets", "allowedAuthMethods"})
        assert api.post(f"{PATH}/{client['clientId']}/client-secrets", None).status_code == 400
    keys = {"publicKeys": [RSA, EC], "allowedAuthMethods": ["private_key_jwt"]}
    signed = api.made(PATH, {**MACHINE, **keys})
    assert "clientSecret" not in signed
    assert signed["publicKeys"] == [RSA, EC]
    keys = {"jwksUri": "https://a.example.com/jwks", "allowedAuthMethods": ["private_key_jwt", "client_secret"]}
    assert api.made(PATH, {**MACHINE, **keys})["clientSecret"]


def test_a_client_without_a_secret_can_have_an_empty_one(api: Any, tenant: Any) -> None:
    tenant.guess(oauth_secretless_answer="empty")
    assert api.made(PATH, {"clientName": "E", "appType": "anonymous-embed"})["clientSecret"] == ""


def test_names_need_not_be_unique(api: Any, tenant: Any) -> None:
    first, second = (api.made(PATH, MACHINE)["clientId"] for _time in range(2))
    assert first != second
    tenant.guess(oauth_client_same_name="refuse")
    assert api.post(PATH, MACHINE).status_code == 400
    assert api.post(PATH, {"clientName": "CI", "appType": "spa"}).status_code == 201


def test_a_client_for_machines_has_a_bot_with_all_rights(api: Any, tenant: Any) -> None:
    made = api.made(PATH, MACHINE)
    bot = next(user for user in tenant.users() if user.get("clientId") == made["clientId"])
    assert (bot["subject"], bot["name"]) == (f"qlikbot\\{made['clientId']}", "CI")
    assert [role["name"] for role in bot["assignedRoles"]] == ["TenantAdmin"]
    key = token(api, made["clientId"], made["clientSecret"]).json()["access_token"]
    me = api.get("/users/me", key=key).headers["Location"].split("/api/v1")[1]
    assert api.get(me, key=key).json()["clientId"] == made["clientId"]
    assert confirmed(api, made["clientId"]) == 204
    assert next(user for user in tenant.users() if user["id"] == bot["id"])["status"] == "deleted"
    assert api.get("/groups", key=key).status_code == 401
    assert token(api, made["clientId"], made["clientSecret"]).status_code == 401
    page = api.made(PATH, {"clientName": "P", "appType": "spa"})
    assert page["clientId"] not in {user.get("clientId") for user in tenant.users()}


def test_a_bot_can_outlive_its_client(api: Any, tenant: Any) -> None:
    tenant.guess(oauth_client_bot="kept")
    made = api.made(PATH, MACHINE)
    assert confirmed(api, made["clientId"]) == 204
    assert next(user for user in tenant.users() if user.get("clientId") == made["clientId"])["status"] == "active"


def test_the_client_of_the_run_is_one_of_them(api: Any, tenant: Any) -> None:
    client = api.get(f"{PATH}/{tenant.client_id}").json()
    assert client["clientName"] == "Local client"
    assert [secret["hint"] for secret in client["clientSecrets"]] == [tenant.client_secret[-5:]]
    assert api.delete(f"{PATH}/{tenant.client_id}/client-secrets/{tenant.client_secret[-5:]}").status_code == 204
    assert token(api, tenant.client_id, tenant.client_secret).status_code == 401
    secret = api.made(f"{PATH}/{tenant.client_id}/client-secrets", None)["clientSecret"]
    key = token(api, tenant.client_id, secret).json()["access_token"]
    removal = api.delete(f"{PATH}/{tenant.client_id}", key=key, headers={"qlik-confirm-delete": tenant.client_id})
    assert removal.status_code == 204
    assert api.get("/groups", key=key).status_code == 401
    tenant.reset()
    assert token(api, tenant.client_id, tenant.client_secret).status_code == 200


def test_scopes_and_grants_of_a_client_limit_its_tokens(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {**MACHINE, "allowedScopes": ["admin.users:read", "user_default"]})
    client = (made["clientId"], made["clientSecret"])
    key = token(api, *client).json()["access_token"]
    assert api.get("/users", key=key).status_code == 200
    assert api.get("/groups", key=key).status_code == 403
    assert token(api, *client, scope="admin_classic").status_code == 400
    assert token(api, *client, scope="user_default").status_code == 200
    api.patch(f"{PATH}/{client[0]}", ("replace", "/allowedGrantTypes", [IMPERSONATION]))
    assert token(api, *client).status_code == 401
    api.patch(f"{PATH}/{client[0]}", ("replace", "/allowedGrantTypes", ["client_credentials"]))
    assert token(api, *client).status_code == 200
    tenant.plant("oauth_clients", [{"clientId": client[0], "disableTag": "misused"}])
    assert token(api, *client).status_code == 401
    assert api.get(f"{PATH}/{client[0]}").json()["disableTag"] == "misused"
    odd = {"client_id": ["x"], "client_secret": {}, "grant_type": "client_credentials"}
    assert api.post("/oauth/token", odd).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"qlik-confirm-delete": "another"}], ids=["none", "another"])
def test_deletion_is_confirmed(api: Any, tenant: Any, headers: Any) -> None:
    (client,) = tenant.plant("oauth_clients", [{}])
    assert api.delete(f"{PATH}/{client}", headers=headers).status_code == 400
    tenant.guess(oauth_delete_unconfirmed_status=412)
    assert api.delete(f"{PATH}/{client}", headers=headers).status_code == 412
    assert current(tenant, client)
    assert confirmed(api, "another") == 404


@pytest.mark.parametrize(
    "operation",
    [
        ("replace", "/appType", "spa"),
        ("replace", "/clientName", ""),
        ("remove", "/clientName", None),
        ("replace", "/connectionConfig", {"consentMethod": "trusted"}),
        ("add", "/redirectUris/-", "https://b.example.com"),
        ("replace", "/allowedOrigins", ["https://b.example.com"]),
        ("replace", "/allowedAuthMethods", ["private_key_jwt"]),
        ("replace", "/clientSecrets", []),
        ("replace", "/publishedAt", None),
        ("move", "/description", "x"),
        ("replace", "description", "x"),
    ],
)
def test_patches_that_are_refused(api: Any, tenant: Any, operation: Any) -> None:
    (client,) = tenant.plant("oauth_clients", [{"clientName": "Held"}])
    before = current(tenant, client)
    assert api.patch(f"{PATH}/{client}", ("replace", "/description", "New"), operation).status_code == 400
    assert current(tenant, client) == before


def test_a_remove_needs_no_value_and_a_replace_does(api: Any, tenant: Any) -> None:
    (client,) = tenant.plant("oauth_clients", [{"description": "x", "allowedScopes": ["user_default"]}])
    body = [{"op": "remove", "path": "/description"}, {"op": "remove", "path": "/allowedScopes"}]
    assert api.call("PATCH", f"{PATH}/{client}", body).status_code == 204
    assert current(tenant, client).keys().isdisjoint({"description", "allowedScopes"})
    assert api.call("PATCH", f"{PATH}/{client}", [{"op": "replace", "path": "/description"}]).status_code == 400
    assert api.call("PATCH", f"{PATH}/{client}", [{"op": "remove"}]).status_code == 400


@pytest.mark.parametrize(("guess", "cleared"), [("both", "both"), ("remove", "remove"), ("empty", "empty")])
def test_what_clears_a_text(api: Any, tenant: Any, guess: str, cleared: str) -> None:
    tenant.guess(oauth_clear_text=guess)
    texts = {"description": "x", "jwksUri": "https://a.example.com/keys"}
    for name in texts:
        statuses = set()
        for way, operation in {"remove": ("remove", f"/{name}", None), "empty": ("replace", f"/{name}", "")}.items():
            (client,) = tenant.plant("oauth_clients", [texts])
            status = api.patch(f"{PATH}/{client}", operation).status_code
            assert (current(tenant, client).get(name, "") == "") is (status == 204)
            statuses |= {way} if status == 204 else set()
        assert statuses == ({"remove", "empty"} if cleared == "both" else {cleared})


def test_fields_that_were_never_set_can_be_empty(api: Any, tenant: Any) -> None:
    tenant.guess(oauth_unset_fields="empty")
    client = api.made(PATH, {"clientName": "Page", "appType": "spa"})
    assert (client["description"], client["redirectUris"], client["allowedOrigins"]) == ("", [], [])
    assert "allowedGrantTypes" not in client


def test_addresses_can_get_a_slash(api: Any, tenant: Any) -> None:
    uris = ["https://a.example.com", "https://a.example.com/", "https://a.example.com/done"]
    assert api.made(PATH, {**MACHINE, "redirectUris": uris})["redirectUris"] == uris
    tenant.guess(oauth_addresses="slash")
    assert api.made(PATH, {**MACHINE, "redirectUris": uris})["redirectUris"] == uris[1:]


def test_methods_and_their_secrets(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {**MACHINE, "publicKeys": [RSA], "allowedAuthMethods": ["private_key_jwt"]})
    path = f"{PATH}/{made['clientId']}"
    both: Any = ("replace", "/allowedAuthMethods", ["private_key_jwt", "client_secret"])
    response = api.patch(path, both)
    assert (response.status_code, response.json().keys()) == (202, {"clientSecret"})
    assert token(api, made["clientId"], response.json()["clientSecret"]).status_code == 200
    assert api.patch(path, both).status_code == 204
    only_keys: Any = ("replace", "/allowedAuthMethods", ["private_key_jwt"])
    assert api.patch(path, only_keys).status_code == 204
    assert current(tenant, made["clientId"])["clientSecrets"] == []
    assert api.patch(path, both).status_code == 202
    tenant.guess(oauth_secrets_without_method="kept")
    assert api.patch(path, only_keys).status_code == 204
    assert len(current(tenant, made["clientId"])["clientSecrets"]) == 1
    assert api.patch(path, both).status_code == 204
    assert api.patch(path, ("remove", "/publicKeys", None)).status_code == 400


def test_five_secrets_at_most(api: Any, tenant: Any) -> None:
    made = api.made(PATH, MACHINE)
    path = f"{PATH}/{made['clientId']}/client-secrets"
    new = [api.made(path, None) for _number in range(4)]
    assert new[0].keys() == {"clientId", "clientSecret", "hint", "createdAt", "createdBy"}
    for secret in (made["clientSecret"], *(each["clientSecret"] for each in new)):
        assert token(api, made["clientId"], secret).status_code == 200
    assert api.post(path, None).status_code == 409
    tenant.guess(oauth_sixth_secret_status=400)
    assert api.post(path, None).status_code == 400
    assert api.delete(f"{path}/{new[0]['hint']}").status_code == 204
    assert token(api, made["clientId"], new[0]["clientSecret"]).status_code == 401
    assert api.delete(f"{path}/{new[0]['hint']}").status_code == 404
    assert [secret["hint"] for secret in api.get(f"{PATH}/{made['clientId']}").json()["clientSecrets"]] == [
        made["clientSecrets"][0]["hint"],
        *(secret["hint"] for secret in new[1:]),
    ]


def test_hints_and_dates_of_secrets(api: Any, tenant: Any) -> None:
    tenant.guess(oauth_secret_hint="first", oauth_secret_created_at="absent")
    made = api.made(PATH, MACHINE)
    admin = api.user_id("local|admin")
    assert made["clientSecrets"] == [{"hint": made["clientSecret"][:5], "createdBy": admin}]
    secret = api.made(f"{PATH}/{made['clientId']}/client-secrets", None)
    assert (secret["hint"], "createdAt" in secret) == (secret["clientSecret"][:5], False)


@pytest.mark.parametrize(
    ("guess", "status", "kept"), [("first", 204, ["b"]), ("all", 204, []), ("refuse", 400, ["a", "b"])]
)
def test_secrets_with_the_same_hint(api: Any, tenant: Any, guess: str, status: int, kept: list[str]) -> None:
    tenant.guess(oauth_same_hint=guess)
    secrets = [{"clientSecret": name, "hint": "12345"} for name in ("a", "b")]
    (client,) = tenant.plant("oauth_clients", [{"clientSecrets": secrets}])
    assert api.delete(f"{PATH}/{client}/client-secrets/12345").status_code == status
    assert [secret["clientSecret"] for secret in current(tenant, client)["clientSecrets"]] == kept


def test_the_last_secret(api: Any, tenant: Any) -> None:
    (client,) = tenant.plant("oauth_clients", [{"clientSecrets": [{"hint": "12345"}]}])
    tenant.guess(oauth_last_secret="refuse")
    assert api.delete(f"{PATH}/{client}/client-secrets/12345").status_code == 400
    tenant.guess(oauth_last_secret="accept")
    assert api.delete(f"{PATH}/{client}/client-secrets/12345").status_code == 204


def test_secrets_grow_old(api: Any, tenant: Any) -> None:
    fixed = {"clientSecrets": [{"createdAt": "2026-03-31T12:00:00.000Z"}, {"createdAt": ""}]}
    (client,) = tenant.plant("oauth_clients", [fixed])
    tenant.let_pass(days=31)
    old, undated = api.get(f"{PATH}/{client}").json()["clientSecrets"]
    assert (old["createdAt"], "createdAt" in undated) == ("2026-02-28T12:00:00.000Z", False)
    new = api.made(f"{PATH}/{client}/client-secrets", None)
    age = datetime.now(timezone.utc) - datetime.fromisoformat(new["createdAt"].replace("Z", "+00:00"))
    assert abs(age.total_seconds()) < 60


@pytest.mark.parametrize(("guess", "shown"), [("masked", "********"), ("shown", "it")])
def test_answers_can_have_a_secret_in_unexpected_places(api: Any, tenant: Any, guess: str, shown: str) -> None:
    (client,) = tenant.plant("oauth_clients", [{"clientSecrets": [{"clientSecret": "it"}]}])
    assert "clientSecret" not in api.get(f"{PATH}/{client}").json()
    tenant.guess(oauth_secret_in_answers=guess)
    assert api.get(f"{PATH}/{client}").json()["clientSecret"] == shown
    assert listed(api)[0]["clientSecret"] == shown
    assert api.made(PATH, MACHINE)["clientSecret"] not in ("********", "")
    assert "clientSecret" not in api.get(f"{PATH}/{client}", key=tenant.api_key_without_rights).json()


def test_publishing_has_no_way_back(api: Any, tenant: Any) -> None:
    (client,) = tenant.plant("oauth_clients", [{}])
    assert "publishedAt" not in api.get(f"{PATH}/{client}").json()
    response = api.post(f"{PATH}/{client}/actions/publish", None)
    assert (response.status_code, response.json().keys()) == (201, {"publishedAt"})
    assert api.get(f"{PATH}/{client}").json()["publishedAt"] == response.json()["publishedAt"]
    assert api.post(f"{PATH}/{client}/actions/publish", None).json() == response.json()
    tenant.guess(oauth_publish_again="refuse")
    assert api.post(f"{PATH}/{client}/actions/publish", None).status_code == 400


def test_consent(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {**MACHINE, "connectionConfig": {"consentMethod": "trusted"}})
    path = f"{PATH}/{made['clientId']}/connection-configs/me"
    config = {"consentMethod": "trusted", "status": "approved"}
    assert api.get(path).json() == config
    assert listed(api)[0]["connectionConfig"] == config
    assert api.patch(path, ("replace", "/consentMethod", "required")).status_code == 204
    assert api.get(path).json()["consentMethod"] == "required"
    for operation in [
        ("replace", "/consentMethod", "none"),
        ("add", "/consentMethod", "trusted"),
        ("replace", "/x", 1),
    ]:
        assert api.patch(path, operation).status_code == 400
    assert api.delete(path).status_code == 204
    assert (api.delete(path).status_code, api.get(path).status_code) == (404, 404)
    assert "connectionConfig" not in listed(api)[0]
    tenant.guess(oauth_connection_config_missing="required")
    assert api.get(path).json()["consentMethod"] == "required"
    assert api.patch(path, ("replace", "/consentMethod", "trusted")).status_code == 204
    assert api.get(path).json()["consentMethod"] == "trusted"


def test_callers_without_rights_get_the_short_list(api: Any, tenant: Any) -> None:
    key = tenant.api_key_without_rights
    made = api.made(PATH, {**MACHINE, "redirectUris": ["https://a.example.com"], "publicKeys": [RSA]})
    short = next(client for client in api.get(PATH, key=key).json()["data"] if client["clientId"] == made["clientId"])
    assert short["clientName"] == "CI"
    assert short["allowedScopes"] == ["admin_classic"]
    missing = {"clientSecrets", "redirectUris", "publicKeys", "allowedAuthMethods", "connectionConfig"}
    assert short.keys().isdisjoint(missing)
    assert api.get(f"{PATH}/{made['clientId']}", key=key).json() == short
    with_total = {"totalResults": "true"}
    assert api.get(PATH, params=with_total).json()["totalResults"] == 2
    assert "totalResults" not in api.get(PATH, params=with_total, key=key).json()
    tenant.guess(oauth_clients_without_rights="with_hints")
    assert api.get(f"{PATH}/{made['clientId']}", key=key).json()["clientSecrets"] == made["clientSecrets"]
    assert "totalResults" not in api.get(PATH, params=with_total, key=key).json()
    tenant.guess(oauth_clients_without_rights="403")
    assert api.get(PATH, key=key).status_code == api.get(f"{PATH}/{made['clientId']}", key=key).status_code == 403
    plain = token(api, tenant.client_id, tenant.client_secret, scope="user_default").json()["access_token"]
    assert api.get(PATH, key=plain).status_code == 403


def test_clients_of_others(api: Any, tenant: Any) -> None:
    foreign = {"clientName": "Theirs", "tenantId": "another", "publishedAt": "2026-01-01T00:00:00.000Z"}
    itself = {"clientName": "Chat", "createdByType": "dcr", "appType": "native"}
    theirs, chat = tenant.plant(
        "oauth_clients", [{**foreign, "consentMethod": "trusted", "deletedByOwner": True}, itself]
    )
    assert [client["clientId"] for client in listed(api, filter='createdByType eq "dcr"')] == [chat]
    own = f'tenantId eq "{tenant.tenant_id}"'
    assert {client["clientId"] for client in api.listed(PATH, filter=own)} == {chat, tenant.client_id}
    path = f"{PATH}/{theirs}"
    assert "clientSecrets" not in api.get(path).json()
    assert api.get(f"{path}/connection-configs/me").json()["deletedByOwner"] is True
    assert api.patch(path, ("replace", "/description", "x")).status_code == 403
    assert confirmed(api, theirs) == 403
    assert api.post(f"{path}/client-secrets", None).status_code == 403
    assert api.delete(f"{path}/connection-configs/me").status_code == 204
    assert theirs not in {user.get("clientId") for user in tenant.users()}


def test_lists(api: Any, tenant: Any) -> None:
    names = [f"N{number:02}" for number in range(25)]
    ids = tenant.plant(
        "oauth_clients",
        [{"clientName": name, "createdAt": f"2026-01-01T00:00:{60 - int(name[1:]) - 1}.000Z"} for name in names],
    )
    first = api.get(PATH).json()
    assert len(first["data"]) == 20
    assert [client["clientName"] for client in listed(api)] == names[::-1]
    assert [client["clientName"] for client in listed(api, sort="-clientName", limit="7")] == names[::-1]
    tenant.guess(credentials_order="id")
    assert [client["clientId"] for client in listed(api)] == sorted(ids)
    both = 'clientName eq "n07" and appType eq "web"'
    assert [client["clientName"] for client in listed(api, filter=both)] == ["N07"]
    for query in (
        {"limit": "0"},
        {"limit": "101"},
        {"sort": "name"},
        {"filter": 'description eq "x"'},
        {"filter": 'clientName co "N"'},
        {"clientName": "N07"},
    ):
        assert api.get(PATH, params=query).status_code == 400, query


def test_an_answer_without_the_id(api: Any, tenant: Any) -> None:
    tenant.misbehave({"match": {"path": "^/api/v1/oauth-clients"}, "action": {"garble": "without_id"}})
    assert "clientId" not in api.post(PATH, MACHINE).json()
    assert "clientId" not in api.get(PATH).json()["data"][0]


def test_planting_changes_what_is_there(tenant: Any) -> None:
    (client,) = tenant.plant("oauth_clients", [{"clientName": "A", "description": "x"}])
    before = current(tenant, client)
    tenant.plant("oauth_clients", [{"clientId": client, "clientName": "B", "clientSecrets": []}])
    after = current(tenant, client)
    assert (after["clientName"], after["description"], after["clientSecrets"]) == ("B", "x", [])
    assert (after["createdAt"], len(before["clientSecrets"])) == (before["createdAt"], 1)
    assert tenant.remove("oauth_clients", [client]) == 1
