# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How items look in answers (Qlik reference: fields of tenants, users, groups, group settings and roles)."""

from __future__ import annotations

from . import access
from .call import Call, Json
from .state import (
    TENANT_BOOLEANS,
    Assignment,
    ContentItem,
    Group,
    Role,
    Space,
    User,
)

NEWER_ACTIONS = ("change_owner",)
NEWER_BOOLEANS = ("enableAnalyticCreation", "enableAppOpeningFeedback")


def self_link(call: Call, path: str) -> dict[str, Json]:
    """``links`` of a single item."""
    return {"self": {"href": f"{call.base()}/api/v1{path}"}}


def role_references(call: Call, role_ids: tuple[str, ...]) -> list[Json]:
    """``assignedRoles`` in the order in which the roles were given."""
    roles = [call.state.roles.get(role_id) for role_id in role_ids]
    return [{"id": role.id, "name": role.name, "type": role.type, "level": role.level} for role in roles if role]


def role_tenant_id(call: Call, item: Role) -> str:
    """``tenantId`` of a role, which default roles may have empty."""
    own = item.type == "custom" or call.guesses.default_role_tenant_id == "tenant"
    return call.state.tenant.id if own else ""


def role(call: Call, item: Role) -> dict[str, Json]:
    """A role."""
    custom = item.type == "custom"
    full = item.level == "admin"
    return {
        "id": item.id,
        "tenantId": role_tenant_id(call, item),
        "name": item.name,
        "description": item.description,
        "type": item.type,
        "level": item.level,
        "assignedScopes": list(item.scopes),
        "permissions": [],
        "canEdit": custom or item.name == "UserDefault",
        "canDelete": custom,
        "userEntitlementType": "fullUser" if full else "",
        "fullUser": full,
        "createdAt": item.created_at,
        "lastUpdatedAt": item.updated_at,
        "createdBy": item.created_by,
        "updatedBy": item.updated_by,
        "links": self_link(call, f"/roles/{item.id}"),
    }


def group(call: Call, item: Group) -> dict[str, Json]:
    """A group, or Everyone as a group."""
    view: dict[str, Json] = {
        "id": item.id,
        "tenantId": call.state.tenant.id,
        "createdAt": item.created_at,
        "lastUpdatedAt": item.updated_at,
        "createdBy": item.created_by,
        "updatedBy": item.updated_by,
        "name": item.name,
        "status": item.status,
    }
    if item.provider_type == "custom" or (item.provider_type == "idp" and not call.guesses.omit_provider_type):
        view["providerType"] = item.provider_type
    if item.provider_type == "custom":
        view["description"] = item.description
    if item.provider_type == "idp" and call.guesses.extra_fields:
        view["idpId"] = ""
    if call.as_admin:
        view["assignedRoles"] = role_references(call, item.role_ids)
    view["links"] = self_link(call, f"/groups/{item.id}")
    return view


def user(call: Call, item: User, *, legacy_groups: bool = False) -> dict[str, Json]:
    """A user; ``legacy_groups`` adds the names of its groups, which answers carry only in some places."""
    view: dict[str, Json] = {
        "id": item.id,
        "tenantId": call.state.tenant.id,
        "status": item.status,
        "subject": item.subject,
        "name": item.name,
    }
    optional = {
        "email": item.email,
        "picture": item.picture,
        "preferredLocale": item.preferred_locale,
        "preferredZoneinfo": item.preferred_zoneinfo,
        "clientId": item.client_id,
        "inviteExpiry": item.invite_expiry,
    }
    view.update({name: value for name, value in optional.items() if value})
    if call.as_admin or item.id == call.user_id:
        view["assignedRoles"] = role_references(call, item.role_ids)
    view["assignedGroups"] = [_group_reference(call, group_id) for group_id in item.group_ids]
    if legacy_groups:
        view["groups"] = [reference["name"] for reference in view["assignedGroups"]]
    if "assignedRoles" in view and call.guesses.extra_fields:
        view["roles"] = [reference["name"] for reference in view["assignedRoles"]]
    view["assignedScopes"] = []
    view["createdAt"] = item.created_at
    view["lastUpdatedAt"] = item.updated_at
    if call.guesses.extra_fields:
        view.update({"created": item.created_at, "lastUpdated": item.updated_at})
    view["links"] = self_link(call, f"/users/{item.id}")
    return view


def _group_reference(call: Call, group_id: str) -> dict[str, Json]:
    item = call.state.groups.get(group_id)
    if item is None:
        return {"id": group_id, "name": ""}
    reference: dict[str, Json] = {"id": item.id, "name": item.name}
    if item.provider_type == "custom" or not call.guesses.omit_provider_type:
        reference["providerType"] = item.provider_type
    if call.as_admin:
        reference["assignedRoles"] = role_references(call, item.role_ids)
    return reference


def tenant(call: Call) -> dict[str, Json]:
    """The tenant's record."""
    item = call.state.tenant
    chosen = dict(item.booleans)
    left_out = {
        "none": (),
        "newer": NEWER_BOOLEANS,
        "unset": tuple(TENANT_BOOLEANS.keys() - chosen.keys()),
        "all": tuple(TENANT_BOOLEANS),
    }[call.guesses.omit_tenant_booleans]
    booleans = {name: chosen.get(name, default) for name, default in TENANT_BOOLEANS.items() if name not in left_out}
    return {
        "id": item.id,
        "name": item.name,
        "hostnames": [call.state.system_host, *filter(None, [item.alias])],
        "status": "active",
        "createdByUser": item.created_by,
        "created": item.created,
        "lastUpdated": item.updated,
        **booleans,
        "datacenter": call.state.tenant.datacenter,
        "region": call.state.region,
        "links": self_link(call, f"/tenants/{item.id}"),
    }


def space(call: Call, item: Space) -> dict[str, Json]:
    """A space, with what the caller may do to it."""
    view: dict[str, Json] = {
        "id": item.id,
        "type": item.type,
        "ownerId": item.owner_id,
        "tenantId": call.state.tenant.id,
        "name": item.name,
    }
    shown = {"set": item.description is not None, "filled": bool(item.description), "always": True}
    if shown[call.guesses.space_description]:
        view["description"] = item.description or ""
    newer = () if call.guesses.newer_space_actions else NEWER_ACTIONS
    view["meta"] = {
        "actions": [action for action in access.actions(call, item) if action not in newer],
        "roles": access.own_roles(call, item),
        "assignableRoles": access.assignable_roles(call.guesses, item.type),
    }
    view.update({"createdAt": item.created_at, "createdBy": item.created_by, "updatedAt": item.updated_at})
    links = self_link(call, f"/spaces/{item.id}")
    view["links"] = {**links, "assignments": {"href": f"{links['self']['href']}/assignments"}}
    return view


def assignment(call: Call, item: Assignment) -> dict[str, Json]:
    """A member of a space; who it is stands there by id only."""
    path = f"/spaces/{item.space_id}"
    return {
        "id": item.id,
        "type": item.type,
        "assigneeId": item.assignee_id,
        "roles": list(item.roles),
        "spaceId": item.space_id,
        "tenantId": call.state.tenant.id,
        "createdAt": item.created_at,
        "createdBy": item.created_by,
        "updatedAt": item.updated_at,
        "updatedBy": item.updated_by,
        "links": {**self_link(call, f"{path}/assignments/{item.id}"), "space": self_link(call, path)["self"]},
    }


def item(call: Call, content: ContentItem) -> dict[str, Json]:
    """Content of a space, as the catalog knows it; ``noActions`` leaves out what the caller may do to it."""
    view: dict[str, Json] = {
        "id": content.id,
        "name": content.name,
        "resourceType": content.resource_type,
        "resourceId": content.id,
        "spaceId": content.space_id,
        "ownerId": content.owner_id,
        "tenantId": call.state.tenant.id,
        "collectionIds": [],
        "isFavorited": False,
        "meta": {"collections": [], "isFavorited": False, "tags": []},
        "resourceAttributes": {},
        "resourceCustomAttributes": {},
        "resourceCreatedAt": content.created_at,
        "resourceUpdatedAt": content.created_at,
        "createdAt": content.created_at,
        "updatedAt": content.created_at,
        "links": self_link(call, f"/items/{content.id}"),
    }
    if call.query.get("noActions", "").lower() == "true":
        return view
    return {**view, "actions": ["read"], "meta": {**view["meta"], "actions": ["read"]}}
