# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of C(qlik_tenant_lifecycle): creates, deactivates, and reactivates tenants."""

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
#: The maximum number of reads after a deactivation or reactivation whose response was lost. The pauses between them add
#: up to about 30 seconds.
_MOST_READS = 6
_HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?){2,}")
_ACTIONS = {ACTIVE: "reactivate", DEACTIVATED: "deactivate"}


def flow_of_tenant_lifecycle() -> Flow:
    """Return the flow of C(qlik_tenant_lifecycle)."""

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
        # The type is not path, because Ansible would replace names in it that look like shell variables.
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
    """A tenant and its desired state."""

    def __init__(self, task: Task, hosts: Hosts) -> None:
        self._task = task
        self._params = task.params
        self._state: str = task.params["state"]
        self._hosts = hosts
        self._creation = Creation(hosts, self._params)

    def ensured(self) -> Dict[str, Any]:
        """Bring the tenant to its desired state. Return the result of the task.

        :raises QlikError: if it fails before anything is changed.
        """
        created = self._creation.begun() if self._params["name"] else None
        current = created or self._hosts.search(self._params)
        if current is None:
            return self._create()
        if current.status not in STATUSES:
            raise UnexpectedResponse("The tenant %s has the unknown status %r." % (current, current.status))
        self._check_confirmation(current)
        if self._params["name"] and created is None and self._state == ACTIVE:
            self._adopt(current)
        unfinished = current.id == self._creation.record.tenant_id and not current.is_named and current.status == ACTIVE
        if unfinished and self._state == ACTIVE:
            self._creation.tenant = self._creation.current(current)
            return self._create()
        if current.status == self._state or (self._state == DEACTIVATED and current.status == DELETED):
            return self._result("unchanged", current, current)
        if _is_being_purged(current):
            raise InvalidInput(
                "The tenant %s is being purged and cannot be restored." % current, option=self._key_option
            )
        if not self._params["confirm_hostname"]:
            raise InvalidInput(
                "Required to %s the tenant %s." % (_ACTIONS[self._state], current),
                "Set `confirm_hostname` to one of its host names.",
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
                "%r is not a host name of the tenant %s." % (confirmed, current),
                "Check that the task is about the right tenant.",
                "confirm_hostname",
            )

    def _adopt(self, current: OrganizationTenant) -> None:
        """Record an existing tenant that was found by its display name, once its host name is confirmed.

        The display name does not prove the identity of a tenant, because its admins can choose any name.

        :raises InvalidInput: if it is not confirmed.
        """
        record = self._creation.record
        if not record.is_kept:
            self._task.warn(
                "The tenant %s was found only by its name, which its admins can change. Set `tenant_id` or `hostname`,"
                " or use `creation_record` to record the tenant." % visible(str(current))
            )
            return
        if not self._params["confirm_hostname"]:
            raise InvalidInput(
                "A tenant with this name already exists but is not recorded in %s: %s. Its admins can choose the name."
                % (self._params["creation_record"], current),
                "If you mean this tenant, set `confirm_hostname` to one of its host names. Otherwise use another name.",
                "name",
            )
        if not self._task.check_mode:
            record.complete(current)

    def _create(self) -> Dict[str, Any]:
        """Create the tenant, or continue the creation of an earlier task. Return the result."""
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
            predicted = dict(before.resource) if before else {"id": None, "hostnames": [], "subscriptionId": None}
            predicted.update({"name": params["name"], "status": ACTIVE})
            predicted["subscriptionId"] = params["subscription_id"]
            return self._result(action, before, OrganizationTenant(predicted))
        if self._hosts.organization is None and not creation.record.is_kept:
            self._task.warn(
                "Every run of this task creates another tenant, because there is neither a client of the organization"
                " nor a `creation_record` to find this one. Set `tenant_id` or `hostname` from now on."
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
        """Check that the tenant can and may be created.

        :raises InvalidInput: if it cannot.
        """
        params = self._params
        if params["name"] is None:
            raise InvalidInput(
                "The tenant %s does not exist." % (params["tenant_id"] or params["hostname"]),
                "To create a tenant, set `name`, `subscription_id`, and `region`: Qlik assigns the ID and host name.",
                self._key_option,
            )
        whose = "%r in the subscription %s and the region %s" % tuple(
            params[option] for option in ("name", "subscription_id", "region")
        )
        can_search = self._hosts.organization is not None
        reason = "There is no tenant" if can_search else "Without a client of the organization, cannot find a tenant"
        if self._state == DEACTIVATED:
            raise InvalidInput("%s %s." % (reason, whose), "" if can_search else "Set `hostname`.", "name")
        if not params["allow_create"]:
            raise InvalidInput(
                "%s %s." % (reason, whose),
                "Set `allow_create: true` to create it. This uses up one tenant of the license.",
                "name",
            )
        if not params["license_key"]:
            raise InvalidInput(
                "Required to create a tenant.",
                "Use the value of licenseKey in GET /api/v1/licenses/overview on a tenant of the same subscription."
                " The playbook qlikops.cloud.onboard takes it from `qlik_onboard_license_key`.",
                "license_key",
            )

    def _switch(self, current: OrganizationTenant) -> Dict[str, Any]:
        """Deactivate or reactivate the tenant. Return the result."""
        tenant_id, hostname = current.id or self._params["tenant_id"], current.hostnames[0]
        if not tenant_id:
            raise InvalidInput(
                "Required to reactivate a tenant, because a deactivated tenant does not show its ID.",
                "Set `tenant_id` too, or `organization_client_id` and `organization_client_secret`.",
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
        """Send the action. Return the fields that are known after it.

        After a lost response, read the tenant before a retry, because a repeated deactivation restarts the time until
        the purge.
        """
        headers = {CONFIRMATION: (self._params["confirm_hostname"] or "").strip().lower()}
        required = ("estimatedPurgeDate",) if self._state == DEACTIVATED else ()
        attempt = 0
        while True:
            try:
                with self._hosts.explained(current.region):
                    response = register.act(path, body, headers, required)
                return {name: response[name] for name in ("status", *required) if name in response}
            except QlikError as error:
                if not (error.outcome_unknown or outcome.unknown):
                    raise
                # An error after a lost response can be the consequence of the first attempt.
                outcome.unknown = True
                if self._has_desired_state(current, _MOST_READS):
                    return self._known_fields(current)
                if not error.outcome_unknown:
                    raise
                if attempt >= register.transport.retries:
                    raise
            register.transport.pause(attempt)
            attempt += 1

    def _has_desired_state(self, current: OrganizationTenant, reads: int) -> bool:
        """Return whether the tenant reaches its desired state within a number of reads."""
        for reading in range(reads):
            tenant = self._read_again(current)
            if tenant is not None and tenant.status == self._state:
                return True
            if reading < reads - 1:
                self._hosts.tenant(current.hostnames[0]).transport.pause(reading)
        return False

    def _known_fields(self, current: OrganizationTenant) -> Mapping[str, Any]:
        tenant = self._read_again(current)
        purged = tenant.resource.get("deletionStartsAt") if tenant else None
        return {"status": self._state, **({"estimatedPurgeDate": purged} if purged else {})}

    def _read_again(self, current: OrganizationTenant) -> Optional[OrganizationTenant]:
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
    """The outcome of a deactivation or reactivation: whether it is unknown."""

    unknown = False


def _check(params: Params) -> None:
    """Check the options without any request.

    :raises InvalidInput: if an option is invalid.
    """
    for option in ("hostname", "confirm_hostname"):
        value = (params[option] or "").strip().lower()
        if params[option] is not None and not _HOST_NAME.fullmatch(value):
            raise InvalidInput(
                "%r is not a host name of a tenant." % params[option],
                "Use a host name such as acme.eu.qlikcloud.com.",
                option,
            )
    for option in ("name", "subscription_id", "tenant_id", "region", "datacenter", "license_key", "creation_record"):
        if params[option] is not None and not params[option].strip():
            raise InvalidInput("Must not be empty.", option=option)
    days = params["purge_after_days"]
    if days is not None and not _FEWEST_DAYS <= days <= _MOST_DAYS:
        text = "Must be %d to %d days, not %d." % (_FEWEST_DAYS, _MOST_DAYS, days)
        raise InvalidInput(text, option="purge_after_days")
    if days is not None and params["state"] != DEACTIVATED:
        raise InvalidInput("Requires `state: deactivated`.", option="purge_after_days")
    if not 0 <= params["wait_timeout"] <= 86400:
        text = "Must be 0 to 86400 seconds, not %s." % params["wait_timeout"]
        raise InvalidInput(text, option="wait_timeout")


def _is_being_purged(tenant: OrganizationTenant) -> bool:
    """Return whether a tenant is deleted or being purged, so that it cannot be reactivated or deactivated."""
    if tenant.status == DELETED:
        return True
    if tenant.status != DEACTIVATED:
        return False
    purged_at = moment(tenant.resource.get("deletionStartsAt"))
    return purged_at is not None and purged_at <= datetime.now(timezone.utc)
