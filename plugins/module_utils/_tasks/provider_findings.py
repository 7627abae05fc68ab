# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks identity providers against the policy of an audit (third reference, identity providers)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .._api.client import Client
from .._errors import InvalidInput, printable
from .._kinds.identity_provider import IDENTITY_PROVIDERS, IdentityProvider
from .._kinds.provider_people import name_of
from .._kinds.provider_settings import is_active_interactive
from .._planning.certificates import read_pem
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.times import in_iso
from .finding import DAYS, Finding, in_days

#: The options of the policy.
SPEC: Dict[str, Dict[str, Any]] = {"certificate_days": dict(DAYS)}
RULES = (
    "certificate_expired",
    "certificate_days",
    "create_new_users_on_login",
    "email_verified_always_true",
    "qlik_account_active",
)
_QLIK = "qlik"
#: Where options have certificates: the field with a list, and the field of its items.
_CERTIFICATES = (("certificates", "certificate"), ("signingKeys", "certificate"), ("staticKeys", "pem"))


def findings_of(client: Client, policy: Params, now: datetime, has_groups: bool) -> List[Finding]:
    """Return the violations of the policy, sorted by the names of the providers.

    :param has_groups: whether the description has groups, whose members come by signing in.
    :raises QlikError: if the credential cannot read the providers.
    """
    kind = IdentityProvider()
    providers = sorted(kind.search.all(client), key=name_of)
    found = [finding for resource in providers for finding in _of_provider(resource, kind, policy, now, has_groups)]
    company = next(filter(is_active_interactive, providers), None)
    # Only the status shows Qlik Account.
    status = client.read(IDENTITY_PROVIDERS + "/status").get("idps_metadata")
    listed = [item for item in status if isinstance(item, dict)] if isinstance(status, list) else []
    if company is not None and any(item.get("provider") == _QLIK and item.get("active") is True for item in listed):
        text = "Users can sign in with Qlik Account, not only with the provider %s. Deactivate it if nobody needs it."
        found.append(Finding(kind.area, "Qlik Account", "qlik_account_active", printable(text % name_of(company))))
    return found


def _of_provider(
    resource: Resource, kind: IdentityProvider, policy: Params, now: datetime, has_groups: bool
) -> Iterator[Finding]:
    def finding(rule: str, message: str) -> Finding:
        return Finding(kind.area, "%s (%s)" % (name_of(resource), resource["id"]), rule, printable(message))

    within = policy.get("certificate_days")
    for place, end in _ends_of_certificates(resource):
        if end <= now:
            text = "The certificate in %s expired on %s. Renew it."
            yield finding("certificate_expired", text % (place, in_iso(end)))
        elif within is not None and end - now < timedelta(days=within):
            text = "The certificate in %s expires in %s, on %s. Renew it."
            yield finding("certificate_days", text % (place, in_days((end - now).days), in_iso(end)))
    if is_active_interactive(resource) and resource.get("createNewUsersOnLogin") is False and has_groups:
        text = "The provider does not create new users on login, so only existing users can become members of groups."
        yield finding("create_new_users_on_login", text + " Create the users, or another provider that does.")
    options = resource.get("options")
    if isinstance(options, dict) and options.get("emailVerifiedAlwaysTrue") is True:
        text = "Every email address counts as verified, even if the provider has not verified it."
        hint = " Set `email_verified_always_true: false` if the provider verifies addresses."
        yield finding("email_verified_always_true", text + hint)


def _ends_of_certificates(resource: Resource) -> Iterator[Tuple[str, datetime]]:
    """Yield the option of each certificate of a provider, and when the certificate expires."""
    for side, option in (("options", "options"), ("pendingOptions", "pending_options")):
        options = resource.get(side)
        if not isinstance(options, dict):
            continue
        for field, part in _CERTIFICATES:
            listed = options.get(field)
            for index, item in enumerate(listed if isinstance(listed, list) else []):
                end = _end_of(item.get(part) if isinstance(item, dict) else None)
                if end is not None:
                    yield "%s.%s[%d]" % (option, field, index), end


def _end_of(text: Any) -> Optional[datetime]:
    try:
        return read_pem(text).not_after
    except InvalidInput:
        return None
