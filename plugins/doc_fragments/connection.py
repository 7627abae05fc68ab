# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

#: Options that say how to connect, whatever the host.
TECHNICAL = r"""
  validate_certs:
    description:
      - Whether the TLS certificate of the tenant is verified.
      - If not set, the environment variable E(QLIK_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A bundle of certificates of the authorities to trust.
      - If not set, the environment variable E(QLIK_CA_PATH) is used.
    type: path
  timeout:
    description:
      - How many seconds a request may take to connect, and how many each part of its answer.
      - The whole of it may take four times as long.
      - If not set, the environment variable E(QLIK_TIMEOUT) is used.
    type: float
    default: 30.0
  retries:
    description:
      - How often a request that failed is repeated, if it is safe to repeat.
      - If not set, the environment variable E(QLIK_RETRIES) is used.
    type: int
    default: 5
"""


class ModuleDocFragment:
    """How a module reaches its tenant."""

    DOCUMENTATION: str = (
        r"""
requirements:
  - python >= 3.7
  - requests
notes:
  - Give exactly one way to authenticate, O(api_key), O(access_token), or O(client_id) with O(client_secret).
    An option of one way beats the environment variables of the others, and an empty variable counts as unset.
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - An option that is null counts as left out, unless its description says that null is refused. An empty text is
    refused unless its description says what it means, and so is what is no text where one is due, such as V(no) or
    V(007) without quotes.
  - All connection options can be set once for all modules with C(module_defaults) and C(group/qlikops.cloud.qlik).
options:
  tenant_url:
    description:
      - The address of the tenant, such as V(https://acme.eu.qlikcloud.com). A bare host name is taken as V(https).
      - Plain V(http) is refused except for the loopback addresses of the machine.
      - Prefer the system host name to an alias. An alias can change, and another customer can take an abandoned one.
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
      - A bearer token that was obtained elsewhere.
      - If not set, the environment variable E(QLIK_ACCESS_TOKEN) is used.
    type: str
  client_id:
    description:
      - The ID of an OAuth machine-to-machine client. A token is asked for once in a task.
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

    # The bulk modules document this option themselves: they wait as long as it takes.
    RATE_LIMIT = r"""
options:
  rate_limit_wait:
    description:
      - How many seconds a task may wait for the API's rate limit in all. Waiting does not use up O(retries).
      - If not set, the environment variable E(QLIK_RATE_LIMIT_WAIT) is used.
    type: float
    default: 900.0
"""
