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
    "schedules": frozenset({"name", "rrule", "unified_job_template"}),
}
REFERENCES = {
    "organization": "organizations",
    "credential_type": "credential_types",
    "project": "projects",
    "source_project": "projects",
    "inventory": "inventories",
    "execution_environment": "execution_environments",
    "unified_job_template": "job_templates",
}
#: What can be attached to an object, and which resource that is.
PARTS = {"credentials": "credentials", "notification_templates_error": "notification_templates"}


class Controller:
    """Serves while the context lasts. ``held`` is what it was told, by resource and id."""

    def __init__(self) -> None:
        self.held: dict[str, dict[int, dict[str, Any]]] = {resource: {} for resource in FIELDS}
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
        self.held[resource][number] = shown
        return shown

    def named(self, resource: str) -> dict[str, dict[str, Any]]:
        """What is held of a resource, by name."""
        return {item["name"]: item for item in self.held[resource].values()}

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
        application.router.add_route("GET", "/api/v2/{resource}/{number:\\d+}/{part}/", self._part)
        application.router.add_route("POST", "/api/v2/{resource}/{number:\\d+}/{part}/", self._set_part)
        application.middlewares.append(authenticated)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return "http://127.0.0.1:%d" % self._runner.addresses[0][1]

    async def _list(self, request: web.Request) -> web.Response:
        resource = request.match_info["resource"]
        resource = {"unified_job_templates": "job_templates"}.get(resource, resource)
        found = list(self._known(resource).values())
        for name, value in request.query.items():
            found = [item for item in found if str(item.get(name)) == value]
        return web.json_response(
            {"count": len(found), "next": None, "results": [self._shown(resource, item) for item in found]}
        )

    async def _create(self, request: web.Request) -> web.Response:
        resource = request.match_info["resource"]
        known = self._known(resource)
        body = self._checked(resource, await request.json())
        if any(item["name"] == body.get("name") for item in known.values()):
            raise refused({"name": ["This name is taken."]})
        self.writes.append(f"POST {resource}")
        return web.json_response(self._shown(resource, self.add(resource, body)), status=201)

    async def _change(self, request: web.Request) -> web.Response:
        resource = request.match_info["resource"]
        item = self._item(request)
        item.update(self._checked(resource, await request.json()))
        self.writes.append(f"PATCH {resource}")
        return web.json_response(item)

    async def _part(self, request: web.Request) -> web.Response:
        resource, number, part = self._place(request)
        if part == "survey_spec":
            return web.json_response(self.surveys.get(number, {}))
        ids = self.attached.get((resource, number, part), [])
        found = [self.held[PARTS[part]][each] for each in ids]
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
        if set(body) != {"id"} or body["id"] not in self._known(PARTS[part]):
            raise refused({"id": ["There is no such object."]})
        self.attached.setdefault((resource, number, part), []).append(body["id"])
        return web.Response(status=204)

    def _shown(self, resource: str, item: dict[str, Any]) -> dict[str, Any]:
        """The object without the secrets of a credential."""
        if resource != "credentials" or "inputs" not in item:
            return item
        fields = self.held["credential_types"][item["credential_type"]]["inputs"]["fields"]
        secrets = {field["id"] for field in fields if field.get("secret")} & item["inputs"].keys()
        return {**item, "inputs": {**item["inputs"], **dict.fromkeys(secrets, "$encrypted$")}}

    def _known(self, resource: str) -> dict[int, dict[str, Any]]:
        if resource not in self.held:
            raise web.HTTPNotFound()
        return self.held[resource]

    def _item(self, request: web.Request) -> dict[str, Any]:
        known = self._known(request.match_info["resource"])
        if int(request.match_info["number"]) not in known:
            raise web.HTTPNotFound()
        return known[int(request.match_info["number"])]

    def _place(self, request: web.Request) -> tuple[str, int, str]:
        return request.match_info["resource"], int(self._item(request)["id"]), request.match_info["part"]

    def _checked(self, resource: str, body: dict[str, Any]) -> dict[str, Any]:
        unknown = set(body) - FIELDS[resource]
        if unknown:
            raise refused({name: ["Unknown field."] for name in unknown})
        for name, value in body.items():
            if name in REFERENCES and value is not None and value not in self.held[REFERENCES[name]]:
                raise refused({name: [f"Invalid pk {value!r}."]})
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
