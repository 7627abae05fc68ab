# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenants of an organization (Qlik reference: organization REST API, tenants)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional

from .._api.client import Client, any_of, equals
from .._api.connection import ORGANIZATION_CREDENTIAL
from .._api.trust import TrustedHosts, without_final_dot
from .._errors import ApiError, BadRequest
from .base import in_snake_case, text_of

TENANTS = "/api/core/tenants"
ACTIVE, DEACTIVATED, DELETED = "active", "deactivated", "deleted"
#: Further names of statuses in the API (Qlik reference: tenants, organization).
_SAME_STATUS = {"disabled": DEACTIVATED, "user-access-disabled": ACTIVE}
STATUSES = (ACTIVE, DEACTIVATED, DELETED)


class OrganizationTenant:
    """A tenant of the organization.

    :param resource: the tenant in the form of the API.
    """

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self.resource = resource
        #: The ID on register hosts, if the organization has a different ID for the tenant.
        self.id = text_of(resource.get("originalId")) or text_of(resource.get("id"))
        self.name = text_of(resource.get("name"))
        found = resource.get("hostnames")
        names = [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
        #: The host names in lower case, without a final dot: first the system host name, which never changes, then the
        #: alias.
        self.hostnames = [without_final_dot(name) for name in names]
        status = text_of(resource.get("status"))
        self.status = _SAME_STATUS.get(status, status)

    @property
    def ids(self) -> List[str]:
        """All IDs of the tenant."""
        return list(filter(None, (text_of(self.resource.get(name)) for name in ("id", "originalId"))))

    @property
    def region(self) -> str:
        """The region in the host name, such as C(eu). The region code is ambiguous (Qlik reference: locations)."""
        parts = self.hostnames[0].split(".") if self.hostnames else []
        return parts[1] if len(parts) > 2 else ""

    @property
    def url(self) -> str:
        """The URL of the tenant with the system host name, which never changes."""
        return "https://%s" % self.hostnames[0] if self.hostnames else ""

    @property
    def is_named(self) -> bool:
        """Whether the tenant has a name of its own.

        Qlik reference, tenants: the initial name of a new tenant is the first label of its host name.
        """
        return not self.hostnames or self.name != self.hostnames[0].partition(".")[0]

    def is_in(self, region: str) -> bool:
        """Return whether the tenant is in a region, given as in host names or by its code."""
        return region.lower() in (self.region, text_of(self.resource.get("regionCode")).lower())

    def checked(self, trusted: TrustedHosts) -> OrganizationTenant:
        """Return the tenant itself after a check of its system host name.

        :raises InvalidInput: if the host must not receive a credential.
        """
        for hostname in self.hostnames[:1]:
            trusted.check(hostname, "of the tenant %s" % self)
        return self

    def to_user(self) -> Dict[str, Any]:
        """Return the tenant in the form of module results."""
        shown: Dict[str, Any] = in_snake_case(dict(self.resource))
        return {**shown, "id": self.id or None, "region": self.region or None, "tenant_url": self.url or None}

    def __str__(self) -> str:
        return "%r (%s, ID %s)" % (self.name, ", ".join(self.hostnames) or "no host name", self.id)


def find_tenants(
    client: Client,
    subscription_ids: Iterable[str] = (),
    names: Iterable[str] = (),
    status: Optional[str] = None,
    ids: Iterable[str] = (),
    hostname: Optional[str] = None,
) -> List[OrganizationTenant]:
    """Read the tenants of the organization that match all given criteria. Names are compared exactly.

    :raises QlikError: if the tenants cannot be read.
    """
    desired = {"subscriptionId": list(subscription_ids), "name": list(names), "id": list(ids)}
    conditions = [
        any_of(equals(attribute, value) for value in values) for attribute, values in desired.items() if values
    ]
    if desired["id"]:
        conditions[-1] += " or " + any_of(equals("originalId", value) for value in desired["id"])
    if hostname:
        conditions.append(equals("hostnames", hostname))
    if status:
        words = [status, *(word for word, same in _SAME_STATUS.items() if same == status)]
        conditions.append(any_of(equals("status", word) for word in words))
    is_single = len(conditions) == 1
    filter_text = conditions[0] if is_single else " and ".join("(%s)" % condition for condition in conditions)
    with organization_explained():
        found = client.search(TENANTS, filter_text) if conditions else client.list(TENANTS)
        tenants = [OrganizationTenant(resource) for resource in found]
    return [
        tenant
        for tenant in tenants
        if (not desired["subscriptionId"] or tenant.resource.get("subscriptionId") in desired["subscriptionId"])
        and (not desired["name"] or tenant.name in desired["name"])
        and (not desired["id"] or set(desired["id"]) & set(tenant.ids))
        and (not hostname or hostname.lower() in tenant.hostnames)
        and status in (None, tenant.status)
    ]


@contextmanager
def organization_explained() -> Iterator[None]:
    """Add the hint about the required credential, or about subscriptions, to error responses."""
    try:
        yield
    except ApiError as error:
        if error.status in (401, 403) or error.request.endswith("/oauth/token"):
            error.hint = ORGANIZATION_CREDENTIAL
        elif isinstance(error, BadRequest):
            error.hint = "Some organizations only list the tenants of a subscription. Set `subscription_id`."
        raise
