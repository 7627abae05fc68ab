#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_ip_policy
short_description: Manage an IP policy of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Creates, changes or deletes an IP policy, which has the addresses from which a tenant can be reached. It is found
    by its exact O(name), or by O(id).
  - While any policy is enabled, the tenant answers nobody whose address is in no enabled policy. Enabling the first
    one keeps everybody else out; disabling or deleting the last one lets everybody in.
  - A task after which, or during which, its own address O(caller_address) would be in no enabled policy is refused,
    in check mode too. Without O(caller_address) it is refused to enable a first policy, and to take addresses from
    the enabled ones.
  - An option that is left out is left alone.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.ip_policy
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.task.allowlist
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_ip_policies
  - module: qlikops.cloud.qlik_ip_policy_info
  - module: qlikops.cloud.qlik_configuration
  - name: IP policies in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/core/ip-policies/
"""

EXAMPLES = r"""
- name: Let nobody reach the tenant but the offices, where this task comes from
  qlikops.cloud.qlik_ip_policy:
    name: Offices
    allowed_ips:
      - 192.0.2.0/24
      - 198.51.100.7
    enabled: true
    caller_address: 192.0.2.7

- name: Delete the policy of the pilot
  qlikops.cloud.qlik_ip_policy:
    name: Pilot
    state: absent
    caller_address: 192.0.2.7
"""

RETURN = r"""
action:
  description:
    - What the task did, or would do in check mode. V(created), V(updated), V(deleted), V(unchanged) or V(failed).
  returned: success, and failure after the IP policy was read
  type: str
  sample: created
ip_policy:
  description:
    - The IP policy as it is after the task, with all fields of the API. In check mode as it would be, and null if
      there is none.
  returned: success, and failure after the IP policy was read
  type: dict
  sample:
    id: 6527ab0d4a3f2c0d9f1e8b92
    name: Offices
    allowed_ips:
      - 192.0.2.0/24
      - 198.51.100.7
    enabled: true
    editable: true
    deletable: true
    toggleable: true
duplicates:
  description:
    - The IP policies that are equal to this one, and were deleted, or would be in check mode.
    - RV(action) does not count them.
  returned: success, and failure after the IP policy was read
  type: list
  elements: dict
  sample: []
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.ip_policy import IpPolicy
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(IpPolicy())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
