# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates a tenant exactly once.

A creation has no key that identifies it, and each one uses up a tenant of the license (Qlik reference: tenants).
"""

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
from .._planning.times import in_iso, moment, utc_now
from .apply import carry_out
from .hosts import DISABLED, Hosts, read_tenant
from .read import Demand, read

#: The maximum number of searches in the organization for a created tenant. The pauses add up to about 30 seconds.
_MOST_SEARCHES = 6
#: The maximum size of a creation record in bytes.
_MOST_BYTES = 1024**2
#: A younger tenant without a name may have been created by an earlier task.
_YOUNG = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(minutes=5)


class Record:
    """A creation record: a file that says when a tenant was requested, and which tenant was created.

    :param path: the path of the file; C(None): nothing is recorded.
    :param params: the options of the task.
    """

    def __init__(self, path: Optional[str], params: Mapping[str, Any]) -> None:
        self._path = os.path.abspath(os.path.expanduser(path)) if path else None
        self._about = {name: params[name] for name in ("name", "subscription_id", "region")}
        self._content: Dict[str, Any] = self._read()

    @property
    def is_kept(self) -> bool:
        """Whether there is a file."""
        return self._path is not None

    @property
    def tenant_id(self) -> str:
        """The ID of the created tenant; empty if it is not known."""
        return str(self._content.get("tenant_id") or "")

    @property
    def hostname(self) -> str:
        """The system host name of the created tenant; empty if it is not known."""
        return str(self._content.get("hostname") or "")

    def tenant(self) -> OrganizationTenant:
        """Return the created tenant as it was after the creation."""
        name = self.hostname.partition(".")[0]
        return OrganizationTenant({"id": self.tenant_id, "name": name, "hostnames": [self.hostname], "status": ACTIVE})

    @property
    def is_open(self) -> bool:
        """Whether a tenant was requested, and the outcome is not known."""
        return bool(self._content) and not self.tenant_id

    @property
    def begun_at(self) -> str:
        """The time when the tenant was requested."""
        return str(self._content.get("begun_at") or "")

    @property
    def before(self) -> Optional[List[str]]:
        """The IDs of the tenants without a name before the request; C(None) if they are not known."""
        found = self._content.get("unnamed_before")
        return found if isinstance(found, list) else None

    def begin(self, before: Optional[List[str]]) -> None:
        """Record that a tenant will be requested now."""
        self._write({**self._about, "begun_at": in_iso(utc_now()), "unnamed_before": before})

    def complete(self, tenant: OrganizationTenant) -> None:
        """Record the created tenant."""
        self._write({**self._about, **self._content, "tenant_id": tenant.id, "hostname": tenant.hostnames[0]})

    def forget(self) -> None:
        """Delete the record because no tenant was created."""
        self._content = {}
        if self._path is not None:
            # Ignore errors: with a remaining record, the next task only searches first.
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
            raise InvalidInput("%s is not JSON." % self._path, option="creation_record") from None
        if not isinstance(content, dict) or {name: content.get(name) for name in self._about} != self._about:
            raise InvalidInput(
                "%s is the record of another tenant." % self._path,
                "Use a separate file for each tenant.",
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
    """The creation of a tenant.

    :param hosts: the hosts that the task can reach.
    :param params: the options of the task.
    """

    def __init__(self, hosts: Hosts, params: Mapping[str, Any]) -> None:
        self._hosts = hosts
        self._params = params
        self.record = Record(params["creation_record"], params)
        if self.record.tenant_id:
            hosts.check_record(self.record.hostname, params["creation_record"])
        #: The created tenant, if it is known.
        self.tenant: Optional[OrganizationTenant] = None
        self.changed = False
        self.unknown = False
        self._before: List[str] = []

    def begun(self) -> Optional[OrganizationTenant]:
        """Return the tenant that an earlier task created according to the record; C(None) if there is none.

        :raises InvalidInput: if it no longer exists.
        """
        if not self.record.tenant_id:
            return None
        found = self._hosts.search({"name": None, "tenant_id": self.record.tenant_id, "hostname": self.record.hostname})
        begun_at = moment(self.record.begun_at)
        if found is None and begun_at and datetime.now(timezone.utc) - begun_at < _YOUNG:
            # The organization may not list a new tenant yet, and the tenant may not respond yet.
            found = self.record.tenant()
        if found is None or found.status == DELETED:
            raise InvalidInput(
                "The tenant %s, which an earlier task created, no longer exists." % self.record.tenant_id,
                "Delete %s to create a new tenant in its place." % self._params["creation_record"],
                "creation_record",
            )
        return found

    def prepare(self) -> Optional[OrganizationTenant]:
        """Return the tenant of an earlier creation whose response was lost; C(None) if there is none.

        :raises InvalidInput: if the outcome of an earlier creation is not known.
        """
        if self._hosts.organization is None:
            if self.record.is_open:
                raise InvalidInput(self._unknown_outcome(self.record.begun_at), self._next_steps(), "creation_record")
            return None
        unnamed = self._hosts.unnamed(self._params["subscription_id"], self._params["region"])
        self._before = [tenant.id for tenant in unnamed]
        if self.record.is_open:
            self._before = self._before_record(unnamed)
            found = self._only_new(unnamed) or self._search_again()
            return self.current(found) if found else None
        if self.record.is_kept:
            return None
        young = [self.current(tenant) for tenant in unnamed if _is_young(tenant)]
        named = [tenant for tenant in young if tenant.name == self._params["name"]]
        if len(named) == 1:
            return named[0]
        if young:
            raise InvalidInput(
                "An earlier task may have created one of these tenants, which have no name yet: %s."
                % "; ".join(map(str, young)),
                "Set `tenant_id` to continue with one of them, or name them, or use `creation_record`.",
                "name",
            )
        return None

    def carry_out(self, register: Client) -> OrganizationTenant:
        """Create the tenant unless it exists, wait until it responds, and name it.

        :raises QlikError: if it fails. C(changed), C(unknown), and C(tenant) then have the known state.
        """
        if self.tenant is None:
            self.record.begin(self._before if self._hosts.organization else None)
            self.tenant = self._created(register)
        if self.record.tenant_id != self.tenant.id:
            self.record.complete(self.tenant)
        return self._hosts.checked(self._named(self._responding(self.tenant)))

    def _created(self, register: Client) -> OrganizationTenant:
        body: Dict[str, Any] = {"licenseKey": self._params["license_key"]}
        if self._params["datacenter"]:
            body["datacenter"] = self._params["datacenter"]
        begun_at = self.record.begun_at
        try:
            with self._hosts.explained(self._params["region"]):
                created = register.create(
                    API + "/tenants", body, lambda response: bool(OrganizationTenant(response).hostnames)
                )
        except QlikError as error:
            if not error.outcome_unknown:
                self.record.forget()
                raise
            self.changed = self.unknown = True
            found = self._found(error, begun_at)
            self.unknown = False
            return found
        self.changed = True
        return OrganizationTenant(created)

    def _found(self, error: QlikError, begun_at: str) -> OrganizationTenant:
        """Return the tenant of a creation whose response was lost, as the organization lists it.

        :raises QlikError: the error itself, with what is not known, if there is not exactly one such tenant.
        """
        if self._hosts.organization is None:
            error.message += " " + self._unknown_outcome(begun_at)
            error.hint = self._next_steps()
            raise error
        found = self._search_again()
        if found is not None:
            return found
        error.message += (
            " The organization lists no new tenant, so probably none was created. The creation is not repeated."
        )
        error.hint = "Run the task again: it searches again before it creates a tenant."
        raise error

    def _search_again(self) -> Optional[OrganizationTenant]:
        """Return the created tenant once the organization lists it, which may take some time."""
        organization = self._hosts.organization
        if organization is None:
            return None
        for search in range(_MOST_SEARCHES):
            organization.transport.pause(search)
            found = self._only_new(self._hosts.unnamed(self._params["subscription_id"], self._params["region"]))
            if found is not None:
                return found
        return None

    def current(self, tenant: OrganizationTenant) -> OrganizationTenant:
        """Return the tenant as its own host shows it, if it responds. The organization may list an older state."""
        try:
            found = read_tenant(self._hosts.tenant(tenant.hostnames[0]), tenant.id)
        except QlikError:
            return tenant
        return self._hosts.checked(OrganizationTenant({**tenant.resource, **found.resource}))

    def _before_record(self, unnamed: List[OrganizationTenant]) -> List[str]:
        """Return the IDs of the tenants without a name that existed before the recorded creation."""
        if self.record.before is not None:
            return self.record.before
        # They were not listed then, so compare the times of creation, with a tolerance for clocks.
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
                "A creation whose response was lost may have created any of these tenants: %s."
                % "; ".join(map(str, new)),
                "Set `tenant_id` to continue with one of them.",
                "name",
            )
        return new[0] if new else None

    def _unknown_outcome(self, begun_at: str) -> str:
        return (
            "A tenant may have been created: there was no response to the request of %s, and only a client of the"
            " organization can find the ID and the host name of the tenant. The creation is not repeated." % begun_at
        )

    def _next_steps(self) -> str:
        path = self._params["creation_record"]
        forget = " If there is none, delete %s." % path if path else ""
        return (
            "Look in My Qlik for a tenant that was created at that time and is named like its host, and set `hostname`."
            " Or set `organization_client_id` and `organization_client_secret`.%s" % forget
        )

    def _responding(self, tenant: OrganizationTenant) -> OrganizationTenant:
        """Return the tenant once it responds on its own host.

        :raises NotApplied: if it does not respond in time.
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
                        "The tenant %s was created, but does not respond after %g seconds (wait_timeout): %s"
                        % (tenant, self._params["wait_timeout"], error.message),
                        "Run the task again with %s to continue with this tenant."
                        % ("the same `creation_record`" if self.record.is_kept else "`tenant_id` instead of `name`"),
                    ) from None
            else:
                return self._hosts.checked(found)
            client.transport.pause(attempt)
            attempt += 1

    def _named(self, tenant: OrganizationTenant) -> OrganizationTenant:
        """Set the name of a tenant that has none yet. Return the tenant."""
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
