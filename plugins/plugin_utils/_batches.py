# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The batches of a play with C(serial): which hosts are in them, and whether a later batch is certain to follow."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from functools import cached_property
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple, Union

from ansible.template import Templar
from ansible.utils.helpers import pct_to_int
from jinja2 import Environment
from jinja2.meta import find_undeclared_variables

Size = Union[int, str]
#: Returns a rendered value.
Template = Callable[[Any], Any]
IsReady = Callable[[Dict[str, Any], Template], bool]


def _names_of(action: str) -> Tuple[str, ...]:
    """Return all names of an action of ansible-core in a play."""
    return (action, "ansible.builtin.%s" % action, "ansible.legacy.%s" % action)


_META = _names_of("meta")
_SET_FACT = _names_of("set_fact")
#: Actions that set variables that the play does not show.
_INCLUDES = _names_of("include_vars") + _names_of("include_tasks") + _names_of("include_role")


def split(hosts: Sequence[str], sizes: Sequence[Size]) -> List[Sequence[str]]:
    """Return the batches of hosts, as Ansible forms those of a play. The last size applies to all further batches.

    :param sizes: numbers and percentages. Like Ansible, a size below 1 stands for all further hosts.
    """
    batches: List[Sequence[str]] = []
    start = 0
    while start < len(hosts):
        size = pct_to_int(sizes[min(len(batches), len(sizes) - 1)], len(hosts))
        end = start + size if size > 0 else len(hosts)
        batches.append(hosts[start:end])
        start = end
    return batches


class Batches:
    """The batches of the play of a task, from the place of its host.

    :param task: a task of a role that every host of a later batch runs too.
    :param variables: all variables of the host.
    :param done: returns the hosts of which a result is known.
    :param is_ready: tells from the variables of a host, and from a function that renders templates with them, whether
        the role accepts the variables.
    """

    def __init__(
        self, task: Any, variables: Mapping[str, Any], done: Callable[[], Set[str]], is_ready: IsReady
    ) -> None:
        self._task = task
        self._variables = variables
        self._done = done
        self._is_ready = is_ready
        self._play = task.get_play()

    @cached_property
    def current(self) -> Set[str]:
        """The hosts of the batch that have not failed."""
        return set(self._variables["ansible_play_batch"])

    @cached_property
    def later(self) -> Set[str]:
        """The hosts of later batches that have not failed. Without C(serial), there are none."""
        if not self._play.serial:
            return set()
        return set(self._variables["ansible_play_hosts"]) - self.current - self._done()

    def continue_unless_tasks_fail(self) -> bool:
        """Return whether a host of a later batch is certain to run the task, if no failure ends the play before."""
        return any(map(self._is_expected, sorted(self.later)))

    def continue_after(self, failing: Set[str]) -> bool:
        """Return whether a host of the next batch is certain to run the task.

        :param failing: the hosts of this batch that will fail because of the task.
        """
        members, following = self._members()
        # A single failure can end the play with these keywords.
        enough = all if self.ends_early() else any
        if not following or not self._is_role_alone() or not enough(map(self._is_expected, following)):
            return False
        limit = self._play.max_fail_percentage
        failed = (members - self.current) | (members & failing)
        if failed and (self._task.any_errors_fatal or failed == members):
            return False
        # The same arithmetic as Ansible's.
        return limit is None or len(failed) / len(members) <= limit / 100.0

    def ends_early(self) -> bool:
        """Return whether the failure of some hosts of a batch can end the play."""
        return self._play.max_fail_percentage is not None or bool(self._task.any_errors_fatal)

    def _members(self) -> Tuple[Set[str], List[str]]:
        """Return the hosts of this batch, and those of the next one that have not failed."""
        if not self.later or self._play.order not in (None, "", "inventory"):
            # Ansible does not tell the hosts of the next batch.
            return self.current, []
        batches = split(self._variables["ansible_play_hosts_all"], self._play.serial)
        host = self._variables["inventory_hostname"]
        number = next(number for number, batch in enumerate(batches) if host in batch)
        following = batches[number + 1] if number + 1 < len(batches) else []
        return set(batches[number]), [host for host in following if host in self.later]

    def _is_role_alone(self) -> bool:
        """Return whether the role has all tasks of the play, so that no failure of another task can end the play."""
        include = outermost = _dynamic_include_of(self._task)
        while include is not None:
            outermost, include = include, _dynamic_include_of(include)
        for task in _tasks_of(self._play):
            is_own = task._role is self._task._role if outermost is None else task._uuid == outermost._uuid
            if not is_own and task.action not in _META:
                return False
        return self._play.gather_facts is False

    def _is_expected(self, host: str) -> bool:
        return is_expected(self._task, host, self._variables, self._is_ready)


def is_expected(task: Any, host: str, variables: Mapping[str, Any], is_ready: Optional[IsReady] = None) -> bool:
    """Return whether a host of a later batch is certain to run a task.

    The result is false if a condition uses variables that tasks set, if a failure before the task is rescued, or if the
    play can end for a host.

    :param host: the host of a later batch.
    :param task: the task that the current host runs.
    :param variables: the variables of the current host.
    :param is_ready: see C(Batches).
    """
    play = task.get_play()
    tasks = _tasks_of(play)
    if any(other.action in _META and str(other.args.get("_raw_params")).startswith("end_") for other in tasks):
        return False
    hostvars = variables["hostvars"]
    inventory_host = hostvars._inventory.get_host(host)
    set_by_tasks = {name for other in tasks for name in _names_set_by(other)}
    try:
        if is_ready is not None:
            of_host = hostvars._variable_manager.get_vars(play=play, host=inventory_host, task=task)
            if not is_ready(of_host, Templar(loader=task.get_loader(), variables=of_host).template):
                return False
        # The tasks of a dynamic include do not inherit its conditions.
        while task is not None:
            if _is_rescued(task):
                return False
            of_host = hostvars._variable_manager.get_vars(play=play, host=inventory_host, task=task)
            names = _names_used_by(task.when, of_host)
            if names & (set_by_tasks | (variables.keys() - of_host.keys())) or not _is_true_for(task, of_host):
                return False
            include = _dynamic_include_of(task)
            # The included file can depend on the host. It is known only if the include itself is in the play.
            files = [str(other.args) for other in tasks if include is not None and other._uuid == include._uuid]
            if include is not None and (not files or _can_be_template(files[0])):
                return False
            # The variables that other includes set are unknown.
            if names - of_host.keys() and any(other.action in _INCLUDES and other is not include for other in tasks):
                return False
            task = include
    except Exception:
        return False
    return True


def _tasks_of(play: Any) -> List[Any]:
    """Return the tasks of a play that are known before it starts."""
    return [task for block in play.compile() for task in block.get_tasks()]


def _can_be_template(text: str) -> bool:
    """Return whether a text has the characters that start a template."""
    return "{{" in text or "{%" in text


def _names_set_by(task: Any) -> Set[str]:
    """Return the variables that a task is known to set."""
    # Since ansible-core 2.21, a dictionary by variable.
    names = {task.register} if isinstance(task.register, str) else set(task.register or ())
    return names | (set(task.args) if task.action in _SET_FACT else set())


def _names_used_by(conditions: Iterable[Any], variables: Mapping[str, Any]) -> Set[str]:
    """Return the variables that conditions use, and those that the values of these variables use.

    :raises TemplateSyntaxError: if a condition is not a valid template.
    """
    names: Set[str] = set()
    templates = ["{%% if %s %%}{%% endif %%}" % condition for condition in conditions]
    while templates:
        new = find_undeclared_variables(Environment().parse(templates.pop())) - names
        names |= new
        templates += [variables[name] for name in new if isinstance(variables.get(name), str)]
    return names


def _dynamic_include_of(task: Any) -> Any:
    """Return the nearest include around a task, or C(None). The tasks of an import are those of the play itself."""
    include = task.get_first_parent_include()
    while include is not None and include.statically_loaded:
        include = include.get_first_parent_include()
    return include


def _is_rescued(task: Any) -> bool:
    """Return whether a block around the task, up to the nearest include, continues after a failure."""
    parent, include = task._parent, _dynamic_include_of(task)
    while parent is not None and parent is not include:
        if getattr(parent, "rescue", None):
            return True
        parent = parent._parent
    return False


def _is_true_for(task: Any, variables: Dict[str, Any]) -> bool:
    """Return whether the conditions of a task are true for the variables of a host.

    :raises Exception: if they cannot be evaluated. The type depends on the release of ansible-core.
    """
    templar = Templar(loader=task.get_loader(), variables=variables)
    if hasattr(templar, "evaluate_conditional"):
        return all(templar.evaluate_conditional(condition) for condition in task.when)
    # ansible-core before 2.19.
    return bool(task.evaluate_conditional(templar, variables))
