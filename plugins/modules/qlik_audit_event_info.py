#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_audit_event_info
short_description: Read audit events of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Returns who changed what and when, from the audit log of a tenant, newest first.
  - The log keeps 90 days. Older days are in the archive, see O(archive_date).
  - Users see all events only with the role C(TenantAdmin) or C(AuditAdmin). Without it, an empty list proves nothing.
  - Qlik publishes no events about CSP origins, tenant settings, and license settings.
author:
  - qlikops contributors (@qlikops)
options:
  event_types:
    description:
      - Return only events of these types. Leave it out for all types.
      - Qlik is renaming many types to C(com.qlik.core.*). Events under the old and the new name of a type are
        returned whichever of them you list, and an event that has both is returned once, with its new name.
      - Each type must be one that Qlik publishes, or one that this tenant lists at C(/api/v1/audits/types).
    type: list
    elements: str
  source:
    description:
      - Return only events of this source, such as V(com.qlik/identities).
    type: str
  actor:
    description:
      - Return only events that the user with this subject caused.
    type: str
  actor_id:
    description:
      - Return only events that the user with this ID caused. Use it for users who were deleted.
    type: str
  object_id:
    description:
      - Return only events about the object with this ID.
      - The API has no such filter, so the module reads the events and compares them itself.
    type: str
  since:
    description:
      - The beginning of the time span, in ISO 8601, as a date, or relative to now, such as V(-7d), V(-12h), or V(-30m).
      - The default is 90 days ago.
    type: str
  until:
    description:
      - The end of the time span, in the same forms. The default is now.
    type: str
  archive_date:
    description:
      - Read all events of this day, V(YYYY-MM-DD) in UTC, from the archive. The archive keeps events for as long as the
        tenant exists.
      - The API returns the whole day in one response, without pages and filters. A response of more than 1 GiB is an
        error.
    type: str
  max_events:
    description:
      - The most events to return. Of each event type, no more than that are read.
      - If there may be more, RV(complete) is false.
    type: int
    default: 1000
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
seealso:
  - module: qlikops.cloud.qlik_configuration
  - name: Audits in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/audits/
"""

EXAMPLES = r"""
- name: Read what changed users and groups this week
  qlikops.cloud.qlik_audit_event_info:
    event_types:
      - com.qlik.core.user.updated
      - com.qlik.core.group.updated
    since: -7d
  register: changed

- name: Show who granted TenantAdmin
  ansible.builtin.debug:
    msg: >-
      {{ item.time }}: {{ item.actor.name or item.actor.id }} granted TenantAdmin to
      {{ item.data.name | default(item.object_id) }}
  loop: "{{ changed.events }}"
  loop_control:
    label: "{{ item.id }}"
  when:
    - "'TenantAdmin' in (item.changes | map(attribute='after') | list | string)"
    - "'TenantAdmin' not in (item.changes | map(attribute='before') | list | string)"

- name: Read what an account did in the last 24 hours
  qlikops.cloud.qlik_audit_event_info:
    actor: ACME\ada
    since: -24h
"""

RETURN = r"""
events:
  description: The events, newest first.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 6747c1f0a5e2c3d1b0f9e8d7
      time: '2026-11-28T14:03:05Z'
      type: com.qlik.core.group.updated
      source: com.qlik/identities
      actor:
        id: 605a18af1ab08cdda12bba36
        name: Ada Lovelace
        subject: ACME\ada
        type: user
      on_behalf_of: null
      object_id: 634d5d39b5e9a3f29d4cd2b7
      changes:
        - path: /assignedRoles
          before: []
          after:
            - id: 63580b8d5cf9728f19217be0
              name: TenantAdmin
      data:
        id: 634d5d39b5e9a3f29d4cd2b7
        name: Finance Analysts
  contains:
    id:
      description: The ID of the event. Events of the archive have none.
      type: str
    time:
      description: When the event happened, in ISO 8601, UTC.
      type: str
    type:
      description: The type.
      type: str
    source:
      description: The service that wrote the event.
      type: str
    actor:
      description: Who caused the event.
      type: dict
      contains:
        id:
          description: The ID of the user, or of the bot user of an OAuth client. Null for V(system).
          type: str
        name:
          description: The name. Null if the tenant does not show the user any more.
          type: str
        subject:
          description: The subject.
          type: str
        type:
          description:
            - V(user), V(oauth_client), V(self) for the credential of this task, or V(system) for Qlik itself, SCIM
              provisioning, and sign-ins.
          type: str
    on_behalf_of:
      description: The user in whose name the actor acted, in the form of the actor. Null without impersonation.
      type: dict
    object_id:
      description: The ID of the object that was changed.
      type: str
    changes:
      description: The values that were changed, as far as the event has them.
      type: list
      elements: dict
      contains:
        path:
          description: The path of the value, such as C(/name).
          type: str
        before:
          description: The old value. Null also if the event does not have it.
          type: raw
        after:
          description: The new value.
          type: raw
    data:
      description: The object as after the change, with the names of the API.
      type: dict
complete:
  description: Whether RV(events) has all events that match. False if O(max_events) was reached.
  returned: success
  type: bool
  sample: true
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.audit_events import flow_of_audit_event_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_audit_event_info()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
