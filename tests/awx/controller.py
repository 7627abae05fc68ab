# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller that keeps what it is told, and refuses what AWX would not know."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from aiohttp import web

from awx.rules import objection_to_credential_type, objection_to_survey

TOKEN = "token-of-the-controller"
#: The fields of each resource that this project sets, and those that must name something that exists.
FIELDS: Mapping[str, frozenset[str]] = {
    "organizations": frozenset({"name"}),
    "credential_types": frozenset({"name", "description", "kind", "managed", "inputs", "injectors"}),
    "credentials": frozenset({"name", "organization", "credential_type", "inputs"}),
    "notification_templates": frozenset({"name"}),
    "execution_environments": frozenset({"name", "description", "organization", "image", "pull", "credential"}),
    "projects": frozenset(
        {
            "name",
            "description",
            "organization",
            "scm_type",
            "scm_url",
            "scm_branch",
            "scm_update_on_launch",
            "credential",
        }
    ),
    "inventories": frozenset({"name", "description", "organization", "kind", "host_filter"}),
    "inventory_sources": frozenset(
        {
            "name",
            "inventory",
            "source",
            "source_project",
            "source_path",
            "execution_environment",
            "overwrite",
            "overwrite_vars",
            "update_on_launch",
        }
    ),
    "job_templates": frozenset(
        {
            "name",
            "description",
            "organization",
            "job_type",
            "ask_job_type_on_launch",
            "ask_limit_on_launch",
            "ask_credential_on_launch",
            "ask_variables_on_launch",
            "project",
            "playbook",
            "inventory",
            "execution_environment",
            "extra_vars",
            "forks",
            "job_slice_count",
            "diff_mode",
            "survey_enabled",
        }
    ),
    "workflow_job_templates": frozenset(
        {
            "name",
            "description",
            "organization",
            "ask_limit_on_launch",
            "ask_variables_on_launch",
            "allow_simultaneous",
        }
    ),
    "workflow_job_template_nodes": frozenset(
        {"type", "identifier", "workflow_job_template", "unified_job_template", "extra_data"}
    ),
    "workflow_approval_templates": frozenset({"name", "description", "timeout"}),
    "schedules": frozenset({"name", "rrule", "unified_job_template"}),
    "labels": frozenset({"name", "organization"}),
    "teams": frozenset({"name", "organization"}),
    "instance_groups": frozenset({"name"}),
    # They come and go with what they are roles of.
    "roles": frozenset(),
}
#: What a node of a workflow or a schedule can start.
STARTED = ("job_templates", "workflow_job_templates", "projects", "inventory_sources", "workflow_approval_templates")
#: The roles that each object of a resource has.
OBJECT_ROLES = {
    "job_templates": ("admin_role", "execute_role", "read_role"),
    "workflow_job_templates": ("admin_role", "execute_role", "read_role", "approval_role"),
}
REFERENCES = {
    "organization": "organizations",
    "credential_type": "credential_types",
    "project": "projects",
    "source_project": "projects",
    "inventory": "inventories",
    "execution_environment": "execution_environments",
    "workflow_job_template": "workflow_job_templates",
}
_NOTIFIED = ("started", "success", "error", "approvals")
#: What can be attached to an object, and which resource that is.
PARTS = {
    "credentials": "credentials",
    "labels": "labels",
    "instance_groups": "instance_groups",
    "teams": "teams",
    "success_nodes": "workflow_job_template_nodes",
    "always_nodes": "workflow_job_template_nodes",
    **{f"notification_templates_{event}": "notification_templates" for event in _NOTIFIED},
}


class Controller:
    """Serves while the context lasts. ``held`` is what it was told, by resource and id."""

    def __init__(self) -> None:
        self.current: dict[str, dict[int, dict[str, Any]]] = {resource: {} for resource in FIELDS}
        self.surveys: dict[int, dict[str, Any]] = {}
        self.attached: dict[tuple[str, int, str], list[int]] = {}
        self.writes: list[str] = []
        self.url = ""
        self._ids = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.add("organizations", {"name": "Default"})

    def add(self, resource: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a new object and return it as the API shows it."""
        number = next(self._ids)
        url = f"/api/v2/{resource}/{number}/"
        shown = {"id": number, "type": resource[:-1], "url": url, "related": {}, "summary_fields": {}, **fields}
        if resource == "job_templates":
            shown["related"]["survey_spec"] = f"{url}survey_spec/"
        if resource == "projects":
            shown["scm_revision"] = ""
        self.current[resource][number] = shown
        if resource in OBJECT_ROLES:
            roles = {name: {"id": self.add("roles", {"name": name})["id"]} for name in OBJECT_ROLES[resource]}
            shown["summary_fields"]["object_roles"] = roles
        return shown

    def named(self, resource: str) -> dict[str, dict[str, Any]]:
        """What is held of a resource, by name; nodes by their identifier."""
        return {item.get("identifier") or item["name"]: item for item in self.current[resource].values()}

    def parts(self, resource: str, name: str, part: str) -> list[str]:
        """The names of what is attached to an object."""
        ids = self.attached.get((resource, self.named(resource)[name]["id"], part), [])
        names = {item["id"]: name for name, item in self.named(PARTS[part]).items()}
        return sorted(names[each] for each in ids)

    def teams(self, resource: str, name: str, role: str) -> list[str]:
        """The names of the teams that have a role of an object."""
        number = self.named(resource)[name]["summary_fields"]["object_roles"][role]["id"]
        names = {item["id"]: item["name"] for item in self.current["teams"].values()}
        return sorted(names[each] for each in self.attached.get(("roles", number, "teams"), []))

    def __enter__(self) -> Controller:
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _start(self) -> str:
        application = web.Application()
        application.router.add_route("GET", "/api/v2/{resource}/", self._list)
        application.router.add_route("POST", "/api/v2/{resource}/", self._create)
        application.router.add_route("PATCH", "/api/v2/{resource}/{number:\\d+}/", self._change)
        application.router.add_route("GET", "/api/v2/{resource}/{number:\\d+}/", self._get)
        application.router.add_route("DELETE", "/api/v2/{resource}/{number:\\d+}/", self._delete)
        application.router.add_route("GET", "/api/v2/{resource}/{number:\\d+}/{part}/", self._part)
        application.router.add_route("DELETE", "/api/v2/{resource}/{number:\\d+}/survey_spec/", self._no_survey)
        application.router.add_route("POST", "/api/v2/{resource}/{number:\\d+}/{part}/", self._set_part)
        application.middlewares.append(authenticated)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return "http://127.0.0.1:%d" % self._runner.addresses[0][1]

    async def _list(self, request: web.Request) -> web.Response:
        resource = request.match_info["resource"]
        resources = STARTED if resource == "unified_job_templates" else (resource,)
        found = [item for each in resources for item in self._known(each).values()]
        for name, value in request.query.items():
            found = [item for item in found if str(item.get(name)) == value]
        return web.json_response(
            {"count": len(found), "next": None, "results": [self._shown(resource, item) for item in found]}
        )

    async def _create(self, request: web.Request) -> web.Response:
        resource = request.match_info["resource"]
        known = self._known(resource)
        body = self._checked(resource, await request.json())
        name = body.get("name")
        # The names of schedules are unique for each of their templates.
        scope = body.get("unified_job_template") if resource == "schedules" else None
        same = [item for item in known.values() if scope in (None, item.get("unified_job_template"))]
        if name is not None and any(item.get("name") == name for item in same):
            raise refused({"name": ["This name is taken."]})
        self.writes.append(f"POST {resource}")
        return web.json_response(self._shown(resource, self.add(resource, body)), status=201)

    async def _change(self, request: web.Request) -> web.Response:
        resource = request.match_info["resource"]
        item = self._item(request)
        item.update(self._checked(resource, await request.json()))
        self.writes.append(f"PATCH {resource}")
        return web.json_response(item)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._item(request))

    async def _delete(self, request: web.Request) -> web.Response:
        resource, number = request.match_info["resource"], int(self._item(request)["id"])
        del self.current[resource][number]
        self.writes.append(f"DELETE {resource}")
        # What is attached to it, and it where it is attached, goes with it.
        self.attached = {
            place: [each for each in ids if PARTS[place[2]] != resource or each != number]
            for place, ids in self.attached.items()
            if place[:2] != (resource, number)
        }
        if resource == "workflow_job_templates":
            for other in ("workflow_job_template_nodes", "schedules"):
                key = "workflow_job_template" if other.startswith("workflow") else "unified_job_template"
                left = {each: item for each, item in self.current[other].items() if item[key] != number}
                self.current[other] = left
        return web.Response(status=204)

    async def _no_survey(self, request: web.Request) -> web.Response:
        number = int(self._item(request)["id"])
        if self.surveys.pop(number, None):
            self.writes.append("DELETE survey_spec")
        return web.json_response({})

    async def _part(self, request: web.Request) -> web.Response:
        resource, number, part = self._place(request)
        if part == "survey_spec":
            return web.json_response(self.surveys.get(number, {}))
        ids = self.attached.get((resource, number, part), [])
        found = [self.current[PARTS[part]][each] for each in ids]
        return web.json_response({"count": len(found), "next": None, "results": found})

    async def _set_part(self, request: web.Request) -> web.Response:
        resource, number, part = self._place(request)
        body = await request.json()
        self.writes.append(f"POST {resource} {part}")
        if part == "survey_spec":
            objection = objection_to_survey(body)
            if objection:
                raise refused({"error": objection})
            self.surveys[number] = body
            return web.json_response({})
        if part == "create_approval_template":
            template = self.add("workflow_approval_templates", self._checked("workflow_approval_templates", body))
            self._start_with(self.current[resource][number], template)
            return web.json_response(template, status=201)
        if set(body) - {"disassociate"} != {"id"} or body["id"] not in self._known(PARTS[part]):
            raise refused({"id": ["There is no such object."]})
        ids = self.attached.setdefault((resource, number, part), [])
        if body.get("disassociate"):
            ids.remove(body["id"])
        else:
            ids.append(body["id"])
        return web.Response(status=204)

    def _start_with(self, node: dict[str, Any], template: Mapping[str, Any]) -> None:
        """Let a node of a workflow start an approval."""
        node["unified_job_template"] = template["id"]
        node["related"]["unified_job_template"] = template["url"]

    def _objection_to_node(self, node: Mapping[str, Any]) -> str | None:
        """Why AWX would not keep a node: what a template does not ask for cannot be said to it."""
        asked = {q["variable"] for q in self.surveys.get(node.get("unified_job_template", 0), {}).get("spec", ())}
        ignored = set(node.get("extra_data", {})) - asked
        return f"Variables {', '.join(sorted(ignored))} are not allowed on launch." if ignored else None

    def _shown(self, resource: str, item: dict[str, Any]) -> dict[str, Any]:
        """The object without the secrets of a credential."""
        if resource != "credentials" or "inputs" not in item:
            return item
        fields = self.current["credential_types"][item["credential_type"]]["inputs"]["fields"]
        secrets = {field["id"] for field in fields if field.get("secret")} & item["inputs"].keys()
        return {**item, "inputs": {**item["inputs"], **dict.fromkeys(secrets, "$encrypted$")}}

    def _known(self, resource: str) -> dict[int, dict[str, Any]]:
        if resource not in self.current:
            raise web.HTTPNotFound()
        return self.current[resource]

    def _item(self, request: web.Request) -> dict[str, Any]:
        known = self._known(request.match_info["resource"])
        if int(request.match_info["number"]) not in known:
            raise web.HTTPNotFound()
        return known[int(request.match_info["number"])]

    def _place(self, request: web.Request) -> tuple[str, int, str]:
        resource, part = request.match_info["resource"], request.match_info["part"]
        if resource == "workflow_approval_templates":
            # What follows is attached to the node that starts it.
            raise web.HTTPNotFound()
        return resource, int(self._item(request)["id"]), part

    def _checked(self, resource: str, body: dict[str, Any]) -> dict[str, Any]:
        unknown = set(body) - FIELDS[resource]
        if unknown:
            raise refused({name: ["Unknown field."] for name in unknown})
        for name, value in body.items():
            if name in REFERENCES and value is not None and value not in self.current[REFERENCES[name]]:
                raise refused({name: [f"Invalid pk {value!r}."]})
        if "unified_job_template" in body and not any(body["unified_job_template"] in self.current[r] for r in STARTED):
            raise refused({"unified_job_template": ["There is no such object."]})
        if resource == "workflow_job_template_nodes":
            objection = self._objection_to_node(body)
            if objection:
                raise refused({"extra_data": [objection]})
        if resource == "credential_types":
            objection = objection_to_credential_type(body["inputs"], body["injectors"])
            if objection:
                raise refused({"__all__": [objection]})
        return body


@web.middleware
async def authenticated(request: web.Request, handler: Any) -> web.StreamResponse:
    """Only requests with the token are answered; all answers say which product answers."""
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        raise web.HTTPUnauthorized()
    response: web.StreamResponse = await handler(request)
    response.headers["X-API-Product-Name"] = "AWX"
    response.headers["X-API-Product-Version"] = "24.6.1"
    return response


def refused(errors: Mapping[str, Any]) -> web.HTTPBadRequest:
    """The answer to a body that AWX would not take."""
    return web.HTTPBadRequest(text=json.dumps(errors), content_type="application/json")
