# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re
import shlex
from typing import Any, Dict, List, Optional

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import (
    absolute,
    file_name,
    held_mode,
    mode_of,
    wanted_mode,
    write_file,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed_variables import SeedVariables, seed_variables_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import role_options

_SPEC = {
    "step": {"type": "str", "choices": ["prepare", "write"], "required": True},
    # No paths, in which Ansible replaces shell variables: names of hosts and folders can look like them.
    "export_dir": {"type": "str", "required": True},
    "configuration": {"type": "dict"},
    "not_available": {"type": "dict", "default": {}},
    "force": {"type": "bool", "default": False},
    "mode": {"type": "raw"},
}
#: The endings of the role's variables, and which option each of them sets.
_OF_ROLE = {"dir": "export_dir", "mode": "mode", "force": "force"}
_NAME = "qlik_tenant.yml"
#: The first line of an export; before it had a file of its own name, the marker of a YAML document came first.
_OWN = re.compile(rb"(---\n)?# What the Qlik Cloud tenant [^\n]* holds, for the role qlikops\.cloud\.qlik_seed\.\n")
_LONGEST_FIRST_LINES = 4096
_FORCE = "Set qlik_export_force if it is to be replaced."


class ActionModule(ActionBase):
    """Writes the export of a host on the controller, and nothing over what is no export."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        of_role = role_options("qlik_export", _OF_ROLE, task_vars or {}, self._templar.template)
        self._task.args = {**of_role, **self._task.args}
        _spec, options = self.validate_argument_spec(argument_spec=_SPEC)
        host = str((task_vars or {})["inventory_hostname"])
        export_dir = absolute(options["export_dir"])
        folder = os.path.join(export_dir, file_name(host))
        path = os.path.join(folder, _NAME)
        mode = mode_of("qlik_export_mode", options["mode"])
        try:
            if not self._task.check_mode and options["step"] == "prepare":
                os.makedirs(export_dir, exist_ok=True)
            _refuse_what_cannot_be_written(export_dir, folder)
            _refuse_what_is_no_export(path, options["force"])
            if options["step"] == "write":
                if not self._task.check_mode:
                    os.makedirs(folder, exist_ok=True)
                variables = seed_variables_of(options["configuration"] or {}, options["not_available"])
                result.update(self._write(path, variables, mode))
            else:
                result["changed"] = False
        except InvalidInput as error:
            raise AnsibleActionFail("%s Nothing was written." % error) from None
        except OSError as error:
            raise AnsibleActionFail("qlik_export_dir: %s cannot be written: %s." % (folder, error.strerror)) from None
        return result

    def _write(self, path: str, variables: SeedVariables, mode: Optional[int]) -> Dict[str, Any]:
        content = variables.text().encode("utf-8", "replace")
        exists = os.path.lexists(path)
        held = _held(path)
        changed = held != content or held_mode(path) != wanted_mode(path, mode)
        if changed and not self._task.check_mode:
            write_file(path, content, mode)
        if not changed:
            done = "unchanged"
        elif self._task.check_mode:
            done = "would change" if exists else "would write"
        else:
            done = "wrote"
        counts = variables.counts()
        objects = ", ".join("%d %s" % (count, word) for word, count in counts.items())
        result: Dict[str, Any] = {
            "changed": changed,
            "path": path,
            "counts": counts,
            "msg": "%s %s: %s" % (done, _from_here(path), objects or "settings alone"),
        }
        if variables.refused:
            result["msg"] += "; %d left out, as its head says" % len(variables.refused)
        if variables.not_available:
            result["msg"] += "; not available: %s" % ", ".join(variables.not_available)
        say([result["msg"]])
        if self._task.diff and held != content:
            sides = {"before": (held or b"").decode("utf-8", "replace"), "after": content.decode("utf-8")}
            result["diff"] = {"before_header": path, "after_header": path, **sides}
        return result


def _refuse_what_cannot_be_written(export_dir: str, folder: str) -> None:
    """Refuse folders in which the file cannot be, before anything is read from the tenant.

    :raises AnsibleActionFail: saying why.
    """
    for each in (export_dir, folder):
        if os.path.islink(each) and each == folder:
            raise AnsibleActionFail("%s is a symbolic link, which is not followed. Make it a folder." % folder)
        if os.path.lexists(each) and not (os.path.isdir(each) and os.access(each, os.W_OK | os.X_OK)):
            raise AnsibleActionFail("qlik_export_dir: %s cannot be written. Nothing was read from the tenant." % each)


def _refuse_what_is_no_export(path: str, force: bool) -> None:
    """Refuse to write over, or to put out of effect, what this collection has not written.

    :raises AnsibleActionFail: saying what it is and what can be done.
    """
    folder = os.path.dirname(path)
    if os.path.isdir(path) and not os.path.islink(path):
        raise AnsibleActionFail("%s is a folder, which is not replaced. Nothing was changed." % path)
    if force:
        return
    if os.path.islink(path):
        raise AnsibleActionFail("%s is a symbolic link. Nothing was changed. %s" % (path, _FORCE))
    if os.path.lexists(path):
        held = _held(path)
        if held is None:
            raise AnsibleActionFail("%s cannot be read. Nothing was changed. %s" % (path, _FORCE))
        if not _OWN.match(held[:_LONGEST_FIRST_LINES]):
            text = "%s was not written by an export: its first line is another. Nothing was changed. %s"
            raise AnsibleActionFail(text % (path, _FORCE))
    if os.path.lexists(folder):
        return
    for shadowed in _beside(folder):
        name = _NAME if _OWN.match((_held(shadowed) or b"")[:_LONGEST_FIRST_LINES]) else "variables.yml"
        raise AnsibleActionFail(
            "%s exists: beside a folder of the same name Ansible does not read it any more, so its variables would be"
            " lost. Nothing was changed. Put it into the folder: mkdir %s && mv %s %s"
            % (shadowed, *(shlex.quote(_from_here(each)) for each in (folder, shadowed, os.path.join(folder, name))))
        )


def _beside(folder: str) -> List[str]:
    """The files of variables that Ansible reads for a host only as long as there is no folder of its name."""
    return [
        path
        for path in (folder + extension for extension in constants.YAML_FILENAME_EXTENSIONS)
        if os.path.isfile(path)
    ]


def _held(path: str) -> Optional[bytes]:
    """What is in a regular file; C(None) where there is none or it cannot be read."""
    if held_mode(path) is None:
        return None
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _from_here(path: str) -> str:
    """A path as it is shorter to read, from where the command runs if it is below that."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative
