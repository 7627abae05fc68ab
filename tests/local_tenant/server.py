# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP: reads requests, lets the tenant answer, and misbehaves where a fault says so."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import json
import os
import socket
import ssl
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from . import control, plant
from .app import VERSION_HEADER, Incoming, Tenant
from .call import Response, response

CONTROL = "/control/"
LINGER_ZERO = struct.pack("ii", 1, 0)
NOTHING_LISTED: dict[str, Any] = {"data": [], "links": {}}
HTML_PAGE = b"<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"
PIECE = 16_384
WRONG_TYPE = ["not", "what", "was", "expected"]
#: The variable that names a file to which every request adds a byte, so that other processes can count them.
COUNTED_REQUESTS = "COUNTED_REQUESTS"


class Server:
    """One tenant on one port. ``latency`` is waited before each answer, in parallel for parallel requests."""

    def __init__(self, tenant: Tenant, latency: float = 0.0) -> None:
        self.tenant = tenant
        self.latency = latency
        self._ids = itertools.count(1)
        self._pages = itertools.count(1)
        self._runner: web.ServerRunner | None = None
        file = os.environ.get(COUNTED_REQUESTS)
        self._counted = open(file, "ab", buffering=0) if file else None  # noqa: SIM115

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None) -> int:
        """Listen; the port, also when 0 was asked for. Raises OSError when the port is taken."""
        self._runner = web.ServerRunner(web.Server(self.handle, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, ssl_context=tls)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.content.read()
        if request.path.startswith(CONTROL):
            return self._control(request, body)
        if self._counted is not None:
            self._counted.write(b".")
        tenant = self.tenant
        target = urlsplit(request.raw_path if request.raw_path.startswith("/") else request.path_qs)
        incoming = Incoming(
            request.method,
            target.path,
            parse_qsl(target.query, keep_blank_values=True, errors="replace"),
            target.query,
            request.headers,
            body,
            request.headers.get("Host", ""),
        )
        template, _route, _id = tenant.route_of(incoming.method, incoming.path)
        name = f"{incoming.method} {template}"
        entry: dict[str, Any] = {
            "id": next(self._ids),
            "at": time.monotonic(),
            "method": incoming.method,
            "path": incoming.path,
            "query": incoming.raw_query,
            "route": name,
            "status": None,
            "api_version": request.headers.get(VERSION_HEADER),
        }
        tenant.routes[name] += 1
        tenant.log.append(entry)
        tenant.in_flight += 1
        tenant.peak = max(tenant.peak, tenant.in_flight)
        try:
            return await self._respond(request, incoming, entry)
        finally:
            tenant.in_flight = max(0, tenant.in_flight - 1)

    def _control(self, request: web.BaseRequest, body: bytes) -> web.Response:
        try:
            value = json.loads(body) if body else None
        except ValueError:
            return web.json_response({"error": "the body is not JSON"}, status=400)
        name = request.path[len(CONTROL) :]
        status, result = control.handle(self.tenant, request.method, name, value, request.headers.get("Host", ""))
        return web.json_response(result, status=status)

    async def _respond(self, request: web.BaseRequest, incoming: Incoming, entry: dict[str, Any]) -> web.StreamResponse:
        tenant = self.tenant
        fault = tenant.faults.action(incoming.method, incoming.path)
        wait = self.latency + fault.get("delay", 0)
        state = tenant.state
        if wait:
            await asyncio.sleep(wait)
        if tenant.state is not state:
            # A request from before a reset must not change the tenant that came after it.
            return _reset(request)
        for kind in plant.PLANTERS:
            plant.PLANTERS[kind](tenant.state, fault.get("plant", {}).get(kind, []))
        if fault.get("reset") == "before":
            return _reset(request)
        result = self._result(incoming, fault)
        entry["status"] = result.status
        tenant.statuses[result.status] += 1
        if "delay_after" in fault:
            await asyncio.sleep(fault["delay_after"])
        if fault.get("reset") == "after":
            return _reset(request)
        return await _send(request, result, fault)

    def _result(self, incoming: Incoming, fault: Mapping[str, Any]) -> Response:
        replaced = self._replacement(incoming, fault)
        if replaced is not None and not fault.get("processed", False):
            return replaced
        if "garble" in fault and not fault.get("processed", True):
            return garbled(self._pretended(incoming), fault["garble"])
        result = self.tenant.process(incoming, tuple(fault.get("fail_operations", ())))
        return replaced or self._spoiled(result, incoming, fault)

    def _pretended(self, incoming: Incoming) -> Response:
        """A success that nothing was done for; it repeats what was sent, or lists nothing."""
        _template, route, _id = self.tenant.route_of(incoming.method, incoming.path)
        status = route.success if route else 200
        return Response(status, None if status == 204 else incoming.body or json.dumps(NOTHING_LISTED).encode())

    def _replacement(self, incoming: Incoming, fault: Mapping[str, Any]) -> Response | None:
        """The answer a fault gives instead of the service, if it gives one."""
        headers = {name: str(value) for name, value in fault.get("headers", {}).items()}
        if "redirect" in fault:
            return Response(fault.get("redirect_status", 302), b"", {**headers, "Location": fault["redirect"]})
        if "echo_authorization" in fault:
            error = {"code": "HTTP-500", "title": "Echo", "detail": incoming.headers.get("Authorization", "")}
            return response(fault["echo_authorization"], {"errors": [error]})
        if "status" not in fault:
            return None
        if "json" in fault:
            return dataclasses.replace(response(fault["status"], fault["json"]), headers=headers)
        for kind in ("html", "text"):
            if kind in fault:
                content_type = f"text/{kind if kind == 'html' else 'plain'}"
                return Response(fault["status"], fault[kind].encode(), headers, content_type)
        return Response(fault["status"], b"", headers)

    def _spoiled(self, result: Response, incoming: Incoming, fault: Mapping[str, Any]) -> Response:
        """The service's answer with what a fault does to its content."""
        if fault.get("headers"):
            unmanaged = {name: str(value) for name, value in fault["headers"].items()}
            result = dataclasses.replace(result, headers={**result.headers, **unmanaged})
        if "huge" in fault:
            padding = b" " * max(0, fault["huge"] - len(result.body or b""))
            return dataclasses.replace(result, body=padding + (result.body or b""))
        if "garble" in fault:
            return garbled(result, fault["garble"])
        if fault.get("invalid_json"):
            return dataclasses.replace(result, body=(result.body or b"{}")[:-1] + b',"broken":')
        if "wrong_type" in fault:
            value = WRONG_TYPE if fault["wrong_type"] is True else fault["wrong_type"]
            return dataclasses.replace(response(result.status, value), headers=result.headers)
        if result.status == 200 and fault.keys() & {"endless_paging", "repeat_cursor", "foreign_next"}:
            return self._with_next(result, incoming, fault)
        return result

    def _with_next(self, result: Response, incoming: Incoming, fault: Mapping[str, Any]) -> Response:
        page = json.loads(result.body or b"{}")
        if not isinstance(page, dict) or "links" not in page:
            return result
        here = f"http://{incoming.host}{incoming.path}"
        if "foreign_next" in fault:
            real = urlsplit((page["links"].get("next") or {}).get("href") or f"{here}?{incoming.raw_query}")
            target = f"{fault['foreign_next'].rstrip('/')}{real.path}?{real.query}"
        else:
            cursor = "repeated" if fault.get("repeat_cursor") else f"page-{next(self._pages)}"
            target = f"{here}?next={cursor}"
        page["links"]["next"] = {"href": target}
        return response(200, page)


def garbled(result: Response, how: str) -> Response:
    """An answer of success with another body (see ``faults.py``); any other answer as it is."""
    if not 200 <= result.status < 300:
        return result
    if how == "empty":
        return dataclasses.replace(result, body=None)
    body = result.body or b"{}"
    bodies: dict[str, Callable[[], bytes]] = {
        "cut": lambda: body[: len(body) // 2],
        "array": lambda: b"[]",
        "object": lambda: b"{}",
        "without_id": lambda: json.dumps(_without_id(json.loads(body))).encode(),
        "html": lambda: HTML_PAGE,
    }
    content_type = "text/html" if how == "html" else result.content_type
    status = 200 if result.status == 204 else result.status
    return dataclasses.replace(result, status=status, body=bodies[how](), content_type=content_type)


def _without_id(value: Any) -> Any:
    """An object without its id, and without the ids of the rows it lists."""
    if not isinstance(value, dict):
        return value
    rows = {"data": [_without_id(row) for row in value["data"]]} if isinstance(value.get("data"), list) else {}
    own = "clientId" if "id" not in value else "id"
    return {name: item for name, item in {**value, **rows}.items() if name != own}


def _reset(request: web.BaseRequest) -> web.Response:
    """Break the connection so that the client sees a reset, not an orderly end."""
    transport = request.transport
    if transport is not None:
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        transport.abort()
    return web.Response()


async def _send(request: web.BaseRequest, result: Response, fault: Mapping[str, Any]) -> web.StreamResponse:
    headers = dict(result.headers)
    body = result.body or b""
    if result.body is not None:
        headers["Content-Type"] = f"{result.content_type}; charset=utf-8"
    spoiled = bool(fault.keys() & {"truncate", "drip"})
    if not spoiled and not result.chunked:
        return web.Response(status=result.status, body=body, headers=headers)
    response = web.StreamResponse(status=result.status, headers=headers)
    if not spoiled:
        response.enable_chunked_encoding()
        await response.prepare(request)
        # A client that has read enough goes away.
        with contextlib.suppress(ConnectionError):
            for start in range(0, len(body), PIECE):
                await response.write(body[start : start + PIECE])
            await response.write_eof()
        return response
    response.content_length = len(body)
    await response.prepare(request)
    if "truncate" in fault:
        await response.write(body[: min(fault["truncate"], max(0, len(body) - 1))])
        if request.transport is not None:
            request.transport.close()
        return response
    # A client that gives up half way is what this fault is for.
    with contextlib.suppress(ConnectionError):
        for start in range(len(body)):
            await response.write(body[start : start + 1])
            await asyncio.sleep(1 / fault["drip"])
        await response.write_eof()
    return response
