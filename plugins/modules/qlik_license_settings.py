#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_license_settings
short_description: Manage which licences new users of a Qlik Cloud tenant get
version_added: 1.0.0
description:
  - Sets which licences new users get by themselves. Only user-based subscriptions, with professional and analyzer
    licences, have these settings.
  - An option that is left out is left alone. A change is one write with both settings.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.license_settings
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_license_info
  - module: qlikops.cloud.qlik_configuration
  - name: Licenses in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/licenses/
"""

EXAMPLES = r"""
- name: Give new users an analyzer licence, and no professional one
  qlikops.cloud.qlik_license_settings:
    auto_assign_professional: false
    auto_assign_analyzer: true
"""

RETURN = r"""
action:
  description: What the task did, or would do in check mode. V(updated), V(unchanged) or V(failed).
  returned: success, and failure after the settings were read
  type: str
  sample: updated
license_settings:
  description: The settings as they are after the task. In check mode as they would be.
  returned: success, and failure after the settings were read
  type: dict
  sample:
    auto_assign_professional: false
    auto_assign_analyzer: true
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.license_settings import LicenseSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(LicenseSettings())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
