# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: to_seed_variables
short_description: Convert the configuration of a tenant to variables of the role qlik_seed
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Converts the result of M(qlikops.cloud.qlik_configuration_info), or of other modules of this collection, to a YAML
    file with variables for P(qlikops.cloud.qlik_seed#role). Seeding the same tenant from the file changes nothing, and
    an audit reports all later changes.
  - The same tenant always gives the same text, sorted by name. The text contains no IDs, timestamps, or secrets.
  - The file omits objects that seeding cannot manage, which are default roles, system groups, bot users, and deleted
    users. It also omits settings that Qlik has deprecated, settings that require your consent, the status of users who
    have not logged in yet, and missing values such as an alias or a time zone.
  - The file omits objects that seeding would reject, such as a group whose name is longer than Qlik accepts today, or
    two objects with the same name. The header of the file lists them.
  - The file contains members and owners of spaces if they are groups or users in the file, or the group Everyone. A
    space with other members, or with a member whose roles the space no longer offers, gets C(purge_members=false), so
    that seeding does not remove their access.
  - Strings are tagged C(!unsafe), so that Ansible never renders them as templates, unless they have only letters,
    digits, spaces, and a few characters that cannot start a template.
positional: _input
options:
  _input:
    description:
      - The C(configuration) from M(qlikops.cloud.qlik_configuration_info), or the results of the modules of single
        areas, by area. The key C(tenant) is required. Missing areas are not exported.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Read the tenant
  qlikops.cloud.qlik_configuration_info:
    exclude_areas: [users]
  register: read

- name: Write its configuration as variables
  ansible.builtin.copy:
    content: "{{ read.configuration | qlikops.cloud.to_seed_variables }}"
    dest: acme.yml
    mode: "0600"
"""

RETURN = r"""
_value:
  description:
    - The content of a YAML file.
  type: str
  sample: |
    # Configuration of the Qlik Cloud tenant acme.eu.qlikcloud.com for the role qlikops.cloud.qlik_seed.
    ---
    # Groups with their roles
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
    """Return the variables of the role qlik_seed as YAML.

    :param current: the results of modules, by area.
    :raises AnsibleFilterError: if they are not results of the modules.
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
