# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of C(qlik_organization_tenant_info)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from .._api.connection import organization_argument_spec, organization_connection
from .._api.trust import trusted_hosts
from .._errors import InvalidInput
from .._kinds.organization import STATUSES, find_tenants
from .._planning.settings import TEXT
from .problems import Problems
from .task import Flow, Result, Task


def flow_of_organization_tenant_info() -> Flow:
    """Return the flow of C(qlik_organization_tenant_info)."""

    def steps(task: Task) -> Result:
        params = task.params
        trusted = trusted_hosts(params)
        desired = {option: [params[option]] if params[option] else [] for option in ("id", "name", "subscription_id")}
        found = find_tenants(
            task.client(organization_connection(params, task.environ)),
            subscription_ids=desired["subscription_id"],
            names=desired["name"],
            status=params["status"],
            ids=desired["id"],
        )
        tenants, problems = [], Problems()
        for tenant in found:
            try:
                if not params["region"] or tenant.is_in(params["region"]):
                    tenants.append(tenant.checked(trusted).to_user())
            except InvalidInput as error:
                problems.add("", error)
        if problems:
            raise problems.error()
        return {"changed": False, "tenants": tenants}

    spec = {
        **organization_argument_spec(),
        "id": TEXT,
        "name": TEXT,
        "subscription_id": TEXT,
        "region": TEXT,
        "status": {"type": "str", "choices": list(STATUSES)},
    }
    return Flow(spec, steps)
