# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from copy import deepcopy
from typing import Any, Dict, List, Optional

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import Plan
from hypothesis import event, given
from hypothesis import strategies as st
from suites import examples
from unit.plugins.module_utils.helpers import (
    GROUP,
    Json,
    desired,
    group,
    operations_of,
    payload_of,
    role,
    world_of,
)

CATALOG = ["A", "B", "C", "TenantAdmin"]
MADE_BY_THE_SERVER = ("id", "tenantId", "createdAt", "lastUpdatedAt", "createdBy", "updatedBy", "links")


class Model:
    """The tenant as Qlik's reference describes it, for one group."""

    def __init__(self, current: Optional[Json]) -> None:
        self.group = deepcopy(current)

    def carry_out(self, plan: Plan) -> None:
        if plan.action == "deleted":
            self.group = None
        elif plan.action == "created":
            assert self.group is None
            self.group = self._post(dict(payload_of(plan) or {}))
        else:
            for operation in operations_of(plan):
                self._patch(operation)

    def _post(self, payload: Json) -> Json:
        made: Json = {"id": "made", "status": "active", "providerType": "idp", "createdAt": "2026-01-01T00:00:00Z"}
        made["assignedRoles"] = self._roles(payload.pop("assignedRoles", []))
        made["name"] = payload.pop("name")
        made["providerType"] = payload.pop("providerType", "idp")
        if made["providerType"] == "custom" and "description" in payload:
            made["description"] = payload.pop("description")
        assert payload == {}
        return made

    def _patch(self, operation: Dict[str, Any]) -> None:
        assert self.group is not None
        assert operation["op"] == "replace"
        attribute = operation["path"].lstrip("/")
        if attribute == "assignedRoles":
            self.group[attribute] = self._roles(operation["value"])
        else:
            assert attribute in ("name", "description")
            assert self.group["providerType"] == "custom"
            self.group[attribute] = operation["value"]

    @staticmethod
    def _roles(references: List[Json]) -> List[Json]:
        roles = []
        for reference in references:
            (hit,) = [each for each in map(role, CATALOG) if reference.items() <= each.items()]
            assert len(reference) == 1
            roles.append(hit)
        assert len({each["id"] for each in roles}) == len(roles)
        return roles


provider_types = st.sampled_from(["idp", "custom"])
descriptions = st.sampled_from(["", "one", "two"])
role_names = st.lists(st.sampled_from(CATALOG), max_size=6)


@st.composite
def held_groups(draw: st.DrawFn) -> Optional[Json]:
    if draw(st.booleans()):
        return None
    provider_type = draw(provider_types)
    made = group("g", provider_type, draw(st.lists(st.sampled_from(CATALOG), unique=True)))
    if provider_type == "custom" and draw(st.booleans()):
        made["description"] = draw(descriptions)
    return made


@st.composite
def wishes(draw: st.DrawFn) -> Json:
    options = draw(
        st.fixed_dictionaries(
            {"state": st.sampled_from(["present"] * 4 + ["absent"]), "purge_roles": st.booleans()},
            optional={"provider_type": provider_types, "description": descriptions},
        )
    )
    by = draw(st.sampled_from(["assigned_roles", "assigned_role_ids", "left out"]))
    names = draw(role_names)
    if by != "left out":
        options[by] = names if by == "assigned_roles" else [role(name)["id"] for name in names]
    return dict(options)


def reasons_to_refuse(params: Json, current: Optional[Json]) -> List[str]:
    """The rules of Qlik's reference, once more and apart from the code under test."""
    if params["state"] == "absent":
        return []
    if params["id"] and not current:
        return ["id"]
    kind = current["providerType"] if current else params["provider_type"] or "idp"
    reasons = []
    if params["description"] and kind == "idp":
        reasons.append("description")
    if current and params["id"]:
        if params["provider_type"] not in (None, kind):
            reasons.append("provider_type")
        if params["name"] not in (None, current["name"]) and kind == "idp":
            reasons.append("name")
    return reasons


def without_what_only_the_server_knows(resource: Optional[Json]) -> Optional[Json]:
    if resource is None:
        return None
    return {key: value for key, value in resource.items() if key not in MADE_BY_THE_SERVER}


@examples(100, 1000)
@given(current=held_groups(), wish=wishes(), by_id=st.booleans(), name=st.sampled_from(["g", "G", None]))
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(
    current: Optional[Json], wish: Json, by_id: bool, name: Optional[str]
) -> None:
    wish["name"] = name if by_id else "g"
    if by_id:
        wish["id"] = current["id"] if current else "unknown"
    params = desired(**wish)
    key = GROUP.key(params)
    reachable = current if current and key in (("id", current["id"]), GROUP.natural_key(current)) else None
    reasons = reasons_to_refuse(params, reachable)
    snapshot = world_of(*filter(None, [current]), roles=CATALOG)
    if reasons:
        event("refused")
        with pytest.raises(InvalidInput):
            GROUP.plan(params, snapshot)
        return
    plan = GROUP.plan(params, snapshot)
    event(plan.action)
    model = Model(reachable)
    model.carry_out(plan)
    predicted = without_what_only_the_server_knows(plan.predicted)
    assert predicted == without_what_only_the_server_knows(model.group)
    assert plan.changed is (without_what_only_the_server_knows(reachable) != predicted)
    second = GROUP.plan(params, world_of(*filter(None, [model.group]), roles=CATALOG))
    assert (second.action, second.before) == ("unchanged", plan.after)
