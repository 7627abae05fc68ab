# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles of a tenant, and references to them by name or ID."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Set

from .._errors import InvalidInput, UnknownReferences
from .references import Reference, hint_of_rename, nearest

#: Qlik reference, default roles: name and level.
DEFAULT_ROLES = {
    "TenantAdmin": "admin",
    "AnalyticsAdmin": "admin",
    "AuditAdmin": "admin",
    "DataAdmin": "admin",
    "AutomationCreator": "user",
    "AutomlDeploymentContributor": "user",
    "AutomlExperimentContributor": "user",
    "CollaborationPlatformUser": "user",
    "DataProductManager": "user",
    "DataServicesContributor": "user",
    "DataSpaceCreator": "user",
    "EmbeddedAnalyticsUser": "user",
    "ManagedSpaceCreator": "user",
    "PrivateAnalyticsContentCreator": "user",
    "SharedSpaceCreator": "user",
    "Steward": "user",
}

#: The default role that every user has; only its scopes can be changed.
USER_DEFAULT = "UserDefault"

#: Roles that Qlik has removed, and what to use instead.
REMOVED_ROLES = {
    "Developer": "Qlik removed the role Developer from all tenants on 2026-01-26. Assign the scope api-keys"
    " through a custom role, or through UserDefault, instead.",
}

Role = Dict[str, Any]


def _raise(error: InvalidInput) -> None:
    raise error


class RoleCatalog:
    """The known roles of a tenant.

    Every response that shows a role adds to it, so that a task does not read the roles of the tenant if all its roles
    are assigned already. C(complete): all roles of the tenant have been read.
    """

    def __init__(self) -> None:
        self._by: Dict[str, Dict[str, Role]] = {"name": {}, "id": {}}
        self._removed: Set[str] = set()
        #: The new name of each role in the description, by previous name.
        self.new_names: Dict[str, str] = {}
        self.complete = False

    def learn(self, roles: Any) -> None:
        """Add the roles of a response, complete or with C(id), C(name), C(type), and C(level) only."""
        for role in roles if isinstance(roles, (list, tuple)) else []:
            if not isinstance(role, dict):
                continue
            for by, index in self._by.items():
                if isinstance(role.get(by), str):
                    index[role[by]] = {key: role.get(key) for key in ("id", "name", "type", "level")}

    def learn_all(self, roles: Iterable[Role]) -> None:
        """Add all roles of the tenant, the response of GET /roles."""
        self.learn(list(roles))
        self.complete = True

    def expect(self, name: str, exists: bool = True) -> None:
        """Treat a role as existing because a plan creates it, or as missing because a plan deletes it."""
        if exists:
            self._by["name"].setdefault(name, {"id": None, "name": name, "type": "custom", "level": None})
            self._removed.discard(name)
        else:
            self._removed.add(name)

    def rename(self, names: Mapping[str, str]) -> None:
        """Treat roles as renamed, because plans rename them.

        :param names: the new names by ID.
        """
        for role_id, name in names.items():
            role = dict(self._by["id"][role_id], name=name)
            self._by["id"][role_id] = self._by["name"][name] = role

    def current(self) -> List[Role]:
        """Return the known roles that exist on the tenant."""
        return [role for role in self._by["id"].values() if role["id"] is not None]

    def names(self) -> List[str]:
        """Return the names of the known roles."""
        return list(self._by["name"])

    def knows(self, reference: Reference) -> bool:
        """Return whether a role is known."""
        return reference.value in self._by[reference.by]

    def resolve(self, references: Iterable[Reference], refuse: Callable[[InvalidInput], None] = _raise) -> List[Role]:
        """Return the roles without duplicates, sorted by name, with C(id), C(name), C(type), and C(level).

        Until the catalog is complete, an unknown role is assumed to exist, with C(None) as its C(id). The tenant checks
        it when the role is written.

        :param refuse: called with an error that names all missing roles. If it returns, they are part of the result.
        :raises UnknownReferences: if roles are missing, by default.
        """
        roles: Dict[Any, Role] = {}
        unknown = []
        for reference in references:
            role: Optional[Role] = self._by[reference.by].get(reference.value)
            is_missing = self.complete or self._new_name(reference) is not None
            if is_missing if role is None else role["name"] in self._removed:
                unknown.append(reference)
            if role is None:
                role = {"id": None, "name": None, "type": "default", "level": DEFAULT_ROLES.get(reference.value)}
                role[reference.by] = reference.value
            roles[role["name"] or role["id"]] = role
        if unknown:
            known = ", ".join(sorted(self._by["name"])) or "none"
            hint = "Role names are case-sensitive. The tenant has these roles: %s." % known if self.complete else ""
            refuse(UnknownReferences(list(map(self._explain, unknown)), hint))
        return sort_roles(roles.values())

    def _new_name(self, reference: Reference) -> Optional[str]:
        """Return the name in the description of the role with this previous name; C(None) if there is none."""
        return self.new_names.get(reference.value) if reference.by == "name" else None

    def _explain(self, reference: Reference) -> str:
        known = self._by[reference.by].get(reference.value)
        new_name = self._new_name(reference)
        if new_name is not None:
            return hint_of_rename("role", reference.value, new_name)
        if known is not None:
            return "The same description deletes the role %r." % known["name"]
        if reference.by == "id":
            return "The tenant has no role with the ID %r. Role IDs differ between tenants." % reference.value
        if reference.value in REMOVED_ROLES:
            return REMOVED_ROLES[reference.value]
        return "The tenant has no role %r.%s" % (reference.value, nearest(reference.value, self._by["name"]))


def sort_roles(roles: Iterable[Role]) -> List[Role]:
    """Return roles sorted by name and ID, the order in which they are sent and shown."""
    return sorted(roles, key=lambda role: (str(role.get("name") or ""), str(role.get("id") or "")))
