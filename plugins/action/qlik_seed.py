# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, counted, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.times import in_iso, utc_now
from ansible_collections.qlikops.cloud.plugins.modules.qlik_configuration import FLOW
from ansible_collections.qlikops.cloud.plugins.plugin_utils._batches import Batches, Template
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import absolute, write_file
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import VALIDATION, look_at_play
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
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.validation import (
    Problem,
    annotations_of,
    junit_of,
    problem_of,
    problems_of,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.validation import lines_of as lines_of_problems
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import read_variables, templated

Result = Dict[str, Any]
#: The status of a tenant whose description was only checked, by whether it has problems.
_STATUS = {True: "invalid", False: "valid"}


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
        if self._only_validates():
            return self._validate()
        rings, mistake = self._rings()
        parts = rings.parts if rings else Parts("seed")
        # Detect a folder without locks before the tenant is changed.
        with parts.locked():
            parts.begin(self.host)
        result: Result = {}
        try:
            if mistake:
                raise mistake
            result = self._applied_in_ring(rings) if rings else self._applied()
        except BaseException as error:
            result = {"msg": reason_of(error)}
            raise
        finally:
            tenant = self._outcome_of(result)
            with parts.locked():
                parts.note(self.host, tenant)
        return {**result, "failed": False, "ansible_stats": self._statistics(tenant)} if rings else result

    def _rings(self) -> Tuple[Optional[Rings], Optional[InvalidInput]]:
        """Return the rings of the play, if it has any, or the mistake in their variables."""
        try:
            return rings_of(self, self.variables), None
        except InvalidInput as error:
            return None, error

    def _applied(self) -> Result:
        mistakes = self.check_play()
        description, more = read_description(self.variables, self._templar.template, self.host)
        if mistakes or more:
            return refused(described_wrongly([*mistakes, *more]))
        return self.carried_out_for_role(description.options, places=description.places)

    def _only_validates(self) -> bool:
        """Return whether the description is only checked. Any other value than a boolean is reported before a write."""
        value = templated(self.variables.get("qlik_seed_validate_only"), self.variables, self._templar.template)
        return bool(boolean(value or False, strict=False))

    def _validate(self) -> Result:
        """Check the description without the tenant. The last task reports the problems and fails."""
        parts = Parts(VALIDATION)
        with parts.locked():
            parts.begin(self.host)
        problems: List[Problem] = []
        warnings: List[str] = []
        try:
            play = look_at_play(self, VALIDATION, self.variables)
            found = problems_of(self.variables, self._templar.template, self.host, self.flow, play.mistakes)
            problems, warnings = found[0], [*play.warnings, *found[1]]
        except BaseException as error:
            # This includes the timeout of the task.
            problems = [problem_of(reason_of(error))]
            raise
        finally:
            with parts.locked():
                parts.put(self.host, {"problems": problems})
                parts.mark("new")
        shown = {"warnings": warnings} if warnings else {}
        return {**shown, "changed": False, "tenant_status": _STATUS[bool(problems)]}

    def _report_problems(self) -> Result:
        """Show the problems of all hosts after the last host, and fail if this host has any."""
        parts = Parts(VALIDATION)
        with parts.locked():
            own = parts.get(self.host)
            if own is None:
                text = "The task that checks the description was skipped. Run the role again and do not skip it."
                own = {"problems": [problem_of(text)]}
                parts.put(self.host, own)
                parts.mark("new")
            if parts.are_complete() and parts.take("new") and not self._continue(parts, "problems"):
                found = {host: parts.get(host)["problems"] for host in sorted(parts.hosts())}
                problems = {host: [Problem(*problem) for problem in of_host] for host, of_host in found.items()}
                say([*lines_of_problems(problems), *annotations_of(problems)])
                self._write_problems(problems)
        count = len(own["problems"])
        result: Result = {"changed": False, "tenant_status": _STATUS[bool(count)]}
        if count:
            msg = "The description has %s. Nothing was changed." % counted(count, "problem")
            result.update(failed=True, msg=msg)
        return result

    def _write_problems(self, problems: Mapping[str, List[Problem]]) -> None:
        """Write the problems of all hosts as JUnit XML, if a folder is set.

        :raises AnsibleActionFail: if the file cannot be written.
        """
        option = "qlik_validate_report_dir"
        folder = templated(self.variables.get(option), self.variables, self._templar.template)
        if not isinstance(folder, str) or not folder.strip():
            # A value that is not a string is one of the problems.
            return
        try:
            os.makedirs(absolute(folder), exist_ok=True)
            write_file(os.path.join(absolute(folder), "qlik-validate.xml"), junit_of(problems, in_iso(utc_now())))
        except OSError as error:
            text = "%s: Cannot write to %s: %s." % (option, printable(folder), error.strerror)
            raise AnsibleActionFail(text) from None

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
        if self._only_validates():
            return self._report_problems()
        rings, mistake = self._rings()
        if rings:
            return self._summarized_in_ring(rings)
        parts = Parts("seed")
        with parts.locked():
            tenant = parts.noted(self.host) or self._outcome_of({})
            parts.put(self.host, tenant)
            lines = None
            if parts.are_complete() and not self._continue(parts, "reason"):
                hosts = parts.hosts()
                lines = lines_of([parts.get(host) for host in hosts])
                say(lines)
                for host in hosts:
                    parts.forget(host)
        if mistake:
            # The failure of the task before is in a block, and does not count where a play has limits.
            return refused(mistake)
        result = {**result_of(tenant), "changed": False, "ansible_stats": self._statistics(tenant)}
        return result if lines is None else {**result, "lines": lines}

    def _continue(self, parts: Parts, problem: str) -> bool:
        """Return whether a host of the next batch is certain to run this task.

        :param problem: the key of the parts that is not empty if a host fails.
        """
        batches = Batches(self._task, self.variables, "qlik_seed_validate_only")
        failing = {host for host in batches.current & parts.hosts() if parts.get(host)[problem]}
        return batches.continue_after(failing, self._is_ready)

    def _is_ready(self, variables: Result, template: Template) -> bool:
        """Return whether the role accepts the variables of another host."""
        return not read_variables(self.role, variables, template)[1]

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
