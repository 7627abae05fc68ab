# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No task locks itself, or everybody, out of the tenant unless it is told that it may; in check mode too."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_five_steps, assert_refused, everyone_roles, role_names, user_of

MYSELF = "the identity of this task"
NOBODY_LEFT = "no active human tenant admin"
ADMIN = "local|admin"

# Module, options, and words of the refusal. The task runs as ADMIN; there is another admin, so only it is at stake.
OWN: dict[str, tuple[str, dict[str, Json], str]] = {
    "own role": ("qlik_user", {"subject": ADMIN, "assigned_roles": ["Steward"]}, "remove the role TenantAdmin"),
    "no roles": ("qlik_user", {"subject": ADMIN, "assigned_roles": []}, "remove the role TenantAdmin"),
    "disabled": ("qlik_user", {"subject": ADMIN, "status": "disabled"}, "disable the user"),
    "deleted": ("qlik_user", {"subject": ADMIN, "state": "absent"}, "delete the user"),
    "item": ("qlik_users", {"users": [{"subject": "x"}, {"subject": ADMIN, "assigned_roles": []}]}, "remove the role"),
    "deleted item": ("qlik_users", {"users": [{"subject": ADMIN, "state": "absent"}]}, "delete the user"),
}


@pytest.mark.parametrize("case", OWN)
def test_oneself(run: Run, tenant: LocalTenant, case: str) -> None:
    module, options, words = OWN[case]
    tenant.plant_users([{"subject": "second", "assignedRoles": ["TenantAdmin"]}])
    assert_refused(run, module, options, words, MYSELF, "allow_lockout")
    tenant.guess(self_deletion="allowed")
    for check in (True, False):
        assert run(module, check=check, **options, allow_lockout=True)["changed"] is True
    admin = user_of(tenant, ADMIN)
    assert admin is None or admin["status"] == "disabled" or "TenantAdmin" not in role_names(admin)


@pytest.mark.parametrize("case", OWN)
def test_last_person(run: Run, tenant: LocalTenant, case: str) -> None:
    """The bot of the OAuth client stays an admin, and is no person."""
    module, options, _words = OWN[case]
    client: dict[str, Json] = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    tenant.plant_users([{"subject": "disabled", "assignedRoles": ["TenantAdmin"], "status": "disabled"}])
    assert_refused(run, module, {**options, **client}, NOBODY_LEFT, "allow_lockout")
    tenant.plant_users([{"subject": "second", "assignedRoles": ["TenantAdmin"]}])
    assert run(module, **options, **client)["changed"] is True


def test_last_two_people_in_one_task(run: Run, tenant: LocalTenant) -> None:
    client: dict[str, Json] = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    tenant.plant_users([{"subject": "second", "assignedRoles": ["TenantAdmin"]}])
    users = [{"subject": "second", "state": "absent"}, {"subject": ADMIN, "assigned_roles": []}]
    assert_refused(run, "qlik_users", {"users": users, **client}, NOBODY_LEFT)


def test_what_takes_nothing_is_allowed(run: Run, tenant: LocalTenant) -> None:
    options: dict[str, Json] = {"subject": ADMIN, "name": "Admin", "assigned_roles": ["TenantAdmin", "Steward"]}
    assert run("qlik_user", **options)["changed"] is True
    tenant.plant_users([{"subject": "second", "assignedRoles": ["TenantAdmin"]}])
    assert run("qlik_user", subject="second", state="absent")["changed"] is True


GROUP_LOSSES: dict[str, tuple[str, dict[str, Json]]] = {
    "roles": ("qlik_group", {"name": "Admins", "assigned_roles": ["Steward"]}),
    "deletion": ("qlik_group", {"name": "Admins", "state": "absent"}),
    "item": ("qlik_groups", {"groups": [{"name": "Admins", "assigned_roles": []}]}),
    "deleted item": ("qlik_groups", {"groups": [{"name": "Admins", "state": "absent"}]}),
    "pruning": ("qlik_groups", {"groups": [{"name": "Other"}], "prune": True}),
}


@pytest.mark.parametrize("case", GROUP_LOSSES)
def test_through_a_group(run: Run, tenant: LocalTenant, case: str) -> None:
    module, options = GROUP_LOSSES[case]
    tenant.plant_groups([{"name": "Admins", "assignedRoles": ["TenantAdmin"]}])
    tenant.plant_users([{"subject": ADMIN, "assignedRoles": [], "assignedGroups": ["Admins"]}])
    tenant.plant_users([{"subject": "second", "assignedRoles": ["TenantAdmin"]}])
    assert_refused(run, module, options, "TenantAdmin", MYSELF, "allow_lockout")
    client: dict[str, Json] = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
    assert run(module, check=True, **options, **client)["changed"] is True
    tenant.plant_users([{"subject": "second", "assignedRoles": []}])
    assert_refused(run, module, {**options, **client}, NOBODY_LEFT)
    for check in (True, False):
        assert run(module, check=check, **options, allow_lockout=True)["changed"] is True


def test_own_role_that_a_group_gives_too(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": "Admins", "assignedRoles": ["TenantAdmin"]}])
    tenant.plant_users([{"subject": ADMIN, "assignedGroups": ["Admins"]}])
    assert run("qlik_user", subject=ADMIN, assigned_roles=[])["changed"] is True


@pytest.mark.parametrize("admin_roles", [[], ["TenantAdmin"]])
def test_through_everyone(run: Run, tenant: LocalTenant, admin_roles: list[str]) -> None:
    tenant.set_tenant(settings={"everyone_roles": ["TenantAdmin"]})
    tenant.plant_users([{"subject": ADMIN, "assignedRoles": admin_roles}])
    options: dict[str, Json] = {"everyone_assigned_roles": ["Steward"]}
    if not admin_roles:
        assert_refused(run, "qlik_group_settings", options, "TenantAdmin", "allow_lockout")
        options["allow_lockout"] = True
        assert run("qlik_group_settings", check=True, **options)["changed"] is True
        assert run("qlik_group_settings", **options)["changed"] is True
        assert everyone_roles(tenant) == ["Steward"]
    else:
        assert_five_steps(run, "qlik_group_settings", options, everyone_roles, ["Steward"])
