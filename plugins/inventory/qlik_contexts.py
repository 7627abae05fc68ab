# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: qlik_contexts
short_description: Creates hosts from qlik-cli contexts
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Creates one host per qlik-cli context. The host variables have the connection for the roles and playbooks of this
    collection, so that one play can manage all tenants.
  - The name of the inventory file must end with C(qlik_contexts.yml) or C(qlik_contexts.yaml).
  - The inventory does not contain credentials. Their variables read the contexts file when they are used, so
    C(ansible-inventory) shows only their source. O(expose_credentials) changes this.
  - Contexts without a server or credential are skipped with a warning. Contexts whose name cannot be a hostname are
    skipped too. Names must not be empty, C(all), C(ungrouped), or the name of a group in the inventory. They can have
    letters, digits, spaces, and characters that cannot start a template, such as hyphens, dots, and commas, but no
    slashes.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The cache never contains credentials and is not used with O(expose_credentials=true). Reading the file is fast, so
    a cache is rarely useful.
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
      - The path of the contexts file, or of the folder that qlik-cli uses as E(QLIK_CLI_USER_HOME_DIR).
      - E(QLIK_CONTEXTS_PATH) takes precedence over E(QLIK_CLI_USER_HOME_DIR). This option takes precedence over both.
    type: str
    default: ~/.qlik/contexts.yml
    env:
      - name: QLIK_CLI_USER_HOME_DIR
      - name: QLIK_CONTEXTS_PATH
  include:
    description:
      - Includes only contexts whose name matches one of these glob patterns.
    type: list
    elements: str
    default: ["*"]
  exclude:
    description:
      - Excludes contexts whose name matches one of these glob patterns.
    type: list
    elements: str
    default: []
  expose_credentials:
    description:
      - Whether host variables contain the credentials themselves, which C(ansible-inventory) then prints.
      - Use it for tools that export the inventory to a machine without the contexts file.
    type: bool
    default: false
seealso:
  - plugin: qlikops.cloud.qlik_organization
    plugin_type: inventory
  - plugin: qlikops.cloud.qlik_context
    plugin_type: lookup
"""

EXAMPLES = r"""
# tenants/qlik_contexts.yml: this line is enough to create a host for each context
plugin: qlikops.cloud.qlik_contexts
# Exclude some contexts
exclude:
  - "*-sandbox"
# Group hosts by region
keyed_groups:
  - prefix: region
    key: qlik_tenant_url.split('.')[1]
# Use the name of the context as a prefix for group names
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
except ImportError:  # before ansible-core 2.19, every string is a template

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
    """Creates hosts from qlik-cli contexts."""

    NAME = "qlikops.cloud.qlik_contexts"

    def verify_file(self, path: str) -> bool:
        """Return whether a file is for this plugin, based on its name."""
        return bool(super().verify_file(path)) and path.endswith(("qlik_contexts.yml", "qlik_contexts.yaml"))

    @with_failures_remembered
    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts to the inventory.

        :raises AnsibleError: if the contexts cannot be read.
        """
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        exposed = self.get_option("expose_credentials")
        self._file = contexts_file(self.get_option("path"))
        # Each contexts file has its own cache.
        key = self.get_cache_key(path + self._file)
        use_cache = self.get_option("cache") and not exposed
        hosts = self._cache[key] if use_cache and cache and key in self._cache else self._read_hosts(exposed)
        if use_cache:
            self._cache[key] = hosts
        for name, variables in hosts.items():
            if self._is_selected(name):
                problem = name_problem(self, name)
                if problem:
                    self.display.warning("The context %r is skipped: %s." % (name, problem))
                else:
                    self._add(name, variables)

    def _read_hosts(self, exposed: bool) -> Dict[str, Dict[str, Any]]:
        """Return the variables by host. The values of secrets are included only if C(exposed) is set."""
        contexts = read_contexts(self._file)
        for warning in contexts.skipped:
            self.display.warning(warning)
        return {name: _values(context, exposed) for name, context in contexts.usable.items()}

    def _is_selected(self, name: str) -> bool:
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
    """Return the values of a context by field. Secrets are C(None) unless C(exposed) is set."""
    fields = context._asdict()
    return {
        field: None if secret and not exposed else fields[field]
        for field, (_variable, secret) in _VARIABLES.items()
        if fields[field] is not None
    }
