#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_awx
short_description: The first task of the role qlik_awx
version_added: 1.0.0
description:
  - Belongs to the role P(qlikops.cloud.qlik_awx#role) and is not meant to be called by itself. Use the role.
  - Validates the variables of the role, and the inventory of the play. All mistakes are reported at once, a line for
    each, which begins with its place.
  - Fails if the collection C(awx.awx) is not installed, and says how to install it.
  - Runs on the controller, and sends no request.
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
    description: Changes nothing when it is run twice.
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
  description: The variables by name, with the defaults of those that are left out.
  returned: success
  type: dict
  sample:
    qlik_awx_forks: 20
    qlik_awx_organization: Default
"""
