# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two suites: what the short one leaves out, and which tests it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from suites import LEFT_OUT, diagonal, long_after_first, long_unless

TESTS = Path(__file__).parents[2]
CONFTEST = "import suites\n\nsuites.LIMITS.update(processes=2, requests=2)\n"
CASES = """
import subprocess, sys
import pytest, requests
from local_tenant.client import LocalTenant

CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''])"

@pytest.fixture
def two_processes():
    subprocess.run([sys.executable, "-c", CHILD], check=True)

def test_at_the_limit(two_processes):
    pass

def test_with_its_fixtures(two_processes):
    subprocess.run(["true"], check=True)

def test_with_grandchildren():
    for _time in range(2):
        subprocess.run([sys.executable, "-c", CHILD], check=True)

@pytest.mark.parametrize("number", [2, 3])
def test_requests(number):
    with LocalTenant() as tenant:
        for _time in range(number):
            requests.get(tenant.url + "/api/v1/roles", timeout=10)

@pytest.mark.long
def test_long(two_processes):
    subprocess.run(["true"], check=True)
"""


def run(folder: Path, *options: str) -> str:
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_cases.py").write_text(CASES, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    long: x\naddopts = -p suites\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rA", *options, str(folder)]
    paths = os.pathsep.join([str(TESTS), os.environ["PYTHONPATH"]])
    environment = {**os.environ, "PYTHONPATH": paths, LEFT_OUT: str(folder / "left-out")}
    # The worker that runs this test is none of the run in it.
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_test_that_does_too_much_fails(tmp_path: Path) -> None:
    output = run(tmp_path)
    for passed in ("at_the_limit", "requests[2]"):
        assert f"PASSED test_cases.py::test_{passed}" in output
    for failed in ("with_its_fixtures", "with_grandchildren", "requests[3]"):
        assert f"FAILED test_cases.py::test_{failed}" in output
    assert "This test takes 3 requests; a test of `make test` takes at most 2." in output
    assert "This test takes 4 processes; a test of `make test` takes at most 2." in output
    assert "test_long" not in output
    assert (tmp_path / "left-out").read_text(encoding="utf-8").startswith("1 tests with ansible-core ")


def test_the_long_suite_has_no_limits(tmp_path: Path) -> None:
    output = run(tmp_path, "--long")
    assert "6 passed" in output
    assert not (tmp_path / "left-out").exists()


def test_a_diagonal_has_each_value_of_each_axis() -> None:
    assert diagonal("ab", [1, 2, 3]) == {("a", 1), ("b", 2), ("a", 3)}


def test_which_parameters_are_long() -> None:
    marked = [
        (case.values, [mark.name for mark in case.marks]) for case in long_unless([("a", 1)], [("a", 1), ("b", 1)])
    ]
    assert marked == [(("a", 1), []), (("b", 1), ["long"])]
    assert [bool(case.marks) for case in long_after_first("a", "b", "c")] == [False, True, True]
    assert pytest.param("a") == long_after_first("a")[0]
