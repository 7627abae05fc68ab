# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judges OAuth clients and identity providers by policies (third reference, OAuth clients and identity providers)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

from .._api.client import Client
from .._errors import InvalidInput, printable
from .._kinds.identity_provider import IDENTITY_PROVIDERS, IdentityProvider
from .._kinds.oauth_client import IMPERSONATION, OAuthClient, is_self_registered
from .._kinds.provider_people import name_of
from .._kinds.provider_settings import is_active_interactive
from .._planning.certificates import read_pem
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, LIST_OF_TEXTS, Params
from .._planning.times import in_iso

ADMIN_SCOPE = "admin_classic"
CLIENTS, PROVIDERS = "oauth_clients", "identity_providers"
#: The options of each policy.
POLICIES: Dict[str, Dict[str, Any]] = {
    CLIENTS: {
        "allowed_impersonation": dict(LIST_OF_TEXTS),
        "allowed_admin_classic": dict(LIST_OF_TEXTS),
        "secret_max_age_days": {"type": "int"},
        "allow_insecure_redirects": dict(BOOLEAN),
    },
    PROVIDERS: {"certificate_days": {"type": "int"}},
}
#: What Qlik calls its own accounts, which only the status shows.
_QLIK = "qlik"


class Finding(NamedTuple):
    """Something that a policy does not allow.

    :param area: what the policy is about: a key of C(POLICIES).
    :param object: what was found, as exceptions name it.
    :param rule: which option of the policy, or what else it breaks.
    """

    area: str
    object: str
    rule: str
    message: str


def findings_of_clients(client: Client, policy: Params, now: datetime) -> List[Finding]:
    """The OAuth clients of the tenant that the policy does not allow, sorted by name.

    :raises QlikError: when the credential cannot read all of them.
    """
    kind = OAuthClient()
    found = sorted(kind.search.all(client), key=kind.name_of)
    return [finding for resource in found for finding in _of_client(resource, kind, policy, now)]


def _of_client(resource: Resource, kind: OAuthClient, policy: Params, now: datetime) -> Iterator[Finding]:
    name = kind.name_of(resource)

    def finding(rule: str, message: str) -> Finding:
        return Finding(CLIENTS, printable("%s (%s)" % (name, resource["id"])), rule, printable(message))

    def is_allowed(option: str) -> bool:
        return name in (policy.get(option) or [])

    if IMPERSONATION in _texts(resource.get("allowedGrantTypes")) and not is_allowed("allowed_impersonation"):
        text = "The client can act as any user of the tenant. Remove the grant type %s, or allow the client."
        yield finding("allowed_impersonation", text % IMPERSONATION)
    if ADMIN_SCOPE in _texts(resource.get("allowedScopes")) and not is_allowed("allowed_admin_classic"):
        text = "The client can administer the tenant. Remove the scope %s, or allow the client."
        yield finding("allowed_admin_classic", text % ADMIN_SCOPE)
    if resource.get("publishedAt"):
        yield finding("published", "The client is published, so all tenants of the region can use it.")
    if is_self_registered(resource):
        text = "The client has registered itself. Delete it in the management console if nobody knows it."
        yield finding("self_registered", text)
    longest = policy.get("secret_max_age_days")
    if longest is not None:
        for secret in kind.secrets.of(resource):
            if secret.created is None:
                yield finding("secret_max_age_days", "The tenant does not show how old the secret %r is." % secret.hint)
            elif now - secret.created >= timedelta(days=longest):
                text = "The secret %r is %d days old, and %d are allowed. Renew it."
                yield finding("secret_max_age_days", text % (secret.hint, secret.age_days(now) or 0, longest))
    if not policy.get("allow_insecure_redirects"):
        for address in sorted(filter(_is_insecure, _texts(resource.get("redirectUris")))):
            text = "%s is not safe to be redirected to. Use an address with https that is not localhost."
            yield finding("allow_insecure_redirects", text % address)


def _is_insecure(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "http" or host in ("localhost", "::1") or host.startswith("127.")


def findings_of_providers(client: Client, policy: Params, now: datetime, has_groups: bool) -> List[Finding]:
    """What the policy does not allow of identity providers, sorted by what they are called.

    :param has_groups: whether groups are described, into which people are to come by signing in.
    :raises QlikError: when the credential cannot read them.
    """
    kind = IdentityProvider()
    found = sorted(kind.search.all(client), key=name_of)
    findings = [finding for resource in found for finding in _of_provider(resource, policy, now, has_groups)]
    company = next(filter(is_active_interactive, found), None)
    status = client.read(IDENTITY_PROVIDERS + "/status").get("idps_metadata")
    listed = [provider for provider in status if isinstance(provider, dict)] if isinstance(status, list) else []
    if company is not None and any(shown.get("provider") == _QLIK and shown.get("active") is True for shown in listed):
        text = "People can still sign in with Qlik Account, beside the provider %s. Deactivate it if nobody needs it."
        findings.append(Finding(PROVIDERS, "Qlik Account", "qlik_account_active", printable(text % name_of(company))))
    return findings


def _of_provider(resource: Resource, policy: Params, now: datetime, has_groups: bool) -> Iterator[Finding]:
    def finding(rule: str, message: str) -> Finding:
        return Finding(PROVIDERS, printable("%s (%s)" % (name_of(resource), resource["id"])), rule, printable(message))

    for place, end in _ends_of(resource):
        if end <= now:
            yield finding("certificate_expired", "The certificate in %s ended on %s. Renew it." % (place, in_iso(end)))
        elif policy.get("certificate_days") is not None and end - now < timedelta(days=policy["certificate_days"]):
            text = "The certificate in %s ends in %d days, on %s. Renew it."
            yield finding("certificate_days", text % (place, (end - now).days, in_iso(end)))
    if is_active_interactive(resource) and resource.get("createNewUsersOnLogin") is False and has_groups:
        text = "New users are not created on login, so people who are not users yet cannot come into the groups."
        yield finding("create_new_users_on_login", text)
    options = resource.get("options")
    if isinstance(options, dict) and options.get("emailVerifiedAlwaysTrue") is True:
        text = "Every e-mail address counts as verified, whether or not the provider has verified it."
        yield finding("email_verified_always_true", text)


def _ends_of(resource: Resource) -> Iterator[Tuple[str, datetime]]:
    """When each certificate of a provider ends, with where it is."""
    for side, shown in (("options", "options"), ("pendingOptions", "pending_options")):
        options = resource.get(side)
        if not isinstance(options, dict):
            continue
        for field, part in (("certificates", "certificate"), ("signingKeys", "certificate"), ("staticKeys", "pem")):
            listed = options.get(field)
            for index, entry in enumerate(listed if isinstance(listed, list) else []):
                end = _end_of(entry.get(part) if isinstance(entry, dict) else None)
                if end is not None:
                    yield "%s.%s[%d]" % (shown, field, index), end


def _end_of(text: Any) -> Optional[datetime]:
    try:
        return read_pem(text).not_after
    except InvalidInput:
        return None


def _texts(value: Any) -> List[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
