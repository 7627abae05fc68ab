# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Group settings, with the roles of Everyone (Qlik reference: groups)."""

from __future__ import annotations

import dataclasses
from typing import Any

from . import patches, references, views
from .call import NO_CONTENT, Call, Json, Response, response
from .errors import refuse
from .kind import UPDATED, WRITE, Events, PlantError, Singleton, old_names
from .routes import Route
from .state import EVERYONE_ID, Group, State, now

PATH = "/groups/settings"
SYSTEM_ROLES_PATH = f"/systemGroups/{EVERYONE_ID}/assignedRoles"
SWITCHES = {"/autoCreateGroups": "auto_create_groups", "/syncIdpGroups": "sync_idp_groups"}


@dataclasses.dataclass(frozen=True)
class GroupSettings:
    """Group settings besides the roles of Everyone."""

    auto_create_groups: bool = False
    sync_idp_groups: bool = False


def view(call: Call, settings: GroupSettings) -> dict[str, Json]:
    """The tenant's group settings."""
    everyone = call.state.everyone
    system: dict[str, Json] = {
        "id": EVERYONE_ID,
        "name": everyone.name,
        "enabled": True,
        "createdAt": everyone.created_at,
        "lastUpdatedAt": everyone.updated_at,
    }
    if call.as_admin:
        system["assignedRoles"] = views.role_references(call, everyone.role_ids)
    view: dict[str, Json] = {"tenantId": call.state.tenant.id, "autoCreateGroups": settings.auto_create_groups}
    if not call.guesses.omit_sync_idp_groups:
        view["syncIdpGroups"] = settings.sync_idp_groups
    view["systemGroups"] = {EVERYONE_ID: system}
    view["links"] = views.self_link(call, PATH)
    return view


def get_settings(call: Call) -> Response:
    """``GET /groups/settings``."""
    return response(200, view(call, KIND.of(call.state)))


def patch_settings(call: Call) -> Response:
    """``PATCH /groups/settings``: the two switches and the roles of Everyone."""
    current = (KIND.of(call.state), call.state.everyone)

    def store(changed: tuple[GroupSettings, Group]) -> None:
        settings, call.state.everyone = changed
        KIND.put(call.state, settings)

    patches.apply_in_order(call, current, lambda item, operation: _patched(call, item, operation), store)
    return NO_CONTENT


def _patched(
    call: Call, current: tuple[GroupSettings, Group], operation: patches.Operation
) -> tuple[GroupSettings, Group]:
    settings, everyone = current
    if operation.op != "replace":
        raise patches.unsupported(operation)
    if operation.path == SYSTEM_ROLES_PATH:
        role_ids = references.role_ids(call, operation.value, operation.path, call.state.capacity.group_roles)
        return settings, dataclasses.replace(everyone, role_ids=role_ids, updated_at=now(), updated_by=call.user_id)
    if operation.path not in SWITCHES:
        raise patches.unsupported(operation)
    if not isinstance(operation.value, bool):
        raise refuse(400, "Invalid value", "A boolean is required.", pointer=operation.path)
    return dataclasses.replace(settings, **{SWITCHES[operation.path]: operation.value}), everyone


def _compared(call: Call, settings: GroupSettings) -> dict[str, Json]:
    switches = {path[1:]: getattr(settings, field) for path, field in SWITCHES.items()}
    return {"tenantId": call.state.tenant.id, **switches}


def _planted(state: State, settings: GroupSettings, changes: Any) -> GroupSettings:
    """The settings with changes; ``everyone_roles`` are the names of the roles of Everyone. Raises PlantError."""
    changes = dict(changes)
    if "everyone_roles" in changes:
        found = [state.role_named(name) for name in changes.pop("everyone_roles")]
        if None in found:
            raise PlantError("unknown role for Everyone")
        state.everyone = dataclasses.replace(state.everyone, role_ids=tuple(role.id for role in found if role))
    return dataclasses.replace(settings, **changes)


KIND: Singleton[GroupSettings] = Singleton(
    "settings",
    GroupSettings(),
    view,
    (Route("GET", PATH, get_settings), Route("PATCH", PATH, patch_settings, **WRITE)),
    plant=_planted,
    events=Events(
        "group-setting",
        _compared,
        old=old_names("com.qlik.v1.group-setting", UPDATED),
        changes=("_updates", "updates"),
    ),
)
