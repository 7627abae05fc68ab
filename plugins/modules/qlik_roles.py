#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_roles
short_description: Manage many custom roles of a Qlik Cloud tenant in one task
version_added: 1.0.0
description:
  - Brings many custom roles to what is described, like M(qlikops.cloud.qlik_role) in a loop, with one reading of the
    tenant and one write for each role that differs.
  - Everything that can be known to be wrong is said before the first write, for all roles at once.
  - A role that fails does not stop the others. The task fails at the end, and its result says what became of each.
  - Creations and changes come before deletions. Roles that are not listed are left alone.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.role.items
  - qlikops.cloud.connection
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  roles:
    description:
      - The custom roles, at most 500.
    type: list
    elements: dict
    required: true
seealso:
  - module: qlikops.cloud.qlik_role
  - module: qlikops.cloud.qlik_role_info
  - module: qlikops.cloud.qlik_configuration
  - name: Roles in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/roles/
"""

EXAMPLES = r"""
- name: Ensure the custom roles of the company
  qlikops.cloud.qlik_roles:
    roles:
      - name: API Key Users
        description: May make API keys
        assigned_scopes:
          - api-keys
      - name: Space Auditors
        assigned_scopes:
          - admin.spaces:read
      - name: Pilot
        state: absent
"""

RETURN = r"""
summary:
  description: How many roles there are of each action.
  returned: success, and failure after the roles were read
  type: dict
  sample:
    created: 2
    updated: 0
    deleted: 0
    unchanged: 1
    failed: 0
  contains:
    created:
      description: Roles that were created.
      type: int
    updated:
      description: Roles that were changed.
      type: int
    deleted:
      description: Roles that were deleted.
      type: int
    unchanged:
      description: Roles that were as described.
      type: int
    failed:
      description: Roles that could not be brought to what is described.
      type: int
roles:
  description: What became of each role, in the order of O(roles).
  returned: success, and failure after the roles were read
  type: list
  elements: dict
  sample:
    - name: API Key Users
      action: created
      changed: true
      role:
        id: 6527ab0d4a3f2c0d9f1e8b79
        name: API Key Users
        description: May make API keys
        type: custom
        assigned_scopes:
          - api-keys
  contains:
    name:
      description: The name of the role.
      type: str
    action:
      description: V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      type: str
    changed:
      description: Whether the role was changed, or may have been.
      type: bool
    role:
      description: The role as the tenant holds it, like RV(qlikops.cloud.qlik_role#module:role).
      type: dict
    before:
      description: The settings of a role that differs, in diff mode, and null if there is none.
      type: dict
    after:
      description: The same as described, in diff mode, and null for a role that is not to exist.
      type: dict
    error:
      description: What went wrong, like RV(qlikops.cloud.qlik_role#module:error).
      type: dict
error:
  description: What went wrong in all, like RV(qlikops.cloud.qlik_role#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.role import Role
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_many
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_many(Role())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
