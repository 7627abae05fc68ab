# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry in which every package has a release that is newer than the locked ones.

The packages are empty. What they depend on is what the lock files say, and each is depended on with an extra: that is
what makes some versions of pip look for releases of a package that is pinned.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from packaging.markers import Marker

NEWER = "9999"
EXTRA = "unmanaged"


@dataclass(frozen=True)
class Pin:
    """A package in a lock file."""

    name: str
    version: str
    marker: str
    needed_by: Sequence[str]

    def holds(self, python: Mapping[str, str]) -> bool:
        """:param python: the variables of markers that depend on the version of Python."""
        return not self.marker or Marker(self.marker).evaluate(dict(python))


def pins(lock: Path) -> list[Pin]:
    """What a lock file of uv lists."""
    found = []
    for block in re.split(r"^(?=\w)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE):
        head = re.match(r"([\w.-]+)==([\w.]+)(?: ; ([^\\\n]+?))? \\$", block, re.MULTILINE)
        if head is None:
            assert not block.strip().lstrip("#"), f"{lock} has what is not pinned: {block[:80]}"
            continue
        comments = re.findall(r"^    #(?: via)?\s+([\w.-]+)$", block, re.MULTILINE)
        found.append(Pin(head[1], head[2], head[3] or "", [name for name in comments if name != "via"]))
    return found


def wheel(name: str, version: str, requires: Sequence[str] = (), files: Mapping[str, bytes] | None = None) -> bytes:
    """A package as it is in a registry; ``files`` are by their path in it."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: {EXTRA}"]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    content = {
        **(files or {}),
        f"{info}/METADATA": ("\n".join(metadata) + "\n").encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for path, data in content.items()
    ]
    content[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,\n"]).encode()
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, data)
    return result.getvalue()


@dataclass
class Registry:
    """Serves while the context lasts."""

    #: The content of each file, by package and file name.
    files: dict[str, dict[str, bytes]] = field(default_factory=lambda: defaultdict(dict))

    def copy_of(self, lock: Path, programs: Mapping[str, Path]) -> str:
        """A lock file with the same packages, as this registry has them.

        :param programs: the executable of a package that has to work.
        """
        listed = pins(lock)
        requires = defaultdict(set)
        for pin in listed:
            for name in pin.needed_by:
                requires[name].add(f"{pin.name}[{EXTRA}]")
        lines = []
        for pin in listed:
            self.add(pin.name, NEWER)
            content = {}
            if pin.name in programs:
                program = programs[pin.name]
                content = {f"{pin.name}-{pin.version}.data/scripts/{program.name}": program.read_bytes()}
            data = self.add(pin.name, pin.version, sorted(requires[pin.name]), content)
            marker = f" ; {pin.marker}" if pin.marker else ""
            lines.append(f"{pin.name}=={pin.version}{marker} --hash=sha256:{hashlib.sha256(data).hexdigest()}\n")
        return "".join(lines)

    def add(
        self, name: str, version: str, requires: Sequence[str] = (), content: Mapping[str, bytes] | None = None
    ) -> bytes:
        """The package, which is the one that is there already if it is."""
        file = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        current = self.files[name]
        # A package is in several lock files, which do not all name all that it needs.
        if file not in current:
            current[file] = wheel(name, version, requires, content)
        return current[file]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/simple"

    def __enter__(self) -> Registry:
        files = self.files

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = self.path.strip("/").split("/")
                name = parts[1] if len(parts) > 1 else ""
                if len(parts) == 2 and name in files:
                    links = (
                        f'<a href="{file}#sha256={hashlib.sha256(data).hexdigest()}">{file}</a>'
                        for file, data in files[name].items()
                    )
                    self.response(
                        200, "text/html", f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
                    )
                elif len(parts) == 3 and parts[2] in files.get(name, {}):
                    self.response(200, "application/octet-stream", files[name][parts[2]])
                else:
                    self.response(404, "text/plain", b"")

            def response(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            # uv connects many times at once.
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def versions_in(environment: Path) -> dict[str, str]:
    """What is installed in an environment, but for pip and what comes with it."""
    return dict(sorted(_installed(environment)))


def _installed(environment: Path) -> Iterator[tuple[str, str]]:
    for path in environment.glob("lib/python*/site-packages/*.dist-info"):
        name, _dash, version = path.name.removesuffix(".dist-info").rpartition("-")
        yield re.sub(r"[-_.]+", "-", name).lower(), version
