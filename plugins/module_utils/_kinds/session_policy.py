# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Session timeouts and dynamic client registration (second reference, authentication settings)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, List

from .._api.client import CORE_API, Client
from .._errors import InvalidForTenant, InvalidInput
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, Params, Setting
from .._planning.snapshot import Snapshot
from .._planning.values import ChoiceSet, WholeNumber
from .singleton import Singleton
from .writing import WriteRules

#: A shorter timeout logs users out while they read.
_SHORT_SESSION_MINUTES = 10
_ENABLED = "dynamic_client_registration_enabled"


class ClientRegistration(Setting):
    """Whether dynamic client registration is enabled."""

    def __init__(self) -> None:
        super().__init__(_ENABLED, BOOLEAN)

    def predict(self, resource: Resource, target: Any) -> None:
        super().predict(resource, target)
        if not target:
            resource.pop("dcrAllowedAuthenticationMethods", None)


class AuthenticationMethods(ChoiceSet):
    """The authentication methods of registered clients. They require dynamic client registration."""

    def __init__(self) -> None:
        super().__init__("dcr_allowed_authentication_methods", ["none", "client_secret"])

    def check(self, desired: Params) -> None:
        if desired.get(self.option) is None:
            return
        if not desired[self.option]:
            raise InvalidInput(
                "Must not be empty.", "Set `%s: false` to disable client registration." % _ENABLED, self.option
            )
        if desired.get(_ENABLED) is False:
            raise InvalidInput("Requires `%s: true`." % _ENABLED, "Omit it otherwise.", self.option)

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> List[str]:
        is_enabled = desired.get(_ENABLED) or any(
            policy.get("dynamicClientRegistrationEnabled") for policy in snapshot.resources("session_policy")
        )
        if not is_enabled:
            raise InvalidForTenant(
                "Requires dynamic client registration, which is disabled on the tenant.", "Set `%s: true`." % _ENABLED
            )
        return super().target(desired, current, snapshot)


class SessionPolicy(Singleton):
    """The kind of C(qlik_session_policy)."""

    noun = "session_policy"
    plural = "session_policy"
    collection = CORE_API + "/auth-settings"
    writing = WriteRules(is_last=True)
    settings = (
        WholeNumber("user_session_inactivity_timeout_minutes", least=1),
        WholeNumber("max_user_session_lifespan_minutes", least=60, multiple_of=60),
        ClientRegistration(),
        AuthenticationMethods(),
    )

    def read_one(self, client: Client) -> Resource:
        return client.read(self.collection, is_it=self.shows_settings)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        plan = super().plan(desired, snapshot)
        if plan.changed and plan.predicted and "isDefault" in plan.predicted:
            plan.predicted["isDefault"] = False
        return plan

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        minutes = desired.get("user_session_inactivity_timeout_minutes")
        if minutes is not None and minutes < _SHORT_SESSION_MINUTES:
            texts.append(
                "user_session_inactivity_timeout_minutes is %d, so users who read a page for longer are logged out."
                " Consider at least %d." % (minutes, _SHORT_SESSION_MINUTES)
            )
        predicted = plan.predicted or {}
        idle, whole = (predicted.get(setting.api) for setting in self.settings[:2])
        if isinstance(idle, int) and isinstance(whole, int) and idle > whole:
            texts.append(
                "user_session_inactivity_timeout_minutes (%d) has no effect because it is longer than"
                " max_user_session_lifespan_minutes (%d)." % (idle, whole)
            )
        if desired.get(_ENABLED):
            texts.append(
                "%s allows any program to register as an OAuth client of the tenant without an administrator."
                % _ENABLED
            )
        return texts
