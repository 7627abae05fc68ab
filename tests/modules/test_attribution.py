# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says of each difference who caused it, from the audit log of the tenant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.event_types import UPDATED, has_events, types_of
from kinds import STANDALONE
from local_tenant.client import LocalTenant

from .harness import Result, Run

Json = Any
PEOPLE = ("ada", "bob", "eve", "fay")
#: The kinds whose objects refer to no others and have events under old and new names, with an option that is a list
#: and its name in the API.
LISTS = [
    (cases, option, api)
    for cases in STANDALONE.values()
    for option, api in zip(cases.changed, cases.changed_twin)
    if has_events(cases.kind.noun) and len(types_of(cases.kind.noun, UPDATED)) > 1
]
DESCRIPTION: dict[str, Json] = {
    "tenant": {"name": "Acme"},
    "roles": [{"name": "Curator", "assigned_scopes": ["api-keys"]}],
    "group_settings": {"auto_create_groups": False, "everyone_assigned_roles": []},
    "groups": [
        {"name": "Finance", "provider_type": "idp", "assigned_roles": ["Curator"]},
        {"name": "Sales", "provider_type": "idp", "assigned_roles": []},
        {"name": "Gone", "provider_type": "idp", "assigned_roles": []},
    ],
    "users": [{"subject": "carl", "name": "Carl", "assigned_roles": []}],
    "spaces": [
        {
            "name": "Reports",
            "type": "shared",
            "description": "All reports",
            "members": [{"group": "Finance", "roles": ["consumer"]}, {"group": "Sales", "roles": ["consumer"]}],
        }
    ],
    **{cases.kind.area: [cases.named(f"Some {cases.kind.area}")] for cases, _option, _api in LISTS},
    "session_policy": {"user_session_inactivity_timeout_minutes": 20},
    "api_key_settings": {"max_keys_per_user": 5},
    "csp_origins": [{"name": "Maps", "origin": "tiles.example.com", "directives": ["imgSrc"]}],
}


class Hands:
    """Writes to the tenant as different people."""

    def __init__(self, tenant: LocalTenant) -> None:
        self.tenant = tenant
        tenant.plant_users(
            [
                {"subject": each, "name": each.title(), "assignedRoles": ["TenantAdmin"], "status": "active"}
                for each in PEOPLE
            ]
        )

    def __call__(self, who: str, method: str, path: str, body: Json = None, **token: Json) -> Json:
        address = path if path.startswith("/api/") else f"/api/v1{path}"
        return self.tenant.send_as(who, method, address, body, **token)

    def replace(self, who: str, path: str, value: Json, at: str) -> None:
        self(who, "PATCH", path, [{"op": "replace", "path": at, "value": value}])


@pytest.fixture
def by_hand(tenant: LocalTenant) -> Hands:
    return Hands(tenant)


@pytest.fixture
def seeded(run: Run, by_hand: Hands) -> Result:
    """The tenant is as described."""
    result = run("qlik_configuration", **DESCRIPTION)
    assert not result.get("failed"), result
    return result


def audit(run: Run, **options: Json) -> Result:
    result = run("qlik_configuration", check=True, **{**DESCRIPTION, "attribute_drift": True, **options})
    assert not result.get("failed"), result
    return result


def changes(result: Mapping[str, Json]) -> dict[tuple[str, str, Json, Json], Json]:
    """What is said of each difference, by area, object, setting and element."""
    found = {}
    for area, report in result["areas"].items():
        items: Sequence[Json] = (
            [report]
            if "action" in report
            else next(each for name, each in report.items() if name not in ("summary", "unchanged"))
        )
        for item in items:
            name = item.get("name") or item.get("subject") or area
            for change in (item.get("changed_by") or {}).get("changes", []):
                element = change["element"]
                shown = json.dumps(element, sort_keys=True) if isinstance(element, dict) else element
                found[area, name, change["setting"], shown] = change
    return found


def who(change: Mapping[str, Json]) -> Json:
    return change["actor"]["subject"] if "actor" in change else change["reason"]


def ids(tenant: LocalTenant) -> dict[str, str]:
    state = tenant.state()
    named = [
        *state["groups"],
        *state["roles"],
        *state["spaces"],
        *(each for area in STANDALONE for each in state[area]),
    ]
    return {**{each["name"]: each["id"] for each in named}, **{each["subject"]: each["id"] for each in state["users"]}}


@pytest.mark.parametrize("names", ["new", "old", "both"])
def test_thirteen_changes_by_hand(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result, names: str) -> None:
    tenant.guess(audit_names=names)
    known = ids(tenant)
    admin, curator = known["TenantAdmin"], known["Curator"]
    finance, sales, space = (known[name] for name in ("Finance", "Sales", "Reports"))
    # 1, undone and made again by others.
    for person, roles in (("ada", [curator, admin]), ("bob", [curator]), ("eve", [curator, admin])):
        by_hand.replace(person, f"/groups/{finance}", [{"id": each} for each in roles], "/assignedRoles")
    # 2, on top of it.
    by_hand.replace("fay", f"/groups/{finance}", [{"id": admin}], "/assignedRoles")
    # 3
    by_hand("bob", "DELETE", f"/groups/{known['Gone']}")
    # 4
    by_hand.replace("ada", f"/roles/{curator}", ["api-keys", "notes"], "/assignedScopes")
    # 5, and another change of the same space that is drift of its own: 6.
    by_hand.replace("bob", f"/spaces/{space}", "All of them", "/description")
    by_hand.replace("fay", f"/spaces/{space}", known["eve"], "/ownerId")
    # 7 and 8
    members = {each["assigneeId"]: each["id"] for each in tenant.state()["assignments"]}
    by_hand("eve", "DELETE", f"/spaces/{space}/assignments/{members[sales]}")
    by_hand("ada", "PUT", f"/spaces/{space}/assignments/{members[finance]}", {"roles": ["producer"]})
    # 9
    by_hand(
        "fay",
        "POST",
        f"/spaces/{space}/assignments",
        {"type": "user", "assigneeId": known["carl"], "roles": ["consumer"]},
    )
    # 10
    for cases, _option, api in LISTS:
        path = f"{cases.api.path}/{known[f'Some {cases.kind.area}']}"
        by_hand.replace("bob", path, [*cases.twin[api], *cases.changed_twin[api]], f"/{api}")
    # 11, by an OAuth client in the name of a user.
    by_hand(
        "ada", "PATCH", "/groups/settings", [{"op": "replace", "path": "/autoCreateGroups", "value": True}], actor="bob"
    )
    # 12
    by_hand.replace("eve", "/api-keys/configs/" + tenant.state()["tenant"]["id"], 7, "/max_keys_per_user")
    # 13
    origin = next(each for each in tenant.state()["csp_origins"] if each["name"] == "Maps")
    by_hand(
        "ada",
        "PUT",
        f"/csp-origins/{origin['id']}",
        {"name": "Maps", "origin": origin["origin"], "imgSrc": True, "fontSrc": True},
    )
    found = changes(audit(run))
    of_lists: dict[tuple[str, str, Json, Json], Json] = {
        (cases.kind.area, f"Some {cases.kind.area}", option, cases.changed[option][0]): "bob"
        for cases, option, _api in LISTS
    }
    expected: dict[tuple[str, str, Json, Json], Json] = {
        **of_lists,
        ("groups", "Finance", "assigned_roles", "TenantAdmin"): "eve",
        ("groups", "Finance", "assigned_roles", "Curator"): "fay",
        ("groups", "Gone", None, None): "bob",
        ("roles", "Curator", "assigned_scopes", "notes"): "ada",
        ("spaces", "Reports", "description", None): "bob",
        ("spaces", "Reports", "members", '{"group": "Finance", "provider_type": "idp"}'): "ada",
        ("spaces", "Reports", "members", '{"group": "Sales", "provider_type": "idp"}'): "eve",
        ("spaces", "Reports", "members", '{"user": "carl"}'): "fay",
        ("group_settings", "group_settings", "auto_create_groups", None): "bob",
        ("api_key_settings", "api_key_settings", "max_keys_per_user", None): "eve",
        ("csp_origins", "Maps", "directives", None): "Qlik publishes no audit events about CSP origins.",
    }
    assert {key: who(change) for key, change in found.items()} == expected


def audit_requests(tenant: LocalTenant) -> list[str]:
    """The requests that only the attribution makes."""
    return [
        f"{each['method']} {each['path']}"
        for each in tenant.requests()
        if "/audits" in each["path"] or each["path"].endswith("/users/me") or "id%20eq" in str(each["query"])
    ]


def counted(tenant: LocalTenant, run: Run, **options: Json) -> tuple[Result, int, list[str]]:
    tenant.reset_counters()
    result = audit(run, **options)
    return result, tenant.counters()["total"], audit_requests(tenant)


def test_no_request_more_without_drift(tenant: LocalTenant, run: Run, seeded: Result) -> None:
    _result, without, _asked = counted(tenant, run, attribute_drift=False)
    result, total, asked = counted(tenant, run)
    assert result["plan"]["steps"] == 0
    assert (total, asked) == (without, [])


def test_a_list_for_each_name_of_the_types_and_one_look_at_the_actors(
    tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result
) -> None:
    finance = ids(tenant)["Finance"]
    for name in ("ada", "bob"):
        by_hand.replace(name, f"/groups/{finance}", [{"id": ids(tenant)["TenantAdmin"]}], "/assignedRoles")
        by_hand.replace(name, f"/groups/{finance}", [], "/assignedRoles")
    _result, without, _asked = counted(tenant, run, attribute_drift=False)
    _result, total, asked = counted(tenant, run)
    assert total - without == len(asked)
    assert sorted(asked) == [*["GET /api/v1/audits"] * 2, "GET /api/v1/users", "GET /api/v1/users/me"]


def test_old_and_new_value_time_and_actor(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    known = ids(tenant)
    by_hand.replace("ada", f"/groups/{known['Sales']}", [{"id": known["TenantAdmin"]}], "/assignedRoles")
    (item,) = audit(run)["areas"]["groups"]["groups"]
    (change,) = item["changed_by"]["changes"]
    assert change == {
        "setting": "assigned_roles",
        "element": "TenantAdmin",
        "time": change["time"],
        "actor": {"id": known["ada"], "name": "Ada", "subject": "ada", "type": "user"},
        "on_behalf_of": None,
        "event": "com.qlik.core.group.updated",
        "before": [],
        "after": ["TenantAdmin"],
    }
    assert {name: value for name, value in item["changed_by"].items() if name != "changes"} == {
        name: value for name, value in change.items() if name not in ("setting", "element")
    }


def test_impersonation_shows_both(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    path, at = f"/groups/{ids(tenant)['Sales']}", "/assignedRoles"
    body = [{"op": "replace", "path": at, "value": [{"id": ids(tenant)["TenantAdmin"]}]}]
    by_hand("ada", "PATCH", path, body, actor="bob")
    (change,) = list(changes(audit(run)).values())
    assert (change["actor"]["subject"], change["on_behalf_of"]["subject"]) == ("bob", "ada")


def test_the_automation_itself(tenant: LocalTenant, run: Run, seeded: Result) -> None:
    run("qlik_group", name="Sales", assigned_roles=["TenantAdmin"])
    (change,) = list(changes(audit(run)).values())
    assert change["actor"]["type"] == "self"


def test_a_deleted_actor_is_shown_by_the_id(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    known = ids(tenant)
    by_hand.replace("ada", f"/groups/{known['Sales']}", [{"id": known["TenantAdmin"]}], "/assignedRoles")
    by_hand("bob", "DELETE", f"/users/{known['ada']}")
    (change,) = list(changes(audit(run)).values())
    # With the user, the tenant has deleted the name.
    assert change["actor"] == {"id": known["ada"], "name": None, "subject": "ada", "type": "user"}


def test_a_renamed_object(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    by_hand.replace("fay", f"/spaces/{ids(tenant)['Reports']}", "Old reports", "/name")
    found = changes(audit(run, spaces=[DESCRIPTION["spaces"][0]]))
    change = found["spaces", "Reports", None, None]
    assert (who(change), change["before"], change["after"]) == ("fay", "Reports", "Old reports")


@pytest.mark.parametrize("everyone", ["group", "group-setting", "both"])
def test_the_roles_of_everyone(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result, everyone: str) -> None:
    tenant.guess(audit_everyone=everyone)
    path, role = "/groups/000000000000000000000001", ids(tenant)["Curator"]
    by_hand.replace("eve", path, [{"id": role}], "/assignedRoles")
    found = changes(audit(run))
    assert {key: who(change) for key, change in found.items()} == {
        ("group_settings", "group_settings", "everyone_assigned_roles", "Curator"): "eve"
    }


def test_an_event_that_set_another_value_is_not_blamed(
    tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result
) -> None:
    group = ids(tenant)["Sales"]
    by_hand.replace("ada", f"/groups/{group}", [{"id": ids(tenant)["TenantAdmin"]}], "/assignedRoles")
    update = {"path": "/assignedRoles", "oldValue": [{"name": "TenantAdmin"}], "newValue": []}
    event = {"eventType": "com.qlik.core.group.updated", "user": "bob", "data": {"id": group, "_updates": [update]}}
    tenant.plant_audit_events([event])
    (change,) = list(changes(audit(run)).values())
    assert (who(change), change["last_changed_by"]["actor"]["subject"]) == ("ada", "bob")


def test_only_events_that_set_other_values(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    group = ids(tenant)["Sales"]
    tenant.plant_groups([{"name": "Sales", "providerType": "idp", "assignedRoles": ["TenantAdmin"]}])
    update = {"path": "/assignedRoles", "oldValue": [{"name": "TenantAdmin"}], "newValue": []}
    event = {"eventType": "com.qlik.core.group.updated", "user": "bob", "data": {"id": group, "_updates": [update]}}
    tenant.plant_audit_events([event])
    (change,) = list(changes(audit(run)).values())
    assert change["reason"].startswith("The newest event sets another value.")
    assert change["last_changed_by"]["actor"]["subject"] == "bob"


def drift_without_event(tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": "Sales", "providerType": "idp", "assignedRoles": ["TenantAdmin"]}])


def test_a_change_that_the_log_does_not_have(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    drift_without_event(tenant)
    tenant.let_pass(days=2)
    (change,) = list(changes(audit(run, attribution_days=1)).values())
    assert change["reason"].startswith("No event found since ")
    assert "older" not in change["reason"]
    (change,) = list(changes(audit(run)).values())
    assert change["reason"].endswith(" The change may be older than the 90 days that the log keeps.")


def test_the_log_lags(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    tenant.guess(audit_delay_seconds=120)
    by_hand.replace("ada", f"/groups/{ids(tenant)['Sales']}", [{"id": ids(tenant)["TenantAdmin"]}], "/assignedRoles")
    (change,) = list(changes(audit(run)).values())
    assert change["reason"].endswith(", which may be too recent to be in the log.")


def test_the_log_lags_behind_a_deletion(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    tenant.guess(audit_delay_seconds=120)
    by_hand("bob", "DELETE", f"/groups/{ids(tenant)['Gone']}")
    for days, end in ((1, "."), (90, ", or older than the 90 days that the log keeps.")):
        (change,) = list(changes(audit(run, attribution_days=days)).values())
        assert change["reason"].endswith(" The change may be too recent to be in the log" + end)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_log_that_cannot_be_read_fails_nothing(
    tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result, impatient: None, status: int
) -> None:
    drift_without_event(tenant)
    tenant.misbehave({"match": {"path": "/audits"}, "action": {"status": status}})
    (change,) = list(changes(audit(run, retries=1)).values())
    assert change["reason"].startswith("The audit log cannot be read: ")
    assert ("The credential requires the role TenantAdmin or AuditAdmin" in change["reason"]) == (status == 403)


def test_a_bound_is_said(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    drift_without_event(tenant)
    event = {"eventType": "com.qlik.core.group.updated", "user": "bob", "data": {"id": "other", "_updates": []}}
    tenant.plant_audit_events([event] * 101)
    (change,) = list(changes(audit(run, attribution_pages=1)).values())
    assert change["reason"] == (
        "No event found in the newest 100 events of com.qlik.core.group.updated. Raise `attribution_pages` to search"
        " older events."
    )


def test_a_creation_is_not_blamed_for_what_unread_events_may_have_changed(
    tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result
) -> None:
    by_hand("ada", "POST", "/groups", {"name": "New", "providerType": "idp", "assignedRoles": [{"name": "Steward"}]})
    described = [{"name": "New", "provider_type": "idp", "assigned_roles": []}]

    def found(**options: Json) -> Json:
        result = run("qlik_configuration", check=True, groups=described, attribute_drift=True, **options)
        return changes(result)["groups", "New", "assigned_roles", "Steward"]

    event = {"eventType": "com.qlik.core.group.updated", "user": "bob", "data": {"id": "other", "_updates": []}}
    tenant.plant_audit_events([event] * 101)
    assert who(found()) == "ada"
    assert "newest 100 events of com.qlik.core.group.updated. Raise `attribution_pages`" in who(
        found(attribution_pages=1)
    )
    places = {"attribution_pages": "my_pages"}
    assert "Raise `my_pages`" in who(found(attribution_pages=1, places=places))
    # The lists of updates, under both names.
    tenant.misbehave({"match": {"path": "/audits", "count": 2}, "action": {"status": 403}})
    assert who(found()).startswith("The audit log cannot be read: ")


def test_a_tenant_that_rejects_unknown_types(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    tenant.guess(audit_unknown_type="400")
    drift_without_event(tenant)
    tenant.let_pass(days=1)
    group = ids(tenant)["Gone"]
    by_hand.replace("ada", f"/groups/{group}", [{"id": ids(tenant)["TenantAdmin"]}], "/assignedRoles")
    found = changes(audit(run))
    assert who(found["groups", "Gone", "assigned_roles", "TenantAdmin"]) == "ada"
    assert who(found["groups", "Sales", "assigned_roles", "TenantAdmin"]).startswith("No event found since ")


def test_events_that_name_no_object(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    tenant.guess(audit_user_updated="updates")
    by_hand.replace("ada", f"/users/{ids(tenant)['carl']}", [{"id": ids(tenant)["TenantAdmin"]}], "/assignedRoles")
    tenant.let_pass(days=1)
    (change,) = list(changes(audit(run)).values())
    assert change["reason"] == (
        "No event found. The log has events without the ID of their object, and one of them may be the cause."
    )


def test_a_credential_without_the_roles(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    tenant.guess(audits_without_rights="empty")
    drift_without_event(tenant)
    tenant.plant_users([{"subject": "low", "name": "Low", "assignedRoles": ["AnalyticsAdmin"], "status": "active"}])
    result = run(
        "qlik_configuration",
        check=True,
        groups=DESCRIPTION["groups"],
        attribute_drift=True,
        access_token=tenant.token_of("low"),
    )
    assert "msg" in result or changes(result)


def test_unmanaged_objects(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    admin = ids(tenant)["TenantAdmin"]
    made = by_hand("bob", "POST", "/groups", {"name": "Plain", "providerType": "idp"})
    other = by_hand("bob", "POST", "/groups", {"name": "Powerful", "providerType": "idp"})
    by_hand.replace("eve", f"/groups/{other['id']}", [{"id": admin}], "/assignedRoles")

    def attributed(**options: Json) -> dict[str, Json]:
        found = audit(run, report_unmanaged=True, **options)["unmanaged"]["groups"]
        return {each["name"]: who(each["changed_by"]) for each in found if "changed_by" in each}

    assert made["id"]
    assert attributed() == {"Powerful": "eve"}
    assert attributed(attribute_unmanaged=True) == {"Powerful": "eve", "Plain": "bob"}


def test_events_of_other_types_are_not_about_a_difference(
    tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result
) -> None:
    made = by_hand("bob", "POST", "/groups", {"name": "Plain", "providerType": "idp"})
    by_hand.replace("eve", f"/groups/{made['id']}", [{"id": ids(tenant)["Curator"]}], "/assignedRoles")
    by_hand("bob", "DELETE", f"/groups/{ids(tenant)['Gone']}")
    space = by_hand("eve", "POST", "/spaces", {"name": "Gone", "type": "shared"})
    by_hand("eve", "DELETE", f"/spaces/{space['id']}")
    drift_without_event(tenant)
    # An event without an object.
    by_hand.replace("eve", "/api-keys/configs/" + tenant.state()["tenant"]["id"], 7, "/max_keys_per_user")
    by_hand("eve", "DELETE", f"/spaces/{ids(tenant)['Reports']}")
    tenant.let_pass(days=1)
    result = audit(run, report_unmanaged=True, attribute_unmanaged=True)
    unmanaged = {each["name"]: who(each["changed_by"]) for each in result["unmanaged"]["groups"]}
    assert unmanaged == {"Plain": "bob"}
    found = changes(result)
    assert who(found["groups", "Gone", None, None]) == "bob"
    assert who(found["groups", "Sales", "assigned_roles", "TenantAdmin"]).startswith("No event found since ")


def test_hostile_names_are_data(tenant: LocalTenant, run: Run, by_hand: Hands, seeded: Result) -> None:
    name = "{{ 7*7 }} <b>\u001b[31m"
    tenant.plant_users([{"subject": "mal", "name": name, "assignedRoles": ["TenantAdmin"], "status": "active"}])
    by_hand.replace("mal", f"/groups/{ids(tenant)['Sales']}", [{"id": ids(tenant)["TenantAdmin"]}], "/assignedRoles")
    (change,) = list(changes(audit(run)).values())
    assert change["actor"]["name"] == name


@pytest.mark.parametrize(
    ("option", "value"), [("attribution_days", 0), ("attribution_days", 91), ("attribution_pages", 0)]
)
def test_bounds_out_of_range(run: Run, option: str, value: int) -> None:
    result = run("qlik_configuration", check=True, **{**DESCRIPTION, option: value})
    assert result["msg"].startswith(f"{option}: Must be 1 to ")
    assert result["msg"].endswith("Nothing was changed.")


def test_a_run_that_writes_attributes_nothing(tenant: LocalTenant, run: Run, seeded: Result) -> None:
    drift_without_event(tenant)
    result = run("qlik_configuration", **DESCRIPTION, attribute_drift=True)
    assert changes(result) == {}
    assert not any("/audits" in each for each in audit_requests(tenant))


@pytest.mark.parametrize("consent", ["trusted", "required", "deleted"])
def test_settings_of_clients_with_their_own_events(tenant: LocalTenant, run: Run, by_hand: Hands, consent: str) -> None:
    client = {"name": "CI", "app_type": "web", "allowed_scopes": ["apps"], "description": "CI"}
    described = {**client, "consent_method": "required" if consent == "trusted" else "trusted", "publish": False}
    run("qlik_configuration", oauth_clients=[described])
    (client_id,) = (each["clientId"] for each in tenant.state()["oauth_clients"] if each["clientName"] == "CI")
    path = f"/oauth-clients/{client_id}"
    config = f"{path}/connection-configs/me"
    by_hand.replace("ada", path, "changed", "/description")
    by_hand.replace("eve", config, described["consent_method"], "/consentMethod")
    if consent == "deleted":
        by_hand("bob", "DELETE", config)
    else:
        by_hand.replace("bob", config, consent, "/consentMethod")
    by_hand.replace("ada", path, ["apps", "admin_classic"], "/allowedScopes")
    by_hand("eve", "POST", f"{path}/actions/publish")
    result = run(
        "qlik_configuration", check=True, attribute_drift=True, oauth_clients=[described], report_unmanaged=True
    )
    assert {key[2]: who(change) for key, change in changes(result).items()} == {
        "description": "ada",
        "allowed_scopes": "ada",
        "consent_method": "bob",
        "publish": "eve",
    }
