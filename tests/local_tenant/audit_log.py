# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit log says of each write (Qlik reference: audits; events of users, groups, roles, spaces, and others).

Nothing here knows the endpoints: what a call has written is read from what the tenant holds before and after it, so
that consequences have their events too, such as the members of a space that is deleted. CSP origins, tenant settings,
and license settings have no published events, and none here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from . import views
from .call import Call, Json
from .guesses import Guesses
from .keys import object_id
from .kind import CREATED, DELETED, UPDATED, Events, old_names
from .kinds import KINDS, SINGLETONS
from .state import (
    TENANT_BOOLEANS,
    ApiKey,
    Assignment,
    AuditEvent,
    Group,
    Role,
    Space,
    State,
    TenantRecord,
    User,
)
from .times import utc_now, written

NEW = "com.qlik.core."
#: Fields whose changes are not listed, and fields that events do not have.
TIMES = frozenset({"createdAt", "lastUpdatedAt", "updatedAt", "updatedBy"})
LEFT_OUT = frozenset({"links", "roles", "groups", "created", "lastUpdated", "permissions"})
#: How long before the new one the event with the old name is stamped: two stamps can straddle a second.
SECOND_STAMP = timedelta(milliseconds=900)
#: How many users one event of a group names.
USERS_AN_EVENT = 100
IDENTITIES = "com.qlik/identities"


def _user(call: Call, item: User) -> dict[str, Json]:
    return views.user(call, item)


def _group(call: Call, item: Group) -> dict[str, Json]:
    return {**views.group(call, item), "idpId": ""}


def _role(call: Call, item: Role) -> dict[str, Json]:
    return views.role(call, item)


def _tenant(call: Call, item: TenantRecord) -> dict[str, Json]:
    hostnames = [call.state.system_host, *filter(None, [item.alias])]
    return {"id": item.id, "name": item.name, "hostnames": hostnames, **TENANT_BOOLEANS, **dict(item.booleans)}


def _space(_call: Call, item: Space) -> dict[str, Json]:
    return {
        "id": item.id,
        "name": item.name,
        "type": item.type,
        "ownerId": item.owner_id,
        "description": item.description or "",
        "variables": [],
        "environment": {},
        "environmentId": "",
    }


def _assignment(_call: Call, item: Assignment) -> dict[str, Json]:
    return {
        "id": item.id,
        "type": item.type,
        "roles": list(item.roles),
        "spaceId": item.space_id,
        "assigneeId": item.assignee_id,
    }


def _api_key(_call: Call, item: ApiKey) -> dict[str, Json]:
    return {
        "id": item.id,
        "sub": item.sub,
        "subType": item.sub_type,
        "description": item.description,
        "expiry": item.expiry,
    }


NO_LIST = ("", "")
#: By where the tenant keeps them; what goes with something else comes before it.
COLLECTIONS: dict[str, Events] = {
    "assignments": Events("space.assignment", _assignment, old=old_names("com.qlik.space.assignment"), changes=NO_LIST),
    "api_keys": Events("api-key", _api_key, old=old_names("com.qlik.api-key"), changes=NO_LIST),
    "users": Events("user", _user, old=old_names("com.qlik.v1.user", CREATED, DELETED), source=IDENTITIES),
    "groups": Events(
        "group",
        _group,
        old=old_names("com.qlik.v1.group"),
        changes=("_updates", "updates"),
        source=IDENTITIES,
        old_source="com.qlik/groups",
    ),
    "roles": Events("role", _role, old=old_names("com.qlik.v1.role")),
    "spaces": Events("space", _space, old=old_names("com.qlik.space"), changes=NO_LIST),
    **{kind.name: kind.events for kind in KINDS if kind.events},
}
SINGLETON_EVENTS: dict[str, Events] = {
    "tenant": Events("tenant", _tenant, ("id", "name", "hostnames")),
    **{kind.name: kind.events for kind in SINGLETONS if kind.events},
}


@dataclasses.dataclass(frozen=True)
class _Event:
    """One thing that happened, before it has a name.

    ``related`` is what the extensions say of the object where a guess lets them.
    """

    kind: Events
    verb: str
    data: dict[str, Json]
    changes: list[dict[str, Json]] | None = None
    related: Mapping[str, Json] = dataclasses.field(default_factory=dict)


@contextlib.contextmanager
def recorded(call: Call) -> Iterator[None]:
    """Put what is written meanwhile into the audit log, also what a refused call has left behind."""
    state = call.state
    before = _singletons(state)
    for name in COLLECTIONS:
        state.collections[name].watch()
    try:
        yield
    finally:
        changes = {name: state.collections[name].changes() for name in COLLECTIONS}
        if call.guesses.audit_names != "none":
            seen = dataclasses.replace(call, as_admin=True)
            for event in _events(seen, changes, before):
                _add(seen, event)


def _singletons(state: State) -> dict[str, Any]:
    return {**state.singletons, "tenant": state.tenant, "everyone": state.everyone}


def _events(call: Call, changes: dict[str, list[tuple[Any, Any]]], before: dict[str, Any]) -> Iterator[_Event]:
    gone = {old.id: old for old, new in changes["spaces"] if new is None}
    for name, kind in COLLECTIONS.items():
        for old, new in changes[name]:
            if name == "assignments":
                yield _of_assignment(call, kind, old, new, gone)
            elif name == "spaces":
                yield _of_space(call, kind, old, new)
            elif name == "api_keys":
                yield from _of_api_key(call, kind, old, new)
            elif kind.of_changes is not None and old is not None and new is not None:
                yield from (_Event(kind, verb, data) for verb, data in kind.of_changes(call, old, new))
            else:
                yield _of_object(call, kind, old, new)
            if name == "groups":
                yield from _of_members(call, old, new, changes["users"])
    after, shown = _singletons(call.state), call.guesses.audit_everyone
    everyone = call.state.everyone
    is_written = everyone is not before["everyone"]
    for name, kind in SINGLETON_EVENTS.items():
        with_everyone = name == "settings" and is_written and shown in ("group-setting", "both")
        if after[name] is not before[name] or with_everyone:
            event = _of_object(call, kind, before[name], after[name])
            moved = _changes(_group(call, before["everyone"]), _group(call, everyone)) if with_everyone else []
            path = f"/systemGroups/{everyone.id}"
            listed = [{**change, "path": path + change["path"]} for change in moved]
            yield dataclasses.replace(event, changes=[*(event.changes or []), *listed])
    if is_written and shown in ("group", "both"):
        yield _of_object(call, COLLECTIONS["groups"], before["everyone"], everyone)


def _of_object(call: Call, kind: Events, old: Any, new: Any) -> _Event:
    is_deleted = new is None or (isinstance(new, User) and new.status == DELETED != getattr(old, "status", ""))
    item = old if is_deleted else new
    full = kind.compared(call, item)
    data = {name: full[name] for name in kind.shown or full if name not in LEFT_OUT}
    if is_deleted or old is None:
        return _Event(kind, DELETED if is_deleted else CREATED, data)
    return _Event(kind, UPDATED, data, _changes(kind.compared(call, old), full))


def _changes(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[dict[str, Json]]:
    names = [name for name in dict.fromkeys((*new, *old)) if name not in TIMES | LEFT_OUT]
    pairs = ((name, new.get(name), old.get(name)) for name in names)
    return [{"path": f"/{name}", "newValue": after, "oldValue": was} for name, after, was in pairs if after != was]


def _of_members(call: Call, old: Group | None, new: Group | None, users: list[tuple[Any, Any]]) -> Iterator[_Event]:
    """That a group with members was changed or deleted; no word on who its members are from now on."""
    if old is None:
        return
    left = [was.id for was, _now in users if was is not None and old.id in was.group_ids]
    affected = left if new is None else [user.id for user in call.state.members(old.id)]
    kind = COLLECTIONS["groups"]
    for start in range(0, len(affected), USERS_AN_EVENT):
        end = start + USERS_AN_EVENT
        data = {
            "id": old.id,
            "deleted": new is None,
            "affectedUsers": affected[start:end],
            "fullyProcessed": end >= len(affected),
        }
        yield _Event(
            dataclasses.replace(kind, old=old_names("com.qlik.v1.group", "users.modified")), "users.modified", data
        )


def _of_assignment(
    call: Call, kind: Events, old: Assignment | None, new: Assignment | None, gone: Mapping[str, Space]
) -> _Event:
    item = new or old
    assert item is not None
    space = gone.get(item.space_id) or call.state.spaces.get(item.space_id)
    related = {"spaceId": item.space_id, "topLevelResourceId": item.space_id}
    data = _assignment(call, item)
    if new is None:
        del data["roles"]
        names = {"spaceName": space.name if space else "", "spaceDelete": item.space_id in gone}
        return _Event(kind, DELETED, {**data, **names}, related=related)
    if old is None:
        made = {"spaceType": space.type if space else "", "createdBy": new.created_by, "createdAt": new.created_at}
        return _Event(kind, CREATED, {**data, **made}, related=related)
    return _Event(kind, UPDATED, {**data, "updatedBy": new.updated_by, "updatedAt": new.updated_at}, related=related)


def _of_space(call: Call, kind: Events, old: Space | None, new: Space | None) -> _Event:
    event = _of_object(call, kind, old, new)
    related = {"ownerId": event.data["ownerId"], "spaceId": event.data["id"]}
    if old is None or new is None:
        return dataclasses.replace(event, related=related)
    previous = {"previousName": (old.name, new.name), "previousOwnerId": (old.owner_id, new.owner_id)}
    always = call.guesses.audit_previous_values == "always"
    shown = {name: was for name, (was, now) in previous.items() if always or was != now}
    return dataclasses.replace(event, data={**event.data, **shown, "restrictions": []}, related=related)


def _of_api_key(call: Call, kind: Events, old: ApiKey | None, new: ApiKey | None) -> Iterator[_Event]:
    is_revoked = old is not None and new is not None and old.status != new.status
    if new is not None and not is_revoked:
        yield _Event(kind, CREATED if old is None else UPDATED, _api_key(call, new))
    elif old is not None:
        yield _Event(kind, DELETED, {**_api_key(call, old), "status": "revoked" if is_revoked else "deleted"})


def _add(call: Call, event: _Event) -> None:
    """Put the event into the log under its names."""
    kind, guesses = event.kind, call.guesses
    caller = call.caller
    extensions: dict[str, Json] = {"actor": dict(caller.actor)} if caller and caller.actor else {}
    if guesses.audit_extensions == "present":
        extensions = {**extensions, **event.related, **({"updates": event.changes} if event.changes else {})}
    source = kind.source or (IDENTITIES if guesses.audit_sources == "identities" else f"com.qlik/{kind.resource}s")
    stamp = utc_now()
    row = AuditEvent("", "", "", "", source, call.user_id, {}, extensions)
    old_name = kind.old.get(event.verb)
    if old_name is not None and guesses.audit_names in ("old", "both"):
        data = _with_changes(event, kind.changes[1], as_text=True, guesses=guesses)
        if kind.resource == "api-keys-config":
            data["maxKeysPerUser"] = str(data["maxKeysPerUser"])
        at = stamp - SECOND_STAMP if guesses.audit_names == "both" else stamp
        old_source = kind.old_source or source
        add(call.state, dataclasses.replace(row, time=written(at), type=old_name, source=old_source, data=data))
    if guesses.audit_names in ("new", "both"):
        data = _with_changes(event, kind.changes[0], as_text=False, guesses=guesses)
        add(
            call.state,
            dataclasses.replace(row, time=written(stamp), type=f"{NEW}{kind.resource}.{event.verb}", data=data),
        )


def _with_changes(event: _Event, name: str, *, as_text: bool, guesses: Guesses) -> dict[str, Json]:
    if event.changes is None or not name:
        return dict(event.data)
    changes = [{"path": change["path"], **_values(change, as_text)} for change in event.changes]
    alone = event.kind.resource == "user" and guesses.audit_user_updated == "updates"
    return {**({} if alone else event.data), name: changes}


def _values(change: Mapping[str, Json], as_text: bool) -> dict[str, Json]:
    values = {name: change[name] for name in ("newValue", "oldValue")}
    if not as_text:
        return values
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


def add(state: State, event: AuditEvent) -> str:
    """Put any event into the log, with new ids; its id."""
    made = dataclasses.replace(event, id=state.new_event_id(), event_id=state.new_uuid())
    state.audit_events.put(made)
    return made.id


def validation_failed(state: State, guesses: Guesses, key: ApiKey) -> None:
    """That an identity provider has called with a key that is not valid any more; nothing else is said of its calls.

    The key is named beside the data, where an ObjectId stands for it (Qlik reference: events of API keys).
    """
    data = {
        "jti": object_id(key.id),
        "code": "APIKEYS-18",
        "idpId": key.sub.rpartition("\\")[2],
        "subType": key.sub_type,
        "description": key.description,
        "createdByUser": key.created_by,
    }
    for prefix, desired in ((NEW, ("new", "both")), ("com.qlik.v1.", ("old", "both"))):
        if guesses.audit_names in desired:
            name, source = f"{prefix}api-key.validation.failed", "com.qlik/api-keys"
            extensions = {"topLevelResourceId": key.id}
            add(state, AuditEvent("", "", written(utc_now()), name, source, data=data, extensions=extensions))
