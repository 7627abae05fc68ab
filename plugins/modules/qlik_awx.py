#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_awx
short_description: First task of the role qlik_awx
version_added: 1.0.0
description:
  - Belongs to the role P(qlikops.cloud.qlik_awx#role) and is not meant to be called by itself. Use the role.
  - Validates the variables of the role and the inventory of the play. All problems are reported at once, one line
    per problem, starting with the path of the variable.
  - Fails with installation instructions if the collection C(awx.awx) is missing.
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
  qlikops.cloud.qlik_awx:
  vars:
    qlik_awx_project_url: https://git.example.com/qlik.git
    qlik_awx_execution_environment_image: registry.example.com/qlik:1
"""

RETURN = r"""
variables:
  description: The variables by name. Omitted variables have their defaults.
  returned: success
  type: dict
  sample:
    qlik_awx_forks: 20
    qlik_awx_organization: Default
"""
