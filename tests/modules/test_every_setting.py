# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every setting in the table of every kind changes once and alone, by each module that has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from kinds import INDIVIDUAL, KINDS, PLANTED, SINGLE, STANDALONE
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_five_steps, writes_in

#: One of each kind that the tenant holds before, and what finds it.
ROLE = {"name": "Held", "description": "as it was", "assignedScopes": ["a"]}
GROUP = {"name": "Held", "providerType": "custom", "description": "as it was", "assignedRoles": ["Steward"]}
USER = {
    "subject": "current",
    "name": "Held",
    "assignedRoles": ["Steward"],
    "assignedGroups": ["Team"],
    "preferredLocale": "en",
    "preferredZoneinfo": "Europe/Paris",
}
SPACE = {"name": "Held", "type": "shared", "description": "as it was", "members": []}
#: Settings that no tenant shows, so that each run that asks for them is a change.
NOT_SHOWN = {option for cases in KINDS.values() for option in cases.not_shown}
KEYS: dict[str, dict[str, Json]] = {
    "roles": {"name": "Held"},
    "groups": {"name": "Held", "provider_type": "custom"},
    "users": {"subject": "current"},
    "spaces": {"name": "Held"},
    **{area: {"name": "Held"} for area in STANDALONE},
    **{area: cases.key for area, cases in INDIVIDUAL.items()},
}
CASES = {f"{area}.{option}": case for area, cases in KINDS.items() for option, case in cases.settings.items()}
CHANGES = [
    pytest.param(
        kind,
        setting.option,
        module,
        id=f"{module}.{setting.option}",
        marks=() if module == f"qlik_{kind.noun}" else pytest.mark.long,
    )
    for kind in AREAS
    for setting in kind.settings
    if setting.option not in NOT_SHOWN
    for module in dict.fromkeys([f"qlik_{kind.noun}", f"qlik_{kind.area}"])
]

ONCE = [case for case in CHANGES if case.values[2] == f"qlik_{case.values[0].noun}"]  # type: ignore[union-attr]


def planted(tenant: LocalTenant) -> dict[str, str]:
    """Ids of the resources that are held, by area."""
    tenant.set_tenant(name="Acme", alias="old.us.qlikcloud.com")
    tenant.set_tenant(
        tenant_settings={
            "preferredStartPage": "analytics-hub",
            "releaseCadence": "continuous",
            "sessionReplayOptOut": False,
            "customizeNoAccess": {"linkEnabled": True, "message": "Old"},
        }
    )
    (role,) = tenant.plant_roles([ROLE])
    group, *_others = tenant.plant_groups(
        [GROUP, *({"name": name, "providerType": "custom"} for name in ("Team", "Other"))]
    )
    (user,) = tenant.plant_users([USER])
    (space,) = tenant.plant_spaces([SPACE])
    # The task comes from an address that is allowed already, so that it can do without saying so.
    tenant.plant("ip_policies", [{"name": "Own", "allowedIps": ["203.0.113.7"], "enabled": True}])
    return {
        "roles": role,
        "groups": group,
        "users": user,
        "spaces": space,
        **{area: tenant.plant(area, [cases.current])[0] for area, cases in PLANTED.items()},
    }


def settings_in(tenant: LocalTenant) -> Iterator[tuple[tuple[str, str, str], Json]]:
    """Area, id, name in the API and value of every setting on the tenant, as far as it has one."""
    state = tenant.state()
    state.update({area: [{**cases.shown_in(state), "id": ""}] for area, cases in SINGLE.items()})
    for area, cases in PLANTED.items():
        state[area] = [cases.look(item) for item in state[area]]
    names = {user["id"]: user["subject"] for user in state["users"]}
    names |= {group["id"]: group["name"] for group in state["groups"]}
    for space in state["spaces"]:
        space["ownerId"] = names[space["ownerId"]]
        space["assignments"] = [
            f"{names[member['assigneeId']]}: {', '.join(member['roles'])}"
            for member in state["assignments"]
            if member["spaceId"] == space["id"]
        ]
    for kind in AREAS:
        for resource in state[kind.area]:
            for setting in kind.settings:
                value = resource.get(setting.api)
                if isinstance(value, list):
                    value = sorted(each["name"] if isinstance(each, dict) else each for each in value)
                if value not in (None, "", []):
                    yield (kind.area, resource["id"], setting.api), value


def options_of(kind: Kind, option: str, ids: dict[str, str], module: str) -> dict[str, Json]:
    """The task in which the setting differs."""
    case = CASES[f"{kind.area}.{option}"]
    beside = {name: ids[kind.area] if value == "ID" else value for name, value in case.beside.items()}
    is_named = kind.is_singleton or beside.keys() & {"id", *kind.identity}
    options = {**({} if is_named else KEYS[kind.area]), **beside, option: case.value}
    return options if module == f"qlik_{kind.noun}" else {kind.plural: [options]}


@pytest.mark.parametrize(("kind", "option", "module"), CHANGES)
def test_it_changes_alone(run: Run, tenant: LocalTenant, kind: Kind, option: str, module: str) -> None:
    options = options_of(kind, option, planted(tenant), module)
    before = dict(settings_in(tenant))

    def changes(tenant: LocalTenant) -> Json:
        after = dict(settings_in(tenant))
        assert before.keys() <= after.keys()
        differing = {place: value for place, value in after.items() if before.get(place) != value}
        assert {area for area, _id, _name in differing} == {kind.area}
        assert len({resource_id for _area, resource_id, _name in differing}) == 1
        return {name: value for (_area, _id, name), value in differing.items()}

    assert_five_steps(run, module, options, changes, CASES[f"{kind.area}.{option}"].shown)


@pytest.mark.parametrize(("kind", "option", "module"), ONCE)
def test_it_changes_alone_in_a_whole_tenant(
    run: Run, tenant: LocalTenant, kind: Kind, option: str, module: str
) -> None:
    options = options_of(kind, option, planted(tenant), module)
    described: dict[str, Json] = {kind.area: options if kind.is_singleton else [options]}
    before = dict(settings_in(tenant))
    planned = run("qlik_configuration", check=True, **described)
    assert dict(settings_in(tenant)) == before
    done = run("qlik_configuration", **described)
    assert (done["changed"], done["plan"], done["diff"]) == (True, planned["plan"], planned["diff"])
    assert done["plan"]["steps"] == 1
    differing = {place: value for place, value in settings_in(tenant) if before.get(place) != value}
    assert {name: value for (_area, _id, name), value in differing.items()} == CASES[f"{kind.area}.{option}"].shown
    tenant.reset_counters()
    assert run("qlik_configuration", **described)["changed"] is False
    assert writes_in(tenant.counters()) == []
