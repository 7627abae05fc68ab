# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

#: Connection options that apply to every host.
TECHNICAL = r"""
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the tenant.
      - If not set, the environment variable E(QLIK_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - The path of a bundle of trusted CA certificates.
      - If not set, the environment variable E(QLIK_CA_PATH) is used.
    type: path
  timeout:
    description:
      - The timeout in seconds for connecting, and for each part of a response. The whole request may take four times as
        long.
      - If not set, the environment variable E(QLIK_TIMEOUT) is used.
    type: float
    default: 30.0
  retries:
    description:
      - The maximum number of retries of a failed request, if it is safe to retry.
      - If not set, the environment variable E(QLIK_RETRIES) is used.
    type: int
    default: 5
"""


class ModuleDocFragment:
    """The options for connecting to a tenant."""

    DOCUMENTATION: str = (
        r"""
requirements:
  - python >= 3.7
  - requests
notes:
  - Set exactly one authentication method, O(api_key), O(access_token), or O(client_id) with O(client_secret). Options
    take precedence over the environment variables of other methods. Empty environment variables count as unset.
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY), and E(NO_PROXY).
  - Null means that an option is omitted, unless its description says that null is rejected. Empty strings are rejected,
    unless the description of the option gives them a meaning. Options of type C(str) must be strings. Quote values such
    as V(no) and V(007).
  - To set connection options once for all modules, use C(module_defaults) with C(group/qlikops.cloud.qlik).
options:
  tenant_url:
    description:
      - The URL of the tenant, such as V(https://acme.eu.qlikcloud.com). For a hostname without a scheme, V(https) is
        used.
      - Plain V(http) is rejected, except for loopback addresses.
      - Prefer the system hostname to an alias. An alias can change, and another customer can take an abandoned alias.
      - If not set, the environment variable E(QLIK_TENANT_URL) is used.
    type: str
    required: true
    aliases:
      - tenant_uri
  api_key:
    description:
      - An API key of a user with the role C(TenantAdmin).
      - If not set, the environment variable E(QLIK_API_KEY) is used.
    type: str
  access_token:
    description:
      - A bearer token from another source.
      - If not set, the environment variable E(QLIK_ACCESS_TOKEN) is used.
    type: str
  client_id:
    description:
      - The ID of an OAuth machine-to-machine client. Each task requests one token.
      - If not set, the environment variable E(QLIK_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - The secret of the OAuth client O(client_id).
      - If not set, the environment variable E(QLIK_CLIENT_SECRET) is used.
    type: str
"""
        + TECHNICAL
    )

    # The bulk modules document this option themselves, because they wait without a limit by default.
    RATE_LIMIT = r"""
options:
  rate_limit_wait:
    description:
      - The maximum time in seconds that a task may wait for the API's rate limit in total. Waiting does not count
        against O(retries).
      - If not set, the environment variable E(QLIK_RATE_LIMIT_WAIT) is used.
    type: float
    default: 900.0
"""
