# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A case for every variable of the seeding role, and for every option under it: what it changes on a tenant."""

from __future__ import annotations

import json

from kinds import INDIVIDUAL, KINDS, PLANTED, SINGLE, STANDALONE
from kinds.cases import Json, SeedCase, whole
from kinds.group import new_group
from kinds.space import new_space
from local_tenant.client import TenantHandle

#: What every tenant holds before: a role, a group of each kind, a user and a space. The cases below know their names.
ROLE = {"name": "Held", "description": "as it was", "assignedScopes": ["a", "b"]}
GROUPS: list[dict[str, Json]] = [
    {"name": "Idp", "assignedRoles": ["Steward"]},
    {"name": "Own", "providerType": "custom", "description": "as it was"},
    {"name": "Team", "providerType": "custom"},
]
USER = {"subject": "bob", "name": "Bob", "assignedRoles": ["Steward"], "assignedGroups": ["Team"]}
SPACE: dict[str, Json] = {
    "name": "Room",
    "description": "as it was",
    "members": [{"group": "Team", "providerType": "custom", "roles": ["consumer"]}],
}
FIRST = {"name": "New", "allowed_ips": ["203.0.113.7"], "enabled": True}
NO_BUNDLE: dict[str, Json] = {"qlik_seed_standard_groups": {}}


def leavers(changes: dict[str, Json], error: str = "", **options: Json) -> SeedCase:
    """Of those whom every tenant has, all but bob and the caller are not described."""
    variables = {f"qlik_seed_prune_users_{option}": value for option, value in options.items()}
    return SeedCase(
        {"qlik_seed_users": [{"subject": "bob"}], "qlik_seed_prune_users": True, **variables}, changes, error
    )


def two_spaces(
    dev: dict[str, Json], released: dict[str, Json], names: tuple[str, str] = ("B (dev)", "B"), **variables: Json
) -> SeedCase:
    """A bundle of spaces with a group of each sort, and what it makes."""
    bundle = {"name": "B", **variables.pop("bundle", {})}
    made = {f"space {name}": made for name, made in zip(names, (dev, released))}
    return SeedCase({"qlik_seed_space_bundles": [bundle], **variables}, made)


SHARED, MANAGED = new_space("shared"), new_space("managed")
BUNDLE = {"qlik_seed_standard_groups": {"Bundle": ["Steward"]}}
#: By variable and option. Words such as ID_OF_IDP and ID_OF_BOB stand for the ids that these have on the tenant.
CASES: dict[str, SeedCase] = {
    **{f"{cases.variable}.{option}": case for cases in KINDS.values() for option, case in cases.seed.items()},
    "qlik_seed_standard_groups": SeedCase(BUNDLE, new_group("Bundle", "Steward")),
    "qlik_seed_group_prefix": SeedCase({**BUNDLE, "qlik_seed_group_prefix": "x-"}, new_group("x-Bundle", "Steward")),
    "qlik_seed_group_suffix": SeedCase({**BUNDLE, "qlik_seed_group_suffix": "-x"}, new_group("Bundle-x", "Steward")),
    "qlik_seed_caller_address": SeedCase(
        {"qlik_seed_ip_policies": [FIRST], "qlik_seed_caller_address": "203.0.113.7"},
        {"IP policy New": {"allowedIps": ["203.0.113.7"], "enabled": True}},
    ),
    "qlik_seed_space_bundles.name": two_spaces(SHARED, MANAGED),
    "qlik_seed_space_bundles.previous_names": SeedCase(
        {
            "qlik_seed_space_bundles": [{"name": "B", "previous_names": ["A", "Room"]}],
            "qlik_seed_space_bundle_dev_suffix": "",
            "qlik_seed_space_bundle_suffix": " released",
        },
        {
            "space Room": None,
            "space B": {**SHARED, "description": "as it was"},
            "space B released": MANAGED,
        },
    ),
    "qlik_seed_space_bundles.description": two_spaces(
        new_space("shared", "Both"), new_space("managed", "Both"), bundle={"description": "Both"}
    ),
    "qlik_seed_space_bundles.developers": two_spaces(
        new_space("shared", Idp=["dataconsumer", "producer"]), MANAGED, bundle={"developers": ["Idp"]}
    ),
    "qlik_seed_space_bundles.publishers": two_spaces(
        SHARED, new_space("managed", Idp=["consumer", "publisher"]), bundle={"publishers": ["Idp"]}
    ),
    "qlik_seed_space_bundles.consumers": two_spaces(
        SHARED, new_space("managed", Idp=["consumer"]), bundle={"consumers": ["Idp"]}
    ),
    "qlik_seed_space_bundle_dev_suffix": two_spaces(
        SHARED, MANAGED, ("B in work", "B"), qlik_seed_space_bundle_dev_suffix=" in work"
    ),
    "qlik_seed_space_bundle_suffix": two_spaces(
        SHARED, MANAGED, ("B (dev)", "B released"), qlik_seed_space_bundle_suffix=" released"
    ),
    "qlik_seed_space_bundle_developer_roles": two_spaces(
        new_space("shared", Idp=["codeveloper"]),
        MANAGED,
        bundle={"developers": ["Idp"]},
        qlik_seed_space_bundle_developer_roles=["codeveloper"],
    ),
    "qlik_seed_space_bundle_publisher_roles": two_spaces(
        SHARED,
        new_space("managed", Idp=["facilitator"]),
        bundle={"publishers": ["Idp"]},
        qlik_seed_space_bundle_publisher_roles=["facilitator"],
    ),
    "qlik_seed_space_bundle_consumer_roles": two_spaces(
        SHARED,
        new_space("managed", Idp=["basicconsumer"]),
        bundle={"consumers": ["Idp"]},
        qlik_seed_space_bundle_consumer_roles=["basicconsumer"],
    ),
    "qlik_seed_prune": SeedCase(
        {**BUNDLE, "qlik_seed_prune": True}, {**new_group("Bundle", "Steward"), "group Idp": None}
    ),
    "qlik_seed_prune_protect": SeedCase(
        {**BUNDLE, "qlik_seed_prune": True, "qlik_seed_prune_protect": "X*\nId*"}, new_group("Bundle", "Steward")
    ),
    "qlik_seed_max_deletions": SeedCase(
        {**BUNDLE, "qlik_seed_prune": True, "qlik_seed_max_deletions": 0}, {}, error="max_deletions is 0"
    ),
    "qlik_seed_prune_users": leavers({"user local|plain status": "disabled", "user local|blind status": "disabled"}),
    "qlik_seed_prune_users_action": leavers({"user local|plain": None, "user local|blind": None}, action="delete"),
    "qlik_seed_prune_users_protect": leavers({"user local|blind status": "disabled"}, protect=["local|p*"]),
    "qlik_seed_prune_users_max_deletions": leavers(
        {}, error="disable 1 user, but qlik_seed_prune_users_max_deletions is 0", max_deletions=0, protect=["local|b*"]
    ),
    "qlik_seed_allow_lockout": SeedCase(
        {
            "qlik_seed_users": [{"subject": "local|admin", "assigned_roles": []}],
            "qlik_seed_allow_lockout": True,
        },
        {"user local|admin roles": []},
    ),
    "qlik_seed_areas": SeedCase(
        {
            "qlik_seed_tenant": {"name": "Acme"},
            "qlik_seed_users": [{"subject": "bob", "name": "Robert"}],
            "qlik_seed_areas": ["users"],
        },
        {"user bob name": "Robert"},
    ),
    "qlik_seed_expected_plan": SeedCase(
        {**BUNDLE, "qlik_seed_expected_plan": "sha256:" + 64 * "0"},
        {},
        error="The current plan is not the approved plan",
    ),
    "qlik_seed_require_plan": SeedCase(
        {**BUNDLE, "qlik_seed_require_plan": True}, {}, error="qlik_seed_expected_plan: Required because"
    ),
    "qlik_seed_validate_only": SeedCase({**BUNDLE, "qlik_seed_validate_only": True}, {}),
    "qlik_validate_report_dir": SeedCase(
        {**BUNDLE, "qlik_seed_validate_only": True, "qlik_validate_report_dir": 7},
        {},
        error="qlik_validate_report_dir: Must be a string, not the number 7",
    ),
}


def facts(state: dict[str, Json]) -> dict[str, Json]:
    """What a tenant holds, each setting for itself under a name that a person would use."""
    ignored = ("lastUpdated", "links", "updatedAt", "updatedBy", "isDefault")
    current = {
        f"{area} {name}": whole(value)
        for area, cases in SINGLE.items()
        for name, value in cases.shown_in(state).items()
        if name not in ignored
    }
    for each in state["roles"]:
        if each["type"] == "custom":
            fields = {"name": each["name"], "description": each["description"], "scopes": each["assignedScopes"]}
            current[f"role {each['name']}"] = fields
    for each in state["groups"]:
        name = f"group {each['name']}" + " (custom)" * (each["name"] == "Idp" and each["providerType"] == "custom")
        current[name] = {
            "kind": each["providerType"],
            "description": each.get("description") or None,
            "roles": names(each["assignedRoles"]),
        }
    for each in state["users"]:
        if each["status"] != "deleted":
            current[f"user {each['subject']}"] = {
                **{field: each.get(field) for field in ("name", "email", "picture", "status")},
                "roles": names(each["assignedRoles"]),
                "groups": names(each["assignedGroups"]),
                "locale": each.get("preferredLocale"),
                "zone": each.get("preferredZoneinfo"),
            }
    called = {each["id"]: each["name"] for each in [*state["groups"], state["everyone"]]}
    called.update({each["id"]: each["subject"] for each in state["users"]})
    for each in state["spaces"]:
        current[f"space {each['name']}"] = {
            "kind": each["type"],
            "description": each.get("description") or None,
            "owner": called[each["ownerId"]],
            "members": {
                called[member["assigneeId"]]: sorted(member["roles"])
                for member in state["assignments"]
                if member["spaceId"] == each["id"]
            },
        }
    for area, cases in STANDALONE.items():
        current.update({f"{cases.kind.word} {item['name']}": cases.facts(item) for item in state[area]})
    for individual in INDIVIDUAL.values():
        current.update(individual.facts_of(state))
    return current


def names(assigned: list[dict[str, Json]]) -> list[str]:
    return sorted(each["name"] for each in assigned)


def changes(before: dict[str, Json], after: dict[str, Json]) -> dict[str, Json]:
    """What differs, setting by setting for what is there before and after."""
    found: dict[str, Json] = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found.update({f"{name} {field}": new[field] for field in new if new[field] != old[field]})
        elif old != new:
            found[name] = new
    return found


def filled_in(value: Json, ids: dict[str, str]) -> Json:
    """A description with the ids of this tenant in the place of words for them."""
    text = json.dumps(value)
    for word, resource_id in ids.items():
        text = text.replace(word, resource_id)
    return json.loads(text)


def prepare(handle: TenantHandle, case: str) -> dict[str, str]:
    """Plant what the cases are about; the ids of it."""
    handle.reset()
    handle.plant_roles([ROLE])
    ids = handle.plant_groups(GROUPS)
    (bob,) = handle.plant_users([USER])
    (room,) = handle.plant_spaces([SPACE])
    handle.set_tenant(tenant_settings={"preferredStartPage": "analytics-hub"})
    of_held = {cases.id_of_held: handle.plant(area, [cases.current])[0] for area, cases in PLANTED.items()}
    if case == "qlik_seed_tenant.replace_hostname_alias":
        handle.set_tenant(alias="old.us.qlikcloud.com")
    by_name = {each["name"]: each["id"] for each in handle.roles()}
    return {
        "ID_OF_IDP": ids[0],
        "ID_OF_BOB": bob,
        "ID_OF_ROOM": room,
        **of_held,
        "ID_OF_STEWARD": by_name["Steward"],
        "ID_OF_ADMIN": by_name["DataAdmin"],
        "ID_OF_NONE": "DataAdmin",
    }
