# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switches for features of a tenant, each with an endpoint of its own (third reference, feature switches)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, Optional, Sequence

from .._api.client import API, Client
from .._errors import ApiError, InvalidInput, NotApplied
from .._planning.references import Resource, Step
from .._planning.settings import BOOLEAN, Params, Setting
from .base import Reading
from .endpoints import TENANT_SETTINGS, existing_tenant_settings
from .singleton import Singleton
from .writing import WriteRules

_DATA_ALERTS = API + "/data-alerts/settings"
_SHARING = API + "/sharing-tasks/settings"
_TOGGLE = TENANT_SETTINGS + "/actions/toggle-cross-region-inference"
_CONSENT = {"x-qlik-consent-verified": "true"}
#: The value that a change in progress leads to, by the status of the switch.
_IN_PROGRESS = {"enabling": True, "disabling": False}
_WAIT = "wait_seconds"
_DEFAULT_WAIT = 120
_LONGEST_WAIT = 3600
#: The pauses between two reads double up to 4 seconds.
_LONGEST_PAUSE = 3


class Switch(Setting):
    """A switch that a tenant shows and changes at an endpoint of its own.

    :param endpoint: the path that shows it.
    :param field: its name in the response of the endpoint.
    :param write: returns the request that sets a value.
    :param status: the name of its status in the response; empty if the tenant completes a change before it responds.
    """

    def __init__(
        self,
        option: str,
        endpoint: str,
        field: str,
        write: Callable[[bool], Step],
        status: str = "",
        **rules: Any,
    ) -> None:
        super().__init__(
            option,
            BOOLEAN,
            applies_to=lambda resource: self.api in resource,
            because="The tenant or its subscription does not have it, or the credential cannot read it.",
            **rules,
        )
        self.endpoint = endpoint
        self.field = field
        self.status = status
        self._write = write

    @property
    def api_status(self) -> str:
        """The name of the status in a resource of the kind."""
        return self.api + "Status"

    def read_from(self, body: Resource) -> Resource:
        """Return the fields of a resource of the kind; empty if the response does not show the switch."""
        value, status = body.get(self.field, self.missing), body.get(self.status)
        if not isinstance(value, bool):
            return {}
        if not isinstance(status, str):
            return {self.api: value}
        return {self.api: _IN_PROGRESS.get(status, value), self.api_status: status}

    def is_in_progress(self, resource: Resource) -> bool:
        """Return whether the tenant is still changing the switch."""
        return resource.get(self.api_status) in _IN_PROGRESS

    def objection_to_change(
        self, desired: Params, resource: Resource, current: Any, target: Any
    ) -> Optional[InvalidInput]:
        if self.applies_to(resource):
            return None
        return InvalidInput("Cannot be set on this tenant.", self.because, self.option)

    def own_steps(self, path: str, current: Any, target: Any) -> List[Step]:
        return [self._write(target)]


def _patch_of_sharing(name: str) -> Callable[[bool], Step]:
    return lambda value: Step("PATCH", _SHARING, [{"op": "replace", "path": "/" + name, "value": value}])


class SwitchWriting(WriteRules):
    """Waits for switches that the tenant changes after its response."""

    def settled(self, client: Client, kind: Any, resource: Resource, desired: Params) -> Resource:
        seconds = _seconds_of(desired)
        end = time.monotonic() + seconds
        attempt = 0
        while seconds:
            changing = [switch for switch in kind.settings if switch.is_in_progress(resource)]
            if not changing:
                break
            if time.monotonic() >= end:
                shown = ", ".join("%s is %s" % (switch.option, resource[switch.api_status]) for switch in changing)
                raise NotApplied(
                    "The tenant is still changing the feature settings after %d seconds (%s): %s."
                    % (seconds, _WAIT, shown),
                    "Run the task again later, or set `%s` to a higher number." % _WAIT,
                )
            client.transport.pause(min(attempt, _LONGEST_PAUSE))
            attempt += 1
            resource = kind.read_again(client, resource, desired)
        return resource


class FeatureSettings(Singleton):
    """The kind of C(qlik_feature_settings). A task reads only the endpoints of the switches in its description."""

    noun = "feature_settings"
    plural = "feature_settings"
    collection = _DATA_ALERTS
    writing = SwitchWriting()
    settings: Sequence[Switch] = (
        Switch(
            "data_alerts",
            _DATA_ALERTS,
            "enable-data-alerting",
            lambda value: Step("PUT", _DATA_ALERTS, {"enable-data-alerting": value}),
            "data-alerting-feature-operation-status",
        ),
        Switch("sharing", _SHARING, "enable-sharing", _patch_of_sharing("enable-sharing")),
        Switch(
            "report_subscriptions",
            _SHARING,
            "enable-report-subscription",
            _patch_of_sharing("enable-report-subscription"),
            "reportSubscriptionStatus",
        ),
        Switch(
            "cross_region_inference",
            TENANT_SETTINGS,
            "crossRegionDataProcessing",
            lambda value: Step("POST", _TOGGLE, {"value": value}, headers=_CONSENT),
            # It requires consent, so a tenant that does not show it cannot have it.
            missing=False,
            consent_option="consent",
        ),
    )
    # A check without a tenant assumes that the tenant has all switches.
    blank = dict.fromkeys([switch.api for switch in settings])

    def argument_spec(self) -> Dict[str, Any]:
        return dict(super().argument_spec(), **{_WAIT: {"type": "int", "default": _DEFAULT_WAIT}})

    def check(self, desired: Params) -> None:
        super().check(desired)
        seconds = _seconds_of(desired)
        if not 0 <= seconds <= _LONGEST_WAIT:
            raise InvalidInput("Must be 0 to %d, not %d." % (_LONGEST_WAIT, seconds), option=_WAIT)

    def read(self, client: Client, desired: Sequence[Params], everything: bool) -> Reading:
        given = [switch for switch in self.settings if any(map(switch.is_given, desired))]
        # Another area has the endpoint of the switch that requires consent, and shows it too.
        exportable = [switch for switch in self.settings if not switch.consent_option]
        return Reading([self._read(client, given or exportable)])

    def read_one(self, client: Client) -> Resource:
        return self._read(client, self.settings)

    def read_again(self, client: Client, resource: Resource, desired: Params) -> Resource:
        return self.read(client, [desired], everything=False).resources[0]

    def _read(self, client: Client, switches: Sequence[Switch]) -> Resource:
        """Read the endpoints of the switches.

        :raises ApiError: if the tenant has none of the endpoints.
        """
        resource: Resource = {}
        missing: Optional[ApiError] = None
        for endpoint in dict.fromkeys(switch.endpoint for switch in switches):
            its_switches = [switch for switch in self.settings if switch.endpoint == endpoint]
            try:
                body = _read_endpoint(client, endpoint, its_switches)
            except self.absence.errors as error:
                missing = missing or error
                continue
            for switch in its_switches:
                resource.update(switch.read_from(body))
        if missing is not None and not resource:
            raise missing
        return resource


def _read_endpoint(client: Client, endpoint: str, switches: Sequence[Switch]) -> Resource:
    if endpoint == TENANT_SETTINGS:
        return next(iter(existing_tenant_settings(lambda: client.read(endpoint))), {})
    return client.read(endpoint, is_it=lambda body: any(switch.field in body for switch in switches))


def _seconds_of(desired: Params) -> int:
    seconds = desired.get(_WAIT)
    return _DEFAULT_WAIT if seconds is None else int(seconds)
