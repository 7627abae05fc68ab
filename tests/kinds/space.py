# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of spaces and their members."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.space import Space
from local_tenant.client import TenantHandle

from .cases import ADMIN, Cases, FaultCase, Json, SeedCase, SettingCase, State


def space(changes: dict[str, Json], **options: Json) -> SeedCase:
    return SeedCase({"qlik_seed_spaces": [{"name": "Room", **options}]}, changes)


def new_space(kind: str, description: str | None = None, **members: list[str]) -> dict[str, Json]:
    return {"kind": kind, "description": description, "owner": "local|admin", "members": members}


#: A member more, one less, one with other roles, and one that is a user.
MANY_MEMBERS: list[dict[str, Json]] = [
    {
        "spaces": [
            {"name": "Money", "description": "x", "members": [{"group": "Admins", "roles": ["consumer"]}]},
            {
                "id": "MORE",
                "members": [{"group": "Finance", "roles": ["producer"]}, {"user": "bob", "roles": ["consumer"]}],
            },
        ]
    }
]


def spaces_of(state: State) -> Json:
    """Name, type, description, owner and members of all spaces, duplicates included; members by name."""
    names = {item["id"]: item.get("subject") or item["name"] for item in [*state["groups"], *state["users"]]}
    return sorted(
        [
            space["name"],
            space["type"],
            space.get("description", ""),
            names[space["ownerId"]],
            sorted(
                [names.get(member["assigneeId"], "Everyone"), sorted(member["roles"])]
                for member in state["assignments"]
                if member["spaceId"] == space["id"]
            ),
        ]
        for space in state["spaces"]
    )


def plant_space(tenant: TenantHandle) -> None:
    """A space with two members, and who else can be one."""
    tenant.plant_groups([{"name": name} for name in ("A", "B", "C")])
    tenant.plant_users([{"subject": "s-1"}, {"subject": "s-2"}])
    members = [{"group": "A", "roles": ["consumer"]}, {"user": "s-1", "roles": ["producer"]}]
    tenant.plant_spaces([{"name": "S", "type": "shared", "members": members}])


def plant_spaces(tenant: TenantHandle) -> None:
    plant_space(tenant)
    member = {"group": "A", "roles": ["consumer"]}
    tenant.plant_spaces([{"name": f"S {number}", "type": "shared", "members": [member]} for number in range(8)])


MANY_SPACES: list[Json] = [
    *({"name": f"S {number}", "members": [{"group": "A", "roles": ["consumer"]}]} for number in range(2)),
    *({"name": f"S {number}", "members": [{"group": "B", "roles": ["producer"]}]} for number in range(2, 4)),
    *({"name": f"S {number}", "description": "x", "members": []} for number in range(4, 6)),
    *({"name": f"S {number}", "state": "absent"} for number in range(6, 8)),
    *(
        {"name": f"S {number}", "type": "managed", "owner": ADMIN, "members": [{"group": "C", "roles": ["publisher"]}]}
        for number in range(8, 11)
    ),
]

CASES = Cases(
    Space(),
    seed={
        "name": SeedCase({"qlik_seed_spaces": [{"name": "New", "type": "data"}]}, {"space New": new_space("data")}),
        "id": SeedCase(
            {"qlik_seed_spaces": [{"id": "ID_OF_ROOM", "name": "Hall"}]},
            {
                "space Room": None,
                "space Hall": new_space("shared", "as it was", Team=["consumer"]),
            },
        ),
        "previous_names": SeedCase(
            {"qlik_seed_spaces": [{"name": "Hall", "previous_names": ["Room"]}]},
            {"space Room": None, "space Hall": new_space("shared", "as it was", Team=["consumer"])},
        ),
        "initial": SeedCase(
            {"qlik_seed_spaces": [{"name": name, "initial": {"type": "data"}} for name in ("New", "Room")]},
            {"space New": new_space("data")},
        ),
        "state": space({"space Room": None}, state="absent"),
        "type": space({}, type="managed")._replace(error="The type of a space cannot be changed"),
        "description": space({"space Room description": "new"}, description="new"),
        "owner": space({"space Room owner": "bob"}, owner="bob"),
        "owner_id": space({"space Room owner": "bob"}, owner_id="ID_OF_BOB"),
        "members": space(
            {"space Room members": {"Idp": ["producer"], "bob": ["facilitator"], "com.qlik.Everyone": ["consumer"]}},
            members=[
                {"group": "Idp", "roles": ["producer"]},
                {"user": "bob", "roles": ["facilitator"]},
                {"group": "Everyone", "roles": ["consumer"]},
            ],
        ),
        "purge_members": space(
            {"space Room members": {"Idp": ["producer"], "Team": ["consumer"]}},
            members=[{"group": "Idp", "roles": ["producer"]}],
            purge_members=False,
        ),
    },
    settings={
        "name": SettingCase("New", {"name": "New"}, {"id": "ID"}),
        "type": SettingCase("managed", {"name": "New", "type": "managed", "ownerId": ADMIN}, {"name": "New"}),
        "description": SettingCase("new", {"description": "new"}),
        "owner": SettingCase("current", {"ownerId": "current"}),
        "members": SettingCase(
            [{"group": "Team", "provider_type": "custom", "roles": ["consumer"]}], {"assignments": ["Team: consumer"]}
        ),
    },
    tasks={
        "qlik_space": [
            {"name": "New", "type": "shared", "members": [{"user": "bob", "roles": ["consumer"]}]},
            {
                "name": "Money",
                "owner": "second",
                "members": [{"group": "Admins", "roles": ["consumer"]}, {"group": "Finance", "roles": ["producer"]}],
            },
            {"name": "Money", "members": []},
            {"name": "Money", "state": "absent"},
        ],
        "qlik_spaces": [
            {"spaces": [{"name": "New", "type": "shared", "owner": "bob"}]},
            *MANY_MEMBERS,
            {"spaces": [{"name": "Money", "state": "absent"}]},
        ],
        "qlik_space_member": [
            {"space": "Money", "user": "bob", "roles": ["consumer"]},
            {"space": "Money", "group": "Finance", "roles": ["producer"]},
            {"space_id": "MONEY", "group": "Finance", "state": "absent"},
        ],
        "qlik_space_info": [{}, {"id": "MONEY"}],
    },
    described=[{"name": "Money", "type": "shared"}],
    faults={
        "qlik_spaces": FaultCase(
            "qlik_spaces",
            {"spaces": MANY_SPACES, "concurrency": 3},
            spaces_of,
            sorted(
                [["S", "shared", "", ADMIN, [["A", ["consumer"]], ["s-1", ["producer"]]]]]
                + [
                    [
                        item["name"],
                        item.get("type", "shared"),
                        item.get("description", ""),
                        ADMIN,
                        [[member["group"], member["roles"]] for member in item["members"]],
                    ]
                    for item in MANY_SPACES
                    if "state" not in item
                ]
            ),
            plant_spaces,
            {"created": 3, "updated": 4, "deleted": 2, "unchanged": 2, "failed": 0},
        ),
        "qlik_space, new": FaultCase(
            "qlik_space",
            {
                "name": "S",
                "type": "managed",
                "description": "d",
                "owner": "s-1",
                "members": [{"group": "A", "roles": ["consumer"]}, {"group": "Everyone", "roles": ["basicconsumer"]}],
            },
            spaces_of,
            [["S", "managed", "d", "s-1", [["A", ["consumer"]], ["Everyone", ["basicconsumer"]]]]],
            lambda tenant: (tenant.plant_groups([{"name": "A"}]), tenant.plant_users([{"subject": "s-1"}])),
        ),
        "qlik_space, changed": FaultCase(
            "qlik_space",
            {
                "name": "S",
                "description": "d",
                "owner": "s-2",
                "members": [{"group": "A", "roles": ["producer"]}, {"group": "B", "roles": ["consumer"]}],
            },
            spaces_of,
            [["S", "shared", "d", "s-2", [["A", ["producer"]], ["B", ["consumer"]]]]],
            plant_space,
        ),
        "qlik_space, gone": FaultCase("qlik_space", {"name": "S", "state": "absent"}, spaces_of, [], plant_space),
        "qlik_space_member, new": FaultCase(
            "qlik_space_member",
            {"space": "S", "group": "B", "roles": ["consumer"]},
            spaces_of,
            [["S", "shared", "", ADMIN, [["A", ["consumer"]], ["B", ["consumer"]], ["s-1", ["producer"]]]]],
            plant_space,
        ),
        "qlik_space_member, changed": FaultCase(
            "qlik_space_member",
            {"space": "S", "user": "s-1", "roles": ["consumer"], "purge_roles": False},
            spaces_of,
            [["S", "shared", "", ADMIN, [["A", ["consumer"]], ["s-1", ["consumer", "producer"]]]]],
            plant_space,
        ),
        "qlik_space_member, gone": FaultCase(
            "qlik_space_member",
            {"space": "S", "group": "A", "state": "absent"},
            spaces_of,
            [["S", "shared", "", ADMIN, [["s-1", ["producer"]]]]],
            plant_space,
        ),
        "qlik_space_info": FaultCase("qlik_space_info", {}, spaces_of, None, plant_spaces),
    },
)
