# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks secrets in values of results, whatever characters they have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Flow
from ansible_collections.qlikops.cloud.plugins.plugin_utils._worker import carry_out

SECRETS = ["plain-secret", 'quo"te\\back', "ümläut-😀-secret", "line\nbreak", "1234567890"]


def result_with(value: Any, secret: str) -> Any:
    flow = Flow({"token": {"type": "str", "no_log": True}}, lambda task: {"changed": False, "found": value})
    return carry_out(
        flow,
        "qlikops.cloud.qlik_x",
        {"token": secret},
        {},
        check_mode=False,
        with_diff=False,
        say_progress=lambda line: None,
    )


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_masked_in_values(secret: str) -> None:
    result = result_with({"text": f"a {secret} b", "deep": [{"x": [secret]}]}, secret)
    assert json.dumps(secret)[1:-1] not in json.dumps(result)
    assert result["found"]["text"] == "a ******** b"


def test_a_secret_of_digits_is_masked_as_a_number() -> None:
    assert "1234567890" not in json.dumps(result_with({"number": 1234567890}, "1234567890"))


def test_a_result_without_the_secret_is_returned_as_it_is() -> None:
    result = result_with({"text": "a", "number": 1, "none": None}, "plain-secret")
    assert result["found"] == {"text": "a", "number": 1, "none": None}
    assert "plain-secret" not in json.dumps(result)
