#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_tenant
short_description: Manage the settings of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Sets the name, the host name alias and the flags of the tenant of O(tenant_url).
  - An option that is left out is left alone. A change is one write with all that differs.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.tenant
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_tenant_info
  - name: Tenants in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/tenants/
"""

EXAMPLES = r"""
- name: Name the tenant
  qlikops.cloud.qlik_tenant:
    name: Acme Analytics

- name: Do not give roles to new professional users
  qlikops.cloud.qlik_tenant:
    auto_assign_create_shared_spaces_role_to_professionals: false
    auto_assign_private_analytics_content_creator_role_to_professionals: false
    auto_assign_data_services_contributor_role_to_professionals: false
    enable_app_opening_feedback: true

- name: Give the tenant an alias, in the place of another that it may have, which goes to whoever takes it next
  qlikops.cloud.qlik_tenant:
    hostname_alias: acme-insights
    replace_hostname_alias: true
"""

RETURN = r"""
action:
  description: What the task did, or would do in check mode. V(updated), V(unchanged) or V(failed).
  returned: success, and failure after the tenant was read
  type: str
  sample: updated
tenant:
  description:
    - The tenant as it is after the task, with all fields of the API. In check mode as it would be.
  returned: success, and failure after the tenant was read
  type: dict
  sample:
    id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
    name: Acme Analytics
    status: active
    hostnames:
      - 1234567890abcde.eu.qlikcloud.com
      - acme-analytics.eu.qlikcloud.com
    auto_assign_create_shared_spaces_role_to_professionals: true
    auto_assign_private_analytics_content_creator_role_to_professionals: true
    auto_assign_data_services_contributor_role_to_professionals: true
    enable_app_opening_feedback: false
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(Tenant())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
