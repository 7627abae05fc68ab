# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: qlik_context
short_description: Read the connection of a qlik-cli context
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Returns the connection of a qlik-cli context, for use in module options or variables.
  - The inventory plugin P(qlikops.cloud.qlik_contexts#inventory) uses it to refer to credentials without storing them.
options:
  _terms:
    description:
      - The names of contexts.
    type: list
    elements: str
    required: true
  path:
    description:
      - The path of the contexts file, or of the folder that qlik-cli uses as E(QLIK_CLI_USER_HOME_DIR).
      - E(QLIK_CONTEXTS_PATH) takes precedence over E(QLIK_CLI_USER_HOME_DIR). This option takes precedence over both.
    type: str
    default: ~/.qlik/contexts.yml
    env:
      - name: QLIK_CLI_USER_HOME_DIR
      - name: QLIK_CONTEXTS_PATH
seealso:
  - plugin: qlikops.cloud.qlik_contexts
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Read the groups of a context's tenant
  vars:
    context: "{{ lookup('qlikops.cloud.qlik_context', 'acme') }}"
  qlikops.cloud.qlik_group_info:
    tenant_url: "{{ context.tenant_url }}"
    api_key: "{{ context.api_key }}"
"""

RETURN = r"""
_raw:
  description:
    - A dictionary per name, with C(tenant_url), C(api_key), C(client_id), C(client_secret), C(validate_certs), and
      C(comment). Missing values are V(none).
  type: list
  elements: dict
  sample:
    - tenant_url: https://acme.eu.qlikcloud.com
      api_key: a secret
      client_id:
      client_secret:
      validate_certs: true
      comment: ""
"""

from typing import Any, Dict, List, Optional

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.qlikops.cloud.plugins.plugin_utils._contexts import contexts_file, read_contexts


class LookupModule(LookupBase):
    """Looks up contexts by name."""

    def run(self, terms: List[str], variables: Optional[Dict[str, Any]] = None, **kwargs: Any) -> List[Dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        path = contexts_file(self.get_option("path"))
        contexts = read_contexts(path).usable
        unknown = [name for name in terms if name not in contexts]
        if unknown:
            raise AnsibleError("%s has no usable context %r." % (path, unknown[0]))
        connections: List[Dict[str, Any]] = wrap_var([contexts[name]._asdict() for name in terms])
        return connections
