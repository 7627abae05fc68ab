#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_seed_configuration
short_description: Bring a tenant to what the variables of the seeding role describe, or compare it
version_added: 1.0.0
description:
  - Part of the roles P(qlikops.cloud.qlik_seed#role) and P(qlikops.cloud.qlik_audit#role). Use the roles.
  - It does what M(qlikops.cloud.qlik_configuration) does, with the description that
    M(qlikops.cloud.qlik_seed_description) has made before, and with the variables of the connection.
author:
  - qlikops contributors (@qlikops)
options:
  is_audited:
    description:
      - Whether the result is for an audit, which shows what is not described too.
    type: bool
    default: false
extends_documentation_fragment:
  - qlikops.cloud.connection
seealso:
  - module: qlikops.cloud.qlik_configuration
attributes:
  check_mode:
    support: full
    description: Can run in check mode.
  diff_mode:
    support: full
    description: Returns what differs.
  idempotent:
    support: full
    description: Changes nothing when it is run twice.
"""

EXAMPLES = r"""
- name: Put together what is described
  qlikops.cloud.qlik_seed_description:
  register: __qlik_seed_description

- name: Bring the tenant to what is described
  qlikops.cloud.qlik_seed_configuration:
"""

RETURN = r"""
areas:
  description: As M(qlikops.cloud.qlik_configuration) returns them, with everything else that it returns.
  returned: success
  type: dict
"""
