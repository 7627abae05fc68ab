# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Between Ansible and the collection: what a flow needs of the task that it is carried out for, and how it ends."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from .._api.client import Client
from .._api.connection import Connection, connection_from
from .._api.interruption import Interruption
from .._api.transport import Transport
from .._errors import Interrupted, InvalidInput, MissingLibrary, QlikError, UnhandledError
from .._planning.references import Reference
from .options import with_certainty

Result = Dict[str, Any]


@dataclass
class Task:
    """A task that is under way, whether in a process of its own or in Ansible's worker.

    :param params: values by option, checked.
    :param check_mode: whether it only says what it would do.
    :param with_diff: whether its result has a C(diff).
    :param environ: the environment variables of the task.
    :param warn: shows a warning.
    :param log: writes a line to the log of whoever runs the task.
    :param on_secret: is told each text that must not be shown.
    :param say_progress: shows a line while the task is under way; C(None) where nobody listens.
    :param can_hide: whether a result with a new secret is hidden from output and logs.
    :param places: where options come from, by option, if the user knows them by other names: a text for an option or
        for all items of a list, a list of texts for one item each.
    :param audit: what an audit knows beside the options: C(in_sync_at), a time by area, and C(policies).
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
        """Where the value of an option comes from, for messages."""
        return str(self.places.get(option, option))

    def check_can_hide(self) -> None:
        """To be called before a secret is made that the result will hold.

        :raises InvalidInput: when the result would be shown.
        """
        if not self.can_hide:
            raise InvalidInput(
                "The result would show a new secret, because the module was called without its action plugin.",
                "Call it by its full name, qlikops.cloud and the name of the module, or set no_log to true.",
            )

    def client(self, connection: Optional[Connection] = None) -> Client:
        """The client for the task's connection options, the same for the whole task, or for another connection.

        In check mode it refuses every write.

        :raises QlikError: when the options are wrong or the library is missing.
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
        """Whether a write was carried out, or may have been."""
        return any(transport.may_have_written for transport in self._transports)

    def close(self) -> None:
        """Leave no connection open."""
        for transport in self._transports:
            transport.close()


@dataclass(frozen=True)
class Flow:
    """What a module does, from its options to its result.

    :param spec: its options, as C(AnsibleModule) takes them.
    :param steps: gives the result of a task.
    :param rules: what has to hold between options, as C(AnsibleModule) takes it.
    :param may_be_empty: the options for which an empty text is a value.
    :param secrets: what the result can hold that must not be shown, and that only C(register) keeps.
    """

    spec: Mapping[str, Any]
    steps: Callable[[Task], Result]
    rules: Mapping[str, Any] = field(default_factory=dict)
    may_be_empty: Sequence[str] = ()
    secrets: Sequence[str] = ()

    def result(self, task: Task) -> Result:
        """The result of a task; every failure is one, with C(failed)."""
        try:
            # What libraries have to say is nothing for users.
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
    """The result of a task that failed, with a text for people in C(msg) and the same for machines in C(error).

    :param changed: whether the tenant was changed, or may have been.
    :param unknown: whether it is not known if the tenant was changed.
    """
    if unknown:
        certainty = "It is not known whether the tenant was changed."
    elif changed:
        certainty = "The tenant was changed before that."
    else:
        certainty = "Nothing was changed."
    msg = with_certainty(error, certainty)
    if isinstance(error, Interrupted):
        # What interrupted the task has often taken away who reads its result.
        task.log(msg)
    return {**result, "failed": True, "msg": msg, "error": error.to_result(), "changed": changed}


def expected_in(task: Task) -> List[Reference]:
    """What an earlier task of the play creates; only in check mode it can be missing without being an error."""
    if not task.check_mode:
        return []
    roles = (Reference("role", ("name", name)) for name in task.params.get("planned_roles") or [])
    names = task.params.get("planned_groups") or []
    groups = (Reference("group", ("name", name, kind)) for name in names for kind in ("custom", "idp"))
    users = (Reference("user", ("subject", subject)) for subject in task.params.get("planned_users") or [])
    return [*roles, *groups, *users]
