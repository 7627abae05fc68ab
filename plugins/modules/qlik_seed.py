#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_seed
short_description: Tasks of the role qlik_seed
version_added: 1.0.0
description:
  - Belongs to the role P(qlikops.cloud.qlik_seed#role) and is not meant to be called by itself. Use the role.
  - Reads the description of the tenant from the variables of the role, and applies it as
    M(qlikops.cloud.qlik_configuration) does.
  - Connection options are taken from the variables of the host, such as C(qlik_tenant_url), then from the options of
    the task, including C(module_defaults) for C(group/qlikops.cloud.qlik), then from environment variables.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  step:
    description:
      - V(apply) validates the variables and applies the description.
      - V(summarize) returns the outcome for the tenant of the host. On the last host that has started, it also shows
        the summary of all tenants.
      - V(record) belongs to the playbooks with rings. It records the failure of an earlier task of the host.
      - With rings, V(apply) and V(record) record a failure and do not fail, and V(summarize) fails for a failed tenant.
        Only the last ring has a summary.
    type: str
    choices:
      - apply
      - record
      - summarize
    default: apply
seealso:
  - module: qlikops.cloud.qlik_configuration
"""

EXAMPLES = r"""
- name: Apply the description
  qlikops.cloud.qlik_seed:
  vars:
    qlik_seed_extra_groups:
      - name: Finance Analysts

- name: Summarize
  qlikops.cloud.qlik_seed:
    step: summarize
  register: qlik_seed_result
"""

RETURN = r"""
areas:
  description: The areas as in the result of M(qlikops.cloud.qlik_configuration), whose other keys are returned too.
  returned: O(step=apply), success
  type: dict
groups:
  description:
    - The outcome for groups. Every area has such a key, with the same fields, even if it is not in the description.
  returned: O(step=summarize)
  type: dict
  sample:
    changed: true
    created: 15
    updated: 0
    deleted: 0
    unchanged: 0
    failed: 0
plan:
  description: The C(fingerprint) of the plan and its number of C(steps). V(null) without a plan.
  returned: O(step=summarize)
  type: dict
  sample:
    fingerprint: sha256:5a1f6b6be6e0d7a1b1d36e2d0b14c7e1ee3a4b8a5f7fa0a7b1c8a6f0c3a9d2e4
    steps: 15
tenant_status:
  description: V(seeded), V(failed), or V(skipped) if the task that applies the description did not run.
  returned: O(step=summarize)
  type: str
  sample: seeded
reason:
  description: The reason why the tenant was not seeded, as a list of lines. Empty if it was seeded.
  returned: O(step=summarize)
  type: list
  elements: str
  sample: []
lines:
  description: The displayed lines of the summary.
  returned: O(step=summarize), success, on the last host that has started
  type: list
  elements: str
  sample:
    - "What happened on acme.eu.qlikcloud.com"
    - "groups: 15 created"
"""
