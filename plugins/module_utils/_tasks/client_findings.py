# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks OAuth clients against the policy of an audit (third reference, OAuth clients)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Dict, Iterator, List
from urllib.parse import urlsplit

from .._api.client import Client
from .._errors import printable
from .._kinds.oauth_client import IMPERSONATION, OAuthClient, is_self_registered
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, LIST_OF_TEXTS, Params
from .finding import DAYS, Finding, in_days

_ADMIN_SCOPE = "admin_classic"
#: The options of the policy.
SPEC: Dict[str, Dict[str, Any]] = {
    "allowed_impersonation": dict(LIST_OF_TEXTS),
    "allowed_admin_classic": dict(LIST_OF_TEXTS),
    "secret_max_age_days": dict(DAYS),
    "allow_insecure_redirects": dict(BOOLEAN),
}
RULES = (
    "allowed_impersonation",
    "allowed_admin_classic",
    "published",
    "self_registered",
    "secret_max_age_days",
    "allow_insecure_redirects",
)


def findings_of(client: Client, policy: Params, now: datetime, has_groups: bool) -> List[Finding]:
    """Return the violations of the policy, sorted by the names of the clients.

    :raises QlikError: if the credential cannot read all clients.
    """
    kind = OAuthClient()
    clients = sorted(kind.search.all(client), key=kind.name_of)
    return [finding for resource in clients for finding in _of_client(resource, kind, policy, now)]


def _of_client(resource: Resource, kind: OAuthClient, policy: Params, now: datetime) -> Iterator[Finding]:
    name = kind.name_of(resource)

    def finding(rule: str, message: str) -> Finding:
        return Finding(kind.area, "%s (%s)" % (name, resource["id"]), rule, printable(message))

    def is_allowed(option: str) -> bool:
        return name in (policy.get(option) or [])

    if IMPERSONATION in _strings(resource.get("allowedGrantTypes")) and not is_allowed("allowed_impersonation"):
        text = "The client can act as any user of the tenant. Remove its grant type %s, or list the client in"
        text += " `allowed_impersonation`."
        yield finding("allowed_impersonation", text % IMPERSONATION)
    if _ADMIN_SCOPE in _strings(resource.get("allowedScopes")) and not is_allowed("allowed_admin_classic"):
        text = "The client can administer the tenant. Remove its scope %s, or list the client in"
        text += " `allowed_admin_classic`."
        yield finding("allowed_admin_classic", text % _ADMIN_SCOPE)
    if resource.get("publishedAt"):
        text = "The client is published: all tenants of the region can use it. Delete it if that is not intended."
        yield finding("published", text)
    if is_self_registered(resource):
        text = "The client registered itself. Delete it in the management console of Qlik Cloud if nobody uses it."
        yield finding("self_registered", text)
    longest = policy.get("secret_max_age_days")
    if longest is not None:
        for secret in kind.secrets.of(resource):
            if secret.created is None:
                text = "The tenant does not show the age of the secret %r. Rotate it." % secret.hint
                yield finding("secret_max_age_days", text)
            elif now - secret.created >= timedelta(days=longest):
                text = "The secret %r is %s old, longer than the %s that the policy allows. Rotate it."
                age = in_days(secret.age_days(now))
                yield finding("secret_max_age_days", text % (secret.hint, age, in_days(longest)))
    if not policy.get("allow_insecure_redirects"):
        for address in sorted(filter(_is_insecure, _strings(resource.get("redirectUris")))):
            text = "The redirect URI %r is insecure. Use an https address that is not on localhost."
            yield finding("allow_insecure_redirects", text % address)


def _is_insecure(address: str) -> bool:
    """Return whether a redirect to an address can be read in transit, or by another program on the same computer."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "http" or host in ("localhost", "::1") or host.startswith("127.")


def _strings(value: Any) -> List[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
