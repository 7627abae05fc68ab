# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from importlib import import_module
from typing import Any, Dict, Optional

from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import look_at_play
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import SPECS, read_variables, refusal


class ActionModule(ActionBase):
    """Looks at the play and reads the variables of a role, and says all that is wrong with them at once."""

    _requires_connection = False

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        spec = {
            "role": {"type": "str", "choices": list(SPECS), "required": True},
            "needed_collection": {"type": "str"},
        }
        _spec, options = self.validate_argument_spec(argument_spec=spec)
        missing = options["needed_collection"]
        if missing is not None and not _is_installed(missing):
            command = "ansible-galaxy collection install %s" % missing
            message = "The collection %s is not installed. Install it with: %s\nNothing was changed." % (
                missing,
                command,
            )
            return {**result, "failed": True, "msg": message}
        variables = task_vars or {}
        play = look_at_play(self, options["role"], variables)
        values, mistakes = read_variables(options["role"], variables, self._templar.template)
        if play.warnings:
            result["warnings"] = play.warnings
        if play.mistakes or mistakes:
            return {**result, **refusal([*play.mistakes, *mistakes])}
        return {**result, "changed": False, "variables": values}


def _is_installed(collection: str) -> bool:
    try:
        import_module("ansible_collections.%s" % collection)
    except ImportError:
        return False
    return True
