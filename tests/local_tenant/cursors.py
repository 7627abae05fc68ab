# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cursors: opaque, bound to one query, and impossible to make up (Qlik reference: pagination)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets

from .collection import SortKey
from .errors import refuse


class Cursors:
    """Makes and reads cursors that nobody else can make; a new instance refuses those of an older one."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def make(self, query: str, direction: str, offset: int, key: SortKey) -> str:
        """An opaque cursor that is good for ``query`` only."""
        payload = json.dumps([self._digest(query), direction, offset, *key]).encode()
        return base64.urlsafe_b64encode(self._sign(payload) + payload).decode().rstrip("=")

    def read(self, text: str, query: str, direction: str) -> tuple[int, SortKey]:
        """Offset and key in a cursor. Raises Refusal 400 when it is made up or belongs to another query."""
        problem = refuse(400, "Invalid cursor", "The cursor is not valid for this query.", parameter=direction)
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise problem from None
        if not hmac.compare_digest(raw[:16], self._sign(raw[16:])):
            raise problem
        digest, made_for, offset, first, second, item_id = json.loads(raw[16:])
        if digest != self._digest(query) or made_for != direction:
            raise problem
        return offset, (first, second, item_id)

    def _sign(self, payload: bytes) -> bytes:
        return hmac.new(self._key, payload, hashlib.sha256).digest()[:16]

    @staticmethod
    def _digest(query: str) -> str:
        return hashlib.sha256(query.encode()).hexdigest()[:16]
