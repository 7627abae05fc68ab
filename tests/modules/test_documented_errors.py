# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error that Qlik's reference lists for an endpoint ends a task with a clear message."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run

GROUP = {"name": "Finance", "assigned_roles": ["DataAdmin"]}
USER = {"subject": "bob", "assigned_roles": ["DataAdmin"]}

# Method, path, statuses, module and options of a task that uses the endpoint; what is planted exists beforehand.
ENDPOINTS: list[tuple[str, str, list[int], str, dict[str, Json]]] = [
    ("GET", "/tenants/me$", [401, 403], "qlik_tenant", {"name": "x"}),
    ("GET", "/tenants/[^m]", [404], "qlik_tenant", {"name": "x"}),
    ("PATCH", "/tenants/", [400, 403, 404], "qlik_tenant", {"name": "x"}),
    ("GET", "/users$", [400, 401, 500], "qlik_user", USER),
    ("POST", "/users$", [400, 401, 403, 409, 413, 500], "qlik_user", {"subject": "eve"}),
    ("PATCH", "/users/", [207, 400, 403], "qlik_user", USER),
    ("DELETE", "/users/", [400, 403], "qlik_user", {"subject": "bob", "state": "absent"}),
    ("GET", "/groups$", [400, 401, 403, 500], "qlik_group", GROUP),
    ("POST", "/groups$", [400, 401, 403, 409, 413, 500], "qlik_group", {"name": "HR"}),
    ("PATCH", "/groups/", [400, 401, 403, 500], "qlik_group", GROUP),
    ("DELETE", "/groups/", [401, 500], "qlik_group", {"name": "Finance", "state": "absent"}),
    ("GET", "/groups/settings$", [401, 403, 500], "qlik_group_settings", {"auto_create_groups": True}),
    ("PATCH", "/groups/settings$", [400, 401, 403, 500], "qlik_group_settings", {"auto_create_groups": True}),
    ("GET", "/roles$", [400, 401, 403, 500], "qlik_role", {"name": "Keys"}),
    ("POST", "/roles$", [400, 401, 403, 500], "qlik_role", {"name": "New"}),
    ("PATCH", "/roles/", [400, 401, 403, 500], "qlik_role", {"name": "Keys", "description": "x"}),
    ("DELETE", "/roles/", [400, 401, 403], "qlik_role", {"name": "Keys", "state": "absent"}),
]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("method", "path", "status", "module", "options"),
    [
        pytest.param(method, path, status, module, options, id=f"{method} {path} {status}")
        for method, path, statuses, module, options in ENDPOINTS
        for status in statuses
    ],
)
def test_documented_error(
    run: Run, tenant: LocalTenant, method: str, path: str, status: int, module: str, options: dict[str, Json]
) -> None:
    tenant.plant_groups([{"name": "Finance"}])
    tenant.plant_users([{"subject": "bob"}])
    tenant.plant_roles([{"name": "Keys"}])
    before = tenant.state()
    error = {"code": "X-1", "title": "A title", "detail": "A detail", "status": str(status)}
    response = {"status": status, "json": {"errors": [error], "traceId": "a" * 32}}
    tenant.misbehave({"match": {"method": method, "path": path}, "action": response})
    result = run(module, retries=0, **options)
    assert result["failed"]
    for text in ("A title", "A detail", "a" * 32, str(status)):
        assert text in result["msg"]
    assert result["error"]["status"] == status
    assert result["error"]["trace_id"] == "a" * 32
    assert tenant.state() == before
    # A 5xx leaves open whether a write was carried out, and 207 says that a part of it was.
    assert result["changed"] is (method != "GET" and status in (207, 500))
