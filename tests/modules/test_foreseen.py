# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tenant would refuse is refused before it is asked; what succeeded is not called a failure."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_refused, texts


@pytest.mark.parametrize("module", ["qlik_group", "qlik_group_info"])
@pytest.mark.parametrize("check", [False, True])
def test_a_failed_read_changes_nothing(run: Run, tenant: LocalTenant, module: str, check: bool) -> None:
    tenant.misbehave({"match": {"method": "GET"}, "action": {"status": 503}})
    result = run(module, check=check, name="Finance", retries=0)
    assert result["failed"]
    assert result["msg"].endswith("Nothing was changed.")


@pytest.mark.parametrize("shown", ["none", "newer", "all"])
def test_a_flag_that_is_not_shown_is_written(run: Run, tenant: LocalTenant, shown: str) -> None:
    tenant.guess(omit_tenant_booleans=shown)
    result = run("qlik_tenant", enable_app_opening_feedback=True)
    assert result["changed"], result
    assert not result.get("failed")
    assert tenant.state()["tenant"].get("enableAppOpeningFeedback", True)


def test_a_role_of_everyone_cannot_be_deleted(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_roles([{"name": "Keys"}])
    tenant.set_tenant(settings={"everyone_roles": ["Keys"]})
    assert_refused(run, "qlik_role", {"name": "Keys", "state": "absent"}, "it is assigned to", "Everyone")


def test_one_custom_role_too_many(run: Run, tenant: LocalTenant) -> None:
    tenant.limits(custom_roles=500)
    tenant.plant_roles([{"name": f"Role {number}"} for number in range(500)])
    assert_refused(run, "qlik_role", {"name": "Keys"}, "At most 500 custom roles are allowed")


def test_an_email_given_twice(run: Run, tenant: LocalTenant) -> None:
    users = [{"subject": "u1", "email": "a@example.com"}, {"subject": "u2", "email": "A@example.com"}]
    assert_refused(run, "qlik_users", {"users": users}, "users[1]: Has the same email as users[0]: 'a@example.com'.")


@pytest.mark.parametrize("bulk", [False, True], ids=["qlik_user", "qlik_users"])
@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"subject": "eve", "assigned_groups": ["Nope"]}, "no custom group 'Nope'"),
        ({"subject": "eve", "email": "ADA@Example.com"}, "is already used by the user 'ada'"),
        ({"subject": "eve", "email": "ada@example.com"}, "is already used by the user 'ada'"),
    ],
)
def test_nothing_is_created_that_fails_then(
    run: Run, tenant: LocalTenant, bulk: bool, options: dict[str, Json], word: str
) -> None:
    tenant.plant_users([{"subject": "ada", "email": "ada@example.com"}])
    module, given = ("qlik_users", {"users": [options]}) if bulk else ("qlik_user", options)
    assert_refused(run, module, given, word)


def test_an_email_that_is_taken_costs_no_request_of_its_own(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_users([{"subject": "ada", "email": "ada@example.com"}])
    tenant.reset_counters()
    assert run("qlik_user", subject="eve", email="ADA@example.com")["failed"]
    assert tenant.counters()["total"] == 1


@pytest.mark.parametrize("bulk", [False, True], ids=["qlik_user", "qlik_users"])
@pytest.mark.parametrize("check", [True, False])
def test_an_email_in_another_case_is_the_same(run: Run, tenant: LocalTenant, bulk: bool, check: bool) -> None:
    tenant.plant_users([{"subject": "ada", "email": "ada@example.com"}])
    user: dict[str, Json] = {"subject": "ada", "email": "Ada@Example.com"}
    result = run("qlik_users", users=[user], check=check) if bulk else run("qlik_user", check=check, **user)
    assert result["changed"] is False
    assert "unchangeable" not in str(result)
    assert "warnings" not in result


def test_two_groups_that_would_have_one_name(run: Run, tenant: LocalTenant) -> None:
    first, second = tenant.plant_groups([{"name": name, "providerType": "custom"} for name in ("A", "B")])
    groups = [{"id": first, "name": "C"}, {"id": second, "name": "C"}]
    assert_refused(run, "qlik_groups", {"groups": groups}, "groups[1]: Is or would be the same group as groups[0].")
    groups = [{"id": second, "name": "Z"}, {"name": "Z", "provider_type": "custom"}]
    assert_refused(run, "qlik_groups", {"groups": groups}, "or would be")


@pytest.mark.parametrize("check", [True, False])
def test_items_that_differ_in_case_only(run: Run, tenant: LocalTenant, check: bool) -> None:
    result = run("qlik_groups", groups=[{"name": "Finance"}, {"name": "FINANCE"}], check=check)
    assert result["summary"]["created"] == 2
    assert any("'Finance'" in text and "'FINANCE'" in text for text in texts(result))


def test_the_bot_of_a_client_is_no_person(run: Run, tenant: LocalTenant) -> None:
    bot = next(user for user in tenant.users() if user.get("clientId"))
    assert_refused(run, "qlik_user", {"subject": bot["subject"], "name": "x"}, "bot user of an OAuth client")


def test_the_first_page_spares_filters(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": f"Group {number:03}"} for number in range(250)])
    tenant.reset_counters()
    run("qlik_groups", groups=[{"name": f"Group {number:03}"} for number in range(150)])
    assert tenant.counters()["total"] == 2


def test_custom_groups_of_a_user_are_foreseen_with_their_ids(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": "Falcon", "providerType": "custom", "assignedRoles": ["Steward"]}])
    foreseen, done = (
        run("qlik_user", check=check, subject="ada", assigned_groups=["Falcon"]) for check in (True, False)
    )
    assert foreseen["user"]["assigned_groups"] == done["user"]["assigned_groups"]


def test_a_role_that_is_not_meant_to_be_assigned(run: Run, tenant: LocalTenant) -> None:
    result = run("qlik_group", check=True, name="HR", assigned_roles=["UserDefault"])
    assert "Qlik recommends not assigning UserDefault" in " ".join(texts(result))
    assert "warnings" not in run("qlik_group", check=True, name="HR", assigned_roles=["Steward"])
