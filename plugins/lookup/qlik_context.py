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
  - Returns the connection that a context of qlik-cli holds, for a module's options or for variables.
  - The inventory plugin P(qlikops.cloud.qlik_contexts#inventory) uses it, so that an inventory names credentials
    without holding them.
options:
  _terms:
    description:
      - The names of contexts.
    type: list
    elements: str
    required: true
  path:
    description:
      - The file with the contexts, or the folder that qlik-cli has as E(QLIK_CLI_USER_HOME_DIR).
      - E(QLIK_CONTEXTS_PATH) takes precedence over E(QLIK_CLI_USER_HOME_DIR), as the option does over both.
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
- name: Read the groups of the tenant of a context
  vars:
    context: "{{ lookup('qlikops.cloud.qlik_context', 'acme') }}"
  qlikops.cloud.qlik_group_info:
    tenant_url: "{{ context.tenant_url }}"
    api_key: "{{ context.api_key }}"
"""

RETURN = r"""
_raw:
  description:
    - For each name a dictionary with C(tenant_url), C(api_key), C(client_id), C(client_secret), C(validate_certs) and
      C(comment). What the context does not have is V(none).
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
    """Looks contexts up by name."""

    def run(self, terms: List[str], variables: Optional[Dict[str, Any]] = None, **kwargs: Any) -> List[Dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        path = contexts_file(self.get_option("path"))
        contexts = read_contexts(path).usable
        unknown = [name for name in terms if name not in contexts]
        if unknown:
            raise AnsibleError("%s has no usable context %r." % (path, unknown[0]))
        connections: List[Dict[str, Any]] = wrap_var([contexts[name]._asdict() for name in terms])
        return connections
