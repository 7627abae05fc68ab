# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks objects of a tenant against the policies of an audit."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import datetime
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence

from .._api.client import Client
from .._errors import QlikError, printable
from .._planning.settings import Params
from .._planning.times import utc_now
from . import api_key_findings, client_findings, provider_findings
from .finding import Finding

#: The rule of the finding that the tenant does not show what a policy is about.
NOT_READABLE = "not_readable"


class _Policy(NamedTuple):
    """A policy of an audit.

    :param word: the singular word for what it is about.
    :param spec: its options.
    :param rules: what can violate it.
    :param findings: returns the violations on a tenant. Its last argument is whether groups are described.
    """

    word: str
    spec: Dict[str, Dict[str, Any]]
    rules: Sequence[str]
    findings: Callable[[Client, Params, datetime, bool], List[Finding]]


_POLICIES = {
    "api_keys": _Policy("API key", api_key_findings.SPEC, api_key_findings.RULES, api_key_findings.findings_of),
    "oauth_clients": _Policy("OAuth client", client_findings.SPEC, client_findings.RULES, client_findings.findings_of),
    "identity_providers": _Policy(
        "identity provider", provider_findings.SPEC, provider_findings.RULES, provider_findings.findings_of
    ),
}
#: The options of each policy.
POLICIES: Dict[str, Dict[str, Any]] = {name: policy.spec for name, policy in _POLICIES.items()}
#: The singular word for what each policy is about.
POLICY_WORDS = {name: policy.word for name, policy in _POLICIES.items()}
#: The rules of each policy, which an exception can name.
RULES: Dict[str, Sequence[str]] = {name: [*policy.rules, NOT_READABLE] for name, policy in _POLICIES.items()}


def findings_of(client: Client, policies: Mapping[str, Params], has_groups: bool) -> List[Dict[str, Any]]:
    """Return the violations of the given policies on a tenant, in the order of C(POLICIES).

    Without a policy, nothing is read. If the tenant does not show what a policy is about, that is a finding too. An
    object has at most one finding for a rule.

    :param policies: the options of each policy.
    :param has_groups: whether the description has groups.
    """
    found: List[Finding] = []
    for name, policy in _POLICIES.items():
        if name not in policies:
            continue
        try:
            found += policy.findings(client, policies[name], utc_now(), has_groups)
        except QlikError as error:
            text = "The %ss cannot be read, so the policy was not checked: %s" % (policy.word, printable(error.message))
            found.append(Finding(name, name, NOT_READABLE, text))
    messages: Dict[Finding, List[str]] = {}
    for finding in found:
        messages.setdefault(finding._replace(message=""), []).append(finding.message)
    return [finding._replace(message=" ".join(texts))._asdict() for finding, texts in messages.items()]
