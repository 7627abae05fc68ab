# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tenant in memory that looks like a transport, and that can fail at chosen writes."""

from __future__ import annotations

import json
import re
import threading
from copy import deepcopy
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional

from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Response
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ApiError, QlikError, ResponseLost, api_error
from unit.plugins.module_utils.helpers import GROUPS, Json, group, role


class Fault(NamedTuple):
    """What goes wrong with one request.

    :param error: is raised in place of the answer.
    :param done: whether the request is carried out all the same.
    :param meanwhile: what somebody else does to the tenant at this moment.
    """

    error: Optional[QlikError]
    done: bool = False
    meanwhile: Callable[[], Any] = lambda: None


def refused(status: int, code: str = "X-1") -> ApiError:
    return api_error("POST /api/v1/groups", status, {"errors": [{"code": code, "title": "refused"}]})


def lost(done: bool) -> Fault:
    return Fault(ResponseLost("The answer was lost."), done)


class Tenant:
    retries = 5

    def __init__(self, *groups: Json, roles: Iterable[str] = ("A", "B", "C")) -> None:
        self.groups: Dict[str, Json] = {each["id"]: deepcopy(each) for each in groups}
        self.roles = [role(name) for name in roles]
        self.members: Dict[str, int] = {}
        self.active: Optional[int] = None
        #: What a POST leaves out of a new group.
        self.ignored: List[str] = []
        #: How many looks at a group still show it as it was before the last PATCH.
        self.late = 0
        self.calls: List[str] = []
        self.pauses: List[int] = []
        self.on_write: Callable[[str], Any] = lambda call: None
        self._before: Dict[str, Json] = {}
        self._faults: Dict[str, List[Optional[Fault]]] = {}
        self._lock = threading.Lock()

    def fail(self, method: str, *faults: Optional[Fault]) -> None:
        """The next requests of this method fail like that, one after another; C(None) lets one through."""
        self._faults.setdefault(method, []).extend(faults)

    def pause(self, attempt: int, at_least: float = 0.0) -> None:
        self.pauses.append(attempt)

    def send(
        self,
        method: str,
        path: str,
        query: Any = "",
        body: Any = None,
        safe_to_repeat: bool = True,
        check: Callable[[Response], object] = lambda response: None,
        headers: Any = None,
    ) -> Response:
        short = path[len("/api/v1/") :]
        query = dict(query or {})
        kind = "?count" if query.get("limit") == 1 else "?filter" if "filter" in query else ""
        call = "%s %s%s" % (method, short, kind)
        with self._lock:
            self.calls.append(call)
            waiting = self._faults.get(method, [])
            fault = waiting.pop(0) if waiting else None
        if method != "GET":
            self.on_write(call)
        with self._lock:
            if fault:
                fault.meanwhile()
                if fault.error and not fault.done:
                    raise fault.error
            response = self._serve(method, path, query, deepcopy(body))
            if fault and fault.error:
                raise fault.error
        check(response)
        return response

    def _serve(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> Response:
        if path == "/api/v1/roles":
            return Response(200, {}, {"data": self.roles})
        if path == "/api/v1/users":
            group_id = literals(query["filter"], "assignedGroups.id")[0]
            return Response(200, {}, {"data": [], "totalResults": self.members.get(group_id, 0)})
        if path == GROUPS:
            return Response(201, {}, self._created(body)) if method == "POST" else self._listed(query)
        resource_id = path[len(GROUPS) + 1 :]
        if resource_id not in self.groups:
            raise refused(404, "GROUPS-7")
        if method == "DELETE":
            if self.members.get(resource_id):
                raise refused(400)
            del self.groups[resource_id]
        elif method == "PATCH":
            self._before[resource_id] = deepcopy(self.groups[resource_id])
            for operation in body:
                name = operation["path"].lstrip("/")
                value = operation["value"]
                self.groups[resource_id][name] = self._resolved(value) if name == "assignedRoles" else value
        elif self.late:
            self.late -= 1
            return Response(200, {}, deepcopy(self._before[resource_id]))
        else:
            return Response(200, {}, deepcopy(self.groups[resource_id]))
        return Response(204, {}, None)

    def _listed(self, query: Mapping[str, Any]) -> Response:
        condition = query.get("filter")
        found = list(self.groups.values())
        if condition is not None and literals(condition, "name"):
            names = [name.casefold() for name in literals(condition, "name")]
            found = [each for each in found if each["name"].casefold() in names]
        total = len(found) if self.active is None else self.active
        return Response(200, {}, {"data": deepcopy(found), "totalResults": total})

    def _created(self, body: Json) -> Json:
        provider_type = body.get("providerType", "idp")
        for each in self.groups.values():
            if (each["name"], each["providerType"]) == (body["name"], provider_type):
                raise refused(409)
        made = group(body["name"], provider_type, tenantId="t")
        made["assignedRoles"] = self._resolved(body.get("assignedRoles", []))
        if "description" in body:
            made["description"] = body["description"]
        for name in self.ignored:
            made[name] = [] if name == "assignedRoles" else ""
        self.groups[made["id"]] = made
        return deepcopy(made)

    def _resolved(self, references: List[Json]) -> List[Json]:
        roles = []
        for reference in references:
            hits = [each for each in self.roles if reference.items() <= each.items()]
            if not hits:
                raise refused(400)
            roles += hits
        return roles


def literals(condition: str, attribute: str) -> List[str]:
    """The values that a filter compares an attribute with."""
    found = re.findall(r'%s eq ("(?:[^"\\]|\\.)*")' % re.escape(attribute), condition)
    return [str(json.loads(literal)) for literal in found]
