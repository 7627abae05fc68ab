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
from typing import Any, Dict, Iterable, Iterator, Mapping, Optional, Set, Tuple
from urllib.parse import unquote

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.template import Templar
from jinja2 import Environment
from jinja2.meta import find_undeclared_variables

from ._files import file_name


def _names_of(action: str) -> Tuple[str, ...]:
    """How a play can call an action of ansible-core."""
    return (action, "ansible.builtin.%s" % action, "ansible.legacy.%s" % action)


#: Folders: a file for each host.
_PARTS = "parts"
_BEGUN = "begun"
_FAILED = "failed"
#: The names of hosts that the names of their files do not tell.
_NAMES = "names"
_META = _names_of("meta")
_SET_FACT = _names_of("set_fact")
#: What sets variables that the play does not tell.
_INCLUDES = _names_of("include_vars") + _names_of("include_tasks") + _names_of("include_role")


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
            for folder in map(self._path, ("", _PARTS, _BEGUN, _FAILED, _NAMES)):
                os.makedirs(folder, mode=0o700, exist_ok=True)

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
        """Announce a host: it is going to hand a part over, in the place of one that it has handed over before.

        :raises AnsibleActionFail: when the folder cannot be written.
        """
        self.take(self._name(_PARTS, host))
        self.note(host, None)

    def note(self, host: str, value: Any) -> None:
        """Keep what was found for a host that has begun, until it hands its part over."""
        self.keep(self._name(_BEGUN, host), value)

    def noted(self, host: str) -> Any:
        """What was found for a host that has begun; C(None) if there is nothing."""
        return self.kept(self._name(_BEGUN, host))

    def are_complete(self, alive: Optional[Iterable[str]] = None) -> bool:
        """Whether every host that has begun has handed its part over.

        A host that has not begun may never come, since conditions, C(meta: end_host) or a failure keep it away. So
        nothing waits for it: if it comes, the parts are complete once more when it is done.

        :param alive: the hosts of the play that have not failed, if no part comes of a host that fails on the way.
        """
        begun = self._named(_BEGUN)
        return not begun or (alive is not None and begun.isdisjoint(alive))

    def put(self, host: str, part: Mapping[str, Any]) -> None:
        """Hand over the part of a host, in the place of one that it has handed over before."""
        self.keep(self._name(_PARTS, host), part)
        self.take(self._name(_BEGUN, host))

    def get(self, host: str) -> Any:
        """The part of a host; C(None) if it has handed none over."""
        return self.kept(self._name(_PARTS, host))

    def forget(self, host: str) -> None:
        """Take the part of a host away, if there is one."""
        self.take(self._name(_PARTS, host))

    def fail(self, host: str) -> None:
        """Remember that a host fails because of its part, or because of that of another one."""
        self.mark(self._name(_FAILED, host))

    def failed(self) -> Set[str]:
        """The hosts that are remembered as failed."""
        return self._named(_FAILED)

    def hosts(self) -> Set[str]:
        """The hosts that have handed their part over."""
        return self._named(_PARTS)

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

    def is_marked(self, name: str) -> bool:
        """Whether a mark is there."""
        return os.path.exists(self._path(name))

    def take(self, name: str) -> bool:
        """Remove a mark; whether it was there."""
        try:
            os.unlink(self._path(name))
        except FileNotFoundError:
            return False
        return True

    def _named(self, folder: str) -> Set[str]:
        names = os.listdir(self._path(folder))
        return {(self.kept(os.path.join(_NAMES, name)) if "%" in name else None) or unquote(name) for name in names}

    def _name(self, folder: str, host: str) -> str:
        """The name of the file of a host. A name that had to be cut does not say which host it is."""
        name = file_name(host)
        whole = os.path.join(_NAMES, name)
        if unquote(name) != host and not self.is_marked(whole):
            self.keep(whole, host)
        return os.path.join(folder, name)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)


def is_expected(task: Any, host: str, variables: Mapping[str, Any]) -> bool:
    """Whether a host of a later batch is going to run a task, as far as that can be known in advance.

    In doubt it is not: if a condition uses what tasks set, if a failure before the task is rescued, or if the play can
    end for a host.

    :param task: the task, which this host runs now.
    :param variables: the variables of this host.
    """
    play = task.get_play()
    every = [each for block in play.compile() for each in block.get_tasks()]
    if any(each.action in _META and str(each.args.get("_raw_params")).startswith("end_") for each in every):
        return False
    hostvars = variables["hostvars"]
    found = hostvars._inventory.get_host(host)
    set_by_tasks = {name for each in every for name in _names_set_by(each)}
    try:
        # A dynamic include does not hand its conditions down to what it includes.
        while task is not None:
            if _is_rescued(task):
                return False
            other = hostvars._variable_manager.get_vars(play=play, host=found, task=task)
            names = _names_used_by(task.when, other)
            if names & (set_by_tasks | (variables.keys() - other.keys())) or not _holds(task, other):
                return False
            include = task.get_first_parent_include()
            # What it includes can depend on the host, and is known of one that the play itself has.
            written = [str(each.args) for each in every if include is not None and each._uuid == include._uuid]
            if include is not None and (not written or _can_be_template(written[0])):
                return False
            # What other includes set is not known.
            if names - other.keys() and any(each.action in _INCLUDES and each is not include for each in every):
                return False
            task = include
    except Exception:
        return False
    return True


def _can_be_template(text: str) -> bool:
    """Whether a text has the signs by which a template begins."""
    return "{{" in text or "{%" in text


def _names_set_by(task: Any) -> Set[str]:
    """The variables that a task is known to set."""
    names = {task.register} if task.register else set()
    return names | (set(task.args) if task.action in _SET_FACT else set())


def _names_used_by(conditions: Iterable[Any], variables: Mapping[str, Any]) -> Set[str]:
    """The variables that conditions use, and those that their values use.

    :raises TemplateSyntaxError: if one is not a valid template.
    """
    names: Set[str] = set()
    templates = ["{%% if %s %%}{%% endif %%}" % condition for condition in conditions]
    while templates:
        new = find_undeclared_variables(Environment().parse(templates.pop())) - names
        names |= new
        templates += [variables[name] for name in new if isinstance(variables.get(name), str)]
    return names


def _is_rescued(task: Any) -> bool:
    """Whether a block around the task, up to the nearest include, goes on after a failure."""
    parent = task._parent
    while parent is not None and parent is not task.get_first_parent_include():
        if getattr(parent, "rescue", None):
            return True
        parent = parent._parent
    return False


def _holds(task: Any, variables: Dict[str, Any]) -> bool:
    """Whether the conditions of a task hold.

    :raises Exception: if they cannot be evaluated; which one depends on the release of ansible-core.
    """
    templar = Templar(loader=task.get_loader(), variables=variables)
    if hasattr(templar, "evaluate_conditional"):
        return all(templar.evaluate_conditional(condition) for condition in task.when)
    # ansible-core before 2.19.
    return bool(task.evaluate_conditional(templar, variables))
