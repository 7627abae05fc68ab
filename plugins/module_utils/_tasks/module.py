# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Between Ansible and the collection: what a module's options say, and how a module fails."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Any, Iterator, List, Sequence

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._api.client import Client
from .._api.connection import connection_from, secrets_in
from .._api.interruption import Interruption, noticed
from .._api.transport import Transport
from .._errors import Interrupted, MissingLibrary, QlikError, UnhandledError
from .._kinds.base import Kind
from .._kinds.lockout import refuse_lockout
from .._planning.plan import Plan


def client_for(module: AnsibleModule, interruption: Interruption) -> Client:
    """The client for a module's connection options. In check mode it refuses every write.

    :raises QlikError: when the options are wrong or the library is missing.
    """
    module.no_log_values.update(secrets_in(module.params["tenant_url"]))
    connection = connection_from(module.params, os.environ)
    transport = Transport(
        connection,
        read_only=module.check_mode,
        on_secret=module.no_log_values.add,
        interruption=interruption,
    )
    return Client(transport)


@contextmanager
def failures_explained(module: AnsibleModule) -> Iterator[Interruption]:
    """Turn every failure that nothing was written before into a failed task, and an interruption into a failure."""
    interruption = Interruption()
    try:
        with noticed(interruption):
            yield interruption
    except MissingLibrary as error:
        module.fail_json(msg=missing_required_lib(error.library), exception=error.import_error)
    except QlikError as error:
        fail(module, error, changed=False)
    except Exception as error:
        fail(module, UnhandledError(error), changed=False)


def fail(module: AnsibleModule, error: QlikError, **result: Any) -> None:
    """End the task as failed, with a text for people in C(msg) and the same for machines in C(error)."""
    if error.outcome_unknown and result["changed"]:
        certainty = "It is not known whether the tenant was changed."
    elif result["changed"]:
        certainty = "The tenant was changed before that."
    else:
        certainty = "Nothing was changed."
    msg = "%s %s" % (error, certainty)
    if isinstance(error, Interrupted):
        # What interrupted the task has often taken away who reads its result.
        module.log(msg)
    module.fail_json(msg=msg, error=error.to_result(), **result)


def planned(module: AnsibleModule, option: str) -> List[str]:
    """What an earlier task of the play creates; only in check mode it can be missing without being an error."""
    return (module.params.get(option) or []) if module.check_mode else []


def refuse_lockout_unless_allowed(module: AnsibleModule, client: Client, kind: Kind, plans: Sequence[Plan]) -> None:
    """Keep the task from locking everybody out, unless its options say so.

    :raises InvalidInput: when it would.
    """
    if not module.params.get("allow_lockout"):
        refuse_lockout(client, kind.losses(plans))
