# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the policies of an audit."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.times import MOST_DAYS
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import POLICIES
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import mistakes_in

#: The spec of each policy by its variable.
POLICY_SPECS: Dict[str, Dict[str, Any]] = {
    "qlik_audit_" + name: {"type": "dict", "options": spec} for name, spec in POLICIES.items()
}


def read_policy(place: str, value: Any) -> Tuple[Any, List[str]]:
    """Return a policy with the types of its spec, and a line for each number of days that is out of range.

    Ansible passes numbers and booleans as strings, for example from extra variables.

    :param place: the variable of the policy.
    :param value: a dictionary. A value with other mistakes is returned unchanged.
    """
    if value is None or any(mistakes_in({place: POLICY_SPECS[place]}, {place: value})):
        return value, []
    options = POLICY_SPECS[place]["options"]
    given = {name: item for name, item in value.items() if item is not None}
    read = ArgumentSpecValidator(options).validate(given).validated_parameters
    policy: Dict[str, Any] = {name: read[name] for name in given}
    for name in policy:
        if options[name]["type"] == "list" and isinstance(given[name], str):
            # Ansible splits a string at its commas.
            policy[name] = [item.strip() for item in policy[name]]
    mistakes = [
        "%s.%s: Must be 1 to %d, not %d." % (place, name, MOST_DAYS, number)
        for name, number in policy.items()
        if options[name]["type"] == "int" and not 1 <= number <= MOST_DAYS
    ]
    return policy, mistakes
