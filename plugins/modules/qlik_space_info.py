#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_space_info
short_description: Read spaces of a Qlik Cloud tenant and their members
version_added: 1.0.0
description:
  - Returns spaces with the names of their members. Without filters, the module returns all spaces that the credential
    can list.
  - Access through shared individual apps is not included.
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
      - Returns only the space with this ID.
    type: str
  name:
    description:
      - Returns only the space with this name. Case-sensitive.
    type: str
  type:
    description:
      - Returns only spaces of this type.
    type: str
    choices:
      - shared
      - managed
      - data
  group:
    description:
      - Returns only spaces with this group as a member. V(Everyone) is the group of all users.
    type: str
  provider_type:
    description:
      - The type of O(group). The default is V(idp).
    type: str
    choices:
      - idp
      - custom
  user:
    description:
      - Returns only spaces with this user, identified by subject, as a direct member. Membership through groups is
        ignored.
    type: str
  members:
    description:
      - Whether to read members, which takes one request per space.
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
- name: Find the spaces of a group
  qlikops.cloud.qlik_space_info:
    group: Finance Analysts
  register: reachable

- name: Show their names
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
  description: The error, in the format of RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except when Ansible itself rejects the options
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.spaces import flow_of_space_info

FLOW = flow_of_space_info()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
