#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_license_info
short_description: Read the license of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Returns the allotments of the tenant's license and their usage. The license key is never returned.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
seealso:
  - module: qlikops.cloud.qlik_license_settings
  - name: Licenses in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/licenses/
"""

EXAMPLES = r"""
- name: Read the license
  qlikops.cloud.qlik_license_info:
  register: found

- name: Show the number of free licenses by type
  ansible.builtin.debug:
    msg: "{{ found.license.allotments | items2dict(key_name='name', value_name='units_free') }}"
"""

RETURN = r"""
license:
  description: The license, with all fields of the API except its key.
  returned: success
  type: dict
  sample:
    status: Ok
    trial: false
    valid: 2026-01-01/2027-12-31
    allotments:
      - name: professional
        units: 20
        units_used: 12
        units_free: 8
        overage: 0
  contains:
    status:
      description: V(Ok), V(Blacklisted), or V(Expired).
      type: str
    allotments:
      description: The total, used, and free number of licenses, by type.
      type: list
      elements: dict
error:
  description: The error, in the format of RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except when Ansible itself rejects the options
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.license import License
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_singleton_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_singleton_info(License())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
