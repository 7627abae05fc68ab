# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys: who has which, until when, and how they end (Qlik reference: api-keys)."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from local_tenant.times import instant, later, parts

KEYS = "/api-keys"
FIELDS = {
    *("id", "tenantId", "description", "sub", "subType", "status", "expiry", "createdByUser", "created", "lastUpdated")
}


def payload(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))))


def days_left(key: dict[str, Any]) -> float:
    return (instant(key["expiry"]) - datetime.now(timezone.utc)) / timedelta(days=1)


def own_key(tenant: Any) -> str:
    return str(payload(tenant.api_key)["jti"])


@pytest.fixture
def user(api: Any, tenant: Any) -> str:
    """A token of a person who is no administrator and may have API keys."""
    tenant.plant_roles([{"name": "Keys", "assignedScopes": ["api-keys"]}])
    tenant.plant_users([{"subject": "ada", "assignedRoles": ["Keys"]}])
    return str(tenant.token_of("ada"))


def test_a_key_and_its_token(api: Any, tenant: Any) -> None:
    made = api.made(KEYS, {"description": "CI", "expiry": "PT12H"})
    token = made.pop("token")
    assert made.keys() == FIELDS
    assert 0.49 < days_left(made) <= 0.5
    admin = api.user_id("local|admin")
    assert (made["sub"], made["subType"], made["createdByUser"], made["status"]) == (admin, "user", admin, "active")
    assert api.get(f"{KEYS}/{made['id']}").json() == made
    assert made in tenant.state()["api_keys"]
    # The token is shown once only, and acts as its user.
    assert "token" not in api.get(KEYS).text
    assert payload(token).items() >= {"jti": made["id"], "sub": admin}.items()
    me = api.get("/users/me", key=token)
    assert (me.status_code, me.headers["Location"].rpartition("/")[2]) == (301, admin)
    # Nothing else than the token itself is good.
    assert api.get("/users/me", key=token[:-1]).status_code == 401
    assert api.get("/users/me", key="a.b." + token.split(".")[2]).status_code == 401
    assert tenant.api_key_token(made["id"]) == token


def test_the_keys_of_a_fresh_tenant_are_listed(api: Any, tenant: Any) -> None:
    listed = api.listed(KEYS)
    assert {payload(tenant.api_key)["jti"], payload(tenant.api_key_without_rights)["jti"]} < {
        key["id"] for key in listed
    }
    before = tenant.api_key
    tenant.reset()
    assert (tenant.api_key, api.get(f"{KEYS}/{own_key(tenant)}").status_code) == (before, 200)


@pytest.mark.parametrize("form", ["object-id", "absent"])
def test_the_jti_can_be_something_else(api: Any, tenant: Any, form: str) -> None:
    before = tenant.api_key
    tenant.guess(api_key_jti=form)
    assert tenant.api_key != before
    made = api.made(KEYS, {"description": "CI"})
    for key in (tenant.api_key, made["token"]):
        jti = payload(key).get("jti")
        assert (jti is None) == (form == "absent")
        assert jti not in {item["id"] for item in api.listed(KEYS)}
        assert api.get("/groups", key=key).status_code == 200
    assert api.get("/groups", key=before).status_code == 200
    other = api.made(KEYS, {"description": "CI"})
    assert made["token"] != other["token"]
    tenant.reset()
    assert tenant.api_key == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"description": ""}, 400),
        ({"description": "x", "expiry": "2026-12-31T00:00:00Z"}, 400),
        ({"description": "x", "expiry": "PT0S"}, 400),
        ({"description": "x", "expiry": 7}, 400),
        ({"description": "x", "expiry": "PT25H"}, 400),
        ({"description": "x", "expiry": "P1Y"}, 400),
        ({"description": "x", "subType": "bot"}, 400),
        ({"description": "x", "subType": "externalClient"}, 400),
        ({"description": "x", "subType": "externalClient", "sub": "idp"}, 400),
        ({"description": "x", "subType": "externalClient", "sub": "SCIM\\a\\b"}, 400),
        ({"description": "x", "sub": "somebody else"}, 403),
        ({"description": "x", "name": "x"}, 400),
        ({"description": "x", "status": "active"}, 400),
    ],
    ids=str,
)
def test_keys_that_cannot_be_created(api: Any, tenant: Any, body: Any, status: int) -> None:
    before = tenant.state()["api_keys"]
    response = api.post(KEYS, body)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (status, f"APIKEYS-{status}")
    assert (tenant.state()["api_keys"], tenant.audit_events()) == (before, [])


def test_the_settings_of_the_tenant_are_for_new_keys(api: Any, tenant: Any) -> None:
    tenant.set_tenant(api_key_settings={"max_keys": 2, "max_expiry": "P90D"})
    made = api.made(KEYS, {"description": "CI"})
    assert 89.9 < days_left(made) <= 90
    assert api.post(KEYS, {"description": "x"}).status_code == 403
    tenant.guess(api_key_limit_status=400, api_key_too_long_status=403)
    assert api.post(KEYS, {"description": "x"}).status_code == 400
    assert api.post(KEYS, {"description": "x", "expiry": "P91D"}).status_code == 403
    tenant.set_tenant(api_key_settings={"max_keys": 1, "max_expiry": "PT1H"})
    assert api.get(f"{KEYS}/{made['id']}").json()["expiry"] == made["expiry"]
    # Expired and revoked keys do not count, nor do those of identity providers.
    admin = api.user_id("local|admin")
    tenant.plant_api_keys([{"id": made["id"], "daysLeft": -1}])
    tenant.plant_api_keys([{"user": admin, "status": "revoked"}, {"sub": "SCIM\\idp"}])
    tenant.set_tenant(api_key_settings={"max_keys": 2})
    assert api.post(KEYS, {"description": "x"}).status_code == 201
    tenant.set_tenant(api_key_settings={"max_keys": 3})
    tenant.guess(scim_keys_count=True)
    assert api.post(KEYS, {"description": "x"}).status_code == 400


def test_scim_keys(api: Any, tenant: Any, user: str) -> None:
    body = {"description": "Okta", "subType": "externalClient", "sub": "SCIM\\idp1"}
    assert api.post(KEYS, body, key=user).status_code == 403
    made = api.made(KEYS, body)
    assert 364.9 < days_left(made) <= 365
    assert (made["sub"], made["subType"]) == ("SCIM\\idp1", "externalClient")
    assert made["createdByUser"] == api.user_id("local|admin")
    assert [key["id"] for key in api.listed(KEYS, sub="SCIM\\idp1")] == [made["id"]]
    assert api.get("/groups", key=made["token"]).status_code == 403
    assert api.delete(f"{KEYS}/{made['id']}").status_code == 204
    # Nobody owns it, so that it is revoked.
    assert api.get(f"{KEYS}/{made['id']}").json()["status"] == "revoked"


def test_who_may_have_keys(api: Any, tenant: Any, user: str) -> None:
    ada = api.user_id("ada")
    made = api.post(KEYS, {"description": "mine", "sub": ada}, key=user)
    assert (made.status_code, made.json()["sub"]) == (201, ada)
    plain = tenant.token_of("local|plain")
    assert api.post(KEYS, {"description": "x"}, key=plain).status_code == 403
    tenant.plant_roles([{"name": "UserDefault", "assignedScopes": ["api-keys"]}])
    assert api.post(KEYS, {"description": "x"}, key=plain).status_code == 201
    tenant.plant_roles([{"name": "UserDefault", "assignedScopes": []}])
    tenant.guess(api_keys_of_admins=False)
    assert api.post(KEYS, {"description": "x"}).status_code == 403
    tenant.plant_users([{"subject": "local|admin", "assignedRoles": ["TenantAdmin", "Keys"]}])
    assert api.post(KEYS, {"description": "x", "sub": ada}).status_code == 403
    tenant.guess(api_key_for_others="accept")
    theirs = api.made(KEYS, {"description": "x", "sub": ada})
    assert (theirs["sub"], theirs["createdByUser"]) == (ada, api.user_id("local|admin"))
    assert api.post(KEYS, {"description": "x", "sub": "nobody"}).status_code == 400
    assert api.post(KEYS, {"description": "x", "sub": api.user_id("local|admin")}, key=user).status_code == 403


def test_users_see_their_own_keys(api: Any, tenant: Any, user: str) -> None:
    (mine,) = tenant.plant_api_keys([{"user": "ada", "description": "mine"}])
    listed = api.get(KEYS, key=user).json()["data"]
    assert [key["id"] for key in listed] == [mine]
    assert api.get(f"{KEYS}/{mine}", key=user).status_code == 200
    theirs = f"{KEYS}/{own_key(tenant)}"
    operation = ("replace", "/description", "x")
    answers = [api.get(theirs, key=user), api.patch(theirs, operation, key=user), api.delete(theirs, key=user)]
    assert [response.status_code for response in answers] == [403] * 3
    assert api.get(KEYS, key=user, params={"createdByUser": api.user_id("local|admin")}).json()["data"] == []
    assert len(api.listed(KEYS)) == 4
    response = api.get(f"{KEYS}/unknown")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "APIKEYS-404")


def test_lists(api: Any, tenant: Any) -> None:
    ids = tenant.plant_api_keys(
        [{"user": "local|plain", "description": f"k{number:02}", "ageDays": number + 1} for number in range(25)]
    )
    plain = api.user_id("local|plain")
    by_plain = {"createdByUser": plain, "status": "active"}
    first = api.get(KEYS, params=by_plain).json()
    assert len(first["data"]) == 20
    assert f"startingAfter={first['data'][-1]['id']}" in first["links"]["next"]["href"]
    # The newest first, and the one that the tenant came with is the newest.
    assert [key["id"] for key in api.listed(KEYS, limit="7", **by_plain)][1:] == ids
    assert [key["id"] for key in api.listed(KEYS, sort="+created", **by_plain)][:-1] == ids[::-1]
    names = [key["description"] for key in api.listed(KEYS, sort="description", sub=plain)]
    assert names == sorted(names, key=str.lower)
    tenant.plant_api_keys([{"id": ids[0], "daysLeft": -1}, {"id": ids[1], "status": "revoked"}])
    assert [key["id"] for key in api.listed(KEYS, status="expired")] == [ids[0]]
    assert [key["id"] for key in api.listed(KEYS, status="revoked")] == [ids[1]]
    statuses = [key["status"] for key in api.listed(KEYS, sort="-status")]
    assert statuses == sorted(statuses, reverse=True)
    tenant.guess(expired_api_key_status="active")
    assert api.listed(KEYS, status="expired") == []
    assert api.get(f"{KEYS}/{ids[0]}").json()["status"] == "active"


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"sort": "expiry"},
        {"sort": "-lastUpdated"},
        {"status": "active,expired"},
        {"startingAfter": "unknown"},
        {"startingAfter": "a", "endingBefore": "b"},
        {"filter": 'status eq "active"'},
        {"next": "x"},
    ],
    ids=str,
)
def test_queries_that_are_refused(api: Any, query: dict[str, str]) -> None:
    assert api.get(KEYS, params=query).status_code == 400


def test_only_the_description_can_be_changed(api: Any, tenant: Any) -> None:
    path = f"{KEYS}/{own_key(tenant)}"
    response = api.patch(path, ("replace", "/description", "Nightly"))
    assert (response.status_code, response.text) == (204, "")
    before = api.get(path).json()
    assert before["description"] == "Nightly"
    refused = [("add", "/description", "x"), ("replace", "/expiry", "P7D"), ("replace", "/description", "")]
    refused += [("replace", "/status", "revoked"), ("replace", "/description", 1)]  # type: ignore[list-item]
    for operation in refused:
        assert api.patch(path, ("replace", "/description", "other"), operation).status_code == 400
    assert api.get(path).json() == before


def test_owners_delete_and_administrators_revoke(api: Any, tenant: Any) -> None:
    made = api.made(KEYS, {"description": "CI"})
    assert api.delete(f"{KEYS}/{made['id']}").status_code == 204
    assert api.get(f"{KEYS}/{made['id']}").status_code == 404
    assert api.get("/users/me", key=made["token"]).status_code == 401
    (theirs,) = tenant.plant_api_keys([{"user": "local|plain"}])
    token = tenant.api_key_token(theirs)
    assert api.get("/users/me", key=token).status_code == 301
    assert api.delete(f"{KEYS}/{theirs}").status_code == 204
    assert api.get("/users/me", key=token).status_code == 401
    assert api.get(f"{KEYS}/{theirs}").json()["status"] == "revoked"
    events = len(tenant.audit_events())
    assert api.delete(f"{KEYS}/{theirs}").status_code == 204
    assert len(tenant.audit_events()) == events
    (expired,) = tenant.plant_api_keys([{"user": "local|plain", "daysLeft": -1}])
    tenant.guess(api_key_ended_delete="404")
    assert api.delete(f"{KEYS}/{theirs}").status_code == 404
    assert api.delete(f"{KEYS}/{expired}").status_code == 404
    assert api.delete(f"{KEYS}/unknown").status_code == 404


def test_a_key_expires(api: Any, tenant: Any) -> None:
    made = api.made(KEYS, {"description": "CI", "expiry": "PT12H"})
    tenant.let_pass(seconds=12 * 3600 - 60)
    assert api.get("/groups", key=made["token"]).status_code == 200
    tenant.let_pass(seconds=61)
    assert api.get("/groups", key=made["token"]).status_code == 401
    assert api.get(f"{KEYS}/{made['id']}").json()["status"] == "expired"
    # The dates of everything else have moved as well.
    created = instant(api.get(f"/tenants/{tenant.tenant_id}").json()["created"])
    assert datetime.now(timezone.utc) - created > timedelta(hours=12)


def test_revoking_ones_own_key(api: Any, tenant: Any) -> None:
    assert api.delete(f"{KEYS}/{own_key(tenant)}").status_code == 204
    assert api.get("/groups").status_code == 401


@pytest.mark.parametrize(("guess", "status"), [("revoked", "revoked"), ("kept", "active")])
def test_keys_of_users_who_are_gone(api: Any, tenant: Any, guess: str, status: str) -> None:
    tenant.guess(api_keys_of_deleted_users=guess)
    (ada,) = tenant.plant_users([{"subject": "ada"}])
    (key,) = tenant.plant_api_keys([{"user": "ada"}])
    token = tenant.api_key_token(key)
    tenant.plant_users([{"subject": "ada", "status": "disabled"}])
    assert api.get("/users/me", key=token).status_code == 401
    assert api.get(f"{KEYS}/{key}").json()["status"] == "active"
    assert api.delete(f"/users/{ada}").status_code == 204
    assert api.get("/users/me", key=token).status_code == 401
    assert api.get(f"{KEYS}/{key}").json()["status"] == status
    events = [event["eventType"].removeprefix("com.qlik.core.") for event in tenant.audit_events()]
    assert events == ["api-key.deleted"] * (guess == "revoked") + ["user.deleted"]


def test_a_key_with_the_dates_of_a_test(api: Any, tenant: Any) -> None:
    (key, other) = tenant.plant_api_keys(
        [
            {"user": "nobody any more", "created": "2026-01-01T00:00:00Z", "expiry": "2026-04-01T00:00:00.5Z"},
            {"id": "11111111-1111-4111-8111-111111111111", "user": "local|plain", "ageDays": 100, "daysLeft": 20},
        ]
    )
    shown = api.get(f"{KEYS}/{key}").json()
    assert (shown["created"], shown["expiry"]) == ("2026-01-01T00:00:00.000Z", "2026-04-01T00:00:00.500Z")
    assert (shown["sub"], shown["createdByUser"], shown["status"]) == ("nobody any more", "nobody any more", "expired")
    assert other == "11111111-1111-4111-8111-111111111111"
    assert 19.9 < days_left(api.get(f"{KEYS}/{other}").json()) <= 20
    assert tenant.remove("api_keys", [key, other]) == 2
    assert api.get(f"{KEYS}/{other}").status_code == 404


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-01-31T12:00:00Z", "P1M", "2026-02-28T12:00:00Z"),
        ("2026-11-30T12:00:00Z", "P1Y3M", "2028-02-29T12:00:00Z"),
        ("2026-11-28T12:00:00Z", "P1W2DT3H4M5S", "2026-12-07T15:04:05Z"),
        ("2026-11-28T12:00:00Z", "P8000Y", None),
    ],
)
def test_durations(start: str, duration: str, end: str | None) -> None:
    assert parts(duration)
    last = datetime.max.replace(tzinfo=timezone.utc)
    assert later(instant(start), duration) == (instant(end) if end else last)
