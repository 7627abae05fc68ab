#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_session_policy_info
short_description: Read how long sessions of a Qlik Cloud tenant live
version_added: 1.0.0
description:
  - Reads the session policy that M(qlikops.cloud.qlik_session_policy) manages.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
seealso:
  - module: qlikops.cloud.qlik_session_policy
  - name: Authentication settings in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/core/auth-settings/
"""

EXAMPLES = r"""
- name: Read the session policy
  qlikops.cloud.qlik_session_policy_info:
  register: found

- name: Show after how many hours sessions end
  ansible.builtin.debug:
    msg: "{{ found.session_policy.max_user_session_lifespan_minutes / 60 }}"
"""

RETURN = r"""
session_policy:
  description: The policy with all fields of the API.
  returned: success
  type: dict
  sample:
    user_session_inactivity_timeout_minutes: 30
    max_user_session_lifespan_minutes: 600
    dynamic_client_registration_enabled: false
    is_default: false
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.session_policy import SessionPolicy
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_singleton_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_singleton_info(SessionPolicy())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
