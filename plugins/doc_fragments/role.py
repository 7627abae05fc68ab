# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of one custom role, for the single and for the bulk module."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the role. Upper and lower case matter.
    type: str
    required: true
  state:
    description:
      - V(present) creates or changes the role.
      - V(absent) deletes it. A role that is still assigned to a user or a group cannot be deleted.
    type: str
    choices:
      - present
      - absent
    default: present
  description:
    description:
      - The description of the role. An empty text takes it away.
    type: str
  assigned_scopes:
    description:
      - The scopes of the role. Qlik publishes the list of them, and the tenant checks the names.
    type: list
    elements: str
  purge_scopes:
    description:
      - Whether scopes that are not listed are taken from the role. With V(false) the listed ones are added.
    type: bool
    default: true
"""

    ITEMS: str = as_suboptions("roles[]", DOCUMENTATION)
