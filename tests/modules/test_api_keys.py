# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys that are listed, created, rotated, and revoked."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.api_key import key_id_in
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import read_options
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Task
from local_tenant.client import LocalTenant
from modules.harness import Json, Result, Run, assert_refused, flow_of, texts, writes_in

NIGHTLY: dict[str, Json] = {"description": "nightly", "expiry": "P90D"}
ROTATED: dict[str, Json] = {**NIGHTLY, "rotate_before_days": 30}
REVOKED: dict[str, Json] = {**ROTATED, "revoke_replaced": True}
ADMIN = "local|admin"
GONE = "0f9f9b3c-0000-4000-8000-000000000000"


@pytest.fixture
def tenant(tenant: LocalTenant) -> LocalTenant:
    """A tenant whose users may have keys for a year."""
    tenant.set_tenant(api_key_settings={"max_expiry": "P1Y"})
    return tenant


def plant(tenant: LocalTenant, *days: tuple[int, int], user: str = ADMIN, description: str = "nightly") -> list[str]:
    """Keys with the age and the days left that each pair says; their IDs."""
    keys = [{"user": user, "description": description, "ageDays": age, "daysLeft": left + 0.01} for age, left in days]
    return tenant.plant_api_keys(keys)


def keys(tenant: LocalTenant, description: str = "nightly") -> dict[str, str]:
    """The status of each key with a description, by ID."""
    return {key["id"]: key["status"] for key in tenant.state()["api_keys"] if key["description"] == description}


def ids(found: list[dict[str, Json]]) -> list[str]:
    return [key["id"] for key in found]


def lose(tenant: LocalTenant, *actions: dict[str, Json]) -> None:
    """Let creations of keys go wrong, one after the other."""
    match = {"method": "POST", "path": "/api-keys$", "count": 1}
    tenant.misbehave(*({"match": match, "action": action} for action in actions))


def without_new(result: Result) -> Result:
    """A result without what only the tenant knows of a new key, and without what differs by a second."""
    left_out = ("id", "created", "last_updated", "tenant_id", "days_left", "expiry")
    key = {name: value for name, value in (result["api_key"] or {}).items() if name not in left_out}
    replaced = [{**each, "days_left": None} for each in result["replaced"]]
    return {**result, "api_key": key, "replaced": replaced, "token": None}


def both(run: Run, tenant: LocalTenant, **options: Json) -> Result:
    """The result of a task whose check run predicts it and writes nothing."""
    before = tenant.state()
    tenant.reset_counters()
    predicted = run("qlik_api_key", check=True, **options)
    assert writes_in(tenant.counters()) == []
    assert tenant.state() == before
    assert predicted.get("token") is None
    real = run("qlik_api_key", **options)
    assert not real.get("failed"), real
    assert without_new(predicted) == without_new(real)
    ends = [
        datetime.fromisoformat(result["api_key"]["expiry"][:19]) for result in (predicted, real) if result["api_key"]
    ]
    assert not ends or abs(ends[0] - ends[1]) < timedelta(hours=1)
    return real


class TestCreation:
    def test_a_key_is_created_once(self, run: Run, tenant: LocalTenant) -> None:
        result = both(run, tenant, **NIGHTLY)
        assert (result["changed"], result["action"], result["replaced"], result["lost"]) == (True, "created", [], [])
        key = result["api_key"]
        assert keys(tenant) == {key["id"]: "active"}
        assert (key["status"], key["age_days"], key["days_left"]) == ("active", 0, 90)
        (diff,) = result["diff"]
        assert (diff["before"], diff["after"]) == (None, {"description": "nightly", "status": "active"})
        assert run("qlik_tenant_info", api_key=result["token"])["tenant"]["id"] == tenant.tenant_id

        again = both(run, tenant, **NIGHTLY)
        assert (again["changed"], again["action"], again["token"], again["diff"]) == (False, "unchanged", None, [])
        assert again["api_key"]["id"] == key["id"]

    @pytest.mark.parametrize(
        ("expiry", "days"),
        [
            (None, 365),
            ("PT36H", 1),
            ("P2M", (59, 62)),
            (lambda now: (now + timedelta(days=40)).strftime("%Y-%m-%d"), 39),
            (lambda now: (now + timedelta(days=40, hours=1)).strftime("%Y-%m-%dT%H:%M:%S+00:00"), 40),
        ],
    )
    def test_the_expiry(self, run: Run, tenant: LocalTenant, expiry: Json, days: Json) -> None:
        now = datetime.now(timezone.utc)
        result = both(run, tenant, description="nightly", expiry=expiry(now) if callable(expiry) else expiry)
        least, most = days if isinstance(days, tuple) else (days - 1, days)
        assert least <= result["api_key"]["days_left"] <= most

    def test_the_clock_of_the_tenant_is_ahead(self, run: Run, tenant: LocalTenant) -> None:
        tenant.plant_api_keys([{"user": ADMIN, "description": "nightly", "ageDays": -0.01}])
        assert run("qlik_api_key", **NIGHTLY)["api_key"]["age_days"] == 0

    def test_a_date_is_met_to_the_second(self, run: Run, tenant: LocalTenant) -> None:
        end = (datetime.now(timezone.utc) + timedelta(days=3)).replace(microsecond=0)
        result = run("qlik_api_key", description="nightly", expiry=end.isoformat())
        ended = datetime.fromisoformat(result["api_key"]["expiry"][:19]).replace(tzinfo=timezone.utc)
        assert abs(ended - end) <= timedelta(seconds=1)

    def test_keys_of_others_and_ended_keys_do_not_count(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, (1, 89), user="local|plain")
        plant(tenant, (91, -1))
        tenant.plant_api_keys([{"user": ADMIN, "description": "nightly", "status": "revoked"}])
        tenant.plant_api_keys([{"sub": "SCIM\\idp", "createdBy": ADMIN, "description": "nightly"}])
        for status in ("expired", "active"):
            tenant.guess(expired_api_key_status=status)
            assert run("qlik_api_key", check=True, **NIGHTLY)["action"] == "created"

    def test_two_keys_of_one_description(self, run: Run, tenant: LocalTenant) -> None:
        first, second = plant(tenant, (60, 30), (1, 89))
        assert_refused(run, "qlik_api_key", NIGHTLY, "You have 2 active API keys", first, second, "rotate_before_days")

    def test_a_user_without_the_scope(self, run: Run, tenant: LocalTenant) -> None:
        result = run("qlik_api_key", api_key=tenant.api_key_without_rights, **NIGHTLY)
        assert "The user requires a role with the scope api-keys. Nothing was changed." in result["msg"]

    def test_a_user_who_is_no_admin(self, run: Run, tenant: LocalTenant) -> None:
        """Only tenant admins can read the limits, so the tenant decides."""
        tenant.plant_roles([{"name": "Keys", "assignedScopes": ["api-keys"]}])
        tenant.plant_users([{"subject": "local|plain", "assignedRoles": ["Keys"]}])
        mine = {"api_key": tenant.api_key_without_rights}
        unknown = {**mine, "description": "nightly", "rotate_before_days": 30}
        assert_refused(run, "qlik_api_key", unknown, "expiry: Required with `rotate_before_days`")
        assert both(run, tenant, **mine, **ROTATED)["action"] == "created"

    def test_a_client(self, run: Run, tenant: LocalTenant) -> None:
        client = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
        first = both(run, tenant, **client, **NIGHTLY)
        rotated = both(run, tenant, **client, **{**ROTATED, "rotate_before_days": 89, "expiry": "P91D"})
        assert rotated["action"] == "unchanged"
        tenant.let_pass(days=61)
        assert both(run, tenant, **client, **ROTATED)["replaced"][0]["in_use"] is False
        assert ids(both(run, tenant, **client, **REVOKED)["replaced"]) == [first["api_key"]["id"]]
        assert list(keys(tenant).values()) == ["active"]


class TestRotation:
    def test_a_key_is_rotated_when_less_is_left(self, run: Run, tenant: LocalTenant) -> None:
        (old,) = plant(tenant, (59, 31))
        kept = both(run, tenant, **ROTATED)
        assert (kept["action"], kept["api_key"]["id"], kept["replaced"]) == ("unchanged", old, [])
        tenant.let_pass(days=2)
        rotated = both(run, tenant, **ROTATED)
        assert (rotated["action"], rotated["changed"]) == ("rotated", True)
        (replaced,) = rotated["replaced"]
        assert (replaced["id"], replaced["days_left"], replaced["in_use"]) == (old, 29, False)
        assert keys(tenant) == {old: "active", rotated["api_key"]["id"]: "active"}
        later = both(run, tenant, **ROTATED)
        assert (later["changed"], later["api_key"]["id"]) == (False, rotated["api_key"]["id"])
        assert ids(later["replaced"]) == [old]

    def test_replaced_keys_are_revoked_by_a_later_task(self, run: Run, tenant: LocalTenant) -> None:
        older, old = plant(tenant, (80, 10), (70, 20))
        rotated = both(run, tenant, **REVOKED)
        assert ids(rotated["replaced"]) == [old, older]
        new = rotated["api_key"]["id"]
        assert keys(tenant) == {older: "active", old: "active", new: "active"}
        revoked = both(run, tenant, **REVOKED)
        assert (revoked["action"], revoked["changed"], revoked["api_key"]["id"]) == ("revoked", True, new)
        assert [(key["id"], key["status"]) for key in revoked["replaced"]] == [(old, "revoked"), (older, "revoked")]
        assert [entry["after"]["status"] for entry in revoked["diff"]] == ["revoked", "revoked"]
        assert keys(tenant) == {new: "active"}
        assert both(run, tenant, **REVOKED)["changed"] is False

    def test_the_key_in_use_is_not_revoked(self, run: Run, tenant: LocalTenant) -> None:
        older, used, new = plant(tenant, (80, 10), (70, 20), (1, 89))
        result = both(run, tenant, api_key=tenant.api_key_token(used), **REVOKED)
        assert [(key["id"], key["status"], key["in_use"]) for key in result["replaced"]] == [
            (used, "active", True),
            (older, "revoked", False),
        ]
        assert keys(tenant) == {used: "active", new: "active"}
        result = both(run, tenant, api_key=tenant.api_key_token(new), **REVOKED)
        assert keys(tenant) == {new: "active"}

    @pytest.mark.parametrize("jti", ["object-id", "absent"])
    def test_without_proof_of_the_key_in_use(self, run: Run, tenant: LocalTenant, jti: str) -> None:
        old, new = plant(tenant, (70, 20), (1, 89))
        tenant.guess(api_key_jti=jti)
        result = both(run, tenant, **REVOKED)
        assert (result["action"], result["changed"]) == ("unchanged", False)
        assert [(key["id"], key["in_use"]) for key in result["replaced"]] == [(old, None)]
        assert any("No key is revoked" in text for text in texts(result))
        assert keys(tenant) == {old: "active", new: "active"}
        for options in ({"id": old}, {"id": new}):
            words = ("may be the one that this task authenticates with", "Use an OAuth client")
            assert_refused(run, "qlik_api_key", {"state": "revoked", **options}, *words)
        client = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
        assert both(run, tenant, id=old, state="revoked", **client)["action"] == "revoked"

    def test_the_newest_by_its_expiry_where_no_creation_is_shown(self, run: Run, tenant: LocalTenant) -> None:
        old, new = plant(tenant, (1, 20), (2, 80))
        assert run("qlik_api_key", check=True, **ROTATED)["action"] == "rotated"
        listed = [key for key in tenant.state()["api_keys"] if key["description"] == "nightly"]
        shown = [{name: value for name, value in key.items() if name != "created"} for key in listed]
        page = {"status": 200, "json": {"data": shown, "links": {}}}
        tenant.misbehave({"match": {"path": "/api-keys$"}, "action": page})
        result = run("qlik_api_key", check=True, **ROTATED)
        assert (result["action"], result["api_key"]["id"], ids(result["replaced"])) == ("unchanged", new, [old])
        assert result["api_key"]["age_days"] is None

    def test_more_revocations_than_allowed(self, run: Run, tenant: LocalTenant) -> None:
        first, second, _new = plant(tenant, (80, 10), (70, 20), (1, 89))
        options = {**REVOKED, "max_revocations": 1}
        words = ("max_revocations: 2 API keys would be revoked, but the limit is 1", first, second)
        assert_refused(run, "qlik_api_key", options, *words)
        assert run("qlik_api_key", **REVOKED, max_revocations=2)["changed"] is True

    def test_room_for_one_more(self, run: Run, tenant: LocalTenant) -> None:
        older, old = plant(tenant, (80, 10), (70, 20))
        (other,) = plant(tenant, (1, 89), description="other")
        tenant.set_tenant(api_key_settings={"max_keys": 4})
        used = next(key["id"] for key in tenant.state()["api_keys"] if key["description"] == "Local tenant")
        result = assert_refused(
            run,
            "qlik_api_key",
            ROTATED,
            "You have 4 active API keys, and max_keys_per_user of the tenant is 4, so no further key can be created.",
            older,
            other,
        )
        assert used not in result["msg"]
        assert old not in result["msg"]
        tenant.set_tenant(api_key_settings={"max_keys": 5})
        assert run("qlik_api_key", **ROTATED)["action"] == "rotated"

    def test_no_room_and_nothing_to_revoke(self, run: Run, tenant: LocalTenant) -> None:
        tenant.set_tenant(api_key_settings={"max_keys": 0})
        result = assert_refused(run, "qlik_api_key", NIGHTLY, "You have 1 active API keys", "Raise `max_keys_per_user`")
        assert "Revoke" not in result["msg"]


class TestLostResponses:
    @pytest.fixture(autouse=True)
    def _impatient(self, impatient: None) -> None:
        pass

    def test_after_the_server_acted(self, run: Run, tenant: LocalTenant) -> None:
        lose(tenant, {"reset": "after"})
        result = run("qlik_api_key", **NIGHTLY)
        assert (result["action"], result["changed"]) == ("created", True)
        (lost,) = result["lost"]
        assert (lost["description"], lost["status"]) == ("nightly", "revoked")
        assert keys(tenant) == {result["api_key"]["id"]: "active"}
        assert run("qlik_tenant_info", api_key=result["token"])["tenant"]["id"] == tenant.tenant_id
        assert tenant.counters()["routes"]["POST /api-keys"] == 2

    def test_before_the_server_acted(self, run: Run, tenant: LocalTenant) -> None:
        lose(tenant, {"reset": "before"})
        result = run("qlik_api_key", **NIGHTLY)
        assert (result["action"], result["lost"]) == ("created", [])
        assert keys(tenant) == {result["api_key"]["id"]: "active"}

    def test_twice_in_a_row(self, run: Run, tenant: LocalTenant) -> None:
        lose(tenant, {"reset": "after"}, {"status": 504, "processed": True})
        result = run("qlik_api_key", **NIGHTLY)
        assert result["failed"] is True
        assert (result["action"], result["changed"], result["token"], result["api_key"]) == (
            "failed",
            False,
            None,
            None,
        )
        assert len(result["lost"]) == 2
        assert keys(tenant) == {}
        assert "The keys whose tokens were lost were revoked" in result["msg"]
        assert result["msg"].endswith("Nothing was changed.")

    def test_twice_and_it_is_not_known_what_became_of_it(self, run: Run, tenant: LocalTenant) -> None:
        lose(tenant, {"reset": "before"}, {"reset": "before"})
        result = run("qlik_api_key", **NIGHTLY)
        assert (result["failed"], result["changed"], result["lost"]) == (True, True, [])
        assert "A key whose token is lost may appear later." in result["msg"]
        assert result["msg"].endswith("The tenant may have been changed.")

    @pytest.mark.parametrize("body", [{}, {"token": 5}, {"token": "a b"}, {"token": "t", "description": "other"}])
    def test_a_response_without_the_token(self, run: Run, tenant: LocalTenant, body: dict[str, Json]) -> None:
        response = {"id": GONE, "description": "nightly", **body}
        lose(tenant, {"status": 201, "json": response, "processed": True})
        result = run("qlik_api_key", **NIGHTLY)
        assert len(result["lost"]) == 1
        assert keys(tenant) == {result["api_key"]["id"]: "active"}

    def test_a_refusal_after_a_lost_response(self, run: Run, tenant: LocalTenant) -> None:
        lose(tenant, {"reset": "after"}, {"status": 403})
        result = run("qlik_api_key", **NIGHTLY)
        assert (result["failed"], result["changed"], len(result["lost"])) == (True, False, 1)
        assert keys(tenant) == {}

    def test_the_lost_key_cannot_be_revoked(self, run: Run, tenant: LocalTenant) -> None:
        lose(tenant, {"reset": "after"})
        tenant.misbehave({"match": {"method": "DELETE"}, "action": {"status": 500}})
        result = run("qlik_api_key", **NIGHTLY, retries=1)
        assert (result["failed"], result["changed"], result["lost"]) == (True, True, [])
        assert result["msg"].endswith("The tenant may have been changed.")
        assert tenant.counters()["routes"]["POST /api-keys"] == 1

    def test_the_current_keys_stay(self, run: Run, tenant: LocalTenant) -> None:
        older, old = plant(tenant, (80, 10), (70, 20))
        (other,) = plant(tenant, (0, 89), description="other")
        lose(tenant, {"reset": "after"})
        result = run("qlik_api_key", **REVOKED)
        assert keys(tenant) == {older: "active", old: "active", result["api_key"]["id"]: "active"}
        assert keys(tenant, "other") == {other: "active"}

    @pytest.mark.parametrize("action", [{"reset": "after"}, {"status": 200, "html": "<p>Hello", "processed": True}])
    def test_a_revocation_whose_response_is_lost(self, run: Run, tenant: LocalTenant, action: dict[str, Json]) -> None:
        old, new = plant(tenant, (70, 20), (1, 89))
        tenant.misbehave({"match": {"method": "DELETE", "count": 1}, "action": action})
        result = run("qlik_api_key", **REVOKED)
        assert (result["action"], result["changed"]) == ("revoked", True)
        assert keys(tenant) == {new: "active"}
        assert ids(result["replaced"]) == [old]

    def test_a_revocation_that_fails(self, run: Run, tenant: LocalTenant) -> None:
        plant(tenant, (80, 10), (70, 20), (1, 89))
        refusal = {"status": 403, "json": {"errors": [{"code": "APIKEYS-3", "title": "No"}]}}
        tenant.misbehave({"match": {"method": "DELETE", "skip": 1}, "action": refusal})
        result = run("qlik_api_key", **REVOKED)
        assert (result["failed"], result["changed"]) == (True, True)
        assert [key["status"] for key in result["replaced"]] == ["revoked", "active"]
        assert result["msg"].endswith("The tenant was changed before that.")


def test_a_task_that_follows_at_once(run: Run, tenant: LocalTenant) -> None:
    """It finds the new key, also where lists lag behind, and creates no other one."""
    (old,) = plant(tenant, (70, 20))
    tenant.guess(lag_seconds=0.2)
    new = run("qlik_api_key", **REVOKED)["api_key"]["id"]
    result = run("qlik_api_key", **REVOKED)
    assert (result["action"], ids(result["replaced"])) == ("revoked", [old])
    assert keys(tenant) == {new: "active"}


def test_a_key_that_somebody_else_creates_meanwhile(run: Run, tenant: LocalTenant) -> None:
    """Only after a lost response is a key that was not there before taken for the lost one."""
    theirs = {"api_keys": [{"user": ADMIN, "description": "nightly"}]}
    tenant.misbehave({"match": {"method": "POST", "path": "/api-keys$", "count": 1}, "action": {"plant": theirs}})
    result = run("qlik_api_key", **NIGHTLY)
    assert (result["action"], result["lost"]) == ("created", [])
    assert len(keys(tenant)) == 2


def test_a_token_is_returned_whatever_follows(run: Run, tenant: LocalTenant) -> None:
    tenant.misbehave({"match": {"method": "GET", "path": "/api-keys$", "skip": 1}, "action": {"status": 403}})
    result = run("qlik_api_key", **NIGHTLY)
    assert (result["action"], bool(result["token"])) == ("created", True)
    assert any("may not list the new key yet" in text for text in texts(result))


def test_a_list_that_lags_behind(run: Run, tenant: LocalTenant) -> None:
    tenant.guess(lag_seconds=0.1)
    lose(tenant, {"reset": "after"})
    result = run("qlik_api_key", **NIGHTLY)
    assert keys(tenant) == {result["api_key"]["id"]: "active"}
    assert len(result["lost"]) == 1


class TestRevocation:
    def test_by_id(self, run: Run, tenant: LocalTenant) -> None:
        (key,) = plant(tenant, (1, 89), user="local|plain")
        result = both(run, tenant, id=key, state="revoked")
        assert (result["action"], result["changed"], result["api_key"]["status"]) == ("revoked", True, "revoked")
        assert keys(tenant) == {key: "revoked"}
        again = both(run, tenant, id=key, state="revoked")
        assert (again["action"], again["changed"], again["api_key"]["status"]) == ("unchanged", False, "revoked")

    def test_one_of_your_own(self, run: Run, tenant: LocalTenant) -> None:
        (key,) = plant(tenant, (1, 89))
        assert both(run, tenant, id=key, state="revoked")["changed"] is True
        assert keys(tenant) == {}
        assert both(run, tenant, id=key, state="revoked")["api_key"] is None
        plant(tenant, (1, 89))
        assert both(run, tenant, description="nightly", state="revoked")["changed"] is True
        assert both(run, tenant, description="nightly", state="revoked")["changed"] is False

    def test_by_user_and_description(self, run: Run, tenant: LocalTenant) -> None:
        (key,) = plant(tenant, (1, 89), user="local|plain")
        options = {"user": "local|plain", "description": "nightly", "state": "revoked"}
        assert both(run, tenant, **options)["api_key"]["id"] == key
        assert keys(tenant) == {key: "revoked"}
        assert both(run, tenant, **options)["action"] == "unchanged"
        first, second = plant(tenant, (1, 89), (2, 88), user="local|plain")
        assert_refused(
            run, "qlik_api_key", options, "2 active API keys have this description", first, second, "Set `id`"
        )

    def test_of_a_user_who_was_deleted(self, run: Run, tenant: LocalTenant) -> None:
        tenant.guess(api_keys_of_deleted_users="kept")
        tenant.plant_users([{"subject": "bob"}])
        (key,) = plant(tenant, (1, 89), user="bob")
        assert run("qlik_user", subject="bob", state="absent")["changed"] is True
        assert both(run, tenant, user="bob", description="nightly", state="revoked")["changed"] is True
        assert keys(tenant) == {key: "revoked"}

    def test_the_key_in_use(self, run: Run, tenant: LocalTenant) -> None:
        (key,) = plant(tenant, (1, 89))
        token = {"api_key": tenant.api_key_token(key)}
        for options in ({"id": key}, {"description": "nightly"}, {"user": ADMIN, "description": "nightly"}):
            words = ("cannot be revoked because this task authenticates with it", key)
            assert_refused(run, "qlik_api_key", {**token, **options, "state": "revoked"}, *words)

    def test_of_another_user_without_proof_of_the_key_in_use(self, run: Run, tenant: LocalTenant) -> None:
        (key,) = plant(tenant, (1, 89), user="local|plain")
        tenant.guess(api_key_jti="absent")
        assert both(run, tenant, id=key, state="revoked")["changed"] is True

    def test_of_an_identity_provider(self, run: Run, tenant: LocalTenant) -> None:
        (key,) = tenant.plant_api_keys([{"sub": "SCIM\\idp", "createdBy": ADMIN, "description": "nightly"}])
        assert both(run, tenant, description="nightly", state="revoked")["changed"] is False
        assert both(run, tenant, id=key, state="revoked")["changed"] is True

    @pytest.mark.parametrize("response", ["204", "404"])
    def test_of_a_key_that_has_expired(self, run: Run, tenant: LocalTenant, response: str) -> None:
        tenant.guess(api_key_ended_delete=response, expired_api_key_status="active")
        (key,) = plant(tenant, (91, -1), user="local|plain")
        assert not run("qlik_api_key", id=key, state="revoked").get("failed")


#: Options, and what is said of them.
BAD: list[tuple[dict[str, Json], str]] = [
    ({"description": " "}, "description: Must not be empty."),
    ({"id": " ", "state": "revoked"}, "id: Must not be empty."),
    ({"description": "d", "user": " ", "state": "revoked"}, "user: Must not be empty."),
    ({"id": GONE}, "id: Requires `state: revoked`"),
    ({"description": "d", "user": ADMIN}, "user: Requires `state: revoked`"),
    ({"description": "d", "state": "revoked", "expiry": "P1D"}, "expiry: Requires `state: present`."),
    (
        {"description": "d", "state": "revoked", "rotate_before_days": 3},
        "rotate_before_days: Requires `state: present`.",
    ),
    ({"description": "d", "state": "revoked", "revoke_replaced": True}, "revoke_replaced: Requires `state: present`."),
    ({"description": "d", "rotate_before_days": 0}, "rotate_before_days: Must be 1 to 36500, not 0."),
    ({"description": "d", "rotate_before_days": 10**12}, "rotate_before_days: Must be 1 to 36500, not 1000000000000."),
    ({"description": "d", "revoke_replaced": True}, "revoke_replaced: Requires `rotate_before_days`."),
    ({"description": "d", "max_revocations": -1}, "max_revocations: Must be at least 0, not -1."),
    ({"description": "d", "expiry": "soon"}, "expiry: 'soon' is not a duration or a date. Use a duration such as P90D"),
    ({"description": "d", "expiry": "P0D"}, "expiry: 'P0D' must be longer than zero."),
    ({"description": "d", "expiry": "P9000Y"}, "expiry: 'P9000Y' is too long."),
    ({"description": "d", "expiry": "2020-01-01"}, "expiry: '2020-01-01' is in the past."),
    ({"description": "d", "expiry": "P2Y"}, "expiry: 'P2Y' is longer than max_api_key_expiry of the tenant, 'P1Y'."),
    (
        {"description": "d", "expiry": "P30D", "rotate_before_days": 30},
        "rotate_before_days: 30 days are not less than the lifetime of a new key (P30D)",
    ),
    (
        {"description": "d", "rotate_before_days": 400},
        "rotate_before_days: 400 days are not less than the lifetime of a new key",
    ),
    (
        {"description": "d", "user": "nobody", "state": "revoked"},
        "user: The tenant has no user with the subject 'nobody'.",
    ),
    ({"id": GONE, "state": "revoked", "max_revocations": -1}, "max_revocations"),
]


@pytest.mark.parametrize(("options", "words"), BAD)
def test_bad_input(run: Run, tenant: LocalTenant, options: dict[str, Json], words: str) -> None:
    assert_refused(run, "qlik_api_key", options, words, "Nothing was changed.")


@pytest.mark.parametrize(
    "options", [{}, {"user": ADMIN}, {"id": GONE, "description": "d"}, {"id": GONE, "user": ADMIN, "state": "revoked"}]
)
def test_options_that_do_not_fit_together(run: Run, tenant: LocalTenant, options: dict[str, Json]) -> None:
    assert_refused(run, "qlik_api_key", options)


@pytest.mark.parametrize("check", [True, False])
def test_no_key_is_created_where_its_token_would_be_shown(run: Run, tenant: LocalTenant, check: bool) -> None:
    """The module is called without its action plugin."""
    flow = flow_of("qlik_api_key")
    given = {**NIGHTLY, "tenant_url": tenant.url, "api_key": tenant.api_key}
    options = read_options("qlik_api_key", flow.spec, flow.rules, (), given, {})
    ignore: Any = lambda text: None  # noqa: E731
    task = Task(options.params, check, with_diff=False, environ={}, warn=ignore, log=ignore, on_secret=ignore)
    assert "The result would show a new secret" in flow.result(task)["msg"]
    assert keys(tenant) == {}


class TestInfo:
    @pytest.fixture(autouse=True)
    def _planted(self, tenant: LocalTenant) -> None:
        tenant.plant_users([{"subject": "bob", "name": "Bob"}, {"subject": "eve", "name": "Eve", "status": "disabled"}])
        self.soon, self.late = plant(tenant, (80, 10), (1, 89), user="bob", description="b")
        (self.eve,) = plant(tenant, (91, -1), user="eve", description="e")
        (self.scim,) = tenant.plant_api_keys(
            [{"sub": "SCIM\\idp", "createdBy": "bob", "description": "s", "daysLeft": 20.5, "ageDays": 345}]
        )
        (self.gone,) = tenant.plant_api_keys([{"user": "no-such-user", "description": "g", "daysLeft": 300.5}])

    def listed(self, run: Run, **options: Json) -> list[dict[str, Json]]:
        result = run("qlik_api_key_info", **options)
        assert not result.get("failed"), result
        assert result["changed"] is False
        return [key for key in result["api_keys"] if key["description"] != "Local tenant"]

    def test_all(self, run: Run, tenant: LocalTenant) -> None:
        found = self.listed(run)
        assert ids(found) == [self.eve, self.soon, self.scim, self.late, self.gone]
        assert [key["days_left"] for key in found] == [-1, 10, 20, 89, 300]
        assert [key["age_days"] for key in found] == [91, 80, 345, 1, 0]
        owners = [(key["owner"]["name"], key["owner"]["subject"], key["owner"]["status"]) for key in found]
        bob = ("Bob", "bob", "active")
        assert owners == [("Eve", "eve", "disabled"), bob, bob, bob, (None, None, None)]
        assert found[-1]["owner"]["id"] == "no-such-user"
        assert found[2]["sub_type"] == "externalClient"
        assert not any("token" in key for key in found)
        assert "eyJ" not in run.output

    @pytest.mark.parametrize(
        ("options", "names"),
        [
            ({"user": "bob"}, ["soon", "scim", "late"]),
            ({"user": "eve"}, ["eve"]),
            ({"status": "active"}, ["soon", "scim", "late", "gone"]),
            ({"status": "expired"}, ["eve"]),
            ({"status": "revoked"}, []),
            ({"expires_within_days": 11}, ["soon"]),
            ({"expires_within_days": 10}, []),
            ({"expires_within_days": 100, "user": "bob"}, ["soon", "scim", "late"]),
            ({"expires_within_days": 21, "status": "active"}, ["soon", "scim"]),
            ({"id": "SCIM"}, ["scim"]),
            ({"id": GONE}, []),
        ],
    )
    def test_some(self, run: Run, tenant: LocalTenant, options: dict[str, Json], names: list[str]) -> None:
        options = {name: self.scim if value == "SCIM" else value for name, value in options.items()}
        assert ids(self.listed(run, **options)) == [getattr(self, name) for name in names]

    def test_an_expired_key_that_the_tenant_shows_as_active(self, run: Run, tenant: LocalTenant) -> None:
        tenant.guess(expired_api_key_status="active")
        (scim,) = tenant.plant_api_keys([{"sub": "SCIM\\idp", "createdBy": "bob", "description": "s", "daysLeft": -3}])
        assert ids(self.listed(run, expires_within_days=5)) == [scim, self.eve]

    def test_many(self, run: Run, tenant: LocalTenant) -> None:
        subjects = [f"s{number:03}" for number in range(130)]
        tenant.plant_users([{"subject": subject} for subject in subjects])
        tenant.plant_api_keys([{"user": subject, "description": "m"} for subject in subjects])
        tenant.reset_counters()
        found = [key for key in self.listed(run) if key["description"] == "m"]
        assert sorted(key["owner"]["subject"] for key in found) == subjects
        routes = tenant.counters()["routes"]
        assert (routes["GET /api-keys"], routes["POST /users/actions/filter"]) == (2, 2)

    def test_a_user_who_is_no_admin_sees_own_keys(self, run: Run, tenant: LocalTenant) -> None:
        result = run("qlik_api_key_info", api_key=tenant.api_key_without_rights)
        (key,) = result["api_keys"]
        assert key["owner"]["subject"] == "local|plain"

    def test_owners_that_cannot_be_read(self, run: Run, tenant: LocalTenant) -> None:
        tenant.misbehave({"match": {"path": "/users"}, "action": {"status": 403}})
        result = run("qlik_api_key_info")
        assert {key["owner"]["name"] for key in result["api_keys"]} == {None}
        assert all(key["owner"]["id"] for key in result["api_keys"])
        assert any("cannot read users" in text for text in texts(result))

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"expires_within_days": -1}, "expires_within_days: Must be 0 to 36500, not -1."),
            ({"expires_within_days": 10**12}, "expires_within_days: Must be 0 to 36500, not 1000000000000."),
            (
                {"expires_within_days": 1, "status": "revoked"},
                "expires_within_days: Cannot be combined with `status: revoked`",
            ),
            ({"user": "Bob"}, "user: The tenant has no user with the subject 'Bob'."),
            ({"id": GONE, "user": "bob"}, "mutually exclusive"),
        ],
    )
    def test_bad_input(self, run: Run, tenant: LocalTenant, options: dict[str, Json], words: str) -> None:
        assert_refused(run, "qlik_api_key_info", options, words)


#: Values of a field that has another type.
VALUES: tuple[Json, ...] = ([{}], {"a": []}, 7, True, "x", None)


def test_types_in_responses(run: Run, tenant: LocalTenant) -> None:
    """A field of another type than it should have is missing, or an error, and nothing is written because of it."""
    plant(tenant, (80, 10), (1, 89))
    listed = [key for key in tenant.state()["api_keys"] if key["sub"] == tenant.state()["api_keys"][0]["sub"]]
    assert len(listed) == 3
    for field in listed[-1]:
        for value in VALUES:
            page = {"data": [*listed[:-1], {**listed[-1], field: value}], "links": {}}
            tenant.misbehave({"match": {"path": "/api-keys$"}, "action": {"status": 200, "json": page}})
            for module, options in (("qlik_api_key_info", {}), ("qlik_api_key", REVOKED)):
                result = run(module, check=True, retries=0, **options)
                assert "Unexpected error in the collection" not in result.get("msg", ""), (field, value, result)
                assert "api_keys" in result or "api_key" in result or result["failed"], (field, value, result)
            tenant.behave()


def test_types_in_the_response_to_a_creation(run: Run, tenant: LocalTenant) -> None:
    tenant.set_tenant(api_key_settings={"max_keys": 1000})
    created = run("qlik_api_key", **NIGHTLY)
    (key,) = (key for key in tenant.state()["api_keys"] if key["description"] == "nightly")
    for field in key.keys() - {"id", "description"}:
        for value in VALUES:
            response = {**key, "description": f"{field} {value}", "token": created["token"], field: value}
            lose(tenant, {"status": 201, "json": response})
            result = run("qlik_api_key", description=f"{field} {value}")
            assert (result.get("failed", False), result["changed"]) == (False, True), (field, value, result)
            tenant.behave()


def test_many_keys_in_a_message(run: Run, tenant: LocalTenant) -> None:
    tenant.set_tenant(api_key_settings={"max_keys": 1000})
    tenant.plant_api_keys([{"user": ADMIN, "description": "\x1b[2J" + "x" * 5000} for _number in range(12)])
    found = [key["description"] for key in tenant.state()["api_keys"]]
    result = assert_refused(run, "qlik_api_key", {"description": found[-1]}, "You have 12", "and 2 more")
    assert "\x1b" not in result["msg"]
    assert len(result["msg"]) < 2500


@pytest.mark.parametrize(
    "text", ["", "a", "a.b", "a.b.c", "a.W10.c", "a.eyJqdGkiOjd9.c", "a.eyJqdGkiOltdfQ.c", "a.\u00e9.c"]
)
def test_tokens_that_name_no_key(text: str) -> None:
    assert key_id_in(text) == ""


@pytest.mark.long
def test_a_year_of_nights(run: Run, tenant: LocalTenant, impatient: None) -> None:
    """A key of 90 days, rotated at 60 by a play that authenticates with it; a response is lost, a hand-over fails.

    On each day the key that the user of the play holds is valid, and there are two at the most.
    """
    year(run, tenant, nights=365)


def test_two_rotations_of_nights(run: Run, tenant: LocalTenant, impatient: None) -> None:
    year(run, tenant, nights=130, first=62)


def year(run: Run, tenant: LocalTenant, nights: int, first: int = 0) -> None:
    """Nights in which a key renews itself.

    :param first: how many nights have gone by since the key was created.
    """
    (start,) = plant(tenant, (first, 90 - first))
    current = tenant.api_key_token(start)
    rotations, failures, lost = 0, 0, 0
    for night in range(nights):
        tenant.let_pass(days=1)
        if rotations == 1 and lost == 0:
            tenant.behave()
            lose(tenant, {"reset": "after"})
        result = run("qlik_api_key", api_key=current, **REVOKED)
        assert not result.get("failed"), (night, result)
        lost += len(result["lost"])
        if result["token"]:
            if failures == 0:
                # The hand-over fails, and the rescue of the block revokes the new key.
                failures += 1
                rescue = run("qlik_api_key", api_key=current, id=result["api_key"]["id"], state="revoked")
                assert rescue["changed"] is True
            else:
                rotations += 1
                current = result["token"]
        assert run("qlik_tenant_info", api_key=current)["changed"] is False, night
        assert 1 <= len([status for status in keys(tenant).values() if status == "active"]) <= 2, night
        tenant.behave()
    assert (failures, lost) == (1, 1)
    assert rotations == (nights + first) // 60
