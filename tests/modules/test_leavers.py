# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users that are not described any more: disabled or deleted, and who never is."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from local_tenant.client import LocalTenant, TenantHandle
from modules.harness import Json, Run, assert_five_steps, assert_refused, calls, user_of
from suites import examples

#: The task runs as this one, unless it uses the client, whose bot every tenant has.
ADMIN = "local|admin"
LISTED: list[Json] = [{"subject": "stays"}, {"subject": "new", "name": "New"}]
STATUSES = {"stays": "active", "leaver": "active", "guest": "invited", "off": "disabled", "gone": "deleted"}
MODULES = ["qlik_users", "qlik_configuration"]


def dismiss(tenant: LocalTenant) -> None:
    """Leave the administrator and the bot alone of those that every tenant has."""
    tenant.plant_users([{"subject": subject, "status": "deleted"} for subject in ("local|plain", "local|blind")])


@pytest.fixture(autouse=True)
def _nobody_else(tenant: LocalTenant) -> None:
    dismiss(tenant)


def plant(tenant: LocalTenant) -> None:
    people = [{"subject": name, "status": status, "assignedRoles": ["Steward"]} for name, status in STATUSES.items()]
    tenant.plant_users([*people, {"subject": "ADMIN breakglass"}])


def statuses(tenant: TenantHandle) -> dict[str, Json]:
    """The status of each person whose subject can still be seen and of each bot, without those of deleted users."""
    return {user["subject"]: user["status"] for user in tenant.users() if user["status"] != "deleted"}


def options(module: str, users: list[Json], action: str | None = None, **brakes: Json) -> dict[str, Json]:
    """What prunes users by each of the modules."""
    if module == "qlik_configuration":
        prune = {"action": action, "protect": brakes.pop("protect", None), **brakes}
        return {"users": users, "prune": {"users": {name: value for name, value in prune.items() if value is not None}}}
    if "protect" in brakes:
        brakes["prune_protect"] = brakes.pop("protect")
    return {"users": users, "prune": True, "prune_action": action, **brakes}


@pytest.mark.parametrize("action", [None, "disable", "delete"])
def test_five_steps(run: Run, tenant: LocalTenant, action: str | None) -> None:
    plant(tenant)
    bot = next(user["subject"] for user in tenant.users() if user.get("clientId"))
    expected = {ADMIN: "active", bot: "active", "ADMIN breakglass": "active", "stays": "active", "new": "active"}
    if action != "delete":
        expected.update(leaver="disabled", guest="disabled", off="disabled")
    pruning = options("qlik_users", LISTED, action, protect=["ADMIN *"])
    result = assert_five_steps(run, "qlik_users", pruning, statuses, expected)
    pruned = {item["subject"]: item for item in result["users"] if item.get("pruned")}
    if action == "delete":
        assert {item["action"] for item in pruned.values()} == {"deleted"}
        assert pruned.keys() == {"leaver", "guest", "off"}
    else:
        assert {item["action"] for item in pruned.values()} == {"updated"}
        assert pruned.keys() == {"leaver", "guest"}
        assert pruned["leaver"]["settings"] == ["status"]
        assert (pruned["leaver"]["before"]["status"], pruned["leaver"]["after"]["status"]) == ("active", "disabled")


@pytest.mark.parametrize("action", ["disable", "delete"])
def test_one_plan(run: Run, tenant: LocalTenant, action: str) -> None:
    """A check run and a run have the same plan, which can be approved; what is pruned is not unmanaged."""
    plant(tenant)
    whole = {**options("qlik_configuration", LISTED, action), "report_unmanaged": True}
    planned = run("qlik_configuration", check=True, **whole)
    gone = 3 if action == "disable" else 4
    assert planned["plan"]["steps"] == 1 + gone
    assert planned["areas"]["users"]["summary"] == {
        "created": 1,
        "updated": gone if action == "disable" else 0,
        "deleted": gone if action == "delete" else 0,
        "unchanged": 1,
        "failed": 0,
    }
    assert [item["subject"] for item in planned["unmanaged"]["users"]] == (
        [ADMIN, "off"] if action == "disable" else [ADMIN]
    )
    tenant.plant_users([{"subject": "another"}])
    assert_refused(
        run,
        "qlik_configuration",
        {**whole, "expected_plan": planned["plan"]["fingerprint"]},
        "expected_plan: The current plan is not the approved plan",
        "users: user 'another' will be %s" % {"disable": "updated", "delete": "deleted"}[action],
    )
    tenant.plant_users([{"subject": "another", "status": "deleted"}])
    done = run("qlik_configuration", **whole, expected_plan=planned["plan"]["fingerprint"])
    for key in ("changed", "plan", "diff"):
        assert done[key] == planned[key]
    assert run("qlik_configuration", **whole)["plan"]["steps"] == 0


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("action", ["disable", "delete"])
def test_the_caller_is_always_left_alone(run: Run, tenant: LocalTenant, module: str, action: str) -> None:
    """Also one that is admin through Everyone alone, whom no look at admins finds."""
    tenant.set_tenant(settings={"everyone_roles": ["TenantAdmin"]})
    tenant.plant_users([{"subject": ADMIN, "assignedRoles": []}, {"subject": "stays"}, {"subject": "leaver"}])
    tenant.guess(self_deletion="allowed")
    result = run(module, **options(module, [{"subject": "stays"}], action))
    assert "failed" not in result
    assert statuses(tenant)[ADMIN] == "active"
    assert statuses(tenant).get("leaver", "deleted") == action + "d"
    assert run(module, **options(module, [{"subject": "stays"}], action))["changed"] is False


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("action", ["disable", "delete"])
def test_the_last_admin(run: Run, tenant: LocalTenant, module: str, action: str) -> None:
    """The bot of the client stays an admin, and is no person; it prunes whom the others would not."""
    tenant.plant_users([{"subject": "stays"}, {"subject": "second", "assignedRoles": ["TenantAdmin"]}])
    client: dict[str, Json] = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    pruning = {**options(module, [{"subject": "stays"}], action), **client}
    assert_refused(run, module, pruning, "no active human tenant admin", "allow_lockout")
    pruning = {**options(module, [{"subject": "second"}], action), **client}
    assert run(module, **pruning)["changed"] is True
    assert statuses(tenant).get(ADMIN, "deleted") == action + "d"
    assert run(module, **pruning)["changed"] is False


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("action", ["disable", "delete"])
def test_brakes(run: Run, tenant: LocalTenant, module: str, action: str) -> None:
    people: list[Json] = [{"subject": f"u{number:02}"} for number in range(30)]
    tenant.plant_users([*people, *({"subject": f"off{number}", "status": "disabled"} for number in range(20))])
    most = "prune.users.max_deletions" if module == "qlik_configuration" else "max_deletions"
    assert_refused(run, module, options(module, [], action), f"would {action} everything", most)
    assert_refused(run, module, options(module, [], action, max_deletions=-1), most)
    removed, prunable = (11, 30) if action == "disable" else (31, 50)
    counted = f"Pruning would {action} {removed} of {prunable} users, more than 10 and more than 30% of them"
    assert_refused(run, module, options(module, people[11:], action), counted, "'u00', 'u01'")
    few = options(module, people[11:], action, max_deletions=removed - 1)
    assert_refused(run, module, few, f"Pruning would {action} {removed} users, but {most} is {removed - 1}")
    assert run(module, check=True, **options(module, people[11:], action, max_deletions=removed))["changed"] is True
    useless = run(module, check=True, **options(module, people, "disable", protect=["zzz"]))
    assert "no object on the tenant matches 'zzz'" in str(useless["warnings"])
    if module == "qlik_configuration":
        wrong: dict[str, Json] = {"tenant": {"name": "x"}, "prune": {"users": {}}}
        assert_refused(run, module, wrong, "prune.users: Requires `users`: without it,")


@pytest.mark.parametrize("module", MODULES)
def test_what_it_costs(run: Run, tenant: LocalTenant, module: str) -> None:
    people: list[Json] = [{"subject": f"u{number:03}"} for number in range(210)]
    tenant.plant_users(people)
    listed = [{"subject": ADMIN}, *people]
    tenant.reset_counters()
    assert run(module, **options(module, listed))["changed"] is False
    assert calls(tenant) == 3
    tenant.reset_counters()
    # Who the caller is; the lists; a write and a look at each.
    assert run(module, **options(module, listed[:-2], max_deletions=2))["changed"] is True
    assert calls(tenant) == 1 + 3 + 2 * 2
    tenant.reset_counters()
    # Those that are disabled already are read, and that is all.
    assert run(module, **options(module, listed[:-2]))["changed"] is False
    assert calls(tenant) == 3
    tenant.reset_counters()
    assert run(module, **options(module, listed[:-2], "delete"))["changed"] is True
    assert calls(tenant) == 1 + 3 + 2


@pytest.mark.parametrize("status", [None, "active", "disabled"])
def test_who_is_listed_is_not_pruned(run: Run, tenant: LocalTenant, status: str | None) -> None:
    """A disabled user stays so unless it is described as active."""
    plant(tenant)
    users = [{"subject": name, "status": status} for name in ("off", "stays", "leaver", "guest", "ADMIN breakglass")]
    users = [{name: value for name, value in user.items() if value is not None} for user in users]
    result = run("qlik_users", **options("qlik_users", users, "delete"))
    assert result["summary"]["deleted"] == 0
    assert statuses(tenant)["off"] == (status or "disabled")
    assert not any(item.get("pruned") for item in result["users"])


def test_a_member_of_a_custom_group_goes_with_the_group(run: Run, tenant: LocalTenant) -> None:
    """A user that is deleted is no member any more; one that is disabled still is."""
    tenant.plant_groups([{"name": "Falcon", "providerType": "custom"}])
    tenant.plant_users([{"subject": "stays"}, {"subject": "leaver", "assignedGroups": ["Falcon"]}])
    groups = [{"name": "Falcon", "provider_type": "custom", "state": "absent"}]
    disabling = {**options("qlik_configuration", [{"subject": "stays"}]), "groups": groups}
    assert_refused(run, "qlik_configuration", disabling, "it still has members: 1.")
    deleting = {**options("qlik_configuration", [{"subject": "stays"}], "delete"), "groups": groups}
    assert run("qlik_configuration", **deleting)["areas"]["groups"]["summary"]["deleted"] == 1


def is_protected(name: str, protect: list[str]) -> bool:
    """Whether an entry is the name or matches it, with or without the blanks around it."""
    forms = [form for entry in protect for form in (entry, entry.strip())]
    return any(name == form or fnmatchcase(name, form) for form in forms)


SUBJECTS = st.text(st.sampled_from("aAb*?[]|\\. "), min_size=1, max_size=3).filter(str.strip)


@examples(8, 40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    current=st.dictionaries(SUBJECTS, st.sampled_from(["active", "invited", "disabled"]), max_size=6),
    protect=st.lists(SUBJECTS, max_size=2),
    listed=st.integers(1, 3),
    action=st.sampled_from(["disable", "delete"]),
    check=st.booleans(),
)
@example(current={"a": "active", "[a]": "active"}, protect=["[a]"], listed=1, action="delete", check=False)
def test_what_is_protected_is_never_touched(
    run: Run, tenant: LocalTenant, current: dict[str, str], protect: list[str], listed: int, action: str, check: bool
) -> None:
    tenant.reset()
    dismiss(tenant)
    tenant.plant_users([{"subject": "listed"}, *({"subject": name, "status": current[name]} for name in current)])
    before: dict[str, Any] = {user["id"]: user for user in tenant.users()}
    users: list[Json] = [{"subject": name} for name in ["listed", *current][:listed]]
    result = run("qlik_users", check=check, **options("qlik_users", users, action, protect=protect))
    if result.get("failed"):
        # Its only excuse is a protection that matches nothing, and nearly matches what it does not protect.
        names = [ADMIN, "listed", *current]
        useless = [entry for entry in protect if not any(is_protected(name, [entry]) for name in names)]
        assert any(f"{entry!r} matches no object on the tenant, but" in result["msg"] for entry in useless), result
        assert {user["id"]: user for user in tenant.users()} == before
        return
    safe = {ADMIN, *(user["subject"] for user in users)}
    pruned = {
        name
        for name, status in current.items()
        if name not in safe and not is_protected(name, protect) and (action, status) != ("disable", "disabled")
    }
    assert {item["subject"] for item in result["users"] if item.get("pruned")} == pruned
    for name in current.keys() - pruned if not check else current:
        now = user_of(tenant, name)
        assert now is not None
        assert now == before[now["id"]]
    for name in pruned if not check else ():
        now = user_of(tenant, name)
        assert (now and now["status"]) == ("disabled" if action == "disable" else None)
    assert {user["id"]: user for user in tenant.users() if user.get("clientId")}.items() <= before.items()
