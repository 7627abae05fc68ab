# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that look like the signed keys of the service, and are good for nothing outside a local tenant."""

from __future__ import annotations

import base64
import hashlib
import json

SIGNATURE = "local tenant only, not a secret"
#: What the ``jti`` of an API key can be (see the guess ``api_key_jti``).
JTI_FORMS = ("id", "object-id", "absent")


def local_key(number: int, who: str) -> str:
    """Looks like the signed token it stands for, and says openly that it is good for nothing else."""
    return _signed({"iss": "local-tenant", "tenant": number, "sub": who}, SIGNATURE)


def api_key_text(number: int, key_id: str, sub: str, jti_form: str) -> str:
    """The token of an API key; ``jti_form`` is one of JTI_FORMS.

    Whatever its ``jti``, the signature names the key, so that no two keys have the same token.
    """
    payload: dict[str, object] = {"iss": "local-tenant", "tenant": number, "sub": sub}
    jti = {"id": key_id, "object-id": object_id(key_id)}.get(jti_form)
    return _signed(payload if jti is None else {**payload, "jti": jti}, f"{SIGNATURE}: {key_id}")


def key_id_in(text: str) -> str:
    """The id of the API key that a token was made for; empty for any other text."""
    encoded = text.rpartition(".")[2]
    try:
        signature = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError:
        return ""
    return signature.removeprefix(f"{SIGNATURE}: ") if signature.startswith(f"{SIGNATURE}: ") else ""


def object_id(key_id: str) -> str:
    """The 24 hex digits that stand for an API key where its id does not."""
    return hashlib.sha256(key_id.encode()).hexdigest()[:24]


def _signed(payload: dict[str, object], signature: str) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, payload)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, base64.urlsafe_b64encode(signature.encode()).decode().rstrip("=")])
