# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the objects of a response piece by piece."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.stream import ObjectStream
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import UnexpectedResponse

OBJECTS = [{"name": 'Ä ] [ " \\'}, {}, {"nested": [{"a": [1, 2]}]}, {"last": None}]


def read(body: str, size: int) -> tuple[list[Any], bool]:
    found: list[Any] = []
    stream = ObjectStream(1024, found.append)
    content = body.encode()
    for start in range(0, len(content), size):
        stream.feed(content[start : start + size])
    return found, stream.is_complete


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "envelope", [lambda data: data, lambda data: {"links": {"self": "x"}, "data": data, "more": 1}]
)
def test_pieces_of_any_size(size: int, indent: int | None, envelope: Any) -> None:
    body = json.dumps(envelope(OBJECTS), ensure_ascii=False, indent=indent)
    assert read(body, size) == (OBJECTS, True)


def test_an_empty_list() -> None:
    assert read('{"data": []}', 3) == ([], True)


@pytest.mark.parametrize("body", ['{"data": [{"a": 1}, {"b"', '{"data": [{"a": 1}', '{"dat', "", '{"data": [{"a": 1},'])
def test_a_response_that_breaks_off_is_not_complete(body: str) -> None:
    assert read(body, 4)[1] is False


@pytest.mark.parametrize("body", ["[1]", '[{"a": 1}, "text"]', "[null]"])
def test_something_other_than_objects(body: str) -> None:
    with pytest.raises(UnexpectedResponse, match="is not an object"):
        read(body, 100)


@pytest.mark.parametrize("body", ['{"a": "%s"}', '[{"a": "%s'])
def test_an_endless_object_is_given_up(body: str) -> None:
    with pytest.raises(UnexpectedResponse, match="too large"):
        read(body % ("x" * 2_000_000), 65536)
