#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_users
short_description: Manage many users of a Qlik Cloud tenant in one task
version_added: 1.0.0
description:
  - Brings many users to what is described, like M(qlikops.cloud.qlik_user) in a loop, with one reading of the tenant
    and one write for each user that differs.
  - Everything that can be known to be wrong is said before the first write, for all users at once.
  - A user that fails does not stop the others. The task fails at the end, and its result says what became of each.
  - Creations and changes come before deletions. Users that are not listed are left alone, unless O(prune) says
    otherwise.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.user.items
  - qlikops.cloud.connection
  - qlikops.cloud.task
  - qlikops.cloud.task.lockout
  - qlikops.cloud.task.planned_groups
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  users:
    description:
      - The users, at most 10000. Each needs O(users[].subject) or O(users[].id).
    type: list
    elements: dict
    required: true
  prune:
    description:
      - Whether users that are not listed, such as those who have left the company, are disabled or deleted.
      - The identity that the task runs as and the bots of OAuth clients are always left alone. If no tenant admin were
        left who is a person, the task fails before anything is written, unless O(allow_lockout) is set.
      - An empty list of O(users) is refused then, unless O(max_deletions) is given.
    type: bool
    default: false
  prune_action:
    description:
      - What O(prune) does. V(disable) keeps users and all that they own, and leaves those alone that are disabled
        already.
      - V(delete) also deletes users that are disabled. Their personal data and API keys are gone then, and what they
        own is left without an owner.
    type: str
    choices:
      - disable
      - delete
    default: disable
  prune_protect:
    description:
      - A list of subjects, or patterns of subjects, that O(prune) never touches. C(*), C(?) and C([...]) are as in file
        names. Case matters. A user of exactly that subject is protected, also if it is no match of the pattern.
      - A string is cut at line ends, commas, and semicolons, and what a line is as a whole is protected too, with
        a warning about the commas.
      - A pattern or name without a match on the tenant is a warning. A name without a match is refused while the tenant
        has a near match that is not protected, and so are an entry with a line break and null.
    type: raw
    default: []
  max_deletions:
    description:
      - The most users that O(prune) may disable or delete. If there are more, the task fails before anything is
        written, and names them.
      - Without it more than 10 that are also more than 30 percent of what could be pruned are refused.
    type: int
seealso:
  - module: qlikops.cloud.qlik_user
  - module: qlikops.cloud.qlik_user_info
  - name: Users in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/users/
"""

EXAMPLES = r"""
- name: Create the admins of a new tenant
  qlikops.cloud.qlik_users:
    users:
      - subject: ACME\ada
        name: Ada Lovelace
        email: ada@example.com
        assigned_roles:
          - TenantAdmin
      - subject: ACME\grace
        name: Grace Hopper
        email: grace@example.com
        assigned_roles:
          - TenantAdmin
      - subject: ACME\charles
        state: absent

- name: Disable everybody who is not listed, but never more than five at once
  qlikops.cloud.qlik_users:
    users:
      - subject: ACME\ada
      - subject: ACME\grace
    prune: true
    prune_protect:
      - ACME\breakglass-*
    max_deletions: 5
"""

RETURN = r"""
summary:
  description: How many users there are of each action.
  returned: success, and failure after the users were read
  type: dict
  sample:
    created: 2
    updated: 0
    deleted: 1
    unchanged: 47
    failed: 0
users:
  description: What became of each user, in the order of O(users), and then of those that were pruned.
  returned: success, and failure after the users were read
  type: list
  elements: dict
  sample:
    - subject: ACME\ada
      action: unchanged
      changed: false
      user:
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
  contains:
    subject:
      description: The subject of the user.
      type: str
    action:
      description: V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      type: str
    changed:
      description: Whether the user was changed, or may have been.
      type: bool
    user:
      description: The user as the tenant holds it, like RV(qlikops.cloud.qlik_user#module:user).
      type: dict
    settings:
      description: The options that an existing user differs in.
      type: list
      elements: str
    pruned:
      description: True for a user that is not listed, and is disabled or deleted for that.
      type: bool
    unchangeable:
      description: Settings that differ and stay so, like RV(qlikops.cloud.qlik_user#module:unchangeable).
      type: dict
    before:
      description: The settings of a user that differs, in diff mode, and null if there is none.
      type: dict
    after:
      description: The same as described, in diff mode, and null for a user that is not to exist.
      type: dict
    error:
      description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
      type: dict
error:
  description: What went wrong, for machines, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.user import User
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_many
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_many(User())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
