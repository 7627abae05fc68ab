# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity providers: what is compared, what a PATCH can change, and what locks nobody out."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.description import read_description
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.export import seed_variables_of
from local_tenant.client import LocalTenant
from modules import keys
from modules.harness import Json, Result, Run, assert_refused, texts, without_server_made, writes_in

MODULE = "qlik_identity_provider"
MANY = "qlik_identity_providers"
SECRET = "a-secret-of-okta"
URL = "https://acme.okta.com/.well-known/openid-configuration"
JWT: dict[str, Json] = {
    "protocol": "jwtAuth",
    "description": "Portal",
    "options": {"issuer": "https://portal.example", "static_keys": [{"kid": "k", "pem": keys.public()}]},
}
MACHINE: dict[str, Json] = {
    "protocol": "OIDC",
    "provider": "okta",
    "interactive": False,
    "options": {
        "discovery_url": URL,
        "claims_mapping": {"sub": ["/sub"], "client_id": ["/azp"]},
        "audience": "qlik",
        "allowed_client_ids": ["b", "a"],
        "realm": "ACME",
    },
}
PENDING: dict[str, Json] = {
    "discovery_url": URL,
    "client_id": "qlik",
    "client_secret": SECRET,
    "realm": "ACME",
    "claims_mapping": {"sub": ["/sub"], "name": ["/name"], "email": ["/email"], "groups": ["/groups"]},
}
OIDC: dict[str, Json] = {"protocol": "OIDC", "provider": "okta", "pending_options": PENDING}
CLAIMS = {name: [name] for name in ("sub", "name", "email", "groups", "picture")}
SAML: dict[str, Json] = {
    "protocol": "SAML",
    "provider": "generic",
    "pending_options": {"metadata": {"raw": keys.metadata()}, "claims_mapping": CLAIMS},
}
SORTS = {"jwt": JWT, "machine": MACHINE, "oidc": OIDC, "saml": SAML}


def with_options(item: dict[str, Json], **options: Json) -> dict[str, Json]:
    """A description with other options; those that are C(None) are left out."""
    place = "pending_options" if "pending_options" in item else "options"
    merged = {name: value for name, value in {**item[place], **options}.items() if value is not None}
    return {**item, place: merged}


def providers(tenant: LocalTenant) -> list[dict[str, Json]]:
    return list(tenant.state()["identity_providers"])


def provider(tenant: LocalTenant) -> dict[str, Json]:
    (found,) = providers(tenant)
    return dict(found)


def both(run: Run, tenant: LocalTenant, **options: Json) -> Result:
    """The result of a task whose check run predicts it and writes nothing."""
    before = tenant.state()
    tenant.reset_counters()
    predicted = run(MODULE, check=True, **options)
    assert writes_in(tenant.counters()) == []
    assert tenant.state() == before
    real = run(MODULE, **options)
    assert not real.get("failed"), real
    assert {**predicted, "identity_provider": None} == {**real, "identity_provider": None}
    one, other = without_server_made(predicted["identity_provider"], real["identity_provider"])
    assert plain(one) == plain(other)
    assert SECRET not in run.output
    return real


def plain(shown: Json) -> Json:
    """A provider without the lines of PEM, and without what a tenant adds to certificates."""
    text = json.dumps(shown, sort_keys=True).replace("\\n", "")
    found = json.loads(text)
    for side in ("options", "pending_options"):
        for each in ((found or {}).get(side) or {}).get("certificates", []):
            each["certificate"] = keys.bare_of(each["certificate"])
    return found


@pytest.fixture
def signed_in(run: Run, tenant: LocalTenant) -> str:
    """The ID of an active provider that people sign in with."""
    made = run(MODULE, **OIDC)
    assert tenant.sign_in(made["identity_provider"]["id"])["signed_in"] is True
    return str(made["identity_provider"]["id"])


class TestEverySort:
    @pytest.mark.parametrize("sort", SORTS)
    def test_it_is_created_once_and_deleted(self, run: Run, tenant: LocalTenant, sort: str) -> None:
        result = both(run, tenant, **SORTS[sort])
        assert (result["action"], result["changed"]) == ("created", True)
        again = both(run, tenant, **SORTS[sort])
        assert (again["changed"], again["identity_provider"]) == (False, result["identity_provider"])
        assert both(run, tenant, id=result["identity_provider"]["id"], description="x")["changed"] is True
        assert both(run, tenant, **SORTS[sort], state="absent")["action"] == "deleted"
        assert providers(tenant) == []
        assert both(run, tenant, **SORTS[sort], state="absent")["changed"] is False

    @pytest.mark.parametrize("shown", ["absent", "masked", "shown"])
    @pytest.mark.parametrize("pem", ["kept", "one_line", "wrapped"])
    @pytest.mark.parametrize("certificates", ["kept", "pem", "bare"])
    def test_however_the_tenant_shows_it(
        self, run: Run, tenant: LocalTenant, shown: str, pem: str, certificates: str
    ) -> None:
        tenant.guess(idp_secret_in_answers=shown, idp_pem=pem, idp_certificates=certificates, idp_discovered="shown")
        many: dict[str, Json] = {"identity_providers": list(SORTS.values())}
        assert run(MANY, **many)["summary"]["created"] == 4
        assert run(MANY, **many)["changed"] is False
        for module in ("qlik_identity_provider_info", "qlik_configuration_info"):
            run(module)
            assert SECRET not in run.output
        pending = [each for each in providers(tenant) if each.get("pendingOptions")]
        for each in pending:
            assert tenant.sign_in(each["id"])["signed_in"] is True
            assert run(MODULE, **(SAML if each["protocol"] == "SAML" else OIDC))["changed"] is False

    def test_no_secret_is_in_an_error(self, run: Run, tenant: LocalTenant) -> None:
        tenant.guess(idp_secret_in_errors=True)
        wrong = with_options(OIDC, discovery_url="ftp://nowhere")
        result = run(MODULE, **wrong)
        assert result["failed"] is True
        assert SECRET not in run.output
        assert providers(tenant) == []

    def test_every_key_in_every_form_is_the_same(self, run: Run, tenant: LocalTenant) -> None:
        run(MODULE, **JWT)
        for pem in (
            keys.public().replace("\n", "\r\n"),
            keys.public().replace("\n", " ").strip(),
            keys.public(pkcs1=True),
            keys.certificate(),
        ):
            same = with_options(JWT, static_keys=[{"kid": "k", "pem": pem}])
            assert both(run, tenant, **same)["changed"] is False

    def test_what_a_certificate_is_for(self, run: Run, tenant: LocalTenant) -> None:
        plain_one = {"certificate": keys.certificate(), "signature": True}
        options = {"metadata": None, "entity_id": "https://idp.example/e", "sign_on_url": "https://idp.example/sso"}
        run(MODULE, **with_options(SAML, **options, certificates=[plain_one]))
        for more in ({"encryption": True}, {"encryption": False}, {"name": "Signing"}, {"signature": False}):
            item = with_options(SAML, **options, certificates=[{**plain_one, **more}])
            assert both(run, tenant, **item)["changed"] is True
            assert both(run, tenant, **item)["changed"] is False
        bare = with_options(SAML, **options, certificates=[{"certificate": keys.certificate()}])
        assert both(run, tenant, **bare)["changed"] is False

    def test_metadata_are_compared_by_what_they_say(self, run: Run, tenant: LocalTenant) -> None:
        run(MODULE, **SAML)
        text = base64.b64decode(keys.metadata()).decode().replace("\n", "\n\n")
        same = with_options(SAML, metadata={"raw": base64.b64encode(text.encode()).decode()})
        assert both(run, tenant, **same)["changed"] is False
        said = {
            "metadata": None,
            "entity_id": "https://idp.example/e",
            "sign_on_url": "https://idp.example/sso",
            "certificates": [{"certificate": keys.certificate()}],
        }
        assert both(run, tenant, **with_options(SAML, **said))["changed"] is False
        other = with_options(SAML, metadata={"raw": keys.metadata(url="https://idp.example/new")})
        assert both(run, tenant, **other)["changed"] is True
        assert provider(tenant)["pendingOptions"]["signOnUrl"] == "https://idp.example/new"


class TestPatches:
    """A PATCH names single values, and the secret stays."""

    def test_a_jwt_provider_has_only_a_description(self, run: Run, tenant: LocalTenant) -> None:
        run(MODULE, **JWT)
        assert both(run, tenant, **{**JWT, "description": "New"})["changed"] is True
        assert provider(tenant)["description"] == "New"

    @pytest.mark.parametrize(
        ("option", "value"),
        [("realm", "NEW"), ("claims_mapping", {"sub": ["/s"]}), ("discovery_url", "https://new.example/d")],
    )
    def test_a_machine_provider(self, run: Run, tenant: LocalTenant, option: str, value: Json) -> None:
        made = run(MODULE, **MACHINE)["identity_provider"]["id"]
        result = both(run, tenant, id=made, options={option: value})
        assert (result["changed"], result["diff"]["after"]["options"]["audience"]) == (True, "qlik")
        assert both(run, tenant, id=made, options={option: value})["changed"] is False
        assert provider(tenant)["options"]["audience"] == "qlik"
        if option == "claims_mapping":
            assert provider(tenant)["options"]["claimsMapping"] == {"sub": ["/s"], "client_id": ["/azp"]}

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("realm", "NEW"),
            ("client_id", "other"),
            ("claims_mapping", {"groups": ["/roles"]}),
            ("id_token_signature_alg", "RS512"),
            ("discovery_url", "https://new.example/d"),
        ],
    )
    def test_a_provider_that_people_sign_in_with(
        self, run: Run, tenant: LocalTenant, signed_in: str, option: str, value: Json
    ) -> None:
        new = with_options(OIDC, **{option: value})
        result = both(run, tenant, **new)
        assert (result["changed"], result["identity_provider"]["pending_state"]) == (True, "pending")
        shown = provider(tenant)
        assert shown["pendingOptions"]["clientSecret"] == SECRET
        assert shown["options"]["clientId"] == "qlik"
        waiting = both(run, tenant, **new)
        assert waiting["changed"] is False
        assert "take effect after a user has signed in" in texts(waiting)[0]
        assert tenant.sign_in(signed_in)["signed_in"] is True
        done = both(run, tenant, **new)
        assert (done["changed"], texts(done)) == (False, [])

    @pytest.mark.parametrize("setting", [{"clock_tolerance_sec": 9}, {"post_logout_redirect_uri": "https://a.example"}])
    @pytest.mark.parametrize("sort", ["machine", "oidc", "saml"])
    def test_settings(self, run: Run, tenant: LocalTenant, sort: str, setting: dict[str, Json]) -> None:
        run(MODULE, **SORTS[sort])
        assert both(run, tenant, **SORTS[sort], **setting)["changed"] is True
        assert both(run, tenant, **SORTS[sort], **setting)["changed"] is False

    def test_a_secret_is_sent_when_that_is_asked_for(self, run: Run, tenant: LocalTenant, signed_in: str) -> None:
        new = with_options(OIDC, client_secret="another-secret-of-okta")
        assert both(run, tenant, **new)["changed"] is False
        for _again in range(2):
            assert both(run, tenant, **new, update_secret="always")["changed"] is True
        assert provider(tenant)["pendingOptions"]["clientSecret"] == "another-secret-of-okta"
        assert "another-secret" not in run.output

    def test_no_patch_replaces_all_options(self, run: Run, tenant: LocalTenant, signed_in: str) -> None:
        """The tenant clears the secret when it gets options as a whole."""
        tenant.guess(idp_whole_replacement="clears_secret", idp_new_discovery_url="clears_secret")
        run(MODULE, **with_options(OIDC, realm="NEW"), clock_tolerance_sec=9)
        run(MODULE, **with_options(OIDC, realm="NEW", discovery_url="https://new.example/d"))
        assert provider(tenant)["pendingOptions"]["clientSecret"] == SECRET


class TestPeople:
    def test_a_pending_provider_is_found_again(self, run: Run, tenant: LocalTenant) -> None:
        made = both(run, tenant, **OIDC)
        assert "take effect after a user has signed in" in texts(made)[0]
        assert both(run, tenant, **OIDC)["changed"] is False
        assert len(providers(tenant)) == 1
        failed = tenant.sign_in(made["identity_provider"]["id"], error="access_denied")
        assert failed["signed_in"] is False
        assert "The last attempt failed with access_denied" in texts(both(run, tenant, **OIDC))[0]
        assert tenant.sign_in(made["identity_provider"]["id"])["signed_in"] is True
        done = both(run, tenant, **OIDC, active=True)
        assert (done["changed"], texts(done), provider(tenant)["active"]) == (False, [], True)

    def test_active_is_left_to_the_person(self, run: Run, tenant: LocalTenant) -> None:
        for _again in range(2):
            assert not run(MODULE, **OIDC, active=True).get("failed")
        assert provider(tenant)["active"] is False

    def test_a_new_provider_can_skip_that(self, run: Run, tenant: LocalTenant) -> None:
        result = both(run, tenant, **OIDC, skip_verify=True)
        assert (result["identity_provider"]["active"], texts(result)) == (True, [])
        assert both(run, tenant, **OIDC, skip_verify=True)["changed"] is False
        assert both(run, tenant, **OIDC)["changed"] is False

    def test_a_second_active_one(self, run: Run, tenant: LocalTenant, signed_in: str) -> None:
        assert_refused(run, MODULE, {**SAML, "skip_verify": True}, "skip_verify: ", "is already active")
        second = both(run, tenant, **SAML)
        assert both(run, tenant, **SAML)["changed"] is False
        assert len(providers(tenant)) == 2
        tenant.plant("identity_providers", [{"id": second["identity_provider"]["id"], "options": {"entityId": "e"}}])
        assert_refused(run, MODULE, {**SAML, "active": True}, "active: ", "is already active")

    def test_two_active_ones_in_one_description(self, run: Run, tenant: LocalTenant) -> None:
        providers = [{**each, "skip_verify": True} for each in (OIDC, SAML)]
        result = assert_refused(run, "qlik_identity_providers", {"identity_providers": providers})
        assert "identity_providers[1].skip_verify: Only one interactive provider can be active" in result["msg"]

    def test_an_invalid_one_beside_the_active_one(self, run: Run, tenant: LocalTenant, signed_in: str) -> None:
        invalid = with_options(SAML, metadata={"raw": "AAAA"})
        result = assert_refused(run, MODULE, invalid, "pending_options.metadata.raw")
        assert "skip_verify" not in result["msg"]

    def test_the_active_one_stays(self, run: Run, tenant: LocalTenant, signed_in: str) -> None:
        assert_refused(run, MODULE, {**OIDC, "state": "absent"}, "The active interactive provider cannot be deleted")
        changed = {**with_options(OIDC, scope="openid"), "replace": True}
        assert_refused(run, MODULE, changed, "pending_options.scope: Cannot be changed")
        assert_refused(
            run, MODULE, {**with_options(OIDC, realm="NEW"), "replace": True}, "replace: ", "cannot delete it"
        )
        new_users = {**OIDC, "create_new_users_on_login": False}
        assert_refused(run, MODULE, new_users, "create_new_users_on_login: Cannot be changed")
        off = {**OIDC, "active": False}
        assert_refused(run, MODULE, off, "leave only Qlik Account", "allow_lockout")
        tenant.set_tenant(qlik_account=True)
        result = both(run, tenant, **off, allow_lockout=True)
        assert (result["changed"], provider(tenant)["active"]) == (True, False)
        assert both(run, tenant, **OIDC, state="absent")["changed"] is True

    def test_somebody_can_still_administer(self, run: Run, tenant: LocalTenant, signed_in: str) -> None:
        (admin,) = (user for user in tenant.users() if user["subject"] == "local|admin")
        tenant.plant_groups([{"name": "Admins", "assignedRoles": ["TenantAdmin"]}])
        tenant.plant_users([{"subject": "local|admin", "assignedRoles": [], "assignedGroups": ["Admins"]}])
        off = {**OIDC, "active": False, "allow_lockout": True}
        own = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
        assert_refused(run, MODULE, {**off, **own}, "no active user has the role TenantAdmin directly")

    def test_people_who_cannot_come_in(self, run: Run, tenant: LocalTenant) -> None:
        item = {**OIDC, "create_new_users_on_login": False}
        result = run("qlik_configuration", check=True, groups=[{"name": "Finance"}], identity_providers=[item])
        assert any("people who are not users yet cannot sign in" in text for text in texts(result))


class TestReplacement:
    @pytest.mark.parametrize(
        ("sort", "change", "named"),
        [
            ("jwt", {"static_keys": [{"kid": "k", "pem": keys.public("b")}]}, "options.static_keys"),
            ("jwt", {"static_keys": [{"kid": "new", "pem": keys.public()}]}, "options.static_keys"),
            ("machine", {"audience": "new"}, "options.audience"),
            ("machine", {"allowed_client_ids": ["c"]}, "options.allowed_client_ids"),
            ("oidc", {"scope": "openid"}, "pending_options.scope"),
        ],
    )
    def test_what_no_patch_can_change(
        self, run: Run, tenant: LocalTenant, sort: str, change: dict[str, Json], named: str
    ) -> None:
        more: dict[str, Json] = {} if sort == "jwt" else {"clock_tolerance_sec": 5}
        before = run(MODULE, **SORTS[sort], **more)["identity_provider"]
        new = with_options(SORTS[sort], **change)
        assert_refused(run, MODULE, new, f"{named}: Cannot be changed", "replace: true")
        result = both(run, tenant, **new, replace=True)
        assert (result["action"], result["changed"]) == ("updated", True)
        assert result["identity_provider"]["id"] != before["id"]
        assert any("is signed out" in text for text in texts(result))
        shown = provider(tenant)
        assert shown.get("clockToleranceSec") == before.get("clock_tolerance_sec")
        again = both(run, tenant, **new, replace=True)
        assert again["changed"] is False
        assert not any("is signed out" in text for text in texts(again))

    def test_a_replacement_that_is_not_needed(self, run: Run, tenant: LocalTenant) -> None:
        before = run(MODULE, **JWT)["identity_provider"]["id"]
        after = both(run, tenant, **{**JWT, "description": "New"}, replace=True)
        assert after["identity_provider"]["id"] == before

    def test_the_provider_of_the_own_token(self, run: Run, tenant: LocalTenant) -> None:
        """Every key of the local tenant has this issuer."""
        own = with_options(JWT, issuer="local-tenant")
        run(MODULE, **own)
        assert_refused(run, MODULE, {**own, "state": "absent"}, "The access token of this task is from local-tenant")
        new = with_options(own, static_keys=[{"kid": "new", "pem": keys.public()}])
        assert_refused(run, MODULE, {**new, "replace": True}, "The access token of this task is from local-tenant")
        assert both(run, tenant, **new, replace=True, allow_lockout=True)["changed"] is True
        client = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
        assert both(run, tenant, **new, **client, state="absent")["changed"] is True


class TestRefusals:
    @pytest.mark.parametrize(
        "case",
        [
            ({"protocol": "jwtAuth", "options": {}}, "options.issuer: Required to create a new provider."),
            (
                {**JWT, "provider": "okta"},
                "provider: 'okta' is not supported for the protocol jwtAuth. Supported providers: external.",
            ),
            ({**JWT, "interactive": True}, "interactive: Must be false for jwtAuth."),
            ({**SAML, "interactive": False}, "interactive: Must be true for SAML."),
            ({**OIDC, "options": PENDING}, "pending_options: Cannot be combined with options."),
            ({**MACHINE, "options": None, "pending_options": {"discovery_url": URL}}, "Only a provider that people"),
            (with_options(JWT, audience="x"), "options.audience: Not supported for JWT providers."),
            (with_options(MACHINE, scope="x"), "options.scope: Not supported for machine-to-machine OIDC"),
            (with_options(JWT, static_keys=[]), "options.static_keys: Must have exactly one key, not 0."),
            (
                with_options(JWT, static_keys=[{"kid": "k", "pem": "x"}]),
                "options.static_keys[0].pem: Must be a certificate or a public key in PEM. The first line must be",
            ),
            (with_options(SAML, metadata={"raw": "AAAA"}), "pending_options.metadata.raw: Must be SAML metadata"),
            (with_options(SAML, certificates=[{"certificate": keys.public()}]), "Must be a certificate in PEM"),
            (with_options(SAML, certificates=[]), "Must have at least one certificate"),
            (with_options(SAML, claims_mapping={"locale": ["x"]}), "Not supported for SAML providers"),
            (with_options(SAML, claims_mapping={"sub": ["x"]}), "pending_options.claims_mapping.name: Required"),
            (with_options(SAML, metadata=None), "pending_options.entity_id: Required"),
            (with_options(OIDC, claims_mapping={"sub": ["sub"]}), "'sub' is not a JSON pointer. Use /sub."),
            (with_options(OIDC, client_secret="********"), "client_secret: Must be a secret, not a placeholder."),
            (with_options(OIDC, client_secret="{{ vault }}"), "client_secret: Must be a secret, not a placeholder."),
            (with_options(OIDC, client_secret="* *"), "client_secret: Must be a secret, not a placeholder."),
            (with_options(OIDC, client_secret="$encrypted$"), "client_secret: Must be a secret, not a placeholder."),
            (with_options(OIDC, discovery_url="acme"), "pending_options.discovery_url: 'acme' is not an http or"),
            (with_options(OIDC, discovery_url="https://a b"), "pending_options.discovery_url: 'https://a b' is not"),
            (with_options(OIDC, discovery_url="https://["), "pending_options.discovery_url: 'https://[' is not an"),
            (with_options(SAML, sign_on_url="ftp://idp.example"), "pending_options.sign_on_url: 'ftp://idp.example'"),
            (
                with_options(MACHINE, openid_configuration={"issuer": "any", "jwks_uri": "keys"}),
                "options.openid_configuration.jwks_uri: 'keys' is not an http or https URL.",
            ),
            (with_options(OIDC, client_secret=None), "pending_options.client_secret: Required"),
            (with_options(OIDC, discovery_url=None), "pending_options.discovery_url: Required"),
            (with_options(OIDC, email_verified_always_true=True), "Only the providers adfs and azureAD"),
            ({**with_options(OIDC, client_secret=None), "update_secret": "always"}, "update_secret: Requires"),
            ({"protocol": "OIDC", "pending_options": PENDING}, "provider: Required to create a new provider."),
            ({"id": "Zzz", "description": "x"}, "id: The tenant has no identity provider Zzz. Correct `id`"),
        ],
        ids=lambda case: case[1][:40],
    )
    def test_what_no_tenant_has(self, run: Run, tenant: LocalTenant, case: tuple[dict[str, Json], str]) -> None:
        assert_refused(run, MODULE, *case)
        assert SECRET not in run.output

    @pytest.mark.parametrize("module", [MODULE, MANY, "qlik_configuration"])
    @pytest.mark.parametrize("way", ["run", "run_main"])
    def test_a_private_key_is_never_shown(self, request: pytest.FixtureRequest, module: str, way: str) -> None:
        run: Run = request.getfixturevalue(way)
        for item in (
            with_options(JWT, static_keys=[{"kid": "k", "pem": keys.private()}]),
            with_options(SAML, certificates=[{"certificate": keys.private()}]),
        ):
            result = run(module, **(item if module == MODULE else {"identity_providers": [item]}))
            assert result["failed"] is True
            assert "Must be a public key, not a private key" in result["msg"]
            assert keys.private().splitlines()[1] not in run.output

    def test_a_password_in_an_address_is_never_shown(self, run: Run, tenant: LocalTenant) -> None:
        assert_refused(
            run,
            MODULE,
            with_options(OIDC, discovery_url="https://ada:hunter2@idp.example"),
            "pending_options.discovery_url: Must not contain a user name or a password.",
        )
        assert "hunter2" not in run.output

    def test_an_issuer_that_is_taken(self, run: Run, tenant: LocalTenant) -> None:
        run(MODULE, **JWT)
        other = with_options(JWT, issuer="https://other.example")
        made = run(MODULE, **other)["identity_provider"]["id"]
        (first,) = (each for each in providers(tenant) if each["id"] != made)
        taken = {"id": made, "options": {"issuer": "https://portal.example"}, "replace": True}
        assert_refused(
            run, MODULE, taken, "options.issuer: 'https://portal.example' is already the issuer", first["id"]
        )
        moved = {"id": made, "options": {"issuer": "https://new.example"}}
        assert_refused(run, MODULE, moved, "options.issuer: Cannot be changed")
        assert_refused(run, MODULE, {**moved, "replace": True}, "replace: Cannot be combined with `id`")
        tenant.plant("identity_providers", [{**first, "id": "another", "options": first["options"]}])
        assert_refused(run, MODULE, JWT, "The tenant has 2 such providers, with the IDs", first["id"])
        assert both(run, tenant, id=first["id"], description="x")["changed"] is True

    def test_another_discovery_url_needs_the_secret(self, run: Run, tenant: LocalTenant, signed_in: str) -> None:
        new = with_options(OIDC, discovery_url="https://new.example/d", client_secret=None)
        assert_refused(run, MODULE, new, "pending_options.client_secret: Required to change discovery_url")


class TestMany:
    def test_they_come_last(self, run: Run, tenant: LocalTenant) -> None:
        described: dict[str, Json] = {"groups": [{"name": "Finance"}], "identity_providers": [OIDC, JWT]}
        assert run("qlik_configuration", **described)["changed"] is True
        assert run("qlik_configuration", **described)["changed"] is False
        assert len(providers(tenant)) == 2

    def test_one_that_is_described_twice(self, run: Run, tenant: LocalTenant) -> None:
        assert_refused(run, MANY, {"identity_providers": [JWT, JWT]}, "is listed twice")

    def test_every_provider_has_a_name_in_reports(self, run: Run, tenant: LocalTenant) -> None:
        """It has no name on the tenant, and audits and their exceptions need one."""
        name = f"OIDC okta {URL}"
        for check, action in ((True, "created"), (False, "created"), (False, "unchanged"), (False, "deleted")):
            item = {**OIDC, "state": "absent"} if action == "deleted" else OIDC
            (report,) = run(MANY, check=check, identity_providers=[item])["identity_providers"]
            assert (report["action"], report["name"]) == (action, name)
            if action == "unchanged":
                audit = run("qlik_configuration", check=True, report_unmanaged=True, identity_providers=[JWT])
                assert [found["name"] for found in audit["unmanaged"]["identity_providers"]] == [name]

    def test_reading(self, run: Run, tenant: LocalTenant) -> None:
        run(MANY, identity_providers=list(SORTS.values()))
        info = "qlik_identity_provider_info"
        assert len(run(info)["identity_providers"]) == 4
        (found,) = run(info, protocol="jwtAuth")["identity_providers"]
        assert run(info, id=found["id"])["identity_providers"] == [found]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("fault", [{"reset": "after"}, {"reset": "before"}, {"status": 503}], ids=str)
def test_a_creation_without_a_response_makes_one_provider(
    run: Run, tenant: LocalTenant, impatient: None, sort: str, fault: dict[str, Any]
) -> None:
    tenant.misbehave({"match": {"method": "POST", "path": "/identity-providers$", "count": 1}, "action": fault})
    result = run(MODULE, **SORTS[sort])
    assert not result.get("failed"), result
    assert len(providers(tenant)) == 1


Fault = Callable[[LocalTenant], None]


@pytest.mark.parametrize("method", ["DELETE", "POST"])
@pytest.mark.parametrize("fault", [{"reset": "after"}, {"reset": "before"}, {"status": 503}], ids=str)
def test_a_replacement_ends_well(
    run: Run, tenant: LocalTenant, impatient: None, method: str, fault: dict[str, Any]
) -> None:
    run(MODULE, **JWT)
    tenant.misbehave({"match": {"method": method, "path": "/identity-providers", "count": 1}, "action": fault})
    new = with_options(JWT, static_keys=[{"kid": "k", "pem": keys.public("b")}])
    result = run(MODULE, **new, replace=True)
    assert not result.get("failed"), result
    assert len(providers(tenant)) == 1
    assert run(MODULE, **new)["changed"] is False


@pytest.mark.parametrize("status", [400, 503])
def test_a_replacement_that_fails_says_what_is_left(
    run: Run, tenant: LocalTenant, impatient: None, status: int
) -> None:
    run(MODULE, **JWT)
    tenant.misbehave({"match": {"method": "POST", "path": "/identity-providers$"}, "action": {"status": status}})
    new = with_options(JWT, static_keys=[{"kid": "k", "pem": keys.public("b")}])
    result = run(MODULE, **new, replace=True)
    assert (result["failed"], result["changed"], result["identity_provider"]) == (True, True, None)
    assert "The old identity provider was deleted, and the tenant does not show the new one." in result["msg"]
    tenant.behave()
    assert run(MODULE, **new)["action"] == "created"


def test_an_export_leaves_secrets_out(run: Run, tenant: LocalTenant) -> None:
    for item in (OIDC, MACHINE):
        run(MODULE, **item)
    shown = run("qlik_configuration_info")["configuration"]
    text = seed_variables_of(shown).text()
    assert SECRET not in text
    assert "# - qlik_seed_identity_providers[1].pending_options.client_secret of the identity provider OIDC" in text
    described, mistakes = read_description(yaml.safe_load(text.replace("!unsafe ", "")), lambda value: value)
    assert mistakes == []
    assert run("qlik_configuration", **described.options)["changed"] is False
