# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identity providers: how users sign in, and whose tokens are trusted (second and third reference)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from .._api.client import API, Client
from .._errors import InvalidForTenant, InvalidInput
from .._planning.plan import Plan, plan_deletion
from .._planning.references import Resource, Step
from .._planning.settings import BOOLEAN, TEXT, Params
from .._planning.snapshot import Snapshot
from .base import Kind, text_of
from .collection import Collection, unknown_id
from .listed import ListSearch
from .lockout import has_direct_admin
from .provider_options import (
    JWT,
    OIDC,
    PROVIDERS,
    SAML,
    SECRET,
    SORTS,
    address_in,
    api_name,
    check_options,
    in_api_form,
    missing_options,
    without_nulls,
)
from .provider_people import ProviderParts, ProviderWriting, deactivates, name_of, pending_action
from .provider_settings import (
    ALWAYS,
    Activity,
    ClockTolerance,
    CreateUsers,
    LiveOptions,
    PendingOptions,
    ProviderSetting,
    SecretUpdate,
    described_options,
    describes_interactive,
    is_active_interactive,
    is_interactive,
    is_pending,
    sides_of,
    sort_of,
)
from .search import Search

IDENTITY_PROVIDERS = API + "/identity-providers"


class ProviderSearch(ListSearch):
    """Finds providers in a list of all providers."""

    def _named(self, resources: Iterator[Resource]) -> Iterator[Resource]:
        return resources

    def matches(self, resource: Resource, params: Params) -> bool:
        return params["protocol"] in (None, resource.get("protocol"))

    def shown(self, client: Client, params: Params) -> List[Resource]:
        found = self.by_id(client, params["id"]) if params["id"] is not None else self.all(client)
        return sorted((provider for provider in found if self.matches(provider, params)), key=self.kind.name_of)


class IdentityProvider(Collection):
    """The kind of C(qlik_identity_provider) and C(qlik_identity_providers)."""

    noun = "identity_provider"
    plural = "identity_providers"
    collection = IDENTITY_PROVIDERS
    identity = ("protocol", "provider", "interactive")
    has_unique_names = False
    parts = ProviderParts()
    writing = ProviderWriting(is_last=True)
    blank = {"active": None, "created": None, "lastUpdated": None}
    settings = (
        ProviderSetting("protocol", {"type": "str", "choices": list(PROVIDERS)}, path=None),
        ProviderSetting(
            "provider",
            {"type": "str", "choices": list(dict.fromkeys(name for names in PROVIDERS.values() for name in names))},
            path=None,
        ),
        ProviderSetting("interactive", BOOLEAN, path=None),
        ProviderSetting("description", TEXT, missing="", may_be_empty=True),
        Activity(),
        ClockTolerance(),
        CreateUsers(),
        ProviderSetting("post_logout_redirect_uri", TEXT, applies_to=lambda provider: provider.get("protocol") != JWT),
        LiveOptions(),
        PendingOptions(),
        SecretUpdate(),
    )

    @property
    def search(self) -> Search:
        return ProviderSearch(self, self.key_option)

    def argument_spec(self) -> Dict[str, Any]:
        flags = {name: dict(BOOLEAN, default=False) for name in ("skip_verify", "replace")}
        return {**super().argument_spec(), **flags}

    def check(self, desired: Params) -> None:
        super().check(desired)
        protocol, provider = desired.get("protocol"), desired.get("provider")
        if protocol is not None and provider not in (None, *PROVIDERS[protocol]):
            text = "%r is not supported for the protocol %s." % (provider, protocol)
            raise InvalidInput(text, "Supported providers: %s." % ", ".join(PROVIDERS[protocol]), "provider")
        if desired.get("interactive") is (protocol == JWT) and protocol in (JWT, SAML):
            text = "Must be %s for %s." % (str(protocol == SAML).lower(), protocol)
            raise InvalidInput(text, "Omit `interactive`.", "interactive")
        if desired.get("options") is not None and desired.get("pending_options") is not None:
            raise InvalidInput("Cannot be combined with options.", "Omit one of them.", "pending_options")
        interactive = describes_interactive(desired)
        if protocol is not None and desired.get("pending_options") is not None and not interactive:
            text = "Only a provider that people sign in with has pending options."
            raise InvalidInput(text, "Use `options`.", "pending_options")
        sort = SORTS[protocol, interactive] if protocol is not None else None
        for place in ("options", "pending_options"):
            check_options(without_nulls(desired.get(place) or {}), place, sort, provider)
        if desired.get("update_secret") == ALWAYS and not described_options(desired).get(SECRET):
            text = "Requires %s in pending_options." % SECRET
            raise InvalidInput(text, option="update_secret")

    def is_describable(self, resource: Resource) -> bool:
        return sort_of(resource) is not None

    def name_of(self, resource: Resource) -> str:
        return name_of(resource)

    def label(self, desired: Params) -> str:
        if desired.get("id") is not None:
            return "%s %s" % (self.word, desired["id"])
        if not self.is_named(desired):
            return "%s without protocol or id" % self.word
        return "%s %s" % (self.word, " ".join(str(part) for part in self.natural_key_of(desired)[1:] if part))

    def label_of(self, resource: Resource) -> str:
        return "%s %s" % (self.word, name_of(resource))

    def natural_key_of(self, desired: Params) -> Tuple[Any, ...]:
        options = in_api_form(described_options(desired))
        client = options.get("clientId") if describes_interactive(desired) else None
        return ("protocol", desired.get("protocol"), _provider_in(desired), address_in(options), client)

    def natural_key(self, resource: Resource) -> Tuple[Any, ...]:
        options = next(iter(sides_of(resource)), {})
        client = options.get("clientId") if is_interactive(resource) else None
        protocol, provider = (text_of(resource.get(name)) or None for name in ("protocol", "provider"))
        return ("protocol", protocol, provider, address_in(options), text_of(client) or None)

    def named_in(self, snapshot: Snapshot, desired: Params) -> Optional[Resource]:
        if desired.get("id") is not None:
            return super().named_in(snapshot, desired)
        found = _found(desired, snapshot.resources(self.noun))
        if len(found) > 1:
            ids = " and ".join(sorted(provider["id"] for provider in found))
            text = "The tenant has %d such providers, with the IDs %s." % (len(found), ids)
            raise InvalidInput(text, "Set `id` to select one.", "protocol")
        return found[0] if found else None

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        current = self.named_in(snapshot, desired)
        if desired.get("state") == "absent":
            if is_active_interactive(current):
                raise InvalidInput(
                    "The active interactive provider cannot be deleted.",
                    "Sign in with another one first, or set `active: false` and `allow_lockout: true`.",
                )
            return plan_deletion(self.settings, current, self.path(current) if current else "")
        if current is None and desired.get("id") is not None:
            raise unknown_id(self, desired)
        _refuse_taken_issuer(self, desired, current, snapshot)
        if current is None:
            plan = _plan_creation(self, desired, snapshot)
        else:
            desired = {**desired, "protocol": desired.get("protocol") or current.get("protocol")}
            if desired.get("interactive") is None:
                desired = {**desired, "interactive": is_interactive(current)}
            plan = self.plan_presence(desired, current, snapshot)
            if desired.get("replace") and plan.changed:
                plan = _plan_replacement(self, desired, current, plan, snapshot)
        _refuse_second(self, plan, snapshot)
        return plan

    def looks_before_writing(self, plan: Plan) -> bool:
        return deactivates(plan)

    def refusals(
        self, client: Client, plans: Sequence[Plan], snapshot: Snapshot
    ) -> Iterator[Tuple[Optional[Plan], InvalidInput]]:
        active = [plan for plan in plans if is_active_interactive(plan.predicted)]
        for plan in active[1:]:
            other = self.label_of(active[0].predicted or {})
            text = "Only one interactive provider can be active, and the task also activates the %s." % other
            yield plan, InvalidInput(text, "Create this one without `skip_verify`.", "skip_verify")
        found = [plan for plan in plans if deactivates(plan)]
        if found and not has_direct_admin(client):
            text = "This would leave no tenant admin who can sign in: no active user has the role TenantAdmin directly."
            for plan in found:
                yield plan, InvalidInput(text, "Assign TenantAdmin to a user of Qlik Account first.", "active")

    def chosen_name(self, desired: Params) -> None:
        """Return C(None), because nothing that identifies a provider is a name."""

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        after, label = plan.predicted, self.label(desired)
        if after is None:
            return texts
        if is_pending(after):
            texts.append("%s: %s" % (label, pending_action(after)))
        if plan.is_replacement:
            text = "%s: everybody who signs in through it is signed out. The new provider has another ID, and what was"
            texts.append((text + " entered on the other side has to be entered again.") % label)
        if after.get("createNewUsersOnLogin") is False and snapshot.has_plans_for("group"):
            text = "%s: create_new_users_on_login is false, so people who are not users yet cannot sign in."
            texts.append(text % label)
        return texts

    def from_user(self, shown: Params) -> Resource:
        again = super().from_user(shown)
        for place, api in (("options", "options"), ("pending_options", "pendingOptions")):
            if isinstance(shown.get(place), dict):
                # The names of these options do not follow from those of the API.
                again[api] = {api_name(name): value for name, value in shown[place].items()}
        return again


_OPTIONS = ("options", "pending_options", "update_secret")


def _provider_in(desired: Params) -> Optional[str]:
    provider: Optional[str] = desired.get("provider")
    return PROVIDERS[JWT][0] if provider is None and desired.get("protocol") == JWT else provider


def _found(desired: Params, resources: Sequence[Resource]) -> List[Resource]:
    """Return the providers that a task may describe: those with its address, otherwise the active one."""
    interactive = describes_interactive(desired)
    sort = (desired.get("protocol"), _provider_in(desired), interactive)
    alike = [
        provider
        for provider in resources
        if (provider.get("protocol"), provider.get("provider"), is_interactive(provider)) == sort
    ]
    asked = in_api_form(described_options(desired))
    key = (address_in(asked), asked.get("clientId"))
    exact = [provider for provider in alike if any(_is_at(key, options, interactive) for options in sides_of(provider))]
    if not interactive:
        return exact
    active = [provider for provider in alike if is_active_interactive(provider)]
    both = [provider for provider in exact if is_active_interactive(provider)]
    return both or exact or active


def _is_at(key: Tuple[Any, Any], options: Resource, interactive: bool) -> bool:
    """Return whether options have the address and the client of a key."""
    address, client = key
    if address is None or address_in(options) != address:
        return False
    return not interactive or client is None or options.get("clientId") in (None, client)


def _plan_creation(kind: IdentityProvider, desired: Params, snapshot: Snapshot) -> Plan:
    interactive = describes_interactive(desired)
    protocol = str(desired.get("protocol"))
    named = {"protocol": protocol, "provider": _provider_in(desired), "interactive": interactive}
    sort = SORTS[protocol, interactive]
    has_pending = interactive or (protocol == OIDC and desired.get("interactive") is None)
    given = "options" if desired.get("options") is not None or not has_pending else "pending_options"
    if protocol != JWT and desired.get("provider") is None:
        snapshot.refuse(InvalidForTenant("Required to create a new provider.", option="provider"))
    for name in missing_options(sort, described_options(desired)):
        snapshot.refuse(InvalidForTenant("Required to create a new provider.", option="%s.%s" % (given, name)))
    if protocol == JWT and desired.get("active") is False:
        # Second reference, identity providers: JWT providers have no field and no patch for it.
        snapshot.refuse(InvalidForTenant("A new JWT provider is always active.", "Omit `active`.", "active"))
    complete = {**desired, "provider": named["provider"]}
    # The API does not accept it for a JWT provider.
    complete["interactive"] = None if protocol == JWT else interactive
    plan = kind.plan_presence(complete, None, snapshot, named)
    predicted = plan.predicted or {}
    if predicted.get("active") is None:
        predicted["active"] = isinstance(predicted.get("options"), dict)
    return plan


def _plan_replacement(
    kind: IdentityProvider, desired: Params, current: Resource, change: Plan, snapshot: Snapshot
) -> Plan:
    """Return the plan that deletes a provider and creates another one, if a PATCH cannot change it."""
    needing = [
        name
        for setting in kind.settings
        if isinstance(setting, ProviderSetting) and setting.is_given(desired) and setting.option in change.differing
        for value in [setting.current(current)]
        for name in setting.unpatchable(current, value, setting.target(desired, value, snapshot))
    ]
    if is_active_interactive(current):
        raise InvalidInput(
            "The active interactive provider cannot be replaced, because the API cannot delete it.",
            "Omit `replace`. What the API can change takes effect after a user has signed in.",
            "replace",
        )
    if not needing:
        return change
    if desired.get("id") is not None:
        text = "Cannot be combined with `id`, because the new provider gets another ID."
        raise InvalidInput(text, "Describe the provider by its protocol and options.", "replace")
    shown = ((other, other.current(current)) for other in kind.settings if other.option not in _OPTIONS)
    kept = {other.option: value for other, value in shown if value not in (None, other.missing)}
    complete = {**kept, **without_nulls(dict(desired))}
    place = "pending_options" if is_interactive(current) else "options"
    setting = next(setting for setting in kind.settings if setting.option == place)
    options = setting.current(current)
    target = setting.target(desired, options, snapshot) if setting.is_given(desired) else options
    secret = {SECRET: described_options(desired)[SECRET]} if SECRET in described_options(desired) else {}
    complete.update(dict.fromkeys(_OPTIONS))
    complete[place] = {**target, **secret}
    new = _plan_creation(kind, complete, snapshot)
    steps = [Step("DELETE", kind.path(current)), *new.steps]
    return Plan("updated", current, new.predicted, change.before, new.after, steps, differing=change.differing)


def _refuse_second(kind: Kind, plan: Plan, snapshot: Snapshot) -> None:
    """Refuse to activate a second interactive provider, which would replace the one that users sign in with."""
    after = plan.predicted
    if not plan.changed or not is_active_interactive(after) or is_active_interactive(plan.current):
        return
    for other in snapshot.resources(kind.noun):
        if other["id"] == (after or {}).get("id") or not is_active_interactive(other):
            continue
        if is_active_interactive(snapshot.planned(kind.noun, other)):
            raise InvalidInput(
                "The %s is already active, and only one interactive provider can be active." % kind.label_of(other),
                "Create this one without `skip_verify`. It becomes active after a user has signed in with it.",
                "active" if plan.current else "skip_verify",
            )


def _refuse_taken_issuer(kind: Kind, desired: Params, current: Optional[Resource], snapshot: Snapshot) -> None:
    issuer = described_options(desired).get("issuer")
    if issuer is None or current is None:
        return
    for other in snapshot.resources(kind.noun):
        if other["id"] != current["id"] and other.get("protocol") == JWT and address_in(other.get("options")) == issuer:
            text = "%r is already the issuer of the provider %s." % (issuer, other["id"])
            raise InvalidInput(text, "Use another issuer.", "options.issuer")
