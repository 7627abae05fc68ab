# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module with a state, option by option: check run, look, run, look, run again."""

from __future__ import annotations

from typing import Any

import pytest
from local_tenant.client import LocalTenant
from modules.harness import (
    Json,
    Run,
    assert_five_steps,
    everyone_roles,
    group_named,
    role_id,
    role_named,
    role_names,
    texts,
    user_of,
)


def group_view(tenant: LocalTenant) -> Json:
    """Settings of all groups."""
    return {
        (item["name"], item["providerType"]): (role_names(item), item.get("description")) for item in tenant.groups()
    }


IDP = ("Finance", "idp")
CUSTOM = ("Finance", "custom")
PLANTED_GROUPS = [
    {"name": "Finance", "assignedRoles": ["Steward"]},
    {"name": "Finance", "providerType": "custom", "assignedRoles": ["Steward"], "description": "Money"},
]
HELD_GROUPS = {IDP: (["Steward"], None), CUSTOM: (["Steward"], "Money")}

# Options, what the tenant holds then beside the planted groups, and whether that is a change.
GROUPS: dict[str, tuple[dict[str, Json], dict[tuple[str, str], Json], bool]] = {
    "create, nothing asked": ({"name": "HR"}, {("HR", "idp"): ([], None)}, True),
    "create with roles": (
        {"name": "HR", "assigned_roles": ["Steward", "DataAdmin"]},
        {("HR", "idp"): (["DataAdmin", "Steward"], None)},
        True,
    ),
    "create with a role twice": (
        {"name": "HR", "assigned_roles": ["Steward", "Steward"]},
        {("HR", "idp"): (["Steward"], None)},
        True,
    ),
    "create with no roles": ({"name": "HR", "assigned_roles": []}, {("HR", "idp"): ([], None)}, True),
    "create custom": ({"name": "HR", "provider_type": "custom"}, {("HR", "custom"): ([], "")}, True),
    "create custom, described": (
        {"name": "HR", "provider_type": "custom", "description": "People", "assigned_roles": ["Steward"]},
        {("HR", "custom"): (["Steward"], "People")},
        True,
    ),
    "create in another case": ({"name": "finance"}, {("finance", "idp"): ([], None)}, True),
    "nothing asked": ({"name": "Finance"}, {}, False),
    "roles equal": ({"name": "Finance", "assigned_roles": ["Steward"]}, {}, False),
    "roles different": (
        {"name": "Finance", "assigned_roles": ["DataAdmin"]},
        {IDP: (["DataAdmin"], None)},
        True,
    ),
    "roles in another order": (
        {"name": "Finance", "assigned_roles": ["Steward", "AuditAdmin", "DataAdmin"]},
        {IDP: (["AuditAdmin", "DataAdmin", "Steward"], None)},
        True,
    ),
    "roles emptied": ({"name": "Finance", "assigned_roles": []}, {IDP: ([], None)}, True),
    "roles added": (
        {"name": "Finance", "assigned_roles": ["DataAdmin"], "purge_roles": False},
        {IDP: (["DataAdmin", "Steward"], None)},
        True,
    ),
    "roles added that are there": (
        {"name": "Finance", "assigned_roles": ["Steward"], "purge_roles": False},
        {},
        False,
    ),
    "no roles added": ({"name": "Finance", "assigned_roles": [], "purge_roles": False}, {}, False),
    "description equal": ({"name": "Finance", "provider_type": "custom", "description": "Money"}, {}, False),
    "description different": (
        {"name": "Finance", "provider_type": "custom", "description": "Cash"},
        {CUSTOM: (["Steward"], "Cash")},
        True,
    ),
    "description emptied": (
        {"name": "Finance", "provider_type": "custom", "description": ""},
        {CUSTOM: (["Steward"], "")},
        True,
    ),
    "all at once": (
        {"name": "Finance", "provider_type": "custom", "description": "Cash", "assigned_roles": []},
        {CUSTOM: ([], "Cash")},
        True,
    ),
    "empty description of an idp group": ({"name": "Finance", "description": ""}, {}, False),
    "delete": ({"name": "Finance", "state": "absent"}, {IDP: None}, True),
    "delete custom": ({"name": "Finance", "provider_type": "custom", "state": "absent"}, {CUSTOM: None}, True),
    "delete what is not there": ({"name": "finance", "state": "absent"}, {}, False),
}


def expected_groups(changes: dict[tuple[str, str], Json]) -> Json:
    merged: dict[tuple[str, str], Json] = {**HELD_GROUPS, **changes}
    return {key: value for key, value in merged.items() if value is not None}


@pytest.mark.parametrize("case", GROUPS)
def test_group(run: Run, tenant: LocalTenant, case: str) -> None:
    options, changes, changed = GROUPS[case]
    tenant.plant_groups(PLANTED_GROUPS)
    result = assert_five_steps(run, "qlik_group", options, group_view, expected_groups(changes), changed=changed)
    if options.get("state") == "absent":
        assert result["group"] is None
    else:
        assert result["group"]["name"] == options["name"]
        current = group_named(tenant, options["name"], options.get("provider_type", "idp"))
        assert current is not None
        assert result["group"]["id"] == current["id"]


@pytest.mark.parametrize("case", GROUPS)
def test_group_as_item_of_many(run: Run, tenant: LocalTenant, case: str) -> None:
    options, changes, changed = GROUPS[case]
    tenant.plant_groups(PLANTED_GROUPS)
    items = [options, {"name": "Untouched"}]
    tenant.plant_groups([{"name": "Untouched"}])
    expected = {**expected_groups(changes), ("Untouched", "idp"): ([], None)}
    result = assert_five_steps(run, "qlik_groups", {"groups": items}, group_view, expected, changed=changed)
    assert [item["name"] for item in result["groups"]] == [options["name"], "Untouched"]
    assert sum(result["summary"].values()) == 2
    assert len(result["diff"]) == changed


BY_ID: dict[str, tuple[str, dict[str, Json], dict[tuple[str, str], Json], bool]] = {
    "nothing asked": ("idp", {}, {}, False),
    "name equal": ("idp", {"name": "Finance"}, {}, False),
    "roles": ("idp", {"assigned_roles": ["DataAdmin"]}, {IDP: (["DataAdmin"], None)}, True),
    "provider_type equal": ("custom", {"provider_type": "custom"}, {}, False),
    "rename": ("custom", {"name": "Money"}, {CUSTOM: None, ("Money", "custom"): (["Steward"], "Money")}, True),
    "rename and describe": (
        "custom",
        {"name": "finance", "description": ""},
        {CUSTOM: None, ("finance", "custom"): (["Steward"], "")},
        True,
    ),
    "delete": ("idp", {"state": "absent"}, {IDP: None}, True),
}


@pytest.mark.parametrize("case", BY_ID)
def test_group_by_id(run: Run, tenant: LocalTenant, case: str) -> None:
    kind, options, changes, changed = BY_ID[case]
    ids = dict(zip(("idp", "custom"), tenant.plant_groups(PLANTED_GROUPS)))
    options = {**options, "id": ids[kind]}
    assert_five_steps(run, "qlik_group", options, group_view, expected_groups(changes), changed=changed)


@pytest.mark.parametrize("purge", [True, False])
@pytest.mark.parametrize("module", ["qlik_group", "qlik_groups"])
def test_group_roles_by_id(run: Run, tenant: LocalTenant, purge: bool, module: str) -> None:
    tenant.plant_groups(PLANTED_GROUPS)
    options: dict[str, Any] = {
        "name": "Finance",
        "assigned_role_ids": [role_id(tenant, "DataAdmin")],
        "purge_roles": purge,
    }
    roles = ["DataAdmin"] if purge else ["DataAdmin", "Steward"]
    if module == "qlik_groups":
        options = {"groups": [options]}
    assert_five_steps(run, module, options, group_view, expected_groups({IDP: (roles, None)}))


def test_group_diff_says_only_what_can_be_set(run: Run) -> None:
    result = run("qlik_group", name="HR", assigned_roles=["Steward", "DataAdmin"])
    assert result["diff"]["before"] is None
    assert result["diff"]["after"] == {
        "name": "HR",
        "provider_type": "idp",
        "assigned_roles": ["DataAdmin", "Steward"],
    }
    assert "HR" in result["diff"]["after_header"]
    assert "diff" not in run("qlik_group", diff=False, name="HR", state="absent")


def test_prune(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([*PLANTED_GROUPS, {"name": "Old"}, {"name": "Older"}, {"name": "breakglass-1"}])
    options = {"groups": [{"name": "Finance"}, {"name": "New"}], "prune": True, "prune_protect": ["breakglass-*"]}
    expected = {**HELD_GROUPS, ("New", "idp"): ([], None), ("breakglass-1", "idp"): ([], None)}
    result = assert_five_steps(run, "qlik_groups", options, group_view, expected)
    assert result["summary"] == {"created": 1, "updated": 0, "deleted": 2, "unchanged": 1, "failed": 0}


def test_prune_custom(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups(PLANTED_GROUPS)
    options = {"groups": [], "prune": True, "prune_provider_type": "custom", "max_deletions": 1}
    assert_five_steps(run, "qlik_groups", options, group_view, {IDP: HELD_GROUPS[IDP]})


ADA = {
    "subject": "ACME\\ada",
    "name": "Ada",
    "email": "ada@example.com",
    "assignedRoles": ["Steward"],
    "assignedGroups": ["Makers", "Login"],
    "preferredLocale": "en",
    "preferredZoneinfo": "Europe/Paris",
}
HELD_USER: dict[str, Json] = {
    "name": "Ada",
    "email": "ada@example.com",
    "status": "active",
    "roles": ["Steward"],
    "groups": ["Login", "Makers"],
    "locale": "en",
    "zone": "Europe/Paris",
}
NEW_USER: dict[str, Json] = {
    "name": "bob",
    "email": None,
    "status": "active",
    "roles": [],
    "groups": [],
    "locale": None,
    "zone": None,
}


def user_view(subject: str) -> Any:
    """What reads a user's settings."""

    def view(tenant: LocalTenant) -> Json:
        user = user_of(tenant, subject)
        if user is None:
            return None
        return {
            "name": user["name"],
            "email": user.get("email"),
            "status": user["status"],
            "roles": role_names(user),
            "groups": sorted(group["name"] for group in user["assignedGroups"]),
            "locale": user.get("preferredLocale"),
            "zone": user.get("preferredZoneinfo"),
        }

    return view


# Options, what differs on the tenant then from the planted user, and whether that is a change.
USERS: dict[str, tuple[dict[str, Json], dict[str, Json], bool]] = {
    "nothing asked": ({}, {}, False),
    "all equal": (
        {
            "name": "Ada",
            "email": "ada@example.com",
            "status": "active",
            "assigned_roles": ["Steward"],
            "assigned_groups": ["Makers"],
            "preferred_locale": "en",
            "preferred_zoneinfo": "Europe/Paris",
        },
        {},
        False,
    ),
    "name": ({"name": "Ada L."}, {"name": "Ada L."}, True),
    "status": ({"status": "disabled"}, {"status": "disabled"}, True),
    "roles": ({"assigned_roles": ["DataAdmin"]}, {"roles": ["DataAdmin"]}, True),
    "roles emptied": ({"assigned_roles": []}, {"roles": []}, True),
    "roles added": (
        {"assigned_roles": ["DataAdmin"], "purge_roles": False},
        {"roles": ["DataAdmin", "Steward"]},
        True,
    ),
    "group added": ({"assigned_groups": ["Doers"]}, {"groups": ["Doers", "Login", "Makers"]}, True),
    "group replaced": (
        {"assigned_groups": ["Doers"], "purge_groups": True},
        {"groups": ["Doers", "Login"]},
        True,
    ),
    "groups emptied": ({"assigned_groups": [], "purge_groups": True}, {"groups": ["Login"]}, True),
    "no group added": ({"assigned_groups": []}, {}, False),
    "locale": ({"preferred_locale": "pt-BR"}, {"locale": "pt-BR"}, True),
    "zone": ({"preferred_zoneinfo": "Asia/Tokyo"}, {"zone": "Asia/Tokyo"}, True),
    "many at once": (
        {"name": "A", "status": "disabled", "assigned_roles": [], "assigned_groups": ["Doers"], "purge_groups": True},
        {"name": "A", "status": "disabled", "roles": [], "groups": ["Doers", "Login"]},
        True,
    ),
}
PLANTED_FOR_USERS = [
    {"name": "Makers", "providerType": "custom"},
    {"name": "Doers", "providerType": "custom"},
    {"name": "Login"},
]


@pytest.mark.parametrize("by", ["subject", "id", "item"])
@pytest.mark.parametrize("case", USERS)
def test_user_update(run: Run, tenant: LocalTenant, case: str, by: str) -> None:
    desired, changes, changed = USERS[case]
    tenant.plant_groups(PLANTED_FOR_USERS)
    (user_id,) = tenant.plant_users([ADA])
    key = {"id": user_id} if by == "id" else {"subject": ADA["subject"]}
    options: dict[str, Any] = {**desired, **key}
    view = user_view(str(ADA["subject"]))
    module, options = ("qlik_users", {"users": [options]}) if by == "item" else ("qlik_user", options)
    assert_five_steps(run, module, options, view, {**HELD_USER, **changes}, changed=changed)


@pytest.mark.parametrize("module", ["qlik_user", "qlik_users"])
@pytest.mark.parametrize(
    ("desired", "expected"),
    [
        ({"name": "bob"}, {}),
        ({"name": "Bob", "email": "bob@example.com"}, {"name": "Bob", "email": "bob@example.com"}),
        ({"name": "bob", "assigned_roles": ["Steward", "DataAdmin"]}, {"roles": ["DataAdmin", "Steward"]}),
        ({"name": "bob", "status": "disabled"}, {"status": "disabled"}),
        (
            {"name": "bob", "assigned_groups": ["Makers"], "preferred_locale": "de", "preferred_zoneinfo": "UTC"},
            {"groups": ["Makers"], "locale": "de", "zone": "UTC"},
        ),
    ],
    ids=["name", "email", "roles", "disabled", "what only a patch sets"],
)
def test_user_creation(
    run: Run, tenant: LocalTenant, desired: dict[str, Json], expected: dict[str, Json], module: str
) -> None:
    tenant.plant_groups(PLANTED_FOR_USERS)
    options: dict[str, Any] = {**desired, "subject": "bob"}
    if module == "qlik_users":
        options = {"users": [options]}
    assert_five_steps(run, module, options, user_view("bob"), {**NEW_USER, **expected})


@pytest.mark.parametrize("by", ["subject", "id"])
def test_user_deletion(run: Run, tenant: LocalTenant, by: str) -> None:
    tenant.plant_groups(PLANTED_FOR_USERS)
    (user_id,) = tenant.plant_users([ADA])
    key = {"id": user_id} if by == "id" else {"subject": ADA["subject"]}
    options = {**key, "state": "absent"}
    result = assert_five_steps(run, "qlik_user", options, user_view(str(ADA["subject"])), None)
    assert result["user"] is None


@pytest.mark.parametrize("status", ["active", "invited", "disabled", "provisioned"])
@pytest.mark.parametrize("desired", ["active", "disabled"])
def test_user_status(run: Run, tenant: LocalTenant, status: str, desired: str) -> None:
    tenant.plant_users([{"subject": "bob", "status": status}])
    options = {"subject": "bob", "status": desired}
    expected = {**NEW_USER, "status": desired}
    assert_five_steps(run, "qlik_user", options, user_view("bob"), expected, changed=status != desired)


@pytest.mark.parametrize(("option", "value"), [("email", "new@example.com"), ("picture", "https://example.com/a.png")])
def test_user_settings_of_the_creation_only(run: Run, tenant: LocalTenant, option: str, value: str) -> None:
    tenant.plant_users([{"subject": "bob", "email": "bob@example.com"}])
    options = {"subject": "bob", option: value}
    expected = {**NEW_USER, "email": "bob@example.com"}
    result = assert_five_steps(run, "qlik_user", options, user_view("bob"), expected, changed=False)
    assert result["unchangeable"][option]["desired"] == value
    assert any(value in warning for warning in texts(result))


def role_view(name: str) -> Any:
    """What reads a role's settings."""

    def view(tenant: LocalTenant) -> Json:
        role = role_named(tenant, name)
        return role and (role["type"], role["description"], sorted(role["assignedScopes"]))

    return view


ROLES: dict[str, tuple[dict[str, Json], Json, bool]] = {
    "create": ({"name": "New"}, ("custom", "", []), True),
    "create in full": (
        {"name": "New", "description": "n", "assigned_scopes": ["b", "a"]},
        ("custom", "n", ["a", "b"]),
        True,
    ),
    "nothing asked": ({"name": "Keys"}, ("custom", "May", ["api-keys", "apps"]), False),
    "description equal": ({"name": "Keys", "description": "May"}, ("custom", "May", ["api-keys", "apps"]), False),
    "description": ({"name": "Keys", "description": "x"}, ("custom", "x", ["api-keys", "apps"]), True),
    "description emptied": ({"name": "Keys", "description": ""}, ("custom", "", ["api-keys", "apps"]), True),
    "scopes equal": ({"name": "Keys", "assigned_scopes": ["apps", "api-keys"]}, ("custom", "May", None), False),
    "scopes": ({"name": "Keys", "assigned_scopes": ["z"]}, ("custom", "May", ["z"]), True),
    "scopes added": (
        {"name": "Keys", "assigned_scopes": ["z"], "purge_scopes": False},
        ("custom", "May", ["api-keys", "apps", "z"]),
        True,
    ),
    "scopes emptied": ({"name": "Keys", "assigned_scopes": []}, ("custom", "May", []), True),
    "delete": ({"name": "Keys", "state": "absent"}, None, True),
    "delete what is not there": ({"name": "keys", "state": "absent"}, None, False),
    "scopes of UserDefault": (
        {"name": "UserDefault", "assigned_scopes": ["api-keys"], "purge_scopes": False},
        ("default", "Default role UserDefault", ["api-keys", "user_default"]),
        True,
    ),
    "default role, nothing asked": ({"name": "Steward"}, ("default", "Default role Steward", []), False),
}


@pytest.mark.parametrize("case", ROLES)
def test_role(run: Run, tenant: LocalTenant, case: str) -> None:
    options, expected, changed = ROLES[case]
    tenant.plant_roles([{"name": "Keys", "description": "May", "assignedScopes": ["api-keys", "apps"]}])
    if expected and expected[2] is None:
        expected = (*expected[:2], ["api-keys", "apps"])
    assert_five_steps(run, "qlik_role", options, role_view(options["name"]), expected, changed=changed)


def settings_view(tenant: LocalTenant) -> Json:
    """Group settings and the roles of Everyone."""
    settings = tenant.state()["settings"]
    return settings["autoCreateGroups"], settings["syncIdpGroups"], everyone_roles(tenant)


SETTINGS: dict[str, tuple[dict[str, Json], Json, bool]] = {
    "nothing asked": ({}, (False, True, ["Steward"]), False),
    "equal": ({"auto_create_groups": False, "everyone_assigned_roles": ["Steward"]}, (False, True, ["Steward"]), False),
    "auto": ({"auto_create_groups": True}, (True, True, ["Steward"]), True),
    "sync": ({"sync_idp_groups": False}, (False, False, ["Steward"]), True),
    "roles": ({"everyone_assigned_roles": ["DataAdmin"]}, (False, True, ["DataAdmin"]), True),
    "roles emptied": ({"everyone_assigned_roles": []}, (False, True, []), True),
    "all": (
        {
            "auto_create_groups": True,
            "sync_idp_groups": False,
            "everyone_assigned_roles": ["SharedSpaceCreator", "DataSpaceCreator"],
        },
        (True, False, ["DataSpaceCreator", "SharedSpaceCreator"]),
        True,
    ),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_group_settings(run: Run, tenant: LocalTenant, case: str) -> None:
    options, expected, changed = SETTINGS[case]
    tenant.set_tenant(settings={"auto_create_groups": False, "sync_idp_groups": True, "everyone_roles": ["Steward"]})
    result = assert_five_steps(run, "qlik_group_settings", options, settings_view, expected, changed=changed)
    assert any("deprecated" in text for text in texts(result)) is ("sync_idp_groups" in options)


def tenant_view(tenant: LocalTenant) -> Json:
    """The settings of the tenant that can be changed, and its alias."""
    record = tenant.state()["tenant"]
    names = (
        "name",
        "autoAssignCreateSharedSpacesRoleToProfessionals",
        "autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals",
        "autoAssignDataServicesContributorRoleToProfessionals",
        "enableAppOpeningFeedback",
        "enableAnalyticCreation",
    )
    return {**{name: record[name] for name in names}, "alias": (record["hostnames"] + [None])[1]}


HELD_TENANT = {
    "name": "Acme",
    "autoAssignCreateSharedSpacesRoleToProfessionals": True,
    "autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals": True,
    "autoAssignDataServicesContributorRoleToProfessionals": True,
    "enableAppOpeningFeedback": False,
    "enableAnalyticCreation": False,
    "alias": "acme.us.qlikcloud.com",
}
TENANTS: dict[str, tuple[dict[str, Json], dict[str, Json]]] = {
    "nothing asked": ({}, {}),
    "name equal": ({"name": "Acme"}, {}),
    "name": ({"name": "New"}, {"name": "New"}),
    "alias equal": ({"hostname_alias": "acme.us.qlikcloud.com"}, {}),
    "alias as a label": ({"hostname_alias": "ACME"}, {}),
    "alias changed": (
        {"hostname_alias": "umbrella", "replace_hostname_alias": True},
        {"alias": "umbrella.us.qlikcloud.com"},
    ),
    "flag 1": (
        {"auto_assign_create_shared_spaces_role_to_professionals": False},
        {"autoAssignCreateSharedSpacesRoleToProfessionals": False},
    ),
    "flag 2": (
        {"auto_assign_private_analytics_content_creator_role_to_professionals": False},
        {"autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals": False},
    ),
    "flag 3": (
        {"auto_assign_data_services_contributor_role_to_professionals": False},
        {"autoAssignDataServicesContributorRoleToProfessionals": False},
    ),
    "flags equal": (
        {
            "auto_assign_create_shared_spaces_role_to_professionals": True,
            "auto_assign_data_services_contributor_role_to_professionals": True,
            "enable_app_opening_feedback": False,
        },
        {},
    ),
    "feedback": ({"enable_app_opening_feedback": True}, {"enableAppOpeningFeedback": True}),
    "analytic creation": ({"enable_analytic_creation": True}, {"enableAnalyticCreation": True}),
    "several": (
        {"name": "New", "enable_app_opening_feedback": True},
        {"name": "New", "enableAppOpeningFeedback": True},
    ),
}


@pytest.mark.parametrize("case", TENANTS)
def test_tenant(run: Run, tenant: LocalTenant, case: str) -> None:
    options, changes = TENANTS[case]
    tenant.set_tenant(name="Acme", alias="acme.us.qlikcloud.com")
    expected = {**HELD_TENANT, **changes}
    result = assert_five_steps(run, "qlik_tenant", options, tenant_view, expected, changed=bool(changes))
    assert any("March 2027" in text for text in texts(result)) is ("enable_analytic_creation" in options)
    assert any("released" in text for text in texts(result)) is ("alias" in changes)


def test_first_alias(run: Run, tenant: LocalTenant) -> None:
    alias = "acme.us.qlikcloud.com"
    result = assert_five_steps(
        run, "qlik_tenant", {"hostname_alias": "acme"}, lambda current: tenant_view(current)["alias"], alias
    )
    assert result["tenant"]["hostnames"][1] == alias
    assert texts(result) == []
