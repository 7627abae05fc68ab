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
  - Gives one group or user access to a space, changes what it may do there, or takes the access away. Other members are
    left alone.
  - It is for teams that own one line of a space. The whole list is a matter of M(qlikops.cloud.qlik_space).
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
      - The name of the space. Upper and lower case matter.
    type: str
  space_id:
    description:
      - The same by ID.
    type: str
  state:
    description:
      - V(present) gives access or changes it.
      - V(absent) takes it away.
    type: str
    choices:
      - present
      - absent
    default: present
  group:
    description:
      - The name of a group. Upper and lower case matter. V(Everyone) is the group of all users.
      - Exactly one of O(group), O(user) and O(assignee_id) names the member.
    type: str
  provider_type:
    description:
      - The kind of O(group), V(idp) if it is left out. The two kinds can have groups of the same name; a task that does
        not say which it means is warned then.
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
      - What O(assignee_id) is the ID of.
    type: str
    choices:
      - group
      - user
  roles:
    description:
      - What the member may do in the space, by the names that the API has. They are required unless O(state=absent).
    type: list
    elements: str
  purge_roles:
    description:
      - Whether roles that are not listed are taken from the member. With V(false) the listed ones are added.
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
- name: Let a group see what finance has released
  qlikops.cloud.qlik_space_member:
    space: Finance
    group: Finance Analysts
    roles:
      - consumer
"""

RETURN = r"""
action:
  description:
    - What the task did, or would do in check mode. V(created), V(updated), V(deleted), V(unchanged) or V(failed).
  returned: success, and failure after the space was read
  type: str
  sample: created
member:
  description: The member as it is after the task. In check mode as it would be, and null if there is none.
  returned: success, and failure after the space was read
  type: dict
  sample:
    group: Finance Analysts
    provider_type: idp
    roles:
      - consumer
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.spaces import flow_of_space_member

FLOW = flow_of_space_member()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
