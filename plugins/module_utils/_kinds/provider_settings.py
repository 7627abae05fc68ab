# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of identity providers. A PATCH changes single values: replacing all options would clear the secret."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional

from .._errors import InvalidInput
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, Operation, Params, Setting
from .._planning.snapshot import Snapshot
from .._planning.values import WholeNumber
from .provider_options import (
    JWT,
    OIDC,
    PENDING_SPEC,
    SAML,
    SECRET,
    SORTS,
    SPEC,
    Sort,
    api_name,
    differing,
    in_api_form,
    in_user_form,
    metadata_in,
    without_nulls,
)

ON_CREATE, ALWAYS = "on_create", "always"


def is_interactive(resource: Resource) -> bool:
    """Return whether users sign in with a provider."""
    return resource.get("interactive") is True or resource.get("protocol") == SAML


def is_active_interactive(resource: Optional[Resource]) -> bool:
    """Return whether this is the provider that users sign in with now."""
    return resource is not None and is_interactive(resource) and resource.get("active") is True


def sides_of(resource: Resource) -> List[Dict[str, Any]]:
    """Return the options of a provider that are in use, and those that are pending, as far as it has them."""
    sides = (resource.get(name) for name in ("options", "pendingOptions"))
    return [options for options in sides if isinstance(options, dict)]


def is_pending(resource: Resource) -> bool:
    """Return whether a provider has options that take effect after a user has signed in."""
    return isinstance(resource.get("pendingOptions"), dict)


def sort_of(resource: Resource) -> Optional[Sort]:
    """Return the sort of a provider; C(None) if descriptions cannot have such providers."""
    return SORTS.get((str(resource.get("protocol")), is_interactive(resource)))


def describes_interactive(desired: Params) -> bool:
    """Return whether a task describes a provider that users sign in with."""
    if desired.get("interactive") is not None:
        return bool(desired["interactive"])
    options = desired.get("options") or {}
    is_oidc = desired.get("protocol") == OIDC
    return desired.get("protocol") == SAML or (
        is_oidc and (desired.get("pending_options") is not None or options.get("client_id") is not None)
    )


def described_options(desired: Params) -> Dict[str, Any]:
    """Return the options that a task describes, in the form of the user."""
    found = desired.get("options") if desired.get("options") is not None else desired.get("pending_options")
    asked: Dict[str, Any] = without_nulls(found or {})
    return asked


class ProviderSetting(Setting):
    """A setting that a PATCH can change for some sorts of providers. For others, the provider has to be replaced."""

    def unpatchable(self, resource: Resource, current: Any, target: Any) -> List[str]:
        """Return the options that differ and that a PATCH cannot change."""
        return [] if self.is_changeable(resource) else [self.option]

    def objection_to_change(
        self, desired: Params, resource: Resource, current: Any, target: Any
    ) -> Optional[InvalidInput]:
        names = self.unpatchable(resource, current, target)
        if not names:
            return None
        text = "Cannot be changed, because the API cannot change it."
        if is_active_interactive(resource):
            hint = (
                "The API cannot delete the active interactive provider either. Create another one, and sign in with it."
            )
            return InvalidInput(text, hint, names[0])
        if desired.get("replace"):
            return None
        hint = "Set `replace: true` to delete the provider and create another one, which signs everybody out."
        return InvalidInput(text, hint, names[0])


class ClockTolerance(ProviderSetting, WholeNumber):
    """The tolerated difference of the clock of the provider, in seconds."""

    def __init__(self) -> None:
        super().__init__("clock_tolerance_sec", 0, changeable=lambda provider: provider.get("protocol") != JWT)


class CreateUsers(ProviderSetting):
    """Whether the first sign-in creates a user."""

    def __init__(self) -> None:
        super().__init__(
            "create_new_users_on_login",
            BOOLEAN,
            path=None,
            applies_to=lambda provider: provider.get("protocol") != JWT,
            because="Not supported for JWT providers.",
        )


class Activity(ProviderSetting):
    """Whether a provider is active. It cannot be active before the first sign-in, so it is not compared until then."""

    def __init__(self) -> None:
        super().__init__(
            "active",
            BOOLEAN,
            in_creation=False,
            changeable=lambda provider: provider.get("protocol") != JWT,
        )

    def current(self, resource: Resource) -> Any:
        return resource.get("active") if isinstance(resource.get("options"), dict) else None

    def differs(self, current: Any, target: Any) -> bool:
        return current is not None and super().differs(current, target)

    def predict(self, resource: Resource, target: Any) -> None:
        if resource.get("active") is not None:
            resource["active"] = target


class Options(Dict[str, Any]):
    """Options in the form of the user.

    :ivar live: the options in use, if other options are pending.
    :ivar changes: the names of the options to change.
    :ivar secret: the secret to send; C(None) for none.
    :ivar is_verified: whether a new provider is active without a sign-in.
    """

    live: Mapping[str, Any] = {}
    changes: List[str] = []
    secret: Optional[str] = None
    is_verified = True


class LiveOptions(ProviderSetting):
    """The options of a provider that users do not sign in with."""

    def __init__(self, option: str = "options", **rules: Any) -> None:
        rules = rules or {"applies_to": lambda provider: not is_interactive(provider)}
        spec = SPEC if option == "options" else PENDING_SPEC
        super().__init__(option, {"type": "dict", "options": spec}, **rules)

    def is_given(self, desired: Params) -> bool:
        return bool(described_options(desired)) and describes_interactive(desired) is (self.option != "options")

    def current(self, resource: Resource) -> Any:
        return Options(in_user_form(resource.get(self.api))) if isinstance(resource.get(self.api), dict) else None

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> Any:
        asked = described_options(desired)
        secret = asked.pop(SECRET, None)
        changes = differing(current or {}, asked)
        if current is not None and current.live and not differing(current.live, asked):
            changes = []
        found = Options({**(current or {}), **{name: asked[name] for name in changes}})
        if "claims_mapping" in changes:
            found["claims_mapping"] = {**((current or {}).get("claims_mapping") or {}), **asked["claims_mapping"]}
        found.changes, found.secret, found.is_verified = changes, secret, bool(desired.get("skip_verify"))
        return found

    def refuse_blank(self, target: Any) -> None:
        for name in target.changes:
            if any(not text.strip() for text in _texts_in(target[name])):
                raise InvalidInput("Must not be empty.", option="%s.%s" % (self.option, name))

    def differs(self, current: Any, target: Any) -> bool:
        return bool(target.changes) if isinstance(target, Options) else bool(current != target)

    def unpatchable(self, resource: Resource, current: Any, target: Any) -> List[str]:
        sort = sort_of(resource)
        patchable = sort.patchable if sort else ()
        return ["%s.%s" % (self.option, name) for name in target.changes if name not in patchable]

    def objection_to_change(
        self, desired: Params, resource: Resource, current: Any, target: Any
    ) -> Optional[InvalidInput]:
        if "discovery_url" in target.changes and is_interactive(resource) and not target.secret:
            return InvalidInput(
                "Required to change discovery_url, because the secret belongs to the provider at the old address.",
                "Set the secret of the provider at the new address.",
                "%s.%s" % (self.option, SECRET),
            )
        return super().objection_to_change(desired, resource, current, target)

    def operations(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        sent = in_api_form({name: target[name] for name in target.changes})
        if "discovery_url" in target.changes and target.secret:
            sent[api_name(SECRET)] = target.secret
        return [{"op": "replace", "path": "%s/%s" % (self.path, name), "value": value} for name, value in sent.items()]

    def payload(self, desired: Params, target: Any) -> Dict[str, Any]:
        return {self.api: in_api_form({**target, **({SECRET: target.secret} if target.secret else {})})}

    def predict(self, resource: Resource, target: Any) -> None:
        self._put(resource, self.api, target)

    def shown(self, value: Any) -> Any:
        return dict(value)

    @staticmethod
    def _put(resource: Resource, name: str, target: Any) -> None:
        predicted = in_api_form(target)
        if "metadata" in predicted:
            said = metadata_in(predicted.pop("metadata")["raw"])
            predicted.update(entityId=said.entity_id, signOnUrl=said.sign_on_urls[0])
            predicted["certificates"] = [{"certificate": certificate} for certificate in said.certificates]
        now = resource.get(name)
        resource[name] = {**(now if isinstance(now, dict) else {}), **predicted}


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(part)
    elif isinstance(value, str):
        yield value


class PendingOptions(LiveOptions):
    """The options of a provider that users sign in with. They take effect after a user has signed in.

    They are in sync if they are in use or pending.
    """

    def __init__(self) -> None:
        super().__init__("pending_options", applies_to=is_interactive)

    def current(self, resource: Resource) -> Any:
        pending, live = resource.get("pendingOptions"), resource.get("options")
        if not isinstance(pending, dict) and not isinstance(live, dict):
            return None
        found = Options(in_user_form(pending if isinstance(pending, dict) else live))
        found.live = in_user_form(live)
        return found

    def payload(self, desired: Params, target: Any) -> Dict[str, Any]:
        sent = super().payload(desired, target)
        return {"options": sent[self.api], "skipVerify": True} if target.is_verified else sent

    def predict(self, resource: Resource, target: Any) -> None:
        if target.is_verified and not isinstance(resource.get("options"), dict) and resource.get("id") is None:
            self._put(resource, "options", target)
            return
        if not is_pending(resource) and isinstance(resource.get("options"), dict):
            resource[self.api] = dict(resource["options"])
        self._put(resource, self.api, target)
        resource["pendingState"] = "pending"


class SecretUpdate(Setting):
    """Whether to send the secret, which cannot be compared, to an existing provider."""

    def __init__(self) -> None:
        spec = {"type": "str", "choices": [ON_CREATE, ALWAYS], "default": ON_CREATE}
        super().__init__("update_secret", spec, in_creation=False, applies_to=is_interactive)

    def is_given(self, desired: Params) -> bool:
        return desired.get(self.option) == ALWAYS

    def current(self, resource: Resource) -> Any:
        return None

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> Any:
        return described_options(desired).get(SECRET)

    def operations(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        return [{"op": "replace", "path": "/pendingOptions/%s" % api_name(SECRET), "value": target}]

    def predict(self, resource: Resource, target: Any) -> None:
        """The API never shows the secret."""
