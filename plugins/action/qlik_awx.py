# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Dict, Iterable

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import printable
from ansible_collections.qlikops.cloud.plugins.plugin_utils._role import VariablesAction


class ActionModule(VariablesAction):
    """Validates the variables of the role qlik_awx."""

    role = "qlik_awx"
    needed_collection = "awx.awx"

    def further_mistakes(self, values: Dict[str, Any]) -> Iterable[str]:
        """Yield a mistake if the parts of an audit in slices would be lost with the containers of the jobs."""
        folder = str(values["qlik_awx_report_dir"])
        if str(values["qlik_awx_job_slices"]) not in ("0", "1") and folder.startswith("/runner/"):
            yield (
                "qlik_awx_report_dir: %s is in the container of each job, but qlik_awx_job_slices requires a folder"
                " that all jobs share. Mount a folder into the jobs, and set its path." % printable(folder)
            )
