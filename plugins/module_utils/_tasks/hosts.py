# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts that a task about a whole tenant talks to: the organization, the register host of a region, the tenant."""

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
#: What the register host says of a licence (Qlik reference: tenants, create): the credential is not to blame.
LICENSE_CODES = ("TENANTS-21", "TENANTS-22", "TENANTS-23")
_REGION = re.compile(r"[a-z0-9]{1,20}")
_DOMAIN = "qlikcloud.com"
_REGIONS = "Host names have the region as their second part, such as us, eu, uk, de, ap, sg and jp."


class Hosts:
    """What a task can reach, and what it sees there.

    :param task: its connection options.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._params = task.params
        self._trusted = trusted_hosts(self._params)
        is_known = has_organization(self._params)
        #: The organization, if the task has a credential for it.
        self.organization = task.client(organization_connection(self._params, task.environ)) if is_known else None
        self._tenants: Dict[str, Client] = {}

    def register(self, region: str, hostname: str = "") -> Client:
        """The register host of a region, after a look whether it takes the credential.

        :param region: as host names call it.
        :param hostname: of a tenant of the region, if there is one already.
        :raises QlikError: when there is no such region, or the credential is of another kind.
        """
        if not _REGION.fullmatch(region):
            raise InvalidInput("%r is no region." % region, _REGIONS, "region")
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
        """A tenant of the region, by one of its host names.

        :raises InvalidInput: when the host must not receive the credential.
        """
        if hostname not in self._tenants:
            self._trusted.check(hostname, option="hostname")
            connection = region_connection(self._params, self._task.environ, hostname, "hostname")
            self._tenants[hostname] = self._task.client(connection)
        return self._tenants[hostname]

    def check_record(self, hostname: str, path: str) -> None:
        """Refuse a creation record that leads to a host that must not receive a credential.

        :raises InvalidInput: when it does.
        """
        self._trusted.check(hostname, "in %s" % path, "creation_record")

    def checked(self, tenant: OrganizationTenant) -> OrganizationTenant:
        """The tenant itself.

        :raises InvalidInput: when its system host name must not receive a credential.
        """
        return tenant.checked(self._trusted)

    def search(self, params: Mapping[str, Any]) -> Optional[OrganizationTenant]:
        """The tenant that is named, by ID, by host name or by all of name, subscription and region, if there is one.

        :raises InvalidInput: when there are several, it cannot be looked for, or its host is not trusted.
        """
        if params["hostname"]:
            self._trusted.check(params["hostname"], option="hostname")
        if params["name"]:
            return self._by_name(params)
        if self.organization is None:
            return self.probed(params["hostname"], params["tenant_id"]) if params["hostname"] else _unseen(params)
        ids = [params["tenant_id"]] if params["tenant_id"] else []
        hostname = (params["hostname"] or "").lower()
        found = find_tenants(self.organization, ids=ids, hostname=hostname if not ids else None)
        if ids and hostname and found and hostname not in found[0].hostnames:
            raise InvalidInput("%r is not a host name of the tenant %s." % (hostname, found[0]), option="hostname")
        return self.checked(found[0]) if found else None

    def probed(self, hostname: str, tenant_id: Optional[str]) -> OrganizationTenant:
        """A tenant as its own host shows it, for who cannot ask the organization.

        :raises QlikError: when it does not answer as the tenant of this ID.
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
            raise InvalidInput("%r is a host name of another tenant, %s." % (hostname, found), option="hostname")
        return self.checked(found)

    def unnamed(self, subscription_id: str, region: str) -> List[OrganizationTenant]:
        """The tenants of a subscription and a region that nobody has named since they were made."""
        if self.organization is None:
            return []
        found = find_tenants(self.organization, subscription_ids=[subscription_id])
        return [
            self.checked(tenant)
            for tenant in found
            if not tenant.is_named and tenant.status != DELETED and tenant.is_in(region)
        ]

    @contextmanager
    def explained(self, region: str = "") -> Iterator[None]:
        """Say which credential is due where one is refused, and which regions there are where there is no such host."""
        try:
            yield
        except NotReached as error:
            if region and not self._params["register_url"]:
                error.hint = "Is there a region %r? %s" % (region, _REGIONS)
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
        # Before the region is looked at, which follows from the host name.
        found = [self.checked(tenant) for tenant in named if tenant.status != DELETED]
        found = [tenant for tenant in found if tenant.is_in(params["region"])]
        if len(found) > 1:
            raise InvalidInput(
                "There are %d tenants of this name in the subscription and the region: %s."
                % (len(found), "; ".join(map(str, found))),
                "Give tenant_id or hostname.",
                "name",
            )
        return found[0] if found else None


def _unseen(params: Mapping[str, Any]) -> Optional[OrganizationTenant]:
    raise InvalidInput(
        "Where the tenant %s is cannot be seen without the organization." % params["tenant_id"],
        "Give its hostname too, or organization_client_id and organization_client_secret.",
        "tenant_id",
    )


def read_tenant(client: Client, tenant_id: str) -> OrganizationTenant:
    """A tenant as its own host shows it.

    :raises NotFound: when the host is not that of the tenant.
    """
    found = client.redirected_id(API + "/tenants/me")
    if found != tenant_id:
        raise InvalidInput("The host answers as another tenant, with the ID %s." % found)
    return OrganizationTenant(client.read_by_id(API + "/tenants", found))


def action_path(tenant_id: str, action: str) -> str:
    """Where the register host is asked to do something to a tenant."""
    return "%s/actions/%s" % (member(API + "/tenants", tenant_id), action)
