# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: qlik_organization
short_description: Creates hosts from the tenants of a Qlik Cloud organization
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Creates one host per tenant of an organization, so that one play can manage all existing tenants without a static
    list of hosts.
  - The name of the inventory file must end with C(qlik_organization.yml) or C(qlik_organization.yaml).
  - Each host has the variables C(qlik_tenant_url), with the system hostname, which never changes, and
    C(qlik_organization_tenant), the tenant in the format of M(qlikops.cloud.qlik_organization_tenant_info).
  - Each host is in a group for its region, such as C(qlik_region_eu), and in a group for its status, such as
    C(qlik_status_active).
  - The inventory does not contain credentials of tenants, because the organization has none. Set them as other host
    variables, or use the inventory plugin P(qlikops.cloud.qlik_contexts#inventory) as a second source. A region-level
    OAuth client works for all tenants of its region, for example as a variable of C(qlik_region_eu).
  - The name of a host determines its variables and credentials. Therefore, the name does not change by default if
    tenant admins change the display name or alias of their tenant. See O(host_name).
  - If a qlik-cli context has the system hostname of a tenant, the host has the name of the context, so that both
    sources create the same host. See O(contexts_path).
  - The display name is in C(qlik_organization_tenant.name). To create groups from it, use O(keyed_groups) with a prefix
    that no other group has.
  - Tenants without a hostname, or with a hostname outside the trusted domains, are skipped with a warning. See
    O(trusted_domains).
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
      - The URL of the organization's API.
    type: str
    default: https://console.qlikcloud.com
    env:
      - name: QLIK_ORGANIZATION_URL
  organization_client_id:
    description:
      - The ID of an organization-level OAuth client with the scope C(cloud-console.tenants:read).
    type: str
    env:
      - name: QLIK_ORGANIZATION_CLIENT_ID
  organization_client_secret:
    description:
      - The secret of O(organization_client_id). Set the environment variable rather than writing it to a file.
    type: str
    env:
      - name: QLIK_ORGANIZATION_CLIENT_SECRET
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the organization's API.
    type: bool
    default: true
    env:
      - name: QLIK_VALIDATE_CERTS
  ca_path:
    description:
      - The path of a bundle of trusted CA certificates.
    type: path
    env:
      - name: QLIK_CA_PATH
  timeout:
    description:
      - The timeout in seconds for connecting, and for each part of a response.
    type: float
    default: 30.0
    env:
      - name: QLIK_TIMEOUT
  retries:
    description:
      - The maximum number of retries of a failed request.
    type: int
    default: 5
    env:
      - name: QLIK_RETRIES
  rate_limit_wait:
    description:
      - The maximum time in seconds to wait for the API's rate limit in total. Waiting does not count against
        O(retries).
    type: float
    default: 900.0
    env:
      - name: QLIK_RATE_LIMIT_WAIT
  subscription_ids:
    description:
      - Includes only tenants of these subscriptions. An empty list includes all.
    type: list
    elements: str
    default: []
  regions:
    description:
      - Includes only tenants in these regions, as in hostnames, such as V(eu), or by their codes, such as V(eu-west-1).
      - An empty list includes all.
    type: list
    elements: str
    default: []
  statuses:
    description:
      - Includes only tenants with one of these statuses. An empty list includes all. Only active tenants respond to
        requests.
    type: list
    elements: str
    choices: [active, deactivated, deleted]
    default: [active]
  names:
    description:
      - Includes only tenants whose display name matches one of these glob patterns.
      - Tenant admins can change the name of their tenant. To include or exclude tenants reliably, use
        O(subscription_ids) or a host limit.
    type: list
    elements: str
    default: ["*"]
  host_name:
    description:
      - The name of hosts without a matching qlik-cli context.
      - V(hostname) is the system hostname and V(id) is the ID. Neither ever changes.
      - V(name) is the display name with the first eight characters of the ID, such as V(Acme-Analytics-BL6Qd2cP). No
        other tenant can take this name. It changes with the display name, and you must then rename files in
        C(host_vars).
    type: str
    choices: [hostname, id, name]
    default: hostname
  contexts_path:
    description:
      - The path of the qlik-cli contexts file, or of the folder that qlik-cli uses as E(QLIK_CLI_USER_HOME_DIR). The
        plugin reads only the names and servers of contexts. If the file does not exist, no host is named after a
        context.
      - Only contexts with a system hostname are used. Contexts with an alias cause a warning.
      - E(QLIK_CONTEXTS_PATH) takes precedence over E(QLIK_CLI_USER_HOME_DIR).
      - If several contexts have the same tenant, the first one is used.
    type: str
    default: ~/.qlik/contexts.yml
    env:
      - name: QLIK_CLI_USER_HOME_DIR
      - name: QLIK_CONTEXTS_PATH
  trusted_domains:
    description:
      - Additional domains whose hosts may receive credentials. Trusted by default are C(qlikcloud.com),
        C(qlikcloudgov.com), the host of O(organization_url), and the domain of a URL such as
        C(https://console.example.com).
      - A domain includes all its subdomains.
    type: list
    elements: str
    default: []
    env:
      - name: QLIK_TRUSTED_DOMAINS
notes:
  - The cache contains the tenants as returned by the organization, before O(regions), O(statuses), and O(names) are
    applied.
seealso:
  - module: qlikops.cloud.qlik_organization_tenant_info
  - plugin: qlikops.cloud.qlik_contexts
    plugin_type: inventory
"""

EXAMPLES = r"""
# tenants/qlik_organization.yml: this line is enough to create a host for each active tenant
plugin: qlikops.cloud.qlik_organization
# Select tenants
regions: [eu, de]
names: ["Acme*"]
# Name hosts like Acme-Analytics-BL6Qd2cP
host_name: name
# Group hosts by the year of creation
keyed_groups:
  - prefix: since
    key: qlik_organization_tenant.created_at[:4]
# Add the ID as a variable
compose:
  tenant_id: qlik_organization_tenant.id
"""

import hashlib
import os
import re
from fnmatch import fnmatchcase
from typing import Any, Dict, List, Mapping
from urllib.parse import urlsplit

from ansible.errors import AnsibleError
from ansible.inventory.group import to_safe_group_name
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import base_url, organization_connection
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._api.trust import trusted_hosts, without_final_dot
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.organization import OrganizationTenant, find_tenants
from ansible_collections.qlikops.cloud.plugins.plugin_utils._contexts import contexts_file, read_contexts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._inventory import (
    add_host,
    name_problem,
    with_failures_remembered,
)

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
#: The number of characters of an ID that make a name unique: IDs are random, and nobody can choose one.
_ID_LENGTH = 8
_LONGEST_NAME = 40
#: The prefixes of the groups of this plugin.
_OWN_GROUPS = ("qlik_region_", "qlik_status_")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Creates hosts from the tenants of an organization."""

    NAME = "qlikops.cloud.qlik_organization"

    def verify_file(self, path: str) -> bool:
        """Return whether a file is for this plugin, based on its name."""
        return bool(super().verify_file(path)) and path.endswith(("qlik_organization.yml", "qlik_organization.yaml"))

    @staticmethod
    def _sanitize_group_name(name: str) -> str:
        """Return a group name with only letters, digits, and underscores; keyed groups can have texts of customers."""
        safe: str = to_safe_group_name(name, force=True, silent=True)
        return safe

    @with_failures_remembered
    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts to the inventory.

        :raises AnsibleError: if an option is invalid, or the tenants cannot be read.
        """
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        self._check_keyed_groups()
        # Each organization and each selection of subscriptions has its own cache.
        source = [self.get_option(name) for name in ("organization_url", "organization_client_id", "subscription_ids")]
        key = self.get_cache_key(path + hashlib.sha256(repr(source).encode("utf-8")).hexdigest())
        use_cache = self.get_option("cache")
        resources = self._cache[key] if use_cache and cache and key in self._cache else self._resources()
        if use_cache:
            self._cache[key] = resources
        tenants = self._usable([tenant for tenant in map(OrganizationTenant, resources) if self._is_selected(tenant)])
        # Groups are added first because no host may have the name of a group.
        for group in dict.fromkeys(group for tenant in tenants for group in self._groups_of(tenant)):
            self.inventory.add_group(group)
        for name, tenant in self._named(tenants).items():
            variables = {"qlik_tenant_url": tenant.url, "qlik_organization_tenant": tenant.to_user()}
            add_host(self, name, {variable: wrap_var(value) for variable, value in variables.items()})
            for group in self._groups_of(tenant):
                self.inventory.add_child(group, name)

    def _check_keyed_groups(self) -> None:
        """Check that no text of a customer can turn a keyed group into another group, or into an error.

        :raises AnsibleError: for the first unsafe keyed group.
        """
        for index, keyed in enumerate(self.get_option("keyed_groups")):
            if not isinstance(keyed, dict):
                continue
            place = "keyed_groups[%d]" % index
            separator, prefix = str(keyed.get("separator", "_")), str(keyed.get("prefix") or "")
            start = prefix + separator if prefix else separator if self.get_option("leading_separator") else ""
            if not start:
                raise AnsibleError(
                    "%s.prefix is missing. Without a prefix, a tenant with the name of another group gets the variables"
                    " of that group. Set a prefix that no other group has." % place
                )
            if any(own.startswith(start) or start.startswith(own) for own in _OWN_GROUPS):
                raise AnsibleError(
                    "%s creates groups with the prefix %r, like the groups of this plugin (%s), so a tenant with the"
                    " name of a region gets the variables of that region. Set another prefix."
                    % (place, start, " and ".join(_OWN_GROUPS))
                )
            parent = str(keyed.get("parent_group") or "")
            if parent and (parent.startswith(start) or parent != self._sanitize_group_name(parent)):
                raise AnsibleError(
                    "%s.parent_group: %r is not allowed. Use only letters, digits, and underscores, and do not start"
                    " the name with %r, the prefix of the groups in it." % (place, parent, start)
                )

    def _groups_of(self, tenant: OrganizationTenant) -> List[str]:
        """Return the names of the groups for a tenant's region and status."""
        names = ("qlik_region_%s" % tenant.region, "qlik_status_%s" % tenant.status)
        return [self._sanitize_group_name(name) for name in names]

    def _resources(self) -> List[Dict[str, Any]]:
        """Return the tenants as the organization lists them.

        :raises AnsibleError: if they cannot be read.
        """
        params = {name: self.get_option(name) for name in _CONNECTION}
        try:
            connection = organization_connection(params, os.environ)
            client = Client(Transport(connection, read_only=True, on_warning=self.display.warning))
            return [dict(tenant.resource) for tenant in find_tenants(client, self.get_option("subscription_ids"))]
        except QlikError as error:
            raise AnsibleError("Cannot read the tenants of the organization: %s" % error) from None

    def _is_selected(self, tenant: OrganizationTenant) -> bool:
        regions, statuses = self.get_option("regions"), self.get_option("statuses")
        return (
            (not regions or any(map(tenant.is_in, regions)))
            and (not statuses or tenant.status in statuses)
            and any(fnmatchcase(tenant.name, pattern) for pattern in self.get_option("names"))
        )

    def _usable(self, tenants: List[OrganizationTenant]) -> List[OrganizationTenant]:
        """Return the tenants with hostnames that may receive a credential, and warn about all others.

        :raises AnsibleError: if an option is invalid.
        """
        options = ("organization_url", "trusted_domains")
        try:
            trusted = trusted_hosts({option: self.get_option(option) for option in options})
        except InvalidInput as error:
            raise AnsibleError(str(error)) from None
        usable = []
        for tenant in tenants:
            try:
                if not tenant.hostnames:
                    raise InvalidInput("The tenant %s has no hostname." % tenant)
                usable.append(tenant.checked(trusted))
            except InvalidInput as error:
                self.display.warning("A tenant is skipped because of its hostname: %s" % error)
        return usable

    def _named(self, tenants: List[OrganizationTenant]) -> Dict[str, OrganizationTenant]:
        """Return the tenants by the names of their hosts. No customer can choose such a name."""
        contexts = self._contexts()
        own: Dict[str, OrganizationTenant] = {}
        for tenant in tenants:
            name = self._own_name(tenant)
            problem = self._problem(name, own)
            if problem:
                self.display.warning("The tenant %s is skipped as host %r: %s." % (tenant, name, problem))
            else:
                own[name] = tenant
        named: Dict[str, OrganizationTenant] = {}
        for name, tenant in own.items():
            system, *aliases = tenant.hostnames
            context = contexts.get(system, name)
            problem = "" if context == name else self._problem(context, {**own, **named})
            if problem:
                self.display.warning("The tenant %s is the host %s, not %s: %s." % (tenant, name, context, problem))
            for alias in aliases:
                if alias in contexts and system in contexts and contexts[alias] != contexts[system]:
                    self.display.warning(
                        "The contexts %s and %s have the same tenant, %s. Remove one of them so that the tenant is only"
                        " one host." % (contexts[system], contexts[alias], tenant)
                    )
                elif alias in contexts and system not in contexts:
                    self.display.warning(
                        "The tenant %s is the host %s, not %s: the server of the context %s is an alias, which tenant"
                        " admins can change. Set the server of the context to %s."
                        % (tenant, name, contexts[alias], contexts[alias], tenant.url)
                    )
            named[name if problem else context] = tenant
        return named

    def _problem(self, name: str, others: Mapping[str, OrganizationTenant]) -> str:
        """Return why a tenant cannot be a host with this name, or an empty string."""
        return name_problem(self, name) or ("it is the host of another tenant" if name in others else "")

    def _own_name(self, tenant: OrganizationTenant) -> str:
        """Return the name of a tenant's host without a matching context."""
        names = {
            "hostname": tenant.hostnames[0],
            "id": tenant.id,
            "name": "%s-%s" % (_readable(tenant.name), tenant.id[:_ID_LENGTH]),
        }
        return names[self.get_option("host_name")]

    def _contexts(self) -> Dict[str, str]:
        """Return the name of the first context for each hostname."""
        path = contexts_file(self.get_option("contexts_path"))
        if not os.path.exists(os.path.expanduser(path)):
            return {}
        found: Dict[str, str] = {}
        for name, context in read_contexts(path).usable.items():
            host = urlsplit(base_url(context.tenant_url)).hostname or ""
            found.setdefault(without_final_dot(host), name)
        return found


def _readable(name: str) -> str:
    """Return the start of a display name, with hyphens instead of characters other than letters and digits."""
    return re.sub(r"[\W_]+", "-", name)[:_LONGEST_NAME].strip("-") or "tenant"
