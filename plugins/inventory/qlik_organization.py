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
  - The name of a host says whose variables and credentials are used. So no tenant becomes another host because its
    admins change its display name or its alias. See O(host_name).
  - A tenant to whose system host name a context of qlik-cli leads has the name of this context, so that both sources
    are about the same host. See O(contexts_path).
  - The display name is in C(qlik_organization_tenant.name). Groups can be made of it with O(keyed_groups), each with a
    prefix that no other group has.
  - A tenant is left out, with a warning, if it has no host name or one that is not in a trusted domain. See
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
      - Glob patterns. A tenant is left out unless its display name matches one of them.
      - The admins of a tenant can change its name, so this is no way to keep a tenant in or out for certain. Use
        O(subscription_ids) or a limit for that.
    type: list
    elements: str
    default: ["*"]
  host_name:
    description:
      - The name of a host to whose system host name no context of qlik-cli leads.
      - V(hostname) is the system host name and V(id) is the ID. Neither ever changes.
      - V(name) is the display name with the first eight characters of the ID, such as V(Acme-Analytics-BL6Qd2cP). No
        other tenant can take it, but it changes with the display name, and files in C(host_vars) do not follow.
    type: str
    choices: [hostname, id, name]
    default: hostname
  contexts_path:
    description:
      - The file with the contexts of qlik-cli, of which only the names and the addresses are looked at. If it does not
        exist, no host is called after a context.
      - Only contexts that lead to a system host name count. A warning names those that lead to an alias.
      - A folder is the one that qlik-cli has as E(QLIK_CLI_USER_HOME_DIR), over which E(QLIK_CONTEXTS_PATH) takes
        precedence.
      - Of several contexts that lead to one tenant the first counts.
    type: str
    default: ~/.qlik/contexts.yml
    env:
      - name: QLIK_CLI_USER_HOME_DIR
      - name: QLIK_CONTEXTS_PATH
  trusted_domains:
    description:
      - Domains whose hosts may receive credentials, beside C(qlikcloud.com), C(qlikcloudgov.com), and the domain of an
        O(organization_url) such as C(https://console.example.com). The host of O(organization_url) is trusted too.
      - A domain includes all hosts below it.
    type: list
    elements: str
    default: []
    env:
      - name: QLIK_TRUSTED_DOMAINS
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
# Hosts such as Acme-Analytics-BL6Qd2cP
host_name: name
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
#: So much of the ID that no two tenants have it in common: IDs are random, and nobody can choose one.
_ID_LENGTH = 8
_LONGEST_NAME = 40
#: How the groups of this plugin begin.
_OWN_GROUPS = ("qlik_region_", "qlik_status_")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads the tenants of an organization as hosts."""

    NAME = "qlikops.cloud.qlik_organization"

    def verify_file(self, path: str) -> bool:
        """Whether the name of a file says that it is for this plugin."""
        return bool(super().verify_file(path)) and path.endswith(("qlik_organization.yml", "qlik_organization.yaml"))

    @staticmethod
    def _sanitize_group_name(name: str) -> str:
        """The name of a group, in letters, digits, and underscores: keyed groups can be made of texts of customers."""
        safe: str = to_safe_group_name(name, force=True, silent=True)
        return safe

    @with_failures_remembered
    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts.

        :raises AnsibleError: when an option is invalid, or the tenants cannot be read.
        """
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        self._check_keyed_groups()
        # Another organization, or other subscriptions of it, are another inventory.
        what = [self.get_option(name) for name in ("organization_url", "organization_client_id", "subscription_ids")]
        key = self.get_cache_key(path + hashlib.sha256(repr(what).encode("utf-8")).hexdigest())
        use_cache = self.get_option("cache")
        resources = self._cache[key] if use_cache and cache and key in self._cache else self._resources()
        if use_cache:
            self._cache[key] = resources
        tenants = self._usable([tenant for tenant in map(OrganizationTenant, resources) if self._is_desired(tenant)])
        # Before the hosts, none of which may have the name of a group.
        for group in dict.fromkeys(group for tenant in tenants for group in self._groups_of(tenant)):
            self.inventory.add_group(group)
        for name, tenant in self._named(tenants).items():
            variables = {"qlik_tenant_url": tenant.url, "qlik_organization_tenant": tenant.to_user()}
            add_host(self, name, {variable: wrap_var(value) for variable, value in variables.items()})
            for group in self._groups_of(tenant):
                self.inventory.add_child(group, name)

    def _check_keyed_groups(self) -> None:
        """Refuse keyed groups that a text of a customer could turn into any other group, or into an error.

        :raises AnsibleError: for the first of them.
        """
        for index, keyed in enumerate(self.get_option("keyed_groups")):
            if not isinstance(keyed, dict):
                continue
            place = "keyed_groups[%d]" % index
            separator, prefix = str(keyed.get("separator", "_")), str(keyed.get("prefix") or "")
            start = prefix + separator if prefix else separator if self.get_option("leading_separator") else ""
            if not start:
                raise AnsibleError(
                    "%s.prefix is missing. Set a prefix that no other group has: without it, a tenant that is named"
                    " like another group gets the variables of that group." % place
                )
            if any(own.startswith(start) or start.startswith(own) for own in _OWN_GROUPS):
                raise AnsibleError(
                    "%s makes groups that begin with %r, as the groups of this plugin do (%s). Set another prefix:"
                    " with this one, a tenant that is named like a region gets the variables of that region."
                    % (place, start, " and ".join(_OWN_GROUPS))
                )
            parent = str(keyed.get("parent_group") or "")
            if parent and (parent.startswith(start) or parent != self._sanitize_group_name(parent)):
                raise AnsibleError(
                    "%s.parent_group is %r. Use letters, digits, and underscores, and a name that does not begin"
                    " with %r like the groups in it." % (place, parent, start)
                )

    def _groups_of(self, tenant: OrganizationTenant) -> List[str]:
        """The names of the groups for a tenant's region and status."""
        names = ("qlik_region_%s" % tenant.region, "qlik_status_%s" % tenant.status)
        return [self._sanitize_group_name(name) for name in names]

    def _resources(self) -> List[Dict[str, Any]]:
        """What the organization says of its tenants."""
        params = {name: self.get_option(name) for name in _CONNECTION}
        try:
            connection = organization_connection(params, os.environ)
            client = Client(Transport(connection, read_only=True, on_warning=self.display.warning))
            return [dict(each.resource) for each in find_tenants(client, self.get_option("subscription_ids"))]
        except QlikError as error:
            raise AnsibleError("The tenants of the organization cannot be read: %s" % error) from None

    def _is_desired(self, tenant: OrganizationTenant) -> bool:
        regions, statuses = self.get_option("regions"), self.get_option("statuses")
        return (
            (not regions or any(map(tenant.is_in, regions)))
            and (not statuses or tenant.status in statuses)
            and any(fnmatchcase(tenant.name, pattern) for pattern in self.get_option("names"))
        )

    def _usable(self, tenants: List[OrganizationTenant]) -> List[OrganizationTenant]:
        """The tenants that have a host name, all of which may receive a credential; a warning names each other one.

        :raises AnsibleError: when an option is invalid.
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
                    raise InvalidInput("The tenant %s has none." % tenant)
                usable.append(tenant.checked(trusted))
            except InvalidInput as error:
                self.display.warning("A tenant is left out because of its host name. %s" % error)
        return usable

    def _named(self, tenants: List[OrganizationTenant]) -> Dict[str, OrganizationTenant]:
        """The tenants by the names of their hosts, none of which a customer can choose."""
        contexts = self._contexts()
        own: Dict[str, OrganizationTenant] = {}
        for tenant in tenants:
            name = self._own_name(tenant)
            problem = self._problem(name, own)
            if problem:
                self.display.warning("The tenant %s is left out as host %r: %s." % (tenant, name, problem))
            else:
                own[name] = tenant
        named: Dict[str, OrganizationTenant] = {}
        for name, tenant in own.items():
            system, *aliases = tenant.hostnames
            context = contexts.get(system, name)
            problem = "" if context == name else self._problem(context, {**own, **named})
            if problem:
                self.display.warning("The tenant %s is the host %s and not %s: %s." % (tenant, name, context, problem))
            for alias in aliases:
                if alias in contexts and system in contexts and contexts[alias] != contexts[system]:
                    self.display.warning(
                        "The contexts %s and %s lead to one tenant, %s. Remove one of them, so that the tenant is one"
                        " host." % (contexts[system], contexts[alias], tenant)
                    )
                elif alias in contexts and system not in contexts:
                    self.display.warning(
                        "The tenant %s is the host %s and not %s: the context %s leads to it by its alias, which its"
                        " admins can change. Set the server of the context to %s."
                        % (tenant, name, contexts[alias], contexts[alias], tenant.url)
                    )
            named[name if problem else context] = tenant
        return named

    def _problem(self, name: str, others: Mapping[str, OrganizationTenant]) -> str:
        """Why a tenant cannot be a host of this name; empty if it can."""
        return name_problem(self, name) or ("it is the host of another tenant" if name in others else "")

    def _own_name(self, tenant: OrganizationTenant) -> str:
        """The name of a tenant's host where no context leads to it."""
        names = {
            "hostname": tenant.hostnames[0],
            "id": tenant.id,
            "name": "%s-%s" % (_readable(tenant.name), tenant.id[:_ID_LENGTH]),
        }
        return names[self.get_option("host_name")]

    def _contexts(self) -> Dict[str, str]:
        """The names of contexts by the host that each leads to, the first for each."""
        path = contexts_file(self.get_option("contexts_path"))
        if not os.path.exists(os.path.expanduser(path)):
            return {}
        found: Dict[str, str] = {}
        for name, context in read_contexts(path).usable.items():
            host = urlsplit(base_url(context.tenant_url)).hostname or ""
            found.setdefault(without_final_dot(host), name)
        return found


def _readable(name: str) -> str:
    """The beginning of a display name, with hyphens in place of everything but letters and digits."""
    return re.sub(r"[\W_]+", "-", name)[:_LONGEST_NAME].strip("-") or "tenant"
