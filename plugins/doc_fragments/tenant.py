# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of the tenant, for its own module and for the one of everything."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The display name of the tenant.
    type: str
  hostname_alias:
    description:
      - The second host name of the tenant, as a full host name in the domain of the tenant, or as its first label.
      - The label has 3 to 63 letters, digits and hyphens. The first host name is the system's and never changes.
      - Most trial and evaluation subscriptions cannot have an alias.
    type: str
  replace_hostname_alias:
    description:
      - Allows to change an alias that is set. All other customers can take the old one at once, and tasks and links
        that use it fail.
    type: bool
    default: false
  auto_assign_create_shared_spaces_role_to_professionals:
    description:
      - Whether new professional users may create shared spaces.
    type: bool
  auto_assign_private_analytics_content_creator_role_to_professionals:
    description:
      - Whether new professional users may create private content.
    type: bool
  auto_assign_data_services_contributor_role_to_professionals:
    description:
      - Whether new professional users may use data services.
    type: bool
  enable_app_opening_feedback:
    description:
      - Whether users are asked for feedback on how an app opens.
    type: bool
  enable_analytic_creation:
    description:
      - Does nothing any more. Qlik deprecated it in March 2026 and removes it in or after March 2027.
    type: bool
"""

    AREA: str = as_suboptions("tenant", DOCUMENTATION)
