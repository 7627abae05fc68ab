# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what the short suite misses: how many random changes of the code it notices, and how many the long one does.

Usage: python -m mutation [--size NUMBER] [--seed NUMBER] [--short-only] [--reuse]. The long suite, of which the short
one is a part, runs once to see which tests run which lines. Then each change is made in a copy of the last commit. The
tests of the short suite that run the changed line are run until one fails, the quickest first, for two minutes. Only
if none fails, others of both suites are, those among them that have more examples in the long one: for one minute,
evenly chosen. A line that runs when its file is imported belongs to all tests. The results are in
.build/mutation/results.jsonl, and the table is in CONTRIBUTING.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from queue import Queue

from coverage import CoverageData

from mutation.points import Mutation, mutations, sample

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".build" / "mutation"
FOLDERS = ("_planning", "_kinds", "_api", "_tasks")
MODULE_UTILS = "plugins/module_utils"
COPIES = 2
#: Seconds of tests for a change: the quickest of the short suite, and then others of both, evenly chosen.
QUICK = 120
LONG_ENOUGH = 60
#: Seconds beyond three times what the tests take without a change, after which a change counts as noticed.
PATIENCE = 120
#: What pytest returns when there is none of the tests.
NO_TESTS = 5
SHORT, LONG, SURVIVED = "short", "long", ""

#: Seconds that each test takes, by its ID, in the order in which they run.
Tests = dict[str, float]


class Suites:
    """Which tests there are in both suites, and which lines they run."""

    data_file = WORK / "coverage"
    seconds_file = WORK / "seconds.json"
    short_file = WORK / "short.json"

    def measure(self) -> None:
        """Run the long suite, and keep which test ran which line, how long each took, and which are in the short one.

        :raises subprocess.CalledProcessError: a test failed.
        """
        list_short = ["--collect-only", "--collected", str(self.short_file)]
        subprocess.run([*pytest_command(), *list_short], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        options = ["-n", "2", "--dist", "worksteal", "--seconds", str(self.seconds_file), "--long"]
        options += ["--cov=plugins", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
        environment = {**os.environ, "COVERAGE_FILE": str(self.data_file)}
        subprocess.run([*pytest_command(), *options], cwd=ROOT, env=environment, check=True)

    def tests_of(self, change: Mutation) -> tuple[Tests, Tests]:
        """The tests that run the changed line: those of the short suite, and what the long one has more."""
        seconds: Tests = json.loads(self.seconds_file.read_text("utf-8"))
        has_more_examples: dict[str, bool] = json.loads(self.short_file.read_text("utf-8"))
        data = CoverageData(str(self.data_file))
        data.read()
        contexts = data.contexts_by_lineno(str(ROOT / change.file))
        lines = change.lines(ROOT)
        near = {context.partition("|")[0] for line in lines or contexts for context in contexts.get(line, [])}
        names = near & set(seconds) if lines else set(seconds)
        ordered = sorted(names, key=lambda name: (name not in near, seconds[name]))
        short = {name: seconds[name] for name in ordered if name in has_more_examples}
        return short, {name: seconds[name] for name in ordered if has_more_examples.get(name, True)}


def first(tests: Tests, limit: float) -> Tests:
    """The first of the tests, as many as take so many seconds."""
    ends = itertools.accumulate(tests.values())
    return {name: tests[name] for name, end in zip(tests, ends) if end <= limit}


def evenly(tests: Tests, limit: float) -> Tests:
    """As many of the tests as take so many seconds, at equal distances."""
    step = max(1, math.ceil(sum(tests.values()) / limit))
    return dict(list(tests.items())[::step])


def pytest_command() -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-p", "mutation.plugin"]


def copy_of_commit(number: int) -> Path:
    """A clone of the last commit, with the environment of this one."""
    folder = WORK / f"copy-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    collections = folder / ".build" / "collections" / "ansible_collections" / "qlikops"
    collections.mkdir(parents=True)
    (collections / "cloud").symlink_to(folder)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def failing(tests: Tests, folder: Path, *options: str) -> str:
    """The first of the tests that fails in the copy, or the first of all if none of them can run; empty if none fails.

    :param options: more options for pytest.
    """
    if not tests:
        return ""
    chosen = folder / ".build" / "chosen.json"
    chosen.write_text(json.dumps(tests), "utf-8")
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder / ".build" / "collections")}
    environment.update(PYTHONPATH=str(folder / "tests"), ANSIBLE_HOME=str(folder / ".build" / "ansible"))
    files = sorted({test.partition("::")[0] for test in tests})
    command = [*pytest_command(), "-x", "-p", "no:cacheprovider", *options, "--chosen", str(chosen), *files]
    try:
        completed = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE + 3 * sum(tests.values()),
        )
    except subprocess.TimeoutExpired:
        # A thread that never ends keeps pytest from ending.
        return next(iter(tests))
    if completed.returncode in (0, NO_TESTS):
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", completed.stdout, re.MULTILINE)
    return found[1] if found else next(iter(tests))


def judge(change: Mutation, folder: Path, suites: Suites, *, short_only: bool) -> str:
    """Which suite notices the change."""
    file = folder / change.file
    before = file.read_bytes()
    file.write_text(change.code(ROOT), "utf-8")
    try:
        short, more = suites.tests_of(change)
        quick = first(short, QUICK)
        if failing(quick, folder):
            return SHORT
        slow = {name: took for name, took in short.items() if name not in quick}
        rest = evenly({**slow, **({} if short_only else more)}, LONG_ENOUGH)
        by = failing(rest, folder, "--long")
        return "" if not by else SHORT if by in short else LONG
    finally:
        file.write_bytes(before)


def table(results: list[tuple[Mutation, str]]) -> str:
    """A row for each folder and one for all: changes, how many each suite notices first, the share of the short one."""
    rows: dict[str, Counter[str]] = {folder: Counter() for folder in [*FOLDERS, "all"]}
    for change, noticed in results:
        rows[Path(change.file).parent.name][noticed] += 1
        rows["all"][noticed] += 1
    lines = [
        "| folder | changes | short suite | long suite only | neither | short of either |",
        "| --- |" + " ---: |" * 5,
    ]
    for folder, counts in rows.items():
        either = counts[SHORT] + counts[LONG]
        share = f"{100 * counts[SHORT] / either:.1f} %" if either else "-"
        cells = [counts.total(), counts[SHORT], counts[LONG], counts[SURVIVED], share]
        lines.append(f"| `{folder}` | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the short suite misses.")
    parser.add_argument("--size", type=int, default=200, help="how many changes")
    parser.add_argument("--seed", type=int, default=1, help="where the dice begin")
    parser.add_argument("--short-only", action="store_true", help="do not ask the long suite what the short one misses")
    parser.add_argument("--reuse", action="store_true", help="go on: take what is known from the run before")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    suites, results_file = Suites(), WORK / "results.jsonl"
    known: dict[Mutation, str] = {}
    if not options.reuse:
        results_file.unlink(missing_ok=True)
        suites.measure()
    elif not suites.seconds_file.exists():
        parser.error("there is nothing to go on with; run without --reuse")
    elif results_file.exists():
        lines = map(json.loads, results_file.read_text("utf-8").splitlines())
        known = {Mutation(**{key: line[key] for key in line if key != "noticed"}): line["noticed"] for line in lines}
    found = {
        folder: mutations(
            ROOT, [str(file.relative_to(ROOT)) for file in sorted((ROOT / MODULE_UTILS / folder).glob("*.py"))]
        )
        for folder in FOLDERS
    }
    print(
        f"{sum(map(len, found.values()))} possible changes, {options.size} of them with seed {options.seed}", flush=True
    )
    folders: Queue[Path] = Queue()
    for number in range(COPIES):
        folders.put(copy_of_commit(number))

    def judged(change: Mutation) -> tuple[Mutation, str]:
        if change in known:
            return change, known[change]
        folder = folders.get()
        try:
            noticed = judge(change, folder, suites, short_only=options.short_only)
        finally:
            folders.put(folder)
        with results_file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**asdict(change), "noticed": noticed}) + "\n")
        if noticed != SHORT:
            place = f"{change.file}:{change.line}:{change.column}"
            print(f"{noticed or 'survived'}: {place} {change.operator} {change.occurrence}", flush=True)
        return change, noticed

    with ThreadPoolExecutor(COPIES) as pool:
        results = list(pool.map(judged, sample(found, options.size, options.seed)))
    print(table(results))


if __name__ == "__main__":
    main()
