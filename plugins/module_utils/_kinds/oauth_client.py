# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OAuth clients of a tenant (second and third reference, OAuth clients)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple
from urllib.parse import urlsplit

from .._api.client import API, Client, equals
from .._errors import InvalidForTenant, InvalidInput, NotFound
from .._planning.origins import check_url
from .._planning.plan import Plan
from .._planning.references import Resource, Step
from .._planning.settings import BOOLEAN, TEXT, Operation, Params, Setting, TextSet
from .._planning.snapshot import Snapshot
from .._planning.values import ChoiceSet
from .base import in_snake_case
from .endpoints import USERS
from .listed import Listed, ListedPruning, ListSearch
from .public_keys import PublicKeys
from .search import Search
from .secrets import SecretPlan, SecretRules
from .writing import WriteRules

OAUTH_CLIENTS = API + "/oauth-clients"
APP_TYPES = ("web", "native", "spa", "anonymous-embed")
WEB = "web"
CREDENTIALS, IMPERSONATION = "client_credentials", "urn:qlik:oauth:user-impersonation"
SECRET_METHOD, KEY_METHOD = "client_secret", "private_key_jwt"
REQUIRED, TRUSTED = "required", "trusted"
#: The creator of clients that registered themselves (dynamic client registration).
SELF_REGISTERED = "dcr"
_CONFIRMATION = "qlik-confirm-delete"
_CONNECTION = "/connection-configs/me"
_PUBLISH = "/actions/publish"
_MOST_ADDRESSES, _LONGEST_ORIGIN = 5, 256
#: The field of a plan for a client that will be published. Only the tenant knows the time.
_PUBLISHED = "publish"


def is_self_registered(client: Resource) -> bool:
    """Return whether a client registered itself (dynamic client registration)."""
    return client.get("createdByType") == SELF_REGISTERED


def _only(*app_types: str) -> Dict[str, Any]:
    """Return the rules of a setting that only clients of some types have."""

    def applies_to(client: Resource) -> bool:
        return client.get("appType") in app_types

    return {"applies_to": applies_to, "because": "Supported only for clients of the type %s." % " or ".join(app_types)}


class ClientName(Setting):
    """The name, which has another name in the API."""

    def __init__(self) -> None:
        super().__init__("name", TEXT, api="clientName", longest=512)


class ClearableText(Setting):
    """A text that can be empty. How to clear it is not documented. A new client has it only if it is not empty."""

    def __init__(self, option: str, **rules: Any) -> None:
        super().__init__(option, TEXT, missing="", may_be_empty=True, **rules)

    def payload(self, desired: Params, target: Any) -> Dict[str, Any]:
        return super().payload(desired, target) if target else {}

    def operations(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        return super().operations(desired, current, target) if target else [{"op": "remove", "path": self.path}]

    def predict(self, resource: Resource, target: Any) -> None:
        if target:
            super().predict(resource, target)
        else:
            resource.pop(self.api, None)


class ClearableUrl(ClearableText):
    """A URL that can be empty."""

    def check(self, desired: Params) -> None:
        if desired.get(self.option):
            check_url(desired[self.option], self.option)


class Addresses(TextSet):
    """Redirect URIs. The API compares them exactly."""

    def check(self, desired: Params) -> None:
        addresses = desired.get(self.option) or []
        if len(addresses) > _MOST_ADDRESSES:
            text = "%d are too many, at most %d are allowed." % (len(addresses), _MOST_ADDRESSES)
            raise InvalidInput(text, option=self.option)
        for index, address in enumerate(addresses):
            problem = self._problem(address)
            if problem:
                raise InvalidInput(
                    "%r %s" % (address, problem),
                    "Use a URI such as %s." % self._example,
                    "%s[%d]" % (self.option, index),
                )

    _example = "https://app.example.com/callback"

    def _problem(self, address: str) -> str:
        try:
            parts = urlsplit(address)
        except ValueError:
            return "is not a URI."
        if not parts.scheme or not (parts.netloc or parts.path) or any(character.isspace() for character in address):
            return "is not a URI with a scheme."
        return "has a fragment, which a redirect cannot have." if parts.fragment else ""

    def warnings_of_slashes(self, current: Any, desired: Any) -> List[str]:
        """Return a warning for each address that differs from a current one only by the slash at the end."""
        pairs = ((one, other) for one in desired or [] for other in current or [] if one != other)
        return [
            "%s: %r replaces %r. They differ only by the slash at the end." % (self.option, one, other)
            for one, other in pairs
            if one.rstrip("/") == other.rstrip("/")
        ]


class Origins(Addresses):
    """Origins: a scheme, a host, and an optional port."""

    _example = "https://app.example.com"

    def _problem(self, address: str) -> str:
        problem = super()._problem(address)
        if problem:
            return problem
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or parts.path not in ("", "/") or parts.query or "@" in parts.netloc:
            return "is not an origin: it must be https:// and a host, without a path."
        return "" if len(address) <= _LONGEST_ORIGIN else "is longer than %d characters." % _LONGEST_ORIGIN


class Consent(Setting):
    """Whether users are asked for consent, which has a separate endpoint. A new client asks."""

    def __init__(self) -> None:
        spec = {"type": "str", "choices": [REQUIRED, TRUSTED]}
        super().__init__("consent_method", spec, api="connectionConfig", missing=REQUIRED, in_creation=False)

    def current(self, resource: Resource) -> Any:
        config = resource.get(self.api)
        return (config.get("consentMethod") if isinstance(config, dict) else None) or self.missing

    def own_steps(self, path: str, current: Any, target: Any) -> List[Step]:
        return [Step("PATCH", path + _CONNECTION, [{"op": "replace", "path": "/consentMethod", "value": target}])]

    def predict(self, resource: Resource, target: Any) -> None:
        config = resource.get(self.api)
        if config is None and target == self.missing:
            return
        resource[self.api] = {**(config if isinstance(config, dict) else {}), "consentMethod": target}


class Publish(Setting):
    """Whether all tenants of the region can use the client. This cannot be undone."""

    def __init__(self) -> None:
        super().__init__(
            "publish",
            BOOLEAN,
            api="publishedAt",
            in_creation=False,
            changeable=lambda client: not client.get("publishedAt"),
            because="A published client cannot be unpublished. Omit `publish`.",
        )

    def current(self, resource: Resource) -> Any:
        return bool(resource.get(self.api) or resource.get(_PUBLISHED))

    def own_steps(self, path: str, current: Any, target: Any) -> List[Step]:
        return [Step("POST", path + _PUBLISH)]

    def predict(self, resource: Resource, target: Any) -> None:
        resource[_PUBLISHED] = target


class ClientSearch(ListSearch):
    """Finds clients in a list of all clients of the tenant, without published clients of other tenants."""

    takes_filters = True

    def all(self, client: Client) -> Iterable[Resource]:
        found = client.search_counted(self.collection, equals("tenantId", client.tenant_id()))
        if found is None:
            # Third reference, OAuth clients: only the list for tenant admins has totals. Others are not complete.
            raise InvalidInput(
                "This credential sees only a short form of OAuth clients, which cannot be compared.",
                "The credential needs the role TenantAdmin (an OAuth client also the scope admin_classic).",
            )
        return found

    def _named(self, resources: Iterator[Resource]) -> Iterator[Resource]:
        return resources


class ClientWriting(WriteRules):
    """A deletion requires a confirmation."""

    def deletion_headers(self, resource: Resource) -> Optional[Dict[str, str]]:
        return {_CONFIRMATION: resource["id"]}


class ClientPruning(ListedPruning):
    """Pruning keeps the client that the task authenticates with. Self-registered clients are never described."""

    deletes_duplicates = False

    def protected_ids(self, client: Client) -> Sequence[str]:
        return [own_client_id(client)]


class ClientSecrets(SecretRules):
    """The secrets of clients of the type C(web) with the method C(client_secret)."""

    hint_for_secrets = "Only a client of the type web with client_secret in allowed_auth_methods has secrets."

    def has_secrets(self, resource: Resource) -> bool:
        methods = resource.get("allowedAuthMethods")
        has_method = SECRET_METHOD in methods if isinstance(methods, list) and methods else True
        return resource.get("appType") == WEB and has_method

    def plan(self, params: Params, current: Optional[Resource], after: Optional[Resource], now: datetime) -> SecretPlan:
        if current is not None and self.is_given(params):
            _refuse_self_registered(current)
        return super().plan(params, current, after, now)


def own_client_id(client: Client) -> str:
    """Return the ID of the OAuth client that the task authenticates with; empty for other credentials."""
    myself = client.read_by_id(USERS, client.redirected_id(USERS + "/me"))
    own = myself.get("clientId")
    return own if isinstance(own, str) else ""


class OAuthClient(Listed):
    """The kind of C(qlik_oauth_client) and C(qlik_oauth_clients)."""

    noun = "oauth_client"
    plural = "oauth_clients"
    words = "OAuth clients"
    word = "OAuth client"
    collection = OAUTH_CLIENTS
    identity = ("name", "app_type")
    pruning = ClientPruning()
    writing = ClientWriting()
    secrets = ClientSecrets("/client-secrets", "clientSecrets", 5)
    blank = {"clientId": None, "createdByType": None, "updatedAt": None}
    settings = (
        ClientName(),
        Setting(
            "app_type",
            {"type": "str", "choices": list(APP_TYPES)},
            path=None,
            because="Set the current type, or use another name.",
        ),
        ClearableText("description", longest=4096),
        TextSet("allowed_scopes", missing=[]),
        ChoiceSet("allowed_grant_types", [CREDENTIALS, IMPERSONATION], missing=[], **_only(WEB)),
        Addresses("redirect_uris", missing=[], **_only(WEB, "native", "spa")),
        Origins("allowed_origins", missing=[], **_only("spa")),
        ClearableText("client_uri", longest=2048),
        ClearableText("logo_uri", longest=2048),
        ChoiceSet("allowed_auth_methods", [SECRET_METHOD, KEY_METHOD], missing=[], **_only(WEB)),
        PublicKeys(**_only(WEB)),
        ClearableUrl("jwks_uri", **_only(WEB)),
        Consent(),
        Publish(),
    )

    @property
    def search(self) -> Search:
        return ClientSearch(self, self.key_option)

    def check(self, desired: Params) -> None:
        super().check(desired)
        if desired.get("name") is not None and desired.get("id") is None and desired.get("app_type") is None:
            text = "Required with `name`, because a name alone does not identify a client."
            raise InvalidInput(text, "Set it to one of %s." % ", ".join(APP_TYPES), "app_type")

    def is_describable(self, resource: Resource) -> bool:
        return not is_self_registered(resource)

    def named_in(self, snapshot: Snapshot, desired: Params) -> Optional[Resource]:
        found = super().named_in(snapshot, desired)
        if found is not None or desired.get("state") == "absent" or desired.get("id") is not None:
            return found
        # A client with this name and another type is an error, because the type cannot be changed.
        keys = (self.natural_key_of({**desired, "app_type": app_type}) for app_type in APP_TYPES)
        return next(filter(None, (snapshot.get(self.noun, key) for key in keys)), None)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        current = self.named_in(snapshot, desired)
        is_new = current is None and desired.get("state") != "absent" and desired.get("id") is None
        if is_new and desired["app_type"] == WEB and desired.get("allowed_auth_methods") is None:
            # The default of the API is not documented.
            desired = {**desired, "allowed_auth_methods": [SECRET_METHOD]}
        plan = super().plan(desired, snapshot)
        if plan.changed and current is not None:
            _refuse_self_registered(current)
        if is_new or "allowed_auth_methods" in plan.differing:
            _refuse_missing_methods(desired, plan.predicted, snapshot)
        _refuse_missing_keys(desired, plan.predicted, snapshot)
        return plan

    def read_again(self, client: Client, resource: Resource, desired: Params) -> Resource:
        found = super().read_again(client, resource, desired)
        if desired.get("consent_method") is None:
            shown = resource.get("connectionConfig")
            return found if shown is None else {"connectionConfig": shown, **found}
        # Only lists show it with the client.
        try:
            config = client.read(self.path(found) + _CONNECTION)
        except NotFound:
            return found
        return {**found, "connectionConfig": config}

    def looks_before_writing(self, plan: Plan) -> bool:
        return plan.action == "deleted"

    def refusals(
        self, client: Client, plans: Sequence[Plan], snapshot: Snapshot
    ) -> Iterator[Tuple[Optional[Plan], InvalidInput]]:
        deletions = [plan for plan in plans if plan.action == "deleted" and plan.current]
        own = own_client_id(client) if deletions else ""
        for plan in deletions:
            if own and plan.current and plan.current["id"] == own:
                text = "Cannot delete the client that the task authenticates with."
                yield plan, InvalidInput(text, "Use another credential to delete it.")

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        label = self.label(desired)
        for setting in self.settings:
            if isinstance(setting, Addresses) and setting.option in plan.differing and plan.current:
                found = setting.warnings_of_slashes(setting.current(plan.current), desired.get(setting.option))
                texts += ["%s: %s" % (label, text) for text in found]
        return texts

    def to_user(self, resource: Optional[Resource]) -> Any:
        if resource is None:
            return None
        shown: Dict[str, Any] = in_snake_case(resource)
        shown.pop(_PUBLISHED, None)
        return {**shown, "name": resource.get("clientName")}


def _refuse_self_registered(resource: Resource) -> None:
    if is_self_registered(resource):
        raise InvalidInput(
            "The %s registered itself and cannot be managed here." % OAuthClient().label_of(resource),
            "Control self-registration with dynamic_client_registration_enabled of qlik_session_policy.",
        )


def _refuse_missing_methods(desired: Params, predicted: Optional[Resource], snapshot: Snapshot) -> None:
    if desired.get("allowed_auth_methods") == [] and (predicted or {}).get("appType") == WEB:
        text = "Must not be empty, because a client of the type web could not authenticate without a method."
        snapshot.refuse(InvalidForTenant(text, option="allowed_auth_methods"))


def _refuse_missing_keys(desired: Params, predicted: Optional[Resource], snapshot: Snapshot) -> None:
    methods = (predicted or {}).get("allowedAuthMethods")
    if not isinstance(methods, list) or KEY_METHOD not in methods or desired.get("allowed_auth_methods") is None:
        return
    if not (predicted or {}).get("publicKeys") and not (predicted or {}).get("jwksUri"):
        text = "%s requires public_keys or jwks_uri." % KEY_METHOD
        snapshot.refuse(InvalidInput(text, option="allowed_auth_methods"))
