# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from typing import Any, Dict, Optional

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import held_mode, mode_of, wanted_mode, write_file

_SPEC = {
    "step": {"type": "str", "choices": ["prepare", "write"], "required": True},
    # No paths, in which Ansible replaces shell variables: names of hosts and folders can look like them.
    "export_dir": {"type": "str", "required": True},
    "content": {"type": "str", "default": ""},
    "mode": {"type": "raw"},
}


class ActionModule(ActionBase):
    """Writes the export of a host on the controller."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        _spec, options = self.validate_argument_spec(argument_spec=_SPEC)
        host = str((task_vars or {})["inventory_hostname"])
        folder = os.path.abspath(os.path.expanduser(options["export_dir"]))
        mode = mode_of("qlik_export_mode", options["mode"])
        path = os.path.join(folder, _file_name(host))
        try:
            if options["step"] == "prepare":
                self._prepare(folder)
                result["changed"] = False
            else:
                result.update(self._write(path, options["content"].encode("utf-8", "replace"), mode))
        except OSError as error:
            raise AnsibleActionFail("qlik_export_dir: %s cannot be written: %s." % (folder, error.strerror)) from None
        return result

    def _prepare(self, folder: str) -> None:
        if not self._task.check_mode:
            os.makedirs(folder, exist_ok=True)
        if os.path.lexists(folder) and not (os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)):
            raise AnsibleActionFail("qlik_export_dir: %s cannot be written. Nothing was read from the tenant." % folder)

    def _write(self, path: str, content: bytes, mode: Optional[int]) -> Dict[str, Any]:
        held = b""
        exists = held_mode(path) is not None
        if exists:
            with open(path, "rb") as file:
                held = file.read()
        changed = not exists or held != content or held_mode(path) != wanted_mode(path, mode)
        if changed and not self._task.check_mode:
            write_file(path, content, mode)
        result: Dict[str, Any] = {"changed": changed, "path": path}
        if changed and self._task.check_mode:
            what = "changed" if exists else "made"
            result.update({"msg": "%s would be %s." % (path, what), "_ansible_verbose_always": True})
        if self._task.diff and held != content:
            sides = {"before": held.decode("utf-8", "replace"), "after": content.decode("utf-8")}
            result["diff"] = {"before_header": path, "after_header": path, **sides}
        return result


def _file_name(host: str) -> str:
    """The name of a host's file: that of the host, which has it to itself, without what no name of a file can have."""
    return "%s.yml" % host.replace("%", "%25").replace("/", "%2F")
