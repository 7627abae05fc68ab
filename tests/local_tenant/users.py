# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users (Qlik reference: users)."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable
from typing import Any

from . import patches, references, views
from .call import NO_CONTENT, Call, Json, Response, checked_fields, checked_text, redirect, response, text_field
from .errors import SERVICES, Refusal, not_found, refuse, shape
from .filters import MAX_IDS, Attribute, FilterError, Schema, comparisons, parse
from .paging import ListOf, filter_of_body, list_page
from .state import Role, State, User, invite_expiry, now

FIELDS = frozenset({"tenantId", "subject", "name", "email", "picture", "status", "assignedRoles"})
ANSWER_FIELDS = frozenset(
    {
        "id",
        "tenantId",
        "status",
        "subject",
        "name",
        "email",
        "picture",
        "preferredLocale",
        "preferredZoneinfo",
        "locale",
        "zoneinfo",
        "clientId",
        "inviteExpiry",
        "assignedRoles",
        "assignedGroups",
        "assignedScopes",
        "groups",
        "roles",
        "createdAt",
        "lastUpdatedAt",
        "created",
        "lastUpdated",
        "links",
    }
)
OLD_QUERY = ("tenantId", "subject", "email", "role", "status", "sortBy", "sortOrder")
WELL_FORMED = re.compile(r"[0-9a-f]{24}|[A-Za-z0-9_-]{32}")
TEXT_PATHS = {
    "/name": "name",
    "/preferredLocale": "preferred_locale",
    "/preferredZoneinfo": "preferred_zoneinfo",
    "/preferredZoneInfo": "preferred_zoneinfo",
}
SORTS: dict[str, Callable[[User], str]] = {
    "name": lambda user: user.name,
    "_id": lambda user: user.id,
    "id": lambda user: user.id,
    "tenantId": lambda user: "",
    "clientId": lambda user: user.client_id,
    "status": lambda user: user.status,
    "subject": lambda user: user.subject,
    "email": lambda user: user.email,
    "inviteExpiry": lambda user: f"{user.invite_expiry:012d}",
    "createdAt": lambda user: user.created_at,
}
SEARCHED = frozenset({"eq", "co"})


def list_users(call: Call) -> Response:
    """``GET /users``; the old query fields cannot be combined with a filter."""
    old = [name for name in OLD_QUERY if name in call.query]
    if old and call.guesses.deprecated_user_query == "refuse":
        raise refuse(400, "Invalid parameter", f"There is no parameter {old[0]!r}.", parameter=old[0])
    if old and "filter" in call.query:
        raise refuse(400, "Invalid parameter", f"{old[0]} cannot be combined with filter.", parameter=old[0])
    if call.query.get("sortOrder") == "desc" and "sort" not in call.query:
        call = dataclasses.replace(call, query={**call.query, "sort": "-name"})
    return list_page(call, _listing(call, SORTS, old), call.query.get("filter"))


def filter_users(call: Call) -> Response:
    """``POST /users/actions/filter``: sorted by name only, at most 100 ids."""
    listing = _listing(call, {"name": SORTS["name"]}, [])
    return list_page(call, dataclasses.replace(listing, max_ids=MAX_IDS), filter_of_body(call))


def count_users(call: Call) -> Response:
    """``GET /users/actions/count``."""
    kinds = {"not-deleted": lambda user: user.status != "deleted", "active": lambda user: user.status == "active"}
    counted = kinds.get(call.guesses.user_count, lambda user: True)
    return response(200, {"total": sum(map(counted, call.state.users))})


def get_me(call: Call) -> Response:
    """``GET /users/me``: 301 to the caller, the query kept."""
    query = f"?fields={call.query['fields']}" if "fields" in call.query else ""
    return redirect(call, 301, call.guesses.user_me_location, f"/api/v1/users/{call.user_id}{query}")


def get_user(call: Call) -> Response:
    """``GET /users/{id}``, or only the fields asked for and the id."""
    user = _found(call, deleted=call.guesses.deleted_user_get == "visible")
    return response(200, _view(call)(call, user))


def _view(call: Call) -> Callable[[Call, User], Json]:
    """How this call wants users to look. Raises Refusal 400 for a field that does not exist."""
    if "fields" not in call.query:
        return views.user
    desired = {name for name in call.query["fields"].split(",") if name}
    for name in sorted(desired - ANSWER_FIELDS):
        raise refuse(400, "Invalid parameter", f"There is no field {name!r}.", parameter="fields")

    def some(call: Call, user: User) -> Json:
        view = views.user(call, user, legacy_groups=True)
        return {name: value for name, value in view.items() if name in desired | {"id"}}

    return some


def create_user(call: Call) -> Response:
    """``POST /users``."""
    body = checked_fields(call, FIELDS, frozenset({"subject"}))
    guesses, state = call.guesses, call.state
    subject = text_field(body, "subject", empty=False)
    email = text_field(body, "email")
    name = text_field(body, "name", {"subject": subject, "email": email, "empty": ""}[guesses.user_name_default])
    status = text_field(body, "status", "active")
    if status not in ("invited", "active") or (
        status == "active" and "status" in body and guesses.user_post_active == "refuse"
    ):
        raise refuse(400, "Invalid value", "A user is created invited.", pointer="/status")
    if status == "invited" and not email:
        raise refuse(400, "Missing field", "An invitation needs an email address.", pointer="/email")
    if text_field(body, "tenantId", state.tenant.id) != state.tenant.id:
        raise refuse(guesses.user_foreign_tenant_id, "Invalid tenant", "The tenant is another.", pointer="/tenantId")
    role_ids = references.role_ids(call, body.get("assignedRoles", []), "/assignedRoles")
    _check_conflict(call, subject, email)
    moment = now()
    user = User(
        state.new_id(),
        subject,
        name,
        moment,
        moment,
        email=email,
        picture=text_field(body, "picture"),
        status=status,
        role_ids=role_ids,
        invite_expiry=invite_expiry() if status == "invited" else 0,
    )
    state.users.put(user)
    return response(201, views.user(call, user, legacy_groups=True))


def patch_user(call: Call) -> Response:
    """``PATCH /users/{id}``: 204, or 207 with errors when lesser parts failed."""
    user = _found(call)
    partial = call.guesses.user_patch_partial

    def lesser(operation: patches.Operation) -> bool:
        if operation.path.startswith("/assignedGroups"):
            return False
        return partial == "any" or (partial == "lesser" and operation.path in TEXT_PATHS)

    if partial == "never" and not call.fail_paths:
        patches.apply_in_order(call, user, lambda item, step: _patched(call, item, step), call.state.users.put)
        return NO_CONTENT
    changed, failed = patches.apply_what_can_be(call, user, lambda item, step: _patched(call, item, step), lesser)
    call.state.users.put(changed)
    if not failed:
        return NO_CONTENT
    return response(207, shape(Refusal(400, *failed), SERVICES["users"], "PATCH", call.guesses))


def delete_user(call: Call) -> Response:
    """``DELETE /users/{id}``: the record stays without personal data; that of an invited user goes."""
    user = _found(call)
    guesses, state = call.guesses, call.state
    if user.id == call.user_id and guesses.self_deletion != "allowed":
        raise refuse(int(guesses.self_deletion), "Not allowed", "Nobody can delete itself.")
    others = (other for other in state.users if other.id != user.id)
    if guesses.last_admin != "allowed" and state.is_admin(user) and not any(map(state.is_admin, others)):
        raise refuse(int(guesses.last_admin), "Not allowed", "The last TenantAdmin cannot be deleted.")
    if user.status == "invited":
        state.users.remove(user.id)
    else:
        state.users.put(deleted(user, guesses.deleted_subject))
    if guesses.assignments_of_deleted == "removed":
        state.forget_assignee(user.id)
    if guesses.api_keys_of_deleted_users == "revoked":
        for key in state.api_keys_of(user.id):
            if key.status == "active":
                state.api_keys.put(dataclasses.replace(key, status="revoked", updated_at=now()))
    return NO_CONTENT


def deleted(user: User, subject: str) -> User:
    """What is left of a user after its deletion; ``subject`` is the guess of that name."""
    return User(
        user.id,
        user.subject if subject == "kept" else "",
        "",
        user.created_at,
        now(),
        status="deleted",
        client_id=user.client_id,
        deleted=time.monotonic(),
    )


def invite_users(call: Call) -> Response:
    """``POST /users/actions/invite``: always 207, with one entry for each invitee."""
    if call.guesses.invitations != "allowed":
        raise refuse(403, "Forbidden", "Invitations need Qlik Account logins.")
    body = checked_fields(call, frozenset({"invitees"}), frozenset({"invitees"}))
    if not isinstance(body["invitees"], list) or not body["invitees"]:
        raise refuse(400, "Invalid value", "invitees is an array that is not empty.", pointer="/invitees")
    return response(207, {"data": [_invited(call, item, index) for index, item in enumerate(body["invitees"])]})


def _invited(call: Call, invitee: Json, index: int) -> dict[str, Json]:
    pointer = f"/invitees/{index}"
    if not isinstance(invitee, dict) or set(invitee) - {"email", "name", "language", "resend"}:
        raise refuse(400, "Invalid value", "An invitee has email, name, language and resend.", pointer=pointer)
    email = checked_text(invitee.get("email"), f"{pointer}/email", empty=False)
    state = call.state
    known = [user for user in _users_with(call, email) if user.status != "deleted"]
    if known and known[0].status != "invited":
        code, title = ("1002", "User is disabled") if known[0].status == "disabled" else ("1001", "User is active")
        return {"status": "error", "code": code, "title": title, "email": email}
    if known:
        user, resent = known[0], bool(invitee.get("resend"))
        if resent:
            state.users.put(dataclasses.replace(user, invite_expiry=invite_expiry()))
        return {"status": "ok" if resent else "exists", "email": email, "userId": user.id, "subject": user.subject}
    name = checked_text(invitee.get("name", email), f"{pointer}/name")
    moment, user_id = now(), state.new_id()
    user = User(user_id, f"invited|{user_id}", name, moment, moment, email, status="invited")
    state.users.put(dataclasses.replace(user, invite_expiry=invite_expiry()))
    return {"status": "ok", "email": email, "userId": user.id, "subject": user.subject}


def _listing(call: Call, sorts: dict[str, Callable[[User], str]], old: list[str]) -> ListOf[User]:
    schema = _schema(call.state)
    conditions: list[tuple[str, Callable[[User], bool]]] = []
    for name in old:
        conditions.append((f"{name}={call.query[name]}", _old_condition(call, name)))
    if not call.guesses.deleted_users_in_list and not _asks_status(call):
        conditions.append(("not deleted", lambda user: user.status != "deleted"))
    always = None
    if conditions:
        tests = [test for _name, test in conditions]
        always = (",".join(name for name, _test in conditions), lambda user: all(test(user) for test in tests))
    return ListOf(call.state.users, schema, sorts, _view(call), always)


def _asks_status(call: Call) -> bool:
    if "status" in call.query:
        return True
    text = call.query.get("filter") or (call.body.get("filter") if isinstance(call.body, dict) else None)
    try:
        found = comparisons(parse(text)) if isinstance(text, str) else []
    except FilterError:
        # The listing itself refuses the filter, with the right words.
        return False
    return any(item.attribute.lower() == "status" for item in found)


def _old_condition(call: Call, name: str) -> Callable[[User], bool]:
    """The condition of a deprecated query field; the two about sorting have none. Raises Refusal 400."""
    desired = call.query[name]
    if (name == "sortBy" and desired != "name") or (name == "sortOrder" and desired not in ("asc", "desc")):
        raise refuse(400, "Invalid parameter", f"{name} cannot be {desired!r}.", parameter=name)
    role = call.state.role_named(desired)
    conditions: dict[str, Callable[[User], bool]] = {
        "tenantId": lambda user: desired == call.state.tenant.id,
        "subject": lambda user: user.subject == desired,
        "email": lambda user: user.email == desired,
        "role": lambda user: role is not None and role.id in user.role_ids,
        "status": lambda user: user.status in desired.split(","),
    }
    return conditions.get(name, lambda user: True)


def _schema(state: State) -> Schema[User]:
    def roles(user: User) -> list[Role]:
        return [role for role in map(state.roles.get, user.role_ids) if role]

    def group_roles(user: User) -> list[str]:
        groups = [state.groups.get(group_id) for group_id in user.group_ids]
        found = [state.roles.get(role_id) for group in groups if group for role_id in group.role_ids]
        return [role.name for role in found if role]

    return Schema(
        {
            "id": Attribute(lambda user: (user.id,)),
            "subject": Attribute(lambda user: (user.subject,), SEARCHED),
            "name": Attribute(lambda user: (user.name,), SEARCHED),
            "email": Attribute(lambda user: (user.email,), SEARCHED),
            "status": Attribute(lambda user: (user.status,)),
            "clientId": Attribute(lambda user: (user.client_id,)),
            "assignedRoles.id": Attribute(lambda user: user.role_ids),
            "assignedRoles.name": Attribute(lambda user: [role.name for role in roles(user)]),
            "assignedGroups.id": Attribute(lambda user: user.group_ids),
            "assignedGroupsAssignedRoles.name": Attribute(group_roles),
            "assignedScopes": Attribute(lambda user: ()),
        },
        grouped_status=True,
    )


def _found(call: Call, *, deleted: bool = False) -> User:
    user = call.state.users.get(call.item_id)
    if user is None or (user.status == "deleted" and not deleted):
        if not WELL_FORMED.fullmatch(call.item_id):
            raise refuse(call.guesses.malformed_id_status, "Not found", "This is not the id of a user.")
        raise not_found("The user does not exist.")
    return user


def _check_conflict(call: Call, subject: str, email: str) -> None:
    guesses = call.guesses
    since = time.monotonic() - guesses.deleted_subject_conflict_seconds

    for user in call.state.users.find("subject", subject):
        gone = user.status == "deleted" and user.deleted <= since
        if not gone and (guesses.user_conflict_case == "insensitive" or user.subject == subject):
            raise refuse(409, "Conflict", "A user with this subject exists.", pointer="/subject")
    _check_email(call, email)


def _check_email(call: Call, email: str, own_id: str = "") -> None:
    """Raises Refusal: 400 for what is no address, 409 for that of another user, whatever its status."""
    if email and "@" not in email:
        raise refuse(400, "Invalid value", "This is not an email address.", pointer="/email")
    if any(user.id != own_id for user in _users_with(call, email)):
        raise refuse(409, "Conflict", "A user with this email exists.", pointer="/email")


def _users_with(call: Call, email: str) -> list[User]:
    found = call.state.users.find("email", email) if email else []
    return [user for user in found if call.guesses.user_email_case == "insensitive" or user.email == email]


def _patched(call: Call, user: User, operation: patches.Operation) -> User:
    steps = {"replace": _replaced, "add": _added, "remove-value": _removed, "renew": _renewed}
    if operation.op not in steps:
        raise patches.unsupported(operation)
    changed = steps[operation.op](call, user, operation)
    lost = user.id == call.user_id and call.state.is_admin(user) and not call.state.is_admin(changed)
    if lost and call.guesses.self_lockout != "allowed":
        raise refuse(
            int(call.guesses.self_lockout), "Not allowed", "Nobody can lock itself out.", pointer=operation.path
        )
    return dataclasses.replace(changed, updated_at=now())


def _replaced(call: Call, user: User, operation: patches.Operation) -> User:
    path, value = operation.path, operation.value
    if path == "/preferredZoneInfo" and call.guesses.zoneinfo_spelling == "enum":
        raise patches.unsupported(operation)
    if path in TEXT_PATHS:
        change: dict[str, Any] = {TEXT_PATHS[path]: checked_text(value, path)}
        return dataclasses.replace(user, **change)
    if path == "/email" and call.guesses.user_email_patch == "accept":
        email = checked_text(value, path)
        _check_email(call, email, user.id)
        return dataclasses.replace(user, email=email)
    if path == "/status":
        if value not in ("active", "disabled"):
            raise refuse(400, "Invalid value", "status is active or disabled.", pointer=path)
        return dataclasses.replace(user, status=value, invite_expiry=0)
    if path == "/assignedRoles":
        return dataclasses.replace(user, role_ids=references.role_ids(call, value, path))
    if path == "/assignedGroups":
        return _with_groups(call, user, value, path)
    raise patches.unsupported(operation)


def _with_groups(call: Call, user: User, value: Json, path: str) -> User:
    if not isinstance(value, list):
        raise refuse(400, "Invalid value", "An array of groups is required.", pointer=path)
    kept = tuple(group_id for group_id in user.group_ids if not _is_custom(call, group_id))
    if kept and call.guesses.replace_groups_beside_idp == "refuse":
        raise refuse(400, "Not allowed", "The user has groups of an identity provider.", pointer=path)
    if not all(isinstance(item, dict) for item in value):
        raise refuse(400, "Invalid value", "A group is an object here.", pointer=path)
    groups = [references.custom_group(call, item, f"{path}/{index}") for index, item in enumerate(value)]
    return dataclasses.replace(user, group_ids=tuple(dict.fromkeys((*kept, *(group.id for group in groups)))))


def _is_custom(call: Call, group_id: str) -> bool:
    group = call.state.groups.get(group_id)
    return group is not None and group.provider_type == "custom"


def _added(call: Call, user: User, operation: patches.Operation) -> User:
    path, value = operation.path, operation.value
    if path == "/assignedRoles/-" and call.guesses.user_role_add == "accept":
        role_id = references.role_id(call, value, path)
        return dataclasses.replace(user, role_ids=tuple(filter(None, dict.fromkeys((*user.role_ids, role_id)))))
    if path == "/assignedGroups/-":
        if isinstance(value, dict) and set(value) != {"name", "providerType"}:
            raise refuse(400, "Invalid value", "A group is an id, or name and providerType.", pointer=path)
        group = references.custom_group(call, value, path)
        if group.id in user.group_ids:
            raise refuse(400, "Already assigned", "The user has this group already.", pointer=path)
        return dataclasses.replace(user, group_ids=(*user.group_ids, group.id))
    raise patches.unsupported(operation)


def _removed(call: Call, user: User, operation: patches.Operation) -> User:
    path, value = operation.path, operation.value
    if path == "/assignedRoles" and call.guesses.user_role_add == "accept":
        if not isinstance(value, dict) or set(value) != {"id"}:
            raise refuse(400, "Invalid value", "A role is an object with id here.", pointer=path)
        role_id = references.role_id(call, value, path)
        return dataclasses.replace(user, role_ids=tuple(item for item in user.role_ids if item != role_id))
    if path == "/assignedGroups":
        if not isinstance(value, str):
            raise refuse(400, "Invalid value", "A group is its id here.", pointer=path)
        group = references.custom_group(call, value, path)
        if group.id not in user.group_ids:
            raise refuse(400, "Not assigned", "The user does not have this group.", pointer=path)
        return dataclasses.replace(user, group_ids=tuple(item for item in user.group_ids if item != group.id))
    raise patches.unsupported(operation)


def _renewed(call: Call, user: User, operation: patches.Operation) -> User:
    if operation.path != "/inviteExpiry":
        raise patches.unsupported(operation)
    if user.status != "invited":
        raise refuse(400, "Not invited", "Only an invitation can be renewed.", pointer=operation.path)
    if operation.value == "" and call.guesses.renew_empty_value == "refuse":
        raise refuse(400, "Invalid value", "The value is empty.", pointer=operation.path)
    return dataclasses.replace(user, invite_expiry=invite_expiry())
