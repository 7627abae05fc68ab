# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization: its tenants, the register host of each region, and the console's API over all of them.

Qlik reference: tenants (create, deactivate, reactivate); organization REST API (tenants).
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from . import views
from .app import API, Life, Tenant
from .call import Call, Json, Response, checked_fields, response
from .collection import Collection
from .errors import not_found, refuse
from .filters import Attribute, Schema
from .guesses import Guesses
from .keys import local_key
from .limits import LimitSettings
from .paging import FILTER_QUERY, LIST_QUERY, ListOf, filter_of_body, list_page
from .routes import Route, Routes
from .state import REGION, Hostnames, TenantRecord, now

CONSOLE = "console.qlikcloud.com"
#: What Qlik calls a region in host names, and what the organization's API calls it.
REGION_CODES = {"us": "us-east-1", "eu": "eu-west-1", "uk": "eu-west-2", "de": "eu-central-1", "jp": "ap-northeast-1"}
SUBSCRIPTION_ID = "5f0000000000000000000001"
SCOPE = "cloud-console.tenants:read"
CONFIRMATION = "qlik-confirm-hostname"
DAYS, FEWEST_DAYS, MOST_DAYS = 30, 10, 90
QUOTA = 10_000
#: Numbers of hosts that are no tenants, far from those of tenants.
CONSOLE_NUMBER, FIRST_REGISTER_NUMBER, FIRST_CREATED_NUMBER = 900_000, 900_001, 100_001
TENANTS, TENANT = "/api/core/tenants", "/api/core/tenants/{id}"


@dataclasses.dataclass(frozen=True)
class Listed:
    """A tenant as the organization lists it; ``status`` is active, disabled or deleted."""

    id: str
    name: str
    hostnames: tuple[str, ...]
    status: str
    region: str
    subscription_id: str
    created_at: str
    updated_at: str
    deletion_starts_at: str = ""

    @property
    def region_code(self) -> str:
        """The region as the organization's API names it."""
        return REGION_CODES.get(self.region, self.region)


class Organization:
    """The tenants of a customer, in one subscription unless they are planted otherwise.

    :param tenants: those that it has from the beginning.
    """

    def __init__(
        self, guesses: Guesses, limits: LimitSettings, hostnames: Hostnames, tenants: list[Tenant], regions: list[str]
    ) -> None:
        self._options = (guesses, limits, hostnames)
        self._first = list(tenants)
        self._made = 0
        self.license_key = local_key(CONSOLE_NUMBER, "license")
        self.registers = {
            region: Register(FIRST_REGISTER_NUMBER + number, self, region) for number, region in enumerate(regions)
        }
        self.console = Console(CONSOLE_NUMBER, self)
        for tenant in tenants:
            self._introduce(tenant)
            tenant.reset()
        self.reset()

    def reset(self) -> None:
        """Only the first tenants, as they are, and everything else as in the beginning."""
        guesses, limits, hostnames = self._options
        for number in range(FIRST_CREATED_NUMBER, FIRST_CREATED_NUMBER + self._made):
            hostnames.release(number)
        self.quota = QUOTA
        self.subscriptions: dict[str, str] = {}
        self.tenants = {tenant.state.tenant.id: tenant for tenant in self._first}
        for tenant in self._first:
            tenant.life = Life()
            tenant.disabled = False
        self._listed: Collection[Listed] = Collection({"id": lambda item: (item.id,)})
        self._made = 0
        for host in (self.console, *self.registers.values()):
            Tenant.reset(host)
            host.faults = self.console.faults
        self.sync()

    def options(self) -> tuple[Guesses, LimitSettings, Hostnames]:
        """What hosts of this organization are made with."""
        return self._options

    def host(self, name: str) -> Tenant | None:
        """What answers for a host name."""
        name = name.lower()
        if name == CONSOLE:
            return self.console
        label, _dot, region = name.removesuffix(".qlikcloud.com").partition(".")
        if label == "register" and region in self.registers:
            return self.registers[region]
        return next((tenant for tenant in self.tenants.values() if name in hostnames_of(tenant)), None)

    def made(self) -> list[Tenant]:
        """The tenants that it did not have in the beginning."""
        return [tenant for tenant in self.tenants.values() if tenant not in self._first]

    def make(self, region: str, datacenter: str = "") -> Tenant:
        """One more tenant, that nobody has named yet."""
        guesses, limits, hostnames = self._options
        number = FIRST_CREATED_NUMBER + self._made
        self._made += 1
        tenant = Tenant(number, self.console.guesses, limits, hostnames, region=region)
        self._introduce(tenant)
        tenant.reset()
        tenant.guesses = self.console.guesses
        tenant.faults = self.console.faults
        record = tenant.state.tenant
        datacenter = datacenter or REGION_CODES.get(region, region)
        tenant.state.tenant = dataclasses.replace(record, created_by="", datacenter=datacenter)
        self.tenants[record.id] = tenant
        return tenant

    def counted(self, guesses: Guesses) -> int:
        """How many tenants count against the quota."""
        freed = guesses.quota_freed == "deactivation"
        return sum(not (tenant.life.is_purged or (freed and tenant.disabled)) for tenant in self.tenants.values())

    def sync(self) -> Collection[Listed]:
        """The list, with what has become of the tenants since."""
        self._listed.lag = self.console.guesses.lag_seconds
        for tenant_id, tenant in self.tenants.items():
            found = self.listed(tenant)
            if self._listed.get(tenant_id) != found:
                self._listed.put(found)
        for known in self._listed:
            if known.id not in self.tenants:
                self._listed.remove(known.id)
        return self._listed

    def listed(self, tenant: Tenant) -> Listed:
        """A tenant as it is now."""
        record, life = tenant.state.tenant, tenant.life
        return Listed(
            record.id,
            record.name,
            tuple(hostnames_of(tenant)),
            "deleted" if life.is_purged else "disabled" if tenant.disabled else "active",
            tenant.state.region,
            self.subscriptions.get(record.id, SUBSCRIPTION_ID),
            life.created_at or self._created_at(tenant),
            record.updated,
            life.purge_at,
        )

    def _created_at(self, tenant: Tenant) -> str:
        """Long ago for those that it has from the beginning, one second after the other."""
        if tenant not in self._first:
            return tenant.state.tenant.created
        minutes, seconds = divmod(self._first.index(tenant), 60)
        return f"2026-01-01T00:{minutes:02}:{seconds:02}.000Z"

    def _introduce(self, tenant: Tenant) -> None:
        """Let the client of the region be one of the tenant too."""
        register = self.registers.get(tenant.state.region)
        if register is not None:
            tenant.region_client = (register.tokens.client_id, register.tokens.client_secret)


class Register(Tenant):
    """The register host of a region, for the OAuth client of the region only."""

    def __init__(self, number: int, organization: Organization, region: str = REGION) -> None:
        self._organization = organization
        write: dict[str, Any] = {"tier": "2", "access": "write"}
        self.endpoints = Routes(
            API,
            [
                Route("POST", "/tenants", self._create, body="required", **write),
                Route("POST", "/tenants/{id}/actions/deactivate", self._deactivate, body="optional", **write),
                Route("POST", "/tenants/{id}/actions/reactivate", self._reactivate, body="required", **write),
            ],
        )
        super().__init__(number, *organization.options(), region=region)

    def process(self, *arguments: Any) -> Response:
        """The answer, and the change that it makes, which the organization learns of at once."""
        result = super().process(*arguments)
        self._organization.sync()
        return result

    def _create(self, call: Call) -> Response:
        """``POST /tenants``."""
        body = checked_fields(call, frozenset({"licenseKey", "datacenter"}))
        key, organization = body.get("licenseKey"), self._organization
        if not key:
            raise refuse(400, "Missing license key", "licenseKey is required.", code="TENANTS-21")
        datacenter = body.get("datacenter", "")
        if not isinstance(datacenter, str):
            raise refuse(400, "Invalid value", "datacenter is a string.", pointer="/datacenter")
        if key != organization.license_key:
            raise refuse(403, "Invalid license", f"The license {key} is not valid.", code="TENANTS-23")
        if organization.counted(call.guesses) >= organization.quota:
            raise refuse(403, "Quota reached", "The license has no tenants left.", code="TENANTS-22")
        tenant = organization.make(self.state.region, datacenter)
        tenant.life.ready_at = tenant_ready_at(call.guesses)
        shown = views.tenant(dataclasses.replace(call, state=tenant.state))
        return response(201, shown)

    def _deactivate(self, call: Call) -> Response:
        """``POST /tenants/{id}/actions/deactivate``; a repetition counts the days from now on."""
        tenant = self._confirmed(call)
        body = checked_fields(call, frozenset({"purgeAfterDays"})) if call.body is not None else {}
        days = body.get("purgeAfterDays", DAYS)
        if not isinstance(days, int) or isinstance(days, bool) or not FEWEST_DAYS <= days <= MOST_DAYS:
            allowed = f"purgeAfterDays is a number from {FEWEST_DAYS} to {MOST_DAYS}."
            raise refuse(400, "Invalid value", allowed, pointer="/purgeAfterDays")
        if "purgeAfterDays" in body and not call.guesses.purge_after_days_allowed:
            raise refuse(403, "Forbidden", "The subscription may not choose when a tenant is purged.")
        if not tenant.life.may_be_deactivated:
            raise refuse(403, "Forbidden", "Deactivation is disallowed for this tenant.")
        purge_at = datetime.now(timezone.utc) + timedelta(days=days)
        tenant.disabled = True
        tenant.life.purge_at = purge_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        tenant.life.deactivations += 1
        shown = {"id": call.item_id, "status": "disabled", "estimatedPurgeDate": tenant.life.purge_at}
        return response(200, shown)

    def _reactivate(self, call: Call) -> Response:
        """``POST /tenants/{id}/actions/reactivate``."""
        tenant = self._confirmed(call)
        checked_fields(call, frozenset())
        if not tenant.disabled:
            raise refuse(call.guesses.reactivate_active_status, "Not possible", "The tenant is active.")
        tenant.disabled = False
        tenant.life.purge_at = ""
        tenant.life.reactivations += 1
        terse = call.guesses.reactivate_answer == "empty"
        return response(200, {} if terse else {"id": call.item_id, "status": "active"})

    def _confirmed(self, call: Call) -> Tenant:
        """The tenant of the path, which the header has to name too. Raises Refusal."""
        tenant = self._organization.tenants.get(call.item_id)
        if tenant is None or tenant.life.is_purged or tenant.state.region != self.state.region:
            raise not_found("The tenant does not exist.")
        confirmation = call.headers.get(CONFIRMATION, "")
        if not confirmation:
            raise refuse(call.guesses.confirmation_missing_status, "Not confirmed", f"{CONFIRMATION} is missing.")
        if confirmation.lower() not in hostnames_of(tenant):
            raise refuse(412, "Precondition failed", f"{CONFIRMATION} names another tenant.")
        return tenant


class Console(Tenant):
    """The host of the organization's API, for its own OAuth client only."""

    granted = frozenset({SCOPE})

    def __init__(self, number: int, organization: Organization) -> None:
        self.organization = organization
        read: dict[str, Any] = {"access": "any"}
        self.endpoints = Routes(
            "",
            [
                Route("GET", TENANTS, self._list, query=FILTER_QUERY, **read),
                Route(
                    "POST",
                    f"{TENANTS}/actions/filter",
                    self._filter,
                    "filter",
                    query=LIST_QUERY,
                    body="optional",
                    **read,
                ),
                Route("GET", f"{TENANTS}/actions/count", self._count, query=frozenset({"filter"}), **read),
                Route("GET", TENANT, self._get, **read),
            ],
        )
        super().__init__(number, *organization.options())

    def hosts(self) -> list[Tenant]:
        """The console, the register hosts, and the tenants that were made."""
        return [self, *self.organization.registers.values(), *self.organization.made()]

    def view(self, call: Call, item: Listed) -> dict[str, Json]:
        """A tenant in the list."""
        status = call.guesses.organization_disabled_status if item.status == "disabled" else item.status
        shown: dict[str, Json] = {
            "id": item.id,
            "name": item.name,
            "hostnames": list(item.hostnames),
            "status": status,
            "regionCode": item.region_code,
            "countryCode": "SE",
            "subscriptionId": item.subscription_id,
            "licenseNumber": "9999000000001204",
            "licenseStartsAt": "2026-01-01T00:00:00.000Z",
            "licenseEndsAt": "2027-12-31T00:00:00.000Z",
            "createdAt": item.created_at,
            "createdBy": "",
            "updatedAt": item.updated_at,
        }
        return {**shown, "deletionStartsAt": item.deletion_starts_at} if item.deletion_starts_at else shown

    def listing(self, guesses: Guesses) -> ListOf[Listed]:
        """All tenants, as the API lists them."""
        equal = frozenset({"eq"})
        attributes: Mapping[str, tuple[Callable[[Listed], tuple[str, ...]], frozenset[str]]] = {
            "id": (lambda item: (item.id,), equal),
            "originalId": (lambda item: (item.id,), equal),
            "name": (lambda item: (item.name,), equal),
            "hostnames": (lambda item: item.hostnames, equal),
            "status": (lambda item: (self._status(item, guesses),), frozenset({"eq", "ne"})),
            "regionCode": (lambda item: (item.region_code,), equal),
            "countryCode": (lambda item: ("SE",), equal),
            "subscriptionId": (lambda item: (item.subscription_id,), equal),
            "createdAt": (lambda item: (item.created_at,), equal),
            "updatedAt": (lambda item: (item.updated_at,), equal),
        }
        schema = Schema({name: Attribute(*how) for name, how in attributes.items()}, negatable=True)
        sorts = {"name": lambda item: item.name, "createdAt": lambda item: item.created_at}
        return ListOf(self.organization.sync(), schema, sorts, self.view, smallest=0)

    @staticmethod
    def _status(item: Listed, guesses: Guesses) -> str:
        return guesses.organization_disabled_status if item.status == "disabled" else item.status

    def _list(self, call: Call) -> Response:
        """``GET /tenants``."""
        return self._page(call, call.query.get("filter"))

    def _filter(self, call: Call) -> Response:
        """``POST /tenants/actions/filter``."""
        return self._page(call, filter_of_body(call))

    def _page(self, call: Call, text: str | None) -> Response:
        self._check_scope(call)
        if call.guesses.organization_filter_subscription == "required" and "subscriptionid" not in (text or "").lower():
            raise refuse(400, "Invalid filter", "A filter for subscriptionId is required.", parameter="filter")
        return list_page(call, self.listing(call.guesses), text)

    def _count(self, call: Call) -> Response:
        """``GET /tenants/actions/count``."""
        text = call.query.get("filter", "")
        if "subscriptionid" not in text.lower():
            raise refuse(400, "Invalid filter", "A filter for subscriptionId is required.", parameter="filter")
        self._check_scope(call)
        everything = dataclasses.replace(call, query={"totalResults": "true"})
        page = list_page(everything, self.listing(call.guesses), text)
        return response(200, {"count": json.loads(page.body or b"{}")["totalResults"]})

    def _get(self, call: Call) -> Response:
        """``GET /tenants/{id}``."""
        self._check_scope(call)
        found = self.organization.sync().get(call.item_id)
        if found is None:
            raise not_found("The tenant does not exist.")
        shown = self.view(call, found)
        return response(200, shown if call.guesses.organization_single_answer == "object" else {"data": [shown]})

    @staticmethod
    def _check_scope(call: Call) -> None:
        if call.caller is None or not call.caller.has_scope(SCOPE):
            raise refuse(403, "Forbidden", f"The scope {SCOPE} is needed.")


def hostnames_of(tenant: Tenant) -> list[str]:
    """The system host name, and the alias if there is one."""
    return [tenant.state.system_host, *filter(None, [tenant.state.tenant.alias])]


def tenant_ready_at(guesses: Guesses) -> float:
    """The monotonic time from which on a tenant answers that is made now."""
    return time.monotonic() + guesses.tenant_ready_seconds


def plant(organization: Organization, items: list[dict[str, Json]]) -> list[str]:
    """Tenants that nobody has asked the API for; their ids.

    Each may have a ``name``, ``region``, ``alias`` (a full host name), ``status``, ``subscription_id``, ``created_at``
    and, where it is disabled, ``purge_at``, which is now without it.
    """
    ids = []
    for item in items:
        tenant = organization.make(item.get("region", REGION))
        record: TenantRecord = tenant.state.tenant
        tenant.state.tenant = dataclasses.replace(
            record, name=item.get("name", record.name), alias=item.get("alias", "")
        )
        tenant.state.claim(tenant.state.tenant.alias)
        tenant.disabled = item.get("status", "active") != "active"
        tenant.life.is_purged = item.get("status") == "deleted"
        tenant.life.created_at = item.get("created_at", "")
        if tenant.disabled:
            tenant.life.purge_at = item.get("purge_at", now())
        if "subscription_id" in item:
            organization.subscriptions[record.id] = item["subscription_id"]
        ids.append(record.id)
    organization.sync()
    return ids
