# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several tests need: a clock that stands still, scripted answers, and the resources of a small tenant."""

from __future__ import annotations

import io
import json
import threading
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Union, cast

import requests
import urllib3
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.effects import show_to
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import Plan
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.snapshot import Snapshot

Json = Dict[str, Any]

TENANT = "https://acme.eu.qlikcloud.com"
GROUP = Group()
GROUPS = "/api/v1/groups"


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: List[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


def connection(**changes: Any) -> Connection:
    options: Json = {"base_url": TENANT, "token": "the-token"}
    options.update(changes)
    return Connection(**options)


def response(
    status: int = 200, body: Any = None, text: Optional[str] = None, headers: Optional[Mapping[str, str]] = None
) -> requests.Response:
    """An answer as requests gives it; C(body) is sent as JSON, C(text) as it is."""
    made = requests.Response()
    made.status_code = status
    made.headers.update(headers or {})
    content = text if text is not None else "" if body is None else json.dumps(body)
    made.raw = raw_answer(content.encode("utf-8"))
    return made


def raw_answer(content: bytes) -> urllib3.HTTPResponse:
    """A body as it comes from the network."""
    return urllib3.HTTPResponse(io.BytesIO(content), preload_content=False)


Step = Union[requests.Response, BaseException, Callable[[requests.PreparedRequest], requests.Response]]


class Wire:
    """In place of requests' adapter: gives scripted answers and keeps the requests."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.requests: List[requests.PreparedRequest] = []
        self.options: List[Json] = []
        self._lock = threading.Lock()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        with self._lock:
            self.requests.append(request)
            self.options.append(options)
            assert self.steps, "one request more than the script has answers: %s %s" % (request.method, request.url)
            step = self.steps.pop(0) if len(self.steps) > 1 or not callable(self.steps[0]) else self.steps[0]
        if isinstance(step, BaseException):
            raise step
        received = step if isinstance(step, requests.Response) else step(request)
        # A session of requests reads both.
        received.request, received.url = request, str(request.url)
        return received

    def close(self) -> None:
        pass

    @property
    def calls(self) -> List[str]:
        return ["%s %s" % (request.method, request.path_url) for request in self.requests]

    @property
    def authorizations(self) -> List[Optional[str]]:
        return [request.headers.get("Authorization") for request in self.requests]


def client_over(transport: Any) -> Client:
    """The client over something that only looks like a transport."""
    return Client(cast(Transport, transport))


def role(name: str) -> Json:
    """A role as answers show it; its id follows from the name."""
    level = "admin" if name.endswith("Admin") else "user"
    return {"id": "id-of-%s" % name, "name": name, "type": "default", "level": level}


def group(name: str, provider_type: Optional[str] = "idp", roles: Iterable[str] = (), **more: Any) -> Json:
    """A group as answers show it; C(provider_type=None) for one that leaves it out."""
    made: Json = {"id": "g-%s-%s" % (provider_type or "idp", name), "name": name, "status": "active"}
    if provider_type:
        made["providerType"] = provider_type
    made["assignedRoles"] = [role(each) for each in roles]
    made.update(more)
    return made


def desired(**given: Any) -> Json:
    """The options of a group as AnsibleModule hands them over: those left out are there with their defaults."""
    params = {option: spec.get("default") for option, spec in GROUP.argument_spec().items()}
    params.update(given)
    return params


def world_of(*groups: Json, roles: Optional[Iterable[str]] = None) -> Snapshot:
    """What was read of a tenant; C(roles) says that the tenant has these roles and no others."""
    snapshot = Snapshot()
    if roles is not None:
        snapshot.roles.learn_all([role(each) for each in roles])
    return show_to(snapshot, GROUP, groups)


def body_of(plan: Plan, method: str) -> Any:
    """What the only step of a plan sends, and nothing where it sends nothing by this method."""
    bodies = [step.body for step in plan.steps if step.method == method]
    assert len(bodies) == len(plan.steps) <= 1 or not bodies
    return bodies[0] if bodies else None


def payload_of(plan: Plan) -> Optional[Json]:
    """What a creation sends."""
    body: Optional[Json] = body_of(plan, "POST")
    return body


def operations_of(plan: Plan) -> List[Json]:
    """The operations that a change sends."""
    return list(body_of(plan, "PATCH") or [])


def assert_says(error: BaseException, *words: str) -> None:
    """The words that a user needs are in the text of the error."""
    missing = [word for word in words if word not in str(error)]
    assert not missing, "%r lacks %s" % (str(error), missing)
