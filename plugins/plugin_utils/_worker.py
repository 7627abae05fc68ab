# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a flow in Ansible's worker, with the same result as the module in its own process."""

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
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import (
    decisive,
    mistakes_of,
    read_options,
    without_unknown,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.progress import INTERRUPTED
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Flow, Result, Task

from ._interruption import final_line_shown

_POLL_SECONDS = 0.2
#: The maximum wait in seconds for the pending requests of a task that Ansible has timed out.
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
    timeout: int = 0,
) -> Result:
    """Return the result of a task in the format of a module's result.

    :param name: the name of the module, for messages.
    :param given: the options, with JSON types.
    :param environ: the environment variables of the task.
    :param say_progress: shows a line while the task runs.
    :param context: values from a role for the task: C(places), C(audit).
    :param timeout: the keyword C(timeout) of the task in seconds, or 0 if it has none.
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
        result = _in_a_thread(name, flow, task, final_lines, timeout)
    return _shown(result, without_unknown(flow.spec, options.params), warnings, secrets)


def refusal_of_mistakes(
    flow: Flow, name: str, given: Mapping[str, Any], environ: Mapping[str, str]
) -> Optional[Result]:
    """Return the result of a task whose options have mistakes, or C(None) if the collection finds none."""
    if not decisive(mistakes_of(flow.spec, flow.may_be_empty, given)):
        return None
    options = read_options(name, flow.spec, flow.rules, flow.may_be_empty, given, environ)
    params = without_unknown(flow.spec, options.params)
    return _shown({"failed": True, "msg": options.refusal}, params, options.warnings, options.secrets)


def _in_a_thread(name: str, flow: Flow, task: Task, final_lines: List[str], timeout: int) -> Result:
    """Return the result of a flow in its own thread. Ansible interrupts the main thread at any point, and its output is
    then lost.
    """
    results: List[Result] = []
    # Not Thread.join(): after an exception in it, Python treats the thread as ended.
    done = threading.Event()

    def work() -> None:
        try:
            results.append(flow.result(task))
        finally:
            done.set()

    def final_line() -> Optional[str]:
        return final_lines[0] if final_lines else "" if done.is_set() else None

    with ExitStack() as around:
        if threading.current_thread() is threading.main_thread():
            around.enter_context(final_line_shown(name, lambda number: task.interruption.set(), final_line))
        try:
            threading.Thread(target=work, daemon=True).start()
            while not done.wait(_POLL_SECONDS):
                pass
        except BaseException as error:
            has_timed_out = is_timeout(error, timeout)
            reason = timed_out(timeout) if has_timed_out else "The task was interrupted."
            task.interruption.set(reason)
            done.wait(_LONGEST_END)
            ended = _ended_early(task, reason, results[0] if results else None)
            return {**ended, "timedout": {"period": timeout}} if has_timed_out else ended
    return results[0]


def is_timeout(error: BaseException, timeout: int) -> bool:
    """Return whether an exception is that of Ansible for the keyword C(timeout), whose class is private.

    :param timeout: the value of the keyword, or 0 if the task has none.
    """
    return bool(timeout) and not isinstance(error, (Exception, KeyboardInterrupt, SystemExit))


def timed_out(timeout: int) -> str:
    """Return the sentence about the timeout of a task, in seconds."""
    return "The task timed out after %d %s." % (timeout, "second" if timeout == 1 else "seconds")


def _ended_early(task: Task, reason: str, result: Optional[Result]) -> Result:
    """Return the failed result of a task that Ansible has ended.

    :param reason: why Ansible has ended it.
    :param result: what the flow has returned since then, or C(None) if it still waits for a response.
    """
    if result is None:
        msg = "%s The outcome of its last request is unknown." % reason
        return {"failed": True, "changed": task.may_have_written, "msg": msg}
    if result.get("failed"):
        msg = str(result["msg"])
        return {**result, "msg": msg if reason in msg else "%s %s" % (reason, msg)}
    is_written = bool(result.get("changed")) and not task.check_mode
    done = "All changes were written." if is_written else "Nothing was changed."
    return {**result, "failed": True, "msg": "%s %s" % (reason, done), "error": {"message": reason, "hint": done}}


def _shown(result: Result, params: Dict[str, Any], warnings: List[str], secrets: Set[str]) -> Result:
    """Return a result in the format of a module's result: with the options and without secrets."""
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


def as_json(value: Any, on_date: Optional[Callable[[date], object]] = None) -> Any:
    """Return a value with only JSON types, as between two processes, without Ansible's own string types, which can be
    trusted templates.

    Dates and keys become strings, and vaulted values are decrypted.

    :param on_date: called with each date.
    :raises TypeError: for a value without a JSON representation.
    """

    def converted(item: Any) -> Any:
        if on_date is not None and isinstance(item, date):
            on_date(item)
        return _plain(item)

    return json.loads(json.dumps(value, default=converted))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if hasattr(value, "encode"):
        # In ansible-core 2.16 to 2.18, a vaulted value is not a str.
        return str(value)
    if isinstance(value, (Sequence, AbstractSet)):
        return list(value)
    raise TypeError("A value of the type %s cannot be an option." % type(value).__name__)
