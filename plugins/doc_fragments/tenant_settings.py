# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of the tenant settings, for their own module and for the one of everything."""

    DOCUMENTATION = r"""
options:
  preferred_start_page:
    description:
      - What people see first when they open the tenant.
    type: str
    choices:
      - analytics-hub
      - analytics-creation-hub
      - data-integration-hub
      - management-console
  release_cadence:
    description:
      - How soon the tenant gets what is new, V(continuous) at once or V(monthly) in a release of each month.
    type: str
    choices:
      - monthly
      - continuous
  session_replay_opt_out:
    description:
      - Whether Qlik must not record sessions of the tenant to replay them. It beats what users choose for themselves.
      - Tenants in the European Union are opted out unless this is set.
    type: bool
  customize_no_access:
    description:
      - What people see who log in and have no access. What is left out of it stays as it is.
    type: dict
    suboptions:
      link_enabled:
        description:
          - Whether there is a link, such as to where access is asked for.
        type: bool
      link_label:
        description:
          - The text of the link. It can be empty.
        type: str
      link_url:
        description:
          - Where the link leads. An address with a user or a password is refused, and what is not the address of a
            page gets a warning. It can be empty.
        type: str
      text:
        description:
          - What people are told. It can be empty.
        type: str
"""

    AREA: str = as_suboptions("tenant_settings", DOCUMENTATION)
