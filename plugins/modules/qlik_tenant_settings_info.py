#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_tenant_settings_info
short_description: Read the start page, release cadence and session replay of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Reads the settings that M(qlikops.cloud.qlik_tenant_settings) manages.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
seealso:
  - module: qlikops.cloud.qlik_tenant_settings
  - name: Tenant settings in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/tenant-settings/
"""

EXAMPLES = r"""
- name: Read the settings
  qlikops.cloud.qlik_tenant_settings_info:
  register: found

- name: Show whether sessions may be replayed
  ansible.builtin.debug:
    msg: "{{ found.tenant_settings.session_replay_opt_out | default('as the region has it') }}"
"""

RETURN = r"""
tenant_settings:
  description: The settings with all fields of the API, null where nobody has made any yet.
  returned: success
  type: dict
  sample:
    id: 6527ab0d4a3f2c0d9f1e8c01
    preferred_start_page:
      value: analytics-hub
      route: /insights
    release_cadence: monthly
    session_replay_opt_out: true
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant_settings import TenantSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_singleton_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_singleton_info(TenantSettings())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
