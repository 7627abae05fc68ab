#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_role_variables
short_description: Read the variables of a role of this collection
version_added: 1.0.0
description:
  - Part of the roles and playbooks of this collection, which call it first. Use these.
  - Looks at the play as a whole too, once for all hosts. It is an error if an inventory is named and no host came of
    it, if an inventory plugin of this collection failed, if a host of several has no address of its own, and if hosts
    have the same address and one of them prunes.
  - It warns of other hosts that have the same address, of variables that begin with C(qlik_) and do not exist, and of
    modules that do not run on the controller as its user.
  - Variables that are null, and blank ones where a text makes no sense, count as left out, and get their defaults. What
    is wrong with the others is said at once, a line for each mistake that begins with its place.
  - It runs on the controller, and talks to no tenant.
author:
  - qlikops contributors (@qlikops)
options:
  role:
    description:
      - The role, without the name of the collection, or V(qlik_onboard) for the playbook.
    type: str
    choices:
      - qlik_seed
      - qlik_audit
      - qlik_export
      - qlik_awx
      - qlik_onboard
    required: true
  needed_collection:
    description:
      - Another collection that the role needs. If it is not installed, the message is how to install it.
    type: str
attributes:
  check_mode:
    support: full
    description: Can run in check mode.
  diff_mode:
    support: none
    description: Changes nothing, so there is no difference to return.
  idempotent:
    support: full
    description: Changes nothing when it is run twice.
"""

EXAMPLES = r"""
- name: Look at the variables
  qlikops.cloud.qlik_role_variables:
    role: qlik_export
  vars:
    qlik_export_dir: /home/ada/exports
"""

RETURN = r"""
variables:
  description: The variables of the role by name, with the defaults of those that are left out.
  returned: success
  type: dict
  sample:
    qlik_export_dir: /home/ada/exports
    qlik_export_force: false
    qlik_export_mode: null
    qlik_export_users: false
"""
