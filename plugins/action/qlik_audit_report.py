# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, Dict, Optional, Set
from urllib.parse import quote, unquote

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift import (
    audited,
    has_drift,
    headline,
    in_words,
    report_of,
    unaudited,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift_formats import json_of, junit_of, page_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import mode_of, write_file

_NAMES = {"html": "qlik-audit.html", "json": "qlik-audit.json", "junit": "qlik-audit.xml"}
_WRITERS = {"html": page_of, "json": json_of, "junit": junit_of}
_PART = "host-"
_SPEC = {
    "step": {"type": "str", "choices": ["prepare", "add", "write"], "required": True},
    # No path, in which Ansible replaces shell variables: names of hosts in it can look like them.
    "report_dir": {"type": "str", "required": True},
    "formats": {"type": "list", "elements": "str", "choices": list(_NAMES), "default": list(_NAMES)},
    "mode": {"type": "raw"},
    "count_extra": {"type": "bool", "default": False},
    "fail_on_drift": {"type": "bool", "default": False},
    "results": {"type": "dict", "default": {}},
    "held": {"type": "dict", "default": {}},
    "error": {"type": "str"},
    "tenant_url": {"type": "str", "default": ""},
}


class ActionModule(ActionBase):
    """Collects what all hosts of a run found, and writes the report when the last one of a batch has.

    Hosts hand their parts over in the temporary folder of the run, which Ansible makes before it forks the workers of
    all hosts and removes at the end. So it works the same with every strategy, with C(serial) and over several plays,
    and nothing of an earlier run can get into a report. C(run_once) would not do: the strategy C(free) ignores it,
    and with C(serial) it runs for each batch.
    """

    _requires_connection = False

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        _spec, options = self.validate_argument_spec(argument_spec=_SPEC)
        self._variables = task_vars or {}
        self._host = str(self._variables["inventory_hostname"])
        self._mode = mode_of("qlik_audit_report_mode", options["mode"])
        # Callers may be in other folders than the playbook: a relative path is one from where the command runs.
        self._folder = os.path.abspath(os.path.expanduser(options["report_dir"]))
        key = hashlib.sha256(os.fsencode(self._folder)).hexdigest()
        self._parts = os.path.join(constants.DEFAULT_LOCAL_TMP, "qlik-audit-%s" % key)
        os.makedirs(self._parts, exist_ok=True)
        result["changed"] = False
        with open(self._path("lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            result.update(getattr(self, "_" + options["step"])(options))
        return result

    def _prepare(self, options: Dict[str, Any]) -> Dict[str, Any]:
        with suppress(FileNotFoundError):
            os.unlink(self._part(self._host))
        if not os.path.exists(self._path("prepared")):
            self._write_reports(options)
            self._mark("prepared")
        return {}

    def _add(self, options: Dict[str, Any]) -> Dict[str, Any]:
        if options["error"] is not None:
            found = unaudited(self._host, options["tenant_url"], options["error"])
        else:
            found = audited(
                self._host, options["tenant_url"], options["results"], options["held"], options["count_extra"]
            )
        with open(self._part(self._host), "w", encoding="utf-8") as file:
            json.dump(found, file)
        self._mark("new")
        return {}

    def _write(self, options: Dict[str, Any]) -> Dict[str, Any]:
        own = self._found(self._host)
        done = self._hosts()
        files = [os.path.join(self._folder, _NAMES[name]) for name in options["formats"]]
        result: Dict[str, Any] = {"tenant_status": own["status"], "files": files}
        report = None
        if done >= set(self._variables["ansible_play_batch"]) and self._take("new"):
            report = self._write_reports(options)
            result.update({"msg": headline(report), "_ansible_verbose_always": True})
        if options["fail_on_drift"]:
            result.update(self._judgement(own, done, report))
        return result

    def _judgement(self, own: Dict[str, Any], done: Set[str], report: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        """Fail the host for its drift, but not before all hosts are audited: a batch that failed would end the play.

        What had to be put off falls to the host that completes the report.
        """
        if not done >= set(self._variables["ansible_play_hosts"]):
            if has_drift(own):
                self._mark("owed")
            return {}
        owed = report is not None and self._take("owed")
        if not (has_drift(own) or owed):
            return {}
        what = headline(report) if report else in_words(own)
        return {"failed": True, "msg": "%s The report is in %s." % (what, self._folder)}

    def _write_reports(self, options: Dict[str, Any]) -> Dict[str, Any]:
        found = {host: self._found(host) for host in self._hosts()}
        alive = self._variables["ansible_play_hosts"]
        for host in self._variables["ansible_play_hosts_all"]:
            if host not in found and host in alive:
                found[host] = unaudited(host, "", "Not audited yet.", "not_audited")
            elif host not in found:
                found[host] = unaudited(host, "", "The play failed on this host before the tenant was audited.")
        generated_at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        report = report_of(found.values(), generated_at, options["count_extra"])
        try:
            os.makedirs(self._folder, exist_ok=True)
            for name in options["formats"]:
                write_file(os.path.join(self._folder, _NAMES[name]), _WRITERS[name](report), self._mode)
        except OSError as error:
            raise AnsibleActionFail("The folder of the reports cannot be written to: %s" % error) from None
        return report

    def _hosts(self) -> Set[str]:
        """The hosts that have been added so far."""
        return {unquote(name[len(_PART) :]) for name in os.listdir(self._parts) if name.startswith(_PART)}

    def _found(self, host: str) -> Dict[str, Any]:
        with open(self._part(host), encoding="utf-8") as file:
            tenant: Dict[str, Any] = json.load(file)
        return tenant

    def _part(self, host: str) -> str:
        return self._path(_PART + quote(host, safe=""))

    def _path(self, name: str) -> str:
        return os.path.join(self._parts, name)

    def _mark(self, name: str) -> None:
        with open(self._path(name), "w"):
            pass

    def _take(self, name: str) -> bool:
        """Remove a mark; whether it was there."""
        try:
            os.unlink(self._path(name))
        except FileNotFoundError:
            return False
        return True
