# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of the session policy, for its own module and for the one of everything."""

    DOCUMENTATION = r"""
options:
  user_session_inactivity_timeout_minutes:
    description:
      - After how many minutes without activity a session ends, 1 or more. Less than 10 is a warning, and
        so is more than O(max_user_session_lifespan_minutes).
    type: int
  max_user_session_lifespan_minutes:
    description:
      - After how many minutes a session ends whatever happens in it, a multiple of 60.
    type: int
  dynamic_client_registration_enabled:
    description:
      - Whether programs may register themselves as OAuth clients of the tenant. To allow it is a warning.
    type: bool
  dcr_allowed_authentication_methods:
    description:
      - How programs that have registered themselves prove who they are. Order does not matter.
      - Only a tenant with O(dynamic_client_registration_enabled) has it.
    type: list
    elements: str
    choices:
      - none
      - client_secret
"""

    AREA: str = as_suboptions("session_policy", DOCUMENTATION)
