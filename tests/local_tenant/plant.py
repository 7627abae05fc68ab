# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting objects into a tenant behind the API's back, also such as the API would not accept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from . import audit_log, tenant_settings
from .api_keys import SCIM
from .kind import Kind, PlantError, objects
from .kinds import KINDS
from .state import (
    EVERYONE_ID,
    EVERYONE_NAME,
    SPACE_TYPES,
    USER_LEVEL_ROLES,
    ApiKey,
    Assignment,
    AuditEvent,
    ContentItem,
    Group,
    Role,
    Space,
    State,
    User,
    invite_expiry,
    now,
)
from .times import earlier, instant, utc_now, written

GROUP_FIELDS = {"name", "providerType", "status", "description", "assignedRoles"}
USER_FIELDS = {
    "subject",
    "name",
    "email",
    "picture",
    "status",
    "assignedRoles",
    "assignedGroups",
    "clientId",
    "preferredLocale",
    "preferredZoneinfo",
}
MEMBER_FIELDS = {"group", "providerType", "user", "assigneeId", "type", "roles"}
SPACE_FIELDS = {"name", "type", "description", "owner", "members"}
ITEM_FIELDS = {"name", "space", "resourceType", "owner", "listed"}
KEY_FIELDS = {"id", "description", "user", "sub", "status", "createdBy", "created", "ageDays", "expiry", "daysLeft"}
EVENT_FIELDS = {
    "eventType",
    "eventTime",
    "ageDays",
    "ageSeconds",
    "source",
    "user",
    "actor",
    "data",
    "extensions",
    "eventTypeVersion",
}
#: Dates that are no texts: Unix seconds, and a monotonic time.
OTHER_DATES = ("invite_expiry", "deleted")
ROLE_FIELDS = {"name", "description", "assignedScopes", "type", "level", "hidden"}


def groups(state: State, items: object) -> list[str]:
    """Groups by (name, providerType), new or changed; roles by name. Ids in order. Raises PlantError."""
    return [_group(state, item) for item in objects(items, GROUP_FIELDS, "name")]


def users(state: State, items: object) -> list[str]:
    """Users by subject, new or changed; roles and groups by name. Ids in order. Raises PlantError."""
    return [_user(state, item) for item in objects(items, USER_FIELDS, "subject")]


def roles(state: State, items: object) -> list[str]:
    """Roles by name, new or changed. Ids in order. Raises PlantError."""
    return [_role(state, item) for item in objects(items, ROLE_FIELDS, "name")]


def spaces(state: State, items: object) -> list[str]:
    """Spaces by name, new or changed; owners by subject or id. Ids in order. Raises PlantError.

    ``members``, as in ``assignments``, replace those that are there.
    """
    return [_space(state, item) for item in objects(items, SPACE_FIELDS, "name")]


def assignments(state: State, items: object) -> list[str]:
    """Members of a ``space`` (its name or id), new or changed. Ids in order. Raises PlantError.

    A member is a ``group`` by name (with ``providerType`` where it is not idp; Everyone by its own), a ``user`` by
    subject, or any ``assigneeId`` with its ``type``, also one that nobody has.
    """
    found = objects(items, MEMBER_FIELDS | {"space"}, "space")
    return [_assignment(state, _space_named(state, item["space"]), item) for item in found]


def content(state: State, items: object) -> list[str]:
    """Content of a ``space`` (its name or id); what is not ``listed`` is missing in the catalog. Ids in order.

    Raises PlantError.
    """
    return [_content(state, item) for item in objects(items, ITEM_FIELDS, "space")]


def api_keys(state: State, items: object) -> list[str]:
    """API keys, new, or changed where their ``id`` is there. Ids in order. Raises PlantError.

    A key acts as a ``user`` (a subject or id), or, as that of an identity provider, as any ``sub``. It was made at
    ``created``, or ``ageDays`` ago (0), by ``createdBy``, and ends at ``expiry``, or in ``daysLeft`` from now (30).
    """
    return [_api_key(state, item) for item in objects(items, KEY_FIELDS)]


def audit_events(state: State, items: object) -> list[str]:
    """Rows of the audit log. Ids in order. Raises PlantError.

    An event has an ``eventType``, any ``data``, and happened at ``eventTime``, or ``ageDays`` and ``ageSeconds`` ago
    (now without them). ``user`` who did it is a subject, or any id, or empty for Qlik itself; ``actor``, who did it in
    the name of that user, likewise, or an object with ``sub`` and ``subType``.
    """
    return [_audit_event(state, item) for item in objects(items, EVENT_FIELDS, "eventType")]


def _planter(kind: Kind[Any]) -> Callable[[State, object], list[str]]:
    return lambda state, items: [kind.plant(state, item) for item in objects(items, kind.fields)]


#: By kind, in the order in which one can name another.
PLANTERS: dict[str, Callable[[State, object], list[str]]] = {
    "roles": roles,
    "groups": groups,
    "users": users,
    "spaces": spaces,
    "assignments": assignments,
    "items": content,
    **{kind.name: _planter(kind) for kind in KINDS},
    "api_keys": api_keys,
    "audit_events": audit_events,
}


def remove(state: State, kind: str, ids: object) -> int:
    """Take items away by id; how many there were. Raises PlantError."""
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise PlantError("a list of ids is needed")
    collection = state.collections[kind]
    found = [item for item in ids if collection.get(item) is not None]
    for item in found:
        collection.remove(item)
        if kind == "spaces":
            _remove_members(state, item)
    return len(found)


def let_pass(state: State, seconds: float) -> None:
    """Let time pass: every date that the tenant holds moves into the past, as it does for someone who waits."""
    for kind in PLANTERS:
        collection = state.collections[kind]
        for item in collection:
            collection.put(_aged(item, seconds))
    for name in ("everyone", "tenant"):
        setattr(state, name, _aged(getattr(state, name), seconds))
    settings = tenant_settings.KIND.of(state)
    tenant_settings.KIND.put(state, earlier(settings, seconds))


def actor(state: State, value: object) -> dict[str, str]:
    """Who acts in the name of somebody else, from a subject, an id, or an object. Raises PlantError."""
    if isinstance(value, str):
        return {"sub": _user_or_any(state, value), "subType": "user"}
    if not isinstance(value, dict) or value.keys() - {"sub", "subType"}:
        raise PlantError("an actor is a subject, or has sub and subType")
    return value


def _aged(item: Any, seconds: float) -> Any:
    fields = {field.name: getattr(item, field.name) for field in dataclasses.fields(item)}
    numbers = {name: type(fields[name])(fields[name] - seconds) for name in OTHER_DATES if fields.get(name)}
    return dataclasses.replace(item, **{**earlier(fields, seconds), **numbers})


def many_groups(state: State, count: int) -> None:
    """Groups called ``Group 00001`` and so on, each with one of the default roles."""
    moment = now()
    cycle = [role.id for role in map(state.role_named, USER_LEVEL_ROLES) if role]
    for number in range(1, count + 1):
        role_ids = (cycle[number % len(cycle)],)
        state.groups.put(Group(state.new_id(), f"Group {number:05}", "idp", moment, moment, role_ids=role_ids))


def _role_ids(state: State, names: list[str]) -> tuple[str, ...]:
    found = {name: state.role_named(name) for name in names}
    for name, role in found.items():
        if role is None:
            raise PlantError(f"there is no role {name!r}")
    return tuple(role.id for role in found.values() if role)


def _group(state: State, item: dict[str, Any]) -> str:
    kind, moment = item.get("providerType", "idp"), now()
    if kind not in ("idp", "custom"):
        raise PlantError("providerType is idp or custom")
    group = state.group_named(item["name"], kind) or Group(state.new_id(), item["name"], kind, moment, moment)
    changes: dict[str, Any] = {name: item[name] for name in ("status", "description") if name in item}
    if "assignedRoles" in item:
        changes["role_ids"] = _role_ids(state, item["assignedRoles"])
    state.groups.put(dataclasses.replace(group, updated_at=moment, **changes))
    return group.id


def _user(state: State, item: dict[str, Any]) -> str:
    moment = now()
    alive = [user for user in state.users.find("subject", item["subject"]) if user.status != "deleted"]
    known = next((user for user in alive if user.subject == item["subject"]), None)
    user = known or User(state.new_id(), item["subject"], item["subject"], moment, moment)
    names = {"clientId": "client_id", "preferredLocale": "preferred_locale", "preferredZoneinfo": "preferred_zoneinfo"}
    plain = ("name", "email", "picture", "status", *names)
    changes: dict[str, Any] = {names.get(name, name): item[name] for name in plain if name in item}
    if "assignedRoles" in item:
        changes["role_ids"] = _role_ids(state, item["assignedRoles"])
    if "assignedGroups" in item:
        changes["group_ids"] = tuple(_group_id(state, name) for name in item["assignedGroups"])
    if item.get("status") == "invited":
        changes["invite_expiry"] = invite_expiry()
    state.users.put(dataclasses.replace(user, updated_at=moment, **changes))
    return user.id


def _group_id(state: State, text: str) -> str:
    group = state.groups.get(text) or state.group_named(text, "custom") or state.group_named(text, "idp")
    if group is None:
        raise PlantError(f"there is no group {text!r}")
    return group.id


def _role(state: State, item: dict[str, Any]) -> str:
    moment = now()
    known = next((role for role in state.roles.find("name", item["name"]) if role.name == item["name"]), None)
    role = known or Role(state.new_id(), item["name"], "custom", "user", moment, moment)
    changes: dict[str, Any] = {name: item[name] for name in ("description", "type", "level", "hidden") if name in item}
    if "assignedScopes" in item:
        changes["scopes"] = tuple(item["assignedScopes"])
    state.roles.put(dataclasses.replace(role, updated_at=moment, **changes))
    return role.id


def _space_named(state: State, text: str) -> Space:
    named = [space for space in state.spaces.find("name", text) if space.name == text]
    space = state.spaces.get(text) or next(iter(named), None)
    if space is None:
        raise PlantError(f"there is no space {text!r}")
    return space


def user_id(state: State, text: str) -> str:
    """The id of a user who is not deleted, from a subject or an id. Raises PlantError."""
    named = [user for user in state.users.find("subject", text) if user.subject == text and user.status != "deleted"]
    if named:
        return named[0].id
    if state.users.get(text) is None:
        raise PlantError(f"there is no user {text!r}")
    return text


def _space(state: State, item: dict[str, Any]) -> str:
    moment = now()
    known = next((space for space in state.spaces.find("name", item["name"]) if space.name == item["name"]), None)
    admin = state.admin_id
    space = known or Space(state.new_id(), item["name"], "shared", admin, moment, moment, created_by=admin)
    changes: dict[str, Any] = {name: item[name] for name in ("type", "description") if name in item}
    if item.get("type", "shared") not in SPACE_TYPES:
        raise PlantError(f"type is one of {', '.join(SPACE_TYPES)}")
    if "owner" in item:
        changes["owner_id"] = user_id(state, item["owner"])
    state.spaces.put(dataclasses.replace(space, updated_at=moment, **changes))
    if "members" in item:
        members = objects(item["members"], MEMBER_FIELDS)
        _remove_members(state, space.id)
        for member in members:
            _assignment(state, space, member)
    return space.id


def _remove_members(state: State, space_id: str) -> None:
    for assignment in state.assignments_of(space_id):
        state.assignments.remove(assignment.id)


def _assignment(state: State, space: Space, item: dict[str, Any]) -> str:
    kind, assignee_id = _assignee(state, item)
    moment, admin = now(), state.admin_id
    same = [each for each in state.assignments_of(space.id) if (each.type, each.assignee_id) == (kind, assignee_id)]
    assignment = next(
        iter(same), Assignment(state.new_id(), space.id, kind, assignee_id, (), moment, moment, admin, admin)
    )
    state.assignments.put(dataclasses.replace(assignment, roles=tuple(item.get("roles", ("consumer",)))))
    return assignment.id


def _assignee(state: State, item: dict[str, Any]) -> tuple[str, str]:
    """Type and id of a member."""
    if "user" in item:
        return item.get("type", "user"), user_id(state, item["user"])
    if item.get("group") == EVERYONE_NAME:
        return "group", EVERYONE_ID
    if "group" in item:
        group = state.group_named(item["group"], item.get("providerType", "idp"))
        if group is None:
            raise PlantError(f"there is no group {item['group']!r}")
        return "group", group.id
    if "assigneeId" not in item:
        raise PlantError("a member has a group, a user or an assigneeId")
    return item.get("type", "group"), item["assigneeId"]


def _content(state: State, item: dict[str, Any]) -> str:
    space = _space_named(state, item["space"])
    owner = user_id(state, item["owner"]) if "owner" in item else space.owner_id
    new = ContentItem(
        state.new_id(),
        item.get("name", "Content"),
        item.get("resourceType", "app"),
        space.id,
        owner,
        now(),
        item.get("listed", True),
    )
    state.items.put(new)
    return new.id


def _api_key(state: State, item: dict[str, Any]) -> str:
    moment = utc_now()
    known = state.api_keys.get(item.get("id", ""))
    if known is None and not {"user", "sub"} & item.keys():
        raise PlantError("a key has a user or a sub")
    key = known or ApiKey(item.get("id") or state.new_uuid(), "Key", "", state.admin_id, "", "", "")
    changes: dict[str, Any] = {name: item[name] for name in ("description", "status", "sub") if name in item}
    if changes.get("status", "active") not in ("active", "revoked"):
        raise PlantError("status is active or revoked; a key expires by its expiry")
    if "user" in item:
        changes["sub"] = _user_or_any(state, item["user"])
        changes["created_by"] = changes["sub"]
    elif "sub" in item:
        changes["sub_type"] = SCIM
    if "createdBy" in item:
        changes["created_by"] = _user_or_any(state, item["createdBy"])
    if known is None or {"created", "ageDays"} & item.keys():
        created = _date(item, "created", moment - timedelta(days=item.get("ageDays", 0)))
        changes.update(created_at=created, updated_at=created)
    if known is None or {"expiry", "daysLeft"} & item.keys():
        changes["expiry"] = _date(item, "expiry", moment + timedelta(days=item.get("daysLeft", 30)))
    state.api_keys.put(dataclasses.replace(key, **changes))
    return key.id


def _audit_event(state: State, item: dict[str, Any]) -> str:
    age = timedelta(days=item.get("ageDays", 0), seconds=item.get("ageSeconds", 0))
    extensions = dict(item.get("extensions", {}))
    if "actor" in item:
        extensions["actor"] = actor(state, item["actor"])
    event = AuditEvent(
        "",
        "",
        _date(item, "eventTime", utc_now() - age),
        item["eventType"],
        item.get("source", "com.qlik/planted"),
        _user_or_any(state, item.get("user", "")),
        item.get("data", {}),
        extensions,
        item.get("eventTypeVersion", "1.0.0"),
    )
    return audit_log.add(state, event)


def _date(item: dict[str, Any], name: str, default: datetime) -> str:
    """A date of an object, as the API writes it. Raises PlantError."""
    try:
        return written(instant(item[name]) if name in item else default)
    except (TypeError, ValueError) as error:
        raise PlantError(f"{name}: {error}") from None


def _user_or_any(state: State, text: str) -> str:
    """The id of the user with this subject, whatever its status; any other text as it is."""
    named = [user for user in state.users.find("subject", text) if user.subject == text] if text else []
    named.sort(key=lambda user: user.status == "deleted")
    return named[0].id if named else text
