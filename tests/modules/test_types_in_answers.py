# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses in which one field has another type than the reference says."""

from __future__ import annotations

import copy
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.collection import Collection
from kinds import PLANTED, SINGLE
from local_tenant.client import LocalTenant
from modules.harness import Json, Run

#: A description that reads and compares every area, and prunes where that is possible.
WHOLE: dict[str, Json] = {
    **{area: cases.options() for area, cases in SINGLE.items()},
    "roles": [{"name": "R", "assigned_scopes": []}],
    "groups": [{"name": "G", "assigned_roles": ["R"]}, {"name": "C", "provider_type": "custom"}],
    "users": [{"subject": "s", "name": "N", "assigned_roles": ["R"], "assigned_groups": ["C"]}],
    "spaces": [{"name": "S", "type": "shared", "members": [{"group": "G", "roles": ["consumer"]}]}],
    **{area: cases.described for area, cases in PLANTED.items()},
}
PRUNE: dict[str, Json] = {"groups": {"max_deletions": 9}, "spaces": {"max_deletions": 9}}
PATHS = (
    *(path for cases in SINGLE.values() for path in cases.paths),
    "/api/v1/roles",
    "/api/v1/groups",
    "/api/v1/users",
    "/api/v1/spaces",
    "/api/v1/spaces/types",
    *(cases.kind.collection for cases in PLANTED.values() if isinstance(cases.kind, Collection)),
)
#: The others are alike.
QUICK = ("/api/v1/groups", "/api/v1/spaces/types")
VALUES: tuple[Json, ...] = ([{}], {"a": []}, 7, True, "x", None)


def places(body: Json) -> Iterator[tuple[str | int, ...]]:
    """The paths to all values of a JSON document, but for those that only lead to other pages."""
    for key, value in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        if key == "links" or key in range(3, 10**6):
            continue
        yield (key,)
        yield from ((key, *rest) for rest in places(value))


def changed(body: Json, place: tuple[str | int, ...], value: Json) -> Json:
    """A copy of a JSON document with another value in one place."""
    result = copy.deepcopy(body)
    inner: Any = result
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return result


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(path, value, marks=[] if number == 0 and path in QUICK else pytest.mark.long)
        for path in PATHS
        for number, value in enumerate(VALUES)
    ],
)
@pytest.mark.usefixtures("impatient")
def test_one_field(run: Run, tenant: LocalTenant, path: str, value: Json) -> None:
    seeded = run("qlik_configuration", **WHOLE)
    assert not seeded.get("failed"), seeded["msg"]
    path = path.format(tenant=tenant.state()["tenant"]["id"])
    request = urllib.request.Request(tenant.url + path, headers={"Authorization": "Bearer " + tenant.api_key})
    with urllib.request.urlopen(request) as response:
        body = json.load(response)
    bad = []
    for place in places(body):
        tenant.misbehave({"match": {"path": path + "$"}, "action": {"wrong_type": changed(body, place, value)}})
        for module, options in (
            ("qlik_configuration", {**WHOLE, "prune": PRUNE, "check": True}),
            ("qlik_configuration_info", {}),
        ):
            result = run(module, retries=0, **options)
            if "Unexpected error in the collection" in result.get("msg", ""):
                bad.append(f"{module} {path} {place} {value}: {result['msg']}")
            assert len(result.get("msg", "")) < 2000
        tenant.behave()
    assert bad == [], "\n".join(bad)
