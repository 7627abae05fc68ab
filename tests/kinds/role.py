# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of custom roles."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.role import Role
from local_tenant.client import TenantHandle

from .cases import LONG, MANY_NAMES, Cases, FaultCase, Json, SeedCase, SettingCase, State


def role(changes: dict[str, Json], **options: Json) -> SeedCase:
    return SeedCase({"qlik_seed_roles": [{"name": "Held", **options}]}, changes)


def custom_roles_of(state: State) -> Json:
    """Name, description and scopes of the custom roles."""
    return sorted(
        [item["name"], item["description"], sorted(item["assignedScopes"])]
        for item in state["roles"]
        if item["type"] == "custom"
    )


MANY_ROLES: list[Json] = [
    {"name": "Held", "assigned_scopes": ["a"]},
    {"name": "Changed", "description": "new", "assigned_scopes": ["a", "b"]},
    {"name": "Gone", "state": "absent"},
    *({"name": f"New {number}", "assigned_scopes": ["api-keys"]} for number in range(4)),
]


def plant_roles(tenant: TenantHandle) -> None:
    tenant.plant_roles([{"name": name, "assignedScopes": ["a"]} for name in ("Held", "Changed", "Gone")])


CASES = Cases(
    Role(),
    seed={
        "name": SeedCase(
            {"qlik_seed_roles": [{"name": "New"}]}, {"role New": {"name": "New", "description": "", "scopes": []}}
        ),
        "previous_names": SeedCase(
            {"qlik_seed_roles": [{"name": "New", "previous_names": ["Held"]}]},
            {"role Held": None, "role New": {"name": "New", "description": "as it was", "scopes": ["a", "b"]}},
        ),
        "initial": SeedCase(
            {"qlik_seed_roles": [{"name": name, "initial": {"description": "new"}} for name in ("New", "Held")]},
            {"role New": {"name": "New", "description": "new", "scopes": []}},
        ),
        "state": role({"role Held": None}, state="absent"),
        "description": role({"role Held description": "new"}, description="new"),
        "assigned_scopes": role({"role Held scopes": ["c"]}, assigned_scopes=["c"]),
        "purge_scopes": role({"role Held scopes": ["a", "b", "c"]}, assigned_scopes=["c"], purge_scopes=False),
    },
    settings={
        "name": SettingCase("New", {"name": "New"}),
        "description": SettingCase("new", {"description": "new"}),
        "assigned_scopes": SettingCase(["c", "b"], {"assignedScopes": ["b", "c"]}),
    },
    tasks={
        "qlik_role": [
            {"name": "New"},
            {"name": LONG},
            {"name": "Keys", "description": "x"},
            {"name": "Keys", "state": "absent"},
        ],
        "qlik_roles": [
            {"roles": [{"name": name} for name in MANY_NAMES]},
            {"roles": [{"name": "New"}, {"name": "Keys", "description": "x"}]},
            {"roles": [{"name": "Keys", "state": "absent"}]},
        ],
        "qlik_role_info": [{}, {"id": "KEYS"}, {"name": LONG}],
    },
    described=[{"name": "Keys", "assigned_scopes": ["api-keys"]}],
    faults={
        "qlik_roles": FaultCase(
            "qlik_roles",
            {"roles": MANY_ROLES, "concurrency": 2},
            custom_roles_of,
            sorted(
                [item["name"], item.get("description", ""), item["assigned_scopes"]]
                for item in MANY_ROLES
                if "state" not in item
            ),
            plant_roles,
            {"created": 4, "updated": 1, "deleted": 1, "unchanged": 1, "failed": 0},
        ),
        "qlik_role": FaultCase(
            "qlik_role",
            {"name": "Keys", "description": "new", "assigned_scopes": ["api-keys"]},
            custom_roles_of,
            [["Keys", "new", ["api-keys"]]],
            lambda tenant: tenant.plant_roles([{"name": "Keys", "description": "old"}]),
        ),
        "qlik_role_info": FaultCase("qlik_role_info", {}, custom_roles_of),
    },
)
