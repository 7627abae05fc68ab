#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_license_info
short_description: Show the licence of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Returns what the licence of the tenant allows and how much of it is used. The key of the licence is never returned.
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
- name: Look at the licence
  qlikops.cloud.qlik_license_info:
  register: licence

- name: Show how many licences of each sort are free
  ansible.builtin.debug:
    msg: "{{ licence.license.allotments | items2dict(key_name='name', value_name='units_free') }}"
"""

RETURN = r"""
license:
  description: The licence, with all fields of the API except its key.
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
      description: V(Ok), V(Blacklisted) or V(Expired).
      type: str
    allotments:
      description: How many licences of each sort there are, are used, and are free.
      type: list
      elements: dict
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
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
