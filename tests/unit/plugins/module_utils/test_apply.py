# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, List, Type

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidForTenant,
    InvalidInput,
    NotApplied,
    NotFound,
    NotReached,
    PartlyApplied,
    QlikError,
    ResponseLost,
    UnhandledError,
    UnknownReferences,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.writing import WriteRules
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.apply import Outcome, carry_out, predicted_outcome
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.read import Demand, read
from unit.plugins.module_utils.helpers import GROUP, Json, assert_says, client_over, desired, group
from unit.plugins.module_utils.tenant import Fault, Tenant, lost, refused

HELD = group("g", roles=["A"])
CUSTOM = group("g", "custom", ["A"], description="d")
FIND, COUNT, ROLES = "GET groups?filter", "GET groups?count", "GET roles"
POST, PATCH, LOOK, DELETE = "POST groups", "PATCH groups/g-idp-g", "GET groups/g-idp-g", "DELETE groups/g-idp-g"


def ensure(tenant: Tenant, kind: Group = GROUP, **given: Any) -> Outcome:
    """Plan and carry out; the calls that remain on record are those after the plan was made."""
    client, params = client_over(tenant), desired(**given)
    snapshot = read(client, [Demand(kind, [params])], verify=False)
    plan = kind.plan(params, snapshot)
    tenant.calls.clear()
    return carry_out(client, kind, params, plan, snapshot)


def assert_done(outcome: Outcome, action: str, changed: bool = True) -> None:
    assert outcome.error is None
    assert (outcome.action, outcome.changed) == (action, changed)


def assert_failed(outcome: Outcome, kind: Type[QlikError], changed: bool) -> QlikError:
    assert isinstance(outcome.error, kind)
    assert outcome.error.__class__ is kind
    assert (outcome.action, outcome.changed) == ("failed", changed)
    return outcome.error


def role_names(resource: Any) -> List[str]:
    return [each["name"] for each in resource["assignedRoles"]]


def test_nothing_to_do() -> None:
    tenant = Tenant(HELD)
    outcome = ensure(tenant, name="g", assigned_roles=["A"])
    assert_done(outcome, "unchanged", changed=False)
    assert (outcome.resource, tenant.calls) == (HELD, [])


def test_created() -> None:
    tenant = Tenant()
    outcome = ensure(tenant, name="g", assigned_roles=["A"])
    assert_done(outcome, "created")
    assert (outcome.resource, tenant.calls) == (tenant.groups["g-idp-g"], [POST])


def test_updated() -> None:
    tenant = Tenant(HELD)
    outcome = ensure(tenant, name="g", assigned_roles=["B"])
    assert_done(outcome, "updated")
    assert (role_names(outcome.resource), tenant.calls, tenant.pauses) == (["B"], [PATCH, LOOK], [])


def test_deleted() -> None:
    tenant = Tenant(HELD)
    outcome = ensure(tenant, name="g", state="absent")
    assert_done(outcome, "deleted")
    assert (outcome.resource, tenant.calls, tenant.groups) == (None, [DELETE], {})


def test_created_although_the_answer_was_lost() -> None:
    tenant = Tenant()
    tenant.fail("POST", lost(done=True))
    outcome = ensure(tenant, name="g", assigned_roles=["A"])
    assert_done(outcome, "created")
    assert (outcome.resource, tenant.calls) == (tenant.groups["g-idp-g"], [POST, FIND])


def test_created_at_the_second_attempt() -> None:
    tenant = Tenant()
    tenant.fail("POST", lost(done=False))
    outcome = ensure(tenant, name="g", assigned_roles=["A"])
    assert_done(outcome, "created")
    assert tenant.calls == [POST, FIND, ROLES, COUNT, POST]
    assert tenant.pauses == [0]


def test_the_echo_of_a_lost_answer_is_no_conflict() -> None:
    """The first look comes too early, and the second POST is refused for what the first one made."""
    tenant = Tenant()
    late = tenant.groups
    tenant.fail("POST", lost(done=False), Fault(refused(409), meanwhile=lambda: late.update({HELD["id"]: HELD})))
    outcome = ensure(tenant, name="g", assigned_roles=["A"])
    assert_done(outcome, "created")
    assert tenant.calls == [POST, FIND, ROLES, COUNT, POST, FIND]


def test_a_lost_answer_at_every_attempt() -> None:
    tenant = Tenant()
    tenant.fail("POST", *[lost(done=False)] * 9)
    outcome = ensure(tenant, name="g")
    assert_failed(outcome, ResponseLost, changed=True)
    assert tenant.calls.count(POST) == 1 + tenant.retries
    assert tenant.pauses == list(range(tenant.retries))


def test_looking_fails_after_a_lost_answer() -> None:
    tenant = Tenant()
    tenant.fail("GET", None, Fault(NotReached("no connection")))
    tenant.fail("POST", lost(done=True))
    assert_failed(ensure(tenant, name="g"), ResponseLost, changed=True)
    assert tenant.calls == [POST, FIND]


@pytest.mark.parametrize("status", [401, 403, 404, 412])
def test_a_creation_that_is_refused(status: int) -> None:
    tenant = Tenant()
    error = refused(status)
    tenant.fail("POST", Fault(error))
    outcome = ensure(tenant, name="g")
    assert outcome.error is error
    assert (outcome.changed, tenant.calls.count(POST), tenant.groups) == (False, 1, {})


def test_not_reached() -> None:
    tenant = Tenant()
    tenant.fail("POST", Fault(NotReached("no connection")))
    assert_failed(ensure(tenant, name="g"), NotReached, changed=False)
    assert tenant.calls == [POST]


def test_somebody_else_created_the_same() -> None:
    tenant = Tenant()
    tenant.fail("POST", Fault(refused(409), meanwhile=lambda: tenant.groups.update({HELD["id"]: HELD})))
    outcome = ensure(tenant, name="g", assigned_roles=["A"])
    assert_done(outcome, "unchanged", changed=False)
    assert (outcome.resource, tenant.calls) == (HELD, [POST, FIND])


def test_somebody_else_created_something_similar() -> None:
    tenant = Tenant()
    tenant.fail("POST", Fault(refused(409), meanwhile=lambda: tenant.groups.update({HELD["id"]: dict(HELD)})))
    outcome = ensure(tenant, name="g", assigned_roles=["B"])
    assert_done(outcome, "updated")
    assert role_names(outcome.resource) == ["B"]
    assert tenant.calls == [POST, FIND, ROLES, PATCH, LOOK]


def test_a_conflict_that_shows_late() -> None:
    tenant = Tenant()
    appear = Fault(refused(409), meanwhile=lambda: tenant.groups.update({HELD["id"]: HELD}))
    tenant.fail("POST", Fault(refused(409)), Fault(refused(409)), appear)
    outcome = ensure(tenant, name="g")
    assert_done(outcome, "unchanged", changed=False)
    assert tenant.calls == [POST, FIND, COUNT] * 2 + [POST, FIND]
    assert tenant.pauses == [0, 1]


def test_a_conflict_with_nothing_that_can_be_found() -> None:
    tenant = Tenant()
    tenant.fail("POST", *[Fault(refused(409))] * 20)
    assert_failed(ensure(tenant, name="g"), Conflict, changed=False)
    assert tenant.calls == [POST, FIND, COUNT] * 7
    assert tenant.pauses == list(range(6))


class Vague(Group):
    """Groups of an API that says 400 also to a name that is taken."""

    writing = WriteRules(taken_names_are_bad_requests=True)


def test_a_vague_refusal_can_be_a_name_that_shows_late() -> None:
    tenant = Tenant()
    appear = Fault(refused(400), meanwhile=lambda: tenant.groups.update({HELD["id"]: HELD}))
    tenant.fail("POST", Fault(refused(400)), appear)
    assert_done(ensure(tenant, Vague(), name="g"), "unchanged", changed=False)
    assert tenant.calls.count(POST) == 2


def test_a_vague_refusal_that_stays() -> None:
    tenant = Tenant()
    tenant.fail("POST", *[Fault(refused(400))] * 9)
    assert_failed(ensure(tenant, Vague(), name="g"), BadRequest, changed=False)
    assert tenant.calls.count(POST) == 3


def test_a_group_that_vanishes_is_created_again() -> None:
    tenant = Tenant(HELD)
    tenant.fail("PATCH", Fault(None, meanwhile=tenant.groups.clear))
    outcome = ensure(tenant, name="g", assigned_roles=["B"])
    assert_done(outcome, "created")
    assert role_names(outcome.resource) == ["B"]
    assert tenant.calls == [PATCH, FIND, ROLES, COUNT, POST]


def test_a_group_that_vanishes_and_was_named_by_id() -> None:
    tenant = Tenant(HELD)
    tenant.fail("PATCH", Fault(None, meanwhile=tenant.groups.clear))
    outcome = ensure(tenant, id=HELD["id"], assigned_roles=["B"])
    error = assert_failed(outcome, InvalidForTenant, changed=False)
    assert_says(error, "no group g-idp-g", "Correct `id`")
    assert error.to_result()["code"] == "GROUPS-7"


def test_a_group_that_vanishes_before_its_deletion() -> None:
    tenant = Tenant(HELD)
    tenant.fail("DELETE", Fault(None, meanwhile=tenant.groups.clear))
    outcome = ensure(tenant, name="g", state="absent")
    assert (outcome.action, outcome.error) == ("unchanged", None)
    assert tenant.calls == [DELETE]


def test_a_deletion_whose_answer_was_lost() -> None:
    tenant = Tenant(HELD)
    tenant.fail("DELETE", lost(done=True))
    outcome = ensure(tenant, name="g", state="absent")
    assert_done(outcome, "deleted")
    assert (outcome.resource, tenant.calls) == (None, [DELETE, FIND])


def test_a_deletion_that_was_lost() -> None:
    tenant = Tenant(HELD)
    tenant.fail("DELETE", lost(done=False))
    outcome = ensure(tenant, name="g", state="absent")
    assert_failed(outcome, ResponseLost, changed=True)
    assert (outcome.resource, tenant.calls) == (HELD, [DELETE, FIND])


def test_a_deletion_refused_for_members() -> None:
    tenant = Tenant(CUSTOM)
    tenant.members[CUSTOM["id"]] = 3
    outcome = ensure(tenant, name="g", provider_type="custom", state="absent")
    error = assert_failed(outcome, InvalidInput, changed=False)
    assert_says(error, "'g' cannot be deleted because it still has members: 3.", "members first")
    assert error.to_result()["status"] == 400
    assert tenant.calls == ["DELETE groups/g-custom-g", FIND, "GET users?count"]


def test_a_refusal_explained_by_a_role() -> None:
    """A default role is believed to exist until the tenant refuses it."""
    tenant = Tenant(HELD)
    outcome = ensure(tenant, name="g", assigned_roles=["Steward"])
    error = assert_failed(outcome, UnknownReferences, changed=False)
    assert_says(error, "no role 'Steward'", "A, B, C")
    assert error.to_result()["status"] == 400
    assert tenant.calls == [PATCH, FIND, ROLES]


def test_a_refusal_explained_by_a_full_tenant() -> None:
    tenant = Tenant()
    tenant.active = 10000
    tenant.fail("POST", Fault(refused(403)))
    error = assert_failed(ensure(tenant, name="g"), InvalidInput, changed=False)
    assert_says(error, "10000 active groups", "create 1 more")
    assert error.to_result()["status"] == 403


@pytest.mark.parametrize(("status", "kind"), [(400, BadRequest), (403, Forbidden)])
def test_a_refusal_that_nothing_explains(status: int, kind: Type[QlikError]) -> None:
    tenant = Tenant(HELD)
    error = refused(status)
    tenant.fail("PATCH", Fault(error))
    outcome = ensure(tenant, name="g", assigned_roles=["B"])
    assert_failed(outcome, kind, changed=False)
    assert outcome.error is error
    assert tenant.calls == [PATCH, FIND, ROLES]


def test_a_patch_whose_answer_was_lost() -> None:
    tenant = Tenant(HELD)
    tenant.fail("PATCH", lost(done=True))
    outcome = ensure(tenant, name="g", assigned_roles=["B"])
    assert_done(outcome, "updated")
    assert (role_names(outcome.resource), tenant.calls) == (["B"], [PATCH, FIND])


def test_a_patch_that_was_lost() -> None:
    """The transport has repeated it already as often as it may."""
    tenant = Tenant(HELD)
    tenant.fail("PATCH", lost(done=False))
    assert_failed(ensure(tenant, name="g", assigned_roles=["B"]), ResponseLost, changed=True)
    assert tenant.calls == [PATCH, FIND, ROLES]


def test_a_patch_that_shows_late() -> None:
    tenant = Tenant(HELD)
    tenant.late = 3
    outcome = ensure(tenant, name="g", assigned_roles=["B"])
    assert_done(outcome, "updated")
    assert (role_names(outcome.resource), tenant.calls) == (["B"], [PATCH] + [LOOK] * 4)
    assert tenant.pauses == [0, 1, 2]


def test_a_patch_that_never_shows() -> None:
    tenant = Tenant(HELD)
    tenant.late = 100
    error = assert_failed(ensure(tenant, name="g", assigned_roles=["B"]), NotApplied, changed=True)
    assert_says(error, "PATCH /api/v1/groups/g-idp-g", "still has", "['A']", "['B']")
    assert tenant.calls == [PATCH] + [LOOK] * 6


def test_looking_fails_after_a_patch() -> None:
    tenant = Tenant(HELD)
    tenant.fail("GET", None, None, Fault(NotReached("no connection")))
    assert_failed(ensure(tenant, name="g", assigned_roles=["B"]), NotReached, changed=True)
    assert tenant.calls == [PATCH, LOOK]


def test_what_a_creation_leaves_out_is_patched() -> None:
    tenant = Tenant()
    tenant.ignored = ["assignedRoles", "description"]
    outcome = ensure(tenant, name="g", provider_type="custom", description="d", assigned_roles=["A"])
    assert_done(outcome, "created")
    assert (outcome.resource or {})["description"] == "d"
    assert role_names(outcome.resource) == ["A"]
    assert tenant.calls == [POST, "PATCH groups/g-custom-g", "GET groups/g-custom-g"]


def test_a_patch_of_which_only_a_part_was_carried_out() -> None:
    tenant = Tenant(CUSTOM)
    part = Fault(refused(207), meanwhile=lambda: tenant.groups[CUSTOM["id"]].update(description="new"))
    tenant.fail("PATCH", part)
    outcome = ensure(tenant, name="g", provider_type="custom", description="new", assigned_roles=["B"])
    error = assert_failed(outcome, PartlyApplied, changed=True)
    assert_says(error, "Changed: description.", "Not changed: assigned_roles.")
    assert (outcome.resource or {})["description"] == "new"


def test_a_renamed_group_is_looked_up_by_id() -> None:
    tenant = Tenant(CUSTOM)
    outcome = ensure(tenant, id=CUSTOM["id"], name="new")
    assert_done(outcome, "updated")
    assert (outcome.resource or {})["name"] == "new"
    assert tenant.calls == ["PATCH groups/g-custom-g", "GET groups/g-custom-g"]


def test_a_vanished_group_is_not_found_at_a_read() -> None:
    tenant = Tenant(HELD)
    tenant.fail("GET", None, None, Fault(None, meanwhile=tenant.groups.clear))
    assert_failed(ensure(tenant, name="g", assigned_roles=["B"]), NotFound, changed=True)


@pytest.mark.parametrize(
    ("given", "action"),
    [
        ({"name": "x", "assigned_roles": ["A"]}, "created"),
        ({"name": "g", "assigned_roles": ["B"]}, "updated"),
        ({"name": "g", "assigned_roles": ["A"]}, "unchanged"),
        ({"name": "g", "state": "absent"}, "deleted"),
    ],
)
def test_what_check_mode_foretells(given: Json, action: str) -> None:
    tenant = Tenant(HELD)
    params = desired(**given)
    plan = GROUP.plan(params, read(client_over(tenant), [Demand(GROUP, [params])]))
    outcome = predicted_outcome(plan)
    real = ensure(tenant, **given)
    assert (outcome.action, outcome.changed) == (action, action != "unchanged")
    assert (real.action, real.changed) == (outcome.action, outcome.changed)
    assert (outcome.plan.before, outcome.plan.after) == (real.plan.before, real.plan.after)


def test_a_refusal_after_a_lost_answer_can_be_its_echo() -> None:
    """The first write may have been carried out and not show yet, so that the tenant refuses the second for it."""
    tenant = Tenant()
    appear = Fault(refused(400), meanwhile=lambda: tenant.groups.update({HELD["id"]: HELD}))
    tenant.fail("POST", lost(done=False), Fault(refused(400)), appear)
    outcome = ensure(tenant, name="g", assigned_roles=["A"])
    assert_done(outcome, "created")
    assert tenant.calls.count(POST) == 3


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_fault_of_the_collection_does_not_hide_that_something_may_be_written(method: str) -> None:
    tenant = Tenant(*([HELD] if method != "POST" else []))

    def break_down(call: str) -> None:
        raise RuntimeError("a bug")

    tenant.on_write = break_down
    given: Json = {"state": "absent"} if method == "DELETE" else {"assigned_roles": ["B"]}
    outcome = ensure(tenant, name="g", **given)
    assert_failed(outcome, UnhandledError, changed=True)
    assert outcome.unknown
