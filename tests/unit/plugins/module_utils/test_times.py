# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times in UTC, and durations applied to them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.times import after, duration_of, in_iso, moment


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-29", "2026-11-29T00:00:00Z"),
        ("2026-11-29T14:03:05", "2026-11-29T14:03:05Z"),
        ("2026-11-29 14:03:05", "2026-11-29T14:03:05Z"),
        ("2026-11-29T14:03:05.987Z", "2026-11-29T14:03:05Z"),
        ("2026-11-29T14:03:05.123456789z", "2026-11-29T14:03:05Z"),
        ("2026-11-29T14:03:05+02:00", "2026-11-29T12:03:05Z"),
        ("2026-11-29T23:30:00-0130", "2026-11-30T01:00:00Z"),
    ],
)
def test_a_moment(text: str, time: str) -> None:
    found = moment(text)
    assert found is not None
    assert in_iso(found) == time


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        True,
        "",
        "soon",
        "2026-02-30",
        "2026-11-29T25:00:00Z",
        "2026-11-29T14:03",
        "2026-11-29Z",
        "2026-11-29T14:03:05Zx",
        "0001-01-01T00:00:00+01:00",
        "９999-01-01",
    ],
)
def test_what_is_not_a_moment(value: object) -> None:
    assert moment(value) is None


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-29", "P90D", "2027-02-27T00:00:00Z"),
        ("2026-11-29", "PT36H", "2026-11-30T12:00:00Z"),
        ("2026-01-31", "P1M", "2026-02-28T00:00:00Z"),
        ("2027-12-31", "P2M", "2028-02-29T00:00:00Z"),
        ("2028-02-29", "P1Y", "2029-02-28T00:00:00Z"),
        ("2026-11-29", "P1Y2M1W3DT4H5M6S", "2028-02-08T04:05:06Z"),
        ("2026-01-01", "P0.5M", "2026-01-16T00:00:00Z"),
    ],
)
def test_the_end_of_a_duration(start: str, duration: str, end: str) -> None:
    begins = moment(start)
    assert begins is not None
    assert in_iso(after(begins, duration)) == end


@pytest.mark.parametrize("duration", ["P9000Y", "P99999999999999D", "PT" + "9" * 60 + "S", "P0D", "90", None])
def test_durations_without_an_end(duration: object) -> None:
    with pytest.raises(InvalidInput):
        after(datetime(2026, 11, 29, tzinfo=timezone.utc), duration)


@pytest.mark.parametrize(
    ("span", "duration"),
    [
        (timedelta(days=90), "P90D"),
        (timedelta(seconds=1), "PT1S"),
        (timedelta(days=1, hours=2, minutes=3, seconds=4), "P1DT2H3M4S"),
        (timedelta(hours=24), "P1D"),
    ],
)
def test_a_span_as_a_duration(span: timedelta, duration: str) -> None:
    start = datetime(2026, 11, 29, tzinfo=timezone.utc)
    assert duration_of(span) == duration
    assert after(start, duration) == start + span
