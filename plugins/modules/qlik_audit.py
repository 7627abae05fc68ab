#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_audit_report
short_description: Collect what hosts found into one drift report
version_added: 1.0.0
description:
  - Part of the role P(qlikops.cloud.qlik_audit#role), which calls it three times on each host. Use the role.
  - It runs on the controller, talks to no tenant, and writes its files in check mode too.
  - Options that are left out are those of the variables of the role, as its first task has registered them.
author:
  - qlikops contributors (@qlikops)
options:
  step:
    description:
      - V(prepare) reads the report before this one, makes sure that the folder can be written to, and writes a report
        in which no tenant is audited yet.
      - V(add) remembers what was found for the tenant of the host, which the tasks of the role have registered.
      - V(write) writes the report as soon as every host that was prepared is added. A host that is prepared later
        makes it write the report again.
    type: str
    choices:
      - prepare
      - add
      - write
    required: true
  report_dir:
    description:
      - The folder of the reports on the controller. V(~) at its beginning is the home of the user. Shell variables are
        not replaced.
    type: str
    required: true
  formats:
    description:
      - The reports that are written.
    type: list
    elements: str
    choices:
      - html
      - json
      - junit
      - plans
    default:
      - html
      - json
      - junit
  mode:
    description:
      - The permissions of the reports as an octal number in quotes.
      - Without it an existing report keeps its own, and a new one is readable and writable by its owner alone.
    type: raw
  count_extra:
    description:
      - Whether objects that are on the tenant and not described are drift.
    type: bool
    default: false
  previous_report:
    description:
      - The path on the controller of the JSON report before this one, which V(prepare) reads. It may be the one that is
        replaced. A file that does not exist is no error.
    type: str
  exceptions:
    description:
      - The differences of the tenant that are accepted, for V(add), as the role has read them.
    type: list
    elements: dict
    default: []
  fail_on_drift:
    description:
      - Whether V(write) fails on hosts whose tenants differ.
      - If all hosts of a batch of C(serial) would fail, which ends the play, one of them passes. If no other host has
        failed, a host of a later batch fails in its place, or the host itself if none is sure to run the task.
    type: bool
    default: false
  error:
    description:
      - Why the tenant could not be audited.
    type: str
  tenant_url:
    description:
      - The address of the tenant. The report shows its host name.
    type: str
    default: ""
seealso:
  - module: qlikops.cloud.qlik_configuration
attributes:
  check_mode:
    support: full
    description: Can run in check mode.
    details: The reports are written in check mode too, since they change no tenant.
  diff_mode:
    support: none
    description: Returns what would differ.
  idempotent:
    support: N/A
    description: Changes nothing when it is run twice.
    details: It never reports a change.
"""

EXAMPLES = r"""
- name: Make sure that reports can be written
  qlikops.cloud.qlik_audit_report:
    step: prepare
    report_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/reports"
"""

RETURN = r"""
tenant_status:
  description: V(in_sync), V(drift) or V(failed), of the tenant of the host; V(not_audited) if it was not added.
  returned: O(step=write)
  type: str
  sample: in_sync
msg:
  description: The report in one sentence, of the host that completes it.
  returned: O(step=write), when the report is complete
  type: str
  sample: Of 12 tenants, 1 differs from its description.
lines:
  description: What was shown of the report, a text for each line, of the host that completes it.
  returned: O(step=write), when the report is complete and the task does not fail
  type: list
  elements: str
  sample:
    - Of 12 tenants, 1 differs from its description.
    - 'acme: group "Finance": assigned_roles: granted by hand: TenantAdmin'
plan:
  description: The fingerprint of what a seed of the tenant would do now; null where it could not be audited.
  returned: O(step=write)
  type: str
  sample: sha256:a9a6d7b0ddb1c7b2f1c66ba5ffba0b9a8e4a4bdcf4ef2b2b2d1d1f7a8f6c5e31
files:
  description: The paths of the reports.
  returned: O(step=write)
  type: list
  elements: str
  sample:
    - /home/ada/reports/qlik-audit.html
    - /home/ada/reports/qlik-audit.json
    - /home/ada/reports/qlik-audit.xml
"""
