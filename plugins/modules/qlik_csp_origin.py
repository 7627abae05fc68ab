#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_csp_origin
short_description: Manage a CSP origin of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Creates, changes or deletes an origin in the content security policy of a tenant, which says what may embed the
    tenant, and what the pages of the tenant may load. It is found by its exact O(name), or by O(id).
  - An option that is left out is left alone.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.csp_origin
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_csp_origins
  - module: qlikops.cloud.qlik_csp_origin_info
  - module: qlikops.cloud.qlik_configuration
  - name: Content security policies in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/csp-origins/
"""

EXAMPLES = r"""
- name: Let the portal embed the tenant
  qlikops.cloud.qlik_csp_origin:
    name: Customer portal
    origin: https://portal.example.com
    description: Embeds the sales app
    directives:
      - frameAncestors

- name: Take the pilot away
  qlikops.cloud.qlik_csp_origin:
    name: Pilot
    state: absent
"""

RETURN = r"""
action:
  description:
    - What the task did, or would do in check mode. V(created), V(updated), V(deleted), V(unchanged) or V(failed).
  returned: success, and failure after the CSP origin was read
  type: str
  sample: created
csp_origin:
  description:
    - The CSP origin as it is after the task, with all fields of the API. In check mode as it would be, and null if
      there is none.
  returned: success, and failure after the CSP origin was read
  type: dict
  sample:
    id: 6527ab0d4a3f2c0d9f1e8b90
    name: Customer portal
    origin: portal.example.com
    description: Embeds the sales app
    frame_ancestors: true
    directives:
      - frameAncestors
duplicates:
  description:
    - The CSP origins that are equal to this one, and were deleted, or would be in check mode.
    - RV(action) does not count them.
  returned: success, and failure after the CSP origin was read
  type: list
  elements: dict
  sample: []
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.csp_origin import CspOrigin
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(CspOrigin())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
