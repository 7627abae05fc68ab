# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the Git revision of a description."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from typing import Any, Dict, Iterable, List, Mapping, Optional

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_MOST_SECONDS = 10
#: Environment variables that keep Git from reading user configuration, prompting, fetching, and writing.
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


def revision_of(folder: str, but: Iterable[str] = ()) -> Optional[Dict[str, Any]]:
    """Return the commit of the Git checkout that contains a folder, or C(None) without a checkout or without Git.

    The configuration of a checkout can name programs that Git runs to compare files. Git therefore reads this
    configuration only to find the checkout, which runs no programs, and uses an own configuration to compare files.

    :param but: the paths of files whose changes are ignored.
    :returns: C(commit) and C(uncommitted_changes), which is C(None) if Git did not finish in time.
    """
    with tempfile.TemporaryDirectory(prefix="qlik-revision-") as scratch:
        environment = {**_ENVIRONMENT, "HOME": scratch, "PATH": os.environ.get("PATH", os.defpath)}
        with open(os.path.join(scratch, ".gitconfig"), "w", encoding="utf-8") as file:
            # The owner of the checkout does not matter, because no program of it is run.
            file.write("[safe]\n\tdirectory = *\n")
        what = ["--show-object-format", "--show-toplevel", "--absolute-git-dir", "--git-common-dir", "HEAD^{commit}"]
        lines = (_git(["-C", folder, "rev-parse", *what], environment) or "").splitlines()
        if len(lines) != len(what) or not _COMMIT.fullmatch(lines[-1]):
            return None
        object_format, top, git_dir, common_dir, commit = lines
        own = os.path.join(scratch, "git")
        _make(own, object_format, commit, os.path.join(folder, common_dir))
        environment.update(
            GIT_DIR=own,
            GIT_WORK_TREE=top,
            GIT_INDEX_FILE=os.path.join(git_dir, "index"),
            GIT_OBJECT_DIRECTORY=os.path.join(folder, common_dir, "objects"),
        )
        options = ["--porcelain", "--untracked-files=all", "--ignore-submodules=all", "--", ":(top)"]
        options += [":(top,exclude,literal)" + path for path in _inside(top, but)]
        changes = _git(["-C", top, "status", *options], environment)
    return {"commit": commit, "uncommitted_changes": None if changes is None else bool(changes)}


def _make(own: str, object_format: str, commit: str, common_dir: str) -> None:
    """Create a Git folder with the contents of the checkout's, but without its configuration."""
    os.makedirs(os.path.join(own, "refs"))
    os.symlink(os.path.join(common_dir, "info"), os.path.join(own, "info"))
    with open(os.path.join(own, "HEAD"), "w", encoding="utf-8") as file:
        file.write(commit + "\n")
    with open(os.path.join(own, "config"), "w", encoding="utf-8") as file:
        file.write("[core]\n\trepositoryformatversion = 1\n")
        if object_format == "sha256":
            file.write("[extensions]\n\tobjectformat = sha256\n")


def _inside(top: str, paths: Iterable[str]) -> List[str]:
    relative = (os.path.relpath(os.path.realpath(path), os.path.realpath(top)) for path in paths)
    return [path for path in relative if path != os.pardir and not path.startswith(os.pardir + os.sep)]


def _git(arguments: List[str], environment: Mapping[str, str]) -> Optional[str]:
    """Return the output of Git, or C(None) if it fails, is not installed, or takes too long."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_MOST_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return os.fsdecode(done.stdout)
