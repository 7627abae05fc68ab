# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of the API key settings, for their own module and for the one of everything."""

    DOCUMENTATION = r"""
options:
  max_keys_per_user:
    description:
      - How many active API keys a user may have, 0 to 1000.
    type: int
  max_api_key_expiry:
    description:
      - How long an API key may last, an ISO 8601 duration such as V(P7D) or V(PT24H). It is compared by its length, so
        V(P7D) is V(PT168H).
      - A year is 12 months. A month has no fixed length in days, so V(P1M) is not V(P30D).
    type: str
  scim_external_client_expiry:
    description:
      - How long the API key of an identity provider lasts that provisions users by SCIM, like O(max_api_key_expiry).
    type: str
"""

    AREA: str = as_suboptions("api_key_settings", DOCUMENTATION)
