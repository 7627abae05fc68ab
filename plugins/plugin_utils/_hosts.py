# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all hosts of a run have found, brought together by the last of them."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import Any, Dict, Iterable, Iterator, Mapping, Set
from urllib.parse import unquote

from ansible import constants
from ansible.errors import AnsibleActionFail

from ._files import LONGEST_NAME, file_name

_PART = "host-"
_BEGUN = "begun-"

_LONG = "long-"
_LONGEST_HOST = LONGEST_NAME - len(_BEGUN)


@contextmanager
def _failures_explained() -> Iterator[None]:
    """Say which folder cannot be used, and how to choose another one.

    :raises AnsibleActionFail: in place of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise AnsibleActionFail(
            "The temporary folder %s of Ansible cannot be used: %s. Hosts put their results together there, which needs"
            " locks and some free space. Set the environment variable ANSIBLE_LOCAL_TEMP to a folder on a local file"
            " system." % (constants.DEFAULT_LOCAL_TMP, error.strerror)
        ) from None


class Parts:
    """What each host hands over in the temporary folder of the run, one part for each host.

    Ansible makes that folder before it forks the workers of all hosts, and removes it at the end. So this works the
    same with every strategy, with C(serial) and over several plays, and nothing of an earlier run can get in.
    C(run_once) would not do: the strategy C(free) ignores it, and with C(serial) it runs for each batch.

    :param name: tells what is collected from other collections of the same run.
    """

    def __init__(self, name: str) -> None:
        self._folder = os.path.join(constants.DEFAULT_LOCAL_TMP, "qlik-%s" % name)
        with _failures_explained():
            os.makedirs(self._folder, mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the workers of all other hosts out.

        :raises AnsibleActionFail: when the folder cannot be locked.
        """
        with _failures_explained():
            lock = open(self._path("lock"), "w")  # noqa: SIM115
        with lock:
            with _failures_explained():
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def begin(self, host: str) -> None:
        """Announce a host: it is going to hand its part over, even if it fails on the way.

        :raises AnsibleActionFail: when that will not be possible, which is better known before anything is done.
        """
        with self.locked():
            self.mark(self._name(_BEGUN, host))

    def are_complete(self, batch: Iterable[str]) -> bool:
        """Whether all hosts have handed their part over, those of C(batch) and those that have begun."""
        return self.hosts() >= {*batch, *self._named(_BEGUN)}

    def put(self, host: str, part: Mapping[str, Any]) -> None:
        """Hand over the part of a host, in the place of one that it has handed over before."""
        self.keep(self._name(_PART, host), part)

    def get(self, host: str) -> Dict[str, Any]:
        """The part of a host."""
        with open(self._path(self._name(_PART, host)), encoding="utf-8") as file:
            part: Dict[str, Any] = json.load(file)
        return part

    def forget(self, host: str) -> None:
        """Take the part of a host away, if there is one."""
        self.take(self._name(_PART, host))
        self.take(self._name(_BEGUN, host))

    def hosts(self) -> Set[str]:
        """The hosts that have handed their part over."""
        return self._named(_PART)

    def keep(self, name: str, value: Any) -> None:
        """Leave a value for the workers of other hosts."""
        with _failures_explained(), open(self._path(name), "w", encoding="utf-8") as file:
            json.dump(value, file)

    def kept(self, name: str) -> Any:
        """The value that was left; C(None) if there is none."""
        try:
            with open(self._path(name), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def mark(self, name: str) -> None:
        """Leave a mark for the workers of other hosts."""
        with _failures_explained(), open(self._path(name), "w"):
            pass

    def take(self, name: str) -> bool:
        """Remove a mark; whether it was there."""
        try:
            os.unlink(self._path(name))
        except FileNotFoundError:
            return False
        return True

    def _named(self, prefix: str) -> Set[str]:
        names = [name[len(prefix) :] for name in os.listdir(self._folder) if name.startswith(prefix)]
        return {(self.kept(_LONG + name) if "%" in name else None) or unquote(name) for name in names}

    def _name(self, prefix: str, host: str) -> str:
        """The name of the file of a host. A name that had to be cut does not say which host it is."""
        name = file_name(host, _LONGEST_HOST)
        if unquote(name) != host and self.kept(_LONG + name) is None:
            self.keep(_LONG + name, host)
        return prefix + name

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)
