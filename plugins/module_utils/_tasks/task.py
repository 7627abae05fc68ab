# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface between Ansible and the collection: the task that runs a flow, and failed results."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from .._api.client import Client
from .._api.connection import Connection, connection_from
from .._api.interruption import Interruption
from .._api.transport import Transport
from .._errors import InvalidInput, MissingLibrary, QlikError, UnhandledError
from .._planning.references import Reference
from .options import with_certainty

Result = Dict[str, Any]


@dataclass
class Task:
    """A running task, either in a module process or in Ansible's worker.

    :param params: the validated values by option.
    :param check_mode: whether the task only predicts its changes.
    :param with_diff: whether the result has a C(diff).
    :param environ: the environment variables of the task.
    :param warn: shows a warning.
    :param log: writes a line to the system log.
    :param on_secret: called with each text that must not be shown.
    :param say_progress: shows a progress line; C(None) if progress is not shown.
    :param can_hide: whether a result with a new secret is hidden from output and logs.
    :param places: the names that users know options by, by option: a text for an option or for all items of a list, or
        a list with one text per item.
    :param audit: further data of an audit: C(in_sync_at), a time by area, and C(policies).
    """

    params: Dict[str, Any]
    check_mode: bool
    with_diff: bool
    environ: Mapping[str, str]
    warn: Callable[[str], object]
    log: Callable[[str], object]
    on_secret: Callable[[str], None]
    say_progress: Optional[Callable[[str], object]] = None
    can_hide: bool = False
    places: Mapping[str, Any] = field(default_factory=dict)
    audit: Mapping[str, Any] = field(default_factory=dict)
    interruption: Interruption = field(default_factory=Interruption)
    _transports: List[Transport] = field(default_factory=list)
    _client: Optional[Client] = None

    def place_of(self, option: str) -> str:
        """Return the name that users know an option by, for messages."""
        return str(self.places.get(option, option))

    def check_can_hide(self) -> None:
        """Check that the result can contain a secret. Call this before a new secret is created.

        :raises InvalidInput: if the result would be shown.
        """
        if not self.can_hide:
            raise InvalidInput(
                "The result would show a new secret because the module runs without its action plugin.",
                "Use the full name of the module, qlikops.cloud.<module>, or set `no_log: true`.",
            )

    def client(self, connection: Optional[Connection] = None) -> Client:
        """Return the client of the task, or a new client for another connection.

        In check mode, the client refuses every write.

        :raises QlikError: if the connection options are invalid, or a library is missing.
        """
        if connection is None and self._client is not None:
            return self._client
        transport = Transport(
            connection or connection_from(self.params, self.environ),
            read_only=self.check_mode,
            on_secret=self.on_secret,
            on_warning=self.warn,
            interruption=self.interruption,
        )
        self._transports.append(transport)
        client = Client(transport)
        if connection is None:
            self._client = client
        return client

    @property
    def may_have_written(self) -> bool:
        """Whether a write was or may have been carried out."""
        return any(transport.may_have_written for transport in self._transports)

    def close(self) -> None:
        """Close all connections."""
        for transport in self._transports:
            transport.close()


@dataclass(frozen=True)
class Flow:
    """The implementation of a module, from its options to its result.

    :param spec: the argument spec, as for C(AnsibleModule).
    :param steps: returns the result of a task.
    :param rules: the rules between options, as for C(AnsibleModule).
    :param may_be_empty: the options for which an empty text is a value.
    :param secrets: the return keys with secrets, which are not shown and only kept by C(register).
    """

    spec: Mapping[str, Any]
    steps: Callable[[Task], Result]
    rules: Mapping[str, Any] = field(default_factory=dict)
    may_be_empty: Sequence[str] = ()
    secrets: Sequence[str] = ()

    def result(self, task: Task) -> Result:
        """Return the result of a task. Every error becomes a result with C(failed)."""
        try:
            # Hide the warnings of libraries, which are not for users.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self.steps(task)
        except MissingLibrary as error:
            return failure(task, error, changed=False, unknown=False, exception=error.import_error)
        except QlikError as error:
            return failure(task, error, changed=task.may_have_written, unknown=task.may_have_written)
        except Exception as error:
            return failure(task, UnhandledError(error), changed=task.may_have_written, unknown=task.may_have_written)
        finally:
            task.close()


def failure(task: Task, error: QlikError, changed: bool, unknown: bool, **result: Any) -> Result:
    """Return the result of a failed task, with a text for users in C(msg) and its machine-readable form in C(error).

    :param changed: whether the tenant was or may have been changed.
    :param unknown: whether it is not known if the tenant was changed.
    """
    if unknown:
        certainty = "The tenant may have been changed."
    elif changed:
        certainty = "The tenant was changed before that."
    else:
        certainty = "Nothing was changed."
    msg = with_certainty(error, certainty)
    if task.interruption.is_set:
        # After an interruption, Ansible often does not read the result.
        task.log(msg)
    return {**result, "failed": True, "msg": msg, "error": error.to_result(), "changed": changed}


def expected_in(task: Task) -> List[Reference]:
    """Return references to what earlier tasks of the play would create. Only in check mode, it may be missing."""
    if not task.check_mode:
        return []
    roles = (Reference("role", ("name", name)) for name in task.params.get("planned_roles") or [])
    names = task.params.get("planned_groups") or []
    groups = (Reference("group", ("name", name, kind)) for name in names for kind in ("custom", "idp"))
    users = (Reference("user", ("subject", subject)) for subject in task.params.get("planned_users") or [])
    return [*roles, *groups, *users]
