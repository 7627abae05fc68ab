# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from typing import Any, Dict, Optional

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._summary import lines_of, result_of, seeded, statistics
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import templated

_DESCRIPTION = "__qlik_seed_description"
_CONFIGURATION = "__qlik_seed_configuration"


class ActionModule(ActionBase):
    """Says what happened on each tenant, for machines, and on all that have begun, for people, when they are done."""

    _requires_connection = False

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        self.validate_argument_spec(argument_spec={})
        variables = task_vars or {}
        host = str(variables["inventory_hostname"])
        described = variables.get(_DESCRIPTION) or {}
        outcome = described if described.get("failed") else variables.get(_CONFIGURATION) or {}
        try:
            address = templated(variables.get("qlik_tenant_url"), variables, self._templar.template)
        except AnsibleError:
            # The task before has failed for that, and a host without a summary would keep the others from theirs.
            address = ""
        tenant = seeded(host, str(address or os.environ.get("QLIK_TENANT_URL", "")), outcome, self._task.check_mode)
        result.update(
            changed=False,
            result=result_of(tenant),
            # AWX passes on what is of the whole run, and leaves out what is of a host.
            ansible_stats={"data": {"qlik_seed": {host: statistics(tenant)}}, "per_host": False, "aggregate": True},
        )
        parts = Parts("seed")
        with parts.locked():
            parts.put(host, tenant)
            if parts.are_complete():
                done = parts.hosts()
                tenants = [parts.get(other) for other in done]
                result["lines"] = lines_of(tenants)
                say(result["lines"])
                for other in done:
                    parts.forget(other)
        return result
