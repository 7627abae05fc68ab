# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All sorts of objects that a tenant has in a collection of their own."""

from __future__ import annotations

from typing import Any

from . import csp, identity_providers, ip_policies, oauth_clients, web_integrations
from .kind import Kind

KINDS: tuple[Kind[Any], ...] = (
    oauth_clients.KIND,
    identity_providers.KIND,
    csp.KIND,
    web_integrations.KIND,
    ip_policies.KIND,
)
