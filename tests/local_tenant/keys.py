# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that look like the signed keys of the service, and are good for nothing outside a local tenant."""

from __future__ import annotations

import base64
import json


def local_key(number: int, who: str) -> str:
    """Looks like the signed token it stands for, and says openly that it is good for nothing else."""
    parts = ({"alg": "none", "typ": "JWT"}, {"iss": "local-tenant", "tenant": number, "sub": who})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, base64.urlsafe_b64encode(b"local tenant only, not a secret").decode().rstrip("=")])
