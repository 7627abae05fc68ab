# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: to_seed_variables
short_description: Write what a tenant holds as variables of the seeding role
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Makes a YAML file of variables for P(qlikops.cloud.qlik_seed#role) out of what
    M(qlikops.cloud.qlik_configuration_info) returns, or other modules of this collection. Seeding the same tenant from
    it changes nothing, and an audit by it sees whatever else is changed.
  - The same tenant gives the same text, sorted by name. There are no IDs, times or secrets in it.
  - What seeding cannot manage is left out, which is default roles, system groups, bots and deleted users, and so are
    settings that Qlik has deprecated, and the status of users who have not logged in yet. What a user or the tenant
    does not have at all cannot be described, such as an alias or a time zone.
  - What seeding would refuse is left out too, such as a group with a longer name than Qlik accepts today, or two
    objects of one name. The head of the file says so.
  - Members and owners of spaces are written if they are among the groups and users of the file, or the group Everyone.
    A space with other members, or with a member whose roles the space cannot give any more, gets
    C(purge_members=false), so that seeding does not take their access away.
  - A text is tagged C(!unsafe), so that Ansible never renders it as a template, unless it has only letters, digits,
    blanks and a few signs that no template begins with.
positional: _input
options:
  _input:
    description:
      - The C(configuration) of M(qlikops.cloud.qlik_configuration_info), or what the modules of single areas return, by
        area. C(tenant) has to be among it. An area that is missing is not exported.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Read the tenant
  qlikops.cloud.qlik_configuration_info:
    exclude_areas: [users]
  register: read

- name: Keep what it holds
  ansible.builtin.copy:
    content: "{{ read.configuration | qlikops.cloud.to_seed_variables }}"
    dest: acme.yml
    mode: "0600"
"""

RETURN = r"""
_value:
  description:
    - The text of a YAML file.
  type: str
  sample: |
    # What the Qlik Cloud tenant acme.eu.qlikcloud.com holds, for the role qlikops.cloud.qlik_seed.
    ---
    # Groups, with the roles of their members
    qlik_seed_standard_groups: {}
    qlik_seed_extra_groups:
      - name: Finance Analysts
        assigned_roles:
          - SharedSpaceCreator
"""

from typing import Any, Callable, Dict, Mapping

from ansible.errors import AnsibleFilterError
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.export import seed_variables_of


def to_seed_variables(current: Mapping[str, Any]) -> str:
    """The variables of the seeding role as YAML.

    :param current: what modules return, by area.
    :raises AnsibleFilterError: when that is not what they return.
    """
    try:
        return seed_variables_of(current).text()
    except InvalidInput as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """Filters by name."""
        return {"to_seed_variables": to_seed_variables}
