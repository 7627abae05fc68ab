# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any name goes to the tenant and back unharmed, and what is read can be fed back without a change."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.roles import DEFAULT_ROLES
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, differences, group_named, role_named, user_of
from suites import examples

# Lone surrogates are no text that Ansible itself could take.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
#: Mostly the characters that mean something to filters, URLs, JSON and globs.
NASTY = st.text(
    st.sampled_from("aA*?[]()\"'\\/%&+;:#,. \t\u00e9e\u0301\u00df\u0130\u2028\U0001f3ed\U0010fffd"),
    min_size=1,
    max_size=20,
)
NAMES = st.one_of(TEXT, NASTY)
#: Constants of the code under test are among the generated texts.
ROLE_NAMES = NAMES.filter(lambda name: name not in DEFAULT_ROLES and name not in ("UserDefault", "Developer"))
EXAMPLES = examples(8, 30, suppress_health_check=[HealthCheck.function_scoped_fixture])
ROLES = ["Steward", "DataAdmin", "SharedSpaceCreator", "AuditAdmin"]


def succeed(run: Run, module: str, **options: Json) -> dict[str, Json]:
    result = run(module, **options)
    assert not result.get("failed"), result
    return result


@EXAMPLES
@given(name=NAMES.filter(str.strip), custom=st.booleans())
@example(name="x" * 256, custom=False)
@example(name=" padded ", custom=True)
def test_group_names(run: Run, tenant: LocalTenant, name: str, custom: bool) -> None:
    tenant.reset()
    kind = "custom" if custom else "idp"
    key = {"name": name, "provider_type": kind}
    tenant.plant_groups([{"name": "other"}, {"name": "other", "providerType": "custom"}])
    assert succeed(run, "qlik_group", **key, assigned_roles=["Steward"])["changed"] is True
    assert group_named(tenant, name, kind) is not None
    again = succeed(run, "qlik_group", **key, assigned_roles=["Steward"])
    assert again["changed"] is False
    assert again["group"]["name"] == name
    assert [group["name"] for group in succeed(run, "qlik_group_info", **key)["groups"]] == [name]
    item = {**key, "assigned_roles": ["Steward"]}
    assert succeed(run, "qlik_groups", groups=[item])["changed"] is False
    assert succeed(run, "qlik_group", **key, state="absent")["changed"] is True
    assert group_named(tenant, name, kind) is None
    assert len(tenant.groups()) == 2


@EXAMPLES
@given(subject=NAMES.filter(str.strip))
@example(subject="ACME\\ada")
def test_subjects(run: Run, tenant: LocalTenant, subject: str) -> None:
    tenant.reset()
    people = len(tenant.users())
    assert succeed(run, "qlik_user", subject=subject, name=subject)["changed"] is True
    assert user_of(tenant, subject) is not None
    assert succeed(run, "qlik_user", subject=subject, name=subject)["changed"] is False
    assert succeed(run, "qlik_users", users=[{"subject": subject}])["changed"] is False
    assert [user["subject"] for user in succeed(run, "qlik_user_info", subject=subject)["users"]] == [subject]
    assert succeed(run, "qlik_user", subject=subject, state="absent")["changed"] is True
    assert user_of(tenant, subject) is None
    assert sum(user["status"] != "deleted" for user in tenant.users()) == people


@EXAMPLES
@given(name=ROLE_NAMES.filter(str.strip), description=TEXT)
def test_role_names(run: Run, tenant: LocalTenant, name: str, description: str) -> None:
    tenant.reset()
    assert succeed(run, "qlik_role", name=name, description=description)["changed"] is True
    assert succeed(run, "qlik_role", name=name, description=description)["changed"] is False
    assert [role["name"] for role in succeed(run, "qlik_role_info", name=name)["roles"]] == [name]
    assert succeed(run, "qlik_group", name="HR", assigned_roles=[name])["changed"] is True
    assert succeed(run, "qlik_group", name="HR", state="absent")["changed"] is True
    assert succeed(run, "qlik_role", name=name, state="absent")["changed"] is True
    assert role_named(tenant, name) is None


def role_lists() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(ROLES), unique=True)


@st.composite
def groups(draw: st.DrawFn) -> dict[str, Json]:
    kind = draw(st.sampled_from(["idp", "custom"]))
    group = {"name": draw(NAMES), "providerType": kind, "assignedRoles": draw(role_lists())}
    return (
        {**group, "description": draw(st.text(st.characters(exclude_categories=["Cs"])))} if kind == "custom" else group
    )


def unchanged(run: Run, module: str, **options: Json) -> None:
    """The module says so, in both modes, and wrote nothing."""
    run.tenant.reset_counters()
    for check in (True, False):
        result = succeed(run, module, check=check, **options)
        assert result["changed"] is False
        assert differences(result) == []
    assert run.tenant.counters()["writes"] == 0


@EXAMPLES
@given(planted=st.lists(groups(), max_size=5))
def test_groups_as_read(run: Run, tenant: LocalTenant, planted: list[dict[str, Json]]) -> None:
    tenant.reset()
    tenant.plant_groups(planted)
    items = []
    for group in succeed(run, "qlik_group_info")["groups"]:
        item = {name: group[name] for name in ("name", "provider_type", "description") if name in group}
        item["assigned_roles"] = [role["name"] for role in group["assigned_roles"]]
        items.append(item)
        unchanged(run, "qlik_group", **item)
        by_id = {**item, "id": group["id"]}
        unchanged(run, "qlik_group", **by_id)
    unchanged(run, "qlik_groups", groups=items, prune=bool(items))


@EXAMPLES
@given(
    subjects=st.lists(NAMES, max_size=4, unique=True),
    roles=role_lists(),
    status=st.sampled_from(["active", "disabled"]),
    texts=st.fixed_dictionaries(
        {},
        optional={
            "email": st.just("ada@example.com"),
            "preferredLocale": st.sampled_from(["en", "pt-BR"]),
            "preferredZoneinfo": st.sampled_from(["UTC", "Europe/Paris"]),
        },
    ),
    member=st.booleans(),
)
def test_users_as_read(
    run: Run,
    tenant: LocalTenant,
    subjects: list[str],
    roles: list[str],
    status: str,
    texts: dict[str, str],
    member: bool,
) -> None:
    tenant.reset()
    tenant.plant_groups([{"name": "Makers", "providerType": "custom"}, {"name": "Login"}])
    user: dict[str, Any] = {"assignedRoles": roles, "status": status, **texts}
    user["assignedGroups"] = ["Makers", "Login"] if member else ["Login"]
    tenant.plant_users([{**user, "subject": subject} for subject in subjects])
    items = []
    options = ("subject", "name", "email", "picture", "status", "preferred_locale", "preferred_zoneinfo")
    for current in succeed(run, "qlik_user_info")["users"]:
        if current.get("client_id"):
            continue
        item: dict[str, Any] = {name: current[name] for name in options if name in current}
        item["assigned_roles"] = [role["name"] for role in current["assigned_roles"]]
        item["assigned_groups"] = [
            group["name"] for group in current["assigned_groups"] if group["provider_type"] == "custom"
        ]
        item["purge_groups"] = True
        items.append(item)
    unchanged(run, "qlik_user", **items[0])
    unchanged(run, "qlik_users", users=items)


@EXAMPLES
@given(
    name=ROLE_NAMES,
    description=TEXT,
    scopes=st.lists(st.sampled_from(["apps", "api-keys", "spaces:read"]), unique=True),
)
def test_roles_as_read(run: Run, tenant: LocalTenant, name: str, description: str, scopes: list[str]) -> None:
    tenant.reset()
    tenant.plant_roles([{"name": name, "description": description, "assignedScopes": scopes}])
    (role,) = succeed(run, "qlik_role_info", name=name)["roles"]
    unchanged(run, "qlik_role", name=name, description=role["description"], assigned_scopes=role["assigned_scopes"])


@EXAMPLES
@given(auto=st.booleans(), sync=st.booleans(), roles=role_lists())
def test_group_settings_as_returned(run: Run, tenant: LocalTenant, auto: bool, sync: bool, roles: list[str]) -> None:
    tenant.reset()
    tenant.set_tenant(settings={"auto_create_groups": auto, "sync_idp_groups": sync, "everyone_roles": roles})
    current = succeed(run, "qlik_group_settings")["group_settings"]
    (everyone,) = current["system_groups"].values()
    unchanged(
        run,
        "qlik_group_settings",
        auto_create_groups=current["auto_create_groups"],
        sync_idp_groups=current["sync_idp_groups"],
        everyone_assigned_roles=[role["name"] for role in everyone["assigned_roles"]],
    )


@pytest.mark.parametrize("alias", ["", "acme.us.qlikcloud.com"])
@EXAMPLES
@given(name=TEXT)
def test_tenant_as_read(run: Run, tenant: LocalTenant, alias: str, name: str) -> None:
    tenant.reset()
    tenant.set_tenant(name=name, alias=alias)
    current = succeed(run, "qlik_tenant_info")["tenant"]
    options = {
        key: value for key, value in current.items() if key.startswith(("auto_assign_", "enable_")) or key == "name"
    }
    if alias:
        options["hostname_alias"] = current["hostnames"][1]
    unchanged(run, "qlik_tenant", **options)
