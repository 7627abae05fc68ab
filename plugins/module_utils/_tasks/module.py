# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Between Ansible and the collection: what a module's options say, and how a module fails."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Any, Iterator, List, Optional

from .._api.client import Client
from .._api.connection import Connection, connection_from
from .._api.interruption import Interruption, noticed
from .._api.transport import Transport
from .._errors import Interrupted, MissingLibrary, QlikError, UnhandledError
from .._planning.references import Reference
from .options import Module, with_certainty


class Task:
    """A task that is under way.

    :param module: its options.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.interruption = Interruption()
        self._transports: List[Transport] = []

    def client(self, connection: Optional[Connection] = None) -> Client:
        """The client for the task's connection options, or for another one; in check mode it refuses every write.

        :raises QlikError: when the options are wrong or the library is missing.
        """
        transport = Transport(
            connection or connection_from(self.module.params, os.environ),
            read_only=self.module.check_mode,
            on_secret=self.module.no_log_values.add,
            on_warning=self.module.warn,
            interruption=self.interruption,
        )
        self._transports.append(transport)
        return Client(transport)

    @property
    def may_have_written(self) -> bool:
        """Whether a write was carried out, or may have been."""
        return any(transport.may_have_written for transport in self._transports)


@contextmanager
def failures_explained(module: Module) -> Iterator[Task]:
    """Turn every failure that is not the outcome of a plan into a failed task, and an interruption into a failure."""
    task = Task(module)
    try:
        with noticed(task.interruption):
            yield task
    except MissingLibrary as error:
        fail(module, error, changed=False, unknown=False, exception=error.import_error)
    except QlikError as error:
        fail(module, error, changed=task.may_have_written, unknown=task.may_have_written)
    except Exception as error:
        fail(module, UnhandledError(error), changed=task.may_have_written, unknown=task.may_have_written)


def fail(module: Module, error: QlikError, changed: bool, unknown: bool, **result: Any) -> None:
    """End the task as failed, with a text for people in C(msg) and the same for machines in C(error).

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
        module.log(msg)
    module.fail_json(msg=msg, error=error.to_result(), changed=changed, **result)


def expected_in(module: Module) -> List[Reference]:
    """What an earlier task of the play creates; only in check mode it can be missing without being an error."""
    if not module.check_mode:
        return []
    roles = (Reference("role", ("name", name)) for name in module.params.get("planned_roles") or [])
    names = module.params.get("planned_groups") or []
    groups = (Reference("group", ("name", name, kind)) for name in names for kind in ("custom", "idp"))
    users = (Reference("user", ("subject", subject)) for subject in module.params.get("planned_users") or [])
    return [*roles, *groups, *users]
