# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every setting in the table of every kind changes once and alone, by each module that has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
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
CSP_ORIGIN = {"name": "Held", "origin": "held.example.com", "description": "as it was", "directives": ["imgSrc"]}
WEB_INTEGRATION = {"name": "Held", "validOrigins": ["https://held.example.com"]}
IP_POLICY = {"name": "Held", "allowedIps": ["192.0.2.7"]}
KEYS: dict[str, dict[str, Json]] = {
    "roles": {"name": "Held"},
    "groups": {"name": "Held", "provider_type": "custom"},
    "users": {"subject": "current"},
    "spaces": {"name": "Held"},
    "csp_origins": {"name": "Held"},
    "web_integrations": {"name": "Held"},
    "ip_policies": {"name": "Held"},
}
#: The subject of the caller, who becomes the owner of what it creates.
ADMIN = "local|admin"
PICTURE = "https://example.com/a.png"


class Case(NamedTuple):
    """A value for a setting, and what it changes.

    :param shown: what the tenant shows then that it has not shown before, by name in the API; of a new resource all.
    :param beside: options that it takes too. If they name a resource it is that one instead of the held one.
    """

    value: Json
    shown: dict[str, Json]
    beside: dict[str, Json] = {}


CASES: dict[str, Case] = {
    "tenant.name": Case("New", {"name": "New"}),
    "tenant.hostname_alias": Case("new", {"hostnames": "new.us.qlikcloud.com"}, {"replace_hostname_alias": True}),
    "tenant.auto_assign_create_shared_spaces_role_to_professionals": Case(
        False, {"autoAssignCreateSharedSpacesRoleToProfessionals": False}
    ),
    "tenant.auto_assign_private_analytics_content_creator_role_to_professionals": Case(
        False, {"autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals": False}
    ),
    "tenant.auto_assign_data_services_contributor_role_to_professionals": Case(
        False, {"autoAssignDataServicesContributorRoleToProfessionals": False}
    ),
    "tenant.enable_app_opening_feedback": Case(True, {"enableAppOpeningFeedback": True}),
    "tenant.enable_analytic_creation": Case(True, {"enableAnalyticCreation": True}),
    "license_settings.auto_assign_professional": Case(True, {"autoAssignProfessional": True}),
    "license_settings.auto_assign_analyzer": Case(True, {"autoAssignAnalyzer": True}),
    "tenant_settings.preferred_start_page": Case(
        "management-console", {"preferredStartPage": {"value": "management-console", "route": "/console"}}
    ),
    "tenant_settings.release_cadence": Case("monthly", {"releaseCadence": "monthly"}),
    "tenant_settings.session_replay_opt_out": Case(True, {"sessionReplayOptOut": True}),
    "tenant_settings.customize_no_access": Case(
        {"text": "New"}, {"customizeNoAccess": {"linkEnabled": True, "message": "New"}}
    ),
    "api_key_settings.max_keys_per_user": Case(2, {"max_keys_per_user": 2}),
    "api_key_settings.max_api_key_expiry": Case("P7D", {"max_api_key_expiry": "P7D"}),
    "api_key_settings.scim_external_client_expiry": Case("P26W", {"scim_externalClient_expiry": "P26W"}),
    "session_policy.user_session_inactivity_timeout_minutes": Case(30, {"userSessionInactivityTimeoutMinutes": 30}),
    "session_policy.max_user_session_lifespan_minutes": Case(600, {"maxUserSessionLifespanMinutes": 600}),
    "session_policy.dynamic_client_registration_enabled": Case(
        True,
        {"dynamicClientRegistrationEnabled": True, "dcrAllowedAuthenticationMethods": ["none"]},
        {"dcr_allowed_authentication_methods": ["none"]},
    ),
    "session_policy.dcr_allowed_authentication_methods": Case(
        ["none"],
        {"dynamicClientRegistrationEnabled": True, "dcrAllowedAuthenticationMethods": ["none"]},
        {"dynamic_client_registration_enabled": True},
    ),
    "roles.name": Case("New", {"name": "New"}),
    "roles.description": Case("new", {"description": "new"}),
    "roles.assigned_scopes": Case(["c", "b"], {"assignedScopes": ["b", "c"]}),
    "group_settings.auto_create_groups": Case(True, {"autoCreateGroups": True}),
    "group_settings.sync_idp_groups": Case(True, {"syncIdpGroups": True}),
    "group_settings.everyone_assigned_roles": Case(["DataAdmin"], {"assignedRoles": ["DataAdmin"]}),
    "groups.name": Case("New", {"name": "New"}, {"id": "ID"}),
    "groups.provider_type": Case("idp", {"name": "Held", "providerType": "idp"}, {"name": "Held"}),
    "groups.description": Case("new", {"description": "new"}),
    "groups.assigned_roles": Case(["DataAdmin"], {"assignedRoles": ["DataAdmin"]}),
    "users.subject": Case("new", {"subject": "new", "name": "N", "status": "active"}, {"name": "N"}),
    "users.name": Case("New", {"name": "New"}),
    "users.email": Case(
        "n@example.com",
        {"subject": "new", "name": "N", "status": "active", "email": "n@example.com"},
        {"subject": "new", "name": "N"},
    ),
    "users.picture": Case(
        PICTURE,
        {"subject": "new", "name": "N", "status": "active", "picture": PICTURE},
        {"subject": "new", "name": "N"},
    ),
    "users.status": Case("disabled", {"status": "disabled"}),
    "users.assigned_roles": Case(["DataAdmin"], {"assignedRoles": ["DataAdmin"]}),
    "users.assigned_groups": Case(["Other"], {"assignedGroups": ["Other", "Team"]}),
    "users.preferred_locale": Case("pt-BR", {"preferredLocale": "pt-BR"}),
    "users.preferred_zoneinfo": Case("Asia/Tokyo", {"preferredZoneinfo": "Asia/Tokyo"}),
    "spaces.name": Case("New", {"name": "New"}, {"id": "ID"}),
    "spaces.type": Case("managed", {"name": "New", "type": "managed", "ownerId": ADMIN}, {"name": "New"}),
    "spaces.description": Case("new", {"description": "new"}),
    "spaces.owner": Case("current", {"ownerId": "current"}),
    "csp_origins.name": Case("New", {"name": "New"}, {"id": "ID"}),
    "csp_origins.origin": Case("https://new.example.com", {"origin": "new.example.com"}),
    "csp_origins.description": Case("new", {"description": "new"}),
    "csp_origins.directives": Case(["connectSrcWSS", "fontSrc"], {"directives": ["connectSrcWSS", "fontSrc"]}),
    "web_integrations.name": Case("New", {"name": "New"}, {"id": "ID"}),
    "web_integrations.valid_origins": Case(["https://new.example.com"], {"validOrigins": ["https://new.example.com"]}),
    "ip_policies.name": Case("New", {"name": "New"}, {"id": "ID"}),
    "ip_policies.allowed_ips": Case(["192.0.2.0/24"], {"allowedIps": ["192.0.2.0/24"]}),
    "ip_policies.enabled": Case(True, {"enabled": True}),
    "spaces.members": Case(
        [{"group": "Team", "provider_type": "custom", "roles": ["consumer"]}], {"assignments": ["Team: consumer"]}
    ),
}
CHANGES = [
    pytest.param(kind, setting.option, module, id=f"{module}.{setting.option}")
    for kind in AREAS
    for setting in kind.settings
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
    (origin,) = tenant.plant("csp_origins", [CSP_ORIGIN])
    # The task comes from an address that is allowed already, so that it can do without saying so.
    tenant.plant("ip_policies", [{"name": "Own", "allowedIps": ["203.0.113.7"], "enabled": True}])
    (policy,) = tenant.plant("ip_policies", [IP_POLICY])
    (integration,) = tenant.plant("web_integrations", [WEB_INTEGRATION])
    return {
        "roles": role,
        "groups": group,
        "users": user,
        "spaces": space,
        "csp_origins": origin,
        "web_integrations": integration,
        "ip_policies": policy,
    }


def settings_in(tenant: LocalTenant) -> Iterator[tuple[tuple[str, str, str], Json]]:
    """Area, id, name in the API and value of every setting on the tenant, as far as it has one."""
    state = tenant.state()
    state["tenant"] = [{**state["tenant"], "hostnames": state["tenant"]["hostnames"][1]}]
    state["group_settings"] = [{**state["settings"], "id": "", "assignedRoles": state["everyone"]["assignedRoles"]}]
    for area in ("tenant_settings", "api_key_settings", "session_policy"):
        state[area] = [{**state[area], "id": ""}]
    state["license_settings"] = [{**state["licence"]["settings"], "id": ""}]
    for origin in state["csp_origins"]:
        origin["directives"] = [name for name, value in origin.items() if value is True]
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


def test_every_setting_has_a_case() -> None:
    assert CASES.keys() == {f"{kind.area}.{setting.option}" for kind in AREAS for setting in kind.settings}


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
