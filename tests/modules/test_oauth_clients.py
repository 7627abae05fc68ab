# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients and their secrets."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks import apply
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import read_options
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Task
from local_tenant.client import LocalTenant
from modules import keys
from modules.harness import Json, Result, Run, assert_refused, calls, flow_of, texts, without_server_made, writes_in

MODULE = "qlik_oauth_client"
CI: dict[str, Json] = {
    "name": "CI",
    "app_type": "web",
    "allowed_scopes": ["admin_classic"],
    "allowed_grant_types": ["client_credentials"],
}
NAMED: dict[str, Json] = {"name": "CI", "app_type": "web"}
SPA: dict[str, Json] = {"name": "Portal", "app_type": "spa"}
DAYS_90: dict[str, Json] = {**NAMED, "secret_max_age_days": 90}
API = {
    "clientName": "CI",
    "appType": "web",
    "allowedGrantTypes": ["client_credentials"],
    "allowedScopes": ["admin_classic"],
}
RSA = {"kid": "a", "kty": "RSA", "alg": "RS256", "n": "0vx7", "e": "AQAB"}
SECRETS = "/client-secrets$"
CLIENTS = "/oauth-clients$"


def clients(tenant: LocalTenant) -> list[dict[str, Json]]:
    """The clients but the one that every local tenant has."""
    return [each for each in tenant.state()["oauth_clients"] if each["clientId"] != tenant.client_id]


def client(tenant: LocalTenant, name: str = "CI") -> dict[str, Json]:
    (found,) = (each for each in clients(tenant) if each["clientName"] == name)
    return dict(found)


def values(tenant: LocalTenant, name: str = "CI") -> list[str]:
    """The secrets of a client, the newest last."""
    return [secret["clientSecret"] for secret in client(tenant, name)["clientSecrets"]]


def plant(tenant: LocalTenant, *ages: float, **fields: Json) -> str:
    """A client with a secret of each age in days; its ID."""
    secrets = []
    (client_id,) = tenant.plant("oauth_clients", [{**API, "clientSecrets": [], **fields}])
    for number, age in enumerate(sorted(ages, reverse=True)):
        created = datetime.now(timezone.utc) - timedelta(days=age)
        value = f"secret-of-{client_id}-{number:05}"
        secrets.append({"clientSecret": value, "createdAt": created.strftime("%Y-%m-%dT%H:%M:%S.000Z")})
    tenant.plant("oauth_clients", [{"clientId": client_id, "clientSecrets": secrets}])
    return client_id


def fault(tenant: LocalTenant, path: str, *actions: dict[str, Json], method: str = "POST") -> None:
    """Let requests go wrong, one after the other."""
    match = {"method": method, "path": path, "count": 1}
    tenant.misbehave(*({"match": match, "action": action} for action in actions))


def both(run: Run, tenant: LocalTenant, **options: Json) -> Result:
    """The result of a task whose check run predicts it and writes nothing."""
    before = tenant.state()
    tenant.reset_counters()
    predicted = run(MODULE, check=True, **options)
    assert writes_in(tenant.counters()) == []
    assert tenant.state() == before
    real = run(MODULE, **options)
    assert not real.get("failed"), real
    assert predicted["secret"] is None
    assert {**predicted, "oauth_client": None, "secret_hint": None} == {
        **real,
        "oauth_client": None,
        "secret": None,
        "secret_hint": None,
    }
    resources = [{**(each["oauth_client"] or {}), "client_secrets": None} for each in (predicted, real)]
    one, other = without_server_made(*resources)
    assert one == other
    assert all(secret not in str({**real, "secret": None}) for each in clients(tenant) for secret in secrets_of(each))
    return real


def secrets_of(shown: dict[str, Json]) -> list[str]:
    return [secret["clientSecret"] for secret in shown["clientSecrets"]]


class TestSettings:
    def test_a_client_is_created_once_with_its_secret(self, run: Run, tenant: LocalTenant) -> None:
        result = both(run, tenant, **CI)
        assert (result["action"], result["changed"]) == ("created", True)
        assert [result["secret"]] == values(tenant)
        assert result["secret"].endswith(result["secret_hint"])
        assert result["replaced_secrets"] == result["lost_secrets"] == []
        assert result["diff"][1]["after"] == {"secrets": 1}
        shown = {"client_id": result["oauth_client"]["client_id"], "client_secret": result["secret"]}
        assert run("qlik_tenant_info", **shown)["changed"] is False
        again = both(run, tenant, **CI)
        assert (again["action"], again["changed"], again["secret"]) == ("unchanged", False, None)
        assert again["secret_hint"] == result["secret_hint"]
        assert again["oauth_client"] == result["oauth_client"]

    @pytest.mark.parametrize("hint", ["first", "last"])
    @pytest.mark.parametrize("shown", ["shown", "masked"])
    def test_no_other_answer_hands_a_secret_over(self, run: Run, tenant: LocalTenant, hint: str, shown: str) -> None:
        tenant.guess(oauth_secret_in_answers=shown, oauth_secret_hint=hint)
        result = run(MODULE, **CI)
        assert [result["secret"]] == values(tenant)
        assert result["secret_hint"] in (result["secret"][:5], result["secret"][-5:])
        for module in (MODULE, "qlik_oauth_client_info", "qlik_configuration_info"):
            run(module, **(CI if module == MODULE else {}))
            assert result["secret"] not in run.output
            assert '"client_secret": "' not in run.output

    def test_empty_texts_are_not_sent_for_a_new_client(self, run: Run, tenant: LocalTenant) -> None:
        empty: dict[str, Json] = dict.fromkeys(("description", "client_uri", "logo_uri", "jwks_uri"), "")
        assert both(run, tenant, **CI, **empty)["changed"] is True
        assert run(MODULE, **CI, **empty)["changed"] is False

    def test_a_client_without_secrets(self, run: Run, tenant: LocalTenant) -> None:
        for guess in ("absent", "empty"):
            tenant.guess(oauth_secretless_answer=guess)
            result = both(run, tenant, name=guess, app_type="spa", redirect_uris=["https://a.example/c"])
            assert (result["secret"], result["secret_hint"], len(result["diff"])) == (None, None, 4)

    @pytest.mark.parametrize("unset", ["absent", "empty"])
    def test_every_setting(self, run: Run, tenant: LocalTenant, unset: str) -> None:
        tenant.guess(oauth_unset_fields=unset)
        run(MODULE, **CI)
        options: dict[str, Json] = {
            "description": "Deploys",
            "allowed_scopes": ["apps", "admin_classic"],
            "allowed_grant_types": ["client_credentials", "urn:qlik:oauth:user-impersonation"],
            "redirect_uris": ["https://a.example/b", "https://a.example/a"],
            "client_uri": "https://a.example",
            "logo_uri": "https://a.example/logo.png",
            "jwks_uri": "https://a.example/keys",
            "allowed_auth_methods": ["private_key_jwt", "client_secret"],
            "public_keys": [RSA, {"kid": "b", "kty": "EC", "alg": "ES384", "crv": "P-384", "x": "a", "y": "b"}],
            "consent_method": "trusted",
            "publish": True,
        }
        for option, value in options.items():
            result = both(run, tenant, **NAMED, **{option: value})
            assert result["action"] == "updated", option
            tenant.reset_counters()
            reordered = list(reversed(value)) if isinstance(value, list) else value
            assert both(run, tenant, **NAMED, **{option: reordered})["changed"] is False, option
        shown = client(tenant)
        assert sorted(shown["allowedScopes"]) == ["admin_classic", "apps"]
        assert {key["kid"] for key in shown["publicKeys"]} == {"a", "b"}
        assert shown["connectionConfig"]["consentMethod"] == "trusted"
        assert shown["publishedAt"]
        cleared = {
            name: [] if isinstance(value, list) else ""
            for name, value in options.items()
            if name not in ("consent_method", "publish", "allowed_auth_methods")
        }
        assert both(run, tenant, **NAMED, allowed_auth_methods=["client_secret"], **cleared)["changed"] is True
        assert both(run, tenant, **NAMED, consent_method="required", **cleared)["changed"] is True
        assert both(run, tenant, **NAMED, consent_method="required", **cleared)["changed"] is False
        assert not client(tenant).get("description")

    @pytest.mark.parametrize("clear", ["remove", "empty"])
    def test_a_text_is_cleared_either_way(self, run: Run, tenant: LocalTenant, clear: str) -> None:
        run(MODULE, **CI, description="Deploys")
        tenant.guess(oauth_clear_text=clear)
        assert both(run, tenant, **NAMED, description="")["changed"] is True
        assert not client(tenant).get("description")

    def test_a_new_client_asks_nobody_and_is_published(self, run: Run, tenant: LocalTenant) -> None:
        result = both(run, tenant, **SPA, consent_method="trusted", publish=True)
        assert result["oauth_client"]["published_at"]
        assert client(tenant, "Portal")["connectionConfig"]["consentMethod"] == "trusted"
        assert both(run, tenant, **SPA, consent_method="trusted", publish=True)["changed"] is False
        assert both(run, tenant, id=result["oauth_client"]["id"], name="New")["oauth_client"]["name"] == "New"

    def test_a_method_brings_a_secret(self, run: Run, tenant: LocalTenant) -> None:
        first = both(run, tenant, **CI, allowed_auth_methods=["private_key_jwt"], public_keys=[RSA])
        assert (first["secret"], values(tenant)) == (None, [])
        second = both(run, tenant, **NAMED, allowed_auth_methods=["private_key_jwt", "client_secret"])
        assert [second["secret"]] == values(tenant)
        assert second["secret"].endswith(second["secret_hint"])

    def test_the_response_with_that_secret_is_lost(self, run: Run, tenant: LocalTenant, impatient: None) -> None:
        run(MODULE, **CI, allowed_auth_methods=["private_key_jwt"], public_keys=[RSA])
        fault(tenant, "/oauth-clients/[^/]+$", {"reset": "after"}, method="PATCH")
        result = run(MODULE, **NAMED, allowed_auth_methods=["private_key_jwt", "client_secret"])
        assert [result["secret"]] == values(tenant)
        assert len(result["lost_secrets"]) == 1

    def test_addresses_are_compared_exactly(self, run: Run, tenant: LocalTenant) -> None:
        run(MODULE, **CI, redirect_uris=["https://a.example"])
        result = both(run, tenant, **NAMED, redirect_uris=["https://a.example/"])
        assert client(tenant)["redirectUris"] == ["https://a.example/"]
        assert "They differ only by the slash at the end." in texts(result)[0]

    def test_deletion_is_confirmed_and_takes_the_bot(self, run: Run, tenant: LocalTenant) -> None:
        made = run(MODULE, **CI)
        assert both(run, tenant, **NAMED, state="absent")["action"] == "deleted"
        assert clients(tenant) == []
        assert both(run, tenant, **NAMED, state="absent")["changed"] is False
        assert both(run, tenant, id=made["oauth_client"]["id"], state="absent")["changed"] is False


class TestRefusals:
    @pytest.mark.parametrize(
        "options",
        [
            ({"name": "X"}, "app_type: Required with `name`"),
            ({**SPA, "allowed_grant_types": ["client_credentials"]}, "allowed_grant_types"),
            ({**NAMED, "allowed_origins": ["https://a.example"]}, "Supported only for clients of the type spa."),
            ({"name": "E", "app_type": "anonymous-embed", "redirect_uris": ["https://a.example"]}, "redirect_uris"),
            ({**SPA, "public_keys": [RSA]}, "public_keys"),
            ({**NAMED, "redirect_uris": [f"https://a.example/{n}" for n in range(6)]}, "redirect_uris: 6 are too many"),
            ({**NAMED, "redirect_uris": ["https://a.example", "a b"]}, "redirect_uris[1]: 'a b' is not a URI"),
            ({**NAMED, "redirect_uris": ["https://a.example#x"]}, "fragment"),
            ({**NAMED, "redirect_uris": ["https://["]}, "redirect_uris[0]"),
            ({**SPA, "allowed_origins": ["https://a.example/path"]}, "allowed_origins[0]"),
            ({**SPA, "allowed_origins": ["https://" + "a" * 260]}, "longer than 256"),
            ({"name": "x" * 513, "app_type": "web"}, "name: Must have at most 512 characters, not 513."),
            ({**NAMED, "allowed_auth_methods": ["private_key_jwt"]}, "requires public_keys or jwks_uri"),
            ({**NAMED, "public_keys": [RSA, RSA]}, "public_keys[1].kid: Two keys have the kid 'a'"),
            ({**NAMED, "public_keys": [{"kid": "a", "kty": "EC", "alg": "ES384"}]}, "requires crv, x, y."),
            ({**NAMED, "secret_max_age_days": 0}, "secret_max_age_days: Must be 1 to 36500, not 0."),
            ({**NAMED, "secret_max_age_days": 10**12}, "secret_max_age_days: Must be 1 to 36500"),
            ({**NAMED, "delete_replaced": True, "rotate_secret": True}, "delete_replaced: Cannot be combined"),
            ({**NAMED, "delete_secret": "abcde", "rotate_secret": True}, "delete_secret: Cannot be combined"),
            ({**NAMED, "delete_secret": "abcde"}, "The client does not exist, so it has no secret to delete"),
            ({**NAMED, "rotate_secret": True, "state": "absent"}, "rotate_secret: Requires `state: present`."),
            ({**SPA, "rotate_secret": True}, "rotate_secret: This client has no secrets."),
            ({**NAMED, "jwks_uri": "keys"}, "jwks_uri: 'keys' is not an http or https URL."),
            ({"id": "Zzz", "description": "x"}, "id: The tenant has no OAuth client Zzz. Correct `id`"),
        ],
        ids=lambda case: case[1][:30],
    )
    def test_what_no_tenant_has(self, run: Run, tenant: LocalTenant, options: tuple[dict[str, Json], str]) -> None:
        assert_refused(run, MODULE, *options)

    def test_a_web_client_without_methods(self, run: Run, tenant: LocalTenant) -> None:
        none: dict[str, Json] = {**NAMED, "allowed_auth_methods": []}
        assert_refused(run, MODULE, none, "allowed_auth_methods: Must not be empty")
        run(MODULE, **CI)
        assert_refused(run, MODULE, none, "allowed_auth_methods: Must not be empty")
        assert run(MODULE, **SPA, allowed_auth_methods=[])["changed"] is True

    def test_two_clients_of_one_name_and_type(self, run: Run, tenant: LocalTenant) -> None:
        ids = tenant.plant("oauth_clients", [API, API])
        for options in (NAMED, {**NAMED, "state": "absent"}, {**NAMED, "rotate_secret": True}):
            assert_refused(run, MODULE, options, "The tenant has 2 OAuth clients with this name", *ids)
        assert both(run, tenant, id=ids[0], description="x")["changed"] is True

    def test_another_type_of_that_name(self, run: Run, tenant: LocalTenant) -> None:
        (made,) = tenant.plant("oauth_clients", [{"clientName": "CI", "appType": "spa"}])
        assert_refused(run, MODULE, NAMED, "app_type: Cannot be changed from 'spa' to 'web'.")
        assert_refused(run, MODULE, {"id": made, "app_type": "web"}, "Set the current type, or use another name.")

    def test_publishing_cannot_be_undone(self, run: Run, tenant: LocalTenant) -> None:
        run(MODULE, **NAMED, publish=True)
        assert_refused(run, MODULE, {**NAMED, "publish": False}, "publish: ", "cannot be unpublished")

    def test_a_scope_that_does_not_exist(self, run: Run, tenant: LocalTenant) -> None:
        assert run(MODULE, check=True, **NAMED, allowed_scopes=["nope"])["changed"] is True
        result = run(MODULE, **NAMED, allowed_scopes=["nope"])
        assert result["failed"] is True
        assert "There is no scope nope" in result["msg"]
        assert clients(tenant) == []

    def test_a_client_that_has_registered_itself(self, run: Run, tenant: LocalTenant) -> None:
        tenant.plant("oauth_clients", [{**API, "createdByType": "dcr"}])
        for more in ({"state": "absent"}, {"description": "x"}):
            assert_refused(run, MODULE, {**NAMED, **more}, "registered itself")

    def test_the_secrets_of_a_client_that_has_registered_itself(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, 200, 1, createdByType="dcr")
        hint = values(tenant)[0][-5:]
        for more in ({"rotate_secret": True}, {"delete_replaced": True}, {"delete_secret": hint}):
            assert_refused(run, MODULE, {**NAMED, **more}, "registered itself")

    def test_the_client_that_the_task_uses(self, run: Run, tenant: LocalTenant) -> None:
        made = run(MODULE, **CI)
        own = {"client_id": made["oauth_client"]["id"], "client_secret": made["secret"]}
        run(MODULE, **NAMED, rotate_secret=True)
        assert_refused(
            run,
            MODULE,
            {**NAMED, **own, "state": "absent"},
            "Cannot delete the client that the task authenticates with",
        )
        hint = made["secret_hint"]
        assert_refused(run, MODULE, {**NAMED, **own, "delete_secret": hint}, "because the task authenticates with it")
        result = run(MODULE, **NAMED, **own, delete_replaced=True)
        assert "is kept, because the task authenticates with it" in texts(result)[0]
        assert len(values(tenant)) == 2

    @pytest.mark.parametrize("form", ["short", "with_hints"])
    def test_a_credential_that_sees_the_short_list(self, run: Run, tenant: LocalTenant, form: str) -> None:
        tenant.guess(oauth_clients_without_rights=form)
        tenant.plant("oauth_clients", [API])
        plain = {"api_key": tenant.api_key_without_rights}
        for module, options in ((MODULE, CI), ("qlik_oauth_clients", {"oauth_clients": [CI]})):
            assert_refused(run, module, {**options, **plain}, "short form of OAuth clients")

    @pytest.mark.parametrize("way", ["run", "run_main"])
    @pytest.mark.parametrize("module", [MODULE, "qlik_oauth_clients", "qlik_configuration"])
    def test_a_private_key_is_not_shown(self, request: pytest.FixtureRequest, module: str, way: str) -> None:
        run: Run = request.getfixturevalue(way)
        private = keys.private()
        for part, value in (("d", "private-part-of-the-key"), ("n", private), ("e", "".join(private.split()))):
            item = {**NAMED, "public_keys": [{**RSA, part: value}]}
            result = run(module, **(item if module == MODULE else {"oauth_clients": [item]}))
            assert result["failed"] is True
            if way == "run":
                assert f"public_keys[0].{part}: " in result["msg"]
            assert value.splitlines()[-1] not in run.output
            assert value.splitlines()[len(value.splitlines()) // 2] not in run.output


class TestSecrets:
    def test_rotation(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, 10)
        result = both(run, tenant, **NAMED, rotate_secret=True)
        assert (result["action"], result["changed"]) == ("updated", True)
        assert values(tenant)[-1] == result["secret"]
        assert [secret["age_days"] for secret in result["replaced_secrets"]] == [10]
        assert result["diff"][1] == {
            "before_header": "OAuth client 'CI' (web), secrets",
            "after_header": "OAuth client 'CI' (web), secrets",
            "before": {"secrets": 1},
            "after": {"secrets": 2},
        }
        gone = both(run, tenant, **NAMED, delete_replaced=True)
        assert (gone["changed"], gone["secret"], values(tenant)) == (True, None, [result["secret"]])
        assert both(run, tenant, **NAMED, delete_replaced=True)["changed"] is False

    @pytest.mark.parametrize(("ages", "is_new"), [((89.9,), False), ((90.1,), True), ((), True), ((300.0, 1.0), False)])
    def test_age(self, run: Run, tenant: LocalTenant, ages: tuple[float, ...], is_new: bool) -> None:
        plant(tenant, *ages)
        assert bool(both(run, tenant, **DAYS_90)["secret"]) is is_new
        assert both(run, tenant, **DAYS_90)["changed"] is False
        assert len(values(tenant)) == len(ages) + is_new

    def test_ten_runs_make_one_secret(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, 100)
        assert [bool(run(MODULE, **DAYS_90)["secret"]) for _run in range(10)] == [True, *[False] * 9]

    def test_a_list_that_lags_makes_no_second_secret(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, 100)
        tenant.guess(lag_seconds=2.0)
        assert run(MODULE, **DAYS_90)["secret"]
        assert run(MODULE, **DAYS_90)["secret"] is None

    def test_a_rotation_that_is_due_deletes_nothing(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, 200, 100)
        assert len(both(run, tenant, **DAYS_90, delete_replaced=True)["replaced_secrets"]) == 2

    def test_a_sixth_secret(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, 5, 4, 3, 2, 1)
        for options in ({**NAMED, "rotate_secret": True}, {**NAMED, "secret_max_age_days": 1}):
            assert_refused(run, MODULE, options, "The client already has the maximum of 5 secrets")
        assert both(run, tenant, **NAMED, delete_replaced=True)["replaced_secrets"] == []

    def test_times_that_the_tenant_does_not_show(self, run: Run, tenant: LocalTenant) -> None:
        tenant.guess(oauth_secret_created_at="absent")
        run(MODULE, **CI)
        run(MODULE, **NAMED, rotate_secret=True)
        for options in ({"secret_max_age_days": 1}, {"delete_replaced": True}):
            assert_refused(run, MODULE, {**NAMED, **options}, "does not show when these secrets were created")

    def test_secrets_of_one_moment(self, run: Run, tenant: LocalTenant) -> None:
        stamp = {"createdAt": "2026-01-01T00:00:00.000Z"}
        tenant.plant("oauth_clients", [{**API, "clientSecrets": [stamp, stamp]}])
        assert_refused(run, MODULE, {**NAMED, "delete_replaced": True}, "two were created at the same time")

    def test_one_secret_is_deleted_by_its_hint(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, 10)
        new = run(MODULE, **NAMED, rotate_secret=True)
        assert both(run, tenant, **NAMED, delete_secret=new["secret_hint"])["changed"] is True
        assert new["secret"] not in values(tenant)
        assert_refused(run, MODULE, {**NAMED, "delete_secret": new["secret_hint"]}, "has no secret with the hint")

    def test_the_last_secret(self, run: Run, tenant: LocalTenant) -> None:
        hint = run(MODULE, **CI)["secret_hint"]
        assert_refused(run, MODULE, {**NAMED, "delete_secret": hint}, "is the only secret of the client")
        both(run, tenant, **NAMED, delete_secret=hint, allow_last_secret=True)
        assert values(tenant) == []
        assert_refused(run, MODULE, {**NAMED, "delete_secret": hint}, "It has no secrets.")
        assert both(run, tenant, **DAYS_90)["secret"]

    def test_two_secrets_of_one_hint(self, run: Run, tenant: LocalTenant) -> None:
        stamps = [{"createdAt": f"2026-01-0{day}T00:00:00.000Z", "clientSecret": f"{day}-same0"} for day in (1, 2)]
        tenant.plant("oauth_clients", [{**API, "clientSecrets": stamps}])
        for options in ({"delete_secret": "same0"}, {"delete_replaced": True}):
            assert_refused(run, MODULE, {**NAMED, **options}, "2 secrets have the hint 'same0'")

    def test_a_module_without_its_action_makes_no_secret(self, run: Run, tenant: LocalTenant) -> None:
        assert "runs without its action plugin" in shown(tenant, CI)["msg"]
        assert clients(tenant) == []
        plant(tenant, 100)
        assert "runs without its action plugin" in shown(tenant, DAYS_90)["msg"]
        assert shown(tenant, NAMED)["changed"] is False

    def test_as_a_process(self, run_main: Run, tenant: LocalTenant) -> None:
        result = run_main(MODULE, **CI)
        assert [result["secret"]] == values(tenant)


def shown(tenant: LocalTenant, options: dict[str, Json]) -> Result:
    """The result of a task whose result cannot be hidden."""
    flow = flow_of(MODULE)
    given = {"tenant_url": tenant.url, "api_key": tenant.api_key, **options}
    params = read_options(MODULE, flow.spec, flow.rules, flow.may_be_empty, given, {}).params
    return flow.result(Task(params, False, False, {}, texts_to_nobody, texts_to_nobody, texts_to_nobody))


def texts_to_nobody(_text: str) -> None:
    pass


class TestLostResponses:
    def test_a_creation_is_adopted_with_another_secret(self, run: Run, tenant: LocalTenant, impatient: None) -> None:
        fault(tenant, CLIENTS, {"reset": "after"})
        result = run(MODULE, **CI)
        assert not result.get("failed"), result
        assert (result["action"], len(clients(tenant))) == ("created", 1)
        assert [result["secret"]] == values(tenant)
        assert len(result["lost_secrets"]) == 1

    @pytest.mark.parametrize("action", [{"reset": "before"}, {"status": 503}], ids=str)
    def test_a_creation_that_never_arrived_is_repeated(
        self, run: Run, tenant: LocalTenant, impatient: None, action: dict[str, Json]
    ) -> None:
        fault(tenant, CLIENTS, action)
        result = run(MODULE, **CI)
        assert not result.get("failed"), result
        assert (len(clients(tenant)), [result["secret"]]) == (1, values(tenant))

    def test_a_lost_client_that_appears_late_is_deleted(
        self, run: Run, tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No second client is left, and the one that is left has the secret that was returned."""
        monkeypatch.setattr(apply, "MOST_READS", 1)
        tenant.guess(lag_seconds=1.5)
        fault(tenant, CLIENTS, {"reset": "after"})
        result = run(MODULE, **CI)
        assert not result.get("failed"), result
        assert tenant.counters()["routes"]["POST /oauth-clients"] == 2
        assert [result["secret"]] == values(tenant)

    @pytest.mark.parametrize(
        ("actions", "lost"),
        [
            ([{"reset": "after"}], 1),
            ([{"reset": "before"}], 0),
            ([{"status": 503}], 0),
            ([{"reset": "after"}, {"reset": "after"}], None),
        ],
        ids=["after", "before", "503", "twice"],
    )
    def test_a_rotation(
        self, run: Run, tenant: LocalTenant, impatient: None, actions: list[dict[str, Json]], lost: int | None
    ) -> None:
        plant(tenant, 100)
        (old,) = values(tenant)
        fault(tenant, SECRETS, *actions)
        result = run(MODULE, **DAYS_90)
        if lost is None:
            assert result["failed"] is True
            assert "The secrets whose values were lost were deleted" in result["msg"]
            assert values(tenant) == [old]
        else:
            assert values(tenant) == [old, result["secret"]]
            assert len(result["lost_secrets"]) == lost

    def test_a_rotation_whose_result_cannot_be_read(self, run: Run, tenant: LocalTenant, impatient: None) -> None:
        plant(tenant, 100)
        lost = {"match": {"method": "POST", "path": SECRETS, "count": 1}, "action": {"reset": "after"}}
        unread = {"match": {"method": "GET", "path": "/oauth-clients/", "skip": 1}, "action": {"status": 500}}
        tenant.misbehave(lost, unread)
        result = run(MODULE, **DAYS_90)
        assert (result["failed"], result["secret"]) == (True, None)
        assert "The client may have a secret whose value is lost" in result["msg"]
        assert len(values(tenant)) == 2

    def test_a_deletion(self, run: Run, tenant: LocalTenant, impatient: None) -> None:
        plant(tenant, 100, 1)
        fault(tenant, "/client-secrets/", *[{"reset": "after"}] * 9, method="DELETE")
        result = run(MODULE, **NAMED, delete_replaced=True)
        assert not result.get("failed"), result
        assert len(values(tenant)) == 1

    def test_a_later_step_withholds_no_secret(self, run: Run, tenant: LocalTenant, impatient: None) -> None:
        fault(tenant, "/connection-configs/me", *[{"status": 403}] * 9, method="PATCH")
        result = run(MODULE, **CI, consent_method="trusted")
        assert result["failed"] is True
        assert [result["secret"]] == values(tenant)


class TestMany:
    def test_no_secret_is_returned_and_none_is_left(self, run: Run, tenant: LocalTenant) -> None:
        options: dict[str, Json] = {"oauth_clients": [CI, {**SPA, "redirect_uris": ["https://a.example/c"]}]}
        for check in (True, False, False):
            result = run("qlik_oauth_clients", check=check, **options)
            assert not result.get("failed"), result
            assert [each["name"] for each in result["waiting_for_secrets"]] == ["CI"]
        assert (result["changed"], values(tenant)) == (False, [])
        assert run(MODULE, **DAYS_90)["secret"] in values(tenant)
        assert run("qlik_oauth_clients", **options)["waiting_for_secrets"] == []

    def test_a_tenant_that_keeps_the_last_secret(self, run: Run, tenant: LocalTenant) -> None:
        tenant.guess(oauth_last_secret="refuse")
        result = run("qlik_oauth_clients", oauth_clients=[CI])
        assert [each["name"] for each in result["waiting_for_secrets"]] == ["CI"]
        (value,) = values(tenant)
        assert value not in run.output

    def test_pruning(self, run: Run, tenant: LocalTenant) -> None:
        made = run(MODULE, **CI)
        (foreign,) = tenant.plant("oauth_clients", [{**API, "clientName": "Foreign", "tenantId": "another"}])
        tenant.plant(
            "oauth_clients", [{**API, "clientName": "Agent", "createdByType": "dcr"}, {**API, "clientName": "Old"}]
        )
        own = {"client_id": made["oauth_client"]["id"], "client_secret": made["secret"]}
        result = run("qlik_oauth_clients", oauth_clients=[SPA], prune=True, max_deletions=5, **own)
        assert not result.get("failed"), result
        assert sorted(each["clientName"] for each in clients(tenant)) == ["Agent", "CI", "Foreign", "Portal"]
        assert len(tenant.state()["oauth_clients"]) == 4
        assert foreign not in str(run("qlik_oauth_client_info")["oauth_clients"])

    def test_reading(self, run: Run, tenant: LocalTenant) -> None:
        made = run(MODULE, **CI)["oauth_client"]
        tenant.plant("oauth_clients", [{**API, "clientName": "Agent", "createdByType": "dcr"}])
        info = "qlik_oauth_client_info"
        assert [each["name"] for each in run(info)["oauth_clients"]] == ["Agent", "CI", "Local client"]
        assert run(info, name="CI")["oauth_clients"] == run(info, id=made["id"])["oauth_clients"] == [made]
        assert run(info, filter='createdByType eq "dcr"')["oauth_clients"][0]["name"] == "Agent"

    def test_calls(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, 1)
        for options, cost in ((NAMED, 2), (DAYS_90, 3), ({**NAMED, "rotate_secret": True}, 5)):
            tenant.reset_counters()
            run(MODULE, **options)
            assert calls(tenant) == cost, options


def test_a_year_of_nights(run: Run, tenant: LocalTenant, impatient: None) -> None:
    """A nightly play renews a secret, with faults, and the consumer has a valid one at every moment."""
    year(run, tenant, nights=40, first=80)


@pytest.mark.long
def test_a_whole_year_of_nights(run: Run, tenant: LocalTenant, impatient: None) -> None:
    year(run, tenant, nights=365)


FAULTS: list[dict[str, Any]] = [{"reset": "after"}, {"reset": "before"}, {"status": 503}]


def year(run: Run, tenant: LocalTenant, nights: int, first: float = 0) -> None:
    client_id = plant(tenant, first + 0.5)
    (consumer,) = values(tenant)
    rotations = failures = 0
    for night in range(nights):
        tenant.let_pass(days=1)
        fault(tenant, "/client-secrets", FAULTS[night % len(FAULTS)])
        result = run(MODULE, **DAYS_90)
        assert not result.get("failed"), (night, result)
        if result["secret"]:
            if failures == rotations:
                # The hand-over fails, and the rescue of the block deletes the new secret.
                failures += 1
                rescue = run(MODULE, **NAMED, delete_secret=result["secret_hint"], allow_last_secret=True)
                assert not rescue.get("failed"), rescue
            else:
                rotations += 1
                consumer = result["secret"]
                done = run(MODULE, **NAMED, delete_replaced=True)
                assert not done.get("failed"), done
        tenant.behave()
        own: dict[str, Json] = {"client_id": client_id, "client_secret": consumer}
        assert run("qlik_tenant_info", **own)["changed"] is False, night
        assert values(tenant) == [consumer], night
    assert rotations == int(nights + first) // 90 - (1 if int(nights + first) % 90 < failures - rotations else 0)
    assert failures >= rotations >= 1
