# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts for the lifecycle of a tenant: the organization, the register host of a region, and the tenant."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Mapping, Optional

from .._api.client import API, Client, member
from .._api.connection import REGION_CREDENTIAL, has_organization, organization_connection, region_connection
from .._api.trust import trusted_hosts
from .._errors import ApiError, InvalidInput, NotReached, Unauthorized
from .._kinds.organization import DEACTIVATED, DELETED, OrganizationTenant, find_tenants
from .._kinds.tenant import Tenant
from .task import Task

CONFIRMATION = "qlik-confirm-hostname"
DISABLED = "TENANT_DISABLED"
#: The register host's error codes about a license, not a credential (Qlik reference: tenants, create).
LICENSE_CODES = ("TENANTS-21", "TENANTS-22", "TENANTS-23")
_REGION = re.compile(r"[a-z0-9]{1,20}")
_DOMAIN = "qlikcloud.com"
_REGIONS = "Use the second part of the host names of the region, such as us, eu, uk, de, ap, sg, or jp."


class Hosts:
    """The hosts that a task can reach, and searches for tenants there.

    :param task: the task with the connection options.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._params = task.params
        self._trusted = trusted_hosts(self._params)
        is_known = has_organization(self._params)
        #: The client of the organization, if the task has a credential for it.
        self.organization = task.client(organization_connection(self._params, task.environ)) if is_known else None
        self._tenants: Dict[str, Client] = {}

    def register(self, region: str, hostname: str = "") -> Client:
        """Return a client for the register host of a region, which has accepted the credential.

        :param region: the region as in host names.
        :param hostname: a host name of a tenant in the region, if there is one already.
        :raises QlikError: if the region does not exist, or the credential is invalid.
        """
        if not _REGION.fullmatch(region):
            raise InvalidInput("%r is not a region." % region, _REGIONS, "region")
        domain = hostname.split(".", 2)[-1] or _DOMAIN
        given = self._params["register_url"]
        host = "register.%s.%s" % (region, domain)
        if not given:
            self._trusted.check(host, "of the register host", "region")
        option = "register_url" if given else "region"
        client = self._task.client(region_connection(self._params, self._task.environ, given or host, option))
        client.transport.hide(self._params["license_key"] or "")
        with self.explained(region):
            client.transport.authenticate()
        return client

    def tenant(self, hostname: str) -> Client:
        """Return a client for a tenant of the region, by one of its host names.

        :raises InvalidInput: if the host must not receive the credential.
        """
        if hostname not in self._tenants:
            self._trusted.check(hostname, option="hostname")
            connection = region_connection(self._params, self._task.environ, hostname, "hostname")
            self._tenants[hostname] = self._task.client(connection)
        return self._tenants[hostname]

    def check_record(self, hostname: str, path: str) -> None:
        """Check the host name in a creation record.

        :raises InvalidInput: if the host must not receive a credential.
        """
        self._trusted.check(hostname, "in %s" % path, "creation_record")

    def checked(self, tenant: OrganizationTenant) -> OrganizationTenant:
        """Return the tenant itself after a check of its system host name.

        :raises InvalidInput: if the host must not receive a credential.
        """
        return tenant.checked(self._trusted)

    def search(self, params: Mapping[str, Any]) -> Optional[OrganizationTenant]:
        """Find a tenant by ID, by host name, or by name, subscription, and region; C(None) if there is none.

        :raises InvalidInput: if there are several, if a search is impossible, or if the host is not trusted.
        """
        if params["hostname"]:
            self._trusted.check(params["hostname"], option="hostname")
        if params["name"]:
            return self._by_name(params)
        if self.organization is None:
            return self.probed(params["hostname"], params["tenant_id"]) if params["hostname"] else _not_found(params)
        ids = [params["tenant_id"]] if params["tenant_id"] else []
        hostname = (params["hostname"] or "").lower()
        found = find_tenants(self.organization, ids=ids, hostname=hostname if not ids else None)
        if ids and hostname and found and hostname not in found[0].hostnames:
            raise InvalidInput("%r is not a host name of the tenant %s." % (hostname, found[0]), option="hostname")
        return self.checked(found[0]) if found else None

    def probed(self, hostname: str, tenant_id: Optional[str]) -> OrganizationTenant:
        """Read a tenant from its own host, for tasks without a client of the organization.

        :raises QlikError: if the host does not respond, or is the host of another tenant.
        """
        client = self.tenant(hostname.lower())
        try:
            with self.explained():
                found = OrganizationTenant(Tenant().read_one(client))
        except Unauthorized as error:
            if error.code != DISABLED:
                raise
            return OrganizationTenant(
                {"id": tenant_id or "", "name": "", "hostnames": [hostname.lower()], "status": DEACTIVATED}
            )
        if tenant_id and found.id != tenant_id:
            raise InvalidInput("%r is the host name of another tenant, %s." % (hostname, found), option="hostname")
        return self.checked(found)

    def unnamed(self, subscription_id: str, region: str) -> List[OrganizationTenant]:
        """Return the tenants of a subscription and a region that have no name yet."""
        if self.organization is None:
            return []
        found = find_tenants(self.organization, subscription_ids=[subscription_id])
        unnamed = (tenant for tenant in found if not tenant.is_named and tenant.status != DELETED)
        return [self.checked(tenant) for tenant in unnamed if tenant.is_in(region)]

    @contextmanager
    def explained(self, region: str = "") -> Iterator[None]:
        """Add the hint about the required credential, or about regions, to errors."""
        try:
            yield
        except NotReached as error:
            if region and not self._params["register_url"]:
                error.hint = "The region %r may not exist. %s" % (region, _REGIONS)
            raise
        except ApiError as error:
            refused = error.status in (401, 403) or error.request.endswith("/oauth/token")
            if refused and error.code not in (DISABLED, *LICENSE_CODES):
                error.hint = REGION_CREDENTIAL
            raise

    def _by_name(self, params: Mapping[str, Any]) -> Optional[OrganizationTenant]:
        if self.organization is None:
            return None
        named = find_tenants(self.organization, [params["subscription_id"]], [params["name"]])
        # Check the hosts first: the region follows from the host name.
        existing = [self.checked(tenant) for tenant in named if tenant.status != DELETED]
        found = [tenant for tenant in existing if tenant.is_in(params["region"])]
        if len(found) > 1:
            raise InvalidInput(
                "%d tenants in the subscription and the region have this name: %s."
                % (len(found), "; ".join(map(str, found))),
                "Set `tenant_id` or `hostname` instead.",
                "name",
            )
        return found[0] if found else None


def _not_found(params: Mapping[str, Any]) -> Optional[OrganizationTenant]:
    raise InvalidInput(
        "The tenant %s cannot be found without a client of the organization." % params["tenant_id"],
        "Set `hostname` too, or `organization_client_id` and `organization_client_secret`.",
        "tenant_id",
    )


def read_tenant(client: Client, tenant_id: str) -> OrganizationTenant:
    """Read a tenant from its own host.

    :raises InvalidInput: if the host is that of another tenant.
    """
    found = client.redirected_id(API + "/tenants/me")
    if found != tenant_id:
        raise InvalidInput("The host belongs to another tenant, with the ID %s." % found)
    return OrganizationTenant(client.read_by_id(API + "/tenants", found))


def action_path(tenant_id: str, action: str) -> str:
    """Return the path of an action of the register host on a tenant."""
    return "%s/actions/%s" % (member(API + "/tenants", tenant_id), action)
