# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides whether a module can run in Ansible's worker or must run in its own process."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import pwd
import sys
from typing import Any, Mapping

from ansible import constants
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import nearest

from ._variables import templated

#: The variable and the environment variable that set where modules run.
VARIABLE = "qlik_run_modules"
ENVIRONMENT = "QLIK_RUN_MODULES"
AUTO, WORKER, PROCESS = "auto", "worker", "process"
#: Values of the interpreter that leave its choice to Ansible.
_DISCOVERY = ("", "auto", "auto_silent", "auto_legacy", "auto_legacy_silent")


def why_in_a_process(action: Any, variables: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """Return why a module runs in its own process, or an empty string if it runs in the worker.

    :param action: its action plugin.
    :param variables: all variables of the host.
    :param environ: the environment variables of the task.
    :raises InvalidInput: if C(qlik_run_modules) is invalid, or is C(worker) although the worker is impossible.
    """
    chosen, place = _chosen(action, variables, environ)
    if chosen == PROCESS:
        return "%s is %s" % (place, PROCESS)
    reason = _obstacle(action, variables)
    if reason and chosen == WORKER:
        raise InvalidInput(
            "The module cannot run in Ansible's worker because %s." % reason,
            "Set it to %s, or omit it." % AUTO,
            place,
        )
    if not reason and chosen == AUTO and sys.platform == "darwin":
        # https://github.com/ansible/ansible/issues/76631
        return "HTTP requests from a forked process crash on macOS"
    return reason


def _chosen(action: Any, variables: Mapping[str, Any], environ: Mapping[str, str]) -> Any:
    """Return the chosen value, and the variable or environment variable that has it."""
    for place, value in (
        (VARIABLE, templated(variables.get(VARIABLE), variables, action._templar.template)),
        (ENVIRONMENT, environ.get(ENVIRONMENT)),
    ):
        text = value.strip() if isinstance(value, str) else value
        if text in (None, ""):
            continue
        if text not in (AUTO, WORKER, PROCESS):
            allowed = (AUTO, WORKER, PROCESS)
            text = "%s is not one of %s.%s" % (printable(repr(value)), ", ".join(allowed), nearest(str(value), allowed))
            raise InvalidInput(text, option=place)
        return text, place
    return AUTO, ""


def _obstacle(action: Any, variables: Mapping[str, Any]) -> str:
    """Return why a task would not have the same result in the worker, or an empty string."""
    task, connection = action._task, action._connection
    if connection.transport != "local":
        return "the connection is %s" % printable(str(connection.transport))
    if task.async_val:
        return "the task is asynchronous"
    user = connection.become.get_option("become_user") if connection.become is not None else None
    if connection.become is not None and user != pwd.getpwuid(os.geteuid()).pw_name:
        return "the task becomes another user"
    if constants.DEFAULT_KEEP_REMOTE_FILES:
        return "ANSIBLE_KEEP_REMOTE_FILES is set"
    interpreter = _interpreter(action, variables)
    if interpreter not in _DISCOVERY and not _is_this_one(interpreter):
        return "its interpreter is %s, but Ansible's is %s" % (printable(interpreter), sys.executable)
    return ""


def _interpreter(action: Any, variables: Mapping[str, Any]) -> str:
    """Return the interpreter for modules, from a variable of the host or from the configuration."""
    host = action._task.delegate_to
    of_host = variables.get("ansible_delegated_vars", {}).get(host, {}) if host else variables
    given = constants.config.get_config_value("INTERPRETER_PYTHON", variables=of_host)
    return str(templated(given, variables, action._templar.template) or "").strip()


def _is_this_one(interpreter: str) -> bool:
    """Return whether a path is Ansible's interpreter, or another name for it in the same environment.

    A virtual environment and its base have the same real interpreter but different libraries.
    """
    own, other = os.path.abspath(sys.executable), os.path.abspath(interpreter)
    is_same_folder = os.path.dirname(own) == os.path.dirname(other)
    return own == other or (is_same_folder and os.path.realpath(own) == os.path.realpath(other))
