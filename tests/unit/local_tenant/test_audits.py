# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: what gets into it, and how it is read (Qlik reference: audits, events)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from local_tenant.limits import PUBLISHED, Tier
from local_tenant.times import instant, written

EVERYONE = "000000000000000000000001"
PAGE = {"linkEnabled": True, "linkLabel": "Help", "linkUrl": "https://help.example.com", "message": "Ask us."}


def happened(tenant: Any) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of all events."""
    return [(event["eventType"], event["data"]) for event in tenant.audit_events()]


def types(tenant: Any) -> list[str]:
    return [name.removeprefix("com.qlik.core.") for name, _data in happened(tenant)]


def days_ago(days: float) -> str:
    return written(datetime.now(timezone.utc) - timedelta(days=days))


def test_a_new_tenant_has_no_events(api: Any, tenant: Any) -> None:
    tenant.plant_groups([{"name": "planted"}])
    assert api.get("/groups").status_code == 200
    assert api.post("/groups", {}).status_code == 400
    assert api.get("/audits").json()["data"] == tenant.audit_events() == []


def test_a_row_of_the_log(api: Any, tenant: Any) -> None:
    group = api.made("/groups", {"name": "Finance"})
    (event,) = api.get("/audits").json()["data"]
    assert event == api.get(f"/audits/{event['id']}").json()
    assert event.keys() == {
        *("id", "eventId", "eventTime", "eventType", "eventTypeVersion", "source", "tenantId", "userId"),
        *("contentType", "data", "links"),
    }
    assert event["links"]["self"]["href"].endswith(f"/api/v1/audits/{event['id']}")
    assert (event["eventType"], event["source"]) == ("com.qlik.core.group.created", "com.qlik/identities")
    assert (event["userId"], event["tenantId"]) == (api.user_id("local|admin"), tenant.tenant_id)
    assert abs(instant(event["eventTime"]) - datetime.now(timezone.utc)) < timedelta(seconds=30)
    assert event["data"].items() >= {"id": group["id"], "name": "Finance", "idpId": "", "assignedRoles": []}.items()
    assert event["data"].keys().isdisjoint({"links", "_updates"})
    assert api.get("/audits/unknown").status_code == 404


def test_users(api: Any, tenant: Any) -> None:
    user = api.made("/users", {"subject": "ACME\\ada", "name": "Ada"})
    path = f"/users/{user['id']}"
    role = {"id": api.role_id("TenantAdmin"), "name": "TenantAdmin", "type": "default", "level": "admin"}
    api.patch(path, ("replace", "/assignedRoles", [{"name": "TenantAdmin"}]), ("replace", "/name", "Ada L."))
    api.patch(path, ("replace", "/name", "Ada L."))
    api.delete(path)
    (_name, created), (_second, updated), (_third, same), (_last, deleted) = happened(tenant)
    assert types(tenant) == ["user.created", "user.updated", "user.updated", "user.deleted"]
    assert (created["subject"], created["assignedRoles"], created["assignedGroups"]) == ("ACME\\ada", [], [])
    assert updated["_updates"] == [
        {"path": "/name", "newValue": "Ada L.", "oldValue": "Ada"},
        {"path": "/assignedRoles", "newValue": [role], "oldValue": []},
    ]
    assert (updated["id"], updated["name"], same["_updates"]) == (user["id"], "Ada L.", [])
    # The name of what is gone is in the event only.
    assert (deleted["id"], deleted["subject"], deleted["name"]) == (user["id"], "ACME\\ada", "Ada L.")


def test_only_the_updates_of_a_user(api: Any, tenant: Any) -> None:
    tenant.guess(audit_user_updated="updates")
    api.patch(f"/users/{api.user_id('local|plain')}", ("replace", "/name", "New"))
    updates = [{"path": "/name", "newValue": "New", "oldValue": "Plain User"}]
    assert happened(tenant) == [("com.qlik.core.user.updated", {"_updates": updates})]


def test_a_207_and_what_a_refused_patch_leaves_behind(api: Any, tenant: Any) -> None:
    path = f"/users/{api.user_id('local|plain')}"
    operations = [("replace", "/preferredLocale", 1), ("replace", "/assignedRoles", [{"name": "Steward"}])]
    assert api.patch(path, *operations).status_code == 207
    tenant.guess(patch_atomic=False)
    (group,) = tenant.plant_groups([{"name": "g", "providerType": "custom"}])
    operations = [("replace", "/name", "new"), ("replace", "/description", 1)]
    assert api.patch(f"/groups/{group}", *operations).status_code == 400
    changes = [[update["path"] for update in data["_updates"]] for _name, data in happened(tenant)]
    assert changes == [["/assignedRoles"], ["/name"]]


def test_groups_and_their_members(api: Any, tenant: Any) -> None:
    (group,) = tenant.plant_groups([{"name": "Finance", "assignedRoles": ["Steward"]}])
    people = tenant.plant_users([{"subject": f"u{number}", "assignedGroups": ["Finance"]} for number in range(101)])
    api.patch(f"/groups/{group}", ("replace", "/assignedRoles", []))
    api.delete(f"/groups/{group}")
    assert types(tenant) == [
        *("group.updated", "group.users.modified", "group.users.modified"),
        *["user.updated"] * 101,
        *("group.deleted", "group.users.modified", "group.users.modified"),
    ]
    (_name, updated), (_one, first), (_two, second), *_rest = happened(tenant)
    assert updated["_updates"][0]["path"] == "/assignedRoles"
    assert updated["_updates"][0]["oldValue"][0]["name"] == "Steward"
    assert (first["affectedUsers"] + second["affectedUsers"], first["deleted"]) == (people, False)
    assert (first["fullyProcessed"], second["fullyProcessed"]) == (False, True)
    assert happened(tenant)[-1][1]["deleted"] is True
    assert happened(tenant)[-3][1]["name"] == "Finance"


@pytest.mark.parametrize(
    ("guess", "names"),
    [
        ("group", ["group.updated"]),
        ("group-setting", ["group-setting.updated"]),
        ("both", ["group-setting.updated", "group.updated"]),
    ],
)
def test_roles_of_everyone(api: Any, tenant: Any, guess: str, names: list[str]) -> None:
    tenant.guess(audit_everyone=guess)
    path = f"/systemGroups/{EVERYONE}/assignedRoles"
    api.patch("/groups/settings", ("replace", path, [{"name": "Steward"}]))
    assert types(tenant) == names
    paths = {name: data["_updates"][0]["path"] for name, data in happened(tenant)}
    assert set(paths.values()) <= {path, "/assignedRoles"}
    if guess != "group-setting":
        assert happened(tenant)[-1][1]["id"] == EVERYONE
    # The same once more is a write too.
    api.patch("/groups/settings", ("replace", path, [{"name": "Steward"}]))
    assert types(tenant) == names * 2
    assert happened(tenant)[-1][1]["_updates"] == []


def test_settings_of_the_tenant(api: Any, tenant: Any) -> None:
    api.patch("/groups/settings", ("replace", "/autoCreateGroups", True))
    api.patch(
        f"/tenants/{tenant.tenant_id}", ("replace", "/name", "Acme"), ("replace", "/enableAnalyticCreation", True)
    )
    api.patch("/api/core/auth-settings", ("replace", "/maxUserSessionLifespanMinutes", 600))
    api.patch(f"/api-keys/configs/{tenant.tenant_id}", ("replace", "/max_keys_per_user", 7))
    assert types(tenant) == [
        "group-setting.updated",
        "tenant.updated",
        "auth-settings.updated",
        "api-keys-config.updated",
    ]
    group_settings, record, policy, keys = (data for _name, data in happened(tenant))
    assert group_settings == {
        "tenantId": tenant.tenant_id,
        "autoCreateGroups": True,
        "syncIdpGroups": False,
        "_updates": [{"path": "/autoCreateGroups", "newValue": True, "oldValue": False}],
    }
    assert record.keys() == {"id", "name", "hostnames", "_updates"}
    assert [update["path"] for update in record["_updates"]] == ["/name", "/enableAnalyticCreation"]
    assert record["_updates"][1] == {"path": "/enableAnalyticCreation", "newValue": True, "oldValue": False}
    assert (policy["id"], policy["tenantId"]) == (tenant.tenant_id, tenant.tenant_id)
    changed = {"path": "/maxUserSessionLifespanMinutes", "newValue": 600, "oldValue": 1440}
    assert changed in policy["_updates"]
    assert keys == {
        "apiKeysEnabled": True,
        "maxKeysPerUser": 7,
        "maxApiKeyExpiry": "PT24H",
        "scimExternalClientExpiry": "P365D",
    }


def test_roles_and_ip_policies(api: Any, tenant: Any) -> None:
    bodies: dict[str, tuple[Any, Any]] = {
        "/roles": ({"name": "Keys"}, ("replace", "/assignedScopes", ["api-keys"])),
        "/api/core/ip-policies": ({"name": "Here", "allowedIps": ["192.0.2.1"]}, ("replace", "/name", "There")),
    }
    for path, (body, operation) in bodies.items():
        made = api.made(path, body)
        api.patch(f"{path}/{made['id']}", operation)
        api.delete(f"{path}/{made['id']}")
    resources = ("role", "ip-policy")
    assert types(tenant) == [f"{name}.{verb}" for name in resources for verb in ("created", "updated", "deleted")]
    data = [data for _name, data in happened(tenant)]
    assert "permissions" not in data[0]
    scopes = {"path": "/assignedScopes", "newValue": ["api-keys"], "oldValue": []}
    assert (data[1]["assignedScopes"], data[1]["_updates"]) == (["api-keys"], [scopes])
    assert data[4]["_updates"] == [{"path": "/name", "newValue": "There", "oldValue": "Here"}]
    assert data[5]["name"] == "There"


def test_spaces_and_members(api: Any, tenant: Any) -> None:
    (ada,) = tenant.plant_users([{"subject": "ada"}])
    space = api.made("/spaces", {"name": "Money", "type": "shared", "description": "x"})
    path = f"/spaces/{space['id']}"
    member = api.made(f"{path}/assignments", {"type": "user", "assigneeId": ada, "roles": ["consumer"]})
    api.put(f"{path}/assignments/{member['id']}", {"roles": ["producer"]})
    api.patch(path, ("replace", "/name", "Cash"))
    api.patch(path, ("replace", "/description", "y"))
    api.delete(f"{path}/assignments/{member['id']}")
    api.made(f"{path}/assignments", {"type": "user", "assigneeId": ada, "roles": ["consumer"]})
    api.delete(path)
    assert types(tenant) == [
        *("space.created", "space.assignment.created", "space.assignment.updated", "space.updated", "space.updated"),
        *("space.assignment.deleted", "space.assignment.created", "space.assignment.deleted", "space.deleted"),
    ]
    made, created, updated, renamed, described, deleted, _again, gone, last = (data for _name, data in happened(tenant))
    assert made.keys() == {
        *("id", "name", "type", "ownerId", "description", "variables", "environment", "environmentId")
    }
    admin = api.user_id("local|admin")
    who = {"type": "user", "spaceId": space["id"], "assigneeId": ada}
    assert created == {
        **who,
        "id": member["id"],
        "roles": ["consumer"],
        "spaceType": "shared",
        "createdBy": admin,
        "createdAt": member["createdAt"],
    }
    assert (updated["roles"], updated["updatedBy"], "_updates" in updated) == (["producer"], admin, False)
    assert (renamed["previousName"], renamed["restrictions"], "previousOwnerId" in renamed) == ("Money", [], False)
    assert "previousName" not in described
    assert deleted == {**who, "id": member["id"], "spaceName": "Cash", "spaceDelete": False}
    assert (gone["spaceDelete"], gone["spaceName"], last["name"]) == (True, "Cash", "Cash")


def test_previous_values_that_have_not_changed(api: Any, tenant: Any) -> None:
    tenant.guess(audit_previous_values="always")
    (space,) = tenant.plant_spaces([{"name": "Money"}])
    api.patch(f"/spaces/{space}", ("replace", "/description", "y"))
    ((_name, data),) = happened(tenant)
    assert (data["previousName"], data["previousOwnerId"]) == ("Money", api.user_id("local|admin"))


def test_api_keys(api: Any, tenant: Any) -> None:
    key = api.made("/api-keys", {"description": "CI"})
    api.patch(f"/api-keys/{key['id']}", ("replace", "/description", "Nightly"))
    api.delete(f"/api-keys/{key['id']}")
    (theirs,) = tenant.plant_api_keys([{"user": "local|plain"}])
    api.delete(f"/api-keys/{theirs}")
    assert types(tenant) == ["api-key.created", "api-key.updated", "api-key.deleted", "api-key.deleted"]
    created, updated, deleted, revoked = (data for _name, data in happened(tenant))
    assert created == {name: key[name] for name in ("id", "sub", "subType", "description", "expiry")}
    assert updated == {**created, "description": "Nightly"}
    assert deleted == {**updated, "status": "deleted"}
    assert (revoked["id"], revoked["status"]) == (theirs, "revoked")
    assert "token" not in str(tenant.audit_events())


def test_oauth_clients(api: Any, tenant: Any) -> None:
    client = api.made("/oauth-clients", {"clientName": "CI", "appType": "web"})
    path = f"/oauth-clients/{client['clientId']}"
    api.patch(path, ("replace", "/description", "Deploys"))
    secret = api.made(f"{path}/client-secrets", None)
    api.delete(f"{path}/client-secrets/{secret['hint']}")
    for method in ("trusted", "required"):
        api.patch(f"{path}/connection-configs/me", ("replace", "/consentMethod", method))
    api.delete(f"{path}/connection-configs/me")
    api.made(f"{path}/actions/publish", None)
    assert api.delete(path, headers={"qlik-confirm-delete": client["clientId"]}).status_code == 204
    parts = ("updated", "secret.created", "secret.deleted", "connection-config.approved", "connection-config.updated")
    ends = ("connection-config.deleted", "published", "deleted")
    assert [name for name in types(tenant) if name.startswith("oauth")] == [
        f"oauth-client.{part}" for part in ("created", *parts, *ends)
    ]
    assert all(data["id"] == client["clientId"] for name, data in happened(tenant) if name.startswith("oauth"))
    for value in (client["clientSecret"], secret["clientSecret"]):
        assert value not in str(tenant.audit_events())


def test_what_has_no_events(api: Any, tenant: Any) -> None:
    api.made("/csp-origins", {"name": "o", "origin": "a.example.com", "imgSrc": True})
    api.made("/tenant-settings", {"customizeNoAccess": PAGE})
    body = {"autoAssignAnalyzer": True, "autoAssignProfessional": True}
    assert api.put("/licenses/settings", body).status_code == 200
    assert tenant.counters()["writes"] == 3
    assert tenant.audit_events() == []


def test_who_did_it(api: Any, tenant: Any) -> None:
    ada, grace = tenant.plant_users([{"subject": "ACME\\ada", "assignedRoles": ["TenantAdmin"]}, {"subject": "grace"}])
    token = api.post(
        "/oauth/token",
        {"client_id": tenant.client_id, "client_secret": tenant.client_secret, "grant_type": "client_credentials"},
        headers={"Authorization": ""},
    ).json()["access_token"]
    keys: list[Callable[[], str]] = [
        lambda: tenant.token_of("ACME\\ada"),
        lambda: tenant.token_of(ada, actor="grace"),
        lambda: tenant.token_of(ada, actor={"sub": tenant.client_id, "subType": "oauthClient"}),
        lambda: token,
        lambda: tenant.api_key_token(tenant.plant_api_keys([{"user": ada}])[0]),
    ]
    for number, key in enumerate(keys):
        assert api.post("/groups", {"name": f"g{number}"}, key=key()).status_code == 201
    events = tenant.audit_events()
    bot = api.user_id(f"qlikbot\\{tenant.client_id}")
    assert [event["userId"] for event in events] == [ada, ada, ada, bot, ada]
    assert [event.get("extensions", {}).get("actor") for event in events] == [
        None,
        {"sub": grace, "subType": "user"},
        {"sub": tenant.client_id, "subType": "oauthClient"},
        None,
        None,
    ]


def test_old_names(api: Any, tenant: Any) -> None:
    tenant.guess(audit_names="old")
    group = api.made("/groups", {"name": "Finance"})
    api.patch(f"/groups/{group['id']}", ("replace", "/assignedRoles", [{"name": "Steward"}]))
    api.patch("/groups/settings", ("replace", "/autoCreateGroups", True))
    role = api.made("/roles", {"name": "Keys"})
    api.patch(f"/roles/{role['id']}", ("replace", "/assignedScopes", ["api-keys"]))
    api.patch(f"/api-keys/configs/{tenant.tenant_id}", ("replace", "/max_keys_per_user", 7))
    api.patch(f"/users/{api.user_id('local|plain')}", ("replace", "/name", "not published"))
    api.patch("/api/core/auth-settings", ("replace", "/userSessionInactivityTimeoutMinutes", 5))
    space = api.made("/spaces", {"name": "s", "type": "shared"})
    plain = api.user_id("local|plain")
    api.made(f"/spaces/{space['id']}/assignments", {"type": "user", "assigneeId": plain, "roles": ["consumer"]})
    key = tenant.plant_api_keys([{"sub": "SCIM\\idp", "daysLeft": -1}])[0]
    assert api.get("/groups", key=tenant.api_key_token(key)).status_code == 401
    assert [name for name, _data in happened(tenant)] == [
        "com.qlik.v1.group.created",
        "com.qlik.v1.group.updated",
        "com.qlik.v1.group-setting.updated",
        "com.qlik.v1.role.created",
        "com.qlik.v1.role.updated",
        "com.qlik.api-keys-config.updated",
        "com.qlik.space.created",
        "com.qlik.space.assignment.created",
        "com.qlik.v1.api-key.validation.failed",
    ]
    assert tenant.audit_events()[0]["source"] == "com.qlik/groups"
    _created, changed, settings, _made, scopes, keys, *_rest = (data for _name, data in happened(tenant))
    assert changed["updates"][0]["oldValue"] == "[]"
    assert settings["updates"] == [{"path": "/autoCreateGroups", "newValue": "true", "oldValue": "false"}]
    assert scopes["_updates"][0]["newValue"] == '["api-keys"]'
    assert keys["maxKeysPerUser"] == "7"


def test_both_names_and_none(api: Any, tenant: Any) -> None:
    tenant.guess(audit_names="both")
    group = api.made("/groups", {"name": "Finance"})
    old, new = tenant.audit_events()
    assert (old["eventType"], new["eventType"]) == ("com.qlik.v1.group.created", "com.qlik.core.group.created")
    assert old["data"]["id"] == new["data"]["id"] == group["id"]
    assert 0 < (instant(new["eventTime"]) - instant(old["eventTime"])).total_seconds() < 2
    tenant.guess(audit_names="none")
    api.made("/groups", {"name": "Sales"})
    key = tenant.plant_api_keys([{"sub": "SCIM\\idp", "daysLeft": -1}])[0]
    assert api.get("/groups", key=tenant.api_key_token(key)).status_code == 401
    assert len(tenant.audit_events()) == 2


def test_a_scim_key_that_is_not_valid_any_more(api: Any, tenant: Any) -> None:
    good, expired, revoked = tenant.plant_api_keys(
        [
            {"sub": "SCIM\\idp1"},
            {"sub": "SCIM\\idp2", "daysLeft": -1, "description": "Okta"},
            {"sub": "SCIM\\idp3", "status": "revoked"},
        ]
    )
    statuses = [api.get("/groups", key=tenant.api_key_token(key)).status_code for key in (good, expired, revoked)]
    assert statuses == [403, 401, 401]
    first, _second = tenant.audit_events()
    assert first["eventType"] == "com.qlik.core.api-key.validation.failed"
    assert "userId" not in first
    assert first["data"].items() >= {"code": "APIKEYS-18", "idpId": "idp2", "description": "Okta"}.items()
    assert "id" not in first["data"]
    assert (len(first["data"]["jti"]), first["extensions"]) == (24, {"topLevelResourceId": expired})


def test_guesses_about_a_row(api: Any, tenant: Any) -> None:
    tenant.guess(audit_no_actor="empty", audit_extensions="present", audit_sources="identities")
    tenant.plant_audit_events([{"eventType": "com.qlik.core.user.provisioned"}])
    space = api.made("/spaces", {"name": "s", "type": "shared"})
    plain = api.user_id("local|plain")
    api.made(f"/spaces/{space['id']}/assignments", {"type": "user", "assigneeId": plain, "roles": ["consumer"]})
    api.patch(f"/users/{plain}", ("replace", "/name", "New"))
    planted, made, member, user = tenant.audit_events()
    assert planted["userId"] == ""
    assert made["source"] == member["source"] == "com.qlik/identities"
    assert made["extensions"] == {"ownerId": api.user_id("local|admin"), "spaceId": space["id"]}
    assert member["extensions"] == {"spaceId": space["id"], "topLevelResourceId": space["id"]}
    assert user["extensions"]["updates"] == user["data"]["_updates"]


def test_pages_filters_and_order(api: Any, tenant: Any) -> None:
    (ada,) = tenant.plant_users([{"subject": "ada"}])
    planted = [
        {"eventType": f"t{number % 2}", "ageDays": number, "user": "ada" if number < 3 else "", "source": "s"}
        for number in range(25)
    ]
    ids = tenant.plant_audit_events(planted)

    def listed(**query: str) -> list[str]:
        return [event["id"] for event in api.listed("/audits", **query)]

    first = api.get("/audits").json()
    assert [event["id"] for event in first["data"]] == ids[:10]
    assert api.get("/audits", params={"limit": "100"}).json()["links"].keys() == {"self"}
    assert listed() == ids
    assert listed(limit="7", sort="+eventTime") == ids[::-1]
    assert listed(userId=ada) == ids[:3]
    assert listed(eventType="t1", limit="3") == ids[1::2]
    assert listed(eventType="T1") == listed(source="S") == listed(userId="ada") == []
    assert listed(id=f"{ids[4]},{ids[2]},unknown") == [ids[2], ids[4]]
    assert [event["eventType"] for event in api.listed("/audits", sort="-eventType")] == ["t1"] * 12 + ["t0"] * 13
    times = [event["eventTime"] for event in api.listed("/audits")]
    assert listed(eventTime=f"{times[5]}/{times[2]}") == ids[2:6]
    assert listed(eventTime=f"{times[5]}/{times[2]}", eventType="t0", limit="1") == [ids[2], ids[4]]
    tenant.guess(audit_span_ends="excluded")
    assert listed(eventTime=f"{times[5]}/{times[2]}") == ids[3:5]


def test_events_of_one_moment_are_in_their_order(api: Any, tenant: Any) -> None:
    moment = days_ago(1)
    ids = tenant.plant_audit_events([{"eventType": "t", "eventTime": moment} for _number in range(30)])
    assert [event["id"] for event in api.listed("/audits", limit="4")] == ids[::-1]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"sort": "eventTime"},
        {"sort": "+userId"},
        {"next": "made-up"},
        {"filter": 'eventType eq "x"'},
        {"objectId": "x"},
        {"eventTime": "2026-11-01T00:00:00Z"},
        {"eventTime": "2026-11-01T00:00:00Z/"},
        {"eventTime": "2026-11-01/2026-11-02"},
        {"eventTime": "2026-11-01T00:00:00/2026-11-02T00:00:00"},
        {"eventTime": "2026-11-01T00:00:00+01:00/2026-11-02T00:00:00+01:00"},
        {"eventTime": "2026-13-01T00:00:00Z/2026-11-02T00:00:00Z"},
        {"eventTime": "2026-11-02T00:00:00Z/2026-11-01T00:00:00Z"},
        {"eventTime": "-7d"},
    ],
    ids=str,
)
def test_queries_that_are_refused(api: Any, query: dict[str, str]) -> None:
    response = api.get("/audits", params=query)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "AUDITS-400")
    assert response.json()["errors"][0].keys() == {"code", "title", "detail"}


def test_guesses_about_queries(api: Any, tenant: Any) -> None:
    tenant.plant_audit_events([{"eventType": "t"}])
    assert api.get("/audits", params={"eventType": "unknown"}).json()["data"] == []
    tenant.guess(audit_unknown_type="400", audit_malformed_time="ignore")
    assert api.get("/audits", params={"eventType": "unknown"}).status_code == 400
    assert len(api.get("/audits", params={"eventType": "t", "eventTime": "-7d"}).json()["data"]) == 1


def test_events_are_kept_for_90_days_and_archived_for_ever(api: Any, tenant: Any) -> None:
    old, young = tenant.plant_audit_events([{"eventType": "t", "ageDays": 90.01}, {"eventType": "t", "ageDays": 89.99}])
    assert [event["id"] for event in api.listed("/audits")] == [young]
    assert (api.get(f"/audits/{old}").status_code, api.get(f"/audits/{young}").status_code) == (404, 200)
    settings = api.get("/audits/settings").json()
    assert settings == {"data": {"ArchiveEnabled": True, "EventTTL": 90 * 86_400}}
    tenant.let_pass(days=1)
    assert api.listed("/audits") == []
    for days in (91.01, 90.99):
        assert api.get("/audits/archive", params={"date": days_ago(days)[:10]}).status_code == 200


def test_the_archive_of_a_day(api: Any, tenant: Any) -> None:
    tenant.plant_audit_events(
        [
            {"eventType": "first", "eventTime": "2025-03-01T00:00:00.000Z", "data": {"id": "x"}, "user": "gone"},
            {"eventType": "last", "eventTime": "2025-03-01T23:59:59.999Z"},
            {"eventType": "next day", "eventTime": "2025-03-02T00:00:00.000Z"},
            *({"eventType": "many", "eventTime": "2025-03-01T12:00:00.000Z"} for _number in range(500)),
        ]
    )
    response = api.get("/audits/archive", params={"date": "2025-03-01"})
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in response.headers
    (first, *_many, last) = items = response.json()["data"]
    assert (len(items), first["eventType"], last["eventType"]) == (502, "first", "last")
    assert first["data"] == {"id": "x"}
    assert first["userId"] == "gone"
    assert first.keys().isdisjoint({"id", "links"})
    for query in ({}, {"date": "2025-3-1"}, {"date": "2025-02-30"}, {"date": "20250301"}):
        assert api.get("/audits/archive", params=query).status_code == 400, query
    assert api.get("/audits/archive", params={"date": "2025-03-01", "limit": "1"}).status_code == 400
    assert api.get("/audits/archive", params={"date": "2024-01-01"}).status_code == 404
    tenant.guess(audit_archive_form="array", audit_archive_empty_day="empty")
    assert len(api.get("/audits/archive", params={"date": "2025-03-01"}).json()) == 502
    assert api.get("/audits/archive", params={"date": "2024-01-01"}).json() == []
    tenant.guess(audit_archive_enabled=False)
    assert api.get("/audits/archive", params={"date": "2025-03-01"}).status_code == 404
    assert api.get("/audits/settings").json()["data"]["ArchiveEnabled"] is False


def test_the_stream_of_an_archive_can_be_left(api: Any, tenant: Any) -> None:
    data = {"text": "x" * 1000}
    tenant.plant_audit_events([{"eventType": "t", "ageDays": 1, "data": data} for _number in range(2000)])
    response = api.get("/audits/archive", params={"date": days_ago(1)[:10]}, stream=True)
    assert len(next(response.iter_content(4096))) <= 4096
    response.close()
    assert api.get("/groups").status_code == 200


def test_types_and_sources_are_those_of_this_tenant(api: Any, tenant: Any) -> None:
    assert api.get("/audits/types").json()["data"] == []
    api.made("/groups", {"name": "g"})
    tenant.plant_audit_events([{"eventType": "odd", "source": "com.qlik/odd", "ageDays": 200}])
    assert api.get("/audits/types").json()["data"] == ["com.qlik.core.group.created", "odd"]
    assert api.get("/audits/sources").json()["data"] == ["com.qlik/identities", "com.qlik/odd"]
    tenant.guess(audit_names_page=1)
    first = api.get("/audits/types").json()
    assert (first["data"], first["links"].keys()) == (["com.qlik.core.group.created"], {"self", "next"})
    assert api.listed("/audits/types") == ["com.qlik.core.group.created", "odd"]
    cursor = first["links"]["next"]["href"].split("next=")[1]
    back = api.get("/audits/types", params={"next": cursor}).json()["links"]
    assert back.keys() == {"self", "prev"}
    assert api.get("/audits/sources", params={"next": cursor}).status_code == 400
    assert api.get("/audits/types", params={"next": cursor, "prev": cursor}).status_code == 400
    assert api.get("/audits/types", params={"limit": "1"}).status_code == 400


def test_the_log_is_late(api: Any, tenant: Any) -> None:
    tenant.guess(audit_delay_seconds=120)
    api.made("/groups", {"name": "g"})
    (event,) = tenant.audit_events()
    day = event["eventTime"][:10]

    def seen() -> list[int]:
        paths = ("/audits", "/audits/types", f"/audits/archive?date={day}")
        counts = [len(api.get(path).json().get("data", [])) for path in paths]
        return [*counts, api.get(f"/audits/{event['id']}").status_code]

    assert seen() == [0, 0, 0, 404]
    tenant.let_pass(seconds=60)
    assert seen() == [0, 0, 0, 404]
    tenant.let_pass(seconds=61)
    event = tenant.audit_events()[0]
    day = event["eventTime"][:10]
    assert seen() == [1, 1, 1, 200]


def test_rights(api: Any, tenant: Any) -> None:
    tenant.plant_users([{"subject": "auditor", "assignedRoles": ["AuditAdmin"]}])
    api.made("/groups", {"name": "g"})
    plain, auditor = tenant.api_key_without_rights, tenant.token_of("auditor")
    (space,) = tenant.plant_spaces([{"name": "s", "owner": "local|plain"}])
    assert api.patch(f"/spaces/{space}", ("replace", "/name", "t"), key=plain).status_code == 200
    event = tenant.audit_events()[0]["id"]
    day = days_ago(0)[:10]
    paths = ["/audits", f"/audits/{event}", "/audits/types", "/audits/sources", "/audits/settings"]
    paths += [f"/audits/archive?date={day}", "/audits/unknown"]
    assert [api.get(path, key=plain).status_code for path in paths] == [403] * 7
    assert [api.get(path, key=auditor).status_code for path in paths[:6]] == [200] * 6
    assert api.get("/groups", key=auditor).status_code == 403
    scoped = tenant.token_of("local|admin", scopes=["user_default", "admin.users"])
    assert api.get("/audits", key=scoped).status_code == 403
    tenant.guess(audits_without_rights="own")
    assert [item["data"]["name"] for item in api.get("/audits", key=plain).json()["data"]] == ["t"]
    assert api.get(f"/audits/{event}", key=plain).status_code == 404
    assert len(api.get("/audits").json()["data"]) == 2
    tenant.guess(audits_without_rights="empty")
    assert api.get("/audits", key=plain).json()["data"] == []


def test_a_tenant_without_the_api(api: Any, tenant: Any) -> None:
    tenant.set_tenant(missing_services=["audits"])
    for path in ("/audits", "/audits/types", "/audits/archive?date=2026-11-01"):
        assert api.get(path).status_code == 404
    tenant.set_tenant(missing_services=[])
    tenant.misbehave({"match": {"path": "/audits"}, "action": {"status": 500}})
    assert (api.get("/audits").status_code, api.get("/groups").status_code) == (500, 200)


def test_its_own_rate_limit(api: Any, tenant: Any) -> None:
    assert PUBLISHED["audits"] == Tier(1000, 1)
    tenant.limits(enabled=True, tiers={"audits": {"per_minute": 3}})
    paths = ["/audits", "/audits/types", "/audits/settings", "/audits/sources"]
    assert [api.get(path).status_code for path in paths] == [200, 200, 200, 429]
    assert api.get("/groups").status_code == 200


def test_a_list_that_grows_between_two_pages(api: Any, tenant: Any) -> None:
    ids = tenant.plant_audit_events([{"eventType": "t", "ageDays": number} for number in range(1, 5)])
    first = api.get("/audits", params={"limit": "2"}).json()
    tenant.plant_audit_events([{"eventType": "t"}])
    second = api.get(first["links"]["next"]["href"].split("/api/v1")[1]).json()
    assert [event["id"] for event in second["data"]] == ids[2:]
