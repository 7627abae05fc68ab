# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Dict, Optional

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.plugin_utils._rings import rings_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._role import VariablesAction, refused
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.summary import seeded


class ActionModule(VariablesAction):
    """Validates the variables of the playbook onboard, before its tasks that create a tenant."""

    role = "qlik_onboard"

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result, variables = super().run(tmp, task_vars), task_vars or {}
        if result.get("failed"):
            return result
        try:
            rings = rings_of(self, variables)
            if rings:
                rings.refuse_after_stop()
        except InvalidInput as error:
            return {**result, **refused(error)}
        if rings:
            host = str(variables["inventory_hostname"])
            # In check mode, this remains the outcome of a tenant that would be created.
            with rings.parts.locked():
                tenant = seeded(host, "", {"areas": {}}, self._task.check_mode)
                rings.parts.note(host, {**tenant, "objects": ["tenant: created and seeded"]})
        return result
