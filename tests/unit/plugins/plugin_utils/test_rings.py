# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of the two variables for rings, and the rings that they make of the hosts of a play."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.executor.playbook_executor import PlaybookExecutor
from ansible_collections.qlikops.cloud.plugins.filter.to_rings import to_rings
from ansible_collections.qlikops.cloud.plugins.plugin_utils._batches import split


@pytest.mark.parametrize(
    ("sizes", "serial"),
    [
        ([1, "5%", "100%"], [1, "5%", "100%"]),
        (" 1 , 5%,100% ", [1, "5%", "100%"]),
        (5, [5]),
        ("7", [7]),
        (["2", "007%"], [2, "7%"]),
    ],
)
def test_sizes(sizes: Any, serial: list[Any]) -> None:
    assert to_rings(sizes) == {"serial": serial, "strategy": "linear"}


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_no_rings(nothing: Any) -> None:
    assert to_rings(nothing, nothing) == {}


@pytest.mark.parametrize(
    ("limit", "number"), [(0, 0.0), ("0", 0.0), (100, 100.0), ("12.5%", 12.5), (2.5, 2.5), ("100", 100.0)]
)
def test_limits(limit: Any, number: float) -> None:
    assert to_rings(1, limit)["max_fail_percentage"] == number


BAD_SIZES: list[Any] = [
    *(
        0,
        -1,
        True,
        1.5,
        "0%",
        "101%",
        "1.5%",
        "5 %",
        "[1, 5%]",
        "some",
        {},
        {"a": 1},
        "1;2",
        "1\n2",
        "9" * 5000,
        "\u0661",
    ),
]


@pytest.mark.parametrize("size", BAD_SIZES, ids=lambda size: repr(size)[:20])
def test_bad_sizes(size: Any) -> None:
    for sizes, place in ((size, r"qlik_serial(\[0\])?"), ([1, size], r"qlik_serial\[1\]")):
        with pytest.raises(AnsibleFilterError, match=rf"^{place}: .* must be a number of tenants from 1.*\. Nothing"):
            to_rings(sizes)


@pytest.mark.parametrize("sizes", ["1,,2", "1,", [1, None], [1, ""], [1, [2]]])
def test_blank_sizes(sizes: Any) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^qlik_serial\[1\]: "):
        to_rings(sizes)


def test_an_empty_list() -> None:
    with pytest.raises(AnsibleFilterError, match="^qlik_serial: Must not be empty"):
        to_rings([])


@pytest.mark.parametrize(
    "limit", [-1, 101, "100.1", "all", True, False, [], {}, float("nan"), float("inf"), 1e-12, "5 %", "5%%"], ids=repr
)
def test_bad_limits(limit: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="^qlik_max_fail_percentage: .* must be a percentage from 0 to 100"):
        to_rings(1, limit)


def test_a_limit_requires_rings() -> None:
    with pytest.raises(AnsibleFilterError, match="^qlik_max_fail_percentage: Requires qlik_serial"):
        to_rings("", 0)


@pytest.mark.parametrize("count", [1, 2, 7, 59, 60, 100])
@pytest.mark.parametrize("sizes", [[1], [5, "100%"], [1, "5%", "100%"], ["29%"], [3, 1], [1000], ["1%", 2, "57%"]])
def test_rings_are_the_batches_of_ansible(sizes: list[Any], count: int) -> None:
    hosts = [str(number) for number in range(count)]
    inventory = SimpleNamespace(get_hosts=lambda *_pattern, **_order: list(hosts))
    executor = SimpleNamespace(_inventory=inventory)
    play = SimpleNamespace(hosts="all", order=None, serial=sizes)
    assert split(hosts, sizes) == PlaybookExecutor._get_serialized_batches(executor, play)
