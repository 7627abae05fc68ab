# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of one space, for the single and for the bulk module."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the space, unique over all types. It has 1 to 256 characters, and none of C(" * ? < > / \ | :).
        Upper and lower case matter.
      - Together with O(id), the name that the space is to have.
    type: str
  id:
    description:
      - The ID of a space that exists.
    type: str
  state:
    description:
      - V(present) creates or changes the space.
      - V(absent) deletes it. Only an empty space can be deleted, by a credential that sees all spaces.
    type: str
    choices:
      - present
      - absent
    default: present
  type:
    description:
      - V(shared) for developing together, V(managed) for what is released, V(data) for data integration projects. A new
        space needs it, and it cannot be changed.
    type: str
    choices:
      - shared
      - managed
      - data
  description:
    description:
      - The description of the space.
    type: str
  owner:
    description:
      - The subject of the user whom the space belongs to. If it is left out, who creates a space becomes its owner.
    type: str
  owner_id:
    description:
      - The same as O(owner), by ID.
    type: str
  members:
    description:
      - Who has access to the space, beside its owner. If it is left out, members are neither read nor changed.
    type: list
    elements: dict
    suboptions:
      group:
        description:
          - The name of a group. Upper and lower case matter. V(Everyone) is the group of all users.
          - Exactly one of O(members[].group), O(members[].user) and O(members[].assignee_id) names the member.
        type: str
      provider_type:
        description:
          - The kind of O(members[].group), V(idp) if it is left out. The two kinds can have groups of the same name; a
            task that does not say which it means is warned then.
        type: str
        choices:
          - idp
          - custom
      user:
        description:
          - The subject of a user.
        type: str
      assignee_id:
        description:
          - The ID of a group or a user.
        type: str
      assignee_type:
        description:
          - What O(members[].assignee_id) is the ID of.
        type: str
        choices:
          - group
          - user
      roles:
        description:
          - What the member may do in the space, by the names that the API has. Which roles there are depends on the
            type of the space, V(facilitator) manages it, V(consumer) views what is in it.
        type: list
        elements: str
        required: true
      purge_roles:
        description:
          - Whether roles that are not listed are taken from the member. With V(false) the listed ones are added.
        type: bool
        default: true
  purge_members:
    description:
      - Whether members that are not listed are taken from the space. With V(false) the listed ones are added.
    type: bool
    default: true
"""

    ITEMS: str = as_suboptions("spaces[]", DOCUMENTATION)
