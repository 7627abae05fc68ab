# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times and durations as the API writes them (Qlik reference: conventions; API keys, ISO 8601 durations)."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z", re.ASCII)
#: Years and months are no part of what the examples show; they are taken as ISO 8601 has them.
_DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.ASCII,
)
MONTHS_A_YEAR = 12


def utc_now() -> datetime:
    """The present."""
    return datetime.now(timezone.utc)


def written(moment: datetime) -> str:
    """``moment`` as the API writes it, in milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@lru_cache(maxsize=100_000)
def instant(text: str) -> datetime:
    """The moment that ``text`` names, in UTC. Raises ValueError unless it is an ISO 8601 time that ends in Z."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not an ISO 8601 time in UTC")
    moment = datetime.fromisoformat(found[1]).replace(tzinfo=timezone.utc)
    return moment + timedelta(seconds=float(f"0{found[2] or ''}"))


def earlier(value: Any, seconds: float) -> Any:
    """``value``, JSON of any shape, with every time in it moved into the past."""
    if isinstance(value, dict):
        return {name: earlier(item, seconds) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(earlier(item, seconds) for item in value)
    if isinstance(value, str) and _TIME.fullmatch(value):
        return written(instant(value) - timedelta(seconds=seconds))
    return value


def parts(duration: object) -> tuple[int, ...] | None:
    """Years, months, weeks, days, hours, minutes, and seconds of an ISO 8601 duration.

    None for anything else, and for a duration of zero.
    """
    found = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    numbers = tuple(int(part or 0) for part in found.groups()) if found else ()
    return numbers if any(numbers) else None


def later(moment: datetime, duration: str) -> datetime:
    """``moment`` plus an ISO 8601 duration; the end of time for one that leads beyond it."""
    years, months, weeks, days, hours, minutes, seconds = parts(duration) or (0,) * 7
    month = moment.month - 1 + months + MONTHS_A_YEAR * years
    try:
        year, number = moment.year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
        day = min(moment.day, calendar.monthrange(year, number)[1])
        moved = moment.replace(year=year, month=number, day=day)
        return moved + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=timezone.utc)
