# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a flow in a module process."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import os
import threading
from typing import Any, Dict, Mapping

from ansible.module_utils.basic import AnsibleModule

from .._api.interruption import Interruption, noticed
from .options import explained, secrets_of, with_defaults, without_naming_rules, without_single_names, without_unknown
from .task import Flow, Task

#: The environment variable with which the action plugin passes data that a module cannot know.
HANDOVER = "QLIK_TASK"
#: The internal option with which the action plugin of a role passes data, because environment variables have a limited
#: size.
ROLE_CONTEXT = "role_context"
#: Seconds between two checks whether the action plugin still waits for the result.
_CHECK_INTERVAL = 0.2


class _Module(AnsibleModule):
    """An C(AnsibleModule) whose failures hide the secrets in URLs."""

    def fail_json(self, msg: str, **result: Any) -> None:
        self.no_log_values.update(secrets_of({}, self.params))
        self.params: Dict[str, Any] = without_unknown(self.argument_spec, self.params)
        super().fail_json(explained(msg, self.params), **result)


def run(flow: Flow) -> None:
    """Run a module from its options to its result."""
    spec = {name: without_naming_rules(option) for name, option in flow.spec.items()}
    handover = _handover(os.environ)
    if handover.get("has_role_context"):
        spec[ROLE_CONTEXT] = {"type": "dict"}
    module = _Module(argument_spec=spec, supports_check_mode=True, **without_single_names(flow.rules))
    context = module.params.pop(ROLE_CONTEXT, None) or {}
    path = handover.get("progress_file")
    task = Task(
        params=with_defaults(module.params, flow.spec),
        check_mode=module.check_mode,
        with_diff=bool(handover.get("diff")),
        environ=os.environ,
        warn=module.warn,
        log=module.log,
        on_secret=module.no_log_values.add,
        say_progress=(lambda line: _append(path, line)) if path else None,
        can_hide=bool(handover) or module.no_log,
        places=context.get("places") or {},
        audit=context.get("audit") or {},
    )
    if path:
        threading.Thread(target=_interrupt_without, args=(path, task.interruption), daemon=True).start()
    with noticed(task.interruption):
        result = flow.result(task)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def _handover(environ: Mapping[str, str]) -> Dict[str, Any]:
    """Return the data of the action plugin.

    C(diff), C(has_role_context) if the role context is passed, and C(progress_file) if the action plugin shows progress
    and waits for the result.
    """
    try:
        found = json.loads(environ.get(HANDOVER, "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _interrupt_without(path: str, interruption: Interruption) -> None:
    """Interrupt the task once the progress file is gone, because the action plugin no longer waits for the result."""
    while os.path.exists(path):
        interruption.sleep(_CHECK_INTERVAL)
        if interruption.is_set:
            return
    interruption.set()


def _append(path: str, line: str) -> None:
    # Ignore errors: missing progress must not make the task fail.
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    except OSError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(line + "\n")
