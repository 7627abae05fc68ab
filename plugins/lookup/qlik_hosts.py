# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: qlik_hosts
short_description: Select the hosts of a play for tenants
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Returns the given host patterns. The default is V(all), or V(localhost) without an inventory.
  - The playbooks of this collection use it for C(hosts). You can use it in your own playbooks.
  - The lookup fails if an inventory is set by C(-i), C(ANSIBLE_INVENTORY), or C(ansible.cfg), but has no hosts. Ansible
    itself only warns, and would run the play for the tenant of the environment on localhost, or for no host.
  - The lookup fails if no host matches the patterns and the limit of the command.
options:
  _terms:
    description:
      - The host patterns, in the format of C(hosts) in a play. Empty patterns are ignored.
    type: list
    elements: str
    required: true
  one_host:
    description:
      - Whether the term must be the name of one host of the inventory, and no pattern, no group, and not empty.
      - It is an error too if the variable C(qlik_hosts) has another value, because imported playbooks would use it.
    type: bool
    default: false
seealso:
  - plugin: qlikops.cloud.qlik_contexts
    plugin_type: inventory
  - plugin: qlikops.cloud.qlik_organization
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: List the tenants
  hosts: "{{ lookup('qlikops.cloud.qlik_hosts', qlik_hosts | default('')) }}"
  connection: local
  gather_facts: false
  tasks:
    - name: Show the name of the host
      ansible.builtin.debug:
        var: inventory_hostname
"""

RETURN = r"""
_raw:
  description: The host patterns.
  type: list
  elements: str
  sample:
    - all
"""

from typing import Any, Dict, List, Mapping, Optional

from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import printable
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import inventory_without_hosts


class LookupModule(LookupBase):
    """Selects the hosts of a play."""

    def run(self, terms: List[Any], variables: Optional[Dict[str, Any]] = None, **kwargs: Any) -> List[str]:
        variables = variables or {}
        problem = inventory_without_hosts(variables)
        if problem:
            raise AnsibleLookupError("%s Nothing was changed." % problem)
        if boolean(kwargs.get("one_host", False)):
            # A syntax check has no value for the variable, and runs nothing.
            if context.CLIARGS.get("syntax"):
                return ["localhost"]
            return [self._only_host(terms, variables)]
        given = [str(term) for term in self._flatten(terms) if term is not None and str(term).strip()]
        groups, limit = variables["groups"], variables.get("ansible_limit")
        patterns = given or ["all" if groups["all"] else "localhost"]
        if not self._matching(groups, limit, patterns):
            text = "qlik_hosts: No host matches %s" % printable(",".join(patterns))
            text += " and the limit %s" % printable(limit) if limit else ""
            raise AnsibleLookupError("%s. Correct the patterns or the limit. Nothing was changed." % text)
        return patterns

    def _only_host(self, terms: List[Any], variables: Mapping[str, Any]) -> str:
        """The name of the host.

        :raises AnsibleLookupError: when the term is anything else.
        """
        name = terms[0] if len(terms) == 1 and isinstance(terms[0], str) else ""
        if not name.strip():
            problem = "The name of the tenant is missing"
        elif "{" in name or "}" in name:
            problem = "%r is a template that was not rendered" % printable(name)
        elif name not in variables["groups"]["all"]:
            problem = "%r is not a host of the inventory" % printable(name)
        elif self._matching(variables["groups"], None, [name]) != [name]:
            problem = "%r is a host, and also a pattern of other hosts" % printable(name)
        elif variables.get("qlik_hosts", name) != name:
            problem = "The variable qlik_hosts is set, and not to %r" % printable(name)
        elif not self._matching(variables["groups"], variables.get("ansible_limit"), [name]):
            problem = "The limit %r does not include %r" % (printable(variables["ansible_limit"]), printable(name))
        else:
            return name
        text = "qlik_on_change_tenant: %s. Set the name of one host, and nothing else. Nothing was changed."
        raise AnsibleLookupError(text % problem)

    def _matching(self, groups: Dict[str, List[str]], limit: Optional[str], patterns: List[str]) -> List[str]:
        """Return the hosts that Ansible will select."""
        inventory = InventoryManager(loader=self._loader, parse=False)
        for group, hosts in groups.items():
            inventory.add_group(group)
            for host in hosts:
                inventory.add_host(host, group)
        inventory.subset(limit)
        return [str(host) for host in inventory.get_hosts(patterns)]
