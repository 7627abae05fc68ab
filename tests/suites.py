# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pytest plugin for the two suites: leaves tests marked `long` to `make test-long`, and limits what the others do.

The limits are on the work of a test and not on its time, which differs by machine. Work is counted where it is done:
each Python process counts the processes that it starts, and each local tenant the requests that it receives.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__
from hypothesis import settings

#: The most that one test of `make test` may start and send, its fixtures included.
LIMITS = {"processes": 100, "requests": 2000}
VARIABLES = {"processes": "COUNTED_PROCESSES", "requests": "COUNTED_REQUESTS"}
COUNTING = Path(__file__).parent / "counting"
#: The variables that make a Python process count, for tests that give a process an environment of its own.
COUNTED = ("PYTHONPATH", *VARIABLES.values())
LEFT_OUT = "LEFT_OUT"
#: Set while the long suite runs; the workers of xdist and the modules of the tests see it before they see any option.
LONG = "LONG_SUITE"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests of `make test-long` too")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        os.environ[LONG] = "1"
    folder = tempfile.TemporaryDirectory(prefix="counted-")
    config.add_cleanup(folder.cleanup)
    config.pluginmanager.register(Budget(Path(folder.name), not config.getoption("--long")))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests to `make test-long`."""
    long = set() if config.getoption("--long") else {item for item in items if is_long(item)}
    if long:
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=list(long))
        leave_out(f"{len(long)} tests with ansible-core {__version__}, which `make test-long` runs")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("skipped"):
        leave_out(report.longrepr[2].removeprefix("Skipped: "))


def is_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("long") is not None


def leave_out(what: str) -> None:
    """Keep what was left out, and why: `make test` runs other tests after these, and says it at its end."""
    file = os.environ.get(LEFT_OUT)
    # Each worker of xdist collects all tests; the first one says so for all.
    if file and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        with open(file, "a", encoding="utf-8") as left_out:
            left_out.write(" ".join(what.split()) + "\n")


def examples(short: int, long: int, **more: Any) -> settings:
    """How many examples Hypothesis makes for a test in each of the two suites.

    :param more: other settings.
    """
    return settings(max_examples=long if os.environ.get(LONG) else short, **more)


def diagonal(*axes: Iterable[Any]) -> set[tuple[Any, ...]]:
    """The fewest combinations that have each value of each axis."""
    values = [list(axis) for axis in axes]
    return {tuple(axis[number % len(axis)] for axis in values) for number in range(max(map(len, values)))}


def long_unless(short: Container[Any], cases: Iterable[Any]) -> list[Any]:
    """The parameters of a test, of which those that are not in ``short`` are long.

    :param cases: a value for each case of a test with one parameter, else a tuple.
    """
    return [
        pytest.param(*(case if isinstance(case, tuple) else [case]), marks=() if case in short else pytest.mark.long)
        for case in cases
    ]


def long_after_first(*cases: Any) -> list[Any]:
    """The parameters of a test, of which all but the first are long: they ask the same of another value."""
    return long_unless(cases[:1], cases)


class Budget:
    """Counts the work of each test of this process.

    :param folder: where the counts are.
    :param is_limited: whether a test that does more than ``LIMITS`` fails.
    """

    def __init__(self, folder: Path, is_limited: bool) -> None:
        self.is_limited = is_limited
        self.files = {what: folder / what for what in LIMITS}
        self.before: Counter[str] = Counter()
        for what, file in self.files.items():
            file.touch()
            os.environ[VARIABLES[what]] = str(file)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(COUNTING), os.environ.get("PYTHONPATH", "")]))
        # This process started without the folder.
        sys.path.insert(0, str(COUNTING))
        sys.modules.pop("sitecustomize", None)
        __import__("sitecustomize")

    def counted(self) -> Counter[str]:
        return Counter({what: file.stat().st_size for what, file in self.files.items()})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        self.before = self.counted()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        result = yield
        work = self.counted()
        work.subtract(self.before)
        item.user_properties += work.items()
        for what, limit in LIMITS.items():
            if self.is_limited and not is_long(item) and work[what] > limit:
                pytest.fail(
                    f"This test takes {work[what]} {what}; a test of `make test` takes at most {limit}. "
                    "Ask less in it, or mark it with `@pytest.mark.long` (see CONTRIBUTING.md).",
                    pytrace=False,
                )
        return result
