#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_spaces
short_description: Manage many spaces of a Qlik Cloud tenant in one task
version_added: 1.0.0
description:
  - Brings many spaces and their members to what is described, like M(qlikops.cloud.qlik_space) in a loop, with one
    reading of the tenant, one look-up of all groups and users that are named, and one write for each space and each
    member that differs.
  - Everything that can be known to be wrong is said before the first write, for all spaces at once.
  - A space that fails does not stop the others. The task fails at the end, and its result says what became of each.
  - Creations and changes come before deletions.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.space.items
  - qlikops.cloud.connection
  - qlikops.cloud.task.planned_groups
  - qlikops.cloud.task.planned_users
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  spaces:
    description:
      - The spaces. Each needs O(spaces[].name) or O(spaces[].id).
    type: list
    elements: dict
    required: true
  prune:
    description:
      - Whether spaces of O(prune_types) that are not listed are deleted, if they are empty.
      - An empty list of O(spaces) is refused then, unless O(max_deletions) is given.
    type: bool
    default: false
  prune_types:
    description:
      - The types of spaces that O(prune) deletes.
    type: list
    elements: str
    choices:
      - shared
      - managed
      - data
    default:
      - shared
      - managed
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
      - The most spaces that O(prune) may delete. If there are more, the task fails before anything is written, and
        names them.
      - Without it more than 10 deletions that are also more than 30 percent of what could be deleted are refused.
    type: int
seealso:
  - module: qlikops.cloud.qlik_space
  - module: qlikops.cloud.qlik_space_info
  - module: qlikops.cloud.qlik_space_member
  - module: qlikops.cloud.qlik_configuration
  - name: Spaces in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/spaces/
"""

EXAMPLES = r"""
- name: Ensure where finance develops and what it has released
  qlikops.cloud.qlik_spaces:
    spaces:
      - name: Finance (dev)
        type: shared
        members:
          - group: Finance Analysts
            roles:
              - producer
      - name: Finance
        type: managed
        members:
          - group: Finance Analysts
            roles:
              - publisher
          - group: Everyone
            roles:
              - consumer
"""

RETURN = r"""
summary:
  description: How many spaces there are of each action.
  returned: success, and failure after the spaces were read
  type: dict
  sample:
    created: 2
    updated: 0
    deleted: 0
    unchanged: 5
    failed: 0
  contains:
    created:
      description: Spaces that were created.
      type: int
    updated:
      description: Spaces that were changed.
      type: int
    deleted:
      description: Spaces that were deleted.
      type: int
    unchanged:
      description: Spaces that were as described.
      type: int
    failed:
      description: Spaces that could not be brought to what is described.
      type: int
spaces:
  description: What became of each space, in the order of O(spaces), and then of those that were pruned.
  returned: success, and failure after the spaces were read
  type: list
  elements: dict
  sample:
    - name: Finance
      action: created
      changed: true
      space:
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
  contains:
    name:
      description: The name of the space.
      type: str
    action:
      description: V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      type: str
    changed:
      description: Whether the space was changed, or may have been.
      type: bool
    space:
      description: The space as the tenant holds it, like RV(qlikops.cloud.qlik_space#module:space).
      type: dict
    settings:
      description: The options in which a space differed.
      type: list
      elements: str
    pruned:
      description: True for a space that is not listed, and is deleted for that.
      type: bool
    before:
      description: The settings of a space that differs, in diff mode, and null if there is none.
      type: dict
    after:
      description: The same as described, in diff mode, and null for a space that is not to exist.
      type: dict
    error:
      description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
      type: dict
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.space import Space
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_many
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_many(Space())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
