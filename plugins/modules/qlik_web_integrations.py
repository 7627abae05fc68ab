#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_web_integrations
short_description: Manage many web integrations of a Qlik Cloud tenant in one task
version_added: 1.0.0
description:
  - Brings many web integrations to what is described, like M(qlikops.cloud.qlik_web_integration) in a loop, with one
    reading of the tenant and one write for each that differs.
  - Everything that can be known to be wrong is said before the first write, for all of them at once.
  - One that fails does not stop the others. The task fails at the end, and its result says what became of each.
  - Creations and changes come before deletions.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.web_integration.items
  - qlikops.cloud.connection
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  web_integrations:
    description:
      - The web integrations. Each needs O(web_integrations[].name) or O(web_integrations[].id).
    type: list
    elements: dict
    required: true
  prune:
    description:
      - Whether web integrations that are not listed are deleted. Pages that have their IDs in them stop working then.
      - An empty list of O(web_integrations) is refused then, unless O(max_deletions) is given.
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
      - The most web integrations that O(prune) may delete. If there are more, the task fails before anything is
        written, and names them.
      - With O(prune), duplicates of what is listed count too.
      - Without it more than 10 deletions that are also more than 30 percent of what could be deleted are refused.
    type: int
seealso:
  - module: qlikops.cloud.qlik_web_integration
  - module: qlikops.cloud.qlik_web_integration_info
  - module: qlikops.cloud.qlik_configuration
  - name: Web integrations in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/web-integrations/
"""

EXAMPLES = r"""
- name: Let pages of these call the tenant, and of nobody else
  qlikops.cloud.qlik_web_integrations:
    web_integrations:
      - name: Customer portal
        valid_origins:
          - https://portal.example.com
      - name: Intranet
        valid_origins:
          - https://intranet.example.com
          - http://localhost:3000
    prune: true
"""

RETURN = r"""
summary:
  description: How many web integrations there are of each action.
  returned: success, and failure after the web integrations were read
  type: dict
  sample:
    created: 1
    updated: 0
    deleted: 0
    unchanged: 2
    failed: 0
  contains:
    created:
      description: Web integrations that were created.
      type: int
    updated:
      description: Web integrations that were changed.
      type: int
    deleted:
      description: Web integrations that were deleted.
      type: int
    unchanged:
      description: Web integrations that were as described.
      type: int
    failed:
      description: Web integrations that could not be brought to what is described.
      type: int
web_integrations:
  description:
    - What became of each web integration, in the order of O(web_integrations), and then of those that
      are duplicates or were pruned.
  returned: success, and failure after the web integrations were read
  type: list
  elements: dict
  sample:
    - name: Customer portal
      action: created
      changed: true
      web_integration:
        id: 6527ab0d4a3f2c0d9f1e8b91
        name: Customer portal
        valid_origins:
          - https://portal.example.com
        created_by: 6527ab0d4a3f2c0d9f1e8b81
  contains:
    name:
      description: The name of the web integration.
      type: str
    action:
      description: V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      type: str
    changed:
      description: Whether the web integration was changed, or may have been.
      type: bool
    web_integration:
      description:
        - The web integration as the tenant holds it, like
          RV(qlikops.cloud.qlik_web_integration#module:web_integration).
      type: dict
    duplicate_id:
      description: The ID, if it is deleted because it is equal to another web integration.
      type: str
    settings:
      description: The options in which a web integration differed.
      type: list
      elements: str
    before:
      description: The settings of a web integration that differs, in diff mode, and null if there is none.
      type: dict
    after:
      description: The same as described, in diff mode, and null for a web integration that is not to exist.
      type: dict
    error:
      description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
      type: dict
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.web_integration import WebIntegration
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_many
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_many(WebIntegration())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
