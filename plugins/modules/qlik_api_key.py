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
  - Ensures that the user of the task's credential has an active API key with the given description. The token of a new
    key is returned once.
  - With O(rotate_before_days), the module creates a new key before the current one expires. The current key stays
    valid, so that you can deploy the new one first.
  - With O(state=revoked), the module revokes one key, which can belong to another user.
  - A result with a token is hidden from output, logs, and callbacks. C(register) keeps it, so M(ansible.builtin.debug)
    of the registered result shows the token. Print its RV(api_key) instead.
author:
  - qlikops contributors (@qlikops)
options:
  description:
    description:
      - The description of the key. Case-sensitive.
      - The API allows several keys with the same description. The task fails if it finds more than one active key and
        O(rotate_before_days) is not set.
      - Either O(description) or O(id) is required.
    type: str
  id:
    description:
      - The ID of the key to revoke. Requires O(state=revoked).
    type: str
  user:
    description:
      - The subject of the user whose key with O(description) is revoked. Requires O(state=revoked) and a credential of
        a tenant admin.
      - By default, your own key with O(description) is revoked.
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
      - The expiry of a new key, either an ISO 8601 duration such as V(P90D), or a date such as V(2027-03-31) with an
        optional time. A date without a time zone is in UTC. The clock of the host that runs the module is used to
        convert dates to durations.
      - By default, a new key has the maximum lifetime that the tenant allows.
      - The API cannot change the expiry of an existing key.
    type: str
  rotate_before_days:
    description:
      - Creates a new key if the newest active key with O(description) expires in less than this number of days.
      - Must be shorter than the lifetime of a new key.
      - The older keys are returned in RV(replaced).
    type: int
  revoke_replaced:
    description:
      - Whether to revoke the keys that an earlier task replaced. Requires O(rotate_before_days).
      - A task that creates a key revokes none, because the new key is not deployed yet. The key that the task
        authenticates with is never revoked.
      - If the key of the task cannot be determined from its credential, no key is revoked, and the task warns.
      - The module cannot know whether the newest key is deployed. Set this option in a task that authenticates with
        that key, or in a task that runs only after a successful deployment.
    type: bool
    default: false
  max_revocations:
    description:
      - The maximum number of keys to revoke. If the number is exceeded, the task fails before it revokes any key.
    type: int
    default: 10
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
notes:
  - Do not run two tasks for the same description and user at the same time.
  - If the response to a creation is lost, the token of the new key is lost too. The module finds and revokes the key,
    returns it in RV(lost), and repeats the creation once.
  - Days are counted in UTC by the clock of the host that runs the module.
  - If the module is called without its action plugin, it creates a key only if the task has C(no_log=true).
  - A task with C(async) is refused unless it has C(no_log=true), because Ansible prints the result of the job. The
    token also stays in the file of the job, see E(ANSIBLE_ASYNC_DIR), until C(async_status) with C(mode=cleanup)
    removes it.
  - If E(ANSIBLE_DEBUG) is set and the module runs in its own process, Ansible prints the token. See
    C(qlik_run_modules).
attributes:
  check_mode:
    support: full
    details:
      - Predicts everything except the token and fields of a new key that only the tenant can set, such as its ID.
  diff_mode:
    support: full
    details:
      - RV(ignore:diff) has the description and the status of each key that is created or revoked.
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
- name: Manage the key of the nightly job
  block:
    - name: Create the key, and rotate it 30 days before it expires
      qlikops.cloud.qlik_api_key:
        description: nightly
        expiry: P90D
        rotate_before_days: 30
      register: nightly

    - name: Deploy the token
      ansible.builtin.copy:
        content: "{{ nightly.token }}"
        dest: "{{ credentials_dir }}/nightly.token"
        mode: "0600"
      no_log: true
      when: nightly.token is truthy
  rescue:
    - name: Revoke the new key so that the next run rotates again
      qlikops.cloud.qlik_api_key:
        id: "{{ nightly.api_key.id }}"
        state: revoked
      when: nightly.token | default('') is truthy

    - name: Fail
      ansible.builtin.fail:
        msg: The key of the nightly job was not renewed.

- name: Revoke the replaced key after the deployment of the new one
  qlikops.cloud.qlik_api_key:
    description: nightly
    rotate_before_days: 30
    revoke_replaced: true
  when: nightly.token is truthy

- name: Revoke a key of Bob, who left the company
  qlikops.cloud.qlik_api_key:
    user: ACME\bob
    description: laptop
    state: revoked
"""

RETURN = r"""
action:
  description:
    - The action of the task, or the predicted action in check mode. V(created), V(rotated), V(revoked), V(unchanged),
      or V(failed).
    - V(rotated) if the new key replaces another one. V(revoked) also if only replaced keys were revoked.
  returned: always, except when options are invalid
  type: str
  sample: rotated
api_key:
  description:
    - The key after the task, with all fields of the API and two more. In check mode, the predicted key, whose fields
      are V(null) if only the tenant can set them.
    - V(null) if no such key exists.
  returned: always, except when options are invalid
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
      description: The ID of the user whom the key authenticates.
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
      description: The number of full days since the key was created.
      type: int
    days_left:
      description: The number of full days until the key expires, 0 on its last day, and negative afterwards.
      type: int
token:
  description:
    - The token of a new key. It is returned once and cannot be read again.
    - V(null) if no key was created, and in check mode.
  returned: always, except when options are invalid
  type: str
  sample: eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCJ9...
replaced:
  description:
    - The older active keys with O(description), in the format of RV(api_key), newest first. They work until they expire
      or are revoked.
  returned: always, except when options are invalid
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
      description: V(active), or V(revoked) if this task revoked the key.
      type: str
    days_left:
      description: The number of full days until the key expires.
      type: int
    in_use:
      description: Whether the task authenticates with this key. V(null) if unknown.
      type: bool
lost:
  description:
    - Keys whose creation got no response, in the format of RV(api_key). They were revoked because their tokens are
      lost.
  returned: always, except when options are invalid
  type: list
  elements: dict
  sample: []
error:
  description: The error, in the format of RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except when Ansible itself rejects the options
  type: dict
  sample:
    message: "expiry: 'P1Y' is longer than max_api_key_expiry of the tenant, 'P90D'."
    hint: Set a shorter `expiry`, or raise the limit with qlik_api_key_settings.
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.api_keys import flow_of_api_key
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_api_key()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
