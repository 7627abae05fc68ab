#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_role_info
short_description: Read roles of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Reads all roles of a tenant, default and custom, or those that are asked for, over all pages.
  - The result is always a list, also for one role and for none.
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
      - The ID of a role.
    type: str
  name:
    description:
      - The exact name of a role.
    type: str
  filter:
    description:
      - A filter in the syntax of RFC 7644, which the tenant evaluates. It ignores upper and lower case.
      - Qlik documents the attributes C(id), C(name), C(type), C(level), C(tenantId), C(description), C(permissions),
        C(createdAt) and C(lastUpdatedAt).
    type: str
seealso:
  - module: qlikops.cloud.qlik_role
  - module: qlikops.cloud.qlik_roles
  - name: Roles in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/roles/
"""

EXAMPLES = r"""
- name: Read all roles
  qlikops.cloud.qlik_role_info:
  register: all

- name: Show the names of the default roles
  ansible.builtin.debug:
    msg: "{{ all.roles | selectattr('type', 'equalto', 'default') | map(attribute='name') }}"

- name: Read one role
  qlikops.cloud.qlik_role_info:
    name: SharedSpaceCreator

- name: Read the custom roles
  qlikops.cloud.qlik_role_info:
    filter: type eq "custom"
"""

RETURN = r"""
roles:
  description: The roles, sorted by name, with all fields of the API.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 60805d3cdc4f3d9d4a1b6a11
      name: SharedSpaceCreator
      type: default
      level: user
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.role import Role
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_info(Role(), {"name": {"type": "str"}})


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
