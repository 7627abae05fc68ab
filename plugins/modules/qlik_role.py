#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_role
short_description: Manage a custom role of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Creates, changes or deletes a custom role. A role is found by its exact O(name).
  - Of Qlik's default roles only the scopes of C(UserDefault) can be changed.
  - An option that is left out is left alone. A change is one write with all that differs.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.role
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_roles
  - module: qlikops.cloud.qlik_role_info
  - name: Roles in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/roles/
"""

EXAMPLES = r"""
- name: Create a role for people who use API keys
  qlikops.cloud.qlik_role:
    name: API Key Users
    description: May create API keys
    assigned_scopes:
      - api-keys

- name: Let every user create API keys
  qlikops.cloud.qlik_role:
    name: UserDefault
    assigned_scopes:
      - api-keys
    purge_scopes: false

- name: Delete a role
  qlikops.cloud.qlik_role:
    name: Report Distributors
    state: absent
"""

RETURN = r"""
action:
  description:
    - What the task did, or would do in check mode. V(created), V(updated), V(deleted), V(unchanged) or V(failed).
  returned: success, and failure after the role was read
  type: str
  sample: updated
role:
  description:
    - The role as the tenant holds it after the task, with all fields of the API. In check mode as it would be.
    - V(null) when the role does not exist after the task.
  returned: success, and failure after the role was found
  type: dict
  sample:
    id: 6527ab0d4a3f2c0d9f1e8c01
    name: API Key Users
    description: May create API keys
    type: custom
    level: user
    assigned_scopes:
      - api-keys
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.role import Role
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(Role())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
