# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an environment of the Python that runs this, with what lock files list and nothing else.

Usage: install.py FOLDER LOCK...

Nothing is resolved, so no release of another version can change the outcome. pip installs only uv, and uv, which is
locked too, installs the rest, so no version of pip matters. Later lock files win over earlier ones. An environment of
the same Python and the same lock files, or of these and more, stays. Any other is made anew: whole, or what was there
before is put back.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLER = ROOT / ".build" / "installer"
INSTALLER_LOCK = ROOT / "requirements-installer.txt"
#: In an environment that is whole: what it was made of.
STAMP = "ready"
LOCKED_ONLY = ["--no-deps", "--require-hashes", "--only-binary", ":all:"]
PIP_INSTALL = ["--disable-pip-version-check", "--no-input", "install", "-vv", "--no-compile", "--retries", "2"]
PIP_INSTALL += [*LOCKED_ONLY, "-r"]
#: Lines that say what failed.
FAILURE = re.compile(
    r"^(?:ERROR: |error: |Could not fetch URL |Looking in indexes: |\s*(?:Caused by|cause): |\s*[×╰├]).*", re.MULTILINE
)


class InstallError(Exception):
    """A step failed; the message has what its tool said."""


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> str:
    """What a command printed."""
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = list(dict.fromkeys(FAILURE.findall(done.stdout))) or done.stdout.splitlines()
        raise InstallError("\n".join(line[:500] for line in said[-15:]))
    return done.stdout


def works(environment: Path) -> bool:
    """Whether an environment has a Python: the one that it was made with may be gone."""
    try:
        return subprocess.run([environment / "bin" / "python", "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def stamp_of(environment: Path) -> dict[str, object]:
    try:
        found = json.loads((environment / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def digests(locks: Sequence[Path]) -> list[str]:
    return [hashlib.sha256(lock.read_bytes()).hexdigest() for lock in locks]


def make_anew(folder: Path, stamp: Mapping[str, object], options: Sequence[str], fill: Callable[[], object]) -> None:
    """Replace an environment by a new one, whole or not at all.

    :param fill: installs into the new environment.
    """
    before = folder.with_name(f"{folder.name}.before")
    remove(before)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(folder):
        folder.rename(before)
    try:
        # The environment may be the one whose Python runs this.
        run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", *options, folder])
        fill()
        (folder / STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    except BaseException:
        remove(folder)
        if os.path.lexists(before):
            before.rename(folder)
        raise
    remove(before)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def uv() -> Path:
    """The locked uv, in an environment that has pip too."""
    stamp = {"locks": digests([INSTALLER_LOCK])}
    if stamp_of(INSTALLER) != stamp or not works(INSTALLER):
        print(f"Installing the installer of the rest, which is in {INSTALLER_LOCK.name}", flush=True)
        pip: list[str | Path] = [INSTALLER / "bin" / "python", "-m", "pip", *PIP_INSTALL, INSTALLER_LOCK]
        make_anew(INSTALLER, stamp, [], lambda: run(pip))
    return INSTALLER / "bin" / "uv"


def index() -> dict[str, str]:
    """Variables by which uv asks the index that pip is told to ask."""
    url = os.environ.get("PIP_INDEX_URL", "")
    if not url:
        with contextlib.suppress(InstallError):
            url = run([INSTALLER / "bin" / "python", "-m", "pip", "config", "get", "global.index-url"]).strip()
    return {"UV_DEFAULT_INDEX": url} if url and "UV_DEFAULT_INDEX" not in os.environ else {}


def install(folder: Path, locks: Sequence[Path]) -> None:
    """:raises InstallError: a package could not be had; ``folder`` is as it was."""
    stamp: dict[str, object] = {"python": [sys.version, sys.base_prefix], "locks": digests(locks)}
    found = stamp_of(folder)
    made_of = found.get("locks")
    same = isinstance(made_of, list) and made_of[: len(locks)] == stamp["locks"] and found["python"] == stamp["python"]
    if same and works(folder):
        return
    options = ["--quiet", "--no-config", "--system-certs", *LOCKED_ONLY]
    command: list[str | Path] = [uv(), "pip", "install", *options, "--python", folder]
    environment = index()

    def fill() -> None:
        for lock in locks:
            print(f"Installing what is in {lock} into {folder}, for Python {sys.version.split()[0]}", flush=True)
            run([*command, "-r", lock], environment)

    make_anew(folder, stamp, ["--without-pip"], fill)


def main() -> None:
    folder, *locks = map(Path, sys.argv[1:])
    try:
        install(folder, locks)
    except KeyboardInterrupt:
        sys.exit(130)
    except (InstallError, OSError) as error:
        print(error, file=sys.stderr)
        print(
            f"{folder} could not be made, for the reason above; it is as it was before. The next run begins anew.",
            file=sys.stderr,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
