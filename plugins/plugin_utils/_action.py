# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the flow of a module in Ansible's worker if the result is the same, and otherwise in its own process."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import os
import tempfile
import threading
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import without_aliases, without_nulls
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import HANDOVER, ROLE_CONTEXT
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.progress import INTERRUPTED
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Flow

from ._interruption import final_line_shown
from ._output import say
from ._way import why_in_a_process
from ._worker import as_json, carry_out, is_timeout, refusal_of_mistakes, timed_out

_POLL_SECONDS = 1.0

RoleContext = Mapping[str, Mapping[str, Any]]


class FlowAction(ActionBase):
    """The action of the module with the same name.

    C(flow) is the flow of the module. C(module) is the full name of the module, if it differs from that of the action.
    """

    flow: Flow
    module = ""

    _supports_async = True

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        result.update(self.outcome(task_vars or {}))
        return result

    def outcome(self, variables: Dict[str, Any]) -> Dict[str, Any]:
        """Return the result of the task.

        :param variables: all variables of the host, not templated.
        """
        return self.carried_out(self._task.args, variables)

    def carried_out(
        self, options: Mapping[str, Any], variables: Dict[str, Any], context: Optional[RoleContext] = None
    ) -> Dict[str, Any]:
        """Return the result of the flow.

        :param context: values from a role for the flow's task: C(places), C(audit).
        """
        try:
            self._refuse_secret_in_job()
            given = without_aliases(as_json(options), self.flow.spec)
            environ = self._environ()
            reason = why_in_a_process(self, variables, environ)
        except (InvalidInput, TypeError) as error:
            return {"failed": True, "changed": False, "msg": "%s Nothing was changed." % error}
        if reason:
            Display().v("%s: The module runs in its own process because %s." % (self._task.action, reason))
            return self._hidden(self._in_process(given, environ, variables, context))
        host = str(variables.get("inventory_hostname", "localhost"))
        result = carry_out(
            self.flow,
            self._module_name,
            given,
            environ,
            check_mode=self._task.check_mode,
            with_diff=self._task.diff,
            say_progress=lambda line: self._say(host, [line]),
            context=context,
            timeout=self._timeout,
        )
        return self._hidden(result)

    @property
    def _module_name(self) -> str:
        return self.module or str(self._task.action)

    def _refuse_secret_in_job(self) -> None:
        """Check that the result of an asynchronous task can be shown, because it never passes through C(_hidden).

        :raises InvalidInput: if it can contain a new secret.
        """
        if self.flow.secrets and self._task.async_val and not self._task.no_log:
            raise InvalidInput(
                "Not supported for a task that returns a secret, because Ansible prints the result of the job.",
                "Remove `async`, or set `no_log: true` for this task and for async_status.",
                "async",
            )

    def _hidden(self, result: Dict[str, Any]) -> Dict[str, Any]:
        """Return the result, marked as hidden from output, logs, and callbacks if it contains a new secret."""
        if any(result.get(name) for name in self.flow.secrets):
            result["_ansible_no_log"] = True
        return result

    def _environ(self) -> Mapping[str, str]:
        """Return the environment variables of the task: those of the worker and of the keyword C(environment)."""
        found: Dict[str, str] = dict(os.environ)
        given = self._templar.template(self._task.environment) or []
        for variables in given if isinstance(given, list) else [given]:
            if not isinstance(variables, Mapping):
                raise AnsibleError("environment must be a dictionary, received %s" % variables)
            found.update((str(name), str(value)) for name, value in as_json(variables).items())
        return found

    def _say(self, host: str, lines: List[str]) -> None:
        say("%s: [%s] %s" % (self._task.action, host, line) for line in lines)

    def _in_process(
        self,
        given: Mapping[str, Any],
        environ: Mapping[str, str],
        variables: Dict[str, Any],
        context: Optional[RoleContext],
    ) -> Dict[str, Any]:
        """Run the module like any other module of Ansible, and return its result.

        On the controller, the module appends its progress to a file and ends when the file is removed.
        """
        # Checked here because Ansible converts the values before the module sees them.
        refusal = refusal_of_mistakes(self.flow, self._module_name, given, environ)
        if refusal:
            return refusal
        task, before = self._task, (self._task.action, self._task.args, self._task.environment)
        handover: Dict[str, Any] = {"diff": bool(self._task.diff)}
        host = str(variables.get("inventory_hostname", "localhost"))
        with ExitStack() as around:
            if not self._task.async_val and self._connection.transport == "local":
                lines_shown = _lines_shown(self._task.action, partial(self._say, host))
                handover["progress_file"] = around.enter_context(lines_shown)
            around.callback(self._restore, *before)
            task.action, task.args = self._module_name, without_nulls(given, self.flow.spec)
            if context:
                handover["has_role_context"] = True
                task.args[ROLE_CONTEXT] = context
            task.environment = [*(task.environment or []), {HANDOVER: json.dumps(handover)}]
            normal = self._shared_loader_obj.action_loader.get(
                "ansible.builtin.normal",
                task=self._task,
                connection=self._connection,
                play_context=self._play_context,
                loader=self._loader,
                templar=self._templar,
                shared_loader_obj=self._shared_loader_obj,
            )
            try:
                result: Dict[str, Any] = normal.run(task_vars=variables)
            except BaseException as error:
                if not is_timeout(error, self._timeout):
                    raise
                result = self._timed_out()
        return result

    @property
    def _timeout(self) -> int:
        return int(self._task.timeout or 0)

    def _timed_out(self) -> Dict[str, Any]:
        """Return the result of a task whose module process still ends its pending requests."""
        may_write = not self._task.check_mode and not self._module_name.endswith("_info")
        if may_write:
            hint = "The tenant may have been changed. The module starts no further writes. Run the task again."
        else:
            hint = "Nothing was changed."
        msg = timed_out(self._timeout)
        return {
            "failed": True,
            "changed": may_write,
            "msg": "%s %s" % (msg, hint),
            "error": {"message": msg, "hint": hint},
            "timedout": {"period": self._timeout},
        }

    def _restore(self, action: str, args: Any, environment: Any) -> None:
        self._task.action, self._task.args, self._task.environment = action, args, environment


@contextmanager
def _lines_shown(action: str, show: Callable[[List[str]], None]) -> Iterator[str]:
    """Create a file whose lines are shown while the context lasts. The file is removed when the context ends."""
    descriptor, path = tempfile.mkstemp(prefix="qlik-progress-")
    stop = threading.Event()

    def follow() -> None:
        with os.fdopen(descriptor) as file:
            finished = False
            while not finished:
                finished = stop.wait(_POLL_SECONDS)
                # final_line_shown shows the line of an interrupted task, because Ansible no longer shows output then.
                show([line.rstrip() for line in file if not line.startswith(INTERRUPTED)])

    def signal_module(number: int) -> None:
        # In old releases of Ansible, the worker is in the process group of the command and already has the signal.
        if os.getpgrp() == os.getpid():
            os.killpg(0, number)

    def final_line() -> Optional[str]:
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file if line.startswith(INTERRUPTED) and line.endswith("\n")]
        return lines[0].rstrip("\n") if lines else None

    def remove_file() -> None:
        with suppress(FileNotFoundError):
            os.unlink(path)

    listener = threading.Thread(target=follow, daemon=True)
    listener.start()
    try:
        with final_line_shown(action, signal_module, final_line, remove_file):
            yield path
    finally:
        remove_file()
        stop.set()
        listener.join()
