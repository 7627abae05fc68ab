#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_audit
short_description: Tasks of the role qlik_audit
version_added: 1.0.0
description:
  - Belongs to the role P(qlikops.cloud.qlik_audit#role) and is not meant to be called by itself. Use the role.
  - Reads the description of the tenant from the variables of the role P(qlikops.cloud.qlik_seed#role), compares the
    tenant with it as M(qlikops.cloud.qlik_configuration) does in check mode, and writes one report about the tenants of
    all hosts.
  - Connection options are taken from the variables of the host, such as C(qlik_tenant_url), then from the options of
    the task, including C(module_defaults) for C(group/qlikops.cloud.qlik), then from environment variables.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
options:
  step:
    description:
      - V(audit) validates the variables, checks that the report folder is writable, reads the previous report, and
        compares the tenant. A tenant that cannot be audited does not fail the task.
      - V(report) writes the report when all hosts that have started are audited. If another host starts later, the
        report is written again.
    type: str
    choices:
      - audit
      - report
    default: audit
seealso:
  - module: qlikops.cloud.qlik_configuration
attributes:
  check_mode:
    support: full
    details:
      - V(audit) requires C(check_mode=true) on the task. The reports are written in check mode too, because they change
        no tenant.
  diff_mode:
    support: full
    details:
      - V(audit) requires C(diff=true) on the task. The report has the differences.
  idempotent:
    support: N/A
    details:
      - This module never reports a change.
"""

EXAMPLES = r"""
- name: Audit the tenant
  qlikops.cloud.qlik_audit:
  vars:
    qlik_audit_report_dir: /srv/reports
  check_mode: true
  diff: true

- name: Write the report
  qlikops.cloud.qlik_audit:
    step: report
  vars:
    qlik_audit_report_dir: /srv/reports
"""

RETURN = r"""
tenant_status:
  description:
    - The status of the host's tenant, V(in_sync), V(drift), V(failed), or V(not_audited).
  returned: success
  type: str
  sample: in_sync
plan:
  description: The fingerprint of the plan for seeding the tenant. V(null) if the tenant could not be audited.
  returned: success
  type: str
  sample: sha256:a9a6d7b0ddb1c7b2f1c66ba5ffba0b9a8e4a4bdcf4ef2b2b2d1d1f7a8f6c5e31
files:
  description: The paths of the reports.
  returned: O(step=report)
  type: list
  elements: str
  sample:
    - /home/ada/reports/qlik-audit.html
    - /home/ada/reports/qlik-audit.json
    - /home/ada/reports/qlik-audit.xml
msg:
  description: The report in one sentence, on the host that completes it.
  returned: O(step=report), when the report is complete
  type: str
  sample: Of 12 tenants, 1 has drifted.
lines:
  description: The displayed lines of the report, on the host that completes it.
  returned: O(step=report), when the report is complete and the task does not fail
  type: list
  elements: str
  sample:
    - Of 12 tenants, 1 has drifted.
    - 'acme: group "Finance": assigned_roles: unexpected: TenantAdmin'
"""
