# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that mean harm: every task ends, soon and in few words, with no more than it can hold."""

from __future__ import annotations

import itertools
import json
from itertools import count

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api import transport
from modules.harness import Json, Run
from modules.hostile import Hostile, Response
from suites import diagonal, long_unless


def page(*resources: Json, **more: Json) -> Response:
    return 200, {}, json.dumps({"data": resources, **more}).encode()


def ends(run: Run, hostile: Hostile, module: str, **options: Json) -> str:
    result = run(module, tenant_url=hostile.url, timeout=5, **options)
    assert result["failed"], result
    assert "Unexpected error in the collection" not in result["msg"]
    assert len(result["msg"]) < 2000
    return str(result["msg"])


CREATED = (
    ["qlik_group", "qlik_groups", "qlik_user", "qlik_role"],
    [b"{}", b"[]", b"", b'{"id": "x"}', b'{"id": "x", "name": "y", "subject": "y"}', b'{"id": 7}'],
)
TOTALS = (
    ["qlik_group_info", "qlik_user_info", "qlik_groups", "qlik_group"],
    ["true", "-1", "1e400", "9" * 5000, "1e18", "9" * 19, "9" * 25, '"many"', "[]", "NaN"],
)


@pytest.mark.parametrize(("module", "body"), long_unless(diagonal(*CREATED), itertools.product(*CREATED)))
def test_a_creation_that_never_shows_is_not_sent_for_ever(
    run: Run, hostile: Hostile, monkeypatch: pytest.MonkeyPatch, body: bytes, module: str
) -> None:
    pauses: list[int] = []
    monkeypatch.setattr(transport.Transport, "pause", lambda self, attempt, at_least=0.0: pauses.append(attempt))
    hostile.response = lambda method, path: (201, {}, body) if method == "POST" else page(totalResults=0)
    item = {"subject": "s"} if module == "qlik_user" else {"name": "N"}
    options: dict[str, Json] = {"groups": [item]} if module == "qlik_groups" else item
    assert "may have been changed" in ends(run, hostile, module, retries=3, **options)
    assert hostile.calls.count("POST") == 4
    assert len(pauses) >= 3


@pytest.mark.parametrize("module", ["qlik_group_info", "qlik_user_info", "qlik_role_info"])
def test_pages_without_an_end_take_no_memory_without_an_end(
    run: Run, hostile: Hostile, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setattr(transport, "_LARGEST_TASK", 1024 * 1024)
    numbers = count()

    def response(method: str, path: str) -> Response:
        number = next(numbers)
        resource = {"id": f"i{number}", "name": "n" * 100000, "subject": "s"}
        return page(resource, links={"next": {"href": f"/api/v1/groups?next={number}"}})

    hostile.response = response
    assert "exceeds the memory limit" in ends(run, hostile, module)
    assert len(hostile.calls) < 15


@pytest.mark.parametrize(("module", "total"), long_unless(diagonal(*TOTALS), itertools.product(*TOTALS)))
@pytest.mark.usefixtures("impatient")
def test_totals_that_cannot_be_right(run: Run, hostile: Hostile, module: str, total: str) -> None:
    hostile.response = lambda method, path: (200, {}, b'{"data": [{"id": "i"}], "totalResults": %s}' % total.encode())
    options: dict[str, Json] = (
        {"groups": [{"name": str(number)} for number in range(250)]} if module == "qlik_groups" else {}
    )
    if module == "qlik_group":
        options = {"name": "N"}
    result = run(module, tenant_url=hostile.url, timeout=5, retries=1, check=True, **options)
    assert "Unexpected error in the collection" not in result.get("msg", "")
    assert len(hostile.calls) < 20


@pytest.mark.parametrize("length", ["²", "-1", "9" * 5000, "1_0"])
def test_lengths_that_are_none(run: Run, hostile: Hostile, length: str) -> None:
    hostile.response = lambda method, path: (200, {"Content-Length": length, "Connection": "close"}, page()[2])
    result = run("qlik_role_info", tenant_url=hostile.url, timeout=1, retries=0)
    assert "Unexpected error in the collection" not in result.get("msg", "")


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"errors": [{"code": "X", "title": "t" * 90, "detail": "d" * 90}] * 100000}).encode(),
        json.dumps(
            {"errors": [{"title": "t" * 10**7, "detail": "d" * 300, "meta": [{"title": "x" * 400}] * 50}]}
        ).encode(),
        b"<html>" + b"x" * 10**7,
        b"\x1b[31m" * 10**6,
    ],
    ids=["many", "long", "page", "control characters"],
)
def test_errors_without_an_end(run: Run, hostile: Hostile, body: bytes) -> None:
    hostile.response = lambda method, path: (400, {}, body)
    assert "\x1b" not in ends(run, hostile, "qlik_group", name="N")
