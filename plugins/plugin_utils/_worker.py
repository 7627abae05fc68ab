# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries a flow out in Ansible's worker, with the result that the module would have in a process of its own."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from datetime import date
from typing import Any, Callable, Dict, List, Mapping, Optional, Set

from ansible.module_utils.common.parameters import remove_values
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import decisive, mistakes_of, read_options
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.progress import INTERRUPTED
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Flow, Result, Task

from ._interruption import final_line_shown

_LOOK_EVERY = 0.2
#: How long a task that Ansible has given up is waited for, in seconds: its requests in flight, and nothing new.
_LONGEST_END = 60.0


def carry_out(
    flow: Flow,
    name: str,
    given: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    check_mode: bool,
    with_diff: bool,
    say_progress: Callable[[str], object],
    context: Optional[Mapping[str, Mapping[str, Any]]] = None,
) -> Result:
    """The result of a task, as Ansible has it of a module.

    :param name: of the module, for messages.
    :param given: its options, of JSON's types.
    :param environ: the environment variables of the task.
    :param say_progress: shows a line while the task is under way.
    :param context: what a role hands over beside the options, as a task has it: C(places), C(audit).
    """
    options = read_options(name, flow.spec, flow.rules, flow.may_be_empty, given, environ)
    warnings, secrets = list(options.warnings), set(options.secrets)
    if options.refusal:
        result: Result = {"failed": True, "msg": options.refusal}
    else:
        final_lines: List[str] = []

        def say(line: str) -> None:
            if line.startswith(INTERRUPTED):
                final_lines.append(line)
            else:
                say_progress(line)

        task = Task(
            params=options.params,
            check_mode=check_mode,
            with_diff=with_diff,
            environ=environ,
            warn=warnings.append,
            log=lambda line: None,
            on_secret=secrets.add,
            say_progress=say if "concurrency" in flow.spec else None,
            can_hide=True,
            places=(context or {}).get("places", {}),
            audit=(context or {}).get("audit", {}),
        )
        result = _in_a_thread(name, flow, task, final_lines)
    return _shown(result, options.params, warnings, secrets)


def refusal_of_mistakes(
    flow: Flow, name: str, given: Mapping[str, Any], environ: Mapping[str, str]
) -> Optional[Result]:
    """The result of a task whose options have mistakes; C(None) where they have none, as far as the collection says."""
    if not decisive(mistakes_of(flow.spec, flow.may_be_empty, given)):
        return None
    options = read_options(name, flow.spec, flow.rules, flow.may_be_empty, given, environ)
    return _shown({"failed": True, "msg": options.refusal}, options.params, options.warnings, options.secrets)


def _in_a_thread(name: str, flow: Flow, task: Task, final_lines: List[str]) -> Result:
    """The result of a flow in a thread of its own: Ansible interrupts the main thread wherever it is, and drops what it
    was about to say.
    """
    results: List[Result] = []
    # An exception in the middle of Thread.join() makes Python take the thread for ended.
    done = threading.Event()

    def work() -> None:
        try:
            results.append(flow.result(task))
        finally:
            done.set()

    def words() -> Optional[str]:
        return final_lines[0] if final_lines else "" if done.is_set() else None

    with ExitStack() as around:
        if threading.current_thread() is threading.main_thread():
            around.enter_context(final_line_shown(name, lambda number: task.interruption.set(), words))
        try:
            threading.Thread(target=work, daemon=True).start()
            while not done.wait(_LOOK_EVERY):
                pass
        except BaseException:
            # The time-out of the task.
            task.interruption.set()
            done.wait(_LONGEST_END)
    if results:
        return results[0]
    msg = "The task was given up, and its last request was not answered in time."
    return {
        "failed": True,
        "changed": task.may_have_written,
        "msg": msg + " It is not known whether it was carried out.",
    }


def _shown(result: Result, params: Dict[str, Any], warnings: List[str], secrets: Set[str]) -> Result:
    """A result as it leaves a module: with the options, and without secrets."""
    found = {"invocation": {"module_args": params}, **result}
    if warnings:
        found["warnings"] = warnings
    invocation = remove_values(as_json(found.pop("invocation")), secrets)
    text = json.dumps(found, default=_plain)
    shown: Result = json.loads(text)
    # Ansible's masking visits every value of a result, which takes longer than to plan thousands of them.
    if any(secret and json.dumps(secret)[1:-1] in text for secret in secrets):
        shown = remove_values(shown, secrets)
    return {**shown, "invocation": invocation}


def as_json(value: Any) -> Any:
    """A value made of JSON's types alone, as between two processes: without Ansible's own kinds of texts, which can
    count as trusted templates.

    Dates are texts, keys are texts, and a vaulted value is what was encrypted.

    :raises TypeError: for a value that JSON cannot have.
    """
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if hasattr(value, "encode"):
        # What ansible-core 2.16 to 2.18 make of a vaulted value is no str.
        return str(value)
    if isinstance(value, (Sequence, AbstractSet)):
        return list(value)
    raise TypeError("A value of the type %s cannot be an option." % type(value).__name__)
