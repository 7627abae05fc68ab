#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_tenant_lifecycle
short_description: Create, deactivate and reactivate Qlik Cloud tenants
version_added: 1.0.0
description:
  - Ensures that a tenant is there and active, or that it is deactivated.
  - A tenant is created only with O(allow_create), since each uses up one of the licence's tenants and none can be
    deleted at once. A creation whose answer is lost is never repeated. What came of it is looked for in the
    organization; without a client of the organization the task fails, and says what is not known.
  - After a creation the task waits until the tenant answers, and gives it its O(name). What it returns is what the role
    P(qlikops.cloud.qlik_seed#role) needs.
  - A tenant is deactivated and reactivated only if O(confirm_hostname) is one of its host names. One that is
    deactivated already is left alone, because asking again would let the days until the purge begin anew.
author:
  - qlikops contributors (@qlikops)
options:
  tenant_id:
    description:
      - The ID of a tenant that exists. Without a client of the organization O(hostname) is needed too.
    type: str
  hostname:
    description:
      - One of the host names of a tenant that exists, such as V(1234567890abcde.eu.qlikcloud.com).
      - Prefer the system host name to an alias. An alias can change, and another customer can take an abandoned one.
      - The host must be in a trusted domain. See O(trusted_domains).
    type: str
  name:
    description:
      - The display name of the tenant, in the same case. With O(subscription_id) and O(region) it says which tenant is
        meant, which the organization has to know. It is the name that a new tenant gets.
      - The admins of a tenant can change its name, and can take the name of another one. With O(creation_record), a
        tenant that exists already is accepted only if the file names it or O(confirm_hostname) confirms it. Without
        O(creation_record), a warning says that only the name leads to the tenant.
    type: str
  subscription_id:
    description:
      - The subscription that the tenant O(name) belongs to.
    type: str
  region:
    description:
      - The region of the tenant O(name), as host names call it, such as V(eu).
    type: str
  state:
    description:
      - V(active) reactivates a tenant that is deactivated, as long as it is not purged, and with O(allow_create)
        creates one that there is not.
      - V(deactivated) locks everybody out at once. The tenant and all that is in it are purged some time later, and
        cannot be restored after that.
    type: str
    choices: [active, deactivated]
    default: active
  allow_create:
    description:
      - Allows to create the tenant O(name). Needs O(license_key).
    type: bool
    default: false
  license_key:
    description:
      - The signed key of the licence, C(licenseKey) of C(GET /api/v1/licenses/overview) on any tenant of the
        subscription. Whoever has it can create tenants.
      - If not set, the environment variable E(QLIK_LICENSE_KEY) is used.
    type: str
  datacenter:
    description:
      - Where in the region a new tenant is put. It is passed on as it is.
    type: str
  creation_record:
    description:
      - A file that remembers what was asked for and which tenant came of it, so that a task that failed or was killed
        is just run again. Every tenant needs a file of its own. Keep it as long as the tenant lives. Folders that it
        needs are made.
      - The host name in it must be in a trusted domain. See O(trusted_domains).
      - C(~) is the home folder. Shell variables in it are not replaced, so that a name from outside can be part of it.
      - It holds no secret.
    type: str
  wait_timeout:
    description:
      - How many seconds to wait until a new tenant answers.
    type: float
    default: 300.0
  confirm_hostname:
    description:
      - One of the host names of the tenant, which confirms that this one is to be deactivated or reactivated.
      - With O(creation_record) and O(name), it also confirms that you mean the tenant that has this name already. The
        file names this tenant from then on.
    type: str
  purge_after_days:
    description:
      - How many days after its deactivation the tenant is purged, from V(10) to V(90). Only subscriptions of OEM
        partners may choose; for others, and without this option, they are 30.
    type: int
extends_documentation_fragment:
  - qlikops.cloud.organization.region
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: full
    details:
      - Looks at the organization or at the tenant, and asks the register host for a token, which shows whether it takes
        the credential. Nothing is created or changed. Whether the licence has a tenant left only a creation shows.
  diff_mode:
    support: full
    details:
      - RV(ignore:diff) holds name, region and state, before and after.
  idempotent:
    support: partial
    details:
      - Without a client of the organization and without O(creation_record) every run creates one more tenant.
seealso:
  - module: qlikops.cloud.qlik_organization_tenant_info
  - module: qlikops.cloud.qlik_tenant
  - name: Tenants in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/tenants/
"""

EXAMPLES = r"""
- name: Have a tenant for Acme
  qlikops.cloud.qlik_tenant_lifecycle:
    name: Acme Analytics
    subscription_id: 5f0000000000000000000001
    region: us
    allow_create: true
    license_key: "{{ license_key }}"
    creation_record: acme.json
  register: acme

- name: Bring it to its standard
  qlikops.cloud.qlik_configuration:
    tenant_url: "{{ acme.tenant.tenant_url }}"
    groups:
      - name: Acme Admins
        assigned_roles: [TenantAdmin]

- name: Deactivate it again
  qlikops.cloud.qlik_tenant_lifecycle:
    tenant_id: "{{ acme.tenant.id }}"
    state: deactivated
    confirm_hostname: "{{ acme.tenant.hostnames[0] }}"
  when: acme_has_left | default(false)
"""

RETURN = r"""
action:
  description:
    - V(created), V(deactivated), V(reactivated), V(unchanged) or V(failed); V(updated) where a creation that an earlier
      task has begun was completed.
  returned: always, except for options that cannot be right
  type: str
  sample: created
tenant:
  description:
    - The tenant after the task, predicted in check mode, with the fields of the API that is asked and three more. What
      only a creation shows is null in check mode.
  returned: success, and on failure as far as it is known
  type: dict
  sample:
    id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
    name: Acme Analytics
    status: active
    hostnames:
      - 1234567890abcde.us.qlikcloud.com
    region: us
    subscription_id: 5f0000000000000000000001
    tenant_url: https://1234567890abcde.us.qlikcloud.com
    estimated_purge_date:
  contains:
    id:
      description: The ID.
      type: str
    name:
      description: The display name.
      type: str
    status:
      description: V(active), V(disabled), V(deactivated) or V(deleted).
      type: str
    hostnames:
      description: The system host name, which never changes, and the alias if there is one.
      type: list
      elements: str
    region:
      description: The region as host names call it.
      type: str
    subscription_id:
      description: The subscription, where it is known.
      type: str
    tenant_url:
      description: The address, for O(qlikops.cloud.qlik_tenant#module:tenant_url) and C(qlik_tenant_url).
      type: str
    estimated_purge_date:
      description: When a deactivated tenant is purged, as far as it is known. Null in check mode, and for others.
      type: str
error:
  description: What went wrong, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample:
    message: "confirm_hostname: 'other.us.qlikcloud.com' is not a host name of the tenant."
    hint: Check that the task is about the right tenant.
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.lifecycle import flow_of_tenant_lifecycle
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_tenant_lifecycle()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
