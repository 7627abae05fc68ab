# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users (Qlik reference: users)."""

from __future__ import annotations

import time
from typing import Any

import pytest


def status_of(response: Any) -> int:
    return int(response.status_code)


def test_create_as_published(api: Any, tenant: Any) -> None:
    body = {
        "tenantId": tenant.tenant_id,
        "subject": "my/subject",
        "name": "My Name",
        "email": "me@example.com",
        "assignedRoles": [{"name": "Steward"}, {"name": "DataAdmin"}],
    }
    user = api.made("/users", body)
    assert user["status"] == "active"
    assert {name: user[name] for name in ("tenantId", "subject", "name", "email")} == {
        name: body[name] for name in ("tenantId", "subject", "name", "email")
    }
    assert [role["name"] for role in user["assignedRoles"]] == ["Steward", "DataAdmin"]
    assert user["assignedRoles"][1].keys() == {"id", "name", "type", "level"}
    assert user["assignedGroups"] == user["groups"] == []
    assert user["createdAt"] == user["lastUpdatedAt"]
    assert user["links"]["self"]["href"].endswith(f"/users/{user['id']}")
    path = f"/users/{user['id']}"
    roles = [{"name": "TenantAdmin"}, {"name": "Steward"}]
    response = api.patch(path, ("replace", "/assignedRoles", roles))
    assert (response.status_code, response.content) == (204, b"")
    assert [role["name"] for role in api.get(path).json()["assignedRoles"]] == ["TenantAdmin", "Steward"]


def test_invited(api: Any) -> None:
    user = api.made("/users", {"subject": "s", "status": "invited", "email": "s@example.com"})
    assert user["status"] == "invited"
    assert abs(user["inviteExpiry"] - time.time() - 7 * 24 * 3600) < 60
    path = f"/users/{user['id']}"
    assert status_of(api.patch(path, ("renew", "/inviteExpiry", ""))) == 204
    assert status_of(api.patch(path, ("replace", "/status", "active"))) == 204
    active = api.get(path).json()
    assert active["status"] == "active"
    assert "inviteExpiry" not in active
    assert status_of(api.patch(path, ("renew", "/inviteExpiry", ""))) == 400


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/subject"),
        ({"subject": ""}, "/subject"),
        ({"subject": 1}, "/subject"),
        ({"subject": "s", "status": "disabled"}, "/status"),
        ({"subject": "s", "status": "invited"}, "/email"),
        ({"subject": "s", "email": "nonsense"}, "/email"),
        ({"subject": "s", "tenantId": "other"}, "/tenantId"),
        ({"subject": "s", "assignedRoles": [{"name": "steward"}]}, "/assignedRoles/0"),
        ({"subject": "s", "assignedGroups": []}, "/assignedGroups"),
        ({"subject": "s", "preferredLocale": "en"}, "/preferredLocale"),
    ],
)
def test_bodies_that_are_refused(api: Any, tenant: Any, body: Any, pointer: str) -> None:
    before = tenant.users()
    response = api.post("/users", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"] == {"pointer": pointer}
    assert tenant.users() == before


def test_conflicts(api: Any, tenant: Any) -> None:
    api.made("/users", {"subject": "S", "email": "s@example.com"})
    response = api.post("/users", {"subject": "S"})
    assert response.status_code == 409
    assert response.json()["errors"][0].keys() >= {"code", "title"}
    assert status_of(api.post("/users", {"subject": "t", "email": "s@example.com"})) == 409
    assert status_of(api.post("/users", {"subject": "t", "email": "S@example.com"})) == 409
    api.made("/users", {"subject": "s"})
    tenant.guess(user_conflict_case="insensitive", user_email_case="exact")
    api.made("/users", {"subject": "u", "email": "S@example.com"})
    assert status_of(api.post("/users", {"subject": "U"})) == 409
    assert status_of(api.post("/users", {"subject": "v", "email": "S@example.com"})) == 409


@pytest.mark.parametrize("status", ["active", "invited", "disabled", "provisioned"])
def test_emails_are_unique_whatever_the_status(api: Any, tenant: Any, status: str) -> None:
    tenant.guess(user_email_patch="accept")
    tenant.plant_users([{"subject": "holder", "email": "Held@example.com", "status": status}])
    user = api.made("/users", {"subject": "u", "email": "own@example.com"})
    path = f"/users/{user['id']}"
    for taken in ("Held@example.com", "held@EXAMPLE.com"):
        assert status_of(api.post("/users", {"subject": "t", "email": taken})) == 409
        response = api.patch(path, ("replace", "/name", "N"), ("replace", "/email", taken))
        assert status_of(response) == 409
        assert response.json()["errors"][0]["source"] == {"pointer": "/email"}
    assert {name: api.get(path).json()[name] for name in ("name", "email")} == {"name": "u", "email": "own@example.com"}
    away, back = ("replace", "/email", "away@example.com"), ("replace", "/email", "Own@example.com")
    assert status_of(api.patch(path, away, back)) == 204
    assert api.get(path).json()["email"] == "Own@example.com"
    assert status_of(api.patch(path, ("replace", "/email", "no address"))) == 400
    tenant.guess(user_email_case="exact")
    assert status_of(api.patch(path, ("replace", "/email", "held@example.com"))) == 204
    assert status_of(api.patch(path, ("replace", "/email", "Held@example.com"))) == 409


def test_an_email_is_free_again(api: Any, tenant: Any) -> None:
    for _time in range(2):
        user = api.made("/users", {"subject": "u", "email": "u@example.com"})
        assert status_of(api.delete(f"/users/{user['id']}")) == 204
    tenant.guess(user_email_patch="accept")
    first, second = (api.made("/users", {"subject": subject, "email": f"{subject}@example.com"}) for subject in "ab")
    for user in (first, second):
        assert status_of(api.patch(f"/users/{user['id']}", ("replace", "/email", ""))) == 204
    assert status_of(api.patch(f"/users/{second['id']}", ("replace", "/email", "a@example.com"))) == 204


def test_creation_guesses(api: Any, tenant: Any) -> None:
    assert api.made("/users", {"subject": "a", "status": "active"})["name"] == "a"
    tenant.guess(user_name_default="email", user_post_active="refuse", user_foreign_tenant_id=403)
    assert api.made("/users", {"subject": "b", "email": "b@example.com"})["name"] == "b@example.com"
    assert status_of(api.post("/users", {"subject": "c", "status": "active"})) == 400
    assert status_of(api.post("/users", {"subject": "c", "tenantId": "other"})) == 403
    tenant.guess(user_name_default="empty")
    assert api.made("/users", {"subject": "d"})["name"] == ""


def test_a_large_body_is_413(api: Any) -> None:
    assert status_of(api.post("/users", {"subject": "s", "name": "x" * 500_001})) == 413


def test_deletion_leaves_a_record_without_personal_data(api: Any, tenant: Any) -> None:
    body = {"subject": "s", "name": "n", "email": "e@example.com", "assignedRoles": [{"name": "Steward"}]}
    user = api.made("/users", body)
    path = f"/users/{user['id']}"
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert status_of(api.delete(path)) == 404
    assert status_of(api.patch(path, ("replace", "/name", "x"))) == 404
    left = api.get(path).json()
    assert (left["status"], left["subject"], left["name"], left["assignedRoles"]) == ("deleted", "s", "", [])
    assert "email" not in left
    assert api.names("/users", 'status eq "deleted"') == [""]
    assert user["id"] in [item["id"] for item in api.listed("/users")]
    again = api.made("/users", body)
    assert again["id"] != user["id"]
    tenant.guess(deleted_users_in_list=False, deleted_user_get="404", deleted_subject="cleared")
    assert user["id"] not in [item["id"] for item in api.listed("/users")]
    assert user["id"] in [item["id"] for item in api.listed("/users", filter='status eq "deleted"')]
    assert user["id"] not in [item["id"] for item in api.listed("/users", filter='name eq "status"')]
    assert status_of(api.get(path)) == 404
    assert status_of(api.delete(f"/users/{again['id']}")) == 204
    assert {item["subject"] for item in api.listed("/users", filter='status eq "deleted"')} == {"s", ""}


def test_a_deleted_subject_can_stay_taken(api: Any, tenant: Any) -> None:
    tenant.guess(deleted_subject_conflict_seconds=0.3)
    user = api.made("/users", {"subject": "s"})
    api.delete(f"/users/{user['id']}")
    assert status_of(api.post("/users", {"subject": "s"})) == 409
    time.sleep(0.35)
    assert status_of(api.post("/users", {"subject": "s"})) == 201


def test_deleting_an_invited_user_leaves_nothing(api: Any) -> None:
    user = api.made("/users", {"subject": "s", "status": "invited", "email": "s@example.com"})
    assert status_of(api.delete(f"/users/{user['id']}")) == 204
    assert status_of(api.get(f"/users/{user['id']}")) == 404


@pytest.mark.parametrize(("guess", "status"), [("400", 400), ("403", 403), ("allowed", 204)])
def test_self_deletion(api: Any, tenant: Any, guess: str, status: int) -> None:
    tenant.guess(self_deletion=guess)
    assert status_of(api.delete(f"/users/{api.user_id('local|admin')}")) == status
    assert status_of(api.get("/groups")) == (401 if status == 204 else 200)


@pytest.mark.parametrize(("guess", "status"), [("400", 400), ("403", 403), ("allowed", 204)])
def test_last_admin(api: Any, tenant: Any, guess: str, status: int) -> None:
    tenant.guess(last_admin=guess, self_deletion="allowed")
    bot = next(user for user in tenant.users() if "clientId" in user)
    assert status_of(api.delete(f"/users/{bot['id']}")) == 204
    assert status_of(api.delete(f"/users/{api.user_id('local|admin')}")) == status


@pytest.mark.parametrize(("guess", "status"), [("400", 400), ("403", 403), ("allowed", 204)])
@pytest.mark.parametrize("operation", [("replace", "/assignedRoles", []), ("replace", "/status", "disabled")])
def test_self_lockout(api: Any, tenant: Any, guess: str, status: int, operation: Any) -> None:
    tenant.guess(self_lockout=guess)
    assert status_of(api.patch(f"/users/{api.user_id('local|admin')}", operation)) == status
    assert (status_of(api.get("/groups")) == 200) is (status != 204)


IDP, CUSTOM, OTHER = "idp group", "custom group", "other group"


def planted(tenant: Any, **user: Any) -> tuple[str, dict[str, str]]:
    """A user and the ids of an idp group and two custom ones."""
    kinds = {IDP: "idp", CUSTOM: "custom", OTHER: "custom"}
    ids = tenant.plant_groups([{"name": name, "providerType": kind} for name, kind in kinds.items()])
    (user_id,) = tenant.plant_users([{"subject": "s", **user}])
    return f"/users/{user_id}", dict(zip(kinds, ids, strict=True))


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (("replace", "/name", "new"), 204),
        (("replace", "/preferredLocale", "de"), 204),
        (("replace", "/preferredZoneinfo", "Europe/Berlin"), 204),
        (("replace", "/status", "disabled"), 204),
        (("replace", "/status", "deleted"), 400),
        (("replace", "/status", "invited"), 400),
        (("replace", "/name", 1), 400),
        (("replace", "name", "new"), 400),
        (("replace", "/email", "x@example.com"), 400),
        (("replace", "/subject", "x"), 400),
        (("replace", "/preferredZoneInfo", "x"), 400),
        (("replace", "/assignedRoles", [{"name": "Steward"}]), 204),
        (("replace", "/assignedRoles", [{"name": "steward"}]), 400),
        (("replace", "/assignedRoles", [{"name": "Steward", "id": "x"}]), 400),
        (("replace", "/assignedRoles", None), 400),
        (("replace", "/assignedRoles/-", []), 400),
        (("add", "/assignedRoles/-", {"name": "Steward"}), 204),
        (("add", "/assignedRoles/-", [{"name": "Steward"}]), 400),
        (("add", "/assignedRoles", {"name": "Steward"}), 400),
        (("remove-value", "/assignedRoles", {"name": "Steward"}), 400),
        (("remove-value", "/assignedRoles", "Steward"), 400),
        (("set", "/roles", ["Steward"]), 400),
        (("unset", "/roles", ["Steward"]), 400),
    ],
)
def test_patch(api: Any, tenant: Any, operation: Any, status: int) -> None:
    path, _groups = planted(tenant)
    before = api.get(path).json()
    response = api.patch(path, operation)
    assert response.status_code == status
    assert (api.get(path).json() != before) is (status == 204)


def test_patch_guesses(api: Any, tenant: Any) -> None:
    path, groups = planted(tenant, status="invited", assignedGroups=[IDP, CUSTOM])
    tenant.guess(user_email_patch="accept", zoneinfo_spelling="both", renew_empty_value="refuse")
    assert status_of(api.patch(path, ("replace", "/email", "x@example.com"))) == 204
    assert status_of(api.patch(path, ("replace", "/preferredZoneInfo", "UTC"))) == 204
    assert api.get(path).json()["preferredZoneinfo"] == "UTC"
    assert status_of(api.patch(path, ("renew", "/inviteExpiry", ""))) == 400
    tenant.guess(replace_groups_beside_idp="accept")
    assert status_of(api.patch(path, ("replace", "/assignedGroups", [{"id": groups[OTHER]}]))) == 204
    assert [group["name"] for group in api.get(path).json()["assignedGroups"]] == [IDP, OTHER]


def test_roles_by_add_and_remove_value(api: Any, tenant: Any) -> None:
    path, _groups = planted(tenant, assignedRoles=["Steward"])
    steward = {"id": api.role_id("Steward")}
    assert status_of(api.patch(path, ("add", "/assignedRoles/-", {"id": api.role_id("DataAdmin")}))) == 204
    assert status_of(api.patch(path, ("remove-value", "/assignedRoles", steward))) == 204
    assert [role["name"] for role in api.get(path).json()["assignedRoles"]] == ["DataAdmin"]


def test_membership(api: Any, tenant: Any) -> None:
    path, groups = planted(tenant)
    by_name = {"name": OTHER, "providerType": "custom"}
    assert status_of(api.patch(path, ("add", "/assignedGroups/-", groups[CUSTOM]))) == 204
    assert status_of(api.patch(path, ("add", "/assignedGroups/-", by_name))) == 204
    response = api.get(path).json()["assignedGroups"]
    assert [group.keys() for group in response] == [{"id", "name", "providerType", "assignedRoles"}] * 2
    twice = [("replace", "/name", "not applied"), ("add", "/assignedGroups/-", groups[CUSTOM])]
    assert status_of(api.patch(path, *twice)) == 400
    assert api.get(path).json()["name"] == "s"
    for bad in (
        ("add", "/assignedGroups/-", groups[IDP]),
        ("add", "/assignedGroups/-", {"name": IDP, "providerType": "idp"}),
        ("add", "/assignedGroups/-", {"id": groups[CUSTOM]}),
        ("add", "/assignedGroups/-", "0" * 24),
        ("add", "/assignedGroups/-", 1),
        ("remove-value", "/assignedGroups", groups[IDP]),
        ("remove-value", "/assignedGroups", {"id": groups[CUSTOM]}),
        ("replace", "/assignedGroups", [{"id": groups[IDP]}]),
        ("replace", "/assignedGroups", [groups[CUSTOM]]),
        ("replace", "/assignedGroups", {"id": groups[CUSTOM]}),
    ):
        assert status_of(api.patch(path, bad)) == 400, bad
    assert status_of(api.patch(path, ("remove-value", "/assignedGroups", groups[CUSTOM]))) == 204
    assert status_of(api.patch(path, ("remove-value", "/assignedGroups", groups[CUSTOM]))) == 400
    assert status_of(api.patch(path, ("replace", "/assignedGroups", [{"id": groups[CUSTOM]}, by_name]))) == 204
    assert len(api.get(path).json()["assignedGroups"]) == 2
    assert status_of(api.patch(path, ("replace", "/assignedGroups", []))) == 204
    assert api.get(path).json()["assignedGroups"] == []


def test_groups_of_an_idp_keep_the_list_from_being_replaced(api: Any, tenant: Any) -> None:
    path, groups = planted(tenant, assignedGroups=[IDP])
    assert status_of(api.patch(path, ("replace", "/assignedGroups", [{"id": groups[CUSTOM]}]))) == 400
    assert status_of(api.patch(path, ("add", "/assignedGroups/-", groups[CUSTOM]))) == 204
    assert status_of(api.patch(path, ("remove-value", "/assignedGroups", groups[IDP]))) == 400


def test_partial_success(api: Any, tenant: Any) -> None:
    path, _groups = planted(tenant)
    operations = [("replace", "/assignedRoles", [{"name": "Steward"}]), ("replace", "/preferredLocale", 1)]
    response = api.patch(path, *operations)
    assert response.status_code == 207
    assert response.json()["errors"][0]["source"] == {"pointer": "/preferredLocale"}
    assert api.get(path).json()["assignedRoles"][0]["name"] == "Steward"
    operations = [("replace", "/name", "n"), ("replace", "/status", "deleted")]
    assert status_of(api.patch(path, *operations)) == 400
    assert api.get(path).json()["name"] == "s"
    tenant.guess(user_patch_partial="any")
    assert status_of(api.patch(path, *operations)) == 207
    assert api.get(path).json()["name"] == "n"
    tenant.guess(user_patch_partial="never")
    assert status_of(api.patch(path, ("replace", "/name", "m"), ("replace", "/preferredLocale", 1))) == 400
    assert api.get(path).json()["name"] == "n"


def test_partial_success_can_be_planted(api: Any, tenant: Any) -> None:
    path, _groups = planted(tenant)
    rule = {
        "match": {"method": "PATCH", "path": "/users/", "count": 1},
        "action": {"fail_operations": ["/assignedRoles"]},
    }
    tenant.misbehave(rule)
    operations = [("replace", "/name", "n"), ("replace", "/assignedRoles", [{"name": "Steward"}])]
    assert status_of(api.patch(path, *operations)) == 207
    assert (api.get(path).json()["name"], api.get(path).json()["assignedRoles"]) == ("n", [])
    assert status_of(api.patch(path, *operations)) == 204


def test_fields(api: Any) -> None:
    path = f"/users/{api.user_id('local|admin')}"
    assert api.get(f"{path}?fields=name,groups").json().keys() == {"id", "name", "groups"}
    assert api.get(f"{path}?fields=links").json().keys() == {"id", "links"}
    assert "groups" not in api.get(path).json()
    assert status_of(api.get(f"{path}?fields=nonsense")) == 400
    listed = api.get("/users?fields=subject").json()["data"]
    assert {frozenset(user) for user in listed} == {frozenset({"id", "subject"})}
    assert api.post("/users/actions/filter?fields=subject", {}).json()["data"] == listed
    assert status_of(api.get("/users?fields=nonsense")) == 400


def test_me(api: Any, tenant: Any) -> None:
    response = api.get("/users/me?fields=name")
    assert response.status_code == 301
    assert response.headers["Content-Type"].startswith("text/html")
    user_id = api.user_id("local|admin")
    assert response.headers["Location"] == f"{tenant.url}/api/v1/users/{user_id}?fields=name"
    for guess, start in (
        ("relative", "/api"),
        ("foreign", "https://other."),
        ("system", "https://"),
        ("called", "http:"),
    ):
        tenant.guess(user_me_location=guess)
        assert api.get("/users/me").headers["Location"].startswith(start)
    tenant.guess(user_me_location="alias")
    tenant.set_tenant(alias="acme.us.qlikcloud.com")
    assert api.get("/users/me").headers["Location"] == f"https://acme.us.qlikcloud.com/api/v1/users/{user_id}"


def test_count(api: Any, tenant: Any) -> None:
    tenant.plant_users([{"subject": "d", "status": "deleted"}, {"subject": "x", "status": "disabled"}])
    assert api.get("/users/actions/count").json() == {"total": 5}
    tenant.guess(user_count="active")
    assert api.get("/users/actions/count").json() == {"total": 4}
    tenant.guess(user_count="all")
    assert api.get("/users/actions/count").json() == {"total": 6}


def test_invite(api: Any, tenant: Any) -> None:
    tenant.plant_users(
        [
            {"subject": "d", "email": "off@example.com", "status": "disabled"},
            {"subject": "i", "email": "invited@example.com", "status": "invited"},
        ]
    )
    emails = ["new@example.com", "invited@example.com", "admin@example.com", "off@example.com"]
    response = api.post("/users/actions/invite", {"invitees": [{"email": email} for email in emails]})
    assert response.status_code == 207
    new, invited, active, disabled = response.json()["data"]
    assert (new["status"], new["email"]) == ("ok", "new@example.com")
    assert new.keys() == {"status", "email", "userId", "subject"}
    assert invited["status"] == "exists"
    assert (active["status"], active["code"]) == ("error", "1001")
    assert (disabled["status"], disabled["code"]) == ("error", "1002")
    assert api.get(f"/users/{new['userId']}").json()["status"] == "invited"
    again = {"invitees": [{"email": "invited@example.com", "resend": True, "language": "de", "name": "I"}]}
    assert api.post("/users/actions/invite", again).json()["data"][0]["status"] == "ok"
    response = api.post("/users/actions/invite", {"invitees": []})
    assert response.status_code == 400
    assert response.json().keys() == {"errors"}
    assert isinstance(response.json()["errors"][0]["code"], int)
    assert "status" not in response.json()["errors"][0]
    tenant.guess(invitations="403")
    assert status_of(api.post("/users/actions/invite", again)) == 403


def test_old_query_fields(api: Any, tenant: Any) -> None:
    tenant.plant_users([{"subject": "s", "email": "s@example.com"}])
    assert [user["subject"] for user in api.listed("/users", subject="s")] == ["s"]
    assert [user["subject"] for user in api.listed("/users", email="s@example.com", tenantId=tenant.tenant_id)] == ["s"]
    assert api.listed("/users", tenantId="other") == []
    assert [user["name"] for user in api.listed("/users", role="TenantAdmin")] == ["Local Admin", "Local client"]
    assert api.listed("/users", status="disabled,deleted") == []
    names = [user["name"] for user in api.listed("/users", sortBy="name", sortOrder="desc")]
    assert names == sorted(names, key=str.casefold, reverse=True)
    for bad in ({"sortBy": "email"}, {"sortOrder": "up"}, {"startingAfter": "x"}):
        assert status_of(api.get("/users", params=bad)) == 400
    for name in ("subject", "email", "tenantId", "role", "status"):
        assert status_of(api.get("/users", params={name: "s", "filter": 'name eq "s"'})) == 400
    tenant.guess(deprecated_user_query="refuse")
    assert status_of(api.get("/users?subject=s")) == 400


def test_extra_fields(api: Any, tenant: Any) -> None:
    legacy = {"roles", "created", "lastUpdated"}
    assert legacy <= api.get("/users").json()["data"][0].keys()
    tenant.guess(extra_fields=False)
    assert not legacy & api.get("/users").json()["data"][0].keys()
