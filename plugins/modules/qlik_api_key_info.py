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
  - Lists API keys with their owners, their age, and the days until they expire. Tokens are never returned.
  - A tenant admin sees the keys of all users. Other users see their own keys.
  - The list includes SCIM keys, with which identity providers provision users. Their C(sub_type) is C(externalClient).
    When such a key expires, provisioning stops without an error.
author:
  - qlikops contributors (@qlikops)
options:
  id:
    description:
      - Returns only the key with this ID.
    type: str
  user:
    description:
      - Returns only keys of the user with this subject, and SCIM keys that this user created. Case-sensitive.
      - The task fails if no user has this subject.
    type: str
  status:
    description:
      - Returns only keys with this status.
      - A key can stay V(active) for some time after it expired. Its RV(api_keys[].days_left) is negative then.
    type: str
    choices: [active, expired, revoked]
  expires_within_days:
    description:
      - Returns only active keys that expire in less than this number of days. These include expired keys whose status
        is still V(active).
    type: int
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
notes:
  - Days are counted in UTC by the clock of the host that runs the module.
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

- name: Show the owners of these keys
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
    - The keys, sorted by expiry, with all fields of the API and three more.
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
      description: The ID of the user whom the key authenticates, or C(SCIM) and the ID of an identity provider.
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
        - The user whom the key authenticates. For a SCIM key, the user who created it.
        - All fields except the ID are V(null) if the user no longer exists, or if the credential cannot read users.
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
      description: The number of full days since the key was created. V(null) if the API does not return the date.
      type: int
    days_left:
      description: The number of full days until the key expires, 0 on its last day, and negative afterwards.
      type: int
error:
  description: The error, in the format of RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except when Ansible itself rejects the options
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.api_key_info import flow_of_api_key_info
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_api_key_info()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
