# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Dict

from ansible_collections.qlikops.cloud.plugins.modules.qlik_configuration import FLOW
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._role import (
    RoleAction,
    described_wrongly,
    reason_of,
    refused,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.description import read_description
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.summary import (
    lines_of,
    result_of,
    seeded,
    statistics,
)

Result = Dict[str, Any]


class ActionModule(RoleAction):
    """Applies the description of the role to a tenant; then summarizes all tenants of the run."""

    flow = FLOW
    module = "qlikops.cloud.qlik_configuration"
    role = "qlik_seed"
    steps = {"apply": "_apply", "summarize": "_summarize"}

    def _apply(self) -> Result:
        parts = Parts("seed")
        # Detect a folder without locks before the tenant is changed.
        with parts.locked():
            parts.begin(self.host)
        result: Result = {}
        try:
            result = self._applied()
        except BaseException as error:
            result = {"msg": reason_of(error)}
            raise
        finally:
            tenant = seeded(self.host, self.address(), result, self._task.check_mode)
            with parts.locked():
                parts.note(self.host, tenant)
        return result

    def _applied(self) -> Result:
        mistakes = self.check_play()
        description, more = read_description(self.variables, self._templar.template, self.host)
        if mistakes or more:
            return refused(described_wrongly([*mistakes, *more]))
        return self.carried_out_for_role(description.options, places=description.places)

    def _summarize(self) -> Result:
        parts = Parts("seed")
        with parts.locked():
            tenant = parts.noted(self.host)
            if tenant is None:
                tenant = seeded(self.host, self.address(), {}, self._task.check_mode)
            parts.put(self.host, tenant)
            lines = None
            if parts.are_complete():
                hosts = parts.hosts()
                lines = lines_of([parts.get(host) for host in hosts])
                say(lines)
                for host in hosts:
                    parts.forget(host)
        # AWX passes on the statistics of the whole run, and drops those of single hosts.
        stats = {"data": {"qlik_seed": {self.host: statistics(tenant)}}, "per_host": False, "aggregate": True}
        result = {**result_of(tenant), "changed": False, "ansible_stats": stats}
        return result if lines is None else {**result, "lines": lines}
