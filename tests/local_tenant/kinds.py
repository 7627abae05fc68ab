# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All sorts of objects that a tenant has in a collection of their own, and all that it has one of."""

from __future__ import annotations

from typing import Any

from . import (
    api_key_settings,
    csp,
    feature_settings,
    group_settings,
    identity_providers,
    ip_policies,
    licenses,
    oauth_clients,
    session_policy,
    tenant_settings,
    web_integrations,
)
from .kind import Kind, Singleton

KINDS: tuple[Kind[Any], ...] = (
    oauth_clients.KIND,
    identity_providers.KIND,
    csp.KIND,
    web_integrations.KIND,
    ip_policies.KIND,
)
SINGLETONS: tuple[Singleton[Any], ...] = (
    tenant_settings.KIND,
    feature_settings.KIND,
    licenses.KIND,
    group_settings.KIND,
    session_policy.KIND,
    api_key_settings.KIND,
)
