# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings that refer to other resources: assigned roles and assigned custom groups."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Optional

from .._errors import InvalidInput, UnexpectedResponse
from .references import Reference, Resource
from .roles import USER_DEFAULT, Role, sort_roles
from .settings import LIST_OF_TEXTS, Operation, Params, Setting
from .snapshot import Snapshot

#: Qlik reference, groups: the maximum number of roles of a group. The collection applies it to users too.
MOST_ROLES = 100
_ONLY_CUSTOM = "Only custom groups can be assigned. The members of idp groups come from the identity provider."


class AssignedRoles(Setting):
    """A list of roles by name or by id. Its values are lists of roles with C(id) and C(name).

    :param option: the option for the names of the roles.
    :param ids_option: the option for the ids of the roles, or C(None).
    :param purge_option: the option that says whether to remove unlisted roles; C(None): they are always removed.
    :param can_be_added: whether PATCH can add a single role. For users, examples in Qlik's reference do so, but a
        tutorial says that it is not possible. For groups, only the whole list can be replaced.
    """

    must_be_visible = True
    refers_to = ("role",)

    def __init__(
        self,
        option: str = "assigned_roles",
        path: str = "",
        ids_option: Optional[str] = "assigned_role_ids",
        purge_option: Optional[str] = "purge_roles",
        can_be_added: bool = False,
    ) -> None:
        super().__init__(option, LIST_OF_TEXTS, "assignedRoles", path)
        self.ids_option = ids_option
        self.exclusive_options = (option, ids_option) if ids_option else ()
        self.purge_option = purge_option
        self.can_be_added = can_be_added

    def argument_spec(self) -> Dict[str, Any]:
        spec = super().argument_spec()
        if self.ids_option:
            spec[self.ids_option] = dict(self.spec)
        if self.purge_option:
            spec[self.purge_option] = {"type": "bool", "default": True}
        return spec

    def is_given(self, desired: Params) -> bool:
        return any(desired.get(option) is not None for option in (self.option, self.ids_option) if option)

    def warnings(self, desired: Params) -> List[str]:
        texts = super().warnings(desired)
        if Reference("role", ("name", USER_DEFAULT)) in self.references(desired):
            texts.append("Qlik recommends not assigning %s; the tenant may reject it." % USER_DEFAULT)
        return texts

    def references(self, desired: Params, current: Any = None) -> List[Reference]:
        by = self._by(desired)
        values = desired.get(self.option if by == "name" else str(self.ids_option)) or []
        return [Reference("role", (by, value)) for value in values]

    def current(self, resource: Resource) -> Any:
        roles = resource.get(self.api)
        if roles is None:
            return None
        if not isinstance(roles, list) or not all(
            isinstance(role, dict) and isinstance(role.get("name") or role.get("id"), str) for role in roles
        ):
            raise UnexpectedResponse("Unexpected response: %s is not a list of roles." % self.api)
        return sort_roles(roles)

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> List[Role]:
        target = snapshot.roles.resolve(self.references(desired), snapshot.refuse)
        by = self._by(desired)
        if any(not isinstance(role.get(by), str) for role in current or []):
            raise UnexpectedResponse("Unexpected response: an item of %s has no %s." % (self.api, by))
        if self.only_adds(desired):
            listed = {role[by] for role in target}
            target = sort_roles(target + [role for role in current or [] if role[by] not in listed])
        if len(target) > MOST_ROLES:
            snapshot.refuse(InvalidInput("%d roles are too many: at most %d are allowed." % (len(target), MOST_ROLES)))
        return target

    def differs(self, current: Any, target: Any) -> bool:
        key = "name" if all(role["name"] for role in target) else "id"
        return {role.get(key) for role in current} != {role.get(key) for role in target}

    def only_adds(self, desired: Params) -> bool:
        return bool(self.purge_option and not desired.get(self.purge_option, True))

    def operations(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        if not self.can_be_added or not self.only_adds(desired) or current is None:
            return super().operations(desired, current, target)
        by = self._by(desired)
        present = {role[by] for role in current}
        added = [role for role in target if role[by] not in present]
        return [{"op": "add", "path": "%s/-" % self.path, "value": role} for role in self._sent(desired, added)]

    def replacement(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        return super().replacement(desired, current, self._sent(desired, target))

    def payload(self, desired: Params, target: Any) -> Dict[str, Any]:
        return super().payload(desired, self._sent(desired, target))

    def predict(self, resource: Resource, target: Any) -> None:
        super().predict(resource, target)
        # Qlik reference, users: responses may repeat the names in the deprecated field roles.
        if isinstance(resource.get("roles"), list):
            resource["roles"] = self.shown(target)

    def shown(self, value: Any) -> List[str]:
        return [role.get("name") or role.get("id") for role in value]

    def _by(self, desired: Params) -> str:
        return "id" if self.ids_option and desired.get(self.ids_option) is not None else "name"

    def _sent(self, desired: Params, roles: List[Role]) -> List[Dict[str, str]]:
        by = self._by(desired)
        return [{by: role[by]} for role in roles]


class CustomGroups(Setting):
    """The custom groups of a user by name. Its values are lists of groups with C(id) and C(name).

    Qlik reference, groups: only custom groups can be added and removed, with one operation per group. The API rejects
    adding a group that the user already has.
    """

    refers_to = ("group",)
    purge_option = "purge_groups"

    def __init__(self) -> None:
        super().__init__("assigned_groups", LIST_OF_TEXTS, missing=[], in_creation=False)

    def argument_spec(self) -> Dict[str, Any]:
        return dict(super().argument_spec(), purge_groups={"type": "bool", "default": False})

    def current(self, resource: Resource) -> Any:
        groups = resource.get(self.api) or []
        if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
            raise UnexpectedResponse("Unexpected response: %s is not a list of groups." % self.api)
        return _by_name(group for group in groups if group.get("providerType") == "custom")

    def references(self, desired: Params, current: Any = None) -> List[Reference]:
        present = {group["name"] for group in current or []}
        names = desired.get(self.option) or []
        return [Reference("group", ("name", name, "custom")) for name in names if name not in present]

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> List[Resource]:
        kept = current or []
        if not self.only_adds(desired):
            kept = [group for group in kept if group["name"] in desired[self.option]]
        return _by_name([*kept, *self._added(desired, current, snapshot)])

    def _added(self, desired: Params, current: Any, snapshot: Snapshot) -> Iterator[Resource]:
        # Look up current groups too: the same description may delete them.
        found = snapshot.find_or_refuse(self.references(desired), _ONLY_CUSTOM)
        for reference in dict.fromkeys(self.references(desired, current)):
            group = found.get(reference)
            shown = {field: (group or {}).get(field) for field in ("id", "assignedRoles")}
            yield dict(shown, name=reference.value, providerType="custom")

    def differs(self, current: Any, target: Any) -> bool:
        return bool(self.shown(current or []) != self.shown(target))

    def only_adds(self, desired: Params) -> bool:
        return not desired.get("purge_groups")

    def replacement(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        present, names = self.shown(current), self.shown(target)
        added = [
            {"op": "add", "path": "/assignedGroups/-", "value": {"name": name, "providerType": "custom"}}
            for name in names
            if name not in present
        ]
        removed = [
            {"op": "remove-value", "path": self.path, "value": group["id"]}
            for group in current
            if group["name"] not in names
        ]
        return added + removed

    def predict(self, resource: Resource, target: Any) -> None:
        current, names = resource.get(self.api) or [], self.shown(target)
        kept = [group for group in current if group.get("providerType") != "custom" or group.get("name") in names]
        present = self.shown(self.current(resource))
        resource[self.api] = kept + [group for group in target if group["name"] not in present]

    def shown(self, value: Any) -> List[str]:
        return [group["name"] for group in value]


def _by_name(groups: Iterable[Resource]) -> List[Resource]:
    return sorted(groups, key=lambda group: str(group.get("name")))
