# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Base classes for the actions of roles."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from importlib import import_module
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import connection_argument_spec
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidDescription, InvalidInput, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import nearest
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.ensure import CONCURRENCY_SPEC
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import with_certainty, without_aliases

from ._action import FlowAction
from ._play import look_at_play
from ._variables import Values, connection_variables, read_variables, templated

#: The options that the action of a role accepts if its flow has them.
_OPTIONS = {*connection_argument_spec(), *CONCURRENCY_SPEC}
#: The group of all modules in C(module_defaults).
_GROUP = "group/qlikops.cloud.qlik"
Result = Dict[str, Any]


class VariablesAction(ActionBase):
    """The action of a role or playbook without a flow. It checks the play and the variables, and returns the variables.

    C(role) is a key of C(SPECS), and C(needed_collection) another collection that the role requires.
    """

    role = ""
    needed_collection = ""

    _requires_connection = False

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        self.validate_argument_spec(argument_spec={})
        if self.needed_collection and not _is_installed(self.needed_collection):
            message = "The collection %s is not installed. Install it with: ansible-galaxy collection install %s\n%s"
            names = (self.needed_collection, self.needed_collection, "Nothing was changed.")
            return {**result, "failed": True, "msg": message % names}
        variables = task_vars or {}
        play = look_at_play(self, self.role, variables)
        values, mistakes = read_variables(self.role, variables, self._templar.template)
        if play.warnings:
            result["warnings"] = play.warnings
        if play.mistakes or mistakes:
            return {**result, **refused(described_wrongly([*play.mistakes, *mistakes]))}
        return {**result, "changed": False, "variables": values}


class RoleAction(FlowAction):
    """The action of a role with a flow.

    C(role) is a key of C(SPECS). C(steps) has the methods that return the results of its tasks, by the value of the
    option C(step). The first step is the default.
    """

    role = ""
    steps: Mapping[str, str] = {}

    variables: Dict[str, Any]
    host: str
    warnings: List[str]
    connection: Dict[str, Any]

    def outcome(self, variables: Dict[str, Any]) -> Result:
        self.variables, self.host, self.warnings = variables, str(variables["inventory_hostname"]), []
        options = without_aliases(self._task.args, self.flow.spec)
        first, *others = self.steps
        step = options.pop("step", first) if others else first
        self.connection = options
        try:
            self._check_options(options, step)
            result: Result = getattr(self, self.steps[step])()
        except InvalidInput as error:
            result = refused(error)
        warnings = [*self.warnings, *result.get("warnings", [])]
        return {**result, "warnings": warnings} if warnings else result

    def _check_options(self, options: Mapping[str, Any], step: Any) -> None:
        known = sorted(_OPTIONS & self.flow.spec.keys())
        unknown = [str(name) for name in options if name not in known]
        if unknown:
            hint = "The options are %s. Describe the tenant in variables of the role." % ", ".join(known)
            by_place: Dict[str, List[str]] = {}
            for name in unknown:
                by_place.setdefault(self._place_of_default(name), []).append(name)
            lines = ["%s%s" % (place, _not_options(names, known)) for place, names in by_place.items()]
            raise InvalidInput("\n".join(lines), hint)
        if step not in self.steps:
            text = "%s is not one of %s." % (printable(repr(step)), ", ".join(self.steps))
            raise InvalidInput(text, option="step")

    def _place_of_default(self, option: str) -> str:
        """Return the place of an option in C(module_defaults), for messages; empty if the task sets it.

        The options of a task include its defaults, and later defaults of the same action or group replace earlier ones.
        """
        defaults: Dict[str, Any] = {}
        for given in self._task.module_defaults or []:
            defaults.update(given)
        for place in (str(self._task.action), _GROUP):
            options = defaults.get(place)
            if isinstance(options, Mapping) and option in options:
                return "module_defaults of %s: " % place
        return ""

    def check_play(self) -> List[str]:
        """Return the mistakes in the play, one line each, and add its warnings to those of the task."""
        play = look_at_play(self, self.role, self.variables)
        self.warnings += play.warnings
        return play.mistakes

    def checked_variables(self, *mistakes: str) -> Values:
        """Return the variables of the role, with defaults for omitted variables.

        :param mistakes: other mistakes to report.
        :raises InvalidDescription: listing all mistakes.
        """
        values, more = read_variables(self.role, self.variables, self._templar.template)
        if mistakes or more:
            raise described_wrongly([*mistakes, *more])
        return values

    def address(self) -> str:
        """Return the URL of the tenant from the variables, the options, or the environment.

        It is empty if its template fails; the task then fails for this reason.
        """
        try:
            given = templated(self.variables.get("qlik_tenant_url"), self.variables, self._templar.template)
            return str(given or self.connection.get("tenant_url") or self._environ().get("QLIK_TENANT_URL", ""))
        except AnsibleError:
            return ""

    def carried_out_for_role(self, options: Mapping[str, Any], **context: Mapping[str, Any]) -> Result:
        """Return the result of the flow with the connection of the host. An unreachable host is a failure.

        :param context: additional values for the flow's task: C(places), C(audit).
        """
        connection = connection_variables(self.variables, self._templar.template)
        try:
            result = self.carried_out({**self.connection, **connection, **options}, self.variables, context)
        except AnsibleConnectionFailure as error:
            return {"failed": True, "msg": error.message}
        if result.pop("unreachable", False):
            result["failed"] = True
        return result


def _not_options(names: Sequence[str], known: Sequence[str]) -> str:
    """Return the sentence that rejects options, with similar known options."""
    shown = [printable(name) for name in names]
    verb = "is not an option" if len(shown) == 1 else "are not options"
    similar = "".join(dict.fromkeys(nearest(name, known) for name in shown))
    return "%s %s.%s" % (", ".join(shown), verb, similar)


def described_wrongly(mistakes: List[str]) -> InvalidDescription:
    """Return the error that lists all mistakes, without duplicates."""
    return InvalidDescription(list(dict.fromkeys(mistakes)))


def refused(error: InvalidInput) -> Result:
    """Return the result of a task that is rejected before it begins."""
    return {"failed": True, "msg": with_certainty(error, "Nothing was changed.")}


def reason_of(error: BaseException) -> str:
    """Return why a task ended with an exception. The exception can have no text, such as a timeout of Ansible."""
    text = error.message if isinstance(error, AnsibleError) else str(error)
    return str(text) or "The task ended with %s." % type(error).__name__


def _is_installed(collection: str) -> bool:
    try:
        import_module("ansible_collections.%s" % collection)
    except ImportError:
        return False
    return True
