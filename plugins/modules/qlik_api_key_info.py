#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_api_key_info
short_description: List the API keys of a Qlik Cloud tenant
version_added: 1.0.0
description:
  - Lists API keys with their owners, their age, and the days until they expire. A token is never returned.
  - A tenant admin sees the keys of all users. Other users see their own keys.
  - Keys of identity providers, which provision users (SCIM), are listed too. Their C(sub_type) is C(externalClient).
    When such a key expires, provisioning stops without an error.
author:
  - qlikops contributors (@qlikops)
options:
  id:
    description:
      - Return only the key with this ID.
    type: str
  user:
    description:
      - Return only keys of the user with this subject, and SCIM keys that this user has created. The subject is
        compared exactly.
      - The task fails if no user has this subject.
    type: str
  status:
    description:
      - Return only keys with this status.
      - A key can be V(active) for some time after it has expired. Its RV(api_keys[].days_left) is negative then.
    type: str
    choices: [active, expired, revoked]
  expires_within_days:
    description:
      - Return only active keys that expire in less than so many days, and those that have expired while their status
        is still V(active).
    type: int
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
notes:
  - Days are counted by the clock of the machine that the module runs on, in UTC.
seealso:
  - module: qlikops.cloud.qlik_api_key
  - module: qlikops.cloud.qlik_api_key_settings
  - name: API keys in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/api-keys/
"""

EXAMPLES = r"""
- name: Find keys that expire within two weeks
  qlikops.cloud.qlik_api_key_info:
    expires_within_days: 14
  register: expiring

- name: Show who has to act
  ansible.builtin.debug:
    msg: "{{ item.description }} of {{ item.owner.name }} expires in {{ item.days_left }} days"
  loop: "{{ expiring.api_keys }}"
  loop_control:
    label: "{{ item.id }}"

- name: Find the active keys of Bob
  qlikops.cloud.qlik_api_key_info:
    user: ACME\bob
    status: active
"""

RETURN = r"""
api_keys:
  description:
    - The keys with all fields of the API and three more, the first to expire first.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 8f0c7b1e-6a3f-4f0e-9a53-0d8c3a1f2b44
      description: nightly
      status: active
      expiry: "2027-01-31T02:00:00.000Z"
      created: "2026-11-02T02:00:00.000Z"
      sub: 6f1d2c3b4a5968778695a4b3
      sub_type: user
      created_by_user: 6f1d2c3b4a5968778695a4b3
      tenant_id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
      owner:
        id: 6f1d2c3b4a5968778695a4b3
        name: Ada Lovelace
        subject: ACME\ada
        status: active
      age_days: 27
      days_left: 62
  contains:
    id:
      description: The ID. It is the C(jti) of the token.
      type: str
    description:
      description: The description, which need not be unique.
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
      description: The ID of the user that the key authenticates, or C(SCIM) and the ID of an identity provider.
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
    owner:
      description:
        - The user that the key authenticates, and for a SCIM key the user who created it.
        - All fields but the ID are null if the user no longer exists, or if the credential cannot read users.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
        name:
          description: The display name.
          type: str
        subject:
          description: The subject.
          type: str
        status:
          description: The status, such as V(active), V(disabled), or V(deleted).
          type: str
    age_days:
      description: Whole days since the key was created. Null if the API does not show when that was.
      type: int
    days_left:
      description: Whole days until the key expires, 0 on its last day, and negative afterwards.
      type: int
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.api_key_info import flow_of_api_key_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_api_key_info()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
