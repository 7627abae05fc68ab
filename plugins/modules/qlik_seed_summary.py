#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_seed_summary
short_description: Say what seeding did
version_added: 1.0.0
description:
  - Part of the role P(qlikops.cloud.qlik_seed#role), which calls it last on each host, whatever happened. Use the role.
  - When every host that has begun is done, it shows the summary, of one tenant or of many. Each host gets the variable
    C(qlik_seed_result) by the task after it, and a place in the statistics of the run, which AWX shows and passes on.
  - It runs on the controller, and talks to no tenant.
author:
  - qlikops contributors (@qlikops)
options: {}
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
- name: Say what happened
  qlikops.cloud.qlik_seed_summary:
"""

RETURN = r"""
result:
  description: The variable C(qlik_seed_result) of the role, which its README describes.
  returned: always
  type: dict
  sample:
    groups:
      created: 15
      updated: 0
      deleted: 0
      unchanged: 0
      failed: 0
    failed: false
lines:
  description: What is shown.
  returned: on the last host that is done
  type: list
  elements: str
  sample:
    - "What happened on acme.eu.qlikcloud.com"
    - "groups: 15 created"
"""
