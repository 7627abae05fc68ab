# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server for all tests of the local tenant, fresh for each of them, and a plain client for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from local_tenant.client import LocalTenant


@dataclasses.dataclass
class Api:
    """The API of ``tenant``, without retries, redirects or anything else that would hide what it answers."""

    tenant: LocalTenant
    session: requests.Session

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **options: Any
    ) -> requests.Response:
        """One request; ``body`` goes as JSON, ``key`` replaces the administrator's API key."""
        url = self.tenant.url + (path if path.startswith(("/oauth/", "/api/")) else f"/api/v1{path}")
        headers = {"Authorization": f"Bearer {self.tenant.api_key if key is None else key}"}
        headers.update(options.pop("headers", {}))
        if body is not None:
            options["json"] = body
        return self.session.request(method, url, headers=headers, timeout=20, **{"allow_redirects": False, **options})

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any, **options: Any) -> requests.Response:
        """POST."""
        return self.call("POST", path, body, **options)

    def patch(self, path: str, *operations: Any, **options: Any) -> requests.Response:
        """PATCH with an array of operations, each given as (op, path, value)."""
        body = [{"op": op, "path": where, "value": value} for op, where, value in operations]
        return self.call("PATCH", path, body, **options)

    def put(self, path: str, body: Any, **options: Any) -> requests.Response:
        """PUT."""
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        """DELETE."""
        return self.call("DELETE", path, **options)

    def made(self, path: str, body: Any) -> dict[str, Any]:
        """The item that a POST made."""
        response = self.post(path, body)
        assert response.status_code == 201, response.text
        item: dict[str, Any] = response.json()
        return item

    def listed(self, path: str, **query: str) -> list[dict[str, Any]]:
        """All pages, following path and query of the links."""
        found: list[dict[str, Any]] = []
        response = self.get(path, params=query)
        while True:
            assert response.status_code == 200, response.text
            found += response.json()["data"]
            href = (response.json()["links"].get("next") or {}).get("href")
            if not href:
                return found
            target = urlsplit(href)
            response = self.get(f"{target.path[len('/api/v1') :]}?{target.query}")

    def names(self, path: str, text: str) -> list[str]:
        """Names that a filter finds."""
        return [item["name"] for item in self.listed(path, filter=text)]

    def role_id(self, name: str) -> str:
        """Id of a role."""
        return next(str(role["id"]) for role in self.tenant.roles() if role["name"] == name)

    def user_id(self, subject: str) -> str:
        """Id of a user."""
        return next(str(user["id"]) for user in self.tenant.users() if user["subject"] == subject)


@pytest.fixture(scope="session")
def running_tenant() -> Iterator[LocalTenant]:
    """The one server."""
    with LocalTenant() as tenant:
        yield tenant


@pytest.fixture
def tenant(running_tenant: LocalTenant) -> LocalTenant:
    """A fresh tenant."""
    running_tenant.reset()
    return running_tenant


@pytest.fixture
def api(tenant: LocalTenant) -> Iterator[Api]:
    """Its API, called by an administrator."""
    with requests.Session() as session:
        session.trust_env = False
        yield Api(tenant, session)
