# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Detects and reports that a tenant does not support a kind."""

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
    """Translate error responses to reading a kind that the tenant does not support.

    :raises NotAvailable: instead of the error response, if it means that the tenant does not support the kind.
    """
    try:
        yield
    except kind.absence.errors as error:
        if not _is_missing(kind, client, error):
            raise
        raise not_available(kind, error) from None


def not_available(kind: Kind, response: Optional[ApiError] = None) -> NotAvailable:
    """Return the error for a tenant that does not support the kind.

    :param response: the error response of the tenant; C(None) if the response was empty.
    """
    reason = ": %s" % response.message if response else ": its response is empty."
    words = kind.absence.words or kind.words
    return NotAvailable("The tenant has no %s%s" % (words, reason), kind.absence.because, response)


def _is_missing(kind: Kind, client: Client, response: ApiError) -> bool:
    """Return whether a response means that the tenant does not support the kind.

    Otherwise the credential may lack the required role, or the URL may not belong to a tenant.
    """
    if not isinstance(response, (NotFound, Forbidden)):
        return True
    try:
        return caller_has_a_role(client, [ADMIN_ROLE]) or isinstance(response, NotFound)
    except QlikError:
        # Every caller may read itself, so this error means that the users API is missing.
        is_conclusive = isinstance(response, NotFound) or kind.collection == USERS
    try:
        return is_conclusive and bool(client.tenant_id())
    except QlikError:
        return False
