# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Qlik announces in headers is a warning, once for each endpoint, and no server can flood a task with it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api import announcements
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, texts
from modules.hostile import Hostile

ANNOUNCED = {"Deprecation": "@1782864000", "Sunset": "Wed, 30 Jun 2027 23:59:59 GMT"}


def announced(result: dict[str, Json]) -> list[str]:
    return [text for text in texts(result) if "deprecat" in text.lower()]


@pytest.mark.parametrize("check", [True, False])
def test_once_for_each_endpoint(run: Run, tenant: LocalTenant, check: bool) -> None:
    tenant.plant_groups([{"name": f"G {number:03}"} for number in range(250)])
    tenant.misbehave({"match": {"path": "/groups"}, "action": {"headers": ANNOUNCED}})
    groups: list[Json] = [{"name": f"G {number:03}", "assigned_roles": ["Steward"]} for number in range(250)]
    result = run("qlik_groups", check=check, groups=groups)
    assert not result.get("failed"), result
    said = announced(result)
    expected = ["GET /api/v1/groups"] + ([] if check else ["PATCH /api/v1/groups/{id}", "GET /api/v1/groups/{id}"])
    assert len(said) == len(expected)
    for endpoint in expected:
        (text,) = [text for text in said if f"{endpoint} " in text]
        assert "2026-07-01" in text
        assert "Wed, 30 Jun 2027 23:59:59 GMT" in text


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Deprecation": "true"}, ["deprecated"]),
        ({"Sunset": "Wed, 30 Jun 2027 23:59:59 GMT"}, ["30 Jun 2027"]),
        ({"Deprecation": "@" + "9" * 5000}, []),
        ({"Deprecation": "@²"}, []),
        ({"Deprecation": "@-1"}, []),
        ({"Sunset": "{{ lookup('pipe', 'id') }} \x7f" + "x" * 5000}, []),
    ],
    ids=str,
)
def test_values(run: Run, hostile: Hostile, headers: dict[str, str], words: list[str]) -> None:
    hostile.response = lambda method, path: (200, headers, b'{"data": []}')
    result = run("qlik_role_info", tenant_url=hostile.url)
    assert not result.get("failed"), result
    (text,) = announced(result)
    for word in words:
        assert word in text
    assert len(text) < 600
    assert "\x7f" not in text


@pytest.mark.parametrize("headers", [{}, {"Deprecation": ""}, {"Deprecation": "?0"}, {"Deprecation": "false"}])
def test_nothing_is_announced(run: Run, hostile: Hostile, headers: dict[str, str]) -> None:
    hostile.response = lambda method, path: (200, headers, b'{"data": []}')
    assert announced(run("qlik_role_info", tenant_url=hostile.url)) == []


def test_no_server_floods_a_task(run: Run, hostile: Hostile) -> None:
    def response(method: str, path: str) -> tuple[int, dict[str, str], bytes]:
        number = len(hostile.calls)
        link = {"next": {"href": f"/api/v{number}/x{number}/y{number}/z?next={number}"}} if number < 60 else {}
        body = {"data": [{"id": str(number), "name": "n"}], "links": link}
        return 200, {"Deprecation": "@%d" % number}, json.dumps(body).encode()

    hostile.response = response
    result = run("qlik_role_info", tenant_url=hostile.url)
    assert not result.get("failed"), result
    assert len(hostile.calls) == 60
    assert len(announced(result)) == announcements.MOST_ANNOUNCEMENTS


def test_a_failed_task_says_it_too(run: Run, tenant: LocalTenant) -> None:
    refusal = {"status": 410, "headers": ANNOUNCED}
    tenant.misbehave({"match": {"method": "POST"}, "action": refusal})
    result = run("qlik_group", name="N")
    assert result["failed"]
    assert len(announced(result)) == 1


def test_no_version_is_asked_for(run: Run, hostile: Hostile) -> None:
    hostile.response = lambda method, path: (200, {}, b'{"data": []}')
    run("qlik_role_info", tenant_url=hostile.url)
    assert "qlik-api-version" not in hostile.headers
