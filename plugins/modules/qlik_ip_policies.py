#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_ip_policies
short_description: Manage many IP policies of a Qlik Cloud tenant in one task
version_added: 1.0.0
description:
  - Brings many IP policies to what is described, like M(qlikops.cloud.qlik_ip_policy) in a loop, with one reading of
    the tenant and one write for each that differs.
  - While any policy is enabled, the tenant answers nobody whose address is in no enabled policy. Enabling the first
    one keeps everybody else out; disabling or deleting the last one lets everybody in.
  - A task after which, or during which, its own address O(caller_address) would be in no enabled policy is refused,
    in check mode too. Without O(caller_address) it is refused to enable a first policy, and to take addresses from
    the enabled ones.
  - Policies are written one by one, those first that let the task in. When one fails, the rest is not begun.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.ip_policy.items
  - qlikops.cloud.connection
  - qlikops.cloud.task.allowlist
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  ip_policies:
    description:
      - The IP policies. Each needs O(ip_policies[].name) or O(ip_policies[].id).
    type: list
    elements: dict
    required: true
  prune:
    description:
      - Whether IP policies that are not listed are deleted. What the tenant says cannot be deleted stays.
      - An empty list of O(ip_policies) is refused then, unless O(max_deletions) is given.
    type: bool
    default: false
  prune_protect:
    description:
      - A list of names, or patterns of names, that O(prune) never deletes, with C(*), C(?) and C([...]) as in file
        names. Case matters.
      - A string is cut at line ends, commas, and semicolons, and what a line is as a whole is protected too, with
        a warning about the commas.
      - A pattern or name without a match on the tenant is a warning. A name without a match is refused while the tenant
        has a near match that is not protected, and so are an entry with a line break and null.
    type: raw
    default: []
  max_deletions:
    description:
      - The most IP policies that O(prune) may delete. If there are more, the task fails before anything is
        written, and names them.
      - With O(prune), duplicates of what is listed count too.
      - Without it more than 10 deletions that are also more than 30 percent of what could be deleted are refused.
    type: int
seealso:
  - module: qlikops.cloud.qlik_ip_policy
  - module: qlikops.cloud.qlik_ip_policy_info
  - module: qlikops.cloud.qlik_configuration
  - name: IP policies in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/core/ip-policies/
"""

EXAMPLES = r"""
- name: Let nobody reach the tenant but these
  qlikops.cloud.qlik_ip_policies:
    ip_policies:
      - name: Offices
        allowed_ips:
          - 192.0.2.0/24
          - 198.51.100.7
        enabled: true
      - name: Automation
        allowed_ips:
          - 203.0.113.5
        enabled: true
    prune: true
    caller_address: 192.0.2.7
"""

RETURN = r"""
summary:
  description: How many IP policies there are of each action.
  returned: success, and failure after the IP policies were read
  type: dict
  sample:
    created: 1
    updated: 0
    deleted: 0
    unchanged: 2
    failed: 0
  contains:
    created:
      description: IP policies that were created.
      type: int
    updated:
      description: IP policies that were changed.
      type: int
    deleted:
      description: IP policies that were deleted.
      type: int
    unchanged:
      description: IP policies that were as described.
      type: int
    failed:
      description: IP policies that could not be brought to what is described.
      type: int
ip_policies:
  description:
    - What became of each IP policy, in the order of O(ip_policies), and then of those that
      are duplicates or were pruned.
  returned: success, and failure after the IP policies were read
  type: list
  elements: dict
  sample:
    - name: Offices
      action: created
      changed: true
      ip_policy:
        id: 6527ab0d4a3f2c0d9f1e8b92
        name: Offices
        allowed_ips:
          - 192.0.2.0/24
          - 198.51.100.7
        enabled: true
        editable: true
        deletable: true
        toggleable: true
  contains:
    name:
      description: The name of the IP policy.
      type: str
    action:
      description: V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      type: str
    changed:
      description: Whether the IP policy was changed, or may have been.
      type: bool
    ip_policy:
      description:
        - The IP policy as the tenant holds it, like
          RV(qlikops.cloud.qlik_ip_policy#module:ip_policy).
      type: dict
    duplicate_id:
      description: The ID, if it is deleted because it is equal to another IP policy.
      type: str
    settings:
      description: The options in which an IP policy differed.
      type: list
      elements: str
    before:
      description: The settings of an IP policy that differs, in diff mode, and null if there is none.
      type: dict
    after:
      description: The same as described, in diff mode, and null for an IP policy that is not to exist.
      type: dict
    error:
      description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
      type: dict
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.ip_policy import IpPolicy
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_many
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_many(IpPolicy())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
