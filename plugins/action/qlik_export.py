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
#: The first line of an export. Older exports have other words, and some start with the marker of a YAML document.
_OWN = re.compile(
    rb"((---\n)?# What the Qlik Cloud tenant [^\n]* holds,|# Configuration of the Qlik Cloud tenant [^\n]*)"
    rb" for the role qlikops\.cloud\.qlik_seed\.\n"
)
_LONGEST_FIRST_LINES = 4096
_FORCE = "Set qlik_export_force=true to replace it."


class ActionModule(RoleAction):
    """Reads a tenant and writes its export on the controller. Files that are not exports are never overwritten."""

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
            # Checked again after the tenant is read, which can take long.
            _check_path(export_dir, path, force)
        excluded = [] if boolean(values["qlik_export_users"]) else ["users"]
        read = self.carried_out_for_role({"exclude_areas": excluded})
        if read.get("failed"):
            return read
        with _failures_explained(folder):
            _check_path(export_dir, path, force)
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
        objects = ", ".join(variables.objects())
        result: Dict[str, Any] = {
            "changed": changed,
            "path": path,
            "counts": variables.counts(),
            "msg": "%s %s: %s" % (done, _short(path), objects or "only settings"),
        }
        if variables.refused:
            result["msg"] += "; omitted: %d (see the header of the file)" % len(variables.refused)
        if variables.not_available:
            result["msg"] += "; not available: %s" % ", ".join(variables.not_available)
        say([result["msg"]])
        if self._task.diff and current != content:
            sides = {"before": (current or b"").decode("utf-8", "replace"), "after": content.decode("utf-8")}
            result["diff"] = {"before_header": path, "after_header": path, **sides}
        return result


@contextmanager
def _failures_explained(folder: str) -> Iterator[None]:
    """Convert errors to messages that name the folder.

    :raises AnsibleActionFail: for an OSError, or if the response of the tenant cannot be exported.
    """
    try:
        yield
    except InvalidInput as error:
        raise AnsibleActionFail("%s Nothing was written." % error) from None
    except OSError as error:
        raise AnsibleActionFail("qlik_export_dir: Cannot write to %s: %s." % (folder, error.strerror)) from None


def _check_path(export_dir: str, path: str, force: bool) -> None:
    _check_folders(export_dir, os.path.dirname(path))
    _check_file(path, force)


def _check_folders(export_dir: str, folder: str) -> None:
    """Check that the folders of an export are writable.

    :raises AnsibleActionFail: with the reason if not.
    """
    for current in (export_dir, folder):
        if os.path.islink(current) and current == folder:
            raise AnsibleActionFail("%s is a symbolic link, which is not followed. Replace it with a folder." % folder)
        if os.path.lexists(current) and not (os.path.isdir(current) and os.access(current, os.W_OK | os.X_OK)):
            text = "qlik_export_dir: %s is not a writable folder. Nothing was read from the tenant."
            raise AnsibleActionFail(text % current)


def _check_file(path: str, force: bool) -> None:
    """Check that an export would not overwrite or hide a file that is not an export.

    :raises AnsibleActionFail: with the reason and the remedy if it would.
    """
    folder = os.path.dirname(path)
    if os.path.isdir(path) and not os.path.islink(path):
        raise AnsibleActionFail("%s is a folder, not a file. Move or remove it. Nothing was changed." % path)
    if force:
        return
    if os.path.islink(path):
        raise AnsibleActionFail("%s is a symbolic link. Nothing was changed. %s" % (path, _FORCE))
    if os.path.lexists(path):
        current = _current(path)
        if current is None:
            raise AnsibleActionFail("%s cannot be read. Nothing was changed. %s" % (path, _FORCE))
        if not _OWN.match(current[:_LONGEST_FIRST_LINES]):
            text = "%s was not written by an export: its first line does not mark it as one. Nothing was changed. %s"
            raise AnsibleActionFail(text % (path, _FORCE))
    if os.path.lexists(folder):
        return
    for shadowed in _files_hidden_by(folder):
        new_name = _NAME if _OWN.match((_current(shadowed) or b"")[:_LONGEST_FIRST_LINES]) else "variables.yml"
        raise AnsibleActionFail(
            "%s exists. Ansible ignores this file beside a folder with the same name, so its variables would be lost."
            " Nothing was changed. Move the file into the folder: mkdir %s && mv %s %s"
            % (shadowed, *(shlex.quote(_short(name)) for name in (folder, shadowed, os.path.join(folder, new_name))))
        )


def _files_hidden_by(folder: str) -> List[str]:
    """Return the variables files of a host that Ansible ignores if the folder of the host exists."""
    return [
        path
        for path in (folder + extension for extension in constants.YAML_FILENAME_EXTENSIONS)
        if os.path.isfile(path)
    ]


def _current(path: str) -> Optional[bytes]:
    """Return the content of a regular file, or C(None) if it does not exist or cannot be read."""
    if current_mode(path) is None:
        return None
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _short(path: str) -> str:
    """Return a path relative to the working directory if it is inside it, and the path itself otherwise."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative
