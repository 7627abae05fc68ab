# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The YAML language server, which editors use, understands the JSON Schema of the seeding variables."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import foreign
import pytest
from generate.files import SCHEMA

Json = Any
DESCRIPTION = """\
my_own: {a: 1}
qlik_seed_spacs: []
qlik_seed_spaces:
  - name: Room
    type: sharred
    members:
      - group: Finance
        roles: consumer
      - group: "{{ group }}"
        roles: "{{ roles }}"
  - "{{ another }}"
  - name: "{{ name }}"
    type: "{{ kind }}"
    membrs: []
  - description: nameless
qlik_seed_extra_groups: >-
  {{ some
     + others }}
qlik_seed_session_policy:
  dynamic_client_registration_enabled: "yes"
  user_session_inactivity_timeout_minutes: "{{ minutes }}"
"""
#: The line of each mistake, and what it is marked with.
MARKED = {
    3: "Property qlik_seed_spacs is not allowed.",
    6: 'Value is not accepted. Valid values: "shared", "managed", "data", null.',
    9: "Use the type of the option, or a string that is entirely a template.",
    15: "Property membrs is not allowed.",
    16: 'Missing property "name".',
    21: "Use the type of the option, or a string that is entirely a template.",
}


class Server:
    """A language server that speaks over its standard input and output."""

    def __init__(self, folder: Path) -> None:
        program = folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
        self._process = subprocess.Popen(
            ["node", str(program), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def send(self, **message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def receive(self) -> Json:
        output, length = self._process.stdout, 0
        assert output is not None
        for line in iter(output.readline, b"\r\n"):
            assert line, "the server has ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return json.loads(output.read(length))

    def marks(self, file: Path) -> list[tuple[int, str]]:
        """What the server marks in a file that an editor opens, with the lines."""
        options = {"validate": True, "schemaStore": {"enable": False}}
        capabilities = {"workspace": {"configuration": True}}
        params: Json = {"processId": None, "rootUri": file.parent.as_uri(), "capabilities": capabilities}
        self.send(id=1, method="initialize", params=params)
        while self.receive().get("id") != 1:
            pass
        self.send(method="initialized", params={})
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": file.read_text(encoding="utf-8")}
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        while True:
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                found = message["params"]["diagnostics"]
                return sorted((each["range"]["start"]["line"] + 1, each["message"]) for each in found)
            if "id" in message:
                asked = message.get("params", {}).get("items", [])
                self.send(id=message["id"], result=[options if each["section"] == "yaml" else None for each in asked])


@pytest.mark.long
def test_marks_what_is_misspelled(tmp_path: Path) -> None:
    file = tmp_path / "acme.yml"
    file.write_text(f"# yaml-language-server: $schema={foreign.ROOT / SCHEMA}\n{DESCRIPTION}", encoding="utf-8")
    server = Server(foreign.LANGUAGE_SERVER.installed())
    try:
        assert dict(server.marks(file)) == MARKED
    finally:
        server.close()
