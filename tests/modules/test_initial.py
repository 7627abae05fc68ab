# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that are set when an object is created, and never compared or written afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from kinds.identity_provider import jwt
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_refused, calls, described, group_named, space_named, texts, user_of
from suites import long_unless

Sent = list[tuple[str, str, Any]]
MODULE = "qlik_configuration"
#: A new object of each collection, its initial values, and other values of the same options.
KINDS: dict[str, tuple[dict[str, Json], dict[str, Json], dict[str, Json]]] = {
    "roles": ({"name": "A"}, {"description": "d", "assigned_scopes": ["api-keys"]}, {"description": "other"}),
    "groups": (
        {"name": "A", "provider_type": "custom"},
        {"description": "d", "assigned_roles": ["Steward"]},
        {"description": "other", "assigned_roles": []},
    ),
    "users": (
        {"subject": "a"},
        {"name": "A", "email": "a@example.com", "preferred_locale": "de", "assigned_groups": ["Falcon"]},
        {"name": "B", "preferred_locale": "fr"},
    ),
    "spaces": (
        {"name": "A"},
        {"type": "shared", "members": [{"group": "Everyone", "roles": ["consumer"]}]},
        {"description": "other", "members": []},
    ),
    "oauth_clients": (
        {"name": "A", "app_type": "web"},
        {"description": "d", "allowed_scopes": ["apps"], "consent_method": "trusted"},
        {"description": "other", "consent_method": "required"},
    ),
    "csp_origins": ({"name": "A"}, {"origin": "a.example.com", "directives": ["imgSrc"]}, {"directives": []}),
    "web_integrations": (
        {"name": "A"},
        {"valid_origins": ["https://a.example.com"]},
        {"valid_origins": ["https://b.example.com"]},
    ),
    "identity_providers": (jwt("https://a.example"), {"description": "d"}, {"description": "other"}),
    "ip_policies": (
        {"name": "A"},
        {"allowed_ips": ["203.0.113.0/24"], "enabled": False},
        {"allowed_ips": ["198.51.100.0/24"]},
    ),
}
NOUNS = {kind.area: kind.noun for kind in AREAS}
each_kind = pytest.mark.parametrize("area", KINDS)


@pytest.fixture(autouse=True)
def falcon(tenant: LocalTenant) -> None:
    """A custom group that users can be assigned to."""
    tenant.plant_groups([{"name": "Falcon", "providerType": "custom"}])


def test_every_collection_is_here() -> None:
    assert {kind.area for kind in AREAS if "initial" in kind.argument_spec()} == KINDS.keys()
    assert {kind.area for kind in AREAS if not kind.is_singleton} == KINDS.keys()


def item_in(result: Json, area: str) -> Json:
    """The report of the only item."""
    (item,) = result["areas"][area][area] if "areas" in result else result[area]
    return item


@each_kind
def test_once(run: Run, tenant: LocalTenant, sent: Sent, area: str) -> None:
    """Sent at creation like other options; then neither compared, nor audited, nor in a fingerprint, nor read."""
    key, initial, other = KINDS[area]
    options = described(area, {**key, "initial": initial}, allow_lockout=True)
    planned = run(MODULE, check=True, **options)
    given = run(MODULE, check=True, **described(area, {**key, **initial}, allow_lockout=True))
    assert (planned["plan"], planned["diff"]) == (given["plan"], given["diff"])
    done = run(MODULE, **options)
    assert (done.get("msg"), done["diff"]) == (None, planned["diff"])
    assert item_in(done, area)["action"] == "created"
    # Nothing is left to do for who asks for the same values for good.
    same = run(MODULE, **described(area, {**key, **initial}, allow_lockout=True))
    assert same["changed"] is False, same["diff"]
    # Somebody changes them.
    assert run(MODULE, **described(area, {**key, **other}, allow_lockout=True))["changed"] is True
    sent.clear()
    counts = []
    for item in ({**key, "initial": initial}, key):
        tenant.reset_counters()
        audited = run(MODULE, check=True, report_unmanaged=True, **described(area, item, allow_lockout=True))
        counts.append(calls(tenant))
        assert audited["changed"] is False, audited["diff"]
        assert audited["plan"]["steps"] == 0
        assert run(MODULE, **described(area, item, allow_lockout=True))["changed"] is False
    assert counts[0] == counts[1]
    assert sent == []


@each_kind
def test_modules_of_the_kind(run: Run, tenant: LocalTenant, area: str) -> None:
    key, initial, other = KINDS[area]
    more = {"allow_lockout": True} if area == "ip_policies" else {}
    single = f"qlik_{NOUNS[area]}"
    planned = run(single, check=True, **key, initial=initial, **more)
    done = run(single, **key, initial=initial, **more)
    assert (done.get("msg"), done["action"], done["diff"]) == (None, "created", planned["diff"])
    assert run(single, **key, **initial, **more)["changed"] is False
    assert run(single, **key, **other, **more)["changed"] is True
    assert run(single, **key, initial=initial, **more)["changed"] is False
    assert run(f"qlik_{area}", **described(area, {**key, "initial": initial}, **more))["changed"] is False


def test_a_later_write(run: Run, tenant: LocalTenant, sent: Sent) -> None:
    """The body has the change and nothing else."""
    tenant.plant_groups([{"name": "A", "providerType": "custom", "description": "by a team"}])
    group: dict[str, Json] = {
        "name": "A",
        "provider_type": "custom",
        "initial": {"description": "d"},
        "assigned_roles": ["Steward"],
    }
    result = run("qlik_group", **group)
    assert result["group"]["description"] == "by a team"
    (patch,) = sent
    assert patch[2] == [{"op": "replace", "path": "/assignedRoles", "value": [{"name": "Steward"}]}]
    tenant.plant_users([{"subject": "a", "name": "By the identity provider"}])
    sent.clear()
    run("qlik_user", subject="a", initial={"name": "A", "preferred_locale": "de"}, assigned_roles=["Steward"])
    (patch,) = sent
    assert [operation["path"] for operation in patch[2]] == ["/assignedRoles"]


def test_a_later_write_as_a_whole(run: Run, tenant: LocalTenant, sent: Sent) -> None:
    """The API takes a CSP origin as a whole, so the body has the values of the tenant."""
    tenant.plant("csp_origins", [{"name": "A", "origin": "a.example.com", "description": "by a team"}])
    run("qlik_csp_origin", name="A", directives=["imgSrc"], initial={"description": "d", "origin": "b.example.com"})
    (put,) = sent
    assert put[2]["description"] == "by a team"
    assert put[2]["origin"] == "a.example.com"


def test_a_rename_is_no_creation(run: Run, tenant: LocalTenant, sent: Sent) -> None:
    tenant.plant_groups([{"name": "Old", "providerType": "custom", "description": "by a team"}])
    group: dict[str, Json] = {
        "name": "New",
        "previous_names": ["Old"],
        "provider_type": "custom",
        "initial": {"description": "d"},
    }
    assert run("qlik_group", **group)["group"]["description"] == "by a team"
    assert sent[0][2] == [{"op": "replace", "path": "/name", "value": "New"}]


def test_an_absent_object(run: Run, tenant: LocalTenant) -> None:
    item = {"name": "Falcon", "provider_type": "custom", "initial": {"description": "d"}, "state": "absent"}
    for check in (True, False):
        assert run("qlik_groups", check=check, groups=[item])["summary"]["deleted"] == 1
    assert run("qlik_groups", groups=[item])["changed"] is False


def test_references_are_looked_up_for_new_objects_only(run: Run, tenant: LocalTenant) -> None:
    initial = {"assigned_roles": ["Nobody"]}
    text = "groups[0].initial.assigned_roles: The tenant has no role 'Nobody'."
    assert_refused(run, "qlik_groups", {"groups": [{"name": "A", "initial": initial}]}, text)
    tenant.plant_groups([{"name": "A"}])
    assert run("qlik_groups", groups=[{"name": "A", "initial": initial}])["changed"] is False


def test_references_to_new_objects(run: Run, tenant: LocalTenant) -> None:
    """A member that the same description creates has no ID in the plan."""
    description: dict[str, Json] = {
        "roles": [{"name": "New"}],
        "groups": [{"name": "B", "initial": {"assigned_roles": ["New"]}}],
        "spaces": [{"name": "S", "initial": {"type": "shared", "members": [{"group": "B", "roles": ["consumer"]}]}}],
    }
    done = run(MODULE, **description)
    assert done.get("msg") is None
    space = space_named(tenant, "S")
    assert space is not None
    assert [member["roles"] for member in space["assignments"]] == [["consumer"]]
    assert [role["name"] for role in (group_named(tenant, "B") or {})["assignedRoles"]] == ["New"]
    assert run(MODULE, **description)["changed"] is False


def test_lockout(run: Run, tenant: LocalTenant) -> None:
    """An initial value can block the own address, too."""
    policy = {"name": "A", "initial": {"allowed_ips": ["203.0.113.0/24"], "enabled": True}}
    text = "This would enable a first IP policy"
    assert_refused(run, "qlik_ip_policies", {"ip_policies": [policy]}, text)


def test_a_lost_response(run: Run, tenant: LocalTenant, impatient: None) -> None:
    """The object is that of this task, which sends what a creation cannot have."""
    tenant.misbehave({"match": {"method": "POST", "count": 1}, "action": {"reset": "after"}})
    result = run("qlik_user", subject="a", initial={"name": "A", "preferred_locale": "de"})
    assert (result.get("msg"), result["action"]) == (None, "created")
    assert result["user"]["preferred_locale"] == "de"


def test_another_run_is_first(run: Run, tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch, sent: Sent) -> None:
    """Its values stay, and those that are for good are written."""
    create = Client.create

    def late(self: Client, *given: Any, **options: Any) -> Any:
        tenant.plant_users([{"subject": "a", "name": "By another", "preferredLocale": "fr"}])
        return create(self, *given, **options)

    monkeypatch.setattr(Client, "create", late)
    monkeypatch.setattr(Transport, "pause", lambda self, attempt, at_least=0.0: None)
    options: dict[str, Json] = {
        "subject": "a",
        "initial": {"name": "A", "preferred_locale": "de"},
        "assigned_roles": ["Steward"],
    }
    result = run("qlik_user", **options)
    assert result.get("msg") is None
    user = user_of(tenant, "a")
    assert user is not None
    assert (user["name"], user["preferredLocale"]) == ("By another", "fr")
    assert [role["name"] for role in user["assignedRoles"]] == ["Steward"]
    assert [operation["path"] for operation in sent[-1][2]] == ["/assignedRoles"]


def test_warnings(run: Run, tenant: LocalTenant) -> None:
    """Of a new object only: what is not written needs no warning."""
    item = {"name": "A", "initial": {"origin": "https://a.example.com/"}}
    assert "ends with a slash" in " ".join(texts(run("qlik_csp_origins", csp_origins=[item])))
    assert texts(run("qlik_csp_origins", csp_origins=[item])) == []


WRONG: dict[str, tuple[str, dict[str, Json], str]] = {
    "key": ("groups", {"name": "B"}, "groups[0].initial.name: Not a supported option."),
    "part of the key": ("groups", {"provider_type": "idp"}, "groups[0].initial.provider_type: Not a supported option."),
    "subject": ("users", {"subject": "b"}, "users[0].initial.subject: Not a supported option."),
    "id": ("groups", {"id": "1"}, "groups[0].initial.id: Not a supported option."),
    "state": ("groups", {"state": "absent"}, "groups[0].initial.state: Not a supported option."),
    "itself": ("groups", {"initial": {}}, "groups[0].initial.initial: Not a supported option."),
    "purge": ("groups", {"purge_roles": False}, "groups[0].initial.purge_roles: Not a supported option."),
    "unknown": (
        "groups",
        {"descriptions": "d"},
        "groups[0].initial.descriptions: Not a supported option. Did you mean description?",
    ),
    "no text": ("groups", {"description": 7}, "groups[0].initial.description: Must be a string, not the number 7."),
    "no list": (
        "groups",
        {"assigned_roles": {"a": 1}},
        "groups[0].initial.assigned_roles: {'a': 1} is not a list of strings.",
    ),
    "null in a list": (
        "groups",
        {"assigned_roles": ["Steward", None]},
        "groups[0].initial.assigned_roles[1]: Must be a string, not null.",
    ),
    "empty": ("users", {"name": ""}, "users[0].initial.name: Must not be empty."),
    "blank": ("users", {"name": " "}, "users[0].initial.name: Must not be empty."),
    "choice": ("users", {"status": "gone"}, "users[0].initial.status: 'gone' is not one of active, disabled."),
    "by name and ID": (
        "groups",
        {"assigned_roles": [], "assigned_role_ids": []},
        "groups[0].initial: only one of assigned_roles and assigned_role_ids can be set.",
    ),
    "invalid": ("users", {"email": "a"}, "users[0].initial.email: 'a' is not an email address."),
    "invalid deeper down": (
        "spaces",
        {"type": "shared", "members": [{"group": "Everyone", "roles": []}]},
        "spaces[0].initial.members[0].roles: Must have at least one role.",
    ),
    "unknown deeper down": (
        "spaces",
        {"type": "shared", "members": [{"group": "Everyone", "rules": []}]},
        "spaces[0].initial.members[0].rules: Not a supported option.",
    ),
    "what the tenant has not": (
        "spaces",
        {"type": "shared", "members": [{"group": "Nobody", "roles": ["consumer"]}]},
        "spaces[0].initial.members[0]: The tenant has no idp group 'Nobody'.",
    ),
    "a role of another type": (
        "spaces",
        {"type": "shared", "members": [{"group": "Everyone", "roles": ["publisher"]}]},
        "spaces[0].initial.members[0].roles: 'publisher' is not a role of shared spaces.",
    ),
    "what the kind has not": (
        "groups",
        {"description": "d"},
        "groups[0].initial.description: Requires `provider_type: custom`.",
    ),
}


@pytest.mark.parametrize("case", long_unless([name for name in WRONG if name != "subject"], WRONG))
def test_bad_input(run: Run, case: str) -> None:
    area, initial, text = WRONG[case]
    key = {"subject": "a"} if area == "users" else {"name": "A"}
    assert_refused(run, f"qlik_{area}", {area: [{**key, "initial": initial}]}, text)
    assert_refused(run, MODULE, {area: [{**key, "initial": initial}]}, text)


@pytest.mark.parametrize("value", ["d", ["d"], 7, True], ids=str)
def test_what_is_no_dictionary(run: Run, value: Json) -> None:
    text = "groups[0].initial: "
    message = assert_refused(run, "qlik_groups", {"groups": [{"name": "A", "initial": value}]}, text)["msg"]
    assert "is not a dictionary." in message


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize(
    ("given", "initial", "option"),
    [
        ({"description": "d"}, {"description": "d"}, "description"),
        ({"assigned_roles": []}, {"assigned_roles": []}, "assigned_roles"),
        ({"assigned_roles": []}, {"assigned_role_ids": []}, "assigned_role_ids"),
    ],
)
def test_an_option_that_the_item_sets_too(
    run: Run, tenant: LocalTenant, given: Json, initial: Json, option: str, exists: bool
) -> None:
    name = "Falcon" if exists else "A"
    group = {"name": name, "provider_type": "custom", **given, "initial": initial}
    text = f"initial.{option}: The item also sets {option}. Set it in one place."
    assert_refused(run, "qlik_group", group, text)
    assert_refused(run, "qlik_groups", {"groups": [group]}, f"groups[0].{text}")


def test_what_the_tenant_does_not_support(run: Run, tenant: LocalTenant) -> None:
    tenant.set_tenant(space_types=["data", "shared"])
    space = {"name": "A", "initial": {"type": "managed"}}
    assert_refused(run, "qlik_spaces", {"spaces": [space]}, "spaces[0].initial.type: The tenant does not support")


def test_all_mistakes_at_once(run: Run) -> None:
    """A mistake in an initial value hides no other one, and an invalid value is not missing."""
    origins = [
        {"name": "A", "initial": {"origin": "not an origin", "description": "d" * 1025}},
        {"name": "B"},
    ]
    message = assert_refused(run, "qlik_csp_origins", {"csp_origins": origins}, "There are 3 problems:")["msg"]
    assert "csp_origins[0].initial.origin: The origin 'not an origin' must not contain white space." in message
    assert "csp_origins[0].initial.description: Must have at most 1024 characters, not 1025." in message
    assert "csp_origins[1].origin: Required to create a new object." in message


def test_singletons_have_no_initial_values(run: Run) -> None:
    text = "group_settings.initial: Not a supported option."
    assert_refused(run, MODULE, {"group_settings": {"initial": {"auto_create_groups": True}}}, text)
