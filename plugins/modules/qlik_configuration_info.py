#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_configuration_info
short_description: Show all that a Qlik Cloud tenant has of what this collection manages
version_added: 1.0.0
description:
  - Reads all areas of M(qlikops.cloud.qlik_configuration) side by side, in one session.
  - Spaces come with their members, with a request for each space.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
options:
  areas:
    description:
      - The areas to read, by the names of the options of M(qlikops.cloud.qlik_configuration). Without it all are read.
        An empty list is refused.
    type: list
    elements: str
  exclude_areas:
    description:
      - Areas that are not read.
    type: list
    elements: str
    default: []
seealso:
  - module: qlikops.cloud.qlik_configuration
  - plugin: qlikops.cloud.to_seed_variables
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the tenant, except its users
  qlikops.cloud.qlik_configuration_info:
    exclude_areas: [users]
  register: read

- name: Show it as variables of the seeding role
  ansible.builtin.debug:
    msg: "{{ read.configuration | qlikops.cloud.to_seed_variables }}"
"""

RETURN = r"""
configuration:
  description:
    - What the tenant has, by area, with all fields of the API. What there are many of is a list, sorted by name.
    - An area that the tenant does not have is missing. Tenant settings are null until somebody has made them.
  returned: success
  type: dict
  sample:
    tenant:
      id: 6f1bd57ad8c84d3c9a7c3c2b
      name: Acme Analytics
    groups:
      - id: 6527ab0d4a3f2c0d9f1e8b77
        name: Finance Analysts
not_available:
  description: The areas that the tenant does not have, each with the reason.
  returned: success
  type: dict
  sample:
    license_settings: >-
      The tenant has no license settings: its response is empty. Only user-based subscriptions, with professional and
      analyzer licenses, have these settings. On a capacity-based subscription, roles define the entitlement.
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.configuration import flow_of_configuration_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_configuration_info(AREAS)


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
