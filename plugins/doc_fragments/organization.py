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
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - An option that is null counts as left out, unless its description says that null is refused. An empty text is
    refused unless its description says what it means, and so is what is no text where one is due, such as V(no) or
    V(007) without quotes.
  - Defaults for all modules, with C(module_defaults) and C(group/qlikops.cloud.qlik), can hold the connection options
    of tenants, which this module takes too. Other modules do not take those of the organization.
options:
  organization_url:
    description:
      - The address of the organization's API.
      - If not set, the environment variable E(QLIK_ORGANIZATION_URL) is used.
    type: str
    default: https://console.qlikcloud.com
  organization_client_id:
    description:
      - The ID of an OAuth client of organization level, with the scope C(cloud-console.tenants:read). The owner of the
        service account makes it at U(https://console.qlikcloud.com). Clients of tenants and of regions are refused.
      - If not set, the environment variable E(QLIK_ORGANIZATION_CLIENT_ID) is used.
    type: str
  organization_client_secret:
    description:
      - The secret of O(organization_client_id).
      - If not set, the environment variable E(QLIK_ORGANIZATION_CLIENT_SECRET) is used.
    type: str
  trusted_domains:
    description:
      - Domains whose hosts may receive credentials when a response or a file names them, beside C(qlikcloud.com),
        C(qlikcloudgov.com), and the domain of an address such as C(https://console.example.com) or
        C(https://register.eu.example.com) that you give. The host of an address that you give is trusted too.
      - A domain includes all hosts below it. Every other host is refused before any request to it, in check mode too.
      - If not set, the environment variable E(QLIK_TRUSTED_DOMAINS) is used, with commas between the domains.
    type: list
    elements: str
    default: []
"""

_OF_TENANTS = r"""
  tenant_url:
    description:
      - Not used. It is there so that defaults for all modules can be set.
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
    """How a module reaches an organization."""

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

    # Of a module that calls register hosts too.
    REGION: str = (
        _ORGANIZATION
        + _OF_TENANTS
        + r"""
  client_id:
    description:
      - The ID of an OAuth client of region level, which is one of each tenant of its region too. The owner of the
        service account makes it in My Qlik. API keys and clients of tenants are refused by the register host.
      - If not set, the environment variable E(QLIK_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - The secret of O(client_id).
      - If not set, the environment variable E(QLIK_CLIENT_SECRET) is used.
    type: str
  register_url:
    description:
      - The address of the register host, where it is not C(https://register.REGION.qlikcloud.com).
      - If not set, the environment variable E(QLIK_REGISTER_URL) is used.
    type: str
"""
        + TECHNICAL
    )
