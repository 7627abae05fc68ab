#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_seed_description
short_description: Make a description of a tenant out of the variables of the seeding role
version_added: 1.0.0
description:
  - Part of the roles P(qlikops.cloud.qlik_seed#role) and P(qlikops.cloud.qlik_audit#role). Use the roles.
  - It says all that is wrong with the variables at once, a line for each mistake that begins with its place.
  - It runs on the controller, and talks to no tenant.
author:
  - qlikops contributors (@qlikops)
options:
  is_seeded:
    description:
      - Whether the tenant is going to be seeded. Then the play is looked at as by M(qlikops.cloud.qlik_role_variables),
        the plan of the tenant may have to be an approved one, and the summary over all tenants of the run waits for it.
    type: bool
    default: false
seealso:
  - module: qlikops.cloud.qlik_configuration
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
- name: Put together what is described
  qlikops.cloud.qlik_seed_description:
  register: described
"""

RETURN = r"""
description:
  description: The options of M(qlikops.cloud.qlik_configuration) that the variables make.
  returned: success
  type: dict
  sample:
    allow_lockout: false
    groups:
      - name: Data Stewards
        assigned_roles:
          - Steward
    places:
      groups:
        - qlik_seed_extra_groups[0]
"""
