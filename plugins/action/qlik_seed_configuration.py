# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Dict, Mapping

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.modules.qlik_configuration import FLOW
from ansible_collections.qlikops.cloud.plugins.plugin_utils._action import FlowAction
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import connection_variables

#: What the task that makes the description registers.
_DESCRIPTION = "__qlik_seed_description"
#: An audit shows the name of the tenant, and what is not described, whatever the description has.
_AUDITED: Dict[str, Any] = {"tenant": {}, "roles": [], "groups": [], "report_extra": True}


class ActionModule(FlowAction):
    """Brings a tenant to what the role has put together, or compares it.

    The description is not made of templates, which take Ansible longer than everything else that a tenant takes.
    """

    flow = FLOW
    module = "qlikops.cloud.qlik_configuration"

    def options(self, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        args = dict(self._task.args)
        is_audited = boolean(args.pop("is_audited", False))
        description = (variables.get(_DESCRIPTION) or {}).get("description")
        if description is None:
            raise InvalidInput(
                'The task "Put together what is described" was skipped, so there is no description of the tenant.',
                "Run that task too.",
            )
        connection = connection_variables(variables, self._templar.template)
        return {**args, **connection, **(_AUDITED if is_audited else {}), **description}
