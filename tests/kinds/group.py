# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of groups."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from local_tenant.client import TenantHandle

from .cases import (
    LOCKOUT,
    LONG,
    MANY_CHANGES,
    MANY_NAMES,
    Cases,
    FaultCase,
    Json,
    SeedCase,
    SettingCase,
    State,
    roles_of,
)


def group(changes: dict[str, Json], **options: Json) -> SeedCase:
    return SeedCase({"qlik_seed_extra_groups": [options]}, changes)


def new_group(name: str, *roles: str, kind: str = "idp", description: str | None = None) -> dict[str, Json]:
    return {f"group {name}": {"kind": kind, "description": description, "roles": list(roles)}}


def groups_of(state: State) -> Json:
    """Name, roles and description of all groups, duplicates included."""
    return sorted([item["name"], roles_of(item), item.get("description", "")] for item in state["groups"])


MANY_GROUPS: list[Json] = [
    *({"name": f"G {number:02}", "assigned_roles": ["Steward"]} for number in range(5)),
    *({"name": f"G {number:02}", "assigned_roles": ["DataAdmin"]} for number in range(5, 12)),
    *({"name": f"G {number:02}", "state": "absent"} for number in range(12, 20)),
    *({"name": f"G {number:02}", "assigned_roles": ["Steward", "DataAdmin"]} for number in range(20, 35)),
]


def plant_groups(tenant: TenantHandle) -> None:
    tenant.plant_groups([{"name": f"G {number:02}", "assignedRoles": ["Steward"]} for number in range(20)])


CASES = Cases(
    Group(),
    seed={
        "name": group(new_group("N"), name="N"),
        "id": group({"group Idp roles": ["DataAdmin"]}, id="ID_OF_IDP", assigned_roles=["DataAdmin"]),
        "previous_names": group(
            {"group Own": None, **new_group("New", kind="custom", description="as it was")},
            name="New",
            provider_type="custom",
            previous_names=["Own"],
        ),
        "initial": SeedCase(
            {"qlik_seed_extra_groups": [{"name": name, "initial": {"assigned_roles": []}} for name in ("New", "Idp")]},
            new_group("New"),
        ),
        "state": group({"group Idp": None}, name="Idp", state="absent"),
        "provider_type": group(new_group("Idp (custom)", kind="custom"), name="Idp", provider_type="custom"),
        "description": group({"group Own description": "new"}, name="Own", provider_type="custom", description="new"),
        "assigned_roles": group({"group Idp roles": ["DataAdmin"]}, name="Idp", assigned_roles=["DataAdmin"]),
        "assigned_role_ids": group(new_group("N", "Steward"), name="N", assigned_role_ids=["ID_OF_STEWARD"]),
        "purge_roles": group(
            {"group Idp roles": ["DataAdmin", "Steward"]}, name="Idp", assigned_roles=["DataAdmin"], purge_roles=False
        ),
    },
    settings={
        "name": SettingCase("New", {"name": "New"}, {"id": "ID"}),
        "provider_type": SettingCase("idp", {"name": "Held", "providerType": "idp"}, {"name": "Held"}),
        "description": SettingCase("new", {"description": "new"}),
        "assigned_roles": SettingCase(["DataAdmin"], {"assignedRoles": ["DataAdmin"]}),
    },
    tasks={
        "qlik_group": [
            {"name": "New", "assigned_roles": ["Keys"]},
            {"name": "Finance", "assigned_roles": ["DataAdmin"]},
            {"name": "Finance", "state": "absent"},
            {"name": "Admins", **LOCKOUT},
            {"name": LONG},
            {"name": "Falcon", "provider_type": "custom", "state": "absent"},
        ],
        "qlik_groups": [
            {"groups": [{"name": name} for name in MANY_NAMES]},
            {
                "groups": [
                    {"name": "New", "assigned_roles": ["Keys"]},
                    {"name": "Finance", "assigned_roles": ["Steward"]},
                ]
            },
            {"groups": [{"name": "Falcon", "provider_type": "custom", "state": "absent"}]},
            {"groups": [{"name": "Admins", **LOCKOUT}]},
            {"groups": [{"name": "New"}], "prune": True, "max_deletions": 100},
            {"groups": [{"id": "FALCON", "description": "x"}]},
        ],
        "qlik_group_info": [{}, {"id": "FALCON"}, {"name": LONG}],
    },
    described=[{"name": "Finance"}],
    faults={
        "qlik_groups": FaultCase(
            "qlik_groups",
            {"groups": MANY_GROUPS, "concurrency": 4},
            groups_of,
            sorted([item["name"], sorted(item["assigned_roles"]), ""] for item in MANY_GROUPS if "state" not in item),
            plant_groups,
            MANY_CHANGES,
        ),
        "qlik_group, new": FaultCase(
            "qlik_group",
            {"name": "N", "provider_type": "custom", "description": "d", "assigned_roles": ["Steward"]},
            groups_of,
            [["N", ["Steward"], "d"]],
        ),
        "qlik_group, gone": FaultCase(
            "qlik_group",
            {"name": "N", "state": "absent"},
            groups_of,
            [],
            lambda tenant: tenant.plant_groups([{"name": "N"}]),
        ),
        "qlik_group_info": FaultCase("qlik_group_info", {}, groups_of, None, plant_groups),
    },
)
