# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: qlik_organization
short_description: Tenants of a Qlik Cloud organization
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Makes a host of each tenant of an organization, so that one play works on every tenant that exists, and not on those
    of a list that somebody has to keep.
  - The name of the file must end in C(qlik_organization.yml) or C(qlik_organization.yaml).
  - Hosts have C(qlik_tenant_url), with the host name that never changes, and C(qlik_organization_tenant), which is what
    M(qlikops.cloud.qlik_organization_tenant_info) returns of the tenant.
  - Hosts are in a group for their region, such as C(qlik_region_eu), and one for their status, such as
    C(qlik_status_active).
  - There is no credential of a tenant in the organization, and none in this inventory. They come from where the other
    variables of hosts come from, or from the inventory plugin P(qlikops.cloud.qlik_contexts#inventory) as a second
    source. An OAuth client of region level is good for all tenants of its region, as a variable of C(qlik_region_eu).
  - A tenant to which a context of qlik-cli leads has the name of this context, so that both sources are about the same
    host. See O(contexts_path) and O(host_name).
  - A tenant whose name cannot be the name of a host is called by its system host name, and one that has no host name
    that can be used is left out, both with a warning.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices:
      - qlikops.cloud.qlik_organization
  organization_url:
    description:
      - The address of the organization's API.
    type: str
    default: https://console.qlikcloud.com
    env:
      - name: QLIK_ORGANIZATION_URL
  organization_client_id:
    description:
      - The ID of an OAuth client of organization level, with the scope C(cloud-console.tenants:read).
    type: str
    env:
      - name: QLIK_ORGANIZATION_CLIENT_ID
  organization_client_secret:
    description:
      - The secret of O(organization_client_id). Prefer the environment variable to a file.
    type: str
    env:
      - name: QLIK_ORGANIZATION_CLIENT_SECRET
  validate_certs:
    description:
      - Whether the TLS certificate of the organization's API is verified.
    type: bool
    default: true
    env:
      - name: QLIK_VALIDATE_CERTS
  ca_path:
    description:
      - A bundle of certificates of the authorities to trust.
    type: path
    env:
      - name: QLIK_CA_PATH
  timeout:
    description:
      - How many seconds a request may take to connect, and how many each part of its answer.
    type: float
    default: 30.0
    env:
      - name: QLIK_TIMEOUT
  retries:
    description:
      - How often a request that failed is repeated.
    type: int
    default: 5
    env:
      - name: QLIK_RETRIES
  rate_limit_wait:
    description:
      - How many seconds to wait in all for the API's rate limit. Waiting does not use up O(retries).
    type: float
    default: 900.0
    env:
      - name: QLIK_RATE_LIMIT_WAIT
  subscription_ids:
    description:
      - Only tenants of these subscriptions. An empty list means all.
    type: list
    elements: str
    default: []
  regions:
    description:
      - Only tenants of these regions, as host names call them, such as V(eu), or by their codes, such as V(eu-west-1).
      - An empty list means all.
    type: list
    elements: str
    default: []
  statuses:
    description:
      - Only tenants with one of these statuses. An empty list means all. What is not active answers nothing.
    type: list
    elements: str
    choices: [active, deactivated, deleted]
    default: [active]
  names:
    description:
      - Glob patterns. A tenant is left out unless its name matches one of them.
    type: list
    elements: str
    default: ["*"]
  host_name:
    description:
      - What a host is called to which no context of qlik-cli leads.
      - V(alias) is the alias as a full host name, or the system host name where there is none. V(hostname) is the
        system host name. V(name) is the display name; tenants that share one are called by their system host names.
        V(id) is the ID.
    type: str
    choices: [alias, hostname, name, id]
    default: alias
  contexts_path:
    description:
      - The file with the contexts of qlik-cli, of which only the names and the addresses are looked at. If it does not
        exist, no host is called after a context.
      - Of several contexts that lead to one tenant the first counts.
    type: str
    default: ~/.qlik/contexts.yml
    env:
      - name: QLIK_CONTEXTS_PATH
notes:
  - The cache holds what the organization says of its tenants, before O(regions), O(statuses) and O(names) are applied.
seealso:
  - module: qlikops.cloud.qlik_organization_tenant_info
  - plugin: qlikops.cloud.qlik_contexts
    plugin_type: inventory
"""

EXAMPLES = r"""
# tenants/qlik_organization.yml: the first line alone makes a host of each active tenant
plugin: qlikops.cloud.qlik_organization
# Only some of them
regions: [eu, de]
names: ["Acme*"]
# In groups by the year in which they were made
keyed_groups:
  - prefix: since
    key: qlik_organization_tenant.created_at[:4]
# With the ID as a variable of its own
compose:
  tenant_id: qlik_organization_tenant.id
"""

import hashlib
import os
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any, Dict, List
from urllib.parse import urlsplit

from ansible.errors import AnsibleError
from ansible.inventory.group import to_safe_group_name
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import base_url, organization_connection
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, QlikError, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.organization import Tenant, find_tenants
from ansible_collections.qlikops.cloud.plugins.plugin_utils._contexts import read_contexts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._inventory import add_host, can_be_host

_CONNECTION = (
    "organization_url",
    "organization_client_id",
    "organization_client_secret",
    "validate_certs",
    "ca_path",
    "timeout",
    "retries",
    "rate_limit_wait",
)


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads the tenants of an organization as hosts."""

    NAME = "qlikops.cloud.qlik_organization"

    def verify_file(self, path: str) -> bool:
        """Whether the name of a file says that it is for this plugin."""
        return bool(super().verify_file(path)) and path.endswith(("qlik_organization.yml", "qlik_organization.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts.

        :raises AnsibleError: when the tenants cannot be read.
        """
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        # Another organization, or other subscriptions of it, are another inventory.
        what = [self.get_option(name) for name in ("organization_url", "organization_client_id", "subscription_ids")]
        key = self.get_cache_key(path + hashlib.sha256(repr(what).encode("utf-8")).hexdigest())
        use_cache = self.get_option("cache")
        resources = self._cache[key] if use_cache and cache and key in self._cache else self._resources()
        if use_cache:
            self._cache[key] = resources
        tenants = [tenant for tenant in map(Tenant, resources) if self._is_wanted(tenant)]
        for name, tenant in self._named(tenants).items():
            shown = tenant.to_user()
            variables = {"qlik_tenant_url": tenant.url, "qlik_organization_tenant": shown}
            names = ("qlik_region_%s" % tenant.region, "qlik_status_%s" % tenant.status)
            groups = [to_safe_group_name(group, force=True, silent=True) for group in names]
            for group in groups:
                self.inventory.add_group(group)
            add_host(self, name, {variable: wrap_var(value) for variable, value in variables.items()})
            for group in groups:
                self.inventory.add_child(group, name)

    def _resources(self) -> List[Dict[str, Any]]:
        """What the organization says of its tenants."""
        params = {name: self.get_option(name) for name in _CONNECTION}
        try:
            client = Client(Transport(organization_connection(params), read_only=True, on_warning=self.display.warning))
            return [dict(each.resource) for each in find_tenants(client, self.get_option("subscription_ids"))]
        except QlikError as error:
            raise AnsibleError("The tenants of the organization cannot be read: %s" % error) from None

    def _is_wanted(self, tenant: Tenant) -> bool:
        regions, statuses = self.get_option("regions"), self.get_option("statuses")
        return (
            (not regions or any(map(tenant.is_in, regions)))
            and (not statuses or tenant.status in statuses)
            and any(fnmatchcase(tenant.name, pattern) for pattern in self.get_option("names"))
        )

    def _named(self, tenants: List[Tenant]) -> Dict[str, Tenant]:
        """The tenants that can be hosts, by the names of the hosts."""
        contexts = self._contexts()
        usual = {tenant.id: self._usual_name(tenant) for tenant in tenants}
        shared = {name for name, count in Counter(usual.values()).items() if count > 1}
        named: Dict[str, Tenant] = {}
        for tenant in tenants:
            problem = _problem(tenant)
            if problem:
                self.display.warning("The tenant %s is left out: %s." % (printable(tenant.id), problem))
                continue
            name = next((contexts[each] for each in tenant.hostnames if each in contexts), usual[tenant.id])
            if name in shared or name in named or not can_be_host(name):
                why = "its name cannot be the name of a host" if not can_be_host(name) else "it shares its name"
                self.display.warning("The tenant %s is the host %s: %s." % (tenant.id, tenant.hostnames[0], why))
                name = tenant.hostnames[0]
            named[name] = tenant
        return named

    def _usual_name(self, tenant: Tenant) -> str:
        if not tenant.hostnames:
            return ""
        names = {
            "alias": tenant.hostnames[-1],
            "hostname": tenant.hostnames[0],
            "name": tenant.name,
            "id": tenant.id,
        }
        return names[self.get_option("host_name")]

    def _contexts(self) -> Dict[str, str]:
        """The names of contexts by the host that each leads to, the first for each."""
        path = self.get_option("contexts_path")
        if not os.path.exists(os.path.expanduser(path)):
            return {}
        found: Dict[str, str] = {}
        for name, context in read_contexts(path).usable.items():
            found.setdefault(urlsplit(base_url(context.tenant_url)).hostname or "", name)
        return found


def _problem(tenant: Tenant) -> str:
    """Why a tenant cannot be a host; nothing if it can."""
    if not tenant.hostnames:
        return "it has no host name"
    try:
        base_url(tenant.url)
    except InvalidInput:
        return "its host name is not one of a tenant"
    return "" if all(map(can_be_host, tenant.hostnames[:1])) else "its host name is not one of a tenant"
