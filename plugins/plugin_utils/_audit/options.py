# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of an audit."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional

from ansible.module_utils.common.validation import check_type_list
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import POLICIES

from .._files import absolute, mode_of
from .slices import run_of

Json = Dict[str, Any]
#: The variables in which AWX passes the ID of the workflow job to each slice, and its own ID to each job.
_WORKFLOW = ("awx_workflow_job_id", "tower_workflow_job_id")
_JOB = ("awx_job_id", "tower_job_id")


class Options(NamedTuple):
    """The variables of the role.

    :param folder: the folder of the reports. It is empty for a slice without reports.
    :param previous: the path of the previous report, or C(None) if it is not set.
    :param attribution: the options of the flow for the attribution of drift.
    :param policies: the policies for objects outside the description, by the names of C(POLICIES).
    :param is_slice: whether the job writes a part instead of a report.
    :param parts_dir: the folder of the parts of an audit in slices, or an empty string.
    :param run: the name of the run that the part belongs to, or an empty string.
    """

    folder: str
    formats: List[str]
    mode: Optional[int]
    count_unmanaged: bool
    fail_on_drift: bool
    exceptions: List[Any]
    previous: Optional[str]
    attribution: Json
    policies: Json
    page_tenants: int
    is_slice: bool
    parts_dir: str
    run: str
    merge_unfinished: bool


def options_of(variables_of_role: Mapping[str, Any], step: str, variables: Mapping[str, Any]) -> Options:
    """Return the variables of the role.

    :param variables_of_role: their values by name, without mistakes.
    :param step: C(audit), which includes the report, or C(merge).
    :param variables: all variables of the host.
    :raises InvalidInput: if the name of the run is required and unknown.
    """
    values: Json = {
        name[len("qlik_audit_") :]: None if value == "" else value for name, value in variables_of_role.items()
    }
    previous, parts_dir = values["previous_report"], values["parts_dir"]
    return Options(
        # Relative paths start at the working directory, which is not always the folder of the playbook.
        folder=absolute(values["report_dir"]) if values["report_dir"] else "",
        formats=check_type_list(values["formats"]),
        mode=mode_of("qlik_audit_report_mode", values["report_mode"]),
        count_unmanaged=boolean(values["count_unmanaged"]),
        fail_on_drift=boolean(values["fail_on_drift"]),
        exceptions=values["exceptions"],
        previous=None if previous is None else absolute(previous),
        attribution={
            "attribute_drift": boolean(values["attribution"]),
            "attribute_unmanaged": boolean(values["count_unmanaged"]),
            "attribution_days": values["attribution_days"],
            "attribution_pages": values["attribution_pages"],
        },
        policies={name: values[name] for name in POLICIES if values[name] is not None},
        page_tenants=int(values["page_tenants"]),
        is_slice=bool(parts_dir) and step == "audit",
        parts_dir=absolute(parts_dir) if parts_dir else "",
        run=_run_name(step, values["run"], variables) if parts_dir else "",
        merge_unfinished=boolean(values["merge_unfinished"]),
    )


def job_of(variables: Mapping[str, Any]) -> Optional[str]:
    """Return the ID of the job in AWX, or C(None) outside of AWX."""
    return _first(_JOB, variables)


def _first(names: Iterable[str], variables: Mapping[str, Any]) -> Optional[str]:
    """Return the first variable that is set."""
    return next((str(variables[name]) for name in names if variables.get(name)), None)


def _run_name(step: str, given: Any, variables: Mapping[str, Any]) -> str:
    """Return the name of the run. In AWX, a slice takes it from its workflow job, which all slices have in common.

    :raises InvalidInput: if it is not set, or invalid.
    """
    if given is None and step != "merge":
        given = _first(_WORKFLOW, variables)
    if given is not None:
        return run_of(given)
    hint = "Set it to a name that all slices of this audit, and the merge, have in common."
    if job_of(variables) is not None and step == "merge":
        hint = (
            "The slices hand it on in a workflow, unless all of them have failed before their first tenant: see"
            " their output. If you launch the merge alone, enter the name of the run that the slices show."
        )
    elif job_of(variables) is not None:
        hint = (
            "This job belongs to no workflow. For a new audit, launch the workflow. To repeat a slice of an earlier"
            " audit, launch the job template with the hosts of the slice as the limit, and with the name of that"
            " run, which its other slices show. Then launch the merge with the same name."
        )
    raise InvalidInput("qlik_audit_run: Required, but not set.", hint)
