# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An exported description says all of a tenant: it changes nothing, and an audit sees whatever is changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.collection import Collection
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.description import read_description
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.export import seed_variables_of
from kinds import STANDALONE
from kinds.cases import PICTURE
from kinds.identity_provider import CURRENT as PROVIDER
from local_tenant.client import LocalTenant
from local_tenant.guesses import Value
from modules.harness import Json, Run, writes_in
from modules.test_every_setting import CASES, GROUP, KEYS, NOT_SHOWN, USER, options_of, planted
from modules.test_guesses import GUESSES, together

LISTS = [kind for kind in AREAS if isinstance(kind, Collection)]
SETTINGS = [
    pytest.param(kind, setting.option, id=f"{kind.area}.{setting.option}")
    for kind in AREAS
    for setting in kind.settings
    if not setting.consent_option and setting.option not in NOT_SHOWN
]
EMAIL = "held@example.com"
#: What a new object of an area takes beside its name.
NEW: dict[str, dict[str, Json]] = {
    "oauth_clients": {"app_type": "web"},
    "spaces": {"type": "data"},
    **{area: cases.options for area, cases in STANDALONE.items()},
}


class Loader(yaml.SafeLoader):
    """Reads texts that Ansible must not render as what they are."""


Loader.add_constructor("!unsafe", lambda loader, node: str(node.value))


class Seen(NamedTuple):
    """What an audit sees of one area.

    :param settings: the options in which objects differ.
    :param missing: how many described objects there are not; C(unmanaged) how many others.
    """

    settings: list[str]
    missing: int
    unmanaged: int


def exported(run: Run) -> dict[str, Json]:
    """The options of qlik_configuration that the export of the tenant makes."""
    read = run("qlik_configuration_info")
    assert not read.get("failed"), read["msg"]
    found = seed_variables_of(read["configuration"])
    assert found.refused == []
    variables = yaml.load(found.text(), Loader)
    description, mistakes = read_description(variables, lambda value: value)
    assert mistakes == []
    return description.options


def audited(run: Run, options: dict[str, Json]) -> dict[str, Seen]:
    """What an audit sees, by area, where that is anything."""
    result = run("qlik_configuration", check=True, report_unmanaged=True, **options)
    # What cannot be brought to what is described differs all the same.
    assert not result.get("failed") or result.get("problems"), result["msg"]
    found = {}
    for kind in AREAS:
        area = result["areas"].get(kind.area, {})
        items = [area] if kind.is_singleton else area.get(kind.plural, [])
        differing = [name for item in items for name in [*item.get("settings", []), *item.get("unchangeable", {})]]
        missing = sum(item.get("action") == "created" for item in items)
        unmanaged = len(result["unmanaged"].get(kind.area, []))
        seen = Seen(differing, missing, unmanaged)
        if any(seen):
            found[kind.area] = seen
    return found


def plant(tenant: LocalTenant) -> dict[str, str]:
    """Whatever a tenant can hold; ids by area."""
    tenant.plant_users(
        [{**{name: USER[name] for name in ("subject", "name")}, "email": EMAIL, "picture": PICTURE + "0"}]
    )
    return planted(tenant)


def change_provider(tenant: LocalTenant, ids: dict[str, str], **fields: Json) -> None:
    tenant.plant("identity_providers", [{"id": ids["identity_providers"], **fields}])


#: What happens behind the API's back where a module would make a new object of it.
BY_HAND: dict[str, Callable[[LocalTenant, dict[str, str]], object]] = {
    "roles.name": lambda tenant, ids: (tenant.remove_roles([ids["roles"]]), tenant.plant_roles([{"name": "New"}])),
    "groups.provider_type": lambda tenant, ids: (
        tenant.remove_groups([ids["groups"]]),
        tenant.plant_groups([{**GROUP, "providerType": "idp"}]),
    ),
    "users.subject": lambda tenant, ids: (
        tenant.remove_users([ids["users"]]),
        tenant.plant_users([{**USER, "subject": "new"}]),
    ),
    "users.email": lambda tenant, ids: tenant.plant_users([{"subject": "current", "email": "new@example.com"}]),
    "users.picture": lambda tenant, ids: tenant.plant_users([{"subject": "current", "picture": PICTURE}]),
    "oauth_clients.app_type": lambda tenant, ids: tenant.plant(
        "oauth_clients", [{"clientId": ids["oauth_clients"], "appType": "native"}]
    ),
    "oauth_clients.allowed_origins": lambda tenant, ids: tenant.plant(
        "oauth_clients",
        [{"clientId": ids["oauth_clients"], "appType": "spa", "allowedOrigins": ["https://a.example"]}],
    ),
    "identity_providers.protocol": lambda tenant, ids: (
        tenant.remove("identity_providers", [ids["identity_providers"]]),
        tenant.plant("identity_providers", [{"protocol": "jwtAuth", "options": {"issuer": "i", "staticKeys": []}}]),
    ),
    "identity_providers.provider": lambda tenant, ids: (
        tenant.remove("identity_providers", [ids["identity_providers"]]),
        tenant.plant("identity_providers", [{**PROVIDER, "provider": "auth0"}]),
    ),
    "identity_providers.interactive": lambda tenant, ids: change_provider(tenant, ids, interactive=True),
    "identity_providers.create_new_users_on_login": lambda tenant, ids: change_provider(
        tenant, ids, createNewUsersOnLogin=False
    ),
    "identity_providers.options": lambda tenant, ids: change_provider(
        tenant, ids, options={**PROVIDER["options"], "realm": "NEW"}
    ),
    "identity_providers.pending_options": lambda tenant, ids: change_provider(
        tenant, ids, interactive=True, pendingOptions=PROVIDER["options"]
    ),
    "spaces.type": lambda tenant, ids: tenant.plant_spaces([{"name": "Held", "type": "managed"}]),
}


def makes_a_new_one(kind: Kind, option: str) -> bool:
    """Whether the case of a setting is about another object than the held one."""
    beside = {option, *CASES[f"{kind.area}.{option}"].beside}
    return not kind.is_singleton and bool(beside & set(kind.identity)) and "id" not in beside


def test_what_a_module_cannot_change_is_changed_by_hand() -> None:
    made = {
        f"{kind.area}.{setting.option}"
        for kind in LISTS
        for setting in kind.settings
        if setting.option not in NOT_SHOWN and makes_a_new_one(kind, setting.option)
    }
    assert made == BY_HAND.keys()


@pytest.mark.parametrize(("kind", "option"), SETTINGS)
def test_every_change_by_hand_is_seen(run: Run, tenant: LocalTenant, kind: Kind, option: str) -> None:
    ids = plant(tenant)
    described = exported(run)
    assert audited(run, described) == {}
    name, module = f"{kind.area}.{option}", f"qlik_{kind.noun}"
    if name in BY_HAND:
        BY_HAND[name](tenant, ids)
    else:
        done = run(module, **options_of(kind, option, ids, module))
        assert done["changed"] is True, done
    seen = audited(run, described)
    (setting,) = [setting for setting in kind.settings if setting.option == option]
    if setting.deprecated:
        # It can go away on any day, and a description that has it would fail then.
        assert seen == {}
        return
    assert seen.keys() == {kind.area}
    settings, missing, unmanaged = seen[kind.area]
    if missing or unmanaged:
        assert (missing, unmanaged) == (1, 1)
        assert {option, *CASES[name].beside} & set(kind.identity)
    else:
        assert {option, *CASES[name].beside} & set(settings)


def test_what_requires_consent_is_never_exported(run: Run, tenant: LocalTenant) -> None:
    given = run("qlik_feature_settings", sharing=True, cross_region_inference=True, consent=True)
    assert given["feature_settings"]["cross_region_inference"] is True
    switches = {"data_alerts": False, "sharing": True, "report_subscriptions": False}
    assert exported(run)["feature_settings"] == switches
    read = run("qlik_configuration_info")["configuration"]
    comment = "\n# Omitted because it requires `consent: true`: cross_region_inference.\n"
    assert comment in seed_variables_of(read).text()


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.area)
def test_objects_that_come_and_go_are_seen(run: Run, tenant: LocalTenant, kind: Collection) -> None:
    plant(tenant)
    described = exported(run)
    case = CASES[f"{kind.area}.{kind.key_option}"]
    new = {name: value for name, value in case.beside.items() if name != "id"} | {kind.key_option: case.value}
    new.update(NEW.get(kind.area, {}))
    module = f"qlik_{kind.noun}"
    assert run(module, **new)["action"] == "created"
    assert audited(run, described) == {kind.area: Seen([], 0, 1)}
    # What a description has of nothing is seen as well as what it has of some.
    none = audited(run, {**described, kind.area: []})[kind.area]
    assert none.unmanaged == len(described[kind.area]) + 1
    assert run(module, **KEYS[kind.area], state="absent")["action"] == "deleted"
    assert audited(run, described)[kind.area] == Seen([], 1, 1)


def test_every_change_of_access_is_seen(run: Run, tenant: LocalTenant) -> None:
    plant(tenant)
    tenant.plant_spaces(
        [{"name": "Held", "members": [{"group": "Team", "providerType": "custom", "roles": ["consumer"]}]}]
    )
    described = exported(run)
    team = {"space": "Held", "group": "Team", "provider_type": "custom"}
    for member in (
        {**team, "roles": ["producer"]},
        {**team, "roles": ["consumer", "producer"]},
        {"space": "Held", "user": "current", "roles": ["consumer"]},
        {"space": "Held", "group": "Everyone", "roles": ["consumer"]},
        {**team, "state": "absent"},
    ):
        assert run("qlik_space_member", **member)["changed"] is True
        assert audited(run, described) == {"spaces": Seen(["members"], 0, 0)}
        assert run("qlik_configuration", **described)["changed"] is True
        assert audited(run, described) == {}


@pytest.mark.parametrize(
    "guesses",
    [
        *together(),
        *(pytest.param({guess: value}, id=f"{guess}={value}", marks=pytest.mark.long) for guess, value in GUESSES),
    ],
    ids=lambda guesses: f"{len(guesses)} guesses",
)
def test_seeding_at_once_changes_nothing(run: Run, tenant: LocalTenant, guesses: dict[str, Value]) -> None:
    plant(tenant)
    tenant.set_tenant(license={"auto_assign_analyzer": True, "auto_assign_professional": False})
    tenant.guess(**guesses)
    described = exported(run)
    tenant.reset_counters()
    result = run("qlik_configuration", **described)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes_in(tenant.counters())) == (False, [])
    assert audited(run, described) == {}
