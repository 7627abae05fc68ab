# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed is locked, and what is tested is the same everywhere it is said."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from locks.registry import pins
from pythons import supported

ROOT = Path(__file__).parents[3]
OLDEST, NEWEST = list(supported())[0], list(supported())[-1]
FILES = subprocess.check_output(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True
).split("\0")
LOCKS = [ROOT / name.replace(".in", ".txt") for name in FILES if name.endswith(".in")]
#: Holds a collection, which is all that is taken from it.
AWX = ROOT / "tests" / "awx" / "requirements.txt"
CI = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def steps(job: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [step for step in job["steps"] if step.get("uses", "").startswith(action + "@")]


@pytest.mark.parametrize("lock", [*LOCKS, AWX], ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_file_has_hashes_and_names_no_registry(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.split(r"^(?=\w)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)[1:]
    assert packages
    assert [package for package in packages if "==" not in package or "--hash=sha256:" not in package] == []


def test_every_lock_file_can_be_written_anew() -> None:
    named = [ROOT / name for name in FILES if re.search(r"requirements[^/]*\.txt$", name)]
    assert {path for path in named if path.parent.name != "meta"} - set(LOCKS) == {AWX}


@pytest.mark.parametrize(
    "lock",
    [
        "requirements-demo.txt",
        "tests/benchmark/requirements.txt",
        "tests/eda/requirements.txt",
        "tests/mutation/requirements.txt",
    ],
)
@pytest.mark.parametrize("python", supported())
def test_what_is_installed_beside_the_tools_has_their_versions(lock: str, python: str) -> None:
    variables = {"python_version": python, "python_full_version": f"{python}.9"}
    tools = {pin.name: pin.version for pin in pins(ROOT / "requirements-dev.txt") if pin.holds(variables)}
    beside = {pin.name: pin.version for pin in pins(ROOT / lock) if pin.holds(variables)}
    assert beside == {name: tools.get(name, version) for name, version in beside.items()}


def test_nothing_installs_but_the_installer() -> None:
    """All that is installed is locked, because one place does it."""
    found = []
    for name in FILES:
        path = ROOT / name
        if (
            name.startswith(("docs/", "extensions/", "README", "plugins/"))
            or not path.is_file()
            or path == Path(__file__)
        ):
            continue
        if re.search(
            r"""\bpip3?\b["', ]+install|\bpip sync|npm["', ]+(i|install|add)\b""", path.read_text("utf-8", "replace")
        ):
            found.append(name)
    # The guide is for users, and the tests of the locks ask a registry of their own.
    tried = ["tests/locks/test_every_pip.py", "tests/locks/test_newer_releases.py"]
    assert sorted(found) == ["tests/install.py", "tests/integration/test_guide_schedule.py", *tried]


def test_each_old_ansible_core_has_a_lock_file() -> None:
    assert {path.stem for path in (ROOT / "tests" / "ansible_core").glob("*.txt")} == set(supported().values())


def test_the_oldest_ansible_core_is_the_one_that_is_promised() -> None:
    promised = yaml.safe_load(text_of("meta/runtime.yml"))["requires_ansible"]
    assert promised == f">={supported()[OLDEST]}.0"
    assert f"ansible-core {supported()[OLDEST]} or later" in text_of("README.md")


def test_the_pythons_are_the_same_everywhere() -> None:
    versions = list(supported())
    assert f"Python {OLDEST} or later" in text_of("README.md")
    assert f"Python {OLDEST} to {NEWEST}" in text_of("README.md")
    assert f"Python {OLDEST} or later" in text_of("CONTRIBUTING.md")
    assert f"Python {OLDEST} to {NEWEST}" in text_of("CONTRIBUTING.md")
    assert f"(3, {OLDEST.partition('.')[2]})" in text_of("Makefile")
    assert f"Python {OLDEST} or later" in text_of("Makefile")
    assert CI["jobs"]["test"]["strategy"]["matrix"]["python"] == versions
    for job in ("matrix", "locks"):
        (step,) = steps(CI["jobs"][job], "actions/setup-python")
        assert step["with"]["python-version"].split() == versions


def test_a_branch_can_require_one_job() -> None:
    jobs = CI["jobs"]
    assert set(jobs["passed"]["needs"]) == jobs.keys() - {"passed"}
    assert [name for name, job in jobs.items() if "timeout-minutes" not in job] == []
    for job in jobs.values():
        for step in job["steps"]:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step.get("uses", f"a/b@{'0' * 40}"))
    kept = [name for name, job in jobs.items() if steps(job, "actions/upload-artifact")]
    assert set(kept) == set(jobs["passed"]["needs"])
