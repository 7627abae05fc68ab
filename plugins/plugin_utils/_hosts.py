# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects the results of all hosts of a run, until the last host combines them."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import Any, Iterable, Iterator, Mapping, Optional, Set
from urllib.parse import unquote

from ansible import constants
from ansible.errors import AnsibleActionFail

from ._files import file_name

#: Folders with one file per host.
_PARTS = "parts"
_BEGUN = "begun"
_FAILED = "failed"
#: The folder with the names of hosts that cannot be derived from the names of their files.
_NAMES = "names"


@contextmanager
def _failures_explained() -> Iterator[None]:
    """Convert errors to messages that name the folder and how to change it.

    :raises AnsibleActionFail: for an OSError.
    """
    try:
        yield
    except OSError as error:
        raise AnsibleActionFail(
            "Cannot use Ansible's temporary folder %s: %s. The results of all hosts are collected there, which requires"
            " file locks and free space. Set the environment variable ANSIBLE_LOCAL_TEMP to a folder on a local file"
            " system." % (constants.DEFAULT_LOCAL_TMP, error.strerror)
        ) from None


class Parts:
    """The results of hosts in the temporary folder of the run, one part per host.

    Ansible creates that folder before it forks the workers of all hosts, and removes it at the end. This works with
    every strategy, with C(serial), and over several plays, and excludes results of earlier runs. C(run_once) is no
    alternative: the strategy C(free) ignores it, and with C(serial) it runs for each batch.

    :param name: distinguishes these results from others of the same run.
    """

    def __init__(self, name: str) -> None:
        self._folder = os.path.join(constants.DEFAULT_LOCAL_TMP, "qlik-%s" % name)
        with _failures_explained():
            for folder in map(self._path, ("", _PARTS, _BEGUN, _FAILED, _NAMES)):
                os.makedirs(folder, mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold a lock against the workers of all other hosts.

        :raises AnsibleActionFail: if the folder cannot be locked.
        """
        with _failures_explained():
            lock = open(self._path("lock"), "w")  # noqa: SIM115
        with lock:
            with _failures_explained():
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def begin(self, host: str) -> None:
        """Mark a host as begun and remove its previous part.

        :raises AnsibleActionFail: if the folder is not writable.
        """
        self.take(self._name(_PARTS, host))
        self.note(host, None)

    def note(self, host: str, value: Any) -> None:
        """Store a preliminary value of a host that has begun, until C(put) stores its part."""
        self.keep(self._name(_BEGUN, host), value)

    def noted(self, host: str) -> Any:
        """Return the preliminary value of a host, or C(None)."""
        return self.kept(self._name(_BEGUN, host))

    def are_complete(self, alive: Optional[Iterable[str]] = None) -> bool:
        """Return whether the parts of all hosts that have begun are stored.

        Hosts that have not begun are ignored, because conditions, C(meta: end_host), or a failure can keep them from
        running. If such a host begins later, the parts are complete again when it is done.

        :param alive: the hosts of the play that have not failed, if failed hosts do not store a part.
        """
        begun = self._named(_BEGUN)
        return not begun or (alive is not None and begun.isdisjoint(alive))

    def values(self, name: str) -> HostValues:
        """Return further values by host, which a worker reads without those of other hosts."""
        folder = os.path.join("values", name)
        with _failures_explained():
            os.makedirs(self._path(folder), mode=0o700, exist_ok=True)
        return HostValues(self, folder)

    def put(self, host: str, part: Mapping[str, Any]) -> None:
        """Store the part of a host. It replaces a previous part."""
        self.keep(self._name(_PARTS, host), part)
        self.take(self._name(_BEGUN, host))

    def get(self, host: str) -> Any:
        """Return the part of a host, or C(None)."""
        return self.kept(self._name(_PARTS, host))

    def forget(self, host: str) -> None:
        """Remove the part of a host, if it exists."""
        self.take(self._name(_PARTS, host))

    def fail(self, host: str, play: str) -> None:
        """Mark a host as failed in a play, because of its part or because of that of another host."""
        self.keep(self._name(_FAILED, host), play)

    def failed(self, play: str) -> Set[str]:
        """Return the hosts that are marked as failed in a play."""
        return {host for host in self._named(_FAILED) if self.kept(self._name(_FAILED, host)) == play}

    def hosts(self) -> Set[str]:
        """Return the hosts whose part is stored."""
        return self._named(_PARTS)

    def keep(self, name: str, value: Any) -> None:
        """Store a value for the workers of other hosts."""
        with _failures_explained(), open(self._path(name), "w", encoding="utf-8") as file:
            json.dump(value, file)

    def kept(self, name: str) -> Any:
        """Return a stored value, or C(None)."""
        try:
            with open(self._path(name), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def mark(self, name: str) -> None:
        """Set a mark for the workers of other hosts."""
        with _failures_explained(), open(self._path(name), "w"):
            pass

    def is_marked(self, name: str) -> bool:
        """Return whether a mark is set."""
        return os.path.exists(self._path(name))

    def take(self, name: str) -> bool:
        """Remove a mark, and return whether it was set."""
        try:
            os.unlink(self._path(name))
        except FileNotFoundError:
            return False
        return True

    def _named(self, folder: str) -> Set[str]:
        names = os.listdir(self._path(folder))
        return {(self.kept(os.path.join(_NAMES, name)) if "%" in name else None) or unquote(name) for name in names}

    def _name(self, folder: str, host: str) -> str:
        """Return the path of a host's file. The name of the host is stored separately if it cannot be derived."""
        name = file_name(host)
        whole = os.path.join(_NAMES, name)
        if unquote(name) != host and not self.is_marked(whole):
            self.keep(whole, host)
        return os.path.join(folder, name)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)


class HostValues:
    """A mapping from hosts to values, with a file for each host."""

    def __init__(self, parts: Parts, folder: str) -> None:
        self._parts = parts
        self._folder = folder

    def __setitem__(self, host: str, value: Any) -> None:
        self._parts.keep(self._parts._name(self._folder, host), value)

    def get(self, host: str, default: Any = None) -> Any:
        """Return the value of a host, or the default."""
        value = self._parts.kept(self._parts._name(self._folder, host))
        return default if value is None else value
