# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All hosts of an organization under their own names: a proxy leads there, with certificates of an own authority.

A client that is told of the proxy (``HTTPS_PROXY``) and the authority (``QLIK_CA_PATH``) calls
``https://console.qlikcloud.com`` and so on as it does anywhere, and gets here.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl

import trustme
from aiohttp import web

from .organization import CONSOLE, Organization
from .server import Server

LONGEST_HEAD = 16 * 1024
CHUNK = 64 * 1024


class Front:
    """The hosts of ``organization`` behind one port with TLS, and a proxy before it."""

    def __init__(self, organization: Organization, latency: float = 0.0) -> None:
        self._organization = organization
        self._latency = latency
        self._servers: dict[int, Server] = {}
        self._runner: web.ServerRunner | None = None
        self._proxy: asyncio.Server | None = None
        self._port = 0
        #: The certificate of the authority, PEM.
        self.authority = ""

    async def start(self, host: str) -> int:
        """Listen; the port of the proxy."""
        authority = trustme.CA()
        self.authority = authority.cert_pem.bytes().decode()
        regions = [f"*.{region}.qlikcloud.com" for region in self._organization.registers]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(CONSOLE, *regions).configure_cert(context)
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, 0, ssl_context=context).start()
        self._port = int(self._runner.addresses[0][1])
        self._proxy = await asyncio.start_server(self._tunnel, host, 0)
        return int(self._proxy.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening."""
        if self._proxy is not None:
            self._proxy.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        found = self._organization.host(request.headers.get("Host", "").partition(":")[0])
        if found is None:
            return web.json_response({"error": "there is no such host"}, status=404)
        server = self._servers.setdefault(id(found), Server(found, self._latency))
        return await server.handle(request)

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lead one client to the port with TLS, if it asks for a host that there is."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = (await reader.readuntil(b"\r\n\r\n"))[:LONGEST_HEAD].decode("latin-1")
            method, target = (head.split(" ", 2) + ["", ""])[:2]
            if method != "CONNECT" or self._organization.host(target.partition(":")[0]) is None:
                writer.write(b"HTTP/1.1 502 There is no such host\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
            else:
                inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                await asyncio.gather(_pour(reader, inner_writer), _pour(inner_reader, writer))
        writer.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        chunk = await reader.read(CHUNK)
        while chunk:
            writer.write(chunk)
            await writer.drain()
            chunk = await reader.read(CHUNK)
    with contextlib.suppress(OSError):
        writer.close()
