#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_tenant_lifecycle
short_description: Create, deactivate, and reactivate Qlik Cloud tenants
version_added: 1.0.0
description:
  - Ensures that a tenant exists and is active, or that it is deactivated.
  - A tenant is created only with O(allow_create), because each tenant counts against the license and cannot be deleted
    at once. If the response to a creation is lost, the creation is never repeated. The task looks for the tenant in the
    organization. Without an organization client, it fails and reports that the outcome is unknown.
  - After a creation, the task waits until the tenant responds, and sets its O(name). The result has the data that the
    role P(qlikops.cloud.qlik_seed#role) requires.
  - A tenant is deactivated or reactivated only if O(confirm_hostname) is one of its hostnames. A deactivated tenant is
    not deactivated again, because this would restart the period until it is purged.
author:
  - qlikops contributors (@qlikops)
options:
  tenant_id:
    description:
      - The ID of an existing tenant. Without an organization client, O(hostname) is required too.
    type: str
  hostname:
    description:
      - One of the hostnames of an existing tenant, such as V(1234567890abcde.eu.qlikcloud.com).
      - Prefer the system hostname to an alias. An alias can change, and another customer can take an abandoned alias.
      - The host must be in a trusted domain. See O(trusted_domains).
    type: str
  name:
    description:
      - The display name of the tenant, which is also the name of a new tenant. Case-sensitive. With O(subscription_id)
        and O(region), it identifies an existing tenant in the organization.
      - Tenant admins can change the name of their tenant, even to the name of another tenant. With O(creation_record),
        an existing tenant is accepted only if the file names it or O(confirm_hostname) confirms it. Without
        O(creation_record), the task warns that the tenant is identified only by its name.
    type: str
  subscription_id:
    description:
      - The ID of the subscription of the tenant O(name).
    type: str
  region:
    description:
      - The region of the tenant O(name), as in hostnames, such as V(eu).
    type: str
  state:
    description:
      - V(active) reactivates a deactivated tenant that is not purged yet. With O(allow_create), it also creates a
        missing tenant.
      - V(deactivated) locks out all users at once. Later, the tenant and all its content are purged and cannot be
        restored.
    type: str
    choices: [active, deactivated]
    default: active
  allow_create:
    description:
      - Whether to create the tenant O(name) if it does not exist. Requires O(license_key).
    type: bool
    default: false
  license_key:
    description:
      - The signed license key, the field C(licenseKey) of C(GET /api/v1/licenses/overview) on any tenant of the
        subscription. Keep it secret, because it allows the creation of tenants.
      - If not set, the environment variable E(QLIK_LICENSE_KEY) is used.
    type: str
  datacenter:
    description:
      - The data center of a new tenant in its region. The value is sent to the API unchecked.
    type: str
  creation_record:
    description:
      - The path of a file that records the requested creation and the resulting tenant, so that you can rerun a task
        that failed or was killed. Use one file per tenant, and keep it as long as the tenant exists. Missing folders
        are created.
      - The hostname in the file must be in a trusted domain. See O(trusted_domains).
      - C(~) is replaced with the home folder. Shell variables are not replaced, so that the path can contain a name
        from an external source.
      - The file contains no secrets.
    type: str
  wait_timeout:
    description:
      - The maximum time in seconds to wait until a new tenant responds.
    type: float
    default: 300.0
  confirm_hostname:
    description:
      - One of the hostnames of the tenant. It confirms that this tenant is to be deactivated or reactivated.
      - With O(creation_record) and O(name), it also confirms an existing tenant with this name. The file then names
        this tenant.
    type: str
  purge_after_days:
    description:
      - The number of days between the deactivation of the tenant and its purge, from V(10) to V(90). Only subscriptions
        of OEM partners can set it. Otherwise, and by default, it is 30.
    type: int
extends_documentation_fragment:
  - qlikops.cloud.organization.region
  - qlikops.cloud.connection.rate_limit
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: full
    details:
      - Reads the organization or the tenant, and requests a token from the register host to validate the credential.
        Nothing is created or changed. Check mode cannot predict whether the license allows another tenant.
  diff_mode:
    support: full
    details:
      - RV(ignore:diff) has the name, region, and state before and after the task.
  idempotent:
    support: partial
    details:
      - Without an organization client and without O(creation_record), every run creates another tenant.
seealso:
  - module: qlikops.cloud.qlik_organization_tenant_info
  - module: qlikops.cloud.qlik_tenant
  - name: Tenants in Qlik's API reference
    description: The endpoints that this module uses.
    link: https://qlik.dev/apis/rest/tenants/
"""

EXAMPLES = r"""
- name: Create a tenant for Acme
  qlikops.cloud.qlik_tenant_lifecycle:
    name: Acme Analytics
    subscription_id: 5f0000000000000000000001
    region: us
    allow_create: true
    license_key: "{{ license_key }}"
    creation_record: acme.json
  register: acme

- name: Configure the tenant
  qlikops.cloud.qlik_configuration:
    tenant_url: "{{ acme.tenant.tenant_url }}"
    groups:
      - name: Acme Admins
        assigned_roles: [TenantAdmin]

- name: Deactivate the tenant
  qlikops.cloud.qlik_tenant_lifecycle:
    tenant_id: "{{ acme.tenant.id }}"
    state: deactivated
    confirm_hostname: "{{ acme.tenant.hostnames[0] }}"
  when: acme_has_left | default(false)
"""

RETURN = r"""
action:
  description:
    - The action of the task, or the predicted action in check mode. V(created), V(deactivated), V(reactivated),
      V(unchanged), or V(failed). V(updated) if the task completed the creation of an earlier task.
  returned: always, except when options are invalid
  type: str
  sample: created
tenant:
  description:
    - The tenant after the task, with the fields of the API that the task reads and three more. In check mode, the
      predicted tenant, whose fields are V(null) if they are known only after the creation.
  returned: success, and on failure if known
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
      description: V(active), V(disabled), V(deactivated), or V(deleted).
      type: str
    hostnames:
      description: The system hostname, which never changes, and the alias, if one is set.
      type: list
      elements: str
    region:
      description: The region as in hostnames.
      type: str
    subscription_id:
      description: The ID of the subscription, if known.
      type: str
    tenant_url:
      description: The URL, for O(qlikops.cloud.qlik_tenant#module:tenant_url) and C(qlik_tenant_url).
      type: str
    estimated_purge_date:
      description: The time when a deactivated tenant is purged, if known. V(null) in check mode, and for other tenants.
      type: str
error:
  description: The error, in the format of RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except when Ansible itself rejects the options
  type: dict
  sample:
    message: "confirm_hostname: 'other.us.qlikcloud.com' is no host name of the tenant."
    hint: Check that the task is about the right tenant.
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.lifecycle import flow_of_tenant_lifecycle
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_tenant_lifecycle()


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
