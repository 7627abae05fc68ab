# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.doc_fragments.connection import TECHNICAL

_ORGANIZATION = r"""
requirements:
  - python >= 3.7
  - requests
notes:
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY), and E(NO_PROXY).
  - Null means that an option is omitted, unless its description says that null is rejected. Empty strings are rejected,
    unless the description of the option gives them a meaning. Options of type C(str) must be strings. Quote values such
    as V(no) and V(007).
  - C(module_defaults) for C(group/qlikops.cloud.qlik) can have the connection options of tenants, because this module
    accepts them too. They cannot have the options of the organization, because other modules do not accept these.
options:
  organization_url:
    description:
      - The URL of the organization's API.
      - If not set, the environment variable E(QLIK_ORGANIZATION_URL) is used.
    type: str
    default: https://console.qlikcloud.com
  organization_client_id:
    description:
      - The ID of an organization-level OAuth client with the scope C(cloud-console.tenants:read). The service account
        owner creates it at U(https://console.qlikcloud.com). Clients of tenants and regions are rejected.
      - If not set, the environment variable E(QLIK_ORGANIZATION_CLIENT_ID) is used.
    type: str
  organization_client_secret:
    description:
      - The secret of O(organization_client_id).
      - If not set, the environment variable E(QLIK_ORGANIZATION_CLIENT_SECRET) is used.
    type: str
  trusted_domains:
    description:
      - Additional domains whose hosts may receive credentials if a response or a file names them. Trusted by default
        are C(qlikcloud.com), C(qlikcloudgov.com), the host of each URL in the options, and the domain of URLs such as
        C(https://console.example.com) and C(https://register.eu.example.com).
      - A domain includes all its subdomains. Other hosts are rejected before any request to them, in check mode too.
      - If not set, the environment variable E(QLIK_TRUSTED_DOMAINS) is used, with comma-separated domains.
    type: list
    elements: str
    default: []
"""

_OF_TENANTS = r"""
  tenant_url:
    description:
      - Not used. Accepted so that C(module_defaults) for all modules can set it.
    type: str
    aliases:
      - tenant_uri
  api_key:
    description:
      - Not used, like O(tenant_url).
    type: str
  access_token:
    description:
      - Not used, like O(tenant_url).
    type: str
"""


class ModuleDocFragment:
    """The options for connecting to an organization."""

    DOCUMENTATION: str = (
        _ORGANIZATION
        + _OF_TENANTS
        + r"""
  client_id:
    description:
      - Not used, like O(tenant_url).
    type: str
  client_secret:
    description:
      - Not used, like O(tenant_url).
    type: str
"""
        + TECHNICAL
    )

    # For a module that also calls register hosts.
    REGION: str = (
        _ORGANIZATION
        + _OF_TENANTS
        + r"""
  client_id:
    description:
      - The ID of a region-level OAuth client, which also works on each tenant of its region. The service account owner
        creates it in My Qlik. The register host rejects API keys and clients of tenants.
      - If not set, the environment variable E(QLIK_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - The secret of O(client_id).
      - If not set, the environment variable E(QLIK_CLIENT_SECRET) is used.
    type: str
  register_url:
    description:
      - The URL of the register host, if it is not C(https://register.REGION.qlikcloud.com).
      - If not set, the environment variable E(QLIK_REGISTER_URL) is used.
    type: str
"""
        + TECHNICAL
    )
