#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_api_key
short_description: Create, rotate, and revoke API keys of Qlik Cloud
version_added: 1.0.0
description:
  - Ensures that the user that the task authenticates as has an active API key with a description. A new key is returned
    with its token, once.
  - With O(rotate_before_days) a new key is created when the current one is about to expire. The current key stays
    valid, so that the new one can be handed over first.
  - With O(state=revoked) one key is revoked, also the key of another user.
  - A result with a token is hidden from output, logs, and callbacks, and C(register) keeps it.
author:
  - qlikops contributors (@qlikops)
options:
  description:
    description:
      - The description of the key. It is compared exactly.
      - The API allows several keys with one description. The task fails if it finds more than one active key and
        O(rotate_before_days) is not set.
      - Either O(description) or O(id) is required.
    type: str
  id:
    description:
      - The ID of the key to revoke. Requires O(state=revoked).
    type: str
  user:
    description:
      - The subject of the user whose key with O(description) is to be revoked. Requires O(state=revoked), and a
        credential of a tenant admin.
      - If not set, O(description) is that of a key of your own.
    type: str
  state:
    description:
      - V(present) ensures that you have an active key with O(description).
      - V(revoked) revokes the key. This cannot be undone. The API deletes a key that its owner revokes, and keeps a
        key that an admin revokes with the status C(revoked).
    type: str
    choices: [present, revoked]
    default: present
  expiry:
    description:
      - When a new key expires, either an ISO 8601 duration such as V(P90D) or a date such as V(2027-03-31), with or
        without a time. A date without a time zone is in UTC. It is converted to a duration by the clock of the machine
        that the module runs on.
      - If not set, a new key lives as long as the tenant allows.
      - The API cannot change the expiry of an existing key.
    type: str
  rotate_before_days:
    description:
      - Create a new key if the newest active key with O(description) expires in less than so many days.
      - It must be shorter than the life of a new key.
      - The older keys are returned in RV(replaced).
    type: int
  revoke_replaced:
    description:
      - Revoke the keys that an earlier task has replaced. Requires O(rotate_before_days).
      - A task that creates a key revokes none, because the new key is handed over later. The key that the task itself
        authenticates with is never revoked.
      - If the credential does not show which key it is, no key is revoked, and a warning says so.
      - This module cannot know whether the newest key has arrived where it is needed. Set this option in a task that
        authenticates with the key itself, or in one that runs only after a successful hand-over.
    type: bool
    default: false
  max_revocations:
    description:
      - The task fails without revoking a key if it would revoke more keys than this.
    type: int
    default: 10
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
notes:
  - Do not run two tasks for the same description and user at the same time.
  - If the response to a creation is lost, nobody knows the token of the new key. It is looked for, revoked, and
    returned in RV(lost), and the creation is sent once more.
  - Days are counted by the clock of the machine that the module runs on, in UTC.
  - A module that is called without its action plugin refuses to create a key unless the task has C(no_log=true).
  - With E(ANSIBLE_DEBUG) set and the module in a process of its own, Ansible prints the token. See
    C(qlik_run_modules).
attributes:
  check_mode:
    support: full
    details:
      - Predicts everything but the token, and what only the tenant knows of a new key, such as its ID.
  diff_mode:
    support: full
    details:
      - RV(ignore:diff) holds the description and the status of each key that is created or revoked.
  idempotent:
    support: full
seealso:
  - module: qlikops.cloud.qlik_api_key_info
  - module: qlikops.cloud.qlik_api_key_settings
  - name: API keys in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/api-keys/
"""

EXAMPLES = r"""
- name: Have a key for the nightly job
  block:
    - name: Create a key, or rotate it a month before it expires
      qlikops.cloud.qlik_api_key:
        description: nightly
        expiry: P90D
        rotate_before_days: 30
      register: nightly

    - name: Hand the token over
      ansible.builtin.copy:
        content: "{{ nightly.token }}"
        dest: "{{ credentials_dir }}/nightly.token"
        mode: "0600"
      no_log: true
      when: nightly.token is truthy
  rescue:
    - name: Revoke the new key, so that the next run rotates again
      qlikops.cloud.qlik_api_key:
        id: "{{ nightly.api_key.id }}"
        state: revoked
      when: nightly.token | default('') is truthy

    - name: Fail
      ansible.builtin.fail:
        msg: The key of the nightly job was not renewed.

- name: Revoke the key that was replaced, now that the new one is in place
  qlikops.cloud.qlik_api_key:
    description: nightly
    rotate_before_days: 30
    revoke_replaced: true
  when: nightly.token is truthy

- name: Revoke a key of Bob, who has left
  qlikops.cloud.qlik_api_key:
    user: ACME\bob
    description: laptop
    state: revoked
"""

RETURN = r"""
action:
  description:
    - V(created), V(rotated), V(revoked), V(unchanged), or V(failed).
    - V(rotated) if the new key replaces another one. V(revoked) also if only replaced keys were revoked.
  returned: always, except for options that cannot be right
  type: str
  sample: rotated
api_key:
  description:
    - The key after the task, with all fields of the API and two more. Predicted in check mode, where what only the
      tenant knows is null.
    - Null if there is no such key.
  returned: always, except for options that cannot be right
  type: dict
  sample:
    id: 8f0c7b1e-6a3f-4f0e-9a53-0d8c3a1f2b44
    description: nightly
    status: active
    expiry: "2027-02-27T02:00:00.000Z"
    created: "2026-11-29T02:00:00.000Z"
    sub: 6f1d2c3b4a5968778695a4b3
    sub_type: user
    created_by_user: 6f1d2c3b4a5968778695a4b3
    tenant_id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
    age_days: 0
    days_left: 90
  contains:
    id:
      description: The ID.
      type: str
    description:
      description: The description.
      type: str
    status:
      description: V(active), V(expired), or V(revoked).
      type: str
    expiry:
      description: When the key expires.
      type: str
    created:
      description: When the key was created.
      type: str
    sub:
      description: The ID of the user that the key authenticates.
      type: str
    sub_type:
      description: V(user), or V(externalClient) for an identity provider.
      type: str
    created_by_user:
      description: The ID of the user who created the key.
      type: str
    tenant_id:
      description: The ID of the tenant.
      type: str
    age_days:
      description: Whole days since the key was created.
      type: int
    days_left:
      description: Whole days until the key expires, 0 on its last day, and negative afterwards.
      type: int
token:
  description:
    - The token of a new key. It is returned once, and cannot be read again.
    - Null if no key was created, and in check mode.
  returned: always, except for options that cannot be right
  type: str
  sample: eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCJ9...
replaced:
  description:
    - The older active keys with the description of O(description), like RV(api_key), the newest first. They work until
      they expire or are revoked.
  returned: always, except for options that cannot be right
  type: list
  elements: dict
  sample:
    - id: 2d9a4c50-8be1-4a36-b7d6-51f0e2c9ab17
      description: nightly
      status: active
      expiry: "2026-12-28T02:00:00.000Z"
      days_left: 29
      in_use: false
  contains:
    id:
      description: The ID.
      type: str
    status:
      description: V(active), or V(revoked) if this task has revoked the key.
      type: str
    days_left:
      description: Whole days that the key would still work.
      type: int
    in_use:
      description: Whether the task authenticates with this key. Null if that is not known.
      type: bool
lost:
  description:
    - Keys whose creation got no response, like RV(api_key). They were revoked because nobody has their tokens.
  returned: always, except for options that cannot be right
  type: list
  elements: dict
  sample: []
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample:
    message: "expiry: 'P1Y' is longer than max_api_key_expiry of the tenant, 'P90D'."
    hint: Set a shorter expiry, or raise the limit with qlik_api_key_settings.
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.api_keys import flow_of_api_key
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_api_key()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
