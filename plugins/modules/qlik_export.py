#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_export_file
short_description: Write the export of a host on the controller
version_added: 1.0.0
description:
  - Part of the role P(qlikops.cloud.qlik_export#role), which calls it twice on each host. Use the role.
  - It runs on the controller, and talks to no tenant.
  - Options that are left out are those of the variables of the role, as its first task has registered them.
author:
  - qlikops contributors (@qlikops)
options:
  step:
    description:
      - V(prepare) makes the folder, and makes sure that it can be written to, and that nothing is lost by that.
      - V(write) writes the file of the host.
    type: str
    choices:
      - prepare
      - write
    required: true
  export_dir:
    description:
      - The folder of the exports on the controller. V(~) at its beginning is the home of the user. Shell variables are
        not replaced.
      - The file is C(<inventory host>/qlik_tenant.yml) there, with a slash in the name as C(%2F) and a percent sign as
        C(%25).
    type: str
    required: true
  configuration:
    description:
      - What RV(qlikops.cloud.qlik_configuration_info#module:configuration) has of the tenant. Required to write.
    type: dict
  not_available:
    description:
      - What RV(qlikops.cloud.qlik_configuration_info#module:not_available) has of the tenant. The head of the file
        names these areas.
    type: dict
    default: {}
  force:
    description:
      - Whether a file is replaced that was not written by this module, which the first line tells.
      - Also whether the folder of the host is made beside a file such as C(<inventory host>.yml), of which Ansible
        reads nothing any more then.
    type: bool
    default: false
  mode:
    description:
      - The permissions of the file as an octal number in quotes.
      - Without it an existing file keeps its own, and a new one is readable and writable by its owner alone.
    type: raw
seealso:
  - module: qlikops.cloud.qlik_configuration_info
  - plugin: qlikops.cloud.to_seed_variables
    plugin_type: filter
attributes:
  check_mode:
    support: full
    description: Can run in check mode.
  diff_mode:
    support: full
    description: Returns what would differ.
  idempotent:
    support: full
    description: Changes nothing when it is run twice.
"""

EXAMPLES = r"""
- name: Make sure that exports can be written
  qlikops.cloud.qlik_export_file:
    step: prepare
    export_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/exports"
"""

RETURN = r"""
path:
  description: The path of the file.
  returned: O(step=write)
  type: str
  sample: /home/ada/exports/acme/qlik_tenant.yml
counts:
  description: How many objects the file describes, by the word for them.
  returned: O(step=write)
  type: dict
  sample:
    custom roles: 3
    groups: 12
msg:
  description: What was written, in one line, which is also shown.
  returned: O(step=write)
  type: str
  sample: "wrote host_vars/acme/qlik_tenant.yml: 3 custom roles, 12 groups"
"""
