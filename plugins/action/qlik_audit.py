# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import os
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidDescription, InvalidInput, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.times import in_iso, utc_now
from ansible_collections.qlikops.cloud.plugins.modules.qlik_configuration import FLOW
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.assembly import report_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.console import lines_of, plans_in
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.exceptions import accept
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.files import (
    NAMES,
    omissions,
    own_paths,
    write_reports,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.history import add_history, in_sync_at
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.options import Options, job_of, options_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.previous import read_previous
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import (
    audited,
    has_drift,
    headline,
    in_words,
    is_compared,
    statistics,
    unaudited,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.revision import revision_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.slices import (
    check_folder,
    head_of,
    listed,
    merging,
    new_part,
    part_paths,
    parts_of,
    write_part,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._batches import Batches, is_expected
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import problems_of_inventory
from ansible_collections.qlikops.cloud.plugins.plugin_utils._role import (
    RoleAction,
    described_wrongly,
    reason_of,
    refused,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.description import read_description

Json = Dict[str, Any]
#: An audit always reads the name of the tenant, and reports unmanaged objects.
_AUDITED: Json = {"tenant": {}, "roles": [], "groups": [], "report_unmanaged": True}
_NOT_YET = "Not audited yet."
_NOT_RUN = "The audit did not run on this host: it was skipped, or the play did not reach it."
_FAILED = "The play failed or ended on this host before the tenant was audited. See its output."
_NO_PART = "No part of this run has the host. Audit it with the name of the run, then merge again."
_SKIPPED = 'The task "%s" was skipped, so there is nothing to report. Run that task too.'
#: The variables of options of the flow, for messages.
_PLACES = {name: "qlik_audit_" + name for name in ("attribution_days", "attribution_pages")}
#: The mark that a host of a later batch must fail, because an earlier host with drift did not.
_OWED = "owed"
_COLLECTION = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


class ActionModule(RoleAction):
    """Audits a tenant, collects the results of all hosts of a run, and writes the report after the last host.

    An audit in slices writes a part instead of the report. Another run merges the parts of all slices.
    """

    flow = FLOW
    module = "qlikops.cloud.qlik_configuration"
    role = "qlik_audit"
    steps = {"audit": "_audit", "report": "_report", "merge": "_merge", "evaluate": "_evaluate"}

    _parts: Parts
    _options: Options
    _described: Json = {}

    def _audit(self) -> Json:
        if not self._task.check_mode:
            raise InvalidInput("An audit requires check mode.", "Set check_mode: true on the task.")
        self._read_options("audit", *self.check_play())
        with self._parts.locked():
            self._prepare()
        read_at = in_iso(utc_now())
        result = self._compared()
        found = audited(self.host, self.address(), result, self._described, self._options.count_unmanaged, read_at)
        part: Json = found
        if self._options.is_slice:
            # The merge applies the exceptions, and hands on what concerns single hosts: of statistics with the same
            # name, AWX keeps only those of the slice that ends last.
            part = {"host": self.host, "tenant": found, "exceptions": self._options.exceptions}
            handed_on = {"qlik_audit_run": self._options.run}
        else:
            self._accept(found, self._options.exceptions)
            handed_on = statistics(found)
        with self._parts.locked():
            self._parts.put(self.host, part)
            self._parts.mark("new")
        # AWX passes on only statistics of the whole run, from tasks that do not fail. The task that writes can fail.
        # They are merged, except for the name of the run, which Ansible would append once per host.
        stats = {"data": handed_on, "per_host": False, "aggregate": not self._options.is_slice}
        shown: Json = {name: result[name] for name in ("warnings", "deprecations") if name in result}
        shown.update(tenant_status=found["status"], plan=found["plan"])
        return {**shown, "changed": False, "ansible_stats": stats}

    def _accept(self, tenant: Json, exceptions: List[Any]) -> None:
        accept(tenant, exceptions, in_iso(utc_now())[:10], self._options.count_unmanaged)

    def _read_options(self, step: str, *mistakes: str) -> None:
        """Read the variables for a step: C(audit), which includes the report, or C(merge)."""
        values = self.checked_variables(*mistakes, step=step)
        self._options = options_of(values, step, self.variables)
        where = self._options.folder if not self._options.parts_dir else self._options.parts_dir + self._options.run
        self._parts = Parts("%s-%s" % (step, hashlib.sha256(os.fsencode(where)).hexdigest()))

    def further_mistakes(self, values: Json, step: str) -> Iterable[str]:
        """Yield a line for each mistake that depends on several variables or on the step."""
        has_parts = values["qlik_audit_parts_dir"] is not None
        for name, is_required in (("report", step == "merge" or not has_parts), ("parts", step == "merge")):
            if is_required and values["qlik_audit_%s_dir" % name] is None:
                yield "qlik_audit_%s_dir: Required, but not set." % name
        if not has_parts and step == "audit" and values["qlik_audit_run"] is not None:
            yield "qlik_audit_run: Requires qlik_audit_parts_dir. Set it, or omit qlik_audit_run."
        most = str(values["qlik_audit_page_tenants"])
        if most.startswith("-"):
            yield "qlik_audit_page_tenants: Must be 0 or more, not %s." % printable(most)

    def _prepare(self) -> None:
        if not self._parts.is_marked("run"):
            run = self._begin()
            if self._options.is_slice:
                hosts = map(str, self.variables["ansible_play_hosts_all"])
                run["part"] = new_part(self._options.parts_dir, self._options.run)
                run["head"] = head_of(
                    self._options.run, job_of(self.variables), hosts, self._options.count_unmanaged, run["revision"]
                )
                write_part(run["part"], run["head"], [], self._options.mode)
            else:
                self._write_reports(run, _NOT_YET)
            self._parts.keep("run", run)
        self._parts.begin(self.host)

    def _begin(self) -> Json:
        """Return what all hosts of the run have in common, and read the previous report.

        The previous report can be the file that this run replaces.
        """
        path, problem = self._options.previous, ""
        run: Json = {"previous": None, "missing": None, "revision": self._revision()}
        if path is not None:
            try:
                previous = read_previous("qlik_audit_previous_report", path, self._parts.values("previous"))
                run["previous"] = previous and previous["generated_at"]
                run["missing"] = path if previous is None else None
                problem = "%s does not exist." % printable(path) if previous is None else ""
            except AnsibleActionFail as error:
                # A slice needs the report only to read less of the audit log.
                if not self._options.is_slice:
                    raise
                problem = error.message.replace(" Nothing was audited.", "")
        if problem and self._options.is_slice:
            days = self._options.attribution["attribution_days"]
            self.warnings.append("%s This slice reads the last %s days of the audit log." % (problem, days))
        return run

    def _compared(self) -> Json:
        """Return the result of the flow, or why it has none. The task does not fail if a tenant cannot be audited."""
        try:
            description, mistakes = read_description(self.variables, self._templar.template)
            if mistakes:
                return refused(described_wrongly(mistakes))
            self._described = description.options
            known = self._parts.values("previous").get(self.host) if self._previous(self._parts.kept("run")) else None
            audit = {"in_sync_at": in_sync_at(known), "policies": self._options.policies}
            options = {**_AUDITED, **self._options.attribution, **description.options}
            return self.carried_out_for_role(options, places={**description.places, **_PLACES}, audit=audit)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # This includes the timeout of the task.
            return {"msg": reason_of(error)}

    def _previous(self, run: Json) -> Optional[Json]:
        """Return the previous report, whose tenants are read when they are needed."""
        return run["previous"] and {"generated_at": run["previous"], "tenants": self._parts.values("previous")}

    def _revision(self) -> Optional[Json]:
        """Return the Git revision of the description, from the folder of the playbook or of the inventory."""
        own_files = own_paths(self._options.folder) if self._options.folder else []
        if self._options.parts_dir:
            own_files += part_paths(self._options.parts_dir)
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
        self._read_options("audit")
        with self._parts.locked():
            if not self._parts.is_marked("run"):
                return {"failed": True, "msg": _SKIPPED % "Audit the tenant"}
            return self._reported_part() if self._options.is_slice else self._reported()

    def _reported_part(self) -> Json:
        """Write the part of this job after its last host.

        Until then, the part is not finished, and a merge waits for it.
        """
        run = self._parts.kept("run")
        own = (self._parts.get(self.host) or {"tenant": unaudited(self.host, "", _NOT_RUN, "not_audited")})["tenant"]
        result: Json = {"changed": False, "tenant_status": own["status"], "plan": own["plan"], "files": [run["part"]]}
        if self._is_last() and not self._summarizes_later():
            hosts = self._all_hosts()
            head = {**run["head"], "is_finished": True, "hosts": hosts}
            write_part(run["part"], head, self._results(hosts, _NOT_RUN), self._options.mode)
            text = "The part of the run %s with %s is %s. Merge the parts of all slices with qlikops.cloud.audit_merge."
            many = "1 tenant" if len(hosts) == 1 else "%d tenants" % len(hosts)
            lines = [text % (self._options.run, many, printable(run["part"]))]
            say(lines)
            result.update(msg=lines[0], lines=lines)
        return result

    def _is_last(self) -> bool:
        """Return whether all hosts that have begun are done, and no other host has written their results."""
        return self._parts.are_complete(self.variables["ansible_play_hosts"]) and self._parts.take("new")

    def _batches(self) -> Batches:
        """Return the batches. A host that writes to another place, or does not fail on drift, cannot step in."""
        place = ("parts_dir", "run") if self._options.is_slice else ("report_dir", "fail_on_drift")
        return Batches(self._task, self.variables, *("qlik_audit_" + name for name in place))

    def _summarizes_later(self) -> bool:
        """Return whether a host of a later batch will summarize, unless another task ends the play before."""
        batches = self._batches()
        return not batches.end_early() and batches.continue_unless_tasks_fail()

    def _reported(self) -> Json:
        own = self._parts.get(self.host) or unaudited(self.host, "", _NOT_RUN, "not_audited")
        result: Json = {"changed": False, "tenant_status": own["status"], "plan": own["plan"], "files": self._files()}
        report = None
        if self._is_last():
            run = self._parts.kept("run")
            if self._summarizes_later():
                # If the play ends early, no task is left to write the results of the batches before.
                self._write_reports(run, _NOT_YET)
            else:
                report, lines = self._finish(run, _NOT_RUN)
                result.update({"msg": headline(report), "lines": lines})
        if self._options.fail_on_drift:
            result.update(self._judgment(own, report))
        elif report and self._nothing_was_audited(report):
            text = "No tenant was audited. %s The report is in %s."
            result.update(failed=True, msg=text % (headline(report), self._options.folder))
        return _without_repetition(result)

    def _files(self) -> List[str]:
        return [os.path.join(self._options.folder, NAMES[name]) for name in self._options.formats]

    def _finish(self, run: Json, why_not: str) -> Tuple[Json, List[str]]:
        """Write the report, show its summary, and return both."""
        options = self._options
        report = self._write_reports(run, why_not)
        lines = lines_of(report)
        if "plans" in options.formats:
            lines += plans_in(report)
        if run["missing"]:
            lines.append("New differences are unknown: %s does not exist yet." % printable(run["missing"]))
        lines += omissions(report, options.formats, options.page_tenants)
        lines.append("The report is in %s." % printable(options.folder))
        say(lines)
        return report, lines

    def _merge(self) -> Json:
        """Write the report from the parts of all slices, on one host of the play."""
        self._read_options("merge", *problems_of_inventory(self.variables))
        with self._parts.locked():
            # The strategy free runs this task on each host.
            if self._parts.is_marked("merged"):
                return {"changed": False}
            check_folder(self._options.parts_dir)
            with merging(self._options.parts_dir):
                report, lines = self._merged()
            has_failed = any(has_drift(tenant) for tenant in report["tenants"])
            result: Json = {"changed": False, "files": self._files(), "msg": headline(report), "lines": lines}
            outcome = {**result, "has_drift": has_failed, "is_compared": not _nothing_compared(report)}
            self._parts.keep("merged", outcome)
        data: Json = {}
        for tenant in report["tenants"]:
            for name, by_host in statistics(tenant).items():
                data.setdefault(name, {}).update(by_host)
        return {**result, "ansible_stats": {"data": data, "per_host": False, "aggregate": True}}

    def _merged(self) -> Tuple[Json, List[str]]:
        parts = parts_of(self._options.parts_dir, self._options.run)
        if parts.unfinished and not self._options.merge_unfinished:
            lines = ["%s started at %s" % (part.label, part.head["started_at"]) for part in parts.unfinished]
            first = "These slices of the run %s have not finished:" % self._options.run
            hint = (
                "Wait for them. If a slice was interrupted, audit its hosts again with the name of the run, or set"
                " qlik_audit_merge_unfinished: true to report them as not audited."
            )
            raise InvalidDescription([first, *lines, hint])
        hosts, unexpected = set(self._all_hosts()), set()
        for part in parts.slices:
            self._options = self._options._replace(count_unmanaged=part.head["count_unmanaged"])
            try:
                for line in part.lines():
                    if line["host"] not in hosts:
                        unexpected.add(line["host"])
                        continue
                    self._accept(line["tenant"], line["exceptions"])
                    # The report reads these values again.
                    if statistics(line["tenant"])["qlik_audit"].keys() != {line["host"]}:
                        raise ValueError
                    add_history(line["tenant"], "", None)
                    self._parts.put(line["host"], line["tenant"])
            except (AttributeError, KeyError, TypeError, ValueError):
                text = "qlik_audit_parts_dir: %s is damaged." % printable(part.path)
                raise InvalidInput(text, "Remove it, and audit its hosts again.") from None
        self.warnings += parts.warnings
        if unexpected:
            text = "Left out hosts that are not in this play: %s. Check qlik_hosts and the limit."
            self.warnings.append(text % listed(sorted(unexpected)))
        run = self._begin()
        revisions = [part.head["revision"] for part in parts.slices]
        is_same = all(revision == revisions[0] for revision in revisions)
        run["revision"] = revisions[0] if revisions and is_same else None
        self._parts.keep("run", run)
        return self._finish(run, _NO_PART)

    def _evaluate(self) -> Json:
        """Return the outcome of the merge: a failure if tenants have drifted, or if none was audited."""
        self._read_options("merge")
        with self._parts.locked():
            outcome = self._parts.kept("merged")
        if outcome is None:
            return {"failed": True, "msg": _SKIPPED % "Merge the parts"}
        drifted, compared = outcome.pop("has_drift"), outcome.pop("is_compared")
        text = "%s The report is in %s." % (outcome["msg"], self._options.folder)
        if self._options.fail_on_drift and drifted:
            outcome.update(failed=True, msg=text)
        elif not compared:
            outcome.update(failed=True, msg="No tenant was audited. %s" % text)
        return _without_repetition(outcome)

    def _judgment(self, own: Json, report: Optional[Json]) -> Json:
        """Return a failure for the drift of the host, or for that of an earlier host that did not fail."""
        play = str(self._task.get_play()._uuid)
        owed = "%s-%s" % (_OWED, play)
        if not (has_drift(own) or self._parts.is_marked(owed)):
            return {}
        if self._would_end_the_play(play):
            if not self._parts.failed(play):
                self._parts.mark(owed)
            return {}
        self._parts.take(owed)
        self._parts.fail(self.host, play)
        if report:
            what = headline(report)
        else:
            what = in_words(own) if has_drift(own) else "A tenant that was audited before has drifted."
        return {"failed": True, "msg": "%s The report is in %s." % (what, self._options.folder)}

    def _nothing_was_audited(self, report: Json) -> bool:
        """Return whether no tenant could be compared, and no other host of the play is certain to follow."""
        if not _nothing_compared(report):
            return False
        to_come = set(self.variables["ansible_play_hosts"]) - self._parts.hosts()
        return not any(is_expected(self._task, host, self.variables) for host in sorted(to_come))

    def _would_end_the_play(self, play: str) -> bool:
        """Return whether a failure of this host would keep other tenants from being audited.

        Ansible ends a play when all hosts of a batch have failed. The last host of a batch therefore does not fail if
        other hosts have failed, which makes the play fail, or if a host of a later batch can fail instead.
        """
        batches = self._batches()
        if not batches.later:
            return False
        failed = self._parts.failed(play)
        if batches.current - failed - {self.host}:
            return False
        return bool(failed) or batches.continue_unless_tasks_fail()

    def _write_reports(self, run: Json, why_not: str) -> Json:
        """Write the report of all hosts of the play and of earlier plays, and return it.

        :param why_not: why hosts without a result are not audited, unless they have failed.
        """
        tenants = self._results(self._all_hosts(), why_not)
        options = self._options
        report = report_of(
            tenants,
            in_iso(utc_now()),
            options.count_unmanaged,
            self._previous(run),
            run["revision"],
            constants.DEFAULT_LOCAL_TMP,
        )
        try:
            write_reports(options.folder, report, options.formats, options.mode, options.page_tenants)
        except OSError as error:
            text = "qlik_audit_report_dir: Cannot write to %s: %s." % (printable(options.folder), error.strerror)
            raise InvalidInput(text, "Check its permissions and free space.") from None
        return report

    def _all_hosts(self) -> List[str]:
        """Return the hosts of the play, and those with a result of earlier plays, in the order of the report."""
        return sorted(self._parts.hosts().union(map(str, self.variables["ansible_play_hosts_all"])))

    def _results(self, hosts: Iterable[str], why_not: str) -> Iterator[Json]:
        """Yield the result of each host, one at a time.

        :param why_not: why hosts without a result are not audited, unless they have failed.
        """
        alive = set(self.variables["ansible_play_hosts"])
        for host in hosts:
            found = self._parts.get(host)
            if found is None:
                reason, status = (why_not, "not_audited") if host in alive else (_FAILED, "failed")
                found = unaudited(host, "", reason, status)
                if self._options.is_slice:
                    found = {"host": host, "tenant": found, "exceptions": []}
            yield found


def _nothing_compared(report: Json) -> bool:
    """Return whether no tenant could be compared."""
    return all(tenant["status"] != "in_sync" and not is_compared(tenant["areas"]) for tenant in report["tenants"])


def _without_repetition(result: Json) -> Json:
    """Return a result, without lines if it failed: they are already shown, and Ansible shows the whole result."""
    if result.get("failed"):
        result.pop("lines", None)
    return result
