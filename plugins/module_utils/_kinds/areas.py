# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All kinds in the order in which they are written: referenced kinds come first."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from .api_key_settings import ApiKeySettings
from .csp_origin import CspOrigin
from .feature_settings import FeatureSettings
from .group import Group
from .group_settings import GroupSettings
from .identity_provider import IdentityProvider
from .ip_policy import IpPolicy
from .license_settings import LicenseSettings
from .oauth_client import OAuthClient
from .role import Role
from .session_policy import SessionPolicy
from .space import Space
from .tenant import Tenant
from .tenant_settings import TenantSettings
from .user import User
from .web_integration import WebIntegration

AREAS = (
    Tenant(),
    TenantSettings(),
    FeatureSettings(),
    LicenseSettings(),
    Role(),
    GroupSettings(),
    Group(),
    User(),
    Space(),
    OAuthClient(),
    CspOrigin(),
    WebIntegration(),
    ApiKeySettings(),
    # Last, because they can end the session of the caller or block the caller's address.
    SessionPolicy(),
    IdentityProvider(),
    IpPolicy(),
)
