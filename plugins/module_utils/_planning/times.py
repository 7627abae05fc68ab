# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times in UTC, as the API and users write them, and ISO 8601 durations applied to them."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

from .._errors import InvalidInput
from .values import length_of

#: The maximum number of days in options: 100 years, which a date and a duration can represent.
MOST_DAYS = 36500
_TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,][0-9]+)?(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def moment(text: Any) -> Optional[datetime]:
    """Return an ISO 8601 date, or date and time, in UTC and to the second; C(None) for any other value.

    A date is the beginning of its day. Without a time zone the time is in UTC.
    """
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    zone = found["zone"] or "Z"
    try:
        local = datetime.strptime("%sT%s" % (found["date"], found["time"] or "00:00:00"), "%Y-%m-%dT%H:%M:%S")
        if zone not in "Zz":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            local = local + offset if zone[0] == "-" else local - offset
    except (ValueError, OverflowError):
        return None
    return local.replace(tzinfo=timezone.utc)


def utc_now() -> datetime:
    """Return the time of this machine in UTC and to the second."""
    return datetime.now(timezone.utc).replace(microsecond=0)


def in_iso(time: datetime) -> str:
    """Return a time in the form of the API: in UTC and in seconds."""
    # Not strftime, which does not pad years before 1000 with zeros.
    return time.astimezone(timezone.utc).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def age_in_days(created: Optional[datetime], now: datetime) -> Optional[int]:
    """Return the whole days since a time; C(None) if it is not known. The clock of the tenant can be ahead."""
    return None if created is None else max(0, (now - created).days)


def after(start: datetime, duration: Any) -> datetime:
    """Return the end of an ISO 8601 duration that begins at C(start). Months are calendar months.

    :raises InvalidInput: if it is not a duration, or ends after the year 9999.
    """
    months, seconds = length_of(duration)
    whole = int(months)
    # A fraction of a month is a fraction of 30 days.
    rest = timedelta(days=float(months - whole) * 30)
    years, month = divmod(start.month - 1 + whole, 12)
    try:
        first = start.replace(year=start.year + years, month=month + 1, day=1)
        next_month = (first + timedelta(days=31)).replace(day=1)
        day = min(start.day, (next_month - first).days)
        return first.replace(day=day) + rest + timedelta(seconds=float(seconds))
    except (ValueError, OverflowError):
        raise InvalidInput("%r is too long." % duration, "Set a duration that ends before the year 9999.") from None


def duration_of(span: timedelta) -> str:
    """Return a span of at least one second as an ISO 8601 duration in days, hours, minutes, and seconds."""
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    time = "".join("%d%s" % part for part in ((hours, "H"), (minutes, "M"), (seconds, "S")) if part[0])
    return "P%s%s" % ("%dD" % span.days if span.days else "", "T" + time if time else "")
