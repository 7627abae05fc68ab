# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error shapes, status codes and rights (Qlik reference: errors, access control)."""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from kinds import STANDALONE

NOBODY = "0" * 24
EVERYONE = "000000000000000000000001"
ADMIN_CALLS = [
    ("GET", "/groups"),
    ("GET", f"/groups/{NOBODY}"),
    ("GET", "/groups/settings"),
    ("POST", "/groups"),
    ("POST", "/groups/actions/filter"),
    ("PATCH", "/groups/settings"),
    ("PATCH", f"/groups/{NOBODY}"),
    ("DELETE", f"/groups/{NOBODY}"),
    ("GET", "/users"),
    ("GET", f"/users/{NOBODY}"),
    ("POST", "/users"),
    ("PATCH", f"/users/{NOBODY}"),
    ("DELETE", f"/users/{NOBODY}"),
    ("GET", "/users/actions/count"),
    ("POST", "/users/actions/filter"),
    ("POST", "/users/actions/invite"),
    ("GET", "/roles"),
    ("GET", f"/roles/{NOBODY}"),
    ("POST", "/roles"),
    ("PATCH", f"/roles/{NOBODY}"),
    ("DELETE", f"/roles/{NOBODY}"),
    ("GET", "/tenants/x"),
    ("PATCH", "/tenants/x"),
    ("GET", "/licenses/settings"),
    ("PUT", "/licenses/settings"),
    ("GET", "/licenses/overview"),
    *(call for cases in STANDALONE.values() for call in cases.api.calls),
    ("GET", "/csp-origins/actions/generate-header"),
    *(("GET", f"/audits{path}") for path in ("", "/x", "/types", "/sources", "/settings", "/archive?date=2026-11-01")),
    ("POST", "/oauth-clients"),
    ("PATCH", "/oauth-clients/x"),
    ("DELETE", "/oauth-clients/x"),
    ("POST", "/oauth-clients/x/actions/publish"),
    ("POST", "/oauth-clients/x/client-secrets"),
    ("DELETE", "/oauth-clients/x/client-secrets/hint1"),
    *((method, "/oauth-clients/x/connection-configs/me") for method in ("GET", "PATCH", "DELETE")),
    ("GET", "/identity-providers"),
    ("POST", "/identity-providers"),
    ("GET", "/identity-providers/status"),
    *((method, "/identity-providers/x") for method in ("GET", "PATCH", "DELETE")),
]
#: Everybody may call these; what comes of it depends on the space.
OWN_CALLS = [
    ("GET", "/spaces"),
    ("POST", "/spaces"),
    ("GET", "/spaces/types"),
    *((method, f"/spaces/{NOBODY}") for method in ("GET", "PATCH", "PUT", "DELETE")),
    *((method, f"/spaces/{NOBODY}/assignments") for method in ("GET", "POST")),
    *((method, f"/spaces/{NOBODY}/assignments/{NOBODY}") for method in ("GET", "PUT", "DELETE")),
    ("GET", "/items"),
    ("GET", "/oauth-clients"),
    ("GET", "/oauth-clients/x"),
    ("GET", "/identity-providers/me/meta"),
    ("GET", "/identity-providers/.well-known/metadata.json"),
    ("GET", "/licenses/status"),
    ("GET", "/api-keys"),
    ("POST", "/api-keys"),
    *((method, "/api-keys/x") for method in ("GET", "PATCH", "DELETE")),
    ("GET", "/tenants/me"),
    ("GET", "/users/me"),
]


@pytest.mark.parametrize(("method", "path"), [*ADMIN_CALLS, *OWN_CALLS])
def test_no_token_is_401(api: Any, method: str, path: str) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer made-up"}, {"Authorization": "Basic eDp5"}):
        assert api.call(method, path, headers=headers).status_code == 401


@pytest.mark.parametrize(("method", "path"), ADMIN_CALLS)
def test_a_user_without_rights_is_403(api: Any, tenant: Any, method: str, path: str) -> None:
    assert api.call(method, path, key=tenant.api_key_without_rights).status_code == 403


def test_a_user_without_rights_reads_itself_with_its_roles(api: Any, tenant: Any) -> None:
    key = tenant.api_key_without_rights
    own = api.get("/users/me?fields=assignedGroups,assignedRoles", key=key).headers["Location"].split("/api/v1")[1]
    response = api.get(own, key=key)
    assert response.status_code == 200
    assert response.json().keys() == {"id", "assignedRoles", "assignedGroups"}


def test_without_rights_can_hide_roles_instead(api: Any, tenant: Any) -> None:
    tenant.guess(without_rights="hidden")
    tenant.plant_groups([{"name": "a", "assignedRoles": ["Steward"]}])
    key = tenant.api_key_without_rights
    assert "assignedRoles" not in api.get("/groups", key=key).json()["data"][0]
    assert api.get("/roles", key=key).status_code == 403


def test_a_caller_who_may_not_see_roles(api: Any, tenant: Any) -> None:
    key = tenant.api_key_without_roles
    tenant.plant_groups([{"name": "a", "assignedRoles": ["Steward"]}])
    tenant.plant_users([{"subject": "s", "assignedGroups": ["a"], "assignedRoles": ["Steward"]}])
    group = api.get("/groups", key=key).json()["data"][0]
    assert "assignedRoles" not in group
    assert "assignedRoles" not in api.get(f"/groups/{group['id']}", key=key).json()
    users = {user["subject"]: user for user in api.get("/users", key=key).json()["data"]}
    assert "assignedRoles" not in users["s"]
    assert "assignedRoles" not in users["s"]["assignedGroups"][0]
    assert "assignedRoles" not in api.get("/groups/settings", key=key).json()["systemGroups"][EVERYONE]
    assert api.get("/roles", key=key).status_code == 403
    operation: Any = ("replace", "/assignedRoles", [])
    assert api.patch(f"/groups/{group['id']}", operation, key=key).status_code == 403
    tenant.guess(without_roles_may_write=True)
    assert api.patch(f"/groups/{group['id']}", operation, key=key).status_code == 204


def test_rights_are_those_at_the_time_of_the_call(api: Any, tenant: Any) -> None:
    key = tenant.api_key_without_rights
    tenant.plant_groups([{"name": "admins", "assignedRoles": ["TenantAdmin"]}])
    assert api.get("/groups", key=key).status_code == 403
    tenant.plant_users([{"subject": "local|plain", "assignedGroups": ["admins"]}])
    assert api.get("/groups", key=key).status_code == 200


@pytest.mark.parametrize(
    ("path", "code", "status"),
    [
        (f"/groups/{NOBODY}", "GROUPS-7", 404),
        ("/groups/not-an-id", "GROUPS-7", 404),
        (f"/users/{NOBODY}", "USERS-7", 404),
        ("/users/not-an-id", "USERS-7", 404),
        (f"/roles/{NOBODY}", "IDENTITIES-10402", None),
        ("/roles/not-an-id", "IDENTITIES-10402", None),
        ("/tenants/" + "a" * 32, "TENANTS-8", "404"),
        ("/tenants/not-an-id", "TENANTS-8", "404"),
    ],
)
def test_not_found_in_the_words_of_each_service(api: Any, path: str, code: str, status: Any) -> None:
    response = api.get(path)
    assert response.status_code == 404
    body = response.json()
    assert body["errors"][0]["code"] == code
    assert body["errors"][0]["title"]
    assert body["errors"][0].get("status") == status
    assert re.fullmatch(r"[0-9a-f]{32}", body["traceId"])
    assert response.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("path", ["/", "/nothing", "/groups/a/b", "/groups/", "/users/actions/other", "/tenants"])
def test_unknown_paths_are_404(api: Any, path: str) -> None:
    response = api.get(path)
    assert response.status_code == 404
    assert response.json()["errors"][0].keys() >= {"code", "title"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/groups"), ("DELETE", "/groups"), ("POST", "/groups/settings"), ("GET", "/users/actions/filter")],
)
def test_wrong_method_is_405(api: Any, method: str, path: str) -> None:
    response = api.call(method, path)
    assert response.status_code == 405
    assert response.headers["Allow"]


@pytest.mark.parametrize("path", ["/groups", "/users", "/roles"])
def test_bodies_are_json_objects_without_unknown_fields(api: Any, tenant: Any, path: str) -> None:
    for body in ("[]", "{", "null", '"x"', "{}", '{"name":1,"subject":1}', '{"name":NaN,"subject":NaN}', "\xff"):
        headers = {"Content-Type": "application/json"}
        assert api.call("POST", path, data=body.encode("latin-1"), headers=headers).status_code == 400, body
    response = api.post(path, {"name": "n", "subject": "s", "surprise": 1})
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"]["pointer"]
    headers = {"Content-Type": "text/plain"}
    assert api.call("POST", path, data=b'{"name":"n"}', headers=headers).status_code == 400
    assert tenant.counters()["writes"] == 0
    tenant.guess(content_type_status=415, unknown_body_field="ignore")
    assert api.call("POST", path, data=b'{"name":"n"}', headers=headers).status_code == 415
    required = {"name": "n"} if path != "/users" else {"subject": "s"}
    assert api.post(path, {**required, "surprise": 1}).status_code == 201


def test_half_surrogate_pairs_are_refused(api: Any) -> None:
    headers = {"Content-Type": "application/json"}
    assert api.call("POST", "/groups", data=b'{"name":"\\ud83d"}', headers=headers).status_code == 400
    assert (
        api.call("POST", "/groups", data=b'{"name":"\\ud83d\\ude00"}', headers=headers).json()["name"] == "\U0001f600"
    )


@pytest.mark.parametrize(
    "path", ["/groups", "/users", "/roles", "/groups/settings", "/users/actions/count", "/tenants/me", "/users/me"]
)
def test_unknown_query_parameters_are_400(api: Any, tenant: Any, path: str) -> None:
    response = api.get(path, params={"surprise": "1"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"] == {"parameter": "surprise"}
    tenant.guess(unknown_query="ignore")
    assert api.get(path, params={"surprise": "1"}).status_code in (200, 301, 302)


@pytest.mark.parametrize(
    "body", [None, {}, [], [1], [{"op": "replace", "path": "/name"}], [{"op": "replace", "value": ""}], "x"]
)
@pytest.mark.parametrize("kind", ["groups", "users", "roles", "settings", "tenants"])
def test_patches_are_arrays_of_complete_operations(api: Any, tenant: Any, kind: str, body: Any) -> None:
    tenant.plant_groups([{"name": "g", "providerType": "custom"}])
    tenant.plant_roles([{"name": "r"}])
    state = tenant.state()
    role = next(role for role in state["roles"] if role["name"] == "r")
    path = {
        "groups": f"/groups/{state['groups'][0]['id']}",
        "users": f"/users/{state['users'][0]['id']}",
        "roles": f"/roles/{role['id']}",
        "settings": "/groups/settings",
        "tenants": f"/tenants/{tenant.tenant_id}",
    }[kind]
    response = api.call("PATCH", path, body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert tenant.state() == state


@pytest.mark.parametrize("op", ["test", "remove", "move", "copy", "set", "unset", "nonsense"])
def test_operations_that_exist_nowhere(api: Any, tenant: Any, op: str) -> None:
    tenant.plant_groups([{"name": "g", "providerType": "custom"}])
    tenant.plant_roles([{"name": "r"}])
    paths = [
        f"/groups/{tenant.groups()[0]['id']}",
        f"/users/{api.user_id('local|plain')}",
        f"/roles/{api.role_id('r')}",
    ]
    for path in [*paths, "/groups/settings", f"/tenants/{tenant.tenant_id}"]:
        assert api.patch(path, (op, "/name", "x")).status_code == 400


def test_tenant_errors(api: Any, tenant: Any) -> None:
    path = f"/tenants/{tenant.tenant_id}"
    response = api.patch(path, ("replace", "/hostnames/1", "ab.us.qlikcloud.com"))
    error = response.json()["errors"][0]
    assert response.status_code == 400
    assert response.json().keys() == {"errors"}
    assert error.keys() == {"code", "title", "source", "meta"}
    assert error["code"] == "TENANTS-10"
    assert error["source"] == {"pointer": "/hostnames/1"}
    assert error["meta"].keys() == {"code", "title"}
    tenant.guess(tenant_error_meta="array", tenant_error_status="number")
    response = api.patch(path, ("replace", "/hostnames/1", "ab.us.qlikcloud.com"))
    assert isinstance(response.json()["errors"][0]["meta"], list)
    assert api.get("/tenants/other").json()["errors"][0]["status"] == 404


#: A refused call of each service, and what its entries and its body have beside code and title.
FORMS: dict[str, tuple[tuple[str, str, Any], dict[str, type], set[str]]] = {
    "groups": (("POST", "/groups", []), {"detail": str, "status": int}, {"traceId"}),
    "users": (("POST", "/users", []), {"detail": str, "status": int}, {"traceId"}),
    "roles": (("POST", "/roles", []), {"detail": str}, {"traceId"}),
    "tenants": (("GET", "/tenants/me?x=1", None), {"detail": str, "status": str, "source": dict}, {"traceId"}),
    "a tenant that is patched": (("PATCH", "/tenants/{tenant}", [1]), {"source": dict, "meta": dict}, set()),
    "spaces": (("GET", "/spaces?limit=0", None), {"detail": str, "meta": dict}, {"traceId"}),
    "licenses": (("PUT", "/licenses/settings", []), {"detail": str}, {"error", "message"}),
    "items": (("GET", "/items?limit=0", None), {"detail": str}, set()),
    "items in no order": (("GET", "/items?sort=name", None), {"detail": str}, set()),
    "api-keys": (("PATCH", "/api-keys/configs/{tenant}", []), {"detail": str, "status": int}, set()),
    "auth-settings": (
        (
            "PATCH",
            "/api/core/auth-settings",
            [{"op": "replace", "path": "/userSessionInactivityTimeoutMinutes", "value": 0}],
        ),
        {"detail": str, "source": dict},
        {"traceId"},
    ),
    **{area: (cases.api.refused, cases.api.error, cases.api.beside) for area, cases in STANDALONE.items()},
    "tenant-settings": (("GET", "/tenant-settings", None), {}, set()),
    "tenant-settings that are made": (("POST", "/tenant-settings", []), {"detail": str, "status": int}, {"traceId"}),
    "tenant-settings that are patched": (("PATCH", "/tenant-settings", []), {}, set()),
}


@pytest.mark.parametrize("case", FORMS)
def test_what_the_type_definitions_say_of_the_errors_of_each_service(api: Any, tenant: Any, case: str) -> None:
    (method, path, body), parts, beside = FORMS[case]
    response = api.call(method, path.format(tenant=tenant.tenant_id), body)
    assert 400 <= response.status_code < 500
    shown = response.json()
    (error,) = shown["errors"]
    deprecated = {"code", "title", "detail", "source"} if case == "spaces" else set()
    assert shown.keys() - deprecated - {"meta"} == {"errors"} | beside
    assert {name: type(value) for name, value in error.items() if name not in ("code", "title")} == parts
    number = case in ("tenant-settings", "tenant-settings that are patched")
    assert isinstance(error["code"], int if number else str)


#: What can stand in the place of any value.
ODD_VALUES: list[Any] = [
    None,
    True,
    7,
    -1.5,
    10**400,
    "",
    "\u0667",
    [],
    [[]],
    [{}],
    [None],
    {},
    {"value": []},
    {"a": {}},
]
#: The fields of every body, by the call that takes it.
BODIES: dict[tuple[str, str], list[str]] = {
    ("POST", "/groups"): ["name", "status", "providerType", "description", "assignedRoles"],
    ("POST", "/users"): ["subject", "name", "email", "picture", "status", "tenantId", "assignedRoles"],
    ("POST", "/users/actions/invite"): ["invitees"],
    ("POST", "/users/actions/filter"): ["filter"],
    ("POST", "/roles"): ["name", "description", "assignedScopes"],
    ("POST", "/spaces"): ["name", "type", "description"],
    ("PUT", "/licenses/settings"): ["autoAssignProfessional", "autoAssignAnalyzer"],
    ("POST", "/tenant-settings"): ["preferredStartPage", "customizeNoAccess"],
    **{("POST", cases.api.path): cases.api.body for cases in STANDALONE.values()},
    ("POST", "/oauth-clients"): ["clientName", "appType", "allowedScopes", "publicKeys", "connectionConfig"],
    ("POST", "/identity-providers"): ["protocol", "provider", "interactive", "options", "tenantIds"],
    ("POST", "/oauth/token"): ["client_id", "client_secret", "grant_type", "scope"],
}
#: The paths that a PATCH can change.
PATCHES: dict[str, list[str]] = {
    "/groups/{group}": ["name", "description", "assignedRoles"],
    "/users/{user}": ["name", "status", "assignedRoles", "assignedGroups", "assignedGroups/-", "preferredLocale"],
    "/roles/{role}": ["name", "description", "assignedScopes", "assignedScopes/-"],
    "/groups/settings": ["autoCreateGroups", "systemGroups/000000000000000000000001/assignedRoles"],
    "/tenants/{tenant}": ["name", "hostnames/1", "enableAppOpeningFeedback"],
    "/spaces/{space}": ["name", "description", "ownerId"],
    "/tenant-settings": ["preferredStartPage", "releaseCadence", "sessionReplayOptOut", "customizeNoAccess"],
    "/api/core/auth-settings": ["maxUserSessionLifespanMinutes", "dcrAllowedAuthenticationMethods"],
    "/api-keys/configs/{tenant}": ["max_keys_per_user", "max_api_key_expiry"],
    **{f"{cases.api.path}/{{{area}}}": cases.api.patch for area, cases in STANDALONE.items() if cases.api.patch},
    "/oauth-clients/{oauth_client}": ["clientName", "description", "redirectUris", "publicKeys", "jwksUri"],
    "/oauth-clients/{oauth_client}/connection-configs/me": ["consentMethod"],
    "/identity-providers/{identity_provider}": ["active", "options", "options/claimsMapping", "pendingOptions/realm"],
}


def planted_ids(tenant: Any) -> dict[str, str]:
    return {
        "tenant": tenant.tenant_id,
        "group": tenant.plant_groups([{"name": "g", "providerType": "custom"}])[0],
        "user": tenant.plant_users([{"subject": "u"}])[0],
        "role": tenant.plant_roles([{"name": "r"}])[0],
        "space": tenant.plant_spaces([{"name": "s", "type": "shared"}])[0],
        **{area: tenant.plant(area, [cases.current])[0] for area, cases in STANDALONE.items()},
        "oauth_client": tenant.plant("oauth_clients", [{}])[0],
        "identity_provider": tenant.plant("identity_providers", [{"options": {}}])[0],
    }


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_odd_values_in_bodies_are_answered_in_json(api: Any, method: str, path: str) -> None:
    fields = BODIES[method, path]
    required = {"name": "n", "subject": "s", "type": "shared", "origin": "o", "allowedIps": ["192.0.2.7"]}
    fine = {name: value for name, value in required.items() if name in fields}
    for body in [*ODD_VALUES, *({**fine, name: value} for name in fields for value in ODD_VALUES)]:
        response = api.call(method, path, data=json.dumps(body), headers={"Content-Type": "application/json"})
        assert response.status_code < 500, (body, response.text)
        assert response.headers.get("Content-Type", "").startswith("application/json") or not response.content


@pytest.mark.parametrize("path", PATCHES)
def test_odd_values_in_patches_are_answered_in_json(api: Any, tenant: Any, path: str) -> None:
    where = path.format(**planted_ids(tenant))
    tenant.guess(ip_policy_lockout="400")
    if path == "/tenant-settings":
        api.made(path, {"preferredStartPage": "analytics-hub"})
    for name in PATCHES[path]:
        for op in ("replace", "add"):
            for value in ODD_VALUES:
                response = api.patch(where, (op, "/" + name, value))
                assert response.status_code < 500, (op, name, value, response.text)
                assert response.headers.get("Content-Type", "").startswith("application/json") or not response.content


def test_terse_errors(api: Any, tenant: Any) -> None:
    tenant.guess(terse_errors=True)
    body = api.post("/groups", {"name": ""}).json()
    assert body.keys() == {"errors"}
    assert body["errors"][0].keys() == {"code", "title"}


def test_ids_of_others(api: Any, tenant: Any) -> None:
    tenant.guess(malformed_id_status=400, other_tenant_status=403)
    assert api.get("/users/odd").status_code == 400
    assert api.get(f"/users/{NOBODY}").status_code == 404
    assert api.get("/tenants/odd").status_code == 400
    assert api.get("/tenants/" + "a" * 32).status_code == 403


def test_a_deactivated_tenant_answers_401_to_everything(api: Any, tenant: Any) -> None:
    tenant.set_tenant(disabled=True)
    for method, path in [*ADMIN_CALLS, ("GET", "/tenants/me"), ("POST", "/oauth/token")]:
        response = api.call(method, path)
        assert response.status_code == 401
        error = response.json()["errors"][0]
        assert (error["code"], error["status"]) == ("TENANT_DISABLED", "401")
        assert response.json()["traceId"]
    tenant.set_tenant(disabled=False)
    assert api.get("/groups").status_code == 200


def test_oauth_tokens(api: Any, tenant: Any) -> None:
    desired = {
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
        "grant_type": "client_credentials",
    }
    response = api.post("/oauth/token", desired)
    assert response.status_code == 200
    token = response.json()
    assert (token["token_type"], token["expires_in"]) == ("bearer", 21600)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", token["expires_at"])
    key = token["access_token"]
    assert api.get("/groups", key=key).status_code == 200
    me = api.get("/users/me", key=key).headers["Location"].rsplit("/", 1)[1]
    bot = api.get(f"/users/{me}").json()
    assert (bot["clientId"], bot["subject"]) == (tenant.client_id, f"qlikbot\\{tenant.client_id}")
    assert tenant.revoke_tokens() == 1
    assert api.get("/groups", key=key).status_code == 401
    plain = api.post("/oauth/token", {**desired, "scope": "user_default"}).json()["access_token"]
    assert api.get("/groups", key=plain).status_code == 403
    scopes = ["user_default", "admin_classic"]
    listed = api.post("/oauth/token", {**desired, "scope": scopes}).json()["access_token"]
    assert api.get("/groups", key=listed).status_code == 200
    users_only = api.post("/oauth/token", {**desired, "scope": "admin.users:read"}).json()["access_token"]
    assert api.get("/users", key=users_only).status_code == 200
    assert api.get("/groups", key=users_only).status_code == 403
    for change in ({"client_secret": "x"}, {"client_id": "x"}):
        response = api.post("/oauth/token", {**desired, **change})
        assert response.status_code == 401
        assert response.json()["errors"][0].keys() >= {"code", "title"}
        assert tenant.client_secret not in response.text
    assert api.post("/oauth/token", {**desired, "grant_type": "password"}).status_code == 400
    assert api.post("/oauth/token", {**desired, "scope": "root"}).status_code == 400
    tenant.guess(oauth_error_status=403)
    assert api.post("/oauth/token", {**desired, "client_secret": "x"}).status_code == 403
    tenant.set_tenant(token_lifetime=0)
    short = api.post("/oauth/token", desired).json()
    assert short["expires_in"] == 0
    assert api.get("/groups", key=short["access_token"]).status_code == 401


def test_oauth_client_in_a_basic_header(api: Any, tenant: Any) -> None:
    """As Qlik's Python client sends it: JSON without the credentials, and these unencoded in the header."""

    def asked(client: str, secret: str, **body: str) -> Any:
        header = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()
        desired = {"grant_type": "client_credentials", **body}
        return api.post("/oauth/token", desired, headers={"Authorization": header})

    response = asked(tenant.client_id, tenant.client_secret, scope="admin_classic")
    assert response.status_code == 200
    assert api.get("/groups", key=response.json()["access_token"]).status_code == 200
    assert asked(tenant.client_id, "x").status_code == 401
    assert asked("x", tenant.client_secret).status_code == 401
    both = asked(tenant.client_id, tenant.client_secret, client_id=tenant.client_id, client_secret=tenant.client_secret)
    assert both.status_code == 400
    desired = {"grant_type": "client_credentials"}
    for header in ("Basic", "Basic !", "Basic " + base64.b64encode(b"no colon").decode(), "Basic /w=="):
        assert api.post("/oauth/token", desired, headers={"Authorization": header}).status_code == 401, header
    assert api.post("/oauth/token", desired).status_code == 400
    tenant.guess(oauth_basic="refuse")
    assert asked(tenant.client_id, tenant.client_secret).status_code == 400


def test_api_versions(api: Any, tenant: Any) -> None:
    def asked(version: str) -> Any:
        return api.get("/groups", headers={"qlik-api-version": version})

    for version in ("2026-05", "2026-08", "2026-11"):
        assert asked(version).json() == api.get("/groups").json()
    assert [entry["api_version"] for entry in tenant.requests()[:2]] == ["2026-05", None]
    for version in ("2025-11", "2026-5", "latest", ""):
        response = asked(version)
        assert response.status_code == 400, version
        assert response.json()["errors"][0].keys() >= {"code", "title"}
    tenant.guess(unknown_api_version="ignore")
    assert asked("2025-11").status_code == 200


@pytest.mark.parametrize("path", ["/groups", "/users/me", "/groups/none", "/nothing"])
def test_deprecation_headers(api: Any, tenant: Any, path: str) -> None:
    assert api.get(path).headers.keys().isdisjoint({"Deprecation", "Sunset"})
    tenant.guess(deprecation_headers="deprecation")
    headers = api.get(path).headers
    assert re.fullmatch(r"@\d+", headers["Deprecation"])
    assert "Sunset" not in headers
    tenant.guess(deprecation_headers="sunset")
    headers = api.get(path).headers
    began = datetime.fromtimestamp(int(headers["Deprecation"][1:]), timezone.utc)
    assert parsedate_to_datetime(headers["Sunset"]) > began
    assert "Deprecation" not in api.session.get(tenant.url).headers


def test_keys_end_with_their_user(api: Any, tenant: Any) -> None:
    key = tenant.api_key_without_roles
    user_id = api.user_id("local|blind")
    api.patch(f"/users/{user_id}", ("replace", "/status", "disabled"))
    assert api.get("/groups", key=key).status_code == 401
    tenant.guess(disabled_user_key_status=403)
    assert api.get("/groups", key=key).status_code == 403
    assert api.delete(f"/users/{user_id}").status_code == 204
    assert api.get("/groups", key=key).status_code == 401
    tenant.revoke_tokens("api_key")
    assert api.get("/groups").status_code == 401
