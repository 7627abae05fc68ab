#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_user_info
short_description: Read users of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Reads all users of a tenant, or those that are asked for, over all pages.
  - Users that were deleted and still show are left out, except where O(id) or O(filter) asks for them.
  - The result is always a list, also for one user and for none.
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
      - The ID of a user.
    type: str
  subject:
    description:
      - The exact subject of a user.
    type: str
  filter:
    description:
      - A filter in the syntax of RFC 7644, which the tenant evaluates. It ignores upper and lower case.
      - Qlik documents C(eq) for C(id), C(subject), C(name), C(email), C(status), C(clientId), C(assignedRoles.id),
        C(assignedRoles.name), C(assignedGroups.id) and C(assignedGroupsAssignedRoles.name), and C(co) for C(name),
        C(email) and C(subject).
    type: str
seealso:
  - module: qlikops.cloud.qlik_user
  - module: qlikops.cloud.qlik_users
  - name: Users in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/users/
"""

EXAMPLES = r"""
- name: Read all users
  qlikops.cloud.qlik_user_info:
  register: all

- name: Read one user
  qlikops.cloud.qlik_user_info:
    subject: ACME\ada

- name: Read the tenant admins
  qlikops.cloud.qlik_user_info:
    filter: (assignedRoles.name eq "TenantAdmin") and (status eq "active")
"""

RETURN = r"""
users:
  description: The users, sorted by subject, with all fields of the API.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 6527ab0d4a3f2c0d9f1e8d21
      tenant_id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
      subject: ACME\ada
      name: Ada Lovelace
      email: ada@example.com
      status: active
      assigned_roles:
        - id: 60805d3cdc4f3d9d4a1b6a11
          name: SharedSpaceCreator
          type: default
          level: user
      assigned_groups: []
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.user import User
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_info(User(), {"subject": {"type": "str"}})


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
