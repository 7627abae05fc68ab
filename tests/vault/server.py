# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secrets engine of version 2 at ``secret/``, which keeps every version of what it is told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

TOKEN = "token-of-the-vault"
PREFIX = "/v1/secret/data/"


class Vault:
    """Serves while the context lasts.

    ``versions`` holds all versions of each path, the newest last. Writes are refused while ``is_sealed``.
    """

    def __init__(self) -> None:
        self.versions: dict[str, list[dict[str, Any]]] = {}
        self.is_sealed = False
        vault = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._response(*vault.read(self.path, self.headers.get("X-Vault-Token")))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._response(*vault.write(self.path, self.headers.get("X-Vault-Token"), body))

            def _response(self, status: int, value: dict[str, Any]) -> None:
                content = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Vault:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def read(self, path: str, token: str | None) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer to a GET: the newest version."""
        found = self.versions.get(path.removeprefix(PREFIX))
        if token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        if not found:
            return 404, {"errors": []}
        return 200, {"data": {"data": found[-1], "metadata": _metadata(len(found))}}

    def write(self, path: str, token: str | None, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer to a POST, which makes a new version."""
        if token != TOKEN or not path.startswith(PREFIX) or set(body) - {"data", "options"}:
            return 403, {"errors": ["permission denied"]}
        if self.is_sealed:
            return 400, {"errors": ["Vault is sealed"]}
        versions = self.versions.setdefault(path.removeprefix(PREFIX), [])
        if body.get("options", {}).get("cas", len(versions)) != len(versions):
            return 400, {"errors": ["check-and-set parameter did not match the current version"]}
        versions.append(body["data"])
        return 200, {"data": _metadata(len(versions))}


def _metadata(version: int) -> dict[str, Any]:
    return {"version": version, "created_time": "2026-11-29T00:00:00Z", "deletion_time": "", "destroyed": False}
