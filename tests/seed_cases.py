# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A case for every variable of the seeding role, and for every option under it: what it changes on a tenant."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from local_tenant.client import TenantHandle

Json = Any
#: What every tenant holds before: a role, a group of each kind, a user and a space. The cases below know their names.
ROLE = {"name": "Held", "description": "as it was", "assignedScopes": ["a", "b"]}
GROUPS: list[dict[str, Json]] = [
    {"name": "Idp", "assignedRoles": ["Steward"]},
    {"name": "Own", "providerType": "custom", "description": "as it was"},
    {"name": "Team", "providerType": "custom"},
]
USER = {"subject": "bob", "name": "Bob", "assignedRoles": ["Steward"], "assignedGroups": ["Team"]}
NEW_USER: dict[str, Json] = {
    "name": None,
    "email": None,
    "picture": None,
    "status": "active",
    "roles": [],
    "groups": [],
}
NEW_USER.update(locale=None, zone=None)
SPACE: dict[str, Json] = {
    "name": "Room",
    "description": "as it was",
    "members": [{"group": "Team", "providerType": "custom", "roles": ["consumer"]}],
}
ORIGIN: dict[str, Json] = {"name": "Portal", "origin": "portal.example.com", "directives": ["imgSrc"]}
INTEGRATION: dict[str, Json] = {"name": "Portal", "validOrigins": ["https://portal.example.com"]}
#: The address that the local tenant sees is in none of these.
POLICY: dict[str, Json] = {"name": "Office", "allowedIps": ["192.0.2.7"]}
FIRST = {"name": "New", "allowed_ips": ["203.0.113.7"], "enabled": True}
NO_BUNDLE: dict[str, Json] = {"qlik_seed_standard_groups": {}}
TENANT = "auto_assign_{}_to_professionals"
TENANT_API = "autoAssign{}ToProfessionals"


class Case(NamedTuple):
    """Variables, and what they change: the new value by what is changed; C(None) for what is gone.

    :param error: a part of the message with which the run fails, having changed nothing.
    """

    variables: dict[str, Json]
    changes: dict[str, Json]
    error: str = ""


def tenant(option: str, value: Json, api: str, shown: Json = None) -> Case:
    return Case({"qlik_seed_tenant": {option: value}}, {f"tenant {api}": value if shown is None else shown})


def role(changes: dict[str, Json], **options: Json) -> Case:
    return Case({"qlik_seed_roles": [{"name": "Held", **options}]}, changes)


def group(changes: dict[str, Json], **options: Json) -> Case:
    return Case({"qlik_seed_extra_groups": [options]}, changes)


def user(changes: dict[str, Json], **options: Json) -> Case:
    return Case({"qlik_seed_users": [{"subject": "bob", **options}]}, changes)


def leavers(changes: dict[str, Json], error: str = "", **options: Json) -> Case:
    """Of those whom every tenant has, all but bob and the caller are not described."""
    variables = {f"qlik_seed_prune_users_{option}": value for option, value in options.items()}
    return Case({"qlik_seed_users": [{"subject": "bob"}], "qlik_seed_prune_users": True, **variables}, changes, error)


def settings(option: str, value: Json, api: str) -> Case:
    return Case({"qlik_seed_group_settings": {option: value}}, {f"group settings {api}": value})


def new_group(name: str, *roles: str, kind: str = "idp", description: str | None = None) -> dict[str, Json]:
    return {f"group {name}": {"kind": kind, "description": description, "roles": list(roles)}}


def licences(option: str, api: str) -> Case:
    return Case({"qlik_seed_license_settings": {option: True}}, {f"licences {api}": True})


def of_area(area: str, option: str, value: Json, api: str, shown: Json = None, **beside: Json) -> Case:
    """A setting of an area that a tenant has one of, and how the tenant shows it."""
    options = {option: value, **beside}
    return Case({f"qlik_seed_{area}": options}, {f"{area} {api}": value if shown is None else shown})


def space(changes: dict[str, Json], **options: Json) -> Case:
    return Case({"qlik_seed_spaces": [{"name": "Room", **options}]}, changes)


def origin(changes: dict[str, Json], **options: Json) -> Case:
    return Case({"qlik_seed_csp_origins": [{"name": "Portal", **options}]}, changes)


def integration(changes: dict[str, Json], **options: Json) -> Case:
    return Case({"qlik_seed_web_integrations": [{"name": "Portal", **options}]}, changes)


def policy(changes: dict[str, Json], **options: Json) -> Case:
    return Case({"qlik_seed_ip_policies": [{"name": "Office", **options}]}, changes)


def new_space(kind: str, description: str | None = None, **members: list[str]) -> dict[str, Json]:
    return {"kind": kind, "description": description, "owner": "local|admin", "members": members}


def two_spaces(
    dev: dict[str, Json], released: dict[str, Json], names: tuple[str, str] = ("B (dev)", "B"), **variables: Json
) -> Case:
    """A bundle of spaces with a group of each sort, and what it makes."""
    bundle = {"name": "B", **variables.pop("bundle", {})}
    made = {f"space {name}": made for name, made in zip(names, (dev, released))}
    return Case({"qlik_seed_space_bundles": [bundle], **variables}, made)


SHARED, MANAGED = new_space("shared"), new_space("managed")
BUNDLE = {"qlik_seed_standard_groups": {"Bundle": ["Steward"]}}
#: By variable and option. Words such as ID_OF_IDP and ID_OF_BOB stand for the ids that these have on the tenant.
CASES: dict[str, Case] = {
    "qlik_seed_tenant.name": tenant("name", "Acme", "name"),
    "qlik_seed_tenant.hostname_alias": tenant(
        "hostname_alias", "acme", "hostnames", ["SYSTEM", "acme.us.qlikcloud.com"]
    ),
    "qlik_seed_tenant.replace_hostname_alias": Case(
        {"qlik_seed_tenant": {"hostname_alias": "new", "replace_hostname_alias": True}},
        {"tenant hostnames": ["SYSTEM", "new.us.qlikcloud.com"]},
    ),
    "qlik_seed_tenant." + TENANT.format("create_shared_spaces_role"): tenant(
        TENANT.format("create_shared_spaces_role"), False, TENANT_API.format("CreateSharedSpacesRole")
    ),
    "qlik_seed_tenant." + TENANT.format("private_analytics_content_creator_role"): tenant(
        TENANT.format("private_analytics_content_creator_role"),
        False,
        TENANT_API.format("PrivateAnalyticsContentCreatorRole"),
    ),
    "qlik_seed_tenant." + TENANT.format("data_services_contributor_role"): tenant(
        TENANT.format("data_services_contributor_role"), False, TENANT_API.format("DataServicesContributorRole")
    ),
    "qlik_seed_tenant.enable_app_opening_feedback": tenant(
        "enable_app_opening_feedback", True, "enableAppOpeningFeedback"
    ),
    "qlik_seed_tenant.enable_analytic_creation": tenant("enable_analytic_creation", True, "enableAnalyticCreation"),
    "qlik_seed_roles.name": Case(
        {"qlik_seed_roles": [{"name": "New"}]}, {"role New": {"name": "New", "description": "", "scopes": []}}
    ),
    "qlik_seed_roles.state": role({"role Held": None}, state="absent"),
    "qlik_seed_roles.description": role({"role Held description": "new"}, description="new"),
    "qlik_seed_roles.assigned_scopes": role({"role Held scopes": ["c"]}, assigned_scopes=["c"]),
    "qlik_seed_roles.purge_scopes": role(
        {"role Held scopes": ["a", "b", "c"]}, assigned_scopes=["c"], purge_scopes=False
    ),
    "qlik_seed_group_settings.auto_create_groups": settings("auto_create_groups", True, "autoCreateGroups"),
    "qlik_seed_group_settings.sync_idp_groups": settings("sync_idp_groups", True, "syncIdpGroups"),
    "qlik_seed_group_settings.everyone_assigned_roles": settings("everyone_assigned_roles", ["Steward"], "everyone"),
    "qlik_seed_standard_groups": Case(BUNDLE, new_group("Bundle", "Steward")),
    "qlik_seed_group_prefix": Case({**BUNDLE, "qlik_seed_group_prefix": "x-"}, new_group("x-Bundle", "Steward")),
    "qlik_seed_group_suffix": Case({**BUNDLE, "qlik_seed_group_suffix": "-x"}, new_group("Bundle-x", "Steward")),
    "qlik_seed_extra_groups.name": group(new_group("N"), name="N"),
    "qlik_seed_extra_groups.id": group(
        {"group Idp roles": ["DataAdmin"]}, id="ID_OF_IDP", assigned_roles=["DataAdmin"]
    ),
    "qlik_seed_extra_groups.state": group({"group Idp": None}, name="Idp", state="absent"),
    "qlik_seed_extra_groups.provider_type": group(
        new_group("Idp (custom)", kind="custom"), name="Idp", provider_type="custom"
    ),
    "qlik_seed_extra_groups.description": group(
        {"group Own description": "new"}, name="Own", provider_type="custom", description="new"
    ),
    "qlik_seed_extra_groups.assigned_roles": group(
        {"group Idp roles": ["DataAdmin"]}, name="Idp", assigned_roles=["DataAdmin"]
    ),
    "qlik_seed_extra_groups.assigned_role_ids": group(
        new_group("N", "Steward"), name="N", assigned_role_ids=["ID_OF_STEWARD"]
    ),
    "qlik_seed_extra_groups.purge_roles": group(
        {"group Idp roles": ["DataAdmin", "Steward"]}, name="Idp", assigned_roles=["DataAdmin"], purge_roles=False
    ),
    "qlik_seed_users.subject": Case(
        {"qlik_seed_users": [{"subject": "new", "name": "New"}]}, {"user new": {**NEW_USER, "name": "New"}}
    ),
    "qlik_seed_users.id": Case(
        {"qlik_seed_users": [{"id": "ID_OF_BOB", "name": "Robert"}]}, {"user bob name": "Robert"}
    ),
    "qlik_seed_users.state": user({"user bob": None}, state="absent"),
    "qlik_seed_users.name": user({"user bob name": "Robert"}, name="Robert"),
    "qlik_seed_users.email": Case(
        {"qlik_seed_users": [{"subject": "new", "name": "N", "email": "n@example.com"}]},
        {"user new": {**NEW_USER, "name": "N", "email": "n@example.com"}},
    ),
    "qlik_seed_users.picture": Case(
        {"qlik_seed_users": [{"subject": "new", "name": "N", "picture": "https://example.com/n.png"}]},
        {"user new": {**NEW_USER, "name": "N", "picture": "https://example.com/n.png"}},
    ),
    "qlik_seed_users.status": user({"user bob status": "disabled"}, status="disabled"),
    "qlik_seed_users.assigned_roles": user({"user bob roles": ["DataAdmin"]}, assigned_roles=["DataAdmin"]),
    "qlik_seed_users.assigned_role_ids": user({"user bob roles": ["ID_OF_NONE"]}, assigned_role_ids=["ID_OF_ADMIN"]),
    "qlik_seed_users.purge_roles": user(
        {"user bob roles": ["DataAdmin", "Steward"]}, assigned_roles=["DataAdmin"], purge_roles=False
    ),
    "qlik_seed_users.assigned_groups": user({"user bob groups": ["Own", "Team"]}, assigned_groups=["Own"]),
    "qlik_seed_users.purge_groups": user({"user bob groups": ["Own"]}, assigned_groups=["Own"], purge_groups=True),
    "qlik_seed_users.preferred_locale": user({"user bob locale": "de"}, preferred_locale="de"),
    "qlik_seed_users.preferred_zoneinfo": user({"user bob zone": "Europe/Paris"}, preferred_zoneinfo="Europe/Paris"),
    "qlik_seed_license_settings.auto_assign_professional": licences(
        "auto_assign_professional", "autoAssignProfessional"
    ),
    "qlik_seed_license_settings.auto_assign_analyzer": licences("auto_assign_analyzer", "autoAssignAnalyzer"),
    "qlik_seed_tenant_settings.preferred_start_page": of_area(
        "tenant_settings",
        "preferred_start_page",
        "management-console",
        "preferredStartPage",
        [{"value": "management-console", "route": "/console"}],
    ),
    "qlik_seed_tenant_settings.release_cadence": of_area(
        "tenant_settings", "release_cadence", "monthly", "releaseCadence"
    ),
    "qlik_seed_tenant_settings.session_replay_opt_out": of_area(
        "tenant_settings", "session_replay_opt_out", True, "sessionReplayOptOut"
    ),
    "qlik_seed_tenant_settings.customize_no_access": Case(
        {"qlik_seed_tenant_settings": {"customize_no_access": {"text": "Ask us.", "link_label": "Ask"}}},
        {"tenant_settings customizeNoAccess": [{"linkEnabled": False, "message": "Ask us.", "linkLabel": "Ask"}]},
    ),
    "qlik_seed_api_key_settings.max_keys_per_user": of_area(
        "api_key_settings", "max_keys_per_user", 0, "max_keys_per_user"
    ),
    "qlik_seed_api_key_settings.max_api_key_expiry": of_area(
        "api_key_settings", "max_api_key_expiry", "P7D", "max_api_key_expiry"
    ),
    "qlik_seed_api_key_settings.scim_external_client_expiry": of_area(
        "api_key_settings", "scim_external_client_expiry", "P26W", "scim_externalClient_expiry"
    ),
    "qlik_seed_session_policy.user_session_inactivity_timeout_minutes": of_area(
        "session_policy", "user_session_inactivity_timeout_minutes", 30, "userSessionInactivityTimeoutMinutes"
    ),
    "qlik_seed_session_policy.max_user_session_lifespan_minutes": of_area(
        "session_policy", "max_user_session_lifespan_minutes", 600, "maxUserSessionLifespanMinutes"
    ),
    "qlik_seed_session_policy.dynamic_client_registration_enabled": Case(
        {"qlik_seed_session_policy": {"dynamic_client_registration_enabled": True}},
        {
            "session_policy dynamicClientRegistrationEnabled": True,
            "session_policy dcrAllowedAuthenticationMethods": ["client_secret"],
        },
    ),
    "qlik_seed_session_policy.dcr_allowed_authentication_methods": Case(
        {
            "qlik_seed_session_policy": {
                "dynamic_client_registration_enabled": True,
                "dcr_allowed_authentication_methods": ["none"],
            }
        },
        {
            "session_policy dynamicClientRegistrationEnabled": True,
            "session_policy dcrAllowedAuthenticationMethods": ["none"],
        },
    ),
    "qlik_seed_spaces.name": Case(
        {"qlik_seed_spaces": [{"name": "New", "type": "data"}]}, {"space New": new_space("data")}
    ),
    "qlik_seed_spaces.id": Case(
        {"qlik_seed_spaces": [{"id": "ID_OF_ROOM", "name": "Hall"}]},
        {
            "space Room": None,
            "space Hall": new_space("shared", "as it was", Team=["consumer"]),
        },
    ),
    "qlik_seed_spaces.state": space({"space Room": None}, state="absent"),
    "qlik_seed_spaces.type": space({}, type="managed")._replace(error="The type of a space cannot be changed"),
    "qlik_seed_spaces.description": space({"space Room description": "new"}, description="new"),
    "qlik_seed_spaces.owner": space({"space Room owner": "bob"}, owner="bob"),
    "qlik_seed_spaces.owner_id": space({"space Room owner": "bob"}, owner_id="ID_OF_BOB"),
    "qlik_seed_spaces.members": space(
        {"space Room members": {"Idp": ["producer"], "bob": ["facilitator"], "com.qlik.Everyone": ["consumer"]}},
        members=[
            {"group": "Idp", "roles": ["producer"]},
            {"user": "bob", "roles": ["facilitator"]},
            {"group": "Everyone", "roles": ["consumer"]},
        ],
    ),
    "qlik_seed_spaces.purge_members": space(
        {"space Room members": {"Idp": ["producer"], "Team": ["consumer"]}},
        members=[{"group": "Idp", "roles": ["producer"]}],
        purge_members=False,
    ),
    "qlik_seed_csp_origins.name": Case(
        {"qlik_seed_csp_origins": [{"name": "New", "origin": "new.example.com"}]},
        {"origin New": {"origin": "new.example.com", "description": None, "directives": []}},
    ),
    "qlik_seed_csp_origins.id": Case(
        {"qlik_seed_csp_origins": [{"id": "ID_OF_ORIGIN", "name": "New"}]},
        {
            "origin Portal": None,
            "origin New": {"origin": "portal.example.com", "description": None, "directives": ["imgSrc"]},
        },
    ),
    "qlik_seed_csp_origins.state": origin({"origin Portal": None}, state="absent"),
    "qlik_seed_csp_origins.origin": origin({"origin Portal origin": "*.example.com"}, origin="*.example.com"),
    "qlik_seed_csp_origins.description": origin({"origin Portal description": "new"}, description="new"),
    "qlik_seed_csp_origins.directives": origin({"origin Portal directives": ["fontSrc"]}, directives=["fontSrc"]),
    "qlik_seed_web_integrations.name": Case(
        {"qlik_seed_web_integrations": [{"name": "New"}]}, {"integration New": {"origins": []}}
    ),
    "qlik_seed_web_integrations.id": Case(
        {"qlik_seed_web_integrations": [{"id": "ID_OF_INTEGRATION", "name": "New"}]},
        {"integration Portal": None, "integration New": {"origins": ["https://portal.example.com"]}},
    ),
    "qlik_seed_web_integrations.state": integration({"integration Portal": None}, state="absent"),
    "qlik_seed_web_integrations.valid_origins": integration(
        {"integration Portal origins": ["https://new.example.com"]}, valid_origins=["https://new.example.com"]
    ),
    "qlik_seed_ip_policies.name": Case(
        {"qlik_seed_ip_policies": [{"name": "New", "allowed_ips": ["192.0.2.8"]}]},
        {"policy New": {"addresses": ["192.0.2.8"], "enabled": False}},
    ),
    "qlik_seed_ip_policies.id": Case(
        {"qlik_seed_ip_policies": [{"id": "ID_OF_POLICY", "name": "New"}]},
        {"policy Office": None, "policy New": {"addresses": ["192.0.2.7"], "enabled": False}},
    ),
    "qlik_seed_ip_policies.state": policy({"policy Office": None}, state="absent"),
    "qlik_seed_ip_policies.allowed_ips": policy(
        {"policy Office addresses": ["198.51.100.0/24"]}, allowed_ips=["198.51.100.0/24"]
    ),
    "qlik_seed_ip_policies.enabled": policy({}, enabled=True)._replace(error="your own address is not known"),
    "qlik_seed_caller_address": Case(
        {"qlik_seed_ip_policies": [FIRST], "qlik_seed_caller_address": "203.0.113.7"},
        {"policy New": {"addresses": ["203.0.113.7"], "enabled": True}},
    ),
    "qlik_seed_space_bundles.name": two_spaces(SHARED, MANAGED),
    "qlik_seed_space_bundles.description": two_spaces(
        new_space("shared", "Both"), new_space("managed", "Both"), bundle={"description": "Both"}
    ),
    "qlik_seed_space_bundles.developers": two_spaces(
        new_space("shared", Idp=["dataconsumer", "producer"]), MANAGED, bundle={"developers": ["Idp"]}
    ),
    "qlik_seed_space_bundles.publishers": two_spaces(
        SHARED, new_space("managed", Idp=["consumer", "publisher"]), bundle={"publishers": ["Idp"]}
    ),
    "qlik_seed_space_bundles.consumers": two_spaces(
        SHARED, new_space("managed", Idp=["consumer"]), bundle={"consumers": ["Idp"]}
    ),
    "qlik_seed_space_bundle_dev_suffix": two_spaces(
        SHARED, MANAGED, ("B in work", "B"), qlik_seed_space_bundle_dev_suffix=" in work"
    ),
    "qlik_seed_space_bundle_suffix": two_spaces(
        SHARED, MANAGED, ("B (dev)", "B released"), qlik_seed_space_bundle_suffix=" released"
    ),
    "qlik_seed_space_bundle_developer_roles": two_spaces(
        new_space("shared", Idp=["codeveloper"]),
        MANAGED,
        bundle={"developers": ["Idp"]},
        qlik_seed_space_bundle_developer_roles=["codeveloper"],
    ),
    "qlik_seed_space_bundle_publisher_roles": two_spaces(
        SHARED,
        new_space("managed", Idp=["facilitator"]),
        bundle={"publishers": ["Idp"]},
        qlik_seed_space_bundle_publisher_roles=["facilitator"],
    ),
    "qlik_seed_space_bundle_consumer_roles": two_spaces(
        SHARED,
        new_space("managed", Idp=["basicconsumer"]),
        bundle={"consumers": ["Idp"]},
        qlik_seed_space_bundle_consumer_roles=["basicconsumer"],
    ),
    "qlik_seed_prune": Case({**BUNDLE, "qlik_seed_prune": True}, {**new_group("Bundle", "Steward"), "group Idp": None}),
    "qlik_seed_prune_protect": Case(
        {**BUNDLE, "qlik_seed_prune": True, "qlik_seed_prune_protect": "X*\nId*"}, new_group("Bundle", "Steward")
    ),
    "qlik_seed_max_deletions": Case(
        {**BUNDLE, "qlik_seed_prune": True, "qlik_seed_max_deletions": 0}, {}, error="max_deletions is 0"
    ),
    "qlik_seed_prune_users": leavers({"user local|plain status": "disabled", "user local|blind status": "disabled"}),
    "qlik_seed_prune_users_action": leavers({"user local|plain": None, "user local|blind": None}, action="delete"),
    "qlik_seed_prune_users_protect": leavers({"user local|blind status": "disabled"}, protect=["local|p*"]),
    "qlik_seed_prune_users_max_deletions": leavers(
        {}, error="disable 1 users, and qlik_seed_prune_users_max_deletions is 0", max_deletions=0, protect=["local|b*"]
    ),
    "qlik_seed_allow_lockout": Case(
        {
            "qlik_seed_users": [{"subject": "local|admin", "assigned_roles": []}],
            "qlik_seed_allow_lockout": True,
        },
        {"user local|admin roles": []},
    ),
    "qlik_seed_areas": Case(
        {
            "qlik_seed_tenant": {"name": "Acme"},
            "qlik_seed_users": [{"subject": "bob", "name": "Robert"}],
            "qlik_seed_areas": ["users"],
        },
        {"user bob name": "Robert"},
    ),
    "qlik_seed_expected_plan": Case(
        {**BUNDLE, "qlik_seed_expected_plan": "sha256:" + 64 * "0"},
        {},
        error="The current plan is not the approved plan",
    ),
    "qlik_seed_require_plan": Case(
        {**BUNDLE, "qlik_seed_require_plan": True}, {}, error="qlik_seed_expected_plan: it is missing"
    ),
}


def facts(state: dict[str, Json]) -> dict[str, Json]:
    """What a tenant holds, each setting for itself under a name that a person would use."""
    ignored = ("lastUpdated", "links")
    current = {f"tenant {name}": value for name, value in state["tenant"].items() if name not in ignored}
    current.update(
        {f"group settings {name}": state["settings"][name] for name in ("autoCreateGroups", "syncIdpGroups")}
    )
    current["group settings everyone"] = names(state["everyone"]["assignedRoles"])
    for each in state["roles"]:
        if each["type"] == "custom":
            fields = {"name": each["name"], "description": each["description"], "scopes": each["assignedScopes"]}
            current[f"role {each['name']}"] = fields
    for each in state["groups"]:
        name = f"group {each['name']}" + " (custom)" * (each["name"] == "Idp" and each["providerType"] == "custom")
        current[name] = {
            "kind": each["providerType"],
            "description": each.get("description") or None,
            "roles": names(each["assignedRoles"]),
        }
    for each in state["users"]:
        if each["status"] != "deleted":
            current[f"user {each['subject']}"] = {
                **{field: each.get(field) for field in ("name", "email", "picture", "status")},
                "roles": names(each["assignedRoles"]),
                "groups": names(each["assignedGroups"]),
                "locale": each.get("preferredLocale"),
                "zone": each.get("preferredZoneinfo"),
            }
    called = {each["id"]: each["name"] for each in [*state["groups"], state["everyone"]]}
    called.update({each["id"]: each["subject"] for each in state["users"]})
    for each in state["spaces"]:
        current[f"space {each['name']}"] = {
            "kind": each["type"],
            "description": each.get("description") or None,
            "owner": called[each["ownerId"]],
            "members": {
                called[member["assigneeId"]]: sorted(member["roles"])
                for member in state["assignments"]
                if member["spaceId"] == each["id"]
            },
        }
    for area in ("tenant_settings", "api_key_settings", "session_policy"):
        of_the_tenant = ("updatedAt", "updatedBy", "isDefault")
        shown = {name: value for name, value in state[area].items() if name not in of_the_tenant}
        # The value itself, and not what differs in it, where it is an object.
        current.update(
            {f"{area} {name}": [value] if isinstance(value, dict) else value for name, value in shown.items()}
        )
    for each in state["csp_origins"]:
        current[f"origin {each['name']}"] = {
            "origin": each["origin"],
            "description": each.get("description") or None,
            "directives": [name for name, value in each.items() if value is True],
        }
    for each in state["ip_policies"]:
        current[f"policy {each['name']}"] = {"addresses": each["allowedIps"], "enabled": each["enabled"]}
    for each in state["web_integrations"]:
        current[f"integration {each['name']}"] = {"origins": each["validOrigins"]}
    current.update({f"licences {name}": value for name, value in state["licence"]["settings"].items()})
    return current


def names(assigned: list[dict[str, Json]]) -> list[str]:
    return sorted(each["name"] for each in assigned)


def changes(before: dict[str, Json], after: dict[str, Json]) -> dict[str, Json]:
    """What differs, setting by setting for what is there before and after."""
    found: dict[str, Json] = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found.update({f"{name} {field}": new[field] for field in new if new[field] != old[field]})
        elif old != new:
            found[name] = new
    return found


def filled_in(value: Json, ids: dict[str, str]) -> Json:
    """A description with the ids of this tenant in the place of words for them."""
    text = json.dumps(value)
    for word, resource_id in ids.items():
        text = text.replace(word, resource_id)
    return json.loads(text)


def prepare(handle: TenantHandle, case: str) -> dict[str, str]:
    """Plant what the cases are about; the ids of it."""
    handle.reset()
    handle.plant_roles([ROLE])
    ids = handle.plant_groups(GROUPS)
    (bob,) = handle.plant_users([USER])
    (room,) = handle.plant_spaces([SPACE])
    handle.set_tenant(tenant_settings={"preferredStartPage": "analytics-hub"})
    (origin_id,) = handle.plant("csp_origins", [ORIGIN])
    (policy_id,) = handle.plant("ip_policies", [POLICY])
    (integration_id,) = handle.plant("web_integrations", [INTEGRATION])
    if case == "qlik_seed_tenant.replace_hostname_alias":
        handle.set_tenant(alias="old.us.qlikcloud.com")
    by_name = {each["name"]: each["id"] for each in handle.roles()}
    return {
        "ID_OF_IDP": ids[0],
        "ID_OF_BOB": bob,
        "ID_OF_ROOM": room,
        "ID_OF_ORIGIN": origin_id,
        "ID_OF_INTEGRATION": integration_id,
        "ID_OF_POLICY": policy_id,
        "ID_OF_STEWARD": by_name["Steward"],
        "ID_OF_ADMIN": by_name["DataAdmin"],
        "ID_OF_NONE": "DataAdmin",
        "SYSTEM": handle.state()["tenant"]["hostnames"][0],
    }
