# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The revision of a checkout, which cannot make Git run anything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.revision import revision_of

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "inventory").mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / "inventory" / "hosts.yml").write_text("all:\n")
    (folder / ".gitignore").write_text("ignored\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "First")
    return folder


def test_commit_and_uncommitted_changes(checkout: Path, tmp_path: Path) -> None:
    inventory = str(checkout / "inventory")
    commit = git(checkout, "rev-parse", "HEAD")
    clean = {"commit": commit, "uncommitted_changes": False}
    assert revision_of(inventory) == clean
    (checkout / "ignored").write_text("x")
    (checkout / ".git" / "info" / "exclude").write_text("excluded\n")
    (checkout / "excluded").write_text("x")
    (checkout / "reports").mkdir()
    report = checkout / "reports" / "qlik-audit.json"
    report.write_text("{}")
    assert revision_of(inventory, [str(report), str(tmp_path / "elsewhere.json")]) == clean
    assert revision_of(inventory) == {**clean, "uncommitted_changes": True}
    report.unlink()
    (checkout / "inventory" / "hosts.yml").write_text("all: {}\n")
    assert revision_of(inventory) == {**clean, "uncommitted_changes": True}
    git(checkout, "add", ".")
    assert revision_of(inventory) == {**clean, "uncommitted_changes": True}

    other = tmp_path / "other"
    git(checkout, "worktree", "add", "-q", str(other), "HEAD")
    assert revision_of(str(other)) == clean


def test_no_checkout_no_commit_or_no_git(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert revision_of(str(tmp_path)) is None
    assert revision_of(str(tmp_path / "nowhere")) is None
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    assert revision_of(str(tmp_path / "empty")) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert revision_of(str(checkout)) is None


def test_nothing_that_a_checkout_configures_is_run(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "post-index-change").symlink_to(program)
    (hooks / "fsmonitor-watchman").symlink_to(program)
    (checkout / ".git" / "unmanaged").write_text(f'[filter "y"]\n\tprocess = {program}\n')
    settings = {
        "core.fsmonitor": program,
        "core.hooksPath": hooks,
        "core.pager": program,
        "core.sshCommand": program,
        "filter.x.clean": program,
        "diff.external": program,
        "include.path": "unmanaged",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.promisor": "true",
        "status.submoduleSummary": "true",
    }
    (checkout / ".gitattributes").write_text("*.yml filter=x\n*.txt filter=y\n")
    (checkout / "a.txt").write_text("a")
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "Second")
    for name, value in settings.items():
        git(checkout, "config", name, str(value))
    (checkout / "inventory" / "hosts.yml").write_text("All:\n")
    (checkout / "a.txt").write_text("b")
    head = (checkout / ".git" / "index").read_bytes()
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    revision = revision_of(str(checkout))
    assert revision
    assert revision["uncommitted_changes"] is True
    assert not marker.exists()
    assert (checkout / ".git" / "index").read_bytes() == head
    # Git itself would have run it.
    subprocess.run(["git", "-C", str(checkout), "status"], env=ENVIRONMENT, check=False, capture_output=True)
    assert marker.exists()


def test_a_checkout_of_somebody_else_has_a_revision(checkout: Path) -> None:
    if os.getuid():
        pytest.skip("the checkout of somebody else: only root can give files away")
    for folder, _folders, files in os.walk(checkout):
        for name in (".", *files):
            os.chown(os.path.join(folder, name), 12345, 12345)
    assert revision_of(str(checkout))


def test_git_that_hangs_is_ended(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    monkeypatch.setattr("ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.revision._MOST_SECONDS", 0.1)
    assert revision_of(str(checkout)) is None
