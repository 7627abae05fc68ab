#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_group
short_description: Manage a group of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Creates a group with its roles before anyone has logged in, changes its roles, or deletes it.
  - A group is found by its exact O(name) and O(provider_type), or by O(id).
  - An option that is left out is left alone on the tenant, and an empty list means V(none).
  - A change is one write with all that differs. A group that is as described causes no write.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.group
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.task
  - qlikops.cloud.task.lockout
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_groups
  - module: qlikops.cloud.qlik_group_info
  - module: qlikops.cloud.qlik_role_info
  - name: Groups in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/groups/
"""

EXAMPLES = r"""
- name: Seed a group with a role before anyone has logged in
  qlikops.cloud.qlik_group:
    tenant_url: https://acme.eu.qlikcloud.com
    api_key: "{{ qlik_api_key }}"
    name: Finance Analysts
    assigned_roles:
      - SharedSpaceCreator
      - DataSpaceCreator

- name: Set the connection once for several tasks
  module_defaults:
    group/qlikops.cloud.qlik:
      tenant_url: https://acme.eu.qlikcloud.com
      client_id: "{{ qlik_client_id }}"
      client_secret: "{{ qlik_client_secret }}"
  block:
    - name: Add a role, and keep those that the group has
      qlikops.cloud.qlik_group:
        name: Sales Analysts
        assigned_roles:
          - ManagedSpaceCreator
        purge_roles: false

    - name: Create a group whose members are assigned on the tenant
      qlikops.cloud.qlik_group:
        name: Project Falcon
        provider_type: custom
        description: Everyone who works on Falcon
        assigned_roles:
          - Steward

    - name: Rename a group, which its ID finds
      qlikops.cloud.qlik_group:
        id: "{{ kestrel_group_id }}"
        name: Project Peregrine

    - name: Look up the IDs of roles
      qlikops.cloud.qlik_role_info:
      register: found

    - name: Assign roles by their IDs
      qlikops.cloud.qlik_group:
        name: Auditors
        assigned_role_ids: >-
          {{ found.roles | selectattr('name', 'in', ['SharedSpaceCreator', 'Steward']) | map(attribute='id') }}

    - name: Take all roles from a group
      qlikops.cloud.qlik_group:
        name: Interns
        assigned_roles: []

    - name: Delete a group
      qlikops.cloud.qlik_group:
        name: Contractors
        state: absent
"""

RETURN = r"""
action:
  description:
    - What the task did, or would do in check mode. V(created), V(updated), V(deleted), V(unchanged) or V(failed).
  returned: success, and failure after the group was read
  type: str
  sample: updated
group:
  description:
    - The group as the tenant holds it after the task, with all fields of the API.
    - In check mode the group as it would be. What only the tenant can know of a new group is V(null) then.
    - V(null) when the group does not exist after the task.
  returned: success, and failure after the group was found
  type: dict
  sample:
    id: 6527ab0d4a3f2c0d9f1e8b77
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
  contains:
    id:
      description: The ID of the group.
      type: str
    tenant_id:
      description: The ID of the tenant.
      type: str
    name:
      description: The name of the group.
      type: str
    status:
      description: V(active) or V(disabled).
      type: str
    provider_type:
      description: V(idp) or V(custom).
      type: str
    description:
      description: The description of a custom group.
      type: str
    assigned_roles:
      description: The roles of the group, each with C(id), C(name), C(type) and C(level).
      type: list
      elements: dict
    created_at:
      description: When the group was created.
      type: str
    last_updated_at:
      description: When the group was changed last.
      type: str
error:
  description:
    - What went wrong, for machines. The same is said in RV(ignore:msg) for people.
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample:
    message: >-
      GET /api/v1/groups was answered with HTTP status 401: GROUPS-401 Unauthorized, A valid bearer token is required.
      Trace ID a9679745e15d1cc0bbdc30fddab32b94.
    hint: The credential is wrong, expired or revoked, or it belongs to another tenant.
    request: GET /api/v1/groups
    status: 401
    code: GROUPS-401
    title: Unauthorized
    detail: A valid bearer token is required.
    trace_id: a9679745e15d1cc0bbdc30fddab32b94
  contains:
    message:
      description: What went wrong.
      type: str
    hint:
      description: What can be done about it.
      type: str
    request:
      description: The request that failed, if it was one.
      type: str
    status:
      description: The HTTP status of the answer.
      type: int
    code:
      description: Qlik's code of the error.
      type: str
    title:
      description: Qlik's title of the error.
      type: str
    detail:
      description: Qlik's details of the error.
      type: str
    trace_id:
      description: The ID that Qlik's support asks for.
      type: str
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(Group())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
