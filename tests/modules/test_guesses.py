# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Qlik's reference leaves open must not matter: the life of every kind of resource under each answer to it."""

from __future__ import annotations

import dataclasses
import time

import pytest
from kinds import STANDALONE
from local_tenant.client import LocalTenant
from local_tenant.guesses import Guesses, Value
from modules.examples import FIRST_EXAMPLES
from modules.harness import (
    Json,
    Run,
    assert_five_steps,
    assert_refused,
    group_named,
    role_named,
    role_names,
    user_of,
)

#: Values of the guesses that are numbers.
NUMBERS: dict[str, Value] = {
    "filter_max_conditions": 120,
    "lag_seconds": 0.1,
    "limit_recovery_requests": 3,
    "deleted_subject_conflict_seconds": 0.4,
    "group_body_limit": 1000,
    "spaces_page": 40,
    "new_assignee_seconds": 0.1,
    "tenant_ready_seconds": 0.1,
    "audit_delay_seconds": 0.1,
    "audit_names_page": 2,
    "switch_readings": 0,
}
#: The schema of a group's PATCH says "bare" where all examples of Qlik have a slash; the collection sends the slash.
NOT_SUPPORTED: set[tuple[str, Value]] = {("group_patch_path", "bare")}

METHODS = "dcr_allowed_authentication_methods"
PROVIDER = FIRST_EXAMPLES["qlik_identity_provider"]
CLIENT: dict[str, Json] = {"name": "CI", "app_type": "web"}


def alternatives() -> list[tuple[str, Value]]:
    """Every value of every guess but the assumed one."""
    found: list[tuple[str, Value]] = []
    for field in dataclasses.fields(Guesses):
        values = field.metadata["allowed"] or (NUMBERS[field.name],)
        found += [
            (field.name, value)
            for value in values
            if value != field.default and (field.name, value) not in NOT_SUPPORTED
        ]
    return found


GUESSES = alternatives()


def together() -> list[dict[str, Value]]:
    """All alternatives in as few tenants as possible: the first of every guess, the second, and so on."""
    values: dict[str, list[Value]] = {}
    for guess, value in GUESSES:
        values.setdefault(guess, []).append(value)
    rounds = range(max(map(len, values.values())))
    # Each step of a life waits for the lag.
    values["lag_seconds"] = [0.03]
    return [{guess: some[number] for guess, some in values.items() if number < len(some)} for number in rounds]


@pytest.mark.long
@pytest.mark.parametrize(("guess", "value"), GUESSES, ids=[f"{name}={value}" for name, value in GUESSES])
def test_life(run: Run, tenant: LocalTenant, guess: str, value: Value) -> None:
    live(run, tenant, {guess: value})


@pytest.mark.parametrize("guesses", together(), ids=lambda guesses: f"{len(guesses)} guesses")
def test_life_with_many_guesses(run: Run, tenant: LocalTenant, guesses: dict[str, Value]) -> None:
    live(run, tenant, guesses)


def live(run: Run, tenant: LocalTenant, guesses: dict[str, Value]) -> None:
    """Create, change and delete each kind; every step settles at once, and check mode foretells it."""
    # Where groups can only be made while they are made by logins too, that has to be on first.
    tenant.set_tenant(settings={"auto_create_groups": True})
    tenant.guess(**guesses)
    lag = guesses.get("lag_seconds", 0)
    group: dict[str, Json] = {"name": "Finance"}
    custom: dict[str, Json] = {"name": "Finance", "provider_type": "custom"}
    user: dict[str, Json] = {"subject": "ACME\\ada"}
    space: dict[str, Json] = {"name": "Money"}
    other: dict[str, Json] = {"name": "Open"}
    admin: dict[str, Json] = {"user": "local|admin", "roles": ["facilitator"]}
    user_member = {"user": user["subject"]}
    tenant.set_tenant(license={"auto_assign_analyzer": True, "auto_assign_professional": False})
    # What no answer ever shows is no part of this test.
    hidden = guesses.get("omit_tenant_booleans") in ("newer", "all")
    tenant_options = {"name": "Acme"} if hidden else {"name": "Acme", "enable_app_opening_feedback": True}
    key = {"description": "nightly"}
    keys: list[tuple[str, dict[str, Json]]] = [("qlik_api_key", key), ("qlik_api_key", {**key, "state": "revoked"})]
    if guesses.get("api_keys_of_admins") is False:
        keys = []
    elif guesses.get("api_key_jti", "id") != "id":
        # Any key may be the one in use, so none is revoked.
        keys = keys[:1]
    steps: list[tuple[str, dict[str, Json]]] = [
        ("qlik_role", {"name": "Keys", "assigned_scopes": ["api-keys"]}),
        ("qlik_role", {"name": "Keys", "description": "May", "assigned_scopes": []}),
        ("qlik_group", {**group, "assigned_roles": ["Steward", "DataAdmin"]}),
        ("qlik_group", {**group, "assigned_roles": ["Steward", "Keys"]}),
        ("qlik_group", {**custom, "description": "Money"}),
        ("qlik_group", {**custom, "description": "", "assigned_roles": ["Steward"]}),
        ("qlik_user", {**user, "name": "Ada", "email": "ada@example.com", "assigned_roles": ["Keys"]}),
        ("qlik_user", {**user, "name": "Ada L.", "status": "disabled", "assigned_roles": ["Steward"]}),
        ("qlik_user", {**user, "assigned_groups": ["Finance"], "preferred_locale": "en", "status": "active"}),
        ("qlik_user", {**user, "assigned_roles": ["DataAdmin"], "purge_roles": False}),
        ("qlik_role", {"name": "Keys", "assigned_scopes": ["apps"], "purge_scopes": False}),
        ("qlik_space", {**space, "type": "shared"}),
        ("qlik_space", {**space, "description": "Cash", "members": [{"group": "Finance", "roles": ["consumer"]}]}),
        ("qlik_space", {**space, "description": "", "owner": user["subject"], "members": [admin]}),
        ("qlik_space", {**space, "owner": "local|admin", "members": [{**user_member, "roles": ["producer"]}]}),
        ("qlik_space_member", {"space": "Money", "group": "Finance", "roles": ["consumer", "producer"]}),
        ("qlik_space_member", {"space": "Money", **user_member, "roles": ["consumer"], "purge_roles": False}),
        ("qlik_space_member", {"space": "Money", **user_member, "state": "absent"}),
        ("qlik_spaces", {"spaces": [{**space, "description": "Cash"}, {**other, "type": "managed", "members": []}]}),
        ("qlik_spaces", {"spaces": [{**other, "members": [{"group": "Finance", "roles": ["publisher"]}]}]}),
        ("qlik_space", {**other, "state": "absent"}),
        ("qlik_spaces", {"spaces": [{**space, "state": "absent"}]}),
        ("qlik_license_settings", {"auto_assign_analyzer": False}),
        ("qlik_license_settings", {"auto_assign_professional": True}),
        ("qlik_csp_origin", {"name": "Portal", "origin": "https://Portal.example.com/", "directives": ["imgSrc"]}),
        ("qlik_csp_origin", {"name": "Portal", "description": "d"}),
        ("qlik_csp_origin", {"name": "Portal", "directives": ["connectSrcWSS", "fontSrc"]}),
        ("qlik_csp_origin", {"name": "Portal", "state": "absent"}),
        *(
            (f"qlik_{cases.kind.noun}", options)
            for cases in STANDALONE.values()
            for options in (cases.named("New"), {"name": "New", **cases.changed}, {"name": "New", "state": "absent"})
        ),
        ("qlik_oauth_client", {**CLIENT, "allowed_scopes": ["apps"], "description": "CI", "consent_method": "trusted"}),
        ("qlik_oauth_client", {**CLIENT, "description": "", "publish": True}),
        ("qlik_oauth_client", {**CLIENT, "state": "absent"}),
        ("qlik_identity_provider", PROVIDER),
        ("qlik_identity_provider", {**PROVIDER, "description": "new"}),
        ("qlik_identity_provider", {**PROVIDER, "state": "absent"}),
        ("qlik_ip_policy", {"name": "Here", "allowed_ips": ["203.0.113.7", "192.0.2.0/24"]}),
        ("qlik_ip_policy", {"name": "Here", "enabled": True, "caller_address": "203.0.113.7"}),
        ("qlik_ip_policy", {"name": "Here", "allowed_ips": ["203.0.113.7"], "caller_address": "203.0.113.7"}),
        ("qlik_ip_policy", {"name": "Here", "state": "absent"}),
        ("qlik_tenant_settings", {"session_replay_opt_out": True, "customize_no_access": {"text": "Ask us."}}),
        ("qlik_tenant_settings", {"preferred_start_page": "management-console", "release_cadence": "monthly"}),
        ("qlik_feature_settings", {"data_alerts": True, "sharing": True, "report_subscriptions": True}),
        ("qlik_feature_settings", {"cross_region_inference": True, "consent": True}),
        ("qlik_session_policy", {"max_user_session_lifespan_minutes": 600}),
        ("qlik_session_policy", {"dynamic_client_registration_enabled": True, METHODS: ["none"]}),
        ("qlik_api_key_settings", {"max_keys_per_user": 2, "max_api_key_expiry": "P7D"}),
        *keys,
        ("qlik_group_settings", {"everyone_assigned_roles": ["Steward"]}),
        ("qlik_tenant", tenant_options),
        ("qlik_user", {**user, "assigned_groups": [], "purge_groups": True}),
        ("qlik_user", {**user, "state": "absent"}),
        ("qlik_user", {**user, "name": "Ada again"}),
        ("qlik_user", {**user, "state": "absent"}),
        ("qlik_group", {**custom, "state": "absent"}),
        ("qlik_group", {**group, "state": "absent"}),
        ("qlik_role", {"name": "Keys", "state": "absent"}),
    ]
    for module, options in steps:
        if lag:
            # A list that does not show the step before this one yet would make it another step.
            wait_out(float(lag))
        predicted = run(module, check=True, **options)
        assert not predicted.get("failed"), (options, predicted)
        real = run(module, **options)
        assert not real.get("failed"), (options, real)
        assert real["changed"] is True, options
        assert (predicted["changed"], predicted["diff"]) == (True, real["diff"])
        if lag:
            wait_out(float(lag))
        second = run(module, **options)
        assert not second.get("failed"), (options, second)
        assert second["changed"] is False, (options, second)
    assert group_named(tenant, "Finance") is None
    assert group_named(tenant, "Finance", "custom") is None
    assert user_of(tenant, "ACME\\ada") is None
    assert role_named(tenant, "Keys") is None
    assert tenant.state()["tenant"]["name"] == "Acme"


def wait_out(lag: float) -> None:
    """Until lists show what has been written."""
    time.sleep(lag + 0.02)


LISTS = [
    pair
    for pair in GUESSES
    if pair[0] in ("link_host", "link_scheme", "end_of_list", "cursor_kind", "lag_seconds", "list_order")
]


@pytest.mark.parametrize(("guess", "value"), LISTS, ids=[f"{name}={value}" for name, value in LISTS])
def test_many_pages(run: Run, tenant: LocalTenant, guess: str, value: Value) -> None:
    tenant.set_tenant(alias="acme.us.qlikcloud.com")
    tenant.plant_groups([{"name": f"G {number:03}"} for number in range(230)])
    tenant.guess(**{guess: value})
    assert len(run("qlik_group_info")["groups"]) == 230
    groups = [{"name": f"G {number:03}"} for number in range(230)]
    assert run("qlik_groups", groups=groups, prune=True)["summary"]["unchanged"] == 230
    assert run("qlik_groups", groups=groups[1:], prune=True)["summary"]["deleted"] == 1


HOSTS = ("alias", "called", "system", "relative", "foreign")


@pytest.mark.parametrize("host", HOSTS)
def test_redirects_are_read_and_not_followed(run: Run, tenant: LocalTenant, host: str) -> None:
    tenant.set_tenant(alias="acme.us.qlikcloud.com")
    tenant.guess(tenant_me_location=host, user_me_location=host)
    assert run("qlik_tenant", name="Acme")["changed"] is True
    assert run("qlik_tenant_info")["tenant"]["name"] == "Acme"
    assert_refused(run, "qlik_user", {"subject": "local|admin", "status": "disabled"}, "the identity of this task")


@pytest.mark.parametrize("status", [409, 400])
@pytest.mark.parametrize("desired", [["Steward"], ["DataAdmin"]])
def test_group_that_somebody_else_creates_meanwhile(
    run: Run, tenant: LocalTenant, status: int, desired: list[str]
) -> None:
    tenant.guess(group_duplicate_status=status)
    theirs = {"groups": [{"name": "HR", "assignedRoles": ["Steward"]}]}
    tenant.misbehave({"match": {"method": "POST", "path": "/groups$", "count": 1}, "action": {"plant": theirs}})
    result = run("qlik_group", name="HR", assigned_roles=desired)
    current = group_named(tenant, "HR")
    assert current is not None
    if result.get("failed"):
        # A 400 can mean anything, and what the tenant then holds is not what was asked.
        assert (status, desired) == (400, ["DataAdmin"])
        assert result["changed"] is False
        assert role_names(current) == ["Steward"]
    else:
        assert role_names(current) == desired
        assert result["changed"] is (desired != ["Steward"])


@pytest.mark.parametrize("module", ["qlik_group", "qlik_user"])
@pytest.mark.usefixtures("impatient")
def test_unknown_roles_that_the_tenant_ignores(run: Run, tenant: LocalTenant, module: str) -> None:
    """A default role that the tenant hides is only known after the write, which must not pass for a success."""
    tenant.guess(unknown_role="ignore")
    tenant.plant_roles([{"name": "DataAdmin", "hidden": True}])
    tenant.plant_groups([{"name": "Finance"}])
    tenant.plant_users([{"subject": "bob"}])
    key: dict[str, Json] = {"name": "Finance"} if module == "qlik_group" else {"subject": "bob"}
    result = run(module, **key, assigned_roles=["DataAdmin"], retries=0)
    assert result["failed"] is True
    assert "DataAdmin" in result["msg"]


@pytest.mark.parametrize("omitted", [True, False])
def test_provider_type_that_is_left_out(run: Run, tenant: LocalTenant, omitted: bool) -> None:
    tenant.guess(omit_provider_type=omitted)
    tenant.plant_groups([{"name": "Finance"}, {"name": "Finance", "providerType": "custom"}])

    def view(current: LocalTenant) -> Json:
        return sorted((group.get("providerType", "idp"), role_names(group)) for group in current.groups())

    options = {"name": "Finance", "assigned_roles": ["Steward"]}
    assert_five_steps(run, "qlik_group", options, view, [("custom", []), ("idp", ["Steward"])])
    found = run("qlik_group_info", name="Finance", provider_type="idp")["groups"]
    assert [role["name"] for role in found[0]["assigned_roles"]] == ["Steward"]


@pytest.mark.parametrize("subject", ["kept", "cleared"])
@pytest.mark.parametrize("shown", [True, False])
def test_deleted_users_that_stay_visible(run: Run, tenant: LocalTenant, subject: str, shown: bool) -> None:
    tenant.guess(deleted_subject=subject, deleted_users_in_list=shown)
    assert run("qlik_user", subject="bob", name="Bob")["changed"] is True
    old = run("qlik_user", subject="bob")["user"]["id"]
    assert run("qlik_user", subject="bob", state="absent")["changed"] is True
    assert run("qlik_user", subject="bob", state="absent")["changed"] is False
    assert run("qlik_user", id=old, state="absent")["changed"] is False
    assert run("qlik_user_info", subject="bob")["users"] == []
    assert old not in [user["id"] for user in run("qlik_user_info")["users"]]
    again = run("qlik_user", subject="bob", name="Bob")
    assert again["changed"] is True
    assert again["user"]["id"] != old
    assert [user["id"] for user in run("qlik_user_info", subject="bob")["users"]] == [again["user"]["id"]]


MONEY: dict[str, Json] = {"name": "Money", "type": "shared"}


@pytest.mark.parametrize("status", ["404", "400"])
@pytest.mark.parametrize("is_new", [True, False], ids=["new space", "space that is there"])
def test_members_that_the_spaces_service_does_not_know_yet(
    run: Run, tenant: LocalTenant, status: str, is_new: bool
) -> None:
    """Groups and users of the same description are known to it a moment after they are made."""
    tenant.guess(new_assignee_seconds=0.3, unknown_assignee=status)
    if not is_new:
        tenant.plant_spaces([MONEY])
    members = [{"group": "Finance", "roles": ["consumer"]}, {"user": "ada", "roles": ["producer"]}]
    whole: dict[str, Json] = {
        "groups": [{"name": "Finance"}],
        "users": [{"subject": "ada", "name": "Ada"}],
        "spaces": [{**MONEY, "members": members}],
    }
    predicted = run("qlik_configuration", check=True, **whole)
    real = run("qlik_configuration", **whole)
    assert not real.get("failed"), real["msg"]
    assert (real["diff"], real["plan"]) == (predicted["diff"], predicted["plan"])
    assert run("qlik_configuration", **whole)["changed"] is False


@pytest.mark.parametrize("status", ["400", "404"])
@pytest.mark.usefixtures("impatient")
def test_members_that_the_spaces_service_never_knows(run: Run, tenant: LocalTenant, status: str) -> None:
    tenant.guess(new_assignee_seconds=1000, unknown_assignee=status)
    tenant.plant_spaces([MONEY])
    tenant.plant_groups([{"name": "Finance"}])
    result = run("qlik_space", name="Money", members=[{"group": "Finance", "roles": ["consumer"]}])
    assert (result["failed"], result["changed"]) == (True, False)
    assert f"HTTP status {status}" in result["msg"]


@pytest.mark.parametrize("response", ["400", "409", "accept"])
def test_owner_as_a_member(run: Run, tenant: LocalTenant, response: str) -> None:
    """It is refused before the tenant is asked, also of a space that is yet to be created."""
    tenant.guess(owner_as_member=response)
    member = {"user": "local|admin", "roles": ["consumer"]}
    tenant.plant_spaces([MONEY])
    assert_refused(run, "qlik_space", {"name": "Money", "members": [member]}, "'local|admin' is the owner")
    assert_refused(run, "qlik_space_member", {"space": "Money", **member}, "'local|admin' is the owner")


@pytest.mark.parametrize("response", ["400", "409", "accept"])
@pytest.mark.parametrize("module", ["qlik_space", "qlik_spaces"])
def test_who_creates_a_space_as_its_member(run: Run, tenant: LocalTenant, response: str, module: str) -> None:
    """Whoever creates a space becomes its owner, and that is known before it is created."""
    tenant.guess(owner_as_member=response)
    options = {**MONEY, "members": [{"user": "local|admin", "roles": ["consumer"]}]}
    asked = options if module == "qlik_space" else {"spaces": [options]}
    assert_refused(run, module, asked, "members: ", "'local|admin' is the owner")


@pytest.mark.parametrize("status", [409, 400])
def test_space_renamed_to_a_name_that_is_taken(run: Run, tenant: LocalTenant, status: int) -> None:
    tenant.guess(space_rename_taken_status=status)
    (space_id, _other) = tenant.plant_spaces([MONEY, {"name": "Cash"}])
    assert_refused(run, "qlik_space", {"id": space_id, "name": "Cash"}, "name: ", "another space 'Cash'")


@pytest.mark.parametrize("status", [403, 400])
def test_type_of_space_that_is_missing(run: Run, tenant: LocalTenant, status: int) -> None:
    tenant.guess(space_type_missing_status=status)
    tenant.set_tenant(space_types=["data", "managed"])
    assert_refused(run, "qlik_space", MONEY, "type: ", "not support spaces of type 'shared'. Use one of data, managed")


@pytest.mark.parametrize("status", [403, 400])
@pytest.mark.usefixtures("impatient")
def test_role_that_a_new_space_turns_out_not_to_have(run: Run, tenant: LocalTenant, status: int) -> None:
    """The table allows it and the tenant does not: the space is there then, and the task says so."""
    tenant.guess(space_role_status=status, codeveloper_in_shared_spaces=False)
    tenant.plant_groups([{"name": "Finance"}])
    options = {**MONEY, "members": [{"group": "Finance", "roles": ["codeveloper"]}]}
    result = run("qlik_space", **options)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "codeveloper" in result["msg"]
    assert "The tenant was changed before that" in result["msg"]
    assert [space["name"] for space in tenant.spaces()] == ["Money"]
    assert_refused(run, "qlik_space", options, "'codeveloper' is not a role of shared spaces")


@pytest.mark.usefixtures("impatient")
def test_names_of_spaces_that_differ_in_case_alone(run: Run, tenant: LocalTenant) -> None:
    tenant.guess(space_name_case="insensitive")
    tenant.plant_spaces([MONEY])
    result = run("qlik_space", name="MONEY", type="shared")
    assert (result["failed"], result["changed"]) == (True, False)
    assert "409" in result["msg"]
    assert len(tenant.spaces()) == 1


@pytest.mark.usefixtures("impatient")
def test_everyone_as_a_member_where_that_is_refused(run: Run, tenant: LocalTenant) -> None:
    tenant.guess(everyone_as_member="refuse")
    tenant.plant_spaces([MONEY])
    result = run("qlik_space", name="Money", members=[{"group": "Everyone", "roles": ["consumer"]}])
    assert (result["failed"], result["changed"]) == (True, False)
    assert "This group cannot be assigned" in result["msg"]


@pytest.mark.parametrize("seen", [True, False])
def test_content_that_nobody_may_see(run: Run, tenant: LocalTenant, seen: bool) -> None:
    """Where the catalog hides what a space holds, the tenant itself refuses to delete it."""
    tenant.guess(admin_sees_items=seen)
    tenant.plant_users([{"subject": "bob"}])
    tenant.plant_spaces([{**MONEY, "owner": "bob"}])
    tenant.plant_items([{"space": "Money", "name": "Budget", "resourceType": "app"}])
    result = run("qlik_space", name="Money", state="absent")
    assert (result["failed"], result["changed"]) == (True, False)
    assert ("'Budget'" if seen else "not empty") in result["msg"]


@pytest.mark.parametrize("limit", ["refuse", "cap"])
@pytest.mark.parametrize("order", ["name", "createdAt"])
def test_many_pages_of_spaces(run: Run, tenant: LocalTenant, limit: str, order: str) -> None:
    tenant.guess(spaces_limit_above_100=limit, spaces_order=order)
    spaces = [{"name": f"S {number:03}", "type": "shared"} for number in range(230)]
    tenant.plant_spaces(spaces[::-1])
    assert run("qlik_spaces", spaces=spaces, prune=True)["summary"]["unchanged"] == 230
    assert run("qlik_spaces", spaces=spaces[1:], prune=True)["summary"]["deleted"] == 1
