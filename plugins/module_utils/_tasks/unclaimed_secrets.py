# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deletes secrets of new resources, in tasks that do not return secrets."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Sequence

from .._api.client import Client, member
from .._errors import QlikError
from .._kinds.base import Kind
from .apply import Outcome


def discard_secrets(client: Client, kind: Kind, outcomes: Sequence[Outcome]) -> None:
    """Delete the secrets that the tenant created with new resources, because their values are not returned.

    A secret that cannot be deleted remains. Nobody can use it, because nobody knows its value.
    """
    rules = kind.secrets
    if rules is None:
        return
    for outcome in outcomes:
        value = client.issued_secrets.pop((outcome.resource or {}).get("id", ""), None)
        if value is None or outcome.resource is None:
            continue
        try:
            found = kind.read_again(client, outcome.resource, {})
            secrets = [secret for secret in rules.of(found) if secret.belongs_to(value)]
            if len(secrets) == 1:
                client.delete(member(kind.path(found) + rules.below, secrets[0].hint))
                outcome.resource = kind.read_again(client, found, {})
        except QlikError:
            continue
