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
  - Returns the tenants of an organization, over all regions. Nothing inside of them can be read this way.
  - This is the only list of tenants that Qlik Cloud has. It needs an OAuth client of organization level.
  - It fails if the system host name of a tenant is not in a trusted domain, because later tasks would send a credential
    there. See O(trusted_domains).
author:
  - qlikops contributors (@qlikops)
options:
  id:
    description:
      - Return only the tenant with this ID.
    type: str
  name:
    description:
      - Return only tenants with this name, in the same case. Names need not be unique.
    type: str
  subscription_id:
    description:
      - Return only the tenants of this subscription.
    type: str
  region:
    description:
      - Return only tenants of this region, as host names call it, such as V(eu), or by its code, such as V(eu-west-1).
    type: str
  status:
    description:
      - Return only tenants with this status. V(deactivated) stands for what the API calls C(disabled) too.
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

- name: Show their addresses
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
      description: V(active), V(disabled), V(deactivated) or V(deleted).
      type: str
    hostnames:
      description: The system host name, which never changes, and the alias if there is one.
      type: list
      elements: str
    subscription_id:
      description: The subscription that the tenant belongs to.
      type: str
    region:
      description: The region as host names call it. The API does not have this field.
      type: str
    region_code:
      description: The code of the region.
      type: str
    deletion_starts_at:
      description: When a deactivated tenant is purged.
      type: str
    tenant_url:
      description: The address by the system host name, for O(qlikops.cloud.qlik_tenant#module:tenant_url).
      type: str
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.organization import flow_of_organization_tenant_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_organization_tenant_info()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
