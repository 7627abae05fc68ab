#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_web_integration_info
short_description: Read web integrations of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Reads all web integrations of a tenant, or those that are asked for, over all pages.
  - The result is always a list, also for one and for none.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
options:
  id:
    description:
      - The ID of a web integration.
    type: str
  name:
    description:
      - The exact name of a web integration. Several can have it.
    type: str
seealso:
  - module: qlikops.cloud.qlik_web_integration
  - module: qlikops.cloud.qlik_web_integrations
  - module: qlikops.cloud.qlik_configuration
  - name: Web integrations in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/web-integrations/
"""

EXAMPLES = r"""
- name: Read all web integrations
  qlikops.cloud.qlik_web_integration_info:
  register: all

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ all.web_integrations | map(attribute='name') }}"

- name: Read one of them
  qlikops.cloud.qlik_web_integration_info:
    name: Customer portal
"""

RETURN = r"""
web_integrations:
  description: The web integrations, sorted by name, with all fields of the API.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 6527ab0d4a3f2c0d9f1e8b91
      name: Customer portal
      valid_origins:
        - https://portal.example.com
      created_by: 6527ab0d4a3f2c0d9f1e8b81
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.web_integration import WebIntegration
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_info(WebIntegration(), {"name": {"type": "str"}})


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
