# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pytest plugin: records which test runs in a subprocess, lists tests, times them, and runs chosen ones in order."""

from __future__ import annotations

import json
import math
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from coverage.config import CoverageConfig

#: How long a test may take that a change keeps from ending, beside three times what it takes without the change.
PATIENCE = 30
#: What each of the chosen tests takes without a change.
_seconds: dict[str, float] = {}
COVERAGE = "COVERAGE_PROCESS_CONFIG"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--chosen", type=Path, help="a JSON file: the tests to run, in this order, and the seconds of each"
    )
    parser.addoption(
        "--collected",
        type=Path,
        help="a JSON file to write: by the ID of each test, whether Hypothesis makes its examples",
    )
    parser.addoption("--seconds", type=Path, help="a JSON file to write: the seconds that each test took, by its ID")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen: Path | None = config.getoption("--chosen")
    if chosen:
        _seconds.update(json.loads(chosen.read_text(encoding="utf-8")))
        position = {test: number for number, test in enumerate(_seconds)}
        items[:] = sorted((item for item in items if item.nodeid in position), key=lambda item: position[item.nodeid])
    collected: Path | None = config.getoption("--collected")
    if collected:
        functions = [item for item in items if isinstance(item, pytest.Function)]
        found = {item.nodeid: bool(getattr(item.obj, "is_hypothesis_test", False)) for item in functions}
        collected.write_text(json.dumps(found), encoding="utf-8")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Name the test in the coverage data of the processes that it starts."""
    before = os.environ.get(COVERAGE)
    if before:
        settings = CoverageConfig.deserialize(before)
        settings.context = item.nodeid
        os.environ[COVERAGE] = settings.serialize()
    seconds = _seconds.get(item.nodeid)
    if seconds is not None:
        signal.signal(signal.SIGALRM, _give_up)
        signal.alarm(PATIENCE + 3 * math.ceil(seconds))
    try:
        return (yield)
    finally:
        signal.alarm(0)
        if before:
            os.environ[COVERAGE] = before


def _give_up(number: int, frame: Any) -> NoReturn:
    pytest.fail("It takes too long.", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    file: Path | None = config.getoption("--seconds")
    if file:
        seconds: dict[str, float] = {}
        for reports in terminalreporter.stats.values():
            for report in reports:
                if isinstance(report, pytest.TestReport):
                    seconds[report.nodeid] = seconds.get(report.nodeid, 0.0) + report.duration
        file.write_text(json.dumps(seconds), encoding="utf-8")
