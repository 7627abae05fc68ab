# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a tenant through Qlik's own Python client and prints what it saw as JSON.

Input: TENANT_URL and API_KEY, or CLIENT_ID and CLIENT_SECRET, in the environment. Runs in an environment of its own,
since the client pins an old version of requests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import requests
from qlik_sdk import (
    ApiKeys,
    Audits,
    Auth,
    AuthType,
    Config,
    CspOrigins,
    Groups,
    IdentityProviders,
    Items,
    Licenses,
    Roles,
    Spaces,
    Tenants,
    Users,
    WebIntegrations,
)


def refused(call: Callable[[], Any]) -> int:
    """The status with which ``call`` is refused."""
    try:
        call()
    except requests.HTTPError as error:
        return int(error.response.status_code)
    raise AssertionError("nothing was refused")


def configured() -> Config:
    """Settings with an API key or a token, which is sent like one; those with a client are refused once it has one."""
    host, key = os.environ["TENANT_URL"], os.environ.get("API_KEY")
    if key is None:
        client = {"client_id": os.environ["CLIENT_ID"], "client_secret": os.environ["CLIENT_SECRET"]}
        login = Config(host=host, auth_type=AuthType.OAuth2, scope=["admin_classic"], **client)
        Auth(login).authorize()
        key = login.api_key
    return Config(host=host, auth_type=AuthType.APIKey, api_key=key)


def access(config: Config, group_ids: list[str]) -> dict[str, Any]:
    """Read, create, change and delete spaces and their members, and set how licenses are assigned."""
    spaces, licenses = Spaces(config), Licenses(config)
    seen: dict[str, Any] = {"types": [kind.value for kind in spaces.get_types().data]}
    made = [spaces.create({"name": f"Space {number}", "type": "shared"}) for number in range(12)]
    seen["spaces"] = len(list(spaces.get_spaces().pagination))
    seen["searched"] = [space.name for space in spaces.get_spaces(name="SPACE 1", type="shared", limit=5)]
    space = made[0].patch(
        [
            {"op": "replace", "path": "/name", "value": "Finance"},
            {"op": "replace", "path": "/description", "value": "Money"},
        ]
    )
    seen["space_patch"] = [space.name, space.description]
    seen["space_put"] = space.set({"description": "Sums"}).description
    seen["space_duplicate"] = refused(lambda: spaces.create({"name": "Finance", "type": "managed"}))
    bodies = [{"type": "group", "assigneeId": group_id, "roles": ["consumer"]} for group_id in group_ids[:12]]
    members = [space.create_assignment(body) for body in bodies]
    seen["member_duplicate"] = refused(lambda: space.create_assignment(bodies[0]))
    space.set_assignment(members[0].id, {"roles": ["producer"]})
    seen["member_roles"] = [role.value for role in space.get_assignment(members[0].id).roles]
    seen["members"] = len(list(space.get_assignments().pagination))
    space.delete_assignment(members[0].id)
    seen["member_missing"] = refused(lambda: space.get_assignment(members[0].id))
    seen["items"] = len(Items(config).get_items(spaceId=space.id, limit=1))
    for item in made:
        item.delete()
    seen["space_missing"] = refused(lambda: spaces.get(space.id))
    licenses.set_settings({"autoAssignAnalyzer": True, "autoAssignProfessional": False})
    settings = licenses.get_settings()
    status = [licenses.get_overview().status, licenses.get_status().status]
    seen["license"] = [settings.autoAssignAnalyzer, settings.autoAssignProfessional, *status]
    return seen


def sign_in(config: Config) -> dict[str, Any]:
    """What the client sees of identity providers; OAuth clients it knows by their paths only."""
    providers, rest = IdentityProviders(config), Auth(config).rest
    url = "https://id.example.com/.well-known/openid-configuration"
    options = {"discoveryUrl": url, "claimsMapping": {"sub": ["/sub"]}}
    machine = {"protocol": "OIDC", "provider": "auth0", "interactive": False, "options": options}
    pending = {**options, "clientId": "qlik", "clientSecret": "s"}
    person = {"protocol": "OIDC", "provider": "okta", "interactive": True, "pendingOptions": pending}
    seen: dict[str, Any] = {}
    made = [providers.create({**machine, "description": str(number)}) for number in range(6)]
    waiting = providers.create(person)
    seen["pending"] = [waiting["pendingState"], providers.get(waiting["id"])["QLIK-IDP-POPTS"]]
    providers.patch(made[0]["id"], [{"op": "replace", "path": "/options/realm", "value": "r"}])
    seen["realm"] = providers.get(made[0]["id"])["options"]["realm"]
    promotion = [{"op": "promote-options"}]
    seen["promotion"] = refused(lambda: providers.patch(waiting["id"], promotion, QLIK_IDP_POPTS_MATCH="x"))
    listed = list(providers.get_identity_providers(active=True, limit=4).pagination)
    seen["providers"] = len(listed)
    seen["status"] = [entry.provider.value for entry in providers.get_status().idps_metadata if entry.interactive]
    seen["portal"] = bool(providers.get_me_meta().userPortalLink)
    for provider in [*made, waiting]:
        providers.delete(provider["id"])
    seen["provider_missing"] = refused(lambda: providers.get(waiting["id"]))
    client = rest(path="/oauth-clients", method="POST", data={"clientName": "CI", "appType": "web"}).json()
    path = f"/oauth-clients/{client['clientId']}"
    seen["hint"] = client["clientSecret"].endswith(rest(path=path, method="GET").json()["clientSecrets"][0]["hint"])
    rest(path=path, method="DELETE", data=None, headers={"qlik-confirm-delete": client["clientId"]})
    seen["client_missing"] = refused(lambda: rest(path=path, method="GET"))
    return seen


def origins(config: Config) -> dict[str, Any]:
    """What the client sees of where the tenant may be embedded and called from."""
    policy, integrations = CspOrigins(config), WebIntegrations(config)
    seen: dict[str, Any] = {}
    for number in range(12):
        policy.create({"name": f"Origin {number}", "origin": f"https://{number}.example.com", "imgSrc": True})
        integrations.create({"name": f"Web {number}", "validOrigins": ["https://a.example.com"]})
    entries = list(policy.get_csp_origins(limit=5).pagination)
    seen["origins"] = [len(entries), {entry.imgSrc for entry in entries} == {True}]
    entries[0].set({"origin": "b.example.com", "fontSrc": True})
    changed = policy.get(entries[0].id)
    seen["origin_put"] = [changed.origin, changed.fontSrc, bool(changed.imgSrc)]
    for entry in entries:
        entry.delete()
    seen["origin_missing"] = refused(lambda: policy.get(entries[0].id))
    listed = list(integrations.get_web_integrations(limit=5).pagination)
    seen["integrations"] = len(listed)
    listed[0].patch([{"op": "replace", "path": "/name", "value": "New"}])
    seen["integration_patch"] = integrations.get(listed[0].id).name
    for integration in listed:
        integration.delete()
    seen["integration_missing"] = refused(lambda: integrations.get(listed[0].id))
    return seen


def log(config: Config, user_id: str) -> dict[str, Any]:
    """Create, change and delete API keys, and read who has done what so far."""
    keys, audits = ApiKeys(config), Audits(config)
    made = keys.create({"description": "client", "expiry": "PT1H"})
    made_key = keys.get(made.id)
    made_key.patch([{"op": "replace", "path": "/description", "value": "nightly"}])
    listed = list(keys.get_api_keys(limit=2).pagination)
    seen: dict[str, Any] = {"keys": [len(listed), bool(made.token), keys.get(made.id).description]}
    made_key.delete()
    seen["key_missing"] = refused(lambda: keys.get(made.id))
    created = list(audits.get_audits(eventType="com.qlik.core.group.created", userId=user_id, limit=10).pagination)
    seen["events"] = [len(created), created[-1].data["name"], audits.get(created[0].id).eventId == created[0].eventId]
    seen["event_types"] = {event.eventType for event in created} < set(audits.get_types().data)
    seen["archive"] = len(audits.get_archives(date=created[0].eventTime[:10]).data) > len(created)
    seen["retention"] = audits.get_settings().data.EventTTL
    return seen


def main() -> None:
    """Read, create, change and delete what the client knows."""
    config = configured()
    rest = Auth(config).rest
    users, groups, roles, tenants = Users(config), Groups(config), Roles(config), Tenants(config)
    seen: dict[str, Any] = {}

    me = users.get_me()
    seen["me"] = me.subject
    seen["tenant"] = tenants.get_me().id == tenants.get(me.tenantId).id
    tenants.get(me.tenantId).patch([{"op": "replace", "path": "/name", "value": "Corp"}])
    seen["tenant_name"] = tenants.get(me.tenantId).name

    seen["roles"] = len(list(roles.get_roles(limit=5).pagination))
    steward = next(role for role in roles.get_roles(limit=100) if role.name == "Steward")
    role = rest(path="/roles", method="POST", data={"name": "From the client"}).json()
    seen["role"] = roles.get(role["id"]).name

    made = [groups.create({"name": f"client {number}", "assignedRoles": [{"id": steward.id}]}) for number in range(25)]
    seen["groups"] = len(list(groups.get_groups(limit=10).pagination))
    seen["filtered"] = [group.name for group in groups.filter(data={"filter": 'name eq "CLIENT 3"'})]
    made[0].patch([{"op": "replace", "path": "assignedRoles", "value": [{"name": "DataAdmin"}]}])
    seen["group_roles"] = [item.name for item in groups.get(made[0].id).assignedRoles]
    seen["duplicate"] = refused(lambda: groups.create({"name": "client 1"}))
    groups.patch_settings([{"op": "replace", "path": "/autoCreateGroups", "value": True}])
    seen["auto_create"] = groups.get_settings().autoCreateGroups

    person = users.create({"subject": "client\\user", "name": "Client User", "email": "client@example.com"})
    person.patch([{"op": "replace", "path": "/assignedRoles", "value": [{"name": "Steward"}]}])
    seen["user_roles"] = [item.name for item in users.get(person.id).assignedRoles]
    text = f"subject eq {json.dumps(person.subject)}"
    # Not get_users(filter=...): it always adds deprecated fields, which the API does not allow beside a filter.
    seen["found"] = [user.subject for user in users.filter(data={"filter": text})]
    seen["users"] = len(list(users.get_users(limit=2).pagination))
    seen["count"] = users.count().total
    seen.update(access(config, [group.id for group in made]))
    seen.update(sign_in(config))
    seen.update(origins(config))
    seen.update(log(config, me.id))
    person.delete()
    for group in made:
        group.delete()
    seen["missing"] = refused(lambda: groups.get(made[0].id))
    rest(path=f"/roles/{role['id']}", method="DELETE")
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
