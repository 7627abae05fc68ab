#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_on_change
short_description: First task of the playbook on_change
version_added: 1.0.0
description:
  - Belongs to the playbook C(qlikops.cloud.on_change) and is not meant to be called by itself. Use the playbook.
  - Validates the variables of the playbook, and the inventory of the play. All mistakes are reported at once, one
    line each, which begins with the variable.
  - Runs on the controller and sends no requests.
author:
  - qlikops contributors (@qlikops)
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in check mode.
  diff_mode:
    support: none
    description: Changes nothing, so there is no difference to return.
  idempotent:
    support: full
    description: Changes nothing when run twice.
"""

EXAMPLES = r"""
- name: Validate the variables
  qlikops.cloud.qlik_on_change:
  vars:
    qlik_on_change_tenant: acme
"""

RETURN = r"""
variables:
  description: The variables by name, with defaults for omitted variables.
  returned: success
  type: dict
  sample:
    qlik_on_change_tenant: acme
    qlik_on_change_repair: null
"""
