#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_csp_origins
short_description: Manage many CSP origins of a Qlik Cloud tenant in one task
version_added: 1.0.0
description:
  - Brings many origins in the content security policy to what is described, like M(qlikops.cloud.qlik_csp_origin) in
    a loop, with one reading of the tenant and one write for each that differs.
  - Everything that can be known to be wrong is said before the first write, for all of them at once.
  - One that fails does not stop the others. The task fails at the end, and its result says what became of each.
  - Creations and changes come before deletions.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.csp_origin.items
  - qlikops.cloud.connection
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  csp_origins:
    description:
      - The CSP origins. Each needs O(csp_origins[].name) or O(csp_origins[].id).
    type: list
    elements: dict
    required: true
  prune:
    description:
      - Whether CSP origins that are not listed are deleted.
      - An empty list of O(csp_origins) is refused then, unless O(max_deletions) is given.
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
      - The most CSP origins that O(prune) may delete. If there are more, the task fails before anything is
        written, and names them.
      - With O(prune), duplicates of what is listed count too.
      - Without it more than 10 deletions that are also more than 30 percent of what could be deleted are refused.
    type: int
seealso:
  - module: qlikops.cloud.qlik_csp_origin
  - module: qlikops.cloud.qlik_csp_origin_info
  - module: qlikops.cloud.qlik_configuration
  - name: Content security policies in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/csp-origins/
"""

EXAMPLES = r"""
- name: Let these embed the tenant, and nobody else
  qlikops.cloud.qlik_csp_origins:
    csp_origins:
      - name: Customer portal
        origin: https://portal.example.com
        description: Embeds the sales app
        directives:
          - frameAncestors
      - name: Maps
        origin: '*.tiles.example.com'
        directives:
          - imgSrc
          - connectSrc
    prune: true
"""

RETURN = r"""
summary:
  description: How many CSP origins there are of each action.
  returned: success, and failure after the CSP origins were read
  type: dict
  sample:
    created: 1
    updated: 0
    deleted: 0
    unchanged: 2
    failed: 0
  contains:
    created:
      description: CSP origins that were created.
      type: int
    updated:
      description: CSP origins that were changed.
      type: int
    deleted:
      description: CSP origins that were deleted.
      type: int
    unchanged:
      description: CSP origins that were as described.
      type: int
    failed:
      description: CSP origins that could not be brought to what is described.
      type: int
csp_origins:
  description:
    - What became of each CSP origin, in the order of O(csp_origins), and then of those that
      are duplicates or were pruned.
  returned: success, and failure after the CSP origins were read
  type: list
  elements: dict
  sample:
    - name: Customer portal
      action: created
      changed: true
      csp_origin:
        id: 6527ab0d4a3f2c0d9f1e8b90
        name: Customer portal
        origin: portal.example.com
        description: Embeds the sales app
        frame_ancestors: true
        directives:
          - frameAncestors
  contains:
    name:
      description: The name of the CSP origin.
      type: str
    action:
      description: V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      type: str
    changed:
      description: Whether the CSP origin was changed, or may have been.
      type: bool
    csp_origin:
      description:
        - The CSP origin as the tenant holds it, like
          RV(qlikops.cloud.qlik_csp_origin#module:csp_origin).
      type: dict
    duplicate_id:
      description: The ID, if it is deleted because it is equal to another CSP origin.
      type: str
    settings:
      description: The options in which a CSP origin differed.
      type: list
      elements: str
    before:
      description: The settings of a CSP origin that differs, in diff mode, and null if there is none.
      type: dict
    after:
      description: The same as described, in diff mode, and null for a CSP origin that is not to exist.
      type: dict
    error:
      description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
      type: dict
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.csp_origin import CspOrigin
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_many
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_many(CspOrigin())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
