#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_api_key_settings
short_description: Manage how many API keys users of a Qlik Cloud tenant may have
version_added: 1.0.0
description:
  - Sets how many API keys a user may have and how long they last. Who may have keys at all is a matter of the scope
    C(api-keys) in a role.
  - An option that is left out is left alone. A change is one PATCH with all that differs. Keys that exist stay as
    they are.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.api_key_settings
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_api_key_settings_info
  - module: qlikops.cloud.qlik_configuration
  - name: API keys in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/api-keys/
"""

EXAMPLES = r"""
- name: Allow two keys for each user, which last a week at most
  qlikops.cloud.qlik_api_key_settings:
    max_keys_per_user: 2
    max_api_key_expiry: P7D
"""

RETURN = r"""
action:
  description: What the task did, or would do in check mode. V(updated), V(unchanged) or V(failed).
  returned: success, and failure after the settings were read
  type: str
  sample: updated
api_key_settings:
  description: The settings as they are after the task. In check mode as they would be.
  returned: success, and failure after the settings were read
  type: dict
  sample:
    max_keys_per_user: 2
    max_api_key_expiry: P7D
    scim_external_client_expiry: P365D
    tenant_id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.api_key_settings import ApiKeySettings
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(ApiKeySettings())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
