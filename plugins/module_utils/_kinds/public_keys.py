# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The public keys of OAuth clients (third reference, OAuth clients)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List

from .._errors import InvalidInput
from .._planning.references import Resource
from .._planning.settings import TEXT, Params, Setting
from .._planning.snapshot import Snapshot

#: The parts of a JSON Web Key in base64url (RFC 7518).
_KEY_PARTS = ("n", "e", "x", "y")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


class PublicKeys(Setting):
    """The public keys of a client as JSON Web Keys (RFC 7517), in any order."""

    _SPEC = {
        "kid": {"type": "str", "required": True},
        "kty": {"type": "str", "required": True, "choices": ["RSA", "EC"]},
        "alg": {"type": "str", "required": True, "choices": ["RS256", "RS512", "ES384"]},
        "use": {"type": "str", "choices": ["sig"], "default": "sig"},
        "crv": dict(TEXT),
        **{name: dict(TEXT) for name in _KEY_PARTS},
    }

    def __init__(self, **rules: Any) -> None:
        spec = {"type": "list", "elements": "dict", "options": self._SPEC}
        super().__init__("public_keys", spec, missing=[], **rules)

    def check(self, desired: Params) -> None:
        keys = desired.get(self.option) or []
        for index, key in enumerate(keys):
            needed = ("n", "e") if key["kty"] == "RSA" else ("crv", "x", "y")
            for name in ("kid", "crv"):
                if key.get(name) is not None and not key[name].strip():
                    raise InvalidInput("Must not be empty.", option="%s[%d].%s" % (self.option, index, name))
            missing = [name for name in needed if not key.get(name)]
            if missing:
                text = "A key with the kty %s requires %s." % (key["kty"], ", ".join(missing))
                raise InvalidInput(text, option="%s[%d]" % (self.option, index))
            for name in _KEY_PARTS:
                if key.get(name) and not _BASE64URL.fullmatch(key[name]):
                    error = InvalidInput(
                        "Must be the base64url text of a JSON Web Key.",
                        "Copy it from the public key.",
                        "%s[%d].%s" % (self.option, index, name),
                    )
                    # It may be a private key.
                    error.secret = key[name]
                    raise error
            if key["kid"] in [other["kid"] for other in keys[:index]]:
                text = "Two keys have the kid %r." % key["kid"]
                raise InvalidInput(text, option="%s[%d].kid" % (self.option, index))

    def current(self, resource: Resource) -> Any:
        keys = resource.get(self.api)
        return _sorted_keys(keys if isinstance(keys, list) else [])

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> Any:
        return _sorted_keys(desired[self.option])


def _sorted_keys(keys: Iterable[Any]) -> List[Dict[str, Any]]:
    found = ({name: value for name, value in key.items() if value is not None} for key in keys if isinstance(key, dict))
    return sorted(found, key=lambda key: str(key.get("kid")))
