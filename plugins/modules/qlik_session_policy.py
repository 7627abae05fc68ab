#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_session_policy
short_description: Manage how long sessions of a Qlik Cloud tenant live
version_added: 1.0.0
description:
  - Sets after what time sessions end, and whether programs may register themselves as OAuth clients.
  - An option that is left out is left alone. A change is one PATCH with all that differs.
  - The tenant holds as many methods as it likes when programs are allowed to register and
    O(dcr_allowed_authentication_methods) is left out, so check mode shows none of them then.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.session_policy
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
seealso:
  - module: qlikops.cloud.qlik_session_policy_info
  - module: qlikops.cloud.qlik_configuration
  - name: Authentication settings in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/core/auth-settings/
"""

EXAMPLES = r"""
- name: End sessions after half an hour without activity, and after ten hours at the latest
  qlikops.cloud.qlik_session_policy:
    user_session_inactivity_timeout_minutes: 30
    max_user_session_lifespan_minutes: 600
    dynamic_client_registration_enabled: false
"""

RETURN = r"""
action:
  description: What the task did, or would do in check mode. V(updated), V(unchanged) or V(failed).
  returned: success, and failure after the settings were read
  type: str
  sample: updated
session_policy:
  description: The policy as it is after the task. In check mode as it would be.
  returned: success, and failure after the settings were read
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
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_one
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_one(SessionPolicy())


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
