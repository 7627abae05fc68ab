# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: a clear error with nothing changed, and the same in check mode."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Nulls, Run, assert_refused, texts

LONG = "x" * 257
NOBODY = "0123456789abcdef01234567"
EVERYONE = "000000000000000000000001"

PLANTED_GROUPS: list[dict[str, Json]] = [
    {"name": "Finance", "assignedRoles": ["Steward"]},
    {"name": "Makers", "providerType": "custom"},
    {"name": "Doers", "providerType": "custom"},
]
PLANTED_USERS = [{"subject": "bob", "email": "bob@example.com", "assignedGroups": ["Makers"]}]
PLANTED_ROLES = [{"name": "Keys"}]

# Module, options ($name stands for the id of a planted object), and words of the message.
REFUSED: dict[str, tuple[str, dict[str, Json], list[str]]] = {
    "role with a near match": (
        "qlik_group",
        {"name": "HR", "assigned_roles": ["Stewart"]},
        ["no role 'Stewart'", "Did you mean Steward?", "SharedSpaceCreator"],
    ),
    "role in the wrong case": (
        "qlik_group",
        {"name": "HR", "assigned_roles": ["steward"]},
        ["no role 'steward'", "Did you mean Steward?", "case-sensitive"],
    ),
    "role without a near match": ("qlik_group", {"name": "HR", "assigned_roles": ["Zzz"]}, ["no role 'Zzz'"]),
    "several roles": ("qlik_group", {"name": "HR", "assigned_roles": ["Aaa", "Zzz"]}, ["'Aaa'", "'Zzz'"]),
    "removed role": (
        "qlik_group",
        {"name": "HR", "assigned_roles": ["Developer"]},
        ["Qlik removed the role Developer", "api-keys"],
    ),
    "removed role of a user": ("qlik_user", {"subject": "eve", "assigned_roles": ["Developer"]}, ["api-keys"]),
    "unknown role of a user": ("qlik_user", {"subject": "bob", "assigned_roles": ["Zzz"]}, ["no role 'Zzz'"]),
    "unknown role of Everyone": ("qlik_group_settings", {"everyone_assigned_roles": ["Zzz"]}, ["no role 'Zzz'"]),
    "unknown role id": (
        "qlik_group",
        {"name": "HR", "assigned_role_ids": [NOBODY]},
        [NOBODY, "differ between"],
    ),
    "roles by name and id": (
        "qlik_group",
        {"name": "HR", "assigned_role_ids": [NOBODY], "assigned_roles": []},
        ["mutually exclusive"],
    ),
    "no name": ("qlik_group", {"name": ""}, ["name: Must not be empty."]),
    "long name": ("qlik_group", {"name": LONG}, ["1 to 256 characters", "257"]),
    "neither name nor id": ("qlik_group", {}, ["one of the following is required: name, id"]),
    "unknown option": ("qlik_group", {"name": "HR", "roles": []}, ["Unsupported parameters", "roles"]),
    "unknown state": ("qlik_group", {"name": "HR", "state": "gone"}, ["state: 'gone' is not one of present, absent."]),
    "Everyone as a group": ("qlik_group", {"id": EVERYONE, "assigned_roles": []}, ["qlik_group_settings"]),
    "Everyone by its name": ("qlik_group", {"name": "com.qlik.Everyone"}, ["everyone_assigned_roles"]),
    "Everyone by its name to delete": (
        "qlik_groups",
        {"groups": [{"name": "com.qlik.Everyone", "state": "absent"}]},
        ["groups[0]: The group Everyone is a system group", "everyone_assigned_roles"],
    ),
    "description of an idp group": (
        "qlik_group",
        {"name": "HR", "description": "x"},
        ["description: Requires `provider_type: custom`"],
    ),
    "description of an idp group by id": (
        "qlik_group",
        {"id": "$Finance", "description": "x"},
        ["description", "Only custom groups have a description"],
    ),
    "new name of an idp group": (
        "qlik_group",
        {"id": "$Finance", "name": "Money"},
        ["name: Cannot be changed from 'Finance' to 'Money'", "Only custom groups can be renamed"],
    ),
    "provider_type by id": (
        "qlik_group",
        {"id": "$Finance", "provider_type": "custom"},
        ["provider_type: Cannot be changed from 'idp' to 'custom'"],
    ),
    "provider_type by id, other way": (
        "qlik_group",
        {"id": "$Makers", "provider_type": "idp"},
        ["provider_type: Cannot be changed from 'custom' to 'idp'"],
    ),
    "unknown id": (
        "qlik_group",
        {"id": NOBODY, "assigned_roles": []},
        ["id: The tenant has no", NOBODY, "Correct `id`"],
    ),
    "name that is taken": ("qlik_group", {"id": "$Makers", "name": "Doers"}, ["another custom group 'Doers'"]),
    "custom group with members": (
        "qlik_group",
        {"name": "Makers", "provider_type": "custom", "state": "absent"},
        ["'Makers' cannot be deleted because it still has members: 1."],
    ),
    "no subject": ("qlik_user", {"subject": ""}, ["subject: Must not be empty."]),
    "e-mail without @": ("qlik_user", {"subject": "eve", "email": "eve.example.com"}, ["email", "'eve.example.com'"]),
    "status invited": ("qlik_user", {"subject": "bob", "status": "invited"}, ["active, disabled", "invited"]),
    "status deleted": ("qlik_user", {"subject": "bob", "status": "deleted"}, ["active, disabled", "deleted"]),
    "subject by id": ("qlik_user", {"id": "$bob", "subject": "bobby"}, ["subject: Cannot be changed"]),
    "unknown user id": ("qlik_user", {"id": NOBODY}, ["id: The tenant has no", NOBODY, "Correct `id`"]),
    "subject in another case": ("qlik_user", {"subject": "BOB"}, ["only by case", "'bob'"]),
    "e-mail that is taken": (
        "qlik_user",
        {"subject": "eve", "email": "bob@example.com"},
        ["'bob@example.com' is already used by the user 'bob'"],
    ),
    "unknown custom group": (
        "qlik_user",
        {"subject": "bob", "assigned_groups": ["Nobody"]},
        ["no custom group 'Nobody'"],
    ),
    "idp group to assign": (
        "qlik_user",
        {"subject": "bob", "assigned_groups": ["Finance"]},
        ["no custom group 'Finance'", "identity provider"],
    ),
    "role without a name": ("qlik_role", {"name": ""}, ["name: Must not be empty."]),
    "default role described": (
        "qlik_role",
        {"name": "Steward", "description": "x"},
        ["Default roles cannot be changed"],
    ),
    "default role scoped": (
        "qlik_role",
        {"name": "Steward", "assigned_scopes": ["x"]},
        ["default roles", "UserDefault"],
    ),
    "default role deleted": ("qlik_role", {"name": "Steward", "state": "absent"}, ["Steward", "cannot be deleted"]),
    "UserDefault deleted": ("qlik_role", {"name": "UserDefault", "state": "absent"}, ["cannot be deleted"]),
    "UserDefault described": ("qlik_role", {"name": "UserDefault", "description": "x"}, ["cannot be changed"]),
    "no tenant name": ("qlik_tenant", {"name": ""}, ["name: Must not be empty."]),
    "alias in another domain": ("qlik_tenant", {"hostname_alias": "acme.eu.qlikcloud.com"}, [".us.qlikcloud.com"]),
    "short alias": ("qlik_tenant", {"hostname_alias": "ab"}, ["'ab'", "3 to 63"]),
    "long alias": ("qlik_tenant", {"hostname_alias": "a" * 64}, ["3 to 63"]),
    "alias with a wrong character": ("qlik_tenant", {"hostname_alias": "ac_me"}, ["letters, digits, and hyphens"]),
    "alias that ends in a hyphen": ("qlik_tenant", {"hostname_alias": "acme-"}, ["not a valid host name"]),
    "empty alias": ("qlik_tenant", {"hostname_alias": ""}, ["hostname_alias: Must not be empty."]),
    "alias replaced": (
        "qlik_tenant",
        {"hostname_alias": "umbrella"},
        ["acme.us.qlikcloud.com", "umbrella.us.qlikcloud.com", "replace_hostname_alias"],
    ),
    "alias replaced by the system's name": (
        "qlik_tenant",
        {"hostname_alias": "$system", "replace_hostname_alias": True},
        ["system host name"],
    ),
    "listed twice": (
        "qlik_groups",
        {"groups": [{"name": "A"}, {"name": "B"}, {"name": "A"}]},
        ["groups[0]", "groups[2]"],
    ),
    "listed by name and id": (
        "qlik_groups",
        {"groups": [{"name": "Finance"}, {"id": "$Finance"}]},
        ["groups[1]: Is or would be the same group as groups[0]."],
    ),
    "user listed twice": (
        "qlik_users",
        {"users": [{"subject": "a"}, {"subject": "a"}]},
        ["users[0]", "users[1]"],
    ),
    "several complaints at once": (
        "qlik_groups",
        {
            "groups": [
                {"name": LONG},
                {"name": "A", "assigned_roles": ["Zzz"]},
                {"name": "B", "assigned_roles": ["Zzz", "steward"]},
                {"name": "C"},
                {"name": "D", "description": "x"},
            ]
        },
        ["groups[0].name", "'Zzz'", "groups[1].assigned_roles", "groups[2].assigned_roles", "'steward'", "groups[4]"],
    ),
    "several users' complaints at once": (
        "qlik_users",
        {"users": [{"subject": "a", "email": "x"}, {"subject": "b", "assigned_roles": ["Zzz"]}, {"subject": "c"}]},
        ["users[0].email", "'Zzz'", "users[1].assigned_roles"],
    ),
    "concurrency 0": ("qlik_groups", {"groups": [], "concurrency": 0}, ["concurrency: Must be 1 to 16, not 0."]),
    "concurrency 17": ("qlik_users", {"users": [], "concurrency": 17}, ["concurrency: Must be 1 to 16, not 17."]),
    "prune with nothing listed": ("qlik_groups", {"groups": [], "prune": True}, ["delete everything", "max_deletions"]),
    "too many deletions": (
        "qlik_groups",
        {"groups": [{"name": "New"}], "prune": True, "max_deletions": 0},
        ["would delete 1 group,", "'Finance'"],
    ),
    "negative max_deletions": ("qlik_groups", {"groups": [], "prune": True, "max_deletions": -1}, ["max_deletions"]),
    "pruned group with members": (
        "qlik_groups",
        {"groups": [{"name": "Doers", "provider_type": "custom"}], "prune": True, "prune_provider_type": "custom"},
        ["'Makers' cannot be deleted because it still has members: 1."],
    ),
    "two names that are both missing": ("qlik_groups", {"groups": [{}]}, ["groups[0]: name or id is missing."]),
    "unknown option of an item": (
        "qlik_groups",
        {"groups": [{"name": "A", "x": 1}]},
        ["groups[0].x: Not a supported option.", "assigned_roles"],
    ),
    "timeout 0": ("qlik_group", {"name": "A", "timeout": 0}, ["timeout"]),
    "negative retries": ("qlik_group", {"name": "A", "retries": -1}, ["retries"]),
    "ca_path": ("qlik_group", {"name": "A", "ca_path": "/nowhere/ca.pem"}, ["ca_path", "/nowhere/ca.pem"]),
    "several at once": (
        "qlik_user",
        {"subject": "s", "email": "not-an-email", "name": "  ", "assigned_roles": ["Nope"]},
        [
            "There are 3 problems",
            "\nemail: 'not-an-email'",
            "\nname: Must not be empty",
            "\nassigned_roles: ",
            "'Nope'",
        ],
    ),
    "several of a member": (
        "qlik_space_member",
        {"space_id": "$Room", "user": "nobody", "roles": ["Nope"]},
        [
            "There are 2 problems",
            "\nroles: 'Nope' is not a role of shared spaces",
            "The tenant has no user 'nobody'",
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(run: Run, tenant: LocalTenant, case: str) -> None:
    module, options, words = REFUSED[case]
    groups = tenant.plant_groups(PLANTED_GROUPS)
    users = tenant.plant_users(PLANTED_USERS)
    tenant.plant_roles(PLANTED_ROLES)
    tenant.set_tenant(alias="acme.us.qlikcloud.com")
    ids = {"$" + item["name"]: item_id for item, item_id in zip(PLANTED_GROUPS, groups)}
    ids["$bob"] = users[0]
    (ids["$Room"],) = tenant.plant_spaces([{"name": "Room", "type": "shared"}])
    ids["$system"] = tenant.state()["tenant"]["hostnames"][0]
    assert_refused(run, module, filled(options, ids), *words)


def filled(value: Json, ids: dict[str, str]) -> Json:
    """Options with the ids in place of what stands for them."""
    if isinstance(value, dict):
        return {name: filled(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, ids) for item in value]
    return ids.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("purge", [True, False])
@pytest.mark.parametrize("exists", [True, False])
def test_too_many_roles(run: Run, tenant: LocalTenant, purge: bool, exists: bool) -> None:
    names = [f"R{number}" for number in range(101)]
    tenant.plant_roles([{"name": name} for name in names])
    if exists:
        tenant.plant_groups([{"name": "HR", "assignedRoles": names[:1]}])
    options = {"name": "HR", "assigned_roles": names, "purge_roles": purge}
    assert_refused(run, "qlik_group", options, "101 roles are too many: at most 100")
    assert_refused(run, "qlik_user", {"subject": "eve", "assigned_roles": names}, "101 roles are too many: at most 100")


def test_roles_that_are_too_many_together(run: Run, tenant: LocalTenant) -> None:
    names = [f"R{number}" for number in range(101)]
    tenant.plant_roles([{"name": name} for name in names])
    tenant.plant_groups([{"name": "HR", "assignedRoles": names[:60]}])
    options = {"name": "HR", "assigned_roles": names[60:], "purge_roles": False}
    assert_refused(run, "qlik_group", options, "101 roles are too many: at most 100")
    assert run("qlik_group", name="HR", assigned_roles=names[:100])["changed"] is True


@pytest.mark.parametrize("status", [403, 400])
def test_full_tenant(run: Run, tenant: LocalTenant, status: int) -> None:
    tenant.guess(full_tenant_status=status)
    tenant.plant_groups([{"name": f"G {number}"} for number in range(10_000)])
    assert_refused(run, "qlik_group", {"name": "One more"}, "10000 active groups", "create 1 more")
    groups = [{"name": "One more"}, {"name": "Two more"}, {"name": "G 1", "state": "absent"}]
    assert_refused(run, "qlik_groups", {"groups": groups}, "10000 active groups", "create 2 more")
    assert run("qlik_group", name="G 5")["changed"] is False


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("protect", "words"),
    [
        (["CN=Admins,OU=Groups", "b-*", "B-*"], ["'b-*' and 'B-*'"]),
        ("CN=Admins,OU=Groups", ["'CN=Admins,OU=Groups' is a string, not a list."]),
        ("CN=Adm*\nX*\n", ["no object on the tenant matches 'X*'"]),
        (["CN=Admins,OU=Groups"], []),
        ('["CN=Adm*"]', []),
        ("- CN=Adm*\n", []),
        ("'CN=Admins,OU=Groups'", ["is a string, not a list."]),
        ("CN=Adm*; CN=A*", ["is a string, not a list."]),
    ],
)
def test_what_protects_from_pruning(
    run: Run, tenant: LocalTenant, protect: Json, words: list[str], check: bool
) -> None:
    tenant.plant_groups([{"name": "CN=Admins,OU=Groups"}, {"name": "Old"}])
    result = run("qlik_groups", groups=[{"name": "New"}], prune=True, prune_protect=protect, check=check)
    assert [group["name"] for group in result["groups"] if group["action"] == "deleted"] == ["Old"]
    assert len(texts(result)) == bool(words)
    for word in words:
        assert word in " ".join(texts(result))


#: A protection as it is given, and the words of its refusal.
LOST_PROTECTIONS: dict[str, tuple[Json, str]] = {
    "null": (None, "null protects no object"),
    "a line break in an entry": (["Old*\nX*"], "[0]: 'Old*\\nX*' contains a line break"),
    "a blank": (["O ld"], "'O ld' matches no object on the tenant, but the tenant has 'Old'"),
    "another case": (["old"], "'old' matches no object on the tenant, but the tenant has 'Old'"),
}


@pytest.mark.parametrize("case", LOST_PROTECTIONS)
def test_a_protection_that_would_be_lost(run: Run, tenant: LocalTenant, case: str) -> None:
    protect, words = LOST_PROTECTIONS[case]
    tenant.plant_groups([{"name": "Old"}])
    nulls = Nulls(tenant)
    bulk: dict[str, Json] = {"groups": [{"name": "New"}], "prune": True, "prune_protect": protect}
    assert_refused(nulls, "qlik_groups", bulk, "prune_protect", words)
    whole = {"groups": bulk["groups"], "prune": {"groups": {"protect": protect}}}
    assert_refused(nulls, "qlik_configuration", whole, "prune.groups.protect", words)


APPROVALS: dict[str, tuple[Json, str]] = {
    "null": (None, "null is not an approved plan"),
    "empty": ("", "Must not be empty"),
    "blank": (" ", "is not the fingerprint"),
    "number": (7, "Must be a string, not"),
    "list": ([], "Must be a string, not"),
}


@pytest.mark.parametrize("case", APPROVALS)
def test_what_is_no_approval(tenant: LocalTenant, run: Run, case: str) -> None:
    plan, words = APPROVALS[case]
    options: dict[str, Json] = {"groups": [{"name": "New"}], "expected_plan": plan}
    assert_refused(Nulls(tenant), "qlik_configuration", options, "expected_plan: ", words)


def test_a_plan_that_is_required(run: Run, tenant: LocalTenant) -> None:
    options: dict[str, Json] = {"groups": [{"name": "New"}]}
    words = ("expected_plan: Required because `require_plan` is true", "approved")
    assert_refused(run, "qlik_configuration", {**options, "require_plan": True}, *words)
    approved = run("qlik_configuration", check=True, **options)["plan"]["fingerprint"]
    assert run("qlik_configuration", **options, require_plan=True, expected_plan=approved)["changed"] is True


@pytest.mark.parametrize("module", ["qlik_configuration", "qlik_configuration_info"])
def test_areas_that_name_none(run: Run, tenant: LocalTenant, module: str) -> None:
    described: dict[str, Json] = {"groups": [{"name": "New"}]} if module == "qlik_configuration" else {}
    assert_refused(run, module, {**described, "areas": []}, "areas: Must not be empty.")
    assert_refused(run, module, {**described, "areas": ""}, "areas[0]: ")


def test_too_many_items(run: Run) -> None:
    groups = [{"name": f"G {number}"} for number in range(10_001)]
    assert_refused(run, "qlik_groups", {"groups": groups}, "10001 items are too many", "10000")


def test_names_that_differ_in_case_are_only_warned_of(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups(PLANTED_GROUPS)
    for module, options in (("qlik_group", {"name": "FINANCE"}), ("qlik_groups", {"groups": [{"name": "fiNance"}]})):
        for check in (True, False):
            result = run(module, check=check, **options)
            assert result["changed"] is True
            assert any("'Finance'" in text and "only by case" in text for text in texts(result))
    assert {group["name"] for group in tenant.groups()} >= {"Finance", "FINANCE", "fiNance"}


def test_assigned_role_names_its_holders(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_roles(PLANTED_ROLES)
    tenant.plant_users([{"subject": f"u{number:02}", "assignedRoles": ["Keys"]} for number in range(9)])
    tenant.plant_groups([{"name": f"g{number}", "assignedRoles": ["Keys"]} for number in range(3)])
    options = {"name": "Keys", "state": "absent"}
    assert_refused(
        run,
        "qlik_role",
        options,
        "'Keys' cannot be deleted because it is assigned to",
        "user 'u08'",
        "group 'g0'",
        "and 2 more",
    )


def test_bot_is_no_person(run: Run, tenant: LocalTenant) -> None:
    bot = next(user for user in tenant.users() if user.get("clientId"))
    assert_refused(run, "qlik_user", {"id": bot["id"], "name": "x"}, "bot user of an OAuth client")


# Connection options, and words of the message.
CONNECTIONS: dict[str, tuple[dict[str, Json], list[str]]] = {
    "nothing": ({"api_key": None}, ["no credential", "QLIK_API_KEY"]),
    "two ways": (
        {"api_key": "key-1234", "access_token": "token-1234"},
        ["more than one authentication", "access_token, api_key"],
    ),
    "all ways": (
        {"api_key": "key-1234", "client_id": "client-1", "client_secret": "secret-1234"},
        ["more than one authentication method"],
    ),
    "no secret": ({"client_id": "client-1"}, ["client_secret is missing"]),
    "no client": ({"client_secret": "secret-of-a-client"}, ["client_id is missing"]),
    "wrong key": ({"api_key": "wrong-key"}, ["HTTP status 401", "invalid, expired, or revoked"]),
    "wrong token": ({"access_token": "wrong-token"}, ["HTTP status 401"]),
    "wrong secret": (
        {"client_id": "client-1", "client_secret": "wrong-secret"},
        ["POST /oauth/token", "HTTP status 401"],
    ),
    "key with a space": ({"api_key": "key 1234"}, ["api_key", "white space"]),
    "no rights": ({"api_key": "$without_rights"}, ["HTTP status 403", "TenantAdmin"]),
    "path": ({"tenant_url": "https://acme.eu.qlikcloud.com/api/v1"}, ["path or a query", "acme.eu.qlikcloud.com"]),
    "query": ({"tenant_url": "https://acme.eu.qlikcloud.com?x=1"}, ["path or a query"]),
    "http": ({"tenant_url": "http://acme.eu.qlikcloud.com"}, ["unencrypted", "https"]),
    "scheme": ({"tenant_url": "ftp://acme.eu.qlikcloud.com"}, ["scheme 'ftp'"]),
    "password": ({"tenant_url": "https://u:hunter2@acme.eu.qlikcloud.com"}, ["user name or password"]),
    "no host": ({"tenant_url": "https://"}, ["host name"]),
    "empty": ({"tenant_url": ""}, ["tenant_url"]),
    "unresolvable": ({"tenant_url": "https://tenant.invalid", "retries": 0}, ["does not resolve", "tenant_url"]),
    "bare host that is unresolvable": ({"tenant_uri": "tenant.invalid", "retries": 0}, ["https://tenant.invalid"]),
    "nobody listens": ({"tenant_url": "http://127.0.0.1:9", "retries": 0}, ["Cannot connect to http://127.0.0.1:9"]),
}


@pytest.mark.parametrize("module", ["qlik_group", "qlik_groups"])
@pytest.mark.parametrize("case", CONNECTIONS)
def test_connection(run: Run, tenant: LocalTenant, case: str, module: str) -> None:
    connection, words = CONNECTIONS[case]
    connection = filled(connection, {"$without_rights": tenant.api_key_without_rights})
    options: dict[str, Json] = {"name": "HR"} if module == "qlik_group" else {"groups": [{"name": "HR"}]}
    result = assert_refused(run, module, {**connection, **options}, *words)
    assert "hunter2" not in result["msg"]
    for value in ("secret-of-a-client", "wrong-secret", "wrong-key", "wrong-token"):
        assert value not in run.output


MODULES: dict[str, dict[str, Json]] = {
    "qlik_group": {"name": "HR"},
    "qlik_groups": {"groups": [{"name": "HR"}]},
    "qlik_user": {"subject": "eve"},
    "qlik_users": {"users": [{"subject": "eve"}]},
    "qlik_role": {"name": "New"},
    "qlik_roles": {"roles": [{"name": "New"}]},
    "qlik_configuration": {"roles": [{"name": "New"}]},
    "qlik_group_settings": {"auto_create_groups": True},
    "qlik_tenant": {"name": "New"},
    "qlik_group_info": {},
    "qlik_user_info": {},
    "qlik_role_info": {},
    "qlik_tenant_info": {},
}


@pytest.mark.parametrize("module", MODULES)
def test_deactivated_tenant(run: Run, tenant: LocalTenant, module: str) -> None:
    tenant.set_tenant(disabled=True)
    client = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    connections: list[dict[str, Json]] = [{}, client]
    for connection in connections:
        result = assert_refused(run, module, {**MODULES[module], **connection}, "TENANT_DISABLED", "deactivated")
        assert result["error"]["code"] == "TENANT_DISABLED"
        assert result["error"]["status"] == 401
        assert result["error"]["trace_id"] in result["msg"]


@pytest.mark.parametrize("module", MODULES)
def test_server_that_answers_html(run: Run, tenant: LocalTenant, module: str) -> None:
    tenant.misbehave({"match": {}, "action": {"status": 200, "html": "<html><body>Welcome</body></html>"}})
    assert_refused(run, module, MODULES[module], "Check that `tenant_url` is the URL of a Qlik Cloud tenant.")


@pytest.mark.parametrize("module", MODULES)
def test_server_that_answers_an_error_in_html(run: Run, tenant: LocalTenant, module: str) -> None:
    tenant.misbehave({"match": {}, "action": {"status": 404, "html": "<html><body>Not here</body></html>"}})
    assert_refused(run, module, MODULES[module], "404", "Not here")


@pytest.mark.parametrize("module", MODULES)
def test_unknown_options(run: Run, module: str) -> None:
    assert_refused(run, module, {**MODULES[module], "color": "red"}, "Unsupported parameters", "color")


def test_roles_that_the_caller_may_not_see(run: Run, tenant: LocalTenant) -> None:
    """Absent is not empty."""
    tenant.plant_groups(PLANTED_GROUPS)
    tenant.plant_users(PLANTED_USERS)
    blind = {"api_key": tenant.api_key_without_roles, "assigned_roles": []}
    words = "assigned_roles: Cannot be compared because the tenant does not show the current value.", "TenantAdmin"
    assert_refused(run, "qlik_group", {"name": "Finance", **blind}, *words)
    assert_refused(run, "qlik_user", {"subject": "bob", **blind}, *words)
    item = {"name": "Finance", "assigned_roles": []}
    assert_refused(run, "qlik_groups", {"api_key": blind["api_key"], "groups": [item]}, *words)


@pytest.mark.parametrize("key", ["api_key", "access_token"])
def test_environment(run: Run, tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """An explicit option of one way beats a variable of another, and an empty variable counts as unset."""
    monkeypatch.setenv("QLIK_TENANT_URL", tenant.url)
    monkeypatch.setenv(f"QLIK_{key.upper()}", tenant.api_key)
    monkeypatch.setenv("QLIK_CLIENT_ID", "")
    assert run("qlik_group", tenant_url=None, api_key=None, name="HR")["changed"] is True
    monkeypatch.setenv("QLIK_CLIENT_ID", tenant.client_id)
    assert_refused(
        run, "qlik_group", {"api_key": None, "name": "HR"}, "more than one authentication method", "QLIK_CLIENT_ID"
    )
    monkeypatch.setenv(f"QLIK_{key.upper()}", "wrong")
    monkeypatch.setenv("QLIK_CLIENT_SECRET", tenant.client_secret)
    assert run("qlik_group", api_key=tenant.api_key, name="HR")["changed"] is False


@pytest.mark.parametrize("locale", ["en_US_POSIX", "en_US", "pt-BR", "de-CH-1996", "i-klingon", "english!"])
def test_locales_are_left_to_the_tenant(run: Run, tenant: LocalTenant, locale: str) -> None:
    """Qlik's own reference has en_US_POSIX for an example."""
    tenant.plant_users([{"subject": "bob"}])
    assert run("qlik_user", subject="bob", preferred_locale=locale)["changed"] is True
    assert run("qlik_user", subject="bob", preferred_locale=locale)["changed"] is False


@pytest.mark.parametrize(
    ("zone", "words"), [("Mars/Base", "'Mars/Base' is not in the"), ("Europe/Pariss", "Did you mean Europe/Paris")]
)
@pytest.mark.parametrize("is_new", [True, False])
def test_time_zones_that_this_machine_does_not_know(
    run: Run, tenant: LocalTenant, zone: str, words: str, is_new: bool
) -> None:
    """The database of the tenant can be newer."""
    if not is_new:
        tenant.plant_users([{"subject": "bob"}])
    result = run("qlik_user", subject="bob", preferred_zoneinfo=zone)
    assert result["changed"] is True
    assert [words in text for text in texts(result)] == [True]
    again = run("qlik_user", subject="bob", preferred_zoneinfo=zone)
    assert (again["changed"], texts(again)) == (False, [])


@pytest.mark.parametrize("email", ["e ve@example.com", '"a@b"@example.com', "ada@[192.0.2.7]", "ada@münchen.example"])
def test_unusual_addresses_are_left_to_the_tenant(run: Run, tenant: LocalTenant, email: str) -> None:
    assert run("qlik_user", subject="eve", email=email)["changed"] is True
    assert run("qlik_user", subject="eve", email=email)["changed"] is False


def test_groups_that_are_older_than_the_limit_of_names(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": LONG}, {"name": LONG, "providerType": "custom"}])
    result = run("qlik_group", name=LONG, assigned_roles=["Steward"])
    assert (result.get("msg"), result["changed"]) == (None, True)
    for kind in ("idp", "custom"):
        assert run("qlik_group", name=LONG, provider_type=kind, state="absent")["changed"] is True
    custom = tenant.plant_groups([{"name": "Short", "providerType": "custom"}])[0]
    assert_refused(run, "qlik_group", {"id": custom, "name": LONG}, "1 to 256 characters")
    assert_refused(run, "qlik_groups", {"groups": [{"name": LONG}]}, "groups[0].name: ", "1 to 256 characters")
