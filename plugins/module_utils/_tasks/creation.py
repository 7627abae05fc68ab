# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates a tenant, once: a creation has no key, and each uses up one of the licence's tenants (Qlik reference)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, List, Mapping, Optional

from .._api.client import API, Client
from .._errors import Interrupted, InvalidInput, NotApplied, QlikError, RateLimitWaitExceeded, Unauthorized
from .._files import read_file, replace_file
from .._kinds.organization import ACTIVE, DELETED, OrganizationTenant
from .._kinds.tenant import Tenant
from .._planning.times import moment
from .apply import carry_out
from .hosts import DISABLED, Hosts, read_tenant
from .read import Demand, read

#: How often the organization is looked at for what came of a creation; the pauses between come to about 30 seconds.
_MOST_LOOKS = 6
#: A tenant without a name that is younger can be what an earlier task has created.
#: Of a record.
_MOST_BYTES = 1024**2
_YOUNG = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(minutes=5)


class Record:
    """What a file says of a creation: that it was asked for, and which tenant came of it.

    :param path: of the file; without one nothing is remembered.
    """

    def __init__(self, path: Optional[str], params: Mapping[str, Any]) -> None:
        self._path = os.path.abspath(os.path.expanduser(path)) if path else None
        self._about = {name: params[name] for name in ("name", "subscription_id", "region")}
        self._content: Dict[str, Any] = self._read()

    @property
    def is_kept(self) -> bool:
        """Whether there is a file to remember in."""
        return self._path is not None

    @property
    def tenant_id(self) -> str:
        """The tenant that was created; empty if it is not known."""
        return str(self._content.get("tenant_id") or "")

    @property
    def hostname(self) -> str:
        """Its system host name."""
        return str(self._content.get("hostname") or "")

    def tenant(self) -> OrganizationTenant:
        """The tenant that was created, as it was then."""
        name = self.hostname.partition(".")[0]
        return OrganizationTenant({"id": self.tenant_id, "name": name, "hostnames": [self.hostname], "status": ACTIVE})

    @property
    def is_open(self) -> bool:
        """Whether a tenant was asked for, and it is not known what came of it."""
        return bool(self._content) and not self.tenant_id

    @property
    def begun_at(self) -> str:
        """When a tenant was asked for."""
        return str(self._content.get("begun_at") or "")

    @property
    def before(self) -> Optional[List[str]]:
        """The IDs of the tenants without a name that were there before."""
        found = self._content.get("unnamed_before")
        return found if isinstance(found, list) else None

    def begin(self, before: Optional[List[str]]) -> None:
        """Remember that a tenant is about to be asked for."""
        begun_at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._write({**self._about, "begun_at": begun_at, "unnamed_before": before})

    def came_of_it(self, tenant: OrganizationTenant) -> None:
        """Remember which tenant it is."""
        self._write({**self._about, **self._content, "tenant_id": tenant.id, "hostname": tenant.hostnames[0]})

    def forget(self) -> None:
        """It was certainly not created."""
        self._content = {}
        if self._path is not None:
            # A record that stays only makes the next task look first.
            with suppress(OSError):
                os.unlink(self._path)

    def _read(self) -> Dict[str, Any]:
        if self._path is None or not os.path.lexists(self._path):
            return {}
        try:
            content = json.loads(read_file(self._path, _MOST_BYTES))
        except OSError as error:
            raise InvalidInput(
                "%s cannot be read: %s." % (self._path, error.strerror), option="creation_record"
            ) from None
        except (ValueError, RecursionError):
            raise InvalidInput("%s cannot be read: it is not JSON." % self._path, option="creation_record") from None
        if not isinstance(content, dict) or {name: content.get(name) for name in self._about} != self._about:
            raise InvalidInput(
                "%s is about another tenant than this one." % self._path,
                "Give every tenant a file of its own.",
                "creation_record",
            )
        return content

    def _write(self, content: Dict[str, Any]) -> None:
        self._content = content
        if self._path is None:
            return
        try:
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            replace_file(self._path, json.dumps(content, indent=2).encode("utf-8"), 0o600)
        except OSError as error:
            raise InvalidInput(
                "%s cannot be written: %s." % (self._path, error.strerror), option="creation_record"
            ) from None


class Creation:
    """The creation of one tenant.

    :param hosts: where.
    :param params: the options of the task.
    """

    def __init__(self, hosts: Hosts, params: Mapping[str, Any]) -> None:
        self._hosts = hosts
        self._params = params
        self.record = Record(params["creation_record"], params)
        if self.record.tenant_id:
            hosts.check_record(self.record.hostname, params["creation_record"])
        #: The tenant that came of it, as far as it is known.
        self.tenant: Optional[OrganizationTenant] = None
        self.changed = False
        self.unknown = False
        self._before: List[str] = []

    def begun(self) -> Optional[OrganizationTenant]:
        """The tenant that an earlier task has created, if the record says so.

        :raises InvalidInput: when it does not exist any more.
        """
        if not self.record.tenant_id:
            return None
        asked = {"name": None, "tenant_id": self.record.tenant_id, "hostname": self.record.hostname}
        found = self._hosts.search(asked)
        begun_at = moment(self.record.begun_at)
        if found is None and begun_at and datetime.now(timezone.utc) - begun_at < _YOUNG:
            # The organization lags behind, and a new tenant need not answer yet.
            found = self.record.tenant()
        if found is None or found.status == DELETED:
            raise InvalidInput(
                "The tenant %s, which an earlier task created, does not exist any more." % self.record.tenant_id,
                "Delete %s if another one is to be created in its place." % self._params["creation_record"],
                "creation_record",
            )
        return found

    def prepare(self) -> Optional[OrganizationTenant]:
        """Look before asking: the tenant that came of an earlier creation whose answer was lost, if there is one.

        :raises InvalidInput: when it cannot be told what came of an earlier one.
        """
        if self._hosts.organization is None:
            if self.record.is_open:
                raise InvalidInput(self._not_known(self.record.begun_at), self._what_to_do(), "creation_record")
            return None
        unnamed = self._hosts.unnamed(self._params["subscription_id"], self._params["region"])
        self._before = [tenant.id for tenant in unnamed]
        if self.record.is_open:
            self._before = self._before_record(unnamed)
            found = self._only_new(unnamed) or self._seen_later()
            return self.as_it_is(found) if found else None
        if self.record.is_kept:
            return None
        young = [self.as_it_is(tenant) for tenant in unnamed if _is_young(tenant)]
        named = [tenant for tenant in young if tenant.name == self._params["name"]]
        if len(named) == 1:
            return named[0]
        if young:
            raise InvalidInput(
                "Nobody has named these tenants yet, which an earlier task may have created: %s."
                % "; ".join(map(str, young)),
                "Give tenant_id to go on with one of them, or name them, or let creation_record tell which is whose.",
                "name",
            )
        return None

    def carry_out(self, register: Client) -> OrganizationTenant:
        """Ask for the tenant, unless it is there already, wait until it answers, and name it.

        :raises QlikError: C(changed), C(unknown) and C(tenant) say what is true then.
        """
        if self.tenant is None:
            self.record.begin(self._before if self._hosts.organization else None)
            self.tenant = self._created(register)
        if self.record.tenant_id != self.tenant.id:
            self.record.came_of_it(self.tenant)
        return self._hosts.checked(self._named(self._answering(self.tenant)))

    def _created(self, register: Client) -> OrganizationTenant:
        asked: Dict[str, Any] = {"licenseKey": self._params["license_key"]}
        if self._params["datacenter"]:
            asked["datacenter"] = self._params["datacenter"]
        begun_at = self.record.begun_at
        try:
            with self._hosts.explained(self._params["region"]):
                created = register.create(
                    API + "/tenants", asked, lambda response: bool(OrganizationTenant(response).hostnames)
                )
        except QlikError as error:
            if not error.outcome_unknown:
                self.record.forget()
                raise
            self.changed = self.unknown = True
            found = self._looked_for(error, begun_at)
            self.unknown = False
            return found
        self.changed = True
        return OrganizationTenant(created)

    def _looked_for(self, error: QlikError, begun_at: str) -> OrganizationTenant:
        """What came of a creation whose answer was lost, as the organization shows it.

        :raises QlikError: the error itself, with what is not known, where it does not show exactly one.
        """
        if self._hosts.organization is None:
            error.message += " " + self._not_known(begun_at)
            error.hint = self._what_to_do()
            raise error
        found = self._seen_later()
        if found is not None:
            return found
        error.message += (
            " The organization shows no tenant that may have come of it, so there is probably none. The creation is not"
            " repeated."
        )
        error.hint = "Run the task again: it looks once more before it asks for a tenant."
        raise error

    def _seen_later(self) -> Optional[OrganizationTenant]:
        """What the organization shows of the creation after some time: lists lag behind."""
        organization = self._hosts.organization
        if organization is None:
            return None
        for look in range(_MOST_LOOKS):
            organization.transport.pause(look)
            found = self._only_new(self._hosts.unnamed(self._params["subscription_id"], self._params["region"]))
            if found is not None:
                return found
        return None

    def as_it_is(self, tenant: OrganizationTenant) -> OrganizationTenant:
        """The tenant as its own host shows it, if it answers: the organization lags behind."""
        try:
            found = read_tenant(self._hosts.tenant(tenant.hostnames[0]), tenant.id)
        except QlikError:
            return tenant
        return self._hosts.checked(OrganizationTenant({**tenant.resource, **found.resource}))

    def _before_record(self, unnamed: List[OrganizationTenant]) -> List[str]:
        """The tenants without a name that were there before the creation that is on record."""
        if self.record.before is not None:
            return self.record.before
        # Nobody could look then, so the time has to tell, as far as clocks agree.
        begun_at = moment(self.record.begun_at)
        return [
            tenant.id
            for tenant in unnamed
            if begun_at and (moment(tenant.resource.get("createdAt")) or begun_at) < begun_at - _CLOCKS_DIFFER
        ]

    def _only_new(self, unnamed: List[OrganizationTenant]) -> Optional[OrganizationTenant]:
        new = [tenant for tenant in unnamed if tenant.id not in self._before]
        if len(new) > 1:
            raise InvalidInput(
                "Each of these tenants may have come of a creation whose answer was lost: %s."
                % "; ".join(map(str, new)),
                "Give tenant_id to go on with one of them.",
                "name",
            )
        return new[0] if new else None

    def _not_known(self, begun_at: str) -> str:
        return (
            "Whether a tenant was created, and which ID and host name it has, is not known: it was asked for at %s, the"
            " answer was lost, and without a client of the organization nothing shows what came of it. The creation"
            " is not repeated." % begun_at
        )

    def _what_to_do(self) -> str:
        path = self._params["creation_record"]
        forget = " If there is none, delete %s." % path if path else ""
        return (
            "Look in My Qlik for a tenant of that time that is called like its host, and give its hostname, or give"
            " organization_client_id and organization_client_secret.%s" % forget
        )

    def _answering(self, tenant: OrganizationTenant) -> OrganizationTenant:
        """The tenant, once it answers on its own host.

        :raises NotApplied: when it does not in time.
        """
        client = self._hosts.tenant(tenant.hostnames[0])
        end = time.monotonic() + self._params["wait_timeout"]
        attempt = 0
        while True:
            try:
                found = read_tenant(client, tenant.id)
            except (Interrupted, RateLimitWaitExceeded):
                raise
            except QlikError as error:
                if isinstance(error, Unauthorized) and error.code == DISABLED:
                    raise
                if time.monotonic() >= end:
                    raise NotApplied(
                        "The tenant %s was created, and it does not answer after %g seconds (wait_timeout): %s"
                        % (tenant, self._params["wait_timeout"], error.message),
                        "Run the task again with %s: it goes on with this tenant."
                        % ("the same creation_record" if self.record.is_kept else "tenant_id in the place of name"),
                    ) from None
            else:
                return self._hosts.checked(found)
            client.transport.pause(attempt)
            attempt += 1

    def _named(self, tenant: OrganizationTenant) -> OrganizationTenant:
        """The tenant with the name that is wanted; one that has a name keeps it."""
        client = self._hosts.tenant(tenant.hostnames[0])
        if tenant.is_named:
            return tenant
        kind = Tenant()
        desired: Dict[str, Any] = {**dict.fromkeys(kind.argument_spec()), "name": self._params["name"]}
        desired["tenant_url"] = tenant.url
        snapshot = read(client, [Demand(kind, [desired])])
        outcome = carry_out(client, kind, desired, kind.plan(desired, snapshot), snapshot)
        self.changed = self.changed or outcome.changed
        if outcome.error is not None:
            self.unknown = self.unknown or outcome.unknown
            raise outcome.error
        return OrganizationTenant(outcome.resource or tenant.resource)


def _is_young(tenant: OrganizationTenant) -> bool:
    created = moment(tenant.resource.get("createdAt"))
    return created is None or datetime.now(timezone.utc) - created < _YOUNG
