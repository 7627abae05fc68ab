# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""From a module's parameters to its result. The only file that talks to AnsibleModule."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Mapping

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._apply import Outcome, carry_out, foretell
from ._client import Client
from ._connection import connection_argument_spec, connection_from
from ._errors import MissingLibrary, QlikError
from ._kind import Kind
from ._read import find, read
from ._transport import Transport


def run_one(kind: Kind, **rules: Any) -> None:
    """The whole of a module that ensures one resource.

    :param rules: what C(AnsibleModule) checks of the options: C(mutually_exclusive), C(required_one_of) and so on.
    """
    spec = dict(connection_argument_spec(), **kind.argument_spec())
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True, **rules)
    with failures_explained(module):
        wanted = module.params
        kind.check(wanted)
        client = client_for(module)
        world = read(client, kind, [wanted], thorough=module.check_mode)
        plan = kind.plan(wanted, world)
        for warning in kind.warnings(wanted, plan, world):
            module.warn(warning)
        if module.check_mode:
            kind.foresee(client, [plan], world)
            outcome = foretell(plan)
        else:
            outcome = carry_out(client, kind, wanted, plan, world)
        result = {"changed": outcome.changed, kind.noun: to_user(outcome.resource)}
        if module._diff:
            result["diff"] = diff(kind.label(wanted), outcome)
        if outcome.error is not None:
            fail(module, outcome.error, **result)
    module.exit_json(**result)


def run_info(kind: Kind, spec: Mapping[str, Any]) -> None:
    """The whole of a module that only reads; its result is always a list.

    :param spec: the options beside C(id) and C(filter); of the ways to say what is read only one may be used.
    """
    ways = ["id", kind.key_option, "filter"]
    module = AnsibleModule(
        argument_spec=dict(connection_argument_spec(), id={"type": "str"}, filter={"type": "str"}, **spec),
        mutually_exclusive=[ways],
        supports_check_mode=True,
    )
    with failures_explained(module):
        found = find(client_for(module), kind, module.params)
    module.exit_json(changed=False, **{kind.plural: to_user(found)})


def client_for(module: AnsibleModule) -> Client:
    """The client for a module's connection options. In check mode it refuses every write.

    :raises QlikError: when the options are wrong or the library is missing.
    """
    connection = connection_from(module.params, os.environ)
    return Client(Transport(connection, read_only=module.check_mode, on_secret=module.no_log_values.add))


@contextmanager
def failures_explained(module: AnsibleModule) -> Iterator[None]:
    """Turn every failure that nothing was written before into a failed task."""
    try:
        yield
    except MissingLibrary as error:
        module.fail_json(msg=missing_required_lib(error.library), exception=error.import_error)
    except QlikError as error:
        fail(module, error, changed=False)


def fail(module: AnsibleModule, error: QlikError, **result: Any) -> None:
    """End the task as failed, with a text for people in C(msg) and the same for machines in C(error)."""
    if error.outcome_unknown:
        certainty = "It is not known whether the tenant was changed."
    elif result["changed"]:
        certainty = "The tenant was changed before that."
    else:
        certainty = "Nothing was changed."
    module.fail_json(msg="%s %s" % (error, certainty), error=error.to_result(), **result)


def diff(label: str, outcome: Outcome) -> Dict[str, Any]:
    """An entry of the result's C(diff), in the form that Ansible's callbacks show."""
    return {
        "before_header": label,
        "after_header": label,
        "before": outcome.plan.before,
        "after": outcome.plan.after,
    }


def to_user(value: Any) -> Any:
    """What the API shows, with its names in C(snake_case)."""
    if isinstance(value, dict):
        return {snake_case(key): to_user(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [to_user(entry) for entry in value]
    return value


def snake_case(name: str) -> str:
    """C(assignedRoles) as C(assigned_roles)."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
