# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles of a tenant: turning names and ids that a task gives into roles that the tenant has."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Optional, Set

from .._errors import InvalidInput, UnknownReferences
from .references import Reference, nearest

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


class RoleCatalogue:
    """The roles of a tenant, as far as they have been seen.

    Every answer that shows a role teaches it, so that a task whose roles are all assigned already does not have to
    ask for them. C(complete) says that all roles of the tenant have been read.
    """

    def __init__(self) -> None:
        self._by: Dict[str, Dict[str, Role]] = {"name": {}, "id": {}}
        self._removed: Set[str] = set()
        self.complete = False

    def learn(self, roles: Any) -> None:
        """Remember roles that an answer showed, in full or as C(id), C(name), C(type) and C(level)."""
        for role in roles if isinstance(roles, (list, tuple)) else []:
            if not isinstance(role, dict):
                continue
            for by, index in self._by.items():
                if isinstance(role.get(by), str):
                    index[role[by]] = {key: role.get(key) for key in ("id", "name", "type", "level")}

    def learn_all(self, roles: Iterable[Role]) -> None:
        """Remember the answer of GET /roles."""
        self.learn(list(roles))
        self.complete = True

    def expect(self, name: str, exists: bool = True) -> None:
        """Count a role as existing that is going to be created, or as missing that is going to be deleted."""
        if exists:
            self._by["name"].setdefault(name, {"id": None, "name": name, "type": "custom", "level": None})
            self._removed.discard(name)
        else:
            self._removed.add(name)

    def current(self) -> List[Role]:
        """The roles that the tenant has, as far as they have been seen."""
        return [role for role in self._by["id"].values() if role["id"] is not None]

    def knows(self, reference: Reference) -> bool:
        """Whether the role has been seen on the tenant."""
        return reference.value in self._by[reference.by]

    def resolve(self, references: Iterable[Reference], refuse: Callable[[InvalidInput], None] = _raise) -> List[Role]:
        """The roles meant, each once and sorted by name, as C(id), C(name), C(type) and C(level).

        While the catalogue is not complete, a role that has not been seen is taken for one that exists: the tenant
        decides that at the write. Its C(id) is C(None) then.

        :param refuse: is called with an error that names all that the tenant does not have. If it returns, these are
            among the roles.
        :raises UnknownReferences: the same, where nothing else is to be done with it.
        """
        roles: Dict[Any, Role] = {}
        unknown = []
        for reference in references:
            role: Optional[Role] = self._by[reference.by].get(reference.value)
            if (role is None and self.complete) or (role is not None and role["name"] in self._removed):
                unknown.append(reference)
            if role is None:
                role = {"id": None, "name": None, "type": "default", "level": DEFAULT_ROLES.get(reference.value)}
                role[reference.by] = reference.value
            roles[role["name"] or role["id"]] = role
        if unknown:
            known = ", ".join(sorted(self._by["name"])) or "none"
            hint = "Role names are case-sensitive. The tenant has these roles: %s." % known
            refuse(UnknownReferences(list(map(self._explain, unknown)), hint))
        return sort_roles(roles.values())

    def _explain(self, reference: Reference) -> str:
        known = self._by[reference.by].get(reference.value)
        if known is not None:
            return "The role %r is removed by the same description." % known["name"]
        if reference.by == "id":
            return "The tenant has no role with the id %r. Ids of roles differ from tenant to tenant." % reference.value
        if reference.value in REMOVED_ROLES:
            return REMOVED_ROLES[reference.value]
        return "The tenant has no role %r.%s" % (reference.value, nearest(reference.value, self._by["name"]))


def sort_roles(roles: Iterable[Role]) -> List[Role]:
    """Roles in the order in which they are sent and shown."""
    return sorted(roles, key=lambda role: (str(role.get("name") or ""), str(role.get("id") or "")))
