# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timezone
from typing import Any, Dict, Optional

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import printable
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift import (
    audited,
    has_drift,
    headline,
    in_words,
    is_compared,
    report_of,
    statistics,
    unaudited,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift_console import lines_of, plans_in
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift_exceptions import accept
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift_formats import json_of, junit_of, page_of, plans_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift_history import add_history, read_previous
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import absolute, mode_of, write_file
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts, is_expected
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._revision import revision_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import role_options

_NAMES = {
    "html": "qlik-audit.html",
    "json": "qlik-audit.json",
    "junit": "qlik-audit.xml",
    "plans": "qlik-audit-plans.json",
}
_WRITERS = {"html": page_of, "json": json_of, "junit": junit_of, "plans": plans_of}
_DEFAULT_FORMATS = ["html", "json", "junit"]
#: What the tasks of the role before this one have registered.
_DESCRIPTION = "__qlik_seed_description"
_CONFIGURATION = "__qlik_audit_configuration"
_NOT_YET = "Not audited yet."
_NOT_RUN = "The audit did not run on this host: it was skipped, or the play has not reached it."
#: A mark: a host of a later batch must fail, because an earlier host with drift was allowed to pass.
_OWED = "owed"
_COLLECTION = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
_SPEC = {
    "step": {"type": "str", "choices": ["prepare", "add", "write"], "required": True},
    # No path, in which Ansible replaces shell variables: names of hosts in it can look like them.
    "report_dir": {"type": "str", "required": True},
    "formats": {"type": "list", "elements": "str", "choices": list(_NAMES), "default": _DEFAULT_FORMATS},
    "mode": {"type": "raw"},
    "count_extra": {"type": "bool", "default": False},
    "previous_report": {"type": "str"},
    "exceptions": {"type": "list", "elements": "dict", "default": []},
    "fail_on_drift": {"type": "bool", "default": False},
    "error": {"type": "str"},
    "tenant_url": {"type": "str", "default": ""},
}
#: The endings of the role's variables, and which option each of them sets.
_OF_ROLE = {
    "report_mode": "mode",
    **{
        option: option
        for option in ("report_dir", "formats", "count_extra", "previous_report", "exceptions", "fail_on_drift")
    },
}


class ActionModule(ActionBase):
    """Collects what all hosts of a run found, and writes the report when the last one that has begun is done."""

    _requires_connection = False

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        self._variables = task_vars or {}
        of_role = role_options("qlik_audit", _OF_ROLE, self._variables, self._templar.template)
        self._task.args = {**of_role, **self._task.args}
        _spec, options = self.validate_argument_spec(argument_spec=_SPEC)
        self._host = str(self._variables["inventory_hostname"])
        self._mode = mode_of("qlik_audit_report_mode", options["mode"])
        # Callers may be in other folders than the playbook: a relative path is one from where the command runs.
        self._folder = absolute(options["report_dir"])
        self._parts = Parts("audit-%s" % hashlib.sha256(os.fsencode(self._folder)).hexdigest())
        result["changed"] = False
        with self._parts.locked():
            result.update(getattr(self, "_" + options["step"])(options))
        return result

    def _prepare(self, options: Dict[str, Any]) -> Dict[str, Any]:
        if not self._parts.is_marked("run"):
            run: Dict[str, Any] = {"previous": None, "missing": None, "revision": self._revision(options)}
            if options["previous_report"] is not None:
                # It may be the very report that is about to be replaced.
                path = absolute(options["previous_report"])
                run["previous"] = read_previous("qlik_audit_previous_report", path)
                run["missing"] = path if run["previous"] is None else None
            self._write_reports(options, run, _NOT_YET)
            self._parts.keep("run", run)
        self._parts.begin(self._host)
        return {}

    def _revision(self, options: Dict[str, Any]) -> Optional[Dict[str, Any]]:
        """The revision of what describes the tenants: it is where the playbook is, or beside the inventory."""
        own_files = [os.path.join(self._folder, name) for name in _NAMES.values()]
        if options["previous_report"] is not None:
            own_files.append(absolute(options["previous_report"]))
        for variable in ("playbook_dir", "inventory_dir"):
            folder = self._variables.get(variable)
            if folder and os.path.commonpath([os.path.realpath(folder), _COLLECTION]) != _COLLECTION:
                revision = revision_of(str(folder), own_files)
                if revision:
                    return revision
        return None

    def _add(self, options: Dict[str, Any]) -> Dict[str, Any]:
        if options["error"] is not None:
            found = unaudited(self._host, options["tenant_url"], options["error"])
        else:
            result = self._variables.get(_CONFIGURATION) or {}
            described = (self._variables.get(_DESCRIPTION) or {}).get("description") or {}
            found = audited(self._host, options["tenant_url"], result, described, options["count_extra"])
        accept(found, options["exceptions"], _now()[:10], options["count_extra"])
        self._parts.put(self._host, found)
        self._parts.mark("new")
        # AWX passes on what is of the whole run, and only what tasks hand over that do not fail, as writing may.
        return {"ansible_stats": {"data": statistics(found), "per_host": False, "aggregate": True}}

    def _write(self, options: Dict[str, Any]) -> Dict[str, Any]:
        own = self._parts.get(self._host) or unaudited(self._host, "", _NOT_RUN, "not_audited")
        files = [os.path.join(self._folder, _NAMES[name]) for name in options["formats"]]
        result: Dict[str, Any] = {"tenant_status": own["status"], "plan": own["plan"], "files": files}
        report = None
        if self._parts.are_complete(self._variables["ansible_play_hosts"]) and self._parts.take("new"):
            run = self._parts.kept("run") or {}
            report = self._write_reports(options, run, _NOT_RUN)
            lines = lines_of(report)
            if "plans" in options["formats"]:
                lines += plans_in(report)
            if run.get("missing"):
                lines.append("What is new is not known: there is no %s yet." % printable(run["missing"]))
            lines.append("The report is in %s." % printable(self._folder))
            say(lines)
            result.update({"msg": headline(report), "lines": lines})
        if options["fail_on_drift"]:
            result.update(self._judgement(own, report))
        elif report and self._nothing_was_audited(report):
            text = "No tenant was audited. %s The report is in %s."
            result.update(failed=True, msg=text % (headline(report), self._folder))
        if result.get("failed"):
            # They are shown already, and what fails is shown as a whole.
            result.pop("lines", None)
        return result

    def _judgement(self, own: Dict[str, Any], report: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        """Fail the host for its own drift, or for that of an earlier host that was allowed to pass."""
        if not (has_drift(own) or self._parts.is_marked(_OWED)):
            return {}
        if self._would_end_the_play():
            if not self._parts.failed():
                self._parts.mark(_OWED)
            return {}
        self._parts.take(_OWED)
        self._parts.fail(self._host)
        if report:
            what = headline(report)
        else:
            what = in_words(own) if has_drift(own) else "A tenant that was audited before has drifted."
        return {"failed": True, "msg": "%s The report is in %s." % (what, self._folder)}

    def _nothing_was_audited(self, report: Dict[str, Any]) -> bool:
        """Whether no tenant could be compared at all, and no other host of the play is still to come."""
        to_come = set(self._variables["ansible_play_hosts"]) - self._parts.hosts()
        nothing = (tenant["status"] != "in_sync" and not is_compared(tenant["areas"]) for tenant in report["tenants"])
        return not to_come and all(nothing)

    def _would_end_the_play(self) -> bool:
        """Whether tenants would not be audited if this host failed now.

        Ansible ends a play when all hosts of a batch have failed. So the last host of a batch passes if others have
        failed, which makes the play fail, or if a host of a later batch is expected to fail in its place.
        """
        batch = set(self._variables["ansible_play_batch"])
        later = set(self._variables["ansible_play_hosts"]) - batch
        # Without serial there is nothing more to look at, however many hosts have drifted.
        later -= self._parts.hosts() if later else later
        if not later:
            return False
        failed = self._parts.failed()
        if batch - failed - {self._host}:
            return False
        if failed:
            return True
        return any(is_expected(self._task, host, self._variables) for host in sorted(later))

    def _write_reports(self, options: Dict[str, Any], run: Dict[str, Any], why_not: str) -> Dict[str, Any]:
        """Write the report of all hosts of the play, and of those of plays before it.

        :param why_not: why hosts without a part are not audited unless they have failed.
        """
        found = {host: self._parts.get(host) for host in self._parts.hosts()}
        alive = set(self._variables["ansible_play_hosts"])
        for host in set(self._variables["ansible_play_hosts_all"]) - found.keys():
            if host in alive:
                found[host] = unaudited(host, "", why_not, "not_audited")
            else:
                found[host] = unaudited(
                    host,
                    "",
                    "The play failed or ended on this host before the tenant was audited; its output says why.",
                )
        report = report_of(found.values(), _now(), options["count_extra"])
        report["revision"] = run.get("revision")
        add_history(report, run.get("previous"))
        try:
            os.makedirs(self._folder, exist_ok=True)
            for name in options["formats"]:
                write_file(os.path.join(self._folder, _NAMES[name]), _WRITERS[name](report), self._mode)
        except OSError as error:
            raise AnsibleActionFail("The folder of the reports cannot be written to: %s" % error) from None
        return report


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
