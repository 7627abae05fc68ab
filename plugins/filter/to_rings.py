# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: to_rings
short_description: Create the keywords of a play that changes tenants in rings
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Checks the variables C(qlik_serial) and C(qlik_max_fail_percentage), and returns the keywords C(serial),
    C(max_fail_percentage), and C(strategy) of a play. The playbooks C(qlikops.cloud.seed) and C(qlikops.cloud.onboard)
    use it. You can use it in your own playbooks.
  - Ansible itself accepts zero, negative numbers, and more than 100 % for C(serial), and then runs the play for all
    hosts at once. The filter rejects them.
  - Keywords can use extra variables and variables of the play, but no variables of an inventory.
  - The guide L(Roll out changes in rings,
    https://docs.ansible.com/ansible/latest/collections/qlikops/cloud/docsite/guide_rings.html) explains rings.
positional: _input, max_fail_percentage
options:
  _input:
    description:
      - The sizes of the rings, each a number of tenants or a percentage of all tenants of the play. The last size
        applies to all further rings.
      - A list, a text with commas, or a single size. Null and a blank text mean no rings.
    type: raw
    required: true
  max_fail_percentage:
    description:
      - The percentage of a ring's tenants that may fail. If more tenants of a ring fail, no later ring starts.
      - A number from 0 to 100, or a text such as C(10%). Null and a blank text mean no limit. Without a limit, a ring
        in which all tenants fail is the last one.
    type: raw
    default: null
"""

EXAMPLES = r"""
- name: Seed tenants in rings
  hosts: all
  gather_facts: false
  serial: "{{ rings.serial | default(omit) }}"
  max_fail_percentage: "{{ rings.max_fail_percentage | default(omit) }}"
  strategy: "{{ rings.strategy | default(omit) }}"
  vars:
    ansible_connection: local
    rings: "{{ qlik_serial | default('') | qlikops.cloud.to_rings(qlik_max_fail_percentage | default('')) }}"
  roles:
    - role: qlikops.cloud.qlik_seed
"""

RETURN = r"""
_value:
  description:
    - The keywords. Empty without rings.
  type: dict
  sample:
    serial: [1, "5%", "100%"]
    strategy: linear
    max_fail_percentage: 0.0
"""

from typing import Any, Callable, Dict

from ansible.errors import AnsibleFilterError
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.plugin_utils._rings import keywords_of


def to_rings(sizes: Any, max_fail_percentage: Any = None) -> Dict[str, Any]:
    """Return the keywords of a play with rings.

    :raises AnsibleFilterError: if a value is invalid.
    """
    try:
        return keywords_of(sizes, max_fail_percentage)
    except InvalidInput as error:
        raise AnsibleFilterError("%s Nothing was changed." % error) from None


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """Filters by name."""
        return {"to_rings": to_rings}
