#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_onboard
short_description: First task of the playbook onboard
version_added: 1.0.0
description:
  - Belongs to the playbook C(qlikops.cloud.onboard) and is not meant to be called by itself. Use the playbook.
  - Validates the variables of the playbook and the inventory of the play. All problems are reported at once, one
    line per problem, starting with the path of the variable.
  - In a run with rings, it fails if an earlier ring has stopped the run.
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
    description: The module makes no changes and returns no diff.
  idempotent:
    support: full
    description: The module makes no changes.
"""

EXAMPLES = r"""
- name: Validate the variables
  qlikops.cloud.qlik_onboard:
  vars:
    qlik_onboard_region: eu
    qlik_onboard_subscription_id: 6408d2f1d1b7a2a3c4e5f607
"""

RETURN = r"""
variables:
  description: The variables by name. Omitted variables have their defaults.
  returned: success
  type: dict
  sample:
    qlik_onboard_name: null
    qlik_onboard_region: eu
"""
