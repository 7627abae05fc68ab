#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_space_member
short_description: Manage one member of a space of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Adds a group or user to a space, changes its roles, or removes it. Other members are left unchanged.
  - Use it if several teams share a space. To manage the whole list of members, use M(qlikops.cloud.qlik_space).
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.task.planned_groups
  - qlikops.cloud.task.planned_users
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  space:
    description:
      - The name of the space. Case-sensitive.
    type: str
  space_id:
    description:
      - The ID of the space, instead of O(space).
    type: str
  state:
    description:
      - V(present) adds the member or changes its roles.
      - V(absent) removes the member.
    type: str
    choices:
      - present
      - absent
    default: present
  group:
    description:
      - The name of a group. Case-sensitive. V(Everyone) is the group of all users.
      - Set exactly one of O(group), O(user), and O(assignee_id).
    type: str
  provider_type:
    description:
      - The type of O(group). The default is V(idp). If groups of both types have this name and you omit the type, the
        task warns.
    type: str
    choices:
      - idp
      - custom
  user:
    description:
      - The subject of a user.
    type: str
  assignee_id:
    description:
      - The ID of a group or a user.
    type: str
  assignee_type:
    description:
      - Whether O(assignee_id) is the ID of a group or a user.
    type: str
    choices:
      - group
      - user
  roles:
    description:
      - The roles of the member in the space, by their names in the API. Required unless O(state=absent).
    type: list
    elements: str
  purge_roles:
    description:
      - Whether to remove roles that are not listed. V(false) only adds the listed roles.
    type: bool
    default: true
seealso:
  - module: qlikops.cloud.qlik_space
  - module: qlikops.cloud.qlik_spaces
  - module: qlikops.cloud.qlik_space_info
  - name: Spaces in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/spaces/
"""

EXAMPLES = r"""
- name: Give a group access to a space
  qlikops.cloud.qlik_space_member:
    space: Finance
    group: Finance Analysts
    roles:
      - consumer
"""

RETURN = r"""
action:
  description:
    - The action of the task, or the predicted action in check mode. V(created), V(updated), V(deleted), V(unchanged),
      or V(failed).
  returned: success, and failure after the space was read
  type: str
  sample: created
member:
  description: The member after the task. In check mode, the predicted member. V(null) if it does not exist.
  returned: success, and failure after the space was read
  type: dict
  sample:
    group: Finance Analysts
    provider_type: idp
    roles:
      - consumer
error:
  description: The error, in the format of RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except when Ansible itself rejects the options
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.spaces import flow_of_space_member

FLOW = flow_of_space_member()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
