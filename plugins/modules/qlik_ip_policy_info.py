#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_ip_policy_info
short_description: Read IP policies of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Reads all IP policies of a tenant, or those that are asked for, over all pages.
  - The result is always a list, also for one and for none.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
options:
  id:
    description:
      - The ID of an IP policy.
    type: str
  name:
    description:
      - The exact name of an IP policy. Several can have it.
    type: str
seealso:
  - module: qlikops.cloud.qlik_ip_policy
  - module: qlikops.cloud.qlik_ip_policies
  - module: qlikops.cloud.qlik_configuration
  - name: IP policies in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/core/ip-policies/
"""

EXAMPLES = r"""
- name: Read all IP policies
  qlikops.cloud.qlik_ip_policy_info:
  register: all

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ all.ip_policies | map(attribute='name') }}"

- name: Read one of them
  qlikops.cloud.qlik_ip_policy_info:
    name: Offices
"""

RETURN = r"""
ip_policies:
  description: The IP policies, sorted by name, with all fields of the API.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 6527ab0d4a3f2c0d9f1e8b92
      name: Offices
      allowed_ips:
        - 192.0.2.0/24
        - 198.51.100.7
      enabled: true
      editable: true
      deletable: true
      toggleable: true
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.ip_policy import IpPolicy
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_info(IpPolicy(), {"name": {"type": "str"}})


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
