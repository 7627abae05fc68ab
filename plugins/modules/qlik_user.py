#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_user
short_description: Manage a user of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Creates a user, changes it, or deletes it.
  - A user is found by its exact O(subject), or by O(id). Deleted users count as absent, and bots of OAuth clients are
    never taken for a person.
  - An option that is left out is left alone on the tenant, and an empty list means V(none).
  - A change is one write with all that differs. What the API cannot set in a creation is written right after it.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.user
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.task
  - qlikops.cloud.task.lockout
  - qlikops.cloud.task.planned_groups
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_users
  - module: qlikops.cloud.qlik_user_info
  - name: Users in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/users/
"""

EXAMPLES = r"""
- name: Create a user with a role
  qlikops.cloud.qlik_user:
    subject: ACME\ada
    name: Ada Lovelace
    email: ada@example.com
    assigned_roles:
      - SharedSpaceCreator

- name: Set the language and the time zone
  qlikops.cloud.qlik_user:
    subject: ACME\ada
    preferred_locale: en
    preferred_zoneinfo: Europe/London

- name: Disable a user
  qlikops.cloud.qlik_user:
    subject: ACME\bob
    status: disabled

- name: Take all directly assigned roles from a user
  qlikops.cloud.qlik_user:
    subject: ACME\charles
    assigned_roles: []

- name: Delete a user
  qlikops.cloud.qlik_user:
    subject: ACME\dora
    state: absent
"""

RETURN = r"""
action:
  description:
    - What the task did, or would do in check mode. V(created), V(updated), V(deleted), V(unchanged) or V(failed).
  returned: success, and failure after the user was read
  type: str
  sample: updated
user:
  description:
    - The user as the tenant holds it after the task, with all fields of the API.
    - In check mode the user as it would be. What only the tenant can know of a new user is V(null) then.
    - V(null) when the user does not exist after the task.
  returned: success, and failure after the user was found
  type: dict
  sample:
    id: 6527ab0d4a3f2c0d9f1e8d21
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
unchangeable:
  description:
    - Settings that differ and stay so, because the API sets them only when a user is created. Each has what the
      tenant has as C(held), and what is asked for as C(wanted).
  returned: when there are such settings
  type: dict
  sample:
    email:
      held: ada@example.com
      wanted: lovelace@example.com
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.user import User
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(User())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
