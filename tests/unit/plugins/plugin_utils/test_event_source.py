# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of the event source, the tenants that it polls, and the file with its positions."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.event_types import types_about
from ansible_collections.qlikops.cloud.plugins.plugin_utils._event_source import read_arguments, tenants_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._event_state import Known, Position, StateFile
from suites import long_after_first

URL = "https://acme.eu.qlikcloud.com"
TIME = datetime(2026, 11, 29, 12, 0, 0, 123456, timezone.utc)


@pytest.mark.parametrize(
    ("given", "message"),
    long_after_first(
        ({"api_key": "s3cret"}, "api_key: Credentials and connections are not arguments. Set the connection in"),
        ({"tenant_url": "https://user:s3cret@a"}, "tenant_url: Credentials and connections are not arguments."),
        (
            {"intervall": 5},
            "intervall: Unknown argument. Did you mean interval? The arguments are contexts_path, ",
        ),
        ({"interval": "soon"}, "interval"),
        ({"interval": 0.5}, "interval: Must be 1 to 86400 seconds, not 0.5."),
        ({"overlap": -1}, "overlap: Must be 0 to 86400 seconds, not -1."),
        ({"tenants": []}, "tenants: Must not be empty."),
        ({"event_types": []}, "event_types: Must not be empty."),
        ({"tenants": {"a": 1}}, "tenants"),
    ),
)
def test_wrong_arguments(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_arguments(given)
    assert message in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_arguments_that_say_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """What the engine adds, what a template made empty, and numbers as texts."""
    found = read_arguments({"eda_feedback_queue": object(), "contexts_path": "", "state_file": " \n", "interval": "5"})
    assert (found["contexts_path"], found["state_file"], found["interval"]) == (None, None, 5.0)
    assert caplog.text == ""
    read_arguments({"event_types": ["com.qlik.core.user.update\x1b"]})
    assert "event_types[0]: 'com.qlik.core.user.update\\x1b' is not an event type that Qlik publishes." in caplog.text


def contexts(folder: Path, **servers: str) -> dict[str, Any]:
    """Arguments with the contexts of these addresses."""
    entries = {
        name: {"server": server, "headers": {"Authorization": f"Bearer {name}-s3cret"}}
        for name, server in servers.items()
    }
    (folder / "contexts.yml").write_text(yaml.safe_dump({"contexts": entries}), encoding="utf-8")
    return {"contexts_path": str(folder / "contexts.yml")}


def test_the_tenants_of_a_file(tmp_path: Path) -> None:
    """Whatever credential the environment has."""
    given = contexts(tmp_path, acme=URL, globex="https://globex.us.qlikcloud.com", broken="")
    environ = {"QLIK_TENANT_URL": "https://other", "QLIK_API_KEY": "other", "QLIK_TIMEOUT": "7"}
    tenants = tenants_of(read_arguments(given), environ)
    assert [(each.name, each.connection.base_url) for each in tenants] == [
        ("acme", URL),
        ("globex", "https://globex.us.qlikcloud.com"),
    ]
    connection = tenants[0].connection
    assert (connection.token, connection.timeout, connection.rate_limit_wait) == ("acme-s3cret", 7.0, None)
    assert [each.name for each in tenants_of(read_arguments({**given, "tenants": ["gl*"]}), environ)] == ["globex"]
    # The environment names the file too.
    assert len(tenants_of(read_arguments({}), {"QLIK_CONTEXTS_PATH": given["contexts_path"]})) == 2


def test_the_tenant_of_the_environment() -> None:
    environ = {"QLIK_TENANT_URL": URL, "QLIK_API_KEY": "key", "QLIK_CONTEXTS_PATH": "/nowhere"}
    assert [each.name for each in tenants_of(read_arguments({}), environ)] == ["localhost"]
    assert [each.name for each in tenants_of(read_arguments({"tenants": "acme"}), environ)] == ["acme"]
    for names in (["a", "b"], ["a*"], ["all"], ["{{ x }}"]):
        with pytest.raises(InvalidInput, match="the name of one host is required"):
            tenants_of(read_arguments({"tenants": names}), environ)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"QLIK_TENANT_URL": URL}, "localhost: There is no credential for the tenant."),
        ({"QLIK_TENANT_URL": URL, "QLIK_API_KEY": "k", "QLIK_TIMEOUT": "x"}, "localhost: "),
        ({"QLIK_CONTEXTS_PATH": "/nowhere"}, "Cannot read the qlik-cli contexts in /nowhere"),
    ],
)
def test_no_connection(environ: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        tenants_of(read_arguments({}), environ)


def test_contexts_that_cannot_be_meant(tmp_path: Path) -> None:
    given = contexts(tmp_path, acme=URL, twin=f"{URL}/")
    with pytest.raises(InvalidInput, match="The contexts 'acme' and 'twin' have the same tenant"):
        tenants_of(read_arguments(given), {})
    assert len(tenants_of(read_arguments({**given, "tenants": ["twin"]}), {})) == 1
    with pytest.raises(InvalidInput, match="tenants: 'acm' matches no context in .*Did you mean acme"):
        tenants_of(read_arguments({**given, "tenants": ["twin", "acm"]}), {})


def test_the_types_that_are_polled_by_default() -> None:
    """What changes a resource that the collection manages, under all names, and not what is shared or asked for."""
    types = types_about(kind.noun for kind in AREAS)
    assert {"com.qlik.core.user.updated", "com.qlik.v1.role.deleted", "com.qlik.space.created"} <= set(types)
    assert {"com.qlik.core.space.assignment.deleted", "com.qlik.core.auth-settings.updated"} <= set(types)
    assert [name for name in types if ".share." in name or ".request." in name or "api-key." in name] == []


def opened(path: Path) -> StateFile:
    state = StateFile(str(path))
    state.open()
    return state


def test_positions_are_kept(tmp_path: Path) -> None:
    state = opened(tmp_path / "state.json")
    position = Position(TIME, TIME - timedelta(seconds=1))
    position.received.add("id", Known(TIME, "com.qlik.core.role.updated", "r"))
    state.put(URL, position)
    state.put("https://empty", Position())
    state.save()
    state.close()
    state = opened(tmp_path / "state.json")
    read = state.position(URL)
    assert read is not None
    assert read.to_json() == position.to_json()
    empty = state.position("https://empty")
    assert empty is not None
    assert empty.to_json() == Position().to_json()
    assert state.position("https://other") is None
    state.close()
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600


GOOD: dict[str, Any] = {
    "time": TIME.isoformat(),
    "floor": None,
    "received": {"id": [TIME.isoformat(), "type", "object"]},
}


@pytest.mark.parametrize(
    "content",
    long_after_first(
        b'{"version": 1, "tenants": {',
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"version": 2, "tenants": {}}',
        b'{"version": 1, "tenants": []}',
        b"[" * 100000,
        *(
            json.dumps({"version": 1, "tenants": {URL: value}}).encode()
            for value in (
                {},
                {**GOOD, "time": "yesterday"},
                {**GOOD, "floor": 5},
                {**GOOD, "received": []},
                {**GOOD, "received": {"id": "x"}},
                {**GOOD, "received": {"id": [None, "type", "object"]}},
                {**GOOD, "received": {"id": ["never", "type", "object"]}},
            )
        ),
    ),
)
def test_a_damaged_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InvalidInput, match="state_file: .*is damaged, or was not written by this event source"):
        opened(path).position(URL)
    assert path.read_bytes() == content or content.startswith(b'{"version": 1, "tenants": {"')


def test_a_file_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"version": 1, "tenants": {}}')
    path.chmod(0o600)
    opened(path).close()
    # Whether a file can be written is known before it is needed.
    opened(tmp_path / "new.json").close()
    assert (tmp_path / "new.json").exists()
    path.chmod(0o620)
    with pytest.raises(InvalidInput, match="can be written by others. Set its mode to 0600"):
        opened(path)
    path.chmod(0o600)
    with monkeypatch.context() as other:
        other.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
        with pytest.raises(InvalidInput, match="belongs to another user. Set a file of your own."):
            opened(path)
    (tmp_path / "link.json").symlink_to(path)
    with pytest.raises(InvalidInput, match="is not a regular file"):
        opened(tmp_path / "link.json")
    (tmp_path / "target").touch()
    (tmp_path / "locked.json.lock").symlink_to(tmp_path / "target")
    with pytest.raises(InvalidInput, match="locked.json.lock cannot be locked"):
        opened(tmp_path / "locked.json")
    with pytest.raises(InvalidInput, match="cannot be locked: No such file or directory"):
        opened(tmp_path / "nowhere" / "state.json")
    # What was refused is not locked.
    opened(path).close()
