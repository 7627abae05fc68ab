# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of one group, for the single and for the bulk module."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the group, 1 to 256 characters. Upper and lower case matter. Groups that are older than this limit
        can have longer names.
      - The name of a group of an identity provider must be exactly the text of the claim.
      - Together with O(id), the name that a custom group is to have.
    type: str
  id:
    description:
      - The ID of a group that exists.
    type: str
  state:
    description:
      - V(present) creates or changes the group.
      - V(absent) deletes it. A group of an identity provider comes back at the next login of a member if
        groups are created automatically. A custom group can only be deleted when it has no members.
    type: str
    choices:
      - present
      - absent
    default: present
  provider_type:
    description:
      - V(idp) for a group whose members come from the identity provider, V(custom) for one whose members are
        assigned on the tenant. The two kinds can have groups of the same name.
      - A group that is found by O(name) is V(idp) unless this says otherwise. The type of a group cannot be changed.
    type: str
    choices:
      - idp
      - custom
  description:
    description:
      - The description of a custom group. Groups of an identity provider have none. An empty text takes it away.
    type: str
  assigned_roles:
    description:
      - The names of the roles of the group, at most 100. Upper and lower case matter, and the order does not.
      - On capacity-based subscriptions a role with full user entitlement makes full users of the members.
    type: list
    elements: str
  assigned_role_ids:
    description:
      - The same as O(assigned_roles), by the IDs that the roles have on this tenant.
    type: list
    elements: str
  purge_roles:
    description:
      - Whether roles that are not listed are taken from the group. With V(false) the listed ones are added.
    type: bool
    default: true
"""

    ITEMS: str = as_suboptions("groups[]", DOCUMENTATION)
