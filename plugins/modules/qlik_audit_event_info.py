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
  - Returns events from the audit log of a tenant, newest first. They show who changed what, and when.
  - The log keeps 90 days. To read older events from the archive, set O(archive_date).
  - Only the roles C(TenantAdmin) and C(AuditAdmin) can see all events. Without them, the result can be incomplete or
    empty.
  - Qlik publishes no events for CSP origins, feature settings, identity providers, license settings, and tenant
    settings.
author:
  - qlikops contributors (@qlikops)
options:
  event_types:
    description:
      - Returns only events of these types. By default, events of all types are returned.
      - Qlik is renaming many types to C(com.qlik.core.*). You can use the old or the new name of a type; events under
        both names are returned. An event that has both is returned once, with its new name.
      - Each type must be published by Qlik or listed by the tenant at C(/api/v1/audits/types).
    type: list
    elements: str
  source:
    description:
      - Returns only events from this source, such as V(com.qlik/identities).
    type: str
  actor:
    description:
      - Returns only events that the user with this subject caused.
    type: str
  actor_id:
    description:
      - Returns only events that the user with this ID caused. Use it for deleted users.
    type: str
  object_id:
    description:
      - Returns only events that affect the object with this ID.
      - The API has no such filter, so the module reads all events and filters them itself.
    type: str
  since:
    description:
      - The start of the time span, as an ISO 8601 time, as a date, or relative to now, such as V(-7d), V(-12h), or
        V(-30m).
      - The default is 90 days ago.
    type: str
  until:
    description:
      - The end of the time span, in the same formats as O(since). The default is now.
    type: str
  archive_date:
    description:
      - Reads all events of this day, V(YYYY-MM-DD) in UTC, from the archive. The archive keeps events for as long as
        the tenant exists.
      - The API returns the whole day in one response, without paging and filters. The task fails if the response is
        larger than 1 GiB.
    type: str
  max_events:
    description:
      - The maximum number of events to return, and to read per event type.
      - If more events may match, RV(complete) is V(false).
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
- name: Read the changes to users and groups of the last seven days
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

- name: Read the events that a user caused in the last 24 hours
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
      description: The ID of the event. V(null) for events from the archive.
      type: str
    time:
      description: The time of the event, in ISO 8601, UTC.
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
          description: The ID of the user, or of the bot user of an OAuth client. V(null) for V(system).
          type: str
        name:
          description: The name. V(null) if the tenant no longer lists the user.
          type: str
        subject:
          description: The subject.
          type: str
        type:
          description:
            - V(user), V(oauth_client), V(self) for the credential of this task, or V(system) for Qlik itself, SCIM
              provisioning, and logins.
          type: str
    on_behalf_of:
      description: The impersonated user, in the format of the actor. V(null) without impersonation.
      type: dict
    object_id:
      description: The ID of the changed object.
      type: str
    changes:
      description: The changed values that the event contains.
      type: list
      elements: dict
      contains:
        path:
          description: The path of the value, such as C(/name).
          type: str
        before:
          description: The old value. V(null) also if the event does not contain it.
          type: raw
        after:
          description: The new value.
          type: raw
    data:
      description: The object after the change, with the field names of the API.
      type: dict
complete:
  description: Whether RV(events) has all matching events. V(false) if O(max_events) was reached.
  returned: success
  type: bool
  sample: true
error:
  description: The error, in the format of RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except when Ansible itself rejects the options
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.audit_events import flow_of_audit_event_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_audit_event_info()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
