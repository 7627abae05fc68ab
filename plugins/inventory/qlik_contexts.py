# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: qlik_contexts
short_description: Tenants from the contexts of qlik-cli
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Makes a host of each context of qlik-cli, with the connection in the variables that the roles and playbooks of this
    collection use, so that one play configures every tenant.
  - The name of the file must end in C(qlik_contexts.yml) or C(qlik_contexts.yaml).
  - Credentials are not part of the inventory. Their variables read the file when they are used, so
    C(ansible-inventory) shows where they come from and not what they are. O(expose_credentials) changes that.
  - An entry that has no server or no credential is left out, with a warning that names it. So is one whose name cannot
    be the name of a host, which are empty names, C(all), C(ungrouped), names with slashes, and names with more than
    letters, digits, blanks and the signs that no template can begin with, such as hyphens, dots and commas. So is one
    that is named like a group of the inventory.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The cache holds no credentials, and with O(expose_credentials=true) it is not used. Reading the file is quick, so
    there is little reason for a cache.
options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices:
      - qlikops.cloud.qlik_contexts
  path:
    description:
      - The file with the contexts, or the folder that qlik-cli has as E(QLIK_CLI_USER_HOME_DIR).
      - E(QLIK_CONTEXTS_PATH) takes precedence over E(QLIK_CLI_USER_HOME_DIR), as the option does over both.
    type: str
    default: ~/.qlik/contexts.yml
    env:
      - name: QLIK_CLI_USER_HOME_DIR
      - name: QLIK_CONTEXTS_PATH
  include:
    description:
      - Glob patterns. A context is left out unless its name matches one of them.
    type: list
    elements: str
    default: ["*"]
  exclude:
    description:
      - Glob patterns. A context is left out if its name matches one of them.
    type: list
    elements: str
    default: []
  expose_credentials:
    description:
      - Whether the credentials themselves are host variables.
      - This is for tools that export the inventory to where the file is not, and makes C(ansible-inventory) print
        them.
    type: bool
    default: false
seealso:
  - plugin: qlikops.cloud.qlik_organization
    plugin_type: inventory
  - plugin: qlikops.cloud.qlik_context
    plugin_type: lookup
"""

EXAMPLES = r"""
# tenants/qlik_contexts.yml: the first line alone makes a host of each context
plugin: qlikops.cloud.qlik_contexts
# All of them but some
exclude:
  - "*-sandbox"
# In groups by their region
keyed_groups:
  - prefix: region
    key: qlik_tenant_url.split('.')[1]
# With the name of the context before the names of its groups
compose:
  qlik_seed_group_prefix: qlik_context ~ '-'
"""

from fnmatch import fnmatchcase
from typing import Any, Dict

from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.qlikops.cloud.plugins.plugin_utils._contexts import Context, contexts_file, read_contexts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._inventory import (
    add_host,
    name_problem,
    with_failures_remembered,
)

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19 every text is a template

    def trust_as_template(value: str) -> str:
        return value


_LAZY = "{{ lookup('qlikops.cloud.qlik_context', qlik_context, path=qlik_contexts_path).%s }}"
#: Host variables by the field of a context, and whether it is a secret.
_VARIABLES = {
    "tenant_url": ("qlik_tenant_url", False),
    "api_key": ("qlik_api_key", True),
    "client_id": ("qlik_client_id", False),
    "client_secret": ("qlik_client_secret", True),
    "validate_certs": ("qlik_validate_certs", False),
}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads qlik-cli's contexts as hosts."""

    NAME = "qlikops.cloud.qlik_contexts"

    def verify_file(self, path: str) -> bool:
        """Whether the name of a file says that it is for this plugin."""
        return bool(super().verify_file(path)) and path.endswith(("qlik_contexts.yml", "qlik_contexts.yaml"))

    @with_failures_remembered
    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts.

        :raises AnsibleError: when the contexts cannot be read.
        """
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        exposed = self.get_option("expose_credentials")
        self._file = contexts_file(self.get_option("path"))
        # Another file of contexts is another inventory.
        key = self.get_cache_key(path + self._file)
        use_cache = self.get_option("cache") and not exposed
        hosts = self._cache[key] if use_cache and cache and key in self._cache else self._hosts(exposed)
        if use_cache:
            self._cache[key] = hosts
        for name, variables in hosts.items():
            if self._is_desired(name):
                problem = name_problem(self, name)
                if problem:
                    self.display.warning("The context %r is left out: %s." % (name, problem))
                else:
                    self._add(name, variables)

    def _hosts(self, exposed: bool) -> Dict[str, Dict[str, Any]]:
        """The variables of each host; without the values of secrets unless they are exposed."""
        contexts = read_contexts(self._file)
        for warning in contexts.skipped:
            self.display.warning(warning)
        return {name: _values(context, exposed) for name, context in contexts.usable.items()}

    def _is_desired(self, name: str) -> bool:
        included = any(fnmatchcase(name, pattern) for pattern in self.get_option("include"))
        return included and not any(fnmatchcase(name, pattern) for pattern in self.get_option("exclude"))

    def _add(self, name: str, values: Dict[str, Any]) -> None:
        variables: Dict[str, Any] = {
            "qlik_context": wrap_var(name),
            "qlik_contexts_path": wrap_var(self._file),
        }
        for field, value in values.items():
            variable = _VARIABLES[field][0]
            variables[variable] = wrap_var(value) if value is not None else trust_as_template(_LAZY % field)
        add_host(self, name, variables)


def _values(context: Context, exposed: bool) -> Dict[str, Any]:
    """What the context has, by field; C(None) for a secret that is not exposed."""
    fields = context._asdict()
    return {
        field: None if secret and not exposed else fields[field]
        for field, (_variable, secret) in _VARIABLES.items()
        if fields[field] is not None
    }
