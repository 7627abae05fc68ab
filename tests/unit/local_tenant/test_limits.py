# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limits (Qlik reference: rate limiting)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from local_tenant.guesses import Guesses
from local_tenant.limits import Limiter, LimitError, LimitSettings, Tier, changed_settings

SMALL = {"1": {"per_minute": 60, "minutes": 0.1}, "2": {"per_minute": 60, "minutes": 0.05}}


def nobody() -> int:
    return 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock that stands until it is moved: ``clock.now``."""

    class Clock:
        now = 1000.0

        def monotonic(self) -> float:
            return self.now

    value = Clock()
    monkeypatch.setattr("local_tenant.limits.time", value)
    return value


def admitted(limiter: Limiter, tier: str, guesses: Guesses, most: int = 10_000, user: str = "u") -> tuple[int, int]:
    """How many requests pass before the first refusal, and the wait it announces."""
    for count in range(most):
        wait = limiter.admit(user, tier, nobody, guesses)
        if wait:
            return count, wait
    return most, 0


@pytest.mark.parametrize(("tier", "burst"), [("1", 5000), ("2", 500), ("filter", 200), ("audits", 1000)])
@pytest.mark.parametrize("algorithm", ["token-bucket", "sliding-window"])
def test_published_limits(clock: Any, tier: str, burst: int, algorithm: str) -> None:
    guesses = Guesses(limit_algorithm=algorithm)
    limiter = Limiter(LimitSettings(enabled=True))
    count, wait = admitted(limiter, tier, guesses)
    assert count == burst
    window = 60 if tier in ("filter", "audits") else 300
    assert wait == (1 if algorithm == "token-bucket" else window)
    assert admitted(limiter, tier, guesses)[0] == 0
    assert admitted(limiter, tier, guesses, 10, "somebody else") == (10, 0)
    other = "1" if tier != "1" else "2"
    assert admitted(limiter, other, guesses, 10) == (10, 0)
    clock.now += window
    assert admitted(limiter, tier, guesses)[0] == burst


def test_after_the_burst_requests_flow_at_the_rate(clock: Any) -> None:
    limiter = Limiter(LimitSettings(enabled=True))
    admitted(limiter, "2", Guesses())
    passed = 0
    for _second in range(60):
        clock.now += 1
        passed += admitted(limiter, "2", Guesses())[0]
    assert 99 <= passed <= 101


def test_a_sliding_window_frees_what_left_it(clock: Any) -> None:
    guesses = Guesses(limit_algorithm="sliding-window")
    limiter = Limiter(LimitSettings(enabled=True))
    assert admitted(limiter, "2", guesses, 100) == (100, 0)
    clock.now += 200
    count, wait = admitted(limiter, "2", guesses)
    assert (count, wait) == (400, 100)
    clock.now += 100
    assert admitted(limiter, "2", guesses)[0] == 100


def test_recovery_can_take_longer(clock: Any) -> None:
    guesses = Guesses(limit_recovery_requests=21)
    limiter = Limiter(LimitSettings(enabled=True))
    assert admitted(limiter, "2", guesses) == (500, 13)
    clock.now += 12
    assert admitted(limiter, "2", guesses) == (0, 1)
    clock.now += 1
    assert admitted(limiter, "2", guesses)[0] == 21


def test_time_scale_rounds_real_seconds_up(clock: Any) -> None:
    guesses = Guesses(limit_algorithm="sliding-window")
    limiter = Limiter(LimitSettings(enabled=True, time_scale=60))
    assert admitted(limiter, "2", guesses) == (500, 5)
    clock.now += 5
    assert admitted(limiter, "2", guesses)[0] == 500
    limiter = Limiter(LimitSettings(enabled=True, time_scale=1000))
    assert admitted(limiter, "2", guesses) == (500, 1)


def test_the_tenant_has_a_limit_too(clock: Any) -> None:
    settings = LimitSettings(enabled=True, tenant_cap=True, tenant_users=3)
    limiter = Limiter(settings)
    assert admitted(limiter, "2", Guesses())[0] == 500
    assert admitted(limiter, "2", Guesses(), user="second")[0] == 250
    alone = Limiter(LimitSettings(enabled=True, tenant_cap=True))
    assert admitted(alone, "2", Guesses())[0] == 250


@pytest.mark.parametrize(
    "changes",
    [
        {"time_scale": 0},
        {"time_scale": "fast"},
        {"enabled": 1},
        {"tenant_users": 0},
        {"tiers": {"3": {}}},
        {"tiers": {"1": {"per_minute": -1}}},
        {"tiers": {"1": {"per_hour": 1}}},
        {"tiers": []},
        {"surprise": 1},
    ],
)
def test_settings_that_make_no_sense(changes: dict[str, Any]) -> None:
    with pytest.raises(LimitError):
        changed_settings(LimitSettings(), changes)


def test_settings_change_one_by_one() -> None:
    settings = changed_settings(LimitSettings(), {"enabled": True, "tiers": {"2": {"per_minute": 5}}})
    assert settings.tiers["2"] == Tier(5, 5)
    assert settings.tiers["1"] == Tier(1000, 5)


def test_the_answer_over_the_limit(api: Any, tenant: Any) -> None:
    tenant.limits(enabled=True, tiers=SMALL)
    for number in range(3):
        api.made("/groups", {"name": f"g{number}"})
    for path in ("/groups", "/users", "/roles"):
        response = api.post(path, {"name": "x", "subject": "x"} if path == "/users" else {"name": "x"})
        assert response.status_code == 429
        assert response.headers["Retry-After"] == "1"
        assert response.json().keys() == {"errors"}
        assert response.json()["errors"][0].keys() == {"code", "title", "detail"}
        assert response.json()["errors"][0]["code"] == "HTTP-429"
    assert api.patch("/groups/settings", ("replace", "/autoCreateGroups", True)).status_code == 429
    assert api.get("/groups").status_code == 200
    assert api.post("/groups/actions/filter", {}).status_code == 200
    counters = tenant.counters()
    assert (counters["rate_limited"], counters["writes"]) == (4, 3)
    assert len(tenant.groups()) == 3
    time.sleep(1)
    assert api.post("/groups", {"name": "x"}).status_code == 201


def test_callers_do_not_share_a_budget(api: Any, tenant: Any) -> None:
    tenant.limits(enabled=True, tiers=SMALL)
    for _attempt in range(7):
        last = api.get("/groups")
    assert last.status_code == 429
    assert api.get("/groups", key=tenant.api_key_without_roles).status_code == 200


def test_off_by_default(api: Any, tenant: Any) -> None:
    for _attempt in range(600):
        last = api.post("/groups", {"name": ""})
    assert last.status_code == 400


def test_time_scale_over_http(api: Any, tenant: Any) -> None:
    tenant.limits(enabled=True, time_scale=600, tiers={"2": {"per_minute": 1, "minutes": 2}})
    assert [api.post("/groups", {"name": f"g{number}"}).status_code for number in range(3)] == [201, 201, 429]
    time.sleep(0.12)
    assert api.post("/groups", {"name": "g3"}).status_code == 201
