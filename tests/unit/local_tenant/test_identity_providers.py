# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity providers, and people who sign in with them (Qlik reference: identity-providers)."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from local_tenant.client import LocalTenantError

PATH = "/identity-providers"
KEY = ec.generate_private_key(ec.SECP256R1())
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sign-in.example.com")])
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(1)
    .not_valid_before(datetime(2026, 1, 1, tzinfo=timezone.utc))
    .not_valid_after(datetime(2027, 1, 1, tzinfo=timezone.utc))
    .sign(KEY, hashes.SHA256())
    .public_bytes(serialization.Encoding.PEM)
    .decode()
)
BARE = "".join(CERTIFICATE.splitlines()[1:-1])
METADATA = f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>{BARE[:64]}
{BARE[64:]}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
      Location="https://idp.example.com/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"""
RAW = base64.b64encode(METADATA.encode()).decode()
URL = "https://id.example.com/.well-known/openid-configuration"
SECRET = "the-secret-of-the-company"
JWT: dict[str, Any] = {
    "protocol": "jwtAuth",
    "provider": "external",
    "options": {"issuer": "https://ci.example.com", "staticKeys": [{"kid": "k1", "pem": PUBLIC}]},
}
MACHINE: dict[str, Any] = {
    "protocol": "OIDC",
    "provider": "auth0",
    "interactive": False,
    "options": {"discoveryUrl": URL, "claimsMapping": {"sub": ["/sub"], "client_id": ["/azp"]}},
}
PERSON: dict[str, Any] = {
    "protocol": "OIDC",
    "provider": "okta",
    "interactive": True,
    "pendingOptions": {
        "discoveryUrl": URL,
        "clientId": "qlik",
        "clientSecret": SECRET,
        "claimsMapping": {"sub": ["/sub"], "groups": ["/groups"]},
    },
}
CLAIMS = {name: [name] for name in ("sub", "name", "email", "groups", "picture")}
SAML: dict[str, Any] = {
    "protocol": "SAML",
    "provider": "generic",
    "interactive": True,
    "pendingOptions": {"metadata": {"raw": RAW}, "claimsMapping": CLAIMS},
}
LIVE = {**{name: value for name, value in PERSON.items() if name != "pendingOptions"}, "skipVerify": True}
LIVE["options"] = PERSON["pendingOptions"]


def current(tenant: Any, provider_id: str) -> dict[str, Any]:
    """The provider as it is, with its secrets."""
    return next(provider for provider in tenant.state()["identity_providers"] if provider["id"] == provider_id)


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with another value at a path with dots, or without one for None."""
    name, _dot, rest = path.partition(".")
    if rest:
        return {**body, name: changed(body[name], rest, value)}
    return {each: item for each, item in {**body, name: value}.items() if item is not None}


def test_create_read_change_and_delete(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {**JWT, "description": "CI", "clockToleranceSec": 5})
    assert made.items() >= {"protocol": "jwtAuth", "interactive": False, "active": True, "description": "CI"}.items()
    assert (made["options"], made["tenantIds"]) == (JWT["options"], [tenant.tenant_id])
    path = f"{PATH}/{made['id']}"
    assert api.get(path).json() == made
    assert api.listed(PATH) == [made]
    assert tenant.state()["identity_providers"] == [made]
    assert api.patch(path, ("replace", "/description", "Nightly")).status_code == 204
    assert api.get(path).json()["description"] == "Nightly"
    assert api.delete(path).status_code == 204
    response = api.delete(path)
    assert (response.status_code, response.json().keys()) == (404, {"errors"})
    assert response.json()["errors"][0]["status"] == 404


@pytest.mark.parametrize(
    ("body", "path", "value"),
    [
        (JWT, "protocol", None),
        (JWT, "protocol", "qsefw-local-bearer-token"),
        (JWT, "provider", "auth0"),
        (JWT, "options", None),
        (JWT, "options.issuer", ""),
        (JWT, "options.staticKeys", []),
        (JWT, "options.staticKeys", JWT["options"]["staticKeys"] * 2),
        (JWT, "options.staticKeys", [{"kid": "k1"}]),
        (JWT, "options.staticKeys", [{"kid": "k1", "pem": "key"}]),
        (JWT, "options.staticKeys", [{"kid": "k1", "pem": PRIVATE}]),
        (JWT, "options.staticKeys", [{"kid": "k1", "pem": PUBLIC.replace("M", "N", 1)}]),
        (JWT, "options.surprise", 1),
        (JWT, "createNewUsersOnLogin", True),
        (JWT, "interactive", True),
        (JWT, "active", "yes"),
        (JWT, "clockToleranceSec", -1),
        (JWT, "pendingOptions", JWT["options"]),
        (MACHINE, "interactive", None),
        (MACHINE, "provider", "external"),
        (MACHINE, "active", True),
        (MACHINE, "skipVerify", True),
        (MACHINE, "pendingOptions", MACHINE["options"]),
        (MACHINE, "options.discoveryUrl", None),
        (MACHINE, "options.discoveryUrl", "id.example.com"),
        (MACHINE, "options.openid_configuration", {"issuer": "x"}),
        (MACHINE, "options.claimsMapping", None),
        (MACHINE, "options.claimsMapping", {"sub": ["sub"]}),
        (MACHINE, "options.claimsMapping", {"email": ["/email"]}),
        (MACHINE, "options.clientSecret", SECRET),
        (MACHINE, "postLogoutRedirectUri", "bye"),
        (PERSON, "options", PERSON["pendingOptions"]),
        (PERSON, "skipVerify", True),
        (PERSON, "pendingOptions.clientSecret", None),
        (PERSON, "pendingOptions.clientId", ""),
        (PERSON, "pendingOptions.emailVerifiedAlwaysTrue", True),
        (PERSON, "pendingOptions.idTokenSignatureAlg", "none"),
        (PERSON, "pendingOptions.decryptingKey", {"keySize": 2048}),
        (SAML, "interactive", False),
        (SAML, "provider", "okta2"),
        (SAML, "pendingOptions.metadata", {"raw": "<xml>"}),
        (SAML, "pendingOptions.metadata", {"raw": base64.b64encode(b"<xml/>").decode()}),
        (SAML, "pendingOptions.metadata", None),
        (SAML, "pendingOptions.claimsMapping", {"sub": ["sub"]}),
        (SAML, "pendingOptions.nameIdFormat", "email"),
        (SAML, "pendingOptions.certificates", [{"certificate": "x"}]),
    ],
)
def test_bodies_that_are_refused(api: Any, body: Any, path: str, value: Any) -> None:
    response = api.post(PATH, changed(body, path, value))
    assert (response.status_code, response.json()["errors"][0]["status"]) == (400, 400)
    assert response.json()["errors"][0]["source"]["pointer"]
    assert SECRET not in response.text
    assert "PRIVATE KEY-----" not in response.text
    assert api.listed(PATH) == []


def test_errors_can_repeat_what_was_sent(api: Any, tenant: Any) -> None:
    tenant.guess(idp_secret_in_errors=True)
    assert SECRET in api.post(PATH, {**PERSON, "surprise": 1}).text
    made = api.made(PATH, PERSON)["id"]
    assert "wrong" in api.patch(f"{PATH}/{made}", ("replace", "/pendingOptions/clientSecret", ["wrong"])).text


def test_the_tenant_is_among_tenant_ids(api: Any, tenant: Any) -> None:
    assert api.post(PATH, {**JWT, "tenantIds": ["another"]}).status_code == 403
    assert api.made(PATH, {**JWT, "tenantIds": ["another", tenant.tenant_id]})["tenantIds"][0] == "another"


def test_jwt_as_scripts_send_it(api: Any, tenant: Any) -> None:
    key = {"kid": "k1", "pem": " ".join(PUBLIC.split("\n"))}
    options = {**JWT["options"], "staticKeys": [key], "jwtLoginEnabled": True}
    body = {**JWT, "interactive": False, "active": True, "options": options}
    assert api.made(PATH, body)["options"] == options
    tenant.guess(idp_undocumented_fields="refuse")
    for name in ("interactive", "active"):
        assert api.post(PATH, {**JWT, name: body[name]}).status_code == 400
    assert api.post(PATH, {**JWT, "options": options}).status_code == 400
    assert api.post(PATH, JWT).status_code == 201


def test_an_issuer_that_is_taken(api: Any, tenant: Any) -> None:
    for _time in range(2):
        api.made(PATH, JWT)
    tenant.guess(idp_same_issuer="refuse")
    assert api.post(PATH, JWT).status_code == 400
    assert api.post(PATH, changed(JWT, "options.issuer", "other")).status_code == 201


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("kept", PUBLIC),
        ("wrapped", PUBLIC),
        ("one_line", f"-----BEGIN PUBLIC KEY----- {''.join(PUBLIC.splitlines()[1:-1])} -----END PUBLIC KEY-----"),
    ],
)
def test_forms_of_keys(api: Any, tenant: Any, form: str, shown: str) -> None:
    tenant.guess(idp_pem=form)
    assert api.made(PATH, JWT)["options"]["staticKeys"] == [{"kid": "k1", "pem": shown}]
    again = changed(JWT, "options.staticKeys", [{"kid": "k1", "pem": shown}])
    assert api.post(PATH, again).status_code == 201


@pytest.mark.parametrize(
    "operation",
    [
        ("replace", "/active", False),
        ("replace", "/options/issuer", "x"),
        ("replace", "/clockToleranceSec", 1),
        ("promote-options", "/pendingOptions", None),
        ("replace", "/description", 1),
        ("add", "/description", "x"),
    ],
)
def test_jwt_has_nothing_but_a_description_to_change(api: Any, tenant: Any, operation: Any) -> None:
    made = api.made(PATH, JWT)
    assert api.patch(f"{PATH}/{made['id']}", ("replace", "/description", "x"), operation).status_code == 400
    assert current(tenant, made["id"]) == made


def test_patches_of_machines(api: Any, tenant: Any) -> None:
    made = api.made(PATH, MACHINE)
    path = f"{PATH}/{made['id']}"
    new = {"sub": ["/oid"], "client_id": ["/appid"]}
    operations = [
        ("replace", "/options/claimsMapping", new),
        ("replace", "/options/discoveryUrl", URL.replace("id.", "login.")),
        ("replace", "/options/realm", "r"),
        ("replace", "/clockToleranceSec", 2.5),
        ("replace", "/postLogoutRedirectUri", "https://bye.example.com"),
        ("replace", "/meta", {"any": 1}),
        ("replace", "/active", False),
    ]
    assert api.patch(path, *operations).status_code == 204
    after = current(tenant, made["id"])
    assert (after["options"]["claimsMapping"], after["options"]["realm"], after["active"]) == (new, "r", False)
    assert (after["clockToleranceSec"], after["meta"]) == (2.5, {"any": 1})
    whole = {**MACHINE["options"], "audience": "qlik", "allowedClientIds": ["a"]}
    assert api.patch(path, ("replace", "/options", whole)).status_code == 204
    assert current(tenant, made["id"])["options"] == whole
    for operation in [
        ("replace", "/createNewUsersOnLogin", False),
        ("replace", "/provider", "okta"),
        ("replace", "/options/audience", "x"),
        ("replace", "/options/claimsMapping", {"email": ["/email"]}),
        ("replace", "/options", {"realm": "x"}),
        ("replace", "/pendingOptions/realm", "x"),
        ("replace", "/pendingOptions", PERSON["pendingOptions"]),
        ("promote-options", "/options", None),
    ]:
        response = api.patch(path, ("replace", "/description", "x"), operation)
        assert response.status_code == 400, operation
    assert "description" not in current(tenant, made["id"])


def test_patches_are_all_or_nothing_whatever_the_other_services_do(api: Any, tenant: Any) -> None:
    tenant.guess(patch_atomic=False)
    made = api.made(PATH, MACHINE)
    bad: Any = ("replace", "/options/realm", 1)
    assert api.patch(f"{PATH}/{made['id']}", ("replace", "/description", "x"), bad).status_code == 400
    assert current(tenant, made["id"]) == made


def test_secrets_are_not_shown(api: Any, tenant: Any) -> None:
    made = api.made(PATH, PERSON)
    assert "clientSecret" not in made["pendingOptions"]
    assert current(tenant, made["id"])["pendingOptions"]["clientSecret"] == SECRET
    for guess, shown in (("masked", "********"), ("shown", SECRET)):
        tenant.guess(idp_secret_in_answers=guess)
        assert api.get(f"{PATH}/{made['id']}").json()["pendingOptions"]["clientSecret"] == shown
        assert api.listed(PATH)[0]["pendingOptions"]["clientSecret"] == shown
        assert api.made(PATH, LIVE)["options"]["clientSecret"] == shown


def test_what_becomes_of_the_secret(api: Any, tenant: Any) -> None:
    def secret_after(*operation: Any) -> Any:
        (provider,) = tenant.plant("identity_providers", [{**LIVE_PLANTED, "pendingOptions": LIVE["options"]}])
        root = operation[0].split("/")[1]
        assert api.patch(f"{PATH}/{provider}", ("replace", *operation)).status_code == 204
        secret = current(tenant, provider)[root].get("clientSecret")
        tenant.remove("identity_providers", [provider])
        return secret

    LIVE_PLANTED = {name: value for name, value in LIVE.items() if name != "skipVerify"}
    whole = {name: value for name, value in LIVE["options"].items() if name != "clientSecret"}
    url = URL.replace("id.", "login.")
    for root in ("/options", "/pendingOptions"):
        assert secret_after(root, whole) is None
        assert secret_after(root, {**whole, "clientSecret": "new"}) == "new"
        assert secret_after(f"{root}/claimsMapping", {"sub": ["/oid"]}) == SECRET
        assert secret_after(f"{root}/discoveryUrl", url) == SECRET
    assert secret_after("/pendingOptions/clientSecret", "new") == "new"
    tenant.guess(idp_whole_replacement="keeps_secret", idp_new_discovery_url="clears_secret")
    for root in ("/options", "/pendingOptions"):
        assert secret_after(root, whole) == SECRET
        assert secret_after(f"{root}/discoveryUrl", url) is None
        assert secret_after(f"{root}/discoveryUrl", URL) == SECRET


def test_interactive_waits_for_a_person(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {**PERSON, "createNewUsersOnLogin": False})
    assert (made["active"], made["pendingState"], "options" in made) == (False, "pending", False)
    path = f"{PATH}/{made['id']}"
    assert api.patch(path, ("replace", "/active", True)).status_code == 400
    assert tenant.sign_in(made["id"], client_secret="another")["error"] == "tokenError"
    failed = api.get(path).json()
    assert (failed["pendingState"], failed["pendingResult"]["error"]) == ("error", "tokenError")
    assert api.patch(path, ("replace", "/pendingOptions/clientSecret", "another")).status_code == 204
    assert api.get(path).json().keys() & {"pendingState", "pendingResult"} == {"pendingState"}
    assert tenant.sign_in(made["id"], client_secret="another")["signed_in"] is True
    live = api.get(path).json()
    assert (live["active"], live["options"]["clientId"]) == (True, "qlik")
    assert live.keys().isdisjoint({"pendingOptions", "pendingState", "pendingResult"})
    assert current(tenant, made["id"])["options"]["clientSecret"] == "another"
    assert tenant.sign_in(made["id"], client_secret=SECRET)["error"] == "tokenError"
    assert api.get(path).json() == live


def test_without_verification(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {**LIVE, "provider": "azureAD"})
    assert (made["active"], "pendingState" in made) == (True, False)
    assert made["options"]["emailVerifiedAlwaysTrue"] is False
    assert made["createNewUsersOnLogin"] is True
    tenant.guess(idp_creates_users_by_default=False)
    assert api.made(PATH, LIVE)["createNewUsersOnLogin"] is False


@pytest.mark.parametrize("guess", ["copy", "refuse"])
def test_changes_of_a_live_provider_are_pending(api: Any, tenant: Any, guess: str) -> None:
    made = api.made(PATH, LIVE)
    path = f"{PATH}/{made['id']}"
    tenant.guess(idp_patch_without_pending=guess)
    response = api.patch(path, ("replace", "/pendingOptions/clientId", "new"))
    if guess == "refuse":
        assert response.status_code == 400
        return
    after = current(tenant, made["id"])
    assert (after["pendingState"], after["options"]["clientId"]) == ("pending", "qlik")
    assert after["pendingOptions"] == {**LIVE["options"], "clientId": "new"}


def test_promotion(api: Any, tenant: Any) -> None:
    made = api.made(PATH, PERSON)
    path = f"{PATH}/{made['id']}"
    promote = [{"op": "promote-options"}]
    assert "QLIK-IDP-POPTS" not in api.get(path).headers
    tenant.guess(idp_promotion_value="shown")
    value = api.get(path).headers["QLIK-IDP-POPTS"]
    assert api.call("PATCH", path, promote, headers={"QLIK-IDP-OPTS-MATCH": value}).status_code == 400
    assert tenant.sign_in(made["id"], promote=False)["signed_in"] is True
    assert (current(tenant, made["id"])["pendingState"], current(tenant, made["id"])["active"]) == ("verified", False)
    assert api.call("PATCH", path, promote).status_code == 412
    assert api.call("PATCH", path, promote, headers={"QLIK-IDP-OPTS-MATCH": "x"}).status_code == 412
    assert api.call("PATCH", path, promote, headers={"QLIK-IDP-OPTS-MATCH": value}).status_code == 204
    live = current(tenant, made["id"])
    assert (live["options"], live["active"], "pendingOptions" in live) == (PERSON["pendingOptions"], False, False)
    assert api.call("PATCH", path, [{"op": "replace", "path": "/active"}]).status_code == 400
    assert api.patch(path, ("replace", "/active", True)).status_code == 204


def test_one_interactive_provider_is_active(api: Any, tenant: Any) -> None:
    first, second = api.made(PATH, LIVE), api.made(PATH, {**LIVE, "provider": "keycloak"})
    machine = api.made(PATH, MACHINE)
    assert [current(tenant, each["id"])["active"] for each in (first, second, machine)] == [False, True, True]
    assert api.delete(f"{PATH}/{second['id']}").status_code == 400
    assert api.patch(f"{PATH}/{first['id']}", ("replace", "/active", True)).status_code == 204
    assert [current(tenant, each["id"])["active"] for each in (first, second)] == [True, False]
    tenant.guess(idp_second_active="refuse")
    assert api.patch(f"{PATH}/{second['id']}", ("replace", "/active", True)).status_code == 400
    assert api.post(PATH, LIVE).status_code == 400
    assert api.patch(f"{PATH}/{first['id']}", ("replace", "/active", False)).status_code == 204
    assert api.patch(f"{PATH}/{second['id']}", ("replace", "/active", True)).status_code == 204
    assert api.delete(f"{PATH}/{first['id']}").status_code == 204


def test_qlik_account_is_in_the_status_only(api: Any, tenant: Any) -> None:
    def status() -> Any:
        body = api.get(f"{PATH}/status").json()
        assert body["idps_metadata"][-1]["provider"] == "qlik"
        return body["idps_metadata"][-1]["active"], body["active_interactive_idps_count"]

    assert (status(), api.listed(PATH)) == ((True, 1), [])
    assert api.get(f"{PATH}/me/meta").json().keys() == {"userPortalLink", "upgradeSubscriptionLink"}
    assert api.get(f"{PATH}/.well-known/metadata.json").status_code == 200
    made = api.made(PATH, LIVE)
    assert status() == (False, 1)
    assert api.get(f"{PATH}/me/meta").status_code == 404
    tenant.guess(idp_meta_of_company="empty")
    assert api.get(f"{PATH}/me/meta").json() == {}
    entry = {"active": True, "provider": "okta", "interactive": True}
    assert api.get(f"{PATH}/status").json()["idps_metadata"][0] == entry
    tenant.set_tenant(qlik_account=True)
    assert (status(), tenant.state()["qlik_account"]) == ((True, 2), True)
    tenant.guess(idp_status_counts_qlik=False)
    assert status() == (True, 1)
    tenant.set_tenant(qlik_account=None)
    api.patch(f"{PATH}/{made['id']}", ("replace", "/active", False))
    assert status() == (True, 0)


def test_saml_metadata_are_read(api: Any, tenant: Any) -> None:
    made = api.made(PATH, SAML)
    certificate = {"certificate": BARE, "signature": True, "encryption": False}
    read = {"entityId": "https://idp.example.com", "signOnUrl": "https://idp.example.com/sso"}
    assert made["pendingOptions"] == {**read, "certificates": [certificate], "claimsMapping": CLAIMS}
    tenant.sign_in(made["id"])
    live = api.get(f"{PATH}/{made['id']}").json()["options"]
    (key,) = live.pop("signingKeys")
    assert x509.load_der_x509_certificate(base64.b64decode(key["certificate"]))
    assert live.pop("signingKeySelectedRefId") == key["refId"]
    assert live == made["pendingOptions"]


@pytest.mark.parametrize(
    ("sent", "form", "shown"),
    [
        (BARE, "kept", BARE),
        (CERTIFICATE, "kept", CERTIFICATE),
        (BARE, "pem", CERTIFICATE),
        (CERTIFICATE, "bare", BARE),
    ],
    ids=["bare", "pem", "armored", "stripped"],
)
def test_forms_of_certificates(api: Any, tenant: Any, sent: str, form: str, shown: str) -> None:
    tenant.guess(idp_certificates=form)
    single = {"entityId": "e", "signOnUrl": "https://idp.example.com/sso", "certificates": [{"certificate": sent}]}
    made = api.made(PATH, {**SAML, "pendingOptions": {**single, "claimsMapping": CLAIMS}})
    assert made["pendingOptions"]["certificates"] == [{"certificate": shown}]


def test_patches_of_saml(api: Any, tenant: Any) -> None:
    (provider,) = tenant.plant("identity_providers", [SAML])
    path = f"{PATH}/{provider}"
    operations = [
        ("replace", "/pendingOptions/metadata", {"raw": RAW}),
        ("replace", "/pendingOptions/allowIdpInitiatedLogin", True),
        ("replace", "/pendingOptions/claimsMapping", {**CLAIMS, "groups": ["memberOf"]}),
        ("replace", "/pendingOptions/signOnUrl", "https://idp.example.com/other"),
    ]
    assert api.patch(path, *operations).status_code == 204
    after = current(tenant, provider)["pendingOptions"]
    assert (after["entityId"], after["signOnUrl"]) == ("https://idp.example.com", "https://idp.example.com/other")
    assert (after["allowIdpInitiatedLogin"], after["claimsMapping"]["groups"]) == (True, ["memberOf"])
    for operation in [
        ("replace", "/pendingOptions/clientId", "x"),
        ("replace", "/options", SAML["pendingOptions"]),
        ("replace", "/meta", {}),
        ("replace", "/pendingOptions/claimsMapping", {"sub": ["sub"]}),
    ]:
        assert api.patch(path, operation).status_code == 400, operation


def test_what_the_server_discovers_can_be_shown(api: Any, tenant: Any) -> None:
    tenant.guess(idp_discovered="shown")
    made = api.made(PATH, MACHINE)
    assert made["options"]["openid_configuration"]["issuer"] == "https://id.example.com"
    assert "openid_configuration" not in held_without(tenant, made["id"])


def held_without(tenant: Any, provider_id: str) -> dict[str, Any]:
    """The options of a provider without what answers add."""
    tenant.guess(idp_discovered="absent")
    options: dict[str, Any] = current(tenant, provider_id)["options"]
    return options


def test_lists(api: Any, tenant: Any) -> None:
    planted = [
        {**MACHINE, "description": str(number), "active": number % 2 == 0, "created": f"2026-01-{31 - number}"}
        for number in range(21)
    ]
    ids = tenant.plant("identity_providers", planted)
    assert [provider["description"] for provider in api.listed(PATH, limit="9")] == list(map(str, range(20, -1, -1)))
    assert len(api.listed(PATH, active="true")) == 11
    assert {provider["active"] for provider in api.listed(PATH, active="False")} == {False}
    tenant.guess(credentials_order="id")
    assert [provider["id"] for provider in api.listed(PATH)] == sorted(ids)
    for query in ({"limit": "0"}, {"active": "maybe"}, {"sort": "created"}, {"filter": 'id eq "x"'}, {"name": "x"}):
        assert api.get(PATH, params=query).status_code == 400, query


def test_people_come_in_with_their_groups(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "Finance", "assignedRoles": ["Steward"]}])
    made = api.made(PATH, LIVE)
    person = tenant.sign_in(made["id"], subject="okta|ada", name="Ada", groups=["Finance", "finance", "HR"])
    user = next(user for user in tenant.users() if user["id"] == person["user_id"])
    assert (user["name"], user["groups"]) == ("Ada", ["Finance"])
    tenant.set_tenant(settings={"auto_create_groups": True})
    assert tenant.sign_in(made["id"], subject="okta|ada", groups=["HR"])["user_id"] == user["id"]
    assert next(user for user in tenant.users() if user["subject"] == "okta|ada")["groups"] == ["HR"]
    tenant.plant_users([{"subject": "okta|bob", "status": "disabled"}])
    assert tenant.sign_in(made["id"], subject="okta|bob")["error"] == "unknownUser"
    tenant.plant("identity_providers", [{"id": made["id"], "createNewUsersOnLogin": False}])
    assert tenant.sign_in(made["id"], subject="okta|eve")["error"] == "unknownUser"
    assert tenant.sign_in(made["id"], subject="okta|ada")["signed_in"] is True
    tenant.plant("identity_providers", [{"id": made["id"], "active": False}])
    assert tenant.sign_in(made["id"], subject="okta|ada")["error"] == "inactive"
    assert tenant.sign_in(made["id"], error="accessDenied")["error"] == "accessDenied"


def test_a_person_who_tests_pending_options_comes_in_once_they_are_live(api: Any, tenant: Any) -> None:
    made = api.made(PATH, PERSON)
    assert tenant.sign_in(made["id"], subject="okta|ada", promote=False)["error"] == "inactive"
    assert tenant.sign_in(made["id"], subject="okta|ada")["signed_in"] is True


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("sign_in", {"provider": "nobody"}),
        ("sign_in", {}),
        ("sign_in", {"provider": "x", "surprise": 1}),
        ("identity_providers", [{"protocol": "LDAP"}]),
        ("identity_providers", [{"surprise": 1}]),
        ("oauth_clients", [{"clientSecrets": [{"surprise": 1}]}]),
        ("let_pass", {"seconds": "x"}),
    ],
    ids=json.dumps,
)
def test_control_calls_that_are_refused(tenant: Any, name: str, body: Any) -> None:
    tenant.plant("oauth_clients", [{}])
    with pytest.raises(LocalTenantError, match="error"):
        tenant.control("POST", name, body)


def test_nobody_signs_in_with_a_provider_for_machines(api: Any, tenant: Any) -> None:
    with pytest.raises(LocalTenantError, match="nobody can sign in"):
        tenant.sign_in(api.made(PATH, MACHINE)["id"])
    assert tenant.sign_in(api.made(PATH, JWT)["id"], subject="jwt|ada")["signed_in"] is True
