#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_group_info
short_description: Read groups of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Reads all groups of a tenant, or those that are asked for, over all pages.
  - The result is always a list, also for one group and for none.
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
      - The ID of a group.
    type: str
  name:
    description:
      - The exact name of a group. A group of an identity provider and a custom group can have the same name.
    type: str
  provider_type:
    description:
      - Only groups of this kind.
    type: str
    choices:
      - idp
      - custom
  filter:
    description:
      - A filter in the syntax of RFC 7644, which the tenant evaluates. It ignores upper and lower case.
      - Qlik documents the attributes C(id), C(name), C(status), C(providerType), C(createdAt) and C(lastUpdatedAt).
    type: str
  system_groups:
    description:
      - Read the system groups instead, such as C(com.qlik.Everyone).
    type: bool
    default: false
seealso:
  - module: qlikops.cloud.qlik_group
  - module: qlikops.cloud.qlik_groups
  - name: Groups in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/groups/
"""

EXAMPLES = r"""
- name: Read all groups
  qlikops.cloud.qlik_group_info:
  register: all

- name: Read one group
  qlikops.cloud.qlik_group_info:
    name: Finance Analysts
    provider_type: idp
  register: found

- name: Show its roles
  ansible.builtin.debug:
    msg: "{{ found.groups | map(attribute='assigned_roles') | flatten | map(attribute='name') }}"

- name: Read the custom groups
  qlikops.cloud.qlik_group_info:
    filter: providerType eq "custom"

- name: Read the system groups
  qlikops.cloud.qlik_group_info:
    system_groups: true
"""

RETURN = r"""
groups:
  description: The groups, sorted by name, with all fields of the API.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 6527ab0d4a3f2c0d9f1e8b77
      tenant_id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
      name: Finance Analysts
      status: active
      provider_type: idp
      assigned_roles:
        - id: 60805d3cdc4f3d9d4a1b6a11
          name: SharedSpaceCreator
          type: default
          level: user
      created_at: "2026-11-02T09:15:00.000Z"
      last_updated_at: "2026-11-02T09:15:00.000Z"
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_info(
    Group(),
    {
        "name": {"type": "str"},
        "provider_type": {"type": "str", "choices": ["idp", "custom"]},
        "system_groups": {"type": "bool", "default": False},
    },
)


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
