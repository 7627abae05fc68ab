# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For any state of a user, a role, a tenant or group settings: what a plan does leaves nothing to do."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Dict, List, Optional

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.effects import show_to
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.endpoints import EVERYONE_ID
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group_settings import GroupSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.role import Role
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.user import User
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import Plan
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.snapshot import Snapshot
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.module_utils.helpers import operations_of, payload_of

Json = Dict[str, Any]

ROLES = {name: {"id": f"id-of-{name}", "name": name, "type": "default", "level": "user"} for name in "ABCD"}
GROUPS = {name: {"id": f"id-of-{name}", "name": name, "providerType": "custom", "assignedRoles": []} for name in "XYZ"}
SYSTEM_NAME = "abc123.eu.qlikcloud.com"

texts = st.text(min_size=1, max_size=8)
maybe_text = st.none() | texts
maybe_flag = st.none() | st.booleans()
role_names = st.lists(st.sampled_from(sorted(ROLES)), max_size=5)
scopes = st.lists(st.sampled_from(["api-keys", "apps", "spaces", "users"]), max_size=4)


def roles_of(references: List[Json]) -> List[Json]:
    by_id = {role["id"]: role for role in ROLES.values()}
    return [ROLES[reference["name"]] if "name" in reference else by_id[reference["id"]] for reference in references]


class Model:
    """What Qlik's reference says that POST and PATCH do to these resources, and nothing more."""

    def __init__(self, current: Optional[Json]) -> None:
        self.current = deepcopy(current)

    def carry_out(self, plan: Plan) -> None:
        if plan.action == "created":
            self._create(payload_of(plan) or {})
        for operation in operations_of(plan):
            self._change(self.current or {}, operation)

    def _create(self, payload: Json) -> None:
        born = {"status": "active", "assignedGroups": []} if "subject" in payload else {"type": "custom"}
        self.current = {"id": "new", "assignedScopes": [], **born, **payload}
        self.current["assignedRoles"] = roles_of(payload.get("assignedRoles", []))

    @staticmethod
    def _change(current: Json, operation: Json) -> None:
        op, path, value = operation["op"], operation["path"], operation["value"]
        if (op, path) == ("add", "/assignedGroups/-"):
            assert value["name"] not in [group["name"] for group in current["assignedGroups"]]
            current["assignedGroups"].append(GROUPS[value["name"]])
        elif (op, path) == ("add", "/assignedRoles/-"):
            current["assignedRoles"] += roles_of([value])
        elif (op, path) == ("add", "/assignedScopes/-"):
            current["assignedScopes"].append(value)
        elif (op, path) == ("remove-value", "/assignedGroups"):
            current["assignedGroups"] = [group for group in current["assignedGroups"] if group["id"] != value]
        elif path == "/hostnames/1":
            current["hostnames"] = [current["hostnames"][0], value]
        elif path == f"/systemGroups/{EVERYONE_ID}/assignedRoles":
            current["systemGroups"][EVERYONE_ID]["assignedRoles"] = roles_of(value)
        else:
            assert op == "replace"
            current[path[1:]] = roles_of(value) if path == "/assignedRoles" else value


users = st.fixed_dictionaries(
    {
        "id": st.just("u"),
        "subject": st.just("ada"),
        "name": texts,
        "status": st.sampled_from(["active", "disabled", "invited", "provisioned"]),
        "assignedRoles": role_names.map(lambda names: [ROLES[name] for name in dict.fromkeys(names)]),
        "assignedGroups": st.sets(st.sampled_from(sorted(GROUPS))).map(lambda names: [GROUPS[name] for name in names]),
    },
    optional={"email": texts, "preferredLocale": texts},
)
wanted_users = st.fixed_dictionaries(
    {
        "subject": st.just("ada"),
        "state": st.sampled_from(["present", "present", "absent"]),
        "name": maybe_text,
        "status": st.none() | st.sampled_from(["active", "disabled"]),
        "assigned_roles": st.none() | role_names,
        "purge_roles": st.booleans(),
        "assigned_groups": st.none() | st.lists(st.sampled_from(sorted(GROUPS)), max_size=4),
        "purge_groups": st.booleans(),
        "preferred_locale": maybe_text,
    }
)
custom_roles = st.fixed_dictionaries(
    {"id": st.just("r"), "name": st.just("Mine"), "type": st.just("custom"), "assignedScopes": scopes},
    optional={"description": st.text(max_size=5)},
)
wanted_roles = st.fixed_dictionaries(
    {
        "name": st.just("Mine"),
        "state": st.sampled_from(["present", "present", "absent"]),
        "description": st.none() | st.text(max_size=5),
        "assigned_scopes": st.none() | scopes,
        "purge_scopes": st.booleans(),
    }
)
tenants = st.fixed_dictionaries(
    {
        "id": st.just("t"),
        "name": texts,
        "hostnames": st.just([SYSTEM_NAME]) | st.just([SYSTEM_NAME, f"old.{SYSTEM_NAME[7:]}"]),
    },
    optional={"enableAppOpeningFeedback": st.booleans(), "enableAnalyticCreation": st.booleans()},
)
wanted_tenants = st.fixed_dictionaries(
    {
        "tenant_url": st.just("https://acme"),
        "name": maybe_text,
        "hostname_alias": st.sampled_from([None, "new", "OLD", f"old.{SYSTEM_NAME[7:]}"]),
        "replace_hostname_alias": st.just(True),
        "enable_app_opening_feedback": maybe_flag,
        "enable_analytic_creation": maybe_flag,
    }
)
all_group_settings = st.builds(
    lambda create, sync, names: {
        "autoCreateGroups": create,
        **sync,
        "systemGroups": {EVERYONE_ID: {"id": EVERYONE_ID, "assignedRoles": [ROLES[name] for name in names]}},
    },
    st.booleans(),
    st.fixed_dictionaries({}, optional={"syncIdpGroups": st.booleans()}),
    st.sets(st.sampled_from(sorted(ROLES))),
)
wanted_group_settings = st.fixed_dictionaries(
    {
        "tenant_url": st.just("https://acme"),
        "auto_create_groups": maybe_flag,
        "sync_idp_groups": maybe_flag,
        "everyone_assigned_roles": st.none() | role_names,
    }
)

#: What only the tenant can know, or makes up.
SERVER_MADE = {"id", "tenantId", "createdAt", "lastUpdatedAt", "createdBy", "updatedBy", "links", "level"}


def plan_of(kind: Kind, desired: Json, current: Optional[Json]) -> Plan:
    snapshot = Snapshot()
    snapshot.roles.learn_all(ROLES.values())
    if current is not None:
        show_to(snapshot, kind, [current])
    return kind.plan(desired, snapshot)


def comparable(resource: Optional[Json]) -> Optional[Json]:
    """The resource without what the tenant makes, and with its lists in one order; empty is the same as left out."""
    if resource is None:
        return None
    result = {key: value for key, value in resource.items() if key not in SERVER_MADE and value not in (None, "", [])}
    for key in ("assignedRoles", "assignedGroups"):
        if key in result:
            result[key] = sorted(entry["name"] for entry in result[key])
    if "assignedScopes" in result:
        result["assignedScopes"] = sorted(set(result["assignedScopes"]))
    if "systemGroups" in result:
        result["systemGroups"] = sorted(role["name"] for role in result["systemGroups"][EVERYONE_ID]["assignedRoles"])
    return result


@pytest.mark.parametrize(
    ("kind", "current", "desired"),
    [
        (User(), st.none() | users, wanted_users),
        (Role(), st.none() | custom_roles, wanted_roles),
        (Tenant(), tenants, wanted_tenants),
        (GroupSettings(), all_group_settings, wanted_group_settings),
    ],
    ids=["user", "role", "tenant", "group settings"],
)
def test_nothing_is_left_to_do(kind: Kind, current: Any, desired: Any) -> None:
    @given(current, desired)
    def holds(current: Optional[Json], desired: Json) -> None:
        first = plan_of(kind, desired, current)
        if first.action == "deleted":
            assert plan_of(kind, desired, None).action == "unchanged"
            return
        model = Model(current)
        model.carry_out(first)
        replaced = Model(current)
        replaced.carry_out(first.alternative())
        assert comparable(replaced.current) == comparable(model.current)
        if first.action == "created":
            # What POST cannot set is patched right after it.
            model.carry_out(plan_of(kind, desired, model.current))
        assert plan_of(kind, desired, model.current).action == "unchanged"
        assert comparable(first.predicted) == comparable(model.current)

    holds()
