#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_web_integration
short_description: Manage a web integration of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Creates, changes or deletes a web integration, which has the origins from which browsers may call the tenant with
    its ID. It is found by its exact O(name), or by O(id).
  - Pages have the ID in them, so that what is deleted and created again is another one for them.
  - An option that is left out is left alone.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.web_integration
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_web_integrations
  - module: qlikops.cloud.qlik_web_integration_info
  - module: qlikops.cloud.qlik_configuration
  - name: Web integrations in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/web-integrations/
"""

EXAMPLES = r"""
- name: Let pages of the portal call the tenant
  qlikops.cloud.qlik_web_integration:
    name: Customer portal
    valid_origins:
      - https://portal.example.com

- name: Delete the web integration of the pilot
  qlikops.cloud.qlik_web_integration:
    name: Pilot
    state: absent
"""

RETURN = r"""
action:
  description:
    - What the task did, or would do in check mode. V(created), V(updated), V(deleted), V(unchanged) or V(failed).
  returned: success, and failure after the web integration was read
  type: str
  sample: created
web_integration:
  description:
    - The web integration as it is after the task, with all fields of the API. In check mode as it would be, and null if
      there is none.
  returned: success, and failure after the web integration was read
  type: dict
  sample:
    id: 6527ab0d4a3f2c0d9f1e8b91
    name: Customer portal
    valid_origins:
      - https://portal.example.com
    created_by: 6527ab0d4a3f2c0d9f1e8b81
duplicates:
  description:
    - The web integrations that are equal to this one, and were deleted, or would be in check mode.
    - RV(action) does not count them.
  returned: success, and failure after the web integration was read
  type: list
  elements: dict
  sample: []
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.web_integration import WebIntegration
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(WebIntegration())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
