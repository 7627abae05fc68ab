# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture of a tenant that plans are made over."""

from __future__ import annotations

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import UnknownReferences
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import Reference
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.roles import RoleCatalog
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.snapshot import Snapshot
from unit.plugins.module_utils.helpers import GROUP, desired, group, role, world_of

FALCON = group("Falcon", "custom")


def of_group(name: str, provider_type: str = "custom") -> Reference:
    return Reference("group", ("name", name, provider_type))


def test_apart_has_all_but_what_is_held_of_one_kind() -> None:
    snapshot = world_of(FALCON, roles=["A"])
    snapshot.put("user", {"id": "u"}, ("subject", "ada"))
    snapshot.takes_additions = False
    snapshot.plan("group", FALCON, GROUP.natural_key(FALCON), None, None)
    apart = snapshot.apart("group")
    assert apart.resources("group") == []
    assert apart.resources("user") == [{"id": "u"}]
    assert apart.takes_additions is False
    assert apart.has_plans_for("group")
    apart.put("group", FALCON, GROUP.natural_key(FALCON))
    assert snapshot.resources("group") == [FALCON]


def test_apart_knows_the_same_roles() -> None:
    """What was read of them decides about what is left to do, and what an answer shows teaches both."""
    snapshot = world_of(group("g"), roles=["A"])
    plan = GROUP.plan(desired(name="new", assigned_role_ids=["id-of-A"]), snapshot.apart("group"))
    assert (plan.after or {})["assigned_roles"] == ["A"]
    with pytest.raises(UnknownReferences):
        GROUP.plan(desired(name="new", assigned_roles=["Z"]), snapshot.apart("group"))
    snapshot.apart("group").roles.learn([role("B")])
    assert snapshot.roles.knows(Reference("role", ("name", "B")))


def test_unknown_missing_and_removed_are_different() -> None:
    snapshot = world_of(FALCON)
    assert snapshot.find([of_group("Falcon"), of_group("Unread")]) == {
        of_group("Falcon"): FALCON,
        of_group("Unread"): None,
    }
    assert not snapshot.knows(of_group("Unread"))
    snapshot.seek([of_group("Falkon")])
    assert snapshot.knows(of_group("Falkon"))
    with pytest.raises(UnknownReferences, match="no custom group 'Falkon'. Did you mean Falcon?"):
        snapshot.find([of_group("Falkon")])
    snapshot.plan("group", FALCON, GROUP.natural_key(FALCON), None, None)
    with pytest.raises(UnknownReferences, match="The same description deletes the custom group 'Falcon'"):
        snapshot.find([of_group("Falcon")])
    assert snapshot.planned("group", FALCON) is None


def test_what_is_renamed_is_found_by_its_new_name_only() -> None:
    snapshot = world_of(FALCON)
    eagle = dict(FALCON, name="Eagle")
    snapshot.seek([of_group("Eagle")])
    snapshot.plan("group", FALCON, GROUP.natural_key(FALCON), eagle, GROUP.natural_key(eagle))
    assert snapshot.find([of_group("Eagle")]) == {of_group("Eagle"): eagle}
    with pytest.raises(UnknownReferences):
        snapshot.find([of_group("Falcon")])


def test_what_is_settled_is_no_plan_any_more() -> None:
    snapshot = Snapshot(RoleCatalog())
    snapshot.plan("group", None, None, FALCON, GROUP.natural_key(FALCON))
    current = dict(FALCON, id="real")
    snapshot.put("group", current, GROUP.natural_key(current))
    assert snapshot.find([of_group("Falcon")])[of_group("Falcon")] == FALCON
    snapshot.settle("group", GROUP.natural_key(current))
    assert snapshot.find([of_group("Falcon")])[of_group("Falcon")] == current


def test_each_kind_is_apart() -> None:
    snapshot = Snapshot()
    snapshot.put("group", {"id": "1"}, ("name", "x"))
    snapshot.put("space", {"id": "1", "type": "shared"}, ("name", "x"))
    assert snapshot.get("group", ("name", "x")) == {"id": "1"}
    assert snapshot.resources("space") == [{"id": "1", "type": "shared"}]
    assert snapshot.near("group", ("name", "X")) == [{"id": "1"}]
    assert snapshot.alike("space", ("name", " x ")) == [{"id": "1", "type": "shared"}]
