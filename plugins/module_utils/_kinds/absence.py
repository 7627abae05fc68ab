# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How it is found out, and said, that a tenant does not have a kind at all."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator, Optional

from .._api.client import Client
from .._errors import ApiError, Forbidden, NotAvailable, NotFound, QlikError
from .base import Kind
from .endpoints import USERS, caller_has_a_role
from .lockout import ADMIN_ROLE


@contextmanager
def absence_explained(kind: Kind, client: Client) -> Iterator[None]:
    """Read the kind itself, not one of it, and explain where the tenant does not have the kind at all.

    :raises NotAvailable: saying so, in place of the tenant's answer.
    """
    try:
        yield
    except kind.absence.errors as error:
        if not _is_missing(kind, client, error):
            raise
        raise not_available(kind, error) from None


def not_available(kind: Kind, response: Optional[ApiError] = None) -> NotAvailable:
    """The error that says of a tenant that it does not have the kind.

    :param response: the tenant's own words, if it has refused the kind; otherwise it has shown nothing.
    """
    said = ": %s" % response.message if response else ", its answer is empty."
    words = kind.absence.words or kind.words
    return NotAvailable("The tenant has no %s%s" % (words, said), kind.absence.because, response)


def _is_missing(kind: Kind, client: Client, response: ApiError) -> bool:
    """Whether an answer means that the tenant does not have the kind.

    Otherwise the caller can lack the role for it, or the address is not that of a tenant.
    """
    if not isinstance(response, (NotFound, Forbidden)):
        return True
    try:
        return caller_has_a_role(client, [ADMIN_ROLE]) or isinstance(response, NotFound)
    except QlikError:
        # All callers may read themselves, so a refusal of that is one of the users' API.
        is_answer_enough = isinstance(response, NotFound) or kind.collection == USERS
    try:
        return is_answer_enough and bool(client.tenant_id())
    except QlikError:
        return False
