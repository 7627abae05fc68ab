#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_export
short_description: Task of the role qlik_export
version_added: 1.0.0
description:
  - Belongs to the role P(qlikops.cloud.qlik_export#role) and is not meant to be called by itself. Use the role.
  - Validates the variables of the role, checks that the file is writable, reads the tenant as
    M(qlikops.cloud.qlik_configuration_info) does, and writes the file on the controller.
  - Connection options are taken from the variables of the host, such as C(qlik_tenant_url), then from the options of
    the task, including C(module_defaults) for C(group/qlikops.cloud.qlik), then from environment variables.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
seealso:
  - module: qlikops.cloud.qlik_configuration_info
  - plugin: qlikops.cloud.to_seed_variables
    plugin_type: filter
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - RV(ignore:diff) has the file before and after the task.
  idempotent:
    support: full
"""

EXAMPLES = r"""
- name: Export the tenant
  qlikops.cloud.qlik_export:
  vars:
    qlik_export_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/exports"
"""

RETURN = r"""
path:
  description: The path of the file.
  returned: success
  type: str
  sample: /home/ada/exports/acme/qlik_tenant.yml
counts:
  description: The number of objects in the file, by type.
  returned: success
  type: dict
  sample:
    custom roles: 3
    groups: 12
msg:
  description: The displayed summary line.
  returned: success
  type: str
  sample: "wrote host_vars/acme/qlik_tenant.yml: 3 custom roles, 12 groups"
"""
