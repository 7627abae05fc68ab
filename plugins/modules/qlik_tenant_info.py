#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_tenant_info
short_description: Read the settings of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Reads the tenant of O(tenant_url).
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
seealso:
  - module: qlikops.cloud.qlik_tenant
  - name: Tenants in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/tenants/
"""

EXAMPLES = r"""
- name: Read the tenant
  qlikops.cloud.qlik_tenant_info:
  register: found

- name: Show its host names
  ansible.builtin.debug:
    msg: "{{ found.tenant.hostnames }}"
"""

RETURN = r"""
tenant:
  description: The tenant with all fields of the API.
  returned: success
  type: dict
  sample:
    id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
    name: Acme Analytics
    status: active
    hostnames:
      - 1234567890abcde.eu.qlikcloud.com
      - acme-analytics.eu.qlikcloud.com
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_singleton_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_singleton_info(Tenant())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
