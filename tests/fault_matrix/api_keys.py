# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks about API keys that every fault is thrown at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from kinds.cases import FaultCase, Json, State
from local_tenant.client import TenantHandle
from local_tenant.times import instant, utc_now

ADMIN = "local|admin"
NIGHTLY: dict[str, Json] = {"description": "nightly", "expiry": "P90D"}


def keys_of(pick: Callable[..., Json]) -> Callable[[State], Json]:
    """Looks at the keys of the nightly job that one user has: days left, of which new keys have 90, and status.

    :param pick: chooses the user whose keys have become more, or fewer: each user who can be the caller has the same
        keys before the task.
    """

    def look(state: State) -> Json:
        found: dict[str, list[Json]] = {}
        for key in state["api_keys"]:
            if key["description"] == NIGHTLY["description"]:
                left = round((instant(key["expiry"]) - utc_now()) / timedelta(days=1))
                found.setdefault(key["sub"], []).append([f"{left} days left", key["status"]])
        return sorted(pick(found.values(), key=len, default=[]))

    return look


def plant_keys(*days: int) -> Callable[[TenantHandle], None]:
    """Gives each user who can be the caller keys of the nightly job for 90 days, of which so many are left."""

    def plant(tenant: TenantHandle) -> None:
        tenant.set_tenant(api_key_settings={"max_expiry": "P1Y"})
        tenant.plant_api_keys(
            [
                {"description": NIGHTLY["description"], "user": user, "daysLeft": left, "ageDays": 90 - left}
                for left in days
                for user in (ADMIN, f"qlikbot\\{tenant.client_id}")
            ]
        )

    return plant


def plant_key_of_another(tenant: TenantHandle) -> None:
    tenant.plant_api_keys([{"description": NIGHTLY["description"], "user": "local|plain"}])


CASES: dict[str, FaultCase] = {
    "qlik_api_key, new": FaultCase("qlik_api_key", NIGHTLY, keys_of(max), [["90 days left", "active"]], plant_keys()),
    "qlik_api_key, rotated": FaultCase(
        "qlik_api_key",
        {**NIGHTLY, "rotate_before_days": 30, "revoke_replaced": False},
        keys_of(max),
        [["20 days left", "active"], ["90 days left", "active"]],
        plant_keys(20),
    ),
    "qlik_api_key, replaced": FaultCase(
        "qlik_api_key",
        {**NIGHTLY, "rotate_before_days": 30, "revoke_replaced": True},
        keys_of(min),
        [["80 days left", "active"]],
        plant_keys(10, 20, 80),
    ),
    "qlik_api_key, of another user": FaultCase(
        "qlik_api_key",
        {"description": NIGHTLY["description"], "user": "local|plain", "state": "revoked"},
        keys_of(max),
        [["30 days left", "revoked"]],
        plant_key_of_another,
    ),
    "qlik_api_key_info": FaultCase("qlik_api_key_info", {}, keys_of(max), None, plant_keys(10, 80)),
}
