# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenants of an organization, as its API lists them (Qlik reference: organization REST API, tenants)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional

from .._api.client import Client, any_of, equals
from .._api.connection import ORGANIZATION_CREDENTIAL
from .._api.trust import TrustedHosts, without_final_dot
from .._errors import ApiError, BadRequest
from .base import in_snake_case

TENANTS = "/api/core/tenants"
ACTIVE, DEACTIVATED, DELETED = "active", "deactivated", "deleted"
#: What else the API calls them (Qlik reference: tenants, organization).
_SAME_STATUS = {"disabled": DEACTIVATED, "user-access-disabled": ACTIVE}
STATUSES = (ACTIVE, DEACTIVATED, DELETED)


class OrganizationTenant:
    """One tenant of the organization.

    :param resource: in the API's form.
    """

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self.resource = resource
        #: The ID by which register hosts know it, where the organization has another one of its own.
        self.id = _text(resource.get("originalId")) or _text(resource.get("id"))
        self.name = _text(resource.get("name"))
        found = resource.get("hostnames")
        names = [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
        #: In lower case, without a final dot; the first is the system's and never changes, the second the alias.
        self.hostnames = [without_final_dot(name) for name in names]
        status = _text(resource.get("status"))
        self.status = _SAME_STATUS.get(status, status)

    @property
    def ids(self) -> List[str]:
        """All IDs that it is known by."""
        return [each for each in (_text(self.resource.get(name)) for name in ("id", "originalId")) if each]

    @property
    def region(self) -> str:
        """What host names call the region, such as C(eu): its code is ambiguous (Qlik reference: locations)."""
        parts = self.hostnames[0].split(".") if self.hostnames else []
        return parts[1] if len(parts) > 2 else ""

    @property
    def url(self) -> str:
        """Where it is reached, for automation: by the host name that never changes."""
        return "https://%s" % self.hostnames[0] if self.hostnames else ""

    @property
    def is_named(self) -> bool:
        """Whether somebody has given it a name: a new one is called like its host (Qlik reference: tenants, create)."""
        return not self.hostnames or self.name != self.hostnames[0].partition(".")[0]

    def is_in(self, region: str) -> bool:
        """Whether it is in a region, named as in host names or by its code."""
        return region.lower() in (self.region, _text(self.resource.get("regionCode")).lower())

    def checked(self, trusted: TrustedHosts) -> OrganizationTenant:
        """The tenant itself.

        :raises InvalidInput: when its system host name, by which it is reached, must not receive a credential.
        """
        for hostname in self.hostnames[:1]:
            trusted.check(hostname, "of the tenant %s" % self)
        return self

    def to_user(self) -> Dict[str, Any]:
        """What modules return of it."""
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
    """The tenants of the organization that are all of what is given, from all pages; names are compared exactly.

    :raises QlikError: when they cannot be read.
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
    filter_text = conditions[0] if len(conditions) == 1 else " and ".join("(%s)" % each for each in conditions)
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
    """Say which credential is due where one is refused."""
    try:
        yield
    except ApiError as error:
        if error.status in (401, 403) or error.request.endswith("/oauth/token"):
            error.hint = ORGANIZATION_CREDENTIAL
        elif isinstance(error, BadRequest):
            error.hint = "Some organizations can only be asked for a subscription: give subscription_id."
        raise


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
