# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Software that nobody here wrote and that only some tests need: Qlik's own clients, collections, ansible-rulebook,
the YAML language server.

Usage: foreign.py. ``make setup`` installs all of it into ``.build/foreign``, so that the tests need no network. What
cannot be installed is reported, and its tests are skipped; on a CI server, which has to be able to, both are failures.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
FOLDER = ROOT / ".build" / "foreign"
CLIENTS = TESTS / "local_tenant" / "foreign_clients"
OLDEST_NODE = 20
#: What is taken out of the packages: two collections, and the library for Vault.
EXTRACTED = ("ansible_collections/awx/", "ansible_collections/community/hashi_vault/", "hvac/")
OLDEST_JAVA = 17


class InstallError(Exception):
    """A step of an installation failed; the message has what its tool said."""


class Software(NamedTuple):
    """Something to install.

    :param title: what messages call it.
    :param sources: the files that say what is installed; they are copied into the folder first.
    :param install: installs into a folder. Raises InstallError.
    """

    title: str
    sources: Sequence[Path]
    install: Callable[[Path], None]

    @property
    def folder(self) -> Path:
        """Where it is, whole, once it is installed; another folder for each Python and each change of the sources."""
        content = b"".join(source.read_bytes() for source in self.sources) + sys.version.encode()
        return FOLDER / hashlib.sha256(self.title.encode() + content).hexdigest()[:16]

    def make(self) -> None:
        """Install it, unless it is there. Raises InstallError, and then leaves nothing behind."""
        if self.folder.exists():
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=FOLDER))
        try:
            for source in self.sources:
                shutil.copy(source, part)
            self.install(part)
            part.rename(self.folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def installed(self) -> Path:
        """The folder with the software; a test that asks for it is skipped if it is missing."""
        if not self.folder.exists():
            cannot(f"{self.title}: not installed; `make setup` says why")
        return self.folder


def cannot(message: str) -> NoReturn:
    """Skip, or fail on a CI server, where skipping would hide a broken installation."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def run(command: Sequence[str], folder: Path) -> str:
    """Standard output of a step of an installation. Raises InstallError."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(str(error)) from error
    if done.returncode:
        raise InstallError((done.stdout + done.stderr).strip()[-1000:])
    return done.stdout


def install_with_npm(folder: Path) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    version = run([node, "--version"], folder) if node and npm else ""
    if not (node and npm) or int(version.lstrip("v").split(".", maxsplit=1)[0]) < OLDEST_NODE:
        raise InstallError(f"install Node.js {OLDEST_NODE} or later, with npm; found: {version.strip() or 'none'}")
    run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder)


def install_python_client(folder: Path) -> None:
    run([sys.executable, str(TESTS / "install.py"), "venv", "requirements.txt"], folder)


def install_rulebook(folder: Path) -> None:
    java = shutil.which("java")
    # It says its version on standard error.
    said = run(["sh", "-c", '"$0" -version 2>&1', java], folder) if java else ""
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise InstallError(f"install Java {OLDEST_JAVA} or later; found: {said.partition(chr(10))[0] or 'none'}")
    run([sys.executable, str(TESTS / "install.py"), "venv", "requirements.txt"], folder)


def install_collections(folder: Path) -> None:
    # Only these collections in the package are used, which run on older Pythons than the package itself.
    pip = [str(ROOT / ".build" / "installer" / "bin" / "python"), "-m", "pip", "download", "--quiet", "--no-deps"]
    pip += ["--require-hashes", "--ignore-requires-python", "--dest", ".", "--requirement", "requirements.txt"]
    run(pip, folder)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.startswith(EXTRACTED)])
        wheel.unlink()


NODE_CLIENT = Software(
    "Qlik's JavaScript client", [CLIENTS / "package.json", CLIENTS / "package-lock.json"], install_with_npm
)
PYTHON_CLIENT = Software("Qlik's Python client", [CLIENTS / "requirements.txt"], install_python_client)
#: A folder of collections, and of the library that one of them imports.
COLLECTIONS = Software(
    "the collections awx.awx and community.hashi_vault", [TESTS / "awx" / "requirements.txt"], install_collections
)
LANGUAGE_SERVER = Software(
    "the YAML language server",
    [TESTS / "editor" / "package.json", TESTS / "editor" / "package-lock.json"],
    install_with_npm,
)
RULEBOOK = Software("ansible-rulebook", [TESTS / "eda" / "requirements.txt"], install_rulebook)


def main() -> int:
    failed = 0
    for software in (NODE_CLIENT, PYTHON_CLIENT, COLLECTIONS, LANGUAGE_SERVER, RULEBOOK):
        try:
            software.make()
        except InstallError as error:
            print(f"Not installed, so its tests will be skipped: {software.title}: {error}", file=sys.stderr)
            failed = 1
    return failed if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
