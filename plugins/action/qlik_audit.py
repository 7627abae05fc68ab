# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import os
from typing import Any, Dict, List, NamedTuple, Optional

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.validation import check_type_list
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.times import in_iso, utc_now
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import POLICIES
from ansible_collections.qlikops.cloud.plugins.modules.qlik_configuration import FLOW
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.console import lines_of, plans_in
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.exceptions import accept
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.formats import json_of, junit_of, page_of, plans_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.history import add_history, in_sync_at, read_previous
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.prometheus import prometheus_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import (
    audited,
    has_drift,
    headline,
    in_words,
    is_compared,
    report_of,
    statistics,
    unaudited,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.revision import revision_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import absolute, mode_of, write_file
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts, is_expected
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._role import (
    RoleAction,
    described_wrongly,
    reason_of,
    refused,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.description import read_description

Json = Dict[str, Any]
_NAMES = {
    "html": "qlik-audit.html",
    "json": "qlik-audit.json",
    "junit": "qlik-audit.xml",
    "plans": "qlik-audit-plans.json",
    "prometheus": "qlik-audit.prom",
}
_WRITERS = {"html": page_of, "json": json_of, "junit": junit_of, "plans": plans_of, "prometheus": prometheus_of}
#: An audit always reads the name of the tenant, and reports unmanaged objects.
_AUDITED: Json = {"tenant": {}, "roles": [], "groups": [], "report_unmanaged": True}
_NOT_YET = "Not audited yet."
_NOT_RUN = "The audit did not run on this host: it was skipped, or the play did not reach it."
#: The variables of options of the flow, for messages.
_PLACES = {name: "qlik_audit_" + name for name in ("attribution_days", "attribution_pages")}
#: The mark that a host of a later batch must fail, because an earlier host with drift did not.
_OWED = "owed"
_COLLECTION = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


class Options(NamedTuple):
    """The variables of the role.

    :param folder: the folder of the reports.
    :param previous: the path of the previous report, or C(None) if it is not set.
    :param attribution: the options of the flow for the attribution of drift.
    :param policies: the policies for objects outside the description, by the names of C(POLICIES).
    """

    folder: str
    formats: List[str]
    mode: Optional[int]
    count_unmanaged: bool
    fail_on_drift: bool
    exceptions: List[Any]
    previous: Optional[str]
    attribution: Json
    policies: Json


class ActionModule(RoleAction):
    """Audits a tenant, collects the results of all hosts of a run, and writes the report after the last host."""

    flow = FLOW
    module = "qlikops.cloud.qlik_configuration"
    role = "qlik_audit"
    steps = {"audit": "_audit", "report": "_report"}

    _parts: Parts
    _options: Options
    _described: Json = {}

    def _audit(self) -> Json:
        if not self._task.check_mode:
            raise InvalidInput("An audit requires check mode.", "Set check_mode: true on the task.")
        self._read_options(*self.check_play())
        with self._parts.locked():
            self._prepare()
        read_at = in_iso(utc_now())
        result = self._compared()
        found = audited(self.host, self.address(), result, self._described, self._options.count_unmanaged, read_at)
        accept(found, self._options.exceptions, in_iso(utc_now())[:10], self._options.count_unmanaged)
        with self._parts.locked():
            self._parts.put(self.host, found)
            self._parts.mark("new")
        # AWX passes on only statistics of the whole run, from tasks that do not fail. The task that writes can fail.
        stats = {"data": statistics(found), "per_host": False, "aggregate": True}
        shown: Json = {name: result[name] for name in ("warnings", "deprecations") if name in result}
        shown.update(tenant_status=found["status"], plan=found["plan"])
        return {**shown, "changed": False, "ansible_stats": stats}

    def _read_options(self, *mistakes: str) -> None:
        values: Json = {
            name[len("qlik_audit_") :]: None if value == "" else value
            for name, value in self.checked_variables(*mistakes).items()
        }
        previous = values["previous_report"]
        self._options = Options(
            # Relative paths start at the working directory, which is not always the folder of the playbook.
            folder=absolute(values["report_dir"]),
            formats=check_type_list(values["formats"]),
            mode=mode_of("qlik_audit_report_mode", values["report_mode"]),
            count_unmanaged=boolean(values["count_unmanaged"]),
            fail_on_drift=boolean(values["fail_on_drift"]),
            exceptions=values["exceptions"],
            previous=None if previous is None else absolute(previous),
            attribution={
                "attribute_drift": boolean(values["attribution"]),
                "attribute_unmanaged": boolean(values["count_unmanaged"]),
                "attribution_days": values["attribution_days"],
                "attribution_pages": values["attribution_pages"],
            },
            policies={name: values[name] for name in POLICIES if values[name] is not None},
        )
        self._parts = Parts("audit-%s" % hashlib.sha256(os.fsencode(self._options.folder)).hexdigest())

    def _prepare(self) -> None:
        if not self._parts.is_marked("run"):
            previous = self._options.previous
            run: Json = {"previous": None, "missing": None, "revision": self._revision()}
            if previous is not None:
                # It can be the file that this run replaces.
                run["previous"] = read_previous("qlik_audit_previous_report", previous)
                run["missing"] = previous if run["previous"] is None else None
            self._write_reports(run, _NOT_YET)
            self._parts.keep("run", run)
        self._parts.begin(self.host)

    def _compared(self) -> Json:
        """Return the result of the flow, or why it has none. The task does not fail if a tenant cannot be audited."""
        try:
            description, mistakes = read_description(self.variables, self._templar.template)
            if mistakes:
                return refused(described_wrongly(mistakes))
            self._described = description.options
            with self._parts.locked():
                previous = self._parts.kept("run")["previous"]
            audit = {"in_sync_at": in_sync_at(previous, self.host), "policies": self._options.policies}
            options = {**_AUDITED, **self._options.attribution, **description.options}
            return self.carried_out_for_role(options, places={**description.places, **_PLACES}, audit=audit)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # This includes the timeout of the task.
            return {"msg": reason_of(error)}

    def _revision(self) -> Optional[Json]:
        """Return the Git revision of the description, from the folder of the playbook or of the inventory."""
        own_files = [os.path.join(self._options.folder, name) for name in _NAMES.values()]
        if self._options.previous is not None:
            own_files.append(self._options.previous)
        for variable in ("playbook_dir", "inventory_dir"):
            folder = self.variables.get(variable)
            if folder and os.path.commonpath([os.path.realpath(folder), _COLLECTION]) != _COLLECTION:
                revision = revision_of(str(folder), own_files)
                if revision:
                    return revision
        return None

    def _report(self) -> Json:
        self._read_options()
        with self._parts.locked():
            return self._reported()

    def _reported(self) -> Json:
        if not self._parts.is_marked("run"):
            text = 'The task "Audit the tenant" was skipped, so there is nothing to report. Run that task too.'
            return {"failed": True, "msg": text}
        options = self._options
        own = self._parts.get(self.host) or unaudited(self.host, "", _NOT_RUN, "not_audited")
        files = [os.path.join(options.folder, _NAMES[name]) for name in options.formats]
        result: Json = {"changed": False, "tenant_status": own["status"], "plan": own["plan"], "files": files}
        report = None
        if self._parts.are_complete(self.variables["ansible_play_hosts"]) and self._parts.take("new"):
            run = self._parts.kept("run")
            report = self._write_reports(run, _NOT_RUN)
            lines = lines_of(report)
            if "plans" in options.formats:
                lines += plans_in(report)
            if run["missing"]:
                lines.append("New differences are unknown: %s does not exist yet." % printable(run["missing"]))
            lines.append("The report is in %s." % printable(options.folder))
            say(lines)
            result.update({"msg": headline(report), "lines": lines})
        if options.fail_on_drift:
            result.update(self._judgment(own, report))
        elif report and self._nothing_was_audited(report):
            text = "No tenant was audited. %s The report is in %s."
            result.update(failed=True, msg=text % (headline(report), options.folder))
        if result.get("failed"):
            # The lines are already shown, and Ansible shows the whole result of a failed task.
            result.pop("lines", None)
        return result

    def _judgment(self, own: Json, report: Optional[Json]) -> Json:
        """Return a failure for the drift of the host, or for that of an earlier host that did not fail."""
        if not (has_drift(own) or self._parts.is_marked(_OWED)):
            return {}
        if self._would_end_the_play():
            if not self._parts.failed():
                self._parts.mark(_OWED)
            return {}
        self._parts.take(_OWED)
        self._parts.fail(self.host)
        if report:
            what = headline(report)
        else:
            what = in_words(own) if has_drift(own) else "A tenant that was audited before has drifted."
        return {"failed": True, "msg": "%s The report is in %s." % (what, self._options.folder)}

    def _nothing_was_audited(self, report: Json) -> bool:
        """Return whether no tenant could be compared, and no other host of the play is pending."""
        to_come = set(self.variables["ansible_play_hosts"]) - self._parts.hosts()
        nothing = (tenant["status"] != "in_sync" and not is_compared(tenant["areas"]) for tenant in report["tenants"])
        return not to_come and all(nothing)

    def _would_end_the_play(self) -> bool:
        """Return whether a failure of this host would keep other tenants from being audited.

        Ansible ends a play when all hosts of a batch have failed. The last host of a batch therefore does not fail if
        other hosts have failed, which makes the play fail, or if a host of a later batch can fail instead.
        """
        batch = set(self.variables["ansible_play_batch"])
        later = set(self.variables["ansible_play_hosts"]) - batch
        # Without serial, there are no later batches.
        later -= self._parts.hosts() if later else later
        if not later:
            return False
        failed = self._parts.failed()
        if batch - failed - {self.host}:
            return False
        if failed:
            return True
        return any(is_expected(self._task, host, self.variables) for host in sorted(later))

    def _write_reports(self, run: Json, why_not: str) -> Json:
        """Write the report of all hosts of the play and of earlier plays, and return it.

        :param why_not: why hosts without a result are not audited, unless they have failed.
        """
        found = {host: self._parts.get(host) for host in self._parts.hosts()}
        alive = set(self.variables["ansible_play_hosts"])
        for host in set(self.variables["ansible_play_hosts_all"]) - found.keys():
            if host in alive:
                found[host] = unaudited(host, "", why_not, "not_audited")
            else:
                found[host] = unaudited(
                    host,
                    "",
                    "The play failed or ended on this host before the tenant was audited. See its output.",
                )
        report = report_of(found.values(), in_iso(utc_now()), self._options.count_unmanaged)
        report["revision"] = run.get("revision")
        add_history(report, run.get("previous"))
        try:
            os.makedirs(self._options.folder, exist_ok=True)
            for name in self._options.formats:
                write_file(os.path.join(self._options.folder, _NAMES[name]), _WRITERS[name](report), self._options.mode)
        except OSError as error:
            raise AnsibleActionFail("Cannot write to the folder of the reports: %s" % error) from None
        return report
