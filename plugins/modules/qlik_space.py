#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_space
short_description: Manage a space of a Qlik Cloud tenant, and who has access to it
version_added: 1.0.0
description:
  - Creates, changes or deletes a space. A space is found by its exact O(name), or by O(id).
  - Members are groups and users that are named as the tenant knows them. Each member that differs is one write.
  - An option that is left out is left alone.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.space
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.task.planned_groups
  - qlikops.cloud.task.planned_users
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_spaces
  - module: qlikops.cloud.qlik_space_info
  - module: qlikops.cloud.qlik_space_member
  - name: Spaces in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/spaces/
"""

EXAMPLES = r"""
- name: Let a group see what finance has released
  qlikops.cloud.qlik_space:
    name: Finance
    type: managed
    description: What finance has released
    members:
      - group: Finance Analysts
        roles:
          - consumer

- name: Delete a space that is empty
  qlikops.cloud.qlik_space:
    name: Pilot
    state: absent
"""

RETURN = r"""
action:
  description:
    - What the task did, or would do in check mode. V(created), V(updated), V(deleted), V(unchanged) or V(failed).
  returned: success, and failure after the space was read
  type: str
  sample: created
space:
  description:
    - The space as it is after the task, with all fields of the API, and with its members if the task is about them. In
      check mode as it would be, and null if there is none.
  returned: success, and failure after the space was read
  type: dict
  sample:
    id: 6527ab0d4a3f2c0d9f1e8b80
    name: Finance
    type: managed
    description: What finance has released
    owner_id: 6527ab0d4a3f2c0d9f1e8b81
    members:
      - group: Finance Analysts
        provider_type: idp
        roles:
          - consumer
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.space import Space
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(Space())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
