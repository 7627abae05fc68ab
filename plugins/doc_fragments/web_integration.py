# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of one web integration, for the single and for the bulk module."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the web integration. Upper and lower case matter.
      - Names need not be unique. Web integrations that have the same name and the same values of all other options are
        duplicates. The one with the smallest ID is kept, and the others are deleted, with a warning. With
        O(state=absent) all of them are deleted.
      - Where several of one name differ, the task fails and says their IDs, and O(id) says which one is meant.
      - Together with O(id), the name that the web integration is to have.
    type: str
  id:
    description:
      - The ID of a web integration that exists.
    type: str
  state:
    description:
      - V(present) creates or changes the web integration, V(absent) deletes it. Pages that have its ID in them stop
        working then.
    type: str
    choices:
      - present
      - absent
    default: present
  valid_origins:
    description:
      - The origins from which browsers may call the tenant, each with its scheme, such as
        V(https://portal.example.com:8443) or V(capacitor://localhost). They have no path, no user and no password.
        Others are taken away, and an empty list takes all away.
      - Their order, upper and lower case, and a slash at the end make no difference.
      - A slash at the end is never written, because no browser sends it. To give one is a warning.
    type: list
    elements: str
"""

    ITEMS: str = as_suboptions("web_integrations[]", DOCUMENTATION)
