# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re
import shlex
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.modules.qlik_configuration_info import FLOW
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import (
    absolute,
    current_mode,
    desired_mode,
    file_name,
    mode_of,
    write_file,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import say
from ansible_collections.qlikops.cloud.plugins.plugin_utils._role import RoleAction
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.export import SeedVariables, seed_variables_of

_NAME = "qlik_tenant.yml"
#: The first line of an export; before it had a file of its own name, the marker of a YAML document came first.
_OWN = re.compile(rb"(---\n)?# What the Qlik Cloud tenant [^\n]* holds, for the role qlikops\.cloud\.qlik_seed\.\n")
_LONGEST_FIRST_LINES = 4096
_FORCE = "Set qlik_export_force if it is to be replaced."


class ActionModule(RoleAction):
    """Reads a tenant and writes the export of its host on the controller, and nothing over what is no export."""

    flow = FLOW
    module = "qlikops.cloud.qlik_configuration_info"
    role = "qlik_export"
    steps = {"export": "_export"}

    def _export(self) -> Dict[str, Any]:
        values = self.checked_variables(*self.check_play())
        mode = mode_of("qlik_export_mode", values["qlik_export_mode"])
        export_dir = absolute(values["qlik_export_dir"])
        folder = os.path.join(export_dir, file_name(self.host))
        path = os.path.join(folder, _NAME)
        force = boolean(values["qlik_export_force"])
        with _failures_explained(folder):
            if not self._task.check_mode:
                os.makedirs(export_dir, exist_ok=True)
            # Before the tenant is read, and again when it was: that can take long.
            _refuse_what_is_in_the_way(export_dir, path, force)
        excluded = [] if boolean(values["qlik_export_users"]) else ["users"]
        read = self.carried_out_for_role({"exclude_areas": excluded})
        if read.get("failed"):
            return read
        with _failures_explained(folder):
            _refuse_what_is_in_the_way(export_dir, path, force)
            variables = seed_variables_of(read["configuration"], read["not_available"])
            if not self._task.check_mode:
                os.makedirs(folder, exist_ok=True)
            result = self._write(path, variables, mode)
        return {**result, **{name: read[name] for name in ("warnings", "deprecations") if name in read}}

    def _write(self, path: str, variables: SeedVariables, mode: Optional[int]) -> Dict[str, Any]:
        content = variables.text().encode("utf-8", "replace")
        exists = os.path.lexists(path)
        current = _current(path)
        changed = current != content or current_mode(path) != desired_mode(path, mode)
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
        if self._task.diff and current != content:
            sides = {"before": (current or b"").decode("utf-8", "replace"), "after": content.decode("utf-8")}
            result["diff"] = {"before_header": path, "after_header": path, **sides}
        return result


@contextmanager
def _failures_explained(folder: str) -> Iterator[None]:
    """Say which folder cannot be written.

    :raises AnsibleActionFail: in place of an OSError, or if what the tenant returned cannot be an export.
    """
    try:
        yield
    except InvalidInput as error:
        raise AnsibleActionFail("%s Nothing was written." % error) from None
    except OSError as error:
        raise AnsibleActionFail("qlik_export_dir: %s cannot be written: %s." % (folder, error.strerror)) from None


def _refuse_what_is_in_the_way(export_dir: str, path: str, force: bool) -> None:
    _refuse_what_cannot_be_written(export_dir, os.path.dirname(path))
    _refuse_what_is_no_export(path, force)


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
        current = _current(path)
        if current is None:
            raise AnsibleActionFail("%s cannot be read. Nothing was changed. %s" % (path, _FORCE))
        if not _OWN.match(current[:_LONGEST_FIRST_LINES]):
            text = "%s was not written by an export: its first line is another. Nothing was changed. %s"
            raise AnsibleActionFail(text % (path, _FORCE))
    if os.path.lexists(folder):
        return
    for shadowed in _beside(folder):
        name = _NAME if _OWN.match((_current(shadowed) or b"")[:_LONGEST_FIRST_LINES]) else "variables.yml"
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


def _current(path: str) -> Optional[bytes]:
    """What is in a regular file; C(None) where there is none or it cannot be read."""
    if current_mode(path) is None:
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
