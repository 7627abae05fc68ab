#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_tenant_settings
short_description: Manage the start page, release cadence and session replay of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Sets what people see first and what they see without access, how soon the tenant gets what is new, and whether
    sessions may be replayed.
  - A tenant has no such settings until somebody makes them. They are created then. Qlik wants the start page or the
    page without access of new ones, so they get the start page V(analytics-hub) if neither O(preferred_start_page)
    nor O(customize_no_access) is given.
  - An option that is left out is left alone. A change is one PATCH with all that differs; of new settings the release
    cadence and session replay are set by a second write.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.tenant_settings
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_tenant_settings_info
  - module: qlikops.cloud.qlik_configuration
  - name: Tenant settings in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/tenant-settings/
"""

EXAMPLES = r"""
- name: Keep sessions from being recorded, and say where to ask for access
  qlikops.cloud.qlik_tenant_settings:
    session_replay_opt_out: true
    release_cadence: monthly
    customize_no_access:
      text: You have no access to this tenant yet.
      link_enabled: true
      link_label: Ask for access
      link_url: https://it.example.com/qlik
"""

RETURN = r"""
action:
  description: What the task did, or would do in check mode. V(created), V(updated), V(unchanged) or V(failed).
  returned: success, and failure after the settings were read
  type: str
  sample: created
tenant_settings:
  description: The settings as they are after the task. In check mode as they would be. Null where the tenant has none.
  returned: success, and failure after the settings were read
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
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(TenantSettings())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
