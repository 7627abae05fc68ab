# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Dict, List

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.modules.qlik_configuration import FLOW
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._rings import Rings, rings_of
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


#: The variable that leaves the end of a ring to a later task, which exists in a play with tasks before the role.
_ENDS_LATER = "__qlik_seed_ring_ends_later"
_FAILED_BEFORE = "The tenant failed before the role qlik_seed. See the output of the failed task."


class ActionModule(RoleAction):
    """Applies the description of the role to a tenant; then summarizes all tenants of the run."""

    flow = FLOW
    module = "qlikops.cloud.qlik_configuration"
    role = "qlik_seed"
    steps = {"apply": "_apply", "record": "_record", "summarize": "_summarize"}

    def _apply(self) -> Result:
        rings = rings_of(self, self.variables)
        parts = rings.parts if rings else Parts("seed")
        # Detect a folder without locks before the tenant is changed.
        with parts.locked():
            parts.begin(self.host)
        result: Result = {}
        try:
            result = self._applied_in_ring(rings) if rings else self._applied()
        except BaseException as error:
            result = {"msg": reason_of(error)}
            raise
        finally:
            tenant = self._outcome_of(result)
            with parts.locked():
                parts.note(self.host, tenant)
        return {**result, "failed": False, "ansible_stats": self._statistics(tenant)} if rings else result

    def _applied(self) -> Result:
        mistakes = self.check_play()
        description, more = read_description(self.variables, self._templar.template, self.host)
        if mistakes or more:
            return refused(described_wrongly([*mistakes, *more]))
        return self.carried_out_for_role(description.options, places=description.places)

    def _applied_in_ring(self, rings: Rings) -> Result:
        """Return the result of the flow. All failures are results, because only the last task of a ring may fail."""
        try:
            rings.refuse_after_stop()
            return self._applied()
        except InvalidInput as error:
            return refused(error)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # This includes the timeout of the task.
            return {"failed": True, "msg": reason_of(error)}

    def _record(self) -> Result:
        """Record the failure of a task before the role, in the C(rescue) section of a block around these tasks."""
        rings = rings_of(self, self.variables)
        failure = self.variables.get("ansible_failed_result") or {}
        tenant = self._outcome_of({"failed": True, "msg": failure.get("msg") or _FAILED_BEFORE})
        if rings:
            with rings.parts.locked():
                rings.parts.note(self.host, tenant)
        return {"changed": False, "ansible_stats": self._statistics(tenant)}

    def _summarize(self) -> Result:
        rings = rings_of(self, self.variables)
        if rings:
            return self._summarized_in_ring(rings)
        parts = Parts("seed")
        with parts.locked():
            tenant = parts.noted(self.host) or self._outcome_of({})
            parts.put(self.host, tenant)
            lines = None
            if parts.are_complete():
                hosts = parts.hosts()
                lines = lines_of([parts.get(host) for host in hosts])
                say(lines)
                for host in hosts:
                    parts.forget(host)
        result = {**result_of(tenant), "changed": False, "ansible_stats": self._statistics(tenant)}
        return result if lines is None else {**result, "lines": lines}

    def _summarized_in_ring(self, rings: Rings) -> Result:
        """Summarize if the run ends with the ring of the host. Then fail the host if it has failed.

        Ansible counts this failure, and can end the play because of it.
        """
        parts, lines = rings.parts, None
        with parts.locked():
            tenant = parts.noted(self.host) or parts.get(self.host) or self._outcome_of({})
            if not self.variables.get(_ENDS_LATER):
                parts.put(self.host, tenant)
                progress = rings.progress(self._task) if parts.are_complete() else []
                if progress:
                    lines = self._lines_of_rings(rings) + progress
                    say(lines)
        result = {**result_of(tenant), "changed": False}
        if tenant["reason"] and not self.variables.get(_ENDS_LATER):
            # Ansible shows the whole result of a failed task.
            return {"failed": True, "changed": False, "tenant_status": result["tenant_status"], "msg": tenant["msg"]}
        return result if lines is None else {**result, "lines": lines}

    def _lines_of_rings(self, rings: Rings) -> List[str]:
        tenants = [rings.parts.get(host) or self._failed_before(host) for host in rings.finished()]
        return lines_of(tenants, rings.total)

    def _outcome_of(self, result: Result) -> Result:
        return seeded(self.host, self.address(), result, self._task.check_mode)

    def _failed_before(self, host: str) -> Result:
        return seeded(host, "", {"failed": True, "msg": _FAILED_BEFORE}, self._task.check_mode)

    def _statistics(self, tenant: Result) -> Result:
        """Return the statistics of the host, in the format of a task's result."""
        # AWX passes on the statistics of the whole run, and drops those of single hosts.
        return {"data": {"qlik_seed": {self.host: statistics(tenant)}}, "per_host": False, "aggregate": True}
