# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of the group settings, for their own module and for the one of everything."""

    DOCUMENTATION = r"""
options:
  auto_create_groups:
    description:
      - Whether a login creates the groups of the identity provider that the claim names.
    type: bool
  sync_idp_groups:
    description:
      - Whether the groups of interactive identity providers are synchronised. Qlik has deprecated it.
    type: bool
  everyone_assigned_roles:
    description:
      - The names of all roles of the group Everyone. A role of this group is a role of every user, so an empty list
        can take rights from everybody.
    type: list
    elements: str
"""

    AREA: str = as_suboptions("group_settings", DOCUMENTATION)
