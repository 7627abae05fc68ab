# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that are not rolled out to a tenant."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("guess", "status", "kind"),
    [
        ("404", 404, "application/json"),
        ("403", 403, "application/json"),
        ("page", 404, "text/html"),
    ],
)
def test_what_is_not_rolled_out(api: Any, tenant: Any, guess: str, status: int, kind: str) -> None:
    tenant.set_tenant(missing_services=["licenses"])
    tenant.guess(missing_service=guess)
    for response in (api.get("/licenses/settings"), api.put("/licenses/settings", {})):
        assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (status, kind)
    assert api.get("/licenses/settings", key="wrong").status_code == 401
    assert api.get("/groups").status_code == 200
    assert tenant.counters()["writes"] == 0
