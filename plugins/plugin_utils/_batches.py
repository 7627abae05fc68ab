# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The batches of a play with C(serial): which hosts are in them, and whether a later batch is certain to follow."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from functools import cached_property
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple, Union

from ansible.template import Templar
from ansible.utils.helpers import pct_to_int
from jinja2 import Environment
from jinja2.meta import find_undeclared_variables

Size = Union[int, str]
#: Returns a rendered value.
Template = Callable[[Any], Any]
#: A function of the variables of a host and of a function that renders templates with them.
IsReady = Callable[[Dict[str, Any], Template], bool]


def _names_of(action: str) -> Tuple[str, ...]:
    """Return all names of an action of ansible-core in a play."""
    return (action, "ansible.builtin.%s" % action, "ansible.legacy.%s" % action)


_META = _names_of("meta")
_ADD_HOST = _names_of("add_host")
#: The prefix of the actions and roles of the collection. Like C(_CHECKS), these only change variables of C(register).
_OWN = "qlikops.cloud."
#: Actions of ansible-core that change no variables, unless the task has C(register).
_CHECKS = {name for action in ("assert", "debug", "fail", "validate_argument_spec") for name in _names_of(action)}
#: What the values of C(order) do to the hosts of a play, except for C(shuffle).
_ORDERS: Dict[str, Callable[[List[str]], List[str]]] = {
    "inventory": list,
    "reverse_inventory": lambda hosts: hosts[::-1],
    "sorted": sorted,
    "reverse_sorted": lambda hosts: sorted(hosts, reverse=True),
}
#: Names in conditions whose values can differ when a later batch runs. So can all that start with ansible_.
_CHANGING = {"hostvars", "vars", "play_hosts", "lookup", "query", "q", "now"}


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
    :param shared: variables of the role. Hosts with other values are not expected to run the task.
    """

    def __init__(self, task: Any, variables: Mapping[str, Any], *shared: str) -> None:
        self._task = task
        self._variables = variables
        self._shared = shared
        self._play = task.get_play()

    @cached_property
    def current(self) -> Set[str]:
        """The hosts of the batch that have not failed."""
        return set(self._variables["ansible_play_batch"])

    @cached_property
    def later(self) -> List[Sequence[str]]:
        """The batches after this one. Without C(serial), there are none. With C(order: shuffle), they are unknown."""
        order = _ORDERS.get(self._play.order or "inventory")
        if not self._play.serial or order is None:
            return []
        batches = split(order(self._variables["ansible_play_hosts_all"]), self._play.serial)
        host = self._variables["inventory_hostname"]
        number = next(number for number, batch in enumerate(batches) if host in batch)
        return batches[number + 1 :]

    def continue_unless_tasks_fail(self) -> bool:
        """Return whether a host of a later batch is certain to run the task, if no failure ends the play before."""
        return any(self._expect(host) for batch in self.later for host in batch)

    def continue_after(self, failing: Set[str], is_ready: IsReady) -> bool:
        """Return whether a host of the next batch is certain to run the task, also if hosts of this one fail.

        It is never certain if the play has tasks besides those of the role.

        :param failing: the hosts of this batch that have failed in the role.
        :param is_ready: returns whether the role accepts the variables of a host.
        """
        has_survivors = bool(self.current - failing)
        if not self.later or not has_survivors or self.end_early() or not self._have_one_role():
            return False
        return any(self._expect(host, is_ready) for host in self.later[0])

    def end_early(self) -> bool:
        """Return whether the failure of some hosts of a batch can end the play."""
        return self._play.max_fail_percentage is not None or bool(self._task.any_errors_fatal)

    def _expect(self, host: str, is_ready: Optional[IsReady] = None) -> bool:
        is_alive = host in self._alive
        return is_alive and is_expected(self._task, host, self._variables, self._shared, is_ready)

    @cached_property
    def _alive(self) -> Set[str]:
        return set(self._variables["ansible_play_hosts"])

    def _have_one_role(self) -> bool:
        """Return whether all tasks of the play are those of the role, and a batch ends only after its last one."""
        is_linear = str(self._play.strategy).rpartition(".")[2] == "linear"
        others = _others(self._task, _tasks_of(self._play))
        has_others = self._play.gather_facts is not False or self._play.handlers or any(others)
        is_included = _dynamic_include_of(self._task) is not None
        return is_linear and not (has_others or is_included or self._task.notify or self._task.ignore_errors)


def is_expected(
    task: Any,
    host: str,
    variables: Mapping[str, Any],
    shared: Iterable[str] = (),
    is_ready: Optional[IsReady] = None,
) -> bool:
    """Return whether a host of a later batch is certain to run a task of a role, if nothing fails before.

    The result is false if conditions can depend on what happens until then, if a failure before the task is rescued, or
    if the play can end for a host.

    :param host: the host of a later batch.
    :param task: the task that the current host runs.
    :param variables: the variables of the current host.
    :param shared: variables that must have the same values for both hosts.
    :param is_ready: returns whether the role accepts the variables of a host.
    """
    play, role = task.get_play(), task._role
    tasks = _tasks_of(play)
    others = list(_others(task, tasks))
    hostvars = variables["hostvars"]
    try:
        if task.run_once or any(_can_remove_hosts(other) for other in tasks):
            return False
        inventory_host = hostvars._inventory.get_host(host)
        of_host = hostvars._variable_manager.get_vars(play=play, host=inventory_host, task=task)
        template = _template_of(task, of_host)
        own = _template_of(task, variables)
        if any(own(variables.get(name)) != template(of_host.get(name)) for name in shared):
            return False
        _check_start(task, of_host, template)
        if is_ready is not None and not is_ready(of_host, template):
            return False
        # The tasks of a dynamic include do not inherit its conditions.
        while task is not None:
            names = _names_used_by(task.when, of_host)
            if names and any(_can_change(names, other) for other in others):
                return False
            if _is_rescued(task) or not _is_certain(names, of_host) or not _is_true_for(task, of_host):
                return False
            task = _dynamic_include_of(task)
            if task is None:
                break
            # Other included files can have other tasks, which are unknown.
            if getattr(task, "_role_name", None) not in (role.get_name(), role._role_name) or task.loop is not None:
                return False
            of_host = hostvars._variable_manager.get_vars(play=play, host=inventory_host, task=task)
    except Exception:
        return False
    return True


def _tasks_of(play: Any) -> List[Any]:
    """Return the tasks of a play that are known before it starts."""
    return [task for block in play.compile() for task in block.get_tasks()]


def _others(task: Any, tasks: Iterable[Any]) -> Iterator[Any]:
    """Yield the tasks of the play of a task that belong to other roles or to none."""
    include = outermost = _dynamic_include_of(task)
    while include is not None:
        outermost, include = include, _dynamic_include_of(include)
    for other in tasks:
        is_own = other._role is task._role if outermost is None else other._uuid == outermost._uuid
        if not is_own and other.action not in _META:
            yield other


def _can_change(names: Set[str], task: Any) -> bool:
    """Return whether a task can change the values of variables."""
    # Since ansible-core 2.21, a dictionary by variable.
    registered = {task.register} if isinstance(task.register, str) else set(task.register or ())
    is_own = any(str(name).startswith(_OWN) for name in (task.action, getattr(task, "_role_name", None)))
    return bool(registered & names) or not (is_own or task.action in _CHECKS)


def _is_certain(names: Set[str], variables: Mapping[str, Any]) -> bool:
    """Return whether variables of conditions are known, and do not depend on the progress of the play."""
    is_changing = any(name in _CHANGING or name.startswith("ansible_") for name in names)
    return names <= variables.keys() and not is_changing


def _can_remove_hosts(task: Any) -> bool:
    """Return whether a task can end the play for a host, or changes the hosts of the play."""
    ends = task.action in _META and str(task.args.get("_raw_params")).startswith("end_")
    return ends or task.action in _ADD_HOST


def _check_start(task: Any, variables: Mapping[str, Any], template: Template) -> None:
    """Check that the keywords of a task and the variables of the connection can be rendered for a host.

    :raises Exception: if not. The type depends on the release of ansible-core.
    """
    for name, value in variables.items():
        if name.startswith("ansible_") and isinstance(value, str) and _can_be_template(value):
            template(value)
    template(task.environment)
    template(task.module_defaults)


def _template_of(task: Any, variables: Mapping[str, Any]) -> Template:
    template: Template = Templar(loader=task.get_loader(), variables=variables).template
    return template


def _can_be_template(text: str) -> bool:
    """Return whether a text has the characters that start a template."""
    return "{{" in text or "{%" in text


def _names_used_by(conditions: Iterable[Any], variables: Mapping[str, Any]) -> Set[str]:
    """Return the variables that conditions use, and those that the values of these variables use.

    :raises TemplateSyntaxError: if a condition is not a valid template.
    """
    names: Set[str] = set()
    templates = ["{%% if %s %%}{%% endif %%}" % condition for condition in conditions]
    while templates:
        new = find_undeclared_variables(Environment().parse(templates.pop())) - names
        names |= new
        templates += [str(variables[name]) for name in new if name in variables]
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
