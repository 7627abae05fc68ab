# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of one IP policy, for the single and for the bulk module."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the IP policy. Upper and lower case matter.
      - Names need not be unique. IP policies that have the same name and the same values of all other options are
        duplicates. The one with the smallest ID is kept, and the others are deleted, with a warning. With
        O(state=absent) all of them are deleted.
      - Where several of one name differ, the task fails and says their IDs, and O(id) says which one is meant.
      - Together with O(id), the name that the IP policy is to have.
    type: str
  id:
    description:
      - The ID of an IP policy that exists.
    type: str
  state:
    description:
      - V(present) creates or changes the IP policy, V(absent) deletes it.
    type: str
    choices:
      - present
      - absent
    default: present
  allowed_ips:
    description:
      - The addresses and networks of IPv4 that the policy allows, such as V(192.0.2.7) and V(198.51.100.0/24). Others
        are taken away. A new policy needs some.
      - Their order makes no difference, and V(192.0.2.7) is the same as V(192.0.2.7/32). V(192.0.2.7/24) is refused,
        because it can mean the address as well as the network V(192.0.2.0/24).
    type: list
    elements: str
  enabled:
    description:
      - Whether the policy is in force. A new one is not unless this is V(true).
    type: bool
"""

    ITEMS: str = as_suboptions("ip_policies[]", DOCUMENTATION)
