#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_groups
short_description: Manage many groups of a Qlik Cloud tenant in one task
version_added: 1.0.0
description:
  - Brings many groups to what is described, like M(qlikops.cloud.qlik_group) in a loop, with one reading of the tenant
    and one write for each group that differs.
  - Everything that can be known to be wrong is said before the first write, for all groups at once.
  - A group that fails does not stop the others. The task fails at the end, and its result says what became of each.
  - Creations and changes come before deletions.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.group.items
  - qlikops.cloud.connection
  - qlikops.cloud.task
  - qlikops.cloud.task.lockout
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  groups:
    description:
      - The groups, at most 10000. Each needs O(groups[].name) or O(groups[].id).
    type: list
    elements: dict
    required: true
  prune:
    description:
      - Whether groups of O(prune_provider_type) that are not listed are deleted.
      - An empty list of O(groups) is refused then, unless O(max_deletions) is given.
    type: bool
    default: false
  prune_provider_type:
    description:
      - The kind of groups that O(prune) deletes.
    type: str
    choices:
      - idp
      - custom
    default: idp
  prune_protect:
    description:
      - A list of names, or patterns of names, that O(prune) never deletes. C(*), C(?) and C([...]) are as in file
        names. Case matters. A group of exactly that name is protected, also if it is no match of the pattern.
      - A string is cut at line ends, commas, and semicolons, and what a line is as a whole is protected too, with
        a warning about the commas.
      - A pattern or name without a match on the tenant is a warning. A name without a match is refused while the tenant
        has a near match that is not protected, and so are an entry with a line break and null.
    type: raw
    default: []
  max_deletions:
    description:
      - The most groups that O(prune) may delete. If there are more, the task fails before anything is written, and
        names them.
      - Without it more than 10 deletions that are also more than 30 percent of what could be deleted are refused.
    type: int
seealso:
  - module: qlikops.cloud.qlik_group
  - module: qlikops.cloud.qlik_group_info
  - name: Groups in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/groups/
"""

EXAMPLES = r"""
- name: Seed groups with their roles
  qlikops.cloud.qlik_groups:
    groups:
      - name: Finance Analysts
        assigned_roles:
          - SharedSpaceCreator
          - DataSpaceCreator
      - name: Data Stewards
        assigned_roles:
          - Steward
      - name: Contractors
        state: absent
  register: seeded

- name: Show what happened
  ansible.builtin.debug:
    msg: "{{ seeded.summary.created }} created, {{ seeded.summary.unchanged }} unchanged"

- name: Give a role to many groups, and keep the roles that they have
  qlikops.cloud.qlik_groups:
    groups: "{{ query('ansible.builtin.items', departments) | map('combine', common) }}"
    concurrency: 8
  vars:
    departments:
      - name: Finance
      - name: Human Resources
    common:
      assigned_roles:
        - SharedSpaceCreator
      purge_roles: false

- name: Delete all groups of the identity provider that are not listed, but never more than ten
  qlikops.cloud.qlik_groups:
    groups:
      - name: Finance Analysts
      - name: Data Stewards
      - name: Finance
      - name: Human Resources
    prune: true
    prune_protect:
      - "breakglass-*"
    max_deletions: 10

- name: Check the names of claims against Qlik's limits of 256 characters and 10000 groups, without writing anything
  qlikops.cloud.qlik_groups:
    groups:
      - name: CN=Finance Analysts,OU=Groups,DC=example,DC=com
      - name: CN=Data Stewards,OU=Groups,DC=example,DC=com
  check_mode: true
  changed_when: false
"""

RETURN = r"""
summary:
  description: How many groups there are of each action.
  returned: success, and failure after the groups were read
  type: dict
  sample:
    created: 2
    updated: 0
    deleted: 1
    unchanged: 47
    failed: 0
  contains:
    created:
      description: Groups that were created.
      type: int
    updated:
      description: Groups that were changed.
      type: int
    deleted:
      description: Groups that were deleted.
      type: int
    unchanged:
      description: Groups that were as described.
      type: int
    failed:
      description: Groups that could not be brought to what is described.
      type: int
groups:
  description: What became of each group, in the order of O(groups), and then of those that were pruned.
  returned: success, and failure after the groups were read
  type: list
  elements: dict
  sample:
    - name: Data Stewards
      provider_type: idp
      action: created
      changed: true
      group:
        id: 6527ab0d4a3f2c0d9f1e8b77
        name: Data Stewards
        status: active
        provider_type: idp
        assigned_roles:
          - id: 60805d3cdc4f3d9d4a1b6a15
            name: Steward
            type: default
            level: user
  contains:
    name:
      description: The name of the group.
      type: str
    provider_type:
      description: V(idp) or V(custom).
      type: str
    action:
      description: V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      type: str
    changed:
      description: Whether the group was changed, or may have been.
      type: bool
    group:
      description: The group as the tenant holds it, like RV(qlikops.cloud.qlik_group#module:group).
      type: dict
    pruned:
      description: True for a group that is not listed, and is deleted for that.
      type: bool
    before:
      description: The settings of a group that differs, in diff mode, and null if there is none.
      type: dict
    after:
      description: The same as described, in diff mode, and null for a group that is not to exist.
      type: dict
    error:
      description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
      type: dict
error:
  description: What went wrong in all, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_many
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_many(Group())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
