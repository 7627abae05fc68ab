# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module does about whole tenants: they are created, deactivated and reactivated."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any, Dict, Mapping, Optional

from .._api.client import Client
from .._api.connection import nonempty_env_fallback, organization_argument_spec
from .._errors import InvalidInput, QlikError, UnexpectedResponse, visible
from .._kinds.organization import ACTIVE, DEACTIVATED, DELETED, STATUSES, OrganizationTenant
from .._planning.settings import BOOLEAN, TEXT, Params
from .._planning.times import moment
from .creation import Creation
from .hosts import CONFIRMATION, Hosts, action_path
from .task import Flow, Result, Task, failure

#: Qlik reference, tenants, deactivate: days until the purge.
_FEWEST_DAYS, _MOST_DAYS = 10, 90
#: How often a tenant is looked at to see whether it was deactivated or reactivated when the answer was lost; the pauses
#: between come to about 30 seconds.
_MOST_LOOKS = 6
_HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?){2,}")
_ACTIONS = {ACTIVE: "reactivate", DEACTIVATED: "deactivate"}


def flow_of_tenant_lifecycle() -> Flow:
    """What the module does."""

    def steps(task: Task) -> Result:
        _check(task.params)
        return _Lifecycle(task, Hosts(task)).ensured()

    spec = {
        **organization_argument_spec(),
        "register_url": {"type": "str", "fallback": (nonempty_env_fallback, ["QLIK_REGISTER_URL"])},
        "tenant_id": TEXT,
        "hostname": TEXT,
        "name": TEXT,
        "subscription_id": TEXT,
        "region": TEXT,
        "state": {"type": "str", "choices": [ACTIVE, DEACTIVATED], "default": ACTIVE},
        "allow_create": dict(BOOLEAN, default=False),
        "license_key": dict(TEXT, no_log=True, fallback=(nonempty_env_fallback, ["QLIK_LICENSE_KEY"])),
        "datacenter": TEXT,
        # No path, in which Ansible replaces shell variables: names in it can look like them.
        "creation_record": TEXT,
        "wait_timeout": {"type": "float", "default": 300.0},
        "confirm_hostname": TEXT,
        "purge_after_days": {"type": "int"},
    }
    rules = {
        "required_one_of": [("tenant_id", "hostname", "name")],
        "mutually_exclusive": [("tenant_id", "name"), ("hostname", "name")],
        "required_by": {"name": ("subscription_id", "region")},
    }
    return Flow(spec, steps, rules)


class _Lifecycle:
    """One tenant, and what it is to become."""

    def __init__(self, task: Task, hosts: Hosts) -> None:
        self._task = task
        self._params = task.params
        self._state: str = task.params["state"]
        self._hosts = hosts
        self._creation = Creation(hosts, self._params)

    def ensured(self) -> Dict[str, Any]:
        """The result of the task.

        :raises QlikError: for what is refused before anything is changed.
        """
        created = self._creation.begun() if self._params["name"] else None
        current = created or self._hosts.search(self._params)
        if current is None:
            return self._create()
        if current.status not in STATUSES:
            raise UnexpectedResponse("The tenant %s has a status that is not known: %r." % (current, current.status))
        self._check_confirmation(current)
        if self._params["name"] and created is None and self._state == ACTIVE:
            self._adopt(current)
        unfinished = current.id == self._creation.record.tenant_id and not current.is_named and current.status == ACTIVE
        if unfinished and self._state == ACTIVE:
            self._creation.tenant = self._creation.as_it_is(current)
            return self._create()
        if current.status == self._state or (self._state == DEACTIVATED and current.status == DELETED):
            return self._result("unchanged", current, current)
        if _is_being_purged(current):
            raise InvalidInput(
                "The tenant %s is being purged. Nothing of it can be restored." % current, option=self._key_option
            )
        if not self._params["confirm_hostname"]:
            raise InvalidInput(
                "Nobody has confirmed that the tenant %s is to be %sd." % (current, _ACTIONS[self._state]),
                "Give one of its host names in confirm_hostname.",
                "confirm_hostname",
            )
        return self._switch(current)

    @property
    def _key_option(self) -> str:
        return next(option for option in ("tenant_id", "hostname", "name") if self._params[option])

    def _check_confirmation(self, current: OrganizationTenant) -> None:
        confirmed = (self._params["confirm_hostname"] or "").strip().lower()
        if confirmed and confirmed not in current.hostnames:
            raise InvalidInput(
                "%r is no host name of the tenant %s." % (confirmed, current),
                "Check which of the two is meant.",
                "confirm_hostname",
            )

    def _adopt(self, current: OrganizationTenant) -> None:
        """Remember a tenant that nothing but its display name leads to, once its host name is confirmed: its admins can
        choose the display name of a tenant that somebody else is about to get.

        :raises InvalidInput: when it is not confirmed.
        """
        record = self._creation.record
        if not record.is_kept:
            self._task.warn(
                "Only its name leads to the tenant %s, and its admins can change it. Give tenant_id or hostname, or let"
                " creation_record remember which tenant it is." % visible(str(current))
            )
            return
        if not self._params["confirm_hostname"]:
            raise InvalidInput(
                "There is already a tenant of this name that is not in %s: %s. Its admins can choose the name."
                % (self._params["creation_record"], current),
                "If you mean this tenant, set confirm_hostname to one of its host names. Otherwise use another name.",
                "name",
            )
        if not self._task.check_mode:
            record.came_of_it(current)

    def _create(self) -> Dict[str, Any]:
        """Create the tenant, or go on with what an earlier task has begun."""
        creation, params = self._creation, self._params
        if creation.tenant is None:
            self._check_creation()
            creation.tenant = creation.prepare()
        before = creation.tenant
        if before is not None and before.is_named:
            return self._result("unchanged", before, before)
        action = "created" if before is None else "updated"
        register = self._hosts.register(params["region"].lower(), before.hostnames[0] if before else "")
        if self._task.check_mode:
            made = dict(before.resource) if before else {"id": None, "hostnames": [], "subscriptionId": None}
            made.update({"name": params["name"], "status": ACTIVE})
            made["subscriptionId"] = params["subscription_id"]
            return self._result(action, before, OrganizationTenant(made))
        if self._hosts.organization is None and not creation.record.is_kept:
            self._task.warn(
                "Without a client of the organization and without creation_record nothing remembers this tenant: every"
                " run of this task creates one more. Give tenant_id or hostname from now on."
            )
        try:
            done = creation.carry_out(register)
        except QlikError as error:
            shown = creation.tenant.to_user() if creation.tenant else None
            result: Result = {"action": "failed", "tenant": shown}
            return failure(self._task, error, changed=creation.changed, unknown=creation.unknown, **result)
        after = OrganizationTenant({**done.resource, "subscriptionId": params["subscription_id"]})
        return self._result(action, before, after) if creation.changed else self._result("unchanged", after, after)

    def _check_creation(self) -> None:
        """Refuse what cannot be created, or was not allowed."""
        params = self._params
        if params["name"] is None:
            raise InvalidInput(
                "There is no tenant %s." % (params["tenant_id"] or params["hostname"]),
                "IDs and host names cannot be chosen: a tenant is created by name, subscription_id and region.",
                self._key_option,
            )
        whose = "%r in the subscription %s and the region %s" % tuple(
            params[option] for option in ("name", "subscription_id", "region")
        )
        is_seen = self._hosts.organization is not None
        where = "There is no tenant" if is_seen else "Without a client of the organization nothing shows a tenant"
        if self._state == DEACTIVATED:
            raise InvalidInput("%s %s." % (where, whose), "" if is_seen else "Give its hostname.", "name")
        if not params["allow_create"]:
            raise InvalidInput(
                "%s %s." % (where, whose),
                "Set allow_create to create it. That uses up one of the licence's tenants.",
                "name",
            )
        if not params["license_key"]:
            raise InvalidInput(
                "It is missing, and a tenant is created by it.",
                "It is licenseKey of GET /api/v1/licenses/overview on a tenant of the same subscription.",
                "license_key",
            )

    def _switch(self, current: OrganizationTenant) -> Dict[str, Any]:
        """Deactivate or reactivate the tenant."""
        tenant_id, hostname = current.id or self._params["tenant_id"], current.hostnames[0]
        if not tenant_id:
            raise InvalidInput(
                "Only the ID of a deactivated tenant leads to it, which its own host does not say.",
                "Give tenant_id too, or organization_client_id and organization_client_secret.",
                "tenant_id",
            )
        register = self._hosts.register(current.region, hostname)
        done = OrganizationTenant({**current.resource, "id": tenant_id, "status": self._state})
        if self._task.check_mode:
            return self._result(_ACTIONS[self._state] + "d", current, done)
        body: Dict[str, Any] = {}
        if self._params["purge_after_days"] is not None:
            body["purgeAfterDays"] = self._params["purge_after_days"]
        outcome = _Switched()
        try:
            response = self._switched(register, action_path(tenant_id, _ACTIONS[self._state]), body, current, outcome)
        except QlikError as error:
            result: Result = {"action": "failed", "tenant": current.to_user()}
            return failure(self._task, error, changed=outcome.unknown, unknown=outcome.unknown, **result)
        resource = {**done.resource, **response, "id": tenant_id}
        if self._state == ACTIVE:
            resource.pop("deletionStartsAt", None)
        return self._result(_ACTIONS[self._state] + "d", current, OrganizationTenant(resource))

    def _switched(
        self, register: Client, path: str, body: Mapping[str, Any], current: OrganizationTenant, outcome: _Switched
    ) -> Mapping[str, Any]:
        """What is known of the tenant after it. A lost answer is never answered by a repetition before a look: it would
        let the days until the purge begin anew.
        """
        headers = {CONFIRMATION: (self._params["confirm_hostname"] or "").strip().lower()}
        needed = ("estimatedPurgeDate",) if self._state == DEACTIVATED else ()
        attempt = 0
        while True:
            try:
                with self._hosts.explained(current.region):
                    response = register.act(path, body, headers, needed)
                return {name: response[name] for name in ("status", *needed) if name in response}
            except QlikError as error:
                if not (error.outcome_unknown or outcome.unknown):
                    raise
                # A refusal after a lost answer can be the echo of it.
                outcome.unknown = True
                if self._look(current, _MOST_LOOKS):
                    return self._seen(current)
                if not error.outcome_unknown:
                    raise
                if attempt >= register.transport.retries:
                    raise
            register.transport.pause(attempt)
            attempt += 1

    def _look(self, current: OrganizationTenant, looks: int) -> bool:
        """Whether the tenant is in the state that is wanted, after so many looks."""
        for look in range(looks):
            seen = self._seen_tenant(current)
            if seen is not None and seen.status == self._state:
                return True
            if look < looks - 1:
                self._hosts.tenant(current.hostnames[0]).transport.pause(look)
        return False

    def _seen(self, current: OrganizationTenant) -> Mapping[str, Any]:
        seen = self._seen_tenant(current)
        purged = seen.resource.get("deletionStartsAt") if seen else None
        return {"status": self._state, **({"estimatedPurgeDate": purged} if purged else {})}

    def _seen_tenant(self, current: OrganizationTenant) -> Optional[OrganizationTenant]:
        if self._hosts.organization is None:
            return self._hosts.probed(current.hostnames[0], None)
        return self._hosts.search({"name": None, "tenant_id": current.ids[0], "hostname": None})

    def _result(self, action: str, before: Optional[OrganizationTenant], after: OrganizationTenant) -> Dict[str, Any]:
        changed = action != "unchanged"
        shown = after.to_user()
        shown["estimated_purge_date"] = shown.get("estimated_purge_date") or shown.get("deletion_starts_at")
        if not shown["tenant_url"]:
            shown["hostnames"], shown["region"] = None, self._params["region"]
        result: Dict[str, Any] = {"changed": changed, "action": action, "tenant": shown}
        if self._task.with_diff:
            header = visible("tenant %s" % (before or repr(after.name)))
            region = after.region or self._params["region"]
            sides = {"before": self._side(before, region), "after": self._side(after if changed else before, region)}
            result["diff"] = dict(sides, before_header=header, after_header=header)
        return result

    @staticmethod
    def _side(tenant: Optional[OrganizationTenant], region: str) -> Optional[Dict[str, Any]]:
        return {"name": tenant.name, "region": region, "state": tenant.status} if tenant else None


class _Switched:
    """Whether it is not known what became of the tenant."""

    unknown = False


def _check(params: Params) -> None:
    """Refuse what no tenant can be.

    :raises InvalidInput: with the option that is wrong.
    """
    for option in ("hostname", "confirm_hostname"):
        value = (params[option] or "").strip().lower()
        if params[option] is not None and not _HOST_NAME.fullmatch(value):
            raise InvalidInput(
                "%r is no host name of a tenant." % params[option],
                "Allowed is one such as acme.eu.qlikcloud.com.",
                option,
            )
    for option in ("name", "subscription_id", "tenant_id", "region", "datacenter", "license_key", "creation_record"):
        if params[option] is not None and not params[option].strip():
            raise InvalidInput("It is blank.", option=option)
    days = params["purge_after_days"]
    if days is not None and not _FEWEST_DAYS <= days <= _MOST_DAYS:
        allowed = "Allowed are %d to %d days." % (_FEWEST_DAYS, _MOST_DAYS)
        raise InvalidInput("It is %d." % days, allowed, "purge_after_days")
    if days is not None and params["state"] != DEACTIVATED:
        raise InvalidInput("Only a tenant that is deactivated is purged.", option="purge_after_days")
    if not 0 <= params["wait_timeout"] <= 86400:
        raise InvalidInput("It is %s." % params["wait_timeout"], "Allowed are 0 to 86400 seconds.", "wait_timeout")


def _is_being_purged(tenant: OrganizationTenant) -> bool:
    """Whether it is gone, or going: then it can neither be reactivated nor deactivated any more."""
    if tenant.status == DELETED:
        return True
    if tenant.status != DEACTIVATED:
        return False
    purged_at = moment(tenant.resource.get("deletionStartsAt"))
    return purged_at is not None and purged_at <= datetime.now(timezone.utc)
