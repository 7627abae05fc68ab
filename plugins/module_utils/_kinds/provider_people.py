# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effects of identity providers on users: pending sign-ins, and changes that would lock users out."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Iterator, List, Sequence

from .._errors import InvalidInput, printable
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import BOOLEAN
from .._planning.snapshot import Snapshot
from .parts import Parts
from .provider_options import OIDC, SECRET, address_in
from .provider_settings import is_active_interactive, is_pending, sides_of
from .writing import WriteRules

_OVERRIDE = "Set `allow_lockout: true` to proceed anyway."


class ProviderParts(Parts):
    """The remarks of audits on providers, and the options that an export omits."""

    def hidden_options(self, resource: Resource) -> List[str]:
        return (
            ["pending_options.%s" % SECRET]
            if (resource.get("protocol"), resource.get("interactive")) == (OIDC, True)
            else []
        )

    def remarks(self, resource: Resource, snapshot: Snapshot) -> List[str]:
        texts = [pending_action(resource)] if is_pending(resource) else []
        options = resource.get("options")
        claims = options.get("claimsMapping") if isinstance(options, dict) else None
        sources = claims.get("groups") if isinstance(claims, dict) else None
        if is_active_interactive(resource) and isinstance(sources, list) and sources:
            texts.append("Groups come from the claim %s." % printable(" or ".join(map(str, sources))))
        return ["%s: %s" % (name_of(resource), text) for text in texts]


class ProviderWriting(WriteRules):
    """Providers are written last, because a change can sign out all users."""

    options = {"allow_lockout": dict(BOOLEAN, default=False)}
    stops_at_failure = True

    def lockouts(self, plans: Sequence[Plan], snapshot: Snapshot) -> Iterator[InvalidInput]:
        for plan in filter(deactivates, plans):
            yield InvalidInput(
                "This would sign out all users of the %s and leave only Qlik Account for sign-in."
                % name_of(plan.current or {}),
                _OVERRIDE,
            )
        for plan in plans:
            removes = any(step.method == "DELETE" for step in plan.steps)
            issuer = address_in((plan.current or {}).get("options"))
            if removes and issuer is not None and issuer == snapshot.caller_issuer:
                text = "The access token of this task is from %s, so the task would lose its access." % issuer
                yield InvalidInput(text, _OVERRIDE)


def name_of(resource: Resource) -> str:
    """Return the name of a provider for messages: its protocol, product, and address."""
    options = next(iter(sides_of(resource)), None)
    parts = (resource.get("protocol"), resource.get("provider"), address_in(options))
    return " ".join(str(part) for part in parts if part)


def pending_action(resource: Resource) -> str:
    """Return what a user has to do before the pending options take effect."""
    state, result = resource.get("pendingState"), resource.get("pendingResult")
    error = result.get("error") if isinstance(result, dict) else None
    text = "The pending options take effect after a user has signed in with them."
    if state == "error":
        text += " The last attempt failed%s." % (" with %s" % printable(str(error)) if error else "")
    if state == "verified":
        text = "The pending options are verified. They take effect after a user has confirmed them."
    return text + " Open the provider in the management console of Qlik Cloud and choose Validate."


def deactivates(plan: Plan) -> bool:
    """Return whether a plan deactivates the provider that users sign in with."""
    return is_active_interactive(plan.current) and plan.predicted is not None and plan.predicted.get("active") is False
