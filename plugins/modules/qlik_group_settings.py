#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_group_settings
short_description: Manage the settings of all groups of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Sets whether groups are created automatically, and the roles of the group Everyone.
  - An option that is left out is left alone. A change is one write with all that differs.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.group_settings
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.task
  - qlikops.cloud.task.lockout
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_group
  - name: Groups in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/groups/
"""

EXAMPLES = r"""
- name: Create groups of the identity provider at login
  qlikops.cloud.qlik_group_settings:
    auto_create_groups: true

- name: Give a role to everybody
  qlikops.cloud.qlik_group_settings:
    everyone_assigned_roles:
      - CollaborationPlatformUser
"""

RETURN = r"""
action:
  description: What the task did, or would do in check mode. V(updated), V(unchanged) or V(failed).
  returned: success, and failure after the settings were read
  type: str
  sample: updated
group_settings:
  description:
    - The settings as they are after the task, with all fields of the API. In check mode as they would be.
  returned: success, and failure after the settings were read
  type: dict
  sample:
    tenant_id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
    auto_create_groups: true
    sync_idp_groups: false
    system_groups:
      "000000000000000000000001":
        id: "000000000000000000000001"
        name: com.qlik.Everyone
        enabled: true
        assigned_roles: []
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group_settings import GroupSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(GroupSettings())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
