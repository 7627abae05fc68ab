# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of users."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.user import User
from local_tenant.client import TenantHandle

from .cases import (
    LOCKOUT,
    LONG,
    MANY_CHANGES,
    MANY_NAMES,
    PICTURE,
    Cases,
    FaultCase,
    Json,
    SeedCase,
    SettingCase,
    State,
    roles_of,
)

NEW_USER: dict[str, Json] = {
    "name": None,
    "email": None,
    "picture": None,
    "status": "active",
    "roles": [],
    "groups": [],
    "locale": None,
    "zone": None,
}


def user(changes: dict[str, Json], **options: Json) -> SeedCase:
    return SeedCase({"qlik_seed_users": [{"subject": "bob", **options}]}, changes)


def users_of(state: State) -> Json:
    """Subject, name, status and roles of all users that exist, but for those that every tenant has."""
    return sorted(
        [item["subject"], item["name"], item["status"], roles_of(item)]
        for item in state["users"]
        if item["status"] != "deleted" and item["subject"].startswith("s-")
    )


def plant_users(tenant: TenantHandle) -> None:
    tenant.plant_users(
        [{"subject": f"s-{number:02}", "name": f"N {number}", "assignedRoles": ["Steward"]} for number in range(20)]
    )


MANY_USERS: list[Json] = [
    *({"subject": f"s-{number:02}", "assigned_roles": ["Steward"]} for number in range(5)),
    *({"subject": f"s-{number:02}", "status": "disabled", "assigned_roles": []} for number in range(5, 12)),
    *({"subject": f"s-{number:02}", "state": "absent"} for number in range(12, 20)),
    *({"subject": f"s-{number:02}", "name": "New", "assigned_roles": ["DataAdmin"]} for number in range(20, 35)),
]


def leavers(action: str) -> FaultCase:
    """A list that seven of twenty users are not on."""
    stay = range(13)
    left = range(20) if action == "disable" else stay
    statuses = {number: "active" if number in stay else "disabled" for number in left}
    changed = {"disable": "updated", "delete": "deleted"}[action]
    return FaultCase(
        "qlik_users",
        {
            "users": [{"subject": f"s-{number:02}"} for number in stay],
            "prune": True,
            "prune_action": action,
            "prune_protect": ["local|*"],
            "concurrency": 3,
        },
        users_of,
        [[f"s-{number:02}", f"N {number}", status, ["Steward"]] for number, status in statuses.items()],
        plant_users,
        {**dict.fromkeys(("created", "updated", "deleted", "failed"), 0), "unchanged": 13, changed: 7},
    )


CASES = Cases(
    User(),
    seed={
        "subject": SeedCase(
            {"qlik_seed_users": [{"subject": "new", "name": "New"}]}, {"user new": {**NEW_USER, "name": "New"}}
        ),
        "id": SeedCase({"qlik_seed_users": [{"id": "ID_OF_BOB", "name": "Robert"}]}, {"user bob name": "Robert"}),
        "initial": SeedCase(
            {"qlik_seed_users": [{"subject": subject, "initial": {"name": "New"}} for subject in ("new", "bob")]},
            {"user new": {**NEW_USER, "name": "New"}},
        ),
        "state": user({"user bob": None}, state="absent"),
        "name": user({"user bob name": "Robert"}, name="Robert"),
        "email": SeedCase(
            {"qlik_seed_users": [{"subject": "new", "name": "N", "email": "n@example.com"}]},
            {"user new": {**NEW_USER, "name": "N", "email": "n@example.com"}},
        ),
        "picture": SeedCase(
            {"qlik_seed_users": [{"subject": "new", "name": "N", "picture": "https://example.com/n.png"}]},
            {"user new": {**NEW_USER, "name": "N", "picture": "https://example.com/n.png"}},
        ),
        "status": user({"user bob status": "disabled"}, status="disabled"),
        "assigned_roles": user({"user bob roles": ["DataAdmin"]}, assigned_roles=["DataAdmin"]),
        "assigned_role_ids": user({"user bob roles": ["ID_OF_NONE"]}, assigned_role_ids=["ID_OF_ADMIN"]),
        "purge_roles": user(
            {"user bob roles": ["DataAdmin", "Steward"]}, assigned_roles=["DataAdmin"], purge_roles=False
        ),
        "assigned_groups": user({"user bob groups": ["Own", "Team"]}, assigned_groups=["Own"]),
        "purge_groups": user({"user bob groups": ["Own"]}, assigned_groups=["Own"], purge_groups=True),
        "preferred_locale": user({"user bob locale": "de"}, preferred_locale="de"),
        "preferred_zoneinfo": user({"user bob zone": "Europe/Paris"}, preferred_zoneinfo="Europe/Paris"),
    },
    settings={
        "subject": SettingCase("new", {"subject": "new", "name": "N", "status": "active"}, {"name": "N"}),
        "name": SettingCase("New", {"name": "New"}),
        "email": SettingCase(
            "n@example.com",
            {"subject": "new", "name": "N", "status": "active", "email": "n@example.com"},
            {"subject": "new", "name": "N"},
        ),
        "picture": SettingCase(
            PICTURE,
            {"subject": "new", "name": "N", "status": "active", "picture": PICTURE},
            {"subject": "new", "name": "N"},
        ),
        "status": SettingCase("disabled", {"status": "disabled"}),
        "assigned_roles": SettingCase(["DataAdmin"], {"assignedRoles": ["DataAdmin"]}),
        "assigned_groups": SettingCase(["Other"], {"assignedGroups": ["Other", "Team"]}),
        "preferred_locale": SettingCase("pt-BR", {"preferredLocale": "pt-BR"}),
        "preferred_zoneinfo": SettingCase("Asia/Tokyo", {"preferredZoneinfo": "Asia/Tokyo"}),
    },
    tasks={
        "qlik_user": [
            {"subject": "new", "email": "new@example.com", "assigned_roles": ["Keys"], "preferred_locale": "en"},
            {"subject": "bob", "name": "Bob", "assigned_groups": ["Falcon"]},
            {"subject": "bob", "state": "absent"},
            {"subject": "second", **LOCKOUT},
            {"subject": LONG},
        ],
        "qlik_users": [
            {"users": [{"subject": name} for name in MANY_NAMES]},
            {"users": [{"subject": "new", "email": "new@example.com", "assigned_roles": ["Keys"]}]},
            {
                "users": [
                    {"subject": "bob", "name": "Bob", "assigned_groups": ["Falcon"]},
                    {"id": "SECOND", "name": "x"},
                ]
            },
            {"users": [{"subject": "bob", "state": "absent"}, {"subject": "second", **LOCKOUT}]},
        ],
        "qlik_user_info": [{}, {"id": "BOB"}, {"subject": LONG}],
    },
    described=[{"subject": "ada"}],
    faults={
        "qlik_users": FaultCase(
            "qlik_users",
            {"users": MANY_USERS, "concurrency": 4},
            users_of,
            sorted(
                [
                    item["subject"],
                    item.get("name", f"N {int(item['subject'][2:])}"),
                    item.get("status", "active"),
                    item["assigned_roles"],
                ]
                for item in MANY_USERS
                if "state" not in item
            ),
            plant_users,
            MANY_CHANGES,
        ),
        "qlik_users, leavers disabled": leavers("disable"),
        "qlik_users, leavers deleted": leavers("delete"),
        "qlik_user": FaultCase(
            "qlik_user",
            {"subject": "s-n", "name": "N", "status": "disabled", "assigned_roles": ["Steward"]},
            users_of,
            [["s-n", "N", "disabled", ["Steward"]]],
        ),
        "qlik_user_info": FaultCase("qlik_user_info", {}, users_of, None, plant_users),
    },
)
