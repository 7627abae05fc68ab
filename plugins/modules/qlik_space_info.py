#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_space_info
short_description: Show spaces of a Qlik Cloud tenant and who has access to them
version_added: 1.0.0
description:
  - Returns spaces with their members by name. Without any option it returns all spaces that the credential can see.
  - A share of a single app gives access beside membership, and is not shown.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
options:
  id:
    description:
      - The ID of a space.
    type: str
  name:
    description:
      - The name of a space. Upper and lower case matter.
    type: str
  type:
    description:
      - Only spaces of this type.
    type: str
    choices:
      - shared
      - managed
      - data
  group:
    description:
      - Only spaces of which this group is a member itself. V(Everyone) is the group of all users.
    type: str
  provider_type:
    description:
      - The kind of O(group), V(idp) if it is left out.
    type: str
    choices:
      - idp
      - custom
  user:
    description:
      - Only spaces of which the user with this subject is a member, not through a group.
    type: str
  members:
    description:
      - Whether members are read, which takes a request for each space.
    type: bool
    default: true
seealso:
  - module: qlikops.cloud.qlik_space
  - module: qlikops.cloud.qlik_spaces
  - module: qlikops.cloud.qlik_space_member
  - name: Spaces in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/spaces/
"""

EXAMPLES = r"""
- name: Find out what a group can reach
  qlikops.cloud.qlik_space_info:
    group: Finance Analysts
  register: reachable

- name: Show it
  ansible.builtin.debug:
    msg: "{{ reachable.spaces | map(attribute='name') }}"
"""

RETURN = r"""
spaces:
  description: The spaces, sorted by name, with all fields of the API.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 6527ab0d4a3f2c0d9f1e8b80
      name: Finance
      type: managed
      members:
        - group: Finance Analysts
          provider_type: idp
          roles:
            - consumer
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.spaces import flow_of_space_info

FLOW = flow_of_space_info()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
