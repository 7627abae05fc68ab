#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_csp_origin_info
short_description: Read CSP origins of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Reads all CSP origins of a tenant, or those that are asked for, over all pages.
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
      - The ID of a CSP origin.
    type: str
  name:
    description:
      - The exact name of a CSP origin. Several can have it.
    type: str
seealso:
  - module: qlikops.cloud.qlik_csp_origin
  - module: qlikops.cloud.qlik_csp_origins
  - module: qlikops.cloud.qlik_configuration
  - name: Content security policies in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/csp-origins/
"""

EXAMPLES = r"""
- name: Read all CSP origins
  qlikops.cloud.qlik_csp_origin_info:
  register: all

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ all.csp_origins | map(attribute='name') }}"

- name: Read one of them
  qlikops.cloud.qlik_csp_origin_info:
    name: Customer portal
"""

RETURN = r"""
csp_origins:
  description: The CSP origins, sorted by name, with all fields of the API.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 6527ab0d4a3f2c0d9f1e8b90
      name: Customer portal
      origin: portal.example.com
      description: Embeds the sales app
      frame_ancestors: true
      directives:
        - frameAncestors
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.csp_origin import CspOrigin
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_info(CspOrigin(), {"name": {"type": "str"}})


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
