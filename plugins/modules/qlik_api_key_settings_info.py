#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_api_key_settings_info
short_description: Read how many API keys users of a Qlik Cloud tenant may have
version_added: 1.0.0
description:
  - Reads the settings that M(qlikops.cloud.qlik_api_key_settings) manages. Keys themselves are not read.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
seealso:
  - module: qlikops.cloud.qlik_api_key_settings
  - name: API keys in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/api-keys/
"""

EXAMPLES = r"""
- name: Read the settings of API keys
  qlikops.cloud.qlik_api_key_settings_info:
  register: found

- name: Show how long a key may last
  ansible.builtin.debug:
    msg: "{{ found.api_key_settings.max_api_key_expiry }}"
"""

RETURN = r"""
api_key_settings:
  description: The settings with all fields of the API, and the ID of the tenant.
  returned: success
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
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_singleton_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_singleton_info(ApiKeySettings())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
