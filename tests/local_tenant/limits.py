# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limits per caller and tier (Qlik reference: rate limiting).

Published are a rate per minute and that it is evaluated over five minutes, hence a burst of five times the rate. How
the window is kept is not published: by default a bucket holds the burst and refills at the rate, so that after the
burst requests flow at the rate; the alternative counts what was admitted in the last window.

``time_scale`` lets the window pass faster than real time. ``Retry-After`` stays what the header means to clients,
whole real seconds, rounded up: with a scale of 60 the header says 1 where the window needs anything up to a minute.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections import deque
from collections.abc import Callable, Mapping

from .guesses import Guesses


class LimitError(ValueError):
    """A setting of the limits that makes no sense."""


@dataclasses.dataclass(frozen=True)
class Tier:
    """``per_minute`` requests, counted over ``minutes``."""

    per_minute: float
    minutes: float

    @property
    def burst(self) -> float:
        """How many requests pass at once."""
        return self.per_minute * self.minutes


PUBLISHED = {"1": Tier(1000, 5), "2": Tier(100, 5), "filter": Tier(200, 1), "audits": Tier(1000, 1)}
CAP_FACTOR = 0.5


@dataclasses.dataclass(frozen=True)
class LimitSettings:
    """``tenant_users`` replaces the number of users in the tenant-wide cap; None counts them."""

    enabled: bool = False
    time_scale: float = 1.0
    tenant_cap: bool = False
    tenant_users: int | None = None
    tiers: Mapping[str, Tier] = dataclasses.field(default_factory=lambda: dict(PUBLISHED))


class _Bucket:
    def __init__(self, now: float) -> None:
        self._spent = 0.0
        self._at = now

    def wait(self, now: float, burst: float, rate: float, needed: float) -> float:
        self._spent = max(0.0, self._spent - (now - self._at) * rate)
        self._at = now
        return max(0.0, (self._spent + needed - burst) / rate)

    def take(self, now: float) -> None:
        self._spent += 1


class _Window:
    def __init__(self, now: float) -> None:
        self._taken: deque[float] = deque()

    def wait(self, now: float, burst: float, rate: float, needed: float) -> float:
        length = burst / rate
        while self._taken and self._taken[0] <= now - length:
            self._taken.popleft()
        surplus = math.ceil(len(self._taken) + needed - burst)
        return 0.0 if surplus <= 0 else self._taken[min(surplus, len(self._taken)) - 1] + length - now

    def take(self, now: float) -> None:
        self._taken.append(now)


class Limiter:
    """Decides whether a caller may go on."""

    def __init__(self, settings: LimitSettings) -> None:
        self.settings = settings
        self._counts: dict[tuple[str, str], _Bucket | _Window] = {}
        self._blocked: dict[tuple[str, str], float] = {}

    def admit(self, user_id: str, tier: str, users: Callable[[], int], guesses: Guesses) -> int:
        """0 if the request may pass, else the whole real seconds to wait; a refused request costs nothing."""
        if not self.settings.enabled:
            return 0
        now = time.monotonic() * self.settings.time_scale
        limit = self.settings.tiers[tier]
        checks = [((user_id, tier), limit.burst, limit.per_minute / 60)]
        if self.settings.tenant_cap:
            factor = CAP_FACTOR * (users() if self.settings.tenant_users is None else self.settings.tenant_users)
            checks.append((("", tier), limit.burst * factor, limit.per_minute * factor / 60))
        waits = [self._wait(key, now, burst, rate, guesses) for key, burst, rate in checks]
        if max(waits) > 0:
            return max(1, math.ceil(max(waits) / self.settings.time_scale))
        for key, _burst, _rate in checks:
            self._counts[key].take(now)
        return 0

    def _wait(self, key: tuple[str, str], now: float, burst: float, rate: float, guesses: Guesses) -> float:
        kind = _Bucket if guesses.limit_algorithm == "token-bucket" else _Window
        count = self._counts.get(key)
        if not isinstance(count, kind):
            count = self._counts[key] = kind(now)
        blocked = self._blocked.get(key, 0.0) - now
        if blocked > 0:
            return blocked
        if count.wait(now, burst, rate, 1) <= 0:
            return 0.0
        needed = min(max(1, guesses.limit_recovery_requests), burst)
        wait = count.wait(now, burst, rate, needed)
        self._blocked[key] = now + wait
        return wait


def changed_settings(settings: LimitSettings, changes: Mapping[str, object]) -> LimitSettings:
    """``settings`` with ``changes`` as JSON gives them. Raises LimitError."""
    values = dict(changes)
    tiers = dict(settings.tiers)
    given = values.pop("tiers", {})
    if not isinstance(given, dict):
        raise LimitError("tiers is an object")
    for name, tier in given.items():
        if name not in tiers or not isinstance(tier, dict):
            raise LimitError(f"tiers are {', '.join(tiers)}, each an object")
        tiers[name] = _tier(tiers[name], tier)
    for name, kind in (("enabled", bool), ("tenant_cap", bool)):
        if name in values and not isinstance(values[name], kind):
            raise LimitError(f"{name} is true or false")
    scale, users = values.get("time_scale", 1.0), values.get("tenant_users")
    if not _positive(scale):
        raise LimitError("time_scale is a number above 0")
    if users is not None and not _positive(users):
        raise LimitError("tenant_users is a number above 0 or null")
    unknown = values.keys() - {"enabled", "tenant_cap", "time_scale", "tenant_users"}
    if unknown:
        raise LimitError(f"unknown setting {sorted(unknown)[0]!r}")
    return dataclasses.replace(settings, tiers=tiers, **values)  # type: ignore[arg-type]


def _tier(tier: Tier, changes: Mapping[str, object]) -> Tier:
    if changes.keys() - {"per_minute", "minutes"} or not all(_positive(value) for value in changes.values()):
        raise LimitError("a tier has per_minute and minutes, numbers above 0")
    return dataclasses.replace(tier, **changes)  # type: ignore[arg-type]


def _positive(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf")
