# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ansible.plugins.action import ActionBase
from ansible_collections.qlikops.cloud.plugins.plugin_utils._description import read_description
from ansible_collections.qlikops.cloud.plugins.plugin_utils._hosts import Parts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import look_at_play
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import refusal


class ActionModule(ActionBase):
    """Makes the options of the module qlik_configuration out of the variables of the role qlik_seed."""

    _requires_connection = False

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        spec = {"is_seeded": {"type": "bool", "default": False}}
        _spec, options = self.validate_argument_spec(argument_spec=spec)
        variables = task_vars or {}
        seeded_host = str(variables["inventory_hostname"]) if options["is_seeded"] else None
        found: List[str] = []
        if seeded_host is not None:
            parts = Parts("seed")
            # A folder without locks is better known before the tenant is changed.
            with parts.locked():
                parts.begin(seeded_host)
            found, warnings = look_at_play(self, "qlik_seed", variables)
            if warnings:
                result["warnings"] = warnings
        description, mistakes = read_description(variables, self._templar.template, seeded_host)
        if found or mistakes:
            return {**result, **refusal([*found, *mistakes])}
        return {**result, "changed": False, "description": description}
