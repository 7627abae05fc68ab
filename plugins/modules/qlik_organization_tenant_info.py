#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_organization_tenant_info
short_description: List the tenants of a Qlik Cloud organization
version_added: 1.0.0
description:
  - Returns the tenants of an organization across all regions. The content of the tenants cannot be read this way.
  - Requires an organization-level OAuth client. Qlik Cloud has no other list of tenants.
  - The task fails if the system hostname of a tenant is not in a trusted domain, because later tasks would send
    credentials there. See O(trusted_domains).
author:
  - qlikops contributors (@qlikops)
options:
  id:
    description:
      - Returns only the tenant with this ID.
    type: str
  name:
    description:
      - Returns only tenants with this name. Case-sensitive. Names need not be unique.
    type: str
  subscription_id:
    description:
      - Returns only tenants of this subscription.
    type: str
  region:
    description:
      - Returns only tenants in this region, as in hostnames, such as V(eu), or by its code, such as V(eu-west-1).
    type: str
  status:
    description:
      - Returns only tenants with this status. V(deactivated) includes the status C(disabled) of the API.
    type: str
    choices: [active, deactivated, deleted]
extends_documentation_fragment:
  - qlikops.cloud.organization
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
seealso:
  - plugin: qlikops.cloud.qlik_organization
    plugin_type: inventory
  - module: qlikops.cloud.qlik_tenant_info
  - name: Organization REST APIs in Qlik's reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/org-rest/
"""

EXAMPLES = r"""
- name: List the tenants of a region
  qlikops.cloud.qlik_organization_tenant_info:
    region: eu
    status: active
  register: found

- name: Show their URLs
  ansible.builtin.debug:
    msg: "{{ found.tenants | items2dict(key_name='name', value_name='tenant_url') }}"
"""

RETURN = r"""
tenants:
  description: The tenants, with all fields of the API and two more.
  returned: success
  type: list
  elements: dict
  sample:
    - id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
      name: Acme Analytics
      status: active
      hostnames:
        - 1234567890abcde.us.qlikcloud.com
        - acme-analytics.us.qlikcloud.com
      subscription_id: 5f0000000000000000000001
      region: us
      region_code: us-east-1
      tenant_url: https://1234567890abcde.us.qlikcloud.com
  contains:
    id:
      description: The ID.
      type: str
    name:
      description: The display name, which need not be unique.
      type: str
    status:
      description: V(active), V(disabled), V(deactivated), or V(deleted).
      type: str
    hostnames:
      description: The system hostname, which never changes, and the alias, if one is set.
      type: list
      elements: str
    subscription_id:
      description: The subscription that the tenant belongs to.
      type: str
    region:
      description: The region as in hostnames. The API does not have this field.
      type: str
    region_code:
      description: The code of the region.
      type: str
    deletion_starts_at:
      description: The time when a deactivated tenant is purged.
      type: str
    tenant_url:
      description: The URL with the system hostname, for O(qlikops.cloud.qlik_tenant#module:tenant_url).
      type: str
error:
  description: The error, in the format of RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except when Ansible itself rejects the options
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.organization import flow_of_organization_tenant_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_organization_tenant_info()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
